package e2e

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xainb/gonb-xai/xainb/show"
)

// committed returns the notebooks of this project, as copies in a folder where they can write.
func committed(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(checkout(), "notebooks", "*.ipynb"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	folder := filepath.Join(scratch, "committed")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for i, path := range paths {
		paths[i] = filepath.Join(folder, filepath.Base(path))
		copyFile(t, path, paths[i])
	}
	return paths
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// largest is the most that a committed notebook may have.
const largest = 4_000_000

func TestEveryNotebookRuns(t *testing.T) {
	needLab(t)
	for _, path := range committed(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			n := run(t, path)
			if info, err := os.Stat(n.path); err != nil || info.Size() > largest {
				t.Errorf("executed it has %d bytes, and %d is the limit (%v)", info.Size(), largest, err)
			}
			for _, c := range n.Cells {
				for _, o := range c.Outputs {
					if o.Type == "error" || o.Stream == "stderr" {
						t.Errorf("a cell says %s %s %s", o.Name, o.Value, o.Text)
					}
				}
			}
			if len(n.shown()) == 0 {
				t.Error("it shows no animation")
			}
			for _, o := range n.shown() {
				checkBundle(t, o)
			}
		})
	}
}

// checkBundle checks that each kind of viewer finds something in an output.
func checkBundle(t *testing.T, o output) {
	t.Helper()
	picture, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(o.Data["image/png"])))
	if err != nil || !strings.HasPrefix(string(picture), "\x89PNG") {
		t.Errorf("image/png is not a picture (%d bytes, %v)", len(picture), err)
	}
	if plain := string(o.Data["text/plain"]); len(plain) < 20 || strings.Contains(plain, "<") {
		t.Errorf("text/plain is %q", plain)
	}
	if page := string(o.Data["text/html"]); !strings.Contains(page, `src="data:image/`) {
		t.Error("text/html has no poster")
	}
}

// TestCommittedNotebooksAreExecuted looks at the files as they are in the repository.
func TestCommittedNotebooksAreExecuted(t *testing.T) {
	paths, _ := filepath.Glob(filepath.Join(checkout(), "notebooks", "*.ipynb"))
	for _, path := range paths {
		n := read(t, path)
		for i, c := range n.Cells {
			if c.Type == "code" && c.Count == nil {
				t.Errorf("%s: cell %d is not executed: run `make notebooks`", filepath.Base(path), i+1)
				break
			}
		}
		if info, err := os.Stat(path); err != nil || info.Size() > largest {
			t.Errorf("%s has %d bytes, and %d is the limit (%v)", filepath.Base(path), info.Size(), largest, err)
		}
	}
}

func TestSavedPageOfANotebookPlaysFromDisk(t *testing.T) {
	n := sample(t)
	b := openTab(t, true)
	b.open("file://" + n.page())
	all := b.players("", samplePlayers, 30*time.Second)
	all[sampleWave].plays()
	all[sampleHeads].plays()
	all[sampleLines].plays()
	b.keep("nbconvert")
	if urls := b.asked(true); len(urls) > 0 {
		t.Errorf("our code asked the network for %q", urls)
	}
}

func TestSavedPagesOfTheNotebooksPlayFromDisk(t *testing.T) {
	needLab(t)
	for _, path := range committed(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			n := run(t, path)
			b := openTab(t, true)
			b.tall()
			b.open("file://" + n.page())
			for _, p := range b.players("", len(n.shown()), 60*time.Second) {
				p.plays()
			}
			b.keep("nbconvert")
			if urls := b.asked(true); len(urls) > 0 {
				t.Errorf("our code asked the network for %q", urls)
			}
		})
	}
}

func TestCellOutsideANotebookSaysSo(t *testing.T) {
	err := show.Cell(waveScene())
	if !errors.Is(err, show.ErrNotebook) {
		t.Fatalf("show.Cell returns %v", err)
	}
	if !strings.Contains(err.Error(), "show.Page") {
		t.Errorf("%q does not say what to do", err)
	}
}

