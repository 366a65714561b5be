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
	ctx = orBackground(ctx)
	var c Config
	if len(cfg) > 0 {
		c = cfg[0]
	}
	m, err := NewSnapshotManager(c)
	if err != nil {
		return NewTrack(nil, c.Provenance, err)
	}
	if e == nil {
		return m.Finish(errors.New("xainb: RecordSeq: the explainer is nil"))
	}
	return m.Finish(captureAll(ctx, m, in, e))
}

func captureAll[In any](ctx context.Context, m *SnapshotManager, in In, e Explainer[In]) (err error) {
	defer func() {
		// An algorithm that goes on after yield returned false panics: why the loop was left says more.
		if p := recover(); p != nil && err == nil {
			err = fmt.Errorf("xainb: after %d steps: %w", m.Len()+m.Dropped(), PanicError(p))
		}
	}()
	stopped := func() error {
		if ctx.Err() == nil {
			return nil
		}
		return fmt.Errorf("xainb: stopped after %d steps: %w", m.Len()+m.Dropped(), context.Cause(ctx))
	}
	for step, failed := range e.Explain(ctx, in) {
		if failed == nil {
			failed = m.Capture(step)
		}
		if failed == nil {
			failed = stopped()
		}
		if failed != nil {
			err = failed
			break
		}
	}
	if err == nil { // an algorithm that just returns is stopped all the same
		err = stopped()
	}
	return err
}

// orBackground lets a nil context be one that never ends.
func orBackground(ctx context.Context) context.Context {
	if ctx == nil {
		return context.Background()
	}
	return ctx
}
