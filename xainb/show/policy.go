package show

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/janpfeifer/gonb/gonbui/protocol"
	"github.com/xainb/gonb-xai/xainb"
)

// Policy says which cells carry ECharts.
type Policy string

// The policies.
const (
	// Once lets the first cell of a kernel session that shows something carry ECharts; the others wait for it, and after a moment fall
	// back to the CDN. That cell carries it again when it is run again; a notebook that has lost it, or where it
	// shows a scene of another kind now, needs a restart of the kernel. It is the default where ECharts is on this machine.
	Once Policy = "once"
	// Each lets every cell carry it: a cell then stands alone wherever it is copied.
	Each Policy = "each"
	// CDN lets no cell carry it: small notebooks that need a network. It is the default where ECharts is not on this machine.
	CDN Policy = "cdn"
)

// ECharts sets the policy of a cell. The environment variable XAINB_ECHARTS sets it for a whole notebook.
func ECharts(p Policy) Option { return func(o *options) { o.policy = p } }

// carries returns the libraries that a cell that shows d carries.
func (o options) carries(d *xainb.Document) map[string]bool {
	carry, before, scene := map[string]bool{}, readMemory(), sceneKey(d)
	for _, name := range d.Libraries {
		switch o.policy {
		case Each:
			carry[name] = true
		case CDN:
		default:
			_, err := assets()[name].local(o.assets) // what is wrong with it, but that it is missing, is said when it is carried
			by, ok := before[name]
			carry[name] = (o.assets != "" || !errors.Is(err, errAssetMissing)) && (!ok || by == scene)
		}
	}
	return carry
}

// remember notes, once the cell is shown, which scene carried which library.
func (o options) remember(d *xainb.Document, carry map[string]bool) {
	path := memoryPath()
	if path == "" || o.policy == Each {
		return
	}
	carried := readMemory()
	for name, is := range carry {
		if is {
			carried[name] = sceneKey(d)
		}
	}
	if b, err := json.Marshal(carried); err == nil {
		_ = writeFile(path, b) // without a memory the next cell carries once more
	}
}

// memoryPath is a file in the kernel's temporary folder: values die with a cell, and so would a memory of another kind.
func memoryPath() string {
	dir := os.Getenv(protocol.GONB_TMP_DIR_ENV)
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "xainb-carried.json")
}

// readMemory returns which scene carried which library in this kernel session.
func readMemory() map[string]string {
	carried := map[string]string{}
	if b, err := os.ReadFile(memoryPath()); err == nil {
		_ = json.Unmarshal(b, &carried) // a damaged memory is an empty one
	}
	return carried
}

// sceneKey tells scenes apart by how they are built, not by what they show: the cell that carries, run again with other data, finds its key,
// and its new output carries as well as the one that it replaces. So does another scene that is built alike.
func sceneKey(d *xainb.Document) string {
	parts := slices.Sorted(slices.Values(d.Libraries))
	for _, p := range d.Panels {
		parts = append(parts, p.Painter)
	}
	for _, c := range d.Controls {
		parts = append(parts, c.Kind, c.State)
	}
	return strings.Join(parts, " ")
}
