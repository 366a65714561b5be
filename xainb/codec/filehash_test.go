package codec

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func sha256Of(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// memos returns what is remembered.
func memos(t *testing.T) []string {
	t.Helper()
	folder, err := hashFolder()
	if err != nil {
		t.Fatal(err)
	}
	return cacheFiles(t, folder)
}

// The oracle is crypto/sha256; that a file is not read again shows in a memo that says something else.
func TestFileHash(t *testing.T) {
	useCache(t)
	path := filepath.Join(t.TempDir(), "weights")
	write := func(text string, age time.Duration) {
		t.Helper()
		at := time.Now().Add(-age).Truncate(time.Second)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(what, want string) {
		t.Helper()
		if got, err := FileHash(path); err != nil || got != want {
			t.Fatalf("%s: %s, %v; want %s", what, got, err, want)
		}
	}
	write("new", 0)
	expect("a new file", sha256Of("new"))
	if n := len(memos(t)); n != 0 {
		t.Errorf("a file of this moment is remembered: %d", n)
	}
	write("one", time.Hour)
	expect("an old file", sha256Of("one"))
	all := memos(t)
	if len(all) != 1 {
		t.Fatalf("remembered are %q", all)
	}
	memo, err := os.ReadFile(all[0])
	if err != nil {
		t.Fatal(err)
	}
	other := sha256Of("what nobody wrote")
	if err := os.WriteFile(all[0], append(memo[:len(memo)-len(other)], other...), 0o666); err != nil {
		t.Fatal(err)
	}
	expect("as remembered", other)
	before, _, _ := stampOf(path)
	for now := before; now == before; now, _, _ = stampOf(path) { // within a tick of the clock nothing could tell
		write("two", time.Hour) // the same size and time of modification, as copies can have them
	}
	expect("another content", sha256Of("two"))
	write("longer", time.Hour)
	expect("another size", sha256Of("longer"))
	if err := os.WriteFile(all[0], []byte("garbage"), 0o666); err != nil {
		t.Fatal(err)
	}
	expect("a damaged memo", sha256Of("longer"))
	if err := ClearCache(); err != nil || len(memos(t)) != 0 {
		t.Errorf("after ClearCache (%v) there are %q", err, memos(t))
	}
}

func TestFileHashWithoutACache(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv(CacheEnv, file) // no folder
	if got, err := FileHash(file); err != nil || got != sha256Of("x") {
		t.Errorf("%s, %v", got, err)
	}
	for _, path := range []string{filepath.Dir(file), file + ".none"} {
		if got, err := FileHash(path); err == nil {
			t.Errorf("%s has the hash %s", path, got)
		}
	}
}
