package autodiff

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestMistakesAreSentences(t *testing.T) {
	type tape = *Tape[float32]
	v := func(t tape, dims ...int) Tensor[float32] {
		return t.Var(make([]float32, shapeOf(dims...).size()), dims...)
	}
	for name, c := range map[string]struct {
		f    func(t tape) Tensor[float32]
		want string
	}{
		"Add":            {func(t tape) Tensor[float32] { return v(t, 2, 3).Add(v(t, 2, 4)) }, "Add: the shapes 2x3 and 2x4 do not fit"},
		"values":         {func(t tape) Tensor[float32] { return t.Const(make([]float32, 5), 2, 3) }, "Const: 5 values for 2x3"},
		"negative":       {func(t tape) Tensor[float32] { return t.Const(nil, -1) }, "a size of -1"},
		"huge":           {func(t tape) Tensor[float32] { return t.Full(1, 1<<30, 1<<30, 1<<30) }, "a shape of 1073741824x1073741824x1073741824 is too large"},
		"dimensions":     {func(t tape) Tensor[float32] { return t.Const([]float32{1}, 1, 1, 1, 1, 1, 1, 1) }, "7 dimensions"},
		"MatMul":         {func(t tape) Tensor[float32] { return v(t, 2, 3).MatMul(v(t, 4, 2)) }, "MatMul: 2x3 times 4x2 does not fit"},
		"MatMulT":        {func(t tape) Tensor[float32] { return v(t, 2, 3).MatMulT(v(t, 4, 2)) }, "does not fit (the second transposed)"},
		"MatMul of one":  {func(t tape) Tensor[float32] { return v(t, 2, 3).MatMul(v(t, 3)) }, "matrices are needed"},
		"MatMul of many": {func(t tape) Tensor[float32] { return v(t, 2, 3, 4).MatMul(v(t, 3, 4, 2)) }, "2x3x4 times 3x4x2"},
		"bias":           {func(t tape) Tensor[float32] { return v(t, 2, 3).Dense(v(t, 3, 4), v(t, 3)) }, "4 columns and a bias of 3"},
		"Reshape":        {func(t tape) Tensor[float32] { return v(t, 2, 3).Reshape(4, -1) }, "Reshape: 2x3 has 6 values, not a multiple of 4"},
		"Reshape size":   {func(t tape) Tensor[float32] { return v(t, 2, 3).Reshape(5) }, "2x3 is not 5"},
		"Transpose":      {func(t tape) Tensor[float32] { return v(t, 2, 3).Transpose(0, 0) }, "[0 0] is not an order"},
		"Slice":          {func(t tape) Tensor[float32] { return v(t, 2, 3).Slice(1, 2, 5) }, "2 to 5 of dimension 1 of 2x3"},
		"Concat":         {func(t tape) Tensor[float32] { return Concat(0, v(t, 2, 3), v(t, 2, 4)) }, "Concat: 2x3 and 2x4"},
		"Gather":         {func(t tape) Tensor[float32] { return v(t, 2, 3).Gather([]int32{0, 2}) }, "row 2 at position 1 of a table of 2"},
		"Sum":            {func(t tape) Tensor[float32] { return v(t, 2, 3).Sum(2) }, "there is no dimension 2 in 2x3"},
		"Mean of none":   {func(t tape) Tensor[float32] { return v(t, 0, 3).Mean() }, "0x3 has no elements"},
		"MSE of none":    {func(t tape) Tensor[float32] { return v(t, 0).MSE(v(t, 0)) }, "no elements"},
		"Repeat":         {func(t tape) Tensor[float32] { return v(t, 2, 3).Repeat(2, 4) }, "2x3 cannot be repeated to 2x4"},
		"Conv2D": {func(t tape) Tensor[float32] {
			return v(t, 1, 3, 8, 8).Conv2D(v(t, 4, 2, 3, 3), Tensor[float32]{}, Window{})
		}, "images 1x3x8x8 and weights 4x2x3x3 in 1 groups"},
		"Conv2D window": {func(t tape) Tensor[float32] {
			return v(t, 1, 1, 2, 2).Conv2D(v(t, 1, 1, 3, 3), Tensor[float32]{}, Window{})
		}, "a window of 3x3"},
		"Conv2D bias":     {func(t tape) Tensor[float32] { return v(t, 1, 1, 4, 4).Conv2D(v(t, 2, 1, 3, 3), v(t, 3), Window{}) }, "2 channels and a bias of 3"},
		"Pool":            {func(t tape) Tensor[float32] { return v(t, 1, 1, 4, 4).MaxPool2D(Window{}) }, "a window of 0"},
		"Pool padding":    {func(t tape) Tensor[float32] { return v(t, 1, 1, 4, 4).MaxPool2D(Window{Kernel: 2, Pad: Same(5)}) }, "padding [2 2 2 2]"},
		"CrossEntropy":    {func(t tape) Tensor[float32] { return v(t, 2, 3).CrossEntropy([]int32{0, 3}) }, "label 3 at position 1, there are 3 classes"},
		"labels":          {func(t tape) Tensor[float32] { return v(t, 2, 3).CrossEntropy([]int32{0}) }, "2x3 and 1 labels"},
		"Grad":            {func(t tape) Tensor[float32] { x := v(t, 2); return t.Grad(x, x)[0] }, "y has 2 values"},
		"VJP":             {func(t tape) Tensor[float32] { x := v(t, 2); return t.VJP(x, v(t, 3), x)[0] }, "v is 3, y is 2"},
		"JVP":             {func(t tape) Tensor[float32] { x := v(t, 2); return t.JVP(x, x, v(t, 3)) }, "v is 3, x is 2"},
		"another tape":    {func(t tape) Tensor[float32] { return v(t, 2).Add(v(New[float32](), 2)) }, "on two tapes"},
		"empty tensor":    {func(t tape) Tensor[float32] { return v(t, 2).Add(Tensor[float32]{}) }, "Add: an operand is empty"},
		"nil parameter":   {func(t tape) Tensor[float32] { return t.Use(nil) }, "the parameter is nil"},
		"wrong parameter": {func(t tape) Tensor[float32] { return t.Use(&Param[float32]{Name: "w", Shape: []int{2, 2}}) }, "parameter w: 0 values for 2x2"},
		"Item":            {func(t tape) Tensor[float32] { x := v(t, 2); x.Item(); return x.Neg() }, "the tensor has 2 values"},
		"stale":           {func(t tape) Tensor[float32] { x := v(t, 2); t.Reset(); return x.Neg() }, "after the Reset"},
		"MaxPool2D of no height": {func(t tape) Tensor[float32] {
			return v(t, 1, 1, 0, 4).MaxPool2D(Window{Kernel: 2, Stride: 1, Pad: Same(3)})
		}, "on images of 0x4"},
		"AvgPool2D of no width": {func(t tape) Tensor[float32] {
			return v(t, 1, 1, 4, 0).AvgPool2D(Window{Kernel: 2, Stride: 1, Pad: Same(3)})
		}, "on images of 4x0"},
		"a pool's groups":      {func(t tape) Tensor[float32] { return v(t, 1, 2, 4, 4).MaxPool2D(Window{Kernel: 2, Groups: 2}) }, "leave them 0"},
		"negative pool stride": {func(t tape) Tensor[float32] { return v(t, 1, 1, 4, 4).MaxPool2D(Window{Kernel: 2, Stride: -1}) }, "stride -1"},
		"negative stride": {func(t tape) Tensor[float32] {
			return v(t, 1, 1, 4, 4).Conv2D(v(t, 1, 1, 3, 3), Tensor[float32]{}, Window{Stride: -2})
		}, "stride -2"},
		"negative groups": {func(t tape) Tensor[float32] {
			return v(t, 1, 1, 4, 4).Conv2D(v(t, 1, 1, 3, 3), Tensor[float32]{}, Window{Groups: -1})
		}, "in -1 groups"},
		"a convolution's kernel": {func(t tape) Tensor[float32] {
			return v(t, 1, 1, 4, 4).Conv2D(v(t, 1, 1, 3, 3), Tensor[float32]{}, Window{Kernel: 5})
		}, "Kernel is 5 and the weights are 1x1x3x3"},
		"Mean of no columns": {func(t tape) Tensor[float32] { return v(t, 3, 0).Mean(1) }, "3x0 has no elements"},
		"MSE":                {func(t tape) Tensor[float32] { return v(t, 3, 1).MSE(v(t, 3)) }, "MSE: 3x1 and 3: reshape one to the other"},
		"BCE":                {func(t tape) Tensor[float32] { return v(t, 3, 1).BCEWithLogits(v(t, 3)) }, "BCEWithLogits: 3x1 and 3: reshape"},
		"Hinge":              {func(t tape) Tensor[float32] { return v(t, 3).Hinge(v(t)) }, "Hinge: 3 and a scalar: reshape"},
		"MSE of nothing":     {func(t tape) Tensor[float32] { return Tensor[float32]{}.MSE(v(t, 3)) }, "MSE: an operand is empty"},
		"first empty":        {func(t tape) Tensor[float32] { return Tensor[float32]{}.Add(v(t, 2)) }, "Add: an operand is empty"},
		"Concat of empty":    {func(t tape) Tensor[float32] { return Concat(0, Tensor[float32]{}, v(t, 2)) }, "Concat: an operand is empty"},
		"Concat of none":     {func(t tape) Tensor[float32] { return v(t, 2).Add(Concat[float32](0)) }, "Add: an operand is empty"},
		"Grad of empty":      {func(t tape) Tensor[float32] { return t.Grad(Tensor[float32]{}, v(t, 2))[0] }, "Grad: the tensor is empty"},
		"Grad by empty":      {func(t tape) Tensor[float32] { return t.Grad(v(t), Tensor[float32]{})[0] }, "an operand is empty"},
		"Linear of empty": {func(t tape) Tensor[float32] {
			return NewLinear[float32]("l", 2, 1, nil).Forward(t, Tensor[float32]{})
		}, "Dense: an operand is empty"},
		"Attention of empty": {func(t tape) Tensor[float32] {
			y, _ := Attention(Tensor[float32]{}, v(t, 2, 2), v(t, 2, 2), Tensor[float32]{})
			return y
		}, "Attention: an operand is empty"},
		"Linear": {func(t tape) Tensor[float32] { return NewLinear[float32]("l", 3, 1, nil).Forward(t, v(t, 5, 2)) },
			"Dense: 5x2 times 3x1 (l.weight) does not fit"},
		"no attention": {func(t tape) Tensor[float32] {
			y, _ := (&MultiHeadAttention[float32]{Heads: 2}).Forward(t, v(t, 1, 2, 4), Tensor[float32]{})
			return y
		}, "the layer is nil: make it with NewLinear"},
		"no block": {func(t tape) Tensor[float32] {
			y, _ := (&TransformerBlock[float32]{}).Forward(t, v(t, 1, 2, 4), Tensor[float32]{})
			return y
		}, "the layer is nil: make it with"},
		"MLP":             {func(t tape) Tensor[float32] { return (&MLP[float32]{}).Forward(t, v(t, 2)) }, "0 layers"},
		"MLP of one size": {func(t tape) Tensor[float32] { return NewMLP[float32]("m", []int{2}, nil, nil).Forward(t, v(t, 2)) }, "0 layers"},
		"no activation": {func(t tape) Tensor[float32] {
			return NewMLP[float32]("m", []int{2, 2, 2}, nil, nil).Forward(t, v(t, 2))
		}, "2 layers and an activation"},
		"parameters of nothing": {func(t tape) Tensor[float32] {
			if err := t.Backward(t.Full(1), Params[float32](&TransformerBlock[float32]{Attention: &MultiHeadAttention[float32]{}})...); err == nil {
				return v(t)
			}
			return t.Use(nil)
		}, "the parameter is nil"},
		"BatchNorm": {func(t tape) Tensor[float32] { return NewBatchNorm[float32]("b", 3).Forward(t, v(t, 2, 4)) }, "2x4 for 3 channels"},
		"heads": {func(t tape) Tensor[float32] {
			y, _ := (&MultiHeadAttention[float32]{Heads: 3}).Forward(t, v(t, 1, 2, 4), Tensor[float32]{})
			return y
		}, "1x2x4 in 3 heads"},
	} {
		t.Run(name, func(t *testing.T) {
			tape := New[float32]()
			y := c.f(tape)
			if err := tape.Err(); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "autodiff: ") {
				t.Errorf("%v, expected %q", err, c.want)
			}
			first := tape.Err()
			if z := y.Exp().Sum().Tanh(); z.Value() != nil || z.Item() != 0 || z.Shape() != nil {
				t.Error("something was computed after the mistake")
			}
			if err := tape.Backward(y); err == nil || err.Error() != first.Error() {
				t.Errorf("Backward says %v, the first mistake was %v", err, first)
			}
			tape.Reset()
			if v := tape.Full(2).Square().Item(); v != 4 || tape.Err() != nil {
				t.Errorf("after Reset 2² is %v, %v", v, tape.Err())
			}
		})
	}
}

