package gan

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/gonum/mat"
)

// The eigenvalues of V's Hessian, against those of the whole matrix, which is made by second differences of V in float64 by the formula.
func TestSharpest(t *testing.T) {
	run := tiny(NonSaturating, "tanh", []int{2, 3, 2}, []int{2, 4, 1}, 1)
	g, n := run.game, run.params()
	theta := make([]float64, n)
	for i, x := range run.last() {
		theta[i] = float64(x)
	}
	value := func() float64 {
		v, p := 0.0, g.g.params()
		for i := range g.n {
			fake := plainMLP(g.g, theta[:p], g.noise[2*i:2*i+2])
			v -= softplus(-plainMLP(g.d, theta[p:], g.real[2*i:2*i+2])[0])
			v -= softplus(plainMLP64(g.d, theta[p:], fake)[0])
		}
		return v / float64(g.n)
	}
	const h = 1e-3
	hessian := mat.NewSymDense(n, nil)
	moved := func(i, j int, a, b float64) float64 {
		theta[i] += a
		theta[j] += b
		v := value()
		theta[j] -= b
		theta[i] -= a
		return v
	}
	for i := range n {
		for j := i; j < n; j++ {
			hessian.SetSym(i, j, (moved(i, j, h, h)-moved(i, j, h, -h)-moved(i, j, -h, h)+moved(i, j, -h, -h))/(4*h*h))
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(hessian, false) {
		t.Fatal("the matrix has no eigenvalues")
	}
	all := eigen.Values(nil)
	want := [2]float64{}
	for _, v := range all {
		switch {
		case math.Abs(v) > math.Abs(want[0]):
			want = [2]float64{v, want[0]}
		case math.Abs(v) > math.Abs(want[1]):
			want[1] = v
		}
	}
	vectors, values, err := g.sharpest(run.last(), n, 1)
	if err != nil {
		t.Fatal(err)
	}
	for k := range want {
		about(t, "an eigenvalue", values[k], want[k], 1e-3*math.Abs(want[0]))
		x := mat.NewVecDense(n, nil)
		for i, v := range vectors[k] {
			x.SetVec(i, float64(v))
		}
		var hx mat.VecDense
		hx.MulVec(hessian, x)
		hx.AddScaledVec(&hx, -values[k], x)
		about(t, "the residual of an eigenvector", mat.Norm(&hx, 2), 0, 2e-3*math.Abs(want[0]))
	}
}

// Lanczos' method to the end has the whole spectrum: of a diagonal matrix, its diagonal.
func TestLanczos(t *testing.T) {
	diagonal := []float64{3, -7, 0.5, 0, 2, -1e-3, 11, 4}
	times := func(dst, v []float64) error {
		for i := range v {
			dst[i] = diagonal[i] * v[i]
		}
		return nil
	}
	pairs, err := lanczos(len(diagonal), 100, 1, times)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{11, -7, 4, 3, 2, 0.5, -1e-3, 0} {
		about(t, "an eigenvalue", pairs[i].value, want, 1e-10)
	}
	about(t, "an eigenvector", math.Abs(pairs[1].vector[1]), 1, 1e-10)
	if _, err := lanczos(3, 3, 1, func(dst, v []float64) error { dst[0] = math.NaN(); return nil }); err == nil {
		t.Error("NaN has eigenvalues")
	}
	if pairs, err := lanczos(3, 3, 1, func(dst, v []float64) error { copy(dst, v); return nil }); err != nil || len(pairs) != 1 || math.Abs(pairs[0].value-1) > 1e-12 {
		t.Errorf("of the identity: %v, %v", pairs, err)
	}
}

func TestSampling(t *testing.T) {
	run := tiny(NonSaturating, "tanh", []int{2, 6, 2}, []int{2, 6, 1}, 1)
	s, err := run.sampling(context.Background(), 400, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(s) != 3 || strings.Count(s.String(), "\n") != 4 {
		t.Fatalf("%d methods:\n%v", len(s), s)
	}
	for _, m := range s {
		if !(m.Rate > 0) || m.Bytes <= 0 || !(m.Error > 0) {
			t.Errorf("%+v", m)
		}
	}
	track := xainb.Record(s, func(s Sampling) []xainb.Step { return []xainb.Step{s} })
	if f := track.At(0); track.Err() != nil || len(f.LabelsOf("method")) != 3 || f.Field("samples/s").Data[0] != float32(s[0].Rate) {
		t.Errorf("as a step: %v, %v", track, track.Err())
	}
	if again, err := run.sampling(context.Background(), 400, 1); err != nil || again[0].Error != s[0].Error || again[1].Error != s[1].Error || again[2].Error != s[2].Error {
		t.Errorf("errors differ from call to call: %v, %v", s, again)
	}
	finer, err := run.sampling(context.Background(), 1600, 1)
	if err != nil {
		t.Fatal(err)
	}
	for k := 1; k < 3; k++ { // bilinear interpolation is of second order: half the distance, a quarter of the error
		if ratio := s[k].Error / finer[k].Error; ratio < 3 || ratio > 5.5 {
			t.Errorf("%s: four times the points give an error %v times smaller", s[k].Method, ratio)
		}
	}
	if s[2].Error > s[0].Error {
		t.Errorf("a grid is worse (%v) than points all over the space (%v)", s[2].Error, s[0].Error)
	}
	if _, err := run.sampling(context.Background(), 1, 1); !errors.Is(err, ErrPlane) {
		t.Errorf("one evaluation: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := run.sampling(ctx, 400, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// BenchmarkSampling measures the three ways on one network, G and D of 2-64-64, with 2,601 evaluations each.
func BenchmarkSampling(b *testing.B) {
	run := tiny(NonSaturating, "relu", []int{2, 64, 64, 2}, []int{2, 64, 64, 1}, 1)
	sum := make([]Sampled, 3)
	n := 0
	for b.Loop() {
		s, err := run.sampling(context.Background(), 0, uint64(n))
		if err != nil {
			b.Fatal(err)
		}
		for k, m := range s {
			sum[k].Method = m.Method
			sum[k].Rate += m.Rate
			sum[k].Bytes += m.Bytes
			sum[k].Error += m.Error
		}
		n++
	}
	for k, name := range []string{"random", "adaptive", "slice"} {
		b.ReportMetric(sum[k].Rate/float64(n), name+"-samples/s")
		b.ReportMetric(float64(sum[k].Bytes)/float64(n), name+"-bytes")
		b.ReportMetric(100*sum[k].Error/float64(n), name+"-error-%")
	}
}
