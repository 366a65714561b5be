package e2e

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/show"
)

// everyScene returns a scene of each kind that package charts has. said makes each text that a run or its author gives: names of fields and
// dimensions, labels, tokens, phases, events, titles.
func everyScene(said func(string) string) []*charts.Scene {
	scenes := []*charts.Scene{
		charts.Heatmap(fieldRun(said, []int{4, 5}, true)),
		charts.Heatmap(fieldRun(said, []int{3, 4, 5}, true)),
		charts.Heatmap(colourRun(said)),
		charts.AttentionHeads(attentionRun(said)),
		charts.AttentionCompare(attentionRun(said), attentionRun(said), charts.Names(said("one"), said("other"))),
		charts.AttentionCell(attentionRun(said)),
		charts.Words(rankingRun(said)),
		charts.Bars(rankingRun(said)),
		charts.Stages(rankingRun(said)),
		charts.Path(rankingRun(said)),
		charts.Scatter(fieldRun(said, []int{6, 2}, true)),
		charts.Lines(rankingRun(said)),
		charts.Lines(fieldRun(said, []int{7}, false)), // a profile
		charts.Auto(rankingRun(said)),
		charts.Compare(fieldRun(said, []int{4, 5}, true), fieldRun(said, []int{4, 5}, true), charts.Names(said("one"), said("other"))),
		charts.Compare(rankingRun(said), rankingRun(said), charts.Names(said("one"), said("other"))),
		charts.Compare(fieldRun(said, []int{7}, false), fieldRun(said, []int{7}, false), charts.Names(said("one"), said("other"))),
		charts.Compare(fieldRun(said, []int{6, 2}, true), fieldRun(said, []int{6, 2}, true), charts.Names(said("one"), said("other"))),
		charts.Compare(rankingRun(said), rankingRun(said), charts.Field(said("loss")), charts.Names(said("one"), said("other"))),
		charts.Row(charts.Heatmap(fieldRun(said, []int{4, 5}, true)), charts.Words(rankingRun(said))),
		charts.Surface(surfaceRun(said, 9)),
		charts.Contour(surfaceRun(said, 9)),
		charts.Row(charts.Column(charts.Lines(rankingRun(said)), charts.Words(rankingRun(said))), charts.Column(charts.Bars(rankingRun(said)), charts.Stages(rankingRun(said)))),
		charts.Vary(said("what varies"), func(run xainb.Source) *charts.Scene { return charts.Row(charts.Words(run), charts.Path(run)) },
			charts.Variant{Name: said("this"), Run: rankingRun(said)}, charts.Variant{Name: said("that"), Run: rankingRun(said)}),
	}
	arrows := fieldRun(said, []int{4, 5, 2}, true)
	scenes = append(scenes,
		charts.GANSamples(gameRun(said), charts.Trail(2), charts.WithEnergy()),
		charts.VectorField(arrows),
		charts.Lanes(gameRun(said), charts.Field("state")),
		charts.Lanes(gameRun(said), charts.Field("cosine")),
		charts.Energy(gameRun(said), charts.ByLayer()),
		charts.Branch(gameRun(said), gameRun(said), charts.Names(said("one"), said("other"))),
		charts.Diffusion(noiseRun(said), charts.Drop(1, -1), charts.Moves()),
		charts.Diffusion(sheetRun(said)),
		charts.PatchAttention(sheetRun(said)),
		charts.InStep([]charts.Variant{{Name: said("one"), Run: noiseRun(said)}, {Name: said("other"), Run: noiseRun(said)}}),
		charts.Curves(fieldRun(said, []int{7}, false), charts.Marks(said("loss"))),
		charts.Histogram([]charts.Variant{{Name: said("one"), Run: noiseRun(said)}, {Name: said("other"), Run: noiseRun(said)}}),
		charts.Trajectories(waysRun(said)),
		charts.Scatter(waysRun(said), charts.Field(said("classes"))),
	)
	for _, s := range scenes {
		s.Note(0, said("note")).Chapter(0, said("begin")).Chapter(2, said("end"))
		s.Ask(2, said("question"), said("yes"), said("no"), said("neither")).Reveal(said("because"))
	}
	return scenes
}

