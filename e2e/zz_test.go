package e2e
import ("testing";"time";"github.com/chromedp/chromedp/kb")
func TestZZ(t *testing.T) {
	b := openTab(t, false)
	b.open(pageOf(t, headsScene(), waveScene(), waveScene(), waveScene()))
	p := b.players("", 4, 20*time.Second)[0]
	evaluate[int](b, `(()=>{ addEventListener('keydown', e=>console.log('EV', e.key, e.defaultPrevented)); addEventListener('keypress', e=>console.log('EVP', e.key, e.defaultPrevented)); return 1})()`)
	p.drag(0.5)
	for _, k := range []string{" ", " ", kb.ArrowRight, kb.ArrowDown, kb.End, kb.Home, kb.PageDown} {
	b.press(k)
	time.Sleep(500*time.Millisecond)
	t.Logf("%q %v playing %v", k, evaluate[float64](b, "scrollY"), p.playing())
	}
	for _,m:=range b.messages { t.Log(m.Text) }
}
