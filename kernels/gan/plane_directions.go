package gan

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/xainb/gonb-xai/kernels/f32"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// basis returns the plane's two directions for a run.
func (p Plane) basis(t *trail) (*basis, error) {
	if t.game.dirac != nil { // its plane is all there is
		return newBasis([2][]float32{t.axis(0), t.axis(1)}, [2]string{"G: θ, where it puts its points", "D: ψ, the slope of its logit"})
	}
	switch p.Kind {
	case Random:
		return t.orthonormal(p.Seed)
	case Trajectory:
		return t.principal()
	case PlayerTrajectories:
		return t.principalPlayers()
	case Sensitive:
		return t.sensitive()
	case Named:
		return t.named(p.Names)
	case Given:
		for i, d := range p.Directions {
			if len(d) != t.params() {
				return nil, fmt.Errorf("gan: %w: direction %d has %d values, the two networks have %d parameters", ErrPlane, i+1, len(d), t.params())
			}
		}
		return newBasis(p.Directions, [2]string{"the first direction given", "the second direction given"})
	}
	u, v := t.filterNormalised(p.Seed, 0), t.filterNormalised(p.Seed, 1)
	if p.Kind == Filter {
		return newBasis([2][]float32{u, v}, [2]string{"a random direction", "another random direction"})
	}
	g, _ := t.game.params()
	clear(u[g:])
	clear(v[:g])
	return newBasis([2][]float32{u, v}, [2]string{"a random direction of G", "a random direction of D"})
}

// random returns normal values, a stream of its own for each direction.
func (t *trail) random(seed uint64, direction int) []float32 {
	d := make([]float32, t.params())
	f32.Normals(d, rand.New(rand.NewPCG(seed, planeStream+uint64(direction))))
	return d
}

// filterNormalised returns a random direction in which the weights and the bias of each unit are together as long as the network's.
func (t *trail) filterNormalised(seed uint64, direction int) []float32 {
	d, theta := t.random(seed, direction), t.last()
	p := t.game.g.params()
	t.game.g.likeUnits(d[:p], theta[:p])
	t.game.d.likeUnits(d[p:], theta[p:])
	return d
}

// likeUnits scales each unit's part of d, its weights and its bias, to the length that it has in theta.
func (s shape) likeUnits(d, theta []float32) {
	for l := range s.layers() {
		in, out := s.sizes[l], s.sizes[l+1]
		from := s.offset(l)
		for j := from; j < from+out; j++ {
			var dd, tt float64
			for i := range in + 1 { // the biases follow the weights like one more row
				dd += float64(d[j+i*out]) * float64(d[j+i*out])
				tt += float64(theta[j+i*out]) * float64(theta[j+i*out])
			}
			scale := float32(math.Sqrt(tt / dd))
			for i := range in + 1 {
				d[j+i*out] *= scale
			}
		}
	}
}

// orthonormal returns two random directions at right angles, each as long as the run's last parameters together, so that a step of one is
// comparable with the other kinds'.
func (t *trail) orthonormal(seed uint64) (*basis, error) {
	n := t.params()
	if n < 2 {
		return nil, fmt.Errorf("gan: %w: the networks have %d parameters, and a plane needs 2", ErrPlane, n)
	}
	q := blas64.General{Rows: n, Cols: 2, Stride: 2, Data: make([]float64, 2*n)}
	for j := range 2 {
		for i, v := range t.random(seed, j) {
			q.Data[2*i+j] = float64(v)
		}
	}
	tau, work := make([]float64, 2), make([]float64, 64)
	lapack64.Geqrf(q, tau, work, len(work))
	lapack64.Orgqr(q, tau, work, len(work))
	length := math.Sqrt(inner(t.last(), t.last()))
	d := [2][]float32{make([]float32, n), make([]float32, n)}
	for i := range n {
		d[0][i], d[1][i] = float32(length*q.Data[2*i]), float32(length*q.Data[2*i+1])
	}
	return newBasis(d, [2]string{"a random direction", "another one at right angles"})
}

