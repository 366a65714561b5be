package codec

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// pack puts contents into a sound file, as stored blocks of deflate.
func pack(contents []byte, length int) []byte {
	out := binary.AppendUvarint([]byte(magic+"\x01"), uint64(length))
	for last := false; !last; {
		n := min(len(contents), math.MaxUint16)
		last = n == len(contents)
		if last {
			out = append(out, 1)
		} else {
			out = append(out, 0)
		}
		out = binary.LittleEndian.AppendUint16(out, uint16(n))
		out = binary.LittleEndian.AppendUint16(out, ^uint16(n))
		out = append(out, contents[:n]...)
		contents = contents[n:]
	}
	return binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(out))
}

// unpack returns the contents of a sound file.
func unpack(tb testing.TB, b []byte) []byte {
	_, n := binary.Uvarint(b[5:])
	contents, err := io.ReadAll(flate.NewReader(bytes.NewReader(b[5+n : len(b)-4])))
	if err != nil {
		tb.Fatal(err)
	}
	return contents
}

func readVectors(tb testing.TB) [][]byte {
	files, _ := filepath.Glob(filepath.Join("testdata", "v1", "*.hex"))
	var out [][]byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		b, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, b)
	}
	if len(out) == 0 {
		tb.Fatal("there are no vectors")
	}
	return out
}

// FuzzDecode takes bytes as a file and as the contents of a sound file: neither may panic, take much memory or fail without
// one of the sentinels; what decodes must encode and decode to the same.
func FuzzDecode(f *testing.F) {
	for _, b := range readVectors(f) {
		f.Add(b)
		f.Add(unpack(f, b))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, b := range [][]byte{in, pack(in, len(in))} {
			tr, err := DecodeLimit(b, 16<<20)
			if err != nil {
				if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrVersion) && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrLimit) {
					t.Fatalf("error without a sentinel: %v", err)
				}
				continue
			}
			again, err := Encode(tr, Options{Bits: Lossless})
			if err != nil {
				t.Fatalf("what was decoded does not encode: %v", err)
			}
			second, err := Decode(again)
			if err != nil || second.Hash() != tr.Hash() {
				t.Fatalf("what was decoded comes back different (error %v)", err)
			}
		}
	})
}

// FuzzRoundTrip makes tracks out of bytes.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("some frames of some fields"), uint8(8), uint8(0))
	f.Add(bytes.Repeat([]byte{0, 0x80, 0x7f, 0xff, 1}, 40), uint8(32), uint8(3))
	f.Add([]byte{}, uint8(1), uint8(1))
	f.Fuzz(func(t *testing.T, in []byte, bits, keyframe uint8) {
		if bits%33 > 16 {
			bits = Lossless
		}
		want := trackOf(in)
		got := roundTrip(t, want, Options{Bits: max(1, int(bits%33)), Keyframe: int(keyframe)})
		if bits == Lossless && got.Hash() != want.Hash() {
			t.Error("the hash of the lossless copy differs")
		}
	})
}

// trackOf interprets bytes as frames.
func trackOf(in []byte) *xainb.Track {
	next := func() int {
		if len(in) == 0 {
			return 0
		}
		v := in[0]
		in = in[1:]
		return int(v)
	}
	text := func() string {
		n := min(next()%6, len(in))
		s := string(in[:n])
		in = in[n:]
		return s
	}
	float := func() float32 {
		var b [4]byte
		in = in[copy(b[:], in):]
		return math.Float32frombits(binary.LittleEndian.Uint32(b[:]))
	}
	var frames []xainb.Snapshot
	for len(in) > 0 && len(frames) < 40 {
		s := xainb.Snapshot{Seq: next(), Time: float64(float()), TimeName: text(), Kind: text(), Phase: text(), Key: next()%2 == 0}
		for i := range next() % 4 {
			field := xainb.Field{Name: fmt.Sprint("field", i), Unit: text()}
			n := 1
			for range next() % 3 {
				d := xainb.Dim{Name: text(), Size: next() % 5}
				n *= d.Size
				field.Dims = append(field.Dims, d)
			}
			for range n {
				field.Data = append(field.Data, float())
			}
			s.Fields = append(s.Fields, field)
		}
		for range next() % 3 {
			s.Scalars = append(s.Scalars, xainb.Scalar{Name: text(), Value: float64(float())})
		}
		if next()%2 == 0 {
			s.Labels = append(s.Labels, xainb.Labels{Dim: text(), Names: []string{text(), text()}})
			s.Events = append(s.Events, xainb.Event{Name: text(), Text: text()})
		}
		frames = append(frames, s)
	}
	var err error
	if next()%2 == 1 {
		err = errors.New(text())
	}
	p := xainb.Provenance{Name: text(), Seed: uint64(next())}
	return xainb.NewTrack(frames, p, err)
}
