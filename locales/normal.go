package locales

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Digits returns s with every decimal digit of any script (Unicode category Nd) as its ASCII digit.
func Digits(s string) string {
	return strings.Map(asciiDigit, s)
}

// asciiDigit folds one digit. Unicode keeps each script's ten digits together and in order, from zero, so the distance
// from the start of the table's range tells the value; ranges of several sets are whole multiples of ten.
func asciiDigit(r rune) rune {
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return r
	}
	for _, rg := range unicode.Nd.R16 {
		if r <= rune(rg.Hi) {
			return '0' + (r-rune(rg.Lo))%10
		}
	}
	for _, rg := range unicode.Nd.R32 {
		if r <= rune(rg.Hi) {
			return '0' + (r-rune(rg.Lo))%10
		}
	}
	return r
}

// Normal returns s in the one form in which words are compared: Unicode NFKC, letter case folded, digits of any script as
// ASCII, accents removed from Latin, Greek, Cyrillic, Arabic and Hebrew letters, Arabic letters that people swap (alef,
// yeh, teh marbuta) made one, spaces folded to single ones and trimmed, emoji, zero-width and control characters dropped.
func Normal(s string) string {
	return bare(kept(s))
}

// kept is Normal with the accents left on, for languages in which they change the word.
func kept(s string) string {
	if plainASCII(s) {
		return s
	}
	s = Digits(norm.NFKC.String(strings.ToValidUTF8(s, " ")))
	// Lower case after folding: Cherokee folds upwards, and back again the next time.
	s = norm.NFKC.String(strings.ToLower(cases.Fold().String(s)))
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Cc, r):
			space = b.Len() > 0
			continue
		case pictures[r] != "":
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(pictures[r])
			space = true
			continue
		case dropped(r):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(oneArabic(r))
	}
	return b.String()
}

// pictures are words. All but sos are words of no language, which the words files write as the picture.
var pictures = map[rune]string{
	'🆘': "sos", '🚨': "sos", '🗑': "qbinq", '🚪': "qdoorq", '🏃': "qrunq", '🔪': "qknifeq", '🗡': "qknifeq", '🔫': "qgunq", '↩': "qbackq", '🔙': "qbackq", '⬅': "qbackq", '⏪': "qbackq", '◀': "qbackq",
}

// plainASCII says whether kept would return s as it is: lower case letters, digits and single inner spaces. It is what
// almost every tapped answer is.
func plainASCII(s string) bool {
	last := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c >= 0x7f || c < ' ' || c == '^' || c == '`' || c >= 'A' && c <= 'Z' || c == ' ' && last == ' ' {
			return false
		}
		last = c
	}
	return last != ' '
}

// dropped says whether a character carries no word: emoji and other pictures, their joiners and tones, format characters.
func dropped(r rune) bool {
	return unicode.In(r, unicode.So, unicode.Sk, unicode.Cf, unicode.Me, unicode.Co, unicode.Cs) ||
		unicode.Is(unicode.Variation_Selector, r) || r == 'ـ' // tatweel only stretches an Arabic word
}

// oneArabic folds letters that keyboards and habits swap.
func oneArabic(r rune) rune {
	switch r {
	case 'أ', 'إ', 'آ', 'ٱ':
		return 'ا'
	case 'ى', 'ی':
		return 'ي'
	case 'ة':
		return 'ه'
	case 'ک':
		return 'ك'
	}
	return r
}

// bare removes the accents of those scripts that can be read without them. In others (Devanagari, Thai …) the marks are
// vowels and stay.
func bare(s string) string {
	ascii := true
	for i := range len(s) {
		if s[i] >= 0x80 {
			ascii = false
			break
		}
	}
	if ascii {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	accented := false // the last letter belongs to a script whose accents go
	for _, r := range norm.NFD.String(s) {
		if unicode.Is(unicode.Mn, r) {
			if accented {
				continue
			}
		} else {
			accented = unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic, unicode.Hebrew)
		}
		switch r {
		case 'đ':
			r = 'd'
		case 'ł':
			r = 'l'
		case 'ø':
			r = 'o'
		case 'ı':
			r = 'i'
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}

// apostrophes are the characters keyboards put for one.
const apostrophes = "'’ʼ`"

// tokens splits normalised text into words: runs of letters, marks and digits. An apostrophe inside a word is left out, so
// that "don't" and "dont" are one.
func tokens(s string) []string {
	if strings.ContainsAny(s, apostrophes) {
		s = strings.Map(func(r rune) rune {
			if strings.ContainsRune(apostrophes, r) {
				return -1
			}
			return r
		}, s)
	}
	return strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	})
}
