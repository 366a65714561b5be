package charts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/xainb/gonb-xai/xainb"
)

// Auto chooses how to draw a run by what it holds:
//
//	x and the scalar tau             Diffusion, of points, of a line with its histogram, of digits with x0
//	attention [head, query, key]     AttentionHeads
//	tsne and pca [sample, xy=2]      Trajectories
//	generated and real [sample, 2]   GANSamples, over Energy and the Lines of both losses; images with both losses likewise
//	path [moment, abv=3]             Surface, of the fields over a plane
//	log-snr [t] with alpha-bar       Curves, with Marks where the steps are; with linear and cubic, the interpolations
//	two phases or more               Stages, above the rest
//	1-D field with labels            Bars; where the labels read as a text, Words as well
//	path [node, test]                Path
//	[n, 2]                           Scatter
//	other fields of 2-D and more     Heatmap, two of them
//	1-D field without labels         Lines, over its own positions
//	scalars                          Lines
//
// in this order, each once where nothing else is said; the first six are the whole scene. What does not fit on one page is named under the picture; [Field] chooses one field instead.
func Auto(src xainb.Source, opts ...Option) *Scene {
	s, t := newScene(src, "Auto")
	if s.err != nil {
		return s
	}
	o := optionsOf(opts)
	if o.field != "" {
		return autoField(src, t, o, opts)
	}
	if whole := wholeScene(src, t, opts); whole != nil {
		return whole
	}
	a := autoPlan{scene: s, track: t, options: o}
	a.stages()
	a.lists()
	a.planes()
	a.profile()
	a.lines()
	if a.err != nil {
		return s.fail(a.err)
	}
	if len(s.doc.Panels) == 0 {
		return s.fail(fmt.Errorf("charts: Auto: there is nothing to draw: the run has %s, and no frame has a phase", contents(t)))
	}
	a.say()
	s.shipOnly(t, a.fields...)
	o.apply(s, a.fields...)
	return s
}

// autoField draws one field as its shape asks for.
func autoField(src xainb.Source, t *xainb.Track, o options, opts []Option) *Scene {
	f := t.Schema().Field(o.field)
	switch {
	case f == nil, len(f.Dims) == 0:
		return Lines(src, opts...) // a scalar, or the error that names what there is
	case len(f.Dims) == 1 && len(labels(t, nil, f.Dims[0].Name)) > 0:
		return Bars(src, opts...)
	case len(f.Dims) == 1:
		return Lines(src, opts...)
	case isPath(f):
		return Path(src, opts...)
	case isPoints(t, f):
		return Scatter(src, opts...)
	}
	return Heatmap(src, opts...)
}

// autoPlan is a scene of Auto in the making.
type autoPlan struct {
	scene   *Scene
	track   *xainb.Track
	options options
	fields  []string // drawn so far
	left    []string // not drawn
	err     error

	title, subtitle, caption, summary bilingual
}

// fail keeps the first error.
func (a *autoPlan) fail(err error) {
	if a.err == nil {
		a.err = err
	}
}

// lead sets what is said of the picture, if nothing before it has.
func (a *autoPlan) lead(title, subtitle, caption, summary bilingual) {
	if a.title.en == "" {
		a.title, a.subtitle, a.caption, a.summary = title, subtitle, caption, summary
	}
}

func (a *autoPlan) stages() {
	if r := routeOf(a.track); len(r.stages) > 1 {
		a.scene.addStages(r)
	}
}

// lists adds the ranking, with the words above it where they are a text, and the path of the decision.
func (a *autoPlan) lists() {
	t := a.track
	schema := t.Schema()
	path := slices.IndexFunc(schema.Fields, func(f xainb.FieldInfo) bool { return isPath(&f) })
	if best, err := fieldFor(t, "Auto", "", "", isList, named(t)); err == nil && named(t)(best) {
		a.ranking(best, path < 0)
	}
	if path >= 0 {
		a.scene.addPath(t, &schema.Fields[path])
		a.fields = append(a.fields, schema.Fields[path].Name)
		a.lead(say("Which tests lead to the answer?"), say("From the top: each value, and the threshold it is compared with."), say("Test {nodes}: **{test}**."), bilingual{})
	}
}

func (a *autoPlan) ranking(f *xainb.FieldInfo, mayBeText bool) {
	t, s := a.track, a.scene
	if mayBeText && readsAsText(t, f) {
		w, err := s.addWords(t, f)
		if err != nil {
			a.fail(err)
			return
		}
		a.lead(say("Which words count?"), w.subtitle(say("; the bars rank them.")), rankingCaption(t, w.Came), rankingSummary(t, f))
		if w.Mask != "" {
			a.fields = append(a.fields, w.Mask)
		}
	}
	o := a.options
	o.field = f.Name
	if _, err := s.addBars(t, o); err != nil {
		a.fail(err)
		return
	}
	a.fields = append(a.fields, f.Name)
	a.lead(say("What counts most?"), barsSubtitle(f), rankingCaption(t, arrivals(t, f)), rankingSummary(t, f))
}

// planes adds the first field of points and the first two heat maps or pictures.
func (a *autoPlan) planes() {
	t := a.track
	points, maps := 0, 0
	schema := t.Schema()
	for i := range schema.Fields {
		f := &schema.Fields[i]
		var sub *Scene
		switch {
		case len(f.Dims) < 2, isPath(f):
			continue
		case isPoints(t, f) && points == 0:
			points++
			sub = Scatter(t, Field(f.Name), Trail(a.options.trail))
		case isPicture(f) && !isPoints(t, f) && maps < 2:
			maps++
			sub = Heatmap(t, Field(f.Name))
		default:
			a.left = append(a.left, f.Name)
			continue
		}
		if sub.err != nil {
			a.fail(sub.err)
			return
		}
		a.take(sub, f.Name)
	}
}

