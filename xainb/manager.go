package xainb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Defaults of [Config].
const (
	DefaultFrames = 200
	DefaultBytes  = 256 << 20
)

// ErrInterval marks a SnapshotStream asked for with an interval that is not positive.
var ErrInterval = errors.New("the interval must be positive")

// ErrFinished marks a capture after the recording was finished.
var ErrFinished = errors.New("the recording is finished")

// Config says what a [SnapshotManager] keeps. The zero value records a whole run in at most 200 frames and 256 MiB.
type Config struct {
	// Live makes the manager a window: a ring that overwrites the oldest frame and counts what it dropped.
	// Otherwise it is a recording that covers the whole run: when full, every second ordinary frame goes.
	Live bool
	// Frames is the most frames kept; 0 means 200, -1 no limit (not for Live).
	Frames int
	// Bytes is the most memory kept, by estimate; 0 means 256 MiB. The first and the last frame are always kept.
	Bytes int64
	// Provenance says where the run comes from.
	Provenance Provenance
	// Warnings are shown with the run.
	Warnings []string
}

// SnapshotManager collects the steps of an algorithm: it copies, stamps and keeps them, and hands clones to whoever watches.
// All its methods are safe for concurrent use.
type SnapshotManager struct {
	mu       sync.Mutex
	cfg      Config
	seq      int         // steps captured so far
	frames   []*Snapshot // oldest first; as a ring: slots in use, frames[next] is the oldest once full
	next     int         // ring: the slot that the next capture takes
	last     *Snapshot   // the newest frame
	spare    []*Snapshot // dropped frames whose buffers are used again
	stride   int         // recording: ordinary frames are kept when Seq is a multiple of it
	bytes    int64       // recording: estimate of what frames hold
	dropped  int         // frames not kept
	err      error       // first error of a capture or stream
	hooks    []*hook     // called after each capture, outside the lock
	watchers []*watcher  // channels of Subscribe
	finished bool
	warnings []string
}

type hook struct{ call func(Snapshot) }

type watcher struct{ ch chan Snapshot }

// NewSnapshotManager returns a manager for one run. Impossible limits are an error.
func NewSnapshotManager(cfg Config) (*SnapshotManager, error) {
	if cfg.Frames == 0 {
		cfg.Frames = DefaultFrames
	}
	if cfg.Bytes == 0 {
		cfg.Bytes = DefaultBytes
	}
	switch {
	case cfg.Frames < -1 || (cfg.Live && cfg.Frames < 1):
		return nil, fmt.Errorf("xainb: Config.Frames is %d: give a positive number, 0 for %d, or -1 (recordings only) for all", cfg.Frames, DefaultFrames)
	case cfg.Frames == 1 && !cfg.Live:
		return nil, errors.New("xainb: Config.Frames is 1: a recording keeps at least its first and its last frame, give 2 or more")
	case cfg.Bytes < 0:
		return nil, fmt.Errorf("xainb: Config.Bytes is %d: give a positive number or 0 for %d", cfg.Bytes, DefaultBytes)
	}
	return &SnapshotManager{cfg: cfg, stride: 1, warnings: slices.Clone(cfg.Warnings)}, nil
}

// Capture copies the step into a snapshot, stamps it with its number and the wall time, and keeps it. A step whose fields do not
// fit, or that panics, is not kept: the error is returned and becomes the run's, the frames before it stay.
func (m *SnapshotManager) Capture(step Step) error {
	m.mu.Lock()
	err := m.capture(step)
	if err != nil && m.err == nil {
		m.err = err
	}
	if err != nil || len(m.hooks)+len(m.watchers) == 0 {
		m.mu.Unlock()
		return err
	}
	for _, w := range m.watchers {
		m.send(w)
	}
	var snap Snapshot
	hooks := slices.Clone(m.hooks)
	if len(hooks) > 0 {
		snap = m.last.Clone()
	}
	m.mu.Unlock()
	for i, h := range hooks {
		if i == len(hooks)-1 {
			h.call(snap)
		} else {
			h.call(snap.Clone())
		}
	}
	return nil
}

