package flows_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"quietline/flows"
)

const head = "flow = \"check\"\nstart = \"a\"\nreview = \"drafted\"\nrationale = \"A test.\"\n"

// Every mistake is named with its file, its step and what would be right.
func TestMistakes(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no TOML", head + "[[step]\n", "x.toml: line "},
		{"key of the flow", head + "reviews = 1\n", `x.toml: unknown key "reviews"; did you mean "review"?`},
		{"key of a step", head + "[[step]]\nname = \"a\"\nsays = [\"x\"]\n", `x.toml: step a: unknown key "says"; did you mean "say"?`},
		{"key of a choice", head + "[[step]]\nname = \"a\"\nchoices = [{id = \"x\", too = \"a\", to = \"a\"}]\n", `step a: unknown key "too"; did you mean "to"?`},
		{"key of a branch", head + "[[step]]\nname = \"a\"\nbranch = [{iff = \"open\", to = \"a\"}]\n", `unknown key "iff"; did you mean "if"?`},
		{"no step", head, "has no [[step]]"},
		{"step twice", head + "[[step]]\nname = \"a\"\nrest = true\n[[step]]\nname = \"a\"\nrest = true\n", "step a: is there twice"},
		{"step without name", head + "[[step]]\nrest = true\n", `step number 1: name = ""`},
		{"name too long", head + "[[step]]\nname = \"abcdefghijklmnopqrstuvwxyz\"\nrest = true\n", "must be a name"},
		{"unknown effect", head + "[[step]]\nname = \"a\"\ndo = [\"opn\"]\n", `unknown effect "opn" in do; did you mean "open"?`},
		{"leave is a key", head + "[[step]]\nname = \"a\"\ndo = [\"erase\"]\n", `unknown effect "erase"`},
		{"unknown condition", head + "[[step]]\nname = \"a\"\nbranch = [{if = \"!queud\", to = \"a\"}]\n", `unknown condition "queud"; did you mean "queued"?`},
		{"branch to nowhere", head + "[[step]]\nname = \"a\"\nbranch = [{if = \"open\"}]\n", "branch 1 leads nowhere"},
		{"choice to nowhere", head + "[[step]]\nname = \"a\"\nchoices = [{id = \"x\"}]\n", `choice "x" leads nowhere`},
		{"choice twice", head + "[[step]]\nname = \"a\"\nchoices = [{id = \"x\", to = \"a\"}, {id = \"x\", to = \"a\"}]\n", `choice "x" is there twice`},
		{"choice and to", head + "[[step]]\nname = \"a\"\nto = \"a\"\nchoices = [{id = \"x\", to = \"a\"}]\n", "asks or goes on, not both"},
		{"menu without to", head + "[[step]]\nname = \"a\"\nmenu = \"needs\"\n", "has a menu but no to"},
		{"unknown menu", head + "[[step]]\nname = \"a\"\nmenu = \"need\"\nto = \"a\"\n", "menu = \"need\" must be one of"},
		{"rest and to", head + "[[step]]\nname = \"a\"\nrest = true\nto = \"a\"\n", "rests and also"},
		{"set what", head + "[[step]]\nname = \"a\"\nchoices = [{id = \"x\", to = \"a\", set = {name = \"ana\"}}]\n", `set knows no "name"`},
		{"set to what", head + "[[step]]\nname = \"a\"\nchoices = [{id = \"x\", to = \"a\", set = {who = \"ana\"}}]\n", "who must be one of me, other, saw, unsure"},
		{"wrong type", head + "[[step]]\nname = \"a\"\nsay = \"x\"\n", "step a: say must be a list"},
		{"wrong flag", head + "[[step]]\nname = \"a\"\nsensitive = \"yes\"\n", "sensitive must be true or false"},
		{"wrong review", strings.Replace(head, "drafted", "done", 1) + "[[step]]\nname = \"a\"\nrest = true\n", `review = "done" must be one of`},
		{"no rationale", strings.Replace(head, "A test.", "", 1) + "[[step]]\nname = \"a\"\nrest = true\n", "rationale is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := flows.Parse("x.toml", c.text)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "x.toml") {
				t.Errorf("got %v\nwanted %s", err, c.want)
			}
		})
	}
}

// with is the shipped files with one changed.
func with(t testing.TB, file, old, new string) fs.FS {
	t.Helper()
	all := fstest.MapFS{}
	names, err := fs.Glob(flows.Shipped(), "*.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		text, err := fs.ReadFile(flows.Shipped(), n)
		if err != nil {
			t.Fatal(err)
		}
		if n == file {
			if !strings.Contains(string(text), old) {
				t.Fatalf("%s does not hold %q", file, old)
			}
			text = []byte(strings.ReplaceAll(string(text), old, new))
		}
		all[n] = &fstest.MapFile{Data: text}
	}
	return all
}

