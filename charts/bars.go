package charts

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	ech "github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// selectState is the entry of the state that says which feature is selected; scenes of one row share it.
const selectState = "feature"

// defaultTop is how many entries a ranking shows when nothing else is asked.
const defaultTop = 12

// barsSpec is the spec of kind "bars" (series_bars.js) and its still.
type barsSpec struct {
	Kind   string          `json:"kind"`
	Option json.RawMessage `json:"option"`
	Field  string          `json:"field"`
	Dim    string          `json:"dim"`
	Name   string          `json:"name"`
	Top    int             `json:"top"`
	Slots  int             `json:"slots"` // the most bars that a frame shows
	Long   []string        `json:"long"`  // the longest names among those that are ever shown
	Min    float64         `json:"min"`
	Max    float64         `json:"max"`
	More   bool            `json:"more"` // some frame has more entries than bars
	Came   []int           `json:"came"` // see arrivals
	Select string          `json:"select"`
	As     string          `json:"as,omitempty"` // what stands before the names that it reads
}

// Bars draws a ranking: the entries of a 1-D field as horizontal bars, the strongest first, about zero where values are negative. A bar
// that changes its rank moves there. Entries are the same from frame to frame by their label and which of that label they
// are, so an algorithm may sort its ranking or leave it in place. [Field] chooses the field (else the first with labels), [Top] how many
// bars there are (12). Values that are not finite are left out and counted.
//
// Captions can use {top} (the strongest and its value), {rest} (the two after it, and the full stop), {lead} ("Strongest so far: " once there
// is one), {top.label}, {top.value}, and {feature}, {value} and {has} ("has weight 0.41") of the selected entry, else of the newest
// where entries come one by one, else of the strongest.
func Bars(src xainb.Source, opts ...Option) *Scene {
	s, t := newScene(src, "Bars")
	if s.err != nil {
		return s
	}
	o := optionsOf(opts)
	f, err := s.addBars(t, o)
	if err != nil {
		return s.fail(err)
	}
	s.shipOnly(t, f.Name)
	o.apply(s, f.Name)
	s.Title("What counts most?")
	s.Subtitle(s.tell(barsSubtitle(f)))
	s.Caption(s.tell(rankingCaption(t, arrivals(t, f))))
	s.doc.Summary = s.tell(rankingSummary(t, f))
	return s
}

// addBars adds the panel of a ranking.
func (s *Scene) addBars(t *xainb.Track, o options) (*xainb.FieldInfo, error) {
	f, err := fieldFor(t, "Bars", o.field, "1-D field", isList, named(t))
	if err != nil {
		return nil, err
	}
	if o.err != nil {
		return nil, o.err
	}
	spec := &barsSpec{Kind: "bars", Field: f.Name, Dim: f.Dims[0].Name, Name: withUnit(f), Top: o.top, Came: arrivals(t, f), Select: selectState}
	most, _ := longestField(t, f.Name)
	if spec.Top == 0 {
		spec.Top = defaultTop
		if most == defaultTop+1 {
			spec.Top = most // "and 1 more" would take as much room as the bar
		}
	}
	spec.Slots, spec.More = min(most, spec.Top), most > spec.Top
	spec.Long = longNames(t, f, spec.Top)
	spec.Min, spec.Max = min(0, float64(f.Range.Min)), max(0, float64(f.Range.Max))
	if spec.Option, err = barsOption(); err != nil {
		return nil, err
	}
	s.doc.State[selectState] = ""
	s.keep(t, f.Name)
	s.series(xainb.Panel{Grow: 1, Spec: spec}, spec, barsScript)
	return f, nil
}

func barsOption() (json.RawMessage, error) {
	c := ech.NewCustom()
	c.SetGlobalOptions(
		ech.WithXAxisOpts(opts.XAxis{Type: "value", Show: opts.Bool(false)}),
		ech.WithYAxisOpts(opts.YAxis{Type: "value"}))
	c.AddSeries("", nil, ech.WithSeriesId("bars"), ech.WithCoordinateSystem("cartesian2d"))
	return option(c)
}

func barsSubtitle(f *xainb.FieldInfo) bilingual {
	return say("Each bar is the %s of one %s, the strongest first.", quoted.Replace(f.Name), quoted.Replace(f.Dims[0].Name))
}

func rankingCaption(t *xainb.Track, came []int) bilingual {
	if came != nil {
		return say("**{feature}** {has}. {lead}**{top}**{rest}")
	}
	if t.Len() == 1 {
		return say("Strongest: **{top}**{rest}")
	}
	return say("At %s the strongest is **{top}**{rest}", when(t))
}

// rankingSummary says how the ranking ends.
func rankingSummary(t *xainb.Track, f *xainb.FieldInfo) bilingual {
	for i := t.Len() - 1; i >= 0; i-- {
		x := t.At(i).Field(f.Name)
		if x == nil {
			continue
		}
		top := strongest(entries(x.Data, labels(t, t.At(i), f.Dims[0].Name), f.Dims[0].Name))
		var parts []string
		for _, e := range top[:min(3, len(top))] {
			parts = append(parts, e.label+" "+valueText(e.value, limitOf(f.Range)))
		}
		if len(parts) > 0 {
			return say("Strongest %s at the end: %s.", f.Name, listed(parts))
		}
	}
	return bilingual{}
}

// longNames returns a few of the longest names among the strongest entries of all frames: what the column of names must hold.
func longNames(t *xainb.Track, f *xainb.FieldInfo, top int) []string {
	seen := map[string]bool{}
	for _, s := range t.Frames() {
		if x := s.Field(f.Name); x != nil {
			order := strongest(entries(x.Data, labels(t, s, f.Dims[0].Name), f.Dims[0].Name))
			for _, e := range order[:min(top, len(order))] {
				seen[e.label] = true
			}
		}
	}
	return longest(slices.AppendSeq([]string{}, maps.Keys(seen))) // a list also where nothing is finite
}

