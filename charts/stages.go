package charts

import (
	_ "embed" // the painter's JavaScript
	"errors"
	"fmt"
	"image/color"
	"slices"
	"strconv"

	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

//go:embed stages.js
var stagesJS string

// stagesSpec is the spec of painter "stages" (stages.js) and its still.
type stagesSpec struct{ route }

// Stages draws the phases of a run in the order of their first appearance and lights the current one. Phases that come again and
// again, once a layer or once an epoch, are underlined as a loop, with a counter.
//
// Captions can use {stage}, {round} and {rounds}.
func Stages(src xainb.Source, opts ...Option) *Scene {
	s, t := newScene(src, "Stages")
	if s.err != nil {
		return s
	}
	route := routeOf(t)
	if len(route.stages) == 0 {
		return s.fail(errors.New("charts: Stages: no frame of the run has a phase: set Snapshot.Phase in the steps"))
	}
	s.addStages(route)
	s.shipOnly(t)
	optionsOf(opts).apply(s)
	s.Title("Where in the algorithm are we?")
	s.Subtitle("The current stage is lit.")
	s.Caption("Now: **{stage}**.")
	s.doc.Summary = s.say("The stages are %s.", listed(route.stages))
	if n := len(route.stages); n > 24 {
		s.doc.Summary = s.say("%d stages, from %s to %s.", n, route.stages[0], route.stages[n-1])
	}
	if route.loopFrom >= 0 {
		s.Subtitle("The current stage is lit; what is underlined comes again and again.")
		s.Caption("Now: **{stage}**, round {round} of {rounds}.")
	}
	return s
}

func (s *Scene) addStages(r route) {
	s.use(partsScript)
	s.panel(xainb.Panel{Painter: "stages", Grow: 1, Basis: ownRow, Spec: stagesSpec{}}, stagesSpec{r}, xainb.Script{Name: "stages", Source: stagesJS})
}

// route is the way through the phases, the twin of Route in stages.js.
type route struct {
	stages           []string
	at, entered      []int // of each frame: its stage or -1, the frame at which the stay began
	rounds           []int // how often the loop had been entered
	loopFrom, loopTo int   // first and last stage of the loop, -1 without one
}

func routeOf(t *xainb.Track) route {
	r := route{loopFrom: -1, loopTo: -1}
	var visits []int
	for i, f := range t.Frames() {
		s := -1
		if f.Phase != "" {
			if s = slices.Index(r.stages, f.Phase); s < 0 {
				s = len(r.stages)
				r.stages, visits = append(r.stages, f.Phase), append(visits, 0)
			}
		}
		begun := i
		if i > 0 && r.at[i-1] == s {
			begun = r.entered[i-1]
		} else if s >= 0 {
			visits[s]++
		}
		r.at, r.entered = append(r.at, s), append(r.entered, begun)
	}
	for s, n := range visits {
		if n > 1 {
			if r.loopFrom < 0 {
				r.loopFrom = s
			}
			r.loopTo = s
		}
	}
	round := 0
	for i, s := range r.at {
		if s >= 0 && s == r.loopFrom && r.entered[i] == i {
			round++
		}
		r.rounds = append(r.rounds, round)
	}
	return r
}

func (r route) inLoop(s int) bool { return r.loopFrom >= 0 && s >= r.loopFrom && s <= r.loopTo }

// passed says whether a stage has been passed: in a loop, since the loop began anew.
func (r route) passed(s, frame int) bool {
	for i := frame; i >= 0; i-- {
		if r.at[i] == s {
			return true
		}
		if r.inLoop(s) && r.at[i] == r.loopFrom && r.entered[i] == i {
			return false
		}
	}
	return false
}

var stageStyle = textStyle(14, ink, false)

const (
	stageRow   vg.Length = 30
	arrowWidth vg.Length = 26
)

// place is where a stage stands on a poster.
type stagePlace struct {
	stage int // -1: the counter of the loop
	text  string
	x     vg.Length
	line  int
}

// layout sets the stages in lines; far from the current one, many stages are left out.
func (r route) layout(width vg.Length, frame int, counter string) []stagePlace {
	var out []stagePlace
	x, line := vg.Length(0), 0
	add := func(stage int, text string, w vg.Length) {
		if x > 0 && x+w > width {
			x, line = 0, line+1
		}
		out = append(out, stagePlace{stage, text, x, line})
		x += w
	}
	for s, name := range r.stages {
		if len(r.stages) > 24 && max(s-r.at[frame], r.at[frame]-s) > 8 {
			continue
		}
		add(s, name, textWidth(name, stageStyle)+pick(s > 0, arrowWidth, 0))
		if s == r.loopTo && counter != "" {
			add(-1, counter, 20+textWidth(counter, labelStyle))
		}
	}
	return out
}

func (r route) counter(t *xainb.Track, frame int) string {
	if r.loopFrom < 0 {
		return ""
	}
	total, round := r.rounds[len(r.rounds)-1], r.rounds[frame]
	if round == 0 {
		return fmt.Sprintf("%d times", total)
	}
	name := "round"
	if s := t.At(frame); s.TimeName != "" && s.Time == float64(round) {
		name = s.TimeName
	}
	return fmt.Sprintf("%s %d of %d", name, round, total)
}

func (r stagesSpec) height(width vg.Length, m moment) vg.Length {
	lines, frame := 1, min(m.frame, len(r.at)-1)
	if l := r.layout(width, frame, r.counter(m.tracks[0], frame)); len(l) > 0 {
		lines = l[len(l)-1].line + 1
	}
	return vg.Length(lines) * stageRow
}

func (r stagesSpec) read(m moment) map[string]string {
	i := min(m.frame, len(r.at)-1)
	out := map[string]string{"stage": "", "round": strconv.Itoa(r.rounds[i]), "rounds": strconv.Itoa(r.rounds[len(r.rounds)-1])}
	if r.at[i] >= 0 {
		out["stage"] = r.stages[r.at[i]]
	}
	return out
}

func (r stagesSpec) still(c draw.Canvas, m moment) error {
	t, frame := m.tracks[0], min(m.frame, len(r.at)-1)
	line := draw.LineStyle{Color: mix(paper, ink, 0.42), Width: 1}
	for _, p := range r.layout(c.Max.X-c.Min.X, frame, r.counter(t, frame)) {
		x, y := c.Min.X+p.x, c.Max.Y-stageRow*(vg.Length(p.line)+0.5)
		if p.stage < 0 {
			write(c, labelStyle, x+8, y, draw.XLeft, draw.YCenter, p.text)
			continue
		}
		from := x
		if p.stage > 0 {
			c.StrokeLine2(line, x+5, y, x+20, y)
			c.StrokeLines(line, []vg.Point{{X: x + 17, Y: y - 3}, {X: x + 20.5, Y: y}, {X: x + 17, Y: y + 3}})
			x += arrowWidth
			if p.stage == r.loopFrom {
				from = x
			}
		}
		colour := muted
		if p.stage == r.at[frame] {
			colour = accent
		} else if r.passed(p.stage, frame) {
			colour = ink
		}
		write(c, textStyle(14, color.RGBA(colour), false), x, y, draw.XLeft, draw.YCenter, p.text)
		if r.inLoop(p.stage) {
			c.StrokeLine2(draw.LineStyle{Color: faint, Width: 1.5}, from, y-12, x+textWidth(p.text, stageStyle), y-12)
		}
	}
	return nil
}
