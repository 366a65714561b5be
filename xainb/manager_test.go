package xainb_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// value is a step of a field of one value; kind "key" and "event" make a frame that thinning leaves alone.
type value struct {
	v    float32
	kind string
}

func (x value) Snap(s *xainb.Snapshot) {
	s.Time = float64(x.v)
	s.Put("v", []float32{x.v})
	s.Key = x.kind == "key"
	if x.kind == "event" {
		s.PutEvent("event", "")
	}
}

func manager(t testing.TB, cfg xainb.Config) *xainb.SnapshotManager {
	t.Helper()
	m, err := xainb.NewSnapshotManager(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// capture takes n steps; kind says what each of them is.
func capture(t testing.TB, m *xainb.SnapshotManager, n int, kind func(i int) string) {
	t.Helper()
	for i := range n {
		k := ""
		if kind != nil {
			k = kind(i)
		}
		if err := m.Capture(value{float32(i), k}); err != nil {
			t.Fatal(err)
		}
	}
}

func seqs(t *xainb.Track) []int {
	var out []int
	for _, f := range t.Frames() {
		out = append(out, f.Seq)
	}
	return out
}

func TestConfigRefused(t *testing.T) {
	for _, cfg := range []xainb.Config{{Frames: -2}, {Frames: 1}, {Live: true, Frames: -1}, {Bytes: -1}} {
		if m, err := xainb.NewSnapshotManager(cfg); err == nil || m != nil || !strings.HasPrefix(err.Error(), "xainb: Config.") {
			t.Errorf("%+v: error %v", cfg, err)
		}
	}
}

func TestRing(t *testing.T) {
	for _, c := range []struct{ frames, steps, kept int }{{0, 0, 0}, {0, 1, 1}, {0, 200, 200}, {0, 201, 200}, {0, 1000, 200}, {1, 5, 1}, {7, 20, 7}} {
		m := manager(t, xainb.Config{Live: true, Frames: c.frames})
		capture(t, m, c.steps, nil)
		for range 2 { // before and after the end
			tr := m.Track()
			if tr.Len() != c.kept || m.Len() != c.kept || tr.Steps() != c.steps || tr.Dropped() != c.steps-c.kept || m.Dropped() != c.steps-c.kept {
				t.Errorf("%+v: %v, dropped %d of %d", c, tr, tr.Dropped(), tr.Steps())
			}
			for i, f := range tr.Frames() {
				if want := c.steps - c.kept + i; f.Seq != want || f.Field("v").Data[0] != float32(want) {
					t.Errorf("%+v: frame %d is step %d, want %d", c, i, f.Seq, want)
				}
			}
			m.Finish(nil)
		}
	}
}

// A recording covers the whole run evenly: first and last, and every step that is a multiple of the stride.
func TestThinning(t *testing.T) {
	for _, c := range []struct{ frames, steps int }{{0, 200}, {0, 201}, {0, 202}, {0, 399}, {0, 1000}, {0, 10_000}, {2, 50}, {3, 50}, {10, 11}, {10, 64}} {
		m := manager(t, xainb.Config{Frames: c.frames})
		capture(t, m, c.steps, nil)
		tr := m.Finish(nil)
		got := seqs(tr)
		limit := c.frames
		if limit == 0 {
			limit = xainb.DefaultFrames
		}
		if len(got) > limit || got[0] != 0 || got[len(got)-1] != c.steps-1 {
			t.Errorf("%+v: kept %v", c, got)
			continue
		}
		if c.steps > limit && limit > 4 && len(got) < limit/2 {
			t.Errorf("%+v: only %d frames kept", c, len(got))
		}
		stride := got[min(1, len(got)-1)]
		for i, s := range got[:len(got)-1] {
			if s != i*stride {
				t.Errorf("%+v: frame %d is step %d, the stride is %d", c, i, s, stride)
			}
		}
		if tr.Dropped() != c.steps-len(got) || tr.Steps() != c.steps || len(tr.Warnings()) != 0 {
			t.Errorf("%+v: dropped %d of %d, warnings %q", c, tr.Dropped(), tr.Steps(), tr.Warnings())
		}
	}
}

func TestThinningKeepsKeyFrames(t *testing.T) {
	for _, word := range []string{"key", "event"} {
		m := manager(t, xainb.Config{Frames: 50})
		capture(t, m, 5000, func(i int) string {
			if i%333 == 7 {
				return word
			}
			return ""
		})
		tr := m.Finish(nil)
		got := seqs(tr)
		for i := 7; i < 5000; i += 333 {
			if !slices.Contains(got, i) {
				t.Errorf("%s: step %d is not kept: %v", word, i, got)
			}
		}
		if len(got) > 50 || len(got) < 25 || got[0] != 0 || got[len(got)-1] != 4999 || len(tr.Warnings()) != 0 {
			t.Errorf("%s: kept %v, warnings %q", word, got, tr.Warnings())
		}
	}
}

// More key frames than the limit are thinned evenly too, with a warning.
func TestOnlyKeyFrames(t *testing.T) {
	for name, kind := range map[string]func(int) string{
		"all":  func(int) string { return "key" },
		"odd":  func(i int) string { return []string{"", "key"}[i%2] },
		"late": func(i int) string { return []string{"", "event"}[min(1, i/1000)] },
	} {
		m := manager(t, xainb.Config{Frames: 40})
		capture(t, m, 3000, kind)
		tr := m.Finish(nil)
		got := seqs(tr)
		if len(got) > 40 || len(got) < 20 || got[0] != 0 || got[len(got)-1] != 2999 || len(tr.Warnings()) != 1 {
			t.Errorf("%s: kept %v, warnings %q", name, got, tr.Warnings())
		}
		gap := 0
		for i := 2; i < len(got)-1; i++ {
			if gap = max(gap, got[i]-got[i-1]); got[i]-got[i-1] < gap {
				t.Errorf("%s: not even: %v", name, got)
				break
			}
		}
		if tr.Dropped() != 3000-len(got) {
			t.Errorf("%s: dropped %d", name, tr.Dropped())
		}
	}
}

func TestByteCap(t *testing.T) {
	m := manager(t, xainb.Config{Frames: -1, Bytes: 1 << 20})
	data := make([]float32, 5000)
	for i := range 1000 {
		data[0] = float32(i)
		if err := m.Capture(xainb.StepFunc(func(s *xainb.Snapshot) { s.Put("x", data, xainb.Dim{Name: "i", Size: len(data)}); s.Key = i%10 == 0 })); err != nil {
			t.Fatal(err)
		}
	}
	tr := m.Finish(nil)
	got := seqs(tr)
	if n := len(got); n < 20 || n > (1<<20)/(4*5000) || got[0] != 0 || got[n-1] != 999 {
		t.Errorf("kept %v", got)
	}
	for i, f := range tr.Frames() {
		if f.Field("x").Data[0] != float32(f.Seq) {
			t.Errorf("frame %d is step %d and holds %v", i, f.Seq, f.Field("x").Data[0])
		}
	}
	// A single frame beyond the cap: first and last stay.
	m = manager(t, xainb.Config{Bytes: 1})
	capture(t, m, 100, func(int) string { return "key" })
	if got := seqs(m.Finish(nil)); !slices.Equal(got, []int{0, 99}) {
		t.Errorf("kept %v", got)
	}
}

// What a frame holds beyond what it shows counts as well: buffers of larger steps that it has taken over.
func TestByteCapOfMixedSizes(t *testing.T) {
	const limit = 4 << 20
	m := manager(t, xainb.Config{Bytes: limit})
	small, large, names := make([]float32, 16), make([]float32, 1<<17), make([]string, 1<<14)
	for i := range 5000 {
		data, labels := small, names[:3]
		if i%37 == 5 {
			data, labels = large, names
		}
		if err := m.Capture(xainb.StepFunc(func(s *xainb.Snapshot) {
			s.Put("x", data, xainb.Dim{Name: "i", Size: len(data)})
			s.PutLabels("i", labels)
			if i%37 == 5 {
				s.Put("y", data, xainb.Dim{Name: "i", Size: len(data)})
			}
		})); err != nil {
			t.Fatal(err)
		}
	}
	tr, held := m.Finish(nil), 0
	for _, f := range tr.Frames() {
		for _, x := range f.Fields[:cap(f.Fields)] {
			held += 4 * cap(x.Data)
		}
		for _, l := range f.Labels[:cap(f.Labels)] {
			held += 16 * cap(l.Names)
		}
	}
	if held > limit || tr.Len() < 50 {
		t.Errorf("%d frames hold %d bytes, more than %d", tr.Len(), held, limit)
	}
}

func TestAllFrames(t *testing.T) {
	m := manager(t, xainb.Config{Frames: -1})
	capture(t, m, 3000, nil)
	if tr := m.Finish(nil); tr.Len() != 3000 || tr.Dropped() != 0 {
		t.Errorf("%v", tr)
	}
}

// Whatever comes in whatever order, the limits hold, the counts fit, and every frame holds its own data.
func TestThinningProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for round := range 200 {
		cfg := xainb.Config{Frames: 2 + r.IntN(30), Bytes: 1 + int64(r.IntN(20_000))}
		m := manager(t, cfg)
		n, share := 1+r.IntN(500), r.Float64()
		capture(t, m, n, func(int) string {
			if r.Float64() < share*share {
				return "key"
			}
			return ""
		})
		tr := m.Finish(nil)
		got := seqs(tr)
		if len(got) > cfg.Frames || tr.Dropped()+len(got) != n || got[0] != 0 || got[len(got)-1] != n-1 || !slices.IsSorted(got) {
			t.Fatalf("round %d, %+v, %d steps: kept %v, dropped %d", round, cfg, n, got, tr.Dropped())
		}
		for _, f := range tr.Frames() {
			if f.Field("v").Data[0] != float32(f.Seq) {
				t.Fatalf("round %d: step %d holds %v", round, f.Seq, f.Field("v").Data)
			}
		}
	}
}

// The manager copies: what the algorithm does to its buffers later, and what a reader does to a clone, changes nothing.
func TestCopies(t *testing.T) {
	data, names := []float32{1, 2}, []string{"a", "b"}
	step := xainb.StepFunc(func(s *xainb.Snapshot) {
		s.Put("x", data, xainb.Dim{Name: "i", Size: 2})
		s.PutLabels("i", names)
		s.PutScalar("loss", 1)
		s.PutEvent("e", "t")
	})
	m := manager(t, xainb.Config{})
	if err := m.Capture(step); err != nil {
		t.Fatal(err)
	}
	data[0], names[0] = 9, "z"
	spoil := func(s *xainb.Snapshot) {
		s.Fields[0].Data[1], s.Fields[0].Dims[0].Size, s.Fields[0].Name = 7, 7, "y"
		s.Labels[0].Names[1], s.Scalars[0].Value, s.Events[0].Name = "y", 7, "y"
	}
	state := m.CurrentState()
	spoil(&state)
	early := m.Track()
	spoil(early.At(0))
	s := m.Finish(nil).At(0)
	if s.Fields[0].Data[0] != 1 || s.Fields[0].Data[1] != 2 || s.Fields[0].Dims[0].Size != 2 || s.Fields[0].Name != "x" ||
		!slices.Equal(s.Labels[0].Names, []string{"a", "b"}) || s.Scalars[0].Value != 1 || s.Events[0].Name != "e" {
		t.Errorf("the recording has changed: %+v", s)
	}
}

// Frames whose slot held something else before have nothing left of it.
func TestReusedSlotsAreClean(t *testing.T) {
	m := manager(t, xainb.Config{Live: true, Frames: 2})
	for i := range 9 {
		err := m.Capture(xainb.StepFunc(func(s *xainb.Snapshot) {
			if i%2 == 0 {
				s.Kind, s.Phase, s.TimeName, s.Key = "k", "p", "t", true
				s.Put("a", make([]float32, 6), xainb.Dim{Name: "i", Size: 2}, xainb.Dim{Name: "j", Size: 3})
				s.PutUnit("a", "m")
				s.Put("b", []float32{1})
				s.PutLabels("i", []string{"x", "y", "z"})
				s.PutScalar("loss", 1)
				s.PutEvent("e", "")
			} else {
				s.Put("c", []float32{float32(i)})
				s.PutLabels("k", []string{"w"})
			}
		}))
		if err != nil {
			t.Fatal(err)
		}
		if s := m.CurrentState(); i%2 == 1 && (s.Kind+s.Phase+s.TimeName != "" || s.Key || len(s.Fields) != 1 || s.Fields[0].Unit != "" || len(s.Fields[0].Dims) != 0 ||
			s.Fields[0].Data[0] != float32(i) || len(s.Scalars)+len(s.Events) != 0 || len(s.Labels) != 1 || !slices.Equal(s.Labels[0].Names, []string{"w"})) {
			t.Errorf("step %d: %+v", i, s)
		}
	}
}

// What a step has put into the slices itself stays the step's.
func TestOwnSlicesAreCopied(t *testing.T) {
	mine := []xainb.Field{{Name: "x", Dims: []xainb.Dim{{Name: "i", Size: 2}}, Data: []float32{1, 2}}}
	m := manager(t, xainb.Config{Live: true, Frames: 1})
	if err := m.Capture(xainb.StepFunc(func(s *xainb.Snapshot) { s.Fields = mine })); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if err := m.Capture(xainb.StepFunc(func(s *xainb.Snapshot) { s.Put("y", []float32{7, 8}, xainb.Dim{Name: "j", Size: 2}) })); err != nil {
			t.Fatal(err)
		}
	}
	failing := []xainb.Field{{Name: "x"}}
	m.Capture(xainb.StepFunc(func(s *xainb.Snapshot) { s.Fields = failing; panic("oh") }))
	capture(t, m, 1, nil)
	if failing[0].Name != "x" {
		t.Errorf("the failed step's own field is now %+v", failing[0])
	}
	if x := mine[0]; x.Name != "x" || x.Dims[0].Name != "i" || x.Data[0] != 1 {
		t.Errorf("the step's own field is now %+v", x)
	}
}

