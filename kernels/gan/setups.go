package gan

// Runaway is a set-up whose gradients really explode: a Wasserstein critic without its gradient penalty, trained by SGD five steps to G's one. Nothing
// bounds the critic's slope, each layer's gradient grows with the weights of the others, and the run ends with "not finite" after some 220 to 430
// rounds; with [Act] the clipping, after 30 to 64, carries it to its end. (Arjovsky et al. 2017, https://arxiv.org/abs/1701.07875, clip weights for this reason.)
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

// Collapsing is a set-up whose generator collapses: D learns five times more slowly than G, too slowly to tell G where its samples crowd, and G moves its
// one crowd about. On the seeds 1 to 5 at most 2 of 8 modes are covered in the end, and the event "collapse" comes after 1,040 to 1,090 rounds. A branch from
// round 200 that lets D learn as fast as G covers at least 7:
//
//	run := gan.Run(gan.Collapsing())
//	repaired := run.Branch(20, func(c *gan.Config) { c.D.Rate = 1e-3 })
func Collapsing() Config {
	return Config{D: Optimiser{Rate: 2e-4}, Steps: 1500, Seed: 1}
}
