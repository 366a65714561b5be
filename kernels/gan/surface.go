package gan

import (
	"context"
	"fmt"
	"iter"
	"math"

	"github.com/xainb/gonb-xai/xainb"
)

// SurfaceKind is the xainb.Snapshot.Kind of a frame of a loss surface.
const SurfaceKind = "surface"

const (
	flowSize = 13   // cells along each axis at whose centres the movement is computed
	flat     = 0.99 // share of V's variance that a plane explains where a surface is called nearly a plane
)

// explorer draws a plane of a run, frame by frame.
type explorer struct {
	*trail
	plane  Plane
	basis  *basis
	seen   projection
	as, bs []float32 // the axes
	us, vs []float32 // coordinates of the flow's points
	path   []float32 // [moment, abv]
	norm   float64   // of the gradients at the first moment
	level  int       // whether the last zoom was nearly a plane: 1 yes, -1 no, 0 not known
}

// surface records the plane over the run. When ctx ends the track keeps the surfaces that are complete.
func (t *trail) surface(ctx context.Context, p Plane, prov xainb.Provenance, warnings ...string) *xainb.Track {
	fail := func(err error) *xainb.Track { return xainb.NewTrack(nil, prov, err) }
	p, err := p.filled()
	if err != nil {
		return fail(err)
	}
	if len(t.moments) == 0 {
		return fail(fmt.Errorf("gan: %w: the run has no moment with finite parameters", ErrPlane))
	}
	frames := t.drawn(p.Every)
	if err := t.affordable(p, len(frames)); err != nil {
		return fail(err)
	}
	e := &explorer{trail: t, plane: p}
	if e.basis, err = p.basis(t); err != nil {
		return fail(err)
	}
	e.seen = t.project(e.basis)
	e.lay()
	explain := xainb.ExplainerFunc[[]int](e.steps)
	return xainb.RecordSeq(ctx, frames, explain, xainb.Config{Frames: -1, Bytes: 2 * xainb.DefaultBytes, Provenance: prov, Warnings: warnings})
}

// drawn lists the moments that get a surface: the first, the first of each interval of so many rounds, the last.
func (t *trail) drawn(every int) []int {
	var frames []int
	next := math.Inf(-1)
	for i, m := range t.moments {
		if m.time >= next || i == len(t.moments)-1 {
			frames = append(frames, i)
			next = (math.Floor(m.time/float64(every)) + 1) * float64(every)
		}
	}
	return frames
}

// affordable says whether the frames fit into memory, before any is asked for.
func (t *trail) affordable(p Plane, frames int) error {
	grids := 3
	if p.Zoom != NoZoom {
		grids++ // and two axes, which are small
	}
	size := 4 * int64(frames) * (int64(grids)*int64(p.Size)*int64(p.Size) + 4*int64(len(t.moments)) + 2*flowSize*flowSize)
	if size > xainb.DefaultBytes {
		return fmt.Errorf("gan: %w: %d surfaces of %dx%d points are %d MB, the most is %d: raise Every or lower Size",
			ErrPlane, frames, p.Size, p.Size, size>>20, xainb.DefaultBytes>>20)
	}
	return nil
}

// lay lays the axes out, over the whole animation.
func (e *explorer) lay() {
	var from, to [2]float64
	for k := range from {
		from[k], to[k] = math.Inf(1), math.Inf(-1)
		for _, at := range e.seen.at {
			from[k], to[k] = min(from[k], at[k]), max(to[k], at[k])
		}
		if e.game.dirac != nil { // the equilibrium in the middle
			to[k] = max(to[k], -from[k])
			from[k] = -to[k]
		}
	}
	longest := max(to[0]-from[0], to[1]-from[1])
	for k, given := range [2][2]float64{e.plane.A, e.plane.B} {
		half := (to[k] - from[k]) / 2
		switch {
		case given != [2]float64{}:
			from[k], to[k] = given[0], given[1]
		case e.plane.Span == Unit:
			from[k], to[k] = from[k]-1, to[k]+1
		default:
			if half <= 1e-6*longest { // nothing moved this way: as far as the other, or a unit
				half = longest / 2
			}
			if half == 0 {
				half = 1
			}
			middle := (from[k] + to[k]) / 2
			from[k], to[k] = middle-1.2*half, middle+1.2*half
		}
	}
	e.as, e.bs = between(from[0], to[0], e.plane.Size), between(from[1], to[1], e.plane.Size)
	e.us, e.vs = middles(from[0], to[0], flowSize), middles(from[1], to[1], flowSize)
}

