package embed

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// KindTrajectories is the Kind of the frames of [Trajectories].
const KindTrajectories = "trajectories"

// trajectoriesVersion is version for [Trajectories].
const trajectoriesVersion = 2

// Of a run with many steps [Trajectories] embeds as many as make stepPoints points, which is a matter of seconds, and no fewer than leastSteps.
const (
	stepPoints = 4_096
	leastSteps = 16
)

// narrow is the width of ways in t-SNE, in parts of the picture's, below which a reader is told.
const narrow = 0.1

// TrajectoryConfig says how [Trajectories] embeds a run. Its zero value is fine.
type TrajectoryConfig struct {
	TSNE    Config    // of t-SNE; without Points, Dims and Colour, which are the run's
	Classes []float32 // of each sample, whole numbers, or nil: the run's own field "class" [sample], if it has one
	Steps   int       // at most so many steps, evenly spaced, with the first and the last; 0 means as many as make 4,096 points, but at least 16; -1 all
}

// Trajectories embeds the steps of a run in the plane: all steps and all samples together, once by t-SNE and once by PCA. field [sample, ...] of the run's
// frames has the points, the same number in each; a field of one dimension is one point, the parameters of a network for example. The frames are those
// of the run that are embedded, with their time, phase, scalars and events, and
//
//	tsne   [sample, xy=2]   where t-SNE has the samples
//	pca    [sample, xy=2]   their first two principal components
//	share  [component=2]    the part of the variance that these hold
//	class  [sample]         where classes are known
//	alike  scalar           how many of the samples with a class, 0 to 1, have one of their own class as the nearest at this step, in all dimensions
//
// A step is placed by all others, those to come among them: pure noise stands where the digit will be that becomes of it. So what a plane seems to say of a step is
// to be compared with alike, which knows that step alone.
//
// A step whose nearest are the steps before and behind it keeps them: below as many neighbours as a way has steps, t-SNE draws each way as a clump of its own,
// which is said. On 64 digits a way of 51 steps is 4% as wide as the picture at perplexity 30 and 22% at 400, or with 8 of the steps at 30.
//
// It never returns nil: what goes wrong is the track's error. Steps that are left out are in its warnings. A second call comes from the cache, as
// [codec.Cached] says.
//
//	run := digits.Sample(diffusion.DDIM{Steps: 50}, diffusion.Options{Samples: 64})
//	ways := embed.Trajectories(run.Latents, "x", embed.TrajectoryConfig{Classes: run.At(0).Field("class").Data})
//	show.Cell(charts.Trajectories(ways))
func Trajectories(run xainb.Source, field string, c TrajectoryConfig) *xainb.Track {
	return TrajectoriesContext(context.Background(), run, field, c)
}

// TrajectoriesContext is [Trajectories] until ctx ends.
func TrajectoriesContext(ctx context.Context, run xainb.Source, field string, c TrajectoryConfig) *xainb.Track {
	prov := xainb.Provenance{Name: "trajectories of " + field, Seed: c.TSNE.Seed}
	w, err := newWays(run, field, c)
	if err == nil {
		c.TSNE, w.points, err = w.config.resolve()
	}
	if err != nil {
		return xainb.NewTrack(nil, prov, err)
	}
	t := w.track
	prov.Name = fmt.Sprintf("trajectories of %s, t-SNE with perplexity %v", field, c.TSNE.Perplexity)
	prov.Data = fmt.Sprintf("%s: %d steps of %d samples, %d numbers each", cmp.Or(t.Provenance().Name, "a run"), len(w.frames), w.samples, c.TSNE.Dims)
	prov.DataHash, prov.Versions = t.Hash(), map[string]string{"xainb": xainb.Version, "f32": f32.SIMD()}
	key := codec.Key{Name: "kernels/embed.Trajectories", Version: trajectoriesVersion, Config: struct {
		TSNE  Config
		Steps int
		Field string
	}{c.TSNE.settings(), len(w.frames), field}, Data: []any{f32.SIMD(), t.Hash(), w.classes, t.Err() == nil}}
	return codec.Cached(key, func() *xainb.Track {
		frames, err := w.embed(ctx, c.TSNE)
		if err != nil {
			return xainb.NewTrack(nil, prov, err)
		}
		left := w.found - len(frames)
		out := xainb.NewTrack(frames, prov, t.Err()).WithCounts(t.Steps(), t.Dropped()+left).WithWarnings(t.Warnings()...).WithWarnings(Caveat)
		if wide := w.width(frames); wide < narrow {
			out = out.WithWarnings(fmt.Sprintf("In t-SNE a way is %.0f%% as wide as the picture: the nearest of a step are steps of its own way. Fewer Steps or a higher Perplexity let ways meet.", 100*wide))
		}
		if left > 0 {
			out = out.WithWarnings(fmt.Sprintf("%d of %d steps are embedded, evenly spaced.", len(frames), w.found))
		}
		return out
	})
}

