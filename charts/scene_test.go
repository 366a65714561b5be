package charts

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xainb/gonb-xai/xainb"
)

func square(name string, data ...float32) func(*xainb.Snapshot) {
	return func(s *xainb.Snapshot) {
		n := int(math.Sqrt(float64(len(data))))
		s.Put(name, data, xainb.Dim{Name: "row", Size: n}, xainb.Dim{Name: "col", Size: n})
	}
}

// A caption belongs to the first scene, so it says what the first panel reads.
func TestTheFirstPanelThatReadsANameHasIt(t *testing.T) {
	two := snaps(func(s *xainb.Snapshot) {
		square("a", 1, 9, 2, 3)(s)
		square("b", 0.1, 0.2, 0.3, 0.4)(s)
	})
	for name, s := range map[string]*Scene{"Auto": Auto(two), "Row": Row(Heatmap(two, Field("a")), Heatmap(two, Field("b")))} {
		if got, want := said(s, 0), "The largest value is 9.00, at row 1, col 2."; s.doc.Title != "Where is a largest?" || got != want {
			t.Errorf("%s: %q %q, want %q", name, s.doc.Title, got, want)
		}
	}
	// A number that has the name of something in the caption is drawn, and not said by that name.
	value := snaps(func(s *xainb.Snapshot) {
		s.Put("weight", []float32{1, 2}, xainb.Dim{Name: "feature", Size: 2})
		s.PutLabels("feature", []string{"x", "y"})
		s.PutScalar("value", 7)
	})
	if got := said(Auto(value), 0); strings.Contains(got, "The value is 2") {
		t.Error(got)
	}
}

func TestPredictNeedsAnswers(t *testing.T) {
	s := Heatmap(snaps(square("a", 1, 2, 3, 4))).Predict("Which?", "This.")
	if err := s.Err(); err == nil || !strings.Contains(err.Error(), `Predict("Which?")`) {
		t.Error(err)
	}
}

// Small tables are read as numbers: the page keeps them whole. Every map has a legend, a photograph needs none.
func TestHeatmapKeepsNumbers(t *testing.T) {
	for _, c := range []struct {
		dims   []xainb.Dim
		bits   int
		legend bool
	}{
		{[]xainb.Dim{{Name: "row", Size: 2}, {Name: "col", Size: 6}}, 32, true},
		{[]xainb.Dim{{Name: "height", Size: 2}, {Name: "width", Size: 6}}, 32, true},
		{[]xainb.Dim{{Name: "height", Size: 2}, {Name: "width", Size: 2}, {Name: "channel", Size: 3}}, 0, false},
		{[]xainb.Dim{{Name: "row", Size: 500}, {Name: "col", Size: 500}}, 0, true},
	} {
		n := 1
		for _, d := range c.dims {
			n *= d.Size
		}
		d := documentOf(t, Heatmap(heatTrack("counts", make([]float32, n), c.dims...)))
		if spec := d.Panels[0].Spec.(imageSpec); d.Bits["counts"] != c.bits || spec.Legend != c.legend {
			t.Errorf("%v: %d bits, legend %v; want %d, %v", c.dims, d.Bits["counts"], spec.Legend, c.bits, c.legend)
		}
	}
}

// Dimensions may be called what selections are called.
func TestPositionsAreNoSelections(t *testing.T) {
	for _, dim := range []string{"row", "feature", "head", "view"} {
		track := heatTrack("m", make([]float32, 12), xainb.Dim{Name: dim, Size: 3}, xainb.Dim{Name: "c", Size: 2}, xainb.Dim{Name: "d", Size: 2})
		d := documentOf(t, Heatmap(track))
		if at := d.Panels[0].Spec.(imageSpec).Index[dim]; at != "$at "+dim || !slices.Equal(slices.Collect(maps.Keys(d.State)), []string{"at " + dim}) {
			t.Errorf("%s: stands at %v, state %v", dim, at, d.State)
		}
	}
}

