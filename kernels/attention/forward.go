package attention

import (
	"context"
	"fmt"
	"iter"
	"math"

	"github.com/xainb/gonb-xai/xainb"
)

// With returns the same model with options beside those that it has: m.With(attention.Causal()) explains with the future masked. The weights
// are shared. Options about where a model comes from do nothing here.
func (m *Model) With(opts ...Option) *Model { return m.withOptions(m.value().opt.with(opts)) }

func (m *Model) withOptions(o options) *Model {
	if m == nil {
		return nil
	}
	c := *m
	c.opt = o
	return &c
}

// Explain implements xainb.Explainer: it yields a step for each phase of each layer while it computes the forward pass.
// Warnings (a truncated sentence) come with the first step. When ctx ends the iterator yields an error that wraps ctx's and stops.
func (m *Model) Explain(ctx context.Context, text string) iter.Seq2[xainb.Step, error] {
	return func(yield func(xainb.Step, error) bool) {
		f, err := m.prepare(text, true)
		if err != nil {
			yield(nil, err)
			return
		}
		f.steps(ctx)(yield)
	}
}

// steps runs the forward pass as a sequence; it can be walked once.
func (f *forward) steps(ctx context.Context) iter.Seq2[xainb.Step, error] {
	if ctx == nil {
		ctx = context.Background()
	}
	return func(yield func(xainb.Step, error) bool) {
		if _, err := f.run(ctx, func(s xainb.Step) bool { return yield(s, nil) }); err != nil {
			yield(nil, err)
		}
	}
}

// Embed returns the sentence embedding [d]: the mean over the tokens of the last hidden state, divided by its Euclidean norm.
func (m *Model) Embed(text string) (embedding []float32, err error) {
	defer recovered("embedding", &err)
	f, err := m.prepare(text, false)
	if err != nil {
		return nil, err
	}
	if _, err := f.run(m.context(), func(xainb.Step) bool { return true }); err != nil {
		return nil, err
	}
	d := m.cfg.Width
	mean := make([]float64, d)
	for i, v := range f.x {
		mean[i%d] += float64(v)
	}
	var norm float64
	for _, v := range mean {
		norm += v * v
	}
	norm = max(math.Sqrt(norm), 1e-12) // a zero vector stays one
	embedding = make([]float32, d)
	for i, v := range mean {
		embedding[i] = float32(v / norm)
	}
	return embedding, nil
}

func (m *Model) context() context.Context {
	if m.opt.ctx == nil {
		return context.Background()
	}
	return m.opt.ctx
}

// forward is the state of one forward pass.
type forward struct {
	m    *Model
	enc  *Encoding
	n    int
	pos  []int // place of each token in the sentence that the model reads
	full bool  // compute and yield every stage, not only the maps
	root float64
	at   At

	x, tmp, wide     []float32 // [n, d], [n, d], [n, f]
	q, k, v, context []float32 // [h, n, d_k]
	scores, attn     []float32 // [h, n, n]
	// Only with full: what the softmax step says about its arithmetic.
	dot, unscaled, norm      []float32 // [h, n, n]
	highest, sum, valueNorms []float32 // [h, n]
}

// prepare tokenizes the text and makes the buffers; those of the record are left out where nobody reads it.
func (m *Model) prepare(text string, record bool) (f *forward, err error) {
	defer recovered("preparing the sentence", &err)
	if m == nil || m.w == nil {
		return nil, fmt.Errorf("attention: %w: the model is empty; make it with Load", ErrModel)
	}
	enc, err := m.tok.Encode(text)
	if err != nil {
		return nil, err
	}
	n, c := len(enc.IDs), m.cfg
	f = &forward{m: m, enc: enc, n: n, root: math.Sqrt(float64(c.HeadWidth()))}
	f.full = record && (m.opt.detail == detailAll || m.opt.detail == detailAuto && n <= FullTokens)
	f.at = At{Tokens: enc.Tokens, Heads: c.Heads}
	if m.opt.unscaled {
		f.root = 1
	}
	f.order(text)
	f.warnings()
	make32 := func(size int, to ...*[]float32) {
		for _, p := range to {
			*p = make([]float32, size)
		}
	}
	make32(n*c.Width, &f.x, &f.tmp, &f.q, &f.k, &f.v, &f.context)
	make32(n*c.FeedForward, &f.wide)
	make32(c.Heads*n*n, &f.scores, &f.attn)
	if f.full {
		make32(c.Heads*n*n, &f.dot, &f.unscaled, &f.norm)
		make32(c.Heads*n, &f.highest, &f.sum, &f.valueNorms)
	}
	return f, nil
}

