package xainb

import (
	"strings"
	"testing"
)

func TestDocumentCheck(t *testing.T) {
	run := NewTrack(make([]Snapshot, 3), Provenance{}, nil)
	document := func(change func(*Document)) *Document {
		d := &Document{Tracks: []*Track{run, run}, Align: [][]int{{0, 1}, {2, 2}}, Panels: []Panel{{Track: 1}}, Layout: &Layout{Parts: []Layout{{Panel: 0}}}}
		change(d)
		return d
	}
	whole := document(func(*Document) {})
	for _, c := range []struct {
		name   string
		change func(*Document)
		want   string // "": nothing is wrong
	}{
		{"whole", func(*Document) {}, ""},
		{"not aligned", func(d *Document) { d.Align = nil }, ""},
		{"variants", func(d *Document) { d.Variants = &Variants{Docs: []Variant{{"a", nil}, {"b", whole}}} }, ""},
		{"no tracks", func(d *Document) { d.Tracks = nil }, ErrNoFrames.Error()},
		{"no track", func(d *Document) { d.Tracks = []*Track{run, nil} }, "track 1"},
		{"empty track", func(d *Document) { d.Tracks = []*Track{NewTrack(nil, Provenance{}, nil), run} }, "track 0"},
		{"few rows", func(d *Document) { d.Align = d.Align[:1] }, "Align has 1 rows of 2 moments: give a row for each of the 2 tracks"},
		{"empty rows", func(d *Document) { d.Align = [][]int{{}, {}} }, "Align has 2 rows of 0 moments"},
		{"no rows", func(d *Document) { d.Align = [][]int{} }, "Align has 0 rows"},
		{"ragged", func(d *Document) { d.Align = [][]int{{0, 1}, {0}} }, "Align[1] has 1 moments, and Align[0] 2"},
		{"frame", func(d *Document) { d.Align = [][]int{{0, 1}, {0, 3}} }, "Align[1][1] is frame 3: the track has frames 0 to 2"},
		{"panel", func(d *Document) { d.Panels[0].Track = 2 }, "panel 0 draws track 2: there are tracks 0 to 1"},
		{"layout", func(d *Document) { d.Layout.Parts[0].Panel = 1 }, "Layout places panel 1: there are 1 panels"},
		{"start", func(d *Document) { d.Variants = &Variants{Docs: []Variant{{"a", nil}}, Start: 1} }, "Variants.Start is 1: there are 1 variants"},
		{"no variant", func(d *Document) { d.Variants = &Variants{Docs: []Variant{{"a", nil}, {"b", nil}}} }, `variant "b"`},
		{"variant", func(d *Document) {
			d.Variants = &Variants{Docs: []Variant{{"a", nil}, {"b", document(func(d *Document) { d.Panels[0].Track = -1 })}}}
		}, `variant "b": xainb: document: panel 0 draws track -1`},
	} {
		err := document(c.change).Check()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if err := (*Document)(nil).Check(); err == nil {
		t.Error("no document is whole")
	}
}
