package charts

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// at says whether the scene, or one of its variants, has a moment, counted from 0. Of a variant that is shorter it is just never reached.
func (s *Scene) at(moment int, what string) bool {
	n := 0
	s.each(func(s *Scene) { n = max(n, s.doc.Moments()) })
	if n > 0 && (moment < 0 || moment >= n) {
		s.fail(fmt.Errorf("charts: %s at frame %d: the scene has frames 0 to %d", what, moment, n-1))
		return false
	}
	return s != nil
}

// Note says a sentence from frame at on (counted from 0), until the next note: a template as in [Scene.Caption].
func (s *Scene) Note(at int, text string) *Scene {
	if !s.at(at, "Note") {
		return s
	}
	return s.each(func(s *Scene) {
		s.doc.Notes = append(s.doc.Notes, xainb.Note{At: at, Text: text})
		slices.SortStableFunc(s.doc.Notes, func(a, b xainb.Note) int { return a.At - b.At })
	})
}

// Predict asks a question to be answered before playing; when the run has played to its end the reveal is said, a template as
// in [Scene.Caption] where {guess} is the answer chosen. A scene has one prediction.
func (s *Scene) Predict(question, reveal string, answers ...string) *Scene {
	if len(answers) == 0 {
		return s.fail(fmt.Errorf("charts: Predict(%q): there are no answers to choose from", question))
	}
	for i, a := range answers {
		if slices.Contains(answers[:i], a) {
			return s.fail(fmt.Errorf("charts: Predict(%q): the answer %q is there twice", question, a))
		}
	}
	if s != nil && slices.ContainsFunc(s.doc.Controls, isPrediction) {
		return s.fail(fmt.Errorf("charts: Predict(%q): the scene asks for another prediction already", question))
	}
	c := xainb.Control{Kind: "predict", State: "guess", Label: question, Reveal: reveal}
	for _, a := range answers {
		c.Options = append(c.Options, xainb.Option{Value: a, Label: a})
	}
	return s.each(func(s *Scene) { s.doc.Controls = append([]xainb.Control{c}, s.doc.Controls...) })
}

func isPrediction(c xainb.Control) bool { return c.Kind == "predict" }

// Ask stops the playhead at frame at (counted from 0) until the reader has answered a question, or has asked twice to go on without. The answers stand in an order that depends on nothing but
// their texts, so the right one is not always the first. A frame has one question. What [Scene.Reveal] says next is said after the answer.
func (s *Scene) Ask(at int, question, right string, wrong ...string) *Scene {
	if !s.at(at, fmt.Sprintf("Ask(%q)", question)) {
		return s
	}
	if slices.ContainsFunc(s.doc.Asks, func(a xainb.Ask) bool { return a.At == at }) {
		return s.fail(fmt.Errorf("charts: Ask(%q): another question stops at frame %d too", question, at))
	}
	if len(wrong) == 0 {
		return s.fail(fmt.Errorf("charts: Ask(%q): there is no wrong answer to choose", question))
	}
	ask := xainb.Ask{At: at, Question: question, Answers: shuffled(question, append([]string{right}, wrong...))}
	for i, a := range ask.Answers[1:] {
		if slices.Contains(ask.Answers[:i+1], a) {
			return s.fail(fmt.Errorf("charts: Ask(%q): the answer %q is there twice", question, a))
		}
	}
	ask.Right = slices.Index(ask.Answers, right)
	return s.each(func(s *Scene) { s.doc.Asks = append(s.doc.Asks, ask) })
}

// Reveal sets what is said after the question that [Scene.Ask] has asked last is answered: a template as in [Scene.Caption] where {guess} is the
// answer given and {right} the right one.
func (s *Scene) Reveal(template string) *Scene {
	if s == nil || len(s.doc.Asks) == 0 {
		return s.fail(fmt.Errorf("charts: Reveal(%q): there is no question: call Ask before", template))
	}
	return s.each(func(s *Scene) {
		if n := len(s.doc.Asks); n > 0 {
			s.doc.Asks = slices.Clone(s.doc.Asks)
			s.doc.Asks[n-1].Reveal = template
		}
	})
}

// shuffled orders answers by a hash of their texts.
func shuffled(question string, answers []string) []string {
	key := func(answer string) uint64 {
		h := fnv.New64a()
		fmt.Fprintf(h, "%s\x00%s", question, answer)
		v := h.Sum64()
		return v ^ v>>32 // the last letters of a text change the lower half most
	}
	slices.SortFunc(answers, func(a, b string) int { return cmp.Compare(key(a), key(b)) })
	return answers
}

// Chapter names the part of the run from frame at (counted from 0) to the next chapter. Without any, the phases of a run are its
// chapters where they make 2 to 12 stretches; those of a diffusion are where it has more noise, and where it has more data.
func (s *Scene) Chapter(at int, name string) *Scene {
	if !s.at(at, fmt.Sprintf("Chapter(%q)", name)) {
		return s
	}
	if slices.ContainsFunc(s.doc.Chapters, func(c xainb.Chapter) bool { return c.At == at }) {
		return s.fail(fmt.Errorf("charts: Chapter(%q): another chapter begins at frame %d too", name, at))
	}
	return s.each(func(s *Scene) {
		s.doc.Chapters = append(s.doc.Chapters, xainb.Chapter{At: at, Name: name})
		slices.SortFunc(s.doc.Chapters, func(a, b xainb.Chapter) int { return a.At - b.At })
	})
}

// mostChapters is how many parts a run can have before their names crowd the line.
const mostChapters = 12

// halves returns what of a run with the scalar "alpha-bar" has more noise than data, and what has more data than noise.
func halves(d *xainb.Document) []xainb.Chapter {
	for k, t := range d.Tracks {
		for i := range d.Moments() {
			switch v, ok := t.At(d.Frame(k, i)).Scalar("alpha-bar"); {
			case ok && v > 0.5 && i > 0:
				return []xainb.Chapter{{Name: "more noise than data"}, {At: i, Name: "more data than noise"}}
			case ok && v > 0.5:
				return nil
			}
		}
	}
	return nil
}

// phaseChapters returns the stretches of equal phases of the first track that has between 2 and mostChapters. A frame without a phase belongs to the
// stretch before it.
func phaseChapters(d *xainb.Document) []xainb.Chapter {
	if out := halves(d); out != nil {
		return out
	}
	for k, t := range d.Tracks {
		var out []xainb.Chapter
		for i := range d.Moments() {
			phase := t.At(d.Frame(k, i)).Phase
			if phase != "" && (len(out) == 0 || out[len(out)-1].Name != phase) {
				out = append(out, xainb.Chapter{At: i, Name: phase})
			}
			if len(out) > mostChapters {
				break
			}
		}
		if len(out) > 1 && len(out) <= mostChapters {
			return out
		}
	}
	return nil
}
