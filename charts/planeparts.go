package charts

import (
	"image"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
)

// planeArea is the function of that name in plane_parts.js: one unit is as long on both axes unless the plane were a line then.
func planeArea(width, left vg.Length, view [4]float64) (w, h vg.Length, side bool) {
	x, y, room := view[1]-view[0], view[3]-view[2], max(40, width-left-14)
	w, h = room, min(planeHigh, max(180, room*0.72))
	if x <= 4*y && y <= 4*x {
		unit := min(float64(room)/x, planeHigh/y)
		w, h = vg.Length(unit*x), vg.Length(unit*y)
	}
	w, h = vg.Length(math.Floor(float64(w)+0.5)), vg.Length(math.Floor(float64(h)+0.5))
	return w, h, width-left-w >= 214
}

// scale is arrowScale in plane_parts.js: the length that is drawn as long as a cell, and how long an arrow is drawn, in cells.
func (a *planeArrows) scale(mode string, frame int) (unit float64, cells func(float64) float64) {
	switch mode {
	case arrowDirections:
		return 0, func(v float64) float64 { return pick(v > 0, 0.8, 0) }
	case arrowNormalised:
		factor := normalised(a.Peaks)[min(frame, len(a.Peaks)-1)]
		return pick(factor > 0, 1/(2*factor), 0), func(v float64) float64 { return min(2, 2*factor*v) }
	}
	return a.Unit, func(v float64) float64 { return min(2, v/a.Unit) }
}

// roundLength is the function of that name in plane_parts.js.
func roundLength(unit float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(1.5*unit)))
	for _, m := range []float64{5, 2} {
		if m*power <= 1.5*unit*1.0001 {
			return short(m * power)
		}
	}
	return short(power)
}

// roundText writes a round number without the decimals that it has not.
func roundText(v float64) string {
	if a := math.Abs(v); a != 0 && (a < 1e-4 || a >= 1e6) {
		return formatNumber(v)
	}
	return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), "-", "−", 1)
}

// smooth returns the raster as a picture in which values between the centres of cells are on straight lines between them.
func (r raster) smooth(w, h int, ramp string, scale [2]float64) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, max(1, w), max(1, h)))
	between := func(i, size, n int) (a, b int, t float64) {
		v := min(max((float64(i)+0.5)*float64(n)/float64(size)-0.5, 0), float64(n-1))
		a = int(v)
		return a, min(a+1, n-1), v - float64(a)
	}
	for y := range img.Rect.Dy() {
		a, b, v := between(y, img.Rect.Dy(), r.rows)
		for x := range img.Rect.Dx() {
			c, d, u := between(x, img.Rect.Dx(), r.cols)
			low, high := r.at(a, c)*(1-u)+r.at(a, d)*u, r.at(b, c)*(1-u)+r.at(b, d)*u
			img.SetRGBA(x, y, rampAt(ramp, (low*(1-v)+high*v-scale[0])/(scale[1]-scale[0])))
		}
	}
	return img
}
