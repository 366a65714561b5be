package charts

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xainb/gonb-xai/xainb"
)

// Runs that no kernel records, but a file from a stranger may hold: each is drawn in every frame, soon, and its document can be written as JSON.
func TestStrangersRuns(t *testing.T) {
	surface := func(more func(*xainb.Snapshot)) func(*xainb.Snapshot) {
		return func(s *xainb.Snapshot) {
			s.Put("V", []float32{0, 1, 2, 3}, xainb.Dim{Name: "b", Size: 2}, xainb.Dim{Name: "a", Size: 2})
			more(s)
		}
	}
	flow := func(n int) func(*xainb.Snapshot) {
		return surface(func(s *xainb.Snapshot) {
			s.Put("flow", make([]float32, 4*n), xainb.Dim{Name: "v", Size: 2}, xainb.Dim{Name: "u", Size: 2}, xainb.Dim{Name: "ab", Size: n})
		})
	}
	way := func(y float32) func(*xainb.Snapshot) {
		return func(s *xainb.Snapshot) {
			s.Put("flow", make([]float32, 32), xainb.Dim{Name: "y", Size: 4}, xainb.Dim{Name: "x", Size: 4}, xainb.Dim{Name: "uv", Size: 2})
			s.Put("at", []float32{1, y}, xainb.Dim{Name: "xy", Size: 2})
		}
	}
	spread := func(density ...float32) func(*xainb.Snapshot) {
		return func(s *xainb.Snapshot) {
			s.Put("x", []float32{1, 2}, xainb.Dim{Name: "sample", Size: 2})
			s.Put("density", density, xainb.Dim{Name: "bin", Size: len(density)})
			s.PutLabels("bin", []string{"1", "2"}[:len(density)])
		}
	}
	for name, s := range map[string]*Scene{
		"a flow whose vectors change":    Contour(snaps(flow(2), flow(1))),
		"coordinates without a number":   Contour(snaps(surface(func(s *xainb.Snapshot) { s.Put("a", nil, xainb.Dim{Name: "a", Size: 0}) }))),
		"a way that explodes":            VectorField(snaps(way(2), way(1e30), way(-1e30), way(3)), Way("at")),
		"a density that is not finite":   Histogram([]Variant{{"a", snaps(spread(nan, 2))}}),
		"a density of nothing":           Histogram([]Variant{{"a", snaps(spread())}}),
		"a histogram of nothing":         Histogram([]Variant{{"a", snaps(func(s *xainb.Snapshot) { s.Put("x", nil, xainb.Dim{Name: "n", Size: 0}) })}}),
		"curves that are nowhere finite": Curves(snaps(func(s *xainb.Snapshot) { s.Put("x", []float32{nan, inf}, xainb.Dim{Name: "n", Size: 2}) })),
		"planes of other samples": Trajectories(snaps(func(s *xainb.Snapshot) {
			s.Put("tsne", []float32{0, 0, 1, 1}, xainb.Dim{Name: "sample", Size: 2}, xainb.Dim{Name: "xy", Size: 2})
			s.Put("pca", []float32{0, 0}, xainb.Dim{Name: "sample", Size: 1}, xainb.Dim{Name: "xy", Size: 2})
			s.Put("class", []float32{0, 1}, xainb.Dim{Name: "sample", Size: 2})
		})),
		"a state that is not finite": Lanes(snaps(func(s *xainb.Snapshot) {
			s.Put("state", []float32{inf, 1, 0.5}, xainb.Dim{Name: "layer", Size: 3})
			s.PutLabels("state", []string{"healthy", "vanishing"})
		}), Field("state")),
		"heads that come and go": PatchAttention(snaps(func(s *xainb.Snapshot) {
			s.Put("attention", []float32{1, 0, 0, 1}, xainb.Dim{Name: "head", Size: 1}, xainb.Dim{Name: "query", Size: 2}, xainb.Dim{Name: "key", Size: 2})
		}, func(s *xainb.Snapshot) {
			s.Put("attention", nil, xainb.Dim{Name: "head", Size: 0}, xainb.Dim{Name: "query", Size: 2}, xainb.Dim{Name: "key", Size: 2})
		})),
		"a logarithm of negative numbers": Lanes(snaps(func(s *xainb.Snapshot) { s.Put("g", []float32{-1, 1}, xainb.Dim{Name: "layer", Size: 2}) }), LogScale()),
	} {
		d := documentOf(t, s)
		for _, p := range d.Panels {
			if _, err := json.Marshal(p.Spec); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		start := time.Now()
		for i := range d.Moments() {
			drawn(t, s, i)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: drawn in %v", name, took)
		}
	}
}

// Values that differ in their seventh digit stand in bins and on lines of their own.
func TestNumbersNearEachOther(t *testing.T) {
	run := snaps(func(s *xainb.Snapshot) {
		x := make([]float32, 500)
		for i := range x {
			x[i] = 1000 + float32(i)/500
		}
		s.Put("x", x, xainb.Dim{Name: "n", Size: 500})
	})
	at := Histogram([]Variant{{"a", run}}).stills[0].(*curvesSpec).Curves[0].At
	for i := range at[1:] {
		if width := at[i+1] - at[i]; math.Abs(width-1.04*0.998/histogramBins) > 2e-5 {
			t.Fatalf("bins %d and %d are %v apart", i, i+1, width)
		}
	}
	for _, c := range []struct{ lo, hi, step float64 }{{-1.3865, -1.3855, 1e-4}, {1e6, 1e6 + 10, 1}, {-0.5, 2, 0.5}} {
		levels := newSurfaceScale([2]float64{c.lo, c.hi}, [2]float64{c.lo, c.hi}, nil, "viridis", "").Levels
		if len(levels) < 3 {
			t.Fatalf("lines of %+v at %v", c, levels)
		}
		for _, v := range levels {
			if n := v / c.step; math.Abs(n-math.Round(n)) > 1e-6 {
				t.Errorf("%+v: a line at %v, which is no multiple of the step", c, v)
			}
		}
		for i := range levels[1:] {
			if !(levels[i+1] > levels[i]) {
				t.Errorf("%+v: lines at %v", c, levels)
			}
		}
	}
}

// A run that ended early says so in every scene that draws it beside others.
func TestScenesOfSeveralSayWhatEnded(t *testing.T) {
	boom := errors.New("boom")
	fine := noisyRun(3, 8)
	broken := xainb.NewTrack([]xainb.Snapshot{*fine.At(0), *fine.At(1)}, xainb.Provenance{}, boom)
	for name, s := range map[string]*Scene{
		"Histogram": Histogram([]Variant{{"a", fine}, {"b", broken}}), "InStep": InStep([]Variant{{"a", fine}, {"b", broken}}), "Compare": Compare(fine, broken),
	} {
		if err := s.Err(); !errors.Is(err, boom) {
			t.Errorf("%s: %v", name, err)
		}
		if d, err := s.Document(); err != nil || !strings.Contains(strings.Join(d.Warnings, "|"), "boom") {
			t.Errorf("%s says %q, %v", name, d.Warnings, err)
		}
	}
}

// A scene that draws by another leaves the caller's options as they are.
func TestOptionsAreNotOverwritten(t *testing.T) {
	sheet := snaps(func(s *xainb.Snapshot) {
		s.Put("images", make([]float32, 64), xainb.Dim{Name: "height", Size: 8}, xainb.Dim{Name: "width", Size: 8})
	})
	for name, draw := range map[string]func(...Option) *Scene{
		"PatchAttention": func(o ...Option) *Scene { return PatchAttention(digitRun(), o...) },
		"GANSamples":     func(o ...Option) *Scene { return GANSamples(sheet, o...) },
		"Diffusion":      func(o ...Option) *Scene { return Diffusion(lineRun(3, 1), o...) },
	} {
		shared := append(make([]Option, 0, 4), Bits(8))
		mine := append(shared, Trail(3))
		if err := draw(shared...).Err(); err != nil {
			t.Fatal(err)
		}
		if o := optionsOf(mine); o.trail != 3 || o.field != "" || o.fields != nil {
			t.Errorf("%s has overwritten an option: %+v", name, o)
		}
	}
}

// Planes whose classes have other names both say them.
func TestOneLegendOfEachSetOfClasses(t *testing.T) {
	a, b := waysRun(5, "north", "east", "south", "west"), waysRun(5, "cats", "dogs", "mice", "birds")
	var told []string
	for _, p := range documentOf(t, Row(Trajectories(a), Trajectories(b), Trajectories(a))).Panels {
		told = append(told, p.Spec.(*planeSpec).Told)
	}
	if want := []string{"", toldAll, "", toldAll, toldAll, toldAll}; !slices.Equal(told, want) {
		t.Errorf("%q, want %q", told, want)
	}
}
