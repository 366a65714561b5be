package f32

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

func uniform(n int) []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	x := Aligned(n)
	for i := range x {
		x[i] = float32(r.Float64()*30 - 20)
	}
	return x
}

// perElement reports the time of an element.
func perElement(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/elem")
}

func BenchmarkExp(b *testing.B) {
	const n = 4096
	src, dst := uniform(n), Aligned(n)
	b.Run("vector", func(b *testing.B) {
		for b.Loop() {
			Exp(dst, src)
		}
		perElement(b, n)
	})
	b.Run("mathexp", func(b *testing.B) {
		for b.Loop() {
			for i, x := range src {
				dst[i] = float32(math.Exp(float64(x)))
			}
		}
		perElement(b, n)
	})
}

func BenchmarkExp32Scalar(b *testing.B) {
	const n = 4096
	src, dst := uniform(n), Aligned(n)
	b.Run("table", func(b *testing.B) {
		for b.Loop() {
			for i, x := range src {
				dst[i] = Exp32(x)
			}
		}
		perElement(b, n)
	})
	b.Run("mathexp", func(b *testing.B) {
		for b.Loop() {
			for i, x := range src {
				dst[i] = float32(math.Exp(float64(x)))
			}
		}
		perElement(b, n)
	})
}

// onCores makes a benchmark's meaning independent of -cpu.
func onCores(b *testing.B, n int) {
	before := runtime.GOMAXPROCS(n)
	b.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

func BenchmarkSoftmax512(b *testing.B) {
	const n = 512
	src, dst := Aligned(n*n), Aligned(n*n)
	copy(src, normals(n*n, 1))
	run := func(b *testing.B, f func(row []float32)) {
		onCores(b, 1)
		for b.Loop() {
			b.StopTimer()
			copy(dst, src)
			b.StartTimer()
			for i := 0; i < n*n; i += n {
				f(dst[i : i+n])
			}
		}
		perElement(b, n*n)
	}
	b.Run("vector", func(b *testing.B) { run(b, func(row []float32) { SoftmaxRow(row, row) }) })
	b.Run("go", func(b *testing.B) {
		run(b, func(row []float32) {
			top := maximumGo(row)
			scaleGo(row, row, 1/expSumGo(row, row, top))
		})
	})
}

// perSecond reports the speed of a product.
func perSecond(b *testing.B, m, n, k int) {
	b.ReportMetric(2*float64(m)*float64(n)*float64(k)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
}

func benchmarkGemm(b *testing.B, m, n, k, cores int) {
	onCores(b, cores)
	x, y, c := Dense(normals(m*k, 1), m, k), Dense(normals(k*n, 2), k, n), Dense(Aligned(m*n), m, n)
	for b.Loop() {
		if err := Gemm(c, x, y, Epilogue{}); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b, m, n, k)
}

func benchmarkGonum(b *testing.B, m, n, k int) {
	onCores(b, 1)
	x := blas32.General{Rows: m, Cols: k, Stride: k, Data: normals(m*k, 1)}
	y := blas32.General{Rows: k, Cols: n, Stride: n, Data: normals(k*n, 2)}
	c := blas32.General{Rows: m, Cols: n, Stride: n, Data: Aligned(m * n)}
	for b.Loop() {
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, x, y, 0, c)
	}
	perSecond(b, m, n, k)
}

func BenchmarkRepulsion(b *testing.B) {
	const n = 1797
	x, y := normals(n, 1), normals(n, 2)
	for b.Loop() {
		Repulsion(x, y, 0.5, 0.5)
	}
	perElement(b, n)
}

func BenchmarkGemm256(b *testing.B) {
	b.Run("simd", func(b *testing.B) { benchmarkGemm(b, 256, 256, 256, 1) })
	b.Run("gonum", func(b *testing.B) { benchmarkGonum(b, 256, 256, 256) })
	b.Run("fmapeak", benchmarkPeak)
}

func BenchmarkGemmFFN(b *testing.B) {
	b.Run("simd", func(b *testing.B) { benchmarkGemm(b, 128, 1536, 384, 1) })
	b.Run("simd2", func(b *testing.B) { benchmarkGemm(b, 128, 1536, 384, 2) })
	b.Run("packed", func(b *testing.B) { // weights that stay the same
		onCores(b, 1)
		w, err := Pack(Dense(normals(384*1536, 2), 384, 1536))
		if err != nil {
			b.Fatal(err)
		}
		x, c := Dense(normals(128*384, 1), 128, 384), Dense(Aligned(128*1536), 128, 1536)
		for b.Loop() {
			if err := GemmPacked(c, x, w, Epilogue{}); err != nil {
				b.Fatal(err)
			}
		}
		perSecond(b, 128, 1536, 384)
	})
	b.Run("gonum", func(b *testing.B) { benchmarkGonum(b, 128, 1536, 384) })
	b.Run("fmapeak", benchmarkPeak)
}

func BenchmarkGemm1G(b *testing.B) {
	b.Run("simd", func(b *testing.B) { benchmarkGemm(b, 800, 800, 800, 1) })
	b.Run("simd2", func(b *testing.B) { benchmarkGemm(b, 800, 800, 800, 2) })
}
