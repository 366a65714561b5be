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

// attentionOptions is what the scenes of attention can be told.
type attentionOptions struct {
	layer   float64 // 0: the first
	head    int     // from 1; 0 chooses
	query   string
	queryAt int // from 1; 0 chooses
	views   []string
	names   [2]string
}

// Layer starts an attention scene at layer n, counted from 1.
func Layer(n int) Option { return func(o *options) { o.attention.layer = float64(n) } }

// Head starts an attention scene with head n, counted from 1. Without it the scene starts with the head that has the largest weight
// from the selected token to a word that is not its neighbour: heads that look one word back are many, and say little.
func Head(n int) Option { return func(o *options) { o.attention.head = n } }

// Query selects a token: the first with that text. Without it the last pronoun is selected, or a word in the middle.
func Query(token string) Option { return func(o *options) { o.attention.query = token } }

// QueryAt selects the token at a position, counted from 1.
func QueryAt(n int) Option { return func(o *options) { o.attention.queryAt = n } }

// Views chooses the fields that the reader can switch between, in this order. Without it those are "attention", "norm" (weight times the
// length of the value vector) and "unscaled" (softmax without the division by √d), as far as the run has them.
func Views(fields ...string) Option { return func(o *options) { o.attention.views = fields } }

// Names says what the two runs of a comparison are called.
func Names(a, b string) Option { return func(o *options) { o.attention.names = [2]string{a, b} } }

// Fields of an attention run.
const (
	fieldAttention = "attention"
	fieldNorm      = "norm"
	fieldUnscaled  = "unscaled"
	fieldDot       = "dot"
	fieldScores    = "scores"
)

var attentionUnits = map[string]string{
	fieldAttention: "weight", fieldNorm: "weight × ‖value‖", fieldUnscaled: "weight without ÷ √d", fieldDot: "q · k", fieldScores: "q · k ÷ √d",
}

// specialTokens stand for no word of the sentence.
var specialTokens = []string{"[CLS]", "[SEP]", "[PAD]", "<s>", "</s>", "<pad>", "<|endoftext|>"}

var pronouns = []string{"it", "he", "she", "they", "him", "her", "them", "its", "his", "their", "itself", "himself", "herself", "themselves", "who", "which"}

// attentionRun is the frames of a run that hold attention maps.
type attentionRun struct {
	track  *xainb.Track
	field  string
	dims   []xainb.Dim // [head, query, key] or [query, key]
	tokens []string    // along the queries
	values int
	ramp   string
}

// attentionOf takes the frames with attention maps out of a run and keeps the fields given, as far as it has them.
func attentionOf(t *xainb.Track, o options, fields ...string) (attentionRun, error) {
	a := attentionRun{field: first(o.field, fieldAttention), ramp: o.rampOr("heat")}
	info := t.Schema().Field(a.field)
	if info == nil || len(info.Dims) < 2 || len(info.Dims) > 3 {
		return a, fmt.Errorf("charts: attention: the run has no field %s [head query key]; it has %s", a.field, contents(t))
	}
	same := func(f *xainb.Field) bool {
		return f != nil && len(f.Data) > 0 && len(f.Dims) == len(info.Dims) && f.Dims[len(f.Dims)-1].Name == info.Dims[len(info.Dims)-1].Name
	}
	keep := []string{a.field}
	for _, name := range fields {
		if f := t.Schema().Field(name); f != nil && len(f.Dims) == len(info.Dims) && !slices.Contains(keep, name) {
			keep = append(keep, name)
		}
	}
	a.track = t.Select(func(s *xainb.Snapshot) bool { return same(s.Field(a.field)) }).Pick(keep...)
	if a.track.Len() == 0 {
		return a, fmt.Errorf("charts: attention: no frame of the run has a field %s [head query key] with values", a.field)
	}
	a.dims = a.track.At(0).Field(a.field).Dims
	a.tokens = a.track.At(0).LabelsOf(a.queryDim())
	for _, f := range a.track.Frames() {
		a.values += len(f.Field(a.field).Data)
	}
	return a, nil
}

func (a attentionRun) queryDim() string { return a.dims[len(a.dims)-2].Name }
func (a attentionRun) keyDim() string   { return a.dims[len(a.dims)-1].Name }

