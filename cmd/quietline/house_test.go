package main

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mayImport is the table of docs/architecture.md: which packages of this module a package may import, outside tests.
// cmd may import everything; a package that is not here may import none. A provider that tests play, bot/x/xtest, imports
// nothing of this module, and nothing imports it outside tests.
var mayImport = map[string][]string{
	"bot/oncall":      {"bot", "line"},
	"bot/web":         {"bot", "flows", "locales", "directory", "line"},
	"bot/telegram":    {"bot", "flows", "locales", "directory", "line"},
	"bot/twilio":      {"bot", "flows", "locales", "directory", "line"},
	"desk":            {"bot", "flows", "locales", "directory", "line", "qr"},
	"bot":             {"flows", "locales", "directory", "line", "store"},
	"line":            {"directory", "store"},
	"store/bolt":      {"store"},
	"store/storetest": {"store"},
	"check":           {"flows", "locales", "directory"},
	"flows":           {},
	"locales":         {},
	"directory":       {},
	"qr":              {},
	"store":           {},
}

// forbidden are imports that no package has outside its tests, and why.
var forbidden = map[string]string{
	"C":                            "the binary is static",
	"expvar":                       "nothing is served that nobody asked for",
	"math/rand":                    "whatever is drawn here must not be guessed: crypto/rand, passed in",
	"math/rand/v2":                 "whatever is drawn here must not be guessed: crypto/rand, passed in",
	"net/http/pprof":               "a heap dump holds people's words",
	"os/exec":                      "nothing of a person goes to another program",
	"plugin":                       "the binary is static",
	"testing/fstest":               "for tests only",
	"unsafe":                       "keys and words live in memory that Go looks after",
	"github.com/chromedp/chromedp": "for tests only",
	"github.com/rogpeppe/go-internal/testscript": "for tests only",
	"pgregory.net/rapid":                         "for tests only",
}

// A listed is what `go list -json` tells of a package.
type listed struct {
	Dir, ImportPath, Name, Doc string
	GoFiles, Imports           []string
	TestGoFiles, XTestGoFiles  []string
}

func goList(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=Dir,ImportPath,Name,Doc,GoFiles,Imports,TestGoFiles,XTestGoFiles", "./...")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p listed
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// root is the module's folder.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestImports holds the walls of the house: imports go one way.
func TestImports(t *testing.T) {
	const module = "quietline/"
	for _, p := range goList(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		played := strings.HasPrefix(name, "bot/") && strings.HasSuffix(name, "test")
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, module+"bot/") && strings.HasSuffix(imp, "test") {
				t.Errorf("%s imports %s outside its tests", name, imp)
			}
			if why := forbidden[imp]; why != "" && !(played && imp == "math/rand/v2") { // its accidents come again with their seed
				t.Errorf("%s imports %s: %s", name, imp, why)
			}
		}
		if strings.HasPrefix(name, "cmd/") {
			continue
		}
		allowed, known := mayImport[name]
		if !known && !played {
			t.Errorf("%s stands in no row of the table: say in mayImport and docs/architecture.md what it may import", name)
		}
		for _, imp := range p.Imports {
			if sibling, ok := strings.CutPrefix(imp, module); ok && !slices.Contains(allowed, sibling) {
				t.Errorf("%s imports %s; it may import %v", name, sibling, allowed)
			}
			if imp == "testing" && name != "store/storetest" {
				t.Errorf("%s imports testing outside its tests", name)
			}
		}
	}
}

// TestPackageDocs: every package says what its job is.
func TestPackageDocs(t *testing.T) {
	for _, p := range goList(t) {
		want := "Package " + p.Name + " "
		if p.Name == "main" {
			want = "Command " + filepath.Base(p.ImportPath) + " "
		}
		if !strings.HasPrefix(p.Doc, want) {
			t.Errorf("%s: the package comment must begin %q", p.ImportPath, want)
		}
	}
}

