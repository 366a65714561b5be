package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	if err := os.WriteFile(filepath.Join(dir, "usual"), nil, 0o666); err != nil { // what the umask leaves
		t.Fatal(err)
	}
	usual, err := os.Stat(filepath.Join(dir, "usual"))
	if err != nil {
		t.Fatal(err)
	}
	check := func(want string, mode os.FileMode) {
		t.Helper()
		b, err := os.ReadFile(path)
		info, _ := os.Stat(path)
		if err != nil || string(b) != want || info.Mode().Perm() != mode {
			t.Errorf("%q, %v, want %q, %v (%v)", b, info.Mode(), want, mode, err)
		}
	}
	if err := Write(path, text("new")); err != nil {
		t.Fatal(err)
	}
	check("new", usual.Mode().Perm())
	if err := errors.Join(os.Chmod(path, 0o600), os.Symlink("a", link), Write(link, text("through the link"))); err != nil {
		t.Fatal(err)
	}
	check("through the link", 0o600)
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v (%v)", info.Mode(), err)
	}
	full := errors.New("disk full")
	err = Write(path, func(w io.Writer) error { return errors.Join(text("half")(w), full) })
	if !errors.Is(err, full) {
		t.Error(err)
	}
	check("through the link", 0o600)
	if files, err := os.ReadDir(dir); err != nil || len(files) != 3 {
		t.Errorf("%v is left (%v)", files, err)
	}
}
