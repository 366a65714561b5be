package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
)

// sampled is what measure.js says of an animation frame, in milliseconds. Shown is which recorded frame it left on the screen.
type sampled struct{ Script, Wall, Shown float64 }

func header() {
	fmt.Printf("  %-22s %19s %9s %20s %9s\n", "", "script ms/frame", "busy ms", "wall ms/frame", "frames/s")
	fmt.Printf("  %-22s %9s %9s %9s %10s %9s %9s   %s\n", "", "median", "p95", "/frame", "median", "p95", "", "wanted")
}

// row prints what a series of animation frames took, by recorded frame: while one stays on the screen, several animation frames are one. busy
// is what the main thread worked in all of them, in seconds.
func row(name string, frames []sampled, busy float64, wanted string) {
	var scripts, walls []float64
	var all, script, wall float64
	last := math.NaN()
	for _, f := range frames {
		all, script, wall = all+f.Wall, script+f.Script, wall+f.Wall
		if f.Shown != last {
			last = f.Shown
			scripts, walls = append(scripts, script), append(walls, wall)
			script, wall = 0, 0
		}
	}
	n := float64(max(1, len(walls)))
	said := func(q float64) string {
		if quantile(scripts, 0.95) < 50*busy/n {
			return "-" // most of the work is done elsewhere, in promises for example
		}
		return fmt.Sprintf("%.2f", quantile(scripts, q))
	}
	fmt.Printf("  %-22s %9s %9s %9.2f %10.1f %9.1f %9.1f   %s\n", name, said(0.5), said(0.95), 1000*busy/n, quantile(walls, 0.5), quantile(walls, 0.95), 1000*n/all, wanted)
}

func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(v))
	return s[min(len(s)-1, int(q*float64(len(s))))]
}

// skipped is how many animation frames at the start, in which code is compiled, do not count where n do.
func skipped(n int) int { return max(2, min(20, n/5)) }

// play runs a script that plays, and returns its animation frames but the first few.
func (b *tab) play(js string, skip int) ([]sampled, float64, error) {
	before, err := b.busy()
	if err != nil {
		return nil, 0, err
	}
	if _, err := evaluate[any](b, js); err != nil {
		return nil, 0, err
	}
	after, err := b.busy()
	if err != nil {
		return nil, 0, err
	}
	frames, err := evaluate[[]sampled](b, fmt.Sprintf("bench.stop(%d).map(f => ({Script: f.script, Wall: f.wall, Shown: f.shown}))", skip))
	share := float64(len(frames)) / float64(max(1, len(frames)+skip))
	return frames, (after - before) * share, err
}

// ours opens a page of ours and waits until it can play.
func (b bench) ours(scene *charts.Scene) (page *tab, done func(), err error) {
	url, err := ourPage(filepath.Join(b.folder, "ours.html"), scene)
	if err != nil {
		return nil, nil, err
	}
	if page, done, err = open(b.ctx, url); err != nil {
		return nil, nil, err
	}
	if err := page.until("document.querySelector('[data-xainb=ready]')"); err != nil {
		done()
		return nil, nil, err
	}
	return page, done, nil
}

// player plays our page, in a loop, at a speed at which every animation frame shows another recorded frame.
func (b bench) player(name string, scene *charts.Scene, n int, wanted string) error {
	page, done, err := b.ours(scene)
	if err != nil {
		return err
	}
	defer done()
	js := fmt.Sprintf(`(async () => {
		await bench.later(500);
		const clock = bench.host().clock;
		clock.do("repeat", "loop");
		clock.do("speed", 1.05);
		bench.start(() => Math.round(clock.state.position));
		clock.do("play");
		await bench.later(%d);
		clock.do("pause");
	})()`, 1000*(n+skipped(n))/60)
	frames, busy, err := page.play(js, skipped(n))
	if err != nil {
		return err
	}
	row(name, frames, busy, wanted)
	if !*profile {
		return nil
	}
	path := filepath.Join("build", "bench", strings.Join(strings.Fields(name), "-")+".cpuprofile")
	lines, err := page.profiled(path, func() error { _, err := evaluate[any](page, js); return err })
	fmt.Printf("  where the script's time goes (%s):\n    %s\n", path, strings.Join(lines, "\n    "))
	return err
}

