package tex

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// texParser reads TeX from the left. After an error nothing is left to read, which ends every loop.
type texParser struct {
	rest   string
	font   string // \mathbf and the like, in their argument
	script bool   // TeX sets no spaces around signs there
	depth  int
	err    error
}

func (p *texParser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
		if p.rest != "" {
			p.err = fmt.Errorf("%w (at \"%.20s\")", p.err, p.rest)
		}
	}
	p.rest = ""
}

var texTokens = regexp.MustCompile(`^(?s:\\(?:[a-zA-Z]+\*?|.)?|{{[^{}]+}}|:=|.)`)

// peek returns the next token: a command, a {{name}} or a character; "" at the end.
func (p *texParser) peek() string {
	p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace)
	return texTokens.FindString(p.rest)
}

// take reads the token if it is next.
func (p *texParser) take(token string) bool {
	next := p.peek() == token
	if next {
		p.rest = p.rest[len(token):]
	}
	return next
}

// row reads atoms with their scripts up to what ends a row, and sets the spaces that MathML has no rule for.
func (p *texParser) row(end string) (out []Node) {
	display := false
	last := mathOpen
	for {
		t := p.peek()
		switch t {
		case `\displaystyle`, `\textstyle`, `\limits`, `\nolimits`, `\!`: // MathML takes no space away
			p.take(t)
			display = display || t == `\displaystyle`
			continue
		case "", end, "}", "&", `\\`, `\right`, `\middle`, `\end`:
			if last == mathBinary {
				out[len(out)-1] = mathOrdinary(out[len(out)-1])
			}
			if display {
				out = []Node{{tag: "mrow", attr: mathLeaf("", "", "displaystyle", "true").attr, kids: out}}
			}
			return out
		}
		n := p.scripts(p.atom())
		if n.kind == mathSpace {
			if out = append(out, n); last == mathFunction {
				last = mathOpen // \log\,x has its space
			}
			continue
		}
		first := last >= mathFunction
		switch {
		case n.kind == mathBar && first:
			n.kind = mathOpen
		case n.kind == mathBar:
			n.kind = mathClose
		case n.kind == mathBinary && first: // a sign, as in -x, or a place, as in f(\cdot)
			n = mathOrdinary(n)
			if strings.Contains("+−±∓", n.text) {
				n.kind = mathOpen
			}
		case last == mathBinary && (n.kind == mathRelation || n.kind == mathClose || n.kind == mathPunct):
			out[len(out)-1] = mathOrdinary(out[len(out)-1])
		}
		if n.kind == mathFunction && last <= mathFunction ||
			last == mathFunction && (n.kind == mathOrd || n.kind == mathBig) {
			out = append(out, texSymbols[`\,`])
		}
		last = n.kind
		if p.script && last.sign() {
			n = mathOrdinary(n)
			n.kind = last
		}
		out = append(out, n)
	}
}

// mathOrdinary gives a sign the spacing of a letter: none.
func mathOrdinary(n Node) Node {
	if n.tag == "mo" {
		n.attr = map[string]string{"lspace": "0", "rspace": "0"}
	}
	n.kind = mathOrd
	return n
}

// mathGroup is what braces hold as one element. A lone sign has no space around it, as in 1{,}000 and x^{*}.
func mathGroup(kids ...Node) Node {
	if len(kids) != 1 {
		return Node{tag: "mrow", kids: kids}
	}
	if kids[0].kind.sign() {
		return mathOrdinary(kids[0])
	}
	return kids[0]
}

// scripts reads what stands below and above the base.
func (p *texParser) scripts(base Node) Node {
	var below, above []Node
	raised, outer := false, p.script
	for {
		t := p.peek()
		switch {
		case t == `\limits` || t == `\nolimits`: // MathML decides by the style of the line
			p.take(t)
		case t == "'":
			p.take(t)
			above = append(above, texSymbols[`\prime`])
		case t == "_" && below != nil || t == "^" && raised:
			p.fail(`a second "%s" at one base; write {a%sb}%sc or a%s{bc}`, t, t, t, t)
		case t == "_" || t == "^":
			p.take(t)
			p.script = true
			n := p.argument(t)
			p.script = outer
			if t == "_" {
				below = append(below, n)
			} else {
				above, raised = append(above, n), true
			}
		default:
			return mathScripts(base, below, above)
		}
	}
}

