package charts

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// numbers is a scene of one panel over n frames.
func numbers(n int) *Scene {
	var fill []func(*xainb.Snapshot)
	for i := range n {
		fill = append(fill, func(s *xainb.Snapshot) { s.PutScalar("loss", 1/float64(i+1)) })
	}
	return Lines(snaps(fill...))
}

func TestScenesAreNested(t *testing.T) {
	a := func() *Scene { return numbers(3) }
	heads := heatTrack("m", make([]float32, 12), xainb.Dim{Name: "head", Size: 3}, xainb.Dim{Name: "y", Size: 2}, xainb.Dim{Name: "x", Size: 2})
	for _, c := range []struct {
		name  string
		scene *Scene
		want  string
	}{
		{"row", Row(a(), a()), "null"},
		{"row in a row", Row(a(), Row(a(), a())), "null"},
		{"column", Column(a(), a()), `{"panel":0,"column":true,"parts":[{"panel":0},{"panel":1}]}`},
		{"column in a column", Column(a(), Column(a(), a())), `{"panel":0,"column":true,"parts":[{"panel":0},{"panel":1},{"panel":2}]}`},
		{"column in a row", Row(Column(a(), a()), a()), `{"panel":0,"parts":[{"panel":0,"column":true,"parts":[{"panel":0},{"panel":1}]},{"panel":2}]}`},
		{"row in a column", Column(a(), Row(a(), a())), `{"panel":0,"column":true,"parts":[{"panel":0},{"panel":0,"parts":[{"panel":1},{"panel":2}]}]}`},
		{"columns of one", Row(Column(a()), Column(a())), "null"},
		{"a scene of two panels", Column(Heatmap(heads), a()), `{"panel":0,"column":true,"parts":[{"panel":0,"parts":[{"panel":0},{"panel":1}]},{"panel":2}]}`},
	} {
		b, err := json.Marshal(documentOf(t, c.scene).Layout)
		if err != nil || string(b) != c.want {
			t.Errorf("%s: %s %v, want %s", c.name, b, err, c.want)
		}
		drawn(t, c.scene, 0)
	}
	words := func() *Scene { return Words(weights([]string{"a", "b"}, []float32{1, 2})) }
	for name, c := range map[string]struct {
		scene *Scene
		want  int
	}{"row": {Row(words(), a()), ownRow}, "column": {Column(words(), a()), 0}, "row in a column": {Column(Row(words(), a()), a()), ownRow}} {
		if got := documentOf(t, c.scene).Panels[0].Basis; got != c.want {
			t.Errorf("%s: words ask for %d pixels, want %d", name, got, c.want)
		}
	}
	if err := Column().Err(); err == nil || err.Error() != "charts: Column of no scenes" {
		t.Error(err)
	}
}

// A field that one scene must not see blended is blended in none; what only one scene draws stays as that scene has it.
func TestJoinedBlends(t *testing.T) {
	run := snaps(square("a", 1, 2, 3, 4), square("a", 4, 3, 2, 1))
	still := Heatmap(run)
	delete(still.doc.Blend, "a")
	for name, c := range map[string]struct {
		scene *Scene
		want  int
	}{
		"both":   {Row(Heatmap(run), Heatmap(run)), 1},
		"first":  {Row(Heatmap(run), still), 0},
		"second": {Row(still, Heatmap(run)), 0},
		"other":  {Row(numbers(2), Heatmap(run)), 1},
		"auto":   {Auto(run), 1},
	} {
		if got := len(documentOf(t, c.scene).Blend); got != c.want {
			t.Errorf("%s: %d fields blend, want %d", name, got, c.want)
		}
	}
}

