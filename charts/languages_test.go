package charts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

// Each Chinese sentence takes the arguments of its English one, each once, and reads no name off the frame that the other does not.
func TestChineseTakesTheSameArguments(t *testing.T) {
	names := regexp.MustCompile(`\{[^{}%]+\}`)
	for english, text := range chinese {
		args := make([]any, strings.Count(english, "%s")+strings.Count(english, "%d"))
		for i := range args {
			args[i] = fmt.Sprint("«", i, "»")
			if strings.Contains(english, "%d") {
				args[i] = 7
			}
		}
		got := say(english, args...)
		for _, s := range []string{got.en, got.zh} {
			if strings.Contains(s, "%!") {
				t.Errorf("%q: %q", english, s)
			}
		}
		for _, a := range args {
			if strings.Count(got.zh, fmt.Sprint(a)) != 1 {
				t.Errorf("%q: %v is not once in %q", english, a, got.zh)
			}
		}
		has := names.FindAllString(english, -1)
		for _, name := range names.FindAllString(text, -1) {
			if !slices.Contains(has, name) {
				t.Errorf("%q: %q reads %s", english, text, name)
			}
		}
	}
}

// The translations of a scene go along when it is joined, and cloned; the author's stand before the scene's own.
func TestTranslationsGoAlong(t *testing.T) {
	run := timed(3, 0, 1)
	s := Row(Heatmap(run).Translate("zh", "a note", "注"), Heatmap(run)).Note(0, "a note").Translate("zh", "Where is x largest?", "x 何处最大？")
	d := documentOf(t, s)
	for text, want := range map[string]string{"a note": "注", "Where is x largest?": "x 何处最大？", "Read": "读"} {
		if got := d.Translations["zh"][text]; got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	s.Translate("zh", "a note", "另注")
	if d.Translations["zh"]["a note"] != "注" {
		t.Error("a document changes when the scene goes on")
	}
	v := Vary("what", func(run xainb.Source) *Scene { return Heatmap(run) }, Variant{"one", run}, Variant{"two", timed(3, 1, 1)}).Translate("ZH", "what", "何")
	if got := documentOf(t, v).Translations["zh"]["what"]; got != "何" {
		t.Errorf("what varies is %q", got)
	}
	if err := Heatmap(run).Translate("", "a", "b").Err(); err == nil || !strings.Contains(err.Error(), "name a language") {
		t.Errorf("no language: %v", err)
	}
}
