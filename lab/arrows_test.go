// Package lab holds what sets up, runs and checks the project. Its tests check which package may import which, and the Go in the documents.
package lab

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/xainb/gonb-xai"

// arrows is the project's table of packages: what each folder may import from this module, and from outside beside the
// standard library. A name covers the folders below it. "*" is anything. Tests may import more.
var arrows = map[string]struct{ ours, outside []string }{
	"xainb":               {},
	"xainb/codec":         {[]string{"xainb", "internal/atomicfile"}, []string{"go.yaml.in/yaml/v3"}},
	"xainb/timeline":      {[]string{"xainb"}, nil},
	"internal/tex":        {},
	"internal/atomicfile": {},
	"internal/curve":      {},
	"xainb/show":          {[]string{"xainb", "xainb/codec", "internal/tex", "internal/atomicfile"}, []string{"github.com/janpfeifer/gonb", "golang.org/x/image"}},
	"xainb/live":          {[]string{"xainb", "xainb/codec", "xainb/timeline", "xainb/show"}, []string{"github.com/coder/websocket", "github.com/nats-io"}},
	"xainb/cmd":           {[]string{"*"}, []string{"*"}},
	"kernels/f32":         {nil, []string{"golang.org/x/sys"}},
	"kernels/safetensors": {},
	"kernels/autodiff":    {[]string{"kernels/f32", "kernels/safetensors"}, nil},
	"kernels/digits":      {},
	"kernels/attention":   family,
	"kernels/gan":         family,
	"kernels/diffusion":   family,
	"kernels/lime":        family,
	"kernels/shap":        family,
	"kernels/gradcam":     family,
	"kernels/embed":       {append(slices.Clone(family.ours), "internal/curve"), family.outside},
	"charts":              {[]string{"xainb", "internal/tex", "internal/curve"}, []string{"github.com/go-echarts/go-echarts/v2", "gonum.org/v1/plot", "golang.org/x/image"}},
	"e2e":                 {[]string{"*"}, []string{"*"}},
	"lab":                 {[]string{"*"}, []string{"*"}},
}

// family is what one family of algorithms may import: no chart and no other family.
var family = struct{ ours, outside []string }{
	[]string{"xainb", "xainb/codec", "kernels/f32", "kernels/autodiff", "kernels/safetensors", "kernels/digits"},
	[]string{"gonum.org/v1/gonum", "golang.org/x/text"},
}

// rowOf returns the longest name in the table that covers the folder.
func rowOf(folder string) string {
	best := ""
	for name := range arrows {
		if covers(name, folder) && len(name) > len(best) {
			best = name
		}
	}
	return best
}

func covers(name, path string) bool {
	return name == "*" || path == name || strings.HasPrefix(path, name+"/")
}

func TestArrows(t *testing.T) {
	for _, p := range listPackages(t) {
		folder := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		row := rowOf(folder)
		// "xainb" covers the folders below it for what is internal to it, not for packages that the table forgot.
		if row == "" || row == "xainb" && folder != row && !strings.Contains(folder, "/internal/") {
			t.Errorf("%s: no row in the table of arrows; say there what it may import", folder)
			continue
		}
		for _, path := range p.Imports {
			if !strings.Contains(strings.Split(path, "/")[0], ".") {
				continue // the standard library
			}
			allowed, target := arrows[row].outside, path
			if ours, ok := strings.CutPrefix(path, module+"/"); ok {
				allowed, target = arrows[row].ours, rowOf(ours)
				if target == row {
					continue
				}
			}
			if !slices.ContainsFunc(allowed, func(a string) bool { return a == "*" || a == target || target == path && covers(a, path) }) {
				t.Errorf("%s imports %s, which its row in the table of arrows does not allow", folder, path)
			}
		}
	}
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

// goList returns what go list says in this module.
func goList(t *testing.T, args ...string) []byte {
	t.Helper()
	command := exec.Command("go", append([]string{"list"}, args...)...)
	command.Dir = ".."
	out, err := command.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		t.Fatalf("go list: %v\n%s", err, exit.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	return out
}

// listPackages returns the packages of this module with what they import on this platform, tests left out.
func listPackages(t *testing.T) []goPackage {
	t.Helper()
	out := goList(t, "-json=ImportPath,Imports", "./...")
	var all []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := decoder.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
