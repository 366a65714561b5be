package charts

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	ec "github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var (
	//go:embed image.js
	imageJS string
	//go:embed image_parts.js
	imagePartsJS string

	imageScript      = xainb.Script{Name: "image", Source: imageJS}
	imagePartsScript = xainb.Script{Name: "image_parts", Source: imagePartsJS}
)

// imageSpec is what the painter "image" is told: a picture with labels on its axes. A line is a row of it, or a column where By is
// "columns". The painter reads for captions
//
//	selected                      the label of the selected line
//	top.label, top.value          the largest value along the line; second.label, second.value the next
//	word.label, word.value        the largest that is neither Marked nor the line's own position
//	sum, marked                   the sum along the line; which share of it, in percent, the Marked have
//	cell.label, cell.value        the value at the selected position along the line
//	max.row, max.column, max.value  the largest of the whole picture; far.row, far.column, far.value the farthest from zero
//	base.NAME                     the same of the field Base; base.value is Base at the cell of top
//	DIM                           for each dimension of Index: where the picture stands, counted from 1, or its label
//	unit, notFinite               what the value is called; how many cells are not finite
//
// and each of Words.
type imageSpec struct {
	rasterSpec
	Option json.RawMessage   `json:"option"`
	Head   string            `json:"head,omitempty"` // what stands above the picture
	As     string            `json:"as,omitempty"`   // what stands before the names that it reads
	By     string            `json:"by,omitempty"`   // "rows" or "columns", or a state's entry that holds one of them
	Select *selectSpec       `json:"select,omitempty"`
	Legend bool              `json:"legend,omitempty"`
	Joint  string            `json:"joint,omitempty"` // between the two labels of a cell in the tooltip
	Units  map[string]string `json:"units,omitempty"` // what a value is called, by field
	Marked []string          `json:"marked,omitempty"`
	Base   string            `json:"base,omitempty"`   // or a state's entry that names it
	Versus bool              `json:"versus,omitempty"` // Base is read in the other one of two tracks
	Words  map[string]phrase `json:"words,omitempty"`
	Bare   bool              `json:"bare,omitempty"`   // no labels: a photograph
	Framed bool              `json:"framed,omitempty"` // bare, but for a frame and the names of the axes
	Square *bool             `json:"square,omitempty"` // false lets a wide or a high picture have cells that are not square
}

// selectSpec names the entries of the state that hold the selected line and the position along it, counted from 0.
type selectSpec struct {
	Line  string `json:"line,omitempty"`
	Cross string `json:"cross,omitempty"`
}

// phrase is a text chosen by entries of the state: Is has the values of all of them joined by "/", or of the first alone.
type phrase struct {
	Of []string          `json:"of"`
	Is map[string]string `json:"is"`
}

// newImage returns the spec with the base option that go-echarts makes.
func newImage(s imageSpec) (imageSpec, error) {
	c := ec.NewCustom()
	c.SetGlobalOptions(
		ec.WithGridOpts(opts.Grid{Left: "80", Top: "60"}),
		ec.WithXAxisOpts(opts.XAxis{Type: "category", Position: "top", Name: ""}),
		ec.WithYAxisOpts(opts.YAxis{Type: "category"}),
	)
	c.AddSeries("cells", nil)
	c.YAxisList[0].Inverse = opts.Bool(true)
	var err error
	s.Option, err = option(c)
	return s, err
}

// add puts the picture into a scene.
func (s imageSpec) add(scene *Scene, grow float64, basis int) {
	spec, err := newImage(s)
	if err != nil {
		scene.fail(err)
		return
	}
	scene.needs("echarts")
	scene.panel(xainb.Panel{Painter: "image", Grow: grow, Basis: basis, Spec: spec}, spec, partsScript, rasterScript, imagePartsScript, imageScript)
}

