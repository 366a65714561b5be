package diffusion

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/xainb/gonb-xai/kernels/digits"
	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
)

// Options says what is sampled and what is shown of it. The zero value samples 512 points of a plane, 2,000 of a line, or two digits of each class.
type Options struct {
	Samples int       // 0 means 512, of a line 2000, of digits 20; at most MaxSamples
	Seed    uint64    // of the first noise, which is the same for all samplers
	Noise   []float32 // the first noise itself, instead of Samples and Seed: a row a sample

	Classes  []int   // digits: what is asked for, of the samples in turn; -1 is nothing; nil means 0 to 9
	Guidance float64 // digits: how far the answer moves from that without a class to that with it, and beyond for more than 1; 0 means 1.5, -1 not at all

	Frames int   // how many steps are shown, evenly in log-SNR, beside those that always are; 0 means 100, -1 all
	Keys   []int // t of the key steps: the steps nearest to them; nil means 50, 100, 150
	Grid   int   // of the score field: cells along a side, up to 100; 0 means 20, -1 no field

	Context context.Context        // ends a run; nil means never
	Live    *xainb.SnapshotManager // sees each frame as it is made, but of what comes from the cache; may serve several runs at a time
}

// MaxSamples is the most samples of a run.
const MaxSamples = 100_000

// mostLatents bounds the values of all steps' latents: 128 MB as float16.
const mostLatents = 1 << 26

func optionsOf(given []Options) Options {
	if len(given) == 0 {
		return Options{}
	}
	return given[0]
}

// filled puts the defaults in place of zeros and says what cannot be.
func (o Options) filled(m *Model) (Options, error) {
	dim := m.net.dims()
	if o.Noise != nil {
		o.Samples = len(o.Noise) / dim
		if len(o.Noise) == 0 || len(o.Noise)%dim != 0 {
			return o, fmt.Errorf("diffusion: Options.Noise has %d numbers: give %d for each sample", len(o.Noise), dim)
		}
		for i, v := range o.Noise {
			if v-v != 0 {
				return o, fmt.Errorf("diffusion: Options.Noise[%d] is %g: give finite numbers", i, v)
			}
		}
	}
	if o.Samples == 0 {
		o.Samples = map[int]int{1: 2000, 2: 512, digits.Pixels: 20}[dim]
	}
	if o.Samples < 1 || o.Samples > MaxSamples {
		return o, fmt.Errorf("diffusion: Options.Samples is %d: give a number from 1 to %d", o.Samples, MaxSamples)
	}
	if o.Frames == 0 {
		o.Frames = 100
	}
	if o.Frames < -1 {
		return o, fmt.Errorf("diffusion: Options.Frames is %d: give a positive number, 0 for 100 or -1 for all", o.Frames)
	}
	if o.Grid == 0 {
		o.Grid = 20
	}
	if o.Grid < -1 || o.Grid > 100 {
		return o, fmt.Errorf("diffusion: Options.Grid is %d: give a number up to 100, 0 for 20 or -1 for no field", o.Grid)
	}
	if o.Keys == nil {
		o.Keys = slices.DeleteFunc([]int{50, 100, 150}, func(t int) bool { return t >= m.Scheduler.T() })
	}
	for i, t := range o.Keys {
		if err := m.Scheduler.checkT(fmt.Sprintf("Options.Keys[%d]", i), float64(t)); err != nil {
			return o, err
		}
	}
	if o.Context == nil {
		o.Context = context.Background()
	}
	if dim != digits.Pixels {
		o.Classes, o.Guidance = nil, 0 // they decide nothing there
		return o, nil
	}
	return o.asked()
}

// asked fills in what is asked of the digits: a class for each sample.
func (o Options) asked() (Options, error) {
	switch {
	case o.Guidance == 0:
		o.Guidance = 1.5
	case o.Guidance == -1:
		o.Guidance = 0
	case !(o.Guidance > 0 && o.Guidance <= 100):
		return o, fmt.Errorf("diffusion: Options.Guidance is %g: give a number above 0, up to 100, 0 for 1.5 or -1 for none", o.Guidance)
	}
	given := o.Classes
	if len(given) == 0 {
		given = []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	}
	o.Classes = make([]int, o.Samples)
	for i := range o.Classes {
		o.Classes[i] = given[i%len(given)]
		if c := o.Classes[i]; c < -1 || c >= digits.Classes {
			return o, fmt.Errorf("diffusion: Options.Classes has %d: give 0 to 9, or -1 for nothing", c)
		}
	}
	return o, nil
}

// first returns the first noise.
func (o Options) first(dim int) []float32 {
	x := f32.Aligned(o.Samples * dim)
	if o.Noise != nil {
		copy(x, o.Noise)
		return x
	}
	f32.Normals(x, rand.New(rand.NewPCG(o.Seed, 0x6e6f697365)))
	return x
}

// added fills z with the noise of the step from t. It depends on the seed and on t alone, so that a run can go on from any step.
func added(z []float32, seed uint64, t int) {
	u := uint64(t) + 0x9e3779b97f4a7c15 // splitmix64, as neighbouring states of a generator are alike
	u = (u ^ u>>30) * 0xbf58476d1ce4e5b9
	u = (u ^ u>>27) * 0x94d049bb133111eb
	f32.Normals(z, rand.New(rand.NewPCG(seed, u^u>>31)))
}

// shown says of each step whether it has a frame, and of which it is a key step.
func (o Options) shown(s *NoiseScheduler, times []int) (frames, keys []bool) {
	frames, keys = make([]bool, len(times)), make([]bool, len(times))
	for _, t := range o.Keys {
		i := nearest(times, func(at int) float64 { return math.Abs(float64(at - t)) })
		frames[i], keys[i] = true, true
	}
	if o.Frames == -1 || len(times) <= o.Frames {
		for i := range frames {
			frames[i] = true
		}
		return frames, keys
	}
	from, to := s.LogSNR(times[0]), s.LogSNR(times[len(times)-1])
	at := 0 // the log-SNR rises along the steps
	for i := range o.Frames {
		want := from + (to-from)*float64(i)/float64(max(1, o.Frames-1))
		for at+1 < len(times) && math.Abs(s.LogSNR(times[at+1])-want) <= math.Abs(s.LogSNR(times[at])-want) {
			at++
		}
		frames[at] = true
	}
	frames[0], frames[len(times)-1] = true, true
	if grid, err := s.Timesteps(min(50, s.T()), Trailing()); err == nil {
		for i, t := range times {
			for len(grid) > 0 && grid[0] > t {
				grid = grid[1:]
			}
			frames[i] = frames[i] || len(grid) > 0 && grid[0] == t
		}
	}
	return frames, keys
}

// nearest returns the index of the least of far.
func nearest(times []int, far func(t int) float64) int {
	best := 0
	for i, t := range times {
		if far(t) < far(times[best]) {
			best = i
		}
	}
	return best
}
