package charts

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// read returns what the painter reads for captions.
func (s imageSpec) read(m moment) map[string]string {
	v, ok := s.view(m)
	if !ok {
		return nil
	}
	line, cross := s.selection(m, v)
	columns := s.columns(m)
	out := map[string]string{}
	if s.Track != nil {
		out = m.readings(v.track) // it need not be the first run
	}
	maps.Copy(out, v.read(columns, line, cross, s.Marked))
	v.readLargest(out)
	out["unit"], out["notFinite"] = s.unit(v.name), strconv.Itoa(v.notFinite())
	if o, ok := s.base(m, v); ok {
		for k, x := range o.read(columns, line, cross, s.Marked) {
			out["base."+k] = x
		}
		if top := v.order(columns, line); len(top) > 0 {
			out["base.value"] = formatNumber(o.along(columns, line, top[0]))
		}
	}
	for dim := range s.Index {
		i := max(0, m.integer(s.Index[dim]))
		out[dim] = strconv.Itoa(i + 1)
		if names := labels(m.tracks[v.track], m.snapshot(v.track), dim); i < len(names) {
			out[dim] = names[i]
		}
	}
	s.say(m, out)
	return called(s.As, out)
}

// called puts a word before the names of what a panel reads: readAs in parts.js.
func called(as string, values map[string]string) map[string]string {
	if as == "" {
		return values
	}
	out := map[string]string{}
	for k, v := range values {
		out[as+k] = v
	}
	return out
}

// base returns what the picture is compared with: the field Base of the same track, or of the other one. Its labels must be the same.
func (s imageSpec) base(m moment, v view) (view, bool) {
	name, _ := m.resolve(s.Base).(string)
	track := v.track
	if s.Versus {
		track = 1 - track
	}
	snap := m.snapshot(track)
	if snap == nil {
		return view{}, false
	}
	f := snap.Field(name)
	r, ok := s.raster(m, f, nil)
	if !ok {
		return view{}, false
	}
	o := view{raster: r, track: track, name: name}
	o.rows, o.cols, o.dims = s.names(m, track, f)
	return o, slices.Equal(o.rows, v.rows) && slices.Equal(o.cols, v.cols)
}

// say adds the phrases that hold for the state, filled in with the readings before them.
func (s imageSpec) say(m moment, out map[string]string) {
	filled := map[string]string{}
	for name, p := range s.Words {
		filled[name] = "" // where no phrase holds
		var keys []string
		for _, k := range p.Of {
			keys = append(keys, fmt.Sprint(m.state[k]))
		}
		for n := len(keys); n > 0; n-- {
			if text, ok := p.Is[strings.Join(keys[:n], "/")]; ok {
				filled[name] = replaceNames(plainNames, text, out)
				break
			}
		}
	}
	maps.Copy(out, filled)
}

func (v view) along(columns bool, line, i int) float64 {
	if columns {
		return v.at(i, line)
	}
	return v.at(line, i)
}

// order returns the positions along a line from the largest value to the smallest, without those that are not finite.
func (v view) order(columns bool, line int) []int {
	if line < 0 || v.channelStride != 0 {
		return nil
	}
	var order []int
	for i := range pick(columns, v.raster.rows, v.raster.cols) {
		if x := v.along(columns, line, i); !math.IsNaN(x) && !math.IsInf(x, 0) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := v.along(columns, line, a), v.along(columns, line, b)
		return pick(x > y, -1, pick(x < y, 1, 0))
	})
	return order
}

func (v view) read(columns bool, line, cross int, marked []string) map[string]string {
	out := map[string]string{}
	if line < 0 || v.channelStride != 0 {
		return out
	}
	own, others := v.rows, v.cols
	if columns {
		own, others = others, own
	}
	put := func(name string, i int) {
		out[name+".label"], out[name+".value"] = others[i], formatNumber(v.along(columns, line, i))
	}
	out["selected"] = own[line]
	order := v.order(columns, line)
	for i, name := range []string{"top", "second"} {
		if i < len(order) {
			put(name, order[i])
		}
	}
	word := slices.IndexFunc(order, func(i int) bool {
		return !slices.Contains(marked, others[i]) && !(len(v.rows) == len(v.cols) && i == line)
	})
	if word >= 0 {
		put("word", order[word])
	}
	var sum, special float64
	for _, i := range order {
		x := v.along(columns, line, i)
		sum += x
		if slices.Contains(marked, others[i]) {
			special += x
		}
	}
	out["sum"], out["marked"] = formatNumber(sum), "–"
	if sum != 0 {
		out["marked"] = fmt.Sprintf("%.0f%%", math.Floor(100*special/sum+0.5))
	}
	if cross >= 0 {
		put("cell", cross)
	}
	return out
}

func (v view) readLargest(out map[string]string) {
	if v.channelStride != 0 {
		return
	}
	for name, size := range map[string]func(float64) float64{"max": func(x float64) float64 { return x }, "far": math.Abs} {
		row, col, most := -1, -1, math.Inf(-1)
		for r := range v.raster.rows {
			for c := range v.raster.cols {
				if x := v.at(r, c); size(x) > most && !math.IsInf(x, 0) {
					row, col, most = r, c, size(x)
				}
			}
		}
		if row >= 0 {
			out[name+".row"], out[name+".column"] = axisName(v.rows, row, v.dims[0]), axisName(v.cols, col, v.dims[1])
			out[name+".value"] = formatNumber(v.at(row, col))
		}
	}
}

// axisName names a position along an axis: its label, or "row 3".
func axisName(names []string, i int, dim string) string {
	if names[i] == strconv.Itoa(i+1) {
		return dim + " " + names[i]
	}
	return names[i]
}

func (v view) notFinite() int {
	n := 0
	for r := range v.raster.rows {
		for c := range v.raster.cols {
			if x := v.at(r, c); math.IsNaN(x) || math.IsInf(x, 0) {
				n++
			}
		}
	}
	return n
}
