package autodiff

import "math"

// binary is an operation on two tensors, one of which may be repeated to the other's shape; f is it for slices of one length.
func (x Tensor[T]) binary(op opcode, name string, y Tensor[T], f func(dst, a, b []T)) Tensor[T] {
	a, b := x.pair(name, y)
	if a == nil {
		return Tensor[T]{}
	}
	s, ok := broadcast(a.shape, b.shape)
	if !ok {
		return x.tape.fail("%s: the shapes %s and %s do not fit", name, a.what(), b.what())
	}
	as, bs, av, bv := a.shape, b.shape, a.value, b.value
	z, n := x.tape.push(op, s, x, y)
	if n == nil {
		return z
	}
	switch {
	case len(av) == len(n.value) && len(bv) == len(n.value):
		f(n.value, av, bv)
	case len(av) == len(n.value) && len(bv) > 1 && bs.suffixOf(s):
		for i := 0; i < len(n.value); i += len(bv) {
			f(n.value[i:i+len(bv)], av[i:i+len(bv)], bv)
		}
	default:
		x.tape.strided(n.value, s, av, as.strides(s), bv, bs.strides(s), f)
	}
	return z
}

// strided is f for any repetition: rows of the last dimension are gathered.
func (t *Tape[T]) strided(dst []T, s shape, a []T, as [maxDims]int, b []T, bs [maxDims]int, f func(dst, a, b []T)) {
	n := s.last()
	if len(dst) == 0 {
		return
	}
	rows := t.floats.take(2 * n)
	s.rows(func(i int, at [maxDims]int) {
		f(dst[i:i+n], row(rows[:n], a, at, as, s), row(rows[n:], b, at, bs, s))
	})
}

// row returns the values at a position along the last dimension, in buf where they repeat.
func row[T Float](buf, x []T, at, strides [maxDims]int, s shape) []T {
	from := s.offset(at, strides)
	if s.n == 0 || strides[s.n-1] == 1 {
		return x[from : from+len(buf)]
	}
	for i := range buf {
		buf[i] = x[from]
	}
	return buf
}

// Add returns x + y.
func (x Tensor[T]) Add(y Tensor[T]) Tensor[T] { return x.binary(opAdd, "Add", y, x.arithmetic().add) }

// Sub returns x - y.
func (x Tensor[T]) Sub(y Tensor[T]) Tensor[T] { return x.binary(opSub, "Sub", y, x.arithmetic().sub) }

// Mul returns x y, element by element.
func (x Tensor[T]) Mul(y Tensor[T]) Tensor[T] { return x.binary(opMul, "Mul", y, x.arithmetic().mul) }

// Div returns x / y.
func (x Tensor[T]) Div(y Tensor[T]) Tensor[T] { return x.binary(opDiv, "Div", y, x.arithmetic().div) }

// arithmetic is the tape's backend; any will do for the empty tensor.
func (x Tensor[T]) arithmetic() *backend[T] {
	if x.tape == nil {
		return backendOf[T]()
	}
	return x.tape.b
}

func addRule[T Float](t *Tape[T], y, g Tensor[T]) {
	a, b := t.of(y).in[0], t.of(y).in[1]
	t.give(a, g)
	t.give(b, g)
}

func subRule[T Float](t *Tape[T], y, g Tensor[T]) {
	a, b := t.of(y).in[0], t.of(y).in[1]
	t.give(a, g)
	if t.wants(b) {
		t.give(b, g.Neg())
	}
}

func mulRule[T Float](t *Tape[T], y, g Tensor[T]) {
	a, b := t.of(y).in[0], t.of(y).in[1]
	if t.wants(a) {
		t.give(a, g.Mul(b))
	}
	if t.wants(b) {
		t.give(b, g.Mul(a))
	}
}

func divRule[T Float](t *Tape[T], y, g Tensor[T]) {
	a, b := t.of(y).in[0], t.of(y).in[1]
	g = g.Div(b)
	t.give(a, g)
	if t.wants(b) {
		t.give(b, g.Mul(y).Neg())
	}
}

// unary is an operation on each element.
func (x Tensor[T]) unary(op opcode, f func(dst, src []T)) Tensor[T] {
	y, n, v := x.like(op)
	if n != nil {
		f(n.value, v)
	}
	return y
}

// like adds the result of an operation on x that has x's shape, and returns it, its node, which is to be filled in, and x's values; no node
// after an error.
func (x Tensor[T]) like(op opcode) (y Tensor[T], n *node[T], v []T) {
	a := x.node()
	if a == nil {
		return Tensor[T]{}, nil, nil
	}
	v = a.value
	y, n = x.tape.push(op, a.shape, x)
	return y, n, v
}

// Affine returns alpha x + beta.
func (x Tensor[T]) Affine(alpha, beta T) Tensor[T] {
	y, n, v := x.like(opLinear)
	if n != nil {
		n.k[0] = alpha
		x.tape.b.linear(n.value, alpha, v, beta)
	}
	return y
}

