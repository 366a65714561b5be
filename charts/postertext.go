package charts

import (
	"image/color"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/xainb/gonb-xai/internal/tex"
	stdfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var posterFonts = sync.OnceValue(func() *font.Cache { return font.NewCache(liberation.Collection()) })

// textStyle returns the style of a text: its size in CSS pixels, its colour, its weight.
func textStyle(size vg.Length, c color.RGBA, bold bool) draw.TextStyle {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
	if bold {
		f.Weight = stdfont.WeightBold
	}
	return draw.TextStyle{Color: c, Font: f, Handler: text.Plain{Fonts: posterFonts()}}
}

// write writes one line of text at a point, which is its left, centre or right and its top, centre or bottom. The outlines of the
// letters are filled, so that a rotated text is as sharp as a level one.
func write(c draw.Canvas, style draw.TextStyle, x, y vg.Length, ax draw.XAlignment, ay draw.YAlignment, s string) {
	s = oneLine(s)
	face := posterFonts().Lookup(style.Font, style.Font.Size)
	ext := face.Extents()
	up := -ext.Descent // of the text's lower edge, from its baseline
	c.Push()
	defer c.Pop()
	c.Translate(vg.Point{X: x, Y: y})
	c.Rotate(style.Rotation)
	c.SetColor(style.Color)
	var buf sfnt.Buffer
	em := fixed.Int26_6(face.Face.UnitsPerEm())
	scale := style.Font.Size / vg.Length(em)
	at := vg.Length(ax) * textWidth(s, style)
	base := vg.Length(ay)*(ext.Ascent+ext.Descent) - up
	var before sfnt.GlyphIndex
	for i, r := range []rune(s) {
		glyph, err := face.Face.GlyphIndex(&buf, r)
		if err != nil {
			continue
		}
		if i > 0 {
			if k, err := face.Face.Kern(&buf, before, glyph, em, stdfont.HintingNone); err == nil {
				at += vg.Length(k) * scale
			}
		}
		before = glyph
		if segments, err := face.Face.LoadGlyph(&buf, glyph, em, nil); err == nil && len(segments) > 0 {
			c.Fill(glyphPath(segments, at, base, scale))
		}
		if a, err := face.Face.GlyphAdvance(&buf, glyph, em, stdfont.HintingNone); err == nil {
			at += vg.Length(a) * scale
		}
	}
}

// glyphPath is the outline of a letter whose origin is at a point.
func glyphPath(segments sfnt.Segments, x, y, scale vg.Length) vg.Path {
	var p vg.Path
	point := func(f fixed.Point26_6) vg.Point {
		return vg.Point{X: x + vg.Length(f.X)*scale, Y: y - vg.Length(f.Y)*scale}
	}
	for i, s := range segments {
		a := s.Args
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				p.Close()
			}
			p.Move(point(a[0]))
		case sfnt.SegmentOpLineTo:
			p.Line(point(a[0]))
		case sfnt.SegmentOpQuadTo:
			p.QuadTo(point(a[0]), point(a[1]))
		case sfnt.SegmentOpCubeTo:
			p.CubeTo(point(a[0]), point(a[1]), point(a[2]))
		}
	}
	p.Close()
	return p
}

// longestText is the most of a text that a poster keeps: bytes from either end of a line, words of a paragraph.
const longestText = 300

// oneLine shows line breaks and tabs as signs, so that a text stays on its line.
func oneLine(s string) string {
	if len(s) > 2*longestText { // what is beyond never shows, and each of its letters would be measured and drawn
		s = strings.ToValidUTF8(s[:longestText], "") + "…" + strings.ToValidUTF8(s[len(s)-longestText:], "")
	}
	return strings.NewReplacer("\r\n", "↵", "\n", "↵", "\r", "↵", "\t", "⇥").Replace(s)
}

type widthKey struct {
	font font.Font
	text string
}

var (
	widthMu    sync.Mutex
	widthCache = map[widthKey]vg.Length{}
)

// textWidth returns the width of a line of text.
func textWidth(s string, style draw.TextStyle) vg.Length {
	key := widthKey{style.Font, s}
	widthMu.Lock()
	defer widthMu.Unlock()
	if w, ok := widthCache[key]; ok {
		return w
	}
	w := style.Width(oneLine(s))
	if len(widthCache) > 1<<14 {
		clear(widthCache)
	}
	widthCache[key] = w
	return w
}

// shorten cuts a text in its middle until it fits the width.
func shorten(s string, width vg.Length, style draw.TextStyle) string {
	s = oneLine(s)
	if textWidth(s, style) <= width {
		return s
	}
	r := []rune(s)
	for n := len(r) - 1; n > 0; n-- {
		if t := string(r[:(n+1)/2]) + "…" + string(r[len(r)-n/2:]); textWidth(t, style) <= width {
			return t
		}
	}
	return "…"
}

// run is a piece of text that is set in the accent colour or not.
type run struct {
	text   string
	strong bool
}

var (
	templateParts = regexp.MustCompile(`\\\$|\$(?:[^$\\]|\\.)+\$|\*\*|\{[^{}]*\}`)
	formulaNames  = regexp.MustCompile(`\{\{([^{}]*)\}\}`)
	plainNames    = regexp.MustCompile(`\{([^{}]*)\}`)
)

