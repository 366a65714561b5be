package charts

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
)

// The picture taken out of a field of any shape has the values that plain indexing finds.
func TestRasterStrides(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	names := []string{"a", "b", "c", "d", "e"}
	for range 200 {
		dims := make([]xainb.Dim, 2+rng.IntN(4))
		size := 1
		for i := range dims {
			dims[i] = xainb.Dim{Name: names[i], Size: 1 + rng.IntN(4)}
			size *= dims[i].Size
		}
		f := &xainb.Field{Name: "x", Dims: dims, Data: make([]float32, size)}
		for i := range f.Data {
			f.Data[i] = float32(i)
		}
		p := rng.Perm(len(dims))
		spec := rasterSpec{Rows: dims[p[0]].Name, Cols: dims[p[1]].Name, Index: map[string]any{}}
		at := make([]int, len(dims))
		for _, k := range p[2:] {
			at[k] = rng.IntN(dims[k].Size)
			spec.Index[dims[k].Name] = at[k]
		}
		r, ok := spec.raster(moment{}, f, nil)
		if !ok || r.rows != dims[p[0]].Size || r.cols != dims[p[1]].Size {
			t.Fatalf("%v by %s, %s: %v %dx%d", dims, spec.Rows, spec.Cols, ok, r.rows, r.cols)
		}
		for row := range r.rows {
			for col := range r.cols {
				at[p[0]], at[p[1]] = row, col
				want := 0
				for i, d := range dims {
					want = want*d.Size + at[i]
				}
				if got := r.at(row, col); got != float64(want) {
					t.Fatalf("%v at %v: %g, want %d", dims, at, got, want)
				}
			}
		}
	}
}

func TestRasterThatIsNone(t *testing.T) {
	for _, c := range []struct {
		name string
		spec rasterSpec
		dims []xainb.Dim
		want bool
	}{
		{"one dimension", rasterSpec{}, []xainb.Dim{{Name: "a", Size: 3}}, false},
		{"empty", rasterSpec{}, []xainb.Dim{{Name: "a", Size: 0}, {Name: "b", Size: 3}}, false},
		{"another name", rasterSpec{Rows: "x"}, []xainb.Dim{{Name: "a", Size: 2}, {Name: "b", Size: 3}}, false},
		{"the same twice", rasterSpec{Rows: "a", Cols: "a"}, []xainb.Dim{{Name: "a", Size: 2}, {Name: "b", Size: 3}}, false},
		{"colour only", rasterSpec{}, []xainb.Dim{{Name: "a", Size: 2}, {Name: "channel", Size: 3}}, true},
		{"two", rasterSpec{}, []xainb.Dim{{Name: "a", Size: 2}, {Name: "b", Size: 3}}, true},
	} {
		n := 1
		for _, d := range c.dims {
			n *= d.Size
		}
		if _, ok := c.spec.raster(moment{}, &xainb.Field{Dims: c.dims, Data: make([]float32, n)}, nil); ok != c.want {
			t.Errorf("%s: %v", c.name, ok)
		}
	}
	if _, ok := (rasterSpec{}).raster(moment{}, nil, nil); ok {
		t.Error("a field that is not there is drawn")
	}
}

func heatTrack(name string, data []float32, dims ...xainb.Dim) *xainb.Track {
	return xainb.Record(0, func(int) []xainb.Step {
		return []xainb.Step{xainb.StepFunc(func(s *xainb.Snapshot) { s.Put(name, data, dims...) })}
	})
}

