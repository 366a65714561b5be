package charts

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xainb/gonb-xai/xainb"
)

// The data of a run in closed form: normal, of this mean and this deviation in x and in y.
const (
	normalMean   = 0.8
	normalSpread = 0.3
)

// noisyRun is a diffusion run in closed form over normal data: each sample stays at the same quantile, which is what the probability-flow ODE does, and the score is that of the noisy data. In the last frame
// there is neither noise nor score.
func noisyRun(frames, samples int) *xainb.Track {
	var fill []func(*xainb.Snapshot)
	for k := range frames {
		u := float64(k) / float64(frames-1)
		abar := math.Pow(math.Sin(math.Pi/2*max(u, 0.01)), 2)
		fill = append(fill, func(s *xainb.Snapshot) { s.Kind = "diffusion"; noisyFrame(s, samples, u, abar) })
	}
	return snaps(fill...)
}

func noisyFrame(s *xainb.Snapshot, samples int, u, abar float64) {
	s.Time, s.TimeName = math.Round(999-1000*u), "t"
	s.PutScalar("t", s.Time)
	s.PutScalar("tau", u)
	s.PutScalar("alpha-bar", abar)
	sample, xy := xainb.Dim{Name: "sample", Size: samples}, xainb.Dim{Name: "xy", Size: 2}
	all := map[string][]float32{}
	for i := range 2 * samples {
		z := 1.6 * math.Sin(float64(i)*(2.4+float64(i%2)))
		noisy := math.Sqrt(abar*normalSpread*normalSpread + 1 - abar)
		x := math.Sqrt(abar)*normalMean + noisy*z
		score := -z / noisy
		eps := -math.Sqrt(1-abar) * score
		all["x"] = append(all["x"], float32(x))
		all["x0"] = append(all["x0"], float32((x-math.Sqrt(1-abar)*eps)/math.Sqrt(abar)))
		all["noise"] = append(all["noise"], float32(eps))
		all["added"] = append(all["added"], float32(0.1*(1-u)*math.Cos(float64(i))))
		all["real"] = append(all["real"], float32(normalMean+normalSpread*z))
	}
	for _, name := range []string{"x", "x0", "noise", "added", "real"} {
		if u < 1 || name != "noise" && name != "added" {
			s.Put(name, all[name], sample, xy)
		}
	}
	if u < 1 {
		const side = 12
		score := make([]float32, 2*side*side)
		for i := range side * side {
			x, y := -3+6*(float64(i%side)+0.5)/side, -3+6*(float64(i/side)+0.5)/side
			score[2*i], score[2*i+1] = float32(normalScore(x, abar)), float32(normalScore(y, abar))
		}
		s.Put("score", score, xainb.Dim{Name: "y", Size: side}, xainb.Dim{Name: "x", Size: side}, xainb.Dim{Name: "uv", Size: 2})
	}
	s.Put("window", []float32{-3, 3, -3, 3}, xainb.Dim{Name: "side", Size: 4})
}

func normalScore(x, abar float64) float64 {
	return -(x - math.Sqrt(abar)*normalMean) / (abar*normalSpread*normalSpread + 1 - abar)
}

// digitRun is two sheets of two digits that fade in, with attention in its second frame.
func digitRun() *xainb.Track {
	var fill []func(*xainb.Snapshot)
	for k := range 4 {
		fill = append(fill, func(s *xainb.Snapshot) {
			s.Time, s.TimeName = float64(299-100*k), "t"
			s.PutScalar("tau", float64(k)/3)
			s.PutScalar("alpha-bar", 0.1+0.3*float64(k))
			height, width := xainb.Dim{Name: "height", Size: 8}, xainb.Dim{Name: "width", Size: 17}
			for j, name := range []string{"x", "x0", "noise", "nearest"} {
				data := make([]float32, 8*17)
				for i := range data {
					data[i] = float32(math.Sin(float64(i*(j+1))) * float64(4-k) / 2)
				}
				if name != "nearest" && (name != "noise" || k < 3) || k == 3 && name == "nearest" {
					s.Put(name, data, height, width)
				}
			}
			s.Put("class", []float32{3, -1}, xainb.Dim{Name: "sample", Size: 2})
			if k == 1 {
				s.Put("attention", []float32{1, 0, 0.25, 0.75, 0.5, 0.5, 0, 1}, xainb.Dim{Name: "head", Size: 2}, xainb.Dim{Name: "query", Size: 2}, xainb.Dim{Name: "key", Size: 2})
				s.PutLabels("head", []string{"layer 1, head 1", "layer 1, head 2"})
				s.PutLabels("query", []string{"1,1", "1,2"})
				s.PutLabels("key", []string{"1,1", "1,2"})
			}
		})
	}
	return snaps(fill...)
}

