package charts

import (
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// decays records a loss that falls from top over n frames, a list and points of that size.
func decays(n int, top float64) *xainb.Track {
	var fill []func(*xainb.Snapshot)
	for i := range n {
		fill = append(fill, func(s *xainb.Snapshot) {
			v := float32(top / float64(i+1))
			s.PutScalar("loss", float64(v))
			s.Put("w", []float32{v, -v, 0}, xainb.Dim{Name: "k", Size: 3})
			s.PutLabels("k", []string{"a", "b", "c"})
			s.Put("p", []float32{v, v, -v, v, 0, 0}, xainb.Dim{Name: "point", Size: 3}, xainb.Dim{Name: "xy", Size: 2})
			s.Put("m", []float32{v, 0, 0, v}, xainb.Dim{Name: "row", Size: 2}, xainb.Dim{Name: "col", Size: 2})
		})
	}
	return snaps(fill...)
}

func rates() []Variant {
	return []Variant{{"0.01", decays(4, 1)}, {"0.1", decays(6, 3)}, {"1", decays(2, 2)}}
}

func TestVary(t *testing.T) {
	s := Vary("learning rate", func(run xainb.Source) *Scene { return Lines(run) }, rates()...).Title("Which rate?").Note(3, "Late.").Ask(1, "Which?", "a", "b")
	d := documentOf(t, s)
	v := d.Variants
	if v == nil || v.Label != "learning rate" || v.Start != 0 || len(v.Docs) != 3 || v.Docs[0].Doc != nil || v.Docs[2].Label != "1" {
		t.Fatalf("%+v", v)
	}
	for _, x := range v.Docs[1:] {
		if x.Doc.Variants != nil || x.Doc.Title != "Which rate?" || len(x.Doc.Notes) != 1 || len(x.Doc.Asks) != 1 || len(x.Doc.Tracks) != 1 {
			t.Errorf("%s: %+v", x.Label, x.Doc)
		}
		if _, err := x.Doc.Poster.Draw(1); err != nil {
			t.Error(err)
		}
	}
}

// A variant may need a painter that the others do not: the page has it from the start.
func TestVaryCarriesAllPainters(t *testing.T) {
	first := true
	s := Vary("picture", func(run xainb.Source) *Scene {
		if first {
			first = false
			return Words(run, Field("w"))
		}
		return Heatmap(run, Field("m"))
	}, rates()[:2]...)
	d := documentOf(t, s)
	var names []string
	for _, x := range d.Scripts {
		names = append(names, x.Name)
	}
	if !slices.Contains(names, "text") || !slices.Contains(names, "image") || !slices.Equal(d.Libraries, []string{"echarts"}) {
		t.Errorf("scripts %v, libraries %v", names, d.Libraries)
	}
}

// No axis moves when the reader switches.
func TestVaryHasOneScale(t *testing.T) {
	all := func(run xainb.Source) *Scene {
		return Row(Lines(run), Bars(run), Scatter(run, Field("p")), Heatmap(run, Field("m")), Words(run, Field("w")), Lines(run, Field("w")))
	}
	d := documentOf(t, Vary("rate", all, rates()...))
	docs := []*xainb.Document{d, d.Variants.Docs[1].Doc, d.Variants.Docs[2].Doc}
	for i, d := range docs {
		lines, bars, points := d.Panels[0].Spec.(*linesSpec), d.Panels[1].Spec.(*barsSpec), d.Panels[2].Spec.(*scatterSpec)
		image, words, profile := d.Panels[3].Spec.(imageSpec), d.Panels[4].Spec.(*textSpec), d.Panels[5].Spec.(*profileSpec)
		if *lines.Rows[0].Scale != [2]float64{0.25, 3} || *lines.Span != [2]float64{0, 5} {
			t.Errorf("variant %d: lines over %v and %v", i, *lines.Rows[0].Scale, *lines.Span)
		}
		if bars.Min != -3 || bars.Max != 3 || points.Range[0] != [2]float64{-3, 3} || image.Ranges["m"] != [2]float64{0, 3} || words.Limit != 3 || profile.Min != -3 || profile.Max != 3 {
			t.Errorf("variant %d: %v %v, %v, %v, %v, %v %v", i, bars.Min, bars.Max, points.Range, image.Ranges, words.Limit, profile.Min, profile.Max)
		}
	}
}

// Numbers stand in the same rows in all variants, though their sizes differ more in some.
func TestVaryHasOneOrderOfRows(t *testing.T) {
	run := func(top float64) *xainb.Track {
		return snaps(func(s *xainb.Snapshot) { s.PutScalar("loss", top); s.PutScalar("accuracy", 0) },
			func(s *xainb.Snapshot) { s.PutScalar("loss", 0); s.PutScalar("accuracy", 1) })
	}
	d := documentOf(t, Vary("rate", func(r xainb.Source) *Scene { return Lines(r) }, Variant{"small", run(2)}, Variant{"large", run(1000)}))
	for _, d := range []*xainb.Document{d, d.Variants.Docs[1].Doc} {
		if rows := d.Panels[0].Spec.(*linesSpec).Rows; len(rows) != 2 {
			t.Errorf("%d rows, want 2", len(rows))
		}
	}
}

func TestRowOfVariants(t *testing.T) {
	vary := func() *Scene { return Vary("rate", func(r xainb.Source) *Scene { return Lines(r) }, rates()...) }
	d := documentOf(t, Row(vary(), numbers(3)))
	if v := d.Variants; v == nil || len(v.Docs) != 3 || len(d.Panels) != 2 || len(v.Docs[1].Doc.Panels) != 2 {
		t.Errorf("%+v", d.Variants)
	}
	if err := Column(vary(), vary()).Err(); err == nil || !strings.Contains(err.Error(), "scenes 1 and 2 both have variants") {
		t.Error(err)
	}
}

func TestVaryErrors(t *testing.T) {
	lines := func(r xainb.Source) *Scene { return Lines(r) }
	one := numbers(3)
	for _, c := range []struct {
		name  string
		scene *Scene
		want  string
	}{
		{"no variants", Vary("seed", lines), `Vary("seed"): give a function that draws a run, and variants`},
		{"one name twice", Vary("seed", lines, Variant{"1", decays(2, 1)}, Variant{"1", decays(2, 1)}), `two variants are called "1"`},
		{"no run", Vary("seed", lines, Variant{"1", nil}), `Vary("seed"): 1: `},
		{"no scene", Vary("seed", func(xainb.Source) *Scene { return nil }, Variant{"1", decays(2, 1)}), "the scene is nil"},
		{"the same scene", Vary("seed", func(xainb.Source) *Scene { return one }, rates()...), "make a new scene of each run"},
		{"variants of variants", Vary("seed", func(xainb.Source) *Scene { return Vary("rate", lines, rates()...) }, rates()...), "without variants of its own"},
	} {
		if err := c.scene.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", c.name, err, c.want)
		}
	}
}

