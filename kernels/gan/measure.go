package gan

import (
	"math/rand/v2"

	"github.com/xainb/gonb-xai/kernels/digits"
	"github.com/xainb/gonb-xai/kernels/f32"
)

// How a run is measured. The losses, V and the accuracy are those of the last step's batch; the other scalars are taken on the same noise and the same data
// in every frame.
const (
	Samples    = 256     // that G makes for every frame, and as many data: the fields "generated" and "real", and the scalar "modes"
	Measured   = 512     // that G makes for KL, JS and SWD, and for the "modes" of digits; the frame's samples are the first of them
	Bins       = 16      // of the histograms for KL and JS in a row, over the window; one more is for what is outside
	Reference  = 1 << 14 // data that KL, JS and SWD compare with; for digits, all images
	Directions = 16      // of the sliced Wasserstein distance, drawn with a fixed seed; 64 for digits
	fieldCells = 3       // of the field "field" in a row of a cell of "pull", which has the centre of the middle one
	sheetSide  = 8       // images in a row of the field "images"
)

// Strides of what is dear, in frames. A run's last frame has the scalars, too.
const (
	GradientStride   = 50 // "null" and "jacobian"
	CheckpointStride = 50 // "checkpoint"
)

// measures are what is known of the data before training, and the buffers of the measuring.
type measures struct {
	cfg         Config
	g, d        *fast
	noise, real []float32 // [Measured, Latent], [Samples, dim]
	anchors     anchors
	counts      []int
	window      [4]float32
	field       []float32 // the centres of the cells, those of "pull" first
	order       []int32   // where each of these cells is in a row-by-row field
	share       []float64 // the data's histogram
	sliced      *sliced
	values      []float32 // D's at the cells, in their order, and
	plotted     []float32 // row by row
	slope       []float32 // of G's loss by the logit, with its sign changed
}

func newMeasures(c Config, g, d *player) *measures {
	digit := c.Data.Kind == digitsKind
	m := &measures{cfg: c, g: newFast(g.net, c.Activation, digit), d: newFast(d.net, c.Activation, false)}
	m.noise = f32.Aligned(Measured * c.Latent)
	f32.Normals(m.noise, rand.New(rand.NewPCG(c.Seed, noiseStream)))
	r, sample := rand.New(rand.NewPCG(c.Seed, dataStream)), c.Data.sampler()
	many := f32.Aligned(Measured * c.Data.dim())
	sample(many, r)
	m.real = many[:Samples*c.Data.dim()]
	m.anchors = c.Data.anchors()
	m.counts = make([]int, max(m.anchors.modes, 1))
	if digit {
		pixels, labels := images()
		m.sliced = newSliced(pixels, digits.Pixels)
		m.share = make([]float64, digits.Classes)
		for _, l := range labels {
			m.share[l]++
		}
		return m
	}
	m.window = c.Data.window()
	m.field, m.order = m.cells()
	m.values, m.plotted, m.slope = f32.Aligned(len(m.order)), f32.Aligned(len(m.order)), f32.Aligned(c.Pull*c.Pull)
	many = f32.Aligned(2 * Reference)
	sample(many, r)
	m.share, m.sliced = m.histogram(many), newSliced(many, 2)
	return m
}

// cells returns the centres of the field's cells, and their places row by row from the lowest y. Those that are also the centres of the cells of "pull", whose
// gradients are asked for, come first.
func (m *measures) cells() (at []float32, order []int32) {
	side := int32(fieldCells * m.cfg.Pull)
	at = f32.Aligned(int(2 * side * side))
	var rest []int32
	for i := range side * side {
		if i%side%fieldCells == fieldCells/2 && i/side%fieldCells == fieldCells/2 {
			order = append(order, i)
		} else {
			rest = append(rest, i)
		}
	}
	order = append(order, rest...)
	for i, cell := range order {
		x, y := float32(cell%side)+0.5, float32(cell/side)+0.5
		at[2*i] = m.window[0] + (m.window[1]-m.window[0])*x/float32(side)
		at[2*i+1] = m.window[2] + (m.window[3]-m.window[2])*y/float32(side)
	}
	return at, order
}

// look puts into the step what both networks show now. distances and jacobians say what else there is to measure.
func (m *measures) look(s *Step, distances, jacobians bool) error {
	if err := m.g.load(); err != nil {
		return err
	}
	if err := m.d.load(); err != nil {
		return err
	}
	out, err := m.g.forward(m.noise[:pick(distances, Measured, Samples)*m.cfg.Latent])
	if err != nil {
		return err
	}
	digit := m.cfg.Data.Kind == digitsKind
	if digit {
		s.Images = sheet(out)
	} else {
		s.Generated, s.Real, s.Window = out[:2*Samples], m.real, m.window[:]
		if m.anchors.modes > 0 {
			m.anchors.count(m.counts, s.Generated)
			m.cover(s, Samples)
		}
	}
	if distances {
		if err := m.distances(s, out); err != nil {
			return err
		}
	}
	if jacobians {
		if err := m.jacobians(s); err != nil {
			return err
		}
	}
	if digit {
		return nil
	}
	return m.plane(s)
}

// distances puts how far the samples are from the data.
func (m *measures) distances(s *Step, out []float32) error {
	var h []float64
	if m.cfg.Data.Kind == digitsKind {
		if err := m.anchors.imageCount(m.counts, out); err != nil {
			return err
		}
		m.cover(s, Measured)
		for _, k := range m.counts {
			h = append(h, float64(k))
		}
	} else {
		h = m.histogram(out)
	}
	kl, js := divergences(m.share, h)
	s.score("KL", kl)
	s.score("JS", js)
	s.score("SWD", m.sliced.distance(out))
	return nil
}

// cover puts how many modes have been counted among n samples.
func (m *measures) cover(s *Step, n int) {
	s.modes, s.counted = covered(m.counts, n), true
	s.score("modes", float64(len(s.modes)))
}

// plane puts what D thinks of the plane.
func (m *measures) plane(s *Step) error {
	l, err := m.d.forward(m.field)
	if err != nil {
		return err
	}
	value := l
	if m.cfg.Loss != Wasserstein {
		value = m.values
		f32.Sigmoid(value, l)
	}
	for i, cell := range m.order {
		m.plotted[cell] = value[i]
	}
	s.Field = m.plotted
	g := m.slope
	switch m.cfg.Loss {
	case Wasserstein:
		f32.Linear(g, 0, l, 1)
	case Minimax:
		f32.Sigmoid(g, l)
	default:
		f32.Scale(g, -1, l)
		f32.Sigmoid(g, g)
	}
	s.Pull, err = m.d.backward(g)
	return err
}

// jacobians puts the field "jacobian", at the first noise and at the first datum. G's values are still those of the forward pass.
func (m *measures) jacobians(s *Step) error {
	n := m.g.layers()
	s.Jacobian = make([]float32, n+m.d.layers())
	m.g.spectral(s.Jacobian[:n])
	if _, err := m.d.forward(m.real[:m.cfg.Data.dim()]); err != nil {
		return err
	}
	m.d.spectral(s.Jacobian[n:])
	return nil
}

// sheet places the first samples as images in rows.
func sheet(samples []float32) []float32 {
	const side = sheetSide * digits.Side
	to := make([]float32, side*side)
	for i := range sheetSide * sheetSide {
		for y := range digits.Side {
			at := (i/sheetSide*digits.Side+y)*side + i%sheetSide*digits.Side
			copy(to[at:at+digits.Side], samples[i*digits.Pixels+y*digits.Side:])
		}
	}
	return to
}
