package show

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// useAsset replaces ECharts by a small library, in dir where there is one, for the test, with its own hash.
func useAsset(t *testing.T, dir string) []byte {
	t.Helper()
	source := []byte("exports.version = 'test';")
	sum := sha512.Sum384(source)
	before := assets()["echarts"]
	a := before
	a.Bytes, a.Integrity = int64(len(source)), "sha384-"+base64.StdEncoding.EncodeToString(sum[:])
	assets()["echarts"] = a
	t.Cleanup(func() { assets()["echarts"] = before })
	if dir != "" {
		if err := os.WriteFile(filepath.Join(dir, a.File), source, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return source
}

func TestAssetsAreNamedByVersionAndHash(t *testing.T) {
	if len(assets()) == 0 {
		t.Error("there are none")
	}
	for name, a := range assets() {
		if a.Version == "" || !strings.Contains(a.CDN, "@"+a.Version+"/") || !strings.HasPrefix(a.Integrity, "sha384-") || !strings.HasPrefix(a.CDN, "https://") {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestAssetWithTheWrongHash(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XAINB_ASSETS", dir)
	useAsset(t, dir)
	a := assets()["echarts"]
	if err := os.WriteFile(filepath.Join(dir, a.File), []byte("exports.version = 'evil';"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := a.local(""); !errors.Is(err, ErrAsset) || !strings.Contains(err.Error(), dir) {
		t.Errorf("error %v, want ErrAsset that names the file", err)
	}
}

func TestAssetFromTheNetwork(t *testing.T) {
	t.Setenv("XAINB_ASSETS", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	source := useAsset(t, "")
	reply := func(w http.ResponseWriter) { w.Write(source) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { reply(w) }))
	defer server.Close()
	a := assets()["echarts"]
	a.CDN = server.URL + "/echarts.js"

	reply = func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) }
	if _, err := a.download(context.Background(), server.Client()); !errors.Is(err, ErrAsset) || !strings.Contains(err.Error(), "404") {
		t.Errorf("not found: error %v", err)
	}
	reply = func(w http.ResponseWriter) { w.Write(append([]byte("//"), source...)) }
	if _, err := a.download(context.Background(), server.Client()); !errors.Is(err, ErrAsset) {
		t.Errorf("changed on the way: error %v", err)
	}
	if _, err := a.local(""); err == nil {
		t.Error("a library with the wrong hash was kept")
	}
	reply = func(w http.ResponseWriter) { w.Write(source) }
	b, err := a.download(context.Background(), server.Client())
	if err != nil || string(b) != string(source) {
		t.Fatalf("download: %q, %v", b, err)
	}
	if b, err := a.local(""); err != nil || string(b) != string(source) {
		t.Errorf("the download was not kept: %q, %v", b, err)
	}
}
