package gan

import (
	"math/rand/v2"

	"github.com/xainb/gonb-xai/kernels/autodiff"
	"github.com/xainb/gonb-xai/kernels/f32"
)

// trainer is a game in progress. Its state is all that a checkpoint holds; the rest are buffers.
type trainer struct {
	cfg   Config
	round int
	pcg   *rand.PCG
	r     *rand.Rand
	g, d  *player
	score tally // of the last round that was watched
	alarm *monitor
	fall  collapse

	layers      []string
	sample      func(dst []float32, r *rand.Rand) // draws data
	latent      func(dst []float32, r *rand.Rand) // draws noise
	tape        *autodiff.Tape[float32]
	real, noise []float32 // a batch
	mix         []float32 // of data and samples, for the penalty
	flatG       []float32 // the parameters, for a frame
	flatD       []float32
	*measures
}

// tally is what D's last step says of the game.
type tally struct{ value, accuracy float64 }

// newTrainer sets the game up. The config has its defaults filled in.
func newTrainer(c Config) *trainer {
	t := &trainer{cfg: c, pcg: rand.NewPCG(c.Seed, trainStream), tape: autodiff.New[float32]()}
	t.r = rand.New(t.pcg)
	g, d := c.shapes()
	t.g, t.d = newPlayer("G", g, t.r), newPlayer("D", d, t.r)
	t.g.learnBy(c.G, c.StepsG)
	t.d.learnBy(c.D, c.StepsD)
	t.alarm = newMonitor(c, c.layerNames())
	t.furnish()
	return t
}

// furnish makes what follows from the config and is no state.
func (t *trainer) furnish() {
	c := t.cfg
	t.layers, t.sample, t.latent = c.layerNames(), c.Data.sampler(), f32.Normals
	t.real, t.noise, t.mix = f32.Aligned(c.Batch*c.Data.dim()), f32.Aligned(c.Batch*c.Latent), f32.Aligned(c.Batch)
	t.measures = newMeasures(c, t.g, t.d)
}

// play is a round: D's steps, then G's. With watch the last step of each player is measured; that of a frozen one is not made, but its gradient is.
func (t *trainer) play(watch bool) error {
	for _, p := range []*player{t.d, t.g} {
		for i := range p.steps {
			if err := t.step(p, t.r, watch && i == p.steps-1); err != nil {
				return err
			}
			if err := p.move(t.alarm.rate(p.name, t.round), t.alarm.clip(p.name)); err != nil {
				return err
			}
		}
		if p.steps == 0 && watch {
			if err := t.step(p, t.aside(0), true); err != nil {
				return err
			}
		}
	}
	t.round++
	return nil
}

// aside is a source of random numbers for what is only looked at in this round.
func (t *trainer) aside(k uint64) *rand.Rand {
	return rand.New(rand.NewPCG(t.cfg.Seed, asideStream+4*uint64(t.round)+k))
}

// step computes a player's gradient on a batch of its own.
func (t *trainer) step(p *player, r *rand.Rand, watch bool) error {
	if err := t.differentiate(p, r, watch); err != nil {
		return err
	}
	p.remember()
	return nil
}

func (t *trainer) differentiate(p *player, r *rand.Rand, watch bool) error {
	t.tape.Reset()
	var loss autodiff.Tensor[float32]
	if p == t.d {
		loss = t.discriminate(r, watch)
	} else {
		t.latent(t.noise, r)
		loss = lossG(t.cfg.Loss, t.d.net.Forward(t.tape, t.generate()))
	}
	if err := p.gradient(t.tape, loss); err != nil {
		return err
	}
	if watch {
		p.watch(float64(loss.Item()))
	}
	return nil
}

// generate returns what G makes of the noise.
func (t *trainer) generate() autodiff.Tensor[float32] {
	x := t.g.net.Forward(t.tape, t.tape.Const(t.noise, t.cfg.Batch, t.cfg.Latent))
	if t.cfg.Data.Kind == digitsKind {
		return x.Sigmoid() // pixels
	}
	return x
}

func (t *trainer) discriminate(r *rand.Rand, watch bool) autodiff.Tensor[float32] {
	c := t.cfg
	t.sample(t.real, r)
	t.latent(t.noise, r)
	real, fake := t.tape.Const(t.real, c.Batch, c.Data.dim()), t.generate().Detach()
	lr, lf := t.d.net.Forward(t.tape, real), t.d.net.Forward(t.tape, fake)
	loss := lossD(c.Loss, lr, lf)
	if watch {
		t.score = judge(c.Loss, lr.Value(), lf.Value(), float64(loss.Item()))
	}
	if c.Loss == Wasserstein && c.Penalty > 0 {
		for i := range t.mix {
			t.mix[i] = r.Float32()
		}
		loss = loss.Add(gradientPenalty(t.tape, t.d.net, real, fake, t.tape.Const(t.mix, c.Batch, 1), c.Penalty))
	}
	return loss
}

