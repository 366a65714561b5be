package gan

import (
	"errors"
	"fmt"
	"math"

	"github.com/xainb/gonb-xai/kernels/f32"
)

// ErrPlane marks a plane that cannot be drawn, or not for this run.
var ErrPlane = errors.New("the plane cannot be drawn")

// PlaneKind says which two directions a plane has.
type PlaneKind string

// The kinds. All directions stay the same over a run, and are made at its last moment.
const (
	Players            PlaneKind = "players"             // a random direction in G's parameters and one in D's, filter-normalised: shows the saddle
	Random             PlaneKind = "random"              // two random directions at right angles (QR), as long as the parameters are together
	Filter             PlaneKind = "filter"              // two random ones, filter-normalised: each unit's weights and bias are as long as the network's (Li et al. 2018)
	Trajectory         PlaneKind = "trajectory"          // the first two principal components of the run's parameters, of length 1
	PlayerTrajectories PlaneKind = "player trajectories" // the first principal component of G's parameters and that of D's, of length 1
	Sensitive          PlaneKind = "sensitive"           // the two parameters whose gradient, of their player's own loss, has the largest root mean square over the run
	Named              PlaneKind = "named"               // the two parameters in Names
	Given              PlaneKind = "given"               // those in Directions
)

// Span says how much of a plane is drawn.
type Span string

// The spans.
const (
	Unit Span = "unit" // a direction's length about each moment of the run
	Path Span = "path" // 1.2 times the projected run, about its middle
)

// Zoom says how the second, smaller surface about the current point shrinks. Its points stand a step apart, in the plane's coordinates; a step is no more
// than the surface's own, and no less than a millionth, or a millionth of the coordinates where they are larger.
type Zoom string

// The zooms.
const (
	NoZoom       Zoom = ""
	DecayZoom    Zoom = "decay"    // the step is 1e-3 at first and 15% less each 100 rounds
	GradientZoom Zoom = "gradient" // the step is 1e-3 times the norm of the players' gradients, by what it was at first
)

// Plane is a plane through a run's parameters, and what of it is drawn. The zero value is a direction in G times one in D.
//
// A frame's surface is the slice through the run's point θ at that moment, parallel to the two directions u and v:
//
//	V(a,b) = V(θ + (a-a_θ) u + (b-b_θ) v)
//
// where (a_θ, b_θ) are the least-squares coordinates of θ along u and v, seen from the run's last point. So the axes stand still, the current
// point lies on its surface, and the surface changes as the parameters off the plane do: of a game there is no fixed landscape. (Directions:
// Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets", https://arxiv.org/abs/1712.09913, sections 4 and 7.)
type Plane struct {
	Kind  PlaneKind  // "" means Players
	Size  int        // points along each axis; 0 means 51
	Every int        // rounds between surfaces; 0 means 1,000, ten epochs of endless data, of the Dirac-GAN 1
	Span  Span       // "" means Unit for Players, Random and Filter, otherwise Path
	A, B  [2]float64 // from and to of the axes, instead of Span; {0, 0} leaves it to Span
	Zoom  Zoom

	Names      [2]string    // of Named, for example "G 1 weight 0 1": layer from 1, input and unit from 0; "D 2 bias 0"
	Directions [2][]float32 // of Given: steps of G's and then D's parameters, as the run's frames have them
	Seed       uint64       // of random directions
}

const (
	planeSize  = 51
	planeLimit = 501 // points along an axis
	zoomStep   = 1e-3
	zoomDecay  = 0.85
	zoomLeast  = 1e-6 // step, by the coordinates: what float32 can tell apart
)

// filled returns the plane with its defaults, or what is wrong with it.
func (p Plane) filled() (Plane, error) {
	if p.Kind == "" {
		p.Kind = Players
	}
	if p.Size == 0 {
		p.Size = planeSize
	}
	if p.Every == 0 {
		p.Every = 10 * Epoch
	}
	if p.Span == "" {
		p.Span = Path
		if p.Kind == Players || p.Kind == Random || p.Kind == Filter {
			p.Span = Unit
		}
	}
	return p, p.check()
}

func (p Plane) check() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("gan: %w: "+format, append([]any{ErrPlane}, args...)...)
	}
	switch p.Kind {
	case Players, Random, Filter, Trajectory, PlayerTrajectories, Sensitive, Named, Given:
	default:
		return bad("no kind is called %q: there are players, random, filter, trajectory, player trajectories, sensitive, named and given", p.Kind)
	}
	if p.Span != Unit && p.Span != Path {
		return bad("no span is called %q: there are unit and path", p.Span)
	}
	if p.Zoom != NoZoom && p.Zoom != DecayZoom && p.Zoom != GradientZoom {
		return bad("no zoom is called %q: there are decay and gradient", p.Zoom)
	}
	switch {
	case p.Size < 0, p.Every < 0:
		return bad("Size is %d and Every %d: neither can be negative", p.Size, p.Every)
	case p.Size == 1:
		return bad("%dx%d points have no shape: Size is at least 2", p.Size, p.Size)
	case p.Size > planeLimit:
		return bad("%dx%d points are too many: Size is at most %d", p.Size, p.Size, planeLimit)
	}
	for i, r := range [2][2]float64{p.A, p.B} {
		from, to := float32(r[0]), float32(r[1]) // as the frames have them
		if r != [2]float64{} && (!(from < to) || math.IsInf(float64(to-from), 0)) {
			return bad("the range %s goes from %v to %v: the first must be the smaller, by what a float32 can tell, and both finite", [2]string{"A", "B"}[i], r[0], r[1])
		}
	}
	return nil
}

// basis are two fixed directions in the space of all parameters, G's before D's.
type basis struct {
	directions [2][]float32
	axes       [2]string     // what they are, in words
	inverse    [2][2]float64 // of the matrix of their inner products
}

// newBasis checks the directions.
func newBasis(directions [2][]float32, axes [2]string) (*basis, error) {
	b := &basis{directions: directions, axes: axes}
	uu, uv, vv := inner(directions[0], directions[0]), inner(directions[0], directions[1]), inner(directions[1], directions[1])
	for i, n := range [2]float64{uu, vv} {
		switch {
		case n == 0:
			return nil, fmt.Errorf("gan: %w: the direction %q is zero: nothing moves along it", ErrPlane, axes[i])
		case math.IsNaN(n) || math.IsInf(n, 0):
			return nil, fmt.Errorf("gan: %w: the direction %q is not finite", ErrPlane, axes[i])
		}
	}
	det := uu*vv - uv*uv
	if det <= 1e-6*uu*vv {
		return nil, fmt.Errorf("gan: %w: the directions %q and %q are parallel: they span a line", ErrPlane, axes[0], axes[1])
	}
	b.inverse = [2][2]float64{{vv / det, -uv / det}, {-uv / det, uu / det}}
	return b, nil
}

// solve returns the coordinates of the vector whose inner products with the directions are given.
func (b *basis) solve(dots [2]float64) [2]float64 {
	return [2]float64{b.inverse[0][0]*dots[0] + b.inverse[0][1]*dots[1], b.inverse[1][0]*dots[0] + b.inverse[1][1]*dots[1]}
}

// project returns the least-squares coordinates of x and leaves in x what is off the plane.
func (b *basis) project(x []float32) [2]float64 {
	c := b.solve([2]float64{inner(b.directions[0], x), inner(b.directions[1], x)})
	for i, d := range b.directions {
		f32.Axpy(-float32(c[i]), d, x)
	}
	return c
}
