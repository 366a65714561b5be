package charts

import (
	_ "embed" // the painter's JavaScript
	"image/color"
	"math"
	"strconv"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

//go:embed path.js
var pathJS string

// pathSpec is the spec of painter "path" (path.js) and its still.
type pathSpec struct {
	Field   string `json:"field"`
	Dim     string `json:"dim"`
	Longest int    `json:"longest"` // the most tests in a frame
	Score   bool   `json:"score"`   // the scalar "score" is said below
}

// Path draws the tests on the way to a decision from the top, each with the value and the threshold it is compared with, as
// [xainb.DecisionStep] records them. The tests of the current frame are lit, the last of them is where the decision stands; those that
// later frames add are seen ahead. [Field] chooses a field [node,2] other than "path".
//
// Captions can use {nodes}, how many tests were made, and {node} and {test}, the last of them.
func Path(src xainb.Source, opts ...Option) *Scene {
	s, t := newScene(src, "Path")
	if s.err != nil {
		return s
	}
	o := optionsOf(opts)
	f, err := fieldFor(t, "Path", o.field, "decision path (a field [node, test=2])", isPathLike(o.field), nil)
	if err != nil {
		return s.fail(err)
	}
	spec := s.addPath(t, f)
	spec.Score = true
	s.shipOnly(t, f.Name)
	o.apply(s)
	s.Title("Which tests lead to the answer?")
	s.Subtitle("From the top: each value, and the threshold it is compared with.")
	s.Caption("Test {nodes}: **{test}**.")
	m := moment{frame: t.Len() - 1, tracks: []*xainb.Track{t}}
	if tests := spec.tests(m.snapshot(0), m); len(tests) > 0 {
		s.doc.Summary = s.say("The path ends at test %d: %s.", len(tests), tests[len(tests)-1])
	}
	return s
}

func isPath(f *xainb.FieldInfo) bool {
	return len(f.Dims) == 2 && f.Dims[1] == xainb.Dim{Name: "test", Size: 2}
}

func isPathLike(asked string) func(*xainb.FieldInfo) bool {
	return func(f *xainb.FieldInfo) bool {
		return isPath(f) || asked != "" && len(f.Dims) == 2 && f.Dims[1].Size == 2
	}
}

func (s *Scene) addPath(t *xainb.Track, f *xainb.FieldInfo) *pathSpec {
	most, _ := longestField(t, f.Name)
	spec := &pathSpec{Field: f.Name, Dim: f.Dims[0].Name, Longest: most / 2}
	s.doc.Bits[f.Name] = 32 // a rounded value could land on the other side of its threshold
	s.use(partsScript)
	s.panel(xainb.Panel{Painter: "path", Grow: 1, Spec: spec}, spec, xainb.Script{Name: "path", Source: pathJS})
	return spec
}

// pathTest is one test of a path.
type pathTest struct {
	name             string
	threshold, value float32
}

// String writes the test as "petal length 4.7 > 2.45".
func (p pathTest) String() string { return p.name + " " + p.outcome() }

func (p pathTest) outcome() string {
	switch v := float64(p.value); {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return formatNumber(v) + ", asked ≤ " + exact(p.threshold)
	case p.value <= p.threshold:
		return exact(p.value) + " ≤ " + exact(p.threshold)
	}
	return exact(p.value) + " > " + exact(p.threshold)
}

// exact writes a number of a test with six digits; fewer could turn the test around.
func exact(v float32) string {
	a := math.Abs(float64(v))
	if math.IsNaN(a) || math.IsInf(a, 0) {
		return formatNumber(float64(v))
	}
	s := strconv.FormatFloat(a, 'g', 6, 64)
	if a >= 1e6 || a > 0 && a < 1e-4 {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(a, 'e', 2, 64), "e")
		n, _ := strconv.Atoi(exponent)
		s = mantissa + "e" + strconv.Itoa(n)
	}
	if v < 0 {
		return "−" + s
	}
	return s
}

func (p *pathSpec) tests(s *xainb.Snapshot, m moment) []pathTest {
	f := s.Field(p.Field)
	if f == nil {
		return nil
	}
	names := labels(m.tracks[0], s, p.Dim)
	out := make([]pathTest, len(f.Data)/2)
	for i := range out {
		out[i] = pathTest{p.Dim + " " + strconv.Itoa(i+1), f.Data[2*i], f.Data[2*i+1]}
		if i < len(names) {
			out[i].name = names[i]
		}
	}
	return out
}

// ahead returns the tests that later frames add to those of now.
func (p *pathSpec) ahead(now []pathTest, m moment) []pathTest {
	best := now
	for i := m.frame + 1; i < m.tracks[0].Len(); i++ {
		later := p.tests(m.tracks[0].At(i), m)
		for k, t := range now {
			if k >= len(later) || later[k].name != t.name || later[k].threshold != t.threshold {
				return best[len(now):]
			}
		}
		if len(later) > len(best) {
			best = later
		}
	}
	return best[len(now):]
}

func (p *pathSpec) read(m moment) map[string]string {
	now := p.tests(m.snapshot(0), m)
	out := map[string]string{"nodes": strconv.Itoa(len(now)), "node": "no test yet", "test": "no test yet"}
	if n := len(now); n > 0 {
		out["node"], out["test"] = now[n-1].name, now[n-1].String()
	}
	return out
}

const pathRow vg.Length = 34

func (p *pathSpec) height(vg.Length, moment) vg.Length { return vg.Length(p.Longest)*pathRow + 24 }

func (p *pathSpec) still(c draw.Canvas, m moment) error {
	s := m.snapshot(0)
	now := p.tests(s, m)
	all := append(now[:len(now):len(now)], p.ahead(now, m)...)
	x := c.Min.X + 4.5
	for i, t := range all {
		y := c.Max.Y - pathRow*vg.Length(i) - 10
		colour, ring := muted, faint
		if i < len(now) {
			colour = pick(i == len(now)-1, accent, ink)
			ring = colour
		}
		if i+1 < len(all) {
			c.StrokeLine2(draw.LineStyle{Color: faint, Width: 1}, x, y-7, x, y-pathRow+7)
		}
		c.DrawGlyphNoClip(draw.GlyphStyle{Color: ring, Radius: 4.5, Shape: draw.CircleGlyph{}}, vg.Point{X: x, Y: y})
		if i >= len(now) {
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: paper, Radius: 3.2, Shape: draw.CircleGlyph{}}, vg.Point{X: x, Y: y})
		}
		p.line(c, t, x+16, y, colour, i == len(now)-1)
	}
	foot := "no test yet"
	if len(now) > 0 {
		foot = ""
		if v, ok := s.Scalar("score"); ok && p.Score {
			foot = "score " + formatNumber(v)
		}
	}
	write(c, labelStyle, x+16, c.Max.Y-pathRow*vg.Length(len(all))-10, draw.XLeft, draw.YCenter, foot)
	return nil
}

func (p *pathSpec) line(c draw.Canvas, t pathTest, x, y vg.Length, colour color.RGBA, here bool) {
	name, test := textStyle(14, colour, false), textStyle(14, colour, here)
	w := textWidth(t.outcome(), test)
	text := shorten(t.name, c.Max.X-x-w-6, name)
	write(c, name, x, y, draw.XLeft, draw.YCenter, text)
	write(c, test, x+textWidth(text+" ", name), y, draw.XLeft, draw.YCenter, t.outcome())
}
