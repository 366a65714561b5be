package gan

import (
	"math"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

func TestEnergy(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	// by hand, from the article's formula
	norms := [][]float64{{1, 5, 0}, {3, 5, inf}, {2, 5, nan}, {1.5, 5}}
	want := [][]float64{{0, 0, 0}, {1, 0, 1}, {0.5, 0, nan}, {0.25, 0}}
	got := Energy(norms)
	for i := range want {
		for l := range want[i] {
			if g, w := got[i][l], want[i][l]; !(math.Abs(g-w) < 1e-8) && !(g != g && w != w) {
				t.Errorf("frame %d, layer %d: %v, want %v", i, l, g, w)
			}
		}
	}
	if got[1][0] >= 1 {
		t.Error("the guard is missing")
	}
	if len(Energy(nil)) != 0 {
		t.Error("energy of nothing")
	}
}

// TestTrailingEnergy: the window forgets, so that what was highest once is not so for ever.
func TestTrailingEnergy(t *testing.T) {
	m := newMonitor(testConfig(Act), []string{"G 1", "D 1"})
	for i := range 100 {
		norm := 1 + 0.5*float32(i%2)
		if i == 10 {
			norm = 9
		}
		v := m.observe(observation{step: i, norm: []float32{norm, 1}})
		want := float64(i % 2)
		switch {
		case i == 0:
			want = 0
		case i == 10:
			want = 1
		case i > 10 && i < 10+energyWindow:
			want *= 0.5 / 8
		}
		if math.Abs(float64(v.energy[0])-want) > 1e-6 {
			t.Errorf("frame %d: %v, want %v", i, v.energy[0], want)
		}
	}
}

// testTrack is a track with the fields that the alarm's readers need.
func testTrack(names []string, norms, states [][]float32) *xainb.Track {
	frames := make([]xainb.Snapshot, len(norms))
	for i := range frames {
		f := &frames[i]
		f.Seq = 2 * i
		dim := xainb.Dim{Name: "layer", Size: len(names)}
		f.Put("gradient", norms[i], dim)
		f.Put("energy", make([]float32, len(names)), dim)
		f.PutUnit("energy", unitOfWindow)
		f.Put("state", states[i], dim)
		f.PutLabels("layer", names)
	}
	return xainb.NewTrack(frames, xainb.Provenance{Name: "test"}, nil)
}

func TestRunEnergy(t *testing.T) {
	names := []string{"G 1", "D 1"}
	before := testTrack(names, [][]float32{{1, 2}, {3, 2}, {2, 4}}, [][]float32{{0, 0}, {0, 0}, {0, 0}}).WithWarnings("careful")
	after := withRunEnergy(before)
	for i, want := range [][]float32{{0, 0}, {1, 0}, {0.5, 1}} {
		x := after.At(i).Field("energy")
		if x.Unit != "of the run" || math.Abs(float64(x.Data[0]-want[0])) > 1e-6 || math.Abs(float64(x.Data[1]-want[1])) > 1e-6 {
			t.Errorf("frame %d: %v %q, want %v", i, x.Data, x.Unit, want)
		}
		if x := before.At(i).Field("energy"); x.Data[0] != 0 || x.Unit != "of the last 50 frames" {
			t.Error("the track it was given has changed")
		}
	}
	if after.Steps() != before.Steps() || after.Dropped() != 2 || len(after.Warnings()) != 1 || after.Provenance().Name != "test" {
		t.Errorf("lost on the way: %v, %v", after, after.Warnings())
	}
}
