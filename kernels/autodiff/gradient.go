package autodiff

import (
	"fmt"
	"math"
)

// Param is what training changes: numbers that outlive a tape. Tapes of several goroutines may use one at a time when nobody changes it:
// Backward writes Grad of the parameters it is given, a step, Load and EMA write Value.
type Param[T Float] struct {
	Name   string
	Shape  []int
	Value  []T
	Grad   []T  // of the last Backward
	Frozen bool // Backward and optimisers leave it alone

	version int // how often Value was changed
}

// NewParam returns a parameter of zeros; without values when there is no such shape, which is an error where it is used.
func NewParam[T Float](name string, dims ...int) *Param[T] {
	n := 0
	if checkDims(dims) == nil {
		n = shapeOf(dims...).size()
	}
	return &Param[T]{Name: name, Shape: append([]int(nil), dims...), Value: make([]T, n), Grad: make([]T, n)}
}

// Params returns p alone, which makes it a [Layer].
func (p *Param[T]) Params() []*Param[T] { return []*Param[T]{p} }

// wants reports whether the backward pass in progress needs x's gradient.
func (t *Tape[T]) wants(x Tensor[T]) bool { return x.tape == t && x.id < len(t.want) && t.want[x.id] }

// give adds g to the gradient of x, summed to x's shape where x was repeated.
func (t *Tape[T]) give(x, g Tensor[T]) {
	if !t.wants(x) {
		return
	}
	g = g.sumTo(t.nodes[x.id].shape)
	if sum := t.grads[x.id]; sum.tape != nil {
		g = sum.Add(g)
	}
	t.grads[x.id] = g
}

// pass computes the gradients of y, times seed, with respect to all values that t.want marks.
func (t *Tape[T]) pass(y, seed Tensor[T]) {
	if !t.fresh(y) {
		return
	}
	for i := range y.id + 1 {
		n := &t.nodes[i]
		for _, x := range n.in {
			t.want[i] = t.want[i] || t.wants(x)
		}
		for _, x := range n.more {
			t.want[i] = t.want[i] || t.wants(x)
		}
	}
	if t.want[y.id] {
		t.grads[y.id] = seed
	}
	for i := y.id; i >= 0 && t.err == nil; i-- {
		g := t.grads[i]
		if g.tape == nil {
			continue
		}
		if name := t.nodes[i].name; name != "" && t.OnGradient != nil {
			t.tell(name, g)
		}
		if rule := t.rules[t.nodes[i].op]; rule != nil && t.err == nil {
			rule(t, Tensor[T]{t, i, t.epoch}, g)
		}
	}
}

// tell calls OnGradient, which may panic.
func (t *Tape[T]) tell(name string, g Tensor[T]) {
	t.busy = true
	defer func() { t.busy = false }()
	t.OnGradient(name, g)
}

// fresh reports whether the parameters that y depends on are still what they were, and makes it an error when one is not: the rules would take
// the new values for those that y was computed of.
func (t *Tape[T]) fresh(y Tensor[T]) bool {
	t.passes++
	t.nodes[y.id].seen = t.passes
	for i := y.id; i >= 0; i-- {
		n := &t.nodes[i]
		if n.seen != t.passes {
			continue
		}
		if n.param != nil && !n.current() {
			t.fail("parameter %s was changed after Use: take the gradient before the step, or compute again what it is of", n.param.Name)
			return false
		}
		for _, x := range n.in {
			if x.tape != nil {
				t.nodes[x.id].seen = t.passes
			}
		}
		for _, x := range n.more {
			t.nodes[x.id].seen = t.passes
		}
	}
	return true
}

// begin makes room for a pass over the values up to y.
func (t *Tape[T]) begin(y Tensor[T]) {
	n := y.id + 1
	if cap(t.want) < n {
		t.want, t.grads = make([]bool, 2*n), make([]Tensor[T], 2*n)
	}
	t.want, t.grads = t.want[:n], t.grads[:n]
	clear(t.want)
	clear(t.grads)
}

