package gan

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// TestMain keeps the user's cache out of the tests.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		folder, err := os.MkdirTemp("", "gan")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(folder)
		os.Setenv(codec.CacheEnv, folder)
		return m.Run()
	}())
}

func isNear(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within*max(1, math.Abs(want))) {
		t.Errorf("%s is %v, expected %v", what, got, want)
	}
}

// small is a game that is played in no time.
func small() Config {
	return Config{Hidden: []int{16, 16}, Batch: 32, Steps: 100, Activation: "tanh", Seed: 1}
}

// train records without a cache.
func train(t *testing.T, c Config) *xainb.Track {
	t.Helper()
	c, err := c.Filled()
	if err != nil {
		t.Fatal(err)
	}
	return record(t.Context(), c, Explain, c.provenance())
}

func TestRunHasTheFieldsOfTheDocumentation(t *testing.T) {
	run := Run(small())
	if run.Err() != nil || run.Len() != 11 {
		t.Fatalf("%d frames, %v", run.Len(), run.Err())
	}
	if w := run.Warnings(); len(w) != 0 {
		t.Errorf("warnings: %q", w)
	}
	want := map[string]string{
		"generated": "sample 256, xy 2", "real": "sample 256, xy 2", "window": "side 4", "field": "y 21, x 21", "pull": "y 7, x 7, uv 2",
		"gradient": "layer 6", "cosine": "layer 6", "null": "layer 6", "jacobian": "layer 6", "energy": "layer 6", "state": "layer 6",
		"generator": "param 354", "discriminator": "param 337", "checkpoint": "",
	}
	var last string
	for _, f := range run.Schema().Fields {
		var dims []string
		for _, d := range f.Dims {
			dims = append(dims, fmt.Sprintf("%s %d", d.Name, d.Size))
		}
		if got := strings.Join(dims, ", "); want[f.Name] != "" && got != want[f.Name] {
			t.Errorf("%s is [%s], expected [%s]", f.Name, got, want[f.Name])
		}
		if f.Range.NaN+f.Range.Inf > 0 {
			t.Errorf("%s has %d values that are not finite", f.Name, f.Range.NaN+f.Range.Inf)
		}
		last = f.Name
		delete(want, f.Name)
	}
	if len(want) > 0 {
		t.Errorf("no field %v; the last is %s", want, last)
	}
	for _, name := range []string{"loss G", "loss D", "V", "accuracy", "modes", "KL", "JS", "SWD", "rate G", "rate D"} {
		if !slices.Contains(run.Schema().Scalars, name) {
			t.Errorf("no scalar %s", name)
		}
	}
	if got := run.At(0).LabelsOf("layer"); !slices.Equal(got, []string{"G 1", "G 2", "G 3", "D 1", "D 2", "D 3"}) {
		t.Errorf("layers are called %q", got)
	}
	if got := run.At(3).LabelsOf("state"); !slices.Equal(got, States()) {
		t.Errorf("states are called %q", got)
	}
}

func TestFirstFrameIsTheInitialStateAndLastTheLast(t *testing.T) {
	c := small()
	c.Steps, c.Every = 25, 10
	filled, err := c.Filled()
	if err != nil {
		t.Fatal(err)
	}
	run := train(t, c)
	var times []float64
	for _, f := range run.Frames() {
		times = append(times, f.Time)
	}
	if !slices.Equal(times, []float64{0, 10, 20, 25}) {
		t.Fatalf("frames are at %v", times)
	}
	game := newTrainer(filled)
	if got := run.At(0).Field("generator").Data; !slices.Equal(got, game.g.flat(nil)) {
		t.Error("the first frame's G is not the initial one")
	}
	for range 25 {
		if err := game.play(false); err != nil {
			t.Fatal(err)
		}
	}
	if got := run.At(3).Field("discriminator").Data; !slices.Equal(got, game.d.flat(nil)) {
		t.Error("the last frame's D is not that of 25 rounds without any recording")
	}
	for _, i := range []int{0, 3} {
		if _, ok := run.At(i).Scalar("SWD"); !ok {
			t.Errorf("frame %d has no SWD", i)
		}
	}
	if _, ok := run.At(1).Scalar("SWD"); ok {
		t.Error("frame 1 has an SWD, though none was due")
	}
}

