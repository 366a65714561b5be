package charts

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

//go:embed arithmetic.js
var arithmeticJS string

var arithmeticScript = xainb.Script{Name: "arithmetic", Source: arithmeticJS}

// arithmeticSpec is what the painter "arithmetic" is told: the softmax of one cell of an attention map, with the division by √d and without. It
// reads for captions
//
//	query, key         the labels of the cell
//	dot, score, root   q·k, q·k/√d, √d
//	on, off            the weight with the division and without
//	exp.on, exp.off    e to the power of score, of dot
//	sum.on, sum.off    the sum of these along the row
type arithmeticSpec struct {
	rasterSpec         // Field is q·k
	Masked     string  `json:"masked,omitempty"` // a field that is -∞ where the softmax does not look
	Root       float64 `json:"root"`             // √d, where the frame has no scalar "root"
	View       string  `json:"view"`             // the state's entry that says which of the two is shown
	On         any     `json:"on"`               // its values
	Off        any     `json:"off"`
	Line       string  `json:"line"` // the state's entries that hold query and key
	Cross      string  `json:"cross"`
}

// AttentionCell spells out one weight of an attention map: q·k, the division by √d, the exponential, the sum, the quotient; with the division and
// without, side by side. A control switches the division off and on for the whole map, a click chooses the cell. The run needs
// the fields attention, dot and unscaled [head, query, key], as kernels/attention records them.
func AttentionCell(src xainb.Source, opts ...Option) *Scene {
	s, t := newScene(src, "AttentionCell")
	if s.err != nil {
		return s
	}
	o := optionsOf(opts)
	a, err := attentionOf(t, o, fieldDot, fieldScores, fieldUnscaled)
	if err == nil && !(a.has(fieldDot) && a.has(fieldUnscaled)) {
		err = fmt.Errorf("charts: AttentionCell: the run needs the fields attention, dot and unscaled [head query key]; it has %s", contents(t))
	}
	if err != nil {
		return s.fail(err)
	}
	s.doc.Tracks = []*xainb.Track{a.track}
	if err := s.prepareAttention(a, o); err != nil {
		return s.fail(err)
	}
	s.doc.Bits[fieldDot] = 16 // its exponential is shown: an error of 0.01 would be one percent
	token := s.doc.State["token"].(int)
	s.doc.State["other"] = a.strongest(s.doc.Start, s.doc.State["head"].(int), token)
	spec := arithmeticSpec{rasterSpec: a.rasterSpec(), Root: a.root(), View: "view", On: a.field, Off: fieldUnscaled, Line: "token", Cross: "other"}
	spec.Field, spec.Ranges = fieldDot, nil
	if a.has(fieldScores) {
		spec.Masked = fieldScores
	}
	root := rootName(spec.Root)
	s.doc.Controls = []xainb.Control{{Kind: "choice", State: "view", Label: "÷ " + root, Options: []xainb.Option{
		{Value: a.field, Label: "on"}, {Value: fieldUnscaled, Label: "off"}}}}
	if h := a.headDim(); h != "" {
		c := xainb.Control{Kind: "menu", State: "head", Label: "head"}
		for i := range a.heads() {
			c.Options = append(c.Options, xainb.Option{Value: i, Label: s.say("head %d", i+1)})
		}
		s.doc.Controls = append(s.doc.Controls, c)
	}
	s.doc.Title = "Where does one weight come from?"
	s.doc.Subtitle = "A row of the map is a softmax of the products q · k. Choose a cell."
	s.doc.Caption = s.say("In {timeName} {time} the query of **{query}** and the key of **{key}** give q · k = {dot}. Divided by %s the softmax makes **{on}** of it, undivided **{off}**.", root)
	s.doc.Summary = s.tell(a.summary())
	image := a.image(s)
	image.By, image.Select, image.Legend = "", &selectSpec{Line: "token", Cross: "other"}, true
	image.add(s, 2, 340)
	s.panel(xainb.Panel{Painter: "arithmetic", Grow: 1, Basis: 260, Spec: spec}, spec, partsScript, rasterScript, arithmeticScript)
	o.apply(s)
	return s
}

