package e2e
import ("testing";"time";"github.com/chromedp/chromedp";"github.com/chromedp/cdproto/heapprofiler";"github.com/chromedp/cdproto/cdp")
func TestZZ(t *testing.T) {
	b := openTab(t, false)
	b.open(pageOf(t, waveScene(), wordsScene()))
	b.players("", 2, 20*time.Second)
	evaluate[int](b, `(window.refs=[...document.querySelectorAll('div.xainb')].map(h=>new WeakRef(h)), document.querySelectorAll('div.xainb').forEach(h=>h.remove()), 1)`)
	for i:=0;i<4;i++ { time.Sleep(300*time.Millisecond)
	if _,err:=chromedp.Call(b.ctx, heapprofiler.CollectGarbage, cdp.Empty{}); err!=nil {t.Fatal(err)} }
	t.Log(evaluate[[]bool](b, `refs.map(r=>r.deref()!==undefined)`))
}
