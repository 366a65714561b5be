package charts

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// Scene is a track with a way to draw it. The functions of this package make scenes; the methods change what is said around
// the picture and return the scene, so that calls can be chained. A scene carries its first error to show.Cell.
type Scene struct {
	doc    xainb.Document
	stills []still // one a panel
	err    error
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

func newDocument() xainb.Document {
	return xainb.Document{State: map[string]any{}, Bits: map[string]int{}, Blend: map[string]xainb.Easing{}}
}

// newScene starts a scene of a source; where there is nothing to draw the scene carries the reason.
func newScene(src xainb.Source) (*Scene, *xainb.Track) {
	s := &Scene{doc: newDocument()}
	var t *xainb.Track
	if src != nil {
		t = src.Track()
	}
	if t.Len() == 0 {
		s.err = t.Err()
		if s.err == nil {
			s.err = fmt.Errorf("charts: %w", xainb.ErrNoFrames)
		}
		return s, t
	}
	s.doc.Tracks = []*xainb.Track{t}
	return s, t
}

// fail keeps the first error and returns the scene.
func (s *Scene) fail(err error) *Scene {
	if s.err == nil {
		s.err = err
	}
	return s
}

// Title sets the title: best a question that the picture answers.
func (s *Scene) Title(text string) *Scene { s.doc.Title = text; return s }

// Subtitle sets the sentence under the title: how to read the picture.
func (s *Scene) Subtitle(text string) *Scene { s.doc.Subtitle = text; return s }

// Caption sets the template of the sentence under the controls (see [xainb.Document]).
func (s *Scene) Caption(template string) *Scene { s.doc.Caption = template; return s }

// Note says a sentence from frame at on (counted from 0), until the next note.
func (s *Scene) Note(at int, text string) *Scene {
	n := 0
	for _, t := range s.doc.Tracks {
		n = max(n, t.Len())
	}
	if n > 0 && (at < 0 || at >= n) {
		return s.fail(fmt.Errorf("charts: Note at frame %d: the scene has frames 0 to %d", at, n-1))
	}
	s.doc.Notes = append(s.doc.Notes, xainb.Note{At: at, Text: text})
	slices.SortStableFunc(s.doc.Notes, func(a, b xainb.Note) int { return a.At - b.At })
	return s
}

// Seconds sets how long a frame stays at speed 1.
func (s *Scene) Seconds(perFrame float64) *Scene { s.doc.Seconds = perFrame; return s }

// Predict asks a question to be answered before playing; when the run has played to its end the reveal is said, a template as
// in [Scene.Caption] where {guess} is the answer chosen.
func (s *Scene) Predict(question, reveal string, answers ...string) *Scene {
	if len(answers) == 0 {
		return s.fail(fmt.Errorf("charts: Predict(%q): there are no answers to choose from", question))
	}
	c := xainb.Control{Kind: "predict", State: "guess", Label: question, Reveal: reveal}
	for _, a := range answers {
		c.Options = append(c.Options, xainb.Option{Value: a, Label: a})
	}
	s.doc.Controls = append([]xainb.Control{c}, s.doc.Controls...)
	return s
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
	d := s.doc
	d.Poster = &poster{scene: s}
	d.Warnings = slices.Clone(d.Warnings)
	for _, t := range d.Tracks {
		if err := t.Err(); err != nil {
			d.Warnings = append(d.Warnings, fmt.Sprintf("The run ended early: %v. The %d frames before that are kept.", err, t.Len()))
		}
		d.Warnings = append(d.Warnings, t.Warnings()...)
	}
	slices.Sort(d.Warnings)
	d.Warnings = slices.Compact(d.Warnings)
	return &d, nil
}

// Row puts scenes side by side on one clock. Title, caption and notes are those of the first scene that has them; entries of the
// state with the same name are shared, so that one selection serves all.
func Row(scenes ...*Scene) *Scene {
	out := &Scene{doc: newDocument()}
	if len(scenes) == 0 {
		return out.fail(errors.New("charts: Row of no scenes"))
	}
	for i, s := range scenes {
		if s == nil || s.err != nil {
			return out.fail(fmt.Errorf("charts: Row: scene %d: %w", i+1, s.Err()))
		}
		out.join(s)
	}
	return out
}

func (s *Scene) join(o *Scene) {
	d, base := &s.doc, len(s.doc.Tracks)
	d.Title, d.Subtitle, d.Caption = first(d.Title, o.doc.Title), first(d.Subtitle, o.doc.Subtitle), first(d.Caption, o.doc.Caption)
	d.Summary, d.Seconds = first(d.Summary, o.doc.Summary), max(d.Seconds, o.doc.Seconds)
	maps.Copy(d.Blend, o.doc.Blend)
	d.Start = max(d.Start, o.doc.Start)
	d.Tracks = append(d.Tracks, o.doc.Tracks...)
	for _, p := range o.doc.Panels {
		p.Track += base
		d.Panels = append(d.Panels, p)
	}
	s.stills = append(s.stills, o.stills...)
	for k, v := range o.doc.State {
		if _, ok := d.State[k]; !ok {
			d.State[k] = v
		}
	}
	for k, bits := range o.doc.Bits {
		d.Bits[k] = max(d.Bits[k], bits)
	}
	for _, c := range o.doc.Controls {
		if !slices.ContainsFunc(d.Controls, func(e xainb.Control) bool { return e.State == c.State }) {
			d.Controls = append(d.Controls, c)
		}
	}
	if len(d.Notes) == 0 {
		d.Notes = slices.Clone(o.doc.Notes)
	}
	s.use(o.doc.Scripts...)
	for _, l := range o.doc.Libraries {
		if !slices.Contains(d.Libraries, l) {
			d.Libraries = append(d.Libraries, l)
		}
	}
	d.Warnings = append(d.Warnings, o.doc.Warnings...)
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// options holds what a scene can be told when it is made.
type options struct {
	field string
	state map[string]any
	bits  int
	top   int
	trail int

	attention attentionOptions
}

// Option is a choice of how a scene is drawn.
type Option func(*options)

func optionsOf(opts []Option) options {
	o := options{state: map[string]any{}}
	for _, f := range opts {
		f(&o)
	}
	return o
}

// apply hands what the options set to the scene.
func (o options) apply(s *Scene, fields ...string) {
	maps.Copy(s.doc.State, o.state)
	if o.bits > 0 {
		for _, f := range fields {
			s.doc.Bits[f] = o.bits
		}
	}
}

// Field chooses the field to draw where a track has several.
func Field(name string) Option { return func(o *options) { o.field = name } }

// Bits sets how many bits a value keeps in the page: 1 to 16, or 32 for lossless. The default is 8.
func Bits(n int) Option { return func(o *options) { o.bits = n } }

// Top limits a ranking to its n strongest entries.
func Top(n int) Option { return func(o *options) { o.top = n } }
