package locales

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// spelled is from how many letters on a word may have one wrong letter. Below, too many real words lie one letter apart.
const spelled = 6

// ends keys a word by its first and last letter and its length: people who type in haste keep both ends, and a word with
// another ending is another word ("deleted" is no "delete").
type ends struct {
	first, last rune
	letters     int
}

func endsOf(word string, letters int) ends {
	first, _ := utf8.DecodeRuneInString(word)
	last, _ := utf8.DecodeLastRuneInString(word)
	return ends{first, last, letters}
}

// misspelt returns the words that word may be with one letter left out, put in, changed, or changed places.
func (g *grammar) misspelt(word string, visit func(string)) {
	n := utf8.RuneCountInString(word)
	if !g.spell || n < spelled-1 || n > 24 || g.known[word] {
		return
	}
	for _, letters := range [3]int{n - 1, n, n + 1} {
		for _, w := range g.near[endsOf(word, letters)] {
			if oneOff(word, w) {
				visit(w)
			}
		}
	}
}

// oneOff says whether two different words are one slip apart.
func oneOff(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	for i > 0 && (i < len(a) && !utf8.RuneStart(a[i]) || i < len(b) && !utf8.RuneStart(b[i])) { // back to where the letter begins
		i--
	}
	a, b = a[i:], b[i:]
	ra, na := utf8.DecodeRuneInString(a)
	rb, nb := utf8.DecodeRuneInString(b)
	if a[na:] == b || a[na:] == b[nb:] || a == b[nb:] {
		return true
	}
	ra2, na2 := utf8.DecodeRuneInString(a[na:])
	rb2, nb2 := utf8.DecodeRuneInString(b[nb:])
	return ra == rb2 && rb == ra2 && a[na+na2:] == b[nb+nb2:]
}

// squeeze makes every run of one letter a single letter, so that "helppp", "boring" and "borring" need no list. Digits stay.
func squeeze(word string) string {
	var last rune
	twice := false
	for _, r := range word {
		if r == last && !unicode.IsDigit(r) {
			twice = true
			break
		}
		last = r
	}
	if !twice {
		return word
	}
	last = 0
	return strings.Map(func(r rune) rune {
		if r == last && !unicode.IsDigit(r) {
			return -1
		}
		last = r
		return r
	}, word)
}
