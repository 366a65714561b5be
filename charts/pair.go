package charts

import (
	"fmt"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// pair is two runs with their frames matched.
type pair struct {
	runs    [2]*xainb.Track
	names   [2]string
	options options
	opts    []Option
	at      [2][]int  // the frame of each at each moment
	times   []float64 // of the moments
	byTime  bool
	falling bool // with byTime: times fall

	begins *float64 // when the second, a branch, leaves the first
	chosen []string // the numbers to draw; nil is all
}

// match chooses the moments and the frames that are shown at each.
func (p *pair) match() error {
	a, b := p.runs[0], p.runs[1]
	up, down := oneWay(p.runs[:])
	can := up || down
	switch p.options.align {
	case "", "index":
	case "time":
		if !can {
			return fmt.Errorf("charts: Compare: Align(%q): the times of the runs (%s and %s) do not both grow or both fall, or count different things: use Align(\"index\")", "time", timeWord(a), timeWord(b))
		}
	default:
		return fmt.Errorf("charts: Compare: Align(%q): give \"time\" or \"index\"", p.options.align)
	}
	if p.byTime = can && p.options.align != "index"; !p.byTime {
		for i := range max(a.Len(), b.Len()) {
			longer := pick(i < a.Len(), a, b)
			p.times = append(p.times, longer.At(i).Time)
			p.at[0], p.at[1] = append(p.at[0], min(i, a.Len()-1)), append(p.at[1], min(i, b.Len()-1))
		}
		return nil
	}
	times, at := mergeTimes([][]float64{timesOf(a), timesOf(b)}, !up)
	p.times, p.at, p.falling = times, [2][]int(at), !up
	return nil
}

// only leaves out the moments at which neither run has a field: there is nothing to draw.
func (p *pair) only(field string) {
	var times []float64
	var at [2][]int
	for i, time := range p.times {
		if p.runs[0].At(p.at[0][i]).Field(field) == nil && p.runs[1].At(p.at[1][i]).Field(field) == nil {
			continue
		}
		times = append(times, time)
		for k := range at {
			at[k] = append(at[k], p.at[k][i])
		}
	}
	p.times, p.at = times, at
}

// begun says whether a run has come to its first frame at a moment.
func (p *pair) begun(run, moment int) bool {
	start := p.runs[run].At(0).Time
	return !p.byTime || start == p.times[moment] || (start < p.times[moment]) != p.falling
}

// late says what is shown where one run begins later than the other.
func (p *pair) late() bilingual {
	if p.begun(0, 0) && p.begun(1, 0) {
		return bilingual{}
	}
	return say(" A run that has not begun shows its first frame.")
}

// frame returns what a run shows at a moment, and whether it has come to that there.
func (p *pair) frame(run, moment int) (s *xainb.Snapshot, fresh bool) {
	s = p.runs[run].At(p.at[run][moment])
	if p.byTime {
		return s, s.Time == p.times[moment]
	}
	return s, moment == 0 || p.at[run][moment] != p.at[run][moment-1]
}

// clock puts a track of nothing but times first: captions take the time of the first track.
func (s *Scene) clock(moments *xainb.Track) {
	d := &s.doc
	d.Tracks = slices.Insert(d.Tracks, 0, moments)
	for i := range d.Panels {
		d.Panels[i].Track++
	}
	if d.Align != nil {
		row := make([]int, moments.Len())
		for i := range row {
			row[i] = i
		}
		d.Align = slices.Insert(d.Align, 0, row)
	}
}

// together joins the scenes, their frames matched.
func (p *pair) together(scenes ...*Scene) *Scene {
	out := &Scene{doc: newDocument()}
	for _, s := range scenes {
		out.join(s)
	}
	var align [][]int
	plain := true
	for _, t := range out.doc.Tracks {
		row := make([]int, len(p.times))
		k := slices.IndexFunc(p.runs[:], func(r *xainb.Track) bool { return sameTimes(r, t) })
		for i := range row {
			row[i] = min(i, t.Len()-1)
			if t.Len() != len(row) && k >= 0 {
				row[i] = p.at[k][i]
			}
			plain = plain && row[i] == min(i, t.Len()-1)
		}
		align = append(align, row)
	}
	if !plain {
		out.doc.Align = align
	}
	out.doc.Start = 0
	return out
}

// matched says how the frames are matched where that is not plain.
func (p *pair) matched() bilingual {
	switch {
	case p.runs[0].Len() == p.runs[1].Len() && sameTimes(p.runs[0], p.runs[1]):
		return bilingual{}
	case p.byTime:
		return say(" Each stands at its last frame up to the same %s.", timeNoun(quoted.Replace(timeWord(p.runs[0]))))
	}
	return say(" Frames are matched by their number.")
}

// track makes a track with a frame for each moment.
func (p *pair) track(fill func(moment int, out *xainb.Snapshot) error) (*xainb.Track, error) {
	frames, err := p.frames(fill)
	if err != nil {
		return nil, err
	}
	return xainb.NewTrack(frames, xainb.Provenance{Name: p.names[0] + " − " + p.names[1]}, nil), nil
}

func (p *pair) frames(fill func(moment int, out *xainb.Snapshot) error) ([]xainb.Snapshot, error) {
	frames := make([]xainb.Snapshot, len(p.times))
	for i := range frames {
		f := &frames[i]
		f.Seq, f.Time = i, p.times[i]
		for k := range p.runs {
			s, fresh := p.frame(k, i)
			f.TimeName, f.Phase = first(f.TimeName, s.TimeName), first(f.Phase, s.Phase)
			f.Key = f.Key || fresh && s.Key
			if v, ok := s.Scalar("tau"); ok && s.Time == f.Time {
				if _, has := f.Scalar("tau"); !has {
					f.PutScalar("tau", v)
				}
			}
		}
		if err := fill(i, f); err != nil {
			return nil, err
		}
	}
	return frames, nil
}

// joint makes a track that stands for both runs, with all that is known of them.
func (p *pair) joint(frames []xainb.Snapshot) *xainb.Track {
	a, b := p.runs[0].Provenance(), p.runs[1].Provenance()
	prov := xainb.Provenance{Name: p.names[0] + " and " + p.names[1], Model: either(a.Model, b.Model), Data: either(a.Data, b.Data)}
	if a.ModelHash == b.ModelHash {
		prov.ModelHash = a.ModelHash
	}
	if a.DataHash == b.DataHash {
		prov.DataHash = a.DataHash
	}
	if a.Seed == b.Seed {
		prov.Seed = a.Seed
	}
	var warnings []string
	for k, t := range p.runs {
		for _, w := range t.Warnings() {
			warnings = append(warnings, p.names[k]+": "+w)
		}
	}
	return xainb.NewTrack(frames, prov, endedBy(p.runs[:], p.names[:])).WithWarnings(warnings...)
}

// endedBy says what ended some of the runs early.
func endedBy(runs []*xainb.Track, names []string) (err error) {
	for k, t := range runs {
		if e := t.Err(); e != nil && err == nil {
			err = fmt.Errorf("%s: %w", names[k], e)
		} else if e != nil {
			err = fmt.Errorf("%w; %s: %w", err, names[k], e)
		}
	}
	return err
}

// either is what both are called.
func either(a, b string) string {
	if a == b || b == "" {
		return a
	}
	return pick(a == "", b, a+" and "+b)
}
