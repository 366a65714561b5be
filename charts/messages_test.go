package charts

import (
	"regexp"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// trainingRun is a model's own track: what it makes of noise while it learns.
func trainingRun() *xainb.Track {
	return snaps(func(s *xainb.Snapshot) {
		s.Put("x", make([]float32, 12), xainb.Dim{Name: "sample", Size: 6}, xainb.Dim{Name: "xy", Size: 2})
		s.PutScalar("epoch", 1)
		s.PutScalar("loss", 0.5)
	})
}

// What is asked of a run that it does not have is an error that says what there is, or what to draw instead.
func TestWhatIsNotThereIsSaid(t *testing.T) {
	plain := snaps(func(s *xainb.Snapshot) {
		s.Put("x", make([]float32, 12), xainb.Dim{Name: "sample", Size: 6}, xainb.Dim{Name: "xy", Size: 2})
	})
	training, two := trainingRun(), snaps(func(s *xainb.Snapshot) { s.PutScalar("loss", 1); s.PutScalar("rate", 2) })
	const sample = "this is a training; draw what it samples: model.Sample(diffusion.DDIM{Steps: 50})"
	for want, s := range map[string]*Scene{
		"charts: Surface: a GAN's run itself has no surface: give run.Surface(gan.Plane{})": Surface(ringRun(3, 0)),
		"charts: Contour: a GAN's run itself has no surface: give run.Surface(gan.Plane{})": Contour(ringRun(3, 0)),
		"charts: Surface: the run has no field of two dimensions":                           Surface(plain),
		"charts: Diffusion: " + sample:                                                      Diffusion(training),
		"charts: InStep: b: " + sample:                                                      InStep([]Variant{{"a", noisyRun(3, 8)}, {"b", training}}),
		"charts: Diffusion: the run has no scalar tau":                                      Diffusion(plain),
		`charts: Lines: Fields("los"): the run has no such number, but loss and rate`:       Lines(two, Fields("los")),
		`charts: Lines: Numbers("los"): the run has no such number, but loss and rate`:      Lines(two, Numbers("los")),
		`charts: Field("los"): the run has no such name; it has`:                            Stages(layers(), Field("los")),
		`charts: Numbers("los"): the run has no such name; it has`:                          Heatmap(timed(3, 0, 1), Numbers("los")),
		`charts: Fields("los"): the run has no such name; it has`:                           Heatmap(timed(3, 0, 1), Fields("los")),
		`charts: Marks("los"): the run has no such name; it has`:                            Heatmap(timed(3, 0, 1), Marks("los")),
		"charts: Row: scene 1: Heatmap: the recording has no frames":                        Row(Heatmap(nil)),
		"charts: Row: scene 2: Column: scene 1: Lines: the run has no":                      Row(Heatmap(timed(3, 0, 1)), Column(Lines(timed(3, 0, 1), Field("los")))),
		"charts: Row: scene 1: the scene is nil":                                            Row(nil),
		"charts: Compare: second run: the recording has no frames":                          Compare(training, nil),
	} {
		if got := errorOf(s); !strings.HasPrefix(got, want) || strings.Count(got, "charts: ") != 1 {
			t.Errorf("error\n%s\nwant\n%s", got, want)
		}
	}
}

// A field that is chosen is drawn all the same, and Fields chooses numbers.
func TestChosenFieldsAreDrawn(t *testing.T) {
	two := snaps(func(s *xainb.Snapshot) { s.PutScalar("loss", 1); s.PutScalar("rate", 2) })
	if lines := Lines(two, Fields("rate")).stills[0].(*linesSpec).lines; len(lines) != 1 || lines[0].Name != "rate" {
		t.Errorf("Fields draws %v", lines)
	}
	for _, s := range []*Scene{Surface(ringRun(3, 0), Field("field")), Surface(trainingRun(), Field("x"))} {
		if err := s.Err(); err != nil {
			t.Error(err)
		}
	}
}

// Where a run says how far from noise it is, that stands beside its t, in both languages.
func TestProgressStandsBesideTime(t *testing.T) {
	for name, s := range map[string]*Scene{
		"Histogram": Histogram([]Variant{{"a", lineRun(9, 0.5)}, {"b", lineRun(5, 0.2)}}), "Curves": Curves(lineRun(3, 1)), "PatchAttention": PatchAttention(digitRun()),
	} {
		d := documentOf(t, s)
		for _, text := range []string{d.Caption, d.Translations["zh"][d.Caption]} {
			if !strings.Contains(text, "τ = {tau}") {
				t.Errorf("%s: %q", name, text)
			}
		}
		for f := range d.Moments() {
			if got := said(s, f); !regexp.MustCompile(`^At t = \S+ \(τ = \d`).MatchString(got) {
				t.Errorf("%s, frame %d: %q", name, f, got)
			}
		}
	}
	if c := documentOf(t, Curves(weights(nil, []float32{1, 2}))).Caption; strings.Contains(c, "tau") {
		t.Errorf("a run without it says %q", c)
	}
}
