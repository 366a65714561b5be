package show

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// scene is a scene made of a document, for tests.
type scene struct {
	doc *xainb.Document
	err error
}

func (s scene) Document() (*xainb.Document, error) { return s.doc, s.err }

// dots is a poster: a white picture with one dot that moves with the frame.
type dots struct{ err error }

func (d dots) Draw(frame int) (image.Image, error) {
	img := image.NewRGBA(image.Rect(0, 0, 40, 20))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	img.Set(2*frame, 10, color.RGBA{200, 60, 30, 255})
	return img, d.err
}

func testTrack(t *testing.T, frames int) *xainb.Track {
	t.Helper()
	m, err := xainb.NewSnapshotManager(xainb.Config{Frames: -1, Provenance: xainb.Provenance{Name: "test", Seed: 7}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range frames {
		err := m.Capture(xainb.StepFunc(func(s *xainb.Snapshot) {
			s.Time, s.TimeName = float64(i+1), "layer"
			s.Put("v", []float32{float32(i), 1, 2, 3}, xainb.Dim{Name: "x", Size: 4})
			if i == 1 {
				s.PutEvent("turn", "</script><script>alert(1)</script>")
				s.PutWarning("<b>careful</b>")
			}
		}))
		if err != nil {
			t.Fatal(err)
		}
	}
	return m.Finish(nil)
}

func testDoc(t *testing.T, frames int) *xainb.Document {
	return &xainb.Document{
		Title: "Why? </script><img src=x onerror=alert(1)>", Summary: "A summary.",
		Tracks: []*xainb.Track{testTrack(t, frames)}, Panels: []xainb.Panel{{Painter: "p", Grow: 1, Spec: map[string]string{"a": "</script>"}}},
		Scripts: []xainb.Script{{Name: "p", Source: "painters.p = () => ({draw() {}, dispose() {}});"}},
		State:   map[string]any{}, Poster: dots{}, Warnings: []string{"<i>note</i>"},
	}
}

func TestPageKeepsTextAsText(t *testing.T) {
	var b bytes.Buffer
	if err := WritePage(&b, scene{doc: testDoc(t, 4)}); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, bad := range []string{"<img src=x", "<script>alert", "<b>careful", "<i>note"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
	if n := strings.Count(page, "</script>"); n != 2 {
		t.Errorf("the page ends %d script elements, want the data's and the boot script's", n)
	}
	if !strings.HasPrefix(page, "<!doctype html>") || !strings.HasSuffix(page, "</html>\n") {
		t.Error("the page is not a whole HTML document")
	}
}

func TestPayloadSaysWhatThePlayerNeeds(t *testing.T) {
	p, err := newPayload(testDoc(t, 4), optionsOf(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := asJSON(p)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Doc struct {
			Moments struct {
				Times    []float64
				TimeName string
				Ticks    []tick
			}
			Facts   []fact
			Seconds float64
		}
		Tracks [][]byte
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got.Doc.Moments.Times) != "[1 2 3 4]" || got.Doc.Moments.TimeName != "layer" {
		t.Errorf("moments %+v", got.Doc.Moments)
	}
	if len(got.Doc.Moments.Ticks) != 1 || got.Doc.Moments.Ticks[0].At != 1 {
		t.Errorf("ticks %+v: a warning is no tick, an event is", got.Doc.Moments.Ticks)
	}
	if len(got.Tracks) != 1 || len(got.Tracks[0]) == 0 || got.Doc.Seconds != 1.2 {
		t.Errorf("%d tracks, %v s a frame", len(got.Tracks), got.Doc.Seconds)
	}
}

func TestDocumentsThatCannotBeShown(t *testing.T) {
	cases := []struct {
		name  string
		scene xainb.Scene
		want  string
	}{
		{"nil", nil, "the scene is nil"},
		{"error", scene{err: errors.New("no layer 9")}, "no layer 9"},
		{"no tracks", scene{doc: &xainb.Document{}}, "no frames"},
		{"no frames", scene{doc: &xainb.Document{Tracks: []*xainb.Track{xainb.NewTrack(nil, xainb.Provenance{}, nil)}}}, "no frames"},
		{"panic", panicking{}, "boom"},
		{"unknown library", withDoc(t, func(d *xainb.Document) { d.Libraries = []string{"jquery"} }), "jquery"},
		{"empty painter", withDoc(t, func(d *xainb.Document) { d.Scripts[0].Source = "" }), "empty"},
		{"NaN in a spec", withDoc(t, func(d *xainb.Document) { d.Panels[0].Spec = math.NaN() }), "JSON"},
		{"a panic in a spec", withDoc(t, func(d *xainb.Document) { d.Panels[0].Spec = panicking{} }), "boom"},
		{"a panic in a spec that is translated", withDoc(t, func(d *xainb.Document) {
			d.Panels[0].Spec, d.Translations = panicking{}, map[string]map[string]string{"zh": {"a": "b"}}
		}), "boom"},
		{"no picture", withDoc(t, func(d *xainb.Document) { d.Poster = drawing(func(int) (image.Image, error) { return nil, nil }) }), "frame 2: there is no picture"},
		{"nil picture", withDoc(t, func(d *xainb.Document) {
			d.Poster = drawing(func(int) (image.Image, error) { return (*image.RGBA)(nil), nil })
		}), "the poster panicked"},
		{"poster fails", withDoc(t, func(d *xainb.Document) { d.Poster = dots{errors.New("no ink")} }), "no ink"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := WritePage(&bytes.Buffer{}, c.scene)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that says %q", err, c.want)
			}
		})
	}
}

type panicking struct{}

func (panicking) Document() (*xainb.Document, error) { panic("boom") }
func (panicking) MarshalJSON() ([]byte, error)       { panic("boom") }

// drawing is a poster made of a function.
type drawing func(frame int) (image.Image, error)

func (f drawing) Draw(frame int) (image.Image, error) { return f(frame) }

// grainy is a poster of noise, which PNG cannot make small.
func grainy(frame int) (image.Image, error) {
	img, r := image.NewGray(image.Rect(0, 0, 200, 100)), rand.New(rand.NewPCG(uint64(frame), 0))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.Uint32())
	}
	return img, nil
}

