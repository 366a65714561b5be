package charts

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func (p *planeSpec) usesRamp() string {
	if p.Raster == nil {
		return "heat"
	}
	return p.Raster.Ramp
}

// area returns where the plane lies in a panel of this width.
func (p *planeSpec) area(width vg.Length) (w, h, left vg.Length, side bool) {
	left = 14
	for n := 2; n <= 6 && !p.Bare; n++ { // how many fit is not known yet
		left = max(left, 14+ticksWidth(roundTicks(p.View[2], p.View[3], n)))
	}
	w, h, side = planeArea(width, left, p.View)
	return w, h, left, side
}

const planeLegendLine vg.Length = 22

// top is what stands above the plane, under it the labels of its axis.
func (p *planeSpec) top() vg.Length   { return pick[vg.Length](p.Columns[0] != "", 22, 8) }
func (p *planeSpec) under() vg.Length { return pick[vg.Length](p.Columns[0] != "", 44, 28) }

func (p *planeSpec) height(width vg.Length, m moment) vg.Length {
	w, h, _, side := p.area(width)
	height := pick(p.Head != "", pictureHead, 0) + p.top() + h + p.under() + 20
	if !side {
		height += planeLegendLine * vg.Length(p.legend(draw.Canvas{}, m, 0, 0, width, w))
	}
	return height
}

// planeFrame is the plane on a poster.
type planeFrame struct {
	axisFrame
	p *planeSpec
	m moment
}

func (p *planeSpec) still(c draw.Canvas, m moment) error {
	if p.Head != "" {
		write(c, labelStyle, c.Min.X, c.Max.Y-9, draw.XLeft, draw.YCenter, shorten(p.Head, c.Max.X-c.Min.X, labelStyle))
		c.Max.Y -= pictureHead
	}
	w, h, left, side := p.area(c.Max.X - c.Min.X)
	f := planeFrame{p: p, m: m, axisFrame: axisFrame{c: c, x0: c.Min.X + left, x1: c.Min.X + left + w, y1: c.Max.Y - p.top(), y0: c.Max.Y - p.top() - h,
		xlo: p.View[0], xhi: p.View[1], ylo: p.View[2], yhi: p.View[3]}}
	bad := f.raster()
	if !p.Bare {
		f.axes()
	}
	long := f.arrows()
	f.path()
	for _, l := range p.Points {
		bad += f.points(l)
	}
	f.moves()
	f.particle()
	f.bar()
	y := f.y0 - p.under()
	if side {
		p.legend(c, m, f.x1+26, f.y1-8, 0, w)
	} else {
		y -= planeLegendLine * vg.Length(p.legend(c, m, c.Min.X, y-10, c.Max.X-c.Min.X, w))
	}
	var foot []string
	if away := p.read(m)[p.As+"outside"]; away != "" && away != "0" {
		foot = append(foot, away+" outside")
	}
	if long > 0 {
		foot = append(foot, pick(long == 1, "1 arrow is", strconv.Itoa(long)+" arrows are")+" longer than drawn")
	}
	if bad > 0 {
		foot = append(foot, notFinite(bad))
	}
	write(c, labelStyle, c.Min.X, y-8, draw.XLeft, draw.YCenter, strings.Join(foot, "; "))
	return nil
}

// axes draws the axes with their names.
func (f planeFrame) axes() {
	f.drawX(roundTicks(f.xlo, f.xhi, min(6, max(2, int((f.x1-f.x0)/70)))), f.p.Columns[0])
	f.drawY(roundTicks(f.ylo, f.yhi, min(6, max(2, int((f.y1-f.y0)/70)))))
	f.c.StrokeLine2(draw.LineStyle{Color: faint, Width: 1}, f.x0, f.y0, f.x0, f.y1)
	if name := f.p.Columns[1]; textWidth(name, labelStyle) > f.x0-f.c.Min.X {
		write(f.c, labelStyle, f.x0, f.y1+12, draw.XLeft, draw.YCenter, name)
	} else {
		write(f.c, labelStyle, f.x0-6, f.y1+12, draw.XRight, draw.YCenter, name)
	}
}

// box is the part of the plane that the grids cover.
func (f planeFrame) box() (left, bottom, w, h vg.Length) {
	g := f.p.Window
	return f.x(g[0]), f.y(g[2]), f.x(g[1]) - f.x(g[0]), f.y(g[3]) - f.y(g[2])
}

