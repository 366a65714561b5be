package gan

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/xainb/gonb-xai/kernels/f32"
	"gonum.org/v1/gonum/mat"
)

// svd is the largest singular value by gonum's SVD.
func svd(t *testing.T, a []float32, rows, cols int) float64 {
	t.Helper()
	m := mat.NewDense(rows, cols, nil)
	for i, v := range a {
		m.Set(i/cols, i%cols, float64(v))
	}
	var s mat.SVD
	if !s.Factorize(m, mat.SVDNone) {
		t.Fatal("gonum finds no SVD")
	}
	return s.Values(nil)[0]
}

func TestSpectralNormIsThatOfAnSVD(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		rows, cols := 1+r.IntN(140), 1+r.IntN(140)
		a := make([]float32, rows*cols)
		f32.Normals(a, r)
		switch r.IntN(3) {
		case 0: // as after ReLU: half of the columns are zero
			for i := range a {
				if i%cols%2 == 0 {
					a[i] = 0
				}
			}
		case 1: // tiny: squares would vanish
			f32.Scale(a, 1e-25, a)
		}
		if got, want := SpectralNorm(a, rows, cols), svd(t, a, rows, cols); math.Abs(got-want) > 1e-4*want {
			t.Errorf("%d x %d: %v, the SVD says %v", rows, cols, got, want)
		}
	}
	twins := []float32{3, 0, 0, 0, 3, 0, 0, 0, 1}
	isNear(t, "of two equal ones", SpectralNorm(twins, 3, 3), 3, 1e-4)
	g := loadReference(t)
	isNear(t, "torch's", SpectralNorm(to32(slices.Concat(g.Jacobian...)), 2, 2), g.Spectral, 1e-4)
	if v := SpectralNorm(make([]float32, 6), 2, 3); v != 0 {
		t.Errorf("of zeros: %v", v)
	}
	for _, v := range []float64{SpectralNorm([]float32{1, float32(math.Inf(1))}, 1, 2), SpectralNorm([]float32{float32(math.NaN())}, 1, 1),
		SpectralNorm(nil, 0, 0), SpectralNorm([]float32{1}, 2, 2), SpectralNorm(nil, -1, -1)} {
		if !math.IsNaN(v) {
			t.Errorf("of what has none: %v", v)
		}
	}
}

// played returns a game after some rounds, with its frame.
func played(t *testing.T, c Config, rounds int) (*trainer, *Step) {
	t.Helper()
	c, err := c.Filled()
	if err != nil {
		t.Fatal(err)
	}
	game := newTrainer(c)
	for range rounds {
		if err := game.play(true); err != nil {
			t.Fatal(err)
		}
	}
	s := &Step{layers: game.layers}
	if err := game.show(s, true, true); err != nil {
		t.Fatal(err)
	}
	return game, s
}

// The passes without a tape against those with one.
func TestFieldAndPullAreTheTapes(t *testing.T) {
	for _, c := range []Config{{}, {Activation: "tanh", Loss: Minimax}, {Activation: "relu", Loss: Wasserstein}, {Hidden: []int{5}}, {Hidden: []int{}}, {Pull: 12}} {
		c.Batch = 64
		game, s := played(t, c, 30)
		tape := game.tape
		tape.Reset()
		w, pullSide := game.window, game.cfg.Pull
		side := fieldCells * pullSide
		at := make([]float32, 0, 2*side*side)
		for i := range side * side {
			at = append(at, w[0]+(w[1]-w[0])*(float32(i%side)+0.5)/float32(side), w[2]+(w[3]-w[2])*(float32(i/side)+0.5)/float32(side))
		}
		x := tape.Var(at, side*side, 2)
		l := game.d.net.Forward(tape, x)
		field := l
		if game.cfg.Loss != Wasserstein {
			field = l.Sigmoid()
		}
		isClose(t, "field", s.Field, field.Value(), 1e-5)
		// G's loss is a mean: times the number of points it is the sum of each one's own
		slope := tape.Grad(lossG(game.cfg.Loss, l).Scale(float32(side*side)), x)[0].Value()
		const per = fieldCells
		for i := range pullSide * pullSide {
			cell := (i/pullSide*per+per/2)*side + i%pullSide*per + per/2
			isClose(t, "pull", s.Pull[2*i:2*i+2], []float32{-slope[2*cell], -slope[2*cell+1]}, 1e-4)
		}
		noise := tape.Const(game.measures.noise[:Samples*2], Samples, 2)
		isClose(t, "generated", s.Generated, game.g.net.Forward(tape, noise).Value(), 1e-5)
	}
}

