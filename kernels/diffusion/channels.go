package diffusion

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/xainb/gonb-xai/xainb"
)

// Channels are runs of one model from one first noise, on one clock, the training index t: each has a frame at every t that it comes to and any of them shows. In
// between it stands where it was, as charts.Compare shows it.
type Channels struct {
	Runs []*Recording
	err  error
}

// Err returns the first error of a run, or what kept them from beginning.
func (c *Channels) Err() error {
	if c != nil && c.err != nil {
		return c.err
	}
	if c == nil || len(c.Runs) < 2 {
		return fmt.Errorf("diffusion: there are no channels: make them with Model.InStep")
	}
	for i, r := range c.Runs {
		if err := r.Err(); err != nil {
			return fmt.Errorf("diffusion: channel %d: %w", i, err)
		}
		if a, b := c.Runs[0].Latents, r.Latents; a.Samples != b.Samples || a.Dim != b.Dim {
			return fmt.Errorf("diffusion: channel %d has %d samples of %d numbers, and the first %d of %d: make them with Model.InStep", i, b.Samples, b.Dim, a.Samples, a.Dim)
		}
	}
	return nil
}

// InStep runs two or three samplers side by side, each in a goroutine of its own. Where Options.Live is given all write into it as they come, with the sampler's name as the
// frame's Phase and its number, from 0, as the scalar "channel". The result does not depend on who is faster.
//
//	c := spiral.InStep(diffusion.Options{}, diffusion.DDPM{Steps: 1000}, diffusion.DDIM{Steps: 50})
//	show.Cell(charts.Compare(c.Runs[0], c.Runs[1], charts.Names("DDPM", "DDIM")))
func (m *Model) InStep(o Options, by ...Sampler) *Channels {
	fail := func(err error) *Channels {
		c, samplers := &Channels{err: err}, [3]Sampler{}
		for _, sampler := range samplers[:max(2, copy(samplers[:], by))] {
			c.Runs = append(c.Runs, refused(sampler, err))
		}
		return c
	}
	if len(by) < 2 || len(by) > 3 {
		return fail(fmt.Errorf("diffusion: InStep of %d samplers: give two or three", len(by)))
	}
	runs, grid := make([]*run, len(by)), map[int]bool{}
	for k, sampler := range by {
		r, err := m.prepare(sampler, o)
		if err != nil {
			return fail(err)
		}
		r.channel, runs[k] = k, r
		for i, t := range r.times {
			if r.frames[i] {
				grid[t] = true
			}
		}
	}
	c := &Channels{Runs: make([]*Recording, len(runs))}
	var all sync.WaitGroup
	for k, r := range runs {
		for i, t := range r.times {
			r.frames[i] = grid[t]
		}
		all.Go(func() { c.Runs[k] = r.record() })
	}
	all.Wait()
	return c
}

// Track returns how far the runs are from each other, with a frame at each t that any of them shows. Its scalar "distance" is the root of the mean, over
// the samples, of the squared distance between the first two; of three runs there are "distance 1-3" and "distance 2-3" too.
func (c *Channels) Track() *xainb.Track {
	if err := c.Err(); err != nil {
		return xainb.NewTrack(nil, xainb.Provenance{Name: "diffusion, in step"}, err)
	}
	var times []int
	for _, r := range c.Runs {
		for _, f := range r.Frames() {
			times = append(times, int(f.Time))
		}
	}
	slices.SortFunc(times, func(a, b int) int { return cmp.Compare(b, a) })
	times = slices.Compact(times)
	frames, at := make([]xainb.Snapshot, len(times)), make([]int, len(c.Runs))
	for i, t := range times {
		x := make([][]float32, len(c.Runs))
		for k, r := range c.Runs {
			for at[k]+1 < r.Len() && int(r.At(at[k]+1).Time) >= t {
				at[k]++
			}
			x[k] = r.At(at[k]).Field("x").Data
		}
		f := &frames[i]
		f.Seq, f.Time, f.TimeName, f.Kind = i, float64(t), "t", Kind
		samples := c.Runs[0].Latents.Samples
		f.PutScalar("distance", distance(x[0], x[1], samples))
		if len(x) == 3 {
			f.PutScalar("distance 1-3", distance(x[0], x[2], samples))
			f.PutScalar("distance 2-3", distance(x[1], x[2], samples))
		}
		f.PutScalar("tau", c.Runs[0].run.m.Scheduler.Tau(float64(t)))
	}
	return xainb.NewTrack(frames, c.Runs[0].Provenance(), nil)
}

