package autodiff

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Layer is something with parameters. The functions that make layers take a random source for the first values; nil leaves zeros, for [Load] to
// set. Forward of a layer may run on tapes of several goroutines at a time (not that of a BatchNorm that trains, which changes it).
type Layer[T Float] interface{ Params() []*Param[T] }

// Params returns the parameters of several layers, in their order.
func Params[T Float](layers ...Layer[T]) []*Param[T] {
	var all []*Param[T]
	for _, l := range layers {
		all = append(all, l.Params()...)
	}
	return all
}

// uniform fills p with values between -bound and bound; with zeros without a source, for what Load is to set.
func uniform[T Float](p *Param[T], bound float64, r *rand.Rand) *Param[T] {
	if r == nil {
		return p
	}
	for i := range p.Value {
		p.Value[i] = T((2*r.Float64() - 1) * bound)
	}
	return p
}

// ones fills p with ones.
func ones[T Float](p *Param[T]) *Param[T] {
	for i := range p.Value {
		p.Value[i] = 1
	}
	return p
}

// Linear is x w + b.
type Linear[T Float] struct{ Weight, Bias *Param[T] } // in x out; out, or nil for none

// NewLinear returns a layer whose weights and biases are uniform within 1/sqrt(in), as PyTorch's are.
func NewLinear[T Float](name string, in, out int, r *rand.Rand) *Linear[T] {
	bound := 1 / math.Sqrt(float64(max(in, 1)))
	return &Linear[T]{uniform(NewParam[T](name+".weight", in, out), bound, r), uniform(NewParam[T](name+".bias", out), bound, r)}
}

// Params returns the weights and the bias.
func (l *Linear[T]) Params() []*Param[T] {
	if l == nil {
		return []*Param[T]{nil} // which Backward makes an error
	}
	return withBias(l.Weight, l.Bias)
}

// Forward returns the layer's result for x, ... x in.
func (l *Linear[T]) Forward(t *Tape[T], x Tensor[T]) Tensor[T] {
	if l == nil {
		return t.fail("Linear: the layer is nil: make it with NewLinear")
	}
	if l.Bias == nil {
		return x.MatMul(t.Use(l.Weight))
	}
	return x.Dense(t.Use(l.Weight), t.Use(l.Bias))
}

// withBias returns the parameters of a layer whose bias may be nil.
func withBias[T Float](weight, bias *Param[T]) []*Param[T] {
	if bias == nil {
		return []*Param[T]{weight}
	}
	return []*Param[T]{weight, bias}
}

// MLP is linear layers with an activation between them, a multilayer perceptron.
type MLP[T Float] struct {
	Layers     []*Linear[T]
	Activation func(x Tensor[T]) Tensor[T]
}

// NewMLP returns a network from sizes[0] values to the last size: NewMLP[float32]("d", []int{2, 64, 1}, autodiff.Tensor[float32].Tanh, random).
// Its layers are called "d.0" and so on.
func NewMLP[T Float](name string, sizes []int, activation func(x Tensor[T]) Tensor[T], r *rand.Rand) *MLP[T] {
	l := &MLP[T]{Activation: activation}
	for i := 1; i < len(sizes); i++ {
		l.Layers = append(l.Layers, NewLinear[T](fmt.Sprintf("%s.%d", name, i-1), sizes[i-1], sizes[i], r))
	}
	return l
}

// Params returns the layers' parameters.
func (l *MLP[T]) Params() []*Param[T] {
	var all []*Param[T]
	for _, layer := range l.Layers {
		all = append(all, layer.Params()...)
	}
	return all
}

// Forward returns the network's result for x, ... x sizes[0].
func (l *MLP[T]) Forward(t *Tape[T], x Tensor[T]) Tensor[T] {
	if len(l.Layers) == 0 || len(l.Layers) > 1 && l.Activation == nil {
		return t.fail("MLP: %d layers and an activation between them are needed: make it with NewMLP, of two sizes or more", len(l.Layers))
	}
	for i, layer := range l.Layers {
		if i > 0 {
			x = l.Activation(x)
		}
		x = layer.Forward(t, x)
	}
	return x
}

// Conv2D is a convolution with a bias for each channel.
type Conv2D[T Float] struct {
	Weight, Bias *Param[T] // out x in/groups x k x k; out, or nil for none
	Window       Window
}

// NewConv2D returns a convolution of windows k x k; its parameters begin as those of NewLinear for what a window sees.
func NewConv2D[T Float](name string, in, out, k int, w Window, r *rand.Rand) *Conv2D[T] {
	in /= max(w.Groups, 1)
	bound := 1 / math.Sqrt(float64(max(in*k*k, 1)))
	return &Conv2D[T]{uniform(NewParam[T](name+".weight", out, in, k, k), bound, r), uniform(NewParam[T](name+".bias", out), bound, r), w}
}

// Params returns the weights and the bias.
func (l *Conv2D[T]) Params() []*Param[T] { return withBias(l.Weight, l.Bias) }

