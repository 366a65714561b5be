package codec

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xainb/gonb-xai/internal/atomicfile"
	"github.com/xainb/gonb-xai/xainb"
)

// counted returns a run of a track and how often it ran.
func counted(t *xainb.Track) (func() *xainb.Track, *int) {
	n := new(int)
	return func() *xainb.Track { *n++; return t }, n
}

func useCache(t *testing.T) string {
	t.Helper()
	t.Setenv(CacheEnv, t.TempDir())
	folder, err := CacheFolder()
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func cacheFiles(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestCached(t *testing.T) {
	folder := useCache(t)
	want := hard()["not finite"]
	run, n := counted(want)
	key := Key{Name: "test", Config: map[string]any{"steps": 3, "rate": 0.1}}
	for range 3 {
		if err := same(Cached(key, run), want, nil); err != nil {
			t.Fatal(err)
		}
	}
	if *n != 1 {
		t.Errorf("it ran %d times", *n)
	}
	key.Version++
	Cached(key, run)
	if *n != 2 {
		t.Error("another version of the code gave the old track")
	}
	if err := ClearCache(); err != nil || len(cacheFiles(t, folder)) != 0 {
		t.Errorf("after ClearCache (%v): %v", err, cacheFiles(t, folder))
	}
	if err := ClearCache(); err != nil {
		t.Errorf("clearing an empty cache: %v", err)
	}
	Cached(key, run)
	if *n != 3 {
		t.Error("a cleared cache still answers")
	}
}

func TestCachedDamaged(t *testing.T) {
	folder := useCache(t)
	run, n := counted(smooth(3, 3))
	Cached(Key{}, run)
	file := cacheFiles(t, folder)[0]
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, bad := range [][]byte{good[:len(good)-1], append([]byte("x"), good[1:]...), {}, append(good[:len(good)-5:len(good)-5], 1, 2, 3, 4, 5)} {
		if err := os.WriteFile(file, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		if err := same(Cached(Key{}, run), smooth(3, 3), nil); err != nil {
			t.Error(err)
		}
		if *n != i+2 {
			t.Errorf("damage %d: it ran %d times", i, *n)
		}
	}
}

func TestCachedErrors(t *testing.T) {
	folder := useCache(t)
	broken := xainb.NewTrack([]xainb.Snapshot{frame(0, 1)}, xainb.Provenance{}, errors.New("diverged"))
	run, n := counted(broken)
	for range 2 {
		if got := Cached(Key{}, run); got != broken {
			t.Errorf("another track: %v", got)
		}
	}
	if *n != 2 || len(cacheFiles(t, folder)) != 0 {
		t.Error("a track with an error was cached")
	}
	if got := Cached(Key{}, func() *xainb.Track { return nil }); got != nil {
		t.Errorf("nil became %v", got)
	}
	if err := Cached(Key{}, nil).Err(); !errors.Is(err, ErrNoRun) {
		t.Errorf("without a function: %v", err)
	}
	boom := errors.New("boom")
	if err := Cached(Key{}, func() *xainb.Track { panic(boom) }).Err(); !errors.Is(err, boom) {
		t.Errorf("a panic: %v", err)
	}
}

// Where nothing can be cached the run is computed each time and says why.
func TestCachedWithoutCache(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	run, n := counted(smooth(3, 3))
	for name, c := range map[string]struct {
		env, want string
		key       Key
	}{
		"not a folder": {file, "file", Key{}},
		"a function":   {t.TempDir(), "Loss: a func() cannot be hashed", Key{Config: struct{ Loss func() }{func() {}}}},
	} {
		t.Setenv(CacheEnv, c.env)
		*n = 0
		for range 2 {
			got := Cached(c.key, run)
			if w := got.Warnings(); got.Len() != 3 || got.Err() != nil || len(w) != 1 || !strings.Contains(w[0], "not cached") || !strings.Contains(w[0], c.want) {
				t.Errorf("%s: %v, warnings %q", name, got, w)
			}
		}
		if *n != 2 {
			t.Errorf("%s: it ran %d times", name, *n)
		}
	}
	t.Setenv(CacheEnv, "")
	t.Setenv("HOME", "")
	t.Setenv("XDG_CACHE_HOME", "")
	if got := Cached(Key{}, run); got.Len() != 3 || len(got.Warnings()) != 1 {
		t.Errorf("no home: %v, warnings %q", got, got.Warnings())
	}
	if err := ClearCache(); err == nil {
		t.Error("ClearCache without a home says nothing")
	}
}

func TestCacheDropsTheOldest(t *testing.T) {
	folder := t.TempDir()
	one, err := Encode(smooth(10, 10), Options{Bits: Lossless})
	if err != nil {
		t.Fatal(err)
	}
	c := trackCache{folder, int64(len(one))*3 + 10}
	left := func() string {
		names := ""
		for i := range 5 {
			name, _ := Key{Version: i}.hash()
			if _, err := os.Stat(filepath.Join(folder, name+Extension)); err == nil {
				names += fmt.Sprint(i)
			}
		}
		return names
	}
	for i := range 3 {
		run, _ := counted(smooth(10, 10))
		c.get(Key{Version: i}, run)
		name, _ := Key{Version: i}.hash()
		old := time.Now().Add(time.Duration(i-100) * time.Minute)
		if err := os.Chtimes(filepath.Join(folder, name+Extension), old, old); err != nil {
			t.Fatal(err)
		}
	}
	run, n := counted(smooth(10, 10))
	c.get(Key{Version: 0}, run) // used: now the newest
	if *n != 0 {
		t.Fatal("an entry is missing")
	}
	part := filepath.Join(folder, ".x.00000000"+atomicfile.End)
	if err := os.WriteFile(part, []byte("left by a program that died"), 0o666); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-2 * stale)
	if err := os.Chtimes(part, long, long); err != nil {
		t.Fatal(err)
	}
	c.get(Key{Version: 3}, run)
	if got := left(); got != "023" {
		t.Errorf("left are %s, want 023: the oldest goes", got)
	}
	if _, err := os.Stat(part); err == nil {
		t.Error("the part of a file is still there")
	}
	small := trackCache{t.TempDir(), 10}
	if w := small.get(Key{}, run).Warnings(); len(w) != 1 || len(cacheFiles(t, small.folder)) != 0 {
		t.Errorf("too large for the cache: warnings %q, files %v", w, cacheFiles(t, small.folder))
	}
}

// A track that is stored is not computed again, even where the others cannot be trimmed.
func TestCachedWithoutTrimming(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may list every folder")
	}
	folder := filepath.Join(t.TempDir(), "tracks")
	if err := os.Mkdir(folder, 0o300); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(folder, 0o700) // for who cleans up
	c := trackCache{folder, 1 << 20}
	run, n := counted(smooth(3, 3))
	if w := c.get(Key{}, run).Warnings(); len(w) != 1 || strings.Contains(w[0], "not cached") {
		t.Errorf("warnings %q", w)
	}
	if c.get(Key{}, run); *n != 1 {
		t.Errorf("it ran %d times", *n)
	}
}

func TestCacheConcurrently(t *testing.T) {
	useCache(t)
	want := smooth(20, 20)
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for j := range 10 {
				if err := same(Cached(Key{Version: j % 3}, func() *xainb.Track { return want }), want, nil); err != nil {
					t.Error(err)
				}
				if i == 0 && j == 5 {
					if err := ClearCache(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wait.Wait()
}

type config struct {
	Steps  int
	Rate   float32
	hidden string
	Next   *config
	Any    any
}

func TestKeys(t *testing.T) {
	ring := &config{}
	ring.Next = ring
	at := func(wall int64) *xainb.Track {
		f := frame(0, 1, 2)
		f.Timestamp = wall
		return track(f)
	}
	hash := func(v any) string {
		h, err := Key{Config: v}.hash()
		if err != nil {
			t.Errorf("%#v: %v", v, err)
		}
		return h
	}
	seen := map[string]any{}
	for _, v := range []any{
		nil, 0, int64(0), uint8(0), 0.0, math.NaN(), math.Copysign(0, -1), false, true, "", "a", 1i,
		config{}, &config{}, config{Steps: 1}, config{Rate: 1}, config{hidden: "a"}, config{Next: &config{}}, config{Any: 1}, config{Any: "1"},
		[]int{}, []int{0}, []int{0, 0}, [2]int{}, []string{"ab", "c"}, []string{"a", "bc"}, []float32{1, 2}, []float32{1, 3}, []float64{1, 2}, []byte("ab"),
		map[string]int{}, map[string]int{"a": 1, "b": 2}, map[string]int{"a": 2, "b": 1}, map[any]any{"a": 1},
		struct{ F func() }{}, at(1), track(frame(0, 1, 3)), make([]float64, 10_000), make([]float64, 10_001),
	} {
		h := hash(v)
		if other, ok := seen[h]; ok {
			t.Errorf("%#v and %#v have the same key", other, v)
		}
		seen[h] = v
	}
	type unexported = xainb.Track // as a result that embeds a track has it
	type result struct{ *unexported }
	if hash(at(1)) != hash(at(2)) || hash(&result{at(1)}) != hash(&result{at(2)}) {
		t.Error("the wall time of a track is in its key")
	}
	if hash(&result{at(1)}) == hash(&result{track(frame(0, 1, 3))}) || hash(&result{}) == hash(&result{at(1)}) {
		t.Error("a track behind an unexported field is not in the key")
	}
	many := map[int]string{}
	for i := range 100 {
		many[i] = fmt.Sprint(i)
	}
	for range 5 {
		if hash(many) != hash(many) || hash(config{Any: []any{1, "a", nil}}) != hash(config{Any: []any{1, "a", nil}}) {
			t.Fatal("equal values have different keys")
		}
	}
	for _, v := range []any{ring, func() {}, make(chan int), config{Any: io.EOF.Error}, map[string]any{"f": func() {}}, []any{func() {}}} {
		if _, err := (Key{Config: v}).hash(); err == nil {
			t.Errorf("%T has a key", v)
		}
	}
}
