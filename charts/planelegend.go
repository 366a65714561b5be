package charts

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/xainb/gonb-xai/xainb"
)

// What the legend of a plane beside tells.
const (
	toldAll       = "all" // but for arrows whose scale follows their own run
	toldButArrows = "but arrows"
)

// oneLegend leaves out the legend of a plane where another's before it says the same.
func oneLegend(panels []xainb.Panel, stills []still) {
	var told []*planeSpec
	for i, s := range stills {
		p, ok := s.(*planeSpec)
		if !ok {
			continue
		}
		k := slices.IndexFunc(told, p.meansTheSame)
		if k < 0 {
			told = append(told, p)
			continue
		}
		c, arrows := *p, told[k].Arrows
		c.Told = pick(arrows == nil || arrows.Name == p.Arrows.Name && arrows.Unit == p.Arrows.Unit, toldAll, toldButArrows)
		stills[i], panels[i].Spec = &c, &c
	}
}

// meansTheSame says whether the marks of two planes mean the same, whatever the length of arrows.
func (p *planeSpec) meansTheSame(o *planeSpec) bool {
	if len(p.Points) != len(o.Points) || (p.Raster == nil) != (o.Raster == nil) || (p.Arrows == nil) != (o.Arrows == nil) ||
		(p.Flow == nil) != (o.Flow == nil) || (p.Moves == nil) != (o.Moves == nil) {
		return false
	}
	for i, a := range p.Points {
		b := o.Points[i]
		if a.Name != b.Name || a.Quiet != b.Quiet || (a.Ways == nil) != (b.Ways == nil) || a.Ways != nil && !slices.Equal(a.Ways.Classes, b.Ways.Classes) {
			return false
		}
	}
	if a, b := p.Raster, o.Raster; a != nil && (a.Name != b.Name || a.Ramp != b.Ramp || a.Range != b.Range || a.Own != b.Own || a.Words != b.Words || !slices.Equal(a.Levels, b.Levels)) {
		return false
	}
	return true
}

// legendItem is a mark and what it means: planeLegend in series_plane.js.
type legendItem struct {
	text string
	wide vg.Length // of the mark
	mark func(c draw.Canvas, x, y vg.Length)
	last string // what stands behind the mark instead of before it, for a ramp
}

func (p *planeSpec) legendItems(m moment, wide vg.Length) []legendItem {
	var out []legendItem
	switch p.Told {
	case toldAll:
		return p.arrowItems(m, wide, arrowNormalised)
	case toldButArrows:
		return p.arrowItems(m, wide, "")
	}
	for i := range p.Points {
		l := p.Points[len(p.Points)-1-i]
		if l.Ways != nil {
			out = append(out, l.Ways.legendItems()...)
			continue
		}
		out = append(out, legendItem{text: l.Name, wide: 8, mark: func(c draw.Canvas, x, y vg.Length) {
			g := draw.GlyphStyle{Color: pick(l.Quiet, muted, accent), Radius: 4, Shape: draw.CircleGlyph{}}
			c.DrawGlyphNoClip(g, vg.Point{X: x + 4, Y: y})
			if l.Quiet {
				g.Color, g.Radius = paper, 3
				c.DrawGlyphNoClip(g, vg.Point{X: x + 4, Y: y})
			}
		}})
	}
	if p.Flow != nil {
		out = append(out, legendItem{text: "particle: follows the recorded score", wide: 9, mark: func(c draw.Canvas, x, y vg.Length) {
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: ink, Radius: 4.5, Shape: draw.CircleGlyph{}}, vg.Point{X: x + 4.5, Y: y})
		}})
	}
	if p.Moves != nil {
		line := func(text string, colour color.RGBA) {
			out = append(out, legendItem{text: text, wide: 16, mark: func(c draw.Canvas, x, y vg.Length) {
				c.StrokeLine2(draw.LineStyle{Color: colour, Width: 2}, x, y, x+16, y)
			}})
		}
		line("what a step removes", ink)
		line("new noise that it adds", accent)
	}
	if r := p.Raster; r != nil {
		low, high := r.Words[0]+" "+endText(r.Range[0]), endText(r.Range[1])+" "+r.Words[1]
		if r.Own {
			low, high = r.Words[0], r.Words[1]
		}
		out = append(out, legendItem{text: r.Name + "  " + low, last: high, wide: 84, mark: func(c draw.Canvas, x, y vg.Length) {
			for i := range 84 {
				c.FillPolygon(rampAt(r.Ramp, float64(i)/83), rectangle(x+vg.Length(i), y-4, 1.2, 8))
			}
		}})
		for _, v := range r.Levels {
			out = append(out, legendItem{text: r.Name + " = " + roundText(v), wide: 16, mark: func(c draw.Canvas, x, y vg.Length) {
				c.StrokeLine2(draw.LineStyle{Color: muted, Width: 1}, x, y, x+16, y)
			}})
		}
	}
	return append(out, p.arrowItems(m, wide, "")...)
}

