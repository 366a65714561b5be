package f32

import (
	"fmt"
	"math"
)

// block is how many terms of a sum are added up before their sum is added to the others': a single sum of ones would stay at 2^24.
const block = 1 << 12

// SoftmaxRow sets dst[i] = e^(src[i]-max) / sum of them. An entry of -Inf is masked: exactly 0. When all are masked dst is all zero.
// NaN, or +Inf, makes the row NaN.
func SoftmaxRow(dst, src []float32) {
	dst, src = two(dst, src)
	top := maximum(src)
	if top == float32(math.Inf(-1)) {
		clear(dst)
		return
	}
	var total float32
	for at := 0; at < len(src); at += block {
		end := min(len(src), at+block)
		total += expSum(dst[at:end], src[at:end], top)
	}
	scale(dst, dst, 1/total)
}

// LogSumExp returns ln of the sum of e^x[i], without overflow; -Inf for none.
func LogSumExp(x []float32) float32 {
	top := maximum(x)
	if math.IsInf(float64(top), 0) {
		return top
	}
	var e [256]float32
	var total float32
	for len(x) > 0 {
		n := min(len(x), len(e))
		total += expSum(e[:n], x[:n], top)
		x = x[n:]
	}
	return top + float32(math.Log(float64(total)))
}

// SoftmaxRows is SoftmaxRow for each row of n. It panics when the slices, cut to the shorter, are not whole rows.
func SoftmaxRows(dst, src []float32, n int) {
	rowWork{dst: dst, src: src, n: n, f: (*rowWork).softmax}.run("SoftmaxRows")
}

func (*rowWork) softmax(dst, src []float32) { SoftmaxRow(dst, src) }

// LayerNormRow sets dst = (src-mean)/sqrt(variance+eps) * gain + bias, mean and variance (divided by n) being the row's own, and
// returns the mean and 1/sqrt(variance+eps). A gain that is nil is 1, a bias that is nil 0; it panics when one of them has fewer values than
// the row. dst may be src, no other input. A row of equal values, no more than 30,000, gives the bias if eps > 0; an empty one has the
// mean NaN. (Ba, Kiros and Hinton 2016.)
func LayerNormRow(dst, src, gain, bias []float32, eps float32) (mean, rstd float32) {
	dst, src = two(dst, src)
	gain, bias = ofRow("gain", gain, len(src)), ofRow("bias", bias, len(src))
	n := float32(len(src))
	mean = sum(src) / n
	mean += deviation(src, mean) / n // what rounding cost it, or a row of equal values could become ±1
	variance := squaredDeviation(src, mean)/n + eps
	if !(variance >= 0x1p-100 && variance <= math.MaxFloat32) { // squares, or the sum, have left float32's range
		return layerNorm64(dst, src, gain, bias, eps)
	}
	rstd = float32(1 / math.Sqrt(float64(variance)))
	if gain != nil && bias != nil {
		normalise(dst, src, gain, bias, mean, rstd)
		return mean, rstd
	}
	linear(dst, src, 1, -mean) // not rstd*src - mean*rstd: the difference of near numbers is exact, that of their products is not
	scale(dst, dst, rstd)
	if gain != nil {
		mul(dst, dst, gain)
	}
	if bias != nil {
		add(dst, dst, bias)
	}
	return mean, rstd
}

// ofRow cuts a gain or a bias to the n values of a row.
func ofRow(name string, x []float32, n int) []float32 {
	if x == nil {
		return nil
	}
	if len(x) < n {
		panic(fmt.Sprintf("f32: LayerNormRow: the %s has %d values, the row %d: give one for each, or nil", name, len(x), n))
	}
	return x[:n]
}

// layerNorm64 is LayerNormRow in float64.
func layerNorm64(dst, src, gain, bias []float32, eps float32) (mean, rstd float32) {
	n := float64(len(src))
	var m, v float64
	for _, x := range src {
		m += float64(x)
	}
	m /= n
	for _, x := range src {
		v += (float64(x) - m) * (float64(x) - m)
	}
	r := 1 / math.Sqrt(v/n+float64(eps))
	for i, x := range src {
		y := (float64(x) - m) * r
		if gain != nil {
			y *= float64(gain[i])
		}
		if bias != nil {
			y += float64(bias[i])
		}
		dst[i] = float32(y)
	}
	return float32(m), float32(r)
}

// LayerNorm is LayerNormRow for each row of n. It panics when the slices, cut to the shorter, are not whole rows.
func LayerNorm(dst, src, gain, bias []float32, eps float32, n int) {
	rowWork{dst: dst, src: src, n: n, f: (*rowWork).layerNorm, gain: gain, bias: bias, eps: eps}.run("LayerNorm")
}

func (w *rowWork) layerNorm(dst, src []float32) { LayerNormRow(dst, src, w.gain, w.bias, w.eps) }

// ColumnSums sets dst to the sums over the whole rows of src, as long as dst; zeros when there are none.
func ColumnSums(dst, src []float32) {
	if len(dst) == 0 || len(src) < len(dst) {
		clear(dst)
		return
	}
	columnSums(dst, src, len(src)/len(dst))
}
