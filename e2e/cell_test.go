package e2e

import (
	"encoding/json"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/chromedp"
)

// htmlPage writes an HTML file and returns its address.
func htmlPage(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

// cellHTML is what an animation of the sample notebook is made of; the first one carries ECharts.
func cellHTML(t *testing.T, i int) string {
	t.Helper()
	return string(sample(t).shown()[i].Data["text/html"])
}

func TestCellPlaysBesideAnAMDLoader(t *testing.T) {
	b := openTab(t, false)
	b.open(htmlPage(t, `<!doctype html><meta charset="utf-8"><body><script>
		var seized = [];
		window.define = function () { seized.push("define"); throw new Error("this define is not yours"); };
		window.define.amd = {};
		window.require = window.requirejs = function () { seized.push("require"); throw new Error("nor is this require"); };
		Object.defineProperty(window, "module", { get() { seized.push("module"); return undefined; } });
		var exports = {};
		</script>`+cellHTML(t, sampleWave)+cellHTML(t, sampleHeads)))
	for _, p := range b.players("", 2, 30*time.Second) {
		p.plays()
	}
	if seized := evaluate[[]string](b, "seized"); len(seized) > 0 {
		t.Errorf("the page's own %q were used", seized)
	}
	if left := evaluate[[]string](b, "['echarts', 'xainb', 'mount', 'painters'].filter(n => n in window)"); len(left) > 0 {
		t.Errorf("%q were left on the page", left)
	}
}

func TestCellPlaysInASandboxedFrame(t *testing.T) {
	inner := `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"><body>` + cellHTML(t, sampleWave)
	b := openTab(t, false)
	b.open(htmlPage(t, `<!doctype html><body style="margin:0"><iframe sandbox="allow-scripts" style="border:0;width:1200px;height:800px" srcdoc="`+html.EscapeString(inner)+`"></iframe>`))
	frame := b.frame(20 * time.Second)
	p := frame.players("", 1, 30*time.Second)[0]
	x, y := frame.boxOf(p.part("button.play")).centre()
	whole := box{0, 0, 1200, 800}
	first := b.see(whole)
	b.do("clicking play inside the frame", chromedp.MouseClickXY(x, y))
	deadline := time.Now().Add(10 * time.Second)
	for differing(first, b.see(whole)) < 10_000 {
		if time.Now().After(deadline) {
			t.Fatal("the picture in the frame does not move")
		}
	}
	b.keep("frame")
}

func TestTheSameCellTwiceIsTwoPlayers(t *testing.T) {
	b := openTab(t, false)
	cell := cellHTML(t, sampleWave)
	b.open(htmlPage(t, `<!doctype html><meta charset="utf-8"><body>`+cell+cell))
	all := b.players("", 2, 30*time.Second)
	all[1].show()
	second := all[1].still()
	all[0].plays()
	all[1].show()
	all[1].same(second, "after the first one played,")
	all[1].plays()
}

// JupyterLab takes a cell's output out of the page when the cell is run again, and when it is scrolled far away.
func TestACellOutOfThePageIsForgottenAndComesBack(t *testing.T) {
	b := openTab(t, false)
	b.open(htmlPage(t, `<!doctype html><meta charset="utf-8"><body>`+cellHTML(t, sampleWave)+cellHTML(t, sampleHeads)+cellHTML(t, sampleHeads)))
	for _, p := range b.players("", 3, 30*time.Second)[:2] {
		p.plays()
	}
	evaluate[chromedp.Void](b, `(async () => {
		const [gone, , hidden] = document.querySelectorAll('div.xainb');
		window.held = [gone, hidden].flatMap(o => [o, o.xainb, o.xainb.tracks]).map(o => new WeakRef(o));
		gone.remove();
		hidden.style.display = 'none';
		await new Promise(r => setTimeout(r, 300));
		if (hidden.shadowRoot.querySelector('.panel')) throw new Error('a hidden player keeps its panels');
		hidden.remove(); // unseen
	})()`)
	p := player{b, "document.querySelector('div.xainb')"}
	p.show()
	before := p.still()
	evaluate[chromedp.Void](b, `(async () => {
		const away = document.querySelector('div.xainb'), later = () => new Promise(r => setTimeout(r, 300));
		const tall = away.getBoundingClientRect().height;
		away.remove();
		await later();
		if (away.shadowRoot.querySelector('.panel')) throw new Error('a player out of the page keeps its panels');
		document.body.append(away);
		if (away.getBoundingClientRect().height !== tall) throw new Error('the player comes back ' + away.getBoundingClientRect().height + ' high, it was ' + tall);
		await later();
		away.style.display = 'none';
		await later();
		away.style.display = '';
		await later();
	})()`)
	p.show()
	p.same(before, "back in the page,")
	p.plays()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if _, err := chromedp.Call(b.ctx, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
			t.Fatal(err)
		}
		held := evaluate[int](b, "held.filter(o => o.deref()).length")
		if held == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of 6 parts of two players that left the page are still in memory", held)
		}
	}
}

func TestWithoutEChartsThePosterStaysAndSaysWhy(t *testing.T) {
	b := openTab(t, true) // the browser itself says that a request failed
	b.open(htmlPage(t, `<!doctype html><meta charset="utf-8"><body>`+cellHTML(t, sampleCDN)))
	b.until("the cell gives up", 20*time.Second, "document.querySelector('div.xainb[data-xainb=failed]')")
	b.posterOnly("document.querySelector('div.xainb')", "This picture stands still: echarts@")
	b.keep("poster")
	asked := b.asked(false)
	if len(asked) != 1 || !strings.Contains(asked[0], "echarts@6.1.0/") {
		t.Errorf("the page asked the network for %q, expected ECharts by its exact version, once", asked)
	}
	// A cell shown later brings it.
	evaluate[chromedp.Void](b, `(async () => {
		document.body.append(document.createRange().createContextualFragment(`+quote(cellHTML(t, sampleWave))+`));
	})()`)
	for _, p := range b.players("", 2, 30*time.Second) {
		p.plays()
	}
}

func TestADamagedCellShowsItsPoster(t *testing.T) {
	cell := cellHTML(t, sampleHeads)
	at := strings.Index(cell, `"tracks":["`) + len(`"tracks":["`) + 200
	b := openTab(t, true)
	b.open(htmlPage(t, `<!doctype html><meta charset="utf-8"><body>`+cellHTML(t, sampleWave)+cell[:at]+"AAAAAAAA"+cell[at+8:]))
	b.until("the cell gives up", 20*time.Second, "document.querySelectorAll('div.xainb')[1].dataset.xainb === 'failed'")
	b.keep("poster")
	if said := evaluate[string](b, "document.querySelectorAll('div.xainb')[1].innerText"); !strings.Contains(said, "This picture stands still: ") {
		t.Errorf("the cell says %q", said)
	}
	if n := len(b.errors(true)); n != 1 {
		t.Errorf("the console has %d errors of ours, expected one", n)
	}
	b.forgive()
	player{b, "document.querySelectorAll('div.xainb')[0]"}.plays()
}

// quote makes a JavaScript string.
func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}
