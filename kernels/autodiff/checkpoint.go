package autodiff

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/xainb/gonb-xai/kernels/safetensors"
)

// Optimiser moves parameters against their gradients. Adam and SGD are the two.
type Optimiser[T Float] interface {
	// Step moves each parameter against its gradient. After an error nothing has moved.
	Step(params []*Param[T]) error

	// keeps names what is kept of each parameter it has moved; state returns it, nil for a parameter it has not; restore overwrites it.
	keeps() []string
	state(p *Param[T]) [][]T
	restore(p *Param[T], state [][]T)
	// counters returns what else it counts, none larger than the one before; nothing when the optimiser is a nil pointer.
	counters() []counter
}

type counter struct {
	name string
	n    *int
}

func (a *Adam[T]) keeps() []string { return []string{"adam.m", "adam.v"} }

func (a *Adam[T]) state(p *Param[T]) [][]T {
	if s := a.moments[p]; s != nil {
		return [][]T{s.m, s.v}
	}
	return nil
}

func (a *Adam[T]) restore(p *Param[T], state [][]T) {
	delete(a.moments, p)
	if state != nil {
		s := a.met(p)
		copy(s.m, state[0])
		copy(s.v, state[1])
	}
}

func (a *Adam[T]) counters() []counter {
	if a == nil {
		return nil
	}
	return []counter{{"adam.step", &a.step}, {"adam.restarted", &a.restarted}}
}

func (s *SGD[T]) keeps() []string { return []string{"sgd.velocity"} }

func (s *SGD[T]) state(p *Param[T]) [][]T {
	if v := s.velocity[p]; v != nil {
		return [][]T{v}
	}
	return nil
}

func (s *SGD[T]) restore(p *Param[T], state [][]T) {
	delete(s.velocity, p)
	if state != nil {
		copy(s.met(p), state[0])
	}
}

func (s *SGD[T]) counters() []counter {
	if s == nil {
		return nil
	}
	return []counter{{"sgd.step", &s.step}}
}

// Save returns the parameters, frozen ones too, as a safetensors file. Each needs a name of its own. With an optimiser and a random source, either
// may be nil, the file continues training to the bit. The optimiser's options are the program's and not in it.
func Save[T Float](params []*Param[T], opt Optimiser[T], random *rand.PCG) ([]byte, error) {
	params, err := distinct(params, opt)
	if err != nil {
		return nil, err
	}
	var tensors []safetensors.Tensor
	meta := map[string]string{}
	for _, p := range params {
		tensors = append(tensors, tensorOf(p.Name, p.Value, p.Shape))
		if opt == nil {
			continue
		}
		for i, v := range opt.state(p) {
			tensors = append(tensors, tensorOf(opt.keeps()[i]+"/"+p.Name, v, p.Shape))
		}
	}
	if opt != nil {
		for _, c := range opt.counters() {
			meta[c.name] = strconv.Itoa(*c.n)
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

// Load sets the parameters, and the optimiser and the random source unless they are nil, to what Save has written, NaN included; what else is in
// the file is left. Nothing is changed when something is missing, has another shape or another type of number.
func Load[T Float](data []byte, params []*Param[T], opt Optimiser[T], random *rand.PCG) error {
	params, err := distinct(params, opt)
	if err != nil {
		return err
	}
	f, err := safetensors.Read(data)
	if err != nil {
		return fmt.Errorf("autodiff: Load: %w", err)
	}
	defer f.Close()
	values, states := make([][]T, len(params)), make([][][]T, len(params))
	var counts []int
	for i, p := range params {
		if values[i], err = valuesOf[T](f, p.Name, p.Shape); err != nil {
			return err
		}
	}
	if opt != nil {
		if counts, err = countsOf(f, opt.counters()); err != nil {
			return err
		}
		for i, p := range params {
			if states[i], err = stateOf(f, opt, p); err != nil {
				return err
			}
		}
	}
	if random != nil {
		if err := setRandom(random, f.Metadata()["random"]); err != nil {
			return err
		}
	}
	for i, p := range params {
		copy(p.Value, values[i])
		if opt != nil {
			opt.restore(p, states[i])
		}
	}
	for i, n := range counts {
		*opt.counters()[i].n = n
	}
	return nil
}

// distinct returns the parameters, one that is there twice once, or an error: one is put together wrongly, two have one name, opt is a nil pointer.
func distinct[T Float](params []*Param[T], opt Optimiser[T]) ([]*Param[T], error) {
	if opt != nil && opt.counters() == nil {
		return nil, fmt.Errorf("autodiff: the optimiser is a nil pointer")
	}
	var each []*Param[T]
	named := map[string]*Param[T]{}
	for _, p := range params {
		if err := p.check(); err != nil {
			return nil, err
		}
		switch named[p.Name] {
		case nil:
			named[p.Name] = p
			each = append(each, p)
		case p:
		default:
			return nil, fmt.Errorf("autodiff: two parameters are called %q", p.Name)
		}
	}
	return each, nil
}

// countsOf reads an optimiser's counters.
func countsOf(f *safetensors.File, counters []counter) ([]int, error) {
	meta, counts := f.Metadata(), make([]int, len(counters))
	for i, c := range counters {
		n, err := strconv.Atoi(meta[c.name])
		if err != nil || n < 0 || int64(n) > 1<<53 {
			return nil, fmt.Errorf("autodiff: Load: %s is %q: the file was saved without this optimiser", c.name, meta[c.name])
		}
		if counts[i] = n; i > 0 && n > counts[i-1] {
			return nil, fmt.Errorf("autodiff: Load: %s is %d, more than %s, %d", c.name, n, counters[i-1].name, counts[i-1])
		}
	}
	return counts, nil
}

// stateOf reads what an optimiser keeps of p: all of it, or nothing when it had not moved p.
func stateOf[T Float](f *safetensors.File, opt Optimiser[T], p *Param[T]) ([][]T, error) {
	var state [][]T
	var missing error
	for _, name := range opt.keeps() {
		v, err := valuesOf[T](f, name+"/"+p.Name, p.Shape)
		switch {
		case errors.Is(err, safetensors.ErrNoTensor):
			missing = err
		case err != nil:
			return nil, err
		default:
			state = append(state, v)
		}
	}
	if missing != nil && state != nil {
		return nil, missing
	}
	return state, nil
}

// setRandom sets a source to the state that was written as text.
func setRandom(random *rand.PCG, text string) error {
	state, err := hex.DecodeString(text)
	if err == nil {
		err = new(rand.PCG).UnmarshalBinary(state) // on trial
	}
	if err == nil {
		err = random.UnmarshalBinary(state)
	}
	if err != nil {
		return fmt.Errorf("autodiff: Load: the file has no state of a random source: %w", err)
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
