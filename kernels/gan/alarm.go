package gan

import (
	"fmt"
	"math"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
)

// The rules of the alarm.
const (
	highEnergy, highFrames = 0.95, 3 // an energy above for so many frames in a row: exploding
	lowEnergy, lowFrames   = 0.02, 5 // one below: vanishing
	leastFrames            = 3       // so many before a median is taken

	clipNorm   = 1.0   // what the norm of an exploding player's gradient is clipped to
	warmUp     = 1.5   // what a vanishing player's rate is multiplied by,
	warmUpMost = 4.0   // to at most so many times the first,
	warmSteps  = Epoch // linearly over so many rounds

	smoothCosine = 10 // measurements whose mean a state is judged by: single ones are noisy, and turn with the game from step to step
	smoothNull   = 3
	patience     = 10 * Epoch // rounds in which a generator that covers few modes has not learnt yet; later it has collapsed
)

// A monitor watches the gradients of both players and answers alarms. It sees one observation a frame and knows neither clock nor chance:
// restored from what save gave, it goes on as if nothing had been between.
//
// The answers change a player's limit and rate, which the training loop asks for before each step:
//
//	optimiser.Clip, optimiser.Rate = m.clip("G"), m.rate("G", step)
type monitor struct {
	response Response
	layers   []layerWatch
	players  [2]control // G, D
	modes    int        // covered when they were last measured,
	of       int        // of so many; 0: never
	energy   []float32  // buffers of verdict
	state    []float32
}

// layerWatch is what is remembered of a layer.
type layerWatch struct {
	name         string
	player       int
	norms        []float64 // of at most energyWindow frames, the last one last
	cosine, null []float64 // of the last frames in which they were measured
	peak         float64   // the highest finite median of norms
	high, low    int       // frames in a row with such an energy
	alarm        State     // Exploding, Vanishing, or Healthy for none
	before       State     // alarm in the frame before
}

// control is what alarms have made of a player's optimiser. It holds factors, not rates, so that a branch may change the rate.
type control struct {
	name     string
	first    Optimiser
	frozen   bool
	clipped  bool
	from, to float64 // factors of the first rate: the warm-up leads from one to the other,
	start    int     // beginning at this round
}

// observation is what a frame has measured. Slices are [layer].
type observation struct {
	step         int       // rounds done
	norm         []float32 // L2
	cosine, null []float32 // nil or NaN: not measured in this frame
	modes, of    int       // covered, of how many; of is 0: not measured
}

// verdict is what the monitor says of a frame. Its slices are [layer], ready to be put, and good until the next observation.
type verdict struct {
	energy  []float32 // over the last energyWindow frames: the unit is unitOfWindow
	state   []float32 // numbers of States
	actions []action
}

// action is an alarm and its answer.
type action struct {
	Player        string   // "G" or "D"
	Layers        []string // that set the alarm off
	State         State    // Exploding or Vanishing
	Taken         bool     // false: only advised
	Before, After float64  // Exploding: the limit of the norm, 0 for none; Vanishing: the rate, After once it is warm
	Restart       bool     // Adam's moments are to be forgotten, and its steps counted from 0
}

// newMonitor watches the layers, named "G 1", "G 2", ..., "D 1", ... The config has its defaults filled in; a player without steps is frozen
// and gets no answers.
func newMonitor(c Config, layers []string) *monitor {
	m := &monitor{response: c.Response, layers: make([]layerWatch, len(layers)), energy: make([]float32, len(layers)), state: make([]float32, len(layers))}
	m.players[0] = control{name: "G", first: c.G, frozen: c.StepsG <= 0, from: 1, to: 1}
	m.players[1] = control{name: "D", first: c.D, frozen: c.StepsD <= 0, from: 1, to: 1}
	for i, name := range layers {
		m.layers[i] = layerWatch{name: name}
		if strings.HasPrefix(name, "D") {
			m.layers[i].player = 1
		}
	}
	return m
}

func (m *monitor) player(name string) *control {
	if name == m.players[0].name {
		return &m.players[0]
	}
	return &m.players[1]
}

// clip is what the norm of the player's gradient may be at most; 0 means no limit.
func (m *monitor) clip(player string) float64 { return m.player(player).limit() }

// rate is the player's learning rate in the step that follows so many rounds.
func (m *monitor) rate(player string, step int) float64 {
	c := m.player(player)
	return c.first.Rate * c.factor(step)
}

func (c *control) limit() float64 {
	if c.clipped && !(c.first.Clip > 0 && c.first.Clip < clipNorm) {
		return clipNorm
	}
	return c.first.Clip
}

func (c *control) factor(step int) float64 {
	warm := min(max(float64(step-c.start)/warmSteps, 0), 1)
	return c.from + (c.to-c.from)*warm
}

