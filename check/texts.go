package check

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"quietline/flows"
	"quietline/locales"
)

// fillable are the placeholders that bot fills in for what a flow says (package flows, "Args").
var fillable = []string{
	"Body", "Country", "Count", "Cover", "Duress", "End", "First", "Languages", "Line", "Need", "Needs", "Number", "Statement", "Till", "Until",
	"What", "When", "Whom", "Why", "Words",
}

// counts are numbers that between them call for every plural form of every language.
var counts = []int{0, 1, 2, 3, 5, 11, 20, 100, 1_000_000}

// The messages a flow does not name but brings about: SayLimits renders these; the last follows handoff.nobody and
// handoff.unknown where nobody is called.
var limits = []string{"limits.never", "limits.two_leads", "limits.reporting", "limits.record", "record.told", "handoff.unread"}

// texts looks at every word the book can bring about, in every language.
func (c *checker) texts() {
	ids := append(c.Book.IDs(), limits...)
	labels, early := c.places()
	emergency := c.emergency()
	for _, lang := range c.Languages {
		for _, id := range ids {
			c.message(lang, id, labels[id], early[id], emergency)
		}
		for _, id := range c.Catalogues.IDs() {
			if !c.Catalogues.Has(lang, id) {
				continue // told above, or by the catalogues
			}
			forms, err := c.forms(lang, id)
			if err != nil {
				continue // told above, or by the catalogues
			}
			if shown(id) {
				c.prose(lang, id, forms, labels[id])
			}
			if slices.Contains(ids, id) {
				continue
			}
			c.numbers(lang, id, forms, nil)
			if openly(id) {
				c.dull(lang, id, forms)
			}
		}
	}
}

// dull proves that a text that anybody may see tells nothing (S1).
func (c *checker) dull(lang, id string, forms []string) {
	for _, f := range forms {
		if words := c.Catalogues.Discreet(lang, bare(f)); len(words) > 0 {
			c.text(Telling, lang, id, "may be shown before a sitting is open and holds the telling word %q: use other words, or mark the step sensitive", words[0])
		}
	}
}

// A Face is a text that anybody may see of a line before a word was written: its cover, which is the title of every page
// and sheet, its host names, and the name, profile and buttons of its bot.
type Face struct {
	Key  string // where the operator wrote it
	Text string
}

// Faces proves that no face tells, in any language, what the line is for (S1). The fault's Step is the face's Key.
func Faces(words *locales.Catalogues, faces []Face) []Fault {
	var out []Fault
	for _, face := range faces {
		for _, l := range words.Languages() {
			if found := words.Discreet(l.Tag, face.Text); len(found) > 0 {
				out = append(out, Fault{Class: Telling, Step: face.Key, Message: fmt.Sprintf("%s: %q tells what the line is for (%s): choose something dull", face.Key, face.Text, strings.Join(found, ", "))})
				break
			}
		}
	}
	return out
}

// places says which messages are labels, and which may be shown before a sitting is open.
func (c *checker) places() (labels, early map[string]bool) {
	labels = map[string]bool{flows.MsgMore: true, flows.MsgSkip: true}
	early = map[string]bool{flows.MsgNumber: true, flows.MsgMore: true}
	for _, id := range flows.PlainLines() {
		early[id] = true
	}
	for _, s := range c.steps {
		for _, id := range s.Say {
			early[id] = early[id] || !s.Sensitive
		}
		if s.Free != "" {
			early[s.Free] = early[s.Free] || !s.Sensitive
		}
		for _, a := range s.Choices {
			labels[a.Text] = true
			early[a.Text] = early[a.Text] || !s.Sensitive
		}
		for _, id := range items(s.Menu) {
			labels[id] = true
			early[id] = early[id] || !s.Sensitive
		}
	}
	for _, p := range c.Catalogues.Phrases() {
		for _, id := range p.Answers {
			labels[id] = true
		}
	}
	return labels, early
}

// items are the labels of a menu that is the same for every line.
func items(menu string) []string {
	var out []string
	switch menu {
	case "needs":
		for _, n := range flows.Needs() {
			out = append(out, "need."+n)
		}
	case "happening":
		for _, h := range flows.Happenings() {
			out = append(out, "happening."+h)
		}
	}
	return out
}

// emergency are the two-digit emergency numbers of any country, which prose must not hold either.
func (c *checker) emergency() map[string]bool {
	out := map[string]bool{}
	if c.Directory == nil {
		return out
	}
	for _, cc := range c.Directory.Countries() {
		for _, n := range c.Directory.AllEmergencyNumbers(cc) {
			if len(n) == 2 && n != "00" && n != "99" {
				out[n] = true
			}
		}
	}
	return out
}

