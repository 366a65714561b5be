package xainb_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

var (
	nan = float32(math.NaN())
	inf = float32(math.Inf(1))
)

func snap(seq int, fill func(s *xainb.Snapshot)) xainb.Snapshot {
	s := xainb.Snapshot{Seq: seq}
	fill(&s)
	return s
}

func sample() *xainb.Track {
	i := func(n int) xainb.Dim { return xainb.Dim{Name: "i", Size: n} }
	return xainb.NewTrack([]xainb.Snapshot{
		snap(0, func(s *xainb.Snapshot) {
			s.Put("a", []float32{1, nan, -inf}, i(3))
			s.PutUnit("a", "m")
			s.PutScalar("loss", 2)
		}),
		snap(1, func(s *xainb.Snapshot) {
			s.Put("b", []float32{nan, inf}, i(2))
			s.PutEvent("warning", "careful")
			s.PutEvent("note", "not a warning")
		}),
		snap(4, func(s *xainb.Snapshot) {
			s.Phase = "end"
			s.Put("a", []float32{-2, 5}, i(2))
			s.PutScalar("rate", 1)
			s.PutScalar("loss", 1)
			s.PutWarning("careful")
		}),
	}, xainb.Provenance{Name: "sample", Versions: map[string]string{"go": "1"}}, nil)
}

func TestSchema(t *testing.T) {
	tr := sample()
	s := tr.Schema()
	if len(s.Fields) != 2 || !slices.Equal(s.Scalars, []string{"loss", "rate"}) {
		t.Fatalf("%+v", s)
	}
	a, b := s.Field("a"), s.Field("b")
	if a.Unit != "m" || !a.Varies || a.Frames != 2 || a.Dims[0].Size != 3 || a.Range != (xainb.Range{Min: -2, Max: 5, Finite: 3, NaN: 1, Inf: 1}) {
		t.Errorf("a: %+v", a)
	}
	if b.Varies || b.Frames != 1 || b.Range != (xainb.Range{NaN: 1, Inf: 1}) {
		t.Errorf("b, without a finite value: %+v", b)
	}
	if s.Field("c") != nil {
		t.Error("a field that is not there")
	}
	if tr.Steps() != 5 || tr.Dropped() != 2 || !slices.Equal(tr.Warnings(), []string{"careful"}) {
		t.Errorf("%d steps, %d dropped, warnings %q", tr.Steps(), tr.Dropped(), tr.Warnings())
	}
	if got, want := tr.String(), "3 frames: a [i=3], b [i=2], loss, rate (2 of 5 steps not kept)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestSelectAndPick(t *testing.T) {
	tr := sample()
	end := tr.Select(func(s *xainb.Snapshot) bool { return s.Phase == "end" })
	if end.Len() != 1 || end.At(0).Seq != 4 || end.Schema().Field("a").Range.Max != 5 || end.Schema().Field("b") != nil || end.Steps() != 5 || end.Provenance().Name != "sample" {
		t.Errorf("Select: %v", end)
	}
	b := tr.Pick("b", "none")
	if b.Len() != 3 || len(b.Schema().Fields) != 1 || len(b.At(0).Fields) != 0 || len(b.Schema().Scalars) != 2 || !slices.Equal(b.Warnings(), tr.Warnings()) {
		t.Errorf("Pick: %v", b)
	}
	if len(tr.At(0).Fields) != 1 || tr.Schema().Field("a") == nil {
		t.Error("the track it came from has changed")
	}
}

func TestWith(t *testing.T) {
	tr := sample()
	w := tr.WithWarnings("new", "careful").WithCounts(70, 60)
	if !slices.Equal(w.Warnings(), []string{"careful", "new"}) || w.Steps() != 70 || w.Dropped() != 60 || w.Len() != 3 {
		t.Errorf("%v, %q", w, w.Warnings())
	}
	if len(tr.Warnings()) != 1 || tr.Steps() != 5 {
		t.Error("the track it came from has changed")
	}
}

