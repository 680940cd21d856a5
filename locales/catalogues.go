package locales

import (
	"errors"
	"fmt"
	"sort"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
)

// Errors of Text and its relatives, for errors.Is.
var (
	ErrLanguage    = errors.New("no such language") // the tag is not in the table
	ErrMessage     = errors.New("no such message")  // this language does not have the id
	ErrPlaceholder = errors.New("placeholder")      // an argument is missing or of a type no message takes
)

// Args are the values of a message's placeholders by name, without dots or braces. A value is a string, an LTR, or an
// int; the int "Count" also chooses the plural form.
type Args map[string]any

// LTR is a placeholder value that reads from left to right wherever it stands: a telephone number, a code, a web address,
// a name in Latin letters. In a right-to-left language Text wraps it in U+2066 and U+2069, elsewhere it stays as it is.
type LTR string

// Isolates: what stands between them keeps its own direction (Unicode Standard Annex 9).
const (
	isolateLTR = "\u2066"
	isolateEnd = "\u2069"
)

// Catalogues are all languages' words, as Load read them. They never change.
type Catalogues struct {
	table    Table
	langs    map[string]*lang    // by tag as written in the table
	ids      []string            // of English, sorted
	holders  map[string][]string // placeholders of the shipped English: what callers fill in
	context  map[string]string
	phrases  []Phrase
	discreet map[string]*grammar
}

// lang is one language's share.
type lang struct {
	Language
	localizer *i18n.Localizer
	messages  map[string]message
	review    map[string]Review
	desk      map[string]string // the desk's sentences by their English
	state     ReviewState
	words     *grammar
	learned   *later
	ret       *returnWords
	countries map[string]string          // code → name, from the library
	named     func() map[string][]string // name → codes, made when first asked for
}

// message is one message's plural forms, "other" at least.
type message struct {
	file    string // where it was read, for faults
	forms   map[string]string
	holders []string // placeholders of all forms, sorted
	plural  bool     // it has the placeholder Count
}

// count is the placeholder that chooses the plural form.
const count = "Count"

// parser makes a missing placeholder an error; by default text/template prints "<no value>". Templates stay cached.
var parser = &template.TextParser{Option: "missingkey=error"}

// source is the language the others are translated from.
const source = "en"

// Table returns the exact table of languages.
func (c *Catalogues) Table() Table { return c.table }

// Languages returns all languages in the order of the menu, drafted ones included; see Offered.
func (c *Catalogues) Languages() []Language { return c.table.All() }

// Offered returns, in the order of the menu, the languages a line may show: every language whose messages have all been
// reviewed, and of the others those that the configuration names. An unknown name is an error.
func (c *Catalogues) Offered(names []string) ([]Language, error) {
	named := make(map[string]bool)
	for _, name := range names {
		l, ok := c.table.Find(name)
		if !ok {
			return nil, fmt.Errorf("language %q is not in languages.toml: %w", name, ErrLanguage)
		}
		named[l.Tag] = true
	}
	var offered []Language
	for _, l := range c.table.All() {
		if named[l.Tag] || c.State(l.Tag) == Reviewed {
			offered = append(offered, l)
		}
	}
	return offered, nil
}

// IDs returns the ids of all English messages, sorted. The caller must not change them.
func (c *Catalogues) IDs() []string { return c.ids }

// Has says whether language tag lang has message id.
func (c *Catalogues) Has(lang, id string) bool {
	l, ok := c.langs[lang]
	if !ok {
		return false
	}
	_, ok = l.messages[id]
	return ok
}

// Placeholders returns the names of the placeholders of English message id, sorted; nil when it has none or is unknown.
func (c *Catalogues) Placeholders(id string) []string { return c.holders[id] }

// Context returns what a translator needs to know of message id: its own line of context.toml or its group's ("card.*").
func (c *Catalogues) Context(id string) (string, bool) { return contextOf(c.context, id) }

// Text renders message id in language lang. A language, message or placeholder that is missing is an error: another
// language's words never stand in. Arguments the message does not use are ignored.
func (c *Catalogues) Text(lang, id string, args Args) (string, error) {
	l, ok := c.langs[lang]
	if !ok {
		return "", fmt.Errorf("text %q in %q: %w", id, lang, ErrLanguage)
	}
	m, ok := l.messages[id]
	if !ok {
		return "", fmt.Errorf("text %q in %q: %w", id, lang, ErrMessage)
	}
	conf := i18n.LocalizeConfig{MessageID: id, TemplateParser: parser}
	if len(m.holders) > 0 {
		data := make(map[string]any, len(args))
		for name, value := range args {
			switch v := value.(type) {
			case string, int:
				data[name] = v
			case LTR:
				data[name] = l.ltr(v)
			default:
				return "", fmt.Errorf("text %q in %q: %w %q has type %T: use string, LTR or int", id, lang, ErrPlaceholder, name, value)
			}
		}
		conf.TemplateData = data
		if m.plural {
			n, ok := args[count].(int)
			if !ok {
				return "", fmt.Errorf("text %q in %q: %w %q must be an int", id, lang, ErrPlaceholder, count)
			}
			conf.PluralCount = n
		}
	}
	text, err := l.localizer.Localize(&conf)
	if err != nil {
		// go-i18n's error may hold the data; the names are enough to mend it.
		return "", fmt.Errorf("text %q in %q: a %w is missing; the message has %q", id, lang, ErrPlaceholder, m.holders)
	}
	return text, nil
}

// LTR returns v as it must stand inside a text of language lang, for callers that join text without a message.
func (c *Catalogues) LTR(lang string, v LTR) string {
	if l, ok := c.langs[lang]; ok {
		return l.ltr(v)
	}
	return string(v)
}

func (l *lang) ltr(v LTR) string {
	if !l.RTL() || v == "" {
		return string(v)
	}
	return isolateLTR + string(v) + isolateEnd
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
