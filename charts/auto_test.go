package charts

import (
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

func TestAutoChooses(t *testing.T) {
	mixed := snaps(
		func(s *xainb.Snapshot) {
			s.Phase = "forward"
			s.PutScalar("loss", 1)
			s.Put("signal", make([]float32, 50), xainb.Dim{Name: "sample", Size: 50})
			s.Put("other", make([]float32, 50), xainb.Dim{Name: "sample", Size: 50})
			s.Put("map", make([]float32, 12), xainb.Dim{Name: "y", Size: 3}, xainb.Dim{Name: "x", Size: 4})
			s.Put("points", make([]float32, 12), xainb.Dim{Name: "point", Size: 6}, xainb.Dim{Name: "xy", Size: 2})
		},
		func(s *xainb.Snapshot) { s.Phase = "backward" },
	)
	attention := xainb.Record(0, func(int) []xainb.Step {
		return []xainb.Step{xainb.AttentionWeight{Layer: 1, Heads: 2, Queries: 2, Keys: 2, Weights: []float32{1, 0, 1, 0, 0, 1, 0, 1}, Tokens: []string{"a", "b"}}}
	})
	picture := snaps(func(s *xainb.Snapshot) {
		s.Put("image", make([]float32, 8*8*3), xainb.Dim{Name: "height", Size: 8}, xainb.Dim{Name: "width", Size: 8}, xainb.Dim{Name: "channel", Size: 3})
	})
	table := xainb.Record(0, func(int) []xainb.Step {
		return []xainb.Step{xainb.DecisionStep{Score: 1, Ranking: []xainb.Feature{{Name: "age", Weight: 1}, {Name: "income", Weight: 2}, {Name: "height_cm", Weight: 3}}}}
	})
	for _, c := range []struct {
		name     string
		scene    *Scene
		painters string
		title    string
	}{
		{"occlusion", Auto(occlusion("The cat sat on the mat", 1, 2)), "text bars lines", "Which words count?"},
		{"a table", Auto(table), "bars lines", "What counts most?"},
		{"a decision", Auto(decision()), "path lines", "Which tests lead to the answer?"},
		{"scalars", Auto(snaps(training(4)...)), "lines", "How do loss, validation loss and rate change?"},
		{"everything", Auto(mixed), "stages image scatter profile lines", Heatmap(mixed, Field("map")).doc.Title},
		{"phases alone", Auto(layers()), "stages", "Where in the algorithm are we?"},
		{"a picture", Auto(picture), "image", Heatmap(picture).doc.Title},
		{"attention", Auto(attention), "image multiples", "What does “b” look at?"},
		{"one field", Auto(mixed, Field("points")), "scatter", "Where do the points go?"},
		{"one scalar", Auto(mixed, Field("loss")), "lines", "How does the loss change?"},
		{"one list", Auto(mixed, Field("other")), "profile", "How does the other change?"},
		{"one matrix", Auto(mixed, Field("map")), "image", Heatmap(mixed, Field("map")).doc.Title},
	} {
		d, err := c.scene.Document()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := painters(d); got != c.painters || d.Title != c.title {
			t.Errorf("%s: %s, %q; want %s, %q", c.name, got, d.Title, c.painters, c.title)
		}
		for _, p := range d.Panels {
			if p.Track != 0 || len(d.Tracks) != 1 {
				t.Errorf("%s: panel on track %d of %d", c.name, p.Track, len(d.Tracks))
			}
		}
		if _, err := d.Poster.Draw(0); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if d := documentOf(t, Auto(mixed)); len(d.Warnings) != 1 || d.Warnings[0] != "Not drawn here: other. charts.Field chooses one." {
		t.Errorf("warnings %q", d.Warnings)
	}
}

// What a page is made of appears once, and nothing that is not drawn travels along.
func TestAutoShipsOnce(t *testing.T) {
	d := documentOf(t, Auto(occlusion("The cat sat on the mat", 1, 2)))
	seen := map[string]bool{}
	for _, s := range d.Scripts {
		if seen[s.Name] {
			t.Errorf("script %s twice", s.Name)
		}
		seen[s.Name] = true
	}
	for _, name := range []string{"parts", "text", "series", "series_bars", "series_lines"} {
		if !seen[name] {
			t.Errorf("no script %s in %v", name, seen)
		}
	}
	if seen["image"] || seen["series_scatter"] || d.Scripts[0].Name != "parts" {
		t.Errorf("scripts %v", seen)
	}
	heavy := snaps(func(s *xainb.Snapshot) {
		s.PutScalar("loss", 1)
		s.Put("weights", make([]float32, 4096), xainb.Dim{Name: "a", Size: 4}, xainb.Dim{Name: "b", Size: 4}, xainb.Dim{Name: "c", Size: 16}, xainb.Dim{Name: "d", Size: 16})
	})
	if f := documentOf(t, Lines(heavy)).Tracks[0].Schema().Fields; len(f) != 0 {
		t.Errorf("Lines ships the fields %v", f)
	}
}

func TestReadsAsText(t *testing.T) {
	for _, c := range []struct {
		words string
		want  bool
	}{
		{"The cat sat on the mat", true},
		{"the cat sat on the mat", true}, // a word comes again
		{"Dogs bark loudly", true},       // a capital at the beginning alone
		{"a quiet film .", true},
		{"[CLS] quiet film [SEP]", true},
		{"un ##believ ##able", true},
		{"今天 天气 很好", true},
		{"age income height", false},
		{"Age Income Height", false},
		{"sepal_length sepal_width petal_length petal_width", false},
		{"x1 x2 x3", false},
		{"age income", false},
	} {
		words := strings.Fields(c.words)
		data := make([]float32, len(words))
		for i := range data {
			data[i] = float32(i + 1)
		}
		run := weights(words, data, data)
		if got := readsAsText(run, run.Schema().Field("weight")); got != c.want {
			t.Errorf("%q reads as text: %v", c.words, got)
		}
	}
	sorted := snaps(
		func(s *xainb.Snapshot) {
			s.Put("weight", []float32{3, 2, 1}, xainb.Dim{Name: "w", Size: 3})
			s.PutLabels("w", []string{"Cats", "sleep", "long"})
		},
		func(s *xainb.Snapshot) {
			s.Put("weight", []float32{3, 2, 1}, xainb.Dim{Name: "w", Size: 3})
			s.PutLabels("w", []string{"sleep", "Cats", "long"})
		})
	if readsAsText(sorted, sorted.Schema().Field("weight")) {
		t.Error("a sorted ranking reads as text")
	}
}