func TestSlicesAreCalledByTheirLabels(t *testing.T) {
	track := snaps(func(s *xainb.Snapshot) {
		s.Put("cam", make([]float32, 12), xainb.Dim{Name: "class", Size: 3}, xainb.Dim{Name: "y", Size: 2}, xainb.Dim{Name: "x", Size: 2})
		s.PutLabels("class", []string{"cat", "dog", "fox"})
	})
	s := Heatmap(track)
	s.doc.State["at class"] = 1
	if got := readingsOf(s, 0)["class"]; got != "dog" {
		t.Errorf("class %q, want dog", got)
	}
	if got := (multiplesSpec{rasterSpec: rasterSpec{Field: "cam"}, Over: "class", Select: "at class"}).read((&poster{scene: s}).moment(0, 0))["class"]; got != "dog" {
		t.Errorf("the small pictures say class %q, want dog", got)
	}
}

// A loop of phases is followed once, not once for every frame: this took half a minute.
func TestPosterOfALongLoop(t *testing.T) {
	var fill []func(*xainb.Snapshot)
	for i := range 3000 {
		fill = append(fill, func(s *xainb.Snapshot) { s.Phase = []string{"scores", "softmax", "context"}[i%3] })
	}
	start := time.Now()
	drawn(t, Stages(snaps(fill...)), 100)
	if took := time.Since(start); took > 8*time.Second {
		t.Errorf("the poster took %v", took)
	}
}

// The span of a scale stays finite, or the rasteriser would not end.
func TestLinesOfTheVeryLargest(t *testing.T) {
	scalar := func(time, v float64) func(*xainb.Snapshot) {
		return func(s *xainb.Snapshot) {
			s.Time = time
			s.PutScalar("loss", v)
		}
	}
	for _, run := range []*xainb.Track{
		snaps(scalar(0, math.MaxFloat64), scalar(1, -math.MaxFloat64), scalar(2, 0)),
		snaps(scalar(-math.MaxFloat64, 1), scalar(math.MaxFloat64, 2)),
		snaps(scalar(1.8e18, 1)), snaps(scalar(math.MaxFloat64, math.MaxFloat64)),
	} {
		drawn(t, Lines(run), 0)
	}
	f := axisFrame{y1: 100}
	f.ylo, f.yhi = roomyScale(-math.MaxFloat64, math.MaxFloat64)
	if y := f.y(0); math.Abs(float64(y)-50) > 1e-9 {
		t.Errorf("zero stands at %g, want 50", y)
	}
}

// What a frame has no number for is a dash, in the page and on the poster; what is not a number is called that.
func TestLinesSayWhatIsMissing(t *testing.T) {
	s := Lines(snaps(
		func(s *xainb.Snapshot) { s.Put("temperature", []float32{1}); s.PutScalar("loss", math.NaN()) },
		func(s *xainb.Snapshot) {},
	)).Caption("{loss}, {temperature}")
	for i, want := range []string{"NaN, 1", "–, –"} {
		if got := said(s, i); got != want {
			t.Errorf("frame %d says %q, want %q", i, got, want)
		}
	}
}

// A document that was handed out stays as it is.
func TestDocumentsAreTheirOwn(t *testing.T) {
	s := numbers(9).Note(5, "five").Note(7, "seven").Chapter(5, "c5").Chapter(7, "c7").Ask(3, "Which?", "a", "b").Title("before")
	d := documentOf(t, s)
	before := fmt.Sprint(d.Notes, d.Chapters, d.Asks, d.Controls, d.State, d.Title)
	high := drawn(t, s, 1).Bounds()
	s.Note(1, "one").Chapter(1, "c1").Ask(1, "Now?", "a", "b").Reveal("x").Predict("Which?", "", "a", "b").Title("").Caption(strings.Repeat("long ", 200))
	s.doc.State["x"] = 1
	if after := fmt.Sprint(d.Notes, d.Chapters, d.Asks, d.Controls, d.State, d.Title); before != after {
		t.Errorf("%s\nbecame\n%s", before, after)
	}
	d.State["y"] = 1
	if s.doc.State["y"] != nil {
		t.Error("the scene has the document's state")
	}
	if img, err := d.Poster.Draw(1); err != nil || img.Bounds() != high {
		t.Errorf("the poster is %v, want %v (%v)", img.Bounds(), high, err)
	}
}

