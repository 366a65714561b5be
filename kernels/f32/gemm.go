package f32

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
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

// check returns an error if an element lies outside Data.
func (m Matrix) check(name string) error {
	if m.Rows < 0 || m.Cols < 0 || m.RowStride < 0 || m.ColStride < 0 {
		return fmt.Errorf("f32: Gemm: %s has a negative size: %dx%d, strides %d and %d", name, m.Rows, m.Cols, m.RowStride, m.ColStride)
	}
	if m.Rows == 0 || m.Cols == 0 {
		return nil
	}
	last := len(m.Data) - 1
	if last < 0 || overflows(m.Rows-1, m.RowStride, last) || overflows(m.Cols-1, m.ColStride, last) ||
		(m.Rows-1)*m.RowStride+(m.Cols-1)*m.ColStride > last {
		return fmt.Errorf("f32: Gemm: %s is %dx%d with strides %d and %d, its data has only %d values", name, m.Rows, m.Cols, m.RowStride, m.ColStride, len(m.Data))
	}
	return nil
}

// overflows reports whether n*stride > limit.
func overflows(n, stride, limit int) bool { return stride > 0 && n > limit/stride }

// Epilogue is what Gemm does with the product; the zero value stores it.
type Epilogue struct {
	Beta       float32                  // times what the result held is added; 0 does not read it
	Bias       []float32                // a value for each column is added; nil for none
	Activation func(dst, src []float32) // is applied in place, to parts of rows: a function of single elements; nil for none
}

// Packed is a right factor laid out for the kernels: pack weights that are used often once.
type Packed struct {
	rows, cols int
	panels     []float32
	level      isa
}

