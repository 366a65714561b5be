package codec

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/xainb/gonb-xai/internal/atomicfile"
	"github.com/xainb/gonb-xai/xainb"
)

func TestTextRoundTrip(t *testing.T) {
	for name, want := range hard() {
		t.Run(name, func(t *testing.T) {
			for i := range want.Len() {
				want.At(i).Timestamp = 1_700_000_000_123_456_789 + int64(i)
			}
			var j, y bytes.Buffer
			if err := errors.Join(WriteJSON(&j, want), WriteYAML(&y, want)); err != nil {
				t.Fatal(err)
			}
			fromYAML, err := ReadYAML(&y)
			if err != nil {
				t.Fatal(err)
			}
			fromJSON, err := ReadJSON(&j)
			if err != nil {
				t.Fatal(err)
			}
			for form, got := range map[string]*xainb.Track{"JSON": fromJSON, "YAML": fromYAML} {
				if form == "JSON" && name == "hostile strings" {
					continue // bytes that are no UTF-8 are replaced
				}
				if err := same(got, want, nil); err != nil {
					t.Errorf("%s: %v", form, err)
				}
				for i, f := range want.Frames() {
					if got.At(i).Timestamp != f.Timestamp {
						t.Errorf("%s: frame %d: wall time %d, want %d", form, i, got.At(i).Timestamp, f.Timestamp)
					}
				}
			}
		})
	}
}

func TestJSONLooks(t *testing.T) {
	tr := track(frame(0, nan, inf, -inf, 0.1), frame(1, 1, 2, 3, tiny))
	want := `{"format":"xainb-track","version":1,"provenance":{"seed":0},"steps":2,"dropped":0,
"frames":[
{"seq":0,"time":0,"fields":[{"name":"x","dims":[{"name":"i","size":4}],"data":["NaN","+Inf","-Inf",0.1]}]},
{"seq":1,"time":1,"fields":[{"name":"x","dims":[{"name":"i","size":4}],"data":[1,2,3,1e-45]}]}
]}
`
	if got := jsonOf(tr); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestReadTextRefuses(t *testing.T) {
	const head = `{"format":"xainb-track","version":1,"provenance":{"seed":0},"frames":[`
	for name, c := range map[string]struct {
		text, want string
		sentinel   error
	}{
		"empty":           {"", "EOF", ErrFormat},
		"other":           {`{"a":1}`, `"format" is ""`, ErrFormat},
		"version":         {`{"format":"xainb-track","version":9}`, "version 9", ErrVersion},
		"length":          {head + `{"seq":0,"time":0,"fields":[{"name":"x","dims":[{"name":"i","size":2}],"data":[1]}]}]}`, `frame 0: field "x" has 1 values`, ErrFormat},
		"word":            {head + `{"seq":0,"time":0,"fields":[{"name":"x","dims":[],"data":["one"]}]}]}`, "not a number", ErrFormat},
		"nested":          {head + `{"seq":0,"time":0,"fields":[{"name":"x","dims":[],"data":[[1]]}]}]}`, "not a number", ErrFormat},
		"object":          {head + `{"seq":0,"time":0,"fields":[{"name":"x","dims":[],"data":{"a":1}}]}]}`, "number", ErrFormat},
		"float32":         {head + `{"seq":0,"time":0,"fields":[{"name":"x","dims":[],"data":[1e40]}]}]}`, "not a number", ErrFormat},
		"negative size":   {head + `{"seq":0,"time":0,"fields":[{"name":"x","dims":[{"name":"i","size":-1}],"data":[]}]}]}`, "frame 0", ErrFormat},
		"cut off":         {head, "EOF", ErrFormat},
		"negative steps":  {strings.Replace(head, `"frames":[`, `"steps":-1,"frames":[]}`, 1), `"steps" is -1`, ErrFormat},
		"something after": {head + `]} x`, "follows", ErrFormat},
	} {
		_, err := ReadJSON(strings.NewReader(c.text))
		if err == nil || !errors.Is(err, c.sentinel) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("JSON, %s: error %v, want one with %q", name, err, c.want)
		}
		if name == "something after" {
			continue // YAML reads the first document
		}
		if _, err := ReadYAML(strings.NewReader(c.text)); err == nil || !errors.Is(err, c.sentinel) {
			t.Errorf("YAML, %s: error %v", name, err)
		}
	}
}

func TestSaveOpen(t *testing.T) {
	folder := t.TempDir()
	want := hard()["not finite"]
	for _, name := range []string{"a.xtrack", "a.json", "a.yaml", "a.yml", "A.JSON"} {
		path := filepath.Join(folder, name)
		if err := Save(path, want); err != nil {
			t.Fatal(err)
		}
		got, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := same(got, want, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.Rename(filepath.Join(folder, "a.xtrack"), filepath.Join(folder, "renamed")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(folder, "renamed")); err != nil {
		t.Errorf("a compact file is known by its first bytes: %v", err)
	}
	if err := Save(filepath.Join(folder, "a.gif"), want); !errors.Is(err, ErrExtension) {
		t.Errorf("a.gif: %v", err)
	}
	if err := Save(filepath.Join(folder, "none", "a.json"), want); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "none") {
		t.Errorf("a folder that is not there: %v", err)
	}
	if err := Save(filepath.Join(folder, "a.json"), nil); !errors.Is(err, ErrTrack) {
		t.Errorf("nil: %v", err)
	}
	for _, path := range []string{"missing.json", "a.gif"} {
		if _, err := Open(filepath.Join(folder, path)); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v does not name it", path, err)
		}
	}
}

// A lossy Save keeps what its Options say.
func TestSaveOptions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xtrack")
	if err := Save(path, smooth(3, 5), Options{Bits: 4}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := Inspect(b); err != nil || info.Fields[0].Bits != 4 || info.Frames != 3 {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestFullDiskKeepsTheOldFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a.json")
	if err := Save(path, track(frame(0, 1))); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	err = atomicfile.Write(path, func(w io.Writer) error {
		io.WriteString(w, "half of the new")
		return syscall.ENOSPC
	})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v", err)
	}
	after, err := os.ReadFile(path)
	entries, _ := os.ReadDir(folder)
	if err != nil || !bytes.Equal(before, after) || len(entries) != 1 {
		t.Errorf("the old file has changed (%v) or a part is left: %v", err, entries)
	}
}

type fullWriter struct{}

func (fullWriter) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestWriteErrors(t *testing.T) {
	for name, write := range map[string]func(io.Writer, *xainb.Track) error{"JSON": WriteJSON, "YAML": WriteYAML} {
		if err := write(fullWriter{}, smooth(3, 3)); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%s: error %v", name, err)
		}
		for what, bad := range map[string]*xainb.Track{"nil": nil, "-1 steps": smooth(1, 1).WithCounts(-1, 0)} {
			if err := write(io.Discard, bad); !errors.Is(err, ErrTrack) {
				t.Errorf("%s of %s: error %v", name, what, err)
			}
		}
	}
}
