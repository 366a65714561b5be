package diffusion

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/xainb/gonb-xai/kernels/autodiff"
	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// Config says what a network for points of a plane is trained on, and how. The zero value learns the noise in a spiral.
type Config struct {
	Data     Data       // the zero value is Spiral()
	Schedule Schedule   // of the noise
	Predicts Prediction // what the network answers; "" means Epsilon, and Velocity with SquaredCosine, whose first x_t are nothing but noise: to know that is to know nothing of x_0. X0 is inexact where there is little noise: sample it in few steps
	Hidden   []int      // widths of the hidden layers; nil means 128, 128

	Batch int     // points a step; 0 means 512
	Steps int     // of training; 0 means 6000
	Rate  float64 // of Adam, falling to 0 as a cosine; 0 means 5e-3
	Seed  uint64

	Every   int             // epochs, of 100 steps, between two frames of the training; 0 means 10
	Context context.Context // ends the training; nil means never
}

// Epoch is how many steps of training are an epoch.
const Epoch = 100

// average is how much of the moving average of the parameters, which is what is sampled, stays in a step.
const average = 0.998

func (c Config) filled() (Config, error) {
	var err error
	if c.Data, err = c.Data.filled(); err != nil {
		return c, err
	}
	if c.Predicts == "" {
		c.Predicts = Epsilon
		if c.Schedule.Betas == SquaredCosine {
			c.Predicts = Velocity
		}
	}
	if c.Predicts != Epsilon && c.Predicts != X0 && c.Predicts != Velocity {
		return c, fmt.Errorf("diffusion: Config.Predicts is %q: give %q, %q or %q", c.Predicts, Epsilon, X0, Velocity)
	}
	if c.Hidden == nil {
		c.Hidden = []int{128, 128}
	}
	if len(c.Hidden) < 1 || len(c.Hidden) > 10 {
		return c, fmt.Errorf("diffusion: Config.Hidden has %d layers: give 1 to 10", len(c.Hidden))
	}
	for i, w := range c.Hidden {
		if w < 1 || w > 4096 {
			return c, fmt.Errorf("diffusion: Config.Hidden[%d] is %d: give a width from 1 to 4096", i, w)
		}
	}
	for _, n := range []struct {
		name        string
		v           *int
		zero, limit int
	}{{"Batch", &c.Batch, 512, 1 << 16}, {"Steps", &c.Steps, 6000, 1 << 24}, {"Every", &c.Every, 10, 1 << 24}} {
		if *n.v == 0 {
			*n.v = n.zero
		}
		if *n.v < 1 || *n.v > n.limit {
			return c, fmt.Errorf("diffusion: Config.%s is %d: give a number from 1 to %d, or 0 for %d", n.name, *n.v, n.limit, n.zero)
		}
	}
	if err := c.checkSize(); err != nil {
		return c, err
	}
	if c.Rate == 0 {
		c.Rate = 5e-3
	}
	if !(c.Rate > 0 && c.Rate <= 1) {
		return c, fmt.Errorf("diffusion: Config.Rate is %g: give a number above 0, up to 1", c.Rate)
	}
	if c.Context == nil {
		c.Context = context.Background()
	}
	return c, nil
}

// What a training may keep: a third of a gigabyte for the parameters, their averages, gradients and moments, half a one for what is between the layers.
const (
	mostParams = 1 << 24
	mostHidden = 1 << 26
)

func (c Config) checkSize() error {
	params, hidden, in := 0, 0, inputs
	for _, w := range append(slices.Clone(c.Hidden), 2) {
		params, hidden, in = params+(in+1)*w, hidden+w, w
	}
	if params > mostParams {
		return fmt.Errorf("diffusion: Config.Hidden makes %d parameters, and %d are the limit: give fewer layers, or narrower ones", params, mostParams)
	}
	if hidden > mostHidden/c.Batch {
		return fmt.Errorf("diffusion: Config.Batch of %d with %d units in all layers: give a Batch up to %d", c.Batch, hidden, mostHidden/hidden)
	}
	return nil
}

