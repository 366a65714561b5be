package gan

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"testing"

	"github.com/xainb/gonb-xai/kernels/autodiff"
	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// tiny is a game of small networks on normal points, and a way of some moments through its parameters.
func tiny(loss Loss, activation string, g, d []int, moments int) *trail {
	r := rand.New(rand.NewPCG(7, 8))
	normals := func(n int, scale float32) []float32 {
		x := make([]float32, n)
		f32.Normals(x, r)
		f32.Scale(x, scale, x)
		return x
	}
	n := 32
	t := &trail{game: &game{
		g: shape{g, activation, false}, d: shape{d, activation, false}, loss: loss,
		n: n, real: normals(n*d[0], 1), noise: normals(n*g[0], 1),
	}}
	theta := normals(t.params(), 0.5)
	for i := range moments {
		t.moments = append(t.moments, waypoint{time: float64(100 * i), theta: theta})
		next := normals(t.params(), 0.05)
		f32.Axpy(1, theta, next)
		theta = next
	}
	return t
}

func about(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v within %v", what, got, want, tolerance)
	}
}

// Values, gradients and a Hessian-vector product of PyTorch 2.15 at one point; see the file for its conventions.
func TestSurfaceGolden(t *testing.T) {
	var ref struct {
		G, D    map[string]any
		Z, X    any
		Value   float64
		LossD   float64 `json:"loss_d"`
		LossG   float64 `json:"loss_g"`
		GradD   []any   `json:"grad_d"`
		GradG   []any   `json:"grad_g"`
		Vector  []any   `json:"hvp_vector"`
		Product []any   `json:"hvp_of_loss_d"`
	}
	b, err := os.ReadFile("../autodiff/testdata/gan.json")
	if err == nil {
		err = json.Unmarshal(b, &ref)
	}
	if err != nil {
		t.Fatal(err)
	}
	params := func(list ...any) []float32 { // torch has weights out x in
		return append(append(append(transposed(list[0]), numbers(list[1])...), transposed(list[2])...), numbers(list[3])...)
	}
	of := func(m map[string]any) []float32 {
		return params(m["0.weight"], m["0.bias"], m["2.weight"], m["2.bias"])
	}
	g := &game{g: shape{[]int{2, 8, 2}, "tanh", false}, d: shape{[]int{2, 8, 1}, "tanh", false}, loss: NonSaturating, n: 32, real: numbers(ref.X), noise: numbers(ref.Z)}
	theta := append(of(ref.G), of(ref.D)...)
	var m scratch
	v, err := g.at(&m, theta)
	if err != nil {
		t.Fatal(err)
	}
	about(t, "V", float64(v.V), ref.Value, 1e-6)
	about(t, "D's loss", float64(v.D), ref.LossD, 1e-6)
	about(t, "G's loss", float64(v.G), ref.LossG, 1e-6)

	gradient := make([]float32, len(theta))
	if err := g.gradients(&m, gradient, theta); err != nil {
		t.Fatal(err)
	}
	for i, want := range append(params(ref.GradG...), params(ref.GradD...)...) {
		about(t, "the players' gradient", float64(gradient[i]), float64(want), 1e-6)
	}
	c := curvature{g, theta, autodiff.New[float32]()}
	direction, product := make([]float32, len(theta)), make([]float32, len(theta))
	n, _ := g.params()
	copy(direction[n:], params(ref.Vector...))
	if err := c.times(product, direction); err != nil {
		t.Fatal(err)
	}
	for i, want := range params(ref.Product...) {
		about(t, "the Hessian's product", float64(product[n+i]), -float64(want), 2e-6) // of V, not of D's loss
	}
	m.close()
	c.tape.Close()
}

func numbers(v any) []float32 {
	switch v := v.(type) {
	case float64:
		return []float32{float32(v)}
	case []any:
		var out []float32
		for _, x := range v {
			out = append(out, numbers(x)...)
		}
		return out
	}
	return nil
}

func transposed(v any) []float32 {
	rows := v.([]any)
	cols := len(rows[0].([]any))
	out := make([]float32, len(rows)*cols)
	for i, row := range rows {
		for j, x := range numbers(row) {
			out[j*len(rows)+i] = x
		}
	}
	return out
}

