package gan

import "math"

// State is what a layer's gradient looks like at a frame.
type State int

// The states, in the order of the labels "state".
const (
	Healthy     State = iota
	Vanishing         // far below its usual size: the layer hardly learns
	Exploding         // far above its usual size, or not finite
	Oscillating       // turns round at each step: the rate is past what the surface bears
	Chaotic           // points elsewhere at each step, and not for want of samples
	Collapsed         // of G: nothing is wrong with the gradient, but few modes are covered
)

// The thresholds of [Reading.State].
const (
	// farFromMedian is how many times its trailing median a norm must be, or what part of it, to be called exploding or vanishing. Single frames of
	// healthy runs on the ring come near both; never several in a row, which is what an alarm needs.
	farFromMedian = 10

	// farFromPeak is the part of the highest median below which a norm has vanished however slowly it came there: a median follows it down. Single
	// frames of healthy runs on the ring come down to a twentieth.
	farFromPeak = 100

	// steady is the least cosine, corrected for the minibatch's noise, of a direction that is kept: at 1/2 it turns by 60 degrees, from where
	// on a step along the old direction gains less than half of what it promises. Below -1/2 the direction turns round: gradient descent on a
	// quadratic multiplies the gradient along a direction of curvature h by 1 - rate h, which is negative where the step overshoots.
	steady = 0.5

	// leastNull is the null below which minibatches agree so little that one step says nothing about direction: the correction divides by it.
	leastNull = 0.2

	// fewModes is the part of the modes that a collapsed generator covers at most: 2 of 8.
	fewModes = 0.25
)

var states = [...]struct{ name, help string }{
	Healthy: {"healthy", "Nothing to do."},
	Vanishing: {"vanishing", "Where G's gradient dies because D is sure: the non-saturating loss (Goodfellow et al. 2014, section 3), a slower D, or the " +
		"Wasserstein loss with gradient penalty (Arjovsky and Bottou 2017, https://arxiv.org/abs/1701.04862). Where it dies in the lower layers: " +
		"ReLU instead of tanh, fewer layers. A higher rate helps only where some gradient is left."},
	Exploding: {"exploding", "A lower rate; something that bounds D's slope: the gradient penalty (Gulrajani et al. 2017, https://arxiv.org/abs/1704.00028) or " +
		"spectral normalisation (Miyato et al. 2018, https://arxiv.org/abs/1802.05957). Clipping (Pascanu et al. 2013, " +
		"https://arxiv.org/abs/1211.5063) helps SGD; Adam divides the gradient by its own size, so there it does little."},
	Oscillating: {"oscillating", "A lower rate; less momentum: Beta1 of 0.5 (Radford et al. 2016, https://arxiv.org/abs/1511.06434) or none; a gradient penalty, which " +
		"damps the players' circling (Mescheder et al. 2018, https://arxiv.org/abs/1801.04406)."},
	Chaotic: {"chaotic", "The rate needs tuning, most often down: at a constant rate even a run that has learnt all goes on without " +
		"settling. A larger batch helps only where the null is low too (McCandlish et al. 2018, https://arxiv.org/abs/1812.06162)."},
	Collapsed: {"collapsed", "Branch from a frame before the collapse with a lower rate of G or more steps of D; the Wasserstein loss with gradient penalty; a D that sees " +
		"whole minibatches (Salimans et al. 2016, https://arxiv.org/abs/1606.03498)."},
}

// String returns the state's name, or "unknown".
func (s State) String() string {
	if s < 0 || int(s) >= len(states) {
		return "unknown"
	}
	return states[s].name
}

// Help says what usually helps, with the source where there is one; "" for an unknown state.
func (s State) Help() string {
	if s < 0 || int(s) >= len(states) {
		return ""
	}
	return states[s].help
}

// States returns the names of the states in order: the labels "state" of a frame.
func States() []string {
	names := make([]string, len(states))
	for i := range states {
		names[i] = states[i].name
	}
	return names
}

// Reading is what is known of a layer's gradient at a frame. NaN means not known, except for the norm.
type Reading struct {
	Norm   float64 // L2
	Median float64 // of the norm over the frames before
	Peak   float64 // the highest that Median has been
	Cosine float64 // with the gradient of the step before
	Null   float64 // the cosine of the gradients of two minibatches at the same parameters
	Modes  int     // covered by the generator
	Of     int     // how many modes the data have; 0 where that is not known, and for layers of D
}

// State judges a reading. The first rule that applies decides:
//
//	exploding    Norm is not finite, or above 10 Median and Peak
//	oscillating  Cosine / Null < -1/2
//	chaotic      Cosine / Null < 1/2
//	vanishing    Norm is 0, or below Median / 10 or Peak / 100
//	collapsed    Modes <= Of / 4
//	healthy      otherwise
//
// Direction is judged only where Null is at least 0.2. With a true gradient g and independent noise e of the minibatches, the null is
// |g|²/(|g|²+|e|²), and the cosine of two steps is the null times the cosine of the true gradients: so their quotient is the cosine without
// the noise (Spearman 1904, the correction for attenuation), and a low cosine with a null as low is no chaos. Direction stands before size
// downwards, because a small gradient that has lost its way is helped by another rate, not by a higher one; causes stand before collapse.
func (r Reading) State() State {
	turn := math.NaN() // the cosine of the true gradients
	if r.Null >= leastNull {
		turn = r.Cosine / r.Null
	}
	switch {
	case r.above():
		return Exploding
	case turn < -steady:
		return Oscillating
	case turn < steady:
		return Chaotic
	case r.below():
		return Vanishing
	case r.Of > 0 && float64(r.Modes) <= fewModes*float64(r.Of):
		return Collapsed
	}
	return Healthy
}

// above says whether the norm explodes. One that only comes back to where it has been does not.
func (r Reading) above() bool {
	return !(math.Abs(r.Norm) <= math.MaxFloat64) || r.Median > 0 && r.Norm > farFromMedian*r.Median && !(r.Norm <= r.Peak)
}

// below says whether the norm vanishes.
func (r Reading) below() bool {
	return r.Norm == 0 || r.Norm < r.Median/farFromMedian || r.Norm < r.Peak/farFromPeak
}
