package show

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

const (
	stripFrames = 8
	stripBytes  = 60_000
	stripLeast  = 200 // pixels of width, before frames are left out of a few
	stripCell   = 288 // pixels, of a poster that cannot draw a strip itself
)

// keyFrames chooses n frames: the first and the last, then those that something is said of (events, key frames, notes, chapters), then frames
// between them that are far from the others. Without anything said they are evenly spaced.
func keyFrames(d *xainb.Document, n int) []int {
	last := d.Moments() - 1
	n = min(n, last+1)
	if n == 1 {
		return []int{last}
	}
	said := saidFrames(d)
	if len(said) == 0 {
		return evenly(n, last)
	}
	chosen := []int{0, last}
	k := min(len(said), n-2)
	for i := range k {
		chosen = append(chosen, said[(2*i+1)*len(said)/(2*k)]) // the middle of each of k parts
	}
	slices.Sort(chosen)
	for len(chosen) < n {
		at, gap := 0, 0
		for i, f := range chosen[1:] {
			if f-chosen[i] > gap {
				at, gap = i, f-chosen[i]
			}
		}
		chosen = slices.Insert(chosen, at+1, chosen[at]+gap/2)
	}
	return chosen
}

// evenly returns n frames from the first to the last.
func evenly(n, last int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i * last / max(1, n-1)
	}
	at[n-1] = last
	return at
}

// saidFrames returns the frames between the first and the last that something is said of.
func saidFrames(d *xainb.Document) []int {
	last := d.Moments() - 1
	said := make([]bool, last+1)
	for _, n := range d.Notes {
		said[min(max(n.At, 0), last)] = true
	}
	for _, c := range d.Chapters {
		said[min(max(c.At, 0), last)] = true
	}
	for k := range d.Tracks {
		for i := 1; i < last; i++ {
			at := d.Frame(k, i)
			if at == d.Frame(k, i-1) {
				continue // it stays
			}
			f := d.Tracks[k].At(at)
			said[i] = said[i] || f.Key || slices.ContainsFunc(f.Events, func(e xainb.Event) bool { return !e.IsWarning() })
		}
	}
	var out []int
	for i := 1; i < last; i++ {
		if said[i] {
			out = append(out, i)
		}
	}
	return out
}

// strip draws key frames beside and under one another as one PNG: fewer where it would be too large, and at last smaller. It returns
// its width and how many frames it has.
func strip(d *xainb.Document, o options) (b []byte, width, frames int, err error) {
	moments := d.Moments()
	for n := min(stripFrames, moments); ; {
		fewer := n * 2 / 3
		if n > fewFrames {
			fewer = max(fewer, fewFrames)
		}
		note := shows(n, moments)
		if n < min(stripFrames, moments) {
			note += fmt.Sprintf(", to stay below %s", amount(stripBytes))
		}
		img, err := drawStrip(d.Poster, note, keyFrames(d, n), moments)
		if err != nil {
			return nil, 0, 0, fmt.Errorf("show: filmstrip: %w", err)
		}
		if o.width > 0 {
			img = narrower(img, o.width)
		}
		for {
			if b, err = encodePNG(img); err != nil || len(b) <= stripBytes {
				return b, img.Bounds().Dx(), n, err
			}
			width := img.Bounds().Dx() * 3 / 4
			if fewer >= fewFrames || n > 1 && width < stripLeast {
				break
			}
			img = narrower(img, width)
		}
		n = fewer
	}
}

// encodePNG writes a picture of at most 256 colours: quickly, and with more care where that is larger than a strip may be.
func encodePNG(img image.Image) ([]byte, error) {
	p, ok := img.(*image.Paletted)
	if !ok {
		p = paletted([]image.Image{img})[0]
	}
	var b bytes.Buffer
	for _, level := range []png.CompressionLevel{png.BestSpeed, png.DefaultCompression} {
		b.Reset()
		e := png.Encoder{CompressionLevel: level}
		if err := e.Encode(&b, p); err != nil {
			return nil, fmt.Errorf("show: filmstrip: %w", err)
		}
		if b.Len() <= stripBytes {
			break
		}
	}
	return b.Bytes(), nil
}

// drawStrip lets the poster draw the strip, or puts its pictures together.
func drawStrip(p xainb.Poster, note string, frames []int, moments int) (image.Image, error) {
	if p, ok := p.(xainb.Printer); ok {
		return pictured(p.DrawStrip(note, frames...))
	}
	var cells []image.Image
	var size image.Point // of the largest
	for _, f := range frames {
		img, err := drawFrame(sized(p, stripCell, fmt.Sprintf("frame %d of %d", f+1, moments), f), f)
		if err != nil {
			return nil, err
		}
		cells = append(cells, img)
		size.X, size.Y = max(size.X, img.Bounds().Dx()), max(size.Y, img.Bounds().Dy())
	}
	const gap = 12
	columns := min(3, len(cells))
	rows := (len(cells) + columns - 1) / columns
	out := image.NewRGBA(image.Rect(0, 0, columns*(size.X+gap)+gap, rows*(size.Y+gap)+gap+lineHeight))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	for i, c := range cells {
		at := image.Pt(gap+i%columns*(size.X+gap), gap+i/columns*(size.Y+gap))
		draw.Draw(out, c.Bounds().Sub(c.Bounds().Min).Add(at), c, c.Bounds().Min, draw.Over)
	}
	writeLine(out, gap, note)
	return out, nil
}

// sized returns the poster at a width for some frames.
func sized(p xainb.Poster, width int, note string, frames ...int) xainb.Poster {
	if p, ok := p.(xainb.Printer); ok {
		return p.Sized(width, note, frames...)
	}
	return scaled{p, width, note}
}

// scaled is a poster whose pictures are made narrower, with a line under them.
type scaled struct {
	xainb.Poster
	width int
	note  string
}

func (s scaled) Draw(frame int) (image.Image, error) {
	img, err := drawFrame(s.Poster, frame)
	if err != nil {
		return nil, err
	}
	img = narrower(img, s.width)
	if s.note == "" {
		return img, nil
	}
	b := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()+lineHeight))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, image.Rect(0, 0, b.Dx(), b.Dy()), img, b.Min, draw.Over)
	writeLine(out, 2, s.note)
	return out, nil
}

const lineHeight = 18

// writeLine writes a line at the lower edge.
func writeLine(img *image.RGBA, x int, s string) {
	d := font.Drawer{Dst: img, Src: image.NewUniform(color.RGBA{100, 107, 125, 255}), Face: basicfont.Face7x13, Dot: fixed.P(x, img.Rect.Max.Y-5)}
	d.DrawString(s)
}

// narrower returns a picture at most so wide.
func narrower(img image.Image, width int) image.Image {
	b := img.Bounds()
	if b.Dx() <= width {
		return img
	}
	out := image.NewRGBA(image.Rect(0, 0, max(1, width), max(1, b.Dy()*width/b.Dx())))
	draw.ApproxBiLinear.Scale(out, out.Rect, img, b, draw.Src, nil)
	return out
}
