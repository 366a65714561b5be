package diffusion

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// untrained is a model of a plane that costs no training: the network as it was made.
func untrained(t testing.TB) *Model {
	t.Helper()
	cfg, err := Config{Seed: 1}.filled()
	if err != nil {
		t.Fatal(err)
	}
	s := mustScheduler(t, Schedule{})
	tr := newTrainer(cfg, s)
	p, err := pack(tr.net, s)
	if err != nil {
		t.Fatal(err)
	}
	return &Model{Scheduler: s, name: "nothing yet", net: &plane{packed: p, predicts: Epsilon, real: tr.real, window: tr.window}}
}

// bimodal is the mixture of the lesson.
func bimodal() *Model { return Exact(Mixture{Means: []float64{-2, 2}, Spread: 0.2}) }

func mustSample(t testing.TB, m *Model, by Sampler, o ...Options) *Recording {
	t.Helper()
	r := m.Sample(by, o...)
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return r
}

// The packed network gives what the tape gives of the same weights; the error is that of other sums.
func TestPackedAgreesWithTape(t *testing.T) {
	s := mustScheduler(t, Schedule{})
	for _, hidden := range [][]int{{128, 128}, {7}, {33, 5, 64}} {
		tr := newTrainer(Config{Data: Moons(), Predicts: Epsilon, Hidden: hidden, Batch: 300, Steps: 10, Rate: 1e-3}, s)
		if err := tr.step(0); err != nil {
			t.Fatal(err)
		}
		p, err := pack(tr.net, s)
		if err != nil {
			t.Fatal(err)
		}
		x := make([]float32, 2*500)
		tr.data(x)
		got := make([]float32, len(x))
		for _, at := range []int{0, 17, 999} {
			if err := p.room().predict(got, x, at); err != nil {
				t.Fatal(err)
			}
			in := make([]float32, 500*inputs)
			for i := range 500 {
				copy(in[i*inputs:], x[2*i:2*i+2])
				embedTime(in[i*inputs+2:(i+1)*inputs], s, at)
			}
			tr.tape.Reset()
			want := tr.net.Forward(tr.tape, tr.tape.Const(in, 500, inputs)).Value()
			for i := range want {
				if math.Abs(float64(got[i]-want[i])) > 1e-5 {
					t.Fatalf("hidden %v, t = %d, number %d: %v, want %v", hidden, at, i, got[i], want[i])
				}
			}
		}
	}
}

// In float32, through the recorder, the exact noise makes the mixture.
func TestSampleExact(t *testing.T) {
	for _, by := range []Sampler{DDPM{}, DDIM{Steps: 250}, Euler{}} {
		r := mustSample(t, bimodal(), by, Options{Samples: 10_000, Frames: 2})
		last := r.At(r.Len() - 1)
		var x []float64
		for _, v := range last.Field("x").Data {
			x = append(x, float64(v))
		}
		deviation, mode := within(x)
		if math.Abs(deviation-0.2) > 0.006 || math.Abs(mode-2) > 0.02 {
			t.Errorf("%T: deviation %.4f, modes at ±%.3f", by, deviation, mode)
		}
		sum := 0.0
		for i, v := range last.Field("histogram").Data {
			sum += math.Abs(float64(v-last.Field("density").Data[i])) * 2 * 3 / lineBins
		}
		if sum > 0.12 { // the mean of |histogram - density| for 10,000 samples in 120 bins is 0.06
			t.Errorf("%T: histogram and density are %.3f apart", by, sum)
		}
	}
}

