package embed

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

func TestRun(t *testing.T) {
	t.Setenv(codec.CacheEnv, t.TempDir())
	c := Config{Points: clusters(100, 4, 3), Dims: 4, Perplexity: 10, Iterations: 100, Early: 25}
	r := Run(c)
	if r.Err() != nil || r.Len() != 12 || r.Steps() != 12 {
		t.Fatal(r.Err(), r.Len(), r.Steps())
	}
	var _ xainb.Source = r
	want, _, _ := last(t, c)
	if !slices.Equal(r.Points(), want.Points) {
		t.Error("the run ends elsewhere")
	}
	end := r.At(r.Len() - 1)
	if kl, ok := end.Scalar("KL"); !ok || kl != want.KL || end.Kind != "tsne" || end.TimeName != "iteration" || end.Time != 100 || !end.Key {
		t.Errorf("the last frame is %+v", end)
	}
	if f := end.Field("points"); !slices.Equal(f.Dims, []xainb.Dim{{Name: "point", Size: 100}, {Name: "xy", Size: 2}}) {
		t.Errorf("dimensions %v", f.Dims)
	}
	if !slices.Contains(r.Warnings(), Caveat) {
		t.Errorf("warnings %q", r.Warnings())
	}
	if r.Config.Neighbours != 30 || r.Config.Every != 10 {
		t.Errorf("the Config is %+v", r.Config)
	}
	r.Points()[0]++
	c.Every = 10 // the default, said
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if again := RunContext(cancelled, c); again.Err() != nil || again.Hash() != r.Hash() || !slices.Equal(again.Points(), want.Points) {
		t.Errorf("the second run is not the first from the cache: %v", again.Err())
	}
	c.Seed = 1
	if other := Run(c); slices.Equal(other.Points(), want.Points) {
		t.Error("another seed gives the same run")
	}
	c.Colour = make([]float32, 100)
	c.Colour[99] = 7
	r = Run(c)
	if f := r.At(0).Field("points"); f.Dims[1].Size != 3 || f.Data[2] != 0 || f.Data[3*99+2] != 7 || len(r.Points()) != 200 {
		t.Errorf("with colours the points are %v", f.Dims)
	}
	c.Seed = 2
	if r = RunContext(cancelled, c); !errors.Is(r.Err(), context.Canceled) || r.Points() != nil {
		t.Errorf("cancelled: %v", r.Err())
	}
	if r = Run(c); r.Err() != nil {
		t.Errorf("the cancelled run was cached: %v", r.Err())
	}
}

func TestRunNeverNil(t *testing.T) {
	r := Run(Config{})
	if r == nil || !errors.Is(r.Err(), ErrShape) || r.Len() != 0 || r.Points() != nil {
		t.Fatal(r)
	}
	var none *Recording
	if !errors.Is(none.Err(), xainb.ErrNoFrames) || none.Track() != nil || none.Points() != nil {
		t.Error("a nil Recording is not empty")
	}
}
