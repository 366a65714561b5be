package diffusion

import (
	"math"
	"testing"
)

// All float16s come back; between two of them the nearer one is taken, and of a tie the even one.
func TestHalf(t *testing.T) {
	for h := range 1 << 16 {
		v := fromHalf(uint16(h))
		if v != v {
			if got := toHalf(v); got&0x7c00 != 0x7c00 || got&0x3ff == 0 {
				t.Fatalf("%#x is NaN and comes back as %#x", h, got)
			}
			continue
		}
		if got := toHalf(v); got != uint16(h) {
			t.Fatalf("%#x is %g and comes back as %#x", h, v, got)
		}
	}
	for h := range uint16(0x7bff) { // all positive neighbours
		a, b := float64(fromHalf(h)), float64(fromHalf(h+1))
		even := h + h&1
		for _, c := range []struct {
			v    float64
			want uint16
		}{{(a + b) / 2, even}, {a + (b-a)*0.499, h}, {a + (b-a)*0.501, h + 1}} {
			if got := toHalf(float32(c.v)); got != c.want {
				t.Fatalf("%g between %g and %g becomes %#x, want %#x", c.v, a, b, got, c.want)
			}
			if got := toHalf(float32(-c.v)); got != c.want|0x8000 {
				t.Fatalf("%g becomes %#x, want %#x", -c.v, got, c.want|0x8000)
			}
		}
	}
	for v, want := range map[float32]uint16{65504: 0x7bff, 65519: 0x7bff, 65520: 0x7c00, float32(math.Inf(1)): 0x7c00, float32(math.Inf(-1)): 0xfc00, 1: 0x3c00, -2: 0xc000} {
		if got := toHalf(v); got != want {
			t.Errorf("%g becomes %#x, want %#x", v, got, want)
		}
	}
}