// Train trains a network on points of a plane and returns it as a model, with the track of its training. A second training of the same
// Config comes from the user's cache, as [codec.Cached] says. A mistake in the Config, and what ended the training early, is the model's error.
//
// The loss is the mean squared error of the answer (Ho et al. 2020, equation 14); what is sampled is a moving average of the parameters. Points are moved
// and scaled, both coordinates alike, to a mean of 0 and a standard deviation of 1; frames have them so.
//
// The frames of the track have Kind "diffusion training", the number of steps as Time, "step", and the fields
//
//	x        [sample, xy=2]    512 samples of 20 steps of DDIM, from the same noise in every frame
//	real     [sample, xy=2]    as many data
//	window   [side=4]          as a run's
//	weights  [param]           in the last frame: the averaged parameters, layer by layer, weights (in x out) before biases
//
// and the scalars "loss", a moving average, and "epoch".
func Train(config ...Config) *Model {
	var given Config
	if len(config) > 0 {
		given = config[0]
	}
	cfg, err := given.filled()
	if err != nil {
		return broken(err)
	}
	s, err := NewNoiseScheduler(cfg.Schedule)
	if err != nil {
		return broken(err)
	}
	cfg.Schedule = s.Schedule()
	ctx := cfg.Context
	cfg.Context = nil // it decides nothing of the result
	t := codec.Cached(codec.Key{Name: "kernels/diffusion training", Version: codeVersion, Config: cfg, Data: f32.SIMD()}, func() *xainb.Track {
		return newTrainer(cfg, s).record(ctx)
	})
	return modelOf(cfg, s, t)
}

// modelOf makes the model that a training has ended with.
func modelOf(cfg Config, s *NoiseScheduler, t *xainb.Track) *Model {
	if err := t.Err(); err != nil {
		return &Model{track: t, err: err}
	}
	last := t.At(t.Len() - 1)
	net := newMLP(cfg.Hidden, nil)
	weights := last.Field("weights").Data
	for _, p := range net.Params() {
		copy(p.Value, weights)
		weights = weights[len(p.Value):]
	}
	p, err := pack(net, s)
	if err != nil {
		return &Model{track: t, err: err}
	}
	n := &plane{packed: p, predicts: cfg.Predicts, real: last.Field("real").Data}
	copy(n.window[:], last.Field("window").Data)
	return &Model{track: t, Scheduler: s, data: cfg.Data, name: cfg.Data.String(), net: n, hash: hashOf(last.Field("weights").Data)}
}

// trainer is a training in progress.
type trainer struct {
	cfg          Config
	s            *NoiseScheduler
	r            *rand.Rand
	net, average *autodiff.MLP[float32]
	adam         *autodiff.Adam[float32]
	tape         *autodiff.Tape[float32]
	times        []float32 // T x embedding
	xy, z        []float32 // batch x 2: data and noise
	in, target   []float32 // batch x inputs, batch x 2
	loss         float64
	shift        [2]float64
	scale        float64
	real         []float32
	window       [4]float32
}

func newTrainer(cfg Config, s *NoiseScheduler) *trainer {
	r := rand.New(rand.NewPCG(cfg.Seed, 0x747261696e))
	t := &trainer{cfg: cfg, s: s, r: r, net: newMLP(cfg.Hidden, r), average: newMLP(cfg.Hidden, nil), tape: autodiff.New[float32](), scale: 1}
	t.adam = &autodiff.Adam[float32]{Rate: cfg.Rate, Schedule: autodiff.Cosine(cfg.Steps)}
	t.times = make([]float32, s.T()*embedding)
	for i := range s.T() {
		embedTime(t.times[i*embedding:(i+1)*embedding], s, i)
	}
	n := cfg.Batch
	t.xy, t.z, t.in, t.target = f32.Aligned(2*n), f32.Aligned(2*n), f32.Aligned(inputs*n), f32.Aligned(2*n)
	if cfg.Data.Kind == "points" {
		t.normalise()
	}
	t.real = make([]float32, 2*trainingSamples)
	t.data(t.real)
	far := float32(3) // of the first noise, hardly any is further
	for _, v := range t.real {
		far = max(far, 1.1*max(v, -v))
	}
	t.window = [4]float32{-far, far, -far, far}
	return t
}

// trainingSamples is how many samples a frame of the training has.
const trainingSamples = 512

// normalise finds how the reader's points are moved and scaled.
func (t *trainer) normalise() {
	xy := t.cfg.Data.Points
	n := float64(len(xy) / 2)
	squares := 0.0
	for i, v := range xy {
		t.shift[i%2] += float64(v) / n
	}
	for i, v := range xy {
		d := float64(v) - t.shift[i%2]
		squares += d * d / (2 * n)
	}
	t.scale = 1 / math.Sqrt(squares)
}

// data fills dst, n x 2, with data as the network sees them.
func (t *trainer) data(dst []float32) {
	t.cfg.Data.draw(dst, t.r)
	if t.cfg.Data.Kind == "points" {
		for i, v := range dst {
			dst[i] = float32((float64(v) - t.shift[i%2]) * t.scale)
		}
	}
}

