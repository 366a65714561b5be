package charts

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	ech "github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/xainb/gonb-xai/xainb"
)

// scatterSpec is the spec of kind "scatter" (series_scatter.js); its still is in scatterstill.go.
type scatterSpec struct {
	Kind     string          `json:"kind"`
	Option   json.RawMessage `json:"option"`
	Renderer string          `json:"renderer,omitempty"`
	Field    string          `json:"field"`
	Dim      string          `json:"dim"`
	Columns  []string        `json:"columns"`         // names of x, y and the value
	Range    [][2]float64    `json:"range"`           // of each column, over the whole track
	Count    int             `json:"count"`           // the most points in a frame
	Square   bool            `json:"square"`          // one unit is as long on both axes
	Down     bool            `json:"down"`            // y counts from the top, as pixels do
	Classes  bool            `json:"classes"`         // the third column is a class, 0 to 9
	Kinds    []string        `json:"kinds,omitempty"` // what the classes are called, from 0
	Labelled bool            `json:"labelled"`
	Trail    int             `json:"trail"`
	Select   string          `json:"select"`
	Head     string          `json:"head,omitempty"` // what stands above the picture
	As       string          `json:"as,omitempty"`   // what stands before the names that it reads
}

// Scatter draws a field [n,2] as points of a plane, [n,3] with the third column as their colour: a ramp, or classes where all are
// whole numbers from 0 to 9, each with its name at the middle of its points: the run's label along "class", or the number. The axes are fixed for the whole run, and one unit is as long on both where the two are the same kind of number.
// [Field] chooses the field, [Trail] shows where points come from; a point that is clicked shows its whole way. Points that are not
// finite are left out and counted.
//
// Captions can use {points}, how many there are, {feature}, {x} and {y} of the selected point, and {said}, the one or the other in words.
func Scatter(src xainb.Source, opts ...Option) *Scene {
	s, t := newScene(src, "Scatter")
	if s.err != nil {
		return s
	}
	o := optionsOf(opts)
	f, err := fieldFor(t, "Scatter", o.field, "field of points [n,2] or [n,3]", isPlane(t), twoColumns)
	if err != nil {
		return s.fail(err)
	}
	if err := s.addScatter(t, f, o); err != nil {
		return s.fail(err)
	}
	s.shipOnly(t, f.Name)
	o.apply(s, f.Name)
	s.Title("Where do the points go?")
	s.Subtitle(s.say("Each dot is one %s. Click one to see its way.", quoted.Replace(f.Dims[0].Name)))
	s.Caption(s.say("At %s: **{said}**.", when(t)))
	s.doc.Summary = s.say("%s: %d points over %d frames.", f.Name, f.Dims[0].Size, t.Len())
	return s
}

// Trail shows with each point of a scatter where it was in the n frames before.
func Trail(n int) Option { return func(o *options) { o.trail, o.trailSet = n, true } }

func twoColumns(f *xainb.FieldInfo) bool { return f.Dims[1].Size == 2 }

// isPlane says whether a field holds points of a plane in every frame.
func isPlane(t *xainb.Track) func(*xainb.FieldInfo) bool {
	return func(f *xainb.FieldInfo) bool {
		if len(f.Dims) != 2 || f.Dims[1].Size < 2 || f.Dims[1].Size > 3 || isPath(f) {
			return false
		}
		for _, s := range t.Frames() {
			if x := s.Field(f.Name); x != nil && (len(x.Dims) != 2 || x.Dims[1].Size != f.Dims[1].Size) {
				return false
			}
		}
		return true
	}
}

func (s *Scene) addScatter(t *xainb.Track, f *xainb.FieldInfo, o options) error {
	if o.trail < 0 {
		return fmt.Errorf("charts: Scatter: Trail(%d): give 0 or a positive number", o.trail)
	}
	names := labels(t, nil, f.Dims[1].Name)
	spec := &scatterSpec{
		Kind: "scatter", Field: f.Name, Dim: f.Dims[0].Name, Trail: o.trail, Select: selectState,
		Down: f.Dims[1].Name == "xyw", Labelled: len(labels(t, nil, f.Dims[0].Name)) > 0,
		Columns: make([]string, f.Dims[1].Size), Range: columnRanges(t, f.Name, f.Dims[1].Size),
	}
	copy(spec.Columns, names)
	most, _ := longestField(t, f.Name)
	spec.Count = most / f.Dims[1].Size
	spec.Square = alike(spec.Columns) && comparable(spec.Range)
	spec.Classes = f.Dims[1].Size == 3 && areClasses(t, f.Name)
	if spec.Count > 60 {
		spec.Renderer = "canvas" // many moving elements; few are sharper as SVG
	}
	for k := 0; spec.Classes && k <= int(spec.Range[2][1]); k++ {
		spec.Kinds = append(spec.Kinds, className(t, float32(k)))
	}
	c := ech.NewScatter()
	c.SetGlobalOptions(
		ech.WithXAxisOpts(opts.XAxis{Type: "value", Name: spec.Columns[0]}),
		ech.WithYAxisOpts(opts.YAxis{Type: "value", Name: spec.Columns[1]}))
	for id, kind := range map[string]string{"trail": "custom", "points": "scatter"} {
		c.AddSeries("", nil, ech.WithSeriesOpts(func(s *ech.SingleSeries) { s.Id, s.Type, s.CoordSystem = id, kind, "cartesian2d" }))
	}
	slices.SortFunc(c.MultiSeries, func(a, b ech.SingleSeries) int { return strings.Compare(b.Id, a.Id) })
	var err error
	if spec.Option, err = option(c); err != nil {
		return err
	}
	s.doc.State[selectState] = ""
	s.doc.Blend[f.Name] = xainb.Ease
	s.keep(t, f.Name)
	s.series(xainb.Panel{Grow: 1, Basis: 300, Spec: spec}, spec, scatterScript)
	return nil
}

// columnRanges returns the range of each column over the whole track.
func columnRanges(t *xainb.Track, name string, columns int) [][2]float64 {
	out := make([][2]float64, columns)
	for i := range out {
		out[i] = [2]float64{math.Inf(1), math.Inf(-1)}
	}
	for _, s := range t.Frames() {
		if f := s.Field(name); f != nil {
			for i, v := range f.Data {
				if r := &out[i%columns]; v-v == 0 {
					r[0], r[1] = min(r[0], float64(v)), max(r[1], float64(v))
				}
			}
		}
	}
	for i, r := range out {
		if r[0] > r[1] {
			out[i] = [2]float64{0, 1} // nothing finite
		}
	}
	return out
}

// alike says whether two columns are the same kind of number, by their names: none, x and y, or "PC 1" and "PC 2".
func alike(names []string) bool {
	stem := func(s string) string { return strings.TrimRight(strings.ToLower(s), " -_.0123456789") }
	a, b := stem(names[0]), stem(names[1])
	return a == b || a == "x" && b == "y"
}

// comparable says whether two ranges can share one unit without one of them becoming a line.
func comparable(r [][2]float64) bool {
	a, b := r[0][1]-r[0][0], r[1][1]-r[1][0]
	return a > 0 && b > 0 && a < 4*b && b < 4*a
}

func areClasses(t *xainb.Track, name string) bool {
	for _, s := range t.Frames() {
		if f := s.Field(name); f != nil {
			for i := 2; i < len(f.Data); i += 3 {
				if v := float64(f.Data[i]); v != math.Trunc(v) || v < 0 || v > 9 {
					return false
				}
			}
		}
	}
	return true
}
