package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
)

// one opens a page with one scene.
func one(t *testing.T, foreign bool, scene xainb.Scene) player {
	t.Helper()
	b := openTab(t, foreign)
	b.open(pageOf(t, scene))
	return b.players("", 1, 20*time.Second)[0]
}

// A run of a hundred frames has no time to rest on one; what is said of it keeps up all the same.
func TestCaptionsFollowAFastRun(t *testing.T) {
	p := one(t, false, charts.Heatmap(xainb.Record(100, wave)))
	p.push("Play")
	said := map[string]bool{}
	for range 30 {
		said[p.text(".caption")] = true
		time.Sleep(50 * time.Millisecond)
	}
	if !p.playing() || len(said) < 5 {
		t.Errorf("while the run played, or had played (%v), %d sentences were said", p.playing(), len(said))
	}
}

func TestTheRevealIsOfTheGuess(t *testing.T) {
	p := one(t, false, waveScene().Predict("Guess", "You guessed {guess}.", "aa", "bb"))
	answer := func(text string) {
		p.click(text, p.named(".predict button", text))
		p.settle()
	}
	revealed := func() string {
		return evaluate[string](p.tab, "(e => e.hidden ? '' : e.textContent)("+p.part(".reveal")+")")
	}
	for _, guess := range []string{"aa", "bb"} {
		answer(guess)
		if got := revealed(); got != "" {
			t.Errorf("while the run plays again the page says %q", got)
		}
		p.press(kb.End)
		p.settle()
		if want := "You guessed " + guess + "."; revealed() != want {
			t.Errorf("at the end the page says %q, want %q", revealed(), want)
		}
	}
}

func TestTheTooltipIsOfTheFrameThatIsSeen(t *testing.T) {
	for _, scene := range []xainb.Scene{waveScene(), charts.Lines(xainb.Record(8, wave)), wordsScene()} {
		p := one(t, false, scene)
		r := p.boxOf(p.part(".panel canvas, .panel svg, .panel bdi"))
		p.do("pointing", chromedp.MouseEvent(chromedp.MouseMoved, r.X+r.W/2-2, r.Y+r.H/2), chromedp.MouseEvent(chromedp.MouseMoved, r.X+r.W/2, r.Y+r.H/2))
		p.settle()
		evaluate[chromedp.Void](p.tab, p.part(".player")+".focus()")
		p.press(kb.ArrowRight)
		p.settle()
		tip := p.text(".tooltip")
		p.do("pointing at the same", chromedp.MouseEvent(chromedp.MouseMoved, r.X+r.W/2-1, r.Y+r.H/2))
		p.settle()
		if now := p.text(".tooltip"); tip == "" || tip != now || evaluate[bool](p.tab, p.part(".tooltip")+".hidden") {
			t.Errorf("after a step the tooltip said %q, and %q when the pointer moved", tip, now)
		}
	}
}

// A notebook has shortcuts of its own, which it takes from keys that come out of the player.
func TestKeysStayInThePlayer(t *testing.T) {
	p := one(t, false, headsScene())
	evaluate[chromedp.Void](p.tab, "void (window.heard = 0, document.addEventListener('keydown', () => heard++))")
	for _, at := range []string{".player", ".controls button", ".track", ".panel[tabindex]"} {
		evaluate[chromedp.Void](p.tab, p.part(at)+".focus()")
		p.press(" ")
		p.press(kb.ArrowDown)
	}
	if n := evaluate[int](p.tab, "heard"); n != 0 {
		t.Errorf("%d keys came out of the player", n)
	}
}

func TestTheKeyboardChooses(t *testing.T) {
	p := one(t, false, wordsScene())
	evaluate[chromedp.Void](p.tab, p.part(".panel[tabindex]")+".focus()")
	p.press(kb.End + kb.ArrowDown + kb.ArrowDown)
	p.settle()
	if said := p.text(".caption"); !strings.HasPrefix(said, "quiet has") {
		t.Errorf("with the second word chosen the caption says %q", said)
	}
	h := one(t, false, headsScene())
	evaluate[chromedp.Void](h.tab, h.part(".controls button[aria-checked=true]")+".focus()")
	h.press(kb.ArrowDown)
	h.settle()
	if chosen := h.text(".controls button[aria-checked=true]"); !strings.HasPrefix(chosen, "a column") {
		t.Errorf("after an arrow %q is chosen", chosen)
	}
}

