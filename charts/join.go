package charts

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// ownRow is the least width of a panel that has nothing beside it on a page as wide as a notebook's.
const ownRow = 700

// Row puts scenes side by side on one clock, wrapping where the page is narrow. Title, subtitle, caption, notes and chapters are those of the
// first scene that has them; questions are those of all, one at a frame. Entries of the state with the same name are shared, so that one selection
// serves all. Rows and columns can be nested: Row(Column(a, b), c).
//
// Runs that count the same thing go by their own time, where that only grows or only falls: each shows its last frame up to it. Others go by the number of the frame, and a
// shorter one stays at its last. Beside a scene whose runs are aligned by time, as [Compare] aligns them, a run with the same times as one of them goes along
// with it.
func Row(scenes ...*Scene) *Scene { return joined("Row", false, scenes) }

// Column puts scenes one under the other on one clock; all else is as in [Row].
func Column(scenes ...*Scene) *Scene { return joined("Column", true, scenes) }

func joined(name string, column bool, scenes []*Scene) *Scene {
	out := &Scene{doc: newDocument()}
	if len(scenes) == 0 {
		return out.fail(fmt.Errorf("charts: %s of no scenes", name))
	}
	varies := -1
	for i, s := range scenes {
		if s == nil || s.err != nil {
			return out.fail(inside(fmt.Sprintf("%s: scene %d", name, i+1), s.Err()))
		}
		if s.varied == nil {
			continue
		}
		if varies >= 0 {
			return out.fail(fmt.Errorf("charts: %s: scenes %d and %d both have variants, and a reader chooses one: call %s in the function that Vary draws with", name, varies+1, i+1, name))
		}
		varies = i
	}
	var tree xainb.Layout
	placed := onOneClock(scenes)
	out.times = placed[0].times
	for _, s := range placed {
		tree = beside(tree, moved(s.layout(), len(out.doc.Panels)), column)
		out.join(s)
		out.unused = append(out.unused, s.unused...)
	}
	for _, part := range tree.Parts {
		if column && len(part.Parts) == 0 && out.doc.Panels[part.Panel].Basis == ownRow {
			out.doc.Panels[part.Panel].Basis = 0 // a column has nothing beside it
		}
	}
	if column || slices.ContainsFunc(tree.Parts, func(l xainb.Layout) bool { return len(l.Parts) > 0 }) {
		out.doc.Layout = &tree
	}
	if varies >= 0 {
		v := scenes[varies].varied
		out.varied = &varied{label: v.label, names: v.names}
		for _, o := range v.others {
			list := slices.Clone(scenes)
			list[varies] = o
			other := joined(name, column, list)
			if other.err != nil {
				return out.fail(other.err)
			}
			out.varied.others = append(out.varied.others, other)
		}
	}
	return out
}

// layout returns where the panels of the scene stand.
func (s *Scene) layout() xainb.Layout {
	if s.doc.Layout != nil {
		return *s.doc.Layout
	}
	var row xainb.Layout
	for i := range s.doc.Panels {
		row.Parts = append(row.Parts, xainb.Layout{Panel: i})
	}
	return row
}

// moved returns the layout of panels that have others before them.
func moved(l xainb.Layout, by int) xainb.Layout {
	l.Parts = slices.Clone(l.Parts)
	for i, p := range l.Parts {
		l.Parts[i] = moved(p, by)
	}
	if len(l.Parts) == 0 {
		l.Panel += by
	}
	return l
}

// beside adds a part to a row or a column. A row in a row is no row of its own, so that all its parts wrap together.
func beside(tree, part xainb.Layout, column bool) xainb.Layout {
	tree.Column = column
	if part.Column == column || len(part.Parts) == 1 {
		tree.Parts = append(tree.Parts, part.Parts...)
	} else {
		tree.Parts = append(tree.Parts, part)
	}
	return tree
}

