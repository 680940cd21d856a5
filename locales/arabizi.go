package locales

import (
	"strings"
	"unicode/utf8"
)

// Arabic is also typed in Latin letters, with digits for sounds that these lack ("3ayez", "el7a2ouny"), by no fixed rule:
// vowels are anybody's choice. Both ways of writing are brought to their consonants, and these are compared.

// bonesOf returns the consonants of a word in Arabic or Latin letters.
func bonesOf(word string) string {
	var b strings.Builder
	rs := []rune(word)
	for i := 0; i < len(rs); i++ {
		r, next := rs[i], rune(0)
		if i+1 < len(rs) {
			next = rs[i+1]
		}
		two := true
		var code byte
		switch {
		case r == 's' && next == 'h', r == 'c' && next == 'h':
			code = 'S'
		case r == 'k' && next == 'h':
			code = 'x'
		case r == 'g' && next == 'h':
			code = 'g'
		case r == 'd' && next == 'h', r == 't' && next == 'h':
			code = 'z'
		default:
			code, two = consonants[r], false
		}
		if two {
			i++
		}
		if code == 'h' && r != 'h' && r != '7' && r != 'ح' && i == len(rs)-1 {
			continue // the feminine ending sounds like a vowel
		}
		if n := b.Len(); code != 0 && (n == 0 || b.String()[n-1] != code) {
			b.WriteByte(code)
		}
	}
	bones := b.String()
	if n := len(bones); n > 2 && bones[n-1] == 'h' && rs[len(rs)-1] == 'h' {
		bones = bones[:n-1]
	}
	return bones
}

// consonants are one sound each; what is missing is a vowel or silent.
var consonants = map[rune]byte{
	'ب': 'b', 'ت': 't', 'ث': 't', 'ج': 'g', 'ح': 'h', 'خ': 'x', 'د': 'd', 'ذ': 'z', 'ر': 'r', 'ز': 'z', 'س': 's', 'ش': 'S', 'ص': 's', 'ض': 'd',
	'ط': 't', 'ظ': 'z', 'ع': '3', 'غ': 'g', 'ف': 'f', 'ق': 'k', 'ك': 'k', 'ل': 'l', 'م': 'm', 'ن': 'n', 'ه': 'h',
	'b': 'b', 'p': 'b', 't': 't', '6': 't', 'g': 'g', 'j': 'g', '7': 'h', 'h': 'h', '5': 'x', 'x': 'x', 'd': 'd', 'z': 'z', 'r': 'r', 's': 's', 'c': 'k',
	'3': '3', 'f': 'f', 'v': 'f', 'q': 'k', 'k': 'k', '9': 'k', '8': 'k', 'l': 'l', 'm': 'm', 'n': 'n',
}

// bonesIn returns the consonants that a word in Latin letters may stand for: 2 is a sound of its own to some and a mere stop
// to others, dh and th are written for d and t too, and "the", "and", "with" may be written onto the word.
func bonesIn(word string) []string {
	all := []string{bonesOf(word)}
	for _, swap := range [][2]string{{"2", "k"}, {"dh", "d"}, {"th", "t"}, {"8", "g"}, {"9", "s"}} {
		if strings.Contains(word, swap[0]) {
			all = append(all, bonesOf(strings.ReplaceAll(word, swap[0], swap[1])))
		}
	}
	for _, the := range []string{"el", "al", "il", "bel", "bl", "lel", "w", "b"} {
		if rest, ok := strings.CutPrefix(word, the); ok && len(rest) >= 3 {
			all = append(all, bonesOf(rest))
		}
	}
	return all
}

// arabizi says whether a word in Latin letters shows that Arabic is meant: it has a digit among its letters, or three
// consonants of one of our words. Only beside such a word are words of two consonants taken for ours.
func (g *grammar) arabizi(word string) bool {
	if word[0] >= utf8.RuneSelf || g.known[word] {
		return false
	}
	if strings.ContainsAny(word, "23579") && strings.Trim(word, "0123456789") != "" {
		return true
	}
	b := bonesOf(word)
	return len(b) >= 3 && len(g.bones[b]) > 0
}
