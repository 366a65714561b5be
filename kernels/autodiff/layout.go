package autodiff

// reshape returns x with other sizes; the values are shared.
func (x Tensor[T]) reshape(s shape) Tensor[T] {
	a := x.node()
	if a == nil || a.shape == s {
		return x
	}
	if a.shape.size() != s.size() {
		return x.tape.fail("Reshape: %v is not %v", a.shape, s)
	}
	y, _ := x.tape.view(opReshape, s, a.value, x)
	return y
}

// Reshape returns x's values with other sizes; one of them may be -1: what is left.
func (x Tensor[T]) Reshape(dims ...int) Tensor[T] {
	a := x.node()
	if a == nil {
		return Tensor[T]{}
	}
	if len(dims) > maxDims {
		return x.tape.fail("Reshape: %d dimensions, at most %d are possible", len(dims), maxDims)
	}
	s := shapeOf(dims...)
	open, rest := -1, 1
	for i, d := range s.dims() {
		switch {
		case d == -1 && open < 0:
			open = i
		case d < 0:
			return x.tape.fail("Reshape: a size of %d", d)
		default:
			rest *= d
		}
	}
	if open >= 0 {
		if rest == 0 || len(a.value)%rest != 0 {
			return x.tape.fail("Reshape: %v has %d values, not a multiple of %d", a.shape, len(a.value), rest)
		}
		s.d[open] = len(a.value) / rest
	}
	if err := checkDims(s.dims()); err != nil {
		return x.tape.fail("Reshape: %w", err)
	}
	return x.reshape(s)
}

func reshapeRule[T Float](t *Tape[T], y, g Tensor[T]) {
	x := t.of(y).in[0]
	if t.wants(x) {
		t.give(x, g.reshape(t.of(x).shape))
	}
}

// Transpose returns x with its dimensions in another order: the i-th of the result is x's order[i]. Without an order the last two change places.
func (x Tensor[T]) Transpose(order ...int) Tensor[T] {
	a := x.node()
	if a == nil {
		return Tensor[T]{}
	}
	s := a.shape
	var p [maxDims]int
	for i := range p {
		p[i] = i
	}
	if len(order) == 0 && s.n >= 2 {
		p[s.n-2], p[s.n-1] = s.n-1, s.n-2
	} else if len(order) != s.n || s.n < 2 {
		return x.tape.fail("Transpose: an order of %d dimensions for %v", len(order), s)
	}
	var seen [maxDims]bool
	for i, d := range order {
		if d < 0 || d >= s.n || seen[d] {
			return x.tape.fail("Transpose: %v is not an order of the %d dimensions", append([]int(nil), order...), s.n)
		}
		p[i], seen[d] = d, true
	}
	return x.permute(p)
}

func (x Tensor[T]) permute(p [maxDims]int) Tensor[T] {
	a := x.node()
	if a == nil {
		return Tensor[T]{}
	}
	s, v := a.shape, a.value
	st := s.strides(s)
	for i, step := s.n-1, 1; i >= 0; i-- { // sizes of 1 too
		st[i] = step
		step *= s.d[i]
	}
	out := s
	var to [maxDims]int
	for i := range s.n {
		out.d[i], to[i] = s.d[p[i]], st[p[i]]
	}
	y, n := x.tape.push(opPermute, out, x)
	copy(n.at[:], p[:])
	out.along(to, func(from, i, step, count int) {
		row := n.value[i : i+count]
		for j := range row {
			row[j] = v[from+j*step]
		}
	})
	return y
}

func permuteRule[T Float](t *Tape[T], y, g Tensor[T]) {
	n := t.of(y)
	x := n.in[0]
	var back [maxDims]int
	for i := range back {
		back[n.at[i]] = i
	}
	if t.wants(x) {
		t.give(x, g.permute(back))
	}
}

// blocks says where a range of a dimension lies: x is count blocks of size values, each of d pieces of inner.
func blocks(s shape, dim int) (count, inner int) {
	count, inner = 1, 1
	for i, d := range s.dims() {
		if i < dim {
			count *= d
		} else if i > dim {
			inner *= d
		}
	}
	return count, inner
}

// Slice returns the part of x from index from up to, not including, to along a dimension, -1 being the last one.
func (x Tensor[T]) Slice(dim, from, to int) Tensor[T] {
	a := x.node()
	if a == nil {
		return Tensor[T]{}
	}
	dim, ok := a.shape.axis(dim)
	if !ok || from < 0 || to < from || to > a.shape.d[dim] {
		return x.tape.fail("Slice: %d to %d of dimension %d of %v", from, to, dim, a.shape)
	}
	s, v, d := a.shape, a.value, a.shape.d[dim]
	s.d[dim] = to - from
	y, n := x.tape.push(opSlice, s, x)
	n.at[0], n.at[1] = dim, from
	count, inner := blocks(s, dim)
	k := (to - from) * inner
	for i := range count {
		copy(n.value[i*k:(i+1)*k], v[(i*d+from)*inner:])
	}
	return y
}

func sliceRule[T Float](t *Tape[T], y, g Tensor[T]) {
	n := t.of(y)
	x := n.in[0]
	if t.wants(x) {
		t.give(x, g.pad(n.at[0], n.at[1], t.of(x).shape.d[n.at[0]]))
	}
}

