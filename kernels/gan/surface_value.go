package gan

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/xainb/gonb-xai/kernels/f32"
)

// game is the two networks and the batch that a surface is measured on: the same data and the same noise at every point and in every frame.
type game struct {
	g, d  shape
	loss  Loss
	dirac *Dirac    // instead of all the others, or nil
	n     int       // of the batch
	real  []float32 // n x D
	noise []float32 // n x Z
}

// equilibrium is V where neither can gain.
func (g *game) equilibrium() float64 {
	if g.loss == Wasserstein || g.dirac != nil && g.dirac.Loss == Wasserstein {
		return 0
	}
	return -math.Log(4)
}

// params is how many parameters G has, and D.
func (g *game) params() (int, int) {
	if g.dirac != nil {
		return 1, 1
	}
	return g.g.params(), g.d.params()
}

// values is what the players play for, at one point.
type values struct {
	V    float32 // E log D(x) + E log(1 - D(G(z))); Wasserstein: E l(x) - E l(G(z))
	G, D float32 // each player's own loss; Wasserstein: without the penalty
}

// terms are the means over a batch of logits l that a game's values are made of: f(l), f(-l) and l. Those that are not needed are 0.
type terms struct{ plus, minus, mean float32 }

// ofReal returns what data give.
func (m *scratch) ofReal(l []float32, loss Loss) terms {
	if loss == Wasserstein {
		return terms{mean: average(l)}
	}
	return terms{minus: m.softplus(-1, l)}
}

// ofFake returns what samples give.
func (m *scratch) ofFake(l []float32, loss Loss) terms {
	switch loss {
	case Wasserstein:
		return terms{mean: average(l)}
	case Minimax:
		return terms{plus: m.softplus(1, l)}
	}
	return terms{plus: m.softplus(1, l), minus: m.softplus(-1, l)} // not f(l) - l, which has no digits left where D is sure
}

func average(x []float32) float32 { return f32.Sum(x) / float32(len(x)) }

// softplus returns the mean of f(sign l).
func (m *scratch) softplus(sign float32, l []float32) float32 {
	f := take(&m.values, len(l))
	f32.Scale(f, sign, l)
	f32.Softplus(f, f)
	return average(f)
}

// values puts together what real and generated points give.
func (loss Loss) values(real, fake terms) values {
	if loss == Wasserstein {
		v := real.mean - fake.mean
		return values{V: v, G: -fake.mean, D: -v}
	}
	v := values{V: -real.minus - fake.plus, D: real.minus + fake.plus}
	if v.G = fake.minus; loss == Minimax {
		v.G = -fake.plus
	}
	return v
}

// at returns the values at one point: G's parameters, then D's.
func (g *game) at(m *scratch, theta []float32) (values, error) {
	if g.dirac != nil {
		return g.dirac.values(float64(theta[0]), float64(theta[1])), nil
	}
	n, _ := g.params()
	pg, pd := theta[:n], theta[n:]
	l, err := m.forward(g.d, pd, g.real, g.n)
	if err != nil {
		return values{}, err
	}
	real := m.ofReal(l, g.loss)
	x, err := m.forward(g.g, pg, g.noise, g.n)
	if err != nil {
		return values{}, err
	}
	m.fakes = append(m.fakes[:0], x...)
	if l, err = m.forward(g.d, pd, m.fakes, g.n); err != nil {
		return values{}, err
	}
	return g.loss.values(real, m.ofFake(l, g.loss)), nil
}

// surface is what the values are over a grid, [b, a]: a row for each coordinate b.
type surface struct{ V, G, D []float32 }

func newSurface(n int) surface {
	return surface{make([]float32, n), make([]float32, n), make([]float32, n)}
}

func (s surface) set(i int, v values) { s.V[i], s.G[i], s.D[i] = v.V, v.G, v.D }

// over returns the values at the points theta + a u + b v for all a and b. The columns are shared out among the processors; each is computed by
// itself, so that the bits do not depend on how many there are. When ctx ends it returns ctx's error.
func (g *game) over(ctx context.Context, theta []float32, directions [2][]float32, as, bs []float32) (surface, error) {
	if g.dirac != nil {
		return g.dirac.over(theta, directions, as, bs), nil
	}
	p, _ := g.params()
	part := func(x []float32, from, to int) []float32 {
		for _, v := range x[from:to] {
			if v != 0 {
				return x[from:to]
			}
		}
		return nil
	}
	w := walk{
		game: g, as: as, bs: bs, out: newSurface(len(as) * len(bs)),
		gs: slice{g.g, theta[:p], part(directions[0], 0, p), part(directions[1], 0, p)},
		ds: slice{g.d, theta[p:], part(directions[0], p, len(theta)), part(directions[1], p, len(theta))},
	}
	if err := w.ds.see(&w.real, g.real, g.n); err != nil {
		return surface{}, err
	}
	if err := w.gs.see(&w.noise, g.noise, g.n); err != nil {
		return surface{}, err
	}
	if err := w.terms(); err != nil {
		return surface{}, err
	}
	if err := each(ctx, len(as), w.column); err != nil {
		return surface{}, err
	}
	return w.out, nil
}

// walk is a surface on its way.
type walk struct {
	*game
	as, bs      []float32
	gs, ds      slice
	real, noise seen
	reals       []terms // of each b, where D does not depend on a; else nil
	out         surface
}

// terms computes what depends on b alone: with one direction in G and one in D, all that the data say.
func (w *walk) terms() error {
	if w.ds.u != nil {
		return nil
	}
	var m scratch
	w.reals = make([]terms, len(w.bs))
	for j, b := range w.bs {
		l, err := m.results(w.ds, &w.real, 0, b)
		if err != nil {
			return err
		}
		w.reals[j] = m.ofReal(l, w.loss)
	}
	return nil
}

// column computes the values at all b for the i-th a.
func (w *walk) column(m *scratch, i int) error {
	a := w.as[i]
	for j, b := range w.bs {
		if j == 0 || w.gs.v != nil { // else the fakes of the last b are those of this one
			x, err := m.results(w.gs, &w.noise, a, b)
			if err != nil {
				return err
			}
			m.fakes = append(m.fakes[:0], x...)
			if w.gs.v == nil {
				err = w.ds.see(&m.fake, m.fakes, w.n)
			}
			if err != nil {
				return err
			}
		}
		v, err := w.point(m, a, b, j)
		if err != nil {
			return err
		}
		w.out.set(j*len(w.as)+i, v)
	}
	return nil
}

// point computes the values at one point, for the fakes in m.
func (w *walk) point(m *scratch, a, b float32, j int) (values, error) {
	var l []float32
	var err error
	if w.gs.v == nil {
		l, err = m.results(w.ds, &m.fake, a, b)
	} else { // they are looked at once
		l, err = m.forward(w.ds.shape, w.ds.at(take(&m.params, len(w.ds.base)), a, b), m.fakes, w.n)
	}
	if err != nil {
		return values{}, err
	}
	fake := m.ofFake(l, w.loss)
	if w.reals != nil {
		return w.loss.values(w.reals[j], fake), nil
	}
	if l, err = m.results(w.ds, &w.real, a, b); err != nil {
		return values{}, err
	}
	return w.loss.values(m.ofReal(l, w.loss), fake), nil
}

// each calls work for 0 to n-1 on all processors and returns the first error, by number, or ctx's.
func each(ctx context.Context, n int, work func(m *scratch, i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			var m scratch
			defer m.close()
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				errs[i] = work(&m, i)
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("gan: the surface is not complete: %w", err)
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
