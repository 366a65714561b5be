package autodiff

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
)

// says fails unless err's text has a part.
func says(t *testing.T, what string, err error, part string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Errorf("%s: the error is %v, expected one with %q", what, err, part)
	}
}

// What is of another tape is an error that both tapes know, whatever it is given to.
func TestAnotherTape(t *testing.T) {
	p := NewParam[float64]("p", 2)
	heads, norm, batch := NewMultiHeadAttention[float64]("h", 2, 1, nil), NewLayerNorm[float64]("n", 2), NewBatchNorm[float64]("b", 2)
	for name, f := range map[string]func(t tp, y, x tn){
		"Grad":       func(t tp, y, x tn) { t.Grad(y.Sum(), x) },
		"VJP":        func(t tp, y, x tn) { t.VJP(y, y, x) },
		"JVP":        func(t tp, y, x tn) { t.JVP(y, x, x) },
		"Backward":   func(t tp, y, x tn) { t.Backward(y.Sum(), p) },
		"Grad of x":  func(t tp, y, x tn) { t.Grad(t.Full(1), x) },
		"Linear":     func(t tp, y, x tn) { NewLinear[float64]("l", 2, 1, nil).Forward(t, x) },
		"LayerNorm":  func(t tp, y, x tn) { norm.Forward(t, x) },
		"BatchNorm":  func(t tp, y, x tn) { batch.Forward(t, x) },
		"Attention":  func(t tp, y, x tn) { heads.Forward(t, x.Reshape(1, 1, 2), tn{}) },
		"the second": func(t tp, y, x tn) { t.Full(1, 2).Add(x) },
		"Concat":     func(t tp, y, x tn) { Concat(0, t.Full(1, 2), x) },
	} {
		a, b := New[float64](), New[float64]()
		a.Use(p).Exp().Exp().Exp()
		p.Grad[0] = 7
		x := b.Use(p)
		f(a, x.Exp(), x)
		says(t, name+", the caller", a.Err(), "tape")
		says(t, name+", the other", b.Err(), "tape")
		if p.Grad[0] != 7 {
			t.Errorf("%s: the gradient has changed", name)
		}
	}
}

// H v of a quadratic loss of a layer, x'x w v: Use and Forward mean the same tensor.
func TestHessianOverALayer(t *testing.T) {
	tape, l := New[float64](), NewLinear[float64]("l", 1, 1, rand.New(rand.NewPCG(1, 1)))
	w := tape.Use(l.Weight)
	loss := l.Forward(tape, tape.Const([]float64{2, 3}, 2, 1)).Square().Sum()
	g := tape.Grad(loss, w)
	if h := tape.Grad(g[0].Sum(), w, tape.Use(l.Bias)); tape.Err() != nil || h[0].Item() != 26 || h[1].Item() != 10 {
		t.Errorf("%v and %v, expected 26 and 10: %v", h[0].Value(), h[1].Value(), tape.Err())
	}
	if again := tape.Grad(loss, tape.Use(l.Bias))[0]; again.Item() == g[0].Item() || g[0].tape == nil {
		t.Error("another call has overwritten the first one's results")
	}
}

// OnGradient may compute; what would change the pass that is under way is an error, and a panic leaves everything usable.
func TestInsideOnGradient(t *testing.T) {
	p := NewParam[float64]("p", 1)
	for name, f := range map[string]func(t tp, g tn){
		"Grad":     func(t tp, g tn) { t.Grad(g, g) },
		"VJP":      func(t tp, g tn) { t.VJP(g, g, g) },
		"Backward": func(t tp, g tn) { t.Backward(g.Sum(), p) },
		"Reset":    func(t tp, g tn) { t.Reset() },
		"Close":    func(t tp, g tn) { t.Close() },
	} {
		tape := New[float64]()
		tape.OnGradient = func(_ string, g tn) { f(tape, g) }
		p.Value[0], p.Grad[0] = 2, 7
		err := tape.Backward(tape.Use(p).Tanh().Named("h").Square().Sum(), p)
		says(t, name, err, "inside OnGradient: "+name)
		if p.Grad[0] != 7 {
			t.Errorf("%s: the gradient has changed", name)
		}
		tape.OnGradient = nil
		if tape.Reset(); tape.Backward(tape.Use(p).Square().Sum(), p) != nil || p.Grad[0] != 4 {
			t.Errorf("%s: %v after Reset", name, p.Grad)
		}
		tape.OnGradient = func(string, tn) { panic("the user's") }
		func() {
			defer func() { _ = recover() }()
			_ = tape.Backward(tape.Use(p).Square().Named("h").Sum(), p)
		}()
		tape.OnGradient = nil
		if tape.Reset(); tape.Backward(tape.Use(p).Square().Sum(), p) != nil || (&SGD[float64]{Rate: 0.5}).Step([]*Param[float64]{p}) != nil || p.Value[0] != 0 {
			t.Errorf("%s: %v after a panic", name, p.Value)
		}
	}
}

