package f32

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"unsafe"
)

// Matrix is a view of Data: element (i,j) is Data[i*RowStride + j*ColStride].
type Matrix struct {
	Data                 []float32
	Rows, Cols           int
	RowStride, ColStride int
}

// Dense returns the view of data as rows times cols, row after row.
func Dense(data []float32, rows, cols int) Matrix { return Matrix{data, rows, cols, cols, 1} }

// T returns the transposed view.
func (m Matrix) T() Matrix { return Matrix{m.Data, m.Cols, m.Rows, m.ColStride, m.RowStride} }

// check returns an error if an element lies outside Data; op is the function that got the matrix as name.
func (m Matrix) check(op, name string) error {
	if m.Rows < 0 || m.Cols < 0 || m.RowStride < 0 || m.ColStride < 0 {
		return fmt.Errorf("f32: %s: %s has a negative size: it is %dx%d with strides %d and %d", op, name, m.Rows, m.Cols, m.RowStride, m.ColStride)
	}
	if m.Rows == 0 || m.Cols == 0 {
		return nil
	}
	last := len(m.Data) - 1
	if overflows(m.Rows-1, m.RowStride, last) || overflows(m.Cols-1, m.ColStride, last) ||
		(m.Rows-1)*m.RowStride+(m.Cols-1)*m.ColStride > last {
		return fmt.Errorf("f32: %s: %s is %dx%d with strides %d and %d, its data has only %d values", op, name, m.Rows, m.Cols, m.RowStride, m.ColStride, len(m.Data))
	}
	return nil
}

// overflows reports whether n*stride > limit.
func overflows(n, stride, limit int) bool { return stride > 0 && n > limit/stride }

// shares reports whether m has an element of c, whose rows are in one piece, or may have one: it does not where their memory is apart, or
// where they are different columns of the same rows.
func (c Matrix) shares(m Matrix) bool {
	if c.Rows == 0 || c.Cols == 0 || m.Rows == 0 || m.Cols == 0 {
		return false
	}
	const size = unsafe.Sizeof(float32(0))
	first := func(m Matrix) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(m.Data))) }
	last := func(m Matrix) uintptr {
		return first(m) + uintptr((m.Rows-1)*m.RowStride+(m.Cols-1)*m.ColStride)*size
	}
	if last(c) < first(m) || last(m) < first(c) {
		return false
	}
	if m.RowStride == 1 {
		m = m.T()
	}
	if m.ColStride != 1 || m.RowStride != c.RowStride || c.RowStride == 0 {
		return true
	}
	stride := uintptr(c.RowStride)
	column := (first(m)/size%stride + stride - first(c)/size%stride) % stride // of c's rows, where m begins
	return column < uintptr(c.Cols) || column+uintptr(m.Cols) > stride
}

// Epilogue is what Gemm does with the product; the zero value stores it.
type Epilogue struct {
	Beta float32   // times what the result held is added; 0 does not read it
	Bias []float32 // a value for each column is added; nil for none
	// Activation is applied in place, to parts of rows: a function of single elements; nil for none. Several goroutines call it at once. Gemm
	// panics with what it panics with.
	Activation func(dst, src []float32)
}

const (
	depth    = 192      // of a block: a panel of it and a tile's rows stay in the L1 cache
	height   = 240      // rows of a block of a: with the block of b they stay in the L2 cache
	width    = 256      // columns of a block of b
	wide     = 12 << 20 // multiply-adds that are worth a second processor
	thin     = 8        // columns for which inner products are faster than tiles
	few      = 96       // columns for which packing a does not pay
	near     = 1000     // distance of rows for which it does not
	unpacked = 2        // tiles of rows for which packing b does not pay
)

// tileSize returns the rows and columns of a tile of the result.
func tileSize() (rows, cols int) {
	switch level {
	case avx512:
		return 12, 32
	case avx2:
		return 6, 16
	}
	return 4, 4
}

// blockOf returns the length of the equal blocks of k, no more than depth.
func blockOf(k int) int {
	blocks := max(1, (k+depth-1)/depth)
	return (k + blocks - 1) / blocks
}

// padded is n rounded up to whole panels.
func padded(n, nr int) int { return (n + nr - 1) / nr * nr }

// Gemm sets c = activation(a b + beta c + bias), for a of m rows and k columns, b of k rows and n columns. c's columns are next to each other
// (ColStride 1), its rows do not overlap; it shares no memory with a, b and the bias, but may be other columns of the same rows. A result that
// is worth it is computed on several processors, with the same bits as on one.
//
// With n <= 8, and the rows of a in one piece (ColStride 1), the elements are inner products, always on one processor: their last bits
// differ from those of [GemmPacked] and of another layout of a. Otherwise neither layout nor packing changes a bit.
func Gemm(c, a, b Matrix, e Epilogue) error {
	if err := b.check("Gemm", "b"); err != nil {
		return err
	}
	return product("Gemm", c, a, b, nil, e)
}

