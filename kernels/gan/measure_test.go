package gan

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/xainb/gonb-xai/kernels/f32"
)

// Of a cloud and the same cloud moved by v, the squared distance along a direction d is (d·v)²; of one that is not moved it is 0.
func TestSlicedWassersteinOfAShift(t *testing.T) {
	for _, dim := range []int{2, 64} {
		r := rand.New(rand.NewPCG(4, uint64(dim)))
		a, shift := make([]float32, Measured*dim), make([]float32, dim)
		f32.Normals(a, r)
		f32.Normals(shift, r)
		s := newSliced(a, dim)
		order := r.Perm(Measured)
		b, c := make([]float32, len(a)), make([]float32, len(a))
		for i, k := range order {
			copy(b[i*dim:(i+1)*dim], a[k*dim:])
			f32.Add(c[i*dim:(i+1)*dim], b[i*dim:(i+1)*dim], shift)
		}
		isNear(t, "the distance to itself", s.distance(b), 0, 1e-6)
		want := 0.0
		for k := range s.count {
			d := f32.Dot(s.directions[k*dim:(k+1)*dim], shift)
			want += float64(d*d) / float64(s.count)
		}
		isNear(t, "the distance to itself, moved", s.distance(c), math.Sqrt(want), 1e-5)
		c[7] = float32(math.NaN())
		if v := s.distance(c); !math.IsNaN(v) {
			t.Errorf("with a NaN: %v", v)
		}
	}
}

func TestSorterSorts(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	var s sorter
	for _, n := range []int{0, 1, 2, 100, 1024, 37} {
		x := make([]float32, n)
		f32.Normals(x, r)
		for i := range x {
			x[i] *= float32(math.Exp(20 * r.NormFloat64()))
		}
		want := slices.Clone(x)
		slices.Sort(want)
		s.sort(x)
		if !slices.Equal(x, want) {
			t.Errorf("%d numbers are not sorted", n)
		}
	}
}

// The histograms (1/2, 1/2, 0) and (0, 1/2, 1/2) of so many that half a count is nothing: JS = ln(2)/2, and KL is infinite but for that half.
func TestDivergencesOfKnownHistograms(t *testing.T) {
	kl, js := divergences([]float64{500, 500, 0}, []float64{0, 500, 500})
	isNear(t, "JS", js, math.Log(2)/2, 1e-12)
	isNear(t, "KL", kl, 0.5*math.Log(0.5/(0.5/1001.5))+0.5*math.Log(0.5/(500.5/1001.5)), 1e-12)
	kl, js = divergences([]float64{3e8, 1e8}, []float64{1e8, 3e8})
	isNear(t, "KL", kl, 0.75*math.Log(3)-0.25*math.Log(3), 1e-7)
	m := 0.75*math.Log(0.75/0.5) + 0.25*math.Log(0.25/0.5)
	isNear(t, "JS", js, m, 1e-7)
	kl, js = divergences([]float64{1e9, 2e9}, []float64{1e9, 2e9})
	isNear(t, "KL of the same", kl, 0, 1e-9)
	isNear(t, "JS of the same", js, 0, 1e-12)
	_, js = divergences([]float64{1, 0}, []float64{0, 1})
	isNear(t, "JS of the disjoint", js, math.Log(2), 1e-12)
}

func TestHistogramHasABinForWhatIsOutside(t *testing.T) {
	m := &measures{window: [4]float32{0, 16, 0, 16}}
	h := m.histogram([]float32{0, 0, 15.5, 0.5, 16, 3, -0.1, 3, float32(math.NaN()), 1, float32(math.Inf(-1)), 1, 3, 2})
	if h[0] != 1 || h[15] != 1 || h[2*Bins+3] != 1 || h[Bins*Bins] != 4 {
		t.Errorf("bins: %v, %v, %v, outside %v", h[0], h[15], h[2*Bins+3], h[Bins*Bins])
	}
}

func TestSheetPlacesImagesInRows(t *testing.T) {
	x := make([]float32, Samples*64)
	for i := range x {
		x[i] = float32(i / 64) // each image has its number
	}
	x[9*64+8*3+5] = -1 // image 9, row 3, column 5
	s := sheet(x)
	if s[0] != 0 || s[8] != 1 || s[63] != 7 || s[64*8] != 8 || s[64*63+63] != 63 || s[(8+3)*64+8+5] != -1 {
		t.Error("an image is not in its place")
	}
}

// What a generator that is perfect scores, samples being finite: as the documentation says.
func TestPerfectSamples(t *testing.T) {
	for _, c := range []struct {
		data        Data
		kl, js, swd float64
	}{{Ring(8), 0.22, 0.01, 0.16}, {Grid(5), 0.2, 0.03, 0.11}, {Moons(), 0.22, 0.016, 0.05}, {Spiral(), 0.22, 0.02, 0.07}, {Digits(), 0.01, 0.003, 0.02}} {
		config, err := Config{Data: c.data}.Filled()
		if err != nil {
			t.Fatal(err)
		}
		game := newTrainer(config)
		defer game.tape.Close()
		mean := map[string]float64{}
		const times = 10
		for seed := range times {
			var s Step
			if err := game.distances(&s, draw(t, c.data, Measured, uint64(100+seed))); err != nil {
				t.Fatal(err)
			}
			for _, v := range s.Scores {
				mean[v.Name] += v.Value / times
			}
		}
		for name, want := range map[string]float64{"KL": c.kl, "JS": c.js, "SWD": c.swd} {
			if got := mean[name]; math.Abs(got-want) > 0.2*want+0.002 {
				t.Errorf("%s of %v, of its own data: %v, expected about %v", name, c.data, got, want)
			}
		}
	}
}
