package xainb

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"
)

// ErrNoFrames marks a track without a single frame where one is needed.
var ErrNoFrames = errors.New("the recording has no frames")

// Provenance says where a run comes from, so that it can be made again.
type Provenance struct {
	Name      string            `json:"name,omitempty" yaml:"name,omitempty"` // what ran: "attention of all-MiniLM-L6-v2"
	Seed      uint64            `json:"seed" yaml:"seed"`
	Model     string            `json:"model,omitempty" yaml:"model,omitempty"`
	ModelHash string            `json:"model_hash,omitempty" yaml:"model_hash,omitempty"` // hex SHA-256
	Data      string            `json:"data,omitempty" yaml:"data,omitempty"`
	DataHash  string            `json:"data_hash,omitempty" yaml:"data_hash,omitempty"` // hex SHA-256
	Versions  map[string]string `json:"versions,omitempty" yaml:"versions,omitempty"`
	Parent    *Branch           `json:"parent,omitempty" yaml:"parent,omitempty"` // where the run branched off another
}

func (p Provenance) clone() Provenance {
	p.Versions = maps.Clone(p.Versions)
	if p.Parent != nil {
		branch := *p.Parent
		p.Parent = &branch
	}
	return p
}

// Branch names the frame of another track that a run started from.
type Branch struct {
	Track string `json:"track" yaml:"track"` // the parent's Hash
	Seq   int    `json:"seq" yaml:"seq"`
}

// Range describes the values of a field over a whole track. Min and Max are over finite values; without any, Finite is 0 and both are 0.
type Range struct {
	Min, Max float32
	Finite   int // how many values are finite
	NaN, Inf int // how many are not
}

// FieldInfo is a field's place in the schema of a track.
type FieldInfo struct {
	Name, Unit string
	Dims       []Dim // of the first frame that has the field
	Varies     bool  // the sizes or dimensions change between frames
	Frames     int   // how many frames have it
	Range      Range
}

// Schema is what a track contains: its fields and scalars in the order of first appearance.
type Schema struct {
	Fields  []FieldInfo
	Scalars []string
}

// Field returns the description of a field, or nil.
func (s Schema) Field(name string) *FieldInfo {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return &s.Fields[i]
		}
	}
	return nil
}

// Track is the immutable result of a run: its frames with schema, ranges and provenance. A nil Track has no frames.
type Track struct {
	frames   []Snapshot
	schema   Schema
	prov     Provenance
	err      error
	steps    int // captured in all
	dropped  int
	warnings []string
}

// Source is anything that holds a recording: a *Track, or an algorithm's own result that embeds one. (A field named Track would hide the method
// Track: embed an alias, as kernels/attention does.)
type Source interface{ Track() *Track }

// NewTrack makes a track of frames that come from elsewhere, a file for example. It takes the slice over. err is what
// ended the run early, or nil.
func NewTrack(frames []Snapshot, prov Provenance, err error) *Track {
	t := &Track{frames: frames, prov: prov.clone(), err: err, steps: len(frames)}
	if n := len(frames); n > 0 && frames[n-1].Seq+1 > n {
		t.steps = frames[n-1].Seq + 1
		t.dropped = t.steps - n
	}
	t.scan()
	return t
}

// scan fills the schema, the ranges and the warnings.
func (t *Track) scan() {
	s := &t.schema
	fields, scalars := map[string]int{}, map[string]bool{} // a track may have many, of a hostile file
	var warnings []string
	for i := range t.frames {
		f := &t.frames[i]
		for j := range f.Fields {
			x := &f.Fields[j]
			at, ok := fields[x.Name]
			if !ok {
				at = len(s.Fields)
				fields[x.Name] = at
				s.Fields = append(s.Fields, FieldInfo{Name: x.Name, Unit: x.Unit, Dims: slices.Clone(x.Dims)})
			}
			s.Fields[at].add(x)
		}
		for _, c := range f.Scalars {
			if !scalars[c.Name] {
				scalars[c.Name] = true
				s.Scalars = append(s.Scalars, c.Name)
			}
		}
		for _, e := range f.Events {
			if e.IsWarning() {
				warnings = append(warnings, e.Text)
			}
		}
	}
	t.warn(warnings...)
}

