package e2e
import ("testing";"path/filepath")
func TestZZ(t *testing.T) {
	s := needServer(t)
	write(t, filepath.Join(s.folder,"a.ipynb"), "%%\nfmt.Println(1)", "%%\nfmt.Println(2)")
	l := openLab(t, "a.ipynb")
	l.keep("open")
	l.runAll()
	l.keep("ran")
	l.menu("Settings","Theme","JupyterLab Dark")
	l.until("dark",20e9,"document.body.dataset.jpThemeLight==='false'")
	l.keep("dark")
	for _,m:=range l.messages { t.Log(describe(m), sources(m)) }
}
