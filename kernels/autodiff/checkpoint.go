package autodiff

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/xainb/gonb-xai/kernels/safetensors"
)

// Optimiser moves parameters against their gradients. Adam and SGD are the two.
type Optimiser[T Float] interface {
	Step(params []*Param[T])

	// parts returns what the optimiser keeps for p, by name, to be read or overwritten; counters what else it counts.
	parts(p *Param[T]) map[string][]T
	counters() map[string]*int
}

func (a *Adam[T]) parts(p *Param[T]) map[string][]T {
	if a.state == nil {
		a.state = map[*Param[T]]*adamMoments[T]{}
	}
	s := a.moments(p)
	return map[string][]T{"adam.m": s.m, "adam.v": s.v}
}

func (a *Adam[T]) counters() map[string]*int {
	return map[string]*int{"adam.step": &a.step, "adam.restarted": &a.restarted}
}

func (s *SGD[T]) parts(p *Param[T]) map[string][]T {
	return map[string][]T{"sgd.velocity": s.moved(p)}
}

func (s *SGD[T]) counters() map[string]*int { return map[string]*int{"sgd.step": &s.step} }

// Save returns the parameters as a safetensors file. With an optimiser and a random source, either may be nil, the file continues training to
// the bit.
func Save[T Float](params []*Param[T], opt Optimiser[T], random *rand.PCG) ([]byte, error) {
	var tensors []safetensors.Tensor
	meta := map[string]string{}
	for _, p := range params {
		if err := p.check(); err != nil {
			return nil, err
		}
		tensors = append(tensors, tensorOf(p.Name, p.Value, p.Shape))
		if opt != nil && !p.Frozen {
			for part, v := range opt.parts(p) {
				tensors = append(tensors, tensorOf(part+"/"+p.Name, v, p.Shape))
			}
		}
	}
	if opt != nil {
		for name, n := range opt.counters() {
			meta[name] = strconv.Itoa(*n)
		}
	}
	if random != nil {
		state, err := random.MarshalBinary()
		if err != nil {
			return nil, fmt.Errorf("autodiff: Save: %w", err)
		}
		meta["random"] = hex.EncodeToString(state)
	}
	var out bytes.Buffer
	if err := safetensors.Write(&out, tensors, meta); err != nil {
		return nil, fmt.Errorf("autodiff: Save: %w", err)
	}
	return out.Bytes(), nil
}

// Load sets the parameters, and the optimiser and the random source unless they are nil, to what Save has written. Nothing is changed when
// something is missing or has another shape.
func Load[T Float](data []byte, params []*Param[T], opt Optimiser[T], random *rand.PCG) error {
	f, err := safetensors.Read(data)
	if err != nil {
		return fmt.Errorf("autodiff: Load: %w", err)
	}
	defer f.Close()
	type change struct{ to, from []T }
	var changes []change
	read := func(name string, p *Param[T], to []T) error {
		from, err := valuesOf[T](f, name, p.Shape)
		changes = append(changes, change{to, from})
		return err
	}
	for _, p := range params {
		if err := p.check(); err != nil {
			return err
		}
		if err := read(p.Name, p, p.Value); err != nil {
			return err
		}
		if opt == nil || p.Frozen {
			continue
		}
		for part, to := range opt.parts(p) {
			if err := read(part+"/"+p.Name, p, to); err != nil {
				return err
			}
		}
	}
	meta := f.Metadata()
	counts := map[*int]int{}
	if opt != nil {
		for name, to := range opt.counters() {
			n, err := strconv.Atoi(meta[name])
			if err != nil || n < 0 {
				return fmt.Errorf("autodiff: Load: %s is %q: the file was saved without this optimiser", name, meta[name])
			}
			counts[to] = n
		}
	}
	if random != nil {
		state, err := hex.DecodeString(meta["random"])
		if err == nil {
			err = new(rand.PCG).UnmarshalBinary(state)
		}
		if err != nil {
			return fmt.Errorf("autodiff: Load: the file has no state of a random source: %w", err)
		}
		if err := random.UnmarshalBinary(state); err != nil {
			return fmt.Errorf("autodiff: Load: %w", err)
		}
	}
	for to, n := range counts {
		*to = n
	}
	for _, c := range changes {
		copy(c.to, c.from)
	}
	return nil
}

// check returns an error when the parameter was put together wrongly.
func (p *Param[T]) check() error {
	if p == nil {
		return fmt.Errorf("autodiff: a parameter is nil")
	}
	if err := checkDims(p.Shape); err != nil {
		return fmt.Errorf("autodiff: parameter %s: %w", p.Name, err)
	}
	if s := shapeOf(p.Shape...); len(p.Value) != s.size() || len(p.Grad) != s.size() {
		return fmt.Errorf("autodiff: parameter %s: %d values and %d of a gradient for %v: make it with NewParam", p.Name, len(p.Value), len(p.Grad), s)
	}
	return nil
}

// tensorOf writes values bit by bit.
func tensorOf[T Float](name string, v []T, dims []int) safetensors.Tensor {
	t := safetensors.Tensor{Name: name, DType: safetensors.F32, Shape: slices.Clone(dims)}
	if _, double := any(v).([]float64); double {
		t.DType = safetensors.F64
	}
	for _, x := range v {
		switch x := any(x).(type) {
		case float32:
			t.Raw = binary.LittleEndian.AppendUint32(t.Raw, math.Float32bits(x))
		case float64:
			t.Raw = binary.LittleEndian.AppendUint64(t.Raw, math.Float64bits(x))
		}
	}
	return t
}

// valuesOf is the reverse of tensorOf.
func valuesOf[T Float](f *safetensors.File, name string, dims []int) ([]T, error) {
	info, err := f.Info(name)
	if err != nil {
		return nil, fmt.Errorf("autodiff: Load: %w", err)
	}
	v := make([]T, shapeOf(dims...).size())
	want := tensorOf(name, v[:0], dims)
	if info.DType != want.DType || !slices.Equal(info.Shape, dims) {
		return nil, fmt.Errorf("autodiff: Load: tensor %s is %s %v, expected %s %v", name, info.DType, info.Shape, want.DType, dims)
	}
	raw, err := f.Raw(name)
	if err != nil {
		return nil, fmt.Errorf("autodiff: Load: %w", err)
	}
	switch v := any(v).(type) {
	case []float32:
		for i := range v {
			v[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	case []float64:
		for i := range v {
			v[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
		}
	}
	return v, nil
}
