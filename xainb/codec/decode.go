package codec

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// Decode reads the compact form. The track carries provenance, counts, warnings and the text of the error that ended the run; wall
// times are 0. Its frames share equal labels. Bytes that are no recording, of a newer version, damaged, or of more than
// [DefaultLimit] are an error.
func Decode(b []byte) (*xainb.Track, error) { return DecodeLimit(b, DefaultLimit) }

// DecodeLimit is [Decode] with a limit of its own, in bytes: for the decoded track, and as much again for the inflated contents that it is made of.
func DecodeLimit(b []byte, limit int64) (*xainb.Track, error) {
	d, err := survey(b, limit)
	if err != nil {
		return nil, err
	}
	d.values()
	if d.err != nil {
		return nil, d.err
	}
	t := xainb.NewTrack(d.frames, d.provenance, d.runErr)
	return t.WithCounts(d.steps, d.dropped).WithWarnings(d.warnings...), nil
}

// Inspect reads how a recording in the compact form is kept, without decoding its values.
func Inspect(b []byte) (*Info, error) {
	d, err := survey(b, DefaultLimit)
	if err != nil {
		return nil, err
	}
	info := &Info{Version: version, Frames: len(d.frames)}
	for _, c := range d.codings {
		info.Fields = append(info.Fields, FieldInfo{c.name, c.bits, c.levels, c.maxError,
			xainb.Range{Min: c.lo, Max: c.hi, Finite: max(0, c.total-c.nan-c.inf), NaN: c.nan, Inf: c.inf}})
	}
	return info, nil
}

// survey reads everything but the values.
func survey(b []byte, limit int64) (*decoder, error) {
	d, err := open(b, limit)
	if err != nil {
		return nil, err
	}
	d.restOfTables()
	return d, d.err
}

type decoder struct {
	reader
	provenance     xainb.Provenance
	runErr         error
	steps, dropped int
	warnings       []string
	codings        []*coding
	streams        []*stream
	uses           []int // occurrences of each stream
	labels         []xainb.Labels
	columns        [][]string
	frames         []xainb.Snapshot
	refs           [][]int // the streams of each frame
	numberCount    int     // times and scalars
}

// open checks the file around the contents, inflates them and reads the strings.
func open(b []byte, limit int64) (*decoder, error) {
	const least = len(magic) + 1 + 1 + 1 + 4
	switch {
	case len(b) < len(magic) || string(b[:len(magic)]) != magic:
		return nil, fmt.Errorf("codec: %w: the first bytes are %q, not %q", ErrFormat, b[:min(len(b), 4)], magic)
	case len(b) < least:
		return nil, fmt.Errorf("codec: %w: it ends after %d bytes", ErrDamaged, len(b))
	case b[4] != version:
		return nil, fmt.Errorf("codec: %w: the recording has version %d, this program reads version %d: update it", ErrVersion, b[4], version)
	}
	body, sum := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	if got := crc32.ChecksumIEEE(body); got != sum {
		return nil, fmt.Errorf("codec: %w: its checksum is %08x, not %08x", ErrDamaged, got, sum)
	}
	length, n := binary.Uvarint(body[5:])
	if n <= 0 {
		return nil, fmt.Errorf("codec: %w: the length at byte 5 does not end", ErrDamaged)
	}
	deflated := body[5+n:]
	if length > uint64(len(deflated))*maxRatio {
		return nil, fmt.Errorf("codec: %w: %d bytes cannot hold the %d that byte 5 promises", ErrDamaged, len(deflated), length)
	}
	if length > uint64(max(limit, 0)) || length > math.MaxInt {
		return nil, fmt.Errorf("codec: %w: its contents are %d bytes, the limit is %d", ErrLimit, length, limit)
	}
	d := &decoder{reader: reader{b: make([]byte, length), budget: limit}}
	if err := inflate(d.b, deflated); err != nil {
		return nil, err
	}
	d.readStrings()
	return d, d.err
}

// maxRatio is how many bytes a byte of a deflate stream can become: a match of 258 bytes takes two bits at least.
const maxRatio = 1032

