package embed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"

	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// version is raised when a change of the code changes what a run gives.
const version = 1

// Caveat is what anybody who looks at t-SNE has to know; each run carries it as a warning.
const Caveat = "t-SNE keeps who is near whom. Lengths, sizes of clusters, gaps between them and speeds mean nothing."

// track is an alias so that Recording embeds the methods of a track, its method Track among them.
type track = xainb.Track

// Recording is the track of a run of t-SNE. It has all methods of xainb.Track: Err, Len, At, Warnings, Select...
type Recording struct {
	*track
	Config Config // with its defaults put in, where it could be run
}

// Track returns the track, of a nil Recording none.
func (r *Recording) Track() *xainb.Track {
	if r == nil {
		return nil
	}
	return r.track
}

// Err returns what ended the run early, or nil.
func (r *Recording) Err() error { return r.Track().Err() }

// Points returns where the points were last, n x 2: the embedding, if the run has no error. It is a copy; nil where no frame is there.
func (r *Recording) Points() []float32 {
	t := r.Track()
	if t.Len() == 0 {
		return nil
	}
	f := t.At(t.Len() - 1).Field("points")
	if f == nil {
		return nil
	}
	columns := f.Dims[1].Size
	out := make([]float32, 0, 2*f.Dims[0].Size)
	for at := 0; at < len(f.Data); at += columns {
		out = append(out, f.Data[at:at+2]...)
	}
	return out
}

// Run runs [TSNE] and records how the points find their places; a run of the same Config comes from the cache ([codec.Cached]). It never returns
// nil: what goes wrong is in Err, and what was recorded before stays.
//
//	run := embed.Run(embed.Config{Points: latents, Dims: 64})
//
// The frames are described in the package's documentation.
func Run(c Config) *Recording { return RunContext(context.Background(), c) }

// RunContext is [Run] until ctx ends.
func RunContext(ctx context.Context, c Config) *Recording {
	resolved, n, err := c.resolve()
	if err != nil {
		return &Recording{track: xainb.NewTrack(nil, xainb.Provenance{Name: "t-SNE", Seed: c.Seed}, err), Config: c}
	}
	key := codec.Key{Name: "kernels/embed.TSNE", Version: version, Config: resolved.settings(), Data: []any{f32.SIMD(), c.Points}}
	t := codec.Cached(key, func() *xainb.Track {
		cfg := xainb.Config{Provenance: provenance(resolved, n), Warnings: []string{Caveat}}
		return xainb.RecordSeq(ctx, resolved, xainb.ExplainerFunc[Config](TSNE), cfg)
	})
	return &Recording{track: t, Config: resolved}
}

func provenance(c Config, n int) xainb.Provenance {
	sum := sha256.New()
	b := make([]byte, 4*c.Dims)
	for at := 0; at < len(c.Points); at += c.Dims {
		for i, v := range c.Points[at : at+c.Dims] {
			u := math.Float32bits(v)
			b[4*i], b[4*i+1], b[4*i+2], b[4*i+3] = byte(u), byte(u>>8), byte(u>>16), byte(u>>24)
		}
		sum.Write(b)
	}
	return xainb.Provenance{
		Name:     fmt.Sprintf("t-SNE, perplexity %v", c.Perplexity),
		Seed:     c.Seed,
		Data:     fmt.Sprintf("%d points of %d numbers", n, c.Dims),
		DataHash: hex.EncodeToString(sum.Sum(nil)),
		Versions: map[string]string{"xainb": xainb.Version, "f32": f32.SIMD()},
	}
}
