package charts

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// timed records a picture [y=2 x=2] that has the value of its time, at times from, from+step, …
func timed(n int, from, step float64) *xainb.Track {
	var fill []func(*xainb.Snapshot)
	for i := range n {
		fill = append(fill, func(s *xainb.Snapshot) {
			s.Time, s.TimeName = from+step*float64(i), "t"
			v := float32(s.Time)
			s.Put("x", []float32{v, 0, 0, -v}, xainb.Dim{Name: "y", Size: 2}, xainb.Dim{Name: "x", Size: 2})
		})
	}
	return snaps(fill...)
}

func TestCompareAligns(t *testing.T) {
	for _, c := range []struct {
		name   string
		a, b   *xainb.Track
		opts   []Option
		times  []float64
		first  []int
		second []int
		late   bool // one has not begun at the first moment
	}{
		{"by time", timed(4, 0, 1), timed(2, 0, 2), nil, []float64{0, 1, 2, 3}, []int{0, 1, 2, 3}, []int{0, 0, 1, 1}, false},
		{"by time downwards", timed(4, 3, -1), timed(2, 3, -2), nil, []float64{3, 2, 1, 0}, []int{0, 1, 2, 3}, []int{0, 0, 1, 1}, false},
		{"times between times", timed(2, 0, 2), timed(2, 1, 2), nil, []float64{0, 1, 2, 3}, []int{0, 0, 1, 1}, []int{0, 0, 0, 1}, true},
		{"by index", timed(4, 0, 1), timed(2, 0, 2), []Option{Align("index")}, []float64{0, 1, 2, 3}, []int{0, 1, 2, 3}, []int{0, 1, 1, 1}, false},
		{"up and down", timed(3, 0, 1), timed(3, 2, -1), nil, []float64{0, 1, 2}, []int{0, 1, 2}, []int{0, 1, 2}, false},
		{"one frame", timed(1, 5, 1), timed(2, 5, -1), nil, []float64{5, 4}, []int{0, 0}, []int{0, 1}, false},
	} {
		d := documentOf(t, Compare(c.a, c.b, c.opts...))
		if d.Moments() != len(c.times) {
			t.Errorf("%s: %d moments, want %d", c.name, d.Moments(), len(c.times))
			continue
		}
		for i := range c.times {
			a, b, time := d.Frame(1, i), d.Frame(2, i), d.Tracks[0].At(d.Frame(0, i)).Time
			if a != c.first[i] || b != c.second[i] || time != c.times[i] {
				t.Errorf("%s: moment %d is frame %d and %d at %g, want %d, %d at %g", c.name, i, a, b, time, c.first[i], c.second[i], c.times[i])
			}
			diff := d.Tracks[0].At(d.Frame(0, i)).Field("x difference")
			if c.late && i == 0 {
				if diff != nil || !strings.Contains(d.Subtitle, "A run that has not begun shows its first frame") {
					t.Errorf("%s: a difference to what is still to come: %v, %q", c.name, diff, d.Subtitle)
				}
				continue
			}
			if want := float32(d.Tracks[1].At(a).Time - d.Tracks[2].At(b).Time); diff.Data[0] != want {
				t.Errorf("%s: the difference at moment %d is %g, want %g", c.name, i, diff.Data[0], want)
			}
		}
	}
}