// Scale returns alpha x.
func (x Tensor[T]) Scale(alpha T) Tensor[T] { return x.Affine(alpha, 0) }

// Neg returns -x.
func (x Tensor[T]) Neg() Tensor[T] { return x.Affine(-1, 0) }

// Square returns x², element by element.
func (x Tensor[T]) Square() Tensor[T] { return x.Mul(x) }

func linearRule[T Float](t *Tape[T], y, g Tensor[T]) {
	n := t.of(y)
	t.give(n.in[0], g.Scale(n.k[0]))
}

// Exp returns e^x.
func (x Tensor[T]) Exp() Tensor[T] { return x.unary(opExp, x.arithmetic().exp) }

func expRule[T Float](t *Tape[T], y, g Tensor[T]) { t.give(t.of(y).in[0], g.Mul(y)) }

// Log returns the natural logarithm of x.
func (x Tensor[T]) Log() Tensor[T] {
	return x.unary(opLog, func(dst, src []T) {
		for i, v := range src {
			dst[i] = T(math.Log(float64(v)))
		}
	})
}

func logRule[T Float](t *Tape[T], y, g Tensor[T]) {
	x := t.of(y).in[0]
	t.give(x, g.Div(x))
}

// Sqrt returns the square root of x. Its gradient at 0 is infinite.
func (x Tensor[T]) Sqrt() Tensor[T] {
	return x.unary(opSqrt, func(dst, src []T) {
		for i, v := range src {
			dst[i] = T(math.Sqrt(float64(v)))
		}
	})
}

func sqrtRule[T Float](t *Tape[T], y, g Tensor[T]) {
	n := t.of(y)
	if x := n.in[0]; n.at[0] == 0 {
		t.give(x, g.Div(y).Scale(0.5))
	} else { // of Norm
		t.give(x, g.Mul(y.inverse()).Scale(0.5))
	}
}

// inverse returns 1/x, and 0 at 0, with derivatives that are 0 there.
func (x Tensor[T]) inverse() Tensor[T] {
	return x.unary(opInverse, func(dst, src []T) {
		for i, v := range src {
			dst[i] = 0
			if v != 0 {
				dst[i] = 1 / v
			}
		}
	})
}

func inverseRule[T Float](t *Tape[T], y, g Tensor[T]) { t.give(t.of(y).in[0], g.Mul(y).Mul(y).Neg()) }

// Tanh returns the hyperbolic tangent of x.
func (x Tensor[T]) Tanh() Tensor[T] { return x.unary(opTanh, x.arithmetic().tanh) }

// derivative is g times what f says, by x or by the result of the activation: an operation of its own, so that it is one pass over memory.
func (g Tensor[T]) derivative(op opcode, x Tensor[T], f func(dst, g, x []T)) Tensor[T] {
	return g.binary(op, "gradient", x, f)
}

func tanhRule[T Float](t *Tape[T], y, g Tensor[T]) {
	t.give(t.of(y).in[0], g.derivative(opTanhGrad, y, t.b.tanhGrad))
}

// g (1-y²)
func tanhGradRule[T Float](t *Tape[T], z, h Tensor[T]) {
	g, y := t.of(z).in[0], t.of(z).in[1]
	if t.wants(g) {
		t.give(g, h.derivative(opTanhGrad, y, t.b.tanhGrad))
	}
	if t.wants(y) {
		t.give(y, h.Mul(g).Mul(y).Scale(-2))
	}
}

// Sigmoid returns 1/(1+e^-x).
func (x Tensor[T]) Sigmoid() Tensor[T] { return x.unary(opSigmoid, x.arithmetic().sigmoid) }

func sigmoidRule[T Float](t *Tape[T], y, g Tensor[T]) {
	t.give(t.of(y).in[0], g.derivative(opSigmoidGrad, y, t.b.sigmoidGrad))
}

// g y (1-y)
func sigmoidGradRule[T Float](t *Tape[T], z, h Tensor[T]) {
	g, y := t.of(z).in[0], t.of(z).in[1]
	if t.wants(g) {
		t.give(g, h.derivative(opSigmoidGrad, y, t.b.sigmoidGrad))
	}
	if t.wants(y) {
		t.give(y, h.Mul(g).Mul(y.Affine(-2, 1)))
	}
}

// SiLU returns x sigmoid(x).
func (x Tensor[T]) SiLU() Tensor[T] { return x.unary(opSiLU, x.arithmetic().silu) }

func siluRule[T Float](t *Tape[T], y, g Tensor[T]) {
	x := t.of(y).in[0]
	t.give(x, g.derivative(opSiLUGrad, x, t.b.siluGrad))
}

// g s (1 + x (1-s)); the second derivative of SiLU is s (1-s) (2 + x (1-2s)).
func siluGradRule[T Float](t *Tape[T], z, h Tensor[T]) {
	g, x := t.of(z).in[0], t.of(z).in[1]
	if t.wants(g) {
		t.give(g, h.derivative(opSiLUGrad, x, t.b.siluGrad))
	}
	if t.wants(x) {
		s := x.Sigmoid()
		second := s.Mul(s.Affine(-1, 1)).Mul(x.Mul(s.Affine(-2, 1)).Affine(1, 2))
		t.give(x, h.Mul(g).Mul(second))
	}
}

