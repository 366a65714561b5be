package charts

import (
	_ "embed"
	"math"
	"slices"
	"strconv"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

//go:embed multiples.js
var multiplesJS string

var multiplesScript = xainb.Script{Name: "multiples", Source: multiplesJS}

// multiplesSpec is what the painter "multiples" is told: a small picture for each position along the dimension Over. It reads
// the dimension's name: which one is selected, counted from 1, or its label.
type multiplesSpec struct {
	rasterSpec
	Over   string `json:"over"`
	Select string `json:"select"`          // the state's entry that holds the position
	Title  string `json:"title,omitempty"` // template: {count}, {time}, {timeName}
	Item   string `json:"item,omitempty"`  // what one of them is called
	Legend bool   `json:"legend,omitempty"`
}

func (s multiplesSpec) add(scene *Scene, grow float64, basis int) {
	scene.panel(xainb.Panel{Painter: "multiples", Grow: grow, Basis: basis, Spec: s}, s, partsScript, rasterScript, multiplesScript)
}

const thumbGap, thumbMost vg.Length = 10, 88

// thumbColumns is the function of that name in multiples.js.
func thumbColumns(n int, width vg.Length) int {
	least := max(1, min(n, pick(n <= 4, 2, 3)))
	for least < n && (width-vg.Length(least-1)*thumbGap)/vg.Length(least) > 1.15*thumbMost {
		least++
	}
	for c := least; c <= min(n, least*3/2); c++ {
		if n%c == 0 {
			return c
		}
	}
	for c := least - 1; c >= 1 && 4*c >= 3*least; c-- {
		if n%c == 0 {
			return c
		}
	}
	return least
}

type thumbs struct {
	field             *xainb.Field
	track, n, columns int
	name              string
	w, h              vg.Length
}

func (s multiplesSpec) thumbs(width vg.Length, m moment) (thumbs, bool) {
	var t thumbs
	t.field, t.track, t.name = s.field(m)
	r, ok := s.raster(m, t.field, nil)
	if !ok {
		return t, false
	}
	over := slices.IndexFunc(t.field.Dims, func(d xainb.Dim) bool { return d.Name == s.Over })
	if over < 0 || t.field.Dims[over].Size == 0 {
		return t, false
	}
	t.n = t.field.Dims[over].Size
	t.columns = thumbColumns(t.n, width)
	size := min(thumbMost, vg.Length(math.Floor(float64((width-2-vg.Length(t.columns-1)*thumbGap)/vg.Length(t.columns)))))
	most := vg.Length(max(r.rows, r.cols))
	t.w = max(4, vg.Length(math.Round(float64(size*vg.Length(r.cols)/most))))
	t.h = max(4, vg.Length(math.Round(float64(size*vg.Length(r.rows)/most))))
	return t, true
}

func (t thumbs) rows() int { return (t.n + t.columns - 1) / t.columns }

func (s multiplesSpec) height(width vg.Length, m moment) vg.Length {
	t, ok := s.thumbs(width, m)
	if !ok {
		return 0
	}
	h := vg.Length(t.rows())*(t.h+thumbGap) - thumbGap + 4
	return h + pick[vg.Length](s.Title != "", 24, 0) + pick(s.Legend, legendHeight, 0)
}

func (s multiplesSpec) still(c draw.Canvas, m moment) error {
	t, ok := s.thumbs(c.Max.X-c.Min.X, m)
	if !ok {
		return nil
	}
	y := c.Max.Y
	if s.Title != "" {
		values := m.readings(t.track)
		values["count"] = strconv.Itoa(t.n)
		writeLines(c, c.Min.X, y, [][]run{{{text: replaceNames(plainNames, s.Title, values)}}}, 1.35, labelStyle)
		y -= 24
	}
	lo, hi := s.valueRange(m, t.track, t.name)
	chosen := m.integer("$" + s.Select)
	for i := range t.n {
		x, top := c.Min.X+2+vg.Length(i%t.columns)*(t.w+thumbGap), y-2-vg.Length(i/t.columns)*(t.h+thumbGap)
		r, _ := s.raster(m, t.field, map[string]int{s.Over: i})
		box := vg.Rectangle{Min: vg.Point{X: x, Y: top - t.h}, Max: vg.Point{X: x + t.w, Y: top}}
		r.paint(c, box, s.Ramp, lo, hi)
		if i == chosen {
			outline(c, grown(box, 2.75), accent, 1.75)
		}
	}
	if s.Legend {
		width := min(260, max(80, vg.Length(t.columns)*(t.w+thumbGap)-thumbGap))
		drawLegend(c, c.Min.X+2, y-vg.Length(t.rows())*(t.h+thumbGap)+thumbGap-4, width, s.Ramp, lo, hi, m.most(t.track, t.name), "")
	}
	return nil
}

func (s multiplesSpec) read(m moment) map[string]string {
	i := m.integer("$" + s.Select)
	out := map[string]string{s.Over: strconv.Itoa(i + 1)}
	_, track, _ := s.field(m)
	if names := labels(m.tracks[track], m.snapshot(track), s.Over); i >= 0 && i < len(names) {
		out[s.Over] = names[i]
	}
	return out
}
