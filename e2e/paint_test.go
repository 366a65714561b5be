package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
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
