package show_test

import (
	"bytes"
	"encoding/xml"
	"image/gif"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb/show"
)

func saved(t *testing.T, name string, opts ...show.Option) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := show.Save(path, charts.Heatmap(reference(t)), opts...); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The pictures of the reference are whole and small.
func TestPicturesOfTheReference(t *testing.T) {
	b := saved(t, "a.gif")
	g, err := gif.DecodeAll(bytes.NewReader(b))
	if err != nil || len(b) > show.GIFBytes || len(g.Image) < 12 || g.Config.Width < 288 {
		t.Errorf("GIF of %d bytes and %d frames (%v)", len(b), len(g.Image), err)
	}
	b = saved(t, "a.png", show.Poster(show.Filmstrip))
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil || len(b) > show.StripBytes || c.Width != 3*264+2*30+2*24 {
		t.Errorf("strip of %d bytes, %d wide (%v)", len(b), c.Width, err)
	}
	c, err = png.DecodeConfig(bytes.NewReader(saved(t, "a.png", show.Frame(3), show.Width(400))))
	if err != nil || c.Width != 400 {
		t.Errorf("still %d wide (%v)", c.Width, err)
	}
	d := xml.NewDecoder(bytes.NewReader(saved(t, "a.svg", show.Frame(3))))
	paths := 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "path" {
			paths++
		}
	}
	if paths < 50 {
		t.Errorf("%d paths in the SVG, want those of the letters", paths)
	}
}
