package f32

type tileFunc func(k int, a []float32, ars, acs int, b []float32, brs int, c []float32, crs, cols int, accumulate bool, bias []float32)

// The kernels by the vectors across (one, two), then by the rows.
var (
	tilesAVX2 = [2][6]tileFunc{
		{tile1x1AVX2, tile2x1AVX2, tile3x1AVX2, tile4x1AVX2, tile5x1AVX2, tile6x1AVX2},
		{tile1x2AVX2, tile2x2AVX2, tile3x2AVX2, tile4x2AVX2, tile5x2AVX2, tile6x2AVX2},
	}
	tilesAVX512 = [2][12]tileFunc{
		{tile1x1AVX512, tile2x1AVX512, tile3x1AVX512, tile4x1AVX512, tile5x1AVX512, tile6x1AVX512,
			tile7x1AVX512, tile8x1AVX512, tile9x1AVX512, tile10x1AVX512, tile11x1AVX512, tile12x1AVX512},
		{tile1x2AVX512, tile2x2AVX512, tile3x2AVX512, tile4x2AVX512, tile5x2AVX512, tile6x2AVX512,
			tile7x2AVX512, tile8x2AVX512, tile9x2AVX512, tile10x2AVX512, tile11x2AVX512, tile12x2AVX512},
	}
)

// tile sets (or adds to) a tile of c the bias, unless it is empty, and the product of rows of a and a panel of b over k > 0. The strides are in elements; a row of the
// panel has as many values as a tile has columns, whatever cols is.
func tile(rows, k int, a []float32, ars, acs int, b []float32, brs int, c []float32, crs, cols int, accumulate bool, bias []float32) {
	switch level {
	case avx512:
		tilesAVX512[(cols-1)/16][rows-1](k, a, ars, acs, b, brs, c, crs, cols, accumulate, bias)
	case avx2:
		tilesAVX2[(cols-1)/8][rows-1](k, a, ars, acs, b, brs, c, crs, cols, accumulate, bias)
	default:
		tileGo(rows, k, a, ars, acs, b, brs, c, crs, cols, accumulate, bias)
	}
}

func transpose8(dst []float32, drs int, src []float32, srs int) { transpose8AVX2(dst, drs, src, srs) }

// packPanel copies cols values of each of k > 0 rows of src, stride apart, as the rows of a panel.
func packPanel(dst, src []float32, stride, k, cols int) {
	switch level {
	case avx512:
		panelAVX512(dst, src, stride, k, cols)
	case avx2:
		panelAVX2(dst, src, stride, k, cols)
	default:
		packPanelGo(dst, src, stride, k, cols)
	}
}
