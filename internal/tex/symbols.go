package tex

import "strings"

// texSymbols are the commands and characters that stand for one sign.
var texSymbols = func() map[string]Node {
	symbols := map[string]Node{}
	add := func(kind mathKind, n Node, namesAndSigns string) {
		n.kind = kind
		list := strings.Fields(namesAndSigns)
		for i := 0; i < len(list); i += 2 {
			n.text = strings.ReplaceAll(list[i+1], "~", "\u2009")
			symbols[list[i]] = n
			if _, ok := symbols[n.text]; !ok && n.text[0] > 0x7f { // ≤ does what \le does
				symbols[n.text] = n
			}
		}
	}
	add(mathOrd, Node{tag: "mi"}, `\alpha α \beta β \gamma γ \delta δ \epsilon ϵ \varepsilon ε \zeta ζ \eta η \theta θ \vartheta ϑ \iota ι
		\kappa κ \varkappa ϰ \lambda λ \mu μ \nu ν \xi ξ \omicron ο \pi π \varpi ϖ \rho ρ \varrho ϱ \sigma σ \varsigma ς \tau τ
		\upsilon υ \phi ϕ \varphi φ \chi χ \psi ψ \omega ω \partial ∂ \imath ı \jmath ȷ`)
	upright := mathLeaf("mi", "", "mathvariant", "normal")
	add(mathOrd, upright, `\Gamma Γ \Delta Δ \Theta Θ \Lambda Λ \Xi Ξ \Pi Π \Sigma Σ \Upsilon Υ \Phi Φ \Psi Ψ \Omega Ω \nabla ∇ \infty ∞
		\ell ℓ \hbar ℏ \Re ℜ \Im ℑ \aleph ℵ \emptyset ∅ \varnothing ∅ \forall ∀ \exists ∃ \nexists ∄ \neg ¬ \lnot ¬ \top ⊤ \bot ⊥ \angle ∠
		\triangle △ \square □ \checkmark ✓ \star ⋆ \dagger † \prime ′ \ldots … \dots … \cdots ⋯ \vdots ⋮ \ddots ⋱ / / \backslash \
		\$ $ \% % \& & \# # \_ _`)
	add(mathClose, upright, `! !`)
	add(mathBinary, Node{tag: "mo"}, `+ + - − * ∗ \cdot ⋅ · ⋅ \times × \pm ± \mp ∓ \div ÷ \ast ∗ \circ ∘ \bullet ∙ \odot ⊙ \otimes ⊗ \oplus ⊕
		\ominus ⊖ \cup ∪ \cap ∩ \setminus ∖ \wedge ∧ \land ∧ \vee ∨ \lor ∨`)
	add(mathRelation, Node{tag: "mo"}, `= = < < > > : : := ≔ \coloneqq ≔ \lt < \gt > \le ≤ \leq ≤ \ge ≥ \geq ≥ \ne ≠ \neq ≠ \ll ≪ \gg ≫
		\approx ≈ \sim ∼ \simeq ≃ \cong ≅ \propto ∝ \equiv ≡ \triangleq ≜ \doteq ≐ \in ∈ \notin ∉ \ni ∋ \subset ⊂ \subseteq ⊆ \supset ⊃
		\supseteq ⊇ \mid ∣ \parallel ∥ \perp ⟂ \vdash ⊢ \models ⊨ \prec ≺ \succ ≻ \to → \rightarrow → \leftarrow ← \gets ←
		\leftrightarrow ↔ \Rightarrow ⇒ \implies ⇒ \Leftarrow ⇐ \Leftrightarrow ⇔ \iff ⇔ \mapsto ↦ \longrightarrow ⟶ \longmapsto ⟼
		\hookrightarrow ↪ \uparrow ↑ \downarrow ↓`)
	add(mathPunct, Node{tag: "mo"}, `, , ; ; \colon :`)
	add(mathOpen, mathLeaf("mo", "", "stretchy", "false"), `( ( [ [ \{ { \lbrace { \lbrack [ \langle ⟨ \lfloor ⌊ \lceil ⌈`)
	add(mathClose, mathLeaf("mo", "", "stretchy", "false"), `) ) ] ] \} } \rbrace } \rbrack ] \rangle ⟩ \rfloor ⌋ \rceil ⌉`)
	bar := mathLeaf("mo", "", "form", "prefix", "stretchy", "false")
	add(mathBar, bar, `| | \vert | \| ‖ \Vert ‖`)
	add(mathOpen, bar, `\lvert | \lVert ‖`)
	add(mathClose, bar, `\rvert | \rVert ‖`)
	add(mathBig, Node{tag: "mo"}, `\int ∫ \iint ∬ \iiint ∭ \oint ∮`)
	add(mathBig, Node{tag: "mo", limits: true}, `\sum ∑ \prod ∏ \coprod ∐ \bigcup ⋃ \bigcap ⋂ \bigoplus ⨁ \bigotimes ⨂ \bigvee ⋁ \bigwedge ⋀`)
	add(mathFunction, Node{tag: "mi", limits: true}, `\max max \min min \argmax arg~max \argmin arg~min \sup sup \inf inf \lim lim
		\limsup lim~sup \liminf lim~inf \det det \Pr Pr \gcd gcd`)
	add(mathFunction, Node{tag: "mi"}, `\log log \ln ln \lg lg \exp exp \sin sin \cos cos \tan tan \cot cot \arcsin arcsin \arccos arccos
		\arctan arctan \sinh sinh \cosh cosh \tanh tanh \arg arg \deg deg \dim dim \ker ker \softmax softmax`)
	for name, width := range map[string]string{
		`\,`: "0.167em", `\:`: "0.222em", `\>`: "0.222em", `\;`: "0.278em", `\ `: "0.25em", "~": "0.25em", `\quad`: "1em", `\qquad`: "2em",
	} {
		symbols[name] = Node{tag: "mspace", attr: map[string]string{"width": width}, kind: mathSpace}
	}
	return symbols
}()

