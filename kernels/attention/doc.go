// Package attention runs a sentence through a BERT encoder and yields every stage of every layer, so that attention can be watched
// where it happens. The model is sentence-transformers/all-MiniLM-L6-v2; any BERT in safetensors with a vocab.txt runs.
//
// Its place in the dataflow is the algorithm's:
//
//	attention --Step--> SnapshotManager --Track--> charts.AttentionHeads --Document--> show.Cell
//
//	run := attention.Run("The animal didn't cross the street because it was tired")
//	show.Cell(charts.AttentionHeads(run, charts.Layer(3)))
//
// # Legend
//
//	n    tokens of the sentence, [CLS] and [SEP] included
//	d    width of the model: numbers that stand for a token (384)
//	h    heads of a layer (12)
//	d_k  width of a head, d/h (32)
//	f    width of the feed-forward layer (1536)
//	i j  a query and a key: the token that looks and the token that is looked at
//
// # Equations
//
// The embeddings give x [n, d]; then each layer computes, with parameters of its own (Vaswani et al. 2017, sections 3.2 and 3.3):
//
//	x  = LayerNorm(word_i + position_i + segment_0)                        embeddings
//	Q  = x W_Q + b_Q, K = x W_K + b_K, V = x W_V + b_V, cut into heads     Q, K, V
//	s_ij = q_i·k_j / √d_k                                                  scores
//	α_ij = exp(s_ij - max_j s_ij) / Σ_j exp(s_ij - max_j s_ij)             softmax
//	c_i  = Σ_j α_ij v_j                                                    context
//	y  = LayerNorm(x + concat_h(c) W_O + b_O)
//	x' = LayerNorm(y + GELU(y W_1 + b_1) W_2 + b_2)                        feed-forward
//
// GELU(z) = z Φ(z) exactly, LayerNorm as in BERT with ε = 1e-12, no dropout. With [Causal], s_ij = -∞ for each later j,
// so α_ij is exactly 0.
// A weight says how much of a value is mixed in, not how large that value is: the norm of the mixed vector does (Kobayashi et al. 2020):
//
//	norm_ij = ‖α_ij f(x_j)‖ = α_ij ‖f(x_j)‖,  f(x) = (x W_V + b_V) W_O of the head
//
// # Frames
//
// Time is the layer, from 1; the embeddings have 0. All maps are [head, query, key]; query, key and token are labelled with the tokens, head with its number from 1.
//
//	Phase          Kind          fields
//	embeddings     transformer   hidden [token, feature]
//	Q, K, V        transformer   query, key, value [head, token, feature]
//	scores         transformer   dot, scores; scalar root
//	softmax        attention     attention, dot, scores, unscaled, norm, max and sum [head, query], value_norm [head, key]; scalars root, entropy
//	context        transformer   context [head, token, feature]
//	feed-forward   transformer   hidden [token, feature]
//
// dot is q_i·k_j, root is √d_k, scores is dot/root, attention is exp(scores-max)/sum: the arithmetic of each cell can be followed. unscaled is the
// softmax of dot, what the same state would give without the square root; norm is attention·value_norm. The frames of the softmax are
// key frames. Of a sentence with more than [FullTokens] tokens only the maps are recorded, and a warning says so.
//
// Sums of the normalisations are in float64, everything else in float32, by package f32; the maps agree with PyTorch's to 1e-5.
//
// # Papers
//
//   - Vaswani et al. 2017, "Attention Is All You Need", https://arxiv.org/abs/1706.03762
//   - Devlin et al. 2018, "BERT: Pre-training of Deep Bidirectional Transformers", https://arxiv.org/abs/1810.04805
//   - Kobayashi et al. 2020, "Attention is Not Only a Weight", https://arxiv.org/abs/2004.10102
//   - Wu et al. 2016, "Google's Neural Machine Translation System", https://arxiv.org/abs/1609.08144, for WordPiece
//   - Reimers and Gurevych 2019, "Sentence-BERT", https://arxiv.org/abs/1908.10084, for the sentence embedding
package attention