// VJP returns, for each x, v^T dy/dx: the sum over y's elements of v times their derivatives. v has y's shape. An x that y does not depend on
// has zeros. The results may be differentiated again; they and the slice live until Reset.
func (t *Tape[T]) VJP(y, v Tensor[T], xs ...Tensor[T]) []Tensor[T] {
	ny := t.own("VJP", y)
	if ny == nil {
		return make([]Tensor[T], len(xs))
	}
	nv := y.with("VJP", v)
	if nv != nil && nv.shape != ny.shape {
		t.fail("VJP: v is %v, y is %v", nv.shape, ny.shape)
	}
	t.begin(y)
	for _, x := range xs {
		if y.with("VJP", x) != nil && x.id <= y.id {
			t.want[x.id] = true
		}
	}
	asked := t.lists.take(len(xs))
	if t.err == nil {
		t.pass(y, v)
	}
	for i, x := range xs {
		var g Tensor[T]
		switch {
		case t.err != nil:
		case x.id <= y.id && t.grads[x.id].tape != nil:
			g = t.grads[x.id]
		default:
			g = t.Full(0, t.nodes[x.id].shape.dims()...)
		}
		asked[i] = g
	}
	return asked
}

// Grad returns the gradients of the scalar y with respect to each x.
func (t *Tape[T]) Grad(y Tensor[T], xs ...Tensor[T]) []Tensor[T] {
	if n := t.own("Grad", y); n != nil && len(n.value) != 1 {
		t.fail("Grad: y has %v values, expected one: sum it, or use VJP", n.shape)
	} else if n != nil {
		return t.VJP(y, t.Full(1, n.shape.dims()...), xs...)
	}
	return make([]Tensor[T], len(xs))
}

// JVP returns dy/dx v, the derivative of y when x moves in the direction v, which has x's shape: forward mode by two reverse passes, of which
// OnGradient is not told.
func (t *Tape[T]) JVP(y, x, v Tensor[T]) Tensor[T] {
	ny := t.own("JVP", y)
	if ny == nil {
		return Tensor[T]{}
	}
	nx, nv := y.with("JVP", x), y.with("JVP", v)
	if nx == nil || nv == nil {
		return Tensor[T]{}
	}
	if nx.shape != nv.shape {
		return t.fail("JVP: v is %v, x is %v", nv.shape, nx.shape)
	}
	u := t.Full(0, ny.shape.dims()...) // what is linear in u has the same derivative everywhere
	hook := t.OnGradient               // the gradients are those of this u, which nobody has asked for
	t.OnGradient = nil
	defer func() { t.OnGradient = hook }()
	return t.VJP(t.VJP(y, u, x)[0], v, u)[0]
}

// Backward sets the Grad of each parameter to the gradient of the scalar loss, zeros where it does not depend on it. It returns the first
// error on the tape, or one if the loss or a gradient is not finite: all gradients are then as before. A loop that ends at an error so has
// the parameters of the last step that made sense.
func (t *Tape[T]) Backward(loss Tensor[T], params ...*Param[T]) error {
	n := t.own("Backward", loss)
	if n == nil {
		return t.Err()
	}
	if len(n.value) != 1 {
		t.fail("Backward: the loss has %d values, expected one: take the mean", len(n.value))
		return t.err
	}
	if v := float64(n.value[0]); !finite(v) {
		return fmt.Errorf("autodiff: Backward: the loss is %v", v)
	}
	t.begin(loss)
	for _, p := range params {
		if err := p.check(); err != nil {
			return err
		}
		if x, ok := t.uses[p]; ok && x.id <= loss.id {
			t.want[x.id] = !p.Frozen
		}
	}
	t.pass(loss, t.Full(1, n.shape.dims()...))
	if t.err != nil {
		return t.err
	}
	for _, p := range params {
		if i, v := notFinite(t.b, t.gradient(loss, p)); i >= 0 {
			return fmt.Errorf("autodiff: Backward: the gradient of %s is not finite (%v at element %d), though the loss is %v: "+
				"look for a division by 0, Log or Sqrt at 0, or lower the rate", p.Name, v, i, t.nodes[loss.id].value[0])
		}
	}
	for _, p := range params {
		if g := t.gradient(loss, p); g != nil {
			copy(p.Grad, g)
		} else if !p.Frozen {
			clear(p.Grad)
		}
	}
	return nil
}

// gradient is what the last pass, of y, has for p; nil for nothing.
func (t *Tape[T]) gradient(y Tensor[T], p *Param[T]) []T {
	if x, ok := t.uses[p]; ok && x.id <= y.id && t.grads[x.id].tape != nil {
		return t.nodes[t.grads[x.id].id].value
	}
	return nil
}

// notFinite returns the place of the first value that is infinite or NaN, and it; -1 when there is none.
func notFinite[T Float](b *backend[T], x []T) (int, T) {
	if finite(float64(b.sum(x))) { // it is not if one of x is not
		return -1, 0
	}
	for i, v := range x {
		if !finite(float64(v)) {
			return i, v
		}
	}
	return -1, 0
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