const (
	depth    = 192      // of a block: a panel of it and a tile's rows stay in the L1 cache (the kernels have it built in)
	height   = 240      // rows of a block of a: with the block of b they stay in the L2 cache
	width    = 256      // columns of a block of b
	wide     = 12 << 20 // multiply-adds that are worth a second processor
	thin     = 8        // columns for which inner products are faster than tiles
	few      = 96       // columns for which packing a does not pay
	near     = 1000     // distance of rows for which it does not
	unpacked = 2        // tiles of rows for which packing b does not pay
	packable = 1 << 30  // values
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

// Pack lays b out. The matrix may change afterwards.
func Pack(b Matrix) (*Packed, error) {
	if err := b.check("b"); err != nil {
		return nil, err
	}
	_, nr := tileSize()
	if b.Rows == 0 || b.Cols == 0 {
		return &Packed{rows: b.Rows, cols: b.Cols, panels: Aligned(0), level: level}, nil
	}
	if b.Cols > packable || overflows(b.Rows, padded(b.Cols, nr), packable) { // strides of zero make a huge matrix of few values
		return nil, fmt.Errorf("f32: Pack: b is %dx%d, and no more than %d values are packed", b.Rows, b.Cols, packable)
	}
	wide := padded(b.Cols, nr)
	p := &Packed{rows: b.Rows, cols: b.Cols, panels: Aligned(wide * b.Rows), level: level}
	d := blockOf(b.Rows)
	for k := 0; k < b.Rows; k += d {
		packPanels(p.panels[k*wide:], b, k, min(b.Rows, k+d), 0, b.Cols)
	}
	return p, nil
}

// blockOf returns the length of the equal blocks of k, no more than depth.
func blockOf(k int) int {
	blocks := max(1, (k+depth-1)/depth)
	return (k + blocks - 1) / blocks
}

// padded is n rounded up to whole panels.
func padded(n, nr int) int { return (n + nr - 1) / nr * nr }

// Gemm sets c = activation(a b + beta c + bias), for a of m rows and k columns, b of k rows and n columns. c's columns are next to each other
// (ColStride 1), its rows do not overlap; it shares no memory with a and b. A result that is worth it is computed on several processors, with
// the same bits as on one.
func Gemm(c, a, b Matrix, e Epilogue) error {
	if err := b.check("b"); err != nil {
		return err
	}
	return product(c, a, b, nil, e)
}

// GemmPacked is Gemm with a right factor that is packed already.
func GemmPacked(c, a Matrix, b *Packed, e Epilogue) error {
	if b == nil {
		return errors.New("f32: Gemm: b is nil, not packed")
	}
	if b.level != level {
		return fmt.Errorf("f32: Gemm: b was packed for %v, this is %v", b.level, level)
	}
	return product(c, a, Matrix{Rows: b.rows, Cols: b.cols}, b.panels, e)
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

func product(c, a, b Matrix, packed []float32, e Epilogue) error {
	if a.Cols != b.Rows || c.Rows != a.Rows || c.Cols != b.Cols {
		return fmt.Errorf("f32: Gemm: %dx%d times %dx%d is not %dx%d", a.Rows, a.Cols, b.Rows, b.Cols, c.Rows, c.Cols)
	}
	if e.Bias != nil && len(e.Bias) < c.Cols {
		return fmt.Errorf("f32: Gemm: %d columns and a bias of %d", c.Cols, len(e.Bias))
	}
	if err := a.check("a"); err != nil {
		return err
	}
	if err := c.check("c"); err != nil {
		return err
	}
	if c.Rows == 0 || c.Cols == 0 {
		return nil
	}
	if c.ColStride != 1 && c.Cols > 1 || c.RowStride < c.Cols && c.Rows > 1 {
		return fmt.Errorf("f32: Gemm: c is %dx%d with strides %d and %d: its columns must be next to each other and its rows apart", c.Rows, c.Cols, c.RowStride, c.ColStride)
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
	if k == 0 {
		p.begin(0, m)
		for i := range m {
			if p.e.Bias != nil {
				row := p.row(i, 0, n)
				add(row, row, p.e.Bias[:n])
			}
		}
		p.activate(0, m, 0, n)
		return
	}
	p.begin(0, m)
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
func (p *multiplication) begin(from, to int) {
	if p.e.Beta == 1 || p.e.Beta == 0 && p.a.Cols > 0 {
		return
	}
	for i := from; i < to; i++ {
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

// packRows copies the columns k0 to k1 of the rows i0 to i1 of a, depth apart.
func packRows(dst []float32, a Matrix, i0, i1, k0, k1 int) {
	if a.ColStride == 1 {
		for i := i0; i < i1; i++ {
			copy(dst[(i-i0)*depth:(i-i0)*depth+k1-k0], a.Data[i*a.RowStride+k0:])
		}
		return
	}
	n, k := (i1-i0)&^7, (k1-k0)&^7
	if a.RowStride != 1 || level == portable {
		n, k = 0, 0
	}
	for p := 0; p < k; p += 8 {
		for i := 0; i < n; i += 8 {
			transpose8(dst[i*depth+p:], depth, a.Data[i0+i+(k0+p)*a.ColStride:], a.ColStride)
		}
	}
	for i := i0; i < i1; i++ {
		from := 0
		if i-i0 < n {
			from = k
		}
		for p := from; p < k1-k0; p++ {
			dst[(i-i0)*depth+p] = a.Data[i*a.RowStride+(k0+p)*a.ColStride]
		}
	}
}

// packPanels writes the rows k0 to k1 of the columns j0 to j1 of b as panels of nr columns, the values of a row next to each other, zeros
// where there is no column.
func packPanels(dst []float32, b Matrix, k0, k1, j0, j1 int) {
	_, nr := tileSize()
	k := k1 - k0
	for j := j0; j < j1; j += nr {
		cols := min(nr, j1-j)
		panel := dst[(j-j0)*k : (j-j0+nr)*k]
		src := b.Data[k0*b.RowStride+j*b.ColStride:]
		switch {
		case b.ColStride == 1:
			packPanel(panel, src, b.RowStride, k, cols)
		case b.RowStride == 1:
			packColumns(panel, nr, src, b.ColStride, k, cols)
		default:
			for i := range k {
				row := panel[i*nr : (i+1)*nr]
				for l := range row {
					row[l] = 0
					if l < cols {
						row[l] = src[i*b.RowStride+l*b.ColStride]
					}
				}
			}
		}
	}
}

// packColumns writes cols columns of k values, stride apart, as the rows of a panel.
func packColumns(panel []float32, nr int, src []float32, stride, k, cols int) {
	block := level != portable
	for l := 0; l < nr; l += 8 {
		i := 0
		if block && l+8 <= cols {
			for ; i+8 <= k; i += 8 {
				transpose8(panel[i*nr+l:], nr, src[l*stride+i:], stride)
			}
		}
		for ; i < k; i++ {
			for q := l; q < min(l+8, nr); q++ {
				v := float32(0)
				if q < cols {
					v = src[q*stride+i]
				}
				panel[i*nr+q] = v
			}
		}
	}
}

// tileGo is the portable tile: up to 4 rows and 4 columns.
func tileGo(rows, k int, a []float32, ars, acs int, b []float32, brs int, c []float32, crs, cols int, accumulate bool, bias []float32) {
	if rows == 4 && cols == 4 {
		var s [4][4]float32
		if len(bias) == 4 {
			for i := range s {
				copy(s[i][:], bias)
			}
		}
		for p := range k {
			q := b[p*brs : p*brs+4 : p*brs+4]
			b0, b1, b2, b3 := q[0], q[1], q[2], q[3]
			for i := range 4 {
				x := a[i*ars+p*acs]
				s[i][0] += x * b0
				s[i][1] += x * b1
				s[i][2] += x * b2
				s[i][3] += x * b3
			}
		}
		for i := range 4 {
			row := c[i*crs : i*crs+4]
			for j := range row {
				if accumulate {
					row[j] += s[i][j]
				} else {
					row[j] = s[i][j]
				}
			}
		}
		return
	}
	for i := range rows {
		for j := range cols {
			var s float32
			if len(bias) > 0 {
				s = bias[j]
			}
			for p := range k {
				s += a[i*ars+p*acs] * b[p*brs+j]
			}
			if accumulate {
				s += c[i*crs+j]
			}
			c[i*crs+j] = s
		}
	}
}

// packPanelGo is the portable packPanel.
func packPanelGo(dst, src []float32, stride, k, cols int) {
	_, nr := tileSize()
	for i := range k {
		row := dst[i*nr : (i+1)*nr]
		copy(row, src[i*stride:i*stride+cols])
		clear(row[cols:])
	}
}
