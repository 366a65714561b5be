package charts

import (
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func exactly(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func pixels[T int | float64](v T) vg.Length { return vg.Length(v) }

func TestPosterPictures(t *testing.T) {
	run := minilm(t)
	wave := make([]float32, 20*30)
	for i := range wave {
		wave[i] = float32(math.Sin(float64(i%30)/4) * math.Cos(float64(i/30)/4))
	}
	wave[64], wave[65], wave[95] = float32(math.NaN()), float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		name  string
		scene *Scene
		frame int
	}{
		{"poster_heads", AttentionHeads(run, Head(8)).Note(2, "A note stands from its frame on, **here** from layer 3."), 3},
		{"poster_cell", AttentionCell(run, Head(8)), 3},
		{"poster_compare", Compare(timed(6, 0, 1), timed(3, 0.5, 2), Ramp("viridis")), 3},
		{"poster_column", Row(Column(Words(weights([]string{"The", "film", "was", "dull"}, []float32{0.1, 0.3, -0.2, -0.9})), numbers(4)), Bars(weights([]string{"The", "film", "was", "dull"}, []float32{0.1, 0.3, -0.2, -0.9}))), 0},
		{"poster_heatmap", Heatmap(heatTrack("wave", wave, xainb.Dim{Name: "row", Size: 20}, xainb.Dim{Name: "column", Size: 30})), 0},
	} {
		img := drawn(t, c.scene, c.frame)
		if img.Bounds().Dx() != 720 {
			t.Errorf("%s is %d pixels wide, want 720", c.name, img.Bounds().Dx())
		}
		if p, ok := img.(*image.Paletted); !ok || len(p.Palette) > 255 {
			t.Errorf("%s: %T with more than 255 colours", c.name, img)
		}
		comparePicture(t, c.name, img)
	}
}

// A photograph keeps its colours.
func TestPosterInColour(t *testing.T) {
	data := make([]float32, 0, 8*8*3)
	for i := range 64 {
		data = append(data, float32(i%8)/7, float32(i/8)/7, 0.5)
	}
	s := Heatmap(heatTrack("photo", data, xainb.Dim{Name: "height", Size: 8}, xainb.Dim{Name: "width", Size: 8}, xainb.Dim{Name: "channel", Size: 3}))
	img := drawn(t, s, 0)
	// The middle of the last cell of the first row: red 1, green 0, blue 0.5.
	l := documentOf(t, s).Poster.(*poster).whole().laidOut()
	top := posterMargin + vg.Length(len(l.title))*titleStyle.Font.Size*1.35 + 12
	x, y := int(posterMargin)+7*52+26, int(top)+1+26
	if got := img.At(x, y); !near(got, color.RGBA{255, 0, 128, 255}, 2) {
		t.Errorf("the pixel at %d, %d is %v", x, y, got)
	}
}

// All frames of a poster have one size and one palette, whatever is said at them, so that they can be frames of a GIF.
func TestPosterFramesAreAlike(t *testing.T) {
	s := AttentionHeads(minilm(t)).Note(4, strings.Repeat("long words ", 60))
	p := documentOf(t, s).Poster
	var before *image.Paletted
	for f := range 6 {
		img, err := p.Draw(f)
		if err != nil {
			t.Fatal(err)
		}
		now := img.(*image.Paletted)
		if before != nil && (now.Rect != before.Rect || !samePalette(now.Palette, before.Palette)) {
			t.Fatalf("frame %d is another size or palette than the frame before it", f)
		}
		before = now
	}
	for _, f := range []int{-1, 6} {
		if _, err := p.Draw(f); err == nil {
			t.Errorf("frame %d is drawn, the scene has 0 to 5", f)
		}
	}
}

func samePalette(a, b color.Palette) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

// A poster is small: text and a map, not noise.
func TestPosterIsSmall(t *testing.T) {
	var n countWriter
	e := png.Encoder{CompressionLevel: png.BestCompression}
	if err := e.Encode(&n, drawn(t, AttentionHeads(minilm(t)), 3)); err != nil {
		t.Fatal(err)
	}
	if n > 25_000 {
		t.Errorf("the poster takes %d bytes as PNG, want at most 25,000", n)
	}
}

type countWriter int

func (c *countWriter) Write(b []byte) (int, error) { *c += countWriter(len(b)); return len(b), nil }

// Panels stand as they do in the page: side by side while they fit, and they fill the row; in a column one under the other.
func TestPosterPlaces(t *testing.T) {
	one := func(i int) xainb.Layout { return xainb.Layout{Panel: i} }
	column := func(parts ...xainb.Layout) xainb.Layout { return xainb.Layout{Column: true, Parts: parts} }
	for _, c := range []struct {
		name   string
		panels []xainb.Panel
		layout *xainb.Layout
		want   []posterCell // of panels that are 100 high
	}{
		{"one", []xainb.Panel{{Grow: 1}}, nil, []posterCell{{width: 672}}},
		{"two", []xainb.Panel{{Grow: 1}, {Grow: 1}}, nil, []posterCell{{width: 318}, {x: 354, width: 318}}},
		{"shares", []xainb.Panel{{Grow: 3, Basis: 340}, {Grow: 1, Basis: 172}}, nil, []posterCell{{width: 433}, {x: 469, width: 203}}},
		{"wrapped", []xainb.Panel{{Grow: 1, Basis: 500}, {Grow: 1, Basis: 172}}, nil, []posterCell{{width: 672}, {y: 120, width: 672}}},
		{"too wide", []xainb.Panel{{Grow: 1, Basis: 900}}, nil, []posterCell{{width: 672}}},
		{"no growth", []xainb.Panel{{Basis: 100}, {Basis: 200}}, nil, []posterCell{{width: 100}, {x: 136, width: 200}}},
		{"column", make([]xainb.Panel, 2), &xainb.Layout{Column: true, Parts: []xainb.Layout{one(0), one(1)}},
			[]posterCell{{width: 672}, {y: 120, width: 672}}},
		{"column in a row", []xainb.Panel{{Grow: 1}, {Grow: 1}, {Grow: 1}}, &xainb.Layout{Parts: []xainb.Layout{column(one(0), one(1)), one(2)}},
			[]posterCell{{width: 318}, {y: 120, width: 318}, {x: 354, width: 318}}},
		{"row in a column in a row", []xainb.Panel{{Grow: 1}, {Grow: 1}, {Grow: 1}, {Grow: 1}},
			&xainb.Layout{Parts: []xainb.Layout{column(one(0), xainb.Layout{Parts: []xainb.Layout{one(1), one(2)}}), one(3)}},
			[]posterCell{{width: 330.67}, {y: 120, width: 330.67}, {y: 240, width: 330.67}, {x: 366.67, width: 305.33}}},
	} {
		s := &Scene{doc: xainb.Document{Panels: c.panels, Layout: c.layout, Tracks: []*xainb.Track{snaps(func(*xainb.Snapshot) {})}}}
		for range c.panels {
			s.stills = append(s.stills, block{})
		}
		cells, _ := (&poster{scene: s}).place(s.layout(), 672)
		if len(cells) != len(c.want) {
			t.Errorf("%s: %d cells, want %d", c.name, len(cells), len(c.want))
			continue
		}
		for i, got := range cells {
			if w := c.want[i]; got.panel != i || math.Abs(float64(got.x-w.x)) > 0.01 || got.y != w.y || math.Abs(float64(got.width-w.width)) > 0.01 {
				t.Errorf("%s: panel %d stands at %g, %g and is %g wide, want %g, %g, %g", c.name, got.panel, got.x, got.y, got.width, w.x, w.y, w.width)
			}
		}
	}
}

// block is a still of a fixed height.
type block struct{}

func (block) height(vg.Length, moment) vg.Length { return 100 }
func (block) still(draw.Canvas, moment) error    { return nil }

func TestRunsOf(t *testing.T) {
	values := map[string]string{"it": "**it**", "n": "0.52", "brace": "{n}"}
	for _, c := range []struct {
		template string
		want     []run
	}{
		{"", nil},
		{"plain", []run{{"plain", false}}},
		{"**{it}** gives {n}.", []run{{"**it**", true}, {" gives ", false}, {"0.52", false}, {".", false}}},
		{"{brace} {none}", []run{{"{n}", false}, {" ", false}, {"–", false}}},
		{"a { b } c", []run{{"a ", false}, {"–", false}, {" c", false}}},
		{"**open", []run{{"open", true}}},
		{`{n}\$, \$5`, []run{{"0.52", false}, {"$", false}, {", ", false}, {"$", false}, {"5", false}}},
		{`$\frac{q \cdot k}{\sqrt{d}} = {{n}}$ is **$a_{ij}$**`, []run{{"(q · k)/√d = 0.52", false}, {" is ", false}, {"a_ij", true}}},
		{`$\text{\$}x$, $open`, []run{{"$x", false}, {", $open", false}}},
	} {
		got := runsOf(c.template, values)
		if len(got) != len(c.want) {
			t.Errorf("%q: %v, want %v", c.template, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%q: %v, want %v", c.template, got, c.want)
			}
		}
	}
}

// Wrapping keeps every word, and no line is wider than asked unless a single word is.
func TestWrap(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 100 {
		var in []run
		for range 1 + rng.IntN(12) {
			word := strings.Repeat("w", 1+rng.IntN(14))
			in = append(in, run{pick(rng.IntN(2) == 0, " ", "") + word + pick(rng.IntN(2) == 0, " ", ""), rng.IntN(3) == 0})
		}
		width := vg.Length(40 + rng.IntN(200))
		var all, out strings.Builder
		for _, r := range in {
			all.WriteString(r.text)
		}
		for _, line := range wrap(in, width, captionStyle) {
			var used vg.Length
			for _, r := range line {
				out.WriteString(r.text)
				used += textWidth(r.text, pick(r.strong, textStyle(15, ink, true), captionStyle))
			}
			if used > width && len(words(line)) > 1 {
				t.Fatalf("a line of %d words is %g wide, want %g", len(words(line)), used, width)
			}
			out.WriteByte(' ')
		}
		if got, want := strings.Join(strings.Fields(out.String()), " "), strings.Join(strings.Fields(all.String()), " "); got != want {
			t.Fatalf("wrapped %q, want %q", got, want)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		text string
		want func(string) bool
	}{
		{"short", func(s string) bool { return s == "short" }},
		{strings.Repeat("a", 50) + strings.Repeat("z", 50), func(s string) bool {
			return strings.HasPrefix(s, "aa") && strings.HasSuffix(s, "z") && strings.Contains(s, "…")
		}},
		{"東京東京東京東京東京東京東京東京東京", func(s string) bool { return strings.Contains(s, "…") }},
	} {
		got := shorten(c.text, 80, labelStyle)
		if !c.want(got) || textWidth(got, labelStyle) > 80 {
			t.Errorf("%q becomes %q, %g wide", c.text, got, textWidth(got, labelStyle))
		}
	}
}

func BenchmarkPoster(b *testing.B) {
	s := AttentionHeads(minilm(b))
	d, err := s.Document()
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		if _, err := d.Poster.Draw(i % 6); err != nil {
			b.Fatal(err)
		}
	}
}

// What a poster is asked for that it cannot draw is an error.
func TestPosterErrors(t *testing.T) {
	p := documentOf(t, numbers(3)).Poster.(*poster)
	for name, draw := range map[string]func() error{
		"no width":       func() error { _, err := p.Sized(0, "", 0).Draw(0); return err },
		"less":           func() error { _, err := p.Sized(-5, "", 0).Draw(0); return err },
		"no frames":      func() error { _, err := p.Sized(300, "").Draw(0); return err },
		"frame":          func() error { _, err := p.Sized(300, "", 9).Draw(0); return err },
		"strip of none":  func() error { _, err := p.DrawStrip(""); return err },
		"strip of wrong": func() error { _, err := p.DrawStrip("", 0, 3); return err },
		"vectors":        func() error { _, err := p.DrawSVG(-1); return err },
	} {
		if err := draw(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := p.Sized(1, "note", 0).Draw(0); err != nil {
		t.Errorf("a pixel: %v", err)
	}
}

// A single frame has no scrubber, nor room for one.
func TestPosterOfOneFrame(t *testing.T) {
	high := func(n int) int { return drawn(t, numbers(n), 0).Bounds().Dy() }
	if one, two := high(1), high(2); two-one != 26 {
		t.Errorf("%d and %d pixels high, want 26 apart", one, two)
	}
}

// BenchmarkPosterOfLongRun draws the first poster of a comparison of 16,000 frames with 3: its layout has to know every frame.
func BenchmarkPosterOfLongRun(b *testing.B) {
	loss := func(n int) *xainb.Track {
		frames := make([]xainb.Snapshot, n)
		for i := range frames {
			frames[i].Seq, frames[i].Time = i, float64(i)
			frames[i].PutScalar("loss", 1)
		}
		return xainb.NewTrack(frames, xainb.Provenance{}, nil)
	}
	long, short := loss(16000), loss(3)
	for b.Loop() {
		d, err := Compare(long, short).Document()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := d.Poster.Draw(0); err != nil {
			b.Fatal(err)
		}
	}
}
