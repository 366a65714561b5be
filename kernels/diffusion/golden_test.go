package diffusion

import (
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

// golden holds what diffusers 0.42.1's step formulas give in float64 (testdata/schedulers.json.gz says by which conventions).
type golden struct {
	T         int
	DDIMSteps int     `json:"ddim_steps"`
	Start     float64 `json:"beta_start"`
	End       float64 `json:"beta_end"`
	Schedules map[Betas]struct {
		Betas         []float64
		AlphasCumprod []float64 `json:"alphas_cumprod"`
		X             [][]float64
		Output        [][]float64 `json:"model_output"`
		DDPM          []goldenStep
		DDIM          []goldenStep
		Leading       []int `json:"ddim_timesteps_leading"`
		Trailing      []int `json:"ddim_timesteps_trailing"`
	}
}

type goldenStep struct {
	Variance, Spacing, Prediction string
	Eta                           float64
	T                             int
	PrevT                         int `json:"prev_t"`
	Noise, Prev, X0               [][]float64
}

func loadGolden(t *testing.T) golden {
	t.Helper()
	f, err := os.Open("testdata/schedulers.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.NewDecoder(z).Decode(&g); err != nil {
		t.Fatal(err)
	}
	if len(g.Schedules) != 4 {
		t.Fatalf("%d schedules, want 4", len(g.Schedules))
	}
	return g
}

// near says whether two numbers agree to 1e-9 of the larger.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b)) }

func TestGoldenSchedules(t *testing.T) {
	g := loadGolden(t)
	for name, want := range g.Schedules {
		t.Run(string(name), func(t *testing.T) {
			s := mustScheduler(t, Schedule{Betas: name, T: g.T, Start: g.Start, End: g.End})
			for i := range g.T {
				if !near(s.Beta(i), want.Betas[i]) || !near(s.AlphaBar(i), want.AlphasCumprod[i]) {
					t.Fatalf("t = %d: beta %v, alpha-bar %v, want %v, %v", i, s.Beta(i), s.AlphaBar(i), want.Betas[i], want.AlphasCumprod[i])
				}
			}
			for _, c := range []struct {
				p    Spacing
				want []int
			}{{Leading(), want.Leading}, {Trailing(), want.Trailing}} {
				if got, err := s.Timesteps(g.DDIMSteps, c.p); err != nil || !slices.Equal(got, c.want) {
					t.Errorf("%v: %v, %v, want %v", c.p, got, err, c.want)
				}
			}
		})
	}
}

func TestGoldenSteps(t *testing.T) {
	g := loadGolden(t)
	predictions := map[string]Prediction{"epsilon": Epsilon, "sample": X0, "v_prediction": Velocity}
	variances := map[string]string{"fixed_small": "small", "fixed_large": "large"}
	checked := 0
	for name, schedule := range g.Schedules {
		s := mustScheduler(t, Schedule{Betas: name, T: g.T, Start: g.Start, End: g.End})
		check := func(by Sampler, c goldenStep, to int) {
			m, err := s.Move(by, predictions[c.Prediction], c.T, max(-1, to))
			if err != nil {
				t.Fatal(err)
			}
			for i := range schedule.X {
				for j, x := range schedule.X[i] {
					out, z := schedule.Output[i][j], 0.0
					if c.Noise != nil {
						z = c.Noise[i][j]
					}
					prev := m.Next.X*x + m.Next.Out*out + m.Noise*z
					x0 := m.X0.X*x + m.X0.Out*out
					if !near(prev, c.Prev[i][j]) || !near(x0, c.X0[i][j]) {
						t.Errorf("%s %T %s t=%d to %d, eta %g: x %v, x0 %v, want %v, %v", name, by, c.Prediction, c.T, to, c.Eta, prev, x0, c.Prev[i][j], c.X0[i][j])
					}
				}
			}
			checked++
		}
		for _, c := range schedule.DDPM {
			check(DDPM{Variance: variances[c.Variance]}, c, c.T-1)
		}
		for _, c := range schedule.DDIM {
			check(DDIM{Eta: c.Eta}, c, c.PrevT)
		}
	}
	if checked != 4*48 {
		t.Errorf("%d cases, want %d", checked, 4*48)
	}
}

func mustScheduler(t testing.TB, cfg Schedule) *NoiseScheduler {
	t.Helper()
	s, err := NewNoiseScheduler(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
