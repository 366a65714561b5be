package e2e

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// player is one animation on a page.
type player struct {
	*tab
	host string // JavaScript: the element that has it
}

// players waits until a page has n animations that are ready to play, and returns them from the top. within is a selector of the
// part of the page to look at, "" for all of it.
func (b *tab) players(within string, n int, limit time.Duration) []player {
	b.t.Helper()
	selector := within + " div.xainb"
	b.until(fmt.Sprintf("%d players are ready", n), limit, fmt.Sprintf("document.querySelectorAll('%s[data-xainb=ready]').length >= %d", selector, n))
	if got := evaluate[int](b, fmt.Sprintf("document.querySelectorAll('%s').length", selector)); got != n {
		b.t.Fatalf("the page has %d players, expected %d", got, n)
	}
	all := make([]player, n)
	for i := range all {
		all[i] = player{b, fmt.Sprintf("document.querySelectorAll('%s')[%d]", selector, i)}
	}
	return all
}

// part is JavaScript for an element inside the player.
func (p player) part(selector string) string {
	return fmt.Sprintf("%s.shadowRoot.querySelector(%q)", p.host, selector)
}

// show scrolls the page so that the player is in view, and takes the mouse away from it: where it stands it may open a tooltip.
func (p player) show() {
	p.t.Helper()
	evaluate[chromedp.Void](p.tab, p.host+".scrollIntoView({block: 'center', behavior: 'instant'})")
	p.do("moving the mouse away", chromedp.MouseEvent(chromedp.MouseMoved, 1, 1))
	p.settle()
}

// settle waits until the page has drawn what it knows.
func (p player) settle() {
	p.t.Helper()
	evaluate[chromedp.Void](p.tab, "new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r())))")
}

// picture is what the panels show.
func (p player) picture() image.Image {
	p.t.Helper()
	p.settle()
	return p.see(p.boxOf(p.part(".panels")))
}

// named is JavaScript for the button of this text among those of a selector.
func (p player) named(selector, text string) string {
	return fmt.Sprintf("[...%s.shadowRoot.querySelectorAll(%q)].find(e => e.textContent === %q)", p.host, selector, text)
}

func (p player) text(selector string) string {
	p.t.Helper()
	return evaluate[string](p.tab, p.part(selector)+".textContent")
}

// push clicks a button by the beginning of its name: "Play", "Loop".
func (p player) push(button string) {
	p.t.Helper()
	p.click("the button "+button, p.part(".bar button[aria-label^='"+button+"']"))
	p.settle()
}

func (p player) playing() bool {
	p.t.Helper()
	return evaluate[string](p.tab, p.part("button.play")+".getAttribute('aria-label')") == "Pause (space)"
}

// changes waits until the picture differs from before.
func (p player) changes(before image.Image, after string) image.Image {
	p.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		now := p.picture()
		if differing(before, now) > 0 {
			return now
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("the picture is still the same %s%s", after, p.story(nil))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// still is the picture once it has come to rest: some scenes glide to where they are going.
func (p player) still() image.Image {
	p.t.Helper()
	before := p.picture()
	for range 20 {
		time.Sleep(150 * time.Millisecond)
		now := p.picture()
		if differing(before, now) == 0 {
			return now
		}
		before = now
	}
	p.t.Errorf("the picture does not come to rest")
	return before
}

// standsStill fails when the picture moves within the time of more than a frame.
func (p player) standsStill(when string) {
	p.t.Helper()
	before := p.still()
	time.Sleep(1300 * time.Millisecond)
	p.same(before, when+", a second later,")
}

func (p player) same(want image.Image, when string) {
	p.t.Helper()
	if now := p.still(); differing(want, now) > 0 {
		p.t.Errorf("%s the picture is another one: %d pixels differ (%v, %v)", when, differing(want, now), want.Bounds().Size(), now.Bounds().Size())
		p.keepImage("wanted", want)
		p.keepImage("seen", now)
	}
}

// drag moves the scrubber's knob to a share of its way, as a mouse does it.
func (p player) drag(to float64) {
	p.t.Helper()
	track := p.boxOf(p.part(".track"))
	x, y := p.boxOf(p.part(".knob")).centre()
	end := track.X + to*track.W
	held := func(d *input.DispatchMouseEventParams) { d.Buttons = 1 }
	steps := []chromedp.Action[chromedp.Void]{
		chromedp.MouseEvent(chromedp.MouseMoved, x, y),
		chromedp.MouseEvent(chromedp.MousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
	}
	for i := range 8 {
		at := x + (end-x)*float64(i+1)/8
		steps = append(steps, chromedp.MouseEvent(chromedp.MouseMoved, at, y+3, chromedp.ButtonLeft, held))
	}
	steps = append(steps, chromedp.MouseEvent(chromedp.MouseReleased, end, y+3, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	p.do("dragging the scrubber", steps...)
}

// plays does what everybody does first: play, pause, and back to the start.
func (p player) plays() {
	p.t.Helper()
	p.show()
	p.drag(0)
	first := p.still()
	if n := colours(first); n < 3 {
		p.t.Errorf("the first picture is empty: it has %d colours", n)
	}
	p.push("Play")
	p.changes(first, "after a click on play")
	p.push("Pause")
	if p.playing() {
		p.t.Error("a click on pause does not pause")
	}
	p.standsStill("paused")
	p.drag(0)
	p.same(first, "scrubbed back to the start,")
	p.drag(1)
	p.changes(first, "after scrubbing to the end")
	p.drag(0)
	p.same(first, "scrubbed back from the end,")
}

// rgba returns the pixels of a picture in one form.
func rgba(m image.Image) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: m.Bounds().Size()})
	draw.Draw(out, out.Rect, m, m.Bounds().Min, draw.Src)
	return out
}

// differing counts the pixels in which two pictures differ; pictures of different sizes differ in all. A browser that draws a part of
// the page again may shade the edge of a curve a little otherwise: what nobody sees does not count.
func differing(a, b image.Image) int {
	x, y := rgba(a), rgba(b)
	if x.Rect != y.Rect {
		return max(1, len(x.Pix)/4)
	}
	n := 0
	for i := 0; i < len(x.Pix); i += 4 {
		for c := range 3 {
			if d := int(x.Pix[i+c]) - int(y.Pix[i+c]); d > 12 || d < -12 {
				n++
				break
			}
		}
	}
	return n
}

// colours counts the colours of a picture, up to 64.
func colours(m image.Image) int {
	x, seen := rgba(m), map[[4]byte]bool{}
	for i := 0; i < len(x.Pix) && len(seen) < 64; i += 4 {
		seen[[4]byte(x.Pix[i:])] = true
	}
	return len(seen)
}

// TestPicturesCompare makes sure that the tests would see a change.
func TestPicturesCompare(t *testing.T) {
	a, b := image.NewRGBA(image.Rect(0, 0, 4, 4)), image.NewRGBA(image.Rect(0, 0, 4, 4))
	if n := differing(a, b); n != 0 {
		t.Errorf("two equal pictures differ in %d pixels", n)
	}
	b.Set(1, 2, color.White)
	if n := differing(a, b); n != 1 {
		t.Errorf("one white pixel counts as %d", n)
	}
	if n := differing(a, a.SubImage(image.Rect(0, 0, 4, 2))); n == 0 {
		t.Error("a smaller picture counts as equal")
	}
	if n := colours(b); n != 2 {
		t.Errorf("%d colours, expected 2", n)
	}
}
