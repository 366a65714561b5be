package charts

import (
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
	for i, want := range []string{"NaN, 1.00", "–, –"} {
		if got := said(s, i); got != want {
			t.Errorf("frame %d says %q, want %q", i, got, want)
		}
	}
}
