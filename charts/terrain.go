package charts

import (
	"math"
	"slices"
	"strconv"

	"github.com/xainb/gonb-xai/xainb"
)

// terrain is a frame's surface with what lies on it; terrainOf in surface.js makes the same.
type terrain struct {
	rows, cols int
	z          []float32
	xs, ys     []float64  // coordinates of the columns and the rows
	x, y       [2]float64 // what the axes run over: all frames, or this one's coordinates where the field covers little of the plane
	v          [2]float64 // and the values in space
	path       []float32  // x, y, value of each moment
	recorded   bool       // these values are of this field
	here       int        // the current moment; -1 without a path
	scale      surfaceScale
	name, said string // said has the unit, and the time of the picture where that is not the clock's
}

func (p *surfaceSpec) terrain(m moment) (terrain, bool) {
	t := terrain{here: -1}
	t.name, _ = m.resolve(p.Field).(string)
	if _, ok := p.Scales[t.name]; !ok {
		t.name = p.Own
	}
	s := m.snapshot(0)
	if s == nil {
		return t, false
	}
	f := s.Field(t.name)
	if f == nil || len(f.Dims) != 2 || f.Dims[0].Size < 2 || f.Dims[1].Size < 2 {
		return t, false
	}
	t.scale = p.Scales[t.name]
	t.said = m.ofTime(t.name+pick(t.scale.Unit == "", "", " ("+t.scale.Unit+")"), 0)
	t.rows, t.cols, t.z = f.Dims[0].Size, f.Dims[1].Size, f.Data
	t.xs, t.ys = coordinates(s, p.X, t.cols), coordinates(s, p.Y, t.rows)
	t.x, t.y, t.v = p.X.Range, p.Y.Range, t.scale.Span
	if p.Near {
		t.x, t.y = [2]float64{t.xs[0], t.xs[t.cols-1]}, [2]float64{t.ys[0], t.ys[t.rows-1]}
		own := finiteRange(t.z)
		if own[0] < own[1] {
			t.v = own
		}
		t.scale.Levels = nearLevels(own)
	}
	if path := s.Field(p.Path); p.Path != "" && path != nil && len(path.Data) >= 3 {
		t.path, t.recorded, t.here = path.Data, t.name == p.PathOf, m.frame
		if v, ok := s.Scalar(p.Here); ok && v-v == 0 {
			t.here = int(math.Round(v))
		}
		t.here = min(max(t.here, 0), len(path.Data)/3-1)
	}
	return t, true
}

// finiteRange returns the least and the largest of the values that are finite.
func finiteRange(z []float32) [2]float64 {
	out := [2]float64{math.Inf(1), math.Inf(-1)}
	for _, v := range z {
		if v-v == 0 {
			out = union(out, [2]float64{float64(v), float64(v)})
		}
	}
	return out
}

// nearLevels returns the levels of the isolines of a frame's own values.
func nearLevels(own [2]float64) []float64 {
	if !(own[0] < own[1]) {
		return nil
	}
	return slices.DeleteFunc(roundTicks(own[0], own[1], 8), func(v float64) bool { return v <= own[0] || v >= own[1] })
}

// endsText writes the ends of an axis so that they can be told apart.
func endsText(r [2]float64) func(float64) string {
	if endText(r[0]) == endText(r[1]) {
		return tickText(roundTicks(r[0], r[1], 4))
	}
	return endText
}

// coordinates returns those of a frame, or positions counted from 1.
func coordinates(s *xainb.Snapshot, a surfaceAxis, n int) []float64 {
	out := make([]float64, n)
	f := s.Field(a.Dim)
	for i := range out {
		out[i] = float64(i + 1)
		if a.Given && f != nil && len(f.Data) == n {
			out[i] = float64(f.Data[i])
		}
	}
	return out
}

// at returns the value at a place of the plane; NaN beside the surface.
func (t terrain) at(x, y float64) float64 {
	return heightAt(t.z, t.rows, t.cols, along(t.ys, y), along(t.xs, x))
}

// moment returns a point of the way: its value is recorded for one field, and read off the surface for the others.
func (t terrain) moment(i int) (x, y, v float64) {
	x, y, v = float64(t.path[3*i]), float64(t.path[3*i+1]), float64(t.path[3*i+2])
	if !t.recorded {
		v = t.at(x, y)
	}
	return x, y, v
}

