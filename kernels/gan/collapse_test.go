package gan

import (
	"slices"
	"strings"
	"testing"
)

func TestCollapseHasHysteresis(t *testing.T) {
	some := func(n int) (modes []int) {
		for m := range n {
			modes = append(modes, m)
		}
		return modes
	}
	for name, c := range map[string]struct {
		round  int
		counts []int
		of     int
		want   []string
	}{
		"not learnt yet":          {0, []int{0, 1, 2, 1, 0, 1, 2, 2, 3}, 8, nil},
		"never learnt":            {patience, []int{0, 1, 2, 1, 0, 1}, 8, []string{"collapse at 4"}},
		"learnt and forgotten":    {0, []int{4, 2, 2, 2, 2, 2, 2, 2}, 8, []string{"collapse at 5"}},
		"a flicker":               {0, []int{8, 2, 2, 2, 2, 3, 2, 2, 2, 2, 8}, 8, nil},
		"recovery":                {0, []int{8, 1, 1, 1, 1, 1, 5, 5, 5, 5, 5, 6, 6, 6, 6, 5, 6, 6, 7, 8, 8, 8}, 8, []string{"collapse at 5", "recovery at 20"}},
		"once is enough":          {0, []int{8, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 8, []string{"collapse at 5"}},
		"and again":               {0, []int{8, 0, 0, 0, 0, 0, 8, 8, 8, 8, 8, 0, 0, 0, 0, 0}, 8, []string{"collapse at 5", "recovery at 10", "collapse at 15"}},
		"too few to lose":         {patience, []int{0, 0, 0, 0, 0, 0, 0}, 2, nil},
		"six of 25 are a quarter": {patience, []int{6, 6, 6, 6, 6}, 25, []string{"collapse at 4"}},
	} {
		var watch collapse
		var got []string
		for i, n := range c.counts {
			if e, ok := watch.see(Ring(c.of), c.round+i, some(n), c.of); ok {
				got = append(got, e.Name+" at "+string(rune('0'+i/10))+string(rune('0'+i%10)))
			}
		}
		for i := range got {
			got[i] = strings.Replace(got[i], "at 0", "at ", 1)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, expected %q", name, got, c.want)
		}
	}
	watch := collapse{learnt: 1, row: countsARow - 1}
	e, _ := watch.see(Ring(8), 0, []int{1, 6}, 8)
	if e.Text != "2 of 8 modes are left: 45°, 270°" {
		t.Errorf("the event says %q", e.Text)
	}
}

// lastModes returns the fewest and the most modes in the last frames, five counts.
func lastModes(t *testing.T, r *Recording) (least, most int) {
	t.Helper()
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	least = 1 << 30
	for i := r.Len() - countsARow; i < r.Len(); i++ {
		v, ok := r.At(i).Scalar("modes")
		if !ok {
			t.Fatalf("frame %d has no modes", i)
		}
		least, most = min(least, int(v)), max(most, int(v))
	}
	return least, most
}

func eventFrame(r *Recording, name string) int {
	for i, f := range r.Frames() {
		for _, e := range f.Events {
			if e.Name == name {
				return i
			}
		}
	}
	return -1
}

// What the lesson shows, on its five seeds; in short mode on one, and not longer than it takes.
func TestCollapseIsCausedFoundAndRepaired(t *testing.T) {
	t.Parallel()
	for i := range seeds(5) {
		seed := uint64(i + 1)
		good, bad := Config{Steps: 1500}, Collapsing()
		if testing.Short() {
			good.Steps, bad.Steps = 800, 1200
		}
		good.Seed, bad.Seed = seed, seed
		run := Run(good)
		if _, most := lastModes(t, run); most != 8 || eventFrame(run, "collapse") >= 0 {
			t.Errorf("seed %d: the healthy run covers %d of 8 modes, its collapse is in frame %d", seed, most, eventFrame(run, "collapse"))
		}
		if found := eventsNamed(run.Track(), alarms...); found != nil {
			t.Errorf("seed %d: a healthy run set off alarms at frames %v", seed, found)
		}
		run = Run(bad)
		_, most := lastModes(t, run)
		tick := eventFrame(run, "collapse")
		t.Logf("seed %d: %d of 8 modes are left, the collapse is announced in frame %d", seed, most, tick)
		if most > 2 || tick < 0 {
			t.Fatalf("seed %d: %d of 8 modes are left, the collapse is in frame %d", seed, most, tick)
		}
		fixed := run.Branch(20, func(c *Config) { c.D.Rate = 1e-3 }) // round 200, long before the tick
		if least, _ := lastModes(t, fixed); least < 7 || tick <= 20 {
			t.Errorf("seed %d: the repaired run covers %d of 8 modes; the tick is in frame %d", seed, least, tick)
		}
	}
}