func TestHeatmap(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		name     string
		track    *xainb.Track
		ramp     string
		panels   int
		controls int
		said     string
	}{
		{"positive", heatTrack("m", []float32{1, 2, 3, 9, 5, 6}, xainb.Dim{Name: "row", Size: 2}, xainb.Dim{Name: "col", Size: 3}),
			"heat", 1, 0, "The largest value is 9.00, at row 2, col 1."},
		{"signed", heatTrack("m", []float32{-1, 2, nan, -3}, xainb.Dim{Name: "row", Size: 2}, xainb.Dim{Name: "col", Size: 2}),
			"diverging", 1, 0, "The largest value is 2.00, at row 1, col 2."},
		{"slices", heatTrack("m", make([]float32, 3*2*2), xainb.Dim{Name: "filter", Size: 3}, xainb.Dim{Name: "row", Size: 2}, xainb.Dim{Name: "col", Size: 2}),
			"heat", 2, 0, "The largest value is 0, at row 1, col 1."},
		{"many slices", heatTrack("m", make([]float32, 30*4), xainb.Dim{Name: "filter", Size: 30}, xainb.Dim{Name: "row", Size: 2}, xainb.Dim{Name: "col", Size: 2}),
			"heat", 1, 1, "The largest value is 0, at row 1, col 1."},
		{"two choices", heatTrack("m", make([]float32, 2*3*4), xainb.Dim{Name: "a", Size: 2}, xainb.Dim{Name: "b", Size: 3}, xainb.Dim{Name: "row", Size: 2}, xainb.Dim{Name: "col", Size: 2}),
			"heat", 1, 2, "The largest value is 0, at row 1, col 1."},
		{"photograph", heatTrack("m", make([]float32, 12), xainb.Dim{Name: "height", Size: 2}, xainb.Dim{Name: "width", Size: 2}, xainb.Dim{Name: "channel", Size: 3}),
			"heat", 1, 0, ""},
		{"nothing finite", heatTrack("m", []float32{nan, nan, nan, nan}, xainb.Dim{Name: "row", Size: 2}, xainb.Dim{Name: "col", Size: 2}),
			"heat", 1, 0, "The largest value is –, at –, –."},
	} {
		s := Heatmap(c.track)
		d := documentOf(t, s)
		if got := d.Panels[0].Spec.(imageSpec).Ramp; got != c.ramp {
			t.Errorf("%s: ramp %s, want %s", c.name, got, c.ramp)
		}
		if len(d.Panels) != c.panels || len(d.Controls) != c.controls {
			t.Errorf("%s: %d panels and %d controls, want %d and %d", c.name, len(d.Panels), len(d.Controls), c.panels, c.controls)
		}
		if got := said(s, 0); got != c.said {
			t.Errorf("%s: said %q, want %q", c.name, got, c.said)
		}
		if _, err := json.Marshal(d); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		drawn(t, s, 0)
	}
}

func TestHeatmapErrors(t *testing.T) {
	track := heatTrack("m", []float32{1, 2}, xainb.Dim{Name: "x", Size: 2})
	for _, c := range []struct {
		want  string
		scene *Scene
	}{
		{"it has m [x=2]", Heatmap(track)},
		{"m [x=2] is no field of two dimensions", Heatmap(track, Field("m"))},
		{`no field "n"`, Heatmap(track, Field("n"))},
	} {
		if err := c.scene.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q in it", err, c.want)
		}
	}
}

// The ramps of the posters are those of the page.
func TestRampsAreThePages(t *testing.T) {
	b, err := os.ReadFile("../xainb/show/player/colour.js")
	if err != nil {
		t.Fatal(err)
	}
	stop := regexp.MustCompile(`\[([\d.]+), "([^"]+)"\]`)
	for name, stops := range ramps {
		block := regexp.MustCompile(`(?s)\b` + name + `: (?:\{\s*light: )?\[(.*?)\],\s*(?:dark|cividis|\})`).FindSubmatch(b)
		if block == nil {
			t.Errorf("colour.js has no ramp %s", name)
			continue
		}
		found := stop.FindAllSubmatch(block[1], -1)
		if len(found) != len(stops) {
			t.Errorf("%s has %d stops, the page's %d", name, len(stops), len(found))
			continue
		}
		for i, f := range found {
			want := string(f[2])
			if want == "paper" {
				want = "#ffffff"
			}
			if got := cssOf(stops[i].c.R, stops[i].c.G, stops[i].c.B); got != want || formatTime(stops[i].t) == "" {
				t.Errorf("%s, stop %d: %s, the page's is %s", name, i, got, want)
			}
		}
		if c := rampAt(name, math.NaN()); c != faint {
			t.Errorf("%s of NaN is %v", name, c)
		}
	}
	for _, c := range []struct{ name, want string }{
		{"ink", cssOf(ink.R, ink.G, ink.B)}, {"muted", cssOf(muted.R, muted.G, muted.B)}, {"accent", cssOf(accent.R, accent.G, accent.B)}, {"faint", cssOf(faint.R, faint.G, faint.B)},
	} {
		light := string(b[strings.Index(string(b), "lightTheme"):strings.Index(string(b), "darkTheme")])
		if !strings.Contains(light, c.name+`: "`+c.want+`"`) {
			t.Errorf("the page's light theme has another %s than %s", c.name, c.want)
		}
	}
}

