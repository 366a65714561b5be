package codec

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/xainb/gonb-xai/internal/atomicfile"
)

// FileHash returns the hex SHA-256 of a file's content: what the [Key] of a run with a large model has in place of the model. What was
// computed is remembered in the user's cache beside the tracks, and holds for as long as the file's path, size, times of modification and
// of change, and its inode are the same: what Git's index trusts. A file that was changed within the last seconds is not remembered,
// as it could change again within one tick of the clock. Where the cache cannot be used the file is read each time.
func FileHash(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		return "", fmt.Errorf("codec: hash of a file: %w", err)
	}
	stamp, settled, err := stampOf(path)
	if err != nil {
		return "", fmt.Errorf("codec: hash of a file: %w", err)
	}
	memo := ""
	if folder, err := hashFolder(); err == nil {
		sum := sha256.Sum256([]byte(path))
		memo = filepath.Join(folder, hex.EncodeToString(sum[:16]))
		if b, err := os.ReadFile(memo); err == nil {
			if hash, ok := strings.CutPrefix(string(b), stamp+"\n"); ok && len(hash) == 2*sha256.Size {
				return hash, nil
			}
		}
	}
	hash, err := readHash(path)
	if err != nil {
		return "", fmt.Errorf("codec: hash of a file: %w", err)
	}
	if after, _, err := stampOf(path); memo != "" && settled && err == nil && after == stamp {
		remember(memo, stamp+"\n"+hash) // a cache that cannot be written still serves
	}
	return hash, nil
}

// hashFolder is where the hashes of files are remembered.
func hashFolder() (string, error) {
	tracks, err := CacheFolder()
	return filepath.Join(filepath.Dir(tracks), "hashes"), err
}

// tick is longer than any file system's clock takes from one time to the next.
const tick = 3 * time.Second

// stampOf says what tells a changed file from the one before without reading it, and whether its last change is so long ago that the next one
// has another time.
func stampOf(path string) (stamp string, settled bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", false, err
	}
	if !info.Mode().IsRegular() {
		return "", false, &fs.PathError{Op: "read", Path: path, Err: errors.New("not a regular file")}
	}
	stamp = fmt.Sprint(info.Size(), " ", info.ModTime().UnixNano())
	if system := reflect.Indirect(reflect.ValueOf(info.Sys())); system.Kind() == reflect.Struct {
		for _, name := range []string{"Dev", "Ino", "Ctim", "Ctimespec"} { // syscall.Stat_t, which differs between systems
			if f := system.FieldByName(name); f.IsValid() {
				stamp += fmt.Sprint(" ", f)
			}
		}
	}
	return stamp, time.Since(info.ModTime()) > tick, nil
}

func readHash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.CopyBuffer(h, f, make([]byte, 1<<20)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func remember(memo, text string) {
	if os.MkdirAll(filepath.Dir(memo), 0o777) == nil {
		_ = atomicfile.Write(memo, func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
	}
}
