package attention

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// normalizer is the text normalisation of BERT, with the choices of tokenizer_config.json.
type normalizer struct {
	lower, stripAccents, spaceCJK bool
}

// word normalises text without white space in it: drop control characters, put spaces around CJK ideographs, decompose and strip
// accents (NFD, then all of category Mn), lower case. The order is that of BertNormalizer.
func (n normalizer) word(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.Is(controls, r):
		case n.spaceCJK && isCJK(r):
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	s = b.String()
	if n.stripAccents {
		s = strings.Map(func(r rune) rune {
			if unicode.Is(marks, r) {
				return -1
			}
			return r
		}, norm.NFD.String(s))
	}
	if n.lower {
		s = lowerCase(s)
	}
	return s
}

// lowerCase lowers each character by itself: no rule for the last sigma of a word, and U+0130 becomes two characters.
func lowerCase(s string) string {
	if strings.ContainsRune(s, 'İ') {
		s = strings.ReplaceAll(s, "İ", "i\u0307")
	}
	return strings.Map(lowerCases.ToLower, s)
}

// isSpace says whether r ends a word. Vertical tab, form feed and U+0085 are control characters first, which are dropped.
func isSpace(r rune) bool {
	switch r {
	case '\v', '\f', 0x85:
		return false
	}
	return unicode.IsSpace(r)
}

// isCJK covers the blocks of ideographs that BERT splits into single characters; kana and hangul are written as words. The block that
// begins at 2B820 is taken from 2B920, as in the reference implementation.
func isCJK(r rune) bool {
	switch {
	case r < 0x3400:
		return false
	case r <= 0x4DBF, r >= 0x4E00 && r <= 0x9FFF, r >= 0xF900 && r <= 0xFAFF,
		r >= 0x20000 && r <= 0x2A6DF, r >= 0x2A700 && r <= 0x2B73F, r >= 0x2B740 && r <= 0x2B81F,
		r >= 0x2B920 && r <= 0x2CEAF, r >= 0x2F800 && r <= 0x2FA1F:
		return true
	}
	return false
}

// split cuts normalised text into the words that WordPiece sees: at white space, which goes, and around punctuation, which stays.
func split(s string, word func(string)) {
	start := 0
	flush := func(end int) {
		if end > start {
			word(s[start:end])
		}
	}
	for i, r := range s {
		switch size := utf8.RuneLen(r); {
		case unicode.IsSpace(r):
			flush(i)
			start = i + size
		case unicode.Is(punctuations, r):
			flush(i)
			word(s[i : i+size])
			start = i + size
		}
	}
	flush(len(s))
}
