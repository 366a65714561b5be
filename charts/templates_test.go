package charts

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// lacking returns what a document warns of names.
func lacking(d *xainb.Document) (out []string) {
	for _, w := range d.Warnings {
		if strings.Contains(w, "which this scene does not have") {
			out = append(out, w)
		}
	}
	return out
}

// A name that nothing fills in is warned of in each text that has it, with what there is, the most alike first.
func TestNamesThatNothingFillsIn(t *testing.T) {
	run := snaps(func(s *xainb.Snapshot) { s.PutScalar("loss", 1); s.PutScalar("modes", 2) }, func(s *xainb.Snapshot) { s.PutScalar("rare", 3) })
	const has = "which this scene does not have; it has {loss}, "
	for want, s := range map[string]*Scene{
		"The caption uses {los}, " + has:                Lines(run).Caption("The los is **{los}**."),
		"The subtitle uses {los}, " + has:               Lines(run).Subtitle(`At {time} \$5 and {los}`),
		"A note uses {los}, " + has:                     Lines(run).Note(0, "At {loss}").Note(1, "$x = {{los}}$"),
		"What is revealed uses {los}, " + has:           Lines(run).Ask(1, "What?", "a", "b").Reveal("{guess}, {right}, {los}"),
		"What is revealed uses {right}, ":               Lines(run).Predict("What?", "{guess}, not {right}", "a", "b"),
		"The caption uses {guess}, ":                    Lines(run).Caption("{guess}"),
		"The caption uses {difference.top.lable}, ":     Compare(weights([]string{"a"}, []float32{1}), weights([]string{"a"}, []float32{2})).Caption("{difference.top.lable}"),
		"The caption uses {x}, which this scene does n": translatedScene(run),
	} {
		d := documentOf(t, s)
		if got := lacking(d); len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%q, want %q", got, want)
		} else if zh := d.Translations["zh"][got[0]]; !regexp.MustCompile(`\p{Han}`).MatchString(zh) || !strings.Contains(zh, "{") {
			t.Errorf("%q is %q", got[0], zh)
		}
	}
	if got := nearest("los", []string{"JS", "time", "loss D", "loss", "cost", "loss"}); got != "{loss}, {cost}, {loss D}, {JS}, {time}" {
		t.Error(got)
	}
}

// translatedScene is a scene whose Chinese caption has a name that is not there.
func translatedScene(run *xainb.Track) *Scene {
	return Lines(run).Caption("{loss}").Translate("zh", "{loss}", "{x}")
}

// Names that come with a frame, with what a reader selects, or stand in a formula are no mistakes; nor is anything that scenes say themselves.
func TestNamesThatAreFilledIn(t *testing.T) {
	game, noisy := ringRun(6, 0), noisyRun(6, 40)
	for name, s := range map[string]*Scene{
		"Lines":     Lines(snaps(func(s *xainb.Snapshot) { s.PutScalar("loss", 1) }, func(s *xainb.Snapshot) { s.PutScalar("rare", 1) })).Caption(`{loss} {rare} {time} {frame} $\frac{a}{b} = {{loss}}$ \{`),
		"predicted": Lines(game).Predict("What?", "{guess}, {time}", "a", "b").Caption("{guess}"),
		"Heatmap":   Heatmap(timed(3, 0, 1)).Caption("{selected} {top.label} {cell.value} {far.row} {unit} {notFinite}"), "Bars": Bars(weights([]string{"a", "b"}, []float32{1, 2})).Caption("{top.label} {value} {feature}"),
		"all nan": Bars(weights([]string{"a", "b"}, []float32{nan, nan})).Caption("{top.label} {value} {feature}"),
		"Words":   Words(occlusion("The cat sat on the mat", 1, 2)), "Lanes": Lanes(game, Field("state")).Caption("{feature} {value}"), "profile": Lines(weights(nil, []float32{1, 2})),
		"Scatter": Scatter(noisy, Field("x0")).Caption("{feature} {x} {y} {said}"), "Stages": Stages(layers()), "Path": Path(decision()), "Compare": Compare(timed(3, 0, 1), timed(3, 0, 2)),
		"Compare points": Compare(waysRun(3), waysRun(4), Field("pca")), "Compare numbers": Compare(game, game, Field("modes")), "Branch": Branch(game, game), "GANSamples": GANSamples(game, WithEnergy()).Caption("{feature} {x} {outside} {energy} {arrow.x}"),
		"VectorField": VectorField(game), "Energy": Energy(game), "Surface": Surface(saddleRun(5)).Caption("{here.value} {min.x} {max.y} {field}"), "Contour": Contour(saddleRun(5)),
		"Diffusion": Diffusion(noisy).Caption("{t} {tau} {alpha-bar} {particle} {feature}"), "digits": Diffusion(digitRun()), "line": Diffusion(lineRun(3, 1)),
		"InStep": InStep([]Variant{{"a", noisy}, {"b", noisy}}).Caption("{distance} {b.feature} {b.said}"), "Histogram": Histogram([]Variant{{"a", noisy}}), "Curves": Curves(curvesRun()), "Trajectories": Trajectories(waysRun(4)),
		"PatchAttention": PatchAttention(digitRun()), "Auto": Auto(game), "Row": Row(Lanes(game), GANSamples(game)),
		"Vary": Vary("what", func(r xainb.Source) *Scene { return Heatmap(r) }, Variant{"one", timed(3, 0, 1)}, Variant{"two", timed(3, 1, 1)}).Caption("{max.value}"),
	} {
		if got := lacking(documentOf(t, s)); len(got) > 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := namesIn(`{a} **{b}** $x_{c} = {{d}}$ \{ \$ {e f}`); !slices.Equal(got, []string{"a", "b", "d", "e f"}) {
		t.Errorf("%q", got)
	}
}
