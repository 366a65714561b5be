package gan

// Runaway is a set-up whose gradients really explode: a Wasserstein critic without its gradient penalty, trained by SGD five steps to G's one. Nothing
// bounds the critic's slope, each layer's gradient grows with the weights of the others, and the run ends with "not finite" after some 230 to 430
// rounds; with [Act] the clipping, at about round 50, carries it to its end. (Arjovsky et al. 2017, https://arxiv.org/abs/1701.07875, clip weights for this reason.)
func Runaway() Config {
	sgd := Optimiser{Name: "sgd", Rate: 0.006}
	return Config{Activation: "leaky", Loss: Wasserstein, Penalty: -1, StepsD: 5, G: sgd, D: sgd, Steps: 600, Every: 2}
}

// DeadGenerator is a set-up whose gradients really vanish: the minimax loss, and a D that learns sixty times as fast as G and makes five steps to
// its one. Where D is sure, log(1 - D(G(z))) is flat, and G gets no gradient to speak of (Goodfellow et al. 2014, section 3). With [Act] one
// warm-up of G brings the gradient back.
func DeadGenerator() Config {
	return Config{Activation: "leaky", Loss: Minimax, StepsD: 5, G: Optimiser{Rate: 5e-5}, D: Optimiser{Rate: 3e-3}, Steps: 600, Every: 5}
}
