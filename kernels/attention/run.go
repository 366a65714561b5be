package attention

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"

	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// track is an alias so that Recording embeds the methods of a track, its method Track among them: an embedded field of that name
// would hide it, and the recording would be no xainb.Source.
type track = xainb.Track

// Recording is the track of a run with what one wants to know beside it. It has all methods of xainb.Track: Err, Len, At, Warnings, Select...
type Recording struct {
	*track
	Text     string
	Shuffled string   // with [Shuffled] the text in the order in which the model read it, whole also where the model did not read all; otherwise empty
	Tokens   []string // n, in the order of Text
	Layers   int
	Heads    int
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

// Run runs all-MiniLM-L6-v2 on a sentence and records the attention of each layer and all that leads to it. It never returns nil: what
// goes wrong is in Err, and what was recorded before stays.
//
//	run := attention.Run("The cat sat on the mat because it was warm.")
//
// A run is kept in the user's cache (see [codec.Cached]): the same sentence with the same options and a model of the same content is not run again,
// and the model not even loaded. What [Everything] records is too large for that, and [Model.Record] always runs. The frames and their fields
// are listed in the package's documentation.
func Run(text string, opts ...Option) *Recording {
	o := newOptions(opts)
	failed := func(err error) *xainb.Track {
		return xainb.NewTrack(nil, xainb.Provenance{Name: o.describe(), Model: modelName}, err)
	}
	folder, err := Find(opts...)
	if err != nil {
		return &Recording{track: failed(err), Text: text}
	}
	var fresh *Recording
	run := func() *xainb.Track {
		m, err := open(folder, o)
		if err != nil {
			return failed(err)
		}
		fresh = m.Record(text)
		return fresh.track
	}
	var t *xainb.Track
	if key, err := keyOf(folder, text, o); err != nil || o.detail == detailAll {
		t = run()
	} else {
		t = codec.Cached(key, run)
	}
	if fresh == nil {
		fresh = recordingOf(t, text, o)
	}
	fresh.track = t
	return fresh
}

// Record is [Run] with this model and the options given to [Model.With].
func (m *Model) Record(text string) *Recording {
	r := &Recording{Text: text}
	f, err := m.prepare(text, true)
	var prov xainb.Provenance
	if m != nil {
		prov = m.provenance(text)
	}
	if err != nil {
		r.track = xainb.NewTrack(nil, prov, err)
		return r
	}
	r.Tokens, r.Layers, r.Heads = f.enc.Tokens, m.cfg.Layers, m.cfg.Heads
	if m.opt.shuffle {
		r.Shuffled, _ = Shuffle(text, m.opt.seed)
	}
	explain := xainb.ExplainerFunc[string](func(ctx context.Context, _ string) iter.Seq2[xainb.Step, error] { return f.steps(ctx) })
	cfg := xainb.Config{Provenance: prov}
	if m.opt.detail == detailAll {
		cfg.Bytes = 1 << 30 // who asks for everything gets it
	}
	r.track = xainb.RecordSeq(m.context(), text, explain, cfg)
	return r
}

func (m *Model) provenance(text string) xainb.Provenance {
	sum := sha256.Sum256([]byte(text))
	return xainb.Provenance{
		Name:      m.opt.describe(),
		Seed:      m.opt.seed,
		Model:     m.name,
		ModelHash: m.hash,
		Data:      fmt.Sprintf("sentence %s", excerpt(text)),
		DataHash:  hex.EncodeToString(sum[:]),
		Versions:  map[string]string{"xainb": xainb.Version, "f32": f32.SIMD()},
	}
}

// describe names the run with the options that change its numbers.
func (o options) describe() string {
	name := "attention"
	for _, v := range []struct {
		on   bool
		text string
	}{{o.causal, ", causal"}, {o.unscaled, ", without √d_k"}, {o.noPositions, ", without positions"}, {o.shuffle, ", words shuffled"}} {
		if v.on {
			name += v.text
		}
	}
	return name
}