// lineRun is a run over a line: 500 values about -2 and 2 that come together, with their histogram and a density.
func lineRun(frames int, spread float64) *xainb.Track {
	var fill []func(*xainb.Snapshot)
	for k := range frames {
		fill = append(fill, func(s *xainb.Snapshot) {
			u := float64(k) / float64(frames-1)
			s.Time, s.TimeName = math.Round(999-1000*u), "t"
			s.PutScalar("tau", u)
			s.PutScalar("alpha-bar", u)
			x := make([]float32, 500)
			for i := range x {
				z := math.Sqrt2 * math.Erfinv(2*(float64(i/2)+0.5)/250-1) // the quantiles of a normal distribution
				x[i] = float32((float64(i%2)*4-2)*u + z*(1+u*(spread-1)))
			}
			s.Put("x", x, xainb.Dim{Name: "sample", Size: len(x)})
			bins := xainb.Dim{Name: "bin", Size: 20}
			density, labels := make([]float32, 20), make([]string, 20)
			for i := range density {
				at := -4 + 0.4*(float64(i)+0.5)
				density[i], labels[i] = float32(math.Exp(-math.Pow(math.Abs(at)-2*u, 2))/2), fmt.Sprintf("%.2f", at)
			}
			s.Put("histogram", sharesIn(x, 20), bins)
			s.Put("density", density, bins)
			s.PutLabels("bin", labels)
		})
	}
	return snaps(fill...)
}

func sharesIn(x []float32, bins int) []float32 {
	out := make([]float32, bins)
	for _, v := range x {
		if i := int(math.Floor(float64(v+4) / 8 * float64(bins))); i >= 0 && i < bins {
			out[i] += float32(bins) / 8 / float32(len(x))
		}
	}
	return out
}

func curvesRun() *xainb.Track {
	var fill []func(*xainb.Snapshot)
	for k := range 6 {
		fill = append(fill, func(s *xainb.Snapshot) {
			s.Time = float64(k)
			curve, other, labels := make([]float32, 50), make([]float32, 50), make([]string, 50)
			for i := range curve {
				curve[i], other[i], labels[i] = float32(math.Cos(float64(i)/49*math.Pi)), float32(1-2*float64(i)/49), fmt.Sprint(20*i)
			}
			s.Put("bent", curve, xainb.Dim{Name: "t", Size: 50})
			s.Put("straight", other, xainb.Dim{Name: "t", Size: 50})
			s.PutLabels("t", labels)
			s.PutScalar("even t", 980-196*float64(k))
			s.PutScalar("late t", 980/math.Pow(2, float64(k)))
		})
	}
	return snaps(fill...)
}

func TestDiffusionPictures(t *testing.T) {
	run := noisyRun(21, 60)
	for _, c := range []struct {
		name  string
		scene *Scene
		frame int
	}{
		{"poster_diffusion", Diffusion(run, Drop(-1.5, 1)), 12},
		{"poster_moves", Diffusion(run, Moves(), Field("x")), 4},
		{"poster_digits", Diffusion(digitRun()), 1},
		{"poster_instep", InStep([]Variant{{"many steps", run}, {"few", noisyRun(6, 60)}}), 9},
		{"poster_curves", Curves(curvesRun(), Marks("even t", "late t")), 3},
		{"poster_histogram", Histogram([]Variant{{"right", lineRun(9, 0.5)}, {"narrow", lineRun(9, 0.2)}}, Modes(-2, 2)), 8},
	} {
		comparePicture(t, c.name, drawn(t, c.scene, c.frame))
	}
}

