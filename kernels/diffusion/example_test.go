package diffusion_test

import (
	"fmt"
	"math"

	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/kernels/diffusion"
)

// The noise of two modes on a line is known exactly: what sampling makes of it is the samplers' doing alone.
func ExampleModel_Sample() {
	modes := diffusion.Exact(diffusion.Mixture{Means: []float64{-2, 2}, Spread: 0.2})
	for _, by := range []diffusion.Sampler{diffusion.DDPM{Steps: 1000}, diffusion.Renoises{Steps: 1000}, diffusion.ReturnsX0{Steps: 1000}} {
		run := modes.Sample(by, diffusion.Options{Samples: 4000})
		if run.Err() != nil {
			fmt.Println(run.Err())
			return
		}
		sum, squares, n := 0.0, 0.0, 0.0
		for _, x := range run.At(run.Len() - 1).Field("x").Data {
			sum, squares, n = sum+math.Abs(float64(x)), squares+float64(x)*float64(x), n+1
		}
		fmt.Printf("%T: spread %.1f\n", by, math.Sqrt(max(0, squares/n-sum/n*sum/n)))
	}
	// Output:
	// diffusion.DDPM: spread 0.2
	// diffusion.Renoises: spread 0.1
	// diffusion.ReturnsX0: spread 0.0
}

// Two samplers from one noise, matched by t: DDIM waits where it takes no step.
func ExampleModel_InStep() {
	modes := diffusion.Exact(diffusion.Mixture{Means: []float64{-2, 2}, Spread: 0.2})
	c := modes.InStep(diffusion.Options{Samples: 500}, diffusion.DDPM{Steps: 1000}, diffusion.DDIM{Steps: 50})
	doc, err := charts.Compare(c.Runs[0], c.Runs[1], charts.Names("DDPM", "DDIM")).Document()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("DDIM has", c.Runs[1].Len(), "of the", doc.Moments(), "moments, all of them DDPM's:", doc.Moments() == c.Runs[0].Len())
	spread := modes.Spread(diffusion.DDIM{Steps: 50}, 3, diffusion.Options{Samples: 500})
	variance, _ := spread.At(spread.Len() - 1).Scalar("variance")
	fmt.Println("DDIM's runs differ by", variance)
	// Output:
	// DDIM has 51 of the 140 moments, all of them DDPM's: true
	// DDIM's runs differ by 0
}

// Where a schedule's steps go.
func ExampleNoiseScheduler_Timesteps() {
	s, err := diffusion.NewNoiseScheduler(diffusion.Schedule{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range []diffusion.Spacing{diffusion.Trailing(), diffusion.Leading(), diffusion.Even(), diffusion.Cosine(), diffusion.Beta(0.5, 0.5)} {
		ts, err := s.Timesteps(5, p)
		fmt.Println(p, ts, err)
	}
	fmt.Printf("t = 999 is tau %g, t = 0 is tau %g\n", s.Tau(999), s.Tau(0))
	// Output:
	// trailing [999 799 599 399 199] <nil>
	// leading [800 600 400 200 0] <nil>
	// even [999 749 500 250 0] <nil>
	// cosine [999 853 500 146 0] <nil>
	// beta(0.5, 0.5) [999 853 500 146 0] <nil>
	// t = 999 is tau 0, t = 0 is tau 1
}
