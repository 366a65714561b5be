package attention

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeHub serves a tiny model as the hub does, with mistakes on demand.
type fakeHub struct {
	*httptest.Server
	mu       sync.Mutex
	content  map[string][]byte
	requests []string // name and range of each
	// answer may answer instead of the hub; it reports whether it did.
	answer func(w http.ResponseWriter, r *http.Request, name string, content []byte) bool
}

func newFakeHub(t *testing.T) (*fakeHub, *hub) {
	t.Helper()
	f := &fakeHub{content: map[string][]byte{}}
	folder := newTiny(tinyConfig).write(t, t.TempDir())
	var files []hubFile
	for _, name := range []string{"config.json", "vocab.txt", weightsFile} {
		b, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		files = append(files, hubFile{name, int64(len(b)), hex.EncodeToString(sum[:])})
		f.content[name] = b
	}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f, &hub{endpoint: f.URL, files: files, client: f.Client(), stall: 5 * time.Second, pause: time.Millisecond, tries: 3, progress: io.Discard}
}

func (f *fakeHub) serve(w http.ResponseWriter, r *http.Request) {
	name := filepath.Base(r.URL.Path)
	f.mu.Lock()
	f.requests = append(f.requests, strings.TrimSpace(name+" "+r.Header.Get("Range")))
	content, answer := f.content[name], f.answer
	f.mu.Unlock()
	if want := "/sentence-transformers/all-MiniLM-L6-v2/resolve/" + revision + "/" + name; r.URL.Path != want || content == nil {
		http.NotFound(w, r)
		return
	}
	if answer == nil || !answer(w, r, name, content) {
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	}
}

// cut sends half of what is asked for and closes the connection.
func cut(w http.ResponseWriter, r *http.Request, _ string, content []byte) bool {
	from := 0
	if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err == nil {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(content)-from))
	if from > 0 {
		w.WriteHeader(http.StatusPartialContent)
	}
	w.Write(content[from : from+(len(content)-from+1)/2])
	return true // fewer bytes than promised: the server closes the connection
}

func names(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return strings.Join(out, " ")
}

const complete3 = "config.json model.safetensors vocab.txt"

func TestDownload(t *testing.T) {
	f, h := newFakeHub(t)
	var progress bytes.Buffer
	h.progress = &progress
	folder := filepath.Join(t.TempDir(), "new", "folder")
	if err := h.fetch(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	if got := names(t, folder); got != complete3 {
		t.Errorf("files %s", got)
	}
	if r := Run("the cat", Folder(folder)); r.Err() != nil {
		t.Error(r.Err())
	}
	text := progress.String()
	for _, want := range []string{"downloading", f.URL, folder, "\rall-MiniLM-L6-v2 [##############################]", "checksums agree\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("progress %q does not say %q", text, want)
		}
	}
	// A file that is there is not asked for again.
	if err := os.Remove(filepath.Join(folder, "vocab.txt")); err != nil {
		t.Fatal(err)
	}
	f.requests = nil
	if err := h.fetch(t.Context(), folder); err != nil || fmt.Sprint(f.requests) != "[vocab.txt]" {
		t.Errorf("%v, requests %v", err, f.requests)
	}
}

func TestDownloadWrongChecksum(t *testing.T) {
	f, h := newFakeHub(t)
	f.content[weightsFile] = bytes.Clone(f.content[weightsFile])
	f.content[weightsFile][500] ^= 1
	folder := t.TempDir()
	err := h.fetch(t.Context(), folder)
	want := h.files[2].sha256
	if !errors.Is(err, ErrChecksum) || !errors.Is(err, ErrDownload) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), h.url(h.files[2])) {
		t.Error(err)
	}
	if got := names(t, folder); got != "config.json vocab.txt" {
		t.Errorf("files %s", got)
	}
}

// A server whose file is shorter than it should be must not be asked for ever.
func TestDownloadTooShort(t *testing.T) {
	for _, chunked := range []bool{false, true} {
		f, h := newFakeHub(t)
		short := f.content[weightsFile][:900]
		f.content[weightsFile] = short
		f.answer = func(w http.ResponseWriter, r *http.Request, name string, _ []byte) bool {
			if name != weightsFile || !chunked {
				return false
			}
			w.(http.Flusher).Flush() // so that the length is not told
			w.Write(short)
			return true
		}
		folder := t.TempDir()
		if err := h.fetch(t.Context(), folder); !errors.Is(err, ErrDownload) || len(f.requests) > 2+h.tries+1 {
			t.Errorf("chunked %v: %v, requests %v", chunked, err, f.requests)
		}
	}
}

