package charts

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	ech "github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/xainb/gonb-xai/xainb"
)

//go:embed series_plane.js
var planeJS string

//go:embed plane_parts.js
var planePartsJS string

//go:embed plane_flow.js
var planeFlowJS string

//go:embed plane_legend.js
var planeLegendJS string

var (
	planeScript       = xainb.Script{Name: "series_plane", Source: planeJS}
	planeFlowScript   = xainb.Script{Name: "plane_flow", Source: planeFlowJS}
	planePartsScript  = xainb.Script{Name: "plane_parts", Source: planePartsJS}
	planeLegendScript = xainb.Script{Name: "plane_legend", Source: planeLegendJS}
)

// planeSpec is the spec of kind "plane" (series_plane.js): layers over the coordinates of a plane, drawn in the order of the fields here. Its
// still is in planestill.go. Grids [y, x] have row 0 at the lowest y and stand in the centres of the cells that they cut the window into.
type planeSpec struct {
	Kind     string          `json:"kind"`
	Option   json.RawMessage `json:"option"`
	Renderer string          `json:"renderer"`
	Window   [4]float64      `json:"window"`  // what the grids cover: x from, x to, y from, y to
	View     [4]float64      `json:"view"`    // what is drawn: the window, or more of the plane beside a picture of another run
	Columns  [2]string       `json:"columns"` // names of x and y
	Raster   *planeRaster    `json:"raster,omitempty"`
	Arrows   *planeArrows    `json:"arrows,omitempty"`
	Points   []planePoints   `json:"points,omitempty"` // the last can be selected
	Path     *planePath      `json:"path,omitempty"`
	Flow     *planeFlow      `json:"flow,omitempty"`
	Moves    *planeMoves     `json:"moves,omitempty"`
	Bar      *planeBar       `json:"bar,omitempty"`
	Measures []planeMeasure  `json:"measures,omitempty"`
	Select   string          `json:"select"`
	Bare     bool            `json:"bare,omitempty"` // without axes: the numbers mean nothing
	Head     string          `json:"head,omitempty"` // what stands above the picture
	As       string          `json:"as,omitempty"`   // what stands before the names that it reads
	Told     string          `json:"told,omitempty"` // by the legend of a plane beside it: see oneLegend
}

// planeMeasure is a scalar that captions can use: measured less often than frames are kept, it stands until the next time.
type planeMeasure struct {
	Name  string `json:"name"`
	Whole bool   `json:"whole,omitempty"` // it counts
}

// shownWhen lets an entry of the state decide whether a layer is drawn; nil is always.
type shownWhen struct {
	State string   `json:"state"`
	Is    []string `json:"is"`
}

func (w *shownWhen) at(m moment) bool {
	return w == nil || slices.Contains(w.Is, fmt.Sprint(m.state[w.State]))
}

// planeRaster is a field [y, x] as colours, smooth between the cells' centres, with contour lines at some values.
type planeRaster struct {
	Field  string     `json:"field"`
	Name   string     `json:"label"`
	Show   *shownWhen `json:"show,omitempty"`
	Ramp   string     `json:"ramp"`
	Range  [2]float64 `json:"range"`
	Own    bool       `json:"own,omitempty"` // each frame has the range of its own values instead
	Levels []float64  `json:"levels,omitempty"`
	Words  [2]string  `json:"text"` // what the two ends of the range mean
}

// planeArrows is a field [y, x, uv=2]. Each arrow starts at the centre of its cell.
type planeArrows struct {
	Field string     `json:"field"`
	Name  string     `json:"label"` // what the length is
	Show  *shownWhen `json:"show,omitempty"`
	Mode  string     `json:"mode"`  // the state's entry: one of the arrow modes
	Unit  float64    `json:"unit"`  // the length that is drawn as long as a cell
	Peaks []float64  `json:"peaks"` // the longest of each frame
}

// What the lengths of arrows mean.
const (
	arrowLengths    = "length"     // one scale for the whole run
	arrowNormalised = "normalised" // a scale that follows the run
	arrowDirections = "direction"  // all are equally long
)

