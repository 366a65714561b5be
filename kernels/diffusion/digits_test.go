package diffusion

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/kernels/autodiff"
	"github.com/xainb/gonb-xai/kernels/digits"
	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// judge is a convolutional network that tells digits apart; it has seen the images that the model was trained on, and not the model's.
type judge struct {
	conv1, conv2 *autodiff.Conv2D[float32]
	norm1, norm2 *autodiff.BatchNorm[float32]
	out          *autodiff.Linear[float32]
}

func (j *judge) scores(t *autodiff.Tape[float32], x []float32, train bool) autodiff.Tensor[float32] {
	n := len(x) / digits.Pixels
	j.norm1.Train, j.norm2.Train = train, train
	h := j.norm1.Forward(t, j.conv1.Forward(t, t.Const(x, n, 1, digits.Side, digits.Side))).ReLU()
	h = j.norm2.Forward(t, j.conv2.Forward(t, h)).ReLU().MaxPool2D(autodiff.Window{Kernel: 2})
	return j.out.Forward(t, h.Reshape(n, -1))
}

// newJudge trains one, each image moved by up to a pixel; it is right on at least 95 % of the digits that were held out, or the test fails.
func newJudge(t *testing.T) *judge {
	t.Helper()
	r := rand.New(rand.NewPCG(2, 2))
	same := autodiff.Window{Pad: autodiff.Same(3)}
	j := &judge{
		conv1: autodiff.NewConv2D[float32]("c1", 1, 16, 3, same, r), norm1: autodiff.NewBatchNorm[float32]("n1", 16),
		conv2: autodiff.NewConv2D[float32]("c2", 16, 32, 3, same, r), norm2: autodiff.NewBatchNorm[float32]("n2", 32),
		out: autodiff.NewLinear[float32]("out", 32*16, 10, r),
	}
	images, labels := digitImages()
	const batch, epochs = 32, 8
	tape, params := autodiff.New[float32](), autodiff.Params[float32](j.conv1, j.norm1, j.conv2, j.norm2, j.out)
	adam := &autodiff.Adam[float32]{Rate: 3e-3, Schedule: autodiff.Cosine(epochs * len(labels) / batch)}
	x, y := make([]float32, batch*digits.Pixels), make([]int32, batch)
	for range epochs {
		order := r.Perm(len(labels))
		for s := range len(labels) / batch {
			for i, from := range order[s*batch : (s+1)*batch] {
				move(x[i*digits.Pixels:(i+1)*digits.Pixels], images[from*digits.Pixels:], r.IntN(3)-1, r.IntN(3)-1)
				y[i] = labels[from]
			}
			tape.Reset()
			if err := tape.Backward(j.scores(tape, x, true).CrossEntropy(y), params...); err != nil {
				t.Fatal(err)
			}
			if err := adam.Step(params); err != nil {
				t.Fatal(err)
			}
		}
	}
	held, want := heldOut()
	if share := j.agrees(held, want); share < 0.95 {
		t.Fatalf("the judge is right on %.3f of the digits held out", share)
	}
	return j
}

// move copies an image, dx to the right and dy down, on paper.
func move(dst, src []float32, dx, dy int) {
	for i := range dst {
		dst[i] = -1
	}
	for y := max(0, dy); y < min(digits.Side, digits.Side+dy); y++ {
		for x := max(0, dx); x < min(digits.Side, digits.Side+dx); x++ {
			dst[y*digits.Side+x] = src[(y-dy)*digits.Side+x-dx]
		}
	}
}

func heldOut() ([]float32, []int32) {
	images, labels := digits.Load()
	f32.Linear(images, 2, images, -1)
	return images[digits.Train*digits.Pixels:], labels[digits.Train:]
}

