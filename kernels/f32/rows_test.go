package f32

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func normals(n int, seed uint64) []float32 {
	x := make([]float32, n)
	Normals(x, rand.New(rand.NewPCG(seed, 0)))
	return x
}

func TestReductions(t *testing.T) {
	x, y := normals(300, 1), normals(300, 2)
	onEveryPath(t, func(t *testing.T) {
		for n := range 300 {
			a, _ := placed(n, n%9, func(i int) float32 { return x[i] })
			b, _ := placed(n, n%4, func(i int) float32 { return y[i] })
			var total, size, product, psize, dist, dsize float64
			top := math.Inf(-1)
			for i := range a {
				x, y := float64(a[i]), float64(b[i])
				total, size = total+x, size+math.Abs(x)
				product, psize = product+x*y, psize+math.Abs(x*y)
				dist, dsize = dist+(x-y)*(x-y), dsize+(x-y)*(x-y)
				top = math.Max(top, x)
			}
			for _, c := range []struct {
				name       string
				got        float32
				want, size float64
			}{
				{"Sum", Sum(a), total, size}, {"Dot", Dot(a, b), product, psize},
				{"SquaredDistance", SquaredDistance(a, b), dist, dsize}, {"Max", Max(a), top, 0},
			} {
				if float64(c.got) != c.want && math.Abs(float64(c.got)-c.want) > 1e-6*c.size {
					t.Fatalf("%s of %d: %v, expected %v", c.name, n, c.got, c.want)
				}
			}
			if at := ArgMax(a); n > 0 && a[at] != float32(top) || n == 0 && at != -1 {
				t.Fatalf("ArgMax of %d is %d", n, at)
			}
			for i := range a { // a NaN anywhere
				keep := a[i]
				a[i] = nan
				if v := Max(a); v == v {
					t.Fatalf("Max of %d with NaN at %d is %v", n, i, v)
				}
				if at := ArgMax(a); at != i {
					t.Fatalf("ArgMax of %d with NaN at %d is %d", n, i, at)
				}
				a[i] = inf(1)
				if v := Max(a); v != inf(1) {
					t.Fatalf("Max of %d with +Inf at %d is %v", n, i, v)
				}
				a[i] = keep
			}
		}
		if c := Cosine([]float32{1, 2, 3}, []float32{2, 4, 6}); math.Abs(float64(c)-1) > 1e-6 || c > 1 {
			t.Errorf("the cosine of parallel vectors is %v", c)
		}
		if c := Cosine([]float32{0, 0}, []float32{1, 2}); c != 0 {
			t.Errorf("the cosine with the zero vector is %v", c)
		}
	})
}

// The truth is float64; points far and near, at the point itself, and so far away that squares overflow.
func TestRepulsion(t *testing.T) {
	x, y := normals(300, 3), normals(300, 4)
	for i := range x {
		switch i % 5 {
		case 1:
			x[i], y[i] = 50*x[i], 50*y[i]
		case 2:
			x[i], y[i] = 0.5, -0.25
		case 3:
			x[i] = 1e25
		}
	}
	onEveryPath(t, func(t *testing.T) {
		for n := range 300 {
			a, _ := placed(n, n%9, func(i int) float32 { return x[i] })
			b, _ := placed(n, n%4, func(i int) float32 { return y[i] })
			const x0, y0 = 0.5, -0.25
			var want, size [3]float64
			for i := range a {
				dx, dy := x0-float64(a[i]), y0-float64(b[i])
				w := 1 / (1 + dx*dx + dy*dy)
				for k, v := range [3]float64{w, w * w * dx, w * w * dy} {
					want[k] += v
					size[k] += math.Abs(v)
				}
			}
			w, fx, fy := Repulsion(a, append(b, 7), x0, y0) // the shorter one counts
			for k, got := range [3]float32{w, fx, fy} {
				if !(math.Abs(float64(got)-want[k]) <= 1e-6*size[k]) {
					t.Fatalf("sum %d of %d points: %v, expected %v", k, n, got, want[k])
				}
			}
		}
		x[4] = nan
		if _, fx, _ := Repulsion(x, y, 0, 0); fx == fx {
			t.Errorf("NaN has gone: %v", fx)
		}
		x[4] = 1
	})
}

