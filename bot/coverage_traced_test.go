package bot

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/BurntSushi/toml"

	"quietline/flows"
)

// A way is one edge of the book.
type way struct {
	from, to flows.Place
	what     string   // "choice yes", "branch 2", "to"
	if_, not []string // of a branch
}

func (w way) String() string { return fmt.Sprintf("%s → %s (%s)", w.from, w.to, w.what) }

// tracedBook is the shipped book with a step on every edge, which says "edge.<n>" and goes on: what the bot says then shows
// which edges it took. The marks have no words, and are taken out before anything is sent.
func tracedBook(t testing.TB) (*flows.Book, map[string]way) {
	t.Helper()
	book, err := flows.Load(flows.Shipped(), nil)
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(flows.Shipped(), "*.toml")
	if err != nil {
		t.Fatal(err)
	}
	ways := map[string]way{}
	traced := fstest.MapFS{}
	for _, file := range files {
		text, err := fs.ReadFile(flows.Shipped(), file)
		if err != nil {
			t.Fatal(err)
		}
		var raw map[string]any
		if _, err := toml.Decode(string(text), &raw); err != nil {
			t.Fatal(err)
		}
		name := raw["flow"].(string)
		steps := tables(raw["step"])
		var marks []map[string]any
		cut := func(of map[string]any, w way) {
			n := fmt.Sprintf("edge.%d", len(ways))
			ways[n] = w
			step := strings.ReplaceAll(n, ".", "")
			marks = append(marks, map[string]any{"name": step, "say": []string{n}, "to": of["to"]})
			of["to"] = name + "." + step
		}
		for _, raw := range steps {
			at := flows.Place{Flow: name, Step: raw["name"].(string)}
			s, ok := book.Step(at)
			if !ok {
				t.Fatalf("%s is not in the book", at)
			}
			choices, branch := tables(raw["choices"]), tables(raw["branch"])
			for i, c := range choices {
				cut(c, way{from: at, to: s.Choices[i].To, what: "choice " + s.Choices[i].ID})
				if _, ok := c["text"]; !ok {
					c["text"] = s.Choices[i].Text
				}
			}
			for i, b := range branch {
				cut(b, way{from: at, to: s.Branch[i].To, what: fmt.Sprintf("branch %d", i+1), if_: s.Branch[i].If, not: s.Branch[i].Not})
			}
			if _, ok := raw["to"]; ok {
				cut(raw, way{from: at, to: s.To, what: "to"})
			}
			if len(choices) > 0 {
				raw["choices"] = choices
			}
			if len(branch) > 0 {
				raw["branch"] = branch
			}
		}
		raw["step"] = append(steps, marks...)
		var out bytes.Buffer
		if err := toml.NewEncoder(&out).Encode(raw); err != nil {
			t.Fatal(err)
		}
		traced[path.Base(file)] = &fstest.MapFile{Data: out.Bytes()}
	}
	marked, err := flows.Load(traced, nil)
	if err != nil {
		t.Fatal(err)
	}
	return marked, ways
}

// tables are a TOML value's tables.
func tables(v any) []map[string]any {
	switch v := v.(type) {
	case []map[string]any:
		return v
	case []any:
		out := make([]map[string]any, len(v))
		for i := range v {
			out[i] = v[i].(map[string]any)
		}
		return out
	}
	return nil
}