func TestMistakesBetweenFlows(t *testing.T) {
	for _, c := range []struct{ name, file, old, new, want string }{
		{"target", "check.toml", `to = "handoff.ask", text`, `to = "handoff.aks", text`, `check.toml: step "choose" leads to "handoff.aks", which is not there; did you mean "handoff.ask"?`},
		{"target in the flow", "check.toml", `to        = "picked"`, `to = "piced"`, `step "needs" leads to "piced", which is not there; did you mean "picked"?`},
		{"start", "check.toml", `start     = "unseen"`, `start = "unsen"`, `start = "unsen" is not a step of this flow; did you mean "unseen"?`},
		{"entry", "handoff.toml", `name      = "taken"`, `name      = "token"`, `step "handoff.taken" is missing`},
		{"sensitive entry", "closing.toml", `name   = "left"         # 0`, "name = \"left\"\nsensitive = true", `step "left" must not be sensitive`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := flows.Load(with(t, c.file, c.old, c.new), nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwanted %s", err, c.want)
			}
		})
	}
}

func TestOperatorsFlowTakesTheShippedOnesPlace(t *testing.T) {
	text, err := fs.ReadFile(flows.Shipped(), "return.toml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	changed := strings.Replace(string(text), `say    = ["return.hello"]`, `say    = ["return.ours"]`, 1)
	if err := os.WriteFile(filepath.Join(dir, "ours.toml"), []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := flows.Load(flows.Shipped(), os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	_, es := flows.Next(b, flows.State{}, flows.Event{Kind: flows.Return, Facts: flows.Facts{Language: true, Country: true}})
	if es[0].ID != "return.ours" {
		t.Errorf("said %+v", es[0])
	}
	if !slices.Contains(b.IDs(), "return.ours") || slices.Contains(b.IDs(), "return.hello") {
		t.Error("the ids are not the operator's")
	}
	if err := os.WriteFile(filepath.Join(dir, "twice.toml"), []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := flows.Load(flows.Shipped(), os.DirFS(dir)); err == nil || !strings.Contains(err.Error(), `flow "return" is already in ours.toml`) {
		t.Errorf("the same flow in two files: %v", err)
	}
	if _, err := flows.Load(flows.Shipped(), os.DirFS(filepath.Join(dir, "none"))); err != nil {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// All mistakes come at once, and then no book.
func TestAllMistakesAtOnce(t *testing.T) {
	src := fstest.MapFS{
		"a.toml": {Data: []byte("flow = 1\n")},
		"b.toml": {Data: []byte("flow = \"b\"\nstrat = \"x\"\n")},
	}
	b, err := flows.Load(src, nil)
	if b != nil || err == nil {
		t.Fatal("a book came out of this")
	}
	for _, want := range []string{"a.toml", "b.toml", `did you mean "start"?`, `step "handoff.person" is missing`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %s", err, want)
		}
	}
}

func TestUnreadableFolder(t *testing.T) {
	if _, err := flows.Load(broken{}, nil); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v", err)
	}
}

// broken is a folder that may not be read.
type broken struct{}

func (broken) Open(string) (fs.File, error) { return nil, fs.ErrPermission }

// Whatever is in a file, Parse neither panics nor takes what it does not know; what it takes, Load can link.
func FuzzParse(f *testing.F) {
	names, _ := fs.Glob(flows.Shipped(), "*.toml")
	for _, n := range names {
		text, err := fs.ReadFile(flows.Shipped(), n)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(head + "[[step]]\nname = \"a\"\nchoices = [1, {id = \"x\", to = \"a.b.c\", set = [1]}]\nbranch = [[{}]]\ndo = [[]]\n")
	f.Add("step = [[1]]\nflow = [\"x\"]\n")
	f.Fuzz(func(t *testing.T, text string) {
		fl, err := flows.Parse("x.toml", text)
		if err != nil {
			if !strings.Contains(err.Error(), "x.toml") {
				t.Errorf("no file in %v", err)
			}
			return
		}
		if fl.Name == "" || len(fl.Steps) == 0 {
			t.Errorf("taken: %+v", fl)
		}
		b, err := flows.Load(flows.Shipped(), fstest.MapFS{"x.toml": {Data: []byte(text)}})
		if err != nil {
			return
		}
		s := flows.State{Flow: fl.Name, Step: fl.Start, Open: true}
		for _, k := range kinds {
			flows.Next(b, s, flows.Event{Kind: k, Choice: "yes"})
		}
	})
}