// headDim returns the name of the dimension of the heads, or "" where there is only one map.
func (a attentionRun) headDim() string {
	if len(a.dims) < 3 {
		return ""
	}
	return a.dims[0].Name
}

func (a attentionRun) heads() int {
	if len(a.dims) < 3 {
		return 1
	}
	return a.dims[0].Size
}

func (a attentionRun) has(field string) bool { return a.track.Schema().Field(field) != nil }

// token returns the position of the token that is selected at the start.
func (a attentionRun) token(o attentionOptions) (int, error) {
	n := a.dims[len(a.dims)-2].Size
	if o.queryAt != 0 {
		if o.queryAt < 1 || o.queryAt > n {
			return 0, fmt.Errorf("charts: QueryAt(%d): there are tokens 1 to %d", o.queryAt, n)
		}
		return o.queryAt - 1, nil
	}
	if o.query != "" {
		i := slices.Index(a.tokens, o.query)
		if i < 0 {
			return 0, fmt.Errorf("charts: Query(%q): the tokens are %q", o.query, a.tokens)
		}
		return i, nil
	}
	for i := len(a.tokens) - 1; i >= 0; i-- {
		if slices.Contains(pronouns, a.tokens[i]) {
			return i, nil
		}
	}
	for i := n / 2; i < min(n, len(a.tokens)); i++ {
		if isWord(a.tokens[i]) {
			return i, nil
		}
	}
	return n / 2, nil
}

// isWord says whether a token is a word or begins one.
func isWord(token string) bool {
	return !isSpecial(token) && strings.IndexFunc(token, func(r rune) bool { return !unicode.IsLetter(r) }) < 0 && token != ""
}

// head returns the head that is selected at the start, see [Head].
func (a attentionRun) head(o attentionOptions, token int) (int, error) {
	if n := a.heads(); o.head != 0 {
		if o.head < 1 || o.head > n {
			return 0, fmt.Errorf("charts: Head(%d): there are heads 1 to %d", o.head, n)
		}
		return o.head - 1, nil
	}
	best, most := 0, float32(math.Inf(-1))
	for _, f := range a.track.Frames() {
		x := f.Field(a.field)
		d := x.Dims
		rows, cols := d[len(d)-2].Size, d[len(d)-1].Size
		keys := f.LabelsOf(a.keyDim())
		for h := range len(x.Data) / max(1, rows*cols) {
			if token >= rows {
				break
			}
			for k, v := range x.Data[(h*rows+token)*cols:][:cols] {
				if v > most && max(k-token, token-k) > 1 && (k >= len(keys) || !slices.Contains(specialTokens, keys[k])) {
					best, most = h, v
				}
			}
		}
	}
	return best, nil
}

// start returns the frame of the layer at which the scene starts.
func (a attentionRun) start(o attentionOptions) (int, error) {
	if o.layer == 0 {
		return 0, nil
	}
	for i, f := range a.track.Frames() {
		if f.Time == o.layer {
			return i, nil
		}
	}
	return 0, fmt.Errorf("charts: Layer(%g): the run has layers %g to %g", o.layer, a.track.At(0).Time, a.track.At(a.track.Len()-1).Time)
}

// bits returns how many bits a weight keeps: a short sentence's are worth a few bytes more.
func (a attentionRun) bits(o options) int {
	switch {
	case o.bits > 0:
		return o.bits
	case a.values <= 400_000:
		return 10
	}
	return 8
}

// rasterSpec returns what all pictures of the run have in common.
func (a attentionRun) rasterSpec() rasterSpec {
	s := rasterSpec{
		Field: "$view", Rows: a.queryDim(), Cols: a.keyDim(), Ramp: a.ramp,
		Ranges: map[string][2]float64{a.field: {0, a.ceiling()}, fieldUnscaled: {0, 1}},
	}
	if h := a.headDim(); h != "" {
		s.Index = map[string]any{h: "$head"}
	}
	return s
}

