package diffusion

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// sampleExact goes from noise to data in float64 with the exact noise of a mixture.
func sampleExact(t *testing.T, s *NoiseScheduler, m Mixture, by Sampler, x []float64, seed uint64) {
	t.Helper()
	times, err := s.Times(by)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, 7))
	for i, at := range times {
		to := -1
		if i+1 < len(times) {
			to = times[i+1]
		}
		move, err := s.Move(by, Epsilon, at, to)
		if err != nil {
			t.Fatal(err)
		}
		for j, v := range x {
			x[j] = move.Next.X*v + move.Next.Out*m.Epsilon(v, s.AlphaBar(at))
			if move.Noise != 0 {
				x[j] += move.Noise * r.NormFloat64()
			}
		}
	}
}

// within returns the standard deviation about the nearer of two modes, which are taken to be at their samples' means, and these means' distance to 0.
func within(x []float64) (deviation, mode float64) {
	sum, squares := 0.0, 0.0
	for _, v := range x {
		sum += math.Abs(v)
		squares += v * v
	}
	n := float64(len(x))
	return math.Sqrt(max(0, squares/n-sum/n*sum/n)), sum / n
}

// The oracle is the mixture itself: modes at ±2 of spread 0.2. The two mistakes must show what makes them mistakes.
func TestExactNoise(t *testing.T) {
	s, m := mustScheduler(t, Schedule{}), Mixture{Means: []float64{-2, 2}, Spread: 0.2}
	for _, c := range []struct {
		name   string
		by     Sampler
		lo, hi float64
	}{
		{"DDPM small", DDPM{}, 0.194, 0.206},
		{"DDPM large", DDPM{Variance: "large"}, 0.194, 0.206},
		{"DDIM 1000", DDIM{}, 0.194, 0.206},
		{"DDIM 1000, eta 1", DDIM{Eta: 1}, 0.194, 0.206},
		{"DDIM 250", DDIM{Steps: 250}, 0.194, 0.206},
		{"Euler 1000", Euler{}, 0.194, 0.206},
		{"returns x0", ReturnsX0{}, 0, 0.02},
		{"noises again", Renoises{}, 0.13, 0.15}, // 0.2/sqrt(2) in infinitely many steps
	} {
		t.Run(c.name, func(t *testing.T) {
			n := 10_000
			if testing.Short() {
				n = 4_000
			}
			r := rand.New(rand.NewPCG(3, 3))
			x := make([]float64, n)
			for i := range x {
				x[i] = r.NormFloat64()
			}
			sampleExact(t, s, m, c.by, x, 1)
			deviation, mode := within(x)
			t.Logf("deviation %.4f, modes at ±%.3f", deviation, mode)
			if deviation < c.lo || deviation > c.hi {
				t.Errorf("deviation %.4f, want %.3f to %.3f", deviation, c.lo, c.hi)
			}
			if math.Abs(mode-2) > 0.07 {
				t.Errorf("modes at ±%.3f, want ±2", mode)
			}
		})
	}
}

// Of one mode the ODE has the solution x_T s/S_T, S_T being the noisy deviation: Euler's error falls with the step, DDIM's is smaller.
func TestEulerConverges(t *testing.T) {
	s, m := mustScheduler(t, Schedule{}), Mixture{Means: []float64{0}, Spread: 0.5}
	run := func(by Sampler) float64 {
		x := []float64{1.5}
		sampleExact(t, s, m, by, x, 1)
		return math.Abs(x[0] - 1.5*0.5/m.at(s.AlphaBar(999)))
	}
	e50, e200, e1000 := run(Euler{Steps: 50}), run(Euler{Steps: 200}), run(Euler{Steps: 1000})
	t.Logf("errors of 50, 200 and 1000 steps: %.5f, %.5f, %.5f; DDIM 50: %.5f", e50, e200, e1000, run(DDIM{Steps: 50}))
	if !(e200 < e50/2 && e1000 < e200/2) {
		t.Errorf("errors %v, %v, %v do not fall", e50, e200, e1000)
	}
}

// The closed form of the noise against what a derivative of the log density says.
func TestMixtureEpsilon(t *testing.T) {
	m := Mixture{Means: []float64{-2, 0.5, 2}, Spread: 0.2}
	for _, abar := range []float64{0.001, 0.3, 0.9, 0.9999} {
		for x := -3.0; x <= 3; x += 0.173 {
			const h = 1e-5
			score := (math.Log(m.Density(x+h, abar)) - math.Log(m.Density(x-h, abar))) / (2 * h)
			if got, want := m.Epsilon(x, abar), -math.Sqrt(1-abar)*score; math.Abs(got-want) > 1e-5*(1+math.Abs(want)) {
				t.Errorf("x %v, alpha-bar %v: noise %v, want %v", x, abar, got, want)
			}
		}
	}
	sum := 0.0
	for x := -5.0; x < 5; x += 0.001 {
		sum += 0.001 * m.Density(x, 1)
	}
	if math.Abs(sum-1) > 1e-6 {
		t.Errorf("the density sums to %v", sum)
	}
	if e := m.Epsilon(1e6, 0.5); math.IsNaN(e) || math.IsInf(e, 0) {
		t.Errorf("far away the noise is %v", e)
	}
}

