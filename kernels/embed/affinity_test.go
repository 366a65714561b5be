package embed

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// dense returns P with its zeros.
func (a *affinity) dense() []float64 {
	n := len(a.start) - 1
	p := make([]float64, n*n)
	for i := range n {
		for e := a.start[i]; e < a.start[i+1]; e++ {
			p[i*n+int(a.col[e])] = float64(a.p[e])
		}
	}
	return p
}

func TestGradientAgainstReference(t *testing.T) {
	for _, c := range loadReference(t).TSNE {
		name := fmt.Sprintf("%d neighbours: ", c.Neighbours)
		cfg, n, err := Config{Points: toFloat32(c.X), Dims: c.Dims, Perplexity: c.Perplexity, Neighbours: c.Neighbours}.resolve()
		if err != nil {
			t.Fatal(err)
		}
		d, err := newDescent(t.Context(), cfg, n)
		if err != nil {
			t.Fatal(err)
		}
		near(t, name+"P", d.p.dense(), c.P, 1e-4) // the entropy is found to 1e-5
		for i := range n {
			d.x[i], d.y[i] = float32(c.Y[2*i]), float32(c.Y[2*i+1])
		}
		if err := d.forces(t.Context()); err != nil {
			t.Fatal(err)
		}
		kl, err := d.divergence(t.Context())
		if err != nil || math.Abs(kl-c.KL) > 1e-4*c.KL {
			t.Errorf("%sKL is %v, expected %v (%v)", name, kl, c.KL, err)
		}
		grad := make([]float64, 2*n)
		for i := range n {
			for k := range 2 {
				grad[2*i+k] = 4 * (float64(d.pull[k][i]) - float64(d.push[k][i])/d.z)
			}
		}
		near(t, name+"gradient", grad, c.Gradient, 1e-4)
	}
}

// A row of the conditional similarities has the sum 1 and the entropy that was asked for, and P is symmetric with the sum 1.
func TestAffinity(t *testing.T) {
	const n, dims, k, perplexity = 150, 4, 60, 20
	x := clusters(n, dims, 3)
	_, squared, err := nearest(t.Context(), x, dims, k)
	if err != nil {
		t.Fatal(err)
	}
	p := make([]float64, k)
	for i := range n {
		conditional(p, squared[i*k:(i+1)*k], perplexity)
		sum, entropy := 0.0, 0.0
		for _, v := range p {
			sum += v
			if v > 0 {
				entropy -= v * math.Log(v)
			}
		}
		if math.Abs(sum-1) > 1e-9 || math.Abs(math.Exp(entropy)-perplexity) > 1e-3 {
			t.Fatalf("row %d: sum %v, perplexity %v", i, sum, math.Exp(entropy))
		}
	}
	a, err := newAffinity(t.Context(), x, dims, k, perplexity)
	if err != nil {
		t.Fatal(err)
	}
	d, sum := a.dense(), 0.0
	for i := range n {
		if !slices.IsSorted(a.col[a.start[i]:a.start[i+1]]) || d[i*n+i] != 0 {
			t.Fatalf("row %d is out of order", i)
		}
		for j := range n {
			if d[i*n+j] != d[j*n+i] {
				t.Fatalf("p(%d,%d) is %v, p(%d,%d) %v", i, j, d[i*n+j], j, i, d[j*n+i])
			}
			sum += d[i*n+j]
		}
	}
	if math.Abs(sum-1) > 1e-5 {
		t.Errorf("the sum of P is %v", sum)
	}
}

