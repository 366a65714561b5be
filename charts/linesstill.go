package charts

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	lineHigh  vg.Length = 190 // a row alone
	lineLow   vg.Length = 96  // one of several rows
	lineGap   vg.Length = 18
	axisSpace vg.Length = 44
)

func (l *linesSpec) rowHeight() vg.Length {
	if len(l.Rows) > 1 {
		return lineLow
	}
	return lineHigh
}

func (l *linesSpec) height(vg.Length, moment) vg.Length {
	return 12 + vg.Length(len(l.Rows))*(l.rowHeight()+lineGap) - lineGap + axisSpace
}

func (l *linesSpec) read(m moment) map[string]string {
	out := map[string]string{}
	for i, x := range l.lines {
		at := m.snapshot(0)
		if l.Bridge {
			at = m.tracks[0].At(max(0, l.latest[i][m.frame]))
		}
		if v, ok := x.at(at); ok {
			out[x.Name] = x.text(v)
		}
	}
	return out
}

// still draws the lines as series_lines.js does.
func (l *linesSpec) still(c draw.Canvas, m moment) error {
	t := m.tracks[0]
	xs, name := runTimes(t)
	at := min(m.frame, t.Len()-1)
	frames := make([]axisFrame, len(l.Rows))
	ticks := make([][]float64, len(l.Rows))
	values := make([][][]float64, len(l.Rows))
	left := vg.Length(0)
	along := xs
	if l.Span != nil {
		along = append(slices.Clone(xs), l.Span[0], l.Span[1])
	}
	lo, hi := timeScale(along)
	if len(xs) > 1 && xs[1] < xs[0] {
		lo, hi = hi, lo // a run whose time falls still goes from left to right
	}
	for r, row := range l.Rows {
		for _, x := range row.Lines {
			values[r] = append(values[r], x.values(t))
		}
		f := &frames[r]
		f.c, f.xlo, f.xhi = c, lo, hi
		scaled := values[r]
		if row.Scale != nil {
			scaled = append(slices.Clone(scaled), row.Scale[:])
		}
		f.ylo, f.yhi = roomyScale(extent(scaled...))
		ticks[r] = roundTicks(f.ylo, f.yhi, pick(len(l.Rows) > 1, 2, 4))
		left = max(left, ticksWidth(ticks[r])+12)
	}
	y, right := c.Max.Y-12, max(14, l.roomForEnds(values, c.Max.X-c.Min.X-left))
	for r := range frames {
		f := &frames[r]
		f.x0, f.x1, f.y1, f.y0 = c.Min.X+left, c.Max.X-right, y, y-l.rowHeight()
		y = f.y0 - lineGap
		f.drawY(ticks[r])
		if r == len(frames)-1 {
			f.drawX(timeTicks(along, int((f.x1-f.x0)/60)), name)
		} else {
			c.StrokeLine2(draw.LineStyle{Color: faint, Width: 1}, f.x0, f.y0, f.x1, f.y0)
		}
		if l.Mark != nil {
			x := f.x(l.Mark.At)
			c.StrokeLine2(draw.LineStyle{Color: muted, Width: 1, Dashes: []vg.Length{3, 3}}, x, f.y0, x, f.y1)
			if r == 0 {
				name := shorten(l.Mark.Name, f.x1-f.x0, labelStyle)
				half := textWidth(name, labelStyle) / 2
				write(c, labelStyle, max(f.x0+half, min(x, f.x1-half)), f.y1+7, draw.XCenter, draw.YCenter, name)
			}
		}
		l.drawRow(*f, r, xs, values[r], at)
	}
	return nil
}

// roomForEnds returns what the names and values at the lines' ends take beside the plot, so that no label lies on the lines; 0 where that is too much of it.
func (l *linesSpec) roomForEnds(values [][][]float64, width vg.Length) vg.Length {
	room := vg.Length(0)
	for r, row := range values {
		for i, ys := range row {
			lo, hi := extent(ys)
			for _, v := range []float64{lo, hi} {
				if v-v == 0 {
					room = max(room, 24+textWidth(l.Rows[r].Lines[i].Name+" "+l.Rows[r].Lines[i].text(v), textStyle(12, ink, true)))
				}
			}
		}
	}
	return pick(room < 0.3*width, room, 0)
}

