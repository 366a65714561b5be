package charts

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
)

// diffusionDigits draws the sheets of digits one under the other.
func (s *Scene) diffusionDigits(t *xainb.Track, o options) *Scene {
	sheets := func(g *xainb.FieldInfo) bool { return isPicture(g) && g.Name != "x" }
	fields := []string{"x"}
	if g := t.Schema().Field("x0"); g != nil && sheets(g) {
		fields = append(fields, s.chooseShown(t, &o, sheets)...)
	}
	drawn := t
	if g := t.Schema().Field("nearest"); g != nil && sheets(g) {
		drawn = everywhere(t, g.Name)
		fields = append(fields, g.Name)
	}
	s.shipOnly(drawn, fields...)
	for _, f := range fields {
		s.doc.Blend[f], s.doc.Bits[f] = xainb.Ease, 6 // a hundredth of what is drawn from paper to ink
		if f == "noise" || f == "x" {
			s.doc.Bits[f] = 8
		}
	}
	sheet := func(field, head, as string) {
		spec := heatmapSpec(s.doc.Tracks[0], t.Schema().Field(first(strings.TrimPrefix(field, "$"+shownState), "x0")))
		spec.Field, spec.Head, spec.As, spec.Ramp = field, head, as, "ink"
		spec.Ranges = map[string][2]float64{"x": {-1, 1}, "x0": {-1, 1}, "noise": {-2, 2}, "nearest": {-1, 1}}
		spec.add(s, 1, ownRow)
	}
	sheet("x", "x_t", "")
	if len(fields) > 1 && fields[1] != "nearest" {
		sheet("$"+shownState, s.say("what the network makes of it"), "network.")
	}
	if slices.Contains(fields, "nearest") {
		sheet("nearest", s.say("the training image that is nearest to what each becomes"), "nearest.")
	}
	s.doc.Layout = &xainb.Layout{Column: true}
	for i := range s.doc.Panels {
		s.doc.Panels[i].Basis = 0
		s.doc.Layout.Parts = append(s.doc.Layout.Parts, xainb.Layout{Panel: i})
	}
	o.apply(s, fields...)
	s.doc.Title = s.say("How does noise become a digit?")
	if asked := askedFor(t); asked != "" {
		s.doc.Subtitle = s.say("Asked for, in rows: %s.", asked)
	}
	s.doc.Caption = s.say("At **t = {time}**, progress τ = {tau}.")
	s.doc.Summary = s.say("Digits from noise over %d frames.", t.Len())
	return s
}

// askedFor lists the classes that were asked of the samples.
func askedFor(t *xainb.Track) string {
	for _, f := range t.Frames() {
		if x := f.Field("class"); x != nil {
			var all []string
			for _, c := range x.Data {
				all = append(all, pick(c >= 0, strconv.Itoa(int(max(c, 0))), "–"))
			}
			if len(all) > 40 {
				all = append(all[:40], "…")
			}
			return strings.Join(all, " ")
		}
	}
	return ""
}

// everywhere returns a run in which the last frame that has a field lends it to all others.
func everywhere(t *xainb.Track, name string) *xainb.Track {
	var last *xainb.Field
	for _, f := range t.Frames() {
		if x := f.Field(name); x != nil {
			last = x
		}
	}
	frames := make([]xainb.Snapshot, 0, t.Len())
	for _, f := range t.Frames() {
		c := *f
		if c.Fields = slices.Clip(slices.Clone(c.Fields)); c.Field(name) == nil {
			c.Put(name, last.Data, last.Dims...)
		}
		frames = append(frames, c)
	}
	return xainb.NewTrack(frames, t.Provenance(), t.Err()).WithCounts(t.Steps(), t.Dropped()).WithWarnings(t.Warnings()...)
}

// PatchAttention draws the attention of a diffusion run over digits: of a head, chosen among all layers', which patch looks at which, in the frames that have the field "attention"
// [head, query, key], the key steps. What captions can use is what those of [Heatmap] can, and the run's scalars.
func PatchAttention(run xainb.Source, opts ...Option) *Scene {
	s, t := newScene(run, "PatchAttention")
	if s.err != nil {
		return s
	}
	if f := t.Schema().Field("attention"); f == nil || len(f.Dims) != 3 {
		return s.fail(fmt.Errorf("charts: PatchAttention: the run has no field attention [head, query, key]; it has %s", contents(t)))
	}
	keys := t.Select(func(f *xainb.Snapshot) bool { return f.Field("attention") != nil })
	if keys.Len() == 0 {
		return s.fail(errors.New("charts: PatchAttention: no frame of the run has attention"))
	}
	s = Heatmap(keys, append(slices.Clip(opts), Field("attention"))...)
	if s.err != nil {
		return s
	}
	s.rename("PatchAttention")
	s.doc.Sources = nil
	s.from(t)
	for i, still := range s.stills {
		if small, ok := still.(multiplesSpec); ok {
			small.Title = s.say("{count} heads, layer after layer")
			s.stills[i], s.doc.Panels[i].Spec = small, small
		}
	}
	s.doc.Title = s.say("Which patches look at which?")
	s.doc.Subtitle = s.say("Shown is {head}. Rows ask, columns answer; a patch is named by its row and column.")
	s.doc.Caption = s.say("At t = {time}%s the largest weight is **{max.value}**: patch {max.row} looks at {max.column}.", progress(keys))
	return s
}
