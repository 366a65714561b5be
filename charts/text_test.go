package charts

import (
	"image/color"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
)

// readingCases are labels of tokenizers and how they are read; series_test.mjs reads the same in testdata/series.json.
var readingCases = []struct{ labels, want string }{
	{"the cat sat .", "the cat sat."},
	{"[CLS] un ##believ ##able ! [SEP]", "[CLS] unbelievable! [SEP]"},
	{"Hello Ġworld , Ġun usual <|endoftext|>", "Hello world, unusual <|endoftext|>"},
	{"▁Das ▁ist ▁ein ▁Test s atz .", "Das ist ein Testsatz."},
	{"say “ hello ” ( twice )", "say “hello” (twice)"},
	{"今 天 天气 很 好 。", "今天天气很好。"},
	{"나는 학교에 간다", "나는 학교에 간다"},
	{"هذا الكتاب جميل", "هذا الكتاب جميل"},
	{"##", "##"},
}

func TestReading(t *testing.T) {
	for _, c := range readingCases {
		var got strings.Builder
		for _, w := range reading(strings.Fields(c.labels)) {
			got.WriteString(pick(w.space, " ", "") + w.shown)
		}
		if got.String() != c.want {
			t.Errorf("%q reads %q, want %q", c.labels, got.String(), c.want)
		}
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		name     string
		scene    *Scene
		ramp     string
		limit    float64
		subtitle string
	}{
		{"positive", Words(weights([]string{"a", "b"}, []float32{0, 2})), "heat", 2, "The stronger a word’s colour, the larger its weight."},
		{"both signs", Words(weights([]string{"a", "b"}, []float32{-3, 2})), "diverging", 3, "Red words have a positive weight, blue ones a negative."},
		{"nothing finite", Words(weights([]string{"a", "b"}, []float32{nan, inf})), "heat", 0, "The stronger a word’s colour, the larger its weight."},
	} {
		d := documentOf(t, c.scene)
		spec := d.Panels[0].Spec.(*textSpec)
		if spec.Ramp != c.ramp || spec.Limit != c.limit || d.Subtitle != c.subtitle {
			t.Errorf("%s: ramp %s to %v, %q", c.name, spec.Ramp, spec.Limit, d.Subtitle)
		}
	}
}

func TestWordsMasked(t *testing.T) {
	names := []string{"the", "un", "##real", "cat"}
	run := snaps(func(s *xainb.Snapshot) {
		s.Put("masked", []float32{0, 1, 1, 0}, xainb.Dim{Name: "token", Size: 4})
		s.Put("weight", []float32{1, 2, 3, 4}, xainb.Dim{Name: "token", Size: 4})
		s.PutLabels("token", names)
	})
	s := Words(run).Caption("Without {masked}.")
	spec := documentOf(t, s).Panels[0].Spec.(*textSpec)
	if spec.Mask != "masked" || spec.Field != "weight" {
		t.Errorf("mask %q, field %q", spec.Mask, spec.Field)
	}
	if s.doc.Tracks[0].Schema().Field("masked") == nil {
		t.Error("the mask does not travel to the page")
	}
	if got := said(s, 0); got != "Without un real." {
		t.Errorf("caption %q", got)
	}
	if got := documentOf(t, Bars(run)).Panels[0].Spec.(*barsSpec).Field; got != "weight" {
		t.Errorf("the ranking is of %q", got)
	}
}

// Words that are still to come are there, without a weight; lines break between words.
func TestWordsSet(t *testing.T) {
	s := Words(occlusion("The animal didn't cross the street", 0.2, 0.1))
	spec := documentOf(t, s).Panels[0].Spec.(*textSpec)
	p := &poster{scene: s}
	set := spec.set(p.moment(0, 2), vg.Length(200), spec.style())
	if len(set) != 6 || set[1].entry == nil || !set[1].newest || set[2].entry != nil || set[0].newest {
		t.Fatalf("set %+v", set)
	}
	lines := 0
	for _, w := range set {
		if w.x+w.width > 200 {
			t.Errorf("%q ends at %v of 200", w.text, w.x+w.width)
		}
		lines = max(lines, w.line+1)
	}
	if lines < 2 {
		t.Errorf("%d lines in 200 px", lines)
	}
}

// Text is readable on every colour of every ramp.
func TestInkOn(t *testing.T) {
	for name := range ramps {
		for i := range 256 {
			back := rampAt(name, float64(i)/255)
			if c := contrast(inkOn(back), back); c < 4.5 {
				t.Errorf("%s at %d: contrast %.2f", name, i, c)
			}
		}
	}
	if c := contrast(color.RGBA{A: 255}, color.RGBA{255, 255, 255, 255}); c != 21 {
		t.Errorf("black on white has contrast %v, want 21 (WCAG 2)", c)
	}
}
