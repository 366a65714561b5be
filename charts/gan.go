package charts

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
)

// GANSamples draws what a generator makes of the same noise from frame to frame, over what the discriminator says of the plane: the generated points in the accent
// colour, the real ones as quiet rings, D in two pale colours with the line where it cannot tell, and arrows for where a sample that stood at their start would be pulled. The run has the fields of package kernels/gan: "generated" and
// "real" [sample, xy=2], "window" [side=4], "field" [y, x], "pull" [y, x, uv=2], of which all but the first may be missing. A run of
// "images" [height, width] has its sheet of images drawn.
//
// A reader chooses what is under the points, and what the arrows' lengths mean, as in [VectorField]. [Trail] shows where points come from, a point that is clicked its
// whole way; [WithEnergy] puts the gradient energy into the picture's corner.
//
// Captions can use {points}, how many there are, {outside}, how many of them beyond the window, {feature}, {x} and {y} of the selected point, {said}, {energy}, and
// what those of [VectorField] can.
func GANSamples(run xainb.Source, opts ...Option) *Scene {
	s, t := newScene(run, "GANSamples")
	if s.err != nil {
		return s
	}
	o := optionsOf(opts)
	isPoints := func(f *xainb.FieldInfo) bool { return isPlane(t)(f) && twoColumns(f) }
	if o.field == "" && t.Schema().Field("generated") == nil {
		if f := t.Schema().Field("images"); f != nil && isPicture(f) {
			return ganImages(run, f, opts)
		}
	}
	f, err := fieldFor(t, "GANSamples", first(o.field, "generated"), "field of points [sample, xy=2]", isPoints, nil)
	if err != nil {
		return s.fail(err)
	}
	if o.trail < 0 {
		return s.fail(fmt.Errorf("charts: GANSamples: Trail(%d): give 0 or a positive number", o.trail))
	}
	spec := &planeSpec{}
	fields := spec.ganLayers(t, f, o)
	if o.energyBar {
		if err := spec.energyIn(t); err != nil {
			return s.fail(err)
		}
		fields = append(fields, spec.Bar.Field)
		s.doc.Bits[spec.Bar.Field] = 16
	}
	s.shipOnly(t, fields...)
	for _, name := range []string{"modes", "SWD", "JS", "KL"} {
		if slices.Contains(t.Schema().Scalars, name) {
			spec.Measures = append(spec.Measures, planeMeasure{name, name == "modes"})
		}
	}
	s.addPlane(t, spec)
	s.underPoints(spec)
	if spec.Arrows != nil {
		s.arrowModes(spec)
	}
	o.apply(s, f.Name)
	s.doc.Title = "Can the generator learn what it never sees?"
	s.doc.Subtitle = s.tell(spec.ganSubtitle())
	s.doc.Caption = s.tell(ganCaption(t, say(": **{said}**"), spec.Raster == nil || spec.Raster.Levels != nil, func(string) bool { return true }))
	s.doc.Summary = s.say("%d generated points over %d frames.", f.Dims[0].Size, t.Len())
	return s
}

// WithEnergy puts the largest gradient energy of the frame into the lower right corner of [GANSamples], as a translucent bar.
func WithEnergy() Option { return func(o *options) { o.energyBar = true } }

// ganLayers makes the layers of a run's fields and returns the fields.
func (p *planeSpec) ganLayers(t *xainb.Track, f *xainb.FieldInfo, o options) []string {
	fields, schema := []string{f.Name}, t.Schema()
	has := func(name string, fits func(*xainb.FieldInfo) bool) *xainb.FieldInfo {
		if x := schema.Field(name); x != nil && fits(x) && !x.Varies {
			fields = append(fields, name)
			return x
		}
		return nil
	}
	layer := func(x *xainb.FieldInfo, quiet bool) {
		most, _ := longestField(t, x.Name)
		p.Points = append(p.Points, planePoints{Field: x.Name, Name: x.Name, Dim: x.Dims[0].Name, Quiet: quiet, Count: most / 2, Trail: pick(quiet, 0, o.trail)})
	}
	grid := has("field", func(x *xainb.FieldInfo) bool { return len(x.Dims) == 2 && x.Dims[0].Size > 0 && x.Dims[1].Size > 0 })
	if grid != nil {
		p.Raster = discriminator(grid)
	}
	arrows := has("pull", isArrows)
	if arrows != nil {
		p.Arrows = arrowsOf(t, arrows)
	}
	if x := has("real", func(x *xainb.FieldInfo) bool { return isPlane(t)(x) && twoColumns(x) }); x != nil {
		layer(x, true)
	}
	layer(f, false)
	if grid == nil {
		grid = arrows
	}
	instead := pointsWindow(t, fields, f.Name)
	if grid != nil {
		instead = unitCells(grid)
	}
	p.Window = windowOf(t, instead)
	return fields
}

// discriminator is the raster of D: a probability about 1/2, or a critic's value, whose size means nothing and grows as the critic likes: each frame has a range
// of its own.
func discriminator(f *xainb.FieldInfo) *planeRaster {
	if f.Range.Min < 0 || f.Range.Max > 1 {
		lo, hi := float64(f.Range.Min), float64(f.Range.Max)
		return &planeRaster{Field: f.Name, Name: "critic", Ramp: "quiet", Range: [2]float64{short(lo), short(max(hi, math.Nextafter(lo, math.Inf(1))))}, Own: true,
			Words: [2]string{"less real", "more, in each moment"}}
	}
	return &planeRaster{Field: f.Name, Name: "D", Ramp: "quiet", Range: [2]float64{0, 1}, Levels: []float64{0.5}, Words: [2]string{"made", "real"}}
}

