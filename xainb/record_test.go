package xainb_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/xainb/gonb-xai/xainb"
)

// counting yields n values and then does what end says.
func counting(n int, end func(yield func(xainb.Step, error) bool)) xainb.ExplainerFunc[int] {
	return func(_ context.Context, from int) iter.Seq2[xainb.Step, error] {
		return func(yield func(xainb.Step, error) bool) {
			buffer := make([]float32, 1) // one buffer for all steps
			for i := range n {
				buffer[0] = float32(from + i)
				if !yield(xainb.StepFunc(func(s *xainb.Snapshot) { s.Put("v", buffer) }), nil) {
					return
				}
			}
			if end != nil {
				end(yield)
			}
		}
	}
}

func TestRecord(t *testing.T) {
	tr := xainb.Record(5, func(in int) []xainb.Step {
		return []xainb.Step{value{float32(in), ""}, value{float32(in + 1), ""}}
	}, xainb.Config{Provenance: xainb.Provenance{Name: "two"}})
	if tr.Len() != 2 || tr.Err() != nil || tr.At(1).Field("v").Data[0] != 6 || tr.Provenance().Name != "two" || tr.At(0).Timestamp == 0 {
		t.Errorf("%v, error %v", tr, tr.Err())
	}
}

func TestRecordSeqReusedBuffer(t *testing.T) {
	tr := xainb.RecordSeq(t.Context(), 10, counting(1000, nil))
	if tr.Err() != nil || tr.Steps() != 1000 {
		t.Fatalf("%v, error %v", tr, tr.Err())
	}
	for _, f := range tr.Frames() {
		if f.Field("v").Data[0] != float32(10+f.Seq) {
			t.Fatalf("step %d holds %v", f.Seq, f.Field("v").Data)
		}
	}
}

// Whatever ends a run early, the frames before it stay and the track says why.
func TestEndings(t *testing.T) {
	boom := errors.New("boom")
	cancelled, cancel := context.WithCancelCause(t.Context())
	cancel(boom)
	later, cancelLater := context.WithCancel(t.Context())
	ignored, cancelIgnored := context.WithCancel(t.Context())
	var none *value
	for name, c := range map[string]struct {
		ctx    context.Context
		e      xainb.Explainer[int]
		frames int
		is     error
		want   string
	}{
		"error":       {t.Context(), counting(3, func(yield func(xainb.Step, error) bool) { yield(nil, boom) }), 3, boom, "boom"},
		"panic":       {t.Context(), counting(3, func(func(xainb.Step, error) bool) { panic(boom) }), 3, boom, "after 3 steps: the algorithm panicked: boom"},
		"nil step":    {t.Context(), counting(3, func(yield func(xainb.Step, error) bool) { yield(nil, nil) }), 3, nil, "step 3 is nil"},
		"nil pointer": {t.Context(), counting(3, func(yield func(xainb.Step, error) bool) { yield(none, nil) }), 3, nil, "panicked"},
		"cancelled":   {cancelled, counting(3, nil), 1, boom, "stopped after 1 steps"},
		"later": {later, counting(3, func(yield func(xainb.Step, error) bool) {
			cancelLater()
			for yield(value{v: 9}, nil) {
			}
		}), 4, context.Canceled, "stopped after 4 steps"},
		"yield's result ignored": {ignored, counting(3, func(yield func(xainb.Step, error) bool) {
			cancelIgnored()
			yield(value{v: 9}, nil)
			yield(value{v: 9}, nil)
		}), 4, context.Canceled, "stopped after 4 steps"},
		"own end": {cancelled, xainb.ExplainerFunc[int](func(ctx context.Context, _ int) iter.Seq2[xainb.Step, error] {
			return func(yield func(xainb.Step, error) bool) { yield(nil, ctx.Err()) }
		}), 0, context.Canceled, "canceled"},
		"nil":          {t.Context(), nil, 0, nil, "the explainer is nil"},
		"nil function": {t.Context(), xainb.ExplainerFunc[int](nil), 0, nil, "panicked"},
		"nil sequence": {t.Context(), xainb.ExplainerFunc[int](func(context.Context, int) iter.Seq2[xainb.Step, error] { return nil }), 0, nil, "panicked"},
		"in Explain":   {t.Context(), xainb.ExplainerFunc[int](func(context.Context, int) iter.Seq2[xainb.Step, error] { panic(boom) }), 0, boom, "after 0 steps"},
	} {
		tr := xainb.RecordSeq(c.ctx, 0, c.e)
		if err := tr.Err(); err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) || tr.Len() != c.frames {
			t.Errorf("%s: %v, error %v, want %d frames and %q", name, tr, err, c.frames, c.want)
		}
	}
}

// A nil context never ends.
func TestNilContext(t *testing.T) {
	var none context.Context
	if tr := xainb.RecordSeq(none, 0, counting(3, nil)); tr.Len() != 3 || tr.Err() != nil {
		t.Errorf("RecordSeq: %v, error %v", tr, tr.Err())
	}
	m := manager(t, xainb.Config{})
	subscribed, stream := m.Subscribe(none, 1), m.SnapshotStream(none, time.Millisecond)
	capture(t, m, 1, nil)
	if a, b := <-subscribed, <-stream; len(a.Fields) != 1 || len(b.Fields) != 1 {
		t.Errorf("Subscribe gives %+v, SnapshotStream %+v", a, b)
	}
	m.Finish(nil)
	for range stream { // closed at the next tick
	}
}

