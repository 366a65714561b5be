package charts

import (
	_ "embed" // the painters' JavaScript

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

//go:embed parts.js
var partsJS string

//go:embed series.js
var seriesJS string

//go:embed series_bars.js
var barsJS string

//go:embed series_lines.js
var linesJS string

//go:embed series_profile.js
var profileJS string

//go:embed series_scatter.js
var scatterJS string

// The painter "series" and the parts it shares with others; a scene adds the kinds that it draws.
var (
	partsScript   = xainb.Script{Name: "parts", Source: partsJS}
	seriesScript  = xainb.Script{Name: "series", Source: seriesJS}
	barsScript    = xainb.Script{Name: "series_bars", Source: barsJS}
	linesScript   = xainb.Script{Name: "series_lines", Source: linesJS}
	profileScript = xainb.Script{Name: "series_profile", Source: profileJS}
	scatterScript = xainb.Script{Name: "series_scatter", Source: scatterJS}
)

// series adds a panel of painter "series" with the kind it draws.
func (s *Scene) series(p xainb.Panel, st still, kind xainb.Script) {
	p.Painter = "series"
	s.use(partsScript, seriesScript)
	s.needs("echarts")
	s.panel(p, st, kind)
}

// shipOnly leaves out of the page what the scene does not draw.
func (s *Scene) shipOnly(t *xainb.Track, fields ...string) {
	s.doc.Tracks = []*xainb.Track{t.Pick(fields...)}
}

// axisFrame is the plotting area of a still, with the scales that the page has.
type axisFrame struct {
	c              draw.Canvas
	x0, x1, y0, y1 vg.Length // left, right, bottom, top
	xlo, xhi       float64
	ylo, yhi       float64
}

func (a axisFrame) x(v float64) vg.Length {
	return a.x0 + (a.x1-a.x0)*vg.Length((inScale(v)-a.xlo)/(a.xhi-a.xlo))
}

func (a axisFrame) y(v float64) vg.Length {
	return a.y0 + (a.y1-a.y0)*vg.Length((inScale(v)-a.ylo)/(a.yhi-a.ylo))
}

// drawX draws the axis below: a thin line, labels, a name.
func (a axisFrame) drawX(ticks []float64, name string) {
	a.c.StrokeLine2(draw.LineStyle{Color: faint, Width: 1}, a.x0, a.y0, a.x1, a.y0)
	text := tickText(ticks)
	for _, v := range ticks {
		write(a.c, labelStyle, a.x(v), a.y0-14, draw.XCenter, draw.YCenter, text(v))
	}
	write(a.c, labelStyle, (a.x0+a.x1)/2, a.y0-32, draw.XCenter, draw.YCenter, name)
}

// drawY writes the labels at the left.
func (a axisFrame) drawY(ticks []float64) {
	text := tickText(ticks)
	for _, v := range ticks {
		write(a.c, labelStyle, a.x0-8, a.y(v), draw.XRight, draw.YCenter, text(v))
	}
}

// inside says whether a place lies within the plot.
func (a axisFrame) inside(x, y float64) bool {
	return x >= a.xlo && x <= a.xhi && y >= a.ylo && y <= a.yhi
}

// curve draws what is in the plot of a line through the points, with gaps where a value is not finite.
func (a axisFrame) curve(style draw.LineStyle, xs, ys []float64) {
	var part []vg.Point
	plot := a.c
	plot.Rectangle = vg.Rectangle{Min: vg.Point{X: a.x0, Y: a.y0}, Max: vg.Point{X: a.x1, Y: a.y1}}
	flush := func() {
		if len(part) > 1 {
			plot.StrokeLines(style, plot.ClipLinesXY(part)...)
		}
		part = nil
	}
	for i, v := range ys {
		if v-v != 0 {
			flush()
			continue
		}
		part = append(part, vg.Point{X: a.x(xs[i]), Y: a.y(v)})
	}
	flush()
}

func (a axisFrame) dot(x, y float64, radius vg.Length, style draw.GlyphStyle) {
	style.Radius, style.Shape = radius, draw.CircleGlyph{}
	a.c.DrawGlyphNoClip(style, vg.Point{X: a.x(x), Y: a.y(y)})
}
