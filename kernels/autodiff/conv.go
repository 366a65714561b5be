package autodiff

// Window is how a window moves over an image.
type Window struct {
	Kernel int // side of a pooling window; 0 for a convolution, whose weights say it
	Stride int // 0 means 1, and for pooling the window's side
	// Padding around the image: top, right, bottom, left. A convolution's is zero, pooling's does not count.
	Pad    [4]int
	Groups int // of channels that are convolved apart; 0 means 1; 0 for pooling, which is apart for each
}

// Same returns the padding with which a window of side k, an odd number, and stride 1 keeps the size.
func Same(k int) [4]int { return [4]int{k / 2, k / 2, k / 2, k / 2} }

// geometry of a window on an image: channels, height and width in, the kernel's, the stride, the padding above and left, height and width out.
type geometry struct{ c, h, w, kh, kw, stride, top, left, oh, ow int }

// on returns how the window moves over images of shape s.
func (w Window) on(s shape, kh, kw int) (geometry, bool) {
	g := geometry{c: s.d[1], h: s.d[2], w: s.d[3], kh: kh, kw: kw, stride: w.Stride, top: w.Pad[0], left: w.Pad[3]}
	for _, p := range w.Pad {
		if p < 0 || p > 1<<20 {
			return g, false
		}
	}
	h, wd := g.h+w.Pad[0]+w.Pad[2], g.w+w.Pad[1]+w.Pad[3]
	if g.stride <= 0 || kh <= 0 || kw <= 0 || h < kh || wd < kw || g.h == 0 || g.w == 0 {
		return g, false
	}
	g.oh, g.ow = (h-kh)/g.stride+1, (wd-kw)/g.stride+1
	return g, true
}

func (g geometry) at() [10]int {
	return [10]int{g.c, g.h, g.w, g.kh, g.kw, g.stride, g.top, g.left, g.oh, g.ow}
}

func geometryOf(at [10]int) geometry {
	return geometry{at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7], at[8], at[9]}
}

// spans calls f for each row of the unfolded image: for a channel, a place in the kernel and a row of the result, the columns lo to hi of
// which lie on the image, the first at column x of the image's row y.
func (g geometry) spans(f func(to, lo, hi, channel, y, x int)) {
	to := 0
	for c := range g.c {
		for ky := range g.kh {
			for kx := range g.kw {
				// x = ox*stride + kx - left is in [0,w)
				lo, hi := 0, 0
				if first := g.left - kx; first > 0 {
					lo = (first + g.stride - 1) / g.stride
				}
				if last := g.w - 1 - kx + g.left; last >= 0 {
					hi = min(g.ow, last/g.stride+1)
				}
				lo = min(lo, hi)
				for oy := range g.oh {
					y := oy*g.stride + ky - g.top
					if y < 0 || y >= g.h {
						f(to, 0, 0, c, 0, 0)
					} else {
						f(to, lo, hi, c, y, lo*g.stride+kx-g.left)
					}
					to += g.ow
				}
			}
		}
	}
}

// unfold returns, for n images c x h x w, what each place of the window sees: n x (c kh kw) x (oh ow), zeros beyond the image. ("im2col".)
func (x Tensor[T]) unfold(g geometry) Tensor[T] {
	a := x.node()
	if a == nil {
		return Tensor[T]{}
	}
	count, v := a.shape.d[0], a.value
	y, n := x.tape.push(opUnfold, shapeOf(count, g.c*g.kh*g.kw, g.oh*g.ow), x)
	if n == nil {
		return y
	}
	n.at = g.at()
	image, columns := g.c*g.h*g.w, g.c*g.kh*g.kw*g.oh*g.ow
	for i := range count {
		src, dst := v[i*image:(i+1)*image], n.value[i*columns:(i+1)*columns]
		g.spans(func(to, lo, hi, c, y, x int) {
			row := dst[to : to+g.ow]
			clear(row[:lo])
			clear(row[hi:])
			from := src[(c*g.h+y)*g.w:]
			if g.stride == 1 {
				if lo < hi {
					copy(row[lo:hi], from[x:])
				}
				return
			}
			for j := lo; j < hi; j++ {
				row[j] = from[x+(j-lo)*g.stride]
			}
		})
	}
	return y
}

func unfoldRule[T Float](t *Tape[T], y, h Tensor[T]) {
	n := t.of(y)
	if x := n.in[0]; t.wants(x) {
		t.give(x, h.fold(geometryOf(n.at), t.of(x).shape))
	}
}

// fold adds up what unfold has spread: its transpose.
func (x Tensor[T]) fold(g geometry, s shape) Tensor[T] {
	a := x.node()
	if a == nil {
		return Tensor[T]{}
	}
	v := a.value
	y, n := x.tape.push(opFold, s, x)
	n.at = g.at()
	clear(n.value)
	image, columns := g.c*g.h*g.w, g.c*g.kh*g.kw*g.oh*g.ow
	for i := range s.d[0] {
		src, dst := v[i*columns:(i+1)*columns], n.value[i*image:(i+1)*image]
		g.spans(func(to, lo, hi, c, y, x int) {
			if lo >= hi {
				return
			}
			row, from := src[to:to+g.ow], dst[(c*g.h+y)*g.w:]
			if g.stride == 1 {
				out := from[x : x+hi-lo]
				x0 := row[lo:hi]
				for j, v := range x0 {
					out[j] += v
				}
				return
			}
			for j := lo; j < hi; j++ {
				from[x+(j-lo)*g.stride] += row[j]
			}
		})
	}
	return y
}

