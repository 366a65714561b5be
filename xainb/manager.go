package xainb

import (
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
	// Bytes is the most memory that a recording keeps, by estimate; 0 means 256 MiB. The first and the last frame are always kept.
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
	spare    *Snapshot   // the frame dropped last: the next step is written into its buffers
	stride   int         // recording: ordinary frames are kept when Seq is a multiple of it
	keys     int         // recording: key frames captured so far
	keyEvery int         // recording: key frames are kept when their number is a multiple of it; 1 until nothing else is left to go
	bytes    int64       // recording: estimate of what frames hold
	dropped  int         // frames not kept
	err      error       // first error of a capture or stream
	hooks    []*hook     // called after each capture, outside the lock
	watchers []*watcher  // channels of Subscribe
	finished bool
	warnings []string
}

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
	return &SnapshotManager{cfg: cfg, stride: 1, keyEvery: 1, warnings: slices.Clone(cfg.Warnings)}, nil
}

// Capture copies the step into a snapshot, stamps it with its number and the wall time, and keeps it. A step whose fields do not
// fit, or that panics, is not kept: the error is returned and becomes the run's, the frames before it stay.
func (m *SnapshotManager) Capture(step Step) error {
	m.mu.Lock()
	err := m.capture(step)
	if err != nil && m.err == nil && !m.finished {
		m.err = err
	}
	if err != nil || len(m.hooks)+len(m.watchers) == 0 {
		m.mu.Unlock()
		return err
	}
	for _, w := range m.watchers {
		push(w.ch, m.last.Clone())
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
	s.Time = float64(m.seq) // unless the step knows better
	if err := fill(s, step); err != nil {
		return fmt.Errorf("xainb: step %d: %w", m.seq, err) // s may hold the step's own slices: it is not used again
	}
	for _, e := range s.Events {
		if e.IsWarning() {
			m.warn(e.Text) // it outlives its frame
		}
	}
	s.fit()
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
	s := m.spare
	if s == nil {
		s = new(Snapshot)
	}
	m.spare = nil
	return s
}

func (m *SnapshotManager) discard(s *Snapshot) { m.spare = s }

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
	if s.kept() {
		m.keys++
		s.key = m.keys
	}
	if n := len(m.frames); n > 1 && !m.stays(m.last) {
		m.drop(m.last)
		m.frames = slices.Delete(m.frames, n-1, n)
	}
	m.frames = append(m.frames, s)
	m.bytes += s.bytes()
	m.last = s
	for m.full() {
		m.thin()
	}
}

func (m *SnapshotManager) stays(s *Snapshot) bool {
	if s.kept() {
		return s.key%m.keyEvery == 0
	}
	return s.Seq%m.stride == 0
}

func (m *SnapshotManager) full() bool {
	return len(m.frames) > 2 && ((m.cfg.Frames > 0 && len(m.frames) > m.cfg.Frames) || m.bytes > m.cfg.Bytes)
}

// thin drops every second of the ordinary frames between the first and the last. Key frames and frames with events go only
// when nothing else is left: then memory counts more.
func (m *SnapshotManager) thin() {
	last := len(m.frames) - 1
	if slices.ContainsFunc(m.frames[1:last], func(f *Snapshot) bool { return !f.kept() }) {
		m.stride *= 2
	} else {
		m.keyEvery *= 2
		m.warn("The recording holds fewer key frames than there were: raise Config.Frames or Config.Bytes to keep them.")
	}
	kept := m.frames[:1]
	for i, f := range m.frames[1:] {
		if i == last-1 || m.stays(f) {
			kept = append(kept, f)
		} else {
			m.drop(f)
		}
	}
	clear(m.frames[len(kept):])
	m.frames = kept
}

// drop accounts for a frame that leaves the recording.
func (m *SnapshotManager) drop(f *Snapshot) {
	m.bytes -= f.bytes()
	m.dropped++
	m.discard(f)
}

// maxWarnings is how many warnings of its steps a manager notes.
const maxWarnings = 100

func (m *SnapshotManager) warn(text string) {
	if len(m.warnings) == maxWarnings {
		text = "There were more warnings than these."
	}
	if len(m.warnings) <= maxWarnings && !slices.Contains(m.warnings, text) {
		m.warnings = append(m.warnings, text)
	}
}

// CurrentState returns a clone of the newest snapshot; before the first capture it is the zero Snapshot.
func (m *SnapshotManager) CurrentState() Snapshot {
	snap, _, _ := m.state()
	return snap
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
		w.stop()
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
	t := NewTrack(frames, m.cfg.Provenance, m.err)
	t.dropped, t.steps = m.dropped, m.seq
	t.warn(m.warnings...)
	return t
}
