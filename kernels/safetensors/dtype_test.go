package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// oracle evaluates sign * 2^(exp-bias) * 1.frac as IEEE 754 defines it, in float64.
func oracle(sign, exp, frac, fracBits, bias int) float64 {
	v := math.Ldexp(1+math.Ldexp(float64(frac), -fracBits), exp-bias)
	if exp == 0 {
		v = math.Ldexp(float64(frac), 1-bias-fracBits)
	}
	if sign == 1 {
		v = -v
	}
	return v
}

func same(got float32, want float64) bool {
	if math.IsNaN(want) {
		return math.IsNaN(float64(got))
	}
	return float64(got) == want && math.Signbit(float64(got)) == math.Signbit(want)
}

func TestF16Exhaustive(t *testing.T) {
	for h := range 1 << 16 {
		sign, exp, frac := h>>15, h>>10&31, h&1023
		want := oracle(sign, exp, frac, 10, 15)
		if exp == 31 {
			want = math.Inf(1 - 2*sign)
			if frac != 0 {
				want = math.NaN()
			}
		}
		if got := f16ToF32(uint16(h)); !same(got, want) {
			t.Fatalf("%#04x: %v, want %v", h, got, want)
		}
	}
}

func TestF8Exhaustive(t *testing.T) {
	for b := range 1 << 8 {
		sign := b >> 7
		want := oracle(sign, b>>3&15, b&7, 3, 7)
		if b&0x7f == 0x7f {
			want = math.NaN()
		}
		if got := f8e4m3ToF32(byte(b)); !same(got, want) {
			t.Errorf("E4M3 %#02x: %v, want %v", b, got, want)
		}
		want = oracle(sign, b>>2&31, b&3, 2, 15)
		if b>>2&31 == 31 {
			want = math.Inf(1 - 2*sign)
			if b&3 != 0 {
				want = math.NaN()
			}
		}
		var got [1]float32
		decoders[F8E5M2](got[:], []byte{byte(b)})
		if !same(got[0], want) {
			t.Errorf("E5M2 %#02x: %v, want %v", b, got[0], want)
		}
	}
}

func TestConversions(t *testing.T) {
	le := binary.LittleEndian
	inf := float32(math.Inf(1))
	for _, c := range []struct {
		dtype DType
		raw   []byte
		want  []float32
	}{
		{Bool, []byte{0, 1, 2}, []float32{0, 1, 1}},
		{U8, []byte{0, 255}, []float32{0, 255}},
		{I8, []byte{127, 128}, []float32{127, -128}},
		{I16, le.AppendUint16(nil, 0x8000), []float32{-32768}},
		{U16, le.AppendUint16(nil, 0x8000), []float32{32768}},
		{BF16, []byte{0x80, 0x3f, 0x80, 0xff}, []float32{1, -inf}},
		{I32, le.AppendUint32(nil, math.MaxUint32), []float32{-1}},
		{U32, le.AppendUint32(nil, math.MaxUint32), []float32{4294967296}},
		{F32, le.AppendUint32(nil, math.Float32bits(0.1)), []float32{0.1}},
		{I64, le.AppendUint64(nil, math.MaxUint64), []float32{-1}},
		{U64, le.AppendUint64(nil, math.MaxUint64), []float32{18446744073709551616}},
		{F64, le.AppendUint64(le.AppendUint64(nil, math.Float64bits(0.1)), math.Float64bits(1e300)), []float32{0.1, inf}},
	} {
		var b bytes.Buffer
		if err := Write(&b, []Tensor{{"w", c.dtype, []int{len(c.want)}, c.raw}}, nil); err != nil {
			t.Fatal(err)
		}
		f, err := Read(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := f.Float32("w"); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v %v, want %v", c.dtype, got, err, c.want)
		}
		if raw, err := f.Raw("w"); err != nil || !bytes.Equal(raw, c.raw) {
			t.Errorf("%s: raw %v %v", c.dtype, raw, err)
		}
	}
	for dtype, raw := range map[DType][]byte{C64: make([]byte, 8), F4: {0x12}, F6E2M3: make([]byte, 3), F6E3M2: make([]byte, 3), F8E8M0: {1}} {
		n := len(raw) * 8 / dtype.Bits()
		var b bytes.Buffer
		if err := Write(&b, []Tensor{{"w", dtype, []int{n}, raw}}, nil); err != nil {
			t.Fatal(err)
		}
		f, err := Read(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := f.Float32("w"); !errors.Is(err, ErrConvert) {
			t.Errorf("%s: %v", dtype, err)
		}
		if got, err := f.Raw("w"); err != nil || !bytes.Equal(got, raw) {
			t.Errorf("%s: raw %v %v", dtype, got, err)
		}
	}
}

// A tensor that takes several chunks arrives in order.
func TestChunks(t *testing.T) {
	for _, n := range []int{chunk/4 - 1, chunk / 4, chunk/4 + 1, 3*chunk/4 + 5} {
		want := make([]float32, n)
		for i := range want {
			want[i] = float32(i)
		}
		var b bytes.Buffer
		if err := Write(&b, []Tensor{FromFloat32("w", want, n)}, nil); err != nil {
			t.Fatal(err)
		}
		f, err := Read(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := f.Float32("w"); err != nil || !slices.Equal(got, want) {
			t.Errorf("%d values: %v", n, err)
		}
	}
}

func TestCheckFinite(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	err := CheckFinite("bad", []float32{0, 1, 2, 3, nan, inf}, []int{2, 3})
	if !errors.Is(err, ErrNotFinite) || !strings.Contains(err.Error(), `"bad": value is not finite: NaN at index [1 1], 2 of 6`) {
		t.Errorf("bad: %v", err)
	}
	if err := CheckFinite("good", []float32{math.MaxFloat32, 0}, []int{2}); err != nil {
		t.Errorf("good: %v", err)
	}
	if first, count := NotFinite([]float32{1, inf, nan}); first != 1 || count != 2 {
		t.Errorf("NotFinite: %d %d", first, count)
	}
	if first, count := NotFinite(nil); first != -1 || count != 0 {
		t.Errorf("NotFinite(nil): %d %d", first, count)
	}
}