// Forward returns the layer's result for images n x in x h x w.
func (l *Conv2D[T]) Forward(t *Tape[T], x Tensor[T]) Tensor[T] {
	var bias Tensor[T]
	if l.Bias != nil {
		bias = t.Use(l.Bias)
	}
	return x.Conv2D(t.Use(l.Weight), bias, l.Window)
}

// LayerNorm normalises the last dimension.
type LayerNorm[T Float] struct {
	Gain, Bias *Param[T]
	Eps        T // 0 means 1e-5
}

// NewLayerNorm returns a layer for a last dimension of n; it begins with gains of 1 and biases of 0.
func NewLayerNorm[T Float](name string, n int) *LayerNorm[T] {
	return &LayerNorm[T]{Gain: ones(NewParam[T](name+".weight", n)), Bias: NewParam[T](name+".bias", n)}
}

// Params returns the gains and the biases.
func (l *LayerNorm[T]) Params() []*Param[T] {
	if l == nil {
		return []*Param[T]{nil}
	}
	return []*Param[T]{l.Gain, l.Bias}
}

// Forward returns the layer's result for x, ... x n.
func (l *LayerNorm[T]) Forward(t *Tape[T], x Tensor[T]) Tensor[T] {
	if l == nil {
		return t.fail("LayerNorm: the layer is nil: make it with NewLayerNorm")
	}
	eps := l.Eps
	if eps == 0 {
		eps = 1e-5
	}
	return x.LayerNorm(t.Use(l.Gain), t.Use(l.Bias), eps)
}

// BatchNorm normalises each channel of n x c, or of n x c x h x w: over the batch while it trains, by what it has seen afterwards.
// (Ioffe and Szegedy 2015.)
type BatchNorm[T Float] struct {
	Gain, Bias     *Param[T]
	Mean, Variance *Param[T] // seen so far; frozen
	Momentum       T         // the weight of the newest batch in them; 0 means 0.1
	Eps            T         // 0 means 1e-5
	Train          bool
}

// NewBatchNorm returns a layer that trains; it begins with gains and variances of 1, biases and means of 0.
func NewBatchNorm[T Float](name string, channels int) *BatchNorm[T] {
	b := &BatchNorm[T]{
		Gain: ones(NewParam[T](name+".weight", channels)), Bias: NewParam[T](name+".bias", channels),
		Mean: NewParam[T](name+".running_mean", channels), Variance: ones(NewParam[T](name+".running_var", channels)), Train: true,
	}
	b.Mean.Frozen, b.Variance.Frozen = true, true
	return b
}

// Params returns the statistics too, so that they are saved; being frozen they are not trained.
func (l *BatchNorm[T]) Params() []*Param[T] { return []*Param[T]{l.Gain, l.Bias, l.Mean, l.Variance} }

// Forward returns the layer's result for x. While it trains, the mean and the variance over the batch are used and enter Mean and Variance, the
// variance as that of a sample: times n/(n-1) for n values of a channel. One value alone is an error then.
func (l *BatchNorm[T]) Forward(t *Tape[T], x Tensor[T]) Tensor[T] {
	n := t.own("BatchNorm", x)
	if n == nil {
		return Tensor[T]{}
	}
	s, c := n.shape, 0
	for _, p := range [...]*Param[T]{l.Gain, l.Bias, l.Mean, l.Variance} {
		if err := p.check(); err != nil {
			return t.fail("BatchNorm: %w", err)
		}
		if c = len(p.Value); c != len(l.Gain.Value) {
			return t.fail("BatchNorm: %d gains, and %s has %d values", len(l.Gain.Value), p.Name, c)
		}
	}
	if s.n != 2 && s.n != 4 || s.d[1] != c {
		return t.fail("BatchNorm: %v for %d channels", s, c)
	}
	count := s.size() / max(c, 1)
	if l.Train && count < 2 {
		return t.fail("BatchNorm: %v has %d values of a channel: to train takes two", s, count)
	}
	flat, per, over := x, shapeOf(1, c), []int{0}
	if s.n == 4 { // rows of h w, which are longer than those of w
		flat, per, over = x.reshape(shapeOf(s.d[0], c, s.d[2]*s.d[3])), shapeOf(1, c, 1), []int{0, 2}
	}
	eps := l.Eps
	if eps == 0 {
		eps = 1e-5
	}
	var centred, variance Tensor[T]
	if l.Train {
		mean := flat.Mean(over...)
		centred = flat.Sub(mean)
		variance = centred.Square().Mean(over...)
		l.observe(mean.Value(), variance.Value(), T(count))
	} else {
		centred, variance = flat.Sub(t.Use(l.Mean).reshape(per)), t.Use(l.Variance).reshape(per)
	}
	scale := t.Use(l.Gain).reshape(per).Div(variance.Affine(1, eps).Sqrt())
	return centred.Mul(scale).Add(t.Use(l.Bias).reshape(per)).reshape(s)
}

