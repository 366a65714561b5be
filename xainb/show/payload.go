package show

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/xainb/gonb-xai/internal/tex"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// payload is what a cell carries as JSON beside its poster; boot.js and mount.js read it.
type payload struct {
	Player    part          `json:"player"`
	Libraries []part        `json:"libraries"`
	Doc       docJSON       `json:"doc"`
	Variants  *variantsJSON `json:"variants,omitempty"`
	Tracks    [][]byte      `json:"tracks"` // the compact form
}

// variantsJSON are the documents that a control chooses from; the one at Start is the payload's own.
type variantsJSON struct {
	Label string        `json:"label"`
	Start int           `json:"start"`
	Docs  []variantJSON `json:"docs"`
}

type variantJSON struct {
	Label string   `json:"label"`
	Doc   *docJSON `json:"doc"`
}

type docJSON struct {
	Title    string                  `json:"title"`
	Subtitle string                  `json:"subtitle"`
	Caption  string                  `json:"caption"`
	Summary  string                  `json:"summary"`
	Start    int                     `json:"start"`
	Blend    map[string]xainb.Easing `json:"blend"`
	Seconds  float64                 `json:"seconds"`
	Panels   []xainb.Panel           `json:"panels"`
	Layout   *xainb.Layout           `json:"layout,omitempty"`
	Controls []xainb.Control         `json:"controls"`
	State    map[string]any          `json:"state"`
	Notes    []xainb.Note            `json:"notes"`
	Asks     []xainb.Ask             `json:"asks"`
	Chapters []xainb.Chapter         `json:"chapters"`
	Tracks   []int                   `json:"tracks"` // which of the payload's
	Align    [][]int                 `json:"align,omitempty"`
	Warnings []string                `json:"warnings"`
	Theme    string                  `json:"theme"` // "light", "dark"; "": the page's
	Width    int                     `json:"width"` // the most width in CSS pixels; 0: the player's own
	Moments  moments                 `json:"moments"`
	Facts    []fact                  `json:"facts"`
	Formulas map[string]tex.Node     `json:"formulas,omitempty"` // by their TeX

	Translations map[string]map[string]string `json:"translations,omitempty"` // by language and text
}

// moments says what the control bar needs of the frames without decoding them.
type moments struct {
	Times    []*float64 `json:"times"` // nil where not finite
	TimeName string     `json:"timeName"`
	Ticks    []tick     `json:"ticks"`
}

type tick struct {
	At   int    `json:"at"`
	Name string `json:"name"`
	Text string `json:"text"`
}

// fact is a line under "details": where the run comes from and what was done to it.
type fact struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

func nonNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// frameSeconds lets a whole run take about 12 seconds, with no frame longer than 1.2 s or shorter than a 30th.
func frameSeconds(asked float64, frames int) float64 {
	if asked > 0 && !math.IsInf(asked, 0) {
		return asked
	}
	return min(1.2, max(1.0/30, 12/float64(max(frames, 1))))
}

// momentsOf takes the times of the longest track and the events of all of them.
func momentsOf(d *xainb.Document) moments {
	n := d.Moments()
	m := moments{Times: make([]*float64, 0, n), TimeName: "step", Ticks: []tick{}}
	long := d.Longest()
	for i := range n {
		f := d.Tracks[long].At(d.Frame(long, i))
		var at *float64
		if v := f.Time; v-v == 0 {
			at = &v
		}
		m.Times = append(m.Times, at)
		if f.TimeName != "" {
			m.TimeName = f.TimeName
		}
	}
	has := map[tick]bool{}
	for k, t := range d.Tracks {
		for i := range n {
			at := d.Frame(k, i)
			if i > 0 && at == d.Frame(k, i-1) {
				continue // it stays
			}
			for _, e := range t.At(at).Events {
				if k := (tick{i, e.Name, e.Text}); !e.IsWarning() && !has[k] {
					has[k] = true
					m.Ticks = append(m.Ticks, k)
				}
			}
		}
	}
	slices.SortStableFunc(m.Ticks, func(a, b tick) int { return a.At - b.At })
	return m
}

