package charts

import (
	"errors"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

var layerNames = []string{"G 1", "G 2", "D 1", "D 2"}

// ringRun is a run in closed form with the fields of kernels/gan: 60 points spiral into a ring of radius 2, D is the logistic function of 1 - 2|r-2|, where a
// point is pulled is minus the gradient of |r-2|, which has length 1 everywhere but in the middle of the plane.
func ringRun(frames int, from float64) *xainb.Track {
	var fill []func(*xainb.Snapshot)
	for k := range frames {
		fill = append(fill, func(s *xainb.Snapshot) {
			s.Kind, s.Time = "gan", from+10*float64(k)
			t := s.Time / 50
			points, real := make([]float32, 120), make([]float32, 120)
			for i := range 60 {
				a := float64(i) * 2.4
				r := 2 + (0.3+float64(i%7)/5-2)*math.Exp(-t)
				points[2*i], points[2*i+1] = float32(r*math.Cos(a+t)), float32(r*math.Sin(a+t))
				real[2*i], real[2*i+1] = float32(2*math.Cos(a)), float32(2*math.Sin(a))
			}
			samples, xy := xainb.Dim{Name: "sample", Size: 60}, xainb.Dim{Name: "xy", Size: 2}
			s.Put("generated", points, samples, xy)
			s.Put("real", real, samples, xy)
			s.Put("window", []float32{-3, 3, -3, 3}, xainb.Dim{Name: "side", Size: 4})
			field, pull := make([]float32, 16*16), make([]float32, 8*8*2)
			for i := range field {
				field[i] = float32(1 / (1 + math.Exp(2*math.Abs(math.Hypot(-3+6*(float64(i%16)+0.5)/16, -3+6*(float64(i/16)+0.5)/16)-2)-1)))
			}
			for i := range 64 {
				x, y := -3+6*(float64(i%8)+0.5)/8, -3+6*(float64(i/8)+0.5)/8
				r := math.Hypot(x, y)
				towards := math.Copysign(1, 2-r) * math.Exp(-t/2)
				pull[2*i], pull[2*i+1] = float32(towards*x/r), float32(towards*y/r)
			}
			s.Put("field", field, xainb.Dim{Name: "y", Size: 16}, xainb.Dim{Name: "x", Size: 16})
			s.Put("pull", pull, xainb.Dim{Name: "y", Size: 8}, xainb.Dim{Name: "x", Size: 8}, xainb.Dim{Name: "uv", Size: 2})
			ringLayers(s, t)
			s.PutScalar("V", -1.39+0.3*math.Exp(-t))
			s.PutScalar("modes", math.Round(8*(1-math.Exp(-t))))
			s.PutScalar("SWD", math.Exp(-t)+from/1000)
			if k == frames/2 {
				s.PutEvent("collapse", "2 of 8 modes are left")
			}
		})
	}
	return snaps(fill...)
}

func ringLayers(s *xainb.Snapshot, t float64) {
	layer := xainb.Dim{Name: "layer", Size: 4}
	s.PutLabels("layer", layerNames)
	of := func(name string, f func(l float64) float64) {
		data := make([]float32, 4)
		for l := range data {
			data[l] = float32(f(float64(l)))
		}
		s.Put(name, data, layer)
	}
	of("gradient", func(l float64) float64 { return math.Exp(-t*(l+1)) + 1e-3 })
	of("cosine", func(l float64) float64 { return math.Cos(2 * t * (l + 1)) })
	of("null", func(l float64) float64 { return 0.5 - l/20 })
	of("energy", func(l float64) float64 { return math.Exp(-t*(l+1)) * 0.99 })
	s.PutUnit("energy", "of the last 50 frames")
	of("state", func(l float64) float64 { return math.Floor(math.Mod(t*(l+1)/2, 3)) })
	s.PutLabels("state", []string{"healthy", "vanishing", "exploding"})
}

func TestFieldPictures(t *testing.T) {
	run := ringRun(12, 0)
	for _, c := range []struct {
		name  string
		scene *Scene
		frame int
	}{
		{"poster_gan", GANSamples(run, Trail(3), WithEnergy()), 3},
		{"poster_arrows", VectorField(run), 0},
		{"poster_lanes", Column(Lanes(run, Field("state")), Lanes(run, Field("cosine")), Lanes(run, Field("gradient"), LogScale()), Energy(run)), 7},
		{"poster_branch", Branch(run, ringRun(8, 60)), 8},
	} {
		comparePicture(t, c.name, drawn(t, c.scene, c.frame))
	}
}

func TestGANSamples(t *testing.T) {
	s := GANSamples(ringRun(6, 0), Trail(5))
	p := documentOf(t, s).Panels[0].Spec.(*planeSpec)
	if p.Window != [4]float64{-3, 3, -3, 3} || p.Raster == nil || p.Arrows == nil || len(p.Points) != 2 || !p.Points[0].Quiet || p.Points[1].Trail != 5 || p.Points[0].Trail != 0 {
		t.Fatalf("%+v", p)
	}
	if want := "At step 50, modes covered: 5; the value of the game is −1.28 (−1.39 where neither can gain). The sliced Wasserstein distance to the data is 0.37."; said(s, 5) != want {
		t.Errorf("%q, want %q", said(s, 5), want)
	}
	for _, name := range []string{"generated", "field", "pull"} {
		if s.doc.Blend[name] == "" {
			t.Errorf("%s does not move between frames", name)
		}
	}
	if got := s.doc.Tracks[0].Schema(); got.Field("window") != nil || got.Field("gradient") != nil {
		t.Errorf("the page gets what is not drawn: %s", contents(s.doc.Tracks[0]))
	}
	for _, c := range []struct {
		field string
		want  *planeRaster
	}{
		{"prob", &planeRaster{Name: "D", Range: [2]float64{0, 1}, Levels: []float64{0.5}}},
		{"critic", &planeRaster{Name: "critic", Range: [2]float64{-3, 5}}},
	} {
		r := discriminator(&xainb.FieldInfo{Range: pick(c.field == "prob", xainb.Range{Min: 0.1, Max: 0.9}, xainb.Range{Min: -3, Max: 5})})
		if r.Name != c.want.Name || r.Range != c.want.Range || !slices.Equal(r.Levels, c.want.Levels) {
			t.Errorf("%s: %+v", c.field, r)
		}
	}
}

// The oracle is the closed form: the longest of the arrows (x, 2y) over the window stands at a corner, the first of equals in rows from the lowest.
func TestArrowsAreReadWhereTheyStand(t *testing.T) {
	run := snaps(func(s *xainb.Snapshot) {
		data := make([]float32, 4*6*2)
		for r := range 4 {
			for c := range 6 {
				data[2*(6*r+c)], data[2*(6*r+c)+1] = float32(c)+0.5, 2*(float32(r)+0.5)
			}
		}
		s.Put("flow", data, xainb.Dim{Name: "y", Size: 4}, xainb.Dim{Name: "x", Size: 6}, xainb.Dim{Name: "uv", Size: 2})
		s.Put("window", []float32{0, 6, 0, 4}, xainb.Dim{Name: "side", Size: 4})
		s.Put("at", []float32{1, 2}, xainb.Dim{Name: "xy", Size: 2})
	})
	s := VectorField(run, Way("at"))
	got := readingsOf(s, 0)
	if got["arrow"] != formatNumber(math.Hypot(5.5, 7)) || got["arrow.x"] != "5.50" || got["arrow.y"] != "3.50" || got["x"] != "1.00" || got["y"] != "2.00" {
		t.Errorf("%v", got)
	}
	if want := "At step 0 the flow is strongest at 5.50, 3.50: 8.90."; said(s, 0) != want {
		t.Errorf("%q", said(s, 0))
	}
}

// Row 0 of a grid is at the lowest y: the picture has what is there at its lower edge.
func TestPlaneHasItsFirstRowBelow(t *testing.T) {
	run := snaps(func(s *xainb.Snapshot) {
		s.Put("generated", []float32{0, 0}, xainb.Dim{Name: "sample", Size: 1}, xainb.Dim{Name: "xy", Size: 2})
		s.Put("window", []float32{-1, 1, -1, 1}, xainb.Dim{Name: "side", Size: 4})
		s.Put("field", []float32{1, 1, 0, 0}, xainb.Dim{Name: "y", Size: 2}, xainb.Dim{Name: "x", Size: 2})
	})
	s := GANSamples(run)
	img := drawn(t, s, 0)
	p := s.stills[0].(*planeSpec)
	w, h, left, _ := p.area(posterWidth - 2*posterMargin)
	x := int(posterMargin + left + w/2)
	low, high := 0, 0
	for y := range img.Bounds().Dy() {
		if near(img.At(x, y), rampAt("quiet", 1), 6) {
			low = y
		}
		if high == 0 && near(img.At(x, y), rampAt("quiet", 0), 6) {
			high = y
		}
	}
	if high == 0 || low-high < int(h)-4 {
		t.Errorf("sand begins at row %d of the picture and blue ends at %d, want the upper and the lower edge of %v", high, low, h)
	}
}

// Scale and cut: an exploding frame has honest arrows on one scale, of which those beyond two cells are counted.
func TestArrowScales(t *testing.T) {
	frame := func(v float32) func(*xainb.Snapshot) {
		return func(s *xainb.Snapshot) {
			data := make([]float32, 2*30)
			for i := range 30 {
				data[2*i] = v
			}
			s.Put("g", data, xainb.Dim{Name: "y", Size: 5}, xainb.Dim{Name: "x", Size: 6}, xainb.Dim{Name: "uv", Size: 2})
		}
	}
	var all []func(*xainb.Snapshot)
	for range 30 {
		all = append(all, frame(0.1))
	}
	a := VectorField(snaps(append(all, frame(1000))...)).stills[0].(*planeSpec).Arrows
	if math.Abs(a.Unit-0.1) > 1e-3 || len(a.Peaks) != 31 || a.Peaks[30] != 1000 {
		t.Fatalf("one scale is %v, the last peak %v: an exploding frame sets them", a.Unit, a.Peaks[30])
	}
	_, cells := a.scale(arrowLengths, 0)
	if got := cells(0.05); math.Abs(got-0.5) > 0.01 {
		t.Errorf("half the unit is %v cells long", got)
	}
	_, quiet := a.scale(arrowNormalised, 29)
	_, loud := a.scale(arrowNormalised, 30)
	if q, l := quiet(0.1), loud(1000); math.Abs(q-1) > 1e-3 || l < 1.9 || l >= 2 {
		t.Errorf("normalised: %v cells in a usual frame, %v in an exploding one, want 1 and nearly 2", q, l)
	}
}

func TestFieldErrors(t *testing.T) {
	run, plain := ringRun(2, 0), snaps(func(s *xainb.Snapshot) { s.PutScalar("loss", 1) })
	for _, c := range []struct{ scene, want string }{
		{errorOf(GANSamples(plain)), `charts: GANSamples: the run has no field "generated"; it has the scalar loss`},
		{errorOf(GANSamples(run, Trail(-1))), "charts: GANSamples: Trail(-1): give 0 or a positive number"},
		{errorOf(GANSamples(run, Field("pull"))), "charts: GANSamples: the field pull [y=8 x=8 uv=2] is no field of points [sample, xy=2]"},
		{errorOf(VectorField(plain)), "charts: VectorField: the run has no field of arrows [y, x, uv=2]; it has the scalar loss"},
		{errorOf(VectorField(run, Way("real"))), `charts: VectorField: Way("real"): the field [sample=60 xy=2] has not two values`},
		{errorOf(Lanes(plain)), "charts: Lanes: the run has no 1-D field; it has the scalar loss"},
		{errorOf(Energy(plain)), `charts: Energy: the run has no field "energy"; it has the scalar loss`},
		{errorOf(Branch(run, plain)), "charts: Branch: the runs have no number and no points in common: the first has generated"},
		{errorOf(Branch(run, ringRun(2, 70))), "charts: Branch: the branch begins at step 70, and its parent goes from 0 to 10"},
		{errorOf(Branch(run, run, Names("a", "a"))), `charts: Branch: both are called "a": give two names with charts.Names`},
	} {
		if !strings.HasPrefix(c.scene, c.want) {
			t.Errorf("error\n%s\nwant\n%s", c.scene, c.want)
		}
	}
	for name, make := range map[string]func(xainb.Source, ...Option) *Scene{"GANSamples": GANSamples, "VectorField": VectorField, "Lanes": Lanes, "Energy": Energy} {
		if _, err := make(nil).Document(); !errors.Is(err, xainb.ErrNoFrames) {
			t.Errorf("%s(nil): %v", name, err)
		}
	}
	if _, err := Branch(run, nil).Document(); !errors.Is(err, xainb.ErrNoFrames) {
		t.Errorf("Branch(run, nil): %v", err)
	}
}

func errorOf(s *Scene) string {
	_, err := s.Document()
	if err == nil {
		return "no error"
	}
	return err.Error()
}

// Values that are not finite, windows turned over, grids of one cell, points that come and go: each is drawn in every frame.
func TestFieldOddRuns(t *testing.T) {
	grid := func(s *xainb.Snapshot, n int, v float32) {
		field, pull := make([]float32, n*n), make([]float32, 2*n*n)
		for i := range field {
			field[i], pull[2*i] = v, v
		}
		s.Put("field", field, xainb.Dim{Name: "y", Size: n}, xainb.Dim{Name: "x", Size: n})
		s.Put("pull", pull, xainb.Dim{Name: "y", Size: n}, xainb.Dim{Name: "x", Size: n}, xainb.Dim{Name: "uv", Size: 2})
	}
	layers := func(s *xainb.Snapshot, data ...float32) {
		for _, name := range []string{"energy", "cosine", "null", "state"} {
			s.Put(name, data, xainb.Dim{Name: "layer", Size: len(data)})
		}
		s.PutLabels("state", []string{"healthy"})
	}
	for name, run := range map[string]*xainb.Track{
		"not finite": snaps(func(s *xainb.Snapshot) {
			s.Put("generated", []float32{nan, 0, inf, inf, 1, 1}, xainb.Dim{Name: "sample", Size: 3}, xainb.Dim{Name: "xy", Size: 2})
			grid(s, 3, nan)
			layers(s, nan, inf)
		}, func(s *xainb.Snapshot) { grid(s, 3, inf) }),
		"one cell, one point": snaps(func(s *xainb.Snapshot) {
			s.Put("generated", []float32{1, 1}, xainb.Dim{Name: "sample", Size: 1}, xainb.Dim{Name: "xy", Size: 2})
			grid(s, 1, 0)
			layers(s, 0)
			s.Put("window", []float32{1, -1, 0, 0}, xainb.Dim{Name: "side", Size: 4})
		}),
		"comes and goes": snaps(func(s *xainb.Snapshot) {
			s.Put("generated", []float32{1, 1, 2, 2}, xainb.Dim{Name: "sample", Size: 2}, xainb.Dim{Name: "xy", Size: 2})
			grid(s, 2, 1e30)
			layers(s, 1, 2, 3)
		}, func(*xainb.Snapshot) {}, func(s *xainb.Snapshot) {
			s.Put("generated", []float32{1, 1}, xainb.Dim{Name: "sample", Size: 1}, xainb.Dim{Name: "xy", Size: 2})
			layers(s, 1)
		}),
	} {
		for kind, s := range map[string]*Scene{
			"GANSamples": GANSamples(run, Trail(2), WithEnergy()), "VectorField": VectorField(run), "Energy": Energy(run), "cosine": Lanes(run, Field("cosine")),
			"state": Lanes(run, Field("state")), "log": Lanes(run, Field("energy"), LogScale()), "Branch": Branch(run, run),
		} {
			d, err := s.Document()
			if err != nil {
				t.Errorf("%s of %s: %v", kind, name, err)
				continue
			}
			for f := range d.Moments() {
				for _, mode := range []string{arrowLengths, arrowNormalised, arrowDirections} {
					s.doc.State["arrow lengths"], s.doc.State["lane colours"] = mode, mode
					if _, err := (&poster{scene: s}).Draw(f); err != nil {
						t.Errorf("%s of %s, frame %d: %v", kind, name, f, err)
					}
				}
			}
		}
	}
}

func TestLanes(t *testing.T) {
	run := ringRun(12, 0)
	spec := func(s *Scene) *lanesSpec { documentOf(t, s); return s.stills[0].(*lanesSpec) }
	if l := spec(Lanes(run, Field("cosine"))); l.Null != "null" || l.Ramp != "diverging" || l.Range != [2]float64{-1, 1} || l.Mode != "" || len(l.Rows) != 4 {
		t.Errorf("cosine: %+v", l)
	}
	if l := spec(Lanes(run, Field("state"))); len(l.States) != 3 || l.Mode != "" {
		t.Errorf("state: %+v", l)
	}
	if l := spec(Lanes(run, Field("gradient"), LogScale())); !l.Log || l.Range[0] < 0.99e-3 || l.Range[0] > 2e-3 {
		t.Errorf("gradient: %+v", l)
	}
	if l := spec(Lanes(run, Field("gradient"))); l.Mode == "" || len(l.Peaks) != 12 || l.Log {
		t.Errorf("gradient: %+v", l)
	}
	if l := spec(Energy(run)); len(l.Rows) != 2 || l.Rows[1].Name != "D" || !slices.Equal(l.Rows[1].Of, []int{2, 3}) || l.Note != "trailing window" || l.Range != [2]float64{0, 1} {
		t.Errorf("energy: %+v", l)
	}
	if l := spec(Energy(run, ByLayer())); len(l.Rows) != 4 {
		t.Errorf("energy by layer: %+v", l)
	}
	if got, want := said(Lanes(run, Field("cosine")), 4), "At step 40: the cosine of G 2 is −1.00, against 0.45 of the null."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := said(Energy(run), 0), "At step 0: G has the largest energy, 0.99."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if len(Energy(run).doc.Controls) != 0 {
		t.Error("the energy has a choice of colours: it is from 0 to 1")
	}
}

func TestBranch(t *testing.T) {
	parent, branch := ringRun(12, 0), ringRun(9, 60)
	s := Branch(parent, branch, Names("saturating", "not"))
	d := documentOf(t, s)
	if n := d.Moments(); n != 15 { // 0 to 110 and 60 to 140
		t.Fatalf("%d moments, want 15", n)
	}
	if len(d.Panels) != 3 || len(d.Chapters) != 2 || d.Chapters[1].At != 6 || d.Layout == nil {
		t.Errorf("%d panels, chapters %v", len(d.Panels), d.Chapters)
	}
	lines := s.stills[0].(*linesSpec)
	if lines.Mark == nil || *lines.Mark != (lineMark{60, "not"}) || lines.Rows[0].Lines[0].Name != "saturating SWD" {
		t.Errorf("%+v", lines)
	}
	for moment, want := range map[int][2]string{5: {"0.37", "0.37"}, 6: {"0.30", "0.36"}, 14: {"0.11", "0.12"}} {
		values := readingsOf(s, moment)
		if got := [2]string{values["saturating SWD"], values["not SWD"]}; got != want {
			t.Errorf("moment %d: SWD %v, want %v", moment, got, want)
		}
	}
	if a, b := d.Frame(1, 3), d.Frame(2, 3); a != 3 || b != 3 {
		t.Errorf("before the branch the two show frames %d and %d of the parent, want 3", a, b)
	}
	if got := s.doc.Sources; len(got) != 2 || got[0] != parent || got[1] != branch {
		t.Error("the sources are not the two recordings")
	}
	a, b := s.stills[1].(*planeSpec), s.stills[2].(*planeSpec)
	if a.Head != "saturating" || b.As != "b." || a.Arrows.Unit != b.Arrows.Unit || a.View != b.View {
		t.Errorf("%+v, %+v", a, b)
	}
}

// Variants of a run have one scale.
func TestFieldsVary(t *testing.T) {
	for name, draw := range map[string]func(xainb.Source) *Scene{
		"plane": func(r xainb.Source) *Scene { return GANSamples(r) },
		"lanes": func(r xainb.Source) *Scene { return Lanes(r, Field("gradient"), LogScale()) },
	} {
		s := Vary("rate", draw, Variant{"a", ringRun(4, 0)}, Variant{"b", ringRun(9, 100)})
		documentOf(t, s)
		switch x := s.stills[0].(type) {
		case *planeSpec:
			if y := s.varied.others[0].stills[0].(*planeSpec); x.Arrows.Unit != y.Arrows.Unit || x.View != y.View {
				t.Errorf("%s: %+v, %+v", name, x, y)
			}
		case *lanesSpec:
			if y := s.varied.others[0].stills[0].(*lanesSpec); x.Range != y.Range || *x.Span != *y.Span || x.Span[1] != 180 {
				t.Errorf("%s: %+v, %+v", name, x, y)
			}
		}
	}
}

// Points, arrows and contours can be told from the raster under them, in light pages and for readers who do not see red from green.
func TestQuietRampLeavesMarksReadable(t *testing.T) {
	for i := range 256 {
		under := rampAt("quiet", float64(i)/255)
		for name, mark := range map[string]color.RGBA{"generated": accent, "arrows": mix(paper, ink, 0.68), "real": muted} {
			if got := contrast(mark, under); got < 3 {
				t.Fatalf("%s on %v: contrast %.2f, want at least 3", name, under, got)
			}
		}
	}
}

// The cases are also in plane_test.mjs.
func TestSpansAndBits(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		data []float32
		want [2]float64
	}{{[]float32{3, -1, nan, 2}, [2]float64{-1, 3}}, {[]float32{inf, 5, 7}, [2]float64{5, 7}}, {[]float32{4, 4}, [2]float64{3, 5}}, {[]float32{nan}, [2]float64{-1, 1}}, {nil, [2]float64{-1, 1}}} {
		if got := spanOf(c.data); got != c.want {
			t.Errorf("%v spans %v, expected %v", c.data, got, c.want)
		}
	}
	run := snaps(func(s *xainb.Snapshot) { s.Put("x", []float32{0, 8}, xainb.Dim{Name: "n", Size: 2}) })
	for fine, want := range map[float64]int{8: 6, 0.1: 7, 8.0 / 4095: 12, 1e-3: 13, 8.0 / 65535: 16, 1e-4: 32, 0: 16} {
		if got := bitsFor(run, "x", fine); got != want {
			t.Errorf("steps of %v need %d bits, not %d", fine, want, got)
		}
	}
}
