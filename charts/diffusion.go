package charts

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
)

// Diffusion draws how noise becomes data. The run has the fields of package kernels/diffusion, of which all but the first may be missing:
//
//	points of a plane   "x", "x0", "noise" [sample, xy=2], "real" [sample, xy=2], "window" [side=4], "score" [y, x, uv=2]
//	points of a line    "x", "x0", "noise" [sample], "histogram" and "density" [bin]
//	digits              "x", "x0", "noise" and, in the last frame, "nearest" [height, width]
//
// In a plane the samples, in the accent colour with trails ([Trail], 8 frames), lie over the density of the data, with the score as arrows. A reader chooses what is drawn of a sample: where
// it is (x_t), where the network thinks that it will end (predicted x0), or what it takes for noise in it; [Field] chooses what it is at the start. A click drops a particle, which
// from that moment on follows the score that was recorded, by the steps of DDIM; between the cells of the grid the score is taken to be on straight lines, so where the density has finer
// details than the grid the particle misses them. [Drop] drops one from the start, [Moves] draws what a step removes and what it adds.
//
// Of a line the histogram of the samples is drawn over the density that they should have. Of digits the sheet of x_t stands over that of the predicted x0, or of the predicted noise,
// and that of the nearest training image to what each sample becomes: none is shown from memory. [PatchAttention] draws the attention in key steps.
//
// Captions can use {t}, {tau}, {alpha-bar} and {snr} where the run has them; of a plane {points}, {outside}, {said}, {feature}, {x} and {y} of the selected sample, {arrow}, {arrow.x} and {arrow.y},
// and {particle}, a sentence about the particle that is empty where there is none.
func Diffusion(run xainb.Source, opts ...Option) *Scene {
	s, t := newScene(run, "Diffusion")
	if s.err != nil {
		return s
	}
	f := t.Schema().Field("x")
	switch {
	case f == nil:
		return s.fail(fmt.Errorf("charts: Diffusion: the run has no field %q; it has %s", "x", contents(t)))
	case isDiffusionPlane(t):
		return s.diffusionPlane(t, f, optionsOf(opts))
	case isDiffusionLine(t):
		return diffusionLine(run, opts)
	case isDiffusionDigits(t):
		return s.diffusionDigits(t, optionsOf(opts))
	}
	if isPlane(t)(f) && twoColumns(f) {
		return s.fail(fmt.Errorf("charts: Diffusion: %s", withoutTau(t)))
	}
	return s.fail(fmt.Errorf("charts: Diffusion: the field x %s is not [sample, xy=2], [height, width], or [sample] with a histogram; the run has %s", shape(f.Dims), contents(t)))
}

// withoutTau says what is missing in a run of points of a plane that has no tau: a model's own track is its training.
func withoutTau(t *xainb.Track) string {
	if slices.Contains(t.Schema().Scalars, "epoch") {
		return "this is a training; draw what it samples: model.Sample(diffusion.DDIM{Steps: 50})"
	}
	return "the run has no scalar tau, which says how far each frame is from noise; it has " + contents(t)
}

// Drop drops a particle into the plane of a [Diffusion] scene, in its first frame.
func Drop(x, y float64) Option {
	return func(o *options) {
		o.drop = &[2]float64{x, y}
		o.want(x-x == 0 && y-y == 0, "Drop(%v, %v): give finite numbers", x, y)
	}
}

// Moves draws the next step of the selected sample in a [Diffusion] scene, or of the first few: what it removes, and the new noise that it adds. Every step of the run must have a frame.
func Moves() Option { return func(o *options) { o.moves = true } }

// firstMoves is how many samples have their step drawn where none is selected.
const firstMoves = 6

// diffusionTrail is how many frames a trail has.
const diffusionTrail = 8

// isDiffusionPlane says whether a run is one of points of a plane with the fields of package kernels/diffusion.
func isDiffusionPlane(t *xainb.Track) bool {
	x := t.Schema().Field("x")
	return x != nil && isPlane(t)(x) && twoColumns(x) && slices.Contains(t.Schema().Scalars, "tau")
}

// isDiffusionLine says whether a run is one of points of a line with their histogram.
func isDiffusionLine(t *xainb.Track) bool {
	x := t.Schema().Field("x")
	bins := t.Schema().Field("histogram")
	return x != nil && len(x.Dims) == 1 && bins != nil && len(bins.Dims) == 1
}

// isDiffusionDigits says whether a run is one of sheets of images.
func isDiffusionDigits(t *xainb.Track) bool {
	x := t.Schema().Field("x")
	return x != nil && len(x.Dims) == 2 && isPicture(x) && x.Dims[0].Name == "height"
}

