package charts

import (
	"fmt"
	"image"
	"maps"
	"math"
	"slices"
	"strconv"
	"sync"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// still draws a panel on a poster. Lengths are CSS pixels of the page; y grows upwards.
type still interface {
	// height returns how high the picture wants to be at this width.
	height(width vg.Length, m moment) vg.Length
	// still draws the picture into c, whose size is the width and the height agreed.
	still(c draw.Canvas, m moment) error
}

// reader is a still that reads values off the frame for captions, under the names that its painter uses in the page.
type reader interface {
	read(m moment) map[string]string
}

// moment is what a still is drawn from: what its painter is given in the page.
type moment struct {
	frame  int
	tracks []*xainb.Track // from the panel's own first on
	state  map[string]any
}

// snapshot returns the frame of a track; a shorter track stays at its last. It is nil where there is no such track.
func (m moment) snapshot(track int) *xainb.Snapshot {
	if track < 0 || track >= len(m.tracks) {
		return nil
	}
	t := m.tracks[track]
	return t.At(min(m.frame, t.Len()-1))
}

// readings returns what can be said of any frame of a track: frameReadings in mount.js.
func (m moment) readings(track int) map[string]string {
	values := map[string]string{}
	if s := m.snapshot(track); s != nil {
		values["time"], values["timeName"], values["phase"] = formatTime(s.Time), first(s.TimeName, "step"), s.Phase
		for _, c := range s.Scalars {
			values[c.Name] = formatNumber(c.Value)
		}
	}
	return values
}

// resolve returns a spec's value: "$name" is the state's entry of that name, all else is itself.
func (m moment) resolve(v any) any {
	if s, ok := v.(string); ok && len(s) > 1 && s[0] == '$' {
		return m.state[s[1:]]
	}
	return v
}

// integer returns a spec's value as a whole number; what is none is 0.
func (m moment) integer(v any) int {
	switch x := m.resolve(v).(type) {
	case int:
		return x
	case float64:
		return int(x)
	}
	return 0
}

// Measures of a poster.
const (
	posterWidth  vg.Length = 720
	posterMargin vg.Length = 24
	panelGap     vg.Length = 36 // between panels in a row
	rowGap       vg.Length = 20 // between rows of panels
	panelBasis             = 280
)

var (
	titleStyle    = textStyle(17, ink, true)
	subtitleStyle = textStyle(14, muted, false)
	captionStyle  = textStyle(15, ink, false)
	labelStyle    = textStyle(12, muted, false)
)

// poster implements [xainb.Poster]: the scene as the page shows it before anybody touches it, on white.
type poster struct {
	scene *Scene
	once  sync.Once
	place posterLayout
}

// Draw implements [xainb.Poster]. All frames have the same size and, unless a photograph is among the pictures, share one palette of at
// most 255 colours, so that they stay small as PNG and can be frames of a GIF with a transparent colour.
func (p *poster) Draw(frame int) (image.Image, error) {
	n := p.frames()
	if frame < 0 || frame >= n {
		return nil, fmt.Errorf("charts: poster of frame %d: the scene has frames 0 to %d", frame, n-1)
	}
	p.once.Do(func() { p.place = p.layout() })
	l := p.place
	img := vgimg.NewWith(vgimg.UseWH(posterWidth, l.height), vgimg.UseDPI(72))
	c := draw.New(img)
	x, y := posterMargin, l.height-posterMargin
	d := &p.scene.doc
	y = writeLines(c, x, y, l.title, 1.35, titleStyle)
	y = writeLines(c, x, y, wrap(p.fill(l.subtitle, frame), l.width, subtitleStyle), 1.45, subtitleStyle)
	if len(l.title) > 0 || l.subtitle != "" {
		y -= 12
	}
	for _, row := range l.rows {
		for _, cell := range row.cells {
			box := draw.Canvas{Canvas: c, Rectangle: vg.Rectangle{
				Min: vg.Point{X: x + cell.x, Y: y - row.height}, Max: vg.Point{X: x + cell.x + cell.width, Y: y}}}
			if err := p.scene.stills[cell.panel].still(box, p.moment(cell.panel, frame)); err != nil {
				return nil, fmt.Errorf("charts: poster, panel %d: %w", cell.panel+1, err)
			}
		}
		y -= row.height + rowGap
	}
	if n > 1 {
		p.drawProgress(c, x, y-4, l.width, frame)
		y -= 26
	}
	y = writeLines(c, x, y, wrap(p.fill(l.caption, frame), l.width, captionStyle), 1.45, captionStyle)
	if note := p.note(frame); note != "" {
		lines := wrap(p.fill(note, frame), l.width-14, captionStyle)
		c.StrokeLine2(draw.LineStyle{Color: accent, Width: 2}, x+1, y-2, x+1, y-2-vg.Length(len(lines))*captionStyle.Font.Size*1.45)
		writeLines(c, x+14, y, lines, 1.45, captionStyle)
	}
	if p.inColour(frame) {
		return img.Image(), nil
	}
	return reduce(img.Image(), palette(d)), nil
}

// inColour says whether a picture has colours of its own.
func (p *poster) inColour(frame int) bool {
	for i, st := range p.scene.stills {
		if s, ok := st.(imageSpec); ok {
			if v, ok := s.view(p.moment(i, frame)); ok && v.channelStride != 0 {
				return true
			}
		}
	}
	return false
}

// frames returns the number of moments that the scene has.
func (p *poster) frames() int {
	n := 0
	for _, t := range p.scene.doc.Tracks {
		n = max(n, t.Len())
	}
	return n
}

func (p *poster) moment(panel, frame int) moment {
	d := &p.scene.doc
	base := 0
	if panel < len(d.Panels) {
		base = min(d.Panels[panel].Track, len(d.Tracks))
	}
	return moment{frame: frame, tracks: d.Tracks[base:], state: d.State}
}

// note returns what is said at a frame.
func (p *poster) note(frame int) string {
	text := ""
	for _, n := range p.scene.doc.Notes {
		if n.At <= frame {
			text = n.Text
		}
	}
	return text
}

// templates returns the subtitle and the caption that hold for the state at the start.
func (p *poster) templates() (subtitle, caption string) {
	d := &p.scene.doc
	subtitle, caption = d.Subtitle, d.Caption
	for _, c := range d.Controls {
		for _, o := range c.Options {
			if chosen, ok := d.State[c.State]; ok && chosen == o.Value {
				subtitle, caption = first(o.Subtitle, subtitle), first(o.Caption, caption)
			}
		}
	}
	return subtitle, caption
}

// fill fills a template in with what the panels read off a frame.
func (p *poster) fill(template string, frame int) []run {
	values := p.moment(0, frame).readings(0)
	values["frame"], values["frames"] = strconv.Itoa(frame+1), strconv.Itoa(p.frames())
	maps.Copy(values, p.read(frame))
	return runsOf(template, values)
}

// read returns what the panels read off a frame; of those that read the same name the first counts.
func (p *poster) read(frame int) map[string]string {
	values := map[string]string{}
	for i, st := range slices.Backward(p.scene.stills) {
		if r, ok := st.(reader); ok {
			maps.Copy(values, r.read(p.moment(i, frame)))
		}
	}
	return values
}

// posterLayout is where everything lies; it is the same for all frames.
type posterLayout struct {
	width, height     vg.Length // of the content; of the whole
	title             [][]run
	subtitle, caption string
	rows              []posterRow
}

type posterRow struct {
	height vg.Length
	cells  []posterCell
}

type posterCell struct {
	panel    int
	x, width vg.Length
}

func (p *poster) layout() posterLayout {
	l := posterLayout{width: posterWidth - 2*posterMargin}
	l.subtitle, l.caption = p.templates()
	if t := p.scene.doc.Title; t != "" {
		l.title = wrap([]run{{text: t}}, l.width, titleStyle)
	}
	l.rows = p.rows(l.width)
	l.height = 2 * posterMargin
	l.height += vg.Length(len(l.title)) * titleStyle.Font.Size * 1.35
	var sub, cap, note int
	for f := range p.frames() {
		sub = max(sub, p.lines(l.subtitle, f, l.width, subtitleStyle))
		cap = max(cap, p.lines(l.caption, f, l.width, captionStyle))
		note = max(note, p.lines(p.note(f), f, l.width-14, captionStyle))
	}
	l.height += vg.Length(sub)*subtitleStyle.Font.Size*1.45 + vg.Length(cap+note)*captionStyle.Font.Size*1.45
	if len(l.title)+sub > 0 {
		l.height += 12
	}
	for _, r := range l.rows {
		l.height += r.height + rowGap
	}
	if p.frames() > 1 {
		l.height += 26
	}
	l.height = vg.Length(math.Ceil(float64(l.height)))
	return l
}

func (p *poster) lines(template string, frame int, width vg.Length, style draw.TextStyle) int {
	if template == "" {
		return 0
	}
	return len(wrap(p.fill(template, frame), width, style))
}

// rows lays the panels out as the page does: side by side, each with its least width and its share of what is left over.
func (p *poster) rows(width vg.Length) []posterRow {
	var rows []posterRow
	panels := p.scene.doc.Panels
	for i := 0; i < len(panels); {
		used, grow, j := basis(panels[i]), panels[i].Grow, i+1
		for j < len(panels) && used+panelGap+basis(panels[j]) <= width {
			used += panelGap + basis(panels[j])
			grow += panels[j].Grow
			j++
		}
		var row posterRow
		x, free := vg.Length(0), width-used
		for k := i; k < j; k++ {
			w := basis(panels[k])
			if free < 0 {
				w += free // a single panel wider than the page
			} else if grow > 0 {
				w += free * vg.Length(panels[k].Grow/grow)
			}
			row.cells = append(row.cells, posterCell{panel: k, x: x, width: w})
			for f := range p.frames() {
				row.height = max(row.height, p.scene.stills[k].height(w, p.moment(k, f)))
			}
			x += w + panelGap
		}
		rows = append(rows, row)
		i = j
	}
	return rows
}

func basis(p xainb.Panel) vg.Length {
	if p.Basis > 0 {
		return vg.Length(p.Basis)
	}
	return panelBasis
}

// drawProgress draws the scrubber: where in the run the still stands.
func (p *poster) drawProgress(c draw.Canvas, x, y, width vg.Length, frame int) {
	where := p.where(frame)
	rail := width - textWidth(where, labelStyle) - 16
	at := x + 5 + (rail-10)*vg.Length(frame)/vg.Length(p.frames()-1)
	c.StrokeLine2(draw.LineStyle{Color: faint, Width: 1}, x, y, x+rail, y)
	c.StrokeLine2(draw.LineStyle{Color: accent, Width: 2.5}, x, y, at, y)
	c.DrawGlyphNoClip(draw.GlyphStyle{Color: accent, Radius: 5, Shape: draw.CircleGlyph{}}, vg.Point{X: at, Y: y})
	write(c, labelStyle, x+width, y, draw.XRight, draw.YCenter, where)
}

// where says where a frame stands: the algorithm's own time where it counts up, else the frame's number.
func (p *poster) where(frame int) string {
	n := p.frames()
	var t *xainb.Track
	for _, o := range p.scene.doc.Tracks {
		if o.Len() == n {
			t = o
			break
		}
	}
	for i := 1; i < n; i++ {
		if !(t.At(i).Time > t.At(i-1).Time) {
			return fmt.Sprintf("%d of %d", frame+1, n)
		}
	}
	return fmt.Sprintf("%s %s of %s", first(t.At(frame).TimeName, "step"), formatTime(t.At(frame).Time), formatTime(t.At(n-1).Time))
}
