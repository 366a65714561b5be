package charts

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
)

// saddleRun is 12 frames of the saddle x² - y², which turns by a quarter, on a grid of n by n over [-1,1]², with everything that a surface can have
// beside it: a way that spirals inwards, the gradient, players, a window.
func saddleRun(n int) *xainb.Track {
	const frames = 12
	var fill []func(*xainb.Snapshot)
	for k := range frames {
		turn := math.Pi / 2 * float64(k) / (frames - 1)
		value := func(x, y float64) float64 { return (x*x-y*y)*math.Cos(turn) + 2*x*y*math.Sin(turn) }
		slope := func(x, y float64) (float64, float64) {
			return 2*x*math.Cos(turn) + 2*y*math.Sin(turn), -2*y*math.Cos(turn) + 2*x*math.Sin(turn)
		}
		fill = append(fill, func(s *xainb.Snapshot) {
			s.Kind, s.TimeName, s.Time = "surface", "step", float64(100*k)
			at := make([]float32, n)
			for i := range at {
				at[i] = float32(2*float64(i)/float64(n-1) - 1)
			}
			v, loss := make([]float32, n*n), make([]float32, n*n)
			for i := range v {
				v[i] = float32(value(float64(at[i%n]), float64(at[i/n])))
				loss[i] = v[i]*v[i] + 0.1
			}
			a, b := xainb.Dim{Name: "a", Size: n}, xainb.Dim{Name: "b", Size: n}
			s.Put("V", v, b, a)
			s.Put("loss G", loss, b, a)
			s.Put("a", at, a)
			s.Put("b", at, b)
			var path []float32
			for i := range frames {
				r, w := 0.9*math.Pow(0.85, float64(i)), 0.55*float64(i)
				x, y := r*math.Cos(w), r*math.Sin(w)
				path = append(path, float32(x), float32(y), float32(value(x, y)))
			}
			s.Put("path", path, xainb.Dim{Name: "moment", Size: frames}, xainb.Dim{Name: "abv", Size: 3})
			s.PutScalar("here", float64(k))
			const coarse = 9
			var flow []float32
			for i := range coarse * coarse {
				dx, dy := slope(2*(float64(i%coarse)+0.5)/coarse-1, 2*(float64(i/coarse)+0.5)/coarse-1)
				flow = append(flow, float32(-dx), float32(dy))
			}
			s.Put("flow", flow, xainb.Dim{Name: "v", Size: coarse}, xainb.Dim{Name: "u", Size: coarse}, xainb.Dim{Name: "ab", Size: 2})
			dx, dy := slope(float64(path[3*k]), float64(path[3*k+1]))
			s.Put("arrow", []float32{float32(-dx), 0, 0, float32(dy)}, xainb.Dim{Name: "player", Size: 2}, xainb.Dim{Name: "ab", Size: 2})
			s.PutLabels("player", []string{"G", "D"})
			s.PutLabels("axis", []string{"direction in G", "direction in D"})
			s.Put("window", []float32{path[3*k] - 0.2, path[3*k] + 0.2, path[3*k+1] - 0.2, path[3*k+1] + 0.2}, xainb.Dim{Name: "side", Size: 4})
			s.PutScalar("explained", 0.83)
			s.PutScalar("off", 0.1*float64(k))
		})
	}
	return snaps(fill...)
}

// surfaceTwins are what Go and the page compute alike for surfaces; surface_test.mjs checks the same file. NaN is null.
type surfaceTwins struct {
	Lines   []isolineTwin
	Heights [][]*float64 // row, column, value, of the first grid of Lines
	Along   [][]*float64 // coordinate, position, in the columns of the third
	Written []*float64   // where the levels are written in the first grid
	Seen    [][]float64  // turn, tilt, x, y, z; right, up, depth
	Hidden  []hiddenTwin
	Planes  []planeTwin
	Areas   [][]float64 // width, ticks, x from, to, y from, to; left, width, height
	Arrows  [][]float64 // in a map of 300 by 200 at 40, 30: x, y, direction; length
	Sides   [][]float64 // a, b, from, size; from, to
	Times   [][]any     // what time counts, that of the picture, that of the clock; what is said of V
}

