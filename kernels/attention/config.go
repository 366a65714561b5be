package attention

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
)

// Config is the shape of a BERT model, as config.json says it. The letters are those of the package's legend.
type Config struct {
	Layers      int     // transformer blocks
	Heads       int     // h, attention heads of a block
	Width       int     // d, numbers that stand for a token
	FeedForward int     // f, width of the feed-forward layer
	Positions   int     // the longest sentence in tokens, [CLS] and [SEP] included
	Vocabulary  int     // tokens that have an embedding
	Segments    int     // token types
	Epsilon     float64 // of the layer normalisations
}

// HeadWidth returns d_k = d/h, 0 without heads.
func (c Config) HeadWidth() int {
	if c.Heads == 0 {
		return 0
	}
	return c.Width / c.Heads
}

// MiniLM is the shape of all-MiniLM-L6-v2, which holds when a folder has no config.json.
var MiniLM = Config{Layers: 6, Heads: 12, Width: 384, FeedForward: 1536, Positions: 512, Vocabulary: 30522, Segments: 2, Epsilon: 1e-12}

// maxJSON bounds a configuration file.
const maxJSON = 1 << 20

// readJSON decodes a small file into out; a file that is not there leaves out alone and reports false.
func readJSON(path string, out any) (bool, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("attention: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxJSON+1))
	switch {
	case err != nil:
		return false, fmt.Errorf("attention: %w", err)
	case len(text) > maxJSON:
		return false, fmt.Errorf("attention: %w: %s is larger than %d bytes", ErrModel, path, maxJSON)
	}
	if err := json.Unmarshal(text, out); err != nil {
		return false, fmt.Errorf("attention: %w: %s: %w", ErrModel, path, err)
	}
	return true, nil
}

// readConfig reads config.json and returns the shape and the name that the file gives the model.
func readConfig(folder string) (Config, string, error) {
	c := MiniLM
	var file struct {
		Name       string   `json:"_name_or_path"`
		Type       *string  `json:"model_type"`
		Activation *string  `json:"hidden_act"`
		Position   *string  `json:"position_embedding_type"`
		Layers     *int     `json:"num_hidden_layers"`
		Heads      *int     `json:"num_attention_heads"`
		Width      *int     `json:"hidden_size"`
		FF         *int     `json:"intermediate_size"`
		Positions  *int     `json:"max_position_embeddings"`
		Vocabulary *int     `json:"vocab_size"`
		Segments   *int     `json:"type_vocab_size"`
		Epsilon    *float64 `json:"layer_norm_eps"`
	}
	path := filepath.Join(folder, "config.json")
	if _, err := readJSON(path, &file); err != nil {
		return c, "", err
	}
	for _, s := range []struct {
		key  string
		got  *string
		want string
	}{{"model_type", file.Type, "bert"}, {"hidden_act", file.Activation, "gelu"}, {"position_embedding_type", file.Position, "absolute"}} {
		if s.got != nil && *s.got != s.want {
			return c, "", fmt.Errorf("attention: %w: %s: %s is %q, this package runs %q", ErrModel, path, s.key, *s.got, s.want)
		}
	}
	for _, f := range []struct {
		key string
		got *int
		to  *int
	}{
		{"num_hidden_layers", file.Layers, &c.Layers}, {"num_attention_heads", file.Heads, &c.Heads}, {"hidden_size", file.Width, &c.Width},
		{"intermediate_size", file.FF, &c.FeedForward}, {"max_position_embeddings", file.Positions, &c.Positions},
		{"vocab_size", file.Vocabulary, &c.Vocabulary}, {"type_vocab_size", file.Segments, &c.Segments},
	} {
		if f.got == nil {
			continue
		}
		if *f.got < 1 || *f.got > 1<<24 {
			return c, "", fmt.Errorf("attention: %w: %s: %s is %d", ErrModel, path, f.key, *f.got)
		}
		*f.to = *f.got
	}
	if file.Epsilon != nil {
		c.Epsilon = *file.Epsilon
	}
	switch {
	case c.Width%c.Heads != 0:
		return c, "", fmt.Errorf("attention: %w: %s: hidden_size %d is not a multiple of num_attention_heads %d", ErrModel, path, c.Width, c.Heads)
	case c.Positions < 3:
		return c, "", fmt.Errorf("attention: %w: %s: max_position_embeddings is %d: [CLS], a token and [SEP] take 3", ErrModel, path, c.Positions)
	case math.IsNaN(c.Epsilon) || c.Epsilon < 0:
		return c, "", fmt.Errorf("attention: %w: %s: layer_norm_eps is %v", ErrModel, path, c.Epsilon)
	}
	return c, file.Name, nil
}

// readTokenizer reads vocab.txt with the choices of tokenizer_config.json.
func readTokenizer(folder string, limit int) (*Tokenizer, error) {
	var file struct {
		Lower  *bool `json:"do_lower_case"`
		Strip  *bool `json:"strip_accents"`
		CJK    *bool `json:"tokenize_chinese_chars"`
		Length any   `json:"model_max_length"`
	}
	if _, err := readJSON(filepath.Join(folder, "tokenizer_config.json"), &file); err != nil {
		return nil, err
	}
	is := func(b *bool, value bool) bool { return b != nil && *b == value }
	cfg := TokenizerConfig{Cased: is(file.Lower, false), KeepAccents: is(file.Strip, false), JoinCJK: is(file.CJK, false), Limit: limit}
	// Some files write 1e30 for "no limit".
	if n, ok := file.Length.(float64); ok && n >= 3 && n < float64(limit) {
		cfg.Limit = int(n)
	}
	path := filepath.Join(folder, "vocab.txt")
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("attention: %w", err)
	}
	defer f.Close()
	t, err := NewTokenizer(f, cfg)
	if err != nil {
		return nil, fmt.Errorf("%w (%s)", err, path)
	}
	if is(file.Strip, true) {
		t.stripAccents = true
	}
	return t, nil
}
