package gan

import (
	"fmt"
	"reflect"
	"testing"
)

func TestAdvice(t *testing.T) {
	names := []string{"G 1", "G 2", "D 1", "D 2"}
	norms, states := make([][]float32, 30), make([][]float32, 30)
	for i := range norms {
		norms[i], states[i] = []float32{1 + float32(i%5), 1, 1, 1}, make([]float32, 4)
		if i < 5 {
			norms[i][3] = 100
		}
		if i > 10 {
			states[i][3] = float32(Vanishing) // so its low energy is no false alarm, before that either
		}
	}
	for i := 4; i < 9; i++ {
		states[i][0] = float32(Chaotic)
		states[i+2][1] = float32(Chaotic) // overlaps: together 4 to 10
	}
	for i := 20; i < 23; i++ {
		states[i][0] = float32(Chaotic)
	}
	states[15][2], states[16][2] = float32(Exploding), float32(Exploding) // two in a row are chance
	for i := 10; i < 13; i++ {
		norms[i][2] = 8 // the highest of the run, and not ten times the median
	}
	got := Advice(testTrack(names, norms, states))
	want := []Finding{
		{State: Chaotic, Player: "G", Layers: []string{"G 1", "G 2"}, Frames: [][2]int{{4, 10}, {20, 22}},
			Found: "G 1, G 2: chaotic at frames 5-11, 21-23", Help: Chaotic.Help()},
		{State: Vanishing, Player: "D", Layers: []string{"D 2"}, Frames: [][2]int{{11, 29}},
			Found: "D 2: vanishing at frames 12-30", Help: Vanishing.Help()},
		{State: Healthy, Player: "G", Layers: []string{"G 2"}, Frames: [][2]int{{0, 29}},
			Found: "G 2: false alarm, the energy is below 0.02 at frames 1-30"},
		{State: Healthy, Player: "D", Layers: []string{"D 1"}, Frames: [][2]int{{10, 12}},
			Found: "D 1: false alarm, the energy is above 0.95 at frames 11-13"},
		{State: Healthy, Player: "D", Layers: []string{"D 1"}, Frames: [][2]int{{0, 9}, {13, 29}},
			Found: "D 1: false alarm, the energy is below 0.02 at frames 1-10, 14-30"},
	}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i, w := range want {
		if w.Help == "" {
			w.Help = got[i].Help
		}
		if !reflect.DeepEqual(got[i], w) {
			t.Errorf("finding %d: %+v, want %+v", i, got[i], w)
		}
	}
	if len(Advice(nil)) != 0 || len(Advice(testTrack(nil, nil, nil))) != 0 {
		t.Error("advice of nothing")
	}
}

func TestFindingNamesFewFrames(t *testing.T) {
	f := Finding{Frames: [][2]int{{0, 3}, {5, 8}, {10, 12}, {14, 16}, {18, 20}}}
	if got := f.where(); got != "frames 1-4, 6-9, 11-13 and 2 times more" {
		t.Error(got)
	}
}

// The article's two rows.
func ExampleReading_State() {
	early := Reading{Norm: 0.87, Median: 0.9, Cosine: 0.92, Null: 0.95}
	late := Reading{Norm: 0.03, Median: 0.05, Cosine: 0.41, Null: 0.93}
	fmt.Println(early.State(), late.State())
	late.Null = 0.45 // minibatches at the same parameters agree no better
	fmt.Println(late.State())
	// Output:
	// healthy chaotic
	// healthy
}
