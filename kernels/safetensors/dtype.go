package safetensors

import (
	"encoding/binary"
	"fmt"
	"math"
)

// DType is the name of an element type, as the format spells it.
type DType string

// The element types of the format. Those of less than a byte (F4 and the F6 pair) and C64 can be read as raw bytes only.
const (
	Bool   DType = "BOOL"
	U8     DType = "U8"
	I8     DType = "I8"
	F8E5M2 DType = "F8_E5M2"
	F8E4M3 DType = "F8_E4M3"
	I16    DType = "I16"
	U16    DType = "U16"
	F16    DType = "F16"
	BF16   DType = "BF16"
	I32    DType = "I32"
	U32    DType = "U32"
	F32    DType = "F32"
	I64    DType = "I64"
	U64    DType = "U64"
	F64    DType = "F64"
	C64    DType = "C64"
	F4     DType = "F4"
	F6E2M3 DType = "F6_E2M3"
	F6E3M2 DType = "F6_E3M2"
	F8E8M0 DType = "F8_E8M0"
)

// dtypeBits holds the size of an element of each type that the format knows.
var dtypeBits = map[DType]uint64{
	Bool: 8, U8: 8, I8: 8, F8E5M2: 8, F8E4M3: 8, F8E8M0: 8, F4: 4, F6E2M3: 6, F6E3M2: 6,
	I16: 16, U16: 16, F16: 16, BF16: 16, I32: 32, U32: 32, F32: 32, I64: 64, U64: 64, F64: 64, C64: 64,
}

// Bits returns the size of an element in bits, 0 for a type that the format does not know.
func (d DType) Bits() int { return int(dtypeBits[d]) }

// decoders convert little-endian elements to float32: src holds len(dst) of them.
var decoders = map[DType]func(dst []float32, src []byte){
	Bool: func(dst []float32, src []byte) {
		for i := range dst {
			if src[i] != 0 {
				dst[i] = 1
			} else {
				dst[i] = 0
			}
		}
	},
	U8: func(dst []float32, src []byte) {
		for i := range dst {
			dst[i] = float32(src[i])
		}
	},
	I8: func(dst []float32, src []byte) {
		for i := range dst {
			dst[i] = float32(int8(src[i]))
		}
	},
	F8E5M2: func(dst []float32, src []byte) {
		for i := range dst {
			dst[i] = f16ToF32(uint16(src[i]) << 8) // E5M2 is the upper byte of a float16
		}
	},
	F8E4M3: func(dst []float32, src []byte) {
		for i := range dst {
			dst[i] = f8e4m3ToF32(src[i])
		}
	},
	I16:  wide(2, func(b []byte) float32 { return float32(int16(binary.LittleEndian.Uint16(b))) }),
	U16:  wide(2, func(b []byte) float32 { return float32(binary.LittleEndian.Uint16(b)) }),
	F16:  wide(2, func(b []byte) float32 { return f16ToF32(binary.LittleEndian.Uint16(b)) }),
	BF16: wide(2, func(b []byte) float32 { return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16) }),
	I32:  wide(4, func(b []byte) float32 { return float32(int32(binary.LittleEndian.Uint32(b))) }),
	U32:  wide(4, func(b []byte) float32 { return float32(binary.LittleEndian.Uint32(b)) }),
	F32:  decodeF32,
	I64:  wide(8, func(b []byte) float32 { return float32(int64(binary.LittleEndian.Uint64(b))) }),
	U64:  wide(8, func(b []byte) float32 { return float32(binary.LittleEndian.Uint64(b)) }),
	F64:  wide(8, func(b []byte) float32 { return float32(math.Float64frombits(binary.LittleEndian.Uint64(b))) }),
}

func wide(size int, one func([]byte) float32) func(dst []float32, src []byte) {
	return func(dst []float32, src []byte) {
		for i := range dst {
			dst[i] = one(src[i*size : i*size+size])
		}
	}
}

// decodeF32 stands apart from the others because nearly all weights go through it.
func decodeF32(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
	}
}

// f16ToF32 widens an IEEE 754 binary16; every value, subnormals and NaN included, has an exact float32.
func f16ToF32(h uint16) float32 {
	sign, exp, frac := uint32(h>>15)<<31, uint32(h>>10)&0x1f, uint32(h)&0x3ff
	switch exp {
	case 0: // zero and subnormals: frac * 2^-24
		v := float32(frac) * 0x1p-24
		return math.Float32frombits(sign | math.Float32bits(v))
	case 0x1f:
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}

// f8e4m3ToF32 widens a float8 E4M3 of the "fn" kind that frameworks use: no infinities, S.1111.111 is NaN.
func f8e4m3ToF32(b byte) float32 {
	sign, exp, frac := uint32(b>>7)<<31, uint32(b>>3)&0xf, uint32(b)&7
	switch {
	case exp == 0: // frac * 2^-9
		return math.Float32frombits(sign | math.Float32bits(float32(frac)*0x1p-9))
	case exp == 0xf && frac == 7:
		return math.Float32frombits(sign | 0x7fc00000)
	}
	return math.Float32frombits(sign | (exp+120)<<23 | frac<<20)
}

// byteSize returns the bytes that a tensor of that type and shape takes, checked for overflow.
func byteSize(d DType, shape []int) (int64, error) {
	bits, ok := dtypeBits[d]
	if !ok {
		return 0, fmt.Errorf("%w %q", ErrDType, string(d))
	}
	n := bits
	for _, s := range shape {
		if s < 0 {
			return 0, fmt.Errorf("%w: negative dimension in %v", ErrShape, shape)
		}
		if s > 0 && n > math.MaxInt64/uint64(s) {
			return 0, fmt.Errorf("%w: %v of %s overflows", ErrShape, shape, d)
		}
		n *= uint64(s)
	}
	if n%8 != 0 {
		return 0, fmt.Errorf("%w: %v of %s does not end at a byte", ErrShape, shape, d)
	}
	return int64(n / 8), nil
}
