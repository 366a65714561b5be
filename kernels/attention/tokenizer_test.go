package attention

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"
	"unicode/utf8"
)

func tinyTokenizer(t testing.TB, cfg TokenizerConfig) *Tokenizer {
	t.Helper()
	tok, err := NewTokenizer(strings.NewReader(strings.Join(tinyVocab, "\n")), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// The rules one by one, on a vocabulary that can be read. The whole vocabulary is compared in TestTokensOfTheReference.
func TestEncode(t *testing.T) {
	tok := tinyTokenizer(t, TokenizerConfig{})
	for name, c := range map[string]struct{ text, want string }{
		"lower case":                 {"The CAT", "the cat"},
		"continuation":               {"cats", "cat ##s"},
		"longest piece first":        {"unable", "un ##able"},
		"no way to cut":              {"catx", "[UNK]"},
		"no way to cut the end":      {"unablez", "[UNK]"},
		"punctuation":                {"cat,mat.", "cat , mat ."},
		"apostrophe":                 {"cat's", "cat ' s"},
		"accents":                    {"RÉSUMÉ résume\u0301", "resume resume"},
		"ideographs are words":       {"cat力mat", "cat 力 mat"},
		"unknown ideographs":         {"注意力", "[UNK] [UNK] 力"},
		"emoji":                      {"cat ☕", "cat [UNK]"},
		"white space":                {"\tcat\u00a0mat\u3000on\u2028it\r\n", "cat mat on it"},
		"controls vanish":            {"c\x00a\u200bt\ufeff m\x7fat \ufffdon", "cat mat on"},
		"vertical tab vanishes":      {"ca\vt ma\ft ca\u0085t", "cat mat cat"},
		"special tokens":             {"the[SEP]cat [MASK].", "the [SEP] cat [MASK] ."},
		"special tokens in a row":    {"[CLS][SEP][PAD][UNK]", "[CLS] [SEP] [PAD] [UNK]"},
		"special in other case":      {"[sep]", "[ sep ]"},
		"special, unfinished":        {"[SEP [[SEP]]", "[ sep [ [SEP] ]"},
		"100 characters":             {strings.Repeat("s", 99) + "x", "[UNK]"},
		"marks are their own bytes":  {"ca\u0301t", "cat"},
		"symbols are not words":      {"cat$mat", "cat [UNK] mat"},
		"unicode symbols are":        {"cat€mat", "[UNK]"},
		"capital i with dot":         {"İT", "it"},
		"unassigned characters stay": {"it\u0378", "[UNK]"},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := tok.Encode(c.text)
			if err != nil {
				t.Fatal(err)
			}
			want := append(append([]string{"[CLS]"}, strings.Fields(c.want)...), "[SEP]")
			if !slices.Equal(e.Tokens, want) {
				t.Errorf("got %q, want %q", e.Tokens, want)
			}
			for i, id := range e.IDs {
				if tinyVocab[id] != e.Tokens[i] {
					t.Errorf("id %d is %q, token %q", id, tinyVocab[id], e.Tokens[i])
				}
			}
		})
	}
}

func TestLongWord(t *testing.T) {
	tok := tinyTokenizer(t, TokenizerConfig{})
	a := "a" + strings.Repeat("a", 99) // a ##a ##a ...
	if e, _ := tok.Encode(a); len(e.Tokens) != 102 {
		t.Errorf("100 characters: %d tokens", len(e.Tokens))
	}
	if e, _ := tok.Encode(a + "a"); !slices.Equal(e.Tokens, []string{"[CLS]", "[UNK]", "[SEP]"}) {
		t.Errorf("101 characters: %q", e.Tokens)
	}
	// Accents are stripped before characters are counted.
	if e, _ := tok.Encode(strings.Repeat("á", 100)); len(e.Tokens) != 102 {
		t.Errorf("100 accents: %d tokens", len(e.Tokens))
	}
}

func TestTokenizerConfig(t *testing.T) {
	for name, c := range map[string]struct {
		cfg        TokenizerConfig
		text, want string
	}{
		"cased":        {TokenizerConfig{Cased: true}, "The cat résume resume", "[CLS] [UNK] cat [UNK] resume [SEP]"},
		"keep accents": {TokenizerConfig{KeepAccents: true}, "CAT résume", "[CLS] cat [UNK] [SEP]"},
		"join CJK":     {TokenizerConfig{JoinCJK: true}, "力 cat力", "[CLS] 力 [UNK] [SEP]"},
		"limit":        {TokenizerConfig{Limit: 4}, "cats on", "[CLS] cat ##s [SEP]"},
	} {
		e, err := tinyTokenizer(t, c.cfg).Encode(c.text)
		if err != nil || strings.Join(e.Tokens, " ") != c.want {
			t.Errorf("%s: %q %v, want %q", name, e.Tokens, err, c.want)
		}
	}
	if got := lowerCase("ΣΑΣ İ"); got != "σασ i\u0307" {
		t.Errorf("lower case: %q", got)
	}
}

func TestWordsAndDropped(t *testing.T) {
	e, err := tinyTokenizer(t, TokenizerConfig{Limit: 6}).Encode("  cats,\nthe\tmat. on")
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{-1, 0, 0, 0, 1, -1}; !slices.Equal(e.Words, want) || e.Dropped != 3 {
		t.Errorf("words %v, dropped %d; want %v, 3", e.Words, e.Dropped, want)
	}
}

