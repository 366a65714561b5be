package attention

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/xainb/gonb-xai/kernels/safetensors"
	"github.com/xainb/gonb-xai/xainb/codec"
)

const weightsFile = "model.safetensors"

// dense is a linear layer: y = x Wᵀ + b, W [out, in].
type dense struct {
	w, b    []float32
	out, in int
}

// layerNorm holds the gain and the bias of a layer normalisation, [d] each.
type layerNorm struct{ gain, bias []float32 }

// block is one transformer layer.
type block struct {
	query, key, value, output dense // [d, d]
	attentionNorm             layerNorm
	up, down                  dense // [f, d], [d, f]
	outputNorm                layerNorm
}

// weights are the parameters of a model. They are never written to after loading.
type weights struct {
	words, positions, segments []float32 // [vocabulary, d], [positions, d], [segments, d]
	norm                       layerNorm
	blocks                     []block
}

// Model is a BERT encoder with its tokenizer. It is an xainb.Explainer of sentences; its methods may be called by several goroutines at once.
type Model struct {
	cfg    Config
	tok    *Tokenizer
	w      *weights
	name   string
	folder string
	hash   string // hex SHA-256 of the file of weights
	opt    options
}

// Load reads a model from a folder: model.safetensors, vocab.txt and, when there, config.json and tokenizer_config.json. An empty
// folder means: look for all-MiniLM-L6-v2 in the places that [Find] names. A weight that is NaN or infinite is an error.
func Load(folder string) (*Model, error) {
	return load(newOptions([]Option{Folder(folder)}))
}

func load(opt options) (m *Model, err error) {
	defer recovered("loading the model", &err)
	folder, err := find(opt)
	if err != nil {
		return nil, err
	}
	return open(folder, opt)
}

func open(folder string, opt options) (m *Model, err error) {
	defer recovered("loading the model", &err)
	m, err = loaded.get(folder)
	if cache, _ := downloadFolder(); folder == cache { // what was downloaded is known, and can be had again
		if want := miniLMHub[len(miniLMHub)-1].sha256; err == nil && m.hash != want {
			err = fmt.Errorf("attention: %w: %s: expected SHA-256 %s, got %s", ErrChecksum, weightsFile, want, m.hash)
		}
		if err != nil {
			err = fmt.Errorf("%w: delete %s to download it again", err, folder)
		}
	}
	if err != nil {
		return nil, err
	}
	return m.withOptions(opt), nil
}

// loaded remembers the model loaded last, since a cell may run several sentences.
var loaded cache

type cache struct {
	mu    sync.Mutex
	stamp string
	model *Model
}

func (c *cache) get(folder string) (*Model, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	stamp := ""
	for _, name := range modelFiles {
		path := filepath.Join(folder, name)
		if st, err := os.Stat(path); err == nil {
			stamp += fmt.Sprintln(path, st.Size(), st.ModTime().Format(time.RFC3339Nano))
		}
	}
	if c.model != nil && c.stamp == stamp {
		return c.model, nil
	}
	m, err := read(folder)
	if err != nil {
		return nil, err
	}
	c.model, c.stamp = m, stamp
	return m, nil
}

// read reads a folder. The hash is computed beside the tensors: both take a good part of the time.
func read(folder string) (*Model, error) {
	cfg, name, err := readConfig(folder)
	if err != nil {
		return nil, err
	}
	tok, err := readTokenizer(folder, cfg.Positions)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(folder, weightsFile)
	var hash string
	var hashErr error
	var wait sync.WaitGroup
	wait.Go(func() { hash, hashErr = codec.FileHash(path) })
	w, err := readWeights(path, cfg)
	wait.Wait()
	if err := errors.Join(err, hashErr); err != nil {
		return nil, err
	}
	if tok.size > cfg.Vocabulary {
		return nil, fmt.Errorf("attention: %w: %d tokens in vocab.txt, the model has embeddings for %d (%s)", ErrVocabulary, tok.size, cfg.Vocabulary, folder)
	}
	if hash == weightsHash {
		name = modelName
	} else if name == "" {
		name = filepath.Base(folder)
	}
	return &Model{cfg: cfg, tok: tok, w: w, name: name, folder: folder, hash: hash}, nil
}