// planePoints is a field [n, 2]. A point keeps its position along the dimension, so it moves.
type planePoints struct {
	Field string `json:"field"` // or "$" and the state's entry that names it
	Name  string `json:"label"`
	Dim   string `json:"dim"`
	Quiet bool   `json:"quiet,omitempty"` // rings in grey instead of dots in the accent colour
	Trail int    `json:"trail,omitempty"` // how many frames back it is seen where a point was
	Count int    `json:"count"`           // the most points in a frame

	Ways *planeWays `json:"ways,omitempty"` // if not nil, points go on curves, and Trail counts 24ths of a second

	fields []string // all that Field can name; nil is Field alone
}

// at returns the points of a frame, nil where it has none.
func (l planePoints) at(m moment, s *xainb.Snapshot) *xainb.Field {
	name, _ := m.resolve(l.Field).(string)
	return s.Field(name)
}

// planePath is the way of a field of two values over the run: what has been, and thin what is still to come.
type planePath struct {
	Field string `json:"field"`
}

// planeBar is the largest value of a field in [0, 1] as a bar in the lower right corner.
type planeBar struct {
	Field string `json:"field"`
	Name  string `json:"label"`
	Note  string `json:"text,omitempty"`
}

// trailFade is what is left of a trail's strength a frame further back.
const trailFade = 0.85

// planeHigh is the most height of a plane, in pixels.
const planeHigh = 460

// VectorField draws a field [y, x, uv=2] as arrows over the plane, row 0 at the lowest y: a gradient, a score, a flow. A field "window" [side=4] (x from, x to, y
// from, y to) says which part of the plane the grid covers; without it cells count from 0. [Field] chooses the field, [Way] a field of two values whose way
// over the run is drawn on it.
//
// Arrows have one scale for the whole run, which is stated; a reader can choose a scale that follows the run, so that one exploding frame does not flatten all
// others, or directions alone, and it is said which. Arrows longer than two cells are cut, and counted.
//
// Captions can use {arrow}, the longest arrow of the frame, and {arrow.x} and {arrow.y}, where it starts.
func VectorField(src xainb.Source, opts ...Option) *Scene {
	s, t := newScene(src, "VectorField")
	if s.err != nil {
		return s
	}
	o := optionsOf(opts)
	f, err := fieldFor(t, "VectorField", o.field, "field of arrows [y, x, uv=2]", isArrows, nil)
	if err != nil {
		return s.fail(err)
	}
	spec := &planeSpec{Window: windowOf(t, unitCells(f)), Arrows: arrowsOf(t, f), Columns: [2]string{f.Dims[1].Name, f.Dims[0].Name}}
	fields := []string{f.Name}
	if o.way != "" {
		if err := spec.follow(t, o.way); err != nil {
			return s.fail(err)
		}
		fields = append(fields, o.way)
		s.keep(t, o.way)
	}
	s.shipOnly(t, fields...)
	s.addPlane(t, spec)
	s.arrowModes(spec)
	o.apply(s, f.Name)
	s.Title(s.say("Where does the %s lead?", f.Name))
	s.Subtitle("Each arrow starts where it is measured; the longer, the stronger.")
	s.Caption(s.say("At %s the %s is strongest at {arrow.x}, {arrow.y}: **{arrow}**.", when(t), quoted.Replace(f.Name)))
	s.doc.Summary = s.say("Arrows of %s over %d frames.", f.Name, t.Len())
	return s
}

// Way draws on a [VectorField] the way of a field of two values over the run.
func Way(field string) Option { return func(o *options) { o.way = field } }

// isArrows says whether a field is a grid of arrows.
func isArrows(f *xainb.FieldInfo) bool {
	return len(f.Dims) == 3 && f.Dims[2].Size == 2 && f.Dims[0].Size > 0 && f.Dims[1].Size > 0 && !f.Varies
}

func (p *planeSpec) follow(t *xainb.Track, name string) error {
	f := t.Schema().Field(name)
	if f == nil {
		return fmt.Errorf("charts: VectorField: Way(%q): the run has no such field; it has %s", name, contents(t))
	}
	if most, _ := longestField(t, name); len(f.Dims) != 1 || most != 2 {
		return fmt.Errorf("charts: VectorField: Way(%q): the field %s has not two values", name, shape(f.Dims))
	}
	p.Path = &planePath{Field: name}
	return nil
}

