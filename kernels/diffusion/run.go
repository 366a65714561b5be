package diffusion

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/xainb/gonb-xai/kernels/digits"
	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// run is one way from noise to data.
type run struct {
	m      *Model
	by     Sampler
	o      Options
	times  []int // at which the network is asked
	frames []bool
	keys   []bool
	start  []float32 // x at times[0]
	began  bool      // false: start is the first noise
	canvas canvas
	kept   *Latents

	channel int // of runs in step, from 0
}

// prepare checks everything that can be checked before the network is asked.
func (m *Model) prepare(by Sampler, o Options) (*run, error) {
	if err := m.Err(); err != nil {
		return nil, err
	}
	o, err := o.filled(m)
	if err != nil {
		return nil, err
	}
	times, err := m.Scheduler.Times(by)
	if err != nil {
		return nil, err
	}
	if n := int64(len(times)+1) * int64(o.Samples) * int64(m.net.dims()); n > mostLatents {
		return nil, fmt.Errorf("diffusion: %d steps of %d samples are %d numbers to keep, and %d are the limit: take fewer of one or the other", len(times), o.Samples, n, mostLatents)
	}
	r := &run{m: m, by: by, o: o, times: times, start: o.first(m.net.dims())}
	r.frames, r.keys = o.shown(m.Scheduler, times)
	return r, nil
}

// next returns the t after step i.
func (r *run) next(i int) int {
	if i+1 < len(r.times) {
		return r.times[i+1]
	}
	return -1
}

// buffers are what a step works in.
type buffers struct{ x, out, x0, noise, added []float32 }

func newBuffers(start []float32) *buffers {
	n := len(start)
	b := &buffers{f32.Aligned(n), f32.Aligned(n), f32.Aligned(n), f32.Aligned(n), f32.Aligned(n)}
	copy(b.x, start)
	return b
}

// draw makes the noise that a step adds.
func (b *buffers) draw(m Move, seed uint64) {
	clear(b.added)
	if m.Noise != 0 {
		added(b.added, seed, m.T)
		f32.Scale(b.added, float32(m.Noise), b.added)
	}
}

// walk sets x to x_s.
func (b *buffers) walk(m Move) {
	m.Next.apply(b.noise, b.x, b.out)
	f32.Add(b.x, b.noise, b.added)
}

// steps yields the steps that have a frame, and keeps all.
func (r *run) steps(ctx context.Context) iter.Seq2[xainb.Step, error] {
	return func(yield func(xainb.Step, error) bool) {
		if err := r.walk(ctx, yield); err != nil {
			yield(nil, err)
		}
	}
}

// walk returns what ended the run early; nil, too, where yield did.
func (r *run) walk(ctx context.Context, yield func(xainb.Step, error) bool) error {
	ask, err := r.m.net.ready(r.o)
	if err != nil {
		return err
	}
	if r.canvas, err = r.newCanvas(ask); err != nil {
		return err
	}
	b, seed := newBuffers(r.start), r.by.plan().seed
	for i, t := range r.times {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("diffusion: stopped at t = %d: %w", t, context.Cause(ctx))
		}
		r.kept.add(i, b.x)
		m, err := r.m.Scheduler.Move(r.by, r.m.net.prediction(), t, r.next(i))
		if err != nil {
			return err
		}
		if w, ok := ask.(watcher); ok {
			w.watch(r.keys[i])
		}
		if err := ask.predict(b.out, b.x, t); err != nil {
			return err
		}
		b.draw(m, seed)
		if r.frames[i] {
			if err := r.canvas.look(t); err != nil {
				return err
			}
			if !yield(r.step(i, m, b), nil) {
				return nil
			}
		}
		b.walk(m)
	}
	r.kept.add(len(r.times), b.x)
	yield(&Step{T: -1, Phase: PhaseData, Tau: 1, AlphaBar: 1, X: b.x, X0: b.x, canvas: r.canvas}, nil)
	return nil
}

// step is the frame of step i, before it is gone.
func (r *run) step(i int, m Move, b *buffers) *Step {
	t := r.times[i]
	m.X0.apply(b.x0, b.x, b.out)
	m.Epsilon.apply(b.noise, b.x, b.out)
	s := &Step{T: t, Phase: PhaseSampling, Key: r.keys[i], Tau: r.m.Scheduler.Tau(float64(t)), AlphaBar: r.m.Scheduler.AlphaBar(t),
		X: b.x, X0: b.x0, Noise: b.noise, Added: b.added, canvas: r.canvas}
	if i == 0 {
		s.warning = r.thinned()
		if !r.began {
			s.Phase = PhaseNoise
		}
	}
	return s
}

