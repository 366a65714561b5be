package embed

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// last returns the last step of a run, and all their iterations and phases.
func last(t *testing.T, c Config) (s Step, iterations []int, phases []string) {
	t.Helper()
	for step, err := range TSNE(t.Context(), c) {
		if err != nil {
			t.Fatal(err)
		}
		s = *step.(*Step)
		iterations, phases = append(iterations, s.Iteration), append(phases, s.Phase)
	}
	s.Points = slices.Clone(s.Points)
	return s, iterations, phases
}

func TestStepsAndPhases(t *testing.T) {
	x := clusters(60, 5, 3)
	const e, n = EarlyExaggeration, Embedding
	for _, c := range []struct {
		iterations, early, every int
		want                     []int
		phases                   []string
	}{
		{50, 25, 10, []int{0, 10, 20, 25, 30, 40, 50}, []string{e, e, e, e, n, n, n}},
		{7, 3, 5, []int{0, 3, 5, 7}, []string{e, e, n, n}},
		{4, 9, 100, []int{0, 4}, []string{e, e}},
		{3, -1, 1, []int{0, 1, 2, 3}, []string{n, n, n, n}},
	} {
		_, iterations, phases := last(t, Config{Points: x, Dims: 5, Perplexity: 5, Iterations: c.iterations, Early: c.early, Every: c.every})
		if !slices.Equal(iterations, c.want) || !slices.Equal(phases, c.phases) {
			t.Errorf("%d iterations, %d early, every %d: %v %v", c.iterations, c.early, c.every, iterations, phases)
		}
	}
}

// Clusters that are far apart come out apart: the nearest neighbour of each point is of its cluster, with exact repulsion and without, and
// the divergence ends lower than it began.
func TestClustersComeApart(t *testing.T) {
	const n, dims, centres = 300, 10, 3
	x := clusters(n, dims, centres)
	for _, theta := range []float64{0, 0.5} {
		c := Config{Points: x, Dims: dims, Theta: theta, Iterations: 400, Early: 150, Every: 400}
		s, _, _ := last(t, c)
		index, _, err := nearest(t.Context(), s.Points, 2, 1)
		if err != nil {
			t.Fatal(err)
		}
		for i, j := range index {
			if i%centres != int(j)%centres {
				t.Fatalf("theta %v: point %d of cluster %d is beside %d of cluster %d", theta, i, i%centres, j, int(j)%centres)
			}
		}
		for first := range TSNE(t.Context(), c) {
			if kl := first.(*Step).KL; !(s.KL < kl/2) {
				t.Errorf("theta %v: KL was %v and is %v", theta, kl, s.KL)
			}
			break
		}
	}
}

// The same bytes on one processor and on two, with exact repulsion and without; another seed gives others.
func TestDeterminism(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	x := clusters(500, 8, 4)
	before := slices.Clone(x)
	for _, theta := range []float64{-1, 0.5} {
		c := Config{Points: x, Dims: 8, Perplexity: 10, Iterations: 60, Early: 30, Theta: theta}
		runtime.GOMAXPROCS(1)
		a, _, _ := last(t, c)
		runtime.GOMAXPROCS(2)
		b, _, _ := last(t, c)
		if !slices.Equal(a.Points, b.Points) || a.KL != b.KL {
			t.Errorf("theta %v: the points depend on GOMAXPROCS", theta)
		}
		c.Seed = 1
		if b, _, _ = last(t, c); slices.Equal(a.Points, b.Points) {
			t.Errorf("theta %v: the seed changes nothing", theta)
		}
	}
	if !slices.Equal(x, before) {
		t.Error("the points were changed")
	}
}

// Whatever unit the points are in, powers of two change no bit, and the extremes of float32 do no harm.
func TestUnits(t *testing.T) {
	x := clusters(100, 3, 3)
	c := Config{Points: x, Dims: 3, Perplexity: 5, Iterations: 20, Early: 10}
	want, _, _ := last(t, c)
	for _, scale := range []float32{0x1p-100, 0x1p100} {
		c.Points = slices.Clone(x)
		for i := range c.Points {
			c.Points[i] *= scale
		}
		if got, _, _ := last(t, c); !slices.Equal(got.Points, want.Points) {
			t.Errorf("points times %v come elsewhere", scale)
		}
	}
}

func TestOddPoints(t *testing.T) {
	line := make([]float32, 50)
	for i := range line {
		line[i] = float32(i)
	}
	outlier := clusters(80, 2, 2)
	outlier[7] = 3e38
	duplicates := clusters(80, 4, 4)
	copy(duplicates[4*40:], duplicates[:4*40])
	for name, c := range map[string]Config{
		"one dimension":  {Points: line, Dims: 1},
		"equal points":   {Points: make([]float32, 120), Dims: 2},
		"each twice":     {Points: duplicates, Dims: 4},
		"an outlier":     {Points: outlier, Dims: 2},
		"four points":    {Points: []float32{0, 1, 5, 9}, Dims: 1, Perplexity: 1},
		"all neighbours": {Points: duplicates, Dims: 4, Neighbours: -1, Perplexity: 40},
		"many dims":      {Points: normals(40*500, 5), Dims: 500},
	} {
		if c.Perplexity == 0 {
			c.Perplexity = 5
		}
		c.Iterations, c.Early = 300, 100
		for _, c.Theta = range []float64{-1, 0.5} {
			s, _, _ := last(t, c)
			spread := float32(0)
			for i, v := range s.Points {
				if v-v != 0 {
					t.Fatalf("%s: point %d is at %v", name, i/2, v)
				}
				spread = max(spread, v)
			}
			if spread < 1e-3 || math.IsNaN(s.KL) || math.IsInf(s.KL, 0) {
				t.Errorf("%s, theta %v: the points spread %v, KL %v", name, c.Theta, spread, s.KL)
			}
		}
	}
}

