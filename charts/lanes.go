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

//go:embed series_lanes.js
var lanesJS string

var lanesScript = xainb.Script{Name: "series_lanes", Source: lanesJS}

// lanesSpec is the spec of kind "lanes" (series_lanes.js); its still is in lanesstill.go.
type lanesSpec struct {
	Kind     string          `json:"kind"`
	Option   json.RawMessage `json:"option"`
	Renderer string          `json:"renderer"`
	Field    string          `json:"field"`
	Name     string          `json:"label"`
	Dim      string          `json:"dim"`
	Rows     []lane          `json:"rows"`
	Ramp     string          `json:"ramp"`
	Range    [2]float64      `json:"range"`
	Log      bool            `json:"log,omitempty"`
	Null     string          `json:"null,omitempty"`   // the field that is drawn as a second mark below each lane: what its values are judged against
	States   []string        `json:"states,omitempty"` // the values are numbers of these, not amounts
	Mode     string          `json:"mode,omitempty"`   // the state's entry that chooses between the run's range and colours that follow the run
	Peaks    []float64       `json:"peaks,omitempty"`  // the largest value of each frame
	Span     *[2]float64     `json:"span,omitempty"`   // what the abscissa has at least
	Note     string          `json:"text,omitempty"`   // said beside the name
	Select   string          `json:"select"`
	As       string          `json:"as,omitempty"` // what stands before the names that it reads
}

// lane is what one lane shows: the largest of the values at some positions.
type lane struct {
	Name string `json:"name"`
	Of   []int  `json:"of"`
}

// mostLanes is how many lanes are drawn.
const mostLanes = 40

// Lanes draws a 1-D field over the run's time, a lane for each label, the value as colour; what is still to come is veiled. Events are ticks above the
// lanes. Values at or above zero run from zero to the largest of the run ([LogScale] has their logarithm run), others are centred at zero; a
// field of which the run has a label for each value, as "state" of package kernels/gan, is drawn as these states, each named where it has room.
// Beside a field "cosine" a field "null" along the same dimension is a second, thin mark under each lane: a cosine means only
// as much as it differs from that of two minibatches. [Field] chooses the field; without it the first with labels is drawn, or the first.
//
// Of values without a sign a reader can choose colours that follow the run, so that one exploding frame does not pale all others; it is said which. A lane
// that is clicked, or chosen by arrow up and down, is what the caption speaks of.
//
// Captions can use {feature}, the selected lane or the one with the largest value, {value}, {null} and {said}, all in words.
func Lanes(src xainb.Source, opts ...Option) *Scene {
	s, t := newScene(src, "Lanes")
	if s.err != nil {
		return s
	}
	o := optionsOf(opts)
	f, err := fieldFor(t, "Lanes", o.field, "1-D field", isList, named(t))
	if err != nil {
		return s.fail(err)
	}
	spec, err := s.addLanes(t, f, o)
	if err != nil {
		return s.fail(err)
	}
	o.apply(s, f.Name)
	s.Title(s.say("How does the %s of each %s change?", f.Name, f.Dims[0].Name))
	switch {
	case spec.States != nil:
		s.Title(s.say("What happens in each %s?", f.Dims[0].Name))
		s.Subtitle(s.say("One lane a %s; what is paler is still to come.", quoted.Replace(f.Dims[0].Name)))
	case spec.Null != "":
		s.Subtitle(s.say("The thin mark under each lane is the %s: what the %s is judged against.", quoted.Replace(spec.Null), quoted.Replace(f.Name)))
	case f.Range.Min < 0:
		s.Subtitle("The stronger the colour, the farther from zero; what is paler is still to come.")
	default:
		s.Subtitle("The stronger the colour, the larger; what is paler is still to come.")
	}
	s.Caption(s.say("At %s: **{said}**.", when(t)))
	s.doc.Summary = s.say("%s of %d lanes over %d frames.", f.Name, len(spec.Rows), t.Len())
	return s
}

// LogScale has the colours of [Lanes] follow the logarithm of values above zero.
func LogScale() Option { return func(o *options) { o.log = true } }

