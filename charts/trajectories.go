package charts

import (
	_ "embed" // the painter's JavaScript
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/xainb/gonb-xai/xainb"
)

//go:embed plane_paths.js
var planePathsJS string

var planePathsScript = xainb.Script{Name: "plane_paths", Source: planePathsJS}

// The pace of [Trajectories]: a run takes about runSeconds, a second has frameRate frames, in which trails are counted.
const (
	frameRate  = 24
	runSeconds = 12
	usualTrail = frameRate
)

// planeWays makes the points of a plane go on curves from step to step (plane_paths.js).
type planeWays struct {
	Per     int      `json:"per"`               // frames, of 1/24 s, from a step to the next
	Of      []int    `json:"of,omitempty"`      // the class of each point, a position in Classes, -1 for none
	Classes []string `json:"classes,omitempty"` // their names
	Marks   bool     `json:"marks,omitempty"`   // points are drawn as the names of their classes
	Legend  bool     `json:"legend,omitempty"`  // it says which colour is which class
}

// Trajectories draws the samples of a run as points that move: fields "tsne" and "pca" [sample, xy=2], as kernels/embed.Trajectories makes them, in two
// planes on one clock; with [Field], or where those are missing, one plane of any field [sample, 2]. Between two steps a sample goes on a centripetal Catmull-Rom curve
// through the steps, and the player says that what it shows is interpolated. Trails fade by 0.85 every 24th of a second at the usual speed; [Trail] sets how many of these they last, 24 where it does
// not. A sample that is clicked shows its whole way with its steps.
//
// A field "class" [sample] gives samples the colours of their classes, which are told apart in any colour blindness, with the names that the run has
// along "class", or their numbers; names of one or two letters take the place of the points. A class below 0 is none.
//
// A field "share" [component=2] says how much of the variance the axes of PCA hold. Those of t-SNE have no numbers: they mean nothing.
//
// Captions can use {points}, {outside}, {feature}, {x}, {y} and {said}, as those of [GANSamples]; {alike}, how many of the samples with a class have one of the same class as their
// nearest in the plane, {whole}, the same in all dimensions, of a scalar "alike" of the run, and {moved}, how far the samples have moved since the step before, on average. Of two planes the names begin
// with "tsne." and "pca.".
func Trajectories(run xainb.Source, opts ...Option) *Scene {
	s, t := newScene(run, "Trajectories")
	if s.err != nil {
		return s
	}
	o := optionsOf(opts)
	if o.trail < 0 {
		return s.fail(fmt.Errorf("charts: Trajectories: Trail(%d): give a positive number of 24ths of a second, or 0 for %d", o.trail, usualTrail))
	}
	names := []string{"tsne", "pca"}
	if o.field != "" || !hasBothWays(t) {
		f, err := fieldFor(t, "Trajectories", o.field, "field [sample, 2] with as many samples in each frame", waysIn(t), nil)
		if err != nil {
			return s.fail(err)
		}
		names = []string{f.Name}
	}
	s.shipOnly(t, names...)
	w := waysOf(t, t.Schema().Field(names[0]))
	w.Per = max(1, int(math.Round(frameRate*min(1.2, runSeconds/float64(max(1, t.Len()-1))))))
	s.doc.Seconds = float64(w.Per) / frameRate
	s.use(planePathsScript)
	for _, name := range names {
		s.addWays(t, name, w, pick(o.trail > 0, o.trail, usualTrail), len(names) > 1)
	}
	o.apply(s, names...)
	s.waysWords(t, t.Schema().Field(names[0]), w, len(names) > 1)
	return s
}

// waysIn says whether a field holds samples that can be followed from frame to frame.
func waysIn(t *xainb.Track) func(*xainb.FieldInfo) bool {
	return func(f *xainb.FieldInfo) bool { return f != nil && isPlane(t)(f) && twoColumns(f) && !f.Varies }
}

// hasBothWays says whether a run has its samples in the planes of t-SNE and of PCA.
func hasBothWays(t *xainb.Track) bool {
	isWays, near, flat := waysIn(t), t.Schema().Field("tsne"), t.Schema().Field("pca")
	return isWays(near) && isWays(flat) && near.Dims[0] == flat.Dims[0]
}

