package attention

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

var (
	_ xainb.Explainer[string] = (*Model)(nil)
	_ xainb.Source            = (*Recording)(nil)
	_ xainb.Step              = Softmax{}
)

const sentence = "The cats sat on the mat, unable." // 13 tokens of tinyVocab

// near fails where got and want differ by more than tol, absolute or relative to the largest.
func near(t *testing.T, what string, got []float32, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i, g := range got {
		w := want[i]
		if math.IsInf(w, 0) && float64(g) == w {
			continue
		}
		if diff := math.Abs(float64(g) - w); !(diff <= tol*max(1, math.Abs(w))) {
			t.Fatalf("%s[%d]: %v, want %v", what, i, g, w)
		}
	}
}

// frames collects the frames of a track by phase.
func frames(t *testing.T, r xainb.Source, phase string) []*xainb.Snapshot {
	t.Helper()
	track := r.Track()
	if err := track.Err(); err != nil {
		t.Fatal(err)
	}
	var out []*xainb.Snapshot
	for _, f := range track.Frames() {
		if f.Phase == phase {
			out = append(out, f)
		}
	}
	return out
}

// All fields of all phases against the float64 oracle, under each option.
func TestForwardAgainstOracle(t *testing.T) {
	_, order := Shuffle(sentence, 3)
	for name, c := range map[string]struct {
		opts   []Option
		oracle naive
	}{
		"plain":             {nil, naive{}},
		"causal":            {[]Option{Causal()}, naive{causal: true}},
		"unscaled":          {[]Option{Unscaled()}, naive{unscaled: true}},
		"without positions": {[]Option{WithoutPositions()}, naive{unplaced: true}},
		"causal, unscaled":  {[]Option{Causal(), Unscaled()}, naive{causal: true, unscaled: true}},
		"shuffled":          {[]Option{Shuffled(3)}, naive{}},
		"shuffled, causal":  {[]Option{Shuffled(3), Causal()}, naive{causal: true}},
	} {
		t.Run(name, func(t *testing.T) {
			m := newTiny(tinyConfig).load(t, c.opts...)
			r := m.Record(sentence)
			if r.Err() != nil || r.Len() != 1+5*tinyConfig.Layers || r.Layers != 2 || r.Heads != 3 {
				t.Fatal(r.Err(), r.Len(), r.Layers, r.Heads)
			}
			enc, err := m.Tokenizer().Encode(sentence)
			if err != nil {
				t.Fatal(err)
			}
			c.oracle.w, c.oracle.c = m.w, m.cfg
			if m.opt.shuffle {
				c.oracle.places = places(enc, order)
			}
			embeddings, layers := c.oracle.run(enc.IDs)
			near(t, "embeddings", frames(t, r, PhaseEmbeddings)[0].Field("hidden").Data, embeddings, 2e-6)
			for phase, fields := range map[string][]string{
				PhaseProjections: {"query", "key", "value"},
				PhaseScores:      {"dot", "scores"},
				PhaseSoftmax:     {"attention", "dot", "scores", "unscaled", "norm", "max", "sum", "value_norm"},
				PhaseContext:     {"context"},
				PhaseFeedForward: {"hidden"},
			} {
				got := frames(t, r, phase)
				if len(got) != len(layers) {
					t.Fatalf("%s: %d frames", phase, len(got))
				}
				for l, f := range got {
					if f.Time != float64(l+1) || f.TimeName != "layer" || len(f.Fields) != len(fields) {
						t.Errorf("%s: time %v %s, fields %d", phase, f.Time, f.TimeName, len(f.Fields))
					}
					for _, field := range fields {
						near(t, fmt.Sprintf("layer %d %s %s", l+1, phase, field), f.Field(field).Data, layers[l][field], 2e-5)
					}
				}
			}
		})
	}
}

// places is where each token stands in the sentence whose words are in that order.
func places(enc *Encoding, order []int) []int {
	out := make([]int, len(enc.IDs))
	next := 1
	for _, word := range order {
		for i, w := range enc.Words {
			if w == word {
				out[i] = next
				next++
			}
		}
	}
	out[len(out)-1] = next
	return out
}

func TestLabelsAndDimensions(t *testing.T) {
	r := newTiny(tinyConfig).load(t).Record(sentence)
	want := []string{"[CLS]", "the", "cat", "##s", "sat", "on", "the", "mat", ",", "un", "##able", ".", "[SEP]"}
	if !slices.Equal(r.Tokens, want) || r.Text != sentence || r.Shuffled != "" {
		t.Errorf("tokens %v, text %q, shuffled %q", r.Tokens, r.Text, r.Shuffled)
	}
	for phase, dims := range map[string]map[string]string{
		PhaseEmbeddings:  {"hidden": "[token=13 feature=12]"},
		PhaseProjections: {"query": "[head=3 token=13 feature=4]", "value": "[head=3 token=13 feature=4]"},
		PhaseScores:      {"dot": "[head=3 query=13 key=13]", "scores": "[head=3 query=13 key=13]"},
		PhaseSoftmax:     {"attention": "[head=3 query=13 key=13]", "max": "[head=3 query=13]", "value_norm": "[head=3 key=13]"},
		PhaseContext:     {"context": "[head=3 token=13 feature=4]"},
		PhaseFeedForward: {"hidden": "[token=13 feature=12]"},
	} {
		f := frames(t, r, phase)[0]
		for field, want := range dims {
			var got []string
			for _, d := range f.Field(field).Dims {
				got = append(got, fmt.Sprintf("%s=%d", d.Name, d.Size))
				if labels := f.LabelsOf(d.Name); d.Name != "feature" && len(labels) != d.Size {
					t.Errorf("%s %s: %d labels for %s", phase, field, len(labels), d.Name)
				}
			}
			if s := "[" + strings.Join(got, " ") + "]"; s != want {
				t.Errorf("%s %s: %s, want %s", phase, field, s, want)
			}
		}
	}
	soft := frames(t, r, PhaseSoftmax)[1]
	if soft.Kind != xainb.KindAttention || !soft.Key || !slices.Equal(soft.LabelsOf("key"), r.Tokens) {
		t.Errorf("softmax: kind %q, key %v, labels %v", soft.Kind, soft.Key, soft.LabelsOf("key"))
	}
	if root, _ := soft.Scalar("root"); root != 2 {
		t.Errorf("root %v, want √4", root)
	}
	if e, ok := soft.Scalar("entropy"); !ok || e <= 0 || e > math.Log(13) {
		t.Errorf("entropy %v is not in (0, ln 13]", e)
	}
}

