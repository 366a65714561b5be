package autodiff

import "math"

// alike reports whether x and y have one shape. A loss of two that are repeated to a third, n x 1 and n to n x n, is hardly what is meant.
func (x Tensor[T]) alike(op string, y Tensor[T]) bool {
	a, b := x.pair(op, y)
	if a != nil && a.shape != b.shape {
		x.tape.fail("%s: %v and %v: reshape one to the other", op, a.shape, b.shape)
	}
	return a != nil && a.shape == b.shape
}

// MSE returns the mean of (x - y)². The shapes are the same, as with the other losses of two tensors.
func (x Tensor[T]) MSE(y Tensor[T]) Tensor[T] {
	if !x.alike("MSE", y) {
		return Tensor[T]{}
	}
	return x.Sub(y).Square().Mean()
}

// CrossEntropy returns the mean of -ln softmax(x)[label] over the rows of x, n x classes.
func (x Tensor[T]) CrossEntropy(labels []int32) Tensor[T] {
	a := x.node()
	if a == nil {
		return Tensor[T]{}
	}
	if a.shape.n != 2 || a.shape.d[0] != len(labels) {
		return x.tape.fail("CrossEntropy: %v and %d labels", a.shape, len(labels))
	}
	classes := a.shape.d[1]
	index := x.tape.ints.take(len(labels))
	for i, l := range labels {
		if l < 0 || int(l) >= classes {
			return x.tape.fail("CrossEntropy: label %d at position %d, there are %d classes", l, i, classes)
		}
		index[i] = int32(i*classes) + l
	}
	s := shapeOf(len(labels), 1)
	return x.LogSoftmax().pick(index, s).Mean().Neg()
}

// BCEWithLogits returns the mean of the binary cross-entropy of sigmoid(x) and y in [0,1]: y softplus(-x) + (1-y) softplus(x).
func (x Tensor[T]) BCEWithLogits(y Tensor[T]) Tensor[T] {
	if !x.alike("BCEWithLogits", y) {
		return Tensor[T]{}
	}
	a, b := x.pair("BCEWithLogits", y)
	xs, ys := a.value, b.value
	z, n := x.tape.push(opBCE, a.shape, x, y)
	for i, v := range xs {
		n.value[i] = -T(math.Abs(float64(v)))
	}
	x.tape.b.softplus(n.value, n.value) // and the rest of the larger one: a small loss keeps its digits
	for i, v := range xs {
		n.value[i] += max(v, 0) - v*ys[i]
	}
	return z.Mean()
}

func bceRule[T Float](t *Tape[T], z, g Tensor[T]) {
	x, y := t.of(z).in[0], t.of(z).in[1]
	if t.wants(x) {
		t.give(x, g.Mul(x.Sigmoid().Sub(y)))
	}
	if t.wants(y) {
		t.give(y, g.Mul(x).Neg())
	}
}

// Hinge returns the mean of max(0, 1 - x y), y being 1 or -1.
func (x Tensor[T]) Hinge(y Tensor[T]) Tensor[T] {
	if !x.alike("Hinge", y) {
		return Tensor[T]{}
	}
	return x.Mul(y).Affine(-1, 1).ReLU().Mean()
}