// strongest returns the position that the token gives most to in a frame, other than itself and the special tokens where there
// are such.
func (a attentionRun) strongest(frame, head, token int) int {
	f := a.track.At(frame)
	x := f.Field(a.field)
	rows, cols := x.Dims[len(x.Dims)-2].Size, x.Dims[len(x.Dims)-1].Size
	if token >= rows || (head+1)*rows*cols > len(x.Data) {
		return 0 // this frame is smaller than the first
	}
	best, most := 0, math.Inf(-1)
	keys := f.LabelsOf(a.keyDim())
	for k := range cols {
		v := float64(x.Data[(head*rows+token)*cols+k])
		if k == token || (k < len(keys) && isSpecial(keys[k])) {
			v -= 2 // weights are in [0,1]
		}
		if v > most {
			best, most = k, v
		}
	}
	return best
}

func isSpecial(token string) bool { return slices.Contains(specialTokens, token) }

// root returns √d: the run's scalar of that name, or what the weights say it is: in a softmax ln(a_i/a_j) = (dot_i - dot_j) / √d.
func (a attentionRun) root() float64 {
	f := a.track.At(0)
	if r, ok := f.Scalar("root"); ok && r > 0 {
		return r
	}
	w, dot := f.Field(a.field), f.Field(fieldDot)
	cols := w.Dims[len(w.Dims)-1].Size
	var up, down float64
	for at := 0; at+cols <= len(w.Data) && at+cols <= len(dot.Data); at += cols {
		for i := 1; i < cols; i++ {
			d := float64(dot.Data[at+i]) - float64(dot.Data[at])
			l := math.Log(float64(w.Data[at+i])) - math.Log(float64(w.Data[at]))
			if !math.IsNaN(l) && !math.IsInf(l, 0) && !math.IsNaN(d) && !math.IsInf(d, 0) {
				up, down = up+d*d, down+d*l
			}
		}
	}
	if down <= 0 {
		return 1
	}
	return up / down
}

// rootName writes √d with a whole d where it is one.
func rootName(root float64) string {
	if d := math.Round(root * root); math.Abs(root*root-d) < 0.02*d && d > 0 {
		return fmt.Sprintf("√%.0f", d)
	}
	return formatNumber(root)
}

// softmaxCell is one column of the arithmetic.
type softmaxCell struct{ exp, sum, weight float64 }

type arithmetic struct {
	query, key string
	root, dot  float64
	on, off    softmaxCell
	rowOn      []float64
	rowOff     []float64
	cross      int
}

// compute follows the softmax of the selected row.
func (s arithmeticSpec) compute(m moment) (arithmetic, bool) {
	var a arithmetic
	f, track, _ := s.field(m)
	r, ok := s.raster(m, f, nil)
	if !ok {
		return a, false
	}
	image := imageSpec{rasterSpec: s.rasterSpec, Select: &selectSpec{Line: s.Line, Cross: s.Cross}}
	rows, cols, _ := image.names(m, track, f)
	line, cross := image.selection(m, view{raster: r})
	if line < 0 || cross < 0 {
		return a, false
	}
	snap := m.snapshot(track)
	a.root = s.Root
	if v, ok := snap.Scalar("root"); ok && v > 0 {
		a.root = v
	}
	a.query, a.key, a.dot, a.cross = rows[line], cols[cross], r.at(line, cross), cross
	mask, masked := s.raster(m, snap.Field(s.Masked), nil)
	dots := make([]float64, r.cols)
	for i := range dots {
		dots[i] = r.at(line, i)
		if masked && math.IsInf(mask.at(line, i), -1) {
			dots[i] = math.Inf(-1)
		}
	}
	a.on, a.rowOn = softmaxOf(dots, a.root, cross)
	a.off, a.rowOff = softmaxOf(dots, 1, cross)
	return a, true
}

func softmaxOf(dots []float64, root float64, at int) (softmaxCell, []float64) {
	most, sum := math.Inf(-1), 0.0
	for _, d := range dots {
		most = max(most, d/root)
	}
	row := make([]float64, len(dots))
	for i, d := range dots {
		row[i] = math.Exp(d/root - most)
		sum += row[i]
	}
	for i := range row {
		row[i] /= sum
	}
	return softmaxCell{exp: math.Exp(dots[at] / root), sum: sum * math.Exp(most), weight: row[at]}, row
}

func (s arithmeticSpec) read(m moment) map[string]string {
	a, ok := s.compute(m)
	if !ok {
		return nil
	}
	n := formatNumber
	return map[string]string{
		"query": a.query, "key": a.key, "dot": n(a.dot), "score": n(a.dot / a.root), "root": n(a.root), "on": n(a.on.weight), "off": n(a.off.weight),
		"exp.on": n(a.on.exp), "exp.off": n(a.off.exp), "sum.on": n(a.on.sum), "sum.off": n(a.off.sum),
	}
}

