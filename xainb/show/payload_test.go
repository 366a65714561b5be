package show

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// Of several runs each has its events and its origin in the page; what is the same is said once.
func TestPayloadOfSeveralRuns(t *testing.T) {
	record := func(seed uint64, frames, at int, name string) *xainb.Track {
		m, err := xainb.NewSnapshotManager(xainb.Config{Frames: -1, Provenance: xainb.Provenance{Name: "run", Seed: seed}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range frames {
			err := m.Capture(xainb.StepFunc(func(s *xainb.Snapshot) {
				s.Put("v", []float32{float32(seed)}, xainb.Dim{Name: "x", Size: 1})
				if i == at {
					s.PutEvent(name, "")
				}
			}))
			if err != nil {
				t.Fatal(err)
			}
		}
		return m.Track()
	}
	d := testDoc(t, 2)
	d.Tracks = []*xainb.Track{record(1, 4, 3, "late"), record(2, 2, 1, "early"), record(2, 2, 1, "early")}
	d.Controls = []xainb.Control{{Kind: "predict", State: "guess"}}
	p, err := newPayload(d, optionsOf(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(p.Doc.Moments.Ticks); got != "[{1 early } {3 late }]" {
		t.Errorf("ticks %s", got)
	}
	for _, want := range []fact{{"seed", "1"}, {"seed", "2"}, {"run", "run"}, {"frames", "4"}, {"frames", "2"}, {"v", "1 x, 1 to 1"}, {"v", "1 x, 2 to 2"}} {
		n := 0
		for _, f := range p.Doc.Facts {
			if f == want {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d times %v in %v", n, want, p.Doc.Facts)
		}
	}
	if !slices.ContainsFunc(p.Doc.Facts, func(f fact) bool { return f.Name == "size" && strings.HasSuffix(f.Text, " kB") }) {
		t.Errorf("no size in %v", p.Doc.Facts)
	}
	if d.Controls[0].Options != nil || p.Doc.Controls[0].Options == nil {
		t.Error("a control without options stops the player, or the document was changed")
	}
}