// windowOf returns the part of the plane that grids cover: the run's field "window" where that is a window, else what is given instead.
func windowOf(t *xainb.Track, instead [4]float64) [4]float64 {
	for _, s := range t.Frames() {
		f := s.Field("window")
		if f == nil || len(f.Data) != 4 {
			continue
		}
		w := [4]float64{float64(f.Data[0]), float64(f.Data[1]), float64(f.Data[2]), float64(f.Data[3])}
		if x, y := w[1]-w[0], w[3]-w[2]; x > 0 && y > 0 && x-x == 0 && y-y == 0 {
			return w
		}
	}
	return instead
}

// unitCells is the window of a grid that has none: a unit a cell, the first centre at 0.
func unitCells(grid *xainb.FieldInfo) [4]float64 {
	return [4]float64{-0.5, float64(grid.Dims[1].Size) - 0.5, -0.5, float64(grid.Dims[0].Size) - 0.5}
}

// arrowsOf measures the arrows of a run: their scale, and the largest of each frame.
func arrowsOf(t *xainb.Track, f *xainb.FieldInfo) *planeArrows {
	a := &planeArrows{Field: f.Name, Name: withUnit(f), Mode: "arrow lengths"}
	var all []float64
	for _, s := range t.Frames() {
		var here []float64
		if x := s.Field(f.Name); x != nil {
			for i := 0; i+1 < len(x.Data); i += 2 {
				if m := math.Hypot(float64(x.Data[i]), float64(x.Data[i+1])); m > 0 && m-m == 0 {
					here = append(here, m)
				}
			}
		}
		a.Peaks = append(a.Peaks, short(slices.Max(append(here, 0))))
		all = append(all, here...)
	}
	if a.Unit = short(upper(all)); a.Unit == 0 {
		a.Unit = 1
	}
	return a
}

// normalised returns what the values of each frame are multiplied with so that an exploding frame does not flatten all others and a vanishing one
// does not freeze. With m the frame's magnitude, its largest value, and r a range that follows the frames before,
//
//	d = ln(m/r), factor = 1 / (1 + e^(-d/2)) / m, r = r e^(0.2 d)
//
// so that the largest comes to lie in (0,1), at 1/2 where it is as those before it. A magnitude that is 0 or not finite has factor 0. It is what gan.Normalise
// does, and normaliseFactors in plane_parts.js.
func normalised(magnitudes []float64) []float64 {
	out, logRange := make([]float64, len(magnitudes)), math.NaN()
	for i, m := range magnitudes {
		if !(m > 0 && m <= math.MaxFloat64) {
			continue
		}
		logM := math.Log(m)
		if math.IsNaN(logRange) {
			logRange = logM
		}
		d := logM - logRange
		out[i] = 1 / (1 + math.Exp(-0.5*d)) / m
		logRange += 0.2 * d
	}
	return out
}

// upper returns the value that a twentieth of the values exceeds; 0 without any.
func upper(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[(len(values)-1)*19/20]
}

// short returns a number with the four digits that a page needs of it.
func short(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	return pick(err == nil, r, v)
}

// roundTo returns a number with the digits that are needed beside others a step away: to a thousandth of it.
func roundTo(v, step float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'f', max(0, 3-int(math.Floor(math.Log10(step)))), 64), 64)
	return pick(err == nil, r, v)
}

