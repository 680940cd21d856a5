package locales

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// spelled is from how many letters on a word may have one wrong letter. Below, too many real words lie one letter apart.
const spelled = 6

// swaps is from how many letters on two letters may have changed places. Hardly any two real words differ so.
const swaps = 4

// shuffled keys a word by its first letter and the others in order: the same for words that differ by letters that changed
// places. Only of words in plain letters.
func shuffled(word string) (string, bool) {
	if len(word) < swaps || len(word) > 24 || strings.IndexFunc(word, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		return "", false
	}
	b := []byte(word)
	slices.Sort(b[1:])
	return string(b), true
}

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

// misspelt visits the words that word may be with one letter left out, put in, changed, or changed places. Not in Arabic
// letters, where nearly every change makes another word.
func (g *grammar) misspelt(word string, visit func(string)) {
	n := utf8.RuneCountInString(word)
	if !g.spell || arabic(word) || n < swaps || n > 24 || g.known[word] {
		return
	}
	if key, ok := shuffled(word); ok {
		for _, w := range g.swapped[key] {
			if oneOff(word, w) {
				visit(w)
			}
		}
	}
	if n < spelled {
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

// soundsSpanish writes a Spanish word as it sounds, for most people write b and v, s, c and z, ll and y, g and j, qu and k as
// one, and h not at all. The word comes without accents.
func soundsSpanish(word string) string {
	if long, ok := shortSpanish[word]; ok {
		return long
	}
	var b strings.Builder
	b.Grow(len(word))
	for i := 0; i < len(word); i++ {
		c, next := word[i], byte(0)
		if i+1 < len(word) {
			next = word[i+1]
		}
		soft := next == 'e' || next == 'i'
		switch {
		case c == 'c' && next == 'h':
			b.WriteByte('x')
			i++
		case c == 'l' && next == 'l':
			b.WriteByte('y')
			i++
		case c == 'q' && next == 'u':
			b.WriteByte('k')
			i++
		case c == 'g' && next == 'u' && i+2 < len(word) && (word[i+2] == 'e' || word[i+2] == 'i'):
			b.WriteByte('g')
			i++
		case c == 'c' && soft || c == 'z' || c == 'x':
			b.WriteByte('s')
		case c == 'c' || c == 'q':
			b.WriteByte('k')
		case c == 'g' && soft:
			b.WriteByte('j')
		case c == 'v':
			b.WriteByte('b')
		case c == 'y' && !vowel(next):
			b.WriteByte('i')
		case c == 'h':
		default:
			b.WriteByte(c)
		}
	}
	if b.Len() == 0 {
		return word
	}
	return b.String()
}

func vowel(c byte) bool { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' }

// shortSpanish are words as telephones shorten them, by the sound of what they stand for.
var shortSpanish = map[string]string{
	"q": "ke", "k": "ke", "qe": "ke", "d": "de", "m": "me", "t": "te", "x": "por", "xq": "porke", "pq": "porke", "porq": "porke", "pork": "porke", "pa": "para",
	"toy": "estoi", "toi": "estoi", "ta": "esta", "sta": "esta", "stoy": "estoi", "tan": "estan", "tamos": "estamos", "tngo": "tengo", "cn": "kon", "tb": "tambien", "bn": "bien", "msj": "mensaje", "msjs": "mensajes", "tel": "telefono", "s": "es", "pol": "polisia",
}
