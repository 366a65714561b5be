package diffusion

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/xainb/gonb-xai/kernels/autodiff"
	"github.com/xainb/gonb-xai/kernels/f32"
)

// oneCore makes a benchmark's figure one core's.
func oneCore(b *testing.B) {
	before := runtime.GOMAXPROCS(1)
	b.Cleanup(func() { runtime.GOMAXPROCS(before) })
	b.ReportAllocs()
}

// BenchmarkDenoise512 asks the network, 18-128-128-2 with its weights packed, for the noise in 512 points.
func BenchmarkDenoise512(b *testing.B) {
	oneCore(b)
	r := rand.New(rand.NewPCG(1, 1))
	p, err := pack(newMLP([]int{128, 128}, r), mustScheduler(b, Schedule{}))
	if err != nil {
		b.Fatal(err)
	}
	x, out, k := f32.Aligned(1024), f32.Aligned(1024), p.room()
	f32.Normals(x, r)
	for b.Loop() {
		if err := k.predict(out, x, 500); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDenoiserStep trains the same network on one batch of 512.
func BenchmarkDenoiserStep(b *testing.B) {
	oneCore(b)
	r := rand.New(rand.NewPCG(1, 1))
	net := newMLP([]int{128, 128}, r)
	params := net.Params()
	x, y := f32.Aligned(512*inputs), f32.Aligned(1024)
	f32.Normals(x, r)
	f32.Normals(y, r)
	tape, adam := autodiff.New[float32](), &autodiff.Adam[float32]{}
	step := func() {
		tape.Reset()
		loss := net.Forward(tape, tape.Const(x, 512, inputs)).MSE(tape.Const(y, 512, 2))
		if err := tape.Backward(loss, params...); err != nil {
			b.Fatal(err)
		}
		if err := adam.Step(params); err != nil {
			b.Fatal(err)
		}
	}
	step()
	step()
	for b.Loop() {
		step()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "steps/s")
}

// BenchmarkDDPM1000 goes from noise to data in 1,000 steps with 512 points, every step a snapshot: all latents, and the frames that are shown.
func BenchmarkDDPM1000(b *testing.B) {
	oneCore(b)
	m := untrained(b)
	for b.Loop() {
		if r := m.Sample(DDPM{Steps: 1000}); r.Err() != nil || r.Latents.Len() != 1001 {
			b.Fatal(r.Err(), r.Latents.Len())
		}
	}
}
