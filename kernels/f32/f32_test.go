package f32

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// onEveryPath runs a test with each form of the kernels that this machine has.
func onEveryPath(t *testing.T, f func(t *testing.T)) {
	before := level
	defer func() { level = before }()
	for l := portable; l <= best(); l++ {
		level = l
		t.Run(l.String(), f)
	}
}

func inf(sign int) float32 { return float32(math.Inf(sign)) }

var nan = float32(math.NaN())

const smallest = 0x1p-126 // normal

// edges are values where something could go wrong.
var edges = []float32{0, float32(math.Copysign(0, -1)), 1, -1, 0.5, -0.5, 1e-45, -1e-45, 1e-39, -1e-39, smallest, -smallest, 1e-8, -1e-8, 1e-4, -1e-4,
	0.624999, 0.625, 0.625001, -0.625, 2, -2, 3.5, -3.5, 5, -5, 9, -9, 10.5, -10.5, 13.4, -13.4, 20, -20, 80, -80,
	87.33654, -87.33654, -87.336545, 88.3, -88.3, 88.37, 88.7, 88.72283, 88.72284, 88.8, -88.8, 89, -89, 103.9, -103.9, -104, 127, 128, -128, -129,
	1000, -1000, 1e10, -1e10, 3e38, -3e38, math.MaxFloat32, -math.MaxFloat32, inf(1), inf(-1), nan}

// unaries are the functions of one number, with the truth in float64 and the scale of the allowed error at x.
var unaries = []struct {
	name  string
	f     func(dst, src []float32)
	true  func(x float64) float64
	scale func(x, y float64) float64 // what the error is measured against
	bound float64
}{
	{"Exp", Exp, math.Exp, relative, 2 * 0x1p-24}, // 2 ulp at least, of a value in the lower half of its binade
	{"Tanh", Tanh, math.Tanh, relative, 4e-7},
	{"Sigmoid", Sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, relative, 4e-7},
	{"SiLU", SiLU, func(x float64) float64 {
		if math.IsInf(x, -1) {
			return 0
		}
		return x / (1 + math.Exp(-x))
	}, ofInput, 5e-7},
	{"GELU", GELU, func(x float64) float64 {
		if math.IsInf(x, -1) {
			return 0
		}
		return x * math.Erfc(-x/math.Sqrt2) / 2
	}, ofInput, 5e-7},
	{"Softplus", Softplus, func(x float64) float64 { return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }, relative, 4e-7},
	{"ReLU", ReLU, func(x float64) float64 { return math.Max(x, 0) }, relative, 0},
	{"LeakyReLU", func(dst, src []float32) { LeakyReLU(dst, src, 0.25) }, func(x float64) float64 { return math.Max(x, x/4) }, relative, 0},
	{"Clamp", func(dst, src []float32) { Clamp(dst, src, 0, 6) }, func(x float64) float64 { return math.Min(math.Max(x, 0), 6) }, relative, 0},
	{"Scale", func(dst, src []float32) { Scale(dst, 3, src) }, func(x float64) float64 { return 3 * x }, relative, 0x1p-24},
	{"Linear", func(dst, src []float32) { Linear(dst, 3, src, 5) }, func(x float64) float64 { return 3*x + 5 },
		func(x, y float64) float64 { return math.Abs(3*x) + 5 }, 0x1p-23},
}

func relative(_, y float64) float64 { return math.Max(math.Abs(y), smallest) }

// ofInput is for x times something that is flushed to zero.
func ofInput(x, y float64) float64 { return math.Max(relative(x, y), smallest*math.Abs(x)) }

// off says how far got is from want, in units of scale; both may be infinite or NaN, and what rounds to infinity is infinite.
func off(got float32, want, scale float64) float64 {
	switch {
	case math.IsNaN(want) || got != got:
		if math.IsNaN(want) != (got != got) {
			return math.Inf(1)
		}
		return 0
	case float64(got) == want || got == float32(want):
		return 0
	case math.IsInf(float64(got), 0) || math.IsInf(float64(float32(want)), 0):
		return math.Inf(1)
	case math.Abs(want) < smallest && math.Abs(float64(got)) <= smallest, math.Abs(want) < scale && math.Abs(float64(got)) <= scale:
		return 0 // may be flushed
	}
	return math.Abs(float64(got)-want) / scale
}