type isolineTwin struct {
	Z        []*float64
	X, Y     []float64
	Level    float64
	Segments []float64
}

type hiddenTwin struct {
	Turn, Tilt float64
	At         [3]float64
	Hidden     bool
}

type planeTwin struct {
	Scalars map[string]float64
	Text    string
}

func orNull(v float64) *float64 {
	if v-v != 0 {
		return nil
	}
	return &v
}

func TestSurfaceTwins(t *testing.T) {
	checkTwins(t, "surface.json", makeSurfaceTwins(), "surface_test.mjs")
}

func makeSurfaceTwins() surfaceTwins {
	var out surfaceTwins
	grid := func(n int, f func(x, y float64) float64, curve float64) (z []float32, at []float64) {
		for i := range n {
			v := 2*float64(i)/float64(n-1) - 1
			at = append(at, v*(1+curve*v*v))
		}
		for _, y := range at {
			for _, x := range at {
				z = append(z, float32(f(x, y)))
			}
		}
		return z, at
	}
	saddle := func(x, y float64) float64 { return x*x - y*y }
	put := func(z []float32, xs, ys []float64, level float64) {
		twin := isolineTwin{X: xs, Y: ys, Level: level, Segments: append([]float64{}, isolines(z, xs, ys, level)...)}
		for _, v := range z {
			twin.Z = append(twin.Z, orNull(float64(v)))
		}
		out.Lines = append(out.Lines, twin)
	}
	z, at := grid(7, saddle, 0)
	put(z, at, at, 0)
	put(z, at, at, 0.3)
	bent, places := grid(6, func(x, y float64) float64 { return math.Sin(3*x) + y }, 0.5)
	put(bent, places, places, 0.2)
	for kind := range 16 { // each way to cut a cell, and both ways through a saddle
		v := func(bit int) float32 { return float32(kind>>bit&1)*2 - 0.5 }
		put([]float32{v(0), v(1), v(3), v(2)}, []float64{0, 1}, []float64{0, 1}, 0.25)
		put([]float32{v(0), v(1), v(3), v(2)}, []float64{0, 1}, []float64{0, 1}, 0.75)
	}
	put([]float32{1, 0, 0, 1}, []float64{0, 1}, []float64{0, 1}, 0.5) // opposite corners, the mean at the level
	put([]float32{1, 0, 0, 1}, []float64{0, 1}, []float64{0, 1}, 0.6)
	put([]float32{0, 0, 0, 1, 1, nan, 0, 1, 1}, []float64{0, 1, 2}, []float64{0, 1, 2}, 0.5)
	put([]float32{2, 2, 2, 2}, []float64{0, 1}, []float64{0, 1}, 2)
	for _, c := range [][2]float64{{0, 0}, {6, 6}, {2.5, 3.25}, {-0.1, 0}, {6.01, 1}} {
		out.Heights = append(out.Heights, []*float64{&c[0], &c[1], orNull(heightAt(z, 7, 7, c[0], c[1]))})
	}
	for _, v := range []float64{-2, -1.5, -0.4, 0, 0.77, 1.5} {
		out.Along = append(out.Along, []*float64{orNull(v), orNull(along(places, v))})
	}
	for _, v := range crossings(z, 7, 7, 1.3, []float64{-0.5, 0, 0.3, 7}) {
		out.Written = append(out.Written, orNull(v))
	}
	for _, c := range [][]float64{{0, 0, 1, 1, 1}, {35, 30, -1, 0.5, 0}, {200, 70, 0.2, -0.9, 0.6}} {
		right, up, depth := newSolid(c[0], c[1]).project(c[2], c[3], c[4])
		out.Seen = append(out.Seen, append(c, right, up, depth))
	}
	land := terrain{rows: 7, cols: 7, z: z, xs: at, ys: at, here: -1}
	b := box{-1, 1, -1, 1, -1, 1, 1, 1}
	for _, turn := range []float64{0, 35, 120, 290} {
		for _, p := range [][3]float64{{0, 0, 0.5}, {0.3, 0.9, 0.1}, {-0.5, -0.95, 0.2}, {0.9, 0.1, 0.9}, {0.2, 0.2, 0.05}} {
			out.Hidden = append(out.Hidden, hiddenTwin{turn, 25, p, land.hidden(newSolid(turn, 25), b, p[0], p[1], p[2])})
		}
	}
	for _, s := range []map[string]float64{{}, {"explained": 0.834}, {"off": 0.5}, {"explained": 1, "off": 0}, {"explained": 1.2, "off": 12345}} {
		run := snaps(func(to *xainb.Snapshot) {
			for _, name := range []string{"explained", "off"} {
				if v, ok := s[name]; ok {
					to.PutScalar(name, v)
				}
			}
		})
		out.Planes = append(out.Planes, planeTwin{s, (&surfaceSpec{}).plane(moment{tracks: []*xainb.Track{run}})})
	}
	for _, c := range [][]float64{{672, -1, 1, -1, 1}, {312, -1, 1, -0.5, 0.5}, {400, 0, 100, 0, 1}} {
		p := &surfaceSpec{X: surfaceAxis{Range: [2]float64{c[1], c[2]}}, Y: surfaceAxis{Range: [2]float64{c[3], c[4]}}}
		left, w, h := p.flatArea(vg.Length(c[0]))
		out.Areas = append(out.Areas, append([]float64{c[0], float64(left) - 14}, append(c[1:], float64(left), float64(w), float64(h))...))
	}
	for _, c := range [][]float64{{100, 100, 1, 0}, {335, 100, 1, 0}, {330, 40, 0.6, -0.8}, {339, 31, 0, -1}, {60, 228, 0, 1}, {45, 60, -1, 0}, {45, 60, -0.6, 0.8}} {
		f := axisFrame{x0: 40, x1: 340, y0: 30, y1: 230}
		out.Arrows = append(out.Arrows, append(c, float64(f.arrowLength(vg.Length(c[0]), vg.Length(c[1]), vg.Length(c[2]), vg.Length(c[3])))))
	}
	for _, c := range [][]float64{{100, 160, 40, 300}, {100, 100.5, 40, 300}, {41, 42, 40, 300}, {339, 345, 40, 300}, {20, 400, 40, 300}} {
		a, b := seenSide(vg.Length(c[0]), vg.Length(c[1]), vg.Length(c[2]), vg.Length(c[2]+c[3]))
		out.Sides = append(out.Sides, append(c, float64(a), float64(b)))
	}
	for _, c := range []struct {
		name      string
		own, time float64
	}{{"step", 900, 1050}, {"", 900, 1050}, {"step", 900, 900}, {"t", 499.5, 480}, {"layer", 1, 2}} {
		at := func(time float64) xainb.Snapshot { return xainb.Snapshot{Time: time, TimeName: c.name} }
		clock := at(c.time)
		m := moment{tracks: []*xainb.Track{xainb.NewTrack([]xainb.Snapshot{at(c.own)}, xainb.Provenance{}, nil)}, clock: &clock}
		out.Times = append(out.Times, []any{c.name, c.own, c.time, m.ofTime("V", 0)})
		m.clock = nil
		out.Times = append(out.Times, []any{c.name, c.own, nil, m.ofTime("V", 0)})
	}
	return out
}

