package xainb

import "image"

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
	// (see each painter), **text** is set in the accent colour.
	Caption string

	Tracks   []*Track       // frame i of each is shown at moment i; a shorter one stays at its last
	Bits     map[string]int // field name: bits a value (1..16), or 32 for lossless; 8 where a field is missing
	Start    int            // the frame shown first
	Blend    bool           // neighbouring frames may be blended (marked as such)
	Seconds  float64        // how long a frame stays at speed 1; 0 makes a run take about 12 s, with a frame between a 30th and 1.2 s
	Panels   []Panel        // side by side in this order, wrapping where the page is narrow
	Controls []Control      // one line above the panels
	State    map[string]any // what the controls and the panels select, at the start: strings, numbers, booleans
	Notes    []Note         // said from their frame on, until the next

	Scripts   []Script // the painters that the panels use, each once
	Libraries []string // "echarts"
	Poster    Poster   // what a viewer without JavaScript sees
	Summary   string   // one or two sentences for text/plain and for screen readers
	Warnings  []string // shown under the picture
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

// Note is a sentence said from frame At on.
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
