package gan

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
	Latent     int     // sizes of the noise, which is normal; 0 means 2, for digits 16
	Hidden     []int   // widths of the hidden layers of both networks; nil means 64, 64; for digits 128, 128
	Activation string  // between the layers: "relu", "tanh" or "leaky" (slope 0.2); "" means "relu"

	Batch          int       // samples a step; 0 means 256, but never more than the data have
	Steps          int       // rounds of training; 0 means 3000
	StepsG, StepsD int       // steps of each player in a round, D's first; 0 means 1, -1 none: the player is frozen
	G, D           Optimiser // of each player
	Seed           uint64

	Every    int      // a frame each so many rounds; 0 means 10
	Response Response // "" means Advise
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

// Epoch is how many rounds an epoch has where data is endless.
const Epoch = 100