// A surface, with all that it saves, is what single points give.
func TestSurfaceAgainstPoints(t *testing.T) {
	as, bs := between(-1, 1, 4), between(-0.5, 0.7, 3)
	for _, c := range []struct {
		loss       Loss
		activation string
		g, d       []int
	}{
		{NonSaturating, "relu", []int{2, 8, 8, 2}, []int{2, 8, 8, 1}},
		{Minimax, "tanh", []int{3, 5, 2}, []int{2, 70, 1}},
		{Wasserstein, "leaky", []int{1, 2}, []int{2, 1}},
	} {
		for _, squash := range []bool{false, true} {
			run := tiny(c.loss, c.activation, c.g, c.d, 5)
			run.game.g.squash = squash
			for _, kind := range []PlaneKind{Players, Random, Filter, Trajectory, PlayerTrajectories, Sensitive} {
				b, err := Plane{Kind: kind}.basis(run)
				if err != nil {
					t.Fatal(err)
				}
				over, err := run.game.over(context.Background(), run.last(), b.directions, as, bs)
				if err != nil {
					t.Fatal(err)
				}
				var m scratch
				for i := range over.V {
					theta := make([]float32, run.params())
					combine(theta, run.last(), b.directions[0], b.directions[1], as[i%4], bs[i/4])
					v, err := run.game.at(&m, theta)
					if err != nil {
						t.Fatal(err)
					}
					about(t, string(c.loss)+" V, "+string(kind), float64(over.V[i]), float64(v.V), 1e-5)
					about(t, string(c.loss)+" G, "+string(kind), float64(over.G[i]), float64(v.G), 1e-5)
					about(t, string(c.loss)+" D, "+string(kind), float64(over.D[i]), float64(v.D), 1e-5)
				}
			}
		}
	}
}

// Where G makes the data and D cannot tell, V is -log 4; D can only lose by moving alone, G changes nothing, and nobody is drawn away. (Goodfellow et al. 2014,
// theorem 1.)
func TestSurfaceSaddle(t *testing.T) {
	run := tiny(Minimax, "relu", []int{2, 2}, []int{2, 6, 1}, 1)
	run.game.noise = run.game.real
	theta := run.moments[0].theta
	copy(theta, []float32{1, 0, 0, 1, 0, 0}) // G(z) = z
	clear(theta[len(theta)-7:])              // D = 1/2
	u, v := make([]float32, len(theta)), make([]float32, len(theta))
	r := rand.New(rand.NewPCG(1, 1))
	f32.Normals(u[:6], r)
	f32.Normals(v[len(v)-7:], r)
	f32.Scale(v, 0.1, v) // near enough that what both do together outweighs what D loses alone
	axis := between(-1, 1, 11)
	over, err := run.game.over(context.Background(), theta, [2][]float32{u, v}, axis, axis)
	if err != nil {
		t.Fatal(err)
	}
	equilibrium := -math.Log(4)
	below, above := false, false
	for i, x := range over.V {
		switch {
		case i/11 == 5: // D stays
			about(t, "V along G", float64(x), equilibrium, 1e-6)
		case i%11 == 5 && float64(x) > equilibrium-1e-6: // G stays
			t.Errorf("V along D is %v, not below %v", x, equilibrium)
		}
		below, above = below || float64(x) < equilibrium-1e-3, above || float64(x) > equilibrium+1e-3
	}
	if !below || !above {
		t.Errorf("V goes below -log 4: %v, above: %v; a saddle does both", below, above)
	}
	var m scratch
	defer m.close()
	slope := make([]float32, len(theta))
	if err := run.game.gradients(&m, slope, theta); err != nil {
		t.Fatal(err)
	}
	about(t, "the gradients' length", math.Sqrt(inner(slope, slope)), 0, 1e-6)
}

