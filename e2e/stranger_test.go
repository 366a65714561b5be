package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// swollen are recordings that take few bytes in a file and much anywhere else; of some of them a scene says that they are too much.
var swollen = map[string]struct {
	track *xainb.Track
	says  string
}{
	"frames": {times(30_000, func(s *xainb.Snapshot) { s.PutScalar("loss", 1) }), ""},
	"events": {times(20_000, func(s *xainb.Snapshot) { s.PutScalar("loss", 1); s.PutEvent("here", "again") }), ""},
	"square": {zeros(1000, 1000), ""}, "row": {zeros(1, 10_000), ""}, "column": {zeros(10_000, 10), ""},
	"longer row": {zeros(1, 500_000), "has 500000 entries along d1, and a scene draws at most 10000"}, "longer column": {zeros(500_000, 10), "has 500000 entries along d0"},
	"slices": {zeros(10_000, 7, 7), ""}, "deep": {zeros(9, 9, 9, 9, 9, 9), ""},
	"values": {zeros(100_000), ""}, "more values": {zeros(1_000_000), "has 1000000 entries along d0, and a scene draws at most 100000"},
	"points": {zeros(100_000, 2), ""}, "more points": {zeros(500_000, 2), "has 500000 entries along d0"},
	"names": {named(10_000), ""}, "more names": {named(300_000), "has 300000 entries along token, and a scene draws at most 10000"},
	"fields": {times(2, func(s *xainb.Snapshot) {
		for k := range 2000 {
			s.Put(fmt.Sprint("f", k), []float32{0}, xainb.Dim{Name: "x", Size: 1})
		}
	}), ""},
	"scalars": {times(2, func(s *xainb.Snapshot) {
		for k := range 2000 {
			s.PutScalar(fmt.Sprint("s", k), 1)
		}
	}), ""},
}

// times is a run of n frames that are alike.
func times(n int, fill func(s *xainb.Snapshot)) *xainb.Track {
	all := make([]xainb.Snapshot, n)
	for i := range all {
		all[i].Seq, all[i].Time = i, float64(i)
		fill(&all[i])
	}
	return xainb.NewTrack(all, xainb.Provenance{}, nil)
}

// zeros is two frames of a field of zeros.
func zeros(sizes ...int) *xainb.Track {
	return times(2, func(s *xainb.Snapshot) {
		n, dims := 1, []xainb.Dim{}
		for k, size := range sizes {
			n *= size
			dims = append(dims, xainb.Dim{Name: fmt.Sprint("d", k), Size: size})
		}
		s.Put("v", make([]float32, n), dims...)
	})
}

// named is two frames of a list whose entries all have one name.
func named(n int) *xainb.Track {
	return times(2, func(s *xainb.Snapshot) {
		s.Put("v", make([]float32, n), xainb.Dim{Name: "token", Size: n})
		s.PutLabels("token", strings.Split(strings.Repeat("the ", n-1)+"the", " "))
	})
}

// TestAStrangersFileHangsNothing opens files of a few kilobytes, draws them by themselves, and opens their pages: each ends in a picture that can be stepped
// through, or in a sentence. The limits leave room for a busy machine: what hangs takes minutes.
func TestAStrangersFileHangsNothing(t *testing.T) {
	needBrowser(t)
	for name, c := range swollen {
		t.Run(name, func(t *testing.T) {
			file, err := codec.Encode(c.track, codec.Options{})
			if err != nil || len(file) > 20_000 {
				t.Fatalf("a file of %d bytes: %v", len(file), err)
			}
			start := time.Now()
			run, err := codec.Decode(file)
			if err != nil {
				t.Fatal(err)
			}
			scene := charts.Auto(run)
			if _, err := scene.Document(); c.says != "" || err != nil {
				if took := time.Since(start); c.says == "" || err == nil || !strings.Contains(err.Error(), c.says) || took > 20*time.Second {
					t.Errorf("after %v: error %v, want %q", took, err, c.says)
				}
				return
			}
			url := pageOf(t, scene)
			made := time.Since(start)
			b := openTab(t, false)
			start = time.Now()
			b.open(url)
			p := b.players("", 1, 60*time.Second)[0]
			shown := time.Since(start)
			worst := evaluate[float64](b, `(async () => {
				const clock = `+p.host+`.xainb.clock;
				let worst = 0;
				for (const what of [['seek', 1], ['step', -1], ['step', 1]]) {
					const start = performance.now();
					clock.do(...what);
					await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
					worst = Math.max(worst, performance.now() - start);
				}
				return worst;
			})()`)
			if n := evaluate[int](b, p.host+".shadowRoot.querySelectorAll('*').length"); n > 15_000 {
				t.Errorf("the player has %d elements", n)
			}
			t.Logf("%d bytes: made in %v, shown in %v, a step takes at most %.0f ms", len(file), made, shown, worst)
			if made > 30*time.Second || shown > 30*time.Second || worst > 10_000 {
				t.Errorf("%d bytes take %v to a page, %v to a picture, and %.0f ms a step", len(file), made, shown, worst)
			}
		})
	}
}
