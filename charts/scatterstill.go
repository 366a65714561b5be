package charts

import (
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func (p *scatterSpec) usesRamp() string {
	if len(p.Range) > 2 && p.Range[2][0] < 0 {
		return "diverging"
	}
	return "heat"
}

func (p *scatterSpec) padded() (x, y [2]float64) {
	room := func(r [2]float64) [2]float64 {
		d := (r[1] - r[0]) * 0.05
		if d == 0 {
			d = math.Abs(r[0]) * 0.1
		}
		if d == 0 {
			d = 1
		}
		return [2]float64{r[0] - d, r[1] + d}
	}
	return room(p.Range[0]), room(p.Range[1])
}

// area returns the size of the plotting area in a panel of this width.
func (p *scatterSpec) area(width vg.Length) (w, h, left vg.Length) {
	x, y := p.padded()
	left = ticksWidth(roundTicks(y[0], y[1], 4)) + 14
	w = width - left - 14
	h = min(340, max(180, w*0.72))
	if p.Square {
		unit := min(float64(w)/(x[1]-x[0]), 380/(y[1]-y[0]))
		w, h = vg.Length(unit*(x[1]-x[0])), vg.Length(unit*(y[1]-y[0]))
	}
	return w, h, left
}

// yCount is how many labels there is room for beside an axis.
func yCount(h vg.Length) int { return min(6, max(2, int(h/60))) }

func (p *scatterSpec) hasLegend() bool { return len(p.Range) > 2 && !p.Classes }

func (p *scatterSpec) valueLimit() float64 {
	return max(math.Abs(p.Range[2][0]), math.Abs(p.Range[2][1]))
}

func (p *scatterSpec) height(width vg.Length, _ moment) vg.Length {
	_, h, _ := p.area(width)
	return pick(p.Head != "", pictureHead, 0) + 22 + h + axisSpace + pick[vg.Length](p.hasLegend(), 40, 20)
}

func (p *scatterSpec) read(m moment) map[string]string {
	n, bad := 0, 0
	if f := m.snapshot(0).Field(p.Field); f != nil {
		n = len(f.Data) / len(p.Columns)
		for i := range n {
			if v := f.Data[i*len(p.Columns)] + f.Data[i*len(p.Columns)+1]; v-v != 0 {
				bad++
			}
		}
	}
	points := strconv.Itoa(n - bad)
	return called(p.As, map[string]string{"points": points, "said": points + pick(points == "1", " point", " points")})
}

func (p *scatterSpec) still(c draw.Canvas, m moment) error {
	if p.Head != "" {
		write(c, labelStyle, c.Min.X, c.Max.Y-9, draw.XLeft, draw.YCenter, shorten(p.Head, c.Max.X-c.Min.X, labelStyle))
		c.Max.Y -= pictureHead
	}
	xr, yr := p.padded()
	w, h, left := p.area(c.Max.X - c.Min.X)
	f := axisFrame{c: c, x0: c.Min.X + left, x1: c.Min.X + left + w, y1: c.Max.Y - 22, y0: c.Max.Y - 22 - h, xlo: xr[0], xhi: xr[1], ylo: yr[0], yhi: yr[1]}
	ticks := roundTicks(yr[0], yr[1], yCount(h))
	if p.Down {
		f.ylo, f.yhi = f.yhi, f.ylo
	}
	f.drawX(roundTicks(xr[0], xr[1], min(6, max(2, int(w/60)))), p.Columns[0])
	f.drawY(ticks)
	c.StrokeLine2(draw.LineStyle{Color: faint, Width: 1}, f.x0, f.y0, f.x0, f.y1)
	write(c, labelStyle, f.x0-6, f.y1+12, draw.XRight, draw.YCenter, p.Columns[1])
	if p.hasLegend() {
		legendLine(c, c.Min.Y+26, first(p.Columns[2], "value"), p.usesRamp(), p.valueLimit())
	}
	s := m.snapshot(0)
	field := s.Field(p.Field)
	if field == nil {
		return nil
	}
	k, bad := len(p.Columns), 0
	p.trails(f, m, k)
	names := labels(m.tracks[0], s, p.Dim)
	for i := 0; i+k <= len(field.Data); i += k {
		x, y := float64(field.Data[i]), float64(field.Data[i+1])
		if v := x + y; v-v != 0 {
			bad++
			continue
		}
		value := 0.0
		if k > 2 {
			value = float64(field.Data[i+2])
		}
		r := p.radius()
		if k > 2 && !p.Classes {
			f.dot(x, y, r+0.5, draw.GlyphStyle{Color: muted})
		}
		f.dot(x, y, r, draw.GlyphStyle{Color: p.colour(value)})
		if p.Labelled && p.Count <= 40 && i/k < len(names) {
			write(c, textStyle(12, ink, false), f.x(x)+r+5, f.y(y), draw.XLeft, draw.YCenter, names[i/k])
		}
	}
	if p.Classes {
		p.classNames(f, field.Data)
	}
	write(c, labelStyle, c.Min.X, c.Min.Y+8, draw.XLeft, draw.YCenter, notFinite(bad))
	return nil
}

// classNames writes the names of the classes: classesAt in series_scatter.js.
func (p *scatterSpec) classNames(f axisFrame, data []float32) {
	pairs, of := []float32{}, []int{}
	for i := 0; i+2 < len(data); i += 3 {
		pairs, of = append(pairs, data[i], data[i+1]), append(of, int(data[i+2]))
	}
	f.classNames(pairs, of, p.Kinds, p.radius())
}

// colours are those of the classes.
func (p *scatterSpec) colours() []color.RGBA {
	if !p.Classes {
		return nil
	}
	return classColours[:min(len(p.Kinds), len(classColours))]
}

func (p *scatterSpec) radius() vg.Length {
	switch {
	case p.Count > 400:
		return 2
	case p.Count > 80:
		return 3
	}
	return 4
}

// colour is colourOf in series_scatter.js.
func (p *scatterSpec) colour(v float64) color.RGBA {
	switch {
	case len(p.Columns) < 3:
		return mix(paper, ink, 0.8)
	case p.Classes:
		return classColour(int(v))
	}
	t := v / p.valueLimit()
	if p.usesRamp() == "diverging" {
		t = 0.5 + 0.5*t
	}
	return rampAt(p.usesRamp(), t)
}

// trails draws where the points were in the frames before.
func (p *scatterSpec) trails(f axisFrame, m moment, k int) {
	if p.Trail <= 0 {
		return
	}
	for i := 0; i < p.Count; i++ {
		var xs, ys []float64
		for frame := max(0, m.frame-p.Trail); frame <= m.frame; frame++ {
			if x := m.tracks[0].At(frame); x != nil && x.Field(p.Field) != nil && (i+1)*k <= len(x.Field(p.Field).Data) {
				d := x.Field(p.Field).Data
				xs, ys = append(xs, float64(d[i*k])), append(ys, float64(d[i*k+1]+0*d[i*k]))
			}
		}
		f.curve(draw.LineStyle{Color: mix(paper, muted, 0.35), Width: 1}, xs, ys)
	}
}
