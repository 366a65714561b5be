package diffusion

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestScheduleProperties(t *testing.T) {
	for _, name := range []Betas{Linear, ScaledLinear, SquaredCosine, Sigmoid} {
		s := mustScheduler(t, Schedule{Betas: name})
		for i := range s.T() {
			if a, b := s.AlphaBar(i-1), s.AlphaBar(i); !(b < a) || !near(b, a*(1-s.Beta(i))) {
				t.Fatalf("%s: alpha-bar %v after %v with beta %v", name, b, a, s.Beta(i))
			}
		}
		if s.SNR(-1) != math.Inf(1) || s.Tau(-1) != 1 || s.Tau(0) != 1 || s.Tau(999) != 0 {
			t.Errorf("%s: SNR %v at the data; tau %v, %v, %v", name, s.SNR(-1), s.Tau(-1), s.Tau(0), s.Tau(999))
		}
		for _, at := range []int{-2, 1000} {
			if !math.IsNaN(s.AlphaBar(at)) || !math.IsNaN(s.Tau(float64(at))) {
				t.Errorf("%s: alpha-bar %v, tau %v at t = %d, want NaN", name, s.AlphaBar(at), s.Tau(float64(at)), at)
			}
		}
		for _, tau := range []float64{0, 0.25, 1} {
			if at, err := s.Time(tau); err != nil || !near(s.Tau(at), tau) {
				t.Errorf("%s: tau %v is t %v, %v, which is tau %v", name, tau, at, err, s.Tau(at))
			}
		}
	}
	if n := mustScheduler(t, Schedule{T: MaxT, Start: 1e-6, End: 2e-4}).T(); n != MaxT {
		t.Errorf("T = %d, want %d", n, MaxT)
	}
}

// The arcsine distribution's quantiles are the cosine spacing, a uniform one's the even spacing: closed forms.
func TestSpacings(t *testing.T) {
	for _, n := range []int{2, 3, 50, 1000} {
		for _, c := range []struct {
			p    Spacing
			want func(u float64) float64
		}{
			{Even(), func(u float64) float64 { return u }},
			{Cosine(), func(u float64) float64 { return (1 - math.Cos(math.Pi*u)) / 2 }},
			{Beta(1, 1), func(u float64) float64 { return u }},
			{Beta(0.5, 0.5), func(u float64) float64 { return (1 - math.Cos(math.Pi*u)) / 2 }},
			{Beta(2, 1), math.Sqrt}, // I(x; 2, 1) = x²
			{Beta(1, 3), func(u float64) float64 { return 1 - math.Cbrt(1-u) }},
		} {
			taus, err := c.p.Taus(n)
			if err != nil {
				t.Fatal(err)
			}
			for i, tau := range taus {
				if want := c.want(float64(i) / float64(n-1)); math.Abs(tau-want) > 1e-12 {
					t.Errorf("%v, %d of %d: %v, want %v", c.p, i, n, tau, want)
				}
			}
			if taus[0] != 0 || taus[n-1] != 1 {
				t.Errorf("%v of %d goes from %v to %v", c.p, n, taus[0], taus[n-1])
			}
		}
	}
}

func TestTimesteps(t *testing.T) {
	s := mustScheduler(t, Schedule{})
	for _, p := range []Spacing{{}, Trailing(), Leading(), Even(), Cosine(), Beta(3, 2)} {
		for _, n := range []int{1, 2, 7, 50, 333, 1000} {
			if n == 1 && p.Kind != "" && p.Kind != "trailing" && p.Kind != "leading" {
				continue
			}
			ts, err := s.Timesteps(n, p)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.IsSortedFunc(ts, func(a, b int) int { return b - a }) || len(slices.Compact(slices.Clone(ts))) != len(ts) {
				t.Errorf("%v of %d does not fall: %v", p, n, ts)
			}
			if ts[len(ts)-1] < 0 || ts[0] > 999 || len(ts) > n || p.Kind != "leading" && ts[0] != 999 {
				t.Errorf("%v of %d: %d steps from %d to %d", p, n, len(ts), ts[0], ts[len(ts)-1])
			}
		}
	}
}

func TestInterpolation(t *testing.T) {
	s := mustScheduler(t, Schedule{Betas: SquaredCosine})
	for _, how := range []Interpolation{{}, LinearInterpolation, CubicInterpolation, BetaInterpolation} {
		p, err := s.Interpolate(how, nil)
		if err != nil {
			t.Fatal(err)
		}
		last := math.Inf(1)
		for at := 0.0; at <= 999; at += 0.37 {
			l, err := p.LogSNR(at)
			if err != nil {
				t.Fatal(err)
			}
			if l > last+1e-12 || l > s.LogSNR(int(at))+1e-9 {
				t.Fatalf("%s at %v: %v after %v: it is not monotone", how.Kind, at, l, last)
			}
			last = l
			if a, err := p.AlphaBar(at); err != nil || !near(a/(1-a), math.Exp(l)) {
				t.Fatalf("%s at %v: alpha-bar %v, %v for log-SNR %v", how.Kind, at, a, err, l)
			}
		}
		for _, at := range []int{0, 1, 500, 999} { // the known ones come back
			if l, _ := p.LogSNR(float64(at)); !near(l, s.LogSNR(at)) {
				t.Errorf("%s at %d: %v, want %v", how.Kind, at, l, s.LogSNR(at))
			}
		}
	}
	line, _ := s.Interpolate(LinearInterpolation, []int{0, 400, 999})
	same, _ := s.Interpolate(Interpolation{Kind: "beta", A: 1, B: 1}, []int{0, 400, 999})
	for at := 0.0; at <= 999; at += 7.3 {
		a, _ := line.LogSNR(at)
		if b, _ := same.LogSNR(at); !near(a, b) {
			t.Errorf("at %v Beta(1, 1) gives %v, the line %v", at, b, a)
		}
	}
}