// GemmPacked is Gemm with a right factor that is packed already.
func GemmPacked(c, a Matrix, b *Packed, e Epilogue) error {
	if b == nil || b.panels == nil {
		return errors.New("f32: GemmPacked: b is not packed: use Pack")
	}
	if b.level != level {
		return fmt.Errorf("f32: GemmPacked: b was packed for %v, this is %v: use Pack again", b.level, level)
	}
	return product("GemmPacked", c, a, Matrix{Rows: b.rows, Cols: b.cols}, b.panels, e)
}

// multiplication is one product in progress.
type multiplication struct {
	c, a, b    Matrix
	e          Epilogue
	packed     []float32 // all of b, or nil
	mr, nr     int
	depth      int // of a block of k
	rows, cols int // of a piece
	across     int // pieces side by side
}

var multiplications = sync.Pool{New: func() any { return new(multiplication) }}

// scratch has the buffers of packed rows and columns.
type scratch struct{ a, b buffer }

type buffer []float32

var scratches = sync.Pool{New: func() any { return new(scratch) }}

func (s *buffer) take(n int) []float32 {
	if len(*s) < n {
		*s = Aligned(n)
	}
	return (*s)[:n]
}

func product(op string, c, a, b Matrix, packed []float32, e Epilogue) error {
	if a.Cols != b.Rows || c.Rows != a.Rows || c.Cols != b.Cols {
		return fmt.Errorf("f32: %s: %dx%d times %dx%d is not %dx%d", op, a.Rows, a.Cols, b.Rows, b.Cols, c.Rows, c.Cols)
	}
	if e.Bias != nil && len(e.Bias) < c.Cols {
		return fmt.Errorf("f32: %s: %d columns and a bias of %d: give a value for each column, or nil", op, c.Cols, len(e.Bias))
	}
	if err := a.check(op, "a"); err != nil {
		return err
	}
	if err := c.check(op, "c"); err != nil {
		return err
	}
	if c.Rows == 0 || c.Cols == 0 {
		return nil
	}
	if a.Cols > packable { // only strides of zero make such a matrix
		return fmt.Errorf("f32: %s: a has %d columns, and no more than %d products are added up", op, a.Cols, packable)
	}
	if c.ColStride != 1 && c.Cols > 1 || c.RowStride < c.Cols && c.Rows > 1 {
		return fmt.Errorf("f32: %s: c is %dx%d with strides %d and %d: its columns must be next to each other and its rows apart", op, c.Rows, c.Cols, c.RowStride, c.ColStride)
	}
	shared := ""
	switch {
	case c.shares(a):
		shared = "a"
	case packed == nil && c.shares(b):
		shared = "b"
	case e.Bias != nil && c.shares(Dense(e.Bias, 1, c.Cols)):
		shared = "the bias"
	}
	if shared != "" {
		return fmt.Errorf("f32: %s: c shares memory with %s: give it data of its own", op, shared)
	}
	p := multiplications.Get().(*multiplication)
	*p = multiplication{c: c, a: a, b: b, e: e, packed: packed}
	p.mr, p.nr = tileSize()
	p.depth = blockOf(a.Cols)
	p.run()
	*p = multiplication{}
	multiplications.Put(p)
	return nil
}

func (p *multiplication) run() {
	m, n, k := p.c.Rows, p.c.Cols, p.a.Cols
	p.begin()
	if k == 0 {
		for i := range m {
			if p.e.Bias != nil {
				row := p.row(i, 0, n)
				add(row, row, p.e.Bias[:n])
			}
		}
		p.activate(0, m, 0, n)
		return
	}
	if n <= thin && p.packed == nil && p.a.ColStride == 1 {
		p.inner()
		p.activate(0, m, 0, n)
		return
	}
	p.rows, p.cols, p.across = m, n, 1
	if int64(m)*int64(n)*int64(k) < wide {
		p.piece(0)
		return
	}
	// Twice as many pieces as processors, so that one that is slow for a moment holds up little.
	pieces := 2 * runtime.GOMAXPROCS(0)
	p.cols = max(4*p.nr, padded((n+pieces-1)/pieces, p.nr))
	p.across = (n + p.cols - 1) / p.cols
	down := (pieces + p.across - 1) / p.across
	p.rows = max(p.mr, ((m+down-1)/down+p.mr-1)/p.mr*p.mr)
	parallel(p, p.across*((m+p.rows-1)/p.rows))
}

