package embed

import (
	"fmt"
	"math"
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
	c := curve{points: make([]float64, steps*dims), dims: dims}
	at := make([]float64, dims)
	for path := range paths {
		for i := range c.points {
			c.points[i] = float64(x[(i/dims*paths+path)*dims+i%dims])
		}
		c.prepare(0.5)
		for frame := range (steps-1)*per + 1 {
			c.at(at, frame/per, float64(frame%per)/float64(per))
			for j, v := range at {
				out[(frame*paths+path)*dims+j] = float32(v)
			}
		}
	}
	return out, nil
}

// curve is a Catmull-Rom spline through points.
type curve struct {
	points   []float64 // steps x dims
	dims     int
	length   []float64 // of each segment in the curve's parameter: the distance to the power of alpha
	pace     []float64 // at each point: the parameter's derivative with respect to time in steps
	tangents []float64 // steps x dims: the point's derivative with respect to the parameter
}

func (c *curve) point(i int) []float64 { return c.points[i*c.dims : (i+1)*c.dims] }

func (c *curve) prepare(alpha float64) {
	n := len(c.points) / c.dims
	c.length, c.pace, c.tangents = make([]float64, n-1), make([]float64, n), make([]float64, len(c.points))
	for i := range c.length {
		squared := 0.0
		for j, v := range c.point(i) {
			d := c.point(i + 1)[j] - v
			squared += d * d
		}
		c.length[i] = math.Pow(squared, alpha/2)
	}
	for i := range n {
		var before, after float64 // 0: there is nothing on this side
		if i > 0 {
			before = c.length[i-1]
		}
		if i < n-1 {
			after = c.length[i]
		}
		switch {
		case before > 0 && after > 0:
			c.pace[i] = 2 * before * after / (before + after)
		case i == 0:
			c.pace[i] = after
		case i == n-1:
			c.pace[i] = before
		}
		t := c.tangents[i*c.dims : (i+1)*c.dims]
		for j, v := range c.point(i) {
			var in, out float64 // the slopes of the chords
			if before > 0 {
				in = (v - c.point(i - 1)[j]) / before
			}
			if after > 0 {
				out = (c.point(i + 1)[j] - v) / after
			}
			switch {
			case before > 0 && after > 0:
				t[j] = (in*after + out*before) / (before + after)
			default:
				t[j] = in + out // of which one at most is there: the mirrored point makes it the chord
			}
		}
	}
}

// at sets dst to the curve at time i+u, 0 <= u < 1.
func (c *curve) at(dst []float64, i int, u float64) {
	copy(dst, c.point(i))
	if u == 0 || c.length[i] == 0 {
		return
	}
	h := c.length[i]
	_, b, p, q := hermite(u)
	s := (b*h + p*c.pace[i] + q*c.pace[i+1]) / h // where on the segment, from 0 to 1
	a, b, p, q := hermite(s)
	for j, v := range dst {
		dst[j] = a*v + b*c.point(i + 1)[j] + h*(p*c.tangents[i*c.dims+j]+q*c.tangents[(i+1)*c.dims+j])
	}
}

// hermite returns the cubic polynomials that weigh the values at 0 and 1 and the slopes there.
func hermite(u float64) (a, b, p, q float64) {
	b = u * u * (3 - 2*u)
	return 1 - b, b, u * (1 - u) * (1 - u), -u * u * (1 - u)
}