func TestLossThatIsNotFinite(t *testing.T) {
	tape := New[float64]()
	p := NewParam[float64]("p", 1)
	p.Grad[0] = 7
	for _, v := range []float64{math.NaN(), math.Inf(1)} {
		tape.Reset()
		loss := tape.Use(p).Sum().Add(tape.Const([]float64{v}))
		if err := tape.Backward(loss, p); err == nil || !strings.Contains(err.Error(), "the loss is") {
			t.Errorf("a loss of %v: %v", v, err)
		}
		if p.Grad[0] != 7 {
			t.Error("the gradient was changed")
		}
	}
	tape.Reset()
	if err := tape.Backward(tape.Use(p).Repeat(3), p); err == nil || !strings.Contains(err.Error(), "3 values") {
		t.Errorf("a loss of three values: %v", err)
	}
}

// Means and products of which one size is 0.
func TestNoneOfSome(t *testing.T) {
	tape := New[float64]()
	x := tape.Var(nil, 0, 5)
	if g := tape.Grad(x.Normalise(1e-5).Sum(), x)[0]; tape.Err() != nil || len(x.Mean(1).Shape()) != 2 {
		t.Errorf("a normalisation of no rows: %v, %v", g.Shape(), tape.Err())
	}
	for _, dims := range [][3]int{{3, 0, 2}, {3, 4, 0}, {0, 4, 2}} {
		x, w := tape.Var(make([]float64, 2*dims[0]*dims[1]), 2, dims[0], dims[1]), tape.Var(make([]float64, dims[1]*dims[2]), dims[1], dims[2])
		if tape.Grad(x.MatMul(w).Sum(), x, w); tape.Err() != nil {
			t.Errorf("a product of %v: %v", dims, tape.Err())
		}
	}
}

