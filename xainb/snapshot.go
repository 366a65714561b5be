package xainb

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrField marks a field whose data does not fit its dimensions, or that is put twice in one step.
var ErrField = errors.New("the field does not fit")

// Dim is one dimension of a field: what it counts and how many.
type Dim struct {
	Name string `json:"name" yaml:"name"`
	Size int    `json:"size" yaml:"size"`
}

// Field is a named n-dimensional array in row-major order: the last dimension varies fastest.
// NaN and infinities are kept. No dimensions means a single value.
type Field struct {
	Name string    `json:"name" yaml:"name"`
	Unit string    `json:"unit,omitempty" yaml:"unit,omitempty"`
	Dims []Dim     `json:"dims" yaml:"dims"`
	Data []float32 `json:"data" yaml:"data"`
}

// Scalar is a named number that keeps its full float64 precision: a loss, a score, a learning rate.
type Scalar struct {
	Name  string
	Value float64
}

// Labels names the positions along a dimension, for example the tokens along "query".
type Labels struct {
	Dim   string   `json:"dim" yaml:"dim"`
	Names []string `json:"names" yaml:"names"`
}

// Event is something worth a tick on the scrubber. Of a recording that is full, frames that carry one go last.
type Event struct {
	Name string `json:"name" yaml:"name"`
	Text string `json:"text,omitempty" yaml:"text,omitempty"`
}

// warningEvent is the name of the events that [Snapshot.PutWarning] makes.
const warningEvent = "warning"

// IsWarning says whether the event is a warning: shown with the whole run, not as a tick.
func (e Event) IsWarning() bool { return e.Name == warningEvent }

// Snapshot is a step copied and stamped. A step fills it through the Put methods, which copy everything they are given,
// and by setting Time, TimeName, Kind, Phase and Key.
type Snapshot struct {
	Seq       int     // number of the step in the run, from 0, counting those that were not kept
	Time      float64 // the algorithm's own time: layer, step, epoch, t; at first the number of the step
	TimeName  string  // what Time counts ("layer", "epoch"); empty means "step"
	Timestamp int64   // wall time in UnixNano; not part of the content
	Kind      string  // the type of step that wrote it ("decision", "attention"); chooses a scene in charts.Auto
	Phase     string  // the stage of the algorithm ("softmax", "backward")
	Key       bool    // goes last when a recording is full

	Fields  []Field
	Scalars []Scalar
	Labels  []Labels
	Events  []Event

	err  error // first error of a Put
	puts int   // elements of the four slices that Put methods made
	key  int   // number of the key frame in its recording, from 1
}

// grow returns s one longer, reusing the element (and the buffers inside it) that an earlier snapshot left there.
func grow[T any](s []T) []T {
	if len(s) < cap(s) {
		return s[:len(s)+1]
	}
	var zero T
	return append(s, zero)
}

// reset empties s and keeps its buffers for the next step.
func (s *Snapshot) reset() {
	*s = Snapshot{Fields: s.Fields[:0], Scalars: s.Scalars[:0], Labels: s.Labels[:0], Events: s.Events[:0]}
}

// fit makes the snapshot own what it holds and not much more: what a step has put into the slices itself is copied, and what is left of an
// earlier step, behind their ends, is given up.
func (s *Snapshot) fit() {
	if s.puts != len(s.Fields)+len(s.Scalars)+len(s.Labels)+len(s.Events) {
		*s = s.Clone()
	}
	s.Fields = fit(s.Fields, func(f Field) bool { return f.Data != nil })
	for i := range s.Fields {
		s.Fields[i].Data = fit(s.Fields[i].Data, nil)
	}
	s.Labels = fit(s.Labels, func(l Labels) bool { return l.Names != nil })
	for i := range s.Labels {
		s.Labels[i].Names = fit(s.Labels[i].Names, func(name string) bool { return name != "" })
	}
	s.Scalars = fit(s.Scalars, nil)
	s.Events = fit(s.Events, func(e Event) bool { return e != Event{} })
}

// fit copies s when its buffer is much too large, or holds something behind the end.
func fit[T any](s []T, holds func(T) bool) []T {
	if cap(s) > 2*len(s)+16 || holds != nil && slices.ContainsFunc(s[len(s):cap(s)], holds) {
		return append([]T(nil), s...)
	}
	return s
}

// Put copies an n-dimensional field into the snapshot. The product of the sizes must be len(data);
// a mismatch, a negative size or a name used twice becomes the error of the capture.
func (s *Snapshot) Put(name string, data []float32, dims ...Dim) {
	if err := checkField(s, name, len(data), dims); err != nil {
		s.fail(err)
		return
	}
	s.puts++
	s.Fields = grow(s.Fields)
	f := &s.Fields[len(s.Fields)-1]
	f.Name, f.Unit = name, ""
	f.Dims = append(f.Dims[:0], dims...)
	f.Data = append(f.Data[:0], data...)
}

