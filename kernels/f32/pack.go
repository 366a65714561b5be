package f32

import "fmt"

// Packed is a right factor laid out for the kernels: pack weights that are used often once.
type Packed struct {
	rows, cols int
	panels     []float32
	level      isa
}

const packable = 1 << 30 // values; also the most terms of a product's elements

// Pack lays b out. The matrix may change afterwards.
func Pack(b Matrix) (*Packed, error) {
	if err := b.check("Pack", "b"); err != nil {
		return nil, err
	}
	_, nr := tileSize()
	if b.Rows == 0 || b.Cols == 0 {
		return &Packed{rows: b.Rows, cols: b.Cols, panels: Aligned(0), level: level}, nil
	}
	if b.Cols > packable || overflows(b.Rows, padded(b.Cols, nr), packable) { // strides of zero make a huge matrix of few values
		return nil, fmt.Errorf("f32: Pack: b is %dx%d, and no more than %d values are packed: pack parts of it", b.Rows, b.Cols, packable)
	}
	across := padded(b.Cols, nr)
	p := &Packed{rows: b.Rows, cols: b.Cols, panels: Aligned(across * b.Rows), level: level}
	d := blockOf(b.Rows)
	for k := 0; k < b.Rows; k += d {
		packPanels(p.panels[k*across:], b, k, min(b.Rows, k+d), 0, b.Cols)
	}
	return p, nil
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
			transpose(panel, nr, src, b.ColStride, cols, k)
			for i := 0; i < k && cols < nr; i++ {
				clear(panel[i*nr+cols : (i+1)*nr])
			}
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

// packRows copies the columns k0 to k1 of the rows i0 to i1 of a, depth apart.
func packRows(dst []float32, a Matrix, i0, i1, k0, k1 int) {
	src := a.Data[i0*a.RowStride+k0*a.ColStride:]
	switch {
	case a.ColStride == 1:
		for i := range i1 - i0 {
			copy(dst[i*depth:i*depth+k1-k0], src[i*a.RowStride:])
		}
	case a.RowStride == 1:
		transpose(dst, depth, src, a.ColStride, k1-k0, i1-i0)
	default:
		for i := range i1 - i0 {
			for k := range k1 - k0 {
				dst[i*depth+k] = src[i*a.RowStride+k*a.ColStride]
			}
		}
	}
}

// transpose writes rows of src, cols values each and srs apart, as columns of dst, whose rows are drs apart.
func transpose(dst []float32, drs int, src []float32, srs, rows, cols int) {
	whole, across := 0, 0 // what the blocks of 8 x 8 have done
	if level != portable {
		whole, across = rows&^7, cols&^7
	}
	for i := 0; i < whole; i += 8 {
		for j := 0; j < across; j += 8 {
			transpose8(dst[j*drs+i:], drs, src[i*srs+j:], srs)
		}
	}
	for j := range cols {
		from := 0
		if j < across {
			from = whole
		}
		for i := from; i < rows; i++ {
			dst[j*drs+i] = src[i*srs+j]
		}
	}
}
