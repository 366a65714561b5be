package diffusion

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb/codec"
)

// squaredMMD is the unbiased squared maximum mean discrepancy of two sets of points, with a sum of three kernels (Gretton et al. 2012, equation 3).
func squaredMMD(a, b []float32) float64 {
	mean := func(a, b []float32, same bool) float64 {
		sum, n := 0.0, 0
		for i := 0; i < len(a); i += 2 {
			for j := 0; j < len(b); j += 2 {
				if same && i == j {
					continue
				}
				d := float64((a[i]-b[j])*(a[i]-b[j]) + (a[i+1]-b[j+1])*(a[i+1]-b[j+1]))
				sum += math.Exp(-d/2) + math.Exp(-d/0.5) + math.Exp(-d/0.08)
				n++
			}
		}
		return sum / float64(n)
	}
	return mean(a, a, true) + mean(b, b, true) - 2*mean(a, b, false)
}

// normalLike returns points of a normal distribution with the means and variances of xy.
func normalLike(xy []float32) []float32 {
	r, n := rand.New(rand.NewPCG(9, 9)), float64(len(xy)/2)
	var mean, variance [2]float64
	for i, v := range xy {
		mean[i%2] += float64(v) / n
	}
	for i, v := range xy {
		variance[i%2] += (float64(v) - mean[i%2]) * (float64(v) - mean[i%2]) / n
	}
	out := make([]float32, len(xy))
	for i := range out {
		out[i] = float32(mean[i%2] + math.Sqrt(variance[i%2])*r.NormFloat64())
	}
	return out
}

// What a network that is trained here makes is near to the data: the discrepancy of two sets of 512 data is below 0.005, that of a normal distribution with their means and
// variances must be above what is allowed.
func TestTrain(t *testing.T) {
	if testing.Short() {
		t.Skip("trains: half a minute")
	}
	t.Setenv(codec.CacheEnv, t.TempDir())
	var own [][2]float64
	for i := range 100 { // a line, far from 0
		own = append(own, [2]float64{40 + float64(i)/5, 7 - float64(i)/10})
	}
	for _, c := range []struct {
		cfg  Config
		most float64
	}{
		{Config{Data: Spiral(), Seed: 1}, 0.015},
		{Config{Data: Moons(), Seed: 1, Predicts: X0}, 0.05}, // where there is little noise, what is asked for is hard to say better than x_t does
		{Config{Data: Ring(8), Seed: 1, Steps: 2000, Schedule: Schedule{Betas: SquaredCosine}}, 0.03},
		{Config{Data: Checkerboard(), Seed: 1, Steps: 2000}, 0.015},
		{Config{Data: Points(own), Seed: 1, Steps: 2000}, 0.03},
	} {
		m := Train(c.cfg)
		if m.Err() != nil {
			t.Fatal(m.Err())
		}
		last := m.At(m.Len() - 1)
		loss, _ := last.Scalar("loss")
		real := last.Field("real").Data
		before := squaredMMD(m.At(0).Field("x").Data, real)
		if normal := squaredMMD(normalLike(real), real); normal < 1.5*c.most {
			t.Errorf("%s: a normal distribution is %.4f from the data: %.3f says little", m, normal, c.most)
		}
		for _, by := range []Sampler{DDPM{}, DDIM{Steps: 50}} {
			r := mustSample(t, m, by, Options{Grid: -1})
			d := squaredMMD(r.At(r.Len()-1).Field("x").Data, real)
			t.Logf("%s, %T: loss %.3f, discrepancy %.4f, before training %.3f", m, by, loss, d, before)
			if d > c.most || before < 0.1 {
				t.Errorf("%s, %T: discrepancy %.4f, want %.3f; before training %.3f", m, by, d, c.most, before)
			}
		}
	}
}