func TestCompareKinds(t *testing.T) {
	names := []string{"b", "a"}
	ranking := func(v ...float32) *xainb.Track { return weights([]string{"a", "b"}, v) }
	sorted := weights(names, []float32{5, 1})
	profiles := func(v ...float32) *xainb.Track { return weights(nil, v) }
	points := snaps(func(s *xainb.Snapshot) {
		s.Put("p", make([]float32, 8), xainb.Dim{Name: "point", Size: 4}, xainb.Dim{Name: "xy", Size: 2})
	})
	losses := snaps(func(s *xainb.Snapshot) { s.PutScalar("loss", 2) }, func(s *xainb.Snapshot) { s.PutScalar("loss", 1) })
	for _, c := range []struct {
		name  string
		scene *Scene
		want  string
		said  string
	}{
		{"rankings, sorted apart", Compare(ranking(1, 2), sorted), "bars bars bars", "At step 0 they differ most at b: by −3.00."},
		{"profiles", Compare(profiles(1, 2, 3), profiles(1, 5, 3)), "profile profile profile", "At step 0 they differ most at feature 2: by −3.00."},
		{"points", Compare(points, points, Names("A", "B")), "scatter scatter", "At step 0: 4 points in A, 4 points in B."},
		{"scalars", Compare(losses, losses, Names("A", "B")), "lines", "At step 0, A loss is 2 and B loss 2."},
		{"pictures", Compare(timed(2, 1, 1), timed(2, 1, 1)), "image image image", "At t = 1 they differ most at y 1, x 1: by 0."},
	} {
		d := documentOf(t, c.scene)
		if got := painters(d); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if got := said(c.scene, 0); got != c.said {
			t.Errorf("%s: %q, want %q", c.name, got, c.said)
		}
		drawn(t, c.scene, 0)
	}
}

// Both pictures have one scale, and the difference one of its own with zero in its centre.
func TestCompareScales(t *testing.T) {
	d := documentOf(t, Compare(timed(3, 0, 1), timed(6, 0, 1), Ramp("viridis")))
	a, b, c := d.Panels[0].Spec.(imageSpec), d.Panels[1].Spec.(imageSpec), d.Panels[2].Spec.(imageSpec)
	if want := [2]float64{-5, 5}; a.Ranges["x"] != want || b.Ranges["x"] != want || a.Ramp != "viridis" || c.Ramp != "diverging" {
		t.Errorf("%v %v, %s and %s", a.Ranges, b.Ranges, a.Ramp, c.Ramp)
	}
}

// A curve goes through the moments of its own run and stays at its last; the other goes on.
func TestCompareLinesOfTwoPaces(t *testing.T) {
	run := func(n int, step float64) *xainb.Track {
		var fill []func(*xainb.Snapshot)
		for i := range n {
			fill = append(fill, func(s *xainb.Snapshot) { s.Time = step * float64(i); s.PutScalar("loss", s.Time) })
		}
		return snaps(fill...)
	}
	s := Compare(run(7, 1), run(3, 2))
	if got, want := said(s, 5), "At step 5, first run loss is 5 and second run loss 4."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	x := line{Name: "second run loss", Scalar: "second run loss"}
	got := x.values(documentOf(t, s).Tracks[0])
	if v := slices.DeleteFunc(slices.Clone(got), math.IsNaN); !slices.Equal(v, []float64{0, 2, 4}) {
		t.Errorf("the second run's numbers are %v", got)
	}
}

func TestCompareInColour(t *testing.T) {
	photo := func(v float32) *xainb.Track {
		return heatTrack("photo", []float32{v, v, v, 0, 0, 3 * v}, xainb.Dim{Name: "y", Size: 1}, xainb.Dim{Name: "x", Size: 2}, xainb.Dim{Name: "channel", Size: 3})
	}
	d := documentOf(t, Compare(photo(1), photo(0.5)))
	f := d.Tracks[0].At(0).Field("photo difference")
	if len(f.Dims) != 2 || math.Abs(float64(f.Data[0]-0.5))+math.Abs(float64(f.Data[1]-0.5)) > 1e-6 {
		t.Errorf("%v %v, want the mean over the channels", f.Dims, f.Data)
	}
}

