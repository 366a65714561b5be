package show

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// Option is a choice of how a scene is shown or saved. A wrong value becomes the error of what it was given to.
type Option func(*options)

type options struct {
	policy Policy
	width  int     // 0: as wide as the player wants to be
	theme  string  // "": the page's
	rate   float64 // frames per second; 0: the document's
	bits   int     // 0: the document's
	poster PosterKind
	frame  int // -1: the last
	budget int
	assets string // a folder, or ""
	err    error  // the first wrong value
}

// PosterKind is what a viewer without scripts sees of a scene.
type PosterKind string

// The kinds of posters.
const (
	Moving    PosterKind = "moving"    // an animated picture, of fewer frames or standing still where it would be too large; the default of a cell and a page
	Filmstrip PosterKind = "filmstrip" // key frames in rows, each with its caption, at most 60 kB
	Still     PosterKind = "still"     // one frame, see [Frame]
	NoPoster  PosterKind = "none"      // only text
)

// want keeps the first wrong value as a sentence.
func (o *options) want(ok bool, format string, args ...any) {
	if !ok && o.err == nil {
		o.err = fmt.Errorf("show: "+format, args...)
	}
}

// Width sets the most width in CSS pixels of the player, 960 without it, or of a picture: 200 to 4000. Pictures are not enlarged.
func Width(px int) Option {
	return func(o *options) {
		o.width = px
		o.want(px >= 200 && px <= 4000, "Width(%d): give 200 to 4000 pixels", px)
	}
}

// Theme sets the colours, "light" or "dark"; without it they are those of the page around. Pictures are light.
func Theme(name string) Option {
	return func(o *options) {
		o.theme = name
		o.want(name == "light" || name == "dark", `Theme(%q): give "light" or "dark"`, name)
	}
}

// FramesPerSecond sets the pace at speed 1: more than 0, at most 60. A picture that shows fewer frames takes as long for the whole run, if no
// frame is shorter than a 50th of a second.
func FramesPerSecond(f float64) Option {
	return func(o *options) {
		o.rate = f
		o.want(f > 0 && f <= 60, "FramesPerSecond(%v): give more than 0, at most 60", f)
	}
}

// Bits sets how many bits a value keeps, of all fields: 1 to 16, or 32 for lossless.
func Bits(n int) Option {
	return func(o *options) {
		o.bits = n
		o.want(n >= 1 && n <= 16 || n == 32, "Bits(%d): give 1 to 16, or 32 for lossless", n)
	}
}

// Poster chooses what a viewer without scripts sees.
func Poster(kind PosterKind) Option {
	return func(o *options) {
		o.poster = kind
		o.want(slices.Contains([]PosterKind{Moving, Filmstrip, Still, NoPoster}, kind), "Poster(%q): give %q, %q, %q or %q", kind, Moving, Filmstrip, Still, NoPoster)
	}
}

// Frame chooses the frame that a still picture shows, from 0; without it, it is the last: what the run has come to.
func Frame(i int) Option {
	return func(o *options) {
		o.frame = i
		o.want(i >= 0, "Frame(%d): frames count from 0", i)
	}
}

// Budget sets from how many bytes on a cell says that its recordings are large: 4,000,000 without it. Nothing is left out.
func Budget(bytes int) Option {
	return func(o *options) {
		o.budget = bytes
		o.want(bytes > 0, "Budget(%d): give a number of bytes", bytes)
	}
}

// Assets names the folder that ECharts lies in. Without it that is $XAINB_ASSETS, or the user's cache.
func Assets(dir string) Option {
	return func(o *options) {
		o.assets = dir
		info, err := os.Stat(dir)
		o.want(err == nil && info.IsDir(), "Assets(%q): there is no such folder: `make setup` fills one", dir)
	}
}

// With returns the scene with options of its own, where several scenes share a page:
//
//	show.Page("run.html", show.With(a, show.Theme("dark")), b)
func With(scene xainb.Scene, opts ...Option) xainb.Scene { return optioned{scene, opts} }

type optioned struct {
	xainb.Scene
	opts []Option
}

func optionsOf(opts []Option) options {
	o := options{policy: Policy(os.Getenv("XAINB_ECHARTS")), frame: -1, budget: 4_000_000}
	for _, f := range opts {
		if f != nil {
			f(&o)
		}
	}
	return o
}

// document takes the document of a scene and what the options say of it; a panic of a scene becomes an error.
func document(scene xainb.Scene, opts []Option) (d *xainb.Document, o options, err error) {
	defer recovered("the scene", &err)
	for {
		w, ok := scene.(optioned)
		if !ok {
			break
		}
		scene, opts = w.Scene, slices.Concat(w.opts, opts)
	}
	o = optionsOf(opts)
	if o.err != nil {
		return nil, o, o.err
	}
	if scene == nil {
		return nil, o, errors.New("show: the scene is nil")
	}
	d, err = scene.Document()
	if err != nil {
		return nil, o, err
	}
	if err := d.Check(); err != nil {
		return nil, o, fmt.Errorf("show: %w", err)
	}
	last := d.Moments() - 1
	if o.frame > last {
		return nil, o, fmt.Errorf("show: Frame(%d): the scene has frames 0 to %d", o.frame, last)
	}
	if o.frame < 0 {
		o.frame = last
	}
	d = o.apply(d)
	if o.rate == 0 && d.Seconds > 0 && !math.IsInf(d.Seconds, 0) {
		o.rate = 1 / d.Seconds
	}
	return d, o, nil
}

// apply returns the document as the options want it. d stays as it is.
func (o options) apply(d *xainb.Document) *xainb.Document {
	if d == nil || o.rate == 0 && o.bits == 0 {
		return d
	}
	c := *d
	if o.rate > 0 {
		c.Seconds = 1 / o.rate
	}
	if o.bits > 0 {
		c.Bits = map[string]int{}
		for _, t := range d.Tracks {
			for _, f := range t.Schema().Fields {
				c.Bits[f.Name] = o.bits
			}
		}
	}
	if d.Variants != nil {
		v := *d.Variants
		v.Docs = slices.Clone(v.Docs)
		for i := range v.Docs {
			v.Docs[i].Doc = o.apply(v.Docs[i].Doc)
		}
		c.Variants = &v
	}
	return &c
}

// delay returns how many milliseconds each of so many pictures of a run stays.
func (o options) delay(moments, pictures int) int {
	if o.rate == 0 {
		return int(1000 * min(1.2, max(0.12, 8/float64(pictures))))
	}
	return int(min(60_000, max(20, 1000*float64(moments)/o.rate/float64(pictures))))
}
