package gan

import (
	"math"

	"github.com/xainb/gonb-xai/kernels/digits"
	"github.com/xainb/gonb-xai/kernels/f32"
)

// The rule of the scalar "modes". The modes of a ring and of a grid are their Gaussians; of moons and spiral, pieces of equal length; of digits, the
// ten classes; of points, the points, where there are no more than 32 different ones: otherwise nothing is counted. A sample belongs to the nearest
// mode (to the class of the nearest training image), and is good when it is within 3 spreads of it; of points, within a twentieth of the data's
// extent if that is more; of digits, always.
const (
	ModeShare  = 0.2 // a mode counts as covered when it has this part of its even share of the samples, good ones
	modeReach  = 3   // spreads
	pieces     = 8   // that the moons and the spiral are cut into
	pieceDots  = 16  // points of the curve that stand for a piece
	pointModes = 32
)

// anchors are what nearness to the data is measured by: points that each stand for a mode.
type anchors struct {
	at    []float32 // n x dim
	mode  []int32   // n
	modes int       // 0 when they are not counted
	reach float32   // how far from an anchor a sample is good
}

func (d Data) anchors() anchors {
	var a anchors
	switch d.Kind {
	case digitsKind:
		a.at, a.mode = images()
		a.modes, a.reach = digits.Classes, float32(math.Inf(1))
	case pointsKind:
		a = d.pointAnchors()
	case moonsKind, spiralKind:
		const n = pieces * pieceDots
		for i := range n {
			x, y := d.curve((float64(i) + 0.5) / n)
			a.at = append(a.at, float32(x), float32(y))
			a.mode = append(a.mode, int32(i/pieceDots))
		}
		a.modes, a.reach = pieces, float32(modeReach*d.Spread)
	default:
		for i := range d.gaussians() {
			x, y := d.centre(i)
			a.at = append(a.at, float32(x), float32(y))
			a.mode = append(a.mode, int32(i))
		}
		a.modes, a.reach = d.gaussians(), float32(modeReach*d.Spread)
	}
	return a
}

// pointAnchors are the different points.
func (d Data) pointAnchors() anchors {
	var a anchors
	known := map[[2]float32]bool{}
	for i := 0; i < len(d.Points); i += 2 {
		if p := [2]float32{d.Points[i], d.Points[i+1]}; !known[p] {
			known[p] = true
			a.mode = append(a.mode, int32(len(a.mode)))
			a.at = append(a.at, p[0], p[1])
		}
	}
	if len(a.mode) <= pointModes {
		a.modes = len(a.mode)
	}
	lo, hi := bounds(a.at)
	wide := max(hi[0]-lo[0], hi[1]-lo[1])
	if wide == 0 {
		wide = 1 // one point
	}
	a.reach = float32(max(modeReach*d.Spread, wide/20))
	return a
}

// count adds the good samples, n x 2, to each mode's.
func (a anchors) count(into []int, samples []float32) {
	clear(into)
	for i := 0; i < len(samples); i += 2 {
		x, y := samples[i], samples[i+1]
		best, near := -1, a.reach*a.reach
		for k := range a.mode {
			dx, dy := x-a.at[2*k], y-a.at[2*k+1]
			if d := dx*dx + dy*dy; d <= near {
				best, near = int(a.mode[k]), d
			}
		}
		if best >= 0 {
			into[best]++
		}
	}
}

// imageCount is count for images: the nearest one has the greatest 2 x·y - |y|².
func (a anchors) imageCount(into []int, samples []float32) error {
	clear(into)
	n := len(a.mode)
	half := make([]float32, n)
	for k := range half {
		y := a.at[k*digits.Pixels : (k+1)*digits.Pixels]
		half[k] = -f32.Dot(y, y) / 2
	}
	rows := len(samples) / digits.Pixels
	near := f32.Aligned(rows * n)
	err := f32.Gemm(f32.Dense(near, rows, n), f32.Dense(samples, rows, digits.Pixels), f32.Dense(a.at, n, digits.Pixels).T(), f32.Epilogue{Bias: half})
	if err != nil {
		return err
	}
	for i := range rows {
		into[a.mode[f32.ArgMax(near[i*n:(i+1)*n])]]++
	}
	return nil
}

// covered lists the modes that have their share of n samples.
func covered(counts []int, n int) []int {
	var modes []int
	for m, k := range counts {
		if float64(k) >= ModeShare*float64(n)/float64(len(counts)) && k > 0 {
			modes = append(modes, m)
		}
	}
	return modes
}
