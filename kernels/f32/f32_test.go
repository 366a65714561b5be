package f32

import (
	"math"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
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
	scale func(x, y float64) (scale, flush float64) // what the error is measured against, and below what values may be zero
	bound float64
}{
	{"Exp", Exp, math.Exp, relative, 1.5 * 0x1p-23}, // 1.5 ulp of a power of two; see TestExpOverAllMagnitudes
	{"Tanh", Tanh, math.Tanh, relative, 1.8e-7},
	{"Sigmoid", Sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, relative, 2.4e-7},
	{"SiLU", SiLU, func(x float64) float64 {
		if math.IsInf(x, -1) {
			return 0
		}
		return x / (1 + math.Exp(-x))
	}, ofInput, 3e-7},
	{"GELU", GELU, func(x float64) float64 {
		if math.IsInf(x, -1) {
			return 0
		}
		return x * math.Erfc(-x/math.Sqrt2) / 2
	}, ofInput, 6e-7},
	{"Softplus", Softplus, func(x float64) float64 { return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }, relative, 3.6e-7},
	{"ReLU", ReLU, func(x float64) float64 { return math.Max(x, 0) }, relative, 0},
	{"LeakyReLU", func(dst, src []float32) { LeakyReLU(dst, src, 0.25) }, func(x float64) float64 { return math.Max(x, x/4) }, relative, 0},
	{"Clamp", func(dst, src []float32) { Clamp(dst, src, 0, 6) }, func(x float64) float64 { return math.Min(math.Max(x, 0), 6) }, relative, 0},
	{"Scale", func(dst, src []float32) { Scale(dst, 3, src) }, func(x float64) float64 { return 3 * x }, relative, 0x1p-24},
	{"Linear", func(dst, src []float32) { Linear(dst, 3, src, 5) }, func(x float64) float64 { return 3*x + 5 },
		func(x, y float64) (scale, flush float64) { return math.Abs(3*x) + 5, 0 }, 0x1p-23},
}

func relative(_, y float64) (scale, flush float64) { return math.Max(math.Abs(y), smallest), smallest }

// ofInput is for x times something that is flushed to zero.
func ofInput(x, y float64) (scale, flush float64) {
	flush = smallest * math.Max(1, math.Abs(x))
	return math.Max(math.Abs(y), flush), flush
}

// off says how far got is from want, in units of scale; both may be infinite or NaN, and what rounds to infinity is infinite. A value below
// flush may be any other below it.
func off(got float32, want, scale, flush float64) float64 {
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
	case math.Abs(want) < flush && math.Abs(float64(got)) <= flush:
		return 0
	}
	return math.Abs(float64(got)-want) / scale
}

// offBy is off for one of the unaries at x.
func offBy(scale func(x, y float64) (scale, flush float64), got, x float32, want float64) float64 {
	size, flush := scale(float64(x), want)
	return off(got, want, size, flush)
}

// lessShort is n, or a tenth of it where the tests are to be short: on a machine that is imitated, every function counts, not every value.
func lessShort(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
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
	x := inputs(lessShort(60_000))
	y := make([]float32, len(x))
	onEveryPath(t, func(t *testing.T) {
		for _, u := range unaries {
			u.f(y, x)
			worst, at := 0.0, float32(0)
			for i, v := range x {
				want := u.true(float64(v))
				if e := offBy(u.scale, y[i], v, want); e > worst {
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

// Every 1,021st float32 (every 16,381st in short tests): all exponents, both signs.
func TestExpOverAllMagnitudes(t *testing.T) {
	const chunk = 1 << 12
	step := uint64(1021)
	if testing.Short() {
		step = 16381
	}
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
		for b := uint64(0); b < 1<<32; b += step {
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
	for _, v := range inputs(lessShort(300_000)) {
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

// raced says that the race detector is on: it makes pools forget, so that there are allocations.
var raced bool

func TestNothingIsAllocated(t *testing.T) {
	x, y := normals(1000, 1), make([]float32, 1000)
	c := make([]float32, 100*100)
	for name, f := range map[string]func(){
		"Exp":         func() { Exp(y, x) },
		"SoftmaxRows": func() { SoftmaxRows(y, x, 100) },
		"LayerNorm":   func() { LayerNorm(y, x, nil, nil, 1e-5, 100) },
		"LogSumExp":   func() { LogSumExp(x) },
		"Repulsion":   func() { Repulsion(x, y, 0, 0) },
		"Gemm":        func() { _ = Gemm(Dense(c, 100, 100), Dense(x, 100, 10), Dense(x, 10, 100), Epilogue{}) },
	} {
		f()
		if n := testing.AllocsPerRun(20, f); n > 0 && !raced {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

// On several processors, on which AllocsPerRun does not let a function run. A pool has something for each of them, hence the few.
func TestLittleIsAllocatedInParallel(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // collections empty the pools
	const n = 256
	x, y, c := normals(n*n, 1), make([]float32, n*n), make([]float32, n*n)
	for name, f := range map[string]func(){
		"SoftmaxRows": func() { SoftmaxRows(y, x, n) },
		"LayerNorm":   func() { LayerNorm(y, x, x, x, 1e-5, n) },
		"Gemm":        func() { _ = Gemm(Dense(c, n, n), Dense(x, n, n), Dense(y, n, n), Epilogue{Activation: ReLU}) },
	} {
		const runs, few = 50, 20
		for range 3 {
			f()
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range runs {
			f()
		}
		runtime.ReadMemStats(&after)
		if n := after.Mallocs - before.Mallocs; n > few && !raced {
			t.Errorf("%s allocates %d times in %d runs", name, n, runs)
		}
	}
}
