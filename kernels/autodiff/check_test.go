package autodiff

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// random returns n values away from the corners of ReLU and the like.
func random(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float64, n)
	for i := range x {
		for x[i] = r.NormFloat64(); math.Abs(x[i]) < 0.05; {
			x[i] = r.NormFloat64()
		}
	}
	return x
}

func positive(n int, seed uint64) []float64 {
	x := random(n, seed)
	for i, v := range x {
		x[i] = math.Abs(v) + 0.5
	}
	return x
}

// operation is one row of the table: inputs and what is made of them.
type operation[T Float] struct {
	name   string
	inputs [][]int
	f      func(x []Tensor[T]) Tensor[T]
	sample func(n int, seed uint64) []float64 // nil for random
	smooth bool                               // the second derivative exists almost everywhere and is not zero
}

// operationsOf returns the table, for one type of number.
func operationsOf[T Float]() []operation[T] {
	type (
		xs = []Tensor[T]
		tn = Tensor[T]
	)
	return []operation[T]{
		{"Add", [][]int{{3, 4}, {3, 4}}, func(x xs) tn { return x[0].Add(x[1]) }, nil, false},
		{"Add row", [][]int{{3, 4}, {4}}, func(x xs) tn { return x[0].Add(x[1]) }, nil, false},
		{"Add column", [][]int{{3, 1}, {2, 3, 4}}, func(x xs) tn { return x[0].Add(x[1]) }, nil, false},
		{"Sub scalar", [][]int{{3, 4}, {}}, func(x xs) tn { return x[0].Sub(x[1]) }, nil, false},
		{"Mul", [][]int{{3, 4}, {3, 4}}, func(x xs) tn { return x[0].Mul(x[1]) }, nil, true},
		{"Mul middle", [][]int{{2, 3, 4}, {3, 1}}, func(x xs) tn { return x[0].Mul(x[1]) }, nil, true},
		{"Mul both", [][]int{{2, 1, 4}, {3, 1}}, func(x xs) tn { return x[0].Mul(x[1]) }, nil, true},
		{"Div", [][]int{{3, 4}, {1, 4}}, func(x xs) tn { return x[0].Div(x[1]) }, positive, true},
		{"Square", [][]int{{5}}, func(x xs) tn { return x[0].Square() }, nil, true},
		{"Affine", [][]int{{5}}, func(x xs) tn { return x[0].Affine(3, 1) }, nil, false},
		{"Exp", [][]int{{5}}, func(x xs) tn { return x[0].Exp() }, nil, true},
		{"Log", [][]int{{5}}, func(x xs) tn { return x[0].Log() }, positive, true},
		{"Sqrt", [][]int{{5}}, func(x xs) tn { return x[0].Sqrt() }, positive, true},
		{"Tanh", [][]int{{5}}, func(x xs) tn { return x[0].Tanh() }, nil, true},
		{"Sigmoid", [][]int{{5}}, func(x xs) tn { return x[0].Sigmoid() }, nil, true},
		{"SiLU", [][]int{{5}}, func(x xs) tn { return x[0].SiLU() }, nil, true},
		{"GELU", [][]int{{5}}, func(x xs) tn { return x[0].GELU() }, nil, true},
		{"Softplus", [][]int{{5}}, func(x xs) tn { return x[0].Softplus() }, nil, true},
		{"ReLU", [][]int{{9}}, func(x xs) tn { return x[0].ReLU() }, nil, false},
		{"ReLU6", [][]int{{9}}, func(x xs) tn { return x[0].Scale(5).ReLU6() }, nil, false},
		{"LeakyReLU", [][]int{{9}}, func(x xs) tn { return x[0].LeakyReLU(0.1) }, nil, false},
		{"MatMul", [][]int{{3, 4}, {4, 2}}, func(x xs) tn { return x[0].MatMul(x[1]) }, nil, true},
		{"MatMul thin", [][]int{{12, 1}, {1, 2}}, func(x xs) tn { return x[0].MatMul(x[1]) }, nil, true},
		{"MatMul of a vector", [][]int{{4}, {4, 2}}, func(x xs) tn { return x[0].MatMul(x[1]) }, nil, true},
		{"MatMul of rows", [][]int{{2, 3, 4}, {4, 2}}, func(x xs) tn { return x[0].MatMul(x[1]) }, nil, true},
		{"MatMul of many", [][]int{{2, 3, 4}, {2, 4, 2}}, func(x xs) tn { return x[0].MatMul(x[1]) }, nil, true},
		{"MatMulT", [][]int{{3, 4}, {2, 4}}, func(x xs) tn { return x[0].MatMulT(x[1]) }, nil, true},
		{"MatMulT of many", [][]int{{2, 2, 3, 4}, {2, 2, 2, 4}}, func(x xs) tn { return x[0].MatMulT(x[1]) }, nil, true},
		{"both transposed", [][]int{{4, 3}, {2, 4}}, func(x xs) tn { return x[0].product(x[1], true, true, tn{}) }, nil, true},
		{"first transposed", [][]int{{4, 3}, {4, 2}}, func(x xs) tn { return x[0].product(x[1], true, false, tn{}) }, nil, true},
		{"many, first transposed", [][]int{{2, 4, 3}, {2, 4, 2}}, func(x xs) tn { return x[0].product(x[1], true, false, tn{}) }, nil, true},
		{"Dense", [][]int{{3, 4}, {4, 2}, {2}}, func(x xs) tn { return x[0].Dense(x[1], x[2]) }, nil, true},
		{"Sum", [][]int{{2, 3, 4}}, func(x xs) tn { return x[0].Sum(1) }, nil, false},
		{"Mean of first and last", [][]int{{2, 3, 4}}, func(x xs) tn { return x[0].Mean(0, 2) }, nil, false},
		{"Sum of the last", [][]int{{2, 3, 4}}, func(x xs) tn { return x[0].Sum(-1, 0) }, nil, false},
		{"Norm", [][]int{{2, 3, 4}}, func(x xs) tn { return x[0].Norm(1, -1) }, nil, true},
		{"Sub of both repeated", [][]int{{3, 1, 2}, {1, 4, 1}}, func(x xs) tn { return x[0].Sub(x[1]).Tanh() }, nil, true},
		{"Div of six sizes", [][]int{{1, 2, 1, 2, 1, 2}, {1, 3, 1, 2, 1}}, func(x xs) tn { return x[0].Div(x[1]) }, positive, true},
		{"Repeat", [][]int{{3, 1}}, func(x xs) tn { return x[0].Repeat(2, 3, 4) }, nil, false},
		{"Reshape", [][]int{{3, 4}}, func(x xs) tn { return x[0].Reshape(2, -1) }, nil, false},
		{"Transpose", [][]int{{2, 3, 4}}, func(x xs) tn { return x[0].Transpose(2, 0, 1) }, nil, false},
		{"Transpose of six", [][]int{{1, 2, 1, 2, 3, 2}}, func(x xs) tn { return x[0].Square().Transpose(0, 3, 5, 1, 4, 2) }, nil, true},
		{"Transpose of two", [][]int{{3, 4}}, func(x xs) tn { return x[0].Transpose() }, nil, false},
		{"Slice", [][]int{{2, 5, 2}}, func(x xs) tn { return x[0].Slice(1, 1, 4) }, nil, false},
		{"Concat", [][]int{{2, 2, 2}, {2, 1, 2}}, func(x xs) tn { return Concat(1, x...) }, nil, false},
		{"Slice and Concat of the last", [][]int{{2, 3}, {2, 1}}, func(x xs) tn { return Concat(-1, x[0].Slice(-1, 1, 3), x[1], x[0]).Square() }, nil, true},
		{"Gather", [][]int{{4, 3}}, func(x xs) tn { return x[0].Gather([]int32{2, 0, 2, 3}) }, nil, false},
		{"Softmax", [][]int{{2, 5}}, func(x xs) tn { return x[0].Softmax() }, nil, true},
		{"LogSumExp", [][]int{{2, 5}}, func(x xs) tn { return x[0].LogSumExp() }, nil, true},
		{"LogSoftmax", [][]int{{2, 5}}, func(x xs) tn { return x[0].LogSoftmax() }, nil, true},
		{"Normalise", [][]int{{2, 5}}, func(x xs) tn { return x[0].Normalise(1e-5) }, nil, true},
		{"LayerNorm", [][]int{{2, 5}, {5}, {5}}, func(x xs) tn { return x[0].LayerNorm(x[1], x[2], 1e-5) }, nil, true},
		{"Attention", [][]int{{2, 3, 4}, {2, 3, 4}, {2, 3, 2}}, func(x xs) tn {
			y, _ := Attention(x[0], x[1], x[2], tn{})
			return y
		}, nil, true},
		{"Conv2D", [][]int{{2, 2, 5, 4}, {3, 2, 3, 3}, {3}}, func(x xs) tn { return x[0].Conv2D(x[1], x[2], Window{Pad: Same(3)}) }, nil, true},
		{"Conv2D stride, pad, groups", [][]int{{1, 4, 6, 5}, {6, 2, 3, 2}}, func(x xs) tn {
			return x[0].Conv2D(x[1], tn{}, Window{Stride: 2, Pad: [4]int{2, 0, 1, 3}, Groups: 2})
		}, nil, true},
		{"Conv2D of groups with a bias", [][]int{{2, 3, 3, 4}, {6, 1, 2, 2}, {6}}, func(x xs) tn {
			return x[0].Conv2D(x[1], x[2], Window{Groups: 3, Pad: [4]int{1, 0, 0, 2}})
		}, nil, true},
		{"MaxPool2D", [][]int{{2, 2, 5, 4}}, func(x xs) tn { return x[0].MaxPool2D(Window{Kernel: 2}) }, nil, false},
		{"MaxPool2D padded", [][]int{{1, 2, 5, 4}}, func(x xs) tn { return x[0].MaxPool2D(Window{Kernel: 3, Stride: 2, Pad: Same(3)}) }, nil, false},
		{"AvgPool2D", [][]int{{2, 2, 5, 4}}, func(x xs) tn { return x[0].AvgPool2D(Window{Kernel: 3, Stride: 2, Pad: Same(3)}) }, nil, false},
		{"MSE", [][]int{{3, 2}, {3, 2}}, func(x xs) tn { return x[0].MSE(x[1]) }, nil, true},
		{"CrossEntropy", [][]int{{3, 4}}, func(x xs) tn { return x[0].CrossEntropy([]int32{1, 3, 0}) }, nil, true},
		{"BCEWithLogits", [][]int{{3, 1}, {3, 1}}, func(x xs) tn { return x[0].BCEWithLogits(x[1]) }, nil, true},
		{"Hinge", [][]int{{3}, {3}}, func(x xs) tn { return x[0].Hinge(x[1]) }, nil, true},
	}
}