// Equal points share alike; so do more points at one distance than the perplexity.
func TestConditionalOfTies(t *testing.T) {
	for _, d := range [][]float32{{0, 0, 0, 0, 0, 0}, {2, 2, 2, 2, 2, 2}, {0, 0, 0, 0, 5, 9}, {1e-30, 1e-30, 1e-30, 1e-30, 1, 1}} {
		p := make([]float64, len(d))
		conditional(p, d, 2)
		sum := 0.0
		for i, v := range p {
			sum += v
			if d[i] == d[0] && v != p[0] || d[i] > d[0] && v > 1e-3 {
				t.Errorf("%v gives %v", d, p)
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("%v gives %v", d, p)
		}
	}
}

func TestNearest(t *testing.T) {
	x := clusters(120, 3, 4)
	copy(x[30:33], x[60:63]) // equal points
	for _, k := range []int{1, 7, 119} {
		index, squared, err := nearest(t.Context(), x, 3, k)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 120 {
			var all []int
			for j := range 120 {
				if j != i {
					all = append(all, j)
				}
			}
			far := func(j int) (d float64) {
				for l := range 3 {
					v := float64(x[i*3+l]) - float64(x[j*3+l])
					d += v * v
				}
				return d
			}
			slices.SortStableFunc(all, func(a, b int) int {
				switch d := far(a) - far(b); {
				case d < 0:
					return -1
				case d > 0:
					return 1
				}
				return 0
			})
			for m := range k {
				if j := int(index[i*k+m]); j != all[m] || math.Abs(float64(squared[i*k+m])-far(j)) > 1e-5*far(j) {
					t.Fatalf("neighbour %d of %d is %d at %v, expected %d at %v", m, i, j, squared[i*k+m], all[m], far(all[m]))
				}
			}
		}
	}
}

// The sums of Barnes and Hut against all pairs: theta bounds the error, and with a tiny theta only rounding is left.
func TestBarnesHut(t *testing.T) {
	const n = 2000
	x, y := normals(n, 1), normals(n, 2)
	for i := range x {
		switch {
		case i%4 == 0:
			x[i], y[i] = 40+x[i], 30+y[i]
		case i%50 == 1:
			x[i], y[i] = 3, 3 // more points in one place than a leaf has
		case i == 2:
			x[i] = 9000 // and one far out
		}
	}
	for _, c := range []struct{ theta, tolerance float64 }{{1e-6, 5e-5}, {0.2, 2e-3}, {0.5, 2e-2}, {maxTheta, 5e-2}} {
		var tree quadtree
		for range 2 { // its buffers are used again
			tree.build(x, y, c.theta)
		}
		var got, want [3][]float64
		for i := range n {
			ax, ay, az := tree.repulsion(x[i], y[i])
			var sums [3]float64
			for j := range n {
				dx, dy := float64(x[i]-x[j]), float64(y[i]-y[j])
				w := 1 / (1 + dx*dx + dy*dy)
				sums[0], sums[1], sums[2] = sums[0]+w, sums[1]+w*w*dx, sums[2]+w*w*dy
			}
			for k, v := range [3]float32{ax, ay, az} {
				got[k], want[k] = append(got[k], float64(v)), append(want[k], sums[k])
			}
		}
		for k := range got {
			near(t, fmt.Sprintf("theta %v, sum %d", c.theta, k), got[k], want[k], c.tolerance)
		}
		seen := make([]bool, n)
		for i := range n {
			seen[tree.point(i)] = true
		}
		if slices.Contains(seen, false) {
			t.Fatal("a point is not in the tree")
		}
	}
	for _, n := range []int{1, 2, 100} { // all in one place
		var tree quadtree
		tree.build(make([]float32, n), make([]float32, n), 0.5)
		if w, fx, fy := tree.repulsion(0, 0); w != float32(n) || fx != 0 || fy != 0 {
			t.Errorf("%d points in one place: %v %v %v", n, w, fx, fy)
		}
	}
}

func TestEachRowStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	rows := 0
	if err := eachRow(ctx, rowsApiece, func(from, to int) { rows += to - from }); err != nil || rows != rowsApiece {
		t.Fatal(err, rows)
	}
	cancel()
	if err := eachRow(ctx, 1000, func(from, to int) { t.Error("it goes on") }); !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "embed: ") {
		t.Fatal(err)
	}
}
