package attention

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// The special tokens of BERT's vocabulary.
const (
	tokenUnknown = "[UNK]"
	tokenStart   = "[CLS]"
	tokenEnd     = "[SEP]"
	tokenPad     = "[PAD]"
	tokenMask    = "[MASK]"
)

// maxWordChars is the longest word that WordPiece tries to cut; a longer one becomes [UNK].
const maxWordChars = 100

// maxVocabLine bounds a line of vocab.txt.
const maxVocabLine = 1 << 16

// Tokenizer splits text into the pieces of BERT's vocabulary: normalisation, words, then WordPiece (Devlin et al. 2018, section 3;
// Wu et al. 2016, section 4.1). It gives what BertTokenizerFast of transformers gives. It may be used by several goroutines at once.
type Tokenizer struct {
	normalizer
	ids     map[string]int
	special []string // those of the vocabulary, for finding them in the text
	unknown int
	start   int
	end     int
	size    int // lines of the vocabulary, without empty ones at its end
	limit   int // most tokens of an encoding, [CLS] and [SEP] included
}

// TokenizerConfig says how a [Tokenizer] treats text.
type TokenizerConfig struct {
	// Cased keeps capitals and accents. The default, false, lowers capitals and strips accents, as uncased models want.
	Cased bool
	// KeepAccents leaves accents where Cased is false.
	KeepAccents bool
	// JoinCJK leaves ideographs together. The default, false, makes each a word.
	JoinCJK bool
	// Limit is the most tokens of an encoding, [CLS] and [SEP] included; 0 means 512.
	Limit int
}

// Encoding is a tokenized text.
type Encoding struct {
	Tokens []string // [CLS] first, [SEP] last; "##" begins a piece that continues a word
	IDs    []int    // places of the tokens in the vocabulary
	// Words numbers, for each token, the word of the text it comes from: words are what white space separates, counted from 0.
	// For [CLS] and [SEP] it is -1.
	Words   []int
	Dropped int // tokens beyond the limit, not among Tokens
}

