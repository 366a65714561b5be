package charts

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// Compare puts two runs side by side on one scale, with what is the first minus the second:
//
//	fields of 2-D and more   two pictures, and their difference: red where the first is larger, blue where the second is
//	1-D fields               two rankings or profiles, and their difference
//	fields [n,2], [n,3]      the points of both; a point that is clicked shows its way in both
//	scalars                  both lines in one chart for each number
//
// It takes the first of these that both runs have, labelled 1-D fields before points and pictures as [Auto] does; [Field] chooses
// one. Frames are matched by the algorithm's own time where the times of both runs only grow, or only fall, and count the same thing; otherwise by their number
// ([Align] decides). Matched by time, each run shows its last frame up to that time: the one with fewer steps waits. [Names] says
// what the runs are called, [Ramp] sets the colours of the two pictures.
//
// Captions can use what those of [Heatmap], [Bars], [Lines] or [Scatter] can for the first run, the same with "b." before it for the second, with
// "difference." for the difference. Numbers drawn as lines are called by the run and their name: {first run loss}.
func Compare(a, b xainb.Source, opts ...Option) *Scene {
	s, t := newScene(a)
	if s.err != nil {
		return s
	}
	other, u := newScene(b)
	if other.err != nil {
		return s.fail(fmt.Errorf("charts: Compare: second run: %w", other.err))
	}
	p := pair{runs: [2]*xainb.Track{t, u}, options: optionsOf(opts), opts: opts}
	p.names = p.options.attention.names
	p.names[0], p.names[1] = first(p.names[0], "first run"), first(p.names[1], "second run")
	err := p.match()
	if err == nil {
		s, err = p.draw()
	}
	if err != nil {
		return (&Scene{doc: newDocument()}).fail(err)
	}
	return s
}

// Align says how [Compare] matches frames: by "time" or by "index".
func Align(by string) Option { return func(o *options) { o.align = by } }

// pair is two runs with their frames matched.
type pair struct {
	runs    [2]*xainb.Track
	names   [2]string
	options options
	opts    []Option
	at      [2][]int  // the frame of each at each moment
	times   []float64 // of the moments
	byTime  bool
}

// ordered says whether the times of a run only grow, and whether they only fall. A single time does both.
func ordered(t *xainb.Track) (up, down bool) {
	up, down = true, true
	for i, f := range t.Frames() {
		up = up && f.Time-f.Time == 0 && (i == 0 || f.Time > t.At(i-1).Time)
		down = down && f.Time-f.Time == 0 && (i == 0 || f.Time < t.At(i-1).Time)
	}
	return up, down
}

// match chooses the moments and the frames that are shown at each.
func (p *pair) match() error {
	a, b := p.runs[0], p.runs[1]
	upA, downA := ordered(a)
	upB, downB := ordered(b)
	up, down := upA && upB, downA && downB
	can := (up || down) && timeWord(a) == timeWord(b)
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
	for _, t := range p.runs {
		for _, f := range t.Frames() {
			p.times = append(p.times, f.Time)
		}
	}
	sign := pick(up, 1.0, -1)
	slices.SortFunc(p.times, func(x, y float64) int { return cmp.Compare(sign*x, sign*y) })
	p.times = slices.Compact(p.times)
	for k, t := range p.runs {
		frame := 0
		for _, time := range p.times {
			for frame+1 < t.Len() && sign*t.At(frame+1).Time <= sign*time {
				frame++
			}
			p.at[k] = append(p.at[k], frame)
		}
	}
	return nil
}

// frame returns what a run shows at a moment, and whether it has come to that there.
func (p *pair) frame(run, moment int) (s *xainb.Snapshot, fresh bool) {
	s = p.runs[run].At(p.at[run][moment])
	if p.byTime {
		return s, s.Time == p.times[moment]
	}
	return s, moment < p.runs[run].Len()
}

// common returns the first field that fits in both runs.
func (p *pair) common(fits func(*xainb.Track, *xainb.FieldInfo) bool) *xainb.FieldInfo {
	schema := p.runs[0].Schema()
	for i := range schema.Fields {
		f := &schema.Fields[i]
		g := p.runs[1].Schema().Field(f.Name)
		if g != nil && (p.options.field == "" || p.options.field == f.Name) && fits(p.runs[0], f) && fits(p.runs[1], g) {
			return f
		}
	}
	return nil
}

