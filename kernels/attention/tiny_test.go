package attention

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/xainb/gonb-xai/kernels/safetensors"
)

// tinyVocab is enough to cut "The cats sat." into pieces.
var tinyVocab = []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "##s", "sat", "on", "mat", ".", ",", "a", "it", "was",
	"un", "##able", "##a", "able", "resume", "!", "力", "x", "'", "s", "[", "]", "sep"}

// tiny is a random model that the test writes to disk: everything but the size is as in a real one.
type tiny struct {
	cfg       Config
	vocab     []string
	config    string // of config.json; empty leaves the file out
	tokenizer string // of tokenizer_config.json
	tensors   map[string]safetensors.Tensor
	prefix    string
}

func newTiny(cfg Config) *tiny {
	t := &tiny{cfg: cfg, vocab: tinyVocab, tensors: map[string]safetensors.Tensor{}}
	t.config = fmt.Sprintf(`{"_name_or_path": "tiny", "model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute",
		"num_hidden_layers": %d, "num_attention_heads": %d, "hidden_size": %d, "intermediate_size": %d, "max_position_embeddings": %d,
		"vocab_size": %d, "type_vocab_size": %d, "layer_norm_eps": %g}`,
		cfg.Layers, cfg.Heads, cfg.Width, cfg.FeedForward, cfg.Positions, cfg.Vocabulary, cfg.Segments, cfg.Epsilon)
	rng := rand.New(rand.NewPCG(1, 2))
	put := func(name string, around, scale float64, shape ...int) {
		n := 1
		for _, s := range shape {
			n *= s
		}
		data := make([]float32, n)
		for i := range data {
			data[i] = float32(around + scale*rng.NormFloat64())
		}
		t.tensors[name] = safetensors.FromFloat32(name, data, shape...)
	}
	norm := func(name string) {
		put(name+".weight", 1, 0.1, cfg.Width)
		put(name+".bias", 0, 0.1, cfg.Width)
	}
	dense := func(name string, out, in int) {
		put(name+".weight", 0, 0.4, out, in)
		put(name+".bias", 0, 0.1, out)
	}
	put("embeddings.word_embeddings.weight", 0, 1, cfg.Vocabulary, cfg.Width)
	put("embeddings.position_embeddings.weight", 0, 0.5, cfg.Positions, cfg.Width)
	put("embeddings.token_type_embeddings.weight", 0, 0.5, cfg.Segments, cfg.Width)
	norm("embeddings.LayerNorm")
	for l := range cfg.Layers {
		at := fmt.Sprintf("encoder.layer.%d.", l)
		for _, p := range []string{"self.query", "self.key", "self.value", "output.dense"} {
			dense(at+"attention."+p, cfg.Width, cfg.Width)
		}
		norm(at + "attention.output.LayerNorm")
		dense(at+"intermediate.dense", cfg.FeedForward, cfg.Width)
		dense(at+"output.dense", cfg.Width, cfg.FeedForward)
		norm(at + "output.LayerNorm")
	}
	return t
}

// tinyConfig is small, with sizes that are all different so that none can stand for another.
var tinyConfig = Config{Layers: 2, Heads: 3, Width: 12, FeedForward: 20, Positions: 24, Vocabulary: len(tinyVocab), Segments: 2, Epsilon: 1e-12}

// save writes the model's folder.
func (m *tiny) save(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"vocab.txt": strings.Join(m.vocab, "\n") + "\n", "config.json": m.config, "tokenizer_config.json": m.tokenizer,
	} {
		if text == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	var tensors []safetensors.Tensor
	for _, tensor := range m.tensors {
		tensor.Name = m.prefix + tensor.Name
		tensors = append(tensors, tensor)
	}
	return safetensors.WriteFile(filepath.Join(folder, weightsFile), tensors, map[string]string{"format": "pt"})
}

func (m *tiny) write(t testing.TB, folder string) string {
	t.Helper()
	if err := m.save(folder); err != nil {
		t.Fatal(err)
	}
	return folder
}

// load writes and loads the model.
func (m *tiny) load(t testing.TB, opts ...Option) *Model {
	t.Helper()
	model, err := Load(m.write(t, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	return model.With(opts...)
}

// miniLM is loaded once for all tests.
var miniLM = sync.OnceValues(func() (*Model, error) { return load(newOptions([]Option{Offline()})) })

// realModel returns all-MiniLM-L6-v2, wherever Find finds it, without a download. Without it the test is skipped, except where CI=true
// promises that it is there.
func realModel(t testing.TB, opts ...Option) *Model {
	t.Helper()
	m, err := miniLM()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return m.With(opts...)
}
