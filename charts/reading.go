package charts

import (
	"regexp"
	"strings"
)

// readWord is a label as it is read: what is shown of it, and whether a space stands before it.
type readWord struct {
	shown string
	space bool
}

var (
	closingSigns = regexp.MustCompile(`^[.,;:!?%)\]}’”»…。，、！？；：）」』]+$`)
	openingSigns = regexp.MustCompile(`^[(\[{‘“«（「『]+$`)
	specialToken = regexp.MustCompile(`^(\[[A-Za-z_]+\]|</?[a-z_|]+>|<\|.*\|>)$`)
)

// reading is readingOf in text.js: pieces of a word ("##ing"; without "Ġ" or "▁" where others have it) join the word before them, so does
// punctuation, and CJK is set without spaces.
func reading(words []string) []readWord {
	marked := false
	for _, l := range words {
		marked = marked || strings.HasPrefix(l, "Ġ") || strings.HasPrefix(l, "▁")
	}
	out := make([]readWord, len(words))
	for i, l := range words {
		before := ""
		if i > 0 {
			before = words[i-1]
		}
		bare := strings.TrimPrefix(strings.TrimPrefix(l, "Ġ"), "▁")
		switch {
		case strings.HasPrefix(l, "##") && len(l) > 2:
			out[i] = readWord{l[2:], false}
		case marked && !specialToken.MatchString(l):
			out[i] = readWord{first(bare, " "), i > 0 && (bare != l || specialToken.MatchString(before))}
		default:
			dense := wideRune(firstRune(l)) && wideRune(lastRune(before))
			out[i] = readWord{l, i > 0 && !dense && !closingSigns.MatchString(l) && !openingSigns.MatchString(before)}
		}
	}
	return out
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

func lastRune(s string) rune {
	var last rune
	for _, r := range s {
		last = r
	}
	return last
}

// wideRune says whether a character is one of those that are set without spaces.
func wideRune(r rune) bool {
	return r >= 0x2e80 && r <= 0x9fff || r >= 0xf900 && r <= 0xfaff || r >= 0xff00 && r <= 0xffef || r >= 0x20000 && r <= 0x3ffff
}
