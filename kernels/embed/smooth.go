package embed

import (
	"fmt"

	"github.com/xainb/gonb-xai/internal/curve"
)

const maxSmooth = 1 << 27 // numbers of a result: half a gigabyte

// Smooth draws curves through the steps of paths: x is steps x paths x dims, the result ((steps-1) per + 1) x paths x dims, in which every per-th frame
// is a step, unchanged. Twenty-four frames a second are a per of 24 times the seconds from step to step. A single step is its own curve.
//
// The curves are centripetal Catmull-Rom splines (Catmull and Rom 1974; Yuksel, Schaefer and Keyser 2011): no loop and no cusp between two
// steps, however uneven these are. At its ends a path goes on as it would mirrored; where points of consecutive steps are equal, it rests, and sets out again as
// from an end. The velocity over the frames is continuous as well (C1): a curve's own parameter, the sum of the square roots of the distances, is a monotone cubic
// function of time (Fritsch and Butland 1984). In t-SNE neither lengths nor speeds mean anything: a smooth curve is easier to follow, and no truer.
func Smooth(x []float32, paths, dims, per int) ([]float32, error) {
	if paths < 1 || dims < 1 || per < 1 {
		return nil, fmt.Errorf("embed: Smooth: %d paths of %d dimensions, %d frames a step: give 1 or more of each: %w", paths, dims, per, ErrShape)
	}
	if paths > len(x)/dims || len(x)%(paths*dims) != 0 {
		return nil, fmt.Errorf("embed: Smooth: %d numbers are not whole steps of %d paths of %d dimensions: %w", len(x), paths, dims, ErrShape)
	}
	steps := len(x) / (paths * dims)
	if per > maxSmooth/len(x) {
		return nil, fmt.Errorf("embed: Smooth: %d numbers, %d frames a step: their product must not be above %d: %w", len(x), per, maxSmooth, ErrTooLarge)
	}
	if err := finite("Smooth", x, paths*dims); err != nil {
		return nil, err
	}
	out := make([]float32, ((steps-1)*per+1)*paths*dims)
	points, at := make([]float64, steps*dims), make([]float64, dims)
	for path := range paths {
		for i := range points {
			points[i] = float64(x[(i/dims*paths+path)*dims+i%dims])
		}
		c := curve.Through(points, dims)
		for frame := range (steps-1)*per + 1 {
			c.At(at, frame/per, float64(frame%per)/float64(per))
			for j, v := range at {
				out[(frame*paths+path)*dims+j] = float32(v)
			}
		}
	}
	return out, nil
}
