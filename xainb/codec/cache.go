package codec

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/xainb/gonb-xai/internal/atomicfile"
	"github.com/xainb/gonb-xai/xainb"
)

// DefaultCacheBytes is how much the cache of tracks may take on disk; the tracks that were not used for longest go first.
const DefaultCacheBytes = 512 << 20

// CacheEnv names the environment variable that puts the cache into another folder.
const CacheEnv = "XAINB_CACHE"

// ErrNoRun marks a call of [Cached] without a function that could compute the track.
var ErrNoRun = errors.New("there is no function to run")

// Cached returns the track that run returns, from the user's cache when a run with an equal key was cached before: values die
// with a notebook's cell, so that a second look at a training run would mean to train again. The cache is a folder of compact
// lossless recordings in os.UserCacheDir()/gonb-xai/tracks, or $XAINB_CACHE/tracks. Its tracks have no wall times. A damaged
// entry is computed again, a track with an error is not cached, and where the cache cannot be used, or not hold the track, the run is computed and
// the track says so in its warnings. A panic of run becomes the track's error.
func Cached(key Key, run func() *xainb.Track) *xainb.Track {
	folder, err := CacheFolder()
	if err != nil {
		return uncached(run, err)
	}
	return trackCache{folder, DefaultCacheBytes}.get(key, run)
}

// CacheFolder returns where the tracks are cached.
func CacheFolder() (string, error) {
	if folder := os.Getenv(CacheEnv); folder != "" {
		return filepath.Join(folder, "tracks"), nil
	}
	folder, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("codec: no cache folder, set %s: %w", CacheEnv, err)
	}
	return filepath.Join(folder, "gonb-xai", "tracks"), nil
}

// ClearCache removes all cached tracks, and what [FileHash] remembers.
func ClearCache() error {
	folder, err := CacheFolder()
	if err != nil {
		return err
	}
	err = (trackCache{folder: folder}).trim(-1)
	if hashes, none := hashFolder(); none == nil {
		err = errors.Join(err, os.RemoveAll(hashes))
	}
	if err != nil {
		return fmt.Errorf("codec: clear the cache: %w", err)
	}
	return nil
}

// uncached computes the run and says why it is not cached.
func uncached(run func() *xainb.Track, why error) *xainb.Track {
	t := compute(run)
	if t == nil || why == nil {
		return t
	}
	return t.WithWarnings(fmt.Sprintf("This run is not cached and will be computed again: %v.", why))
}

func compute(run func() *xainb.Track) (t *xainb.Track) {
	if run == nil {
		return xainb.NewTrack(nil, xainb.Provenance{}, fmt.Errorf("codec: Cached: %w", ErrNoRun))
	}
	defer func() {
		if p := recover(); p != nil {
			t = xainb.NewTrack(nil, xainb.Provenance{}, fmt.Errorf("codec: Cached: %w", xainb.PanicError(p)))
		}
	}()
	return run()
}

type trackCache struct {
	folder string
	limit  int64
}

func (c trackCache) get(key Key, run func() *xainb.Track) *xainb.Track {
	name, err := key.hash()
	if err != nil {
		return uncached(run, err)
	}
	path := filepath.Join(c.folder, name+Extension)
	if t := c.load(path); t != nil {
		return t
	}
	t := compute(run)
	if t == nil || t.Err() != nil {
		return t
	}
	if err := c.store(path, t); err != nil {
		return t.WithWarnings(fmt.Sprintf("This run is not cached and will be computed again: %v.", err))
	}
	if err := c.trim(c.limit); err != nil {
		return t.WithWarnings(fmt.Sprintf("The cache of runs could not be trimmed: %v.", err))
	}
	return t
}

// load returns nil where there is no entry or none that can be read.
func (c trackCache) load(path string) *xainb.Track {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	t, err := Decode(b)
	if err != nil {
		return nil // the new track takes its place
	}
	now := time.Now()
	os.Chtimes(path, now, now) // the order of use; a cache that cannot be written still serves
	return t
}

func (c trackCache) store(path string, t *xainb.Track) error {
	b, err := encodeReadable(t, Options{Bits: Lossless}, DefaultLimit)
	if err != nil {
		return err
	}
	if int64(len(b)) > c.limit {
		return fmt.Errorf("its %d MB are more than the cache holds", len(b)>>20)
	}
	if err := os.MkdirAll(c.folder, 0o777); err != nil {
		return err
	}
	return atomicfile.Write(path, func(w io.Writer) error { _, err := w.Write(b); return err })
}

// stale is the age from which a part of a file is taken to be left by a program that died.
const stale = time.Hour

// trim removes the tracks that were not used for longest until the rest takes at most limit bytes.
func (c trackCache) trim(limit int64) error {
	entries, err := os.ReadDir(c.folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var files []fs.FileInfo
	total := int64(0)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue // another process removed it
		}
		switch name := info.Name(); {
		case strings.HasSuffix(name, atomicfile.End) && time.Since(info.ModTime()) > stale:
			os.Remove(filepath.Join(c.folder, name))
		case strings.HasSuffix(name, Extension):
			files = append(files, info)
			total += info.Size()
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	var failed error
	for _, f := range files {
		if total <= limit {
			break
		}
		if err := os.Remove(filepath.Join(c.folder, f.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
			continue
		}
		total -= f.Size()
	}
	return failed
}