func (m *SnapshotManager) capture(step Step) error {
	switch {
	case m.finished:
		return fmt.Errorf("xainb: step %d: %w", m.seq, ErrFinished)
	case step == nil:
		return fmt.Errorf("xainb: step %d is nil", m.seq)
	}
	s := m.slot()
	s.reset()
	if err := fill(s, step); err != nil {
		m.discard(s)
		return fmt.Errorf("xainb: step %d: %w", m.seq, err)
	}
	s.Seq, s.Timestamp = m.seq, time.Now().UnixNano()
	m.seq++
	m.keep(s)
	return nil
}

// fill lets the step write itself; a panic in it becomes an error.
func fill(s *Snapshot, step Step) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = PanicError(p)
		}
	}()
	step.Snap(s)
	return s.err
}

// PanicError is the error that a recovered panic of somebody's algorithm becomes.
func PanicError(p any) error {
	if err, ok := p.(error); ok {
		return fmt.Errorf("the algorithm panicked: %w", err)
	}
	return fmt.Errorf("the algorithm panicked: %v", p)
}

// slot returns a snapshot to write into. A full ring does not give its oldest away before the new one is complete.
func (m *SnapshotManager) slot() *Snapshot {
	if n := len(m.spare); n > 0 {
		s := m.spare[n-1]
		m.spare = m.spare[:n-1]
		return s
	}
	return new(Snapshot)
}

func (m *SnapshotManager) discard(s *Snapshot) { m.spare = append(m.spare, s) }

func (m *SnapshotManager) keep(s *Snapshot) {
	if !m.cfg.Live {
		m.record(s)
		return
	}
	m.last = s
	if len(m.frames) < m.cfg.Frames {
		m.frames = append(m.frames, s)
		return
	}
	m.discard(m.frames[m.next])
	m.frames[m.next] = s
	m.next = (m.next + 1) % len(m.frames)
	m.dropped++
}

// record appends s to the recording. The newest frame is always kept until a newer one replaces it.
func (m *SnapshotManager) record(s *Snapshot) {
	if l := m.last; l != nil && !m.stays(l) {
		m.drop(len(m.frames) - 1)
	}
	m.frames = append(m.frames, s)
	m.bytes += s.bytes()
	m.last = s
	for m.full() && m.thin() {
	}
}

func (m *SnapshotManager) stays(s *Snapshot) bool { return s.Seq%m.stride == 0 || s.kept() }

func (m *SnapshotManager) full() bool {
	return len(m.frames) > 2 && ((m.cfg.Frames > 0 && len(m.frames) > m.cfg.Frames) || m.bytes > m.cfg.Bytes)
}

// thin doubles the stride and drops what falls off it; it reports false when nothing can go any more. Key frames and frames
// with events go only when nothing else is left: then memory counts more.
func (m *SnapshotManager) thin() bool {
	before := len(m.frames)
	ordinary := 0
	for _, f := range m.frames[1 : before-1] {
		if !f.kept() {
			ordinary++
		}
	}
	all := ordinary == 0
	if all && before <= 2 {
		return false
	}
	m.stride *= 2
	kept := m.frames[:1]
	for i, f := range m.frames[1:] {
		keyed := f.kept()
		switch {
		case i == before-2, f.Seq%m.stride == 0, keyed && !all:
			kept = append(kept, f)
		default:
			m.bytes -= f.bytes()
			m.discard(f)
			m.dropped++
			if keyed {
				m.warn("more key frames than the recording holds: some were dropped")
			}
		}
	}
	clear(m.frames[len(kept):before])
	m.frames = kept
	return m.stride < 1<<40
}