// observe takes a frame in, and changes limits and rates when the response is Act.
func (m *monitor) observe(o observation) verdict {
	if o.of > 0 {
		m.modes, m.of = o.modes, o.of
	}
	for i := range m.layers {
		l := &m.layers[i]
		reading := l.see(float64(o.norm[i]), at(o.cosine, i), at(o.null, i))
		if l.player == 0 && o.step >= patience {
			reading.Modes, reading.Of = m.modes, m.of
		}
		m.state[i] = float32(reading.State())
		m.energy[i] = float32(l.count(reading))
	}
	v := verdict{energy: m.energy, state: m.state}
	if m.response != Off {
		for p := range m.players {
			v.actions = m.answer(p, o.step, v.actions)
		}
	}
	return v
}

// at is element i, or NaN when nothing was measured.
func at(values []float32, i int) float64 {
	if values == nil {
		return math.NaN()
	}
	return float64(values[i])
}

// see remembers what was measured and sets it against what was before.
func (l *layerWatch) see(norm, cosine, null float64) Reading {
	r := Reading{Norm: norm, Median: math.NaN()}
	if len(l.norms) >= leastFrames {
		r.Median = median(l.norms)
		if r.Median <= math.MaxFloat64 {
			l.peak = max(l.peak, r.Median)
		}
		r.Peak = l.peak
	}
	l.norms = push(l.norms, norm, energyWindow)
	if cosine == cosine {
		l.cosine = push(l.cosine, cosine, smoothCosine)
	}
	if null == null {
		l.null = push(l.null, null, smoothNull)
	}
	r.Cosine, r.Null = mean(l.cosine), mean(l.null)
	return r
}

// push appends v and drops what is over the limit, from the front.
func push(values []float64, v float64, limit int) []float64 {
	if len(values) == limit {
		copy(values, values[1:])
		values = values[:limit-1]
	}
	return append(values, v)
}

// count returns the energy of the frame, and sees whether it sounds the alarm. Min-max alone cries wolf, because every run has a highest frame: so
// only frames count whose norm is not within a factor of ten of its median, and an alarm lasts as long as that.
func (l *layerWatch) count(r Reading) float64 {
	energy := trailingEnergy(l.norms)
	above, below := r.above(), r.below()
	l.high, l.low = inARow(l.high, above && !(energy <= highEnergy)), inARow(l.low, below && energy < lowEnergy)
	l.before = l.alarm
	switch {
	case above && (l.high >= highFrames || l.before == Exploding):
		l.alarm = Exploding
	case below && (l.low >= lowFrames || l.before == Vanishing):
		l.alarm = Vanishing
	default:
		l.alarm = Healthy
	}
	return energy
}

func inARow(n int, again bool) int {
	if again {
		return n + 1
	}
	return 0
}

// answer appends the answer to the alarms of a player's layers: when one begins, and while it lasts as long as more can be done. Where some layers
// explode, others are not warmed up.
func (m *monitor) answer(player, step int, actions []action) []action {
	c := &m.players[player]
	if c.frozen {
		return actions
	}
	for _, state := range []State{Exploding, Vanishing} {
		a := action{Player: c.name, State: state}
		fresh, alive := true, false // a gradient of nothing gains nothing by a higher rate
		for i := range m.layers {
			l := &m.layers[i]
			if l.player == player && l.alarm == state {
				a.Layers = append(a.Layers, l.name)
				alive = alive || l.norms[len(l.norms)-1] > 0
			}
			if l.player == player && l.before == state {
				fresh = false
			}
		}
		if a.Layers == nil {
			continue
		}
		if state == Exploding {
			c.limitNorm(&a, m.response == Act)
		} else {
			c.warmRate(&a, step, m.response == Act && c.name == "G" && alive)
		}
		if a.Taken || fresh {
			actions = append(actions, a)
		}
		break
	}
	return actions
}

// limitNorm clips the player's gradient from now on, as is usual; to clip it again changes nothing.
func (c *control) limitNorm(a *action, act bool) {
	a.Before, a.After = c.limit(), c.limit()
	if a.Before == 0 || a.Before > clipNorm {
		a.After = clipNorm
		a.Taken = act
		c.clipped = c.clipped || act
	}
}

// warmRate begins a warm-up, unless one is under way or the rate is as high as it may be. It is for G alone: D's gradient vanishes where D is
// sure, and a higher rate makes it surer, which is what G's gradient dies of.
func (c *control) warmRate(a *action, step int, act bool) {
	now := c.factor(step)
	to := min(c.to*warmUp, warmUpMost)
	a.Before, a.After = c.first.Rate*now, c.first.Rate*to
	if act && now == c.to && to > now {
		a.Taken, a.Restart = true, c.first.Name != "sgd"
		c.from, c.to, c.start = now, to, step
	}
}

