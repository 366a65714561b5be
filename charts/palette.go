package charts

import (
	"image/color"
	"maps"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// rampUser is a spec that paints with a colour ramp; its poster gets the ramp's colours.
type rampUser interface{ usesRamp() string }

// colourUser is a spec with colours of its own.
type colourUser interface{ colours() []color.RGBA }

// mostColours is less than a palette could hold: shades that nobody tells apart are a fifth of a poster's bytes.
const mostColours = 80

// palette returns the colours of a document's posters: the ramps its panels use, and tints of the theme's colours for text with smooth
// edges.
func palette(d *xainb.Document) color.Palette {
	p := color.Palette{paper}
	seen := map[color.RGBA]bool{paper: true}
	add := func(c color.RGBA) {
		if !seen[c] && len(p) < mostColours {
			seen[c] = true
			p = append(p, c)
		}
	}
	tints := func(c color.RGBA, n int) {
		for i := range n {
			add(mix(paper, c, float64(i+1)/float64(n)))
		}
	}
	tints(ink, 10)
	tints(muted, 6)
	tints(accent, 8)
	tints(faint, 2)
	names := map[string]bool{}
	for _, panel := range d.Panels {
		if u, ok := panel.Spec.(rampUser); ok {
			names[u.usesRamp()] = true
		}
		if u, ok := panel.Spec.(colourUser); ok {
			for _, c := range u.colours() {
				add(c)
			}
		}
	}
	for _, c := range seriesColours[2:] {
		tints(c, 2)
	}
	levels := (mostColours - len(p)) / max(1, len(names))
	for _, name := range slices.Sorted(maps.Keys(ramps)) {
		if names[name] {
			for i := range levels {
				add(rampAt(name, float64(i)/float64(levels-1)))
			}
		}
	}
	return p
}
