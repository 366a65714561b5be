package e2e

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
)

// watchFirst keeps of each player how far its pictures reach beyond their panels before the browser has painted it for the first time.
const watchFirst = `<script>
window.first = [];
new MutationObserver((changes) => {
	for (const { target: host } of changes) {
		if (host.dataset.xainb !== 'ready') continue;
		const beyond = [...host.shadowRoot.querySelectorAll('.panel')].flatMap((panel) => [...panel.querySelectorAll('canvas, svg')].map((e) =>
			e.getBoundingClientRect().width && e.getBoundingClientRect().right - panel.getBoundingClientRect().right));
		first.push(Math.max(0, ...beyond));
	}
}).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-xainb'] });
</script>`

// Panels that share a row lie beside each other from the first picture on, and every scene goes to paper and comes back.
func TestEveryScenePaintsInItsPlaceAndPrints(t *testing.T) {
	scenes := []xainb.Scene{}
	for _, s := range everyScene(plain) {
		scenes = append(scenes, s)
	}
	b := openTab(t, false)
	b.open(htmlPage(t, watchFirst+strings.Join(cells(t, scenes...), "")))
	all := b.players("", len(scenes), 60*time.Second)
	first := evaluate[[]float64](b, "first")
	if len(first) != len(scenes) {
		t.Errorf("%d of %d players were watched", len(first), len(scenes))
	}
	for i, beyond := range first {
		if beyond > 1 {
			t.Errorf("in the first picture of player %d a panel reaches %v px into the next", i+1, beyond)
		}
	}
	evaluate[chromedp.Void](b, "void dispatchEvent(new Event('beforeprint'))")
	for i, p := range all {
		type paper struct {
			Shots, Pictures int
			Stopped         bool
		}
		got := evaluate[paper](b, "((root) => ({ Shots: root.querySelectorAll('.strip .shot').length, Pictures: root.querySelectorAll('.strip .panel').length, Stopped: /picture stopped/.test(root.querySelector('.warnings').textContent) }))("+p.host+".shadowRoot)")
		if got.Shots < 2 || got.Pictures < got.Shots || got.Stopped {
			t.Errorf("player %d on paper: %+v", i+1, got)
		}
	}
	evaluate[chromedp.Void](b, "void dispatchEvent(new Event('afterprint'))")
	if left := evaluate[int](b, "[...document.querySelectorAll('div.xainb')].filter((h) => h.shadowRoot.querySelector('.strip')).length"); left > 0 {
		t.Errorf("%d players stay on paper", left)
	}
}

// A point that has another label in another frame, as where each frame is of a new batch, is called by the label of the frame that is shown; and a row of a map without a
// number has no strongest.
func TestNamesAreThoseOfTheFrame(t *testing.T) {
	p := one(t, false, charts.GANSamples(recorded(func(t int, s *xainb.Snapshot) {
		s.Put("generated", []float32{0, 0, 1, 1}, xainb.Dim{Name: "sample", Size: 2}, xainb.Dim{Name: "xy", Size: 2})
		s.PutLabels("sample", []string{fmt.Sprint("first of ", t), fmt.Sprint("second of ", t)})
	})))
	for _, frame := range []int{0, 2} {
		evaluate[chromedp.Void](p.tab, fmt.Sprintf("%s.xainb.clock.do('seek', %d)", p.host, frame))
		evaluate[chromedp.Void](p.tab, fmt.Sprintf("%s.xainb.set('feature', 'second of %d#1')", p.host, frame))
		p.settle()
		if got := evaluate[string](p.tab, p.part(".panel")+".getAttribute('aria-valuetext')"); got != fmt.Sprint("second of ", frame) {
			t.Errorf("in frame %d the selected point is called %q", frame, got)
		}
	}

	nan := float32(math.NaN())
	p = one(t, false, charts.AttentionHeads(recorded(func(_ int, s *xainb.Snapshot) {
		xainb.AttentionWeight{Layer: 1, Heads: 1, Queries: 2, Keys: 2, Tokens: []string{"a", "b"}, Weights: []float32{nan, nan, nan, nan}}.Snap(s)
	})))
	if got := evaluate[string](p.tab, p.part(".panel[role=slider]")+".getAttribute('aria-valuetext')"); got != "b: none" && got != "a: none" {
		t.Errorf("the row without a number is read as %q", got)
	}
}

