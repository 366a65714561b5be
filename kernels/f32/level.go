package f32

import (
	"fmt"
	"os"
)

// isa is which form of the kernels runs.
type isa int

const (
	portable isa = iota
	avx2
	avx512
)

var names = map[string]isa{"off": portable, "avx2": avx2, "avx512": avx512}

// level is set once, before main.
var level = choose(os.Getenv("XAINB_SIMD"), best())

// choose obeys the environment as far as the machine can.
func choose(asked string, best isa) isa {
	if asked == "" {
		return best
	}
	want, ok := names[asked]
	if !ok || want > best {
		fmt.Fprintf(os.Stderr, "f32: XAINB_SIMD=%s: expected off, avx2 or avx512, and this machine has %v; it is used\n", asked, best)
		return best
	}
	return want
}

// String returns the name that XAINB_SIMD has for it.
func (l isa) String() string {
	for name, v := range names {
		if v == l {
			return name
		}
	}
	return "?"
}

// SIMD returns which instructions the package uses on this machine: "avx512", "avx2" or "off". Results of different ones differ in
// their last bits, so it belongs to the provenance of a recording.
func SIMD() string { return level.String() }
