package attention

import (
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xainb/gonb-xai/kernels/safetensors"
)

// What a damaged folder says.
func TestLoadRejects(t *testing.T) {
	const query = "encoder.layer.1.attention.self.query.weight"
	poison := func(value float32) func(*tiny) {
		return func(m *tiny) {
			data := make([]float32, 144)
			data[25] = value
			m.tensors[query] = safetensors.FromFloat32(query, data, 12, 12)
		}
	}
	config := func(old, new string) func(*tiny) {
		return func(m *tiny) { m.config = strings.Replace(m.config, old, new, 1) }
	}
	for name, c := range map[string]struct {
		change func(*tiny)
		want   error
		says   string
	}{
		"a NaN weight":        {poison(float32(math.NaN())), safetensors.ErrNotFinite, `"` + query + `": value is not finite: NaN at index [2 1]`},
		"an infinite weight":  {poison(float32(math.Inf(-1))), safetensors.ErrNotFinite, "-Inf at index [2 1]"},
		"a tensor missing":    {func(m *tiny) { delete(m.tensors, query) }, safetensors.ErrNoTensor, query},
		"a layer missing":     {config(`"num_hidden_layers": 2`, `"num_hidden_layers": 3`), safetensors.ErrNoTensor, "encoder.layer.2"},
		"shapes do not agree": {config(`"intermediate_size": 20`, `"intermediate_size": 21`), ErrModel, "shape [20 12], the configuration says [21 12]"},
		"a type of no number": {func(m *tiny) {
			m.tensors[query] = safetensors.Tensor{Name: query, DType: safetensors.C64, Shape: []int{12, 12}, Raw: make([]byte, 8*144)}
		}, safetensors.ErrConvert, "C64"},
		"not BERT":          {config(`"bert"`, `"gpt2"`), ErrModel, `model_type is "gpt2"`},
		"other activation":  {config(`"gelu"`, `"relu"`), ErrModel, `hidden_act is "relu"`},
		"relative position": {config(`"absolute"`, `"relative_key"`), ErrModel, `"relative_key"`},
		"no heads":          {config(`"num_attention_heads": 3`, `"num_attention_heads": 0`), ErrModel, "num_attention_heads is 0"},
		"uneven heads":      {config(`"num_attention_heads": 3`, `"num_attention_heads": 5`), ErrModel, "12 is not a multiple"},
		"negative width":    {config(`"hidden_size": 12`, `"hidden_size": -12`), ErrModel, "hidden_size is -12"},
		"huge width":        {config(`"hidden_size": 12`, `"hidden_size": 99999999999`), ErrModel, "99999999999"},
		"few positions":     {config(`"max_position_embeddings": 24`, `"max_position_embeddings": 2`), ErrModel, "take 3"},
		"negative epsilon":  {config(`1e-12`, `-1`), ErrModel, "layer_norm_eps is -1"},
		"config not JSON":   {func(m *tiny) { m.config = "{" }, ErrModel, "config.json"},
		"config too large":  {func(m *tiny) { m.config = strings.Repeat(" ", maxJSON+1) }, ErrModel, "larger than"},
		"tokenizer config":  {func(m *tiny) { m.tokenizer = `{"do_lower_case": 3}` }, ErrModel, "tokenizer_config.json"},
		"no [UNK]":          {func(m *tiny) { m.vocab = m.vocab[2:] }, ErrVocabulary, "no [UNK] among them"},
		"vocabulary longer": {func(m *tiny) { m.vocab = append(m.vocab[:len(m.vocab):len(m.vocab)], "more") }, ErrVocabulary, "30 tokens in vocab.txt, the model has embeddings for 29"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newTiny(tinyConfig)
			c.change(m)
			folder := m.write(t, t.TempDir())
			_, err := Load(folder)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "attention: ") {
				t.Errorf("%v; want %v with %q", err, c.want, c.says)
			}
			r := Run("the cat", Folder(folder))
			if !errors.Is(r.Err(), c.want) || r.Len() != 0 || r.Track() == nil {
				t.Errorf("Run: %v, %d frames", r.Err(), r.Len())
			}
		})
	}
}

