package charts

import (
	"image"
	"image/color"
	"math"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Measures of a surface, which contour.js and solid.js have too.
const (
	surfaceTop    vg.Length = 30 // above the plotting area
	surfaceLegend vg.Length = 50
	surfaceWide   vg.Length = 640 // a map at most
	surfaceMost   vg.Length = 420
	playerArrow   vg.Length = 30 // at the current point
	shortArrow    vg.Length = 14 // at least
	arrowBeyond   vg.Length = 10 // how far one may go beyond the map
	leastFrame    vg.Length = 22 // about a part of the map, so that the current point does not hide it
	nearTicks     vg.Length = 52 // labels of axes that follow the run: coordinates with many decimals
)

// flatArea returns where the map lies in a panel of this width; the function of that name in contour.js is the same.
func (p *surfaceSpec) flatArea(width vg.Length) (left, w, h vg.Length) {
	x, y := p.X.Range, p.Y.Range
	for n := 2; n <= 6; n++ { // how many fit is not known yet
		left = max(left, 14+ticksWidth(roundTicks(y[0], y[1], n)))
	}
	if p.Near {
		x, y, left = [2]float64{0, 1}, [2]float64{0, 1}, nearTicks+14
	}
	room := width - left - pick[vg.Length](p.Arrow != "", 30, 14)
	w, h = min(room, 560), min(room, 560)*0.66
	if comparable([][2]float64{x, y}) {
		unit := min(float64(min(room, surfaceWide))/(x[1]-x[0]), float64(surfaceMost)/(y[1]-y[0]))
		w, h = vg.Length(unit*(x[1]-x[0])), vg.Length(unit*(y[1]-y[0]))
	}
	return left, vg.Length(math.Round(float64(w))), vg.Length(math.Round(float64(h)))
}

func (p *surfaceSpec) flat(m moment) bool { return m.resolve(p.View) == viewFlat }

func (p *surfaceSpec) height(width vg.Length, m moment) vg.Length {
	if !p.flat(m) {
		return solidHeight(width) + surfaceLegend
	}
	_, _, h := p.flatArea(width)
	return surfaceTop + h + axisSpace + surfaceLegend
}

func (p *surfaceSpec) still(c draw.Canvas, m moment) error {
	t, ok := p.terrain(m)
	if !ok {
		write(c, labelStyle, c.Min.X, c.Max.Y, draw.XLeft, draw.YTop, "This frame has no surface “"+t.name+"”.")
		return nil
	}
	if !p.flat(m) {
		p.drawSolid(c, t, m)
		return nil
	}
	left, w, h := p.flatArea(c.Max.X - c.Min.X)
	x, y := t.x, t.y
	f := axisFrame{c: c, x0: c.Min.X + left, x1: c.Min.X + left + w, y1: c.Max.Y - surfaceTop, y0: c.Max.Y - surfaceTop - h, xlo: x[0], xhi: x[1], ylo: y[0], yhi: y[1]}
	f.drawX(roundTicks(x[0], x[1], min(6, max(2, int(w/60)))), p.X.Name)
	f.drawY(roundTicks(y[0], y[1], yCount(h)))
	name := shorten(p.Y.Name, left+w, labelStyle)
	write(c, labelStyle, max(c.Min.X, f.x0-6-textWidth(name, labelStyle)), f.y1+20, draw.XLeft, draw.YCenter, name)
	bad := t.paintMap(f)
	t.drawIsolines(f)
	p.drawFlow(f, m)
	p.drawWindow(f, m)
	t.drawPath(f)
	if !p.Near { // they differ in their last decimals
		t.writeLevels(f, m.snapshot(0).Field(p.Arrow) != nil)
	}
	p.drawArrows(f, t, m)
	p.legend(c, t, f.x0, min(w, 260), bad)
	return nil
}

// paintMap paints values between the grid's as well, and returns how many of the grid's are not finite.
func (t terrain) paintMap(f axisFrame) (bad int) {
	w, h := int(f.x1-f.x0), int(f.y1-f.y0)
	if w < 1 || h < 1 {
		return 0
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	columns := make([]float64, w)
	for i := range columns {
		columns[i] = along(t.xs, f.xlo+(float64(i)+0.5)/float64(w)*(f.xhi-f.xlo))
	}
	for j := range h {
		r := along(t.ys, f.yhi-(float64(j)+0.5)/float64(h)*(f.yhi-f.ylo))
		for i, c := range columns {
			v := heightAt(t.z, t.rows, t.cols, r, c)
			switch {
			case v-v == 0:
				img.SetRGBA(i, j, t.scale.colour(v))
			case r-r == 0 && c-c == 0 && (i+j)%5 == 0:
				img.SetRGBA(i, j, muted) // hatched
			default:
				img.SetRGBA(i, j, paper)
			}
		}
	}
	put(f.c, f.x0, f.y1, img)
	for _, v := range t.z {
		if v-v != 0 {
			bad++
		}
	}
	return bad
}

func (c surfaceScale) colour(v float64) color.RGBA {
	return rampAt(c.Ramp, (v-c.Range[0])/(c.Range[1]-c.Range[0]))
}

func (t terrain) drawIsolines(f axisFrame) {
	stroke := func(level float64, style draw.LineStyle) {
		var path vg.Path
		s := isolines(t.z, t.xs, t.ys, level)
		for i := 0; i+3 < len(s); i += 4 {
			path.Move(vg.Point{X: f.x(s[i]), Y: f.y(s[i+1])})
			path.Line(vg.Point{X: f.x(s[i+2]), Y: f.y(s[i+3])})
		}
		f.c.SetLineStyle(style)
		f.c.Stroke(path)
	}
	for _, v := range t.scale.Levels {
		stroke(v, draw.LineStyle{Color: color.NRGBA{ink.R, ink.G, ink.B, 0x48}, Width: 0.75})
	}
	if t.scale.Level != nil {
		stroke(*t.scale.Level, draw.LineStyle{Color: ink, Width: 1.5})
	}
}

// placeLevels returns where levels are written: on the first of two rows or columns of the map where they cross it, not too near to each other. Places are
// in the units of the axes; placeLevels in contour.js is the same.
func (t terrain) placeLevels(f axisFrame, arrows bool, each func(level, x, y float64)) {
	levels := t.scale.Levels
	if t.scale.Level != nil {
		levels = append([]float64{*t.scale.Level}, levels...)
	}
	done := map[float64]bool{}
	var taken [][2]vg.Length
	for _, share := range []float64{0.22, 0.78} {
		for k, c := range crossings(t.z, t.rows, t.cols, share*float64(t.rows-1), levels) {
			if c-c != 0 || done[levels[k]] || len(done) > 6 {
				continue
			}
			x, y := between(t.xs, c), between(t.ys, share*float64(t.rows-1))
			px, py := f.x(x), f.y(y)
			if px < f.x0+16 || px > f.x1-16 || py < f.y0+10 || py > f.y1-10 {
				continue
			}
			free := true
			if t.here >= 0 { // the current point lies elsewhere
				hx, hy, _ := t.moment(t.here)
				free = math.Hypot(float64(f.x(hx)-px), float64(f.y(hy)-py)) >= pick(arrows, 60.0, 30)
			}
			for _, q := range taken {
				free = free && (max(px-q[0], q[0]-px) > 40 || max(py-q[1], q[1]-py) > 18)
			}
			if free {
				done[levels[k]] = true
				taken = append(taken, [2]vg.Length{px, py})
				each(levels[k], x, y)
			}
		}
	}
}

// between returns the coordinate at a position, along's inverse.
func between(at []float64, i float64) float64 {
	k := min(int(i), len(at)-2)
	return at[k] + (at[k+1]-at[k])*(i-float64(k))
}

func (t terrain) writeLevels(f axisFrame, arrows bool) {
	text := t.levelText()
	t.placeLevels(f, arrows, func(level, x, y float64) {
		marked := t.scale.Level != nil && level == *t.scale.Level
		haloed(f.c, textStyle(11, pick(marked, ink, mix(paper, ink, 0.85)), marked), f.x(x), f.y(y), draw.XCenter, text(level))
	})
}

// levelText writes levels with as many decimals as they need; the marked one has its own.
func (t terrain) levelText() func(float64) string {
	text := tickText(t.scale.Levels)
	return func(v float64) string {
		if t.scale.Level != nil && v == *t.scale.Level {
			return endText(v)
		}
		return text(v)
	}
}

// haloed writes a text on a ground of any colour.
func haloed(c draw.Canvas, style draw.TextStyle, x, y vg.Length, ax draw.XAlignment, text string) {
	halo := style
	halo.Color = color.NRGBA{0xff, 0xff, 0xff, 0x70}
	for k := range 8 {
		sin, cos := math.Sincos(float64(k) * math.Pi / 4)
		write(c, halo, x+vg.Length(1.6*cos), y+vg.Length(1.6*sin), ax, draw.YCenter, text)
	}
	write(c, style, x, y, ax, draw.YCenter, text)
}

// drawPath draws the way up to now as a line, what is to come as a thin one, and the current point.
func (t terrain) drawPath(f axisFrame) {
	if t.here < 0 {
		return
	}
	part := func(from, to int, styles ...draw.LineStyle) {
		var xs, ys []float64
		for i := from; i <= to; i++ {
			x, y, _ := t.moment(i)
			if !f.inside(x, y) {
				y = math.NaN()
			}
			xs, ys = append(xs, x), append(ys, y)
		}
		for _, s := range styles {
			f.curve(s, xs, ys)
		}
	}
	part(t.here, len(t.path)/3-1, draw.LineStyle{Color: color.NRGBA{ink.R, ink.G, ink.B, 0x70}, Width: 1})
	part(0, t.here, draw.LineStyle{Color: color.NRGBA{0xff, 0xff, 0xff, 0xb0}, Width: 4.5}, draw.LineStyle{Color: ink, Width: 2})
	if x, y, _ := t.moment(t.here); f.inside(x, y) {
		f.dot(x, y, 7, draw.GlyphStyle{Color: paper})
		f.dot(x, y, 5, draw.GlyphStyle{Color: accent})
	}
}

// drawFlow draws the coarse field of vectors, the longest as long as 0.9 of a cell; their shares are by the square root, so that short ones are seen.
func (p *surfaceSpec) drawFlow(f axisFrame, m moment) {
	field := m.snapshot(0).Field(p.Flow)
	if p.Flow == "" || field == nil || len(field.Dims) != 3 || field.Dims[2].Size != 2 {
		return
	}
	t, _ := p.terrain(m)
	rows, cols := field.Dims[0].Size, field.Dims[1].Size
	most := p.Longest
	cell := min(math.Abs(float64(f.x(t.xs[t.cols-1])-f.x(t.xs[0])))/float64(cols), math.Abs(float64(f.y(t.ys[t.rows-1])-f.y(t.ys[0])))/float64(rows))
	for r := range rows {
		for c := range cols {
			dx, dy := float64(field.Data[2*(r*cols+c)]), float64(field.Data[2*(r*cols+c)+1])
			x := t.xs[0] + (float64(c)+0.5)/float64(cols)*(t.xs[t.cols-1]-t.xs[0])
			y := t.ys[0] + (float64(r)+0.5)/float64(rows)*(t.ys[t.rows-1]-t.ys[0])
			if n := math.Hypot(dx, dy); n > 0 && n-n == 0 && most > 0 && f.inside(x, y) {
				length := 0.9 * cell * math.Sqrt(min(n/most, 1))
				arrow(f.c, f.x(x)-vg.Length(dx/n*length/2), f.y(y)-vg.Length(dy/n*length/2), dx/n, dy/n, length, color.NRGBA{ink.R, ink.G, ink.B, 0x90}, 1)
			}
		}
	}
}

// longestFlow returns the length of the longest vector of a run, so that arrows of two frames can be compared.
func longestFlow(t *xainb.Track, name string) float64 {
	most := 0.0
	for _, s := range t.Frames() {
		if f := s.Field(name); name != "" && f != nil {
			for i := 0; i+1 < len(f.Data); i += 2 {
				if n := math.Hypot(float64(f.Data[i]), float64(f.Data[i+1])); n-n == 0 {
					most = max(most, n)
				}
			}
		}
	}
	return most
}

// arrow draws an arrow of a length from a point in a direction.
func arrow(c draw.Canvas, x, y vg.Length, dx, dy, length float64, colour color.Color, width vg.Length) {
	head := min(3.2+1.2*float64(width), length*0.6)
	tx, ty := x+vg.Length(dx*length), y+vg.Length(dy*length)
	c.StrokeLine2(draw.LineStyle{Color: colour, Width: width}, x, y, tx, ty)
	var path vg.Path
	for _, side := range []float64{1, -1} {
		path.Move(vg.Point{X: tx + vg.Length(head*(-0.87*dx-side*0.5*dy)), Y: ty + vg.Length(head*(-0.87*dy+side*0.5*dx))})
		path.Line(vg.Point{X: tx, Y: ty})
	}
	c.SetLineStyle(draw.LineStyle{Color: colour, Width: width})
	c.Stroke(path)
}

// drawArrows draws the arrows of the players at the current point; what a player's arrow says is where to.
func (p *surfaceSpec) drawArrows(f axisFrame, t terrain, m moment) {
	field := m.snapshot(0).Field(p.Arrow)
	if p.Arrow == "" || field == nil || t.here < 0 {
		return
	}
	x, y, _ := t.moment(t.here)
	if !f.inside(x, y) {
		return
	}
	for k := 0; 2*k+1 < len(field.Data); k++ {
		// Directions are of the plane, lengths of the screen: the two axes may have other units.
		dx, dy := float64(field.Data[2*k])/(f.xhi-f.xlo)*float64(f.x1-f.x0), float64(field.Data[2*k+1])/(f.yhi-f.ylo)*float64(f.y1-f.y0)
		if n := math.Hypot(dx, dy); n > 0 && n-n == 0 {
			dx, dy = dx/n, dy/n
			px, py := f.x(x)+vg.Length(dx*9), f.y(y)+vg.Length(dy*9)
			length := f.arrowLength(px, py, vg.Length(dx), vg.Length(dy))
			arrow(f.c, px, py, dx, dy, float64(length), color.NRGBA{0xff, 0xff, 0xff, 0xb0}, 4)
			arrow(f.c, px, py, dx, dy, float64(length), ink, 1.75)
			if k < len(p.Players) {
				nx, ny := f.besideArrow(px, py, vg.Length(dx), vg.Length(dy), length)
				haloed(f.c, textStyle(12, ink, true), nx, ny, draw.XCenter, shorten(p.Players[k], 80, labelStyle))
			}
		}
	}
}

// arrowLength returns how long an arrow is that begins at a point: shorter where it would go far beyond the map.
func (f axisFrame) arrowLength(x, y, dx, dy vg.Length) vg.Length {
	length := playerArrow
	for _, side := range [][4]vg.Length{{x, dx, f.x0, f.x1}, {y, dy, f.y0, f.y1}} {
		switch v, d := side[0], side[1]; {
		case d > 0:
			length = min(length, (side[3]+arrowBeyond-v)/d)
		case d < 0:
			length = min(length, (side[2]-arrowBeyond-v)/d)
		}
	}
	return max(shortArrow, length)
}

// besideArrow returns where an arrow's name stands: before its head, or beside its shaft, towards the middle of the map, where that would be outside.
func (f axisFrame) besideArrow(x, y, dx, dy, length vg.Length) (nx, ny vg.Length) {
	nx, ny = x+(length+10)*dx, y+(length+10)*dy
	if nx >= f.x0+6 && nx <= f.x1-6 && ny >= f.y0+6 && ny <= f.y1-6 {
		return nx, ny
	}
	side := vg.Length(1)
	if ((f.x0+f.x1)/2-x)*-dy+((f.y0+f.y1)/2-y)*dx < 0 {
		side = -1
	}
	return x + 10*dx - 11*side*dy, y + 10*dy + 11*side*dx
}

func (p *surfaceSpec) drawWindow(f axisFrame, m moment) {
	field := m.snapshot(0).Field(p.Window)
	if p.Window == "" || field == nil || len(field.Data) != 4 {
		return
	}
	w := field.Data
	if sum := w[0] + w[1] + w[2] + w[3]; sum-sum == 0 {
		x0, x1 := seenSide(f.x(float64(w[0])), f.x(float64(w[1])), f.x0, f.x1)
		y0, y1 := seenSide(f.y(float64(w[2])), f.y(float64(w[3])), f.y0, f.y1)
		outline(f.c, vg.Rectangle{Min: vg.Point{X: x0, Y: y0}, Max: vg.Point{X: x1, Y: y1}}, ink, 1)
	}
}

// seenSide returns from where to where a frame is drawn along one side of the map.
func seenSide(a, b, from, to vg.Length) (vg.Length, vg.Length) {
	more := max(0, leastFrame-(b-a)) / 2
	return min(max(a-more, from), to), min(max(b+more, from), to)
}

// legend draws the ramp as a thin line, with the marked level above it.
func (p *surfaceSpec) legend(c draw.Canvas, t terrain, x, width vg.Length, bad int) {
	s, top := t.scale, vg.Length(math.Round(float64(c.Min.Y+34)))
	lo, hi := max(s.Range[0], s.Span[0]), min(s.Range[1], s.Span[1]) // a ramp about a level goes beyond the values on one side
	bar := image.NewRGBA(image.Rect(0, 0, int(width), 6))
	for i := range bar.Rect.Dx() {
		for j := range 6 {
			bar.SetRGBA(i, j, s.colour(lo+(hi-lo)*float64(i)/float64(max(1, bar.Rect.Dx()-1))))
		}
	}
	put(c, x, top, bar)
	if s.Level != nil {
		at := x + width*vg.Length((*s.Level-lo)/(hi-lo))
		c.StrokeLine2(draw.LineStyle{Color: muted, Width: 1}, at, top+2, at, top-9)
		write(c, textStyle(11, muted, false), at, top+2, draw.XCenter, draw.YBottom, endText(*s.Level))
	}
	low := pick(s.Range[0] > s.Span[0], "≤ ", "") + endText(lo)
	high := pick(s.Range[1] < s.Span[1], "≥ ", "") + endText(hi)
	write(c, labelStyle, x, top-8, draw.XLeft, draw.YTop, low)
	write(c, labelStyle, x+width/2, top-8, draw.XCenter, draw.YTop, shorten(t.said, width-textWidth(low, labelStyle)-textWidth(high, labelStyle)-16, labelStyle))
	write(c, labelStyle, x+width, top-8, draw.XRight, draw.YTop, high)
	if bad > 0 {
		write(c, labelStyle, x+width+20, top-8, draw.XLeft, draw.YTop, notFinite(bad))
	}
}
