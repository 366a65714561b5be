package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestJupyterLab is one sitting in one JupyterLab, as starting it takes most of the time.
func TestJupyterLab(t *testing.T) {
	s := needServer(t)
	s.putUntrusted(t, "untrusted.ipynb")
	write(t, filepath.Join(s.folder, "sample.ipynb"), sampleCells...)
	l := openLab(t, "untrusted.ipynb")
	step := func(name string, f func(l lab)) {
		if t.Failed() {
			return
		}
		t.Run(name, func(t *testing.T) {
			inner := &tab{t, l.ctx, l.heard}
			defer func() {
				if t.Failed() {
					inner.keep("failed")
				}
			}()
			f(lab{inner, s})
		})
	}
	step("an untrusted notebook shows posters", lab.showsPosters)
	step("run all cells", lab.runsAll)
	step("play, pause, scrub", lab.playsAll)
	step("the keyboard belongs to the player", lab.leavesTheKeysToThePlayer)
	step("another head", lab.showsAnotherHead)
	step("both themes", lab.followsTheTheme)
	step("scroll away and back", lab.scrollsAwayAndBack)
	step("run a cell again", lab.runsACellAgain)
	step("save, close, open again", lab.opensAgain)
	step("two views of one notebook", lab.showsTwoViews)
}

const shownPanel = ".jp-NotebookPanel:not(.lm-mod-hidden)"

func (l lab) showsPosters() { l.postersAlone(shownPanel + " .jp-OutputArea-output") }

