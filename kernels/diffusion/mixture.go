package diffusion

import (
	"fmt"
	"math"
)

// Mixture is a distribution on a line whose noise is known without a network: normal modes of one spread, equally likely.
type Mixture struct {
	Means  []float64 // at most 100
	Spread float64   // standard deviation of a mode, above 0
}

func (m Mixture) check() error {
	if n := len(m.Means); n == 0 || n > 100 {
		return fmt.Errorf("diffusion: Mixture has %d means: give 1 to 100", n)
	}
	for i, v := range m.Means {
		if !(math.Abs(v) <= 1e3) {
			return fmt.Errorf("diffusion: Mixture.Means[%d] is %g: give a number from -1000 to 1000", i, v)
		}
	}
	if !(m.Spread > 0 && m.Spread <= 1e3) {
		return fmt.Errorf("diffusion: Mixture.Spread is %g: give a number above 0, up to 1000", m.Spread)
	}
	return nil
}

// at returns, for the noisy mixture with this alpha-bar, the standard deviation of its modes, whose means are sqrt(abar) of the clean ones.
func (m Mixture) at(abar float64) float64 { return math.Sqrt(abar*m.Spread*m.Spread + 1 - abar) }

// Density returns the density of x where alpha-bar is abar; 1 is the mixture itself.
func (m Mixture) Density(x, abar float64) float64 {
	deviation, sum := m.at(abar), 0.0
	for _, mean := range m.Means {
		d := (x - math.Sqrt(abar)*mean) / deviation
		sum += math.Exp(-d * d / 2)
	}
	return sum / (math.Sqrt(2*math.Pi) * deviation * float64(len(m.Means)))
}

// Epsilon returns the expected noise in x where alpha-bar is abar < 1: minus the score times sqrt(1-abar), in closed form.
func (m Mixture) Epsilon(x, abar float64) float64 {
	deviation, signal := m.at(abar), math.Sqrt(abar)
	nearest := math.Inf(1)
	for _, mean := range m.Means {
		nearest = min(nearest, math.Abs(x-signal*mean))
	}
	sum, weighted := 0.0, 0.0
	for _, mean := range m.Means {
		d := x - signal*mean
		w := math.Exp((nearest*nearest - d*d) / (2 * deviation * deviation))
		sum += w
		weighted += w * d
	}
	return math.Sqrt(1-abar) * weighted / sum / (deviation * deviation)
}
