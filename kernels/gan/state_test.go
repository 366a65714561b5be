package gan

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestStateOfReadings(t *testing.T) {
	unknown := math.NaN()
	for _, c := range []struct {
		name string
		r    Reading
		want State
	}{
		// the article's two rows, section 3.2: steps 100 and 500. The norm has fallen slowly, so its median over 50 frames has followed.
		{"article, step 100", Reading{Norm: 0.87, Cosine: 0.92, Median: 0.9, Null: 0.95}, Healthy},
		{"article, step 500", Reading{Norm: 0.03, Cosine: 0.41, Median: 0.05, Null: 0.93}, Chaotic},
		// it would be chaotic still had the norm fallen at once, and would not with a null as low as the cosine: minibatches agree no better
		{"article, step 500, fallen at once", Reading{Norm: 0.03, Cosine: 0.41, Median: 0.87, Null: 0.93}, Chaotic},
		{"article, step 500, noise alone", Reading{Norm: 0.03, Cosine: 0.41, Median: 0.05, Null: 0.45}, Healthy},
		{"article, step 500, fallen at once, noise alone", Reading{Norm: 0.03, Cosine: 0.41, Median: 0.87, Null: 0.45}, Vanishing},

		{"turns round", Reading{Norm: 1, Median: 1, Cosine: -0.8, Null: 0.9}, Oscillating},
		{"turns round behind noise", Reading{Norm: 1, Median: 1, Cosine: -0.3, Null: 0.3}, Oscillating},
		{"at a right angle", Reading{Norm: 1, Median: 1, Cosine: 0, Null: 0.9}, Chaotic},
		{"at 60 degrees", Reading{Norm: 1, Median: 1, Cosine: 0.45, Null: 0.9}, Healthy},
		{"noise says nothing", Reading{Norm: 1, Median: 1, Cosine: -0.1, Null: 0.1}, Healthy},
		{"null unknown", Reading{Norm: 1, Median: 1, Cosine: -0.9, Null: unknown}, Healthy},
		{"cosine unknown", Reading{Norm: 1, Median: 1, Cosine: unknown, Null: 0.9}, Healthy},

		{"ten times the median", Reading{Norm: 10, Median: 1, Cosine: unknown, Null: unknown}, Healthy},
		{"more", Reading{Norm: 10.1, Median: 1, Cosine: 0.9, Null: 0.9}, Exploding},
		{"more than ever", Reading{Norm: 10.1, Median: 1, Peak: 10, Cosine: 0.9, Null: 0.9}, Exploding},
		{"back to where it was", Reading{Norm: 10.1, Median: 1, Peak: 11, Cosine: 0.9, Null: 0.9}, Healthy},
		{"out of nothing", Reading{Norm: 10, Median: 0, Cosine: 0.9, Null: 0.9}, Healthy},
		{"not a number", Reading{Norm: math.NaN(), Median: 1}, Exploding},
		{"infinite", Reading{Norm: math.Inf(1), Median: 1}, Exploding},
		{"a tenth of the median", Reading{Norm: 0.1, Median: 1, Cosine: 0.9, Null: 0.9}, Healthy},
		{"less", Reading{Norm: 0.09, Median: 1, Cosine: 0.9, Null: 0.9}, Vanishing},
		{"a slow death, which the median follows", Reading{Norm: 0.009, Median: 0.01, Peak: 1, Cosine: 0.9, Null: 0.9}, Vanishing},
		{"what is left when learnt", Reading{Norm: 0.02, Median: 0.02, Peak: 1, Cosine: 0.9, Null: 0.9}, Healthy},
		{"nothing at all", Reading{Norm: 0, Median: 0, Cosine: unknown, Null: unknown}, Vanishing},
		{"median unknown", Reading{Norm: 1e-9, Median: unknown, Cosine: unknown, Null: unknown}, Healthy},

		{"two of eight modes", Reading{Norm: 1, Median: 1, Cosine: 0.9, Null: 0.9, Modes: 2, Of: 8}, Collapsed},
		{"three", Reading{Norm: 1, Median: 1, Cosine: 0.9, Null: 0.9, Modes: 3, Of: 8}, Healthy},
		{"two of eight, and the cause", Reading{Norm: 0, Median: 1, Cosine: unknown, Null: unknown, Modes: 2, Of: 8}, Vanishing},
		{"no modes to cover", Reading{Norm: 1, Median: 1, Cosine: 0.9, Null: 0.9}, Healthy},
	} {
		if got := c.r.State(); got != c.want {
			t.Errorf("%s: %v is %s, want %s", c.name, c.r, got, c.want)
		}
	}
}

func TestStateNames(t *testing.T) {
	want := []string{"healthy", "vanishing", "exploding", "oscillating", "chaotic", "collapsed"}
	if got := States(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q as doc.go has them", got, want)
	}
	for s := Healthy; s <= Collapsed; s++ {
		if s.String() != want[s] || s.Help() == "" {
			t.Errorf("state %d: %q, %q", s, s, s.Help())
		}
	}
	for _, s := range []State{-1, Collapsed + 1} {
		if s.String() != "unknown" || s.Help() != "" {
			t.Errorf("state %d: %q, %q", int(s), s, s.Help())
		}
	}
}

// TestNullCorrects the rule's ground: with noisy gradients of a known angle, cosine / null is the cosine of the angle. 20,000 parameters, so the
// error of a cosine is about 0.01.
func TestNullCorrects(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 0)).NormFloat64
	const n = 20000
	for _, angle := range []float64{0, 50, 70, 130} {
		cos, sin := math.Cos(angle*math.Pi/180), math.Sin(angle*math.Pi/180)
		a, b := make([]float64, n), make([]float64, n) // two orthogonal directions, of norm 1 a parameter
		for i := range a {
			a[i], b[i] = random(), random()
		}
		sample := func(along, across float64) []float64 { // noise of twice the gradient's size
			g := make([]float64, n)
			for i := range g {
				g[i] = along*a[i] + across*b[i] + 2*random()
			}
			return g
		}
		before, now := sample(1, 0), sample(cos, sin)
		null := cosineOf(sample(cos, sin), sample(cos, sin))
		if null > 0.25 || null < 0.15 {
			t.Fatalf("the null is %v, and should be 1/5", null)
		}
		if got := cosineOf(before, now) / null; math.Abs(got-cos) > 0.1 {
			t.Errorf("%v degrees: cosine %v over null %v is %v, want %v", angle, cosineOf(before, now), null, got, cos)
		}
	}
}

func cosineOf(a, b []float64) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab, aa, bb = ab+a[i]*b[i], aa+a[i]*a[i], bb+b[i]*b[i]
	}
	return ab / math.Sqrt(aa*bb)
}