func TestTSNERefuses(t *testing.T) {
	nan := float32(math.NaN())
	ok := clusters(100, 2, 2)
	broken := slices.Clone(ok)
	broken[9] = nan
	for _, c := range []struct {
		name string
		c    Config
		want error
		says string
	}{
		{"no points", Config{Dims: 2}, ErrShape, "no points"},
		{"no dimensions", Config{Points: ok}, ErrShape, "0 dimensions"},
		{"few colours", Config{Points: ok, Dims: 2, Colour: ok[:99]}, ErrShape, "99 colours for 100 points"},
		{"colour NaN", Config{Points: ok, Dims: 2, Colour: broken[:100]}, ErrNotFinite, "Colour: point 9"},
		{"half a point", Config{Points: ok, Dims: 3}, ErrShape, "200 numbers"},
		{"one point", Config{Points: ok[:2], Dims: 2}, ErrTooFew, "1 of them"},
		{"few points", Config{Points: ok[:100], Dims: 2}, ErrTooFew, "perplexity of 16.3 or less, or at least 91"},
		{"NaN", Config{Points: broken, Dims: 2}, ErrNotFinite, "point 4 has NaN in dimension 1"},
		{"perplexity below 1", Config{Points: ok, Dims: 2, Perplexity: 0.5}, ErrConfig, "1 to 33"},
		{"perplexity NaN", Config{Points: ok, Dims: 2, Perplexity: math.NaN()}, ErrConfig, "NaN"},
		{"perplexity infinite", Config{Points: ok, Dims: 2, Perplexity: math.Inf(1)}, ErrConfig, "+Inf: give 1 to 33"},
		{"perplexity of all", Config{Points: ok, Dims: 2, Neighbours: -1, Perplexity: 100}, ErrTooFew, "99 or less, or at least 101"},
		{"few neighbours", Config{Points: ok, Dims: 2, Neighbours: 10}, ErrConfig, "30 to 99"},
		{"many neighbours", Config{Points: ok, Dims: 2, Neighbours: 100}, ErrConfig, "100 neighbours"},
		{"iterations", Config{Points: ok, Dims: 2, Iterations: -1}, ErrConfig, "-1 iterations"},
		{"every", Config{Points: ok, Dims: 2, Every: -1}, ErrConfig, "each -1"},
		{"early", Config{Points: ok, Dims: 2, Early: -2}, ErrConfig, "-2 early"},
		{"exaggeration", Config{Points: ok, Dims: 2, Exaggeration: 0.5}, ErrConfig, "exaggeration 0.5"},
		{"theta", Config{Points: ok, Dims: 2, Theta: 0.8}, ErrConfig, "theta 0.8"},
		{"rate", Config{Points: ok, Dims: 2, Rate: math.Inf(1)}, ErrConfig, "rate +Inf"},
		{"many points", Config{Points: make([]float32, maxPoints+1), Dims: 1}, ErrTooLarge, "100001 points"},
		{"many pairs", Config{Points: make([]float32, 50_000), Dims: 1, Perplexity: 1000}, ErrTooLarge, "perplexity of 111"},
		{"many of both", Config{Points: make([]float32, 5000*5000), Dims: 5000}, ErrTooLarge, "4096"},
	} {
		steps := 0
		for s, err := range TSNE(t.Context(), c.c) {
			steps++
			if s != nil || !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if steps != 1 {
			t.Errorf("%s: %d steps", c.name, steps)
		}
	}
}

// A rate that throws the points apart ends the run with an error, and not in NaN.
func TestDiverged(t *testing.T) {
	for _, theta := range []float64{-1, 0.5} {
		var end error
		for s, err := range TSNE(t.Context(), Config{Points: clusters(300, 4, 3), Dims: 4, Rate: 1e9, Exaggeration: 1e6, Every: 1, Theta: theta}) {
			if end = err; err != nil {
				continue
			}
			for i, v := range s.(*Step).Points {
				if v-v != 0 {
					t.Fatalf("point %d is at %v", i/2, v)
				}
			}
		}
		if !errors.Is(end, ErrConfig) || !strings.Contains(end.Error(), "Rate below 1e+09") {
			t.Errorf("theta %v: %v", theta, end)
		}
	}
}

func TestCancelled(t *testing.T) {
	x := clusters(300, 4, 3)
	for _, at := range []int{0, 3} { // before the first step, after some
		ctx, cancel := context.WithCancel(t.Context())
		if at == 0 {
			cancel()
		}
		steps := 0
		var end error
		for s, err := range TSNE(ctx, Config{Points: x, Dims: 4, Every: 1}) {
			if end = err; err != nil {
				if s != nil {
					t.Error("a step and an error")
				}
				continue
			}
			if steps++; steps == at {
				cancel()
			}
		}
		if steps != at || !errors.Is(end, context.Canceled) {
			t.Errorf("cancelled after %d: %d steps, %v", at, steps, end)
		}
		cancel()
	}
	steps := 0
	for range TSNE(t.Context(), Config{Points: x, Dims: 4, Every: 1}) {
		if steps++; steps == 2 {
			break
		}
	}
	if steps != 2 {
		t.Errorf("%d steps", steps)
	}
}