func TestFrames(t *testing.T) {
	r := mustSample(t, untrained(t), DDPM{Seed: 3}, Options{Samples: 64})
	if r.Steps() != 1001 || r.Dropped() != 1001-r.Len() || len(r.Warnings()) != 1 || !strings.Contains(r.Warnings()[0], "of the run's 1001 states") {
		t.Errorf("%d frames of %d steps, %d dropped, warnings %q", r.Len(), r.Steps(), r.Dropped(), r.Warnings())
	}
	ddim := mustSample(t, untrained(t), DDIM{Steps: 50}, Options{Samples: 64})
	if ddim.Len() != 51 || len(ddim.Warnings()) != 0 {
		t.Errorf("DDIM has %d frames, warnings %q", ddim.Len(), ddim.Warnings())
	}
	at := map[float64]*xainb.Snapshot{}
	for i, f := range r.Frames() {
		at[f.Time] = f
		if i > 0 && f.Time >= r.At(i-1).Time || f.Kind != Kind || f.TimeName != "t" {
			t.Fatalf("frame %d: time %v after %v, kind %q", i, f.Time, r.At(max(0, i-1)).Time, f.Kind)
		}
	}
	for _, f := range ddim.Frames() {
		if at[f.Time] == nil {
			t.Errorf("DDPM shows nothing at t = %v, where DDIM stands", f.Time)
		}
	}
	keys := 0
	for _, f := range r.Frames() {
		if f.Key {
			keys++
			if f.Time != 50 && f.Time != 100 && f.Time != 150 {
				t.Errorf("key step at %v", f.Time)
			}
		}
	}
	first, last := r.At(0), r.At(r.Len()-1)
	if keys != 3 || first.Phase != PhaseNoise || first.Time != 999 || last.Phase != PhaseData || last.Time != -1 {
		t.Errorf("%d key steps, from %v (%s) to %v (%s)", keys, first.Time, first.Phase, last.Time, last.Phase)
	}
	for name, size := range map[string]int{"x": 128, "x0": 128, "noise": 128, "added": 128, "score": 800, "real": 128, "window": 4} {
		if f := first.Field(name); f == nil || len(f.Data) != size {
			t.Errorf("field %s: %v, want %d numbers", name, f, size)
		}
	}
	if last.Field("noise") != nil || last.Field("score") != nil || !slices.Equal(last.Field("x").Data, last.Field("x0").Data) {
		t.Error("at the data there is more, or less, than the data")
	}
	if !slices.Equal(first.Field("x").Data, ddim.At(0).Field("x").Data) {
		t.Error("the two do not begin at the same noise")
	}
}

// What a frame says holds together: x_t = sqrt(abar) x0 + sqrt(1-abar) noise, and the next x is what the sampler makes of it.
func TestFramesAddUp(t *testing.T) {
	m := untrained(t)
	r := mustSample(t, m, DDPM{Seed: 3}, Options{Samples: 64, Frames: -1, Grid: -1})
	if r.Len() != 1001 || len(r.Warnings()) > 0 {
		t.Fatalf("%d frames, %q", r.Len(), r.Warnings())
	}
	for i := range r.Len() - 1 {
		f, next := r.At(i), r.At(i+1)
		abar := m.Scheduler.AlphaBar(int(f.Time))
		as := m.Scheduler.AlphaBar(int(next.Time))
		cx, c0, _, _ := DDPM{}.step(abar, as)
		for j, x := range f.Field("x").Data {
			x0, noise, z := float64(f.Field("x0").Data[j]), float64(f.Field("noise").Data[j]), float64(f.Field("added").Data[j])
			if got := math.Sqrt(abar)*x0 + math.Sqrt(1-abar)*noise; math.Abs(got-float64(x)) > 1e-5*(1+math.Abs(float64(x))) {
				t.Fatalf("t = %v: x0 and noise make %v of x = %v", f.Time, got, x)
			}
			if got, want := cx*float64(x)+c0*x0+z, float64(next.Field("x").Data[j]); math.Abs(got-want) > 1e-4*(1+math.Abs(want)) {
				t.Fatalf("t = %v: the next x is %v, and should be %v", f.Time, want, got)
			}
		}
	}
	if added := r.At(r.Len() - 2).Field("added").Data; slices.Max(added) != 0 || slices.Min(added) != 0 {
		t.Error("the last step adds noise")
	}
}

func TestLatents(t *testing.T) {
	r := mustSample(t, untrained(t), DDPM{}, Options{Samples: 32})
	l := r.Latents
	if l.Len() != 1001 || l.Times[0] != 999 || l.Times[1000] != -1 {
		t.Fatalf("%d latents from %d to %d", l.Len(), l.Times[0], l.Times[len(l.Times)-1])
	}
	for _, f := range r.Frames() {
		got := l.At(slices.Index(l.Times, int(f.Time)), nil)
		for i, v := range f.Field("x").Data {
			if d := math.Abs(float64(got[i] - v)); d > math.Abs(float64(v))/2048+1e-7 {
				t.Fatalf("t = %v: %v is kept as %v", f.Time, v, got[i])
			}
		}
	}
	track := l.Track()
	for i, want := range map[int]float64{0: 0, 1000: 1} {
		if tau, ok := track.At(i).Scalar("tau"); !ok || tau != want {
			t.Errorf("latents of step %d: tau %v", i, tau)
		}
	}
	if track.Len() != 1001 || track.At(5).Time != 994 || !slices.Equal(track.At(5).Field("x").Data, l.At(5, nil)) {
		t.Errorf("track %v", track)
	}
	if l.At(-1, nil) != nil || l.At(1001, nil) != nil || (*Latents)(nil).Len() != 0 {
		t.Error("there are latents outside the run")
	}
}

