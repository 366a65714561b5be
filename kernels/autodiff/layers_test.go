package autodiff

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

type (
	tp = *Tape[float64]
	tn = Tensor[float64]
)

// fill is what PyTorch was given too: sin(k), sin(k+0.7), ...
func fill(k, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = math.Sin(float64(k) + 0.7*float64(i))
	}
	return x
}

// torch returns values that PyTorch 2.3.1 computed in float64 from the same numbers, by name.
func torch(t *testing.T, name string) []float64 {
	t.Helper()
	var all map[string][]number
	golden(t, "torch-2.3.1.json", &all)
	if all[name] == nil {
		t.Fatalf("no values named %q", name)
	}
	return convert[float64](all[name])
}

// number is one that JSON has no word for too: "nan", "inf", "-inf".
type number float64

func (n *number) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(text), `"`), 64)
	*n = number(v)
	return err
}

func causal(n int) []float64 {
	mask := make([]float64, n*n)
	for i := range n {
		for j := i + 1; j < n; j++ {
			mask[i*n+j] = math.Inf(-1)
		}
	}
	return mask
}

// The gradient of each layer, with respect to its input and its parameters, against central differences.
func TestLayerGradients(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	linear, conv := NewLinear[float64]("linear", 4, 3, r), NewConv2D[float64]("conv", 2, 4, 3, Window{Stride: 2, Pad: Same(3), Groups: 2}, r)
	bare, bareConv := &Linear[float64]{Weight: linear.Weight}, &Conv2D[float64]{Weight: conv.Weight, Window: conv.Window}
	norm, batch, still := NewLayerNorm[float64]("norm", 4), NewBatchNorm[float64]("batch", 2), NewBatchNorm[float64]("still", 2)
	still.Train = false
	table := NewEmbedding[float64]("table", 5, 3, 1, r)
	mlp := NewMLP[float64]("mlp", []int{4, 5, 3, 2}, Tensor[float64].Tanh, r)
	heads, block := NewMultiHeadAttention[float64]("heads", 4, 2, r), NewTransformerBlock[float64]("block", 4, 2, 6, r)
	masked := func(f func(t tp, x, mask tn) (tn, tn)) func(t tp, x tn) tn {
		return func(t tp, x tn) tn { y, _ := f(t, x, t.Const(causal(3), 3, 3)); return y }
	}
	open := func(f func(t tp, x, mask tn) (tn, tn)) func(t tp, x tn) tn {
		return func(t tp, x tn) tn { y, _ := f(t, x, tn{}); return y }
	}
	for _, c := range []struct {
		name   string
		layer  Layer[float64]
		input  []int
		f      func(t tp, x tn) tn
		frozen int // parameters that have no gradient
	}{
		{"Linear", linear, []int{2, 3, 4}, linear.Forward, 0},
		{"Linear without a bias", bare, []int{2, 4}, bare.Forward, 0},
		{"MLP", mlp, []int{2, 4}, mlp.Forward, 0},
		{"a parameter", linear.Weight, []int{4, 3}, func(t tp, x tn) tn { return x.Mul(t.Use(linear.Weight)) }, 0},
		{"Conv2D", conv, []int{2, 2, 5, 4}, conv.Forward, 0},
		{"Conv2D without a bias", bareConv, []int{2, 2, 5, 4}, bareConv.Forward, 0},
		{"LayerNorm", norm, []int{3, 4}, norm.Forward, 0},
		{"BatchNorm of rows", batch, []int{5, 2}, batch.Forward, 2},
		{"BatchNorm of images", batch, []int{3, 2, 2, 3}, batch.Forward, 2},
		{"BatchNorm after training", still, []int{3, 2, 2, 3}, still.Forward, 2},
		{"Embedding", table, []int{1}, func(t tp, x tn) tn { return table.Forward(t, []int32{4, 0, 4}).Mul(x) }, 0},
		{"MultiHeadAttention", heads, []int{2, 3, 4}, open(heads.Forward), 0},
		{"MultiHeadAttention, masked", heads, []int{2, 3, 4}, masked(heads.Forward), 0},
		{"TransformerBlock", block, []int{2, 3, 4}, open(block.Forward), 0},
		{"TransformerBlock, masked", block, []int{2, 3, 4}, masked(block.Forward), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			params := c.layer.Params()
			for i, p := range params {
				copy(p.Value, random(len(p.Value), uint64(i+9))) // gains that are not 1, biases that are not 0
			}
			copy(still.Variance.Value, positive(2, 1))
			data := random(shapeOf(c.input...).size(), 77)
			tape := New[float64]()
			x := tape.Var(data, c.input...)
			loss := weighted(tape, c.f(tape, x))
			dx := tape.Grad(loss, x)[0].Value()
			if err := tape.Backward(loss, params...); err != nil {
				t.Fatal(err)
			}
			value := func() float64 {
				tape := New[float64]()
				return weighted(tape, c.f(tape, tape.Const(data, c.input...))).Item()
			}
			closeTo(t, "input", dx, numeric(data, value), 1e-7)
			for _, p := range params {
				if p.Frozen {
					c.frozen--
					continue
				}
				closeTo(t, p.Name, p.Grad, numeric(p.Value, value), 1e-7)
			}
			if c.frozen != 0 {
				t.Errorf("%d frozen parameters more than there should be", -c.frozen)
			}
		})
	}
}

