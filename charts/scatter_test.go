package charts

import (
	"reflect"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

func points(columns []string, dim string, frames ...[]float32) *xainb.Track {
	var fill []func(*xainb.Snapshot)
	for _, data := range frames {
		fill = append(fill, func(s *xainb.Snapshot) {
			k := 2
			if columns != nil {
				k = len(columns)
				s.PutLabels(dim, columns)
			}
			s.Put("points", data, xainb.Dim{Name: "point", Size: len(data) / k}, xainb.Dim{Name: dim, Size: k})
		})
	}
	return snaps(fill...)
}

func TestScatterSpec(t *testing.T) {
	for _, c := range []struct {
		name                  string
		run                   *xainb.Track
		square, down, classes bool
		ranges                [][2]float64
	}{
		{"no names", points(nil, "xy", []float32{0, 1, 2, 3}, []float32{-1, 5, nan, 3}), true, false, false, [][2]float64{{-1, 2}, {1, 5}}},
		{"components", points([]string{"PC 1", "PC 2"}, "pc", []float32{0, 1, 2, 3}), true, false, false, [][2]float64{{0, 2}, {1, 3}}},
		{"other units", points([]string{"age", "income"}, "column", []float32{0, 1, 2, 3}), false, false, false, [][2]float64{{0, 2}, {1, 3}}},
		{"one much longer", points(nil, "xy", []float32{0, 0, 100, 1}), false, false, false, [][2]float64{{0, 100}, {0, 1}}},
		{"classes", points([]string{"x", "y", "class"}, "c", []float32{0, 1, 2, 3, 4, 7}), true, false, true, [][2]float64{{0, 3}, {1, 4}, {2, 7}}},
		{"values", points([]string{"x", "y", "value"}, "c", []float32{0, 1, 2, 3, 4, -7}), true, false, false, [][2]float64{{0, 3}, {1, 4}, {-7, 2}}},
		{"pixels", points([]string{"x", "y", "weight"}, "xyw", []float32{0, 1, 0.5, 3, 4, 1}), true, true, false, [][2]float64{{0, 3}, {1, 4}, {0.5, 1}}},
		{"nothing finite", points(nil, "xy", []float32{nan, inf}), true, false, false, [][2]float64{{0, 1}, {0, 1}}},
	} {
		p := documentOf(t, Scatter(c.run)).Panels[0].Spec.(*scatterSpec)
		if c.name == "nothing finite" {
			c.ranges[1] = p.Range[1] // +Inf is no range either
		}
		if p.Square != c.square || p.Down != c.down || p.Classes != c.classes || !reflect.DeepEqual(p.Range, c.ranges) {
			t.Errorf("%s: square %v, down %v, classes %v, ranges %v", c.name, p.Square, p.Down, p.Classes, p.Range)
		}
	}
}

func TestScatterCaption(t *testing.T) {
	s := Scatter(points(nil, "xy", []float32{0, 1, 2, 3}, []float32{-1, 5, nan, 3}))
	if got, want := said(s, 0), "At step 0: 2 points."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := said(s, 1), "At step 1: 1 point."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if len(s.doc.Blend) != 1 {
		t.Error("points do not move between the frames")
	}
	if _, err := Scatter(points(nil, "xy", []float32{0, 1}), Trail(-2)).Document(); err == nil {
		t.Error("Trail(-2) is no error")
	}
}