func mathScripts(base Node, below, above []Node) Node {
	if below == nil && above == nil {
		return base
	}
	tags := []string{"msub", "msup", "msubsup"}
	if base.limits {
		tags = []string{"munder", "mover", "munderover"}
		if base.kind == mathFunction && base.tag == "mi" { // of an operator MathML moves the limits aside within a line
			base = mathLeaf("mo", base.text, "movablelimits", "true", "lspace", "0", "rspace", "0")
			base.kind = mathFunction
		}
	}
	n := Node{kids: append([]Node{base}, below...), kind: base.kind}
	if base.attr["minsize"] != "" { // Chromium sets a stretchy sign too low as a base itself
		n.kids[0] = Node{tag: "mrow", kids: []Node{base}, kind: base.kind}
	}
	if above != nil {
		n.kids = append(n.kids, mathGroup(above...))
	}
	switch {
	case above == nil:
		n.tag = tags[0]
	case below == nil:
		n.tag = tags[1]
	default:
		n.tag = tags[2]
	}
	return n
}

// argument reads a group or one token.
func (p *texParser) argument(of string) Node {
	t := p.peek()
	if slices.Contains([]string{"", "}", "&", "^", "_", "'", `\\`, `\right`, `\middle`, `\end`}, t) {
		p.fail(`something must follow "%s"`, of)
		return Node{}
	}
	_, symbol := texSymbols[t]
	switch {
	case strings.Trim(t, "0123456789") == "": // x^12 is x¹2
		p.take(t)
		return mathLeaf("mn", p.styled(t))
	case !symbol && texLetters.MatchString(t): // and \mathbf xy is 𝐱y
		p.take(t)
		return mathName(p.styled(t), p.font == `\mathrm`)
	}
	return mathGroup(p.atom())
}

var (
	texNumbers = regexp.MustCompile(`^[0-9]*\.?[0-9]+`)
	texLetters = regexp.MustCompile(`^[\p{Latin}\p{Greek}\x{2100}-\x{214F}\x{1D400}-\x{1D7CB}]\pM*`)
	texNames   = regexp.MustCompile(`^[\p{Latin}\p{Greek}\pM]+`)                          // \mathrm{KL} is one word
	texForeign = regexp.MustCompile(`^(?:[^\P{L}\p{Latin}\p{Greek}]|[\pM\p{So}\p{Cf}])+`) // and so is 注意
)

// atom reads one thing without its scripts.
func (p *texParser) atom() Node {
	if p.depth++; p.depth > mathMaxDepth {
		p.fail("more than %d things are inside each other; write it flatter", mathMaxDepth)
	}
	defer func() { p.depth-- }()
	t := p.peek()
	read := func(pattern *regexp.Regexp) string {
		s := pattern.FindString(p.rest)
		p.rest = p.rest[len(s):]
		return s
	}
	if number := read(texNumbers); number != "" {
		return mathLeaf("mn", p.styled(number))
	}
	if t == "" || strings.Contains("^_'", t) { // scripts may have no base
		return Node{tag: "mrow"}
	}
	if _, ok := texSymbols[t]; !ok {
		pattern := texLetters
		if p.font != "" {
			pattern = texNames
		}
		if name := read(pattern); name != "" {
			return mathName(p.styled(name), p.font == `\mathrm`)
		}
		if words := read(texForeign); words != "" {
			return mathLeaf("mtext", words)
		}
	}
	p.take(t)
	switch {
	case len(t) > 4 && t[0] == '{':
		return mathLeaf("mn", t[1:len(t)-1])
	case t == "{":
		n := mathGroup(p.row("")...)
		if !p.take("}") {
			p.fail(`a "{" is not closed; add "}"`)
		}
		return n
	}
	return p.command(t)
}

// mathName is an identifier. A lone letter is italic unless it is upright, and a word is upright.
func mathName(s string, upright bool) Node {
	if upright && utf8.RuneCountInString(s) == 1 {
		return mathLeaf("mi", s, "mathvariant", "normal")
	}
	return mathLeaf("mi", s)
}

