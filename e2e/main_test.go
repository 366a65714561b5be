// Package e2e tests the project as a person uses it: notebooks run by the real kernel, opened in the real JupyterLab, Notebook and
// nbclassic, as nbconvert's page and as a page of our own, in a real Chromium with a mouse and a keyboard. What counts is
// what a person sees: pictures are compared as pixels of screenshots. Every test leaves its screenshots in build/shots/.
//
// The tests need what `make test` sets up. Where it is missing they are skipped with a sentence, and fail with CI=true.
package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// scratch is a folder for the whole run, removed at its end.
var scratch string

// atEnd holds what stops the things that tests share, in the order of their start.
var atEnd struct {
	sync.Mutex
	stops []func()
}

func stopAtEnd(stop func()) {
	atEnd.Lock()
	defer atEnd.Unlock()
	atEnd.stops = append(atEnd.stops, stop)
}

func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "xainb-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	scratch = dir
	if os.Getenv("XAINB_ASSETS") == "" {
		os.Setenv("XAINB_ASSETS", filepath.Join(checkout(), "build", "assets"))
	}
	code := m.Run()
	for i := len(atEnd.stops) - 1; i >= 0; i-- {
		atEnd.stops[i]()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// checkout returns the absolute path of this checkout.
func checkout() string {
	dir, err := filepath.Abs("..")
	if err != nil {
		panic(err)
	}
	return dir
}

// venv returns the virtual environment that `make setup` makes.
func venv() string {
	if dir := os.Getenv("XAINB_VENV"); dir != "" {
		return dir
	}
	return filepath.Join(checkout(), ".venv")
}

// missing skips a test that lacks what it needs; a CI machine has to have it.
func missing(t *testing.T, sentence string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(sentence)
	}
	t.Skip(sentence)
}

func needTime(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("The tests with a browser or a kernel take minutes, and -short leaves them out.")
	}
}

// needLab requires the environment with Jupyter and the Go kernel.
func needLab(t *testing.T) {
	t.Helper()
	needTime(t)
	for _, file := range []string{"bin/python", "bin/jupyter", "share/jupyter/kernels/gonb/kernel.json"} {
		if _, err := os.Stat(filepath.Join(venv(), file)); err != nil {
			missing(t, "There is no "+filepath.Join(venv(), file)+": run `make setup`, or name the environment in XAINB_VENV.")
		}
	}
}

// chromium returns the browser's program: the one in CHROMIUM, else the first on PATH.
var chromium = sync.OnceValues(func() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
	if named := os.Getenv("CHROMIUM"); named != "" {
		names = []string{named}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no Chromium was found (%s): install Chromium or Chrome, or name its program in CHROMIUM", strings.Join(names, ", "))
})

// needBrowser requires Chromium and returns a context in which it runs.
func needBrowser(t *testing.T) context.Context {
	t.Helper()
	needTime(t)
	if _, err := chromium(); err != nil {
		missing(t, err.Error())
	}
	ctx, err := browser()
	if err != nil {
		t.Fatalf("Chromium did not start: %v", err)
	}
	return ctx
}
