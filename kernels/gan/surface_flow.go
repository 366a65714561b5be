package gan

import (
	"context"
	"fmt"

	"github.com/xainb/gonb-xai/kernels/autodiff"
	"github.com/xainb/gonb-xai/kernels/f32"
)

// tensors are a network's parameters, or a direction of theirs, on a tape: weights and biases in turn.
func (s shape) tensors(t *autodiff.Tape[float32], params []float32) []autodiff.Tensor[float32] {
	var out []autodiff.Tensor[float32]
	for l := range s.layers() {
		in, n := s.sizes[l], s.sizes[l+1]
		p := params[s.offset(l):]
		out = append(out, t.Var(p[:in*n], in, n), t.Var(p[in*n:(in+1)*n], n))
	}
	return out
}

// through is the network's result for x, n x sizes[0].
func (s shape) through(params []autodiff.Tensor[float32], x autodiff.Tensor[float32]) autodiff.Tensor[float32] {
	between := activation[float32](s.activation)
	for l := range s.layers() {
		if l > 0 {
			x = between(x)
		}
		x = x.Dense(params[2*l], params[2*l+1])
	}
	if s.squash {
		x = x.Sigmoid()
	}
	return x
}

// logits are D's for the data and for what G makes of the noise, at a point.
func (g *game) logits(t *autodiff.Tape[float32], theta []float32) (pg, pd []autodiff.Tensor[float32], real, fake autodiff.Tensor[float32]) {
	n, _ := g.params()
	pg, pd = g.g.tensors(t, theta[:n]), g.d.tensors(t, theta[n:])
	fake = g.d.through(pd, g.g.through(pg, t.Const(g.noise, g.n, g.g.sizes[0])))
	return pg, pd, g.d.through(pd, t.Const(g.real, g.n, g.d.sizes[0])), fake
}

// gradients sets into, as long as theta, to the gradient of G's own loss with respect to G's parameters, and of D's own with respect to D's.
func (g *game) gradients(m *scratch, into, theta []float32) error {
	if g.dirac != nil {
		theta, psi := g.dirac.Gradients(float64(theta[0]), float64(theta[1]))
		into[0], into[1] = float32(theta), float32(psi)
		return nil
	}
	if m.tape == nil {
		m.tape = autodiff.New[float32]()
	}
	t := m.tape
	t.Reset()
	pg, pd, real, fake := g.logits(t, theta)
	at := 0
	for _, x := range append(t.Grad(lossG(g.loss, fake), pg...), t.Grad(lossD(g.loss, real, fake), pd...)...) {
		at += copy(into[at:], x.Value())
	}
	if err := t.Err(); err != nil {
		return fmt.Errorf("gan: the players' gradients: %w", err)
	}
	return nil
}

// steps are the directions in which gradient descent would move each player, in a plane's coordinates: G's, D's.
func (b *basis) steps(gradient []float32, players int) [2][2]float32 {
	var out [2][2]float32
	for k, part := range [2][2]int{{0, players}, {players, len(gradient)}} {
		var dots [2]float64
		for i := range b.directions {
			dots[i] = -inner(b.directions[i][part[0]:part[1]], gradient[part[0]:part[1]])
		}
		c := b.solve(dots)
		out[k] = [2]float32{float32(c[0]), float32(c[1])}
	}
	return out
}

// flow is how gradient descent would move both players at once at the points theta + a u + b v, [b, a, ab=2] in the plane's coordinates.
func (g *game) flow(ctx context.Context, theta []float32, b *basis, as, bs []float32) ([]float32, error) {
	out := make([]float32, 2*len(as)*len(bs))
	players, _ := g.params()
	err := each(ctx, len(as)*len(bs), func(m *scratch, i int) error {
		point, slope := take(&m.theta, len(theta)), take(&m.slope, len(theta))
		combine(point, theta, b.directions[0], b.directions[1], as[i%len(as)], bs[i/len(as)])
		if err := g.gradients(m, slope, point); err != nil {
			return err
		}
		s := b.steps(slope, players)
		out[2*i], out[2*i+1] = s[0][0]+s[1][0], s[0][1]+s[1][1]
		return nil
	})
	return out, err
}

// inner is the sum of x[i] y[i], in float64 across blocks: parameters are many.
func inner(x, y []float32) float64 {
	const n = 1024
	s := 0.0
	for i := 0; i < len(x); i += n {
		to := min(len(x), i+n)
		s += float64(f32.Dot(x[i:to], y[i:to]))
	}
	return s
}
