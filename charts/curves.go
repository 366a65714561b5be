package charts

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	ech "github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/xainb/gonb-xai/xainb"
)

//go:embed series_curves.js
var curvesJS string

var curvesScript = xainb.Script{Name: "series_curves", Source: curvesJS}

// curvesSpec is the spec of kind "curves" (series_curves.js); its still is in curvesstill.go.
type curvesSpec struct {
	Kind   string          `json:"kind"`
	Option json.RawMessage `json:"option"`
	X      string          `json:"x"` // names of the axes
	Y      string          `json:"label"`
	Span   [2]float64      `json:"span"`
	Scale  [2]float64      `json:"scale"`
	Curves []curveSpec     `json:"curves"`
	Marks  []curveMark     `json:"marks,omitempty"`
	Head   string          `json:"head,omitempty"`
	As     string          `json:"as,omitempty"` // what stands before the names that it reads
}

// curveSpec is a 1-D field over At, its positions along the abscissa.
type curveSpec struct {
	Field  string    `json:"field"`
	Name   string    `json:"label"`
	At     []float64 `json:"at,omitempty"`     // nil: those of the first curve
	Step   bool      `json:"step,omitempty"`   // values of bins about the positions
	Quiet  bool      `json:"quiet,omitempty"`  // what the others are seen against
	Scalar string    `json:"scalar,omitempty"` // whose value stands beside the name,
	Of     string    `json:"of"`               // and what it is
}

// along returns the positions of a curve.
func (p *curvesSpec) along(i int) curveSpec {
	k := p.Curves[i]
	if k.At == nil {
		k.At = p.Curves[0].At
	}
	return k
}

// curveMark is a scalar that moves along the abscissa: a dot on the first curve, and below it each place where it has been.
type curveMark struct {
	Scalar string `json:"scalar"`
	Name   string `json:"label"`
}

// Limits of a picture of curves, beyond which nothing can be told apart.
const (
	mostCurves = 6
	mostMarks  = 6
)

// Curves draws 1-D fields of a run along their common dimension as lines in one chart: along the numbers that the dimension's labels are, else along the positions, counted from 1.
// [Fields] chooses them, in this order; without it the first field with a dimension and all others along it are drawn. [Marks] lets scalars move along the abscissa: each is a dot on the first
// curve, and below it is each place where it has been, so that one sees where the steps go.
//
// Captions can use {NAME.at} and {NAME.value}, a mark's place and the first curve there, and the run's scalars.
func Curves(src xainb.Source, opts ...Option) *Scene {
	s, t := newScene(src, "Curves")
	if s.err != nil {
		return s
	}
	o := optionsOf(opts)
	if o.err != nil {
		return s.fail(o.err)
	}
	fields, err := curvesOf(t, o)
	if err != nil {
		return s.fail(err)
	}
	dim := fields[0].Dims[0].Name
	at := alongOf(t, dim, fields[0].Dims[0].Size)
	spec := &curvesSpec{X: dim, Span: [2]float64{slices.Min(at), slices.Max(at)}, Scale: [2]float64{math.Inf(1), math.Inf(-1)}}
	var names []string
	for _, f := range fields {
		spec.Curves = append(spec.Curves, curveSpec{Field: f.Name, Name: f.Name, At: pick(len(spec.Curves) == 0, at, nil)})
		spec.Scale = union(spec.Scale, [2]float64{float64(f.Range.Min), float64(f.Range.Max)})
		names = append(names, f.Name)
	}
	for _, name := range o.marks {
		if !slices.Contains(t.Schema().Scalars, name) {
			return s.fail(fmt.Errorf("charts: Curves: Marks(%q): the run has no such scalar; it has %s", name, contents(t)))
		}
		spec.Marks = append(spec.Marks, curveMark{name, name})
	}
	s.shipOnly(t, names...)
	s.keep(t, names...)
	s.addCurves(spec)
	o.apply(s, names...)
	listed := listed(names)
	s.doc.Title = s.tell(pick(len(names) == 1, say("How does %s run?", listed), pick(len(names) == 2, say("How do %s run?", listed), say("How do the curves run?"))))
	over := quotedNames(names)
	s.doc.Subtitle = s.say("%s over %s.", over, quoted.Replace(dim))
	s.doc.Caption = s.say("At %s.", whenNoisy(t))
	if len(spec.Marks) > 0 {
		s.doc.Subtitle = s.say("%s over %s. Dots move along it; below are all places where they have been.", over, quoted.Replace(dim))
		m := braced.Replace(spec.Marks[0].Name)
		s.doc.Caption = s.say("At %s, %s is at **{%s.at}**, where %s is **{%s.value}**.", whenNoisy(t), quoted.Replace(spec.Marks[0].Name), m, quoted.Replace(names[0]), m)
	}
	s.doc.Summary = s.say("%s along %s over %d frames.", listed, dim, t.Len())
	return s
}

// Fields chooses the fields of [Curves], or the numbers of [Lines].
func Fields(names ...string) Option { return func(o *options) { o.fields = names } }

// Marks lets scalars move along the abscissa of [Curves].
func Marks(scalars ...string) Option {
	return func(o *options) {
		o.marks = scalars
		o.want(len(scalars) <= mostMarks, "Marks of %d scalars: give up to %d", len(scalars), mostMarks)
	}
}