// shownOf are the fields that a sample has, with what they are.
var shownOf = [][2]string{{"x", "x_t"}, {"x0", "predicted x0"}, {"noise", "predicted noise"}}

func (s *Scene) diffusionPlane(t *xainb.Track, f *xainb.FieldInfo, o options) *Scene {
	if o.trail < 0 {
		return s.fail(fmt.Errorf("charts: Diffusion: Trail(%d): give 0 or a positive number", o.trail))
	}
	window := windowOf(t, pointsWindow(t, []string{f.Name}, f.Name))
	spec := &planeSpec{Window: window}
	most, _ := longestField(t, f.Name)
	points := planePoints{Field: "$" + shownState, Name: "samples", Dim: f.Dims[0].Name, Count: most / 2, Trail: pick(o.trailSet, o.trail, diffusionTrail)}
	points.fields = s.chooseShown(t, &o, func(g *xainb.FieldInfo) bool { return isPlane(t)(g) && twoColumns(g) })
	spec.Points = []planePoints{points}
	fields := slices.Clone(points.fields)
	drawn := t
	if real := t.Schema().Field("real"); real != nil && isPlane(t)(real) && twoColumns(real) {
		drawn, spec.Raster = withDensity(t, window)
		fields = append(fields, densityField)
	}
	if g := t.Schema().Field("score"); g != nil && isArrows(g) {
		spec.Arrows = arrowsOf(t, g)
		fields = append(fields, g.Name)
		if slices.Contains(t.Schema().Scalars, "alpha-bar") {
			spec.Flow = &planeFlow{Field: g.Name, AlphaBar: "alpha-bar", State: "particle", Click: "click"}
		}
	}
	if o.moves {
		if err := spec.movesOf(t); err != nil {
			return s.fail(err)
		}
		fields = append(fields, spec.Moves.Added)
	}
	s.shipOnly(drawn, fields...)
	s.addPlane(drawn, spec)
	s.underPoints(spec)
	s.relabel("under", map[string]string{"field": "data", "arrows": "score", "both": "data and score"})
	if o.moves {
		s.doc.Bits[spec.Moves.Added] = s.doc.Bits["x"]
		s.prefer("field")
	}
	if spec.Arrows != nil {
		s.arrowModes(spec)
		s.doc.State[spec.Arrows.Mode] = arrowNormalised // the score of little noise is very large
	}
	if err := s.particle(t, spec, o); err != nil {
		return s.fail(err)
	}
	o.apply(s, points.fields...)
	s.doc.Title = s.say("How does noise become data?")
	s.doc.Subtitle = s.tell(spec.diffusionSubtitle())
	s.doc.Caption = s.say("At **t = {time}** (τ = {tau}): **{said}**.%s", pick(spec.Flow != nil, "{particle}", ""))
	s.doc.Summary = s.say("%d samples from noise to data over %d frames.", f.Dims[0].Size, t.Len())
	return s
}

// relabel renames the options of a control.
func (s *Scene) relabel(state string, names map[string]string) {
	for _, c := range s.doc.Controls {
		for i, o := range c.Options {
			if name := names[fmt.Sprint(o.Value)]; c.State == state && name != "" {
				c.Options[i].Label = s.say(name)
			}
		}
	}
}

// prefer sets what is under the points at the start, where that can be chosen.
func (s *Scene) prefer(what string) {
	for _, c := range s.doc.Controls {
		if c.State == "under" && slices.ContainsFunc(c.Options, func(o xainb.Option) bool { return o.Value == what }) {
			s.doc.State["under"] = what
		}
	}
}

// shownState is the state's entry that names what is drawn of a sample.
const shownState = "shown"

// chooseShown lets a reader choose what is drawn of a sample and returns the fields that there are.
func (s *Scene) chooseShown(t *xainb.Track, o *options, fits func(*xainb.FieldInfo) bool) []string {
	var fields []string
	var choices []xainb.Option
	for _, x := range shownOf {
		if g := t.Schema().Field(x[0]); g != nil && fits(g) {
			fields, choices = append(fields, x[0]), append(choices, xainb.Option{Value: x[0], Label: s.say(x[1])})
		}
	}
	start := first(o.field, fields[0])
	o.want(slices.Contains(fields, start), "Diffusion: Field(%q): what can be shown of a sample here is %s", o.field, list(fields))
	s.doc.State[shownState] = start
	if len(choices) > 1 {
		s.doc.Controls = append(s.doc.Controls, xainb.Control{Kind: "choice", State: shownState, Label: s.say("Of each sample"), Options: choices})
	}
	return fields
}

