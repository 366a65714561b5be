package e2e

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
)

// Browsers that draw in space, by a processor, and that do not.
var (
	spaceBrowser = sync.OnceValues(func() (context.Context, error) {
		return startBrowser("chromium-space", chromedp.Flag("use-gl", "angle"), chromedp.Flag("use-angle", "swiftshader"), chromedp.Flag("enable-unsafe-swiftshader", true))
	})
	flatBrowser = sync.OnceValues(func() (context.Context, error) {
		return startBrowser("chromium-flat", chromedp.DisableGPU, chromedp.Flag("disable-3d-apis", true))
	})
)

func openWith(t *testing.T, start func() (context.Context, error)) *tab {
	t.Helper()
	needBrowser(t)
	ctx, err := start()
	if err != nil {
		t.Fatalf("Chromium did not start: %v", err)
	}
	return openTabIn(t, ctx, false)
}

func plain(s string) string { return s }

// coloured counts the pixels of a surface's picture that are neither the page nor ink: the surface.
const coloured = `(canvas) => {
	const c = canvas.getContext('2d'), d = c.getImageData(0, 0, canvas.width, canvas.height).data;
	let n = 0;
	for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 200 && Math.max(d[i], d[i + 1], d[i + 2]) - Math.min(d[i], d[i + 1], d[i + 2]) > 40) n++;
	return n / (d.length / 4);
}`

func TestSurfaceInSpace(t *testing.T) {
	b := openWith(t, spaceBrowser)
	b.open(pageOf(t, charts.Surface(surfaceRun(plain, 31)), charts.Contour(surfaceRun(plain, 31))))
	all := b.players("", 2, 30*time.Second)
	p := all[0]
	if share := evaluate[float64](b, "("+coloured+")("+p.host+".shadowRoot.querySelector('canvas'))"); share < 0.05 {
		t.Errorf("%.3f of the picture is a surface", share)
	}
	p.moves()
	look := func(what, act string) {
		t.Helper()
		if changed := evaluate[bool](b, `(async () => {
			const host = `+p.host+`, canvas = host.shadowRoot.querySelector('canvas'), panel = host.shadowRoot.querySelector('.panel');
			const two = () => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
			host.xainb.clock.do('pause');
			host.xainb.clock.do('seek', 1);
			await two();
			const before = canvas.toDataURL();
			const fire = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type, { clientX: canvas.getBoundingClientRect().x + x, clientY: canvas.getBoundingClientRect().y + y, pointerId: 1, bubbles: true }));
			canvas.setPointerCapture = () => {};
			`+act+`
			await two();
			return canvas.toDataURL() !== before;
		})()`); !changed {
			t.Errorf("%s changes nothing", what)
		}
	}
	look("a drag", "fire('pointerdown', 200, 200); fire('pointermove', 260, 220); fire('pointerup', 260, 220);")
	if turn := evaluate[float64](b, p.host+".xainb.state('turn')"); turn != 5 {
		t.Errorf("a drag of 60 pixels turns it from 35 degrees to %g, want 5", turn)
	}
	look("arrow up", "panel.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }));")
	look("the pointer", "fire('pointermove', canvas.clientWidth / 2, canvas.clientHeight * 0.36);")
	if said := evaluate[string](b, p.host+".shadowRoot.querySelector('.tooltip').innerText"); !strings.Contains(said, "direction in G ") || !strings.Contains(said, "V ") {
		t.Errorf("the tooltip says %q", said)
	}
	look("flat", "[...host.shadowRoot.querySelectorAll('.option')].find((o) => o.textContent === 'flat').click();")
	b.keep("flat")
}

// A browser keeps about sixteen contexts of WebGL and takes the oldest away from the seventeenth's cell.
func TestManySurfaces(t *testing.T) {
	const n = 20
	var scenes []xainb.Scene
	for range n {
		scenes = append(scenes, charts.Surface(surfaceRun(plain, 9)))
	}
	b := openWith(t, spaceBrowser)
	b.open(pageOf(t, scenes...))
	b.players("", n, 60*time.Second)
	least := evaluate[float64](b, `(async () => {
		let least = 1;
		for (const host of document.querySelectorAll('div.xainb')) {
			host.scrollIntoView({ block: 'center', behavior: 'instant' });
			await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
			host.xainb.clock.do('seek', 2);
			await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
			least = Math.min(least, (`+coloured+`)(host.shadowRoot.querySelector('canvas')));
		}
		return least;
	})()`)
	if least < 0.05 {
		t.Errorf("of one cell only %.3f is a surface", least)
	}
}

func TestSurfaceWithoutWebGL(t *testing.T) {
	b := openWith(t, flatBrowser)
	b.open(pageOf(t, charts.Surface(surfaceRun(plain, 31))))
	p := b.players("", 1, 30*time.Second)[0]
	b.until("the view is flat", 10*time.Second, p.host+".xainb.state('view') === 'flat'")
	if said := p.text(".panel .small"); !strings.Contains(said, "needs WebGL 2") {
		t.Errorf("it says %q", said)
	}
	if share := evaluate[float64](b, "("+coloured+")("+p.host+".shadowRoot.querySelector('canvas'))"); share < 0.15 {
		t.Errorf("%.3f of the picture is a map", share)
	}
	p.moves()
}

// On paper the surface is there as well, though what WebGL painted is gone after a frame of the screen.
func TestSurfaceOnPaper(t *testing.T) {
	b := openWith(t, spaceBrowser)
	b.open(pageOf(t, charts.Surface(surfaceRun(plain, 31))))
	b.players("", 1, 30*time.Second)
	images := evaluate[[]float64](b, `(async () => {
		dispatchEvent(new Event('beforeprint'));
		const images = [...document.querySelector('div.xainb').shadowRoot.querySelectorAll('.strip img')];
		const out = [];
		for (const img of images) {
			await img.decode();
			const canvas = document.createElement('canvas');
			[canvas.width, canvas.height] = [img.naturalWidth, img.naturalHeight];
			canvas.getContext('2d').drawImage(img, 0, 0);
			out.push((`+coloured+`)(canvas));
		}
		dispatchEvent(new Event('afterprint'));
		return out;
	})()`)
	if len(images) < 4 {
		t.Errorf("%d pictures on paper, want one a frame", len(images))
	}
	for i, share := range images {
		if share < 0.05 {
			t.Errorf("picture %d: only %.3f is a surface", i+1, share)
		}
	}
}