// raster draws the colours, smooth between the cells' centres, and the contour lines; it returns how many cells are not finite.
func (f planeFrame) raster() (notFinite int) {
	l := f.p.Raster
	if l == nil || !l.Show.at(f.m) {
		return 0
	}
	x := f.m.snapshot(0).Field(l.Field)
	if x == nil || len(x.Dims) != 2 || len(x.Data) == 0 {
		return 0
	}
	rows, cols, values := x.Dims[0].Size, x.Dims[1].Size, l.Range
	if l.Own {
		values = spanOf(x.Data)
	}
	left, bottom, w, h := f.box()
	up := raster{data: x.Data, offset: (rows - 1) * cols, rows: rows, cols: cols, rowStride: -cols, colStride: 1}
	if i := slices.IndexFunc(x.Data, func(v float32) bool { return v-v != 0 }); i >= 0 {
		notFinite = up.paint(f.c, vg.Rectangle{Min: vg.Point{X: left, Y: bottom}, Max: vg.Point{X: left + w, Y: bottom + h}}, l.Ramp, values[0], values[1])
	} else {
		put(f.c, left, bottom+h, up.smooth(int(math.Round(float64(w))), int(math.Round(float64(h))), l.Ramp, values))
	}
	dx, dy := w/vg.Length(cols), h/vg.Length(rows)
	xs, ys := make([]float64, cols), make([]float64, rows)
	for c := range xs {
		xs[c] = float64(left + vg.Length(float64(c)+0.5)*dx)
	}
	for r := range ys {
		ys[r] = float64(bottom + vg.Length(float64(r)+0.5)*dy)
	}
	for _, level := range l.Levels {
		s := isolines(x.Data, xs, ys, level)
		for i := 0; i < len(s); i += 4 {
			f.c.StrokeLine2(draw.LineStyle{Color: mix(paper, muted, 0.8), Width: 1}, vg.Length(s[i]), vg.Length(s[i+1]), vg.Length(s[i+2]), vg.Length(s[i+3]))
		}
	}
	return notFinite
}

func (a *planeArrows) mode(m moment) string { return fmt.Sprint(m.state[a.Mode]) }

// at returns the arrows of a moment.
func (a *planeArrows) at(m moment) (x *xainb.Field, rows, cols int) {
	if x = m.snapshot(0).Field(a.Field); x == nil || len(x.Dims) != 3 || x.Dims[2].Size != 2 || len(x.Data) == 0 {
		return nil, 0, 0
	}
	return x, x.Dims[0].Size, x.Dims[1].Size
}

// arrowCell is the most that counts as the size of a cell, in pixels: arrows on a coarse grid would hide what is under them.
const arrowCell vg.Length = 36

// arrows draws the arrows and returns how many are cut.
func (f planeFrame) arrows() (long int) {
	a := f.p.Arrows
	if a == nil || !a.Show.at(f.m) {
		return 0
	}
	x, rows, cols := a.at(f.m)
	if x == nil {
		return 0
	}
	left, bottom, w, h := f.box()
	dx, dy := w/vg.Length(cols), h/vg.Length(rows)
	mode := a.mode(f.m)
	unit, cells := a.scale(mode, f.m.frame)
	for i := range rows * cols {
		u, v := float64(x.Data[2*i]), float64(x.Data[2*i+1])
		length := math.Hypot(u, v)
		if !(length > 0) || length-length != 0 {
			continue
		}
		if mode == arrowLengths && length > 2.001*unit {
			long++
		}
		drawArrow(f.c, left+(vg.Length(i%cols)+0.5)*dx, bottom+(vg.Length(i/cols)+0.5)*dy, u/length, v/length, vg.Length(cells(length))*min(dx, dy, arrowCell))
	}
	return long
}

// drawArrow draws an arrow along (u, v); one too short to be seen is a dot.
func drawArrow(c draw.Canvas, x, y vg.Length, u, v float64, length vg.Length) {
	strokeArrow(c, draw.LineStyle{Color: mix(paper, ink, 0.68), Width: 1.1}, x, y, u, v, length)
}