// order gives each token its place. A transformer knows the order of its tokens from the positions (and a causal mask) alone, so a shuffled
// sentence is run as the original with the positions that its words have after shuffling: the results come out in the original's order. Of a
// sentence that is too long, those tokens are shuffled that the model reads of the original.
func (f *forward) order(text string) {
	f.pos = make([]int, f.n)
	for i := range f.pos {
		f.pos[i] = i
	}
	if !f.m.opt.shuffle {
		return
	}
	shuffled, order := Shuffle(text, f.m.opt.seed)
	tokens := map[int][]int{} // of each word
	for i, w := range f.enc.Words {
		tokens[w] = append(tokens[w], i)
	}
	next := 1 // [CLS] stays first, [SEP] last
	for _, word := range order {
		for _, i := range tokens[word] {
			f.pos[i] = next
			next++
		}
	}
	f.at.news = append(f.at.news, xainb.Event{Name: "shuffled", Text: shuffled})
}

// warnings collects what a reader must know; it goes out with the first step.
func (f *forward) warnings() {
	var probe xainb.Snapshot
	if f.enc.Dropped > 0 {
		probe.PutWarning(fmt.Sprintf("the sentence has %d tokens, the model reads %d: the last %d were left out",
			f.n+f.enc.Dropped, f.n, f.enc.Dropped))
	}
	if !f.full && f.m.opt.detail == detailAuto {
		probe.PutWarning(fmt.Sprintf("%d tokens, more than %d: only the attention maps were recorded", f.n, FullTokens))
	}
	f.at.news = append(f.at.news, probe.Events...)
}

// ended returns the error of a context that has ended, with its cause where that says more.
func ended(ctx context.Context) error {
	err := ctx.Err()
	if cause := context.Cause(ctx); cause != err {
		err = fmt.Errorf("%w: %w", err, cause)
	}
	return err
}

// run computes the forward pass and emits its steps until emit returns false; it reports whether it came to the end.
func (f *forward) run(ctx context.Context, emit func(xainb.Step) bool) (bool, error) {
	stage := func(phase string, layer int, compute func() xainb.Step) (goOn bool, err error) {
		if err := ended(ctx); err != nil {
			return false, fmt.Errorf("attention: stopped in layer %d before %s: %w", layer, phase, err)
		}
		f.at.Layer = layer
		step, err := protect(phase, compute)
		if err != nil || step == nil {
			return err == nil, err
		}
		goOn = emit(step)
		f.at.news = nil
		return goOn, nil
	}
	if goOn, err := stage(PhaseEmbeddings, 0, f.embed); !goOn {
		return false, err
	}
	for i := range f.m.w.blocks {
		b := &f.m.w.blocks[i]
		for _, s := range []struct {
			phase   string
			compute func(*block) xainb.Step
		}{
			{PhaseProjections, f.project}, {PhaseScores, f.score}, {PhaseSoftmax, f.attend}, {PhaseContext, f.mix}, {PhaseFeedForward, f.feed},
		} {
			if goOn, err := stage(s.phase, i+1, func() xainb.Step { return s.compute(b) }); !goOn {
				return false, err
			}
		}
	}
	return true, nil
}

// protect computes a step; a panic becomes an error. The consumer's own panics are not its business.
func protect(phase string, compute func() xainb.Step) (step xainb.Step, err error) {
	defer recovered(phase, &err)
	return compute(), nil
}
