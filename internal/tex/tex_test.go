package tex

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// Trees checked against temml 0.13.5 and KaTeX 0.19.1 (MathML, display mode) without their attributes; attributes by the rules of TeX.
func TestFormula(t *testing.T) {
	for _, c := range []struct{ tex, want string }{
		{``, `["mrow"]`},
		{`x`, `["mrow",["mi","x"]]`},
		{`0.05`, `["mrow",["mn","0.05"]]`},
		{`.5x_{12}`, `["mrow",["mn",".5"],["msub",["mi","x"],["mn","12"]]]`},
		{`x^12`, `["mrow",["msup",["mi","x"],["mn","1"]],["mn","2"]]`},
		{`x_i^2`, `["mrow",["msubsup",["mi","x"],["mi","i"],["mn","2"]]]`},
		{`x^2_i`, `["mrow",["msubsup",["mi","x"],["mi","i"],["mn","2"]]]`},
		{`{}_i`, `["mrow",["msub",["mrow"],["mi","i"]]]`},
		{`f'^2`, `["mrow",["msup",["mi","f"],["mrow",["mi",{"mathvariant":"normal"},"′"],["mn","2"]]]]`},
		{`a-b`, `["mrow",["mi","a"],["mo","−"],["mi","b"]]`},
		{`=-b`, `["mrow",["mo","="],["mo",{"lspace":"0","rspace":"0"},"−"],["mi","b"]]`},
		{`a+\;=`, `["mrow",["mi","a"],["mo","+"],["mspace",{"width":"0.278em"}],["mo","="]]`},
		{`f(\cdot)`, `["mrow",["mi","f"],["mo",{"stretchy":"false"},"("],["mo",{"lspace":"0","rspace":"0"},"⋅"],["mo",{"stretchy":"false"},")"]]`},
		{`1{,}000`, `["mrow",["mn","1"],["mo",{"lspace":"0","rspace":"0"},","],["mn","000"]]`},
		{`x_{t-1}`, `["mrow",["msub",["mi","x"],["mrow",["mi","t"],["mo",{"lspace":"0","rspace":"0"},"−"],["mn","1"]]]]`},
		{`|x|`, `["mrow",["mo",{"form":"prefix","stretchy":"false"},"|"],["mi","x"],["mo",{"form":"prefix","stretchy":"false"},"|"]]`},
		{`x<y`, `["mrow",["mi","x"],["mo","\u003c"],["mi","y"]]`},
		{`\frac12`, `["mrow",["mfrac",["mn","1"],["mn","2"]]]`},
		{`\dfrac{a}b`, `["mrow",["mfrac",{"displaystyle":"true"},["mi","a"],["mi","b"]]]`},
		{`\sqrt[3]{x}`, `["mrow",["mroot",["mi","x"],["mn","3"]]]`},
		{`\binom nk`, `["mrow",["mrow",["mo",{"form":"prefix","stretchy":"true"},"("],["mfrac",{"linethickness":"0"},["mi","n"],["mi","k"]],["mo",{"form":"postfix","stretchy":"true"},")"]]]`},
		{`\left.x\right|_0`, `["mrow",["msub",["mrow",["mi","x"],["mo",{"form":"postfix","stretchy":"true"},"|"]],["mn","0"]]]`},
		{`\big)_i`, `["mrow",["msub",["mrow",["mo",{"form":"postfix","maxsize":"1.2em","minsize":"1.2em","stretchy":"true"},")"]],["mi","i"]]]`},
		{`\hat y`, `["mrow",["mover",{"accent":"true"},["mi","y"],["mo",{"stretchy":"false"},"ˆ"]]]`},
		{`\underbrace{a}_b`, `["mrow",["munder",["munder",["mi","a"],["mo",{"stretchy":"true"},"⏟"]],["mi","b"]]]`},
		{`\stackrel{d}{=}`, `["mrow",["mover",["mo","="],["mi","d"]]]`},
		{`\log x`, `["mrow",["mi","log"],["mspace",{"width":"0.167em"}],["mi","x"]]`},
		{`\log(x)`, `["mrow",["mi","log"],["mo",{"stretchy":"false"},"("],["mi","x"],["mo",{"stretchy":"false"},")"]]`},
		{`\max_D V`, `["mrow",["munder",["mo",{"lspace":"0","movablelimits":"true","rspace":"0"},"max"],["mi","D"]],["mspace",{"width":"0.167em"}],["mi","V"]]`},
		{`\max`, `["mrow",["mi","max"]]`},
		{`\sum_i^n`, `["mrow",["munderover",["mo","∑"],["mi","i"],["mi","n"]]]`},
		{`\int_0^1`, `["mrow",["msubsup",["mo","∫"],["mn","0"],["mn","1"]]]`},
		{`\Gamma\gamma`, `["mrow",["mi",{"mathvariant":"normal"},"Γ"],["mi","γ"]]`},
		{`\mathbb{E}\mathbb R`, `["mrow",["mi","𝔼"],["mi","ℝ"]]`},
		{`\mathbf{W}\mathbf xy`, `["mrow",["mi","𝐖"],["mi","𝐱"],["mi","y"]]`},
		{`\boldsymbol{\mu}\mathcal{L}`, `["mrow",["mi","𝝁"],["mi","ℒ"]]`},
		{`\mathrm{KL}\mathrm d`, `["mrow",["mi","KL"],["mi",{"mathvariant":"normal"},"d"]]`},
		{`\operatorname{arg\,max}`, `["mrow",["mi","arg` + "\u2009" + `max"]]`},
		{`\text{if } x`, `["mrow",["mtext","if` + "\u00a0" + `"],["mi","x"]]`},
		{`注意_i≤`, `["mrow",["msub",["mtext","注意"],["mi","i"]],["mo","≤"]]`},
		{`\displaystyle x`, `["mrow",["mrow",{"displaystyle":"true"},["mi","x"]]]`},
		{`{{loss}}^{{k}}`, `["mrow",["msup",["mn","{loss}"],["mn","{k}"]]]`},
		{`\frac{{{a}}}{b}`, `["mrow",["mfrac",["mn","{a}"],["mi","b"]]]`},
		{`\text{{{n}} steps}`, `["mrow",["mrow",["mn","{n}"],["mtext","` + "\u00a0" + `steps"]]]`},
		{`\begin{cases} a & b \\ c \\ \end{cases}`, `["mrow",["mrow",["mo",{"form":"prefix","stretchy":"true"},"{"],["mtable",{"columnalign":"left"},` +
			`["mtr",["mtd",["mi","a"]],["mtd",["mi","b"]]],["mtr",["mtd",["mi","c"]]]]]]`},
		{`\begin{aligned} a &= b \end{aligned}`, `["mrow",["mrow",["mtable",{"columnalign":"right left","displaystyle":"true"},["mtr",["mtd",["mi","a"]],["mtd",["mo","="],["mi","b"]]]]]]`},
		{`\operatorname{softmax}\left(\frac{QK^\top}{\sqrt{d_k}}\right)V`, `["mrow",["mi","softmax"],["mrow",["mo",{"form":"prefix","stretchy":"true"},"("],` +
			`["mfrac",["mrow",["mi","Q"],["msup",["mi","K"],["mi",{"mathvariant":"normal"},"⊤"]]],["msqrt",["msub",["mi","d"],["mi","k"]]]],` +
			`["mo",{"form":"postfix","stretchy":"true"},")"]],["mi","V"]]`},
	} {
		n, err := Parse(c.tex)
		got, _ := json.Marshal(n)
		if err != nil || string(got) != c.want {
			t.Errorf("%s:\n got %s %v\nwant %s", c.tex, got, err, c.want)
		}
	}
}

