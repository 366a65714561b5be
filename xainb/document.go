package xainb

import (
	"errors"
	"fmt"
	"image"
)

// Scene is a track with a way to draw it. The scenes are in package charts.
type Scene interface {
	// Document returns the scene ready to ship. A scene carries the first error of its run and its making:
	// where there are no frames to draw the error is returned, otherwise it is among the document's warnings.
	Document() (*Document, error)
}

// Document is a scene ready to ship: everything that package show needs for a cell or a page. Strings come from
// anywhere and reach the page only as text.
type Document struct {
	Title    string // a question
	Subtitle string // one sentence: how to read the picture
	// Caption is a template for the sentence under the controls. {name} is replaced by what the panels read off the current frame
	// (see each painter), **text** is set in the accent colour, $...$ is a formula in TeX, in which {{name}} is replaced.
	Caption string

	Tracks   []*Track          // frame i of each is shown at moment i; a shorter one stays at its last
	Align    [][]int           // if not nil, Align[k][i] is the frame of track k that is shown at moment i; all are equally long
	Sources  []*Track          // the recordings that Tracks are taken from, whole, each once; nil: Tracks themselves
	Bits     map[string]int    // field name: bits a value (1..16), or 32 for lossless; 8 where a field is missing
	Start    int               // the moment shown first
	Blend    map[string]Easing // the fields of which neighbouring frames may be blended (marked as such); of others a blend would show what never was
	Seconds  float64           // how long a frame stays at speed 1; 0 makes a run take about 12 s, with a frame between a 30th and 1.2 s
	Panels   []Panel           // placed by Layout
	Layout   *Layout           // nil: all panels side by side in their order, wrapping where the page is narrow
	Controls []Control         // one line above the panels
	State    map[string]any    // what the controls and the panels select, at the start: strings, numbers, booleans
	Notes    []Note            // said from their moment on, until the next
	Asks     []Ask             // questions at which the playhead stops
	Chapters []Chapter         // parts of the run, in order
	Variants *Variants         // if not nil, what this document varies into: it is itself the variant at Variants.Start

	// Translations are the document's texts in other languages, by the language, "zh" or "zh-tw", and the text: a reader whose browser
	// prefers the language sees them. Templates keep their names. Texts that the document does not have do no harm.
	Translations map[string]map[string]string

	Scripts   []Script // the painters that the panels use, each once
	Libraries []string // "echarts"
	Poster    Poster   // what a viewer without JavaScript sees
	Summary   string   // one or two sentences for text/plain and for screen readers
	Warnings  []string // shown under the picture
}

// Moments returns how many moments the document has.
func (d *Document) Moments() int {
	n := 0
	for _, t := range d.Tracks {
		n = max(n, t.Len())
	}
	for _, a := range d.Align {
		return len(a)
	}
	return n
}

// Longest returns the track of the most frames, whose times are those of the moments.
func (d *Document) Longest() int {
	long := 0
	for k, t := range d.Tracks {
		if t.Len() > d.Tracks[long].Len() {
			long = k
		}
	}
	return long
}

// Frame returns the frame of a track at a moment.
func (d *Document) Frame(track, moment int) int {
	if d.Align != nil {
		return d.Align[track][moment]
	}
	return min(moment, d.Tracks[track].Len()-1)
}

// Check says what of the document a viewer could not show: frames and tracks that are not there.
func (d *Document) Check() error {
	if d == nil || len(d.Tracks) == 0 {
		return fmt.Errorf("xainb: document: %w", ErrNoFrames)
	}
	for k, t := range d.Tracks {
		if t.Len() == 0 {
			return fmt.Errorf("xainb: document: track %d: %w", k, ErrNoFrames)
		}
	}
	if err := d.checkAlign(); err != nil {
		return err
	}
	for i, p := range d.Panels {
		if p.Track < 0 || p.Track >= len(d.Tracks) {
			return fmt.Errorf("xainb: document: panel %d draws track %d: there are tracks 0 to %d", i, p.Track, len(d.Tracks)-1)
		}
	}
	if d.Layout != nil {
		if err := d.Layout.check(len(d.Panels)); err != nil {
			return err
		}
	}
	return d.Variants.check()
}

func (d *Document) checkAlign() error {
	if d.Align == nil {
		return nil
	}
	if len(d.Align) != len(d.Tracks) || d.Moments() == 0 {
		return fmt.Errorf("xainb: document: Align has %d rows of %d moments: give a row for each of the %d tracks", len(d.Align), d.Moments(), len(d.Tracks))
	}
	for k, row := range d.Align {
		if len(row) != len(d.Align[0]) {
			return fmt.Errorf("xainb: document: Align[%d] has %d moments, and Align[0] %d", k, len(row), len(d.Align[0]))
		}
		for i, frame := range row {
			if n := d.Tracks[k].Len(); frame < 0 || frame >= n {
				return fmt.Errorf("xainb: document: Align[%d][%d] is frame %d: the track has frames 0 to %d", k, i, frame, n-1)
			}
		}
	}
	return nil
}