func TestDownloadStatus(t *testing.T) {
	for status, requests := range map[int]int{http.StatusNotFound: 1, http.StatusForbidden: 1, http.StatusInternalServerError: 3, http.StatusTooManyRequests: 3} {
		f, h := newFakeHub(t)
		f.answer = func(w http.ResponseWriter, _ *http.Request, _ string, _ []byte) bool {
			w.WriteHeader(status)
			return true
		}
		folder := t.TempDir()
		err := h.fetch(t.Context(), folder)
		if !errors.Is(err, ErrDownload) || !strings.Contains(err.Error(), fmt.Sprint(status)) || !strings.Contains(err.Error(), "config.json") {
			t.Errorf("%d: %v", status, err)
		}
		if len(f.requests) != requests {
			t.Errorf("%d: requests %v, want %d", status, f.requests, requests)
		}
	}
}

// A connection cut again and again is resumed each time where it ended.
func TestDownloadResumes(t *testing.T) {
	f, h := newFakeHub(t)
	f.answer = cut
	folder := t.TempDir()
	if err := h.fetch(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	if got := names(t, folder); got != complete3 {
		t.Errorf("files %s", got)
	}
	resumed := 0
	for _, r := range f.requests {
		if strings.Contains(r, "bytes=") {
			resumed++
		}
	}
	if resumed < 10 || fmt.Sprint(f.requests[:2]) != fmt.Sprintf("[config.json config.json bytes=%d-]", (h.files[0].size+1)/2) {
		t.Errorf("requests %v", f.requests)
	}
}

// What one call leaves, the next one takes up; a server that does not know ranges sends all.
func TestDownloadLater(t *testing.T) {
	for _, ranges := range []bool{true, false} {
		f, h := newFakeHub(t)
		folder := t.TempDir()
		f.answer = func(w http.ResponseWriter, r *http.Request, name string, content []byte) bool {
			if name != weightsFile {
				return false
			}
			if r.Header.Get("Range") != "" {
				w.WriteHeader(http.StatusForbidden)
				return true
			}
			return cut(w, r, name, content)
		}
		if err := h.fetch(t.Context(), folder); !errors.Is(err, ErrDownload) {
			t.Fatal(err)
		}
		if got := names(t, folder); got != "config.json model.safetensors.part vocab.txt" {
			t.Errorf("files %s", got)
		}
		f.requests = nil
		f.answer = nil
		if !ranges {
			f.answer = func(w http.ResponseWriter, _ *http.Request, _ string, content []byte) bool {
				w.Write(content)
				return true
			}
		}
		if err := h.fetch(t.Context(), folder); err != nil {
			t.Fatal(err)
		}
		if got := names(t, folder); got != complete3 {
			t.Errorf("ranges %v: files %s", ranges, got)
		}
		if want := fmt.Sprintf("[model.safetensors bytes=%d-]", (h.files[2].size+1)/2); fmt.Sprint(f.requests) != want {
			t.Errorf("ranges %v: requests %v, want %v", ranges, f.requests, want)
		}
	}
}

// A part of another file, or one that is too long, is noticed by the checksum and fetched anew.
func TestDownloadDamagedPart(t *testing.T) {
	for name, size := range map[string]int64{"shorter": -10, "as long": 0, "longer": 10} {
		_, h := newFakeHub(t)
		folder := t.TempDir()
		junk := make([]byte, h.files[2].size+size)
		if err := os.WriteFile(filepath.Join(folder, weightsFile+".part"), junk, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := h.fetch(t.Context(), folder); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := names(t, folder); got != complete3 {
			t.Errorf("%s: files %s", name, got)
		}
	}
}

// The part of a process that was killed is taken over once nobody can be writing to it any more.
func TestDownloadAbandonedPart(t *testing.T) {
	for age, taken := range map[time.Duration]bool{time.Second: false, time.Hour: true} {
		f, h := newFakeHub(t)
		folder := t.TempDir()
		left := filepath.Join(folder, weightsFile+".part-12345")
		if err := os.WriteFile(left, f.content[weightsFile][:1000], 0o644); err != nil {
			t.Fatal(err)
		}
		then := time.Now().Add(-age)
		if err := os.Chtimes(left, then, then); err != nil {
			t.Fatal(err)
		}
		if err := h.fetch(t.Context(), folder); err != nil {
			t.Fatal(err)
		}
		_, err := os.Stat(left)
		if got := errors.Is(err, os.ErrNotExist); got != taken {
			t.Errorf("age %v: taken over is %v", age, got)
		}
		if last := f.requests[len(f.requests)-1]; strings.Contains(last, "bytes=1000-") != taken {
			t.Errorf("age %v: request %q", age, last)
		}
	}
}

func TestDownloadStalls(t *testing.T) {
	f, h := newFakeHub(t)
	h.stall = 20 * time.Millisecond
	h.tries = 2
	f.answer = func(w http.ResponseWriter, r *http.Request, _ string, content []byte) bool {
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
		case <-time.After(10 * time.Second):
		}
		return true
	}
	if err := h.fetch(t.Context(), t.TempDir()); !errors.Is(err, errStalled) {
		t.Error(err)
	}
}

func TestDownloadCancelled(t *testing.T) {
	f, h := newFakeHub(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f.answer = func(w http.ResponseWriter, r *http.Request, name string, content []byte) bool {
		if name != weightsFile {
			return false
		}
		w.Write(content[:700])
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
		return true
	}
	folder := t.TempDir()
	err := h.fetch(ctx, folder)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), weightsFile+": stopped after ") {
		t.Error(err)
	}
	if got := names(t, folder); got != "config.json model.safetensors.part vocab.txt" {
		t.Errorf("files %s", got)
	}
}

