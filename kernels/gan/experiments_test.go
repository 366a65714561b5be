package gan

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// raced says that the race detector is on: everything takes ten times as long.
var raced bool

// seeds is how many an experiment has: one where time is short.
func seeds(all int) int {
	if testing.Short() || raced {
		return 1
	}
	return all
}

// trained records without the cache.
func trained(c Config, seed uint64, r Response) *xainb.Track {
	c.Seed, c.Response = seed, r
	return record(context.Background(), c, Explain, xainb.Provenance{})
}

// eventsNamed lists the frames with such an event.
func eventsNamed(t *xainb.Track, names ...string) []int {
	var frames []int
	for i, f := range t.Frames() {
		for _, e := range f.Events {
			for _, n := range names {
				if e.Name == n {
					frames = append(frames, i)
				}
			}
		}
	}
	return frames
}

var alarms = []string{"clip", "warm-up", "exploding", "vanishing"}

// largest is the greatest norm of the player's layers in a frame.
func largest(t *xainb.Track, frame int, player string) float64 {
	n := 0.0
	for l, name := range layerNames(t) {
		if strings.HasPrefix(name, player) {
			n = max(n, float64(t.At(frame).Field("gradient").Data[l]))
		}
	}
	return n
}

// TestHealthyRunsRaiseNoAlarm: on five seeds of the ring. Min-max alone, over the same trailing window, would have acted.
func TestHealthyRunsRaiseNoAlarm(t *testing.T) {
	t.Parallel()
	config, wolf, whole := Config{}, 0, !testing.Short() && !raced
	if !whole {
		config.Steps = 600
	}
	for seed := range seeds(5) {
		run := trained(config, uint64(seed+1), Act)
		if err := run.Err(); err != nil {
			t.Fatal(err)
		}
		if found := eventsNamed(run, alarms...); found != nil {
			t.Errorf("seed %d: alarms at frames %v", seed+1, found)
		}
		modes, _ := run.At(run.Len() - 1).Scalar("modes")
		naive := naiveAlarms(gradientNorms(run))
		t.Logf("seed %d: %v modes, min-max alone: %d alarms", seed+1, modes, naive)
		wolf += naive
		if whole && modes < 7 {
			t.Errorf("seed %d is no healthy run: %v modes", seed+1, modes)
		}
		for _, f := range Advice(run) {
			if f.State == Exploding || f.State == Vanishing {
				t.Errorf("seed %d: %v", seed+1, f)
			}
		}
	}
	if wolf == 0 {
		t.Error("min-max alone raises no alarm either: the median is not needed")
	}
}

// naiveAlarms counts what the article's rule alone would have done.
func naiveAlarms(norms [][]float64) int {
	n := 0
	for l := range norms[0] {
		high, low := 0, 0
		for i := range norms {
			e := trailingEnergy(column(norms[max(0, i+1-energyWindow):i+1], l))
			high, low = inARow(high, e > highEnergy), inARow(low, e < lowEnergy)
			if high == highFrames || low == lowFrames {
				n++
			}
		}
	}
	return n
}

// TestRunaway: the run that explodes ends early, clipped it does not.
func TestRunaway(t *testing.T) {
	t.Parallel()
	config := Runaway()
	if testing.Short() {
		config.Steps = 450
	}
	for seed := range seeds(3) {
		without, with := trained(config, uint64(seed+1), Advise), trained(config, uint64(seed+1), Act)
		if !errors.Is(without.Err(), ErrNotFinite) {
			t.Errorf("seed %d: without the response the run ends with %v", seed+1, without.Err())
		}
		if with.Err() != nil {
			t.Errorf("seed %d: with the response: %v", seed+1, with.Err())
		}
		told, done := eventsNamed(without, "exploding"), eventsNamed(with, "clip")
		if told == nil || done == nil || told[0] != done[0] || len(done) > 2 {
			t.Fatalf("seed %d: advised at %v, clipped at %v", seed+1, told, done)
		}
		if acted := eventsNamed(without, "clip", "warm-up"); acted != nil {
			t.Errorf("seed %d: acted at %v though only advice was asked for", seed+1, acted)
		}
		last := without.Len() - 2 // the last frame is the failure
		t.Logf("seed %d: told at frame %d; ends after %v rounds, norm %.3g; clipped: %v rounds, norm there %.3g, at the end %.3g",
			seed+1, told[0], without.At(last+1).Time, largest(without, last, "D"), with.At(with.Len()-1).Time, largest(with, last, "D"), largest(with, with.Len()-1, "D"))
	}
}