func (j *judge) agrees(images []float32, labels []int32) float64 {
	scores := j.scores(autodiff.New[float32](), images, false).Value()
	right := 0
	for i, label := range labels {
		if f32.ArgMax(scores[i*10:(i+1)*10]) == int(label) {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}

// diversity returns the mean distance between two images of a class, averaged over the classes.
func diversity(images []float32, labels []int32) float64 {
	sum := 0.0
	for class := range int32(10) {
		var of [][]float32
		for i, label := range labels {
			if label == class {
				of = append(of, images[i*digits.Pixels:(i+1)*digits.Pixels])
			}
		}
		d, n := 0.0, 0
		for i := range of {
			for k := range i {
				d += math.Sqrt(float64(f32.SquaredDistance(of[i], of[k])))
				n++
			}
		}
		sum += d / float64(n) / 10
	}
	return sum
}

func TestDigits(t *testing.T) {
	if testing.Short() {
		t.Skip("500 samples and a judge: a minute")
	}
	t.Setenv(codec.CacheEnv, t.TempDir())
	m, j := Digits(), newJudge(t)
	trained, labels := digitImages()
	held, _ := heldOut()
	_, ofHeld := nearestDigits(held)
	want := diversity(trained, labels)
	r := mustSample(t, m, DDIM{Steps: 25}, Options{Samples: 500, Seed: 1, Frames: 1, Keys: []int{}})
	x, err := r.State(-1)
	if err != nil {
		t.Fatal(err)
	}
	asked := make([]int32, 500)
	for i := range asked {
		asked[i] = int32(i % 10)
	}
	agreed, diverse := j.agrees(x, asked), diversity(x, asked)/want
	_, ours := nearestDigits(x)
	t.Logf("the judge agrees on %.3f, diversity %.3f of the data's, nearest training image at %.2f; of digits held out at %.2f; %.1f s",
		agreed, diverse, median(ours), median(ofHeld), r.Elapsed.Seconds())
	if agreed < 0.9 || diverse < 0.8 {
		t.Errorf("the judge agrees on %.3f, want 0.9; diversity %.3f, want 0.8", agreed, diverse)
	}
	if median(ours) < 0.5*median(ofHeld) {
		t.Errorf("samples are %.2f from what was trained on, digits held out %.2f: they are remembered", median(ours), median(ofHeld))
	}
}

func median(x []float32) float64 {
	s := slices.Clone(x)
	slices.Sort(s)
	return float64(s[len(s)/2])
}

func TestDigitFrames(t *testing.T) {
	t.Setenv(codec.CacheEnv, t.TempDir())
	m := Digits()
	o := Options{Samples: 12, Classes: []int{3, -1, 8}, Keys: []int{40, 160}}
	r := mustSample(t, m, DDIM{Steps: 6, Spacing: Leading(), Eta: 1}, o)
	if r.Len() != 7 || r.Columns != 10 || r.Latents.Len() != 7 || r.Latents.Dim != 64 {
		t.Fatalf("%v, %d columns, %d latents", r, r.Columns, r.Latents.Len())
	}
	for i, f := range r.Frames() {
		if x := f.Field("x"); x.Dims[0].Size != 17 || x.Dims[1].Size != 89 {
			t.Fatalf("x is %v", x.Dims)
		}
		if c := f.Field("class").Data; !slices.Equal(c[:4], []float32{3, -1, 8, 3}) {
			t.Errorf("classes %v", c)
		}
		a := f.Field("attention")
		if wantMaps := f.Time == 0 || f.Time == 166; (a != nil) != wantMaps {
			t.Errorf("t = %v: attention %v", f.Time, a != nil)
		}
		for row := 0; a != nil && row < len(a.Data); row += patches {
			if s := f32.Sum(a.Data[row : row+patches]); math.Abs(float64(s)-1) > 1e-4 {
				t.Fatalf("a row of the attention sums to %v", s)
			}
		}
		if got := fromSheet(f.Field("x").Data, 12, 10); math.Abs(float64(got[700]-r.Latents.At(i, nil)[700])) > 1e-2 {
			t.Errorf("frame %d and its latent differ: %v, %v", i, got[700], r.Latents.At(i, nil)[700])
		}
	}
	last := r.At(r.Len() - 1)
	nearest, far := fromSheet(last.Field("nearest").Data, 12, 10), last.Field("distance").Data
	x := fromSheet(last.Field("x").Data, 12, 10)
	for i, d := range far {
		if got := math.Sqrt(float64(f32.SquaredDistance(x[i*64:(i+1)*64], nearest[i*64:(i+1)*64]))); math.Abs(got-float64(d)) > 1e-4*got {
			t.Errorf("sample %d is %v from its nearest, said to be %v", i, got, d)
		}
	}

	again := mustSample(t, m, DDIM{Steps: 6, Spacing: Leading(), Eta: 1}, o) // from the cache
	if again.Elapsed != 0 || again.Hash() != r.Hash() || again.Latents.Len() != 7 || !slices.Equal(again.Latents.At(3, nil), r.Latents.At(3, nil)) {
		t.Errorf("from the cache: %v, %v", again, again.Elapsed)
	}
	if got, err := again.State(166); err != nil || !slices.Equal(got, fromSheet(r.At(4).Field("x").Data, 12, 10)) {
		t.Errorf("the state of a cached run: %v", err)
	}
	rest := r.Resume(332, nil)
	if rest.Err() != nil || !slices.Equal(rest.At(rest.Len()-1).Field("x").Data, last.Field("x").Data) {
		t.Errorf("resumed it ends elsewhere: %v", rest.Err())
	}
	c := m.InStep(Options{Samples: 12}, DDIM{Steps: 2}, DDIM{Steps: 3})
	a, errA := c.Runs[0].State(-1)
	b, errB := c.Runs[1].State(-1)
	if c.Err() != nil || errA != nil || errB != nil {
		t.Fatal(c.Err(), errA, errB)
	}
	apart := c.Track()
	want := math.Sqrt(float64(f32.SquaredDistance(a, b)) / 12)
	if got, _ := apart.At(apart.Len() - 1).Scalar("distance"); math.Abs(got-want) > 1e-5*want {
		t.Errorf("in step they end %v apart, want %v", got, want)
	}
	none := mustSample(t, m, DDIM{Steps: 2}, Options{Samples: 3, Classes: []int{5}, Guidance: -1})
	other := mustSample(t, m, DDIM{Steps: 2}, Options{Samples: 3, Classes: []int{6}, Guidance: -1})
	if !slices.Equal(none.At(2).Field("x").Data, other.At(2).Field("x").Data) {
		t.Error("without guidance the class makes a difference")
	}
	for _, c := range []struct {
		o    Options
		want string
	}{{Options{Classes: []int{10}}, "10"}, {Options{Classes: []int{-2}}, "-2"}, {Options{Guidance: -2}, "-2"}, {Options{Guidance: math.NaN()}, "NaN"}, {Options{Guidance: 101}, "101"}} {
		if err := m.Sample(DDIM{Steps: 2}, c.o).Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
}

func TestDigitsWeights(t *testing.T) {
	if len(digitsWeights) > 1<<20 {
		t.Errorf("the weights take %d bytes, want 1 MB at most", len(digitsWeights))
	}
	net := newTransformer(digitsShape, nil)
	if err := loadWeights(digitsWeights, net.params()); err != nil {
		t.Fatal(err)
	}
	file, err := halfWeights(net.params(), nil)
	if err != nil {
		t.Fatal(err)
	}
	again := newTransformer(digitsShape, nil)
	if err := loadWeights(file, again.params()); err != nil {
		t.Fatal(err)
	}
	for i, p := range net.params() {
		if !slices.Equal(p.Value, again.params()[i].Value) {
			t.Errorf("%s does not come back", p.Name)
		}
	}
	for _, bad := range [][]byte{nil, digitsWeights[:100], {1, 2, 3}} {
		if err := loadWeights(bad, net.params()); err == nil || !strings.HasPrefix(err.Error(), "diffusion: ") {
			t.Errorf("damaged weights: %v", err)
		}
	}
	if err := loadWeights(digitsWeights, newTransformer(shapeOf{32, 4, 256, 3}, nil).params()); err == nil {
		t.Error("weights of another shape are taken")
	}
}

func TestPatches(t *testing.T) {
	x := make([]float32, 3*digits.Pixels)
	for i := range x {
		x[i] = float32(i)
	}
	p, back := make([]float32, len(x)), make([]float32, len(x))
	toPatches(p, x)
	if !slices.Equal(p[:8], []float32{0, 1, 8, 9, 2, 3, 10, 11}) {
		t.Errorf("the first two patches are %v", p[:8])
	}
	if fromPatches(back, p); !slices.Equal(back, x) {
		t.Error("the pixels do not come back")
	}
	s, h, w := sheet(x, 2, -1)
	if h != 17 || w != 17 || s[8] != -1 || s[9] != 64 || s[17*9] != 128 || s[17*17-1] != -1 {
		t.Errorf("the sheet is %d x %d: %v", h, w, s)
	}
	if !slices.Equal(fromSheet(s, 3, 2), x) {
		t.Error("the digits do not come back from the sheet")
	}
}
