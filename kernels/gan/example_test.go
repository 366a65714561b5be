package gan_test

import (
	"context"
	"fmt"

	"github.com/xainb/gonb-xai/kernels/gan"
)

func ExampleRun() {
	run := gan.Run(gan.Config{Data: gan.Ring(8), Steps: 1000, Seed: 1})
	first, last := run.At(0), run.At(run.Len()-1)
	before, _ := first.Scalar("modes")
	after, _ := last.Scalar("modes")
	fmt.Println(run.Len(), "frames, from round", first.Time, "to round", last.Time)
	fmt.Println("modes covered:", before, "of 8 at first, in the end", after)
	// Output:
	// 101 frames, from round 0 to round 1000
	// modes covered: 0 of 8 at first, in the end 8
}

// From any frame to another future: here D is taught no more, so G has the last word.
func ExampleRecording_Branch() {
	run := gan.Run(gan.Config{Steps: 100, Hidden: []int{16}, Batch: 64})
	branch := run.Branch(5, func(c *gan.Config) { c.StepsD = -1 })
	fmt.Println("from", branch.At(0).Time, "to", branch.At(branch.Len()-1).Time)
	fmt.Println("the parent's frame:", branch.Provenance().Parent.Seq)
	a, _ := run.At(run.Len() - 1).Scalar("loss G")
	b, _ := branch.At(branch.Len() - 1).Scalar("loss G")
	fmt.Println("G's loss is lower:", b < a)
	// Output:
	// from 50 to 100
	// the parent's frame: 5
	// G's loss is lower: true
}

// A run that can be watched while it goes on, and cancelled. To record it, give it to xainb.RecordSeq.
func ExampleExplain() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for step, err := range gan.Explain(ctx, gan.Config{Hidden: []int{8}, Batch: 16}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if s := step.(*gan.Step); s.Round == 50 {
			cancel()
		}
	}
	// Output: gan: after 50 rounds: context canceled
}

// Which of the two players moves first decides where the smallest of all GANs ends.
func ExampleRunDirac() {
	end := func(d gan.Dirac) float64 {
		run := gan.RunDirac(d)
		r, _ := run.At(run.Len() - 1).Scalar("radius")
		return r
	}
	fmt.Printf("both at once:     %.2f\n", end(gan.Dirac{}))
	fmt.Printf("one by one:       %.2f\n", end(gan.Dirac{Alternating: true}))
	fmt.Printf("with the penalty: %.2f\n", end(gan.Dirac{R1: 1}))
	// Output:
	// both at once:     2.18
	// one by one:       1.40
	// with the penalty: 0.00
}
