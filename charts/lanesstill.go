package charts

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const laneGap, laneThin vg.Length = 3, 7

// laneLayout is laneArea in series_lanes.js.
type laneLayout struct{ left, right, top, high, pitch, width, bottom vg.Length }

func laneArea(width vg.Length, rows int, labels, values vg.Length, second, events bool) laneLayout {
	l := laneLayout{high: pick[vg.Length](rows <= 12, 20, pick[vg.Length](rows <= 24, 14, 10)), top: pick[vg.Length](events, 20, 4)}
	l.pitch = l.high + laneGap + pick(second, laneThin, 0)
	l.left, l.right = min(labels, max(48, width*0.24))+10, min(values, max(40, width*0.26))+12
	l.width = max(20, width-l.left-l.right)
	l.bottom = l.top + vg.Length(rows)*l.pitch - laneGap
	return l
}

func (l *lanesSpec) area(width vg.Length, t *xainb.Track) laneLayout {
	bold, labels, values := textStyle(12, ink, true), vg.Length(0), vg.Length(0)
	for _, r := range l.Rows {
		labels = max(labels, textWidth(r.Name, bold))
	}
	texts := l.States
	if texts == nil {
		texts = []string{pick(l.Null != "", "−0.00 / −0.00", "−0.00e−0")}
	}
	for _, s := range texts {
		values = max(values, textWidth(s, bold))
	}
	events := false
	for _, f := range t.Frames() {
		events = events || slices.ContainsFunc(f.Events, func(e xainb.Event) bool { return !e.IsWarning() })
	}
	return laneArea(width, len(l.Rows), labels, values, l.Null != "", events)
}

func (l *lanesSpec) usesRamp() string { return l.Ramp }

// colours are those that a poster needs beside the ramp's: of the states, and of what is veiled.
func (l *lanesSpec) colours() (out []color.RGBA) {
	for i := range l.States {
		out = append(out, stateColour(i), mix(stateColour(i), paper, 0.7))
	}
	for i := 0; i < 6 && l.States == nil; i++ {
		out = append(out, mix(rampAt(l.Ramp, float64(i)/5), paper, 0.7))
	}
	return out
}

func (l *lanesSpec) height(width vg.Length, m moment) vg.Length {
	return pictureHead + l.area(width, m.tracks[0]).bottom + axisSpace + 16
}

// value is laneValue in series_lanes.js: the largest of the values at some positions.
func (r lane) value(f *xainb.Field) float64 {
	most := math.Inf(-1)
	for _, i := range r.Of {
		if f == nil || i >= len(f.Data) || f.Data[i] != f.Data[i] {
			return math.NaN()
		}
		most = max(most, float64(f.Data[i]))
	}
	return most
}

// lanePosition is the function of that name in series_lanes.js: where a value stands on its ramp.
func lanePosition(v float64, scale [2]float64, log bool) float64 {
	if log {
		return pick(v > 0, math.Log(v/scale[0])/math.Log(scale[1]/scale[0]), 0)
	}
	return (v - scale[0]) / (scale[1] - scale[0])
}

// stateColour is the function of that name in series_lanes.js.
func stateColour(i int) color.RGBA {
	if i == 0 {
		return mix(paper, muted, 0.24)
	}
	return mix(paper, seriesColours[[]int{2, 1, 5, 4, 7, 3, 6}[(i-1)%7]], 0.8)
}

// frameEdges is the function of that name in series_lanes.js.
func frameEdges(x []float64) []float64 {
	n := len(x)
	if n < 2 {
		return []float64{x[0] - 0.5, x[0] + 0.5}
	}
	out := []float64{x[0] - (x[1]-x[0])/2}
	for i := 1; i < n; i++ {
		out = append(out, (x[i-1]+x[i])/2)
	}
	return append(out, x[n-1]+(x[n-1]-x[n-2])/2)
}

// lanesFrame is the lanes on a poster.
type lanesFrame struct {
	*lanesSpec
	c       draw.Canvas
	m       moment
	t       *xainb.Track
	a       laneLayout
	x       []float64
	edges   []float64
	axis    axisFrame
	factors []float64 // of each frame where colours follow the run
	bad     int
}

func (l *lanesSpec) still(c draw.Canvas, m moment) error {
	c.Max.Y -= pictureHead
	t := m.tracks[0]
	f := lanesFrame{lanesSpec: l, c: c, m: m, t: t, a: l.area(c.Max.X-c.Min.X, t)}
	var name string
	f.x, name = runTimes(t)
	f.edges = frameEdges(f.x)
	along := f.x
	if l.Span != nil {
		along = append(slices.Clone(f.x), l.Span[:]...)
	}
	lo, hi := extent(f.edges, along)
	if len(f.x) > 1 && f.x[1] < f.x[0] {
		lo, hi = hi, lo
	}
	f.axis = axisFrame{c: c, x0: c.Min.X + f.a.left, x1: c.Min.X + f.a.left + f.a.width, y0: c.Max.Y - f.a.bottom - 4, y1: c.Max.Y - f.a.top, xlo: lo, xhi: hi, yhi: 1}
	if fmt.Sprint(m.state[l.Mode]) == arrowNormalised {
		f.factors = normalised(l.Peaks)
	}
	f.lanes()
	f.axis.drawX(timeTicks(along, int(f.a.width/60)), name)
	f.events()
	at := min(m.frame, len(f.x)-1)
	x := f.axis.x(f.x[at])
	c.StrokeLine2(draw.LineStyle{Color: accent, Width: 1.5}, x, f.axis.y0, x, f.axis.y1+3)
	f.names(at)
	f.legend()
	write(c, labelStyle, c.Min.X, f.axis.y0-axisSpace-8, draw.XLeft, draw.YCenter, notFinite(f.bad))
	return nil
}

