package gan

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/xainb/gonb-xai/kernels/autodiff"
	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
)

// ErrNotFinite marks a run that ended because a loss or a gradient was NaN or infinite.
var ErrNotFinite = errors.New(notFiniteEvent)

// notFiniteEvent is the name of the last frame's event then.
const notFiniteEvent = "not finite"

// failed says whether the frame is the one that ended its run so.
func failed(f *xainb.Snapshot) bool {
	return slices.ContainsFunc(f.Events, func(e xainb.Event) bool { return e.Name == notFiniteEvent })
}

// player is a network with its optimiser and what is known of its last step.
type player struct {
	name   string
	net    *autodiff.MLP[float32]
	params []*autodiff.Param[float32]
	before []*autodiff.Param[float32] // their gradients at the step before, under names of their own
	opt    autodiff.Optimiser[float32]
	steps  int // in a round

	norms, cosines []float64 // of each layer's gradient at the last step that was watched
	loss           float64   // then
}

func newPlayer(name string, s shape, r *rand.Rand) *player {
	p := &player{name: name, net: autodiff.NewMLP(name, s.sizes, activation[float32](s.activation), r)}
	p.params = p.net.Params()
	for _, q := range p.params {
		b := autodiff.NewParam[float32]("before "+q.Name, q.Shape...)
		b.Frozen = true
		p.before = append(p.before, b)
	}
	p.norms, p.cosines = make([]float64, len(p.net.Layers)), make([]float64, len(p.net.Layers))
	return p
}

// learnBy gives the player a new optimiser, which remembers nothing.
func (p *player) learnBy(o Optimiser, steps int) {
	p.steps = max(steps, 0)
	if o.Name == "sgd" {
		p.opt = &autodiff.SGD[float32]{Momentum: o.Momentum}
	} else {
		p.opt = &autodiff.Adam[float32]{Beta1: o.Beta1, Beta2: o.Beta2}
	}
}

// gradient computes that of the loss.
func (p *player) gradient(t *autodiff.Tape[float32], loss autodiff.Tensor[float32]) error {
	if err := t.Backward(loss, p.params...); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrNotFinite, p.name, err)
	}
	return nil
}

// watch measures the gradient, against that of the step before.
func (p *player) watch(loss float64) {
	p.loss = loss
	for i := range p.norms {
		w, b := 2*i, 2*i+1
		p.norms[i] = layerNorm(p.params[w].Grad, p.params[b].Grad)
		p.cosines[i] = layerCosine(p.params[w].Grad, p.params[b].Grad, p.before[w].Value, p.before[b].Value)
	}
}

// remember keeps the gradient as the one of the step before.
func (p *player) remember() {
	for i, q := range p.params {
		copy(p.before[i].Value, q.Grad)
	}
}

// move takes the step, with the gradient's norm no more than clip, 0 for no limit.
func (p *player) move(rate, clip float64) error {
	if clip > 0 {
		if _, err := autodiff.ClipNorm(p.params, clip); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrNotFinite, p.name, err)
		}
	}
	switch opt := p.opt.(type) {
	case *autodiff.Adam[float32]:
		opt.Rate = rate
	case *autodiff.SGD[float32]:
		opt.Rate = rate
	}
	return p.opt.Step(p.params)
}

// flat appends the parameters to dst, layer by layer, weights before biases.
func (p *player) flat(dst []float32) []float32 {
	for _, q := range p.params {
		dst = append(dst, q.Value...)
	}
	return dst
}

// layerNorm is the Euclidean norm of a layer's gradient, its weights' and its biases' together.
func layerNorm(w, b []float32) float64 {
	return math.Sqrt(dot(w, w) + dot(b, b))
}

// layerCosine is that of the angle between two gradients of a layer; 0 when one of them is zero.
func layerCosine(w, b, w0, b0 []float32) float64 {
	lengths := layerNorm(w, b) * layerNorm(w0, b0)
	if lengths == 0 {
		return 0
	}
	return max(-1, min(1, (dot(w, w0)+dot(b, b0))/lengths))
}

// cosines returns that between two gradients of each layer.
func cosines(params []*autodiff.Param[float32], other [][]float32) []float32 {
	c := make([]float32, len(params)/2)
	for i := range c {
		c[i] = float32(layerCosine(params[2*i].Grad, params[2*i+1].Grad, other[2*i], other[2*i+1]))
	}
	return c
}

// dot is the sum of a[i] b[i], also where float32 would lose it: gradients that vanish are of interest.
func dot(a, b []float32) float64 {
	const least, most = 1e-20, 1e30
	sum := float64(f32.Dot(a, b))
	if s := math.Abs(sum); s > least && s < most {
		return sum
	}
	sum = 0
	for i, v := range a {
		sum += float64(v) * float64(b[i])
	}
	return sum
}
