package f32

import "math"

// The portable forms of the kernels. All slices have the length of the first.

func expGo(dst, src []float32) {
	for i, x := range src {
		dst[i] = Exp32(x)
	}
}

func tanhGo(dst, src []float32) {
	for i, x := range src {
		dst[i] = float32(math.Tanh(float64(x)))
	}
}

func sigmoidGo(dst, src []float32) {
	for i, x := range src {
		dst[i] = 1 / (1 + Exp32(-x))
	}
}

func siluGo(dst, src []float32) {
	for i, x := range src {
		x = max(x, -128) // so that -Inf gives 0, not NaN
		dst[i] = x / (1 + Exp32(-x))
	}
}

// phi returns the normal density without its factor 1/sqrt(2 pi), and the normal distribution function.
func phi(x float64) (density, cumulative float64) {
	return math.Exp(-x * x / 2), math.Erfc(-x/math.Sqrt2) / 2
}

func geluGo(dst, src []float32) {
	for i, x := range src {
		x = max(x, -128)
		_, p := phi(float64(x))
		dst[i] = float32(float64(x) * p)
	}
}

func softplusGo(dst, src []float32) {
	for i, x := range src {
		dst[i] = max(x, 0) + float32(math.Log1p(float64(Exp32(-max(x, -x)))))
	}
}

func reluGo(dst, src []float32) {
	for i, x := range src {
		if x < 0 { // not max(x, 0), which is 0 for -0, as the vector instructions are not
			x = 0
		}
		dst[i] = x
	}
}

func clampGo(dst, src []float32, lo, hi float32) {
	for i, x := range src {
		if x < lo {
			x = lo
		}
		if x > hi {
			x = hi
		}
		dst[i] = x
	}
}

func leakyGo(dst, src []float32, slope float32) {
	for i, x := range src {
		if x < 0 {
			x *= slope
		}
		dst[i] = x
	}
}

func scaleGo(dst, src []float32, alpha float32) {
	for i, x := range src {
		dst[i] = alpha * x
	}
}

func linearGo(dst, src []float32, alpha, beta float32) {
	for i, x := range src {
		dst[i] = alpha*x + beta
	}
}

func addGo(dst, a, b []float32) {
	for i, x := range a {
		dst[i] = x + b[i]
	}
}

func subGo(dst, a, b []float32) {
	for i, x := range a {
		dst[i] = x - b[i]
	}
}

func mulGo(dst, a, b []float32) {
	for i, x := range a {
		dst[i] = x * b[i]
	}
}

func divGo(dst, a, b []float32) {
	for i, x := range a {
		dst[i] = x / b[i]
	}
}

func axpyGo(dst, src []float32, alpha float32) {
	for i, x := range src {
		dst[i] += alpha * x
	}
}

func mulAddGo(dst, a, b []float32) {
	for i, x := range a {
		dst[i] += x * b[i]
	}
}

func normaliseGo(dst, src, gain, bias []float32, mean, rstd float32) {
	for i, x := range src {
		dst[i] = (x-mean)*rstd*gain[i] + bias[i]
	}
}

func reluGradGo(dst, g, x []float32) {
	for i, v := range g {
		if !(x[i] > 0) {
			v = 0
		}
		dst[i] = v
	}
}

func tanhGradGo(dst, g, y []float32) {
	for i, v := range g {
		dst[i] = v * (1 - y[i]*y[i])
	}
}

func sigmoidGradGo(dst, g, y []float32) {
	for i, v := range g {
		dst[i] = v * (y[i] - y[i]*y[i])
	}
}

func siluGradGo(dst, g, x []float32) {
	for i, v := range g {
		x := min(max(x[i], -128), 128) // so that infinity gives 0 and 1, not NaN
		s := 1 / (1 + Exp32(-x))
		dst[i] = v * (((1-s)*x + 1) * s)
	}
}

