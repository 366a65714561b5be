package autodiff

import (
	"math"

	"github.com/xainb/gonb-xai/kernels/f32"
)

// Float is what a tensor's numbers are.
type Float interface{ float32 | float64 }

// backend is the arithmetic of one type of number. The slices of a call have one length; dst may be an input.
type backend[T Float] struct {
	add, sub, mul, div                                         func(dst, a, b []T)
	reluGrad, tanhGrad, sigmoidGrad, siluGrad, geluGrad        func(dst, g, x []T)
	exp, tanh, sigmoid, silu, gelu, softplus, relu, softmaxRow func(dst, src []T)
	leaky                                                      func(dst, src []T, slope T)
	leakyGrad                                                  func(dst, g, x []T, slope T)
	clamp                                                      func(dst, src []T, lo, hi T)
	linear                                                     func(dst []T, alpha T, src []T, beta T)
	sum                                                        func(x []T) T
	dot                                                        func(a, b []T) T
	logSumExp                                                  func(x []T) T
	normalise                                                  func(dst, src []T, eps T)
	columnSums                                                 func(dst, src []T)
	adam                                                       func(p, g, m, v []T, b1, b2, step, root, eps T)
	// gemm sets c = op(a) op(b) + beta c, plus the bias to each row unless it is nil. c is m times n, k is summed over; ta says that a is
	// stored as k times m, tb that b is stored as n times k. beta is 0 or 1.
	gemm func(c, a, b []T, m, n, k int, ta, tb bool, beta T, bias []T) error
}

var float32s = backend[float32]{
	add: f32.Add, sub: f32.Sub, mul: f32.Mul, div: f32.Div,
	reluGrad: f32.ReLUGrad, tanhGrad: f32.TanhGrad, sigmoidGrad: f32.SigmoidGrad, siluGrad: f32.SiLUGrad, geluGrad: f32.GELUGrad,
	exp: f32.Exp, tanh: f32.Tanh, sigmoid: f32.Sigmoid, silu: f32.SiLU, gelu: f32.GELU, softplus: f32.Softplus, relu: f32.ReLU,
	softmaxRow: f32.SoftmaxRow, leaky: f32.LeakyReLU, leakyGrad: f32.LeakyReLUGrad, clamp: f32.Clamp, linear: f32.Linear,
	sum: f32.Sum, dot: f32.Dot, logSumExp: f32.LogSumExp,
	normalise:  func(dst, src []float32, eps float32) { f32.LayerNormRow(dst, src, nil, nil, eps) },
	columnSums: f32.ColumnSums, adam: f32.Adam,
	gemm: func(c, a, b []float32, m, n, k int, ta, tb bool, beta float32, bias []float32) error {
		x, y := f32.Dense(a, m, k), f32.Dense(b, k, n)
		if ta {
			x = f32.Dense(a, k, m).T()
		}
		if tb {
			y = f32.Dense(b, n, k).T()
		}
		return f32.Gemm(f32.Dense(c, m, n), x, y, f32.Epilogue{Beta: beta, Bias: bias})
	},
}

