package charts

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/xainb/gonb-xai/xainb"
)

// Scene is a track with a way to draw it. The functions of this package make scenes; the methods change what is said around
// the picture and return the scene, so that calls can be chained. A scene carries its first error to show.Cell.
type Scene struct {
	doc    xainb.Document
	stills []still // one a panel
	err    error
	varied *varied   // if not nil, what the scene varies into
	times  []float64 // of the moments, where runs are matched by them
	name   string    // of the function that made it, "" where that makes scenes of others
	unused []idleOption
}

// panel adds a picture to the scene, with its still.
func (s *Scene) panel(p xainb.Panel, st still, scripts ...xainb.Script) {
	s.doc.Panels = append(s.doc.Panels, p)
	s.stills = append(s.stills, st)
	s.use(scripts...)
}

// use adds scripts that the document does not have yet.
func (s *Scene) use(scripts ...xainb.Script) {
	for _, script := range scripts {
		if !slices.ContainsFunc(s.doc.Scripts, func(o xainb.Script) bool { return o.Name == script.Name }) {
			s.doc.Scripts = append(s.doc.Scripts, script)
		}
	}
}

// needs adds libraries that the document does not have yet.
func (s *Scene) needs(libraries ...string) {
	for _, l := range libraries {
		if !slices.Contains(s.doc.Libraries, l) {
			s.doc.Libraries = append(s.doc.Libraries, l)
		}
	}
}

func newDocument() xainb.Document {
	return xainb.Document{State: map[string]any{}, Bits: map[string]int{}, Blend: map[string]xainb.Easing{}}
}

// newScene starts a scene of a source; where there is nothing to draw the scene carries the reason, under its name unless that is "".
func newScene(src xainb.Source, name string) (*Scene, *xainb.Track) {
	s := &Scene{doc: newDocument(), name: name}
	var t *xainb.Track
	if src != nil {
		t = src.Track()
	}
	if t.Len() == 0 {
		if s.err = t.Err(); s.err == nil || s.err == xainb.ErrNoFrames {
			s.err = inside(name, xainb.ErrNoFrames)
		}
		return s, t
	}
	s.doc.Tracks = []*xainb.Track{t}
	s.from(t)
	return s, t
}

// insideError is an error of a part of a scene.
type insideError struct {
	text string
	err  error
}

func (e *insideError) Error() string { return e.text }
func (e *insideError) Unwrap() error { return e.err }

// inside says where in a scene an error is: "charts: Row: scene 1: Heatmap: …", with the name of the package once.
func inside(where string, err error) error {
	return &insideError{"charts: " + where + pick(where == "", "", ": ") + strings.TrimPrefix(err.Error(), "charts: "), err}
}

// from notes the runs that the scene draws, each once.
func (s *Scene) from(runs ...*xainb.Track) {
	for _, t := range runs {
		if !slices.Contains(s.doc.Sources, t) {
			s.doc.Sources = append(slices.Clip(s.doc.Sources), t)
		}
	}
}

// fail keeps the first error and returns the scene.
func (s *Scene) fail(err error) *Scene {
	if s != nil && s.err == nil {
		s.err = err
	}
	return s
}

// each changes the scene and the variants that a reader can choose instead of it.
func (s *Scene) each(change func(*Scene)) *Scene {
	if s == nil {
		return s // Err says so
	}
	change(s)
	if s.varied != nil {
		for _, o := range s.varied.others {
			change(o)
		}
	}
	return s
}

// Title sets the title: best a question that the picture answers.
func (s *Scene) Title(text string) *Scene { return s.each(func(s *Scene) { s.doc.Title = text }) }

// Subtitle sets the template of the sentence under the title: how to read the picture.
func (s *Scene) Subtitle(template string) *Scene {
	return s.each(func(s *Scene) { s.doc.Subtitle = template })
}

// Caption sets the template of the sentence under the controls (see [xainb.Document]).
func (s *Scene) Caption(template string) *Scene {
	return s.each(func(s *Scene) { s.doc.Caption = template })
}

// Seconds sets how long a frame stays at speed 1.
func (s *Scene) Seconds(perFrame float64) *Scene {
	return s.each(func(s *Scene) { s.doc.Seconds = perFrame })
}

// Err returns the first error of the run or of the making of the scene.
func (s *Scene) Err() error {
	if s == nil {
		return errors.New("charts: the scene is nil")
	}
	if s.err != nil {
		return s.err
	}
	for _, t := range s.doc.Tracks {
		if err := t.Err(); err != nil {
			return err
		}
	}
	return nil
}

// Document implements [xainb.Scene].
func (s *Scene) Document() (*xainb.Document, error) {
	if s == nil {
		return nil, s.Err()
	}
	if s.err != nil {
		return nil, s.err
	}
	if len(s.doc.Panels) == 0 {
		return nil, errors.New("charts: the scene has no panels")
	}
	d := cloned(s.doc)
	for _, t := range d.Tracks {
		if err := drawable(t); err != nil {
			return nil, err
		}
		if err := t.Err(); err != nil {
			d.Warnings = append(d.Warnings, fmt.Sprintf("The run ended early: %v. The %d frames before that are kept.", err, t.Len()))
		}
		d.Warnings = append(d.Warnings, t.Warnings()...)
	}
	d.Warnings = append(d.Warnings, (&poster{scene: &Scene{doc: d, stills: s.stills}}).unfilled()...)
	for _, u := range s.unused {
		d.Warnings = append(d.Warnings, u.String())
	}
	d.Translations = translated(d.Translations, d.Warnings)
	slices.Sort(d.Warnings)
	d.Warnings = slices.Compact(d.Warnings)
	slices.SortStableFunc(d.Asks, func(a, b xainb.Ask) int { return a.At - b.At })
	if len(d.Chapters) == 0 {
		d.Chapters = phaseChapters(&d)
	}
	stills := slices.Clone(s.stills)
	oneLegend(d.Panels, stills)
	d.Poster = &poster{scene: &Scene{doc: d, stills: stills}}
	if s.varied != nil {
		if err := s.varied.put(&d); err != nil {
			return nil, err
		}
	}
	return &d, nil
}

