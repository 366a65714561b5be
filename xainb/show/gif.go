package show

import (
	"bytes"
	"compress/lzw"
	"encoding/binary"
	"fmt"
	"image"
	"image/gif"
	"math"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

const (
	gifFrames = 24
	gifBytes  = 150_000
	gifEnough = 12 // fewer frames than this look worse than a narrower picture
	fewFrames = 4  // fewer than this show no run: a picture becomes as narrow as it may before
)

// smallGIF draws the run as a GIF of as many frames as fit, and says what was left out. Where few would fit it becomes narrower.
func smallGIF(d *xainb.Document, o options) (b []byte, said string, err error) {
	moments := d.Moments()
	most := min(gifFrames, moments)
	widths := []int{480, 360, 288, 200, 120}
	if o.width > 0 {
		width, err := o.pictureWidth(d.Poster)
		if err != nil {
			return nil, "", err
		}
		widths = slices.DeleteFunc(widths, func(w int) bool { return w >= width })
		widths = slices.Insert(widths, 0, width)
	}
	fit, err := gifFit(d.Poster, widths[0], most, moments)
	if err != nil {
		return nil, "", err
	}
	for i, width := range widths {
		n, least := fit(width), min(fewFrames, most)
		if i+1 == len(widths) {
			least = 1
		}
		if n < min(gifEnough, most) && i+1 < len(widths) && widths[i+1] >= 288 {
			continue
		}
		for n = max(n, least); n >= least; {
			at := evenly(n, moments-1)
			note := shows(n, moments)
			if n < most {
				note += ", to stay below " + amount(gifBytes)
			}
			if b, err = drawGIF(sized(d.Poster, width, note, at...), at, o.delay(moments, n)); err != nil {
				return nil, "", err
			}
			if len(b) <= gifBytes {
				if n < moments {
					said = fmt.Sprintf("%s, %d pixels wide, in %s", note, binary.LittleEndian.Uint16(b[6:]), amount(len(b)))
				}
				return b, said, nil
			}
			next := int(float64(n) * math.Pow(gifBytes/float64(len(b)), 1.6)) // fewer frames are further apart, and differ more
			n = max(min(n-1, next), min(n-1, least))
		}
	}
	return nil, "", fmt.Errorf("show: one frame of its poster takes %s as GIF, more than %s", amount(len(b)), amount(gifBytes))
}

// gifFit draws the first frame and what changes in the middle of the run, and returns how many frames will fit at a width.
func gifFit(p xainb.Poster, width, most, moments int) (func(width int) int, error) {
	if most == 1 {
		return func(int) int { return 1 }, nil
	}
	last := moments - 1
	from, step := last/2, max(1, last/(most-1))
	at := []int{0, from, min(last, from+step), min(last, from+2*step)}
	imgs, err := drawFrames(sized(p, width, "", at...), at...)
	if err != nil {
		return nil, err
	}
	pictures := paletted(imgs)
	first := lzwBytes(pictures[0])
	change := func(to int) int { _, holes := changed(pictures[1], pictures[to]); return lzwBytes(holes) }
	near, far := change(2), change(3)
	return func(w int) int {
		scale := float64(w) / float64(width) // equal pixels in a row take few bytes
		n := func(each int) int { return 1 + int((gifBytes*0.95/scale-float64(first))/float64(each)) }
		if n(near) >= most {
			return most
		}
		return max(1, min(n(near), n(far)))
	}, nil
}

// drawGIF draws the frames. Each after the first holds only what changed, its other pixels are transparent.
func drawGIF(p xainb.Poster, at []int, delay int) ([]byte, error) {
	imgs, err := drawFrames(p, at...)
	if err != nil {
		return nil, err
	}
	pictures := paletted(imgs)
	size := pictures[0].Rect.Size()
	g := gif.GIF{Config: image.Config{ColorModel: pictures[0].Palette, Width: size.X, Height: size.Y}}
	for i, now := range pictures {
		if i > 0 {
			_, now = changed(pictures[i-1], now)
		}
		g.Image = append(g.Image, now)
		g.Delay = append(g.Delay, (delay+5)/10)
		g.Disposal = append(g.Disposal, gif.DisposalNone)
	}
	g.Delay[len(g.Delay)-1] += 150
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &g); err != nil {
		return nil, fmt.Errorf("show: GIF: %w", err)
	}
	return b.Bytes(), nil
}

// lzwBytes is how many bytes a picture takes in a GIF.
func lzwBytes(img *image.Paletted) int {
	var n count
	w := lzw.NewWriter(&n, lzw.LSB, 8)
	_, _ = w.Write(img.Pix) // into a counter
	_ = w.Close()
	return int(n) + int(n)/255 + 20
}

type count int

func (c *count) Write(b []byte) (int, error) { *c += count(len(b)); return len(b), nil }
