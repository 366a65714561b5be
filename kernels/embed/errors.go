package embed

import (
	"errors"
	"fmt"
	"math"
)

// What can be wrong with points; errors wrap one of these.
var (
	ErrShape     = errors.New("the points do not fit")
	ErrNotFinite = errors.New("a coordinate is not finite")
	ErrTooFew    = errors.New("too few points")
	ErrTooLarge  = errors.New("too large")
	ErrConfig    = errors.New("a setting is out of range")
)

// count returns how many points x has. It looks at the sizes before it looks at the values.
func count(op string, x []float32, dims int) (int, error) {
	if dims < 1 {
		return 0, fmt.Errorf("embed: %s: points of %d dimensions: give 1 or more: %w", op, dims, ErrShape)
	}
	if len(x) == 0 {
		return 0, fmt.Errorf("embed: %s: there are no points: %w", op, ErrShape)
	}
	if len(x)%dims != 0 {
		return 0, fmt.Errorf("embed: %s: %d numbers are not whole points of %d: %w", op, len(x), dims, ErrShape)
	}
	return len(x) / dims, nil
}

// finite returns an error that names the first number that is none.
func finite(op string, x []float32, dims int) error {
	for i, v := range x {
		if v-v != 0 {
			return fmt.Errorf("embed: %s: point %d has %v in dimension %d: leave it out: %w", op, i/dims, v, i%dims, ErrNotFinite)
		}
	}
	return nil
}

// toUnit returns x times the power of two that makes the largest size at least 1/2 and below 1, so that squares stay in float32's range. It
// changes no digit.
func toUnit(x []float32) []float32 {
	var top float32
	for _, v := range x {
		top = max(top, v, -v)
	}
	_, e := math.Frexp(float64(top))
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(math.Ldexp(float64(v), -e))
	}
	return out
}