// The Dirac-GAN's surface is the formula, the equilibrium in its middle, and the arrows are the losses' derivatives.
func TestSurfaceOfDirac(t *testing.T) {
	t.Setenv(codec.CacheEnv, t.TempDir())
	for _, loss := range []Loss{NonSaturating, Minimax, Wasserstein} {
		run := RunDirac(Dirac{Loss: loss, Steps: 100, R1: 0.1})
		track := run.Surface(Plane{})
		if track.Err() != nil || track.Len() != run.Len() {
			t.Fatal(track.Len(), track.Err())
		}
		for i, f := range track.Frames() {
			a, b, v, w := f.Field("a").Data, f.Field("b").Data, f.Field("V").Data, f.Field("loss D").Data
			about(t, "the middle of an axis", float64(a[25]), 0, 1e-6)
			for _, i := range []int{0, 50, 25*51 + 25, 1000, 2600} {
				x, y := float64(a[i%51]), float64(b[i/51])
				want := -math.Log(2) - math.Log1p(math.Exp(x*y))
				if loss == Wasserstein {
					want = -x * y
				}
				about(t, "V", float64(v[i]), want, 1e-5)
				about(t, "D's loss", float64(w[i]), -want+0.05*y*y, 1e-5)
			}
			theta, _ := run.At(i).Scalar("theta")
			psi, _ := run.At(i).Scalar("psi")
			x, _ := f.Scalar("a")
			y, _ := f.Scalar("b")
			about(t, "a", x, theta, 1e-6)
			about(t, "b", y, psi, 1e-6)
			d, _ := run.Dirac()
			const h = 1e-4
			g := func(x float64) float64 { g, _ := d.Losses(x, psi); return g }
			dis := func(y float64) float64 { _, d := d.Losses(theta, y); return d }
			about(t, "G's arrow", float64(f.Field("arrow").Data[0]), -(g(theta+h)-g(theta-h))/(2*h), 1e-4)
			about(t, "D's arrow", float64(f.Field("arrow").Data[3]), -(dis(psi+h)-dis(psi-h))/(2*h), 1e-4)
			if e, _ := f.Scalar("explained"); e != 1 {
				t.Errorf("the plane of two parameters explains %v", e)
			}
		}
	}
}

// The current point lies on its surface at its own coordinates, in every kind of plane, and on the path.
func TestSurfaceHasTheCurrentPoint(t *testing.T) {
	run := tiny(NonSaturating, "tanh", []int{2, 6, 2}, []int{2, 6, 1}, 12)
	names := [2]string{"G 1 weight 0 1", "D 2 bias 0"}
	for _, kind := range []PlaneKind{Players, Random, Filter, Trajectory, PlayerTrajectories, Sensitive, Named} {
		track := run.surface(context.Background(), Plane{Kind: kind, Size: 11, Every: 300, Zoom: DecayZoom, Names: names}, xainb.Provenance{})
		if track.Err() != nil {
			t.Fatal(kind, track.Err())
		}
		if track.Len() != 5 { // rounds 0, 300, 600, 900, 1100
			t.Fatalf("%s: %d frames", kind, track.Len())
		}
		for i, f := range track.Frames() {
			scalar := func(name string) float64 {
				v, ok := f.Scalar(name)
				if !ok {
					t.Fatalf("no scalar %q", name)
				}
				return v
			}
			path, here, w := f.Field("path").Data, int(scalar("here")), f.Field("window").Data
			about(t, "the path's a", float64(path[3*here]), scalar("a"), 1e-5)
			about(t, "the path's b", float64(path[3*here+1]), scalar("b"), 1e-5)
			about(t, "the path's V", float64(path[3*here+2]), scalar("V"), 1e-6)
			about(t, "V in the middle of the zoom", float64(f.Field("zoom").Data[5*11+5]), scalar("V"), 2e-6)
			about(t, "the zoom's middle", float64(w[0]+w[1])/2, scalar("a"), 1e-5)
			about(t, "the current distance", float64(f.Field("distance").Data[here]), 0, 1e-6)
			if a := f.Field("a").Data; !(a[0] < path[3*here]) || !(path[3*here] < a[10]) || a[0] != track.At(0).Field("a").Data[0] {
				t.Errorf("%s, frame %d: the axis from %v to %v, a is %v", kind, i, a[0], a[10], path[3*here])
			}
			// bilinear interpolation in the slice gets there, too
			over, err := run.game.over(context.Background(), run.moments[here].theta, must(Plane{Kind: kind, Names: names}.basis(run)).directions, []float32{0}, []float32{0})
			if err != nil {
				t.Fatal(err)
			}
			about(t, "the slice at its point", float64(over.V[0]), scalar("V"), 1e-6)
		}
	}
}

// A zoom is no wider than the surface, whatever the gradients grow to: to 1e24, whose square is beyond float32.
func TestZoomStaysWithinTheSurface(t *testing.T) {
	for _, factor := range []float32{1e3, 1e8} {
		run := tiny(Wasserstein, "leaky", []int{2, 4, 2}, []int{2, 4, 1}, 3)
		for i := range run.moments[2].theta {
			run.moments[2].theta[i] = run.moments[0].theta[i] * factor
		}
		track := run.surface(context.Background(), Plane{Size: 9, Every: 100, Zoom: GradientZoom, A: [2]float64{-1, 1}}, xainb.Provenance{})
		if track.Err() != nil || track.Len() != 3 {
			t.Fatal(track.Len(), track.Err())
		}
		first, _ := track.At(0).Scalar("zoom step")
		last, _ := track.At(2).Scalar("zoom step")
		if first != zoomStep || last != 0.25 {
			t.Errorf("gradients of parameters %v times as large: steps of %v and %v, where the surface's are 0.25", factor, first, last)
		}
	}
}

