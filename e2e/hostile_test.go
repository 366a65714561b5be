package e2e

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/xainb/gonb-xai/xainb"
)

// What people and models write, in every place of every scene: markup, quotes, templates, addresses that are scripts, controls, other directions.
var hostileTexts = []string{
	hostileMark + `"'` + "`" + `javascript:alert(1)`,
	`"onmouseover="alert(1)" style="position:fixed;inset:0" {score} **x** ${alert(1)} %s \u003cimg src=x onerror=alert(1)>`,
	"\u202e\u2066אבג\u200f\u0000\u2028\ufeff" + "👩‍👩‍👧‍👦",
}

func TestHostileTextInEveryScene(t *testing.T) {
	for i, mark := range hostileTexts {
		scenes := []xainb.Scene{}
		for _, s := range everyScene(func(s string) string { return s + " " + mark }) {
			scenes = append(scenes, s.Title("T "+mark).Subtitle("S "+mark).Predict("Q "+mark, "R {guess}", "A "+mark, "no"))
		}
		b := openTab(t, false)
		b.open(pageOf(t, scenes...))
		for k, p := range b.players("", len(scenes), 60*time.Second) {
			p.show() // what is not seen is not painted
			if got := p.text(".title"); got != "T "+mark {
				t.Errorf("text %d, scene %d: the title is %q", i+1, k+1, got)
			}
			evaluate[chromedp.Void](b, `(async () => {
				const host = `+p.host+`, root = host.shadowRoot, painted = () => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
				for (const one of ['.bar [aria-expanded]', '.predict .option', '.panel button', '.choice .option:last-child']) root.querySelector(one)?.click();
				for (const e of root.querySelectorAll('.menu button')) if (/as a table/.test(e.textContent)) e.click();
				await painted();
				host.xainb.clock.do('pause'); // the guess has started it
				host.xainb.clock.do('seek', 2);
				await painted();
				root.querySelector('.answers .option').click();
				host.xainb.clock.do('seek', 3);
				await painted();
			})()`)
			// What stands in braces is read off the frame, and ** marks what is set in the accent colour.
			if want := strings.ReplaceAll("because "+mark, "**", ""); !strings.Contains(mark, "{") && !strings.HasSuffix(p.text(".verdict"), want) {
				t.Errorf("text %d, scene %d: after the answer stands %q, want %q", i+1, k+1, p.text(".verdict"), want)
			}
			if got, want := p.text(".answers .option"), []string{"yes " + mark, "no " + mark, "neither " + mark}; !slices.Contains(want, got) {
				t.Errorf("text %d, scene %d: an answer is %q", i+1, k+1, got)
			}
		}
		b.onlyText()
	}
}

// A word that every object of the language has an entry for is a word like any other: a model of program text has "constructor" among its tokens.
func TestWordsThatObjectsKnowAreWords(t *testing.T) {
	known := map[string]string{"dim 0": "constructor", "dim 1": "toString", "dim 2": "valueOf", "field": "hasOwnProperty", "loss": "isPrototypeOf", "V": "valueOf", "classes": "constructor",
		"a": "constructor", "b": "toString", "quiet": "valueOf", "film": "__proto__", "photo": "__proto__", "t": "constructor", "round": "toString", "sample": "valueOf", "one": "constructor", "other": "toString"}
	scenes := []xainb.Scene{}
	for _, s := range everyScene(func(s string) string {
		if name, ok := known[s]; ok {
			return name
		}
		return s
	}) {
		scenes = append(scenes, s)
	}
	b := openTab(t, false)
	b.open(pageOf(t, scenes...))
	for i, p := range b.players("", len(scenes), 60*time.Second) {
		p.show()
		evaluate[chromedp.Void](b, p.host+".xainb.clock.do('seek', 1.5)")
		p.settle()
		said := evaluate[string](b, p.host+".shadowRoot.querySelector('.player').innerText")
		for _, odd := range []string{"native code", "[object", "not finite", "picture stopped"} {
			if strings.Contains(said, odd) {
				t.Errorf("scene %d says %q: %s", i+1, odd, said)
			}
		}
		if n := colours(p.picture()); n < 3 {
			t.Errorf("scene %d is empty: it has %d colours", i+1, n)
		}
	}
	if spoilt := evaluate[[]string](b, "Object.keys(Object.prototype)"); len(spoilt) > 0 {
		t.Errorf("every object has %q now", spoilt)
	}
}