func TestFormulaErrors(t *testing.T) {
	for _, c := range []struct{ tex, want string }{
		{`x_`, `formula "x_": something must follow "_"`},
		{`x_}`, `something must follow "_"`},
		{`\frac{a}`, `something must follow "\frac{...}"`},
		{`\foo x`, `\foo is not known; known are \frac`},
		{`{a`, `a "{" is not closed; add "}"`},
		{`a}b`, `} has no { before it (at "}b")`},
		{`a\right)`, `\right has no \left before it`},
		{`\left(a`, `\left( has no \right; write \right.`},
		{`\left a`, `\left needs one of ( )`},
		{`\sqrt[3{x}`, `the "[" after \sqrt is not closed`},
		{`a & b`, `& separates cells`},
		{`x^a^b`, `a second "^" at one base; write {a^b}^c`},
		{`\text{a`, `the "{" after \text is not closed`},
		{`\text a`, `"{" must follow \text`},
		{`\text{\alpha}`, `\alpha is not known within \text`},
		{`\begin{foo}`, `\begin{foo} is not known; known are Bmatrix`},
		{`\begin{cases} x`, `\begin{cases} has no \end{cases}`},
		{`\end{cases}`, `\end has no \begin`},
		{"a\u202eb", `U+202E is no character to be seen; remove it`},
		{"a\xffb", `remove it`},
		{strings.Repeat("x", mathMaxBytes+1), `has 5001 bytes; write at most 5000`},
		{strings.Repeat("{", 1000), `more than 40 things are inside each other`},
		{strings.Repeat(`\sqrt`, 900), `more than 40 things are inside each other`},
		{strings.Repeat(`x^`, 900), `a second "^"`},
	} {
		_, err := Parse(c.tex)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40s: got error %v, want %s", c.tex, err, c.want)
		}
	}
}

