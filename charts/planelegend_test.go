package charts

import (
	"slices"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// TestOneLegend: planes beside each other whose marks mean the same tell it once; an arrow's length may mean something else in each.
func TestOneLegend(t *testing.T) {
	told := func(s *Scene) (out []string) {
		for _, p := range documentOf(t, s).Panels {
			if p, ok := p.Spec.(*planeSpec); ok {
				out = append(out, p.Told)
			}
		}
		return out
	}
	run := ringRun(6, 0)
	longer := run.Select(func(s *xainb.Snapshot) bool { return s.Time > 20 })
	for _, c := range []struct {
		name  string
		scene *Scene
		want  []string
	}{
		{"one run", Row(GANSamples(run), GANSamples(run)), []string{"", toldAll}},
		{"a branch", Branch(run, run), []string{"", toldAll}},
		{"another scale", Row(GANSamples(run), GANSamples(longer)), []string{"", toldButArrows}},
		{"other marks", Row(GANSamples(run), VectorField(run)), []string{"", ""}},
	} {
		if got := told(c.scene); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
