package codec

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

var (
	nan  = float32(math.NaN())
	inf  = float32(math.Inf(1))
	tiny = float32(math.SmallestNonzeroFloat32)
	huge = float32(math.MaxFloat32)
)

func dims(pairs ...any) []xainb.Dim {
	var out []xainb.Dim
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, xainb.Dim{Name: pairs[i].(string), Size: pairs[i+1].(int)})
	}
	return out
}

// frame makes a snapshot of a field "x" with one dimension.
func frame(seq int, data ...float32) xainb.Snapshot {
	return xainb.Snapshot{Seq: seq, Time: float64(seq), Fields: []xainb.Field{{Name: "x", Dims: dims("i", len(data)), Data: data}}}
}

func track(frames ...xainb.Snapshot) *xainb.Track {
	return xainb.NewTrack(frames, xainb.Provenance{}, nil)
}

// roundTrip encodes, decodes and compares: everything but the values must be equal, and these within the stated error.
func roundTrip(t *testing.T, want *xainb.Track, o Options) *xainb.Track {
	t.Helper()
	b, err := Encode(want, o)
	if err != nil {
		t.Fatalf("Encode: %v", err)
	}
	again, err := Encode(want, o)
	if err != nil || !bytes.Equal(b, again) {
		t.Fatalf("the same track has other bytes the second time (error %v)", err)
	}
	got, err := Decode(b)
	if err != nil {
		t.Fatalf("Decode: %v", err)
	}
	info, err := Inspect(b)
	if err != nil {
		t.Fatalf("Inspect: %v", err)
	}
	if err := same(got, want, info); err != nil {
		t.Fatal(err)
	}
	return got
}

// same compares tracks; values may differ by the error that info states, and not at all where info is nil.
func same(got, want *xainb.Track, info *Info) error {
	allowed := map[string]float64{}
	if info != nil {
		for _, f := range info.Fields {
			allowed[f.Name] = f.MaxError
			if r := want.Schema().Field(f.Name).Range; r != f.Range {
				return fmt.Errorf("field %q: Inspect says %+v, the track %+v", f.Name, f.Range, r)
			}
		}
	}
	bare := func(t *xainb.Track) *xainb.Track {
		frames := make([]xainb.Snapshot, 0, t.Len())
		for _, f := range t.Frames() {
			c := *f
			c.Fields = slices.Clone(f.Fields)
			for i := range c.Fields {
				c.Fields[i].Data = nil
			}
			frames = append(frames, c)
		}
		return xainb.NewTrack(frames, t.Provenance(), nil)
	}
	switch {
	case got.Len() != want.Len():
		return fmt.Errorf("%d frames, want %d", got.Len(), want.Len())
	case bare(got).Hash() != bare(want).Hash():
		return fmt.Errorf("names, labels, numbers or provenance differ:\n got %s\nwant %s", jsonOf(bare(got)), jsonOf(bare(want)))
	case fmt.Sprint(got.Err()) != fmt.Sprint(want.Err()):
		return fmt.Errorf("Err is %v, want %v", got.Err(), want.Err())
	case got.Steps() != want.Steps() || got.Dropped() != want.Dropped():
		return fmt.Errorf("%d steps, %d dropped, want %d and %d", got.Steps(), got.Dropped(), want.Steps(), want.Dropped())
	case !slices.Equal(got.Warnings(), want.Warnings()):
		return fmt.Errorf("warnings %q, want %q", got.Warnings(), want.Warnings())
	}
	for i, f := range want.Frames() {
		for j, field := range f.Fields {
			for k, v := range field.Data {
				g := got.At(i).Fields[j].Data[k]
				switch {
				case v-v == 0 && !(math.Abs(float64(g)-float64(v)) <= allowed[field.Name]),
					v != v && g == g,
					v-v != 0 && v == v && g != v:
					return fmt.Errorf("frame %d, field %q, value %d: %v, want %v within %v", i, field.Name, k, g, v, allowed[field.Name])
				}
			}
		}
	}
	return nil
}

func jsonOf(t *xainb.Track) string {
	var b strings.Builder
	if err := WriteJSON(&b, t); err != nil {
		return err.Error()
	}
	return b.String()
}

