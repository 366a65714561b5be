package charts

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
)

// later is a reader that has names which it may not read off a frame as the scene begins: of what a reader of the page selects, of values that are not finite yet.
type later interface {
	later() []string
}

// Limits of a warning about names, and of the frames that are searched for them. What comes and goes is in the schema, or among the later names.
const (
	mostNamesSaid    = 8
	mostFramesSearch = 32
)

// unfilled returns warnings about names in what is said around the picture that nothing fills in.
func (p *poster) unfilled() (out []string) {
	d := &p.scene.doc
	known, all := p.staticNames(), map[string]bool(nil)
	for _, x := range templatesOf(d) {
		names := namesIn(x.text)
		for _, language := range slices.Sorted(maps.Keys(d.Translations)) {
			names = append(names, namesIn(d.Translations[language][x.text])...)
		}
		for _, name := range names {
			if known[name] || slices.Contains(x.own, name) {
				continue
			}
			if all == nil {
				all = p.names(known)
			}
			if all[name] || slices.ContainsFunc(slices.Collect(maps.Keys(all)), func(has string) bool { return braced.Replace(has) == name }) {
				continue // the scene's own name for one with braces
			}
			text := fmt.Sprintf(x.warning, "{"+name+"}", nearest(name, append(slices.Collect(maps.Keys(all)), x.own...)))
			if !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return out
}

// template is a text with names, and those that it has for itself.
type template struct {
	text, warning string
	own           []string
}

// What is warned of a name, by the text that it is in.
const (
	captionLacks  = "The caption uses %s, which this scene does not have; it has %s."
	subtitleLacks = "The subtitle uses %s, which this scene does not have; it has %s."
	noteLacks     = "A note uses %s, which this scene does not have; it has %s."
	revealLacks   = "What is revealed uses %s, which this scene does not have; it has %s."
)

// templatesOf returns all texts of a document that are filled in.
func templatesOf(d *xainb.Document) []template {
	var guess []string
	if slices.ContainsFunc(d.Controls, isPrediction) {
		guess = []string{"guess"}
	}
	all := []template{{d.Caption, captionLacks, guess}, {d.Subtitle, subtitleLacks, guess}}
	for _, n := range d.Notes {
		all = append(all, template{n.Text, noteLacks, guess})
	}
	for _, c := range d.Controls {
		all = append(all, template{c.Reveal, revealLacks, guess})
		for _, o := range c.Options {
			all = append(all, template{o.Caption, captionLacks, guess}, template{o.Subtitle, subtitleLacks, guess})
		}
	}
	for _, a := range d.Asks {
		all = append(all, template{a.Reveal, revealLacks, []string{"guess", "right"}})
	}
	return all
}

// namesIn returns the names that a template has filled in, see [runsOf].
func namesIn(text string) (names []string) {
	for _, part := range templateParts.FindAllString(text, -1) {
		found := plainNames
		switch part[0] {
		case '$':
			found = formulaNames
		case '{':
		default:
			continue
		}
		for _, m := range found.FindAllStringSubmatch(part, -1) {
			names = append(names, m[1])
		}
	}
	return names
}

// staticNames are those that need no look at what the frames hold.
func (p *poster) staticNames() map[string]bool {
	known := map[string]bool{}
	for _, name := range []string{"time", "timeName", "phase", "frame", "frames"} {
		known[name] = true
	}
	for _, t := range p.scene.doc.Tracks[:min(1, len(p.scene.doc.Tracks))] {
		for _, name := range t.Schema().Scalars {
			known[name] = true
		}
	}
	for _, st := range p.scene.stills {
		if r, ok := st.(later); ok {
			for _, name := range r.later() {
				known[name] = true
			}
		}
	}
	return known
}

// names adds to the names that are known those that the panels read off the frames.
func (p *poster) names(known map[string]bool) map[string]bool {
	all, n := maps.Clone(known), p.frames()
	for i := range min(n, mostFramesSearch) {
		frame := i
		if n > mostFramesSearch {
			frame = i * (n - 1) / (mostFramesSearch - 1)
		}
		for name := range p.read(frame) {
			all[name] = true
		}
	}
	return all
}

// nearest lists the names that are most like another one, the most alike first.
func nearest(name string, all []string) string {
	all = slices.DeleteFunc(all, func(has string) bool { return braced.Replace(has) != has })
	far := func(other string) float64 {
		return float64(edits(name, other)) / float64(max(len(name), len(other), 1))
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(far(a), far(b)), cmp.Compare(a, b)) })
	more := ""
	if all = slices.Compact(all); len(all) > mostNamesSaid {
		all, more = all[:mostNamesSaid], ", …"
	}
	return "{" + strings.Join(all, "}, {") + "}" + more
}