func TestQuestions(t *testing.T) {
	d := documentOf(t, numbers(6).Ask(4, "And now?", "a", "b", "c").Reveal("It is **{right}**.").Ask(1, "Which?", "right", "wrong"))
	if len(d.Asks) != 2 || d.Asks[0].At != 1 || d.Asks[1].Reveal != "It is **{right}**." || d.Asks[0].Reveal != "" {
		t.Errorf("%+v", d.Asks)
	}
	for _, a := range d.Asks {
		if got := a.Answers[a.Right]; got != "right" && got != "a" {
			t.Errorf("the right answer of %+v is %q", a, got)
		}
	}
	if s := numbers(6).Ask(4, "And now?", "a", "b"); len(documentOf(t, Row(s, s)).Asks) != 1 {
		t.Error("one question is asked twice")
	}
	firsts := 0
	for _, q := range strings.Fields("which what where when why who how whose whom whether") {
		a := documentOf(t, numbers(2).Ask(0, q, "yes", "no", "perhaps")).Asks[0]
		if b := documentOf(t, numbers(2).Ask(0, q, "yes", "perhaps", "no")).Asks[0]; !slices.Equal(a.Answers, b.Answers) {
			t.Errorf("the order of answers depends on that of the arguments: %q, %q", a.Answers, b.Answers)
		}
		if a.Right == 0 {
			firsts++
		}
	}
	if firsts == 0 || firsts > 6 {
		t.Errorf("the right answer is the first in %d of 10 questions", firsts)
	}
}

func TestQuestionErrors(t *testing.T) {
	for _, c := range []struct {
		scene *Scene
		want  string
	}{
		{numbers(3).Ask(3, "Which?", "a", "b"), `Ask("Which?") at frame 3: the scene has frames 0 to 2`},
		{numbers(3).Ask(-1, "Which?", "a", "b"), "at frame -1"},
		{numbers(3).Ask(0, "Which?", "a"), "no wrong answer"},
		{numbers(3).Ask(0, "Which?", "a", "b", "a"), `the answer "a" is there twice`},
		{numbers(3).Ask(1, "Which?", "a", "b").Ask(1, "What?", "a", "b"), `Ask("What?"): another question stops at frame 1`},
		{Row(numbers(3).Ask(1, "Which?", "a", "b"), numbers(3).Ask(1, "What?", "a", "b")), `"Which?" and "What?" both stop at frame 1`},
		{numbers(3).Reveal("It is a."), "call Ask before"},
		{numbers(3).Chapter(9, "end"), `Chapter("end") at frame 9`},
		{numbers(3).Chapter(1, "a").Chapter(1, "b"), "another chapter begins at frame 1"},
		{numbers(3).Note(3, "x"), "Note at frame 3"},
	} {
		if err := c.scene.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q in it", err, c.want)
		}
	}
}

func TestChapters(t *testing.T) {
	phases := func(names string) *Scene {
		var fill []func(*xainb.Snapshot)
		for _, p := range strings.Split(names, ",") {
			fill = append(fill, func(s *xainb.Snapshot) { s.Phase = p; s.PutScalar("loss", 1) })
		}
		return Lines(snaps(fill...))
	}
	for _, c := range []struct {
		name  string
		scene *Scene
		want  []xainb.Chapter
	}{
		{"phases", phases("a,a,b,,b,c"), []xainb.Chapter{{At: 0, Name: "a"}, {At: 2, Name: "b"}, {At: 5, Name: "c"}}},
		{"one phase", phases("a,a"), nil},
		{"none", phases(",,"), nil},
		{"a phase that comes late", phases(",a,b"), []xainb.Chapter{{At: 1, Name: "a"}, {At: 2, Name: "b"}}},
		{"too many", phases(strings.Repeat("a,b,", 6) + "a"), nil},
		{"the author's own", phases("a,b").Chapter(1, "end").Chapter(0, "begin"), []xainb.Chapter{{At: 0, Name: "begin"}, {At: 1, Name: "end"}}},
		{"of the second scene", Row(phases("a,a"), phases("b,c")), []xainb.Chapter{{At: 0, Name: "b"}, {At: 1, Name: "c"}}},
	} {
		if got := documentOf(t, c.scene).Chapters; !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// What a run calls things is no markup, a dollar included.
func TestNamesAreNoFormulas(t *testing.T) {
	run := snaps(func(s *xainb.Snapshot) { s.PutScalar("cost in US$", 3); s.PutScalar("cost in A$", 4) })
	if got, want := said(Lines(run), 0), "At step 0, cost in US$ is 3 and cost in A$ 4."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