// inflate fills dst, which must be exactly what the deflate stream holds.
func inflate(dst, deflated []byte) error {
	in := bytes.NewReader(deflated)
	r := flate.NewReader(in)
	if n, err := io.ReadFull(r, dst); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("codec: %w: it ends after %d of %d bytes of contents", ErrDamaged, n, len(dst))
		}
		return fmt.Errorf("codec: %w: after %d bytes of contents: %w", ErrDamaged, n, err)
	}
	var more [1]byte
	if n, err := r.Read(more[:]); n > 0 || err != io.EOF {
		return fmt.Errorf("codec: %w: its contents are longer than the %d bytes that byte 5 promises", ErrDamaged, len(dst))
	}
	if in.Len() > 0 {
		return fmt.Errorf("codec: %w: %d bytes follow the end of the contents", ErrDamaged, in.Len())
	}
	return nil
}

func (d *decoder) readStrings() {
	n := d.count("strings", 1, 16)
	texts := make([]string, n)
	for i := range texts {
		texts[i] = string(d.take(d.number("the length of a string", math.MaxInt32)))
	}
	d.strings = texts
}

func (d *decoder) restOfTables() {
	d.run()
	d.fields()
	d.labelTable()
	d.frameTable()
	d.numbers()
	d.layout()
}

func (d *decoder) run() {
	p := &d.provenance
	p.Name = d.str()
	p.Seed = d.u64()
	p.Model, p.ModelHash, p.Data, p.DataHash = d.str(), d.str(), d.str(), d.str()
	if n := d.count("versions", 2, 64); n > 0 {
		p.Versions = make(map[string]string, n)
		for range n {
			k := d.str()
			p.Versions[k] = d.str()
		}
	}
	if d.byte() != 0 {
		p.Parent = &xainb.Branch{Track: d.str(), Seq: d.sint()}
	}
	if d.byte() != 0 {
		d.runErr = errors.New(d.str())
	}
	d.steps = d.number("the number of steps", math.MaxInt)
	d.dropped = d.number("the number of steps left out", math.MaxInt)
	d.warnings = d.strs("warnings")
}

func (d *decoder) fields() {
	for range d.count("fields", 21, 128) {
		c := &coding{name: d.str(), bits: int(d.byte()), marks: d.byte(), levels: d.number("the number of levels", 1<<16)}
		c.lo, c.hi, c.maxError = d.f32(), d.f32(), d.f64()
		c.nan, c.inf = d.number("a count of NaN", math.MaxInt), d.number("a count of infinities", math.MaxInt)
		if d.err != nil {
			return
		}
		if d.err = c.check(); d.err != nil {
			return
		}
		d.codings = append(d.codings, c)
	}
	n := d.count("streams", 4, 128)
	d.uses = make([]int, n)
	for range n {
		s := &stream{}
		field := d.index("field", len(d.codings))
		s.unit = d.str()
		s.block = d.number("the number of frames in a block", math.MaxInt32)
		s.dims = make([]xainb.Dim, d.count("dimensions", 2, 24))
		for i := range s.dims {
			s.dims[i] = xainb.Dim{Name: d.str(), Size: d.number("a dimension", maxSize)}
		}
		if s.size = sizeOf(s.dims); s.size < 0 || s.block < 1 {
			d.fail(ErrFormat, "a stream has the dimensions %v and %d frames a block", s.dims, s.block)
		}
		if d.err != nil {
			return
		}
		s.coding = d.codings[field]
		d.streams = append(d.streams, s)
	}
}

func (d *decoder) labelTable() {
	d.labels = make([]xainb.Labels, d.count("lists of labels", 2, 40))
	for i := range d.labels {
		d.labels[i] = xainb.Labels{Dim: d.str(), Names: d.strs("labels")}
	}
	d.columns = make([][]string, d.count("lists of scalars", 1, 24))
	for i := range d.columns {
		d.columns[i] = d.strs("scalars")
	}
}

// frameMemory is what a frame takes beside its lists.
const frameMemory = 256

