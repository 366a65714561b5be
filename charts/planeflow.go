package charts

import (
	"fmt"
	"image/color"
	"math"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// planeFlow lets a reader drop a particle that follows the score [y, x, uv=2] of a diffusion run from then on, in plane_flow.js. The state's entry has it as
// "x y time", "" is none.
type planeFlow struct {
	Field    string `json:"field"`
	AlphaBar string `json:"alphaBar"` // the scalar
	State    string `json:"state"`
	Click    string `json:"click"` // the state's entry that says what a click does
}

// What a click on a plane does.
const (
	clickDrops   = "drop"
	clickSelects = "select"
)

// way returns where a particle is in the frames from the last one up to a time on. With s the score there, between the centres of cells on straight lines, a step goes from
// abar to abar' as DDIM does:
//
//	eps = -sqrt(1-abar) s,  x' = sqrt(abar'/abar) (x - sqrt(1-abar) eps) + sqrt(1-abar') eps
//
// It ends at a frame that has no score. It is flowWay in plane_flow.js.
func (l *planeFlow) way(t *xainb.Track, window [4]float64, x, y, time float64) (from int, way [][2]float64) {
	sign := pick(t.Len() > 1 && t.At(1).Time < t.At(0).Time, -1.0, 1)
	for from+1 < t.Len() && sign*t.At(from+1).Time <= sign*time {
		from++
	}
	way = [][2]float64{{x, y}}
	for k := from; k+1 < t.Len(); k++ {
		f := t.At(k).Field(l.Field)
		a, ok := t.At(k).Scalar(l.AlphaBar)
		b, also := t.At(k + 1).Scalar(l.AlphaBar)
		if f == nil || !ok || !also || !(a > 0) || len(f.Dims) != 3 || f.Dims[2].Size != 2 {
			break
		}
		u, v := arrowBetween(f.Data, f.Dims[0].Size, f.Dims[1].Size, window, x, y)
		x, y = flowed(x, u, a, b), flowed(y, v, a, b)
		way = append(way, [2]float64{x, y})
	}
	return from, way
}

// flowed is one coordinate after a step.
func flowed(x, score, a, b float64) float64 {
	eps := -math.Sqrt(max(0, 1-a)) * score
	return math.Sqrt(b/a)*(x-math.Sqrt(max(0, 1-a))*eps) + math.Sqrt(max(0, 1-b))*eps
}

// arrowBetween returns a grid's arrow at a place: on straight lines between the cells' centres, beyond the outermost as there. It is arrowBetween in plane_flow.js.
func arrowBetween(uv []float32, rows, cols int, w [4]float64, x, y float64) (u, v float64) {
	column := min(max((x-w[0])/(w[1]-w[0])*float64(cols)-0.5, 0), float64(cols-1))
	row := min(max((y-w[2])/(w[3]-w[2])*float64(rows)-0.5, 0), float64(rows-1))
	if column-column != 0 || row-row != 0 {
		return math.NaN(), math.NaN()
	}
	c, r := int(column), int(row)
	e, n := min(c+1, cols-1), min(r+1, rows-1)
	p, q := column-float64(c), row-float64(r)
	at := func(k int) float64 {
		value := func(r, c int) float64 { return float64(uv[2*(r*cols+c)+k]) }
		return (value(r, c)*(1-p)+value(r, e)*p)*(1-q) + (value(n, c)*(1-p)+value(n, e)*p)*q
	}
	return at(0), at(1)
}

// dropped reads the particle off the state.
func (l *planeFlow) dropped(m moment) (x, y, time float64, ok bool) {
	text, _ := m.state[l.State].(string)
	n, err := fmt.Sscan(text, &x, &y, &time)
	return x, y, time, n == 3 && err == nil
}

// now returns the particle's way up to the moment's frame, and what is still to come; done is empty before it is dropped.
func (l *planeFlow) now(m moment, window [4]float64) (done, ahead [][2]float64, ok bool) {
	x, y, time, ok := l.dropped(m)
	if !ok {
		return nil, nil, false
	}
	from, way := l.way(m.tracks[0], window, x, y, time)
	at := min(m.own()-from, len(way)-1)
	if at < 0 {
		return nil, way, true
	}
	return way[:at+1], way[at:], true
}

// say is what a caption says of the particle.
func (l *planeFlow) say(m moment, window [4]float64) string {
	done, ahead, ok := l.now(m, window)
	switch {
	case !ok:
		return ""
	case len(done) == 0:
		_, _, time, _ := l.dropped(m)
		return fmt.Sprintf(" The particle is dropped at %s = %s.", timeWord(m.tracks[0]), formatTime(time))
	}
	return fmt.Sprintf(" The particle is at %s, %s.", formatNumber(ahead[0][0]), formatNumber(ahead[0][1]))
}

// own is the frame of the first track that is shown.
func (m moment) own() int {
	if m.frames != nil {
		return m.frames[0]
	}
	return min(m.frame, m.tracks[0].Len()-1)
}

// particle draws what the reader has dropped and its way.
func (f planeFrame) particle() {
	if f.p.Flow == nil {
		return
	}
	done, ahead, ok := f.p.Flow.now(f.m, f.p.Window)
	if !ok {
		return
	}
	line := func(way [][2]float64, style draw.LineStyle) {
		var part []vg.Point
		for _, p := range way {
			if f.inside(p[0], p[1]) {
				part = append(part, vg.Point{X: f.x(p[0]), Y: f.y(p[1])})
			}
		}
		if len(part) > 1 {
			f.c.StrokeLines(style, part)
		}
	}
	line(ahead, draw.LineStyle{Color: mix(paper, ink, 0.6), Width: 1, Dashes: []vg.Length{2, 3}})
	line(done, draw.LineStyle{Color: paper, Width: 4.5})
	line(done, draw.LineStyle{Color: ink, Width: 2})
	mark := func(at [2]float64, inner color.RGBA) {
		if f.inside(at[0], at[1]) {
			f.dot(at[0], at[1], 5.5, draw.GlyphStyle{Color: pick(inner == ink, paper, ink)})
			f.dot(at[0], at[1], 4.2, draw.GlyphStyle{Color: inner})
		}
	}
	if len(done) == 0 {
		mark(ahead[0], paper)
		return
	}
	mark(done[0], paper)
	if len(done) > 1 {
		mark(done[len(done)-1], ink)
	}
}

// planeMoves draws the step from here of some points in its two parts: from x to what is left of the next frame's x without what is added there, and from
// there to it.
type planeMoves struct {
	Field string `json:"field"`
	Added string `json:"added"`
	Most  int    `json:"most"` // how many points, from the first on, where none is selected
}

// of returns the parts of a point's step: from, over, to.
func (l *planeMoves) of(m moment, i int) (way [3][2]float64, ok bool) {
	t, k := m.tracks[0], m.own()
	if k+1 >= t.Len() {
		return way, false
	}
	x, added, next := t.At(k).Field(l.Field), t.At(k).Field(l.Added), t.At(k+1).Field(l.Field)
	if x == nil || added == nil || next == nil || 2*i+1 >= min(len(x.Data), len(added.Data), len(next.Data)) {
		return way, false
	}
	for c := range 2 {
		a, b, n := float64(x.Data[2*i+c]), float64(added.Data[2*i+c]), float64(next.Data[2*i+c])
		way[0][c], way[1][c], way[2][c] = a, n-b, n
	}
	return way, true
}

func (f planeFrame) moves() {
	l := f.p.Moves
	if l == nil {
		return
	}
	for i := range l.Most {
		way, ok := l.of(f.m, i)
		if !ok || !f.inside(way[0][0], way[0][1]) || !f.inside(way[2][0], way[2][1]) {
			continue
		}
		f.arrow(way[0], way[1], ink)
		f.arrow(way[1], way[2], accent)
	}
}

func (f planeFrame) arrow(a, b [2]float64, c color.RGBA) {
	dx, dy := float64(f.x(b[0])-f.x(a[0])), float64(f.y(b[1])-f.y(a[1]))
	if length := math.Hypot(dx, dy); length > 1 {
		strokeArrow(f.c, draw.LineStyle{Color: c, Width: 1.6}, f.x(a[0]), f.y(a[1]), dx/length, dy/length, vg.Length(length))
	}
}
