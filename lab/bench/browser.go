package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
)

//go:embed measure.js
var measureJS string

// browser starts Chromium without a window: the one that CHROMIUM names, else the first on PATH.
func browser(folder string) (context.Context, context.CancelFunc, error) {
	program := ""
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		return nil, nil, errors.New("no Chromium was found: install Chromium or Chrome, or name its program in CHROMIUM")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.DisableGPU, chromedp.WindowSize(1280, 1000), chromedp.UserDataDir(folder),
		chromedp.Flag("no-proxy-server", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(alloc)
	return ctx, func() { stop(); stopAlloc() }, chromedp.Do(ctx)
}

// tab is a page of the browser.
type tab struct{ ctx context.Context }

// open opens a page in a tab of its own, where compiled code and garbage of another page are not. Without an address the tab waits for one.
func open(parent context.Context, url string) (*tab, func(), error) {
	ctx, stopTab := chromedp.NewContext(parent)
	ctx, stopTime := context.WithTimeout(ctx, 3*time.Minute)
	closeTab := func() { stopTime(); stopTab() }
	err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 1000))
	if err == nil {
		_, err = chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: measureJS})
	}
	if err == nil {
		_, err = chromedp.Call(ctx, performance.Enable, performance.EnableParams{})
	}
	if err == nil && url != "" {
		err = chromedp.Do(ctx, chromedp.Navigate(url))
	}
	if err != nil {
		closeTab()
		return nil, nil, fmt.Errorf("opening %s: %w", url, err)
	}
	return &tab{ctx}, closeTab, nil
}

// evaluate returns what an expression is in the page, of a promise what it becomes.
func evaluate[T any](b *tab, js string) (T, error) {
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		err = fmt.Errorf("%s: %w", js, err)
	}
	return v, err
}

// until waits for an expression to be true.
func (b *tab) until(js string) error {
	for {
		ok, err := evaluate[bool](b, "!!("+js+")")
		if ok || err != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// busy is how long the page's main thread has worked so far, in seconds, as the browser counts it: scripts with timers, promises and events, styles, layout,
// paint.
func (b *tab) busy() (float64, error) {
	result, err := chromedp.Call(b.ctx, performance.GetMetrics, cdp.Empty{})
	if err != nil {
		return 0, err
	}
	for _, m := range result.Metrics {
		if m.Name == "TaskDuration" {
			return m.Value, nil
		}
	}
	return 0, errors.New("the browser does not count the time of tasks")
}
