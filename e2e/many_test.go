package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
)

// insertMany puts outputs into the page and waits until each can play.
const insertMany = `
window.insertMany = async (into, pages) => {
	const before = document.querySelectorAll('div.xainb').length;
	for (const html of pages) into.append(document.createRange().createContextualFragment(html));
	for (let i = 0; document.querySelectorAll('div.xainb[data-xainb=ready]').length < before + pages.length; i++) {
		if (i > 3000) throw new Error('the players are not ready');
		await new Promise((r) => setTimeout(r, 10));
	}
};
window.frames = async (n) => {
	for (let i = 0; i < n; i++) await new Promise((r) => requestAnimationFrame(r));
};`

// countContexts keeps what draws in space.
const countContexts = `
window.contexts = [];
const getContext = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function(kind, ...more) {
	const c = getContext.call(this, kind, ...more);
	if (c && kind.startsWith('webgl')) contexts.push(c);
	return c;
};`

// A notebook is open for a day and its cells are run again and again. What may stay of one that is gone is what a browser keeps of any piece of HTML; a
// player that is held keeps its chart and its recording, and they have hundreds of kilobytes, hundreds of nodes and dozens of listeners.
func TestMountsLeaveNothingBehind(t *testing.T) {
	const mounts, batch = 200, 10
	const mostBytes, mostNodes, mostListeners = 10_000, 1, 0.1 // a mount
	all := cells(t, waveScene(), headsScene(), wordsScene(), charts.Lines(xainb.Record(8, wave)), waveScene(),
		charts.Surface(surfaceRun(plain, 15)), charts.GANSamples(gameRun(plain), charts.Trail(2), charts.WithEnergy()), charts.Energy(gameRun(plain)))
	b := openWith(t, spaceBrowser)
	b.open(htmlPage(t, blank+all[0]+"<div class=many></div><script>"+insertMany+countContexts+"</script>"))
	b.players("", 1, 30*time.Second)
	mount := func(n int) {
		for i := range n / batch {
			cell := all[1+i%(len(all)-1)]
			evaluate[chromedp.Void](b, fmt.Sprintf(`(async () => {
				const many = document.querySelector('.many');
				await insertMany(many, Array(%d).fill(%s));
				await frames(2);
				many.replaceChildren();
				await frames(3);
			})()`, batch, quote(cell)))
		}
	}
	mount((len(all) - 1) * batch) // each kind once: what is compiled and cached stays
	before := b.kept()
	mount(mounts)
	after := b.kept()
	if got := evaluate[[2]int](b, "[contexts.length, contexts.filter(c => !c.isContextLost()).length]"); got[0] == 0 || got[1] > 0 {
		t.Errorf("of %d contexts of WebGL %d are still there", got[0], got[1])
	}
	for name, most := range map[string]float64{"JSHeapUsedSize": mostBytes, "Nodes": mostNodes, "JSEventListeners": mostListeners} {
		each := (after[name] - before[name]) / mounts
		t.Logf("%s: %.0f, after %d mounts %.0f: %.2f a mount", name, before[name], mounts, after[name], each)
		if each > most {
			t.Errorf("%s grows by %.2f with each player that came and went, and %v is the limit", name, each, most)
		}
	}
}

// kept is what the page holds after its garbage is gone.
func (b *tab) kept() map[string]float64 {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, performance.Enable, performance.EnableParams{}); err != nil {
		b.t.Fatal(err)
	}
	for range 3 { // what a finaliser lets go is gone at the next
		if _, err := chromedp.Call(b.ctx, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
			b.t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	result, err := chromedp.Call(b.ctx, performance.GetMetrics, cdp.Empty{})
	if err != nil {
		b.t.Fatal(err)
	}
	values := map[string]float64{}
	for _, m := range result.Metrics {
		values[m.Name] = m.Value
	}
	return values
}

// Of a hundred animations that play on a page, those that are out of sight cost nothing, and the page stays quick.
func TestManyPlayersDrawOnlyWhereTheyAreSeen(t *testing.T) {
	const count = 200
	d, err := waveScene().Document()
	if err != nil {
		t.Fatal(err)
	}
	d.Scripts = append(d.Scripts, xainb.Script{Name: "counted", Source: `painters.counted = (panel) => ({
	draw: () => void (panel.el.getRootNode().host.drawn = (panel.el.getRootNode().host.drawn || 0) + 1),
	dispose() {},
});`})
	d.Panels = append(d.Panels, xainb.Panel{Painter: "counted", Grow: 1, Spec: 1})
	both := cells(t, ready{d}, ready{d})
	b := openTab(t, false)
	b.open(htmlPage(t, blank+both[0]+"<div class=many></div><script>"+insertMany+"</script>"))
	start := time.Now()
	evaluate[chromedp.Void](b, fmt.Sprintf("insertMany(document.querySelector('.many'), Array(%d).fill(%s))", count-1, quote(both[1])))
	t.Logf("%d players are there after %v", count, time.Since(start))
	evaluate[chromedp.Void](b, `(async () => {
		window.all = [...document.querySelectorAll('div.xainb')];
		for (const host of all) {
			host.xainb.clock.do('repeat', 'loop');
			host.xainb.clock.do('play');
		}
		await frames(10);
	})()`)
	for _, at := range []int{0, count / 2, count - 1} {
		evaluate[chromedp.Void](b, fmt.Sprintf("all[%d].scrollIntoView({block: 'center', behavior: 'instant'}); frames(5)", at))
		type drawn struct{ Seen, Unseen, Wasted, Frames int }
		got := evaluate[drawn](b, `(async () => {
			const before = all.map((h) => h.drawn || 0), start = performance.now();
			let ticks = 0;
			for (; performance.now() < start + 1000; ticks++) await frames(1);
			return all.reduce((sum, h, i) => {
				const r = h.getBoundingClientRect(), by = (h.drawn || 0) - before[i];
				if (r.bottom > 0 && r.top < innerHeight) sum.Seen += by > 0 ? 1 : 0;
				else if (r.bottom < -200 || r.top > innerHeight + 200) sum.Unseen++, sum.Wasted += by;
				return sum;
			}, { Seen: 0, Unseen: 0, Wasted: 0, Frames: ticks });
		})()`)
		if got.Seen == 0 {
			t.Errorf("at player %d none that is seen is drawn", at+1)
		}
		if got.Unseen < count-20 || got.Wasted > 0 {
			t.Errorf("at player %d the %d players out of sight are drawn %d times in a second", at+1, got.Unseen, got.Wasted)
		}
	}
	quick := evaluate[int](b, `(async () => {
		let ticks = 0;
		for (const start = performance.now(); performance.now() < start + 1000; ticks++) await frames(1);
		return ticks;
	})()`)
	if quick < 15 {
		t.Errorf("the page has %d animation frames a second", quick)
	}
	b.noIDs()
}