// fieldRun is a run of four frames of one field, which has a scalar and an event beside it.
func fieldRun(said func(string) string, sizes []int, labelled bool) *xainb.Track {
	size := 1
	dims := make([]xainb.Dim, len(sizes))
	for i, n := range sizes {
		size *= n
		dims[i] = xainb.Dim{Name: said(fmt.Sprint("dim ", i)), Size: n}
	}
	return recorded(func(t int, s *xainb.Snapshot) {
		data := make([]float32, size)
		for i := range data {
			data[i] = float32(math.Sin(float64(i) + float64(t)))
		}
		s.Put(said("field"), data, dims...)
		s.PutUnit(said("field"), said("unit"))
		s.Phase, s.TimeName = said(fmt.Sprint("phase ", t/2)), said("round")
		s.PutScalar(said("loss"), 1/float64(t+1))
		s.PutEvent(said("event"), said("what happened"))
		for _, d := range dims {
			if labelled {
				s.PutLabels(d.Name, words(said, d.Size))
			}
		}
	})
}

// surfaceRun is a saddle on n by n points that turns, with all that can lie on it.
func surfaceRun(said func(string) string, n int) *xainb.Track {
	a, b := xainb.Dim{Name: said("a"), Size: n}, xainb.Dim{Name: said("b"), Size: n}
	at := make([]float32, n)
	for i := range at {
		at[i] = float32(2*float64(i)/float64(n-1) - 1)
	}
	return recorded(func(t int, s *xainb.Snapshot) {
		sin, cos := math.Sincos(float64(t))
		v, loss := make([]float32, n*n), make([]float32, n*n)
		for i := range v {
			x, y := float64(at[i%n]), float64(at[i/n])
			v[i] = float32((x*x-y*y)*cos + 2*x*y*sin)
			loss[i] = 1 + v[i]*v[i]
		}
		s.Put(said("V"), v, b, a)
		s.Put(said("loss"), loss, b, a)
		s.PutUnit(said("V"), said("unit"))
		s.Put(a.Name, at, a)
		s.Put(b.Name, at, b)
		s.Put("path", []float32{0.8, 0, 0.5, 0.3, 0.4, 0.1, 0, 0.2, 0, -0.5, 0, 0.2}, xainb.Dim{Name: "moment", Size: 4}, xainb.Dim{Name: "abv", Size: 3})
		s.Put("flow", []float32{1, 0, 0, 1, -1, 0, 0, -1}, xainb.Dim{Name: "v", Size: 2}, xainb.Dim{Name: "u", Size: 2}, xainb.Dim{Name: "ab", Size: 2})
		s.Put("arrow", []float32{1, 0, 0, 1}, xainb.Dim{Name: said("player"), Size: 2}, xainb.Dim{Name: "ab", Size: 2})
		s.Put("window", []float32{-0.5, 0.5, -0.5, 0.5}, xainb.Dim{Name: "side", Size: 4})
		s.PutLabels(said("player"), []string{said("G"), said("D")})
		s.PutLabels("axis", []string{said("direction in G"), said("direction in D")})
		s.PutScalar("here", float64(t))
		s.PutScalar("explained", 0.8)
		s.PutScalar("off", 0.1)
	})
}

// gameRun is a run with the fields of a GAN's: points that turn in a circle over a field, arrows that point out of it, lanes by layer.
func gameRun(said func(string) string) *xainb.Track {
	return recorded(func(t int, s *xainb.Snapshot) {
		grid := func(side, parts int, at func(x, y float64) []float64) (data []float32) {
			for i := range side * side {
				for _, v := range at(-2+4*(float64(i%side)+0.5)/float64(side), -2+4*(float64(i/side)+0.5)/float64(side))[:parts] {
					data = append(data, float32(v))
				}
			}
			return data
		}
		points := make([]float32, 48)
		for i := range 24 {
			a := float64(i)/4 + float64(t)
			points[2*i], points[2*i+1] = float32(math.Cos(a)), float32(math.Sin(a))
		}
		samples, xy := xainb.Dim{Name: "sample", Size: 24}, xainb.Dim{Name: "xy", Size: 2}
		s.TimeName = said("round")
		s.Put("generated", points, samples, xy)
		s.PutLabels("sample", words(said, 8))
		s.Put("real", points, samples, xy)
		s.Put("window", []float32{-2, 2, -2, 2}, xainb.Dim{Name: "side", Size: 4})
		s.Put("field", grid(8, 1, func(x, y float64) []float64 { return []float64{1 / (1 + math.Exp(x*float64(t)-y))} }), xainb.Dim{Name: "y", Size: 8}, xainb.Dim{Name: "x", Size: 8})
		s.Put("pull", grid(6, 2, func(x, y float64) []float64 { return []float64{x / float64(t+1), y / float64(t+1)} }), xainb.Dim{Name: "y", Size: 6}, xainb.Dim{Name: "x", Size: 6}, xainb.Dim{Name: "uv", Size: 2})
		for k, name := range []string{"cosine", "null", "energy", "state"} {
			s.Put(name, []float32{float32(t%2) / float32(k+1), float32((t + 1) % 2), 0}, xainb.Dim{Name: "layer", Size: 3})
		}
		s.PutUnit("energy", "of the last 50 frames")
		s.Field("state").Data[0] = float32(t % 2)
		s.PutLabels("layer", words(said, 3))
		s.PutLabels("state", words(said, 2))
		s.PutScalar(said("loss"), 1/float64(t+1))
		s.PutScalar("modes", float64(t))
		s.PutEvent(said("event"), said("what happened"))
	})
}

