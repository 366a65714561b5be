package gan

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/xainb/gonb-xai/kernels/autodiff"
)

// layered are the parameters of a network as torch keeps them, weights out x in.
type layered struct {
	W0 [][]float64 `json:"0.weight"`
	B0 []float64   `json:"0.bias"`
	W2 [][]float64 `json:"2.weight"`
	B2 []float64   `json:"2.bias"`
}

// gradient is the same, in this order: lists of numbers or of lists.
type gradients [4]json.RawMessage

// reference is ../autodiff/testdata/gan.json, made with PyTorch 2.15.0: tanh MLPs 2-8-2 and 2-8-1, the mean non-saturating losses.
type reference struct {
	G, D        layered
	Z, X        [][]float64
	Value       float64
	LossD       float64     `json:"loss_d"`
	LossG       float64     `json:"loss_g"`
	GradD       gradients   `json:"grad_d"`
	GradG       gradients   `json:"grad_g"`
	Mix         [][]float64 `json:"penalty_interpolation"`
	Penalty     float64     `json:"gradient_penalty"`
	Lambda      float64     `json:"gradient_penalty_lambda"`
	GradPenalty gradients   `json:"grad_d_of_penalty"`
	Jacobian    [][]float64 `json:"jacobian_at_z0"`
	Spectral    float64     `json:"jacobian_spectral_norm"`
}

func loadReference(t *testing.T) reference {
	t.Helper()
	b, err := os.ReadFile("../autodiff/testdata/gan.json")
	var g reference
	if err == nil {
		err = json.Unmarshal(b, &g)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func transpose(m [][]float64) []float64 {
	var out []float64
	for j := range m[0] {
		for i := range m {
			out = append(out, m[i][j])
		}
	}
	return out
}

func to32(v []float64) []float32 {
	out := make([]float32, len(v))
	for i := range v {
		out[i] = float32(v[i])
	}
	return out
}

func (l layered) into(params [][]float32) {
	for i, v := range [][]float64{transpose(l.W0), l.B0, transpose(l.W2), l.B2} {
		copy(params[i], to32(v))
	}
}

// ours returns the gradients as this package has them: weights in x out.
func (g gradients) ours(t *testing.T) [][]float64 {
	t.Helper()
	var out [][]float64
	for i, raw := range g {
		var matrix [][]float64
		var vector []float64
		err := json.Unmarshal(raw, &vector)
		if i%2 == 0 {
			if err = json.Unmarshal(raw, &matrix); err == nil {
				vector = transpose(matrix)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, vector)
	}
	return out
}

// agree is the project's measure in float32: |a-b| <= 1e-6 max|b| + 1e-5 |b|.
func agree(t *testing.T, what string, got []float32, want []float64) {
	t.Helper()
	top := 0.0
	for _, v := range want {
		top = max(top, math.Abs(v))
	}
	for i, v := range want {
		if len(got) != len(want) || !(math.Abs(float64(got[i])-v) <= 1e-6*top+1e-5*math.Abs(v)) {
			t.Errorf("%s: %v, torch has %v", what, got, want)
			return
		}
	}
}

// The trainer's own steps, fed the reference's batch.
func TestLossesAndGradientsAreTorchs(t *testing.T) {
	g := loadReference(t)
	c, err := Config{Hidden: []int{8}, Activation: "tanh", Batch: len(g.X)}.Filled()
	if err != nil {
		t.Fatal(err)
	}
	game := newTrainer(c)
	values := func(p *player) (v [][]float32) {
		for _, q := range p.params {
			v = append(v, q.Value)
		}
		return v
	}
	g.G.into(values(game.g))
	g.D.into(values(game.d))
	game.sample = func(dst []float32, _ *rand.Rand) { copy(dst, to32(slices.Concat(g.X...))) }
	game.latent = func(dst []float32, _ *rand.Rand) { copy(dst, to32(slices.Concat(g.Z...))) }
	for _, p := range []struct {
		*player
		want gradients
		loss float64
	}{{game.d, g.GradD, g.LossD}, {game.g, g.GradG, g.LossG}} {
		if err := game.step(p.player, game.r, true); err != nil {
			t.Fatal(err)
		}
		isNear(t, "the loss of "+p.name, p.player.loss, p.loss, 1e-5)
		square := [2]float64{}
		for i, want := range p.want.ours(t) {
			agree(t, "gradient of "+p.params[i].Name, p.params[i].Grad, want)
			for _, v := range want {
				square[i/2] += v * v
			}
		}
		for i, s := range square {
			isNear(t, "norm", p.norms[i], math.Sqrt(s), 1e-5)
		}
	}
	isNear(t, "V", game.score.value, g.Value, 1e-5)
}

func TestPenaltyIsTorchs(t *testing.T) {
	g := loadReference(t)
	tape := autodiff.New[float64]()
	defer tape.Close()
	net := func(name string, sizes []int, l layered) *autodiff.MLP[float64] {
		m := autodiff.NewMLP(name, sizes, activation[float64]("tanh"), nil)
		for i, v := range [][]float64{transpose(l.W0), l.B0, transpose(l.W2), l.B2} {
			copy(m.Params()[i].Value, v)
		}
		return m
	}
	n := len(g.X)
	dis := net("D", []int{2, 8, 1}, g.D)
	fake := net("G", []int{2, 8, 2}, g.G).Forward(tape, tape.Const(slices.Concat(g.Z...), n, 2)).Detach()
	real, mix := tape.Const(slices.Concat(g.X...), n, 2), tape.Const(slices.Concat(g.Mix...), n, 1)
	penalty := gradientPenalty(tape, dis, real, fake, mix, g.Lambda)
	isNear(t, "the penalty", penalty.Item(), g.Penalty, 1e-9)
	if err := tape.Backward(penalty, dis.Params()...); err != nil {
		t.Fatal(err)
	}
	for i, want := range g.GradPenalty.ours(t) {
		for k, v := range want {
			isNear(t, "its gradient", dis.Params()[i].Grad[k], v, 1e-8)
		}
	}
}

// The other losses, on two logits each, by their definitions.
func TestLossesAreTheirDefinitions(t *testing.T) {
	tape := autodiff.New[float64]()
	defer tape.Close()
	real, fake := tape.Const([]float64{2, -1}, 2, 1), tape.Const([]float64{0.5, -3}, 2, 1)
	f := func(x float64) float64 { return math.Log(1 + math.Exp(x)) }
	d := (f(-2)+f(1))/2 + (f(0.5)+f(-3))/2
	for _, c := range []struct {
		loss Loss
		d, g float64
	}{
		{NonSaturating, d, (f(-0.5) + f(3)) / 2},
		{Minimax, d, -(f(0.5) + f(-3)) / 2},
		{Wasserstein, (0.5-3)/2 - (2.0-1)/2, -(0.5 - 3) / 2},
	} {
		isNear(t, string(c.loss)+" D", lossD(c.loss, real, fake).Item(), c.d, 1e-12)
		isNear(t, string(c.loss)+" G", lossG(c.loss, fake).Item(), c.g, 1e-12)
	}
	if s := judge(Minimax, []float32{2, -1}, []float32{0.5, -3}, d); s.accuracy != 0.5 || s.value != -d {
		t.Errorf("V and the accuracy are %+v", s)
	}
}
