package codec

import (
	"encoding/binary"
	"fmt"
	"math"
)

// writer builds the tables of the contents.
type writer struct {
	b       []byte
	ids     map[string]int
	strings []string
}

func (w *writer) byte(v byte) { w.b = append(w.b, v) }

func (w *writer) uint(v uint64) { w.b = binary.AppendUvarint(w.b, v) }

func (w *writer) int(v int) { w.uint(uint64(v)) }

func (w *writer) sint(v int) { w.b = binary.AppendVarint(w.b, int64(v)) }

func (w *writer) f32(v float32) { w.b = binary.LittleEndian.AppendUint32(w.b, math.Float32bits(v)) }

func (w *writer) f64(v float64) { w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(v)) }

func (w *writer) str(texts ...string) {
	for _, s := range texts {
		id, ok := w.ids[s]
		if !ok {
			id = len(w.strings)
			w.ids[s] = id
			w.strings = append(w.strings, s)
		}
		w.int(id)
	}
}

// strs writes a count and the strings.
func (w *writer) strs(texts []string) {
	w.int(len(texts))
	w.str(texts...)
}

// table numbers distinct entries, each identified by its bytes.
type table struct {
	ids map[string]int
	key []byte
}

// add returns the number of the entry in t.key and whether it is new.
func (t *table) add() (id int, isNew bool) {
	id, ok := t.ids[string(t.key)]
	if !ok {
		if t.ids == nil {
			t.ids = map[string]int{}
		}
		id = len(t.ids)
		t.ids[string(t.key)] = id
	}
	return id, !ok
}

// put starts the key with a length and bytes for each text, so that different lists have different keys.
func (t *table) put(texts ...string) {
	for _, s := range texts {
		t.key = binary.AppendUvarint(t.key, uint64(len(s)))
		t.key = append(t.key, s...)
	}
}

// reader reads the tables of the contents. After the first error every method returns zero and err stays.
type reader struct {
	b       []byte
	at      int
	budget  int64 // memory that decoding may still ask for
	strings []string
	err     error
}

func (r *reader) fail(sentinel error, format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("codec: %w: %s at byte %d of the contents", sentinel, fmt.Sprintf(format, args...), r.at)
		r.at = len(r.b)
	}
}

// take returns the next n bytes, or nil.
func (r *reader) take(n int) []byte {
	if n > len(r.b)-r.at {
		r.fail(ErrDamaged, "the contents end in the middle of a number or a string")
		return nil
	}
	b := r.b[r.at : r.at+n]
	r.at += n
	return b
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.b[r.at:])
	if n <= 0 {
		r.fail(ErrDamaged, "a number does not end")
		return 0
	}
	r.at += n
	return v
}

func (r *reader) sint() int {
	u := r.uint()
	return int(int64(u>>1) ^ -int64(u&1))
}

func (r *reader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *reader) f32() float32 {
	if b := r.take(4); b != nil {
		return math.Float32frombits(binary.LittleEndian.Uint32(b))
	}
	return 0
}

func (r *reader) f64() float64 { return math.Float64frombits(r.u64()) }

// number reads a uint that is at most limit.
func (r *reader) number(what string, limit uint64) int {
	v := r.uint()
	if v > limit {
		r.fail(ErrFormat, "%s is %d, more than %d", what, v, limit)
		return 0
	}
	return int(v)
}

// count reads how many entries follow, of at least bytes bytes each, and takes memory for them from the budget.
func (r *reader) count(what string, bytes int, memory int64) int {
	n := r.number("the number of "+what, uint64((len(r.b)-r.at)/bytes))
	r.spend(what, int64(n)*memory)
	if r.err != nil {
		return 0
	}
	return n
}

// index reads a number that is below n.
func (r *reader) index(what string, n int) int {
	v := r.uint()
	if v >= uint64(n) {
		r.fail(ErrFormat, "%s %d of %d", what, v, n)
		return 0
	}
	return int(v)
}

func (r *reader) spend(what string, memory int64) {
	if r.budget -= memory; r.budget < 0 {
		r.fail(ErrLimit, "%s need more memory than the reader gives", what)
	}
}

func (r *reader) str() string {
	if i := r.index("string", len(r.strings)); r.err == nil {
		return r.strings[i]
	}
	return ""
}

func (r *reader) strs(what string) []string {
	n := r.count(what, 1, 16)
	if n == 0 {
		return nil
	}
	out := make([]string, n)
	for i := range out {
		out[i] = r.str()
	}
	return out
}
