package f32

import "math"

// The scheme of glibc's expf: e^x = 2^(k/32) * 2^r, k the nearest integer to 32 x/ln 2; the table has the powers 2^(i/32) with i/32
// taken off their exponent, so that adding k gives the exponent back; the cubic is 2^r on [-1/64, 1/64].
const (
	exp32Steps = 32
	exp32C0    = 0x1.c6af84b912394p-5 / exp32Steps / exp32Steps / exp32Steps
	exp32C1    = 0x1.ebfce50fac4f3p-3 / exp32Steps / exp32Steps
	exp32C2    = 0x1.62e42ff0c52d6p-1 / exp32Steps
	exp32Shift = 3 << 51 // adding it rounds to an integer
)

var exp32Table = func() (t [exp32Steps]uint64) {
	for i := range t {
		t[i] = math.Float64bits(math.Exp2(float64(i)/exp32Steps)) - uint64(i)<<47
	}
	return t
}()

// Exp32 returns e to the power of x.
//
// Exp32(+Inf) = +Inf, Exp32(-Inf) = 0, Exp32(NaN) = NaN; +Inf above 88.7228317, 0 below -103.9721. At most 1 ulp from the true
// value, subnormal results included.
func Exp32(x float32) float32 {
	if x > 88.72283 { // the largest float32 whose exponential is finite
		return float32(math.Inf(1))
	}
	if x < -103.98 {
		return 0
	}
	z := float64(x) * (exp32Steps * math.Log2E)
	k := z + exp32Shift
	bits := math.Float64bits(k)
	r := z - (k - exp32Shift)
	s := math.Float64frombits(exp32Table[bits%exp32Steps] + bits<<47)
	p := (exp32C0*r+exp32C1)*(r*r) + (exp32C2*r + 1)
	return float32(p * s)
}
