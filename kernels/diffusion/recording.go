package diffusion

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/xainb/gonb-xai/kernels/digits"
	"github.com/xainb/gonb-xai/xainb"
)

// Recording is the track of a run, with all methods of xainb.Track, and what one wants to know beside it.
type Recording struct {
	*track
	Latents *Latents // x_t of every step; nil where the run did not begin
	Sampler Sampler
	Columns int           // digits: how many are in a row of a sheet
	Elapsed time.Duration // what the run took by the clock, 0 when it comes from the cache

	run *run
}

// Track returns the track, of a nil Recording none.
func (r *Recording) Track() *xainb.Track {
	if r == nil {
		return nil
	}
	return r.track
}

// Err returns what ended the run early, or nil.
func (r *Recording) Err() error { return r.Track().Err() }

// Sample goes from noise to data and records it. It never returns nil: what goes wrong is in Err, and what was recorded before stays.
//
//	run := spiral.Sample(diffusion.DDIM{Steps: 50})
//
// Runs of one model with the same Samples and Seed begin at the same noise. Runs over digits are cached, as [codec.Cached] says.
func (m *Model) Sample(by Sampler, opts ...Options) *Recording {
	r, err := m.prepare(by, optionsOf(opts))
	if err != nil {
		return refused(by, err)
	}
	return r.record()
}

// refused is a recording that says why it is empty.
func refused(by Sampler, err error) *Recording {
	return &Recording{track: xainb.NewTrack(nil, xainb.Provenance{Name: "diffusion"}, err), Sampler: by}
}

// State returns x_t of any step exactly, n x dim as the frames have it: from the nearest frame at or above t it goes on as the run did. A t at which the run was
// not is an error.
func (r *Recording) State(t int) ([]float32, error) {
	from, at, err := r.checkpoint(t)
	if err != nil {
		return nil, err
	}
	run := r.run
	ask, err := run.m.net.ready(run.o)
	if err != nil {
		return nil, err
	}
	b, seed := newBuffers(from), run.by.plan().seed
	for i := at; i < len(run.times) && run.times[i] > t; i++ {
		m, err := run.m.Scheduler.Move(run.by, run.m.net.prediction(), run.times[i], run.next(i))
		if err == nil {
			err = ask.predict(b.out, b.x, run.times[i])
		}
		if err != nil {
			return nil, err
		}
		b.draw(m, seed)
		b.walk(m)
	}
	return b.x, nil
}

// checkpoint returns the exact x of the nearest frame at or above t, and the index of its step.
func (r *Recording) checkpoint(t int) (x []float32, step int, err error) {
	if r == nil || r.run == nil || r.Len() == 0 {
		return nil, 0, fmt.Errorf("diffusion: the recording has no steps to go on from")
	}
	if t != -1 && !slices.Contains(r.run.times, t) {
		return nil, 0, fmt.Errorf("diffusion: the run was not at t = %d: its %d steps go from %d to %d, and the data are at -1", t, len(r.run.times), r.run.times[0], r.run.times[len(r.run.times)-1])
	}
	frame := r.At(0)
	for _, f := range r.Frames() {
		if f.Time >= float64(t) {
			frame = f
		}
	}
	x = slices.Clone(frame.Field("x").Data)
	if r.run.m.net.dims() == digits.Pixels {
		x = fromSheet(x, r.run.o.Samples, r.Columns)
	}
	if frame.Time < 0 {
		return x, len(r.run.times), nil
	}
	return x, slices.Index(r.run.times, int(frame.Time)), nil
}

// Resume goes on from x_t with a sampler, nil for the run's own: then the rest is the same to the bit. Another sampler, or another seed, branches off: it takes those of its
// steps that lie below t. The track names its parent and the frame that it goes on from. What its Context has ended goes on without it.
func (r *Recording) Resume(t int, by Sampler) *Recording {
	fail := func(err error) *Recording { return refused(by, err) }
	if t == -1 {
		return fail(fmt.Errorf("diffusion: Resume at t = -1: the run has ended there, give a t of a step"))
	}
	x, err := r.State(t)
	if err != nil {
		return fail(err)
	}
	c := *r.run
	if by != nil {
		c.by = by
	}
	if c.o.Context.Err() != nil {
		c.o.Context = context.Background()
	}
	times, err := c.m.Scheduler.Times(c.by)
	if err != nil {
		return fail(err)
	}
	below := slices.IndexFunc(times, func(at int) bool { return at < t })
	if below < 0 {
		below = len(times)
	}
	c.times, c.start, c.began = append([]int{t}, times[below:]...), x, true
	c.frames, c.keys = c.o.shown(c.m.Scheduler, c.times)
	out := c.record()
	seq := 0
	for _, f := range r.Frames() {
		if f.Time >= float64(t) {
			seq = f.Seq
		}
	}
	p := out.Provenance()
	p.Parent = &xainb.Branch{Track: r.Hash(), Seq: seq}
	out.track = xainb.NewTrack(framesOf(out.track), p, out.track.Err()).WithCounts(out.Steps(), out.Dropped()).WithWarnings(out.Warnings()...)
	return out
}