func withDoc(t *testing.T, change func(*xainb.Document)) xainb.Scene {
	d := testDoc(t, 3)
	change(d)
	return scene{doc: d}
}

func TestPageOnAFullDisk(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	defer f.Close()
	if err := WritePage(f, scene{doc: testDoc(t, 3)}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v, want no space left on device", err)
	}
}

func TestPageLeavesTheOldFileWhenItFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.html")
	if err := Page(path, scene{doc: testDoc(t, 3)}); err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := Page(path, scene{doc: testDoc(t, 3)}, scene{err: errors.New("second")}); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v, want one that names the file", err)
	}
	now, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(old, now) {
		t.Errorf("the old page is gone (%v)", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := Page(filepath.Join(dir, "no", "such", "folder.html"), scene{doc: testDoc(t, 3)}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want not exist", err)
	}
}

func TestPicture(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	if err := Picture(path, scene{doc: testDoc(t, 3)}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(b, []byte(pngSignature)) {
		t.Errorf("not a picture: %v", err)
	}
	// A file has no budget, a cell has one.
	noisy := testDoc(t, 8)
	noisy.Poster = drawing(grainy)
	if err := Picture(path, scene{doc: noisy}); err != nil {
		t.Fatal(err)
	}
	b, err = os.ReadFile(path)
	if n := bytes.Count(b, []byte("fcTL")); err != nil || n != 8 || len(b) < posterBytes {
		t.Errorf("a picture of %d bytes has %d frames, want 8 (%v)", len(b), n, err)
	}
	if p, err := drawPoster(noisy, options{frame: 7}, posterBytes); err != nil || bytes.Count(p.shown, []byte("fcTL")) > 2 {
		t.Errorf("a cell's poster has as many (%v)", err)
	}
	if err := Picture(path, withDoc(t, func(d *xainb.Document) { d.Poster = nil })); err == nil || !strings.Contains(err.Error(), "no poster") {
		t.Errorf("error %v, want one about the poster", err)
	}
}

func TestSameDocumentSameBytes(t *testing.T) {
	var a, b bytes.Buffer
	if err := errors.Join(WritePage(&a, scene{doc: testDoc(t, 5)}), WritePage(&b, scene{doc: testDoc(t, 5)})); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two pages of equal documents differ")
	}
}

func TestCellOutsideANotebook(t *testing.T) {
	if err := Cell(scene{doc: testDoc(t, 3)}); !errors.Is(err, ErrNotebook) {
		t.Errorf("error %v, want ErrNotebook", err)
	}
}

func TestPosterMoves(t *testing.T) {
	p, err := drawPoster(testDoc(t, 4), options{frame: 3}, posterBytes)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"still": p.still, "moving": p.shown} {
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil || img.Bounds().Dx() != 40 || p.width != 40 {
			t.Errorf("%s: not a picture 40 wide: %v", name, err)
		}
	}
	if n := bytes.Count(p.shown, []byte("fcTL")); n != 4 {
		t.Errorf("the moving poster has %d frames, want 4", n)
	}
	at := bytes.Index(p.shown, []byte("fdAT")) // behind the second frame's control: number, width, height, x, y, ...
	box := p.shown[at-8-26:][:20]
	if w, h := binary.BigEndian.Uint32(box[4:]), binary.BigEndian.Uint32(box[8:]); w > 3 || h != 1 {
		t.Errorf("the second picture is %d by %d: only what changed should be there", w, h)
	}
}