// weighted makes a number of a tensor that every element counts in differently.
func weighted[T Float](t *Tape[T], y Tensor[T]) Tensor[T] {
	n := y.node()
	if n == nil {
		return y
	}
	return y.Mul(t.Const(convert[T](random(len(n.value), 99)), n.shape.dims()...)).Sum()
}

// convert returns x as other numbers.
func convert[T Float, S ~float32 | ~float64](x []S) []T {
	y := make([]T, len(x))
	for i, v := range x {
		y[i] = T(v)
	}
	return y
}

// numeric is the central difference of f with respect to each element of x, of fourth order.
func numeric(x []float64, f func() float64) []float64 {
	g := make([]float64, len(x))
	const h = 1e-3
	for i, v := range x {
		at := func(d float64) float64 {
			x[i] = v + d
			y := f()
			x[i] = v
			return y
		}
		g[i] = (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
	}
	return g
}

func closeTo(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, expected %d", what, len(got), len(want))
	}
	top := 0.0
	for _, v := range want {
		if finite(v) {
			top = max(top, math.Abs(v))
		}
	}
	for i, v := range want {
		same := got[i] == v || math.IsNaN(v) && math.IsNaN(got[i])
		if !(same || finite(v) && math.Abs(got[i]-v) <= tolerance*(top+1e-3)) {
			t.Fatalf("%s: element %d is %v, expected %v", what, i, got[i], v)
		}
	}
}