// GELU returns x Φ(x), Φ being the normal distribution function.
func (x Tensor[T]) GELU() Tensor[T] { return x.unary(opGELU, x.arithmetic().gelu) }

func geluRule[T Float](t *Tape[T], y, g Tensor[T]) {
	x := t.of(y).in[0]
	t.give(x, g.derivative(opGELUGrad, x, t.b.geluGrad))
}

// g (Φ(x) + x φ(x)); the second derivative of GELU is φ(x) (2 - x²).
func geluGradRule[T Float](t *Tape[T], z, h Tensor[T]) {
	g, x := t.of(z).in[0], t.of(z).in[1]
	if t.wants(g) {
		t.give(g, h.derivative(opGELUGrad, x, t.b.geluGrad))
	}
	if t.wants(x) {
		square := x.Square()
		density := square.Scale(-0.5).Exp().Scale(T(1 / math.Sqrt(2*math.Pi)))
		t.give(x, h.Mul(g).Mul(density.Mul(square.Affine(-1, 2))))
	}
}

// Softplus returns ln(1+e^x).
func (x Tensor[T]) Softplus() Tensor[T] { return x.unary(opSoftplus, x.arithmetic().softplus) }

func softplusRule[T Float](t *Tape[T], y, g Tensor[T]) {
	x := t.of(y).in[0]
	t.give(x, g.Mul(x.Sigmoid()))
}

// ReLU returns the larger of x and 0, NaN for NaN. Its derivative at 0 is taken to be 0, as it is at NaN.
func (x Tensor[T]) ReLU() Tensor[T] { return x.unary(opReLU, x.arithmetic().relu) }

func reluRule[T Float](t *Tape[T], y, g Tensor[T]) {
	x := t.of(y).in[0]
	t.give(x, g.derivative(opReLUGrad, x, t.b.reluGrad))
}

func reluGradRule[T Float](t *Tape[T], z, h Tensor[T]) {
	g, x := t.of(z).in[0], t.of(z).in[1]
	t.give(g, h.derivative(opReLUGrad, x, t.b.reluGrad))
}

// LeakyReLU returns x, times slope where it is negative. Its derivative at 0 is slope, as PyTorch's is.
func (x Tensor[T]) LeakyReLU(slope T) Tensor[T] {
	y, n, v := x.like(opLeaky)
	if n != nil {
		n.k[0] = slope
		x.tape.b.leaky(n.value, v, slope)
	}
	return y
}

func (g Tensor[T]) leakyGrad(x Tensor[T], slope T) Tensor[T] {
	if g.node() == nil || x.node() == nil {
		return Tensor[T]{}
	}
	gv, xv := g.node().value, x.node().value
	z, n := g.tape.push(opLeakyGrad, g.node().shape, g, x)
	n.k[0] = slope
	g.tape.b.leakyGrad(n.value, gv, xv, slope)
	return z
}

func leakyRule[T Float](t *Tape[T], y, g Tensor[T]) {
	n := t.of(y)
	t.give(n.in[0], g.leakyGrad(n.in[0], n.k[0]))
}

func leakyGradRule[T Float](t *Tape[T], z, h Tensor[T]) {
	n := t.of(z)
	t.give(n.in[0], h.leakyGrad(n.in[1], n.k[0]))
}

// Clamp returns x, no less than lo and no more than hi, NaN for NaN. The derivative outside is 0, and so it is at the ends: as that of PyTorch's
// hardtanh and relu6; that of its clamp is 1 there.
func (x Tensor[T]) Clamp(lo, hi T) Tensor[T] {
	y, n, v := x.like(opClamp)
	if n != nil {
		n.k = [2]T{lo, hi}
		x.tape.b.clamp(n.value, v, lo, hi)
	}
	return y
}

// ReLU6 returns x, no less than 0 and no more than 6. (Howard et al. 2017.)
func (x Tensor[T]) ReLU6() Tensor[T] { return x.Clamp(0, 6) }

func (g Tensor[T]) clampGrad(x Tensor[T], k [2]T) Tensor[T] {
	if g.node() == nil || x.node() == nil {
		return Tensor[T]{}
	}
	gv, xv := g.node().value, x.node().value
	z, n := g.tape.push(opClampGrad, g.node().shape, g, x)
	n.k = k
	for i, v := range xv {
		n.value[i] = 0
		if v > k[0] && v < k[1] {
			n.value[i] = gv[i]
		}
	}
	return z
}

func clampRule[T Float](t *Tape[T], y, g Tensor[T]) {
	n := t.of(y)
	t.give(n.in[0], g.clampGrad(n.in[0], n.k))
}

func clampGradRule[T Float](t *Tape[T], z, h Tensor[T]) {
	n := t.of(z)
	t.give(n.in[0], h.clampGrad(n.in[1], n.k))
}
