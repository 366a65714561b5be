package charts

import (
	_ "embed" // the painter's JavaScript
	"fmt"
	"image/color"
	"math"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

//go:embed text.js
var textJS string

// textSpec is the spec of painter "text" (text.js) and its still.
type textSpec struct {
	Field  string   `json:"field"`
	Dim    string   `json:"dim"`
	Mask   string   `json:"mask,omitempty"`
	Name   string   `json:"name"`
	Ramp   string   `json:"ramp"`
	Limit  float64  `json:"limit"` // the largest magnitude of the track
	Came   []int    `json:"came"`  // see arrivals
	Select string   `json:"select"`
	Words  []string `json:"words"` // the longest text of the track
}

// Words draws the labels of a 1-D field as running text, each word on the colour of its weight: a ramp from nothing where all weights
// are at least 0, otherwise one to each side. Pieces of words ("##ing", "Ġthe") are joined, CJK and right-to-left text are set as they are
// read. A word that the frame has no weight for yet is grey; where words come one by one, the newest is framed. A field "mask"
// ("masked", "removed", "occluded") along the same dimension strikes words through where it is above 0.5. [Field] chooses the weights.
//
// Captions can use what those of [Bars] can, and {masked}, the words struck through.
func Words(src xainb.Source, opts ...Option) *Scene {
	s, t := newScene(src, "Words")
	if s.err != nil {
		return s
	}
	o := optionsOf(opts)
	f, err := fieldFor(t, "Words", o.field, "1-D field", isList, named(t))
	if err != nil {
		return s.fail(err)
	}
	spec, err := s.addWords(t, f)
	if err != nil {
		return s.fail(err)
	}
	fields := []string{f.Name}
	if spec.Mask != "" {
		fields = append(fields, spec.Mask)
	}
	s.shipOnly(t, fields...)
	o.apply(s, f.Name)
	s.Title("Which words count?")
	s.Subtitle(s.tell(spec.subtitle(say("."))))
	s.Caption(s.tell(rankingCaption(t, spec.Came)))
	s.doc.Summary = s.tell(rankingSummary(t, f))
	return s
}

// subtitle says how the words are read; end is the rest of the sentence.
func (w *textSpec) subtitle(end bilingual) bilingual {
	if w.Ramp == "diverging" {
		return say("Red words have a positive %s, blue ones a negative%s", quoted.Replace(w.Field), end)
	}
	return say("The stronger a word’s colour, the larger its %s%s", quoted.Replace(w.Field), end)
}

func (s *Scene) addWords(t *xainb.Track, f *xainb.FieldInfo) (*textSpec, error) {
	dim := f.Dims[0].Name
	words := longestLabels(t, dim)
	if len(words) == 0 {
		return nil, fmt.Errorf("charts: Words: the field %s %s has no labels along %q: name them with Snapshot.PutLabels", f.Name, shape(f.Dims), dim)
	}
	spec := &textSpec{Field: f.Name, Dim: dim, Name: withUnit(f), Ramp: "heat", Limit: limitOf(f.Range), Came: arrivals(t, f), Select: selectState, Words: words}
	if f.Range.Min < 0 {
		spec.Ramp = "diverging"
	}
	for _, m := range t.Schema().Fields {
		if slices.Contains(maskNames, m.Name) && len(m.Dims) == 1 && m.Dims[0].Name == dim {
			spec.Mask = m.Name
			s.keep(t, m.Name)
			break
		}
	}
	s.doc.State[selectState] = ""
	s.keep(t, f.Name)
	s.use(partsScript)
	s.panel(xainb.Panel{Painter: "text", Grow: 1, Basis: ownRow, Spec: spec}, spec, xainb.Script{Name: "text", Source: textJS})
	return spec, nil
}

func (w *textSpec) usesRamp() string { return w.Ramp }

func (w *textSpec) read(m moment) map[string]string {
	all, newest := arrived(entriesAt(m, w.Field, w.Dim), w.Came, m.frame)
	out := readRanking(all, newest, w.Field, w.Limit)
	if w.Mask != "" {
		struck := ""
		for _, p := range w.set(m, 1e9, w.style()) {
			if p.struck {
				struck += pick(struck != "", " ", "") + p.text
			}
		}
		out["masked"] = first(struck, "nothing")
	}
	return out
}

// setWord is a word in its place: x from the left of the text, line from 0.
type setWord struct {
	text             string
	x, width         vg.Length
	line             int
	entry            *entry // its weight, or nil
	newest, struck   bool
	joined, joinNext bool // part of the word before, of the word after
}

func (w *textSpec) style() draw.TextStyle {
	if len(w.Words) > 120 {
		return textStyle(15, ink, false)
	}
	return textStyle(19, ink, false)
}

// set breaks the words of a moment into lines.
func (w *textSpec) set(m moment, width vg.Length, style draw.TextStyle) []setWord {
	all := entriesAt(m, w.Field, w.Dim)
	byKey := map[string]*entry{}
	words := make([]string, len(all))
	for i := range all {
		words[i] = all[i].raw
	}
	here, fresh := arrived(all, w.Came, m.frame)
	for i := range here {
		byKey[here[i].key] = &here[i]
	}
	if len(words) <= len(w.Words) && slices.Equal(words, w.Words[:len(words)]) {
		words = w.Words // those to come are shown as well
	}
	var mask []float32
	if f := m.snapshot(0).Field(w.Mask); w.Mask != "" && f != nil {
		mask = f.Data
	}
	reading, keys := reading(words), entries(make([]float32, len(words)), words, w.Dim)
	space := textWidth(" ", style)
	var out []setWord
	x, line := vg.Length(0), 0
	for i, r := range reading {
		p := setWord{text: r.shown, entry: byKey[keys[i].key], joined: i > 0 && !r.space, joinNext: i+1 < len(reading) && !reading[i+1].space}
		p.newest = fresh != nil && p.entry != nil && p.entry.key == fresh.key
		p.struck = i < len(mask) && mask[i] > 0.5
		p.width = textWidth(r.shown, style) + pick(p.joined, vg.Length(1), 4) + pick(p.joinNext, vg.Length(1), 4)
		if r.space {
			x += space
		}
		if x > 0 && x+p.width > width {
			x, line = 0, line+1
		}
		p.x, p.line = x, line
		x += p.width
		out = append(out, p)
	}
	return out
}

func (w *textSpec) leading() vg.Length { return w.style().Font.Size * 1.9 }

func (w *textSpec) height(width vg.Length, m moment) vg.Length {
	lines := 1
	if set := w.set(m, width, w.style()); len(set) > 0 {
		lines = set[len(set)-1].line + 1
	}
	return min(440, vg.Length(lines)*w.leading()) + 48
}

func (w *textSpec) still(c draw.Canvas, m moment) error {
	style := w.style()
	bottom := c.Min.Y + 48
	bad := 0
	for _, p := range w.set(m, c.Max.X-c.Min.X, style) {
		mid := c.Max.Y - w.leading()*(vg.Length(p.line)+0.5)
		if mid-w.leading()/2 < bottom-2 {
			break // as the page, which scrolls here
		}
		x := c.Min.X + p.x
		colour, back := muted, color.RGBA{}
		if p.entry != nil && p.entry.value-p.entry.value == 0 {
			back = rampAt(w.Ramp, w.position(p.entry.value))
			colour = inkOn(back)
			c.FillPolygon(back, rectangle(x, mid-14, p.width, 28))
		} else if p.entry != nil {
			bad++
		}
		if p.newest {
			strokeRectangle(c, x-2, mid-16, p.width+4, 32)
		}
		s := style
		s.Color = colour
		left := x + pick(p.joined, vg.Length(1), 4)
		write(c, s, left, mid, draw.XLeft, draw.YCenter, p.text)
		if p.struck {
			c.StrokeLine2(draw.LineStyle{Color: colour, Width: 2}, left, mid, left+textWidth(p.text, s), mid)
		}
	}
	legendLine(c, c.Min.Y+26, w.Name, w.Ramp, w.Limit)
	write(c, labelStyle, c.Min.X, c.Min.Y+8, draw.XLeft, draw.YCenter, notFinite(bad))
	return nil
}

// position is where a value stands on the ramp.
func (w *textSpec) position(v float64) float64 {
	if w.Limit > 0 {
		v /= w.Limit
	}
	if w.Ramp == "diverging" {
		return 0.5 + 0.5*v
	}
	return v
}

// legendLine draws a ramp at height y with the values at its ends: rampLegend in parts.js.
func legendLine(c draw.Canvas, y vg.Length, name, ramp string, limit float64) {
	x := c.Min.X
	text := func(s string) {
		write(c, labelStyle, x, y, draw.XLeft, draw.YCenter, s)
		x += textWidth(s, labelStyle) + 8
	}
	if name != "" {
		text(name)
	}
	text(pick(ramp == "diverging", formatNumber(-limit), "0"))
	for i := range 112 {
		c.FillPolygon(rampAt(ramp, float64(i)/111), rectangle(x+vg.Length(i), y-3, 1.2, 6))
	}
	if ramp == "diverging" {
		c.StrokeLine2(draw.LineStyle{Color: muted, Width: 1}, x+56, y-6, x+56, y+6)
	}
	x += 120
	text(formatNumber(limit))
}

func rectangle(x, y, w, h vg.Length) []vg.Point {
	return []vg.Point{{X: x, Y: y}, {X: x + w, Y: y}, {X: x + w, Y: y + h}, {X: x, Y: y + h}, {X: x, Y: y}}
}

func strokeRectangle(c draw.Canvas, x, y, w, h vg.Length) {
	c.StrokeLines(draw.LineStyle{Color: accent, Width: 2}, rectangle(x, y, w, h))
}

// inkOn returns the colour for text on a background: inkOn in parts.js, on white.
func inkOn(back color.RGBA) color.RGBA {
	for _, c := range []color.RGBA{ink, paper} {
		if contrast(c, back) >= 4.5 {
			return c
		}
	}
	black, white := color.RGBA{A: 0xff}, color.RGBA{0xff, 0xff, 0xff, 0xff}
	return pick(contrast(black, back) > contrast(white, back), black, white)
}

// contrast returns the contrast ratio of WCAG 2, 1 to 21.
func contrast(a, b color.RGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.RGBA) float64 {
	lin := func(u uint8) float64 {
		v := float64(u) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
}