// other plays n animation frames of the first few recorded frames with a library of others.
func (b bench) other(name, library, function, options string, t *xainb.Track, few, n int, wanted string) error {
	if _, err := os.Stat(library); err != nil {
		fmt.Printf("  %-18s left out: there is no %s\n", name, library)
		return nil
	}
	url, err := otherPage(filepath.Join(b.folder, "other.html"), library, t, few)
	if err != nil {
		return err
	}
	page, done, err := open(b.ctx, url)
	if err != nil {
		return err
	}
	defer done()
	frames, busy, err := page.play(fmt.Sprintf("%s(%d%s)", function, n+skipped(n), options), skipped(n))
	if err == nil {
		row(name, frames, busy, wanted)
	}
	return err
}

// starts opens our page several times and prints how long the first picture takes from the moment when ECharts is there.
func (b bench) starts(t *xainb.Track, times int) error {
	url, err := ourPage(filepath.Join(b.folder, "ours.html"), charts.Heatmap(t))
	if err != nil {
		return err
	}
	var took []float64
	for range times {
		page, done, err := open(b.ctx, url)
		if err != nil {
			return err
		}
		if err = page.until("bench.times.ready > 0"); err == nil {
			var ms float64
			ms, err = evaluate[float64](page, "bench.times.ready - bench.times.library")
			took = append(took, ms)
		}
		done()
		if err != nil {
			return err
		}
	}
	if *profile {
		if err := b.profileStart(url); err != nil {
			return err
		}
	}
	fmt.Printf("  first picture after ECharts is there: median %.0f ms, at most %.0f ms of %d pages   300 ms or less\n", quantile(took, 0.5), slices.Max(took), times)
	return nil
}

func (b bench) profileStart(url string) error {
	page, done, err := open(b.ctx, "")
	if err != nil {
		return err
	}
	defer done()
	path := filepath.Join("build", "bench", "start.cpuprofile")
	lines, err := page.profiled(path, func() error {
		if err := chromedp.Do(page.ctx, chromedp.Navigate(url)); err != nil {
			return err
		}
		return page.until("bench.times.ready > 0")
	})
	fmt.Printf("  where the script's time goes until the first picture (%s):\n    %s\n", path, strings.Join(lines, "\n    "))
	return err
}

// seeks jumps about in a fresh page, then through the same places again.
func (b bench) seeks(t *xainb.Track) error {
	page, done, err := b.ours(charts.Heatmap(t))
	if err != nil {
		return err
	}
	defer done()
	for _, pass := range []string{"cold", "warm"} {
		took, err := evaluate[[]float64](page, fmt.Sprintf(`(async () => {
			if (%q === "cold") await bench.later(500);
			const took = [], clock = bench.host().clock;
			for (let i = 0; i < 200; i++) took.push(await bench.cost(() => clock.do("seek", (i * 617 + 311) %% %d)));
			return took;
		})()`, pass, t.Len()))
		if err != nil {
			return err
		}
		fmt.Printf("  seek, %s: median %.1f ms, p95 %.1f ms, at most %.1f ms of %d   16 ms or less\n", pass, quantile(took, 0.5), quantile(took, 0.95), slices.Max(took), len(took))
	}
	return nil
}

// noise prints how steady the machine is: the time between animation frames of an empty page, and a piece of script that always does the same.
func (b bench) noise(when string) error {
	page, done, err := open(b.ctx, "data:text/html,<!doctype html><body>")
	if err != nil {
		return err
	}
	defer done()
	frames, _, err := page.play("bench.start(() => performance.now()), bench.later(1500)", 20)
	if err != nil {
		return err
	}
	var walls []float64
	for _, f := range frames {
		walls = append(walls, f.Wall)
	}
	work, err := evaluate[[]float64](page, `Array.from({ length: 60 }, () => {
		const start = performance.now();
		let x = 1;
		for (let i = 0; i < 2e6; i++) x = (x * 1103515245 + 12345) % 2147483648;
		return performance.now() - start + (x === 0.5 ? 1 : 0);
	}).slice(10)`)
	if err == nil {
		fmt.Printf("machine %s: load %s; an empty page has an animation frame every %.1f ms (p95 %.1f); the same piece of script takes %.1f ms (p95 %.1f)\n",
			when, load(), quantile(walls, 0.5), quantile(walls, 0.95), quantile(work, 0.5), quantile(work, 0.95))
	}
	return err
}
