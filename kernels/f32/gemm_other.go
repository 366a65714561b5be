//go:build !amd64

package f32

func tile(rows, k int, a []float32, ars, acs int, b []float32, brs int, c []float32, crs, cols int, accumulate bool, bias []float32) {
	tileGo(rows, k, a, ars, acs, b, brs, c, crs, cols, accumulate, bias)
}

func transpose8(dst []float32, drs int, src []float32, srs int) {
	for i := range 8 {
		for j := range 8 {
			dst[j*drs+i] = src[i*srs+j]
		}
	}
}

func packPanel(dst, src []float32, stride, k, cols int) { packPanelGo(dst, src, stride, k, cols) }
