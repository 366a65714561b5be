package charts

import "math"

// isolines returns where values on a grid, row by row, are a level: the ends x0, y0, x1, y1 of short lines, in the coordinates along columns
// and rows (marching squares). Of a cell whose two high corners are opposite each other the mean decides which of them are joined. Within a cell a line
// goes through a point of the surface that is linear along both sides, so that two lines cross where a saddle has its level. A
// cell with a corner that is not finite has no line. isolines in isolines.js is the same.
func isolines(z []float32, xs, ys []float64, level float64) []float64 {
	cols := len(xs)
	var out []float64
	for r := 0; r+1 < len(ys); r++ {
		for c := 0; c+1 < cols; c++ {
			i := r*cols + c
			v := [4]float64{float64(z[i]), float64(z[i+1]), float64(z[i+cols+1]), float64(z[i+cols])} // around the cell
			mean := (v[0] + v[1] + v[2] + v[3]) / 4
			if mean-mean != 0 {
				continue
			}
			x, y := [4]float64{xs[c], xs[c+1], xs[c+1], xs[c]}, [4]float64{ys[r], ys[r], ys[r+1], ys[r+1]}
			var ends [4][2]float64 // on the edges from corner k to the next
			var on []int
			for k := range 4 {
				n := (k + 1) % 4
				if (v[k] >= level) != (v[n] >= level) {
					t := (level - v[k]) / (v[n] - v[k])
					ends[k] = [2]float64{x[k] + (x[n]-x[k])*t, y[k] + (y[n]-y[k])*t}
					on = append(on, k)
				}
			}
			if len(on) == 4 && (mean >= level) == (v[0] >= level) {
				on = []int{0, 1, 2, 3} // corners 1 and 3 are cut off
			} else if len(on) == 4 {
				on = []int{3, 0, 1, 2} // corners 0 and 2 are
			}
			for k := 0; k+1 < len(on); k += 2 {
				a, b := ends[on[k]], ends[on[k+1]]
				u, w := halfway(v, on[k], on[k+1], level)
				mx, my := xs[c]+(xs[c+1]-xs[c])*u, ys[r]+(ys[r+1]-ys[r])*w
				out = append(out, a[0], a[1], mx, my, mx, my, b[0], b[1])
			}
		}
	}
	return out
}

// halfway returns a point of the line that joins edges a < b of a cell, or 3 and 0, as shares of the cell's sides: on the middle line between opposite edges, else
// on the diagonal from the corner that is cut off.
func halfway(v [4]float64, a, b int, level float64) (u, w float64) {
	switch {
	case a == 0 && b == 2:
		left, right := (v[0]+v[3])/2, (v[1]+v[2])/2
		return (level - left) / (right - left), 0.5
	case a == 1 && b == 3:
		low, high := (v[0]+v[1])/2, (v[2]+v[3])/2
		return 0.5, (level - low) / (high - low)
	}
	q := b
	if a == 0 && b == 3 {
		q = 0
	}
	s := alongDiagonal(v[q], v[(q+1)%4]+v[(q+3)%4], v[(q+2)%4], level)
	u, w = s, s
	if q == 1 || q == 2 {
		u = 1 - s
	}
	if q >= 2 {
		w = 1 - s
	}
	return u, w
}

// alongDiagonal solves near (1-s)² + sides s (1-s) + far s² = level for the least s in [0,1].
func alongDiagonal(near, sides, far, level float64) float64 {
	a, b, c := near-sides+far, sides-2*near, near-level
	root := math.Sqrt(max(b*b-4*a*c, 0))
	q := -(b + math.Copysign(root, b)) / 2
	best := 1.0
	for _, s := range [2]float64{q / a, c / q} {
		if s >= 0 && s < best {
			best = s
		}
	}
	return best
}

// along returns where a coordinate stands among increasing ones, as a position that need not be whole; NaN outside them.
func along(at []float64, v float64) float64 {
	n := len(at)
	if !(v >= at[0] && v <= at[n-1]) {
		return math.NaN()
	}
	lo, hi := 0, n-1
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; at[mid] <= v {
			lo = mid
		} else {
			hi = mid
		}
	}
	return float64(lo) + (v-at[lo])/(at[hi]-at[lo])
}

// heightAt returns the value at a position among rows and columns, between four values that of the plane through them; NaN outside or beside a value that is
// not finite.
func heightAt(z []float32, rows, cols int, r, c float64) float64 {
	if !(r >= 0 && c >= 0 && r <= float64(rows-1) && c <= float64(cols-1)) {
		return math.NaN()
	}
	i, k := min(int(r), rows-2), min(int(c), cols-2)
	u, w := r-float64(i), c-float64(k)
	at := func(i, k int) float64 { return float64(z[i*cols+k]) }
	v := (at(i, k)*(1-w)+at(i, k+1)*w)*(1-u) + (at(i+1, k)*(1-w)+at(i+1, k+1)*w)*u
	if math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}

// crossings returns the first place along the row at position r where values cross each level, as a position among the columns; NaN where they do
// not. There the levels are written.
func crossings(z []float32, rows, cols int, r float64, levels []float64) []float64 {
	out, row := make([]float64, len(levels)), make([]float64, cols)
	for c := range row {
		row[c] = heightAt(z, rows, cols, r, float64(c))
	}
	for k, level := range levels {
		out[k] = math.NaN()
		for c := 0; c+1 < cols; c++ {
			a, b := row[c], row[c+1]
			if (a-level)*(b-level) <= 0 && a != b {
				out[k] = float64(c) + (level-a)/(b-a)
				break
			}
		}
	}
	return out
}

// solid projects a box onto the screen: x and y run from -1 to 1, z from 0 to 1 upwards. It is turned about the upright axis and tilted
// towards the reader, by degrees; solid.js has the same.
type solid struct{ sinTurn, cosTurn, sinTilt, cosTilt float64 }

// How far the eye is from the middle of the box, and how high the box is.
const eyeDistance, boxHeight = 6.5, 1.05

func newSolid(turn, tilt float64) solid {
	var s solid
	s.sinTurn, s.cosTurn = math.Sincos(turn * math.Pi / 180)
	s.sinTilt, s.cosTilt = math.Sincos(tilt * math.Pi / 180)
	return s
}

// project returns where a point is seen, right and up from the middle, and how far behind the middle it lies.
func (s solid) project(x, y, z float64) (right, up, depth float64) {
	across, back, high := x*s.cosTurn-y*s.sinTurn, x*s.sinTurn+y*s.cosTurn, (z-0.5)*boxHeight
	depth = back*s.cosTilt - high*s.sinTilt
	k := eyeDistance / (eyeDistance + depth)
	return across * k, (back*s.sinTilt + high*s.cosTilt) * k, depth
}

// toEye returns the direction, in the box, from a point towards the reader's eye.
func (s solid) toEye(x, y, z float64) (dx, dy, dz float64) {
	// The eye is at depth -eyeDistance on the axis through the middle.
	back, high := -eyeDistance*s.cosTilt, eyeDistance*s.sinTilt
	ex, ey, ez := back*s.sinTurn, back*s.cosTurn, high/boxHeight+0.5
	return ex - x, ey - y, ez - z
}
