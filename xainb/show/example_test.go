package show_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
	"github.com/xainb/gonb-xai/xainb/show"
)

// falling is a run of four steps.
func falling() *xainb.Track {
	return xainb.Record(1.0, func(loss float64) (steps []xainb.Step) {
		for i := range 4 {
			steps = append(steps, xainb.StepFunc(func(s *xainb.Snapshot) {
				s.Time, s.Phase = float64(i), []string{"look", "step"}[i%2]
				s.PutScalar("loss", loss/float64(i+1))
			}))
		}
		return steps
	})
}

// The name of a file chooses what is saved: a page, a picture, the recording.
func ExampleSave() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	scene := charts.Lines(falling())
	for _, name := range []string{"run.gif", "run.png", "run.xtrack"} {
		if err := show.Save(filepath.Join(folder, name), scene, show.Frame(2)); err != nil {
			fmt.Println(err)
		}
	}
	run, err := codec.Open(filepath.Join(folder, "run.xtrack"))
	fmt.Println(run.Len(), err)
	fmt.Println(show.Save("run.bmp", scene))
	// Output:
	// 4 <nil>
	// show: Save run.bmp: unknown kind of file: end its name in .html, .png, .gif, .svg, .xtrack, .json, .yaml or .csv
}

// Of two scenes on one page one is dark and has no picture for viewers without scripts.
func ExampleWith() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	scene := charts.Stages(falling())
	path := filepath.Join(folder, "two.html")
	fmt.Println(show.Page(path, scene, show.With(scene, show.Theme("dark"), show.Poster(show.NoPoster))))
	fmt.Println(show.Page(path, show.With(scene, show.Width(50))) != nil)
	// Output:
	// <nil>
	// true
}
