package show

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"maps"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// poster is what a viewer without scripts sees.
type poster struct {
	still  []byte // PNG, of the frame that the options name
	shown  []byte // PNG: the still, the animation where it can be small enough, or the strip
	width  int    // of what is shown
	frames int    // how many it shows
}

const (
	posterFrames = 24     // at most
	posterBytes  = 36_000 // in a cell or a page: above this the poster tries fewer frames, then stands still
)

// drawPoster draws the document's poster, of which an animation takes about limit bytes at most.
func drawPoster(d *xainb.Document, o options, limit int) (p *poster, err error) {
	defer recovered("the poster", &err)
	if d.Poster == nil || o.poster == NoPoster {
		return &poster{}, nil
	}
	frames, memory := d.Moments(), remembered{d.Poster, map[int]image.Image{}}
	still, err := drawFrame(memory, o.frame)
	if err != nil {
		return nil, err
	}
	b, err := animate([]image.Image{still}, limit, 0)
	if err != nil {
		return nil, err
	}
	p = &poster{still: b, shown: b, width: still.Bounds().Dx(), frames: 1}
	switch o.poster {
	case Still:
		return p, nil
	case Filmstrip:
		p.shown, p.width, p.frames, err = strip(d, o)
		return p, err
	}
	for n := min(frames, posterFrames); n > 1; n /= 2 {
		imgs, err := drawFrames(memory, append([]int{o.frame}, evenly(n, frames-1)...)...)
		if err != nil {
			return nil, err
		}
		b, err := animate(imgs[1:], limit, o.delay(frames, n))
		if err == nil {
			p.shown, p.frames = b, n
			break
		}
		if !errors.Is(err, errTooLarge) {
			return nil, err
		}
	}
	return p, nil
}

// remembered is a poster that draws a frame once.
type remembered struct {
	xainb.Poster
	drawn map[int]image.Image
}

func (r remembered) Draw(i int) (img image.Image, err error) {
	if r.drawn[i] == nil {
		r.drawn[i], err = r.Poster.Draw(i)
	}
	return r.drawn[i], err
}

// drawFrame draws a frame of a poster.
func drawFrame(p xainb.Poster, i int) (image.Image, error) {
	img, err := pictured(p.Draw(i))
	if err != nil {
		return nil, fmt.Errorf("show: poster of frame %d: %w", i, err)
	}
	return img, nil
}

// drawFrames draws frames of a poster, which have one size.
func drawFrames(p xainb.Poster, at ...int) ([]image.Image, error) {
	imgs := make([]image.Image, len(at))
	for k, i := range at {
		var err error
		if imgs[k], err = drawFrame(p, i); err != nil {
			return nil, err
		}
		if size, first := imgs[k].Bounds().Size(), imgs[0].Bounds().Size(); size != first {
			return nil, fmt.Errorf("show: the frames of the poster differ in size: frame %d is %v pixels, not %v", i, size, first)
		}
	}
	return imgs, nil
}

// pictured makes an error of a picture that is not there.
func pictured(img image.Image, err error) (image.Image, error) {
	if err == nil && (img == nil || img.Bounds().Empty()) {
		err = errors.New("there is no picture")
	}
	return img, err
}

// errTooLarge stops an animation that would be larger than its limit.
var errTooLarge = errors.New("show: the poster is too large to move")

// animate makes an animated PNG whose pictures stay so many milliseconds. Each after the first holds only what changed.
func animate(stills []image.Image, limit, delay int) ([]byte, error) {
	pictures := paletted(stills)
	var frames []apngFrame
	size := 0
	for i, now := range pictures {
		var f apngFrame
		var err error
		if i == 0 {
			f, err = newFrame(now)
		} else {
			f, err = smaller(changed(pictures[i-1], now))
		}
		if err != nil {
			return nil, err
		}
		f.delay = delay
		frames = append(frames, f)
		if size += len(f.data); i > 0 && size > limit {
			return nil, errTooLarge
		}
	}
	frames[len(frames)-1].delay += 1500
	return encodeAPNG(frames)
}

// changed returns the part of now around all that differs from before: whole, and with the pixels that do not differ as transparent.
func changed(before, now *image.Paletted) (whole, holes *image.Paletted) {
	w, h := now.Rect.Dx(), now.Rect.Dy()
	box := image.Rectangle{Min: image.Pt(w, h)} // turned inside out: any pixel makes it one
	for i := range now.Pix {
		if now.Pix[i] != before.Pix[i] {
			x, y := i%w, i/w
			box.Min.X, box.Min.Y = min(box.Min.X, x), min(box.Min.Y, y)
			box.Max.X, box.Max.Y = max(box.Max.X, x+1), max(box.Max.Y, y+1)
		}
	}
	if box.Empty() {
		box = image.Rect(0, 0, 1, 1) // a frame needs a pixel
	}
	whole, holes = image.NewPaletted(box, now.Palette), image.NewPaletted(box, now.Palette)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		at, o := y*w+box.Min.X, (y-box.Min.Y)*whole.Stride
		for x := range box.Dx() {
			whole.Pix[o+x] = now.Pix[at+x]
			if now.Pix[at+x] != before.Pix[at+x] {
				holes.Pix[o+x] = now.Pix[at+x]
			}
		}
	}
	return whole, holes
}