// Nothing that happened between two surfaces is lost.
func TestSurfaceHasTheRunsEvents(t *testing.T) {
	run := tiny(NonSaturating, "tanh", []int{2, 6, 2}, []int{2, 6, 1}, 9)
	for i, name := range []string{"start", "", "", "between", "", "collapse", "", "", "end"} {
		if name != "" {
			run.moments[i].events = []xainb.Event{{Name: name, Text: "it is so"}}
		}
	}
	track := run.surface(context.Background(), Plane{Size: 5, Every: 500}, xainb.Provenance{}) // rounds 0, 500, 800
	var got []string
	for _, f := range track.Frames() {
		for _, e := range f.Events {
			got = append(got, fmt.Sprintf("%v %s, %s", f.Time, e.Name, e.Text))
		}
	}
	want := []string{"0 start, it is so", "500 between, step 300: it is so", "500 collapse, it is so", "800 end, it is so"}
	if !slices.Equal(got, want) || track.Err() != nil {
		t.Errorf("events %q, %v, expected %q", got, track.Err(), want)
	}
}

func must(b *basis, err error) *basis {
	if err != nil {
		panic(err)
	}
	return b
}

// The movement in a plane of G times D is minus each own loss's derivative, by the direction's squared length: by differences.
func TestSurfaceFlow(t *testing.T) {
	run := tiny(NonSaturating, "tanh", []int{2, 6, 2}, []int{2, 6, 1}, 2)
	b := must(Plane{Kind: Players}.basis(run))
	at := []float32{-0.3, 0.2}
	flow, err := run.game.flow(context.Background(), run.last(), b, at, at)
	if err != nil {
		t.Fatal(err)
	}
	const h = 0.01
	for i := range 4 {
		a, c := at[i%2], at[i/2]
		over, err := run.game.over(context.Background(), run.last(), b.directions, []float32{a - h, a, a + h}, []float32{c - h, c, c + h})
		if err != nil {
			t.Fatal(err)
		}
		uu, vv := inner(b.directions[0], b.directions[0]), inner(b.directions[1], b.directions[1])
		about(t, "G's movement", float64(flow[2*i]), -float64(over.G[5]-over.G[3])/(2*h)/uu, 2e-3/uu)
		about(t, "D's movement", float64(flow[2*i+1]), -float64(over.D[7]-over.D[1])/(2*h)/vv, 2e-3/vv)
	}
}

func TestSurfaceIsTheSameOnAnyProcessors(t *testing.T) {
	run := tiny(NonSaturating, "relu", []int{2, 16, 2}, []int{2, 16, 1}, 6)
	hash := map[string]int{}
	for _, n := range []int{1, 2, 5} {
		before := runtime.GOMAXPROCS(n)
		for _, kind := range []PlaneKind{Players, Trajectory} {
			track := run.surface(context.Background(), Plane{Kind: kind, Size: 9, Every: 200, Zoom: GradientZoom}, xainb.Provenance{})
			if track.Err() != nil {
				t.Error(track.Err())
			}
			hash[track.Hash()]++
		}
		runtime.GOMAXPROCS(before)
	}
	if len(hash) != 2 {
		t.Errorf("%d different tracks of two planes", len(hash))
	}
}

// A context that ends when it was asked so many times.
type counted struct {
	context.Context
	left chan struct{}
}

func (p counted) Err() error {
	select {
	case <-p.left:
		return nil
	default:
		return context.Canceled
	}
}

func TestSurfaceCancelled(t *testing.T) {
	run := tiny(NonSaturating, "relu", []int{2, 4, 2}, []int{2, 4, 1}, 5)
	for _, asked := range []int{0, 20, 60, 130, 300} {
		p := counted{context.Background(), make(chan struct{}, asked)}
		for range asked {
			p.left <- struct{}{}
		}
		track := run.surface(p, Plane{Size: 21, Every: 100}, xainb.Provenance{})
		if !errors.Is(track.Err(), context.Canceled) {
			t.Errorf("asked %d times: the error is %v", asked, track.Err())
		}
		if asked == 300 && track.Len() == 0 || track.Len() == 5 {
			t.Errorf("asked %d times: %d frames", asked, track.Len())
		}
		for _, f := range track.Frames() {
			if f.Field("V") == nil || f.Field("arrow") == nil {
				t.Error("a frame is not complete")
			}
		}
	}
}