// draw makes the scene of what both runs have.
func (p *pair) draw() (*Scene, error) {
	isNamed := func(t *xainb.Track, f *xainb.FieldInfo) bool { return isList(f) && named(t)(f) }
	anyList := func(_ *xainb.Track, f *xainb.FieldInfo) bool { return isList(f) }
	picture := func(_ *xainb.Track, f *xainb.FieldInfo) bool { return isPicture(f) && !isPath(f) }
	if f := p.common(isNamed); f != nil {
		return p.three(f, func(t *xainb.Track, o ...Option) *Scene { return Bars(t, o...) }, listDifference)
	}
	if f := p.common(isPoints); f != nil {
		return p.points(f)
	}
	if f := p.common(picture); f != nil {
		return p.three(f, func(t *xainb.Track, o ...Option) *Scene { return Heatmap(t, append(o, alone)...) }, pictureDifference)
	}
	if f := p.common(anyList); f != nil {
		return p.three(f, func(t *xainb.Track, o ...Option) *Scene { return Lines(t, o...) }, listDifference)
	}
	if s, err := p.lines(); s != nil || err != nil {
		return s, err
	}
	if name := p.options.field; name != "" {
		return nil, fmt.Errorf("charts: Compare: there is no field or scalar %q in both runs that can be compared; the first has %s, the second %s", name, contents(p.runs[0]), contents(p.runs[1]))
	}
	return nil, fmt.Errorf("charts: Compare: the runs have nothing in common to draw: the first has %s, the second %s", contents(p.runs[0]), contents(p.runs[1]))
}

// alone leaves out the small pictures beside a heat map.
func alone(o *options) { o.alone = true }

