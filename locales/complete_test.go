package locales_test

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"quietline/locales"
)

// render fills every placeholder and returns the text.
func render(t testing.TB, c *locales.Catalogues, lang, id string) string {
	t.Helper()
	args := locales.Args{}
	for _, name := range c.Placeholders(id) {
		args[name] = locales.LTR("+1")
		if name == "Count" {
			args[name] = 3
		}
	}
	text, err := c.Text(lang, id, args)
	if err != nil {
		t.Error(err)
	}
	return text
}

// TestComplete: every language has every message, with the same placeholders and all its plural forms (Load refuses a
// missing form, an empty text and unbalanced isolates), every message renders, every English one has its context, and no
// review claims a wording that has changed.
func TestComplete(t *testing.T) {
	c := load(t)
	for _, fault := range c.Faults() {
		t.Error(fault)
	}
	for _, l := range c.Languages() {
		for _, id := range c.IDs() {
			if !c.Has(l.Tag, id) {
				continue // told above
			}
			text := render(t, c, l.Tag, id)
			if strings.TrimSpace(text) != text || strings.Contains(text, "<no value>") || strings.Contains(text, "  ") {
				t.Errorf("%s %s: %q", l.Tag, id, text)
			}
			if strings.Count(text, "\u2066") != strings.Count(text, "\u2069") {
				t.Errorf("%s %s: isolates do not balance", l.Tag, id)
			}
		}
		for cc, name := range map[string]bool{"GB": true, "VN": true, "AE": true, "US": true, "MX": true, "XK": true, "SZ": true, "CI": true} {
			if _, err := c.CountryName(l.Tag, cc); name && err != nil {
				t.Error(err)
			}
		}
	}
}

// In a right-to-left language every number in a text is isolated, or its parts may change places on the screen.
func TestNumbersInRightToLeftTextsAreIsolated(t *testing.T) {
	c := load(t)
	isolated := regexp.MustCompile("\u2066[^\u2066\u2069]*\u2069")
	for _, l := range c.Languages() {
		if !l.RTL() {
			continue
		}
		for _, id := range c.IDs() {
			if !c.Has(l.Tag, id) || slices.Contains(c.Placeholders(id), "Count") {
				continue // a plain count has no parts
			}
			if text := isolated.ReplaceAllString(render(t, c, l.Tag, id), ""); strings.IndexFunc(text, unicode.IsDigit) >= 0 {
				t.Errorf("%s %s: a bare number in %q", l.Tag, id, text)
			}
		}
	}
}

// A ten-year-old reads every text: sentences stay short in every language. Rights are longer: they list who and what.
func TestSentencesAreShort(t *testing.T) {
	c := load(t)
	for _, l := range c.Languages() {
		for _, id := range c.IDs() {
			if !c.Has(l.Tag, id) {
				continue
			}
			most := 22
			if strings.HasPrefix(id, "right.") {
				most = 33
			}
			if l.Tag == "vi" {
				most = most * 13 / 10 // it writes each syllable as a word
			}
			for _, sentence := range strings.FieldsFunc(render(t, c, l.Tag, id), func(r rune) bool { return strings.ContainsRune(".?!:؟;\n", r) }) {
				if n := len(strings.Fields(sentence)); n > most {
					t.Errorf("%s %s: %d words in one sentence: %q", l.Tag, id, n, sentence)
				}
			}
		}
	}
}

var update = flag.Bool("update", false, "write locales/review/*.toml: fresh hashes for new and changed messages, as drafted")

