package autodiff

// MatMul returns the product of x, ... x m x k, and y, ... x k x n: matrices, or as many of them as the first sizes say, which must be
// equal; a matrix y serves all.
func (x Tensor[T]) MatMul(y Tensor[T]) Tensor[T] { return x.product(y, false, false, Tensor[T]{}) }

// MatMulT returns x y^T: of x, ... x m x k, and y, ... x n x k.
func (x Tensor[T]) MatMulT(y Tensor[T]) Tensor[T] { return x.product(y, false, true, Tensor[T]{}) }

// Dense returns x w + b: x is ... x k, w is k x n, b is n.
func (x Tensor[T]) Dense(w, b Tensor[T]) Tensor[T] {
	if x.with("Dense", b) == nil {
		return Tensor[T]{}
	}
	return x.product(w, false, false, b)
}

// product is op(x) op(y), op being the transposition of the last two dimensions when asked for, plus a bias for each column if there is one.
func (x Tensor[T]) product(y Tensor[T], tx, ty bool, bias Tensor[T]) Tensor[T] {
	op := "MatMul"
	if bias.tape != nil {
		op = "Dense"
	}
	a, b := x.pair(op, y)
	if a == nil {
		return Tensor[T]{}
	}
	t, as, bs, av, bv := x.tape, a.shape, b.shape, a.value, b.value
	if as.n < 1 || bs.n < 2 || tx && as.n < 2 {
		return t.fail("%s: %s times %s: matrices are needed", op, a.what(), b.what())
	}
	count, m := 1, 1 // products, and rows of each
	batched := bs.n > 2
	k, n := bs.d[bs.n-2], bs.d[bs.n-1]
	if ty {
		k, n = n, k
	}
	fits := true
	s := as
	switch {
	case batched:
		fits = as.n == bs.n
		for d := range as.n - 2 {
			fits = fits && as.d[d] == bs.d[d]
			count *= as.d[d]
		}
		if as.n < 2 {
			break
		}
		rows, cols := as.n-2, as.n-1
		if tx {
			rows, cols = cols, rows
		}
		m = as.d[rows]
		fits = fits && as.d[cols] == k
		s.d[s.n-2], s.d[s.n-1] = m, n
	case tx: // x is k x m, or has more dimensions that are summed over too
		m = as.last()
		rows := 1
		for d := range as.n - 1 {
			rows *= as.d[d]
		}
		fits = rows == k
		s = shapeOf(m, n)
	default:
		for d := range as.n - 1 {
			m *= as.d[d]
		}
		fits = as.last() == k
		s.d[s.n-1] = n
	}
	if !fits {
		return t.fail("%s: %s times %s does not fit%s", op, a.what(), b.what(), transposed(tx, ty))
	}
	var c []T
	if bias.tape != nil {
		nb := bias.node()
		if nb.shape.n != 1 || nb.shape.d[0] != n {
			return t.fail("Dense: %d columns and a bias of %s", n, nb.what())
		}
		c = nb.value
	}
	z, out := t.push(opMatMul, s, x, y)
	if out == nil {
		return z
	}
	if bias.tape != nil {
		out.in[2] = bias
	}
	if tx {
		out.at[0] = 1
	}
	if ty {
		out.at[1] = 1
	}
	for i := range count {
		v := bv
		if batched {
			v = bv[i*k*n : (i+1)*k*n]
		}
		if err := t.b.gemm(out.value[i*m*n:(i+1)*m*n], av[i*m*k:(i+1)*m*k], v, m, n, k, tx, ty, 0, c); err != nil {
			return t.fail("%s: %w", op, err)
		}
	}
	return z
}

func transposed(x, y bool) string {
	switch {
	case x && y:
		return " (both transposed)"
	case x:
		return " (the first transposed)"
	case y:
		return " (the second transposed)"
	}
	return ""
}

// With Z = op(X) op(Y) and G its gradient: X's is G op(Y)^T, Y's is op(X)^T G, each transposed again if it entered so.
func matMulRule[T Float](t *Tape[T], z, g Tensor[T]) {
	n := t.of(z)
	x, y, bias, tx, ty := n.in[0], n.in[1], n.in[2], n.at[0] == 1, n.at[1] == 1
	none := Tensor[T]{}
	if t.wants(x) {
		var gx Tensor[T]
		switch {
		case tx:
			gx = y.product(g, ty, true, none)
		default:
			gx = g.product(y, false, !ty, none)
		}
		t.give(x, gx.reshape(t.of(x).shape))
	}
	if t.wants(y) {
		flat := g // a matrix y has served all rows of x
		left := x
		if ny := t.of(y); ny.shape.n == 2 {
			flat = g.rows()
			left = x.rows()
		}
		var gy Tensor[T]
		switch {
		case ty:
			gy = flat.product(left, true, tx, none)
		default:
			gy = left.product(flat, !tx, false, none)
		}
		t.give(y, gy)
	}
	if bias.tape != nil {
		t.give(bias, g)
	}
}

// rows returns x as a matrix whose columns are the last dimension.
func (x Tensor[T]) rows() Tensor[T] {
	n := x.node()
	if n == nil || n.shape.n == 2 {
		return x
	}
	last := n.shape.last()
	rows := 1
	for _, d := range n.shape.d[:max(0, n.shape.n-1)] {
		rows *= d
	}
	return x.reshape(shapeOf(rows, last))
}
