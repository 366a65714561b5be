package tex

import "strings"

// Plain writes a formula where there is no MathML: \frac{a}{b} is a/b, a {{name}} stays one.
// What is no formula stays as it is. Where there is a more common character of the same look it takes that, which more fonts have.
func Plain(tex string) string {
	n, err := Parse(tex)
	if err != nil {
		return tex
	}
	s := strings.Join(strings.Fields(n.plain()), " ")
	return strings.NewReplacer("( ", "(", " )", ")", " ]", "]", " }", "}", " ,", ",", " ;", ";", "⋅", "·", "∣", "|", "⟂", "⊥").Replace(s)
}

func (n Node) plain() string {
	var kids []string
	for _, kid := range n.kids {
		kids = append(kids, kid.plain())
	}
	s := n.text + strings.Join(kids, "")
	switch n.tag {
	case "mn":
		if strings.HasPrefix(s, "{") {
			return "{" + s + "}"
		}
	case "mo":
		switch n.kind {
		case mathBinary, mathRelation, mathBig:
			return " " + s + " "
		case mathPunct:
			return s + " "
		}
	case "mspace":
		return " "
	case "mfrac":
		if n.attr["linethickness"] != "" {
			return kids[0] + " choose " + kids[1]
		}
		below := plainTight(kids[1])
		if len(n.kids[1].kids) > 1 && n.kids[1].tag == "mrow" && !strings.ContainsAny(below, "(∂") {
			below = "(" + below + ")"
		}
		return plainTight(kids[0]) + "/" + below + " "
	case "msqrt":
		return "√" + plainTight(kids[0])
	case "mroot":
		return plainSups.Replace(kids[1]) + "√" + plainTight(kids[0])
	case "msub", "munder", "msup", "mover", "msubsup", "munderover":
		s = strings.TrimSpace(kids[0])
		if n.kids[0].tag == "mrow" && n.kids[0].kind == mathOrd && s != "" {
			s = "(" + s + ")"
		}
		if mark, ok := plainMarks[n.kids[1].text]; ok && (n.tag == "mover" || n.tag == "munder") {
			return s + mark
		}
		for i, script := range kids[1:] {
			s += plainScript(n, i, script)
		}
		if n.kind == mathBig || n.kind == mathRelation || n.kind == mathBinary {
			s = " " + s + " "
		}
	case "mtr":
		return strings.Join(kids, ", ")
	case "mtable":
		if strings.HasPrefix(n.attr["columnalign"], "right") {
			return strings.ReplaceAll(strings.Join(kids, "; "), ",  ", " ") // before a relation
		}
		return strings.Join(kids, "; ")
	}
	return s
}

// plainMarks combine with the character before.
var plainMarks = map[string]string{
	"ˆ": "\u0302", "^": "\u0302", "ˉ": "\u0304", "˜": "\u0303", "~": "\u0303", "→": "\u20d7", "˙": "\u0307", "¨": "\u0308", "ˇ": "\u030c",
	"‾": "\u0305", "_": "\u0332", "⏞": "", "⏟": "",
}

var plainSups = strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹", "−", "⁻", "+", "⁺")

// plainScript writes the script number i of n.
func plainScript(n Node, i int, s string) string {
	up := i == 1 || n.tag == "msup" || n.tag == "mover"
	s = strings.ReplaceAll(s, " ", "")
	switch {
	case up && n.kind != mathBig && strings.Trim(s, "0123456789−+′") == "":
		return plainSups.Replace(s)
	case strings.ContainsAny(s, "+−/_^=≤⊆∼→×,\u00a0"):
		s = "(" + s + ")"
	}
	return map[bool]string{true: "^", false: "_"}[up] + s
}

// plainTight puts parentheses around what would fall apart.
func plainTight(s string) string {
	if s = strings.TrimSpace(s); strings.ContainsAny(s, " +−/") {
		return "(" + s + ")"
	}
	return s
}
