package charts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
)

// wholeScene returns the scene that is made for a run of these fields, as the packages in kernels record them; nil where none is.
func wholeScene(src xainb.Source, t *xainb.Track, opts []Option) *Scene {
	schema := t.Schema()
	attention := schema.Field(fieldAttention)
	curves, marks := scheduleOf(t)
	switch {
	case isDiffusion(t): // before attention, which its key steps have too
		return Diffusion(src, opts...)
	case attention != nil && len(attention.Dims) == 3:
		return AttentionHeads(src, opts...)
	case hasBothWays(t):
		return Trajectories(src, opts...)
	case isGame(t):
		return gameScene(src, t, opts)
	case hasLandscape(t):
		return Surface(src, opts...)
	case curves != nil:
		return Curves(src, slices.Concat([]Option{Fields(curves...), Marks(marks...)}, opts)...)
	}
	return nil
}

// isDiffusion says whether a run goes from noise to data: samples x with the progress tau.
func isDiffusion(t *xainb.Track) bool {
	return isDiffusionPlane(t) || slices.Contains(t.Schema().Scalars, "tau") && (isDiffusionLine(t) || isDiffusionDigits(t) && t.Schema().Field("x0") != nil)
}

// isGame says whether a run is a GAN's: what is generated beside what is real, or sheets of images with the losses of both players.
func isGame(t *xainb.Track) bool {
	points := func(f *xainb.FieldInfo) bool { return f != nil && isPlane(t)(f) && twoColumns(f) }
	schema := t.Schema()
	if points(schema.Field("generated")) && points(schema.Field("real")) {
		return true
	}
	images := schema.Field("images")
	return images != nil && isPicture(images) && hasLosses(t)
}

func hasLosses(t *xainb.Track) bool {
	return slices.Contains(t.Schema().Scalars, "loss G") && slices.Contains(t.Schema().Scalars, "loss D")
}

// gameScene draws the samples of a GAN, under them its gradient energy and both losses where it has them.
func gameScene(src xainb.Source, t *xainb.Track, opts []Option) *Scene {
	parts := []*Scene{GANSamples(src, opts...)}
	if f := t.Schema().Field("energy"); f != nil && len(f.Dims) == 1 {
		parts = append(parts, Energy(src))
	}
	if hasLosses(t) {
		parts = append(parts, Lines(src, Numbers("loss G", "loss D")))
	}
	if len(parts) == 1 || parts[0].err != nil {
		return parts[0]
	}
	return Column(parts...)
}

// isLandscape says whether a field has values over a plane that are drawn unasked: points, arrows and other tuples are of two dimensions too.
func isLandscape(f *xainb.FieldInfo) bool {
	return isSurface(f) && !slices.Contains(tupleDims, f.Dims[1].Name)
}

// tupleDims are dimensions whose positions are the parts of one value.
var tupleDims = []string{"xy", "uv", "ab", "abv", "side"}

// surfaceFor returns the field that is drawn.
func surfaceFor(t *xainb.Track, scene, asked string) (*xainb.FieldInfo, error) {
	const what = "field of two dimensions with at least 2 values along each"
	if asked != "" {
		return fieldFor(t, scene, asked, what, isSurface, nil)
	}
	if isGame(t) {
		instead := ""
		for _, f := range t.Schema().Fields {
			if isLandscape(&f) && instead == "" {
				instead = fmt.Sprintf(", or draw what it has over its own plane, charts.Field(%q)", f.Name)
			}
		}
		return nil, fmt.Errorf("charts: %s: a GAN's run itself has no surface: give run.Surface(gan.Plane{})%s", scene, instead)
	}
	return fieldFor(t, scene, "", what, isLandscape, nil)
}

// hasLandscape says whether a run is values over a plane with the way of another run on it.
func hasLandscape(t *xainb.Track) bool {
	schema := t.Schema()
	way := schema.Field("path")
	return way != nil && len(way.Dims) == 2 && way.Dims[1] == xainb.Dim{Name: "abv", Size: 3} &&
		slices.ContainsFunc(schema.Fields, func(f xainb.FieldInfo) bool { return isLandscape(&f) })
}

// scheduleOf returns the fields and the moving scalars that are drawn of a noise schedule: its log-SNR, beside what interpolations make of it or with where the
// steps are. Without a schedule there are none.
func scheduleOf(t *xainb.Track) (curves, marks []string) {
	schema := t.Schema()
	truth := schema.Field("log-snr")
	along := func(name string) bool {
		f := schema.Field(name)
		return truth != nil && len(truth.Dims) == 1 && f != nil && slices.Equal(f.Dims, truth.Dims)
	}
	switch {
	case along("linear") && along("cubic"):
		return slices.DeleteFunc([]string{"log-snr", "linear", "cubic", "beta"}, func(name string) bool { return !along(name) }), nil
	case along("alpha-bar"):
		for _, name := range schema.Scalars {
			if strings.HasSuffix(name, " "+truth.Dims[0].Name) && len(marks) < mostMarks {
				marks = append(marks, name)
			}
		}
		return []string{"log-snr"}, marks
	}
	return nil, nil
}