// onlyText checks that nothing on the page came out of a text: outside the players, and inside.
func (b *tab) onlyText() {
	b.t.Helper()
	found := evaluate[[]string](b, `[document, ...[...document.querySelectorAll('div.xainb')].map((h) => h.shadowRoot)].flatMap((root) => [...root.querySelectorAll('*')])
		.filter((e) => e.matches('script[src], iframe, object, embed, [src="x"], a[href^="javascript:"]') || [...e.attributes].some((a) => a.name.startsWith('on')) || (e.tagName === 'IMG' && e.onerror))
		.map((e) => e.outerHTML.slice(0, 200))`)
	if len(found) > 0 {
		b.t.Errorf("elements came out of texts: %q", found)
	}
	if dialogs := len(b.dialogs); dialogs > 0 {
		b.t.Errorf("%d dialogs", dialogs)
	}
}

// A hundred kilobytes in one word are shown or shortened in every scene; the page goes on.
func TestEndlessTextLeavesThePageQuick(t *testing.T) {
	for name, long := range map[string]string{"emoji": strings.Repeat("👩‍👩‍👧‍👦", 4000), "marks": strings.Repeat("\u200f\u202e", 17_000), "one word": strings.Repeat("x", 100_000)} {
		scenes := []xainb.Scene{waveScene().Title(long).Caption(long)}
		said := func(s string) string {
			if slices.Contains(lengthened, s) {
				return long
			}
			return s
		}
		for _, s := range everyScene(said) {
			scenes = append(scenes, s)
		}
		start := time.Now()
		address := pageOf(t, scenes...)
		made := time.Since(start)
		b := openTab(t, false)
		b.open(address)
		start = time.Now()
		all := b.players("", len(scenes), 30*time.Second)
		shown := time.Since(start)
		worst := evaluate[float64](b, `(async () => {
			let worst = 0;
			for (const host of document.querySelectorAll('div.xainb')) {
				host.scrollIntoView({ block: 'center', behavior: 'instant' }); // what is not seen is not painted
				host.xainb.clock.do('seek', 0);
				for (let i = 0; i < 5; i++) {
					const start = performance.now();
					host.xainb.clock.do('step', 1);
					await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
					worst = Math.max(worst, performance.now() - start);
				}
			}
			return worst;
		})()`)
		t.Logf("%s: made in %v, shown in %v, a step takes at most %.0f ms", name, made, shown, worst)
		if made > time.Minute || worst > 2000 {
			t.Errorf("100 kB of %s: the page is made in %v, and a step takes %.0f ms", name, made, worst)
		}
		for k, p := range all {
			if past := evaluate[int](b, "(e => e.scrollWidth - e.clientWidth)("+p.part(".player")+")"); past > 0 {
				p.show()
				b.keep(fmt.Sprint(name, "-", k+1))
				t.Errorf("100 kB of %s: what scene %d says is %d px wider than it", name, k+1, past)
			}
		}
		b.onlyText()
	}
}

// lengthened are the texts that are endless: a token, an event, the name of a time, of a run and of a variant, an answer, a chapter.
var lengthened = []string{"round", "film", "event", "other", "this", "no", "end"}

