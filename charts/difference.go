package charts

import (
	"fmt"

	"github.com/xainb/gonb-xai/xainb"
)

// fields returns a field of both runs at a moment; nil, nil where not both have it there: a run that has not begun has no field yet.
func (p *pair) fields(name string, moment int) (a, b *xainb.Snapshot, x, y *xainb.Field) {
	a, _ = p.frame(0, moment)
	b, _ = p.frame(1, moment)
	x, y = a.Field(name), b.Field(name)
	if x == nil || y == nil || !p.begun(0, moment) || !p.begun(1, moment) {
		return a, b, nil, nil
	}
	return a, b, x, y
}

// here says at which moment something cannot be compared.
func (p *pair) here(moment int) string {
	return fmt.Sprintf("charts: Compare: at %s %s", timeWord(p.runs[0]), formatTime(p.times[moment]))
}

// instead names the numbers that both runs have, where a field cannot be compared.
func (p *pair) instead() string {
	both := p.numbers()
	if len(both) == 0 {
		return ""
	}
	names := make([]string, len(both))
	for i, l := range both {
		names[i] = fmt.Sprintf("charts.Field(%q)", l.Name)
	}
	return "; what can be compared is " + list(names)
}

// pictureDifference puts the difference of a picture into a frame; of a picture in colour the mean over red, green and blue.
func pictureDifference(p *pair, name string, moment int, out *xainb.Snapshot) error {
	a, b, x, y := p.fields(name, moment)
	if x == nil {
		return nil
	}
	if shape(x.Dims) != shape(y.Dims) {
		return fmt.Errorf("%s the field %s is %s in %s and %s in %s: only fields of one shape have a difference%s", p.here(moment), name, shape(x.Dims), p.names[0], shape(y.Dims), p.names[1], p.instead())
	}
	for _, d := range x.Dims {
		mine, theirs := labels(p.runs[0], a, d.Name), labels(p.runs[1], b, d.Name)
		for i := range min(len(mine), len(theirs)) {
			if mine[i] != theirs[i] {
				return fmt.Errorf("%s position %d along %s is %q in %s and %q in %s: only what is called the same has a difference", p.here(moment), i+1, d.Name, mine[i], p.names[0], theirs[i], p.names[1])
			}
		}
		if mine != nil {
			out.PutLabels(d.Name, mine)
		}
	}
	data := make([]float32, len(x.Data))
	for i := range data {
		data[i] = x.Data[i] - y.Data[i]
	}
	dims := x.Dims
	if c := channelOf(dims); c >= 0 {
		data, dims = overChannels(data, dims, c)
	}
	out.Put(name+" difference", data, dims...)
	return nil
}

// overChannels returns the means over the dimension at c.
func overChannels(data []float32, dims []xainb.Dim, c int) ([]float32, []xainb.Dim) {
	inner := 1
	for _, d := range dims[c+1:] {
		inner *= d.Size
	}
	n := dims[c].Size
	out := make([]float32, len(data)/n)
	for i, v := range data {
		out[i/(n*inner)*inner+i%inner] += v / float32(n)
	}
	rest := append([]xainb.Dim{}, dims[:c]...)
	return out, append(rest, dims[c+1:]...)
}

// listDifference puts the difference of a list into a frame. Entries are the same by their label and which of that label they are, so each run
// may sort its list as it likes.
func listDifference(p *pair, name string, moment int, out *xainb.Snapshot) error {
	a, b, x, y := p.fields(name, moment)
	if x == nil {
		return nil
	}
	dim := x.Dims[0].Name
	names := labels(p.runs[0], a, dim)
	other := map[string]float64{}
	for _, e := range entries(y.Data, labels(p.runs[1], b, y.Dims[0].Name), dim) {
		other[e.key] = e.value
	}
	data := make([]float32, len(x.Data))
	for i, e := range entries(x.Data, names, dim) {
		v, ok := other[e.key]
		if !ok {
			return fmt.Errorf("%s %s has an entry %q along %s and %s has none: only what is called the same has a difference", p.here(moment), p.names[0], e.raw, dim, p.names[1])
		}
		data[i] = x.Data[i] - float32(v)
	}
	if len(y.Data) != len(x.Data) {
		return fmt.Errorf("%s the field %s has %d entries in %s and %d in %s: only fields of one shape have a difference%s", p.here(moment), name, len(x.Data), p.names[0], len(y.Data), p.names[1], p.instead())
	}
	if names != nil {
		out.PutLabels(dim, names)
	}
	out.Put(name+" difference", data, xainb.Dim{Name: dim, Size: len(data)})
	return nil
}