// curvesOf returns the fields that are drawn.
func curvesOf(t *xainb.Track, o options) (out []*xainb.FieldInfo, err error) {
	asked := o.fields
	if len(asked) == 0 && o.field != "" {
		asked = []string{o.field}
	}
	for _, name := range asked {
		f, err := fieldFor(t, "Curves", name, "1-D field", rank(1), nil)
		if err != nil {
			return nil, err
		}
		if len(out) > 0 && f.Dims[0] != out[0].Dims[0] {
			return nil, fmt.Errorf("charts: Curves: the fields %s %s and %s %s have not the same dimension", out[0].Name, shape(out[0].Dims), f.Name, shape(f.Dims))
		}
		out = append(out, f)
	}
	if len(asked) == 0 {
		f, err := fieldFor(t, "Curves", "", "1-D field", rank(1), nil)
		if err != nil {
			return nil, err
		}
		for i, g := range t.Schema().Fields {
			if len(g.Dims) == 1 && g.Dims[0] == f.Dims[0] {
				out = append(out, &t.Schema().Fields[i])
			}
		}
	}
	for _, f := range out {
		if f.Varies || f.Dims[0].Size == 0 {
			return nil, fmt.Errorf("charts: Curves: the field %s has not the same size in every frame, or none: draw it with charts.Lines", f.Name)
		}
	}
	if len(out) > mostCurves {
		return nil, fmt.Errorf("charts: Curves: %d fields in one chart: choose up to %d with charts.Fields", len(out), mostCurves)
	}
	return out, nil
}

// alongOf returns the positions along a dimension: its labels where they are numbers that grow.
func alongOf(t *xainb.Track, dim string, n int) []float64 {
	at, names := make([]float64, n), labels(t, nil, dim)
	numbers := len(names) == n
	for i := range at {
		if numbers {
			v, err := strconv.ParseFloat(names[i], 64)
			at[i] = v
			numbers = err == nil && v-v == 0 && (i == 0 || v > at[i-1])
		}
	}
	if !numbers {
		for i := range at {
			at[i] = float64(i + 1)
		}
	}
	return at
}

// addCurves adds the panel.
func (s *Scene) addCurves(spec *curvesSpec) {
	spec.Kind = "curves"
	spec.Span[0], spec.Span[1] = timeScale(spec.Span[:])
	c := ech.NewLine()
	for i := range spec.Curves {
		series(c, "curve "+strconv.Itoa(i), spec.Curves[i].Name, 0, "line")
	}
	axes, values := []opts.XAxis{{Type: "value"}}, []opts.YAxis{{Type: "value", Scale: opts.Bool(true)}}
	if len(spec.Marks) > 0 {
		axes, values = append(axes, opts.XAxis{Type: "value", GridIndex: 1}), append(values, opts.YAxis{Type: "value", GridIndex: 1})
	}
	for i := range spec.Marks {
		series(c, "mark "+strconv.Itoa(i), spec.Marks[i].Name, 0, "scatter")
		series(c, "been "+strconv.Itoa(i), spec.Marks[i].Name, 1, "scatter")
	}
	c.XAxisList, c.YAxisList = axes, values
	var err error
	if spec.Option, err = option(c); err != nil {
		s.fail(err)
		return
	}
	s.series(xainb.Panel{Grow: 1, Basis: 300, Spec: spec}, spec, curvesScript)
}

// widen gives two charts one scale.
func (p *curvesSpec) widen(_ moment, other still, _ moment) still {
	o, ok := other.(*curvesSpec)
	if !ok {
		return p
	}
	c := *p
	c.Span, c.Scale = union(p.Span, o.Span), union(p.Scale, o.Scale)
	return &c
}

// diffusionLine draws the histogram of a run over a line against the density that it should have.
func diffusionLine(run xainb.Source, opts []Option) *Scene {
	t := run.Track()
	names := []string{"histogram"}
	if f, g := t.Schema().Field("histogram"), t.Schema().Field("density"); g != nil && len(g.Dims) == 1 && g.Dims[0] == f.Dims[0] {
		names = []string{"density", "histogram"}
	}
	s := Curves(run, append(slices.Clip(opts), Fields(names...))...)
	if s.err != nil {
		return s
	}
	s.rename("Diffusion")
	spec := s.stills[0].(*curvesSpec)
	spec.X, spec.Y = "x", s.say("density")
	for i := range spec.Curves {
		if c := &spec.Curves[i]; c.Field == "histogram" {
			c.Step, c.Name = true, s.say("samples")
		} else {
			c.Quiet, c.Name = true, s.say("as it should be")
		}
	}
	s.doc.Bits["histogram"], s.doc.Bits["density"] = 10, 10
	s.doc.Blend["histogram"], s.doc.Blend["density"] = xainb.Ease, xainb.Ease
	s.doc.Title = s.say("How does noise become data?")
	s.doc.Subtitle = s.say("The histogram of the samples over the density that they should have at each t.")
	s.doc.Caption = s.say("At **t = {time}**, progress τ = {tau}.")
	return s
}