// ceiling returns the weight at which the colours end. The weights of a short sentence are seen from 0 to 1. With many tokens nearly all are far
// below that, and the colours end where one weight in two hundred is larger.
func (a attentionRun) ceiling() float64 {
	if a.dims[len(a.dims)-1].Size <= 32 {
		return 1
	}
	const bins = 1000
	var count [bins + 1]int
	total := 0
	for _, f := range a.track.Frames() {
		for _, v := range f.Field(a.field).Data {
			if v >= 0 && v <= 1 {
				count[int(v*bins)]++
				total++
			}
		}
	}
	above := 0
	for i := bins; i > 0; i-- {
		above += count[i]
		if above > total/200 {
			for _, nice := range []float64{0.05, 0.1, 0.2, 0.3, 0.5} {
				if float64(i)/bins <= nice {
					return nice
				}
			}
			break
		}
	}
	return 1
}

// image returns the picture of one head, with what captions can say of it.
func (a attentionRun) image(s *Scene) imageSpec {
	norm := "This is weight times the length of the value: what the head really moves."
	if special := a.special(); len(special) > 0 {
		norm = s.say(norm+" {marked} of it is on %s; of the weights {base.marked}.", listed(special))
	}
	return imageSpec{
		rasterSpec: a.rasterSpec(), By: "$reading", Select: &selectSpec{Line: "token"}, Joint: "→",
		Units: attentionUnits, Marked: specialTokens, Base: a.field,
		Words: map[string]phrase{
			"gives": {Of: []string{"reading", "view"}, Is: map[string]string{
				"rows": "gives", "columns": "gets", "rows/" + fieldNorm: "takes", "columns/" + fieldNorm: "passes"}},
			"to": {Of: []string{"reading", "view"}, Is: map[string]string{
				"rows": "to", "columns": "from", "rows/" + fieldNorm: "from", "columns/" + fieldNorm: "to"}},
			"note": {Of: []string{"view", "reading"}, Is: map[string]string{
				fieldAttention:              "A large weight says where the head looks, not why the model answers.",
				fieldAttention + "/columns": "A row sums to 1, a column need not: this one sums to {sum}.",
				fieldNorm:                   norm,
				fieldUnscaled:               "Without the division by √d the softmax is sharper; with it that weight is {base.value}.",
			}},
		},
	}
}

