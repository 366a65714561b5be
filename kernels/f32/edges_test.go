package f32

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The functions of two numbers that have one right answer, to the bit.
var exact = []struct {
	name string
	f    func(dst, a, b []float32)
	of   func(a, b float32) float32
}{
	{"Add", Add, func(a, b float32) float32 { return a + b }},
	{"Sub", Sub, func(a, b float32) float32 { return a - b }},
	{"Mul", Mul, func(a, b float32) float32 { return a * b }},
	{"Div", Div, func(a, b float32) float32 { return a / b }},
	{"Scale", func(dst, a, _ []float32) { Scale(dst, 0.3, a) }, func(a, _ float32) float32 { return 0.3 * a }},
	{"ReLUGrad", ReLUGrad, func(g, x float32) float32 {
		if x > 0 {
			return g
		}
		return 0
	}},
	{"LeakyReLUGrad", func(dst, g, x []float32) { LeakyReLUGrad(dst, g, x, 0.3) }, func(g, x float32) float32 {
		if x > 0 {
			return g
		}
		return 0.3 * g
	}},
}

// The gradients of the activations: g times the derivative d, at an input or a result x. The error is measured against g.
var gradients = []struct {
	name   string
	f      func(dst, g, x []float32)
	d      func(x float64) float64
	lo, hi float32 // of x
	bound  float64
}{
	{"TanhGrad", TanhGrad, func(y float64) float64 { return 1 - y*y }, -1, 1, 1.2e-7},
	{"SigmoidGrad", SigmoidGrad, func(y float64) float64 { return y * (1 - y) }, 0, 1, 1.2e-7},
	{"SiLUGrad", SiLUGrad, func(x float64) float64 {
		x = math.Max(x, -1000)
		s, rest := 1/(1+math.Exp(-x)), 1/(1+math.Exp(math.Min(x, 1000)))
		return s * (1 + math.Min(x, 1000)*rest)
	}, inf(-1), inf(1), 1.1e-6},
	{"GELUGrad", GELUGrad, func(x float64) float64 {
		x = math.Max(math.Min(x, 1000), -1000)
		return math.Erfc(-x/math.Sqrt2)/2 + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)
	}, inf(-1), inf(1), 4e-7},
}

// checkPairs compares the functions of two slices with the truth, element by element; before is what dst holds at first.
func checkPairs(t *testing.T, before, a, b []float32) (worst []float64) {
	t.Helper()
	worst = make([]float64, len(gradients))
	n := len(a)
	dst, intact := placed(n, n%7, func(int) float32 { return nan })
	for _, u := range exact {
		u.f(dst, a, b)
		for i, v := range dst {
			if want := u.of(a[i], b[i]); !same(v, want) && (v != 0 || want != 0) {
				t.Fatalf("%s of %v and %v is %v, expected %v", u.name, a[i], b[i], v, want)
			}
		}
	}
	// A product that is added is rounded once or twice.
	for name, f := range map[string]func(dst []float32) float32{
		"MulAdd": func(dst []float32) float32 { MulAdd(dst, a, b); return 0 },
		"Axpy":   func(dst []float32) float32 { Axpy(0.3, a, dst); return 0.3 },
	} {
		copy(dst, before)
		alpha := f(dst)
		for i, v := range dst {
			factor := b[i]
			if alpha != 0 {
				factor = alpha
			}
			product := a[i] * factor
			d, want := float64(before[i]), math.FMA(float64(a[i]), float64(factor), float64(before[i]))
			size := math.Max(math.Abs(d), math.Max(math.Abs(float64(a[i])*float64(factor)), smallest))
			if e := off(v, want, size, smallest); !same(v, before[i]+product) && !(e <= 0x1p-23) {
				t.Fatalf("%s: %v + %v times %v is %v, expected %v", name, before[i], a[i], factor, v, want)
			}
		}
	}
	for k, u := range gradients {
		u.f(dst, a, b)
		for i, v := range dst {
			g, d := float64(a[i]), u.d(float64(b[i]))
			if b[i] < u.lo || b[i] > u.hi || math.IsInf(g, 0) && math.Abs(d) < 1e-3 || math.Abs(g) > math.MaxFloat32/2 && !math.IsInf(g, 0) {
				continue // zero times infinity, and what only just overflows
			}
			e := off(v, g*d, math.Max(math.Abs(g), smallest), smallest)
			if !(e <= u.bound) {
				t.Fatalf("%s: %v at %v is %v, expected %v", u.name, a[i], b[i], v, g*d)
			}
			worst[k] = math.Max(worst[k], e)
		}
	}
	if !intact() {
		t.Fatalf("%d elements: wrote around them", n)
	}
	return worst
}

