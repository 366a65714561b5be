package f32

import (
	"fmt"
	"math"
	"math/rand/v2"
	"unsafe"
)

// Aligned returns n zeros that begin at a multiple of 64 bytes, a cache line and the widest vector.
func Aligned(n int) []float32 {
	const line = 16
	if n < 0 {
		panic(fmt.Sprintf("f32: Aligned(%d): there is no slice of that length: give 0 or more", n))
	}
	x := make([]float32, n+line-1)
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(x)))/4) & (line - 1)
	return x[skip : skip+n : skip+n]
}

// two returns a and b cut to the shorter's length, three likewise.
func two(a, b []float32) ([]float32, []float32) {
	n := min(len(a), len(b))
	return a[:n], b[:n]
}

func three(a, b, c []float32) ([]float32, []float32, []float32) {
	n := min(len(a), len(b), len(c))
	return a[:n], b[:n], c[:n]
}

// Exp sets dst[i] = e^src[i]; see the package comment for its error and range.
func Exp(dst, src []float32) { exp(two(dst, src)) }

// Tanh sets dst[i] = tanh src[i].
func Tanh(dst, src []float32) { tanh(two(dst, src)) }

// Sigmoid sets dst[i] = 1/(1+e^-src[i]).
func Sigmoid(dst, src []float32) { sigmoid(two(dst, src)) }

// SiLU sets dst[i] = src[i] sigmoid(src[i]). (Elfwing et al. 2018.)
func SiLU(dst, src []float32) { silu(two(dst, src)) }

// GELU sets dst[i] = src[i] Φ(src[i]), Φ being the normal distribution function: the exact form. (Hendrycks and Gimpel 2016.)
func GELU(dst, src []float32) { gelu(two(dst, src)) }

// Softplus sets dst[i] = ln(1+e^src[i]), without overflow.
func Softplus(dst, src []float32) { softplus(two(dst, src)) }

// ReLU sets dst[i] = max(src[i], 0). NaN stays NaN, and -0 stays -0.
func ReLU(dst, src []float32) { relu(two(dst, src)) }

// LeakyReLU sets dst[i] = src[i], times slope where it is negative.
func LeakyReLU(dst, src []float32, slope float32) {
	dst, src = two(dst, src)
	leaky(dst, src, slope)
}

// Clamp sets dst[i] = src[i], no less than lo and no more than hi: hi when lo is above it. NaN stays NaN; a bound that is NaN is none.
func Clamp(dst, src []float32, lo, hi float32) {
	dst, src = two(dst, src)
	clamp(dst, src, lo, hi)
}

// Scale sets dst[i] = alpha src[i].
func Scale(dst []float32, alpha float32, src []float32) {
	dst, src = two(dst, src)
	scale(dst, src, alpha)
}

// Linear sets dst[i] = alpha src[i] + beta.
func Linear(dst []float32, alpha float32, src []float32, beta float32) {
	dst, src = two(dst, src)
	linear(dst, src, alpha, beta)
}

// Axpy adds alpha x[i] to y[i].
func Axpy(alpha float32, x, y []float32) {
	y, x = two(y, x)
	axpy(y, x, alpha)
}

// Add sets dst[i] = a[i] + b[i].
func Add(dst, a, b []float32) { add(three(dst, a, b)) }

// Sub sets dst[i] = a[i] - b[i].
func Sub(dst, a, b []float32) { sub(three(dst, a, b)) }

// Mul sets dst[i] = a[i] b[i].
func Mul(dst, a, b []float32) { mul(three(dst, a, b)) }

// Div sets dst[i] = a[i] / b[i].
func Div(dst, a, b []float32) { div(three(dst, a, b)) }

// MulAdd adds a[i] b[i] to dst[i].
func MulAdd(dst, a, b []float32) { mulAdd(three(dst, a, b)) }

// The gradients of the activations: dst[i] = g[i] times the derivative, which is given by the input x or the result y.

// ReLUGrad sets dst[i] = g[i] where x[i] > 0, else 0.
func ReLUGrad(dst, g, x []float32) { reluGrad(three(dst, g, x)) }

// LeakyReLUGrad sets dst[i] = g[i], times slope where x[i] is not above 0: at 0 and NaN too, as PyTorch does.
func LeakyReLUGrad(dst, g, x []float32, slope float32) {
	dst, g, x = three(dst, g, x)
	leakyGrad(dst, g, x, slope)
}

// TanhGrad sets dst[i] = g[i] (1 - y[i]²), y = tanh x.
func TanhGrad(dst, g, y []float32) { tanhGrad(three(dst, g, y)) }

// SigmoidGrad sets dst[i] = g[i] y[i] (1 - y[i]), y = sigmoid x.
func SigmoidGrad(dst, g, y []float32) { sigmoidGrad(three(dst, g, y)) }

