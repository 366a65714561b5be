package gan

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func testConfig(r Response) Config {
	adam := Optimiser{Name: "adam", Rate: 1e-3, Beta1: 0.5, Beta2: 0.999}
	return Config{Response: r, StepsG: 1, StepsD: 1, G: adam, D: adam}
}

// watch shows the monitor norms of one layer of each player, a frame each 10 rounds from round `from`, and returns the actions by frame.
func watch(m *monitor, from int, g func(t int) float64, frames int) map[int][]action {
	found := map[int][]action{}
	for t := range frames {
		v := m.observe(observation{step: from + 10*t, norm: []float32{float32(g(t)), 1}})
		if v.actions != nil {
			found[t] = v.actions
		}
	}
	return found
}

// wobble stays within 10 % of 1.
func wobble(t int) float64 { return 1 + 0.1*math.Sin(float64(t)) }

// after leads to another level in one step.
func after(t0 int, factor float64) func(int) float64 {
	return func(t int) float64 {
		if t < t0 {
			return wobble(t)
		}
		return factor
	}
}

func TestAlarm(t *testing.T) {
	climb := func(t int) float64 { return wobble(t) * math.Pow(1.3, float64(max(t-20, 0))) }
	for _, c := range []struct {
		name     string
		response Response
		norm     func(int) float64
		frame    int // of the first action; -1 none
		event    string
	}{
		{"steady", Act, wobble, -1, ""},
		{"min-max alone would cry wolf", Act, after(20, 5), -1, ""},
		{"a tenth is not below a tenth", Act, after(20, 0.15), -1, ""},
		{"one frame", Act, func(t int) float64 {
			if t == 20 {
				return 1000
			}
			return wobble(t)
		}, -1, ""},
		{"explodes", Act, climb, 32, "clip"}, // 1.3^10 is 13.8: the first of three
		{"explodes, advice only", Advise, climb, 32, "exploding"},
		{"explodes, nobody asks", Off, climb, -1, ""},
		{"vanishes", Act, after(20, 0.01), 24, "warm-up"},
		{"vanishes, advice only", Advise, after(20, 0.01), 24, "vanishing"},
		{"dies altogether", Act, after(20, 0), 24, "vanishing"},                                        // no rate brings it back
		{"dies slowly", Act, func(t int) float64 { return math.Pow(0.92, float64(t)) }, 61, "warm-up"}, // 0.92^57 is the first below a hundredth of the first median, 0.92
		{"too early to tell", Act, func(t int) float64 {
			if t < 2 {
				return 1
			}
			return 100
		}, -1, ""},
		{"not a number", Act, func(t int) float64 {
			if t < 20 {
				return 1
			}
			return math.NaN()
		}, 22, "clip"},
		{"infinite", Act, func(t int) float64 {
			if t < 20 {
				return 1
			}
			return math.Inf(1)
		}, 22, "clip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := watch(newMonitor(testConfig(c.response), []string{"G 1", "D 1"}), 0, c.norm, 80)
			first := -1
			for f := range found {
				if first < 0 || f < first {
					first = f
				}
			}
			if first != c.frame {
				t.Fatalf("first action in frame %d, want %d: %v", first, c.frame, found)
			}
			if first < 0 {
				return
			}
			if e := found[first][0].Event(); e.Name != c.event || !strings.HasPrefix(e.Text, "G 1: ") {
				t.Errorf("event %+v, want %q", e, c.event)
			}
			if c.response == Advise && len(found) != 1 {
				t.Errorf("advised %d times of one alarm", len(found))
			}
		})
	}
}

func TestAlarmClips(t *testing.T) {
	for _, c := range []struct{ own, want float64 }{{0, 1}, {5, 1}, {1, 1}, {0.3, 0.3}} {
		config := testConfig(Act)
		config.G.Clip = c.own
		m := newMonitor(config, []string{"G 1", "D 1"})
		found := watch(m, 0, after(20, 1000), 60)
		if m.clip("G") != c.want || m.clip("D") != 0 {
			t.Errorf("limit of its own %v: now %v and %v, want %v and 0", c.own, m.clip("G"), m.clip("D"), c.want)
		}
		a := found[22][0]
		if a.Before != c.own || a.After != c.want || a.Taken != (c.want != c.own) {
			t.Errorf("limit of its own %v: %+v", c.own, a)
		}
	}
}

func TestAlarmWarmsUp(t *testing.T) {
	m := newMonitor(testConfig(Act), []string{"G 1", "D 1"})
	var actions []action
	fall := func(t int) float64 { return math.Pow(0.8, float64(t)) } // always a tenth below what it was ten frames before
	for i := range 200 {
		v := m.observe(observation{step: 10 * i, norm: []float32{float32(fall(i)), 1}})
		actions = append(actions, v.actions...)
		if r := m.rate("G", 10*i); r < 1e-3 || r > 4e-3 {
			t.Fatalf("rate %v at frame %d", r, i)
		}
	}
	// 1.5, 2.25, 3.375, and then the cap
	want := []float64{1e-3, 1.5e-3, 2.25e-3, 3.375e-3, 4e-3}
	if len(actions) != 4 {
		t.Fatalf("%d warm-ups, want 4: %v", len(actions), actions)
	}
	for i, a := range actions {
		if math.Abs(a.Before-want[i]) > 1e-15 || math.Abs(a.After-want[i+1]) > 1e-15 || !a.Restart || !a.Taken {
			t.Errorf("warm-up %d: %+v, want %v to %v", i, a, want[i], want[i+1])
		}
	}
	if m.rate("D", 2000) != 1e-3 {
		t.Errorf("D's rate is %v", m.rate("D", 2000))
	}

	// the way up is a straight line
	m = newMonitor(testConfig(Act), []string{"G 1", "D 1"})
	watch(m, 0, after(20, 0.01), 25)
	for _, c := range []struct {
		step int
		rate float64
	}{{240, 1e-3}, {290, 1.25e-3}, {340, 1.5e-3}, {1000, 1.5e-3}} {
		if r := m.rate("G", c.step); math.Abs(r-c.rate) > 1e-15 {
			t.Errorf("rate %v at round %d, want %v", r, c.step, c.rate)
		}
	}
}