// addPlane adds the panel.
func (s *Scene) addPlane(t *xainb.Track, p *planeSpec) {
	p.Kind, p.Renderer, p.Select, p.View = "plane", "canvas", selectState, p.Window
	c := ech.NewScatter()
	c.SetGlobalOptions(
		ech.WithXAxisOpts(opts.XAxis{Type: "value", Name: p.Columns[0]}),
		ech.WithYAxisOpts(opts.YAxis{Type: "value", Name: p.Columns[1]}))
	c.AddSeries("", nil, ech.WithSeriesOpts(func(s *ech.SingleSeries) { s.Id, s.Type, s.CoordSystem = "plane", "custom", "cartesian2d" }))
	var err error
	if p.Option, err = option(c); err != nil {
		s.fail(err)
		return
	}
	s.doc.State[selectState] = ""
	bits := func(field string, fine float64) {
		s.doc.Blend[field], s.doc.Bits[field] = xainb.Ease, bitsFor(t, field, fine)
	}
	if p.Raster != nil {
		bits(p.Raster.Field, usualSpan(t, p.Raster.Field)/250)
	}
	if p.Arrows != nil {
		bits(p.Arrows.Field, p.Arrows.Unit/500) // they are drawn larger than they are, too
	}
	for _, l := range p.Points {
		for _, name := range append(slices.Clone(l.fields), l.Field) {
			if !strings.HasPrefix(name, "$") {
				bits(name, min(p.Window[1]-p.Window[0], p.Window[3]-p.Window[2])/2000) // less than a pixel
			}
		}
	}
	s.use(rasterScript, isolinesScript, planePartsScript, planeFlowScript, planeLegendScript)
	s.series(xainb.Panel{Grow: 1, Basis: 300, Spec: p}, p, planeScript)
}

// bitsFor returns how many bits keep steps of a field as fine as that: one exploding frame sets the range of all. Where even 16 would not, all are kept.
func bitsFor(t *xainb.Track, field string, fine float64) int {
	info := t.Schema().Field(field)
	if info == nil || !(fine > 0) {
		return 16
	}
	bits := int(math.Ceil(math.Log2((float64(info.Range.Max)-float64(info.Range.Min))/fine + 1)))
	return pick(bits > 16, 32, max(bits, 6))
}

// usualSpan returns the median, over the frames, of how far a field's values are apart.
func usualSpan(t *xainb.Track, field string) float64 {
	var spans []float64
	for _, s := range t.Frames() {
		if f := s.Field(field); f != nil {
			r := spanOf(f.Data)
			spans = append(spans, r[1]-r[0])
		}
	}
	if len(spans) == 0 {
		return 0
	}
	slices.Sort(spans)
	return spans[len(spans)/2]
}

// spanOf returns the least and the largest finite value; where they are one, or there is none, a range about it that is not empty, as spanOf in plane_parts.js.
func spanOf(data []float32) [2]float64 {
	r := [2]float64{math.Inf(1), math.Inf(-1)}
	for _, v := range data {
		if v-v == 0 {
			r = union(r, [2]float64{float64(v), float64(v)})
		}
	}
	if !(r[0] < r[1]) {
		at := pick(r[0] == r[1], r[0], 0)
		return [2]float64{at - 1, at + 1}
	}
	return r
}

// arrowModes lets a reader choose what the arrows' lengths mean.
func (s *Scene) arrowModes(p *planeSpec) {
	s.doc.State[p.Arrows.Mode] = arrowLengths
	s.doc.Controls = append(s.doc.Controls, xainb.Control{Kind: "menu", State: p.Arrows.Mode, Label: "Arrow lengths", Options: []xainb.Option{
		{Value: arrowLengths, Label: "one scale"}, {Value: arrowNormalised, Label: "normalised"}, {Value: arrowDirections, Label: "all equal"},
	}})
}

// widen gives two planes one window and one scale.
func (p *planeSpec) widen(_ moment, other still, _ moment) still {
	o, ok := other.(*planeSpec)
	if !ok {
		return p
	}
	c := *p
	x, y := union([2]float64(p.View[:2]), [2]float64(o.View[:2])), union([2]float64(p.View[2:]), [2]float64(o.View[2:]))
	c.View = [4]float64{x[0], x[1], y[0], y[1]}
	if p.Raster != nil && o.Raster != nil {
		r := *p.Raster
		r.Range = union(r.Range, o.Raster.Range)
		c.Raster = &r
	}
	if p.Arrows != nil && o.Arrows != nil {
		a := *p.Arrows
		a.Unit = max(a.Unit, o.Arrows.Unit)
		c.Arrows = &a
	}
	return &c
}
