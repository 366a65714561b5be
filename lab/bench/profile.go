package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/profiler"
	"github.com/chromedp/chromedp"
)

// profiled runs f while the browser samples the page's scripts, writes the profile for the browser's own viewer and returns where the time went.
func (b *tab) profiled(path string, f func() error) ([]string, error) {
	_, err := chromedp.Call(b.ctx, profiler.Enable, cdp.Empty{})
	if err == nil {
		_, err = chromedp.Call(b.ctx, profiler.SetSamplingInterval, profiler.SetSamplingIntervalParams{Interval: 200})
	}
	if err == nil {
		_, err = chromedp.Call(b.ctx, profiler.Start, cdp.Empty{})
	}
	if err == nil {
		err = f()
	}
	if err != nil {
		return nil, err
	}
	result, err := chromedp.Call(b.ctx, profiler.Stop, cdp.Empty{})
	if err != nil {
		return nil, err
	}
	out, err := json.Marshal(result.Profile)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if err == nil {
		err = os.WriteFile(path, out, 0o644)
	}
	return heaviest(result.Profile, 14), err
}

// heaviest returns the functions that were on top of the stack most often, without what is no work.
func heaviest(p *profiler.Profile, n int) []string {
	type place struct {
		name string
		hits int64
	}
	var places []place
	var total int64
	for _, node := range p.Nodes {
		f := node.CallFrame
		if node.HitCount == 0 || f.FunctionName == "(idle)" || f.FunctionName == "(program)" || f.FunctionName == "(root)" {
			continue
		}
		total += node.HitCount
		name := fmt.Sprintf("%s %s:%d", cmp.Or(f.FunctionName, "(anonymous)"), filepath.Base(f.URL), f.LineNumber+1)
		if i := slices.IndexFunc(places, func(p place) bool { return p.name == name }); i >= 0 {
			places[i].hits += node.HitCount
		} else {
			places = append(places, place{name, node.HitCount})
		}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(b.hits, a.hits) })
	var lines []string
	for _, p := range places[:min(n, len(places))] {
		lines = append(lines, fmt.Sprintf("%5.1f %%  %s", 100*float64(p.hits)/float64(total), p.name))
	}
	return lines
}