// styled maps letters and digits to those of the font in force: for it MathML Core has no attribute but Unicode has letters.
func (p *texParser) styled(s string) string {
	font := texFonts[p.font]
	blocks := []struct{ from, to, first rune }{
		{'A', 'Z', font.upper}, {'a', 'z', font.upper + 26}, {'0', '9', font.digit}, {'Α', 'Ω', font.greek}, {'α', 'ω', font.greek + 26},
	}
	return strings.Map(func(r rune) rune {
		for _, b := range blocks {
			if r >= b.from && r <= b.to && b.first > 26 {
				return b.first + r - b.from
			}
		}
		return r
	}, strings.NewReplacer(strings.Fields(font.except)...).Replace(s))
}

// command makes the element of a command, of which it reads the arguments, or of a sign.
func (p *texParser) command(t string) Node {
	if n, ok := texSymbols[t]; ok {
		if styled := p.styled(n.text); n.tag == "mi" && n.kind == mathOrd && styled != n.text {
			return mathLeaf("mi", styled)
		}
		return n
	}
	if mark, ok := texMarks[t]; ok {
		n := mathLeaf("mover", "", "accent", "true")
		if strings.HasPrefix(t, `\under`) {
			n = mathLeaf("munder", "")
		}
		n.kids = []Node{p.argument(t), mathLeaf("mo", mark.text, "stretchy", fmt.Sprint(mark.wide))}
		n.limits = strings.HasSuffix(t, "brace")
		return n
	}
	if _, ok := texFonts[t]; ok {
		outer := p.font
		p.font = t
		n := p.argument(t)
		p.font = outer
		return n
	}
	if size, ok := texSizes[strings.TrimRight(t, "lrm")]; ok {
		n := p.delimiter(t, "")
		n.attr["minsize"], n.attr["maxsize"] = size, size
		return n
	}
	switch t {
	case `\frac`, `\dfrac`, `\tfrac`, `\binom`:
		n := mathLeaf("mfrac", "")
		if t == `\dfrac` || t == `\tfrac` {
			n.attr["displaystyle"] = fmt.Sprint(t == `\dfrac`)
		}
		n.kids = []Node{p.argument(t), p.argument(t + "{...}")}
		if t == `\binom` {
			n.attr["linethickness"] = "0"
			n = mathFenced("(", ")", n)
		}
		return n
	case `\sqrt`:
		if !p.take("[") {
			return Node{tag: "msqrt", kids: []Node{p.argument(t)}}
		}
		index := mathGroup(p.row("]")...)
		if !p.take("]") {
			p.fail(`the "[" after \sqrt is not closed; add "]"`)
		}
		return Node{tag: "mroot", kids: []Node{p.argument(`\sqrt[...]`), index}}
	case `\overset`, `\stackrel`, `\underset`:
		mark, base := p.argument(t), p.argument(t+"{...}")
		if sign, ok := texSymbols[base.text]; ok { // has its spaces
			base = sign
		}
		base.limits = true
		if t == `\underset` {
			return mathScripts(base, []Node{mark}, nil)
		}
		return mathScripts(base, nil, []Node{mark})
	case `\left`:
		left := p.delimiter(t, "prefix").text
		kids := p.row("")
		for p.take(`\middle`) {
			kids = append(append(kids, p.delimiter(`\middle`, "prefix")), p.row("")...)
		}
		if !p.take(`\right`) {
			p.fail(`\left%s has no \right; write \right. for one that is not seen`, left)
		}
		return mathFenced(left, p.delimiter(`\right`, "postfix").text, kids...)
	case `\begin`:
		return p.table()
	case `\text`, `\textrm`, `\mbox`:
		return mathGroup(p.words(t)...)
	case `\operatorname`, `\operatorname*`:
		n := mathGroup(p.words(t)...)
		if n.tag == "mtext" {
			n = mathName(strings.ReplaceAll(n.text, "\u00a0", "\u2009"), true)
		}
		n.kind, n.limits = mathFunction, t != `\operatorname`
		return n
	}
	if t[0] == '\\' || t == "$" {
		p.fail(`%s is not known; known are \frac, \sqrt, \sum, \log, \left, \hat, \mathbf, \begin{cases}, Greek letters and common signs; `+
			`write a function as \operatorname{name}, words as \text{...}`, t)
	}
	return mathLeaf("mi", t, "mathvariant", "normal")
}