// imageLayout is layoutImage of image.js.
type imageLayout struct {
	left, top, cellW, cellH, total vg.Length
	size                           vg.Length // of the labels
	rotate                         bool
	everyRow, everyCol             int
	rowText, colText               vg.Length
	names                          [2]string // of axes without labels
}

// axisNameHeight is how high the line is in which they stand.
const axisNameHeight vg.Length = 16

// pictureHead is how high the line above a picture is.
const pictureHead vg.Length = 23

const labelAngle = 55 * math.Pi / 180

func (s imageSpec) layout(width vg.Length, v view) imageLayout {
	r, rows, cols := v.raster, v.rows, v.cols
	var l imageLayout
	bold := textStyle(12, ink, true)
	widest := func(names []string) (w vg.Length) {
		for _, n := range names {
			w = max(w, textWidth(n, bold))
		}
		return vg.Length(math.Ceil(float64(w)))
	}
	if !s.Bare {
		l.rowText, l.colText = min(widest(rows), max(48, min(140, width*0.24))), min(widest(cols), 110)
		l.left, l.top = l.rowText+8, 24
	}
	square := s.Square == nil || *s.Square
	crisp := func(v vg.Length) vg.Length { return pick(v >= 6, vg.Length(math.Floor(float64(v))), max(v, 0.05)) }
	most := func(n int) vg.Length {
		return min(pick[vg.Length](s.Bare, 416, 40), max(416/vg.Length(n), 14), 640/vg.Length(n))
	}
	fit := func(rotated bool) vg.Length {
		room := (width - l.left - 2) / vg.Length(r.cols)
		for i, name := range cols {
			if rotated {
				w := min(textWidth(name, bold), l.colText) * vg.Length(math.Cos(labelAngle))
				room = min(room, (width-l.left-6-w)/(vg.Length(i)+0.5))
			}
		}
		return crisp(min(room, most(pick(square, max(r.rows, r.cols), r.cols))))
	}
	l.cellW = fit(false)
	tight := l.colText > l.cellW-4
	if !s.Bare && tight && !(isCount(cols) && l.colText+8 <= 8*l.cellW) {
		l.rotate = true
		l.cellW = fit(true)
		l.top = vg.Length(math.Ceil(float64(l.colText)*math.Sin(labelAngle) + 12*math.Cos(labelAngle) + 8))
	}
	for i, names := range [][]string{rows, cols} {
		if (!s.Bare || s.Framed) && isCount(names) {
			l.names[i] = v.dims[i]
		}
	}
	if l.names != [2]string{} {
		l.top += axisNameHeight + pick[vg.Length](s.Bare, 3, 0) // no labels lie between
	}
	l.cellH = pick(square, l.cellW, crisp(most(r.rows)))
	l.size = pick[vg.Length](min(l.cellW, l.cellH) < 13.5, 11, 12)
	l.everyRow, l.everyCol = labelStep((l.size+1)/l.cellH), 1
	if l.rotate {
		l.everyCol = labelStep((l.size + 1) / vg.Length(math.Sin(labelAngle)) / l.cellW)
	} else if tight {
		l.everyCol = labelStep((l.colText + 8) / l.cellW)
	}
	l.everyRow, l.everyCol = max(l.everyRow, countStep(rows)), max(l.everyCol, countStep(cols))
	l.total = vg.Length(math.Ceil(float64(l.top + l.cellH*vg.Length(r.rows) + 2)))
	return l
}

// countStep thins positions out: a few are enough, about eight, or all of ten.
func countStep(names []string) int {
	if len(names) > 10 && isCount(names) {
		return labelStep(vg.Length(len(names)) / 8)
	}
	return 1
}

// isCount says whether an axis has no names but positions.
func isCount(names []string) bool {
	for i, n := range names {
		if n != strconv.Itoa(i+1) {
			return false
		}
	}
	return true
}

