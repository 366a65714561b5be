package e2e

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const blank = `<!doctype html><meta charset="utf-8"><body>`

// site serves pages with the headers that a viewer of notebooks would send with them; one without content is not found.
func site(t *testing.T) (address string, serve func(path, content string, headers ...string)) {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL, func(path, content string, headers ...string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			for i := 0; i+1 < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			if content == "" {
				w.WriteHeader(http.StatusNotFound)
			}
			fmt.Fprint(w, content)
		})
	}
}

const notPlaying = "This picture plays where scripts may run."

// Viewers differ in what they let an output do. Each of these ends in an animation that plays or in a poster with a sentence.
var viewerPolicies = []struct {
	name, policy string
	says         string // "" for an animation
}{
	{"inline scripts alone", "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:", ""},
	{"inline scripts in a sandbox", "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:", ""},
	{"no pictures", "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'", ""},
	{"no scripts", "default-src 'none'; script-src 'none'; style-src 'unsafe-inline'; img-src data:", notPlaying},
	{"a sandbox without scripts", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:", notPlaying},
	{"only scripts that the viewer knows", "default-src 'none'; script-src 'nonce-abc'; style-src 'unsafe-inline'; img-src data:", notPlaying},
	{"only the first script", "default-src 'none'; script-src {boot}; style-src 'unsafe-inline'; img-src data:", "This picture stands still: "},
	{"trusted types", "script-src 'unsafe-inline'; require-trusted-types-for 'script'", "This picture stands still: "},
}

func TestViewersPoliciesLeaveAPlayerOrAPoster(t *testing.T) {
	b := openTab(t, true)
	address, serve := site(t)
	cell := cells(t, waveScene())[0]
	for i, v := range viewerPolicies {
		path := fmt.Sprintf("/%d.html", i)
		serve(path, blank+cell, "Content-Security-Policy", strings.ReplaceAll(v.policy, "{boot}", hashOfBoot(cell)))
		b.open(address + path)
		before := t.Failed()
		if v.says == "" {
			b.players("", 1, 30*time.Second)[0].moves()
		} else {
			if strings.Contains(v.says, "stands still") {
				b.until("the cell gives up", 20*time.Second, "document.querySelector('div.xainb[data-xainb=failed]')")
			}
			b.posterOnly("document.querySelector('div.xainb')", v.says)
		}
		b.keep(v.name)
		if t.Failed() && !before {
			t.Errorf("... with %s: %s", v.name, v.policy)
		}
		b.forgive() // the browser itself complains of what it forbids
	}
}

// hashOfBoot is how a policy names the script that a cell begins with.
func hashOfBoot(cell string) string {
	_, script, _ := strings.Cut(cell, "</script><script>")
	script, _, _ = strings.Cut(script, "</script>")
	sum := sha256.Sum256([]byte(script))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Where styles are forbidden there is no player to look at, but the page is never blank.
func TestWithoutStylesThereIsAPicture(t *testing.T) {
	b := openTab(t, true)
	address, serve := site(t)
	serve("/", blank+cells(t, waveScene())[0], "Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'; img-src data:")
	b.open(address)
	b.players("", 1, 30*time.Second)[0].moves()
	b.keep("unstyled")
	b.forgive()
}

// Colab and some viewers give each output a frame of its own: the one that carries ECharts cannot help the other, which says so.
func TestEachOutputInAFrameOfItsOwn(t *testing.T) {
	b := openTab(t, true)
	page := blank
	for _, cell := range cells(t, waveScene(), headsScene()) {
		inner := `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"><body>` + cell
		page += `<iframe sandbox="allow-scripts" style="border:0;width:600px;height:800px" srcdoc="` + html.EscapeString(inner) + `"></iframe>`
	}
	b.open(htmlPage(t, page))
	states := map[string]bool{}
	for _, frame := range b.frames(2, 20*time.Second) {
		frame.until("the output has decided", 30*time.Second, "document.querySelector('[data-xainb=ready], [data-xainb=failed]')")
		state := evaluate[string](frame, "document.querySelector('div.xainb').dataset.xainb")
		states[state] = true
		if state == "failed" {
			frame.posterOnlySays("document.querySelector('div.xainb')", "echarts@6.1.0 could not be loaded")
		}
	}
	if !states["ready"] || !states["failed"] {
		t.Errorf("the two frames are %v", states)
	}
	b.keep("frames")
	b.forgive()
}

// posterOnlySays checks the sentence and that the poster is there, without looking at pixels: a frame has none of its own.
func (b *tab) posterOnlySays(host, sentence string) {
	b.t.Helper()
	if said := evaluate[string](b, host+".innerText"); !strings.Contains(said, sentence) {
		b.t.Errorf("the cell says %q, expected %q", said, sentence)
	}
	if h := b.boxOf(host + ".querySelector('img')"); h.H < 50 {
		b.t.Errorf("the poster is %v high", h.H)
	}
}

// How viewers that put all outputs into one page run their scripts. Each is a function of the element that is to hold an output and its HTML.
var insertions = []struct{ name, js string }{
	{"scripts made again in place, as JupyterLab", `(el, html) => {
		el.innerHTML = html;
		for (const old of el.querySelectorAll('script')) {
			const made = document.createElement('script');
			for (const a of old.attributes) made.setAttribute(a.name, a.value);
			made.textContent = old.textContent;
			old.replaceWith(made);
		}
	}`},
	{"scripts made again at the end and removed, as VS Code", `(el, html) => {
		el.innerHTML = html;
		for (const old of [...el.getElementsByTagName('script')]) {
			const made = document.createElement('script');
			made.text = old.innerText;
			for (const key of ['type', 'src', 'nonce', 'noModule', 'async']) {
				const value = old[key] || old.getAttribute(key);
				if (value) made.setAttribute(key, value);
			}
			el.appendChild(made).parentNode.removeChild(made);
		}
	}`},
	{"scripts made again in the head, as jQuery", `(el, html) => {
		el.innerHTML = html;
		for (const old of el.querySelectorAll('script:not([type])')) {
			const made = document.createElement('script');
			made.text = old.textContent;
			document.head.appendChild(made).remove();
			old.remove();
		}
	}`},
	{"scripts made again as modules", `(el, html) => {
		el.innerHTML = html;
		for (const old of el.querySelectorAll('script:not([type])')) {
			const made = document.createElement('script');
			made.type = 'module';
			made.textContent = old.textContent;
			old.replaceWith(made);
		}
	}`},
	{"a fragment", `(el, html) => el.append(document.createRange().createContextualFragment(html))`},
}

func TestOutputsInOneWebview(t *testing.T) {
	b := openTab(t, false)
	both := cells(t, waveScene(), headsScene())
	for _, v := range insertions {
		b.openWebview(v.js)
		b.insert("first", both[0])
		b.insert("second", both[1])
		for _, p := range b.players("", 2, 30*time.Second) {
			p.moves()
		}
	}
}

// Outputs arrive in any order, and are cleared at any moment.
func TestOutputsOfOneWebviewComeAndGo(t *testing.T) {
	b := openTab(t, false)
	both := cells(t, waveScene(), headsScene())
	for _, c := range []struct {
		name string
		do   func()
		n    int
	}{
		{"the second arrives first", func() {
			b.insert("second", both[1])
			time.Sleep(300 * time.Millisecond)
			b.insert("first", both[0])
		}, 2},
		{"the first is cleared at once", func() {
			b.insert("first", both[0])
			evaluate[chromedp.Void](b, "document.querySelector('.first').remove()")
			time.Sleep(300 * time.Millisecond)
			b.insert("second", both[1])
		}, 1},
		{"the first is cleared while the second waits", func() {
			b.insert("second", both[1])
			b.insert("first", both[0])
			evaluate[chromedp.Void](b, "document.querySelector('.first').remove()")
		}, 1},
		{"cleared and shown again", func() {
			b.insert("first", both[0])
			time.Sleep(100 * time.Millisecond)
			evaluate[chromedp.Void](b, "document.querySelector('.first').remove()")
			b.insert("first", both[0])
		}, 1},
		{"the same notebook twice", func() {
			for range 2 {
				b.insert("first", both[0])
				b.insert("second", both[1])
			}
		}, 4},
	} {
		b.openWebview(insertions[1].js)
		c.do()
		before := t.Failed()
		for _, p := range b.players("", c.n, 30*time.Second) {
			p.moves()
		}
		b.noIDs()
		if t.Failed() && !before {
			t.Errorf("... when %s", c.name)
		}
	}
}

// An output whose scripts cannot find it keeps its poster.
func TestOutputsThatScriptsCannotFindAreNeverBlank(t *testing.T) {
	b := openTab(t, false)
	cell := cells(t, waveScene())[0]
	for name, js := range map[string]string{
		"in a shadow root": `(el, html) => (` + insertions[0].js + `)(el.attachShadow({mode: 'open'}), html)`,
		"run too early":    `(el, html) => { const out = document.createElement('div'); el.remove(); (` + insertions[2].js + `)(out, html); document.body.append(el); el.append(out); }`,
	} {
		b.openWebview(js)
		b.insert("first", cell)
		time.Sleep(300 * time.Millisecond)
		root := "document.querySelector('.first')"
		if strings.Contains(name, "shadow") {
			root += ".shadowRoot"
		}
		host := root + ".querySelector('div.xainb')"
		if evaluate[bool](b, host+".dataset.xainb === 'ready'") {
			continue // better still
		}
		b.posterOnly(host, notPlaying)
		b.keep(name)
	}
}

func (b *tab) openWebview(insertion string) {
	b.t.Helper()
	b.open(htmlPage(b.t, blank+"<script>window.insertOutput = "+insertion+";</script>"))
}

// insert puts an output at the end of the page.
func (b *tab) insert(class, cell string) {
	b.t.Helper()
	evaluate[chromedp.Void](b, fmt.Sprintf(`(() => {
		const el = document.createElement('div');
		el.className = %q;
		document.body.append(el);
		insertOutput(el, %s);
	})()`, class, quote(cell)))
}

// noIDs checks that nothing of ours in the page has an id: the same bytes can be shown twice. Inside a player each id is there once.
func (b *tab) noIDs() {
	b.t.Helper()
	found := evaluate[[]string](b, `[...document.querySelectorAll('div.xainb')].flatMap((host) => {
		const inner = host.shadowRoot ? [...host.shadowRoot.querySelectorAll('[id]')].map((e) => e.id) : [];
		return [host, ...host.querySelectorAll('*')].filter((e) => e.id).map((e) => 'outside: ' + e.id).concat(inner.filter((id, i) => inner.indexOf(id) !== i).map((id) => 'twice inside: ' + id));
	})`)
	if len(found) > 0 {
		b.t.Errorf("the players have ids: %q", found)
	}
}

// GitHub, mail programs and feed readers take scripts, styles, classes and ids out of HTML and leave text and pictures.
func TestASanitizedOutputIsAnAnimatedPicture(t *testing.T) {
	b := openTab(t, false)
	b.open(htmlPage(t, blank+`<script>window.insertOutput = (el, html) => {
		const doc = new DOMParser().parseFromString(html, 'text/html');
		for (const e of doc.querySelectorAll('script, style, svg, link, meta, iframe, form, input, button')) e.remove();
		for (const e of doc.body.querySelectorAll('*')) {
			for (const a of [...e.attributes]) if (!['src', 'alt', 'width', 'height', 'href', 'title'].includes(a.name)) e.removeAttribute(a.name);
			if (!['DIV', 'P', 'IMG', 'A', 'SPAN', 'STRONG', 'EM', 'DETAILS', 'SUMMARY'].includes(e.tagName)) e.replaceWith(...e.childNodes);
		}
		el.innerHTML = doc.body.innerHTML;
	};</script>`))
	b.insert("out", cells(t, waveScene())[0])
	b.until("the picture is seen", 20*time.Second, "document.querySelector('.out img')?.naturalWidth > 100")
	at := b.boxOf("document.querySelector('.out img')")
	at.H = min(at.H, 400)
	first := b.see(at)
	for deadline := time.Now().Add(10 * time.Second); differing(first, b.see(at)) == 0; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the picture does not move")
		}
	}
	if said := evaluate[string](b, "document.querySelector('.out').innerText"); strings.TrimSpace(said) != notPlaying {
		t.Errorf("beside the picture stands %q", said)
	}
	if alt := evaluate[string](b, "document.querySelector('.out img').alt"); !strings.Contains(alt, "Does the wave move?") {
		t.Errorf("the picture is called %q", alt)
	}
	b.keep("sanitized")
}

