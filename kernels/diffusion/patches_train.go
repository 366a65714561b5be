package diffusion

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"

	"github.com/xainb/gonb-xai/kernels/autodiff"
	"github.com/xainb/gonb-xai/kernels/digits"
	"github.com/xainb/gonb-xai/kernels/f32"
)

// digitsSchedule is the noise that the network for digits was trained with; its prediction is [Velocity].
var digitsSchedule = Schedule{Betas: SquaredCosine}

// training says how the network for digits is trained.
type training struct {
	steps, batch int
	rate         float64
	forget       float64 // the share of images whose class is not told, for guidance without a classifier (Ho and Salimans 2022)
	average      float64 // how much of the moving average stays in a step
	seed         uint64
}

var digitsTraining = training{steps: 6000, batch: 128, rate: 1.5e-3, forget: 0.15, average: 0.999, seed: 1}

// trainDigits trains a network on the first digits.Train digits and returns the moving average of its parameters.
func trainDigits(ctx context.Context, shape shapeOf, c training, progress io.Writer) (*transformer, error) {
	s, err := NewNoiseScheduler(digitsSchedule)
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(c.seed, 1))
	net, average := newTransformer(shape, r), newTransformer(shape, nil)
	params, kept := net.params(), average.params()
	if err := autodiff.EMA(kept, params, 0); err != nil {
		return nil, err
	}
	warm, cool := autodiff.Warmup(200), autodiff.Cosine(c.steps)
	adam := &autodiff.Adam[float32]{Rate: c.rate, Decay: 0.01, Schedule: func(step int) float64 { return warm(step) * cool(step) }}
	tape, b := autodiff.New[float32](), newDigitBatch(c, s, r)
	defer tape.Close()
	mean := 0.0
	for step := range c.steps {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("diffusion: training on digits stopped at step %d: %w", step, err)
		}
		b.draw()
		tape.Reset()
		loss := net.forward(tape, b.x, b.embedded, b.classes, nil).MSE(tape.Const(b.target, c.batch, patches, perPatch))
		if err := tape.Backward(loss, params...); err != nil {
			return nil, err
		}
		mean += (float64(loss.Item()) - mean) * max(0.005, 1/float64(step+1))
		if _, err := autodiff.ClipNorm(params, 1); err != nil {
			return nil, err
		}
		if err := adam.Step(params); err != nil {
			return nil, err
		}
		if err := autodiff.EMA(kept, params, min(c.average, float64(step+1)/float64(step+10))); err != nil {
			return nil, err
		}
		if step%500 == 499 {
			fmt.Fprintf(progress, "step %d of %d: loss %.4f\n", step+1, c.steps, mean)
		}
	}
	return average, nil
}

// digitBatch draws noisy digits.
type digitBatch struct {
	training
	s                   *NoiseScheduler
	r                   *rand.Rand
	images              []float32 // as patches, -1 to 1
	labels              []int32
	x, target, embedded []float32
	noise               []float32
	classes             []int32
	times               []int
}

func newDigitBatch(c training, s *NoiseScheduler, r *rand.Rand) *digitBatch {
	pixels, labels := digitImages()
	b := &digitBatch{training: c, s: s, r: r, images: make([]float32, len(pixels)), labels: labels}
	toPatches(b.images, pixels)
	n := c.batch
	b.x, b.target, b.noise = f32.Aligned(n*digits.Pixels), f32.Aligned(n*digits.Pixels), f32.Aligned(n*digits.Pixels)
	b.embedded, b.classes, b.times = f32.Aligned(n*timeWidth), make([]int32, n), make([]int, n)
	return b
}

// digitImages returns the digits that are trained on, from -1 for paper to 1 for ink, and their labels.
func digitImages() ([]float32, []int32) {
	images, labels := digits.Load()
	f32.Linear(images, 2, images, -1)
	return images[:digits.Train*digits.Pixels], labels[:digits.Train]
}

// draw fills the batch. The times are spread evenly over the batch, which makes its loss less of a gamble than times drawn apart.
func (b *digitBatch) draw() {
	f32.Normals(b.noise, b.r)
	start := b.r.Float64()
	for i := range b.batch {
		at := int((start + float64(i)) / float64(b.batch) * float64(b.s.T()))
		at %= b.s.T()
		image := b.r.IntN(len(b.labels))
		b.times[i], b.classes[i] = at, b.labels[image]
		if b.r.Float64() < b.forget {
			b.classes[i] = noClass
		}
		signal, noise := float32(math.Sqrt(b.s.AlphaBar(at))), float32(math.Sqrt(1-b.s.AlphaBar(at)))
		x0 := b.images[image*digits.Pixels:][:digits.Pixels]
		for j, v := range x0 {
			z := b.noise[i*digits.Pixels+j]
			b.x[i*digits.Pixels+j] = signal*v + noise*z
			b.target[i*digits.Pixels+j] = signal*z - noise*v
		}
	}
	embedTimes(b.embedded, b.times)
}