// runsOf fills a template in, as fillTemplate does in the page: {name} becomes the value of that name or "–", **text** is strong, \$ is a
// dollar, and of a formula between dollars the poster has the source. What a value contains is never read as markup.
func runsOf(template string, values map[string]string) []run {
	var runs []run
	strong, at := false, 0
	add := func(s string) {
		if s != "" {
			runs = append(runs, run{s, strong})
		}
	}
	for _, m := range templateParts.FindAllStringIndex(template, -1) {
		add(template[at:m[0]])
		part := template[m[0]:m[1]]
		at = m[1]
		switch part[0] {
		case '*':
			strong = !strong
		case '\\':
			add("$")
		case '$':
			add(replaceNames(formulaNames, tex.Plain(part[1:len(part)-1]), values))
		default:
			add(replaceNames(plainNames, part, values))
		}
	}
	add(template[at:])
	return runs
}

// replaceNames puts in the values of names, "–" for what has none.
func replaceNames(names *regexp.Regexp, template string, values map[string]string) string {
	return names.ReplaceAllStringFunc(template, func(name string) string {
		if v, ok := values[strings.Trim(name, "{}")]; ok {
			return v
		}
		return "–"
	})
}

// wrap breaks runs into lines no wider than width. A word wider than that has a line of its own.
func wrap(runs []run, width vg.Length, style draw.TextStyle) [][]run {
	var lines [][]run
	var line []run
	var used vg.Length
	space := vg.Length(0)
	bold := style
	bold.Font.Weight = stdfont.WeightBold
	for n, word := range words(runs) {
		if n == longestText {
			line = append(line, run{text: "…"})
			break
		}
		w := vg.Length(0)
		for _, r := range word {
			w += textWidth(r.text, pick(r.strong, bold, style))
		}
		if len(line) > 0 && used+space+w > width {
			lines, line, used, space = append(lines, line), nil, 0, 0
		}
		if space > 0 {
			line = append(line, run{text: " "})
		}
		line = append(line, word...)
		used += space + w
		space = textWidth(" ", style)
	}
	if len(line) > 0 {
		lines = append(lines, line)
	}
	return lines
}

func pick[T any](yes bool, a, b T) T {
	if yes {
		return a
	}
	return b
}

// words splits runs at spaces; a word can consist of several runs ("**it**, ").
func words(runs []run) [][]run {
	var out [][]run
	open := false // the last word may go on in the next run
	for _, r := range runs {
		for i, part := range strings.Split(r.text, " ") {
			if i > 0 {
				open = false
			}
			if part == "" {
				continue
			}
			if open {
				out[len(out)-1] = append(out[len(out)-1], run{part, r.strong})
			} else {
				out = append(out, []run{{part, r.strong}})
			}
			open = true
		}
	}
	return out
}

// writeLines writes lines of runs from y downwards and returns where the next line would begin.
func writeLines(c draw.Canvas, x, y vg.Length, lines [][]run, leading float64, style draw.TextStyle) vg.Length {
	strong := style
	strong.Font.Weight, strong.Color = stdfont.WeightBold, accent
	step := style.Font.Size * vg.Length(leading)
	for _, line := range lines {
		at := x
		for _, r := range line {
			s := pick(r.strong, strong, style)
			write(c, s, at, y-step/2, draw.XLeft, draw.YCenter, r.text)
			at += textWidth(r.text, s)
		}
		y -= step
	}
	return y
}

// formatNumber writes a number in few characters, as the page does (formatNumber in show/player/dom.js).
func formatNumber(v float64) string {
	a := math.Abs(v)
	var s string
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 0):
		s = "∞"
	case a == 0:
		s = "0"
	case a >= 1e6 || a < 1e-4:
		if n := math.Floor(math.Log10(a)); n > 1 && math.Mod(a, math.Pow(10, n-1)) == math.Pow(10, n-1)/2 {
			a = math.Nextafter(a, math.Inf(1)) // a tie, as in decimal
		}
		s = strconv.FormatFloat(a, 'e', 1, 64)
		mantissa, exponent, _ := strings.Cut(s, "e")
		n, _ := strconv.Atoi(exponent)
		s = strings.TrimSuffix(mantissa, ".0") + "e" + strconv.Itoa(n)
	case a >= 1000:
		s = grouped(strconv.Itoa(int(math.Round(a))))
	case a >= 100:
		s = decimal(a, 0)
	case a >= 10:
		s = decimal(a, 1)
	case a >= 0.0095:
		s = decimal(a, 2)
	default:
		s = strconv.FormatFloat(a, 'g', 2, 64)
	}
	if v < 0 {
		return "−" + s
	}
	return s
}

// grouped puts commas between the thousands of a whole number.
func grouped(s string) string {
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// decimal writes a positive number with so many decimals. Exactly between two it is the larger, as in the page; strconv takes the even one.
func decimal(a float64, decimals int) string {
	// Such a number is an odd multiple of 2^-(decimals+1): nothing else that is binary ends in a 5 there.
	if math.Mod(math.Ldexp(a, decimals+1), 2) == 1 {
		a = math.Nextafter(a, math.Inf(1))
	}
	return strconv.FormatFloat(a, 'f', decimals, 64)
}

// formatTime writes the algorithm's own time: whole numbers as they are.
func formatTime(t float64) string {
	if t == math.Trunc(t) && math.Abs(t) < 1e15 {
		return strings.Replace(strconv.FormatFloat(t, 'f', 0, 64), "-", "−", 1)
	}
	return formatNumber(t)
}