// distance returns the root of the mean squared distance between the samples of two states. What lies between the digits of a sheet is the same in both.
func distance(a, b []float32, samples int) float64 {
	sum := 0.0
	for i, v := range a {
		d := float64(v) - float64(b[i])
		sum += d * d
	}
	return math.Sqrt(sum / float64(samples))
}

// Spread runs a sampler several times from one first noise with the seeds 0, 1, ... and returns how far the runs come apart, with a frame at each t
// that a run shows: the field spread [sample], the standard deviation of each sample's place over the runs, and the scalar "variance", the mean of its square.
// Without noise it is 0 exactly. Fewer than 2 runs, or more than 1,000, are the track's error.
func (m *Model) Spread(by Sampler, runs int, opts ...Options) *xainb.Track {
	prov := xainb.Provenance{Name: "diffusion, run to run"}
	fail := func(err error) *xainb.Track { return xainb.NewTrack(nil, prov, err) }
	if runs < 2 || runs > 1000 {
		return fail(fmt.Errorf("diffusion: Spread over %d runs: give a number from 2 to 1000", runs))
	}
	if _, err := planOf(by); err != nil {
		return fail(err)
	}
	o := optionsOf(opts)
	o.Grid = -1
	var first, sums, squares [][]float32
	var r *run
	for k := range runs {
		var err error
		if r, err = m.prepare(by.reseeded(uint64(k)), o); err != nil {
			return fail(err)
		}
		i := 0
		err = r.walk(r.o.Context, func(s xainb.Step, _ error) bool {
			x := s.(*Step).X
			if k == 0 {
				first = append(first, slices.Clone(x))
				sums, squares = append(sums, make([]float32, len(x))), append(squares, make([]float32, len(x)))
			}
			for j, v := range x { // what is taken off first makes equal runs differ by 0 exactly
				d := v - first[i][j]
				sums[i][j] += d
				squares[i][j] += d * d
			}
			i++
			return true
		})
		if err != nil {
			return fail(err)
		}
	}
	p := r.provenance()
	p.Name = fmt.Sprintf("%s, %d runs", p.Name, runs)
	return xainb.NewTrack(r.spread(sums, squares, runs), p, nil)
}

// spread makes the frames of a Spread.
func (r *run) spread(sums, squares [][]float32, runs int) []xainb.Snapshot {
	var frames []xainb.Snapshot
	times, dim := append(slices.Clone(r.times), -1), r.m.net.dims()
	for i, t := range times {
		if t >= 0 && !r.frames[i] {
			continue
		}
		at := len(frames)
		spread, mean := make([]float32, r.o.Samples), 0.0
		for n := range spread {
			variance := 0.0
			for j := n * dim; j < (n+1)*dim; j++ {
				s := float64(sums[at][j])
				variance += max(0, (float64(squares[at][j])-s*s/float64(runs))/float64(runs-1))
			}
			spread[n], mean = float32(math.Sqrt(variance)), mean+variance/float64(len(spread))
		}
		f := xainb.Snapshot{Seq: at, Time: float64(t), TimeName: "t", Kind: Kind}
		f.Put("spread", spread, xainb.Dim{Name: "sample", Size: len(spread)})
		f.PutScalar("variance", mean)
		frames = append(frames, f)
	}
	return frames
}
