// Package embed draws points of many dimensions in a plane, so that a run can be seen as a path: the latents of a diffusion over its steps, the
// weights of a network over its training.
//
//	embed --Step--> SnapshotManager --Track--> charts.Scene --Document--> show.Cell
//
//	ways := embed.Trajectories(run, "x", embed.TrajectoryConfig{}) // all steps and samples together, by t-SNE and by PCA
//	show.Cell(charts.Trajectories(ways))                           // as points that move on curves through the steps
//	show.Cell(charts.Auto(embed.Run(embed.Config{Points: digits, Dims: 64, Colour: labels}))) // t-SNE, while it finds its places
//
// # What can be read from the pictures, and what not
//
// In a picture of t-SNE only one thing means something: points that are near each other were near each other. Lengths mean nothing: not the
// length of a path, nor of a step. Speeds mean nothing: a point that leaps may have hardly moved. Gaps and sizes mean nothing: t-SNE
// widens dense clusters and draws thin ones together, so that neither how far two clusters are apart nor how large one is can be compared. Clusters
// may be made of noise, and another seed or perplexity gives another picture (Wattenberg, Viégas and Johnson 2016).
//
// Of a run that is embedded as a whole, t-SNE shows at each step what it knows of all: where a sample will end decides where its noise stands. On the 64 digits
// of a diffusion 6% of the pure noise has noise of the same class as its nearest, which is chance; in t-SNE it looks like 72%. And where a way has more steps than
// t-SNE looks at neighbours, a step's neighbours are steps of its own way, so that ways are clumps that hardly move. [Trajectories] measures both.
//
// PCA stands beside it because it is linear: a straight way stays straight, a step twice as long is drawn twice as long, for as much as
// the two components hold of it ([Projection].Share says how much). What lies at right angles to the plane is not seen.
//
// # t-SNE
//
// The letters: n points x of d numbers, their places y in the plane (van der Maaten and Hinton 2008; the numbers are that paper's).
//
//	p_j|i = exp(-β_i |x_i-x_j|²) / Σ_k≠i exp(-β_i |x_i-x_k|²)    (1)    with the β_i for which e to the entropy of row i is the perplexity
//	p_ij  = (p_j|i + p_i|j) / 2n
//	q_ij  = w_ij / Z,  w_ij = 1/(1+|y_i-y_j|²),  Z = Σ_k≠l w_kl  (4)
//	KL    = Σ_ij p_ij ln(p_ij/q_ij)
//	∂KL/∂y_i = 4 (Σ_j p_ij w_ij (y_i-y_j) - Σ_j w_ij² (y_i-y_j) / Z)    (5), the parts that pull and that push
//
// A point is pulled by its 3·perplexity nearest neighbours; what lies beyond holds a few hundredths of p_j|i ([Config].Neighbours -1
// takes all). It is pushed by all others: below 5,000 points by each of them, from then on by cells of a quadtree (van der Maaten 2014).
// On the 1,797 digits one core takes 2 s, and the trustworthiness of 12 neighbours is 0.99. The time grows with n² below 5,000 points; finding the
// neighbours does so beyond.
//
// # Frames
//
// A run's frames have Kind "tsne", the number of iterations as Time, the Phase "early exaggeration" or "embedding", and
//
//	points  [point, xy=2]     where the points are; with Config.Colour [point, xyc=3], the colour beside
//	KL      scalar            the divergence, in nats, of the p_ij that are kept, never exaggerated
//
// The last frame of each phase is a key frame. Those of trajectories are described at [Trajectories].
//
// # Papers
//
//   - van der Maaten and Hinton 2008, "Visualizing Data using t-SNE", https://jmlr.org/papers/v9/vandermaaten08a.html
//   - van der Maaten 2014, "Accelerating t-SNE using Tree-Based Algorithms", https://jmlr.org/papers/v15/vandermaaten14a.html
//   - Belkina et al. 2019, "Automated optimized parameters for t-distributed stochastic neighbor embedding", https://doi.org/10.1038/s41467-019-13055-y
//   - Wattenberg, Viégas and Johnson 2016, "How to Use t-SNE Effectively", https://doi.org/10.23915/distill.00002
//   - Venna and Kaski 2001, "Neighborhood preservation in nonlinear projection methods", https://doi.org/10.1007/3-540-44668-0_68
//   - Yuksel, Schaefer and Keyser 2011, "Parameterization and applications of Catmull-Rom curves", https://doi.org/10.1016/j.cad.2010.08.008
package embed