func strokeArrow(c draw.Canvas, style draw.LineStyle, x, y vg.Length, u, v float64, length vg.Length) {
	length = max(length, 0.8)
	du, dv := vg.Length(u), vg.Length(v)
	ex, ey, head := x+du*length, y+dv*length, min(4.5, 0.45*length)
	c.StrokeLine2(style, x, y, ex, ey)
	if head < 1 {
		return
	}
	c.StrokeLines(style, []vg.Point{
		{X: ex - head*(du-0.55*dv), Y: ey - head*(dv+0.55*du)}, {X: ex, Y: ey}, {X: ex - head*(du+0.55*dv), Y: ey - head*(dv-0.55*du)}})
}

// path draws the way of a field of two values.
func (f planeFrame) path() {
	if f.p.Path == nil {
		return
	}
	var xs, ys []float64
	for _, s := range f.m.tracks[0].Frames() {
		x, y := math.NaN(), math.NaN()
		if v := s.Field(f.p.Path.Field); v != nil && len(v.Data) > 1 {
			x, y = float64(v.Data[0]), float64(v.Data[1])
		}
		xs, ys = append(xs, x), append(ys, y+0*x)
	}
	at := min(f.m.frame, len(xs)-1)
	f.curve(draw.LineStyle{Color: mix(paper, muted, 0.5), Width: 1}, xs[at:], ys[at:])
	f.curve(draw.LineStyle{Color: ink, Width: 1.75}, xs[:at+1], ys[:at+1])
	if f.inside(xs[at], ys[at]) {
		f.dot(xs[at], ys[at], 5, draw.GlyphStyle{Color: accent})
	}
}

// points draws a layer of points with their trails and returns how many are not finite.
func (f planeFrame) points(l planePoints) (bad int) {
	r := pick[vg.Length](l.Count > 400, 2.2, pick[vg.Length](l.Count > 80, 3, 4)) * max(0.7, min(1, (f.x1-f.x0)/400))
	if l.Ways != nil {
		return f.ways(l, r)
	}
	f.trails(l)
	x := l.at(f.m, f.m.snapshot(0))
	if x == nil {
		return 0
	}
	for i := 0; i+1 < len(x.Data); i += 2 {
		px, py := float64(x.Data[i]), float64(x.Data[i+1])
		switch {
		case px+py-(px+py) != 0:
			bad++
		case f.inside(px, py) && l.Quiet:
			f.c.SetColor(mix(paper, muted, 0.8))
			f.c.SetLineWidth(1)
			var ring vg.Path
			ring.Move(vg.Point{X: f.x(px) + r, Y: f.y(py)})
			ring.Arc(vg.Point{X: f.x(px), Y: f.y(py)}, r, 0, 2*math.Pi)
			f.c.Stroke(ring)
		case f.inside(px, py):
			f.dot(px, py, r+0.8, draw.GlyphStyle{Color: paper})
			f.dot(px, py, r, draw.GlyphStyle{Color: mix(paper, accent, pick(f.p.Moves != nil, 0.35, 0.92))})
		}
	}
	return bad
}

// trails draws where the points of a layer were in the frames before.
func (f planeFrame) trails(l planePoints) {
	later := l.at(f.m, f.m.snapshot(0))
	for age := 1; age <= l.Trail && f.m.own()-age >= 0 && later != nil; age++ {
		before := f.m.tracks[0].At(f.m.own() - age)
		from := l.at(f.m, before)
		if from == nil || len(from.Data) != len(later.Data) {
			return
		}
		style := draw.LineStyle{Color: mix(paper, pick(l.Quiet, muted, accent), 0.45*math.Pow(trailFade, float64(age))), Width: 1}
		for i := 0; i+1 < len(from.Data); i += 2 {
			a, b, c, d := float64(from.Data[i]), float64(from.Data[i+1]), float64(later.Data[i]), float64(later.Data[i+1])
			if f.inside(a, b) && f.inside(c, d) {
				f.c.StrokeLine2(style, f.x(a), f.y(b), f.x(c), f.y(d))
			}
		}
		later = from
	}
}

// value returns the largest value of the bar's field; false without a finite one.
func (b *planeBar) value(m moment) (most float64, ok bool) {
	f := m.snapshot(0).Field(b.Field)
	if f == nil {
		return 0, false
	}
	most = math.Inf(-1)
	for _, v := range f.Data {
		most = max(most, pick(v == v, float64(v), most))
	}
	return most, most-most == 0
}