// ways is a run's steps as points.
type ways struct {
	track   *xainb.Track
	frames  []*xainb.Snapshot // the steps that are embedded
	found   int               // how many there were
	sample  xainb.Dim
	samples int
	points  int
	classes []float32
	config  Config
}

func newWays(run xainb.Source, field string, c TrajectoryConfig) (*ways, error) {
	fail := func(why error, format string, args ...any) (*ways, error) {
		return nil, fmt.Errorf("embed: Trajectories: %w", fmt.Errorf(format+": %w", append(args, why)...))
	}
	var t *xainb.Track
	if run != nil {
		t = run.Track()
	}
	if t.Len() == 0 {
		return fail(cmp.Or(t.Err(), xainb.ErrNoFrames), "there is no run")
	}
	if c.TSNE.Points != nil || c.TSNE.Dims != 0 || c.TSNE.Colour != nil {
		return fail(ErrConfig, "TSNE has Points, Dims or Colour: leave them out, the points are those of the run")
	}
	if c.Steps < -1 || c.Steps == 1 {
		return fail(ErrConfig, "%d steps: give 2 or more, 0 for a usual number, or -1 for all", c.Steps)
	}
	w := &ways{track: t, config: c.TSNE}
	for _, s := range t.Frames() {
		if s.Field(field) != nil {
			w.frames = append(w.frames, s)
		}
	}
	if w.found = len(w.frames); w.found == 0 {
		return fail(ErrShape, "no frame has a field %q", field)
	}
	first := w.frames[0].Field(field)
	if w.sample = (xainb.Dim{Name: "sample", Size: 1}); len(first.Dims) > 1 || len(first.Dims) == 1 && first.Dims[0].Name == "sample" {
		w.sample = first.Dims[0]
	}
	for _, s := range w.frames {
		if f := s.Field(field); !slices.Equal(f.Dims, first.Dims) {
			return fail(ErrShape, "the field %q is %v at %s %v, and %v before: give one that keeps its samples", field, f.Dims, cmp.Or(s.TimeName, "step"), s.Time, first.Dims)
		}
	}
	if w.samples = w.sample.Size; w.samples == 0 || len(first.Data)/w.samples < 2 {
		return fail(ErrShape, "the field %q has %d samples of %d numbers: a plane takes samples of 2 or more", field, w.samples, len(first.Data)/max(1, w.samples))
	}
	w.thin(c.Steps)
	w.config.Dims = len(first.Data) / w.samples
	if n := len(w.frames) * w.samples; n > maxPoints { // before they are copied
		return fail(ErrTooLarge, "%d steps of %d samples are %d points: give no more than %d, by fewer Steps or samples", len(w.frames), w.samples, n, maxPoints)
	}
	for _, s := range w.frames {
		w.config.Points = append(w.config.Points, s.Field(field).Data...)
	}
	return w, w.classify(c.Classes)
}

// thin leaves at most so many steps, evenly spaced.
func (w *ways) thin(most int) {
	switch most {
	case -1:
		return
	case 0:
		most = max(leastSteps, stepPoints/w.samples)
	}
	if n := len(w.frames); n > most {
		kept := make([]*xainb.Snapshot, most)
		for i := range kept {
			kept[i] = w.frames[int(math.Round(float64(i)*float64(n-1)/float64(most-1)))]
		}
		w.frames = kept
	}
}