// observe lets a batch's statistics, of n values of each channel, into what has been seen.
func (l *BatchNorm[T]) observe(mean, variance []T, n T) {
	momentum := l.Momentum
	if momentum == 0 {
		momentum = 0.1
	}
	for i := range variance {
		l.Mean.Value[i] += momentum * (mean[i] - l.Mean.Value[i])
		l.Variance.Value[i] += momentum * (variance[i]*n/(n-1) - l.Variance.Value[i])
	}
	l.Mean.version++
	l.Variance.version++
}

// Embedding is a table of vectors.
type Embedding[T Float] struct{ Table *Param[T] } // rows x n

// NewEmbedding returns a table of normal values of the given standard deviation.
func NewEmbedding[T Float](name string, rows, n int, deviation float64, r *rand.Rand) *Embedding[T] {
	p := NewParam[T](name+".weight", rows, n)
	if r != nil {
		for i := range p.Value {
			p.Value[i] = T(r.NormFloat64() * deviation)
		}
	}
	return &Embedding[T]{p}
}

// Params returns the table.
func (l *Embedding[T]) Params() []*Param[T] { return []*Param[T]{l.Table} }

// Forward returns the rows' vectors: len(rows) x n.
func (l *Embedding[T]) Forward(t *Tape[T], rows []int32) Tensor[T] {
	return t.Use(l.Table).Gather(rows)
}

// MultiHeadAttention is self-attention with several heads. (Vaswani et al. 2017, section 3.2.2.)
type MultiHeadAttention[T Float] struct {
	Query, Key, Value, Out *Linear[T]
	Heads                  int
}

// NewMultiHeadAttention returns the layer for vectors of n; heads divides n.
func NewMultiHeadAttention[T Float](name string, n, heads int, r *rand.Rand) *MultiHeadAttention[T] {
	return &MultiHeadAttention[T]{
		Query: NewLinear[T](name+".query", n, n, r), Key: NewLinear[T](name+".key", n, n, r),
		Value: NewLinear[T](name+".value", n, n, r), Out: NewLinear[T](name+".out", n, n, r), Heads: heads,
	}
}

// Params returns those of the four layers.
func (l *MultiHeadAttention[T]) Params() []*Param[T] {
	if l == nil {
		return []*Param[T]{nil}
	}
	return Params[T](l.Query, l.Key, l.Value, l.Out)
}

// Forward returns the result for x, batch x tokens x n, and the weights, batch x heads x tokens x tokens. mask is added to the scores unless it
// is the zero Tensor.
func (l *MultiHeadAttention[T]) Forward(t *Tape[T], x, mask Tensor[T]) (out, weights Tensor[T]) {
	if l == nil {
		return t.fail("MultiHeadAttention: the layer is nil: make it with NewMultiHeadAttention"), Tensor[T]{}
	}
	a := t.own("MultiHeadAttention", x)
	if a == nil {
		return Tensor[T]{}, Tensor[T]{}
	}
	s := a.shape
	if s.n != 3 || l.Heads <= 0 || s.d[2]%l.Heads != 0 {
		return t.fail("MultiHeadAttention: %v in %d heads", s, l.Heads), Tensor[T]{}
	}
	heads := func(p *Linear[T]) Tensor[T] {
		return p.Forward(t, x).reshape(shapeOf(s.d[0], s.d[1], l.Heads, s.d[2]/l.Heads)).Transpose(0, 2, 1, 3)
	}
	y, weights := Attention(heads(l.Query), heads(l.Key), heads(l.Value), mask)
	return l.Out.Forward(t, y.Transpose(0, 2, 1, 3).reshape(s)), weights
}

// TransformerBlock is attention and a feed-forward network, each behind a normalisation and added to what it was given ("pre-norm").
type TransformerBlock[T Float] struct {
	Attention    *MultiHeadAttention[T]
	Norm1, Norm2 *LayerNorm[T]
	Up, Down     *Linear[T]
}

// NewTransformerBlock returns a block for vectors of n, with hidden values in the feed-forward network.
func NewTransformerBlock[T Float](name string, n, heads, hidden int, r *rand.Rand) *TransformerBlock[T] {
	return &TransformerBlock[T]{
		Attention: NewMultiHeadAttention[T](name+".attention", n, heads, r),
		Norm1:     NewLayerNorm[T](name+".norm1", n), Norm2: NewLayerNorm[T](name+".norm2", n),
		Up: NewLinear[T](name+".up", n, hidden, r), Down: NewLinear[T](name+".down", hidden, n, r),
	}
}

// Params returns those of the attention, the normalisations and the feed-forward network.
func (l *TransformerBlock[T]) Params() []*Param[T] {
	return Params[T](l.Attention, l.Norm1, l.Norm2, l.Up, l.Down)
}

// Forward returns the result for x, batch x tokens x n, and the attention's weights.
func (l *TransformerBlock[T]) Forward(t *Tape[T], x, mask Tensor[T]) (out, weights Tensor[T]) {
	y, weights := l.Attention.Forward(t, l.Norm1.Forward(t, x), mask)
	x = x.Add(y)
	return x.Add(l.Down.Forward(t, l.Up.Forward(t, l.Norm2.Forward(t, x)).GELU())), weights
}
