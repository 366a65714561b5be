package gan

import (
	"fmt"

	"github.com/xainb/gonb-xai/kernels/autodiff"
	"github.com/xainb/gonb-xai/kernels/f32"
)

// shape is what an MLP looks like. Its parameters are one vector, layer by layer, the weights (in x out) before the biases, so that a layer is
// one matrix of in+1 rows.
type shape struct {
	sizes      []int  // from the input to the result, at least two
	activation string // "relu", "tanh" or "leaky"
	squash     bool   // a sigmoid ends it
}

func (s shape) layers() int { return len(s.sizes) - 1 }

// params is how many parameters the network has.
func (s shape) params() int { return s.offset(s.layers()) }

// offset is where a layer's parameters begin.
func (s shape) offset(layer int) int {
	n := 0
	for l := range layer {
		n += (s.sizes[l] + 1) * s.sizes[l+1]
	}
	return n
}

// layer returns a layer's part of the parameters.
func (s shape) layer(params []float32, l int) (weight f32.Matrix, bias []float32) {
	in, out := s.sizes[l], s.sizes[l+1]
	p := params[s.offset(l):]
	return f32.Dense(p[:in*out], in, out), p[in*out : (in+1)*out]
}

func (s shape) out() int { return s.sizes[len(s.sizes)-1] }

// activate applies in place what comes after a layer.
func (s shape) activate(x []float32, l int) {
	switch {
	case l < s.layers()-1:
		apply, _ := elementwise(s.activation)
		apply(x, x)
	case s.squash:
		f32.Sigmoid(x, x)
	}
}

// first sets z, n x sizes[1], to the first layer's values, before the activation, for x, n x sizes[0].
func (s shape) first(z, params, x []float32, n int) error {
	weight, bias := s.layer(params, 0)
	return f32.Gemm(f32.Dense(z, n, s.sizes[1]), f32.Dense(x, n, s.sizes[0]), weight, f32.Epilogue{Bias: bias})
}

// scratch is the memory of one goroutine's passes through a network.
type scratch struct {
	params []float32
	z      [2][]float32 // of two layers, one after the other in turn
	values []float32    // of a softplus
	fakes  []float32    // what G makes of the noise
	fake   seen         // what D's first layer makes of it
	tape   *autodiff.Tape[float32]
	theta  []float32 // a point, and the gradient there
	slope  []float32
}

// close gives back what the garbage collector would be slow to.
func (m *scratch) close() {
	if m.tape != nil {
		m.tape.Close()
	}
}

func take(buffer *[]float32, n int) []float32 {
	if cap(*buffer) < n {
		*buffer = f32.Aligned(n)
	}
	return (*buffer)[:n]
}

// rest returns the network's results, n x out, from the first layer's values in z[0], until the next pass. A network of one layer has them there.
func (m *scratch) rest(s shape, params []float32, n int) ([]float32, error) {
	at := 0
	for l := 1; l < s.layers(); l++ {
		from := m.z[at][:n*s.sizes[l]]
		at = 1 - at
		to := take(&m.z[at], n*s.sizes[l+1])
		weight, bias := s.layer(params, l)
		if err := f32.Gemm(f32.Dense(to, n, s.sizes[l+1]), f32.Dense(from, n, s.sizes[l]), weight, f32.Epilogue{Bias: bias}); err != nil {
			return nil, fmt.Errorf("gan: layer %d: %w", l+1, err)
		}
		s.activate(to, l)
	}
	return m.z[at][:n*s.out()], nil
}

// forward returns the network's results for x, n x sizes[0], until the next pass.
func (m *scratch) forward(s shape, params, x []float32, n int) ([]float32, error) {
	z := take(&m.z[0], n*s.sizes[1])
	if err := s.first(z, params, x, n); err != nil {
		return nil, fmt.Errorf("gan: layer 1: %w", err)
	}
	s.activate(z, 0)
	return m.rest(s, params, n)
}

// slice is a network whose parameters are base + a u + b v. A direction that is nil is zero.
type slice struct {
	shape
	base, u, v []float32
}

// at sets dst to the parameters at a point of the slice.
func (s slice) at(dst []float32, a, b float32) []float32 {
	combine(dst, s.base, s.u, s.v, a, b)
	return dst
}

func combine(dst, base, u, v []float32, a, b float32) {
	copy(dst, base)
	if u != nil {
		f32.Axpy(a, u[:len(dst)], dst)
	}
	if v != nil {
		f32.Axpy(b, v[:len(dst)], dst)
	}
}

// tail is what a direction has from an index on: nothing where it is zero.
func tail(direction []float32, from int) []float32 {
	if direction == nil {
		return nil
	}
	return direction[from:]
}

// seen is what the first layer makes of fixed inputs all over a slice: it is linear in the parameters, so X W for the base and for each
// direction, added up, is all that a point costs.
type seen struct {
	n          int
	base, u, v []float32 // n x sizes[1]; nil for a direction that is zero
}

// see sets in to what the slice's first layer makes of x, n x sizes[0], in memory that is used again.
func (s slice) see(in *seen, x []float32, n int) error {
	in.n = n
	for _, part := range []struct {
		dst    *[]float32
		params []float32
	}{{&in.base, s.base}, {&in.u, s.u}, {&in.v, s.v}} {
		if part.params == nil {
			*part.dst = nil
			continue
		}
		if err := s.first(take(part.dst, n*s.sizes[1]), part.params, x, n); err != nil {
			return fmt.Errorf("gan: layer 1: %w", err)
		}
	}
	return nil
}

// block is how many values of a first layer are added up at a time, so that they stay in the L1 cache until the activation.
const block = 4096

// results returns what the network makes of the inputs at a point of the slice, until the next pass.
func (m *scratch) results(s slice, in *seen, a, b float32) ([]float32, error) {
	params := take(&m.params, len(s.base))
	rest := s.offset(1)
	combine(params[rest:], s.base[rest:], tail(s.u, rest), tail(s.v, rest), a, b)
	n := in.n * s.sizes[1]
	z := take(&m.z[0], n)
	for from := 0; from < n; from += block {
		to := min(n, from+block)
		combine(z[from:to], in.base[from:to], tail(in.u, from), tail(in.v, from), a, b)
		s.activate(z[from:to], 0)
	}
	return m.rest(s.shape, params, in.n)
}