// Of a smooth curve the spline knows more than the line, and the line more than what stops at each known point.
func TestCompareInterpolations(t *testing.T) {
	for _, name := range []Betas{Linear, ScaledLinear, Sigmoid} {
		all, err := mustScheduler(t, Schedule{Betas: name}).CompareInterpolations(21)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: RMS linear %.4f, cubic %.4f, beta %.4f", name, all[0].RMS, all[1].RMS, all[2].RMS)
		if !(all[1].RMS < all[0].RMS && all[0].RMS < all[2].RMS) || all[0].Max < all[0].RMS {
			t.Errorf("%s: errors %v, %v, %v", name, all[0].RMS, all[1].RMS, all[2].RMS)
		}
	}
	all, err := mustScheduler(t, Schedule{T: 30}).CompareInterpolations(30)
	if err != nil || all[0].Max > 1e-12 || all[1].Max > 1e-12 || all[2].Max > 1e-12 {
		t.Errorf("with all indices known: %v, %v", all, err)
	}
}

func TestBadSchedules(t *testing.T) {
	s := mustScheduler(t, Schedule{})
	nan := math.NaN()
	one := func(_ any, err error) error { return err }
	p, _ := s.Interpolate(CubicInterpolation, nil)
	for _, c := range []struct {
		err  error
		want string
	}{
		{one(NewNoiseScheduler(Schedule{T: 1})), "T is 1"},
		{one(NewNoiseScheduler(Schedule{T: MaxT + 1})), "100001"},
		{one(NewNoiseScheduler(Schedule{T: -5})), "-5"},
		{one(NewNoiseScheduler(Schedule{Betas: "cubic"})), `"cubic"`},
		{one(NewNoiseScheduler(Schedule{Start: -0.1})), "-0.1"},
		{one(NewNoiseScheduler(Schedule{End: 1})), "End is 1"},
		{one(NewNoiseScheduler(Schedule{End: nan})), "NaN"},
		{one(NewNoiseScheduler(Schedule{End: 0.5})), "nothing of the data"},
		{one(NewNoiseScheduler(Schedule{Start: 1e-17})), "Start is 1e-17"},
		{one(s.Timesteps(0, Trailing())), "0 steps"},
		{one(s.Timesteps(1001, Trailing())), "T = 1000"},
		{one(s.Timesteps(1, Cosine())), "1 points"},
		{one(s.Timesteps(5, Spacing{Kind: "odd"})), `"odd"`},
		{one(Even().Taus(1)), "1 points"},
		{one(Even().Taus(MaxT + 1)), "100001"},
		{one(Leading().Taus(5)), "leading"},
		{one(Beta(0, 1).Taus(5)), "beta(0, 1)"},
		{one(Beta(1, nan).Taus(5)), "NaN"},
		{one(s.Time(1.5)), "1.5"},
		{one(s.Time(nan)), "NaN"},
		{one(p.LogSNR(-0.5)), "-0.5"},
		{one(p.LogSNR(999.5)), "999.5"},
		{one(p.AlphaBar(nan)), "NaN"},
		{one(s.Interpolate(CubicInterpolation, []int{0, 5})), "999"},
		{one(s.Interpolate(CubicInterpolation, []int{0, 5, 5, 999})), "5 comes after 5"},
		{one(s.Interpolate(Interpolation{Kind: "nearest"}, nil)), `"nearest"`},
		{one(s.Interpolate(Interpolation{Kind: "beta", A: -1}, nil)), "-1"},
		{one(s.CompareInterpolations(1)), "1 known"},
		{one(s.CompareInterpolations(1001)), "1001"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) || !strings.HasPrefix(c.err.Error(), "diffusion: ") {
			t.Errorf("error %v, want one with %s", c.err, c.want)
		}
	}
}

func BenchmarkInterpolate(b *testing.B) {
	s := mustScheduler(b, Schedule{})
	for _, how := range []Interpolation{LinearInterpolation, CubicInterpolation, BetaInterpolation} {
		p, err := s.Interpolate(how, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(how.Kind, func(b *testing.B) {
			at := 0.0
			for b.Loop() {
				if at += 0.77; at > 999 {
					at = 0
				}
				p.predict(at)
			}
		})
	}
}
