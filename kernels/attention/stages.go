package attention

import (
	"math"

	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
)

// recorded returns the step when every stage is wanted, else nothing.
func (f *forward) recorded(s xainb.Step) xainb.Step {
	if !f.full {
		return nil
	}
	return s
}

// embed: x = LayerNorm(word + position + segment 0), [n, d].
func (f *forward) embed() xainb.Step {
	w, d := f.m.w, f.m.cfg.Width
	for i, id := range f.enc.IDs {
		row := f.x[i*d : (i+1)*d]
		copy(row, w.words[id*d:])
		add(row, w.segments[:d])
		if !f.m.opt.noPositions {
			add(row, w.positions[f.pos[i]*d:][:d])
		}
	}
	w.norm.apply(f.x, f.n, f.m.cfg.Epsilon)
	return f.recorded(Embeddings{At: f.at, Hidden: f.x})
}

// project: Q = x W_Qᵀ + b_Q and so on, cut into heads [h, n, d_k].
func (f *forward) project(b *block) xainb.Step {
	c := f.m.cfg
	for _, p := range []struct {
		layer dense
		to    []float32
	}{{b.query, f.q}, {b.key, f.k}, {b.value, f.v}} {
		p.layer.apply(f.tmp, f.x, f.n)
		splitHeads(p.to, f.tmp, f.n, c.Heads, c.HeadWidth())
	}
	return f.recorded(Projections{At: f.at, Query: f.q, Key: f.k, Value: f.v})
}

// head returns head i of a buffer [h, n, cols] as a matrix [n, cols].
func (f *forward) head(buf []float32, i, cols int) matrix {
	size := f.n * cols
	return view(buf[i*size:(i+1)*size], f.n, cols)
}

// score: scores = Q Kᵀ / √d_k for each head, minus infinity where the mask is [h, n, n].
func (f *forward) score(*block) xainb.Step {
	c, n := f.m.cfg, f.n
	for h := range c.Heads {
		product(f.head(f.scores, h, n), f.head(f.q, h, c.HeadWidth()), f.head(f.k, h, c.HeadWidth()), true, nil)
	}
	copy(f.dot, f.scores)
	if f.root != 1 {
		for i, v := range f.scores {
			f.scores[i] = float32(float64(v) / f.root)
		}
	}
	f.mask(f.scores)
	return f.recorded(Scores{At: f.at, Dot: f.dot, Scores: f.scores, Root: f.root})
}

// mask sets the scores of keys that come after their query to minus infinity.
func (f *forward) mask(scores []float32) {
	if !f.m.opt.causal {
		return
	}
	never := float32(math.Inf(-1))
	for i := range scores {
		query, key := i/f.n%f.n, i%f.n
		if f.pos[key] > f.pos[query] {
			scores[i] = never
		}
	}
}

// attend: attention = softmax of each row of the scores [h, n, n].
func (f *forward) attend(b *block) xainb.Step {
	n := f.n
	for row := range f.m.cfg.Heads * n {
		highest, sum := softmax(f.attn[row*n:(row+1)*n], f.scores[row*n:(row+1)*n])
		if f.full {
			f.highest[row], f.sum[row] = highest, sum
		}
	}
	step := Softmax{At: f.at, Attention: f.attn, Root: f.root}
	if f.full {
		f.withoutRoot()
		f.norms(b)
		step.Dot, step.Scores, step.Max, step.Sum = f.dot, f.scores, f.highest, f.sum
		step.Unscaled, step.ValueNorm, step.Norm = f.unscaled, f.valueNorms, f.norm
		step.Entropy = entropy(f.attn, n)
	}
	return step
}

// withoutRoot: what the softmax would give here without the square root.
func (f *forward) withoutRoot() {
	if f.root == 1 {
		copy(f.unscaled, f.attn)
		return
	}
	n := f.n
	copy(f.unscaled, f.dot)
	f.mask(f.unscaled)
	for row := range f.m.cfg.Heads * n {
		softmax(f.unscaled[row*n:(row+1)*n], f.unscaled[row*n:(row+1)*n])
	}
}

// norms: ‖f(x_j)‖ with f(x) = (x W_V + b_V) W_O, W_O being the head's columns of the output projection, and its product with the weights.
func (f *forward) norms(b *block) {
	c, n := f.m.cfg, f.n
	d, k := c.Width, c.HeadWidth()
	for h := range c.Heads {
		product(view(f.tmp, n, d), f.head(f.v, h, k), matrix{data: b.output.w[h*k:], rows: d, cols: k, stride: d}, true, nil)
		norms := f.valueNorms[h*n : (h+1)*n]
		for j := range norms {
			var sum float64
			for _, v := range f.tmp[j*d : (j+1)*d] {
				sum += float64(v) * float64(v)
			}
			norms[j] = float32(math.Sqrt(sum))
		}
		for i := range n {
			at := (h*n + i) * n
			for j, v := range norms {
				f.norm[at+j] = f.attn[at+j] * v
			}
		}
	}
}

// mix: context = attention V for each head [h, n, d_k].
func (f *forward) mix(*block) xainb.Step {
	c := f.m.cfg
	for h := range c.Heads {
		product(f.head(f.context, h, c.HeadWidth()), f.head(f.attn, h, f.n), f.head(f.v, h, c.HeadWidth()), false, nil)
	}
	return f.recorded(Context{At: f.at, Context: f.context})
}

// feed: x = LayerNorm(x + concat(context) W_Oᵀ + b_O), then x = LayerNorm(x + W_2 gelu(W_1 x + b_1) + b_2), [n, d].
func (f *forward) feed(b *block) xainb.Step {
	c := f.m.cfg
	joined := f.q // free until the next layer
	joinHeads(joined, f.context, f.n, c.Heads, c.HeadWidth())
	b.output.apply(f.tmp, joined, f.n)
	add(f.x, f.tmp)
	b.attentionNorm.apply(f.x, f.n, c.Epsilon)
	b.up.apply(f.wide, f.x, f.n)
	f32.GELU(f.wide, f.wide)
	b.down.apply(f.tmp, f.wide, f.n)
	add(f.x, f.tmp)
	b.outputNorm.apply(f.x, f.n, c.Epsilon)
	return f.recorded(FeedForward{At: f.at, Hidden: f.x})
}
