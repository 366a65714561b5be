package gan

import (
	"errors"
	"math"
	"testing"
)

// radii returns the scalar "radius" of all frames.
func radii(t *testing.T, d Dirac) []float64 {
	t.Helper()
	run := RunDirac(d)
	if err := run.Err(); err != nil {
		t.Fatal(err)
	}
	var r []float64
	for _, f := range run.Frames() {
		v, ok := f.Scalar("radius")
		if !ok {
			t.Fatal("a frame has no radius")
		}
		r = append(r, v)
	}
	return r
}

// Mescheder et al. 2018: lemma 2.3 (simultaneous: the eigenvalues' size is above 1, it spirals out), lemma 2.4 (alternating: of size 1, an orbit), section 4.1
// and theorem 4.1 (R1: converges at a rate that the eigenvalues of the Jacobian give), and lemma 2.2 for WGAN.
func TestDiracConvergesAsThePaperProves(t *testing.T) {
	for _, loss := range []Loss{Minimax, NonSaturating, Wasserstein} {
		d := Dirac{Loss: loss, Theta: 0.01, Psi: 0.01, Every: 1} // where the field is that of the lemma, linear
		r := radii(t, d)
		for i := 1; i < len(r); i++ {
			if r[i] <= r[i-1] {
				t.Fatalf("%s: simultaneous steps do not spiral out: the radius is %v after %v at step %d", loss, r[i], r[i-1], i)
			}
		}
		if first, last := r[0], r[len(r)-1]; last < 1.5*first {
			t.Errorf("%s: simultaneous steps spiral out from %v to %v only", loss, first, last)
		}
		d = Dirac{Loss: loss, Theta: 0.01, Psi: 0.01, Every: 1, Alternating: true, Steps: 5000}
		r = radii(t, d)
		for i, v := range r {
			if v < 0.8*r[0] || v > 1.25*r[0] {
				t.Fatalf("%s: alternating steps leave the orbit of radius %v: %v at step %d", loss, r[0], v, i)
			}
		}
		d.R1, d.Alternating, d.Steps = 1, false, 2000
		r = radii(t, d)
		if end := r[len(r)-1]; end > 1e-9 {
			t.Errorf("%s: with R1 the radius is still %v", loss, end)
		}
	}
}

// Of the linearised game at (0, 0), f'(0) = c: theta' = c psi, psi' = -c theta - gamma psi, the eigenvalues of the step I + rate J have the size
// |1 - rate gamma/2 ± rate sqrt(gamma²/4 - c²)|.
func TestDiracRateIsThatOfTheEigenvalues(t *testing.T) {
	for _, c := range []struct {
		loss  Loss
		slope float64
		gamma float64
	}{{Minimax, 0.5, 0.4}, {NonSaturating, 0.5, 0.6}, {Wasserstein, 1, 0.5}, {Minimax, 0.5, 0}} {
		const rate, steps = 0.1, 400
		r := radii(t, Dirac{Loss: c.loss, Theta: 1e-4, Psi: 1e-4, Rate: rate, R1: c.gamma, Steps: steps, Every: steps})
		re, im := 1-rate*c.gamma/2, rate*math.Sqrt(c.slope*c.slope-c.gamma*c.gamma/4)
		want := math.Hypot(re, im)
		got := math.Pow(r[1]/r[0], 1.0/steps)
		if math.Abs(got-want) > 2e-3 {
			t.Errorf("%s, gamma %v: the radius changes by %v a step, the eigenvalues say %v", c.loss, c.gamma, got, want)
		}
	}
}

func TestDiracGradientsAreThoseOfTheLosses(t *testing.T) {
	const h = 1e-6
	for _, d := range []Dirac{{Loss: Minimax, R1: 0.7}, {Loss: NonSaturating, Penalty: 2}, {Loss: Wasserstein, R1: 1, Penalty: 3}} {
		for _, p := range [][2]float64{{1, 1}, {-0.4, 2}, {0.3, -1.7}, {0, 0.5}} {
			g, dis := d.Gradients(p[0], p[1])
			up, _ := d.Losses(p[0]+h, p[1])
			down, _ := d.Losses(p[0]-h, p[1])
			isNear(t, "theta", g, (up-down)/(2*h), 1e-8)
			_, up = d.Losses(p[0], p[1]+h)
			_, down = d.Losses(p[0], p[1]-h)
			isNear(t, "psi", dis, (up-down)/(2*h), 1e-8)
		}
	}
}

func TestDiracFrames(t *testing.T) {
	run := RunDirac(Dirac{Theta: 0.25, Psi: -2, Steps: 12, Every: 5})
	if run.Len() != 4 || run.At(0).Time != 0 || run.At(3).Time != 12 {
		t.Fatalf("%d frames, the last at %v", run.Len(), run.At(run.Len()-1).Time)
	}
	f := run.At(0)
	if g, d := f.Field("generator"), f.Field("discriminator"); g.Data[0] != 0.25 || d.Data[0] != -2 || len(g.Data) != 1 {
		t.Errorf("the first frame is at %v, %v", g.Data, d.Data)
	}
	v, _ := f.Scalar("V")
	isNear(t, "V", v, -math.Log1p(math.Exp(-0.5))-math.Log(2), 1e-12)
	if d, ok := run.Dirac(); !ok || d.Rate != 0.1 {
		t.Errorf("the recording's game is %+v, %v", d, ok)
	}
}

func TestDiracBadInput(t *testing.T) {
	for name, d := range map[string]Dirac{
		"loss": {Loss: "hinge"}, "rate": {Rate: math.NaN()}, "negative rate": {Rate: -1}, "infinite": {Theta: math.Inf(1)},
		"steps": {Steps: -1}, "every": {Every: -3}, "too many": {Steps: 1 << 40}, "penalty": {Penalty: -1},
	} {
		if run := RunDirac(d); !errors.Is(run.Err(), ErrConfig) {
			t.Errorf("%s: %v", name, run.Err())
		}
	}
	run := RunDirac(Dirac{Rate: 3, Steps: 5000, Loss: Wasserstein})
	if !errors.Is(run.Err(), ErrNotFinite) || run.Len() < 2 {
		t.Fatalf("a run that leaves the plane: %v after %d frames", run.Err(), run.Len())
	}
	if e := run.At(run.Len() - 1).Events; len(e) != 1 || e[0].Name != "not finite" {
		t.Errorf("its last frame has the events %v", e)
	}
}
