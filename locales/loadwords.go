package locales

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// wordsFile is words/xx.toml.
type wordsFile struct {
	Marks  bool     `toml:"marks"` // accents change the word: "cứu" is not "cừu"
	Leave  []string `toml:"leave"`
	Erase  []string `toml:"erase"`
	Person []string `toml:"person"`
	Back   []string `toml:"back"`
	Yes    []string `toml:"yes"`
	No     []string `toml:"no"`
	Danger []string `toml:"danger"` // anywhere in a message
	Calm   []string `toml:"calm"`   // phrases that hold a danger word and are no danger
}

// returnFile is words/return.xx.toml.
type returnFile struct {
	Words []string `toml:"words"`
}

// discreetFile is discreet/xx.toml.
type discreetFile struct {
	Marks bool     `toml:"marks"`
	Words []string `toml:"words"`
	Calm  []string `toml:"calm"` // phrases that hold a telling word and do not tell
}

// everyLanguage names the list of words that tell in every language.
const everyLanguage = "all"

// wordForms reads a language's keys, danger words and return words. A language may lack them: digits always work.
func (ld *loader) wordForms(l *lang) {
	l.words = &words{bare: make(map[string]KeyKind)}
	var all wordsFile
	file := "words/" + l.Tag + ".toml"
	for _, ly := range ld.layers {
		var f wordsFile
		if !ld.read(ly, file, &f) {
			continue
		}
		for _, list := range []struct {
			kind  KeyKind
			forms []string
		}{{LeaveKey, f.Leave}, {EraseKey, f.Erase}, {PersonKey, f.Person}, {BackKey, f.Back}, {YesKey, f.Yes}, {NoWordKey, f.No}} {
			for _, form := range list.forms {
				if err := l.words.add(list.kind, form, f.Marks); err != nil {
					ld.fail(ly, file, "%s: %w", list.kind, err)
				}
			}
		}
		ld.phrasesHaveLetters(ly, file, f.Danger, f.Calm)
		all.Marks = all.Marks || f.Marks
		all.Danger = append(all.Danger, f.Danger...)
		all.Calm = append(all.Calm, f.Calm...)
	}
	l.words.danger = newPhrases(all.Marks, all.Danger, all.Calm)

	l.ret = &returnWords{normal: make(map[string]bool)}
	file = "words/return." + l.Tag + ".toml"
	for _, ly := range ld.layers {
		var f returnFile
		if !ld.read(ly, file, &f) {
			continue
		}
		for _, word := range f.Words {
			ts := tokens(Normal(word))
			if len(ts) != 1 || len([]rune(ts[0])) < 2 {
				ld.fail(ly, file, "%q is not one word of two letters or more", word)
				continue
			}
			if l.ret.normal[ts[0]] {
				ld.fail(ly, file, "%q is there already, or differs from another word only by accents", word)
				continue
			}
			l.ret.normal[ts[0]] = true
			l.ret.list = append(l.ret.list, word)
		}
	}
	if n := len(l.ret.list); n > 0 && n < MinReturnList {
		ld.errs = append(ld.errs, fmt.Errorf("%s: has %d words: %d are needed, or three words could be guessed", file, n, MinReturnList))
	}
}

// add enters one form of a key. Where accents change the word, two keys may share a form without them: it then means
// neither.
func (w *words) add(kind KeyKind, form string, marks bool) error {
	full := strings.Join(tokens(kept(form)), " ")
	plain := bare(full)
	if plain == "" {
		return fmt.Errorf("%q has no letter", form)
	}
	if marks {
		if w.full == nil {
			w.full = make(map[string]KeyKind)
		}
		if taken, ok := w.full[full]; ok && taken != kind {
			return fmt.Errorf("%q is a word for %s too: keep one", form, taken)
		}
		w.full[full] = kind
	}
	taken, ok := w.bare[plain]
	switch {
	case !ok || taken == kind:
		w.bare[plain] = kind
	case marks:
		w.bare[plain] = NoKey
	default:
		return fmt.Errorf("%q is a word for %s too: keep one", form, taken)
	}
	return nil
}

func (ld *loader) phrasesHaveLetters(ly layer, file string, lists ...[]string) {
	for _, list := range lists {
		for _, form := range list {
			bare, full := formWords(Normal(form)), formWords(kept(form))
			if len(bare) == 0 || len(bare) != len(full) || slices.Contains(bare, "*") {
				ld.fail(ly, file, "%q is no word or phrase", form)
			}
		}
	}
}

// discreet reads the telling words: each language's own and those of every language.
func (ld *loader) discreet(c *Catalogues) {
	read := func(name string) (all discreetFile) {
		file := "discreet/" + name + ".toml"
		for _, ly := range ld.layers {
			var f discreetFile
			if !ld.read(ly, file, &f) {
				continue
			}
			ld.phrasesHaveLetters(ly, file, f.Words, f.Calm)
			all.Marks = all.Marks || f.Marks
			all.Words = append(all.Words, f.Words...)
			all.Calm = append(all.Calm, f.Calm...)
		}
		return all
	}
	every := read(everyLanguage)
	for _, row := range c.table.rows {
		own := read(row.Tag)
		if len(own.Words) == 0 {
			if row.Tag == source {
				ld.errs = append(ld.errs, fmt.Errorf("discreet/%s.toml: has no words: nothing would be found telling", source))
			}
			continue
		}
		c.discreet[row.Tag] = newPhrases(own.Marks, append(own.Words, every.Words...), append(own.Calm, every.Calm...))
	}
	if c.discreet[source] == nil {
		c.discreet[source] = newPhrases(false, every.Words, nil)
	}
}

// safeReturnWords refuses return words that mean something else here: a key, danger, a telling word, a carrier's word.
func (ld *loader) safeReturnWords(c *Catalogues, l *lang) {
	if l.ret == nil {
		return
	}
	for _, word := range l.ret.list {
		why, normal := "", Normal(word)
		if kind := cmp.Or(c.Keys(word, nil).Kind, c.Keys(normal, nil).Kind); kind != NoKey {
			why = "a word for " + string(kind)
		} else if len(c.Discreet(l.Tag, word)) > 0 {
			why = "a telling word"
		} else if slices.ContainsFunc(CarrierWords, func(w string) bool { return strings.EqualFold(w, normal) }) {
			why = "a word that carriers take"
		}
		if why != "" {
			ld.errs = append(ld.errs, fmt.Errorf("words/return.%s.toml: %q is %s: choose another", l.Tag, word, why))
		}
	}
}
