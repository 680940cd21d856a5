package locales

import (
	"strings"
)

// Desk returns one of the desk's own sentences in language tag. The desk's texts are for trained staff and stand in the code
// in English, so the English sentence is the key of desk/<tag>.toml, and stands in where a language has none.
func (c *Catalogues) Desk(tag, english string) string {
	if l, ok := c.langs[tag]; ok {
		if text := l.desk[english]; text != "" {
			return text
		}
	}
	return english
}

// deskTexts reads one layer's desk/<tag>.toml.
func (ld *loader) deskTexts(ly layer, l *lang) {
	file := "desk/" + l.Tag + ".toml"
	var texts map[string]string
	if !ld.read(ly, file, &texts) {
		return
	}
	for english, text := range texts {
		if strings.TrimSpace(text) == "" {
			ld.fail(ly, file, "%q is empty: translate it, or take the line out", english)
			continue
		}
		if a, b := verbs(english), verbs(text); a != b {
			ld.fail(ly, file, "%q has the places %s, its translation %s: they must be the same", english, a, b)
			continue
		}
		l.desk[english] = text
	}
}

// verbs are the places of a text of the desk that are filled in, as %s and %d or %[2]s say, in the order of what fills them.
func verbs(text string) string {
	var found [10]string
	next := 1
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '%' {
			continue
		}
		i++
		if text[i] == '%' || text[i] == ' ' {
			continue
		}
		if text[i] == '[' && i+3 < len(text) && text[i+1] >= '1' && text[i+1] <= '9' && text[i+2] == ']' {
			next = int(text[i+1] - '0')
			i += 3
		}
		if next < len(found) {
			found[next] += "%" + string(text[i])
		}
		next++
	}
	return strings.Join(found[:], " ")
}
