package f32

import "math"

// e^x = 2^(k/128) 2^r: k is the integer nearest to 128 x/ln 2. The table has the powers 2^(i/128) with i/128 taken off their exponent, so that
// adding k gives the exponent back; 2^r is a quadratic polynomial on [-1/256, 1/256], fitted to 2e-9 relative. (The scheme of glibc's
// expf with a longer table and a shorter polynomial, as Go does not hoist constants.)
const (
	exp32Steps = 128
	exp32C1    = 0x1.62e4453fdef3ep-8 // about ln 2/128
	exp32C2    = 0x1.ebfbf20fa34bbp-17
	exp32Shift = 3 << 51 // adding it rounds to an integer
	exp32Scale = exp32Steps * math.Log2E
	exp32Plain = 0x42ae0000 // bits of 87: smaller values of either sign need no check
)

var exp32Table = func() (t [exp32Steps]uint64) {
	for i := range t {
		t[i] = math.Float64bits(math.Exp2(float64(i)/exp32Steps)) - uint64(i)<<45
	}
	return t
}()

// Exp32 returns e to the power of x.
//
// Exp32(+Inf) = +Inf, Exp32(-Inf) = 0, Exp32(NaN) = NaN; +Inf above 88.7228317, 0 below -103.9721. At most 1 ulp from the true
// value, subnormal results included.
func Exp32(x float32) float32 {
	v := math.Float32bits(x)
	if v&(1<<31-1) >= exp32Plain {
		switch {
		case x > 88.72283: // the largest float32 whose exponential is finite
			return float32(math.Inf(1))
		case x < -103.98:
			return 0
		case x != x:
			return x
		}
	}
	// float64(x), apart from values below 2^-126 that make no difference: the processor's conversion would wait for the register's
	// last use, and so for the exponential before.
	wide := math.Float64frombits(uint64(v&(1<<31))<<32 | (uint64(v&(1<<31-1))<<29 + (1023-127)<<52))
	z := wide * exp32Scale
	k := z + exp32Shift
	r := z - (k - exp32Shift)
	b := math.Float64bits(k)
	return float32(math.Float64frombits(exp32Table[b%exp32Steps]+b<<45) * (r*(exp32C2*r+exp32C1) + 1))
}