// putUntrusted puts the sample notebook, which has run, into the server's folder. Jupyter trusts by content: a copy that another test has had
// trusted would be trusted under any name.
func (s *server) putUntrusted(t *testing.T, name string) {
	t.Helper()
	var content map[string]any
	b, err := os.ReadFile(sample(t).path)
	if err == nil {
		err = json.Unmarshal(b, &content)
	}
	if err == nil {
		content["metadata"].(map[string]any)["untrusted"] = name
		b, err = json.Marshal(content)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(s.folder, name), b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// postersAlone checks a notebook that is not trusted, whose outputs are what the selector finds: each animation is its poster and a line, in its place, and
// no script has run.
func (b *tab) postersAlone(outputs string) {
	b.t.Helper()
	output := fmt.Sprintf("[...document.querySelectorAll('%s')].filter(e => e.querySelector('img'))", outputs)
	host := output + "[0]?.querySelector('div:has(> img)')"
	b.until("the outputs are seen", time.Minute, output+".length === "+fmt.Sprint(samplePlayers)+" && "+host)
	evaluate[chromedp.Void](b, host+".scrollIntoView({block: 'center'})")
	b.posterOnly(host, "Trust this notebook to play.")
	b.keep("poster")
	if evaluate[bool](b, `Symbol.for("gonb-xai/1") in window || document.querySelector("[data-xainb]") !== null`) {
		b.t.Error("a script of an untrusted notebook ran")
	}
	broken := evaluate[[]string](b, output+`.flatMap((o) => {
		const place = o.getBoundingClientRect(), text = o.textContent.trim(); // of what is out of sight there is no innerText
		const wrong = [...o.querySelectorAll('img, p')].filter((e) => {
			const r = e.getBoundingClientRect();
			return r.height === 0 || r.left < place.left - 1 || r.right > place.right + 1 || r.top < place.top - 1 || r.bottom > place.bottom + 1;
		}).map((e) => e.outerHTML.slice(0, 60) + ' is not in its place');
		return /^Trust this notebook to play\.( The picture shows \d+ of \d+ frames\.)?$/.test(text) ? wrong : [...wrong, 'the text is ' + text.slice(0, 200)];
	})`)
	if len(broken) > 0 {
		b.t.Errorf("the layout is broken: %q", broken)
	}
}

func (l lab) runsAll() {
	l.openFile("sample.ipynb")
	l.runAll()
	l.players(shownPanel, samplePlayers, 30*time.Second)
	l.keep("ran")
}

func (l lab) playsAll() {
	for i, p := range l.players(shownPanel, samplePlayers, 30*time.Second) {
		p.plays()
		l.keep(fmt.Sprint("player-", i+1))
	}
}

// selected says which cells there are and which is selected.
const selected = `JSON.stringify([...document.querySelectorAll("` + shownPanel + ` .jp-Cell")].map(e => e.className.replace(/ *(jp-mod-outputsScrolled|jp-mod-dirty) */, "")))`

func (l lab) leavesTheKeysToThePlayer() {
	p := l.players(shownPanel, samplePlayers, 30*time.Second)[sampleHeads]
	p.show()
	p.drag(0)
	first := p.still()
	before := evaluate[string](l.tab, selected)
	l.press(" ")
	p.changes(first, "after the space bar")
	l.press(" ")
	p.standsStill("stopped by the space bar")
	l.press(kb.Home)
	p.same(first, "after Home")
	l.press(kb.ArrowRight)
	p.changes(first, "after →")
	l.press(kb.ArrowLeft)
	p.same(first, "after → and ←")
	for _, keys := range []string{kb.ArrowDown, kb.ArrowUp, "j", "k", "k", "a", "b", "d", "d", "m", "x", "0", "0", kb.Enter} {
		l.press(keys)
	}
	time.Sleep(300 * time.Millisecond)
	if after := evaluate[string](l.tab, selected); after != before {
		l.t.Errorf("the keys reached JupyterLab: its cells were\n%s\nand are\n%s", before, after)
	}
	if text := evaluate[string](l.tab, "[...document.querySelectorAll('.jp-Dialog')].map(e => e.textContent).join()"); text != "" {
		l.t.Errorf("the keys opened a dialog: %s", text)
	}
}

func (l lab) showsAnotherHead() {
	p := l.players(shownPanel, samplePlayers, 30*time.Second)[sampleHeads]
	p.show()
	first, said := p.still(), p.text(".subtitle")
	l.click("another head", `[...`+p.host+`.shadowRoot.querySelectorAll(".panel button[role=radio]")].find(e => e.getAttribute("aria-checked") === "false")`)
	p.changes(first, "after a click on another head")
	if now := p.text(".subtitle"); now == said {
		l.t.Errorf("the subtitle still says %q", now)
	}
}

func (l lab) followsTheTheme() {
	p := l.players(shownPanel, samplePlayers, 30*time.Second)[sampleHeads]
	p.show()
	light := p.still()
	l.theme("JupyterLab Dark")
	dark := p.changes(light, "in the dark theme")
	if edge := rgba(dark).RGBAAt(dark.Bounds().Dx()-1, 0); edge.R > 80 {
		l.t.Errorf("in the dark theme the picture's background is %v", edge)
	}
	for i, p := range l.players(shownPanel, samplePlayers, 30*time.Second) {
		p.show()
		l.keep(fmt.Sprint("dark-", i+1))
	}
	p.show()
	l.theme("JupyterLab Light")
	p.show()
	p.same(light, "back in the light theme")
}

// theme chooses a theme from the menu.
func (l lab) theme(name string) {
	l.t.Helper()
	l.menu("Settings", "Theme", name)
	l.until(name+" is there", 30*time.Second, fmt.Sprintf("document.body.dataset.jpThemeName === %q && !document.querySelector('#jupyterlab-splash')", name))
}

func (l lab) wheel(by float64) {
	l.t.Helper()
	x, y := l.boxOf("document.querySelector('" + shownPanel + "')").centre()
	turn := func(p *input.DispatchMouseEventParams) { p.DeltaX, p.DeltaY = 1e-3, by } // a zero would be left out, which Chromium refuses
	l.do("turning the wheel", chromedp.MouseEvent(input.DispatchMouseEventTypeMouseWheel, x, y, turn))
	time.Sleep(300 * time.Millisecond)
}

func (l lab) scrollsAwayAndBack() {
	p := l.players(shownPanel, samplePlayers, 30*time.Second)[sampleWave]
	p.show()
	p.drag(0.5)
	before := p.still()
	for range 3 {
		l.wheel(4000)
	}
	if at := l.boxOf(p.host); at.Y > -300 {
		l.t.Fatalf("the player is still in view, at %v", at.Y)
	}
	for range 3 {
		l.wheel(-4000)
	}
	p = l.players(shownPanel, samplePlayers, 30*time.Second)[sampleWave]
	p.show()
	p.same(before, "after scrolling away and back")
	p.plays()
}

func (l lab) runsACellAgain() {
	p := l.players(shownPanel, samplePlayers, 30*time.Second)[sampleWave]
	p.show()
	p.push("Play")
	evaluate[int](l.tab, fmt.Sprintf("(window.e2eOld = %s) && 0", p.host))
	code := p.host + ".closest('.jp-Cell').querySelector('.cm-line:last-child')"
	evaluate[chromedp.Void](l.tab, code+".scrollIntoView({block: 'center'})")
	l.click("the cell's code", code)
	l.press(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl))
	l.until("the output is replaced", time.Minute, "!window.e2eOld.isConnected")
	again := l.players(shownPanel, samplePlayers, 30*time.Second)
	again[sampleWave].plays()
	again[sampleHeads].plays()
}

func (l lab) opensAgain() {
	const tabOf = "document.querySelector('.lm-DockPanel-tabBar .lm-mod-current')"
	l.menu("File", "Save Notebook")
	l.until("the notebook is saved", 30*time.Second, "!"+tabOf+".classList.contains('jp-mod-dirty')")
	l.menu("File", "Close Tab")
	l.until("the tab is closed", 30*time.Second, tabOf+".textContent.trim() !== 'sample.ipynb'")
	l.openFile("sample.ipynb")
	l.players(shownPanel, samplePlayers, 30*time.Second)[sampleHeads].plays()
}

func (l lab) showsTwoViews() {
	x, y := l.boxOf(find(".lm-DockPanel-tabBar .lm-TabBar-tabLabel", "sample.ipynb")).centre()
	l.do("a right click on the tab", chromedp.MouseClickXY(x, y, chromedp.ButtonRight))
	l.click("New View for Notebook", find(".lm-Menu-itemLabel", "New View for Notebook"))
	l.until("both views are there", 30*time.Second, "document.querySelectorAll('"+shownPanel+"').length === 2")
	all := l.players(shownPanel, 2*samplePlayers, time.Minute)
	a, b := all[sampleWave], all[samplePlayers+sampleWave]
	b.show()
	b.drag(0)
	other := b.still()
	a.plays()
	b.show()
	b.same(other, "while the other view played,")
	b.plays()
	l.keep("two-views")
}

func TestNotebooksPlayInJupyterLab(t *testing.T) {
	s := needServer(t)
	var l lab
	for i, path := range committed(t) {
		name := filepath.Base(path)
		copyFile(t, path, filepath.Join(s.folder, name))
		if i == 0 {
			l = openLab(t, name)
			l.tall()
		} else {
			l.openFile(name)
		}
		l.runAll()
		for i, p := range l.players(shownPanel, len(read(t, path).shown()), time.Minute) {
			p.plays()
			l.keep(fmt.Sprintf("%s-%d", strings.TrimSuffix(name, ".ipynb"), i+1))
		}
	}
}

func TestNotebook7Plays(t *testing.T) {
	s := needServer(t)
	copyFile(t, sample(t).path, filepath.Join(s.folder, "notebook7.ipynb"))
	s.trust(t, "notebook7.ipynb")
	b := openTab(t, true)
	b.open(s.address + "/notebooks/notebook7.ipynb?token=" + token)
	for _, i := range []int{sampleWave, sampleHeads, sampleLines} {
		b.players("", samplePlayers, 90*time.Second)[i].plays()
		b.keep(fmt.Sprint("player-", i+1))
	}
	b.reloads(filepath.Join(s.folder, "notebook7.ipynb"), func() { lab{b, s}.menu("File", "Save Notebook") })
	p := b.players("", samplePlayers, 90*time.Second)[sampleHeads]
	p.plays()
	light := p.still()
	lab{b, s}.theme("JupyterLab Dark")
	defer s.setting(t, "@jupyterlab/apputils-extension:themes", `{}`)
	p.show()
	p.changes(light, "in the dark theme")
	b.keep("dark")
	p.plays()
}

// reloads saves a notebook and loads its page again; no cell is run.
func (b *tab) reloads(file string, save func()) {
	b.t.Helper()
	before, err := os.Stat(file)
	if err != nil {
		b.t.Fatal(err)
	}
	save()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if now, err := os.Stat(file); err == nil && now.ModTime() != before.ModTime() {
			break
		}
		if time.Now().After(deadline) {
			b.t.Fatal("the notebook is not saved")
		}
	}
	evaluate[chromedp.Void](b, "void (window.e2eBefore = true)")
	b.do("reloading", chromedp.Reload())
	b.until("the page is loaded again", time.Minute, "!window.e2eBefore && document.readyState === 'complete'")
}

