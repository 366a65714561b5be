package gan

import (
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// sameFrames compares the frames of a branch, from its first on, with those of its parent from a frame on, bit by bit. Where the branch starts has a checkpoint
// anyway.
func sameFrames(t *testing.T, parent, branch *xainb.Track, from int) {
	t.Helper()
	if branch.Len() != parent.Len()-from {
		t.Fatalf("%d frames, the parent has %d from frame %d on", branch.Len(), parent.Len()-from, from)
	}
	for i, b := range branch.Frames() {
		p := parent.At(from + i)
		if b.Time != p.Time || !slices.Equal(b.Events, p.Events) || !slices.Equal(b.Scalars, p.Scalars) {
			t.Fatalf("at %v: scalars %v and events %v, the parent has %v and %v at %v", b.Time, b.Scalars, b.Events, p.Scalars, p.Events, p.Time)
		}
		for _, f := range b.Fields {
			if f.Name == "energy" || (i == 0 && f.Name == "checkpoint") {
				continue // the energy is scaled over the frames of its own run
			}
			if q := p.Field(f.Name); q == nil || !slices.Equal(f.Data, q.Data) {
				t.Fatalf("at %v: %s is not the parent's", b.Time, f.Name)
			}
		}
	}
}

func TestBranchWithoutAChangeIsTheParent(t *testing.T) {
	long := small()
	long.Steps, long.Every = 100, 1 // checkpoints at 0, 50, 100
	sgd := small()
	sgd.G, sgd.D = Optimiser{Name: "sgd", Momentum: 0.9}, Optimiser{Name: "sgd"}
	critic := small()
	critic.Loss, critic.StepsD, critic.Steps = Wasserstein, 2, 45
	acting := long
	acting.Response = Act
	for _, c := range []Config{long, sgd, critic, acting, {Data: Digits(), Steps: 30, Batch: 16}} {
		run := Run(c)
		for _, at := range []int{0, 3, 50, 67, run.Len() - 1} {
			if at >= run.Len() {
				continue
			}
			b := run.Branch(at, nil)
			if b.Err() != nil {
				t.Fatal(b.Err())
			}
			sameFrames(t, run.Track(), b.Track(), at)
			if p := b.Provenance().Parent; p == nil || p.Track != run.Hash() || p.Seq != run.At(at).Seq {
				t.Errorf("the branch's parent is %v", p)
			}
			if f := b.At(0); !f.Key || f.Field("checkpoint") == nil {
				t.Error("a branch's first frame is no key frame with a checkpoint")
			}
		}
	}
}

// A clip and a warm-up that the alarm set before the branch stay in force after it.
func TestBranchKeepsTheAlarmsAnswers(t *testing.T) {
	c := small()
	c.Every, c.Response, c.Steps = 1, Act, 200
	c.D = Optimiser{Name: "sgd", Rate: 2}
	c.G = Optimiser{Name: "sgd", Rate: 2}
	run := Run(c)
	acted := -1
	for i, f := range run.Frames() {
		for _, e := range f.Events {
			if e.Name == "clip" || e.Name == "warm-up" {
				acted = i
			}
		}
	}
	if acted < 0 || acted+3 >= run.Len() {
		t.Fatalf("no alarm to test with: %v, %v", acted, run.Err())
	}
	for _, at := range []int{acted, acted + 1, acted + 3} {
		b := run.Branch(at, nil)
		sameFrames(t, run.Track(), b.Track(), at)
	}
}

func TestBranchOfABranchFromTheCache(t *testing.T) {
	t.Setenv(codec.CacheEnv, t.TempDir())
	slower := func(c *Config) { c.G.Rate = 1e-4 }
	run := Run(small())
	branch := run.Branch(5, slower)
	twig := branch.Branch(2, func(c *Config) { c.Loss = Minimax })
	if twig.Err() != nil || twig.At(0).Time != 70 || twig.Config.G.Rate != 1e-4 || twig.Config.Loss != Minimax {
		t.Fatalf("the twig starts at %v with %+v: %v", twig.At(0).Time, twig.Config, twig.Err())
	}
	if rate, _ := twig.At(1).Scalar("rate G"); rate != 1e-4 {
		t.Errorf("the twig's rate is %v", rate)
	}
	sameFrames(t, branch.Track(), branch.Branch(2, nil).Track(), 2)

	again := Run(small()).Branch(5, slower).Branch(2, func(c *Config) { c.Loss = Minimax })
	if again.Hash() != twig.Hash() || again.At(0).Timestamp != 0 {
		t.Error("the second time it was another twig, or not from the cache")
	}
	entries, err := os.ReadDir(func() string { f, _ := codec.CacheFolder(); return f }())
	if err != nil || len(entries) != 4 {
		t.Errorf("%d files in the cache, %v", len(entries), err)
	}
}

func TestBranchChanges(t *testing.T) {
	run := Run(small())
	plain := run.Branch(4, nil)
	for name, change := range map[string]func(*Config){
		"rate":      func(c *Config) { c.D.Rate = 1e-2 },
		"loss":      func(c *Config) { c.Loss = Wasserstein },
		"data":      func(c *Config) { c.Data = Grid(3) },
		"seed":      func(c *Config) { c.Seed = 99 },
		"optimiser": func(c *Config) { c.G = Optimiser{Name: "sgd"} },
		"steps":     func(c *Config) { c.StepsD = 3 },
		"frozen":    func(c *Config) { c.StepsG = -1 },
		"batch":     func(c *Config) { c.Batch = 64 },
		"longer":    func(c *Config) { c.Steps = 130 },
	} {
		b := run.Branch(4, change)
		if b.Err() != nil {
			t.Errorf("%s: %v", name, b.Err())
			continue
		}
		if !slices.Equal(b.At(0).Field("generator").Data, run.At(4).Field("generator").Data) {
			t.Errorf("%s: the branch does not start where the frame is", name)
		}
		last := b.At(b.Len() - 1)
		if last.Time != float64(b.Config.Steps) {
			t.Errorf("%s: the last frame is at %v", name, last.Time)
		}
		end := plain.At(plain.Len() - 1)
		if slices.Equal(last.Field("generator").Data, end.Field("generator").Data) && slices.Equal(last.Field("discriminator").Data, end.Field("discriminator").Data) {
			t.Errorf("%s: nothing is different in the end", name)
		}
	}
}

func TestBranchBadInput(t *testing.T) {
	run := Run(small())
	for name, b := range map[string]*Recording{
		"frame":           run.Branch(99, nil),
		"negative frame":  run.Branch(-1, nil),
		"networks":        run.Branch(2, func(c *Config) { c.Hidden = []int{8} }),
		"activation":      run.Branch(2, func(c *Config) { c.Activation = "relu" }),
		"images":          run.Branch(2, func(c *Config) { c.Data = Digits() }),
		"rate":            run.Branch(2, func(c *Config) { c.G.Rate = -1 }),
		"over already":    run.Branch(8, func(c *Config) { c.Steps = 50 }),
		"Dirac":           RunDirac(Dirac{}).Branch(2, nil),
		"without a frame": (&Recording{Config: run.Config}).Branch(0, nil),
	} {
		if b == nil || b.Err() == nil || !strings.HasPrefix(b.Err().Error(), "gan: ") {
			t.Errorf("%s: %v", name, b.Err())
		}
	}
	if err := run.Branch(2, func(c *Config) { c.Hidden = nil }).Err(); !errors.Is(err, ErrConfig) {
		t.Errorf("other networks: %v", err)
	}
	picked := &Recording{track: run.Pick("generated"), Config: run.Config}
	if err := picked.Branch(3, nil).Err(); err == nil || !strings.Contains(err.Error(), "checkpoint") {
		t.Errorf("without checkpoints: %v", err)
	}
	for name, b := range map[string][]byte{"nothing": nil, "short": make([]byte, 15), "zeros": make([]byte, 1000)} {
		game := newTrainer(run.Config)
		if game.restore(b) == nil {
			t.Errorf("%s: restored from a damaged checkpoint", name)
		}
	}
}

// A recording may come with a config that fits and is not its own: its frames cannot tell until the game is played again.
func TestBranchOfAnotherGameWarns(t *testing.T) {
	c := small()
	c.Every, c.Steps = 2, 20
	run, other := Run(c), c
	other.Batch = 16
	for _, at := range []int{0, 3} { // at the checkpoint nothing is played again
		b := Recorded(run, other).Branch(at, func(b *Config) { b.Batch = c.Batch })
		w := strings.Join(b.Warnings(), "; ")
		if b.Err() != nil || strings.Contains(w, "Played again") != (at > 0) || strings.Count(w, "Played again") > 1 {
			t.Errorf("frame %d: %v, the warnings are %q", at, b.Err(), w)
		}
		if right := run.Branch(at, nil); len(right.Warnings()) > 0 {
			t.Errorf("frame %d, with the run's own config: the warnings are %q", at, right.Warnings())
		}
	}
}

func TestWordsHoldBytes(t *testing.T) {
	for n := range 10 {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(255 - 37*i)
		}
		got, err := unpackWords(packWords(b))
		if n > 0 && (err != nil || !slices.Equal(got, b)) {
			t.Errorf("%d bytes: %v, %v", n, got, err)
		}
	}
	for _, w := range [][]float32{nil, {3, 1}, {0, 0.5}, {0, -1}, {0, 1 << 24}, {0, float32(math.NaN())}} {
		if _, err := unpackWords(w); err == nil {
			t.Errorf("%v is taken for words", w)
		}
	}
}
