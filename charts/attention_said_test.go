package charts

import (
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// A phrase that is missing is nothing; special tokens are those of the run; an alternative text says its title once.
func TestAttentionSaysWhatItHas(t *testing.T) {
	run := minilm(t)
	if got := said(AttentionHeads(run, Views("dot")), 3); !strings.HasSuffix(got, "”. ") {
		t.Errorf("without a note the caption is %q", got)
	}
	for _, c := range []struct{ tokens, want string }{{"<s> the cat </s>", " is on <s> and </s>;"}, {"a plain old text", "really moves."}} {
		s := AttentionHeads(recordMaps(slices.Repeat([]float32{0.25}, 16), strings.Fields(c.tokens), 1), Views("norm"))
		if got := said(s, 0); !strings.Contains(got, c.want) || strings.Contains(got, "[CLS]") {
			t.Errorf("%s: said %q, want %q in it", c.tokens, got, c.want)
		}
	}
	for _, s := range []*Scene{AttentionHeads(run), AttentionCell(run)} {
		if d := documentOf(t, s); strings.Contains(d.Summary, d.Title) || d.Summary == "" {
			t.Errorf("the summary %q repeats the title %q", d.Summary, d.Title)
		}
	}
	if d := documentOf(t, AttentionCell(run)); d.Bits["dot"] < 16 {
		t.Errorf("q · k keeps %d bits, and its exponential is shown", d.Bits["dot"])
	}
}

// Maps of no head or no token are an error, and a frame may be smaller than the first.
func TestAttentionOfNothing(t *testing.T) {
	maps := func(heads ...int) *xainb.Track {
		var fill []func(*xainb.Snapshot)
		for _, h := range heads {
			fill = append(fill, func(s *xainb.Snapshot) {
				for _, name := range []string{"attention", "dot", "unscaled"} {
					s.Put(name, make([]float32, 4*h), xainb.Dim{Name: "head", Size: h}, xainb.Dim{Name: "query", Size: 2}, xainb.Dim{Name: "key", Size: 2})
				}
			})
		}
		return snaps(fill...)
	}
	for name, s := range map[string]*Scene{"heads": AttentionHeads(maps(0)), "cell": AttentionCell(maps(0)), "compare": AttentionCompare(maps(0), maps(1))} {
		if err := s.Err(); err == nil || !strings.Contains(err.Error(), "with values") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := AttentionCell(maps(3, 1), Head(3), Layer(1)).Err(); err != nil {
		t.Error(err)
	}
}

// The other run is compared by the same measure, and the time said is that of the run that is shown.
func TestAttentionCompareSpeaksOfTheRunShown(t *testing.T) {
	run := minilm(t)
	s := AttentionCompare(run, run.Select(func(s *xainb.Snapshot) bool { return s.Time <= 2 }), Views("norm"), Head(8))
	r := readingsOf(s, 1)
	if r["top.value"] != r["base.value"] {
		t.Errorf("the same norm is %s here and %s in the other run", r["top.value"], r["base.value"])
	}
	s.doc.State["run"] = 1
	if got := said(s, 5); !strings.HasPrefix(got, "In layer 2, ") {
		t.Errorf("at its last frame the shorter run says %q", got)
	}
}

// Shares between two whole percents are rounded as the page does.
func TestMarkedRoundsUp(t *testing.T) {
	v := view{raster: raster{data: []float32{1, 7}, rows: 1, cols: 2, rowStride: 2, colStride: 1}, rows: []string{"a"}, cols: []string{"[CLS]", "b"}}
	if got := v.read(false, 0, -1, specialTokens)["marked"]; got != "13%" {
		t.Errorf("1 of 8 is %s, want 13%%", got)
	}
}
