package autodiff

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/xainb/gonb-xai/kernels/f32"
)

// oneCore makes a benchmark's figure one core's.
func oneCore(b *testing.B) {
	before := runtime.GOMAXPROCS(1)
	b.Cleanup(func() { runtime.GOMAXPROCS(before) })
	b.ReportAllocs()
}

// measure reports the speed of a step, after two that allocate.
func measure(b *testing.B, step func()) {
	step()
	step()
	for b.Loop() {
		step()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "steps/s")
}

// mlp is a network of linear layers with an activation between them.
type mlp struct {
	layers []*Linear[float32]
	act    func(x Tensor[float32]) Tensor[float32]
	params []*Param[float32]
}

func newMLP(r *rand.Rand, act func(x Tensor[float32]) Tensor[float32], sizes ...int) *mlp {
	m := &mlp{act: act}
	for i := range sizes[1:] {
		l := NewLinear[float32]("l", sizes[i], sizes[i+1], r)
		m.layers = append(m.layers, l)
		m.params = append(m.params, l.Params()...)
	}
	return m
}

func (m *mlp) forward(t *Tape[float32], x Tensor[float32]) Tensor[float32] {
	for i, l := range m.layers {
		if x = l.Forward(t, x); i < len(m.layers)-1 {
			x = m.act(x)
		}
	}
	return x
}

func BenchmarkMLPStep(b *testing.B) {
	oneCore(b)
	r := rand.New(rand.NewPCG(1, 1))
	net := newMLP(r, Tensor[float32].Tanh, 2, 128, 128, 1)
	x, y := f32.Aligned(512), f32.Aligned(256)
	f32.Normals(x, r)
	for i := range y {
		y[i] = x[2*i] * x[2*i+1]
	}
	tape, adam := New[float32](), &Adam[float32]{}
	step := func() {
		tape.Reset()
		loss := net.forward(tape, tape.Const(x, 256, 2)).MSE(tape.Const(y, 256, 1))
		if err := tape.Backward(loss, net.params...); err != nil {
			b.Fatal(err)
		}
		if err := adam.Step(net.params); err != nil {
			b.Fatal(err)
		}
	}
	measure(b, step)
}

func BenchmarkGANStep(b *testing.B) {
	oneCore(b)
	const batch = 256
	r := rand.New(rand.NewPCG(1, 1))
	gen := newMLP(r, Tensor[float32].ReLU, 2, 64, 64, 2)
	dis := newMLP(r, Tensor[float32].ReLU, 2, 64, 64, 1)
	real, noise := f32.Aligned(2*batch), f32.Aligned(2*batch)
	ones, zeros := f32.Aligned(batch), f32.Aligned(batch)
	for i := range ones {
		ones[i] = 1
	}
	var ring [8][2]float32
	for i := range ring {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / 8)
		ring[i] = [2]float32{float32(2 * cos), float32(2 * sin)}
	}
	tape, ga, da := New[float32](), &Adam[float32]{}, &Adam[float32]{}
	step := func() {
		f32.Normals(real, r)
		for i := range batch {
			c := ring[r.IntN(8)]
			real[2*i], real[2*i+1] = c[0]+0.02*real[2*i], c[1]+0.02*real[2*i+1]
		}
		f32.Normals(noise, r)
		tape.Reset()
		fake := gen.forward(tape, tape.Const(noise, batch, 2))
		loss := dis.forward(tape, tape.Const(real, batch, 2)).BCEWithLogits(tape.Const(ones, batch, 1)).
			Add(dis.forward(tape, fake.Detach()).BCEWithLogits(tape.Const(zeros, batch, 1)))
		if err := tape.Backward(loss, dis.params...); err != nil {
			b.Fatal(err)
		}
		if err := da.Step(dis.params); err != nil {
			b.Fatal(err)
		}

		f32.Normals(noise, r)
		tape.Reset()
		loss = dis.forward(tape, gen.forward(tape, tape.Const(noise, batch, 2))).BCEWithLogits(tape.Const(ones, batch, 1))
		if err := tape.Backward(loss, gen.params...); err != nil {
			b.Fatal(err)
		}
		if err := ga.Step(gen.params); err != nil {
			b.Fatal(err)
		}
	}
	measure(b, step)
}

func BenchmarkConvStep(b *testing.B) {
	oneCore(b)
	r := rand.New(rand.NewPCG(1, 1))
	c1 := NewConv2D[float32]("c1", 1, 16, 3, Window{Pad: Same(3)}, r)
	c2 := NewConv2D[float32]("c2", 16, 32, 3, Window{Pad: Same(3)}, r)
	fc := NewLinear[float32]("fc", 32*7*7, 10, r)
	params := Params[float32](c1, c2, fc)
	x, labels := f32.Aligned(64*28*28), make([]int32, 64)
	f32.Normals(x, r)
	for i := range labels {
		labels[i] = int32(r.IntN(10))
	}
	tape, adam := New[float32](), &Adam[float32]{}
	step := func() {
		tape.Reset()
		h := c1.Forward(tape, tape.Const(x, 64, 1, 28, 28)).ReLU().MaxPool2D(Window{Kernel: 2})
		h = c2.Forward(tape, h).ReLU().MaxPool2D(Window{Kernel: 2})
		loss := fc.Forward(tape, h.Reshape(64, -1)).CrossEntropy(labels)
		if err := tape.Backward(loss, params...); err != nil {
			b.Fatal(err)
		}
		if err := adam.Step(params); err != nil {
			b.Fatal(err)
		}
	}
	measure(b, step)
}