// classify finds the classes of the samples.
func (w *ways) classify(given []float32) error {
	if given == nil {
		for _, s := range w.track.Frames() {
			if f := s.Field("class"); f != nil && len(f.Dims) == 1 && len(f.Data) == w.samples {
				w.classes = slices.Clone(f.Data)
				return nil
			}
		}
		return nil
	}
	if len(given) != w.samples {
		return fmt.Errorf("embed: Trajectories: %d classes for %d samples: give one for each, or nil: %w", len(given), w.samples, ErrShape)
	}
	w.classes = slices.Clone(given)
	return nil
}

// embed makes the frames.
func (w *ways) embed(ctx context.Context, c Config) ([]xainb.Snapshot, error) {
	flat, err := PCA(c.Points, c.Dims, 2)
	if err != nil {
		return nil, err
	}
	c.Every = c.Iterations // nobody sees the steps
	var near []float32
	for s, err := range TSNE(ctx, c) {
		if err != nil {
			return nil, err
		}
		near = s.(*Step).Points
	}
	scaled := toUnit(c.Points)
	share := []float32{float32(flat.Share[0]), float32(flat.Share[1])}
	out := make([]xainb.Snapshot, len(w.frames))
	n := 2 * w.samples
	for i, s := range w.frames {
		to := &out[i]
		to.Seq, to.Time, to.TimeName, to.Kind, to.Phase, to.Key = s.Seq, s.Time, s.TimeName, KindTrajectories, s.Phase, s.Key
		to.Scalars, to.Events = slices.Clone(s.Scalars), slices.Clone(s.Events)
		to.Put("tsne", near[i*n:(i+1)*n], w.sample, xainb.Dim{Name: "xy", Size: 2})
		to.Put("pca", flat.Points[i*n:(i+1)*n], w.sample, xainb.Dim{Name: "xy", Size: 2})
		to.Put("share", share, xainb.Dim{Name: "component", Size: 2})
		to.PutUnit("share", "of the variance")
		if w.classes != nil {
			to.Put("class", w.classes, w.sample)
			if alike, ok := alike(scaled[i*w.samples*c.Dims:(i+1)*w.samples*c.Dims], c.Dims, w.classes); ok {
				to.PutScalar("alike", alike)
			}
		}
		for _, dim := range []string{w.sample.Name, "class"} {
			if names := s.LabelsOf(dim); names != nil {
				to.PutLabels(dim, names)
			}
		}
	}
	return out, nil
}

// alike returns how many of the points with a class have one of the same class as the nearest of the others; false where there are no two. A class below 0, or
// one that is no number, is none.
func alike(x []float32, dims int, classes []float32) (float64, bool) {
	all, same := 0, 0
	for i, class := range classes {
		best, least := -1, float32(math.Inf(1))
		for j, other := range classes {
			if j != i && other >= 0 {
				if d := f32.SquaredDistance(x[i*dims:(i+1)*dims], x[j*dims:(j+1)*dims]); best < 0 || d < least {
					best, least = j, d
				}
			}
		}
		if !(class >= 0) || best < 0 {
			continue
		}
		all++
		if classes[best] == class {
			same++
		}
	}
	return float64(same) / float64(max(1, all)), all > 0
}

// width returns how wide a way is in t-SNE beside the whole picture: the standard deviation of a sample's places about their own mean, over that of all.
func (w *ways) width(frames []xainb.Snapshot) float64 {
	mean := make([]float64, 2*w.samples)
	for i := range frames {
		for j, v := range frames[i].Field("tsne").Data {
			mean[j] += float64(v) / float64(len(frames))
		}
	}
	own, all := 0.0, 0.0
	for i := range frames {
		for j, v := range frames[i].Field("tsne").Data { // the middle of all is 0
			own += (float64(v) - mean[j]) * (float64(v) - mean[j])
			all += float64(v) * float64(v)
		}
	}
	return math.Sqrt(own / all)
}
