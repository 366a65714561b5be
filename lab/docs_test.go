package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestGoInTheDocumentsCompiles checks the Go that people copy out of what we write as GoNB would build it, each block a cell: declarations
// stay for the cells after it, values do not, statements stand in main, imports are found by their names.
func TestGoInTheDocumentsCompiles(t *testing.T) {
	library := builtPackages(t)
	notebooks, _ := filepath.Glob("../notebooks/*.ipynb")
	found := 0
	for _, path := range append([]string{"../README.md", "../CONTRIBUTING.md"}, notebooks...) {
		kept := ""
		for _, b := range goBlocks(markdownOf(t, path)) {
			found++
			declarations, statements, err := splitCell(b.source)
			if kept += declarations; err == nil {
				err = library.check(kept, statements)
			}
			if err != nil {
				t.Errorf("%s:%d: this Go does not compile in a cell: %v\n%s", filepath.Base(path), b.line, err, b.source)
			}
		}
	}
	if found < 5 {
		t.Errorf("there are %d blocks of Go, and the README alone has 4: they are not found", found)
	}
}

// What a reader would stumble over is an error.
func TestGoThatDoesNotCompileIsFound(t *testing.T) {
	library := builtPackages(t)
	for source, want := range map[string]string{
		"run := attention.Run(\"a\")\nshow.Cell(charts.AttentionHeads(run))":            "",
		"func f() int {\n\n\treturn 1\n}\n\n%%\nfmt.Println(f())":                       "",
		"run := attention.Run(\"a\")":                                                   "declared and not used: run",
		"show.Cell(charts.Heatmap(run))":                                                "undefined: run",
		"show.Cell(charts.NoSuchScene())":                                               "undefined: charts.NoSuchScene",
		"run := attention.Run(1)\nshow.Cell(charts.AttentionHeads(run))":                "cannot use 1",
		"func Explain(s string) []xainb.Step { /* steps */ }":                           "missing return",
		"show.Cell(charts.AttentionHeads(":                                              "expected",
		"run := nosuchpackage.Run()\nshow.Cell(charts.Auto(run))":                       "undefined: nosuchpackage",
		"func f() {}\n\nfor {\n\n\tf()\n}\n\nfunc g(a int) string { return a }\n\ng(1)": "cannot use a",
	} {
		declarations, statements, err := splitCell(source)
		if err == nil {
			err = library.check(declarations, statements)
		}
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s\nerror %v, want %q", source, err, want)
		}
	}
}

// markdownOf returns the text of a document: of a notebook, that of its cells that are not code.
func markdownOf(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Ext(path) == ".md" {
		return string(b)
	}
	var notebook struct {
		Cells []struct {
			Type   string   `json:"cell_type"`
			Source []string `json:"source"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(b, &notebook); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	text := ""
	for _, c := range notebook.Cells {
		if c.Type == "markdown" {
			text += strings.Join(c.Source, "") + "\n"
		}
	}
	return text
}

type goBlock struct {
	line   int
	source string
}

var fencedGo = regexp.MustCompile("(?ms)^([ \t]*)```go[ \t]*\n(.*?)^[ \t]*```[ \t]*$")

func goBlocks(markdown string) []goBlock {
	var all []goBlock
	for _, at := range fencedGo.FindAllStringSubmatchIndex(markdown, -1) {
		indent := markdown[at[2]:at[3]]
		source := strings.ReplaceAll("\n"+markdown[at[4]:at[5]], "\n"+indent, "\n")
		all = append(all, goBlock{1 + strings.Count(markdown[:at[4]], "\n"), source})
	}
	return all
}

// splitCell splits Go at empty lines into declarations and statements.
func splitCell(source string) (declarations, statements string, err error) {
	part := ""
	for _, piece := range strings.SplitAfter(source, "\n\n") {
		for _, line := range strings.SplitAfter(piece, "\n") {
			if !strings.HasPrefix(line, "%%") { // GoNB's mark that statements begin
				part += line
			}
		}
		if parses("package p\n"+part) == nil {
			declarations, part = declarations+part+"\n", ""
		} else if err = parses("package p\nfunc _() {\n" + part + "\n}"); err == nil {
			statements, part = statements+part+"\n", ""
		}
	}
	return declarations, statements, err
}

func parses(source string) error {
	_, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	return err
}

// library is what the go command has compiled.
type library struct {
	paths map[string]string // of a package, by its name
	files *token.FileSet
	types types.Importer
}

func builtPackages(t *testing.T) library {
	t.Helper()
	out := goList(t, "-export", "-deps", "-f", "{{.ImportPath}} {{.Name}} {{.Export}}", "./xainb/...", "./kernels/...", "./charts/...")
	exports := map[string]string{}
	l := library{paths: map[string]string{}, files: token.NewFileSet()}
	l.types = importer.ForCompiler(l.files, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	for line := range strings.Lines(string(out)) {
		part := strings.Fields(line)
		if len(part) < 3 {
			continue // unsafe has no file
		}
		path, name := part[0], part[1]
		exports[path] = part[2]
		if l.paths[name] == "" || strings.HasPrefix(path, module+"/") { // others have a package charts as well
			l.paths[name] = path
		}
	}
	return l
}

// check type-checks a program of declarations and of the statements of its main.
func (l library) check(declarations, statements string) error {
	const head = "package main\n"
	body := declarations + "func main() {\n" + statements + "\n}\n"
	parsed, err := parser.ParseFile(l.files, "", head+body, 0)
	if err != nil {
		return err
	}
	var imports []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && slices.Contains(parsed.Unresolved, x) && l.paths[x.Name] != "" {
				imports = append(imports, fmt.Sprintf("import %s %q\n", x.Name, l.paths[x.Name]))
			}
		}
		return true
	})
	slices.Sort(imports)
	file, err := parser.ParseFile(l.files, "", head+strings.Join(slices.Compact(imports), "")+body, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	var wrong []error
	config := types.Config{
		Importer: l.types,
		Error:    func(err error) { wrong = append(wrong, errors.New(err.(types.Error).Msg)) },
	}
	_, _ = config.Check("main", l.files, []*ast.File{file}, nil)
	return errors.Join(wrong...)
}
