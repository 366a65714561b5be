package xainb

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// Record runs explain on in and returns what it yields as a track. It takes any func(In) []Step. An optional Config sets
// limits and provenance. A panic of explain becomes the track's error.
func Record[In any](in In, explain func(In) []Step, cfg ...Config) *Track {
	return RecordSeq(context.Background(), in, eager[In](explain), cfg...)
}

// eager makes an Explainer of the plain form.
type eager[In any] func(In) []Step

func (f eager[In]) Explain(ctx context.Context, in In) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		if f == nil {
			yield(nil, errors.New("xainb: Record: explain is nil"))
			return
		}
		for _, s := range f(in) {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// ExplainerFunc makes an [Explainer] of a function.
type ExplainerFunc[In any] func(ctx context.Context, in In) iter.Seq2[Step, error]

// Explain calls f.
func (f ExplainerFunc[In]) Explain(ctx context.Context, in In) iter.Seq2[Step, error] {
	return f(ctx, in)
}

// RecordSeq runs e on in, recording each step as it comes, in bounded memory. An error, a panic or the end of ctx ends the run: the
// track keeps the frames so far and says why ([Track.Err]).
func RecordSeq[In any](ctx context.Context, in In, e Explainer[In], cfg ...Config) *Track {
	var c Config
	if len(cfg) > 0 {
		c = cfg[0]
	}
	m, err := NewSnapshotManager(c)
	if err != nil {
		return newTrack(nil, c.Provenance, err)
	}
	if e == nil {
		return m.Finish(errors.New("xainb: RecordSeq: the explainer is nil"))
	}
	err = captureAll(ctx, m, in, e)
	return m.Finish(err)
}

func captureAll[In any](ctx context.Context, m *SnapshotManager, in In, e Explainer[In]) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("xainb: after %d steps: %w", m.Len()+m.Dropped(), PanicError(p))
		}
	}()
	for step, err := range e.Explain(ctx, in) {
		if err != nil {
			return err
		}
		if err := m.Capture(step); err != nil {
			return err
		}
		if ctx.Err() != nil {
			break
		}
	}
	if ctx.Err() != nil { // an algorithm that just returns is stopped all the same
		return fmt.Errorf("xainb: stopped after %d steps: %w", m.Len()+m.Dropped(), context.Cause(ctx))
	}
	return nil
}
