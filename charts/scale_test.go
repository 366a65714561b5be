package charts

import (
	"math"
	"testing"
)

// A number that is constant but for rounding once made the ticks endless.
func TestTicksOfAConstant(t *testing.T) {
	for _, c := range [][2]float64{{math.Nextafter(1, 0), 1}, {0.3, 0.30000000000000004}, {-5.000000000000001, -5}, {1e300, math.Nextafter(1e300, math.Inf(1))}} {
		if ticks := roundTicks(c[0], c[1], 5); len(ticks) != 1 || ticks[0] != c[0] {
			t.Errorf("roundTicks(%v, %v) = %v, want the one value", c[0], c[1], ticks)
		}
		lo, hi := roomyScale(c[0], c[1])
		if room := (hi - lo) / math.Abs(c[0]); room < 0.19 || room > 0.21 {
			t.Errorf("roomyScale(%v, %v) = %v, %v: want a tenth around a constant", c[0], c[1], lo, hi)
		}
		if ticks := roundTicks(lo, hi, 5); len(ticks) < 2 || len(ticks) > 6 {
			t.Errorf("%d ticks from %v to %v", len(ticks), lo, hi)
		}
	}
}
