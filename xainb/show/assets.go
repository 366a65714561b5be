package show

import (
	"context"
	"crypto/sha512"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/xainb/gonb-xai/internal/atomicfile"
)

//go:embed assets.json
var assetsJSON []byte

// asset is a library of others: never part of this module, always this version with this hash.
type asset struct {
	Name      string `json:"name"`
	Version   string `json:"version"`
	File      string `json:"file"`
	Bytes     int64  `json:"bytes"`
	CDN       string `json:"cdn"`
	Integrity string `json:"integrity"` // "sha384-" and base64, as browsers check it
}

// ErrAsset marks a library that could not be found or is not what its hash says.
var ErrAsset = errors.New("the library is not available")

// errAssetMissing marks a library that is not on this machine, as opposed to one that is there and wrong.
var errAssetMissing = errors.New("it is not on this machine")

var assets = sync.OnceValue(func() map[string]asset {
	var list []asset
	if err := json.Unmarshal(assetsJSON, &list); err != nil {
		panic(err) // embedded
	}
	m := map[string]asset{}
	for _, a := range list {
		m[a.Name] = a
	}
	return m
})

func (a asset) id() string { return a.Name + "@" + a.Version }

func (a asset) check(b []byte) error {
	sum := sha512.Sum384(b)
	if got := "sha384-" + base64.StdEncoding.EncodeToString(sum[:]); got != a.Integrity {
		return fmt.Errorf("show: %s: %w: its hash is %s, expected %s", a.id(), ErrAsset, got, a.Integrity)
	}
	return nil
}

// assetFolders lists where an asset may lie on this machine: in the folder named, or in the usual ones.
func assetFolders(named string) []string {
	if named != "" {
		return []string{named}
	}
	var dirs []string
	if d := os.Getenv("XAINB_ASSETS"); d != "" {
		dirs = append(dirs, d)
	}
	if d, err := os.UserCacheDir(); err == nil {
		dirs = append(dirs, filepath.Join(d, "gonb-xai", "assets"))
	}
	return dirs
}

// local returns the asset from this machine. A file with the wrong hash is an error, not a miss: somebody should know.
func (a asset) local(folder string) ([]byte, error) {
	dirs := assetFolders(folder)
	for _, dir := range dirs {
		path := filepath.Join(dir, a.File)
		b, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("show: %s: %w", a.id(), err)
		}
		if err := a.check(b); err != nil {
			return nil, fmt.Errorf("%w (in %s: delete the file and run `make setup`)", err, path)
		}
		return b, nil
	}
	return nil, fmt.Errorf("show: %s: %w: %w: no file %s in %q", a.id(), ErrAsset, errAssetMissing, a.File, dirs)
}

// download fetches the asset from the CDN, checks it and keeps it in the user's cache.
func (a asset) download(ctx context.Context, client *http.Client) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.CDN, nil)
	if err != nil {
		return nil, fmt.Errorf("show: %s: %w", a.id(), err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("show: %s: %w: %v", a.id(), ErrAsset, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("show: %s: %w: %s says %s", a.id(), ErrAsset, a.CDN, resp.Status)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, a.Bytes+1))
	if err != nil {
		return nil, fmt.Errorf("show: %s: %w: %v", a.id(), ErrAsset, err)
	}
	if err := a.check(b); err != nil {
		return nil, err
	}
	if dir, err := os.UserCacheDir(); err == nil { // keeping it is a kindness, not a duty
		dir = filepath.Join(dir, "gonb-xai", "assets")
		if os.MkdirAll(dir, 0o755) == nil {
			_ = writeFile(filepath.Join(dir, a.File), b)
		}
	}
	return b, nil
}

// bytes returns the asset from this machine or, when it is not there and no folder is named, from the CDN.
func (a asset) bytes(folder string) ([]byte, error) {
	b, err := a.local(folder)
	if folder != "" || !errors.Is(err, errAssetMissing) {
		return b, err
	}
	b, derr := a.download(context.Background(), http.DefaultClient)
	if derr != nil {
		return nil, fmt.Errorf("%w; and %v. Run `make setup` once while online, or set XAINB_ASSETS to a folder that has %s", err, derr, a.File)
	}
	return b, nil
}

func writeFile(path string, b []byte) error {
	return atomicfile.Write(path, func(w io.Writer) error { _, err := w.Write(b); return err })
}