// float64s is for checking gradients and for small systems: plain loops.
var float64s = backend[float64]{
	add: func(dst, a, b []float64) { each2(dst, a, b, func(x, y float64) float64 { return x + y }) },
	sub: func(dst, a, b []float64) { each2(dst, a, b, func(x, y float64) float64 { return x - y }) },
	mul: func(dst, a, b []float64) { each2(dst, a, b, func(x, y float64) float64 { return x * y }) },
	div: func(dst, a, b []float64) { each2(dst, a, b, func(x, y float64) float64 { return x / y }) },
	reluGrad: func(dst, g, x []float64) {
		each2(dst, g, x, func(g, x float64) float64 {
			if x > 0 {
				return g
			}
			return 0
		})
	},
	tanhGrad:    func(dst, g, y []float64) { each2(dst, g, y, func(g, y float64) float64 { return g * (1 - y*y) }) },
	sigmoidGrad: func(dst, g, y []float64) { each2(dst, g, y, func(g, y float64) float64 { return g * y * (1 - y) }) },
	siluGrad: func(dst, g, x []float64) {
		each2(dst, g, x, func(g, x float64) float64 {
			x = max(-1000, min(x, 1000)) // so that infinity gives 0 and 1, not NaN
			s := sigmoid64(x)
			return g * s * (1 + x*(1-s))
		})
	},
	geluGrad: func(dst, g, x []float64) {
		each2(dst, g, x, func(g, x float64) float64 {
			x = max(-1000, min(x, 1000))
			return g * (math.Erfc(-x/math.Sqrt2)/2 + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi))
		})
	},
	exp:     func(dst, src []float64) { each1(dst, src, math.Exp) },
	tanh:    func(dst, src []float64) { each1(dst, src, math.Tanh) },
	sigmoid: func(dst, src []float64) { each1(dst, src, sigmoid64) },
	silu: func(dst, src []float64) {
		each1(dst, src, func(x float64) float64 { return max(x, -1000) * sigmoid64(x) })
	},
	gelu: func(dst, src []float64) {
		each1(dst, src, func(x float64) float64 { return max(x, -1000) * math.Erfc(-x/math.Sqrt2) / 2 })
	},
	softplus: func(dst, src []float64) {
		each1(dst, src, func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) })
	},
	relu: func(dst, src []float64) { each1(dst, src, func(x float64) float64 { return max(x, 0) }) },
	softmaxRow: func(dst, src []float64) {
		top := math.Inf(-1)
		for _, x := range src {
			top = max(top, x)
		}
		if math.IsInf(top, -1) {
			clear(dst)
			return
		}
		total := 0.0
		for i, x := range src {
			dst[i] = math.Exp(x - top)
			total += dst[i]
		}
		for i := range dst {
			dst[i] /= total
		}
	},
	leaky: func(dst, src []float64, slope float64) {
		each1(dst, src, func(x float64) float64 {
			if x < 0 {
				return slope * x
			}
			return x
		})
	},
	leakyGrad: func(dst, g, x []float64, slope float64) {
		each2(dst, g, x, func(g, x float64) float64 {
			if x > 0 {
				return g
			}
			return slope * g
		})
	},
	clamp: func(dst, src []float64, lo, hi float64) {
		each1(dst, src, func(x float64) float64 { return min(max(x, lo), hi) })
	},
	linear: func(dst []float64, alpha float64, src []float64, beta float64) {
		each1(dst, src, func(x float64) float64 { return alpha*x + beta })
	},
	sum: func(x []float64) (s float64) {
		for _, v := range x {
			s += v
		}
		return s
	},
	dot: func(a, b []float64) (s float64) {
		for i, v := range a {
			s += v * b[i]
		}
		return s
	},
	logSumExp: func(x []float64) float64 {
		top := math.Inf(-1)
		for _, v := range x {
			top = max(top, v)
		}
		if math.IsInf(top, 0) || math.IsNaN(top) {
			return top
		}
		total := 0.0
		for _, v := range x {
			total += math.Exp(v - top)
		}
		return top + math.Log(total)
	},
	normalise: func(dst, src []float64, eps float64) {
		n := float64(len(src))
		mean, variance := 0.0, 0.0
		for _, x := range src {
			mean += x / n
		}
		for _, x := range src {
			variance += (x - mean) * (x - mean) / n
		}
		rstd := 1 / math.Sqrt(variance+eps)
		each1(dst, src, func(x float64) float64 { return (x - mean) * rstd })
	},
	columnSums: func(dst, src []float64) {
		clear(dst)
		for i, x := range src {
			dst[i%len(dst)] += x
		}
	},
	adam: func(p, g, m, v []float64, b1, b2, step, root, eps float64) {
		for i, d := range g {
			m[i] = b1*m[i] + (1-b1)*d
			v[i] = b2*v[i] + (1-b2)*d*d
			p[i] -= step * m[i] / (math.Sqrt(v[i])*root + eps)
		}
	},
	gemm: func(c, a, b []float64, m, n, k int, ta, tb bool, beta float64, bias []float64) error {
		ai, ap, bp, bj := k, 1, n, 1 // how far apart neighbours are along a row i, the sum p and a column j
		if ta {
			ai, ap = 1, m
		}
		if tb {
			bp, bj = 1, k
		}
		for i := range m {
			row := c[i*n : (i+1)*n]
			if beta == 0 {
				clear(row)
			}
			for j, v := range bias {
				row[j] += v
			}
			for p := range k {
				v := a[i*ai+p*ap] // a factor of 0 is not left out: 0 times NaN is NaN
				for j := range row {
					row[j] += v * b[p*bp+j*bj]
				}
			}
		}
		return nil
	},
}

func sigmoid64(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func each1(dst, src []float64, f func(x float64) float64) {
	for i, x := range src {
		dst[i] = f(x)
	}
}

func each2(dst, a, b []float64, f func(x, y float64) float64) {
	for i, x := range a {
		dst[i] = f(x, b[i])
	}
}

// backendOf returns the arithmetic of T.
func backendOf[T Float]() *backend[T] {
	if b, ok := any(&float32s).(*backend[T]); ok {
		return b
	}
	return any(&float64s).(*backend[T])
}
