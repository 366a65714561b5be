package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/xainb/gonb-xai/xainb"
)

// TestAxeFindsNothing has axe-core look at a page with every kind of scene, into the players too, in light and dark, with what opens under "more".
func TestAxeFindsNothing(t *testing.T) {
	needTime(t)
	axe, err := os.ReadFile(filepath.Join(checkout(), "build", "node", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		missing(t, "There is no axe-core in build/node: run `make test`.")
	}
	var scenes []xainb.Scene
	for _, s := range everyScene(func(s string) string { return s }) {
		scenes = append(scenes, s.Predict("What comes next?", "You guessed {guess}.", "more", "less"))
	}
	b := openTab(t, false)
	b.open(pageOf(t, scenes...))
	b.players("", len(scenes), 60*time.Second)
	evaluate[chromedp.Void](b, string(axe)+";0")
	for _, dark := range []bool{false, true} {
		b.dark(dark)
		for _, open := range []bool{false, true} {
			evaluate[chromedp.Void](b, fmt.Sprintf(`(async () => {
				for (const host of document.querySelectorAll('div.xainb')) {
					const more = host.shadowRoot.querySelector('.bar [aria-expanded]');
					if ((more.getAttribute('aria-expanded') === 'true') !== %v) more.click();
					for (const b of host.shadowRoot.querySelectorAll('.menu button')) if (/as a table/.test(b.textContent)) b.click();
				}
				await new Promise((r) => setTimeout(r, 300));
			})()`, open))
			evaluate[chromedp.Void](b, `(async () => {
				for (const host of document.querySelectorAll('div.xainb')) { // what is out of sight is drawn when it is seen
					host.scrollIntoView({ block: 'center', behavior: 'instant' });
					for (let i = 0; i < 4; i++) await new Promise((r) => requestAnimationFrame(r));
				}
			})()`)
			found := evaluate[[]string](b, `axe.run(document, { resultTypes: ['violations'], rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false }, 'landmark-one-main': { enabled: false } } })
				.then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + v.help + ': ' + n.html.slice(0, 160) + ' at ' + n.target.flat().join(' ').slice(0, 160) + ' (' + n.failureSummary.split('\n').slice(1).join(';').slice(0, 300) + ')')))`)
			kinds := map[string]int{}
			for _, f := range found {
				id, _, _ := strings.Cut(f, ":")
				if kinds[id]++; kinds[id] <= 3 {
					t.Errorf("dark %v, menu %v: %s", dark, open, f)
				}
			}
			if len(found) > 0 {
				t.Errorf("dark %v, menu %v: %v", dark, open, kinds)
			}
		}
	}
	b.noIDs()
}