func foldRule[T Float](t *Tape[T], y, h Tensor[T]) {
	n := t.of(y)
	t.give(n.in[0], h.unfold(geometryOf(n.at)))
}

// serve returns, for a matrix w, o x k, and each matrix of c, n x k x p, their product, n x o x p, plus a bias for each of the o rows unless
// it is the zero Tensor.
func (w Tensor[T]) serve(c, bias Tensor[T]) Tensor[T] {
	a, b := w.node(), c.node()
	if a == nil || b == nil {
		return Tensor[T]{}
	}
	t, o, k, n, p, av, bv := w.tape, a.shape.d[0], a.shape.d[1], b.shape.d[0], b.shape.d[2], a.value, b.value
	beta := T(0)
	y, out := t.push(opServe, shapeOf(n, o, p), w, c)
	if out == nil {
		return y
	}
	if bias.tape != nil {
		beta, out.in[2] = 1, bias
		each := t.nodes[bias.id].value
		for i := range n * o {
			row, v := out.value[i*p:(i+1)*p], each[i%o]
			for j := range row {
				row[j] = v
			}
		}
	}
	for i := range n {
		if err := t.b.gemm(out.value[i*o*p:(i+1)*o*p], av, bv[i*k*p:(i+1)*k*p], o, p, k, false, false, beta, nil); err != nil {
			return t.fail("Conv2D: %w", err)
		}
	}
	return y
}

func serveRule[T Float](t *Tape[T], y, g Tensor[T]) {
	w, c, bias := t.of(y).in[0], t.of(y).in[1], t.of(y).in[2]
	if t.wants(w) {
		t.give(w, g.meet(c))
	}
	if t.wants(c) {
		t.give(c, w.Transpose().serve(g, Tensor[T]{}))
	}
	if t.wants(bias) {
		t.give(bias, g.Sum(0, 2).reshape(t.of(bias).shape))
	}
}

// meet returns the sum over n of the products of g's matrices, n x o x p, and c's transposed ones, n x k x p: o x k.
func (g Tensor[T]) meet(c Tensor[T]) Tensor[T] {
	a, b := g.node(), c.node()
	if a == nil || b == nil {
		return Tensor[T]{}
	}
	t, n, o, p, k, av, bv := g.tape, a.shape.d[0], a.shape.d[1], a.shape.d[2], b.shape.d[1], a.value, b.value
	y, out := t.push(opMeet, shapeOf(o, k), g, c)
	clear(out.value)
	for i := range n {
		if err := t.b.gemm(out.value, av[i*o*p:(i+1)*o*p], bv[i*k*p:(i+1)*k*p], o, k, p, false, true, 1, nil); err != nil {
			return t.fail("Conv2D: %w", err)
		}
	}
	return y
}

func meetRule[T Float](t *Tape[T], y, h Tensor[T]) {
	g, c := t.of(y).in[0], t.of(y).in[1]
	if t.wants(g) {
		t.give(g, h.serve(c, Tensor[T]{}))
	}
	if t.wants(c) {
		t.give(c, h.Transpose().serve(g, Tensor[T]{}))
	}
}

// Conv2D returns the convolution (the cross-correlation, as the field has it) of n images c x h x w with the weights o x c/groups x kh x kw,
// plus a bias for each of the o channels unless it is the zero Tensor: n x o x oh x ow.
func (x Tensor[T]) Conv2D(w, bias Tensor[T], win Window) Tensor[T] {
	a, b := x.pair("Conv2D", w)
	if a == nil {
		return Tensor[T]{}
	}
	t, s, ws := x.tape, a.shape, b.shape
	groups := win.Groups
	if groups == 0 {
		groups = 1
	}
	if win.Stride == 0 {
		win.Stride = 1
	}
	if s.n != 4 || ws.n != 4 || groups < 0 || s.d[1]%groups != 0 || ws.d[0]%groups != 0 || ws.d[1] != s.d[1]/groups {
		return t.fail("Conv2D: images %v and weights %s in %d groups", s, b.what(), groups)
	}
	if k := win.Kernel; k != 0 && (k != ws.d[2] || k != ws.d[3]) {
		return t.fail("Conv2D: Kernel is %d and the weights are %s: leave it 0", k, b.what())
	}
	g, ok := win.on(s, ws.d[2], ws.d[3])
	if !ok {
		return t.fail("Conv2D: a window of %dx%d, stride %d, padding %v on images of %dx%d", ws.d[2], ws.d[3], win.Stride, win.Pad, s.d[2], s.d[3])
	}
	n, out := s.d[0], ws.d[0]
	if bias.tape != nil {
		nb := x.with("Conv2D", bias)
		if nb == nil {
			return Tensor[T]{}
		}
		if nb.shape != shapeOf(out) {
			return t.fail("Conv2D: %d channels and a bias of %s", out, nb.what())
		}
	}
	g.c = ws.d[1]
	kernel := g.c * g.kh * g.kw
	if groups == 1 {
		return w.reshape(shapeOf(out, kernel)).serve(x.unfold(g), bias).reshape(shapeOf(n, out, g.oh, g.ow))
	}
	parts := t.lists.take(groups)
	for i := range parts {
		from, to := i*out/groups, (i+1)*out/groups
		part := bias
		if bias.tape != nil {
			part = bias.Slice(0, from, to)
		}
		columns := x.Slice(1, i*g.c, (i+1)*g.c).unfold(g)
		parts[i] = w.Slice(0, from, to).reshape(shapeOf(to-from, kernel)).serve(columns, part)
	}
	return Concat(1, parts...).reshape(shapeOf(n, out, g.oh, g.ow))
}

