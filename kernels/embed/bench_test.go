package embed

import (
	"runtime"
	"testing"

	"github.com/xainb/gonb-xai/kernels/digits"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// BenchmarkTSNEDigits embeds the 1,797 digits on one core. (scikit-learn 1.9: 5.3 s, trustworthiness 0.992 at k = 12.)
func BenchmarkTSNEDigits(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	x, _ := digits.Load()
	var y []float32
	var kl float64
	for b.Loop() {
		for s, err := range TSNE(b.Context(), Config{Points: x, Dims: digits.Pixels}) {
			if err != nil {
				b.Fatal(err)
			}
			y, kl = s.(*Step).Points, s.(*Step).KL
		}
	}
	b.StopTimer()
	trust, err := Trustworthiness(x, digits.Pixels, y, 12)
	if err != nil || trust < 0.985 {
		b.Errorf("trustworthiness %v, expected 0.985 or more (%v)", trust, err)
	}
	b.ReportMetric(trust, "trustworthiness")
	b.ReportMetric(kl, "KL")
}

// BenchmarkTrajectories embeds 50 steps of 64 samples of 64 numbers that go from noise to digits, on all cores, past the cache.
func BenchmarkTrajectories(b *testing.B) {
	const steps, samples = 50, 64
	x, _ := digits.Load()
	noise := normals(samples*digits.Pixels, 1)
	frames := make([]xainb.Snapshot, steps)
	for i := range frames {
		u, at := float32(i)/(steps-1), make([]float32, len(noise))
		for j := range at {
			at[j] = u*x[j] + (1-u)*noise[j]
		}
		frames[i].Put("x", at, xainb.Dim{Name: "sample", Size: samples}, xainb.Dim{Name: "pixel", Size: digits.Pixels})
	}
	run := xainb.NewTrack(frames, xainb.Provenance{}, nil)
	for b.Loop() {
		b.Setenv(codec.CacheEnv, b.TempDir())
		if ways := Trajectories(run, "x", TrajectoryConfig{}); ways.Err() != nil || ways.Len() != steps {
			b.Fatal(ways.Err())
		}
	}
}
