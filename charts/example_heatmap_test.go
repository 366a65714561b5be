package charts_test

import (
	"fmt"

	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
)

// A field of two dimensions as a heat map; in a notebook show.Cell(scene) plays it.
func ExampleHeatmap() {
	run := xainb.Record("The cat sat", func(string) []xainb.Step {
		return []xainb.Step{xainb.StepFunc(func(s *xainb.Snapshot) {
			s.Put("similarity", []float32{1, 0.2, 0.7, 0.2, 1, 0.4}, xainb.Dim{Name: "word", Size: 2}, xainb.Dim{Name: "concept", Size: 3})
			s.PutLabels("word", []string{"cat", "sat"})
			s.PutLabels("concept", []string{"animal", "place", "pet"})
		})}
	})
	scene := charts.Heatmap(run).Title("What is a cat?")
	d, err := scene.Document()
	fmt.Println(d.Title, d.Panels[0].Painter, err)
	// Output: What is a cat? image <nil>
}

// The attention maps of three tokens in one layer; kernels/attention records those of a model.
func ExampleAttentionHeads() {
	run := xainb.Record("it sat", func(string) []xainb.Step {
		return []xainb.Step{xainb.AttentionWeight{
			Layer: 1, Heads: 1, Queries: 3, Keys: 3, Tokens: []string{"[CLS]", "it", "sat"},
			Weights: []float32{0.8, 0.1, 0.1, 0.6, 0.1, 0.3, 0.2, 0.5, 0.3},
		}}
	})
	d, err := charts.AttentionHeads(run).Document()
	fmt.Println(d.Title, err)
	// Output: What does “it” look at? <nil>
}