// thinned says what is not shown, if anything.
func (r *run) thinned() string {
	shown := 1
	for _, f := range r.frames {
		if f {
			shown++
		}
	}
	all := len(r.times) + 1
	if shown == all {
		return ""
	}
	return fmt.Sprintf("%d of the run's %d states are shown: those nearest to %d even steps in log-SNR, the key steps, and the t of 50 even steps. The latents of all are kept.", shown, all, r.o.Frames)
}

func (r *run) newCanvas(ask denoiser) (canvas, error) {
	switch net := r.m.net.(type) {
	case *plane:
		return newPlaneCanvas(net, r.o, r.m.Scheduler), nil
	case exact:
		return newLineCanvas(net.Mixture), nil
	case *digitsNetwork:
		return newDigitsCanvas(r.o, ask), nil
	}
	return nil, fmt.Errorf("diffusion: nothing draws what a %T makes", r.m.net)
}

// watcher is a denoiser whose attention can be seen.
type watcher interface{ watch(on bool) }

// Explain is the lazy form of [Model.Sample]: the steps that have a frame, as they come.
func (m *Model) Explain(ctx context.Context, by Sampler, opts ...Options) iter.Seq2[xainb.Step, error] {
	r, err := m.prepare(by, optionsOf(opts))
	if err != nil {
		return func(yield func(xainb.Step, error) bool) { yield(nil, err) }
	}
	return r.steps(ctx)
}

// record runs to the end, or takes from the cache what has run before.
func (r *run) record() *Recording {
	r.kept = newLatents(append(slices.Clone(r.times), -1), r.o.Samples, r.m.net.dims(), r.m.Scheduler.Tau)
	out := &Recording{Latents: r.kept, Sampler: r.by, run: r}
	if r.m.net.dims() != digits.Pixels {
		out.track, out.Elapsed = r.capture()
		return out
	}
	out.Columns = columnsOf(r.o.Samples)
	t := codec.Cached(r.key(), func() *xainb.Track {
		var t *xainb.Track
		t, out.Elapsed = r.capture()
		return r.kept.pack(t)
	})
	out.track = r.kept.unpack(t)
	return out
}

// codeVersion is raised when a change of the code changes what a training or a run records.
const codeVersion = 2

// key is what decides a run.
func (r *run) key() codec.Key {
	return codec.Key{Name: "kernels/diffusion", Version: codeVersion, Config: struct {
		By           Sampler
		Times        []int
		Frames, Keys []bool
		Start        []float32
		Began        bool
		Classes      []int
		Guidance     float64
		Schedule     Schedule
	}{r.by, r.times, r.frames, r.keys, r.start, r.began, r.o.Classes, r.o.Guidance, r.m.Scheduler.cfg}, Data: r.m.hash + f32.SIMD()}
}

// capture runs to the end.
func (r *run) capture() (*xainb.Track, time.Duration) {
	explain := xainb.ExplainerFunc[Sampler](func(ctx context.Context, _ Sampler) iter.Seq2[xainb.Step, error] { return r.seen(r.steps(ctx)) })
	start := time.Now()
	t := xainb.RecordSeq(r.o.Context, r.by, explain, xainb.Config{Frames: -1, Bytes: 1 << 30, Provenance: r.provenance()})
	if all := len(r.times) + 1; t.Err() == nil {
		t = t.WithCounts(all, all-t.Len())
	}
	return t, time.Since(start)
}

// seen shows each step to who watches.
func (r *run) seen(steps iter.Seq2[xainb.Step, error]) iter.Seq2[xainb.Step, error] {
	if r.o.Live == nil {
		return steps
	}
	name := r.by.plan().name
	return func(yield func(xainb.Step, error) bool) {
		for s, err := range steps {
			if err == nil {
				err = r.o.Live.Capture(xainb.StepFunc(func(to *xainb.Snapshot) {
					s.Snap(to)
					to.Phase = name
					to.PutScalar("channel", float64(r.channel))
				}))
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

func (r *run) provenance() xainb.Provenance {
	p := r.by.plan()
	name := fmt.Sprintf("%s, %d steps, of %s", p.name, len(r.times), r.m.name)
	return xainb.Provenance{
		Name: name, Seed: r.o.Seed, Model: r.m.String(), ModelHash: r.m.hash, Data: r.m.name,
		Versions: map[string]string{"xainb": xainb.Version, "f32": f32.SIMD(), "sampler": fmt.Sprintf("%T%+v", r.by, r.by)},
	}
}

// data runs to the end without a record.
func (r *run) data() ([]float32, error) {
	var x []float32
	err := r.walk(context.Background(), func(s xainb.Step, err error) bool {
		x = s.(*Step).X
		return true
	})
	return x, err
}
