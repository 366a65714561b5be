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
