package diffusion

import (
	"slices"

	"github.com/xainb/gonb-xai/kernels/digits"
	"github.com/xainb/gonb-xai/xainb"
)

// Latents are x_t of every step of a run, as float16.
type Latents struct {
	Times   []int // the t of the steps, falling; the last is -1
	Samples int
	Dim     int                     // numbers of a sample: 1, 2, or the 64 pixels of a digit
	tau     func(t float64) float64 // progress
	half    []uint16
	done    int
}

func newLatents(times []int, samples, dim int, tau func(t float64) float64) *Latents {
	return &Latents{Times: times, Samples: samples, Dim: dim, tau: tau, half: make([]uint16, len(times)*samples*dim)}
}

func (l *Latents) add(i int, x []float32) {
	if l == nil {
		return
	}
	n := len(x)
	for j, v := range x {
		l.half[i*n+j] = toHalf(v)
	}
	l.done = i + 1
}

// Len returns how many steps there are: fewer than Times where the run ended early.
func (l *Latents) Len() int {
	if l == nil {
		return 0
	}
	return l.done
}

// At writes x of step i, Samples x Dim, into dst, which is made where it is too short, and returns it. Outside [0, Len) it is nil.
func (l *Latents) At(i int, dst []float32) []float32 {
	if i < 0 || i >= l.Len() {
		return nil
	}
	n := l.Samples * l.Dim
	if len(dst) < n {
		dst = make([]float32, n)
	}
	for j, h := range l.half[i*n : (i+1)*n] {
		dst[j] = fromHalf(h)
	}
	return dst[:n]
}

// Track returns the latents as a track of one field, "x", and the scalar "tau", with a frame for every step. Its numbers are float16s, so that a lossless file takes no more than
// two bytes for each.
func (l *Latents) Track() *xainb.Track {
	if l == nil {
		return nil
	}
	frames := make([]xainb.Snapshot, l.Len())
	dims := []xainb.Dim{{Name: "sample", Size: l.Samples}}
	switch l.Dim {
	case 2:
		dims = append(dims, xainb.Dim{Name: "xy", Size: 2})
	case digits.Pixels:
		dims = append(dims, xainb.Dim{Name: "pixel", Size: l.Dim})
	}
	for i := range frames {
		frames[i] = xainb.Snapshot{Seq: i, Time: float64(l.Times[i]), TimeName: "t", Kind: Kind, Fields: []xainb.Field{{Name: "x", Dims: slices.Clone(dims), Data: l.At(i, nil)}}}
		frames[i].PutScalar("tau", l.tau(frames[i].Time))
	}
	return xainb.NewTrack(frames, xainb.Provenance{Name: "diffusion, the latents of every step"}, nil)
}

// latentsField is the field in which the latents of a cached run are kept, in a frame of their own behind the last.
const latentsField = "latents"

// pack adds the latents to a complete track.
func (l *Latents) pack(t *xainb.Track) *xainb.Track {
	if t.Err() != nil {
		return t
	}
	all := make([]float32, len(l.half))
	for i, h := range l.half {
		all[i] = fromHalf(h)
	}
	last := xainb.Snapshot{Seq: t.Steps(), Time: -1, TimeName: "t", Kind: Kind, Fields: []xainb.Field{{Name: latentsField, Data: all,
		Dims: []xainb.Dim{{Name: "step", Size: len(l.Times)}, {Name: "sample", Size: l.Samples}, {Name: "number", Size: l.Dim}}}}}
	return rebuilt(t, append(framesOf(t), last))
}

// unpack takes them out again.
func (l *Latents) unpack(t *xainb.Track) *xainb.Track {
	frames := framesOf(t)
	n := len(frames)
	if n == 0 || frames[n-1].Field(latentsField) == nil {
		return t
	}
	for i, v := range frames[n-1].Field(latentsField).Data {
		l.half[i] = toHalf(v)
	}
	l.done = len(l.Times)
	return rebuilt(t, frames[:n-1])
}

func framesOf(t *xainb.Track) []xainb.Snapshot {
	frames := make([]xainb.Snapshot, 0, t.Len()+1)
	for _, f := range t.Frames() {
		frames = append(frames, *f)
	}
	return frames
}

// rebuilt is a track with other frames.
func rebuilt(t *xainb.Track, frames []xainb.Snapshot) *xainb.Track {
	return xainb.NewTrack(frames, t.Provenance(), t.Err()).WithCounts(t.Steps(), t.Dropped()).WithWarnings(t.Warnings()...)
}
