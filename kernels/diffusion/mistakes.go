package diffusion

import "math"

// ReturnsX0 is not a sampler but a mistake that is often made, kept for a reader to find: a step that answers the predicted x_0,
//
//	x_s = (x_t - (1-abar_t)/sqrt(1-abar_t) eps) / sqrt(abar_t)
//
// as if it were x_s. The network is then shown clean points that are said to be noisy, and the samples collapse: their spread within a
// mode is near 0.
type ReturnsX0 struct{ Steps int } // 0 means T

func (m ReturnsX0) reseeded(uint64) Sampler { return m }

func (m ReturnsX0) plan() plan { return plan{name: "a step that returns x0 (wrong)", steps: m.Steps} }

func (m ReturnsX0) step(at, as float64) (x, x0, eps, z float64) { return 0, 1, 0, 0 }

// Renoises is not a sampler but a mistake that is often made, kept for a reader to find: a step that removes all noise and adds as much
// new noise as x_s should have,
//
//	x_s = sqrt(abar_s) (x_t - (1-abar_t)/sqrt(1-abar_t) eps) + sqrt(1-abar_s) z
//
// In many small steps what is left of a mode's spread is 1/sqrt(2) of it; that x_t is not divided by sqrt(abar_t) also pulls all samples towards 0.
type Renoises struct {
	Steps int // 0 means T
	Seed  uint64
}

func (m Renoises) reseeded(seed uint64) Sampler { m.Seed = seed; return m }

func (m Renoises) plan() plan {
	return plan{name: "a step that noises again (wrong)", steps: m.Steps, seed: m.Seed}
}

func (m Renoises) step(at, as float64) (x, x0, eps, z float64) {
	return math.Sqrt(as), 0, -math.Sqrt(as * (1 - at)), math.Sqrt(1 - as)
}
