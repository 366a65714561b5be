package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xainb/gonb-xai/xainb"
)

// seal puts the right checksum behind a changed file.
func seal(b []byte) []byte {
	body := b[:len(b)-4]
	return binary.LittleEndian.AppendUint32(bytes.Clone(body), crc32.ChecksumIEEE(body))
}

func sound(t *testing.T) []byte {
	t.Helper()
	b, err := Encode(vectors()["full"].track, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecodeRefuses(t *testing.T) {
	good := sound(t)
	contents := unpack(t, good)
	changed := func(i int, v byte) []byte {
		b := bytes.Clone(good)
		b[i] = v
		return b
	}
	with := func(i int, v byte) []byte {
		c := bytes.Clone(contents)
		c[i] = v
		return pack(c, len(c))
	}
	for name, c := range map[string]struct {
		b    []byte
		is   error
		want string
	}{
		"nothing":         {nil, ErrFormat, `the first bytes are ""`},
		"text":            {[]byte("<!doctype html>"), ErrFormat, `the first bytes are "<!do"`},
		"short":           {good[:9], ErrDamaged, "ends after 9 bytes"},
		"cut off":         {good[:len(good)-1], ErrDamaged, "checksum"},
		"one bit":         {changed(50, good[50]^1), ErrDamaged, "checksum"},
		"newer":           {seal(changed(4, 2)), ErrVersion, "version 2, this program reads version 1"},
		"longer":          {pack(contents, len(contents)+1), ErrDamaged, "ends after"},
		"shorter":         {pack(contents, len(contents)-1), ErrDamaged, "longer than"},
		"impossible":      {pack(contents, math.MaxInt32), ErrDamaged, "cannot hold"},
		"behind":          {seal(append(bytes.Clone(good[:len(good)-4]), 0, 0, 0, 0, 0)), ErrDamaged, "follow the end"},
		"not deflate":     {seal(append(bytes.Clone(good[:7]), bytes.Repeat([]byte{0xff}, 200)...)), ErrDamaged, "after 0 bytes"},
		"contents too":    {pack(append(bytes.Clone(contents), 0), len(contents)+1), ErrDamaged, "the blocks are 1 bytes off"},
		"no contents":     {pack(nil, 0), ErrDamaged, "a number does not end"},
		"many strings":    {with(0, 0x7f), ErrDamaged, "contents"},
		"endless number":  {pack(bytes.Repeat([]byte{0xff}, 20), 20), ErrDamaged, "does not end"},
		"length not ends": {seal(append([]byte("XAIT\x01"), bytes.Repeat([]byte{0xff}, 30)...)), ErrDamaged, "byte 5"},
	} {
		for reader, read := range map[string]func([]byte) error{
			"Decode":  func(b []byte) error { _, err := Decode(b); return err },
			"Inspect": func(b []byte) error { _, err := Inspect(b); return err },
		} {
			err := read(c.b)
			if err == nil || !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "codec: ") {
				t.Errorf("%s, %s: error %v, want one with %q", name, reader, err, c.want)
			}
		}
	}
	if _, err := DecodeLimit(good, 100); !errors.Is(err, ErrLimit) {
		t.Errorf("a limit of 100 bytes: %v", err)
	}
}

// Every byte of the contents changed, and every length of them: an error or a track, nothing else.
func TestDecodeChanged(t *testing.T) {
	contents := unpack(t, sound(t))
	for i := range contents {
		if tr, err := Decode(pack(contents[:i], i)); err == nil {
			t.Errorf("%d of %d bytes are %v", i, len(contents), tr)
		}
		for _, v := range []byte{0, 1, contents[i] + 1, contents[i] ^ 0x80, 0xff} {
			c := bytes.Clone(contents)
			c[i] = v
			Decode(pack(c, len(c)))
		}
	}
}

// What is to be read again is refused when it is written, not when it is read. The contents have a limit of their own: of a lossless track
// they are as large as the track.
func TestWhatIsWrittenIsReadable(t *testing.T) {
	tr, read := smooth(20, 5000), 0
	for limit := int64(1000); limit < 2_000_000; limit *= 2 {
		for _, bits := range []int{8, Lossless} {
			b, err := encodeReadable(tr, Options{Bits: bits}, limit)
			if _, other := DecodeLimit(b, limit); (err == nil) != (other == nil) || err != nil && !errors.Is(err, ErrLimit) {
				t.Errorf("%d bits, a limit of %d: writing says %v, reading %v", bits, limit, err, other)
			}
			if err == nil {
				read++
			}
		}
	}
	if _, err := encodeReadable(tr, Options{Bits: Lossless}, 4*20*5000*11/10); err != nil || read == 0 {
		t.Errorf("a tenth more than the values take: %v", err)
	}
}

// Many different names and texts are no reason to take long.
func TestDecodeOfManyNames(t *testing.T) {
	const n = 60_000
	s := xainb.Snapshot{}
	for i := range n {
		name := fmt.Sprint(i)
		s.Fields = append(s.Fields, xainb.Field{Name: name, Data: []float32{1}})
		s.Scalars = append(s.Scalars, xainb.Scalar{Name: name})
		s.Events = append(s.Events, xainb.Event{Name: "warning", Text: name})
	}
	b, err := Encode(track(s), Options{Bits: Lossless})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	tr, err := Decode(b)
	if took := time.Since(start); err != nil || took > 3*time.Second || len(tr.Warnings()) != n || len(tr.Schema().Fields) != n {
		t.Errorf("%v, %v, after %v", tr.Len(), err, took)
	}
}

// A small file that promises much gets no memory beyond the limit.
func TestBombs(t *testing.T) {
	labels := xainb.Labels{Dim: "token", Names: make([]string, 5000)}
	scalars := make([]xainb.Scalar, 2000)
	var frames []xainb.Snapshot
	for i := range 100 {
		frames = append(frames, xainb.Snapshot{Seq: i, Labels: []xainb.Labels{labels}, Scalars: scalars})
	}
	many := make([]xainb.Field, 100)
	for i := range many {
		many[i] = xainb.Field{Name: strings.Repeat("f", i), Data: []float32{float32(i) + 0.5}}
	}
	many[0].Data[0] = float32(math.Inf(1))
	for name, tr := range map[string]*xainb.Track{
		"zeros":   track(frame(0, make([]float32, 3_000_000)...)),
		"scalars": track(frames...),
		"tables":  track(xainb.Snapshot{Fields: many}),
	} {
		bits := 8
		if name == "tables" {
			bits = 16
		}
		b, err := Encode(tr, Options{Bits: bits})
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err = DecodeLimit(b, 4<<20)
		runtime.ReadMemStats(&after)
		if name != "tables" && !errors.Is(err, ErrLimit) {
			t.Errorf("%s: %d bytes: error %v", name, len(b), err)
		}
		if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 10 {
			t.Errorf("%s: %d bytes took %d MB", name, len(b), took)
		}
	}
}
