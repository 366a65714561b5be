package gan

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Loss is what the players play for.
type Loss string

// The losses. l is D's logit, f(x) = log(1 + e^x) the softplus.
const (
	NonSaturating Loss = "non-saturating" // D: E f(-l(x)) + E f(l(G(z))); G: E f(-l(G(z)))
	Minimax       Loss = "minimax"        // D the same; G: -E f(l(G(z))), whose gradient dies where D is sure
	Wasserstein   Loss = "wasserstein"    // D: E l(G(z)) - E l(x) + Penalty E (|dl/dx| - 1)²; G: -E l(G(z)) (Gulrajani et al. 2017)
)

// Response is what is done when the gradient energy raises an alarm.
type Response string

// The responses.
const (
	Off    Response = "off"    // nothing, and nothing is said
	Advise Response = "advise" // an event says what was found and what usually helps
	Act    Response = "act"    // gradients are clipped, rates are warmed up, an event says so
)

// Config says what is trained on what, and how. The zero value is a non-saturating GAN on a ring of eight Gaussians.
type Config struct {
	Data       Data    // the zero value is Ring(8)
	Loss       Loss    // "" means NonSaturating
	Penalty    float64 // of the gradient of D at points between data and samples (Wasserstein); 0 means 10, -1 none
	Latent     int     // numbers in a noise, which is normal; 0 means 2, for digits 16
	Hidden     []int   // widths of the hidden layers of both networks; nil means 64, 64; for digits 128, 128
	Activation string  // between the layers: "relu", "tanh" or "leaky" (ReLU with slope 0.2 below 0); "" means "leaky"

	Batch          int       // samples a step; 0 means 256, but never more than the data have
	Steps          int       // rounds of training; 0 means 3000
	StepsG, StepsD int       // steps of each player in a round, D's first; 0 means 1, -1 none: the player is frozen
	G, D           Optimiser // of each player
	Seed           uint64

	Every     int      // a frame each so many rounds, the first before all, the last after all; 0 means 10
	Distances int      // KL, JS, SWD and the "modes" of digits each so many frames; 0 means 10
	Pull      int      // cells in a row of the field "pull", a third of those of "field"; 0 means 7
	Response  Response // "" means Advise
}

// Optimiser is how a player learns.
type Optimiser struct {
	Name     string  // "adam" or "sgd"; "" means "adam"
	Rate     float64 // 0 means 1e-3, with "sgd" 0.05
	Beta1    float64 // of Adam; 0 means 0.5, -1 none
	Beta2    float64 // of Adam; 0 means 0.999
	Momentum float64 // of SGD
	Clip     float64 // the most that the norm of the player's gradient may be; 0 means no limit
}

// Epoch is how many rounds an epoch has where data is endless. See [Config.Rounds].
const Epoch = 100

// ErrConfig marks a Config that cannot be run.
var ErrConfig = errors.New("this cannot be trained")

// What a Config may ask for at most.
const (
	maxBatch  = 1 << 16
	maxSteps  = 10_000_000
	maxWidth  = 4096
	maxLayers = 16
	maxParams = 1 << 22 // of both networks
	maxPull   = 64
	maxValues = 1 << 25 // between the layers of both networks, for a batch or a field: the tape holds a few times as many
)

// Filled returns the config with its defaults in place of zeros, or an error that says which value cannot be meant.
func (c Config) Filled() (Config, error) {
	var err error
	if c.Data, err = c.Data.filled(); err != nil {
		return c, err
	}
	digit := c.Data.Kind == digitsKind
	c.Loss, c.Response = cmp.Or(c.Loss, NonSaturating), cmp.Or(c.Response, Advise)
	c.Activation = cmp.Or(c.Activation, "leaky")
	c.Penalty = cmp.Or(c.Penalty, 10)
	c.Latent = cmp.Or(c.Latent, pick(digit, 16, 2))
	if c.Hidden == nil {
		c.Hidden = pick(digit, []int{128, 128}, []int{64, 64})
	}
	c.Hidden = slices.Clone(c.Hidden)
	if n := c.Data.size(); c.Batch == 0 && n > 0 {
		c.Batch = min(256, n)
	}
	c.Batch = cmp.Or(c.Batch, 256)
	c.Steps, c.Every = cmp.Or(c.Steps, 3000), cmp.Or(c.Every, 10)
	c.Distances, c.Pull = cmp.Or(c.Distances, 10), cmp.Or(c.Pull, 7)
	c.StepsG, c.StepsD = cmp.Or(c.StepsG, 1), cmp.Or(c.StepsD, 1)
	if err := c.check(); err != nil {
		return c, err
	}
	if c.G, err = c.G.filled("G"); err != nil {
		return c, err
	}
	c.D, err = c.D.filled("D")
	return c, err
}