func (info *FieldInfo) add(f *Field) {
	info.Frames++
	info.Varies = info.Varies || !slices.Equal(info.Dims, f.Dims)
	info.Range.add(f.Data)
}

func (r *Range) add(data []float32) {
	lo, hi := r.Min, r.Max
	if r.Finite == 0 {
		lo, hi = float32(math.Inf(1)), float32(math.Inf(-1))
	}
	nan, inf := 0, 0
	for _, v := range data {
		if v-v == 0 {
			lo, hi = min(lo, v), max(hi, v)
		} else if v != v {
			nan++
		} else {
			inf++
		}
	}
	r.NaN, r.Inf = r.NaN+nan, r.Inf+inf
	r.Finite += len(data) - nan - inf
	if r.Finite > 0 {
		r.Min, r.Max = lo, hi
	}
}

// warn adds the texts that are not there yet.
func (t *Track) warn(texts ...string) {
	known := map[string]bool{}
	for _, w := range t.warnings {
		known[w] = true
	}
	for _, w := range texts {
		if !known[w] {
			known[w] = true
			t.warnings = append(t.warnings, w)
		}
	}
}

// Track returns t, so that a *Track is a [Source].
func (t *Track) Track() *Track { return t }

// Err returns what ended the run early, or nil.
func (t *Track) Err() error {
	if t == nil {
		return ErrNoFrames
	}
	return t.err
}

// Len returns the number of frames.
func (t *Track) Len() int {
	if t == nil {
		return 0
	}
	return len(t.frames)
}

// At returns frame i, shared with the track: read it, or Clone it. Outside [0, Len) it is nil.
func (t *Track) At(i int) *Snapshot {
	if i < 0 || i >= t.Len() {
		return nil
	}
	return &t.frames[i]
}

// Frames yields the frames in order, shared with the track.
func (t *Track) Frames() iter.Seq2[int, *Snapshot] {
	return func(yield func(int, *Snapshot) bool) {
		for i := range t.Len() {
			if !yield(i, &t.frames[i]) {
				return
			}
		}
	}
}

// Schema returns what the track contains; the slices are shared with it.
func (t *Track) Schema() Schema {
	if t == nil {
		return Schema{}
	}
	return t.schema
}

// Provenance returns where the run comes from.
func (t *Track) Provenance() Provenance {
	if t == nil {
		return Provenance{}
	}
	return t.prov.clone()
}

// Steps returns how many steps the run captured, also of a track that [Track.Select] made.
func (t *Track) Steps() int {
	if t == nil {
		return 0
	}
	return t.steps
}

// Dropped returns how many of the captured steps the recorder did not keep. Frames that [Track.Select] left out do not count.
func (t *Track) Dropped() int {
	if t == nil {
		return 0
	}
	return t.dropped
}

// Warnings returns what a reader of the run must know.
func (t *Track) Warnings() []string {
	if t == nil {
		return nil
	}
	return slices.Clone(t.warnings)
}

// WithCounts returns the same track with other counts of the steps captured and of those left out, for a track that
// was read from elsewhere.
func (t *Track) WithCounts(steps, dropped int) *Track {
	c := t.copy()
	c.steps, c.dropped = steps, dropped
	return c
}

// WithWarnings returns the same track with more warnings.
func (t *Track) WithWarnings(texts ...string) *Track {
	c := t.copy()
	c.warn(texts...)
	return c
}

func (t *Track) copy() *Track {
	if t == nil {
		return &Track{err: ErrNoFrames}
	}
	c := *t
	c.warnings = slices.Clone(t.warnings)
	return &c
}

