package check

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"
)

// scripts are the writing systems of the world's languages by their codes (ISO 15924), as package unicode knows them. A
// language of another script is not proven.
var scripts = map[string][]*unicode.RangeTable{
	"Latn": {unicode.Latin}, "Arab": {unicode.Arabic}, "Cyrl": {unicode.Cyrillic}, "Grek": {unicode.Greek}, "Deva": {unicode.Devanagari},
	"Beng": {unicode.Bengali}, "Guru": {unicode.Gurmukhi}, "Taml": {unicode.Tamil}, "Sinh": {unicode.Sinhala}, "Thai": {unicode.Thai},
	"Laoo": {unicode.Lao}, "Khmr": {unicode.Khmer}, "Mymr": {unicode.Myanmar}, "Ethi": {unicode.Ethiopic}, "Hebr": {unicode.Hebrew},
	"Hans": {unicode.Han}, "Hant": {unicode.Han}, "Jpan": {unicode.Han, unicode.Hiragana, unicode.Katakana}, "Kore": {unicode.Hangul, unicode.Han},
	"Armn": {unicode.Armenian}, "Geor": {unicode.Georgian}, "Telu": {unicode.Telugu}, "Mlym": {unicode.Malayalam}, "Knda": {unicode.Kannada}, "Gujr": {unicode.Gujarati},
}

// everywhereNames are names that people write in Latin letters in every language.
var everywhereNames = []string{"sms", "qr", "whatsapp", "telegram", "signal", "android", "iphone", "ios", "google", "facebook", "chrome", "safari", "firefox", "samsung", "internet", "shift", "wi", "fi", "wifi", "sim", "gps", "app", "pin", "apple"}

// commonest are common words of a language that are words of none of the others here: one of them in another language's
// text was left over. English is looked for in every language of Latin letters, so "are" (Romanian), "will" (German) and
// "want" (Dutch) are not among them; the others only among those that ship.
var commonest = map[string][]string{
	"en": {"the", "and", "you", "your", "this", "with", "from", "have", "what", "which", "here", "there", "they", "when", "would", "write", "about", "please"},
	"es": {"usted", "puede", "puedes", "está", "esta", "para", "los", "las", "del", "que", "cuando", "tienes", "aquí"},
	"vi": {"bạn", "không", "của", "được", "những", "này", "đây", "chúng", "tôi"},
}

// mixed proves that a text is in its language: in its script, with no words of another, and translated at all.
func (c *checker) mixed(lang, id, text string) {
	own, known := scripts[scriptOf(lang)]
	ws := words(text)
	letters, strange := 0, ""
	for _, w := range ws {
		if slices.Contains(everywhereNames, w) {
			continue
		}
		for _, r := range w {
			if !unicode.IsLetter(r) {
				continue
			}
			letters++
			if known && !unicode.In(r, own...) && !unicode.In(r, unicode.Common, unicode.Inherited) && strange == "" {
				strange = w
			}
		}
	}
	if strings.HasPrefix(id, "right.") && known && strings.IndexFunc(text, func(r rune) bool { return unicode.In(r, own...) }) >= 0 {
		strange = "" // laws and offices have names of their own
	}
	if strange != "" {
		c.text(Mixed, lang, id, "holds %q, which is not written in this language's script: translate it", strange)
		return
	}
	for _, other := range []string{"en", "es", "vi"} {
		if other == lang || other != source && commonest[lang] == nil {
			continue
		}
		if i := slices.IndexFunc(ws, func(w string) bool { return slices.Contains(commonest[other], w) }); i >= 0 && scriptOf(lang) == "Latn" {
			c.text(Mixed, lang, id, "holds %q, which is a word of another language (%s): translate it", ws[i], other)
			return
		}
	}
	if lang == source || letters == 0 || len(ws) < 2 || strings.HasPrefix(id, "country.") { // many a country has one name everywhere
		return
	}
	if forms, err := c.forms(source, id); err == nil && slices.ContainsFunc(forms, func(f string) bool { return strings.EqualFold(bare(f), text) }) {
		c.text(Mixed, lang, id, "is the English text, word for word: translate it")
	}
}

// source is the language that the others are translated from.
const source = "en"

// scriptOf is the script a language is written in, "" when it is not known.
func scriptOf(lang string) string {
	tag, err := language.Parse(lang)
	if err != nil {
		return ""
	}
	s, sure := tag.Script()
	if sure == language.No {
		return ""
	}
	return s.String()
}
