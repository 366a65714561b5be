package show

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// ErrExtension marks a file name that does not say what to save.
var ErrExtension = codec.ErrExtension

var errNoPoster = errors.New("the scene has no poster")

// Save writes a scene to a file whose name chooses the form:
//
//	.html              the page of [Page]
//	.png               a frame, the last or that of [Frame]; with Poster(Moving) or Poster(Filmstrip) the animation or the strip
//	.gif               an animation of at most 24 frames and 150 kB
//	.svg               a frame in vectors
//	.xtrack            the recording, without loss unless [Bits] says otherwise
//	.json, .yaml, .csv the recording as text, without loss; a table cannot be opened again
//
// The recording is whole, with what the scene does not draw. A picture that is to be small shows fewer frames and becomes narrower, down to four
// frames before it has fewer; it says how many of how many frames it shows. In a notebook the
// cell says so as well, and how large the file is. The file is replaced only by a whole new one. A recording of a scene that shows several is an error.
func Save(path string, scene xainb.Scene, opts ...Option) error {
	said, err := save(path, scene, opts)
	if err != nil {
		return tell(fmt.Errorf("show: Save %s: %w", path, err))
	}
	return wrote(path, said)
}

// wrote says in a notebook's cell what was written, and what was left out where something was: left says how large the file is, too.
func wrote(path, left string) error {
	if !gonbui.IsNotebook {
		return nil
	}
	said := fmt.Sprintf("%s shows %s.", filepath.Base(path), left)
	if left == "" {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		said = fmt.Sprintf("%s is written, %s.", filepath.Base(path), amount(int(info.Size())))
	}
	return display(map[protocol.MIMEType]any{protocol.MIMETextHTML: "<p>" + html.EscapeString(said) + "</p>", protocol.MIMETextPlain: said})
}

// save returns what was left out, where something was: "12 of 200 frames, 360 pixels wide".
func save(path string, scene xainb.Scene, opts []Option) (said string, err error) {
	var b []byte
	switch form := strings.ToLower(filepath.Ext(path)); form {
	case ".html":
		return "", page(path, []xainb.Scene{With(scene, opts...)})
	case codec.Extension, ".json", ".yaml", ".yml", ".csv":
		return "", saveTrack(path, scene, opts)
	case ".png", ".gif", ".svg":
		b, said, err = picture(form, scene, opts)
	default:
		err = fmt.Errorf("%w: end its name in .html, .png, .gif, .svg, %s, .json, .yaml or .csv", ErrExtension, codec.Extension)
	}
	if err != nil {
		return "", err
	}
	return said, writeFile(path, b)
}

// saveTrack saves the recording that a scene is made of, with what it does not draw.
func saveTrack(path string, scene xainb.Scene, opts []Option) error {
	d, o, err := document(scene, opts)
	if err != nil {
		return err
	}
	tracks := sources(nil, d)
	if len(tracks) > 1 {
		return fmt.Errorf("the scene shows %d recordings, and a file holds one: save each with codec.Save(%q, run.Track())", len(tracks), path)
	}
	if o.bits == 0 {
		o.bits = codec.Lossless
	}
	return codec.Save(path, tracks[0], codec.Options{Bits: o.bits})
}

// sources adds the recordings of a document and of its variants to others, each once.
func sources(tracks []*xainb.Track, d *xainb.Document) []*xainb.Track {
	from := d.Sources
	if len(from) == 0 {
		from = d.Tracks
	}
	for _, t := range from {
		if !slices.Contains(tracks, t) {
			tracks = append(tracks, t)
		}
	}
	if d.Variants != nil {
		for _, v := range d.Variants.Docs {
			if v.Doc != nil {
				tracks = sources(tracks, v.Doc)
			}
		}
	}
	return tracks
}

// picture draws what a file of pictures holds.
func picture(form string, scene xainb.Scene, opts []Option) (b []byte, said string, err error) {
	d, o, err := document(scene, opts)
	if err != nil {
		return nil, "", err
	}
	if d.Poster == nil || o.poster == NoPoster {
		return nil, "", errNoPoster
	}
	defer recovered("the poster", &err)
	switch {
	case form == ".svg":
		p, ok := d.Poster.(xainb.Printer)
		if !ok {
			return nil, "", errors.New("its poster is made of pixels: end the name in .png")
		}
		if o.width > 0 {
			width, err := o.pictureWidth(p)
			if err != nil {
				return nil, "", err
			}
			if p, ok = p.Sized(width, "", o.frame).(xainb.Printer); !ok {
				return nil, "", errors.New("its poster draws vectors at one width alone: leave out Width")
			}
		}
		b, err = p.DrawSVG(o.frame)
	case form == ".gif":
		return smallGIF(d, o)
	case o.poster == Filmstrip:
		var n int
		b, _, n, err = strip(d, o)
		return b, shows(n, d.Moments()), err
	case o.poster == Moving:
		return wholePoster(d, o)
	default:
		b, err = stillPNG(d, o)
	}
	return b, "", err
}

// pictureWidth returns how wide a picture is to be: pictures are not enlarged.
func (o options) pictureWidth(p xainb.Poster) (int, error) {
	img, err := drawFrame(p, o.frame)
	if err != nil {
		return 0, err
	}
	if width := img.Bounds().Dx(); o.width == 0 || o.width > width {
		return width, nil
	}
	return o.width, nil
}

func stillPNG(d *xainb.Document, o options) ([]byte, error) {
	img, err := drawFrame(d.Poster, o.frame)
	if err == nil && o.width > 0 && o.width < img.Bounds().Dx() {
		img, err = drawFrame(sized(d.Poster, o.width, "", o.frame), o.frame)
	}
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	if err := e.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("show: poster of frame %d: %w", o.frame, err)
	}
	return out.Bytes(), nil
}

// shows says how many of the frames a picture has, where that is not all.
func shows(n, of int) string {
	if n >= of {
		return ""
	}
	return fmt.Sprintf("%d of %d frames", n, of)
}