// between returns n >= 2 numbers at equal distances.
func between(from, to float64, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(from + (to-from)*float64(i)/float64(n-1))
	}
	return x
}

// middles returns the middles of n equal cells.
func middles(from, to float64, n int) []float32 {
	half := (to - from) / 2 / float64(n)
	return between(from+half, to-half, n)
}

// away returns the coordinates as seen from a point.
func away(x []float32, point float64) []float32 {
	d := make([]float32, len(x))
	for i, v := range x {
		d[i] = float32(float64(v) - point)
	}
	return d
}

func (e *explorer) steps(ctx context.Context, frames []int) iter.Seq2[xainb.Step, error] {
	return func(yield func(xainb.Step, error) bool) {
		if err := e.walk(ctx); err != nil {
			yield(nil, err)
			return
		}
		shown := 0
		for _, i := range frames {
			f, err := e.frame(ctx, i)
			if err != nil {
				yield(nil, err)
				return
			}
			f.events = append(e.eventsOf(shown, i), f.events...)
			shown = i + 1
			if !yield(f, nil) {
				return
			}
		}
	}
}

// eventsOf lists what happened at the moments from first to last. Those before the last have no surface of their own, so that their events say when they were.
func (e *explorer) eventsOf(first, last int) []xainb.Event {
	var events []xainb.Event
	for i := first; i <= last; i++ {
		m := e.moments[i]
		for _, event := range m.events {
			if i < last {
				event.Text = fmt.Sprintf("step %v: %s", m.time, event.Text)
			}
			events = append(events, event)
		}
	}
	return events
}

// walk computes the value at each moment of the run.
func (e *explorer) walk(ctx context.Context) error {
	e.path = make([]float32, 3*len(e.moments))
	return each(ctx, len(e.moments), func(m *scratch, i int) error {
		v, err := e.game.at(m, e.moments[i].theta)
		e.path[3*i], e.path[3*i+1], e.path[3*i+2] = float32(e.seen.at[i][0]), float32(e.seen.at[i][1]), v.V
		return err
	})
}

// surfaceFrame is a moment's surface, as [explorer.frame] computed it.
type surfaceFrame struct {
	*explorer
	i        int
	over     surface
	at       values
	flow     []float32
	arrow    [4]float32
	distance []float32
	off      float64
	zoom     *zoomed
	events   []xainb.Event
}

// zoomed is the smaller surface about the current point.
type zoomed struct {
	V      []float32
	window [4]float32
	step   float64
	flat   float64
}

func (e *explorer) frame(ctx context.Context, i int) (*surfaceFrame, error) {
	m, at := e.moments[i], e.seen.at[i]
	f := &surfaceFrame{explorer: e, i: i}
	var err error
	if f.over, err = e.game.over(ctx, m.theta, e.basis.directions, away(e.as, at[0]), away(e.bs, at[1])); err != nil {
		return nil, err
	}
	if f.flow, err = e.game.flow(ctx, m.theta, e.basis, away(e.us, at[0]), away(e.vs, at[1])); err != nil {
		return nil, err
	}
	var scratch scratch
	defer scratch.close()
	if f.at, err = e.game.at(&scratch, m.theta); err != nil {
		return nil, err
	}
	slope := make([]float32, len(m.theta))
	if err = e.game.gradients(&scratch, slope, m.theta); err != nil {
		return nil, err
	}
	players, _ := e.game.params()
	s := e.basis.steps(slope, players)
	f.arrow = [4]float32{s[0][0], s[0][1], s[1][0], s[1][1]}
	f.distance, f.off = e.seen.distances(i)
	if e.plane.Zoom != NoZoom {
		err = f.zoomIn(ctx, math.Sqrt(dot(slope, slope)))
	}
	return f, err
}