// With alpha-bar and x_0 known, all three predictions say the same of x_t.
func TestPredictionsAgree(t *testing.T) {
	s := mustScheduler(t, Schedule{Betas: SquaredCosine})
	for _, at := range []int{0, 10, 500, 900} {
		a := s.AlphaBar(at)
		x0, eps := 0.7, -1.3
		x := math.Sqrt(a)*x0 + math.Sqrt(1-a)*eps
		for p, out := range map[Prediction]float64{Epsilon: eps, X0: x0, Velocity: math.Sqrt(a)*eps - math.Sqrt(1-a)*x0} {
			m, err := s.Reading(p, at)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct {
				pair Pair
				want float64
			}{{m.X0, x0}, {m.Epsilon, eps}, {m.Score, -eps / math.Sqrt(1-a)}} {
				if got := c.pair.X*x + c.pair.Out*out; math.Abs(got-c.want) > 1e-9*(1+math.Abs(c.want)) {
					t.Errorf("t = %d, %s: %v, want %v", at, p, got, c.want)
				}
			}
		}
	}
}

// Song et al. 2021a, equations 12 and 16, as they stand there: eta above 1 is DDIM as long as the root of 1-abar_s-sigma² is a number, and an error that says so beyond.
func TestEtaAboveOne(t *testing.T) {
	s := mustScheduler(t, Schedule{})
	for _, c := range []struct{ t, to int }{{999, 979}, {500, 499}, {39, 19}, {1, 0}} {
		a, as := s.AlphaBar(c.t), s.AlphaBar(c.to)
		most := math.Sqrt(1-as) / (math.Sqrt((1-as)/(1-a)) * math.Sqrt(1-a/as)) // the eta whose sigma² is 1-abar_s
		for _, eta := range []float64{1, (1 + most) / 2, most * (1 - 1e-9)} {
			m, err := s.Move(DDIM{Eta: eta}, Epsilon, c.t, c.to)
			if err != nil {
				t.Fatal(err)
			}
			const x, eps = 0.7, -1.3
			sigma := eta * math.Sqrt((1-as)/(1-a)) * math.Sqrt(1-a/as)
			want := math.Sqrt(as)*(x-math.Sqrt(1-a)*eps)/math.Sqrt(a) + math.Sqrt(1-as-sigma*sigma)*eps
			if got := m.Next.X*x + m.Next.Out*eps; !near(m.Noise, sigma) || math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
				t.Errorf("t = %d, eta %v: mean %v, noise %v, want %v, %v", c.t, eta, got, m.Noise, want, sigma)
			}
		}
		if _, err := s.Move(DDIM{Eta: most * (1 + 1e-9)}, Epsilon, c.t, c.to); err == nil || !strings.Contains(err.Error(), "give at most") {
			t.Errorf("t = %d: eta %v has the error %v", c.t, most*(1+1e-9), err)
		}
	}
	// Of 50 steps that from 39 to 19 has the least room, and its error names what fits them all. The last step adds no noise and takes any.
	_, err := s.Times(DDIM{Steps: 50, Eta: 2})
	if err == nil || !strings.HasSuffix(err.Error(), "from t = 39 to 19 would add more noise than there is at 19: give at most 1.19") {
		t.Errorf("error %v", err)
	}
	if ts, err := s.Times(DDIM{Steps: 50, Eta: 1.19}); err != nil || len(ts) != 50 {
		t.Errorf("eta 1.19 has the error %v", err)
	}
	run := bimodal().Sample(DDIM{Steps: 50, Eta: 1.19}, Options{Samples: 100})
	if late := bimodal().Sample(DDIM{Steps: 50, Eta: 1.2}, Options{Samples: 100}); run.Err() != nil || late.Err() == nil || late.Len() != 0 {
		t.Errorf("errors %v, %v after %d frames", run.Err(), late.Err(), late.Len())
	}
	if m, err := s.Move(DDIM{Eta: 1e300}, Epsilon, 19, -1); err != nil || m.Noise != 0 || math.IsNaN(m.Next.Out) {
		t.Errorf("the last step: %+v, %v", m, err)
	}
}

func TestBadSteps(t *testing.T) {
	s := mustScheduler(t, Schedule{})
	one := func(_ any, err error) error { return err }
	for _, c := range []struct {
		err  error
		want string
	}{
		{one(s.Move(nil, Epsilon, 5, 4)), "nil"},
		{one(s.Move(DDPM{}, Epsilon, 5, 5)), "from t = 5 to 5"},
		{one(s.Move(DDPM{}, Epsilon, 5, -2)), "to -2"},
		{one(s.Move(DDPM{}, Epsilon, 1000, 4)), "1000"},
		{one(s.Move(DDPM{}, "noise", 5, 4)), `"noise"`},
		{one(s.Move(DDPM{Variance: "learned"}, Epsilon, 5, 4)), `"learned"`},
		{one(s.Move(DDIM{Eta: -1}, Epsilon, 5, 4)), "-1"},
		{one(s.Move((*DDIM)(nil), Epsilon, 5, 4)), "nil"},
		{one(s.Times((*Euler)(nil))), "nil"},
		{one(s.Times(DDIM{Eta: math.Inf(1)})), "+Inf"},
		{one(s.Times(nil)), "nil"},
		{one(s.Times(DDIM{Eta: math.NaN()})), "NaN"},
		{one(s.Times(DDPM{Steps: 1001})), "1001"},
		{one(s.Times(DDPM{Steps: -1})), "-1"},
		{one(s.Times(DDIM{Times: []int{}})), "empty"},
		{one(s.Times(DDIM{Times: []int{5, 7}})), "7 after 5"},
		{one(s.Times(Euler{Times: []int{1000}})), "1000"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) || !strings.HasPrefix(c.err.Error(), "diffusion: ") {
			t.Errorf("error %v, want one with %s", c.err, c.want)
		}
	}
}
