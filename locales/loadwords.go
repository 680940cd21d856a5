package locales

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// wordsFile is words/xx.toml, in the language that doc.go explains.
type wordsFile struct {
	traits

	Class map[string][]string `toml:"class"` // words that stand for each other: <name>
	Part  map[string][]string `toml:"part"`  // beginnings and endings of words: {name}
	Known []string            `toml:"known"` // real words that are no misspelling of ours

	Aside     []string `toml:"aside"` // said around a whole message, changes nothing
	So        []string `toml:"so"`
	Because   []string `toml:"because"`
	Leave     []string `toml:"leave"`
	LeaveThis []string `toml:"leave_this"` // strong: names the chat
	LeaveWith []string `toml:"leave_with"` // says something only beside a form of leave
	Erase     []string `toml:"erase"`
	EraseThis []string `toml:"erase_this"` // strong: names the chat, the messages or everything
	EraseWith []string `toml:"erase_with"` // says something only beside a form of erase
	Told      []string `toml:"told"`       // tells of a leave or an erase and asks for none
	Person    []string `toml:"person"`
	Back      []string `toml:"back"`
	BackThis  []string `toml:"back_this"` // strong: names the question
	Yes       []string `toml:"yes"`
	No        []string `toml:"no"`

	Wanted   []string `toml:"person_in"` // a person asked for, anywhere in a message
	Danger   []string `toml:"danger"`    // anywhere
	SelfHarm []string `toml:"selfharm"`  // anywhere
	Calm     []string `toml:"calm"`      // phrases that hold such a word and mean nothing of the kind
}

// lists are the file's lists of forms with their purposes.
func (f *wordsFile) lists() []formList {
	return []formList{
		{asides, false, f.Aside}, {sos, false, f.So}, {becauses, false, f.Because}, {leaveWiths, false, f.LeaveWith}, {eraseWiths, false, f.EraseWith}, {tolds, false, f.Told},
		{leaves, false, f.Leave}, {leaves, true, f.LeaveThis}, {erases, false, f.Erase}, {erases, true, f.EraseThis},
		{persons, false, f.Person}, {backs, false, f.Back}, {backs, true, f.BackThis}, {yeses, false, f.Yes}, {noes, false, f.No},
		{wanted, false, f.Wanted}, {dangers, false, f.Danger}, {selfharms, false, f.SelfHarm}, {calms, false, f.Calm},
	}
}

type formList struct {
	purpose purpose
	strong  bool
	forms   []string
}

// keyDigits are the keys among other words: "9 please".
var keyDigits = []formList{
	{leaves, false, []string{"0"}}, {erases, false, []string{"00"}}, {persons, false, []string{"9"}}, {backs, false, []string{"8"}}, {urgents, false, []string{"99"}},
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

// makeForms reads a language's keys, danger words and return words. A language may lack them: digits always work.
func (ld *loader) makeForms(l *lang) {
	file := "words/" + l.Tag + ".toml"
	var files []wordsFile
	var from []layer
	var all traits
	for _, ly := range ld.layers {
		var f wordsFile
		if ld.read(ly, file, &f) {
			files, from = append(files, f), append(from, ly)
			all = traits{all.Marks || f.Marks, all.Latin || f.Latin, all.Sound || f.Sound}
		}
	}
	l.words = newGrammar(all, true)
	for _, f := range files { // an operator's class adds to the shipped one
		for name, words := range f.Class {
			l.words.class[name] = append(l.words.class[name], words...)
		}
		for name, words := range f.Part {
			l.words.part[name] = append(l.words.part[name], words...)
		}
		for _, word := range f.Known {
			l.words.know(word)
		}
	}
	for i := range files {
		ld.compile(l.words, from[i], file, files[i].lists())
	}
	ld.compile(l.words, layer{}, file, keyDigits)
	for i := range files {
		ld.oneMeaning(from[i], file, files[i].lists(), all.Marks)
	}
	l.words.finish()
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
			l.words.know(ts[0])
			l.ret.list = append(l.ret.list, word)
		}
	}
	if n := len(l.ret.list); n > 0 && n < MinReturnList {
		ld.errs = append(ld.errs, fmt.Errorf("%s: has %d words: %d are needed, or three words could be guessed", file, n, MinReturnList))
	}
}

// compile adds forms to a grammar.
func (ld *loader) compile(g *grammar, ly layer, file string, lists []formList) {
	for _, list := range lists {
		for _, written := range list.forms {
			if err := g.add(list.purpose, list.strong, ly.optional, written); err != nil {
				ld.fail(ly, file, "%w", err)
			}
		}
	}
}

// oneMeaning refuses a plain form that stands in the lists of two keys.
func (ld *loader) oneMeaning(ly layer, file string, lists []formList, marks bool) {
	taken := make(map[string]purpose)
	for _, list := range lists {
		if list.purpose >= asides {
			continue
		}
		for _, written := range list.forms {
			text := kept(written)
			if !marks {
				text = bare(text)
			}
			text = strings.Join(tokens(text), " ")
			if other, ok := taken[text]; ok && other != list.purpose {
				kind, _ := layout(1 << other).kind()
				ld.fail(ly, file, "%q is a word for %s too: keep one", written, kind)
			}
			taken[text] = list.purpose
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
			all.Marks = all.Marks || f.Marks
			all.Words = append(all.Words, f.Words...)
			all.Calm = append(all.Calm, f.Calm...)
		}
		return all
	}
	every := read(everyLanguage)
	compiled := func(name string, own discreetFile) *grammar {
		g := newGrammar(traits{Marks: own.Marks}, false)
		ld.compile(g, layer{}, "discreet/"+name+".toml", []formList{
			{telling, false, own.Words}, {telling, false, every.Words}, {calms, false, own.Calm}, {calms, false, every.Calm},
		})
		g.finish()
		return g
	}
	for _, row := range c.table.rows {
		own := read(row.Tag)
		if len(own.Words) == 0 {
			if row.Tag == source {
				ld.errs = append(ld.errs, fmt.Errorf("discreet/%s.toml: has no words: nothing would be found telling", source))
			}
			continue
		}
		c.discreet[row.Tag] = compiled(row.Tag, own)
	}
	if c.discreet[source] == nil {
		c.discreet[source] = compiled(everyLanguage, discreetFile{})
	}
}

// formsOf is what a text means by the forms of every language.
func (c *Catalogues) formsOf(text string) KeyKind {
	return c.byForms(cutText(kept(text)), c.orAll(nil), false, nil).kind
}

// safeIn refuses return words that mean something else here: a key, danger, a telling word, a carrier's word.
func (ld *loader) safeIn(c *Catalogues, l *lang) {
	if l.ret == nil {
		return
	}
	for _, word := range l.ret.list {
		// The whole message is three words, so without its accents a word only must not mean a thing among others.
		why, normal := "", Normal(word)
		if kind := cmp.Or(c.Keys(word, []string{l.Tag, source}).Kind, c.formsOf("0a "+word+" 0a"), c.formsOf("0a "+normal+" 0a")); kind != NoKey {
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
