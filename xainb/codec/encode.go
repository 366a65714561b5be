package codec

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"maps"
	"math"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

const (
	magic   = "XAIT"
	version = 1
	// level of compress/flate: on smooth recordings 6 and more cost twice the time for 5 % of the bytes.
	level = 5
)

// Encode writes the track in the compact form. A track without frames is written too (it may say why in its error); a nil
// track, negative counts, a field whose data does not fit its dimensions and Options outside their ranges are errors. Equal tracks have equal
// bytes.
func Encode(t *xainb.Track, o Options) ([]byte, error) {
	if err := check(t); err != nil {
		return nil, err
	}
	if o.Keyframe < 0 || o.Keyframe > math.MaxInt32 {
		return nil, fmt.Errorf("codec: Options.Keyframe is %d: give a positive number below 2^31, or 0 to let the codec choose", o.Keyframe)
	}
	e := &encoder{track: t, writer: writer{ids: map[string]int{}}}
	if err := e.survey(o); err != nil {
		return nil, err
	}
	blocks := e.blocks() // before the tables, which state the error
	e.tables()
	return e.pack(blocks)
}

// encodeReadable is [Encode] for bytes that are to be read again: what [DecodeLimit] would refuse is an error at once.
func encodeReadable(t *xainb.Track, o Options, limit int64) ([]byte, error) {
	b, err := Encode(t, o)
	if err == nil {
		_, err = survey(b, limit)
	}
	return b, err
}

// check says why no form can hold the track.
func check(t *xainb.Track) error {
	switch {
	case t == nil:
		return fmt.Errorf("codec: %w: it is nil", ErrTrack)
	case t.Steps() < 0 || t.Dropped() < 0:
		return fmt.Errorf("codec: %w: it counts %d steps and %d dropped", ErrTrack, t.Steps(), t.Dropped())
	}
	return nil
}

type encoder struct {
	writer
	track   *xainb.Track
	codings []*coding
	streams []*stream
	frames  []frameRefs

	streamTable, labelTable, columnTable table
	labels                               []xainb.Labels
	columns                              [][]string
}

// frameRefs are the tables' entries that a frame uses.
type frameRefs struct {
	streams, labels []int
	columns         int
}

// survey finds the streams, the labels and the columns of scalars.
func (e *encoder) survey(o Options) error {
	for _, f := range e.track.Schema().Fields {
		bits, err := o.bits(f.Name)
		if err != nil {
			return err
		}
		e.codings = append(e.codings, newCoding(&f, bits, bits != Lossless && e.whole(f.Name)))
	}
	byName := map[string]*coding{}
	for _, c := range e.codings {
		byName[c.name] = c
	}
	e.frames = make([]frameRefs, e.track.Len())
	for i, f := range e.track.Frames() {
		refs := &e.frames[i]
		for j := range f.Fields {
			x := &f.Fields[j]
			s, err := e.streamOf(x, byName[x.Name], o.Keyframe)
			if err != nil {
				return fmt.Errorf("codec: frame %d: field %q: %w", i, x.Name, err)
			}
			e.streams[s].data = append(e.streams[s].data, x.Data)
			refs.streams = append(refs.streams, s)
		}
		for _, l := range f.Labels {
			refs.labels = append(refs.labels, e.labelsOf(l))
		}
		refs.columns = e.columnsOf(f.Scalars)
	}
	return nil
}

func (e *encoder) whole(name string) bool {
	for _, f := range e.track.Frames() {
		for i := range f.Fields {
			if f.Fields[i].Name == name && !whole(f.Fields[i].Data) {
				return false
			}
		}
	}
	return true
}

func (e *encoder) streamOf(f *xainb.Field, c *coding, keyframe int) (int, error) {
	size := sizeOf(f.Dims)
	if size != len(f.Data) {
		return 0, fmt.Errorf("%w: %d values for the dimensions %v", ErrTrack, len(f.Data), f.Dims)
	}
	t := &e.streamTable
	t.key = t.key[:0]
	t.put(f.Name, f.Unit)
	for _, d := range f.Dims {
		t.put(d.Name)
		t.key = binary.AppendUvarint(t.key, uint64(d.Size))
	}
	id, isNew := t.add()
	if isNew {
		if keyframe == 0 {
			keyframe = blockOf(size)
		}
		e.streams = append(e.streams, &stream{coding: c, unit: f.Unit, dims: f.Dims, size: size, block: keyframe})
	}
	return id, nil
}

func (e *encoder) labelsOf(l xainb.Labels) int {
	t := &e.labelTable
	t.key = t.key[:0]
	t.put(l.Dim)
	t.put(l.Names...)
	id, isNew := t.add()
	if isNew {
		e.labels = append(e.labels, l)
	}
	return id
}

func (e *encoder) columnsOf(scalars []xainb.Scalar) int {
	t := &e.columnTable
	t.key = t.key[:0]
	for _, c := range scalars {
		t.put(c.Name)
	}
	id, isNew := t.add()
	if isNew {
		names := make([]string, len(scalars))
		for i, c := range scalars {
			names[i] = c.Name
		}
		e.columns = append(e.columns, names)
	}
	return id
}

