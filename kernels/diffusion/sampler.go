package diffusion

import (
	"fmt"
	"math"
	"reflect"
)

// Prediction is what a network's output means.
type Prediction string

// The predictions.
const (
	Epsilon  Prediction = "epsilon" // the noise in x_t
	X0       Prediction = "x0"      // the data in x_t
	Velocity Prediction = "v"       // sqrt(abar) eps - sqrt(1-abar) x_0 (Salimans and Ho 2022)
)

// Pair is the weights of x_t and of the network's output in what they give together.
type Pair struct{ X, Out float64 }

// Move is one step of a sampler from x_t to x_s. All of it is linear in x_t, in the network's output and in new noise z:
//
//	x_s = Next.X x_t + Next.Out output + Noise z
//	x_0 = X0.X x_t + X0.Out output, and so the noise in x_t and the score
type Move struct {
	T, S               int // s is -1 in the last step
	Next               Pair
	Noise              float64
	X0, Epsilon, Score Pair
}

// Reading returns a Move that goes nowhere: what an output at t says of x_0, of the noise and of the score. An unknown prediction and a t that is no training
// index are errors.
func (s *NoiseScheduler) Reading(p Prediction, t int) (Move, error) {
	if err := s.checkT("t", float64(t)); err != nil {
		return Move{}, err
	}
	a := s.abar[t]
	m, signal, noise := Move{T: t, S: t, Next: Pair{X: 1}}, math.Sqrt(a), math.Sqrt(1-a)
	switch p {
	case "", Epsilon:
		m.X0, m.Epsilon = Pair{1 / signal, -noise / signal}, Pair{0, 1}
	case X0:
		m.X0, m.Epsilon = Pair{0, 1}, Pair{1 / noise, -signal / noise}
	case Velocity:
		m.X0, m.Epsilon = Pair{signal, -noise}, Pair{noise, signal}
	default:
		return Move{}, fmt.Errorf("diffusion: the prediction is %q: give %q, %q or %q", p, Epsilon, X0, Velocity)
	}
	m.Score = Pair{-m.Epsilon.X / noise, -m.Epsilon.Out / noise}
	return m, nil
}

// Sampler is a way from noise to data: [DDPM], [DDIM] and [Euler], and two that are wrong, [ReturnsX0] and [Renoises]. All are plain data.
type Sampler interface {
	// weights of x_t, x_0, the noise in x_t, and of new noise, in x_s
	step(at, as float64) (x, x0, eps, z float64)
	plan() plan
	reseeded(seed uint64) Sampler // the same with another seed, where there is one
}

// plan is what a sampler says of its steps.
type plan struct {
	name    string
	steps   int
	spacing Spacing
	times   []int
	eta     float64 // of DDIM
	seed    uint64
	err     error
}

// planOf returns the plan of a sampler that can be asked for one.
func planOf(by Sampler) (plan, error) {
	if v := reflect.ValueOf(by); by == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		return plan{}, fmt.Errorf("diffusion: the sampler is nil: give a DDPM, a DDIM or an Euler")
	}
	p := by.plan()
	return p, p.err
}

// Move returns the step of a sampler from t to s for a network with the prediction p; s = -1 is the data. Unless T-1 >= t > s >= -1, and for more noise than the step
// has room for, that is an error.
func (s *NoiseScheduler) Move(by Sampler, p Prediction, t, to int) (Move, error) {
	plan, err := planOf(by)
	if err != nil {
		return Move{}, err
	}
	m, err := s.Reading(p, t)
	if err != nil {
		return Move{}, err
	}
	if to < -1 || to >= t {
		return Move{}, fmt.Errorf("diffusion: a step from t = %d to %d: sampling goes down, and no further than -1", t, to)
	}
	if err := s.checkEta(plan.eta, t, to); err != nil {
		return Move{}, err
	}
	x, x0, eps, z := by.step(s.AlphaBar(t), s.AlphaBar(to))
	m.S, m.Noise = to, z
	m.Next = Pair{x + x0*m.X0.X + eps*m.Epsilon.X, x0*m.X0.Out + eps*m.Epsilon.Out}
	return m, nil
}

// checkEta says whether the steps from each t to the next, with sigma as DDIM has it, leave the noise of x_s room: sigma² <= 1 - abar_s.
func (s *NoiseScheduler) checkEta(eta float64, times ...int) error {
	if eta <= 1 { // 1 fits any step, as 1 - abar_t is more than beta
		return nil
	}
	most, at := math.Inf(1), 0
	for i := range len(times) - 1 {
		if times[i+1] < 0 { // the last step adds no noise
			break
		}
		a, as := s.AlphaBar(times[i]), s.AlphaBar(times[i+1])
		if m := math.Sqrt((1 - a) / (1 - a/as)); m < most {
			most, at = m, i
		}
	}
	if eta > most {
		return fmt.Errorf("diffusion: DDIM.Eta is %g, and the step from t = %d to %d would add more noise than there is at %d: give at most %.4g", eta, times[at], times[at+1], times[at+1], math.Floor(most*1e3)/1e3)
	}
	return nil
}

