package charts

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// solidHeight is how high the picture in space is; solid.js has the same.
func solidHeight(width vg.Length) vg.Length {
	return vg.Length(math.Round(float64(min(440, max(240, width*0.66)))))
}

// How much ink is in the sheet, whose colours may be the page's own, and in the line along its edges. solid_gl.js has the same.
const solidTint, sheetEdge = 0.06, 0.45

// solidView is a surface in space on a canvas: where a point of the box lies on it.
type solidView struct {
	solid
	box
	c      draw.Canvas
	cx, cy vg.Length
	unit   float64
}

// at returns where a point of the box is on the canvas.
func (v solidView) at(x, y, z float64) vg.Point {
	right, up, _ := v.project(x, y, z)
	return vg.Point{X: v.cx + vg.Length(right*v.unit), Y: v.cy + vg.Length(up*v.unit)}
}

func (p *surfaceSpec) drawSolid(c draw.Canvas, t terrain, m moment) {
	w, h := c.Max.X-c.Min.X, solidHeight(c.Max.X-c.Min.X)
	v := solidView{
		solid: newSolid(float64(m.integer("$"+turnState)), float64(m.integer("$"+tiltState))), box: t.box(), c: c,
		cx: c.Min.X + w/2, cy: c.Max.Y - h*0.42, unit: min(float64(w-84)/2.9, float64(h)/2.6),
	}
	v.floor(p, t)
	t.paintSolid(v, w, h)
	t.sheetEdges(v)
	t.solidLines(v)
	t.solidPath(v)
	bad := 0
	for _, x := range t.z {
		if x-x != 0 {
			bad++
		}
	}
	p.legend(c, t, c.Min.X, min(w, 260), bad)
}

// corners returns the corners of the floor, the one nearest to the reader first, then around.
func (v solidView) corners() [4][2]float64 {
	all := [4][2]float64{{-v.wide, -v.deep}, {v.wide, -v.deep}, {v.wide, v.deep}, {-v.wide, v.deep}}
	near, best := 0, math.Inf(1)
	for i, q := range all {
		if _, _, d := v.project(q[0], q[1], 0); d < best {
			near, best = i, d
		}
	}
	var out [4][2]float64
	for i := range out {
		out[i] = all[(near+i)%4]
	}
	return out
}

// floor draws the two near edges of the floor with their axes, and the scale of the values at the corner that lies farthest to the left.
func (v solidView) floor(p *surfaceSpec, t terrain) {
	thin := draw.LineStyle{Color: faint, Width: 1}
	q := v.corners()
	for i := range 4 {
		a, b := v.at(q[i][0], q[i][1], 0), v.at(q[(i+1)%4][0], q[(i+1)%4][1], 0)
		v.c.StrokeLine2(thin, a.X, a.Y, b.X, b.Y)
	}
	for _, e := range [][2]int{{0, 1}, {3, 0}} {
		a, b := q[e[0]], q[e[1]]
		axis, ends := p.X, t.x
		if a[1] != b[1] {
			axis, ends = p.Y, t.y
		}
		if a[0] > b[0] || a[1] > b[1] {
			a, b = b, a // from its low end to its high one
		}
		m, o := v.at((a[0]+b[0])/2, (a[1]+b[1])/2, 0), v.at(0, 0, 0)
		n := vg.Length(math.Hypot(float64(m.X-o.X), float64(m.Y-o.Y)))
		dx, dy := (m.X-o.X)/n, (m.Y-o.Y)/n
		at := vg.Point{X: m.X + dx*20, Y: m.Y + dy*20}
		side, room := draw.XCenter, 2*min(at.X-v.c.Min.X, v.c.Max.X-at.X)
		if dx < -0.3 {
			side, room = draw.XRight, at.X-v.c.Min.X
		} else if dx > 0.3 {
			side, room = draw.XLeft, v.c.Max.X-at.X
		}
		write(v.c, labelStyle, at.X, at.Y, side, draw.YCenter, shorten(axis.Name, max(40, room), labelStyle))
		for k, share := range []float64{0.06, 0.94} {
			at := v.at(a[0]+(b[0]-a[0])*share, a[1]+(b[1]-a[1])*share, 0)
			write(v.c, textStyle(11, muted, false), at.X+dx*16, at.Y+dy*16, draw.XCenter, draw.YCenter, endsText(ends)(ends[k]))
		}
	}
	left := q[0]
	for _, k := range []int{1, 3} {
		if v.at(q[k][0], q[k][1], 0).X < v.at(left[0], left[1], 0).X {
			left = q[k]
		}
	}
	foot, top := v.at(left[0], left[1], 0), v.at(left[0], left[1], 1)
	v.c.StrokeLine2(thin, foot.X, foot.Y, top.X, top.Y)
	mark := func(value float64, style draw.TextStyle) {
		at := v.at(left[0], left[1], v.up(value))
		v.c.StrokeLine2(draw.LineStyle{Color: muted, Width: 1}, at.X-4, at.Y, at.X, at.Y)
		write(v.c, style, at.X-7, at.Y, draw.XRight, draw.YCenter, endsText(t.v)(value))
	}
	small := textStyle(11, muted, false)
	mark(t.v[0], small)
	mark(t.v[1], small)
	if l := t.scale.Level; l != nil && v.up(*l) > 0.12 && v.up(*l) < 0.88 {
		mark(*l, textStyle(11, ink, false))
	}
}