var texSizes = map[string]string{`\big`: "1.2em", `\Big`: "1.8em", `\bigg`: "2.4em", `\Bigg`: "3em"}

// texMarks stand above or below their argument.
var texMarks = map[string]struct {
	text string
	wide bool
}{
	`\hat`: {"ˆ", false}, `\bar`: {"ˉ", false}, `\tilde`: {"˜", false}, `\vec`: {"→", false}, `\dot`: {"˙", false}, `\ddot`: {"¨", false},
	`\check`: {"ˇ", false}, `\widehat`: {"^", true}, `\widetilde`: {"~", true}, `\overline`: {"‾", true}, `\overrightarrow`: {"→", true},
	`\underline`: {"_", true}, `\overbrace`: {"⏞", true}, `\underbrace`: {"⏟", true},
}

// texFont says where Unicode keeps A, 0 and Α (a follows Z, and α comes 26 after Α), except for what had a place before.
type texFont struct {
	upper, digit, greek rune
	except              string
}

var texFonts = func() map[string]texFont {
	bold := texFont{0x1D468, 0x1D7CE, 0x1D71C, "∇ 𝜵 ∂ 𝝏 ϵ 𝝐 ϑ 𝝑 ϕ 𝝓 ϱ 𝝔"}
	script := texFont{0x1D49C, 0, 0, "B ℬ E ℰ F ℱ H ℋ I ℐ L ℒ M ℳ R ℛ e ℯ g ℊ o ℴ"}
	return map[string]texFont{
		`\mathrm`: {}, `\mathbf`: {0x1D400, 0x1D7CE, 0x1D6A8, "∇ 𝛁 ∂ 𝛛 ϵ 𝛜 ϑ 𝛝 ϕ 𝛟 ϱ 𝛠"}, `\boldsymbol`: bold, `\bm`: bold,
		`\mathit`: {0x1D434, 0, 0x1D6E2, "h ℎ"}, `\mathcal`: script, `\mathscr`: script,
		`\mathbb`: {0x1D538, 0x1D7D8, 0, "C ℂ H ℍ N ℕ P ℙ Q ℚ R ℝ Z ℤ"}, `\mathfrak`: {0x1D504, 0, 0, "C ℭ H ℌ I ℑ R ℜ Z ℨ"},
		`\mathsf`: {0x1D5A0, 0x1D7E2, 0, ""}, `\mathtt`: {0x1D670, 0x1D7F6, 0, ""},
	}
}()

// texTables are the environments. Where a browser does not know columnalign, the page's CSS does what it says.
var texTables = map[string]struct{ left, right, align string }{
	"aligned": {align: "right left"}, "align*": {align: "right left"}, "split": {align: "right left"}, "cases": {left: "{", align: "left"},
	"array": {}, "matrix": {}, "pmatrix": {left: "(", right: ")"}, "bmatrix": {left: "[", right: "]"}, "Bmatrix": {left: "{", right: "}"},
	"vmatrix": {left: "|", right: "|"},
}
