package embed

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// lines are samples that go on straight lines at one pace: sample k from 10 k e_k to its negative, in dims dimensions.
func lines(steps, samples, dims int) *xainb.Track {
	frames := make([]xainb.Snapshot, steps)
	for i := range frames {
		s := &frames[i]
		s.Seq, s.Time, s.TimeName, s.Phase = i, float64(steps-1-i), "t", "sampling"
		x := make([]float32, samples*dims)
		for k := range samples {
			x[k*dims+k%dims] = 10 * float32(k+1) * (1 - 2*float32(i)/float32(steps-1))
		}
		s.Put("x", x, xainb.Dim{Name: "sample", Size: samples}, xainb.Dim{Name: "number", Size: dims})
		s.PutScalar("loss", float64(i))
		s.PutLabels("sample", []string{"a", "b", "c", "d"}[:samples])
	}
	return xainb.NewTrack(frames, xainb.Provenance{Name: "lines"}, nil)
}

// The oracles: t-SNE and PCA of all steps and samples in one matrix; of a straight way at one pace PCA shows a straight way at one pace.
func TestTrajectories(t *testing.T) {
	t.Setenv(codec.CacheEnv, t.TempDir())
	const steps, samples, dims = 40, 4, 5
	run := lines(steps, samples, dims)
	before := run.Hash()
	c := TrajectoryConfig{TSNE: Config{Iterations: 50, Early: 20, Perplexity: 10}, Classes: []float32{0, 1, 0, -1}}
	ways := Trajectories(run, "x", c)
	if ways.Err() != nil || ways.Len() != steps || run.Hash() != before {
		t.Fatal(ways.Err(), ways.Len())
	}
	var all []float32
	for _, s := range run.Frames() {
		all = append(all, s.Field("x").Data...)
	}
	c.TSNE.Points, c.TSNE.Dims = all, dims
	near, _, _ := last(t, c.TSNE)
	flat, err := PCA(all, dims, 2)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range ways.Frames() {
		if !slices.Equal(s.Field("tsne").Data, near.Points[2*samples*i:][:2*samples]) || !slices.Equal(s.Field("pca").Data, flat.Points[2*samples*i:][:2*samples]) {
			t.Fatalf("step %d is elsewhere than in the embedding of all", i)
		}
		if loss, _ := s.Scalar("loss"); s.Time != float64(steps-1-i) || s.TimeName != "t" || s.Phase != "sampling" || loss != float64(i) || s.Kind != KindTrajectories {
			t.Fatalf("step %d is %+v", i, s)
		}
	}
	for k := range samples {
		for j := range 2 {
			from, to := ways.At(0).Field("pca").Data[2*k+j], ways.At(steps - 1).Field("pca").Data[2*k+j]
			for i := range steps {
				u := float32(i) / float32(steps-1)
				if got, want := ways.At(i).Field("pca").Data[2*k+j], from+(to-from)*u; math.Abs(float64(got-want)) > 1e-4 {
					t.Errorf("sample %d at step %d is at %v, want %v", k, i, got, want)
				}
			}
		}
	}
	// The lines are at right angles and have the variances 1, 4, 9 and 16: the two longest hold 25 of 30.
	if share := ways.At(3).Field("share").Data; math.Abs(float64(share[0])-16./30) > 1e-5 || math.Abs(float64(share[1])-9./30) > 1e-5 {
		t.Errorf("the components hold %v", share)
	}
	if f := ways.At(5); !slices.Equal(f.Field("class").Data, c.Classes) || !slices.Equal(f.LabelsOf("sample"), []string{"a", "b", "c", "d"}) {
		t.Errorf("classes and labels of step 5 are lost: %+v", f)
	}
	// On axes at right angles the first sample, which is nearest to the middle, is the nearest of all others: for the third it is of the same class, for the second not;
	// its own nearest is the second.
	if a, ok := ways.At(0).Scalar("alike"); !ok || math.Abs(a-1./3) > 1e-12 {
		t.Errorf("%v of the samples have one of their own class as the nearest", a)
	}
	if !slices.Contains(ways.Warnings(), Caveat) {
		t.Errorf("warnings %q", ways.Warnings())
	}
	c.TSNE.Points, c.TSNE.Dims = nil, 0
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if again := TrajectoriesContext(cancelled, run, "x", c); again.Err() != nil || again.Hash() != ways.Hash() {
		t.Errorf("the second call is not the first from the cache: %v", again.Err())
	}
	c.TSNE.Seed = 1
	if other := TrajectoriesContext(cancelled, run, "x", c); !errors.Is(other.Err(), context.Canceled) {
		t.Errorf("another seed comes from the cache: %v", other.Err())
	}
}

