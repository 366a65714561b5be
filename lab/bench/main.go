// Command bench measures the player in a real Chromium, beside ECharts' own heatmap series and plotly's frames on the same data, and
// prints what it finds with what is wanted. It is a benchmark and no test: a slow machine is no failure.
//
//	go run ./lab/bench [-only word] [-profile]
//
// Script is the time in the callbacks of requestAnimationFrame, added up until another recorded frame is on the screen; busy is all that the page's main
// thread worked meanwhile, as the browser counts it (DevTools' TaskDuration: timers, promises, styles, layout and paint too). Wall is the
// time from one recorded frame to the next, by the times that the browser gives its animation frames, while the run plays.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/xainb/gonb-xai/charts"
)

var (
	only    = flag.String("only", "", "measure only what has this word in its name")
	profile = flag.Bool("profile", false, "say where the player's time goes; the profiles are left in build/bench")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "xainb:", err)
		os.Exit(1)
	}
}

func run() error {
	folder, err := os.MkdirTemp("", "xainb-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	ctx, stop, err := browser(filepath.Join(folder, "chromium"))
	if err != nil {
		return err
	}
	defer stop()
	b := bench{ctx: ctx, folder: folder}
	if err := b.noise("before"); err != nil {
		return err
	}
	for _, c := range b.cases() {
		if !strings.Contains(c.name, *only) {
			continue
		}
		fmt.Println("\n" + c.name)
		if err := c.measure(); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	fmt.Println()
	return b.noise("after")
}

// bench is one run of the benchmark.
type bench struct {
	ctx    context.Context
	folder string
}

type measurement struct {
	name    string
	measure func() error
}

func (b bench) cases() []measurement {
	return []measurement{
		{"64x64 x 200, the reference", func() error {
			t, err := reference()
			if err != nil {
				return err
			}
			header()
			if err := b.player("64x64", charts.Heatmap(t), 600, "script 4 ms or less, 55 frames/s or more"); err != nil {
				return err
			}
			if err := b.other("ECharts heatmap", echartsFile(), "playECharts", ", 0", t, 200, 60, ""); err != nil {
				return err
			}
			if err := b.other("the same, progressive", echartsFile(), "playECharts", "", t, 200, 60, "(in steps of 400 cells: seldom a whole frame)"); err != nil {
				return err
			}
			return b.other("plotly frames", plotlyFile(), "playPlotly", "", t, 200, 60, "")
		}},
		{"512x512 x 60", func() error {
			t := smooth(512, 60)
			header()
			if err := b.player("512x512", charts.Heatmap(t), 300, "30 frames/s or more"); err != nil {
				return err
			}
			if err := b.other("ECharts heatmap", echartsFile(), "playECharts", ", 0", t, 3, 3, ""); err != nil {
				return err
			}
			return b.other("plotly frames", plotlyFile(), "playPlotly", "", t, 3, 15, "")
		}},
		{"64x64 x 1,000", func() error {
			t := smooth(64, 1000)
			if err := b.starts(t, 5); err != nil {
				return err
			}
			if err := b.seeks(t); err != nil {
				return err
			}
			header()
			return b.player("64x64x1000", charts.Heatmap(t), 600, "")
		}},
		{"plane: 512 + 512 points, field 32x32, arrows 16x16, x 200", func() error {
			header()
			return b.player("plane", charts.GANSamples(game(200)), 600, "script 4 ms or less, 55 frames/s or more")
		}},
		{"surface: 51x51 x 60", func() error {
			t := smooth(51, 60)
			header()
			if err := b.player("in space", charts.Surface(t), 600, "30 frames/s or more, by a processor"); err != nil {
				return err
			}
			return b.player("flat", charts.Contour(t), 600, "script 8 ms or less, 55 frames/s or more")
		}},
	}
}

func echartsFile() string {
	folder := os.Getenv("XAINB_ASSETS")
	if folder == "" {
		folder = filepath.Join("build", "assets")
	}
	return absolute(filepath.Join(folder, "echarts.min.js"))
}

func plotlyFile() string {
	return absolute(filepath.Join("build", "node", "bench", "node_modules", "plotly.js-dist-min", "plotly.min.js"))
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

// load says how busy the machine is.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return fmt.Sprintf("%s on %d cores", strings.Join(strings.Fields(string(b))[:2], " "), runtime.NumCPU())
}