// hard holds what breaks encoders.
func hard() map[string]*xainb.Track {
	many := make([]string, 5000)
	for i := range many {
		many[i] = fmt.Sprint("token ", i%4000)
	}
	scalars := []xainb.Scalar{{Name: "loss", Value: math.Pi}, {Name: "nan", Value: math.NaN()}, {Name: "inf", Value: math.Inf(-1)}, {Name: "loss", Value: -0.0}}
	random := make([]float32, 1000)
	for i := range random {
		random[i] = math.Float32frombits(uint32(i) * 2654435761)
	}
	m := map[string]*xainb.Track{
		"no frames":       xainb.NewTrack(nil, xainb.Provenance{Name: "nothing", Seed: math.MaxUint64}, errors.New("the run broke at once")),
		"no fields":       track(xainb.Snapshot{}, xainb.Snapshot{Seq: 1}),
		"constant":        track(frame(0, 3, 3, 3), frame(1, 3, 3, 3)),
		"zero":            track(frame(0, 0, 0), frame(1, 0, 0)),
		"minus zero":      track(frame(0, float32(math.Copysign(0, -1)), 1)),
		"empty":           track(frame(0), frame(1)),
		"range overflows": track(frame(0, -huge, huge, 0), frame(1, huge, -huge, 1)),
		"subnormal":       track(frame(0, 0, tiny, 2*tiny), frame(1, 700000*tiny, 0, tiny)),
		"far and near":    track(frame(0, 1e30, 1e30, 1), frame(1, -1, 1e-30, 0)),
		"all NaN":         track(frame(0, nan, nan), frame(1, nan, nan)),
		"all infinite":    track(frame(0, inf, -inf), frame(1, -inf, inf)),
		"not finite":      track(frame(0, nan, 1, -inf, 2), frame(1, inf, 1.5, 2, nan), frame(2, 1, 1, 1, 1)),
		"one NaN":         track(frame(0, nan, 0.25), frame(1, 1, 0.75)),
		"random bits":     track(frame(0, random[:500]...), frame(1, random[500:]...)),
		"shapes change":   track(frame(0, 1, 2, 3), frame(1, 4, 5), frame(2, 1.5, 2.5, 3.5), frame(3), frame(4, 7, 8)),
		"far steps":       track(frame(3, 1), frame(1000, 2), frame(1_000_000_000, 3)),
		"backward steps":  track(frame(9, 1), frame(-4, 2), frame(5, 3)),
		"thousands of labels": track(
			xainb.Snapshot{Labels: []xainb.Labels{{Dim: "token", Names: many}}},
			xainb.Snapshot{Seq: 1, Labels: []xainb.Labels{{Dim: "token", Names: many}, {Dim: "none"}}},
			xainb.Snapshot{Seq: 2, Labels: []xainb.Labels{{Dim: "token", Names: many[1:]}}}),
		"hostile strings": xainb.NewTrack([]xainb.Snapshot{{
			TimeName: "</script>", Kind: "\x00", Phase: "\xff\xfe", Key: true,
			Fields: []xainb.Field{{Name: "__proto__", Unit: "\u2028", Dims: dims("", 1), Data: []float32{1}}, {Name: "", Dims: dims("'\"", 1), Data: []float32{2}}},
			Labels: []xainb.Labels{{Dim: "constructor", Names: []string{"<!--", "\ufeff", "\xc3\x28", ""}}},
			Events: []xainb.Event{{Name: "warning", Text: "</script><script>alert(1)"}, {Name: "]]>", Text: strings.Repeat("long ", 5000)}},
		}}, xainb.Provenance{Versions: map[string]string{"</script>": "\x00", "": "b"}, Parent: &xainb.Branch{Track: "p", Seq: -7}}, errors.New("bad \xff")),
		"time": track(xainb.Snapshot{Time: math.NaN()}, xainb.Snapshot{Seq: 1, Time: math.Inf(1), Scalars: scalars[:2]},
			xainb.Snapshot{Seq: 2, Time: -math.MaxFloat64, Scalars: scalars}, xainb.Snapshot{Seq: 3, Time: math.SmallestNonzeroFloat64, Scalars: scalars[2:]}),
		"0-d, empty and missing": track(
			xainb.Snapshot{Fields: []xainb.Field{{Name: "a", Unit: "m", Data: []float32{1}}, {Name: "b", Dims: dims("i", 0, "j", maxSize)}}},
			xainb.Snapshot{Seq: 1, Fields: []xainb.Field{{Name: "c", Dims: dims("i", 2, "j", 2), Data: []float32{1, 2, 3, 4}}}},
			xainb.Snapshot{Seq: 2, Fields: []xainb.Field{{Name: "c", Dims: dims("j", 2, "i", 2), Data: []float32{1, 2, 3, 5}}, {Name: "a", Unit: "km", Data: []float32{2}}}}),
		"a name twice": track(xainb.Snapshot{Fields: []xainb.Field{{Name: "a", Data: []float32{1}}, {Name: "a", Data: []float32{5}}}}),
	}
	m["counts and warnings"] = m["constant"].WithCounts(77, 70).WithWarnings("one", "two", "one")
	m["smooth"] = smooth(70, 33)
	return m
}