const arithmeticRow, stripHeight vg.Length = 24, 20

func (s arithmeticSpec) height(_ vg.Length, m moment) vg.Length {
	if _, ok := s.compute(m); !ok {
		return 0
	}
	return 24 + 6*arithmeticRow + 2*(stripHeight+26) + 4
}

// lines returns the table: what is computed, with the division, without. Each number has so many digits that a calculator gets from it to the next.
func (a arithmetic) lines() [][3]string {
	root := rootName(a.root)
	return [][3]string{
		{"", "÷ " + root, "no division"},
		{"q · k", fourDecimals(a.dot), fourDecimals(a.dot)},
		{"÷ " + root, fourDecimals(a.dot / a.root), ""},
		{"exp", fourDigits(a.on.exp), fourDigits(a.off.exp)},
		{"÷ Σ exp of the row", fourDigits(a.on.sum), fourDigits(a.off.sum)},
		{"= weight", weightText(a.on.weight), weightText(a.off.weight)},
	}
}

// fourDecimals writes an exponent: an error of 0.00005 is one of 0.005 % in its exponential.
func fourDecimals(v float64) string {
	if !(math.Abs(v) < 1e6) {
		return formatNumber(v)
	}
	return pick(v < 0, "−", "") + decimal(math.Abs(v), 4)
}

func weightText(v float64) string { return pick(v < 1e-3, formatNumber(v), fourDigits(v)) }

// fourDigits writes a positive number with four significant digits.
func fourDigits(v float64) string {
	if v-v != 0 || v == 0 {
		return formatNumber(v)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', 3, 64), "e")
	n, _ := strconv.Atoi(exponent)
	if v >= 1e7 || v < 1e-3 {
		return mantissa + "e" + strconv.Itoa(n)
	}
	rounded, _ := strconv.ParseFloat(mantissa+"e"+exponent, 64)
	s := strconv.FormatFloat(rounded, 'f', max(0, 3-n), 64)
	if n >= 3 {
		s = grouped(s)
	}
	return s
}

func (s arithmeticSpec) still(c draw.Canvas, m moment) error {
	a, ok := s.compute(m)
	if !ok {
		return nil
	}
	y := c.Max.Y
	writeLines(c, c.Min.X, y, [][]run{{{a.query + " → " + a.key, false}}}, 1.35, textStyle(13, ink, true))
	y -= 24
	on := m.resolve("$"+s.View) != s.Off
	width := c.Max.X - c.Min.X
	lines := a.lines()
	for i, l := range lines {
		mid := y - arithmeticRow/2
		write(c, labelStyle, c.Min.X, mid, draw.XLeft, draw.YCenter, l[0])
		for k, right := range []vg.Length{width * 0.74, width} {
			chosen, last := (k == 0) == on, i == len(lines)-1
			st := textStyle(12, pick(chosen, pick(last, accent, ink), muted), chosen && last)
			write(c, st, c.Min.X+right, mid, draw.XRight, draw.YCenter, l[k+1])
		}
		y -= arithmeticRow
		c.StrokeLine2(draw.LineStyle{Color: faint, Width: 1}, c.Min.X, y, c.Max.X, y)
	}
	for k, row := range [][]float64{a.rowOn, a.rowOff} {
		write(c, labelStyle, c.Min.X, y-8, draw.XLeft, draw.YTop, pick(k == 0, "the row with ÷ "+rootName(a.root), "the row without"))
		drawStrip(c, vg.Rectangle{Min: vg.Point{X: c.Min.X, Y: y - 26 - stripHeight}, Max: vg.Point{X: c.Max.X - 2, Y: y - 26}}, row, a.cross, s.Ramp)
		y -= 26 + stripHeight
	}
	return nil
}

func drawStrip(c draw.Canvas, box vg.Rectangle, row []float64, cross int, ramp string) {
	data := make([]float32, len(row))
	for i, v := range row {
		data[i] = float32(v)
	}
	r := raster{data: data, rows: 1, cols: len(row), rowStride: len(row), colStride: 1}
	r.paint(c, box, ramp, 0, 1)
	outline(c, box, faint, 1)
	w := (box.Max.X - box.Min.X) / vg.Length(len(row))
	x := box.Min.X + w*vg.Length(cross)
	outline(c, vg.Rectangle{Min: vg.Point{X: x, Y: box.Min.Y}, Max: vg.Point{X: x + w, Y: box.Max.Y}}, accent, 1.75)
}
