package charts

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

var catTokens = strings.Fields("[CLS] the cat sat on the mat because it was warm . [SEP]")

// minilm is the attention of all-MiniLM-L6-v2 over "The cat sat on the mat because it was warm.", 6 layers of 12 heads, from transformers 5.23.0 in
// float32. Products and norms are made up so that they belong to it: dot is √32 ln attention + 8, the special tokens' values are short.
func minilm(t testing.TB) *xainb.Track {
	t.Helper()
	b, err := os.ReadFile("testdata/minilm_0.f32")
	if err != nil {
		t.Fatal(err)
	}
	data := make([]float32, len(b)/4)
	for i := range data {
		data[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return recordMaps(data, catTokens, 12)
}

// recordMaps records maps [layer, head, query, key] as kernels/attention does.
func recordMaps(data []float32, tokens []string, heads int) *xainb.Track {
	n := len(tokens)
	size := heads * n * n
	dims := []xainb.Dim{{Name: "head", Size: heads}, {Name: "query", Size: n}, {Name: "key", Size: n}}
	var steps []xainb.Step
	for l := range len(data) / size {
		w := data[l*size : (l+1)*size]
		steps = append(steps, xainb.StepFunc(func(s *xainb.Snapshot) {
			xainb.AttentionWeight{Layer: l + 1, Heads: heads, Queries: n, Keys: n, Weights: w, Tokens: tokens}.Snap(s)
			dot, norm, unscaled := make([]float32, size), make([]float32, size), make([]float32, size)
			for i, v := range w {
				dot[i] = float32(math.Sqrt(32)*math.Log(float64(v)) + 8)
				norm[i] = 2 * v
				if k := i % n; k == 0 || k == n-1 {
					norm[i] = 0.2 * v
				}
			}
			for row := 0; row < size; row += n {
				sum := 0.0
				for k := range n {
					sum += math.Exp(float64(dot[row+k]) - 8)
				}
				for k := range n {
					unscaled[row+k] = float32(math.Exp(float64(dot[row+k])-8) / sum)
				}
			}
			s.Put("dot", dot, dims...)
			s.Put("norm", norm, dims...)
			s.Put("unscaled", unscaled, dims...)
			s.PutScalar("root", math.Sqrt(32))
		}))
	}
	return xainb.Record(0, func(int) []xainb.Step { return steps })
}

// The numbers are those of the maps themselves: layer 4, head 8, row "it" is 0.5163 on [CLS], 0.0945 on cat.
func TestAttentionCaption(t *testing.T) {
	run := minilm(t)
	for _, c := range []struct {
		name  string
		state map[string]any
		want  string
	}{
		{"row", nil, "In layer 4, it gives 0.52 to [CLS] and 0.09 to “cat”. A large weight says where the head looks, not why the model answers."},
		{"column", map[string]any{"reading": "columns"},
			"In layer 4, it gets 0.02 from the and 0.02 from “[SEP]”. A row sums to 1, a column need not: this one sums to 0.16."},
		{"norm", map[string]any{"view": "norm"},
			"In layer 4, it takes 0.19 from cat and 0.16 from “the”. This is weight times the length of the value: what the head really moves. 11% of it is on [CLS] and [SEP]; of the weights 54%."},
		{"unscaled", map[string]any{"view": "unscaled"},
			"In layer 4, it gives 1.00 to [CLS] and 6.7e-5 to “cat”. Without the division by √d the softmax is sharper; with it that weight is 0.52."},
		{"other token", map[string]any{"token": 2}, "In layer 4, cat gives 0.69 to [CLS] and 0.06 to “cat”. A large weight says where the head looks, not why the model answers."},
		{"out of range", map[string]any{"token": 99, "head": -3}, ""},
	} {
		s := AttentionHeads(run, Head(8))
		for k, v := range c.state {
			s.doc.State[k] = v
		}
		got := said(s, 3)
		if c.want != "" && got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		if strings.Contains(got, "–") {
			t.Errorf("%s: something is missing in %s", c.name, got)
		}
	}
}

func TestAttentionStart(t *testing.T) {
	run := minilm(t)
	d := documentOf(t, AttentionHeads(run, Layer(3), Head(8), QueryAt(3)))
	if d.Start != 2 || d.State["head"] != 7 || d.State["token"] != 2 {
		t.Errorf("Start %d, state %v; want frame 2, head 7, token 2 (counted from 0)", d.Start, d.State)
	}
	if want := "What does “cat” look at?"; d.Title != want {
		t.Errorf("Title %q, want %q", d.Title, want)
	}
	d = documentOf(t, AttentionHeads(run))
	if d.State["token"] != 8 {
		t.Errorf("token %v is selected, want 8: the pronoun", d.State["token"])
	}
	if len(d.Controls) != 2 || len(d.Controls[1].Options) != 3 {
		t.Errorf("controls %+v, want a row or a column, and three fields", d.Controls)
	}
	if d.Blend["attention"] != xainb.Ease || d.Bits["attention"] != 10 {
		t.Errorf("Blend %v, Bits %v", d.Blend, d.Bits)
	}
	if s := d.Tracks[0].Schema(); s.Field("dot") != nil {
		t.Error("a field that is not shown travels to the page")
	}
	if _, err := json.Marshal(d.Panels); err != nil {
		t.Error(err)
	}
}

// The head chosen must not be one that looks at the neighbour: its largest weight on a word further away is the largest of all heads.
func TestAttentionHeadChosen(t *testing.T) {
	run := minilm(t)
	s := AttentionHeads(run)
	head := s.doc.State["head"].(int)
	most, at := float32(0), 0
	for _, f := range run.Frames() {
		for h := range 12 {
			for k := 1; k < 12; k++ {
				if v := f.Field("attention").Data[(h*13+8)*13+k]; (k < 7 || k > 9) && v > most {
					most, at = v, h
				}
			}
		}
	}
	if head != at {
		t.Errorf("head %d, want %d (%.2f)", head, at, most)
	}
}

func TestAttentionErrors(t *testing.T) {
	run := minilm(t)
	none := xainb.Record(0, func(int) []xainb.Step {
		return []xainb.Step{xainb.StepFunc(func(s *xainb.Snapshot) { s.PutScalar("loss", 1) })}
	})
	for _, c := range []struct {
		name, want string
		scene      *Scene
	}{
		{"nil", "no frames", AttentionHeads(nil)},
		{"empty", "no frames", AttentionHeads(xainb.NewTrack(nil, xainb.Provenance{}, nil))},
		{"failed run", "no model", AttentionHeads(xainb.NewTrack(nil, xainb.Provenance{}, errors.New("no model")))},
		{"other run", "it has the scalar loss", AttentionHeads(none)},
		{"layer", "Layer(7): the run has layers 1 to 6", AttentionHeads(run, Layer(7))},
		{"head", "Head(13): there are heads 1 to 12", AttentionHeads(run, Head(13))},
		{"token", `Query("dog")`, AttentionHeads(run, Query("dog"))},
		{"position", "QueryAt(14)", AttentionHeads(run, QueryAt(14))},
		{"view", `Views("flow")`, AttentionHeads(run, Views("attention", "flow"))},
		{"cell without products", "needs the fields attention, dot and unscaled", AttentionCell(run.Pick("attention"))},
		{"second run", "second run", AttentionCompare(run, none)},
		{"no second run", "second run", AttentionCompare(run, nil)},
	} {
		_, err := c.scene.Document()
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", c.name, err, c.want)
		}
	}
}

// A run with one map a frame has no heads to choose from.
func TestAttentionWithoutHeads(t *testing.T) {
	run := xainb.Record(0, func(int) []xainb.Step {
		return []xainb.Step{xainb.StepFunc(func(s *xainb.Snapshot) {
			s.Put("attention", []float32{0.9, 0.1, 0.4, 0.6}, xainb.Dim{Name: "query", Size: 2}, xainb.Dim{Name: "key", Size: 2})
		})}
	})
	s := AttentionHeads(run)
	d := documentOf(t, s)
	if len(d.Panels) != 1 || strings.Contains(d.Subtitle, "head") {
		t.Errorf("%d panels, subtitle %q", len(d.Panels), d.Subtitle)
	}
	if got := readingsOf(s, 0); got["top.value"] != "0.60" || got["selected"] != "2" {
		t.Errorf("read %v", got)
	}
	drawn(t, s, 0)
}

// What a run's own words say is never markup, and lies on one line.
func TestAttentionHostileTokens(t *testing.T) {
	tokens := []string{"<img src=x onerror=alert(1)>", "**bold**", "{head}", "a\nb\tc", "", strings.Repeat("x", 300), "{a|b}", "</script>"}
	data := make([]float32, 2*8*8)
	for i := range data {
		data[i] = float32(i%8+1) / 36
	}
	s := AttentionHeads(recordMaps(data, tokens, 2), QueryAt(8))
	d := documentOf(t, s)
	if !strings.Contains(d.Title, "“</script>”") {
		t.Errorf("Title %q", d.Title)
	}
	if got := said(s, 0); !strings.HasPrefix(got, "In layer 1, </script> gives 0.22 to </script> and 0.19 to “{a|b}”.") {
		t.Errorf("said %s", got)
	}
	b, err := json.Marshal(d.Panels)
	if err != nil || strings.Contains(string(b), "<") {
		t.Errorf("the panels' JSON can end a script: %v %.200s", err, b)
	}
	drawn(t, s, 0)
}

// A frame may have other tokens, and weights that are not finite.
func TestAttentionFramesThatDiffer(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	run := xainb.Record(0, func(int) []xainb.Step {
		return []xainb.Step{
			xainb.AttentionWeight{Layer: 1, Heads: 1, Queries: 2, Keys: 2, Weights: []float32{1, 0, nan, inf}, Tokens: []string{"a", "b"}},
			xainb.AttentionWeight{Layer: 2, Heads: 1, Queries: 3, Keys: 3, Weights: []float32{1, 0, 0, 0, 1, 0, .2, .3, .5}, Tokens: []string{"a", "b", "c"}},
		}
	})
	s := AttentionHeads(run, QueryAt(2))
	if got := readingsOf(s, 0); got["notFinite"] != "2" || got["top.value"] != "" {
		t.Errorf("read %v, want 2 values that are not finite and no top", got)
	}
	if a, b := drawn(t, s, 0), drawn(t, s, 1); a.Bounds() != b.Bounds() {
		t.Errorf("the stills have sizes %v and %v", a.Bounds(), b.Bounds())
	}
}

func TestAttentionCompare(t *testing.T) {
	run := minilm(t)
	rng := rand.New(rand.NewPCG(1, 1))
	order := rng.Perm(len(catTokens))
	shuffled := make([]string, len(order))
	for i, o := range order {
		shuffled[i] = catTokens[o]
	}
	var data []float32
	for _, f := range run.Frames() {
		w := make([]float32, 12*13*13)
		permuteMaps(w, f.Field("attention").Data, order)
		data = append(data, w...)
	}
	s := AttentionCompare(run, recordMaps(data, shuffled, 12), Names("in order", "shuffled"), Head(8))
	d := documentOf(t, s)
	for i, f := range d.Tracks[1].Frames() {
		if !slices.Equal(f.LabelsOf("query"), catTokens) || !slices.Equal(f.LabelsOf("key"), catTokens) {
			t.Fatalf("frame %d has tokens %q", i, f.LabelsOf("query"))
		}
		// The two "the" are the same word: their rows and columns may have changed places.
		for h := range 12 {
			for q, a := range catTokens {
				for k, b := range catTokens {
					if a == "the" || b == "the" {
						continue
					}
					at := (h*13+q)*13 + k
					if got, want := f.Field("attention").Data[at], run.At(i).Field("attention").Data[at]; got != want {
						t.Fatalf("frame %d, %s to %s: %g, want %g", i, a, b, got, want)
					}
				}
			}
		}
	}
	if got, want := said(s, 3), "In layer 4, it gives 0.52 to [CLS]; in “shuffled” that is 0.52."; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	s.doc.State["run"] = 1
	if got := readingsOf(s, 3); got["other"] != "in order" || got["base.value"] == "" {
		t.Errorf("read %v", got)
	}
}

func TestAttentionCompareOtherWords(t *testing.T) {
	run := minilm(t)
	other := recordMaps([]float32{1, 0, 0.5, 0.5}, []string{"a", "b"}, 1)
	s := AttentionCompare(run, other, QueryAt(13))
	s.doc.State["run"] = 1
	for f := range 6 {
		if got := readingsOf(s, f); got["selected"] != "b" || got["base.value"] != "" {
			t.Errorf("frame %d: read %v, want the last token and nothing to compare with", f, got)
		}
		drawn(t, s, f)
	}
}

// The arithmetic ends at the weight that the run has, for every cell.
func TestAttentionCellArithmetic(t *testing.T) {
	run := minilm(t)
	s := AttentionCell(run, Head(8))
	spec := s.doc.Panels[1].Spec.(arithmeticSpec)
	p := &poster{scene: s}
	for f, snap := range s.doc.Tracks[0].Frames() {
		for q := range 13 {
			for k := range 13 {
				s.doc.State["token"], s.doc.State["other"] = q, k
				a, ok := spec.compute(p.moment(1, f))
				if !ok {
					t.Fatal("no arithmetic")
				}
				at := (7*13+q)*13 + k
				for _, c := range []struct {
					name  string
					field string
					cell  softmaxCell
					row   []float64
				}{{"with", "attention", a.on, a.rowOn}, {"without", "unscaled", a.off, a.rowOff}} {
					want := float64(snap.Field(c.field).Data[at])
					if math.Abs(c.cell.weight-want) > 1e-5 || math.Abs(c.cell.exp/c.cell.sum-want) > 1e-5 {
						t.Fatalf("frame %d, %d to %d, %s: %g and %g, want %g", f, q, k, c.name, c.cell.weight, c.cell.exp/c.cell.sum, want)
					}
					sum := 0.0
					for _, v := range c.row {
						sum += v
					}
					if math.Abs(sum-1) > 1e-9 {
						t.Fatalf("the row sums to %g", sum)
					}
				}
			}
		}
	}
	if d := documentOf(t, s); d.Bits["dot"] < 16 {
		t.Errorf("dot keeps %d bits, its exponential needs 16", d.Bits["dot"])
	}
}

// Masked cells have the weight 0, as in Softmax of minus infinity.
func TestAttentionCellMasked(t *testing.T) {
	inf := float32(math.Inf(-1))
	dims := []xainb.Dim{{Name: "query", Size: 2}, {Name: "key", Size: 2}}
	run := xainb.Record(0, func(int) []xainb.Step {
		return []xainb.Step{xainb.StepFunc(func(s *xainb.Snapshot) {
			s.Put("attention", []float32{1, 0, 0.5, 0.5}, dims...)
			s.Put("dot", []float32{3, 4, 2, 2}, dims...)
			s.Put("scores", []float32{1.5, inf, 1, 1}, dims...)
			s.Put("unscaled", []float32{1, 0, 0.5, 0.5}, dims...)
			s.PutScalar("root", 2)
		})}
	})
	s := AttentionCell(run, QueryAt(1))
	s.doc.State["other"] = 1
	if got := readingsOf(s, 0); got["on"] != "0" || got["off"] != "0" || got["dot"] != "4.00" {
		t.Errorf("read %v, want weights of 0", got)
	}
}

// Without a scalar root, √d follows from the weights.
func TestRootFromWeights(t *testing.T) {
	run := minilm(t)
	run = run.Pick("attention", "dot")
	frame := run.At(0).Clone()
	frame.Scalars = nil
	a, err := attentionOf(xainb.NewTrack([]xainb.Snapshot{frame}, xainb.Provenance{}, nil), options{}, "dot")
	if err != nil {
		t.Fatal(err)
	}
	if got := a.root(); math.Abs(got-math.Sqrt(32)) > 1e-3 || rootName(got) != "√32" {
		t.Errorf("root %g, %s; want √32", got, rootName(got))
	}
}

func TestCeiling(t *testing.T) {
	for _, n := range []int{8, 32, 33, 100} {
		data := make([]float32, n*n)
		for i := range data {
			data[i] = 1 / float32(n)
		}
		tokens := make([]string, n)
		for i := range tokens {
			tokens[i] = fmt.Sprint("w", i)
		}
		a, err := attentionOf(recordMaps(data, tokens, 1), options{})
		if err != nil {
			t.Fatal(err)
		}
		got, want := a.ceiling(), 1.0
		if n > 32 {
			want = 0.05
		}
		if got != want {
			t.Errorf("%d tokens with equal weights: colours end at %g, want %g", n, got, want)
		}
	}
}
