package e2e

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/xainb/gonb-xai/charts"
)

// While a run plays the player says that what it shows between two steps is interpolated, and where it stands still it does not. A sample that is clicked shows its
// whole way, in both planes.
func TestTrajectoriesSayWhatIsInterpolated(t *testing.T) {
	p := one(t, false, charts.Trajectories(waysRun(plainly)))
	first := p.picture()
	between := func() bool {
		return evaluate[string](p.tab, "getComputedStyle("+p.part(".between")+").visibility") == "visible"
	}
	if between() {
		t.Error("the first step is said to be interpolated")
	}
	if said := p.text(".caption"); !strings.Contains(said, "50% of the samples have one of their own class as the nearest") || strings.Contains(said, "{") {
		t.Errorf("the caption says %q", said)
	}
	p.push("Play")
	seen := false
	for range 40 {
		if seen = seen || between(); seen {
			break
		}
		time.Sleep(30 * time.Millisecond)
	}
	if !seen {
		t.Error("nothing says that a picture between two steps is interpolated")
	}
	if p.playing() {
		p.push("Pause")
	}
	p.press(kb.Home)
	p.settle()
	p.same(first, "back at the first step")

	// Of the samples of the first class, in violet, the fourth is the highest in its plane: at 2.4 rad on a circle of radius 4.
	violet := func(r, g, b int) bool { return r > 110 && r < 165 && g < 60 && b > 230 }
	before, dots, box := len(hue(first, red)), hue(first, violet), p.boxOf(p.part(".panels"))
	if len(dots) == 0 {
		t.Fatal("nothing is violet")
	}
	x, y := box.X+float64(dots[0].X), box.Y+float64(dots[0].Y)+2
	p.do("clicking", chromedp.MouseClickXY(x, y))
	p.settle()
	if chosen := evaluate[string](p.tab, p.host+".xainb.state('feature')"); chosen != "but#1" {
		t.Fatalf("after a click %q is selected", chosen)
	}
	p.press(kb.End) // all of the way has been
	p.settle()
	p.show()
	way := hue(p.picture(), red)
	if len(way) < before+200 {
		t.Fatalf("the way of the selected sample has %d pixels in the accent colour, %d were there before", len(way), before)
	}
	left, right := 0, 0
	for _, q := range way {
		if float64(q.X) < float64(first.Bounds().Dx())/2 {
			left++
		} else {
			right++
		}
	}
	if math.Min(float64(left), float64(right)) < 100 {
		t.Errorf("the way has %d pixels in one plane and %d in the other", left, right)
	}
}
