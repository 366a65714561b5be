package show

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"sync"

	"github.com/xainb/gonb-xai/xainb"
)

//go:embed player/*.js player/style.css
var playerFiles embed.FS

// playerOrder is the order in which the player's files are joined; types.js only describes and boot.js stands in each cell.
var playerOrder = []string{"words.js", "decode.js", "colour.js", "page.js", "dom.js", "frame.js", "clock.js", "scrubber.js",
	"bar.js", "controls.js", "ask.js", "still.js", "paper.js", "files.js", "menu.js", "tooltip.js", "panels.js", "speech.js", "view.js", "mount.js"}

func playerFile(name string) string {
	b, err := fs.ReadFile(playerFiles, "player/"+name)
	if err != nil {
		panic(err) // embedded: cannot be missing in a program that was built
	}
	return string(b)
}

// joinPlayer returns the body of the function that yields mount: the player's files and the document's painters.
func joinPlayer(painters []xainb.Script) (string, error) {
	css, err := json.Marshal(playerFile("style.css"))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("return (function () {\n\"use strict\";\n")
	head, err := json.Marshal(pageHead)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "const playerCSS = %s, pageHead = %s;\n", css, head)
	for _, name := range playerOrder {
		b.WriteString(bare(playerFile(name)))
	}
	for _, s := range painters {
		if s.Source == "" {
			return "", fmt.Errorf("show: the script %q of the document is empty", s.Name)
		}
		b.WriteString(bare(s.Source))
	}
	b.WriteString("return mount;\n})();")
	return b.String(), nil
}

// inlineDoc is a type within a line, which only tsc reads.
var inlineDoc = regexp.MustCompile(`/\*\* @type [^*]*\*/ `)

// bare leaves out the lines of a script that are only comment, types, and indentation: a third of what a cell would carry.
func bare(source string) string {
	var b strings.Builder
	comment := false
	for line := range strings.Lines(source) {
		line = inlineDoc.ReplaceAllString(strings.TrimSpace(line), "")
		comment = comment || strings.HasPrefix(line, "/*")
		if !comment && line != "" && !strings.HasPrefix(line, "//") {
			b.WriteString(line + "\n")
		}
		if at := strings.Index(line, "*/"); comment && at >= 0 {
			comment = false
			if rest := strings.TrimSpace(line[at+2:]); rest != "" {
				b.WriteString(rest + "\n")
			}
		}
	}
	return b.String()
}

// part is something that a page loads once: the player's code or a library.
type part struct {
	ID        string `json:"id"`
	Name      string `json:"name,omitempty"`
	Code      []byte `json:"code,omitempty"` // raw deflate
	URL       string `json:"url,omitempty"`
	Integrity string `json:"integrity,omitempty"`
}

func playerPart(painters []xainb.Script) (part, error) {
	source, err := joinPlayer(painters)
	if err != nil {
		return part{}, err
	}
	sum := sha256.Sum256([]byte(source))
	return part{ID: "player-" + hex.EncodeToString(sum[:8]), Code: deflate([]byte(source))}, nil
}

var deflated sync.Map // SHA-256 of a source -> its deflated bytes

// deflate compresses once per source and process.
func deflate(source []byte) []byte {
	sum := sha256.Sum256(source)
	if b, ok := deflated.Load(sum); ok {
		return b.([]byte)
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err == nil {
		_, err = w.Write(source)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // a valid level, writing to memory
	}
	deflated.Store(sum, out.Bytes())
	return out.Bytes()
}
