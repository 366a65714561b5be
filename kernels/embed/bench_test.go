package embed

import (
	"runtime"
	"testing"

	"github.com/xainb/gonb-xai/kernels/digits"
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
