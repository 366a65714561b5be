package gan

import (
	"math"

	"github.com/xainb/gonb-xai/kernels/autodiff"
	"github.com/xainb/gonb-xai/kernels/f32"
)

// activation returns the function between the layers, for a tape.
func activation[T autodiff.Float](name string) func(autodiff.Tensor[T]) autodiff.Tensor[T] {
	switch name {
	case "tanh":
		return autodiff.Tensor[T].Tanh
	case "leaky":
		return func(x autodiff.Tensor[T]) autodiff.Tensor[T] { return x.LeakyReLU(leak) }
	}
	return autodiff.Tensor[T].ReLU
}

const leak = 0.2 // the slope of "leaky" below 0

// elementwise returns the same function and its gradient, by its result, for vectors.
func elementwise(name string) (apply func(dst, x []float32), gradient func(dst, g, y []float32)) {
	switch name {
	case "tanh":
		return f32.Tanh, f32.TanhGrad
	case "leaky":
		return func(dst, x []float32) { f32.LeakyReLU(dst, x, leak) }, func(dst, g, y []float32) { f32.LeakyReLUGrad(dst, g, y, leak) }
	}
	return f32.ReLU, f32.ReLUGrad
}

// fast is a network without a tape: passes over many points that leave nothing behind. It sees the parameters as they were at the last load.
type fast struct {
	params   []*autodiff.Param[float32]
	activate func(dst, src []float32)
	gradient func(dst, g, y []float32) // of activate, by its result
	squash   bool                      // a sigmoid ends it
	packed   []*f32.Packed
	values   [][]float32 // of each layer, activated, for the rows of the last forward
	back     [][]float32 // buffers of backward
}

func newFast(net *autodiff.MLP[float32], name string, squash bool) *fast {
	f := &fast{params: net.Params(), squash: squash, values: make([][]float32, len(net.Layers)), back: make([][]float32, len(net.Layers))}
	f.activate, f.gradient = elementwise(name)
	return f
}

func (f *fast) layers() int { return len(f.params) / 2 }

// weights returns layer i's, in x out.
func (f *fast) weights(i int) f32.Matrix {
	w := f.params[2*i]
	return f32.Dense(w.Value, w.Shape[0], w.Shape[1])
}

// load takes the parameters as they are now.
func (f *fast) load() error {
	f.packed = f.packed[:0]
	for i := range f.layers() {
		var packed *f32.Packed // nil for few columns, which f32.Gemm has a faster way for
		if w := f.weights(i); w.Cols > 8 {
			var err error
			if packed, err = f32.Pack(w); err != nil {
				return err
			}
		}
		f.packed = append(f.packed, packed)
	}
	return nil
}

// forward returns the network's results for x, a row each. They are f's until the next pass.
func (f *fast) forward(x []float32) ([]float32, error) {
	rows := len(x) / f.params[0].Shape[0]
	for i, w := range f.packed {
		in, out := f.params[2*i].Shape[0], f.params[2*i].Shape[1]
		if len(f.values[i]) < rows*out {
			f.values[i] = f32.Aligned(rows * out)
		}
		e := f32.Epilogue{Bias: f.params[2*i+1].Value}
		if i < len(f.packed)-1 {
			e.Activation = f.activate
		} else if f.squash {
			e.Activation = f32.Sigmoid
		}
		y := f.values[i][:rows*out]
		var err error
		if c, a := f32.Dense(y, rows, out), f32.Dense(x, rows, in); w == nil {
			err = f32.Gemm(c, a, f.weights(i), e)
		} else {
			err = f32.GemmPacked(c, a, w, e)
		}
		if err != nil {
			return nil, err
		}
		x = y
	}
	return x, nil
}

