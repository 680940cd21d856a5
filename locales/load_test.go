package locales_test

import (
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"quietline/locales"
)

func load(t testing.TB) *locales.Catalogues {
	t.Helper()
	c, err := locales.Load(locales.Shipped(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// small is a whole set of files for one language, for tests that break one of them.
func small() fstest.MapFS {
	return fstest.MapFS{
		"languages.toml": file(`[[language]]
tag = "en"
own = "English"
dir = "ltr"
`),
		"en.toml": file(`["card.call"]
other = "Call {{.Number}}"
["queue.ahead"]
one = "{{.Count}} person is before you."
other = "{{.Count}} people are before you."
`),
		"context.toml":     file(`"card.*" = "The person."` + "\n" + `"queue.*" = "The person."` + "\n"),
		"discreet/en.toml": file(`words = ["rescue*"]`),
	}
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestContentOverridesByID(t *testing.T) {
	content := fstest.MapFS{
		"en.toml":          file(`["card.call"]` + "\n" + `other = "Ring {{.Number}}"`),
		"words/en.toml":    file(`leave = ["so long"]`),
		"discreet/en.toml": file(`words = ["lighthouse"]`),
		"languages.toml":   file("[[language]]\ntag = \"fa\"\nown = \"فارسی\"\ndir = \"rtl\"\naliases = [\"prs\"]\n"),
		"fa.toml":          file(`["card.call"]` + "\n" + `other = "{{.Number}}"`),
	}
	c, err := locales.Load(small(), content)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Text("en", "card.call", locales.Args{"Number": "1"}); got != "Ring 1" || err != nil {
		t.Errorf("overridden text: %q, %v", got, err)
	}
	if got, _ := c.Text("en", "queue.ahead", locales.Args{"Count": 1}); got != "1 person is before you." {
		t.Errorf("text not overridden: %q", got)
	}
	if c.Keys("so long", []string{"en"}).Kind != locales.LeaveKey {
		t.Error("the operator's word does not leave")
	}
	if got := c.Discreet("en", "the lighthouse and the rescuer"); len(got) != 2 {
		t.Errorf("telling words of both folders: %q", got)
	}
	if l, ok := c.Table().Find("prs"); !ok || l.Tag != "fa" {
		t.Errorf("the operator's language: %v %v", l, ok)
	}
	if got := c.Faults(); len(got) != 1 || got[0].ID != "queue.ahead" || got[0].Lang != "fa" {
		t.Errorf("faults of the half written language: %v", got)
	}
}

func TestEmptyContentIsNoContent(t *testing.T) {
	if _, err := locales.Load(small(), fstest.MapFS{}); err != nil {
		t.Fatal(err)
	}
}

func TestBadFilesAreRefusedWhole(t *testing.T) {
	for name, c := range map[string]struct {
		file, text string
		want       []string // parts of the error
	}{
		"not TOML":            {"en.toml", "[\"card.call\"\n", []string{"content/locales/en.toml", "line 2"}},
		"twice":               {"en.toml", "[\"a.b\"]\nother=\"x\"\n[\"a.b\"]\nother=\"y\"\n", []string{"en.toml", "a.b"}},
		"wrong plural form":   {"en.toml", "[\"card.call\"]\nothr = \"x\"\n", []string{"card.call", "othr"}},
		"unquoted id":         {"en.toml", "[card.call]\nother = \"x\"\n", []string{`"card"`, "quote"}},
		"empty text":          {"en.toml", "[\"card.call\"]\nother = \"  \"\n", []string{"card.call", "empty"}},
		"no form other":       {"en.toml", "[\"card.call\"]\none = \"{{.Count}}\"\n", []string{"card.call", "other"}},
		"forms count nothing": {"en.toml", "[\"card.call\"]\none = \"x\"\nother = \"y\"\n", []string{"card.call", "{{.Count}}"}},
		"missing plural form": {"en.toml", "[\"queue.ahead\"]\nother = \"{{.Count}} people\"\n", []string{"queue.ahead", "number 1"}},
		"template logic":      {"en.toml", "[\"card.call\"]\nother = \"{{if .X}}y{{end}}\"\n", []string{"card.call", "{{.Name}}"}},
		"open braces":         {"en.toml", "[\"card.call\"]\nother = \"{{.Number\"\n", []string{"card.call", "placeholder"}},
		"direction character": {"en.toml", "[\"card.call\"]\nother = \"a\\u202Eb\"\n", []string{"card.call", "U+202E"}},
		"open isolate":        {"en.toml", "[\"card.call\"]\nother = \"a\\u2066b\"\n", []string{"card.call", "isolate"}},
		"lone isolate end":    {"en.toml", "[\"card.call\"]\nother = \"a\\u2069b\"\n", []string{"card.call", "isolate"}},
		"control character":   {"en.toml", "[\"card.call\"]\nother = \"a\\u0007b\"\n", []string{"card.call", "U+0007"}},
		"bad id":              {"en.toml", "[\"Call\"]\nother = \"b\"\n", []string{`"Call"`, "lower-case"}},
		"language not listed": {"fr.toml", "[\"card.call\"]\nother = \"b\"\n", []string{"fr.toml", "languages.toml"}},
		"unknown key":         {"words/en.toml", "leaf = [\"x\"]\n", []string{"words/en.toml", "leaf"}},
		"two meanings":        {"words/en.toml", "leave = [\"gone\"]\nback = [\"Gone!\"]\n", []string{"words/en.toml", "Gone!", "leave"}},
		"no word":             {"words/en.toml", "danger = [\"!!\"]\n", []string{"words/en.toml", "!!"}},
		"lone star":           {"discreet/en.toml", "words = [\"*\"]\n", []string{"discreet/en.toml", "*"}},
		"few return words":    {"words/return.en.toml", "words = [\"lamp\"]\n", []string{"words/return.en.toml", "256"}},
		"alias taken":         {"languages.toml", "[[language]]\ntag=\"cy\"\nown=\"C\"\ndir=\"ltr\"\naliases=[\"EN\"]\n", []string{"languages.toml", "EN", "en"}},
		"no direction":        {"languages.toml", "[[language]]\ntag=\"cy\"\nown=\"C\"\ndir=\"down\"\n", []string{"languages.toml", "dir"}},
		"no catalogue":        {"languages.toml", "[[language]]\ntag=\"cy\"\nown=\"C\"\ndir=\"ltr\"\n", []string{"cy.toml", "missing"}},
		"empty context":       {"context.toml", "\"card.*\" = \" \"\n", []string{"context.toml", "card.*"}},
		"reviewed by nobody":  {"review/en.toml", "[\"card.call\"]\nstate = \"reviewed\"\n", []string{"review/en.toml", "card.call", "by"}},
		"unknown state":       {"review/en.toml", "[\"card.call\"]\nstate = \"perfect\"\n", []string{"review/en.toml", "perfect"}},
		"too large":           {"en.toml", strings.Repeat("# filler\n", 1<<20), []string{"en.toml", "bytes"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := locales.Load(small(), fstest.MapFS{c.file: file(c.text)})
			if err == nil || got != nil {
				t.Fatalf("loaded, error %v", err)
			}
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not say %q", err, part)
				}
			}
		})
	}
}

// A return word that means something else here would leave, alarm or tell.
func TestReturnWordsMeanNothingElse(t *testing.T) {
	for word, why := range map[string]string{"goodbye": "leave", "peril": "danger", "rescuer": "telling", "Unstop": "carriers"} {
		content := fstest.MapFS{
			"words/en.toml":        file("leave = [\"goodbye\"]\ndanger = [\"peril\"]\n"),
			"words/return.en.toml": file("words = [\"" + word + "\"" + plainWords(locales.MinReturnList) + "]\n"),
		}
		if _, err := locales.Load(small(), content); err == nil || !strings.Contains(err.Error(), word) || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v", word, err)
		}
	}
	ok := fstest.MapFS{"words/return.en.toml": file("words = [\"lamp\"" + plainWords(locales.MinReturnList) + "]\n")}
	if _, err := locales.Load(small(), ok); err != nil {
		t.Error(err)
	}
}

// plainWords is n made-up words as the rest of a TOML list.
func plainWords(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(", \"" + string([]rune{'w', rune('a' + i/26), rune('a' + i%26)}) + "\"")
	}
	return b.String()
}