// arrowItems is what an arrow means, where arrows are shown; with a mode in that mode alone.
func (p *planeSpec) arrowItems(m moment, wide vg.Length, only string) (out []legendItem) {
	if a := p.Arrows; a != nil && a.Show.at(m) && (only == "" || a.mode(m) == only) {
		if x, rows, cols := a.at(m); x != nil {
			cell := vg.Length(float64(wide) / float64(max(cols, rows)) * min((p.Window[1]-p.Window[0])/(p.View[1]-p.View[0]), (p.Window[3]-p.Window[2])/(p.View[3]-p.View[2])))
			cell = min(cell, arrowCell)
			mode := a.mode(m)
			unit, _ := a.scale(mode, m.frame)
			text, length := pick(mode == arrowDirections, "direction only: all equally long", "no "+a.Name), 0.8*cell
			if mode != arrowDirections && unit > 0 {
				round := roundLength(unit)
				length = vg.Length(math.Round(round / unit * float64(cell)))
				text = a.Name + " of " + roundText(round) + pick(mode == arrowNormalised, ", normalised to this moment", "")
			}
			out = append(out, legendItem{text: text, wide: length + 2, mark: func(c draw.Canvas, x, y vg.Length) { drawArrow(c, x, y, 1, 0, length) }})
		}
	}
	return out
}

func (w *planeWays) legendItems() (out []legendItem) {
	if !w.Legend {
		return nil
	}
	for k, name := range w.Classes {
		out = append(out, legendItem{text: name, wide: 8, mark: func(c draw.Canvas, x, y vg.Length) {
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: classColour(k), Radius: 4, Shape: draw.CircleGlyph{}}, vg.Point{X: x + 4, Y: y})
		}})
	}
	return out
}

// legend draws what the marks mean: in lines no wider than width, or one under the other where that is 0. It returns the number of lines; on a canvas
// without size it draws nothing.
func (p *planeSpec) legend(c draw.Canvas, m moment, x, y, width, wide vg.Length) (lines int) {
	left := x
	for _, it := range p.legendItems(m, wide) {
		long := it.wide + 8 + textWidth(it.text, labelStyle) + pick(it.last != "", 8+textWidth(it.last, labelStyle), 0)
		if lines == 0 || width == 0 || x+long > left+width {
			y -= pick(lines > 0, planeLegendLine, 0)
			x, lines = left, lines+1
		}
		if c.Canvas != nil {
			it.draw(c, x, y)
		}
		x += long + 18
	}
	return lines
}

func (it legendItem) draw(c draw.Canvas, x, y vg.Length) {
	if it.last == "" {
		it.mark(c, x, y)
		write(c, labelStyle, x+it.wide+8, y, draw.XLeft, draw.YCenter, it.text)
		return
	}
	before := textWidth(it.text, labelStyle) + 8
	write(c, labelStyle, x, y, draw.XLeft, draw.YCenter, it.text)
	it.mark(c, x+before, y)
	write(c, labelStyle, x+before+it.wide+8, y, draw.XLeft, draw.YCenter, it.last)
}