// begin prepares the rows of c for what is to be added: beta is 0 or 1 afterwards.
func (p *multiplication) begin() {
	if p.e.Beta == 1 || p.e.Beta == 0 && p.a.Cols > 0 {
		return
	}
	for i := range p.c.Rows {
		row := p.row(i, 0, p.c.Cols)
		if p.e.Beta == 0 {
			clear(row)
		} else {
			scale(row, row, p.e.Beta)
		}
	}
}

func (p *multiplication) row(i, from, to int) []float32 {
	return p.c.Data[i*p.c.RowStride+from : i*p.c.RowStride+to]
}

// activate applies the activation to a part of c.
func (p *multiplication) activate(i0, i1, j0, j1 int) {
	if p.e.Activation == nil {
		return
	}
	for i := i0; i < i1; i++ {
		row := p.row(i, j0, j1)
		p.e.Activation(row, row)
	}
}

// inner computes few columns as inner products of rows of a and columns of b.
func (p *multiplication) inner() {
	m, n, k := p.c.Rows, p.c.Cols, p.a.Cols
	s := scratches.Get().(*scratch)
	columns := s.b.take(n * k)
	for j := range n {
		col := columns[j*k : (j+1)*k]
		for i := range col {
			col[i] = p.b.Data[i*p.b.RowStride+j*p.b.ColStride]
		}
	}
	for i := range m {
		a := p.a.Data[i*p.a.RowStride : i*p.a.RowStride+k]
		row := p.row(i, 0, n)
		for j := range row {
			v := dot(a, columns[j*k:(j+1)*k])
			if p.e.Beta != 0 {
				v += row[j]
			}
			if p.e.Bias != nil {
				v += p.e.Bias[j]
			}
			row[j] = v
		}
	}
	scratches.Put(s)
}

// piece computes p.rows rows of p.cols columns.
func (p *multiplication) piece(i int) {
	j0, i0 := i%p.across*p.cols, i/p.across*p.rows
	j1, i1 := min(p.c.Cols, j0+p.cols), min(p.c.Rows, i0+p.rows)
	s := scratches.Get().(*scratch)
	for j := j0; j < j1; j += width {
		for k := 0; k < p.a.Cols; k += p.depth {
			p.strip(s, i0, i1, j, min(j1, j+width), k, min(p.a.Cols, k+p.depth))
		}
		p.activate(i0, i1, j, min(j1, j+width))
	}
	scratches.Put(s)
}

// strip adds to a part of c the products over k0 to k1.
func (p *multiplication) strip(s *scratch, i0, i1, j0, j1, k0, k1 int) {
	k := k1 - k0
	adding := k0 > 0 || p.e.Beta != 0
	var panels []float32 // of b; those from column packedFrom on when b is used as it is
	packedFrom := j0
	switch {
	case p.packed != nil:
		panels = p.packed[k0*padded(p.c.Cols, p.nr)+j0*k:]
	case i1-i0 <= unpacked*p.mr && p.b.ColStride == 1:
		packedFrom += (j1 - j0) / p.nr * p.nr // a vector must not reach beyond b: the last columns are packed
		fallthrough
	default:
		panels = s.b.take(padded(j1-packedFrom, p.nr) * k)
		packPanels(panels, p.b, k0, k1, packedFrom, j1)
	}
	// Far strides put the values of a tile in few sets of the cache.
	packing := j1-j0 > few && max(p.a.RowStride, p.a.ColStride) > near
	for r0 := i0; r0 < i1; r0 += height {
		r1 := min(i1, r0+height)
		a, ars, acs := p.a.Data[r0*p.a.RowStride+k0*p.a.ColStride:], p.a.RowStride, p.a.ColStride
		if packing {
			a, ars, acs = s.a.take((r1-r0)*depth), depth, 1
			packRows(a, p.a, r0, r1, k0, k1)
		}
		for j := j0; j < j1; j += p.nr {
			cols := min(p.nr, j1-j)
			var bias []float32
			if k0 == 0 && p.e.Bias != nil {
				bias = p.e.Bias[j : j+cols]
			}
			b, stride := p.b.Data, p.b.RowStride
			if j < packedFrom {
				b = b[k0*stride+j:]
			} else {
				b, stride = panels[(j-packedFrom)*k:], p.nr
			}
			for r := r0; r < r1; r += p.mr {
				tile(min(p.mr, r1-r), k, a[(r-r0)*ars:], ars, acs, b, stride, p.c.Data[r*p.c.RowStride+j:], p.c.RowStride, cols, adding, bias)
			}
		}
	}
}