// The same config gives the same bytes, whatever the number of processors and however often is recorded.
func TestRunIsDeterministic(t *testing.T) {
	for _, c := range []Config{small(), {Steps: 30, Seed: 3}, {Steps: 5, Data: Digits(), Every: 1}, {Loss: Wasserstein, Steps: 20, StepsD: 2, Seed: 5}} {
		before := runtime.GOMAXPROCS(1)
		one := train(t, c).Hash()
		runtime.GOMAXPROCS(2)
		two := train(t, c).Hash()
		runtime.GOMAXPROCS(before)
		if one != two {
			t.Errorf("%s on %s: two processors give another track", c.Loss, c.Data.Kind)
		}
	}
	often, seldom := small(), small()
	often.Every, seldom.Every = 1, 100
	a, b := train(t, often), train(t, seldom)
	if !slices.Equal(a.At(100).Field("generator").Data, b.At(1).Field("generator").Data) {
		t.Error("a run that is recorded more often is another run")
	}
	other := small()
	other.Seed = 2
	if train(t, other).Hash() == train(t, small()).Hash() {
		t.Error("two seeds give one track")
	}
}

func TestRunIsCached(t *testing.T) {
	t.Setenv(codec.CacheEnv, t.TempDir())
	first := Run(small())
	before := first.Hash()
	folder, err := codec.CacheFolder()
	if err != nil {
		t.Fatal(err)
	}
	files := func() int {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	if files() != 1 {
		t.Fatalf("%d files in the cache", files())
	}
	said := small() // the same with its defaults said
	said.Data, said.Loss, said.Every = Ring(8), NonSaturating, 10
	if again := Run(said); again.Hash() != before || files() != 1 {
		t.Errorf("a config with its defaults said is another run")
	}
	if again := Run(small()); again.At(1).Timestamp != 0 {
		t.Error("the second run was not from the cache")
	}
}

// A run that was saved, or recorded by somebody else, is as good as one's own.
func TestRecordedGoesOn(t *testing.T) {
	c := small()
	run := Run(c)
	file := filepath.Join(t.TempDir(), "run.xtrack")
	if err := codec.Save(file, run.Track()); err != nil {
		t.Fatal(err)
	}
	opened, err := codec.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	live := xainb.RecordSeq(t.Context(), c, xainb.ExplainerFunc[Config](Explain))
	for name, track := range map[string]*xainb.Track{"opened": opened, "live": live} {
		again := Recorded(track, c)
		if again.Err() != nil {
			t.Fatal(name, again.Err())
		}
		sameFrames(t, run.Track(), again.Branch(4, nil).Track(), 4)
		for i, f := range again.Frames() {
			if !slices.Equal(f.Field("energy").Data, run.At(i).Field("energy").Data) {
				t.Fatalf("%s: the energy of frame %d is not that of the run", name, i)
			}
		}
		p := Plane{Size: 5, Every: 50}
		a, b := run.Surface(p), again.Surface(p)
		if a.Err() != nil || b.Err() != nil || !slices.Equal(a.At(2).Field("V").Data, b.At(2).Field("V").Data) {
			t.Errorf("%s: another surface: %v, %v", name, a.Err(), b.Err())
		}
	}
	for name, r := range map[string]*Recording{
		"nothing": Recorded(nil, c), "no track": Recorded((*Recording)(nil), c), "no frames": Recorded(xainb.NewTrack(nil, xainb.Provenance{}, nil), c),
		"another seed": Recorded(opened, Config{Hidden: c.Hidden, Activation: c.Activation, Seed: 2}), "other networks": Recorded(live, Config{}),
		"a config that is none": Recorded(opened, Config{Loss: "hinge"}),
	} {
		if r.Err() == nil || !strings.HasPrefix(r.Err().Error(), "gan: ") || r.Len() != 0 {
			t.Errorf("%s: %d frames, %v", name, r.Len(), r.Err())
		}
	}
}

func TestEveryLossOptimiserActivationAndDataRuns(t *testing.T) {
	for _, c := range []Config{
		{Loss: Minimax}, {Loss: Wasserstein}, {Loss: Wasserstein, Penalty: -1}, {Activation: "relu"}, {Activation: "tanh"},
		{G: Optimiser{Name: "sgd", Momentum: 0.5}, D: Optimiser{Name: "sgd"}}, {G: Optimiser{Clip: 0.1}, D: Optimiser{Beta1: -1}},
		{StepsD: 3}, {StepsG: 2}, {StepsG: -1}, {StepsD: -1}, {StepsG: -1, StepsD: -1}, {Hidden: []int{}}, {Hidden: []int{8, 4, 8}}, {Latent: 1},
		{Data: Grid(5)}, {Data: Moons()}, {Data: Spiral()}, {Data: Digits()}, {Data: Ring(1)}, {Data: Grid(1)}, {Data: Points([][2]float64{{1, 2}})},
		{Response: Act}, {Response: Off}, {Data: Points([][2]float64{{0, 0}, {0, 0}, {5, 5}})}, {Data: Digits(), Loss: Wasserstein},
	} {
		c.Steps, c.Every = 6, 2
		if c.Data.Kind != pointsKind {
			c.Batch = 16
		}
		run := train(t, c)
		if run.Err() != nil || run.Len() != 4 {
			t.Errorf("%+v: %d frames, %v", c, run.Len(), run.Err())
		}
		for _, f := range run.Schema().Fields {
			if f.Range.NaN+f.Range.Inf > 0 {
				t.Errorf("%+v: %s is not finite", c, f.Name)
			}
		}
		same := func(name string) bool {
			return slices.Equal(run.At(0).Field(name).Data, run.At(run.Len()-1).Field(name).Data)
		}
		if same("generator") != (c.StepsG < 0) || same("discriminator") != (c.StepsD < 0) {
			t.Errorf("%+v: a frozen player moved, or one that plays did not", c)
		}
	}
}

func TestBadConfig(t *testing.T) {
	for name, c := range map[string]Config{
		"loss": {Loss: "hinge"}, "response": {Response: "panic"}, "activation": {Activation: "swish"}, "optimiser": {G: Optimiser{Name: "lbfgs"}},
		"batch": {Batch: -1}, "huge batch": {Batch: 1 << 30}, "wide and many": {Batch: maxBatch, Hidden: []int{4096}}, "wide and fine": {Pull: maxPull, Hidden: []int{4096}}, "steps": {Steps: -5}, "huge steps": {Steps: 1 << 40}, "every": {Every: -1},
		"distances": {Distances: -1}, "arrows": {Pull: 1 << 20}, "no arrows": {Pull: -1},
		"latent": {Latent: -2}, "huge latent": {Latent: 1 << 40}, "width": {Hidden: []int{64, 0}}, "huge width": {Hidden: []int{1 << 40}},
		"too many parameters": {Hidden: []int{4096, 4096}}, "layers": {Hidden: make([]int, 100)}, "steps of G": {StepsG: -2}, "steps of D": {StepsD: 1 << 20},
		"rate": {G: Optimiser{Rate: math.NaN()}}, "infinite rate": {D: Optimiser{Rate: math.Inf(1)}}, "negative rate": {G: Optimiser{Rate: -1e-3}},
		"beta": {G: Optimiser{Beta1: 1}}, "momentum": {D: Optimiser{Name: "sgd", Momentum: -1}}, "clip": {D: Optimiser{Clip: math.NaN()}},
		"penalty": {Penalty: math.Inf(1)}, "kind": {Data: Data{Kind: "cats"}}, "no modes": {Data: Ring(0)}, "negative modes": {Data: Grid(-1)},
		"huge grid": {Data: Grid(1 << 31)}, "radius": {Data: Data{Kind: "ring", Modes: 8, Radius: -1}}, "spread": {Data: Data{Spread: math.NaN()}},
		"no points": {Data: Points(nil)}, "a point that is none": {Data: Points([][2]float64{{0, math.NaN()}})}, "half a point": {Data: Data{Kind: "points", Points: []float32{1}}},
		"batch beyond the data": {Data: Points([][2]float64{{0, 0}, {1, 1}}), Batch: 3}, "batch beyond the digits": {Data: Digits(), Batch: 2000},
	} {
		run := Run(c)
		if err := run.Err(); !errors.Is(err, ErrConfig) || !strings.HasPrefix(err.Error(), "gan: ") {
			t.Errorf("%s: %v", name, err)
		}
		if run.Track() == nil || run.Len() != 0 {
			t.Errorf("%s: a run that was not possible has %d frames", name, run.Len())
		}
		if b := run.Branch(0, nil); b.Err() == nil {
			t.Errorf("%s: it can be branched", name)
		}
	}
	var none *Recording
	if !errors.Is(none.Err(), xainb.ErrNoFrames) || none.Track() != nil || none.Branch(0, nil).Err() == nil {
		t.Errorf("a nil recording: %v, %v, %v", none.Err(), none.Track(), none.Branch(0, nil).Err())
	}
}

// Rates of 1e5 under SGD leave float32 within a few rounds.
func TestNotFiniteEndsTheRunAndKeepsItsFrames(t *testing.T) {
	for _, loss := range []Loss{NonSaturating, Minimax, Wasserstein} {
		c := small()
		c.Loss, c.Activation, c.Every = loss, "relu", 1
		c.G, c.D = Optimiser{Name: "sgd", Rate: 1e5, Momentum: 0.9}, Optimiser{Name: "sgd", Rate: 1e5, Momentum: 0.9}
		run := Run(c)
		if !errors.Is(run.Err(), ErrNotFinite) || run.Len() < 2 || run.Len() == 101 {
			t.Fatalf("%s: %d frames, %v", loss, run.Len(), run.Err())
		}
		last := run.At(run.Len() - 1)
		if len(last.Events) == 0 || last.Events[len(last.Events)-1].Name != "not finite" {
			t.Errorf("%s: the last frame has the events %v", loss, last.Events)
		}
		if before := run.At(run.Len() - 2).Time; last.Time <= before {
			t.Errorf("%s: the round %v that failed comes after %v", loss, last.Time, before)
		}
		if run.At(0).Time != 0 || last.Field("generated") == nil || last.Field("field") == nil {
			t.Errorf("%s: the last frame is no picture", loss)
		}
		saved := run.Branch(0, func(c *Config) { c.G, c.D = Optimiser{Rate: 1e-3}, Optimiser{Rate: 1e-3} })
		if saved.Err() != nil || saved.At(saved.Len()-1).Time != 100 {
			t.Errorf("%s: a branch from before ends with %v", loss, saved.Err())
		}
		if again := run.Branch(run.Len()-1, nil); !errors.Is(again.Err(), ErrNotFinite) {
			t.Errorf("%s: a branch from the last frame goes on: %v", loss, again.Err())
		}
	}
}

func TestCancelKeepsTheFrames(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	why := errors.New("the bell rang")
	c := small()
	c.Steps, c.Every = maxSteps, 1000 // never reached: it stops between frames, too
	frames := 0
	for step, err := range Explain(ctx, c) {
		if step != nil {
			if frames++; frames == 2 {
				cancel(why)
			}
		}
		if err != nil && !errors.Is(err, why) {
			t.Errorf("the error is %v", err)
		}
	}
	if frames != 2 {
		t.Errorf("%d frames", frames)
	}
	track := xainb.RecordSeq(ctx, c, xainb.ExplainerFunc[Config](Explain))
	if !errors.Is(track.Err(), why) || track.Len() != 1 {
		t.Errorf("recorded after it had been cancelled: %d frames, %v", track.Len(), track.Err())
	}
	for range Explain(t.Context(), small()) {
		break // whoever stops reading stops it
	}
}

func TestInputsAreNotModified(t *testing.T) {
	c := small()
	c.Data = Points([][2]float64{{0, 0}, {1, 0}, {0, 1}, {2, 2}})
	c.Batch, c.Steps = 4, 10
	points, hidden := slices.Clone(c.Data.Points), slices.Clone(c.Hidden)
	run := Run(c)
	run.Branch(0, func(c *Config) { c.Data.Points[0] = 9; c.Hidden[0] = 5 })
	if !slices.Equal(points, c.Data.Points) || !slices.Equal(hidden, c.Hidden) || run.Config.Data.Points[0] == 9 || run.Config.Hidden[0] == 5 {
		t.Error("the config was changed")
	}
}

func TestRounds(t *testing.T) {
	if n := (Config{}).Rounds(); n != Epoch {
		t.Errorf("endless data: %d rounds an epoch", n)
	}
	if n := (Config{Data: Digits(), Batch: 100}).Rounds(); n != 15 {
		t.Errorf("1,437 digits, 100 at a time: %d rounds an epoch", n)
	}
}
