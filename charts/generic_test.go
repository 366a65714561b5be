package charts

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// snaps records one frame for each function.
func snaps(fill ...func(s *xainb.Snapshot)) *xainb.Track {
	return xainb.Record(fill, func(fill []func(*xainb.Snapshot)) (steps []xainb.Step) {
		for i, f := range fill {
			steps = append(steps, xainb.StepFunc(func(s *xainb.Snapshot) {
				s.Time = float64(i)
				f(s)
			}))
		}
		return steps
	})
}

// weights records a 1-D field "weight" along "feature" with the same labels in every frame.
func weights(names []string, frames ...[]float32) *xainb.Track {
	var fill []func(*xainb.Snapshot)
	for _, data := range frames {
		fill = append(fill, func(s *xainb.Snapshot) {
			s.Put("weight", data, xainb.Dim{Name: "feature", Size: len(data)})
			if names != nil {
				s.PutLabels("feature", names)
			}
		})
	}
	return snaps(fill...)
}

// occlusion records what the first notebook's explainer does: a baseline, then one word more in each step.
func occlusion(sentence string, values ...float32) *xainb.Track {
	return xainb.Record(sentence, func(sentence string) []xainb.Step {
		steps := []xainb.Step{xainb.DecisionStep{Score: 0.9}}
		var ranking []xainb.Feature
		for i, w := range strings.Fields(sentence) {
			ranking = append(ranking, xainb.Feature{Name: w, Weight: values[i%len(values)]})
			steps = append(steps, xainb.DecisionStep{Time: float64(i + 1), Score: 0.9 - float64(values[i%len(values)]), Ranking: append([]xainb.Feature{}, ranking...)})
		}
		return steps
	})
}

