// Package tex turns the formulas of captions, written in TeX, into MathML for the page and into plain text for pictures.
package tex

import (
	"encoding/json"
	"fmt"
	"regexp"
	"unicode"
	"unicode/utf8"
)

// A formula that is longer or nested deeper than this is no part of a sentence, and would cost the page's time.
const (
	mathMaxBytes = 5_000
	mathMaxDepth = 40
)

// Node is an element of MathML Core that has a text or children. Its JSON is ["tag", {attributes}, child...], in which
// a text is a string and the attributes are left out where there are none; from it the page makes elements, never HTML.
type Node struct {
	tag    string
	attr   map[string]string
	text   string
	kids   []Node
	kind   mathKind // of the base, where there are scripts
	limits bool     // scripts stand below and above
}

// mathKind is TeX's class of an atom, which decides on the space between two of them.
type mathKind byte

// After those from mathFunction on, a minus is a sign.
const (
	mathOrd mathKind = iota
	mathClose
	mathInner    // what \left and \right enclose
	mathFunction // log
	mathBig      // a sum
	mathBinary
	mathRelation
	mathPunct
	mathOpen
	mathBar // opens or closes
	mathSpace
)

// sign says whether there is space around.
func (k mathKind) sign() bool { return k == mathBinary || k == mathRelation || k == mathPunct }

func (n Node) MarshalJSON() ([]byte, error) {
	list := []any{n.tag}
	if len(n.attr) > 0 {
		list = append(list, n.attr)
	}
	if n.text != "" {
		list = append(list, n.text)
	}
	for _, kid := range n.kids {
		list = append(list, kid)
	}
	return json.Marshal(list)
}

func mathLeaf(tag, text string, attributes ...string) Node {
	n := Node{tag: tag, text: text, attr: map[string]string{}}
	for i := 0; i < len(attributes); i += 2 {
		n.attr[attributes[i]] = attributes[i+1]
	}
	return n
}

// mathDollars finds a literal dollar, a name in braces, or as its group a formula: what the page finds (fillTemplate in dom.js).
var mathDollars = regexp.MustCompile(`(?s)\\\$|\{[^{}]*\}|\$((?:\\.|[^\\$])+)\$`)

// Formulas converts what stands between dollars in the templates; the keys are that TeX exactly.
// \$ is a dollar, and so is one without a partner, or in the {name} of a reading.
func Formulas(templates ...string) (map[string]Node, error) {
	found := map[string]Node{}
	for _, template := range templates {
		for _, match := range mathDollars.FindAllStringSubmatch(template, -1) {
			tex := match[1]
			if _, done := found[tex]; done || tex == "" {
				continue
			}
			n, err := Parse(tex)
			if err != nil {
				return nil, err
			}
			found[tex] = n
		}
	}
	return found, nil
}

// Parse converts TeX, as between two dollars, to an mrow. A {{name}} becomes ["mn", "{name}"], which the page replaces.
func Parse(tex string) (Node, error) {
	if len(tex) > mathMaxBytes {
		return Node{}, fmt.Errorf("formula %.40q...: has %d bytes; write at most %d", tex, len(tex), mathMaxBytes)
	}
	for _, r := range tex { // some characters that are not seen turn the page's text around; the two joiners belong to scripts
		if r == utf8.RuneError || !unicode.IsGraphic(r) && !unicode.IsSpace(r) && r != '\u200c' && r != '\u200d' {
			return Node{}, fmt.Errorf("formula %q: %U is no character to be seen; remove it", tex, r)
		}
	}
	p := texParser{rest: tex}
	root := Node{tag: "mrow", kids: p.row("")}
	switch t := p.peek(); t {
	case "":
	case "&", `\\`:
		p.fail(`%s separates cells; write it in \begin{aligned}, \begin{cases} or a matrix`, t)
	default:
		p.fail(`%s has no %s before it`, t, map[string]string{"}": "{", `\end`: `\begin`, `\right`: `\left`, `\middle`: `\left`}[t])
	}
	if p.err != nil {
		return Node{}, fmt.Errorf("formula \"%.200s\": %w", tex, p.err)
	}
	return root, nil
}