// Two processes that download at once do not disturb each other.
func TestDownloadTwice(t *testing.T) {
	_, h := newFakeHub(t)
	folder := t.TempDir()
	errs := make(chan error)
	for range 4 {
		go func() { errs <- h.fetch(t.Context(), folder) }()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if got := names(t, folder); got != complete3 {
		t.Errorf("files %s", got)
	}
}

func TestDownloadUnwritable(t *testing.T) {
	_, h := newFakeHub(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := h.fetch(t.Context(), filepath.Join(file, "below")); !errors.Is(err, ErrDownload) {
		t.Error(err)
	}
}

// The last resort of Find, through HF_ENDPOINT: what the hub says is part of the error, and a later call finds what was downloaded.
func TestFindDownloads(t *testing.T) {
	alone(t)
	t.Setenv("HF_HUB_OFFLINE", "")
	f, h := newFakeHub(t)
	t.Setenv("HF_ENDPOINT", f.URL+"/")
	_, err := Find(Progress(nil))
	if !errors.Is(err, ErrModelNotFound) || !errors.Is(err, ErrDownload) || !strings.Contains(err.Error(), "expected 612 bytes") || !strings.Contains(err.Error(), "pip install") {
		t.Error(err) // the fake hub has another config.json
	}
	old := miniLMHub
	miniLMHub = h.files
	defer func() { miniLMHub = old }()
	want, err := downloadFolder()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Find(Progress(nil)); err != nil || got != want {
		t.Errorf("%q %v", got, err)
	}
	f.Close()
	if got, err := Find(); err != nil || got != want {
		t.Errorf("the second time: %q %v", got, err)
	}
	if r := Run("the cat"); r.Err() != nil {
		t.Error(r.Err())
	}
	// Damaged since, in whatever way, it says what to do, and doing so helps.
	weights := filepath.Join(want, weightsFile)
	good, err := os.ReadFile(weights)
	if err != nil {
		t.Fatal(err)
	}
	subtly := bytes.Clone(good)
	subtly[len(subtly)-4] ^= 1
	for name, bad := range map[string][]byte{"empty": nil, "one bit": subtly} {
		if err := os.WriteFile(weights, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(""); err == nil || !strings.Contains(err.Error(), "delete "+want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.fetch(t.Context(), want); err == nil {
		t.Error("the hub is gone, and a damaged file of the right size passes for a good one")
	}
}

// No network: one error, soon.
func TestDownloadUnreachable(t *testing.T) {
	f, h := newFakeHub(t)
	f.Close()
	h.pause = time.Hour
	if err := h.fetch(t.Context(), t.TempDir()); !errors.Is(err, ErrDownload) {
		t.Error(err)
	}
}
