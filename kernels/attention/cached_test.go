package attention

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xainb/gonb-xai/xainb/codec"
)

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "attention")
	if err != nil {
		panic(err)
	}
	os.Setenv(codec.CacheEnv, folder)
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// said is all that a recording says beside its track.
func said(r *Recording) string {
	return fmt.Sprintf("%q %q %q %d %d %v %q", r.Text, r.Shuffled, r.Tokens, r.Layers, r.Heads, r.Err(), r.Warnings())
}

// A second look at a run is the same run, and the model stays on the disk.
func TestRunIsCached(t *testing.T) {
	cfg := tinyConfig
	cfg.Positions = FullTokens + 20
	folder := newTiny(cfg).write(t, t.TempDir())
	hashes := map[string]string{}
	for name, c := range map[string]struct {
		text    string
		options []Option
	}{
		"plain": {sentence, nil}, "another sentence": {"the cat", nil}, "causal": {sentence, []Option{Causal()}}, "unscaled": {sentence, []Option{Unscaled()}},
		"no positions": {sentence, []Option{WithoutPositions()}}, "shuffled": {sentence, []Option{Shuffled(1)}}, "shuffled again": {sentence, []Option{Shuffled(2)}},
		"maps": {sentence, []Option{MapsOnly()}}, "too long": {strings.Repeat("cat ", 300), nil},
	} {
		t.Run(name, func(t *testing.T) {
			options := append(c.options, Folder(folder))
			first := Run(c.text, options...)
			if first.Err() != nil {
				t.Fatal(first.Err())
			}
			loaded = cache{}
			second := Run(c.text, options...)
			if loaded.model != nil {
				t.Error("the second look loads the model")
			}
			if first.Hash() != second.Hash() || said(first) != said(second) {
				t.Errorf("the second look is another run:\n%s\n%s", said(first), said(second))
			}
			if other, ok := hashes[first.Hash()]; ok {
				t.Errorf("it is the run %q", other)
			}
			hashes[first.Hash()] = name
		})
	}
}

func TestRunOfAnotherModelIsAnother(t *testing.T) {
	folder := newTiny(tinyConfig).write(t, t.TempDir())
	run := func() string {
		t.Helper()
		r := Run(sentence, Folder(folder))
		if r.Err() != nil {
			t.Fatal(r.Err())
		}
		return r.Hash()
	}
	first := run()
	path := filepath.Join(folder, weightsFile)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-time.Hour)
	b[len(b)-2] ^= 1 // of the last weight
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, long, long); err != nil {
		t.Fatal(err)
	}
	second := run()
	if second == first {
		t.Error("other weights give the run of the first")
	}
	vocab := filepath.Join(folder, "vocab.txt")
	text, err := os.ReadFile(vocab)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vocab, []byte(strings.Replace(string(text), "cat", "dog", 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	if run() == second {
		t.Error("another vocabulary gives the run of the first")
	}
}
