package charts

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"sync"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A poster for print implements [xainb.Printer].
var _ xainb.Printer = (*poster)(nil)

const (
	stripWidth vg.Length = 264 // of a frame in a strip
	stripGap   vg.Length = 30
)

// sheet is a poster of some frames at a width of its own. All its pictures have one size.
type sheet struct {
	*poster
	width, margin vg.Length // of the whole; around it
	bare          bool      // without the title, and without a subtitle that all frames share
	note          string    // said under it
	shown         []int     // the frames
	laidOut       func() sheetLayout
	colours       *reducer
}

// sheetLayout is where everything lies; it is the same for all frames.
type sheetLayout struct {
	width, height     vg.Length // of the content; of the whole
	title             [][]run
	subtitle, caption string
	cells             []posterCell
	panels            vg.Length // height of all cells
	note              [][]run
}

func (p *poster) sheet(s sheet) *sheet {
	s.poster = p
	s.laidOut, s.colours = sync.OnceValue(s.layout), &reducer{palette: palette(&p.scene.doc), nearest: map[[4]uint8]uint8{}}
	return &s
}

func (s *sheet) layout() sheetLayout {
	l := sheetLayout{width: s.width - 2*s.margin}
	l.subtitle, l.caption = s.templates()
	if s.bare && !strings.Contains(l.subtitle, "{") {
		l.subtitle = ""
	}
	if t := s.scene.doc.Title; t != "" && !s.bare {
		l.title = wrap([]run{{text: t}}, l.width, titleStyle)
	}
	l.note = wrap([]run{{text: s.note}}, l.width, labelStyle)
	l.cells, l.panels = s.place(s.scene.layout(), l.width)
	subtitle, caption, note := counter(l.width, subtitleStyle), counter(l.width, captionStyle), counter(l.width-14, captionStyle)
	var sub, said int
	for _, f := range s.shown {
		values := sync.OnceValue(func() map[string]string { return s.values(f) })
		sub = max(sub, subtitle(l.subtitle, values))
		said = max(said, caption(l.caption, values)+note(s.poster.note(f), values))
	}
	l.height = 2*s.margin + headHeight(len(l.title), sub) + l.panels + rowGap + pick(s.frames() > 1, progressHeight, 0) +
		vg.Length(said)*captionStyle.Font.Size*1.45 + vg.Length(len(l.note))*labelStyle.Font.Size*1.45
	l.height = vg.Length(math.Ceil(float64(l.height)))
	return l
}

// counter counts the lines that templates take; one without names is counted once, whatever the frame.
func counter(width vg.Length, style draw.TextStyle) func(template string, values func() map[string]string) int {
	known := map[string]int{"": 0}
	return func(template string, values func() map[string]string) int {
		if n, ok := known[template]; ok {
			return n
		}
		if strings.Contains(template, "{") {
			return len(wrap(runsOf(template, values()), width, style))
		}
		known[template] = len(wrap(runsOf(template, nil), width, style))
		return known[template]
	}
}

func headHeight(title, subtitle int) vg.Length {
	h := vg.Length(title)*titleStyle.Font.Size*1.35 + vg.Length(subtitle)*subtitleStyle.Font.Size*1.45
	return pick(h > 0, h+12, 0)
}

// draw draws a frame into a canvas whose upper left corner is at a point.
func (s *sheet) draw(c draw.Canvas, at vg.Point, frame int) error {
	l, p := s.laidOut(), s.poster
	x, y := at.X+s.margin, at.Y-s.margin
	values := p.values(frame)
	y = writeLines(c, x, y, l.title, 1.35, titleStyle)
	y = writeLines(c, x, y, wrap(runsOf(l.subtitle, values), l.width, subtitleStyle), 1.45, subtitleStyle)
	if len(l.title) > 0 || l.subtitle != "" {
		y -= 12
	}
	for _, cell := range l.cells {
		box := draw.Canvas{Canvas: c, Rectangle: vg.Rectangle{
			Min: vg.Point{X: x + cell.x, Y: y - cell.y - cell.height}, Max: vg.Point{X: x + cell.x + cell.width, Y: y - cell.y}}}
		if err := p.scene.stills[cell.panel].still(box, p.moment(cell.panel, frame)); err != nil {
			return fmt.Errorf("charts: poster, panel %d: %w", cell.panel+1, err)
		}
	}
	y -= l.panels + rowGap
	if p.frames() > 1 {
		p.drawProgress(c, x, y-4, l.width, frame)
		y -= progressHeight
	}
	y = writeLines(c, x, y, wrap(runsOf(l.caption, values), l.width, captionStyle), 1.45, captionStyle)
	if note := p.note(frame); note != "" {
		lines := wrap(runsOf(note, values), l.width-14, captionStyle)
		c.StrokeLine2(draw.LineStyle{Color: accent, Width: 2}, x+1, y-2, x+1, y-2-vg.Length(len(lines))*captionStyle.Font.Size*1.45)
		y = writeLines(c, x+14, y, lines, 1.45, captionStyle)
	}
	writeLines(c, x, y, l.note, 1.45, labelStyle)
	return nil
}

// Draw implements [xainb.Poster]. All frames have the same size and, unless a photograph is among the pictures, share one palette.
func (s *sheet) Draw(frame int) (image.Image, error) {
	if err := s.check(frame); err != nil {
		return nil, err
	}
	img := vgimg.NewWith(vgimg.UseWH(s.width, s.laidOut().height), vgimg.UseDPI(72))
	if err := s.draw(draw.New(img), vg.Point{Y: s.laidOut().height}, frame); err != nil {
		return nil, err
	}
	return s.picture(img, frame), nil
}