// pool checks a pooling window.
func (x Tensor[T]) pool(op string, win Window) (geometry, bool) {
	a := x.node()
	if a == nil {
		return geometry{}, false
	}
	if win.Stride == 0 {
		win.Stride = win.Kernel
	}
	if a.shape.n != 4 {
		x.tape.fail("%s: images have four dimensions, this is %v", op, a.shape)
		return geometry{}, false
	}
	g, ok := win.on(a.shape, win.Kernel, win.Kernel)
	for _, p := range win.Pad {
		ok = ok && p < win.Kernel // or a window would see nothing of the image
	}
	if s := shapeOf(a.shape.d[0], g.c, g.oh, g.ow); ok && !s.possible() {
		x.tape.fail("%s: a result of %v: at most %d values are possible", op, s, maxSize)
		return g, false
	}
	if win.Groups != 0 {
		x.tape.fail("%s: %d groups: leave them 0, each channel is pooled apart", op, win.Groups)
		return g, false
	}
	if !ok {
		x.tape.fail("%s: a window of %d, stride %d, padding %v on images of %dx%d", op, win.Kernel, win.Stride, win.Pad, a.shape.d[2], a.shape.d[3])
	}
	return g, ok
}

// MaxPool2D returns the largest value that a window sees at each place: of n x c x h x w, n x c x oh x ow. Of equal values the first counts.
func (x Tensor[T]) MaxPool2D(win Window) Tensor[T] {
	g, ok := x.pool("MaxPool2D", win)
	if !ok {
		return Tensor[T]{}
	}
	a := x.node()
	s := shapeOf(a.shape.d[0], g.c, g.oh, g.ow)
	index := x.tape.ints.take(s.size())
	per := g.oh * g.ow
	for c := range s.d[0] * g.c {
		base := c * g.h * g.w
		image, places := a.value[base:base+g.h*g.w], index[c*per:(c+1)*per]
		for oy := range g.oh {
			y := oy*g.stride - g.top
			y0, y1 := max(0, y), min(g.h, y+g.kh)
			for ox := range g.ow {
				x := ox*g.stride - g.left
				x0, x1 := max(0, x), min(g.w, x+g.kw)
				at := y0*g.w + x0
				best := image[at]
				for y := y0; y < y1; y++ {
					for j, v := range image[y*g.w+x0 : y*g.w+x1] {
						if v > best || v != v {
							best, at = v, y*g.w+x0+j
						}
					}
				}
				places[oy*g.ow+ox] = int32(base + at)
			}
		}
	}
	return x.pick(index, s)
}

// pick returns the elements of x at the given places.
func (x Tensor[T]) pick(index []int32, s shape) Tensor[T] {
	a := x.node()
	if a == nil {
		return Tensor[T]{}
	}
	return x.reshape(shapeOf(len(a.value), 1)).gather(index).reshape(s)
}

// AvgPool2D returns the mean of what a window sees at each place, padding not counted: of n x c x h x w, n x c x oh x ow.
func (x Tensor[T]) AvgPool2D(win Window) Tensor[T] {
	g, ok := x.pool("AvgPool2D", win)
	if !ok {
		return Tensor[T]{}
	}
	s := x.node().shape
	n, c := s.d[0], g.c
	g.c = 1
	sums := x.reshape(shapeOf(n*c, 1, g.h, g.w)).unfold(g).Sum(1).reshape(shapeOf(n, c, g.oh, g.ow))
	one, count := x.tape.push(opLeaf, shapeOf(g.oh, g.ow))
	for oy := range g.oh {
		rows := min(g.h, oy*g.stride-g.top+g.kh) - max(0, oy*g.stride-g.top)
		for ox := range g.ow {
			cols := min(g.w, ox*g.stride-g.left+g.kw) - max(0, ox*g.stride-g.left)
			count.value[oy*g.ow+ox] = 1 / T(rows*cols)
		}
	}
	return sums.Mul(one)
}
