package locales

import (
	"slices"
	"strings"
)

// A Phrase is a sentence of the advisers' phrasebook.
type Phrase struct {
	ID      string   // of its message: phrase.<group>.<name>
	Answers []string // ids of the messages of its numbered answers, two to six; empty: it asks nothing
}

// Group is the part of the phrasebook that the phrase stands in.
func (p Phrase) Group() string {
	_, rest, _ := strings.Cut(p.ID, ".")
	group, _, _ := strings.Cut(rest, ".")
	return group
}

// MaxAnswers is how many answers a question may have: the keys 1 to 6.
const MaxAnswers = 6

// phrasePrefix begins the id of every phrase, answerPrefix that of every answer.
const (
	phrasePrefix = "phrase."
	answerPrefix = "phrase.answer."
)

// Phrases returns the phrasebook in its order. The caller must not change it.
func (c *Catalogues) Phrases() []Phrase { return c.phrases }

// Phrase returns the phrase with an id.
func (c *Catalogues) Phrase(id string) (Phrase, bool) {
	i := slices.IndexFunc(c.phrases, func(p Phrase) bool { return p.ID == id })
	if i < 0 {
		return Phrase{}, false
	}
	return c.phrases[i], true
}

// phrases reads which there are; an operator's replace shipped ones by id, and new ones follow.
func (ld *loader) phrases(c *Catalogues) {
	const file = "phrases/phrases.toml"
	for _, ly := range ld.layers {
		var f struct {
			Phrase []struct {
				ID      string   `toml:"id"`
				Answers []string `toml:"answers"`
			} `toml:"phrase"`
		}
		if !ld.read(ly, file, &f) {
			continue
		}
		for _, row := range f.Phrase {
			p := Phrase{ID: row.ID}
			for _, a := range row.Answers {
				p.Answers = append(p.Answers, answerPrefix+a)
			}
			if !ld.goodPhrase(ly, file, c, p) {
				continue
			}
			if i := slices.IndexFunc(c.phrases, func(q Phrase) bool { return q.ID == p.ID }); i >= 0 {
				c.phrases[i] = p
			} else {
				c.phrases = append(c.phrases, p)
			}
		}
	}
}

// goodPhrase refuses what could never be said.
func (ld *loader) goodPhrase(ly layer, file string, c *Catalogues, p Phrase) bool {
	bad := len(ld.errs)
	english := c.langs[source]
	known := func(id string) bool { _, ok := english.messages[id]; return ok }
	parts := strings.Split(p.ID, ".")
	switch {
	case len(parts) != 3 || !strings.HasPrefix(p.ID, phrasePrefix) || strings.HasPrefix(p.ID, answerPrefix):
		ld.fail(ly, file, "%q: the id of a phrase is phrase.<group>.<name>", p.ID)
	case !known(p.ID):
		ld.fail(ly, file, "%q has no text: add it to phrases/%s.toml and translate it", p.ID, source)
	case len(p.Answers) == 1 || len(p.Answers) > MaxAnswers:
		ld.fail(ly, file, "%q has %d answers: a question has 2 to %d, since 0, 8 and 9 are keys", p.ID, len(p.Answers), MaxAnswers)
	}
	for i, a := range p.Answers {
		if !known(a) {
			ld.fail(ly, file, "%q: the answer %q has no text: add it to phrases/%s.toml and translate it", p.ID, a, source)
		}
		if slices.Contains(p.Answers[:i], a) {
			ld.fail(ly, file, "%q offers %q twice", p.ID, a)
		}
	}
	return len(ld.errs) == bad
}