func TestSoftmax(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		for n := 1; n < 140; n++ {
			x := normals(n, uint64(n))
			for i := range x {
				x[i] *= 5
				if i%7 == 3 {
					x[i] = inf(-1)
				}
			}
			y, intact := placed(n, n%6, func(int) float32 { return 9 })
			SoftmaxRow(y, x)
			top, total := math.Inf(-1), 0.0
			for _, v := range x {
				top = math.Max(top, float64(v))
			}
			for _, v := range x {
				total += math.Exp(float64(v) - top)
			}
			var sum float64
			for i, v := range y {
				sum += float64(v)
				want := math.Exp(float64(x[i])-top) / total
				if off(v, want, math.Max(want, smallest), smallest) > 3e-6 { // x-max is rounded
					t.Fatalf("%d: softmax of %v is %v, expected %v", n, x[i], v, want)
				}
				if x[i] == inf(-1) && v != 0 {
					t.Fatalf("a masked entry is %v", v)
				}
			}
			if math.Abs(sum-1) > 2e-6 || !intact() {
				t.Fatalf("a row of %d sums to %v", n, sum)
			}
			lse := float64(LogSumExp(x))
			if want := top + math.Log(total); math.Abs(lse-want) > 1e-6*(1+math.Abs(want)) {
				t.Fatalf("LogSumExp is %v, expected %v", lse, want)
			}
		}
		long := make([]float32, 1<<20) // whose sum is far from a term
		for i := range long {
			long[i] = -2.3 * float32(min(i, 1))
		}
		SoftmaxRow(long, long)
		var sum float64
		for _, v := range long {
			sum += float64(v)
		}
		if math.Abs(sum-1) > 4e-5 {
			t.Errorf("a row of %d sums to %v", len(long), sum)
		}
		masked := []float32{inf(-1), inf(-1), inf(-1)}
		SoftmaxRow(masked, masked)
		if !slices.Equal(masked, []float32{0, 0, 0}) {
			t.Errorf("a masked row is %v", masked)
		}
		odd := []float32{1, nan, inf(-1)}
		SoftmaxRow(odd, odd)
		if odd[0] == odd[0] || odd[1] == odd[1] {
			t.Errorf("NaN became %v", odd)
		}
		if v := LogSumExp(nil); v != inf(-1) {
			t.Errorf("LogSumExp of nothing is %v", v)
		}
		if v := LogSumExp([]float32{1, nan}); v == v {
			t.Errorf("LogSumExp of NaN is %v", v)
		}
	})
}

func TestRowsAreTheSameInParallel(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		const rows, n = 300, 301
		x := normals(rows*n, 5)
		gain, bias := normals(n, 6), normals(n, 7)
		one, norm := make([]float32, n), make([]float32, n)
		for _, procs := range []int{1, 2, 5} {
			before := runtime.GOMAXPROCS(procs)
			y, z := make([]float32, rows*n), make([]float32, rows*n)
			SoftmaxRows(y, x, n)
			LayerNorm(z, x, gain, bias, 1e-5, n)
			runtime.GOMAXPROCS(before)
			for i := 0; i < rows*n; i += n {
				SoftmaxRow(one, x[i:i+n])
				LayerNormRow(norm, x[i:i+n], gain, bias, 1e-5)
				if !slices.Equal(one, y[i:i+n]) || !slices.Equal(norm, z[i:i+n]) {
					t.Fatalf("%d processors: row %d differs", procs, i/n)
				}
			}
		}
	})
}