// A scene knows the whole recordings, not only what it draws of them.
func TestSources(t *testing.T) {
	a, b := timed(3, 0, 1), timed(4, 0, 1)
	for name, c := range map[string]struct {
		scene *Scene
		want  []*xainb.Track
	}{
		"one": {Heatmap(a), []*xainb.Track{a}}, "both pictures of one": {Row(Heatmap(a), Heatmap(a)), []*xainb.Track{a}},
		"two": {Row(Heatmap(a), Heatmap(b), Heatmap(a)), []*xainb.Track{a, b}}, "compared": {Compare(a, b), []*xainb.Track{a, b}},
	} {
		if got := documentOf(t, c.scene).Sources; !slices.Equal(got, c.want) {
			t.Errorf("%s: %d recordings, want %d", name, len(got), len(c.want))
		}
	}
}

// No scene, no option and no function of the caller's make a method panic.
func TestNothingPanics(t *testing.T) {
	var none *Scene
	for name, s := range map[string]*Scene{
		"title": none.Title("x").Subtitle("x").Caption("x").Seconds(1), "note": none.Note(0, "x"), "predict": none.Predict("x", "", "a", "b"),
		"predict without answers": none.Predict("x", ""), "ask": none.Ask(0, "x", "a", "b"), "reveal": none.Reveal("x"), "chapter": none.Chapter(0, "x"),
	} {
		if err := s.Err(); err == nil || !strings.Contains(err.Error(), "the scene is nil") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Compare(timed(2, 0, 1), timed(2, 0, 1), nil).Err(); err != nil {
		t.Error(err)
	}
	drawn(t, Heatmap(timed(2, 0, 1), nil, Ramp("ink")), 0)
	s := Vary("rate", func(xainb.Source) *Scene { panic("ink") }, rates()...)
	if err := s.Err(); err == nil || !strings.Contains(err.Error(), "0.01: draw panicked: ink") {
		t.Error(err)
	}
}

func TestPredictions(t *testing.T) {
	asked := func(q string) *Scene { return numbers(3).Predict(q, "", "a", "b") }
	for _, c := range []struct {
		scene *Scene
		want  string
	}{
		{asked("Which?").Predict("What?", "", "a"), `Predict("What?"): the scene asks for another prediction already`},
		{numbers(3).Predict("Which?", "", "a", "b", "a"), `the answer "a" is there twice`},
		{Row(asked("Which?"), asked("What?")), `"Which?" and "What?" are asked for at once`},
	} {
		if err := c.scene.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	if s := asked("Which?"); len(documentOf(t, Row(s, s)).Controls) != 1 {
		t.Error("one prediction is asked for twice")
	}
}

// What would leave nothing to see, and no machine quick, is a sentence that says how much is too much; the most that is drawn is drawn.
func TestTooMuchToDraw(t *testing.T) {
	scene := func(sizes ...int) *Scene {
		var s xainb.Snapshot
		n, dims := 1, []xainb.Dim{}
		for i, size := range sizes {
			n *= size
			dims = append(dims, xainb.Dim{Name: string(rune('a' + i)), Size: size})
		}
		s.Put("v", make([]float32, n), dims...)
		return Auto(xainb.NewTrack([]xainb.Snapshot{s, s}, xainb.Provenance{}, nil))
	}
	for _, c := range []struct {
		sizes []int
		says  string
	}{
		{[]int{mostPoints}, ""}, {[]int{mostPoints + 1}, "v [a=100001] has 100001 entries along a"}, {[]int{mostPoints, 2}, ""}, {[]int{mostPoints + 1, 2}, "along a"},
		{[]int{mostSide, 4}, ""}, {[]int{mostSide + 1, 4}, "v [a=10001 b=4] has 10001 entries along a, and a scene draws at most 10000"}, {[]int{4, mostSide + 1}, "along b"},
		{[]int{mostSide + 1, 2, 2}, "along a"},
	} {
		s := scene(c.sizes...)
		d, err := s.Document()
		if c.says == "" && err == nil {
			_, err = d.Poster.Draw(1)
		}
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: error %v, want %q", c.sizes, err, c.says)
		}
	}
}
