package embed

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
)

// The phases of a run.
const (
	EarlyExaggeration = "early exaggeration" // attraction is multiplied, so that clusters find together
	Embedding         = "embedding"
)

// Step is where the points are after some iterations. TSNE uses its memory again for the next.
type Step struct {
	Iteration int
	Phase     string    // EarlyExaggeration or Embedding
	Points    []float32 // n x 2
	Colour    []float32 // n, of the Config, or nil
	KL        float64   // Kullback-Leibler divergence of Q from P, in nats, without exaggeration
	Key       bool      // the last step of a phase
}

// Snap implements xainb.Step.
func (s *Step) Snap(to *xainb.Snapshot) {
	to.Kind, to.TimeName, to.Time = "tsne", "iteration", float64(s.Iteration)
	to.Phase, to.Key = s.Phase, s.Key
	to.PutScalar("KL", s.KL)
	point := xainb.Dim{Name: "point", Size: len(s.Points) / 2}
	if s.Colour == nil {
		to.Put("points", s.Points, point, xainb.Dim{Name: "xy", Size: 2})
		return
	}
	x := make([]float32, 0, 3*point.Size)
	for i, v := range s.Colour {
		x = append(x, s.Points[2*i], s.Points[2*i+1], v)
	}
	to.Put("points", x, point, xainb.Dim{Name: "xyc", Size: 3})
	to.PutLabels("xyc", []string{"x", "y", "colour"})
}