func TestTrajectoriesThin(t *testing.T) {
	t.Setenv(codec.CacheEnv, t.TempDir())
	c := TrajectoryConfig{TSNE: Config{Iterations: 5, Early: -1, Perplexity: 4}, Steps: 9}
	thinned := Trajectories(lines(101, 2, 3), "x", c)
	var at []float64
	for _, s := range thinned.Frames() {
		at = append(at, 100-s.Time)
	}
	if want := []float64{0, 13, 25, 38, 50, 63, 75, 88, 100}; !slices.Equal(at, want) || thinned.Err() != nil {
		t.Errorf("steps %v, want %v (%v)", at, want, thinned.Err())
	}
	if w := strings.Join(thinned.Warnings(), " "); !strings.Contains(w, "9 of 101 steps are embedded, evenly spaced.") || thinned.Steps() != 101 || thinned.Dropped() != 92 {
		t.Errorf("what is left out is not said: %q, %d of %d", w, thinned.Dropped(), thinned.Steps())
	}
	for _, k := range []struct{ samples, frames, most, want int }{{4, 2000, 0, 1024}, {1000, 50, 0, 16}, {1000, 50, -1, 50}, {3, 7, 0, 7}, {1, 5, 2, 2}} {
		w := &ways{samples: k.samples, frames: make([]*xainb.Snapshot, k.frames)}
		if w.thin(k.most); len(w.frames) != k.want {
			t.Errorf("%d steps of %d samples become %d, want %d", k.frames, k.samples, len(w.frames), k.want)
		}
	}
}

// A way that rests, more or less, beside ways that rest elsewhere is a clump, which is said.
func TestTrajectoriesThatAreClumps(t *testing.T) {
	t.Setenv(codec.CacheEnv, t.TempDir())
	const samples = 40
	noise := normals(20*samples*3, 1)
	for far, want := range map[float32]bool{0: false, 100: true} {
		frames := make([]xainb.Snapshot, 20)
		for i := range frames {
			x := slices.Clone(noise[3*samples*i:][:3*samples])
			for k := range samples {
				x[3*k] += far * float32(k)
			}
			frames[i].Put("x", x, xainb.Dim{Name: "sample", Size: samples}, xainb.Dim{Name: "number", Size: 3})
		}
		ways := Trajectories(xainb.NewTrack(frames, xainb.Provenance{}, nil), "x", TrajectoryConfig{TSNE: Config{Perplexity: 10}})
		if said := slices.ContainsFunc(ways.Warnings(), func(w string) bool { return strings.Contains(w, "steps of its own way") }); said != want || ways.Err() != nil {
			t.Errorf("%v apart: %q, %v", far, ways.Warnings(), ways.Err())
		}
	}
	w := ways{samples: 2}
	frames := make([]xainb.Snapshot, 2)
	for i, x := range [][]float32{{1, 0, -1, 0}, {3, 0, -3, 0}} { // means 2 and -2; 1 about them, 1, 1, 9 and 9 about 0
		frames[i].Put("tsne", x, xainb.Dim{Name: "sample", Size: 2}, xainb.Dim{Name: "xy", Size: 2})
	}
	if got := w.width(frames); math.Abs(got-math.Sqrt(4./20)) > 1e-12 {
		t.Errorf("ways are %v wide", got)
	}
}

