package charts_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/kernels/diffusion"
	"github.com/xainb/gonb-xai/kernels/embed"
	"github.com/xainb/gonb-xai/kernels/gan"
	"github.com/xainb/gonb-xai/xainb"
)

// Auto draws what the packages in kernels record as the scenes that are made for it draw it. The oracle is the scene itself.
func TestAutoDrawsKernels(t *testing.T) {
	t.Setenv("XAINB_CACHE", t.TempDir())
	game := gan.Run(gan.Config{Steps: 20, Hidden: []int{8}})
	images := gan.Run(gan.Config{Data: gan.Digits(), Steps: 10, Hidden: []int{8}})
	model := diffusion.Train(diffusion.Config{Steps: 20, Hidden: []int{8}, Batch: 32})
	plane := model.Sample(diffusion.DDIM{Steps: 5}, diffusion.Options{Samples: 16, Grid: 4})
	line := diffusion.Exact(diffusion.Mixture{Means: []float64{-2, 2}, Spread: 0.2}).Sample(diffusion.DDIM{Steps: 5}, diffusion.Options{Samples: 100})
	digits := diffusion.Digits().Sample(diffusion.DDIM{Steps: 4}, diffusion.Options{Samples: 4})
	s, err := diffusion.NewNoiseScheduler(diffusion.Schedule{})
	if err != nil {
		t.Fatal(err)
	}
	ways := embed.Trajectories(digits, "x0", embed.TrajectoryConfig{TSNE: embed.Config{Iterations: 20, Perplexity: 3}})
	for _, c := range []struct {
		name string
		run  xainb.Source
		want *charts.Scene
	}{
		{"a GAN", game, charts.Column(charts.GANSamples(game), charts.Energy(game), charts.Lines(game, charts.Numbers("loss G", "loss D")))},
		{"a GAN of images", images, charts.Column(charts.GANSamples(images), charts.Energy(images), charts.Lines(images, charts.Numbers("loss G", "loss D")))},
		{"the surface of a GAN", game.Surface(gan.Plane{Size: 5, Every: 10}), charts.Surface(game.Surface(gan.Plane{Size: 5, Every: 10}))},
		{"diffusion in a plane", plane, charts.Diffusion(plane)},
		{"diffusion on a line", line, charts.Diffusion(line)},
		{"diffusion of digits", digits, charts.Diffusion(digits)},
		{"a schedule", s.Curves(5), charts.Curves(s.Curves(5), charts.Fields("log-snr"), charts.Marks("trailing t", "even t", "cosine t"))},
		{"interpolations", s.Interpolations(3, 5), charts.Curves(s.Interpolations(3, 5), charts.Fields("log-snr", "linear", "cubic", "beta"))},
		{"trajectories", ways, charts.Trajectories(ways)},
	} {
		got, err := charts.Auto(c.run).Document()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		want, err := c.want.Document()
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got.Title != want.Title || got.Caption != want.Caption || !reflect.DeepEqual(got.Panels, want.Panels) || !reflect.DeepEqual(got.State, want.State) {
			t.Errorf("%s: %q, %d panels; want %q, %d", c.name, got.Title, len(got.Panels), want.Title, len(want.Panels))
		}
		if _, err := got.Poster.Draw(got.Moments() - 1); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	// What they warn of is known by its words.
	thinned := model.Sample(diffusion.DDIM{Steps: 100}, diffusion.Options{Samples: 16, Frames: 5, Grid: -1})
	resting := xainb.Record(24, func(n int) (steps []xainb.Step) {
		for k := range n {
			steps = append(steps, xainb.StepFunc(func(s *xainb.Snapshot) {
				x := make([]float32, 80)
				for i := range 40 { // each turns about a place of its own
					x[2*i], x[2*i+1] = float32(100*i)+float32(k*7%5), float32(k*3%7)
				}
				s.Put("x", x, xainb.Dim{Name: "sample", Size: 40}, xainb.Dim{Name: "xy", Size: 2})
			}))
		}
		return steps
	})
	clumps := embed.Trajectories(resting, "x", embed.TrajectoryConfig{TSNE: embed.Config{Perplexity: 10}, Steps: 16})
	warned := 0
	for _, run := range []xainb.Source{thinned, clumps} {
		d, err := charts.Auto(run).Document()
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range d.Warnings {
			if warned++; d.Translations["zh"][w] == "" {
				t.Errorf("the warning %q is not known", w)
			}
		}
	}
	if warned < 4 {
		t.Errorf("%d warnings, want those of a thinned run, of t-SNE, of steps that are left out, and of clumps", warned)
	}
	// What is a run of none of these is drawn by its parts, and so is a field that is asked for.
	for name, c := range map[string]struct {
		scene *charts.Scene
		want  []string
	}{
		"the optimisation of t-SNE": {charts.Auto(embed.Run(embed.Config{Points: make([]float32, 80), Dims: 4, Perplexity: 3, Iterations: 300, Colour: make([]float32, 20)})), []string{"stages", "series", "series"}},
		"a training":                {charts.Auto(model), []string{"series", "series", "series"}},
		"a field of a GAN":          {charts.Auto(game, charts.Field("real")), []string{"series"}},
	} {
		d, err := c.scene.Document()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var painters []string
		for _, p := range d.Panels {
			painters = append(painters, p.Painter)
		}
		if !slices.Equal(painters, c.want) {
			t.Errorf("%s: %v, want %v", name, painters, c.want)
		}
	}
}
