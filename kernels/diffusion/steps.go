package diffusion

import (
	"fmt"
	"math"
	"strconv"

	"github.com/xainb/gonb-xai/xainb"
)

// The xainb.Snapshot.Kind of the steps of a run, of a training, and of the curves of a schedule.
const (
	Kind         = "diffusion"
	KindTraining = "diffusion training"
	KindSchedule = "noise schedule"
)

// The phases of a run.
const (
	PhaseNoise    = "noise"
	PhaseSampling = "sampling"
	PhaseData     = "data"
)

// Step is a moment of a run. Its slices are shared with the run and overwritten by its next step: copy what you keep. The package's documentation says
// which fields a snapshot of it has.
type Step struct {
	T            int // -1: the data
	Phase        string
	Key          bool
	Tau          float64
	AlphaBar     float64
	X            []float32 // x_t, n x dim
	X0           []float32 // at the data x itself
	Noise, Added []float32 // nil at the data

	warning string
	canvas  canvas
}

// canvas puts what is particular to a plane, a line or digits into a snapshot. Before, it looks at what it has to ask the network for.
type canvas interface {
	look(t int) error
	put(to *xainb.Snapshot, s *Step)
}

// Snap writes the fields.
func (s *Step) Snap(to *xainb.Snapshot) {
	to.Kind, to.Phase, to.Time, to.TimeName, to.Key = Kind, s.Phase, float64(s.T), "t", s.Key
	to.PutScalar("t", float64(s.T))
	to.PutScalar("tau", s.Tau)
	to.PutScalar("alpha-bar", s.AlphaBar)
	if s.T >= 0 {
		to.PutScalar("snr", s.AlphaBar/(1-s.AlphaBar))
	}
	if s.Key {
		to.PutEvent("key step", fmt.Sprintf("t = %d", s.T))
	}
	if s.warning != "" {
		to.PutWarning(s.warning)
	}
	s.canvas.put(to, s)
}

// each calls put for the fields that have x_t's form.
func (s *Step) each(put func(name string, data []float32)) {
	put("x", s.X)
	put("x0", s.X0)
	if s.T >= 0 {
		put("noise", s.Noise)
		put("added", s.Added)
	}
}

// planeCanvas draws points of a plane.
type planeCanvas struct {
	*plane
	s     *NoiseScheduler
	real  []float32
	ask   denoiser
	grid  int
	at    []float32 // the cells' centres
	out   []float32
	score []float32
}

func newPlaneCanvas(p *plane, o Options, s *NoiseScheduler) *planeCanvas {
	c := &planeCanvas{plane: p, s: s, real: p.real[:min(2*o.Samples, len(p.real))], ask: p.room(), grid: max(0, o.Grid)}
	n := 2 * c.grid * c.grid
	c.at, c.out, c.score = make([]float32, n), make([]float32, n), make([]float32, n)
	for y := range c.grid {
		for x := range c.grid {
			i := 2 * (y*c.grid + x)
			c.at[i] = center(p.window[0], p.window[1], x, c.grid)
			c.at[i+1] = center(p.window[2], p.window[3], y, c.grid)
		}
	}
	return c
}

// center returns the centre of cell i of n.
func center(from, to float32, i, n int) float32 {
	return from + (to-from)*(float32(i)+0.5)/float32(n)
}

func (c *planeCanvas) look(t int) error {
	if c.grid == 0 {
		return nil
	}
	m, err := c.s.Reading(c.predicts, t)
	if err == nil {
		err = c.ask.predict(c.out, c.at, t)
	}
	if err == nil {
		m.Score.apply(c.score, c.at, c.out)
	}
	return err
}

func (c *planeCanvas) put(to *xainb.Snapshot, s *Step) {
	xy := xainb.Dim{Name: "xy", Size: 2}
	s.each(func(name string, data []float32) {
		to.Put(name, data, xainb.Dim{Name: "sample", Size: len(data) / 2}, xy)
	})
	if s.T >= 0 && c.grid > 0 {
		to.Put("score", c.score, xainb.Dim{Name: "y", Size: c.grid}, xainb.Dim{Name: "x", Size: c.grid}, xainb.Dim{Name: "uv", Size: 2})
	}
	to.Put("real", c.real, xainb.Dim{Name: "sample", Size: len(c.real) / 2}, xy)
	to.Put("window", c.window[:], xainb.Dim{Name: "side", Size: 4})
}

// lineCanvas draws a histogram of points of a line.
type lineCanvas struct {
	Mixture
	from, to float64
	labels   []string
}

const lineBins = 120

func newLineCanvas(m Mixture) *lineCanvas {
	far := 3.0
	for _, mean := range m.Means {
		far = max(far, math.Abs(mean)+4*m.Spread)
	}
	c := &lineCanvas{Mixture: m, from: -far, to: far}
	for i := range lineBins {
		c.labels = append(c.labels, strconv.FormatFloat(c.bin(i), 'f', 2, 64))
	}
	return c
}

// bin returns the centre of a bin.
func (c *lineCanvas) bin(i int) float64 {
	return c.from + (c.to-c.from)*(float64(i)+0.5)/lineBins
}

func (c *lineCanvas) look(int) error { return nil }

func (c *lineCanvas) put(to *xainb.Snapshot, s *Step) {
	histogram, density := make([]float32, lineBins), make([]float32, lineBins)
	width := (c.to - c.from) / lineBins
	for _, v := range s.X {
		if i := math.Floor((float64(v) - c.from) / width); i >= 0 && i < lineBins {
			histogram[int(i)] += float32(1 / width / float64(len(s.X)))
		}
	}
	for i := range density {
		density[i] = float32(c.Density(c.bin(i), s.AlphaBar))
	}
	bins := xainb.Dim{Name: "bin", Size: lineBins}
	to.Put("histogram", histogram, bins)
	to.Put("density", density, bins)
	to.PutLabels("bin", c.labels)
	s.each(func(name string, data []float32) { to.Put(name, data, xainb.Dim{Name: "sample", Size: len(data)}) })
}
