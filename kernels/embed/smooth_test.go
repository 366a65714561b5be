package embed

import (
	"errors"
	"math"
	"slices"
	"testing"
)

// On equal distances the spline is the uniform one, whose value half way is (9(b+c) - a - d)/16; the ends are mirrored.
func TestSmoothOfEqualDistances(t *testing.T) {
	got, err := Smooth([]float32{0, 0, 1, 0, 1, 1, 2, 1}, 1, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "staircase", got, []float64{0, 0, 9. / 16, -1. / 16, 1, 0, 1, 0.5, 1, 1, 2 - 9./16, 1 + 1./16, 2, 1}, 1e-7)
}

// Paths do not depend on each other, pass through their points, and of a straight line nothing leaves the line.
func TestSmoothPassesThroughPoints(t *testing.T) {
	const steps, paths, dims, per = 20, 3, 4, 7
	x := normals(steps*paths*dims, 1)
	before := slices.Clone(x)
	y, err := Smooth(x, paths, dims, per)
	if err != nil || len(y) != ((steps-1)*per+1)*paths*dims {
		t.Fatal(err, len(y))
	}
	for i := range steps {
		if !slices.Equal(y[i*per*paths*dims:][:paths*dims], x[i*paths*dims:][:paths*dims]) {
			t.Fatalf("step %d is missed", i)
		}
	}
	if !slices.Equal(x, before) {
		t.Error("the steps were changed")
	}
	var alone []float32
	for i := range steps {
		alone = append(alone, x[(i*paths+1)*dims:][:dims]...)
	}
	z, err := Smooth(alone, 1, dims, per)
	if err != nil {
		t.Fatal(err)
	}
	for f := range (steps-1)*per + 1 {
		if !slices.Equal(z[f*dims:][:dims], y[(f*paths+1)*dims:][:dims]) {
			t.Fatalf("frame %d depends on other paths", f)
		}
	}
	line, err := Smooth([]float32{0, 0, 1, 2, 5, 10, 5.5, 11}, 1, 2, 9)
	if err != nil {
		t.Fatal(err)
	}
	for i := 2; i < len(line); i += 2 {
		if math.Abs(float64(line[i+1]-2*line[i])) > 1e-5 || line[i] <= line[i-2] {
			t.Fatalf("on a line it goes from %v to %v", line[i-2:i], line[i:i+2])
		}
	}
}

// C1: at the steps the velocity from the left is that from the right, over the frames and over the curve's own parameter.
func TestSmoothIsC1(t *testing.T) {
	x := normals(2*12, 4)
	copy(x[10:12], x[8:10]) // rests for a step
	x[0] += 50              // one step is much longer
	c := curveOf(x, 2, 0.5)
	const h = 1e-6
	a, b, p := make([]float64, 2), make([]float64, 2), make([]float64, 2)
	for i := 1; i < 11; i++ {
		c.at(a, i-1, 1-h)
		c.at(p, i, 0)
		c.at(b, i, h)
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

func curveOf(x []float32, dims int, alpha float64) *curve {
	c := &curve{points: make([]float64, len(x)), dims: dims}
	for i, v := range x {
		c.points[i] = float64(v)
	}
	c.prepare(alpha)
	return c
}

// loops counts the segments of a plane curve in which it crosses itself or stands still.
func loops(c *curve) (n int) {
	const parts = 60
	for i := range c.length {
		if c.length[i] == 0 {
			continue
		}
		points := make([][2]float64, parts+1)
		for k := range parts {
			c.at(points[k][:], i, float64(k)/parts)
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
func TestSmoothHasNoLoops(t *testing.T) {
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

func TestSmoothOfFewAndEqualPoints(t *testing.T) {
	for _, c := range []struct {
		x    []float32
		want []float64
	}{
		{[]float32{3}, []float64{3}},
		{[]float32{3, 3}, []float64{3, 3, 3}},
		{[]float32{0, 2}, []float64{0, 1, 2}},
		{[]float32{0, 2, 2, 2, 4}, []float64{0, 1.25, 2, 2, 2, 2, 2, 2.75, 4}}, // comes to rest, and sets out again
		{[]float32{0, 0, 0}, []float64{0, 0, 0, 0, 0}},
		{[]float32{-3e38, 3e38}, []float64{-3e38, 0, 3e38}},
		{[]float32{1e-40, 0}, []float64{1e-40, 5e-41, 0}},
	} {
		got, err := Smooth(c.x, 1, 1, 2)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "a path", got, c.want, 0.01)
	}
	same, err := Smooth([]float32{1, 5, 2, -7}, 2, 1, 1)
	if err != nil || !slices.Equal(same, []float32{1, 5, 2, -7}) {
		t.Errorf("one frame a step: %v, %v", same, err)
	}
}

func TestSmoothRefuses(t *testing.T) {
	for _, c := range []struct {
		x                []float32
		paths, dims, per int
		want             error
	}{
		{nil, 1, 1, 1, ErrShape}, {[]float32{1}, 0, 1, 1, ErrShape}, {[]float32{1}, 1, 0, 1, ErrShape}, {[]float32{1}, 1, 1, 0, ErrShape},
		{[]float32{1, 2, 3}, 1, 2, 1, ErrShape}, {[]float32{1, 2}, math.MaxInt, 2, 1, ErrShape}, {[]float32{1, 2}, 1, math.MaxInt, 1, ErrShape},
		{[]float32{1, 2}, 1, 1, math.MaxInt, ErrTooLarge}, {[]float32{1, float32(math.NaN())}, 1, 1, 2, ErrNotFinite},
	} {
		if _, err := Smooth(c.x, c.paths, c.dims, c.per); !errors.Is(err, c.want) {
			t.Errorf("%v, %d paths of %d, %d frames: %v", c.x, c.paths, c.dims, c.per, err)
		}
	}
}
