package charts

import (
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// comparePicture compares a picture with testdata/name.png. Edges of letters may differ by what another instruction set rounds.
func comparePicture(t *testing.T, name string, got image.Image) {
	t.Helper()
	path := filepath.Join("testdata", name+".png")
	if *update {
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, got); err != nil {
			t.Fatal(err)
		}
		return
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatalf("%v (run the test with -update)", err)
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if got.Bounds().Size() != want.Bounds().Size() {
		t.Fatalf("%s is %v, want %v", name, got.Bounds().Size(), want.Bounds().Size())
	}
	off := 0
	for y := range want.Bounds().Dy() {
		for x := range want.Bounds().Dx() {
			if !near(got.At(x, y), want.At(x, y), 48) {
				off++
			}
		}
	}
	if total := want.Bounds().Dx() * want.Bounds().Dy(); off*2000 > total {
		t.Errorf("%s: %d of %d pixels differ from %s", name, off, total, path)
	}
}

func near(a, b color.Color, most int) bool {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	for _, d := range []int{int(ar>>8) - int(br>>8), int(ag>>8) - int(bg>>8), int(ab>>8) - int(bb>>8)} {
		if d > most || d < -most {
			return false
		}
	}
	return true
}

// drawn returns a frame of a scene's poster.
func drawn(t *testing.T, s *Scene, frame int) image.Image {
	t.Helper()
	d := documentOf(t, s)
	img, err := d.Poster.Draw(frame)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func documentOf(t *testing.T, s *Scene) *xainb.Document {
	t.Helper()
	d, err := s.Document()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// readingsOf returns what the panels read off a frame, as the poster's caption gets it.
func readingsOf(s *Scene, frame int) map[string]string {
	return (&poster{scene: s}).read(frame)
}

// said returns the caption of a frame.
func said(s *Scene, frame int) string {
	p := &poster{scene: s}
	_, caption := p.templates()
	text := ""
	for _, r := range p.fill(caption, frame) {
		text += r.text
	}
	return text
}
