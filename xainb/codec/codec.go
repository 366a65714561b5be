package codec

import (
	"errors"
	"fmt"
	"math"

	"github.com/xainb/gonb-xai/xainb"
)

var (
	// ErrFormat marks bytes or text that are no recording.
	ErrFormat = errors.New("not a recording")
	// ErrVersion marks a recording of a newer version than this package reads.
	ErrVersion = errors.New("unknown version")
	// ErrDamaged marks a recording that was changed or cut off.
	ErrDamaged = errors.New("the recording is damaged")
	// ErrLimit marks a recording that asks for more memory than the reader gives.
	ErrLimit = errors.New("the recording is too large")
	// ErrTrack marks a track that cannot be written: data that does not fit its dimensions, impossible sizes.
	ErrTrack = errors.New("the track cannot be written")
)

// DefaultBits is the precision of a value where nothing else is asked for: 256 levels, as many as a colour scale shows.
const DefaultBits = 8

// Lossless is the number of bits that keeps every float32 as it is.
const Lossless = 32

// DefaultLimit is the most that [Decode] takes: for the decoded track, and as much again for the inflated contents that it is made of.
const DefaultLimit = 1 << 30

// Options say how closely the compact form keeps a track. The zero value keeps 8 bits a value.
type Options struct {
	// Bits a value: 1 to 16, or 32 for lossless; 0 means 8. A field that contains NaN or infinities spends up to three of
	// the 2^Bits codes on them; where that leaves fewer than two it gets more bits.
	Bits int
	// FieldBits overrides Bits for the fields it names; names of no field are ignored, 0 means Bits.
	FieldBits map[string]int
	// Keyframe is the number of frames from one key frame to the next, up to 2^31-1: going to a frame decodes at most that many. 0 lets
	// the codec choose between 16 and 256, fewer for larger fields.
	Keyframe int
}

func (o Options) bits(field string) (int, error) {
	bits := o.FieldBits[field]
	if bits == 0 {
		bits = o.Bits
	}
	if bits == 0 {
		bits = DefaultBits
	}
	if bits < 1 || bits > 16 && bits != Lossless {
		return 0, fmt.Errorf("codec: field %q: %d bits: give 1 to 16, or 32 for lossless", field, bits)
	}
	return bits, nil
}

// Info describes a recording in the compact form.
type Info struct {
	Version int
	Frames  int
	Fields  []FieldInfo
}

// FieldInfo says how a field is kept.
type FieldInfo struct {
	Name     string
	Bits     int     // 32 means lossless
	Levels   int     // how many finite values it can take; 0 with 32 bits
	MaxError float64 // the largest difference between a finite value and what it decodes to
	Range    xainb.Range
}

// stream is a field with one unit and one set of dimensions: a row of arrays of the same size. See doc.go.
type stream struct {
	coding *coding
	unit   string
	dims   []xainb.Dim
	size   int // values an occurrence
	block  int // the most occurrences in a block
	data   [][]float32
}

// bytes is how much n occurrences take among the blocks.
func (s *stream) bytes(n int) int {
	return n/s.block + min(1, n%s.block) + n*s.size*s.coding.planes()
}

// maxSize bounds a dimension and an array, so that both decoders count exactly. A machine of 32 bits has a lower bound.
const maxSize = min(1<<40, math.MaxInt)

// sizeOf is the number of values of the dimensions, or -1 where a size is impossible.
func sizeOf(dims []xainb.Dim) int {
	n, empty := int64(1), false
	for _, d := range dims {
		if d.Size < 0 || d.Size > maxSize {
			return -1
		}
		empty = empty || d.Size == 0
		if d.Size > 0 {
			n = min(n, maxSize/int64(d.Size)+1) * int64(d.Size) // more than maxSize stays more, without overflow
		}
	}
	switch {
	case empty:
		return 0
	case n > maxSize:
		return -1
	}
	return int(n)
}