func TestLoadDamagedWeights(t *testing.T) {
	for name, c := range map[string]struct {
		change func([]byte) []byte
		want   error
	}{
		"truncated":         {func(b []byte) []byte { return b[:len(b)/2] }, safetensors.ErrTruncated},
		"cut in the header": {func(b []byte) []byte { return b[:100] }, safetensors.ErrTruncated},
		"empty":             {func([]byte) []byte { return nil }, safetensors.ErrTruncated},
		"bytes at the end":  {func(b []byte) []byte { return append(b, 0) }, safetensors.ErrTrailing},
		"offsets beyond file": {func(b []byte) []byte {
			return []byte(strings.Replace(string(b), `"data_offsets":[0,`, `"data_offsets":[9,`, 1))
		}, safetensors.ErrShape},
		"not safetensors": {func([]byte) []byte { return []byte(strings.Repeat("hello", 100)) }, safetensors.ErrHeader},
	} {
		t.Run(name, func(t *testing.T) {
			folder := newTiny(tinyConfig).write(t, t.TempDir())
			path := filepath.Join(folder, weightsFile)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, c.change(b), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := Load(folder); !errors.Is(err, c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// Names of other BERT checkpoints give the same model.
func TestLoadVariants(t *testing.T) {
	want := newTiny(tinyConfig).load(t).Record(sentence)
	for name, change := range map[string]func(*tiny){
		"with a head on top": func(m *tiny) {
			m.prefix = "bert."
			m.tensors["pooler.dense.bias"] = safetensors.FromFloat32("pooler.dense.bias", []float32{1}, 1)
		},
		"gamma and beta": func(m *tiny) {
			for name, tensor := range m.tensors {
				if base, ok := strings.CutSuffix(name, "LayerNorm.weight"); ok {
					delete(m.tensors, name)
					tensor.Name = base + "LayerNorm.gamma"
					m.tensors[tensor.Name] = tensor
				}
				if base, ok := strings.CutSuffix(name, "LayerNorm.bias"); ok {
					delete(m.tensors, name)
					tensor.Name = base + "LayerNorm.beta"
					m.tensors[tensor.Name] = tensor
				}
			}
		},
		"float64 weights": func(m *tiny) {
			for name, tensor := range m.tensors {
				var b []byte
				for i := 0; i < len(tensor.Raw); i += 4 {
					v := math.Float32frombits(binary.LittleEndian.Uint32(tensor.Raw[i:]))
					b = binary.LittleEndian.AppendUint64(b, math.Float64bits(float64(v)))
				}
				m.tensors[name] = safetensors.Tensor{Name: name, DType: safetensors.F64, Shape: tensor.Shape, Raw: b}
			}
		},
		"no limit of the tokenizer": func(m *tiny) {
			m.tokenizer = `{"model_max_length": 1e30, "do_lower_case": true, "strip_accents": null}`
		},
	} {
		m := newTiny(tinyConfig)
		change(m)
		got := m.load(t).Record(sentence)
		if got.Err() != nil || got.Len() != want.Len() {
			t.Fatalf("%s: %v", name, got.Err())
		}
		for i, f := range got.Frames() {
			for _, field := range f.Fields {
				for j, v := range field.Data {
					if w := want.At(i).Field(field.Name).Data[j]; v != w {
						t.Fatalf("%s: frame %d %s[%d] is %v, want %v", name, i, field.Name, j, v, w)
					}
				}
			}
		}
	}
}

func TestTokenizerConfigFile(t *testing.T) {
	for file, want := range map[string]normalizer{
		"":                         {true, true, true},
		`{"do_lower_case": false}`: {false, false, true},
		`{"do_lower_case": false, "strip_accents": true}`:                                  {false, true, true},
		`{"do_lower_case": true, "strip_accents": false, "tokenize_chinese_chars": false}`: {true, false, false},
	} {
		m := newTiny(tinyConfig)
		m.tokenizer = file
		if got := m.load(t).Tokenizer().normalizer; got != want {
			t.Errorf("%s: %+v, want %+v", file, got, want)
		}
	}
	m := newTiny(tinyConfig)
	m.tokenizer = `{"model_max_length": 5}`
	if r := m.load(t).Record(sentence); len(r.Tokens) != 5 || len(r.Warnings()) != 1 {
		t.Errorf("limit 5: %d tokens, %v", len(r.Tokens), r.Warnings())
	}
}

// Without config.json the shape is MiniLM's, so tensors of another shape are named.
func TestLoadWithoutConfig(t *testing.T) {
	m := newTiny(tinyConfig)
	m.config = ""
	if _, err := Load(m.write(t, t.TempDir())); !errors.Is(err, ErrModel) || !strings.Contains(err.Error(), "the configuration says [30522 384]") {
		t.Error(err)
	}
}

// A model is loaded once, and again when its files change.
func TestLoadedOnce(t *testing.T) {
	folder := newTiny(tinyConfig).write(t, t.TempDir())
	a, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	if a.w != b.w {
		t.Error("the weights were read twice")
	}
	if err := os.Chtimes(filepath.Join(folder, "vocab.txt"), time.Time{}, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	c, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	if c.w == a.w {
		t.Error("a changed file was not noticed")
	}
	if a.Name() != "tiny" || a.Folder() != folder || len(a.Hash()) != 64 || a.Config() != tinyConfig {
		t.Errorf("%q %q %q %+v", a.Name(), a.Folder(), a.Hash(), a.Config())
	}
}