// Energy draws the gradient energy heatmap of a run as a thin strip, to stand under its pictures: a lane for each player, G and D, with the largest energy of its
// layers; with [ByLayer] one for each layer. The run has a field "energy" [layer] from 0 to 1, as kernels/gan records it. Where that is scaled over a trailing window and not
// over the run, the strip says so.
//
// Captions can use what those of [Lanes] can.
func Energy(run xainb.Source, opts ...Option) *Scene {
	s, t := newScene(run, "Energy")
	if s.err != nil {
		return s
	}
	o := optionsOf(opts)
	f, err := fieldFor(t, "Energy", first(o.field, "energy"), "1-D field", isList, nil)
	if err != nil {
		return s.fail(err)
	}
	spec, err := s.addLanes(t, f, o)
	if err != nil {
		return s.fail(err)
	}
	spec.Name, spec.Range, spec.Ramp, spec.Note = "gradient energy", [2]float64{0, 1}, "heat", overWindow(f)
	s.fixed(spec)
	if !o.byLayer {
		spec.Rows = players(spec.Rows)
	}
	o.apply(s, f.Name)
	s.Title("Whose gradient is loud?")
	s.Subtitle("Gradient energy: each layer’s gradient norm, scaled to its own range.")
	if spec.Note != "" {
		s.Subtitle("Gradient energy: each layer’s gradient norm, scaled to its own range over a trailing window.")
	}
	s.Caption(s.say("At %s: **{said}**.", when(t)))
	s.doc.Summary = s.say("Gradient energy over %d frames.", t.Len())
	return s
}

// ByLayer has [Energy] draw a lane for each layer.
func ByLayer() Option { return func(o *options) { o.byLayer = true } }

// fixed takes the choice of colours away.
func (s *Scene) fixed(spec *lanesSpec) {
	s.doc.Controls = slices.DeleteFunc(s.doc.Controls, func(c xainb.Control) bool { return c.State == spec.Mode })
	delete(s.doc.State, spec.Mode)
	spec.Mode, spec.Peaks = "", nil
}

// players joins the lanes of layers "G 1", "G 2", "D 1" to those of the players "G" and "D"; other names stay.
func players(rows []lane) []lane {
	var out []lane
	for _, r := range rows {
		name := r.Name
		if i := len(name) - 1; i > 1 && (name[0] == 'G' || name[0] == 'D') && name[1] == ' ' {
			name = name[:1]
		}
		if i := slices.IndexFunc(out, func(l lane) bool { return l.Name == name }); i >= 0 {
			out[i].Of = append(out[i].Of, r.Of...)
		} else {
			out = append(out, lane{name, slices.Clone(r.Of)})
		}
	}
	return out
}

func (s *Scene) addLanes(t *xainb.Track, f *xainb.FieldInfo, o options) (*lanesSpec, error) {
	dim := f.Dims[0].Name
	most, _ := longestField(t, f.Name)
	if most == 0 {
		return nil, fmt.Errorf("charts: Lanes: the field %s %s has no values", f.Name, shape(f.Dims))
	}
	spec := &lanesSpec{Kind: "lanes", Renderer: "canvas", Field: f.Name, Name: withUnit(f), Dim: dim, Select: "lane", Ramp: "heat", Log: o.log}
	for _, e := range entries(make([]float32, most), longestLabels(t, dim), dim) {
		spec.Rows = append(spec.Rows, lane{pick(e.nth > 1, e.label+" ("+strconv.Itoa(e.nth)+")", e.label), []int{e.index}})
	}
	if n := len(spec.Rows); n > mostLanes {
		s.doc.Warnings = append(s.doc.Warnings, fmt.Sprintf("%d of the %d lanes of %s are drawn.", mostLanes, n, f.Name))
		spec.Rows = spec.Rows[:mostLanes]
	}
	fields := []string{f.Name}
	spec.scale(t, f, o)
	if names := longestLabels(t, f.Name); f.Name != dim && len(names) > 0 && areStates(f, len(names)) {
		spec.States, spec.Log, spec.Null = names, false, ""
	}
	if spec.Null != "" {
		fields = append(fields, spec.Null)
	}
	if spec.States == nil && f.Range.Min >= 0 && !o.log {
		s.laneModes(t, spec)
	}
	c := ech.NewScatter()
	c.SetGlobalOptions(ech.WithXAxisOpts(opts.XAxis{Type: "value"}), ech.WithYAxisOpts(opts.YAxis{Type: "value"}))
	c.AddSeries("", nil, ech.WithSeriesOpts(func(s *ech.SingleSeries) { s.Id, s.Type, s.CoordSystem = "lanes", "custom", "cartesian2d" }))
	var err error
	if spec.Option, err = option(c); err != nil {
		return nil, err
	}
	s.shipOnly(t, fields...)
	s.keep(t, fields...)
	s.doc.State[spec.Select] = ""
	s.use(partsScript, rasterScript, planePartsScript, seriesScript, linesScript) // whose abscissa it has
	s.series(xainb.Panel{Grow: 1, Basis: 300, Spec: spec}, spec, lanesScript)
	return spec, nil
}