func TestPairsOfEdges(t *testing.T) {
	var before, a, b []float32
	for i, x := range edges {
		for j, y := range edges {
			before, a, b = append(before, edges[(i*7+j*3)%len(edges)]), append(a, x), append(b, y)
		}
	}
	r := rand.New(rand.NewPCG(8, 8))
	for range lessShort(50_000) {
		before, a, b = append(before, float32(r.NormFloat64())), append(a, float32(r.NormFloat64())), append(b, float32(r.NormFloat64()*3))
	}
	onEveryPath(t, func(t *testing.T) {
		for k, e := range checkPairs(t, before, a, b) {
			t.Logf("%s: at most %.3g of what comes from above off", gradients[k].name, e)
		}
		for n := range 71 {
			for at := 0; at < 64; at += 16 {
				from := (n*61 + at*17) % (len(edges) * len(edges))
				d, _ := placed(n, at%3, func(i int) float32 { return before[from+i] })
				x, _ := placed(n, (n+at)%5, func(i int) float32 { return a[from+i] })
				y, _ := placed(n, n%16, func(i int) float32 { return b[from+i] })
				checkPairs(t, d, x, y)
			}
		}
	})
}

// checkRow compares the functions of whole rows with the truth. A sum of n terms may be off by n roundings of their sizes.
func checkRow(t *testing.T, a, b []float32) {
	t.Helper()
	n := float64(len(a))
	eps := (n + 8) * 0x1p-24
	var total, size, product, psize, dist, dsize, aa, bb, odd float64
	top := math.Inf(-1)
	term := func(sum, size *float64, v float64) {
		*sum += v
		if !math.IsInf(v, 0) && v == v {
			*size += math.Abs(v)
		}
	}
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		term(&total, &size, x)
		term(&product, &psize, x*y)
		term(&dist, &dsize, (x-y)*(x-y))
		aa, bb, top = aa+x*x, bb+y*y, max(top, x)
		odd += x*0 + y*0 // NaN when one is infinite or NaN
	}
	for _, c := range []struct {
		name             string
		got              float32
		want, size, less float64
	}{
		{"Sum", Sum(a), total, size, 0}, {"Dot", Dot(a, b), product, psize, n * smallest},
		{"SquaredDistance", SquaredDistance(a, b), dist, 2 * dsize, n * smallest}, {"Max", Max(a), top, 0, 0},
	} {
		if c.size > math.MaxFloat32/4 {
			continue // whether a part of a sum overflows depends on the order
		}
		got := float64(c.got)
		if got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) && !(math.Abs(got-c.want) <= eps*c.size+c.less) {
			t.Fatalf("%s of %v and %v is %v, expected %v", c.name, a, b, got, c.want)
		}
	}
	if at := ArgMax(a); n == 0 && at != -1 || n > 0 && !same(a[at], float32(top)) && (a[at] != 0 || top != 0) {
		t.Fatalf("ArgMax of %v is %d", a, at)
	}
	if odd == 0 {
		want := product / math.Sqrt(aa*bb)
		if aa == 0 || bb == 0 {
			want = 0
		}
		if c := Cosine(a, b); !(math.Abs(float64(c)-want) <= 2*eps) || c < -1 || c > 1 {
			t.Fatalf("Cosine of %v and %v is %v, expected %v", a, b, c, want)
		}
	}
	checkSoftmax(t, a, top)
	if odd == 0 && size < 1e15 && n > 0 {
		checkLayerNorm(t, a, b, total/n)
	}
}

