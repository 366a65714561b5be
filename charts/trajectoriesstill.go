package charts

import (
	"image/color"
	"math"
	"strconv"

	"github.com/xainb/gonb-xai/internal/curve"
	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func (w *planeWays) colour(i int) color.RGBA {
	if w.Of == nil {
		return accent
	}
	return classColour(w.Of[i])
}

// colours are those of the classes and of their trails.
func (p *planeSpec) colours() (out []color.RGBA) {
	for _, l := range p.Points {
		if l.Ways == nil {
			continue
		}
		for k := range min(len(l.Ways.Classes), len(classColours)) {
			out = append(out, classColour(k), mix(paper, classColour(k), 0.45), mix(paper, classColour(k), 0.2))
		}
	}
	return out
}

// wayCurves returns the curves of a layer's points over a run: prepare in plane_paths.js.
func wayCurves(t *xainb.Track, field string) []*curve.Curve {
	var paths [][]float64
	for k, s := range t.Frames() {
		f := s.Field(field)
		if f == nil {
			continue
		}
		for i := 0; 2*i+1 < len(f.Data); i++ {
			if i == len(paths) {
				path := make([]float64, 2*t.Len())
				for j := range path {
					path[j] = math.NaN()
				}
				paths = append(paths, path)
			}
			paths[i][2*k], paths[i][2*k+1] = float64(f.Data[2*i]), float64(f.Data[2*i+1])
		}
	}
	out := make([]*curve.Curve, len(paths))
	for i, p := range paths {
		out[i] = curve.Through(p, 2)
	}
	return out
}

// wayAt returns where a curve is at a time, counted in steps.
func wayAt(c *curve.Curve, time float64) (x, y float64) {
	at := make([]float64, 2)
	i := math.Floor(time)
	c.At(at, int(i), time-i)
	return at[0], at[1]
}

// ways draws points that go on curves, and returns how many are not finite.
func (f planeFrame) ways(l planePoints, r vg.Length) (bad int) {
	x := f.m.snapshot(0).Field(l.Field)
	if x == nil {
		return 0
	}
	f.wayTrails(l)
	w, size := l.Ways, pick[vg.Length](r > 3, 13, 11)
	for i := 0; 2*i+1 < len(x.Data); i++ {
		px, py := float64(x.Data[2*i]), float64(x.Data[2*i+1])
		switch {
		case px+py-(px+py) != 0:
			bad++
		case w.Marks && w.Of[i] >= 0:
			for _, d := range [8][2]vg.Length{{-1.3, 0}, {1.3, 0}, {0, -1.3}, {0, 1.3}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}} {
				write(f.c, textStyle(size, paper, true), f.x(px)+d[0], f.y(py)+d[1], draw.XCenter, draw.YCenter, w.Classes[w.Of[i]])
			}
			write(f.c, textStyle(size, w.colour(i), true), f.x(px), f.y(py), draw.XCenter, draw.YCenter, w.Classes[w.Of[i]])
		default:
			f.dot(px, py, r+0.8, draw.GlyphStyle{Color: paper})
			f.dot(px, py, r, draw.GlyphStyle{Color: mix(paper, w.colour(i), 0.92)})
		}
	}
	if w.Classes != nil && !w.Marks {
		f.classNames(x.Data, w.Of, w.Classes, r)
	}
	return bad
}

// wayTrails draws where the points were in the 24ths of a second before.
func (f planeFrame) wayTrails(l planePoints) {
	curves, at := wayCurves(f.m.tracks[0], l.Field), float64(f.m.frame)
	for i, c := range curves {
		x, y := wayAt(c, at)
		for age := 0; age < l.Trail && at-float64(age)/float64(l.Ways.Per) > 0; age++ {
			u, v := wayAt(c, max(0, at-float64(age+1)/float64(l.Ways.Per)))
			if s := x + y + u + v; s-s == 0 {
				style := draw.LineStyle{Color: mix(paper, l.Ways.colour(i), 0.8*math.Pow(trailFade, float64(age))), Width: 2}
				f.c.StrokeLine2(style, f.x(u), f.y(v), f.x(x), f.y(y))
			}
			x, y = u, v
		}
	}
}