func TestClosedTape(t *testing.T) {
	tape := New[float64]()
	x := tape.Var([]float64{1})
	tape.Close()
	tape.Close()
	if y := x.Exp(); y.Value() != nil {
		t.Error("a closed tape computes")
	}
	tape.Const([]float64{1})
	tape.Full(1)
	tape.Grad(x, x)
	if err := tape.Backward(x); !errors.Is(err, ErrClosed) {
		t.Errorf("Backward says %v", err)
	}
	if err := tape.Err(); !errors.Is(err, ErrClosed) {
		t.Errorf("Err says %v", err)
	}
	var none Tensor[float32]
	if none.Add(none).Exp().Sum(1).Reshape(2).Value() != nil || none.Item() != 0 {
		t.Error("the empty tensor has values")
	}
}

func TestEmptyTensors(t *testing.T) {
	tape := New[float64]()
	x := tape.Var(nil, 0, 3)
	w := tape.Var(make([]float64, 6), 3, 2)
	y := x.Dense(w, tape.Full(1, 2)).Tanh().Softmax().Add(tape.Full(1, 2)).Sum()
	g := tape.Grad(y, x, w)
	if err := tape.Err(); err != nil || y.Item() != 0 || len(g[0].Value()) != 0 || len(g[1].Value()) != 6 {
		t.Errorf("%v, %v, %v, %v", err, y.Value(), g[0].Value(), g[1].Value())
	}
	none := tape.Var(nil, 3, 0)
	s := none.Softmax().Sum(1).Add(none.Normalise(1e-5).Sum(1))
	if tape.Err() != nil || len(s.Value()) != 3 || s.Value()[0] != 0 {
		t.Errorf("%v %v", s.Value(), tape.Err())
	}
}

