package charts

import (
	_ "embed"
	"image"
	"image/color"
	stddraw "image/draw"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

//go:embed raster.js
var rasterJS string

var rasterScript = xainb.Script{Name: "raster", Source: rasterJS}

// rasterSpec says which two dimensions of a field are drawn, and in which colours. "$name" is the state's entry of that name.
type rasterSpec struct {
	Track  any                   `json:"track,omitempty"`
	Field  string                `json:"field"`
	Rows   string                `json:"rows,omitempty"`  // the dimension drawn downwards; the last but one if empty
	Cols   string                `json:"cols,omitempty"`  // the dimension drawn to the right; the last if empty
	Index  map[string]any        `json:"index,omitempty"` // positions along the other dimensions
	Ranges map[string][2]float64 `json:"ranges,omitempty"`
	Ramp   string                `json:"ramp"`
}

func (s rasterSpec) usesRamp() string { return s.Ramp }

// raster is two dimensions of a field; raster.js has the same.
type raster struct {
	data                 []float32
	offset, rows, cols   int
	rowStride, colStride int
	channelStride        int // 0 where there are no colour channels
}

func (r raster) at(row, col int) float64 {
	return float64(r.data[r.offset+row*r.rowStride+col*r.colStride])
}

// channelOf returns which of the dimensions holds red, green and blue, or -1.
func channelOf(dims []xainb.Dim) int {
	if len(dims) < 3 {
		return -1
	}
	return slices.Index(dims, xainb.Dim{Name: "channel", Size: 3})
}

// axes returns which dimensions of the field are drawn.
func (s rasterSpec) axes(dims []xainb.Dim) (row, col int, ok bool) {
	channel := channelOf(dims)
	var plain []int
	for i := range dims {
		if i != channel {
			plain = append(plain, i)
		}
	}
	if len(plain) < 2 {
		return 0, 0, false
	}
	row, col = plain[len(plain)-2], plain[len(plain)-1]
	named := func(name string) int {
		return slices.IndexFunc(dims, func(d xainb.Dim) bool { return d.Name == name })
	}
	if s.Rows != "" {
		row = named(s.Rows)
	}
	if s.Cols != "" {
		col = named(s.Cols)
	}
	return row, col, row >= 0 && col >= 0 && row != col
}

// raster takes the picture out of a field; positions in fixed go before those of the spec.
func (s rasterSpec) raster(m moment, f *xainb.Field, fixed map[string]int) (raster, bool) {
	if f == nil || len(f.Data) == 0 {
		return raster{}, false
	}
	row, col, ok := s.axes(f.Dims)
	if !ok {
		return raster{}, false
	}
	strides := make([]int, len(f.Dims))
	for i, n := len(f.Dims)-1, 1; i >= 0; i-- {
		strides[i] = n
		n *= f.Dims[i].Size
	}
	r := raster{data: f.Data, rows: f.Dims[row].Size, cols: f.Dims[col].Size, rowStride: strides[row], colStride: strides[col]}
	channel := channelOf(f.Dims)
	for i, d := range f.Dims {
		switch i {
		case row, col:
		case channel:
			r.channelStride = strides[i]
		default:
			at, ok := fixed[d.Name]
			if !ok {
				at = m.integer(s.Index[d.Name])
			}
			r.offset += strides[i] * min(max(at, 0), d.Size-1)
		}
	}
	return r, r.rows > 0 && r.cols > 0
}

// field returns the field of the frame that the spec draws, its track's number and its name.
func (s rasterSpec) field(m moment) (*xainb.Field, int, string) {
	track := m.integer(s.Track)
	if track < 0 || track >= len(m.tracks) {
		track = 0
	}
	name, _ := m.resolve(s.Field).(string)
	snap := m.snapshot(track)
	if snap == nil {
		return nil, track, name
	}
	return snap.Field(name), track, name
}

// valueRange returns the values between which the ramp runs; rangeOf in raster.js is the same.
func (s rasterSpec) valueRange(m moment, track int, name string) (lo, hi float64) {
	if r, ok := s.Ranges[name]; ok {
		return r[0], r[1]
	}
	if track >= len(m.tracks) {
		return 0, 1
	}
	info := m.tracks[track].Schema().Field(name)
	if info == nil {
		return 0, 1
	}
	lo, hi = float64(info.Range.Min), float64(info.Range.Max)
	if s.Ramp == "diverging" {
		most := max(math.Abs(lo), math.Abs(hi))
		if most == 0 {
			most = 1
		}
		return -most, most
	}
	lo = min(lo, 0)
	if hi <= lo {
		hi = lo + 1
	}
	return lo, hi
}

// most returns the largest value of a field in the whole track.
func (m moment) most(track int, name string) float64 {
	if track < len(m.tracks) {
		if f := m.tracks[track].Schema().Field(name); f != nil {
			return float64(f.Range.Max)
		}
	}
	return 0
}

// paint draws the cells into the rectangle, on whole pixels, and returns how many are not finite: those are hatched.
func (r raster) paint(c draw.Canvas, rect vg.Rectangle, ramp string, lo, hi float64) (notFinite int) {
	w, h := int(math.Round(float64(rect.Max.X-rect.Min.X))), int(math.Round(float64(rect.Max.Y-rect.Min.Y)))
	if w < 1 || h < 1 {
		return 0
	}
	cells := image.NewRGBA(image.Rect(0, 0, r.cols, r.rows))
	bad := make([]bool, r.rows*r.cols)
	for y := range r.rows {
		for x := range r.cols {
			colour, ok := r.colour(y, x, ramp, lo, hi)
			cells.SetRGBA(x, y, colour)
			if !ok {
				bad[y*r.cols+x] = true
				notFinite++
			}
		}
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		cy := y * r.rows / h
		row := img.Pix[y*img.Stride : (y+1)*img.Stride]
		if y > 0 && cy == (y-1)*r.rows/h && !slices.Contains(bad[cy*r.cols:(cy+1)*r.cols], true) {
			copy(row, img.Pix[(y-1)*img.Stride:])
			continue
		}
		for x := range w {
			cx := x * r.cols / w
			if bad[cy*r.cols+cx] {
				img.SetRGBA(x, y, pick((x+y)%5 == 0, muted, paper))
			} else {
				copy(row[4*x:], cells.Pix[cells.PixOffset(cx, cy):][:4])
			}
		}
	}
	put(c, rect.Min.X, rect.Max.Y, img)
	return notFinite
}

// put copies pixels into the canvas, their upper left corner at a point that is rounded to whole pixels. Where the canvas is an image
// of one pixel a length, as a poster's is, nothing is resampled.
func put(c draw.Canvas, left, top vg.Length, img *image.RGBA) {
	left, top = vg.Length(math.Round(float64(left))), vg.Length(math.Round(float64(top)))
	var under vg.Canvas = c
	for {
		inner, ok := under.(draw.Canvas)
		if !ok {
			break
		}
		under = inner.Canvas
	}
	if v, ok := under.(*vgimg.Canvas); ok && v.DPI() == 72 {
		_, h := v.Size()
		at := image.Pt(int(left), int(math.Round(float64(h)))-int(top))
		stddraw.Draw(v.Image(), img.Rect.Add(at), img, image.Point{}, stddraw.Src)
		return
	}
	size := vg.Point{X: vg.Length(img.Rect.Dx()), Y: vg.Length(img.Rect.Dy())}
	c.DrawImage(vg.Rectangle{Min: vg.Point{X: left, Y: top - size.Y}, Max: vg.Point{X: left + size.X, Y: top}}, img)
}

func (r raster) colour(row, col int, ramp string, lo, hi float64) (color.RGBA, bool) {
	v := r.at(row, col)
	if r.channelStride == 0 {
		return rampAt(ramp, (v-lo)/(hi-lo)), !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	var rgb [3]uint8
	for k := range rgb {
		v := float64(r.data[r.offset+row*r.rowStride+col*r.colStride+k*r.channelStride])
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return faint, false
		}
		rgb[k] = uint8(math.Round(255 * min(max((v-lo)/(hi-lo), 0), 1)))
	}
	return color.RGBA{rgb[0], rgb[1], rgb[2], 0xff}, true
}

const legendHeight vg.Length = 14 + 6 + 18

// drawLegend draws the ramp as a thin line with the values at its ends; y is its upper end.
func drawLegend(c draw.Canvas, x, y, width vg.Length, ramp string, lo, hi, most float64, title string) {
	bar := image.NewRGBA(image.Rect(0, 0, int(width), 6))
	for i := range bar.Rect.Dx() {
		colour := rampAt(ramp, float64(i)/float64(max(1, bar.Rect.Dx()-1)))
		for j := range 6 {
			bar.SetRGBA(i, j, colour)
		}
	}
	top := vg.Length(math.Round(float64(y - 14)))
	put(c, x, top, bar)
	if ramp == "diverging" {
		zero := x + width*vg.Length(-lo/(hi-lo))
		c.StrokeLine2(draw.LineStyle{Color: muted, Width: 1}, zero, top+2, zero, top-9)
		write(c, textStyle(11, muted, false), zero, top+2, draw.XCenter, draw.YBottom, "0")
	}
	write(c, labelStyle, x, top-8, draw.XLeft, draw.YTop, endText(lo))
	write(c, labelStyle, x+width/2, top-8, draw.XCenter, draw.YTop, title)
	write(c, labelStyle, x+width, top-8, draw.XRight, draw.YTop, pick(most > hi*1.001, "≥ ", "")+endText(hi))
}

// endText writes a value at an end of a legend: whole numbers as they are.
func endText(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1000 {
		return strings.Replace(strconv.Itoa(int(v)), "-", "−", 1)
	}
	return formatNumber(v)
}

// outline draws a rectangle's edge.
func outline(c draw.Canvas, rect vg.Rectangle, colour color.Color, width vg.Length) {
	a, b := rect.Min, rect.Max
	c.StrokeLines(draw.LineStyle{Color: colour, Width: width}, []vg.Point{a, {X: b.X, Y: a.Y}, b, {X: a.X, Y: b.Y}, {X: a.X, Y: a.Y - width/2}})
}

// grown returns a rectangle that is larger on all sides.
func grown(r vg.Rectangle, by vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: r.Min.X - by, Y: r.Min.Y - by}, Max: vg.Point{X: r.Max.X + by, Y: r.Max.Y + by}}
}
