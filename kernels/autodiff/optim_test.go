package autodiff

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// quartet is a parameter of four values, and its gradients at each step, as PyTorch was given them.
func quartet() *Param[float64] {
	p := NewParam[float64]("p", 4)
	copy(p.Value, fill(1, 4))
	return p
}

func gradientAt(step int) []float64 {
	g := fill(2+step, 4)
	for i := range g {
		g[i] *= float64(step + 1)
	}
	return g
}

// Seven steps (five of the schedule) of torch.optim's Adam, AdamW and SGD in float64; float32 agrees.
func TestOptimisersGolden(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps int
		wide  Optimiser[float64]
		slim  Optimiser[float32]
	}{
		{"adam", 7, &Adam[float64]{Rate: 0.05}, &Adam[float32]{Rate: 0.05}},
		{"adam b", 7, &Adam[float64]{Rate: 0.05, Beta1: 0.5, Beta2: 0.9, Eps: 1e-3}, &Adam[float32]{Rate: 0.05, Beta1: 0.5, Beta2: 0.9, Eps: 1e-3}},
		{"adam b1=0", 7, &Adam[float64]{Rate: 0.05, Beta1: -1, Beta2: 0.9}, &Adam[float32]{Rate: 0.05, Beta1: -1, Beta2: 0.9}},
		{"adamw", 7, &Adam[float64]{Rate: 0.05, Decay: 0.1}, &Adam[float32]{Rate: 0.05, Decay: 0.1}},
		{"sgd", 7, &SGD[float64]{Rate: 0.05}, &SGD[float32]{Rate: 0.05}},
		{"mom", 7, &SGD[float64]{Rate: 0.05, Momentum: 0.9}, &SGD[float32]{Rate: 0.05, Momentum: 0.9}},
		{"sgd cosine", 5, &SGD[float64]{Rate: 0.05, Schedule: Cosine(5)}, &SGD[float32]{Rate: 0.05, Schedule: Cosine(5)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, q := quartet(), NewParam[float32]("q", 4)
			copy(q.Value, convert[float32](p.Value))
			for step := range c.steps {
				copy(p.Grad, gradientAt(step))
				copy(q.Grad, convert[float32](p.Grad))
				if err := c.wide.Step([]*Param[float64]{p}); err != nil {
					t.Fatal(err)
				}
				if err := c.slim.Step([]*Param[float32]{q, q}); err != nil { // twice there, moved once
					t.Fatal(err)
				}
			}
			want := torch(t, c.name)
			closeTo(t, "float64", p.Value, want, 1e-12)
			closeTo(t, "float32", convert[float64](q.Value), want, 1e-6)
		})
	}
}

// After Restart the steps are those of a new optimiser, but for the schedule, which goes on.
func TestRestart(t *testing.T) {
	var at []int
	schedule := func(step int) float64 { at = append(at, step); return 1 }
	old, p := &Adam[float64]{Rate: 0.05, Schedule: schedule}, quartet()
	step := func(a *Adam[float64], p *Param[float64], i int) {
		t.Helper()
		copy(p.Grad, gradientAt(i))
		if err := a.Step([]*Param[float64]{p}); err != nil {
			t.Fatal(err)
		}
	}
	step(old, p, 5)
	step(old, p, 6)
	old.Restart()
	fresh, q := &Adam[float64]{Rate: 0.05}, NewParam[float64]("q", 4)
	copy(q.Value, p.Value)
	for i := range 3 {
		before := slices.Clone(p.Value)
		step(old, p, i)
		step(fresh, q, i)
		if i == 0 { // with the bias corrected, the first step is the rate in the direction of the gradient's sign
			for j, v := range p.Value {
				if d := before[j] - v; math.Abs(math.Abs(d)-0.05) > 1e-6 || (d > 0) != (p.Grad[j] > 0) {
					t.Errorf("the first step moves value %d by %v, its gradient is %v", j, -d, p.Grad[j])
				}
			}
		}
	}
	if !slices.Equal(p.Value, q.Value) {
		t.Errorf("%v after a restart, %v of a new optimiser", p.Value, q.Value)
	}
	if !slices.Equal(at, []int{0, 1, 2, 3, 4}) {
		t.Errorf("the schedule was asked for steps %v", at)
	}
}