// From an exact checkpoint the run goes on to the bit, whatever is shown; another seed or sampler branches off.
func TestResume(t *testing.T) {
	m := untrained(t)
	all := mustSample(t, m, DDPM{Seed: 5}, Options{Samples: 32, Frames: -1, Grid: -1})
	few := mustSample(t, m, DDPM{Seed: 5}, Options{Samples: 32, Frames: 3, Grid: -1})
	for _, at := range []int{999, 998, 701, 123, 1, 0, -1} {
		want := all.At(999 - at).Field("x").Data
		got, err := few.State(at)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("x at t = %d is not what it was: %v", at, err)
		}
		if at < 0 {
			continue
		}
		rest := few.Resume(at, nil)
		if rest.Err() != nil {
			t.Fatal(rest.Err())
		}
		if !slices.Equal(rest.At(rest.Len()-1).Field("x").Data, all.At(1000).Field("x").Data) {
			t.Errorf("resumed at t = %d it ends elsewhere", at)
		}
		if p := rest.Provenance().Parent; p == nil || p.Track != few.Hash() {
			t.Errorf("resumed at t = %d its parent is %v", at, p)
		}
	}
	other := few.Resume(500, DDIM{Steps: 50})
	if other.Err() != nil || other.At(0).Time != 500 || other.At(1).Time != 499 || other.Latents.Len() != 27 {
		t.Errorf("DDIM from 500: %v, %v", other.Err(), other.Latents.Times)
	}
	if seeded := few.Resume(500, DDPM{Seed: 6}); slices.Equal(seeded.At(seeded.Len()-1).Field("x").Data, all.At(1000).Field("x").Data) {
		t.Error("another seed ends at the same place")
	}
	for _, at := range []int{-2, 1000} {
		if _, err := few.State(at); err == nil {
			t.Errorf("there is a state at %d", at)
		}
		if few.Resume(at, nil).Err() == nil {
			t.Errorf("it resumes at %d", at)
		}
	}
	if err := few.Resume(-1, nil).Err(); err == nil {
		t.Error("it resumes at the end")
	}
	if _, err := m.Sample(DDPM{Steps: -1}).State(5); err == nil {
		t.Error("a run that failed has a state")
	}
}

// One seed gives the same track whatever GOMAXPROCS is.
func TestSampleDeterministic(t *testing.T) {
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	var hashes []string
	for _, n := range []int{1, 2, 1} {
		runtime.GOMAXPROCS(n)
		m := untrained(t)
		t.Setenv(codec.CacheEnv, t.TempDir())
		hashes = append(hashes, mustSample(t, m, DDPM{Steps: 100, Seed: 2}).Hash(), mustSample(t, bimodal(), DDIM{Steps: 20, Eta: 1}, Options{Samples: 100}).Hash(),
			mustSample(t, Digits(), DDIM{Steps: 3}, Options{Samples: 70}).Hash())
	}
	if !slices.Equal(hashes[:3], hashes[3:6]) || !slices.Equal(hashes[:3], hashes[6:]) {
		t.Errorf("hashes %q", hashes)
	}
}

func TestBadOptions(t *testing.T) {
	m, line := untrained(t), bimodal()
	nan := float32(math.NaN())
	for _, c := range []struct {
		err  error
		want string
	}{
		{m.Sample(nil).Err(), "sampler is nil"},
		{m.Sample(DDPM{Steps: 2000}).Err(), "2000"},
		{m.Sample(DDPM{}, Options{Samples: -1}).Err(), "Samples is -1"},
		{m.Sample(DDPM{}, Options{Samples: MaxSamples + 1}).Err(), "100001"},
		{m.Sample(DDPM{}, Options{Samples: MaxSamples}).Err(), "limit"},
		{m.Sample(DDPM{}, Options{Noise: []float32{1, 2, 3}}).Err(), "3 numbers"},
		{m.Sample(DDPM{}, Options{Noise: []float32{}}).Err(), "0 numbers"},
		{line.Sample(DDPM{}, Options{Noise: []float32{1, nan}}).Err(), "NaN"},
		{m.Sample(DDPM{}, Options{Frames: -2}).Err(), "-2"},
		{m.Sample(DDPM{}, Options{Grid: 101}).Err(), "101"},
		{m.Sample(DDPM{}, Options{Keys: []int{5, 1000}}).Err(), "Keys[1] is 1000"},
		{(*Model)(nil).Sample(DDPM{}).Err(), "no model"},
		{(&Model{}).Sample(DDPM{}).Err(), "no model"},
		{Exact(Mixture{}).Sample(DDPM{}).Err(), "0 means"},
		{Exact(Mixture{Means: []float64{math.Inf(1)}, Spread: 1}).Err(), "+Inf"},
		{Exact(Mixture{Means: []float64{1}}).Err(), "Spread is 0"},
		{Exact(Mixture{Means: []float64{1}, Spread: 1}, Schedule{T: -1}).Err(), "-1"},
		{(*Recording)(nil).Err(), "no frames"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %v, want one with %s", c.err, c.want)
		}
	}
	for _, err := range m.Explain(context.Background(), DDPM{Steps: -1}) {
		if err == nil {
			t.Error("Explain of -1 steps yields a step")
		}
	}
}