func (f *lanesFrame) top(r int) vg.Length { return f.axis.y1 - vg.Length(r)*f.a.pitch }

// lanes paints what has been, and pale what is still to come.
func (f *lanesFrame) lanes() {
	for i, s := range f.t.Frames() {
		here, second := s.Field(f.Field), f.second(f.t, i)
		for r, row := range f.Rows {
			if here != nil {
				f.cell(i, f.top(r), f.a.high, row.value(here))
			}
			if second != nil {
				f.cell(i, f.top(r)-f.a.high-1, laneThin-2, row.value(second))
			}
		}
	}
	for r := range f.Rows {
		f.nameStates(r)
	}
}

// second is what the values of a frame are judged against: measured less often, it stands until the next time.
func (l *lanesSpec) second(t *xainb.Track, frame int) *xainb.Field {
	for i := frame; i >= 0 && l.Null != ""; i-- {
		if x := t.At(i).Field(l.Null); x != nil {
			return x
		}
	}
	return nil
}

func (f *lanesFrame) cell(i int, top, high vg.Length, v float64) {
	fine := v-v == 0
	c := faint
	switch {
	case !fine:
		f.bad++
	case f.States != nil:
		c = stateColour(int(v))
	case f.factors != nil:
		c = rampAt(f.Ramp, v*f.factors[min(i, len(f.factors)-1)])
	default:
		c = rampAt(f.Ramp, lanePosition(v, f.Range, f.Log))
	}
	round := func(v vg.Length) vg.Length { return vg.Length(math.Round(float64(v))) }
	a, b := round(f.axis.x(f.edges[i])), round(f.axis.x(f.edges[i+1]))
	now := round(f.axis.x(f.x[min(f.m.frame, len(f.x)-1)]))
	for _, part := range []struct {
		from, to vg.Length
		colour   color.RGBA
	}{{a, min(b, now), c}, {max(a, now), b, mix(c, paper, 0.7)}} {
		if part.to > part.from {
			f.c.FillPolygon(part.colour, rectangle(part.from, round(top-high), part.to-part.from, high))
		}
	}
}

// nameStates writes the name of a state into each stretch that has room for it.
func (f *lanesFrame) nameStates(r int) {
	if f.States == nil || f.a.high < 14 {
		return
	}
	value := func(i int) float64 { return f.Rows[r].value(f.t.At(i).Field(f.Field)) }
	for from := 0; from < len(f.x); {
		v, to := value(from), from+1
		for to < len(f.x) && value(to) == v {
			to++
		}
		a, b := f.axis.x(f.edges[from]), f.axis.x(f.edges[to])
		if text := stateName(f.States, v, ""); text != "" && v > 0 && b-a >= textWidth(text, labelStyle)+10 {
			veiled := from > f.m.frame
			write(f.c, textStyle(12, pick(veiled, muted, inkOn(stateColour(int(v)))), false), a+5, f.top(r)-f.a.high/2, draw.XLeft, draw.YCenter, text)
		}
		from = to
	}
}

func (f *lanesFrame) events() {
	free := f.axis.x0 - 20
	for i, s := range f.t.Frames() {
		at := slices.IndexFunc(s.Events, func(e xainb.Event) bool { return !e.IsWarning() })
		if at < 0 {
			continue
		}
		x, text := f.axis.x(f.x[i]), s.Events[at].Name
		w := textWidth(text, labelStyle)
		f.c.StrokeLine2(draw.LineStyle{Color: muted, Width: 1}, x, f.axis.y1+1, x, f.axis.y1+5)
		from := max(f.axis.x0, min(x-w/2, f.axis.x1-w))
		if from >= free && w <= f.a.width {
			write(f.c, labelStyle, from, f.axis.y1+6, draw.XLeft, draw.YBottom, text)
			free = from + w + 8
		}
	}
}

// names writes the lanes' names and their values of now.
func (f *lanesFrame) names(at int) {
	bold := textStyle(12, ink, true)
	for r, row := range f.Rows {
		y := f.top(r) - f.a.high/2
		if f.a.pitch < 13 && r%2 == 1 {
			continue
		}
		write(f.c, labelStyle, f.axis.x0-8, y, draw.XRight, draw.YCenter, shorten(row.Name, f.a.left-10, labelStyle))
		write(f.c, bold, f.axis.x1+8, y, draw.XLeft, draw.YCenter, shorten(f.text(at, row), f.a.right-10, bold))
	}
}