func isClose(t *testing.T, what string, got, want []float32, within float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d numbers, expected %d", what, len(got), len(want))
	}
	for i, v := range want {
		if math.Abs(float64(got[i]-v)) > within*max(1, math.Abs(float64(v))) {
			t.Errorf("%s is %v at %d, expected %v", what, got[i], i, v)
			return
		}
	}
}

// Each layer's Jacobian by the tape, row by row, and gonum's SVD of it.
func TestJacobiansAreThoseOfTheLayers(t *testing.T) {
	for _, c := range []Config{{}, {Activation: "tanh", Hidden: []int{30, 20}}, {Activation: "relu"}, {Data: Digits(), Hidden: []int{20}}} {
		c.Batch = 32
		game, s := played(t, c, 10)
		at := 0
		for _, p := range []*player{game.g, game.d} {
			in := game.measures.noise[:game.cfg.Latent]
			if p == game.d {
				in = game.measures.real[:game.cfg.Data.dim()]
			}
			for i, layer := range p.net.Layers {
				game.tape.Reset()
				x := game.tape.Var(slices.Clone(in), 1, len(in))
				y := layer.Forward(game.tape, x)
				if i < len(p.net.Layers)-1 {
					y = p.net.Activation(y)
				} else if p == game.g && game.cfg.Data.Kind == digitsKind {
					y = y.Sigmoid()
				}
				out := y.Shape()[1]
				var j []float32
				for k := range out {
					j = append(j, game.tape.Grad(y.Slice(1, k, k+1).Sum(), x)[0].Value()...)
				}
				want := svd(t, j, out, len(in))
				if got := float64(s.Jacobian[at]); math.Abs(got-want) > 1e-4*want {
					t.Errorf("%s: %v, the SVD says %v", game.layers[at], got, want)
				}
				in = slices.Clone(y.Value())
				at++
			}
		}
	}
}

// Two minibatches at the same parameters agree the more the larger they are, and with themselves fully.
func TestNullGrowsWithTheBatch(t *testing.T) {
	mean := func(batch int) (sum float64) {
		c := small()
		c.Batch = batch
		game, _ := played(t, c, 20)
		s := &Step{}
		if err := game.nulls(s); err != nil {
			t.Fatal(err)
		}
		for _, v := range s.Null {
			sum += float64(v) / float64(len(s.Null))
		}
		return sum
	}
	if few, many := mean(2), mean(4096); !(few < many) || many < 0.9 || many > 1 {
		t.Errorf("the null is %v with 2 samples and %v with 4,096", few, many)
	}
}

func TestDotKeepsWhatFloat32WouldLose(t *testing.T) {
	a := []float32{3e-30, 4e-30}
	isNear(t, "norm", layerNorm(a, nil)*1e30, 5, 1e-6)
	isNear(t, "cosine", layerCosine(a, nil, []float32{3, 4}, nil), 1, 1e-6)
	isNear(t, "norm of the large", layerNorm([]float32{3e30, 4e30}, nil)/1e30, 5, 1e-6)
	if c := layerCosine(a, nil, []float32{0, 0}, nil); c != 0 {
		t.Errorf("the cosine with nothing is %v", c)
	}
}
