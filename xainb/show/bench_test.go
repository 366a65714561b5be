package show_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/kernels/attention"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
	"github.com/xainb/gonb-xai/xainb/show"
)

// reference is 200 frames of a 64x64 attention matrix while it is trained.
func reference(t testing.TB) *xainb.Track {
	t.Helper()
	run, err := codec.Open("../codec/testdata/attention_200x64x64.xtrack")
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// story is of words that are one token each.
const story = `the old man and the small dog walked down to the river in the morning because the house was cold and the fire had gone out
	during the night they sat on a stone near the water and looked at the boats that came from the city across the bay a woman with a red
	hat called to them from the first boat and asked if they had seen her brother who left the town two days before with a horse and a
	box of books the man said that he had seen nobody but the dog ran along the bank to a tree where a young man lay in the grass and
	slept with an open book on his face so they all went home together and made tea and talked about the sea until it was dark and the
	stars came out`

// benchmarkSave measures the making of a file of the reference, and how large it is.
func benchmarkSave(b *testing.B, name string, limit int64, opts ...show.Option) {
	scene, path := charts.Heatmap(reference(b)), filepath.Join(b.TempDir(), name)
	for b.Loop() {
		if err := show.Save(path, scene, opts...); err != nil {
			b.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	if info.Size() > limit {
		b.Errorf("%s takes %d bytes, at most %d wanted", name, info.Size(), limit)
	}
	b.ReportMetric(float64(info.Size()), "file-B")
}

// At most 60 ms.
func BenchmarkFilmstrip(b *testing.B) {
	benchmarkSave(b, "a.png", 60_000, show.Poster(show.Filmstrip))
}

// At most 400 ms.
func BenchmarkGIF(b *testing.B) { benchmarkSave(b, "a.gif", 150_000) }

// benchmarkCell measures the making of a cell without its poster, and how large it is without ECharts and the poster.
func benchmarkCell(b *testing.B, scene xainb.Scene, limit int, opts ...show.Option) {
	n := 0
	for b.Loop() {
		var err error
		if n, err = show.CellBytes(scene, opts...); err != nil {
			b.Fatal(err)
		}
	}
	if n > limit {
		b.Errorf("the cell takes %d bytes, at most %d wanted", n, limit)
	}
	b.ReportMetric(float64(n), "cell-B")
}

// The most bytes that cells may take at 8 bits.
const referenceBytes = 160_000

var miniLMBytes = map[int]int{24: 120_000, 128: 1_100_000} // by the number of tokens

func BenchmarkCellReference(b *testing.B) {
	benchmarkCell(b, charts.Heatmap(reference(b)), referenceBytes, show.Bits(8))
}

// miniLM is of the 72 attention maps of all-MiniLM-L6-v2. Without the model the test is skipped, except where CI=true promises that it is there.
func miniLM(t testing.TB, tokens int) xainb.Scene {
	t.Helper()
	t.Setenv(codec.CacheEnv, t.TempDir())
	run := attention.Run(strings.Join(strings.Fields(story)[:tokens-2], " ")) // and [CLS] and [SEP]
	if errors.Is(run.Err(), attention.ErrModelNotFound) && os.Getenv("CI") != "true" {
		t.Skip(run.Err())
	}
	if run.Err() != nil || len(run.Tokens) != tokens {
		t.Fatalf("%d tokens: %v", len(run.Tokens), run.Err())
	}
	return charts.AttentionHeads(run, charts.Views("attention"))
}

func BenchmarkCellMiniLM(b *testing.B) {
	for tokens, limit := range miniLMBytes {
		b.Run(fmt.Sprint(tokens), func(b *testing.B) { benchmarkCell(b, miniLM(b, tokens), limit) })
	}
}
