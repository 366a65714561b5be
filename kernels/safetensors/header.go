package safetensors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"
)

// MaxHeader is the largest header that is read, in bytes; the reference implementation has the same limit.
const MaxHeader = 100_000_000

const metadataKey = "__metadata__"

// Info describes a tensor of a file.
type Info struct {
	Name  string
	DType DType
	Shape []int // row-major; empty for a single value
	Start int64 // first byte of the data, counted from the end of the header
	End   int64 // one past the last byte
}

// Len returns the number of elements.
func (t Info) Len() int {
	n := 1
	for _, s := range t.Shape {
		n *= s
	}
	return n
}

// header is a parsed header: the tensors in the order of their data.
type header struct {
	tensors  []Info
	metadata map[string]string
}

// parseHeader reads the JSON of a header token by token, because encoding/json would accept a name used twice and keys in another case.
func parseHeader(data []byte) (*header, error) {
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%w: not UTF-8", ErrHeader)
	}
	if len(data) == 0 || data[0] != '{' {
		return nil, fmt.Errorf("%w: starts with %q, not with '{'", ErrHeader, data[:min(len(data), 8)])
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	h := &header{}
	seen := map[string]bool{}
	err := object(dec, func(name string) error {
		if seen[name] {
			return fmt.Errorf("%w: %q", ErrDuplicate, name)
		}
		seen[name] = true
		if name == metadataKey {
			return h.readMetadata(dec)
		}
		t, err := readInfo(dec, name)
		if err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		h.tensors = append(h.tensors, t)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: something follows the JSON object", ErrHeader)
	}
	return h, h.checkLayout()
}

// object reads a JSON object and calls field after each key; field must consume the value.
func object(dec *json.Decoder, field func(key string) error) error {
	if err := delim(dec, '{'); err != nil {
		return err
	}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return badJSON(err)
		}
		key, ok := tok.(string)
		if !ok {
			return fmt.Errorf("%w: key %v is not a string", ErrHeader, tok)
		}
		if err := field(key); err != nil {
			return err
		}
	}
	return delim(dec, '}')
}

func delim(dec *json.Decoder, want json.Delim) error {
	tok, err := dec.Token()
	if err != nil {
		return badJSON(err)
	}
	if tok != want {
		return fmt.Errorf("%w: %v where %v is expected", ErrHeader, tok, want)
	}
	return nil
}

func badJSON(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w: JSON: %w", ErrHeader, err)
}

func (h *header) readMetadata(dec *json.Decoder) error {
	h.metadata = map[string]string{}
	return object(dec, func(key string) error {
		if _, ok := h.metadata[key]; ok {
			return fmt.Errorf("%w: metadata %q", ErrDuplicate, key)
		}
		tok, err := dec.Token()
		if err != nil {
			return badJSON(err)
		}
		value, ok := tok.(string)
		if !ok {
			return fmt.Errorf("%w: metadata %q is %v, not a string", ErrHeader, key, tok)
		}
		h.metadata[key] = value
		return nil
	})
}

func readInfo(dec *json.Decoder, name string) (Info, error) {
	t := Info{Name: name}
	var offsets []int64
	seen := map[string]bool{}
	err := object(dec, func(key string) error {
		if seen[key] {
			return fmt.Errorf("%w: key %q", ErrDuplicate, key)
		}
		seen[key] = true
		switch key {
		case "dtype":
			tok, err := dec.Token()
			if err != nil {
				return badJSON(err)
			}
			s, ok := tok.(string)
			if !ok {
				return fmt.Errorf("%w: dtype is %v, not a string", ErrHeader, tok)
			}
			t.DType = DType(s)
		case "shape":
			dims, err := integers(dec, ErrShape)
			for _, d := range dims {
				t.Shape = append(t.Shape, int(d))
			}
			return err
		case "data_offsets":
			var err error
			offsets, err = integers(dec, ErrOffsets)
			return err
		default: // left for later versions of the format, as the reference implementation does
			var skip json.RawMessage
			if err := dec.Decode(&skip); err != nil {
				return badJSON(err)
			}
		}
		return nil
	})
	if err != nil {
		return t, err
	}
	for _, key := range []string{"dtype", "shape", "data_offsets"} {
		if !seen[key] {
			return t, fmt.Errorf("%w: no %q", ErrHeader, key)
		}
	}
	if len(offsets) != 2 {
		return t, fmt.Errorf("%w: %v is not a pair", ErrOffsets, offsets)
	}
	t.Start, t.End = offsets[0], offsets[1]
	return t, nil
}

// integers reads an array of whole numbers from 0 that fit an int.
func integers(dec *json.Decoder, sentinel error) ([]int64, error) {
	if err := delim(dec, '['); err != nil {
		return nil, err
	}
	out := []int64{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, badJSON(err)
		}
		num, ok := tok.(json.Number)
		if !ok {
			return nil, fmt.Errorf("%w: %v is not a number", sentinel, tok)
		}
		v, err := strconv.ParseInt(num.String(), 10, strconv.IntSize)
		if err != nil || v < 0 {
			return nil, fmt.Errorf("%w: %s is not a whole number from 0 to 2^%d", sentinel, num, strconv.IntSize-1)
		}
		out = append(out, v)
	}
	return out, delim(dec, ']')
}

// checkLayout sorts the tensors by their place and checks that they follow each other without a gap.
func (h *header) checkLayout() error {
	slices.SortStableFunc(h.tensors, func(a, b Info) int {
		if a.Start != b.Start {
			return cmpInt(a.Start, b.Start)
		}
		return cmpInt(a.End, b.End)
	})
	var end int64
	for _, t := range h.tensors {
		size, err := byteSize(t.DType, t.Shape)
		switch {
		case err != nil:
			return fmt.Errorf("tensor %q: %w", t.Name, err)
		case t.End < t.Start:
			return fmt.Errorf("tensor %q: %w: [%d, %d] runs backwards", t.Name, ErrOffsets, t.Start, t.End)
		case t.End-t.Start != size:
			return fmt.Errorf("tensor %q: %w: %v of %s takes %d bytes, its range [%d, %d] has %d",
				t.Name, ErrShape, t.Shape, t.DType, size, t.Start, t.End, t.End-t.Start)
		case t.Start < end:
			return fmt.Errorf("tensor %q: %w: starts at byte %d inside the tensor before it, which ends at %d", t.Name, ErrOffsets, t.Start, end)
		case t.Start > end:
			return fmt.Errorf("tensor %q: %w: starts at byte %d, which leaves a hole after %d", t.Name, ErrOffsets, t.Start, end)
		}
		end = t.End
	}
	return nil
}

func cmpInt(a, b int64) int {
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}
