package gan

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
)

func TestPlaneRefuses(t *testing.T) {
	run := func() *trail { return tiny(NonSaturating, "relu", []int{2, 4, 2}, []int{2, 4, 1}, 4) }
	still := run()
	for i := range still.moments {
		still.moments[i].theta = still.moments[0].theta
	}
	line := run()
	for i := range line.moments {
		x := make([]float32, line.params())
		f32.Axpy(float32(i), line.moments[1].theta, x)
		line.moments[i].theta = x
	}
	dead := run()
	for i := range dead.moments { // a G of zeros has nothing to normalise by
		clear(dead.moments[i].theta[:dead.game.g.params()])
	}
	few := run()
	few.moments = few.moments[:2]
	long := run()
	for len(long.moments) < 3000 {
		long.moments = append(long.moments, waypoint{time: float64(len(long.moments)), theta: long.last()})
	}
	zero, one := make([]float32, still.params()), make([]float32, still.params())
	one[3] = 1
	for _, c := range []struct {
		name string
		run  *trail
		p    Plane
		says string
	}{
		{"1x1", run(), Plane{Size: 1}, "1x1 points"},
		{"negative", run(), Plane{Size: -3}, "-3"},
		{"too many points", run(), Plane{Size: 5000}, "5000x5000"},
		{"too many surfaces", long, Plane{Size: 500, Every: 1}, "MB"},
		{"inverted range", run(), Plane{A: [2]float64{1, -1}}, "the range A goes from 1 to -1"},
		{"empty range", run(), Plane{B: [2]float64{2, 2}}, "the range B"},
		{"NaN range", run(), Plane{B: [2]float64{math.NaN(), 1}}, "NaN"},
		{"infinite range", run(), Plane{A: [2]float64{0, math.Inf(1)}}, "+Inf"},
		{"kind", run(), Plane{Kind: "diagonal"}, `"diagonal"`},
		{"span", run(), Plane{Span: "all"}, `"all"`},
		{"zoom", run(), Plane{Zoom: "in"}, `"in"`},
		{"no name", run(), Plane{Kind: Named}, `""`},
		{"name of nobody", run(), Plane{Kind: Named, Names: [2]string{"G 1 weight 0 0", "E 1 bias 0"}}, "players"},
		{"layer", run(), Plane{Kind: Named, Names: [2]string{"G 3 bias 0", "D 1 bias 0"}}, "2 layers"},
		{"unit", run(), Plane{Kind: Named, Names: [2]string{"G 1 weight 0 4", "D 1 bias 0"}}, "2 inputs and 4 units"},
		{"not quite a number", run(), Plane{Kind: Named, Names: [2]string{"G 1 weight 0 1x", "D 1 bias 0"}}, `"1x"`},
		{"no whole number", run(), Plane{Kind: Named, Names: [2]string{"G 1 weight 0 1", "D 1 bias 0.5"}}, `"0.5"`},
		{"range of one float32", run(), Plane{A: [2]float64{1, 1 + 1e-12}}, "the range A"},
		{"range beyond float32", run(), Plane{A: [2]float64{-1e300, 1e300}}, "the range A"},
		{"word", run(), Plane{Kind: Named, Names: [2]string{"G 1 gain 0", "D 1 bias 0"}}, "gain"},
		{"no number", run(), Plane{Kind: Named, Names: [2]string{"G one bias 0", "D 1 bias 0"}}, `"one" is no number`},
		{"twice the same", run(), Plane{Kind: Named, Names: [2]string{"G 1 bias 0", "G 1 bias 0"}}, "parallel"},
		{"zero direction", run(), Plane{Kind: Given, Directions: [2][]float32{one, zero}}, "is zero"},
		{"short direction", run(), Plane{Kind: Given, Directions: [2][]float32{one[:2], one}}, "2 values"},
		{"nothing to normalise by", dead, Plane{}, "is zero"},
		{"few frames", few, Plane{Kind: Trajectory}, "2 recorded moments"},
		{"a run that stands still", still, Plane{Kind: Trajectory}, "did not move"},
		{"a frozen player", dead, Plane{Kind: PlayerTrajectories}, "G's parameters did not move"},
		{"a straight run", line, Plane{Kind: Trajectory}, "along a line"},
	} {
		t.Run(c.name, func(t *testing.T) {
			track := c.run.surface(context.Background(), c.p, xainb.Provenance{})
			if err := track.Err(); !errors.Is(err, ErrPlane) || !strings.Contains(err.Error(), c.says) || track.Len() != 0 {
				t.Errorf("%d frames and the error %v, want none and %q", track.Len(), err, c.says)
			}
		})
	}
	// What can be drawn: a run that stands still, a run of one moment, NaN on the way.
	for name, c := range map[string]struct {
		run *trail
		p   Plane
	}{"still": {still, Plane{Kind: Random, Size: 3, Span: Path}}, "one moment": {&trail{still.game, still.moments[:1]}, Plane{Size: 2}}} {
		track := c.run.surface(context.Background(), c.p, xainb.Provenance{})
		if track.Err() != nil || track.Len() == 0 {
			t.Errorf("%s: %d frames, %v", name, track.Len(), track.Err())
		} else if a := track.At(0).Field("a").Data; !(a[0] < a[len(a)-1]) {
			t.Errorf("%s: the axis goes from %v to %v", name, a[0], a[len(a)-1])
		}
	}
}