// A run that is stopped keeps its frames and says where.
func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	live, err := xainb.NewSnapshotManager(xainb.Config{Live: true})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	live.OnStep(func(xainb.Snapshot) {
		if n++; n == 10 {
			cancel()
		}
	})
	r := untrained(t).Sample(DDPM{}, Options{Samples: 16, Context: ctx, Live: live})
	if !errors.Is(r.Err(), context.Canceled) || r.Len() < 9 || r.Latents.Len() < 9 || r.Latents.Len() > 500 {
		t.Errorf("stopped: %v after %d frames and %d latents", r.Err(), r.Len(), r.Latents.Len())
	}
	rest, whole := r.Resume(int(r.At(r.Len()-1).Time), nil), mustSample(t, untrained(t), DDPM{}, Options{Samples: 16})
	if rest.Err() != nil || !slices.Equal(rest.At(rest.Len()-1).Field("x").Data, whole.At(whole.Len()-1).Field("x").Data) {
		t.Errorf("it does not go on to the end: %v", rest.Err())
	}
}

// Noise given is the noise begun with, and is not changed.
func TestGivenNoise(t *testing.T) {
	noise := make([]float32, 40)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = float32(r.NormFloat64())
	}
	before := slices.Clone(noise)
	run := mustSample(t, untrained(t), DDIM{Times: []int{900, 400, 3}}, Options{Noise: noise})
	if !slices.Equal(noise, before) || !slices.Equal(run.At(0).Field("x").Data, before) || run.Latents.Samples != 20 {
		t.Error("the first noise is not what was given, or was changed")
	}
	if !slices.Equal(run.Latents.Times, []int{900, 400, 3, -1}) {
		t.Errorf("times %v", run.Latents.Times)
	}
}

// The lazy form yields the recorded steps, and ends where its reader does.
func TestExplain(t *testing.T) {
	m := untrained(t)
	want := mustSample(t, m, DDPM{Steps: 30}, Options{Samples: 8})
	manager, err := xainb.NewSnapshotManager(xainb.Config{Frames: -1})
	if err != nil {
		t.Fatal(err)
	}
	for s, err := range m.Explain(context.Background(), DDPM{Steps: 30}, Options{Samples: 8}) {
		if err != nil || manager.Capture(s) != nil {
			t.Fatal(err, manager.Err())
		}
	}
	got := manager.Finish(nil)
	if got.Len() != 31 || !slices.Equal(got.At(30).Field("x").Data, want.At(30).Field("x").Data) {
		t.Errorf("%d steps", got.Len())
	}
	n := 0
	for range m.Explain(context.Background(), DDPM{}, Options{Samples: 8}) {
		if n++; n == 3 {
			break
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, err := range m.Explain(ctx, DDPM{}, Options{Samples: 8}) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled run yields %v", err)
		}
	}
}

// Schedules of few indices work as those of many.
func TestFewIndices(t *testing.T) {
	for _, T := range []int{2, 3, 60, 120} {
		m := Exact(Mixture{Means: []float64{0}, Spread: 1}, Schedule{T: T, End: 0.5})
		for _, by := range []Sampler{DDPM{}, DDIM{Steps: 2}, Euler{}, DDIM{Steps: 1}} {
			r := mustSample(t, m, by, Options{Samples: 10, Frames: 1})
			if r.At(0).Time != float64(T-1) || r.At(r.Len()-1).Time != -1 {
				t.Errorf("T = %d, %T: from %v to %v", T, by, r.At(0).Time, r.At(r.Len()-1).Time)
			}
		}
	}
	cfg := Config{Data: Ring(2), Schedule: Schedule{T: 10, End: 0.5}, Hidden: []int{8}, Batch: 16, Steps: 5}
	t.Setenv(codec.CacheEnv, t.TempDir())
	mustSample(t, Train(cfg), DDPM{}, Options{Samples: 4})
}