func checkSoftmax(t *testing.T, a []float32, top float64) {
	t.Helper()
	n := len(a)
	eps := float64(n+8)*0x1p-24 + 1e-5 // the rounding of x-max is worth up to 104 2^-24
	y, intact := placed(n, n%6, func(int) float32 { return 9 })
	SoftmaxRow(y, a)
	lse := float64(LogSumExp(a))
	var total float64
	for _, v := range a {
		total += math.Exp(float64(v) - top)
	}
	switch {
	case n == 0 || math.IsInf(top, -1):
		total, top = 1, 0 // all are zero
		if !math.IsInf(lse, -1) {
			t.Fatalf("LogSumExp of %v is %v", a, lse)
		}
	case math.IsInf(top, 1):
		if lse != top {
			t.Fatalf("LogSumExp of %v is %v", a, lse)
		}
	case math.IsNaN(top):
		if !math.IsNaN(lse) {
			t.Fatalf("LogSumExp of %v is %v", a, lse)
		}
	default:
		if want := top + math.Log(total); !(math.Abs(lse-want) <= eps+0x1p-23*math.Abs(want)) {
			t.Fatalf("LogSumExp of %v is %v, expected %v", a, lse, want)
		}
	}
	for i, v := range y {
		want := math.Exp(float64(a[i])-top) / total
		if math.IsNaN(total) {
			want = total // NaN or +Inf takes the whole row
		}
		if off(v, want, math.Max(want, smallest), smallest) > eps || a[i] == inf(-1) && want == 0 && v != 0 {
			t.Fatalf("softmax of %v at %d is %v, expected %v", a, i, v, want)
		}
	}
	if !intact() {
		t.Fatalf("softmax of %d wrote around them", n)
	}
}

func checkLayerNorm(t *testing.T, x, gain []float32, mean float64) {
	t.Helper()
	n := float64(len(x))
	var variance, largest, bias float64
	for _, v := range x {
		variance += (float64(v) - mean) * (float64(v) - mean) / n
		largest = math.Max(largest, math.Abs(float64(v)))
	}
	const added = 1e-5
	y, intact := placed(len(x), len(x)%5, func(int) float32 { return 9 })
	gm, grstd := LayerNormRow(y, x, nil, nil, added)
	z := make([]float32, len(x))
	LayerNormRow(z, x, gain, gain, added)
	rstd := 1 / math.Sqrt(variance+added)
	shift := (n + 8) * 0x1p-24 * largest * rstd // what the rounding of the mean may be worth
	eps := (n+8)*0x1p-23 + shift*shift
	if eps > 1e-2 {
		return
	}
	if math.Abs(float64(gm)-mean)*rstd > shift+1e-30 || math.Abs(float64(grstd)/rstd-1) > eps {
		t.Fatalf("LayerNorm of %v: mean %v, 1/deviation %v; expected %v, %v", x, gm, grstd, mean, rstd)
	}
	for i, v := range x {
		want := (float64(v) - mean) * rstd
		tol := shift + math.Abs(want)*eps + smallest
		if !(math.Abs(float64(y[i])-want) <= tol) {
			t.Fatalf("LayerNorm of %v at %d is %v, expected %v", x, i, y[i], want)
		}
		g := math.Abs(float64(gain[i]))
		want, bias = want*float64(gain[i])+float64(gain[i]), math.Abs(want)
		if g < 1e30 && !(math.Abs(float64(z[i])-want) <= g*(tol+(bias+1)*0x1p-22)+smallest) {
			t.Fatalf("LayerNorm of %v with gain %v at %d is %v, expected %v", x, gain[i], i, z[i], want)
		}
	}
	if !intact() {
		t.Fatalf("LayerNorm of %d wrote around them", len(x))
	}
}

// Every length with no edge, with one anywhere, with some, and with nothing else.
func TestRowsOfEdges(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	onEveryPath(t, func(t *testing.T) {
		for n := range 71 {
			for _, often := range []float64{0, 1 / float64(n+1), 0.2, 1} {
				for range lessShort(10) {
					value := func(int) float32 {
						if r.Float64() < often {
							return edges[r.IntN(len(edges))]
						}
						return float32(r.NormFloat64() * 3)
					}
					a, _ := placed(n, r.IntN(16), value)
					b, _ := placed(n, r.IntN(16), value)
					checkRow(t, a, b)
				}
			}
		}
	})
}

