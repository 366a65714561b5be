package charts

import (
	"image/color"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/internal/curve"
	"github.com/xainb/gonb-xai/xainb"
)

// waysRun is 12 samples of four classes that go from a ring, in which classes alternate, to their class's corner, with the fields of kernels/embed.Trajectories. In the
// plane "pca" they go on straight lines.
func waysRun(steps int, names ...string) *xainb.Track {
	var fill []func(*xainb.Snapshot)
	for k := range steps {
		fill = append(fill, func(s *xainb.Snapshot) {
			s.Time, s.TimeName = float64(steps-1-k), "t"
			u := float64(k) / float64(steps-1)
			near, flat, class := make([]float32, 24), make([]float32, 24), make([]float32, 12)
			for i := range 12 {
				class[i] = float32(i % 4)
				from, to := math.Pi/6*float64(i), math.Pi/2*float64(i%4)+0.2*float64(i/4)
				x, y := 4*math.Cos(from)*(1-u)+6*math.Cos(to)*u, 4*math.Sin(from)*(1-u)+6*math.Sin(to)*u
				flat[2*i], flat[2*i+1] = float32(x), float32(y)
				sin, cos := math.Sincos(3 * u * u)
				near[2*i], near[2*i+1] = float32(10*(x*cos-y*sin)), float32(10*(x*sin+y*cos))
			}
			sample, xy := xainb.Dim{Name: "sample", Size: 12}, xainb.Dim{Name: "xy", Size: 2}
			s.Put("tsne", near, sample, xy)
			s.Put("pca", flat, sample, xy)
			s.Put("class", class, sample)
			s.Put("share", []float32{0.5, 0.0712}, xainb.Dim{Name: "component", Size: 2})
			s.PutScalar("alike", u)
			if names != nil {
				s.PutLabels("class", names)
			}
		})
	}
	return snaps(fill...)
}

func TestTrajectoryPictures(t *testing.T) {
	for _, c := range []struct {
		name  string
		scene *Scene
		frame int
	}{
		{"poster_trajectories", Trajectories(waysRun(13)), 8},
		{"poster_trajectories_named", Trajectories(waysRun(13, "north", "a class of a very long name indeed", "south", "west")), 12},
	} {
		comparePicture(t, c.name, drawn(t, c.scene, c.frame))
	}
}