// delimiter reads what follows \left, \right or \big.
func (p *texParser) delimiter(of, form string) Node {
	t := p.peek()
	p.take(t)
	n := texSymbols[t]
	switch {
	case t == "." && form != "":
		n.text = ""
	case t == "<" || t == ">":
		n.text = map[string]string{"<": "⟨", ">": "⟩"}[t]
	case n.text != "/" && n.kind != mathOpen && n.kind != mathClose && n.kind != mathBar:
		p.fail(`%s needs one of ( ) [ ] \{ \} | \| / \langle \rangle \lfloor \rfloor \lceil \rceil, not "%s"`, of, t)
	}
	kind := n.kind
	if form == "" {
		form = "prefix"
		if kind == mathClose || kind == mathBar && strings.HasSuffix(of, "r") {
			form = "postfix"
		}
	}
	n = mathLeaf("mo", n.text, "form", form, "stretchy", "true")
	n.kind = kind
	return n
}

// mathFenced puts signs around the kids that are as tall as they; an empty one is left out.
func mathFenced(left, right string, kids ...Node) Node {
	if left != "" {
		kids = append([]Node{mathLeaf("mo", left, "form", "prefix", "stretchy", "true")}, kids...)
	}
	if right != "" {
		kids = append(kids, mathLeaf("mo", right, "form", "postfix", "stretchy", "true"))
	}
	return Node{tag: "mrow", kids: kids, kind: mathInner}
}

// table reads what follows \begin.
func (p *texParser) table() Node {
	name := mathGroup(p.words(`\begin`)...).text
	env, ok := texTables[name]
	if !ok {
		p.fail(`\begin{%s} is not known; known are %s`, name, strings.Join(slices.Sorted(maps.Keys(texTables)), ", "))
	}
	if name == "array" {
		p.words(`\begin{array}`) // how it aligns its columns
	}
	n := mathLeaf("mtable", "")
	if env.align != "" {
		n.attr["columnalign"] = env.align
	}
	if env.align == "right left" { // lines of their own
		n.attr["displaystyle"] = "true"
	}
	var cells []Node
	for more := true; more; {
		cells = append(cells, Node{tag: "mtd", kids: p.row("")})
		if p.take("&") {
			continue
		}
		more = p.take(`\\`)
		if more || len(cells) > 1 || len(cells[0].kids) > 0 { // a \\ at the end begins no row
			n.kids = append(n.kids, Node{tag: "mtr", kids: cells})
		}
		cells = nil
	}
	if !p.take(`\end`) || mathGroup(p.words(`\end`)...).text != name {
		p.fail(`\begin{%s} has no \end{%s}`, name, name)
	}
	return mathFenced(env.left, env.right, n)
}

// words reads an argument as text, in which only a {{name}} and signs like \% are special.
func (p *texParser) words(of string) (out []Node) {
	if t := p.peek(); len(t) > 4 && t[0] == '{' { // \text{{name}}
		return []Node{p.atom()}
	}
	if !p.take("{") {
		p.fail(`"{" must follow %s`, of)
	}
	for open := 1; open > 0; {
		t := texTokens.FindString(p.rest)
		p.rest = p.rest[len(t):]
		switch {
		case t == "":
			p.fail(`the "{" after %s is not closed; add "}"`, of)
			return nil
		case len(t) > 4 && t[0] == '{':
			out = append(out, mathLeaf("mn", t[1:len(t)-1]))
			continue
		case t == "{" || t == "}":
			open += map[string]int{"{": 1, "}": -1}[t]
			continue
		case t == `\,` || t == `\ ` || t == "~" || strings.TrimSpace(t) == "":
			t = "\u00a0" // MathML drops a common space at the ends
		case len(t) == 2 && t[0] == '\\' && strings.Contains(`$%&#_{}`, t[1:]):
			t = t[1:]
		case t[0] == '\\':
			p.fail(`%s is not known within %s; close the "{" before it`, t, of)
		}
		if len(out) == 0 || out[len(out)-1].tag != "mtext" {
			out = append(out, mathLeaf("mtext", ""))
		}
		out[len(out)-1].text += t
	}
	return out
}