// inputs are the edges, then values over all magnitudes and a denser set around zero.
func inputs(n int) []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	x := slices.Clone(edges)
	for range n {
		x = append(x, math.Float32frombits(r.Uint32()), float32(r.NormFloat64()*4), float32(r.Float64()*210-105))
	}
	return x
}

func TestUnaryFunctions(t *testing.T) {
	x := inputs(60_000)
	y := make([]float32, len(x))
	onEveryPath(t, func(t *testing.T) {
		for _, u := range unaries {
			u.f(y, x)
			worst, at := 0.0, float32(0)
			for i, v := range x {
				want := u.true(float64(v))
				if e := off(y[i], want, u.scale(float64(v), want)); e > worst {
					worst, at = e, v
				}
			}
			if worst > u.bound {
				t.Errorf("%s(%v) is off by %.3g, allowed %.3g", u.name, at, worst, u.bound)
			}
			t.Logf("%s: at most %.3g off, at %v", u.name, worst, at)
		}
	})
}

// ulps is the distance of got from want in units of the last place of want.
func ulps(got float32, want float64) float64 {
	if math.IsNaN(want) && got != got || float64(got) == want || float32(want) == got {
		return 0
	}
	if got != got || math.IsInf(float64(got), 0) || math.IsInf(float64(float32(want)), 0) {
		return math.Inf(1)
	}
	_, e := math.Frexp(want)
	return math.Abs(float64(got)-want) / math.Ldexp(1, max(e-24, -149))
}

// Every 1,021st float32: all exponents, both signs.
func TestExpOverAllMagnitudes(t *testing.T) {
	const chunk = 1 << 12
	x, y := make([]float32, 0, chunk), make([]float32, chunk)
	onEveryPath(t, func(t *testing.T) {
		worst, at := 0.0, float32(0)
		check := func() {
			Exp(y, x)
			for i, v := range x {
				want := math.Exp(float64(v))
				if want < smallest && level != portable {
					if y[i] != 0 && want < smallest*(1-0x1p-22) {
						t.Fatalf("Exp(%v) = %v, expected 0 below the normal numbers", v, y[i])
					}
					continue
				}
				if e := ulps(y[i], want); e > worst {
					worst, at = e, v
				}
			}
			x = x[:0]
		}
		for b := uint64(0); b < 1<<32; b += 1021 {
			if x = append(x, math.Float32frombits(uint32(b))); len(x) == chunk {
				check()
			}
		}
		check()
		if worst > 2 {
			t.Errorf("Exp(%v) is off by %.3f ulp", at, worst)
		}
		t.Logf("at most %.3f ulp, at %v", worst, at)
	})
}

func TestExp32(t *testing.T) {
	worst, at := 0.0, float32(0)
	for _, v := range inputs(300_000) {
		if e := ulps(Exp32(v), math.Exp(float64(v))); e > worst {
			worst, at = e, v
		}
	}
	if worst > 1 {
		t.Errorf("Exp32(%v) is off by %.3f ulp", at, worst)
	}
	t.Logf("at most %.3f ulp, at %v", worst, at)
	if Exp32(88.72283) == inf(1) || Exp32(88.72284) != inf(1) || Exp32(-103.97) == 0 || Exp32(-104) != 0 {
		t.Error("the range is another one")
	}
}

const guard = float32(12345)

// placed returns n elements that begin off elements after a cache line, with guards on both sides.
func placed(n, off int, fill func(i int) float32) (x []float32, intact func() bool) {
	all := Aligned(n + off + 40)
	for i := range all {
		all[i] = guard
	}
	x = all[16+off : 16+off+n : 16+off+n]
	for i := range x {
		x[i] = fill(i)
	}
	return x, func() bool {
		for _, v := range all[:16+off] {
			if v != guard {
				return false
			}
		}
		for _, v := range all[16+off+n:] {
			if v != guard {
				return false
			}
		}
		return true
	}
}

