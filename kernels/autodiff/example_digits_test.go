package autodiff_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/xainb/gonb-xai/kernels/autodiff"
	"github.com/xainb/gonb-xai/kernels/digits"
	"github.com/xainb/gonb-xai/kernels/f32"
)

// cnn looks at each neighbourhood of 3 x 3 pixels, at each of these again, and decides by what it has found where.
type cnn struct {
	conv1, conv2 *autodiff.Conv2D[float32]
	norm1, norm2 *autodiff.BatchNorm[float32]
	out          *autodiff.Linear[float32]
}

func newCNN(r *rand.Rand) *cnn {
	same := autodiff.Window{Pad: autodiff.Same(3)}
	return &cnn{
		conv1: autodiff.NewConv2D[float32]("conv1", 1, 16, 3, same, r), norm1: autodiff.NewBatchNorm[float32]("norm1", 16),
		conv2: autodiff.NewConv2D[float32]("conv2", 16, 32, 3, same, r), norm2: autodiff.NewBatchNorm[float32]("norm2", 32),
		out: autodiff.NewLinear[float32]("out", 32*4*4, digits.Classes, r),
	}
}

func (n *cnn) params() []*autodiff.Param[float32] {
	return autodiff.Params[float32](n.conv1, n.norm1, n.conv2, n.norm2, n.out)
}

// forward returns a score for each class of each image.
func (n *cnn) forward(t *autodiff.Tape[float32], images []float32, train bool) autodiff.Tensor[float32] {
	n.norm1.Train, n.norm2.Train = train, train
	count := len(images) / digits.Pixels
	x := t.Const(images, count, 1, digits.Side, digits.Side)
	x = n.norm1.Forward(t, n.conv1.Forward(t, x)).ReLU()
	x = n.norm2.Forward(t, n.conv2.Forward(t, x)).ReLU().MaxPool2D(autodiff.Window{Kernel: 2})
	return n.out.Forward(t, x.Reshape(count, -1))
}

// train shows the network all images again and again, in batches, each image moved by up to a pixel.
func (n *cnn) train(images []float32, labels []int32, epochs int, r *rand.Rand) error {
	const batch = 32
	steps := len(labels) / batch
	tape, params := autodiff.New[float32](), n.params()
	adam := &autodiff.Adam[float32]{Rate: 3e-3, Schedule: autodiff.Cosine(epochs * steps)}
	x, y := make([]float32, batch*digits.Pixels), make([]int32, batch)
	for range epochs {
		order := r.Perm(len(labels))
		for s := range steps {
			for i, from := range order[s*batch : (s+1)*batch] {
				move(x[i*digits.Pixels:][:digits.Pixels], images[from*digits.Pixels:], r.IntN(3)-1, r.IntN(3)-1)
				y[i] = labels[from]
			}
			tape.Reset()
			if err := tape.Backward(n.forward(tape, x, true).CrossEntropy(y), params...); err != nil {
				return err
			}
			if err := adam.Step(params); err != nil {
				return err
			}
		}
	}
	return nil
}

// move copies an image, dx to the right and dy down.
func move(dst, src []float32, dx, dy int) {
	clear(dst)
	for y := max(0, dy); y < min(digits.Side, digits.Side+dy); y++ {
		for x := max(0, dx); x < min(digits.Side, digits.Side+dx); x++ {
			dst[y*digits.Side+x] = src[(y-dy)*digits.Side+x-dx]
		}
	}
}

// accuracy returns the share of the images whose highest score is their label's.
func (n *cnn) accuracy(images []float32, labels []int32) float64 {
	tape := autodiff.New[float32]()
	scores := n.forward(tape, images, false).Value()
	right := 0
	for i, label := range labels {
		if f32.ArgMax(scores[i*digits.Classes:][:digits.Classes]) == int(label) {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}

// A small convolutional network learns the handwritten digits of 1,437 images, and is asked for those of the 360 others.
func Example_digits() {
	images, labels := digits.Load()
	const n = digits.Train
	r := rand.New(rand.NewPCG(1, 1))
	net := newCNN(r)
	if err := net.train(images[:n*digits.Pixels], labels[:n], 7, r); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("at least 96% right:", net.accuracy(images[n*digits.Pixels:], labels[n:]) >= 0.96)
	// Output: at least 96% right: true
}