// special returns the special tokens that the run has, each once.
func (a attentionRun) special() []string {
	var out []string
	for _, t := range a.tokens {
		if isSpecial(t) && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// multiples returns the small pictures of all heads.
func (a attentionRun) multiples() multiplesSpec {
	s := multiplesSpec{rasterSpec: a.rasterSpec(), Over: a.headDim(), Select: "head", Item: "head", Legend: true, Title: "{count} heads of {timeName} {time}"}
	s.Index = nil
	return s
}

// prepare sets what all scenes of attention share: the state at the start, the bits, blending.
func (s *Scene) prepareAttention(a attentionRun, o options) error {
	token, err := a.token(o.attention)
	if err != nil {
		return err
	}
	head, err := a.head(o.attention, token)
	if err != nil {
		return err
	}
	start, err := a.start(o.attention)
	if err != nil {
		return err
	}
	s.doc.Start = start
	s.doc.State["token"], s.doc.State["head"], s.doc.State["reading"], s.doc.State["view"] = token, head, "rows", a.field
	for _, f := range a.track.Schema().Fields {
		s.doc.Bits[f.Name], s.doc.Blend[f.Name] = a.bits(o), xainb.Ease
	}
	return nil
}

// word returns how the selected token is named in a title.
func (a attentionRun) word(token int) string {
	if token < len(a.tokens) {
		return "“" + oneLine(a.tokens[token]) + "”"
	}
	return "token " + strconv.Itoa(token+1)
}

var readingControl = xainb.Control{Kind: "choice", State: "reading", Label: "Read", Options: []xainb.Option{
	{Value: "rows", Label: "a row: where the word looks"},
	{Value: "columns", Label: "a column: who looks at it"},
}}

// viewControl offers the fields that the run has; with one there is nothing to choose.
func (a attentionRun) viewControl(o attentionOptions) (xainb.Control, error) {
	labels := map[string]string{fieldAttention: "weight", fieldNorm: "weight × ‖value‖", fieldUnscaled: "without ÷ √d"}
	c := xainb.Control{Kind: "choice", State: "view", Label: "Show"}
	views := o.views
	if len(views) == 0 {
		views = []string{a.field}
		for _, f := range []string{fieldNorm, fieldUnscaled} {
			if a.has(f) {
				views = append(views, f)
			}
		}
	}
	for _, v := range views {
		if !a.has(v) {
			return c, fmt.Errorf("charts: Views(%q): the run has no such field [head query key]; it has %s", v, contents(a.track))
		}
		c.Options = append(c.Options, xainb.Option{Value: v, Label: first(labels[v], v)})
	}
	return c, nil
}

const attentionCaption = "In {timeName} {time}, **{selected}** {gives} **{top.value}** {to} **{top.label}** and {second.value} {to} “{second.label}”. {note}"

// AttentionHeads shows the attention maps of a run, layer by layer: the map of one head with the tokens on both axes, and all heads beside it.
// The reader chooses a token, a head, whether to read a row (where the token looks) or a column (who looks at it), and, where the run has
// the fields, weights, weights times the length of the value vectors (Kobayashi et al. 2020, https://arxiv.org/abs/2004.10102), or weights
// without the division by √d.
//
// The run is any track with frames that have a field attention [head, query, key] or [query, key]: kernels/attention's, or steps of type
// [xainb.AttentionWeight]. Beside the names that all pictures have (see the package documentation) captions can use {gives}, {to} and {note},
// which follow the controls.
func AttentionHeads(src xainb.Source, opts ...Option) *Scene {
	s, t := newScene(src, "AttentionHeads")
	if s.err != nil {
		return s
	}
	o := optionsOf(opts)
	fields := o.attention.views
	if len(fields) == 0 {
		fields = []string{fieldNorm, fieldUnscaled}
	}
	a, err := attentionOf(t, o, fields...)
	if err != nil {
		return s.fail(err)
	}
	s.doc.Tracks = []*xainb.Track{a.track}
	return s.attention(a, o)
}

// attention fills a scene whose tracks are set.
func (s *Scene) attention(a attentionRun, o options) *Scene {
	if err := s.prepareAttention(a, o); err != nil {
		return s.fail(err)
	}
	view, err := a.viewControl(o.attention)
	if err != nil {
		return s.fail(err)
	}
	s.doc.State["view"] = view.Options[0].Value
	s.doc.Controls = append(s.doc.Controls, readingControl)
	if len(view.Options) > 1 {
		s.doc.Controls = append(s.doc.Controls, view)
	}
	token := s.doc.State["token"].(int)
	s.doc.Title = s.say("What does %s look at?", a.word(token))
	s.doc.Caption = attentionCaption
	image, multiples := a.image(s), a.multiples()
	if len(s.doc.Tracks) > 1 {
		image.Track, multiples.Track, image.Versus = "$run", "$run", true
		image.Base = "$view"
		image.Words["other"] = phrase{Of: []string{"run"}, Is: map[string]string{"0": o.attention.names[1], "1": o.attention.names[0]}}
	}
	if a.headDim() == "" {
		s.doc.Subtitle = "Attention, {timeName} by {timeName}. Rows ask, columns answer."
		image.Legend = true
		image.add(s, 1, 320)
	} else {
		s.doc.Subtitle = "Attention of head {head}, {timeName} by {timeName}. Rows ask, columns answer."
		image.add(s, 3, imageBasis(a.dims[len(a.dims)-1].Size))
		multiples.add(s, 1, 172)
	}
	s.doc.Summary = s.tell(a.summary())
	o.apply(s, a.field)
	return s
}

// imageBasis is the least width of a picture of n columns that stands beside others.
func imageBasis(n int) int { return pick(n > 24, 560, 340) }

// summary says in words what the scene shows.
func (a attentionRun) summary() bilingual {
	heads := bilingual{}
	if n := a.heads(); n > 1 {
		heads = say(" of %d heads", n)
	}
	last := a.track.At(a.track.Len() - 1)
	return say("Attention maps%s over %d tokens, %s %s to %s.", heads, a.dims[len(a.dims)-2].Size, timeNoun(first(last.TimeName, "step")),
		formatTime(a.track.At(0).Time), formatTime(last.Time))
}
