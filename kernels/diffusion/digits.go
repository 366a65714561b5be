package diffusion

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"

	"github.com/xainb/gonb-xai/kernels/autodiff"
	"github.com/xainb/gonb-xai/kernels/digits"
	"github.com/xainb/gonb-xai/kernels/f32"
)

//go:generate go test -run TestTrainDigits -train -timeout 60m .

//go:embed weights/digits.safetensors
var digitsWeights []byte

// Digits returns the model of 8 x 8 digits: a small transformer on patches of 2 x 2 pixels, trained by this package on the first 1,437 images of package digits; "go generate
// ./kernels/diffusion" trains it again. It can be told a class: see [Options].Classes and Guidance.
func Digits() *Model { return digitsModel() }

var digitsModel = sync.OnceValue(func() *Model {
	s, err := NewNoiseScheduler(digitsSchedule)
	if err != nil {
		return broken(err)
	}
	net := newTransformer(digitsShape, nil)
	if err := loadWeights(digitsWeights, net.params()); err != nil {
		return broken(err)
	}
	sum := sha256.Sum256(digitsWeights)
	return &Model{Scheduler: s, name: "8 x 8 digits", net: &digitsNetwork{net}, hash: hex.EncodeToString(sum[:])}
})

// digitsNetwork is the transformer as a network.
type digitsNetwork struct{ net *transformer }

func (d *digitsNetwork) dims() int              { return digits.Pixels }
func (d *digitsNetwork) prediction() Prediction { return Velocity }

func (d *digitsNetwork) ready(o Options) (denoiser, error) {
	a := &digitsAsker{net: d.net, guidance: float32(o.Guidance), tape: autodiff.New[float32]()}
	for _, c := range o.Classes {
		if c < 0 {
			c = noClass
		}
		a.classes = append(a.classes, int32(c))
	}
	return a, nil
}

// digitsAsker asks the transformer, for all samples with their class and, unless the guidance is 1, without.
type digitsAsker struct {
	net      *transformer
	guidance float32
	classes  []int32
	tape     *autodiff.Tape[float32]
	watching bool
	maps     []float32 // layers x heads x P x P, the mean over the samples with their class
}

func (a *digitsAsker) watch(on bool) { a.watching = on }

// digitsAtOnce is how many samples go through the network at a time.
const digitsAtOnce = 64

func (a *digitsAsker) predict(dst, x []float32, t int) error {
	if a.watching {
		heads := a.net.shape.heads * a.net.shape.blocks
		a.maps = make([]float32, heads*patches*patches)
	}
	for from := 0; from < len(a.classes); from += digitsAtOnce {
		to := min(len(a.classes), from+digitsAtOnce)
		if err := a.some(dst[from*digits.Pixels:to*digits.Pixels], x[from*digits.Pixels:to*digits.Pixels], a.classes[from:to], t); err != nil {
			return err
		}
	}
	return nil
}

// some asks for a part of the samples. The answer is u + guidance (c - u), c with the class and u without. (Ho and Salimans 2022, equation 6, with guidance 1 + w.)
func (a *digitsAsker) some(dst, x []float32, classes []int32, t int) error {
	n := len(classes)
	in := f32.Aligned(n * digits.Pixels)
	toPatches(in, x)
	with, err := a.forward(in, classes, t, a.watching)
	if err != nil {
		return err
	}
	if a.guidance != 1 {
		none := slices.Repeat([]int32{noClass}, n)
		without, err := a.forward(in, none, t, false)
		if err != nil {
			return err
		}
		f32.Sub(with, with, without)
		f32.Axpy(a.guidance, with, without)
		with = without
	}
	fromPatches(dst, with)
	return nil
}

func (a *digitsAsker) forward(x []float32, classes []int32, t int, watch bool) ([]float32, error) {
	n := len(classes)
	times := f32.Aligned(n * timeWidth)
	embedTimes(times, slices.Repeat([]int{t}, n))
	var see func(int, autodiff.Tensor[float32])
	if watch {
		see = a.see
	}
	a.tape.Reset()
	out := a.net.forward(a.tape, x, times, classes, see)
	if err := a.tape.Err(); err != nil {
		return nil, fmt.Errorf("diffusion: %w", err)
	}
	return slices.Clone(out.Value()), nil
}

// see adds the attention of a block, n x heads x P x P, to the mean.
func (a *digitsAsker) see(block int, weights autodiff.Tensor[float32]) {
	size := a.net.shape.heads * patches * patches
	w, mean := weights.Value(), a.maps[block*size:(block+1)*size]
	for at := 0; at+size <= len(w); at += size {
		f32.Axpy(1/float32(len(a.classes)), w[at:at+size], mean)
	}
}