// zoomIn computes the zoom; norm is that of the players' gradients.
func (f *surfaceFrame) zoomIn(ctx context.Context, norm float64) error {
	m, at := f.moments[f.i], f.seen.at[f.i]
	if f.norm == 0 { // the first surface
		f.norm = norm
	}
	z := &zoomed{step: zoomStep * math.Pow(zoomDecay, math.Floor(m.time/Epoch))}
	if f.plane.Zoom == GradientZoom {
		z.step = zoomStep
		if f.norm > 0 && norm > 0 { // else there is nothing to go by
			z.step *= norm / f.norm
		}
	}
	for _, x := range [][]float32{f.as, f.bs} { // no wider than the surface
		z.step = min(z.step, float64(x[len(x)-1]-x[0])/float64(len(x)-1))
	}
	z.step = max(z.step, zoomLeast*max(1, math.Abs(at[0]), math.Abs(at[1])))
	half := z.step * float64(f.plane.Size-1) / 2
	grid := between(-half, half, f.plane.Size)
	over, err := f.game.over(ctx, m.theta, f.basis.directions, grid, grid)
	if err != nil {
		return err
	}
	z.V, z.flat = over.V, planeFit(over.V, f.plane.Size)
	z.window = [4]float32{float32(at[0] - half), float32(at[0] + half), float32(at[1] - half), float32(at[1] + half)}
	f.zoom = z
	level, say := -1, "shows the surface's bends"
	if z.flat >= flat {
		level, say = 1, "is nearly a plane: it shows a slope and no landscape"
	}
	if level != f.level {
		text := fmt.Sprintf("within ±%.2g of the current point a plane explains %.2f %% of V's variance: the zoom %s", half, 100*z.flat, say)
		f.events = append(f.events, xainb.Event{Name: "zoom", Text: text})
	}
	f.level = level
	return nil
}

// Snap puts the fields that the package's documentation lists.
func (f *surfaceFrame) Snap(to *xainb.Snapshot) {
	dim := func(name string, size int) xainb.Dim { return xainb.Dim{Name: name, Size: size} }
	to.Kind, to.Time, to.TimeName = SurfaceKind, f.moments[f.i].time, "step"
	a, b, moment, ab := dim("a", len(f.as)), dim("b", len(f.bs)), dim("moment", len(f.moments)), dim("ab", 2)
	to.Put("V", f.over.V, b, a)
	to.Put("loss G", f.over.G, b, a)
	to.Put("loss D", f.over.D, b, a)
	to.Put("a", f.as, a)
	to.Put("b", f.bs, b)
	to.Put("path", f.path, moment, dim("abv", 3))
	to.Put("distance", f.distance, moment)
	to.Put("flow", f.flow, dim("v", len(f.vs)), dim("u", len(f.us)), ab)
	to.Put("arrow", f.arrow[:], dim("player", 2), ab)
	to.PutLabels("axis", f.basis.axes[:])
	to.PutLabels("player", []string{"G", "D"})
	for _, s := range []xainb.Scalar{
		{Name: "V", Value: float64(f.at.V)}, {Name: "loss G", Value: float64(f.at.G)}, {Name: "loss D", Value: float64(f.at.D)},
		{Name: "a", Value: f.seen.at[f.i][0]}, {Name: "b", Value: f.seen.at[f.i][1]}, {Name: "here", Value: float64(f.i)}, {Name: "level", Value: f.game.equilibrium()},
		{Name: "explained", Value: f.seen.explained}, {Name: "off", Value: f.off}, {Name: "off here", Value: math.Sqrt(f.seen.middle[f.i])},
	} {
		to.PutScalar(s.Name, s.Value)
	}
	if z := f.zoom; z != nil {
		za, zb := dim("zoom a", len(f.as)), dim("zoom b", len(f.bs))
		to.Put("zoom", z.V, zb, za)
		to.Put("zoom a", between(float64(z.window[0]), float64(z.window[1]), len(f.as)), za)
		to.Put("zoom b", between(float64(z.window[2]), float64(z.window[3]), len(f.bs)), zb)
		to.Put("window", z.window[:], dim("side", 4))
		to.PutScalar("zoom step", z.step)
		to.PutScalar("flat", z.flat)
	}
	for _, e := range f.events {
		to.PutEvent(e.Name, e.Text)
	}
}