// A path that stays in a plane is all in the plane of its principal components, in its true size.
func TestPrincipalPlane(t *testing.T) {
	run := tiny(NonSaturating, "relu", []int{2, 8, 2}, []int{2, 8, 1}, 1)
	origin := run.last()
	b := must(run.orthonormal(3))
	run.moments = nil
	length := math.Sqrt(inner(b.directions[0], b.directions[0]))
	for i := range 30 {
		s, c := math.Sincos(float64(i) / 7)
		theta := make([]float32, len(origin))
		combine(theta, origin, b.directions[0], b.directions[1], float32(0.2*c), float32(0.1*s))
		run.moments = append(run.moments, waypoint{time: float64(i), theta: theta})
	}
	plane := must(Plane{Kind: Trajectory}.basis(run))
	p := run.project(plane)
	about(t, "explained", p.explained, 1, 1e-6)
	_, off := p.distances(4)
	about(t, "distance off the plane", off, 0, 1e-5)
	about(t, "distance from the middle", math.Sqrt(p.middle[4]), 0, 1e-5)
	for i := range run.moments {
		for j := range i {
			got := math.Hypot(p.at[i][0]-p.at[j][0], p.at[i][1]-p.at[j][1])
			s, c := math.Sincos(float64(i) / 7)
			s2, c2 := math.Sincos(float64(j) / 7)
			about(t, "a distance along the path", got, length*math.Hypot(0.2*(c-c2), 0.1*(s-s2)), 1e-4)
		}
	}
	if first, last := p.at[0], p.at[len(p.at)-1]; last[0] < first[0] || last[1] < first[1] {
		t.Errorf("the path goes from %v to %v, not forward", first, last)
	}
	// The same path with a step aside: what is explained is what Pythagoras says.
	aside := make([]float32, len(origin))
	f32.Normals(aside, rand.New(rand.NewPCG(5, 5)))
	plane.project(aside)
	f32.Axpy(1, aside, run.moments[7].theta)
	p = run.project(plane)
	d, _ := p.distances(0)
	about(t, "the step aside", float64(d[7]), math.Sqrt(inner(aside, aside)), 1e-3)
	within, n := 0.0, float64(len(p.at))
	for k := range 2 {
		var sum, square float64
		for _, at := range p.at {
			sum, square = sum+at[k], square+at[k]*at[k]
		}
		within += square - sum*sum/n
	}
	about(t, "explained with the step aside", p.explained, within/(within+inner(aside, aside)*(1-1/n)), 1e-4)
}