func TestDiffusion(t *testing.T) {
	run := noisyRun(11, 40)
	s := Diffusion(run, Drop(1, -1))
	d := documentOf(t, s)
	p := d.Panels[0].Spec.(*planeSpec)
	if p.Window != [4]float64{-3, 3, -3, 3} || p.Raster == nil || p.Arrows == nil || p.Flow == nil || p.Moves != nil || p.Points[0].Trail != diffusionTrail || p.Points[0].Field != "$shown" {
		t.Fatalf("%+v", p)
	}
	if got := Diffusion(run, Trail(0)).stills[0].(*planeSpec).Points[0].Trail; got != 0 {
		t.Errorf("Trail(0) leaves trails of %d frames", got)
	}
	if got := d.State; got["shown"] != "x" || got["particle"] != "1 -1 999" || got["click"] != clickDrops || got[p.Arrows.Mode] != arrowNormalised {
		t.Errorf("state %v", got)
	}
	if want := "At t = 499 (τ = 0.50): 40 points. The particle is at "; !strings.HasPrefix(said(s, 5), want) {
		t.Errorf("%q, want %q…", said(s, 5), want)
	}
	if got, want := said(Diffusion(run), 5), "At t = 499 (τ = 0.50): 40 points."; got != want {
		t.Errorf("without a particle %q, want %q", got, want)
	}
	later := Diffusion(run)
	later.doc.State["particle"] = "1 -1 299"
	if got, want := readingsOf(later, 2)["particle"], " The particle is dropped at t = 299."; got != want {
		t.Errorf("before it is dropped %q, want %q", got, want)
	}
	if len(d.Chapters) != 2 || d.Chapters[1].At != 6 { // sin² passes a half between the middle frame and the next
		t.Errorf("chapters %v", d.Chapters)
	}
	for _, name := range []string{"x", "x0", "noise", "score"} {
		if d.Tracks[0].Schema().Field(name) == nil || d.Blend[name] == "" {
			t.Errorf("%s does not travel, or does not move between frames", name)
		}
	}
	if d.Tracks[0].Schema().Field("real") != nil || d.Tracks[0].Schema().Field("added") != nil {
		t.Errorf("the page gets what is not drawn: %s", contents(d.Tracks[0]))
	}
	if run.Schema().Field(densityField) != nil || d.Sources[0] != run {
		t.Error("the run that was given has been changed, or is not the source")
	}
}

// What is drawn of a sample is what the state says: the mean of the predicted x0 is where the data are, at any t, and there is no noise at the end.
func TestDiffusionShowsWhatIsChosen(t *testing.T) {
	s := Diffusion(noisyRun(5, 40), Field("noise"))
	m := (&poster{scene: s}).moment(0, 4)
	if f := s.stills[0].(*planeSpec).Points[0].at(m, m.snapshot(0)); f != nil || said(s, 4) != "At t = −1 (τ = 1.00): 0 points." {
		t.Errorf("the noise of the data: %v, %q", f, said(s, 4))
	}
	s.doc.State[shownState] = "x0"
	m = (&poster{scene: s}).moment(0, 4)
	f := s.stills[0].(*planeSpec).Points[0].at(m, m.snapshot(0))
	if f == nil || f.Name != "x0" {
		t.Fatalf("x0 is chosen, %v is drawn", f)
	}
}

// The oracle is the solution of the probability-flow ODE for normal data, whose quantiles stay; the steps near it at first order.
func TestAParticleFollowsTheScore(t *testing.T) {
	var errs []float64
	for _, frames := range []int{21, 41, 81, 161} {
		run := noisyRun(frames, 4)
		s := Diffusion(run)
		flow := s.stills[0].(*planeSpec).Flow
		from, way := flow.way(run, [4]float64{-3, 3, -3, 3}, 1, -1, 999)
		if from != 0 || len(way) != frames {
			t.Fatalf("%d frames: from %d, %d places", frames, from, len(way))
		}
		abar, _ := run.At(0).Scalar("alpha-bar")
		worst := 0.0
		for c, x := range []float64{1, -1} {
			z := (x - math.Sqrt(abar)*normalMean) / math.Sqrt(abar*normalSpread*normalSpread+1-abar)
			worst = max(worst, math.Abs(way[frames-1][c]-(normalMean+normalSpread*z)))
		}
		errs = append(errs, worst)
	}
	for i := range errs[1:] {
		if r := errs[i] / errs[i+1]; r < 1.6 {
			t.Errorf("errors %v: with twice the frames the error falls by %.2f, want about 2", errs, r)
		}
	}
	if last := errs[len(errs)-1]; last > 0.02 {
		t.Errorf("with 161 frames the particle is off by %v", last)
	}
	run := noisyRun(11, 4)
	flow := Diffusion(run).stills[0].(*planeSpec).Flow
	for _, c := range []struct {
		time float64
		from int
	}{{1e9, 0}, {999, 0}, {900, 0}, {899, 1}, {-1, 10}, {-50, 10}} {
		if from, way := flow.way(run, [4]float64{-3, 3, -3, 3}, 0, 0, c.time); from != c.from || len(way) != 11-c.from {
			t.Errorf("dropped at %v it starts in frame %d with %d places, want frame %d", c.time, from, len(way), c.from)
		}
	}
}