// An element's value must not depend on where it stands, and nothing around dst may be written.
func TestUnaryOfEveryLengthAndPlace(t *testing.T) {
	values := inputs(100)
	onEveryPath(t, func(t *testing.T) {
		for _, u := range unaries {
			want := make([]float32, len(values))
			u.f(want, values)
			for n := range 71 {
				for _, off := range []int{0, 1, 3, 8} {
					from := (n*7 + off) % 50
					src, _ := placed(n, off, func(i int) float32 { return values[from+i] })
					dst, intact := placed(n, (off*3)%16, func(int) float32 { return 7 })
					u.f(dst, src)
					for i, v := range dst {
						if !same(v, want[from+i]) {
							t.Fatalf("%s of %d elements: %v at %d, it is %v elsewhere", u.name, n, v, i, want[from+i])
						}
					}
					if !intact() {
						t.Fatalf("%s of %d elements wrote around them", u.name, n)
					}
					u.f(src, src)
					if !slices.EqualFunc(src, dst, same) {
						t.Fatalf("%s of %d elements in place differs", u.name, n)
					}
				}
			}
		}
	})
}

// same is equality of bits, but any NaN is like another.
func same(a, b float32) bool {
	return math.Float32bits(a) == math.Float32bits(b) || a != a && b != b
}

var binaries = []struct {
	name  string
	f     func(dst, a, b []float32)
	true  func(dst, a, b float64) float64
	bound float64 // of the sizes of the terms
}{
	{"Add", Add, func(_, a, b float64) float64 { return a + b }, 0x1p-24},
	{"Sub", Sub, func(_, a, b float64) float64 { return a - b }, 0x1p-24},
	{"Mul", Mul, func(_, a, b float64) float64 { return a * b }, 0x1p-24},
	{"Div", Div, func(_, a, b float64) float64 { return a / b }, 0x1p-24},
	{"MulAdd", MulAdd, func(d, a, b float64) float64 { return d + a*b }, 0x1p-23},
	{"Axpy", func(dst, a, _ []float32) { Axpy(0.3, a, dst) }, func(d, a, _ float64) float64 { return d + float64(float32(0.3))*a }, 0x1p-23},
	{"ReLUGrad", ReLUGrad, func(_, g, x float64) float64 {
		if x > 0 {
			return g
		}
		return 0
	}, 0},
	{"LeakyReLUGrad", func(dst, g, x []float32) { LeakyReLUGrad(dst, g, x, 0.25) }, func(_, g, x float64) float64 {
		if x < 0 {
			return g / 4
		}
		return g
	}, 0},
	{"TanhGrad", TanhGrad, func(_, g, y float64) float64 { return g * (1 - y*y) }, 3e-7},
	{"SigmoidGrad", SigmoidGrad, func(_, g, y float64) float64 { return g * y * (1 - y) }, 3e-7},
	{"SiLUGrad", SiLUGrad, func(_, g, x float64) float64 {
		x = math.Max(x, -128)
		s := 1 / (1 + math.Exp(-x))
		return g * s * (1 + x*(1-s))
	}, 1e-6},
	{"GELUGrad", GELUGrad, func(_, g, x float64) float64 {
		x = math.Min(math.Max(x, -128), 128)
		return g * (math.Erfc(-x/math.Sqrt2)/2 + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi))
	}, 1e-6},
}