// fail keeps the first error of a Put.
func (s *Snapshot) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

func checkField(s *Snapshot, name string, n int, dims []Dim) error {
	want := int64(1)
	for _, d := range dims {
		if d.Size < 0 || (d.Size > 0 && want > (1<<40)/int64(d.Size)) {
			return fmt.Errorf("field %q: %w: dimension %s has size %d", strings.Clone(name), ErrField, strings.Clone(d.Name), d.Size)
		}
		want *= int64(d.Size)
	}
	if want != int64(n) {
		return fmt.Errorf("field %q: %w: %d values for %s, which is %d", strings.Clone(name), ErrField, n, dimString(slices.Clone(dims)), want)
	}
	if s.Field(name) != nil {
		return fmt.Errorf("field %q: %w: put twice in one step", strings.Clone(name), ErrField)
	}
	return nil
}

func dimString(dims []Dim) string {
	parts := make([]string, len(dims))
	for i, d := range dims {
		parts[i] = fmt.Sprintf("%s=%d", d.Name, d.Size)
	}
	return "[" + strings.Join(parts, " ") + "]"
}

// PutUnit names the unit of a field put before; an unknown name is ignored.
func (s *Snapshot) PutUnit(name, unit string) {
	if f := s.Field(name); f != nil {
		f.Unit = unit
	}
}

// PutScalar sets a named number; the last value put under a name stands.
func (s *Snapshot) PutScalar(name string, v float64) {
	for i := range s.Scalars {
		if s.Scalars[i].Name == name {
			s.Scalars[i].Value = v
			return
		}
	}
	s.puts++
	s.Scalars = append(s.Scalars, Scalar{name, v})
}

// PutLabels names the positions along the dimension dim; the last call for a dimension stands.
func (s *Snapshot) PutLabels(dim string, names []string) {
	for i := range s.Labels {
		if s.Labels[i].Dim == dim {
			s.Labels[i].Names = append(s.Labels[i].Names[:0], names...)
			return
		}
	}
	s.puts++
	s.Labels = grow(s.Labels)
	l := &s.Labels[len(s.Labels)-1]
	l.Dim = dim
	l.Names = append(l.Names[:0], names...)
}

// PutEvent marks the frame: name is the tick's label, text says more. When a recording is full such a frame goes last.
func (s *Snapshot) PutEvent(name, text string) {
	s.puts++
	s.Events = append(s.Events, Event{name, text})
}

// PutWarning says something that a reader of the whole run must know ("truncated to 512 tokens").
func (s *Snapshot) PutWarning(text string) { s.PutEvent(warningEvent, text) }

// Field returns the field of that name, or nil. It is shared with s.
func (s *Snapshot) Field(name string) *Field {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return &s.Fields[i]
		}
	}
	return nil
}

// Scalar returns the number of that name and whether there is one.
func (s *Snapshot) Scalar(name string) (float64, bool) {
	for _, c := range s.Scalars {
		if c.Name == name {
			return c.Value, true
		}
	}
	return 0, false
}

// LabelsOf returns the names along a dimension, or nil. The slice is shared with s.
func (s *Snapshot) LabelsOf(dim string) []string {
	for _, l := range s.Labels {
		if l.Dim == dim {
			return l.Names
		}
	}
	return nil
}

// Clone returns a deep copy: it shares no memory with s.
func (s *Snapshot) Clone() Snapshot {
	c := *s
	c.Fields = slices.Clone(s.Fields)
	for i := range c.Fields {
		c.Fields[i].Dims = slices.Clone(c.Fields[i].Dims)
		c.Fields[i].Data = slices.Clone(c.Fields[i].Data)
	}
	c.Scalars = slices.Clone(s.Scalars)
	c.Labels = slices.Clone(s.Labels)
	for i := range c.Labels {
		c.Labels[i].Names = slices.Clone(c.Labels[i].Names)
	}
	c.Events = slices.Clone(s.Events)
	return c
}

// bytes estimates the memory that the snapshot holds, for the recorder's byte cap.
func (s *Snapshot) bytes() int64 {
	n := 256 + int64(80*cap(s.Fields)+24*cap(s.Scalars)+40*cap(s.Labels)+32*cap(s.Events))
	for i := range s.Fields {
		n += 4*int64(cap(s.Fields[i].Data)) + 24*int64(cap(s.Fields[i].Dims))
	}
	for _, l := range s.Labels {
		n += 16 * int64(cap(l.Names))
		for _, name := range l.Names {
			n += int64(len(name))
		}
	}
	for _, e := range s.Events {
		n += int64(len(e.Name) + len(e.Text))
	}
	return n
}

// kept says whether the thinning of a recording leaves the frame alone as long as others can go.
func (s *Snapshot) kept() bool { return s.Key || len(s.Events) > 0 }