// The scenes that draw returns may be used for something else.
func TestVaryLeavesScenesAlone(t *testing.T) {
	made := map[xainb.Source]*Scene{}
	draw := func(run xainb.Source) *Scene {
		if made[run] == nil {
			made[run] = Lines(run)
		}
		return made[run]
	}
	runs := rates()
	Vary("rate", draw, runs...).Title("Which rate?").Note(1, "x")
	d := documentOf(t, made[runs[0].Run])
	if d.Variants != nil || d.Title == "Which rate?" || len(d.Notes) > 0 || d.Panels[0].Spec.(*linesSpec).Span != nil {
		t.Errorf("%+v", d)
	}
	if err := Vary("rate", draw, runs...).Err(); err != nil {
		t.Error(err)
	}
}

// What is said may be of a frame that only a longer variant has.
func TestVarySaysOfLongerVariants(t *testing.T) {
	draw := func(run xainb.Source) *Scene { return Lines(run) }
	s := Vary("rate", draw, rates()...).Note(5, "Late.").Ask(5, "Which?", "a", "b").Chapter(0, "start").Chapter(5, "end")
	d := documentOf(t, s)
	if x := d.Variants.Docs[1].Doc; len(x.Notes) != 1 || x.Notes[0].At != 5 {
		t.Errorf("%+v", x.Notes)
	}
	drawn(t, s, 3)
	if err := s.Note(6, "x").Err(); err == nil || !strings.Contains(err.Error(), "the scene has frames 0 to 5") {
		t.Error(err)
	}
}
