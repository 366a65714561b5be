package e2e

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
)

// frame is the number of the frame that is shown, from 1.
func (p player) frame() int {
	p.t.Helper()
	return evaluate[int](p.tab, "+"+p.part(".track")+".getAttribute('aria-valuenow')")
}

// says waits for a part to say something: captions speak of recorded frames, and the next may be some time off.
func (p player) says(part, want string) {
	p.t.Helper()
	p.until(fmt.Sprintf("%s says %q", part, want), 5*time.Second, fmt.Sprintf("%s.textContent.includes(%q)", p.part(part), want))
}

func TestPlayheadStopsAtAQuestionAndChecksTheAnswer(t *testing.T) {
	scene := waveScene().Seconds(0.15).Ask(3, "Where does it move?", "to the left", "to the right", "nowhere")
	b := openTab(t, false)
	b.open(pageOf(t, scene))
	p := b.players("", 1, 20*time.Second)[0]
	if p.boxOf(p.part(".ask")).H > 0 {
		t.Error("the question is there before its frame")
	}
	p.push("Play")
	b.until("the playhead stops", 10*time.Second, p.part(".ask")+".offsetHeight > 0 && "+p.part("button.play")+".getAttribute('aria-label') === 'Play (space)'")
	if at := p.frame(); at != 4 {
		t.Errorf("it stops at frame %d, expected 4", at)
	}
	p.says(".question", "Where does it move?")
	p.push("Play")
	p.says(".verdict", "Choose an answer")
	if at := p.frame(); at != 4 {
		t.Errorf("it goes on without an answer, to frame %d", at)
	}
	b.keep("asked")
	answer := func(text string) {
		p.click("the answer "+text, p.named(".answers button", text))
	}
	answer("nowhere")
	p.says(".verdict", "You said nowhere. It is to the left.")
	b.until("it goes on to the end", 10*time.Second, fmt.Sprintf("%s.getAttribute('aria-valuenow') === '8' && %s.title === 'Play (space)'", p.part(".track"), p.part("button.play")))
	p.says(".verdict", "You said nowhere.")
	b.keep("answered")
	answer("to the left")
	p.says(".verdict", "Right.")
	p.drag(0)
	p.push("Play")
	b.until("answered, it is not asked again", 10*time.Second, fmt.Sprintf("%s.getAttribute('aria-valuenow') === '8'", p.part(".track")))
}

func TestVariantsAreThereWithoutAKernel(t *testing.T) {
	shifted := func(by int) xainb.Source {
		return xainb.Record(8, func(n int) []xainb.Step { return wave(n + by)[by:] })
	}
	b := openTab(t, false)
	b.open(pageOf(t, charts.Vary("Shift", func(s xainb.Source) *charts.Scene { return charts.Heatmap(s).Title("What if it started later?") },
		charts.Variant{Name: "none", Run: shifted(0)}, charts.Variant{Name: "three", Run: shifted(3)})))
	p := b.players("", 1, 20*time.Second)[0]
	p.drag(1)
	at := p.frame()
	first := p.still()
	choose := func(name string) {
		p.click("the variant "+name, p.named(".controls button", name))
	}
	choose("three")
	p.changes(first, "in the other variant")
	if now := p.frame(); now != at {
		t.Errorf("the other variant stands at frame %d, the first stood at %d", now, at)
	}
	b.keep("three")
	p.plays()
	p.drag(1)
	choose("none")
	p.show()
	p.same(first, "back in the first variant")
}

func TestLinkLeadsToAFrame(t *testing.T) {
	b := openTab(t, false)
	url := pageOf(t, waveScene(), wordsScene())
	b.open(url + "#xainb=2.3")
	all := b.players("", 2, 20*time.Second)
	if a, c := all[0].frame(), all[1].frame(); a != 1 || c != 3 {
		t.Errorf("the animations stand at frames %d and %d, expected 1 and 3", a, c)
	}
	evaluate[chromedp.Void](b, "location.hash = '#xainb=1.6'")
	b.until("the link is followed", 5*time.Second, all[0].part(".track")+".getAttribute('aria-valuenow') === '6'")
}

