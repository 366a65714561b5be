// Package gan trains generative adversarial networks small enough to watch: two networks that play against each other over points of a
// plane or 8 x 8 digits, recorded with everything that shows what goes wrong.
//
//	algorithm --Step--> SnapshotManager --Track--> charts.Scene --Document--> show.Cell
//
//	run := gan.Run(gan.Config{Data: gan.Ring(8), Seed: 1})
//	show.Cell(charts.Row(charts.GANSamples(run), charts.Surface(run.Surface(gan.Plane{}))))
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
// A run's frames have Kind "gan", the number of training steps as Time, and the fields
//
//	generated     [sample, xy=2]      what G makes of the same noise in every frame
//	real          [sample, xy=2]      as many data, the same in every frame
//	window        [side=4]            x from, x to, y from, y to: the part of the plane that is drawn, the same in every frame
//	field         [y, x]              D at the centres of the cells of a grid over the window; Wasserstein: the critic's value; row 0 is the lowest y
//	pull          [y, x, uv=2]        minus the gradient of G's loss with respect to a sample that stood at the centre of the cell: where G is pulled; row 0 is the lowest y
//	images        [height, width]     digits, instead of the five above: a sheet of 8 x 8 generated digits
//	gradient      [layer]             L2 norm of the loss's gradient with respect to each layer's weights and biases; labels "G 1", "G 2", ..., "D 1", ...
//	cosine        [layer]             of the angle between the gradient and that of the step before
//	null          [layer]             the cosine between the gradients of two minibatches at the same parameters: what cosine is judged against
//	jacobian      [layer]             spectral norm of the layer's Jacobian, its activation included, at the first noise or datum of the batch
//	energy        [layer]             GEH, the gradient energy: the norm scaled to [0,1], over the run, or over a trailing window while the run goes on
//	state         [layer]             a number of the labels "state": healthy, vanishing, exploding, oscillating, chaotic, collapsed
//	generator     [param]             G's parameters, layer by layer, weights (in x out) before biases
//	discriminator [param]             D's
//	checkpoint    [word]              in some frames: everything from which training continues to the bit, three bytes in a number
//
// and the scalars "loss G", "loss D", "V", "accuracy" (of D, on the batch), "modes", "KL", "JS", "SWD", "rate G", "rate D". Those that are
// dear are measured less often and stand between; [Config] says on how many samples. Events say what happened: "collapse", "recovery", "clip", "warm-up", "not finite".
package gan
