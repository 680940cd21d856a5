package locales

import (
	"regexp"
	"strings"
	"unicode"
)

// likes are the signs that typesetting prefers and the GSM alphabet lacks, each with its plain like. None is a letter.
var likes = []string{
	"‘", "'", "’", "'", "‚", "'", "‛", "'", "′", "'", "‹", "'", "›", "'",
	"“", `"`, "”", `"`, "„", `"`, "‟", `"`, "″", `"`, "«", `"`, "»", `"`,
	"‐", "-", "\u2011", "-", "‒", "-", "–", "-", "—", "-", "―", "-", "−", "-",
	"…", "...", "·", "-", "•", "-", "‣", "-", "×", "x",
	"\u00a0", " ", "\u2007", " ", "\u2009", " ", "\u202f", " ",
}

// marks show nothing: they steer the direction of scripts and where a line or word may break.
var marks = []string{
	"\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "", "\u200e", "", "\u200f", "", "\u061c", "",
	"\u200b", "", "\u200c", "", "\u200d", "", "\u2060", "", "\ufeff", "", "\u00ad", "",
}

var (
	toLikes   = strings.NewReplacer(likes...)
	dropMarks = strings.NewReplacer(marks...)
)

// Texting is text as an SMS carries it best: typographic signs become their plain likes, so that they alone do not cut a
// message's room to less than half; marks of direction go when all that is left is of the GSM alphabet. Where the script
// needs them, isolates give way too, for old telephones draw them as boxes: a number in one loses its spaces, which alone
// would turn its groups around, and keeps a left-to-right mark if it has any other sign. Letters are never changed. Doing it
// again changes nothing.
func Texting(text string) string {
	text = toLikes.Replace(text)
	if plain := dropMarks.Replace(text); GSM(plain) {
		return plain
	}
	return withoutIsolates(text)
}

// withoutIsolates takes the isolates out of a right-to-left text (Unicode Standard Annex 9).
func withoutIsolates(text string) string {
	if !strings.ContainsAny(text, isolates) {
		return text
	}
	text = isolated.ReplaceAllStringFunc(text, func(run string) string {
		inner := strings.Trim(run, isolates)
		tight := strings.Map(func(r rune) rune {
			if r == ' ' || r == '-' {
				return -1
			}
			return r
		}, inner)
		switch {
		case onlyASCIIDigits(tight):
			return tight
		case strings.ContainsAny(inner, "0123456789"):
			return "\u200e" + inner + "\u200e"
		}
		return inner
	})
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(isolates, r) {
			return -1
		}
		return r
	}, text)
}

const isolates = "\u2066\u2067\u2068\u2069"

var isolated = regexp.MustCompile("[\u2066-\u2068][^\u2066-\u2069]*\u2069")

func onlyASCIIDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// GSM says whether every character of text is of the GSM 7-bit alphabet or its extension, so that [Segments] counts
// septets.
func GSM(text string) bool {
	for _, r := range text {
		if _, ok := gsmSize[r]; !ok {
			return false
		}
	}
	return true
}

// Typographic returns the first sign of text that a plain telephone shows badly or pays dearly for: one that [Texting]
// would replace, or a picture; empty when there is none.
func Typographic(text string) string {
	for _, r := range text {
		sign := string(r)
		if toLikes.Replace(sign) != sign || unicode.Is(unicode.So, r) || unicode.Is(unicode.Variation_Selector, r) || r == '\u20e3' {
			return sign
		}
	}
	return ""
}