// reader fetches tensors and keeps the first error, so that the list of tensors reads like the architecture.
type reader struct {
	file   *safetensors.File
	prefix string
	err    error
}

func readWeights(path string, c Config) (*weights, error) {
	file, err := safetensors.Open(path)
	if err != nil {
		return nil, fmt.Errorf("attention: %w", err)
	}
	defer file.Close()
	r := &reader{file: file}
	// A checkpoint with a head on top of the encoder keeps the encoder under "bert.".
	if slices.ContainsFunc(file.Names(), func(n string) bool { return strings.HasPrefix(n, "bert.embeddings.") }) {
		r.prefix = "bert."
	}
	d, f := c.Width, c.FeedForward
	w := &weights{
		words:     r.tensor("embeddings.word_embeddings.weight", c.Vocabulary, d),
		positions: r.tensor("embeddings.position_embeddings.weight", c.Positions, d),
		segments:  r.tensor("embeddings.token_type_embeddings.weight", c.Segments, d),
		norm:      r.layerNorm("embeddings.LayerNorm", d),
	}
	for i := 0; i < c.Layers && r.err == nil; i++ {
		at := fmt.Sprintf("encoder.layer.%d.", i)
		w.blocks = append(w.blocks, block{
			query:         r.dense(at+"attention.self.query", d, d),
			key:           r.dense(at+"attention.self.key", d, d),
			value:         r.dense(at+"attention.self.value", d, d),
			output:        r.dense(at+"attention.output.dense", d, d),
			attentionNorm: r.layerNorm(at+"attention.output.LayerNorm", d),
			up:            r.dense(at+"intermediate.dense", f, d),
			down:          r.dense(at+"output.dense", d, f),
			outputNorm:    r.layerNorm(at+"output.LayerNorm", d),
		})
	}
	if r.err != nil {
		return nil, fmt.Errorf("attention: %w: %w (%s)", ErrModel, r.err, path)
	}
	return w, nil
}

func (r *reader) dense(name string, out, in int) dense {
	return dense{w: r.tensor(name+".weight", out, in), b: r.tensor(name+".bias", out), out: out, in: in}
}

// layerNorm accepts the names of the first BERT checkpoints, too.
func (r *reader) layerNorm(name string, d int) layerNorm {
	gain, bias := name+".weight", name+".bias"
	if _, err := r.file.Info(r.prefix + gain); err != nil {
		if _, err := r.file.Info(r.prefix + name + ".gamma"); err == nil {
			gain, bias = name+".gamma", name+".beta"
		}
	}
	return layerNorm{r.tensor(gain, d), r.tensor(bias, d)}
}

func (r *reader) tensor(name string, shape ...int) []float32 {
	if r.err != nil {
		return nil
	}
	name = r.prefix + name
	info, err := r.file.Info(name)
	if err == nil && !slices.Equal(info.Shape, shape) {
		err = fmt.Errorf("tensor %q has the shape %v, the configuration says %v", name, info.Shape, shape)
	}
	var data []float32
	if err == nil {
		data, _, err = r.file.Float32(name)
	}
	if err == nil {
		err = safetensors.CheckFinite(name, data, shape)
	}
	r.err = err
	return data
}

// recovered turns a panic into an error: none leaves an exported function of this package.
func recovered(doing string, err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("attention: %s: panic: %v", doing, p)
	}
}

// value returns the model; of nil an empty one.
func (m *Model) value() Model {
	if m == nil {
		return Model{}
	}
	return *m
}

// Config returns the shape of the model.
func (m *Model) Config() Config { return m.value().cfg }

// Tokenizer returns the model's tokenizer.
func (m *Model) Tokenizer() *Tokenizer { return m.value().tok }

// Name returns the model's name, Folder where it was read from, Hash the hex SHA-256 of its file of weights.
func (m *Model) Name() string { return m.value().name }

// Folder returns where the model was read from.
func (m *Model) Folder() string { return m.value().folder }

// Hash returns the hex SHA-256 of the file of weights.
func (m *Model) Hash() string { return m.value().hash }