// pointsWindow is the part of the plane that the points of a run take, with room around.
func pointsWindow(t *xainb.Track, fields []string, name string) [4]float64 {
	r := columnRanges(t, name, 2)
	for _, f := range fields {
		if f == "real" {
			other := columnRanges(t, f, 2)
			r[0], r[1] = union(r[0], other[0]), union(r[1], other[1])
		}
	}
	x, y := (&scatterSpec{Range: r}).padded()
	return [4]float64{x[0], x[1], y[0], y[1]}
}

// energyIn adds the bar.
func (p *planeSpec) energyIn(t *xainb.Track) error {
	f := t.Schema().Field("energy")
	if f == nil || len(f.Dims) != 1 {
		return fmt.Errorf("charts: GANSamples: WithEnergy: the run has no field energy [layer]; it has %s", contents(t))
	}
	p.Bar = &planeBar{Field: f.Name, Name: "gradient energy", Note: overWindow(f)}
	return nil
}

// overWindow says over which frames an energy is scaled, where those are not the whole run.
func overWindow(f *xainb.FieldInfo) string {
	if strings.HasPrefix(f.Unit, "of the last") {
		return "trailing window"
	}
	return ""
}

// underPoints lets a reader choose what is drawn under the points.
func (s *Scene) underPoints(p *planeSpec) {
	const state = "under"
	options := []xainb.Option{}
	add := func(value, label string) { options = append(options, xainb.Option{Value: value, Label: label}) }
	s.doc.State[state] = "nothing"
	if p.Arrows != nil {
		p.Arrows.Show = &shownWhen{state, []string{"both", "arrows"}}
		add("arrows", "arrows")
		s.doc.State[state] = "arrows"
	}
	if p.Raster != nil {
		p.Raster.Show = &shownWhen{state, []string{"both", "field"}}
		options = append([]xainb.Option{{Value: "field", Label: "field"}}, options...)
		s.doc.State[state] = "field"
	}
	if len(options) == 2 {
		options = append([]xainb.Option{{Value: "both", Label: "field and arrows"}}, options...)
		s.doc.State[state] = "both"
	}
	if len(options) == 0 {
		return
	}
	add("nothing", "neither")
	s.doc.Controls = append(s.doc.Controls, xainb.Control{Kind: "choice", State: state, Label: "Under the points", Options: options})
}

func (p *planeSpec) ganSubtitle() bilingual {
	var under, pull, stop bilingual
	switch {
	case p.Raster != nil && p.Raster.Levels != nil:
		under = say(" Blue is where D says real, sand where it says made")
	case p.Raster != nil:
		under = say(" Blue is where the critic’s value is high")
	}
	switch {
	case p.Arrows != nil && p.Raster != nil:
		pull = say("; arrows pull what stands there")
	case p.Arrows != nil:
		pull = say(" Arrows pull what stands there")
	}
	if p.Raster != nil || p.Arrows != nil {
		stop = say(".")
	}
	return say("Each dot is the same noise in every frame.%s%s%s", under, pull, stop)
}

// ganCaption says what a run measures: modes, or something else without them, the value of the game where D is a probability, a distance.
func ganCaption(t *xainb.Track, instead bilingual, probability bool, usable func(name string) bool) bilingual {
	has := func(name string) bool { return slices.Contains(t.Schema().Scalars, name) && usable(name) }
	covered, value, distance := instead, bilingual{}, say(".")
	if has("modes") {
		covered = say(", modes covered: **{modes}**")
	}
	if has("V") && probability {
		value = say("; the value of the game is **{V}** (−1.39 where neither can gain)")
	}
	for _, m := range [][2]string{{"KL", "KL divergence"}, {"JS", "Jensen–Shannon divergence"}, {"SWD", "sliced Wasserstein distance"}} {
		if has(m[0]) {
			distance = say(". The %s to the data is {%s}.", say(m[1]), m[0])
		}
	}
	return say("At %s%s%s%s", when(t), covered, value, distance)
}

// ganImages is the sheet of images that a generator of digits makes.
func ganImages(run xainb.Source, f *xainb.FieldInfo, opts []Option) *Scene {
	s := Heatmap(run, slices.Concat([]Option{Ramp("ink")}, opts, []Option{Field(f.Name)})...)
	if s.err != nil {
		return s
	}
	s.rename("GANSamples")
	s.doc.Title = "Can the generator learn what it never sees?"
	s.doc.Subtitle = "Each image is the same noise in every frame."
	always := func(name string) bool { // the image painter holds no number
		for _, f := range run.Track().Frames() {
			if _, ok := f.Scalar(name); !ok {
				return false
			}
		}
		return name != "modes"
	}
	s.doc.Caption = s.tell(ganCaption(run.Track(), bilingual{}, true, always))
	s.doc.Summary = s.say("A sheet of generated images over %d frames.", run.Track().Len())
	return s
}