func (c Config) check() error {
	if err := c.checkNames(); err != nil {
		return err
	}
	for _, n := range []struct {
		name       string
		v, lo, hi  int
		additional string
	}{
		{"Batch", c.Batch, 1, maxBatch, ""},
		{"Steps", c.Steps, 1, maxSteps, ""},
		{"Every", c.Every, 1, maxSteps, ""},
		{"Distances", c.Distances, 1, maxSteps, ""},
		{"Pull", c.Pull, 1, maxPull, ""},
		{"Latent", c.Latent, 1, maxWidth, ""},
		{"StepsG", c.StepsG, -1, 100, ", -1 for none"},
		{"StepsD", c.StepsD, -1, 100, ", -1 for none"},
		{"the number of Hidden layers", len(c.Hidden), 0, maxLayers, ""},
	} {
		if n.v < n.lo || n.v > n.hi {
			return fmt.Errorf("gan: %w: %s is %d: give a number from %d to %d%s", ErrConfig, n.name, n.v, pick(n.lo == 0, 0, 1), n.hi, n.additional)
		}
	}
	for _, w := range c.Hidden {
		if w < 1 || w > maxWidth {
			return fmt.Errorf("gan: %w: a width in Hidden is %d: give numbers from 1 to %d", ErrConfig, w, maxWidth)
		}
	}
	if g, d := c.shapes(); g.params()+d.params() > maxParams {
		return fmt.Errorf("gan: %w: the networks have %d parameters, the most is %d: make Hidden smaller", ErrConfig, g.params()+d.params(), maxParams)
	}
	if wide, rows := c.Latent+2*sum(c.Hidden)+2*c.Data.dim()+1, max(c.Batch, fieldCells*fieldCells*c.Pull*c.Pull); rows*wide > maxValues {
		return fmt.Errorf("gan: %w: %d samples at once are %d values between the layers, the most is %d: make Batch, Pull or Hidden smaller", ErrConfig, rows, rows*wide, maxValues)
	}
	if n := c.Data.size(); n > 0 && c.Batch > n {
		return fmt.Errorf("gan: %w: Batch is %d and the data have %d: leave Batch out, or give less", ErrConfig, c.Batch, n)
	}
	if c.Penalty != -1 && !(c.Penalty >= 0 && c.Penalty <= 1e6) {
		return fmt.Errorf("gan: %w: Penalty is %v: give a number from 0 to 1e6, or -1 for none", ErrConfig, c.Penalty)
	}
	return nil
}

func (c Config) checkNames() error {
	if !slices.Contains([]Loss{NonSaturating, Minimax, Wasserstein}, c.Loss) {
		return fmt.Errorf("gan: %w: Loss is %q: give %q, %q or %q", ErrConfig, c.Loss, NonSaturating, Minimax, Wasserstein)
	}
	if !slices.Contains([]Response{Off, Advise, Act}, c.Response) {
		return fmt.Errorf("gan: %w: Response is %q: give %q, %q or %q", ErrConfig, c.Response, Off, Advise, Act)
	}
	if !slices.Contains([]string{"relu", "tanh", "leaky"}, c.Activation) {
		return fmt.Errorf(`gan: %w: Activation is %q: give "relu", "tanh" or "leaky"`, ErrConfig, c.Activation)
	}
	return nil
}

// filled puts the defaults in place of zeros; what the optimiser named does not have stays as it is.
func (o Optimiser) filled(player string) (Optimiser, error) {
	o.Name = cmp.Or(o.Name, "adam")
	switch o.Name {
	case "adam":
		o.Rate, o.Beta1, o.Beta2 = cmp.Or(o.Rate, 1e-3), cmp.Or(o.Beta1, 0.5), cmp.Or(o.Beta2, 0.999)
	case "sgd":
		o.Rate = cmp.Or(o.Rate, 0.05)
	default:
		return o, fmt.Errorf(`gan: %w: %s.Name is %q: give "adam" or "sgd"`, ErrConfig, player, o.Name)
	}
	for _, v := range []struct {
		name    string
		v       float64
		least   float64
		below   float64
		meaning string
	}{
		{"Rate", o.Rate, 0, 1e6, "above 0 and below 1e6"},
		{"Beta1", o.Beta1, -1, 1, "from 0 to below 1, or -1 for none"},
		{"Beta2", o.Beta2, -1, 1, "from 0 to below 1, or -1 for none"},
		{"Momentum", o.Momentum, 0, 1, "from 0 to below 1"},
		{"Clip", o.Clip, 0, math.Inf(1), "above 0, or 0 for no limit"},
	} {
		if !(v.v >= v.least && v.v < v.below) || (v.v < 0 && v.v != -1) {
			return o, fmt.Errorf("gan: %w: %s.%s is %v: give a number %s", ErrConfig, player, v.name, v.v, v.meaning)
		}
	}
	return o, nil
}

// Rounds is how many rounds an epoch has: as many as it takes to draw as many data as there are, or [Epoch] where data is endless.
func (c Config) Rounds() int {
	c, err := c.Filled()
	if err != nil || c.Data.size() == 0 {
		return Epoch
	}
	return (c.Data.size() + c.Batch - 1) / c.Batch
}

// shapes are what G and D look like.
func (c Config) shapes() (g, d shape) {
	layers := func(in, out int) []int { return slices.Concat([]int{in}, c.Hidden, []int{out}) }
	x := c.Data.dim()
	return shape{layers(c.Latent, x), c.Activation, c.Data.Kind == digitsKind}, shape{layers(x, 1), c.Activation, false}
}

// layerNames are the labels of the dimension "layer": G's layers, then D's.
func (c Config) layerNames() []string {
	var names []string
	for _, player := range []string{"G", "D"} {
		for i := range len(c.Hidden) + 1 {
			names = append(names, fmt.Sprintf("%s %d", player, i+1))
		}
	}
	return names
}

func sum(values []int) int {
	n := 0
	for _, v := range values {
		n += v
	}
	return n
}

func pick[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}