// A row without spread is zero, however far from zero it lies.
func TestLayerNormOfConstantRow(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		for _, v := range []float32{0, 1, -3, 100, 4096, 1 << 20, 0.1, 1e6 / 3, 1e30, 3e38, 1e-40} {
			for _, n := range []int{1, 2, 8, 17, 64, 384, 30_000} {
				x, y, ones := make([]float32, n), make([]float32, n), make([]float32, n)
				for i := range x {
					x[i], ones[i] = v, 1
				}
				mean, rstd := LayerNormRow(y, x, nil, nil, 1e-5)
				if mean != v || math.Abs(float64(rstd)-1/math.Sqrt(1e-5)) > 1e-3 || Max(y) != 0 || Sum(y) != 0 {
					t.Errorf("%d times %v: mean %v, 1/deviation %v, %v", n, v, mean, rstd, y[0])
				}
				LayerNormRow(y, x, ones, ones, 1e-5)
				if Sum(y) != float32(n) {
					t.Errorf("%d times %v with gain and bias 1: %v", n, v, y[0])
				}
			}
		}
	})
}

// The size of a row's values may be beyond what float32 sums hold, the normalised row is not.
func TestLayerNormOfAnySize(t *testing.T) {
	const n = 100
	x, gain, bias := normals(n, 1), normals(n, 2), normals(n, 3)
	want := make([]float32, n)
	onEveryPath(t, func(t *testing.T) {
		LayerNormRow(want, x, gain, bias, 0)
		for _, size := range []float32{0x1p-126, 0x1p-100, 0x1p-60, 1, 0x1p60, 0x1p100, 0x1p125} {
			y := make([]float32, n)
			Scale(y, size, x)
			mean, rstd := LayerNormRow(y, y, gain, bias, 0)
			for i, v := range y {
				if !(math.Abs(float64(v-want[i])) < 1e-5) {
					t.Fatalf("times %v: %v at %d, expected %v", size, v, i, want[i])
				}
			}
			if m, r := LayerNormRow(y, x, nil, nil, 0); math.Abs(float64(mean/size-m)) > 1e-6 || math.Abs(float64(rstd*size/r-1)) > 1e-5 {
				t.Errorf("times %v: mean %v, 1/deviation %v", size, mean, rstd)
			}
		}
	})
}

// Zeros, bounds that are NaN or in the wrong order: to the bit.
func TestReLUAndClampAreTheSameOnEveryPath(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		y := make([]float32, len(edges))
		ReLU(y, edges)
		for i, x := range edges {
			want := x
			if x < 0 {
				want = 0
			}
			if !same(y[i], want) {
				t.Errorf("ReLU(%v) is %v", x, y[i])
			}
		}
		for _, lo := range []float32{-1, 0, float32(math.Copysign(0, -1)), 2, nan} {
			for _, hi := range []float32{0, 1, float32(math.Copysign(0, -1)), nan} {
				Clamp(y, edges, lo, hi)
				for i, x := range edges {
					want := x
					if want < lo {
						want = lo
					}
					if want > hi {
						want = hi
					}
					if !same(y[i], want) {
						t.Errorf("Clamp of %v to %v and %v is %v", x, lo, hi, y[i])
					}
				}
			}
		}
	})
}

// The length of a vector may be beyond what a float32 holds, its direction is not.
func TestCosineOfAnyLength(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		for _, scale := range []float32{1e-44, 1e-38, 1e-25, 1e-20, 1, 1e15, 1e20, 1e38} {
			a, b := []float32{3 * scale, 0, 0}, []float32{scale, -scale, 0}
			want := 1 / math.Sqrt2
			if c := Cosine(a, b); math.Abs(float64(c)-want) > 1e-6 {
				t.Errorf("lengths near %v: %v, expected %v", scale, c, want)
			}
			if c := Cosine(a, []float32{1, -1, 0}); math.Abs(float64(c)-want) > 1e-6 {
				t.Errorf("lengths near %v and 1: %v, expected %v", scale, c, want)
			}
		}
		for _, v := range []float32{nan, inf(1)} {
			for _, other := range []float32{1, 0} {
				a, b := []float32{v, other}, []float32{other, other}
				if c, d := Cosine(a, b), Cosine(b, a); c == c || d == d {
					t.Errorf("%v and %v: %v and %v", a, b, c, d)
				}
			}
		}
		for n := range 200 { // parallel, which rounding makes more than 1
			a := normals(n+1, uint64(n))
			b := make([]float32, len(a))
			Scale(b, 0.7, a)
			if c := Cosine(a, b); !(c > 1-1e-5 && c <= 1) {
				t.Errorf("%d parallel values: %v", n+1, c)
			}
		}
	})
}