// A warning is of the run: it stays when its frame goes.
func TestWarningsOutliveTheirFrames(t *testing.T) {
	for _, cfg := range []xainb.Config{{Live: true, Frames: 2}, {Frames: 4}} {
		m := manager(t, cfg)
		for i := range 100 {
			if err := m.Capture(xainb.StepFunc(func(s *xainb.Snapshot) {
				if s.Key = true; i == 3 {
					s.PutWarning("careful")
				}
			})); err != nil {
				t.Fatal(err)
			}
		}
		if tr := m.Finish(nil); !slices.Contains(tr.Warnings(), "careful") || slices.Contains(seqs(tr), 3) {
			t.Errorf("%+v: frames %v, warnings %q", cfg, seqs(tr), tr.Warnings())
		}
	}
	m := manager(t, xainb.Config{Live: true, Frames: 2})
	for i := range 10_000 { // memory stays bounded
		if err := m.Capture(xainb.StepFunc(func(s *xainb.Snapshot) { s.PutWarning(fmt.Sprint(i)) })); err != nil {
			t.Fatal(err)
		}
	}
	if w := m.Finish(nil).Warnings(); len(w) > 110 || !slices.Contains(w, "There were more warnings than these.") {
		t.Errorf("%d warnings, the last %q", len(w), w[len(w)-1])
	}
}