// join adds the panels of another scene and all that they need.
func (s *Scene) join(o *Scene) {
	d, base := &s.doc, len(s.doc.Tracks)
	d.Title, d.Subtitle, d.Caption = first(d.Title, o.doc.Title), first(d.Subtitle, o.doc.Subtitle), first(d.Caption, o.doc.Caption)
	d.Summary, d.Seconds = first(d.Summary, o.doc.Summary), max(d.Seconds, o.doc.Seconds)
	for language, texts := range o.doc.Translations {
		for text, translation := range texts {
			s.noteTranslation(language, text, translation)
		}
	}
	joinBlends(d, &o.doc)
	d.Start = max(d.Start, o.doc.Start)
	if d.Align != nil || o.doc.Align != nil {
		n := max(d.Moments(), o.doc.Moments())
		d.Align = append(frames(d, &o.doc, n), frames(&o.doc, d, n)...)
	}
	d.Tracks = append(slices.Clip(d.Tracks), o.doc.Tracks...)
	s.from(o.doc.Sources...)
	for _, p := range o.doc.Panels {
		p.Track += base
		d.Panels = append(d.Panels, p)
	}
	s.stills = append(s.stills, o.stills...)
	for k, v := range o.doc.State {
		if _, ok := d.State[k]; !ok {
			d.State[k] = v
		}
	}
	for k, bits := range o.doc.Bits {
		d.Bits[k] = max(d.Bits[k], bits)
	}
	for _, c := range o.doc.Controls {
		i := slices.IndexFunc(d.Controls, func(e xainb.Control) bool { return e.State == c.State })
		if i < 0 {
			d.Controls = append(d.Controls, c)
		} else if isPrediction(c) && !reflect.DeepEqual(c, d.Controls[i]) {
			s.fail(fmt.Errorf("charts: the predictions %q and %q are asked for at once: a reader gives one", d.Controls[i].Label, c.Label))
		}
	}
	if len(d.Notes) == 0 {
		d.Notes = slices.Clone(o.doc.Notes)
	}
	if len(d.Chapters) == 0 {
		d.Chapters = slices.Clone(o.doc.Chapters)
	}
	for _, a := range o.doc.Asks {
		i := slices.IndexFunc(d.Asks, func(b xainb.Ask) bool { return a.At == b.At })
		if i < 0 {
			d.Asks = append(slices.Clip(d.Asks), a)
		} else if !reflect.DeepEqual(a, d.Asks[i]) {
			s.fail(fmt.Errorf("charts: the questions %q and %q both stop at frame %d", d.Asks[i].Question, a.Question, a.At))
		}
	}
	s.use(o.doc.Scripts...)
	s.needs(o.doc.Libraries...)
	d.Warnings = append(d.Warnings, o.doc.Warnings...)
}

// joinBlends lets a field blend that no scene which draws it forbids: the page knows fields by their names alone.
func joinBlends(d, o *xainb.Document) {
	forbids := func(d *xainb.Document, name string) bool {
		_, ok := d.Blend[name]
		return !ok && slices.ContainsFunc(d.Tracks, func(t *xainb.Track) bool { return t.Schema().Field(name) != nil })
	}
	maps.DeleteFunc(d.Blend, func(name string, _ xainb.Easing) bool { return forbids(o, name) })
	for name, easing := range o.Blend {
		if _, ok := d.Blend[name]; !ok && !forbids(d, name) {
			d.Blend[name] = easing
		}
	}
}

// frames returns which frame of each track of d is shown at n moments, where d and another document are joined and one of them is aligned.
func frames(d, other *xainb.Document, n int) [][]int {
	var out [][]int
	for k, t := range d.Tracks {
		from, track := d, k
		if d.Align == nil {
			if j := slices.IndexFunc(other.Tracks, func(u *xainb.Track) bool { return sameTimes(t, u) }); j >= 0 {
				from, track = other, j
			}
		}
		row := make([]int, n)
		for i := range row {
			row[i] = from.Frame(track, min(i, from.Moments()-1))
		}
		out = append(out, row)
	}
	return out
}

// sameTimes says whether two tracks have been recorded at the same moments of an algorithm's own time.
func sameTimes(a, b *xainb.Track) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i, f := range a.Frames() {
		if g := b.At(i); f.Time != g.Time || f.TimeName != g.TimeName {
			return false
		}
	}
	return true
}
