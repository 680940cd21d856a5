package desk

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"

	"github.com/BurntSushi/toml"

	"quietline/locales"
)

// texts are all English texts of the desk: those of the templates, and those that the code marks.
func texts(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	names, err := filepath.Glob("templates/*.html")
	ok(t, err)
	for _, name := range names {
		b, err := os.ReadFile(name)
		ok(t, err)
		trees, err := parse.Parse(name, string(b), "{{", "}}", known())
		ok(t, err)
		for _, tree := range trees {
			inTemplate(tree.Root, found)
		}
	}
	files, err := filepath.Glob("*.go")
	ok(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		ok(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is {
				return true
			}
			at := map[string]int{"said": 0, "t": 0, "message": 3, "note": 3}
			fun := ""
			switch f := call.Fun.(type) {
			case *ast.Ident:
				fun = f.Name
			case *ast.SelectorExpr:
				fun = f.Sel.Name
			}
			if i, marks := at[fun]; marks && i < len(call.Args) {
				if lit, is := call.Args[i].(*ast.BasicLit); is && lit.Kind == token.STRING {
					text, err := strconv.Unquote(lit.Value)
					ok(t, err)
					found[text] = true
				}
			}
			return true
		})
	}
	var out []string
	for text := range found {
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

// known are the functions that templates may call, for the parser.
func known() map[string]any {
	out := map[string]any{"t": 0, "lang": 0, "dir": 0, "day": 0, "len": 0, "or": 0, "and": 0, "not": 0, "eq": 0, "ne": 0, "index": 0}
	for name := range funcs {
		out[name] = 0
	}
	return out
}

// inTemplate collects the texts that a template gives to t.
func inTemplate(n parse.Node, found map[string]bool) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, c := range n.Nodes {
			inTemplate(c, found)
		}
	case *parse.ActionNode:
		inTemplate(n.Pipe, found)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			inTemplate(n.Pipe, found)
		}
	case *parse.IfNode:
		inTemplate(n.Pipe, found)
		inTemplate(n.List, found)
		inTemplate(n.ElseList, found)
	case *parse.RangeNode:
		inTemplate(n.Pipe, found)
		inTemplate(n.List, found)
		inTemplate(n.ElseList, found)
	case *parse.WithNode:
		inTemplate(n.Pipe, found)
		inTemplate(n.List, found)
		inTemplate(n.ElseList, found)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, c := range n.Cmds {
			inTemplate(c, found)
		}
	case *parse.CommandNode:
		if len(n.Args) > 1 {
			fun, isFun := n.Args[0].(*parse.IdentifierNode)
			text, isText := n.Args[1].(*parse.StringNode)
			if isFun && isText && fun.Ident == "t" {
				found[text.Text] = true
			}
		}
		for _, a := range n.Args {
			inTemplate(a, found)
		}
	}
}

// The desk's words are in every language of the catalogue, and no language keeps words that the desk does not say.
func TestTheDeskIsInEveryLanguage(t *testing.T) {
	c, err := locales.Load(locales.Shipped(), nil)
	ok(t, err)
	all := texts(t)
	if len(all) < 300 {
		t.Fatalf("only %d texts were found", len(all))
	}
	for _, l := range c.Languages() {
		if l.Tag == "en" {
			continue
		}
		var keys []string
		var file map[string]string
		_, err := toml.DecodeFS(locales.Shipped(), "desk/"+l.Tag+".toml", &file)
		ok(t, err)
		for key := range file {
			keys = append(keys, key)
		}
		for _, text := range all {
			if !slices.Contains(keys, text) {
				t.Errorf("locales/desk/%s.toml lacks %q", l.Tag, text)
			}
		}
		for _, key := range keys {
			if !slices.Contains(all, key) {
				t.Errorf("locales/desk/%s.toml has %q, which the desk never says", l.Tag, key)
			}
		}
	}
}
