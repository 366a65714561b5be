package e2e

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
)

var released = module.Version{Path: "github.com/xainb/gonb-xai", Version: "v0.1.0"}

// copyCheckout copies what a repository would hold of this checkout.
func copyCheckout(t *testing.T, to string) {
	t.Helper()
	skipped := []string{".git", ".venv", "build", "node_modules", ".ipynb_checkpoints", "go.work", "go.work.sum"}
	err := filepath.WalkDir(checkout(), func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if slices.Contains(skipped, e.Name()) {
			if e.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(checkout(), path)
		if err != nil {
			return err
		}
		if e.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		if e.Type().IsRegular() {
			copyFile(t, path, filepath.Join(to, rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// publish makes a folder that serves the module as a proxy does, and returns its address.
func publish(t *testing.T, from string) string {
	t.Helper()
	proxy := t.TempDir()
	folder := filepath.Join(proxy, filepath.FromSlash(released.Path), "@v")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	archive, err := os.Create(filepath.Join(folder, released.Version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	if err := modzip.CreateFromDir(archive, released, from); err != nil {
		t.Fatalf("the checkout cannot be a module: %v", err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	copyFile(t, filepath.Join(from, "go.mod"), filepath.Join(folder, released.Version+".mod"))
	for name, content := range map[string]string{
		"list": released.Version + "\n", released.Version + ".info": fmt.Sprintf(`{"Version":%q,"Time":"2026-01-02T03:04:05Z"}`, released.Version),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return "file://" + proxy
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// ownGoNB installs GoNB as somebody does who has nothing of ours: a kernel without a go.work, in a Jupyter folder of its own. Modules come
// from proxy, from what this machine has downloaded before, then from where they always come from; they are kept in build/, where
// the next run finds them compiled.
func ownGoNB(t *testing.T, proxy string) (jupyterData, modules string) {
	t.Helper()
	jupyterData = t.TempDir()
	modules = filepath.Join(checkout(), "build", "alone")
	for _, old := range []string{"github.com/xainb", "cache/download/github.com/xainb"} {
		if err := os.RemoveAll(filepath.Join(modules, filepath.FromSlash(old))); err != nil {
			t.Fatal(err)
		}
	}
	// A released version never changes, so Go keeps an index of its packages, by its folder, beside what it compiles (goindex). Here
	// it changes with the checkout, and that index would outlive the folder.
	spec := map[string]any{
		"argv":         []string{filepath.Join(venv(), "bin", "gonb"), "--kernel", "{connection_file}", "-logtostderr=true"},
		"display_name": "Go (gonb)", "language": "go", "interrupt_mode": "message",
		"env": map[string]string{
			"GOWORK": "", "GODEBUG": "goindex=0", "GOMODCACHE": modules, "GOFLAGS": "-modcacherw -buildvcs=false", "GONOSUMDB": "*", "XAINB_VENV": "", "XAINB_ASSETS": "",
			"GOPROXY": strings.Join([]string{proxy, "file://" + filepath.ToSlash(goEnv(t, "GOMODCACHE")) + "/cache/download", goEnv(t, "GOPROXY")}, ","),
		},
	}
	b, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(jupyterData, "kernels", "gonb")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "kernel.json"), b, 0o644); err != nil {
		t.Fatal(err)
	}
	return jupyterData, modules
}

// TestNotebookDownloadedAlone runs the first notebook in a folder with nothing around it, with a GoNB that knows nothing of us:
// it fetches the module by its version.
func TestNotebookDownloadedAlone(t *testing.T) {
	needLab(t)
	tree := filepath.Join(t.TempDir(), "gonb-xai")
	copyCheckout(t, tree)
	data, modules := ownGoNB(t, publish(t, tree))
	folder := filepath.Join(t.TempDir(), "downloads")
	n := runAlone(t, data, filepath.Join(tree, "notebooks", "00_start.ipynb"), folder)
	if len(n.shown()) == 0 {
		t.Error("it shows no animation")
	}
	if _, err := os.Stat(filepath.Join(modules, released.String(), "go.mod")); err != nil {
		t.Errorf("the module was not fetched by its version: %v", err)
	}
}

// TestNotebookInACheckoutWithAnyGoNB runs it inside a checkout, with the same GoNB: it uses the checkout.
func TestNotebookInACheckoutWithAnyGoNB(t *testing.T) {
	needLab(t)
	tree := filepath.Join(t.TempDir(), "some folder")
	copyCheckout(t, tree)
	data, modules := ownGoNB(t, "file://"+t.TempDir())
	n := runAlone(t, data, filepath.Join(tree, "notebooks", "00_start.ipynb"), filepath.Join(tree, "notebooks"))
	if len(n.shown()) == 0 {
		t.Error("it shows no animation")
	}
	if _, err := os.Stat(filepath.Join(modules, released.String(), "go.mod")); err == nil {
		t.Error("the module was fetched although the checkout is there")
	}
}

// runAlone runs a copy of a notebook in a folder with the kernels of a Jupyter folder.
func runAlone(t *testing.T, jupyterData, path, folder string) notebook {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(folder, "alone.ipynb")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := pythonIn(t, 10*time.Minute, append(jupyterEnv(), "JUPYTER_PREFER_ENV_PATH=0", "JUPYTER_DATA_DIR="+jupyterData),
		filepath.Join("lab", "notebooks.py"), "in-place", path)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return read(t, path)
}