// Rows sum to 1, no weight is negative, and the fields of a cell fit its arithmetic.
func TestArithmeticOfACell(t *testing.T) {
	for name, opts := range map[string][]Option{"plain": nil, "causal": {Causal()}, "unscaled": {Unscaled()}} {
		r := newTiny(tinyConfig).load(t, opts...).Record(sentence)
		for _, f := range frames(t, r, PhaseSoftmax) {
			field := func(name string) []float32 { return f.Field(name).Data }
			n := len(r.Tokens)
			for row := range r.Heads * n {
				sum := 0.0
				for j := range n {
					at := row*n + j
					a, s := field("attention")[at], field("scores")[at]
					sum += float64(a)
					if a < 0 || math.Abs(float64(a)-math.Exp(float64(s-field("max")[row]))/float64(field("sum")[row])) > 1e-6 {
						t.Fatalf("%s: attention %v, score %v, max %v, sum %v", name, a, s, field("max")[row], field("sum")[row])
					}
					if root, _ := f.Scalar("root"); !math.IsInf(float64(s), -1) && s != float32(float64(field("dot")[at])/root) {
						t.Fatalf("%s: score %v, dot %v", name, s, field("dot")[at])
					}
					if want := a * field("value_norm")[row/n*n+j]; field("norm")[at] != want {
						t.Fatalf("%s: norm %v, want %v", name, field("norm")[at], want)
					}
					if query := row % n; name == "causal" && (j > query) != (a == 0) {
						t.Fatalf("causal: query %d, key %d: %v", query, j, a)
					}
				}
				if math.Abs(sum-1) > 1e-6 {
					t.Fatalf("%s: row %d sums to %v", name, row, sum)
				}
			}
			if name == "unscaled" && !slices.Equal(field("attention"), field("unscaled")) {
				t.Error("unscaled: attention and unscaled differ")
			}
		}
	}
}

// The run of a shuffled sentence, put back into the original's order, is what Shuffled records: seen through the oracle's eyes above, and here
// by running the shuffled sentence itself.
func TestShuffledIsTheShuffledSentence(t *testing.T) {
	m := newTiny(tinyConfig).load(t)
	for seed := range uint64(5) {
		got := m.With(Shuffled(seed)).Record(sentence)
		shuffled, order := Shuffle(sentence, seed)
		direct := m.Record(shuffled)
		enc, _ := m.Tokenizer().Encode(sentence)
		at := places(enc, order)
		for i, p := range at {
			if direct.Tokens[p] != got.Tokens[i] {
				t.Fatalf("seed %d: token %d is %q, at %d of the shuffled sentence stands %q", seed, i, got.Tokens[i], p, direct.Tokens[p])
			}
		}
		n := len(at)
		for l, f := range frames(t, got, PhaseSoftmax) {
			other := frames(t, direct, PhaseSoftmax)[l].Field("attention").Data
			for c, a := range f.Field("attention").Data {
				head, i, j := c/n/n, c/n%n, c%n
				if b := other[(head*n+at[i])*n+at[j]]; math.Abs(float64(a-b)) > 1e-5 {
					t.Fatalf("seed %d layer %d head %d: %v, in the shuffled sentence %v", seed, l+1, head, a, b)
				}
			}
		}
		if got.Shuffled != shuffled || got.At(0).Events[0].Name != "shuffled" || got.At(0).Events[0].Text != shuffled || got.Provenance().Seed != seed {
			t.Errorf("seed %d: %q, events %v", seed, got.Shuffled, got.At(0).Events)
		}
	}
}

// Without positions a transformer is equivariant: the shuffled sentence gives the same numbers for the same words. With them it does not.
func TestPermutationEquivariance(t *testing.T) {
	shuffled, order := Shuffle(sentence, 1)
	for _, positions := range []bool{false, true} {
		var opts []Option
		if !positions {
			opts = append(opts, WithoutPositions())
		}
		m := newTiny(tinyConfig).load(t, opts...)
		a, b := m.Record(sentence), m.Record(shuffled)
		enc, _ := m.Tokenizer().Encode(sentence)
		at := places(enc, order)
		last := func(r *Recording) []float32 { return r.At(r.Len() - 1).Field("hidden").Data }
		worst := 0.0
		for i, v := range last(a) {
			d := tinyConfig.Width
			worst = max(worst, math.Abs(float64(v-last(b)[at[i/d]*d+i%d])))
		}
		if positions != (worst > 1e-2) || !positions && worst > 1e-5 {
			t.Errorf("positions %v: the largest difference is %v", positions, worst)
		}
	}
}