// noiseRun is a run with the fields of a diffusion over a plane: points that come together in the middle, under a score that points there.
func noiseRun(said func(string) string) *xainb.Track {
	return recorded(func(t int, s *xainb.Snapshot) {
		s.TimeName, s.Time = said("t"), float64(300-100*t)
		s.PutScalar("tau", float64(t)/3)
		s.PutScalar("alpha-bar", []float64{0.01, 0.3, 0.8, 1}[t])
		points, small, score := make([]float32, 48), make([]float32, 48), make([]float32, 2*6*6)
		for i := range 24 {
			a, r := float64(i), 2/float64(t+1)
			points[2*i], points[2*i+1] = float32(r*math.Cos(a)), float32(r*math.Sin(a))
			small[2*i], small[2*i+1] = points[2*i+1]/4, points[2*i]/4
		}
		for i := range 36 {
			score[2*i], score[2*i+1] = float32(2-4*(float64(i%6)+0.5)/6), float32(2-4*(float64(i/6)+0.5)/6)
		}
		samples, xy := xainb.Dim{Name: said("sample"), Size: 24}, xainb.Dim{Name: "xy", Size: 2}
		for _, name := range []string{"x", "x0", "real"} {
			s.Put(name, points, samples, xy)
		}
		s.Put("window", []float32{-2, 2, -2, 2}, xainb.Dim{Name: "side", Size: 4})
		s.PutLabels(samples.Name, words(said, 8))
		s.PutEvent(said("event"), said("what happened"))
		if t < 3 {
			s.Put("noise", small, samples, xy)
			s.Put("added", small, samples, xy)
			s.Put("score", score, xainb.Dim{Name: "y", Size: 6}, xainb.Dim{Name: "x", Size: 6}, xainb.Dim{Name: "uv", Size: 2})
		}
	})
}

// sheetRun is a run with the fields of a diffusion over digits.
func sheetRun(said func(string) string) *xainb.Track {
	return recorded(func(t int, s *xainb.Snapshot) {
		s.TimeName, s.Time = said("t"), float64(300-100*t)
		s.PutScalar("tau", float64(t)/3)
		sheet := make([]float32, 8*17)
		for i := range sheet {
			sheet[i] = float32(math.Sin(float64(i * (t + 1))))
		}
		for _, name := range []string{"x", "x0", "noise", "nearest"} {
			s.Put(name, sheet, xainb.Dim{Name: "height", Size: 8}, xainb.Dim{Name: "width", Size: 17})
		}
		s.Put("class", []float32{3, -1}, xainb.Dim{Name: "sample", Size: 2})
		s.Put("attention", sheet[:18], xainb.Dim{Name: "head", Size: 2}, xainb.Dim{Name: "query", Size: 3}, xainb.Dim{Name: "key", Size: 3})
		s.PutLabels("head", words(said, 2))
		s.PutLabels("query", words(said, 3))
		s.PutLabels("key", words(said, 3))
	})
}

// waysRun is eight samples of three classes that turn about each other, with the fields of kernels/embed.Trajectories, and the same with the class as their colour.
func waysRun(said func(string) string) *xainb.Track {
	return recorded(func(t int, s *xainb.Snapshot) {
		points, class := make([]float32, 16), make([]float32, 8)
		var coloured []float32
		for i := range class {
			sin, cos := math.Sincos(float64(i)*0.8 + float64(t)*0.7)
			points[2*i], points[2*i+1], class[i] = float32(cos*float64(i+1)), float32(sin*float64(i+1)), float32(i%3)
			coloured = append(coloured, points[2*i], points[2*i+1], class[i])
		}
		sample, xy := xainb.Dim{Name: said("sample"), Size: 8}, xainb.Dim{Name: "xy", Size: 2}
		s.TimeName = said("round")
		s.Put("tsne", points, sample, xy)
		s.Put("pca", points, sample, xy)
		s.Put("class", class, sample)
		s.Put("share", []float32{0.6, 0.3}, xainb.Dim{Name: "component", Size: 2})
		s.PutLabels("class", words(said, 3))
		s.PutLabels(said("sample"), words(said, 8))
		s.Put(said("classes"), coloured, sample, xainb.Dim{Name: "xyc", Size: 3})
		s.PutScalar("alike", 0.5)
		s.PutEvent(said("event"), said("what happened"))
	})
}

