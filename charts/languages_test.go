package charts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// Each Chinese sentence takes the arguments of its English one, each once, and reads no name off the frame that the other does not.
func TestChineseTakesTheSameArguments(t *testing.T) {
	names := regexp.MustCompile(`\{[^{}%]+\}`)
	for english, text := range chinese {
		var args []any
		for i, verb := range regexp.MustCompile(`%[sd]`).FindAllString(english, -1) {
			args = append(args, pick[any](verb == "%d", 700+i, fmt.Sprint("«", i, "»")))
		}
		got := say(english, args...)
		for _, s := range []string{got.en, got.zh} {
			if strings.Contains(s, "%!") {
				t.Errorf("%q: %q", english, s)
			}
		}
		for _, a := range args {
			if strings.Count(got.zh, fmt.Sprint(a)) != 1 {
				t.Errorf("%q: %v is not once in %q", english, a, got.zh)
			}
		}
		has := names.FindAllString(english, -1)
		for _, name := range names.FindAllString(text, -1) {
			if !slices.Contains(has, name) {
				t.Errorf("%q: %q reads %s", english, text, name)
			}
		}
	}
}

// A warning is known again as it is formatted, after the name of a run too, and says the same numbers; what is not known stays as it is.
func TestWarningsAreKnown(t *testing.T) {
	gaps := regexp.MustCompile(`%[sd]`)
	for english := range chineseWarnings {
		var args []any
		for i, verb := range gaps.FindAllString(english, -1) {
			args = append(args, pick[any](verb == "%d", 700+i, fmt.Sprint("«", i, "»")))
		}
		for name, want := range map[string]string{"": "", "run A: ": "run A："} {
			text := name + fmt.Sprintf(english, args...)
			got, ok := warningInChinese(text)
			if !ok || !strings.HasPrefix(got, want) || strings.Contains(got, "%!") || !regexp.MustCompile(`\p{Han}`).MatchString(got) {
				t.Errorf("%q: %q, %v", text, got, ok)
			}
			for _, a := range args {
				if strings.Count(got, fmt.Sprint(a)) != 1 {
					t.Errorf("%q: %v is not once in %q", english, a, got)
				}
			}
		}
	}
	for _, text := range []string{"", "careful", "7 of 9 steps are walked, evenly spaced.", strings.Repeat("7 of 9 steps are embedded, evenly spaced.", 1000)} {
		if got, ok := warningInChinese(text); ok {
			t.Errorf("%.60q is taken for %q", text, got)
		}
	}
}

// What a screen reader is told of a scene, and what is under its picture, is in Chinese too.
func TestSummariesAndWarningsSpeakChinese(t *testing.T) {
	game, noisy := ringRun(6, 0), noisyRun(6, 40)
	many := snaps(func(s *xainb.Snapshot) {
		for i := range 30 {
			s.PutScalar(fmt.Sprint("number ", i), float64(i))
		}
		s.Put("lane", make([]float32, 60), xainb.Dim{Name: "n", Size: 60})
		s.Put("other", make([]float32, 60), xainb.Dim{Name: "n", Size: 60})
		s.PutWarning("7 of 9 steps are embedded, evenly spaced.")
	})
	for name, s := range map[string]*Scene{
		"Heatmap": Heatmap(timed(3, 0, 1)), "Bars": Bars(weights([]string{"a", "b"}, []float32{1, 2})), "Words": Words(occlusion("The cat sat on the mat", 1, 2)), "Lines": Lines(many), "Lanes": Lanes(many),
		"Auto": Auto(many), "profile": Lines(weights(nil, []float32{1, 2})), "Scatter": Scatter(noisy, Field("x0")), "Stages": Stages(layers()), "Path": Path(decision()), "Compare": Compare(timed(3, 0, 1), timed(3, 0, 2)),
		"Compare points": Compare(waysRun(3), waysRun(4), Field("pca")), "Compare numbers": Compare(many, many), "Branch": Branch(game, game), "GANSamples": GANSamples(game), "VectorField": VectorField(game), "Energy": Energy(game),
		"Surface": Surface(saddleRun(5)), "Diffusion": Diffusion(noisy), "digits": Diffusion(digitRun()), "line": Diffusion(lineRun(3, 1)), "InStep": InStep([]Variant{{"a", noisy}, {"b", noisy}}),
		"Histogram": Histogram([]Variant{{"a", noisy}}), "Curves": Curves(curvesRun()), "Trajectories": Trajectories(waysRun(4)),
	} {
		d := documentOf(t, s)
		for _, text := range append(d.Warnings, d.Summary) {
			if zh := d.Translations["zh"][text]; !regexp.MustCompile(`\p{Han}`).MatchString(zh) || regexp.MustCompile(`[a-z]+ (over|of|from|to|is) `).MatchString(zh) {
				t.Errorf("%s: %q is %q", name, text, zh)
			}
		}
	}
}

// The translations of a scene go along when it is joined, and cloned; the author's stand before the scene's own.
func TestTranslationsGoAlong(t *testing.T) {
	run := timed(3, 0, 1)
	s := Row(Heatmap(run).Translate("zh", "a note", "注"), Heatmap(run)).Note(0, "a note").Translate("zh", "Where is x largest?", "x 何处最大？")
	d := documentOf(t, s)
	for text, want := range map[string]string{"a note": "注", "Where is x largest?": "x 何处最大？", "Read": "读"} {
		if got := d.Translations["zh"][text]; got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	s.Translate("zh", "a note", "另注")
	if d.Translations["zh"]["a note"] != "注" {
		t.Error("a document changes when the scene goes on")
	}
	v := Vary("what", func(run xainb.Source) *Scene { return Heatmap(run) }, Variant{"one", run}, Variant{"two", timed(3, 1, 1)}).Translate("ZH", "what", "何")
	if got := documentOf(t, v).Translations["zh"]["what"]; got != "何" {
		t.Errorf("what varies is %q", got)
	}
	if err := Heatmap(run).Translate("", "a", "b").Err(); err == nil || !strings.Contains(err.Error(), "name a language") {
		t.Errorf("no language: %v", err)
	}
}
