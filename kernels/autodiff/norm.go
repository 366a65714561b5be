package autodiff

import "math"

// Softmax returns e^x / sum of e^x over the last dimension. -Inf gives exactly 0; a row of nothing else is all 0.
func (x Tensor[T]) Softmax() Tensor[T] {
	y, out, v := x.like(opSoftmax)
	if out == nil {
		return y
	}
	n := out.shape.last()
	for i := 0; i < len(v); i += n {
		x.tape.b.softmaxRow(out.value[i:i+n], v[i:i+n])
	}
	return y
}

func softmaxRule[T Float](t *Tape[T], y, g Tensor[T]) { t.give(t.of(y).in[0], g.softmaxGrad(y)) }

// softmaxGrad returns y (g - sum of g y) over the last dimension, y being a softmax: the product with its Jacobian, which is symmetric.
func (g Tensor[T]) softmaxGrad(y Tensor[T]) Tensor[T] {
	if g.node() == nil || y.node() == nil {
		return Tensor[T]{}
	}
	t, s, gv, yv := g.tape, y.node().shape, g.node().value, y.node().value
	z, out := t.push(opSoftmaxGrad, s, g, y)
	n := s.last()
	for i := 0; i < len(yv); i += n {
		row := out.value[i : i+n]
		t.b.linear(row, 1, gv[i:i+n], -t.b.dot(gv[i:i+n], yv[i:i+n]))
		t.b.mul(row, row, yv[i:i+n])
	}
	return z
}

// With s = sum of g y: d/dg is the same product for h; d/dy of h y (g - s) is h (g - s) - g (sum of h y).
func softmaxGradRule[T Float](t *Tape[T], z, h Tensor[T]) {
	g, y := t.of(z).in[0], t.of(z).in[1]
	if t.wants(g) {
		t.give(g, h.softmaxGrad(y))
	}
	if t.wants(y) {
		last := t.of(y).shape.n - 1
		gy, hy := g.Mul(y), h.Mul(y)
		if last >= 0 {
			gy, hy = gy.Sum(last), hy.Sum(last)
		}
		t.give(y, h.Mul(g.Sub(gy)).Sub(g.Mul(hy)))
	}
}

// LogSumExp returns ln of the sum of e^x over the last dimension, which stays with the size 1.
func (x Tensor[T]) LogSumExp() Tensor[T] {
	a := x.node()
	if a == nil {
		return Tensor[T]{}
	}
	s, v, n := a.shape, a.value, a.shape.last()
	if s.n > 0 {
		s.d[s.n-1] = 1
	}
	y, out := x.tape.push(opLogSumExp, s, x)
	for i := range out.value {
		out.value[i] = x.tape.b.logSumExp(v[i*n : (i+1)*n])
	}
	return y
}

func logSumExpRule[T Float](t *Tape[T], y, g Tensor[T]) {
	x := t.of(y).in[0]
	if t.wants(x) {
		t.give(x, x.Softmax().Mul(g))
	}
}

// LogSoftmax returns the logarithm of Softmax, without its loss of digits.
func (x Tensor[T]) LogSoftmax() Tensor[T] {
	x = x.Sub(x.top()) // the logarithm of the sum is then as precise as what it is subtracted from
	return x.Sub(x.LogSumExp())
}

// top is the largest of the last dimension, as a constant: what does not depend on a shift may be shifted by it.
func (x Tensor[T]) top() Tensor[T] {
	a := x.node()
	if a == nil {
		return Tensor[T]{}
	}
	s, v, n := a.shape, a.value, a.shape.last()
	if s.n > 0 {
		s.d[s.n-1] = 1
	}
	y, out := x.tape.push(opLeaf, s)
	for i := range out.value {
		m := T(math.Inf(-1))
		for _, e := range v[i*n : (i+1)*n] {
			m = max(m, e)
		}
		if math.IsInf(float64(m), 0) {
			m = 0
		}
		out.value[i] = m
	}
	return y
}

// Normalise returns (x - mean) / sqrt(variance + eps) over the last dimension.
func (x Tensor[T]) Normalise(eps T) Tensor[T] {
	y, out, v := x.like(opNormalise)
	if out == nil {
		return y
	}
	n := out.shape.last()
	out.k[0] = eps
	for i := 0; i < len(v); i += n {
		x.tape.b.normalise(out.value[i:i+n], v[i:i+n], eps)
	}
	return y
}

// The gradient is r (g - mean g - y mean(g y)), r = 1/sqrt(variance + eps), which is computed again from x so that it has a gradient too.
func normaliseRule[T Float](t *Tape[T], y, g Tensor[T]) {
	n := t.of(y)
	x, eps, last := n.in[0], n.k[0], n.shape.n-1
	if !t.wants(x) {
		return
	}
	if last < 0 {
		t.give(x, g.Scale(0))
		return
	}
	r := x.Sub(x.Mean(last)).Square().Mean(last).Affine(1, eps).Sqrt()
	t.give(x, g.Sub(g.Mean(last)).Sub(y.Mul(g.Mul(y).Mean(last))).Div(r))
}

// LayerNorm returns x normalised over the last dimension, times gain, plus bias. (Ba, Kiros and Hinton 2016.)
func (x Tensor[T]) LayerNorm(gain, bias Tensor[T], eps T) Tensor[T] {
	return x.Normalise(eps).Mul(gain).Add(bias)
}

// Attention returns softmax(q k^T / sqrt(d) + mask) v and the weights, for q, k and v of ... tokens x d; mask is added to the scores unless it is
// the zero Tensor: -Inf where a token must not look. (Vaswani et al. 2017, equation 1.)
func Attention[T Float](q, k, v, mask Tensor[T]) (out, weights Tensor[T]) {
	n, _ := q.pair("Attention", k)
	if n == nil {
		return Tensor[T]{}, Tensor[T]{}
	}
	scores := q.Scale(T(1 / math.Sqrt(float64(n.shape.last())))).MatMulT(k)
	if mask.tape != nil {
		scores = scores.Add(mask)
	}
	weights = scores.Softmax()
	return weights.MatMul(v), weights
}