// facts says what is known of the recordings, once where it is the same of several. kept describes the fields of each as its bytes keep
// them, size is what all take in the page.
func facts(tracks []*xainb.Track, kept [][]codec.FieldInfo, size int) []fact {
	var out []fact
	add := func(name, text string) {
		if f := (fact{name, text}); text != "" && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	for i, t := range tracks {
		trackFacts(t, kept[i], add)
	}
	add("size", fmt.Sprintf("%.0f kB", float64(size)/1000))
	return out
}

func trackFacts(t *xainb.Track, kept []codec.FieldInfo, add func(name, text string)) {
	p := t.Provenance()
	add("run", p.Name)
	add("model", hashed(p.Model, p.ModelHash))
	add("data", hashed(p.Data, p.DataHash))
	if p.Seed != 0 {
		add("seed", fmt.Sprint(p.Seed))
	}
	if p.Parent != nil {
		add("branched", fmt.Sprintf("from step %d of %.12s", p.Parent.Seq, p.Parent.Track))
	}
	frames := fmt.Sprint(t.Len())
	if n := t.Dropped(); n > 0 {
		frames += fmt.Sprintf(" of %d steps (%d not kept)", t.Steps(), n)
	}
	add("frames", frames)
	for _, f := range t.Schema().Fields {
		text := fmt.Sprintf("%s, %.4g to %.4g", dims(f.Dims), f.Range.Min, f.Range.Max)
		if f.Range.NaN+f.Range.Inf > 0 {
			text += fmt.Sprintf(", %d values not finite", f.Range.NaN+f.Range.Inf)
		}
		if k := slices.IndexFunc(kept, func(k codec.FieldInfo) bool { return k.Name == f.Name }); k >= 0 && kept[k].MaxError > 0 {
			text += fmt.Sprintf(", kept to ±%.2g (%d bits)", kept[k].MaxError, kept[k].Bits)
		}
		add(f.Name, text)
	}
}

func hashed(name, hash string) string {
	if hash != "" {
		name += fmt.Sprintf(" (SHA-256 %.12s…)", hash)
	}
	return name
}

func dims(ds []xainb.Dim) string {
	s := ""
	for i, d := range ds {
		if i > 0 {
			s += " × "
		}
		s += fmt.Sprintf("%d %s", d.Size, d.Name)
	}
	return s
}

// newPayload encodes the document and its variants. carry says of which libraries the code goes along.
func newPayload(d *xainb.Document, o options, carry map[string]bool) (*payload, error) {
	player, err := playerPart(d.Scripts)
	if err != nil {
		return nil, err
	}
	p := &payload{Player: player, Libraries: []part{}}
	if p.Doc, err = p.add(d, o); err != nil {
		return nil, err
	}
	if d.Variants != nil {
		p.Variants = &variantsJSON{Label: d.Variants.Label, Start: d.Variants.Start}
		for i, v := range d.Variants.Docs {
			each := variantJSON{Label: v.Label}
			if i != d.Variants.Start {
				doc, err := p.add(v.Doc, o)
				if err != nil {
					return nil, fmt.Errorf("%w (%s %s)", err, d.Variants.Label, v.Label)
				}
				each.Doc = &doc
			}
			p.Variants.Docs = append(p.Variants.Docs, each)
		}
	}
	for _, name := range d.Libraries {
		a, ok := assets()[name]
		if !ok {
			return nil, fmt.Errorf("show: the document asks for a library %q: %w", name, ErrAsset)
		}
		lib := part{ID: a.id(), Name: a.Name, URL: a.CDN, Integrity: a.Integrity}
		if carry[name] {
			source, err := a.bytes(o.assets)
			if err != nil {
				return nil, err
			}
			lib.Code = deflate(source)
		}
		p.Libraries = append(p.Libraries, lib)
	}
	if size := p.size(); size > o.budget {
		p.Doc.Warnings = append(p.Doc.Warnings, fmt.Sprintf("The recordings shown here take %s, more than the budget of %s: keep fewer frames (Config.Frames) or fewer bits (show.Bits), or allow more (show.Budget).", amount(size), amount(o.budget)))
	}
	return p, nil
}

// amount writes a number of bytes.
func amount(n int) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1000:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d bytes", n)
}

