package locales

import (
	"slices"
	"strings"
)

// phrases finds words and phrases within a text. A form's word that ends in "*" stands for every word that starts so.
type phrases struct {
	marks bool // accents change the word: compare them when the text has any
	forms []phrase
	first map[string][]int // first bare word → forms
	wild  []int            // forms whose first word ends in "*"
}

type phrase struct {
	bare, kept []string // words without and with accents
	written    string   // as the file has it
	calm       bool     // hides what it covers instead of being found
}

func newPhrases(marks bool, forms, calm []string) *phrases {
	p := &phrases{marks: marks, first: make(map[string][]int)}
	add := func(written string, isCalm bool) {
		f := phrase{bare: formWords(Normal(written)), kept: formWords(kept(written)), written: written, calm: isCalm}
		if len(f.bare) == 0 || len(f.bare) != len(f.kept) {
			return // Load has refused such forms
		}
		p.forms = append(p.forms, f)
		i := len(p.forms) - 1
		if strings.HasSuffix(f.bare[0], "*") {
			p.wild = append(p.wild, i)
			return
		}
		p.first[f.bare[0]] = append(p.first[f.bare[0]], i)
	}
	for _, form := range calm {
		add(form, true)
	}
	for _, form := range forms {
		add(form, false)
	}
	return p
}

// formWords is tokens for a form: the star stays on its word.
func formWords(form string) []string {
	var words []string
	for _, field := range strings.Fields(form) {
		ts := tokens(field)
		if len(ts) > 0 && strings.HasSuffix(field, "*") {
			ts[len(ts)-1] += "*"
		}
		words = append(words, ts...)
	}
	return words
}

// split is a text cut into words once, for any number of phrases: with accents and without.
type split struct{ kept, bare []string }

// splitText cuts a text that kept has been through.
func splitText(full string) split {
	s := split{kept: tokens(full)}
	s.bare = s.kept
	if without := bare(full); without != full {
		if s.bare = tokens(without); len(s.bare) != len(s.kept) {
			s.kept = s.bare
		}
	}
	return s
}

// find returns the forms that the text holds, as written in the file, each once, in the order of the file. Words covered
// by a calm phrase are not looked at.
func (p *phrases) find(text split) []string {
	keptWords, bareWords := text.kept, text.bare
	accents := p.marks && !slices.Equal(keptWords, bareWords)
	var covered []bool // made at the first hit
	var hits []int
	try := func(f, at int) {
		form := &p.forms[f]
		n := len(form.bare)
		if at+n > len(bareWords) {
			return
		}
		want, have := form.bare, bareWords
		if accents {
			want, have = form.kept, keptWords
		}
		if !matches(want, have[at:at+n]) {
			return
		}
		if covered == nil {
			covered = make([]bool, len(bareWords))
		}
		if form.calm {
			for i := at; i < at+n; i++ {
				covered[i] = true
			}
			return
		}
		hits = append(hits, f, at)
	}
	for at, word := range bareWords {
		for _, f := range p.first[word] {
			try(f, at)
		}
		if arabic(word) {
			for _, stem := range arabicStems(word)[1:] {
				for _, f := range p.first[stem] {
					try(f, at)
				}
			}
		}
		for _, f := range p.wild {
			try(f, at)
		}
	}
	var found []int
	for i := 0; i < len(hits); i += 2 {
		f, at := hits[i], hits[i+1]
		if !slices.Contains(covered[at:at+len(p.forms[f].bare)], true) && !slices.Contains(found, f) {
			found = append(found, f)
		}
	}
	slices.Sort(found)
	var written []string
	for _, f := range found {
		if w := p.forms[f].written; !slices.Contains(written, w) {
			written = append(written, w)
		}
	}
	return written
}

func matches(want, have []string) bool {
	for i, w := range want {
		if !matchWord(w, have[i]) {
			return false
		}
	}
	return true
}

func matchWord(want, have string) bool {
	start, wild := strings.CutSuffix(want, "*")
	if have == want || wild && strings.HasPrefix(have, start) {
		return true
	}
	if !arabic(have) {
		return false
	}
	for _, h := range arabicStems(have)[1:] {
		if h == want || wild && strings.HasPrefix(h, start) {
			return true
		}
	}
	return false
}

// arabic says whether word begins with a letter of the Arabic block.
func arabic(word string) bool {
	return word != "" && word[0] >= 0xd8 && word[0] <= 0xdb
}

// arabicStems returns an Arabic word, first as it is, then what is left without the letters that are written onto it: and,
// so; with, for, like; the.
func arabicStems(word string) []string {
	stems := []string{word}
	strip := func(prefixes ...string) {
		for _, stem := range stems {
			for _, prefix := range prefixes {
				// Two letters are left at least: a stem of one means nothing.
				if rest, ok := strings.CutPrefix(stem, prefix); ok && len(rest) >= 4 && !slices.Contains(stems, rest) {
					stems = append(stems, rest)
				}
			}
		}
	}
	strip("و", "ف")
	strip("لل", "ب", "ل", "ك")
	strip("ال")
	return stems
}

// Discreet returns the telling words of language lang that text holds, as its discreet list writes them; nil when there are
// none. What it finds must not stand on a screen before a sitting is open (S1). Names that tell in every language
// ("quietline") are looked for in all. A language without a list answers with English's.
func (c *Catalogues) Discreet(lang, text string) []string {
	p, ok := c.discreet[lang]
	if !ok {
		p = c.discreet[source]
	}
	return p.find(splitText(kept(text)))
}