// Of a long run some moments are enough: those of a circle are all in its plane still, and spread alike along both axes.
func TestPrincipalPlaneOfALongRun(t *testing.T) {
	run := tiny(NonSaturating, "relu", []int{2, 4, 2}, []int{2, 4, 1}, 1)
	b := must(run.orthonormal(3))
	origin, n := run.last(), 25*componentMoments // all of them would take minutes
	run.moments = nil
	for i := range n {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n-1))
		theta := make([]float32, len(origin))
		combine(theta, origin, b.directions[0], b.directions[1], float32(0.2*c), float32(0.2*s))
		run.moments = append(run.moments, waypoint{time: float64(i), theta: theta})
	}
	some := run.some(componentMoments)
	if len(some) != componentMoments || some[0].time != 0 || some[len(some)-1].time != float64(n-1) || len(run.some(n)) != n {
		t.Errorf("%d moments, from %v to %v", len(some), some[0].time, some[len(some)-1].time)
	}
	_, shares, err := run.components("the run's parameters", 0, run.params(), 2)
	if err != nil {
		t.Fatal(err)
	}
	about(t, "the first share", shares[0], 0.5, 0.01)
	about(t, "the second share", shares[1], 0.5, 0.01)
	about(t, "explained", run.project(must(run.principal())).explained, 1, 1e-5)
}

func TestDirections(t *testing.T) {
	run := tiny(NonSaturating, "relu", []int{2, 5, 2}, []int{2, 7, 1}, 3)
	b := must(Plane{Kind: Random, Seed: 4}.basis(run))
	want := inner(run.last(), run.last())
	about(t, "the first direction's square", inner(b.directions[0], b.directions[0]), want, 1e-4*want)
	about(t, "the second direction's square", inner(b.directions[1], b.directions[1]), want, 1e-4*want)
	about(t, "the directions' product", inner(b.directions[0], b.directions[1]), 0, 1e-4*want)

	d := run.filterNormalised(1, 0)
	for _, s := range []struct {
		shape
		from int
	}{{run.game.g, 0}, {run.game.d, run.game.g.params()}} {
		for l := range s.layers() {
			for j := range s.sizes[l+1] {
				unit := func(x []float32) float64 {
					w, bias := s.layer(x[s.from:], l)
					sum := float64(bias[j]) * float64(bias[j])
					for i := range w.Rows {
						v := float64(w.Data[i*w.RowStride+j])
						sum += v * v
					}
					return sum
				}
				about(t, "a unit's square", unit(d), unit(run.last()), 1e-4*unit(run.last()))
			}
		}
	}
	n, _ := run.game.params()
	for _, kind := range []PlaneKind{Players, PlayerTrajectories} {
		players := must(Plane{Kind: kind}.basis(run))
		about(t, "D's part of G's direction", inner(players.directions[0][n:], players.directions[0][n:]), 0, 0)
		about(t, "G's part of D's direction", inner(players.directions[1][:n], players.directions[1][:n]), 0, 0)
	}
	for i := range run.params() {
		if at, err := run.find(run.nameOf(i)); err != nil || at != i {
			t.Errorf("parameter %d is %q, which is %d: %v", i, run.nameOf(i), at, err)
		}
	}
}

// The axes are 1.2 times the path.
func TestSpanPath(t *testing.T) {
	run := tiny(NonSaturating, "relu", []int{2, 5, 2}, []int{2, 7, 1}, 9)
	track := run.surface(context.Background(), Plane{Kind: Trajectory, Size: 4, B: [2]float64{-3, 5}}, xainb.Provenance{})
	if track.Err() != nil {
		t.Fatal(track.Err())
	}
	f := track.At(0)
	lo, hi := float32(math.Inf(1)), float32(math.Inf(-1))
	for i, v := range f.Field("path").Data {
		if i%3 == 0 {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	a, b := f.Field("a").Data, f.Field("b").Data
	about(t, "the axis' length", float64(a[3]-a[0]), 1.2*float64(hi-lo), 1e-5)
	about(t, "the axis' middle", float64(a[3]+a[0]), float64(hi+lo), 1e-5)
	if b[0] != -3 || b[3] != 5 {
		t.Errorf("the axis given goes from %v to %v", b[0], b[3])
	}
}
