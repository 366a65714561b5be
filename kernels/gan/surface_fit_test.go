package gan

import (
	"math"
	"testing"
)

func TestPlaneFit(t *testing.T) {
	const n = 11
	grid := func(f func(x, y float64) float64) []float32 {
		v := make([]float32, n*n)
		for i := range v {
			v[i] = float32(f(float64(i%n)-5, float64(i/n)-5))
		}
		return v
	}
	about(t, "R² of a plane", planeFit(grid(func(x, y float64) float64 { return 3 - 2*x + y/2 }), n), 1, 1e-12)
	about(t, "R² of a saddle", planeFit(grid(func(x, y float64) float64 { return x * y }), n), 0, 1e-12)
	about(t, "R² of a constant", planeFit(grid(func(x, y float64) float64 { return 4 }), n), 1, 0)
	// of x + x²: var x = 10, var x² = 78, without covariance
	about(t, "R² of a parabola", planeFit(grid(func(x, y float64) float64 { return x + x*x }), n), 10.0/88, 1e-6)
	if r := planeFit(grid(func(x, y float64) float64 { return math.Log(x) }), n); !math.IsNaN(r) {
		t.Errorf("R² of values that are not finite is %v", r)
	}
}