// message proves one text in one language.
func (c *checker) message(lang, id string, label, early bool, emergency map[string]bool) {
	if !c.Catalogues.Has(lang, id) {
		if lang != "en" || !label { // a label that English lacks is told with its step
			c.text(Missing, lang, id, "is not there: add it")
		}
		return
	}
	for _, h := range c.Catalogues.Placeholders(id) { // English's: the others must have the same
		if !slices.Contains(fillable, h) {
			c.text(Unknown, "en", id, "{{.%s}} is filled in by nobody: use one of %s", h, strings.Join(fillable, ", "))
		}
	}
	forms, err := c.forms(lang, id)
	switch {
	case errors.Is(err, locales.ErrPlaceholder):
		c.text(Placeholder, lang, id, "has a placeholder that English has not: use %s", strings.Join(c.Catalogues.Placeholders(id), ", "))
		return
	case err != nil:
		c.text(Missing, lang, id, "cannot be rendered: mend it")
		return
	}
	all := strings.Join(forms, "\n")
	for _, h := range c.Catalogues.Placeholders(id) {
		if h != "Count" && !strings.Contains(all, mark(h)) {
			c.text(Placeholder, lang, id, "lacks {{.%s}}, which English has: add it", h)
		}
	}
	for _, f := range forms {
		if strings.TrimSpace(f) == "" {
			c.text(Missing, lang, id, "is empty: write it")
		}
		if label {
			c.natural(lang, id, f)
		}
	}
	if early {
		c.dull(lang, id, forms)
	}
	c.numbers(lang, id, forms, emergency)
}

// natural proves that no label is, or holds as a number, what a key stands for. An answer written out is that answer while it is
// offered, whatever was learned; what could erase a moment later counts all the same.
func (c *checker) natural(lang, id, text string) {
	k := c.Catalogues.WordKey(text, []string{lang})
	if whole := c.Catalogues.Keys(text, []string{lang}); whole.Kind == locales.EraseKey {
		k = whole
	}
	switch k.Kind {
	case locales.LeaveKey, locales.EraseKey, locales.BackKey, locales.UrgentKey:
		c.text(Natural, lang, id, "whoever writes this answer out is taken to mean the key %q: use other words", k.Kind)
		return
	}
	for _, run := range runs(text, false) {
		switch run {
		case "0", "00", "8", "9", "99":
			c.text(Natural, lang, id, "holds %q, so that the key %s would be a natural answer: write the number as a word", run, run)
		}
	}
}

// numbers finds what looks like a telephone number, in any script. Rights may name a year or a sum.
func (c *checker) numbers(lang, id string, forms []string, emergency map[string]bool) {
	if strings.HasPrefix(id, "right.") {
		return
	}
	for _, f := range forms {
		for _, run := range runs(bare(f), true) {
			if len(run) >= 3 || emergency[run] {
				c.text(Number, lang, id, "holds the number %s: numbers come from the directory alone; take it out", run)
			}
		}
	}
}

// runs are the stretches of digits in a text, folded to ASCII. With joined, one space, dot or dash between digits does not
// end a stretch of two digits or more on both sides, as telephone numbers are written.
func runs(text string, joined bool) []string {
	var out []string
	var run strings.Builder
	rs := []rune(locales.Digits(text))
	digit := func(i int) bool { return i >= 0 && i < len(rs) && rs[i] >= '0' && rs[i] <= '9' }
	for i, r := range rs {
		switch {
		case digit(i):
			run.WriteRune(r)
		case joined && strings.ContainsRune(" -\u00a0\u2011", r) && digit(i-1) && digit(i-2) && digit(i+1) && digit(i+2):
		case run.Len() > 0:
			out = append(out, run.String())
			run.Reset()
		}
	}
	if run.Len() > 0 {
		out = append(out, run.String())
	}
	return out
}

// mark is what stands for a placeholder in a rendered text: letters that no language uses so.
func mark(holder string) string { return "⟦" + holder + "⟧" }

var marked = regexp.MustCompile("⟦[^⟧]*⟧")

// bare is a rendered text without the marks.
func bare(text string) string { return marked.ReplaceAllString(text, "") }

// forms are a message's texts: one, or one for each plural form, with the marks in place of what is filled in.
func (c *checker) forms(lang, id string) ([]string, error) {
	args := locales.Args{}
	plural := false
	for _, h := range c.Catalogues.Placeholders(id) {
		args[h] = mark(h)
		plural = plural || h == "Count"
	}
	if !plural {
		text, err := c.Catalogues.Text(lang, id, args)
		return []string{text}, err
	}
	set := map[string]bool{}
	for _, n := range counts {
		args["Count"] = n
		text, err := c.Catalogues.Text(lang, id, args)
		if err != nil {
			return nil, err
		}
		// The count itself is no number in prose.
		set[strings.TrimFunc(strings.Replace(locales.Digits(text), strconv.Itoa(n), "", 1), unicode.IsSpace)] = true
	}
	return slices.Sorted(maps.Keys(set)), nil
}
