package charts

import (
	"encoding/json"
	"math"
	"slices"

	ech "github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// profileSpec is the spec of kind "profile" (series_profile.js) and its still.
type profileSpec struct {
	Kind   string          `json:"kind"`
	Option json.RawMessage `json:"option"`
	Field  string          `json:"field"`
	Dim    string          `json:"dim"`
	Name   string          `json:"name"`
	Size   int             `json:"size"`
	Min    float64         `json:"min"`
	Max    float64         `json:"max"`
	As     string          `json:"as,omitempty"` // what stands before the names that it reads
}

// profile makes the scene of a 1-D field drawn over its own positions.
func (s *Scene) profile(t *xainb.Track, o options) *Scene {
	what := "1-D field"
	if o.field == "" {
		what = "scalar and no 1-D field" // as the error says it: "the run has no …"
	}
	f, err := fieldFor(t, "Lines", o.field, what, rank(1), nil)
	if err != nil {
		return s.fail(err)
	}
	if err := s.addProfile(t, f); err != nil {
		return s.fail(err)
	}
	s.shipOnly(t, f.Name)
	o.apply(s, f.Name)
	p := newProfileWords(t, f)
	s.Title(s.tell(p.title)).Subtitle(s.tell(p.subtitle)).Caption(s.tell(p.caption))
	s.doc.Summary = s.tell(p.summary)
	return s
}

// profileWords is what is said around a profile.
type profileWords struct{ title, subtitle, caption, summary bilingual }

func newProfileWords(t *xainb.Track, f *xainb.FieldInfo) profileWords {
	return profileWords{
		say("How does the %s change?", f.Name),
		say("The %s at each %s; the thin line is where it began.", quoted.Replace(f.Name), quoted.Replace(f.Dims[0].Name)),
		say("At %s the largest is **{top.label}** with **{top.value}**.", when(t)),
		say("%s over %d frames, from %s to %s.", f.Name, t.Len(), formatNumber(float64(f.Range.Min)), formatNumber(float64(f.Range.Max))),
	}
}

func (s *Scene) addProfile(t *xainb.Track, f *xainb.FieldInfo) error {
	most, _ := longestField(t, f.Name)
	spec := &profileSpec{Kind: "profile", Field: f.Name, Dim: f.Dims[0].Name, Name: withUnit(f), Size: most, Min: float64(f.Range.Min), Max: float64(f.Range.Max)}
	c := ech.NewLine()
	c.SetGlobalOptions(
		ech.WithXAxisOpts(opts.XAxis{Type: "value", Name: f.Dims[0].Name}),
		ech.WithYAxisOpts(opts.YAxis{Type: "value", Scale: opts.Bool(true)}))
	series(c, "ghost 0", "", 0, "line")
	series(c, "line 0", f.Name, 0, "line")
	series(c, "mark 0", "", 0, "scatter")
	var err error
	if spec.Option, err = option(c); err != nil {
		return err
	}
	s.keep(t, f.Name)
	s.series(xainb.Panel{Grow: 1, Basis: 300, Spec: spec}, spec, profileScript)
	return nil
}

func (p *profileSpec) height(vg.Length, moment) vg.Length { return 23 + 12 + lineHigh + axisSpace + 20 }

func (p *profileSpec) read(m moment) map[string]string {
	var top, far *entry
	all := entriesAt(m, p.Field, p.Dim)
	for i, e := range all {
		if e.value-e.value != 0 {
			continue
		}
		if top == nil || e.value > top.value {
			top = &all[i]
		}
		if far == nil || math.Abs(e.value) > math.Abs(far.value) {
			far = &all[i]
		}
	}
	if top == nil {
		return nil
	}
	return called(p.As, map[string]string{"top.label": top.label, "top.value": formatNumber(top.value), "far.label": far.label, "far.value": formatNumber(far.value)})
}

func (p *profileSpec) still(c draw.Canvas, m moment) error {
	write(c, labelStyle, c.Min.X, c.Max.Y-9, draw.XLeft, draw.YCenter, shorten(p.Name, c.Max.X-c.Min.X, labelStyle))
	f := axisFrame{c: c, xlo: 1, xhi: float64(max(2, p.Size))}
	f.ylo, f.yhi = roomyScale(p.Min, p.Max)
	ticks := roundTicks(f.ylo, f.yhi, 4)
	f.x0, f.x1, f.y1 = c.Min.X+ticksWidth(ticks)+12, c.Max.X-14, c.Max.Y-35
	f.y0 = f.y1 - lineHigh
	f.drawY(ticks)
	along := roundTicks(f.xlo, f.xhi, min(8, max(2, int((f.x1-f.x0)/60))))
	f.drawX(slices.DeleteFunc(along, func(v float64) bool { return v != math.Trunc(v) }), p.Dim)
	for _, s := range m.tracks[0].Frames() {
		if s.Field(p.Field) != nil {
			f.profile(s.Field(p.Field).Data, draw.LineStyle{Color: faint, Width: 1.25})
			break
		}
	}
	bad := 0
	if x := m.snapshot(0).Field(p.Field); x != nil {
		f.profile(x.Data, draw.LineStyle{Color: ink, Width: 2})
		for _, v := range x.Data {
			if v-v != 0 {
				bad++
			}
		}
	}
	write(c, labelStyle, c.Min.X, c.Min.Y+8, draw.XLeft, draw.YCenter, notFinite(bad))
	return nil
}

func (a axisFrame) profile(data []float32, style draw.LineStyle) {
	xs, ys := make([]float64, len(data)), make([]float64, len(data))
	for i, v := range data {
		xs[i], ys[i] = float64(i+1), float64(v)
	}
	a.curve(style, xs, ys)
}
