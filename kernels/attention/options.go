package attention

import (
	"context"
	"io"
	"os"
)

// FullTokens is the longest sentence, in tokens, of which every stage is recorded unless [Everything] is given: beyond it the
// fields grow with the square of the length to hundreds of megabytes, and only the attention maps are.
const FullTokens = 128

// Option changes a run. Of options that contradict each other the last stands.
type Option func(*options)

type options struct {
	ctx         context.Context
	folder      string
	causal      bool
	unscaled    bool
	noPositions bool
	shuffle     bool
	seed        uint64
	detail      detail
	offline     bool
	progress    io.Writer
}

// detail says what is recorded.
type detail int

const (
	detailAuto detail = iota // everything up to FullTokens, maps beyond
	detailAll
	detailMaps
)

func newOptions(opts []Option) options {
	return options{ctx: context.Background(), progress: os.Stderr}.with(opts)
}

func (o options) with(opts []Option) options {
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	return o
}

// Folder names the folder of the model. Without it, or empty, the model is looked for as [Find] says.
func Folder(path string) Option { return func(o *options) { o.folder = path } }

// WithContext lets ctx end a run, downloading included.
func WithContext(ctx context.Context) Option {
	return func(o *options) {
		if ctx != nil {
			o.ctx = ctx
		}
	}
}

// Causal masks the future: no token attends to a later one. The masked scores are minus infinity, the masked weights exactly 0.
// MiniLM was not trained so; this is for seeing what a decoder does.
func Causal() Option { return func(o *options) { o.causal = true } }

// Unscaled leaves the division by √d_k out of the whole forward pass.
func Unscaled() Option { return func(o *options) { o.unscaled = true } }

// WithoutPositions leaves the position embeddings out: the model then sees a bag of words.
func WithoutPositions() Option { return func(o *options) { o.noPositions = true } }

// Shuffled runs the sentence with its words in another order, that of [Shuffle] with this seed, and records everything in the order of the
// original, so that it can be compared cell by cell with the run of the original. Of a sentence longer than the model reads, the tokens that it reads of the
// original are shuffled: those beyond do not come in.
func Shuffled(seed uint64) Option {
	return func(o *options) { o.shuffle, o.seed = true, seed }
}

// Everything records every stage however long the sentence is. At 512 tokens that is about 600 MB.
func Everything() Option { return func(o *options) { o.detail = detailAll } }

// MapsOnly records nothing but the attention maps, one step a layer.
func MapsOnly() Option { return func(o *options) { o.detail = detailMaps } }

// Offline forbids the download. The environment variable HF_HUB_OFFLINE=1 does the same.
func Offline() Option { return func(o *options) { o.offline = true } }

// Progress is where a download writes its bar; the default is the standard error, nil is nowhere.
func Progress(w io.Writer) Option {
	return func(o *options) {
		if w == nil {
			w = io.Discard
		}
		o.progress = w
	}
}