// take adds the panels of a scene of the same run, which then draw from this scene's track.
func (a *autoPlan) take(o *Scene, field string) {
	told := func(text string) bilingual { return bilingual{text, first(o.doc.Translations["zh"][text], text)} }
	a.lead(told(o.doc.Title), told(o.doc.Subtitle), told(o.doc.Caption), told(o.doc.Summary))
	s := a.scene
	title, tracks := s.doc.Title, s.doc.Tracks
	s.doc.Tracks = nil // its panels draw from the one track
	s.join(o)
	s.doc.Title, s.doc.Tracks = title, tracks
	a.fields = append(a.fields, field)
}

// profile adds the first 1-D field without labels, where there is no ranking.
func (a *autoPlan) profile() {
	schema := a.track.Schema()
	found := slices.ContainsFunc(schema.Fields, func(f xainb.FieldInfo) bool { return isList(&f) && slices.Contains(a.fields, f.Name) })
	for i := range schema.Fields {
		f := &schema.Fields[i]
		if !isList(f) || slices.Contains(a.fields, f.Name) {
			continue
		}
		if found {
			a.left = append(a.left, f.Name)
			continue
		}
		found = true
		if err := a.scene.addProfile(a.track, f); err != nil {
			a.fail(err)
			return
		}
		a.fields = append(a.fields, f.Name)
		p := newProfileWords(a.track, f)
		a.lead(p.title, p.subtitle, p.caption, p.summary)
	}
}

// lines adds the numbers of the run, and says the first of them in the caption.
func (a *autoPlan) lines() {
	t := a.track
	lines := linesOf(t)
	if len(lines) == 0 {
		return
	}
	shown := map[string]bool{} // names that the caption has for something else
	for name := range (&poster{scene: a.scene}).read(t.Len() - 1) {
		shown[name] = true
	}
	fields, err := a.scene.addLines(t, lines)
	if err != nil {
		a.fail(err)
		return
	}
	a.fields = append(a.fields, fields...)
	if name := lines[0].Name; a.title.en != "" && !shown[name] {
		a.caption = say("%s The %s is {%s}.", a.caption, quoted.Replace(name), braced.Replace(name))
		a.caption.en = strings.TrimSpace(a.caption.en) // there may be none before
	}
	a.lead(linesTitle(lines), say("Each line runs up to the playhead; the thin line is still to come."), linesCaption(t, lines), linesSummary(t, lines))
}

// say sets the texts around the picture and names what it leaves out.
func (a *autoPlan) say() {
	s := a.scene
	a.lead(say("Where in the algorithm are we?"), say("The current stage is lit."), say("Now: **{stage}**."), bilingual{})
	s.Title(s.tell(a.title)).Subtitle(s.tell(a.subtitle)).Caption(s.tell(a.caption))
	s.doc.Summary = s.tell(a.summary)
	if len(a.left) > 0 {
		s.doc.Warnings = append(s.doc.Warnings, fmt.Sprintf("Not drawn here: %s. charts.Field chooses one.", list(a.left)))
	}
}

// isPoints says whether a field reads as points of a plane rather than as a table.
func isPoints(t *xainb.Track, f *xainb.FieldInfo) bool {
	if !isPlane(t)(f) || f.Dims[0].Size < 3 || f.Dims[0].Name == f.Dims[1].Name {
		return false
	}
	columns := make([]string, f.Dims[1].Size)
	copy(columns, labels(t, nil, f.Dims[1].Name))
	if f.Dims[1].Size == 3 && columns[0] == "" {
		return strings.HasPrefix(strings.ToLower(f.Dims[1].Name), "xy")
	}
	return alike(columns)
}

var (
	// tableSigns are in names of columns and not in words.
	tableSigns = regexp.MustCompile(`[\s_=<>/()%]|\d+\s*$`)
	wordPiece  = regexp.MustCompile(`^(##.|Ġ|▁)|^\[(CLS|SEP|MASK|PAD|UNK)\]$`)
)

// readsAsText guesses whether the labels of a field are the words of a text, in their order, rather than names of features: the
// frames begin alike, no label has a sign that only names of columns have, and something speaks for a sentence: pieces of words,
// punctuation, a word that comes again, a capital at the beginning alone, characters set without spaces, or words that come one by one.
func readsAsText(t *xainb.Track, f *xainb.FieldInfo) bool {
	words := longestLabels(t, f.Dims[0].Name)
	if len(words) < 3 {
		return false
	}
	for _, s := range t.Frames() {
		if l := s.LabelsOf(f.Dims[0].Name); len(l) > len(words) || !slices.Equal(l, words[:len(l)]) {
			return false // sorted, or another text in each frame
		}
	}
	seen := map[string]bool{}
	lower, evidence := 0, arrivals(t, f) != nil
	for i, w := range words {
		if wordPiece.MatchString(w) || closingSigns.MatchString(w) && i > 0 {
			evidence = true
			continue
		}
		if tableSigns.MatchString(w) {
			return false
		}
		key := strings.ToLower(w)
		evidence = evidence || seen[key] || len(w) > 1 && strings.ContainsAny(w[len(w)-1:], ".,!?;") || wideRune(firstRune(w))
		seen[key] = true
		if !unicode.IsUpper(firstRune(w)) {
			lower++
		}
	}
	return evidence || unicode.IsUpper(firstRune(words[0])) && lower == len(words)-1
}
