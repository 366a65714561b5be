package charts

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// strangeFields are the fields that scenes know by their names, with their dimensions.
var strangeFields = map[string][]string{
	"x": {"sample", "xy"}, "x0": {"sample", "xy"}, "noise": {"sample", "xy"}, "added": {"sample", "xy"}, "real": {"sample", "xy"}, "generated": {"sample", "xy"}, "window": {"side"},
	"score": {"y", "x", "uv"}, "pull": {"y", "x", "uv"}, "field": {"y", "x"}, "energy": {"layer"}, "cosine": {"layer"}, "null": {"layer"}, "state": {"layer"},
	"tsne": {"sample", "xy"}, "pca": {"sample", "xy"}, "class": {"sample"}, "share": {"component"}, "histogram": {"bin"}, "density": {"bin"},
	"V": {"b", "a"}, "a": {"a"}, "b": {"b"}, "path": {"moment", "abv"}, "flow": {"v", "u", "ab"}, "arrow": {"player", "ab"}, "images": {"height", "width"}, "nearest": {"height", "width"},
	"attention": {"head", "query", "key"}, "log-snr": {"t"}, "alpha-bar": {"t"},
}

// strangeRun has some of these fields in some of its frames, now and then with other sizes, with numbers of any size, or none.
func strangeRun(seed uint64) *xainb.Track {
	r := rand.New(rand.NewPCG(seed, 1))
	calm := r.IntN(3) > 0
	sizes := map[string]int{"xy": 2, "uv": 2, "abv": 3, "ab": 2, "side": 4, "component": 2}
	value := func() float32 {
		return []float32{nan, inf, float32(r.NormFloat64()) * 1e37, 0, float32(r.NormFloat64()) * 1e-38}[r.IntN(5)]
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(strangeFields)) {
		if r.IntN(2) == 0 {
			names = append(names, name)
		}
	}
	var fill []func(*xainb.Snapshot)
	for k := range 1 + r.IntN(4) {
		fill = append(fill, func(s *xainb.Snapshot) {
			s.Time = pick(r.IntN(5) == 0, r.NormFloat64(), float64(k))
			for _, name := range names {
				if r.IntN(5) == 0 {
					continue
				}
				var dims []xainb.Dim
				total := 1
				for _, d := range strangeFields[name] {
					if _, ok := sizes[d]; !ok {
						sizes[d] = max(r.IntN(6), pick(calm, 2, 0))
					}
					dims = append(dims, xainb.Dim{Name: d, Size: pick(r.IntN(40) == 0, r.IntN(4), sizes[d])})
					total *= dims[len(dims)-1].Size
				}
				data := make([]float32, total)
				for i := range data {
					data[i] = pick(r.IntN(3) == 0, value(), float32(r.NormFloat64()))
					if calm && slices.Contains([]string{"a", "b", "class", "state", "window"}, name) {
						data[i] = float32(i)
					}
				}
				s.Put(name, data, dims...)
			}
			for _, name := range []string{"tau", "alpha-bar", "here", "explained", "off", "level", "modes", "V", "loss G", "loss D"} {
				if r.IntN(3) > 0 {
					s.PutScalar(name, float64(value()))
				}
			}
			if r.IntN(2) == 0 {
				s.PutLabels("state", []string{"a", "b", "c"})
				s.PutLabels("layer", []string{"G 1", "D 1"})
			}
		})
	}
	return snaps(fill...)
}

// Whatever a run holds, a scene of it is drawn in every frame, or says what is missing.
func TestStrangersRunsAtRandom(t *testing.T) {
	scenes := map[string]func(*xainb.Track) *Scene{
		"Auto": func(r *xainb.Track) *Scene { return Auto(r) }, "Drop": func(r *xainb.Track) *Scene { return Diffusion(r, Drop(0, 0)) }, "Moves": func(r *xainb.Track) *Scene { return Diffusion(r, Moves()) },
		"Diffusion": func(r *xainb.Track) *Scene { return Diffusion(r) }, "energy": func(r *xainb.Track) *Scene { return GANSamples(r, Trail(2), WithEnergy()) }, "GANSamples": func(r *xainb.Track) *Scene { return GANSamples(r) },
		"Surface": func(r *xainb.Track) *Scene { return Surface(r) }, "Contour": func(r *xainb.Track) *Scene { return Contour(r) }, "VectorField": func(r *xainb.Track) *Scene { return VectorField(r) },
		"Lanes": func(r *xainb.Track) *Scene { return Lanes(r) }, "cosine": func(r *xainb.Track) *Scene { return Lanes(r, Field("cosine")) }, "state": func(r *xainb.Track) *Scene { return Lanes(r, Field("state")) },
		"log": func(r *xainb.Track) *Scene { return Lanes(r, Field("energy"), LogScale()) }, "Energy": func(r *xainb.Track) *Scene { return Energy(r) }, "Branch": func(r *xainb.Track) *Scene { return Branch(r, r) },
		"Compare": func(r *xainb.Track) *Scene { return Compare(r, r) }, "InStep": func(r *xainb.Track) *Scene { return InStep([]Variant{{"a", r}, {"b", r}}) }, "Histogram": func(r *xainb.Track) *Scene { return Histogram([]Variant{{"a", r}, {"b", r}}) },
		"Curves": func(r *xainb.Track) *Scene { return Curves(r, Marks("here")) }, "Trajectories": func(r *xainb.Track) *Scene { return Trajectories(r) }, "PatchAttention": func(r *xainb.Track) *Scene { return PatchAttention(r) },
		"Row": func(r *xainb.Track) *Scene { return Row(Lanes(r), GANSamples(r)) },
	}
	drawn := 0
	for seed := range uint64(pick(testing.Short(), 4, 12)) {
		run := strangeRun(seed)
		for name, draw := range scenes {
			d, err := draw(run).Document()
			if err != nil {
				continue
			}
			for i, p := range d.Panels {
				if _, err := json.Marshal(p.Spec); err != nil {
					t.Errorf("%s of %d, panel %d: %v", name, seed, i, err)
				}
			}
			for f := range d.Moments() {
				if _, err := d.Poster.Draw(f); err != nil {
					t.Errorf("%s of %d, frame %d: %v", name, seed, f, err)
				}
				drawn++
			}
		}
	}
	if drawn < 50 {
		t.Errorf("only %d frames are drawn", drawn)
	}
}