// A density has the mean and the spread of the points, with its kernel's, and holds all of them.
func TestDensity(t *testing.T) {
	points := []float32{0, 0, 1, 0.5, 1, -0.5, float32(math.NaN()), 0, -1, 0.25}
	const side = 48
	w := [4]float64{-3, 3, -3, 3}
	cell := 6.0 / side
	sum, mean, square := 0.0, 0.0, 0.0
	for i, v := range densityOf(points, w, side) {
		x, share := -3+cell*(float64(i%side)+0.5), float64(v)*cell*cell
		sum, mean, square = sum+share, mean+share*x, square+share*x*x
	}
	if math.Abs(sum-1) > 1e-3 || math.Abs(mean-0.25) > 1e-3 || math.Abs(square-(0.75+cell*cell)) > 3e-3 {
		t.Errorf("it holds %v with mean %v and mean square %v, want 1, 0.25 and %v", sum, mean, square, 0.75+cell*cell)
	}
}

// The parts of a step add up to it.
func TestMovesAddUp(t *testing.T) {
	run := noisyRun(6, 8)
	p := Diffusion(run, Moves()).stills[0].(*planeSpec)
	for frame := range 5 {
		m := moment{frame: frame, tracks: []*xainb.Track{run}}
		way, ok := p.Moves.of(m, 3)
		x, next, added := run.At(frame).Field("x").Data, run.At(frame+1).Field("x").Data, run.At(frame).Field("added").Data
		for c := range 2 {
			if !ok || way[0][c] != float64(x[6+c]) || way[2][c] != float64(next[6+c]) || math.Abs(way[2][c]-way[1][c]-float64(added[6+c])) > 1e-6 {
				t.Fatalf("frame %d: %v of %v, %v and %v", frame, way, x[6+c], added[6+c], next[6+c])
			}
		}
	}
	if _, ok := p.Moves.of(moment{frame: 5, tracks: []*xainb.Track{run}}, 3); ok {
		t.Error("there is a step from the last frame")
	}
}

// A run with few steps holds between them; the distance is that of the frames that are shown.
func TestInStep(t *testing.T) {
	many, few := noisyRun(21, 40), noisyRun(6, 40)
	for name, s := range map[string]*Scene{"InStep": InStep([]Variant{{"many", many}, {"few", few}}), "Compare": Compare(many, few, Names("many", "few"))} {
		d := documentOf(t, s)
		if len(d.Panels) != 3 || d.Moments() != 21 || d.Layout == nil || !d.Layout.Column {
			t.Fatalf("%s: %d panels, %d moments", name, len(d.Panels), d.Moments())
		}
		for moment, want := range map[int]int{0: 0, 3: 0, 4: 1, 7: 1, 8: 2, 20: 5} {
			if a, b := d.Frame(1, moment), d.Frame(2, moment); a != moment || b != want {
				t.Errorf("%s: at moment %d frames %d and %d are shown, want %d and %d", name, moment, a, b, moment, want)
			}
		}
		if got := readingsOf(s, 4)["distance"]; got != "0" && got != "0.00" {
			t.Errorf("%s: where both stand at one t they are %s apart", name, got)
		}
		x, y := many.At(6).Field("x").Data, few.At(1).Field("x").Data
		sum := 0.0
		for i := range x {
			sum += math.Pow(float64(x[i])-float64(y[i]), 2)
		}
		if got, want := readingsOf(s, 6)["distance"], formatNumber(math.Sqrt(sum/40)); got != want {
			t.Errorf("%s: distance %s, want %s", name, got, want)
		}
		a, b := s.stills[1].(*planeSpec), s.stills[2].(*planeSpec)
		if a.Head != "many" || b.As != "b." || a.Arrows.Unit != b.Arrows.Unit {
			t.Errorf("%s: %+v, %+v", name, a, b)
		}
		if got := s.doc.Sources; len(got) != 2 || got[0] != many || got[1] != few {
			t.Errorf("%s: the sources are not the two recordings", name)
		}
	}
	three := InStep([]Variant{{"a", many}, {"b", few}, {"c", noisyRun(11, 40)}})
	if d := documentOf(t, three); len(d.Panels) != 4 || !slices.Contains(d.Tracks[0].Schema().Scalars, "distance 2-3") {
		t.Errorf("of three runs %d panels, %s", len(d.Panels), contents(d.Tracks[0]))
	}
	if got := said(three, 0); !strings.Contains(got, "the first two are 0 apart") && !strings.Contains(got, "the first two are 0.00 apart") {
		t.Errorf("%q", got)
	}
}

