package attention

import (
	"math"
	"slices"
)

// naive is the oracle: the equations of doc.go one by one, in float64, with explicit loops over tokens, heads and features, sharing nothing
// with the package but the weights. It computes what each phase of each layer should be.
type naive struct {
	w                          *weights
	c                          Config
	causal, unscaled, unplaced bool
	places                     []int // position of each token; nil means 0, 1, 2...
}

// naiveLayer holds the fields of one layer under the names that the frames use.
type naiveLayer map[string][]float64

func (o naive) run(ids []int) (embeddings []float64, layers []naiveLayer) {
	n, d := len(ids), o.c.Width
	places := o.places
	if places == nil {
		for i := range n {
			places = append(places, i)
		}
	}
	x := make([]float64, n*d)
	for i, id := range ids {
		for j := range d {
			x[i*d+j] = float64(o.w.words[id*d+j]) + float64(o.w.segments[j])
			if !o.unplaced {
				x[i*d+j] += float64(o.w.positions[places[i]*d+j])
			}
		}
	}
	x = o.normalise(x, o.w.norm)
	embeddings = x
	for i := range o.w.blocks {
		l := o.layer(&o.w.blocks[i], x, places)
		layers = append(layers, l)
		x = l["hidden"]
	}
	return embeddings, layers
}

func (o naive) layer(b *block, x []float64, places []int) naiveLayer {
	d, h := o.c.Width, o.c.Heads
	n, k := len(x)/d, d/h
	q, key, v := linear(x, b.query), linear(x, b.key), linear(x, b.value)
	root := math.Sqrt(float64(k))
	if o.unscaled {
		root = 1
	}
	out := naiveLayer{}
	put := func(name string, value float64) { out[name] = append(out[name], value) }
	joined := make([]float64, n*d)
	for head := range h {
		at := func(m []float64, token, feature int) float64 { return m[token*d+head*k+feature] }
		for i := range n {
			for a := range k {
				put("query", at(q, i, a))
				put("key", at(key, i, a))
				put("value", at(v, i, a))
			}
		}
		norms := transformed(b.output, v, head, d, k)
		out["value_norm"] = append(out["value_norm"], norms...)
		for i := range n {
			dots, scores := make([]float64, n), make([]float64, n)
			for j := range n {
				for a := range k {
					dots[j] += at(q, i, a) * at(key, j, a)
				}
				put("dot", dots[j])
				scores[j] = dots[j] / root
				if o.causal && places[j] > places[i] {
					scores[j], dots[j] = math.Inf(-1), math.Inf(-1)
				}
				put("scores", scores[j])
			}
			weights, most, total := soften(scores)
			unscaled, _, _ := soften(dots)
			put("max", most)
			put("sum", total)
			for j := range n {
				put("attention", weights[j])
				put("unscaled", unscaled[j])
				put("norm", weights[j]*norms[j])
			}
			for a := range k {
				c := 0.0
				for j := range n {
					c += weights[j] * at(v, j, a)
				}
				put("context", c)
				joined[i*d+head*k+a] = c
			}
		}
	}
	y := o.normalise(plus(x, linear(joined, b.output)), b.attentionNorm)
	wide := linear(y, b.up)
	for i, z := range wide {
		wide[i] = z * 0.5 * math.Erfc(-z/math.Sqrt2) // z Φ(z)
	}
	out["hidden"] = o.normalise(plus(y, linear(wide, b.down)), b.outputNorm)
	return out
}

// transformed gives ‖f(x_j)‖ for one head: the value, through the columns of the output projection that belong to the head.
func transformed(output dense, v []float64, head, d, k int) (norms []float64) {
	for j := range len(v) / d {
		sum := 0.0
		for row := range d {
			f := 0.0
			for a := range k {
				f += v[j*d+head*k+a] * float64(output.w[row*d+head*k+a])
			}
			sum += f * f
		}
		norms = append(norms, math.Sqrt(sum))
	}
	return norms
}

func soften(x []float64) (weights []float64, most, total float64) {
	most = slices.Max(x)
	for _, v := range x {
		weights = append(weights, math.Exp(v-most))
		total += math.Exp(v - most)
	}
	for i := range weights {
		weights[i] /= total
	}
	return weights, most, total
}

func linear(x []float64, l dense) []float64 {
	var out []float64
	for row := range len(x) / l.in {
		for o := range l.out {
			sum := float64(l.b[o])
			for i := range l.in {
				sum += x[row*l.in+i] * float64(l.w[o*l.in+i])
			}
			out = append(out, sum)
		}
	}
	return out
}

func plus(a, b []float64) []float64 {
	out := slices.Clone(a)
	for i := range out {
		out[i] += b[i]
	}
	return out
}

func (o naive) normalise(x []float64, l layerNorm) []float64 {
	d := o.c.Width
	out := make([]float64, len(x))
	for row := 0; row < len(x); row += d {
		mean, variance := 0.0, 0.0
		for _, v := range x[row : row+d] {
			mean += v / float64(d)
		}
		for _, v := range x[row : row+d] {
			variance += (v - mean) * (v - mean) / float64(d)
		}
		for j := range d {
			out[row+j] = (x[row+j]-mean)/math.Sqrt(variance+o.c.Epsilon)*float64(l.gain[j]) + float64(l.bias[j])
		}
	}
	return out
}
