package f32

import "math"

// SoftmaxRow sets dst[i] = e^(src[i]-max) / sum of them. An entry of -Inf is masked: exactly 0. When all are masked dst is all zero.
// NaN, or +Inf, makes the row NaN.
func SoftmaxRow(dst, src []float32) {
	dst, src = two(dst, src)
	top := maximum(src)
	if top == float32(math.Inf(-1)) {
		clear(dst)
		return
	}
	total := expSum(dst, src, top)
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

// SoftmaxRows is SoftmaxRow for each row of n.
func SoftmaxRows(dst, src []float32, n int) {
	dst, src = wholeRows(dst, src, n)
	if len(src) >= rowParallel {
		inPieces(dst, src, n, SoftmaxRow)
		return
	}
	for i := 0; i < len(src); i += n {
		SoftmaxRow(dst[i:i+n], src[i:i+n])
	}
}

// LayerNormRow sets dst = (src-mean)/sqrt(variance+eps) * gain + bias, mean and variance (divided by n) being the row's own, and
// returns the mean and 1/sqrt(variance+eps). Without gain and bias, both nil, they are 1 and 0; one alone counts as the shortest slice, and
// nothing is written. A row of equal values gives the bias, as far as their mean is exact; an empty row has the mean NaN. (Ba, Kiros and
// Hinton 2016.)
func LayerNormRow(dst, src, gain, bias []float32, eps float32) (mean, rstd float32) {
	dst, src = two(dst, src)
	n := float32(len(src))
	mean = sum(src) / n
	rstd = float32(1 / math.Sqrt(float64(squaredDeviation(src, mean)/n+eps)))
	if gain == nil && bias == nil {
		linear(dst, src, 1, -mean) // not rstd*src - mean*rstd: the difference of near numbers is exact, that of their products is not
		scale(dst, dst, rstd)
		return mean, rstd
	}
	k := min(len(dst), len(gain), len(bias))
	normalise(dst[:k], src[:k], gain[:k], bias[:k], mean, rstd)
	return mean, rstd
}

// LayerNorm is LayerNormRow for each row of n.
func LayerNorm(dst, src, gain, bias []float32, eps float32, n int) {
	dst, src = wholeRows(dst, src, n)
	if len(src) >= rowParallel {
		inPieces(dst, src, n, func(dst, src []float32) { LayerNormRow(dst, src, gain, bias, eps) })
		return
	}
	for i := 0; i < len(src); i += n {
		LayerNormRow(dst[i:i+n], src[i:i+n], gain, bias, eps)
	}
}

// ColumnSums sets dst to the sums over the whole rows of src, as long as dst; zeros when there are none.
func ColumnSums(dst, src []float32) {
	if len(dst) == 0 || len(src) < len(dst) {
		clear(dst)
		return
	}
	columnSums(dst, src, len(src)/len(dst))
}