// text is the value of a lane in words.
func (f *lanesFrame) text(at int, row lane) string {
	x := f.t.At(at).Field(f.Field)
	if x == nil {
		return ""
	}
	v := row.value(x)
	if f.States != nil {
		return stateName(f.States, v, "–")
	}
	text := formatNumber(v)
	if second := f.second(f.t, at); second != nil {
		text += " / " + formatNumber(row.value(second))
	}
	return text
}

func stateName(states []string, v float64, unknown string) string {
	if i := int(v); v == float64(i) && i >= 0 && i < len(states) {
		return states[i]
	}
	return unknown
}

func (f *lanesFrame) legend() {
	x, y := f.c.Min.X, f.c.Max.Y+pictureHead-9
	text := func(s string) {
		write(f.c, labelStyle, x, y, draw.XLeft, draw.YCenter, s)
		x += textWidth(s, labelStyle) + 8
	}
	text(strings.Join(slices.DeleteFunc([]string{f.Name, f.Note}, func(s string) bool { return s == "" }), ", "))
	x += 6
	if f.States != nil {
		for i, name := range f.States {
			if f.hasState(i) {
				f.c.FillPolygon(stateColour(i), rectangle(x, y-6, 12, 12))
				x += 18
				text(name)
				x += 8
			}
		}
		return
	}
	follows := f.factors != nil
	text(pick(follows, "far below the frames before", endText(f.Range[0])))
	for i := range 112 {
		f.c.FillPolygon(rampAt(f.Ramp, float64(i)/111), rectangle(x+vg.Length(i), y-3, 1.2, 6))
	}
	x += 120
	text(pick(follows, "far above", endText(f.Range[1])+pick(f.Log, ", logarithmic", "")))
	if f.Null != "" {
		x += 8
		text("thin: " + f.Null)
	}
}

func (f *lanesFrame) hasState(state int) bool {
	for _, s := range f.t.Frames() {
		for _, row := range f.Rows {
			if row.value(s.Field(f.Field)) == float64(state) {
				return true
			}
		}
	}
	return false
}

func (l *lanesSpec) read(m moment) map[string]string {
	s := m.snapshot(0)
	of := func(f *xainb.Field) []float64 {
		out := make([]float64, len(l.Rows))
		for i, r := range l.Rows {
			out[i] = r.value(f)
		}
		return out
	}
	var against []float64
	if second := l.second(m.tracks[0], min(m.frame, m.tracks[0].Len()-1)); second != nil {
		against = of(second)
	}
	chosen := slices.IndexFunc(l.Rows, func(r lane) bool { return m.state[l.Select] == r.Name })
	return called(l.As, laneReadings(l.Rows, of(s.Field(l.Field)), against, l.States, chosen, l.Field, l.Null))
}

// laneReadings is the function of that name in series_lanes.js.
func laneReadings(rows []lane, values, against []float64, states []string, chosen int, name, second string) map[string]string {
	fine := func(v float64) bool { return v-v == 0 }
	stateOf := func(v float64) string { return stateName(states, v, "unknown") }
	if states != nil && chosen < 0 {
		var odd []string
		any := false
		for i, v := range values {
			if fine(v) {
				any = true
				if v != 0 {
					odd = append(odd, rows[i].Name+" "+stateOf(v))
				}
			}
		}
		said := pick(any, "all "+stateOf(0), "nothing yet")
		if n := len(odd); n > 0 {
			said = strings.Join(odd[:min(3, n)], ", ") + pick(n > 3, " and "+strconv.Itoa(n-3)+" more", "")
		}
		return map[string]string{"said": said}
	}
	i := chosen
	if i < 0 {
		least := math.Inf(1)
		for k, v := range values {
			if !fine(v) {
				continue
			}
			at := -v
			if against != nil {
				at = pick(fine(against[k]), v-against[k], math.Inf(1))
			}
			if i < 0 || at < least {
				i, least = k, at
			}
		}
	}
	if i < 0 {
		return map[string]string{"said": "nothing yet"}
	}
	if math.IsNaN(values[i]) {
		return map[string]string{"said": rows[i].Name + " has no " + name + " yet"}
	}
	out := map[string]string{"feature": rows[i].Name, "value": formatNumber(values[i])}
	switch {
	case states != nil:
		out["value"] = stateOf(values[i])
		out["said"] = rows[i].Name + " is " + out["value"]
	case against != nil && !math.IsNaN(against[i]):
		out["null"] = formatNumber(against[i])
		out["said"] = fmt.Sprintf("the %s of %s is %s, against %s of the %s", name, rows[i].Name, out["value"], out["null"], second)
	case chosen >= 0:
		out["said"] = fmt.Sprintf("the %s of %s is %s", name, rows[i].Name, out["value"])
	default:
		out["said"] = fmt.Sprintf("%s has the largest %s, %s", rows[i].Name, name, out["value"])
	}
	return out
}