func TestCompareErrors(t *testing.T) {
	scalar := func(name string) *xainb.Track { return snaps(func(s *xainb.Snapshot) { s.PutScalar(name, 1) }) }
	wide := heatTrack("x", make([]float32, 6), xainb.Dim{Name: "y", Size: 2}, xainb.Dim{Name: "x", Size: 3})
	losing := func(n int) *xainb.Track {
		return snaps(func(s *xainb.Snapshot) {
			s.Put("w", make([]float32, n), xainb.Dim{Name: "k", Size: n})
			s.PutScalar("loss", 1)
		})
	}
	partly := func(at int) *xainb.Track { // has the field at one of two moments
		var fill []func(*xainb.Snapshot)
		for i := range 2 {
			fill = append(fill, func(s *xainb.Snapshot) {
				if s.Time = float64(i); i == at {
					s.Put("w", []float32{1, 2}, xainb.Dim{Name: "k", Size: 2})
				}
			})
		}
		return snaps(fill...)
	}
	labelled := func(word string) *xainb.Track {
		return snaps(func(s *xainb.Snapshot) { square("m", 1, 2, 3, 4)(s); s.PutLabels("row", []string{"a", word}) })
	}
	for _, c := range []struct {
		name  string
		scene *Scene
		want  string
	}{
		{"nothing in common", Compare(scalar("loss"), scalar("score")), "nothing in common to draw: the first has the scalar loss, the second the scalar score"},
		{"a field of one", Compare(timed(1, 0, 1), scalar("loss"), Field("x")), `no field or scalar "x" in both runs`},
		{"shapes", Compare(timed(1, 0, 1), wide), "[y=2 x=2] in first run and [y=2 x=3] in second run"},
		{"labels", Compare(labelled("b"), labelled("c")), `position 2 along row is "b" in first run and "c" in second run`},
		{"entries", Compare(weights([]string{"a", "b"}, []float32{1, 2}), weights([]string{"a", "c"}, []float32{1, 2})), `first run has an entry "b" along feature and second run has none`},
		{"fewer entries", Compare(weights([]string{"a"}, []float32{1}), weights([]string{"a", "c"}, []float32{1, 2})), "has 1 entries in first run and 2 in second run"},
		{"unknown way", Compare(scalar("loss"), scalar("loss"), Align("epoch")), `Align("epoch"): give "time" or "index"`},
		{"no common time", Compare(timed(2, 0, 1), timed(2, 1, -1), Align("time")), `use Align("index")`},
		{"no second run", Compare(scalar("loss"), nil), "second run"},
		{"one name", Compare(scalar("loss"), scalar("loss"), Names("", "first run")), `both runs are called "first run"`},
		{"shapes, and a number", Compare(losing(2), losing(3)), `; what can be compared is charts.Field("loss")`},
		{"never both", Compare(partly(0), partly(1)), "there is no step at which first run and second run both have the field w"},
		{"bits", Compare(scalar("loss"), scalar("loss"), Bits(17)), "Bits(17): give 1 to 16"},
		{"ramp of lines", Compare(scalar("loss"), scalar("loss"), Ramp("jet")), `Ramp("jet"): there are`},
		{"ramp", Compare(timed(1, 0, 1), timed(1, 0, 1), Ramp("jet")), `Ramp("jet"): there are cividis, diverging, heat, ink, pale, quiet and viridis`},
	} {
		if err := c.scene.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", c.name, err, c.want)
		}
	}
}

// Beside runs aligned by time a run with the times of one of them goes along; another goes by its number.
func TestRowBesideAlignedRuns(t *testing.T) {
	a, b := timed(4, 0, 1), timed(2, 0, 2)
	d := documentOf(t, Row(Compare(a, b), Heatmap(b), numbers(9)))
	if d.Moments() != 9 {
		t.Fatalf("%d moments, want 9", d.Moments())
	}
	for k, want := range map[int][]int{2: {0, 0, 1, 1, 1, 1, 1, 1, 1}, 3: {0, 0, 1, 1, 1, 1, 1, 1, 1}, 4: {0, 1, 2, 3, 4, 5, 6, 7, 8}} {
		if !slices.Equal(d.Align[k], want) {
			t.Errorf("track %d: %v, want %v", k, d.Align[k], want)
		}
	}
	drawn(t, Row(numbers(9), Compare(a, b)), 8)
}