// smooth is a track of sines.
func smooth(frames, n int) *xainb.Track {
	out := make([]xainb.Snapshot, frames)
	for i := range out {
		data := make([]float32, n)
		for e := range data {
			data[e] = float32(math.Sin(0.03*float64(i)*(1+float64(e)/7)) * float64(e))
		}
		out[i] = frame(i, data...)
	}
	return track(out...)
}

func TestRoundTrip(t *testing.T) {
	for name, want := range hard() {
		for _, bits := range []int{1, 2, 7, 8, 12, 16, Lossless} {
			for _, keyframe := range []int{0, 3} {
				t.Run(fmt.Sprintf("%s/%d bits/%d", name, bits, keyframe), func(t *testing.T) {
					got := roundTrip(t, want, Options{Bits: bits, Keyframe: keyframe})
					if bits == Lossless && got.Hash() != want.Hash() {
						t.Error("the hash of the lossless copy differs")
					}
				})
			}
		}
	}
}

// The error is at most half a step and what rounding to float32 adds.
func TestErrorBound(t *testing.T) {
	for _, name := range []string{"smooth", "range overflows", "subnormal", "one NaN", "far and near"} {
		want := hard()[name]
		for _, bits := range []int{2, 8, 12, 16} {
			b, err := Encode(want, Options{Bits: bits})
			if err != nil {
				t.Fatal(err)
			}
			info, err := Inspect(b)
			if err != nil {
				t.Fatal(err)
			}
			f := info.Fields[0]
			lo, hi := float64(f.Range.Min), float64(f.Range.Max)
			step := (hi - lo) / float64(f.Levels-1)
			rounding := math.Max(math.Abs(lo), math.Abs(hi))*0x1p-24 + float64(tiny)/2
			if !(f.MaxError <= step/2*(1+1e-9)+rounding) {
				t.Errorf("%s, %d bits: error %g, step %g", name, bits, f.MaxError, step)
			}
			if f.Bits != bits || f.Levels != 1<<bits && f.Range.NaN == 0 {
				t.Errorf("%s: %d bits, %d levels, want %d bits", name, f.Bits, f.Levels, bits)
			}
		}
	}
}

// Whole numbers that fit into the levels come back as they are: class numbers, pixels, masks.
func TestWholeNumbersAreExact(t *testing.T) {
	for name, data := range map[string][]float32{
		"classes": {0, 3, 9, 7}, "pixels": {0, 1, 127, 254, 255}, "signed": {-100, 0, 99}, "far": {1 << 24, 1<<24 + 2, 1<<24 + 64}, "with NaN": {0, nan, 200},
	} {
		got := roundTrip(t, track(frame(0, data...)), Options{})
		for i, v := range got.At(0).Fields[0].Data {
			if v != data[i] && data[i] == data[i] {
				t.Errorf("%s: %v came back as %v", name, data[i], v)
			}
		}
	}
}

