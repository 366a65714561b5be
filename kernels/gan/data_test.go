package gan

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/xainb/gonb-xai/kernels/digits"
)

func draw(t *testing.T, d Data, n int, seed uint64) []float32 {
	t.Helper()
	d, err := d.filled()
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, n*d.dim())
	d.sampler()(x, rand.New(rand.NewPCG(seed, 0)))
	return x
}

// all of the plane's data, with the share that is within 3 spreads of a Gaussian: 1 - e^(-9/2) = 0.9889 of a mode, as much or more of a curve.
func TestDataIsWhereItsModesAre(t *testing.T) {
	for _, d := range []Data{{}, Ring(8), Ring(25), Grid(5), Moons(), Spiral(), {Kind: "ring", Modes: 3, Radius: 10, Spread: 1}} {
		const n = 20000
		x := draw(t, d, n, 1)
		if !slices.Equal(x, draw(t, d, n, 1)) || slices.Equal(x, draw(t, d, n, 2)) {
			t.Errorf("%v: the sampler does not depend on the seed alone", d)
		}
		d, _ := d.filled()
		a := d.anchors()
		counts := make([]int, a.modes)
		a.count(counts, x)
		good := 0
		for m, k := range counts {
			good += k
			if share := float64(k) * float64(a.modes) / n; share < 0.8 || share > 1.2 {
				t.Errorf("%v: mode %d has %v of its share", d, m, share)
			}
		}
		if share := float64(good) / n; share < 0.985 || (d.Modes == 8 && math.Abs(share-0.9889) > 0.003) {
			t.Errorf("%v: %v of the data are within 3 spreads", d, share)
		}
		if got := covered(counts, n); len(got) != a.modes {
			t.Errorf("%v: the data cover %d of %d of their own modes", d, len(got), a.modes)
		}
		w := d.window()
		if side := w[1] - w[0]; math.Abs(float64(side-(w[3]-w[2]))) > 1e-5*float64(side) {
			t.Errorf("%v: the window %v is no square", d, w)
		}
		for i := 0; i < len(x); i += 2 {
			if x[i] < w[0] || x[i] > w[1] || x[i+1] < w[2] || x[i+1] > w[3] {
				t.Errorf("%v: (%v, %v) is outside the window %v", d, x[i], x[i+1], w)
				break
			}
		}
	}
}

func TestFiniteDataIsDrawnFromWhatThereIs(t *testing.T) {
	p := Points([][2]float64{{1, 2}, {3, 4}, {1, 2}})
	seen := map[[2]float32]int{}
	x := draw(t, p, 3000, 1)
	for i := 0; i < len(x); i += 2 {
		seen[[2]float32{x[i], x[i+1]}]++
	}
	if len(seen) != 2 || math.Abs(float64(seen[[2]float32{1, 2}])-2000) > 150 {
		t.Errorf("drawn were %v", seen)
	}
	if a := p.anchors(); a.modes != 2 {
		t.Errorf("%d modes", a.modes)
	}
	many := make([][2]float64, 100)
	for i := range many {
		many[i] = [2]float64{float64(i), 0}
	}
	if a := Points(many).anchors(); a.modes != 0 {
		t.Errorf("100 points are %d modes", a.modes)
	}
	// what is near depends on how far apart the points are, not on how far from 0
	if a := Points([][2]float64{{100, 0}, {101, 0}, {100, 0}}).anchors(); len(a.mode) != 2 || math.Abs(float64(a.reach)-0.05) > 1e-6 {
		t.Errorf("two points, 1 apart: %d anchors, good within %v", len(a.mode), a.reach)
	}
	one := Points([][2]float64{{5, 5}})
	if w := one.window(); !(w[1] > w[0]) || !(w[0] < 5 && 5 < w[1]) {
		t.Errorf("the window of a point is %v", w)
	}
	one.Spread = 0.5
	if x := draw(t, one, 4, 1); x[0] == x[2] || math.Abs(float64(x[0]-5)) > 3 {
		t.Errorf("a point with a spread gives %v", x)
	}
}

// Training images are nearest to themselves: their classes are counted as they are.
func TestDigitsCountTheirClasses(t *testing.T) {
	pixels, labels := digits.Load()
	x := draw(t, Digits(), 500, 3)
	a := Digits().anchors()
	counts := make([]int, digits.Classes)
	if err := a.imageCount(counts, x); err != nil {
		t.Fatal(err)
	}
	want := make([]int, digits.Classes)
	for i := range 500 {
		for k := range digits.Train {
			if slices.Equal(x[i*digits.Pixels:(i+1)*digits.Pixels], pixels[k*digits.Pixels:(k+1)*digits.Pixels]) {
				want[labels[k]]++
				break
			}
		}
	}
	if !slices.Equal(counts, want) {
		t.Errorf("classes %v, expected %v", counts, want)
	}
}

func TestPointsWithoutAKindArePoints(t *testing.T) {
	d, err := Data{Points: []float32{1, 2, 3, 4}}.filled()
	if err != nil || d.Kind != pointsKind || d.size() != 2 {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestModesNeedTheirShare(t *testing.T) {
	// 80 samples of 8 modes: a share is 10, and a fifth of it 2
	if got := covered([]int{40, 2, 1, 0, 30, 3, 2, 2}, 80); !slices.Equal(got, []int{0, 1, 4, 5, 6, 7}) {
		t.Errorf("covered are %v", got)
	}
	a := Ring(4).anchors()
	counts := make([]int, 4)
	a.count(counts, []float32{2, 0, 2.2, 0.1, 2.31, 0, 0, 0, 0, 2, float32(math.NaN()), 0, float32(math.Inf(1)), 1})
	if !slices.Equal(counts, []int{2, 1, 0, 0}) {
		t.Errorf("good samples: %v", counts)
	}
}
