package locales

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// pluralForms are the keys a message may have (Unicode CLDR plural categories).
var pluralForms = []string{"zero", "one", "two", "few", "many", "other"}

// holder is the only thing that may stand in double braces: a name. No template logic: a reviewer reads plain text.
var holder = regexp.MustCompile(`\{\{\.([A-Z][A-Za-z]*)\}\}`)

var idForm = regexp.MustCompile(`^[a-z][a-z0-9_-]*(\.[A-Za-z0-9_-]+)+$`)

func validID(id string) bool { return idForm.MatchString(id) }

// newMessage checks one table of a catalogue.
func newMessage(raw any) (message, error) {
	table, ok := raw.(map[string]any)
	if !ok {
		return message{}, errors.New(`is no message: write ["the.id"] and below it other = "…"`)
	}
	m := message{forms: make(map[string]string)}
	for _, form := range sortedKeys(table) {
		text, ok := table[form].(string)
		if !slices.Contains(pluralForms, form) || !ok {
			return message{}, fmt.Errorf("%q is no plural form: write %s, and quote the whole id", form, strings.Join(pluralForms, ", "))
		}
		if err := checkText(text); err != nil {
			return message{}, fmt.Errorf("%s: %w", form, err)
		}
		m.forms[form] = text
		for _, name := range placeholders(text) {
			if !slices.Contains(m.holders, name) {
				m.holders = append(m.holders, name)
			}
		}
	}
	if m.forms["other"] == "" {
		return message{}, errors.New(`has no form "other": every message needs it`)
	}
	slices.Sort(m.holders)
	m.plural = slices.Contains(m.holders, count)
	if len(m.forms) > 1 && !m.plural {
		return message{}, errors.New("has plural forms but nothing that counts: use {{.Count}}, or the form other alone")
	}
	return m, nil
}

// placeholders returns the names in braces, in order, repeated ones too.
func placeholders(text string) []string {
	var names []string
	for _, match := range holder.FindAllStringSubmatch(text, -1) {
		names = append(names, match[1])
	}
	return names
}

// checkText refuses what would show a person something broken.
func checkText(text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("is empty: write the text or take the message out")
	}
	if rest := holder.ReplaceAllString(text, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		return errors.New("has braces that are no placeholder: write {{.Name}}")
	}
	depth := 0
	for _, r := range text {
		switch {
		case r == '\u2066' || r == '\u2067' || r == '\u2068':
			depth++
		case r == '\u2069':
			if depth--; depth < 0 {
				return errors.New("closes an isolate (U+2069) that nothing opened")
			}
		case unicode.Is(unicode.Bidi_Control, r):
			return fmt.Errorf("has the direction character %U: only isolates (U+2066 to U+2069) are allowed", r)
		case unicode.IsControl(r) && r != '\n', r == unicode.ReplacementChar:
			return fmt.Errorf("has the control character %U", r)
		}
	}
	if depth != 0 {
		return errors.New("opens an isolate that it does not close (U+2069)")
	}
	return nil
}

// mostCounted is how far plural forms are tried. Nothing a person is told counts further.
const mostCounted = 200

// pluralForms makes sure that every counting message has each form its language's rules ask for.
func (ld *loader) pluralForms(l *lang) {
	for _, id := range sortedKeys(l.messages) {
		m := l.messages[id]
		if !m.plural {
			continue
		}
		data := make(map[string]any, len(m.holders))
		for _, name := range m.holders {
			data[name] = "x"
		}
		for n := range mostCounted + 1 {
			if _, err := l.localizer.Localize(&i18n.LocalizeConfig{MessageID: id, PluralCount: n, TemplateData: data, TemplateParser: parser}); err != nil {
				ld.errs = append(ld.errs, fmt.Errorf("%s: %q: has no plural form for the number %d: add it", m.file, id, n))
				break
			}
		}
	}
}
