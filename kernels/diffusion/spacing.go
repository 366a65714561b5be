package diffusion

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Spacing says at which t a sampler of few steps stands: made by [Trailing], [Leading], [Even], [Cosine] or [Beta]. The zero value is Trailing.
type Spacing struct {
	Kind string  // "trailing", "leading", "even", "cosine" or "beta"; "" means "trailing"
	A, B float64 // of "beta"
}

// Trailing spaces n steps evenly in t and ends at the noise: t = round(T - i T/n) - 1 for i = 0 ... n-1, so that the first step is the
// noisiest. (Lin et al. 2024, table 2.)
func Trailing() Spacing { return Spacing{Kind: "trailing"} }

// Leading spaces n steps evenly in t and ends at 0: t = i floor(T/n) for i = n-1 ... 0. The first step does not start from pure noise.
func Leading() Spacing { return Spacing{Kind: "leading"} }

// Even spaces n points evenly in progress: tau_i = i/(n-1).
func Even() Spacing { return Spacing{Kind: "even"} }

// Cosine puts more points near both ends: tau_i = (1 - cos(π i/(n-1)))/2.
func Cosine() Spacing { return Spacing{Kind: "cosine"} }

// Beta spaces n points as the quantiles of a Beta distribution: tau_i solves I(tau_i; a, b) = i/(n-1), I being the regularised incomplete
// beta function. Beta(1, 1) is [Even] and Beta(0.5, 0.5), the arcsine distribution, is [Cosine]; large a and b gather the points in the
// middle.
func Beta(a, b float64) Spacing { return Spacing{Kind: "beta", A: a, B: b} }

func (p Spacing) String() string {
	switch p.Kind {
	case "":
		return "trailing"
	case "beta":
		return fmt.Sprintf("beta(%g, %g)", p.A, p.B)
	}
	return p.Kind
}

// mostShape bounds a and b of [Beta]: beyond it the inverse has no digits left.
const mostShape = 1e4

// Taus returns n values of progress from 0 to 1, none less than the one before, for the spacings in tau. n < 2, n > MaxT, an a or b that is not in
// (0, 10000], and the spacings in t are errors.
func (p Spacing) Taus(n int) ([]float64, error) {
	if n < 2 || n > MaxT {
		return nil, fmt.Errorf("diffusion: Taus of %d points: give a number from 2 to %d", n, MaxT)
	}
	at, err := p.quantile()
	if err != nil {
		return nil, err
	}
	taus := make([]float64, n)
	for i := range taus {
		taus[i] = at(float64(i) / float64(n-1))
	}
	return taus, nil
}

// quantile returns tau as a function of the share of the points.
func (p Spacing) quantile() (func(float64) float64, error) {
	switch p.Kind {
	case "even":
		return func(u float64) float64 { return u }, nil
	case "cosine":
		return func(u float64) float64 { return (1 - math.Cos(math.Pi*u)) / 2 }, nil
	case "beta":
		if !(p.A > 0 && p.A <= mostShape && p.B > 0 && p.B <= mostShape) {
			return nil, fmt.Errorf("diffusion: spacing beta(%g, %g): a and b lie above 0 and up to %g", p.A, p.B, mostShape)
		}
		return func(u float64) float64 { return mathext.InvRegIncBeta(p.A, p.B, u) }, nil
	case "", "trailing", "leading":
		return nil, fmt.Errorf("diffusion: the spacing %s is one of t, not of tau: ask NoiseScheduler.Timesteps", p)
	}
	return nil, fmt.Errorf("diffusion: Spacing.Kind is %q: give %q, %q, %q, %q or %q", p.Kind, "trailing", "leading", "even", "cosine", "beta")
}

// Timesteps returns the t of n steps, falling. Those of a spacing in tau are rounded to whole indices, and where two fall on one it counts once: the
// result may be shorter than n. n < 1 (< 2 in tau) and n > T are errors.
func (s *NoiseScheduler) Timesteps(n int, p Spacing) ([]int, error) {
	if n < 1 || n > s.cfg.T {
		return nil, fmt.Errorf("diffusion: %d steps: give a number from 1 to T = %d", n, s.cfg.T)
	}
	ts := make([]int, n)
	switch p.Kind {
	case "", "trailing":
		for i := range ts {
			ts[i] = int(math.RoundToEven(float64(s.cfg.T)-float64(i)*float64(s.cfg.T)/float64(n))) - 1
		}
	case "leading":
		for i := range ts {
			ts[i] = (n - 1 - i) * (s.cfg.T / n)
		}
	default:
		taus, err := p.Taus(n)
		if err != nil {
			return nil, err
		}
		for i, tau := range taus {
			ts[i] = int(math.Round((1 - tau) * float64(s.cfg.T-1)))
		}
	}
	return slices.Compact(ts), nil
}
