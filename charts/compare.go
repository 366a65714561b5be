package charts

import (
	"fmt"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// Compare puts two runs side by side on one scale, with what is the first minus the second:
//
//	fields of 2-D and more   two pictures, and their difference: red where the first is larger, blue where the second is
//	1-D fields               two rankings or profiles, and their difference
//	fields [n,2], [n,3]      the points of both; a point that is clicked shows its way in both; of diffusion runs as [InStep] draws them
//	scalars                  both lines in one chart for each number
//
// It takes the first of these that both runs have, labelled 1-D fields before points and pictures as [Auto] does; [Field] chooses
// one. Frames are matched by the algorithm's own time where the times of both runs only grow, or only fall, and count the same thing; otherwise by their number
// ([Align] decides). Matched by time, each run shows its last frame up to that time: the one with fewer steps waits, and one that has not begun
// shows its first, without a difference. [Names] says
// what the runs are called, [Ramp] sets the colours of the two pictures.
//
// Captions can use what those of [Heatmap], [Bars], [Lines] or [Scatter] can for the first run, the same with "b." before it for the second, with
// "difference." for the difference. Numbers drawn as lines are called by the run and their name: {first run loss}.
func Compare(a, b xainb.Source, opts ...Option) *Scene {
	s, t := newScene(a, "Compare")
	if s.err != nil {
		return s
	}
	other, u := newScene(b, "")
	if other.err != nil {
		return s.fail(inside("Compare: second run", other.err))
	}
	p := pair{runs: [2]*xainb.Track{t, u}, options: optionsOf(opts), opts: opts}
	p.names = p.options.attention.names
	p.names[0], p.names[1] = first(p.names[0], "first run"), first(p.names[1], "second run")
	if p.names[0] == p.names[1] {
		return s.fail(fmt.Errorf("charts: Compare: both runs are called %q: give two names with charts.Names", p.names[0]))
	}
	err := p.options.err
	if err == nil {
		err = p.match()
	}
	if err == nil {
		s, err = p.draw()
	}
	if err != nil {
		return (&Scene{doc: newDocument()}).fail(err)
	}
	s.doc.Sources = nil
	s.from(p.runs[:]...)
	return s
}

// Align says how [Compare] matches frames: by "time" or by "index".
func Align(by string) Option { return func(o *options) { o.align = by } }

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
	if isDiffusionPlane(p.runs[0]) && isDiffusionPlane(p.runs[1]) && p.options.field == "" {
		s := inStep(p.runs[:], p.names[:], p.times, p.at[:], p.byTime, p.opts)
		return s, s.err
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
	p.only(f.Name)
	difference := f.Name + " difference"
	third, err := p.track(func(i int, out *xainb.Snapshot) error { return minus(p, f.Name, i, out) })
	if err != nil {
		return nil, err
	}
	if third.Schema().Field(difference) == nil {
		return nil, fmt.Errorf("charts: Compare: there is no %s at which %s and %s both have the field %s%s", timeWord(third), p.names[0], p.names[1], f.Name, p.instead())
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
	scenes[0].call(scenes[0].say("%s − %s", word(p.names[0]), word(p.names[1])), "difference.")
	scenes[1].call(p.names[0], "")
	scenes[2].call(p.names[1], "b.")
	s := p.together(scenes[:]...)
	// The difference comes first among the tracks, for it has the time of every moment, and last among the pictures.
	n := len(scenes[0].doc.Panels)
	s.doc.Panels = slices.Concat(s.doc.Panels[n:], s.doc.Panels[:n])
	s.stills = slices.Concat(s.stills[n:], s.stills[:n])
	if x, ok := s.stills[len(s.stills)-1].(imageSpec); ok && !x.Bare { // with names along its sides it comes under the two, as large as they are
		s.doc.Panels[len(s.doc.Panels)-1].Grow, s.doc.Panels[len(s.doc.Panels)-1].Basis = 0, 400
	}
	name, a, b := quoted.Replace(f.Name), word(quoted.Replace(p.names[0])), word(quoted.Replace(p.names[1]))
	s.doc.Title = s.say("Where do the two differ in %s?", f.Name)
	more := say("what is more in %s", a)
	switch s.stills[len(s.stills)-1].(type) {
	case imageSpec:
		more = say("red where there is more in %s, blue where there is more in %s", a, b)
		s.doc.Caption = s.say("At %s they differ most at {difference.far.row}, {difference.far.column}: by **{difference.far.value}**.", whenNoisy(third))
		if n := len(f.Dims); labels(third, nil, f.Dims[n-2].Name) != nil && labels(third, nil, f.Dims[n-1].Name) != nil {
			s.doc.Caption = s.say("At %s they differ most in row “{difference.far.row}”, column “{difference.far.column}”: by **{difference.far.value}**.", whenNoisy(third))
		}
	case *barsSpec:
		s.doc.Caption = s.say("At %s they differ most at **{difference.top.label}**: by **{difference.top.value}**.", whenNoisy(third))
	default:
		s.doc.Caption = s.say("At %s they differ most at **{difference.far.label}**: by **{difference.far.value}**.", whenNoisy(third))
	}
	s.doc.Subtitle = s.say("The %s: %s, %s, and their difference: %s.%s%s", name, a, b, more, p.matched(), p.late())
	s.doc.Summary = s.say("%s of %s and of %s over %d frames, and the difference.", f.Name, word(p.names[0]), word(p.names[1]), third.Len())
	return s, nil
}

// numbers returns the numbers over the time that both runs have.
func (p *pair) numbers() (both []line) {
	theirs := linesOf(p.runs[1])
	for _, l := range linesOf(p.runs[0]) {
		if slices.Contains(theirs, l) {
			both = append(both, l)
		}
	}
	return both
}

// lines draws the numbers that both runs have. Both nil: there are none.
func (p *pair) lines() (*Scene, error) {
	spec := &linesSpec{Kind: "lines", Bridge: true, ranges: map[string][2]float64{}}
	both := slices.DeleteFunc(p.numbers(), func(l line) bool {
		return p.options.field != "" && p.options.field != l.Name || p.chosen != nil && !slices.Contains(p.chosen, l.Name)
	})
	if p.chosen != nil {
		slices.SortStableFunc(both, func(a, b line) int { return slices.Index(p.chosen, a.Name) - slices.Index(p.chosen, b.Name) })
	}
	if p.begins != nil {
		spec.Mark = &lineMark{*p.begins, p.names[1]}
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
			x := line{Name: p.names[k] + " " + l.Name, Scalar: p.names[k] + " " + l.Name, Count: areCounts(l.values(t))}
			if name := word(p.names[k]); name.en != name.zh {
				x.zh = name.zh + " " + l.Name
				x.Label = s.tell(bilingual{x.Name, x.zh})
			}
			lo, hi := extent(l.values(t))
			spec.lines, spec.ranges[x.Name] = append(spec.lines, x), [2]float64{lo, hi}
		}
	}
	if err := spec.arrange(); err != nil {
		return nil, err
	}
	frames, err := p.frames(func(i int, out *xainb.Snapshot) error {
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
	t := p.joint(frames)
	for _, x := range spec.lines {
		spec.latest = append(spec.latest, x.latest(t))
	}
	s.doc.Tracks = []*xainb.Track{t}
	s.series(xainb.Panel{Grow: 1, Basis: 300, Spec: spec}, spec, linesScript)
	s.doc.Title = s.tell(linesTitle(both))
	s.doc.Subtitle = s.say("%s and %s; the thin lines are still to come.%s", word(quoted.Replace(p.names[0])), word(quoted.Replace(p.names[1])), p.matched())
	s.doc.Caption = s.tell(linesCaption(t, spec.lines[:2]))
	s.doc.Summary = s.tell(linesSummary(t, spec.lines[:2]))
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
	moments, err := p.track(func(int, *xainb.Snapshot) error { return nil })
	if err != nil {
		return nil, err
	}
	s := p.together(scenes...)
	s.clock(moments)
	s.doc.Title = "Where do the points of the two go?"
	s.doc.Subtitle = s.say("Each dot is one %s. Click one to see its way in both.%s%s", quoted.Replace(f.Dims[0].Name), p.matched(), p.late())
	s.doc.Caption = s.say("At %s: **{said}** in %s, **{b.said}** in %s.", whenNoisy(moments), word(quoted.Replace(p.names[0])), word(quoted.Replace(p.names[1])))
	s.doc.Summary = s.say("%s of %s and of %s over %d frames.", f.Name, word(p.names[0]), word(p.names[1]), len(p.times))
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
		case *planeSpec:
			x.Head, x.As = name, as
		case *lanesSpec:
			x.Name, x.As = name, as
		}
	}
}
