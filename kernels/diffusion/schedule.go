package diffusion

import (
	"fmt"
	"math"
)

// Betas says how the noise of a step grows with the training index.
type Betas string

// The schedules of beta, for i = 0 ... T-1 and u = i/(T-1).
const (
	Linear        Betas = "linear"            // Start + u (End - Start) (Ho et al. 2020)
	ScaledLinear  Betas = "scaled_linear"     // the square of what goes evenly from sqrt(Start) to sqrt(End) (Rombach et al. 2022)
	SquaredCosine Betas = "squaredcos_cap_v2" // 1 - f((i+1)/T)/f(i/T), no more than 0.999, f(x) = cos²((x+0.008)/1.008 π/2) (Nichol and Dhariwal 2021, equation 17)
	Sigmoid       Betas = "sigmoid"           // Start + (End - Start) sigmoid(12 u - 6)
)

// MaxT is the most training indices a schedule may have.
const MaxT = 100_000

// Schedule says how much noise there is at each training index. The zero value is that of Ho et al. 2020.
type Schedule struct {
	Betas Betas   // "" means Linear
	T     int     // how many training indices there are, from 2 to MaxT; 0 means 1000
	Start float64 // the first beta, and
	End   float64 // the last, in (0,1); 0 means 1e-4 and 0.02. SquaredCosine has neither
}

func (c Schedule) withDefaults() Schedule {
	if c.Betas == "" {
		c.Betas = Linear
	}
	if c.T == 0 {
		c.T = 1000
	}
	if c.Start == 0 {
		c.Start = 1e-4
	}
	if c.End == 0 {
		c.End = 0.02
	}
	return c
}

// NoiseScheduler knows how much noise there is at each training index t, from 0 (hardly any) to T-1 (nothing else), and where that is in
// progress tau. It is made by [NewNoiseScheduler] and does not change.
type NoiseScheduler struct {
	cfg  Schedule
	beta []float64
	abar []float64
}

// NewNoiseScheduler computes the table of a schedule. An unknown name, T outside [2, MaxT], and a Start or an End outside (0,1) are errors.
func NewNoiseScheduler(cfg Schedule) (*NoiseScheduler, error) {
	cfg = cfg.withDefaults()
	if cfg.T < 2 || cfg.T > MaxT {
		return nil, fmt.Errorf("diffusion: Schedule.T is %d: give a number from 2 to %d, or 0 for 1000", cfg.T, MaxT)
	}
	for _, v := range []struct {
		name string
		beta float64
	}{{"Start", cfg.Start}, {"End", cfg.End}} {
		if !(v.beta > 0 && v.beta < 1) {
			return nil, fmt.Errorf("diffusion: Schedule.%s is %g: a beta lies between 0 and 1", v.name, v.beta)
		}
	}
	s := &NoiseScheduler{cfg: cfg, beta: make([]float64, cfg.T), abar: make([]float64, cfg.T)}
	product := 1.0
	for i := range s.beta {
		b, err := cfg.at(i)
		if err != nil {
			return nil, err
		}
		product *= 1 - b
		s.beta[i], s.abar[i] = b, product
	}
	if s.abar[0] == 1 {
		return nil, fmt.Errorf("diffusion: Schedule.Start is %g: at t = 0 there is no noise to be told from the data, give more than 1e-16", cfg.Start)
	}
	if product < smallest {
		return nil, fmt.Errorf("diffusion: Schedule: alpha-bar falls to %.3g at t = %d, where nothing of the data is left: give a smaller End or T", product, cfg.T-1)
	}
	return s, nil
}

// smallest is the least alpha-bar: what is divided by its root stays a number in float32.
const smallest = 1e-30

// at returns beta_i.
func (c Schedule) at(i int) (float64, error) {
	u := float64(i) / float64(c.T-1)
	switch c.Betas {
	case Linear:
		return c.Start + u*(c.End-c.Start), nil
	case ScaledLinear:
		root := math.Sqrt(c.Start) + u*(math.Sqrt(c.End)-math.Sqrt(c.Start))
		return root * root, nil
	case SquaredCosine:
		f := func(x float64) float64 { c := math.Cos((x + 0.008) / 1.008 * math.Pi / 2); return c * c }
		return min(0.999, 1-f(float64(i+1)/float64(c.T))/f(float64(i)/float64(c.T))), nil
	case Sigmoid:
		return c.Start + (c.End-c.Start)/(1+math.Exp(6-12*u)), nil
	}
	return 0, fmt.Errorf("diffusion: Schedule.Betas is %q: give %q, %q, %q or %q", c.Betas, Linear, ScaledLinear, SquaredCosine, Sigmoid)
}

// Schedule returns what the table was computed from, with its defaults filled in.
func (s *NoiseScheduler) Schedule() Schedule { return s.cfg }

// T returns how many training indices there are.
func (s *NoiseScheduler) T() int { return s.cfg.T }

// Beta returns the variance of the noise that step t adds, NaN outside [0, T-1].
func (s *NoiseScheduler) Beta(t int) float64 {
	if t < 0 || t >= s.cfg.T {
		return math.NaN()
	}
	return s.beta[t]
}

// AlphaBar returns the share of x_t's variance that is the data's, the product of 1-beta up to t. It is 1 at t = -1, the data
// themselves, and NaN outside [-1, T-1].
func (s *NoiseScheduler) AlphaBar(t int) float64 {
	switch {
	case t == -1:
		return 1
	case t < 0 || t >= s.cfg.T:
		return math.NaN()
	}
	return s.abar[t]
}

// SNR returns the signal-to-noise ratio abar/(1-abar): +Inf at t = -1, NaN outside [-1, T-1].
func (s *NoiseScheduler) SNR(t int) float64 {
	a := s.AlphaBar(t)
	return a / (1 - a)
}

// LogSNR returns the natural logarithm of the signal-to-noise ratio.
func (s *NoiseScheduler) LogSNR(t int) float64 { return math.Log(s.SNR(t)) }

// Tau returns progress: 0 at t = T-1, 1 at t = 0 and at t = -1. It is NaN outside [-1, T-1].
func (s *NoiseScheduler) Tau(t float64) float64 {
	last := float64(s.cfg.T - 1)
	if !(t >= -1 && t <= last) {
		return math.NaN()
	}
	return min(1, (last-t)/last)
}

// Time returns the training index, not rounded, at progress tau. A tau outside [0,1] is an error.
func (s *NoiseScheduler) Time(tau float64) (float64, error) {
	if !(tau >= 0 && tau <= 1) {
		return 0, fmt.Errorf("diffusion: tau is %g: progress goes from 0, noise, to 1, data", tau)
	}
	return (1 - tau) * float64(s.cfg.T-1), nil
}

// checkT says whether t is a training index.
func (s *NoiseScheduler) checkT(what string, t float64) error {
	if !(t >= 0 && t <= float64(s.cfg.T-1)) {
		return fmt.Errorf("diffusion: %s is %g: the training index goes from 0, data, to %d, noise", what, t, s.cfg.T-1)
	}
	return nil
}
