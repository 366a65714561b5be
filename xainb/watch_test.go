package xainb_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xainb/gonb-xai/xainb"
)

// ended reads until the channel is closed.
func ended(ch <-chan xainb.Snapshot) []int {
	var seqs []int
	for s := range ch {
		seqs = append(seqs, s.Seq)
	}
	return seqs
}

func TestSnapshotStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := manager(t, xainb.Config{})
		ctx, cancel := context.WithCancel(t.Context())
		ch := m.SnapshotStream(ctx, time.Second)
		time.Sleep(2500 * time.Millisecond) // two ticks before the first capture send nothing
		capture(t, m, 2, nil)
		start := time.Now()
		s := <-ch
		if s.Seq != 1 || s.Field("v").Data[0] != 1 || time.Since(start) != 500*time.Millisecond || s.Timestamp != time.Now().UnixNano() {
			t.Errorf("the first tick after %v: %+v", time.Since(start), s)
		}
		s.Fields[0].Data[0] = 99 // a clone
		if s = <-ch; s.Seq != 1 || s.Field("v").Data[0] != 1 || time.Since(start) != 1500*time.Millisecond {
			t.Errorf("the second tick after %v: %+v", time.Since(start), s)
		}
		cancel()
		if s, ok := <-ch; ok {
			t.Errorf("after the end of its context: %+v", s)
		}
	})
}

// A reader that has fallen behind or gone keeps nobody, and misses the oldest.
func TestSnapshotStreamSlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := manager(t, xainb.Config{})
		behind, gone := m.SnapshotStream(t.Context(), time.Second), m.SnapshotStream(t.Context(), time.Second)
		time.Sleep(500 * time.Millisecond)
		for i := range 25 {
			if err := m.Capture(value{float32(i), ""}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		m.Finish(nil)
		time.Sleep(time.Second) // the last state is sent at the next tick
		if got := ended(behind); len(got) != 10 || got[0] != 16 || got[9] != 24 {
			t.Errorf("it reads the steps %v", got)
		}
		_ = gone // synctest fails the test if its goroutine were still there
	})
}

func TestSnapshotStreamInterval(t *testing.T) {
	for _, d := range []time.Duration{0, -time.Second} {
		m := manager(t, xainb.Config{})
		if s, ok := <-m.SnapshotStream(t.Context(), d); ok || !errors.Is(m.Err(), xainb.ErrInterval) {
			t.Errorf("interval %v: %+v, error %v", d, s, m.Err())
		}
		if err := m.Finish(nil).Err(); !errors.Is(err, xainb.ErrInterval) {
			t.Errorf("interval %v: the track's error is %v", d, err)
		}
	}
}

func TestSnapshotStreamOfNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := manager(t, xainb.Config{})
		ch := m.SnapshotStream(context.Background(), time.Minute)
		m.Finish(nil)
		if got := ended(ch); len(got) != 0 {
			t.Errorf("it sent %v", got)
		}
	})
}

func TestSubscribe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := manager(t, xainb.Config{Frames: 2})
		capture(t, m, 1, nil)
		ctx, cancel := context.WithCancel(t.Context())
		all, last, gone := m.Subscribe(t.Context(), 100), m.Subscribe(t.Context(), 0), m.Subscribe(ctx, 5)
		capture(t, m, 3, nil)
		cancel()
		synctest.Wait()
		capture(t, m, 3, nil)
		m.Finish(nil)
		for _, c := range []struct {
			ch   <-chan xainb.Snapshot
			want string
		}{{all, "[1 2 3 4 5 6]"}, {last, "[6]"}, {gone, "[1 2 3]"}, {m.Subscribe(t.Context(), 1), "[]"}, {manager(t, xainb.Config{}).Subscribe(ctx, 1), "[]"}} {
			if got := fmt.Sprint(ended(c.ch)); got != c.want {
				t.Errorf("it reads %s, want %s", got, c.want)
			}
		}
		m.Finish(nil) // closes nothing twice
	})
}

func TestOnStep(t *testing.T) {
	m := manager(t, xainb.Config{})
	var first, second []int
	remove := m.OnStep(func(s xainb.Snapshot) {
		first = append(first, s.Seq)
		s.Fields[0].Data[0] = -1
		if m.CurrentState().Seq != s.Seq { // a hook may call the manager
			t.Error("the state is another one")
		}
	})
	m.OnStep(func(s xainb.Snapshot) {
		if s.Fields[0].Data[0] < 0 {
			t.Error("hooks share a snapshot")
		}
		second = append(second, s.Seq)
	})
	capture(t, m, 2, nil)
	remove()
	remove()
	capture(t, m, 1, nil)
	if m.Capture(nil) == nil {
		t.Error("a nil step is no error")
	}
	if fmt.Sprint(first, second) != "[0 1] [0 1 2]" {
		t.Errorf("called for %v and %v", first, second)
	}
}

func ExampleSnapshotManager_SnapshotStream() {
	m, err := xainb.NewSnapshotManager(xainb.Config{Live: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	states := m.SnapshotStream(ctx, time.Millisecond)
	go func() { // an algorithm on its own clock
		m.Capture(xainb.StepFunc(func(s *xainb.Snapshot) { s.Put("x", []float32{7}) }))
		m.Finish(nil)
	}()
	for s := range states {
		fmt.Println(s.Field("x").Data)
		break
	}
	// Output: [7]
}
