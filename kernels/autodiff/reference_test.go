package autodiff

import (
	"math"
	"testing"
)

// testReferences compares operations and their gradients with PyTorch's (testdata/reference.py), where central differences do not tell: at corners,
// ties, NaN and infinities, and with every option of a convolution.
func testReferences[T Float](t *testing.T, tolerance float64) {
	type tensors = []Tensor[T]
	type tensor = Tensor[T]
	inf, nan := math.Inf(1), math.NaN()
	signs, ties, steep, wide, share := fill(2, 12), fill(1, 120), fill(1, 12), fill(1, 12), fill(2, 12)
	for i := range ties {
		ties[i] = math.RoundToEven(2*ties[i]) / 2
	}
	holes := append([]float64(nil), ties...)
	for _, at := range []int{15, 90, 91} {
		holes[at] = nan
	}
	for i, v := range signs {
		signs[i] = math.Copysign(1, v)
		steep[i] *= 20
		wide[i] *= 40
		share[i] = (1 + share[i]) / 2
	}
	corner := fill(1, 12)
	for i := range corner {
		corner[i] *= 3
	}
	corner[11] = signs[11]
	points := []float64{-7, -2, math.Copysign(0, -1), 0, 0.5, 3, 6, 7, inf, -inf}
	masked := []float64{1, -inf, 2, -inf, -inf, -inf, -inf, 3, 0, 0, 0, 0}
	pool := Window{Kernel: 3, Stride: 2, Pad: Same(3)}
	for _, c := range []struct {
		name   string
		inputs [][]float64
		dims   [][]int
		names  string // of the inputs whose gradients there are
		f      func(x tensors) tensor
	}{
		{"conv", [][]float64{fill(1, 240), fill(2, 72), fill(3, 6)}, [][]int{{2, 4, 6, 5}, {6, 2, 3, 2}, {6}}, "xwb", func(x tensors) tensor {
			return x[0].Conv2D(x[1], x[2], Window{Stride: 2, Pad: [4]int{2, 0, 1, 3}, Groups: 2})
		}},
		{"max ties", [][]float64{ties}, [][]int{{2, 2, 5, 6}}, "x", func(x tensors) tensor { return x[0].MaxPool2D(pool) }},
		{"avg ties", [][]float64{ties}, [][]int{{2, 2, 5, 6}}, "x", func(x tensors) tensor { return x[0].AvgPool2D(pool) }},
		{"max holes", [][]float64{holes}, [][]int{{2, 2, 5, 6}}, "x", func(x tensors) tensor { return x[0].MaxPool2D(pool) }},
		{"avg holes", [][]float64{holes}, [][]int{{2, 2, 5, 6}}, "x", func(x tensors) tensor { return x[0].AvgPool2D(pool) }},
		{"hinge", [][]float64{corner, signs}, [][]int{{12}, {12}}, "x", func(x tensors) tensor { return x[0].Hinge(x[1]) }},
		{"bce", [][]float64{wide, share}, [][]int{{12}, {12}}, "xy", func(x tensors) tensor { return x[0].BCEWithLogits(x[1]) }},
		{"cross entropy", [][]float64{steep}, [][]int{{3, 4}}, "x", func(x tensors) tensor { return x[0].CrossEntropy([]int32{1, 3, 0}) }},
		{"leaky", [][]float64{append(points, nan)}, [][]int{{11}}, "x", func(x tensors) tensor { return x[0].LeakyReLU(0.1) }},
		{"relu6", [][]float64{points}, [][]int{{10}}, "x", func(x tensors) tensor { return x[0].ReLU6() }},
		{"softmax", [][]float64{masked}, [][]int{{3, 4}}, "x", func(x tensors) tensor { return x[0].Softmax() }},
		{"logsumexp", [][]float64{masked}, [][]int{{3, 4}}, "x", func(x tensors) tensor { return x[0].LogSumExp().Reshape(3) }},
		{"logsumexp of infinities", [][]float64{{inf, 1, inf, inf, inf, -inf, -inf, -inf, nan, 1, nan, inf}}, [][]int{{6, 2}}, "",
			func(x tensors) tensor { return x[0].LogSumExp() }},
		{"norm over rows", [][]float64{{3, -4, 0, 0, 0, 2}}, [][]int{{3, 2}}, "x", func(x tensors) tensor { return x[0].Norm(1).Reshape(3) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			tape := New[T]()
			var x tensors
			for i, v := range c.inputs {
				x = append(x, tape.Var(convert[T](v), c.dims[i]...))
			}
			y := c.f(x)
			closeTo(t, "value", convert[float64](y.Value()), torch(t, c.name), tolerance)
			weights := tape.Full(1)
			if n := len(y.Value()); len(y.Shape()) > 0 {
				weights = tape.Const(convert[T](fill(9, n)), y.Shape()...)
			}
			for i, g := range tape.VJP(y, weights, x[:len(c.names)]...) {
				name := c.name + " d" + c.names[i:i+1]
				closeTo(t, name, convert[float64](g.Value()), torch(t, name), tolerance)
			}
			if err := tape.Err(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestReferencesFloat64(t *testing.T) { testReferences[float64](t, 1e-11) }
func TestReferencesFloat32(t *testing.T) { testReferences[float32](t, 3e-6) }

// Both types of number have one limit of the activations and their gradients at the infinities, and NaN for NaN.
func testLimits[T Float](t *testing.T) {
	inf, nan := T(math.Inf(1)), T(math.NaN())
	for _, c := range []struct {
		name            string
		f               func(x Tensor[T]) Tensor[T]
		value, gradient []float64 // at inf, -inf
	}{
		{"SiLU", Tensor[T].SiLU, []float64{math.Inf(1), 0}, []float64{1, 0}},
		{"GELU", Tensor[T].GELU, []float64{math.Inf(1), 0}, []float64{1, 0}},
		{"Softplus", Tensor[T].Softplus, []float64{math.Inf(1), 0}, []float64{1, 0}},
		{"ReLU", Tensor[T].ReLU, []float64{math.Inf(1), 0}, []float64{1, 0}},
		{"Tanh", Tensor[T].Tanh, []float64{1, -1}, []float64{0, 0}},
		{"Sigmoid", Tensor[T].Sigmoid, []float64{1, 0}, []float64{0, 0}},
	} {
		tape := New[T]()
		x := tape.Var([]T{inf, -inf}, 2)
		y := c.f(x)
		closeTo(t, c.name, convert[float64](y.Value()), c.value, 1e-15)
		closeTo(t, c.name+"'s gradient", convert[float64](tape.Grad(y.Sum(), x)[0].Value()), c.gradient, 1e-15)
		if v := c.f(tape.Const([]T{nan})).Item(); v == v {
			t.Errorf("%s of NaN is %v", c.name, v)
		}
	}
	tape := New[T]()
	x := tape.Var([]T{nan})
	if v := x.Clamp(0, 1).Item(); v == v {
		t.Errorf("Clamp of NaN is %v", v)
	}
	if g := tape.Grad(x.ReLU().Sum(), x)[0].Item(); g != 0 {
		t.Errorf("the derivative of ReLU at NaN is %v", g)
	}
}

func TestLimitsFloat64(t *testing.T) { testLimits[float64](t) }
func TestLimitsFloat32(t *testing.T) { testLimits[float32](t) }

// A loss that is nearly zero has the digits of float32, as far as the sum of a softmax, which is 1 and a little, has them: ln(1+e^-x) by math.Log1p.
func TestSmallLosses(t *testing.T) {
	tape := New[float32]()
	for _, x := range []float32{0, 5, 10, 16, 17, 25, 40, 80} {
		want := math.Log1p(math.Exp(-float64(x)))
		for name, got := range map[string]Tensor[float32]{
			"BCE of a right 1":      tape.Const([]float32{x}, 1).BCEWithLogits(tape.Full(1, 1)),
			"BCE of a right 0":      tape.Const([]float32{-x}, 1).BCEWithLogits(tape.Full(0, 1)),
			"BCE of a wrong 1":      tape.Const([]float32{-x}, 1).BCEWithLogits(tape.Full(1, 1)).Affine(1, -x),
			"cross-entropy":         tape.Const([]float32{1000, 1000 - x}, 1, 2).CrossEntropy([]int32{0}),
			"LogSoftmax":            tape.Const([]float32{1000 - x, 1000}, 1, 2).LogSoftmax().Slice(1, 1, 2).Neg(),
			"LogSoftmax of the low": tape.Const([]float32{-1000 - x, -1000}, 1, 2).LogSoftmax().Slice(1, 0, 1).Affine(-1, -x),
		} {
			absolute := 0.0
			switch name {
			case "cross-entropy", "LogSoftmax":
				absolute = 1.2e-7
			case "BCE of a wrong 1", "LogSoftmax of the low": // x more, of which the digits are
				absolute = 4e-7 * float64(x)
			}
			if v := float64(got.Sum().Item()); !(math.Abs(v-want) <= 1e-5*want+absolute) {
				t.Errorf("%s at %v is %v, expected %v", name, x, v, want)
			}
		}
	}
	if err := tape.Err(); err != nil {
		t.Fatal(err)
	}
}