// What is not content does not reach the hash; everything else does.
func TestHash(t *testing.T) {
	base := sample().Hash()
	if sample().Hash() != base {
		t.Fatal("equal tracks have different hashes")
	}
	later := sample()
	later.At(1).Timestamp = 5
	if later.Hash() != base || sample().WithWarnings("w").Hash() != base {
		t.Error("the wall time or a warning is in the hash")
	}
	seen := map[string]string{base: "the sample"}
	for name, change := range map[string]func(s *xainb.Snapshot){
		"seq": func(s *xainb.Snapshot) { s.Seq++ }, "time": func(s *xainb.Snapshot) { s.Time = 1 }, "time name": func(s *xainb.Snapshot) { s.TimeName = "x" },
		"kind": func(s *xainb.Snapshot) { s.Kind = "x" }, "phase": func(s *xainb.Snapshot) { s.Phase = "x" }, "key": func(s *xainb.Snapshot) { s.Key = true },
		"value": func(s *xainb.Snapshot) { s.Fields[0].Data[0] = 7 }, "name": func(s *xainb.Snapshot) { s.Fields[0].Name = "z" }, "unit": func(s *xainb.Snapshot) { s.Fields[0].Unit = "z" },
		"dimension": func(s *xainb.Snapshot) { s.Fields[0].Dims[0].Name = "z" }, "scalar": func(s *xainb.Snapshot) { s.PutScalar("loss", 7) },
		"labels": func(s *xainb.Snapshot) { s.PutLabels("i", []string{"ab", "c"}) }, "other labels": func(s *xainb.Snapshot) { s.PutLabels("i", []string{"a", "bc"}) },
		"event": func(s *xainb.Snapshot) { s.PutEvent("a", "b") },
	} {
		tr := sample()
		change(tr.At(0))
		h := tr.Hash()
		if other, ok := seen[h]; ok {
			t.Errorf("%s: the same hash as %s", name, other)
		}
		seen[h] = name
	}
	p := sample().Provenance()
	p.Seed = 7
	p.Versions["go"] = "2"
	if xainb.NewTrack(nil, p, nil).Hash() == xainb.NewTrack(nil, sample().Provenance(), nil).Hash() {
		t.Error("provenance is not in the hash")
	}
}

func TestProvenanceIsACopy(t *testing.T) {
	versions, parent := map[string]string{"go": "1"}, &xainb.Branch{Seq: 1}
	tr := xainb.NewTrack(nil, xainb.Provenance{Versions: versions, Parent: parent}, nil)
	versions["go"], parent.Seq = "2", 2
	p := tr.Provenance()
	p.Versions["go"], p.Parent.Seq = "3", 3
	if p := tr.Provenance(); p.Versions["go"] != "1" || p.Parent.Seq != 1 {
		t.Errorf("somebody else's change is in the track: %+v", p)
	}
}

func TestNilTrack(t *testing.T) {
	var tr *xainb.Track
	if tr.Len() != 0 || tr.At(0) != nil || !errors.Is(tr.Err(), xainb.ErrNoFrames) || tr.Steps() != 0 || tr.Dropped() != 0 || tr.Warnings() != nil || tr.Track() != nil ||
		len(tr.Schema().Fields) != 0 || tr.Provenance().Name != "" || tr.Hash() == "" || tr.String() != "0 frames: " {
		t.Errorf("%v", tr)
	}
	for range tr.Frames() {
		t.Error("a frame of nothing")
	}
	for _, d := range []*xainb.Track{tr.Pick("a"), tr.Select(func(*xainb.Snapshot) bool { return true }), tr.WithWarnings("w"), tr.WithCounts(1, 1)} {
		if d.Len() != 0 || !errors.Is(d.Err(), xainb.ErrNoFrames) {
			t.Errorf("%v, error %v", d, d.Err())
		}
	}
}

func TestAtOutside(t *testing.T) {
	tr := sample()
	if tr.At(-1) != nil || tr.At(3) != nil || tr.At(2) == nil {
		t.Error("At outside [0, Len) is not nil")
	}
	n := 0
	for range tr.Frames() {
		if n++; n == 2 {
			break
		}
	}
}