func (d *decoder) frameTable() {
	n := d.count("frames", 9, frameMemory)
	d.frames, d.refs = make([]xainb.Snapshot, n), make([][]int, n)
	seq := 0
	for i := range d.frames {
		f := &d.frames[i]
		seq += d.sint()
		f.Seq, f.TimeName, f.Kind, f.Phase, f.Key = seq, d.str(), d.str(), d.str(), d.byte()&1 != 0
		refs := make([]int, d.count("fields of a frame", 1, 96))
		for j := range refs {
			refs[j] = d.index("stream", len(d.streams))
			if d.err == nil {
				d.uses[refs[j]]++
			}
		}
		d.refs[i] = refs
		f.Labels = d.frameLabels()
		f.Scalars = d.frameScalars()
		if m := d.count("events", 2, 32); m > 0 {
			f.Events = make([]xainb.Event, m)
			for j := range f.Events {
				f.Events[j] = xainb.Event{Name: d.str(), Text: d.str()}
			}
		}
		if d.err != nil {
			return
		}
	}
}

func (d *decoder) frameLabels() []xainb.Labels {
	n := d.count("labels of a frame", 1, 40)
	if n == 0 {
		return nil
	}
	out := make([]xainb.Labels, n)
	for j := range out {
		if id := d.index("list of labels", len(d.labels)); d.err == nil {
			out[j] = d.labels[id]
		}
	}
	return out
}

func (d *decoder) frameScalars() []xainb.Scalar {
	id := d.index("list of scalars", len(d.columns))
	if d.err != nil {
		return nil
	}
	d.numberCount += 1 + len(d.columns[id])
	if d.numberCount > (len(d.b)-d.at)/8 {
		d.fail(ErrDamaged, "there are %d times and scalars, more than the bytes left", d.numberCount)
	}
	d.spend("scalars", int64(48*len(d.columns[id])))
	if d.err != nil || len(d.columns[id]) == 0 {
		return nil
	}
	out := make([]xainb.Scalar, len(d.columns[id]))
	for j, name := range d.columns[id] {
		out[j].Name = name
	}
	return out
}

func (d *decoder) numbers() {
	if d.err != nil {
		return
	}
	number := columnNumbers(d.columns)
	columns := make([][]*float64, len(number))
	targets := make([]*float64, 0, len(d.frames))
	for i := range d.frames {
		f := &d.frames[i]
		targets = append(targets, &f.Time)
		for j := range f.Scalars {
			n := number[f.Scalars[j].Name]
			columns[n] = append(columns[n], &f.Scalars[j].Value)
		}
	}
	targets = append(targets, slices.Concat(columns...)...)
	m := len(targets)
	planes := d.take(8 * m)
	if d.err != nil {
		return
	}
	for i, v := range targets {
		u := uint64(0)
		for p := range 8 {
			u |= uint64(planes[p*m+i]) << (8 * p)
		}
		*v = math.Float64frombits(u)
	}
}

// layout checks that the blocks are exactly what is left.
func (d *decoder) layout() {
	if d.err != nil {
		return
	}
	left := len(d.b) - d.at
	for i, s := range d.streams {
		n := d.uses[i]
		if s.size > 0 && n > left/s.size/s.coding.planes() {
			d.fail(ErrDamaged, "stream %d has %d arrays of %d values, more than the bytes left", i, n, s.size)
			return
		}
		if left -= s.bytes(n); left < 0 {
			break
		}
		s.coding.total += n * s.size
		d.spend("the values", 4*int64(n)*int64(s.size))
	}
	if left != 0 {
		d.fail(ErrDamaged, "the blocks are %d bytes off", left)
	}
}

// values allocates and decodes the fields of all frames.
func (d *decoder) values() {
	if d.err != nil {
		return
	}
	for i, s := range d.streams {
		s.data = make([][]float32, 0, d.uses[i])
		if c := s.coding; c.bits != Lossless && c.values == nil && c.total >= 1<<c.bits { // a table costs less than it saves
			c.tabulate()
		}
	}
	for i := range d.frames {
		for _, id := range d.refs[i] {
			s := d.streams[id]
			data := make([]float32, s.size)
			s.data = append(s.data, data)
			d.frames[i].Fields = append(d.frames[i].Fields, xainb.Field{Name: s.coding.name, Unit: s.unit, Dims: s.dims, Data: data})
		}
	}
	rest := d.b[d.at:]
	for i, s := range d.streams {
		var ok bool
		if rest, ok = s.readBlocks(rest); !ok {
			d.fail(ErrFormat, "stream %d has a block with differences of order %d", i, rest[0])
			return
		}
	}
}
