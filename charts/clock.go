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

func timesOf(t *xainb.Track) []float64 {
	times := make([]float64, t.Len())
	for i, f := range t.Frames() {
		times[i] = f.Time
	}
	return times
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