// three draws a field of both runs and its difference.
func (p *pair) three(f *xainb.FieldInfo, draw func(*xainb.Track, ...Option) *Scene, minus func(p *pair, name string, moment int, out *xainb.Snapshot) error) (*Scene, error) {
	difference := f.Name + " difference"
	third, err := p.track(func(i int, out *xainb.Snapshot) error { return minus(p, f.Name, i, out) })
	if err != nil {
		return nil, err
	}
	scenes := [3]*Scene{
		draw(third, Field(difference), Ramp("diverging"), Bits(p.options.bits), Top(p.options.top)),
		draw(p.runs[0], append(slices.Clone(p.opts), Field(f.Name))...),
		draw(p.runs[1], append(slices.Clone(p.opts), Field(f.Name))...),
	}
	for _, s := range scenes {
		if s.err != nil {
			return nil, s.err
		}
	}
	share(scenes[1], scenes[2])
	scenes[0].call(p.names[0]+" − "+p.names[1], "difference.")
	scenes[1].call(p.names[0], "")
	scenes[2].call(p.names[1], "b.")
	s := p.together(scenes[:]...)
	// The difference comes first among the tracks, for it has the time of every moment, and last among the pictures.
	n := len(scenes[0].doc.Panels)
	s.doc.Panels = slices.Concat(s.doc.Panels[n:], s.doc.Panels[:n])
	s.stills = slices.Concat(s.stills[n:], s.stills[:n])
	name, a, b := quoted.Replace(f.Name), quoted.Replace(p.names[0]), quoted.Replace(p.names[1])
	s.doc.Title = "Where do the two differ in " + f.Name + "?"
	said := "what is more in " + a
	switch s.stills[len(s.stills)-1].(type) {
	case imageSpec:
		said = fmt.Sprintf("red is more in %s, blue is more in %s", a, b)
		s.doc.Caption = "they differ most at {difference.far.row}, {difference.far.column}: by **{difference.far.value}**."
	case *barsSpec:
		s.doc.Caption = "they differ most at **{difference.top.label}**: by **{difference.top.value}**."
	default:
		s.doc.Caption = "they differ most at **{difference.far.label}**: by **{difference.far.value}**."
	}
	s.doc.Subtitle = fmt.Sprintf("The %s: %s, %s, and their difference, %s.%s", name, a, b, said, p.matched())
	s.doc.Caption = "At " + quoted.Replace(timeWord(third)) + " {time} " + s.doc.Caption
	s.doc.Summary = fmt.Sprintf("%s of %s and of %s over %d frames, and the difference.", f.Name, p.names[0], p.names[1], third.Len())
	return s, nil
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
func (p *pair) matched() string {
	switch {
	case p.runs[0].Len() == p.runs[1].Len() && sameTimes(p.runs[0], p.runs[1]):
		return ""
	case p.byTime:
		return " Each stands at its last frame up to the same " + quoted.Replace(timeWord(p.runs[0])) + "."
	}
	return " Frames are matched by their number."
}

// track makes a track with a frame for each moment.
func (p *pair) track(fill func(moment int, out *xainb.Snapshot) error) (*xainb.Track, error) {
	frames := make([]xainb.Snapshot, len(p.times))
	for i := range frames {
		f := &frames[i]
		f.Seq, f.Time = i, p.times[i]
		for k := range p.runs {
			s, fresh := p.frame(k, i)
			f.TimeName, f.Phase = first(f.TimeName, s.TimeName), first(f.Phase, s.Phase)
			f.Key = f.Key || fresh && s.Key
		}
		if err := fill(i, f); err != nil {
			return nil, err
		}
	}
	prov := xainb.Provenance{Name: p.names[0] + " − " + p.names[1]}
	return xainb.NewTrack(frames, prov, nil), nil
}

// lines draws the numbers that both runs have. Both nil: there are none.
func (p *pair) lines() (*Scene, error) {
	spec := &linesSpec{Kind: "lines", Bridge: true, ranges: map[string][2]float64{}}
	var both []line
	for _, l := range linesOf(p.runs[0]) {
		if slices.Contains(linesOf(p.runs[1]), l) && (p.options.field == "" || p.options.field == l.Name) {
			both = append(both, l)
		}
	}
	if len(both) == 0 {
		return nil, nil
	}
	s := &Scene{doc: newDocument()}
	if n := len(both); n > mostLines/2 {
		s.doc.Warnings = append(s.doc.Warnings, fmt.Sprintf("%d of the runs' %d numbers are drawn: choose one with charts.Field.", mostLines/2, n))
		both = both[:mostLines/2]
	}
	for _, l := range both {
		for k, t := range p.runs {
			x := line{Name: p.names[k] + " " + l.Name, Scalar: p.names[k] + " " + l.Name}
			lo, hi := extent(l.values(t))
			spec.lines, spec.ranges[x.Name] = append(spec.lines, x), [2]float64{lo, hi}
		}
	}
	if err := spec.arrange(); err != nil {
		return nil, err
	}
	t, err := p.track(func(i int, out *xainb.Snapshot) error {
		for j, x := range spec.lines {
			if snap, fresh := p.frame(j%2, i); fresh {
				if v, ok := both[j/2].at(snap); ok {
					out.PutScalar(x.Name, v)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.doc.Tracks = []*xainb.Track{t}
	s.series(xainb.Panel{Grow: 1, Basis: 300, Spec: spec}, spec, linesScript)
	s.doc.Title = linesTitle(both)
	s.doc.Subtitle = fmt.Sprintf("%s and %s; the thin lines are still to come.%s", quoted.Replace(p.names[0]), quoted.Replace(p.names[1]), p.matched())
	s.doc.Caption = linesCaption(t, spec.lines[:2])
	s.doc.Summary = linesSummary(t, spec.lines[:2])
	return s, nil
}

// points draws the points of both runs. What is a point's difference has no place in their plane; a click shows the way in both.
func (p *pair) points(f *xainb.FieldInfo) (*Scene, error) {
	var scenes []*Scene
	for k, t := range p.runs {
		s := Scatter(t, append(slices.Clone(p.opts), Field(f.Name))...)
		if s.err != nil {
			return nil, s.err
		}
		s.call(p.names[k], pick(k == 0, "", "b."))
		scenes = append(scenes, s)
	}
	share(scenes...)
	s := p.together(scenes...)
	s.doc.Title = "Where do the points of the two go?"
	s.doc.Subtitle = "Each dot is one " + quoted.Replace(f.Dims[0].Name) + ". Click one to see its way in both." + p.matched()
	s.doc.Caption = fmt.Sprintf("At %s {time}: **{said}** in %s, **{b.said}** in %s.", quoted.Replace(timeWord(p.runs[0])), quoted.Replace(p.names[0]), quoted.Replace(p.names[1]))
	s.doc.Summary = fmt.Sprintf("%s of %s and of %s over %d frames.", f.Name, p.names[0], p.names[1], len(p.times))
	return s, nil
}

// call names the pictures of a scene above them, and puts a word before what they read for captions.
func (s *Scene) call(name, as string) {
	for i := range s.stills {
		switch x := s.stills[i].(type) {
		case imageSpec:
			x.Head, x.As = name, as
			s.stills[i], s.doc.Panels[i].Spec = x, x
			s.doc.Panels[i].Grow, s.doc.Panels[i].Basis = 1, pick(x.Bare, 200, 260)
		case *barsSpec:
			x.Name, x.As = name, as
		case *profileSpec:
			x.Name, x.As = name, as
		case *scatterSpec:
			x.Head, x.As = name, as
		}
	}
}
