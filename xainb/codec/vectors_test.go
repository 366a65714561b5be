package codec

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

var update = flag.Bool("update", false, "write the test vectors that are missing; those that are there never change")

// vector is what a file of testdata/v1 decodes to: the track as JSON and the error of each field.
type vector struct {
	Errors map[string]float64 `json:"errors"`
	Track  json.RawMessage    `json:"track"`
}

// vectors are tracks that use every part of the format. decode_test.mjs reads the same files.
func vectors() map[string]struct {
	track   *xainb.Track
	options Options
} {
	type entry = struct {
		track   *xainb.Track
		options Options
	}
	full := xainb.NewTrack([]xainb.Snapshot{
		{Seq: 0, Time: 0, TimeName: "layer", Kind: "attention", Phase: "softmax", Key: true,
			Fields:  []xainb.Field{{Name: "attention", Unit: "1", Dims: dims("query", 2, "key", 3), Data: []float32{0.5, 0.25, 0.25, 0.1, 0.2, 0.7}}},
			Scalars: []xainb.Scalar{{Name: "loss", Value: 0.1}, {Name: "rate", Value: 1e-3}},
			Labels:  []xainb.Labels{{Dim: "query", Names: []string{"the", "cat"}}, {Dim: "key", Names: []string{"the", "猫", "🐈"}}},
			Events:  []xainb.Event{{Name: "start", Text: "first layer"}, {Name: "warning", Text: "truncated"}}},
		{Seq: 2, Time: 1.5, TimeName: "layer",
			Fields:  []xainb.Field{{Name: "attention", Unit: "1", Dims: dims("query", 2, "key", 3), Data: []float32{0.4, 0.3, 0.3, 0, 0, 1}}},
			Scalars: []xainb.Scalar{{Name: "rate", Value: math.Inf(1)}},
			Labels:  []xainb.Labels{{Dim: "query", Names: []string{"the", "cat"}}}},
	}, xainb.Provenance{Name: "two layers", Seed: 42, Model: "m", ModelHash: "ab", Data: "d", DataHash: "cd",
		Versions: map[string]string{"go": "1.26", "a": "b"}, Parent: &xainb.Branch{Track: "ef", Seq: 7}}, errors.New("stopped after 2 steps"))
	h := hard()
	return map[string]entry{
		"full":       {full, Options{}},
		"bits1":      {track(frame(0, 0, 0.2, 1), frame(1, 0.9, 0.6, 0.1)), Options{Bits: 1}},
		"bits12":     {smooth(9, 5), Options{Bits: 12, Keyframe: 4}},
		"bits16":     {smooth(20, 7), Options{Bits: 16, Keyframe: 8}},
		"lossless":   {smooth(6, 5), Options{Bits: Lossless}},
		"extremes":   {track(frame(0, -huge, huge, tiny, inf), frame(1, -inf, nan, 0, -tiny), frame(2, 1, 1, 1, 1)), Options{Bits: Lossless}},
		"wide":       {h["range overflows"], Options{Bits: 16}},
		"nonfinite":  {h["not finite"], Options{}},
		"nan12":      {h["one NaN"], Options{Bits: 12}},
		"whole":      {track(frame(0, 0, 3, 9), frame(1, 9, 7, 3)), Options{}},
		"shapes":     {h["0-d, empty and missing"], Options{}},
		"alternates": {h["shapes change"], Options{Bits: 9, Keyframe: 2}},
		"strings":    {h["hostile strings"], Options{}},
		"times":      {h["time"], Options{}},
		"empty":      {h["no frames"], Options{}},
	}
}

func TestVectors(t *testing.T) {
	folder := filepath.Join("testdata", "v1")
	if *update {
		writeVectors(t, folder)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.hex"))
	if err != nil || len(files) < 15 {
		t.Fatalf("%d vectors, error %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".hex"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			b, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(file, ".hex") + ".json")
			if err != nil {
				t.Fatal(err)
			}
			if maxSize < 1<<40 && strings.HasSuffix(file, "shapes.hex") {
				t.Skip("a dimension of 2^40 needs an int of 64 bits")
			}
			if got := describe(t, b); got != string(want) {
				t.Errorf("it decodes to\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// The reference recording at 8 bits, as a page carries it, with the SHA-256 of what it decodes to.
func TestVectorReference(t *testing.T) {
	path := filepath.Join("testdata", "v1", "attention8")
	if _, err := os.Stat(path + Extension); *update && err != nil {
		tr, err := reference()
		if err == nil {
			err = Save(path+Extension, tr, Options{})
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+".sha256", []byte(hashOf(t, path+Extension)+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path + ".sha256")
	if err != nil {
		t.Fatal(err)
	}
	if got := hashOf(t, path+Extension); got != strings.TrimSpace(string(want)) {
		t.Errorf("the values have the SHA-256 %s, want %s", got, want)
	}
}

// hashOf is the SHA-256 of the values of the first field of all frames.
func hashOf(t *testing.T, path string) string {
	tr, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	for _, f := range tr.Frames() {
		binary.Write(h, binary.LittleEndian, f.Fields[0].Data)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// describe decodes b and writes what it holds as the JSON of a vector.
func describe(t *testing.T, b []byte) string {
	t.Helper()
	tr, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	info, err := Inspect(b)
	if err != nil {
		t.Fatal(err)
	}
	v := vector{Errors: map[string]float64{}, Track: json.RawMessage(jsonOf(tr))}
	for _, f := range info.Fields {
		v.Errors[f.Name] = f.MaxError
	}
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out) + "\n"
}

func writeVectors(t *testing.T, folder string) {
	for name, v := range vectors() {
		path := filepath.Join(folder, name)
		if _, err := os.Stat(path + ".hex"); err == nil {
			continue
		}
		b, err := Encode(v.track, v.options)
		if err != nil {
			t.Fatal(err)
		}
		text := hex.EncodeToString(b)
		var lines strings.Builder
		for len(text) > 0 {
			n := min(96, len(text))
			lines.WriteString(text[:n] + "\n")
			text = text[n:]
		}
		if err := errors.Join(os.WriteFile(path+".hex", []byte(lines.String()), 0o644), os.WriteFile(path+".json", []byte(describe(t, b)), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}
