package show

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
)

// words.js translates the parts that Go keeps the translations of.
func TestSpokenPartsAreThePages(t *testing.T) {
	for name, want := range map[string]map[string]bool{"spokenParts": spokenParts, "unspokenParts": unspokenParts} {
		found := regexp.MustCompile("const " + name + ` = (\[.*\]);`).FindStringSubmatch(playerFile("words.js"))
		var list []string
		if found == nil || json.Unmarshal([]byte(found[1]), &list) != nil {
			t.Fatalf("there is no list %s in words.js", name)
		}
		slices.Sort(list)
		if !slices.Equal(list, slices.Sorted(maps.Keys(want))) {
			t.Errorf("%s are %q in words.js and %q here", name, list, slices.Sorted(maps.Keys(want)))
		}
	}
}

// A cell carries translations of what it says only, and never of the name of a field.
func TestOnlyWhatIsSaidIsTranslated(t *testing.T) {
	d := &xainb.Document{Translations: map[string]map[string]string{"zh": {"title": "题", "yes": "是", "field": "场", "other": "别", "vary": "变"}, "de": {"other": "anders"}}}
	doc := docJSON{Title: "title", Asks: []xainb.Ask{{Answers: []string{"yes"}}}, Panels: []xainb.Panel{{Spec: map[string]string{"field": "field"}}}}
	got, err := translationsOf(d, doc, "vary")
	if err != nil || len(got) != 1 || !maps.Equal(got["zh"], map[string]string{"title": "题", "yes": "是", "vary": "变"}) {
		t.Errorf("%v, %v", got, err)
	}
}

// Only what is a template has formulas: a label with dollars in a summary is none, in no language.
func TestDollarsInSummariesAreNoFormulas(t *testing.T) {
	run := xainb.Record(0, func(int) []xainb.Step {
		return []xainb.Step{xainb.StepFunc(func(s *xainb.Snapshot) {
			s.Put("w", []float32{2, 1}, xainb.Dim{Name: "feature", Size: 2})
			s.PutLabels("feature", []string{`$\u a`, "b $"})
		})}
	})
	if err := Page(filepath.Join(t.TempDir(), "page.html"), charts.Words(run)); err != nil {
		t.Error(err)
	}
	if err := Page(filepath.Join(t.TempDir(), "page.html"), charts.Words(run).Caption("c").Translate("zh", "c", `$\u$`)); err == nil {
		t.Error("a formula that is none in a translated caption is no error")
	}
}
