package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// browser is the one Chromium of nearly all tests.
var browser = sync.OnceValues(func() (context.Context, error) { return startBrowser("chromium", chromedp.DisableGPU) })

// startBrowser starts a Chromium with a profile of its own. It resolves no name but this machine's own, so nothing can be fetched.
func startBrowser(profile string, flags ...chromedp.ExecAllocatorOption) (context.Context, error) {
	program, err := chromium()
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.WindowSize(1280, 900),
		chromedp.UserDataDir(filepath.Join(scratch, profile)),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-proxy-server", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), append(options, flags...)...)
	ctx, stop := chromedp.NewContext(alloc)
	stopAtEnd(func() { stop(); stopAlloc() })
	return ctx, chromedp.Do(ctx)
}

// tab is one page of the browser in one test.
type tab struct {
	t   *testing.T
	ctx context.Context
	*heard
}

// heard is everything that a page said and asked for.
type heard struct {
	mu       sync.Mutex
	messages []chromedp.ConsoleMessage
	requests []*network.EventRequestWillBeSent
	dialogs  []string
}

// openTab opens an empty page. When the test ends the page must have shown no dialog and no error of our code;
// foreign says that the page has scripts of others too, whose errors do not count.
func openTab(t *testing.T, foreign bool) *tab {
	t.Helper()
	return openTabIn(t, needBrowser(t), foreign)
}

// tall makes the window as high as the highest figure of a lesson with its controls, so that all of it can be seen and clicked at once.
func (b *tab) tall() {
	b.t.Helper()
	b.do("making the window taller", chromedp.EmulateViewport(1280, 1900))
}

// openTabIn opens an empty page of another browser.
func openTabIn(t *testing.T, parent context.Context, foreign bool) *tab {
	t.Helper()
	forgetShots(t)
	ctx, cancel := chromedp.NewContext(parent)
	b := &tab{t, ctx, &heard{}}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900)); err != nil {
		t.Fatalf("Chromium did not open a page: %v", err)
	}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	messages := chromedp.Console(ctx)
	var reading sync.WaitGroup
	reading.Go(func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			b.mu.Lock()
			b.messages = append(b.messages, m)
			b.mu.Unlock()
		}
	})
	t.Cleanup(func() {
		if t.Failed() {
			b.keep("failed")
		}
		for _, m := range b.errors(foreign) {
			t.Errorf("the console says: %s", describe(m))
		}
		cancel()
		reading.Wait()
		for _, d := range b.dialogs {
			t.Errorf("the page opened a dialog: %s", d)
		}
	})
	return b
}

func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e)
	case *page.EventJavascriptDialogOpening:
		if e.Type == page.DialogTypeBeforeunload {
			go b.answer(true)
			return
		}
		b.dialogs = append(b.dialogs, fmt.Sprintf("%s %q", e.Type, e.Message))
		go b.answer(false)
	}
}

func (b *tab) answer(accept bool) {
	_, _ = chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: accept})
}

// errors returns the errors and warnings of our code; without foreign scripts every error is ours. Our scripts name
// themselves "gonb-xai:…" to the browser.
func (b *tab) errors(foreign bool) []chromedp.ConsoleMessage {
	b.mu.Lock()
	defer b.mu.Unlock()
	var bad []chromedp.ConsoleMessage
	for _, m := range b.messages {
		if m.Type != chromedp.ConsoleError && m.Type != chromedp.ConsoleException && m.Type != chromedp.ConsoleWarning {
			continue
		}
		if strings.Contains(m.Text, "GL Driver Message (OpenGL, Performance") {
			continue // a processor that draws for a graphics card is slow, and says so
		}
		if !foreign || strings.Contains(m.Text, "gonb-xai") || slices.ContainsFunc(sources(m), isOurs) {
			bad = append(bad, m)
		}
	}
	return bad
}

// forgive forgets the errors so far, which a test has looked at.
func (b *tab) forgive() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.messages = nil
}

// frame returns the page inside the page's only frame.
func (b *tab) frame(limit time.Duration) *tab {
	b.t.Helper()
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		targets, err := chromedp.Targets(b.ctx)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, target := range targets {
			if target.Type != "iframe" {
				continue
			}
			ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(target.TargetID), chromedp.WithDetachOnCancel())
			b.t.Cleanup(cancel)
			if err := chromedp.Do(ctx); err != nil {
				b.t.Fatal(err)
			}
			return &tab{b.t, ctx, &heard{}}
		}
	}
	b.t.Fatal("there is no frame")
	return nil
}

func isOurs(url string) bool { return strings.HasPrefix(url, "gonb-xai:") }

func sources(m chromedp.ConsoleMessage) []string {
	urls := []string{m.URL}
	for s := m.Stack; s != nil; s = s.Parent {
		for _, f := range s.CallFrames {
			urls = append(urls, f.URL)
		}
	}
	return urls
}

func describe(m chromedp.ConsoleMessage) string {
	return fmt.Sprintf("%s: %s (%s:%d)", m.Type, m.Text, m.URL, m.Line+1)
}

// asked returns the addresses that the page asked a network for; ours only keeps those that our code asked for.
func (b *tab) asked(ours bool) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var urls []string
	for _, r := range b.requests {
		scheme, _, _ := strings.Cut(r.Request.URL, ":")
		if scheme == "file" || scheme == "data" || scheme == "blob" || scheme == "about" {
			continue
		}
		var from []string
		if r.Initiator != nil {
			from = sources(chromedp.ConsoleMessage{URL: r.Initiator.URL, Stack: r.Initiator.Stack})
		}
		if !ours || slices.ContainsFunc(from, isOurs) {
			urls = append(urls, r.Request.URL)
		}
	}
	return urls
}