// Steps stand beside the picture, and time where it is told; what is told changes no track.
func TestTook(t *testing.T) {
	many, few := noisyRun(21, 40), noisyRun(6, 40).WithCounts(1001, 995)
	runs := []Variant{{"many", many}, {"few", few}}
	plain, timed := InStep(runs), InStep(runs, Took(1540*time.Millisecond, 21400*time.Microsecond))
	if got, want := documentOf(t, plain).Subtitle, "On one clock: each stands at its last step up to the same t. Steps: many 20, few 1,000."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	d := documentOf(t, timed)
	a, b := timed.stills[1].(*planeSpec).Head, timed.stills[2].(*planeSpec).Head
	if a != "many · 1.5 s" || b != "few · 21 ms" || !strings.HasSuffix(d.Subtitle, "few 1,000. Beside each name is what it took by the clock, recording included.") {
		t.Errorf("%q, %q, %q", a, b, d.Subtitle)
	}
	for i, u := range documentOf(t, plain).Tracks {
		if u.Hash() != d.Tracks[i].Hash() {
			t.Errorf("track %d is another when the time is told", i)
		}
	}
	cached := Compare(many, few, Names("many", "few"), Took(0, 0))
	if got := documentOf(t, cached); got.Panels[1].Spec.(*planeSpec).Head != "many" || strings.Contains(got.Subtitle, "clock, recording") {
		t.Errorf("of runs from the cache: %q, %q", got.Panels[1].Spec.(*planeSpec).Head, got.Subtitle)
	}
	for took, want := range map[time.Duration]string{time.Microsecond: "< 1 ms", 999 * time.Millisecond: "999 ms", time.Second: "1.0 s", 2000 * time.Second: "2,000 s"} {
		if got := clockTime(took); got != want {
			t.Errorf("%v is written %q, want %q", took, got, want)
		}
	}
}

// A grid's straight lines and the values at the positions are exact where a curve is straight.
func TestCurves(t *testing.T) {
	run := curvesRun()
	s := Curves(run, Fields("straight", "bent"), Marks("even t", "late t"))
	p := s.stills[0].(*curvesSpec)
	if p.Span != [2]float64{0, 980} || p.Scale != [2]float64{-1, 1} || len(p.Curves) != 2 || p.Curves[0].At[3] != 60 {
		t.Fatalf("%+v", p)
	}
	if got, want := said(s, 5), "At step 5, even t is at 0, where straight is 1.00."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := readingsOf(s, 1)["late t.value"]; got != "0" && got != "0.00" { // 490 is the middle, where the straight curve is 0
		t.Errorf("in the middle the straight curve is %s", got)
	}
	x, y := curveSpec{At: []float64{1, 2, 4}, Step: true}.line([]float64{5, 6, 7})
	if !slices.Equal(x, []float64{0.5, 1.5, 1.5, 3, 3, 5}) || !slices.Equal(y, []float64{5, 5, 6, 6, 7, 7}) {
		t.Errorf("bins %v %v", x, y)
	}
	if got := documentOf(t, Curves(snaps(func(s *xainb.Snapshot) { s.Put("one", []float32{3}, xainb.Dim{Name: "n", Size: 1}) }))).Panels[0].Spec.(*curvesSpec).Span; !(got[0] < got[1]) {
		t.Errorf("one position spans %v", got)
	}
}

