// Package atomicfile writes files that are either the old ones or whole new ones. Packages show and codec write with it whatever a reader
// saves.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// End is the end of the names of files that are not complete yet.
const End = ".part"

// Write writes a file beside path and, when it is complete on the disk, gives it path's name. An existing file keeps its mode, a new one has
// that of the umask; where path is a link the file that it leads to is replaced.
func Write(path string, write func(io.Writer) error) (err error) {
	mode := os.FileMode(0)
	if target, err := filepath.EvalSymlinks(path); err == nil {
		info, err := os.Stat(target)
		if err != nil {
			return err
		}
		path, mode = target, info.Mode().Perm()
	}
	temporary := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%08x%s", filepath.Base(path), rand.Uint32(), End))
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no folder %s, make it first: %w", filepath.Dir(path), fs.ErrNotExist)
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(temporary)
		}
	}()
	err = write(f)
	if err == nil && mode != 0 {
		err = f.Chmod(mode)
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}