// judge returns V, which is minus D's loss without the penalty, and the share of logits on their side of 0: a critic has no such side.
func judge(loss Loss, real, fake []float32, lossD float64) tally {
	right := 0
	for i := range real {
		right += pick(real[i] > 0, 1, 0)
		right += pick(fake[i] < 0, 1, 0)
	}
	return tally{value: -lossD, accuracy: float64(right) / float64(max(2*len(real), 1))}
}

// see returns the frame of the round, with a checkpoint when one is due or asked for. Before the first round both players' gradients are computed, on batches
// that are not trained on. The checkpoint is the state before the alarm and the watch over the modes have seen the frame: whoever goes back to it sees
// the frame again.
func (t *trainer) see(checkpoint bool) (*Step, error) {
	s := &Step{Round: t.round, layers: t.layers}
	if t.round == 0 {
		for _, p := range []*player{t.d, t.g} {
			if err := t.step(p, t.aside(0), true); err != nil {
				return nil, err
			}
		}
	}
	due := func(stride int) bool { return t.round%(t.cfg.Every*stride) == 0 }
	if checkpoint || due(CheckpointStride) {
		var err error
		if s.Checkpoint, err = t.save(); err != nil {
			return nil, err
		}
	}
	if due(GradientStride) {
		if err := t.nulls(s); err != nil {
			return nil, err
		}
	}
	if err := t.show(s, t.round == t.cfg.Steps || due(t.cfg.Distances), due(GradientStride)); err != nil {
		return nil, err
	}
	t.watch(s)
	return s, nil
}

// show puts what can be seen of the players and of their last steps.
func (t *trainer) show(s *Step, distances, jacobians bool) error {
	t.gradients(s)
	t.flatG, t.flatD = t.g.flat(t.flatG[:0]), t.d.flat(t.flatD[:0])
	s.Generator, s.Discriminator = t.flatG, t.flatD
	return t.look(s, distances, jacobians)
}

// gradients puts what is known of the last steps.
func (t *trainer) gradients(s *Step) {
	s.Gradient = append(float32s(t.g.norms), float32s(t.d.norms)...)
	if t.round > 0 {
		s.Cosine = append(float32s(t.g.cosines), float32s(t.d.cosines)...)
	}
	s.score("loss G", t.g.loss)
	s.score("loss D", t.d.loss)
	s.score("V", t.score.value)
	if t.cfg.Loss != Wasserstein {
		s.score("accuracy", t.score.accuracy)
	}
	s.score("rate G", t.alarm.rate("G", t.round))
	s.score("rate D", t.alarm.rate("D", t.round))
}

// watch lets the alarm and the watch over the modes see the frame, and does what the alarm says.
func (t *trainer) watch(s *Step) {
	o := observation{step: t.round, norm: s.Gradient, cosine: s.Cosine, null: s.Null}
	if s.counted {
		o.modes, o.of = len(s.modes), t.anchors.modes
		if e, ok := t.fall.see(t.cfg.Data, t.round, s.modes, t.anchors.modes); ok {
			s.Events = append(s.Events, e)
		}
	}
	v := t.alarm.observe(o)
	s.Energy, s.State = v.energy, v.state
	for _, a := range v.actions {
		s.Events = append(s.Events, a.Event())
		if adam, ok := t.player(a.Player).opt.(*autodiff.Adam[float32]); ok && a.Restart && a.Taken {
			adam.Restart()
		}
	}
}

func (t *trainer) player(name string) *player { return pick(name == "G", t.g, t.d) }

// nulls puts, for each layer, the cosine between the gradients of two minibatches at the parameters as they are.
func (t *trainer) nulls(s *Step) error {
	for _, p := range []*player{t.g, t.d} {
		if err := t.differentiate(p, t.aside(1), false); err != nil {
			return err
		}
		other := make([][]float32, len(p.params))
		for i, q := range p.params {
			other[i] = append(other[i], q.Grad...)
		}
		if err := t.differentiate(p, t.aside(2), false); err != nil {
			return err
		}
		s.Null = append(s.Null, cosines(p.params, other)...)
	}
	return nil
}

// params are all that has names of its own in a checkpoint.
func (t *trainer) params() []*autodiff.Param[float32] {
	all := append([]*autodiff.Param[float32]{}, t.g.params...)
	all = append(all, t.d.params...)
	all = append(all, t.g.before...)
	return append(all, t.d.before...)
}

// numbers are the rest of the state, besides the alarm's.
func (t *trainer) numbers() []*float64 {
	all := []*float64{&t.g.loss, &t.d.loss, &t.score.value, &t.score.accuracy}
	for _, list := range [][]float64{t.g.norms, t.g.cosines, t.d.norms, t.d.cosines} {
		for i := range list {
			all = append(all, &list[i])
		}
	}
	return append(all, t.fall.numbers()...)
}
