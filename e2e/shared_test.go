package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestSlidesPlay opens nbconvert's slides, whose own scripts and styles come from a CDN: without a network the slides stand one below the other, and
// our animations play all the same.
func TestSlidesPlay(t *testing.T) {
	n := sample(t)
	folder := t.TempDir()
	if out, err := python(t, 2*time.Minute, "-m", "nbconvert", "--to", "slides", "--output-dir", folder, n.path); err != nil {
		t.Fatalf("nbconvert: %v\n%s", err, out)
	}
	b := openTab(t, true)
	b.open("file://" + filepath.Join(folder, strings.TrimSuffix(filepath.Base(n.path), ".ipynb")+".slides.html"))
	all := b.players("", samplePlayers, 30*time.Second)
	all[sampleWave].moves()
	all[sampleLines].moves()
	b.keep("slides")
	// With a network all slides but one are out of sight.
	evaluate[chromedp.Void](b, "document.querySelectorAll('.slides > section').forEach(e => e.style.display = 'none'); new Promise(r => setTimeout(r, 300))")
	for _, i := range []int{sampleHeads, sampleWave} {
		section := fmt.Sprintf("document.querySelectorAll('div.xainb')[%d].closest('.slides > section')", i)
		evaluate[chromedp.Void](b, section+".style.display = 'block'")
		all[i].moves()
		evaluate[chromedp.Void](b, section+".style.display = 'none'")
	}
}

// TestSavedPagePlaysBesideRequireJS opens nbconvert's page with the require.js that it names, which nbclassic has: without a network the page has none.
func TestSavedPagePlaysBesideRequireJS(t *testing.T) {
	n := sample(t)
	page, err := os.ReadFile(n.page())
	if err != nil {
		t.Fatal(err)
	}
	found, _ := filepath.Glob(filepath.Join(venv(), "lib", "python*", "site-packages", "nbclassic", "static", "components", "requirejs", "require.js"))
	if len(found) == 0 {
		t.Fatal("nbclassic has no require.js")
	}
	named := regexp.MustCompile(`https://[^"]*/require(\.min)?\.js`)
	if !named.Match(page) {
		t.Fatal("the page names no require.js")
	}
	b := openTab(t, true)
	b.open(htmlPage(t, string(named.ReplaceAll(page, []byte("file://"+found[0])))))
	for _, p := range b.players("", samplePlayers, 30*time.Second)[:2] {
		p.moves()
	}
	// It would complain now of a module that came without a name.
	if version := evaluate[string](b, "new Promise((ok, no) => { requirejs.onError = no; requirejs([], () => ok(requirejs.version)); })"); version == "" {
		t.Error("require.js is not there")
	}
	if modules := evaluate[[]string](b, "Object.keys(requirejs.s.contexts._.defined).concat(Object.keys(requirejs.s.contexts._.registry)).filter(n => /echarts|xainb/.test(n))"); len(modules) > 0 {
		t.Errorf("require.js was given %q", modules)
	}
}

// TestWindowedNotebookPlays opens a notebook that has run in a JupyterLab that draws only the cells in its window.
func TestWindowedNotebookPlays(t *testing.T) {
	s := needServer(t)
	s.setting(t, "@jupyterlab/notebook-extension:tracker", `{"windowingMode": "full"}`)
	defer s.setting(t, "@jupyterlab/notebook-extension:tracker", `{}`)
	copyFile(t, sample(t).path, filepath.Join(s.folder, "windowed.ipynb"))
	s.trust(t, "windowed.ipynb")
	for range 2 { // the second time is a reload: no cell is run
		l := openLab(t, "windowed.ipynb")
		first := player{l.tab, "document.querySelector('" + shownPanel + " div.xainb')"}
		l.until("the first animation is ready", time.Minute, first.host+"?.dataset.xainb === 'ready'")
		first.moves()
		first.drag(0.5)
		before := first.still()
		evaluate[chromedp.Void](l.tab, "void (window.e2eFirst = "+first.host+")")
		for range 3 {
			l.wheel(4000)
		}
		l.until("the first animation is out of sight", 20*time.Second, "(r => r.height === 0 || r.bottom < 0)(e2eFirst.getBoundingClientRect())")
		last := player{l.tab, "[...document.querySelectorAll('" + shownPanel + " div.xainb')].pop()"}
		l.until("the last animation is ready", time.Minute, last.host+"?.dataset.xainb === 'ready' && "+last.host+" !== e2eFirst")
		last.moves()
		for range 3 {
			l.wheel(-4000)
		}
		l.until("the first animation is back", 30*time.Second, first.host+"?.dataset.xainb === 'ready'")
		first.show()
		first.same(before, "after scrolling away and back")
		first.moves()
		l.keep("windowed")
		l.menu("File", "Save Notebook")
		l.until("the notebook is saved", 30*time.Second, "!document.querySelector('.lm-DockPanel-tabBar .lm-mod-current').classList.contains('jp-mod-dirty')")
	}
}

// setting changes a setting of JupyterLab for whoever opens it next.
func (s *server) setting(t *testing.T, plugin, raw string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPut, s.address+"/lab/api/settings/"+plugin+"?token="+token, strings.NewReader(`{"raw":`+quote(raw)+`}`))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode >= 300 {
		t.Fatalf("JupyterLab does not take the setting: %s", response.Status)
	}
}
