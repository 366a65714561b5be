package e2e

import (
	"fmt"
	"image"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
)

// seek shows a frame.
func (p player) seek(frame int) {
	p.t.Helper()
	evaluate[chromedp.Void](p.tab, fmt.Sprintf("%s.xainb.clock.do('seek', %d)", p.host, frame))
	p.settle()
}

// A click drops a particle where it was made, at the moment that is shown; it follows the score, here to the middle; a click on where it was dropped takes it away.
func TestAReaderDropsAParticle(t *testing.T) {
	p := one(t, false, charts.Diffusion(noiseRun(plainly)))
	state := func() string { return evaluate[string](p.tab, p.host+".xainb.state('particle')") }
	p.seek(1)
	plot := p.boxOf(p.part(".panel canvas"))
	before := p.picture()
	x, y := plot.X+plot.W*0.4, plot.Y+plot.H*0.7
	p.do("clicking", chromedp.MouseClickXY(x, y))
	p.settle()
	at := strings.Fields(state())
	if len(at) != 3 || at[2] != "200" {
		t.Fatalf("after a click in the second frame, at t = 200, the particle is %q", state())
	}
	if v, err := strconv.ParseFloat(at[1], 64); err != nil || v > -0.3 {
		t.Errorf("a click below the middle drops it at y = %s", at[1])
	}
	p.changes(before, "with a particle")
	here := p.text(".caption")
	if !strings.Contains(here, "The particle is at") {
		t.Errorf("the caption says %q", here)
	}
	p.seek(3)
	if last := p.text(".caption"); last == here || !strings.Contains(last, "The particle is at") {
		t.Errorf("at the end the caption says %q, as before %q", last, here)
	}
	p.seek(0)
	if text := p.text(".caption"); !strings.Contains(text, "The particle is dropped at t = 200") {
		t.Errorf("before it is dropped the caption says %q", text)
	}
	p.do("clicking", chromedp.MouseClickXY(x, y))
	p.settle()
	if state() != "" {
		t.Errorf("a second click at the same place leaves %q", state())
	}
	p.click("selects a sample", p.named(".option", "selects a sample"))
	p.do("clicking", chromedp.MouseClickXY(x, y))
	p.settle()
	if state() != "" {
		t.Errorf("a click that selects drops %q", state())
	}
}

// With shift, arrows move the particle, and the playhead stays; delete takes it away.
func TestAParticleIsMovedByTheKeyboard(t *testing.T) {
	p := one(t, false, charts.Diffusion(noiseRun(plainly)))
	p.seek(0)
	evaluate[chromedp.Void](p.tab, p.part(".panel[tabindex]")+".focus()")
	shift := func(key string) {
		p.do("a key with shift", chromedp.KeyEvent(key, chromedp.KeyModifiers(chromedp.ModifierShift)))
		p.settle()
	}
	state := func() string { return evaluate[string](p.tab, p.host+".xainb.state('particle')") }
	shift(kb.ArrowRight)
	if got := state(); got != "0 0 300" {
		t.Errorf("the first arrow drops %q, want it in the middle at t = 300", got)
	}
	shift(kb.ArrowRight)
	shift(kb.ArrowDown)
	if got := state(); got != "0.1 -0.1 300" {
		t.Errorf("right and down: %q", got)
	}
	if frame := evaluate[float64](p.tab, p.host+".xainb.frame().position"); frame != 0 {
		t.Errorf("the playhead went to %v", frame)
	}
	p.press(kb.Delete)
	p.settle()
	if got := state(); got != "" {
		t.Errorf("delete leaves %q", got)
	}
	if label := evaluate[string](p.tab, p.part(".panel[tabindex]")+".getAttribute('aria-label')"); !strings.Contains(label, "With shift") {
		t.Errorf("the picture calls itself %q", label)
	}
}

// What is drawn of a sample is chosen; the second picture of a pair stands while the first goes on, until it has a step of its own.
func TestFewStepsHold(t *testing.T) {
	run := noiseRun(plainly)
	few := run.Select(func(s *xainb.Snapshot) bool { return s.Time == 300 || s.Time == 0 })
	p := one(t, false, charts.Compare(run, few, charts.Names("many", "few")))
	p.seek(0)
	p.click("predicted noise", p.named(".option", "predicted noise"))
	p.click("x_t", p.named(".option", "x_t"))
	p.settle()
	boxes := evaluate[[]box](p.tab, "[..."+p.host+".shadowRoot.querySelectorAll('.panel')].map(e => e.querySelector('canvas')).filter(e => e).map(e => e.getBoundingClientRect()).map(r => ({X: r.x, Y: r.y, W: r.width, H: r.height}))")
	if len(boxes) < 2 {
		t.Fatalf("%d planes", len(boxes))
	}
	side := func(k int) image.Image {
		img, err := p.capture(boxes[k])
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	a, b := side(0), side(1)
	p.seek(1)
	if differing(a, side(0)) == 0 {
		t.Error("the run with many steps stands still")
	}
	if n := differing(b, side(1)); n > 0 {
		t.Errorf("the run with few steps moved between them: %d pixels", n)
	}
	p.seek(3)
	if differing(b, side(1)) == 0 {
		t.Error("the run with few steps does not move at all")
	}
}