// goFiles calls f with every Go file of the module.
func goFiles(t *testing.T, f func(path string, file *ast.File, fset *token.FileSet)) {
	t.Helper()
	top := root(t)
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		f(filepath.ToSlash(rel), file, fset)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNoInit: nothing happens by being imported.
func TestNoInit(t *testing.T) {
	goFiles(t, func(path string, file *ast.File, _ *token.FileSet) {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function: call what it does where it is needed", path)
			}
		}
	})
}

// calls reports every x.name in non-test files, as "x.name".
func selectors(file *ast.File, f func(x, name string)) {
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			x := ""
			if id, ok := s.X.(*ast.Ident); ok {
				x = id.Name
			}
			f(x, s.Sel.Name)
		}
		return true
	})
}

// TestNoExit: only main ends the process, so that run can be tested and everything is closed.
func TestNoExit(t *testing.T) {
	goFiles(t, func(path string, file *ast.File, _ *token.FileSet) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		selectors(file, func(x, name string) {
			exit := x == "os" && name == "Exit" || x == "log" && (strings.HasPrefix(name, "Fatal") || strings.HasPrefix(name, "Panic"))
			if exit && !(file.Name.Name == "main" && filepath.Base(path) == "main.go") {
				t.Errorf("%s calls %s.%s: return an error instead", path, x, name)
			}
		})
	})
}

// TestNoSleep: a test waits for what it waits for, not for a time; and none is skipped in silence.
func TestNoSleep(t *testing.T) {
	goFiles(t, func(path string, file *ast.File, _ *token.FileSet) {
		if !strings.HasSuffix(path, "_test.go") {
			return
		}
		selectors(file, func(x, name string) {
			if x == "time" && name == "Sleep" {
				t.Errorf("%s sleeps", path)
			}
			if x == "t" && strings.HasPrefix(name, "Skip") {
				t.Errorf("%s skips", path)
			}
		})
	})
}

// revealCallers are the only files that may open a bot.Private: channels, the turn, sealing and the desk.
var revealCallers = []string{
	"bot/channel.go",           // the text with its choices below it, for a channel without buttons
	"bot/desk.go",              // what an adviser wrote, on its way into the record
	"bot/effects.go",           // the turn: text into the record
	"bot/floods.go",            // the turn: how much one address costs
	"bot/index.go",             // an address into its Name, to know whose page is open
	"bot/trial.go",             // an address into its Name, and the word that an operator tries
	"bot/report.go",            // an address into its Name, to know whose message arrived
	"bot/take.go",              // the turn: the words, the address into its Name
	"bot/turn.go",              // the turn
	"bot/phrases.go",           // the turn: which numbered answer a message is
	"bot/understand.go",        // the turn: what a message means
	"bot/view.go",              // an address into its Name, to show its own page
	"desk/address.go",          // what two leads see, to save a life
	"bot/telegram/send.go",     // a channel
	"bot/telegram/withdraw.go", // a channel
	"bot/twilio/send.go",       // a channel
	"bot/twilio/twilio.go",     // a channel
	"cmd/quietline/chat.go",    // the terminal, which is a channel
}

// TestRevealCallers lists who reads a person's text and addresses.
func TestRevealCallers(t *testing.T) {
	var found []string
	goFiles(t, func(path string, file *ast.File, _ *token.FileSet) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		selectors(file, func(_, name string) {
			if name == "Reveal" && !slices.Contains(found, path) {
				found = append(found, path)
			}
		})
	})
	slices.Sort(found)
	for _, path := range found {
		if !slices.Contains(revealCallers, path) {
			t.Errorf("%s calls Reveal and is not on the list: only channels, the turn, sealing and the desk may", path)
		}
	}
	for _, path := range revealCallers {
		if !slices.Contains(found, path) {
			t.Errorf("%s is on the list and does not call Reveal: take it away", path)
		}
	}
}
