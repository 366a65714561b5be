package charts

import (
	"fmt"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// Branch shows a run and another future of it on one clock: the measures of both as pairs of lines that part where the branch leaves, which is marked, and the
// points of both side by side, drawn as [GANSamples] draws them where the runs are a GAN's. Before the branch leaves both show the parent. The branch is a run that goes
// on from a frame of the parent, with the times of its own frames; where its first frame is known to be a frame of the parent is
// of no matter. Both times must grow and count the same thing.
//
// [Names] says what the two are called ("as it was" and "branch"), [Field] chooses one measure; without it a GAN's distance to the data, its modes and the value
// of its game are drawn, of other runs the first three. Captions can use what those of [Compare] can.
func Branch(parent, branch xainb.Source, opts ...Option) *Scene {
	s, t := newScene(parent, "Branch")
	if s.err != nil {
		return s
	}
	other, u := newScene(branch, "")
	if other.err != nil {
		return s.fail(inside("Branch: the branch", other.err))
	}
	p := pair{options: optionsOf(opts), opts: opts, begins: &u.At(0).Time}
	p.names = p.options.attention.names
	p.names[0], p.names[1] = first(p.names[0], "as it was"), first(p.names[1], "branch")
	whole, err := withPast(t, u)
	if err == nil && p.names[0] == p.names[1] {
		err = fmt.Errorf("charts: Branch: both are called %q: give two names with charts.Names", p.names[0])
	}
	if err == nil {
		err = p.options.err
	}
	p.runs, p.options.align = [2]*xainb.Track{t, whole}, "time"
	if err == nil {
		err = p.match()
	}
	if err == nil {
		s, err = p.branches()
	}
	if err != nil {
		return (&Scene{doc: newDocument()}).fail(err)
	}
	s.doc.Sources = nil
	s.from(t, u)
	return s
}

// withPast returns a branch with the frames of its parent before it.
func withPast(parent, branch *xainb.Track) (*xainb.Track, error) {
	up, _ := ordered(parent)
	grows, _ := ordered(branch)
	start := branch.At(0).Time
	switch {
	case !up || !grows || timeWord(parent) != timeWord(branch):
		return nil, fmt.Errorf("charts: Branch: the times of the runs (%s and %s) do not both grow, or count different things", timeWord(parent), timeWord(branch))
	case start < parent.At(0).Time || start > parent.At(parent.Len()-1).Time:
		return nil, fmt.Errorf("charts: Branch: the branch begins at %s %s, and its parent goes from %s to %s", timeWord(branch), formatTime(start),
			formatTime(parent.At(0).Time), formatTime(parent.At(parent.Len()-1).Time))
	}
	var frames []xainb.Snapshot
	for _, f := range parent.Frames() {
		if f.Time < start {
			frames = append(frames, *f)
		}
	}
	for _, f := range branch.Frames() {
		frames = append(frames, *f)
	}
	for i := range frames {
		frames[i].Seq = i
	}
	return xainb.NewTrack(frames, branch.Provenance(), branch.Err()).WithWarnings(branch.Warnings()...), nil
}

// branches draws what both runs have.
func (p *pair) branches() (*Scene, error) {
	p.chosen = p.measures()
	var scenes []*Scene
	var layout xainb.Layout
	lines, err := p.lines()
	if err != nil {
		return nil, err
	}
	if lines != nil {
		scenes = append(scenes, lines)
	}
	points, err := p.sides()
	if err != nil {
		return nil, err
	}
	if len(points) == 0 && lines == nil {
		return nil, fmt.Errorf("charts: Branch: the runs have no number and no points in common: the first has %s, the second %s", contents(p.runs[0]), contents(p.runs[1]))
	}
	s := p.together(append(scenes, points...)...)
	if lines == nil {
		moments, err := p.track(func(int, *xainb.Snapshot) error { return nil })
		if err != nil {
			return nil, err
		}
		s.clock(moments)
	}
	if lines != nil && len(points) > 0 {
		layout = xainb.Layout{Column: true, Parts: []xainb.Layout{{Parts: []xainb.Layout{{Panel: 1}, {Panel: 2}}}, {Panel: 0}}}
		s.doc.Layout = &layout
	}
	a, b := word(quoted.Replace(p.names[0])), word(quoted.Replace(p.names[1]))
	leaves := slices.Index(p.times, *p.begins)
	s.doc.Title = "What if it had gone on differently?"
	s.doc.Subtitle = s.say("Until %s both are one run; then %s, and %s.", whenAt(p.runs[0], *p.begins), a, b)
	s.doc.Summary = s.say("A run and a branch of it from %s on, over %d frames.", whenAt(p.runs[0], *p.begins), len(p.times))
	if lines != nil {
		name := func(k int) string { return braced.Replace(p.names[k] + " " + p.chosen[0]) }
		s.doc.Caption = s.say("At %s, %s: **{%s}** %s, **{%s}** %s.", when(p.runs[0]), quoted.Replace(p.chosen[0]), name(0), a, name(1), b)
	} else {
		s.doc.Caption = s.say("At %s: **{said}** in %s, **{b.said}** in %s.", when(p.runs[0]), a, b)
	}
	if s.doc.Chapters = nil; leaves > 0 {
		s.doc.Chapters = []xainb.Chapter{{At: 0, Name: "one run"}, {At: leaves, Name: s.say("%s | %s", word(p.names[0]), word(p.names[1]))}}
	}
	return s, nil
}

// measures returns which numbers are drawn of a run that has many.
func (p *pair) measures() []string {
	var all, out []string
	for _, l := range p.numbers() {
		all = append(all, l.Name)
	}
	if p.options.field != "" && slices.Contains(all, p.options.field) {
		return []string{p.options.field}
	}
	for _, name := range append([]string{"SWD", "modes", "V"}, all...) {
		if len(out) < 3 && slices.Contains(all, name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// sides draws the points of both runs, if they have any.
func (p *pair) sides() (scenes []*Scene, err error) {
	f := p.common(func(t *xainb.Track, f *xainb.FieldInfo) bool { return isPoints(t, f) && f.Dims[1].Size == 2 })
	draw := func(t *xainb.Track) *Scene { return GANSamples(t, append(slices.Clone(p.opts), Field("generated"))...) }
	switch g := p.runs[0].Schema().Field("generated"); {
	case g != nil && p.runs[1].Schema().Field("generated") != nil && p.options.field == "":
	case f == nil:
		return nil, nil
	default:
		draw = func(t *xainb.Track) *Scene { return Scatter(t, append(slices.Clone(p.opts), Field(f.Name))...) }
	}
	for k, t := range p.runs {
		s := draw(t)
		if s.err != nil {
			return nil, s.err
		}
		s.call(p.names[k], pick(k == 0, "", "b."))
		scenes = append(scenes, s)
	}
	share(scenes...)
	return scenes, nil
}