// TSNE embeds points in the plane by t-distributed stochastic neighbour embedding (van der Maaten and Hinton 2008, algorithm 1) and yields a
// [*Step] for the start, each c.Every iterations and the end; the last one is the result. What is wrong with c, or the end of ctx, is yielded as an error.
//
// It starts from the first two principal components, scaled to a standard deviation of 1e-4 of the first, with a hundredth of that as noise, so that
// equal points can part. Momentum is 0.5 at first and 0.8 after the exaggeration, which the points leave at rest and with gains of 1, as in scikit-learn.
func TSNE(ctx context.Context, c Config) iter.Seq2[xainb.Step, error] {
	return func(yield func(xainb.Step, error) bool) {
		c, n, err := c.resolve()
		if err == nil {
			var d *descent
			if d, err = newDescent(ctx, c, n); err == nil {
				err = d.run(ctx, c, yield)
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// run yields the steps; it returns nil when yield wants no more.
func (d *descent) run(ctx context.Context, c Config, yield func(xainb.Step, error) bool) error {
	s := &Step{Points: make([]float32, 2*len(d.x)), Colour: c.Colour}
	for i := 0; ; i++ {
		if err := d.forces(ctx); err != nil {
			return err
		}
		if !(d.z > 0 && d.z <= math.MaxFloat32) {
			return fmt.Errorf("embed: TSNE: after %d iterations the points have left float32's range: give a Rate below %v: %w", i, c.Rate, ErrConfig)
		}
		turn := i == c.Early && i > 0
		if i%c.Every == 0 || turn || i == c.Iterations {
			s.Iteration, s.Phase, s.Key = i, Embedding, turn || i == c.Iterations
			if i <= c.Early && c.Early > 0 {
				s.Phase = EarlyExaggeration
			}
			for j := range d.x {
				s.Points[2*j], s.Points[2*j+1] = d.x[j], d.y[j]
			}
			var err error
			if s.KL, err = d.divergence(ctx); err != nil {
				return err
			}
			if !yield(s, nil) {
				return nil
			}
		}
		switch {
		case i == c.Iterations:
			return nil
		case i < c.Early:
			d.step(float32(c.Exaggeration), 0.5)
			continue
		case turn:
			d.rest()
		}
		d.step(1, 0.8)
	}
}

// descent is the optimisation in progress.
type descent struct {
	p     *affinity
	rate  float64
	theta float64   // -1: exact
	x, y  []float32 // where the points are
	pull  [2][]float32
	push  [2][]float32
	w     []float32 // sums of w_ij, that of a point with itself included
	z     float64   // sum of all w_ij, i ≠ j
	speed [2][]float32
	gains [2][]float32
	tree  quadtree
	sums  []float64 // of rows
}

func newDescent(ctx context.Context, c Config, n int) (*descent, error) {
	scaled := toUnit(c.Points)
	p, err := newAffinity(ctx, scaled, c.Dims, c.Neighbours, c.Perplexity)
	if err != nil {
		return nil, err
	}
	d := &descent{p: p, rate: c.Rate, theta: c.Theta, w: make([]float32, n), sums: make([]float64, n)}
	d.x, d.y, err = start(scaled, c.Dims, c.Seed)
	if err != nil {
		return nil, err
	}
	for k := range 2 {
		d.pull[k], d.push[k], d.speed[k], d.gains[k] = make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
	}
	d.rest()
	return d, nil
}

// rest takes the points' speed from them, and sets their gains to 1.
func (d *descent) rest() {
	for k, gains := range d.gains {
		clear(d.speed[k])
		for i := range gains {
			gains[i] = 1
		}
	}
}

// start is the principal components in small, with noise.
func start(x []float32, dims int, seed uint64) (px, py []float32, err error) {
	const size, noise = 1e-4, 1e-6
	n := len(x) / dims
	px, py = make([]float32, n), make([]float32, n)
	r := rand.New(rand.NewPCG(seed, 0))
	f32.Normals(px, r)
	f32.Normals(py, r)
	f32.Scale(px, noise, px)
	f32.Scale(py, noise, py)
	first, err := PCA(x, dims, min(2, dims))
	if err != nil || first.Variance[0] == 0 {
		return px, py, err
	}
	scale := float32(size / math.Sqrt(first.Variance[0]))
	for i := range n {
		px[i] += scale * first.Points[i*first.K]
		if first.K > 1 {
			py[i] += scale * first.Points[i*first.K+1]
		}
	}
	return px, py, nil
}

// forces computes what pulls and pushes each point.
func (d *descent) forces(ctx context.Context) error {
	n := len(d.x)
	if d.theta > 0 {
		d.tree.build(d.x, d.y, d.theta)
	}
	err := eachRow(ctx, n, func(from, to int) {
		for row := from; row < to; row++ {
			i := row
			if d.theta > 0 { // neighbours go through the same cells
				i = d.tree.point(row)
				d.w[i], d.push[0][i], d.push[1][i] = d.tree.repulsion(d.x[i], d.y[i])
			} else {
				d.w[i], d.push[0][i], d.push[1][i] = f32.Repulsion(d.x, d.y, d.x[i], d.y[i])
			}
			d.pull[0][i], d.pull[1][i] = d.p.pull(i, d.x, d.y)
		}
	})
	d.z = 0
	for _, w := range d.w {
		d.z += float64(w) - 1
	}
	return err
}

// step moves the points against the gradient, which is 4 (exaggeration pull - push/z) (2008, equation 5), with momentum and gains (Jacobs 1988).
func (d *descent) step(exaggeration, momentum float32) {
	push := float32(1 / d.z)
	for k, at := range [2][]float32{d.x, d.y} {
		speed, gains := d.speed[k], d.gains[k]
		for i, a := range d.pull[k] {
			g := 4 * (exaggeration*a - push*d.push[k][i])
			if (g > 0) == (speed[i] > 0) {
				gains[i] = max(0.01, gains[i]*0.8)
			} else {
				gains[i] += 0.2
			}
			speed[i] = momentum*speed[i] - float32(d.rate)*gains[i]*g
			at[i] += speed[i]
		}
		var sum float64
		for _, v := range at {
			sum += float64(v)
		}
		mean := float32(sum / float64(len(at)))
		for i := range at {
			at[i] -= mean
		}
	}
}

// divergence returns the Kullback-Leibler divergence where forces was called last.
func (d *descent) divergence(ctx context.Context) (kl float64, err error) {
	err = eachRow(ctx, len(d.x), func(from, to int) {
		for i := from; i < to; i++ {
			d.sums[i] = d.p.divergence(i, d.x, d.y, d.z)
		}
	})
	for _, v := range d.sums {
		kl += 2 * v
	}
	return kl, err
}