// The gradient of each operation, and the gradient of that gradient, against central differences.
func TestGradients(t *testing.T) {
	for _, o := range operationsOf[float64]() {
		t.Run(o.name, func(t *testing.T) {
			sample := o.sample
			if sample == nil {
				sample = random
			}
			var data, direction [][]float64
			for i, dims := range o.inputs {
				n := shapeOf(dims...).size()
				data = append(data, sample(n, uint64(i+1)))
				direction = append(direction, random(n, uint64(i+50)))
			}
			tape := New[float64]()
			vars := func() []Tensor[float64] {
				tape.Reset()
				var x []Tensor[float64]
				for i, d := range data {
					x = append(x, tape.Var(d, o.inputs[i]...))
				}
				return x
			}
			value := func() float64 { return weighted(tape, o.f(vars())).Item() }
			// the derivative of the value in the direction: a number whose gradient is a Hessian-vector product
			slope := func() (Tensor[float64], []Tensor[float64]) {
				x := vars()
				g := tape.Grad(weighted(tape, o.f(x)), x...)
				sum := tape.Full(0)
				for i := range g {
					sum = sum.Add(g[i].Mul(tape.Const(direction[i], o.inputs[i]...)).Sum())
				}
				return sum, x
			}
			x := vars()
			y := o.f(x)
			first := tape.Grad(weighted(tape, y), x...)
			if err := tape.Err(); err != nil {
				t.Fatal(err)
			}
			var got [][]float64
			for _, g := range first {
				got = append(got, append([]float64(nil), g.Value()...))
			}
			for i := range data {
				closeTo(t, fmt.Sprintf("gradient %d", i), got[i], numeric(data[i], value), 1e-8)
			}
			s, x := slope()
			var second [][]float64
			for _, g := range tape.Grad(s, x...) {
				second = append(second, append([]float64(nil), g.Value()...))
			}
			if err := tape.Err(); err != nil {
				t.Fatal(err)
			}
			zero := true
			for i := range data {
				want := numeric(data[i], func() float64 { s, _ := slope(); return s.Item() })
				closeTo(t, fmt.Sprintf("second gradient %d", i), second[i], want, 1e-7)
				for _, v := range want {
					zero = zero && math.Abs(v) < 1e-9
				}
			}
			if zero == o.smooth {
				t.Errorf("the second derivative is zero: %v", zero)
			}
			// J v against the difference of y along v
			x = vars()
			y = o.f(x)
			jvp := append([]float64(nil), tape.JVP(y, x[0], tape.Const(direction[0], o.inputs[0]...)).Value()...)
			if err := tape.Err(); err != nil {
				t.Fatal(err)
			}
			want := make([]float64, len(jvp))
			step := func(h, weight float64) {
				for i, v := range direction[0] {
					data[0][i] += h * v
				}
				for i, v := range o.f(vars()).Value() {
					want[i] += weight * v
				}
				for i, v := range direction[0] {
					data[0][i] -= h * v
				}
			}
			const h = 1e-3
			step(h, 8/(12*h))
			step(-h, -8/(12*h))
			step(2*h, -1/(12*h))
			step(-2*h, 1/(12*h))
			closeTo(t, "J v", jvp, want, 1e-8)
		})
	}
}