func TestBinaryFunctions(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	onEveryPath(t, func(t *testing.T) {
		for _, u := range binaries {
			for n := range 71 {
				value := func(int) float32 {
					if r.IntN(8) == 0 {
						return edges[r.IntN(len(edges))]
					}
					return float32(r.NormFloat64())
				}
				a, _ := placed(n, n%5, value)
				b, _ := placed(n, n%3, value)
				dst, intact := placed(n, n%7, value)
				before := slices.Clone(dst)
				u.f(dst, a, b)
				if !intact() {
					t.Fatalf("%s of %d elements wrote around them", u.name, n)
				}
				for i := range dst {
					d, x, y := float64(before[i]), float64(a[i]), float64(b[i])
					want := u.true(d, x, y)
					scale := math.Max(math.Max(math.Abs(want), smallest), math.Max(math.Abs(x), math.Max(math.Abs(d), 1)*math.Abs(x*y)))
					if u.bound == 0x1p-24 {
						scale = math.Max(math.Abs(want), smallest)
					}
					if math.Abs(y) > 1e18 || math.Abs(want) > math.MaxFloat32/2 || scale > math.MaxFloat32/4 || math.IsNaN(want) {
						continue // whether a term in between overflows is the form's own affair
					}
					if e := off(dst[i], want, scale); e > u.bound {
						t.Fatalf("%s: %v, %v, %v: %v, expected %v", u.name, before[i], a[i], b[i], dst[i], want)
					}
				}
			}
		}
	})
}

func normals(n int, seed uint64) []float32 {
	x := make([]float32, n)
	Normals(x, rand.New(rand.NewPCG(seed, 0)))
	return x
}

func TestReductions(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		for n := range 300 {
			a, _ := placed(n, n%9, func(i int) float32 { return normals(300, 1)[i] })
			b, _ := placed(n, n%4, func(i int) float32 { return normals(300, 2)[i] })
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
				if off(v, want, math.Max(want, smallest)) > 3e-6 { // x-max is rounded
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
		SoftmaxRows(dst, dst, 0)
		SoftmaxRows(dst, dst, 5)
		LayerNorm(dst, dst, nil, nil, 1e-5, -1)
		Cosine(nil, nil)
	})
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

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		asked string
		best  isa
		want  isa
	}{
		{"", avx512, avx512}, {"off", avx512, portable}, {"avx2", avx512, avx2}, {"avx512", avx2, avx2}, {"sse", avx2, avx2}, {"avx2", portable, portable},
	} {
		if got := choose(c.asked, c.best); got != c.want {
			t.Errorf("XAINB_SIMD=%q on a machine with %v gives %v", c.asked, c.best, got)
		}
	}
	if names[SIMD()] != level {
		t.Errorf("SIMD is %q", SIMD())
	}
}

func TestNothingIsAllocated(t *testing.T) {
	x, y := normals(1000, 1), make([]float32, 1000)
	c := make([]float32, 100*100)
	for name, f := range map[string]func(){
		"Exp":         func() { Exp(y, x) },
		"SoftmaxRows": func() { SoftmaxRows(y, x, 100) },
		"LayerNorm":   func() { LayerNorm(y, x, nil, nil, 1e-5, 100) },
		"LogSumExp":   func() { LogSumExp(x) },
		"Gemm":        func() { _ = Gemm(Dense(c, 100, 100), Dense(x, 100, 10), Dense(x, 10, 100), Epilogue{}) },
	} {
		f()
		if n := testing.AllocsPerRun(20, f); n > 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func FuzzSoftmax(f *testing.F) {
	f.Add([]byte{0, 0, 128, 63, 0, 0, 128, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		x := make([]float32, len(b)/4)
		finite, masked := true, true
		for i := range x {
			x[i] = math.Float32frombits(uint32(b[4*i]) | uint32(b[4*i+1])<<8 | uint32(b[4*i+2])<<16 | uint32(b[4*i+3])<<24)
			finite = finite && x[i] == x[i] && x[i] != inf(1)
			masked = masked && x[i] == inf(-1)
		}
		onEveryPath(t, func(t *testing.T) {
			y, intact := placed(len(x), 3, func(int) float32 { return 1 })
			SoftmaxRow(y, x)
			if !intact() {
				t.Fatal("wrote around the row")
			}
			var sum float64
			for _, v := range y {
				sum += float64(v)
			}
			if finite && !masked && math.Abs(sum-1) > 1e-4 || masked && sum != 0 {
				t.Fatalf("%v sums to %v", fmt.Sprint(x), sum)
			}
		})
	})
}
