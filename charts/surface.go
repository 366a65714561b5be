package charts

import (
	_ "embed" // the painters' JavaScript
	"fmt"
	"math"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

var (
	//go:embed surface.js
	surfaceJS string
	//go:embed isolines.js
	isolinesJS string
	//go:embed contour.js
	contourJS string
	//go:embed solid.js
	solidJS string
	//go:embed solid_gl.js
	solidGLJS string
)

// surfaceSpec is what the painter "surface" (surface.js) is told: a field over a window of a plane, flat (contour.js) or in space (solid.js).
// What is empty the track does not have.
type surfaceSpec struct {
	View    string                  `json:"view"`           // "flat", "3-D", or "$view"
	Field   string                  `json:"field"`          // or "$surface"
	Own     string                  `json:"own"`            // what is drawn where the state names a field of another surface
	Scales  map[string]surfaceScale `json:"scales"`         // by field
	X       surfaceAxis             `json:"x"`              // the field's last dimension
	Y       surfaceAxis             `json:"y"`              // its first
	Near    bool                    `json:"near,omitempty"` // the field covers so little at a time that a map shows only that
	Path    string                  `json:"path,omitempty"`
	PathOf  string                  `json:"pathOf,omitempty"` // the field that the path has values of
	Here    string                  `json:"here,omitempty"`
	Flow    string                  `json:"flow,omitempty"`
	Longest float64                 `json:"longest"` // vector of the flow, in all frames
	Arrow   string                  `json:"arrow,omitempty"`
	Window  string                  `json:"window,omitempty"`
	Players []string                `json:"players,omitempty"` // whose arrows
	Turn    int                     `json:"turn"`              // from where it is seen at the start, in degrees
	Tilt    int                     `json:"tilt"`
	As      string                  `json:"as,omitempty"` // what stands before the names that it reads
	level   *float64
	ramp    string
}

// surfaceAxis is a direction of the plane. Range holds all frames, so that no axis moves.
type surfaceAxis struct {
	Dim   string     `json:"dim"`
	Name  string     `json:"name"`
	Range [2]float64 `json:"range"`
	Given bool       `json:"given"` // the run has coordinates; else positions count from 1
}

// surfaceScale is how the values of a field are drawn in all frames.
type surfaceScale struct {
	Span   [2]float64 `json:"span"`  // of the values
	Range  [2]float64 `json:"range"` // where the ramp begins and ends
	most   [2]float64 // between which most of the values lie, see mostValues
	wanted *float64   // the level that stands out where the values have it
	Ramp   string     `json:"ramp"`
	Levels []float64  `json:"levels"`          // of the isolines
	Level  *float64   `json:"level,omitempty"` // the one that stands out
	Unit   string     `json:"unit,omitempty"`
}

// The entries of the state: which of several fields is drawn, how, and from where a reader looks at it, in degrees.
const (
	surfaceState = "surface"
	viewState    = "view"
	turnState    = "turn"
	tiltState    = "tilt"

	viewSolid, viewFlat = "3-D", "flat"
)

// Surface draws a field of two dimensions as a surface in space that moves from frame to frame, for readers to turn; a control lays it flat as [Contour]
// draws it, and so it is where a browser has no WebGL. All axes and colours are fixed for the whole run, but for a map of a field that covers less than a tenth of the
// plane at a time: its axes and lines are those of the frame.
//
// Without [Field] it draws the first field [b, a] that it can, points and other tuples left out; others with the same dimensions can be chosen instead. What else it draws, where the run has it:
//
//	a [a], b [b]           coordinates along the dimensions, increasing, in each frame; without them positions count from 1
//	path [moment, abv=3]   coordinates and value (of the first such field) of all moments of a run, and the scalar "here", the number of the moment that this frame shows
//	flow [v, u, ab=2]      vectors at the centres of the cells of a grid over what the field covers (flat)
//	arrow [player, ab=2]   vectors at the current point; labels along "player" name them
//	window [side=4]        a from, a to, b from, b to: a part that is outlined (flat), by a frame that the current point does not hide
//	labels "axis"          the names of the two axes
//	scalar "level"         a value of the first such field that is marked, as [Level] marks one
//	scalars                "explained" (in [0,1]) and "off": how much of the run's variance the plane has, and how far the run is from it, are said under the title
//
// [Level] marks a value, zero is marked where the values have both signs and no other is; colours are then centred there ("diverging"), else they are "viridis":
// nothing of a surface in space may vanish in the page. [Ramp] chooses others. Values that are not finite are left out and counted.
//
// Captions can use here.value, here.x and here.y, those of the current point, min.value, min.x and min.y, of the lowest value, max.value, max.x and max.y, of
// the highest, field and notFinite. The state has "surface", the field, "view", "turn" and "tilt".
func Surface(src xainb.Source, opts ...Option) *Scene {
	s := newSurface(src, "Surface", "$"+viewState, optionsOf(opts))
	if s.err != nil {
		return s
	}
	s.doc.State[viewState] = viewSolid
	s.doc.Controls = append(s.doc.Controls, xainb.Control{Kind: "choice", State: viewState, Label: "View", Options: []xainb.Option{
		{Value: viewSolid, Label: viewSolid}, {Value: viewFlat, Label: viewFlat}}})
	s.use(xainb.Script{Name: "solid", Source: solidJS}, xainb.Script{Name: "solid_gl", Source: solidGLJS})
	return s
}

// Contour draws a field of two dimensions as a map: values as colours, with lines of equal value, the path of the run (what is to come is thin), the current
// point and the gradients. It takes the same fields as [Surface], which see.
func Contour(src xainb.Source, opts ...Option) *Scene {
	return newSurface(src, "Contour", viewFlat, optionsOf(opts))
}

// Level marks a value on a [Surface] or a [Contour], -log 4 for example, and centres its colours there.
func Level(v float64) Option {
	return func(o *options) {
		o.level = &v
		o.want(v-v == 0, "Level(%v): give a finite number", v)
	}
}

// surfaceExtras are fields that are drawn on a surface and are none.
var surfaceExtras = []string{"path", "flow", "arrow", "window"}

// isSurface says whether a field has values over a plane.
func isSurface(f *xainb.FieldInfo) bool {
	return len(f.Dims) == 2 && f.Dims[0].Size > 1 && f.Dims[1].Size > 1 && f.Dims[0].Name != f.Dims[1].Name && !slices.Contains(surfaceExtras, f.Name)
}

func newSurface(src xainb.Source, scene, view string, o options) *Scene {
	s, t := newScene(src, scene)
	if s.err != nil {
		return s
	}
	f, err := surfaceFor(t, scene, o.field)
	if err != nil {
		return s.fail(err)
	}
	spec := &surfaceSpec{View: view, Field: f.Name, Own: f.Name, Scales: map[string]surfaceScale{}, Turn: 35, Tilt: 30, level: o.level, ramp: o.ramp}
	names := spec.fields(t, f)
	spec.PathOf = names[0]
	extras := spec.extras(t)
	for i, axis := range []*surfaceAxis{&spec.Y, &spec.X} {
		if *axis, err = surfaceAxisOf(t, scene, f.Dims[i]); err != nil {
			return s.fail(err)
		}
		if axis.Given {
			extras = append(extras, axis.Dim)
		}
	}
	spec.Near = goesAlong(t, spec.X) && goesAlong(t, spec.Y)
	for i, name := range labels(t, nil, "axis") {
		if i < 2 {
			pick(i == 0, &spec.X, &spec.Y).Name = name
		}
	}
	s.shipOnly(t, append(names, extras...)...)
	s.keep(t, extras...)
	for _, name := range names {
		c := spec.Scales[name]
		s.doc.Bits[name] = max(8, bitsFor(t, name, (c.Range[1]-c.Range[0])/1000))
	}
	if spec.Near {
		spec.Flow = "" // is that over the whole plane
		s.keep(t, names...)
	}
	for _, name := range append(names, extras...) {
		s.doc.Blend[name] = xainb.Ease
	}
	if len(names) > 1 {
		spec.Field = "$" + surfaceState
		s.doc.State[surfaceState] = f.Name
		c := xainb.Control{Kind: pick(len(names) > 4, "menu", "choice"), State: surfaceState, Label: "Values"}
		for _, name := range names {
			c.Options = append(c.Options, xainb.Option{Value: name, Label: name})
		}
		s.doc.Controls = append(s.doc.Controls, c)
	}
	s.doc.State[turnState], s.doc.State[tiltState] = spec.Turn, spec.Tilt
	s.panel(xainb.Panel{Painter: "surface", Grow: 1, Basis: 320, Spec: spec}, spec, partsScript, rasterScript, seriesScript, isolinesScript, surfaceScript, contourScript)
	o.apply(s, names...)
	s.saySurface(t, spec, f)
	return s
}

var (
	isolinesScript = xainb.Script{Name: "isolines", Source: isolinesJS}
	contourScript  = xainb.Script{Name: "contour", Source: contourJS}
	surfaceScript  = xainb.Script{Name: "surface", Source: surfaceJS}
)

// fields notes the scales of the field and of the others that can be drawn instead of it, and returns their names.
func (p *surfaceSpec) fields(t *xainb.Track, chosen *xainb.FieldInfo) []string {
	var names []string
	for _, f := range t.Schema().Fields {
		if f.Name == chosen.Name || isSurface(&f) && slices.Equal(f.Dims, chosen.Dims) {
			level := p.level
			if level == nil && len(names) == 0 {
				level = levelOf(t)
			}
			names = append(names, f.Name)
			p.Scales[f.Name] = newSurfaceScale([2]float64{float64(f.Range.Min), float64(f.Range.Max)}, mostValues(t, f.Name), level, p.ramp, f.Unit)
		}
	}
	return names
}

// levelOf returns the level that a run says, or nil.
func levelOf(t *xainb.Track) *float64 {
	for _, s := range t.Frames() {
		if v, ok := s.Scalar("level"); ok && v-v == 0 {
			return &v
		}
	}
	return nil
}

// extras notes what else is drawn, and returns its fields.
func (p *surfaceSpec) extras(t *xainb.Track) []string {
	var names []string
	schema := t.Schema()
	put := func(to *string, name string, sizes ...int) { // 0 is any size
		f := schema.Field(name)
		if f == nil || len(f.Dims) != len(sizes) {
			return
		}
		for i, n := range sizes {
			if n > 0 && f.Dims[i].Size != n {
				return
			}
		}
		*to, names = name, append(names, name)
	}
	put(&p.Path, "path", 0, 3)
	put(&p.Flow, "flow", 0, 0, 2)
	p.Longest = longestFlow(t, p.Flow)
	put(&p.Arrow, "arrow", 0, 2)
	put(&p.Window, "window", 4)
	if slices.Contains(schema.Scalars, "here") {
		p.Here = "here"
	}
	if f := schema.Field(p.Arrow); p.Arrow != "" && f != nil {
		p.Players = labels(t, nil, f.Dims[0].Name)
	}
	return names
}

// surfaceAxisOf returns the axis along a dimension: its coordinates in all frames, or positions.
func surfaceAxisOf(t *xainb.Track, scene string, d xainb.Dim) (surfaceAxis, error) {
	positions := surfaceAxis{Dim: d.Name, Name: d.Name, Range: [2]float64{1, float64(d.Size)}}
	info := t.Schema().Field(d.Name)
	if info == nil || len(info.Dims) != 1 || info.Dims[0].Name != d.Name {
		return positions, nil
	}
	a := surfaceAxis{Dim: d.Name, Name: d.Name, Range: [2]float64{math.Inf(1), math.Inf(-1)}, Given: true}
	for i, s := range t.Frames() {
		f := s.Field(d.Name)
		if f == nil {
			continue
		}
		for k, v := range f.Data {
			if v-v != 0 || k > 0 && !(v > f.Data[k-1]) {
				return positions, fmt.Errorf("charts: %s: the coordinates %s of frame %d do not increase: number %d is %v", scene, d.Name, i+1, k+1, v)
			}
			a.Range = union(a.Range, [2]float64{float64(v), float64(v)})
		}
	}
	if !(a.Range[0] < a.Range[1]) { // there are none
		return positions, nil
	}
	return a, nil
}

// goesAlong says whether the coordinates of each frame cover less than a tenth of those of all.
func goesAlong(t *xainb.Track, a surfaceAxis) bool {
	widest := 0.0
	for _, s := range t.Frames() {
		if f := s.Field(a.Dim); a.Given && f != nil && len(f.Data) > 0 {
			widest = max(widest, float64(f.Data[len(f.Data)-1]-f.Data[0]))
		}
	}
	return a.Given && widest < (a.Range[1]-a.Range[0])/10
}

// mostValues returns the values between which all but a fiftieth at either end lie, over the whole run: a surface is steep where nobody stands, and a ramp over all of
// it would leave one colour for where the run is.
func mostValues(t *xainb.Track, field string) [2]float64 {
	const sample = 1 << 16 // values are enough
	_, total := longestField(t, field)
	stride, next := max(1, total/sample), 0
	var values []float64
	for _, s := range t.Frames() {
		f := s.Field(field)
		if f == nil {
			continue
		}
		for ; next < len(f.Data); next += stride {
			if v := float64(f.Data[next]); v-v == 0 {
				values = append(values, v)
			}
		}
		next -= len(f.Data)
	}
	if len(values) == 0 {
		return [2]float64{0, 1}
	}
	slices.Sort(values)
	return [2]float64{values[len(values)/50], values[len(values)-1-len(values)/50]}
}

// newSurfaceScale returns how values within span are drawn, of which most lie within another range: colours and lines are spread over that if it is much the smaller
// one, and what is beyond has the ramp's ends.
func newSurfaceScale(span, most [2]float64, level *float64, ramp, unit string) surfaceScale {
	lo, hi := span[0], span[1]
	if !(lo <= hi) {
		lo, hi = 0, 1
	}
	lo, hi = inScale(lo), inScale(hi)
	if constant(lo, hi) {
		room := math.Abs(lo) * 0.1
		if room == 0 {
			room = 1
		}
		lo, hi = lo-room, hi+room
	}
	c := surfaceScale{Span: [2]float64{lo, hi}, Range: [2]float64{lo, hi}, Unit: unit, most: most, wanted: level}
	within := func(v float64) bool { return lo < v && v < hi }
	if within(most[0]) && within(most[1]) && most[1]-most[0] < 0.6*(hi-lo) && !constant(most[0], most[1]) {
		c.Range = most
	}
	switch {
	case level != nil && within(*level):
		c.Level = level
	case within(0):
		c.Level = new(float64)
	}
	ticks := roundTicks(c.Range[0], c.Range[1], 10)
	c.Ramp = first(ramp, pick(c.Level != nil, "diverging", "viridis"))
	if c.Ramp == "diverging" {
		middle := 0.0
		if c.Level != nil {
			middle = *c.Level
		}
		most := max(c.Range[1]-middle, middle-c.Range[0])
		c.Range = [2]float64{middle - most, middle + most}
	}
	c.Levels = surfaceLevels(ticks, c)
	return c
}

// mostLevels is how many lines of equal value a surface has at most.
const mostLevels = 40

// surfaceLevels goes on with the steps of the ticks to the ends of the values, as far as that does not make too many lines, and leaves room for the marked level.
func surfaceLevels(ticks []float64, c surfaceScale) []float64 {
	levels := []float64{}
	step := 0.0
	if len(ticks) > 1 {
		step = ticks[1] - ticks[0]
	}
	if from := math.Floor((ticks[0] - c.Span[0]) / max(step, math.SmallestNonzeroFloat64)); step > 0 && from+(c.Span[1]-ticks[0])/step <= mostLevels {
		first := ticks[0]
		ticks = nil
		for k := -from; first+k*step < c.Span[1]; k++ {
			ticks = append(ticks, roundTo(first+k*step, step))
		}
	}
	for _, v := range ticks {
		if c.Span[0] < v && v < c.Span[1] && (c.Level == nil || math.Abs(v-*c.Level) > 0.2*step) {
			levels = append(levels, v)
		}
	}
	return levels
}

// saySurface sets the texts around the picture.
func (s *Scene) saySurface(t *xainb.Track, p *surfaceSpec, f *xainb.FieldInfo) {
	schema := t.Schema()
	s.doc.Title = s.say("How does the surface of %s move?", f.Name)
	if len(p.Scales) > 1 {
		s.doc.Title = "How does the surface move?" // a reader chooses which
	}
	var plane bilingual
	if slices.Contains(schema.Scalars, "explained") || slices.Contains(schema.Scalars, "off") {
		plane = bilingual{" {plane}", "{plane}"}
	}
	s.doc.Subtitle = s.say("%s over %s and %s.%s", quoted.Replace(f.Name), quoted.Replace(p.X.Name), quoted.Replace(p.Y.Name), plane)
	s.doc.Caption = s.say("At %s the lowest value is **{min.value}**, the highest {max.value}.", when(t))
	if p.Path != "" {
		s.doc.Subtitle = s.say("The red point is where the run stands, the line its way.%s", plane) // what the axes are is written beside them
		s.doc.Caption = s.say("At %s the run stands at **{here.value}**, between {min.value} and {max.value}.", when(t))
	}
	s.doc.Summary = s.say("%s over %s and %s, from %s to %s in %d frames.", f.Name, p.X.Name, p.Y.Name,
		formatNumber(float64(f.Range.Min)), formatNumber(float64(f.Range.Max)), t.Len())
}

func (p *surfaceSpec) usesRamp() string { return p.Scales[p.Own].Ramp }

func (p *surfaceSpec) widen(_ moment, other still, _ moment) still {
	o, ok := other.(*surfaceSpec)
	if !ok || p.X.Name != o.X.Name || p.Y.Name != o.Y.Name {
		return p // other directions: nothing in the two can be compared
	}
	c := *p
	c.Scales = map[string]surfaceScale{}
	for name, mine := range p.Scales {
		c.Scales[name] = mine
		if theirs, ok := o.Scales[name]; ok {
			span := union(mine.Span, theirs.Span)
			c.Scales[name] = newSurfaceScale(span, union(mine.most, theirs.most), mine.wanted, p.ramp, mine.Unit)
		}
	}
	c.Longest = max(p.Longest, o.Longest)
	if p.X.Given == o.X.Given && p.Y.Given == o.Y.Given {
		c.X.Range, c.Y.Range = union(p.X.Range, o.X.Range), union(p.Y.Range, o.Y.Range)
	}
	return &c
}
