package codec

import (
	"fmt"
	"math"

	"github.com/xainb/gonb-xai/xainb"
)

// Marks of a field: which codes after the finite ones are taken.
const (
	markNaN = 1 << iota
	markInf
)

// coding says how the values of one field become codes. See doc.go.
type coding struct {
	name     string
	bits     int
	marks    byte
	levels   int
	lo, hi   float32
	maxError float64
	nan, inf int
	total    int // values in the whole track

	values []float32 // value(q) of every code, where there are many values; nil with 32 bits
}

func (c *coding) planes() int {
	switch {
	case c.bits <= 8:
		return 1
	case c.bits <= 16:
		return 2
	}
	return 4
}

func (c *coding) mask() uint32 { return uint32(uint64(1)<<c.bits - 1) }

// newCoding chooses the levels for a field.
func newCoding(f *xainb.FieldInfo, bits int, whole bool) *coding {
	r := f.Range
	c := &coding{name: f.Name, bits: bits, lo: r.Min, hi: r.Max, nan: r.NaN, inf: r.Inf}
	if bits == Lossless {
		return c
	}
	taken := 0
	if r.NaN > 0 {
		c.marks |= markNaN
		taken++
	}
	if r.Inf > 0 {
		c.marks |= markInf
		taken += 2
	}
	for taken > 0 && 1<<c.bits < taken+2 {
		c.bits++
	}
	c.levels = 1<<c.bits - taken
	if span := float64(r.Max) - float64(r.Min); span == 0 {
		c.levels = 1
	} else if whole && span < float64(c.levels) {
		c.levels = int(span) + 1
	}
	c.tabulate()
	return c
}

// whole says whether the finite values of a field are whole numbers.
func whole(values []float32) bool {
	for _, v := range values {
		if v-v == 0 && float32(math.Floor(float64(v))) != v {
			return false
		}
	}
	return true
}

// value is what a code stands for.
func (c *coding) value(q uint32) float32 {
	last := uint32(c.levels - 1)
	infinity := uint32(c.levels) + uint32(c.marks&markNaN)
	switch {
	case q == 0:
		return c.lo
	case q == last:
		return c.hi
	case q < last:
		s := (float64(c.hi) - float64(c.lo)) / float64(last)
		return float32(float64(c.lo) + float64(float64(q)*s)) // the inner conversion forbids a fused multiply-add
	case c.marks&markInf != 0 && q == infinity:
		return float32(math.Inf(1))
	case c.marks&markInf != 0 && q == infinity+1:
		return float32(math.Inf(-1))
	}
	return float32(math.NaN())
}

// tabulate fills values.
func (c *coding) tabulate() {
	c.values = make([]float32, 1<<c.bits)
	for q := range c.values {
		c.values[q] = c.value(uint32(q))
	}
}

// encode writes the codes of src to dst[0], dst[stride], ... and keeps account of the error.
func (c *coding) encode(dst []uint32, stride int, src []float32) {
	if c.bits == Lossless {
		for i, v := range src {
			dst[i*stride] = sortable(math.Float32bits(v))
		}
		return
	}
	last, scale := float64(c.levels-1), 0.0
	if last > 0 {
		scale = last / (float64(c.hi) - float64(c.lo))
	}
	worst, rest := quantise(dst, stride, src, c.values, float64(c.lo), scale, last+1)
	c.maxError = max(c.maxError, worst)
	if !rest {
		return
	}
	for i, v := range src {
		if v-v != 0 {
			dst[i*stride] = c.special(v)
		}
	}
}

// quantise writes the codes of the finite values, returns their largest error and says whether there are others. It calls nothing
// and keeps everything in registers: that makes it four times as fast.
func quantise(dst []uint32, stride int, src, values []float32, lo, scale, limit float64) (float64, bool) {
	var worst uint64 // the bits of |v - decoded| without the sign: they grow with it, and integers compare faster
	rest := false
	for i, v := range src {
		x := float64((float64(v)-lo)*scale) + 0.5 // the conversion forbids a fused multiply-add
		if !(x >= 0 && x < limit) {
			rest = true
			continue
		}
		q := uint32(int32(x))
		dst[i*stride] = q
		worst = max(worst, math.Float64bits(float64(v)-float64(values[q]))<<1)
	}
	return math.Float64frombits(worst >> 1), rest
}

// special is the code of a value that is not finite.
func (c *coding) special(v float32) uint32 {
	q := uint32(c.levels)
	if v != v {
		return q
	}
	q += uint32(c.marks & markNaN)
	if v < 0 {
		q++
	}
	return q
}

// sortable turns the bits of a float32 into a number in the order of the values; unsortable turns it back.
func sortable(u uint32) uint32 {
	if u>>31 != 0 {
		return ^u
	}
	return u | 1<<31
}

func unsortable(u uint32) uint32 {
	if u>>31 != 0 {
		return u &^ (1 << 31)
	}
	return ^u
}

// zigzag turns a difference modulo 2^bits into a small number where it is near 0; unzigzag turns it back.
func zigzag(d uint32, bits int) uint32 {
	s := int32(d<<(32-bits)) >> (32 - bits)
	return uint32(s<<1^s>>31) & uint32(uint64(1)<<bits-1)
}

func unzigzag(x uint32) uint32 { return x>>1 ^ -(x & 1) }

// check says whether a decoded coding is possible.
func (c *coding) check() error {
	switch {
	case c.bits == Lossless && c.marks == 0 && c.levels == 0:
	case c.bits < 1 || c.bits > 16 || c.marks > markNaN|markInf || c.levels < 1 || c.levels > 1<<c.bits:
		return fmt.Errorf("codec: %w: field %q has %d bits, %d levels and marks %d", ErrFormat, c.name, c.bits, c.levels, c.marks)
	case c.lo-c.lo != 0 || c.hi-c.hi != 0:
		return fmt.Errorf("codec: %w: field %q has the range %v to %v", ErrFormat, c.name, c.lo, c.hi)
	}
	return nil
}
