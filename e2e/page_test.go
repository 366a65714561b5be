package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
)

func TestPageFromDiskPlaysWithoutNetwork(t *testing.T) {
	b := openTab(t, false)
	b.open(pageOf(t, waveScene(), headsScene(), wordsScene(), charts.Auto(xainb.Record(8, wave)), rankingScene()))
	all := b.players("", 5, 20*time.Second)
	b.keep("light")
	for _, p := range all {
		p.plays()
	}
	light := all[0].still()
	b.dark(true)
	all[0].changes(light, "in a dark page")
	for i, p := range all {
		p.show()
		b.keep(fmt.Sprintf("dark-%d", i+1))
	}
	if urls := b.asked(false); len(urls) > 0 {
		t.Errorf("the page asked the network for %q", urls)
	}
}

func TestPageObeysTheKeyboard(t *testing.T) {
	b := openTab(t, false)
	b.open(pageOf(t, waveScene()))
	p := b.players("", 1, 20*time.Second)[0]
	first := p.still()
	b.press(kb.ArrowRight) // nothing has the focus: the page has one player
	p.changes(first, "after → on the page")
	b.press(kb.ArrowLeft)
	p.same(first, "after → ← on the page")
	b.press(kb.Tab) // into the player
	b.press(" ")
	p.changes(first, "after the space bar")
	b.press(" ")
	p.standsStill("stopped by the space bar")
	b.press(kb.Home)
	p.same(first, "after Home")
	b.press(kb.ArrowRight)
	p.changes(first, "after →")
	second := p.still()
	b.press(kb.ArrowRight)
	p.changes(second, "after → again")
	b.press(kb.ArrowLeft)
	p.same(second, "after → → ←")
	b.press(kb.ArrowLeft)
	p.same(first, "after → → ← ←")
	evaluate[chromedp.Void](b, p.part(".track")+".focus()")
	b.press(kb.ArrowUp)
	p.same(second, "after ↑ on the scrubber")
	b.press(kb.ArrowDown)
	p.same(first, "after ↑ ↓ on the scrubber")
	b.press(kb.End)
	p.changes(first, "after End")
	last := p.still()
	b.press(kb.ArrowRight)
	p.same(last, "after → at the end")
	if evaluate[float64](b, "scrollY") != 0 {
		t.Error("the keys scroll the page")
	}
}

func TestPageShowsTheHeadThatIsClicked(t *testing.T) {
	b := openTab(t, false)
	b.open(pageOf(t, headsScene()))
	p := b.players("", 1, 20*time.Second)[0]
	chosen := p.text(".subtitle")
	first := p.still()
	other := `[...` + p.host + `.shadowRoot.querySelectorAll(".panel button[role=radio]")].find(e => e.getAttribute("aria-checked") === "false")`
	b.click("another head", other)
	p.changes(first, "after a click on another head")
	if now := p.text(".subtitle"); now == chosen {
		t.Errorf("the subtitle still says %q", now)
	}
	b.keep("head")
	caption := p.text(".caption")
	p.push("One frame on")
	if now := p.text(".caption"); now == caption {
		t.Errorf("in the next layer the caption still says %q", now)
	}
}

// A cell can be narrow where the window is not: two notebooks side by side.
func TestEveryControlIsInReachInANarrowCell(t *testing.T) {
	b := openTab(t, false)
	b.open(pageOf(t, headsScene(), charts.Auto(xainb.Record(8, wave))))
	for _, width := range []float64{700, 420, 330} {
		evaluate[chromedp.Void](b, fmt.Sprintf("document.body.style.maxWidth = '%vpx'", width))
		for i, p := range b.players("", 2, 20*time.Second) {
			p.show()
			b.keep(fmt.Sprintf("%v-%d", width, i+1))
			host := b.boxOf(p.host)
			for _, e := range evaluate[[]box](b, "[..."+p.host+".shadowRoot.querySelectorAll('.bar button, .controls button, .panel button, .where, .track, .panel')].map(e => e.getBoundingClientRect()).map(r => ({X: r.x, Y: r.y, W: r.width, H: r.height}))") {
				if e.W == 0 || e.X < host.X-1 || e.X+e.W > host.X+host.W+1 {
					t.Errorf("%v px wide: a control of player %d lies at %+v, the player at %+v", width, i+1, e, host)
				}
			}
			if track := b.boxOf(p.part(".track")); track.W < 150 {
				t.Errorf("%v px wide: the scrubber is %v px long", width, track.W)
			}
			p.plays()
		}
	}
}

func TestPageIsOnePlayerAfterThePoster(t *testing.T) {
	b := openTab(t, false)
	b.open(pageOf(t, waveScene()))
	p := b.players("", 1, 20*time.Second)[0]
	if h := evaluate[float64](b, p.host+".querySelector('img').getBoundingClientRect().height"); h != 0 {
		t.Errorf("the poster is still seen, %v px high", h)
	}
}