// TestReviewFiles: what UpdateReview writes loads again, with the states and doubts there were and an entry for every
// message. After a change of texts: go test ./locales -run TestReviewFiles -update
func TestReviewFiles(t *testing.T) {
	c := load(t)
	fresh := fstest.MapFS{}
	for _, l := range c.Languages() {
		text, err := c.UpdateReview(l.Tag)
		if err != nil {
			t.Fatal(err)
		}
		fresh["review/"+l.Tag+".toml"] = &fstest.MapFile{Data: text}
		if *update {
			if err := os.WriteFile("review/"+l.Tag+".toml", text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	again, err := locales.Load(locales.Shipped(), fresh)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range c.Languages() {
		for _, id := range c.IDs() {
			if a, b := c.MessageState(l.Tag, id), again.MessageState(l.Tag, id); a != b {
				t.Errorf("%s %s: was %s, is %s", l.Tag, id, a, b)
			}
			if c.Has(l.Tag, id) && !bytes.Contains(fresh["review/"+l.Tag+".toml"].Data, []byte("\n[\""+id+"\"]\n")) {
				t.Errorf("%s %s: no entry", l.Tag, id)
			}
		}
		text, err := again.UpdateReview(l.Tag)
		if err != nil || !bytes.Equal(text, fresh["review/"+l.Tag+".toml"].Data) {
			t.Errorf("%s: written twice it differs (%v)", l.Tag, err)
		}
	}
}

// TestAChangeMakesDraftedAgain drives a review through a change of the translation and one of the English.
func TestAChangeMakesDraftedAgain(t *testing.T) {
	spanish := func(text, review string) fstest.MapFS {
		return fstest.MapFS{
			"languages.toml": file("[[language]]\ntag = \"es\"\nown = \"Español\"\ndir = \"ltr\"\n"),
			"es.toml":        file("[\"card.call\"]\nother = \"" + text + "\"\n"),
			"review/es.toml": file(review),
		}
	}
	shipped := small()
	shipped["en.toml"] = file("[\"card.call\"]\nother = \"Call {{.Number}}\"\n")
	open := func(content fstest.MapFS) *locales.Catalogues {
		t.Helper()
		c, err := locales.Load(shipped, content)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	update := func(c *locales.Catalogues) string {
		t.Helper()
		text, err := c.UpdateReview("es")
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	const call = "Llame al {{.Number}}"
	drafted := update(open(spanish(call, "")))
	if !strings.Contains(drafted, `state = "drafted"`) {
		t.Fatalf("a new message: %s", drafted)
	}
	reviewed := strings.Replace(drafted, `state = "drafted"`, "state = \"reviewed\"\nby = \"reader-1\"\non = \"2026-11-24\"\ndoubt = \"formal \\\"usted\\\"\"", 1)
	c := open(spanish(call, reviewed))
	if c.State("es") != locales.Reviewed || len(c.Faults()) != 0 {
		t.Fatalf("read and unchanged: %s, %v", c.State("es"), c.Faults())
	}
	if got, err := c.Offered(nil); len(got) != 1 || err != nil {
		t.Errorf("a reviewed language is offered unnamed: %v, %v", got, err)
	}
	if update(c) != update(open(spanish(call, update(c)))) || !strings.Contains(update(c), `by = "reader-1"`) {
		t.Errorf("what was read does not stay: %s", update(c))
	}

	changed := open(spanish("Marque {{.Number}}", reviewed))
	if changed.State("es") != locales.Drafted || len(changed.Faults()) != 1 {
		t.Errorf("the translation changed: %s, %v", changed.State("es"), changed.Faults())
	}
	if text := update(changed); strings.Contains(text, "reader-1") || !strings.Contains(text, "usted") {
		t.Errorf("only the doubt stays: %s", text)
	}
	shipped["en.toml"] = file("[\"card.call\"]\nother = \"Phone {{.Number}}\"\n")
	if c := open(spanish(call, reviewed)); c.State("es") != locales.Drafted {
		t.Errorf("the English changed: %s", c.State("es"))
	}
}

func TestFaults(t *testing.T) {
	content := fstest.MapFS{
		"languages.toml": file("[[language]]\ntag = \"es\"\nown = \"Español\"\ndir = \"ltr\"\n"),
		"es.toml":        file("[\"card.call\"]\nother = \"Llame\"\n[\"card.cal\"]\nother = \"x\"\n"),
		"en.toml":        file("[\"odd.one\"]\nother = \"x\"\n"),
	}
	c, err := locales.Load(small(), content)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range c.Faults() {
		all.WriteString(f.String() + "\n")
	}
	for _, want := range []string{
		`context.toml: "odd.one": has no context`, `es.toml: "card.cal": is not among`, `es.toml: "card.call": has placeholders none`,
		`es.toml: "odd.one": has no es text`, `es.toml: "queue.ahead": has no es text`,
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("no fault %q in\n%s", want, all.String())
		}
	}
	if n := strings.Count(all.String(), "\n"); n != 5 {
		t.Errorf("%d faults:\n%s", n, all.String())
	}
}
