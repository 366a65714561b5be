package autodiff

// MSE returns the mean of (x - y)².
func (x Tensor[T]) MSE(y Tensor[T]) Tensor[T] { return x.Sub(y).Square().Mean() }

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
	return x.LogSumExp().Sub(x.pick(index, s)).Mean()
}

// BCEWithLogits returns the mean of the binary cross-entropy of sigmoid(x) and y in [0,1]: softplus(x) - x y, which does not overflow.
func (x Tensor[T]) BCEWithLogits(y Tensor[T]) Tensor[T] { return x.Softplus().Sub(x.Mul(y)).Mean() }

// Hinge returns the mean of max(0, 1 - x y), y being 1 or -1.
func (x Tensor[T]) Hinge(y Tensor[T]) Tensor[T] { return x.Mul(y).Affine(-1, 1).ReLU().Mean() }
