package show

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"strings"
	"sync"

	"github.com/xainb/gonb-xai/xainb"
)

// rendered is a document in the forms that viewers choose from.
type rendered struct {
	html  []byte
	png   []byte // a still
	plain string
	shown func() // to be called when the notebook has taken it
}

const (
	noteCell = "Trust this notebook to play."
	notePage = "This picture plays where scripts may run."
)

// render makes a document's HTML: the poster, the recording, the player and the libraries that it is to carry. note is said under the poster until the player starts.
func render(d *xainb.Document, o options, carry map[string]bool, note string) (*rendered, error) {
	var poster *poster
	var posterErr error
	var drawing sync.WaitGroup
	drawing.Go(func() { poster, posterErr = drawPoster(d, o, posterBytes) }) // each of the two takes half the time of a cell
	p, err := newPayload(d, o, carry)
	drawing.Wait()
	if err := cmp.Or(err, posterErr); err != nil {
		return nil, err
	}
	data, err := asJSON(p)
	if err != nil {
		return nil, err
	}
	r := &rendered{plain: plainText(d), png: poster.still}
	var b bytes.Buffer
	b.WriteString(`<div class="xainb"`)
	if o.width > 0 {
		fmt.Fprintf(&b, ` style="max-width:%dpx"`, o.width)
	}
	b.WriteString(`>`)
	said := note
	if n := d.Moments(); poster.shown != nil {
		fmt.Fprintf(&b, `<img alt="%s" style="max-width:100%%;height:auto" width="%d" src="data:image/png;base64,%s">`,
			html.EscapeString(r.plain), poster.width, base64.StdEncoding.EncodeToString(poster.shown))
		if 1 < poster.frames && poster.frames < n {
			said += fmt.Sprintf(" The picture shows %d of %d frames.", poster.frames, n)
		}
	}
	for _, w := range p.Doc.Warnings {
		said += " ⚠ " + w
	}
	fmt.Fprintf(&b, `<p class="xainb-note" style="color:#777;font-size:13px;margin:4px 0">%s</p>`, html.EscapeString(said))
	b.WriteString(`<script type="application/json" class="xainb-data">`)
	b.Write(data)
	b.WriteString("</script><script>")
	b.WriteString(playerFile("boot.js"))
	b.WriteString("</script></div>\n")
	r.html = b.Bytes()
	return r, nil
}

// plainText is the text/plain form, and the alternative text of the poster.
func plainText(d *xainb.Document) string {
	parts := []string{}
	for _, s := range []string{d.Title, d.Summary} {
		if s = strings.TrimSpace(s); s != "" {
			parts = append(parts, s)
		}
	}
	parts = append(parts, fmt.Sprintf("An animation of %d frames.", d.Moments()))
	return strings.Join(parts, " ")
}

// sentence is an error as a cell shows it.
func sentence(err error) string {
	return `<p style="border-left:3px solid #cf4327;padding:2px 0 2px 10px;margin:4px 0;font:15px/1.45 system-ui,sans-serif;white-space:pre-line">` + html.EscapeString(fullStop(err.Error())) + "</p>"
}

// fullStop ends an error's text as a sentence.
func fullStop(s string) string {
	if s == "" {
		return "Unknown error."
	}
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

// writeHead writes all that is before the scenes of a page. width is of its content, theme may be empty.
func writeHead(w io.Writer, title, theme string, width int) error {
	if title == "" {
		title = "gonb-xai"
	}
	head := strings.Replace(pageHead, "max-width: 960px", fmt.Sprintf("max-width: %dpx", width), 1)
	if theme != "" {
		head = strings.Replace(head, `<html lang="en">`, fmt.Sprintf(`<html lang="en" data-theme=%q>`, theme), 1)
		head = strings.Replace(head, `content="light dark"`, fmt.Sprintf("content=%q", theme), 1)
	}
	_, err := fmt.Fprintf(w, head, html.EscapeString(title))
	return err
}

// The policy of a page allows nothing from outside: a page that plays does so by what it carries. %s is the title; the player writes pages of
// its own with the same head.
const pageHead = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>%s</title>
<style>
body { margin: 24px auto; padding: 0 20px; max-width: 960px; background: #fff; color: #1b1f2a; font-family: system-ui, sans-serif; }
.xainb { margin-bottom: 40px; }
@media screen { :where([data-theme=dark]) body { background: #111317; color: #f0f1f4; } }
@media screen and (prefers-color-scheme: dark) { :where(:root:not([data-theme])) body { background: #111317; color: #f0f1f4; } }
@media print { body { margin: 0; } }
</style>
</head>
<body data-xainb-page>
`

const pageFoot = "</body>\n</html>\n"
