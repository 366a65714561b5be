package diffusion

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/xainb/gonb-xai/kernels/autodiff"
	"github.com/xainb/gonb-xai/kernels/safetensors"
)

// halfWeights returns the parameters as float16 in a safetensors file.
func halfWeights(params []*autodiff.Param[float32], metadata map[string]string) ([]byte, error) {
	var tensors []safetensors.Tensor
	for _, p := range params {
		raw := make([]byte, 0, 2*len(p.Value))
		for _, v := range p.Value {
			raw = binary.LittleEndian.AppendUint16(raw, toHalf(v))
		}
		tensors = append(tensors, safetensors.Tensor{Name: p.Name, DType: safetensors.F16, Shape: p.Shape, Raw: raw})
	}
	var out bytes.Buffer
	if err := safetensors.Write(&out, tensors, metadata); err != nil {
		return nil, fmt.Errorf("diffusion: %w", err)
	}
	return out.Bytes(), nil
}

// loadWeights sets the parameters to those in a safetensors file.
func loadWeights(file []byte, params []*autodiff.Param[float32]) error {
	f, err := safetensors.Read(file)
	if err != nil {
		return fmt.Errorf("diffusion: %w", err)
	}
	for _, p := range params {
		data, shape, err := f.Float32(p.Name)
		if err != nil {
			return fmt.Errorf("diffusion: %w", err)
		}
		if !slices.Equal(shape, p.Shape) {
			return fmt.Errorf("diffusion: the weights %q have the shape %v: the network needs %v", p.Name, shape, p.Shape)
		}
		copy(p.Value, data)
	}
	return nil
}