func (l *linesSpec) drawRow(f axisFrame, r int, xs []float64, values [][]float64, at int) {
	f.c.StrokeLine2(draw.LineStyle{Color: mix(paper, accent, 0.45), Width: 1}, f.x(xs[at]), f.y0, f.x(xs[at]), f.y1)
	for _, ys := range values {
		l.curve(f, draw.LineStyle{Color: faint, Width: 1.25}, xs, ys)
	}
	alone := len(l.Rows) == 1 && len(values) == 1
	var labels []string
	var want []vg.Length
	for i, ys := range values {
		colour, now := lineColour(i), at
		l.curve(f, draw.LineStyle{Color: colour, Width: 2}, xs[:at+1], ys[:at+1])
		for l.Bridge && now > 0 && ys[now]-ys[now] != 0 {
			now--
		}
		labels = append(labels, l.Rows[r].Lines[i].Name+" "+l.Rows[r].Lines[i].text(ys[now]))
		if ys[now]-ys[now] != 0 {
			want = append(want, vg.Length(math.NaN()))
			continue
		}
		f.dot(xs[now], ys[now], 4.5, draw.GlyphStyle{Color: pick(alone, accent, colour)})
		want = append(want, f.y(ys[now])+pick(alone, vg.Length(14), 0))
	}
	widest := vg.Length(0)
	for _, s := range labels {
		widest = max(widest, textWidth(s, textStyle(12, ink, true)))
	}
	x, align := f.x(xs[at])+12, draw.XAlignment(draw.XLeft)
	if x+widest > f.c.Max.X && f.x(xs[at]) > (f.x0+f.x1)/2 {
		x, align = f.x(xs[at])-12, draw.XRight
		if !alone {
			offLines(want)
		}
	}
	place := apart(want, 15, f.y0-4, f.y1+4)
	for i, s := range labels {
		if want[i] == want[i] {
			write(f.c, textStyle(12, lineColour(i), true), x, place[i], align, draw.YCenter, s)
		}
	}
}

// offLines moves labels before their points off the lines that lead there: the highest above, the lowest below.
func offLines(at []vg.Length) {
	var order []int
	for i, v := range at {
		if v == v {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(math.Copysign(1, float64(at[b]-at[a]))) })
	for k, i := range order {
		up := vg.Length(1)
		if n := len(order); n > 1 {
			up = 1 - 2*vg.Length(k)/vg.Length(n-1)
		}
		at[i] += 12 * up
	}
}

// curve draws a line, across the frames that lack its number where those are of another run.
func (l *linesSpec) curve(f axisFrame, style draw.LineStyle, xs, ys []float64) {
	if l.Bridge {
		var kx, ky []float64
		for i, y := range ys {
			if y-y == 0 {
				kx, ky = append(kx, xs[i]), append(ky, y)
			}
		}
		xs, ys = kx, ky
	}
	f.curve(style, xs, ys)
}

// lineColour returns the colour of a row's i-th line; the accent comes last, because the playhead has it.
func lineColour(i int) color.RGBA {
	palette := append([]color.RGBA{ink}, seriesColours[2:]...)
	return append(palette, accent)[i%len(seriesColours)]
}

// apart moves heights apart until they keep a distance, within [bottom, top]; NaN stays.
func apart(want []vg.Length, gap, bottom, top vg.Length) []vg.Length {
	out := slices.Clone(want)
	var order []int
	for i, v := range want {
		if v == v {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(math.Copysign(1, float64(want[b]-want[a]))) })
	for k, i := range order {
		out[i] = min(out[i], top)
		if k > 0 {
			out[i] = min(out[i], out[order[k-1]]-gap)
		}
	}
	slices.Reverse(order)
	for k, i := range order {
		out[i] = max(out[i], bottom)
		if k > 0 {
			out[i] = max(out[i], out[order[k-1]]+gap)
		}
	}
	return out
}

// timeScale returns the scale of the abscissa; a single time has room around it.
func timeScale(xs []float64) (lo, hi float64) {
	lo, hi = inScale(slices.Min(xs)), inScale(slices.Max(xs))
	if lo == hi {
		room := max(1, 1e-9*math.Abs(lo))
		lo, hi = lo-room, hi+room
	}
	return lo, hi
}

// timeTicks returns the labels of the abscissa; whole times get whole labels.
func timeTicks(xs []float64, n int) []float64 {
	ticks := roundTicks(slices.Min(xs), slices.Max(xs), min(8, max(2, n)))
	if slices.ContainsFunc(xs, func(v float64) bool { return v != math.Trunc(v) }) {
		return ticks
	}
	return slices.DeleteFunc(ticks, func(v float64) bool { return v != math.Trunc(v) })
}