// classNames writes the name of each class beside that of its points which is nearest to their middle.
func (f axisFrame) classNames(points []float32, of []int, classes []string, r vg.Length) {
	var boxes [][4]float64
	var texts []string
	var kinds []int
	for k, name := range classes {
		if i := medoid(points, of, k); i >= 0 {
			text := shorten(name, 120, textStyle(12, ink, true))
			x, y := f.x(float64(points[2*i]))+r+4, f.y(float64(points[2*i+1]))
			boxes = append(boxes, [4]float64{float64(x), float64(y) - 8, float64(textWidth(text, textStyle(12, ink, true))), 16})
			texts, kinds = append(texts, text), append(kinds, k)
		}
	}
	for n, fits := range labelsThatFit(boxes) {
		if b := boxes[n]; fits {
			f.c.FillPolygon(paper, rectangle(vg.Length(b[0]-1), vg.Length(b[1]+1), vg.Length(b[2]+2), 14))
			write(f.c, textStyle(12, classColour(kinds[n]), true), vg.Length(b[0]), vg.Length(b[1]+8), draw.XLeft, draw.YCenter, texts[n])
		}
	}
}

// labelsThatFit is the function of that name in plane_paths.js: which labels (left, top, width, height) do not cover one before them.
func labelsThatFit(boxes [][4]float64) []bool {
	out := make([]bool, len(boxes))
	for i, a := range boxes {
		out[i] = true
		for j, b := range boxes[:i] {
			if out[j] && a[0] < b[0]+b[2] && b[0] < a[0]+a[2] && a[1] < b[1]+b[3] && b[1] < a[1]+a[3] {
				out[i] = false
			}
		}
	}
	return out
}

// alikePercent is the function of that name in plane_paths.js: how many samples that have a class have one of the same class as their nearest.
func alikePercent(points []float32, of []int) string {
	finite := func(i int) bool {
		s := points[2*i] + points[2*i+1]
		return of[i] >= 0 && s-s == 0
	}
	all, alike := 0, 0
	for i := range of {
		if !finite(i) {
			continue
		}
		best, least := -1, math.Inf(1)
		for j := range of {
			if j == i || !finite(j) {
				continue
			}
			dx, dy := float64(points[2*i])-float64(points[2*j]), float64(points[2*i+1])-float64(points[2*j+1])
			if d := dx*dx + dy*dy; d < least {
				best, least = j, d
			}
		}
		if best >= 0 {
			all++
			alike += pick(of[best] == of[i], 1, 0)
		}
	}
	if all == 0 {
		return ""
	}
	return wholePercent(float64(alike) / float64(all))
}

// wholePercent writes a part of 1 without decimals.
func wholePercent(v float64) string { return strconv.Itoa(int(math.Floor(100*v+0.5))) + "%" }

// readWays adds what captions can use of a step.
func (l planePoints) readWays(m moment, out map[string]string) {
	f := m.snapshot(0).Field(l.Field)
	if f == nil {
		return
	}
	moved, n := 0.0, 0
	if last := m.tracks[0].At(m.frame - 1); last != nil && last.Field(l.Field) != nil {
		before := last.Field(l.Field).Data
		for i := 0; 2*i+1 < min(len(f.Data), len(before)); i++ {
			if d := math.Hypot(float64(f.Data[2*i])-float64(before[2*i]), float64(f.Data[2*i+1])-float64(before[2*i+1])); d-d == 0 {
				moved, n = moved+d, n+1
			}
		}
	}
	out["moved"] = formatNumber(moved / float64(max(1, n)))
	if l.Ways.Of != nil {
		out["alike"] = alikePercent(f.Data, l.Ways.Of)
	}
	if whole, ok := m.snapshot(0).Scalar("alike"); ok && whole >= 0 {
		out["whole"] = wholePercent(whole)
	}
}
