package autodiff

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// golden reads a file of reference values made with PyTorch; each names its conventions.
func golden(t *testing.T, name string, into any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// flat is the numbers of a nested list.
func flat(t *testing.T, raw json.RawMessage) []float64 {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	var out []float64
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case float64:
			out = append(out, v)
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(v)
	return out
}

// twoLayers is an MLP with tanh, its weights out x in as torch keeps them.
type twoLayers struct{ w1, b1, w2, b2 []float64 }

func (m twoLayers) sizes() (in, hidden, out int) {
	return len(m.w1) / len(m.b1), len(m.b1), len(m.b2)
}

func (m twoLayers) vars(t *Tape[float64]) []Tensor[float64] {
	in, hidden, out := m.sizes()
	return []Tensor[float64]{t.Var(m.w1, hidden, in), t.Var(m.b1, hidden), t.Var(m.w2, out, hidden), t.Var(m.b2, out)}
}

func forward(p []Tensor[float64], x Tensor[float64]) Tensor[float64] {
	return x.MatMulT(p[0]).Add(p[1]).Tanh().MatMulT(p[2]).Add(p[3])
}

func TestGANGolden(t *testing.T) {
	var g struct {
		G, D        map[string]json.RawMessage
		Z, X        json.RawMessage
		LossD       float64         `json:"loss_d"`
		LossG       float64         `json:"loss_g"`
		GradD       json.RawMessage `json:"grad_d"`
		GradG       json.RawMessage `json:"grad_g"`
		Alpha       json.RawMessage `json:"penalty_interpolation"`
		Penalty     float64         `json:"gradient_penalty"`
		Lambda      float64         `json:"gradient_penalty_lambda"`
		GradPenalty json.RawMessage `json:"grad_d_of_penalty"`
		Vector      json.RawMessage `json:"hvp_vector"`
		HVP         json.RawMessage `json:"hvp_of_loss_d"`
		Jacobian    json.RawMessage `json:"jacobian_at_z0"`
		Spectral    float64         `json:"jacobian_spectral_norm"`
	}
	golden(t, "gan.json", &g)
	net := func(m map[string]json.RawMessage) twoLayers {
		return twoLayers{flat(t, m["0.weight"]), flat(t, m["0.bias"]), flat(t, m["2.weight"]), flat(t, m["2.bias"])}
	}
	gen, dis := net(g.G), net(g.D)
	z, x, alpha := flat(t, g.Z), flat(t, g.X), flat(t, g.Alpha)
	n := len(alpha)
	tape := New[float64]()
	collect := func(ts []Tensor[float64]) (all []float64) {
		for _, v := range ts {
			all = append(all, v.Value()...)
		}
		return all
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9*math.Abs(want) {
			t.Errorf("%s is %v, torch has %v", what, got, want)
		}
	}
	lossD := func(p []Tensor[float64]) Tensor[float64] {
		fake := forward(gen.vars(tape), tape.Const(z, n, 2)).Detach()
		return forward(p, tape.Const(x, n, 2)).BCEWithLogits(tape.Full(1, n, 1)).Add(forward(p, fake).BCEWithLogits(tape.Full(0, n, 1)))
	}

	p := dis.vars(tape)
	loss := lossD(p)
	near("the discriminator's loss", loss.Item(), g.LossD)
	closeTo(t, "its gradient", collect(tape.Grad(loss, p...)), flat(t, g.GradD), 1e-9)

	tape.Reset()
	q := gen.vars(tape)
	loss = forward(dis.vars(tape), forward(q, tape.Const(z, n, 2))).BCEWithLogits(tape.Full(1, n, 1))
	near("the generator's loss", loss.Item(), g.LossG)
	closeTo(t, "its gradient", collect(tape.Grad(loss, q...)), flat(t, g.GradG), 1e-9)

	// the penalty on |gradient at points between real and made| - 1 (Gulrajani et al. 2017, equation 3)
	tape.Reset()
	p = dis.vars(tape)
	made := forward(gen.vars(tape), tape.Const(z, n, 2)).Detach()
	a := tape.Const(alpha, n, 1)
	between := a.Mul(tape.Const(x, n, 2)).Add(a.Affine(-1, 1).Mul(made))
	point := tape.Var(append([]float64(nil), between.Value()...), n, 2)
	slope := tape.Grad(forward(p, point).Sum(), point)[0]
	penalty := slope.Norm(1).Affine(1, -1).Square().Mean().Scale(g.Lambda)
	near("the gradient penalty", penalty.Item(), g.Penalty)
	closeTo(t, "its gradient", collect(tape.Grad(penalty, p...)), flat(t, g.GradPenalty), 1e-8)

	// H v = d/dp (gradient . v)
	tape.Reset()
	p = dis.vars(tape)
	vector := flat(t, g.Vector)
	product := tape.Full(0)
	for _, d := range tape.Grad(lossD(p), p...) {
		size := len(d.Value())
		product = product.Add(d.Mul(tape.Const(vector[:size], d.Shape()...)).Sum())
		vector = vector[size:]
	}
	closeTo(t, "the Hessian-vector product", collect(tape.Grad(product, p...)), flat(t, g.HVP), 1e-8)

	// the Jacobian of the generator at the first z: by columns with JVP, by rows with VJP; its norm by power iteration
	tape.Reset()
	q = gen.vars(tape)
	at := tape.Var(z[:2], 1, 2)
	y := forward(q, at)
	want := flat(t, g.Jacobian)
	for i := range 2 {
		unit := []float64{0, 0}
		unit[i] = 1
		closeTo(t, "a row of the Jacobian", tape.VJP(y, tape.Const(unit, 1, 2), at)[0].Value(), want[2*i:2*i+2], 1e-8)
		closeTo(t, "a column", tape.JVP(y, at, tape.Const(unit, 1, 2)).Value(), []float64{want[i], want[2+i]}, 1e-8)
	}
	v, norm := []float64{1, 1}, 0.0
	for range 60 {
		u := tape.JVP(y, at, tape.Const(v, 1, 2))
		w := tape.VJP(y, u, at)[0].Value()
		size := math.Hypot(w[0], w[1])
		v, norm = []float64{w[0] / size, w[1] / size}, math.Sqrt(size)
	}
	near("the Jacobian's spectral norm", norm, g.Spectral)
	if err := tape.Err(); err != nil {
		t.Fatal(err)
	}
}

// Grad-CAM (Selvaraju et al. 2017, equations 1 and 2) is two hooks on a layer.
func TestGradCAMGolden(t *testing.T) {
	var g struct {
		Weights       map[string]json.RawMessage
		Image, Logits json.RawMessage
		Target        int
		Alphas, CAM   json.RawMessage
	}
	golden(t, "gradcam.json", &g)
	tape := New[float64]()
	var feature, gradient []float64
	tape.OnValue = func(name string, v Tensor[float64]) {
		if name == "c2" {
			feature = append([]float64(nil), v.Value()...)
		}
	}
	tape.OnGradient = func(name string, v Tensor[float64]) {
		if name == "c2" {
			gradient = append([]float64(nil), v.Value()...)
		}
	}
	w := func(name string, dims ...int) Tensor[float64] { return tape.Const(flat(t, g.Weights[name]), dims...) }
	image := tape.Var(flat(t, g.Image), 1, 1, 8, 8)
	same := Window{Pad: Same(3)}
	h := image.Conv2D(w("c1.weight", 4, 1, 3, 3), w("c1.bias", 4), same).ReLU().MaxPool2D(Window{Kernel: 2})
	h = h.Conv2D(w("c2.weight", 6, 4, 3, 3), w("c2.bias", 6), same).ReLU().Named("c2")
	logits := h.Reshape(1, -1).MatMulT(w("fc.weight", 10, 96)).Add(w("fc.bias", 10))
	closeTo(t, "the logits", logits.Value(), flat(t, g.Logits), 1e-8)
	tape.Grad(logits.Slice(1, g.Target, g.Target+1), image)
	if err := tape.Err(); err != nil {
		t.Fatal(err)
	}
	alphas, cam := make([]float64, 6), make([]float64, 16)
	for c := range alphas {
		for i := range cam {
			alphas[c] += gradient[c*16+i] / 16
		}
		for i := range cam {
			cam[i] += alphas[c] * feature[c*16+i]
		}
	}
	for i, v := range cam {
		cam[i] = max(v, 0)
	}
	closeTo(t, "the channels' weights", alphas, flat(t, g.Alphas), 1e-7)
	closeTo(t, "the map", cam, flat(t, g.CAM), 1e-6)
}