func TestHistogram(t *testing.T) {
	s := Histogram([]Variant{{"right", lineRun(9, 0.5)}, {"narrow", lineRun(5, 0.2)}}, Modes(-2, 2))
	p := s.stills[0].(*curvesSpec)
	if len(p.Curves) != 3 || !p.Curves[0].Quiet || !p.Curves[2].Step {
		t.Fatalf("%+v", p.Curves)
	}
	d := documentOf(t, s)
	if d.Moments() != 9 || !strings.HasPrefix(said(s, 8), "At t = −1 (τ = 1.00): right 0.50 and narrow 0.2") {
		t.Errorf("%d moments, %q", d.Moments(), said(s, 8))
	}
	width := p.Curves[1].At[1] - p.Curves[1].At[0]
	sum := 0.0
	for _, v := range d.Tracks[0].At(8).Field("histogram of right").Data {
		sum += float64(v) * width
	}
	if math.Abs(sum-1) > 0.01 {
		t.Errorf("the shares sum to %v", sum)
	}
	for _, c := range []struct {
		values []float32
		modes  []float64
		want   float64
	}{
		{[]float32{-3, -1, 1, 3}, nil, math.Sqrt(5)}, {[]float32{-3, -1, 1, 3}, []float64{-2, 2}, 1}, {[]float32{7, 7, float32(math.Inf(1))}, []float64{0, 100}, 0}, {nil, nil, math.NaN()},
	} {
		if got := deviation(c.values, c.modes); math.Abs(got-c.want) > 1e-12 || (got != got) != (c.want != c.want) {
			t.Errorf("deviation of %v within %v is %v, want %v", c.values, c.modes, got, c.want)
		}
	}
	tiny := Histogram([]Variant{{"tiny", snaps(func(s *xainb.Snapshot) { s.Put("x", []float32{1e-40, 2e-40}, xainb.Dim{Name: "sample", Size: 2}) })}})
	if top := tiny.stills[0].(*curvesSpec).Scale[1]; math.IsInf(top, 0) || top <= 0 {
		t.Errorf("values closer together than densities can say have densities up to %v", top)
	}
	plane := Histogram([]Variant{{"x", noisyRun(3, 100)}}, Coordinate(1))
	if got := readingsOf(plane, 0); len(documentOf(t, plane).Panels) != 1 || got == nil {
		t.Errorf("one coordinate: %v", got)
	}
}

func TestDigitSheets(t *testing.T) {
	run := digitRun()
	s := Diffusion(run)
	d := documentOf(t, s)
	if len(d.Panels) != 3 || d.Subtitle != "Asked for, in rows: 3 –." || d.State[shownState] != "x0" {
		t.Fatalf("%d panels, %q, %v", len(d.Panels), d.Subtitle, d.State)
	}
	if f := d.Tracks[0].At(0).Field("nearest"); f == nil || !slices.Equal(f.Data, run.At(3).Field("nearest").Data) {
		t.Error("the nearest images are not there from the start")
	}
	if run.At(0).Field("nearest") != nil {
		t.Error("the run has been changed")
	}
	a := PatchAttention(run)
	if doc := documentOf(t, a); doc.Moments() != 1 || doc.Sources[0] != run || said(a, 0) != "At t = 199 (τ = 0.33) the largest weight is 1.00: patch 1,1 looks at 1,1." {
		t.Errorf("%d moments, %q", doc.Moments(), said(a, 0))
	}
}