// Values of matplotlib 3.11.2, lib/matplotlib/_cm_listed.py, at positions of the 256.
func TestPublishedRamps(t *testing.T) {
	for name, want := range map[string]map[int]uint32{
		"viridis": {0: 0x440154, 16: 0x48186a, 32: 0x472d7b, 64: 0x3b528b, 96: 0x2c728e, 128: 0x21918c, 160: 0x28ae80, 192: 0x5ec962, 224: 0xaddc30, 255: 0xfde725},
		"cividis": {0: 0x00224e, 16: 0x002e6a, 32: 0x1a386f, 64: 0x434e6c, 96: 0x61656f, 128: 0x7d7c78, 160: 0x9b9476, 192: 0xbcae6c, 224: 0xdec958, 255: 0xfee838},
	} {
		for i, rgb := range want {
			if got := rampAt(name, float64(i)/255); !near(got, hex(rgb), 3) {
				t.Errorf("%s at %d is %v, want %v to 3 of 255", name, i, got, hex(rgb))
			}
		}
	}
}

func cssOf(r, g, b uint8) string {
	const digits = "0123456789abcdef"
	out := []byte{'#'}
	for _, v := range []uint8{r, g, b} {
		out = append(out, digits[v>>4], digits[v&15])
	}
	return string(out)
}

// twins are what Go and the page compute alike; raster_test.mjs checks the same file.
type twins struct {
	Readings []readingTwin `json:"readings"`
	Columns  [][3]int      `json:"columns"` // pictures, width, columns
	Steps    [][2]float64  `json:"steps"`   // least, one label for so many cells
	Numbers  [][2]string   `json:"numbers"` // exact value, text
	Precise  [][3]string   `json:"precise"` // exact value, with four decimals, with four digits
	Ramps    [][2]string   `json:"ramps"`   // ramp, its 256 colours
}

type readingTwin struct {
	Rows    []string          `json:"rows"`
	Cols    []string          `json:"cols"`
	Data    []string          `json:"data"`
	Columns bool              `json:"columns"`
	Line    int               `json:"line"`
	Cross   int               `json:"cross"`
	Read    map[string]string `json:"read"`
}

func TestTwins(t *testing.T) { checkTwins(t, "twins.json", makeTwins(), "raster_test.mjs") }

