package charts

import (
	"fmt"
	"image"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
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
	frame  int             // of the first track
	tracks []*xainb.Track  // from the panel's own first on
	frames []int           // of each track; nil: frame, or its last
	clock  *xainb.Snapshot // whose time is said under the picture; nil where it is this one's
	state  map[string]any
}

// snapshot returns the frame of a track. It is nil where there is no such track.
func (m moment) snapshot(track int) *xainb.Snapshot {
	if track < 0 || track >= len(m.tracks) {
		return nil
	}
	t := m.tracks[track]
	if m.frames != nil {
		return t.At(m.frames[track])
	}
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
	panelGap     vg.Length = 36  // between panels in a row
	rowGap       vg.Length = 20  // between rows of panels
	panelBasis   vg.Length = 280 // of a panel that names none

	progressHeight vg.Length = 26
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
	all   *sheet
}

// Draw implements [xainb.Poster]. All frames have the same size and, unless a photograph is among the pictures, share one palette of at
// most 255 colours, so that they stay small as PNG and can be frames of a GIF with a transparent colour.
func (p *poster) Draw(frame int) (image.Image, error) { return p.whole().Draw(frame) }

// whole returns the sheet of all frames.
func (p *poster) whole() *sheet {
	p.once.Do(func() {
		s := sheet{width: posterWidth, margin: posterMargin}
		for i := range p.frames() {
			s.shown = append(s.shown, i)
		}
		p.all = p.sheet(s)
	})
	return p.all
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
func (p *poster) frames() int { return p.scene.doc.Moments() }

// moment returns what a panel is drawn from at a moment of the document.
func (p *poster) moment(panel, at int) moment {
	d := &p.scene.doc
	base := 0
	if panel < len(d.Panels) {
		base = min(d.Panels[panel].Track, len(d.Tracks))
	}
	m := moment{tracks: d.Tracks[base:], state: d.State}
	for k := range m.tracks {
		m.frames = append(m.frames, d.Frame(base+k, at))
	}
	if len(m.frames) > 0 {
		m.frame = m.frames[0]
	}
	if len(d.Tracks) > 1 {
		long := d.Longest()
		m.clock = d.Tracks[long].At(d.Frame(long, at))
	}
	return m
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

// fill fills a template in with what can be said of a frame.
func (p *poster) fill(template string, frame int) []run { return runsOf(template, p.values(frame)) }

// values returns what the panels read off a frame, and what can be said of any.
func (p *poster) values(frame int) map[string]string {
	values := p.moment(len(p.scene.doc.Panels), frame).readings(0) // of the document's first track, as in the page
	values["frame"], values["frames"] = strconv.Itoa(frame+1), strconv.Itoa(p.frames())
	maps.Copy(values, p.read(frame))
	return values
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

// posterCell is where a panel stands: y counts downwards.
type posterCell struct {
	panel               int
	x, y, width, height vg.Length
}

// place lays panels out as the page does, and returns how high they are together.
func (p *poster) place(l xainb.Layout, width vg.Length) (cells []posterCell, height vg.Length) {
	if len(l.Parts) == 0 {
		cell := posterCell{panel: l.Panel, width: width}
		for f := range p.frames() {
			cell.height = max(cell.height, p.scene.stills[l.Panel].height(width, p.moment(l.Panel, f)))
		}
		return []posterCell{cell}, cell.height
	}
	for i := 0; i < len(l.Parts); {
		if i > 0 {
			height += rowGap
		}
		parts, widths := l.Parts[i:i+1], []vg.Length{width}
		if !l.Column {
			parts, widths = p.row(l.Parts[i:], width)
		}
		x, high := vg.Length(0), vg.Length(0)
		for k, part := range parts {
			inside, h := p.place(part, widths[k])
			for _, c := range inside {
				c.x, c.y = c.x+x, c.y+height
				cells = append(cells, c)
			}
			x, high = x+widths[k]+panelGap, max(high, h)
		}
		height += high
		i += len(parts)
	}
	return cells, height
}

// row returns the parts that fit side by side, each with its least width and its share of what is left over.
func (p *poster) row(parts []xainb.Layout, width vg.Length) ([]xainb.Layout, []vg.Length) {
	used, grow, n := vg.Length(-panelGap), 0.0, 0
	for _, part := range parts {
		g, w := p.share(part)
		if n > 0 && used+panelGap+w > width {
			break
		}
		used, grow, n = used+panelGap+w, grow+g, n+1
	}
	var widths []vg.Length
	free := width - used
	for _, part := range parts[:n] {
		g, w := p.share(part)
		if free < 0 {
			w += free // a single part wider than the page
		} else if grow > 0 {
			w += free * vg.Length(g/grow)
		}
		widths = append(widths, w)
	}
	return parts[:n], widths
}

// share returns a part's share of a row and its least width. Panels in a row have together the share of all, in a column that of the
// largest; either is as wide as the widest.
func (p *poster) share(l xainb.Layout) (grow float64, basis vg.Length) {
	if len(l.Parts) == 0 {
		panel := p.scene.doc.Panels[l.Panel]
		return panel.Grow, pick(panel.Basis > 0, vg.Length(panel.Basis), panelBasis)
	}
	for _, part := range l.Parts {
		g, w := p.share(part)
		grow, basis = pick(l.Column, max(grow, g), grow+g), max(basis, w)
	}
	return grow, basis
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

// where says where a moment stands: the algorithm's own time where it counts up, else the moment's number.
func (p *poster) where(at int) string {
	d, n, long := &p.scene.doc, p.frames(), p.scene.doc.Longest()
	frame := func(i int) *xainb.Snapshot { return d.Tracks[long].At(d.Frame(long, i)) }
	for i := 1; i < n; i++ {
		if !(frame(i).Time > frame(i-1).Time) {
			return fmt.Sprintf("%d of %d", at+1, n)
		}
	}
	return fmt.Sprintf("%s %s of %s", first(frame(at).TimeName, "step"), formatTime(frame(at).Time), formatTime(frame(n-1).Time))
}