func TestClone(t *testing.T) {
	s := snap(3, func(s *xainb.Snapshot) {
		s.Put("a", []float32{1, 2}, xainb.Dim{Name: "i", Size: 2})
		s.PutScalar("loss", 1)
		s.PutLabels("i", []string{"x", "y"})
		s.PutEvent("e", "t")
	})
	before := xainb.NewTrack([]xainb.Snapshot{s.Clone()}, xainb.Provenance{}, nil).Hash()
	c := s.Clone()
	c.Fields[0].Data[0], c.Fields[0].Dims[0].Size, c.Fields[0].Name = 9, 9, "z"
	c.Scalars[0].Value, c.Labels[0].Names[0], c.Labels[0].Dim, c.Events[0].Text = 9, "z", "z", "z"
	if xainb.NewTrack([]xainb.Snapshot{s}, xainb.Provenance{}, nil).Hash() != before {
		t.Error("the clone shares memory with its original")
	}
	if z := (&xainb.Snapshot{}).Clone(); z.Fields != nil || z.Labels != nil {
		t.Errorf("the clone of nothing: %+v", z)
	}
}

func TestPut(t *testing.T) {
	s := snap(0, func(s *xainb.Snapshot) {
		s.Put("zero", []float32{4})
		s.Put("none", nil, xainb.Dim{Name: "i"}, xainb.Dim{Name: "j", Size: 5})
		s.PutUnit("unknown", "m")
		s.PutScalar("x", 1)
		s.PutScalar("x", 2)
		s.PutLabels("i", []string{"a", "b"})
		s.PutLabels("i", []string{"c"})
	})
	if len(s.Fields) != 2 || len(s.Scalars) != 1 || len(s.Labels) != 1 {
		t.Errorf("%+v", s)
	}
	if v, ok := s.Scalar("x"); v != 2 || !ok {
		t.Errorf("the last value of a scalar stands: %v", v)
	}
	if _, ok := s.Scalar("y"); ok || s.Field("y") != nil || s.LabelsOf("y") != nil {
		t.Error("something that was not put is there")
	}
	if !slices.Equal(s.LabelsOf("i"), []string{"c"}) {
		t.Errorf("the last labels stand: %q", s.LabelsOf("i"))
	}
}

func TestDecisionStep(t *testing.T) {
	step := xainb.DecisionStep{Time: 3, Phase: "split", Score: 0.75,
		Ranking:    []xainb.Feature{{Name: "age", Weight: 0.5}, {Name: "income", Weight: -0.25}},
		Path:       []xainb.PathNode{{Name: "age", Threshold: 30, Value: 42}},
		Activation: []xainb.Activation{{X: 1, Y: 2, Weight: 3}},
		Event:      xainb.Event{Name: "leaf"}}
	s := snap(0, step.Snap)
	score, _ := s.Scalar("score")
	if s.Kind != xainb.KindDecision || s.Time != 3 || s.Phase != "split" || score != 0.75 || len(s.Events) != 1 ||
		!slices.Equal(s.Field("weight").Data, []float32{0.5, -0.25}) || !slices.Equal(s.LabelsOf("feature"), []string{"age", "income"}) ||
		!slices.Equal(s.Field("path").Data, []float32{30, 42}) || !slices.Equal(s.LabelsOf("node"), []string{"age"}) ||
		!slices.Equal(s.Field("activation").Data, []float32{1, 2, 3}) {
		t.Errorf("%+v", s)
	}
	if s := snap(0, xainb.DecisionStep{}.Snap); len(s.Fields)+len(s.Events) != 0 || len(s.Scalars) != 1 {
		t.Errorf("an empty decision: %+v", s)
	}
}