func TestUntrustedInNotebook7(t *testing.T) {
	untrustedShowsPosters(t, "/notebooks/", "untrusted7.ipynb", ".jp-OutputArea-output")
}

func TestUntrustedInNbclassic(t *testing.T) {
	untrustedShowsPosters(t, "/nbclassic/notebooks/", "untrusted-classic.ipynb", ".output_html")
}

// untrustedShowsPosters opens a notebook that nobody trusts; outputs is where a viewer puts them.
func untrustedShowsPosters(t *testing.T, viewer, name, outputs string) {
	s := needServer(t)
	s.putUntrusted(t, name)
	b := openTab(t, true)
	b.open(s.address + viewer + name + "?token=" + token)
	b.postersAlone(outputs)
}

func TestNbclassicPlays(t *testing.T) {
	s := needServer(t)
	copyFile(t, sample(t).path, filepath.Join(s.folder, "nbclassic.ipynb"))
	s.trust(t, "nbclassic.ipynb")
	b := openTab(t, true)
	b.open(s.address + "/nbclassic/notebooks/nbclassic.ipynb?token=" + token)
	all := b.players("", samplePlayers, 90*time.Second)
	for _, i := range []int{sampleWave, sampleHeads, sampleLines} {
		all[i].plays()
		b.keep(fmt.Sprint("player-", i+1))
	}
	all[sampleWave].show()
	first := all[sampleWave].still()
	cells := evaluate[int](b, "document.querySelectorAll('.cell').length")
	all[sampleWave].push("One frame on")
	all[sampleWave].changes(first, "one frame on")
	b.press(kb.ArrowLeft)
	all[sampleWave].same(first, "after ←")
	b.press("dd")
	b.press("a")
	if now := evaluate[int](b, "document.querySelectorAll('.cell').length"); now != cells {
		t.Errorf("the keys reached nbclassic: it had %d cells and has %d", cells, now)
	}
	b.reloads(filepath.Join(s.folder, "nbclassic.ipynb"), func() { evaluate[chromedp.Void](b, "(async () => { await Jupyter.notebook.save_notebook(); })()") })
	b.players("", samplePlayers, 90*time.Second)[sampleHeads].plays()
}