// do runs steps in the page within half a minute.
func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

func (b *tab) open(url string) {
	b.t.Helper()
	b.do("opening "+url, chromedp.Navigate(url))
}

// evaluate returns what a JavaScript expression is in the page.
func evaluate[T any](b *tab, js string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s\n%v", js, err)
	}
	return v
}

// until waits for an expression to be true. what says what a person would be waiting for.
func (b *tab) until(what string, limit time.Duration, js string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, limit)
	defer cancel()
	var last error
	for ctx.Err() == nil {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+js+")"))
		if err == nil && ok {
			return
		}
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			last = err
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatalf("%s: not within %v%s", what, limit, b.story(last))
}

// story tells what the page said, for a failure.
func (b *tab) story(err error) string {
	var s strings.Builder
	if err != nil {
		fmt.Fprintf(&s, "\n%v", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.messages[max(0, len(b.messages)-8):] {
		fmt.Fprintf(&s, "\nconsole: %s", describe(m))
	}
	return s.String()
}

// dark makes the page believe that the reader prefers dark (or light) pages.
func (b *tab) dark(on bool) {
	b.t.Helper()
	value := "light"
	if on {
		value = "dark"
	}
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// box is a part of the page in CSS pixels of the viewport.
type box struct{ X, Y, W, H float64 }

func (r box) centre() (x, y float64) { return r.X + r.W/2, r.Y + r.H/2 }

// boxOf returns where an element is.
func (b *tab) boxOf(js string) box {
	b.t.Helper()
	return evaluate[box](b, "(() => { const r = ("+js+").getBoundingClientRect(); return {X: r.x, Y: r.y, W: r.width, H: r.height}; })()")
}

// click presses and releases the mouse in the middle of an element.
func (b *tab) click(what, js string) {
	b.t.Helper()
	b.until(what+" is to be seen", 10*time.Second, "(e => e && e.getBoundingClientRect().width > 0)("+js+")")
	x, y := b.boxOf(js).centre()
	b.do("clicking "+what, chromedp.MouseEvent(chromedp.MouseMoved, x, y), chromedp.MouseClickXY(x, y))
}

// press types keys as a keyboard does: a key goes down with its character, so that a page that takes the one takes the other.
func (b *tab) press(keys string, options ...chromedp.KeyOption) {
	b.t.Helper()
	for _, r := range keys {
		var text string
		for _, k := range kb.Encode(r) {
			if k.Type == kb.KeyChar {
				text = k.Text
			}
		}
		for _, k := range kb.Encode(r) {
			for _, o := range options {
				o(k)
			}
			if k.Type == kb.KeyDown && k.Modifiers&^int64(chromedp.ModifierShift) == 0 {
				k.Text = text
			}
			if k.Type == kb.KeyChar {
				continue
			}
			if _, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, *k); err != nil {
				b.t.Fatalf("pressing %q: %v", keys, err)
			}
		}
	}
}

// see takes a picture of a part of the viewport.
func (b *tab) see(r box) image.Image {
	b.t.Helper()
	img, err := b.capture(r)
	if err != nil {
		b.t.Fatal(err)
	}
	return img
}

func (b *tab) capture(r box) (image.Image, error) {
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	scroll, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64]("[scrollX, scrollY]"))
	if err != nil {
		return nil, err
	}
	x, y := math.Floor(r.X), math.Floor(r.Y)
	clip := &page.Viewport{X: x + scroll[0], Y: y + scroll[1], Width: math.Ceil(r.X + r.W - x), Height: math.Ceil(r.Y + r.H - y), Scale: 1}
	shot, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Clip: clip})
	if err != nil {
		return nil, fmt.Errorf("taking a picture of %+v: %w", r, err)
	}
	return png.Decode(bytes.NewReader(shot.Data))
}

// keep leaves a screenshot of the page in build/shots.
func (b *tab) keep(name string) {
	b.t.Helper()
	img, err := b.capture(box{0, 0, 1280, 900})
	if err != nil {
		b.t.Logf("no screenshot: %v", err)
		return
	}
	b.keepImage(name, img)
}

func (b *tab) keepImage(name string, img image.Image) {
	b.t.Helper()
	path := shotPrefix(b.t) + name + ".png"
	var out bytes.Buffer
	err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), png.Encode(&out, img), os.WriteFile(path, out.Bytes(), 0o644))
	if err != nil {
		b.t.Logf("no screenshot: %v", err)
	} else if b.t.Failed() {
		b.t.Logf("see %s", path)
	}
}

// shotPrefix is how the names of a test's screenshots begin.
func shotPrefix(t *testing.T) string {
	test := strings.NewReplacer("/", "-", ".ipynb", "", " ", "_", ",", "").Replace(strings.TrimPrefix(t.Name(), "Test"))
	return filepath.Join(checkout(), "build", "shots", test+"-")
}

// forgetShots removes what an earlier run of the test left.
func forgetShots(t *testing.T) {
	old, _ := filepath.Glob(shotPrefix(t) + "*.png")
	for _, path := range old {
		os.Remove(path)
	}
}
