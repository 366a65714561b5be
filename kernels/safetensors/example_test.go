package safetensors_test

import (
	"bytes"
	"fmt"

	"github.com/xainb/gonb-xai/kernels/safetensors"
)

func ExampleFile() {
	var b bytes.Buffer
	err := safetensors.Write(&b, []safetensors.Tensor{
		safetensors.FromFloat32("dense.weight", []float32{1, 2, 3, 4, 5, 6}, 2, 3),
		safetensors.FromFloat32("dense.bias", []float32{0.5, -0.5}, 2),
	}, map[string]string{"format": "go"})
	if err != nil {
		fmt.Println(err)
	}
	f, err := safetensors.Read(b.Bytes()) // or Open(path): tensors stay on disk until they are asked for
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	for _, name := range f.Names() {
		values, shape, err := f.Float32(name)
		fmt.Println(name, shape, values, err)
	}
	// Output:
	// dense.bias [2] [0.5 -0.5] <nil>
	// dense.weight [2 3] [1 2 3 4 5 6] <nil>
}

func ExampleRead_truncated() {
	var b bytes.Buffer
	if err := safetensors.Write(&b, []safetensors.Tensor{safetensors.FromFloat32("w", []float32{1, 2}, 2)}, nil); err != nil {
		fmt.Println(err)
	}
	_, err := safetensors.Read(b.Bytes()[:b.Len()-3])
	fmt.Println(err)
	// Output:
	// safetensors: truncated file: tensor "w" ends at byte 8 beyond the file: expected at least 72 bytes in all, got 69
}