func TestLayerNorm(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		for n := 1; n < 70; n++ {
			x, gain, bias := normals(n, 1), normals(n, 2), normals(n, 3)
			for i := range x {
				x[i] = x[i]*3 + 100 // a mean far from zero costs digits when it is done badly
			}
			y, plain := make([]float32, n), make([]float32, n)
			m, rstd := LayerNormRow(y, x, gain, bias, 1e-5)
			LayerNormRow(plain, x, nil, nil, 1e-5)
			gained, moved := make([]float32, n), make([]float32, n)
			LayerNormRow(gained, x, gain, nil, 1e-5)
			LayerNormRow(moved, x, nil, bias, 1e-5)
			var mean, variance float64
			for _, v := range x {
				mean += float64(v) / float64(n)
			}
			for _, v := range x {
				variance += (float64(v) - mean) * (float64(v) - mean) / float64(n)
			}
			if math.Abs(float64(m)-mean) > 2e-5 || math.Abs(float64(rstd)*math.Sqrt(variance+1e-5)-1) > 1e-4 {
				t.Fatalf("%d: mean %v, 1/deviation %v; expected %v, %v", n, m, rstd, mean, 1/math.Sqrt(variance+1e-5))
			}
			for i, v := range x {
				norm := (float64(v) - mean) / math.Sqrt(variance+1e-5)
				if n == 1 {
					norm = 0
				}
				if math.Abs(float64(gained[i])-norm*float64(gain[i])) > 2e-4 || math.Abs(float64(moved[i])-norm-float64(bias[i])) > 2e-4 {
					t.Fatalf("%d: %v with the gain alone, %v with the bias alone", n, gained[i], moved[i])
				}
				if want := norm*float64(gain[i]) + float64(bias[i]); math.Abs(float64(y[i])-want) > 2e-4 || math.Abs(float64(plain[i])-norm) > 2e-4 {
					t.Fatalf("%d: %v and %v, expected %v and %v", n, y[i], plain[i], want, norm)
				}
			}
		}
	})
}

func TestAdam(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		for n := range 40 {
			p, g, m, v := normals(n, 1), normals(n, 2), make([]float32, n), make([]float32, n)
			want := make([]float64, n)
			wm, wv := make([]float64, n), make([]float64, n)
			for i := range p {
				want[i] = float64(p[i])
			}
			const b1, b2, lr, eps = 0.9, 0.999, 0.01, 1e-8
			for step := 1.0; step <= 3; step++ {
				c1, c2 := 1-math.Pow(b1, step), 1-math.Pow(b2, step)
				Adam(p, g, m, v, b1, b2, float32(lr/c1), float32(1/math.Sqrt(c2)), eps)
				for i := range want {
					d := float64(g[i])
					wm[i], wv[i] = b1*wm[i]+(1-b1)*d, b2*wv[i]+(1-b2)*d*d
					want[i] -= lr * (wm[i] / c1) / (math.Sqrt(wv[i]/c2) + eps)
				}
			}
			for i := range want {
				if math.Abs(float64(p[i])-want[i]) > 1e-6 {
					t.Fatalf("parameter %d is %v, expected %v", i, p[i], want[i])
				}
			}
		}
		for _, c := range []struct{ moment, want float32 }{{smallest, 0}, {-smallest, 0}, {4 * smallest, 2 * smallest}, {-4 * smallest, -2 * smallest}, {nan, nan}} {
			m, v := []float32{c.moment}, []float32{max(c.moment, -c.moment)}
			if Adam([]float32{1}, []float32{0}, m, v, 0.5, 0.5, 1, 1, 1); !same(m[0], c.want) || !same(v[0], max(c.want, -c.want)) {
				t.Errorf("half the moments %v are %v and %v, expected %v", c.moment, m[0], v[0], c.want)
			}
		}
	})
}

func TestShortestSliceCounts(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		dst := []float32{9, 9, 9}
		Exp(dst, []float32{0})
		Add(dst[1:], []float32{1, 2, 3}, []float32{4})
		if !slices.Equal(dst, []float32{1, 5, 9}) || Dot([]float32{1, 2}, []float32{3}) != 3 || Sum(nil) != 0 || Max(nil) != inf(-1) {
			t.Errorf("got %v", dst)
		}
		SoftmaxRow(nil, nil)
		SoftmaxRows(nil, dst, 5)
		Cosine(nil, nil)
		// Behind the shortest there is more, in the arrays and in the longer slices.
		p, g, m, v := normals(40, 1), normals(40, 2), normals(40, 3), make([]float32, 40)
		before := slices.Concat(p, m, v)
		Adam(p[:30], g[:20], m[:21], v[:19], 0.9, 0.99, 1, 1, 1e-8)
		for i, x := range slices.Concat(p, m, v) {
			if changed := x != before[i]; changed != (i%40 < 19) {
				t.Errorf("Adam of 30, 20, 21 and 19: value %d is %v, it was %v", i, x, before[i])
			}
		}
	})
}

