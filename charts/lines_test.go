package charts

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
)

func TestLinesRows(t *testing.T) {
	spec := documentOf(t, Lines(snaps(training(40)...))).Panels[0].Spec.(*linesSpec)
	var got [][]string
	for _, r := range spec.Rows {
		var names []string
		for _, l := range r.Lines {
			names = append(names, l.Name)
		}
		got = append(got, names)
	}
	if want := [][]string{{"loss", "validation loss"}, {"rate"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("rows %v, want %v", got, want)
	}
	var option struct {
		Grid, XAxis, YAxis []struct{ GridIndex int }
		Series             []struct {
			ID, Type               string
			XAxisIndex, YAxisIndex int
		}
	}
	if err := json.Unmarshal(spec.Option, &option); err != nil {
		t.Fatal(err)
	}
	if len(option.Grid) != 2 || len(option.XAxis) != 2 || option.YAxis[1].GridIndex != 1 {
		t.Errorf("grids %v, axes %v, %v", option.Grid, option.XAxis, option.YAxis)
	}
	want := []string{"head 0", "ghost 0", "line 0", "now 0", "ghost 1", "line 1", "now 1", "head 1", "ghost 2", "line 2", "now 2"}
	for i, s := range option.Series {
		if s.ID != want[i] || (s.XAxisIndex == 1) != (i >= 7) || (s.Type == "scatter") != (s.ID[:3] == "now") {
			t.Errorf("series %d is %+v, want %s", i, s, want[i])
		}
	}
}

func TestLinesOfChosenNumbers(t *testing.T) {
	spec := documentOf(t, Lines(snaps(training(40)...), Numbers("rate", "loss", "rate"))).Panels[0].Spec.(*linesSpec)
	if len(spec.lines) != 2 || spec.lines[0].Name != "rate" || spec.lines[1].Name != "loss" {
		t.Errorf("drawn are %v", spec.lines)
	}
	if err := Lines(snaps(training(40)...), Numbers("gain")).Err(); err == nil || !strings.Contains(err.Error(), `"gain"`) || !strings.Contains(err.Error(), "validation loss") {
		t.Errorf("a number that is not there: %v", err)
	}
}

func TestLinesChoice(t *testing.T) {
	run := snaps(
		func(s *xainb.Snapshot) {
			s.PutScalar("loss", 1)
			s.Put("norm", []float32{3})
			s.Put("signal", []float32{1, 2, 3}, xainb.Dim{Name: "sample", Size: 3})
		},
		func(s *xainb.Snapshot) { s.Put("norm", []float32{4}) },
	)
	for _, c := range []struct {
		scene             *Scene
		painters, caption string
	}{
		{Lines(run), "lines", "At step 0, loss is 1 and norm 3."},
		{Lines(run, Field("norm")), "lines", "At step 0, norm is 3."},
		{Lines(run, Field("signal")), "profile", "At step 0 the largest is sample 3 with 3.00."},
	} {
		if got := painters(documentOf(t, c.scene)); got != c.painters {
			t.Errorf("%s draws %s, want %s", c.scene.doc.Title, got, c.painters)
		}
		if got := said(c.scene, 0); got != c.caption {
			t.Errorf("caption %q, want %q", got, c.caption)
		}
	}
	if got := said(Lines(run), 1); got != "At step 1, loss is – and norm 4." {
		t.Errorf("a frame without the scalar says %q", got)
	}
	var many []func(*xainb.Snapshot)
	many = append(many, func(s *xainb.Snapshot) {
		for i := range 30 {
			s.PutScalar(string(rune('a'+i)), float64(i))
		}
	})
	if d := documentOf(t, Lines(snaps(many...))); len(d.Warnings) != 1 || d.Warnings[0] != "12 of the run's 30 numbers are drawn: choose one with charts.Field." {
		t.Errorf("warnings %q", d.Warnings)
	}
}

func TestRunTimes(t *testing.T) {
	at := func(times ...float64) *xainb.Track {
		var fill []func(*xainb.Snapshot)
		for _, v := range times {
			fill = append(fill, func(s *xainb.Snapshot) { s.Time, s.TimeName = v, "t" })
		}
		return snaps(fill...)
	}
	for _, c := range []struct {
		run  *xainb.Track
		want []float64
		name string
	}{
		{at(1, 2, 5), []float64{1, 2, 5}, "t"},
		{at(1000, 500, 0), []float64{1000, 500, 0}, "t"},
		{at(1, 1, 2), []float64{1, 2, 3}, "frame"},
		{at(1, math.NaN(), 2), []float64{1, 2, 3}, "frame"},
		{at(7), []float64{7}, "t"},
	} {
		if got, name := runTimes(c.run); !reflect.DeepEqual(got, c.want) || name != c.name {
			t.Errorf("%v %s, want %v %s", got, name, c.want, c.name)
		}
	}
}

func TestApart(t *testing.T) {
	hole := vg.Length(math.NaN())
	for _, c := range []struct{ want, got []vg.Length }{
		{[]vg.Length{50, 80}, apart([]vg.Length{50, 80}, 15, 0, 100)},
		{[]vg.Length{84.5, 99.5}, apart([]vg.Length{99, 99.5}, 15, 0, 100)},
		{[]vg.Length{15, 0, 30}, apart([]vg.Length{2, 1, 3}, 15, 0, 100)},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("heights %v, want %v", c.got, c.want)
		}
	}
	if got := apart([]vg.Length{10, hole, 11}, 15, 0, 100); got[0] != 0 || got[1] == got[1] || got[2] != 15 {
		t.Errorf("with a hole: %v", got)
	}
}

// Counts are written as counts, in the page as in the poster; a number that is whole by chance in one frame is none.
func TestCountsAreWhole(t *testing.T) {
	for text, c := range map[string]struct {
		values []float64
		v      float64
	}{
		"8":    {[]float64{0, 3, math.NaN(), 8}, 8},
		"−3":   {[]float64{-3, 2}, -3},
		"2.50": {[]float64{2, 3}, 2.5}, // between two frames
		"8.00": {[]float64{8, 0.5}, 8},
		"1e7":  {[]float64{1e7, 0}, 1e7},
	} {
		if got := (line{Count: areCounts(c.values)}).text(c.v); got != text {
			t.Errorf("%v of %v is written %q, expected %q", c.v, c.values, got, text)
		}
	}
}