// backward returns the gradients of g·result with respect to the first len(g) rows of the last forward, of a network with one result. They are f's until
// the next pass.
func (f *fast) backward(g []float32) ([]float32, error) {
	rows := len(g)
	for i := f.layers() - 1; i >= 0; i-- {
		w := f.weights(i)
		if len(f.back[i]) < rows*w.Rows {
			f.back[i] = f32.Aligned(rows * w.Rows)
		}
		into := f.back[i][:rows*w.Rows]
		if err := f32.Gemm(f32.Dense(into, rows, w.Rows), f32.Dense(g, rows, w.Cols), w.T(), f32.Epilogue{}); err != nil {
			return nil, err
		}
		if i > 0 {
			f.gradient(into, into, f.values[i-1])
		}
		g = into
	}
	return g, nil
}

// spectral writes the spectral norm of each layer's Jacobian at the first row of the last forward, its activation included.
func (f *fast) spectral(dst []float32) {
	for i := range f.layers() {
		w := f.weights(i)
		y := f.values[i][:w.Cols]
		slope := make([]float32, w.Cols)
		for j := range slope {
			slope[j] = 1
		}
		if i < f.layers()-1 {
			f.gradient(slope, slope, y)
		} else if f.squash {
			f32.SigmoidGrad(slope, slope, y)
		}
		j := make([]float32, w.Rows*w.Cols) // the transposed Jacobian, in x out
		for r := range w.Rows {
			f32.Mul(j[r*w.Cols:(r+1)*w.Cols], w.Data[r*w.Cols:(r+1)*w.Cols], slope)
		}
		dst[i] = float32(SpectralNorm(j, w.Rows, w.Cols))
	}
}

const (
	powerSteps = 2000 // of a power iteration, at most
	powerError = 5e-5 // relative residual at which it ends
)

// SpectralNorm returns the largest singular value of a rows x cols matrix, by power iteration on A^T A from a fixed start, in float32: within 1e-4,
// relative, of an SVD's. It ends when |A^T A v - λ v| <= 5e-5 λ, |v| = 1, which bounds the distance to a singular value by half of that; where the largest
// ones are so close that 2,000 rounds do not part them, it is between them. 0 for a matrix of zeros; NaN when an element is not finite, or when there are
// not rows x cols of them. (Golub and Van Loan, "Matrix Computations", 2013, section 8.2.)
func SpectralNorm(a []float32, rows, cols int) float64 {
	if rows < 1 || cols < 1 || len(a) != rows*cols {
		return math.NaN()
	}
	// scaled, so that squares neither overflow nor vanish
	top := 0.0
	for _, v := range a {
		top = max(top, math.Abs(float64(v))) // NaN stays
	}
	switch {
	case top == 0:
		return 0
	case top-top != 0:
		return math.NaN()
	}
	m, mt := f32.Aligned(len(a)), f32.Aligned(len(a))
	f32.Scale(m, float32(1/top), a)
	for i := range rows {
		for j := range cols {
			mt[j*rows+i] = m[i*cols+j]
		}
	}
	u, v, next := make([]float32, rows), make([]float32, cols), make([]float32, cols)
	for j := range v {
		v[j] = 1 + float32((j*7919)%101)/101 // no direction of note
	}
	unit(v)
	lambda := 0.0
	for range powerSteps {
		matvec(u, m, v)
		matvec(next, mt, u)
		lambda = float64(f32.Dot(v, next))
		f32.Axpy(-float32(lambda), v, next) // the residual
		off := math.Sqrt(float64(f32.Dot(next, next)))
		f32.Axpy(float32(lambda), v, next)
		copy(v, next)
		if off <= powerError*lambda || !unit(v) {
			break
		}
	}
	return math.Sqrt(lambda) * top
}

func matvec(dst, m, v []float32) {
	for i := range dst {
		dst[i] = f32.Dot(m[i*len(v):(i+1)*len(v)], v)
	}
}

// unit makes v one; a zero vector stays, and is reported.
func unit(v []float32) bool {
	n := math.Sqrt(float64(f32.Dot(v, v)))
	if n == 0 {
		return false
	}
	f32.Scale(v, float32(1/n), v)
	return true
}
