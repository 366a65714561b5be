// Package gan trains generative adversarial networks small enough to watch: two networks that play against each other over points of a
// plane or 8 x 8 digits, recorded with everything that shows what goes wrong.
//
//	algorithm --Step--> SnapshotManager --Track--> charts.Scene --Document--> show.Cell
//
//	run := gan.Run(gan.Config{Data: gan.Ring(8), Seed: 1})
//	show.Cell(charts.Row(charts.GANSamples(run), charts.Surface(run.Surface(gan.Plane{Every: 150}))))
//
// # The game
//
// The letters: B samples a batch, Z sizes of the noise z, D sizes of a datum x, P parameters of a network. A generator G: z -> x and a
// discriminator D: x -> (0,1), the sigmoid of a logit l, play for the value (Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661, equation 1)
//
//	V(G, D) = E_x log D(x) + E_z log(1 - D(G(z)))
//
// D climbs, G descends: where neither can gain, V is at a saddle, -log 4, and not at a minimum.
//
// # Frames
//
// A run's frames have Kind "gan", the number of rounds of training as Time, and the fields
//
//	generated     [sample, xy=2]      what G makes of the same noise in every frame
//	real          [sample, xy=2]      as many data, the same in every frame
//	window        [side=4]            x from, x to, y from, y to: the part of the plane that is drawn, the same in every frame
//	field         [y, x]              D at the centres of the cells of a grid over the window, from its lowest y; Wasserstein: the critic's value
//	pull          [y, x, uv=2]        over a grid a third as fine: minus the gradient of G's loss with respect to a sample that stood at the centre of the cell: where G is pulled
//	images        [height, width]     digits, instead of the five above: a sheet of 8 x 8 generated digits
//	gradient      [layer]             L2 norm of the loss's gradient with respect to each layer's weights and biases, at the last step; labels "G 1", "G 2", ..., "D 1", ...
//	cosine        [layer]             of the angle between that gradient and the one of the step before; not in the first frame
//	null          [layer]             the cosine between the gradients of two minibatches at the same parameters: what cosine is judged against
//	jacobian      [layer]             spectral norm of the layer's Jacobian, its activation included, at the first noise or datum of the frames
//	energy        [layer]             GEH, the gradient energy: the norm scaled to [0,1], over the run, or over a trailing window while the run goes on
//	state         [layer]             a number of the labels "state": healthy, vanishing, exploding, oscillating, chaotic, collapsed
//	generator     [param]             G's parameters, layer by layer, weights (in x out) before biases
//	discriminator [param]             D's
//	checkpoint    [word]              in some frames: everything from which training continues to the bit, three bytes in a number
//
// and the scalars
//
//	loss G, loss D     of the players' last steps, D's with the penalty
//	V                  at D's last step; Wasserstein: E l(x) - E l(G(z)), the critic's estimate of the distance
//	accuracy           of D at its last step, on data and samples; not for Wasserstein, whose critic decides nothing
//	modes              how many the samples cover, by the rule of [ModeShare]
//	KL, JS             KL(data || samples) and the Jensen-Shannon divergence of their histograms, in nats; for digits of their classes
//	SWD                sliced Wasserstein distance: the one that says which moment was best
//	rate G, rate D     learning rates of the next step
//
// None of the distances is 0 for a perfect generator, whose samples are as few: KL is then 0.2, JS 0.01 to 0.03 and SWD 0.05 to 0.16, most on the ring; for
// digits 0.01, 0.003 and 0.02.
//
// In the frame before the first round the losses and the gradients are those of batches that are not trained on, and so are those of a frozen player in
// all frames. A layer's state goes by the means of the last ten cosines and the last three nulls; as nulls are seldom measured, it can be wrong while a run changes
// fast. What is dear is not in every frame; see [GradientStride] and [Config] for which are, and [Samples] for how many samples a number is of.
//
// Events say what happened: "collapse" and "recovery" of modes, "clip" and "warm-up" by the response to an alarm, "exploding" and "vanishing" where it
// only advises, and "not finite" where a run ended because it could not go on.
//
// # Alarms
//
// A layer whose gradient energy is above 0.95 for three frames in a row explodes, if its norm is then above ten times the median of the frames before
// and above what that median has ever been. One whose energy is below 0.02 for five in a row vanishes, if its norm is below a tenth of that
// median or a hundredth of its highest. Energy alone cries wolf: each healthy run on the ring of the tests would have set off 2 to 11 answers.
//
// With [Act] the gradient of a player that explodes is clipped to norm 1 from then on. Under SGD that saves a run; Adam divides by the gradient's size,
// and clipped to less than a hundredth of its largest gradients still goes two thirds as far. The rate of a G that vanishes rises to 1.5 times what it was,
// linearly over an epoch and to at most 4 times the first, while Adam forgets its moments: what it remembers of large gradients would keep its steps
// small for 1/(1-Beta2) rounds. (Starting its count again alone would do the opposite: the correction of the square, 1/(1-Beta2^t), makes the first steps up to
// 17 times smaller.) D is not warmed up: its gradient vanishes where it is sure, and a higher rate makes it surer. [Runaway] and [DeadGenerator]
// are set-ups to see it by; [Advice] reads a finished run.
//
// # Surfaces
//
// [Recording.Surface] records what the value is over a [Plane] of parameters. Its frames have Kind "surface", the run's Time, and the fields
//
//	V             [b, a]                 the value at the points of the slice through the run's point at that moment; Wasserstein: E l(x) - E l(G(z))
//	loss G        [b, a]                 what G descends there
//	loss D        [b, a]                 what D descends there; Wasserstein: without the penalty (the Dirac-GAN: with)
//	a             [a]                    coordinates along the first direction, G's, the same in every frame
//	b             [b]                    coordinates along the second, D's
//	path          [moment, abv=3]        all moments of the run projected onto the plane, and V at their own parameters: computed, not read off a surface
//	distance      [moment]               how far each moment is from this slice: a point of the path lies on the surface only where this is 0
//	flow          [v, u, ab=2]           how gradient descent of both players would move a point, at the centres of 13 x 13 cells, in coordinates a step of rate 1
//	arrow         [player=2, ab=2]       the same at the current point, of G and of D alone
//	zoom          [zoom b, zoom a]       with [Plane].Zoom: V on a smaller grid about the current point
//	zoom a        [zoom a]               its coordinates, and so zoom b
//	window        [side=4]               a from, a to, b from, b to: where the zoom lies
//
// labels "axis", the two directions in words, and "player"; and the scalars "V", "loss G", "loss D", "a", "b" (of the current point), "here" (its moment on the
// path), "level" (V where neither can gain: -log 4, of Wasserstein 0), "explained" (the share of the variance of the run's parameters that lies in the plane), "off" (the root mean square of distance), "off here" (how far
// the current point is from the slice through the middle of the run), "zoom step", "flat" (the share of the zoom's variance that a plane explains). The events
// are the run's, those of moments without a surface in the next frame (or the last) with the step they were at, and "zoom", which says whether the zoom is nearly a plane: 0.99 or more. All values are means over the same [SurfaceBatch] data and noises,
// those of the Dirac-GAN exact.
package gan
