package charts

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/xainb/gonb-xai/xainb"
)

// losslessValues is how many values of a field a track may have for the page to keep them whole. Numbers that readers see as text, a weight
// of exactly 0 among them, are not rounded while that is cheap.
const losslessValues = 200_000

// contents says what a run has, for errors: "attention [head=12 query=13 key=13] and the scalar score".
func contents(t *xainb.Track) string {
	var parts []string
	schema := t.Schema()
	for _, f := range schema.Fields {
		parts = append(parts, f.Name+" "+shape(f.Dims))
	}
	switch n := len(schema.Scalars); {
	case n == 1:
		parts = append(parts, "the scalar "+schema.Scalars[0])
	case n > 1:
		parts = append(parts, "the scalars "+list(schema.Scalars))
	}
	if len(parts) == 0 {
		return "no field and no scalar"
	}
	return list(parts)
}

func shape(dims []xainb.Dim) string {
	parts := make([]string, len(dims))
	for i, d := range dims {
		parts[i] = fmt.Sprintf("%s=%d", d.Name, d.Size)
	}
	return "[" + strings.Join(parts, " ") + "]"
}

// list joins words as a sentence does: "a, b and c".
func list(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// fieldFor returns the field that a scene draws: the one asked for, or the first that fits, those that are preferred before the others.
func fieldFor(t *xainb.Track, scene, asked, what string, fits, preferred func(*xainb.FieldInfo) bool) (*xainb.FieldInfo, error) {
	schema := t.Schema()
	if asked != "" {
		f := schema.Field(asked)
		if f == nil {
			return nil, fmt.Errorf("charts: %s: the run has no field %q; it has %s", scene, asked, contents(t))
		}
		if !fits(f) {
			return nil, fmt.Errorf("charts: %s: the field %s %s is no %s", scene, asked, shape(f.Dims), what)
		}
		return f, nil
	}
	var found *xainb.FieldInfo
	for i := range schema.Fields {
		f := &schema.Fields[i]
		if fits(f) && (found == nil || (preferred != nil && preferred(f) && !preferred(found))) {
			found = f
		}
	}
	if found == nil {
		return nil, fmt.Errorf("charts: %s: the run has no %s; it has %s", scene, what, contents(t))
	}
	return found, nil
}

func rank(n int) func(*xainb.FieldInfo) bool {
	return func(f *xainb.FieldInfo) bool { return len(f.Dims) == n }
}

// maskNames are fields that say which entries of another are left out; they are no ranking.
var maskNames = []string{"mask", "masked", "removed", "occluded"}

func isList(f *xainb.FieldInfo) bool { return len(f.Dims) == 1 && !slices.Contains(maskNames, f.Name) }

// named says of a field whether the run names its entries.
func named(t *xainb.Track) func(*xainb.FieldInfo) bool {
	return func(f *xainb.FieldInfo) bool { return len(f.Dims) > 0 && len(labels(t, nil, f.Dims[0].Name)) > 0 }
}

// labels returns the names along a dimension at a frame; where the frame has none, those of the track's first frame that has.
func labels(t *xainb.Track, s *xainb.Snapshot, dim string) []string {
	if s != nil {
		if l := s.LabelsOf(dim); l != nil {
			return l
		}
	}
	for _, f := range t.Frames() {
		if l := f.LabelsOf(dim); l != nil {
			return l
		}
	}
	return nil
}

// entry is one value of a 1-D field: the twin of Entry in parts.js. The key stays the same from frame to frame: the label and
// which of its kind it is.
type entry struct {
	key   string
	raw   string // the label as the run has it
	label string // as it is shown
	nth   int    // 1 for the first of this label; 0 where the label is the only one
	index int
	value float64
}

func entries(data []float32, names []string, dim string) []entry {
	out := make([]entry, len(data))
	counts := map[string]int{}
	for i, v := range data {
		label := dim + " " + strconv.Itoa(i+1)
		if i < len(names) {
			label = names[i]
		}
		counts[label]++
		out[i] = entry{key: label + "#" + strconv.Itoa(counts[label]), raw: label, label: plainLabel(label), nth: counts[label], index: i, value: float64(v)}
	}
	for i, e := range out {
		if counts[e.raw] == 1 {
			out[i].nth = 0
		}
	}
	return out
}

// plainLabel is a label as a sentence and a ranking have it: without a tokenizer's mark for a space or a comma behind it; a bare sign is in
// quotation marks.
func plainLabel(label string) string {
	bare := strings.TrimPrefix(strings.TrimPrefix(label, "Ġ"), "▁")
	if strings.ContainsFunc(bare, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
		return strings.TrimRight(bare, ".,;:!?…。，、；：！？")
	}
	return "“" + bare + "”"
}

// entriesAt returns the entries of a 1-D field at a moment.
func entriesAt(m moment, field, dim string) []entry {
	s := m.snapshot(0)
	if s == nil {
		return nil
	}
	f := s.Field(field)
	if f == nil {
		return nil
	}
	return entries(f.Data, labels(m.tracks[0], s, dim), dim)
}

// strongest orders the finite entries by the size of their values, largest first.
func strongest(all []entry) []entry {
	out := slices.DeleteFunc(slices.Clone(all), func(e entry) bool { return e.value-e.value != 0 })
	slices.SortStableFunc(out, func(a, b entry) int {
		switch x, y := math.Abs(a.value), math.Abs(b.value); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return out
}

// longestLabels returns the most labels that a frame has along a dimension.
func longestLabels(t *xainb.Track, dim string) []string {
	var out []string
	for _, f := range t.Frames() {
		if l := f.LabelsOf(dim); len(l) > len(out) {
			out = l
		}
	}
	return out
}

// longestField returns the most values that a field has in a frame, and how many it has in all frames.
func longestField(t *xainb.Track, name string) (most, total int) {
	for _, s := range t.Frames() {
		if f := s.Field(name); f != nil {
			most, total = max(most, len(f.Data)), total+len(f.Data)
		}
	}
	return most, total
}

// More than these leave nothing to see, and no machine quick.
const (
	mostPoints = 100_000 // and values of a profile
	mostNames  = 10_000  // of a list
	mostSide   = 10_000  // of a picture, in cells, and how many pictures
)

// drawable checks that nothing in a track, which may come from a stranger's file, is too large to be drawn.
func drawable(t *xainb.Track) error {
	for _, s := range t.Frames() {
		for _, f := range s.Fields {
			for i, d := range f.Dims {
				most := mostSide
				if len(f.Dims) == 1 || len(f.Dims) == 2 && i == 0 && f.Dims[1].Size <= 3 {
					most = pick(len(s.LabelsOf(d.Name)) > mostNames, mostNames, mostPoints)
				}
				if d.Size > most {
					return fmt.Errorf("charts: the field %s %s has %d entries along %s, and a scene draws at most %d of them: record fewer", f.Name, shape(f.Dims), d.Size, d.Name, most)
				}
			}
		}
	}
	return nil
}

// keep sets how many bits the page keeps of a small field: all of them.
func (s *Scene) keep(t *xainb.Track, fields ...string) {
	for _, name := range fields {
		if _, n := longestField(t, name); n <= losslessValues {
			s.doc.Bits[name] = 32
		} else {
			s.doc.Bits[name] = 16
		}
	}
}

// limitOf returns the largest magnitude of a field's range.
func limitOf(r xainb.Range) float64 {
	return max(math.Abs(float64(r.Min)), math.Abs(float64(r.Max)))
}

// valueText writes a value; what is nothing beside the limit is 0, as valueText in parts.js does.
func valueText(v, limit float64) string {
	if math.Abs(v) < 1e-4*limit {
		return "0"
	}
	return formatNumber(v)
}

// quoted makes a name safe for a template, braced one that stands between braces.
var (
	quoted = strings.NewReplacer("{", "(", "}", ")", "**", "∗∗", "$", `\$`)
	braced = strings.NewReplacer("{", "(", "}", ")")
)

// withUnit is a field's name as a heading has it: "weight (logits)".
func withUnit(f *xainb.FieldInfo) string {
	if f.Unit == "" {
		return f.Name
	}
	return f.Name + " (" + f.Unit + ")"
}

func notFinite(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n) + " not finite"
}

// timeWord is what a run's time counts.
func timeWord(t *xainb.Track) string {
	for _, f := range t.Frames() {
		if f.TimeName != "" {
			return f.TimeName
		}
	}
	return "step"
}
