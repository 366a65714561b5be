package autodiff

import (
	"fmt"
	"math"
)

// maxDims is how many sizes a shape may have: patches of images are batch, channels, and rows and columns of patches and in them.
const maxDims = 6

// maxSize is how many values a tensor may have: indices of its elements are int32.
const maxSize = math.MaxInt32

// shape is the sizes of a tensor, the last one next to each other in memory.
type shape struct {
	n int
	d [maxDims]int
}

func shapeOf(dims ...int) shape {
	var s shape
	s.n = copy(s.d[:], dims)
	return s
}

func (s shape) dims() []int { return s.d[:s.n] }

func (s shape) size() int {
	size := 1
	for _, d := range s.d[:s.n] {
		size *= d
	}
	return size
}

// possible reports whether a tensor may have the shape; a size of 0 does not make up for the others.
func (s shape) possible() bool {
	size := 1
	for _, d := range s.d[:s.n] {
		if size > maxSize/max(d, 1) {
			return false
		}
		size *= max(d, 1)
	}
	return true
}

// last is the size of the last dimension, 1 for a scalar.
func (s shape) last() int {
	if s.n == 0 {
		return 1
	}
	return s.d[s.n-1]
}

// String returns the shape as "256x128"; "a scalar" for no sizes.
func (s shape) String() string {
	if s.n == 0 {
		return "a scalar"
	}
	text := ""
	for i, d := range s.d[:s.n] {
		if i > 0 {
			text += "x"
		}
		text += fmt.Sprint(d)
	}
	return text
}

// checkDims returns an error unless dims are sizes of a tensor: not too many, not negative, not too large.
func checkDims(dims []int) error {
	if len(dims) > maxDims {
		return fmt.Errorf("%d dimensions, at most %d are possible", len(dims), maxDims)
	}
	for _, d := range dims {
		if d < 0 {
			return fmt.Errorf("a size of %d", d)
		}
	}
	if s := shapeOf(dims...); !s.possible() {
		return fmt.Errorf("a shape of %v is too large: at most %d values are possible", s, maxSize)
	}
	return nil
}

// axis is a dimension's index, which is counted from the last one when it is negative; ok unless there is no such dimension.
func (s shape) axis(d int) (i int, ok bool) {
	if d < 0 {
		d += s.n
	}
	return d, d >= 0 && d < s.n
}

// broadcast returns the shape of an operation on a and b.
func broadcast(a, b shape) (shape, bool) {
	if a.n < b.n {
		a, b = b, a
	}
	for i := 1; i <= b.n; i++ {
		x, y := &a.d[a.n-i], b.d[b.n-i]
		switch {
		case *x == y, y == 1:
		case *x == 1:
			*x = y
		default:
			return shape{}, false
		}
	}
	return a, true
}

// suffixOf reports whether s repeats along the first dimensions of t alone: s is t's last sizes, apart from leading ones.
func (s shape) suffixOf(t shape) bool {
	from := 0
	for from < s.n && s.d[from] == 1 {
		from++
	}
	if s.n-from > t.n {
		return false
	}
	for i := 1; i <= s.n-from; i++ {
		if s.d[s.n-i] != t.d[t.n-i] {
			return false
		}
	}
	return true
}

// strides returns the distance of neighbours along each dimension of t in a tensor of shape s that is repeated to t: 0 where it repeats.
func (s shape) strides(t shape) [maxDims]int {
	var st [maxDims]int
	step := 1
	for i := 1; i <= s.n; i++ {
		if d := s.d[s.n-i]; d != 1 {
			st[t.n-i] = step
			step *= d
		}
	}
	return st
}

// rows calls f for each row of the last dimension: where it begins, and its position along the others.
func (s shape) rows(f func(i int, at [maxDims]int)) {
	n, size := s.last(), s.size()
	var at [maxDims]int
	for i := 0; i < size; i += n {
		f(i, at)
		for d := s.n - 2; d >= 0; d-- {
			if at[d]++; at[d] < s.d[d] {
				break
			}
			at[d] = 0
		}
	}
}

// offset is where the row at a position begins in a tensor with the given strides.
func (s shape) offset(at, strides [maxDims]int) int {
	from := 0
	for d := range max(0, s.n-1) {
		from += at[d] * strides[d]
	}
	return from
}

// along calls f for each row of the last dimension: from is where it begins in a tensor with the given strides, i where it does in s, step
// how the former moves along it.
func (s shape) along(strides [maxDims]int, f func(from, i, step, count int)) {
	step := 0
	if s.n > 0 {
		step = strides[s.n-1]
	}
	s.rows(func(i int, at [maxDims]int) { f(s.offset(at, strides), i, step, s.last()) })
}