// Who is near whom does not depend on the unit: not where squares are no float32s any more either.
func TestTrajectoriesInAnyUnit(t *testing.T) {
	t.Setenv(codec.CacheEnv, t.TempDir())
	for _, unit := range []float32{1, 1e-30, 1e30} {
		frames := make([]xainb.Snapshot, 10)
		for i := range frames {
			frames[i].Put("x", []float32{0, 0, 5 * unit, 0, 6 * unit, 0}, xainb.Dim{Name: "sample", Size: 3}, xainb.Dim{Name: "xy", Size: 2})
		}
		ways := Trajectories(xainb.NewTrack(frames, xainb.Provenance{}, nil), "x", TrajectoryConfig{TSNE: Config{Perplexity: 5, Iterations: 10}, Classes: []float32{0, 1, 1}})
		if ways.Err() != nil {
			t.Fatal(ways.Err())
		}
		if a, ok := ways.At(0).Scalar("alike"); !ok || math.Abs(a-2./3) > 1e-12 {
			t.Errorf("unit %v: %v of the samples have one of their own class as the nearest, want 2/3", unit, a)
		}
	}
}

// A field of one dimension is one point: the parameters of a network over its training; a run that ended early keeps its error.
func TestTrajectoriesOfParameters(t *testing.T) {
	t.Setenv(codec.CacheEnv, t.TempDir())
	why := errors.New("the battery is empty")
	frames := make([]xainb.Snapshot, 30)
	for i := range frames {
		frames[i].Put("weights", []float32{float32(i), float32(i * i), 1}, xainb.Dim{Name: "weight", Size: 3})
		frames[i].Put("class", []float32{7}, xainb.Dim{Name: "sample", Size: 1})
		frames[i].PutLabels("class", []string{"only"})
	}
	ways := Trajectories(xainb.NewTrack(frames, xainb.Provenance{}, why), "weights", TrajectoryConfig{TSNE: Config{Perplexity: 5, Iterations: 10}})
	if !errors.Is(ways.Err(), why) || ways.Len() != 30 {
		t.Fatal(ways.Err(), ways.Len())
	}
	f := ways.At(29)
	if d := f.Field("tsne").Dims; !slices.Equal(d, []xainb.Dim{{Name: "sample", Size: 1}, {Name: "xy", Size: 2}}) || f.Field("class").Data[0] != 7 || f.LabelsOf("class")[0] != "only" {
		t.Errorf("%+v", f)
	}
}

func TestTrajectoriesRefuse(t *testing.T) {
	good, nan := lines(40, 4, 5), lines(40, 4, 5)
	nan.At(7).Field("x").Data[3] = float32(math.NaN())
	grows := []xainb.Snapshot{{}, {}}
	for i := range grows {
		grows[i].Put("x", make([]float32, 2*(i+1)), xainb.Dim{Name: "sample", Size: i + 1}, xainb.Dim{Name: "xy", Size: 2})
	}
	var flat xainb.Snapshot
	flat.Put("x", make([]float32, 9), xainb.Dim{Name: "sample", Size: 9})
	for _, c := range []struct {
		run    xainb.Source
		field  string
		config TrajectoryConfig
		want   error
		says   string
	}{
		{nil, "x", TrajectoryConfig{}, xainb.ErrNoFrames, "no run"},
		{xainb.NewTrack(nil, xainb.Provenance{}, context.Canceled), "x", TrajectoryConfig{}, context.Canceled, "no run"},
		{good, "y", TrajectoryConfig{}, ErrShape, `"y"`},
		{good, "x", TrajectoryConfig{TSNE: Config{Dims: 3}}, ErrConfig, "leave them out"},
		{good, "x", TrajectoryConfig{Steps: 1}, ErrConfig, "1 steps"},
		{good, "x", TrajectoryConfig{Classes: []float32{1}}, ErrShape, "1 classes for 4 samples"},
		{good, "x", TrajectoryConfig{TSNE: Config{Perplexity: 90}}, ErrTooFew, "perplexity 90"},
		{nan, "x", TrajectoryConfig{}, ErrNotFinite, "NaN"},
		{xainb.NewTrack(grows, xainb.Provenance{}, nil), "x", TrajectoryConfig{}, ErrShape, "keeps its samples"},
		{xainb.NewTrack([]xainb.Snapshot{flat}, xainb.Provenance{}, nil), "x", TrajectoryConfig{}, ErrShape, "9 samples of 1 numbers"},
	} {
		t.Run(fmt.Sprint(c.says), func(t *testing.T) {
			got := Trajectories(c.run, c.field, c.config)
			if got == nil || !errors.Is(got.Err(), c.want) || !strings.Contains(got.Err().Error(), c.says) || got.Len() != 0 {
				t.Errorf("%v", got.Err())
			}
		})
	}
}