// pad returns x with zeros around it along a dimension: it begins at from, of size.
func (x Tensor[T]) pad(dim, from, size int) Tensor[T] {
	a := x.node()
	if a == nil {
		return Tensor[T]{}
	}
	s, v, d := a.shape, a.value, a.shape.d[dim]
	s.d[dim] = size
	y, n := x.tape.push(opPad, s, x)
	n.at[0], n.at[1] = dim, from
	clear(n.value)
	count, inner := blocks(s, dim)
	for i := range count {
		copy(n.value[(i*size+from)*inner:], v[i*d*inner:(i+1)*d*inner])
	}
	return y
}

func padRule[T Float](t *Tape[T], y, g Tensor[T]) {
	n := t.of(y)
	x := n.in[0]
	if t.wants(x) {
		t.give(x, g.Slice(n.at[0], n.at[1], n.at[1]+t.of(x).shape.d[n.at[0]]))
	}
}

// Concat joins tensors along a dimension, -1 being the last one. Of none it returns the zero Tensor.
func Concat[T Float](dim int, xs ...Tensor[T]) Tensor[T] {
	fits := len(xs) > 0
	for _, x := range xs {
		a, _ := xs[0].pair("Concat", x)
		fits = fits && a != nil
	}
	if !fits {
		return Tensor[T]{}
	}
	t := xs[0].tape
	s := xs[0].node().shape
	dim, ok := s.axis(dim)
	if !ok {
		return t.fail("Concat: there is no dimension %d in %v", dim, s)
	}
	total := 0
	for _, x := range xs {
		b := x.node()
		other := b.shape
		total += other.d[dim]
		other.d[dim] = s.d[dim]
		if other != s {
			return t.fail("Concat: %v and %v along dimension %d", s, b.shape, dim)
		}
	}
	s.d[dim] = total
	y, n := t.push(opConcat, s)
	if n == nil {
		return y
	}
	n.more, n.at[0] = t.lists.take(len(xs)), dim
	copy(n.more, xs)
	count, inner := blocks(s, dim)
	at := 0
	for _, x := range xs {
		a := &t.nodes[x.id]
		k := a.shape.d[dim] * inner
		for i := range count {
			copy(n.value[i*total*inner+at:], a.value[i*k:(i+1)*k])
		}
		at += k
	}
	return y
}

func concatRule[T Float](t *Tape[T], y, g Tensor[T]) {
	dim, from := t.of(y).at[0], 0
	for _, x := range t.of(y).more {
		size := t.of(x).shape.d[dim]
		if t.wants(x) {
			t.give(x, g.Slice(dim, from, from+size))
		}
		from += size
	}
}

// Gather returns rows of x, a table of r rows of n, in the order of the indices: len(rows) x n. It is an embedding's look-up.
func (x Tensor[T]) Gather(rows []int32) Tensor[T] {
	a := x.node()
	if a == nil {
		return Tensor[T]{}
	}
	if a.shape.n != 2 {
		return x.tape.fail("Gather: a table has two dimensions, this is %v", a.shape)
	}
	for i, r := range rows {
		if r < 0 || int(r) >= a.shape.d[0] {
			return x.tape.fail("Gather: row %d at position %d of a table of %d", r, i, a.shape.d[0])
		}
	}
	own := x.tape.ints.take(len(rows))
	copy(own, rows)
	return x.gather(own)
}

// gather is Gather for indices that are right and belong to the tape.
func (x Tensor[T]) gather(rows []int32) Tensor[T] {
	a := x.node()
	if a == nil {
		return Tensor[T]{}
	}
	width, v := a.shape.d[1], a.value
	y, n := x.tape.push(opGather, shapeOf(len(rows), width), x)
	if n == nil {
		return y
	}
	n.index = rows
	if width == 1 { // single elements, of which there are many
		for i, r := range rows {
			n.value[i] = v[r]
		}
		return y
	}
	for i, r := range rows {
		copy(n.value[i*width:(i+1)*width], v[int(r)*width:])
	}
	return y
}

func gatherRule[T Float](t *Tape[T], y, g Tensor[T]) {
	n := t.of(y)
	if x := n.in[0]; t.wants(x) {
		t.give(x, g.scatter(n.index, t.of(x).shape.d[0]))
	}
}

// scatter adds the rows of x to those of a table of zeros.
func (x Tensor[T]) scatter(rows []int32, count int) Tensor[T] {
	a := x.node()
	if a == nil {
		return Tensor[T]{}
	}
	width, v := a.shape.d[1], a.value
	y, n := x.tape.push(opScatter, shapeOf(count, width), x)
	n.index = rows
	clear(n.value)
	if width == 1 {
		for i, r := range rows {
			n.value[r] += v[i]
		}
		return y
	}
	for i, r := range rows {
		to := n.value[int(r)*width : (int(r)+1)*width]
		x.tape.b.add(to, to, v[i*width:(i+1)*width])
	}
	return y
}

func scatterRule[T Float](t *Tape[T], y, g Tensor[T]) {
	n := t.of(y)
	t.give(n.in[0], g.gather(n.index))
}