// labelStep thins labels out: one for 1, 2, 5, 10, 20 … cells.
func labelStep(least vg.Length) int {
	for p := 1; ; p *= 10 {
		for _, k := range []int{1, 2, 5} {
			if vg.Length(k*p) >= least {
				return k * p
			}
		}
	}
}

// names returns the labels along an axis; without any, the positions, counted from 1.
func (s imageSpec) names(m moment, track int, f *xainb.Field) (rows, cols []string, dims [2]string) {
	row, col, _ := s.axes(f.Dims)
	of := func(d xainb.Dim) []string {
		known := labels(m.tracks[track], m.snapshot(track), d.Name)
		out := make([]string, d.Size)
		for i := range out {
			out[i] = strconv.Itoa(i + 1)
			if i < len(known) {
				out[i] = known[i]
			}
		}
		return out
	}
	return of(f.Dims[row]), of(f.Dims[col]), [2]string{f.Dims[row].Name, f.Dims[col].Name}
}

// view is what a still and its readings are made from.
type view struct {
	raster
	track      int
	name       string
	rows, cols []string
	dims       [2]string
}

func (s imageSpec) view(m moment) (view, bool) {
	f, track, name := s.field(m)
	r, ok := s.raster(m, f, nil)
	if !ok {
		return view{}, false
	}
	v := view{raster: r, track: track, name: name}
	v.rows, v.cols, v.dims = s.names(m, track, f)
	return v, true
}

func (s imageSpec) unit(name string) string { return first(s.Units[name], name) }

func (s imageSpec) columns(m moment) bool { return m.resolve(s.By) == "columns" }

// selection returns the selected line and the position along it, -1 for none.
func (s imageSpec) selection(m moment, v view) (line, cross int) {
	lines, crosses := v.raster.rows, v.raster.cols
	if s.columns(m) {
		lines, crosses = crosses, lines
	}
	at := func(name string, n int) int {
		if x, ok := m.state[name]; !ok || name == "" || x == nil {
			return -1
		}
		return min(max(m.integer("$"+name), 0), n-1)
	}
	if s.Select == nil {
		return -1, -1
	}
	return at(s.Select.Line, lines), at(s.Select.Cross, crosses)
}

func (s imageSpec) height(width vg.Length, m moment) vg.Length {
	v, ok := s.view(m)
	if !ok {
		return 40
	}
	h := s.layout(width, v).total + pick(s.Head != "", pictureHead, 0)
	if s.Legend && v.channelStride == 0 {
		h += legendHeight
		if info := m.tracks[v.track].Schema().Field(v.name); info != nil && info.Range.NaN+info.Range.Inf > 0 {
			h += 16
		}
	}
	return h
}