func TestAllErrorsAreTold(t *testing.T) {
	_, err := locales.Load(small(), fstest.MapFS{
		"en.toml":       file("[\"card.call\"]\nother = \"\"\n[\"card.two\"]\nothr = \"x\"\n"),
		"words/en.toml": file("leaf = []\n"),
	})
	for _, part := range []string{"card.call", "card.two", "leaf"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v does not say %q", err, part)
		}
	}
}

func TestLanguageWithoutPluralRules(t *testing.T) {
	kurdish := "[[language]]\ntag = \"kmr\"\nown = \"Kurmancî\"\ndir = \"ltr\"\n"
	content := fstest.MapFS{
		"languages.toml": file(kurdish),
		"kmr.toml":       file("[\"card.call\"]\nother = \"{{.Number}}\"\n[\"queue.ahead\"]\none = \"{{.Count}} kes\"\nother = \"{{.Count}} kesan\"\n"),
	}
	if _, err := locales.Load(small(), content); err == nil || !strings.Contains(err.Error(), "plural =") {
		t.Fatalf("a language without rules: %v", err)
	}
	content["languages.toml"] = file(kurdish + "plural = \"ku\"\n")
	c, err := locales.Load(small(), content)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Text("kmr", "queue.ahead", locales.Args{"Count": 1}); got != "1 kes" || err != nil {
		t.Errorf("%q %v", got, err)
	}
}

func FuzzLoad(f *testing.F) {
	for name := range maps.Keys(small()) {
		text, err := fs.ReadFile(small(), name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(name, text)
	}
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		if !fs.ValidPath(name) || name == "." || len(text) > 1<<16 {
			return
		}
		for other := range maps.Keys(small()) {
			if name != other && (strings.HasPrefix(name, other+"/") || strings.HasPrefix(other, name+"/")) {
				return // a file cannot be a folder
			}
		}
		c, err := locales.Load(small(), fstest.MapFS{name: &fstest.MapFile{Data: text}})
		if (c == nil) == (err == nil) {
			t.Fatalf("catalogues %v with error %v", c != nil, err)
		}
		if c == nil {
			return
		}
		for _, id := range c.IDs() {
			args := locales.Args{"Count": 2}
			for _, name := range c.Placeholders(id) {
				if name != "Count" {
					args[name] = "x"
				}
			}
			if got, err := c.Text("en", id, args); err != nil || strings.TrimSpace(got) == "" {
				t.Fatalf("%q: %q %v", id, got, err)
			}
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b)
	}
}
