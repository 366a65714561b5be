package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// notebook is what the tests read and write of an .ipynb file.
type notebook struct {
	Cells    []cell         `json:"cells"`
	Metadata map[string]any `json:"metadata"`
	Format   int            `json:"nbformat"`
	Minor    int            `json:"nbformat_minor"`
}

type cell struct {
	ID       string         `json:"id"`
	Type     string         `json:"cell_type"`
	Source   text           `json:"source"`
	Metadata map[string]any `json:"metadata"`
	Count    *int           `json:"execution_count"`
	Outputs  []output       `json:"outputs"`
}

type output struct {
	Type   string          `json:"output_type"`
	Data   map[string]text `json:"data"`
	Text   text            `json:"text"`
	Stream string          `json:"name"`
	Name   string          `json:"ename"`
	Value  string          `json:"evalue"`
}

// text is a string that a notebook may keep as its lines.
type text string

func (x *text) UnmarshalJSON(b []byte) error {
	var lines []string
	if json.Unmarshal(b, &lines) == nil {
		*x = text(strings.Join(lines, ""))
		return nil
	}
	var s string
	err := json.Unmarshal(b, &s)
	*x = text(s)
	return err
}

// write writes a notebook of Go cells to path.
func write(t *testing.T, path string, sources ...string) {
	t.Helper()
	n := notebook{Format: 4, Minor: 5, Metadata: map[string]any{
		"kernelspec":    map[string]string{"name": "gonb", "display_name": "Go (gonb)", "language": "go"},
		"language_info": map[string]string{"name": "go"},
	}}
	for i, s := range sources {
		n.Cells = append(n.Cells, cell{ID: fmt.Sprintf("cell-%d", i), Type: "code", Source: text(s), Metadata: map[string]any{}, Outputs: []output{}})
	}
	b, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) notebook {
	t.Helper()
	var n notebook
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &n); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return n
}

// shown returns the outputs that are animations.
func (n notebook) shown() []output {
	var all []output
	for _, c := range n.Cells {
		for _, o := range c.Outputs {
			if strings.Contains(string(o.Data["text/html"]), `<div class="xainb">`) {
				all = append(all, o)
			}
		}
	}
	return all
}

// jupyterEnv is the environment of everything in Python: the virtual environment, with the rest of Jupyter's files in a folder
// of this run, so that nothing of a user's own Jupyter is read or changed.
func jupyterEnv() []string {
	home := filepath.Join(scratch, "jupyter")
	return append(os.Environ(),
		"VIRTUAL_ENV="+venv(), "PATH="+filepath.Join(venv(), "bin")+string(os.PathListSeparator)+os.Getenv("PATH"),
		"XAINB_CACHE="+filepath.Join(home, "cache"), "JUPYTER_PREFER_ENV_PATH=1", "JUPYTER_PATH=", "PYTHONPATH=", "GOWORK=off",
		"JUPYTER_DATA_DIR="+filepath.Join(home, "data"), "JUPYTER_CONFIG_DIR="+filepath.Join(home, "config"),
		"JUPYTER_RUNTIME_DIR="+filepath.Join(home, "runtime"), "IPYTHONDIR="+filepath.Join(home, "ipython"),
		"JUPYTERLAB_SETTINGS_DIR="+filepath.Join(home, "settings"), "JUPYTERLAB_WORKSPACES_DIR="+filepath.Join(home, "workspaces"),
	)
}

// python runs a program of the virtual environment in the checkout and returns what it printed.
func python(t *testing.T, limit time.Duration, args ...string) (string, error) {
	t.Helper()
	return pythonIn(t, limit, jupyterEnv(), args...)
}

func pythonIn(t *testing.T, limit time.Duration, env []string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	command := exec.CommandContext(ctx, filepath.Join(venv(), "bin", "python"), args...)
	command.Dir, command.Env = checkout(), env
	command.WaitDelay = 5 * time.Second
	out, err := command.CombinedOutput()
	if ctx.Err() != nil {
		err = fmt.Errorf("not finished within %v", limit)
	}
	return string(out), err
}

// rendered is a notebook after the real kernel ran it.
type rendered struct {
	path string // the executed .ipynb; its page by nbconvert lies beside it as .html
	notebook
}

func (r rendered) page() string { return strings.TrimSuffix(r.path, ".ipynb") + ".html" }

var ran sync.Map // path of a notebook -> func() (rendered, error)

// run executes a notebook with nbclient and the real kernel, as `make lab HEADLESS=1` does, once for all tests.
func run(t *testing.T, path string) rendered {
	t.Helper()
	needLab(t)
	once, _ := ran.LoadOrStore(path, sync.OnceValues(func() (string, error) {
		folder, err := os.MkdirTemp(scratch, "run-")
		if err != nil {
			return "", err
		}
		out, err := python(t, 10*time.Minute, filepath.Join("lab", "notebooks.py"), "site", folder, path)
		if err != nil {
			return "", fmt.Errorf("%v\n%s", err, out)
		}
		return filepath.Join(folder, filepath.Base(path)), nil
	}))
	done, err := once.(func() (string, error))()
	if err != nil {
		t.Fatalf("%s does not run: %v", filepath.Base(path), err)
	}
	return rendered{done, read(t, done)}
}
