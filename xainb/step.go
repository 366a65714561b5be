package xainb

import (
	"context"
	"fmt"
	"iter"
)

// Step is what an algorithm yields: a typed value that can say its fields by putting them into a snapshot.
// The snapshot copies what it is given, so an algorithm may reuse its buffers after it yields. Snap runs
// while the manager is locked: it must not call the manager.
type Step interface {
	Snap(s *Snapshot)
}

// StepFunc makes a step of a function, for an algorithm that needs no type of its own. The function runs when the step is
// captured: in the []Step form of [Record] that is after Explain has returned, so it must not read a reused buffer.
type StepFunc func(s *Snapshot)

// Snap calls f.
func (f StepFunc) Snap(s *Snapshot) { f(s) }

// Rows returns a step that shows a table of numbers: the field name [row, column]. It copies them at once, so rows may be used again. Rows of
// unequal length are the error of the capture.
func Rows(name string, rows [][]float64) Step {
	columns := 0
	if len(rows) > 0 {
		columns = len(rows[0])
	}
	data := make([]float32, 0, len(rows)*columns)
	var err error
	for i, row := range rows {
		if len(row) != columns && err == nil {
			err = fmt.Errorf("field %q: %w: row %d has %d numbers and row 0 has %d", name, ErrField, i, len(row), columns)
		}
		for _, v := range row {
			data = append(data, float32(v))
		}
	}
	return StepFunc(func(s *Snapshot) {
		if err != nil {
			s.fail(err)
			return
		}
		s.Put(name, data, Dim{"row", len(rows)}, Dim{"column", columns})
	})
}

// Explainer is the lazy form of an algorithm: it yields steps while it computes, and returns when yield returns false. When ctx ends it
// stops and yields ctx's error; an error ends the run and keeps the steps before it.
type Explainer[In any] interface {
	Explain(ctx context.Context, in In) iter.Seq2[Step, error]
}

// Feature is one input of a decision with its weight (importance, contribution, attribution), in the unit of the score.
type Feature struct {
	Name   string  `json:"name" yaml:"name"`
	Weight float32 `json:"weight" yaml:"weight"`
}

// PathNode is one node on the path that a decision took: the test "Feature <= Threshold" and the value that met it.
type PathNode struct {
	Name      string  `json:"name" yaml:"name"`
	Threshold float32 `json:"threshold" yaml:"threshold"`
	Value     float32 `json:"value" yaml:"value"`
}

// Activation is a point of a picture that the model reacts to: x and y in pixels from the top left, weight in [0,1] or unbounded.
type Activation struct {
	X      float32 `json:"x" yaml:"x"`
	Y      float32 `json:"y" yaml:"y"`
	Weight float32 `json:"weight" yaml:"weight"`
}

// DecisionStep is a step of an explanation of one decision: the ranking of the features, the nodes of the decision path, the
// coordinates of activations. Leave out what the algorithm does not have. Its snapshot has
//
//	weight     [feature]                     labels of "feature"   the ranking
//	path       [node, test=2]                labels of "node"      threshold, value
//	activation [point, xyw=3]                                      x, y, weight
//	score                                    scalar                what the model answers
type DecisionStep struct {
	Time       float64      `json:"time" yaml:"time"` // 0 means the number of the step
	Phase      string       `json:"phase,omitempty" yaml:"phase,omitempty"`
	Score      float64      `json:"score" yaml:"score"`
	Ranking    []Feature    `json:"ranking,omitempty" yaml:"ranking,omitempty"`
	Path       []PathNode   `json:"path,omitempty" yaml:"path,omitempty"`
	Activation []Activation `json:"activation,omitempty" yaml:"activation,omitempty"`
	Event      Event        `json:"event,omitzero" yaml:"event,omitempty"`
}

// KindDecision is the [Snapshot.Kind] of a [DecisionStep].
const KindDecision = "decision"

// Snap implements [Step].
func (d DecisionStep) Snap(s *Snapshot) {
	s.Kind, s.Phase = KindDecision, d.Phase
	if d.Time != 0 {
		s.Time = d.Time
	}
	s.PutScalar("score", d.Score)
	if n := len(d.Ranking); n > 0 {
		names, weights := make([]string, n), make([]float32, n)
		for i, f := range d.Ranking {
			names[i], weights[i] = f.Name, f.Weight
		}
		s.Put("weight", weights, Dim{"feature", n})
		s.PutLabels("feature", names)
	}
	if n := len(d.Path); n > 0 {
		names, tests := make([]string, n), make([]float32, 0, 2*n)
		for i, p := range d.Path {
			names[i] = p.Name
			tests = append(tests, p.Threshold, p.Value)
		}
		s.Put("path", tests, Dim{"node", n}, Dim{"test", 2})
		s.PutLabels("node", names)
		s.PutLabels("test", []string{"threshold", "value"})
	}
	if n := len(d.Activation); n > 0 {
		points := make([]float32, 0, 3*n)
		for _, a := range d.Activation {
			points = append(points, a.X, a.Y, a.Weight)
		}
		s.Put("activation", points, Dim{"point", n}, Dim{"xyw", 3})
	}
	if d.Event != (Event{}) {
		s.PutEvent(d.Event.Name, d.Event.Text)
	}
}

// AttentionWeight is a step that holds the attention maps of one layer: Weights[h][q][k], each row over k summing to 1.
// Its snapshot has the field attention [head, query, key] and the tokens as labels of "query" and "key".
type AttentionWeight struct {
	Layer   int       `json:"layer" yaml:"layer"` // from 1
	Heads   int       `json:"heads" yaml:"heads"`
	Queries int       `json:"queries" yaml:"queries"`
	Keys    int       `json:"keys" yaml:"keys"`
	Weights []float32 `json:"weights" yaml:"weights"`
	// Tokens names the queries and the keys; for attention between two texts KeyTokens names the keys.
	Tokens    []string `json:"tokens,omitempty" yaml:"tokens,omitempty"`
	KeyTokens []string `json:"key_tokens,omitempty" yaml:"key_tokens,omitempty"`
}

// KindAttention is the [Snapshot.Kind] of an [AttentionWeight].
const KindAttention = "attention"

// Snap implements [Step].
func (a AttentionWeight) Snap(s *Snapshot) {
	s.Kind, s.Time, s.TimeName, s.Phase = KindAttention, float64(a.Layer), "layer", "softmax"
	s.Put("attention", a.Weights, Dim{"head", a.Heads}, Dim{"query", a.Queries}, Dim{"key", a.Keys})
	keys := a.KeyTokens
	if len(keys) == 0 {
		keys = a.Tokens
	}
	if len(a.Tokens) > 0 {
		s.PutLabels("query", a.Tokens)
	}
	if len(keys) > 0 {
		s.PutLabels("key", keys)
	}
}
