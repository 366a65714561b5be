package charts

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Measures of curves, as series_curves.js has them.
const (
	curvesHigh vg.Length = 220
	markRow    vg.Length = 18
	curvesKey  vg.Length = 22 // a line of names
)

// names lays out the names below the picture in lines no wider than width; each is drawn if there is a canvas.
func (p *curvesSpec) names(c draw.Canvas, m moment, x, y, width vg.Length) (lines int) {
	left := x
	for i, k := range p.Curves {
		text := k.text(m)
		long := 24 + textWidth(text, labelStyle)
		if lines == 0 || x+long > left+width {
			y -= pick(lines > 0, curvesKey, 0)
			x, lines = left, lines+1
		}
		if c.Canvas != nil {
			c.StrokeLine2(draw.LineStyle{Color: p.colour(i), Width: pick[vg.Length](k.Quiet, 5, 2)}, x, y, x+16, y)
			write(c, labelStyle, x+24, y, draw.XLeft, draw.YCenter, text)
		}
		x += long + 18
	}
	return lines
}

// text is the name with the scalar's value.
func (k curveSpec) text(m moment) string {
	if v, ok := m.snapshot(0).Scalar(k.Scalar); k.Scalar != "" && ok {
		return k.Name + ", " + k.Of + " " + formatNumber(v)
	}
	return k.Name
}

// colour is the curve's: what is quiet has none, the others are those of lines.
func (p *curvesSpec) colour(i int) color.RGBA {
	if p.Curves[i].Quiet {
		return faint
	}
	n := 0
	for _, k := range p.Curves[:i] {
		n += pick(k.Quiet, 0, 1)
	}
	return lineColour(n)
}

// markColour is that of a mark: the accent first, as it moves with the playhead.
func markColour(i int) color.RGBA { return seriesColours[1:][i%len(seriesColours[1:])] }

func (p *curvesSpec) height(width vg.Length, m moment) vg.Length {
	return pick(p.Head != "", pictureHead, 0) + 22 + curvesHigh + vg.Length(len(p.Marks))*markRow + axisSpace + curvesKey*vg.Length(p.names(draw.Canvas{}, m, 0, 0, width)) + 20
}

func (p *curvesSpec) still(c draw.Canvas, m moment) error {
	if p.Head != "" {
		write(c, labelStyle, c.Min.X, c.Max.Y-9, draw.XLeft, draw.YCenter, shorten(p.Head, c.Max.X-c.Min.X, labelStyle))
		c.Max.Y -= pictureHead
	}
	f := axisFrame{c: c, xlo: p.Span[0], xhi: p.Span[1]}
	f.ylo, f.yhi = roomyScale(p.Scale[0], p.Scale[1])
	ticks := roundTicks(f.ylo, f.yhi, 4)
	left := ticksWidth(ticks) + 12
	for _, k := range p.Marks {
		left = max(left, min(140, textWidth(k.Name, labelStyle))+12)
	}
	f.x0, f.x1, f.y1 = c.Min.X+left, c.Max.X-14, c.Max.Y-22
	f.y0 = f.y1 - curvesHigh
	write(c, labelStyle, c.Min.X, c.Max.Y-8, draw.XLeft, draw.YCenter, p.Y)
	f.drawY(ticks)
	c.StrokeLine2(draw.LineStyle{Color: faint, Width: 1}, f.x0, f.y0, f.x1, f.y0)
	bad := 0
	for i, k := range p.Curves {
		x := m.snapshot(0).Field(k.Field)
		if x == nil {
			continue
		}
		ys := make([]float64, len(x.Data))
		for j, v := range x.Data {
			if ys[j] = float64(v); v-v != 0 {
				bad++
			}
		}
		xs, ys := p.along(i).line(ys)
		f.curve(draw.LineStyle{Color: p.colour(i), Width: pick[vg.Length](k.Quiet, 5, 2)}, xs, ys)
	}
	p.marks(f, m)
	below := f
	below.y0 -= vg.Length(len(p.Marks)) * markRow
	below.drawX(roundTicks(f.xlo, f.xhi, min(8, max(2, int((f.x1-f.x0)/60)))), p.X)
	y := below.y0 - axisSpace
	y -= curvesKey * vg.Length(p.names(c, m, c.Min.X, y-8, c.Max.X-c.Min.X))
	write(c, labelStyle, c.Min.X, y-8, draw.XLeft, draw.YCenter, notFinite(bad))
	return nil
}

// line returns the points of the curve; a bin has its value from edge to edge. It is curveLine in series_curves.js.
func (k curveSpec) line(ys []float64) (x, y []float64) {
	n := min(len(ys), len(k.At))
	if !k.Step || n < 2 {
		return k.At[:n], ys[:n]
	}
	for i, v := range ys[:n] {
		low, high := k.At[max(i, 1)-1], k.At[min(i, n-2)+1]
		before, after := (k.At[i]+low)/2, (k.At[i]+high)/2
		if i == 0 {
			before = k.At[0] - (after - k.At[0])
		}
		if i == n-1 {
			after = k.At[i] + (k.At[i] - before)
		}
		x, y = append(x, before, after), append(y, v, v)
	}
	return x, y
}

// value returns the curve's value at a place: between two positions on a straight line, beyond the ends NaN. It is curveAt in series_curves.js.
func (k curveSpec) value(ys []float32, x float64) float64 {
	for i := 0; i+1 < min(len(ys), len(k.At)); i++ {
		if a, b := k.At[i], k.At[i+1]; x >= a && x <= b {
			u := (x - a) / (b - a)
			return float64(ys[i])*(1-u) + float64(ys[i+1])*u
		}
	}
	return math.NaN()
}

func (p *curvesSpec) marks(f axisFrame, m moment) {
	t := m.tracks[0]
	for i, k := range p.Marks {
		y := f.y0 - (vg.Length(i)+0.5)*markRow
		write(f.c, textStyle(12, markColour(i), false), f.x0-8, y, draw.XRight, draw.YCenter, shorten(k.Name, 140, labelStyle))
		for j := 0; j <= m.own(); j++ {
			if v, ok := t.At(j).Scalar(k.Scalar); ok && v >= f.xlo && v <= f.xhi {
				f.c.StrokeLine2(draw.LineStyle{Color: markColour(i), Width: 1.5}, f.x(v), y-5, f.x(v), y+5)
			}
		}
		v, ok := m.snapshot(0).Scalar(k.Scalar)
		if x := m.snapshot(0).Field(p.Curves[0].Field); ok && x != nil {
			if at := p.Curves[0].value(x.Data, v); at-at == 0 {
				f.dot(v, at, 6, draw.GlyphStyle{Color: paper})
				f.dot(v, at, 4.5, draw.GlyphStyle{Color: markColour(i)})
			}
		}
	}
}

func (p *curvesSpec) read(m moment) map[string]string {
	out := map[string]string{}
	s := m.snapshot(0)
	for _, k := range p.Marks {
		v, ok := s.Scalar(k.Scalar)
		if !ok {
			continue
		}
		out[k.Scalar+".at"] = formatTime(v)
		if x := s.Field(p.Curves[0].Field); x != nil {
			out[k.Scalar+".value"] = formatNumber(p.Curves[0].value(x.Data, v))
		}
	}
	return called(p.As, out)
}
