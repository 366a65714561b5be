package charts

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

func TestRoute(t *testing.T) {
	r := routeOf(layers())
	want := route{
		stages: []string{"embed", "scores", "softmax", "context", "pool"},
		at:     []int{0, 1, 2, 3, 1, 2, 3, 4}, entered: []int{0, 1, 2, 3, 4, 5, 6, 7},
		rounds: []int{0, 1, 1, 1, 2, 2, 2, 2}, loopFrom: 1, loopTo: 3,
	}
	if !reflect.DeepEqual(r, want) {
		t.Errorf("route\n%+v\nwant\n%+v", r, want)
	}
	for _, c := range []struct {
		frame  int
		passed string
	}{{0, "embed"}, {3, "embed scores softmax context"}, {4, "embed scores"}, {7, "embed scores softmax context pool"}} {
		var got []string
		for s, name := range r.stages {
			if r.passed(s, c.frame) {
				got = append(got, name)
			}
		}
		if strings.Join(got, " ") != c.passed {
			t.Errorf("frame %d: passed %v, want %s", c.frame, got, c.passed)
		}
	}
}

// A phase of many frames is one stay; frames without a phase are at no stage.
func TestRouteStays(t *testing.T) {
	var fill []func(*xainb.Snapshot)
	for _, p := range strings.Split("train,train,,train,eval,train,train,eval", ",") {
		fill = append(fill, func(s *xainb.Snapshot) { s.Phase = p })
	}
	r := routeOf(snaps(fill...))
	if want := []int{0, 0, -1, 0, 1, 0, 0, 1}; !reflect.DeepEqual(r.at, want) {
		t.Errorf("stages %v, want %v", r.at, want)
	}
	if want := []int{1, 1, 1, 2, 2, 3, 3, 3}; !reflect.DeepEqual(r.rounds, want) {
		t.Errorf("rounds %v, want %v", r.rounds, want)
	}
}

func TestStages(t *testing.T) {
	s := Stages(layers())
	if got, want := said(s, 5), "Now: softmax, round 2 of 2."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := routeOf(layers()).counter(layers(), 5); got != "round 2 of 2" && got != "layer 2 of 2" {
		t.Errorf("counter %q", got)
	}
	straight := Stages(snaps(func(s *xainb.Snapshot) { s.Phase = "a" }, func(s *xainb.Snapshot) { s.Phase = "b" }))
	if got, want := said(straight, 1), "Now: b."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	var fill []func(*xainb.Snapshot)
	for i := range 60 {
		fill = append(fill, func(s *xainb.Snapshot) { s.Phase = strings.Repeat("x", i+1) })
	}
	d := documentOf(t, Stages(snaps(fill...)))
	if want := "60 stages, from x to " + strings.Repeat("x", 60) + "."; d.Summary != want {
		t.Errorf("summary %q", d.Summary)
	}
}

func TestPathTests(t *testing.T) {
	for _, c := range []struct {
		test pathTest
		want string
	}{
		{pathTest{"petal length", 2.45, 4.7}, "petal length 4.7 > 2.45"},
		{pathTest{"petal length", 4.95, 4.7}, "petal length 4.7 ≤ 4.95"},
		{pathTest{"x", 1.5, 1.5}, "x 1.5 ≤ 1.5"},
		{pathTest{"x", 0.1234567, 0.1234568}, "x 0.123457 > 0.123457"},
		{pathTest{"x", -3e-7, 2e9}, "x 2.00e9 > −3.00e-7"},
		{pathTest{"x", 2, float32(math.NaN())}, "x NaN, asked ≤ 2"},
	} {
		if got := c.test.String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestPath(t *testing.T) {
	s := Path(decision())
	d := documentOf(t, s)
	spec := d.Panels[0].Spec.(*pathSpec)
	if d.Bits["path"] != 32 || spec.Longest != 3 {
		t.Errorf("bits %v, longest %d", d.Bits, spec.Longest)
	}
	for frame, want := range []string{"Test 0: no test yet.", "Test 1: petal length 4.7 > 2.45.", "Test 2: petal width 1.4 ≤ 1.75.", "Test 3: petal length 4.7 ≤ 4.95."} {
		if got := said(s, frame); got != want {
			t.Errorf("frame %d: %q, want %q", frame, got, want)
		}
	}
	m := (&poster{scene: s}).moment(0, 1)
	if got := spec.ahead(spec.tests(m.snapshot(0), m), m); len(got) != 2 || got[1].String() != "petal length 4.7 ≤ 4.95" {
		t.Errorf("ahead of frame 1: %v", got)
	}
	other := xainb.Record(0, func(int) []xainb.Step {
		return []xainb.Step{
			xainb.DecisionStep{Path: []xainb.PathNode{{Name: "a", Threshold: 1, Value: 0}}},
			xainb.DecisionStep{Path: []xainb.PathNode{{Name: "b", Threshold: 1, Value: 0}, {Name: "c", Threshold: 1, Value: 0}}},
		}
	})
	m = moment{tracks: []*xainb.Track{other}}
	if got := spec.ahead(spec.tests(other.At(0), m), m); len(got) != 0 {
		t.Errorf("another tree's tests are ahead: %v", got)
	}
}
