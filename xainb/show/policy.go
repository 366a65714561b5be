package show

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/janpfeifer/gonb/gonbui/protocol"
	"github.com/xainb/gonb-xai/xainb"
)

// Policy says which cells carry ECharts.
type Policy string

// The policies.
const (
	// Once lets the first cell of a kernel session that shows something carry ECharts; the others wait for it, and after a moment fall
	// back to the CDN. It is the default where ECharts is on this machine.
	Once Policy = "once"
	// Each lets every cell carry it: a cell then stands alone wherever it is copied.
	Each Policy = "each"
	// CDN lets no cell carry it: small notebooks that need a network. It is the default where ECharts is not on this machine.
	CDN Policy = "cdn"
)

type options struct{ policy Policy }

// Option is a choice of how a cell is shown.
type Option func(*options)

// ECharts sets the policy of a cell. The environment variable XAINB_ECHARTS sets it for a whole notebook.
func ECharts(p Policy) Option { return func(o *options) { o.policy = p } }

func optionsOf(opts []Option) options {
	o := options{policy: Policy(os.Getenv("XAINB_ECHARTS"))}
	for _, f := range opts {
		f(&o)
	}
	return o
}

// carries says whether a cell that shows d carries its libraries.
func (o options) carries(d *xainb.Document) bool {
	if len(d.Libraries) == 0 {
		return false
	}
	switch o.policy {
	case Each:
		return true
	case CDN:
		return false
	}
	for _, name := range d.Libraries {
		if _, err := assets()[name].local(); errors.Is(err, errAssetMissing) {
			return false // anything else that is wrong is said when it is carried
		}
	}
	dir := os.Getenv(protocol.GONB_TMP_DIR_ENV)
	return dir == "" || firstOfSession(filepath.Join(dir, "xainb-carried.json"), d)
}

// firstOfSession remembers in the kernel's temporary folder which scene carried which library. Values die with a cell, so the
// memory is a file. The same scene shown again, by the same cell run twice, carries again: its output replaces the one that did.
func firstOfSession(path string, d *xainb.Document) bool {
	carried := map[string]string{} // library -> scene
	if b, err := os.ReadFile(path); err == nil {
		_ = json.Unmarshal(b, &carried) // a damaged memory is an empty one
	}
	scene, carry := sceneKey(d), false
	for _, l := range d.Libraries {
		if by, ok := carried[l]; !ok || by == scene {
			carried[l], carry = scene, true
		}
	}
	if b, err := json.Marshal(carried); err == nil && carry {
		_ = writeFile(path, b) // without a memory the next cell carries once more
	}
	return carry
}

// sceneKey tells scenes apart by what they are, not by their data.
func sceneKey(d *xainb.Document) string {
	h := sha256.New()
	fmt.Fprintln(h, d.Title)
	for _, p := range d.Panels {
		fmt.Fprintln(h, p.Painter)
	}
	for _, f := range d.Tracks[0].Schema().Fields {
		fmt.Fprintln(h, f.Name)
	}
	libs := slices.Sorted(slices.Values(d.Libraries))
	fmt.Fprintln(h, libs)
	return hex.EncodeToString(h.Sum(nil)[:12])
}

func writeHead(w io.Writer, title string) error {
	if title == "" {
		title = "gonb-xai"
	}
	_, err := fmt.Fprintf(w, pageHead, html.EscapeString(title))
	return err
}
