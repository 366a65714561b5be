package charts

import (
	"math"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// diffusionTwins are what Go and the page compute alike for diffusion runs and curves; diffusion_test.mjs checks the same file.
type diffusionTwins struct {
	Frames  []flowFrame  `json:"frames"`
	Window  [4]float64   `json:"window"`
	Between [][4]float64 `json:"between"` // x, y; u, v in the first frame
	Ways    []flowTwin   `json:"ways"`
	Moves   []moveTwin   `json:"moves"`
	Lines   []lineTwin   `json:"lines"`
	Values  []valueTwin  `json:"values"`
}

type flowFrame struct {
	Time, AlphaBar  float64
	Score, X, Added []float32
	Rows, Cols      int
}

type flowTwin struct {
	X, Y, Time float64
	From       int
	Way        [][2]float64
}

type moveTwin struct {
	Frame, Point int
	Ok           bool
	Way          [3][2]float64
}

type lineTwin struct {
	At, Y []float64
	Step  bool
	Want  [][2]float64
}

type valueTwin struct {
	At   []float64
	Y    []float32
	X    float64
	Want string
}

func TestDiffusionTwins(t *testing.T) {
	checkTwins(t, "diffusion.json", makeDiffusionTwins(), "diffusion_test.mjs")
}

func makeDiffusionTwins() diffusionTwins {
	out := diffusionTwins{Window: [4]float64{-2, 2, -1, 3}}
	run := snaps(func(s *xainb.Snapshot) { twinFrame(s, 0) }, func(s *xainb.Snapshot) { twinFrame(s, 1) }, func(s *xainb.Snapshot) { twinFrame(s, 2) }, func(s *xainb.Snapshot) { twinFrame(s, 3) })
	for _, s := range run.Frames() {
		f := flowFrame{Time: s.Time, X: s.Field("x").Data, Rows: 3, Cols: 4}
		f.AlphaBar, _ = s.Scalar("alpha-bar")
		if x := s.Field("score"); x != nil {
			f.Score, f.Added = x.Data, s.Field("added").Data
		}
		out.Frames = append(out.Frames, f)
	}
	for _, p := range [][2]float64{{0, 0}, {-1.5, 2.4}, {1.99, -0.99}, {-50, 50}, {0.5, 1}} {
		u, v := arrowBetween(out.Frames[0].Score, 3, 4, out.Window, p[0], p[1])
		out.Between = append(out.Between, [4]float64{p[0], p[1], u, v})
	}
	flow := planeFlow{Field: "score", AlphaBar: "alpha-bar"}
	for _, p := range [][3]float64{{0, 0, 900}, {1, -0.5, 900}, {-3, 5, 600}, {0.25, 2, 400}, {1, 1, -1}, {1, 1, 2000}} {
		from, way := flow.way(run, out.Window, p[0], p[1], p[2])
		out.Ways = append(out.Ways, flowTwin{p[0], p[1], p[2], from, way})
	}
	moves := planeMoves{Field: "x", Added: "added"}
	for _, c := range [][2]int{{0, 0}, {1, 1}, {2, 1}, {3, 0}, {0, 2}} {
		way, ok := moves.of(moment{frame: c[0], tracks: []*xainb.Track{run}}, c[1])
		out.Moves = append(out.Moves, moveTwin{c[0], c[1], ok, way})
	}
	for _, c := range []lineTwin{{At: []float64{1, 2, 4}, Y: []float64{5, 6, 7}}, {At: []float64{1, 2, 4}, Y: []float64{5, 6, 7}, Step: true}, {At: []float64{1}, Y: []float64{5}, Step: true}, {At: []float64{1, 2}, Y: []float64{3, 4}, Step: true}} {
		x, y := curveSpec{At: c.At, Step: c.Step}.line(c.Y)
		for i := range x {
			c.Want = append(c.Want, [2]float64{x[i], y[i]})
		}
		out.Lines = append(out.Lines, c)
	}
	for _, x := range []float64{1, 1.5, 4, 0.99, 4.01, 3} {
		at, y := []float64{1, 2, 4}, []float32{5, -1, 7}
		out.Values = append(out.Values, valueTwin{at, y, x, exactly(curveSpec{At: at}.value(y, x))})
	}
	return out
}

// twinFrame is one of four frames whose time falls; the last has no score.
func twinFrame(s *xainb.Snapshot, k int) {
	s.Time, s.TimeName = []float64{900, 600, 300, -1}[k], "t"
	s.PutScalar("alpha-bar", []float64{0.01, 0.25, 0.75, 1}[k])
	wave := func(n int, by float64) []float32 {
		out := make([]float32, n)
		for i := range out {
			out[i] = float32(math.Round(1000*math.Sin(by*float64(i+5*k)+0.3)) / 1000)
		}
		return out
	}
	sample, xy := xainb.Dim{Name: "sample", Size: 2}, xainb.Dim{Name: "xy", Size: 2}
	s.Put("x", wave(4, 1.7), sample, xy)
	if k < 3 {
		s.Put("score", wave(24, 0.9), xainb.Dim{Name: "y", Size: 3}, xainb.Dim{Name: "x", Size: 4}, xainb.Dim{Name: "uv", Size: 2})
		s.Put("added", wave(4, 2.9), sample, xy)
	}
}