// TestReaderTakesThePictureAlong uses the menu: a table of the frame, the numbers, the picture, a page that plays by itself.
func TestReaderTakesThePictureAlong(t *testing.T) {
	b := openTab(t, false)
	b.open(pageOf(t, waveScene()))
	p := b.players("", 1, 20*time.Second)[0]
	p.drag(1)
	p.push("Details")
	item := func(name string) string { return p.named(".actions button", name) }
	p.click("the table", item("Show the frame as a table"))
	if n := evaluate[int](b, p.host+".shadowRoot.querySelectorAll('.sheet td').length"); n < 64 {
		t.Errorf("the table has %d cells, the frame 64 values", n)
	}
	b.keep("table")
	evaluate[chromedp.Void](b, `(() => { window.files = []; URL.createObjectURL = (f) => { files.push(f); return "#"; }; HTMLAnchorElement.prototype.click = function () { files[files.length - 1].called = this.download; }; })()`)
	file := func(name string) (called string, content []byte) {
		before := evaluate[int](b, "files.length")
		p.click(name, item(name))
		b.until(name+": there is a file", 10*time.Second, fmt.Sprintf("files.length > %d && files[%d].called", before, before))
		said := evaluate[[]string](b, fmt.Sprintf("new Promise(r => { const f = files[%d], q = new FileReader(); q.onload = () => r([f.called, q.result.split(',')[1]]); q.readAsDataURL(f); })", before))
		content, err := base64.StdEncoding.DecodeString(said[1])
		if err != nil {
			t.Fatal(err)
		}
		return said[0], content
	}
	if called, csv := file("Save the numbers"); called != "Does-the-wave-move.csv" || bytes.Count(csv, []byte("\n")) != 1+8*(64+1) {
		t.Errorf("%s has %d lines, expected a head and one for each of the 65 values of a frame", called, bytes.Count(csv, []byte("\n")))
	}
	called, picture := file("Save the picture")
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil || called != "Does-the-wave-move-8.png" {
		t.Fatalf("%s: %v", called, err)
	}
	if n := colours(img); n < 8 {
		t.Errorf("the picture has %d colours", n)
	}
	b.keepImage("picture", img)
	called, page := file("Save as a page")
	path := filepath.Join(t.TempDir(), called)
	if err := os.WriteFile(path, page, 0o644); err != nil {
		t.Fatal(err)
	}
	alone := openTab(t, false)
	alone.open("file://" + path)
	alone.players("", 1, 20*time.Second)[0].plays()
	if urls := alone.asked(false); len(urls) > 0 {
		t.Errorf("the saved page asked the network for %q", urls)
	}
}

func TestPaperHasTheKeyFramesOfARun(t *testing.T) {
	b := openTab(t, false)
	b.dark(true)
	b.open(pageOf(t, waveScene()))
	p := b.players("", 1, 20*time.Second)[0]
	before := p.still()
	evaluate[chromedp.Void](b, "dispatchEvent(new Event('beforeprint'))")
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	type shot struct {
		Text  string
		Width float64
	}
	shots := evaluate[[]shot](b, "[..."+p.host+".shadowRoot.querySelectorAll('.shot')].map(e => ({Text: e.innerText, Width: e.querySelector('img').getBoundingClientRect().width}))")
	if len(shots) != 6 {
		t.Fatalf("%d key frames on paper, expected 6", len(shots))
	}
	for _, s := range shots {
		if s.Width < 100 || !strings.Contains(s.Text, "step") || !strings.Contains(s.Text, "largest") {
			t.Errorf("a key frame %v px wide says %q", s.Width, s.Text)
		}
	}
	b.keep("paper")
	evaluate[chromedp.Void](b, "dispatchEvent(new Event('afterprint'))")
	b.dark(true)
	p.same(before, "after printing")
}