func TestEventsSayTheirText(t *testing.T) {
	p := one(t, false, charts.Lines(xainb.Record(5, func(n int) (steps []xainb.Step) {
		for i := range n {
			steps = append(steps, xainb.StepFunc(func(s *xainb.Snapshot) {
				s.PutScalar("loss", float64(i))
				if i == 2 {
					s.PutEvent("turn", "the slope changes its sign")
				}
			}))
		}
		return steps
	})))
	x, y := p.boxOf(p.part(".tick > span")).centre()
	title := evaluate[string](p.tab, fmt.Sprintf("%s.shadowRoot.elementFromPoint(%v, %v).closest('[title]')?.title || ''", p.host, x, y))
	if title != "turn: the slope changes its sign" {
		t.Errorf("under the pointer is the title %q", title)
	}
	p.do("clicking the tick", chromedp.MouseClickXY(x, y))
	p.settle()
	if text := evaluate[string](p.tab, p.part(".track")+".getAttribute('aria-valuetext')"); !strings.Contains(text, title) {
		t.Errorf("at the event the scrubber says %q", text)
	}
}

// A picture that stands still has its origin, and slices that have names are called by them.
func TestOneFrameHasDetailsAndNames(t *testing.T) {
	p := one(t, false, charts.Heatmap(xainb.Record(0, func(int) []xainb.Step {
		return []xainb.Step{xainb.StepFunc(func(s *xainb.Snapshot) {
			s.Put("cam", []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3}, xainb.Dim{Name: "class", Size: 3}, xainb.Dim{Name: "row", Size: 2}, xainb.Dim{Name: "col", Size: 2})
			s.PutLabels("class", []string{"cat", "dog", "fox"})
		})}
	})))
	p.push("Details")
	if evaluate[bool](p.tab, p.part(".details")+".hidden") || !strings.Contains(p.text(".details"), "cam") {
		t.Errorf("the details are %q", p.text(".details"))
	}
	p.click("the dog", p.part(".panel button[aria-label=dog]"))
	p.settle()
	if said := p.text(".subtitle"); said != "cam at class dog" {
		t.Errorf("the subtitle says %q", said)
	}
}

// A painter that fails at once leaves the poster, and nothing that goes on.
func TestAFailureLeavesNothingBehind(t *testing.T) {
	b := openTab(t, true)
	d, err := waveScene().Document()
	if err != nil {
		t.Fatal(err)
	}
	d.Scripts = append(d.Scripts, xainb.Script{Name: "bad", Source: `window.calls = [];
painters.good = () => ({ draw: () => calls.push("draw"), dispose: () => calls.push("dispose") });
painters.bad = () => ({ draw: () => { throw new Error("no ink"); }, dispose() {} });`})
	d.Panels = append([]xainb.Panel{{Painter: "good", Grow: 1, Spec: 1}}, append(d.Panels, xainb.Panel{Painter: "bad", Grow: 1, Spec: 1})...)
	b.open(pageOf(t, ready{d}))
	b.until("the cell gives up", 20*time.Second, "document.querySelector('div.xainb[data-xainb=failed]')")
	evaluate[chromedp.Void](b, "document.querySelector('div.xainb').style.width = '400px'; new Promise(r => setTimeout(r, 300))")
	if calls := evaluate[string](b, "calls.join()"); calls != "draw,dispose" {
		t.Errorf("the painter beside the one that failed was asked to %s", calls)
	}
	if said := evaluate[string](b, "document.querySelector('div.xainb').innerText"); said != "This picture stands still: no ink" {
		t.Errorf("under the poster stands %q", said)
	}
	b.forgive()
}

type ready struct{ doc *xainb.Document }

func (r ready) Document() (*xainb.Document, error) { return r.doc, nil }
