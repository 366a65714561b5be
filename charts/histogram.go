package charts

import (
	"fmt"
	"math"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// histogramBins is how many bins a histogram has.
const histogramBins = 120

// Histogram draws how the values of a field are distributed in several runs, over each other and in the same bins, as shares over a bin's width: densities. The field is "x", or that of [Field]: of one
// dimension, or [n, columns] of which [Coordinate] chooses one, the first without it. Where the first run has the fields "density" and labels along it that are numbers, as a run of package kernels/diffusion over a
// line has, that density lies under the histograms. Frames are matched by time as [Compare] matches them.
//
// Beside each name stands the deviation of the values: within modes where [Modes] says where those are, so that a sampler that makes each mode too narrow is told from one that is right. The bins cover all
// values of all runs and frames but the outermost thousandth at either end. Values beyond and values that are not finite are in no bin; they count for the shares, so that a density that lacks them is lower.
//
// Captions can use {NAME deviation} for each run.
func Histogram(runs []Variant, opts ...Option) *Scene {
	s := &Scene{doc: newDocument()}
	if len(runs) == 0 || len(runs) > mostCurves-1 {
		return s.fail(fmt.Errorf("charts: Histogram of %d runs: give 1 to %d", len(runs), mostCurves-1))
	}
	o := optionsOf(opts)
	h := histogram{o: o, field: first(o.field, "x")}
	for i, v := range runs {
		one, t := newScene(v.Run, "")
		if one.err != nil {
			return s.fail(inside("Histogram: "+v.Name, one.err))
		}
		if slices.ContainsFunc(runs[:i], func(w Variant) bool { return w.Name == v.Name }) {
			return s.fail(fmt.Errorf("charts: Histogram: two runs are called %q", v.Name))
		}
		h.runs, h.names = append(h.runs, t), append(h.names, v.Name)
	}
	if err := h.check(); err != nil {
		return s.fail(err)
	}
	h.times, h.at, _ = matched(h.runs)
	t, spec, err := h.draw()
	if err != nil {
		return s.fail(err)
	}
	s.doc.Tracks = []*xainb.Track{t}
	s.from(h.runs...)
	for _, k := range spec.Curves {
		s.doc.Bits[k.Field], s.doc.Blend[k.Field] = 8, xainb.Ease
	}
	s.addCurves(spec)
	o.apply(s)
	s.doc.Title = s.say("How are the values spread?")
	s.doc.Subtitle = s.tell(pick(o.modes != nil, say("Shares over a bin’s width; the deviation is that within a mode."), say("Shares over a bin’s width.")))
	s.doc.Caption = s.say("At %s: %s.", whenNoisy(t), listed(h.said()))
	s.doc.Summary = s.say("Histograms of %s over %d frames: %s.", h.field, t.Len(), listed(h.names))
	return s
}

// Coordinate chooses the column of a field [n, columns] for [Histogram], counted from 0.
func Coordinate(i int) Option { return func(o *options) { o.column = i } }

// Modes says about which values those of a [Histogram] gather: each value belongs to the nearest.
func Modes(at ...float64) Option {
	return func(o *options) {
		o.modes = at
		o.want(!slices.ContainsFunc(at, func(v float64) bool { return v-v != 0 }), "Modes(%v): give finite numbers", at)
	}
}

type histogram struct {
	o     options
	runs  []*xainb.Track
	names []string
	field string
	times []float64
	at    [][]int
}

func (h histogram) check() error {
	if h.o.err != nil {
		return h.o.err
	}
	for k, t := range h.runs {
		f := t.Schema().Field(h.field)
		switch {
		case f == nil:
			return fmt.Errorf("charts: Histogram: %s has no field %q; it has %s", h.names[k], h.field, contents(t))
		case len(f.Dims) == 1:
		case len(f.Dims) != 2:
			return fmt.Errorf("charts: Histogram: the field %s %s of %s is neither a list nor columns", f.Name, shape(f.Dims), h.names[k])
		case h.o.column < 0 || h.o.column >= f.Dims[1].Size:
			return fmt.Errorf("charts: Histogram: Coordinate(%d): the field %s %s has columns 0 to %d", h.o.column, f.Name, shape(f.Dims), f.Dims[1].Size-1)
		}
	}
	return nil
}

// values returns the values of a frame, nil where it has none.
func (h histogram) values(f *xainb.Snapshot) []float32 {
	x := f.Field(h.field)
	switch {
	case x == nil:
		return nil
	case len(x.Dims) == 1:
		return x.Data
	case len(x.Dims) != 2 || x.Dims[1].Size <= h.o.column:
		return nil
	}
	columns := x.Dims[1].Size
	var out []float32
	for i := h.o.column; i < len(x.Data); i += columns {
		out = append(out, x.Data[i])
	}
	return out
}

// span returns what the bins cover.
func (h histogram) span() (from, to float64) {
	var all []float32
	for _, t := range h.runs {
		for _, f := range t.Frames() {
			for _, v := range h.values(f) {
				if v-v == 0 {
					all = append(all, v)
				}
			}
		}
	}
	if len(all) == 0 {
		return -1, 1
	}
	slices.Sort(all)
	cut := len(all) / 1000
	from, to = float64(all[cut]), float64(all[len(all)-1-cut])
	if room := (to - from) * 0.02; room > 1e-30 { // narrower bins would have densities beyond float32
		return from - room, to + room
	}
	return from - 1, to + 1
}

// draw makes the track of the histograms and how it is drawn.
func (h histogram) draw() (*xainb.Track, *curvesSpec, error) {
	from, to := h.span()
	at := make([]float64, histogramBins)
	for i := range at {
		at[i] = roundTo(from+(to-from)*(float64(i)+0.5)/histogramBins, (to-from)/histogramBins)
	}
	spec := &curvesSpec{X: h.field, Y: "density", Span: [2]float64{from, to}}
	expected := h.runs[0].Schema().Field("density")
	if expected != nil && (len(expected.Dims) != 1 || expected.Dims[0].Size == 0 || expected.Varies || h.field != "x" || len(labels(h.runs[0], nil, expected.Dims[0].Name)) != expected.Dims[0].Size) {
		expected = nil
	}
	if expected != nil {
		positions := alongOf(h.runs[0], expected.Dims[0].Name, expected.Dims[0].Size)
		spec.Curves = append(spec.Curves, curveSpec{Field: "density", Name: "as it should be", At: positions, Quiet: true})
		spec.Span = union(spec.Span, [2]float64{slices.Min(positions), slices.Max(positions)})
	}
	for _, name := range h.names {
		spec.Curves = append(spec.Curves, curveSpec{Field: "histogram of " + name, Name: name, At: at, Step: true, Scalar: name + " deviation", Of: "deviation"})
	}
	frames := make([]xainb.Snapshot, len(h.times))
	for i := range frames {
		f := &frames[i]
		f.Seq, f.Time = i, h.times[i]
		for k, t := range h.runs {
			s := t.At(h.at[k][i])
			f.TimeName, f.Phase = first(f.TimeName, s.TimeName), first(f.Phase, s.Phase)
			values := h.values(s)
			shares := sharesOf(values, from, to)
			f.Put("histogram of "+h.names[k], shares, xainb.Dim{Name: "bin", Size: histogramBins})
			f.PutScalar(h.names[k]+" deviation", deviation(values, h.o.modes))
			spec.Scale[1] = max(spec.Scale[1], largest(shares))
			for _, name := range []string{"tau", "alpha-bar"} {
				if _, has := f.Scalar(name); has || s.Time != f.Time {
					continue
				}
				if v, ok := s.Scalar(name); ok {
					f.PutScalar(name, v)
				}
			}
			if k == 0 && expected != nil && s.Field("density") != nil {
				d := s.Field("density")
				f.Put("density", d.Data, d.Dims...)
				spec.Scale[1] = max(spec.Scale[1], largest(d.Data))
			}
		}
	}
	// A run that collapses has a histogram of one bin that would flatten all others.
	spec.Scale[1] = h.readable(frames, spec.Scale[1])
	var warnings []string
	for _, t := range h.runs {
		warnings = append(warnings, t.Warnings()...)
	}
	return xainb.NewTrack(frames, xainb.Provenance{Name: "histograms of " + h.field}, endedBy(h.runs, h.names)).WithWarnings(warnings...), spec, nil
}

// readable returns the top of the scale: at most three times the largest density of the first run, which the others are held against.
func (h histogram) readable(frames []xainb.Snapshot, most float64) float64 {
	top := 0.0
	for i := range frames {
		for _, name := range []string{"density", "histogram of " + h.names[0]} {
			if f := frames[i].Field(name); f != nil {
				top = max(top, largest(f.Data))
			}
		}
	}
	return pick(top > 0, min(most, 3*top), most)
}

func (h histogram) said() (out []string) {
	for _, name := range h.names {
		out = append(out, quoted.Replace(name)+" **{"+braced.Replace(name)+" deviation}**")
	}
	return out
}

// sharesOf returns the share of all values that is in each bin, over its width.
func sharesOf(values []float32, from, to float64) []float32 {
	out := make([]float32, histogramBins)
	width := (to - from) / histogramBins
	for _, v := range values {
		if i := math.Floor((float64(v) - from) / width); i >= 0 && i < histogramBins {
			out[int(i)] += float32(1 / width / float64(len(values)))
		}
	}
	return out
}

// deviation returns the standard deviation of the finite values about the mean of those that belong to the same mode; NaN without any.
func deviation(values []float32, modes []float64) float64 {
	if len(modes) == 0 {
		modes = []float64{0}
	}
	sums, squares, counts := make([]float64, len(modes)), make([]float64, len(modes)), make([]float64, len(modes))
	for _, v := range values {
		if v-v != 0 {
			continue
		}
		x, at := float64(v), 0
		for i, m := range modes {
			if math.Abs(x-m) < math.Abs(x-modes[at]) {
				at = i
			}
		}
		d := x - modes[at] // small, so that its square keeps its digits
		sums[at], squares[at], counts[at] = sums[at]+d, squares[at]+d*d, counts[at]+1
	}
	total, n := 0.0, 0.0
	for i, c := range counts {
		if c > 0 {
			total, n = total+squares[i]-sums[i]*sums[i]/c, n+c
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return math.Sqrt(max(0, total/n))
}
