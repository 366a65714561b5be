package charts

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xainb/gonb-xai/xainb"
)

// InStep draws two or three diffusion runs over a plane side by side on one clock, matched by t as [Compare] matches runs: one with fewer steps waits at its last frame, while the other goes on. Below is how far they are apart,
// the root of the mean squared distance between their samples x. What is drawn of each is what [Diffusion] draws, on one scale; a particle and a choice are the same in all. The subtitle
// says how many steps each has, [Took] writes beside their names what they took by the clock.
//
// Captions can use {distance}, of three runs {distance 1-2}, {distance 1-3} and {distance 2-3}, what those of [Diffusion] can for the first run, and the same with "b." and "c." before it for the others.
func InStep(runs []Variant, opts ...Option) *Scene {
	s := &Scene{doc: newDocument()}
	if len(runs) < 2 || len(runs) > 3 {
		return s.fail(fmt.Errorf("charts: InStep of %d runs: give two or three", len(runs)))
	}
	var tracks []*xainb.Track
	var names []string
	for _, v := range runs {
		one, t := newScene(v.Run, "")
		if one.err != nil {
			return s.fail(inside("InStep: "+v.Name, one.err))
		}
		if slices.Contains(names, v.Name) {
			return s.fail(fmt.Errorf("charts: InStep: two runs are called %q", v.Name))
		}
		if f := t.Schema().Field("x"); f != nil && isPlane(t)(f) && twoColumns(f) && !isDiffusionPlane(t) {
			return s.fail(fmt.Errorf("charts: InStep: %s: %s", v.Name, withoutTau(t)))
		}
		if !isDiffusionPlane(t) {
			return s.fail(fmt.Errorf("charts: InStep: %s has no points x [sample, xy=2] of a plane with a tau; it has %s", v.Name, contents(t)))
		}
		tracks, names = append(tracks, t), append(names, v.Name)
	}
	times, at, byTime := matched(tracks)
	return inStep(tracks, names, times, at, byTime, opts)
}

// Took says how long each run took by the clock, in their order, for [InStep] and for a [Compare] of diffusion runs to write beside their names; 0 is not known, as of a run that comes from
// the cache. It is told to the scene and is in no track: there it would make each recording another.
//
//	c := spiral.InStep(diffusion.Options{}, diffusion.DDPM{Steps: 1000}, diffusion.DDIM{Steps: 50})
//	show.Cell(charts.Compare(c.Runs[0], c.Runs[1], charts.Names("DDPM", "DDIM"), charts.Took(c.Runs[0].Elapsed, c.Runs[1].Elapsed)))
func Took(each ...time.Duration) Option {
	return func(o *options) {
		o.took = each
		o.want(len(each) == 0 || slices.Min(each) >= 0, "Took(%v): a run takes no time below 0", each)
	}
}

// clockTime writes how long something took.
func clockTime(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "< 1 ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	}
	return grouped(strconv.FormatFloat(d.Seconds(), 'f', 0, 64)) + " s"
}

// headsOf returns what stands above the pictures of runs: their names, and what they took where that is known.
func headsOf(names []string, took []time.Duration) []string {
	heads := slices.Clone(names)
	for k, d := range took {
		if d > 0 {
			heads[k] += " · " + clockTime(d)
		}
	}
	return heads
}

// stepsSaid says how many steps each run has: from its first state to its last.
func stepsSaid(runs []*xainb.Track, names []string) bilingual {
	var all []string
	for k, t := range runs {
		all = append(all, quoted.Replace(names[k])+" "+grouped(strconv.Itoa(max(0, t.Steps()-1))))
	}
	return bilingual{strings.Join(all, ", "), strings.Join(all, "、")}
}