func TestPolicy(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XAINB_ASSETS", dir)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("GONB_TMP_DIR", t.TempDir())
	t.Setenv("XAINB_ECHARTS", "")
	d := testDoc(t, 3)
	source := useAsset(t, "")
	carried := []byte(base64.StdEncoding.EncodeToString(deflate(source)))
	// run runs a cell, which shows d or fails, and says whether it carries ECharts.
	run := func(d *xainb.Document, opts ...Option) bool {
		r, err := cell(scene{doc: d}, opts)
		if err != nil {
			return false
		}
		r.shown()
		return bytes.Contains(r.html, carried)
	}
	if run(d) {
		t.Error("a document without libraries carries one")
	}
	d.Libraries = []string{"echarts"}
	if run(d) {
		t.Error("what is not on this machine is carried")
	}
	useAsset(t, dir)
	broken, asked, other := *d, *d, *d
	broken.Poster = dots{errors.New("no ink")}
	asked.Title, asked.Tracks = "What does “it” look at?", testDoc(t, 5).Tracks
	other.Controls = []xainb.Control{{Kind: "choice", State: "run"}}
	for i, step := range []struct {
		name string
		doc  *xainb.Document
		opt  Option
		want bool
	}{
		{"the first cell fails", &broken, nil, false}, {"the first that is shown", d, nil, true}, {"a second", &other, nil, false},
		{"the first again, with another question", &asked, nil, true}, {"the second again", &other, nil, false},
		{"each", &other, ECharts(Each), true}, {"CDN", d, ECharts(CDN), false},
	} {
		if got := run(step.doc, step.opt); got != step.want {
			t.Errorf("cell %d, %s: carries ECharts: %v, want %v", i+1, step.name, got, step.want)
		}
	}
	p, err := newPayload(d, optionsOf(nil), map[string]bool{"echarts": true})
	if err != nil || !bytes.Equal(p.Libraries[0].Code, deflate(source)) {
		t.Errorf("the library is not carried (%v)", err)
	}
}

// A library is in a page once, whichever scenes ask for it.
func TestPageCarriesEachLibraryOnce(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XAINB_ASSETS", dir)
	source := useAsset(t, dir)
	flat, deep := testDoc(t, 3), testDoc(t, 3)
	assets()["another"] = assets()["echarts"]
	t.Cleanup(func() { delete(assets(), "another") })
	flat.Libraries, deep.Libraries = []string{"echarts"}, []string{"echarts", "another"}
	var b bytes.Buffer
	if err := WritePage(&b, scene{doc: flat}, scene{doc: deep}, scene{doc: deep}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), base64.StdEncoding.EncodeToString(deflate(source))); n != 2 {
		t.Errorf("the page carries %d libraries, want 2", n)
	}
}

// An error of several lines is read as it was written.
func TestSentence(t *testing.T) {
	if s := sentence(errors.New("not found:\n  <here>")); !strings.Contains(s, "pre-line") || !strings.Contains(s, "not found:\n  &lt;here&gt;.<") {
		t.Error(s)
	}
}

func TestScriptsAreSentWithoutComments(t *testing.T) {
	in := "// a\n/** b\n * c */\nfunction f() {\n  /** @type {x} */ let a = 1; // stays\n  return `x`; /* y */\n}\n/* d */\n"
	want := "function f() {\nlet a = 1; // stays\nreturn `x`; /* y */\n}\n"
	if got := bare(in); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