// lightOf says how bright a place of the surface is, by its slopes across and back: 1 is the colour itself. solid_gl.js has the same.
func (s solid) lightOf(slopeX, slopeY float64) float64 {
	nx, ny, nz := -slopeX*boxHeight, -slopeY*boxHeight, 1.0
	n := math.Sqrt(nx*nx + ny*ny + nz*nz)
	across, back := (nx*s.cosTurn-ny*s.sinTurn)/n, (nx*s.sinTurn+ny*s.cosTurn)/n // the light stays where the reader is
	return 0.8 + 0.24*(-0.5*across-0.35*back+0.79*nz/n)
}

// paintSolid paints the surface, every pixel four times, with a buffer of depths.
func (t terrain) paintSolid(v solidView, width, height vg.Length) {
	const fine = 2
	w, h := int(width)*fine, int(height)*fine
	if w < 2 || h < 2 {
		return
	}
	type corner struct{ x, y, depth, value, light float64 }
	all := make([]corner, t.rows*t.cols)
	left, top := v.c.Min.X, v.c.Max.Y
	for r := range t.rows {
		for c := range t.cols {
			x, y, z := v.across(t.xs[c]), v.back(t.ys[r]), float64(t.z[r*t.cols+c])
			at := v.at(x, y, v.up(z))
			_, _, depth := v.project(x, y, v.up(z))
			slopeX, slopeY := t.slopes(v.box, r, c)
			all[r*t.cols+c] = corner{float64(at.X-left) * fine, float64(top-at.Y) * fine, depth, z, v.lightOf(slopeX, slopeY)}
		}
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	depths := make([]float32, w*h)
	for i := range depths {
		depths[i] = math.MaxFloat32
	}
	fill := func(a, b, c corner) {
		area := (b.x-a.x)*(c.y-a.y) - (c.x-a.x)*(b.y-a.y)
		if area-area != 0 || area == 0 || a.value-a.value+b.value-b.value+c.value-c.value != 0 {
			return
		}
		x0, x1 := max(0, int(min(a.x, b.x, c.x))), min(w-1, int(max(a.x, b.x, c.x))+1)
		y0, y1 := max(0, int(min(a.y, b.y, c.y))), min(h-1, int(max(a.y, b.y, c.y))+1)
		for y := y0; y <= y1; y++ {
			for x := x0; x <= x1; x++ {
				px, py := float64(x)+0.5, float64(y)+0.5
				wb := ((px-a.x)*(c.y-a.y) - (c.x-a.x)*(py-a.y)) / area
				wc := ((b.x-a.x)*(py-a.y) - (px-a.x)*(b.y-a.y)) / area
				wa := 1 - wb - wc
				if wa < -1e-9 || wb < -1e-9 || wc < -1e-9 {
					continue
				}
				d := float32(wa*a.depth + wb*b.depth + wc*c.depth)
				if d >= depths[y*w+x] {
					continue
				}
				depths[y*w+x] = d
				img.SetRGBA(x, y, lit(mix(t.scale.colour(wa*a.value+wb*b.value+wc*c.value), ink, solidTint), wa*a.light+wb*b.light+wc*c.light))
			}
		}
	}
	for r := 0; r+1 < t.rows; r++ {
		for c := 0; c+1 < t.cols; c++ {
			i := r*t.cols + c
			fill(all[i], all[i+1], all[i+t.cols])
			fill(all[i+1], all[i+t.cols+1], all[i+t.cols])
		}
	}
	blendOver(v.c, left, top, img, fine)
}

// slopes returns how much the surface rises in the box, across and back, at a value of the grid.
func (t terrain) slopes(b box, r, c int) (across, back float64) {
	rise := func(r0, c0, r1, c1 int, run float64) float64 {
		d := (b.up(float64(t.z[r1*t.cols+c1])) - b.up(float64(t.z[r0*t.cols+c0]))) / run
		return pick(d-d == 0, d, 0)
	}
	c0, c1, r0, r1 := max(c-1, 0), min(c+1, t.cols-1), max(r-1, 0), min(r+1, t.rows-1)
	return rise(r, c0, r, c1, b.across(t.xs[c1])-b.across(t.xs[c0])), rise(r0, c, r1, c, b.back(t.ys[r1])-b.back(t.ys[r0]))
}

func lit(c color.RGBA, light float64) color.RGBA {
	m := func(v uint8) uint8 { return uint8(min(255, float64(v)*light)) }
	return color.RGBA{m(c.R), m(c.G), m(c.B), 255}
}

// blendOver puts an image that is finer than the canvas on it. What it has not painted is left as paper, but for the thin lines of the floor behind it.
func blendOver(c draw.Canvas, left, top vg.Length, img *image.RGBA, fine int) {
	w, h := img.Rect.Dx()/fine, img.Rect.Dy()/fine
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			var sum [4]int
			for j := range fine {
				at := img.PixOffset(x*fine, y*fine+j)
				for k := range 4 * fine {
					sum[k%4] += int(img.Pix[at+k])
				}
			}
			for k := range sum {
				out.Pix[out.PixOffset(x, y)+k] = uint8(sum[k] / (fine * fine)) // premultiplied
			}
		}
	}
	size := vg.Point{X: vg.Length(w), Y: vg.Length(h)}
	left, top = vg.Length(math.Round(float64(left))), vg.Length(math.Round(float64(top)))
	c.DrawImage(vg.Rectangle{Min: vg.Point{X: left, Y: top - size.Y}, Max: vg.Point{X: left + size.X, Y: top}}, out)
}

