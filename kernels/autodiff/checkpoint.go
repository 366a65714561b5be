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

	// kind is what files call the optimiser; nothing when it is a nil pointer.
	kind() string
	// keeps names what is kept of each parameter it has moved; state returns it and the parameter's steps, nil for a parameter it has not moved;
	// restore overwrites it.
	keeps() []string
	state(p *Param[T]) (values [][]T, steps int)
	restore(p *Param[T], values [][]T, steps int)
	clock() *int // all its steps
}

func (a *Adam[T]) kind() string {
	if a == nil {
		return ""
	}
	return "adam"
}

func (a *Adam[T]) keeps() []string { return []string{"m", "v"} }

func (a *Adam[T]) state(p *Param[T]) ([][]T, int) {
	if s := a.moments[p]; s != nil {
		return [][]T{s.m, s.v}, s.steps
	}
	return nil, 0
}

func (a *Adam[T]) restore(p *Param[T], values [][]T, steps int) {
	delete(a.moments, p)
	if values != nil {
		s := a.met(p)
		copy(s.m, values[0])
		copy(s.v, values[1])
		s.steps = steps
	}
}

func (a *Adam[T]) clock() *int { return &a.step }

func (s *SGD[T]) kind() string {
	if s == nil {
		return ""
	}
	return "sgd"
}

func (s *SGD[T]) keeps() []string { return []string{"velocity"} }

func (s *SGD[T]) state(p *Param[T]) ([][]T, int) {
	if v := s.velocity[p]; v != nil {
		return [][]T{v}, 0 // which does not depend on the steps so far
	}
	return nil, 0
}

func (s *SGD[T]) restore(p *Param[T], values [][]T, _ int) {
	delete(s.velocity, p)
	if values != nil {
		copy(s.met(p), values[0])
	}
}

func (s *SGD[T]) clock() *int { return &s.step }

// label names what the i-th optimiser keeps.
func label[T Float](i int, opt Optimiser[T], what string) string {
	return fmt.Sprintf("%d.%s.%s", i, opt.kind(), what)
}

// Save returns the parameters, frozen ones too, as a safetensors file. Each needs a name of its own. With the random source, which may be nil, and
// all optimisers, the file continues training to the bit. The optimisers' options are the program's and not in it.
func Save[T Float](params []*Param[T], random *rand.PCG, opts ...Optimiser[T]) ([]byte, error) {
	params, err := distinct(params, opts)
	if err != nil {
		return nil, err
	}
	var tensors []safetensors.Tensor
	meta := map[string]string{}
	for _, p := range params {
		tensors = append(tensors, tensorOf(p.Name, p.Value, p.Shape))
		for i, opt := range opts {
			values, steps := opt.state(p)
			for k, v := range values {
				tensors = append(tensors, tensorOf(label(i, opt, opt.keeps()[k]+"/"+p.Name), v, p.Shape))
				meta[label(i, opt, "step/"+p.Name)] = strconv.Itoa(steps)
			}
		}
	}
	for i, opt := range opts {
		meta[label(i, opt, "step")] = strconv.Itoa(*opt.clock())
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

// Load sets the parameters, the random source unless it is nil, and the optimisers, which are those of Save in its order, to what Save has written,
// NaN included; what else is in the file is left. Nothing is changed when something is missing, has another shape or another type of number.
func Load[T Float](data []byte, params []*Param[T], random *rand.PCG, opts ...Optimiser[T]) error {
	params, err := distinct(params, opts)
	if err != nil {
		return err
	}
	f, err := safetensors.Read(data)
	if err != nil {
		return fmt.Errorf("autodiff: Load: %w", err)
	}
	defer f.Close()
	meta := f.Metadata()
	var changes []func() // once all is known to be there
	for _, p := range params {
		v, err := valuesOf[T](f, p.Name, p.Shape)
		if err != nil {
			return err
		}
		changes = append(changes, func() { copy(p.Value, v); p.version++ })
	}
	for i, opt := range opts {
		total, err := countOf(meta, label(i, opt, "step"), math.MaxInt32)
		if err != nil {
			return err
		}
		changes = append(changes, func() { *opt.clock() = total })
		for _, p := range params {
			values, err := stateOf(f, i, opt, p)
			if err != nil {
				return err
			}
			steps := 0
			if values != nil {
				if steps, err = countOf(meta, label(i, opt, "step/"+p.Name), total); err != nil {
					return err
				}
			}
			changes = append(changes, func() { opt.restore(p, values, steps) })
		}
	}
	if random != nil {
		if err := setRandom(random, meta["random"]); err != nil {
			return err
		}
	}
	for _, change := range changes {
		change()
	}
	return nil
}

// distinct returns the parameters, one that is there twice once, or an error: one is put together wrongly, two have one name, an optimiser is nil.
func distinct[T Float](params []*Param[T], opts []Optimiser[T]) ([]*Param[T], error) {
	for i, opt := range opts {
		if opt == nil || opt.kind() == "" {
			return nil, fmt.Errorf("autodiff: optimiser %d is nil: leave it out", i)
		}
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

// countOf reads a number of steps.
func countOf(meta map[string]string, name string, most int) (int, error) {
	text := meta[name]
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		return 0, fmt.Errorf("autodiff: Load: %s is %q, not a number of at most %d: give Load the optimisers that Save was given", name, text, most)
	}
	return n, nil
}

// stateOf reads what the i-th optimiser keeps of p: all of it, or nothing when it had not moved p.
func stateOf[T Float](f *safetensors.File, i int, opt Optimiser[T], p *Param[T]) ([][]T, error) {
	var state [][]T
	var missing error
	for _, name := range opt.keeps() {
		v, err := valuesOf[T](f, label(i, opt, name+"/"+p.Name), p.Shape)
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
