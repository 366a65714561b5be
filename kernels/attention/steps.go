package attention

import (
	"strconv"

	"github.com/xainb/gonb-xai/xainb"
)

// The phases of a run, in order. The first comes once, the others in each layer.
const (
	PhaseEmbeddings  = "embeddings"
	PhaseProjections = "Q, K, V"
	PhaseScores      = "scores"
	PhaseSoftmax     = "softmax"
	PhaseContext     = "context"
	PhaseFeedForward = "feed-forward"
)

// KindTransformer is the xainb.Snapshot.Kind of all steps but [Softmax], whose kind is xainb.KindAttention.
const KindTransformer = "transformer"

// At says where in the model a step is. Slices of a step are shared with the run and overwritten by its next step: copy what you keep.
type At struct {
	Layer  int      // from 1; 0 for the embeddings
	Tokens []string // n
	Heads  int      // h
	news   []xainb.Event
}

// stamp writes what all steps have in common.
func (a At) stamp(s *xainb.Snapshot, kind, phase string) {
	s.Kind, s.Phase, s.Time, s.TimeName = kind, phase, float64(a.Layer), "layer"
	for _, e := range a.news {
		s.PutEvent(e.Name, e.Text)
	}
}

func (a At) tokenDim(s *xainb.Snapshot) xainb.Dim {
	s.PutLabels("token", a.Tokens)
	return xainb.Dim{Name: "token", Size: len(a.Tokens)}
}

func (a At) headDim(s *xainb.Snapshot) xainb.Dim {
	names := make([]string, a.Heads)
	for i := range names {
		names[i] = strconv.Itoa(i + 1)
	}
	s.PutLabels("head", names)
	return xainb.Dim{Name: "head", Size: a.Heads}
}

// features puts data [rows..., features], the features being what is left over.
func features(s *xainb.Snapshot, name string, data []float32, rows ...xainb.Dim) {
	n := 1
	for _, d := range rows {
		n *= d.Size
	}
	s.Put(name, data, append(rows, xainb.Dim{Name: "feature", Size: len(data) / max(n, 1)})...)
}

// maps puts a field [head, query, key].
func (a At) maps(s *xainb.Snapshot, name string, data []float32) {
	n := len(a.Tokens)
	s.Put(name, data, a.headDim(s), xainb.Dim{Name: "query", Size: n}, xainb.Dim{Name: "key", Size: n})
	s.PutLabels("query", a.Tokens)
	s.PutLabels("key", a.Tokens)
}

// Embeddings is the input of the first layer: token, position and segment embeddings added up and normalised.
type Embeddings struct {
	At
	Hidden []float32 // x [token, feature=d]
}

// Snap puts the field hidden.
func (e Embeddings) Snap(s *xainb.Snapshot) {
	e.stamp(s, KindTransformer, PhaseEmbeddings)
	features(s, "hidden", e.Hidden, e.tokenDim(s))
}

// Projections are the queries, keys and values of a layer: Q = x W_Q + b_Q and so on.
type Projections struct {
	At
	Query, Key, Value []float32 // [head, token, feature=d_k] each
}

// Snap puts the fields query, key and value.
func (p Projections) Snap(s *xainb.Snapshot) {
	p.stamp(s, KindTransformer, PhaseProjections)
	head, token := p.headDim(s), p.tokenDim(s)
	features(s, "query", p.Query, head, token)
	features(s, "key", p.Key, head, token)
	features(s, "value", p.Value, head, token)
}

// Scores are what the softmax of a layer is taken of.
type Scores struct {
	At
	Dot    []float32 // q·k [head, query, key]
	Scores []float32 // q·k/√d_k, or q·k with [Unscaled]; minus infinity where [Causal] masks
	Root   float64   // √d_k, or 1 with [Unscaled]
}

// Snap puts the fields dot and scores and the scalar root.
func (c Scores) Snap(s *xainb.Snapshot) {
	c.stamp(s, KindTransformer, PhaseScores)
	c.maps(s, "dot", c.Dot)
	c.maps(s, "scores", c.Scores)
	s.PutScalar("root", c.Root)
}

// Softmax are the attention maps of a layer with all that it takes to follow the arithmetic of a cell:
//
//	attention = exp(scores - max) / sum        scores = dot / root
//
// Of long sentences only Attention is computed for the record; the other slices are nil then. See [MapsOnly].
type Softmax struct {
	At
	Attention []float32 // α [head, query, key], each row over key sums to 1
	Dot       []float32 // q·k [head, query, key]
	Scores    []float32 // dot/root, minus infinity where masked [head, query, key]
	Max       []float32 // the row's greatest score [head, query]
	Sum       []float32 // Σ_key exp(scores - max) [head, query]
	Unscaled  []float32 // softmax of dot: the same state without the square root [head, query, key]
	ValueNorm []float32 // ‖f(x_j)‖, f(x) = (x W_V + b_V) W_O of the head [head, key]
	Norm      []float32 // α ‖f(x_j)‖, the norm-based analysis of Kobayashi et al. 2020 [head, query, key]
	Root      float64   // √d_k, or 1 with [Unscaled]
	Entropy   float64   // mean over heads and queries, in nats
}

// Weights returns the maps as the step that all attention algorithms share.
func (m Softmax) Weights() xainb.AttentionWeight {
	n := len(m.Tokens)
	return xainb.AttentionWeight{Layer: m.Layer, Heads: m.Heads, Queries: n, Keys: n, Weights: m.Attention, Tokens: m.Tokens}
}

// Snap puts the fields attention, dot, scores, unscaled, norm, max, sum and value_norm, and the scalars root and entropy.
func (m Softmax) Snap(s *xainb.Snapshot) {
	m.Weights().Snap(s)
	m.stamp(s, s.Kind, PhaseSoftmax)
	s.Key = true
	head := m.headDim(s)
	if m.Dot == nil {
		return
	}
	n := len(m.Tokens)
	m.maps(s, "dot", m.Dot)
	m.maps(s, "scores", m.Scores)
	m.maps(s, "unscaled", m.Unscaled)
	m.maps(s, "norm", m.Norm)
	s.Put("max", m.Max, head, xainb.Dim{Name: "query", Size: n})
	s.Put("sum", m.Sum, head, xainb.Dim{Name: "query", Size: n})
	s.Put("value_norm", m.ValueNorm, head, xainb.Dim{Name: "key", Size: n})
	s.PutScalar("root", m.Root)
	s.PutScalar("entropy", m.Entropy)
}

// Context is what the heads of a layer read: the values, weighted by the attention.
type Context struct {
	At
	Context []float32 // Σ_key attention · v [head, token, feature=d_k]
}

// Snap puts the field context.
func (c Context) Snap(s *xainb.Snapshot) {
	c.stamp(s, KindTransformer, PhaseContext)
	features(s, "context", c.Context, c.headDim(s), c.tokenDim(s))
}

// FeedForward is the output of a layer.
type FeedForward struct {
	At
	Hidden []float32 // x of the next layer [token, feature=d]
}

// Snap puts the field hidden.
func (f FeedForward) Snap(s *xainb.Snapshot) {
	f.stamp(s, KindTransformer, PhaseFeedForward)
	features(s, "hidden", f.Hidden, f.tokenDim(s))
}