// particle lets a reader drop one.
func (s *Scene) particle(t *xainb.Track, p *planeSpec, o options) error {
	if p.Flow == nil {
		if o.drop != nil {
			return fmt.Errorf("charts: Diffusion: Drop: the run has no score [y, x, uv=2] with an alpha-bar to follow; it has %s", contents(t))
		}
		return nil
	}
	s.doc.State[p.Flow.State], s.doc.State[p.Flow.Click] = "", clickDrops
	if o.drop != nil {
		text := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
		s.doc.State[p.Flow.State] = strings.Join([]string{text(o.drop[0]), text(o.drop[1]), text(t.At(0).Time)}, " ")
	}
	s.doc.Controls = append(s.doc.Controls, xainb.Control{Kind: "choice", State: p.Flow.Click, Label: s.say("A click"), Options: []xainb.Option{
		{Value: clickDrops, Label: s.say("drops a particle")}, {Value: clickSelects, Label: s.say("selects a sample")}}})
	return nil
}

// movesOf adds the steps' parts.
func (p *planeSpec) movesOf(t *xainb.Track) error {
	f := t.Schema().Field("added")
	if f == nil || !isPlane(t)(f) || !twoColumns(f) {
		return fmt.Errorf("charts: Diffusion: Moves: the run has no field added [sample, xy=2]; it has %s", contents(t))
	}
	if steps := t.Steps(); steps > t.Len() {
		return fmt.Errorf("charts: Diffusion: Moves: %d of the run's %d steps have a frame: draw a run that keeps every step", t.Len(), steps)
	}
	p.Moves = &planeMoves{Field: "x", Added: f.Name, Most: min(firstMoves, f.Dims[0].Size)}
	return nil
}

func (p *planeSpec) diffusionSubtitle() bilingual {
	text := []bilingual{say("Each dot is a sample; its trail is where it came from.")}
	if p.Raster != nil {
		text = append(text, say(" Blue is where the data are dense."))
	}
	if p.Flow != nil {
		text = append(text, say(" Arrows are the score; click to drop a particle into it."))
	}
	var all bilingual
	for _, x := range text {
		all.en, all.zh = all.en+x.en, all.zh+x.zh
	}
	return all
}

// densityField is the density of the data on a grid.
const densityField = "data density"

// densitySide is how many cells are along a side of it.
const densitySide = 48

// withDensity returns a run with the density of the points "real" of its first frame that has them, in every frame, and how it is drawn.
func withDensity(t *xainb.Track, window [4]float64) (*xainb.Track, *planeRaster) {
	var grid []float32
	for _, f := range t.Frames() {
		if x := f.Field("real"); x != nil {
			grid = densityOf(x.Data, window, densitySide)
			break
		}
	}
	frames := make([]xainb.Snapshot, 0, t.Len())
	for _, f := range t.Frames() {
		c := *f
		c.Fields = slices.Clip(slices.Clone(c.Fields))
		c.Put(densityField, grid, xainb.Dim{Name: "y", Size: densitySide}, xainb.Dim{Name: "x", Size: densitySide})
		frames = append(frames, c)
	}
	most := float64(slices.Max(grid))
	out := xainb.NewTrack(frames, t.Provenance(), t.Err()).WithCounts(t.Steps(), t.Dropped()).WithWarnings(t.Warnings()...)
	return out, &planeRaster{Field: densityField, Name: "data", Ramp: "pale", Range: [2]float64{0, pick(most > 0, short(most), 1)}, Words: [2]string{"density", ""}}
}

// densityOf estimates the density of points at the centres of the cells of a grid over a window, with normal kernels whose deviation is as wide as a cell.
func densityOf(points []float32, w [4]float64, side int) []float32 {
	out := make([]float32, side*side)
	dx, dy := (w[1]-w[0])/float64(side), (w[3]-w[2])/float64(side)
	n := 0
	for i := 0; i+1 < len(points); i += 2 {
		x, y := (float64(points[i])-w[0])/dx-0.5, (float64(points[i+1])-w[2])/dy-0.5
		if v := x + y; v-v != 0 {
			continue
		}
		n++
		const far = 4 // deviations: beyond is nothing
		for r := max(0, int(math.Ceil(y-far))); r <= min(side-1, int(math.Floor(y+far))); r++ {
			for c := max(0, int(math.Ceil(x-far))); c <= min(side-1, int(math.Floor(x+far))); c++ {
				u, v := float64(c)-x, float64(r)-y
				out[r*side+c] += float32(math.Exp(-(u*u+v*v)/2) / (2 * math.Pi * dx * dy))
			}
		}
	}
	for i := range out {
		out[i] /= float32(max(1, n))
	}
	return out
}
