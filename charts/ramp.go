package charts

import (
	"image/color"
	"math"
	"sync"
)

// The colours of the posters: the player's light theme (show/player/colour.js), so that a still looks like the page.
var (
	paper  = color.RGBA{0xff, 0xff, 0xff, 0xff}
	ink    = color.RGBA{0x1b, 0x1f, 0x2a, 0xff}
	muted  = color.RGBA{0x64, 0x6b, 0x7d, 0xff}
	faint  = color.RGBA{0xd5, 0xd8, 0xde, 0xff}
	accent = color.RGBA{0xcf, 0x43, 0x27, 0xff}

	// seriesColours can be told apart; the first is ink's.
	seriesColours = []color.RGBA{
		ink, accent, {0x2f, 0x6d, 0xb5, 0xff}, {0x1f, 0x8a, 0x6b, 0xff},
		{0x84, 0x57, 0xb8, 0xff}, {0xa8, 0x77, 0x0b, 0xff}, {0x5d, 0x71, 0x87, 0xff}, {0xb8, 0x45, 0x7f, 0xff},
	}
)

type rampStop struct {
	t float64
	c color.RGBA
}

// ramps are the colour ramps on white, the twins of rampStops in show/player/colour.js. They start (diverging: have their centre) at
// the page's own background, so that zero is nothing; viridis and cividis do not.
var ramps = map[string][]rampStop{
	"heat": {{0, paper}, {0.04, hex(0xfdeee7)}, {0.12, hex(0xfad5c4)}, {0.3, hex(0xf3ab8c)}, {0.55, hex(0xcb6354)}, {1, hex(0x7a0f20)}},
	"diverging": {
		{0, hex(0x123f73)}, {0.2, hex(0x4a83ba)}, {0.35, hex(0xa9c8e2)}, {0.48, hex(0xeef4f9)}, {0.5, paper},
		{0.52, hex(0xfdeee7)}, {0.65, hex(0xf3ab8c)}, {0.8, hex(0xcb6354)}, {1, hex(0x7a0f20)},
	},
	"ink": {{0, paper}, {1, ink}},
	// Under points and arrows: pale, and told apart in any colour blindness.
	"quiet": {{0, hex(0xe9d2a1)}, {0.5, paper}, {1, hex(0xb2d4ec)}},
	"pale":  {{0, paper}, {1, hex(0xb2d4ec)}},
	// Seen alike by most colour-blind readers, even in lightness, and the same on any page. The values are those that matplotlib 3.11 publishes (CC0), to
	// 3 of 255 between the stops: viridis by Smith, van der Walt and Firing, cividis by Nuñez, Anderton and Renslow, https://doi.org/10.1371/journal.pone.0199239.
	"viridis": {{0, hex(0x440154)}, {0.1294, hex(0x472e7c)}, {0.2667, hex(0x39568c)}, {0.5333, hex(0x1f988b)}, {0.6196, hex(0x26ad81)}, {0.7176, hex(0x4cc26c)}, {0.8471, hex(0x98d83e)}, {0.9412, hex(0xd8e219)}, {0.9882, hex(0xf6e620)}, {1, hex(0xfde725)}},
	"cividis": {{0, hex(0x00224e)}, {0.0863, hex(0x003171)}, {0.1373, hex(0x203a6f)}, {0.3059, hex(0x51586d)}, {0.5725, hex(0x8e8978)}, {0.7804, hex(0xc3b369)}, {0.9294, hex(0xedd54a)}, {0.9882, hex(0xfee434)}, {1, hex(0xfee838)}},
}

func hex(rgb uint32) color.RGBA {
	return color.RGBA{uint8(rgb >> 16), uint8(rgb >> 8), uint8(rgb), 0xff}
}

// rampTables are the ramps as the page has them: 256 colours each.
var rampTables = sync.OnceValue(func() map[string]*[256]color.RGBA {
	tables := map[string]*[256]color.RGBA{}
	for name, stops := range ramps {
		table := new([256]color.RGBA)
		s := 0
		for i := range table {
			t := float64(i) / 255
			for s < len(stops)-2 && t > stops[s+1].t {
				s++
			}
			a, b := stops[s], stops[s+1]
			table[i] = mix(a.c, b.c, (t-a.t)/(b.t-a.t))
		}
		tables[name] = table
	}
	return tables
})

// rampAt returns the colour of t in [0,1] (values outside are clamped); NaN and unknown ramps are faint. It gives the colours of the page's
// table of 256, so a still has no colour that the page has not.
func rampAt(name string, t float64) color.RGBA {
	table := rampTables()[name]
	if table == nil || math.IsNaN(t) {
		return faint
	}
	return table[int(255*min(max(t, 0), 1)+0.5)]
}

// mix returns the colour a fraction u in [0,1] of the way from a to b.
func mix(a, b color.RGBA, u float64) color.RGBA {
	m := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*u)) }
	return color.RGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), 0xff}
}