// NewTokenizer reads a vocabulary: one token a line, the first has id 0; empty lines at the end are no tokens. It must have [UNK], [CLS] and
// [SEP].
func NewTokenizer(vocab io.Reader, cfg TokenizerConfig) (*Tokenizer, error) {
	if cfg.Limit == 0 {
		cfg.Limit = 512
	}
	switch {
	case vocab == nil:
		return nil, fmt.Errorf("attention: %w: it is nil", ErrVocabulary)
	case cfg.Limit < 3:
		return nil, fmt.Errorf("attention: TokenizerConfig.Limit is %d: [CLS], a token and [SEP] take 3", cfg.Limit)
	}
	t := &Tokenizer{
		normalizer: normalizer{lower: !cfg.Cased, stripAccents: !cfg.Cased && !cfg.KeepAccents, spaceCJK: !cfg.JoinCJK},
		ids:        map[string]int{},
		limit:      cfg.Limit,
	}
	lines := bufio.NewScanner(vocab)
	lines.Buffer(nil, maxVocabLine)
	n := 0
	for ; lines.Scan(); n++ {
		if !utf8.Valid(lines.Bytes()) {
			return nil, fmt.Errorf("attention: %w: line %d is not UTF-8: %q", ErrVocabulary, n+1, lines.Text())
		}
		if t.ids[lines.Text()] = n; len(lines.Bytes()) > 0 {
			t.size = n + 1
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("attention: %w: after line %d: %w", ErrVocabulary, n, err)
	}
	for _, s := range []struct {
		token string
		id    *int
	}{{tokenUnknown, &t.unknown}, {tokenStart, &t.start}, {tokenEnd, &t.end}} {
		id, ok := t.ids[s.token]
		if !ok {
			return nil, fmt.Errorf("attention: %w: %d tokens and no %s among them", ErrVocabulary, n, s.token)
		}
		*s.id = id
	}
	for _, s := range []string{tokenUnknown, tokenStart, tokenEnd, tokenPad, tokenMask} {
		if _, ok := t.ids[s]; ok {
			t.special = append(t.special, s)
		}
	}
	return t, nil
}

// Encode tokenizes text. A special token that is written out in the text ("[SEP]") is that token. Tokens beyond the limit
// are counted in Dropped. Text without a single token gives an error that wraps [ErrEmptyText], bytes that are not UTF-8 one that wraps [ErrUTF8].
func (t *Tokenizer) Encode(text string) (*Encoding, error) {
	if t == nil || t.ids == nil {
		return nil, fmt.Errorf("attention: %w: the tokenizer is empty; make it with NewTokenizer", ErrVocabulary)
	}
	if i := invalidUTF8(text); i >= 0 {
		return nil, fmt.Errorf("attention: %w: byte %#02x at offset %d", ErrUTF8, text[i], i)
	}
	e := &Encoding{Tokens: []string{tokenStart}, IDs: []int{t.start}, Words: []int{-1}}
	for i, word := range words(text) {
		t.word(word, func(token string, id int) {
			if len(e.IDs) == t.limit-1 {
				e.Dropped++
				return
			}
			e.Tokens, e.IDs, e.Words = append(e.Tokens, token), append(e.IDs, id), append(e.Words, i)
		})
	}
	if len(e.IDs) == 1 {
		return nil, fmt.Errorf("attention: %w: nothing to attend to in %s", ErrEmptyText, excerpt(text))
	}
	e.Tokens, e.IDs, e.Words = append(e.Tokens, tokenEnd), append(e.IDs, t.end), append(e.Words, -1)
	return e, nil
}

// words splits text at white space.
func words(text string) []string { return strings.FieldsFunc(text, isSpace) }

// word cuts a stretch of text without white space into tokens: special tokens as they are written, the rest normalised first.
func (t *Tokenizer) word(s string, emit func(token string, id int)) {
	plain := func(s string) {
		split(t.normalizer.word(s), func(w string) { t.pieces(w, emit) })
	}
	start := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '[' { // which all special tokens begin with
			continue
		}
		for _, special := range t.special {
			if strings.HasPrefix(s[i:], special) {
				plain(s[start:i])
				emit(special, t.ids[special])
				start = i + len(special)
				i = start - 1
				break
			}
		}
	}
	plain(s[start:])
}

// pieces is WordPiece: the longest piece of the vocabulary that the word begins with, then the longest that continues it, to the end. A word
// that cannot be cut so is one [UNK].
func (t *Tokenizer) pieces(word string, emit func(token string, id int)) {
	type piece struct {
		token string
		id    int
	}
	var buf [16]piece
	found := buf[:0]
	if utf8.RuneCountInString(word) <= maxWordChars {
		for start := 0; start < len(word); {
			end := len(word)
			for ; end > start; end-- {
				if !utf8.RuneStart(byteAt(word, end)) {
					continue
				}
				token := word[start:end]
				if start > 0 {
					token = "##" + token
				}
				if id, ok := t.ids[token]; ok {
					found = append(found, piece{token, id})
					break
				}
			}
			if end == start {
				found = found[:0]
				break
			}
			start = end
		}
	}
	if len(found) == 0 {
		emit(tokenUnknown, t.unknown)
		return
	}
	for _, p := range found {
		emit(p.token, p.id)
	}
}

// byteAt returns the byte at i, or at the end one that begins a character.
func byteAt(s string, i int) byte {
	if i == len(s) {
		return 0
	}
	return s[i]
}

func invalidUTF8(s string) int {
	if utf8.ValidString(s) {
		return -1
	}
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}

// excerpt quotes the beginning of a text for a message.
func excerpt(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) > most {
		return fmt.Sprintf("%q…", string([]rune(s)[:most]))
	}
	return fmt.Sprintf("%q", s)
}
