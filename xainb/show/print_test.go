package show_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/gif"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
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

// Whole cells, without ECharts and the poster.
func TestCellsAreSmall(t *testing.T) {
	small := func(name string, scene xainb.Scene, limit int, opts ...show.Option) {
		t.Helper()
		if n, err := show.CellBytes(scene, opts...); err != nil || n > limit {
			t.Errorf("%s: a cell of %d bytes, %d are the limit (%v)", name, n, limit, err)
		}
	}
	small("200 frames of 64x64", charts.Heatmap(reference(t)), referenceBytes, show.Bits(8))
	for tokens, limit := range miniLMBytes {
		if testing.Short() && tokens > 24 {
			continue
		}
		small(fmt.Sprint("MiniLM's maps of ", tokens, " tokens"), miniLM(t, tokens), limit)
	}
}

// A recording is saved whole, though the scene draws a part of it.
func TestSavesTheWholeRecording(t *testing.T) {
	recorded := func(n int) *xainb.Track {
		frames := make([]xainb.Snapshot, n)
		for i := range frames {
			frames[i].Seq = i
			frames[i].Put("w", []float32{1, 2}, xainb.Dim{Name: "f", Size: 2})
			frames[i].Put("v", []float32{1, 2, 3, 4}, xainb.Dim{Name: "y", Size: 2}, xainb.Dim{Name: "x", Size: 2})
			frames[i].PutScalar("loss", 1)
		}
		return xainb.NewTrack(frames, xainb.Provenance{}, nil)
	}
	run := recorded(3)
	lines := func(s xainb.Source) *charts.Scene { return charts.Lines(s) }
	for name, c := range map[string]struct {
		scene *charts.Scene
		fits  bool
	}{
		"ranking": {charts.Bars(run, charts.Field("w")), true}, "row": {charts.Row(charts.Bars(run), charts.Heatmap(run)), true},
		"one variant": {charts.Vary("k", lines, charts.Variant{Name: "a", Run: run}), true},
		"variants":    {charts.Vary("k", lines, charts.Variant{Name: "a", Run: run}, charts.Variant{Name: "b", Run: recorded(2)}), false},
		"compared":    {charts.Compare(run, recorded(2)), false},
	} {
		path := filepath.Join(t.TempDir(), "a.xtrack")
		if err := show.Save(path, c.scene); (err == nil) != c.fits || err != nil && !strings.Contains(err.Error(), "2 recordings") {
			t.Errorf("%s: error %v", name, err)
		}
		if got, err := codec.Open(path); c.fits && (err != nil || got.Hash() != run.Hash()) {
			t.Errorf("%s: %v, want %v (%v)", name, got, run, err)
		}
	}
}

func TestPictureOfNoPoster(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	if err := show.Picture(path, show.With(charts.Heatmap(reference(t)), show.Poster(show.NoPoster))); err == nil {
		t.Error("there is a picture of nothing")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("there is a file")
	}
}

// Width is of every kind of picture, and none is enlarged.
func TestWidthOfPictures(t *testing.T) {
	for _, c := range []struct{ width, want int }{{300, 300}, {4000, 720}} {
		for name, opts := range map[string][]show.Option{"a.png": nil, "b.png": {show.Poster(show.Moving)}, "a.gif": nil} {
			config, _, err := image.DecodeConfig(bytes.NewReader(saved(t, name, append(opts, show.Width(c.width))...)))
			if err != nil || config.Width != c.want {
				t.Errorf("%s is %d wide, want %d (%v)", name, config.Width, c.want, err)
			}
		}
		if b := saved(t, "a.svg", show.Width(c.width)); !bytes.Contains(b, fmt.Appendf(nil, `width="%dpt"`, c.want)) {
			t.Errorf("%s is not %d wide", b[:200], c.want)
		}
	}
}

// A GIF takes as long a frame as the scene says.
func TestSecondsOfAPicture(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.gif")
	if err := show.Save(path, charts.Heatmap(reference(t)).Seconds(2)); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if g, err := gif.DecodeAll(bytes.NewReader(b)); err != nil || g.Delay[0] < 200 {
		t.Errorf("%v (%v), want at least 2 s", g.Delay, err)
	}
}