func (m *SnapshotManager) drop(i int) {
	f := m.frames[i]
	m.frames = slices.Delete(m.frames, i, i+1)
	m.bytes -= f.bytes()
	m.discard(f)
	m.dropped++
}

func (m *SnapshotManager) warn(text string) {
	if !slices.Contains(m.warnings, text) {
		m.warnings = append(m.warnings, text)
	}
}

// CurrentState returns a clone of the newest snapshot; before the first capture it is the zero Snapshot.
func (m *SnapshotManager) CurrentState() Snapshot {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last == nil {
		return Snapshot{}
	}
	return m.last.Clone()
}

// Len returns how many frames are kept, Dropped how many were captured and are not.
func (m *SnapshotManager) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.frames)
}

// Dropped returns how many captured frames are not kept: overwritten in a ring, thinned away in a recording.
func (m *SnapshotManager) Dropped() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dropped
}

// Err returns the first error of a capture or a stream.
func (m *SnapshotManager) Err() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.err
}

func (m *SnapshotManager) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err == nil {
		m.err = err
	}
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
	w := &watcher{make(chan Snapshot, max(queue, 1))}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.finished || ctx.Err() != nil {
		close(w.ch)
		return w.ch
	}
	m.watchers = append(m.watchers, w)
	context.AfterFunc(ctx, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if i := slices.Index(m.watchers, w); i >= 0 {
			m.watchers = slices.Delete(m.watchers, i, i+1)
			close(w.ch)
		}
	})
	return w.ch
}

// send is called with the lock held, so that nobody else sends or closes.
func (m *SnapshotManager) send(w *watcher) {
	snap := m.last.Clone()
	for {
		select {
		case w.ch <- snap:
			return
		default:
		}
		select {
		case <-w.ch: // the reader is behind: its oldest frame goes
		default:
		}
	}
}

// SnapshotStream returns a clone of the current state at each tick of interval, stamped with the time of the tick, for an
// algorithm on a clock of its own; ticks before the first capture send nothing. The channel is closed when ctx ends or
// the recording is finished; a reader that stops reading leaks nothing after that. An interval that is not positive is an
// error: the channel is closed at once and Err says why.
func (m *SnapshotManager) SnapshotStream(ctx context.Context, interval time.Duration) <-chan Snapshot {
	ch := make(chan Snapshot, 10)
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
				snap, finished := m.state()
				if !snapshotIsZero(&snap) {
					snap.Timestamp = now.UnixNano()
					select {
					case ch <- snap:
					case <-ctx.Done():
						return
					}
				}
				if finished {
					return
				}
			}
		}
	}()
	return ch
}

func snapshotIsZero(s *Snapshot) bool { return s.Timestamp == 0 }

func (m *SnapshotManager) state() (Snapshot, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last == nil {
		return Snapshot{}, m.finished
	}
	return m.last.Clone(), m.finished
}

// Finish ends the run and returns its track. err is what ended it early, or nil; a capture's earlier error stands. Subscribers' channels are
// closed. A second call returns the same frames.
func (m *SnapshotManager) Finish(err error) *Track {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err == nil {
		m.err = err
	}
	m.finished = true
	for _, w := range m.watchers {
		close(w.ch)
	}
	m.watchers = nil
	return m.track()
}

// Track returns what is kept so far, as an immutable copy; the run goes on.
func (m *SnapshotManager) Track() *Track {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.track()
}

func (m *SnapshotManager) track() *Track {
	frames := make([]Snapshot, 0, len(m.frames))
	for i := range m.frames {
		f := m.frames[(m.next+i)%len(m.frames)]
		if m.finished {
			frames = append(frames, *f) // nothing writes to it any more
		} else {
			frames = append(frames, f.Clone())
		}
	}
	t := newTrack(frames, m.cfg.Provenance, m.err)
	t.dropped, t.steps = m.dropped, m.seq
	for _, w := range m.warnings {
		t.warn(w)
	}
	return t
}