// Times returns the t at which a sampler asks the network, falling. A number of steps or a list that the schedule does not have is an error, and so is an Eta that
// is too much for one of these steps.
func (s *NoiseScheduler) Times(by Sampler) ([]int, error) {
	p, err := planOf(by)
	if err != nil {
		return nil, err
	}
	times, err := s.times(p)
	if err == nil {
		err = s.checkEta(p.eta, times...)
	}
	if err != nil {
		return nil, err
	}
	return times, nil
}

func (s *NoiseScheduler) times(p plan) ([]int, error) {
	if p.times == nil {
		if p.steps == 0 {
			p.steps = s.cfg.T
		}
		return s.Timesteps(p.steps, p.spacing)
	}
	for i, t := range p.times {
		if err := s.checkT(fmt.Sprintf("%s.Times[%d]", p.name, i), float64(t)); err != nil {
			return nil, err
		}
		if i > 0 && t >= p.times[i-1] {
			return nil, fmt.Errorf("diffusion: %s.Times[%d] is %d after %d: sampling goes down", p.name, i, t, p.times[i-1])
		}
	}
	if len(p.times) == 0 {
		return nil, fmt.Errorf("diffusion: %s.Times is empty: give the t of the steps, or nil and Steps", p.name)
	}
	return p.times, nil
}

// DDPM is ancestral sampling: each step takes noise away and adds some. (Ho et al. 2020, algorithm 2.)
type DDPM struct {
	Steps    int     // 0 means T, all
	Spacing  Spacing // of fewer steps than T
	Variance string  // of what is added: "small" or "large"; "" means "small"
	Seed     uint64  // of what is added
}

func (d DDPM) reseeded(seed uint64) Sampler { d.Seed = seed; return d }

func (d DDPM) plan() plan {
	p := plan{name: "DDPM", steps: d.Steps, spacing: d.Spacing, seed: d.Seed}
	if d.Variance != "" && d.Variance != "small" && d.Variance != "large" {
		p.err = fmt.Errorf("diffusion: DDPM.Variance is %q: give %q or %q", d.Variance, "small", "large")
	}
	return p
}

func (d DDPM) step(at, as float64) (x, x0, eps, z float64) {
	alpha := at / as
	beta := 1 - alpha
	variance := beta * (1 - as) / (1 - at)
	if d.Variance == "large" {
		variance = beta
	}
	if as == 1 {
		variance = 0 // no noise in the last step
	}
	return math.Sqrt(alpha) * (1 - as) / (1 - at), math.Sqrt(as) * beta / (1 - at), 0, math.Sqrt(variance)
}

// DDIM goes the same way each time unless Eta adds noise; it may take few steps. (Song et al. 2021a, equations 12 and 16.)
type DDIM struct {
	Steps   int     // 0 means T
	Spacing Spacing // of the steps
	Times   []int   // instead of Steps and Spacing: the t themselves, falling
	Eta     float64 // how much noise is added, from 0: 1 adds as much as DDPM, and more is possible while sigma² is at most 1-abar_s in each step
	Seed    uint64  // of what is added
}

func (d DDIM) reseeded(seed uint64) Sampler { d.Seed = seed; return d }

func (d DDIM) plan() plan {
	p := plan{name: "DDIM", steps: d.Steps, spacing: d.Spacing, times: d.Times, eta: d.Eta, seed: d.Seed}
	if !(d.Eta >= 0 && d.Eta <= math.MaxFloat64) {
		p.err = fmt.Errorf("diffusion: DDIM.Eta is %g: give 0 for no noise, 1 for as much as DDPM's, or another number from 0", d.Eta)
	}
	return p
}

func (d DDIM) step(at, as float64) (x, x0, eps, z float64) {
	sigma := d.Eta * math.Sqrt((1-as)/(1-at)*(1-at/as))
	return 0, math.Sqrt(as), math.Sqrt(max(0, 1-as-sigma*sigma)), sigma
}

// Euler solves the probability-flow ODE, whose solutions have the same density at each t as the noisy data, by Euler's method in -log(abar).
// (Song et al. 2021b, equation 13.) DDIM with Eta 0 solves the same ODE exactly for a network whose answer stays the same over a step.
type Euler struct {
	Steps   int // 0 means T
	Spacing Spacing
	Times   []int // instead of Steps and Spacing: the t themselves, falling
}

func (e Euler) reseeded(uint64) Sampler { return e }

func (e Euler) plan() plan {
	return plan{name: "Euler", steps: e.Steps, spacing: e.Spacing, times: e.Times}
}

func (e Euler) step(at, as float64) (x, x0, eps, z float64) {
	h := math.Log(as / at)
	return 1 + h/2, 0, -h / 2 / math.Sqrt(1-at), 0
}