// BatchNorm2d over three batches: the running statistics with two momenta, the last result, what it gives afterwards, and a gradient.
func TestBatchNormGolden(t *testing.T) {
	for _, momentum := range []float64{0.1, 0.3} {
		l := NewBatchNorm[float64]("l", 2)
		copy(l.Gain.Value, fill(1, 2))
		copy(l.Bias.Value, fill(2, 2))
		name := "0.1"
		if momentum != 0.1 { // which is the default
			l.Momentum, name = momentum, "0.3"
		}
		tape := New[float64]()
		var y tn
		for s := range 3 {
			tape.Reset()
			y = l.Forward(tape, tape.Const(fill(3+s, 12), 3, 2, 1, 2))
		}
		closeTo(t, "mean", l.Mean.Value, torch(t, "bn mean "+name), 1e-12)
		closeTo(t, "variance", l.Variance.Value, torch(t, "bn var "+name), 1e-12)
		if momentum == 0.1 {
			continue
		}
		closeTo(t, "while training", y.Value(), torch(t, "bn train"), 1e-12)
		l.Train = false
		closeTo(t, "afterwards", l.Forward(tape, tape.Const(fill(3, 4), 1, 2, 1, 2)).Value(), torch(t, "bn eval"), 1e-12)
		l.Train = true
		x := tape.Var(fill(3, 12), 3, 2, 1, 2)
		loss := l.Forward(tape, x).Mul(tape.Const(fill(9, 12), 3, 2, 1, 2)).Sum()
		closeTo(t, "gradient", tape.Grad(loss, x)[0].Value(), torch(t, "bn grad"), 1e-11)
	}
}

// TransformerEncoderLayer(4, 2, 6, dropout 0, "gelu", batch first, norm first), whose weights are transposed ones.
func TestTransformerBlockGolden(t *testing.T) {
	block := NewTransformerBlock[float64]("block", 4, 2, 6, nil)
	for i, p := range block.Params() {
		copy(p.Value, fill(1+i, len(p.Value)))
	}
	for _, name := range []string{"none", "causal"} {
		tape := New[float64]()
		var mask tn
		if name == "causal" {
			mask = tape.Const(causal(3), 3, 3)
		}
		x := tape.Var(fill(0, 24), 2, 3, 4)
		y, weights := block.Forward(tape, x, mask)
		closeTo(t, name, y.Value(), torch(t, name), 1e-12)
		for i, w := range weights.Value() {
			if row, col := i/3%3, i%3; name == "causal" && col > row && w != 0 {
				t.Errorf("token %d looks at token %d: %v", row, col, w)
			}
		}
		loss := y.Mul(tape.Const(fill(9, 24), 2, 3, 4)).Sum()
		closeTo(t, name+" gradient", tape.Grad(loss, x)[0].Value(), torch(t, name+" grad"), 1e-10)
		if err := tape.Backward(loss, block.Params()...); err != nil {
			t.Fatal(err)
		}
		if name == "causal" {
			closeTo(t, "gradient of the query's weights", block.Attention.Query.Weight.Grad, torch(t, "query grad"), 1e-10)
		}
	}
}