func TestParametersOfBackward(t *testing.T) {
	tape := New[float64]()
	a, b, c := NewParam[float64]("a", 1), NewParam[float64]("b", 1), NewParam[float64]("c", 1)
	a.Value[0], b.Value[0], b.Grad[0], c.Grad[0] = 3, 5, 9, 9
	c.Frozen = true
	step := func(params ...*Param[float64]) {
		tape.Reset()
		loss := tape.Use(a).Mul(tape.Use(a)).Mul(tape.Use(b)).Sum() // a² b, a used twice
		if err := tape.Backward(loss, params...); err != nil {
			t.Fatal(err)
		}
	}
	step(a)
	if a.Grad[0] != 30 || b.Grad[0] != 9 {
		t.Errorf("2ab is %v, and b, which was not asked for, has %v", a.Grad[0], b.Grad[0])
	}
	step(a, b, c)
	if a.Grad[0] != 30 || b.Grad[0] != 9 || c.Grad[0] != 9 {
		t.Errorf("2ab, a² and the frozen one are %v, %v, %v", a.Grad[0], b.Grad[0], c.Grad[0])
	}
	tape.Reset()
	if err := tape.Backward(tape.Use(a).Sum(), a, b); err != nil || a.Grad[0] != 1 || b.Grad[0] != 0 {
		t.Errorf("%v: %v, and %v of what the loss does not depend on", err, a.Grad[0], b.Grad[0])
	}
}

