package gan

import (
	"runtime"
	"testing"
	"time"

	"github.com/xainb/gonb-xai/xainb"
)

// BenchmarkRecording trains the default game on one core with a frame every ten rounds, captured, and reports rounds a second, and what recording takes
// beside the same rounds without any, in percent: over a cycle of what is dear. The times are the processor's, and the best ones of each place in the cycle, so
// that other work on the machine hardly counts.
func BenchmarkRecording(b *testing.B) {
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	c, err := Config{Seed: 1, Steps: maxSteps}.Filled()
	if err != nil {
		b.Fatal(err)
	}
	plain, watched := newTrainer(c), newTrainer(c)
	m, err := xainb.NewSnapshotManager(xainb.Config{Live: true})
	if err != nil {
		b.Fatal(err)
	}
	var without, with [GradientStride]time.Duration
	best := func(of *time.Duration, run func()) {
		start := cpuTime()
		run()
		if took := cpuTime() - start; *of == 0 || took < *of {
			*of = took
		}
	}
	for b.Loop() {
		for k := range GradientStride {
			best(&without[k], func() {
				for range c.Every {
					if err := plain.play(false); err != nil {
						b.Fatal(err)
					}
				}
			})
			best(&with[k], func() {
				if err := watched.advance(b.Context(), maxSteps); err != nil {
					b.Fatal(err)
				}
				s, err := watched.see(false)
				if err != nil {
					b.Fatal(err)
				}
				if err := m.Capture(s); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
	var sum, all time.Duration
	for k := range with {
		sum, all = sum+without[k], all+with[k]
	}
	b.ReportMetric(float64(c.Every*GradientStride)/all.Seconds(), "steps/s")
	b.ReportMetric(100*(all.Seconds()/sum.Seconds()-1), "percent")
	if testing.Verbose() {
		for k := range with {
			b.Logf("frame %2d: %v, without %v", (k+1)%GradientStride, with[k].Round(time.Microsecond), without[k].Round(time.Microsecond))
		}
	}
}