// First values: within PyTorch's bounds, the same for the same seed, zeros without a source.
func TestFirstValues(t *testing.T) {
	values := func(r *rand.Rand) []float64 {
		var all []float64
		for _, p := range Params[float64](NewLinear[float64]("l", 9, 50, r), NewConv2D[float64]("c", 2, 50, 3, Window{Groups: 2}, r)) {
			all = append(all, p.Value...)
		}
		return all
	}
	a, b := values(rand.New(rand.NewPCG(1, 2))), values(rand.New(rand.NewPCG(1, 2)))
	top := 0.0
	for i, v := range a {
		if top = max(top, math.Abs(v)); v != b[i] {
			t.Fatalf("value %d is %v, then %v", i, v, b[i])
		}
	}
	if top > 1.0/3 || top < 0.33 { // both see nine values
		t.Errorf("the largest is %v, the bound 1/3", top)
	}
	for _, v := range append(values(nil), NewEmbedding[float64]("e", 2, 3, 1, nil).Table.Value...) {
		if v != 0 {
			t.Fatalf("%v without a source", v)
		}
	}
}

// What a layer cannot do is an error on the tape that says why, and statistics stay what they were.
func TestLayerMistakes(t *testing.T) {
	batch := NewBatchNorm[float64]("b", 2)
	short := NewBatchNorm[float64]("short", 2)
	short.Mean = NewParam[float64]("short.running_mean", 1)
	for _, c := range []struct {
		name, want string
		f          func(t tp) tn
	}{
		{"nil weight", "nil", func(t tp) tn { return (&Linear[float64]{}).Forward(t, t.Full(1, 2, 3)) }},
		{"nil weight of a convolution", "nil", func(t tp) tn { return (&Conv2D[float64]{}).Forward(t, t.Full(1, 2, 1, 3, 3)) }},
		{"nil gain", "nil", func(t tp) tn { return (&BatchNorm[float64]{}).Forward(t, t.Full(1, 2, 3)) }},
		{"nil gain of a LayerNorm", "nil", func(t tp) tn { return (&LayerNorm[float64]{}).Forward(t, t.Full(1, 2, 3)) }},
		{"nil table", "nil", func(t tp) tn { return (&Embedding[float64]{}).Forward(t, []int32{0}) }},
		{"negative sizes", "-1", func(t tp) tn { return NewLinear[float64]("l", -1, 2, nil).Forward(t, t.Full(1, 2, 3)) }},
		{"other channels", "2x3", func(t tp) tn { return batch.Forward(t, t.Full(1, 2, 3)) }},
		{"three dimensions", "2x2x2", func(t tp) tn { return batch.Forward(t, t.Full(1, 2, 2, 2)) }},
		{"one value", "two", func(t tp) tn { return batch.Forward(t, t.Full(1, 1, 2)) }},
		{"no values", "two", func(t tp) tn { return batch.Forward(t, t.Full(1, 0, 2)) }},
		{"another tape", "tape", func(t tp) tn {
			batch.Forward(t, New[float64]().Full(1, 4, 2))
			return tn{}
		}},
		{"short statistics", "short.running_mean", func(t tp) tn { return short.Forward(t, t.Full(1, 4, 2)) }},
		{"heads that do not divide", "3 heads", func(t tp) tn {
			y, _ := NewMultiHeadAttention[float64]("a", 4, 3, nil).Forward(t, t.Full(1, 1, 2, 4), tn{})
			return y
		}},
		{"no heads", "0 heads", func(t tp) tn {
			y, _ := NewMultiHeadAttention[float64]("a", 4, 0, nil).Forward(t, t.Full(1, 1, 2, 4), tn{})
			return y
		}},
		{"a mask that does not fit", "5x5", func(t tp) tn {
			y, _ := NewTransformerBlock[float64]("b", 4, 2, 4, nil).Forward(t, t.Full(1, 1, 2, 4), t.Full(0, 5, 5))
			return y
		}},
		{"a row that is not there", "row 7", func(t tp) tn { return NewEmbedding[float64]("e", 3, 2, 1, nil).Forward(t, []int32{7}) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			tape := New[float64]()
			y := c.f(tape)
			if err := tape.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, expected one with %q", err, c.want)
			}
			if y.Value() != nil {
				t.Error("there is a result")
			}
		})
	}
	if batch.Mean.Value[0] != 0 || batch.Variance.Value[0] != 1 {
		t.Errorf("the statistics have become %v and %v", batch.Mean.Value, batch.Variance.Value)
	}
}
