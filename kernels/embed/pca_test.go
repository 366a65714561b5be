package embed

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"testing"
)

func TestPCAAgainstReference(t *testing.T) {
	for _, c := range loadReference(t).PCA {
		p, err := PCA(toFloat32(c.X), c.Dims, c.K)
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%d points of %d: ", len(c.X)/c.Dims, c.Dims)
		near(t, name+"points", p.Points, c.Points, 1e-6)
		near(t, name+"components", p.Components, c.Components, 1e-6)
		near(t, name+"variance", p.Variance, c.Variance, 1e-6)
		near(t, name+"share", p.Share, c.Share, 1e-6)
		again, err := p.Project(toFloat32(c.X))
		if err != nil {
			t.Fatal(err)
		}
		near(t, name+"projected", again, c.Points, 1e-5)
	}
}

// Points and dimensions exchange their roles: with all components, distances stay, whichever matrix was decomposed.
func TestPCAKeepsDistances(t *testing.T) {
	for _, c := range []struct{ n, dims int }{{5, 1}, {1, 5}, {2, 9}, {9, 2}, {6, 6}, {300, 20}, {20, 300}} {
		x := normals(c.n*c.dims, 3)
		k := min(c.n, c.dims)
		p, err := PCA(x, c.dims, k)
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.n {
			for j := range i {
				var a, b float64
				for l := range c.dims {
					d := float64(x[i*c.dims+l]) - float64(x[j*c.dims+l])
					a += d * d
				}
				for l := range k {
					d := float64(p.Points[i*k+l]) - float64(p.Points[j*k+l])
					b += d * d
				}
				if math.Abs(a-b) > 1e-5*a {
					t.Fatalf("%d points of %d: %d and %d are %v apart, then %v", c.n, c.dims, i, j, a, b)
				}
			}
		}
		checkComponents(t, p)
		sum := 0.0
		for i, v := range p.Share {
			sum += v
			if i > 0 && p.Variance[i] > p.Variance[i-1] {
				t.Errorf("variance rises: %v", p.Variance)
			}
		}
		if want := min(1, float64(c.n-1)); math.Abs(sum-want) > 1e-9 {
			t.Errorf("%d points of %d: the shares are %v together", c.n, c.dims, sum)
		}
	}
}

// checkComponents checks that the directions are of length 1, at right angles, and have their signs.
func checkComponents(t *testing.T, p *Projection) {
	t.Helper()
	for i := range p.K {
		a := p.Components[i*p.Dims : (i+1)*p.Dims]
		top := float32(0)
		for _, v := range a {
			if v > top || -v > top {
				top = max(v, -v)
			}
		}
		if !slices.Contains(a, top) {
			t.Errorf("component %d has the wrong sign: %v", i, a)
		}
		for j := range i + 1 {
			want, got := 0.0, 0.0
			if i == j {
				want = 1
			}
			for l, v := range a {
				got += float64(v) * float64(p.Components[j*p.Dims+l])
			}
			if math.Abs(got-want) > 1e-6 {
				t.Errorf("components %d and %d: product %v", i, j, got)
			}
		}
	}
}

func TestPCAOnTwoProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, dims := range []int{200, 400} {
		x := normals(300*dims, 6)
		runtime.GOMAXPROCS(1)
		a, errA := PCA(x, dims, 5)
		runtime.GOMAXPROCS(2)
		b, errB := PCA(x, dims, 5)
		if errA != nil || errB != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("%d dimensions: the result depends on GOMAXPROCS (%v, %v)", dims, errA, errB)
		}
	}
}

func TestPCAWithoutVariance(t *testing.T) {
	same := slices.Repeat([]float32{3, -2, 7, 1}, 3)
	for _, dims := range []int{4, 12} { // equal points; one point
		p, err := PCA(same, dims, min(2, 12/dims))
		if err != nil {
			t.Fatal(err)
		}
		checkComponents(t, p)
		for _, v := range p.Points {
			if v != 0 {
				t.Errorf("a point is at %v", p.Points)
			}
		}
		for i, v := range p.Variance {
			if v != 0 || p.Share[i] != 0 {
				t.Errorf("variance %v, share %v", p.Variance, p.Share)
			}
		}
	}
	line := []float32{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2} // three points on a line of four dimensions
	p, err := PCA(line, 4, 3)
	if err != nil {
		t.Fatal(err)
	}
	checkComponents(t, p)
	near(t, "points", p.Points, []float64{-2, 0, 0, 0, 0, 0, 2, 0, 0}, 1e-6)
	near(t, "share", p.Share, []float64{1, 0, 0}, 1e-9)
	huge := []float32{-3e38, 0, 3e38, 0, 0, 1}
	if p, err = PCA(huge, 2, 1); err != nil || math.Abs(p.Share[0]-1) > 1e-9 {
		t.Errorf("large numbers: %v, %v", p, err)
	}
}

func TestPCARefuses(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		name    string
		x       []float32
		dims, k int
		want    error
	}{
		{"no points", nil, 3, 1, ErrShape},
		{"no dimensions", []float32{1}, 0, 1, ErrShape},
		{"negative dimensions", []float32{1}, -1, 1, ErrShape},
		{"half a point", []float32{1, 2, 3}, 2, 1, ErrShape},
		{"no components", []float32{1, 2}, 1, 0, ErrConfig},
		{"more components than points", []float32{1, 2}, 2, 2, ErrConfig},
		{"NaN", []float32{1, 2, nan, 4}, 2, 1, ErrNotFinite},
		{"infinity", []float32{1, float32(math.Inf(-1))}, 1, 1, ErrNotFinite},
		{"large", make([]float32, 5000*5000), 5000, 2, ErrTooLarge},
	} {
		if p, err := PCA(c.x, c.dims, c.k); !errors.Is(err, c.want) || p != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	p, err := PCA([]float32{1, 2, 3, 5}, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, none := range []*Projection{nil, {}, {Dims: 2, K: 1, Mean: make([]float32, 2)}} {
		if _, err := none.Project([]float32{1, 2}); !errors.Is(err, ErrConfig) {
			t.Errorf("%+v projects: %v", none, err)
		}
	}
	for _, x := range [][]float32{nil, {1}, {1, nan}} {
		if _, err := p.Project(x); err == nil {
			t.Errorf("%v is projected", x)
		}
	}
}