// colours implements colourUser: the palest ones as they are in space, where they are not the ramp's own.
func (p *surfaceSpec) colours() []color.RGBA {
	if p.View == viewFlat {
		return nil
	}
	const n, usual = 14, 0.94 // the light of a gentle slope
	var out []color.RGBA
	for i := range n {
		if c := rampAt(p.usesRamp(), float64(i)/(n-1)); min(c.R, c.G, c.B) > 0x80 {
			out = append(out, lit(mix(c, ink, solidTint), usual))
		}
	}
	return out
}

// sheetEdges draws the four edges of the sheet where a reader sees them.
func (t terrain) sheetEdges(v solidView) {
	var path vg.Path
	part := func(r0, c0, r1, c1 int) {
		z0, z1 := float64(t.z[r0*t.cols+c0]), float64(t.z[r1*t.cols+c1])
		a := [3]float64{v.across(t.xs[c0]), v.back(t.ys[r0]), v.up(z0)}
		b := [3]float64{v.across(t.xs[c1]), v.back(t.ys[r1]), v.up(z1)}
		if z0-z0+z1-z1 == 0 && !t.hidden(v.solid, v.box, (a[0]+b[0])/2, (a[1]+b[1])/2, (a[2]+b[2])/2) {
			path.Move(v.at(a[0], a[1], a[2]))
			path.Line(v.at(b[0], b[1], b[2]))
		}
	}
	for c := range t.cols - 1 {
		part(0, c, 0, c+1)
		part(t.rows-1, c, t.rows-1, c+1)
	}
	for r := range t.rows - 1 {
		part(r, 0, r+1, 0)
		part(r, t.cols-1, r+1, t.cols-1)
	}
	v.c.SetLineStyle(draw.LineStyle{Color: mix(paper, ink, sheetEdge), Width: 0.75})
	v.c.Stroke(path)
}

