package charts

import (
	"maps"
	"math"
	"slices"
	"strings"
)

// measured is a still with a scale that it can share with pictures of other runs.
type measured interface {
	still
	// widen returns the still with its scale widened to that of another one, if that is of its kind.
	widen(own moment, other still, there moment) still
}

// share gives the pictures of several scenes one scale, the first with the first and so on, so that no axis moves when one scene is shown
// instead of another, or stands beside it.
func share(scenes ...*Scene) {
	for _, s := range scenes[1:] {
		scenes[0].widen(s)
	}
	for _, s := range scenes[1:] {
		s.widen(scenes[0])
	}
}

func (s *Scene) widen(o *Scene) {
	for i := range min(len(s.stills), len(o.stills)) {
		if m, ok := s.stills[i].(measured); ok {
			w := m.widen((&poster{scene: s}).moment(i, 0), o.stills[i], (&poster{scene: o}).moment(i, 0))
			s.stills[i], s.doc.Panels[i].Spec = w, w
		}
	}
}

// union returns the smallest range around two.
func union(a, b [2]float64) [2]float64 { return [2]float64{min(a[0], b[0]), max(a[1], b[1])} }

// sharedSpan returns what the abscissas of two runs take together, with what they are given besides; nil where they count different things.
func sharedSpan(own, there moment, given ...*[2]float64) *[2]float64 {
	x, name := runTimes(own.tracks[0])
	y, theirs := runTimes(there.tracks[0])
	if name != theirs {
		return nil
	}
	span := union([2]float64{slices.Min(x), slices.Max(x)}, [2]float64{slices.Min(y), slices.Max(y)})
	for _, wide := range given {
		if wide != nil {
			span = union(span, *wide)
		}
	}
	return &span
}

func (s rasterSpec) within(own moment, o rasterSpec, there moment) rasterSpec {
	if s.Ramp == "diverging" || o.Ramp == "diverging" {
		s.Ramp, o.Ramp = "diverging", "diverging"
	}
	ranges := s.ranges(own)
	for name, r := range o.ranges(there) {
		if mine, ok := ranges[name]; ok {
			ranges[name] = union(mine, r)
		}
	}
	s.Ranges = ranges
	return s
}

// ranges returns the range of each field that the picture can be of.
func (s rasterSpec) ranges(m moment) map[string][2]float64 {
	out := map[string][2]float64{}
	for k, t := range m.tracks {
		for _, f := range t.Schema().Fields {
			if len(f.Dims) < 2 || s.Field != f.Name && !strings.HasPrefix(s.Field, "$") || s.Track == nil && k > 0 {
				continue
			}
			lo, hi := s.valueRange(m, k, f.Name)
			if r, ok := out[f.Name]; ok {
				out[f.Name] = union(r, [2]float64{lo, hi})
			} else {
				out[f.Name] = [2]float64{lo, hi}
			}
		}
	}
	return out
}

func (s imageSpec) widen(own moment, other still, there moment) still {
	if o, ok := other.(imageSpec); ok {
		s.rasterSpec = s.within(own, o.rasterSpec, there)
	}
	return s
}

func (s multiplesSpec) widen(own moment, other still, there moment) still {
	if o, ok := other.(multiplesSpec); ok {
		s.rasterSpec = s.within(own, o.rasterSpec, there)
	}
	return s
}

func (b *barsSpec) widen(_ moment, other still, _ moment) still {
	o, ok := other.(*barsSpec)
	if !ok {
		return b
	}
	c := *b
	c.Min, c.Max = min(b.Min, o.Min), max(b.Max, o.Max)
	c.Slots, c.More = max(b.Slots, o.Slots), b.More || o.More
	c.Long = longest(slices.Concat(b.Long, o.Long))
	return &c
}

func (p *profileSpec) widen(_ moment, other still, _ moment) still {
	o, ok := other.(*profileSpec)
	if !ok {
		return p
	}
	c := *p
	c.Min, c.Max, c.Size = min(p.Min, o.Min), max(p.Max, o.Max), max(p.Size, o.Size)
	return &c
}

func (p *scatterSpec) widen(_ moment, other still, _ moment) still {
	o, ok := other.(*scatterSpec)
	if !ok || len(o.Range) != len(p.Range) {
		return p
	}
	c := *p
	c.Range = slices.Clone(p.Range)
	for i, r := range o.Range {
		c.Range[i] = union(r, c.Range[i])
	}
	c.Square = alike(c.Columns) && comparable(c.Range)
	c.Classes, c.Count = p.Classes && o.Classes, max(p.Count, o.Count)
	if len(o.Kinds) > len(c.Kinds) {
		c.Kinds = o.Kinds
	}
	return &c
}

func (w *textSpec) widen(_ moment, other still, _ moment) still {
	o, ok := other.(*textSpec)
	if !ok {
		return w
	}
	c := *w
	c.Limit = max(w.Limit, o.Limit)
	if o.Ramp == "diverging" {
		c.Ramp = o.Ramp
	}
	return &c
}

// widen puts lines into the same rows as those of the other picture, if they are the same numbers.
func (l *linesSpec) widen(own moment, other still, there moment) still {
	o, ok := other.(*linesSpec)
	if !ok {
		return l
	}
	c := *l
	c.ranges = maps.Clone(l.ranges)
	for name, r := range o.ranges {
		if mine, ok := c.ranges[name]; ok {
			c.ranges[name] = union(mine, r)
		}
	}
	if span := sharedSpan(own, there, l.Span, o.Span); span != nil {
		c.Span = span
	}
	if err := c.arrange(); err != nil {
		return l
	}
	for r, row := range c.Rows {
		scale := [2]float64{math.Inf(1), math.Inf(-1)}
		for _, x := range row.Lines {
			scale = union(scale, c.ranges[x.Name])
		}
		if scale[0] <= scale[1] {
			c.Rows[r].Scale = &scale
		}
	}
	return &c
}
