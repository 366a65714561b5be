package attention

import (
	"math"

	"github.com/xainb/gonb-xai/kernels/f32"
)

// matrix is a row-major view: rows of cols numbers, stride apart.
type matrix struct {
	data               []float32
	rows, cols, stride int
}

func (m matrix) view() f32.Matrix {
	return f32.Matrix{Data: m.data, Rows: m.rows, Cols: m.cols, RowStride: m.stride, ColStride: 1}
}

// view makes a matrix of rows that follow each other.
func view(data []float32, rows, cols int) matrix { return matrix{data, rows, cols, cols} }

// product sets c = a b, or a bᵀ with transposed, plus a bias for each column unless it is nil. All matrix products of the package go through it.
func product(c, a, b matrix, transposed bool, bias []float32) {
	right := b.view()
	if transposed {
		right = right.T()
	}
	if err := f32.Gemm(c.view(), a.view(), right, f32.Epilogue{Bias: bias}); err != nil {
		panic(err) // the sizes are the model's own, which load has checked
	}
}

// apply sets dst [n, out] = x [n, in] Wᵀ + b.
func (l dense) apply(dst, x []float32, n int) {
	product(view(dst, n, l.out), view(x, n, l.in), view(l.w, l.out, l.in), true, l.b)
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

func add(dst, x []float32) { f32.Add(dst, dst, x) }

// softmax sets dst to exp(x-max)/sum and returns max and sum, so that a reader can follow one cell. A score of minus infinity gets
// exactly 0. A NaN, plus infinity, or a row of minus infinities gives NaN throughout.
func softmax(dst, x []float32) (highest, sum float32) {
	highest = f32.Max(x)
	f32.Linear(dst, 1, x, -highest)
	f32.Exp(dst, dst)
	sum = f32.Sum(dst)
	f32.Scale(dst, 1/sum, dst)
	return highest, sum
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
