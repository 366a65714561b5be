package show

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

func TestWrongOptionsAreSentences(t *testing.T) {
	for _, c := range []struct {
		opt  Option
		want string
	}{
		{Width(10), "Width(10): give 200"}, {Width(-1), "Width(-1)"}, {Theme("pink"), `Theme("pink"): give "light" or "dark"`},
		{FramesPerSecond(0), "FramesPerSecond(0)"}, {FramesPerSecond(1000), "FramesPerSecond(1000)"}, {Bits(0), "Bits(0)"}, {Bits(17), "Bits(17): give 1 to 16"},
		{Poster("huge"), `Poster("huge"): give "moving"`}, {Frame(-2), "Frame(-2)"}, {Frame(3), "Frame(3): the scene has frames 0 to 2"}, {Budget(0), "Budget(0)"},
		{Assets("/no/such"), `Assets("/no/such")`},
	} {
		path := filepath.Join(t.TempDir(), "a.html")
		if err := Page(path, With(scene{doc: testDoc(t, 3)}, c.opt, Bits(8))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Page: error %v, want %q", err, c.want)
		}
		if err := Save(path, scene{doc: testDoc(t, 3)}, c.opt, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Save: error %v, want %q", err, c.want)
		}
	}
	if err := Page(filepath.Join(t.TempDir(), "a.html"), With(nil)); err == nil || !strings.Contains(err.Error(), "the scene is nil") {
		t.Errorf("no scene: error %v", err)
	}
}

