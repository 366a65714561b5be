package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// build makes a file of a header text and data, with whatever mistakes they have.
func build(head string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(head)))
	return append(append(b, head...), make([]byte, data)...)
}

func TestReadRejects(t *testing.T) {
	length := func(n uint64) []byte { return append(binary.LittleEndian.AppendUint64(nil, n), "{}"...) }
	one := func(entry string, data int) []byte { return build(`{"w":`+entry+`}`, data) }
	for name, c := range map[string]struct {
		file []byte
		want error
		says string // part of the message: the value that is wrong
	}{
		"empty":                   {nil, ErrTruncated, "0 bytes"},
		"length cut":              {[]byte{1, 2, 3}, ErrTruncated, "3 bytes"},
		"header beyond file":      {length(3), ErrTruncated, "3 bytes, 2 follow"},
		"header too long":         {length(MaxHeader + 1), ErrHeader, "100000001"},
		"header length 2^64-1":    {length(math.MaxUint64), ErrHeader, "18446744073709551615"},
		"header length 2^63":      {length(1 << 63), ErrHeader, "9223372036854775808"},
		"no header":               {length(0), ErrHeader, ""},
		"not JSON":                {build(`{"w"`, 0), ErrHeader, "JSON"},
		"array":                   {build(`[]`, 0), ErrHeader, "'{'"},
		"space before":            {build(` {}`, 0), ErrHeader, "'{'"},
		"two objects":             {build(`{}{}`, 0), ErrHeader, "follows"},
		"garbage after":           {build(`{} x`, 0), ErrHeader, "follows"},
		"not UTF-8":               {build("{\"\xff\":1}", 0), ErrHeader, "UTF-8"},
		"entry is a number":       {one(`3`, 0), ErrHeader, "3"},
		"metadata is a list":      {build(`{"__metadata__":[]}`, 0), ErrHeader, "["},
		"metadata value a number": {build(`{"__metadata__":{"a":1}}`, 0), ErrHeader, `"a"`},
		"metadata key twice":      {build(`{"__metadata__":{"a":"1","a":"2"}}`, 0), ErrDuplicate, `"a"`},
		"metadata twice":          {build(`{"__metadata__":{},"__metadata__":{}}`, 0), ErrDuplicate, "__metadata__"},
		"no dtype":                {one(`{"shape":[1],"data_offsets":[0,4]}`, 4), ErrHeader, `no "dtype"`},
		"no shape":                {one(`{"dtype":"F32","data_offsets":[0,4]}`, 4), ErrHeader, `no "shape"`},
		"no offsets":              {one(`{"dtype":"F32","shape":[1]}`, 4), ErrHeader, `no "data_offsets"`},
		"key in another case":     {one(`{"DType":"F32","shape":[1],"data_offsets":[0,4]}`, 4), ErrHeader, `no "dtype"`},
		"dtype twice":             {one(`{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}`, 4), ErrDuplicate, "dtype"},
		"dtype a number":          {one(`{"dtype":32,"shape":[1],"data_offsets":[0,4]}`, 4), ErrHeader, "32"},
		"unknown dtype":           {one(`{"dtype":"F12","shape":[1],"data_offsets":[0,4]}`, 4), ErrDType, "F12"},
		"negative dimension":      {one(`{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}`, 4), ErrShape, "-1"},
		"two negative dimensions": {one(`{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}`, 4), ErrShape, "-1"},
		"fractional dimension":    {one(`{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}`, 4), ErrShape, "1.5"},
		"dimension with exponent": {one(`{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}`, 4), ErrShape, "1e0"},
		"dimension beyond int64":  {one(`{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}`, 4), ErrShape, "9223372036854775808"},
		"shape overflows":         {one(`{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}`, 4), ErrShape, "overflows"},
		"shape overflows to 4":    {one(`{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}`, 4), ErrShape, "overflows"},
		"shape a string":          {one(`{"dtype":"F32","shape":"1","data_offsets":[0,4]}`, 4), ErrHeader, "1"},
		"shape is not the range":  {one(`{"dtype":"F32","shape":[2],"data_offsets":[0,4]}`, 4), ErrShape, "takes 8 bytes"},
		"half a byte":             {one(`{"dtype":"F4","shape":[3],"data_offsets":[0,1]}`, 1), ErrShape, "byte"},
		"three offsets":           {one(`{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}`, 8), ErrOffsets, "[0 4 8]"},
		"negative offset":         {one(`{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}`, 4), ErrOffsets, "-4"},
		"offset beyond int64":     {one(`{"dtype":"F32","shape":[1],"data_offsets":[0,99999999999999999999]}`, 4), ErrOffsets, "99999999999999999999"},
		"offsets backwards":       {one(`{"dtype":"F32","shape":[1],"data_offsets":[4,0]}`, 4), ErrOffsets, "backwards"},
		"offsets beyond file":     {one(`{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`, 4), ErrTruncated, "expected at least"},
		"offsets far beyond file": {one(`{"dtype":"U8","shape":[1152921504606846975],"data_offsets":[0,1152921504606846975]}`, 4), ErrTruncated, "1152921504606846975"},
		"hole at the start":       {one(`{"dtype":"F32","shape":[1],"data_offsets":[4,8]}`, 8), ErrOffsets, "hole"},
		"bytes after the end":     {one(`{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`, 5), ErrTrailing, "got"},
		"data without tensors":    {build(`{}`, 1), ErrTrailing, "expected 10 bytes in all, got 11"},
		"name twice": {build(`{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"w":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, 2),
			ErrDuplicate, `"w"`},
		"overlap": {build(`{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}`, 6),
			ErrOffsets, "inside"},
		"same range": {build(`{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}`, 4),
			ErrOffsets, "inside"},
		"hole": {build(`{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}`, 5),
			ErrOffsets, "hole after 2"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Read(c.file)
			if !errors.Is(err, c.want) || f != nil {
				t.Fatalf("got %v, %v; want %v", f, err, c.want)
			}
			if !strings.HasPrefix(err.Error(), "safetensors: ") || !strings.Contains(err.Error(), c.says) {
				t.Errorf("message %q: want the prefix safetensors: and %q", err, c.says)
			}
		})
	}
}

// The ends of many tensors, each of a size that is possible, add up to more than an int64 together with the header.
func TestManyHugeTensors(t *testing.T) {
	const size = int64(1<<60 - 1)
	var parts []string
	for i := range int64(8) {
		parts = append(parts, fmt.Sprintf(`"%d":{"dtype":"U8","shape":[%d],"data_offsets":[%d,%d]}`, i, size, i*size, (i+1)*size))
	}
	if _, err := Read(build("{"+strings.Join(parts, ",")+"}", 0)); !errors.Is(err, ErrTruncated) {
		t.Error(err)
	}
}

// Every cut of a good file is found, by its size alone.
func TestTruncated(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, []Tensor{FromFloat32("w", []float32{1, 2, 3}, 3)}, nil); err != nil {
		t.Fatal(err)
	}
	for n := range b.Len() {
		if _, err := Read(b.Bytes()[:n]); !errors.Is(err, ErrTruncated) {
			t.Errorf("%d of %d bytes: %v", n, b.Len(), err)
		}
	}
}

// The file shrinks after it was opened.
func TestShrinks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.safetensors")
	if err := WriteFile(path, []Tensor{FromFloat32("w", make([]float32, 1000), 10, 100)}, nil); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.Truncate(path, 1000); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.Float32("w"); !errors.Is(err, ErrTruncated) {
		t.Errorf("Float32: %v", err)
	}
	if _, err := f.Raw("w"); !errors.Is(err, ErrTruncated) {
		t.Errorf("Raw: %v", err)
	}
}

// The oracle is safetensors 0.8.0 (Python, numpy), which wrote testdata/reference.safetensors.
func TestReference(t *testing.T) {
	f, err := Open("testdata/reference.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, want := f.Metadata(), map[string]string{"format": "np", "by": "safetensors"}; !reflect.DeepEqual(got, want) {
		t.Errorf("metadata %v, want %v", got, want)
	}
	for name, c := range map[string]struct {
		shape []int
		want  []float32
	}{
		"a.weight": {[]int{2, 3}, []float32{0, 1, 2, 3, 4, 5}},
		"b.bias":   {[]int{2}, []float32{1.5, -2}},
		"ids":      {[]int{1, 2}, []float32{7, -9}},
		"half":     {[]int{3}, []float32{0.099975586, 65504, float32(math.Inf(1))}},
		"flag":     {[]int{3}, []float32{1, 0, 1}},
		"one":      {[]int{}, []float32{3.25}},
		"none":     {[]int{0, 4}, []float32{}},
	} {
		got, shape, err := f.Float32(name)
		if err != nil || !slices.Equal(got, c.want) || !slices.Equal(shape, c.shape) {
			t.Errorf("%s: %v %v %v; want %v %v", name, got, shape, err, c.want, c.shape)
		}
		if info, _ := f.Info(name); info.Len() != len(c.want) {
			t.Errorf("%s: Len %d, want %d", name, info.Len(), len(c.want))
		}
	}
	if len(f.Names()) != 7 {
		t.Errorf("names %v", f.Names())
	}
	if _, _, err := f.Float32("other"); !errors.Is(err, ErrNoTensor) {
		t.Errorf("unknown name: %v", err)
	}
	// Our writer gives the same bytes, but for the order of the metadata, which the reference does not define.
	var tensors []Tensor
	for _, name := range f.Names() {
		info, _ := f.Info(name)
		raw, _ := f.Raw(name)
		tensors = append(tensors, Tensor{name, info.DType, info.Shape, raw})
	}
	var b bytes.Buffer
	if err := Write(&b, tensors, f.Metadata()); err != nil {
		t.Fatal(err)
	}
	want, _ := os.ReadFile("testdata/reference.safetensors")
	swapped := bytes.Replace(want, []byte(`"format":"np","by":"safetensors"`), []byte(`"by":"safetensors","format":"np"`), 1)
	if !bytes.Equal(b.Bytes(), swapped) {
		t.Errorf("wrote\n%q\nthe reference wrote\n%q", b.Bytes(), want)
	}
}

func TestWriteDeterministic(t *testing.T) {
	tensors := []Tensor{FromFloat32("b", []float32{1}, 1), FromFloat32("a", nil, 0, 2), {"c", U8, []int{3}, []byte{1, 2, 3}}, {"d", F64, nil, make([]byte, 8)}}
	meta := map[string]string{"z": "1", "y": "<&>", "x": "ü"}
	var first []byte
	for i := range 20 {
		tensors = append(tensors[1:], tensors[0])
		var b bytes.Buffer
		if err := Write(&b, tensors, meta); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = b.Bytes()
		}
		if !bytes.Equal(first, b.Bytes()) {
			t.Fatalf("order %d gives other bytes", i)
		}
	}
	f, err := Read(first)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Names(); !slices.Equal(got, []string{"d", "a", "b", "c"}) {
		t.Errorf("order %v", got)
	}
	if !reflect.DeepEqual(f.Metadata(), meta) {
		t.Errorf("metadata %v", f.Metadata())
	}
}

func TestWriteRejects(t *testing.T) {
	for name, c := range map[string]struct {
		tensors []Tensor
		want    error
	}{
		"shape":    {[]Tensor{FromFloat32("w", []float32{1, 2}, 3)}, ErrShape},
		"negative": {[]Tensor{{"w", U8, []int{-1}, nil}}, ErrShape},
		"dtype":    {[]Tensor{{"w", "F33", []int{1}, []byte{1}}}, ErrDType},
		"twice":    {[]Tensor{FromFloat32("w", nil, 0), FromFloat32("w", nil, 0)}, ErrDuplicate},
		"reserved": {[]Tensor{FromFloat32("__metadata__", nil, 0)}, ErrHeader},
		"UTF-8":    {[]Tensor{FromFloat32("\xff", nil, 0)}, ErrHeader},
	} {
		path := filepath.Join(t.TempDir(), "w")
		if err := WriteFile(path, c.tensors, nil); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if left, _ := filepath.Glob(path + "*"); len(left) > 0 {
			t.Errorf("%s: left %v behind", name, left)
		}
	}
	for _, bad := range []map[string]string{{"\xff": ""}, {"a": "\xff"}} {
		if err := Write(io.Discard, nil, bad); !errors.Is(err, ErrHeader) {
			t.Errorf("metadata %q: %v", bad, err)
		}
	}
	if err := WriteFile(filepath.Join(t.TempDir(), "no", "w"), nil, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing folder: %v", err)
	}
	if err := Write(full{}, []Tensor{FromFloat32("w", []float32{1}, 1)}, nil); !errors.Is(err, errFull) {
		t.Errorf("full disk: %v", err)
	}
}

var errFull = errors.New("no space left")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestOpenErrors(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("folder: %v", err)
	}
	path := filepath.Join(t.TempDir(), "cut.safetensors")
	os.WriteFile(path, []byte("abc"), 0o600)
	if _, err := Open(path); !errors.Is(err, ErrTruncated) || !strings.Contains(err.Error(), path) {
		t.Errorf("cut: %v", err)
	}
}