func TestTrajectories(t *testing.T) {
	s := Trajectories(waysRun(13))
	d := documentOf(t, s)
	near, flat := d.Panels[0].Spec.(*planeSpec), d.Panels[1].Spec.(*planeSpec)
	w := near.Points[0].Ways
	if !near.Bare || near.Points[0].Trail != 24 || !w.Marks || !slices.Equal(w.Classes, []string{"0", "1", "2", "3"}) || !slices.Equal(w.Of[:5], []int{0, 1, 2, 3, 0}) {
		t.Errorf("%+v, %+v", near, w)
	}
	if !strings.Contains(near.Head, "lengths, speeds and gaps mean nothing") {
		t.Errorf("over t-SNE stands %q", near.Head)
	}
	if want := [2]string{"component 1, 50% of the variance", "component 2, 7.1% of the variance"}; flat.Columns != want || flat.Bare {
		t.Errorf("the axes of PCA are %q", flat.Columns)
	}
	if d.Blend["tsne"] != xainb.Linear || d.Blend["pca"] != xainb.Linear {
		t.Errorf("%v", d.Blend)
	}
	// A run of 12 steps takes 12 seconds, of 24 frames each.
	if w.Per != 24 || d.Seconds != 1 {
		t.Errorf("%d frames from step to step, %v seconds", w.Per, d.Seconds)
	}
	if got := d.Tracks[0].Schema(); got.Field("share") != nil || got.Field("class") != nil {
		t.Errorf("the page gets what is not drawn: %s", contents(d.Tracks[0]))
	}
	// At first each sample's neighbours on the ring are of other classes; at the end they are of its own.
	for frame, want := range map[int]string{
		0:  "At t = 12, 0% of the samples have one of their own class as the nearest. In t-SNE, which knows how each way ends, it looks like 0%, in PCA like 0%.",
		12: "At t = 0, 100% of the samples have one of their own class as the nearest. In t-SNE, which knows how each way ends, it looks like 100%, in PCA like 100%.",
	} {
		if got := said(s, frame); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	// On a straight line at one pace a step is a twelfth of the way.
	run := waysRun(13)
	a, b := run.At(0).Field("pca").Data, run.At(12).Field("pca").Data
	moved := 0.0
	for i := range 12 {
		moved += math.Hypot(float64(b[2*i]-a[2*i]), float64(b[2*i+1]-a[2*i+1])) / 12 / 12
	}
	if got, first := readingsOf(s, 5)["pca.moved"], readingsOf(s, 0)["pca.moved"]; got != formatNumber(moved) || first != formatNumber(0) {
		t.Errorf("in a step they move by %s, at first by %s; want %v", got, first, moved)
	}
}

func TestAutoDrawsTrajectories(t *testing.T) {
	if s := Auto(waysRun(4)); s.Err() != nil || len(s.doc.Panels) != 2 || s.doc.Panels[1].Spec.(*planeSpec).As != "pca." {
		t.Errorf("%v, %d panels", s.Err(), len(s.doc.Panels))
	}
}

func TestTrajectoriesOfOtherFields(t *testing.T) {
	s := Trajectories(waysRun(4), Field("pca"), Trail(5))
	p := documentOf(t, s).Panels[0].Spec.(*planeSpec)
	if len(s.doc.Panels) != 1 || p.As != "" || p.Points[0].Trail != 5 || p.Points[0].Ways.Per != 29 {
		t.Errorf("%+v, %+v", p, p.Points[0].Ways)
	}
	if got := said(s, 3); got != "At t = 0, 100% of the samples have one of their own class as the nearest." {
		t.Errorf("%q", got)
	}
	plain := snaps(func(s *xainb.Snapshot) {
		s.Put("z", []float32{0, 0, 3, 4}, xainb.Dim{Name: "point", Size: 2}, xainb.Dim{Name: "xy", Size: 2})
	}, func(s *xainb.Snapshot) {
		s.Put("z", []float32{3, 4, 3, 4}, xainb.Dim{Name: "point", Size: 2}, xainb.Dim{Name: "xy", Size: 2})
	})
	s = Trajectories(plain)
	if got := said(s, 1); got != "At step 1 the samples have moved by 2.50 on average." || s.doc.Panels[0].Spec.(*planeSpec).Points[0].Ways.Of != nil {
		t.Errorf("%q", got)
	}
	grows := snaps(func(s *xainb.Snapshot) {
		s.Put("z", []float32{0, 0}, xainb.Dim{Name: "point", Size: 1}, xainb.Dim{Name: "xy", Size: 2})
	}, func(s *xainb.Snapshot) {
		s.Put("z", []float32{3, 4, 3, 4}, xainb.Dim{Name: "point", Size: 2}, xainb.Dim{Name: "xy", Size: 2})
	})
	for what, s := range map[string]*Scene{
		"as many samples in each frame": Trajectories(grows),
		"Trail(-1)":                     Trajectories(plain, Trail(-1)),
		`has no field "nothing"`:        Trajectories(plain, Field("nothing")),
		"there are no frames":           Trajectories(nil),
	} {
		if s.Err() == nil || what != "there are no frames" && !strings.Contains(s.Err().Error(), what) {
			t.Errorf("%s: %v", what, s.Err())
		}
	}
}

func TestClassesOfSamples(t *testing.T) {
	for _, c := range []struct {
		class []float32
		names []string
		of    []int
		want  []string
		marks bool
	}{
		{[]float32{7, -1, 3}, nil, []int{1, -1, 0}, []string{"3", "7"}, true},
		{[]float32{0, 1, 0}, []string{"cat", "dog"}, []int{0, 1, 0}, []string{"cat", "dog"}, false},
		{[]float32{0, 1, 2}, []string{"A", "B"}, []int{0, 1, 2}, []string{"A", "B", "2"}, true},
		{[]float32{-1, -1, -1}, nil, nil, nil, false},
		{[]float32{0.5, 1, 2}, nil, nil, nil, false},
		{[]float32{nan, 1, 2}, nil, nil, nil, false},
		{[]float32{0, 1}, nil, nil, nil, false},
	} {
		run := snaps(func(s *xainb.Snapshot) {
			s.Put("z", make([]float32, 6), xainb.Dim{Name: "sample", Size: 3}, xainb.Dim{Name: "xy", Size: 2})
			s.Put("class", c.class, xainb.Dim{Name: "sample of a class", Size: len(c.class)})
			if c.names != nil {
				s.PutLabels("class", c.names)
			}
		})
		w := waysOf(run, run.Schema().Field("z"))
		if !slices.Equal(w.Of, c.of) || !slices.Equal(w.Classes, c.want) || w.Marks != c.marks {
			t.Errorf("%v: %+v", c.class, w)
		}
	}
}

// On the knots a poster's point is the recorded one, and between them on the curve of internal/curve.
func TestWaysPassThroughSteps(t *testing.T) {
	run := waysRun(7)
	for i, c := range wayCurves(run, "tsne") {
		for k, s := range run.Frames() {
			d := s.Field("tsne").Data
			if x, y := wayAt(c, float64(k)); x != float64(d[2*i]) || y != float64(d[2*i+1]) {
				t.Fatalf("sample %d misses step %d", i, k)
			}
		}
	}
}

// vision is what is left of linear RGB to readers without one of the three kinds of cones, at full severity (Machado, Oliveira and Fernandes 2009, table 1).
var vision = map[string][9]float64{
	"trichromacy":  {1, 0, 0, 0, 1, 0, 0, 0, 1},
	"protanopia":   {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
	"deuteranopia": {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
	"tritanopia":   {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900},
}

// oklab returns a colour as somebody with that vision sees it, in OKLab (Ottosson 2020, https://bottosson.github.io/posts/oklab/).
func oklab(c color.RGBA, m [9]float64) [3]float64 {
	var lin, seen [3]float64
	for k, v := range [3]uint8{c.R, c.G, c.B} {
		x := float64(v) / 255
		lin[k] = pick(x <= 0.04045, x/12.92, math.Pow((x+0.055)/1.055, 2.4))
	}
	for k := range seen {
		seen[k] = min(1, max(0, m[3*k]*lin[0]+m[3*k+1]*lin[1]+m[3*k+2]*lin[2]))
	}
	r, g, b := seen[0], seen[1], seen[2]
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	mm := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	return [3]float64{0.2104542553*l + 0.7936177850*mm - 0.0040720468*s, 1.9779984951*l - 2.4285922050*mm + 0.4505937099*s, 0.0259040371*l + 0.7827717662*mm - 0.8086757660*s}
}

// The classes' colours differ for every kind of colour vision and stand out from the page, in both themes; those of the posters are the page's.
func TestClassColoursAreToldApart(t *testing.T) {
	hexes := regexp.MustCompile(`(light|dark): (\[("#[0-9a-f]{6}"(, )?)+\])`)
	found := hexes.FindAllStringSubmatch(partsJS, -1)
	if len(found) != 2 {
		t.Fatalf("%d themes", len(found))
	}
	for _, f := range found {
		page := pick(f[1] == "light", paper, color.RGBA{0x11, 0x13, 0x17, 0xff})
		var all []color.RGBA
		for _, h := range regexp.MustCompile(`[0-9a-f]{6}`).FindAllString(f[2], -1) {
			v, err := strconv.ParseUint(h, 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, hex(uint32(v)))
		}
		if f[1] == "light" && !slices.Equal(all, classColours) {
			t.Errorf("the posters have %v, the page %v", classColours, all)
		}
		if len(all) != 10 {
			t.Errorf("%d colours", len(all))
		}
		for i, a := range all {
			if c := contrast(a, page); c < 3 {
				t.Errorf("%s: colour %d has a contrast of %v", f[1], i, c)
			}
			for j := range i {
				for kind, m := range vision {
					x, y := oklab(a, m), oklab(all[j], m)
					if d := math.Hypot(math.Hypot(x[0]-y[0], x[1]-y[1]), x[2]-y[2]); d < 0.11 {
						t.Errorf("%s: colours %d and %d are %.3f apart in %s", f[1], j, i, d, kind)
					}
				}
			}
		}
	}
}

// waysTwins are what Go and the page compute alike for points on curves; plane_test.mjs checks the same file.
type waysTwins struct {
	Curves []curveTwin
	Alike  []alikeTwin
	Fits   [][2]any // boxes, which of them fit
}

type curveTwin struct {
	Points []string
	Times  []float64
	Want   [][2]string
}

type alikeTwin struct {
	Points  []string
	Of      []int
	Percent string
	Medoids []int // of the classes 0, 1 and 2
}

func TestWaysTwins(t *testing.T) {
	var out waysTwins
	for _, points := range [][]float64{
		{0, 0, 1, 0, 1, 1, 2, 1}, {3, 4}, {0, 0, 0, 0, 5, 5}, {0, 0, 100, 1, 101, 0, 101, 0, 90, 3}, {0, 0, 1, 1, math.NaN(), 2, 3, 3, 4, 5}, {0, 0, 1, 1, math.Inf(1), 2, 3, 3},
	} {
		c, twin := curve.Through(slices.Clone(points), 2), curveTwin{}
		for _, v := range points {
			twin.Points = append(twin.Points, exactly(v))
		}
		for k := range len(points)/2*4 - 3 {
			time := float64(k) / 4
			x, y := wayAt(c, time)
			twin.Times, twin.Want = append(twin.Times, time), append(twin.Want, [2]string{exactly(x), exactly(y)})
		}
		out.Curves = append(out.Curves, twin)
	}
	for _, c := range []struct {
		points []float32
		of     []int
	}{
		{[]float32{0, 0, 1, 0, 9, 9, 9, 8}, []int{0, 0, 1, 1}}, {[]float32{0, 0, 1, 0, 9, 9, 9, 8}, []int{0, 1, 0, -1}},
		{[]float32{0, 0, nan, 0, 9, 9, 2, 0, 3, 0, 4, 1}, []int{0, 0, 1, 0, 1, 0}}, {[]float32{0, 0}, []int{0}}, {[]float32{5, 5, 6, 6}, []int{-1, -1}},
	} {
		twin := alikeTwin{Of: c.of, Percent: alikePercent(c.points, c.of)}
		for _, v := range c.points {
			twin.Points = append(twin.Points, exactly(float64(v)))
		}
		for k := range 3 {
			twin.Medoids = append(twin.Medoids, medoid(c.points, c.of, k))
		}
		out.Alike = append(out.Alike, twin)
	}
	for _, boxes := range [][][4]float64{{{0, 0, 10, 10}, {5, 5, 10, 10}, {12, 5, 3, 3}, {9, 0, 1, 10}, {10, 0, 1, 1}}, {{0, 0, 5, 5}}, {}} {
		out.Fits = append(out.Fits, [2]any{boxes, labelsThatFit(boxes)})
	}
	checkTwins(t, "ways.json", out, "plane_test.mjs")
}