func TestSizesThatCannotBeMeantPanic(t *testing.T) {
	x := make([]float32, 3)
	for want, f := range map[string]func(){
		"SoftmaxRows: 3 values are not whole rows of 0": func() { SoftmaxRows(x, x, 0) },
		"SoftmaxRows: 3 values are not whole rows of 2": func() { SoftmaxRows(x, x, 2) },
		"SoftmaxRows: 3 values are not whole rows of 5": func() { SoftmaxRows(x, x, 5) },
		"LayerNorm: 3 values are not whole rows of -1":  func() { LayerNorm(x, x, nil, nil, 1e-5, -1) },
		"the gain has 2 values, the row 3":              func() { LayerNormRow(x, x, x[:2], nil, 1e-5) },
		"the bias has 0 values, the row 3":              func() { LayerNorm(x, x, x, x[:0], 1e-5, 3) },
		"SinCos: 3 values are no pairs":                 func() { SinCos(x, 1, 10000) },
		"Aligned(-3)":                                   func() { Aligned(-3) },
	} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.Contains(got, want) {
					t.Errorf("panicked with %q, expected %q", got, want)
				}
			}()
			f()
		}()
	}
}

func TestEmbeddings(t *testing.T) {
	x := make([]float32, 8)
	SinCos(x, 3, 10000)
	for i, want := range []float64{math.Sin(3), math.Cos(3), math.Sin(0.3), math.Cos(0.3), math.Sin(0.03), math.Cos(0.03), math.Sin(0.003), math.Cos(0.003)} {
		if math.Abs(float64(x[i])-want) > 1e-7 {
			t.Errorf("value %d is %v, expected %v", i, x[i], want)
		}
	}
	if !slices.Equal(normals(100, 5), normals(100, 5)) {
		t.Error("one seed gave two sequences")
	}
	n := normals(100_000, 1)
	mean, square := float64(Sum(n))/1e5, float64(Dot(n, n))/1e5
	if math.Abs(mean) > 0.02 || math.Abs(square-1) > 0.03 {
		t.Errorf("mean %v, variance %v", mean, square)
	}
}

func TestColumnSums(t *testing.T) {
	values := normals(2000, 3)
	onEveryPath(t, func(t *testing.T) {
		for n := range 140 {
			for _, rows := range []int{0, 1, 2, 7} {
				x, _ := placed(n*rows+min(n, 1)*(n-1)*min(rows, 1), n%5, func(i int) float32 { return values[i%2000] }) // and most of a row
				dst, intact := placed(n, n%3, func(int) float32 { return nan })
				ColumnSums(dst, x)
				for j, got := range dst {
					var want float64
					for i := range rows {
						want += float64(x[i*n+j])
					}
					if math.Abs(float64(got)-want) > 1e-5 {
						t.Fatalf("%d rows of %d: column %d sums to %v, expected %v", rows, n, j, got, want)
					}
				}
				if !intact() {
					t.Fatalf("%d rows of %d wrote around dst", rows, n)
				}
			}
		}
		x := slices.Clone(values)
		ColumnSums(x[:100], x) // in place
		want := make([]float32, 100)
		ColumnSums(want, values)
		if !slices.Equal(x[:100], want) || !slices.Equal(x[100:], values[100:]) {
			t.Errorf("sums in the first row: %v, elsewhere %v", x[:3], want[:3])
		}
		for _, n := range []int{1, 70} { // many rows, and more than float32 counts one by one
			const rows = 5*512 + 100
			x := Aligned(n * rows)
			for i := range x {
				x[i] = 3
			}
			for i := range n {
				x[i] = 1 << 25
			}
			sums := make([]float32, n)
			ColumnSums(sums, x)
			for j, got := range sums {
				if want := float64(1<<25 + 3*(rows-1)); math.Abs(float64(got)-want) > 512+8*4 {
					t.Fatalf("%d rows: column %d sums to %v, expected %v", rows, j, got, want)
				}
			}
		}
	})
}
