package diffusion

import (
	"fmt"
	"math"
	"strconv"

	"github.com/xainb/gonb-xai/kernels/digits"
	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
)

// digitsCanvas draws digits.
type digitsCanvas struct {
	ask     *digitsAsker
	columns int
	classes []float32
	heads   []string
	places  []string
}

// columnsOf is how many digits are in a row of a sheet.
func columnsOf(samples int) int { return min(samples, 10) }

func newDigitsCanvas(o Options, ask denoiser) *digitsCanvas {
	a := ask.(*digitsAsker)
	c := &digitsCanvas{ask: a, columns: columnsOf(o.Samples)}
	for _, class := range o.Classes {
		c.classes = append(c.classes, float32(class))
	}
	for layer := range a.net.shape.blocks {
		for head := range a.net.shape.heads {
			c.heads = append(c.heads, fmt.Sprintf("layer %d, head %d", layer+1, head+1))
		}
	}
	for i := range patches {
		const across = digits.Side / patchSide
		c.places = append(c.places, strconv.Itoa(i/across+1)+","+strconv.Itoa(i%across+1))
	}
	return c
}

func (c *digitsCanvas) sheet(to *xainb.Snapshot, name string, images []float32) {
	between := float32(-1) // paper
	if name == "noise" || name == "added" {
		between = 0
	}
	data, height, width := sheet(images, c.columns, between)
	to.Put(name, data, xainb.Dim{Name: "height", Size: height}, xainb.Dim{Name: "width", Size: width})
}

// look has nothing to ask: the attention is that of the step's own answer.
func (c *digitsCanvas) look(int) error { return nil }

func (c *digitsCanvas) put(to *xainb.Snapshot, s *Step) {
	s.each(func(name string, data []float32) { c.sheet(to, name, data) })
	samples := xainb.Dim{Name: "sample", Size: len(c.classes)}
	to.Put("class", c.classes, samples)
	if s.T < 0 {
		images, distances := nearestDigits(s.X)
		c.sheet(to, "nearest", images)
		to.Put("distance", distances, samples)
	}
	if s.Key {
		to.Put("attention", c.ask.maps, xainb.Dim{Name: "head", Size: len(c.heads)}, xainb.Dim{Name: "query", Size: patches}, xainb.Dim{Name: "key", Size: patches})
		to.PutLabels("head", c.heads)
		to.PutLabels("query", c.places)
		to.PutLabels("key", c.places)
	}
}

// nearestDigits returns, for each image, the image that was trained on that is nearest, and the Euclidean distance to it, over 64 pixels from -1 to 1.
func nearestDigits(x []float32) (images, distances []float32) {
	trained, _ := digitImages()
	for at := 0; at+digits.Pixels <= len(x); at += digits.Pixels {
		best, least := 0, float32(math.Inf(1))
		for i := 0; i < len(trained); i += digits.Pixels {
			if d := f32.SquaredDistance(x[at:at+digits.Pixels], trained[i:i+digits.Pixels]); d < least {
				best, least = i, d
			}
		}
		images = append(images, trained[best:best+digits.Pixels]...)
		distances = append(distances, float32(math.Sqrt(float64(least))))
	}
	return images, distances
}

// cell is how far the digits of a sheet are from each other: a pixel is between them.
const cell = digits.Side + 1

// sheet arranges digits, so many in a row; between them, and where there is none, it is blank.
func sheet(images []float32, columns int, blank float32) (data []float32, height, width int) {
	n := len(images) / digits.Pixels
	height, width = (n+columns-1)/columns*cell-1, columns*cell-1
	data = make([]float32, height*width)
	for i := range data {
		data[i] = blank
	}
	for i := range n {
		for y := range digits.Side {
			copy(data[(i/columns*cell+y)*width+i%columns*cell:][:digits.Side], images[i*digits.Pixels+y*digits.Side:])
		}
	}
	return data, height, width
}

// fromSheet is its inverse.
func fromSheet(data []float32, samples, columns int) []float32 {
	width := columns*cell - 1
	images := make([]float32, samples*digits.Pixels)
	for i := range samples {
		for y := range digits.Side {
			copy(images[i*digits.Pixels+y*digits.Side:][:digits.Side], data[(i/columns*cell+y)*width+i%columns*cell:])
		}
	}
	return images
}