func (f planeFrame) bar() {
	if f.p.Bar == nil {
		return
	}
	value, ok := f.p.Bar.value(f.m)
	if !ok {
		return
	}
	const w vg.Length = 12
	h := min(110, (f.y1-f.y0)*0.34)
	x, y := f.x1-w-10, f.y0+10
	rect := func(high vg.Length, c color.Color) {
		f.c.FillPolygon(c, []vg.Point{{X: x, Y: y}, {X: x + w, Y: y}, {X: x + w, Y: y + high}, {X: x, Y: y + high}})
	}
	rect(h, paper)
	rect(h*vg.Length(min(max(value, 0), 1)), mix(paper, accent, 0.75))
	outline(f.c, vg.Rectangle{Min: vg.Point{X: x, Y: y}, Max: vg.Point{X: x + w, Y: y + h}}, mix(paper, muted, 0.7), 1)
	above := y + h + 5
	for _, line := range []struct {
		text  string
		style draw.TextStyle
	}{{f.p.Bar.Note, labelStyle}, {f.p.Bar.Name + " " + strconv.FormatFloat(value, 'f', 2, 64), textStyle(12, ink, true)}} {
		if line.text == "" {
			continue
		}
		wide := textWidth(line.text, line.style)
		f.c.FillPolygon(paper, rectangle(x+w-wide-3, above-1, wide+6, 15))
		write(f.c, line.style, x+w, above, draw.XRight, draw.YBottom, line.text)
		above += 14
	}
}

func (p *planeSpec) read(m moment) map[string]string {
	out := map[string]string{}
	s := m.snapshot(0)
	if p.Arrows != nil {
		if x, rows, cols := p.Arrows.at(m); x != nil {
			most, at := 0.0, -1
			for i := range rows * cols {
				if v := math.Hypot(float64(x.Data[2*i]), float64(x.Data[2*i+1])); v > most && v-v == 0 {
					most, at = v, i
				}
			}
			if at >= 0 {
				g := p.Window
				out["arrow"] = formatNumber(most)
				out["arrow.x"] = formatNumber(g[0] + (float64(at%cols)+0.5)*(g[1]-g[0])/float64(cols))
				out["arrow.y"] = formatNumber(g[2] + (float64(at/cols)+0.5)*(g[3]-g[2])/float64(rows))
			}
		}
	}
	for _, x := range p.Measures {
		for i := min(m.frame, m.tracks[0].Len()-1); i >= 0; i-- {
			if v, ok := m.tracks[0].At(i).Scalar(x.Name); ok {
				out[x.Name] = pick(x.Whole, formatTime(v), formatNumber(v))
				break
			}
		}
	}
	if p.Path != nil {
		if f := s.Field(p.Path.Field); f != nil && len(f.Data) > 1 && f.Data[0]-f.Data[0]+f.Data[1]-f.Data[1] == 0 {
			out["x"], out["y"] = formatNumber(float64(f.Data[0])), formatNumber(float64(f.Data[1]))
		}
	}
	if n := len(p.Points); n > 0 {
		p.Points[n-1].read(m, p.View, out)
		if p.Points[n-1].Ways != nil {
			p.Points[n-1].readWays(m, out)
		}
	}
	if p.Flow != nil {
		out["particle"] = p.Flow.say(m, p.Window)
	}
	if p.Bar != nil {
		if v, ok := p.Bar.value(m); ok {
			out["energy"] = formatNumber(v)
		}
	}
	return called(p.As, out)
}

func (l planePoints) read(m moment, view [4]float64, out map[string]string) {
	n, outside := 0, 0
	if f := l.at(m, m.snapshot(0)); f != nil {
		for i := 0; i+1 < len(f.Data); i += 2 {
			x, y := float64(f.Data[i]), float64(f.Data[i+1])
			if v := x + y; v-v != 0 {
				continue
			}
			n++
			if x < view[0] || x > view[1] || y < view[2] || y > view[3] {
				outside++
			}
		}
	}
	out["points"], out["outside"] = strconv.Itoa(n), strconv.Itoa(outside)
	out["said"] = out["points"] + pick(n == 1, " point", " points")
}
