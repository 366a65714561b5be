package charts

import (
	"math"
	"testing"

	"gonum.org/v1/plot/vg"
)

// planeTwins are what Go and the page compute alike for planes and lanes; plane_test.mjs checks the same file.
type planeTwins struct {
	Areas     []areaTwin      `json:"areas"`
	Scales    []arrowTwin     `json:"scales"`
	Lengths   [][2]string     `json:"lengths"`   // unit, the legend's length as it is written
	Normal    [][2]string     `json:"normal"`    // magnitude, factor
	Lanes     []laneTwin      `json:"lanes"`     // layouts
	Edges     [][2][]float64  `json:"edges"`     // times, edges
	Positions [][5]float64    `json:"positions"` // value, from, to, 1 if logarithmic; position
	Readings  []laneReadsTwin `json:"readings"`
}

type areaTwin struct {
	Width, Left float64
	View        [4]float64
	Want        [2]float64 // width and height
	Side        bool
}

type arrowTwin struct {
	Mode  string
	Unit  float64
	Peaks []float64
	Frame int
	Want  [4]float64 // the length as long as a cell; how long 0, 1 and 5 are drawn
}

type laneTwin struct {
	In     [4]float64 // width, lanes, labels, values
	Second bool
	Events bool
	Want   [6]float64 // left, right, top, high, pitch, bottom
}

type laneReadsTwin struct {
	Names           []string
	Values, Against []string
	States          []string
	Chosen          int
	Want            map[string]string
}

func TestPlaneTwins(t *testing.T) { checkTwins(t, "plane.json", makePlaneTwins(), "plane_test.mjs") }

func makePlaneTwins() planeTwins {
	var out planeTwins
	for _, c := range []areaTwin{
		{Width: 852, Left: 40, View: [4]float64{-3, 3, -3, 3}}, {Width: 312, Left: 38, View: [4]float64{-3, 3, -3, 3}},
		{Width: 700, Left: 40, View: [4]float64{0, 10, 0, 4}}, {Width: 700, Left: 40, View: [4]float64{0, 100, 0, 1}}, {Width: 20, Left: 40, View: [4]float64{0, 1, 0, 3}},
	} {
		w, h, side := planeArea(vg.Length(c.Width), vg.Length(c.Left), c.View)
		c.Want, c.Side = [2]float64{float64(w), float64(h)}, side
		out.Areas = append(out.Areas, c)
	}
	for _, mode := range []string{arrowLengths, arrowNormalised, arrowDirections} {
		for frame := range 4 {
			a := planeArrows{Unit: 2, Peaks: []float64{1, 0, 100}}
			unit, cells := a.scale(mode, frame)
			out.Scales = append(out.Scales, arrowTwin{mode, a.Unit, a.Peaks, frame, [4]float64{unit, cells(0), cells(1), cells(5)}})
		}
	}
	for _, unit := range []float64{1, 0.3, 7, 0.0234, 4e-9, 3e7, 1.0 / 3} {
		out.Lengths = append(out.Lengths, [2]string{exactly(unit), roundText(roundLength(unit))})
	}
	magnitudes := []float64{0, 1, 1, 100, 1, 1, 0.01, math.Inf(1), math.NaN(), 1e-300, 2}
	for i, f := range normalised(magnitudes) {
		out.Normal = append(out.Normal, [2]string{exactly(magnitudes[i]), exactly(f)})
	}
	for _, c := range []laneTwin{{In: [4]float64{852, 6, 30, 80}}, {In: [4]float64{312, 20, 400, 200}, Second: true, Events: true}, {In: [4]float64{700, 40, 10, 10}, Events: true}} {
		l := laneArea(vg.Length(c.In[0]), int(c.In[1]), vg.Length(c.In[2]), vg.Length(c.In[3]), c.Second, c.Events)
		c.Want = [6]float64{float64(l.left), float64(l.right), float64(l.top), float64(l.high), float64(l.pitch), float64(l.bottom)}
		out.Lanes = append(out.Lanes, c)
	}
	for _, x := range [][]float64{{7}, {1, 2, 5}, {3, 2, 1}} {
		out.Edges = append(out.Edges, [2][]float64{x, frameEdges(x)})
	}
	for _, c := range [][4]float64{{0.5, 0, 2, 0}, {-1, -2, 2, 0}, {0.01, 0.001, 1, 1}, {0, 0.001, 1, 1}} {
		out.Positions = append(out.Positions, [5]float64{c[0], c[1], c[2], c[3], lanePosition(c[0], [2]float64{c[1], c[2]}, c[3] == 1)})
	}
	return withReadings(out)
}

func withReadings(out planeTwins) planeTwins {
	rows := []lane{{"G 1", []int{0}}, {"G 2", []int{1}}, {"D 1", []int{2}}, {"D 2", []int{3}}, {"D 3", []int{4}}}
	states := []string{"healthy", "vanishing", "exploding"}
	none := []float64{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	for _, c := range []struct {
		values, against []float64
		states          []string
		chosen          int
	}{
		{[]float64{1, 5, math.NaN(), 2, math.Inf(1)}, nil, nil, -1},
		{[]float64{1, 5, math.NaN(), 2, 3}, nil, nil, 2},
		{[]float64{1, 5, math.NaN(), 2, 3}, nil, nil, 0},
		{[]float64{0.5, 0.1, -0.2, math.NaN(), 0.4}, []float64{0.4, 0.5, 0.1, 0.9, math.NaN()}, nil, -1},
		{[]float64{0.5, 0.1, -0.2, 0.1, 0.4}, []float64{0.4, 0.5, 0.1, 0.9, math.NaN()}, nil, 4},
		{[]float64{0, 0, 0, 0, 0}, nil, states, -1},
		{[]float64{0, 1, 2, 1, 2}, nil, states, -1},
		{[]float64{0, 1, 7, 1, 0}, nil, states, -1},
		{[]float64{0, 1, 2, 1, 2}, nil, states, 2},
		{none, nil, nil, -1}, {none, nil, states, -1},
	} {
		r := laneReadsTwin{States: c.states, Chosen: c.chosen, Want: laneReadings(rows, c.values, c.against, c.states, c.chosen, "cosine", "null")}
		for i, row := range rows {
			r.Names, r.Values = append(r.Names, row.Name), append(r.Values, exactly(c.values[i]))
			if c.against != nil {
				r.Against = append(r.Against, exactly(c.against[i]))
			}
		}
		out.Readings = append(out.Readings, r)
	}
	return out
}