// What comes from the CDN is ECharts, byte by byte, or nothing.
func TestOnlyTheRightEChartsIsTaken(t *testing.T) {
	right, err := os.ReadFile(filepath.Join(os.Getenv("XAINB_ASSETS"), "echarts.min.js"))
	if err != nil {
		missing(t, "There is no ECharts in XAINB_ASSETS: run `make setup`.")
	}
	address, serve := site(t)
	const open = "Access-Control-Allow-Origin"
	serve("/right.js", string(right), open, "*")
	serve("/wrong.js", "window.seized = true;\n"+string(right), open, "*")
	serve("/page.js", "<!doctype html>Sign in to this network", open, "*")
	serve("/missing.js", "", open, "*")
	cell := cells(t, waveScene(), waveScene())[1]
	const cdn = "https://cdn.jsdelivr.net/npm/echarts@6.1.0/dist/echarts.min.js"
	if !strings.Contains(cell, cdn) {
		t.Fatal("the cell does not name the CDN")
	}
	b := openTab(t, true)
	for name, says := range map[string]string{"right": "", "wrong": "echarts@6.1.0 could not be loaded", "page": "echarts@6.1.0 could not be loaded", "missing": "echarts@6.1.0 could not be loaded"} {
		b.open(htmlPage(t, blank+strings.ReplaceAll(cell, cdn, address+"/"+name+".js")))
		if says == "" {
			b.players("", 1, 20*time.Second)[0].moves()
			continue
		}
		b.until("the cell gives up", 20*time.Second, "document.querySelector('div.xainb[data-xainb=failed]')")
		b.posterOnly("document.querySelector('div.xainb')", "This picture stands still: ")
		if said := evaluate[string](b, "document.querySelector('div.xainb').innerText"); !strings.Contains(said, says) {
			t.Errorf("with the %s file the cell says %q, expected %q", name, said, says)
		}
		if evaluate[bool](b, "'seized' in window") {
			t.Errorf("the %s file was run", name)
		}
		b.forgive()
	}
}

// frames returns the pages inside the page's n frames.
func (b *tab) frames(n int, limit time.Duration) []*tab {
	b.t.Helper()
	var all []*tab
	seen := map[any]bool{}
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		targets, err := chromedp.Targets(b.ctx)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, target := range targets {
			if target.Type != "iframe" || seen[target.TargetID] {
				continue
			}
			seen[target.TargetID] = true
			ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(target.TargetID), chromedp.WithDetachOnCancel())
			b.t.Cleanup(cancel)
			if err := chromedp.Do(ctx); err != nil {
				b.t.Fatal(err)
			}
			all = append(all, &tab{b.t, ctx, &heard{}})
		}
		if len(all) == n {
			return all
		}
	}
	b.t.Fatalf("the page has %d frames, expected %d", len(all), n)
	return nil
}