func (s imageSpec) still(c draw.Canvas, m moment) error {
	v, ok := s.view(m)
	if !ok {
		write(c, labelStyle, c.Min.X, c.Max.Y, draw.XLeft, draw.YTop, fmt.Sprintf("This frame has no picture “%s”.", v.name))
		return nil
	}
	if s.Head != "" {
		write(c, labelStyle, c.Min.X, c.Max.Y-9, draw.XLeft, draw.YCenter, shorten(s.Head, c.Max.X-c.Min.X, labelStyle))
		c.Max.Y -= pictureHead
	}
	l := s.layout(c.Max.X-c.Min.X, v)
	lo, hi := s.valueRange(m, v.track, v.name)
	cell := func(row, col, rows, cols int) vg.Rectangle {
		x, y := c.Min.X+l.left+vg.Length(col)*l.cellW, c.Max.Y-l.top-vg.Length(row)*l.cellH
		return vg.Rectangle{Min: vg.Point{X: x, Y: y - vg.Length(rows)*l.cellH}, Max: vg.Point{X: x + vg.Length(cols)*l.cellW, Y: y}}
	}
	mark := func(r vg.Rectangle, width vg.Length) {
		if min(l.cellW, l.cellH) < 8 { // an outline never covers what it marks
			r = grown(r, width/2)
		}
		outline(c, r, accent, width)
	}
	notFinite := v.paint(c, cell(0, 0, v.raster.rows, v.raster.cols), s.Ramp, lo, hi)
	line, cross := s.selection(m, v)
	columns := s.columns(m)
	if l.names != [2]string{} {
		outline(c, grown(cell(0, 0, v.raster.rows, v.raster.cols), 0.5), faint, 1)
		l.drawNames(c, l.cellW*vg.Length(v.raster.cols))
	}
	if !s.Bare {
		s.drawLabels(c, v, l, pick(columns, cross, line), pick(columns, line, cross), columns)
	}
	if line >= 0 {
		mark(pick(columns, cell(0, line, v.raster.rows, 1), cell(line, 0, 1, v.raster.cols)), 1.75)
		if cross >= 0 {
			mark(pick(columns, cell(cross, line, 1, 1), cell(line, cross, 1, 1)), 2.5)
		}
	}
	if s.Legend && v.channelStride == 0 {
		width := min(260, max(120, l.cellW*vg.Length(v.raster.cols)))
		drawLegend(c, c.Min.X+l.left, c.Max.Y-l.total, width, s.Ramp, lo, hi, m.most(v.track, v.name), m.ofTime(s.unit(v.name), v.track))
		if notFinite > 0 {
			write(c, labelStyle, c.Min.X+l.left, c.Max.Y-l.total-legendHeight, draw.XLeft, draw.YTop, fmt.Sprintf("grey or hatched: %d not finite", notFinite))
		}
	}
	return nil
}

// drawNames writes the names of axes without labels: that of the rows over their labels, that of the columns over the middle of the picture.
func (l imageLayout) drawNames(c draw.Canvas, width vg.Length) {
	taken, y := vg.Length(0), c.Max.Y-axisNameHeight/2
	if l.names[0] != "" {
		text := shorten(l.names[0], max(l.left-8, l.left+width/3), labelStyle)
		wide := textWidth(text, labelStyle)
		write(c, labelStyle, c.Min.X+max(0, l.left-8-wide), y, draw.XLeft, draw.YCenter, text)
		taken = max(0, wide+12-l.left)
	}
	if l.names[1] != "" {
		write(c, labelStyle, c.Min.X+l.left+width/2, y, draw.XCenter, draw.YCenter, shorten(l.names[1], width-2*taken, labelStyle))
	}
}

// drawLabels writes the labels of both axes; those of the selected row and column are always there.
func (s imageSpec) drawLabels(c draw.Canvas, v view, l imageLayout, row, col int, columns bool) {
	style := func(selected, line bool) draw.TextStyle {
		return textStyle(l.size, pick(selected, ink, muted), selected && line)
	}
	shown := func(names []string, selected, every int) func(i int) bool {
		from := pick(isCount(names), 1, 0)
		return func(i int) bool {
			return i == selected || ((i+from)%every == 0 && (selected < 0 || max(i-selected, selected-i) >= every))
		}
	}
	ofRow, ofCol := shown(v.rows, row, l.everyRow), shown(v.cols, col, l.everyCol)
	for i, name := range v.rows {
		if ofRow(i) {
			st := style(i == row, !columns)
			write(c, st, c.Min.X+l.left-8, c.Max.Y-l.top-(vg.Length(i)+0.5)*l.cellH, draw.XRight, draw.YCenter, shorten(name, l.rowText, st))
		}
	}
	for i, name := range v.cols {
		if !ofCol(i) {
			continue
		}
		st := style(i == col, columns)
		name = shorten(name, l.colText, st)
		x, y := c.Min.X+l.left+(vg.Length(i)+0.5)*l.cellW, c.Max.Y-l.top
		if l.rotate {
			st.Rotation = labelAngle
			write(c, st, x, y+6, draw.XLeft, draw.YCenter, name)
		} else {
			write(c, st, x, y+8, draw.XCenter, draw.YBottom, name)
		}
	}
}
