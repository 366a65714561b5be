package attention

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// codeVersion is raised when a change of this package changes what a run records: runs of another version are not taken from the cache.
const codeVersion = 1

// modelFiles decide what a model computes.
var modelFiles = []string{weightsFile, "vocab.txt", "config.json", "tokenizer_config.json"}

// keyOf says what decides a run: what the model's files hold, the options that change a number, and the instructions, which change the last bits.
func keyOf(folder, text string, o options) (codec.Key, error) {
	config := struct {
		Folder                                 string // its own name may be the model's
		Files                                  [4]string
		Causal, Unscaled, NoPositions, Shuffle bool
		Seed                                   uint64
		Detail                                 detail
		SIMD                                   string
	}{filepath.Base(folder), [4]string{}, o.causal, o.unscaled, o.noPositions, o.shuffle, o.seed, o.detail, f32.SIMD()}
	for i, name := range modelFiles {
		hash, err := codec.FileHash(filepath.Join(folder, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return codec.Key{}, err
		}
		config.Files[i] = hash
	}
	return codec.Key{Name: "kernels/attention", Version: codeVersion, Config: config, Data: text}, nil
}

// recordingOf reads off a track from the cache what [Model.Record] knows of a run.
func recordingOf(t *xainb.Track, text string, o options) *Recording {
	r := &Recording{Text: text}
	if t.Len() == 0 {
		return r
	}
	if o.shuffle {
		r.Shuffled, _ = Shuffle(text, o.seed)
	}
	for _, dim := range []string{"query", "token"} { // the embeddings have tokens, a map queries
		if names := t.At(0).LabelsOf(dim); names != nil {
			r.Tokens = slices.Clone(names)
		}
	}
	r.Layers = int(t.At(t.Len() - 1).Time)
	for _, f := range t.Schema().Fields {
		if f.Dims[0].Name == "head" {
			r.Heads = f.Dims[0].Size
		}
	}
	return r
}
