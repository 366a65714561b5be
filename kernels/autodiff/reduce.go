package autodiff

// sumTo returns x summed over the dimensions along which s is repeated to x's shape.
func (x Tensor[T]) sumTo(s shape) Tensor[T] {
	a := x.node()
	if a == nil || a.shape == s {
		return x
	}
	if whole, ok := broadcast(s, a.shape); !ok || whole != a.shape {
		return x.tape.fail("a sum of %v is not %v", a.shape, s)
	}
	t, as, v := x.tape, a.shape, a.value
	y, n := t.push(opSumTo, s, x)
	switch {
	case len(n.value) == 1:
		n.value[0] = t.b.sum(v)
	case s.suffixOf(as):
		t.b.columnSums(n.value, v)
	default:
		clear(n.value)
		as.along(s.strides(as), func(from int, i, step, count int) {
			if step == 0 {
				n.value[from] += t.b.sum(v[i : i+count])
				return
			}
			t.b.add(n.value[from:from+count], n.value[from:from+count], v[i:i+count])
		})
	}
	return y
}

func sumToRule[T Float](t *Tape[T], y, g Tensor[T]) {
	x := t.of(y).in[0]
	if t.wants(x) {
		t.give(x, g.repeat(t.of(x).shape))
	}
}

// repeat returns x repeated to the shape s.
func (x Tensor[T]) repeat(s shape) Tensor[T] {
	a := x.node()
	if a == nil || a.shape == s {
		return x
	}
	if whole, ok := broadcast(a.shape, s); !ok || whole != s {
		return x.tape.fail("%v cannot be repeated to %v", a.shape, s)
	}
	t, as, v := x.tape, a.shape, a.value
	y, n := t.push(opRepeat, s, x)
	if n == nil {
		return y
	}
	s.along(as.strides(s), func(from, i, step, count int) {
		if step == 0 {
			row := n.value[i : i+count]
			for j := range row {
				row[j] = v[from]
			}
			return
		}
		copy(n.value[i:i+count], v[from:])
	})
	return y
}

func repeatRule[T Float](t *Tape[T], y, g Tensor[T]) { t.give(t.of(y).in[0], g) }

// Repeat returns x repeated to the given sizes, as the operations on two tensors do.
func (x Tensor[T]) Repeat(dims ...int) Tensor[T] {
	if x.node() == nil {
		return Tensor[T]{}
	}
	if err := checkDims(dims); err != nil {
		return x.tape.fail("Repeat: %w", err)
	}
	return x.repeat(shapeOf(dims...))
}

// Sum returns the sum over the given dimensions, which stay with the size 1; over all, as a scalar, when none is given. -1 is the last one.
func (x Tensor[T]) Sum(dims ...int) Tensor[T] {
	a := x.node()
	if a == nil {
		return Tensor[T]{}
	}
	s := a.shape
	if len(dims) == 0 {
		return x.sumTo(shape{})
	}
	for _, d := range dims {
		i, ok := s.axis(d)
		if !ok {
			return x.tape.fail("Sum: there is no dimension %d in %v", d, a.shape)
		}
		s.d[i] = 1
	}
	return x.sumTo(s)
}

// Mean is Sum divided by the number of elements summed; of none it is an error.
func (x Tensor[T]) Mean(dims ...int) Tensor[T] {
	a := x.node()
	if a == nil {
		return Tensor[T]{}
	}
	from, count := a.shape, 1
	y := x.Sum(dims...)
	if y.tape == nil {
		return y
	}
	to := y.node().shape
	for i, d := range from.dims() {
		if to.n == 0 || to.d[i] != d {
			count *= d
		}
	}
	if count == 0 {
		return x.tape.fail("Mean: %v has no elements to average", from)
	}
	return y.Scale(1 / T(count))
}

// Norm returns the square root of the sum of x² over the dimensions, as Sum takes them: the Euclidean norm. Its derivative at a norm of 0 is
// 0, as PyTorch's is, and so are the higher ones: a gradient penalty stays finite where the gradient vanishes.
func (x Tensor[T]) Norm(dims ...int) Tensor[T] {
	y := x.Square().Sum(dims...).Sqrt()
	if n := y.node(); n != nil {
		n.at[0] = 1
	}
	return y
}