func (p *surfaceSpec) read(m moment) map[string]string {
	out := map[string]string{}
	if said := p.plane(m); said != "" {
		out["plane"] = said
	}
	t, ok := p.terrain(m)
	if !ok {
		return called(p.As, out)
	}
	out["field"] = t.name
	low, high, bad := -1, -1, 0
	for i, v := range t.z {
		if v-v != 0 {
			bad++
			continue
		}
		if low < 0 || v < t.z[low] {
			low = i
		}
		if high < 0 || v > t.z[high] {
			high = i
		}
	}
	out["notFinite"] = strconv.Itoa(bad)
	put := func(name string, x, y, v float64) {
		out[name+".value"], out[name+".x"], out[name+".y"] = formatNumber(v), formatNumber(x), formatNumber(y)
	}
	if low >= 0 {
		put("min", t.xs[low%t.cols], t.ys[low/t.cols], float64(t.z[low]))
		put("max", t.xs[high%t.cols], t.ys[high/t.cols], float64(t.z[high]))
	}
	if t.here >= 0 {
		x, y, v := t.moment(t.here)
		put("here", x, y, v)
	}
	return called(p.As, out)
}

// plane says how honest the projection is; sayPlane in surface.js is the same.
func (p *surfaceSpec) plane(m moment) string {
	s := m.snapshot(0)
	if s == nil {
		return ""
	}
	text := ""
	if v, ok := s.Scalar("explained"); ok {
		text = "The plane holds " + strconv.Itoa(int(math.Floor(100*min(max(v, 0), 1)+0.5))) + "% of the run’s variance"
		if v-v != 0 {
			text = "How much of the run’s variance the plane holds is not known"
		}
	}
	if v, ok := s.Scalar("off"); ok {
		text += pick(text == "", "Now the run is ", "; now the run is ") + formatNumber(v) + pick(text == "", " off the plane", " off it")
	}
	return text + pick(text == "", "", ".")
}

// hidden says whether the surface lies between a point of the box and the reader's eye; what is nearer to the surface than the width of a line is
// not. solid.js has the same.
func (t terrain) hidden(s solid, b box, x, y, z float64) bool {
	dx, dy, dz := s.toEye(x, y, z)
	n := math.Sqrt(dx*dx + dy*dy + dz*dz)
	const step = 0.06
	sign := 0.0
	for k := 1; k <= 50; k++ {
		q := float64(k) * step / n
		px, py, pz := x+dx*q, y+dy*q, z+dz*q
		if px < -1 || px > 1 || py < -1 || py > 1 || pz > 1.02 || pz < -0.02 {
			return false
		}
		h := b.up(t.at(b.x(px), b.y(py)))
		if h-h != 0 {
			continue
		}
		d := pz - h
		if math.Abs(d) < 0.012 {
			continue
		}
		if d*sign < 0 {
			return true // it goes through the surface
		}
		sign = math.Copysign(1, d)
	}
	return false
}

// box maps the plane's coordinates and values to the box that solid projects. The longer axis runs from -1 to 1 where both have one unit.
type box struct{ xlo, xhi, ylo, yhi, vlo, vhi, wide, deep float64 }

func (t terrain) box() box {
	b := box{xlo: t.x[0], xhi: t.x[1], ylo: t.y[0], yhi: t.y[1], vlo: t.v[0], vhi: t.v[1], wide: 1, deep: 1}
	if w, d := b.xhi-b.xlo, b.yhi-b.ylo; comparable([][2]float64{t.x, t.y}) {
		b.wide, b.deep = w/max(w, d), d/max(w, d)
	}
	return b
}

// x and y return the coordinates of a place in the box, up the height of a value; across and back are the inverses of the first two.
func (b box) x(v float64) float64      { return b.xlo + (v/b.wide+1)/2*(b.xhi-b.xlo) }
func (b box) y(v float64) float64      { return b.ylo + (v/b.deep+1)/2*(b.yhi-b.ylo) }
func (b box) up(v float64) float64     { return (v - b.vlo) / (b.vhi - b.vlo) }
func (b box) across(x float64) float64 { return b.wide * (2*(x-b.xlo)/(b.xhi-b.xlo) - 1) }
func (b box) back(y float64) float64   { return b.deep * (2*(y-b.ylo)/(b.yhi-b.ylo) - 1) }
