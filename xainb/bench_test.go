package xainb_test

import (
	"math/rand/v2"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// matrix is a step of a 64x64 field.
type matrix struct{ data []float32 }

func (m *matrix) Snap(s *xainb.Snapshot) {
	s.Put("attention", m.data, xainb.Dim{Name: "query", Size: 64}, xainb.Dim{Name: "key", Size: 64})
}

// BenchmarkRecord64 captures a 64x64 float32 field into a full ring of 200, lock and clock included, beside a plain copy of the
// same data into 200 buffers in turn.
func BenchmarkRecord64(b *testing.B) {
	step := &matrix{make([]float32, 64*64)}
	for i := range step.data {
		step.data[i] = rand.Float32()
	}
	b.Run("record", func(b *testing.B) {
		m := manager(b, xainb.Config{Live: true})
		for range 2 * xainb.DefaultFrames {
			if err := m.Capture(step); err != nil {
				b.Fatal(err)
			}
		}
		b.SetBytes(4 * 64 * 64)
		b.ReportAllocs()
		for b.Loop() {
			if err := m.Capture(step); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("copy", func(b *testing.B) {
		ring := make([][]float32, xainb.DefaultFrames)
		for i := range ring {
			ring[i] = make([]float32, 64*64)
		}
		b.SetBytes(4 * 64 * 64)
		b.ReportAllocs()
		next := 0
		for b.Loop() {
			copy(ring[next], step.data)
			next = (next + 1) % len(ring)
		}
	})
}

// A full ring takes a step of the same shape without allocating.
func TestRecordDoesNotAllocate(t *testing.T) {
	step := &matrix{make([]float32, 64*64)}
	for _, cfg := range []xainb.Config{{Live: true}, {}} {
		m := manager(t, cfg)
		capture := func() {
			if err := m.Capture(step); err != nil {
				t.Fatal(err)
			}
		}
		for range 1000 {
			capture()
		}
		if n := testing.AllocsPerRun(500, capture); n > 0 {
			t.Errorf("%+v: %v allocations a step", cfg, n)
		}
	}
}
