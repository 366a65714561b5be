package e2e

import (
	"math"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/show"
)

// wave is a run of n frames of an 8 by 8 field; every frame is another picture.
func wave(n int) []xainb.Step {
	var steps []xainb.Step
	for t := range n {
		data := make([]float32, 64)
		for i := range data {
			data[i] = float32(math.Sin(float64(i%8)/2 + float64(i/8)/3 + float64(t)))
		}
		steps = append(steps, xainb.StepFunc(func(s *xainb.Snapshot) {
			s.Time = float64(t)
			s.Put("height", data, xainb.Dim{Name: "y", Size: 8}, xainb.Dim{Name: "x", Size: 8})
			s.PutScalar("loss", 1/float64(t+1))
		}))
	}
	return steps
}

// heads is a run of attention maps, three layers of two heads over the tokens.
func heads(tokens []string) []xainb.Step {
	n := len(tokens)
	var steps []xainb.Step
	for layer := range 3 {
		a := xainb.AttentionWeight{Layer: layer + 1, Heads: 2, Queries: n, Keys: n, Tokens: tokens, Weights: make([]float32, 2*n*n)}
		for row := range 2 * n {
			for k := range n {
				a.Weights[row*n+k] = 0.1 / float32(n-1)
			}
			a.Weights[row*n+(row+layer+row/n)%n] = 0.9
		}
		steps = append(steps, a)
	}
	return steps
}

// ranking is a run that weighs words one after the other.
func ranking(words []string) []xainb.Step {
	var steps []xainb.Step
	all := make([]xainb.Feature, len(words))
	for i, w := range words {
		all[i].Name = w
	}
	for i := range words {
		all[i].Weight = float32(len(words)-i) / 10
		steps = append(steps, xainb.DecisionStep{Time: float64(i + 1), Score: float64(i) / 10, Ranking: append([]xainb.Feature{}, all...)})
	}
	return steps
}

func waveScene() *charts.Scene {
	return charts.Heatmap(xainb.Record(8, wave)).Title("Does the wave move?")
}

func headsScene() *charts.Scene {
	return charts.AttentionHeads(xainb.Record([]string{"the", "cat", "sat", "down"}, heads))
}

func wordsScene() *charts.Scene {
	return charts.Words(xainb.Record([]string{"a", "quiet", "film", "but", "good"}, ranking)).Title("Which word counts?")
}

func rankingScene() *charts.Scene {
	return charts.Auto(xainb.Record(strings.Fields("A long film, but the quiet acting of the two leads makes it a good one."), ranking))
}

// pageOf writes scenes to a page and returns its address.
func pageOf(t *testing.T, scenes ...xainb.Scene) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	if err := show.Page(path, scenes...); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

// sampleCells are the cells of a notebook with one animation of each kind, made as a reader makes them.
var sampleCells = []string{
	`import (
	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/show"
)`,
	`func wave(n int) (steps []xainb.Step) {
	for t := range n {
		data := make([]float32, 64)
		for i := range data {
			data[i] = float32(math.Sin(float64(i%8)/2 + float64(i/8)/3 + float64(t)))
		}
		steps = append(steps, xainb.StepFunc(func(s *xainb.Snapshot) {
			s.Put("height", data, xainb.Dim{"y", 8}, xainb.Dim{"x", 8})
			s.Time = float64(t)
		}))
	}
	return steps
}
%%
show.Cell(charts.Heatmap(xainb.Record(8, wave)).Title("Does the wave move?"))`,
	`%%
tokens := []string{"the", "cat", "sat", "down"}
var steps []xainb.Step
for layer := range 3 {
	a := xainb.AttentionWeight{Layer: layer + 1, Heads: 2, Queries: 4, Keys: 4, Tokens: tokens, Weights: make([]float32, 32)}
	for row := range 8 {
		for k := range 4 {
			a.Weights[4*row+k] = 0.03
		}
		a.Weights[4*row+(row+layer+row/4)%4] = 0.91
	}
	steps = append(steps, a)
}
show.Cell(charts.AttentionHeads(xainb.Record(0, func(int) []xainb.Step { return steps })))`,
	`%%
show.Cell(charts.Heatmap(xainb.Record(6, wave)).Title("Without a network"), show.ECharts(show.CDN))`,
	`%%
for i := range 80 {
	fmt.Println("line", i)
}`,
	`%%
show.Cell(charts.Lines(xainb.Record(20, func(n int) (steps []xainb.Step) {
	for i := range n {
		steps = append(steps, xainb.DecisionStep{Time: float64(i), Score: math.Sqrt(float64(i))})
	}
	return steps
})).Title("How does the score grow?"))`,
}

// The animations of the sample notebook, in their order. The CDN's one plays as well beside the others, as its library is on the page.
const sampleWave, sampleHeads, sampleCDN, sampleLines, samplePlayers = 0, 1, 2, 3, 4

var samplePath = sync.OnceValue(func() string { return filepath.Join(scratch, "sample.ipynb") })

// sample returns the sample notebook after the real kernel ran it.
func sample(t *testing.T) rendered {
	t.Helper()
	needLab(t)
	writeOnce.Do(func() { write(t, samplePath(), sampleCells...) })
	return run(t, samplePath())
}

var writeOnce sync.Once