// Select returns the frames that keep says yes to, as a track of its own that shares their data: one phase of an
// algorithm, one layer. Its ranges are those of the frames it has, its Steps and Dropped those of the
// whole run.
func (t *Track) Select(keep func(*Snapshot) bool) *Track {
	var frames []Snapshot
	for _, f := range t.Frames() {
		if keep(f) {
			frames = append(frames, *f)
		}
	}
	return t.derive(frames)
}

// Pick returns the track with only the named fields, in the order of the frames; data is shared.
func (t *Track) Pick(names ...string) *Track {
	frames := make([]Snapshot, 0, t.Len())
	for _, f := range t.Frames() {
		c := *f
		c.Fields = nil
		for _, field := range f.Fields {
			if slices.Contains(names, field.Name) {
				c.Fields = append(c.Fields, field)
			}
		}
		frames = append(frames, c)
	}
	return t.derive(frames)
}

func (t *Track) derive(frames []Snapshot) *Track {
	c := NewTrack(frames, t.Provenance(), t.Err())
	if t != nil {
		c.steps, c.dropped = t.steps, t.dropped
		c.warn(t.warnings...)
	}
	return c
}

// Hash returns the hex SHA-256 of the content: frames and provenance without wall times. Equal content, equal hash.
func (t *Track) Hash() string {
	h := sha256.New()
	w := hashWriter{h}
	p := t.Provenance()
	w.str("xainb track 1", p.Name, p.Model, p.ModelHash, p.Data, p.DataHash)
	w.num(p.Seed)
	for _, k := range slices.Sorted(maps.Keys(p.Versions)) {
		w.str(k, p.Versions[k])
	}
	if p.Parent != nil {
		w.str("parent", p.Parent.Track)
		w.num(uint64(p.Parent.Seq))
	}
	for _, f := range t.Frames() {
		w.frame(f)
	}
	return hex.EncodeToString(h.Sum(nil))
}

type hashWriter struct{ w io.Writer }

func (h hashWriter) num(v uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], v)
	h.w.Write(b[:])
}

func (h hashWriter) str(texts ...string) {
	for _, s := range texts {
		h.num(uint64(len(s)))
		io.WriteString(h.w, s)
	}
}

func (h hashWriter) frame(f *Snapshot) {
	h.num(uint64(f.Seq))
	h.num(math.Float64bits(f.Time))
	h.str(f.TimeName, f.Kind, f.Phase, fmt.Sprint(f.Key))
	h.num(uint64(len(f.Fields)))
	for i := range f.Fields {
		x := &f.Fields[i]
		h.str(x.Name, x.Unit)
		h.num(uint64(len(x.Dims)))
		for _, d := range x.Dims {
			h.str(d.Name)
			h.num(uint64(d.Size))
		}
		b := make([]byte, 4*len(x.Data))
		for j, v := range x.Data {
			binary.LittleEndian.PutUint32(b[4*j:], math.Float32bits(v))
		}
		h.w.Write(b)
	}
	h.num(uint64(len(f.Scalars)))
	for _, c := range f.Scalars {
		h.str(c.Name)
		h.num(math.Float64bits(c.Value))
	}
	h.num(uint64(len(f.Labels)))
	for _, l := range f.Labels {
		h.str(l.Dim)
		h.num(uint64(len(l.Names)))
		h.str(l.Names...)
	}
	h.num(uint64(len(f.Events)))
	for _, e := range f.Events {
		h.str(e.Name, e.Text)
	}
}

// String describes the track in one line.
func (t *Track) String() string {
	s := t.Schema()
	names := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		names[i] = f.Name + " " + dimString(f.Dims)
	}
	out := fmt.Sprintf("%d frames: %s", t.Len(), strings.Join(append(names, s.Scalars...), ", "))
	if d := t.Dropped(); d > 0 {
		out += fmt.Sprintf(" (%d of %d steps not kept)", d, t.Steps())
	}
	return out
}