// A second training comes from the cache and is the same model; the steps do not depend on GOMAXPROCS; a stopped one says where.
func TestTrainCached(t *testing.T) {
	t.Setenv(codec.CacheEnv, t.TempDir())
	cfg := Config{Data: Ring(3), Hidden: []int{16}, Batch: 64, Steps: 230, Every: 1, Seed: 4}
	first := Train(cfg)
	if first.Err() != nil {
		t.Fatal(first.Err())
	}
	if first.Len() != 4 || first.At(3).Time != 230 || first.At(1).Time != 100 {
		t.Errorf("frames %v", first.track)
	}
	again := Train(cfg)
	if again.Hash() != first.Hash() || again.hash != first.hash || again.Track() == nil {
		t.Error("from the cache comes another training")
	}
	run := func(m *Model) string { return mustSample(t, m, DDPM{Steps: 20}, Options{Samples: 30}).Hash() }
	if run(first) != run(again) {
		t.Error("the cached model samples differently")
	}
	before := runtime.GOMAXPROCS(1)
	t.Setenv(codec.CacheEnv, t.TempDir())
	alone := Train(cfg)
	runtime.GOMAXPROCS(before)
	if alone.Hash() != first.Hash() {
		t.Error("on one processor the training is another")
	}
	other := cfg
	other.Seed = 5
	if Train(other).Hash() == first.Hash() {
		t.Error("another seed gives the same training")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	other.Seed, other.Context = 6, ctx
	if m := Train(other); !errors.Is(m.Err(), context.Canceled) || m.Sample(DDIM{}).Err() == nil {
		t.Errorf("stopped: %v", m.Err())
	}
}

// The data are what their documentation says: where they lie, how wide they are.
func TestData(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	xy := make([]float32, 20_000)
	for _, d := range []Data{Spiral(), Moons(), Ring(8), Checkerboard()} {
		d.draw(xy, r)
		far, mean := 0.0, [2]float64{}
		for i := 0; i < len(xy); i += 2 {
			far = max(far, math.Hypot(float64(xy[i]), float64(xy[i+1])))
			mean[0], mean[1] = mean[0]+float64(xy[i])/10_000, mean[1]+float64(xy[i+1])/10_000
		}
		if most := 2*math.Sqrt2 + 0.01; far < 1.9 || far > most || math.Hypot(mean[0], mean[1]) > 0.7 {
			t.Errorf("%v reaches to %.2f, its mean is %.2f", d, far, mean)
		}
		for i := 0; d.Kind == "checkerboard" && i < len(xy); i += 2 {
			if (int(math.Floor(float64(xy[i])))+int(math.Floor(float64(xy[i+1])))+8)%2 != 0 {
				t.Fatalf("(%g, %g) is on a light square", xy[i], xy[i+1])
			}
		}
		for i := 0; d.Kind == "ring" && i < len(xy); i += 2 {
			if h := math.Hypot(float64(xy[i]), float64(xy[i+1])); math.Abs(h-2) > 0.6 {
				t.Fatalf("(%g, %g) is not on the ring", xy[i], xy[i+1])
			}
		}
	}
	for _, modes := range []int{1, 2, 3, 4, 5} { // each dark square of any board is as likely as the others, and no light one is hit
		Data{Kind: "checkerboard", Modes: modes, Radius: float64(modes) / 2}.draw(xy, r)
		hits, dark := map[[2]int]int{}, (modes*modes+1)/2
		for i := 0; i < len(xy); i += 2 {
			column, row := int(float64(xy[i])+float64(modes)/2), int(float64(xy[i+1])+float64(modes)/2)
			if hits[[2]int{row, column}]++; (row+column)%2 != 0 {
				t.Fatalf("%d squares in a row: (%g, %g) is on a light one", modes, xy[i], xy[i+1])
			}
		}
		for at, n := range hits {
			if want := 10_000 / float64(dark); len(hits) != dark || math.Abs(float64(n)-want) > 5*math.Sqrt(want) {
				t.Errorf("%d squares in a row: %d dark ones of %d, %v is hit %d times of 10,000", modes, len(hits), dark, at, n)
			}
		}
	}
	if Points([][2]float64{{1, 2}, {3, 4}}).draw(xy, r); slices.Max(xy) != 4 || !slices.Contains(xy, 1) {
		t.Error("points are not drawn from the reader's")
	}
	if d, err := (Data{}).filled(); err != nil || !reflect.DeepEqual(d, Spiral()) {
		t.Errorf("the zero Data is %+v, %v", d, err)
	}
}

func TestBadTraining(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Data: Data{Kind: "star", Radius: 1}}, `"star"`},
		{Config{Data: Ring(-1)}, "-1"},
		{Config{Data: Ring(101)}, "101"},
		{Config{Data: Data{Kind: "checkerboard", Modes: 21, Radius: 1}}, "21"},
		{Config{Data: Data{Kind: "spiral", Radius: -1}}, "Radius is -1"},
		{Config{Data: Data{Kind: "moons", Radius: 1, Spread: -1}}, "Spread is -1"},
		{Config{Data: Points(nil)}, "0 numbers"},
		{Config{Data: Data{Kind: "points", Points: []float32{1, 2, 3}}}, "3 numbers"},
		{Config{Data: Points([][2]float64{{1, 2}})}, "2 numbers"},
		{Config{Data: Points([][2]float64{{1, 2}, {1, 2}})}, "all 2 points"},
		{Config{Data: Points([][2]float64{{1, 2}, {math.Inf(1), 2}})}, "+Inf"},
		{Config{Data: Points([][2]float64{{1, 2}, {101, 2}})}, "101"},
		{Config{Predicts: "noise"}, `"noise"`},
		{Config{Hidden: []int{}}, "0 layers"},
		{Config{Hidden: []int{0}}, "Hidden[0] is 0"},
		{Config{Hidden: []int{8, 5000}}, "5000"},
		{Config{Hidden: []int{4096, 4096}}, "16867330 parameters"},
		{Config{Hidden: []int{2048, 1024}, Batch: 1 << 16}, "up to 21831"},
		{Config{Batch: -1}, "-1"},
		{Config{Steps: -1}, "-1"},
		{Config{Every: -1}, "-1"},
		{Config{Rate: math.NaN()}, "NaN"},
		{Config{Rate: 2}, "Rate is 2"},
		{Config{Schedule: Schedule{T: 1}}, "T is 1"},
	} {
		m := Train(c.cfg)
		if err := m.Err(); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "diffusion: ") {
			t.Errorf("error %v, want one with %s", err, c.want)
		}
		if r := m.Sample(DDPM{}); r.Err() == nil || r.Len() != 0 {
			t.Errorf("%+v is sampled", c.cfg)
		}
	}
}