// waysOf finds the classes of a run's samples.
func waysOf(t *xainb.Track, f *xainb.FieldInfo) planeWays {
	var w planeWays
	var classes *xainb.Field
	for _, s := range t.Frames() {
		if classes = s.Field("class"); classes != nil {
			break
		}
	}
	n := f.Dims[0].Size
	if classes == nil || len(classes.Dims) != 1 || len(classes.Data) != n || slices.ContainsFunc(classes.Data, func(v float32) bool { return float64(v) != math.Trunc(float64(v)) || v-v != 0 }) {
		return w
	}
	known := slices.DeleteFunc(slices.Clone(classes.Data), func(v float32) bool { return v < 0 })
	slices.Sort(known)
	if known = slices.Compact(known); len(known) == 0 {
		return w
	}
	w.Marks = n <= 200
	for _, v := range known {
		name := className(t, v)
		w.Classes = append(w.Classes, name)
		w.Marks = w.Marks && name != "" && utf8.RuneCountInString(name) <= 2
	}
	for _, v := range classes.Data {
		i, ok := slices.BinarySearch(known, v)
		w.Of = append(w.Of, pick(ok, i, -1))
	}
	return w
}

// addWays adds a plane.
func (s *Scene) addWays(t *xainb.Track, name string, w planeWays, trail int, both bool) {
	f := t.Schema().Field(name)
	w.Legend = !(both && name == "pca") && w.Classes != nil && !w.Marks
	spec := &planeSpec{Window: pointsWindow(t, nil, name)}
	spec.Points = []planePoints{{Field: name, Name: f.Dims[0].Name, Dim: f.Dims[0].Name, Count: f.Dims[0].Size, Trail: trail, Ways: &w}}
	switch name {
	case "tsne":
		spec.Bare = true
		spec.Head = s.say("t-SNE: lengths, speeds and gaps mean nothing")
	case "pca":
		spec.Columns = [2]string{s.say("component 1"), s.say("component 2")}
		if share := shareOf(t); share != nil {
			spec.Columns = [2]string{s.say("component 1, %s of the variance", percent(share[0])), s.say("component 2, %s of the variance", percent(share[1]))}
		}
		spec.Head = s.say("PCA: a straight way stays straight")
	default:
		copy(spec.Columns[:], labels(t, nil, f.Dims[1].Name))
	}
	if both {
		spec.As = name + "."
	}
	s.addPlane(t, spec)
	s.doc.Blend[name] = xainb.Linear
}

// shareOf returns the part of the variance that each of two axes holds, where the run says so.
func shareOf(t *xainb.Track) []float32 {
	for _, s := range t.Frames() {
		if f := s.Field("share"); f != nil && len(f.Data) == 2 && f.Data[0] >= 0 && f.Data[1] >= 0 && f.Data[0]+f.Data[1] <= 1.001 {
			return f.Data
		}
	}
	return nil
}

// percent writes a part of 1.
func percent(v float32) string {
	return strconv.FormatFloat(100*float64(v), 'f', pick(v < 0.0995, 1, 0), 64) + "%"
}

// waysWords says what is around the picture.
func (s *Scene) waysWords(t *xainb.Track, f *xainb.FieldInfo, w planeWays, both bool) {
	name := quoted.Replace(f.Dims[0].Name)
	s.Title(s.say("Which way do the samples go?"))
	switch {
	case w.Marks:
		s.Subtitle(s.say("Each mark is one %s and says its class. Click one to see its whole way.", name))
	case w.Classes != nil:
		s.Subtitle(s.say("Each dot is one %s in the colour of its class. Click one to see its whole way.", name))
	default:
		s.Subtitle(s.say("Each dot is one %s. Click one to see its whole way.", name))
	}
	switch share := shareOf(t); {
	case w.Classes != nil && both && slices.Contains(t.Schema().Scalars, "alike"):
		s.Caption(s.say("At %s, **{tsne.whole}** of the samples have one of their own class as the nearest. In t-SNE, which knows how each way ends, it looks like **{tsne.alike}**, in PCA like **{pca.alike}**.", whenNoisy(t)))
	case w.Classes != nil && both:
		s.Caption(s.say("At %s, **{tsne.alike}** of the samples have one of their own class as the nearest in t-SNE, **{pca.alike}** in PCA.", whenNoisy(t)))
	case w.Classes != nil:
		s.Caption(s.say("At %s, **{alike}** of the samples have one of their own class as the nearest.", whenNoisy(t)))
	case both && share != nil:
		s.Caption(s.say("At %s the samples have moved by **{pca.moved}** on average in PCA, whose two axes hold %s of the variance.", whenNoisy(t), percent(share[0]+share[1])))
	case both:
		s.Caption(s.say("At %s the samples have moved by **{pca.moved}** on average in PCA.", whenNoisy(t)))
	default:
		s.Caption(s.say("At %s the samples have moved by **{moved}** on average.", whenNoisy(t)))
	}
	s.doc.Summary = s.say("%d samples on their way over %d steps.", f.Dims[0].Size, t.Len())
}
