package safetensors

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// Tensor is an array to write: Raw holds its elements, little-endian and row-major.
type Tensor struct {
	Name  string
	DType DType
	Shape []int
	Raw   []byte
}

// FromFloat32 makes an F32 tensor. The number of values must be the product of the shape; [Write] checks it.
func FromFloat32(name string, data []float32, shape ...int) Tensor {
	raw := make([]byte, 4*len(data))
	for i, v := range data {
		binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(v))
	}
	return Tensor{Name: name, DType: F32, Shape: slices.Clone(shape), Raw: raw}
}

// Write writes a file. The same tensors and metadata give the same bytes: tensors are sorted by the size of their elements, the
// largest first so that each is aligned, then by name; metadata by key. The header is padded with spaces to a multiple of 8.
func Write(w io.Writer, tensors []Tensor, metadata map[string]string) error {
	sorted := slices.Clone(tensors)
	slices.SortStableFunc(sorted, func(a, b Tensor) int {
		if d := b.DType.Bits() - a.DType.Bits(); d != 0 {
			return d
		}
		return strings.Compare(a.Name, b.Name)
	})
	head, err := encodeHeader(sorted, metadata)
	if err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	if _, err := w.Write(head); err != nil {
		return fmt.Errorf("safetensors: writing the header: %w", err)
	}
	for _, t := range sorted {
		if _, err := w.Write(t.Raw); err != nil {
			return fmt.Errorf("safetensors: writing tensor %q: %w", t.Name, err)
		}
	}
	return nil
}

func encodeHeader(tensors []Tensor, metadata map[string]string) ([]byte, error) {
	type entry struct {
		DType   DType    `json:"dtype"`
		Shape   []int    `json:"shape"`
		Offsets [2]int64 `json:"data_offsets"`
	}
	var b strings.Builder
	b.WriteByte('{')
	put := func(key string, value any) error {
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		for i, v := range []any{key, value} {
			text, err := json.Marshal(v)
			if err != nil {
				return err
			}
			b.Write(text)
			if i == 0 {
				b.WriteByte(':')
			}
		}
		return nil
	}
	for k, v := range metadata {
		if !utf8.ValidString(k) || !utf8.ValidString(v) {
			return nil, fmt.Errorf("metadata %q: %w: %q is not UTF-8", k, ErrHeader, v)
		}
	}
	if metadata != nil {
		if err := put(metadataKey, metadata); err != nil {
			return nil, err
		}
	}
	var at int64
	seen := map[string]bool{}
	for _, t := range tensors {
		size, err := byteSize(t.DType, t.Shape)
		switch {
		case err != nil:
			return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
		case size != int64(len(t.Raw)):
			return nil, fmt.Errorf("tensor %q: %w: %v of %s takes %d bytes, got %d", t.Name, ErrShape, t.Shape, t.DType, size, len(t.Raw))
		case t.Name == metadataKey:
			return nil, fmt.Errorf("tensor %q: %w: the name is reserved", t.Name, ErrHeader)
		case !utf8.ValidString(t.Name):
			return nil, fmt.Errorf("tensor %q: %w: the name is not UTF-8", t.Name, ErrHeader)
		case seen[t.Name]:
			return nil, fmt.Errorf("%w: %q", ErrDuplicate, t.Name)
		}
		seen[t.Name] = true
		shape := append([]int{}, t.Shape...) // an empty shape is [], not null
		if err := put(t.Name, entry{t.DType, shape, [2]int64{at, at + size}}); err != nil {
			return nil, err
		}
		at += size
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	if b.Len() > MaxHeader {
		return nil, fmt.Errorf("%w: %d bytes, more than the %d allowed", ErrHeader, b.Len(), MaxHeader)
	}
	return append(binary.LittleEndian.AppendUint64(nil, uint64(b.Len())), b.String()...), nil
}

// WriteFile writes a file at path. It appears there whole or not at all.
func WriteFile(path string, tensors []Tensor, metadata map[string]string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".tmp-*")
	if err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	buf := bufio.NewWriterSize(f, chunk)
	if err := Write(buf, tensors, metadata); err != nil {
		return err
	}
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("safetensors: %s: %w", path, err)
	}
	if err := f.Chmod(0o644); err != nil {
		return fmt.Errorf("safetensors: %s: %w", path, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("safetensors: %s: %w", path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	return nil
}