// smaller encodes both and returns the one of fewer bytes.
func smaller(a, b *image.Paletted) (apngFrame, error) {
	f, err := newFrame(a)
	if err != nil {
		return f, err
	}
	g, err := newFrame(b)
	if len(g.data) < len(f.data) {
		f = g
	}
	return f, err
}

// paletted gives all pictures one palette, with a transparent colour at index 0 that no picture uses. Pictures that share a palette
// already keep it.
func paletted(imgs []image.Image) []*image.Paletted {
	palette := color.Palette{color.RGBA{}}
	out := make([]*image.Paletted, len(imgs))
	first, ok := imgs[0].(*image.Paletted)
	for i, img := range imgs {
		p, same := img.(*image.Paletted)
		if same = same && ok && len(p.Palette) <= 255 && slices.Equal(p.Palette, first.Palette) && p.Stride == p.Rect.Dx(); !same {
			break
		}
		if i == 0 {
			palette = append(palette, p.Palette...)
		}
		pix := make([]uint8, len(p.Pix))
		for j, c := range p.Pix {
			pix[j] = c + 1
		}
		out[i] = &image.Paletted{Pix: pix, Stride: p.Stride, Rect: p.Rect.Sub(p.Rect.Min), Palette: palette}
	}
	if out[len(out)-1] != nil {
		return out
	}
	palette = paletteOf(imgs)
	for i, img := range imgs {
		out[i] = mapped(img, palette)
	}
	return out
}

// paletteOf chooses up to 256 colours by how often they occur, one for each that differs at 5 bits a channel, after a
// transparent one at index 0.
func paletteOf(imgs []image.Image) color.Palette {
	counts := map[[3]uint8]int{}
	for _, img := range imgs {
		rgba := toRGBA(img)
		run := 0 // of equal pixels: most of a picture is flat
		for i := 0; i < len(rgba.Pix); i += 4 {
			run++
			if c := [3]uint8(rgba.Pix[i:]); i+4 == len(rgba.Pix) || c != [3]uint8(rgba.Pix[i+4:]) {
				counts[c] += run
				run = 0
			}
		}
	}
	before := func(a, b [3]uint8) int {
		return cmp.Or(counts[b]-counts[a], bytes.Compare(a[:], b[:]))
	}
	best := map[[3]uint8][3]uint8{} // of the colours that are alike at 5 bits, the most frequent
	for c := range counts {
		coarse := [3]uint8{c[0] >> 3, c[1] >> 3, c[2] >> 3}
		if b, ok := best[coarse]; !ok || before(c, b) < 0 {
			best[coarse] = c
		}
	}
	palette := color.Palette{color.RGBA{}}
	for _, c := range slices.SortedFunc(maps.Values(best), before) {
		if len(palette) < 256 {
			palette = append(palette, color.RGBA{c[0], c[1], c[2], 255})
		}
	}
	return palette
}

// mapped maps each pixel to its colour, or to the nearest of the first that is alike at 5 bits a channel; never to the transparent one.
func mapped(img image.Image, palette color.Palette) *image.Paletted {
	rgba := toRGBA(img)
	out := image.NewPaletted(rgba.Rect, palette)
	exact, near := map[[3]uint8]uint8{}, map[[3]uint8]uint8{}
	for i, c := range palette[1:] {
		if c, ok := c.(color.RGBA); ok {
			exact[[3]uint8{c.R, c.G, c.B}] = uint8(i + 1)
		}
	}
	var last [3]uint8
	var at uint8
	for i := range out.Pix {
		if p := [3]uint8(rgba.Pix[4*i:]); i == 0 || p != last {
			last = p
			var ok bool
			if at, ok = exact[p]; ok {
				out.Pix[i] = at
				continue
			}
			coarse := [3]uint8{p[0] >> 3, p[1] >> 3, p[2] >> 3}
			if at, ok = near[coarse]; !ok {
				at = uint8(palette[1:].Index(color.RGBA{p[0], p[1], p[2], 255}) + 1)
				near[coarse] = at
			}
		}
		out.Pix[i] = at
	}
	return out
}

// toRGBA returns img as RGBA with its origin at zero.
func toRGBA(img image.Image) *image.RGBA {
	if m, ok := img.(*image.RGBA); ok && m.Rect.Min == (image.Point{}) && m.Stride == 4*m.Rect.Dx() {
		return m
	}
	b := img.Bounds()
	m := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(m, m.Rect, img, b.Min, draw.Src)
	return m
}
