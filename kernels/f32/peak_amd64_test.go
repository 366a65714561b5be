package f32

import "testing"

// benchmarkPeak measures what the processor can do: multiply-adds in registers alone.
func benchmarkPeak(b *testing.B) {
	const n = 1 << 16
	lanes := 0
	for b.Loop() {
		switch level {
		case avx512:
			lanes = 16
			peakAVX512(n)
		case avx2:
			lanes = 8
			peakAVX2(n)
		default:
			b.Skip("there is no vector unit in use")
		}
	}
	perSecond(b, n, 24*lanes, 1)
}
