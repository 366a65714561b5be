package diffusion

import (
	"math"
	"testing"
)

func quality(m *Model, t testing.TB, by Sampler, n int) float64 {
	r := m.Sample(by, Options{Samples: n, Grid: -1})
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	x := r.At(r.Len() - 1).Field("x").Data
	return squaredMMD(x, m.net.(*plane).real)
}

// squaredMMD is the unbiased squared maximum mean discrepancy with a mixture of kernels (Gretton et al. 2012).
func squaredMMD(a, b []float32) float64 {
	kernel := func(x, y []float32) float64 {
		d := float64((x[0]-y[0])*(x[0]-y[0]) + (x[1]-y[1])*(x[1]-y[1]))
		return math.Exp(-d/2) + math.Exp(-d/0.5) + math.Exp(-d/0.08)
	}
	mean := func(a, b []float32, same bool) float64 {
		sum, n := 0.0, 0
		for i := 0; i < len(a); i += 2 {
			for j := 0; j < len(b); j += 2 {
				if same && i == j {
					continue
				}
				sum += kernel(a[i:], b[j:])
				n++
			}
		}
		return sum / float64(n)
	}
	return mean(a, a, true) + mean(b, b, true) - 2*mean(a, b, false)
}

func TestTrainQuality(t *testing.T) {
	for _, d := range []Data{Spiral(), Moons(), Ring(8), Checkerboard()} {
		m := Train(Config{Data: d, Seed: 1})
		if m.Err() != nil {
			t.Fatal(m.Err())
		}
		last := m.At(m.Len() - 1)
		loss, _ := last.Scalar("loss")
		t.Logf("%s: loss %.3f; MMD² DDPM %.5f, DDIM 50 %.5f; before training %.5f", m, loss, quality(m, t, DDPM{}, 512), quality(m, t, DDIM{Steps: 50}, 512), squaredMMD(m.At(0).Field("x").Data, m.At(0).Field("real").Data))
	}
}