// TestAlarmSparesD: D's gradient vanishes where it is sure, and a higher rate would make it surer.
func TestAlarmSparesD(t *testing.T) {
	m := newMonitor(testConfig(Act), []string{"G 1", "D 1"})
	for i := range 60 {
		v := m.observe(observation{step: 10 * i, norm: []float32{1, float32(after(20, 0.01)(i))}})
		if (v.actions != nil) != (i == 24) || v.actions != nil && (v.actions[0].Taken || v.actions[0].Event().Name != "vanishing") {
			t.Errorf("frame %d: %+v", i, v.actions)
		}
	}
	if m.rate("D", 1000) != 1e-3 {
		t.Errorf("D's rate is %v", m.rate("D", 1000))
	}
}

// TestAlarmSeesNoExplosionInRevival: a norm that has died and comes back to where it was.
func TestAlarmSeesNoExplosionInRevival(t *testing.T) {
	m := newMonitor(testConfig(Advise), []string{"G 1", "D 1"})
	for f, found := range watch(m, 0, func(t int) float64 { return math.Pow(0.5, float64(max(0, min(t-20, 70-t)))) }, 100) {
		if found[0].State != Vanishing {
			t.Errorf("frame %d: %+v", f, found)
		}
	}
}

func TestAlarmLeavesFrozenPlayersAlone(t *testing.T) {
	config := testConfig(Act)
	config.StepsG = -1
	if found := watch(newMonitor(config, []string{"G 1", "D 1"}), 0, after(20, 1000), 60); len(found) > 0 {
		t.Errorf("%v", found)
	}
}

// TestAlarmResumes: saved and restored at any frame, the monitor goes on as if nothing had been between.
func TestAlarmResumes(t *testing.T) {
	layers := []string{"G 1", "D 1"}
	norm := func(t int) float64 { return math.Exp(6 * math.Sin(float64(t)/9)) }
	show := func(m *monitor, t int) (verdict, [4]float64) {
		cosine := []float32{float32(math.Sin(float64(t))), float32(math.NaN())}
		o := observation{step: 10 * t, norm: []float32{float32(norm(t)), 1}, cosine: cosine, null: []float32{0.5, 0.5}}
		if t%5 == 0 {
			o.modes, o.of = t/20, 8
		}
		v := m.observe(o)
		return v, [4]float64{m.clip("G"), m.clip("D"), m.rate("G", 10*t+3), m.rate("D", 10*t+3)}
	}
	for cut := 1; cut < 150; cut += 7 {
		whole, part, actions := newMonitor(testConfig(Act), layers), newMonitor(testConfig(Act), layers), 0
		for i := range 150 {
			if i == cut {
				part = newMonitor(testConfig(Act), layers)
				if err := part.restore(whole.save()); err != nil {
					t.Fatal(err)
				}
			}
			a, limits := show(whole, i)
			b, other := show(part, i)
			if !slices.Equal(a.energy, b.energy) || !slices.Equal(a.state, b.state) || len(a.actions) != len(b.actions) || limits != other {
				t.Fatalf("restored before frame %d, frame %d: %v, %v and %v, %v", cut, i, a, limits, b, other)
			}
			actions += len(a.actions)
		}
		if actions < 2 {
			t.Fatalf("%d actions: too few to see anything", actions)
		}
		if !slices.Equal(whole.save(), part.save()) {
			t.Errorf("restored before frame %d: the ends differ", cut)
		}
	}
}

func TestAlarmRestoreOfNonsense(t *testing.T) {
	m := newMonitor(testConfig(Act), []string{"G 1", "D 1"})
	watch(m, 0, after(20, 0.01), 30)
	good := m.save()
	for _, c := range []struct {
		at    int
		value float64
	}{{0, -1}, {0, 51}, {0, 0.5}, {0, math.NaN()}, {energyWindow + 1, smoothCosine + 1}, {watchWords - 1, 9}, {len(good) - 5, 0.5}, {len(good) - 4, 5}, {len(good) - 3, -10}, {len(good) - 1, math.Inf(1)}} {
		bad := slices.Clone(good)
		bad[c.at] = c.value
		if m.restore(bad) == nil {
			t.Errorf("number %d may be %v", c.at, c.value)
		}
	}
	if m.restore(good[1:]) == nil || m.restore(nil) == nil {
		t.Error("a checkpoint of another length is taken")
	}
	if !slices.Equal(good, m.save()) {
		t.Error("a restore that failed has changed the monitor")
	}
}
