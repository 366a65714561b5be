package embed

import (
	"fmt"
	"math"
)

// Config says which points t-SNE embeds, and how. All but the points may be left out.
type Config struct {
	Points []float32 // n x Dims, one point after the other: of a run, all steps and samples together
	Dims   int       // numbers a point has
	Colour []float32 // n, or nil: what the frames show each point with, its class or its step; it decides nothing

	Perplexity   float64 // how many neighbours count, softly; 0 means 30; at most (n-1)/3, or Neighbours where they are given
	Neighbours   int     // how many a point is attracted by; 0 means 3 Perplexity, -1 all others
	Iterations   int     // 0 means 1000
	Exaggeration float64 // what attraction is multiplied by at first; 0 means 12
	Early        int     // iterations at first; 0 means 250, -1 none
	Rate         float64 // 0 means n/Exaggeration/4, but at least 50 (Belkina et al. 2019)
	Theta        float64 // of Barnes and Hut, at most 0.7; 0 means exact repulsion below 5,000 points and 0.5 from then on, -1 exact always
	Seed         uint64  // of the noise at the start
	Every        int     // iterations from a frame to the next; 0 means 10
}

const (
	exactPoints   = 5_000   // from which on repulsion is approximate
	maxPoints     = 100_000 // more would take hours
	maxPairs      = 1 << 24 // neighbours of all points: up to a gigabyte while P is made
	maxIterations = 1_000_000
)

// resolve returns the Config with its defaults put in, and how many points it has.
func (c Config) resolve() (Config, int, error) {
	n, err := count("TSNE", c.Points, c.Dims)
	if err != nil {
		return c, 0, err
	}
	fail := func(why error, format string, args ...any) (Config, int, error) {
		return c, 0, fmt.Errorf("embed: TSNE: %w", fmt.Errorf(format+": %w", append(args, why)...))
	}
	if n > maxPoints {
		return fail(ErrTooLarge, "%d points: give no more than %d, for example every tenth", n, maxPoints)
	}
	if side := min(n, c.Dims); side > maxSide { // as PCA, from which it starts
		return fail(ErrTooLarge, "%d points of %d dimensions: give no more than %d of one of the two", n, c.Dims, maxSide)
	}
	if c.Colour != nil && len(c.Colour) != n {
		return fail(ErrShape, "%d colours for %d points: give one for each, or nil", len(c.Colour), n)
	}
	orElse(&c.Perplexity, 30)
	orElse(&c.Iterations, 1000)
	orElse(&c.Exaggeration, 12)
	orElse(&c.Early, 250)
	orElse(&c.Every, 10)
	if n >= exactPoints {
		orElse(&c.Theta, 0.5)
	}
	orElse(&c.Theta, -1)
	if c.Early == -1 {
		c.Early = 0
	}
	most := float64(n - 1)
	if c.Neighbours == 0 {
		most /= 3
	}
	switch {
	case n < 4:
		return fail(ErrTooFew, "%d of them: give at least 4 for a perplexity of 1", n)
	case !(c.Perplexity >= 1 && c.Perplexity <= math.MaxFloat64):
		return fail(ErrConfig, "perplexity %v: give 1 to %.4g, which fits %d points", c.Perplexity, math.Floor(most*10)/10, n)
	case c.Perplexity > most:
		return fail(ErrTooFew, "%d of them for perplexity %v: give a perplexity of %.4g or less, or at least %.0f points", n, c.Perplexity,
			math.Floor(most*10)/10, math.Ceil(c.Perplexity*float64(n-1)/most)+1)
	case c.Iterations < 1 || c.Iterations > maxIterations || c.Every < 1 || c.Early < 0:
		return fail(ErrConfig, "%d iterations, %d early, a frame each %d: give 1 to %d, 0 or more, 1 or more", c.Iterations, c.Early, c.Every, maxIterations)
	case !(c.Exaggeration >= 1 && c.Exaggeration <= 1e6):
		return fail(ErrConfig, "exaggeration %v: give 1 to 1e6", c.Exaggeration)
	case c.Theta != -1 && !(c.Theta > 0 && c.Theta <= maxTheta):
		return fail(ErrConfig, "theta %v: give a number above 0 up to 0.7, or -1", c.Theta)
	}
	switch c.Neighbours {
	case 0:
		c.Neighbours = min(n-1, int(3*c.Perplexity))
	case -1:
		c.Neighbours = n - 1
	}
	if c.Neighbours < 1 || c.Neighbours > n-1 || float64(c.Neighbours) < c.Perplexity {
		return fail(ErrConfig, "%d neighbours: give %.0f to %d", c.Neighbours, math.Ceil(c.Perplexity), n-1)
	}
	if c.Neighbours > maxPairs/n {
		return fail(ErrTooLarge, "%d points with %d neighbours each: give no more than %d pairs, or a perplexity of %d", n, c.Neighbours, maxPairs, maxPairs/n/3)
	}
	orElse(&c.Rate, max(50, float64(n)/c.Exaggeration/4))
	if !(c.Rate > 0 && c.Rate <= 1e9) {
		return fail(ErrConfig, "rate %v: give a number above 0 up to 1e9", c.Rate)
	}
	if err := finite("TSNE", c.Points, c.Dims); err != nil {
		return c, n, err
	}
	return c, n, finite("TSNE: Colour", c.Colour, 1)
}

// settings is the Config without the points.
func (c Config) settings() Config {
	c.Points = nil
	return c
}

func orElse[T int | float64](v *T, other T) {
	if *v == 0 {
		*v = other
	}
}
