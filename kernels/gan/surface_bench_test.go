package gan

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/xainb/gonb-xai/kernels/f32"
)

// classic is the network of BenchmarkLossSurface: D alone moves, over 256 data and 256 samples that stay.
type classic struct {
	d          slice
	real, fake []float32
	points     [][2]float32
}

func newClassic(points int) classic {
	r := rand.New(rand.NewPCG(1, 2))
	d := shape{sizes: []int{2, 64, 64, 1}, activation: "relu"}
	vector := func(n int, scale float32) []float32 {
		x := make([]float32, n)
		f32.Normals(x, r)
		f32.Scale(x, scale, x)
		return x
	}
	c := classic{
		d:    slice{d, vector(d.params(), 0.2), vector(d.params(), 0.2), vector(d.params(), 0.2)},
		real: vector(2*256, 1), fake: vector(2*256, 1),
	}
	for range points {
		c.points = append(c.points, [2]float32{2*r.Float32() - 1, 2*r.Float32() - 1})
	}
	return c
}

// value is a point's V, the way that a surface has it.
func (c classic) value(t testing.TB, m *scratch, real, fake *seen, p [2]float32) float32 {
	l, err := m.results(c.d, real, p[0], p[1])
	if err != nil {
		t.Fatal(err)
	}
	onReal := m.ofReal(l, NonSaturating)
	if l, err = m.results(c.d, fake, p[0], p[1]); err != nil {
		t.Fatal(err)
	}
	return NonSaturating.values(onReal, m.ofFake(l, NonSaturating)).V
}

func (c classic) see(t testing.TB) (real, fake seen) {
	if err := c.d.see(&real, c.real, 256); err != nil {
		t.Fatal(err)
	}
	if err := c.d.see(&fake, c.fake, 256); err != nil {
		t.Fatal(err)
	}
	return real, fake
}

// plain is V at a point by the formula alone, in float64.
func (c classic) plain(p [2]float32) float64 {
	theta := make([]float64, c.d.params())
	for i := range theta {
		theta[i] = float64(c.d.base[i]) + float64(p[0])*float64(c.d.u[i]) + float64(p[1])*float64(c.d.v[i])
	}
	v := 0.0
	for i := range 256 {
		v -= softplus(-plainMLP(c.d.shape, theta, c.real[2*i:2*i+2])[0]) / 256
		v -= softplus(plainMLP(c.d.shape, theta, c.fake[2*i:2*i+2])[0]) / 256
	}
	return v
}

// plainMLP is the network by the formula alone.
func plainMLP(s shape, theta []float64, x []float32) []float64 {
	h := make([]float64, len(x))
	for i, v := range x {
		h[i] = float64(v)
	}
	return plainMLP64(s, theta, h)
}

func plainMLP64(s shape, theta, h []float64) []float64 {
	for l := range s.layers() {
		in, out := s.sizes[l], s.sizes[l+1]
		p := theta[s.offset(l):]
		next := make([]float64, out)
		for j := range out {
			next[j] = p[in*out+j]
			for i := range in {
				next[j] += h[i] * p[i*out+j]
			}
			switch {
			case l == s.layers()-1:
			case s.activation == "tanh":
				next[j] = math.Tanh(next[j])
			case s.activation == "leaky":
				next[j] = max(next[j], leak*next[j])
			default:
				next[j] = max(next[j], 0)
			}
		}
		h = next
	}
	return h
}

func TestLossSurfaceAgainstPlain(t *testing.T) {
	c := newClassic(20)
	real, fake := c.see(t)
	var m scratch
	for _, p := range c.points {
		got, want := float64(c.value(t, &m, &real, &fake, p)), c.plain(p)
		if math.Abs(got-want) > 1e-5*max(1, math.Abs(want)) {
			t.Errorf("V at %v is %v, by the formula %v", p, got, want)
		}
	}
}

// BenchmarkLossSurface computes V at random points of a plane of D's parameters: 2-64-64-1, ReLU, 256 data and 256 samples, softplus losses. PyTorch 2.15 on
// one core made 6,924 samples/s. The aim is 17,300 on one core with AVX-512, and 1.5 times as many on two.
func BenchmarkLossSurface(b *testing.B) {
	c := newClassic(1 << 10)
	real, fake := c.see(b)
	for _, cores := range []int{1, 2} {
		b.Run(fmt.Sprintf("cores=%d", cores), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			b.ReportAllocs()
			out := make([]float32, len(c.points))
			n, began := 0, cpuTime()
			for b.Loop() {
				const tile = 32 // points that a goroutine takes at a time
				err := each(context.Background(), len(c.points)/tile, func(m *scratch, i int) error {
					for k := i * tile; k < (i+1)*tile; k++ {
						out[k] = c.value(b, m, &real, &fake, c.points[k])
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
				n += len(out)
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "samples/s")
			if spent := cpuTime() - began; spent > 0 { // what a core would do that nobody else uses
				b.ReportMetric(float64(n)/spent.Seconds(), "samples/cpu-s")
			}
		})
	}
}
