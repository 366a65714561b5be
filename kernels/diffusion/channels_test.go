package diffusion

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// Two channels write into one ring as they come: each frame in it is one of theirs, whole.
func TestInStep(t *testing.T) {
	live, err := xainb.NewSnapshotManager(xainb.Config{Live: true, Frames: 500})
	if err != nil {
		t.Fatal(err)
	}
	m := untrained(t)
	o := Options{Samples: 32, Grid: 4, Live: live}
	c := m.InStep(o, DDPM{Steps: 1000, Seed: 1}, DDIM{Steps: 50}, Euler{Steps: 100})
	if c.Err() != nil {
		t.Fatal(c.Err())
	}
	alone := mustSample(t, m, DDPM{Steps: 1000, Seed: 1}, Options{Samples: 32})
	if a, b := c.Runs[0], alone; !slices.Equal(a.At(a.Len()-1).Field("x").Data, b.At(b.Len()-1).Field("x").Data) {
		t.Error("in step DDPM ends elsewhere than alone")
	}
	shown := map[float64]bool{}
	for _, f := range c.Runs[0].Frames() {
		shown[f.Time] = true
	}
	for k, r := range c.Runs {
		for _, f := range r.Frames() {
			if !shown[f.Time] {
				t.Errorf("DDPM shows nothing at t = %v, where channel %d stands", f.Time, k)
			}
		}
		if !slices.Equal(r.At(0).Field("x").Data, c.Runs[0].At(0).Field("x").Data) {
			t.Errorf("channel %d begins elsewhere", k)
		}
	}
	ring := live.Track()
	if ring.Len() < 200 {
		t.Fatalf("the ring has %d frames", ring.Len())
	}
	for _, f := range ring.Frames() {
		k, _ := f.Scalar("channel")
		run := c.Runs[int(k)]
		i := slices.IndexFunc(framesOf(run.Track()), func(g xainb.Snapshot) bool { return g.Time == f.Time })
		if i < 0 || !slices.Equal(run.At(i).Field("x").Data, f.Field("x").Data) || f.Phase != run.Sampler.plan().name {
			t.Fatalf("the ring's frame of channel %v at t = %v is torn", k, f.Time)
		}
	}
	track := c.Track()
	if track.Err() != nil || track.Len() != c.Runs[0].Len() {
		t.Fatalf("%v: %d frames, and DDPM has %d", track.Err(), track.Len(), c.Runs[0].Len())
	}
	if d, _ := track.At(0).Scalar("distance"); d != 0 {
		t.Errorf("they begin %v apart", d)
	}
	end := track.Len() - 1
	want := 0.0
	a, b := c.Runs[0].At(c.Runs[0].Len()-1).Field("x").Data, c.Runs[1].At(c.Runs[1].Len()-1).Field("x").Data
	for i := range a {
		want += float64(a[i]-b[i]) * float64(a[i]-b[i]) / 32
	}
	if d, _ := track.At(end).Scalar("distance"); math.Abs(d-math.Sqrt(want)) > 1e-6*(1+d) || d == 0 {
		t.Errorf("they end %v apart, want %v", d, math.Sqrt(want))
	}
	if _, ok := track.At(end).Scalar("distance 2-3"); !ok {
		t.Error("the third is not compared")
	}
	few := mustSample(t, m, DDIM{Steps: 3}, Options{Samples: 3})
	if none := m.InStep(o, DDPM{}); len(none.Runs) != 2 || none.Runs[1].Err() == nil || none.Runs[1].Len() != 0 {
		t.Errorf("in step alone: %+v", none)
	}
	for _, bad := range []*Channels{nil, {}, {Runs: []*Recording{few}}, {Runs: []*Recording{few, nil}}, {Runs: []*Recording{few, c.Runs[0]}}, m.InStep(o), m.InStep(o, DDPM{}), m.InStep(o, DDPM{}, DDPM{}, DDPM{}, DDPM{}), m.InStep(o, DDPM{}, nil), m.InStep(Options{Samples: -1}, DDPM{}, DDIM{})} {
		if bad.Err() == nil || bad.Track().Err() == nil {
			t.Errorf("%v has no error", bad)
		}
	}
}

// From one first noise DDIM goes one way, to the bit; DDPM fans out, on the mixture by what it is to forget of its noise.
func TestSpread(t *testing.T) {
	m := bimodal()
	o := Options{Samples: 400, Frames: 20}
	variance := func(by Sampler) float64 {
		tr := m.Spread(by, 5, o)
		if tr.Err() != nil {
			t.Fatal(tr.Err())
		}
		if v, _ := tr.At(0).Scalar("variance"); v != 0 {
			t.Errorf("%T: variance %v at the first noise", by, v)
		}
		v, _ := tr.At(tr.Len() - 1).Scalar("variance")
		return v
	}
	if v := variance(DDIM{Steps: 50}); v != 0 {
		t.Errorf("DDIM: variance %v, want exactly 0", v)
	}
	if v := variance(Euler{Steps: 50}); v != 0 {
		t.Errorf("Euler: variance %v, want exactly 0", v)
	}
	// The first noise is forgotten: the variance is the mixture's, 4 + 0.04.
	if v := variance(DDPM{}); math.Abs(v-4.04) > 0.4 {
		t.Errorf("DDPM: variance %v, want about 4.04", v)
	}
	if v := variance(DDIM{Steps: 50, Eta: 0.5}); !(v > 0.01 && v < 4.04) {
		t.Errorf("DDIM with eta 0.5: variance %v", v)
	}
	for _, tr := range []*xainb.Track{m.Spread(DDPM{}, 1), m.Spread(DDPM{}, 1001), m.Spread(nil, 3), m.Spread((*DDIM)(nil), 3), m.Spread(DDPM{Steps: -1}, 3)} {
		if err := tr.Err(); err == nil || !strings.HasPrefix(err.Error(), "diffusion: ") {
			t.Errorf("error %v", err)
		}
	}
}