// SiLUGrad sets dst[i] = g[i] s (1 + x[i] (1 - s)), s = sigmoid x[i].
func SiLUGrad(dst, g, x []float32) { siluGrad(three(dst, g, x)) }

// GELUGrad sets dst[i] = g[i] (Φ(x[i]) + x[i] φ(x[i])), φ being the normal density.
func GELUGrad(dst, g, x []float32) { geluGrad(three(dst, g, x)) }

// Sum returns the sum of x, 0 for none; see the package comment for its error.
func Sum(x []float32) float32 { return sum(x) }

// Max returns the largest of x, NaN if one is NaN, -Inf for none.
func Max(x []float32) float32 { return maximum(x) }

// ArgMax returns where the largest of x first stands, or the first NaN if there is one, -1 for none.
func ArgMax(x []float32) int {
	top := maximum(x)
	for i, v := range x {
		if v == top || v != v {
			return i
		}
	}
	return -1
}

// Dot returns the sum of a[i] b[i].
func Dot(a, b []float32) float32 { return dot(two(a, b)) }

// SquaredDistance returns the sum of (a[i]-b[i])².
func SquaredDistance(a, b []float32) float32 { return squaredDistance(two(a, b)) }

// Repulsion returns the sums of w[i], w[i]² (x0-x[i]) and w[i]² (y0-y[i]), where w[i] = 1/(1+(x0-x[i])²+(y0-y[i])²): how the points of a plane
// push the point (x0,y0) away in t-SNE. A point of the same place adds 1 to the first sum; one that is more than 1.8e19 away adds nothing, and a
// coordinate, or a difference of two, that is not finite makes a sum NaN. (van der Maaten and Hinton 2008, equations 4 and 5.)
func Repulsion(x, y []float32, x0, y0 float32) (w, fx, fy float32) {
	x, y = two(x, y)
	var sums [3]float32
	repulsion(sums[:], x, y, x0, y0)
	return sums[0], sums[1], sums[2]
}

// Cosine returns the cosine of the angle between a and b, in [-1, 1], whatever their lengths; 0 when one of them is zero, as there is no
// angle then; NaN when an element is infinite or NaN.
func Cosine(a, b []float32) float32 {
	a, b = two(a, b)
	// The squares of long and of short vectors would leave float32's range.
	const least, most = 1e-20, 1e20
	aa, bb := dot(a, a), dot(b, b)
	if aa > least && aa < most && bb > least && bb < most {
		return cosine(float64(dot(a, b)), float64(aa), float64(bb))
	}
	var x, y, xy float64
	for i, v := range a {
		x += float64(v) * float64(v)
		y += float64(b[i]) * float64(b[i])
		xy += float64(v) * float64(b[i])
	}
	return cosine(xy, x, y)
}

func cosine(ab, aa, bb float64) float32 {
	if (aa == 0 || bb == 0) && ab == 0 { // zero times NaN or infinity is NaN
		return 0
	}
	return float32(max(-1, min(1, ab/(math.Sqrt(aa)*math.Sqrt(bb)))))
}

// Normals fills dst with independent normal values of mean 0 and variance 1.
func Normals(dst []float32, r *rand.Rand) {
	for i := range dst {
		dst[i] = float32(r.NormFloat64())
	}
}

// SinCos fills dst, whose length must be even, with the pairs sin(t f), cos(t f) of the frequencies f = base^(-2i/len(dst)), i = 0, 1, ...:
// the embedding of a position or a time t. (Vaswani et al. 2017, section 3.5, with base 10000.)
func SinCos(dst []float32, t, base float64) {
	if len(dst)%2 != 0 {
		panic(fmt.Sprintf("f32: SinCos: %d values are no pairs of sine and cosine: give an even number", len(dst)))
	}
	for i := 0; i < len(dst); i += 2 {
		sin, cos := math.Sincos(t * math.Pow(base, -float64(i)/float64(len(dst))))
		dst[i], dst[i+1] = float32(sin), float32(cos)
	}
}

// Adam moves the parameters p against the gradient g by one step of Adam, with its moments m and v. step is lr/(1-b1^t) and root is
// 1/sqrt(1-b2^t) for the t-th step. eps must be above 0, or a parameter that has had no gradient becomes NaN. Moments below 2^-126, the
// smallest normal number, become 0: with b2 = 0.999, v does where gradients stay below 3.4e-18. (Kingma and Ba 2015, algorithm 1.)
func Adam(p, g, m, v []float32, b1, b2, step, root, eps float32) {
	n := min(len(p), len(g), len(m), len(v))
	adam(p[:n], g[:n], m[:n], v[:n], b1, b2, step, root, eps)
}