func TestCaptureErrors(t *testing.T) {
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		step xainb.Step
		is   error
		want string
	}{
		"nil":      {nil, nil, "step 1 is nil"},
		"no fit":   {xainb.StepFunc(func(s *xainb.Snapshot) { s.Put("x", []float32{1, 2}, xainb.Dim{Name: "i", Size: 3}) }), xainb.ErrField, `step 1: field "x": the field does not fit: 2 values for [i=3], which is 3`},
		"negative": {xainb.StepFunc(func(s *xainb.Snapshot) { s.Put("x", nil, xainb.Dim{Name: "i", Size: -1}) }), xainb.ErrField, "dimension i has size -1"},
		"overflow": {xainb.StepFunc(func(s *xainb.Snapshot) {
			s.Put("x", nil, xainb.Dim{Name: "i", Size: math.MaxInt32}, xainb.Dim{Name: "j", Size: math.MaxInt32})
		}), xainb.ErrField, "dimension j"},
		"twice":    {xainb.StepFunc(func(s *xainb.Snapshot) { s.Put("x", []float32{1}); s.Put("x", []float32{1}) }), xainb.ErrField, "put twice"},
		"panic":    {xainb.StepFunc(func(*xainb.Snapshot) { panic(boom) }), boom, "the algorithm panicked: boom"},
		"text":     {xainb.StepFunc(func(*xainb.Snapshot) { panic("text") }), nil, "the algorithm panicked: text"},
		"nil func": {xainb.StepFunc(nil), nil, "nil pointer"},
	} {
		m := manager(t, xainb.Config{})
		capture(t, m, 1, nil)
		err := m.Capture(c.step)
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
		if e := m.Capture(value{v: 1}); e != nil {
			t.Errorf("%s: the next step: %v", name, e)
		}
		tr := m.Finish(errors.New("later"))
		if tr.Err() != err || m.Err() != err || tr.Len() != 2 || tr.At(1).Seq != 1 {
			t.Errorf("%s: the track %v has error %v, want the first: %v", name, tr, tr.Err(), err)
		}
	}
}