func TestAttentionWeight(t *testing.T) {
	step := xainb.AttentionWeight{Layer: 2, Heads: 1, Queries: 2, Keys: 3, Weights: []float32{1, 0, 0, 0.5, 0.25, 0.25}, Tokens: []string{"a", "b"}, KeyTokens: []string{"c", "d", "e"}}
	s := snap(0, step.Snap)
	f := s.Field("attention")
	if s.Kind != xainb.KindAttention || s.Time != 2 || s.TimeName != "layer" || f == nil || len(f.Dims) != 3 || f.Dims[2] != (xainb.Dim{Name: "key", Size: 3}) ||
		!slices.Equal(s.LabelsOf("query"), step.Tokens) || !slices.Equal(s.LabelsOf("key"), step.KeyTokens) {
		t.Errorf("%+v", s)
	}
	step.KeyTokens = nil
	if s := snap(0, step.Snap); !slices.Equal(s.LabelsOf("key"), step.Tokens) {
		t.Errorf("the keys are %q", s.LabelsOf("key"))
	}
	step.Weights = step.Weights[:5]
	if err := xainb.Record(0, func(int) []xainb.Step { return []xainb.Step{step} }).Err(); !errors.Is(err, xainb.ErrField) {
		t.Errorf("weights that do not fit: %v", err)
	}
}

func TestPanicError(t *testing.T) {
	if err := xainb.PanicError(bytes.ErrTooLarge); !errors.Is(err, bytes.ErrTooLarge) {
		t.Errorf("%v", err)
	}
	if err := xainb.PanicError(7); !strings.HasSuffix(err.Error(), ": 7") {
		t.Errorf("%v", err)
	}
}

func ExampleTrack() {
	run := xainb.Record(3, func(n int) []xainb.Step {
		var steps []xainb.Step
		for i := range n {
			steps = append(steps, xainb.AttentionWeight{Layer: i + 1, Heads: 1, Queries: 1, Keys: 2, Weights: []float32{0.5, 0.5}, Tokens: []string{"hello"}, KeyTokens: []string{"big", "world"}})
		}
		return steps
	})
	fmt.Println(run)
	fmt.Println(run.At(2).TimeName, run.At(2).Time, run.At(2).LabelsOf("key"))
	r := run.Schema().Field("attention").Range
	fmt.Println(r.Min, r.Max, r.Finite)
	// Output:
	// 3 frames: attention [head=1 query=1 key=2]
	// layer 3 [big world]
	// 0.5 0.5 6
}

func ExampleDecisionStep() {
	run := xainb.Record("a loan", func(string) []xainb.Step {
		return []xainb.Step{xainb.DecisionStep{Score: 0.8, Ranking: []xainb.Feature{{Name: "income", Weight: 0.6}, {Name: "age", Weight: 0.1}}}}
	})
	s := run.At(0)
	fmt.Println(s.Kind, s.LabelsOf("feature"), s.Field("weight").Data)
	// Output: decision [income age] [0.6 0.1]
}

func ExampleSnapshot() {
	var s xainb.Snapshot
	s.Put("attention", []float32{1, 0, 0.5, 0.5}, xainb.Dim{Name: "query", Size: 2}, xainb.Dim{Name: "key", Size: 2})
	s.PutLabels("query", []string{"the", "cat"})
	s.PutScalar("loss", 0.25)
	c := s.Clone()
	c.Field("attention").Data[0] = 7
	fmt.Println(s.Field("attention").Data, s.LabelsOf("query"), s.Scalars)
	// Output: [1 0 0.5 0.5] [the cat] [{loss 0.25}]
}

// Attention between two texts names both sides, or the one that is known.
func TestAttentionWeightLabels(t *testing.T) {
	for _, c := range []struct{ tokens, keys, query, key []string }{
		{[]string{"a"}, nil, []string{"a"}, []string{"a"}},
		{[]string{"a"}, []string{"b"}, []string{"a"}, []string{"b"}},
		{nil, []string{"b"}, nil, []string{"b"}},
		{},
	} {
		s := snap(0, xainb.AttentionWeight{Heads: 1, Queries: 1, Keys: 1, Weights: []float32{1}, Tokens: c.tokens, KeyTokens: c.keys}.Snap)
		if !slices.Equal(s.LabelsOf("query"), c.query) || !slices.Equal(s.LabelsOf("key"), c.key) {
			t.Errorf("%v and %v name the queries %v and the keys %v", c.tokens, c.keys, s.LabelsOf("query"), s.LabelsOf("key"))
		}
	}
}
