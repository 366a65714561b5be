package gan

import "math"

// planeFit returns the share of the variance of v, n x n at equal distances, that its least-squares plane explains (R²): 1 where v is constant, NaN
// where a value is not finite.
func planeFit(v []float32, n int) float64 {
	var mean, across, down, square float64
	for _, x := range v {
		mean += float64(x)
	}
	mean /= float64(len(v))
	for i, x := range v {
		d := float64(x) - mean
		across += d * centre(i%n, n)
		down += d * centre(i/n, n)
		square += d * d
	}
	if square == 0 {
		return 1
	}
	spread := 0.0 // of the columns, and of the rows
	for i := range n {
		spread += float64(n) * centre(i, n) * centre(i, n)
	}
	return (across*across + down*down) / spread / square
}

// centre is how far i is from the middle of 0 to n-1.
func centre(i, n int) float64 { return float64(i) - float64(n-1)/2 }

// bilinear returns the value at x, y, in cells from the first, of a grid of rows and cols values, [y, x]; outside, that of the edge.
func bilinear(v []float32, rows, cols int, x, y float64) float64 {
	i, s := cell(x, cols)
	j, t := cell(y, rows)
	at := func(j, i int) float64 { return float64(v[min(j, rows-1)*cols+min(i, cols-1)]) }
	return (1-t)*((1-s)*at(j, i)+s*at(j, i+1)) + t*((1-s)*at(j+1, i)+s*at(j+1, i+1))
}

func cell(x float64, n int) (int, float64) {
	x = min(max(x, 0), float64(n-1))
	i := math.Floor(x)
	return int(i), x - i
}
