package diffusion

import (
	"fmt"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/interp"
	"gonum.org/v1/gonum/mathext"
)

// Interpolation says how the log-SNR goes between two known indices. u in [0,1] is how far t is from one to the next.
type Interpolation struct {
	Kind string  // "linear", "cubic" or "beta"; "" means "cubic"
	A, B float64 // of "beta"; 0 means 2
}

// The interpolations.
var (
	LinearInterpolation = Interpolation{Kind: "linear"}           // a line
	CubicInterpolation  = Interpolation{Kind: "cubic"}            // monotone cubic splines (Fritsch and Butland 1984): no overshoot, a continuous slope
	BetaInterpolation   = Interpolation{Kind: "beta", A: 2, B: 2} // by the share I(u; a, b) of a Beta distribution: flat at the known indices for a, b > 1; Beta(1, 1) is the line
)

// Interpolator gives the log-SNR at any t between 0 and T-1, not only at whole ones.
type Interpolator struct {
	s       *NoiseScheduler
	ts, ys  []float64
	predict func(t float64) float64
}

// Interpolate returns an interpolator through the log-SNR at the given indices, which rise from 0 to T-1; nil means all. Indices out of order or
// range, and an unknown kind, are errors.
func (s *NoiseScheduler) Interpolate(how Interpolation, knots []int) (*Interpolator, error) {
	if knots == nil {
		knots = make([]int, s.cfg.T)
		for i := range knots {
			knots[i] = i
		}
	}
	if len(knots) < 2 || knots[0] != 0 || knots[len(knots)-1] != s.cfg.T-1 {
		return nil, fmt.Errorf("diffusion: Interpolate: the %d known indices do not go from 0 to %d", len(knots), s.cfg.T-1)
	}
	p := &Interpolator{s: s}
	for i, t := range knots {
		if i > 0 && t <= knots[i-1] {
			return nil, fmt.Errorf("diffusion: Interpolate: the known index %d comes after %d: give them in rising order, each once", t, knots[i-1])
		}
		p.ts, p.ys = append(p.ts, float64(t)), append(p.ys, s.LogSNR(t))
	}
	if err := p.fit(how); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Interpolator) fit(how Interpolation) error {
	switch how.Kind {
	case "linear":
		p.predict = p.between(func(u float64) float64 { return u })
		return nil
	case "", "cubic":
		if len(p.ts) == 2 { // one line is the monotone cubic of two points
			p.predict = p.between(func(u float64) float64 { return u })
			return nil
		}
		var spline interp.FritschButland
		if err := spline.Fit(p.ts, p.ys); err != nil {
			return fmt.Errorf("diffusion: Interpolate: %w", err)
		}
		p.predict = spline.Predict
		return nil
	case "beta":
		a, b := how.A, how.B
		if a == 0 {
			a = 2
		}
		if b == 0 {
			b = 2
		}
		if !(a > 0 && a <= mostShape && b > 0 && b <= mostShape) {
			return fmt.Errorf("diffusion: interpolation beta(%g, %g): a and b lie above 0 and up to %g", a, b, mostShape)
		}
		p.predict = p.between(func(u float64) float64 { return mathext.RegIncBeta(a, b, u) })
		return nil
	}
	return fmt.Errorf("diffusion: Interpolation.Kind is %q: give %q, %q or %q", how.Kind, "linear", "cubic", "beta")
}

// between goes from one known index to the next by a share of u.
func (p *Interpolator) between(share func(u float64) float64) func(t float64) float64 {
	return func(t float64) float64 {
		i, found := slices.BinarySearch(p.ts, t)
		if found {
			return p.ys[i]
		}
		u := (t - p.ts[i-1]) / (p.ts[i] - p.ts[i-1])
		return p.ys[i-1] + share(u)*(p.ys[i]-p.ys[i-1])
	}
}

// LogSNR returns the log-SNR at t. A t outside [0, T-1] is an error.
func (p *Interpolator) LogSNR(t float64) (float64, error) {
	if err := p.s.checkT("t", t); err != nil {
		return 0, err
	}
	return p.predict(t), nil
}

// AlphaBar returns alpha-bar at t, 1/(1+e^-LogSNR). A t outside [0, T-1] is an error.
func (p *Interpolator) AlphaBar(t float64) (float64, error) {
	l, err := p.LogSNR(t)
	return 1 / (1 + math.Exp(-l)), err
}

// Compared is how one interpolation did against the whole table.
type Compared struct {
	Interpolation
	LogSNR   []float64     // at t = 0 ... T-1
	Max, RMS float64       // its error over these, in log-SNR
	Cost     time.Duration // of an evaluation, by the clock of this machine: the only thing here that is not the same twice
}

// CompareInterpolations forgets the log-SNR but at so many indices, evenly spaced from 0 to T-1, and asks each interpolation, by default all three, for
// the others. Fewer than 2 known indices, or more than T, are an error.
func (s *NoiseScheduler) CompareInterpolations(known int, hows ...Interpolation) ([]Compared, error) {
	if known < 2 || known > s.cfg.T {
		return nil, fmt.Errorf("diffusion: CompareInterpolations of %d known indices: give a number from 2 to T = %d", known, s.cfg.T)
	}
	if len(hows) == 0 {
		hows = []Interpolation{LinearInterpolation, CubicInterpolation, BetaInterpolation}
	}
	knots := make([]int, known)
	for i := range knots {
		knots[i] = int(math.Round(float64(i) * float64(s.cfg.T-1) / float64(known-1)))
	}
	var all []Compared
	for _, how := range hows {
		p, err := s.Interpolate(how, knots)
		if err != nil {
			return nil, err
		}
		c := Compared{Interpolation: how, LogSNR: make([]float64, s.cfg.T)}
		start := time.Now()
		for t := range c.LogSNR {
			c.LogSNR[t] = p.predict(float64(t))
		}
		c.Cost = time.Since(start) / time.Duration(s.cfg.T)
		for t, l := range c.LogSNR {
			d := math.Abs(l - s.LogSNR(t))
			c.Max = max(c.Max, d)
			c.RMS += d * d / float64(s.cfg.T)
		}
		c.RMS = math.Sqrt(c.RMS)
		all = append(all, c)
	}
	return all, nil
}
