package gan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// track is an alias so that Recording embeds the methods of a track, its method Track among them: an embedded field of that name
// would hide it, and the recording would be no xainb.Source.
type track = xainb.Track

// Recording is the track of a run with the config that made it, defaults filled in. It has all methods of xainb.Track: Err, Len, At, Warnings, Select...
type Recording struct {
	*track
	Config Config

	dirac *Dirac // of RunDirac
}

// Track returns the track, of a nil Recording none.
func (r *Recording) Track() *xainb.Track {
	if r == nil {
		return nil
	}
	return r.track
}

// Err returns what ended the run early, or nil; of a nil Recording [xainb.ErrNoFrames].
func (r *Recording) Err() error { return r.Track().Err() }

// codeVersion is raised when a change of the code changes what a run records.
const codeVersion = 2

// Run trains and records, or takes the recording from the user's cache when this config was run before. It never returns nil: what goes wrong is in Err, and
// what was recorded before stays.
//
//	run := gan.Run(gan.Config{Data: gan.Ring(8), Seed: 1})
//
// The frames and their fields are listed in the package's documentation. To cancel a run, or to watch it live, record it by [Explain]; then see
// [Recorded].
func Run(c Config) *Recording {
	c, err := c.Filled()
	if err != nil {
		return &Recording{track: xainb.NewTrack(nil, c.provenance(), err), Config: c}
	}
	t := codec.Cached(codec.Key{Name: "kernels/gan", Version: codeVersion, Config: c, Data: f32.SIMD()}, func() *xainb.Track {
		return record(context.Background(), c, Explain, c.provenance())
	})
	return &Recording{track: t, Config: c}
}

// Recorded makes a recording of a track that was made of [Explain]'s steps elsewhere: watched live, saved and opened again, or sent by somebody. c is the config
// that it was trained with. The surfaces and the branches of the recording are those of the run itself, as long as the track has the frames with their fields
// generator, discriminator and checkpoint to the bit, as codec.Save keeps them. A config that cannot be this run's is an error.
//
//	track, _ := codec.Open("run.xtrack")
//	repaired := gan.Recorded(track, config).Branch(20, func(c *gan.Config) { c.D.Rate = 1e-3 })
func Recorded(run xainb.Source, c Config) *Recording {
	c, err := c.Filled()
	var t *xainb.Track
	if run != nil {
		t = run.Track()
	}
	if err == nil {
		err = c.fits(t)
	}
	if err != nil {
		return &Recording{track: xainb.NewTrack(nil, c.provenance(), err), Config: c}
	}
	return &Recording{track: withRunEnergy(t), Config: c}
}

// fits says how a track cannot be a run of the config.
func (c Config) fits(t *xainb.Track) error {
	if t.Len() == 0 {
		return fmt.Errorf("gan: Recorded: %w", cmp.Or(t.Err(), xainb.ErrNoFrames))
	}
	p, own := t.Provenance(), c.provenance() // a track of a plain xainb.RecordSeq has none
	if p.Name != "" && (p.Name != own.Name || p.Seed != own.Seed || p.DataHash != own.DataHash) {
		return fmt.Errorf("gan: Recorded: %w: the track is of %q with the seed %d, the config of %q with the seed %d, or of other data: give the config of the run",
			ErrConfig, p.Name, p.Seed, own.Name, own.Seed)
	}
	g, d := c.shapes()
	for i, f := range t.Frames() {
		for name, want := range map[string]int{"generator": g.params(), "discriminator": d.params()} {
			if x := f.Field(name); x != nil && len(x.Data) != want {
				return fmt.Errorf("gan: Recorded: %w: the %s of frame %d has %d parameters, the config makes %d", ErrConfig, name, i, len(x.Data), want)
			}
		}
	}
	return nil
}

// record keeps every frame that memory allows: a branch may start at any.
func record(ctx context.Context, c Config, explain func(context.Context, Config) iter.Seq2[xainb.Step, error], p xainb.Provenance) *xainb.Track {
	return withRunEnergy(xainb.RecordSeq(ctx, c, xainb.ExplainerFunc[Config](explain), xainb.Config{Frames: -1, Provenance: p}))
}

func (c Config) provenance() xainb.Provenance {
	return xainb.Provenance{
		Name:     fmt.Sprintf("GAN, %s, on %s", c.Loss, c.Data),
		Seed:     c.Seed,
		Data:     c.Data.String(),
		DataHash: c.Data.hash(),
		Versions: map[string]string{"xainb": xainb.Version, "f32": f32.SIMD()},
	}
}

// Explain trains and yields a [*Step] at the start, after each Config.Every rounds, and at the end. It is a function for xainb.ExplainerFunc:
//
//	track := xainb.RecordSeq(ctx, gan.Config{Seed: 1}, xainb.ExplainerFunc[gan.Config](gan.Explain))
//
// It stops when ctx ends, also between frames. Where a loss or a gradient is not finite, the last step shows the players as they are then, with the
// event "not finite" at the round that could not be played to its end, and the error is [ErrNotFinite].
func Explain(ctx context.Context, c Config) iter.Seq2[xainb.Step, error] {
	return func(yield func(xainb.Step, error) bool) {
		c, err := c.Filled()
		if err != nil {
			yield(nil, err)
			return
		}
		t := newTrainer(c)
		defer t.tape.Close()
		t.run(ctx, yield)
	}
}

// run plays on to the last round and yields frames, the first of which is the game as it is. That one has a checkpoint, so that a branch can branch.
func (t *trainer) run(ctx context.Context, yield func(xainb.Step, error) bool) {
	s, err := t.see(true)
	for err == nil {
		if !yield(s, nil) || t.round >= t.cfg.Steps {
			return
		}
		if err = t.advance(ctx, t.cfg.Steps); err == nil {
			s, err = t.see(false)
		}
	}
	err = fmt.Errorf("gan: after %d rounds: %w", t.round, err)
	if errors.Is(err, ErrNotFinite) {
		s := &Step{Round: t.round + 1, layers: t.layers}
		s.event(notFiniteEvent, err.Error())
		if t.show(s, true, false) == nil && !yield(s, nil) {
			return
		}
	}
	yield(nil, err)
}

// advance plays until the next frame, or until so many rounds are done, and watches the last of them.
func (t *trainer) advance(ctx context.Context, most int) error {
	round := min((t.round/t.cfg.Every+1)*t.cfg.Every, most)
	for t.round < round {
		if ctx != nil && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := t.play(t.round == round-1); err != nil {
			return err
		}
	}
	return nil
}
