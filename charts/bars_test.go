package charts

import (
	"reflect"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

func TestEntriesKeepTheirKeys(t *testing.T) {
	first := entries([]float32{1, 2, 3}, []string{"the", "cat", "the"}, "word")
	sorted := entries([]float32{2, 1, 3}, []string{"cat", "the", "the"}, "word")
	if first[1].key != sorted[0].key || first[2].key != sorted[2].key {
		t.Errorf("a sorted ranking has other keys: %v, %v", first, sorted)
	}
	if first[0].nth != 1 || first[2].nth != 2 || first[1].nth != 0 {
		t.Errorf("positions among equals: %d, %d, %d", first[0].nth, first[2].nth, first[1].nth)
	}
	if e := entries([]float32{1, 2}, []string{"a"}, "feature"); e[1].label != "feature 2" {
		t.Errorf("an entry without a label is %q", e[1].label)
	}
	for raw, want := range map[string]string{"film,": "film", "Ġun": "un", ",": "“,”", "##ing": "##ing", "f(x)": "f(x)", "": "“”", "…": "“…”"} {
		if got := plainLabel(raw); got != want {
			t.Errorf("label %q is shown as %q, want %q", raw, got, want)
		}
	}
}

func TestStrongest(t *testing.T) {
	var got []int
	for _, e := range strongest(entries([]float32{0.1, -3, nan, 2, inf, -2, 0}, nil, "f")) {
		got = append(got, e.index)
	}
	if want := []int{1, 3, 5, 0, 6}; !reflect.DeepEqual(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestArrivals(t *testing.T) {
	names := []string{"a", "b", "c", "d"}
	for _, c := range []struct {
		name string
		run  *xainb.Track
		want []int
	}{
		{"words one by one after a baseline", occlusion("a b c", 1), []int{-1, 0, 1, 2}},
		{"zeros filled in order, one of them with 0", weights(names, []float32{1, 0, 0, 0}, []float32{1, 2, 0, 0}, []float32{1, 2, 0, 0}, []float32{1, 2, 0, 4}), []int{0, 1, 2, 3}},
		{"zeros filled in any order", weights(names, []float32{0, 0, 0, 0}, []float32{0, 2, 0, 0}, []float32{1, 2, 0, 0}, []float32{1, 2, 0, 4}), []int{-1, 1, 0, 3}},
		{"all change", weights(names, []float32{1, 2, 3, 4}, []float32{2, 3, 4, 5}), nil},
		{"one changes again", weights(names, []float32{1, 0, 0, 0}, []float32{1, 2, 0, 0}, []float32{2, 2, 0, 0}, []float32{2, 2, 1, 0}), nil},
		{"nothing changes", weights(names, []float32{1, 2, 3, 4}), nil},
	} {
		if got := arrivals(c.run, c.run.Schema().Field("weight")); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// The page reads the list of names also where no bar is ever shown.
func TestBarsOfNothingFinite(t *testing.T) {
	spec := documentOf(t, Bars(weights([]string{"a", "b"}, []float32{nan, inf}))).Panels[0].Spec.(*barsSpec)
	if spec.Long == nil || len(spec.Long) > 0 {
		t.Errorf("the names are %#v", spec.Long)
	}
}

func TestBars(t *testing.T) {
	names := make([]string, 40)
	data := make([]float32, 40)
	for i := range names {
		names[i], data[i] = strings.Repeat("n", i%7+1)+string(rune('A'+i)), float32(i%9)-4
	}
	data[3] = nan
	run := weights(names, data, data)
	for _, c := range []struct {
		top, slots int
		more       bool
	}{{0, 12, true}, {5, 5, true}, {100, 40, false}} {
		spec := documentOf(t, Bars(run, Top(c.top))).Panels[0].Spec.(*barsSpec)
		if spec.Slots != c.slots || spec.More != c.more || spec.Min != -4 || spec.Max != 4 {
			t.Errorf("Top(%d): %d bars, more %v, from %v to %v", c.top, spec.Slots, spec.More, spec.Min, spec.Max)
		}
	}
	if spec := documentOf(t, Bars(weights(names[:13], data[:13]))).Panels[0].Spec.(*barsSpec); spec.Slots != 13 {
		t.Errorf("13 entries have %d bars: \"and 1 more\" is no shorter than the bar", spec.Slots)
	}
	d := documentOf(t, Bars(run))
	if d.Bits["weight"] != 32 || d.State[selectState] != "" || d.Libraries[0] != "echarts" {
		t.Errorf("bits %v, state %v, libraries %v", d.Bits, d.State, d.Libraries)
	}
}

func TestRankingCaptions(t *testing.T) {
	run := occlusion("The quiet film, it works", 0.01, 0.3, 0.2, 0, -0.25)
	s := Bars(run)
	for frame, want := range []string{
		"Nothing has a weight yet. ",
		"The has weight 0.01. Strongest so far: The 0.01.",
		"quiet has weight 0.30. Strongest so far: quiet 0.30, then The 0.01.",
		"film has weight 0.20. Strongest so far: quiet 0.30, then film 0.20 and The 0.01.",
		"it has weight 0. Strongest so far: quiet 0.30, then film 0.20 and The 0.01.",
		"works has weight −0.25. Strongest so far: quiet 0.30, then works −0.25 and film 0.20.",
	} {
		if got := said(s, frame); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("frame %d: %q, want %q", frame, got, want)
		}
	}
	if got, want := s.doc.Summary, "Strongest weight at the end: quiet 0.30, works −0.25 and film 0.20."; got != want {
		t.Errorf("summary %q, want %q", got, want)
	}
	still := Bars(weights([]string{"a", "b"}, []float32{1, 2}, []float32{3, 2}))
	if got := said(still, 1); got != "At step 1 the strongest is a 3.00, then b 2.00." {
		t.Errorf("a ranking in place says %q", got)
	}
}