func TestFormulas(t *testing.T) {
	found, err := Formulas(`costs \$5, is $a$ and $b\$$`, `$a$, a lone $ is text`, `{a $name$ in braces} is none`)
	if err != nil || len(found) != 2 || found[`a`].tag != "mrow" || found[`b\$`].tag != "mrow" {
		t.Errorf("got %v, %v", found, err)
	}
	if _, err := Formulas(`$x_$`); err == nil || !strings.Contains(err.Error(), `formula "x_"`) {
		t.Errorf("got error %v", err)
	}
}

func TestPlainFormula(t *testing.T) {
	for tex, want := range map[string]string{
		`\frac{a}{b}`:        `a/b`,
		`\frac{a+1}{2b}`:     `(a + 1)/(2b)`,
		`\sum_{i} x_i^2`:     `∑_i x_i²`,
		`\sum_{i=1}^N x_i`:   `∑_(i=1)^N x_i`,
		`x_{t-1} = -10^{-3}`: `x_(t−1) = −10⁻³`,
		`e^{-x/2}`:           `e^(−x/2)`,
		`\hat y, \vec{ab}`:   "y\u0302, (ab)\u20d7",
		`\eta = {{eta}}`:     `η = {{eta}}`,
		`\text{if } x \ge 0`: `if x ≥ 0`,
		`\sqrt[3]{x+1}`:      `³√(x + 1)`,
		`\binom{n}{k}`:       `(n choose k)`,
		`{}^{14}C`:           `¹⁴C`,
		`x_`:                 `x_`,
		`\begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}`:                           `(1, 0; 0, 1)`,
		`\begin{aligned} a &= b \\ c &= d \end{aligned}`:                         `a = b; c = d`,
		`\operatorname{softmax}\left(\frac{QK^\top}{\sqrt{d_k}}\right)V`:         `softmax(QK^⊤/√d_k)V`,
		`\mathbb{E}_{z\sim p_z}[\log(1 - D(G(z)))]`:                              `𝔼_(z∼p_z)[log(1 − D(G(z)))]`,
		`\nabla_\theta J \approx \frac{\partial L}{\partial \theta}\cdot \infty`: `∇_θJ ≈ ∂L/∂θ · ∞`,
	} {
		if got := Plain(tex); got != want {
			t.Errorf("%s: got %q, want %q", tex, got, want)
		}
	}
}

// The page makes whatever elements it is told to: these are all.
var (
	mathTags = strings.Fields(`mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd`)
	mathAttr = strings.Fields(`mathvariant stretchy form minsize maxsize lspace rspace movablelimits displaystyle linethickness accent width columnalign`)
	// mathKids are how many children the element has to have.
	mathKids = map[string]int{"mfrac": 2, "msqrt": 1, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3}
)

func checkMath(t *testing.T, tex string, n Node, depth int) {
	if depth > 6*mathMaxDepth {
		t.Fatalf("%q: too deep", tex)
	}
	if !slices.Contains(mathTags, n.tag) || n.text != "" && n.kids != nil {
		t.Fatalf("%q: element %+v", tex, n)
	}
	if want, ok := mathKids[n.tag]; ok && len(n.kids) != want {
		t.Fatalf("%q: %s has %d children", tex, n.tag, len(n.kids))
	}
	for name := range n.attr {
		if !slices.Contains(mathAttr, name) {
			t.Fatalf("%q: attribute %s", tex, name)
		}
	}
	for _, kid := range n.kids {
		checkMath(t, tex, kid, depth+1)
	}
}

func FuzzFormula(f *testing.F) {
	for _, tex := range []string{
		`\frac{a}{b}^{x_i'}_2`, `\left(\sqrt[3]{x}\middle|\right]`, `\begin{cases} a & -b \\ \text{if {{n}}} \end{cases}`, `{{x}}^{{y}}`,
		`\mathbf{\alpha x1}\hat{\bar y}`, `\bigl(\Big)_i^{*}`, `\sum\limits_{i=1}^N\!\;\displaystyle`, `注意\overset{d}{=}\underbrace{a}_b`,
		`\operatorname*{arg max}_x`, `- + \cdot ) | :=`, `\`, `{{`, `\text`,
	} {
		f.Add(tex)
	}
	f.Fuzz(func(t *testing.T, tex string) {
		n, err := Parse(tex)
		if err != nil {
			return
		}
		checkMath(t, tex, n, 0)
		if _, err := json.Marshal(n); err != nil {
			t.Fatal(err)
		}
		Plain(tex)
	})
}