func TestReducedMotionShowsNoInBetweenPictures(t *testing.T) {
	b := openTab(t, false)
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.open(pageOf(t, waveScene()))
	p := b.players("", 1, 20*time.Second)[0]
	if p.playing() {
		t.Error("it plays by itself")
	}
	blended := func() int {
		p.push("Play")
		n := evaluate[int](b, "(async () => { let n = 0; for (const end = performance.now() + 2500; performance.now() < end;) { await new Promise(requestAnimationFrame); if ("+p.host+".xainb.frame().blended) n++; } return n; })()")
		p.push("Pause")
		return n
	}
	if n := blended(); n > 0 {
		t.Errorf("%d pictures in between were shown", n)
	}
	b.press("i")
	p.drag(0)
	if n := blended(); n == 0 {
		t.Error("asked for, there are still no pictures in between")
	}
}

// prefers makes the browser that of a reader of a language.
func (b *tab) prefers(language string) {
	b.t.Helper()
	agent := evaluate[string](b, "navigator.userAgent")
	_, err := chromedp.Call(b.ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent, AcceptLanguage: language})
	if err != nil {
		b.t.Fatal(err)
	}
}

func TestPlayerSpeaksTheReadersLanguage(t *testing.T) {
	b := openTab(t, false)
	b.prefers("zh-CN")
	b.open(pageOf(t, waveScene()))
	p := b.players("", 1, 20*time.Second)[0]
	if got := evaluate[string](b, p.part("button.play")+".title"); got != "播放（空格）" {
		t.Errorf("play is called %q", got)
	}
	p.says(".where", "步 0 / 7")
}

// What a scene says by itself is in Chinese in every scene; the words of the run, and of the author, stay as they are.
func TestScenesSpeakChinese(t *testing.T) {
	b := openTab(t, false)
	b.prefers("zh-CN")
	var scenes []xainb.Scene
	for _, s := range everyScene(func(s string) string { return s }) {
		scenes = append(scenes, s)
	}
	b.open(pageOf(t, scenes...))
	for i, p := range b.players("", len(scenes), 60*time.Second) {
		p.show()
		for _, part := range []string{".title", ".subtitle", ".caption"} {
			text := p.text(part)
			english := regexp.MustCompile(`[A-Za-z]+ [a-z]+ [a-z]+ [a-z]+|[a-z]\. [A-Z]`).FindString(text)
			if text != "" && (!regexp.MustCompile(`\p{Han}`).MatchString(text) || english != "") || part == ".title" && text == "" {
				t.Errorf("scene %d: %s says %q", i+1, part, text)
			}
		}
		if label := evaluate[string](b, p.part(".player")+".ariaLabel"); regexp.MustCompile(`[A-Za-z]+ [a-z]+ [a-z]+ [a-z]+|[a-z]\. [A-Z]| frames`).MatchString(label) {
			t.Errorf("scene %d: a screen reader is told %q", i+1, label)
		}
		if got := p.text(".note"); got != "note" {
			t.Errorf("scene %d: the author's note is %q", i+1, got)
		}
		for _, label := range evaluate[[]string](b, "[..."+p.host+".shadowRoot.querySelectorAll('.choice > *')].map(e => e.textContent)") {
			if regexp.MustCompile(`^(Read|Show|Run|on|off|View|flat|field|arrows|neither|one scale|normalised|all equal)$|the word| looks `).MatchString(label) {
				t.Errorf("scene %d: a control says %q", i+1, label)
			}
		}
		for _, said := range evaluate[[]string](b, "[..."+p.host+".shadowRoot.querySelectorAll('.panel[aria-label]')].flatMap(e => [e.ariaLabel, e.ariaValueText || '']).concat([..."+p.host+".shadowRoot.querySelectorAll('.panel span, .panel .small')].map(e => e.textContent))") {
			if english := regexp.MustCompile(`[A-Za-z]+ [a-z]+ [a-z]+ [a-z]+|^made|^generated|^real$|Arrow up`).FindString(said); english != "" {
				t.Errorf("scene %d: a picture says %q", i+1, said)
			}
		}
		b.keep(fmt.Sprint(i + 1))
	}
}

