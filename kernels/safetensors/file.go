package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
)

// chunk is how much of a tensor is read at a time while it is converted; it stays in the cache.
const chunk = 128 << 10

// File is an opened file. Its methods may be called by several goroutines at once.
type File struct {
	r      io.ReaderAt
	closer io.Closer
	data   int64 // place of the first byte after the header
	head   *header
	index  map[string]int
}

// Open opens the file at path and reads its header; tensors stay on disk until they are asked for. Close it when done.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = fmt.Errorf("not a regular file: %s", st.Mode().Type())
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("safetensors: %s: %w", path, err)
	}
	s, err := NewFile(f, st.Size())
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%w (%s)", err, path)
	}
	s.closer = f
	return s, nil
}

// Read opens a file that is in memory. The bytes are not copied: leave them alone while the File is used.
func Read(b []byte) (*File, error) { return NewFile(bytes.NewReader(b), int64(len(b))) }

// NewFile opens a file of size bytes behind any reader; r is not closed by Close.
func NewFile(r io.ReaderAt, size int64) (*File, error) {
	head, start, err := readHeader(r, size)
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	f := &File{r: r, data: start, head: head, index: make(map[string]int, len(head.tensors))}
	for i, t := range head.tensors {
		f.index[t.Name] = i
	}
	return f, nil
}

func readHeader(r io.ReaderAt, size int64) (*header, int64, error) {
	if size < 8 {
		return nil, 0, fmt.Errorf("%w: %d bytes, the length of the header alone takes 8", ErrTruncated, size)
	}
	var length [8]byte
	if err := readAt(r, length[:], 0); err != nil {
		return nil, 0, err
	}
	n := binary.LittleEndian.Uint64(length[:])
	switch {
	case n > MaxHeader:
		return nil, 0, fmt.Errorf("%w: says that it is %d bytes long, more than the %d allowed", ErrHeader, n, MaxHeader)
	case int64(n) > size-8:
		return nil, 0, fmt.Errorf("%w: the header says %d bytes, %d follow its length", ErrTruncated, n, size-8)
	}
	text := make([]byte, n)
	if err := readAt(r, text, 8); err != nil {
		return nil, 0, err
	}
	head, err := parseHeader(text)
	if err != nil {
		return nil, 0, err
	}
	start := 8 + int64(n)
	var end int64
	if len(head.tensors) > 0 {
		end = head.tensors[len(head.tensors)-1].End
	}
	switch {
	case end > size-start:
		last := head.tensors[len(head.tensors)-1]
		return nil, 0, fmt.Errorf("%w: tensor %q ends at byte %d beyond the file: expected at least %d bytes in all, got %d",
			ErrTruncated, last.Name, last.End, saturate(start, end), size)
	case end < size-start:
		return nil, 0, fmt.Errorf("%w: expected %d bytes in all, got %d", ErrTrailing, start+end, size)
	}
	return head, start, nil
}

// saturate adds two sizes; offsets in a hostile header may be as large as an int64.
func saturate(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// readAt fills b or says why not: a file may shrink or fail after it was opened.
func readAt(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w: wanted %d bytes at %d, got %d: %w", ErrTruncated, len(b), at, n, err)
}

// Close closes the file that Open opened; for Read and NewFile it does nothing.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	c := f.closer
	f.closer = nil
	return c.Close()
}

// Names returns the names of the tensors in the order of their data.
func (f *File) Names() []string {
	names := make([]string, len(f.head.tensors))
	for i, t := range f.head.tensors {
		names[i] = t.Name
	}
	return names
}

// Metadata returns a copy of the header's free text, nil if it has none.
func (f *File) Metadata() map[string]string { return maps.Clone(f.head.metadata) }

// Info describes the tensor of that name.
func (f *File) Info(name string) (Info, error) {
	i, ok := f.index[name]
	if !ok {
		return Info{}, fmt.Errorf("safetensors: %w: %q", ErrNoTensor, name)
	}
	t := f.head.tensors[i]
	t.Shape = slices.Clone(t.Shape)
	return t, nil
}

// Raw reads the bytes of a tensor, little-endian and row-major.
func (f *File) Raw(name string) ([]byte, error) {
	t, err := f.Info(name)
	if err != nil {
		return nil, err
	}
	b := make([]byte, t.End-t.Start)
	if err := readAt(f.r, b, f.data+t.Start); err != nil {
		return nil, fmt.Errorf("safetensors: tensor %q: %w", name, err)
	}
	return b, nil
}

// Float32 reads a tensor as float32 with its shape. F16, BF16, the two plain F8 and integers up to 24 bits keep their value exactly;
// larger ones and F64 are rounded to the nearest float32 (beyond its range: infinity). BOOL gives 0 and 1. Types that have no
// conversion (C64, F4, F6, F8_E8M0) give an error that wraps [ErrConvert].
func (f *File) Float32(name string) ([]float32, []int, error) {
	t, err := f.Info(name)
	if err != nil {
		return nil, nil, err
	}
	decode, ok := decoders[t.DType]
	if !ok {
		return nil, nil, fmt.Errorf("safetensors: tensor %q: %w from %s", name, ErrConvert, t.DType)
	}
	size := t.DType.Bits() / 8
	out := make([]float32, (t.End-t.Start)/int64(size))
	buf := make([]byte, min(chunk, len(out)*size))
	for done := 0; done < len(out); {
		n := min(len(out)-done, chunk/size)
		b := buf[:n*size]
		if err := readAt(f.r, b, f.data+t.Start+int64(done*size)); err != nil {
			return nil, nil, fmt.Errorf("safetensors: tensor %q: %w", name, err)
		}
		decode(out[done:done+n], b)
		done += n
	}
	return out, t.Shape, nil
}

// CheckFinite returns an error that wraps [ErrNotFinite] and names the tensor, the value and the place of its first NaN or infinity.
func CheckFinite(name string, data []float32, shape []int) error {
	first, count := NotFinite(data)
	if count == 0 {
		return nil
	}
	return fmt.Errorf("safetensors: tensor %q: %w: %v at index %v, %d of %d values in all",
		name, ErrNotFinite, data[first], unravel(first, shape), count, len(data))
}

// NotFinite returns the index of the first NaN or infinity and how many there are; -1 and 0 when there is none.
func NotFinite(data []float32) (first, count int) {
	const exponent = 0x7f800000
	first = -1
	for i, v := range data {
		if math.Float32bits(v)&exponent == exponent {
			if count == 0 {
				first = i
			}
			count++
		}
	}
	return first, count
}

// unravel turns a flat index into one index a dimension.
func unravel(i int, shape []int) []int {
	at := make([]int, len(shape))
	for d := len(shape) - 1; d >= 0; d-- {
		if shape[d] > 0 {
			at[d] = i % shape[d]
			i /= shape[d]
		}
	}
	return at
}