// check says whether all panels of the layout are among so many.
func (l Layout) check(panels int) error {
	if len(l.Parts) == 0 && (l.Panel < 0 || l.Panel >= panels) {
		return fmt.Errorf("xainb: document: Layout places panel %d: there are %d panels", l.Panel, panels)
	}
	for _, p := range l.Parts {
		if err := p.check(panels); err != nil {
			return err
		}
	}
	return nil
}

func (v *Variants) check() error {
	if v == nil {
		return nil
	}
	if v.Start < 0 || v.Start >= len(v.Docs) {
		return fmt.Errorf("xainb: document: Variants.Start is %d: there are %d variants", v.Start, len(v.Docs))
	}
	for i, x := range v.Docs {
		if i == v.Start {
			continue
		}
		err := x.Doc.Check()
		if err == nil && x.Doc.Variants != nil {
			err = errors.New("it has variants of its own")
		}
		if err != nil {
			return fmt.Errorf("variant %q: %w", x.Label, err)
		}
	}
	return nil
}

// Easing says how a blend goes from one frame to the next.
type Easing string

// The easings.
const (
	Linear Easing = "linear" // at one pace
	Ease   Easing = "ease"   // a rest on each frame, and a soft start and end in between
)

// Layout places panels. Without parts it is one panel; else its parts stand side by side, or one under the other in a column.
type Layout struct {
	Panel  int      `json:"panel"`
	Column bool     `json:"column,omitempty"`
	Parts  []Layout `json:"parts,omitempty"`
}

// Variants are recorded variants of one run, of which a reader chooses one by a control, with or without a kernel.
type Variants struct {
	Label string    // what varies: "learning rate"
	Docs  []Variant // scripts and libraries of all are listed in the document that has the variants
	Start int       // Docs[Start] is the document that has the variants: its Doc is nil
}

// Variant is one of them.
type Variant struct {
	Label string
	Doc   *Document // without variants of its own
}

// Ask is a question at which the playhead stops until it is answered, or the reader asks twice to go on. Right is the position of the right answer among Answers; after
// an answer Reveal is said, a template as in Document.Caption where {guess} is the answer given and {right} the right one.
type Ask struct {
	At       int      `json:"at"`
	Question string   `json:"question"`
	Answers  []string `json:"answers"`
	Right    int      `json:"right"`
	Reveal   string   `json:"reveal,omitempty"`
}

// Chapter is a part of the run, from moment At to the next chapter.
type Chapter struct {
	At   int    `json:"at"`
	Name string `json:"name"`
}

// Panel is one picture of a document. Spec is marshalled to JSON for the painter.
type Panel struct {
	Painter string  `json:"painter"`
	Grow    float64 `json:"grow"`            // share of the row's width
	Basis   int     `json:"basis,omitempty"` // the least width in CSS pixels before the row wraps; 0 means 280
	Track   int     `json:"track,omitempty"` // which of the document's tracks the painter calls track 0
	Spec    any     `json:"spec"`
}

// Control lets a reader set one entry of the state. With Kind "choice" the options are words in a line, of which one is chosen; with "menu"
// they are in a list; with "predict" they are a question to answer before playing, and Reveal is said at the end.
type Control struct {
	Kind    string   `json:"kind"`
	State   string   `json:"state"`
	Label   string   `json:"label,omitempty"`
	Options []Option `json:"options"`
	Reveal  string   `json:"reveal,omitempty"` // template as in Document.Caption, {guess} is the option chosen
}

// Option is one value of a control. Subtitle and Caption, where not empty, replace the document's while it is chosen.
type Option struct {
	Value    any    `json:"value"`
	Label    string `json:"label"`
	Subtitle string `json:"subtitle,omitempty"`
	Caption  string `json:"caption,omitempty"`
}

// Note is a sentence said from moment At on: a template as in Document.Caption, in which $...$ is a formula in TeX.
type Note struct {
	At   int    `json:"at"`
	Text string `json:"text"`
}

// Script is JavaScript that a document needs: a painter. Package show joins it with the player, and leaves out indentation and lines that are only
// a comment: a template literal of several lines loses them as well.
type Script struct {
	Name   string
	Source string
}

// Poster draws a frame as a still picture, about 720 pixels wide, on a white background.
type Poster interface {
	Draw(frame int) (image.Image, error)
}

// Printer is a Poster that also draws for print and for small files: at another width, as a filmstrip, in vectors. note is a line said
// under the pictures, "12 of 200 frames", or empty.
type Printer interface {
	Poster
	// Sized returns a poster of these frames that is so many pixels wide; all are alike in size.
	Sized(width int, note string, frames ...int) Poster
	// DrawStrip draws the frames in rows, each with its caption under it.
	DrawStrip(note string, frames ...int) (image.Image, error)
	// DrawSVG draws a frame as an SVG document.
	DrawSVG(frame int) ([]byte, error)
}
