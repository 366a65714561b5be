package charts_test

import (
	"fmt"
	"math"

	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
)

// training is a run whose loss falls at a rate; every says how many epochs a step takes.
func training(rate, every float64, steps int) *xainb.Track {
	return xainb.Record(rate, func(rate float64) (out []xainb.Step) {
		for i := range steps {
			out = append(out, xainb.StepFunc(func(s *xainb.Snapshot) {
				s.Time, s.TimeName = every*float64(i), "epoch"
				s.PutScalar("loss", math.Exp(-rate*s.Time))
				s.Put("weight", []float32{float32(rate), float32(s.Time)}, xainb.Dim{Name: "feature", Size: 2})
				s.PutLabels("feature", []string{"age", "dose"})
			}))
		}
		return out
	})
}

// Scenes stand side by side and one under the other, nested freely.
func ExampleColumn() {
	run := training(0.1, 1, 5)
	d, err := charts.Row(charts.Column(charts.Lines(run, charts.Field("loss")), charts.Words(run)), charts.Bars(run)).Document()
	fmt.Println(len(d.Panels), d.Layout.Parts[0].Column, d.Layout.Parts[1].Panel, err)
	// Output: 3 true 2 <nil>
}

// Two runs at different paces, matched by their own time: the second waits at its last epoch.
func ExampleCompare() {
	d, err := charts.Compare(training(0.1, 1, 5), training(0.1, 2, 3), charts.Names("every epoch", "every other")).Document()
	fmt.Println(d.Title, d.Align[2], err)
	// Output: Where do the two differ in weight? [0 0 1 1 2] <nil>
}

// A reader chooses among recorded runs, without a kernel; the axes are those of all of them.
func ExampleVary() {
	draw := func(run xainb.Source) *charts.Scene { return charts.Lines(run) }
	d, err := charts.Vary("learning rate", draw,
		charts.Variant{Name: "0.1", Run: training(0.1, 1, 5)},
		charts.Variant{Name: "0.3", Run: training(0.3, 1, 5)}).Title("Which rate is too small?").Document()
	fmt.Println(d.Variants.Label, d.Variants.Docs[1].Label, d.Variants.Docs[1].Doc.Title, err)
	// Output: learning rate 0.3 Which rate is too small? <nil>
}

// The playhead stops at a question, and chapters name the parts of a run.
func ExampleScene_Ask() {
	d, err := charts.Bars(training(0.1, 1, 5)).
		Ask(2, "Which feature will win?", "dose", "age").Reveal("You said {guess}; it is **{right}**.").
		Chapter(0, "before").Chapter(3, "after").Document()
	fmt.Println(d.Asks[0].Answers[d.Asks[0].Right], d.Chapters, err)
	// Output: dose [{0 before} {3 after}] <nil>
}

// Colours that most colour-blind readers see alike.
func ExampleRamp() {
	run := xainb.Record(0, func(int) []xainb.Step {
		return []xainb.Step{xainb.StepFunc(func(s *xainb.Snapshot) {
			s.Put("heat", make([]float32, 4), xainb.Dim{Name: "y", Size: 2}, xainb.Dim{Name: "x", Size: 2})
		})}
	})
	fmt.Println(charts.Heatmap(run, charts.Ramp("cividis")).Err(), charts.Heatmap(run, charts.Ramp("jet")).Err())
	// Output: <nil> charts: Ramp("jet"): there are cividis, diverging, heat, ink, pale, quiet and viridis
}

// Two pictures of one run on one clock; the first scene's title is that of both.
func ExampleRow() {
	run := training(0.1, 1, 5)
	d, err := charts.Row(charts.Lines(run), charts.Bars(run)).Document()
	fmt.Println(d.Title, len(d.Panels), d.Moments(), err)
	// Output: How does the loss change? 2 5 <nil>
}

// Matched by their number, the frames of two paces stand beside each other though they are of different epochs.
func ExampleAlign() {
	d, err := charts.Compare(training(0.1, 1, 5), training(0.1, 2, 3), charts.Align("index")).Document()
	fmt.Println(d.Moments(), d.Frame(1, 2), d.Frame(2, 2), err)
	// Output: 5 2 2 <nil>
}

// A reader says before playing what will come, and hears at the end what came.
func ExampleScene_Predict() {
	d, err := charts.Lines(training(0.1, 1, 5)).Predict("Will the loss fall below 0.5?", "You said {guess}; it ends at {loss}.", "yes", "no").Document()
	fmt.Println(d.Controls[0].Label, d.Controls[0].Options[1].Value, err)
	// Output: Will the loss fall below 0.5? no <nil>
}

// Chapters name the parts of a run; the next one begins where the last ends.
func ExampleScene_Chapter() {
	d, err := charts.Lines(training(0.1, 1, 5)).Chapter(0, "steep").Chapter(3, "flat").Document()
	fmt.Println(d.Chapters, err)
	// Output: [{0 steep} {3 flat}] <nil>
}

// Two samples that pass each other, in any plane; t-SNE and PCA of many dimensions come from kernels/embed.Trajectories.
func ExampleTrajectories() {
	run := xainb.Record(5, func(n int) (out []xainb.Step) {
		for i := range n {
			out = append(out, xainb.StepFunc(func(s *xainb.Snapshot) {
				x := float32(i)
				s.Put("place", []float32{x, 0, 4 - x, 1}, xainb.Dim{Name: "sample", Size: 2}, xainb.Dim{Name: "xy", Size: 2})
				s.Put("class", []float32{0, 1}, xainb.Dim{Name: "sample", Size: 2})
				s.PutLabels("class", []string{"to the right", "to the left"})
			}))
		}
		return out
	})
	d, err := charts.Trajectories(run).Document()
	fmt.Println(d.Title, d.Blend["place"], d.Seconds, err)
	// Output: Which way do the samples go? linear 1.2083333333333333 <nil>
}
