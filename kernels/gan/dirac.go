package gan

import (
	"context"
	"fmt"
	"iter"
	"math"

	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// Dirac is the smallest GAN there is: the data is the point 0, G makes the point theta, and D's logit is psi x. Two parameters, so that its loss surface is no
// slice but all of it. (Mescheder, Geiger and Nowozin 2018, https://arxiv.org/abs/1801.04406, definition 2.1; their D is sure of samples where ours is of data,
// so their psi is minus ours.) The value, their equation 2, is with f(t) = log(1 + e^t), or for Wasserstein f(t) = t,
//
//	V(theta, psi) = -f(psi theta) - f(0)
//
// and psi climbs it, theta descends: they meet at (0, 0), and the question is whether they get there.
//
// The zero value is simultaneous gradient descent on the minimax loss from (1, 1), which spirals outwards.
type Dirac struct {
	Theta, Psi  float64 // where it starts; both 0 mean 1, 1
	Loss        Loss    // "" means Minimax; Wasserstein has f(t) = t
	Rate        float64 // of both players; 0 means 0.1
	Alternating bool    // psi moves first, and theta answers to where it is then; otherwise both move at once
	R1          float64 // weight gamma of the penalty gamma/2 psi², the squared gradient of D at the data; 0 for none
	Penalty     float64 // weight lambda of WGAN-GP's penalty lambda/2 (|psi| - 1)²; 0 for none
	Steps       int     // 0 means 500
	Every       int     // a frame each so many steps; 0 means 5
}

// diracReach is how far from 0 a run may come.
const diracReach = 1e6

func (d Dirac) filled() (Dirac, error) {
	if d.Theta == 0 && d.Psi == 0 {
		d.Theta, d.Psi = 1, 1
	}
	if d.Loss == "" {
		d.Loss = Minimax
	}
	if d.Rate == 0 {
		d.Rate = 0.1
	}
	if d.Steps == 0 {
		d.Steps = 500
	}
	if d.Every == 0 {
		d.Every = 5
	}
	if d.Loss != Minimax && d.Loss != NonSaturating && d.Loss != Wasserstein {
		return d, fmt.Errorf("gan: %w: Loss is %q: give %q, %q or %q", ErrConfig, d.Loss, Minimax, NonSaturating, Wasserstein)
	}
	for _, v := range []struct {
		name     string
		v, least float64
	}{{"Theta", d.Theta, -diracReach}, {"Psi", d.Psi, -diracReach}, {"Rate", d.Rate, 0}, {"R1", d.R1, 0}, {"Penalty", d.Penalty, 0}} {
		if !(v.v >= v.least && v.v <= diracReach) {
			return d, fmt.Errorf("gan: %w: %s is %v: give a number from %v to %v", ErrConfig, v.name, v.v, v.least, diracReach)
		}
	}
	for _, n := range []struct {
		name string
		v    int
	}{{"Steps", d.Steps}, {"Every", d.Every}} {
		if n.v < 1 || n.v > maxSteps {
			return d, fmt.Errorf("gan: %w: %s is %d: give a number from 1 to %d", ErrConfig, n.name, n.v, maxSteps)
		}
	}
	return d, nil
}

// Value returns V at a point of the surface.
func (d Dirac) Value(theta, psi float64) float64 {
	if d.Loss == Wasserstein {
		return -psi * theta // D's gain: E l(x) - E l(G(z))
	}
	return -softplus(0) - softplus(psi*theta)
}

// Losses returns what G and D descend at a point, D's with its penalties.
func (d Dirac) Losses(theta, psi float64) (g, dis float64) {
	t := psi * theta
	switch d.Loss {
	case Wasserstein:
		g = -t
	case NonSaturating:
		g = softplus(-t)
	default:
		g = -softplus(t)
	}
	slope := math.Abs(psi) - 1
	return g, -d.Value(theta, psi) + d.R1/2*psi*psi + d.Penalty/2*slope*slope
}

// Gradients returns the losses' derivatives: G's with respect to theta, D's with respect to psi. Minus these is the vector field that both players follow.
func (d Dirac) Gradients(theta, psi float64) (g, dis float64) {
	t := psi * theta
	switch d.Loss {
	case Wasserstein:
		g, dis = -psi, theta
	case NonSaturating:
		g, dis = -psi*sigmoid(-t), theta*sigmoid(t)
	default:
		g, dis = -psi*sigmoid(t), theta*sigmoid(t)
	}
	dis += d.R1 * psi
	if psi != 0 {
		dis += d.Penalty * (psi - math.Copysign(1, psi))
	}
	return g, dis
}

func softplus(t float64) float64 { return max(t, 0) + math.Log1p(math.Exp(-math.Abs(t))) }

func sigmoid(t float64) float64 { return 1 / (1 + math.Exp(-t)) }

// next is one step.
func (d Dirac) next(theta, psi float64) (float64, float64) {
	g, dis := d.Gradients(theta, psi)
	to := psi - d.Rate*dis
	if d.Alternating {
		g, _ = d.Gradients(theta, to)
	}
	return theta - d.Rate*g, to
}

// RunDirac plays the game and records it, with the fields
//
//	generated     [sample=1, xy=2]  theta, 0
//	real          [sample=1, xy=2]  0, 0
//	gradient      [layer=2]         of G's and of D's loss; labels "G 1", "D 1"
//	generator     [param=1]         theta
//	discriminator [param=1]         psi
//
// and the scalars "theta", "psi", "loss G", "loss D", "V" and "radius", the distance from the equilibrium. All is computed in float64; scalars keep it.
// A run that leaves ±1e6 ends with the event "not finite". Like [Run] it never returns nil; Recording.Config is that of the loss, the data and the rates.
func RunDirac(d Dirac) *Recording {
	d, err := d.filled()
	r := &Recording{Config: d.config(), dirac: &d}
	p := xainb.Provenance{Name: fmt.Sprintf("Dirac-GAN, %s", d.Loss), Data: "the point 0", Versions: map[string]string{"xainb": xainb.Version}}
	if err != nil {
		r.track = xainb.NewTrack(nil, p, err)
		return r
	}
	r.track = codec.Cached(codec.Key{Name: "kernels/gan Dirac", Version: codeVersion, Config: d}, func() *xainb.Track {
		return xainb.RecordSeq(context.Background(), d, xainb.ExplainerFunc[Dirac](ExplainDirac), xainb.Config{Frames: -1, Provenance: p})
	})
	return r
}

// Dirac returns the game of a run that RunDirac made, defaults filled in.
func (r *Recording) Dirac() (Dirac, bool) {
	if r == nil || r.dirac == nil {
		return Dirac{}, false
	}
	return *r.dirac, true
}

// config is what a Dirac has of a Config.
func (d Dirac) config() Config {
	o := Optimiser{Name: "sgd", Rate: d.Rate}
	return Config{Data: Points([][2]float64{{0, 0}}), Loss: d.Loss, Penalty: d.Penalty, Latent: 1, Batch: 1, Steps: d.Steps, Every: d.Every, G: o, D: o}
}

// ExplainDirac is [Explain] for the two-parameter game.
func ExplainDirac(ctx context.Context, d Dirac) iter.Seq2[xainb.Step, error] {
	return func(yield func(xainb.Step, error) bool) {
		d, err := d.filled()
		if err != nil {
			yield(nil, err)
			return
		}
		theta, psi := d.Theta, d.Psi
		for round := 0; ; round++ {
			out := !(math.Abs(theta) <= diracReach && math.Abs(psi) <= diracReach)
			if out || round%d.Every == 0 || round == d.Steps {
				s := d.step(round, theta, psi)
				if out {
					s.event(notFiniteEvent, fmt.Sprintf("step %d: theta is %.3g and psi %.3g", round, theta, psi))
				}
				if !yield(s, nil) {
					return
				}
			}
			switch {
			case out:
				yield(nil, fmt.Errorf("gan: %w: the Dirac-GAN is at (%.3g, %.3g) after %d steps", ErrNotFinite, theta, psi, round))
				return
			case round == d.Steps:
				return
			case ctx != nil && ctx.Err() != nil:
				yield(nil, fmt.Errorf("gan: after %d steps: %w", round, context.Cause(ctx)))
				return
			}
			theta, psi = d.next(theta, psi)
		}
	}
}

func (d Dirac) step(round int, theta, psi float64) *Step {
	g, dis := d.Gradients(theta, psi)
	s := &Step{
		Round: round, layers: []string{"G 1", "D 1"},
		Generated: []float32{float32(theta), 0}, Real: []float32{0, 0},
		Gradient:  []float32{float32(math.Abs(g)), float32(math.Abs(dis))},
		Generator: []float32{float32(theta)}, Discriminator: []float32{float32(psi)},
	}
	s.score("theta", theta)
	s.score("psi", psi)
	g, dis = d.Losses(theta, psi)
	s.score("loss G", g)
	s.score("loss D", dis)
	s.score("V", d.Value(theta, psi))
	s.score("radius", math.Hypot(theta, psi))
	return s
}