func (p *poster) check(frames ...int) error {
	for _, f := range frames {
		if f < 0 || f >= p.frames() {
			return fmt.Errorf("charts: poster of frame %d: the scene has frames 0 to %d", f, p.frames()-1)
		}
	}
	return nil
}

// check says what of the sheet cannot be drawn.
func (s *sheet) check(frame int) error {
	if s.width < 1 {
		return fmt.Errorf("charts: a poster %g pixels wide: give at least 1", float64(s.width))
	}
	if len(s.shown) == 0 {
		return errors.New("charts: a poster of no frames")
	}
	if err := s.poster.check(s.shown...); err != nil {
		return err
	}
	return s.poster.check(frame)
}

// picture reduces the canvas to the poster's palette, unless it has colours of its own.
func (s *sheet) picture(c *vgimg.Canvas, frames ...int) image.Image {
	rgba, ok := c.Image().(*image.RGBA)
	for _, f := range frames {
		ok = ok && !s.inColour(f)
	}
	if !ok {
		return c.Image()
	}
	return s.colours.reduce(rgba)
}

// Sized implements [xainb.Printer].
func (p *poster) Sized(width int, note string, frames ...int) xainb.Poster {
	return p.sheet(sheet{width: vg.Length(width), margin: posterMargin * min(1, vg.Length(width)/posterWidth), note: note, shown: frames})
}

// DrawStrip implements [xainb.Printer].
func (p *poster) DrawStrip(note string, frames ...int) (image.Image, error) {
	cell := p.sheet(sheet{width: stripWidth, bare: true, shown: frames})
	if err := cell.check(0); err != nil {
		return nil, err
	}
	n := len(frames)
	columns := pick(n == 4, 2, min(n, 3))
	rows := (n + columns - 1) / columns
	high := cell.laidOut().height
	width := vg.Length(columns)*(stripWidth+stripGap) - stripGap
	title := wrap([]run{{text: p.scene.doc.Title}}, width, titleStyle)
	var subtitle [][]run
	if s, _ := p.templates(); !strings.Contains(s, "{") {
		subtitle = wrap([]run{{text: s}}, width, subtitleStyle)
	}
	notes := wrap([]run{{text: note}}, width, labelStyle)
	head := headHeight(len(title), len(subtitle))
	height := 2*posterMargin + head + vg.Length(rows)*high + vg.Length(rows-1)*stripGap/2 + vg.Length(len(notes))*labelStyle.Font.Size*1.45
	img := vgimg.NewWith(vgimg.UseWH(width+2*posterMargin, vg.Length(math.Ceil(float64(height)))), vgimg.UseDPI(72))
	c := draw.New(img)
	x, y := posterMargin, c.Max.Y-posterMargin
	writeLines(c, x, writeLines(c, x, y, title, 1.35, titleStyle), subtitle, 1.45, subtitleStyle)
	y -= head
	for i, f := range frames {
		at := vg.Point{X: x + vg.Length(i%columns)*(stripWidth+stripGap), Y: y - vg.Length(i/columns)*(high+stripGap/2)}
		if err := cell.draw(c, at, f); err != nil {
			return nil, err
		}
	}
	writeLines(c, x, y-vg.Length(rows)*high-vg.Length(rows-1)*stripGap/2, notes, 1.45, labelStyle)
	return cell.picture(img, frames...), nil
}

// DrawSVG implements [xainb.Printer]. Letters are outlines, so that the file looks alike wherever it is opened; the cells of a map are pixels.
func (p *poster) DrawSVG(frame int) ([]byte, error) {
	return p.sheet(sheet{width: posterWidth, margin: posterMargin, shown: []int{frame}}).DrawSVG(frame)
}

// DrawSVG implements [xainb.Printer].
func (s *sheet) DrawSVG(frame int) ([]byte, error) {
	if err := s.check(frame); err != nil {
		return nil, err
	}
	h := s.laidOut().height
	svg := vgsvg.New(s.width, h)
	c := draw.New(svg)
	c.SetColor(paper)
	c.Fill(c.Rectangle.Path())
	if err := s.draw(c, vg.Point{Y: h}, frame); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := svg.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("charts: poster as SVG: %w", err)
	}
	// vgsvg calls a PNG a JPEG, and cells that a viewer enlarges are to stay cells.
	return bytes.ReplaceAll(b.Bytes(), []byte(`xlink:href="data:image/jpg;`), []byte(`style="image-rendering:pixelated" xlink:href="data:image/png;`)), nil
}

// reducer maps pixels to the nearest colour of a palette, and remembers which that is.
type reducer struct {
	palette color.Palette
	mu      sync.Mutex
	nearest map[[4]uint8]uint8
}

func (r *reducer) reduce(img *image.RGBA) *image.Paletted {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := image.NewPaletted(img.Rect, r.palette)
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for y := range h {
		src, dst := img.Pix[y*img.Stride:][:4*w], out.Pix[y*out.Stride:][:w]
		if y > 0 && bytes.Equal(src, img.Pix[(y-1)*img.Stride:][:4*w]) { // most rows
			copy(dst, out.Pix[(y-1)*out.Stride:])
			continue
		}
		var last [4]uint8
		var at uint8
		for x := range dst {
			if key := [4]uint8(src[4*x:]); x == 0 || key != last {
				var ok bool
				if at, ok = r.nearest[key]; !ok {
					at = uint8(r.palette.Index(color.RGBA{key[0], key[1], key[2], 0xff}))
					r.nearest[key] = at
				}
				last = key
			}
			dst[x] = at
		}
	}
	return out
}
