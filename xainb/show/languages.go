package show

import (
	"encoding/json"

	"github.com/xainb/gonb-xai/xainb"
)

// spokenParts are the parts of a document that are read by people; the page translates what stands in them (inLanguage in words.js has the same).
var spokenParts = map[string]bool{"title": true, "subtitle": true, "caption": true, "summary": true, "label": true, "text": true, "question": true, "answers": true,
	"reveal": true, "chapters": true, "warnings": true, "head": true, "columns": true, "units": true, "is": true}

// unspokenParts are never looked into.
var unspokenParts = map[string]bool{"option": true, "state": true, "value": true, "formulas": true, "moments": true, "facts": true, "blend": true, "translations": true}

// translationsOf returns the translations of d that the document for the page has the texts of; labels are texts beside it.
func translationsOf(d *xainb.Document, doc docJSON, labels ...string) (map[string]map[string]string, error) {
	if len(d.Translations) == 0 {
		return nil, nil
	}
	b, err := asJSON(doc)
	if err != nil {
		return nil, err
	}
	var parts any
	if err := json.Unmarshal(b, &parts); err != nil {
		return nil, err
	}
	texts := map[string]bool{}
	for _, l := range labels {
		texts[l] = true
	}
	spoken(parts, false, texts)
	var out map[string]map[string]string
	for language, all := range d.Translations {
		for text, translation := range all {
			if !texts[text] || text == "" {
				continue
			}
			if out == nil {
				out = map[string]map[string]string{}
			}
			if out[language] == nil {
				out[language] = map[string]string{}
			}
			out[language][text] = translation
		}
	}
	return out, nil
}

// spoken collects the texts of a part of a document.
func spoken(part any, is bool, into map[string]bool) {
	switch x := part.(type) {
	case string:
		if is {
			into[x] = true
		}
	case []any:
		for _, y := range x {
			spoken(y, is, into)
		}
	case map[string]any:
		for key, y := range x {
			if !unspokenParts[key] {
				spoken(y, is || spokenParts[key], into)
			}
		}
	}
}