// badCells are things that go wrong in a reader's notebook, each with the sentences that the cell must say and how many animations
// it shows all the same.
var badCells = []struct {
	source string
	says   []string
	plays  int
}{
	{sampleCells[0], nil, 0},
	{`func shaky(n int) iter.Seq2[xainb.Step, error] {
	return func(yield func(xainb.Step, error) bool) {
		for i := range n {
			if i == 5 {
				panic("index out of my head")
			}
			yield(xainb.DecisionStep{Time: float64(i), Score: float64(i * i)}, nil)
		}
	}
}
%%
explain := xainb.ExplainerFunc[int](func(_ context.Context, n int) iter.Seq2[xainb.Step, error] { return shaky(n) })
show.Cell(charts.Lines(xainb.RecordSeq(context.Background(), 9, explain)))`, []string{"index out of my head", "The 5 frames before that are kept"}, 1},
	{`%%
explain := xainb.ExplainerFunc[int](func(_ context.Context, n int) iter.Seq2[xainb.Step, error] {
	return func(yield func(xainb.Step, error) bool) {
		_ = yield(xainb.DecisionStep{Score: 1}, nil) && yield(xainb.DecisionStep{Score: 2}, nil) && yield(nil, errors.New("the data ran dry"))
	}
})
show.Cell(charts.Lines(xainb.RecordSeq(context.Background(), 9, explain)))`, []string{"the data ran dry", "The 2 frames before that are kept"}, 1},
	{`%%
ctx, cancel := context.WithCancelCause(context.Background())
explain := xainb.ExplainerFunc[int](func(_ context.Context, n int) iter.Seq2[xainb.Step, error] {
	return func(yield func(xainb.Step, error) bool) {
		for i := range n {
			if i == 3 {
				cancel(errors.New("the teacher said stop"))
			}
			if !yield(xainb.DecisionStep{Time: float64(i), Score: float64(i)}, nil) {
				return
			}
		}
	}
})
show.Cell(charts.Lines(xainb.RecordSeq(ctx, 1_000_000, explain)))`, []string{"the teacher said stop", "frames before that are kept"}, 1},
	{`%%
show.Cell(charts.Auto(xainb.Record("", func(string) []xainb.Step { panic("no words") })))`, []string{"no words"}, 0},
	{`%%
show.Cell(charts.Auto(xainb.Record("", func(string) []xainb.Step { return nil })))`, []string{"the recording has no frames"}, 0},
	{`%%
show.Cell(charts.Heatmap(xainb.Record(2, func(n int) []xainb.Step { return []xainb.Step{xainb.DecisionStep{Score: 1}} })))`, []string{"charts:"}, 0},
	{`%%
show.Cell(nil)`, []string{"the scene is nil"}, 0},
	{`import "github.com/xainb/gonb-xai/kernels/attention"
%%
show.Cell(charts.AttentionHeads(attention.Run("")))`, []string{"no tokens"}, 0},
	{`%%
show.Cell(charts.AttentionHeads(attention.Run(strings.Repeat("word ", 10_000)), charts.Bits(4)))`, []string{"512"}, 1},
	{`%%
fmt.Println(show.Page("/no/such/folder/page.html", charts.Lines(xainb.Record(0, func(int) []xainb.Step { return []xainb.Step{xainb.DecisionStep{Score: 1}} }))))`,
		[]string{"/no/such/folder"}, 0},
}

func TestBadInputIsASentenceInTheCell(t *testing.T) {
	needLab(t)
	var sources []string
	for _, c := range badCells {
		sources = append(sources, c.source)
	}
	path := filepath.Join(scratch, "bad.ipynb")
	write(t, path, sources...)
	n := run(t, path)
	b := openTab(t, true)
	b.open("file://" + n.page())
	total := 0
	for _, c := range badCells {
		total += c.plays
	}
	all := b.players("", total, 60*time.Second)
	for i, c := range badCells {
		said := ""
		for _, o := range n.Cells[i].Outputs {
			said += string(o.Text + o.Data["text/html"] + o.Data["text/plain"] + text(o.Value))
		}
		if c.plays > 0 {
			p := all[0]
			all = all[1:]
			p.show()
			b.keep(n.Cells[i].ID)
			said = p.text(".warnings")
			p.push("Play")
		}
		for _, want := range c.says {
			if !strings.Contains(said, want) {
				t.Errorf("the cell\n%s\ndoes not say %q but\n%.800s", c.source, want, said)
			}
		}
	}
}