// solidLines draws the isolines that a reader sees on the surface.
func (t terrain) solidLines(v solidView) {
	draws := func(level float64, style draw.LineStyle) {
		var path vg.Path
		s := isolines(t.z, t.xs, t.ys, level)
		for i := 0; i+3 < len(s); i += 4 {
			a := [3]float64{v.across(s[i]), v.back(s[i+1]), v.up(level)}
			b := [3]float64{v.across(s[i+2]), v.back(s[i+3]), v.up(level)}
			if !t.hidden(v.solid, v.box, (a[0]+b[0])/2, (a[1]+b[1])/2, a[2]) {
				path.Move(v.at(a[0], a[1], a[2]))
				path.Line(v.at(b[0], b[1], b[2]))
			}
		}
		v.c.SetLineStyle(style)
		v.c.Stroke(path)
	}
	for _, l := range t.scale.Levels {
		draws(l, draw.LineStyle{Color: color.NRGBA{ink.R, ink.G, ink.B, 0x40}, Width: 0.75})
	}
	if t.scale.Level != nil {
		draws(*t.scale.Level, draw.LineStyle{Color: ink, Width: 1})
	}
}

// solidPath draws the way in space: what is to come thin, what lies behind the surface faint.
func (t terrain) solidPath(v solidView) {
	if t.here < 0 {
		return
	}
	place := func(i int) (x, y, z float64, ok bool) {
		a, b, value := t.moment(i)
		x, y, z = v.across(a), v.back(b), min(max(v.up(value), 0), 1)
		return x, y, z, math.Abs(x) <= v.wide && math.Abs(y) <= v.deep && z-z == 0
	}
	for k := 0; 3*k+5 < len(t.path); k++ {
		x0, y0, z0, ok0 := place(k)
		x1, y1, z1, ok1 := place(k + 1)
		if !ok0 || !ok1 {
			continue
		}
		style := draw.LineStyle{Color: ink, Width: 2}
		if k >= t.here {
			style = draw.LineStyle{Color: color.NRGBA{ink.R, ink.G, ink.B, 0x80}, Width: 1}
		}
		if t.hidden(v.solid, v.box, (x0+x1)/2, (y0+y1)/2, (z0+z1)/2) {
			style.Color = color.NRGBA{ink.R, ink.G, ink.B, 0x30}
		}
		a, b := v.at(x0, y0, z0), v.at(x1, y1, z1)
		if style.Color == ink {
			v.c.StrokeLine2(draw.LineStyle{Color: color.NRGBA{0xff, 0xff, 0xff, 0xa0}, Width: 4.5}, a.X, a.Y, b.X, b.Y)
		}
		v.c.StrokeLine2(style, a.X, a.Y, b.X, b.Y)
	}
	if x, y, z, ok := place(t.here); ok {
		at, foot := v.at(x, y, z), v.at(x, y, 0)
		v.c.StrokeLine2(draw.LineStyle{Color: accent, Width: 1, Dashes: []vg.Length{2, 3}}, at.X, at.Y, foot.X, foot.Y)
		v.c.DrawGlyphNoClip(draw.GlyphStyle{Color: paper, Radius: 7, Shape: draw.CircleGlyph{}}, at)
		v.c.DrawGlyphNoClip(draw.GlyphStyle{Color: accent, Radius: 5, Shape: draw.CircleGlyph{}}, at)
	}
}
