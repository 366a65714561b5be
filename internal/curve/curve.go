// Package curve draws centripetal Catmull-Rom curves through the steps of a path: the algorithms and the posters draw the same one, and so does
// charts/plane_paths.js.
package curve

import "math"

// Curve is a centripetal Catmull-Rom spline through points (Catmull and Rom 1974; Yuksel, Schaefer and Keyser 2011), walked in time: it is at point i at time
// i. Between two points it has no loop and no cusp. At its ends a path goes on as it would mirrored; where consecutive points are equal it rests, and sets
// out again as from an end. Its velocity over time is continuous (C1): its own parameter, the sum of the square roots of the distances, is a monotone cubic
// function of time (Fritsch and Butland 1984). Towards a point that is not finite it rests.
type Curve struct {
	points   []float64 // steps x dims
	dims     int
	length   []float64 // of each segment in the curve's parameter: the distance to the power of alpha; 0 where it rests
	pace     []float64 // at each point: the parameter's derivative with respect to time
	tangents []float64 // steps x dims: the point's derivative with respect to the parameter
}

// Through returns the curve through points of dims numbers each, one after the other. It keeps the slice. There has to be at least one point.
func Through(points []float64, dims int) *Curve { return through(points, dims, 0.5) }

func through(points []float64, dims int, alpha float64) *Curve {
	n := len(points) / dims
	c := &Curve{points: points, dims: dims, length: make([]float64, n-1), pace: make([]float64, n), tangents: make([]float64, len(points))}
	for i := range c.length {
		squared := 0.0
		for j, v := range c.point(i) {
			d := c.point(i + 1)[j] - v
			squared += d * d
		}
		if squared-squared == 0 {
			c.length[i] = math.Pow(squared, alpha/2)
		}
	}
	for i := range n {
		c.turn(i)
	}
	return c
}

func (c *Curve) point(i int) []float64 { return c.points[i*c.dims : (i+1)*c.dims] }

// turn sets how the curve goes through point i.
func (c *Curve) turn(i int) {
	var before, after float64 // 0: there is nothing on this side
	if i > 0 {
		before = c.length[i-1]
	}
	if i < len(c.length) {
		after = c.length[i]
	}
	both := before > 0 && after > 0
	switch {
	case both:
		c.pace[i] = 2 * before * after / (before + after)
	case i == 0:
		c.pace[i] = after
	case i == len(c.length):
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
		if both {
			t[j] = (in*after + out*before) / (before + after)
		} else {
			t[j] = in + out // of which one at most is there: the mirrored point makes it the chord
		}
	}
}

// At sets dst to the curve at time i+u, 0 <= u < 1.
func (c *Curve) At(dst []float64, i int, u float64) {
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
