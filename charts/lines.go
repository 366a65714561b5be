package charts

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	ech "github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/xainb/gonb-xai/xainb"
)

// Limits of a picture of lines, beyond which nothing can be told apart.
const (
	mostLines = 12
	mostInRow = 5
)

// line is a number over the run: a scalar, or a field of a single value.
type line struct {
	Name   string `json:"name"`
	Label  string `json:"label,omitempty"` // what the page writes instead of the name
	Scalar string `json:"scalar,omitempty"`
	Field  string `json:"field,omitempty"`
	zh     string // the name in Chinese, where it has one
	Count  bool   `json:"count,omitempty"` // all its values are whole numbers, and are written as such
}

type lineRow struct {
	Lines []line      `json:"lines"`
	Scale *[2]float64 `json:"scale,omitempty"` // what its axis has at least; its lines fill the rest
}

// lineMark is a time that is marked across all rows.
type lineMark struct {
	At   float64 `json:"at"`
	Name string  `json:"label"`
}

// linesSpec is the spec of kind "lines" (series_lines.js); its still is in linesstill.go.
type linesSpec struct {
	Kind   string          `json:"kind"`
	Option json.RawMessage `json:"option"`
	Rows   []lineRow       `json:"rows"`
	Span   *[2]float64     `json:"span,omitempty"` // what the abscissa has at least
	Mark   *lineMark       `json:"mark,omitempty"`
	Bridge bool            `json:"bridge,omitempty"` // frames that lack a number do not break its line: it belongs to another run than they

	lines  []line
	ranges map[string][2]float64 // by name
	latest [][]int               // with Bridge: of each line at each moment, the last frame up to it that has its number, or -1
}

// Lines draws the scalars of a run over its time, up to the playhead; what is still to come is a ghost. Numbers of very different size stand
// in rows of their own. [Numbers] or [Fields] chooses some of the scalars, [Field] one, or a field: of a field without dimensions the value is drawn over the run, a 1-D field
// is drawn over its own positions, a profile that moves from frame to frame. A run without scalars has the profile of its first
// 1-D field drawn.
//
// Captions can use the name of each scalar; of a profile {top.label} and {top.value}, its largest value.
func Lines(src xainb.Source, opts ...Option) *Scene {
	s, t := newScene(src, "Lines")
	if s.err != nil {
		return s
	}
	o := optionsOf(opts)
	lines := linesOf(t)
	if o.field != "" {
		lines = slices.DeleteFunc(lines, func(l line) bool { return l.Name != o.field })
	}
	for _, asked := range []struct {
		option string
		names  []string
	}{{"Fields", o.fields}, {"Numbers", o.numbers}} {
		if asked.names == nil {
			continue
		}
		var err error
		if lines, err = chosen(lines, asked.option, asked.names); err != nil {
			return s.fail(err)
		}
	}
	if len(lines) == 0 {
		return s.profile(t, o)
	}
	fields, err := s.addLines(t, lines)
	if err != nil {
		return s.fail(err)
	}
	s.shipOnly(t, fields...)
	o.apply(s, fields...)
	s.Title(s.tell(linesTitle(lines)))
	s.Subtitle("Each line runs up to the playhead; the thin line is still to come.")
	s.Caption(s.tell(linesCaption(t, lines)))
	s.doc.Summary = s.tell(linesSummary(t, lines))
	return s
}

// chosen returns the lines of these names, in their order.
func chosen(all []line, option string, names []string) ([]line, error) {
	out := make([]line, 0, len(names))
	for _, name := range names {
		i := slices.IndexFunc(all, func(l line) bool { return l.Name == name })
		if i < 0 {
			known := make([]string, len(all))
			for k, l := range all {
				known[k] = l.Name
			}
			return nil, fmt.Errorf("charts: Lines: %s(%q): the run has no such number, but %s", option, name, first(list(known), "none"))
		}
		if !slices.Contains(out, all[i]) {
			out = append(out, all[i])
		}
	}
	return out, nil
}