// A second name does not take the first, and the passes of JVP, whose gradients nobody asked for, are not told.
func TestNamesStay(t *testing.T) {
	tape := New[float64]()
	x := tape.Var([]float64{2, 3}, 2)
	a := x.Exp().Named("a")
	y := a.Reshape(2).Named("b")
	var heard []string
	tape.OnGradient = func(name string, _ tn) { heard = append(heard, name) }
	tape.JVP(y, x, x)
	tape.Grad(y.Sum(), x)
	if tape.Err() != nil || !slices.Equal(heard, []string{"b", "a"}) {
		t.Errorf("heard %q, %v", heard, tape.Err())
	}
}

// A parameter that changes between Use and Backward is an error where the loss depends on it, and only there.
func TestStepBetweenUseAndBackward(t *testing.T) {
	tape, sgd := New[float64](), &SGD[float64]{Rate: 1}
	p, q := NewParam[float64]("p", 1), NewParam[float64]("q", 1)
	both := []*Param[float64]{p, q}
	set := func() { p.Value[0], q.Value[0] = 3, 5 }
	set()
	saved, err := Save(both, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func() error{
		"a step": func() error { return sgd.Step([]*Param[float64]{p}) },
		"Load":   func() error { return Load(saved, both, nil) },
		"EMA":    func() error { return EMA([]*Param[float64]{p}, []*Param[float64]{q}, 0.5) },
		"a size": func() error { *p = *NewParam[float64]("p", 3); return nil },
	} {
		tape.Reset()
		*p = *NewParam[float64]("p", 1)
		set()
		x := tape.Use(p)
		loss := x.Square().Sum()
		if err := change(); err != nil {
			t.Fatal(err)
		}
		says(t, name, tape.Backward(loss, p), "parameter p was changed after Use")
	}
	// a GAN's pattern: q makes what p judges; p moves, judges again, and q learns from that
	tape.Reset()
	*p = *NewParam[float64]("p", 1)
	set()
	made := tape.Use(q).Square()
	if err := tape.Backward(tape.Use(p).Mul(made.Detach()).Sum(), p); err != nil || p.Grad[0] != 25 {
		t.Fatal(p.Grad, err)
	}
	if err := sgd.Step([]*Param[float64]{p}); err != nil {
		t.Fatal(err)
	}
	if err := tape.Backward(tape.Use(p).Mul(made).Sum(), q); err != nil || q.Grad[0] != -22*2*5 {
		t.Errorf("%v, expected -220: %v", q.Grad, err)
	}
}

// A gradient that is not finite under a finite loss ends the training with an error; nothing has changed, by Backward or by a step.
func TestGradientThatIsNotFinite(t *testing.T) {
	tape, p, q := New[float32](), NewParam[float32]("p", 2), NewParam[float32]("q", 1)
	p.Grad[0], q.Grad[0] = 7, 7
	both := []*Param[float32]{q, p}
	err := tape.Backward(tape.Use(p).Square().Sum().Sqrt().Add(tape.Use(q).Sum()), both...)
	says(t, "Backward", err, "the gradient of p is not finite (NaN at element 0)")
	if p.Grad[0] != 7 || q.Grad[0] != 7 {
		t.Errorf("the gradients are %v and %v", p.Grad, q.Grad)
	}
	p.Grad[1] = float32(math.Inf(1))
	for _, opt := range []Optimiser[float32]{&Adam[float32]{}, &SGD[float32]{}} {
		says(t, opt.kind(), opt.Step(both), "parameter p: the gradient is +Inf at element 1")
		if q.Value[0] != 0 || p.Value[0] != 0 {
			t.Error("a parameter has moved")
		}
	}
	p.Grad[0], p.Grad[1] = 3e38, 3e38 // whose sum is not a float32
	if err := (&SGD[float32]{Rate: 1e-38}).Step(both); err != nil {
		t.Error(err)
	}
}

// The gradient penalty of a critic whose slope is 0 is 1, and its gradient 0 and not NaN.
func TestPenaltyOfNoSlope(t *testing.T) {
	tape, p := New[float64](), NewParam[float64]("p", 2, 1)
	x := tape.Var([]float64{1, 2}, 1, 2)
	slope := tape.Grad(x.MatMul(tape.Use(p)).Sum(), x)[0]
	loss := slope.Norm(-1).Affine(1, -1).Square().Mean()
	if err := tape.Backward(loss, p); err != nil || loss.Item() != 1 || p.Grad[0] != 0 {
		t.Errorf("%v, gradient %v, %v", loss.Item(), p.Grad, err)
	}
	second := tape.Grad(tape.Grad(x.Scale(0).Norm(), x)[0].Sum(), x)[0]
	if v := second.Value(); tape.Err() != nil || v[0] != 0 || v[1] != 0 {
		t.Errorf("the second derivative is %v, %v", v, tape.Err())
	}
}

// 0 times NaN is NaN in every product, and 0 times infinity.
func testProductsKeepNaN[T Float](t *testing.T) {
	tape := New[T]()
	x := tape.Const([]T{0, 1}, 1, 2)
	for _, bad := range []T{T(math.NaN()), T(math.Inf(1))} {
		y := tape.Const([]T{bad, 1, 1, 1}, 2, 2)
		for i, z := range []Tensor[T]{x.MatMul(y), x.MatMulT(y), x.Dense(y, tape.Full(0, 2)), y.MatMul(tape.Full(0, 2, 1))} {
			if v := z.Value(); len(v) == 0 || v[0] == v[0] {
				t.Errorf("product %d of %v: %v", i, bad, v)
			}
		}
	}
}

func TestProductsKeepNaN(t *testing.T) {
	t.Run("float32", testProductsKeepNaN[float32])
	t.Run("float64", testProductsKeepNaN[float64])
}

// A result that no memory can hold is an error that states its shape.
func TestHugeResults(t *testing.T) {
	type tape = *Tape[float32]
	const k = 1 << 16
	thin := make([]float32, k)
	wide := make([]float32, 1<<10)
	for name, f := range map[string]func(t tape) Tensor[float32]{
		"Full":      func(t tape) Tensor[float32] { return t.Full(1, math.MaxInt, 2) },
		"Add":       func(t tape) Tensor[float32] { return t.Const(thin, k, 1).Add(t.Const(thin, 1, k)) },
		"Repeat":    func(t tape) Tensor[float32] { return t.Const(thin, k, 1).Repeat(k, k) },
		"MatMul":    func(t tape) Tensor[float32] { return t.Const(thin, k, 1).MatMulT(t.Const(thin, k, 1)) },
		"no values": func(t tape) Tensor[float32] { return t.Const(nil, 0, math.MaxInt, 2) },
		"Conv2D": func(t tape) Tensor[float32] {
			return t.Full(1, 1, 1, 1, 1).Conv2D(t.Full(1, 1, 1, 1, 1), Tensor[float32]{}, Window{Pad: Same(1 << 20)})
		},
		"MaxPool2D": func(t tape) Tensor[float32] {
			return t.Full(1, 1, 1, 1, 1).MaxPool2D(Window{Kernel: k, Stride: 1, Pad: Same(2*k - 2)})
		},
		"Gather": func(t tape) Tensor[float32] { return t.Const(wide, 1, 1<<10).Gather(make([]int32, 1<<22)) },
		"Use":    func(t tape) Tensor[float32] { return t.Use(NewParam[float32]("p", 1<<20, 1<<20)) },
	} {
		tape := New[float32]()
		y := f(tape)
		says(t, name, tape.Err(), "at most 2147483647 values are possible")
		if y.Value() != nil {
			t.Errorf("%s: there is a result", name)
		}
	}
}

// Adam's steps are counted for each parameter: torch.optim.Adam with one that comes late and one that pauses.
func TestAdamLate(t *testing.T) {
	p, q, adam := quartet(), quartet(), &Adam[float64]{Rate: 0.05}
	copy(q.Value, fill(2, 4))
	for step := range 7 {
		var params []*Param[float64]
		if step != 4 {
			params = append(params, p)
		}
		if step >= 3 {
			params = append(params, q)
		}
		for _, p := range params {
			copy(p.Grad, gradientAt(step))
		}
		if err := adam.Step(params); err != nil {
			t.Fatal(err)
		}
	}
	closeTo(t, "values", append(p.Value, q.Value...), torch(t, "adam late"), 1e-12)
}

// An average is what its formula says; a decay of 0 copies, as does a frozen parameter; what does not fit is an error.
func TestEMA(t *testing.T) {
	average, p := []*Param[float64]{NewParam[float64]("a", 2), NewParam[float64]("f", 1)}, []*Param[float64]{NewParam[float64]("p", 2), NewParam[float64]("g", 1)}
	p[0].Value[0], p[0].Value[1], p[1].Value[0], p[1].Frozen = 1, -2, 4, true
	for range 3 {
		if err := EMA(average, p, 0.5); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(average[0].Value, []float64{0.875, -1.75}) || average[1].Value[0] != 4 {
		t.Errorf("%v and %v", average[0].Value, average[1].Value)
	}
	if err := EMA(average, p, 0); err != nil || !slices.Equal(average[0].Value, p[0].Value) {
		t.Errorf("%v of no decay, %v", average[0].Value, err)
	}
	says(t, "decay", EMA(average, p, 1.5), "a decay of 1.5")
	says(t, "count", EMA(average[:1], p, 0), "2 parameters and 1 of the average")
	says(t, "shape", EMA(p, []*Param[float64]{p[1], p[0]}, 0), "g is [1], p is [2]")
	says(t, "nil", EMA([]*Param[float64]{nil}, p[:1], 0), "nil")
}

// A frozen parameter is used on the tapes of several goroutines, each of which trains its own. For the race detector.
func TestSharedParameter(t *testing.T) {
	shared := NewParam[float64]("shared", 1)
	shared.Value[0] = 2
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			tape, own, adam := New[float64](), NewParam[float64]("own", 1), &Adam[float64]{}
			for range 200 {
				tape.Reset()
				if err := tape.Backward(tape.Use(shared).Mul(tape.Use(own)).Affine(1, -1).Square().Sum(), own); err != nil {
					t.Error(err)
				}
				if err := adam.Step([]*Param[float64]{own}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
