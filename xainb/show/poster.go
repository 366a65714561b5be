package show

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/png"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// poster is what a viewer without scripts sees.
type poster struct {
	png    []byte // a still, for image/png
	moving []byte // what the HTML shows: a GIF where it is small enough, else the still
	mime   string
	width  int // of the moving picture as shown
}

const (
	gifFrames = 24      // at most
	gifBytes  = 160_000 // above this the poster tries fewer frames, then stands still
)

// drawPoster draws the document's stills.
func drawPoster(d *xainb.Document, frames int) (*poster, error) {
	if d.Poster == nil {
		return &poster{}, nil
	}
	still, err := drawStill(d.Poster, frames-1)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&b, paletted(still, paletteOf(still))); err != nil {
		return nil, fmt.Errorf("show: poster: %w", err)
	}
	p := &poster{png: b.Bytes(), moving: b.Bytes(), mime: "image/png", width: still.Bounds().Dx()}
	for n := min(frames, gifFrames); n > 1; n /= 2 {
		g, err := animate(d, frames, n)
		if err != nil {
			return nil, err
		}
		if len(g) <= gifBytes {
			p.moving, p.mime = g, "image/gif"
			break
		}
	}
	return p, nil
}

func drawStill(p xainb.Poster, frame int) (img image.Image, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("show: poster of frame %d: %v", frame, r)
		}
	}()
	img, err = p.Draw(frame)
	if err != nil {
		return nil, fmt.Errorf("show: poster of frame %d: %w", frame, err)
	}
	return img, nil
}

// animate makes a GIF of n frames spread over the run. Each frame after the first holds only what changed.
func animate(d *xainb.Document, frames, n int) ([]byte, error) {
	stills := make([]image.Image, n)
	for i := range stills {
		img, err := drawStill(d.Poster, i*(frames-1)/(n-1))
		if err != nil {
			return nil, err
		}
		stills[i] = img
	}
	palette := paletteOf(stills...)
	out := &gif.GIF{}
	delay := int(100 * min(1.2, max(0.12, 8/float64(n))))
	var before *image.Paletted
	for i, img := range stills {
		now := paletted(img, palette)
		hold := delay
		if i == n-1 {
			hold = 200
		}
		if before == nil {
			out.Image = append(out.Image, now)
		} else {
			out.Image = append(out.Image, changed(before, now))
		}
		out.Delay = append(out.Delay, hold)
		out.Disposal = append(out.Disposal, gif.DisposalNone)
		before = now
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, out); err != nil {
		return nil, fmt.Errorf("show: poster: %w", err)
	}
	return b.Bytes(), nil
}

// changed returns the part of now that differs from before, with the pixels that do not as transparent.
func changed(before, now *image.Paletted) *image.Paletted {
	box := image.Rectangle{}
	w := now.Rect.Dx()
	for i := range now.Pix {
		if now.Pix[i] != before.Pix[i] {
			x, y := i%w, i/w
			box = box.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	if box.Empty() {
		box = image.Rect(0, 0, 1, 1)
	}
	out := image.NewPaletted(box, now.Palette)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			i := y*w + x
			if now.Pix[i] != before.Pix[i] {
				out.Pix[(y-box.Min.Y)*out.Stride+x-box.Min.X] = now.Pix[i]
			}
		}
	}
	return out
}

// paletteOf chooses up to 255 colours by how often they occur at 5 bits a channel, after a transparent one at index 0.
func paletteOf(imgs ...image.Image) color.Palette {
	type bin struct{ n, r, g, b, key uint32 }
	bins := make([]bin, 1<<15)
	for _, img := range imgs {
		rgba := toRGBA(img)
		for i := 0; i < len(rgba.Pix); i += 4 {
			r, g, b := uint32(rgba.Pix[i]), uint32(rgba.Pix[i+1]), uint32(rgba.Pix[i+2])
			x := &bins[r>>3<<10|g>>3<<5|b>>3]
			x.n, x.r, x.g, x.b = x.n+1, x.r+r, x.g+g, x.b+b
		}
	}
	var used []bin
	for k := range bins {
		if bins[k].n > 0 {
			bins[k].key = uint32(k)
			used = append(used, bins[k])
		}
	}
	slices.SortFunc(used, func(a, b bin) int {
		if a.n != b.n {
			return int(b.n) - int(a.n)
		}
		return int(a.key) - int(b.key)
	})
	palette := color.Palette{color.RGBA{}}
	for _, x := range used[:min(255, len(used))] {
		palette = append(palette, color.RGBA{uint8(x.r / x.n), uint8(x.g / x.n), uint8(x.b / x.n), 255})
	}
	return palette
}

// paletted maps each pixel to the nearest colour, never to the transparent one.
func paletted(img image.Image, palette color.Palette) *image.Paletted {
	rgba := toRGBA(img)
	out := image.NewPaletted(rgba.Rect, palette)
	nearest := map[[3]uint8]uint8{}
	for i := range out.Pix {
		p := [3]uint8(rgba.Pix[4*i:])
		at, ok := nearest[p]
		if !ok {
			at = uint8(palette[1:].Index(color.RGBA{p[0], p[1], p[2], 255}) + 1)
			nearest[p] = at
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
