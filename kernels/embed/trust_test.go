package embed

import (
	"errors"
	"math"
	"testing"
)

func TestTrustworthinessAgainstReference(t *testing.T) {
	for _, c := range loadReference(t).Trust {
		for i, k := range c.K {
			got, err := Trustworthiness(toFloat32(c.X), c.Dims, toFloat32(c.Y), k)
			if err != nil || math.Abs(got-c.Trust[i]) > 1e-8 {
				t.Errorf("k = %d: %v, expected %v (%v)", k, got, c.Trust[i], err)
			}
		}
	}
}

func TestTrustworthiness(t *testing.T) {
	x := clusters(80, 3, 4)
	if v, err := Trustworthiness(x, 3, x, 12); v != 1 || err != nil {
		t.Errorf("points and themselves: %v, %v", v, err)
	}
	if v, err := Trustworthiness(x, 3, normals(160, 9), 12); v < 0.3 || v > 0.7 || err != nil {
		t.Errorf("points and others: %v, %v", v, err)
	}
	nan := float32(math.NaN())
	for _, c := range []struct {
		x    []float32
		dims int
		y    []float32
		k    int
		want error
	}{
		{nil, 1, nil, 1, ErrShape}, {x, 0, x, 1, ErrShape}, {x, 3, nil, 1, ErrShape}, {x, 3, x[:81], 1, ErrShape},
		{x, 3, x, 0, ErrConfig}, {x, 3, x, 40, ErrConfig}, {x[:3], 3, x[:2], 1, ErrConfig},
		{[]float32{1, nan, 3}, 1, []float32{1, 2, 3}, 1, ErrNotFinite}, {[]float32{1, 2, 3}, 1, []float32{1, 2, nan}, 1, ErrNotFinite},
	} {
		if _, err := Trustworthiness(c.x, c.dims, c.y, c.k); !errors.Is(err, c.want) {
			t.Errorf("%d numbers of %d, %d, k = %d: %v", len(c.x), c.dims, len(c.y), c.k, err)
		}
	}
}