func TestSchedules(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(int) float64
		step int
		want float64
	}{
		{"warmup", Warmup(4), 0, 0.25},
		{"warmup", Warmup(4), 3, 1},
		{"warmup", Warmup(4), 100, 1},
		{"warmup of none", Warmup(0), 0, 1},
		{"cosine", Cosine(4), 0, 1},
		{"cosine", Cosine(4), 1, (1 + math.Sqrt2/2) / 2},
		{"cosine", Cosine(4), 2, 0.5},
		{"cosine", Cosine(4), 4, 0},
		{"cosine", Cosine(4), 9, 0},
		{"cosine of none", Cosine(0), 5, 0},
	} {
		if got := c.f(c.step); math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%s at step %d: %v, expected %v", c.name, c.step, got, c.want)
		}
	}
}

// torch.nn.utils.clip_grad_norm_ (which adds 1e-6 to the norm), and what it does not have: a norm beyond float32, wrong limits.
func TestClipNorm(t *testing.T) {
	a, b, still := NewParam[float64]("a", 4), NewParam[float64]("b", 3), NewParam[float64]("still", 1)
	copy(a.Grad, fill(1, 4))
	copy(b.Grad, fill(2, 3))
	still.Grad[0], still.Frozen = 100, true
	params := []*Param[float64]{a, b, still, a} // a once
	before := slices.Clone(a.Grad)
	for _, limit := range []float64{2, math.Inf(1)} {
		if norm, err := ClipNorm(params, limit); err != nil || !slices.Equal(a.Grad, before) {
			t.Errorf("limit %v: norm %v, gradient %v, %v", limit, norm, a.Grad, err)
		}
	}
	for _, limit := range []float64{-1, math.NaN()} {
		if _, err := ClipNorm(params, limit); err == nil || !slices.Equal(a.Grad, before) {
			t.Errorf("limit %v: gradient %v, %v", limit, a.Grad, err)
		}
	}
	norm, err := ClipNorm(params, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "norm", []float64{norm}, torch(t, "norm"), 1e-12)
	closeTo(t, "clipped", append(slices.Clone(a.Grad), b.Grad...), torch(t, "clipped"), 1e-6)
	if still.Grad[0] != 100 {
		t.Error("a frozen parameter's gradient was scaled")
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		b.Grad[1] = bad
		before := slices.Clone(a.Grad)
		if _, err := ClipNorm(params, 0.1); err == nil || !slices.Equal(a.Grad, before) {
			t.Errorf("a gradient of %v: %v, %v", bad, a.Grad, err)
		}
	}
	if _, err := ClipNorm([]*Param[float64]{a, nil}, 1); err == nil {
		t.Error("a nil parameter gives no error")
	}
	wide := NewParam[float64]("wide", 2)
	wide.Grad[0], wide.Grad[1] = 3e200, -4e200
	if norm, err := ClipNorm([]*Param[float64]{wide, a}, 1); err != nil || math.Abs(norm/5e200-1) > 1e-12 || math.Abs(wide.Grad[1]+0.8) > 1e-12 {
		t.Errorf("the norm of a gradient whose square is beyond float64: %v, %v, %v", norm, wide.Grad, err)
	}
	far := NewParam[float32]("far", 2)
	far.Grad[0], far.Grad[1] = 3e30, -4e30
	if norm, err := ClipNorm([]*Param[float32]{far}, 1); err != nil || math.Abs(norm/5e30-1) > 1e-6 || math.Abs(float64(far.Grad[1])+0.8) > 1e-6 {
		t.Errorf("the norm of a gradient whose square is beyond float32: %v, %v, %v", norm, far.Grad, err)
	}
}