// linesOf returns the numbers that a run has over its time.
func linesOf(t *xainb.Track) []line {
	var out []line
	schema := t.Schema()
	for _, name := range schema.Scalars {
		out = append(out, line{Name: name, Scalar: name})
	}
	for _, f := range schema.Fields {
		if len(f.Dims) == 0 && !slices.ContainsFunc(out, func(l line) bool { return l.Name == f.Name }) {
			out = append(out, line{Name: f.Name, Field: f.Name})
		}
	}
	return out
}

// values returns the line's number in each frame, NaN where there is none.
func (l line) values(t *xainb.Track) []float64 {
	out := make([]float64, t.Len())
	for i, s := range t.Frames() {
		out[i], _ = l.at(s)
	}
	return out
}

// areCounts says whether all values that are there are whole numbers, and not so large that nobody reads them digit by digit.
func areCounts(values []float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return !math.IsNaN(v) && (v != math.Trunc(v) || math.Abs(v) >= 1e6) })
}

// text writes a value of the line, as lineText in series_lines.js.
func (l line) text(v float64) string {
	if l.Count && v == math.Trunc(v) {
		return pick(v < 0, "−", "") + strconv.FormatFloat(math.Abs(v), 'f', 0, 64)
	}
	return formatNumber(v)
}

// latest returns, for each frame, the last up to it that has the line's number; -1 where there is none yet.
func (l line) latest(t *xainb.Track) []int {
	out, last := make([]int, t.Len()), -1
	for i, s := range t.Frames() {
		if _, ok := l.at(s); ok {
			last = i
		}
		out[i] = last
	}
	return out
}

func (l line) at(s *xainb.Snapshot) (v float64, ok bool) {
	if l.Scalar != "" {
		v, ok = s.Scalar(l.Scalar)
	} else if f := s.Field(l.Field); f != nil && len(f.Data) > 0 {
		v, ok = float64(f.Data[0]), true
	}
	if !ok {
		v = math.NaN()
	}
	return v, ok
}

// addLines adds the panel of lines and returns the fields that it draws.
func (s *Scene) addLines(t *xainb.Track, lines []line) ([]string, error) {
	if n := len(lines); n > mostLines {
		s.doc.Warnings = append(s.doc.Warnings, fmt.Sprintf("%d of the run's %d numbers are drawn: choose one with charts.Field.", mostLines, n))
		lines = lines[:mostLines]
	}
	lines = slices.Clone(lines)
	spec := &linesSpec{Kind: "lines", lines: lines, ranges: map[string][2]float64{}}
	for i, l := range lines {
		values := l.values(t)
		lo, hi := extent(values)
		spec.ranges[l.Name], lines[i].Count = [2]float64{lo, hi}, areCounts(values)
	}
	if err := spec.arrange(); err != nil {
		return nil, err
	}
	var fields []string
	for _, l := range lines {
		if l.Field != "" {
			fields = append(fields, l.Field)
		}
	}
	s.keep(t, fields...)
	s.series(xainb.Panel{Grow: 1, Basis: 300, Spec: spec}, spec, linesScript)
	return fields, nil
}

// arrange puts lines into rows so that each can still be seen: it moves over at least a sixth of its row's scale. The two lines of a number
// that is compared share a row.
func (l *linesSpec) arrange() (err error) {
	var rows []lineRow
	var ranges [][][2]float64
	for i, x := range l.lines {
		r := l.ranges[x.Name]
		at := slices.IndexFunc(ranges, func(others [][2]float64) bool {
			return len(others) < mostInRow && together(append(slices.Clone(others), r))
		})
		if l.Bridge {
			at = pick(i%2 == 0, -1, len(rows)-1)
		}
		if at < 0 {
			at = len(rows)
			rows, ranges = append(rows, lineRow{}), append(ranges, nil)
		}
		rows[at].Lines = append(rows[at].Lines, x)
		ranges[at] = append(ranges[at], r)
	}
	l.Rows = rows
	l.Option, err = linesOption(rows)
	return err
}