func TestDiffusionErrors(t *testing.T) {
	plain := snaps(func(s *xainb.Snapshot) { s.PutScalar("loss", 1) })
	run := noisyRun(4, 8)
	solid := snaps(func(s *xainb.Snapshot) {
		s.Put("x", make([]float32, 8), xainb.Dim{Name: "a", Size: 2}, xainb.Dim{Name: "b", Size: 2}, xainb.Dim{Name: "c", Size: 2})
	})
	for _, c := range []struct{ got, want string }{
		{errorOf(Diffusion(plain)), `charts: Diffusion: the run has no field "x"; it has the scalar loss`},
		{errorOf(Diffusion(solid)), "charts: Diffusion: the field x [a=2 b=2 c=2] is not"},
		{errorOf(Diffusion(run, Trail(-1))), "charts: Diffusion: Trail(-1): give 0 or a positive number"},
		{errorOf(Diffusion(run, Field("real"))), `charts: Diffusion: Field("real"): what can be shown of a sample here is x, x0 and noise`},
		{errorOf(Diffusion(run, Drop(math.NaN(), 0))), "charts: Drop(NaN, 0): give finite numbers"},
		{errorOf(Diffusion(run.Pick("x"), Drop(0, 0))), "charts: Diffusion: Drop: the run has no score"},
		{errorOf(Diffusion(run.Pick("x"), Moves())), "charts: Diffusion: Moves: the run has no field added"},
		{errorOf(Diffusion(run.WithCounts(100, 96), Moves())), "charts: Diffusion: Moves: 4 of the run's 100 steps have a frame"},
		{errorOf(InStep([]Variant{{"a", run}})), "charts: InStep of 1 runs: give two or three"},
		{errorOf(InStep([]Variant{{"a", run}, {"a", run}})), `charts: InStep: two runs are called "a"`},
		{errorOf(InStep([]Variant{{"a", run}, {"b", plain}})), "charts: InStep: b has no points x"},
		{errorOf(InStep([]Variant{{"a", run}, {"b", run}}, Took(1))), "charts: Took of 1 times for 2 runs: give one for each"},
		{errorOf(InStep([]Variant{{"a", run}, {"b", run}}, Took(1, -1))), "charts: Took([1ns -1ns]): a run takes no time below 0"},
		{errorOf(Curves(plain)), "charts: Curves: the run has no 1-D field"},
		{errorOf(Curves(curvesRun(), Marks("loss"))), `charts: Curves: Marks("loss"): the run has no such scalar`},
		{errorOf(Curves(curvesRun(), Marks("a", "b", "c", "d", "e", "f", "g"))), "charts: Marks of 7 scalars: give up to 6"},
		{errorOf(Histogram(nil)), "charts: Histogram of 0 runs: give 1 to 5"},
		{errorOf(Histogram([]Variant{{"a", plain}})), `charts: Histogram: a has no field "x"`},
		{errorOf(Histogram([]Variant{{"a", run}}, Coordinate(2))), "charts: Histogram: Coordinate(2): the field x [sample=8 xy=2] has columns 0 to 1"},
		{errorOf(PatchAttention(run)), "charts: PatchAttention: the run has no field attention"},
	} {
		if !strings.HasPrefix(c.got, c.want) {
			t.Errorf("error\n%s\nwant\n%s", c.got, c.want)
		}
	}
}

// Values that are not finite, points that come and go, a grid of one cell, a particle that is dropped nowhere: each is drawn in every frame.
func TestDiffusionOddRuns(t *testing.T) {
	points := func(s *xainb.Snapshot, v ...float32) {
		s.Put("x", v, xainb.Dim{Name: "sample", Size: len(v) / 2}, xainb.Dim{Name: "xy", Size: 2})
		s.PutScalar("tau", 0.5)
		s.PutScalar("alpha-bar", float64(v[0]))
	}
	one := func(s *xainb.Snapshot, u float32) {
		s.Put("score", []float32{u, u}, xainb.Dim{Name: "y", Size: 1}, xainb.Dim{Name: "x", Size: 1}, xainb.Dim{Name: "uv", Size: 2})
	}
	real := func(s *xainb.Snapshot, v ...float32) {
		s.Put("real", v, xainb.Dim{Name: "sample", Size: len(v) / 2}, xainb.Dim{Name: "xy", Size: 2})
	}
	for name, run := range map[string]*xainb.Track{
		"not finite": snaps(func(s *xainb.Snapshot) { points(s, nan, 0, inf, 1); one(s, nan); real(s, nan, inf) }, func(s *xainb.Snapshot) { points(s, 0, 0, 1, 1) }),
		"one":        snaps(func(s *xainb.Snapshot) { points(s, 0.5, 1); one(s, 1e30); real(s, 0.5, 1) }),
		"fewer":      snaps(func(s *xainb.Snapshot) { points(s, 0, 0, 1, 1) }, func(s *xainb.Snapshot) { points(s, 1, 1) }),
	} {
		scenes := map[string]*Scene{"plain": Diffusion(run), "in step": Compare(run, run, Names("a", "b")), "histogram": Histogram([]Variant{{"a", run}})}
		if run.Schema().Field("score") != nil {
			scenes["drop"] = Diffusion(run, Drop(0, 0))
		}
		for kind, s := range scenes {
			d, err := s.Document()
			if err != nil {
				t.Errorf("%s of %s: %v", kind, name, err)
				continue
			}
			for f := range d.Moments() {
				for _, particle := range []string{"", "nonsense", "1e308 0 0", "NaN 0 0"} {
					if kind == "plain" {
						s.doc.State["particle"] = particle
					}
					if _, err := (&poster{scene: s}).Draw(f); err != nil {
						t.Errorf("%s of %s, frame %d: %v", kind, name, f, err)
					}
				}
			}
		}
	}
}