func TestAuthorsTranslations(t *testing.T) {
	scene := func() xainb.Scene {
		return waveScene().Note(0, "The height is $h$.").Ask(2, "Where?", "left", "right").Predict("Guess", "It is {guess}.", "up", "down").
			Translate("zh", "Does the wave move?", "波在动吗？").Translate("zh", "The height is $h$.", "高度是 $h_0$，最大 {max.value}。").
			Translate("zh", "Where?", "哪里？").Translate("zh", "left", "左").Translate("zh", "up", "上").Translate("zh", "It is {guess}.", "是{guess}。").
			Translate("de", "Does the wave move?", "Bewegt sich die Welle?")
	}
	for language, want := range map[string][]string{
		"zh-TW": {"波在动吗？", "高度是", "哪里？", "左", "上"},
		"de":    {"Bewegt sich die Welle?", "The height is", "Where?", "left", "up"},
		"fr":    {"Does the wave move?", "The height is", "Where?", "left", "up"},
	} {
		b := openTab(t, false)
		b.prefers(language)
		b.open(pageOf(t, scene()))
		p := b.players("", 1, 20*time.Second)[0]
		p.says(".title", want[0])
		p.says(".note", want[1])
		if language == "zh-TW" {
			p.says(".note msub", "h0")
			p.says(".note", "1.00")
		}
		p.says(".predict .option", want[4])
		p.drag(2.0 / 7)
		p.says(".question", want[2])
		p.says(".answers", want[3])
	}
}

func TestNotesHaveFormulasWithLiveNumbers(t *testing.T) {
	b := openTab(t, false)
	b.open(pageOf(t, waveScene().Note(0, `The loss is $L = \frac{1}{t + 1} = {{loss}}$, and \$5 are five dollars.`)))
	p := b.players("", 1, 20*time.Second)[0]
	p.drag(1)
	p.says(".note math", "0.13") // 1/8
	p.says(".note", "$5 are five dollars.")
	if r := b.boxOf(p.part(".note mfrac")); r.H < 12 || r.W < 15 || r.W > 60 {
		t.Errorf("the fraction is drawn %v wide and %v high", r.W, r.H)
	}
	b.keep("formula")
}

func TestScreenReaderIsToldTheFrame(t *testing.T) {
	b := openTab(t, false)
	b.open(pageOf(t, waveScene().Note(2, "Here it turns.")))
	p := b.players("", 1, 20*time.Second)[0]
	b.press(kb.Tab)
	b.press(kb.ArrowRight + kb.ArrowRight)
	p.settle()
	for _, want := range []string{"step 2 of 7", "The largest value", "Here it turns."} {
		p.says("[aria-live=polite]", want)
	}
}

func TestPointingInOnePictureMarksAll(t *testing.T) {
	run := xainb.Record(8, wave)
	b := openTab(t, false)
	b.open(pageOf(t, charts.Row(charts.Heatmap(run), charts.Heatmap(run))))
	p := b.players("", 1, 20*time.Second)[0]
	p.show()
	panel := func(i int) string { return fmt.Sprintf("%s.shadowRoot.querySelectorAll('.panel')[%d]", p.host, i) }
	before := b.see(b.boxOf(panel(1)))
	x, y := b.boxOf(panel(0) + ".querySelector('canvas')").centre()
	b.do("pointing", chromedp.MouseEvent(chromedp.MouseMoved, x-20, y-20), chromedp.MouseEvent(chromedp.MouseMoved, x, y))
	p.settle()
	if n := differing(before, b.see(b.boxOf(panel(1)))); n < 20 {
		t.Errorf("pointed at in the first picture, the second changes in %d pixels", n)
	}
	b.keep("pointed")
	p.show() // takes the mouse away
	if n := differing(before, b.see(b.boxOf(panel(1)))); n > 0 {
		t.Errorf("the mark stays: %d pixels differ", n)
	}
}