// inStep draws runs whose frames are matched.
func inStep(runs []*xainb.Track, names []string, times []float64, at [][]int, byTime bool, opts []Option) *Scene {
	out := &Scene{doc: newDocument()}
	took := optionsOf(opts).took
	if took != nil && len(took) != len(runs) {
		return out.fail(fmt.Errorf("charts: Took of %d times for %d runs: give one for each", len(took), len(runs)))
	}
	heads := headsOf(names, took)
	var planes []*Scene
	for k, t := range runs {
		s := Diffusion(t, append([]Option{Trail(2)}, opts...)...)
		if s.err != nil {
			return out.fail(s.err)
		}
		s.prefer("field")
		s.call(heads[k], []string{"", "b.", "c."}[k])
		planes = append(planes, s)
	}
	share(planes...)
	distances, t := distanceTrack(runs, names, times, at)
	below := &Scene{doc: newDocument()}
	below.doc.Tracks = []*xainb.Track{t}
	if _, err := below.addLines(t, distances); err != nil {
		return out.fail(err)
	}
	for _, s := range append([]*Scene{below}, planes...) {
		out.join(s)
	}
	each := make([]int, len(times))
	for i := range each {
		each[i] = i
	}
	out.doc.Align, out.doc.Start = append([][]int{each}, at...), 0
	var row xainb.Layout
	for k := range planes {
		row.Parts = append(row.Parts, xainb.Layout{Panel: k + 1})
	}
	out.doc.Layout = &xainb.Layout{Column: true, Parts: []xainb.Layout{row, {Panel: 0}}}
	out.doc.Chapters, out.doc.Sources = nil, nil
	out.from(runs...)
	out.doc.Title = out.say("Where do the ways part?")
	clock, timed := say("Frame by frame."), bilingual{}
	if byTime {
		clock = say("On one clock: each stands at its last step up to the same t.")
	}
	if !slices.Equal(heads, names) {
		timed = say(" Beside each name is what it took by the clock, recording included.")
	}
	out.doc.Subtitle = out.say("%s Steps: %s.%s", clock, stepsSaid(runs, names), timed)
	particle := pick(planes[0].stills[0].(*planeSpec).Flow != nil, "{particle}", "")
	out.doc.Caption = out.say("At **t = {time}** (τ = {tau}) they are **{distance}** apart.%s", particle)
	if len(runs) > 2 {
		out.doc.Caption = out.say("At **t = {time}** (τ = {tau}) the first two are **{distance 1-2}** apart.%s", particle)
	}
	out.doc.Summary = out.say("%s over %d moments, and how far they are apart.", listed(names), len(times))
	return out
}

// distanceTrack measures how far runs are apart at each moment.
func distanceTrack(runs []*xainb.Track, names []string, times []float64, at [][]int) ([]line, *xainb.Track) {
	type two struct{ a, b int }
	pairs := map[string]two{}
	var lines []line
	for a := range runs {
		for b := a + 1; b < len(runs); b++ {
			name := "distance"
			if len(runs) > 2 {
				name = fmt.Sprintf("distance %d-%d", a+1, b+1)
			}
			pairs[name], lines = two{a, b}, append(lines, line{Name: name, Scalar: name})
		}
	}
	frames := make([]xainb.Snapshot, len(times))
	for i := range frames {
		f := &frames[i]
		f.Seq, f.Time = i, times[i]
		tau, abar := math.NaN(), math.NaN()
		for k, t := range runs {
			s := t.At(at[k][i])
			f.TimeName, f.Phase = first(f.TimeName, s.TimeName), first(f.Phase, s.Phase)
			if v, ok := s.Scalar("tau"); ok && s.Time == times[i] {
				tau = v
			}
			if v, ok := s.Scalar("alpha-bar"); ok && s.Time == times[i] {
				abar = v
			}
			f.Key = f.Key || s.Key && s.Time == times[i]
		}
		if tau == tau {
			f.PutScalar("tau", tau)
		}
		if abar == abar {
			f.PutScalar("alpha-bar", abar)
		}
		for _, l := range lines {
			p := pairs[l.Name]
			f.PutScalar(l.Name, apartBy(runs[p.a].At(at[p.a][i]).Field("x"), runs[p.b].At(at[p.b][i]).Field("x")))
		}
	}
	return lines, xainb.NewTrack(frames, xainb.Provenance{Name: "how far " + list(names) + " are apart"}, nil)
}

// apartBy is the root of the mean squared distance between points of the same position; NaN where there are not as many.
func apartBy(a, b *xainb.Field) float64 {
	if a == nil || b == nil || len(a.Data) != len(b.Data) || len(a.Data) < 2 {
		return math.NaN()
	}
	sum := 0.0
	for i, v := range a.Data {
		d := float64(v) - float64(b.Data[i])
		sum += d * d
	}
	return math.Sqrt(sum / float64(len(a.Data)/2))
}
