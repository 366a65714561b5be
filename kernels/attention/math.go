package attention

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// matrix is a row-major view: rows of cols numbers, stride apart.
type matrix struct {
	data               []float32
	rows, cols, stride int
}

func (m matrix) general() blas32.General {
	return blas32.General{Rows: m.rows, Cols: m.cols, Stride: m.stride, Data: m.data}
}

// view makes a matrix of rows that follow each other.
func view(data []float32, rows, cols int) matrix { return matrix{data, rows, cols, cols} }

// product sets c = a b, or a bᵀ with transposed. All matrix products of the package go through it.
func product(c, a, b matrix, transposed bool) {
	t := blas.NoTrans
	if transposed {
		t = blas.Trans
	}
	blas32.Gemm(blas.NoTrans, t, 1, a.general(), b.general(), 0, c.general())
}

// apply sets dst [n, out] = x [n, in] Wᵀ + b.
func (l dense) apply(dst, x []float32, n int) {
	product(view(dst, n, l.out), view(x, n, l.in), view(l.w, l.out, l.in), true)
	for i := range n {
		row := dst[i*l.out : (i+1)*l.out]
		for j, b := range l.b {
			row[j] += b
		}
	}
}

// apply normalises each row of x [n, d] to mean 0 and variance 1, then scales and shifts it; sums are in float64.
func (l layerNorm) apply(x []float32, n int, eps float64) {
	d := len(l.gain)
	for i := range n {
		row := x[i*d : (i+1)*d]
		var mean, variance float64
		for _, v := range row {
			mean += float64(v)
		}
		mean /= float64(d)
		for _, v := range row {
			variance += (float64(v) - mean) * (float64(v) - mean)
		}
		scale := 1 / math.Sqrt(variance/float64(d)+eps)
		for j, v := range row {
			row[j] = float32((float64(v)-mean)*scale)*l.gain[j] + l.bias[j]
		}
	}
}

// gelu is the exact form, x Φ(x), not the tanh approximation.
func gelu(x []float32) {
	for i, v := range x {
		x[i] = float32(0.5 * float64(v) * (1 + math.Erf(float64(v)/math.Sqrt2)))
	}
}

func add(dst, x []float32) {
	for i, v := range x {
		dst[i] += v
	}
}

// softmax sets dst to exp(x-max)/sum and returns max and sum, so that a reader can follow one cell. A score of minus infinity gets
// exactly 0. A NaN, plus infinity, or a row of minus infinities gives NaN throughout.
func softmax(dst, x []float32) (highest, sum float32) {
	highest = float32(math.Inf(-1))
	for _, v := range x {
		highest = max(highest, v)
	}
	var total float64
	for j, v := range x {
		e := math.Exp(float64(v - highest))
		dst[j] = float32(e)
		total += e
	}
	for j := range dst {
		dst[j] = float32(float64(dst[j]) / total)
	}
	return highest, float32(total)
}

// splitHeads turns x [n, h*k] into dst [h, n, k].
func splitHeads(dst, x []float32, n, h, k int) {
	for head := range h {
		for i := range n {
			copy(dst[(head*n+i)*k:][:k], x[i*h*k+head*k:][:k])
		}
	}
}

// joinHeads is the inverse of splitHeads.
func joinHeads(dst, x []float32, n, h, k int) {
	for head := range h {
		for i := range n {
			copy(dst[i*h*k+head*k:][:k], x[(head*n+i)*k:][:k])
		}
	}
}

// entropy returns the mean over the rows of -Σ a ln a, in nats: 0 when each query attends to one key, ln n when it attends to all alike.
func entropy(rows []float32, n int) float64 {
	var sum float64
	for _, a := range rows {
		if a > 0 {
			sum -= float64(a) * math.Log(float64(a))
		}
	}
	return sum / float64(len(rows)/n)
}