func painters(d *xainb.Document) string {
	var out []string
	for _, p := range d.Panels {
		name := p.Painter
		switch s := p.Spec.(type) {
		case *linesSpec:
			name = s.Kind
		case *profileSpec:
			name = s.Kind
		case *barsSpec:
			name = s.Kind
		case *scatterSpec:
			name = s.Kind
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

var nan, inf = float32(math.NaN()), float32(math.Inf(1))

func TestGenericErrors(t *testing.T) {
	attention := xainb.Record(0, func(int) []xainb.Step {
		return []xainb.Step{xainb.AttentionWeight{Layer: 1, Heads: 1, Queries: 2, Keys: 2, Weights: make([]float32, 4)}}
	})
	scalars := snaps(func(s *xainb.Snapshot) { s.PutScalar("loss", 1); s.PutScalar("rate", 2) })
	none := snaps(func(*xainb.Snapshot) {})
	for _, c := range []struct {
		name  string
		scene *Scene
		want  string
	}{
		{"bars", Bars(attention), "charts: Bars: the run has no 1-D field; it has attention [head=1 query=2 key=2]"},
		{"bars of scalars", Bars(scalars), "charts: Bars: the run has no 1-D field; it has the scalars loss and rate"},
		{"bars of nothing", Bars(none), "charts: Bars: the run has no 1-D field; it has no field and no scalar"},
		{"bars, no such field", Bars(scalars, Field("x")), `charts: Bars: the run has no field "x"; it has the scalars loss and rate`},
		{"bars of a matrix", Bars(attention, Field("attention")), "charts: Bars: the field attention [head=1 query=2 key=2] is no 1-D field"},
		{"bars, top", Bars(weights(nil, []float32{1}), Top(-1)), "charts: Top(-1): give a positive number"},
		{"lines, ramp", Lines(weights(nil, []float32{1}), Ramp("jet")), `charts: Ramp("jet"): there are cividis, diverging, heat, ink, pale, quiet and viridis`},
		{"profile, bits", Lines(weights(nil, []float32{1, 2}), Bits(77)), "charts: Bits(77): give 1 to 16, or 32 for lossless"},
		{"auto, top", Auto(decision(), Top(-1)), "charts: Top(-1): give a positive number"},
		{"lines", Lines(attention), "charts: Lines: the run has no scalar and no 1-D field; it has attention [head=1 query=2 key=2]"},
		{"lines, no such field", Lines(scalars, Field("x")), `charts: Lines: the run has no field "x"; it has the scalars loss and rate`},
		{"words without labels", Words(weights(nil, []float32{1, 2})), `charts: Words: the field weight [feature=2] has no labels along "feature": name them with Snapshot.PutLabels`},
		{"stages", Stages(scalars), "charts: Stages: no frame of the run has a phase: set Snapshot.Phase in the steps"},
		{"path", Path(scalars), "charts: Path: the run has no decision path (a field [node, test=2]); it has the scalars loss and rate"},
		{"scatter", Scatter(scalars), "charts: Scatter: the run has no field of points [n,2] or [n,3]; it has the scalars loss and rate"},
		{"auto", Auto(none), "charts: Auto: there is nothing to draw: the run has no field and no scalar, and no frame has a phase"},
	} {
		if _, err := c.scene.Document(); err == nil || err.Error() != c.want {
			t.Errorf("%s: error\n%v\nwant\n%s", c.name, err, c.want)
		}
	}
	for name, make := range map[string]func(xainb.Source, ...Option) *Scene{"Auto": Auto, "Bars": Bars, "Lines": Lines, "Words": Words, "Stages": Stages, "Path": Path, "Scatter": Scatter} {
		if _, err := make(nil).Document(); !errors.Is(err, xainb.ErrNoFrames) {
			t.Errorf("%s(nil): %v", name, err)
		}
		if _, err := make(snaps()).Document(); !errors.Is(err, xainb.ErrNoFrames) {
			t.Errorf("%s of no frames: %v", name, err)
		}
	}
}

// Fields that come and go, that have no finite value, that have no labels or one entry: each is drawn in every frame.
func TestGenericOddRuns(t *testing.T) {
	odd := snaps(
		func(s *xainb.Snapshot) { s.PutScalar("loss", math.NaN()) },
		func(s *xainb.Snapshot) {
			s.Put("weight", []float32{nan, inf, -inf}, xainb.Dim{Name: "feature", Size: 3})
			s.Put("points", []float32{nan, 1, 2, inf}, xainb.Dim{Name: "p", Size: 2}, xainb.Dim{Name: "xy", Size: 2})
			s.Put("path", []float32{nan, inf}, xainb.Dim{Name: "node", Size: 1}, xainb.Dim{Name: "test", Size: 2})
			s.Phase = "a"
		},
		func(s *xainb.Snapshot) {
			s.Put("weight", nil, xainb.Dim{Name: "feature", Size: 0})
			s.Put("points", nil, xainb.Dim{Name: "p", Size: 0}, xainb.Dim{Name: "xy", Size: 2})
			s.PutLabels("feature", []string{"a", "b", "c"})
			s.PutScalar("loss", math.Inf(-1))
		},
	)
	for name, s := range map[string]*Scene{
		"Auto": Auto(odd), "Bars": Bars(odd), "Lines": Lines(odd), "profile": Lines(odd, Field("weight")), "Words": Words(odd),
		"Stages": Stages(odd), "Path": Path(odd), "Scatter": Scatter(odd, Trail(2)),
	} {
		d := documentOf(t, s)
		for i := range odd.Len() {
			if _, err := d.Poster.Draw(i); err != nil {
				t.Errorf("%s, frame %d: %v", name, i, err)
			}
			if text := said(s, i); strings.Contains(text, "{") {
				t.Errorf("%s, frame %d says %q", name, i, text)
			}
		}
	}
}

func TestGenericPosters(t *testing.T) {
	for _, c := range []struct {
		name  string
		scene *Scene
		frame int
	}{
		{"poster_words", Auto(occlusion("The animal didn't cross the street because it was tired", -0.01, 0.2, 0.1, 0.15, 0.01, -0.08, 0.05, 0, 0.02, 0.4)), 7},
		{"poster_lines", Lines(snaps(training(40)...)), 25},
		{"poster_scatter", Scatter(ring(), Trail(3)), 5},
		{"poster_stages", Row(Stages(layers()), Path(decision())), 3},
	} {
		comparePicture(t, c.name, drawn(t, c.scene, c.frame))
	}
}

// training is two losses and a rate, of which the first has a gap.
func training(n int) (fill []func(*xainb.Snapshot)) {
	for i := range n {
		fill = append(fill, func(s *xainb.Snapshot) {
			loss := 2 * math.Exp(-float64(i)/10)
			if i == 12 {
				loss = math.NaN()
			}
			s.TimeName = "epoch"
			s.PutScalar("loss", loss)
			s.PutScalar("validation loss", 0.3+1.9*math.Exp(-float64(i)/12))
			s.PutScalar("rate", 1e-3*math.Pow(0.95, float64(i)))
		})
	}
	return fill
}

// ring is points that move from a line to a ring, coloured by a value.
func ring() *xainb.Track {
	var fill []func(*xainb.Snapshot)
	for i := range 8 {
		fill = append(fill, func(s *xainb.Snapshot) {
			var data []float32
			for k := range 24 {
				a, u := float64(k)*math.Pi/12, float64(i)/7
				data = append(data, float32(u*math.Cos(a)+(1-u)*a/6), float32(u*math.Sin(a)), float32(math.Sin(a)))
			}
			s.Put("points", data, xainb.Dim{Name: "point", Size: 24}, xainb.Dim{Name: "xyv", Size: 3})
		})
	}
	return snaps(fill...)
}

// layers is a run with a loop of three stages in two layers, between a first and a last stage.
func layers() *xainb.Track {
	var fill []func(*xainb.Snapshot)
	add := func(layer float64, phase string) {
		fill = append(fill, func(s *xainb.Snapshot) { s.Time, s.TimeName, s.Phase = layer, "layer", phase })
	}
	add(0, "embed")
	for layer := 1; layer <= 2; layer++ {
		for _, phase := range []string{"scores", "softmax", "context"} {
			add(float64(layer), phase)
		}
	}
	add(2, "pool")
	return snaps(fill...)
}

// decision is the path of an iris through a tree, a test more in each step.
func decision() *xainb.Track {
	path := []xainb.PathNode{{Name: "petal length", Threshold: 2.45, Value: 4.7}, {Name: "petal width", Threshold: 1.75, Value: 1.4}, {Name: "petal length", Threshold: 4.95, Value: 4.7}}
	return xainb.Record(path, func(path []xainb.PathNode) (steps []xainb.Step) {
		for i := range len(path) + 1 {
			steps = append(steps, xainb.DecisionStep{Time: float64(i), Score: float64(i) / 3, Path: path[:i]})
		}
		return steps
	})
}

func ExampleAuto() {
	explain := func(sentence string) (steps []xainb.Step) {
		var ranking []xainb.Feature
		for i, word := range strings.Fields(sentence) {
			ranking = append(ranking, xainb.Feature{Name: word, Weight: float32(len(word)) / 10})
			steps = append(steps, xainb.DecisionStep{Time: float64(i + 1), Ranking: append([]xainb.Feature{}, ranking...)})
		}
		return steps
	}
	run := xainb.Record("Long words count more here", explain)
	d, err := Auto(run).Document()
	fmt.Println(d.Title, err)
	fmt.Println(d.Summary)
	for _, p := range d.Panels {
		fmt.Println(p.Painter)
	}
	// Output:
	// Which words count? <nil>
	// Strongest weight at the end: words 0.50, count 0.50 and Long 0.40.
	// text
	// series
	// series
}
