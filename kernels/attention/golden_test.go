package attention

import (
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xainb/gonb-xai/xainb"
)

// readGolden decodes a (gzipped) JSON file of testdata.
func readGolden(t *testing.T, name string, out any) {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	dec := json.NewDecoder(f)
	if z, err := gzip.NewReader(f); err == nil {
		dec = json.NewDecoder(z)
	} else if _, err := f.Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	if err := dec.Decode(out); err != nil {
		t.Fatal(err)
	}
}

// The oracle is torch 2.15 in float64 (testdata/attention.json): softmax(Q Kᵀ/√d_k) V with and without the causal mask.
func TestAttentionGolden(t *testing.T) {
	var g struct {
		Heads         int
		Tokens        int
		HeadDim       int `json:"head_dim"`
		Q, K, V       [][][]float32
		Weights       [][][]float64
		Output        [][][]float64
		CausalWeights [][][]float64 `json:"causal_weights"`
		CausalOutput  [][][]float64 `json:"causal_output"`
	}
	readGolden(t, "attention.json", &g)
	for _, causal := range []bool{false, true} {
		weights, output := g.Weights, g.Output
		if causal {
			weights, output = g.CausalWeights, g.CausalOutput
		}
		m := &Model{cfg: Config{Heads: g.Heads, Width: g.Heads * g.HeadDim}, opt: options{causal: causal}}
		n := g.Tokens
		f := &forward{m: m, n: n, root: math.Sqrt(float64(g.HeadDim)), q: flat(g.Q), k: flat(g.K), v: flat(g.V),
			context: make([]float32, g.Heads*n*g.HeadDim), scores: make([]float32, g.Heads*n*n), attn: make([]float32, g.Heads*n*n)}
		for i := range n {
			f.pos = append(f.pos, i)
		}
		f.score(nil)
		f.attend(nil)
		f.mix(nil)
		agree(t, "weights", f.attn, flat(weights))
		agree(t, "output", f.context, flat(output))
		for c, a := range f.attn {
			if causal && c%n > c/n%n && a != 0 {
				t.Errorf("masked weight %d is %v, not exactly 0", c, a)
			}
		}
	}
}

// agree asks for |a-b| <= 1e-6 max|b| + 1e-5 |b|.
func agree(t *testing.T, what string, got []float32, want []float64) {
	t.Helper()
	largest := 0.0
	for _, w := range want {
		largest = max(largest, math.Abs(w))
	}
	for i, w := range want {
		if diff := math.Abs(float64(got[i]) - w); !(diff <= 1e-6*largest+1e-5*math.Abs(w)) {
			t.Errorf("%s[%d]: %v, want %v", what, i, got[i], w)
		}
	}
}

func flat[T any](x [][][]T) []T {
	var out []T
	for _, a := range x {
		out = append(out, slices.Concat(a...)...)
	}
	return out
}

// The oracle is transformers 5.23 with the same model: tokens, ids, all 72 maps, and the sentence embedding.
func TestMiniLMGolden(t *testing.T) {
	m := realModel(t)
	var g struct {
		Cases []struct {
			Text      string
			Tokens    []string
			IDs       []int
			Shape     []int
			Embedding []float64
			Attention []byte // uint16 in units of 1/65535: to 7.7e-6
		}
	}
	readGolden(t, "minilm.json.gz", &g)
	for _, c := range g.Cases {
		enc, err := m.Tokenizer().Encode(c.Text)
		if err != nil || !slices.Equal(enc.Tokens, c.Tokens) || !slices.Equal(enc.IDs, c.IDs) {
			t.Errorf("%q: %q %v %v, want %q %v", c.Text, enc.Tokens, enc.IDs, err, c.Tokens, c.IDs)
			continue
		}
		start := time.Now()
		r := m.Record(c.Text)
		t.Logf("%d tokens recorded in %v", len(c.Tokens), time.Since(start))
		worst, at := 0.0, 0
		for _, f := range frames(t, r, PhaseSoftmax) {
			for _, a := range f.Field("attention").Data {
				want := float64(binary.LittleEndian.Uint16(c.Attention[2*at:])) / 65535
				worst = max(worst, math.Abs(float64(a)-want))
				at++
			}
		}
		if 2*at != len(c.Attention) || worst > 1e-5 {
			t.Errorf("%q: %d weights, the largest error is %v", c.Text, at, worst)
		}
		embedding, err := m.Embed(c.Text)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "embedding", embedding, c.Embedding, 2e-6) // the golden values have six decimals
		t.Logf("%q: the largest error of a weight is %.2g", c.Text, worst)
	}
}

// The oracle is the package tokenizers 0.23.3, on texts made to be difficult.
func TestTokensOfTheReference(t *testing.T) {
	m := realModel(t)
	tok := *m.Tokenizer()
	tok.limit = 1 << 20
	var g struct {
		Cases []struct {
			Text   string
			Tokens []string
		}
	}
	readGolden(t, "tokens.json.gz", &g)
	for _, c := range g.Cases {
		enc, err := tok.Encode(c.Text)
		if len(c.Tokens) == 2 {
			if !errors.Is(err, ErrEmptyText) {
				t.Errorf("%q: %v", c.Text, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.Text, err)
		} else if !slices.Equal(enc.Tokens, c.Tokens) {
			t.Errorf("%q:\n got %q\nwant %q", c.Text, enc.Tokens, c.Tokens)
		}
	}
	if len(g.Cases) < 300 {
		t.Errorf("%d cases", len(g.Cases))
	}
}

func TestMiniLMProvenance(t *testing.T) {
	p := realModel(t, Causal(), Shuffled(7)).Record("The cat sat.").Provenance()
	if p.Model != modelName || p.ModelHash != weightsHash || p.Seed != 7 || p.Name != "attention, causal, words shuffled" || p.DataHash == "" {
		t.Errorf("%+v", p)
	}
}

// The model reads 512 tokens; what is beyond is left out, and the first step says so.
func TestMiniLM10000Tokens(t *testing.T) {
	for step, err := range realModel(t).Explain(t.Context(), strings.Repeat("word ", 10_000)) {
		if err != nil {
			t.Fatal(err)
		}
		var s xainb.Snapshot
		step.Snap(&s)
		if len(s.Events) != 2 || !s.Events[0].IsWarning() || !strings.Contains(s.Events[0].Text, "10002 tokens, the model reads 512: the last 9490") ||
			len(s.Fields) != 1 || len(s.Fields[0].Data) != 12*512*512 {
			t.Errorf("events %v, %d fields", s.Events, len(s.Fields))
		}
		break
	}
}

func BenchmarkForward(b *testing.B) {
	m := realModel(b)
	for _, tokens := range []int{13, 128} {
		text := strings.Repeat("word ", tokens-2)
		b.Run(strconv.Itoa(tokens), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r := m.Record(text); r.Err() != nil {
					b.Fatal(r.Err())
				}
			}
		})
	}
}

// BenchmarkRunAgain is a second look at a sentence, as the next cell has it.
func BenchmarkRunAgain(b *testing.B) {
	folder := Folder(realModel(b).Folder())
	for b.Loop() {
		if r := Run("The animal didn't cross the street because it was too tired.", folder); r.Err() != nil {
			b.Fatal(r.Err())
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	folder := realModel(b).Folder()
	b.SetBytes(miniLMHub[len(miniLMHub)-1].size)
	for b.Loop() {
		if _, err := read(folder); err != nil {
			b.Fatal(err)
		}
	}
}