func together(ranges [][2]float64) bool {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, r := range ranges {
		lo, hi = min(lo, r[0]), max(hi, r[1])
	}
	for _, r := range ranges {
		if !(r[1]-r[0] >= (hi-lo)/6) {
			return false
		}
	}
	return true
}

// linesOption is the base option: for each row a grid with its axes and a playhead, for each line a ghost, what has been, and the point of now.
func linesOption(rows []lineRow) (json.RawMessage, error) {
	c := ech.NewLine()
	axes, values, grids := []opts.XAxis{}, []opts.YAxis{}, []opts.Grid{}
	n := 0
	for r, row := range rows {
		axes = append(axes, opts.XAxis{Type: "value", GridIndex: r})
		values = append(values, opts.YAxis{Type: "value", GridIndex: r, Scale: opts.Bool(true)})
		grids = append(grids, opts.Grid{})
		series(c, "head "+strconv.Itoa(r), "", r, "line")
		for _, l := range row.Lines {
			id := strconv.Itoa(n)
			series(c, "ghost "+id, l.Name, r, "line")
			series(c, "line "+id, l.Name, r, "line")
			series(c, "now "+id, l.Name, r, "scatter")
			n++
		}
	}
	c.XAxisList, c.YAxisList, c.GridList = axes, values, grids
	return option(c)
}

func series(c *ech.Line, id, name string, grid int, kind string) {
	c.AddSeries(name, nil, ech.WithSeriesOpts(func(s *ech.SingleSeries) {
		s.Id, s.Type, s.XAxisIndex, s.YAxisIndex = id, kind, grid, grid
	}))
}

func linesTitle(lines []line) bilingual {
	var names []string
	for _, l := range lines {
		names = append(names, l.Name)
	}
	switch n := len(names); {
	case n == 1:
		return say("How does the %s change?", names[0])
	case n <= 3:
		return say("How do %s change?", listed(names))
	}
	return say("How do the numbers change?")
}

func linesCaption(t *xainb.Track, lines []line) bilingual {
	var en, zh []string
	for i, l := range lines[:min(3, len(lines))] {
		value := "**{" + braced.Replace(l.Name) + "}**"
		en = append(en, quoted.Replace(l.Name)+pick(i == 0, " is ", " ")+value)
		zh = append(zh, quoted.Replace(first(l.zh, l.Name))+pick(i == 0, " 为 ", " ")+value)
	}
	return say("At %s, %s.", when(t), bilingual{list(en), strings.Join(zh, "，")})
}

func linesSummary(t *xainb.Track, lines []line) (all bilingual) {
	for _, l := range lines[:min(3, len(lines))] {
		v := slices.DeleteFunc(l.values(t), func(v float64) bool { return v-v != 0 })
		if len(v) == 0 {
			continue
		}
		name := bilingual{l.Name, first(l.zh, l.Name)}
		text := say("%s is %s.", name, formatNumber(v[0]))
		if len(v) > 1 {
			text = say("%s goes from %s to %s.", name, formatNumber(v[0]), formatNumber(v[len(v)-1]))
		}
		all = bilingual{all.en + pick(all.en == "", "", " ") + text.en, all.zh + text.zh}
	}
	return all
}

// runTimes returns the abscissa of a run, as scanRun in series_lines.js: its own time where that only grows or only falls, otherwise the
// frames counted from 1.
func runTimes(t *xainb.Track) (xs []float64, name string) {
	xs = timesOf(t)
	if up, down := isOrdered(xs); up || down {
		return xs, first(t.At(0).TimeName, "step")
	}
	for i := range xs {
		xs[i] = float64(i + 1)
	}
	return xs, "frame"
}
