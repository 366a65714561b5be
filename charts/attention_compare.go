package charts

import (
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// AttentionCompare shows two runs of the same words, of which the reader chooses one by a control: the words in order and shuffled, with a
// causal mask and without, two models. Frames are matched by their number. If the second run has the same tokens in another order they are
// put back into the first run's, so that a cell means the same in both. [Names] says what the runs are called.
//
// Captions can use {base.value}, the other run's value at the cell of {top}, the other {base.} names, and {other}, the other run's name.
func AttentionCompare(a, b xainb.Source, opts ...Option) *Scene {
	s, t := newScene(a, "AttentionCompare")
	if s.err != nil {
		return s
	}
	other, u := newScene(b, "")
	if other.err != nil {
		return s.fail(inside("AttentionCompare: second run", other.err))
	}
	o := optionsOf(opts)
	names := &o.attention.names
	names[0], names[1] = first(names[0], "first run"), first(names[1], "second run")
	fields := o.attention.views
	one, err := attentionOf(t, o, fields...)
	if err != nil {
		return s.fail(err)
	}
	two, err := attentionOf(u, o, fields...)
	if err != nil {
		return s.fail(inside("AttentionCompare: second run", err))
	}
	two.track = aligned(two, one.tokens)
	s.doc.Tracks = []*xainb.Track{one.track, two.track}
	s.from(u)
	s.doc.State["run"] = 0
	s.doc.Controls = []xainb.Control{{Kind: "choice", State: "run", Label: "Run", Options: []xainb.Option{
		{Value: 0, Label: names[0]}, {Value: 1, Label: names[1]}}}}
	s.attention(one, o)
	if s.err == nil {
		s.doc.Caption = comparedCaption
	}
	return s
}

const comparedCaption = "In {timeName} {time}, **{selected}** {gives} **{top.value}** {to} **{top.label}**; in “{other}” that is {base.value}."

// aligned puts the maps of a run into the order of the tokens given, if its tokens are the same in another order; equal tokens keep their
// order among themselves.
func aligned(a attentionRun, tokens []string) *xainb.Track {
	order, ok := permutation(tokens, a.tokens)
	if !ok || slices.IsSorted(order) || a.dims[len(a.dims)-1].Size != len(order) {
		return a.track
	}
	frames := make([]xainb.Snapshot, 0, a.track.Len())
	for _, f := range a.track.Frames() {
		c := f.Clone()
		for i := range c.Fields {
			permuteMaps(c.Fields[i].Data, f.Fields[i].Data, order)
		}
		c.PutLabels(a.queryDim(), tokens)
		c.PutLabels(a.keyDim(), tokens)
		frames = append(frames, c)
	}
	return xainb.NewTrack(frames, a.track.Provenance(), a.track.Err()).WithWarnings(a.track.Warnings()...)
}

// permutation returns where in from each of to is.
func permutation(to, from []string) (order []int, ok bool) {
	if len(to) != len(from) || len(to) == 0 {
		return nil, false
	}
	places := map[string][]int{}
	for i, t := range from {
		places[t] = append(places[t], i)
	}
	for _, t := range to {
		p := places[t]
		if len(p) == 0 {
			return nil, false
		}
		order = append(order, p[0])
		places[t] = p[1:]
	}
	return order, true
}

// permuteMaps reorders rows and columns of maps [.., n, n]: dst[i][j] = src[order[i]][order[j]].
func permuteMaps(dst, src []float32, order []int) {
	n := len(order)
	for at := 0; at+n*n <= len(src); at += n * n {
		for i, r := range order {
			for j, c := range order {
				dst[at+i*n+j] = src[at+r*n+c]
			}
		}
	}
}