// Contour lines of a cone are circles: the oracle is the radius.
func TestIsolinesOfACone(t *testing.T) {
	const n = 41
	grid := make([]float32, n*n)
	for i := range grid {
		grid[i] = float32(math.Hypot(float64(i%n)-20, float64(i/n)-20))
	}
	at := make([]float64, n)
	for i := range at {
		at[i] = float64(i)
	}
	line := isolines(grid, at, at, 12.5)
	if len(line) < 4*70 {
		t.Fatalf("%d numbers", len(line))
	}
	for i := 0; i < len(line); i += 2 {
		if r := math.Hypot(line[i]-20, line[i+1]-20); math.Abs(r-12.5) > 0.02 {
			t.Fatalf("point %d is at radius %v, want 12.5", i/2, r)
		}
	}
}

// Isolines of a plane are straight, of a cone circles, of a saddle at its level two lines that cross: closed forms.
func TestIsolinesLieOnTheirLevel(t *testing.T) {
	const n = 41
	at := make([]float64, n)
	for i := range at {
		at[i] = 2*float64(i)/(n-1) - 1
	}
	for _, c := range []struct {
		name  string
		f     func(x, y float64) float64
		level float64
		off   func(x, y float64) float64 // distance from the true line
		size  float64                    // length of the true line
		most  float64
	}{
		{"plane", func(x, y float64) float64 { return x + y }, 0.5, func(x, y float64) float64 { return x + y - 0.5 }, 1.5 * math.Sqrt2, 1e-6},
		{"circle", func(x, y float64) float64 { return x*x + y*y }, 0.49, func(x, y float64) float64 { return math.Hypot(x, y) - 0.7 }, 2 * math.Pi * 0.7, 9e-4},
		{"cross", func(x, y float64) float64 { return x * y }, 0, func(x, y float64) float64 { return min(math.Abs(x), math.Abs(y)) }, 4, 1e-6},
		{"none", func(x, y float64) float64 { return x }, 3, func(x, y float64) float64 { return 1 }, 0, 0},
	} {
		z := make([]float32, n*n)
		for i := range z {
			z[i] = float32(c.f(at[i%n], at[i/n]))
		}
		s, length := isolines(z, at, at, c.level), 0.0
		for i := 0; i < len(s); i += 4 {
			length += math.Hypot(s[i+2]-s[i], s[i+3]-s[i+1])
			for k := i; k < i+4; k += 2 {
				if d := math.Abs(c.off(s[k], s[k+1])); d > c.most {
					t.Fatalf("%s: %g, %g is %g beside the line", c.name, s[k], s[k+1], d)
				}
			}
		}
		if math.Abs(length-c.size) > 2e-3*c.size {
			t.Errorf("%s: the line is %g long, want %g", c.name, length, c.size)
		}
	}
}

