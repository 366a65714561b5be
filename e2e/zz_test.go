package e2e
import ("testing";"path/filepath";"time")
func TestZZ(t *testing.T) {
	s := needServer(t)
	copyFile(t, sample(t).path, filepath.Join(s.folder, "sample.ipynb"))
	s.trust(t, "sample.ipynb")
	l := openLab(t, "sample.ipynb")
	p := l.players(shownPanel, samplePlayers, 60e9)[sampleHeads]
	p.show()
	active := func(when string) {
		t.Log(when, evaluate[string](l.tab, "document.activeElement.className + ' / ' + ("+p.host+".shadowRoot.activeElement?.className)+' scroll '+"+p.host+".getBoundingClientRect().y"))
	}
	evaluate[int](l.tab, `(()=>{for (const n of ['mousedown','mouseup','click','focusin','pointercancel','keydown','scroll']) addEventListener(n, e=>console.log('EV',n,e.target.className, e.composedPath()[0].className, document.activeElement.className),true);
	const log=(n)=>{console.log('EV CALL '+n+' '+new Error().stack.split("\n").slice(2,9).join(' | ').replace(/http:..127.0.0.1:\d+.static.lab./g,'').replace(/\?v=\w+/g,''))};
	for (const n of ['scrollTo','scrollIntoView','scrollBy','scroll','focus']) { for (const P of [Element.prototype, HTMLElement.prototype]) { const f=P[n]; if (f && Object.hasOwn(P,n)) P[n]=function(...a){ log(n+' '+this.className+' '+JSON.stringify(a)); return f.apply(this,a)} } }
	const d=Object.getOwnPropertyDescriptor(Element.prototype,'scrollTop'); Object.defineProperty(Element.prototype,'scrollTop',{get:d.get,set(v){log('scrollTop='+v+' '+this.className); d.set.call(this,v)},configurable:true});
	return 1})()`)
	active("start")
	p.drag(0)
	active("drag 0")
	p.drag(0.5)
	active("drag .5")
	l.press(" ")
	time.Sleep(time.Second)
	active("space")
	l.press(" ")
	active("space")
	time.Sleep(time.Second)
	p.push("Play")
	active("play")
	time.Sleep(time.Second)
	active("play")
	l.press(" ")
	active("space")
	for _,m:=range l.messages { if len(m.Text)>2 && m.Text[:2]=="EV" { t.Log(m.Text) }}
}
