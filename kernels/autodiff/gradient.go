package autodiff

import (
	"fmt"
	"math"
)

// Param is what training changes: numbers that outlive a tape.
type Param[T Float] struct {
	Name   string
	Shape  []int
	Value  []T
	Grad   []T  // of the last Backward
	Frozen bool // Backward and optimisers leave it alone

	mark bool // during Backward: asked for
}

// NewParam returns a parameter of zeros.
func NewParam[T Float](name string, dims ...int) *Param[T] {
	n := 0
	if checkDims(dims) == nil {
		n = shapeOf(dims...).size()
	}
	return &Param[T]{Name: name, Shape: append([]int(nil), dims...), Value: make([]T, n), Grad: make([]T, n)}
}

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

// pass computes the gradients of y, times seed, with respect to all marked leaves; want is t.want marked for some values.
func (t *Tape[T]) pass(y, seed Tensor[T]) {
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
		n := &t.nodes[i]
		if n.name != "" && t.OnGradient != nil {
			t.OnGradient(n.name, g)
		}
		if rule := t.rules[n.op]; rule != nil {
			rule(t, Tensor[T]{t, i, t.epoch}, g)
		}
	}
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
// has zeros. The results may be differentiated again; the slice is good until the next call.
func (t *Tape[T]) VJP(y, v Tensor[T], xs ...Tensor[T]) []Tensor[T] {
	ny := y.node()
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
	t.asked = t.asked[:0]
	if t.err == nil {
		t.pass(y, v)
	}
	for _, x := range xs {
		var g Tensor[T]
		switch {
		case t.err != nil:
		case x.id <= y.id && t.grads[x.id].tape != nil:
			g = t.grads[x.id]
		default:
			g = t.Full(0, t.nodes[x.id].shape.dims()...)
		}
		t.asked = append(t.asked, g)
	}
	return t.asked
}

// Grad returns the gradients of the scalar y with respect to each x.
func (t *Tape[T]) Grad(y Tensor[T], xs ...Tensor[T]) []Tensor[T] {
	if n := y.node(); n != nil && len(n.value) != 1 {
		t.fail("Grad: y has %v values, expected one: sum it, or use VJP", n.shape)
	} else if n != nil {
		return t.VJP(y, t.Full(1, n.shape.dims()...), xs...)
	}
	return make([]Tensor[T], len(xs))
}

// JVP returns dy/dx v, the derivative of y when x moves in the direction v, which has x's shape: forward mode by two reverse passes.
func (t *Tape[T]) JVP(y, x, v Tensor[T]) Tensor[T] {
	ny := y.node()
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
	if n := u.node(); n != nil {
		n.grad = true
	}
	return t.VJP(t.VJP(y, u, x)[0], v, u)[0]
}

// Backward sets the Grad of each parameter to the gradient of the scalar loss, zeros where it does not depend on it. It returns the first
// error on the tape, or one if the loss is not finite: the gradients are then as before.
func (t *Tape[T]) Backward(loss Tensor[T], params ...*Param[T]) error {
	n := loss.node()
	if n == nil {
		if err := t.Err(); err != nil {
			return err
		}
		return fmt.Errorf("autodiff: Backward: the loss is empty")
	}
	if len(n.value) != 1 {
		t.fail("Backward: the loss has %d values, expected one: take the mean", len(n.value))
		return t.err
	}
	if v := float64(n.value[0]); math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Errorf("autodiff: Backward: the loss is %v", v)
	}
	for _, p := range params {
		if err := p.check(); err != nil {
			return err
		}
	}
	t.begin(loss)
	for _, p := range params {
		if !p.Frozen { // which tapes of other goroutines may be using
			p.mark = true
		}
	}
	for i := range t.want {
		if p := t.nodes[i].param; p != nil {
			t.want[i] = p.mark
		}
	}
	t.pass(loss, t.Full(1, n.shape.dims()...))
	for _, p := range params {
		if !p.Frozen {
			p.mark = false
		}
	}
	if t.err != nil {
		return t.err
	}
	for _, p := range params {
		if !p.Frozen {
			clear(p.Grad)
		}
	}
	for i, g := range t.grads {
		if p := t.nodes[i].param; p != nil && g.tape != nil {
			t.b.add(p.Grad, p.Grad, g.node().value) // a parameter may be used more than once
		}
	}
	return nil
}