// TestDeadGenerator: G's gradient stays dead without the response, and comes back with it.
func TestDeadGenerator(t *testing.T) {
	t.Parallel()
	config := DeadGenerator()
	if testing.Short() {
		config.Steps = 300
	}
	for seed := range seeds(3) {
		without, with := trained(config, uint64(seed+1), Advise), trained(config, uint64(seed+1), Act)
		if without.Err() != nil || with.Err() != nil {
			t.Fatal(without.Err(), with.Err())
		}
		last := without.Len() - 1
		dead, alive := largest(without, last, "G"), largest(with, last, "G")
		rate, _ := with.At(last).Scalar("rate G")
		t.Logf("seed %d: warmed up at frames %v to a rate of %.3g; norm at first %.2g, at the end %.2g without and %.2g with", seed+1,
			eventsNamed(with, "warm-up"), rate, largest(without, 0, "G"), dead, alive)
		if told := eventsNamed(without, "vanishing"); told == nil || eventsNamed(with, "warm-up") == nil {
			t.Errorf("seed %d: the alarm is silent", seed+1)
		}
		if dead > 1e-3 || alive < 100*dead {
			t.Errorf("seed %d: norm %v without the response and %v with it", seed+1, dead, alive)
		}
		if d, _ := with.At(last).Scalar("rate D"); d != 3e-3 {
			t.Errorf("seed %d: D's rate is %v", seed+1, d)
		}
		if !finds(Advice(without), Vanishing, "G") {
			t.Errorf("seed %d: advice says nothing of it: %v", seed+1, Advice(without))
		}
	}
}

// TestLowerRateCalms: what the advice of chaotic says. A run that has learnt the ring goes on at its constant rate without settling; a branch at a lower
// one finds its direction again, and loses nothing by it: both are about as near to the data as so many samples can tell (TestPerfectSamples).
func TestLowerRateCalms(t *testing.T) {
	if testing.Short() || raced {
		t.Skip("trains twice")
	}
	t.Parallel()
	run := Run(Config{Seed: 2})
	calm := run.Branch(100, func(c *Config) { c.G.Rate, c.D.Rate = 3e-5, 3e-5 })
	if run.Err() != nil || calm.Err() != nil {
		t.Fatal(run.Err(), calm.Err())
	}
	before, after := share(run, Healthy, 80), share(calm, Healthy, 80)
	restless, calmed := meanOf(run, "SWD", 80), meanOf(calm, "SWD", 80)
	t.Logf("the last 80 frames: %.0f %% healthy at 1e-3, %.0f %% at 3e-5; SWD %.3f and %.3f", 100*before, 100*after, restless, calmed)
	if after < 0.25 || after < 2*before || calmed > 1.3*restless {
		t.Errorf("healthy: %v and %v; SWD: %v and %v", before, after, restless, calmed)
	}
}

// meanOf is that of a scalar over the last frames that have it.
func meanOf(run xainb.Source, name string, frames int) float64 {
	t := run.Track()
	var values []float64
	for i := t.Len() - frames; i < t.Len(); i++ {
		if v, ok := t.At(i).Scalar(name); ok {
			values = append(values, v)
		}
	}
	return mean(values)
}

// share is what part of the layers of the last frames is in that state.
func share(run xainb.Source, s State, frames int) float64 {
	t, n, all := run.Track(), 0, 0
	for i := t.Len() - frames; i < t.Len(); i++ {
		for _, v := range t.At(i).Field("state").Data {
			all++
			if State(v) == s {
				n++
			}
		}
	}
	return float64(n) / float64(all)
}

func finds(found []Finding, s State, player string) bool {
	for _, f := range found {
		if f.State == s && f.Player == player {
			return true
		}
	}
	return false
}

// TestClippingUnderAdam: Adam divides by the gradient's size, so a limit from the first step on, a hundred and more times below the largest norm, leaves D two
// thirds of its way; SGD, whose norms are twenty times the limit, keeps a twentieth.
func TestClippingUnderAdam(t *testing.T) {
	t.Parallel()
	walk := func(o Optimiser, clip float64, seed uint64) (length, norm float64) {
		o.Clip = clip
		run := trained(Config{Loss: Wasserstein, Penalty: -1, StepsD: 5, G: o, D: o, Steps: 60, Every: 1}, seed, Off)
		if run.Err() != nil {
			t.Fatal(run.Err())
		}
		for i := 1; i < run.Len(); i++ {
			length += distance(run.At(i-1).Field("discriminator").Data, run.At(i).Field("discriminator").Data)
			norm = max(norm, largest(run, i, "D"))
		}
		return length, norm
	}
	for seed := range seeds(3) {
		for _, c := range []struct {
			o        Optimiser
			from, to float64 // the ratio of the lengths
		}{{Optimiser{Name: "adam"}, 0.5, 1.2}, {Optimiser{Name: "sgd", Rate: 0.003}, 0, 0.1}} {
			free, norm := walk(c.o, 0, uint64(seed+1))
			clipped, _ := walk(c.o, 0.1, uint64(seed+1))
			t.Logf("seed %d, %s: D walks %.3g, clipped to 0.1 %.3g, a ratio of %.2f; its norm, not clipped, reaches %.3g", seed+1, c.o.Name, free, clipped, clipped/free, norm)
			if r := clipped / free; !(r >= c.from && r <= c.to) {
				t.Errorf("seed %d, %s: ratio %v, want %v to %v", seed+1, c.o.Name, r, c.from, c.to)
			}
		}
	}
}

func distance(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		d := float64(a[i] - b[i])
		sum += d * d
	}
	return math.Sqrt(sum)
}
