package embed_test

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"os"

	"github.com/xainb/gonb-xai/kernels/embed"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// points returns n points of four numbers around two centres in turn.
func points(n int) []float32 {
	r := rand.New(rand.NewPCG(1, 0))
	x := make([]float32, 4*n)
	for i := range x {
		x[i] = float32(r.NormFloat64()) + float32(i/4%2)*20
	}
	return x
}

// Points on a line of three dimensions: one component holds all.
func ExamplePCA() {
	p, err := embed.PCA([]float32{0, 0, 5, 1, 2, 7, 2, 4, 9, 3, 6, 11}, 3, 2)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.2f of the variance along (%.2f %.2f %.2f)\n", p.Share[0], p.Components[0], p.Components[1], p.Components[2])
	// Output: 1.00 of the variance along (0.33 0.67 0.67)
}

// A later step of a run in the plane of an earlier one.
func ExampleProjection_Project() {
	p, err := embed.PCA([]float32{0, 0, 2, 0, 4, 0}, 2, 1)
	if err != nil {
		log.Fatal(err)
	}
	later, err := p.Project([]float32{7, 1})
	fmt.Println(p.Points, later, err)
	// Output: [-2 0 2] [5] <nil>
}

// The optimisation, as it goes on.
func ExampleTSNE() {
	c := embed.Config{Points: points(100), Dims: 4, Perplexity: 10, Iterations: 500, Every: 250}
	for step, err := range embed.TSNE(context.Background(), c) {
		if err != nil {
			log.Fatal(err)
		}
		s := step.(*embed.Step)
		fmt.Printf("%d %s, KL below 1: %v\n", s.Iteration, s.Phase, s.KL < 1)
	}
	// Output:
	// 0 early exaggeration, KL below 1: false
	// 250 early exaggeration, KL below 1: false
	// 500 embedding, KL below 1: true
}

// What a Config lacks it says, with what would fit.
func ExampleConfig() {
	run := embed.Run(embed.Config{Points: points(40), Dims: 4})
	fmt.Println(run.Err())
	// Output: embed: TSNE: 40 of them for perplexity 30: give a perplexity of 13 or less, or at least 91 points: too few points
}

// A run is recorded, and found again in the cache.
func ExampleRun() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	os.Setenv(codec.CacheEnv, dir)
	defer os.Unsetenv(codec.CacheEnv)

	x := points(100)
	run := embed.Run(embed.Config{Points: x, Dims: 4, Perplexity: 10, Iterations: 300})
	trust, err := embed.Trustworthiness(x, 4, run.Points(), 12)
	fmt.Println(run.Len(), "frames,", trust > 0.9, run.Err(), err)
	fmt.Println(run.Warnings()[0])
	// Output:
	// 31 frames, true <nil> <nil>
	// t-SNE keeps who is near whom. Lengths, sizes of clusters, gaps between them and speeds mean nothing.
}

// What a scene needs of a recording is in its frames.
func ExampleRecording() {
	var run *embed.Recording = embed.Run(embed.Config{Points: points(3), Dims: 4})
	fmt.Println(run.Len(), len(run.Points()), run.Err())
	// Output: 0 0 embed: TSNE: 3 of them: give at least 4 for a perplexity of 1: too few points
}

// Eight samples on their way from one centre to two: all steps are embedded together.
func ExampleTrajectories() {
	steps := make([]xainb.Snapshot, 21)
	for i := range steps {
		x := points(8)
		for j := range x {
			x[j] *= float32(i) / 20
		}
		steps[i].Put("x", x, xainb.Dim{Name: "sample", Size: 8}, xainb.Dim{Name: "number", Size: 4})
		steps[i].Time = float64(i)
	}
	ways := embed.Trajectories(xainb.NewTrack(steps, xainb.Provenance{Name: "an example"}, nil), "x", embed.TrajectoryConfig{Classes: []float32{0, 1, 0, 1, 0, 1, 0, 1}})
	last := ways.At(20)
	alike, _ := last.Scalar("alike")
	fmt.Println(last.Field("tsne").Dims, last.Field("share").Data[0] > 0.8, alike, ways.Err())
	// Output: [{sample 8} {xy 2}] true 1 <nil>
}

// Half way between two steps a curve through three steps bends outwards.
func ExampleSmooth() {
	path, err := embed.Smooth([]float32{0, 0, 1, 1, 2, 0}, 1, 2, 2)
	fmt.Println(path, err)
	// Output: [0 0 0.5 0.625 1 1 1.5 0.625 2 0] <nil>
}

func ExampleStep() {
	c := embed.Config{Points: points(8), Dims: 4, Perplexity: 2, Iterations: 1}
	for step, err := range embed.TSNE(context.Background(), c) {
		if err != nil {
			log.Fatal(err)
		}
		s := step.(*embed.Step)
		fmt.Println(s.Iteration, len(s.Points), s.Key)
	}
	// Output:
	// 0 16 false
	// 1 16 true
}
