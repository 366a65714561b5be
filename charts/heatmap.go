package charts

import (
	"slices"
	"strconv"

	"github.com/xainb/gonb-xai/xainb"
)

// mostMultiples is how many slices of a field are offered as small pictures; more are in a list.
const mostMultiples = 24

// Heatmap shows a field of two dimensions as a picture, with the labels of its dimensions on the axes; one without labels has a frame and the names of its dimensions. Of a field with more dimensions the last
// two are drawn and the reader chooses the positions along the others. A field [height, width, channel=3] is a picture in colour:
// red, green and blue in [0,1], in [0,255], or in the field's own range. Without [Field] it draws the first field that it can, without [Ramp] in colours that fit.
//
// Fields without negative values run from zero, others are centred at zero. Captions can use the names listed in the package documentation;
// the row selected is state "row", the position along another dimension state "at " and its name.
func Heatmap(src xainb.Source, opts ...Option) *Scene {
	s, t := newScene(src, "Heatmap")
	if s.err != nil {
		return s
	}
	o := optionsOf(opts)
	info, err := fieldFor(t, "Heatmap", o.field, "field of two dimensions", isPicture, nil)
	if err != nil {
		return s.fail(err)
	}
	s.doc.Tracks = []*xainb.Track{t.Pick(info.Name)}
	s.doc.Blend[info.Name] = xainb.Ease
	image := heatmapSpec(s.doc.Tracks[0], info)
	image.Ramp = o.rampOr(image.Ramp)
	coloured := channelOf(info.Dims) >= 0
	if _, n := longestField(t, info.Name); n <= losslessValues && !coloured {
		s.keep(t, info.Name)
	}
	s.doc.Title = s.say("Where is %s largest?", info.Name)
	s.doc.Summary = s.say("Heat map of %s, %d frames.", info.Name, t.Len())
	if coloured {
		s.doc.Title = s.say("What does %s look like?", info.Name)
		s.doc.Summary = s.say("Picture %s, %d frames.", info.Name, t.Len())
	} else {
		s.doc.Caption = "The largest value is **{max.value}**, at {max.row}, {max.column}."
		image.Legend = true
		if !image.Bare {
			image.Select = &selectSpec{Line: "row"}
		}
	}
	others := s.choosers(info, image)
	for _, d := range others {
		image.Index = assign(image.Index, d.Name, "$"+positionState(d))
		s.doc.State[positionState(d)] = 0
	}
	if len(others) == 1 && others[0].Size <= mostMultiples && !coloured && !o.alone {
		d := others[0]
		image.Legend = false
		image.add(s, 3, imageBasis(info.Dims[len(info.Dims)-1].Size))
		multiples := multiplesSpec{rasterSpec: image.rasterSpec, Over: d.Name, Select: positionState(d), Item: d.Name, Legend: true, Title: s.say("%s 1 to {count}", d.Name)}
		multiples.Index = nil
		multiples.add(s, 1, 172)
		s.doc.Subtitle = s.say("%s at %s {%s}", quoted.Replace(info.Name), quoted.Replace(d.Name), braced.Replace(d.Name))
	} else {
		image.add(s, 1, 320)
		for _, d := range others {
			s.doc.Controls = append(s.doc.Controls, chooser(t, d))
		}
	}
	o.apply(s, info.Name)
	return s
}

func assign(m map[string]any, k string, v any) map[string]any {
	if m == nil {
		m = map[string]any{}
	}
	m[k] = v
	return m
}

func heatmapSpec(t *xainb.Track, info *xainb.FieldInfo) imageSpec {
	s := imageSpec{rasterSpec: rasterSpec{Field: info.Name, Ramp: "heat"}}
	info = t.Schema().Field(info.Name)
	if info.Range.Min < 0 {
		s.Ramp = "diverging"
	}
	if info.Unit != "" {
		s.Units = map[string]string{info.Name: info.Name + " (" + info.Unit + ")"}
	}
	row, col, _ := s.axes(info.Dims)
	pixels := []string{"height", "width", "y", "x"}
	s.Bare = channelOf(info.Dims) >= 0 || (slices.Contains(pixels, info.Dims[row].Name) && slices.Contains(pixels, info.Dims[col].Name))
	s.Framed = s.Bare && channelOf(info.Dims) < 0 && slices.Contains(pixels[2:], info.Dims[row].Name) // a plane, not a picture
	if channelOf(info.Dims) >= 0 {
		switch {
		case info.Range.Min >= 0 && info.Range.Max <= 1:
			s.Ranges = map[string][2]float64{info.Name: {0, 1}}
		case info.Range.Min >= 0 && info.Range.Max <= 255:
			s.Ranges = map[string][2]float64{info.Name: {0, 255}}
		default:
			s.Ranges = map[string][2]float64{info.Name: {float64(info.Range.Min), float64(info.Range.Max)}}
		}
	}
	if r, c := info.Dims[row].Size, info.Dims[col].Size; !s.Bare && (r > 3*c || c > 3*r) {
		no := false
		s.Square = &no
	}
	return s
}

// choosers returns the dimensions that are not drawn.
func (s *Scene) choosers(info *xainb.FieldInfo, image imageSpec) []xainb.Dim {
	row, col, _ := image.axes(info.Dims)
	channel := channelOf(info.Dims)
	var out []xainb.Dim
	for i, d := range info.Dims {
		if i != row && i != col && i != channel && d.Size > 1 {
			out = append(out, d)
		}
	}
	return out
}

// positionState names the entry of the state that says where along a dimension the picture stands. Dimensions have any names, "row" and
// "feature" too, which select something else.
func positionState(d xainb.Dim) string { return "at " + d.Name }

// chooser is the list of the positions along a dimension.
func chooser(t *xainb.Track, d xainb.Dim) xainb.Control {
	c := xainb.Control{Kind: "menu", State: positionState(d), Label: d.Name}
	names := labels(t, nil, d.Name)
	for i := range d.Size {
		label := strconv.Itoa(i + 1)
		if i < len(names) {
			label = names[i]
		}
		c.Options = append(c.Options, xainb.Option{Value: i, Label: label})
	}
	return c
}

// isPicture says whether the field has two dimensions to draw.
func isPicture(f *xainb.FieldInfo) bool {
	_, _, ok := rasterSpec{}.axes(f.Dims)
	return ok
}