func TestPageWithoutScriptsShowsThePoster(t *testing.T) {
	b := openTab(t, false)
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	b.open(pageOf(t, waveScene()))
	b.posterOnly("document.querySelector('div.xainb')", "This picture plays where scripts may run.")
	b.keep("poster")
}

// posterOnly checks that an animation that may not play shows its poster and a sentence.
func (b *tab) posterOnly(host, sentence string) {
	b.t.Helper()
	b.until("the poster is seen", 20*time.Second, host+"?.querySelector('img')?.naturalWidth > 100")
	at := b.boxOf(host + ".querySelector('img')")
	if n := colours(b.see(box{at.X, max(0, at.Y), at.W, min(at.H, 400)})); n < 8 {
		b.t.Errorf("the poster is empty: it has %d colours", n)
	}
	if said := evaluate[string](b, host+".innerText"); !strings.Contains(said, sentence) {
		b.t.Errorf("the cell says %q, expected %q", said, sentence)
	}
	if evaluate[bool](b, host+".shadowRoot !== null") {
		b.t.Error("a player was built")
	}
}

const hostileMark = `<img src=x onerror="alert(1)"></script><script>alert(1)</script><!--<script>`

func TestHostileTextIsOnlyText(t *testing.T) {
	words := []string{hostileMark, "**bold**", "{top.label}", "שלום עולם", "👩‍👩‍👧‍👦", "\u202edesrever", "]]>", "a\x00b\u2028c"}
	run := xainb.RecordSeq(t.Context(), words, xainb.ExplainerFunc[[]string](hostileRun))
	scenes := []xainb.Scene{}
	for _, s := range []*charts.Scene{charts.Words(run), charts.Bars(run), charts.Stages(run), charts.AttentionHeads(xainb.Record(words, heads)), charts.Lines(run)} {
		scenes = append(scenes, s.Title("T "+hostileMark).Subtitle("S "+hostileMark).Caption("C "+hostileMark+" {score} **x**").
			Note(0, "N "+hostileMark).Predict("Q "+hostileMark, "R {guess}", "A "+hostileMark, "no"))
	}
	b := openTab(t, false)
	b.open(pageOf(t, scenes...))
	for i, p := range b.players("", len(scenes), 30*time.Second) {
		p.show()
		for part, want := range map[string]string{".title": "T ", ".subtitle": "S ", ".note": "N ", ".caption": "C ", ".predict .label": "Q ", ".predict .option": "A "} {
			if got := p.text(part); !strings.HasPrefix(got, want+hostileMark) {
				t.Errorf("scene %d: %s says %q", i+1, part, got)
			}
		}
		p.click("the first answer", p.part(".predict .option"))
		p.push("Details")
		p.drag(1)
		b.keep(fmt.Sprint("scene-", i+1))
	}
	if n := evaluate[int](b, "document.querySelectorAll('script[src], img[src=x]').length"); n > 0 {
		t.Errorf("%d elements came out of texts", n)
	}
	if title := evaluate[string](b, "document.title"); title != "T "+hostileMark {
		t.Errorf("the page is called %q", title)
	}
}

func TestPrintedPageHasThePictureAndNoControls(t *testing.T) {
	b := openTab(t, false)
	b.open(pageOf(t, waveScene(), wordsScene()))
	all := b.players("", 2, 20*time.Second)
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF(chromedp.PDFPrintBackground()))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(checkout(), "build", "shots", "print.pdf")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, pdf, 0o644); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(pdf, []byte("%PDF")) || len(pdf) < 5000 {
		t.Errorf("the PDF has %d bytes", len(pdf))
	}
	// Six key frames of the wave are 13 pictures, with their legends; what the screen shows is 3.
	if n := bytes.Count(pdf, []byte("/Subtype /Image")); n < 12 {
		t.Errorf("the PDF has %d pictures, expected those of six key frames", n)
	}
	if program, err := exec.LookPath("pdftoppm"); err == nil {
		if out, err := exec.Command(program, "-r", "60", "-png", path, strings.TrimSuffix(path, ".pdf")).CombinedOutput(); err != nil {
			t.Errorf("pdftoppm: %v\n%s", err, out)
		}
	}
	// What the printer's page looks like, as the browser draws it.
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if bar := b.boxOf(p.part(".bar")); bar.H > 0 {
			t.Errorf("the control bar is printed, %v px high", bar.H)
		}
		if n := colours(p.picture()); n < 8 {
			t.Errorf("the printed picture has %d colours", n)
		}
	}
	b.keep("print")
}

// hostileRun says in every place of a run what a page must not execute.
func hostileRun(_ context.Context, words []string) iter.Seq2[xainb.Step, error] {
	return func(yield func(xainb.Step, error) bool) {
		for i, s := range ranking(words) {
			d := s.(xainb.DecisionStep)
			d.Phase, d.Event = fmt.Sprint(hostileMark, i%2), xainb.Event{Name: "E " + hostileMark, Text: hostileMark}
			if !yield(d, nil) {
				return
			}
		}
		yield(nil, errors.New("the end "+hostileMark))
	}
}
