// Package diffusion turns noise into points of a plane and into 8 x 8 digits, step by step, with networks small enough to be trained here, and
// records each step: where a sample stands, what the network takes for noise in it, and where it thinks that it will end.
//
//	algorithm --Step--> SnapshotManager --Track--> charts.Scene --Document--> show.Cell
//
//	spiral := diffusion.Train(diffusion.Config{Data: diffusion.Spiral(), Seed: 1})
//	a, b := spiral.Sample(diffusion.DDPM{Steps: 1000}), spiral.Sample(diffusion.DDIM{Steps: 50})
//	show.Cell(charts.Compare(a, b)) // the same first noise, aligned on t
//
// # Two names for time
//
// The literature counts the training index t from 0, where there is next to no noise, to T-1, where there is nothing else. Progress tau goes
// the other way, from 0, pure noise, to 1, data:
//
//	tau = 1 - t/(T-1)
//
// Sampling goes down in t and up in tau. Index 0 still has the noise beta_0: the sample itself stands one step further, at t = -1, and has
// tau = 1 too.
//
// # Equations
//
// beta_t is the noise of one step, alpha_t = 1 - beta_t, abar_t ("alpha-bar") their product up to t, z and eps are standard normal. Noise is
// added by (Ho et al. 2020, equation 4)
//
//	x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps            SNR(t) = abar_t / (1 - abar_t)
//
// A network answers eps, x_0 or v = sqrt(abar_t) eps - sqrt(1 - abar_t) x_0 (Salimans and Ho 2022): one of them and x_t give the others, and
// the score, the gradient of the log density of what is that noisy, -eps/sqrt(1 - abar_t). With s the index after t, and alpha = abar_t/abar_s,
// beta = 1 - alpha, a sampler goes from x_t to x_s by
//
//	DDPM    sqrt(abar_s) beta/(1-abar_t) x_0 + sqrt(alpha) (1-abar_s)/(1-abar_t) x_t + sigma z        Ho et al. 2020, equation 7, algorithm 2
//	        sigma² = beta (1-abar_s)/(1-abar_t), "small", or beta, "large"; 0 in the last step
//	DDIM    sqrt(abar_s) x_0 + sqrt(1-abar_s-sigma²) eps + sigma z                                    Song et al. 2021a, equation 12
//	        sigma² = eta² (1-abar_s)/(1-abar_t) beta, no more than 1-abar_s                       equation 16
//	Euler   x_t + h/2 (x_t + score), h = log(abar_s/abar_t)                                           Song et al. 2021b, equation 13, in steps of h
//
// All are x_s = a x_t + b output + c z with three numbers a step: [Move].
//
// # Frames
//
// The frames of a run have Kind "diffusion", t as Time, which falls, and the Phase "noise" (the first), "sampling" or "data" (the last, at t = -1).
// The frame at t has x_t and what the network says of it, in float32: it is an exact checkpoint. The letters of a plane:
//
//	x        [sample, xy=2]     x_t
//	x0       [sample, xy=2]     where the network, seeing x_t, thinks that the samples will end
//	noise    [sample, xy=2]     what it takes for noise in x_t
//	added    [sample, xy=2]     the new noise c z of the step from here; zeros where a sampler adds none
//	score    [y, x, uv=2]       the score at the centres of the cells of a grid over the window, at t
//	real     [sample, xy=2]     as many data, the same in every frame
//	window   [side=4]           x from, x to, y from, y to: the part of the plane that is drawn, the same in every frame
//
// In the last frame the network is not asked: x0 is x, and there is no noise, added or score. Of a line (see [Exact]):
//
//	x, x0, noise, added  [sample]
//	histogram            [bin]        share of the samples in a bin over its width, a density; labels "bin" are the bins' centres
//	density              [bin]        what it should be at t
//
// Of digits:
//
//	x, x0, noise, added  [height, width]         a sheet of 8 x 8 pictures a pixel apart, -1 for paper and 1 for ink; Recording.Columns in a row
//	class                [sample]                what was asked for; -1: nothing
//	nearest              [height, width]         in the last frame: of each sample the training image that is nearest to it
//	distance             [sample]                in the last frame: how far that is
//	attention            [head, query, key]      in key steps: the weights of all layers, averaged over the samples; labels "head" are "layer 1, head 1"...,
//	                                             those of "query" and "key" the patches by row and column
//
// and the scalars "t", "tau", "alpha-bar", "snr". Key steps are the t nearest to 50, 100 and 150, or to [Options].Keys, labelled with the t that they
// are by an event "key step". Of more steps than [Options].Frames those are shown that are nearest to even steps in log-SNR, with the first, the
// last, key steps and the t of 50 trailing steps, which is where DDIM stands; a warning says so.
//
// # Every latent
//
// x_t of every step is in [Recording].Latents as float16, which is off by at most one part in 2,048; its Track has them as the field
// "x" [sample, xy=2], [sample] or [sample, pixel=64]. [Recording.State] returns any x_t exactly: from the nearest frame above it goes on as the run
// did, to the bit, as the noise of a step depends on the sampler's seed and on t alone.
//
// # In step
//
// [Model.InStep] runs samplers from one first noise on one clock; its Track has their distance. [Model.Spread] runs one sampler again and again from
// one first noise: DDPM fans out, DDIM does not, exactly. What else there is to draw: [Train] returns a model with the track of its training,
// [NoiseScheduler.Curves] and [NoiseScheduler.Interpolations] are the curves of a schedule.
//
// # Papers
//
//   - Ho, Jain and Abbeel 2020, "Denoising Diffusion Probabilistic Models", https://arxiv.org/abs/2006.11239
//   - Song, Meng and Ermon 2021a, "Denoising Diffusion Implicit Models", https://arxiv.org/abs/2010.02502
//   - Song et al. 2021b, "Score-Based Generative Modeling through Stochastic Differential Equations", https://arxiv.org/abs/2011.13456
//   - Nichol and Dhariwal 2021, "Improved Denoising Diffusion Probabilistic Models", https://arxiv.org/abs/2102.09672
//   - Salimans and Ho 2022, "Progressive Distillation for Fast Sampling of Diffusion Models", https://arxiv.org/abs/2202.00512
//   - Ho and Salimans 2022, "Classifier-Free Diffusion Guidance", https://arxiv.org/abs/2207.12598
package diffusion