// The float32 form of each operation and of its gradient agrees with the float64 form.
func TestFloat32AgreesWithFloat64(t *testing.T) {
	wide := operationsOf[float64]()
	for i, o := range operationsOf[float32]() {
		t.Run(o.name, func(t *testing.T) {
			sample := o.sample
			if sample == nil {
				sample = random
			}
			narrowTape, wideTape := New[float32](), New[float64]()
			var nx []Tensor[float32]
			var wx []Tensor[float64]
			for j, dims := range o.inputs {
				data := convert[float32](sample(shapeOf(dims...).size(), uint64(j+1)))
				double := make([]float64, len(data)) // the same numbers
				for k, v := range data {
					double[k] = float64(v)
				}
				nx, wx = append(nx, narrowTape.Var(data, dims...)), append(wx, wideTape.Var(double, dims...))
			}
			ny, wy := o.f(nx), wide[i].f(wx)
			closeTo(t, "value", convert[float64](ny.Value()), wy.Value(), 1e-5)
			ng := narrowTape.Grad(weighted(narrowTape, ny), nx...)
			wg := wideTape.Grad(weighted(wideTape, wy), wx...)
			for j := range ng {
				closeTo(t, fmt.Sprintf("gradient %d", j), convert[float64](ng[j].Value()), wg[j].Value(), 1e-4)
			}
			if narrowTape.Err() != nil || wideTape.Err() != nil {
				t.Fatal(narrowTape.Err(), wideTape.Err())
			}
		})
	}
}