func (e *encoder) blocks() []byte {
	n := 0
	for _, s := range e.streams {
		n += s.bytes(len(s.data))
	}
	out := make([]byte, 0, n)
	for _, s := range e.streams {
		out = s.appendBlocks(out)
	}
	return out
}

// tables writes everything but the strings, which come to stand before it, and the blocks, which follow.
func (e *encoder) tables() {
	e.run()
	e.fields()
	e.int(len(e.labels))
	for _, l := range e.labels {
		e.str(l.Dim)
		e.strs(l.Names)
	}
	e.int(len(e.columns))
	for _, names := range e.columns {
		e.strs(names)
	}
	e.frameTable()
	e.numbers()
}

func (e *encoder) run() {
	p := e.track.Provenance()
	e.str(p.Name)
	e.b = binary.LittleEndian.AppendUint64(e.b, p.Seed)
	e.str(p.Model, p.ModelHash, p.Data, p.DataHash)
	e.int(len(p.Versions))
	for _, k := range slices.Sorted(maps.Keys(p.Versions)) {
		e.str(k, p.Versions[k])
	}
	if p.Parent == nil {
		e.byte(0)
	} else {
		e.byte(1)
		e.str(p.Parent.Track)
		e.sint(p.Parent.Seq)
	}
	if err := e.track.Err(); err == nil {
		e.byte(0)
	} else {
		e.byte(1)
		e.str(err.Error())
	}
	e.int(e.track.Steps())
	e.int(e.track.Dropped())
	e.strs(e.track.Warnings())
}

func (e *encoder) fields() {
	number := map[*coding]int{}
	e.int(len(e.codings))
	for i, c := range e.codings {
		number[c] = i
		e.str(c.name)
		e.byte(byte(c.bits))
		e.byte(c.marks)
		e.int(c.levels)
		e.f32(c.lo)
		e.f32(c.hi)
		e.f64(c.maxError)
		e.int(c.nan)
		e.int(c.inf)
	}
	e.int(len(e.streams))
	for _, s := range e.streams {
		e.int(number[s.coding])
		e.str(s.unit)
		e.int(s.block)
		e.int(len(s.dims))
		for _, d := range s.dims {
			e.str(d.Name)
			e.int(d.Size)
		}
	}
}

func (e *encoder) frameTable() {
	e.int(e.track.Len())
	before := 0
	for i, f := range e.track.Frames() {
		refs := &e.frames[i]
		e.sint(f.Seq - before)
		before = f.Seq
		e.str(f.TimeName, f.Kind, f.Phase)
		if f.Key {
			e.byte(1)
		} else {
			e.byte(0)
		}
		for _, list := range [][]int{refs.streams, refs.labels} {
			e.int(len(list))
			for _, id := range list {
				e.int(id)
			}
		}
		e.int(refs.columns)
		e.int(len(f.Events))
		for _, event := range f.Events {
			e.str(event.Name, event.Text)
		}
	}
}

// numbers writes the times and the scalars as eight planes of bytes.
func (e *encoder) numbers() {
	values := make([]float64, 0, e.track.Len())
	number := columnNumbers(e.columns)
	columns := make([][]float64, len(number))
	for _, f := range e.track.Frames() {
		values = append(values, f.Time)
		for _, c := range f.Scalars {
			i := number[c.Name]
			columns[i] = append(columns[i], c.Value)
		}
	}
	values = append(values, slices.Concat(columns...)...)
	for p := range 8 {
		for _, v := range values {
			e.byte(byte(math.Float64bits(v) >> (8 * p)))
		}
	}
}

// columnNumbers numbers the names of scalars by first appearance.
func columnNumbers(columns [][]string) map[string]int {
	number := map[string]int{}
	for _, list := range columns {
		for _, name := range list {
			if _, ok := number[name]; !ok {
				number[name] = len(number)
			}
		}
	}
	return number
}

// pack deflates the contents and puts the file around them.
func (e *encoder) pack(blocks []byte) ([]byte, error) {
	head := binary.AppendUvarint(nil, uint64(len(e.strings)))
	for _, s := range e.strings {
		head = binary.AppendUvarint(head, uint64(len(s)))
		head = append(head, s...)
	}
	var out bytes.Buffer
	out.WriteString(magic)
	out.WriteByte(version)
	out.Write(binary.AppendUvarint(nil, uint64(len(head)+len(e.b)+len(blocks))))
	w, err := flate.NewWriter(&out, level)
	if err != nil {
		return nil, fmt.Errorf("codec: %w", err)
	}
	for _, part := range [][]byte{head, e.b, blocks} {
		w.Write(part) // a bytes.Buffer does not fail
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("codec: %w", err)
	}
	return binary.LittleEndian.AppendUint32(out.Bytes(), crc32.ChecksumIEEE(out.Bytes())), nil
}
