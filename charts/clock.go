package charts

import (
	"cmp"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// mergeTimes puts runs on one clock. times are all that occur, in order; at[k][i] is the last frame of run k up to times[i], its first where it has not begun. The
// times of each run only grow, or with falling only fall.
func mergeTimes(runs [][]float64, falling bool) (times []float64, at [][]int) {
	sign := pick(falling, -1.0, 1)
	times = slices.Concat(runs...)
	slices.SortFunc(times, func(x, y float64) int { return cmp.Compare(sign*x, sign*y) })
	times = slices.Compact(times)
	at = make([][]int, len(runs))
	for k, run := range runs {
		frame := 0
		for _, time := range times {
			for frame+1 < len(run) && sign*run[frame+1] <= sign*time {
				frame++
			}
			at[k] = append(at[k], frame)
		}
	}
	return times, at
}

// ofTime returns what a picture is of, with its time where that is not the clock's: a run with fewer frames than the others is held at its last one.
func (m moment) ofTime(name string, track int) string {
	own := m.snapshot(track)
	if m.clock == nil || own == nil {
		return name
	}
	unit, from := first(own.TimeName, "step"), own.Time-m.clock.Time
	if from == 0 || from-from != 0 || unit != first(m.clock.TimeName, "step") {
		return name
	}
	return name + " of " + unit + pick(len(unit) == 1, " = ", " ") + formatTime(own.Time)
}

func timesOf(t *xainb.Track) []float64 {
	times := make([]float64, t.Len())
	for i, f := range t.Frames() {
		times[i] = f.Time
	}
	return times
}

// ordered says whether the times of a run only grow, and whether they only fall. A single time does both.
func ordered(t *xainb.Track) (up, down bool) { return isOrdered(timesOf(t)) }

func isOrdered(times []float64) (up, down bool) {
	up, down = true, true
	for i, t := range times {
		up = up && t-t == 0 && (i == 0 || t > times[i-1])
		down = down && t-t == 0 && (i == 0 || t < times[i-1])
	}
	return up, down
}

// oneWay says whether the times of all runs only grow, and whether they only fall, and count the same thing.
func oneWay(runs []*xainb.Track) (up, down bool) {
	up, down = true, true
	for _, t := range runs {
		u, d := ordered(t)
		same := timeWord(t) == timeWord(runs[0])
		up, down = up && u && same, down && d && same
	}
	return up, down
}

// matched returns the moments of several runs and the frame of each run at each: the times of all, where those only grow or only fall and count the same thing, and the last
// frame up to each; else the frames by their number, byTime is false then.
func matched(runs []*xainb.Track) (times []float64, at [][]int, byTime bool) {
	if up, down := oneWay(runs); up || down {
		all := make([][]float64, len(runs))
		for k, t := range runs {
			all[k] = timesOf(t)
		}
		times, at = mergeTimes(all, !up)
		return times, at, true
	}
	longest := runs[0]
	for _, t := range runs {
		if t.Len() > longest.Len() {
			longest = t
		}
	}
	at = make([][]int, len(runs))
	for k, t := range runs {
		for i := range longest.Len() {
			at[k] = append(at[k], min(i, t.Len()-1))
		}
	}
	return timesOf(longest), at, false
}

// onOneClock returns the scenes with their frames matched by the algorithm's own time, where that is possible and makes a difference: the times of all only grow, or only
// fall, and count the same thing. Otherwise it returns them as they are, and frames go by their number.
func onOneClock(scenes []*Scene) []*Scene {
	var runs [][]float64
	up, down, differ := true, true, false
	if slices.ContainsFunc(scenes, func(s *Scene) bool { return len(s.doc.Tracks) == 0 }) {
		return scenes
	}
	for _, s := range scenes {
		times, lead := s.ownTimes()
		if times == nil || timeWord(lead) != timeWord(scenes[0].doc.Tracks[0]) {
			return scenes
		}
		grows, falls := isOrdered(times)
		up, down = up && grows, down && falls
		differ = differ || runs != nil && !slices.Equal(times, runs[0])
		runs = append(runs, times)
	}
	if !differ || !up && !down {
		return scenes
	}
	times, at := mergeTimes(runs, !up)
	out := make([]*Scene, len(scenes))
	for k, s := range scenes {
		out[k] = s.moved(times, at[k])
	}
	return out
}

// ownTimes returns the times of the scene's moments and the run that has them; nil where its runs have different times and are not matched by them.
func (s *Scene) ownTimes() ([]float64, *xainb.Track) {
	lead := s.doc.Tracks[s.doc.Longest()]
	if s.times != nil {
		return s.times, lead
	}
	for _, t := range s.doc.Tracks {
		if !sameTimes(t, lead) {
			return nil, lead
		}
	}
	if s.doc.Align != nil {
		return nil, lead
	}
	return timesOf(lead), lead
}

// moved returns the scene with other moments: at each it shows what it showed at the moment named. What is said at a moment is said at the first that shows it.
func (s *Scene) moved(times []float64, at []int) *Scene {
	c := *s
	c.doc, c.times = cloned(s.doc), times
	c.doc.Align = make([][]int, len(c.doc.Tracks))
	for k := range c.doc.Align {
		for _, moment := range at {
			c.doc.Align[k] = append(c.doc.Align[k], s.doc.Frame(k, moment))
		}
	}
	to := func(moment int) int { return slices.IndexFunc(at, func(m int) bool { return m >= moment }) }
	c.doc.Start = to(c.doc.Start)
	for i := range c.doc.Notes {
		c.doc.Notes[i].At = to(c.doc.Notes[i].At)
	}
	for i := range c.doc.Asks {
		c.doc.Asks[i].At = to(c.doc.Asks[i].At)
	}
	for i := range c.doc.Chapters {
		c.doc.Chapters[i].At = to(c.doc.Chapters[i].At)
	}
	return &c
}