func TestVocabularyErrors(t *testing.T) {
	for name, c := range map[string]struct{ vocab, says string }{
		"empty":      {"", "[UNK]"},
		"no [UNK]":   {"[CLS]\n[SEP]\nthe", "3 tokens and no [UNK]"},
		"no [CLS]":   {"[UNK]\n[SEP]", "[CLS]"},
		"no [SEP]":   {"[UNK]\n[CLS]", "[SEP]"},
		"not UTF-8":  {"[UNK]\n\xff", "line 2 is not UTF-8"},
		"huge line":  {"[UNK]\n" + strings.Repeat("a", maxVocabLine+1), "after line 1"},
		"weights":    {"\x10\x00\x00\x00{\"a\":\xff\xfe}", "UTF-8"},
		"other case": {"[unk]\n[CLS]\n[SEP]", "[UNK]"},
	} {
		if _, err := NewTokenizer(strings.NewReader(c.vocab), TokenizerConfig{}); !errors.Is(err, ErrVocabulary) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewTokenizer(iotest.ErrReader(errors.ErrUnsupported), TokenizerConfig{}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("reader: %v", err)
	}
	if _, err := NewTokenizer(strings.NewReader("[UNK]"), TokenizerConfig{Limit: 2}); err == nil {
		t.Error("limit 2: no error")
	}
	if _, err := NewTokenizer(nil, TokenizerConfig{}); !errors.Is(err, ErrVocabulary) {
		t.Errorf("nil: %v", err)
	}
	for _, empty := range []*Tokenizer{nil, {}} {
		if _, err := empty.Encode("cats"); !errors.Is(err, ErrVocabulary) {
			t.Errorf("an empty tokenizer: %v", err)
		}
	}
	// Empty lines at the end are no tokens, others are.
	for end, size := range map[string]int{"": 5, "\n": 5, "\n\n\n": 5, "\n\r\n": 5, "\n\nthe": 7} {
		if tok, err := NewTokenizer(strings.NewReader("[UNK]\n[CLS]\n[SEP]\n\na"+end), TokenizerConfig{}); err != nil || tok.size != size || tok.ids["a"] != 4 {
			t.Errorf("%q: %d tokens, want %d (%v)", end, tok.size, size, err)
		}
	}
	// A file with Windows line ends is the same vocabulary.
	tok, err := NewTokenizer(strings.NewReader(strings.Join(tinyVocab, "\r\n")), TokenizerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if e, err := tok.Encode("cats"); err != nil || !slices.Equal(e.Tokens, []string{"[CLS]", "cat", "##s", "[SEP]"}) {
		t.Errorf("CRLF: %q %v", e.Tokens, err)
	}
}

// A text of special tokens without an end must not take quadratic time.
func TestLongTexts(t *testing.T) {
	tok := tinyTokenizer(t, TokenizerConfig{})
	for _, piece := range []string{"[SEP]", "[", "cat ", "x", "力", "\u0301"} {
		text := strings.Repeat(piece, 50_000)
		if e, err := tok.Encode(text); err == nil && len(e.Tokens) > 512 {
			t.Errorf("%q: %d tokens", piece, len(e.Tokens))
		}
	}
}

func TestShuffle(t *testing.T) {
	text := "one two  three\nfour five"
	for seed := range uint64(50) {
		shuffled, order := Shuffle(text, seed)
		again, _ := Shuffle(text, seed)
		got, original := strings.Fields(shuffled), strings.Fields(text)
		if shuffled != again || slices.Equal(got, original) {
			t.Errorf("seed %d: %q, again %q", seed, shuffled, again)
		}
		back := make([]string, len(original))
		for i, from := range order {
			back[from] = got[i]
		}
		if !slices.Equal(back, original) {
			t.Errorf("seed %d: %v does not lead back", seed, order)
		}
	}
	for seed := range uint64(10) {
		if s, order := Shuffle("two words", seed); s != "words two" || !slices.Equal(order, []int{1, 0}) {
			t.Errorf("two words: %q %v", s, order)
		}
	}
	if s, order := Shuffle("one", 1); s != "one" || len(order) != 1 {
		t.Errorf("one word: %q %v", s, order)
	}
	if s, order := Shuffle(" ", 1); s != "" || len(order) != 0 {
		t.Errorf("no word: %q %v", s, order)
	}
}

// FuzzEncode: whatever the bytes, an encoding is a sentence of the vocabulary, and words tokenize by themselves as they do in the text.
func FuzzEncode(f *testing.F) {
	for _, s := range []string{"The cats sat.", "[SEP]x[MASK]", "力力", "e\u0301", "\xff", "\u0085a\v b", strings.Repeat("a", 101), "İ ß ſ", "☕\u200d"} {
		f.Add(s)
	}
	tok := tinyTokenizer(f, TokenizerConfig{Limit: 64})
	f.Fuzz(func(t *testing.T, text string) {
		e, err := tok.Encode(text)
		if !utf8.ValidString(text) {
			if !errors.Is(err, ErrUTF8) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if err != nil {
			if !errors.Is(err, ErrEmptyText) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		n := len(e.Tokens)
		if n < 3 || n > 64 || len(e.IDs) != n || len(e.Words) != n || e.Tokens[0] != "[CLS]" || e.Tokens[n-1] != "[SEP]" {
			t.Fatalf("%q: %q %v %v", text, e.Tokens, e.IDs, e.Words)
		}
		var apart []string
		for i, word := range words(text) {
			tok.word(word, func(token string, id int) {
				if at := len(apart) + 1; at < n-1 && e.Words[at] != i {
					t.Fatalf("%q: token %d belongs to word %d, said %d", text, at, i, e.Words[at])
				}
				apart = append(apart, token)
			})
		}
		if len(apart) != n-2+e.Dropped || !slices.Equal(apart[:n-2], e.Tokens[1:n-1]) {
			t.Fatalf("%q: %q, word by word %q", text, e.Tokens, apart)
		}
		for _, w := range words(text) {
			if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsSpace(r) && isSpace(r) }) {
				t.Fatalf("%q: white space in the word %q", text, w)
			}
		}
	})
}