func TestFinish(t *testing.T) {
	m := manager(t, xainb.Config{Provenance: xainb.Provenance{Name: "run", Seed: 3}, Warnings: []string{"one", "one", "two"}})
	capture(t, m, 3, nil)
	stop := errors.New("stopped")
	tr := m.Finish(stop)
	if tr.Len() != 3 || tr.Err() != stop || tr.Provenance().Name != "run" || !slices.Equal(tr.Warnings(), []string{"one", "two"}) {
		t.Errorf("%v, error %v, warnings %q", tr, tr.Err(), tr.Warnings())
	}
	if err := m.Capture(value{}); !errors.Is(err, xainb.ErrFinished) {
		t.Errorf("a capture after the end: %v", err)
	}
	if again := m.Finish(nil); again.Len() != 3 || again.Err() != stop || again.Hash() != tr.Hash() {
		t.Errorf("the second Finish: %v, error %v", again, again.Err())
	}
	if empty := manager(t, xainb.Config{}).Finish(nil); empty.Len() != 0 || empty.Err() != nil || empty.At(0) != nil {
		t.Errorf("nothing captured: %v", empty)
	}
}

func TestConcurrency(t *testing.T) {
	for _, live := range []bool{false, true} {
		m := manager(t, xainb.Config{Live: live, Frames: 20})
		remove := m.OnStep(func(s xainb.Snapshot) { s.Fields[0].Data[0] = -1 })
		ch := m.Subscribe(t.Context(), 3)
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				for i := range 200 {
					if err := m.Capture(value{float32(i), ""}); err != nil {
						t.Error(err)
					}
				}
			})
			wait.Go(func() {
				for range 50 {
					s := m.CurrentState()
					if len(s.Fields) > 0 {
						s.Fields[0].Data[0] = -2
					}
					_, _, _ = m.Len(), m.Dropped(), m.Err()
					for _, f := range m.Track().Frames() {
						if v := f.Field("v").Data[0]; v < 0 {
							t.Errorf("a reader's change is in the recording: %v", v)
						}
					}
				}
			})
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for s := range ch {
				s.Fields[0].Data[0] = -3
			}
		}()
		wait.Wait()
		remove()
		tr := m.Finish(nil)
		<-done
		if tr.Steps() != 800 || tr.Len() > 20 || tr.Err() != nil {
			t.Errorf("live %v: %v, error %v", live, tr, tr.Err())
		}
	}
}

func ExampleSnapshotManager() {
	m, err := xainb.NewSnapshotManager(xainb.Config{Frames: 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	x := []float32{64}
	for range 10 {
		err := m.Capture(xainb.StepFunc(func(s *xainb.Snapshot) { s.Put("x", x) }))
		if err != nil {
			fmt.Println(err)
		}
		x[0] /= 2 // the manager has its own copy
	}
	run := m.Finish(nil)
	for _, f := range run.Frames() {
		fmt.Println(f.Seq, f.Field("x").Data)
	}
	fmt.Println(run)
	// Output:
	// 0 [64]
	// 4 [4]
	// 8 [0.25]
	// 9 [0.125]
	// 4 frames: x [] (6 of 10 steps not kept)
}