// TestDamagedRecordingsShowTheirPoster changes the bytes of a recording in many ways: each ends, soon, in a poster that says what is wrong.
func TestDamagedRecordingsShowTheirPoster(t *testing.T) {
	all := cells(t, waveScene(), headsScene(), wordsScene())
	rng := rand.New(rand.NewPCG(1, 2))
	var damaged []string
	for _, cell := range all[1:] {
		before, rest, _ := strings.Cut(cell, `"tracks":["`)
		coded, after, ok := strings.Cut(rest, `"`)
		good, err := base64.StdEncoding.DecodeString(coded)
		if !ok || err != nil {
			t.Fatalf("there is no recording in the cell: %v", err)
		}
		damage := func(change func(b []byte) []byte) {
			bad := change(append([]byte{}, good...))
			damaged = append(damaged, before+`"tracks":["`+base64.StdEncoding.EncodeToString(bad)+`"`+after)
		}
		for offset := range 10 { // every tenth byte
			damage(func(b []byte) []byte {
				for i := offset; i < len(b); i += 10 {
					b[i] ^= byte(1 + rng.IntN(255))
				}
				return b
			})
		}
		for range 10 {
			damage(func(b []byte) []byte { return b[:rng.IntN(len(b))] })
			damage(func(b []byte) []byte {
				i, k := rng.IntN(len(b)), rng.IntN(len(b))
				for b[i] == b[k] {
					k = rng.IntN(len(b))
				}
				b[i], b[k] = b[k], b[i]
				return b
			})
			damage(func(b []byte) []byte { return append(b, byte(rng.IntN(256))) })
		}
		damaged = append(damaged, before+`"tracks":["*not base64*"`+after, before+`"tracks":[`+after, before+`"tracks":[]}</script>`+strings.SplitN(after, "</script>", 2)[1])
	}
	b := openTab(t, true)
	b.open(htmlPage(t, blank+all[0]+"<script>"+insertMany+"</script>"))
	b.players("", 1, 30*time.Second)
	start := time.Now()
	for _, cell := range damaged {
		evaluate[chromedp.Void](b, "void document.body.append(document.createRange().createContextualFragment("+quote(cell)+"))")
	}
	b.until("each has decided", 30*time.Second, "!document.querySelector('div.xainb[data-xainb=loading]')")
	t.Logf("%d damaged cells in %v", len(damaged), time.Since(start))
	said := evaluate[[]string](b, `[...document.querySelectorAll('div.xainb')].slice(1).map((h) => h.dataset.xainb + ' ' + (h.querySelector('img').getBoundingClientRect().height > 50) + ' ' + h.innerText)`)
	reasons := map[string]int{}
	for i, s := range said {
		reason, ok := strings.CutPrefix(s, "failed true This picture stands still: ")
		if !ok || len(strings.TrimSpace(reason)) < 10 {
			t.Errorf("damaged cell %d is %q", i+1, s)
		}
		reasons[reason]++
	}
	t.Logf("reasons: %v", reasons)
	b.forgive()
	player{b, "document.querySelector('div.xainb')"}.moves()
}

// Code that arrives damaged is not run; a cell that brings it whole helps the others.
func TestDamagedCodeWaitsForBetter(t *testing.T) {
	cell := cells(t, waveScene())[0]
	for _, part := range []string{`"player":{"id":`, `"name":"echarts"`} {
		at := strings.Index(cell, part)
		at += strings.Index(cell[at:], `"code":"`) + len(`"code":"`) + 3000
		b := openTab(t, true)
		b.open(htmlPage(t, blank+cell[:at]+strings.Repeat("A", 40)+cell[at+40:]))
		b.until("the cell gives up", 20*time.Second, "document.querySelector('div.xainb[data-xainb=failed]')")
		b.posterOnly("document.querySelector('div.xainb')", " could not be loaded: ")
		b.forgive()
		evaluate[chromedp.Void](b, fmt.Sprintf("void document.body.append(document.createRange().createContextualFragment(%s))", quote(cell)))
		for _, p := range b.players("", 2, 20*time.Second) {
			p.moves()
		}
	}
}