// axis returns the direction in which one parameter moves.
func (t *trail) axis(parameter int) []float32 {
	d := make([]float32, t.params())
	d[parameter] = 1
	return d
}

const sensitiveMoments = 16 // that gradients are taken at

// sensitive returns the two parameters with the largest gradients.
func (t *trail) sensitive() (*basis, error) {
	var scratch scratch
	defer scratch.close()
	g, square := make([]float32, t.params()), make([]float64, t.params())
	for _, m := range t.some(sensitiveMoments) {
		if err := t.game.gradients(&scratch, g, m.theta); err != nil {
			return nil, err
		}
		for i, v := range g {
			square[i] += float64(v) * float64(v)
		}
	}
	best := [2]int{-1, -1}
	for i, v := range square {
		switch {
		case best[0] < 0 || v > square[best[0]]:
			best = [2]int{i, best[0]}
		case best[1] < 0 || v > square[best[1]]:
			best[1] = i
		}
	}
	if best[1] < 0 {
		return nil, fmt.Errorf("gan: %w: the networks have %d parameters, and a plane needs 2", ErrPlane, t.params())
	}
	return newBasis([2][]float32{t.axis(best[0]), t.axis(best[1])}, [2]string{t.nameOf(best[0]), t.nameOf(best[1])})
}

func (t *trail) named(names [2]string) (*basis, error) {
	var d [2][]float32
	for i, name := range names {
		at, err := t.find(name)
		if err != nil {
			return nil, err
		}
		d[i] = t.axis(at)
	}
	return newBasis(d, names)
}

// nameOf names a parameter: "G 1 weight 0 1" leads from input 0 to unit 1 of G's first layer, "D 2 bias 0" is that of unit 0 of D's second.
func (t *trail) nameOf(parameter int) string {
	player, s := "G", t.game.g
	if parameter >= s.params() {
		parameter -= s.params()
		player, s = "D", t.game.d
	}
	l := 0
	for parameter >= s.offset(l+1) {
		l++
	}
	parameter -= s.offset(l)
	in, out := s.sizes[l], s.sizes[l+1]
	if parameter >= in*out {
		return fmt.Sprintf("%s %d bias %d", player, l+1, parameter-in*out)
	}
	return fmt.Sprintf("%s %d weight %d %d", player, l+1, parameter/out, parameter%out)
}

// find is the inverse of nameOf.
func (t *trail) find(name string) (int, error) {
	fail := func(why string) (int, error) {
		return 0, fmt.Errorf("gan: %w: no parameter is called %q: %s; a name is like %q or %q", ErrPlane, name, why, "G 1 weight 0 1", "D 2 bias 0")
	}
	words := strings.Fields(name)
	if len(words) < 4 || len(words) > 5 {
		return fail(fmt.Sprintf("it has %d words", len(words)))
	}
	player, what := words[0], words[2]
	var numbers [3]int // the layer's, and one or two in it
	for k, word := range slices.Concat(words[1:2], words[3:]) {
		var err error
		if numbers[k], err = strconv.Atoi(word); err != nil {
			return fail(fmt.Sprintf("%q is no number", word))
		}
	}
	layer, i, j := numbers[0], numbers[1], numbers[2]
	s, from := t.game.g, 0
	switch player {
	case "G":
	case "D":
		s, from = t.game.d, t.game.g.params()
	default:
		return fail("the players are G and D")
	}
	if layer < 1 || layer > s.layers() {
		return fail(fmt.Sprintf("%s has %d layers", player, s.layers()))
	}
	in, out := s.sizes[layer-1], s.sizes[layer]
	from += s.offset(layer - 1)
	switch {
	case what == "weight" && len(words) == 5:
		if i < 0 || i >= in || j < 0 || j >= out {
			return fail(fmt.Sprintf("the layer has %d inputs and %d units", in, out))
		}
		return from + i*out + j, nil
	case what == "bias" && len(words) == 4:
		if i < 0 || i >= out {
			return fail(fmt.Sprintf("the layer has %d units", out))
		}
		return from + in*out + i, nil
	}
	return fail("it is a weight with two numbers or a bias with one")
}
