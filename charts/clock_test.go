package charts

import (
	"reflect"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// clocked is a run with a number, recorded at these times of its own.
func clocked(word string, times ...float64) *xainb.Track {
	return xainb.Record(0, func(int) (steps []xainb.Step) {
		for _, t := range times {
			steps = append(steps, xainb.StepFunc(func(s *xainb.Snapshot) {
				s.Time, s.TimeName = t, word
				s.PutScalar("x", t)
			}))
		}
		return steps
	})
}

func TestRunsInARowGoByTheirOwnTime(t *testing.T) {
	for name, c := range map[string]struct {
		a, b *xainb.Track
		want [][]int
	}{
		"growing":         {clocked("step", 0, 10, 20, 30), clocked("step", 0, 15, 30), [][]int{{0, 1, 1, 2, 3}, {0, 0, 1, 1, 2}}},
		"falling":         {clocked("t", 30, 20, 10), clocked("t", 30, 10), [][]int{{0, 1, 2}, {0, 0, 1}}},
		"one begins late": {clocked("step", 0, 1, 2), clocked("step", 1, 2), [][]int{{0, 1, 2}, {0, 0, 1}}},
		"the same times":  {clocked("step", 0, 1), clocked("step", 0, 1), nil},
		"other things":    {clocked("step", 0, 1), clocked("layer", 0, 1, 2), nil},
		"there and back":  {clocked("step", 0, 1, 0), clocked("step", 0, 1), nil},
		"up and down":     {clocked("step", 0, 1), clocked("step", 1, 0), nil},
	} {
		d := documentOf(t, Row(Lines(c.a), Lines(c.b)))
		if !reflect.DeepEqual(d.Align, c.want) {
			t.Errorf("%s: the frames are matched as %v, expected %v", name, d.Align, c.want)
		}
		if err := d.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is said at a frame of one scene is said at the moment that shows it, in rows of rows too.
func TestNotesKeepTheirFrames(t *testing.T) {
	a, b, c := clocked("step", 0, 10, 20, 30), clocked("step", 0, 15, 30), clocked("step", 5, 25)
	said := Lines(a).Note(2, "at 20").Chapter(1, "from 10").Ask(3, "At 30?", "yes", "no")
	d := documentOf(t, Row(Column(said, Lines(b)), Lines(c)))
	// 0 5 10 15 20 25 30
	if want := [][]int{{0, 0, 1, 1, 2, 2, 3}, {0, 0, 0, 1, 1, 1, 2}, {0, 0, 0, 0, 0, 1, 1}}; !reflect.DeepEqual(d.Align, want) {
		t.Errorf("the frames are matched as %v, expected %v", d.Align, want)
	}
	if d.Notes[0].At != 4 || d.Chapters[0].At != 2 || d.Asks[0].At != 6 {
		t.Errorf("notes %v, chapters %v, questions %v", d.Notes, d.Chapters, d.Asks)
	}
	if said.doc.Notes[0].At != 2 || said.doc.Align != nil {
		t.Error("the scene itself has changed")
	}
}

// A picture that is held while another goes on says of which time it is, in its legend.
func TestHeldPicturesSayTheirTime(t *testing.T) {
	grid := func(times ...float64) *xainb.Track {
		var fill []func(*xainb.Snapshot)
		for _, at := range times {
			fill = append(fill, func(s *xainb.Snapshot) {
				s.Time, s.TimeName = at, "step"
				s.Put("V", []float32{0, 1, 2, float32(at)}, xainb.Dim{Name: "b", Size: 2}, xainb.Dim{Name: "a", Size: 2})
				s.PutUnit("V", "nats")
			})
		}
		return snaps(fill...)
	}
	s := Row(Contour(grid(0, 10, 20, 30)), Contour(grid(0, 20)), Heatmap(grid(0, 20)))
	p := &poster{scene: s}
	for at, want := range []string{"V (nats)", "V (nats) of step 0", "V (nats)", "V (nats) of step 20"} {
		for panel := range 3 {
			said := pick(panel == 0, "V (nats)", want)
			m := p.moment(panel, at)
			got := m.ofTime("V (nats)", 0)
			if spec, ok := s.stills[panel].(*surfaceSpec); ok {
				land, _ := spec.terrain(m)
				got = land.said
			}
			if got != said {
				t.Errorf("moment %d, picture %d: %q, want %q", at, panel+1, got, said)
			}
		}
	}
}
