package attention

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

func TestEmbed(t *testing.T) {
	m := newTiny(tinyConfig).load(t)
	got, err := m.Embed(sentence)
	if err != nil {
		t.Fatal(err)
	}
	enc, _ := m.Tokenizer().Encode(sentence)
	_, layers := naive{w: m.w, c: m.cfg}.run(enc.IDs)
	want := make([]float64, m.cfg.Width)
	for i, v := range layers[len(layers)-1]["hidden"] {
		want[i%len(want)] += v
	}
	norm := 0.0
	for _, v := range want {
		norm += v * v
	}
	for i := range want {
		want[i] /= math.Sqrt(norm)
	}
	near(t, "embedding", got, want, 2e-6)
	if _, err := m.Embed(""); !errors.Is(err, ErrEmptyText) {
		t.Errorf("empty: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.With(WithContext(ctx)).Embed(sentence); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A long sentence keeps its maps and says what was left out; the options override both ways.
func TestLongSentences(t *testing.T) {
	cfg := tinyConfig
	cfg.Positions = FullTokens + 20
	m := newTiny(cfg).load(t)
	text := strings.Repeat("cat ", 10_000)
	r := m.Record(text)
	if r.Err() != nil || len(r.Tokens) != cfg.Positions || r.Len() != cfg.Layers {
		t.Fatal(r.Err(), len(r.Tokens), r.Len())
	}
	warnings := strings.Join(r.Warnings(), "; ")
	for _, want := range []string{"10002 tokens", "148", "9854", "only the attention maps"} {
		if !strings.Contains(warnings, want) {
			t.Errorf("warnings %q do not say %q", warnings, want)
		}
	}
	if f := r.At(0); len(f.Fields) != 1 || f.Fields[0].Name != "attention" {
		t.Errorf("fields %v", f)
	}
	if r := m.With(Everything()).Record(text); r.Len() != 1+5*cfg.Layers || len(r.Warnings()) != 1 {
		t.Errorf("Everything: %d frames, warnings %v", r.Len(), r.Warnings())
	}
	exact := strings.Repeat("cat ", FullTokens-2)
	if r := m.Record(exact); r.Len() != 1+5*cfg.Layers || len(r.Warnings()) != 0 {
		t.Errorf("%d tokens: %d frames, warnings %v", FullTokens, r.Len(), r.Warnings())
	}
	full, maps := m.Record(sentence), m.With(MapsOnly()).Record(sentence)
	if maps.Len() != cfg.Layers || len(maps.Warnings()) != 0 {
		t.Errorf("MapsOnly: %d frames, warnings %v", maps.Len(), maps.Warnings())
	}
	for l, f := range frames(t, maps, PhaseSoftmax) {
		if !slices.Equal(f.Field("attention").Data, frames(t, full, PhaseSoftmax)[l].Field("attention").Data) {
			t.Errorf("MapsOnly: layer %d differs", l+1)
		}
	}
}

func TestBadText(t *testing.T) {
	m := newTiny(tinyConfig).load(t)
	for text, want := range map[string]error{"": ErrEmptyText, " \n\t": ErrEmptyText, "\x00\u200b\ufeff": ErrEmptyText, "the \xff cat": ErrUTF8} {
		r := m.Record(text)
		if !errors.Is(r.Err(), want) || r.Len() != 0 || r.Track() == nil {
			t.Errorf("%q: %v, want %v", text, r.Err(), want)
		}
		steps := 0
		for step, err := range m.Explain(t.Context(), text) {
			if steps++; step != nil || !errors.Is(err, want) {
				t.Errorf("%q: Explain yields %v, %v", text, step, err)
			}
		}
		if steps != 1 {
			t.Errorf("%q: %d steps", text, steps)
		}
	}
	if err := m.Record("the \xff cat").Err(); !strings.Contains(err.Error(), "0xff at offset 4") {
		t.Error(err)
	}
}

func TestCancelled(t *testing.T) {
	m := newTiny(tinyConfig).load(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	steps := 0
	var last error
	for _, err := range m.Explain(ctx, sentence) {
		if last != nil {
			t.Fatal("a step after the error")
		}
		if steps++; steps == 4 {
			cancel(errors.New("the cell was interrupted"))
		}
		last = err
	}
	if steps != 5 || !errors.Is(last, context.Canceled) || !strings.Contains(last.Error(), "layer 1 before context") ||
		!strings.Contains(last.Error(), "interrupted") {
		t.Errorf("%d steps, then %v", steps, last)
	}
	r := m.With(WithContext(ctx)).Record(sentence)
	if !errors.Is(r.Err(), context.Canceled) || r.Len() != 0 || len(r.Tokens) == 0 {
		t.Errorf("Record: %v, %d frames", r.Err(), r.Len())
	}
}

// A consumer that stops early, or panics, gets what it asked for.
func TestConsumer(t *testing.T) {
	m := newTiny(tinyConfig).load(t)
	for range m.Explain(t.Context(), sentence) {
		break
	}
	defer func() {
		if p := recover(); p != "mine" {
			t.Errorf("recovered %v", p)
		}
	}()
	for range m.Explain(t.Context(), sentence) {
		panic("mine")
	}
}

// The zero Model and nil arguments give errors, not panics.
func TestZeroValues(t *testing.T) {
	for _, m := range []*Model{nil, {}} {
		if r := m.With(Causal(), nil).Record("the cat"); !errors.Is(r.Err(), ErrModel) {
			t.Errorf("Record: %v", r.Err())
		}
		if _, err := m.Embed("the cat"); !errors.Is(err, ErrModel) {
			t.Errorf("Embed: %v", err)
		}
		for _, err := range m.Explain(nil, "the cat") {
			if !errors.Is(err, ErrModel) {
				t.Errorf("Explain: %v", err)
			}
		}
	}
	var none *Model
	if none.Config() != (Config{}) || none.Name()+none.Folder()+none.Hash() != "" || none.Tokenizer() != nil || (Config{}).HeadWidth() != 0 {
		t.Error("a nil model says something")
	}
	var recording *Recording
	if !errors.Is(recording.Err(), xainb.ErrNoFrames) || recording.Track() != nil {
		t.Errorf("a nil recording: %v", recording.Err())
	}
	if tr := xainb.Record(0, func(int) []xainb.Step {
		return []xainb.Step{Embeddings{}, Projections{}, Scores{}, Softmax{}, Context{}, FeedForward{}}
	}); tr.Err() != nil || tr.Len() != 6 {
		t.Errorf("empty steps: %v", tr.Err())
	}
	steps := 0
	for _, err := range newTiny(tinyConfig).load(t).Explain(nil, "the cat") {
		if steps++; err != nil {
			t.Error(err)
		}
	}
	if steps != 11 {
		t.Errorf("%d steps", steps)
	}
}

// With adds to the options that are there, and leaves the model alone.
func TestWithAdds(t *testing.T) {
	m := newTiny(tinyConfig).load(t)
	for want, m := range map[string]*Model{
		"attention": m, "attention, causal": m.With(Causal()), "attention, causal, without √d_k": m.With(Causal()).With(Unscaled()), "attention, without √d_k": m.With(Unscaled()).With(),
	} {
		if got := m.Record(sentence).Provenance().Name; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// One model serves several goroutines, and each gets the same numbers.
func TestConcurrent(t *testing.T) {
	m := newTiny(tinyConfig).load(t)
	want := m.Record(sentence).Hash()
	hashes := make(chan string)
	for range 8 {
		go func() { hashes <- m.Record(sentence).Hash() }()
	}
	for range 8 {
		if got := <-hashes; got != want {
			t.Errorf("hash %s, want %s", got, want)
		}
	}
}
