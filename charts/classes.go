package charts

import (
	"image/color"
	"math"
	"strconv"

	"github.com/xainb/gonb-xai/xainb"
)

// classColours are those of the light theme in parts.js, which says how they were chosen.
var classColours = []color.RGBA{
	{0x8b, 0x07, 0xfe, 0xff}, {0x31, 0x06, 0x36, 0xff}, {0xb6, 0x3a, 0x07, 0xff}, {0x78, 0x22, 0x76, 0xff}, {0x72, 0x8e, 0xf2, 0xff},
	{0xfd, 0x1d, 0xb1, 0xff}, {0x13, 0x39, 0x05, 0xff}, {0x9f, 0x93, 0x08, 0xff}, {0x20, 0x0d, 0xc1, 0xff}, {0x2b, 0x73, 0x60, 0xff},
}

// classColour is the function of that name in parts.js.
func classColour(k int) color.RGBA {
	if k < 0 {
		return muted
	}
	return classColours[k%len(classColours)]
}

// medoid is the function of that name in parts.js: the point of a class that is nearest to their middle, -1 without any.
func medoid(points []float32, of []int, k int) int {
	var own []int
	var x, y float64
	for i, class := range of {
		px, py := float64(points[2*i]), float64(points[2*i+1])
		if s := px + py; class == k && s-s == 0 {
			own, x, y = append(own, i), x+px, y+py
		}
	}
	best, least := -1, math.Inf(1)
	for _, i := range own {
		dx, dy := float64(points[2*i])-x/float64(len(own)), float64(points[2*i+1])-y/float64(len(own))
		if d := dx*dx + dy*dy; d < least {
			best, least = i, d
		}
	}
	return best
}

// className is what a class is called: the run's label along "class", else its number.
func className(t *xainb.Track, v float32) string {
	if names := labels(t, nil, "class"); v < float32(len(names)) {
		return names[int(v)]
	}
	return strconv.FormatFloat(float64(v), 'f', -1, 32)
}
