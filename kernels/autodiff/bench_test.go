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

func BenchmarkMLPStep(b *testing.B) {
	oneCore(b)
	r := rand.New(rand.NewPCG(1, 1))
	net := NewMLP[float32]("net", []int{2, 128, 128, 1}, Tensor[float32].Tanh, r)
	params := net.Params()
	x, y := f32.Aligned(512), f32.Aligned(256)
	f32.Normals(x, r)
	for i := range y {
		y[i] = x[2*i] * x[2*i+1]
	}
	tape, adam := New[float32](), &Adam[float32]{}
	step := func() {
		tape.Reset()
		loss := net.Forward(tape, tape.Const(x, 256, 2)).MSE(tape.Const(y, 256, 1))
		if err := tape.Backward(loss, params...); err != nil {
			b.Fatal(err)
		}
		if err := adam.Step(params); err != nil {
			b.Fatal(err)
		}
	}
	measure(b, step)
}

func BenchmarkGANStep(b *testing.B) {
	oneCore(b)
	const batch = 256
	r := rand.New(rand.NewPCG(1, 1))
	gen := NewMLP[float32]("gen", []int{2, 64, 64, 2}, Tensor[float32].ReLU, r)
	dis := NewMLP[float32]("dis", []int{2, 64, 64, 1}, Tensor[float32].ReLU, r)
	gp, dp := gen.Params(), dis.Params()
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
		fake := gen.Forward(tape, tape.Const(noise, batch, 2))
		loss := dis.Forward(tape, tape.Const(real, batch, 2)).BCEWithLogits(tape.Const(ones, batch, 1)).
			Add(dis.Forward(tape, fake.Detach()).BCEWithLogits(tape.Const(zeros, batch, 1)))
		if err := tape.Backward(loss, dp...); err != nil {
			b.Fatal(err)
		}
		if err := da.Step(dp); err != nil {
			b.Fatal(err)
		}

		f32.Normals(noise, r)
		tape.Reset()
		loss = dis.Forward(tape, gen.Forward(tape, tape.Const(noise, batch, 2))).BCEWithLogits(tape.Const(ones, batch, 1))
		if err := tape.Backward(loss, gp...); err != nil {
			b.Fatal(err)
		}
		if err := ga.Step(gp); err != nil {
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
