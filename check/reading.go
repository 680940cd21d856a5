package check

import (
	"strings"
	"unicode"
)

// fewest is the fewest words that the formula says anything about; less is a label or a greeting.
const fewest = 5

// usual is the most words of one sentence in a language of which nothing else is known.
const usual = 26

// readable proves that a ten-year-old can read a text: no sentence is too long, and English is at most of school grade 5
// by the formula of Flesch and Kincaid, taken over the whole message. What is filled in counts as one short word.
func (c *checker) readable(lang, id, text string, label bool, p *prose) {
	if p.may(id) {
		return
	}
	most := p.Sentence
	if most == 0 {
		most = usual
	}
	text = marked.ReplaceAllString(text, "it")
	all, syllables, n := 0, 0, 0
	for _, s := range sentences(text) {
		if len(s.words) > most {
			c.text(Reading, lang, id, "has a sentence of %d words, at most %d are easy to read: make it two", len(s.words), most)
		}
		n++
		all += len(s.words)
		for _, w := range s.words {
			syllables += spoken(w)
		}
	}
	if p.Grade == 0 || label || all < fewest || !strings.ContainsAny(text, ".?!") { // a heading is no sentence
		return
	}
	grade := 0.39*float64(all)/float64(n) + 11.8*float64(syllables)/float64(all) - 15.59
	if grade > p.Grade {
		c.text(Reading, lang, id, "is of school grade %.1f, at most %.1f can be read by everybody: use shorter words and sentences", grade, p.Grade)
	}
}

// may says whether a message may be harder than others: it is named with a reason, or it is a law's own words.
func (p *prose) may(id string) bool {
	if _, ok := p.Easy[id]; ok || strings.HasPrefix(id, "right.") {
		return true
	}
	group, _, _ := strings.Cut(id, ".")
	_, ok := p.Easy[group+".*"]
	return ok
}

// spoken is about how many syllables an English word has: its groups of vowels, without a silent e or ed at the end.
func spoken(word string) int {
	n, vowel := 0, false
	rs := []rune(word)
	for _, r := range rs {
		v := strings.ContainsRune("aeiouy", r)
		if v && !vowel {
			n++
		}
		vowel = v
	}
	end := func(s string) bool { return strings.HasSuffix(word, s) }
	switch {
	case len(rs) > 3 && end("ed") && !end("ted") && !end("ded"):
		n--
	case len(rs) > 3 && end("es") && !end("ses") && !end("zes") && !end("ches") && !end("shes") && !end("ges") && !end("ces") && !end("xes") && !end("ies"):
		n--
	case len(rs) > 2 && end("e") && !end("le"):
		n--
	case end("le") && len(rs) > 2 && strings.ContainsRune("aeiouy", rs[len(rs)-3]):
		n--
	}
	if n < 1 && strings.IndexFunc(word, unicode.IsLetter) >= 0 {
		n = 1
	}
	return max(n, 1)
}