func TestRecordEndings(t *testing.T) {
	if err := xainb.Record(0, (func(int) []xainb.Step)(nil)).Err(); err == nil || !strings.Contains(err.Error(), "explain is nil") {
		t.Errorf("nil: %v", err)
	}
	if tr := xainb.Record(0, func(int) []xainb.Step { return nil }); tr.Len() != 0 || tr.Err() != nil {
		t.Errorf("no steps: %v, error %v", tr, tr.Err())
	}
	if err := xainb.Record(0, func(int) []xainb.Step { panic("oh") }).Err(); err == nil || !strings.Contains(err.Error(), "panicked: oh") {
		t.Errorf("panic: %v", err)
	}
	if tr := xainb.Record(0, func(int) []xainb.Step { return nil }, xainb.Config{Frames: -7}); tr.Err() == nil || tr.Len() != 0 {
		t.Errorf("a bad Config: %v, error %v", tr, tr.Err())
	}
}

func ExampleRecord() {
	newton := func(x float64) []xainb.Step {
		var steps []xainb.Step
		guess := x
		for i := range 5 {
			at := guess
			steps = append(steps, xainb.StepFunc(func(s *xainb.Snapshot) {
				s.Time = float64(i)
				s.PutScalar("root", at)
			}))
			guess = (guess + x/guess) / 2
		}
		return steps
	}
	run := xainb.Record(2, newton)
	for _, f := range run.Frames() {
		root, _ := f.Scalar("root")
		fmt.Printf("%.6f\n", root)
	}
	// Output:
	// 2.000000
	// 1.500000
	// 1.416667
	// 1.414216
	// 1.414214
}

func ExampleRecordSeq() {
	// A lazy algorithm may use one buffer for all its steps: the recorder copies.
	decay := xainb.ExplainerFunc[float32](func(ctx context.Context, x float32) iter.Seq2[xainb.Step, error] {
		return func(yield func(xainb.Step, error) bool) {
			buffer := []float32{x, x}
			for range 1000 {
				if !yield(xainb.StepFunc(func(s *xainb.Snapshot) { s.Put("x", buffer, xainb.Dim{Name: "i", Size: 2}) }), nil) {
					return
				}
				buffer[1] *= 0.5
			}
		}
	})
	run := xainb.RecordSeq(context.Background(), 8, decay, xainb.Config{Frames: 5})
	fmt.Println(run, run.Err())
	// Output: 5 frames: x [i=2] (995 of 1000 steps not kept) <nil>
}

// A step that does not know its time has its number; a table is copied when the step is made.
func TestRows(t *testing.T) {
	plate := [][]float64{{1, 2, 3}, {4, 5, 6}}
	run := xainb.Record(0, func(int) (steps []xainb.Step) {
		for range 2 {
			steps = append(steps, xainb.Rows("heat", plate))
			plate[1][2]++
		}
		return steps
	})
	for i, f := range run.Frames() {
		heat := f.Field("heat")
		if heat == nil || f.Time != float64(i) || heat.Data[5] != float32(6+i) || heat.Dims[0] != (xainb.Dim{Name: "row", Size: 2}) || heat.Dims[1] != (xainb.Dim{Name: "column", Size: 3}) {
			t.Errorf("frame %d at %v: %+v", i, f.Time, heat)
		}
	}
	if run.Len() != 2 || run.Err() != nil {
		t.Errorf("%v, error %v", run, run.Err())
	}
	ragged := xainb.Record(0, func(int) []xainb.Step { return []xainb.Step{xainb.Rows("heat", [][]float64{{1, 2}, {3}})} })
	if err := ragged.Err(); !errors.Is(err, xainb.ErrField) || !strings.Contains(err.Error(), "row 1 has 1 numbers and row 0 has 2") {
		t.Error(err)
	}
	if empty := xainb.Record(0, func(int) []xainb.Step { return []xainb.Step{xainb.Rows("heat", nil)} }); empty.Err() != nil || empty.Len() != 1 {
		t.Errorf("%v, error %v", empty, empty.Err())
	}
}

// An algorithm over a table of numbers: heat that spreads over a plate.
func ExampleRows() {
	spread := func(rounds int) (steps []xainb.Step) {
		plate := [][]float64{{0, 0, 0}, {0, 9, 0}, {0, 0, 0}}
		for range rounds {
			steps = append(steps, xainb.Rows("heat", plate))
			plate[0][1], plate[1][1] = plate[0][1]+1, plate[1][1]-1
		}
		return steps
	}
	run := xainb.Record(3, spread) // and then show.Cell(charts.Auto(run))
	fmt.Println(run.At(2).Field("heat").Data[1], run.At(2).Field("heat").Data[4])
	// Output: 2 7
}