func TestBackwardOfABadParameter(t *testing.T) {
	tape := New[float64]()
	good := NewParam[float64]("good", 1)
	short := &Param[float64]{Name: "short", Shape: []int{1}, Value: []float64{1}}
	for _, p := range []*Param[float64]{nil, short} {
		tape.Reset()
		if err := tape.Backward(tape.Use(good).Sum(), good, p); err == nil || !strings.Contains(err.Error(), "parameter") {
			t.Errorf("%v", err)
		}
	}
}

func TestHooksAndNames(t *testing.T) {
	tape := New[float64]()
	var heard []string
	tape.OnValue = func(name string, v Tensor[float64]) { heard = append(heard, name) }
	tape.OnGradient = func(name string, g Tensor[float64]) {
		heard = append(heard, "d"+name)
		if g.Exp(); g.Value() == nil { // a hook may compute
			t.Error("the gradient has no value")
		}
	}
	x := tape.Var([]float64{1, 2}, 2)
	h := x.Tanh().Named("h")
	y := h.Square().Named("y").Sum()
	tape.Grad(y, x)
	if got := strings.Join(heard, " "); got != "h y dy dh" || tape.Err() != nil {
		t.Errorf("heard %q, %v", got, tape.Err())
	}
}

func TestSoftmaxMasks(t *testing.T) {
	inf := float32(math.Inf(-1))
	tape := New[float32]()
	x := tape.Var([]float32{0, inf, 0, inf, inf, inf}, 2, 3)
	y := x.Softmax()
	g := tape.Grad(y.Mul(tape.Const([]float32{1, 2, 3, 4, 5, 6}, 2, 3)).Sum(), x)[0].Value()
	want := []float32{0.5, 0, 0.5, 0, 0, 0}
	for i, v := range y.Value() {
		if v != want[i] || g[i] != g[i] {
			t.Errorf("%d: %v, gradient %v", i, v, g[i])
		}
	}
}

// raced says that the race detector is on: it makes pools forget, so that there are allocations.
var raced bool

// A training step must not allocate, and reuse of memory must not show.
func TestMemoryIsReused(t *testing.T) {
	for _, o := range operationsOf[float32]() {
		tape := New[float32]()
		var data [][]float32
		for i, dims := range o.inputs {
			sample := random
			if o.sample != nil {
				sample = o.sample
			}
			data = append(data, convert[float32](sample(shapeOf(dims...).size(), uint64(i))))
		}
		x := make([]Tensor[float32], len(data))
		var first []float32
		step := func() {
			tape.Reset()
			for i, d := range data {
				x[i] = tape.Var(d, o.inputs[i]...)
			}
			g := tape.Grad(o.f(x).Sum(), x...)
			if first == nil {
				first = append([]float32{}, g[0].Value()...)
				return
			}
			for i, v := range g[0].Value() {
				if v != first[i] {
					t.Errorf("%s: another gradient in another step", o.name)
				}
			}
		}
		for range 5 {
			step()
		}
		if tape.Err() != nil {
			t.Error(o.name, tape.Err())
		}
		if n := testing.AllocsPerRun(5, step); n > 0 && !raced {
			t.Errorf("%s: a step allocates %v times", o.name, n)
		}
	}
}