// scale chooses the colours and their range.
func (l *lanesSpec) scale(t *xainb.Track, f *xainb.FieldInfo, o options) {
	lo, hi := float64(f.Range.Min), float64(f.Range.Max)
	l.Ramp, l.Range = o.rampOr(pick(lo < 0, "diverging", "heat")), [2]float64{min(0, lo), pick(hi > min(0, lo), hi, lo+1)}
	if l.Ramp == "diverging" {
		most := max(math.Abs(lo), math.Abs(hi))
		l.Range = [2]float64{-pick(most > 0, most, 1), pick(most > 0, most, 1)}
	}
	if l.Log {
		least := math.Inf(1)
		for _, s := range t.Frames() {
			if x := s.Field(f.Name); x != nil {
				for _, v := range x.Data {
					if v > 0 {
						least = min(least, float64(v))
					}
				}
			}
		}
		if l.Log = hi > 0 && least < hi; l.Log {
			l.Range = [2]float64{max(least, hi*1e-8), hi} // below the guard of the energy is nothing
		}
	}
	if null := t.Schema().Field("null"); f.Name == "cosine" && null != nil && len(null.Dims) == 1 && null.Dims[0].Name == l.Dim {
		l.Null, l.Range = null.Name, [2]float64{-1, 1}
		l.Ramp = "diverging"
	}
}

// areStates says whether all values of a field are numbers of n states.
func areStates(f *xainb.FieldInfo, n int) bool {
	return f.Range.Finite > 0 && f.Range.Min >= 0 && f.Range.Max < float32(n)
}

// laneModes lets a reader choose between colours over the run and colours that follow it.
func (s *Scene) laneModes(t *xainb.Track, l *lanesSpec) {
	for _, f := range t.Frames() {
		most := 0.0
		if x := f.Field(l.Field); x != nil {
			most = largest(x.Data)
		}
		l.Peaks = append(l.Peaks, short(most))
	}
	l.Mode = "lane colours"
	s.doc.State[l.Mode] = arrowLengths
	s.doc.Controls = append(s.doc.Controls, xainb.Control{Kind: "menu", State: l.Mode, Label: "Colours", Options: []xainb.Option{
		{Value: arrowLengths, Label: "one scale"}, {Value: arrowNormalised, Label: "normalised"},
	}})
}

// widen gives lanes one scale and one abscissa.
func (l *lanesSpec) widen(own moment, other still, there moment) still {
	o, ok := other.(*lanesSpec)
	if !ok {
		return l
	}
	c := *l
	c.Range = union(l.Range, o.Range)
	if c.Log != o.Log {
		c.Range = l.Range
	}
	if len(o.States) > len(c.States) && c.States != nil {
		c.States = o.States
	}
	if span := sharedSpan(own, there, l.Span, o.Span); span != nil {
		c.Span = span
	}
	return &c
}