func TestSurfaceScale(t *testing.T) {
	quarter := -math.Log(4)
	for _, c := range []struct {
		name   string
		lo, hi float64
		level  *float64
		ramp   string
		want   surfaceScale
	}{
		{"one sign", 1, 5, nil, "", surfaceScale{Span: [2]float64{1, 5}, Range: [2]float64{1, 5}, Ramp: "viridis"}},
		{"both signs", -1, 3, nil, "", surfaceScale{Span: [2]float64{-1, 3}, Range: [2]float64{-3, 3}, Ramp: "diverging", Level: new(float64)}},
		{"a level", -4, -1, &quarter, "", surfaceScale{Span: [2]float64{-4, -1}, Range: [2]float64{-4, quarter + (quarter + 4)}, Ramp: "diverging", Level: &quarter}},
		{"a level outside", 1, 2, &quarter, "", surfaceScale{Span: [2]float64{1, 2}, Range: [2]float64{1, 2}, Ramp: "viridis"}},
		{"another ramp", -1, 3, nil, "heat", surfaceScale{Span: [2]float64{-1, 3}, Range: [2]float64{-1, 3}, Ramp: "heat", Level: new(float64)}},
		{"constant", 2, 2, nil, "", surfaceScale{Span: [2]float64{1.8, 2.2}, Range: [2]float64{1.8, 2.2}, Ramp: "viridis"}},
		{"nothing finite", math.Inf(1), math.Inf(-1), nil, "", surfaceScale{Span: [2]float64{0, 1}, Range: [2]float64{0, 1}, Ramp: "viridis"}},
	} {
		got := newSurfaceScale([2]float64{c.lo, c.hi}, [2]float64{c.lo, c.hi}, c.level, c.ramp, "")
		got.most, got.wanted = [2]float64{}, nil
		for _, v := range got.Levels {
			if v <= got.Span[0] || v >= got.Span[1] || got.Level != nil && v == *got.Level {
				t.Errorf("%s: a line at %g", c.name, v)
			}
		}
		if len(got.Levels) < 3 || len(got.Levels) > 11 {
			t.Errorf("%s: %d lines", c.name, len(got.Levels))
		}
		got.Levels = nil
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestColoursAreSpreadOverMostValues: a run stands on a plain beside a cliff.
func TestColoursAreSpreadOverMostValues(t *testing.T) {
	dims := []xainb.Dim{{Name: "b", Size: 10}, {Name: "a", Size: 10}}
	values := make([]float32, 100)
	for i := range values {
		values[i] = float32(i) / 100
	}
	values[0], values[50] = -1000, float32(math.NaN())
	run := xainb.Record(0, func(int) []xainb.Step {
		return []xainb.Step{xainb.StepFunc(func(s *xainb.Snapshot) { s.Put("V", values, dims...) })}
	})
	most := mostValues(run, "V")
	if most[0] != float64(values[1]) || most[1] != float64(values[98]) {
		t.Errorf("most of the values are said to lie within %v", most)
	}
	c := newSurfaceScale([2]float64{-1000, 0.99}, most, nil, "viridis", "")
	if c.Range != most || c.Span != [2]float64{-1000, 0.99} {
		t.Errorf("colours over %v, values over %v", c.Range, c.Span)
	}
	if n := len(c.Levels); n < 5 || n > 12 {
		t.Errorf("%d lines: %v", n, c.Levels)
	}
	c = newSurfaceScale([2]float64{-2, 1}, [2]float64{-0.5, 0.5}, nil, "viridis", "") // the steps go on to the ends
	if n := len(c.Levels); c.Levels[0] > -1.8 || c.Levels[n-1] < 0.8 || n > mostLevels {
		t.Errorf("lines at %v", c.Levels)
	}
}

func TestSurfaceDocument(t *testing.T) {
	for _, make := range []func(xainb.Source, ...Option) *Scene{Surface, Contour} {
		s := make(saddleRun(9))
		d := documentOf(t, s)
		p := d.Panels[0].Spec.(*surfaceSpec)
		if p.Path != "path" || p.PathOf != "V" || p.Here != "here" || p.Flow != "flow" || p.Arrow != "arrow" || p.Window != "window" ||
			p.X.Name != "direction in G" || p.Y.Name != "direction in D" || p.X.Range != [2]float64{-1, 1} || !reflect.DeepEqual(p.Players, []string{"G", "D"}) {
			t.Errorf("%+v", p)
		}
		if len(d.Libraries) > 0 {
			t.Errorf("it needs %v", d.Libraries)
		}
		if _, ok := d.Blend["V"]; !ok || d.State[surfaceState] != "V" || d.Controls[0].State != surfaceState || len(d.Controls[0].Options) != 2 {
			t.Errorf("blend %v, state %v, controls %v", d.Blend, d.State, d.Controls)
		}
		if got, want := said(s, 0), "At step 0 the run stands at 0.81, between −1.00 and 1.00."; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got, want := readingsOf(s, 3)["plane"], "The plane holds 83% of the run’s variance; now the run is 0.30 off it."; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if b, err := json.Marshal(p); err != nil || !json.Valid(b) {
			t.Error(err)
		}
		loss := readingsOf(make(saddleRun(9), Field("loss G")), 0)
		if loss["here.value"] != "0.83" || loss["field"] != "loss G" { // between 0.4164 at 0.75 and 1.1 at 1
			t.Errorf("%v", loss)
		}
	}
}

// A field that covers little of the plane at a time is seen from near: the axes are those of the frame, its lines lie between its own values, and no flow is drawn,
// which is that over the whole plane.
func TestMapGoesAlongWithASmallField(t *testing.T) {
	const n = 5
	plane := func(k int, half float64) func(*xainb.Snapshot) {
		return func(s *xainb.Snapshot) {
			at, z := make([]float32, n), make([]float32, n*n)
			for i := range at {
				at[i] = float32(float64(10*k) + half*(float64(i)/2-1))
			}
			for i := range z {
				z[i] = at[i%n] + 2*at[i/n]
			}
			a, b := xainb.Dim{Name: "a", Size: n}, xainb.Dim{Name: "b", Size: n}
			s.Put("V", z, b, a)
			s.Put("a", at, a)
			s.Put("b", at, b)
			s.Put("flow", make([]float32, 8), xainb.Dim{Name: "v", Size: 2}, xainb.Dim{Name: "u", Size: 2}, xainb.Dim{Name: "ab", Size: 2})
		}
	}
	for _, c := range []struct {
		half float64
		near bool
	}{{0.5, true}, {4, false}} {
		run := snaps(plane(0, c.half), plane(1, c.half), plane(2, c.half))
		s := Contour(run)
		p := documentOf(t, s).Panels[0].Spec.(*surfaceSpec)
		if p.Near != c.near || (p.Flow == "") != c.near {
			t.Errorf("±%g of 20: near %v, flow %q", c.half, p.Near, p.Flow)
		}
		if !c.near {
			continue
		}
		for k := range 3 {
			land, ok := p.terrain(moment{tracks: []*xainb.Track{run}, frame: k})
			if !ok || len(land.scale.Levels) < 3 {
				t.Fatalf("frame %d has lines at %v", k, land.scale.Levels)
			}
			at, across := float64(10*k), [2]float64{float64(10*k) - c.half, float64(10*k) + c.half}
			if b := land.box(); land.x != across || land.y != across || land.v != [2]float64{3 * across[0], 3 * across[1]} || b.across(across[0]) != -1 || b.back(across[1]) != 1 || b.up(3*at) != 0.5 {
				t.Errorf("frame %d: axes %v and %v, values %v in space", k, land.x, land.y, land.v)
			}
			for _, v := range land.scale.Levels {
				if math.Abs(v-float64(30*k)) >= 3*c.half {
					t.Errorf("frame %d, values %d ± %g: a line at %g", k, 30*k, 3*c.half, v)
				}
			}
		}
	}
}

// A sheet at its middle value has the page's colour on a map; in space it is seen.
func TestSheetIsSeenAtItsMiddle(t *testing.T) {
	values := make([]float32, 25)
	values[0], values[24] = -1e-3, 1e-3
	run := heatTrack("V", values, xainb.Dim{Name: "b", Size: 5}, xainb.Dim{Name: "a", Size: 5})
	share := func(s *Scene) float64 {
		img := drawn(t, s, 0)
		n, size := 0, img.Bounds().Size()
		for y := range size.Y {
			for x := range size.X {
				r, g, b, _ := img.At(x, y).RGBA()
				n += pick(min(r, g, b) < 0xfc00, 1, 0)
			}
		}
		return float64(n) / float64(size.X*size.Y)
	}
	if got := share(Surface(run)); got < 0.15 {
		t.Errorf("%.3f of the picture is seen", got)
	}
}

// The ends of an axis can be told apart however near they are.
func TestEndsOfAnAxis(t *testing.T) {
	for _, c := range []struct {
		ends [2]float64
		want [2]string
	}{{[2]float64{-1, 1.0234}, [2]string{"−1", "1.02"}}, {[2]float64{-1.40381, -1.40376}, [2]string{"−1.40381", "−1.40376"}}, {[2]float64{-9.2e-5, 9.2e-5}, [2]string{"−9.2e-5", "9.2e-5"}}} {
		if text := endsText(c.ends); text(c.ends[0]) != c.want[0] || text(c.ends[1]) != c.want[1] {
			t.Errorf("%v: %s and %s, want %v", c.ends, text(c.ends[0]), text(c.ends[1]), c.want)
		}
	}
}

func TestSurfaceErrors(t *testing.T) {
	falling := snaps(func(s *xainb.Snapshot) {
		s.Put("V", make([]float32, 6), xainb.Dim{Name: "b", Size: 2}, xainb.Dim{Name: "a", Size: 3})
		s.Put("a", []float32{0, 1, 1}, xainb.Dim{Name: "a", Size: 3})
	})
	for _, c := range []struct {
		scene *Scene
		want  string
	}{
		{Surface(heatTrack("V", []float32{1}, xainb.Dim{Name: "b", Size: 1}, xainb.Dim{Name: "a", Size: 1})), "at least 2 values along each; it has V [b=1 a=1]"},
		{Contour(falling), "Contour: the coordinates a of frame 1 do not increase: number 3 is 1"},
		{Contour(saddleRun(5), Level(math.NaN())), "Level(NaN): give a finite number"},
		{Surface(saddleRun(5), Field("path")), "path [moment=12 abv=3] is no field of two dimensions"},
		{Surface(nil), "no frames"},
	} {
		if err := c.scene.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q in it", err, c.want)
		}
	}
}

// What a surface has beside it may be missing or senseless in some frames: the rest is drawn.
func TestSurfaceOfWhatIsThere(t *testing.T) {
	a, b := xainb.Dim{Name: "a", Size: 2}, xainb.Dim{Name: "b", Size: 3}
	run := snaps(
		func(s *xainb.Snapshot) { s.Put("V", []float32{nan, nan, nan, nan, nan, nan}, b, a) },
		func(s *xainb.Snapshot) {
			s.Put("V", []float32{1, 2, inf, 4, 5, 6}, b, a)
			s.Put("path", []float32{nan, 1, 1, 9, 9, 9}, xainb.Dim{Name: "moment", Size: 2}, xainb.Dim{Name: "abv", Size: 3})
			s.Put("window", []float32{nan, 1, 0, 1}, xainb.Dim{Name: "side", Size: 4})
			s.Put("arrow", []float32{0, 0}, xainb.Dim{Name: "player", Size: 1}, xainb.Dim{Name: "ab", Size: 2})
			s.Put("flow", []float32{inf, 0}, xainb.Dim{Name: "v", Size: 1}, xainb.Dim{Name: "u", Size: 1}, xainb.Dim{Name: "ab", Size: 2})
			s.PutScalar("here", math.Inf(1))
		},
		func(*xainb.Snapshot) {},
		func(s *xainb.Snapshot) {
			s.Put("V", []float32{math.MaxFloat32, -math.MaxFloat32, 0, 0, 0, 0}, b, a)
		},
	)
	for _, s := range []*Scene{Surface(run), Contour(run)} {
		for i := range run.Len() {
			drawn(t, s, i)
		}
		if got := readingsOf(s, 1)["notFinite"]; got != "1" {
			t.Errorf("%s not finite, want 1", got)
		}
	}
}

// Surfaces that a reader chooses from, or that stand side by side, have one scale.
func TestSurfacesShareScales(t *testing.T) {
	high := heatTrack("V", []float32{0, 1, 2, 9}, xainb.Dim{Name: "b", Size: 2}, xainb.Dim{Name: "a", Size: 2})
	low := heatTrack("V", []float32{-4, 1, 2, 3}, xainb.Dim{Name: "b", Size: 2}, xainb.Dim{Name: "a", Size: 2})
	s := Vary("run", func(run xainb.Source) *Scene { return Surface(run) }, Variant{"high", high}, Variant{"low", low})
	d := documentOf(t, s)
	one, other := d.Panels[0].Spec.(*surfaceSpec), d.Variants.Docs[1].Doc.Panels[0].Spec.(*surfaceSpec)
	if want := [2]float64{-9, 9}; one.Scales["V"].Range != want || !reflect.DeepEqual(one.Scales, other.Scales) {
		t.Errorf("%v and %v, want %v", one.Scales, other.Scales, want)
	}
	row := documentOf(t, Row(Surface(saddleRun(5)), Contour(high), Heatmap(high)))
	if len(row.Panels) != 3 || row.State[viewState] != viewSolid {
		t.Errorf("%d panels, state %v", len(row.Panels), row.State)
	}
	if _, err := row.Poster.Draw(11); err != nil {
		t.Error(err)
	}
}

func TestSurfacePictures(t *testing.T) {
	run := saddleRun(31)
	for name, s := range map[string]*Scene{"poster_surface": Surface(run), "poster_contour": Contour(run)} {
		comparePicture(t, name, drawn(t, s, 7))
	}
}

func BenchmarkSurfacePoster(b *testing.B) {
	d, err := Surface(saddleRun(31)).Document()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := d.Poster.Draw(7); err != nil {
			b.Fatal(err)
		}
	}
}
