package e2e

import (
	"fmt"
	"image"
	"image/color"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
)

func plainly(s string) string { return s }

// hue returns the places of a picture whose colour is one.
func hue(img image.Image, is func(r, g, b int) bool) (found []image.Point) {
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			if c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA); is(int(c.R), int(c.G), int(c.B)) {
				found = append(found, image.Pt(x, y).Sub(img.Bounds().Min))
			}
		}
	}
	return found
}

func red(r, g, b int) bool  { return r > 190 && g < 100 && b < 80 }
func blue(r, g, b int) bool { return b > 225 && b-r > 35 && g > 150 }

// At frame 0 D grows with y alone, so blue is above; a point that is pointed at says its name and one that is clicked shows its way.
func TestThePlaneIsAsItIsSaid(t *testing.T) {
	p := one(t, false, charts.GANSamples(gameRun(plainly)))
	first, box := p.picture(), p.boxOf(p.part(".panels"))
	under := hue(first, blue)
	legend := p.boxOf(p.named("span", "generated")).X - 20 - box.X
	points := slices.DeleteFunc(hue(first, red), func(q image.Point) bool { return float64(q.X) >= legend })
	if len(under) < 500 || len(points) < 50 {
		t.Fatalf("%d pixels are blue and %d in the accent colour", len(under), len(points))
	}
	// The points are a circle about the origin, so their mean height is that of y = 0; their rightmost is the first sample, at (1, 0).
	middle, at := 0, points[0]
	for _, q := range points {
		middle += q.Y
		if q.X > at.X {
			at = q
		}
	}
	middle /= len(points)
	above := 0
	for _, q := range under {
		if q.Y < middle {
			above++
		}
	}
	if above*10 < len(under)*9 {
		t.Errorf("%d of %d blue pixels are above y = 0: row 0 of the field is the lowest", above, len(under))
	}
	x, y := box.X+float64(at.X)-3, box.Y+float64(at.Y)
	p.do("pointing", chromedp.MouseEvent(chromedp.MouseMoved, x-1, y), chromedp.MouseEvent(chromedp.MouseMoved, x, y))
	p.settle()
	if tip := p.text(".tooltip"); !regexp.MustCompile(`^ax 1\.00, y (0|−?0\.000\d+)D 0\.`).MatchString(tip) {
		t.Errorf("over the first point the tooltip says %q", tip)
	}
	p.do("clicking", chromedp.MouseClickXY(x, y))
	p.settle()
	p.press(kb.End)
	p.settle()
	p.show()
	if chosen := evaluate[string](p.tab, p.host+".xainb.state('feature')"); chosen != "a#1" {
		t.Errorf("after a click %q is selected", chosen)
	}
	if way, before := hue(p.picture(), red), len(points); len(way) < before/4 {
		t.Errorf("the way of the selected point has %d pixels", len(way))
	}
}

func TestWhatIsUnderThePointsIsChosen(t *testing.T) {
	p := one(t, false, charts.GANSamples(gameRun(plainly)))
	before := p.picture()
	for _, c := range []struct {
		choice string
		blue   bool
	}{{"arrows", false}, {"field", true}, {"neither", false}, {"field and arrows", true}, {"all equal", true}, {"normalised", true}} {
		if c.choice == "all equal" || c.choice == "normalised" {
			evaluate[chromedp.Void](p.tab, fmt.Sprintf("(() => { const menu = %s; menu.selectedIndex = [...menu.options].findIndex(o => o.text === %q); menu.dispatchEvent(new Event('change')); })()", p.part("select[aria-label='Arrow lengths']"), c.choice))
			p.settle()
		} else {
			p.click(c.choice, p.named(".option", c.choice))
		}
		p.show()
		now := p.changes(before, "with "+c.choice)
		if got := len(hue(now, blue)) > 500; got != c.blue {
			t.Errorf("with %s the field is seen: %v", c.choice, got)
		}
		before = now
	}
	if text := p.text(".panel"); !strings.Contains(text, "normalised to this moment") {
		t.Errorf("a normalised picture does not say so: %q", text)
	}
}

func TestLanesAreChosenByTheKeyboard(t *testing.T) {
	p := one(t, false, charts.Lanes(gameRun(plainly), charts.Field("cosine")))
	before := p.picture()
	evaluate[chromedp.Void](p.tab, p.part(".panel[tabindex]")+".focus()")
	p.press(kb.ArrowDown + kb.ArrowDown)
	p.settle()
	if got, want := p.text(".caption"), "At round 0: the cosine of quiet is 1.00, against 1.00 of the null."; got != want {
		t.Errorf("with the second lane chosen the caption says %q, want %q", got, want)
	}
	p.changes(before, "after a lane was chosen")
	p.press(kb.Home)
	evaluate[chromedp.Void](p.tab, p.part(".player")+".focus()")
	start := p.picture()
	p.press(kb.End)
	p.changes(start, "at the end: the playhead has moved")
}

// The two sides of a branch are one run up to it.
func TestABranchLeavesItsParent(t *testing.T) {
	run := gameRun(plainly)
	p := one(t, false, charts.Branch(run, run.Select(func(s *xainb.Snapshot) bool { return s.Time >= 2 }), charts.Names("as it was", "changed")))
	if got, want := p.text(".subtitle"), "Until round 2 both are one run; then as it was, and changed."; got != want {
		t.Errorf("the subtitle is %q, want %q", got, want)
	}
	for range 3 {
		a, b := p.text(".caption"), evaluate[string](p.tab, "JSON.stringify("+p.host+".xainb.readings())")
		if strings.Contains(a, "–") || !strings.Contains(b, "b.said") {
			t.Errorf("the caption is %q of %s", a, b)
		}
		p.press(kb.ArrowRight)
		p.settle()
	}
}