// The poster says the time that the page says: that of the moment, not of a run that has come to its end.
func TestCompareSaysTheTime(t *testing.T) {
	list := func(n int) *xainb.Track {
		var fill []func(*xainb.Snapshot)
		for i := range n {
			fill = append(fill, func(s *xainb.Snapshot) {
				s.Time, s.TimeName = float64(i), "t"
				s.Put("p", make([]float32, 8), xainb.Dim{Name: "point", Size: 4}, xainb.Dim{Name: "xy", Size: 2})
			})
		}
		return snaps(fill...)
	}
	for name, s := range map[string]*Scene{"pictures": Compare(timed(2, 0, 1), timed(5, 0, 1)), "points": Compare(list(2), list(5))} {
		if got := said(s, 4); !strings.HasPrefix(got, "At t = 4") {
			t.Errorf("%s: %q, want At t = 4", name, got)
		}
		d := documentOf(t, s)
		if got := d.Tracks[0].At(d.Frame(0, 4)).Time; got != 4 {
			t.Errorf("%s: the page says %g, want 4", name, got)
		}
		drawn(t, s, 4)
	}
	if d := documentOf(t, Compare(list(2), list(5), Align("index"))); len(d.Tracks) != 3 || d.Panels[0].Track != 1 || d.Panels[1].Track != 2 {
		t.Errorf("%d tracks, panels %+v", len(d.Tracks), d.Panels)
	}
}

// A chart of both runs' numbers says what is known of the runs.
func TestCompareLinesKeepWhatIsKnown(t *testing.T) {
	run := func(model string, err error) *xainb.Track {
		var s xainb.Snapshot
		s.PutScalar("loss", 1)
		s.PutWarning("careful")
		return xainb.NewTrack([]xainb.Snapshot{s}, xainb.Provenance{Model: model, Data: "digits", Seed: 7}, err)
	}
	boom := errors.New("boom")
	s := Compare(run("small", nil), run("large", boom), Names("A", "B"))
	d := documentOf(t, s)
	if p := d.Tracks[0].Provenance(); p.Model != "small and large" || p.Data != "digits" || p.Seed != 7 {
		t.Errorf("%+v", p)
	}
	if text := strings.Join(d.Warnings, "|"); !errors.Is(s.Err(), boom) || !strings.Contains(text, "B: boom") || !strings.Contains(text, "A: careful") || !strings.Contains(text, "B: careful") {
		t.Errorf("%v, %q", s.Err(), d.Warnings)
	}
}

// Of runs that have a field in some of their frames, as a transformer has its maps, those frames are compared.
func TestCompareLeavesOutWhatHasNoField(t *testing.T) {
	run := func(sign float32) *xainb.Track {
		var fill []func(*xainb.Snapshot)
		for i := range 9 {
			fill = append(fill, func(s *xainb.Snapshot) {
				s.Time = float64(i / 3) // the times do not only grow, so frames are matched by their number
				if i%3 == 1 {
					s.Put("map", []float32{sign * float32(i), 0, 0, 1}, xainb.Dim{Name: "a", Size: 2}, xainb.Dim{Name: "b", Size: 2})
				}
			})
		}
		return snaps(fill...)
	}
	d := documentOf(t, Compare(run(1), run(-1), Field("map")))
	if d.Moments() != 3 {
		t.Fatalf("%d moments, want those of the 3 maps", d.Moments())
	}
	for i := range 3 {
		frame := 3*i + 1
		diff := d.Tracks[0].At(d.Frame(0, i))
		if d.Frame(1, i) != frame || d.Frame(2, i) != frame || diff.Time != float64(i) || diff.Field("map difference").Data[0] != float32(2*frame) {
			t.Errorf("moment %d is frames %d and %d at %g: %v", i, d.Frame(1, i), d.Frame(2, i), diff.Time, diff.Fields)
		}
	}
}