// What the options say reaches the page; the document stays as it was. An outer option wins.
func TestOptionsReachThePage(t *testing.T) {
	doc := testDoc(t, 3)
	other := testDoc(t, 2)
	doc.Variants = &xainb.Variants{Label: "rate", Docs: []xainb.Variant{{Label: "1"}, {Label: "2", Doc: other}}}
	d, o, err := document(With(With(scene{doc: doc}, Theme("light"), Bits(3)), Theme("dark"), Width(600), FramesPerSecond(4)), []Option{Width(700)})
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPayload(d, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range []docJSON{p.Doc, *p.Variants.Docs[1].Doc} {
		if got.Theme != "dark" || got.Width != 700 || got.Seconds != 0.25 {
			t.Errorf("document %d: theme %q, width %d, %v s", i, got.Theme, got.Width, got.Seconds)
		}
	}
	if info, err := codec.Inspect(p.Tracks[0]); err != nil || info.Fields[0].Bits != 3 {
		t.Errorf("%+v, %v", info, err)
	}
	if doc.Seconds != 0 || doc.Bits != nil || other.Seconds != 0 {
		t.Error("the document was changed")
	}
	b, err := json.Marshal(p.Doc)
	if err != nil || !bytes.Contains(b, []byte(`"theme":"dark","width":700`)) {
		t.Errorf("%s (%v)", b, err)
	}
}

func TestPageOptions(t *testing.T) {
	page := func(scenes ...xainb.Scene) string {
		var b bytes.Buffer
		if err := WritePage(&b, scenes...); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	s := scene{doc: testDoc(t, 3)}
	dark := page(With(s, Theme("dark"), Width(1200)))
	for _, want := range []string{`<html lang="en" data-theme="dark">`, `content="dark"`, "max-width: 1200px", `<div class="xainb" style="max-width:1200px">`} {
		if !strings.Contains(dark, want) {
			t.Errorf("no %s in the page", want)
		}
	}
	if mixed := page(With(s, Theme("dark")), s); strings.Contains(mixed, "data-theme=") && strings.Contains(mixed[:strings.Index(mixed, "<head>")], "data-theme") {
		t.Error("a page of two minds has a theme")
	}
	if none := page(With(s, Poster(NoPoster))); strings.Contains(none, "<img ") {
		t.Error("there is a poster")
	}
	if many := page(scene{doc: testDoc(t, 90)}); !strings.Contains(many, "The picture shows 24 of 90 frames.") {
		t.Error("the poster does not say what it leaves out")
	}
}

func TestBudget(t *testing.T) {
	for _, c := range []struct {
		opts []Option
		want bool
	}{{nil, false}, {[]Option{Budget(1_000_000)}, false}, {[]Option{Budget(100)}, true}} {
		d, o, err := document(scene{doc: testDoc(t, 30)}, c.opts)
		if err != nil {
			t.Fatal(err)
		}
		p, err := newPayload(d, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("take %s, more than the budget of 100 bytes", amount(p.size()))
		if got := strings.Contains(strings.Join(p.Doc.Warnings, " "), want); got != c.want {
			t.Errorf("%v: warnings %q", c.want, p.Doc.Warnings)
		}
	}
	for n, want := range map[int]string{99: "99 bytes", 45_000: "45 kB", 4_000_000: "4.0 MB"} {
		if got := amount(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

func TestAssetsFolder(t *testing.T) {
	t.Setenv("XAINB_ASSETS", t.TempDir())
	dir := t.TempDir()
	source := useAsset(t, dir)
	d := testDoc(t, 3)
	d.Libraries = []string{"echarts"}
	d, o, err := document(scene{doc: d}, []Option{Assets(dir)})
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPayload(d, o, map[string]bool{"echarts": true})
	if err != nil || !bytes.Equal(p.Libraries[0].Code, deflate(source)) {
		t.Errorf("not the file of the folder: %v", err)
	}
	o.assets = t.TempDir()
	if _, err := newPayload(d, o, o.carries(d)); !errors.Is(err, ErrAsset) || !strings.Contains(err.Error(), o.assets) {
		t.Errorf("a folder without it: error %v", err)
	}
}

// savedDoc is a scene whose poster a function draws; without one it is that of testDoc.
func savedDoc(t *testing.T, frames int, draw func(int) (image.Image, error)) xainb.Scene {
	d := testDoc(t, frames)
	if draw != nil {
		d.Poster = drawing(draw)
	}
	return scene{doc: d}
}

// noisy is a picture that nothing makes small.
func noisy(w, h int) func(int) (image.Image, error) {
	return func(frame int) (image.Image, error) {
		img, x := image.NewRGBA(image.Rect(0, 0, w, h)), uint32(frame+1)
		for i := range img.Pix {
			x ^= x << 13
			x ^= x >> 17
			x ^= x << 5
			img.Pix[i] = uint8(x) | uint8(255*(i%4/3))
		}
		return img, nil
	}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	save := func(name string, s xainb.Scene, opts ...Option) []byte {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := Save(path, s, opts...); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	s := savedDoc(t, 5, nil)
	if !bytes.HasPrefix(save("a.html", s), []byte("<!doctype html>")) {
		t.Error("no page")
	}
	for _, c := range []struct {
		opts []Option
		x    int // where the dot is
	}{{nil, 8}, {[]Option{Frame(1)}, 2}, {[]Option{Poster(Still), Frame(0)}, 0}} {
		img, err := png.Decode(bytes.NewReader(save("A.PNG", s, c.opts...)))
		if err != nil {
			t.Fatal(err)
		}
		if r, g, _, _ := img.At(c.x, 10).RGBA(); r>>8 != 200 || g>>8 != 60 {
			t.Errorf("the dot is not at %d", c.x)
		}
	}
	if n := bytes.Count(save("a.png", s, Poster(Moving), FramesPerSecond(10)), []byte("fcTL")); n != 5 {
		t.Errorf("%d moving frames", n)
	}
	g, err := gif.DecodeAll(bytes.NewReader(save("a.gif", s, FramesPerSecond(10))))
	if err != nil || len(g.Image) != 5 || g.Delay[0] != 10 || g.Config.Width != 40 {
		t.Errorf("GIF: %+v, %v", g, err)
	}
	for _, name := range []string{"a.xtrack", "a.json", "a.yaml"} {
		save(name, s)
		got, err := codec.Open(filepath.Join(dir, name))
		if err != nil || got.Hash() != s.(scene).doc.Tracks[0].Hash() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if rows := bytes.Count(save("a.csv", s), []byte("\n")); rows != 1+5*4 {
		t.Errorf("%d rows", rows)
	}
	if info, err := codec.Inspect(save("b.xtrack", s, Bits(4))); err != nil || info.Fields[0].Bits != 4 {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestSaveRefuses(t *testing.T) {
	several := testDoc(t, 3)
	several.Tracks = append(several.Tracks, testTrack(t, 2))
	ragged := func(i int) (image.Image, error) { return image.NewRGBA(image.Rect(0, 0, 10+i, 10)), nil }
	for _, c := range []struct {
		name, file string
		scene      xainb.Scene
		opts       []Option
		want       string
	}{
		{"ending", "a.bmp", savedDoc(t, 3, nil), nil, "end its name in .html, .png, .gif, .svg, .xtrack, .json, .yaml or .csv"},
		{"no ending", "a", savedDoc(t, 3, nil), nil, "unknown kind of file"},
		{"folder", "no/such/a.gif", savedDoc(t, 3, nil), nil, "make it first"},
		{"folder of a recording", "no/such/a.csv", savedDoc(t, 3, nil), nil, "make it first"},
		{"frame", "a.png", savedDoc(t, 3, nil), []Option{Frame(3)}, "the scene has frames 0 to 2"},
		{"pixels as vectors", "a.svg", savedDoc(t, 3, nil), nil, "end the name in .png"},
		{"no poster", "a.gif", withDoc(t, func(d *xainb.Document) { d.Poster = nil }), nil, "no poster"},
		{"several recordings", "a.csv", scene{doc: several}, nil, "the scene shows 2 recordings"},
		{"panic", "a.gif", savedDoc(t, 3, func(int) (image.Image, error) { panic("ink") }), nil, "the poster panicked: ink"},
		{"panic of a still", "a.png", savedDoc(t, 3, func(int) (image.Image, error) { panic("ink") }), nil, "the poster panicked: ink"},
		{"panic of a strip", "a.png", savedDoc(t, 3, func(int) (image.Image, error) { panic("ink") }), []Option{Poster(Filmstrip)}, "the poster panicked: ink"},
		{"no picture", "a.png", savedDoc(t, 3, func(int) (image.Image, error) { return nil, nil }), nil, "frame 2: there is no picture"},
		{"sizes", "a.gif", savedDoc(t, 3, ragged), nil, "differ in size"},
		{"nil", "a.png", nil, nil, "the scene is nil"},
		{"error", "a.csv", scene{err: errors.New("no layer 9")}, nil, "no layer 9"},
	} {
		path := filepath.Join(t.TempDir(), c.file)
		if err := Save(path, c.scene, c.opts...); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, want one with %q and the path", c.name, err, c.want)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: there is a file", c.name)
		}
	}
}

// Whatever the pictures, the files are small, and what was left out is said.
func TestPicturesStaySmall(t *testing.T) {
	s := savedDoc(t, 40, noisy(220, 100))
	b, said, err := picture(".gif", s, nil)
	if err != nil || len(b) > gifBytes {
		t.Fatalf("%d bytes, %v", len(b), err)
	}
	g, err := gif.DecodeAll(bytes.NewReader(b))
	if err != nil || !strings.HasPrefix(said, fmt.Sprintf("%d of 40 frames, to stay below 150 kB, %d pixels wide", len(g.Image), g.Config.Width)) {
		t.Errorf("%q of a GIF of %d frames (%v)", said, len(g.Image), err)
	}
	if b, said, err = picture(".png", s, []Option{Poster(Filmstrip)}); err != nil || len(b) > stripBytes || !strings.HasSuffix(said, "of 40 frames") {
		t.Errorf("strip of %d bytes, %q, %v", len(b), said, err)
	}
	if _, said, err = picture(".gif", savedDoc(t, 5, nil), nil); err != nil || said != "" {
		t.Errorf("nothing is left out, but %q (%v)", said, err)
	}
	img, _, err := picture(".png", s, []Option{Width(200)})
	if c, e := png.DecodeConfig(bytes.NewReader(img)); err != nil || e != nil || c.Width != 200 {
		t.Errorf("%d pixels wide (%v)", c.Width, err)
	}
}

// A poster that cannot draw a strip has its pictures put together, each with its number under it.
func TestStripOfPictures(t *testing.T) {
	d, o, err := document(savedDoc(t, 9, func(i int) (image.Image, error) {
		img := image.NewRGBA(image.Rect(0, 0, 40, 20))
		for k := range img.Pix {
			img.Pix[k] = 255
		}
		img.SetRGBA(3, 3, color.RGBA{R: uint8(20 * i), A: 255})
		return img, nil
	}), nil)
	if err != nil {
		t.Fatal(err)
	}
	b, width, n, err := strip(d, o)
	if err != nil || n != 8 {
		t.Fatalf("%d frames, %v", n, err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil || img.Bounds().Dx() != width || width != 3*(40+12)+12 || img.Bounds().Dy() != 3*(20+lineHeight+12)+12+lineHeight {
		t.Errorf("%v, %v", img.Bounds(), err)
	}
}

func TestKeyFrames(t *testing.T) {
	doc := func(frames int, events ...int) *xainb.Document {
		d := testDoc(t, 1)
		var list []xainb.Snapshot
		for i := range frames {
			s := xainb.Snapshot{Seq: i}
			if slices.Contains(events, i) {
				s.PutEvent("here", "")
			}
			list = append(list, s)
		}
		d.Tracks = []*xainb.Track{xainb.NewTrack(list, xainb.Provenance{}, nil)}
		return d
	}
	noted, warned := doc(100), doc(100)
	noted.Notes, noted.Chapters = []xainb.Note{{At: 30}, {At: 500}}, []xainb.Chapter{{At: 0}, {At: 60}}
	warned.Tracks[0].At(50).PutWarning("careful")
	for _, c := range []struct {
		name string
		doc  *xainb.Document
		n    int
		want []int
	}{
		{"one frame", doc(1), 8, []int{0}},
		{"few", doc(3), 8, []int{0, 1, 2}},
		{"the last", doc(9), 1, []int{8}},
		{"evenly", doc(8), 4, []int{0, 2, 4, 7}},
		{"events", doc(101, 10, 20), 5, []int{0, 10, 20, 60, 100}},
		{"too many events", doc(100, 10, 20, 30, 40, 50, 60), 4, []int{0, 20, 50, 99}},
		{"ends only", doc(100, 5), 2, []int{0, 99}},
		{"notes and chapters", noted, 4, []int{0, 30, 60, 99}},
		{"a warning is no key frame", warned, 3, []int{0, 49, 99}},
		{"dense events", doc(8, 1, 2, 3, 4, 5, 6), 8, []int{0, 1, 2, 3, 4, 5, 6, 7}},
	} {
		if got := keyFrames(c.doc, c.n); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// A moving picture says what it leaves out; a run of noise is shown narrow rather than as a single frame.
func TestPicturesShowARun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	if said, err := save(path, savedDoc(t, 60, nil), []Option{Poster(Moving)}); err != nil || said != "24 of 60 frames" {
		t.Errorf("%q, %v", said, err)
	}
	s := savedDoc(t, 40, noisy(720, 100))
	b, _, err := picture(".gif", s, nil)
	if err != nil {
		t.Fatal(err)
	}
	if g, err := gif.DecodeAll(bytes.NewReader(b)); err != nil || len(g.Image) < 4 {
		t.Errorf("a GIF of %d frames (%v)", len(g.Image), err)
	}
	d, o, err := document(s, []Option{Poster(Filmstrip)})
	if err != nil {
		t.Fatal(err)
	}
	if b, _, n, err := strip(d, o); err != nil || n < 4 || len(b) > stripBytes {
		t.Errorf("a strip of %d frames, %d bytes (%v)", n, len(b), err)
	}
}

// A name that does not say what is written is refused, before anything is.
func TestNamesSayWhat(t *testing.T) {
	dir := t.TempDir()
	for name, write := range map[string]func(path string) error{
		"wave":     func(p string) error { return Page(p, scene{doc: testDoc(t, 3)}) },
		"wave.png": func(p string) error { return Page(p, scene{doc: testDoc(t, 3)}) },
		"wave.jpg": func(p string) error { return Picture(p, scene{doc: testDoc(t, 3)}) },
	} {
		err := write(filepath.Join(dir, name))
		if !errors.Is(err, ErrExtension) || !strings.Contains(err.Error(), "end its name in .") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("written all the same: %v", left)
	}
}
