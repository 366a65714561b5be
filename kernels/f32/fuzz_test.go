package f32

import (
	"encoding/binary"
	"math"
	"testing"
)

// floats reads any bits as numbers, no more than 300.
func floats(b []byte) []float32 {
	x := make([]float32, min(len(b)/4, 300))
	for i := range x {
		x[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return x
}

// seeds are the edges, and normals.
func seeds(f *testing.F) {
	for _, x := range [][]float32{nil, {1}, edges, normals(99, 1)} {
		var b []byte
		for _, v := range x {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		f.Add(b)
	}
}

func FuzzUnary(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		x := floats(b)
		onEveryPath(t, func(t *testing.T) {
			for _, u := range unaries {
				y, intact := placed(len(x), len(b)%16, func(int) float32 { return 1 })
				u.f(y, x)
				for i, v := range x {
					want := u.true(float64(v))
					if e := offBy(u.scale, y[i], v, want); !(e <= u.bound) {
						t.Fatalf("%s(%v) is %v, expected %v", u.name, v, y[i], want)
					}
				}
				if !intact() {
					t.Fatalf("%s of %d elements wrote around them", u.name, len(x))
				}
			}
		})
	})
}

func FuzzPairs(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		x := floats(b)
		n := len(x) / 3
		onEveryPath(t, func(t *testing.T) { checkPairs(t, x[:n], x[n:2*n], x[2*n:3*n]) })
	})
}

func FuzzRows(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		x := floats(b)
		n := len(x) / 2
		onEveryPath(t, func(t *testing.T) { checkRow(t, x[:n], x[n:2*n]) })
	})
}