func makeTwins() twins {
	var out twins
	rng := rand.New(rand.NewPCG(5, 6))
	for i := range 12 {
		rows, cols := []string{"[CLS]", "a", "b", "a", "[SEP]"}, []string{"[CLS]", "a", "b", "a", "[SEP]"}
		if i%3 == 2 {
			cols = []string{"1", "2", "3"}
		}
		v := view{raster: raster{rows: len(rows), cols: len(cols), rowStride: len(cols), colStride: 1}, rows: rows, cols: cols, dims: [2]string{"query", "key"}}
		r := readingTwin{Rows: rows, Cols: cols, Columns: i%2 == 1, Line: rng.IntN(3), Cross: rng.IntN(4) - 1}
		for k := range len(rows) * len(cols) {
			x := float32(rng.IntN(1000)) / 1000
			switch {
			case i == 4 && k%3 == 0:
				x = float32(math.NaN())
			case i == 5 && k == 7:
				x = float32(math.Inf(1))
			}
			v.data = append(v.data, x)
			r.Data = append(r.Data, exactly(float64(x)))
		}
		r.Cross = min(r.Cross, pick(r.Columns, len(rows), len(cols))-1)
		r.Read = v.read(r.Columns, r.Line, r.Cross, specialTokens)
		v.readLargest(r.Read)
		out.Readings = append(out.Readings, r)
	}
	for _, n := range []int{1, 2, 4, 7, 12, 16, 23} {
		for _, w := range []int{120, 172, 244, 360, 672} {
			out.Columns = append(out.Columns, [3]int{n, w, thumbColumns(n, pixels(w))})
		}
	}
	for _, least := range []float64{0.3, 1, 1.1, 2, 3.7, 5, 5.1, 12, 49, 51, 101} {
		out.Steps = append(out.Steps, [2]float64{least, float64(labelStep(pixels(least)))})
	}
	for _, v := range []float64{0, 1, 0.5163, 0.0944, 0.0095, 0.00949, 0.004, 2.7e-5, 9.99e-5, 1.25e-4, 123.456, 99.95, 9.995, 1234.5, 999999, 1e6,
		1.234e7, -3.14159, 1e-300, math.NaN(), math.Inf(1), math.Inf(-1), 12.345,
		0.125, 0.625, -0.375, 12.25, 12.75, 100.5, 250.5, 2500.5, 1250000, 1350000, 0.615, 1.005, 12.35} { // ties, and what only looks like one
		out.Numbers = append(out.Numbers, [2]string{exactly(v), formatNumber(v)})
	}
	for _, v := range []float64{0, 13.16542, 2.327349, 521993.4, 9.99996, 0.00123456, 9.99999e-4, 1.5e7, 9999999, 123456, 3.05e-14, 1e22, math.Inf(1)} {
		out.Precise = append(out.Precise, [3]string{exactly(v), fourDecimals(v), fourDigits(v)})
	}
	for _, name := range []string{"cividis", "diverging", "heat", "ink", "quiet", "viridis"} {
		var b strings.Builder
		for i := range 256 {
			c := rampAt(name, float64(i)/255)
			b.WriteString(cssOf(c.R, c.G, c.B)[1:])
		}
		out.Ramps = append(out.Ramps, [2]string{name, b.String()})
	}
	return out
}

// An axis without labels has a name and a few numbers; what has labels, and a photograph, stays as it is. image_parts.js is tested likewise.
func TestAxesWithoutLabelsAreNamed(t *testing.T) {
	field := func(rows, cols string, n int, names ...string) *xainb.Track {
		return snaps(func(s *xainb.Snapshot) {
			s.Put("v", make([]float32, n*n), xainb.Dim{Name: rows, Size: n}, xainb.Dim{Name: cols, Size: n})
			if len(names) > 0 {
				s.PutLabels(rows, names)
				s.PutLabels(cols, names)
			}
		})
	}
	for _, c := range []struct {
		what  string
		run   *xainb.Track
		names [2]string
		every int
		top   vg.Length
	}{
		{"a table", field("row", "column", 20), [2]string{"row", "column"}, 5, 40},
		{"a small one", field("row", "column", 8), [2]string{"row", "column"}, 1, 40},
		{"words", field("query", "key", 2, "a", "b"), [2]string{}, 1, 24},
		{"a picture", field("height", "width", 20), [2]string{}, 5, 0},
		{"a plane", field("y", "x", 20), [2]string{"y", "x"}, 5, 19},
	} {
		s := documentOf(t, Heatmap(c.run)).Panels[0].Spec.(imageSpec)
		v, _ := s.view(moment{tracks: []*xainb.Track{c.run}})
		if l := s.layout(600, v); l.names != c.names || l.everyRow != c.every || l.everyCol != c.every || l.top != c.top {
			t.Errorf("%s: names %q, a label for %d and %d, %v above", c.what, l.names, l.everyRow, l.everyCol, l.top)
		}
	}
}