// size returns how many bytes the recordings take in the page.
func (p *payload) size() int {
	n := 0
	for _, b := range p.Tracks {
		n += base64.StdEncoding.EncodedLen(len(b))
	}
	return n
}

// add encodes the tracks of a document, each that is alike once, and returns what the page needs to know of it.
func (p *payload) add(d *xainb.Document, o options) (docJSON, error) {
	if d == nil || len(d.Tracks) == 0 || d.Moments() == 0 {
		return docJSON{}, fmt.Errorf("show: %w", xainb.ErrNoFrames)
	}
	blend := map[string]xainb.Easing{}
	maps.Copy(blend, d.Blend)
	var which []int
	var kept [][]codec.FieldInfo
	size := 0
	for i, t := range d.Tracks {
		b, err := codec.Encode(t, codec.Options{FieldBits: d.Bits})
		if err != nil {
			return docJSON{}, fmt.Errorf("show: track %d: %w", i+1, err)
		}
		info, err := codec.Inspect(b)
		if err != nil {
			return docJSON{}, fmt.Errorf("show: track %d: %w", i+1, err)
		}
		kept = append(kept, info.Fields)
		k := slices.IndexFunc(p.Tracks, func(o []byte) bool { return bytes.Equal(o, b) })
		if k < 0 {
			k = len(p.Tracks)
			p.Tracks = append(p.Tracks, b)
		}
		if !slices.Contains(which, k) {
			size += base64.StdEncoding.EncodedLen(len(b))
		}
		which = append(which, k)
	}
	doc := docJSON{
		Title: d.Title, Subtitle: d.Subtitle, Caption: d.Caption, Summary: d.Summary, Start: d.Start, Blend: blend,
		Seconds: frameSeconds(d.Seconds, d.Moments()), Panels: d.Panels, Layout: d.Layout, Controls: plainOptions(d.Controls), State: d.State,
		Notes: nonNil(d.Notes), Asks: nonNil(d.Asks), Chapters: nonNil(d.Chapters), Warnings: nonNil(slices.Clone(d.Warnings)),
		Tracks: which, Align: d.Align, Moments: momentsOf(d), Facts: facts(d.Tracks, kept, size),
		Theme: o.theme, Width: o.width,
	}
	var err error
	if doc.Translations, err = translationsOf(d, doc, variantLabels(d)...); err != nil {
		return docJSON{}, err
	}
	texts := templates(d)
	for _, text := range texts {
		for _, translated := range doc.Translations {
			texts = append(texts, translated[text])
		}
	}
	doc.Formulas, err = tex.Formulas(texts...)
	return doc, err
}

// variantLabels are what stands on the control that chooses a variant.
func variantLabels(d *xainb.Document) []string {
	if d.Variants == nil {
		return nil
	}
	out := []string{d.Variants.Label}
	for _, v := range d.Variants.Docs {
		out = append(out, v.Label)
	}
	return out
}

// templates returns the texts of a document in which formulas may stand.
func templates(d *xainb.Document) []string {
	out := []string{d.Subtitle, d.Caption}
	for _, n := range d.Notes {
		out = append(out, n.Text)
	}
	for _, a := range d.Asks {
		out = append(out, a.Question, a.Reveal)
	}
	for _, c := range d.Controls {
		out = append(out, c.Reveal)
		for _, o := range c.Options {
			out = append(out, o.Subtitle, o.Caption)
		}
	}
	return out
}

// plainOptions returns the controls with lists where JSON would have null.
func plainOptions(controls []xainb.Control) []xainb.Control {
	out := nonNil(slices.Clone(controls))
	for i, c := range out {
		out[i].Options = nonNil(c.Options)
	}
	return out
}

// asJSON writes v for a script element: "<" is escaped, so nothing in it can end the element. A panic of what a scene has put there is an error.
func asJSON(v any) (b []byte, err error) {
	defer recovered("writing the document as JSON", &err)
	if b, err = json.Marshal(v); err != nil {
		return nil, fmt.Errorf("show: the document cannot be written as JSON: %w", err)
	}
	return b, nil
}
