package xainb

import (
	"context"
	"fmt"
	"slices"
	"time"
)

type hook struct{ call func(Snapshot) }

type watcher struct {
	ch   chan Snapshot
	stop func() bool // forgets the context
}

// OnStep calls hook with a clone after each capture, on the capturing goroutine, until the returned function is called.
func (m *SnapshotManager) OnStep(call func(Snapshot)) (remove func()) {
	h := &hook{call}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hooks = append(m.hooks, h)
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.hooks = slices.DeleteFunc(m.hooks, func(o *hook) bool { return o == h })
	}
}

// Subscribe returns a channel that receives a clone of every snapshot from now on. It never blocks the algorithm: a reader that is
// more than queue frames behind (at least 1) misses the oldest of them, as the gap in Seq shows. The channel is closed
// when ctx ends or the recording is finished; a reader that has stopped reading leaks nothing after that.
func (m *SnapshotManager) Subscribe(ctx context.Context, queue int) <-chan Snapshot {
	ctx = orBackground(ctx)
	w := &watcher{ch: make(chan Snapshot, max(queue, 1))}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.finished || ctx.Err() != nil {
		close(w.ch)
		return w.ch
	}
	m.watchers = append(m.watchers, w)
	w.stop = context.AfterFunc(ctx, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if i := slices.Index(m.watchers, w); i >= 0 {
			m.watchers = slices.Delete(m.watchers, i, i+1)
			close(w.ch)
		}
	})
	return w.ch
}

// push never blocks: where the reader is behind its oldest frame goes. The caller is the only one who sends or closes.
func push(ch chan Snapshot, snap Snapshot) {
	for {
		select {
		case ch <- snap:
			return
		default:
		}
		select {
		case <-ch:
		default:
		}
	}
}

// streamQueue is how many frames a reader of SnapshotStream may be behind before it misses the oldest.
const streamQueue = 10

// SnapshotStream returns a clone of the current state at each tick of interval, stamped with the time of the tick, for an
// algorithm on a clock of its own; ticks before the first capture send nothing. A reader that is more than ten frames behind misses
// the oldest of them. The channel is closed when ctx ends or at the first tick after the recording is finished; a reader that stops
// reading leaks nothing after that. An interval that is not positive is an error: the channel is closed at once and Err
// says why.
func (m *SnapshotManager) SnapshotStream(ctx context.Context, interval time.Duration) <-chan Snapshot {
	ctx = orBackground(ctx)
	ch := make(chan Snapshot, streamQueue)
	if interval <= 0 {
		m.fail(fmt.Errorf("xainb: SnapshotStream: interval %v: %w", interval, ErrInterval))
		close(ch)
		return ch
	}
	go func() {
		defer close(ch)
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case now := <-ticker.C:
				snap, ok, finished := m.state()
				if ok {
					snap.Timestamp = now.UnixNano()
					push(ch, snap)
				}
				if finished {
					return
				}
			}
		}
	}()
	return ch
}

// state returns a clone of the newest snapshot, whether there is one, and whether the recording is finished.
func (m *SnapshotManager) state() (snap Snapshot, ok, finished bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last == nil {
		return Snapshot{}, false, m.finished
	}
	return m.last.Clone(), true, m.finished
}