// longest returns a few of the longest names, each once.
func longest(names []string) []string {
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(utf8.RuneCountInString(b)-utf8.RuneCountInString(a), strings.Compare(a, b))
	})
	names = slices.Compact(names)
	return names[:min(8, len(names))]
}

// readRanking is rankingReadings in parts.js.
func readRanking(all []entry, one *entry, name string, limit float64) map[string]string {
	top := strongest(all)
	said := func(e entry) string { return e.label + " " + valueText(e.value, limit) }
	var rest []string
	for _, e := range top[min(1, len(top)):min(3, len(top))] {
		rest = append(rest, said(e))
	}
	out := map[string]string{"feature": "Nothing", "has": "has a " + name + " yet", "lead": "", "top": "", "rest": ""}
	if len(top) > 0 {
		out["lead"], out["rest"] = "Strongest so far: ", pick(len(rest) > 0, ", then ", "")+strings.Join(rest, " and ")+"."
		out["top"], out["top.label"], out["top.value"] = said(top[0]), top[0].label, valueText(top[0].value, limit)
		if one == nil {
			one = &top[0]
		}
	}
	if one != nil {
		out["feature"], out["value"] = one.label, valueText(one.value, limit)
		out["has"] = "has " + name + " " + out["value"]
	}
	return out
}

func (b *barsSpec) limit() float64 { return max(-b.Min, b.Max) }

func (b *barsSpec) read(m moment) map[string]string {
	all, newest := arrived(entriesAt(m, b.Field, b.Dim), b.Came, m.frame)
	return called(b.As, readRanking(all, newest, b.Field, b.limit()))
}

const barRow vg.Length = 25

func (b *barsSpec) height(vg.Length, moment) vg.Length {
	return 23 + vg.Length(max(1, b.Slots))*barRow + 24
}

func (b *barsSpec) still(c draw.Canvas, m moment) error {
	name := textStyle(13, ink, false)
	y := c.Max.Y
	write(c, labelStyle, c.Min.X, y-9, draw.XLeft, draw.YCenter, shorten(b.Name, c.Max.X-c.Min.X, labelStyle))
	y -= 23
	all, newest := arrived(entriesAt(m, b.Field, b.Dim), b.Came, m.frame)
	order := strongest(all)
	widest := vg.Length(0)
	for _, l := range b.Long {
		widest = max(widest, textWidth(l, name)+16)
	}
	names := min(widest, 240, 0.42*(c.Max.X-c.Min.X))
	values := max(textWidth(valueText(b.Min, b.limit()), labelStyle), textWidth(valueText(b.Max, b.limit()), labelStyle)) + 14
	left, right := c.Min.X+names+10, c.Max.X-values
	if b.Min < 0 {
		left += values
	}
	x := func(v float64) vg.Length {
		if b.Max <= b.Min {
			return left
		}
		return left + (right-left)*vg.Length((v-b.Min)/(b.Max-b.Min))
	}
	c.StrokeLine2(draw.LineStyle{Color: faint, Width: 1}, x(0), y, x(0), y-barRow*vg.Length(max(1, b.Slots)))
	for i, e := range order[:min(len(order), b.Top)] {
		mid := y - barRow*(vg.Length(i)+0.5)
		fresh := newest != nil && e.index == newest.index
		b.bar(c, e, mid, c.Min.X+names, x, i == 0, fresh)
	}
	foot := []string{}
	if n := len(order) - b.Top; n > 0 {
		foot = append(foot, fmt.Sprintf("… and %d more", n))
	}
	if n := notFinite(len(all) - len(order)); n != "" {
		foot = append(foot, n)
	}
	write(c, labelStyle, c.Min.X, y-barRow*vg.Length(max(1, b.Slots))-12, draw.XLeft, draw.YCenter, strings.Join(foot, ", "))
	return nil
}

// bar draws one bar of the still at height mid; names end at nameX.
func (b *barsSpec) bar(c draw.Canvas, e entry, mid, nameX vg.Length, x func(float64) vg.Length, top, fresh bool) {
	style, value, fill := textStyle(13, ink, fresh), labelStyle, mix(paper, ink, 0.3)
	if top && e.value != 0 {
		fill, value = accent, textStyle(12, accent, true)
	}
	room := nameX - c.Min.X
	if e.nth > 0 {
		write(c, textStyle(11, muted, false), nameX, mid, draw.XRight, draw.YCenter, fmt.Sprint(e.nth))
		nameX -= 14
		room -= 14
	}
	write(c, style, nameX, mid, draw.XRight, draw.YCenter, shorten(e.label, room, style))
	from, to := x(0), x(e.value)
	lo, hi := min(from, to), max(from, to)
	rect := func(grow vg.Length) []vg.Point {
		l, r, u, d := lo-grow, max(hi, lo+1)+grow, mid+7.5+grow, mid-7.5-grow
		return []vg.Point{{X: l, Y: d}, {X: r, Y: d}, {X: r, Y: u}, {X: l, Y: u}, {X: l, Y: d}}
	}
	c.FillPolygon(fill, rect(0))
	if fresh {
		c.StrokeLines(draw.LineStyle{Color: accent, Width: 1.25}, rect(2.5))
	}
	if e.value < 0 {
		write(c, value, to-6, mid, draw.XRight, draw.YCenter, valueText(e.value, b.limit()))
	} else {
		write(c, value, to+6, mid, draw.XLeft, draw.YCenter, valueText(e.value, b.limit()))
	}
}
