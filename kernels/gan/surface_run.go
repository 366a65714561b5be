package gan

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// SurfaceBatch is how many data and how many noises a surface is measured on: the same at every point and in every frame.
const SurfaceBatch = 256

// surfaceVersion is raised when a change of the code changes what a surface records.
const surfaceVersion = 3

// Surface records the loss surface over a plane through the run's parameters, a frame each p.Every rounds, or takes it from the user's cache. It never
// returns nil: what goes wrong is in Err. Of a run that ended early the moments so far are drawn; the one that ended it with "not finite", and any
// whose parameters are not finite, are left out: they are so far off that a plane through them shows nothing else. A warning says so, and their events are at
// the last moment. The fields are listed in the package's documentation.
func (r *Recording) Surface(p Plane) *xainb.Track { return r.SurfaceContext(context.Background(), p) }

// SurfaceContext is [Recording.Surface] until ctx ends: the surfaces that are complete then stay, and Err says why there are no more.
func (r *Recording) SurfaceContext(ctx context.Context, p Plane) *xainb.Track {
	run := r.Track()
	prov := run.Provenance()
	prov = xainb.Provenance{
		Name:     "loss surface of " + prov.Name,
		Seed:     p.Seed,
		Data:     prov.Name,
		DataHash: run.Hash(),
		Versions: map[string]string{"xainb": xainb.Version, "f32": f32.SIMD()},
	}
	t, warnings, err := r.trail()
	if err != nil {
		return xainb.NewTrack(nil, prov, err)
	}
	if p.Every == 0 && t.game.dirac != nil {
		p.Every = 1
	}
	filled, err := p.filled()
	if err != nil {
		return xainb.NewTrack(nil, prov, err)
	}
	key := codec.Key{Name: "kernels/gan/surface", Version: surfaceVersion, Config: filled, Data: []any{prov.DataHash, r.Config, r.dirac, f32.SIMD()}}
	return codec.Cached(key, func() *xainb.Track { return t.surface(ctx, p, prov, warnings...) })
}

// trail reads the parameters off the run's frames.
func (r *Recording) trail() (*trail, []string, error) {
	run := r.Track()
	if run.Len() == 0 {
		if err := run.Err(); err != nil {
			return nil, nil, err
		}
		return nil, nil, fmt.Errorf("gan: %w: %w", ErrPlane, xainb.ErrNoFrames)
	}
	t := &trail{}
	broken := 0
	var lost []xainb.Event // of moments that are left out
	for i, f := range run.Frames() {
		g, d := f.Field("generator"), f.Field("discriminator")
		if g == nil || d == nil {
			continue
		}
		if t.game == nil {
			t.game = r.game()
		}
		if ng, nd := t.game.params(); len(g.Data) != ng || len(d.Data) != nd {
			return nil, nil, fmt.Errorf("gan: %w: frame %d has %d and %d parameters, its config makes %d and %d", ErrPlane, i, len(g.Data), len(d.Data), ng, nd)
		}
		theta := append(append(make([]float32, 0, len(g.Data)+len(d.Data)), g.Data...), d.Data...)
		if !finite(theta) || failed(f) {
			broken++
			for _, e := range f.Events {
				lost = append(lost, xainb.Event{Name: e.Name, Text: fmt.Sprintf("step %v: %s", f.Time, e.Text)})
			}
			continue
		}
		t.moments = append(t.moments, waypoint{f.Time, theta, f.Events})
	}
	if len(t.moments) == 0 {
		return nil, nil, fmt.Errorf("gan: %w: no frame of the run has parameters (fields generator and discriminator) with which it could go on", ErrPlane)
	}
	last := &t.moments[len(t.moments)-1]
	last.events = slices.Concat(last.events, lost)
	var warnings []string
	if broken > 0 {
		warnings = append(warnings, fmt.Sprintf("%d moments at which the run or its parameters were not finite are not on the path", broken))
	}
	if err := run.Err(); err != nil {
		warnings = append(warnings, fmt.Sprintf("the run ended early: %v", err))
	}
	return t, warnings, nil
}

func finite(x []float32) bool {
	for _, v := range x {
		if v-v != 0 { // infinite, or NaN
			return false
		}
	}
	return true
}

// game returns the networks that were trained, and the batch.
func (r *Recording) game() *game {
	if d, ok := r.Dirac(); ok {
		return &game{dirac: &d}
	}
	c := r.Config
	g := &game{
		loss: c.Loss, n: SurfaceBatch,
		real:  f32.Aligned(SurfaceBatch * c.Data.dim()),
		noise: f32.Aligned(SurfaceBatch * c.Latent),
	}
	g.g, g.d = c.shapes()
	random := rand.New(rand.NewPCG(c.Seed, surfaceStream))
	c.Data.sampler()(g.real, random)
	f32.Normals(g.noise, random)
	return g
}
