package diffusion

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
)

// track is an alias so that Model and Recording embed the methods of a track: an embedded field called Track would hide the method of that name.
type track = xainb.Track

// Model is something that tells noise from data at every t, ready to be sampled: made by [Train], [Exact] and [Digits]. It carries its first error,
// and the track of its training where there was one. It does not change: samplers may run on it at the same time.
type Model struct {
	*track
	Scheduler *NoiseScheduler
	data      Data   // of a plane
	name      string // what it makes
	net       network
	hash      string // of the parameters
	err       error
}

// network is what a model asks. Its dims are how many numbers a sample has: 1, 2 or 64.
type network interface {
	dims() int
	prediction() Prediction
	ready(o Options) (denoiser, error) // for one run
}

// denoiser is a network at work in one run. What predict is given may be changed afterwards.
type denoiser interface {
	predict(dst, x []float32, t int) error
}

// Track returns the track of the training, nil where there was none.
func (m *Model) Track() *xainb.Track {
	if m == nil {
		return nil
	}
	return m.track
}

// ErrNoModel is the error of a Model that nothing has made.
var ErrNoModel = errors.New("diffusion: there is no model: make one with Train, Exact or Digits")

// Err returns why the model cannot be sampled, or nil.
func (m *Model) Err() error {
	switch {
	case m == nil:
		return ErrNoModel
	case m.err != nil:
		return m.err
	case m.net == nil:
		return ErrNoModel
	}
	return nil
}

// String says what the model makes.
func (m *Model) String() string {
	if err := m.Err(); err != nil {
		return err.Error()
	}
	return "diffusion of " + m.name
}

func broken(err error) *Model { return &Model{err: err} }

// hashOf is the hex SHA-256 of numbers.
func hashOf(numbers ...[]float32) string {
	h := sha256.New()
	for _, n := range numbers {
		binary.Write(h, binary.LittleEndian, n) // a hash takes all
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Exact returns the model of a mixture on a line that needs no training, as its noise is known in closed form. Its noise is that of the zero Schedule unless
// one is given. An empty mixture, a spread that is not above 0 and numbers beyond ±1000 are the model's error.
func Exact(m Mixture, schedule ...Schedule) *Model {
	if err := m.check(); err != nil {
		return broken(err)
	}
	cfg := Schedule{}
	if len(schedule) > 0 {
		cfg = schedule[0]
	}
	s, err := NewNoiseScheduler(cfg)
	if err != nil {
		return broken(err)
	}
	m.Means = append([]float64(nil), m.Means...)
	return &Model{Scheduler: s, name: fmt.Sprintf("%d modes of spread %g on a line, exactly", len(m.Means), m.Spread), net: exact{m, s}}
}

// exact is the network of a mixture.
type exact struct {
	Mixture
	s *NoiseScheduler
}

func (e exact) dims() int                       { return 1 }
func (e exact) prediction() Prediction          { return Epsilon }
func (e exact) ready(Options) (denoiser, error) { return e, nil }

func (e exact) predict(dst, x []float32, t int) error {
	abar := e.s.AlphaBar(t)
	for i, v := range x {
		dst[i] = float32(e.Epsilon(float64(v), abar))
	}
	return nil
}

// plane is the network of a plane.
type plane struct {
	*packed
	predicts Prediction
	real     []float32  // n x 2, as the network sees the data
	window   [4]float32 // what is drawn
}

func (p *plane) dims() int                       { return 2 }
func (p *plane) prediction() Prediction          { return p.predicts }
func (p *plane) ready(Options) (denoiser, error) { return p.room(), nil }

// apply writes what a pair gives: dst = pair.X x + pair.Out out.
func (p Pair) apply(dst, x, out []float32) {
	if p.X == 0 {
		f32.Scale(dst, float32(p.Out), out)
		return
	}
	f32.Scale(dst, float32(p.X), x)
	f32.Axpy(float32(p.Out), out, dst)
}
