package charts

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// seriesTwins are what Go and the page compute alike for series, words, stages and paths; series_test.mjs checks the same file.
type seriesTwins struct {
	Readings  [][2]string          `json:"readings"` // labels, how they are read
	Labels    [][2]string          `json:"labels"`   // label, as it is shown
	Ticks     []tickTwin           `json:"ticks"`
	Scales    [][4]float64         `json:"scales"` // from, to; with room
	Outcomes  []outcomeTwin        `json:"outcomes"`
	Rankings  []rankingTwin        `json:"rankings"`
	Routes    []routeTwin          `json:"routes"`
	Values    [][3]string          `json:"values"` // value, limit, text
	Times     []timesTwin          `json:"times"`
	Positions []map[string]float64 `json:"positions"`
}

type tickTwin struct {
	Lo, Hi float64
	N      int
	Text   []string
}

type outcomeTwin struct{ Value, Threshold, Text string }

type rankingTwin struct {
	Labels []string
	Data   []string
	Came   []int
	Frame  int
	Read   map[string]string
}

type routeTwin struct {
	Phases, Stages []string
	At, Rounds     []int
	From, To       int
}

type timesTwin struct {
	Times, X []float64
	Name     string
}

func TestSeriesTwins(t *testing.T) {
	checkTwins(t, "series.json", makeSeriesTwins(), "series_test.mjs")
}

// checkTwins compares what Go makes with the file that the other twin's test reads.
func checkTwins(t *testing.T, name string, made any, reader string) {
	t.Helper()
	b, err := json.MarshalIndent(made, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run the test with -update)", err)
	}
	if string(want) != string(b)+"\n" {
		t.Errorf("%s is another; run the test with -update and see that %s still passes", path, reader)
	}
}

func makeSeriesTwins() seriesTwins {
	var out seriesTwins
	for _, c := range readingCases {
		out.Readings = append(out.Readings, [2]string{c.labels, c.want})
	}
	for _, l := range []string{"film,", "Ġun", ",", "##ing", "f(x)", "", "…", "▁Das", "e.g.", "好。"} {
		out.Labels = append(out.Labels, [2]string{l, plainLabel(l)})
	}
	for _, c := range []struct {
		lo, hi float64
		n      int
	}{{0, 1, 4}, {0, 0.95, 4}, {-3.2, 3.2, 5}, {0, 1e-3, 2}, {1, 59, 8}, {0, 1000, 5}, {-0.001, 0.0005, 3}, {5, 5, 4}, {0, 2.5e7, 3}, {0.2, 0.31, 4}, {-1.40381, -1.40376, 5}, {-9.2e-5, 9.2e-5, 3}} {
		twin := tickTwin{Lo: c.lo, Hi: c.hi, N: c.n}
		ticks := roundTicks(c.lo, c.hi, c.n)
		text := tickText(ticks)
		for _, v := range ticks {
			twin.Text = append(twin.Text, text(v))
		}
		out.Ticks = append(out.Ticks, twin)
	}
	for _, c := range [][2]float64{{0, 1}, {0.1, 1}, {0.5, 1}, {-1, -0.1}, {3, 3}, {0, 0}, {1, 0}, {-2, 5}, {-math.MaxFloat64, math.MaxFloat64}, {math.MaxFloat64, math.MaxFloat64}} {
		lo, hi := roomyScale(c[0], c[1])
		out.Scales = append(out.Scales, [4]float64{c[0], c[1], lo, hi})
	}
	for _, c := range [][2]float32{{4.7, 2.45}, {4.7, 4.95}, {1.5, 1.5}, {2e9, -3e-7}, {nan, 2}, {0, 0}, {0.1234568, 0.1234567}, {-inf, 1}} {
		out.Outcomes = append(out.Outcomes, outcomeTwin{exactly(float64(c[0])), exactly(float64(c[1])), pathTest{"", c[1], c[0]}.outcome()})
	}
	names := []string{"The", "film,", "the", "film", ".", "ok"}
	for i, data := range [][]float32{{0, 0, 0, 0, 0, 0}, {1, -2, 0.5, 2, nan, 0}, {1, 0, 0, 0, 0, 0}, {0.25, 0.5, inf, 1e-9, 0, 3}} {
		var came []int
		if i%2 == 0 {
			came = []int{-1, 0, 1, 2, 3, 4, 5}
		}
		here, newest := arrived(entries(data, names, "word"), came, i)
		twin := rankingTwin{Labels: names, Came: came, Frame: i, Read: readRanking(here, newest, "weight", 3)}
		for _, v := range data {
			twin.Data = append(twin.Data, exactly(float64(v)))
		}
		out.Rankings = append(out.Rankings, twin)
	}
	for _, phases := range []string{"a,b,c", "a,b,c,b,c,b,c,d", "train,train,,train,eval,train,eval", ",,", "a,b,a,c,a"} {
		out.Routes = append(out.Routes, makeRouteTwin(strings.Split(phases, ",")))
	}
	for _, c := range [][2]float64{{0.5, 1}, {1e-9, 1}, {-0.00009, 1}, {0.0001, 1}, {0, 0}, {math.Inf(1), 1}} {
		out.Values = append(out.Values, [3]string{exactly(c[0]), exactly(c[1]), valueText(c[0], c[1])})
	}
	for _, times := range [][]float64{{1, 2, 5}, {1000, 500, 0}, {1, 1, 2}, {7}} {
		var fill []func(*xainb.Snapshot)
		for _, v := range times {
			fill = append(fill, func(s *xainb.Snapshot) { s.Time, s.TimeName = v, "t" })
		}
		x, name := runTimes(snaps(fill...))
		out.Times = append(out.Times, timesTwin{times, x, name})
	}
	for _, v := range []float64{-2, -1, 0, 0.5, 2} {
		heat, both := textSpec{Ramp: "heat", Limit: 2}, textSpec{Ramp: "diverging", Limit: 2}
		out.Positions = append(out.Positions, map[string]float64{"value": v, "heat": heat.position(v), "diverging": both.position(v)})
	}
	return out
}

func makeRouteTwin(phases []string) routeTwin {
	var fill []func(*xainb.Snapshot)
	for _, p := range phases {
		fill = append(fill, func(s *xainb.Snapshot) { s.Phase = p })
	}
	r := routeOf(snaps(fill...))
	return routeTwin{Phases: phases, Stages: append([]string{}, r.stages...), At: r.at, Rounds: r.rounds, From: r.loopFrom, To: r.loopTo}
}
