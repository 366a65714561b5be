package curve

import (
	"math"
	"math/rand/v2"
	"testing"
)

func normals(n int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 0))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// C1: at the steps the velocity from the left is that from the right, over the frames and over the curve's own parameter.
func TestC1(t *testing.T) {
	x := normals(2*12, 4)
	copy(x[10:12], x[8:10]) // rests for a step
	x[0] += 50              // one step is much longer
	c := curveOf(x, 2, 0.5)
	const h = 1e-6
	a, b, p := make([]float64, 2), make([]float64, 2), make([]float64, 2)
	for i := 1; i < 11; i++ {
		c.At(a, i-1, 1-h)
		c.At(p, i, 0)
		c.At(b, i, h)
		for j := range p {
			left, right := (p[j]-a[j])/h, (b[j]-p[j])/h
			if math.Abs(left-right) > 1e-3*(1+math.Abs(left)) {
				t.Errorf("step %d: velocity %v before, %v after", i, left, right)
			}
			if (i == 4 || i == 5) && math.Abs(left)+math.Abs(right) > 1e-3 {
				t.Errorf("step %d: it does not rest", i)
			}
		}
	}
}

func curveOf(x []float32, dims int, alpha float64) *Curve {
	points := make([]float64, len(x))
	for i, v := range x {
		points[i] = float64(v)
	}
	return through(points, dims, alpha)
}

// loops counts the segments of a plane curve in which it crosses itself or stands still.
func loops(c *Curve) (n int) {
	const parts = 60
	for i := range c.length {
		if c.length[i] == 0 {
			continue
		}
		points := make([][2]float64, parts+1)
		for k := range parts {
			c.At(points[k][:], i, float64(k)/parts)
		}
		copy(points[parts][:], c.point(i+1))
		if crosses(points) {
			n++
		}
	}
	return n
}

func crosses(p [][2]float64) bool {
	turn := func(a, b, c [2]float64) float64 { return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0]) }
	for i := range len(p) - 1 {
		if p[i] == p[i+1] {
			return true
		}
		for j := i + 2; j < len(p)-1; j++ {
			if turn(p[i], p[i+1], p[j])*turn(p[i], p[i+1], p[j+1]) < 0 && turn(p[j], p[j+1], p[i])*turn(p[j], p[j+1], p[i+1]) < 0 {
				return true
			}
		}
	}
	return false
}

// No loops and no cusps within a segment (Yuksel et al. 2011), however uneven the steps; the uniform spline (alpha 0) has some on the same points, so the
// test would see them.
func TestNoLoops(t *testing.T) {
	uniform := 0
	for seed := range uint64(40) {
		x := normals(2*25, seed)
		for i := range x { // steps of very different lengths
			x[i] *= float32(math.Exp(3 * float64(normals(25, seed+100)[i/2])))
		}
		if n := loops(curveOf(x, 2, 0.5)); n > 0 {
			t.Errorf("seed %d: %d loops", seed, n)
		}
		c := curveOf(x, 2, 0)
		uniform += loops(c)
	}
	if uniform == 0 {
		t.Error("the uniform spline has no loops either: the test sees nothing")
	}
}

// Towards a point that is not finite the curve rests, and behind it it sets out as from a rest.
func TestNotFinite(t *testing.T) {
	nan := math.NaN()
	c, rested := Through([]float64{0, 0, 1, 0, nan, 1, 2, 2, 3, 3}, 2), Through([]float64{2, 2, 2, 2, 3, 3}, 2)
	at, want := make([]float64, 2), make([]float64, 2)
	if c.At(at, 1, 0.5); at[0] != 1 || at[1] != 0 {
		t.Errorf("before a gap it is at %v", at)
	}
	c.At(at, 3, 0.3)
	if rested.At(want, 1, 0.3); at[0] != want[0] || at[1] != want[1] {
		t.Errorf("behind a gap it is at %v, want %v", at, want)
	}
}
