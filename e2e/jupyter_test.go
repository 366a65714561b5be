package e2e

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// server is the one Jupyter server of all tests: JupyterLab, Notebook and nbclassic on the same files.
type server struct{ address, folder string }

const token = "e2e"

var startServer = sync.OnceValues(func() (*server, error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	folder := filepath.Join(scratch, "notebooks")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	command := exec.Command(filepath.Join(venv(), "bin", "jupyter"), "lab", "--no-browser", "--allow-root", "--port="+strconv.Itoa(port),
		"--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1", "--IdentityProvider.token="+token, "--ServerApp.root_dir="+folder,
		"--ServerApp.shutdown_no_activity_timeout=900") // should this process be killed
	log, err := logFile("e2e-jupyter.txt")
	if err != nil {
		return nil, err
	}
	command.Env, command.Stdout, command.Stderr, command.Dir = jupyterEnv(), log, log, folder
	if err := command.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() { command.Wait(); close(ended) }()
	stopAtEnd(func() {
		command.Process.Signal(syscall.SIGTERM) // it stops its kernels
		select {
		case <-ended:
		case <-time.After(15 * time.Second):
			command.Process.Kill()
			<-ended
		}
	})
	s := &server{fmt.Sprintf("http://127.0.0.1:%d", port), folder}
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		select {
		case <-ended:
			return nil, fmt.Errorf("JupyterLab ended at once: see %s", log.Name())
		default:
		}
		if r, err := http.Get(s.address + "/api/status?token=" + token); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return s, nil
			}
		}
	}
	command.Process.Kill()
	<-ended
	return nil, fmt.Errorf("JupyterLab did not answer within 90 s: see %s", log.Name())
})

func logFile(name string) (*os.File, error) {
	folder := filepath.Join(checkout(), "build", "log")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	return os.Create(filepath.Join(folder, name))
}

// needServer requires a Jupyter server that runs.
func needServer(t *testing.T) *server {
	t.Helper()
	needLab(t)
	s, err := startServer()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// trust does what "Trust Notebook" does.
func (s *server) trust(t *testing.T, name string) {
	t.Helper()
	if out, err := python(t, time.Minute, "-m", "jupyter", "trust", filepath.Join(s.folder, name)); err != nil {
		t.Fatalf("jupyter trust: %v\n%s", err, out)
	}
}

// lab is a JupyterLab in a tab of its own.
type lab struct {
	*tab
	*server
}

// openLab opens JupyterLab with a notebook of the server's folder.
func openLab(t *testing.T, name string) lab {
	t.Helper()
	s := needServer(t)
	l := lab{openTab(t, true), s}
	l.open(fmt.Sprintf("%s/lab/workspaces/%s/tree/%s?token=%s&reset", s.address, url.PathEscape(t.Name()), name, token))
	l.until("JupyterLab is there", 2*time.Minute, "document.querySelector('.jp-DirListing-itemText') && !document.querySelector('#jupyterlab-splash')")
	l.opened(name)
	return l
}

// openFile opens another notebook with a double click in the list of files.
func (l lab) openFile(name string) {
	l.t.Helper()
	item := find(".jp-DirListing-itemText", name)
	l.click("the list's reload button", `document.querySelector('#filebrowser [data-command="filebrowser:refresh"], #filebrowser [data-jp-item-name="refresh"]')`)
	l.until(name+" is in the list of files", 20*time.Second, item)
	x, y := l.boxOf(item).centre()
	l.do("a double click on "+name, chromedp.MouseClickXY(x, y), chromedp.MouseClickXY(x, y, chromedp.ClickCount(2)))
	l.opened(name)
}

// opened waits until a notebook is in front and has its kernel.
func (l lab) opened(name string) {
	l.t.Helper()
	l.until(name+" is open", time.Minute, fmt.Sprintf("document.querySelector('.lm-DockPanel-tabBar .lm-mod-current')?.textContent.trim() === %q && document.querySelector('%s .jp-Cell')", name, shownPanel))
	l.until("the kernel is ready", time.Minute, kernelReady)
}

// kernelReady is JavaScript for what the status bar says; it is "Unknown" until the first cell runs, because GoNB does not answer a
// question for its history.
const kernelReady = "/gonb.*(Idle|Unknown)/.test(document.querySelector('#jp-main-statusbar').textContent)"

// menu clicks through JupyterLab's menus.
func (l lab) menu(path ...string) {
	l.t.Helper()
	l.click("the menu "+path[0], find(".lm-MenuBar-itemLabel", path[0]))
	for _, name := range path[1:] {
		l.click("the entry "+name, find(".lm-Menu-itemLabel", name))
	}
}

// find is JavaScript for the last visible element with a text.
func find(selector, label string) string {
	return fmt.Sprintf("[...document.querySelectorAll(%q)].filter(e => e.textContent.trim() === %q && e.getBoundingClientRect().width > 0).pop()", selector, label)
}

// runAll restarts the kernel, runs all cells and waits for the last one.
func (l lab) runAll() {
	l.t.Helper()
	l.menu("Run", "Restart Kernel and Run All Cells…")
	l.click("Restart in the dialog", "document.querySelector('.jp-Dialog .jp-mod-accept')")
	prompts := "([...document.querySelectorAll('" + shownPanel + " .jp-CodeCell .jp-InputArea-prompt')])"
	l.until("the cells wait for their turn", time.Minute, "(p => p.some(e => e.textContent.includes('*')))"+prompts) // a notebook that has run has numbers from then
	l.until("all cells have run", 5*time.Minute,
		"(p => p.length > 0 && p.every(e => /\\[\\d+\\]/.test(e.textContent)))"+prompts)
	if wrong := evaluate[string](l.tab, "[...document.querySelectorAll('"+shownPanel+" :is([data-mime-type$=stderr], [data-mime-type$=error])')].map(e => e.textContent).join('\\n')"); wrong != "" {
		l.t.Errorf("a cell says: %s", wrong)
	}
}
