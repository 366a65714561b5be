package gan

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

func TestSurfaceOfRun(t *testing.T) {
	t.Setenv(codec.CacheEnv, t.TempDir())
	run := Run(Config{Steps: 120, Hidden: []int{8}, Seed: 3})
	if run.Err() != nil {
		t.Fatal(run.Err())
	}
	p := Plane{Size: 9, Every: 50}
	track := run.Surface(p)
	if track.Err() != nil || track.Len() != 4 {
		t.Fatalf("%d frames, %v", track.Len(), track.Err())
	}
	if again := run.Surface(p); again.Hash() != track.Hash() {
		t.Error("the cached surface is another one")
	}
	if f := track.At(3); f.Kind != SurfaceKind || f.Time != 120 || f.Field("path").Dims[0].Size != run.Len() {
		t.Errorf("the last frame is %q at %v with a path of %d", f.Kind, f.Time, f.Field("path").Dims[0].Size)
	}
	if p := track.Provenance(); p.DataHash != run.Hash() {
		t.Errorf("the surface says it is of %q", p.DataHash)
	}

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if track := run.SurfaceContext(ctx, Plane{Size: 10}); !errors.Is(track.Err(), context.Canceled) {
		t.Errorf("cancelled: %v", track.Err())
	}
	if track := run.Surface(Plane{Size: 10, Every: 60}); track.Err() != nil {
		t.Errorf("after one that was cancelled: %v", track.Err())
	}
}

// Of a run that broke down the moments before are drawn, and a warning says what is missing; of one without frames the error is the run's.
func TestSurfaceOfBrokenRun(t *testing.T) {
	t.Setenv(codec.CacheEnv, t.TempDir())
	run := Run(Config{Steps: 60, Hidden: []int{8}, Seed: 3})
	var frames []xainb.Snapshot
	for i, f := range run.Frames() {
		c := f.Clone()
		if i == run.Len()-1 {
			c.Field("generator").Data[3] = float32(math.NaN())
		}
		frames = append(frames, c)
	}
	why := errors.New("it blew up")
	broken := &Recording{track: xainb.NewTrack(frames, run.Provenance(), why), Config: run.Config}
	track := broken.Surface(Plane{Size: 5, Every: 20})
	if track.Err() != nil || track.At(0).Field("path").Dims[0].Size != run.Len()-1 {
		t.Errorf("%v, %v", track, track.Err())
	}
	if w := strings.Join(track.Warnings(), "; "); !strings.Contains(w, "1 moments") || !strings.Contains(w, "it blew up") {
		t.Errorf("the warnings are %q", w)
	}
	for name, r := range map[string]*Recording{"nil": nil, "empty": {}, "failed": {track: xainb.NewTrack(nil, xainb.Provenance{}, why)}} {
		if err := r.Surface(Plane{}).Err(); err == nil || name == "failed" && !errors.Is(err, why) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := r.Sampling(context.Background(), 0, 1); err == nil {
			t.Errorf("%s: sampled", name)
		}
	}
	other := &Recording{track: run.track, Config: run.Config}
	other.Config.Hidden = []int{4}
	if err := other.Surface(Plane{}).Err(); !errors.Is(err, ErrPlane) {
		t.Errorf("a config of other networks: %v", err)
	}
}

// The last moment of a run that explodes is where it could not go on from: finite, and so far off that a plane through it would be nothing but NaN.
func TestSurfaceOfRunThatExplodes(t *testing.T) {
	t.Setenv(codec.CacheEnv, t.TempDir())
	c := Runaway()
	c.Hidden, c.Every, c.G.Rate, c.D.Rate = []int{16, 16}, 1, 0.05, 0.05
	run := Run(c)
	if !errors.Is(run.Err(), ErrNotFinite) || run.Len() < 5 {
		t.Fatalf("no run that explodes: %d frames, %v", run.Len(), run.Err())
	}
	for _, kind := range []PlaneKind{Players, Random, Filter, Trajectory, Sensitive} {
		track := run.Surface(Plane{Kind: kind, Size: 5, Every: 10})
		if track.Err() != nil {
			t.Fatal(kind, track.Err())
		}
		bad := 0
		for _, v := range track.At(0).Field("V").Data {
			if v-v != 0 {
				bad++
			}
		}
		last := track.At(track.Len() - 1)
		if e := last.Events; bad > 0 || last.Time >= run.At(run.Len()-1).Time || len(e) == 0 || e[len(e)-1].Name != notFiniteEvent || !strings.HasPrefix(e[len(e)-1].Text, "step ") {
			t.Errorf("%s: %d of 25 values at the first moment are not finite; the last moment is %v, with the events %v", kind, bad, last.Time, e)
		}
		if w := strings.Join(track.Warnings(), "; "); !strings.Contains(w, "1 moments") {
			t.Errorf("the warnings are %q", w)
		}
	}
}

func ExampleRecording_Surface() {
	run := Run(Config{Steps: 200, Hidden: []int{8}, Seed: 1})
	surface := run.Surface(Plane{Kind: Trajectory, Size: 11, Every: 100})
	for _, f := range surface.Frames() {
		here, _ := f.Scalar("here")
		fmt.Printf("step %v: V over %v, moment %v of the run\n", f.Time, f.Field("V").Dims, here)
	}
	// Output:
	// step 0: V over [{b 11} {a 11}], moment 0 of the run
	// step 100: V over [{b 11} {a 11}], moment 10 of the run
	// step 200: V over [{b 11} {a 11}], moment 20 of the run
}
