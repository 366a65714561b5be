package charts

import (
	"encoding/json"
	"regexp"
	"slices"
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
		"charts: Surface: a GAN's run itself has no surface: give run.Surface(gan.Plane{}), or draw what it has over its own plane, charts.Field(\"field\")": Surface(ringRun(3, 0)),
		"charts: Contour: a GAN's run itself has no surface: give run.Surface(gan.Plane{})":                                                                  Contour(ringRun(3, 0)),
		"charts: Surface: the run has no field of two dimensions":                                                                                            Surface(plain),
		"charts: Diffusion: " + sample:                                                 Diffusion(training),
		"charts: InStep: b: " + sample:                                                 InStep([]Variant{{"a", noisyRun(3, 8)}, {"b", training}}),
		"charts: Diffusion: the run has no scalar tau":                                 Diffusion(plain),
		`charts: Lines: Fields("los"): the run has no such number, but loss and rate`:  Lines(two, Fields("los")),
		`charts: Lines: Numbers("los"): the run has no such number, but loss and rate`: Lines(two, Numbers("los")),
		`charts: Field("los"): the run has no such name; it has`:                       Stages(layers(), Field("los")),
		`charts: Numbers("los"): the run has no such name; it has`:                     Heatmap(timed(3, 0, 1), Numbers("los")),
		`charts: Fields("los"): the run has no such name; it has`:                      Heatmap(timed(3, 0, 1), Fields("los")),
		`charts: Marks("los"): the run has no such name; it has`:                       Heatmap(timed(3, 0, 1), Marks("los")),
		"charts: Row: scene 1: Heatmap: the recording has no frames":                   Row(Heatmap(nil)),
		"charts: Row: scene 2: Column: scene 1: Lines: the run has no":                 Row(Heatmap(timed(3, 0, 1)), Column(Lines(timed(3, 0, 1), Field("los")))),
		"charts: Row: scene 1: the scene is nil":                                       Row(nil),
		"charts: Compare: second run: the recording has no frames":                     Compare(training, nil),
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
		"Compare": Compare(digitRun(), digitRun(), Field("x0")), "Compare points": Compare(noisyRun(5, 8), noisyRun(3, 8), Field("x0")), "Trajectories": Trajectories(noisyRun(5, 8), Field("x0")),
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

// An option that a scene is said not to use changes nothing of it; those that it uses, and what scenes of others hand on, are not warned of.
func TestOptionsWithoutEffectAreSaid(t *testing.T) {
	options := map[string]Option{
		"Field": Field("loss"), "Fields": Fields("loss"), "Numbers": Numbers("loss"), "Marks": Marks("loss"), "Ramp": Ramp("viridis"), "Top": Top(1), "Trail": Trail(2), "Level": Level(0.5), "Drop": Drop(0, 0), "Moves": Moves(),
		"Way": Way("way"), "WithEnergy": WithEnergy(), "ByLayer": ByLayer(), "LogScale": LogScale(), "Modes": Modes(1), "Coordinate": Coordinate(1), "Took": Took(1, 2), "Align": Align("index"), "Layer": Layer(1), "Head": Head(1),
		"Query": Query("a"), "QueryAt": QueryAt(1), "Views": Views("attention"), "Names": Names("p", "q"),
	}
	if len(options) != len(optionUsers) {
		t.Fatalf("%d options, %d in the table", len(options), len(optionUsers))
	}
	withLoss := func(run *xainb.Track) *xainb.Track {
		frames := make([]xainb.Snapshot, 0, run.Len())
		for _, f := range run.Frames() {
			c := *f
			c.PutScalar("loss", 1)
			frames = append(frames, c)
		}
		return xainb.NewTrack(frames, xainb.Provenance{}, nil)
	}
	game, noisy, words := withLoss(ringRun(4, 0)), withLoss(noisyRun(3, 8)), withLoss(occlusion("The cat sat on the mat", 1, 2))
	maps := withLoss(recordMaps([]float32{1, 0, 0, 1}, []string{"a", "b"}, 1))
	warned := 0
	for name, draw := range map[string]func(...Option) *Scene{
		"Heatmap": func(o ...Option) *Scene { return Heatmap(withLoss(timed(3, 0, 1)), o...) }, "Bars": func(o ...Option) *Scene { return Bars(words, o...) }, "Words": func(o ...Option) *Scene { return Words(words, o...) },
		"Lines": func(o ...Option) *Scene { return Lines(game, o...) }, "Lanes": func(o ...Option) *Scene { return Lanes(game, o...) }, "Energy": func(o ...Option) *Scene { return Energy(game, o...) },
		"GANSamples": func(o ...Option) *Scene { return GANSamples(game, o...) }, "Diffusion": func(o ...Option) *Scene { return Diffusion(noisy, o...) }, "Surface": func(o ...Option) *Scene { return Surface(withLoss(saddleRun(5)), o...) },
		"Contour": func(o ...Option) *Scene { return Contour(withLoss(saddleRun(5)), o...) }, "Scatter": func(o ...Option) *Scene { return Scatter(noisy, o...) }, "Stages": func(o ...Option) *Scene { return Stages(withLoss(layers()), o...) },
		"Path": func(o ...Option) *Scene { return Path(withLoss(decision()), o...) }, "VectorField": func(o ...Option) *Scene { return VectorField(game, o...) }, "Curves": func(o ...Option) *Scene { return Curves(withLoss(curvesRun()), o...) },
		"Trajectories": func(o ...Option) *Scene { return Trajectories(withLoss(waysRun(4)), o...) }, "AttentionHeads": func(o ...Option) *Scene { return AttentionHeads(maps, o...) }, "AttentionCompare": func(o ...Option) *Scene { return AttentionCompare(maps, maps, o...) },
		"PatchAttention": func(o ...Option) *Scene { return PatchAttention(withLoss(digitRun()), o...) },
	} {
		plain := looksOf(t, documentOf(t, draw()))
		for option, o := range options {
			d, err := draw(o).Document()
			if err != nil || !slices.ContainsFunc(d.Warnings, func(w string) bool { return strings.HasPrefix(w, "charts."+option+" has no effect on charts."+name) }) {
				continue
			}
			warned++
			if looksOf(t, d) != plain {
				t.Errorf("%s has an effect on %s", option, name)
			}
		}
	}
	if warned < 200 {
		t.Errorf("%d warnings", warned)
	}
	for name, s := range map[string]*Scene{
		"Auto": Auto(game, Trail(2)), "Compare": Compare(words, words, Names("p", "q"), Align("index"), Top(2)), "Branch": Branch(game, game, Names("p", "q"), Trail(2)), "InStep": InStep([]Variant{{"a", noisy}, {"b", noisy}}, Took(1, 2), Drop(0, 0)),
		"line": Diffusion(lineRun(3, 1)), "sheets": Diffusion(digitRun(), Field("x0")), "Histogram": Histogram([]Variant{{"a", noisy}}, Modes(1), Coordinate(1)), "Lines": Lines(game, Field("loss"), Bits(8)), "Compare points": Compare(noisy, noisy, Names("p", "q"), Took(1, 2)),
	} {
		if got := strings.Join(documentOf(t, s).Warnings, "|"); strings.Contains(got, "no effect") {
			t.Errorf("%s: %s", name, got)
		}
	}
	row := documentOf(t, Row(Lines(game, Head(3)), Vary("seed", func(r xainb.Source) *Scene { return GANSamples(r, Top(3)) }, Variant{"0", game})))
	if got := strings.Join(row.Warnings, "|"); got != "charts.Head has no effect on charts.Lines.|charts.Top has no effect on charts.GANSamples." {
		t.Error(got)
	}
}

// looksOf is all of a document that an option can change.
func looksOf(t *testing.T, d *xainb.Document) string {
	t.Helper()
	b, err := json.Marshal([]any{d.Panels, d.State, d.Controls, d.Title, d.Subtitle, d.Caption, d.Bits, d.Start, d.Align, d.Seconds})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