// Event says what was done; where nothing was, what was found and what usually helps.
func (a action) Event() xainb.Event {
	found := fmt.Sprintf("%s: the gradient's energy was above %v for %d frames, its norm is above %d times its median", strings.Join(a.Layers, ", "), highEnergy, highFrames, farFromMedian)
	if a.State == Vanishing {
		found = fmt.Sprintf("%s: the gradient's energy was below %v for %d frames, its norm is below a tenth of its median or a hundredth of the highest", strings.Join(a.Layers, ", "), lowEnergy, lowFrames)
	}
	switch {
	case !a.Taken:
		return xainb.Event{Name: a.State.String(), Text: found + ". " + a.State.Help()}
	case a.State == Exploding && a.Before == 0:
		return xainb.Event{Name: "clip", Text: fmt.Sprintf("%s. The gradient of %s, not limited before, is clipped to norm %v", found, a.Player, a.After)}
	case a.State == Exploding:
		return xainb.Event{Name: "clip", Text: fmt.Sprintf("%s. The gradient of %s, clipped to norm %v before, is clipped to %v", found, a.Player, a.Before, a.After)}
	}
	text := fmt.Sprintf("%s. The rate of %s goes from %.3g to %.3g over %d rounds", found, a.Player, a.Before, a.After, warmSteps)
	if a.Restart {
		text += "; Adam starts anew"
	}
	return xainb.Event{Name: "warm-up", Text: text}
}

// watchWords and controlWords are how many numbers save writes of a layer and of a player.
const (
	watchWords   = energyWindow + smoothCosine + smoothNull + 7
	controlWords = 4
)

func (m *monitor) words() int { return len(m.layers)*watchWords + len(m.players)*controlWords + 2 }

// save returns all that the monitor remembers as plain numbers; how many depends on the layers alone.
func (m *monitor) save() []float64 {
	s := make([]float64, 0, m.words())
	keep := func(values []float64, limit int) {
		s = append(s, float64(len(values)))
		s = append(s, values...)
		s = append(s, make([]float64, limit-len(values))...)
	}
	for i := range m.layers {
		l := &m.layers[i]
		keep(l.norms, energyWindow)
		keep(l.cosine, smoothCosine)
		keep(l.null, smoothNull)
		s = append(s, l.peak, float64(l.high), float64(l.low), float64(l.alarm))
	}
	for _, c := range m.players {
		clipped := 0.0
		if c.clipped {
			clipped = 1
		}
		s = append(s, clipped, c.from, c.to, float64(c.start))
	}
	return append(s, float64(m.modes), float64(m.of))
}

// restore puts the monitor, made for the same layers, where it was at save. Response and optimisers stay what they are: a branch may have others.
func (m *monitor) restore(s []float64) error {
	if want := m.words(); len(s) != want {
		return fmt.Errorf("gan: the checkpoint has %d numbers of the alarm, not %d: it is of other networks", len(s), want)
	}
	var bad error
	take := func() float64 { v := s[0]; s = s[1:]; return v }
	count := func(limit int) int {
		v := take()
		if v != math.Trunc(v) || v < 0 || v > float64(limit) {
			bad = fmt.Errorf("gan: the checkpoint's alarm has a count of %v, where 0 to %d are possible", v, limit)
			return 0
		}
		return int(v)
	}
	list := func(limit int) []float64 {
		n := count(limit)
		values := append(make([]float64, 0, limit), s[:n]...)
		s = s[limit:]
		return values
	}
	layers, players := append([]layerWatch(nil), m.layers...), m.players
	for i := range layers {
		l := &layers[i]
		l.norms, l.cosine, l.null = list(energyWindow), list(smoothCosine), list(smoothNull)
		l.peak, l.high, l.low, l.alarm = take(), count(math.MaxInt32), count(math.MaxInt32), State(count(len(states)-1))
	}
	for p := range players {
		c := &players[p]
		c.clipped, c.from, c.to, c.start = take() != 0, take(), take(), count(math.MaxInt32)
		if !(c.from >= 1 && c.to >= c.from && c.to <= warmUpMost) {
			bad = fmt.Errorf("gan: the checkpoint's alarm warms a rate up from %v to %v times the first, where 1 to %v are possible", c.from, c.to, warmUpMost)
		}
	}
	modes, of := count(math.MaxInt32), count(math.MaxInt32)
	if bad == nil {
		m.layers, m.players, m.modes, m.of = layers, players, modes, of
	}
	return bad
}

// follow takes over what a branch has changed.
func (m *monitor) follow(c Config) {
	m.response = c.Response
	m.players[0].first, m.players[0].frozen = c.G, c.StepsG <= 0
	m.players[1].first, m.players[1].frozen = c.D, c.StepsD <= 0
}