func TestFieldBits(t *testing.T) {
	tr := track(xainb.Snapshot{Fields: []xainb.Field{
		{Name: "a", Dims: dims("i", 3), Data: []float32{0.1, 0.7, 0.33}}, {Name: "b", Dims: dims("i", 3), Data: []float32{0.1, 0.7, 0.33}}}})
	b, err := Encode(tr, Options{Bits: 4, FieldBits: map[string]int{"b": Lossless, "unknown": 99}})
	if err != nil {
		t.Fatal(err)
	}
	info, err := Inspect(b)
	if err != nil || info.Fields[0].Bits != 4 || info.Fields[1].Bits != 32 || info.Fields[1].MaxError != 0 || info.Fields[0].MaxError == 0 {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestEncodeRefuses(t *testing.T) {
	bad := func(field xainb.Field) *xainb.Track {
		return track(xainb.Snapshot{}, xainb.Snapshot{Fields: []xainb.Field{field}})
	}
	ok := track(frame(0, 1))
	for name, c := range map[string]struct {
		track   *xainb.Track
		options Options
		want    string
	}{
		"nil":        {nil, Options{}, "nil"},
		"bits":       {ok, Options{Bits: 17}, `field "x": 17 bits: give 1 to 16, or 32`},
		"field bits": {ok, Options{FieldBits: map[string]int{"x": -1}}, "-1 bits"},
		"keyframe":   {ok, Options{Keyframe: -1}, "Keyframe is -1"},
		"length":     {bad(xainb.Field{Name: "f", Dims: dims("i", 3), Data: []float32{1}}), Options{}, `frame 1: field "f"`},
		"negative":   {bad(xainb.Field{Name: "f", Dims: dims("i", -3)}), Options{}, "frame 1"},
		"overflow":   {bad(xainb.Field{Name: "f", Dims: dims("i", maxSize/2, "j", maxSize/2)}), Options{}, "frame 1"},
		"steps":      {ok.WithCounts(-1, 0), Options{}, "-1 steps"},
		"dropped":    {ok.WithCounts(1, -1), Options{}, "-1 dropped"},
	} {
		if _, err := Encode(c.track, c.options); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "codec: ") {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
	if big := math.MaxInt; big > maxSize { // not with 32 bits
		if _, err := Encode(bad(xainb.Field{Name: "f", Dims: dims("i", 0, "j", big)}), Options{}); err == nil {
			t.Errorf("a dimension of %d is written", big)
		}
		if _, err := Encode(ok, Options{Keyframe: big}); err == nil {
			t.Errorf("a block of %d frames is written", big)
		}
	}
}

// Wall times, GOMAXPROCS and the order of maps do not reach the bytes; nor does a second goroutine at the same track.
func TestDeterminism(t *testing.T) {
	encode := func(wall int64) string {
		tr := smooth(40, 50)
		frames := make([]xainb.Snapshot, 0, tr.Len())
		for _, f := range tr.Frames() {
			c := f.Clone()
			c.Timestamp = wall
			frames = append(frames, c)
		}
		versions := map[string]string{}
		for i := range 50 {
			versions[fmt.Sprint(i)] = "v"
		}
		b, err := Encode(xainb.NewTrack(frames, xainb.Provenance{Versions: versions}, nil), Options{})
		if err != nil {
			t.Error(err)
		}
		return string(b)
	}
	want := encode(1)
	for _, procs := range []int{1, 4} {
		before := runtime.GOMAXPROCS(procs)
		var wait sync.WaitGroup
		for i := range 4 {
			wait.Go(func() {
				if encode(int64(i)) != want {
					t.Errorf("GOMAXPROCS=%d: other bytes", procs)
				}
			})
		}
		wait.Wait()
		runtime.GOMAXPROCS(before)
	}
}

const referenceHash = "da5b1a24dd2d4e1e5aa5b46d25e61f2929b0a93a194e451d2b29b6224e8e75cb"

// reference is 200 frames of a 64x64 float32 attention matrix while it is trained, kept without loss.
var reference = sync.OnceValues(func() (*xainb.Track, error) {
	b, err := os.ReadFile(filepath.Join("testdata", "attention_200x64x64.xtrack"))
	if err != nil {
		return nil, err
	}
	return Decode(b)
})

func TestReference(t *testing.T) {
	tr, err := reference()
	if err != nil {
		t.Fatal(err)
	}
	if got := hashOf(t, filepath.Join("testdata", "attention_200x64x64.xtrack")); got != referenceHash {
		t.Fatalf("the reference recording has changed: SHA-256 %s", got)
	}
	for bits, limit := range map[int]int{8: 100_000, 12: 260_000} {
		roundTrip(t, tr, Options{Bits: bits})
		b, err := Encode(tr, Options{Bits: bits})
		if n := (len(b) + 2) / 3 * 4; err != nil || n > limit {
			t.Errorf("%d bits: %d bytes of base64, at most %d wanted (error %v)", bits, n, limit, err)
		}
	}
}