// edits is Levenshtein's distance: how many letters are put in, left out or replaced.
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		before := row[0]
		row[0] = i + 1
		for j, q := range y {
			before, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, before+pick(r == q, 0, 1))
		}
	}
	return row[len(y)]
}

// prefixed puts a word before names, as [called] does.
func prefixed(as string, names ...string) []string {
	for i := range names {
		names[i] = as + names[i]
	}
	return names
}

var (
	rankingNames = []string{"feature", "has", "lead", "top", "rest", "value", "top.label", "top.value"}
	lineNames    = []string{"selected", "top.label", "top.value", "second.label", "second.value", "word.label", "word.value", "sum", "marked", "cell.label", "cell.value"}
	wholeNames   = []string{"max.row", "max.column", "max.value", "far.row", "far.column", "far.value"}
)

func (s imageSpec) later() []string {
	names := slices.Concat(lineNames, wholeNames)
	if s.Base != "" {
		names = append(append(names, "base.value"), prefixed("base.", slices.Clone(lineNames)...)...)
	}
	return prefixed(s.As, names...)
}

func (b *barsSpec) later() []string { return prefixed(b.As, slices.Clone(rankingNames)...) }

func (w *textSpec) later() []string { return rankingNames }

func (p *profileSpec) later() []string {
	return prefixed(p.As, "top.label", "top.value", "far.label", "far.value")
}

func (p *scatterSpec) later() []string { return prefixed(p.As, "feature", "x", "y") }

func (p *planeSpec) later() []string {
	var names []string
	if len(p.Points) > 0 {
		names = append(names, "feature", "x", "y")
	}
	if p.Arrows != nil {
		names = append(names, "arrow", "arrow.x", "arrow.y")
	}
	if p.Path != nil {
		names = append(names, "x", "y")
	}
	if p.Bar != nil {
		names = append(names, "energy")
	}
	for _, m := range p.Measures {
		names = append(names, m.Name)
	}
	return prefixed(p.As, names...)
}

func (l *lanesSpec) later() []string {
	names := []string{"feature", "value"}
	if l.Null != "" {
		names = append(names, "null")
	}
	return prefixed(l.As, names...)
}

func (p *curvesSpec) later() []string {
	var names []string
	for _, k := range p.Marks {
		names = append(names, k.Scalar+".at", k.Scalar+".value")
	}
	return prefixed(p.As, names...)
}

func (l *linesSpec) later() []string {
	var names []string
	for _, x := range l.lines {
		names = append(names, x.Name)
	}
	return names
}

func (p *surfaceSpec) later() []string {
	names := []string{"field", "notFinite", "min.value", "min.x", "min.y", "max.value", "max.x", "max.y"}
	if p.Path != "" && p.Here != "" {
		names = append(names, "here.value", "here.x", "here.y")
	}
	return prefixed(p.As, names...)
}

func (s arithmeticSpec) later() []string {
	return []string{"query", "key", "dot", "score", "root", "on", "off", "exp.on", "exp.off", "sum.on", "sum.off"}
}