// A frozen parameter stays, its moments too; nothing moves when one parameter or an option is wrong.
func TestStepMistakes(t *testing.T) {
	for _, kind := range []struct {
		name string
		make func(rate float64) Optimiser[float64]
	}{
		{"Adam", func(rate float64) Optimiser[float64] { return &Adam[float64]{Rate: rate, Decay: 0.1} }},
		{"SGD", func(rate float64) Optimiser[float64] { return &SGD[float64]{Rate: rate, Momentum: 0.5} }},
	} {
		t.Run(kind.name, func(t *testing.T) {
			p, still := quartet(), quartet()
			still.Frozen = true
			copy(p.Grad, gradientAt(0))
			copy(still.Grad, gradientAt(0))
			opt := kind.make(0.1)
			if err := opt.Step([]*Param[float64]{p, still}); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(still.Value, fill(1, 4)) || slices.Equal(p.Value, still.Value) {
				t.Errorf("%v, frozen %v", p.Value, still.Value)
			}
			short, other, grown := quartet(), quartet(), quartet()
			short.Grad = short.Grad[:3]
			other.Shape = []int{2, 3}
			if err := opt.Step([]*Param[float64]{grown}); err != nil {
				t.Fatal(err)
			}
			grown.Shape, grown.Value, grown.Grad = []int{5}, make([]float64, 5), make([]float64, 5)
			before := slices.Clone(p.Value)
			fails := func(what, want string, err error) {
				t.Helper()
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: the error is %v, expected one with %q", what, err, want)
				}
				if !slices.Equal(p.Value, before) {
					t.Fatalf("%s: a parameter has moved", what)
				}
			}
			fails("nil", "nil", opt.Step([]*Param[float64]{p, nil}))
			fails("a short gradient", "3 of a gradient", opt.Step([]*Param[float64]{p, short}))
			fails("another shape", "2x3", opt.Step([]*Param[float64]{p, other}))
			fails("another length than at the step before", "4 at the step before", opt.Step([]*Param[float64]{p, grown}))
			for _, rate := range []float64{-1, math.NaN(), math.Inf(1)} {
				fails("a rate", "Rate is", kind.make(rate).Step([]*Param[float64]{p}))
			}
		})
	}
	p := quartet()
	for want, opt := range map[string]Optimiser[float64]{
		"Beta1 is 1":    &Adam[float64]{Beta1: 1},
		"Beta2 is NaN":  &Adam[float64]{Beta2: math.NaN()},
		"Eps is -1":     &Adam[float64]{Eps: -1},
		"Decay is -1":   &Adam[float64]{Decay: -1},
		"Momentum is 1": &SGD[float64]{Momentum: 1},
		"gives NaN":     &SGD[float64]{Schedule: func(int) float64 { return math.NaN() }},
		"gives -1":      &Adam[float64]{Schedule: func(int) float64 { return -1 }},
		"Adam: the":     (*Adam[float64])(nil),
		"SGD: the":      (*SGD[float64])(nil),
	} {
		if err := opt.Step([]*Param[float64]{p}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, expected one with %q", err, want)
		}
	}
}

// A step allocates nothing once each parameter has been met, nor does the first after a restart.
func TestStepAllocatesNothing(t *testing.T) {
	params := []*Param[float32]{NewParam[float32]("a", 7), NewParam[float32]("b", 3, 3)}
	adam, sgd := &Adam[float32]{Decay: 0.1, Schedule: Cosine(9)}, &SGD[float32]{Momentum: 0.9}
	got := testing.AllocsPerRun(10, func() {
		adam.Restart()
		if adam.Step(params) != nil || sgd.Step(params) != nil {
			t.Error("a step failed")
		}
		if _, err := ClipNorm(params, 1); err != nil {
			t.Error(err)
		}
	})
	if got != 0 {
		t.Errorf("%v allocations", got)
	}
}
