package codec

import (
	"encoding/base64"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// noise is a track as large as the reference of independent normal numbers; where share > 0, that share of them is NaN.
func noise(share float64) *xainb.Track {
	r := rand.New(rand.NewPCG(1, 2))
	frames := make([]xainb.Snapshot, 200)
	for i := range frames {
		data := make([]float32, 64*64)
		for j := range data {
			data[j] = float32(r.NormFloat64())
			if share > 0 && r.Float64() < share {
				data[j] = float32(math.NaN())
			}
		}
		frames[i] = frame(i, data...)
	}
	return track(frames...)
}

// withNaN is the reference with NaN in every tenth value and in a whole frame.
func withNaN(b *testing.B) *xainb.Track {
	var frames []xainb.Snapshot
	for i, f := range referenceTrack(b).Frames() {
		c := f.Clone()
		for j := range c.Fields[0].Data {
			if i == 100 || (j*7+i)%10 == 0 {
				c.Fields[0].Data[j] = float32(math.NaN())
			}
		}
		frames = append(frames, c)
	}
	return track(frames...)
}

func referenceTrack(b *testing.B) *xainb.Track {
	t, err := reference()
	if err != nil {
		b.Fatal(err)
	}
	return t
}

// benchmarkEncode measures encoding and base64, as a page needs it.
func benchmarkEncode(b *testing.B, t *xainb.Track) {
	for _, bits := range []int{8, 12, Lossless} {
		b.Run(fmt.Sprint(bits), func(b *testing.B) {
			text := ""
			for b.Loop() {
				out, err := Encode(t, Options{Bits: bits})
				if err != nil {
					b.Fatal(err)
				}
				text = base64.StdEncoding.EncodeToString(out)
			}
			b.ReportMetric(float64(len(text)), "b64-B")
		})
	}
}

func BenchmarkEncodeReference(b *testing.B) { benchmarkEncode(b, referenceTrack(b)) }

func BenchmarkEncodeRandom(b *testing.B) { benchmarkEncode(b, noise(0)) }

func BenchmarkEncodeNaN(b *testing.B) { benchmarkEncode(b, withNaN(b)) }

func BenchmarkDecode(b *testing.B) {
	for _, bits := range []int{8, 12, Lossless} {
		b.Run(fmt.Sprint(bits), func(b *testing.B) {
			in, err := Encode(referenceTrack(b), Options{Bits: bits})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := Decode(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