// step trains once. The times are spread evenly over the batch, which makes its loss less of a gamble than times drawn apart.
func (t *trainer) step(step int) error {
	t.data(t.xy)
	f32.Normals(t.z, t.r)
	start, n := t.r.Float64(), t.cfg.Batch
	for i := range n {
		at := int((start+float64(i))/float64(n)*float64(t.s.T())) % t.s.T()
		signal, noise := float32(math.Sqrt(t.s.abar[at])), float32(math.Sqrt(1-t.s.abar[at]))
		copy(t.in[i*inputs+2:(i+1)*inputs], t.times[at*embedding:])
		for j := range 2 {
			x0, z := t.xy[2*i+j], t.z[2*i+j]
			t.in[i*inputs+j] = signal*x0 + noise*z
			switch t.cfg.Predicts {
			case Epsilon:
				t.target[2*i+j] = z
			case X0:
				t.target[2*i+j] = x0
			default:
				t.target[2*i+j] = signal*z - noise*x0
			}
		}
	}
	params := t.net.Params()
	t.tape.Reset()
	loss := t.net.Forward(t.tape, t.tape.Const(t.in, n, inputs)).MSE(t.tape.Const(t.target, n, 2))
	if err := t.tape.Backward(loss, params...); err != nil {
		return fmt.Errorf("diffusion: training, step %d: %w", step, err)
	}
	t.loss += (float64(loss.Item()) - t.loss) * max(0.01, 1/float64(step+1))
	if err := t.adam.Step(params); err != nil {
		return fmt.Errorf("diffusion: training, step %d: %w", step, err)
	}
	return autodiff.EMA(t.average.Params(), params, min(average, float64(step)/float64(step+10)))
}

// record trains to the end.
func (t *trainer) record(ctx context.Context) *xainb.Track {
	defer t.tape.Close()
	explain := xainb.ExplainerFunc[Config](func(ctx context.Context, _ Config) iter.Seq2[xainb.Step, error] {
		return func(yield func(xainb.Step, error) bool) {
			for step := range t.cfg.Steps + 1 {
				if last := step == t.cfg.Steps; last || step%(t.cfg.Every*Epoch) == 0 {
					if !yield(t.frame(step)) || last {
						return
					}
				}
				err := ctx.Err()
				if err != nil {
					err = fmt.Errorf("diffusion: training stopped at step %d: %w", step, context.Cause(ctx))
				} else {
					err = t.step(step)
				}
				if err != nil {
					yield(nil, err)
					return
				}
			}
		}
	})
	sampled := xainb.Provenance{
		Name: "training on " + t.cfg.Data.String(), Seed: t.cfg.Seed, Data: t.cfg.Data.String(), DataHash: hashOf(t.cfg.Data.Points),
		Versions: map[string]string{"xainb": xainb.Version, "f32": f32.SIMD()},
	}
	return xainb.RecordSeq(ctx, t.cfg, explain, xainb.Config{Provenance: sampled})
}

// frame samples the averaged network. Before the first step that is the network as it was made.
func (t *trainer) frame(step int) (xainb.Step, error) {
	net := t.average
	if step == 0 {
		net = t.net
	}
	p, err := pack(net, t.s)
	if err != nil {
		return nil, err
	}
	m := &Model{Scheduler: t.s, net: &plane{packed: p, predicts: t.cfg.Predicts, real: t.real, window: t.window}}
	run, err := m.prepare(DDIM{Steps: min(20, t.s.T())}, Options{Samples: trainingSamples, Seed: t.cfg.Seed, Frames: 1, Grid: -1})
	if err != nil {
		return nil, err
	}
	x, err := run.data()
	if err != nil {
		return nil, err
	}
	return xainb.StepFunc(func(s *xainb.Snapshot) {
		s.Kind, s.Time, s.Phase = KindTraining, float64(step), "training"
		sample, xy := xainb.Dim{Name: "sample", Size: trainingSamples}, xainb.Dim{Name: "xy", Size: 2}
		s.Put("x", x, sample, xy)
		s.Put("real", t.real, sample, xy)
		s.Put("window", t.window[:], xainb.Dim{Name: "side", Size: 4})
		s.PutScalar("epoch", float64(step)/Epoch)
		if step > 0 {
			s.PutScalar("loss", t.loss)
		}
		if step == t.cfg.Steps {
			var weights []float32
			for _, p := range net.Params() {
				weights = slices.Concat(weights, p.Value)
			}
			s.Put("weights", weights, xainb.Dim{Name: "param", Size: len(weights)})
		}
	}), nil
}