func geluGradGo(dst, g, x []float32) {
	for i, v := range g {
		x := float64(min(max(x[i], -128), 128))
		density, p := phi(x)
		dst[i] = v * float32(p+x*density/math.Sqrt(2*math.Pi))
	}
}

func leakyGradGo(dst, g, x []float32, slope float32) {
	for i, v := range g {
		if !(x[i] > 0) {
			v *= slope
		}
		dst[i] = v
	}
}

func adamGo(p, g, m, v []float32, b1, b2, step, root, eps float32) {
	for i, d := range g {
		m[i] = normal(d + b1*(m[i]-d))
		v[i] = normal(b2*v[i] + (1-b2)*(d*d))
		p[i] -= step * m[i] / (float32(math.Sqrt(float64(v[i])))*root + eps)
	}
}

// normal is x, or 0 for a subnormal: arithmetic with them is slow.
func normal(x float32) float32 {
	if x < 0x1p-126 && x > -0x1p-126 {
		return 0
	}
	return x
}

// Sums have four chains, as one would wait for each addition.

func sumGo(src []float32) float32 {
	var s [4]float32
	for len(src) >= 4 {
		s[0] += src[0]
		s[1] += src[1]
		s[2] += src[2]
		s[3] += src[3]
		src = src[4:]
	}
	for _, x := range src {
		s[0] += x
	}
	return s[0] + s[1] + (s[2] + s[3])
}

func dotGo(a, b []float32) float32 {
	var s [4]float32
	b = b[:len(a)]
	for len(a) >= 4 && len(b) >= 4 {
		s[0] += a[0] * b[0]
		s[1] += a[1] * b[1]
		s[2] += a[2] * b[2]
		s[3] += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	for i, x := range a {
		s[0] += x * b[i]
	}
	return s[0] + s[1] + (s[2] + s[3])
}

func squaredDistanceGo(a, b []float32) float32 {
	var s [2]float32
	for i, x := range a {
		d := x - b[i]
		s[i&1] += d * d
	}
	return s[0] + s[1]
}

func squaredDeviationGo(src []float32, mean float32) float32 {
	var s [2]float32
	for i, x := range src {
		d := x - mean
		s[i&1] += d * d
	}
	return s[0] + s[1]
}

func deviationGo(src []float32, mean float32) float32 {
	var s [2]float32
	for i, x := range src {
		s[i&1] += x - mean
	}
	return s[0] + s[1]
}

func expSumGo(dst, src []float32, shift float32) float32 {
	var s [2]float32
	for i, x := range src {
		e := Exp32(x - shift)
		dst[i] = e
		s[i&1] += e
	}
	return s[0] + s[1]
}

func repulsionGo(dst, x, y []float32, x0, y0 float32) {
	var s [2][3]float32
	for i, v := range x {
		dx, dy := x0-v, y0-y[i]
		w := 1 / (1 + dx*dx + dy*dy)
		t := &s[i&1]
		t[0] += w
		t[1] += w * w * dx
		t[2] += w * w * dy
	}
	for i := range s[0] {
		dst[i] = s[0][i] + s[1][i]
	}
}

func maximumGo(src []float32) float32 {
	top := float32(math.Inf(-1))
	for _, x := range src {
		top = max(top, x)
	}
	return top
}

func columnSumsGo(dst, src []float32, rows int) {
	const (
		strip = 64  // columns whose sums are ready before they are written, as dst may be in src
		block = 512 // rows: a single sum of ones would stay at 2^24
	)
	n := len(dst)
	for j := 0; j < n; j += strip {
		cols := min(strip, n-j)
		var total [strip]float32
		for i := 0; i < rows; {
			var part [strip]float32
			for end := min(rows, i+block); i < end; i++ {
				for l, x := range src[i*n+j : i*n+j+cols] {
					part[l] += x
				}
			}
			for l, x := range part[:cols] {
				total[l] += x
			}
		}
		copy(dst[j:], total[:cols])
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
