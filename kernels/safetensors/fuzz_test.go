package safetensors

import (
	"bytes"
	"os"
	"testing"
)

// FuzzOpen feeds arbitrary bytes: whatever is accepted must be readable to the last tensor, and writing it again must give a file
// with the same tensors.
func FuzzOpen(f *testing.F) {
	reference, err := os.ReadFile("testdata/reference.safetensors")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(reference)
	f.Add(build(`{}`, 0))
	f.Add(build(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4))
	f.Add(build(`{"w":{"dtype":"F4","shape":[2,1],"data_offsets":[0,1],"new":[{}]}}  `, 1))
	f.Add(build(`{"w":{"dtype":"U8","shape":[0,9223372036854775807,2],"data_offsets":[0,0]}}`, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Read(data)
		if err != nil {
			return
		}
		var tensors []Tensor
		for _, name := range file.Names() {
			info, err := file.Info(name)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := file.Raw(name)
			if err != nil {
				t.Fatal(err)
			}
			if values, _, err := file.Float32(name); err == nil && len(values) != info.Len() {
				t.Fatalf("%q: %d values for %v", name, len(values), info.Shape)
			}
			tensors = append(tensors, Tensor{name, info.DType, info.Shape, raw})
		}
		var b bytes.Buffer
		if err := Write(&b, tensors, file.Metadata()); err != nil {
			t.Fatalf("cannot write what was read: %v", err)
		}
		again, err := Read(b.Bytes())
		if err != nil {
			t.Fatalf("cannot read what was written: %v", err)
		}
		for _, want := range tensors {
			if raw, err := again.Raw(want.Name); err != nil || !bytes.Equal(raw, want.Raw) {
				t.Fatalf("%q: %v", want.Name, err)
			}
		}
	})
}