func colourRun(said func(string) string) *xainb.Track {
	return recorded(func(t int, s *xainb.Snapshot) {
		data := make([]float32, 6*8*3)
		for i := range data {
			data[i] = float32((i*7+t*5)%17) / 16
		}
		s.Put(said("photo"), data, xainb.Dim{Name: said("down"), Size: 6}, xainb.Dim{Name: said("right"), Size: 8}, xainb.Dim{Name: "channel", Size: 3})
	})
}

func attentionRun(said func(string) string) *xainb.Track {
	tokens := words(said, 4)
	dims := []xainb.Dim{{Name: "head", Size: 2}, {Name: "query", Size: 4}, {Name: "key", Size: 4}}
	all := heads(tokens)
	return recorded(func(t int, s *xainb.Snapshot) {
		step := all[t%len(all)].(xainb.AttentionWeight)
		step.Snap(s)
		dot := make([]float32, len(step.Weights))
		for i, w := range step.Weights {
			dot[i] = float32(2*math.Log(float64(w)) + 8)
		}
		s.Put("dot", dot, dims...)
		s.Put("unscaled", step.Weights, dims...)
		s.PutScalar("root", 2)
		s.PutEvent(said("event"), said("what happened"))
	})
}

func rankingRun(said func(string) string) *xainb.Track {
	names := words(said, 5)
	all := ranking(names)
	return recorded(func(t int, s *xainb.Snapshot) {
		step := all[t].(xainb.DecisionStep)
		step.Phase, step.Event = said(fmt.Sprint("phase ", t%2)), xainb.Event{Name: said("event"), Text: said("what happened")}
		for i := range t + 1 {
			step.Path = append(step.Path, xainb.PathNode{Name: names[i], Threshold: 2, Value: float32(i)})
		}
		step.Snap(s)
		s.PutScalar(said("loss"), 1/float64(t+1))
	})
}

func words(said func(string) string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = said([]string{"a", "quiet", "film", "but", "good", "one", "ends", "well"}[i])
	}
	return out
}

func recorded(fill func(t int, s *xainb.Snapshot)) *xainb.Track {
	return xainb.Record(4, func(n int) (steps []xainb.Step) {
		for t := range n {
			steps = append(steps, xainb.StepFunc(func(s *xainb.Snapshot) {
				s.Time = float64(t)
				fill(t, s)
			}))
		}
		return steps
	})
}

// cells returns scenes as the cells of a notebook have them; the first carries ECharts for the others.
func cells(t *testing.T, scenes ...xainb.Scene) []string {
	t.Helper()
	var b bytes.Buffer
	if err := show.WritePage(&b, scenes...); err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(b.String(), "<body data-xainb-page>\n")
	body, _, _ = strings.Cut(body, "</body>")
	const start = `<div class="xainb">`
	all := strings.Split(body, start)[1:]
	if len(all) != len(scenes) {
		t.Fatalf("%d scenes are %d cells", len(scenes), len(all))
	}
	for i := range all {
		all[i] = start + all[i]
	}
	return all
}

// moves checks the least that a reader wants: a click on play changes the picture. plays checks more and takes longer.
func (p player) moves() {
	p.t.Helper()
	p.show()
	first := p.picture()
	if n := colours(first); n < 3 {
		p.t.Errorf("the first picture is empty: it has %d colours", n)
	}
	p.push("Play")
	p.changes(first, "after a click on play")
	if p.playing() {
		p.push("Pause")
	}
}

// No scene says of itself that a name in its texts is not there, or that an option has no effect, whatever its run is called.
func TestNoSceneWarnsOfItself(t *testing.T) {
	for _, mark := range []string{"", " {x}", " **", " $", " <b>"} {
		for i, s := range everyScene(func(s string) string { return s + mark }) {
			d, err := s.Document()
			if err != nil {
				continue // a name that a run cannot have
			}
			for _, w := range d.Warnings {
				if strings.Contains(w, "has no effect") || strings.Contains(w, "which this scene does not have") && !strings.HasPrefix(w, "A note uses {x}") && !strings.HasPrefix(w, "What is revealed uses {x}") {
					t.Errorf("scene %d of %q: %q", i+1, mark, w)
				}
			}
		}
	}
}
