package gan

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"

	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// Branch runs on from a frame with another config: change sets what is to be different, of a config with its defaults filled in; nil changes nothing. It never
// returns nil: what goes wrong is in Err.
//
//	repaired := run.Branch(40, func(c *gan.Config) { c.G.Rate = 1e-4 })
//
// The game goes back to the nearest checkpoint at or before the frame, is played again up to it as it was, changed, and goes on up to Config.Steps, which count
// from the first round of all. So the branch's frames are the parent's to the bit where nothing was changed; its first is the frame it starts at, and a key frame
// with a checkpoint. Where the game played again is not the one recorded, as on another kind of processor, a warning says so. Anything may change but the networks: Latent, Hidden, Activation, and data of another kind of datum. Another seed begins a new stream of
// random numbers, and gives the samples of the frames other noise; another optimiser remembers nothing; the alarm's answers so far stay in force.
//
// Provenance().Parent names the parent and the frame. Branches are cached, as runs are, and branch in turn.
func (r *Recording) Branch(frame int, change func(*Config)) *Recording {
	c, start, err := r.fork(frame, change)
	p := c.provenance()
	if err != nil {
		return &Recording{track: xainb.NewTrack(nil, p, err), Config: c}
	}
	p.Parent = &xainb.Branch{Track: r.Hash(), Seq: r.At(frame).Seq}
	key := codec.Key{Name: "kernels/gan branch", Version: codeVersion, Config: c, Data: []any{*p.Parent, r.Config, f32.SIMD()}}
	t := codec.Cached(key, func() *xainb.Track {
		explain := func(ctx context.Context, c Config) iter.Seq2[xainb.Step, error] { return start.explain(ctx, c) }
		return record(context.Background(), c, explain, p)
	})
	return &Recording{track: t, Config: c}
}

// fork is where a branch starts: what the game was, and how far to play it again.
type fork struct {
	parent     Config
	checkpoint []byte
	round      int
	theta      [2][]float32 // G's and D's parameters there, as far as the frame has them
}

// fork returns the branch's config and where it starts.
func (r *Recording) fork(frame int, change func(*Config)) (Config, fork, error) {
	if r == nil || r.At(frame) == nil {
		return Config{}, fork{}, fmt.Errorf("gan: Branch: there is no frame %d: the run has %d", frame, r.Track().Len())
	}
	if r.dirac != nil {
		return r.Config, fork{}, fmt.Errorf("gan: Branch: %w: the Dirac-GAN keeps no checkpoints: run another one from the Theta and Psi of that frame", ErrConfig)
	}
	c := r.Config
	c.Hidden, c.Data.Points = slices.Clone(c.Hidden), slices.Clone(c.Data.Points)
	if change != nil {
		change(&c)
	}
	c, err := c.Filled()
	if err != nil {
		return c, fork{}, err
	}
	start := fork{parent: r.Config, round: int(r.At(frame).Time)}
	if failed(r.At(frame)) {
		start.round-- // the round that could not be played
	} else {
		for i, name := range []string{"generator", "discriminator"} {
			if x := r.At(frame).Field(name); x != nil {
				start.theta[i] = x.Data
			}
		}
	}
	old := r.Config
	switch {
	case c.Latent != old.Latent || !slices.Equal(c.Hidden, old.Hidden) || c.Activation != old.Activation || c.Data.dim() != old.Data.dim():
		return c, start, fmt.Errorf("gan: Branch: %w: a branch goes on with the networks of its parent: leave Latent, Hidden, Activation and the size of a datum as they are", ErrConfig)
	case c.Steps < start.round:
		return c, start, fmt.Errorf("gan: Branch: %w: Steps is %d, and frame %d comes after %d", ErrConfig, c.Steps, frame, start.round)
	}
	for i := frame; i >= 0; i-- {
		if f := r.At(i).Field("checkpoint"); f != nil {
			start.checkpoint, err = unpackWords(f.Data)
			return c, start, err
		}
	}
	return c, start, fmt.Errorf("gan: Branch: no frame up to %d has a checkpoint: branch from the recording that Run returned", frame)
}

// explain goes back to the checkpoint and on with the changed config.
func (f fork) explain(ctx context.Context, c Config) iter.Seq2[xainb.Step, error] {
	return func(yield func(xainb.Step, error) bool) {
		t := newTrainer(f.parent)
		defer t.tape.Close()
		err := t.restore(f.checkpoint)
		for err == nil && t.round < f.round {
			if _, err = t.see(false); err == nil {
				err = t.advance(ctx, f.round)
			}
		}
		if err != nil {
			yield(nil, fmt.Errorf("gan: Branch: after %d rounds: %w", t.round, err))
			return
		}
		warning := f.warning(t)
		t.change(c)
		t.run(ctx, func(s xainb.Step, err error) bool {
			if first, ok := s.(*Step); ok {
				first.warning, warning = warning, ""
			}
			return yield(s, err)
		})
	}
}

// warning says whether the game, played again, is another than the one recorded; "" where it is the same.
func (f fork) warning(t *trainer) string {
	for i, p := range []*player{t.g, t.d} {
		if f.theta[i] != nil && !slices.Equal(f.theta[i], p.flat(nil)) {
			return fmt.Sprintf("Played again from its checkpoint, the run has other parameters at step %d than were recorded: the config is not the run's, the track does not keep them to the bit, or this processor "+
				"rounds in another way than the one that recorded it. The branch starts from what was played here.", f.round)
		}
	}
	return ""
}

// change lets the game go on with another config.
func (t *trainer) change(c Config) {
	old := t.cfg
	t.cfg = c
	for _, p := range []struct {
		*player
		was, is Optimiser
		steps   int
	}{{t.g, old.G, c.G, c.StepsG}, {t.d, old.D, c.D, c.StepsD}} {
		opt := p.opt
		p.learnBy(p.is, p.steps)
		if p.was.memory() == p.is.memory() {
			p.opt = opt
		}
	}
	if c.Seed != old.Seed {
		t.pcg.Seed(c.Seed, branchStream+uint64(t.round))
		t.r = rand.New(t.pcg)
	}
	t.alarm.follow(c)
	t.furnish()
}

// memory is what decides whether another optimiser can go on with what the one before remembered.
func (o Optimiser) memory() Optimiser {
	return Optimiser{Name: o.Name, Beta1: o.Beta1, Beta2: o.Beta2, Momentum: o.Momentum}
}