// On a screen of finer pixels, or where the reader enlarges the page, a picture is drawn as fine as that screen is, and who is in it stays there.
func TestPicturesAreAsFineAsTheScreen(t *testing.T) {
	b := openTab(t, false)
	b.open(pageOf(t, waveScene(), charts.GANSamples(gameRun(plain)), charts.Surface(surfaceRun(plain, 9)), charts.Lanes(gameRun(plain), charts.Field("cosine"))))
	for i, p := range b.players("", 4, 30*time.Second) {
		for _, scale := range []float64{1, 2} {
			b.do("setting the scale", chromedp.EmulateViewport(1280-100*int64(scale), 900, chromedp.EmulateScale(scale)))
			p.show()
			b.until(fmt.Sprintf("player %d is drawn for the scale %v", i+1, scale), 10*time.Second, fmt.Sprintf("((c) => c && Math.abs(c.width / c.clientWidth - %v) < 0.01 && Math.abs(c.height / c.clientHeight - %[1]v) < 0.01)(%s)", scale, p.part(".panel canvas")))
			n := colours(p.picture())
			for deadline := time.Now().Add(3 * time.Second); n < 3 && time.Now().Before(deadline); n = colours(p.picture()) {
				p.show() // one that is drawn anew may have pushed it out of sight
			}
			if n < 3 {
				t.Errorf("player %d at scale %v is empty: %d colours", i+1, scale, n)
			}
			focus := fmt.Sprintf("((root) => root.activeElement === root.querySelector('.panel[tabindex]'))(%s.shadowRoot)", p.host)
			if scale == 1 {
				evaluate[chromedp.Void](b, p.host+".shadowRoot.querySelector('.panel[tabindex]')?.focus()")
			} else if !evaluate[bool](b, focus) {
				t.Errorf("player %d has lost the focus of its panel", i+1)
			}
		}
	}
}

// While it plays a cell becomes narrow and wide, the page dark and light, the cell leaves the page and comes back, is hidden and shown: then each picture is what it was.
func TestEverySceneComesBackTheSame(t *testing.T) {
	scenes := []xainb.Scene{}
	for _, s := range everyScene(plain) {
		scenes = append(scenes, s)
	}
	b := openTab(t, false)
	b.open(pageOf(t, scenes...))
	for i, p := range b.players("", len(scenes), 60*time.Second) {
		changed := evaluate[[]string](b, `(async () => {
			const host = `+p.host+`, { clock } = host.xainb, page = document.documentElement, body = document.body;
			const frames = async (n) => {
				for (let i = 0; i < n; i++) await new Promise((r) => requestAnimationFrame(r));
			};
			const seen = async () => {
				host.scrollIntoView({ block: 'center', behavior: 'instant' });
				clock.do('pause');
				clock.do('seek', 2);
				await frames(5);
				return [...host.shadowRoot.querySelectorAll('.panel canvas')].map((c) => c.toDataURL());
			};
			const before = await seen(), changed = [];
			const compare = async (when) => {
				const now = await seen();
				before.forEach((c, i) => void (c === now[i] || changed.push(when + ' ' + (i + 1))));
			};
			clock.do('repeat', 'loop');
			clock.do('play');
			for (const [width, paper] of [['360px', '#111'], ['1100px', ''], ['600px', '#111'], ['', '']]) {
				[body.style.maxWidth, page.style.background, body.className] = [width, paper, 'now' + width];
				for (let tries = 0; tries < 2; tries++) { // other cells have grown: it may be out of sight
					host.scrollIntoView({ block: 'center', behavior: 'instant' });
					await frames(4);
				}
				for (const panel of host.shadowRoot.querySelectorAll('.panel')) {
					const most = Math.max(0, ...[...panel.querySelectorAll('canvas, svg')].map((c) => c.getBoundingClientRect().right)) - panel.getBoundingClientRect().right;
					if (most > 1) changed.push('too wide by ' + most + ' at ' + width);
				}
			}
			await compare('after other widths and colours');
			const after = host.nextSibling, parent = host.parentNode;
			host.remove();
			await frames(3);
			if (host.shadowRoot.querySelector('.panel')) throw new Error('out of the page it keeps its panels');
			parent.insertBefore(host, after);
			await frames(3);
			host.style.display = 'none';
			await frames(3);
			host.style.display = '';
			await frames(3);
			await compare('back on the page');
			return changed;
		})()`)
		if len(changed) > 0 {
			t.Errorf("in scene %d other than before: %q", i+1, changed)
		}
	}
}