// cloned returns a document that stays as it is when the scene goes on.
func cloned(d xainb.Document) xainb.Document {
	d.Tracks, d.Sources, d.Align = slices.Clone(d.Tracks), slices.Clone(d.Sources), slices.Clone(d.Align)
	d.Panels, d.Controls, d.Warnings = slices.Clone(d.Panels), slices.Clone(d.Controls), slices.Clone(d.Warnings)
	d.Notes, d.Asks, d.Chapters = slices.Clone(d.Notes), slices.Clone(d.Asks), slices.Clone(d.Chapters)
	d.Scripts, d.Libraries = slices.Clone(d.Scripts), slices.Clone(d.Libraries)
	own := d.Translations
	d.Translations = map[string]map[string]string{}
	joinTranslations(d.Translations, own)
	d.State, d.Bits, d.Blend = maps.Clone(d.State), maps.Clone(d.Bits), maps.Clone(d.Blend)
	return d
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// options holds what a scene can be told when it is made.
type options struct {
	field   string
	numbers []string
	state   map[string]any
	bits    int
	top     int
	trail   int
	ramp    string
	align   string
	err     error // the first wrong value
	alone   bool  // no small pictures beside a heat map
	level   *float64

	trailSet bool
	drop     *[2]float64 // a particle
	moves    bool
	fields   []string
	marks    []string
	modes    []float64
	column   int
	took     []time.Duration

	way       string // a field of two values that is followed over a plane
	energyBar bool
	byLayer   bool
	log       bool

	attention attentionOptions
}

// Option is a choice of how a scene is drawn.
type Option func(*options)

func optionsOf(opts []Option) options {
	o := options{state: map[string]any{}}
	for _, f := range opts {
		if f != nil {
			f(&o)
		}
	}
	return o
}

// want keeps the first wrong value as a sentence.
func (o *options) want(ok bool, format string, args ...any) {
	if !ok && o.err == nil {
		o.err = fmt.Errorf("charts: "+format, args...)
	}
}

// apply hands what the options set to the scene, wrong values as its error.
func (o options) apply(s *Scene, fields ...string) {
	if o.err != nil {
		s.fail(o.err)
	}
	o.known(s)
	o.idle(s)
	maps.Copy(s.doc.State, o.state)
	if o.bits > 0 {
		for _, f := range fields {
			s.doc.Bits[f] = o.bits
		}
	}
}

// known makes an error of a name that no run of the scene has, whatever the scene does with it.
func (o options) known(s *Scene) {
	has := func(name string) bool {
		return slices.ContainsFunc(s.doc.Sources, func(t *xainb.Track) bool {
			return t.Schema().Field(name) != nil || slices.Contains(t.Schema().Scalars, name)
		})
	}
	for _, asked := range []struct {
		option string
		names  []string
	}{{"Field", []string{o.field}}, {"Fields", o.fields}, {"Numbers", o.numbers}, {"Marks", o.marks}} {
		for _, name := range asked.names {
			if name != "" && len(s.doc.Sources) > 0 && !has(name) {
				s.fail(fmt.Errorf("charts: %s(%q): the run has no such name; it has %s", asked.option, name, contents(s.doc.Sources[0])))
			}
		}
	}
}

// Field chooses the field to draw where a track has several.
func Field(name string) Option { return func(o *options) { o.field = name } }

// Numbers chooses the scalars that [Lines] draws, in this order.
func Numbers(names ...string) Option { return func(o *options) { o.numbers = names } }

// Bits sets how many bits a value keeps in the page: 1 to 16, or 32 for lossless. The default is 8.
func Bits(n int) Option {
	return func(o *options) {
		o.bits = n
		o.want(n >= 0 && n <= 16 || n == 32, "Bits(%d): give 1 to 16, or 32 for lossless", n)
	}
}

// Ramp chooses the colours of pictures: "heat", "ink", "diverging" (red above zero, blue below), "quiet" (sand below, blue above the centre), "pale" (its blue alone), "viridis" or
// "cividis". All but the last two begin, or have their centre, at the page's own background, so that zero is nothing in light pages and in dark ones; viridis and
// cividis are the same on both, and zero has their darkest colour.
func Ramp(name string) Option {
	return func(o *options) {
		if _, ok := ramps[name]; ok {
			o.ramp = name
		} else {
			o.want(name == "", "Ramp(%q): there are %s", name, list(slices.Sorted(maps.Keys(ramps))))
		}
	}
}

// rampOr returns the ramp asked for, or another.
func (o options) rampOr(usual string) string { return first(o.ramp, usual) }

// Top limits a ranking to its n strongest entries.
func Top(n int) Option {
	return func(o *options) {
		o.top = n
		o.want(n >= 0, "Top(%d): give a positive number", n)
	}
}
