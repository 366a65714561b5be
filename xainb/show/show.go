package show

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
	"github.com/xainb/gonb-xai/xainb"
)

// ErrNotebook marks a Cell shown by a program that does not run in a GoNB notebook.
var ErrNotebook = errors.New("this program does not run in a notebook")

// Cell shows a scene as the output of the notebook's cell and returns the scene's error, if any; it is shown as a sentence as well,
// so that in a notebook the result can be left alone. Outside a notebook nothing is shown and the error says so.
func Cell(scene xainb.Scene, opts ...Option) error {
	if !gonbui.IsNotebook {
		return fmt.Errorf("show: Cell: %w: use show.Page(\"file.html\", scene) to write a page", ErrNotebook)
	}
	r, err := cell(scene, opts)
	if err != nil {
		return tell(err)
	}
	data := map[protocol.MIMEType]any{
		protocol.MIMETextHTML:  string(r.html),
		protocol.MIMETextPlain: r.plain,
	}
	if r.png != nil {
		data[protocol.MIMEImagePNG] = r.png
	}
	if err := display(data); err != nil {
		return err
	}
	r.shown()
	return nil
}

func cell(scene xainb.Scene, opts []Option) (*rendered, error) {
	d, o, err := document(scene, opts)
	if err != nil {
		return nil, err
	}
	if !slices.Contains([]Policy{"", Once, Each, CDN}, o.policy) {
		return nil, fmt.Errorf("show: the policy for ECharts is %q: give %q, %q or %q (XAINB_ECHARTS or show.ECharts)", o.policy, Once, Each, CDN)
	}
	carry := o.carries(d)
	r, err := render(d, o, carry, noteCell)
	if err != nil {
		return nil, err
	}
	r.shown = func() { o.remember(d, carry) }
	return r, nil
}

// recovered makes an error of a panic in somebody else's code.
func recovered(what string, err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("show: %s panicked: %v", what, p)
	}
}

// display sends a bundle to the notebook and waits until it has arrived: the pipe is closed undrained when a cell's program ends.
func display(data map[protocol.MIMEType]any) error {
	gonbui.SendData(&protocol.DisplayData{Data: data})
	gonbui.Sync()
	if err := gonbui.Error(); err != nil {
		return fmt.Errorf("show: the notebook did not take the output: %w", err)
	}
	return nil
}

// tell shows an error as a sentence in the notebook's cell, where there is one, and returns it.
func tell(err error) error {
	if err == nil || !gonbui.IsNotebook {
		return err
	}
	return errors.Join(err, display(map[protocol.MIMEType]any{
		protocol.MIMETextHTML:  sentence(err),
		protocol.MIMETextPlain: fullStop(err.Error()),
	}))
}

// Page writes the scenes to a file as one stand-alone HTML page: it carries everything and needs no network, no server and no
// kernel. The file is replaced only by a whole new one. [With] gives a scene options.
func Page(path string, scenes ...xainb.Scene) error {
	err := ends(path, ".html", ".htm")
	if err == nil {
		err = page(path, scenes)
	}
	if err != nil {
		return tell(fmt.Errorf("show: Page %s: %w", path, err))
	}
	return wrote(path, "")
}

// ends says whether the name of a file says what is written into it.
func ends(path string, endings ...string) error {
	if slices.Contains(endings, strings.ToLower(filepath.Ext(path))) {
		return nil
	}
	return fmt.Errorf("%w: end its name in %s", ErrExtension, endings[0])
}

func page(path string, scenes []xainb.Scene) error {
	var b bytes.Buffer
	if err := WritePage(&b, scenes...); err != nil {
		return err
	}
	return writeFile(path, b.Bytes())
}

// Picture writes the scene's poster to a file as an animated PNG: what a viewer without scripts sees, for a README, a slide, a mail. It has
// up to 24 frames of the run, however large they make it. A viewer that does not know animation shows the first.
func Picture(path string, scene xainb.Scene) error {
	err := ends(path, ".png")
	if err == nil {
		var b []byte
		if b, err = posterPNG(scene); err == nil {
			err = writeFile(path, b)
		}
	}
	if err != nil {
		return tell(fmt.Errorf("show: Picture %s: %w", path, err))
	}
	return wrote(path, "")
}

func posterPNG(scene xainb.Scene) ([]byte, error) {
	d, o, err := document(scene, nil)
	if err != nil {
		return nil, err
	}
	if d.Poster == nil || o.poster == NoPoster {
		return nil, errNoPoster
	}
	b, _, err := wholePoster(d, o)
	return b, err
}

// wholePoster draws the poster without a limit of bytes, and says what was left out.
func wholePoster(d *xainb.Document, o options) (b []byte, said string, err error) {
	defer recovered("the poster", &err)
	moments := d.Moments()
	at := []int{o.frame}
	if o.poster != Still && o.poster != Filmstrip {
		n := min(moments, posterFrames)
		at, said = append(at, evenly(n, moments-1)...), shows(n, moments)
	}
	if (said != "" || o.width > 0) && o.poster != Filmstrip {
		width, err := o.pictureWidth(d.Poster)
		if err != nil {
			return nil, "", err
		}
		c := *d
		c.Poster = sized(d.Poster, width, said, at...)
		d = &c
	}
	p, err := drawPoster(d, o, math.MaxInt)
	if err != nil {
		return nil, "", err
	}
	if o.poster == Filmstrip {
		said = shows(p.frames, moments)
	}
	return p.shown, said, nil
}

// WritePage writes the page of [Page] to w.
func WritePage(w io.Writer, scenes ...xainb.Scene) error {
	if len(scenes) == 0 {
		return errors.New("show: a page of no scenes")
	}
	docs, choices := make([]*xainb.Document, len(scenes)), make([]options, len(scenes))
	width := 960
	for i, s := range scenes {
		var err error
		if docs[i], choices[i], err = document(s, nil); err != nil {
			return fmt.Errorf("scene %d: %w", i+1, err)
		}
		width = max(width, choices[i].width)
	}
	theme := choices[0].theme
	for _, o := range choices {
		if o.theme != theme {
			theme = "" // the page has none of its own
		}
	}
	if err := writeHead(w, docs[0].Title, theme, width); err != nil {
		return err
	}
	carried := map[string]bool{}
	for i, d := range docs {
		carry := map[string]bool{}
		for _, l := range d.Libraries {
			carry[l] = carry[l] || !carried[l]
			carried[l] = true
		}
		r, err := render(d, choices[i], carry, notePage)
		if err != nil {
			return fmt.Errorf("scene %d: %w", i+1, err)
		}
		if _, err := w.Write(r.html); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, pageFoot)
	return err
}
