package locales

import (
	"fmt"
	"slices"
	"strings"
)

// A purpose says which list of a words file a form stands in.
type purpose uint8

const (
	leaves purpose = iota
	erases
	persons
	backs
	yeses
	noes
	urgents
	asides     // said around a whole message, changes nothing: "please", "he is coming"
	sos        // "so", "please": what follows may be the whole request
	becauses   // "because", "before": what comes before may be the whole request
	leaveWiths // says something only beside a form of leave: "the page"
	eraseWiths // the same beside a form of erase: "all of them"
	tolds      // tells what was done: "I have deleted it all" asks for nothing
	wanted     // a person asked for, anywhere
	dangers
	selfharms
	calms // hides what it covers
	telling
)

// maxForms bounds what one alternative may grow to when its classes and parts are written out.
const maxForms = 20000

// gap is how many words "..." lets pass.
const gap = 3

// A form is one phrase of a words file, written in the small language that doc.go explains.
type form struct {
	items   []item
	written string
	order   int // in the file
	purpose purpose
	needs   [][]int // of each item that must be there, the atoms of which the message has one; the rarest item first
	strong  bool    // names the chat or the messages: may stand at an end of a longer message
	own     bool    // the operator's: it counts whatever was learned
}

// An item is one place of a form.
type item struct {
	alts       [][]int // each a row of atoms; any of them does
	optional   bool
	gap        bool // up to gap words, within one sentence
	start, end bool // of the message
}

// A grammar is one language's forms, compiled. An atom is a set of words that stand for each other; a message's words are
// looked up once and then known by their atoms only.
type grammar struct {
	marks   bool // accents change the word: compare them when the text has them
	spell   bool // one wrong letter in a long word is forgiven
	latin   bool // also typed in Latin letters
	sound   bool // compared by the sound of Spanish
	accents bool // some word has accents; when none has, a word with accents in a text full of them is not ours

	forms     []form
	byNeed    [][]int             // atom → forms whose rarest item it may be
	atoms     map[string]int      // by their words, written out
	places    map[string][][]int  // by how they are written
	least     []int               // atom → consonants that a word in Latin letters needs
	plain     map[string][]int    // word without accents → atoms
	full      map[string][]int    // word with accents → atoms; only with marks
	starts    map[string][]int    // the same for words that end in "*"
	keptRuns  map[string][]int    // and with accents
	longest   int                 // bytes of the longest start
	heard     map[string][]int    // word by its sound → atoms
	heardRuns map[string][]int    // the same for words that end in "*"
	bones     map[string][]int    // consonants of a word in Latin letters → atoms
	near      map[ends][]string   // long words by their ends
	swapped   map[string][]string // words of four letters and more by their first letter and the others in order
	known     map[string]bool     // real words that look like a misspelt one
	class     map[string][]string
	part      map[string][]string
}

// traits are what a words file says of its language.
type traits struct {
	Marks bool `toml:"marks"` // accents change the word: "cứu" is not "cừu"
	Latin bool `toml:"latin"` // Arabic, also typed in Latin letters
	Sound bool `toml:"sound"` // Spanish, compared by its sound
}

func newGrammar(t traits, spell bool) *grammar {
	return &grammar{
		marks: t.Marks, spell: spell && !t.Marks, latin: t.Latin, sound: t.Sound,
		atoms: make(map[string]int), places: make(map[string][][]int), plain: make(map[string][]int), full: make(map[string][]int), starts: make(map[string][]int),
		keptRuns: make(map[string][]int), bones: make(map[string][]int), heard: make(map[string][]int), heardRuns: make(map[string][]int), near: make(map[ends][]string), swapped: make(map[string][]string), known: make(map[string]bool),
		class: make(map[string][]string), part: make(map[string][]string),
	}
}

// add compiles a form.
func (g *grammar) add(p purpose, strong, own bool, written string) error {
	f := form{written: written, order: len(g.forms), purpose: p, strong: strong, own: own}
	fields := strings.Fields(written)
	words, solid := 0, false
	for _, field := range fields {
		if w := strings.TrimSuffix(field, "?"); w != "^" && w != "$" && w != "..." {
			words++
		}
	}
	for i, field := range fields {
		var it item
		switch {
		case field == "^":
			it.start = true
		case field == "$":
			it.end = true
		case field == "...":
			it.gap = true
			if !solid || i == len(fields)-1 {
				return fmt.Errorf("%q: ... stands between two words", written)
			}
		default:
			field, it.optional = strings.CutSuffix(field, "?")
			least := 2
			if words == 1 {
				least = 3
			}
			var err error
			if it.alts, err = g.place(field, least); err != nil {
				return fmt.Errorf("%q: %w", written, err)
			}
			solid = solid || !it.optional
		}
		f.items = append(f.items, it)
	}
	if !solid {
		return fmt.Errorf("%q is no word or phrase", written)
	}
	for _, it := range f.items {
		if !it.optional && len(it.alts) > 0 {
			var need []int
			for _, row := range it.alts {
				need = append(need, row[0])
			}
			f.needs = append(f.needs, need)
		}
	}
	g.forms = append(g.forms, f)
	return nil
}

// place compiles one place of a form, once for all forms that have it.
func (g *grammar) place(field string, least int) ([][]int, error) {
	key := fmt.Sprint(least, field)
	if rows, ok := g.places[key]; ok {
		return rows, nil
	}
	alts, err := g.alternatives(field, 0)
	if err != nil {
		return nil, err
	}
	rows, err := g.rows(alts, least)
	if err == nil {
		g.places[key] = rows
	}
	return rows, err
}

// alternatives writes out one place of a form: a/b, <class>, {part}.
func (g *grammar) alternatives(field string, depth int) ([]string, error) {
	if depth > 4 {
		return nil, fmt.Errorf("%s: classes lie too deep in each other", field)
	}
	var all []string
	for _, alt := range strings.Split(field, "/") {
		if name, ok := strings.CutPrefix(alt, "<"); ok && strings.HasSuffix(name, ">") {
			entries, ok := g.class[strings.TrimSuffix(name, ">")]
			if !ok {
				return nil, fmt.Errorf("there is no class %s", alt)
			}
			for _, entry := range entries {
				// An entry of several words has no choices of its own, so that the number of rows stays small.
				if strings.ContainsAny(entry, " ") {
					if strings.ContainsAny(entry, "</?") {
						return nil, fmt.Errorf("class %s: %q: several words are plain words", alt, entry)
					}
					all = append(all, entry)
					continue
				}
				more, err := g.alternatives(entry, depth+1)
				if err != nil {
					return nil, err
				}
				all = append(all, more...)
			}
			continue
		}
		more, err := g.parts(alt)
		if err != nil {
			return nil, err
		}
		if all = append(all, more...); len(all) > maxForms {
			return nil, fmt.Errorf("%s stands for more than %d words", field, maxForms)
		}
	}
	return all, nil
}

// parts writes out the {part} of a word.
func (g *grammar) parts(word string) ([]string, error) {
	before, rest, ok := strings.Cut(word, "{")
	if !ok {
		return []string{word}, nil
	}
	name, after, ok := strings.Cut(rest, "}")
	entries, known := g.part[name]
	if !ok || !known {
		return nil, fmt.Errorf("%s: there is no part {%s}", word, name)
	}
	tails, err := g.parts(after)
	if err != nil {
		return nil, err
	}
	if len(entries)*len(tails) > maxForms {
		return nil, fmt.Errorf("%s stands for more than %d words", word, maxForms)
	}
	all := make([]string, 0, len(entries)*len(tails))
	for _, e := range entries {
		for _, t := range tails {
			all = append(all, before+e+t)
		}
	}
	return all, nil
}

// rows makes single words one atom, and each alternative of several words a row of atoms.
func (g *grammar) rows(alts []string, least int) ([][]int, error) {
	var single []string
	var rows [][]int
	for _, alt := range alts {
		words := formWords(kept(alt))
		for _, w := range words {
			if w == "*" || bare(w) == "*" {
				return nil, fmt.Errorf("%q is no word", alt)
			}
		}
		switch len(words) {
		case 0:
			return nil, fmt.Errorf("%q is no word", alt)
		case 1:
			single = append(single, words[0])
		default:
			var row []int
			for _, w := range words {
				row = append(row, g.atom([]string{w}, 2))
			}
			rows = append(rows, row)
		}
	}
	if len(single) > 0 {
		rows = append(rows, []int{g.atom(single, least)})
	}
	return rows, nil
}

// atom returns the atom of some words, made if it is new.
func (g *grammar) atom(words []string, least int) int {
	words = slices.Clone(words)
	slices.Sort(words)
	words = slices.Compact(words)
	key := fmt.Sprint(least, words)
	if a, ok := g.atoms[key]; ok {
		return a
	}
	a := len(g.least)
	g.atoms[key] = a
	g.least = append(g.least, least)
	put := func(m map[string][]int, word string) {
		if at := m[word]; len(at) == 0 || at[len(at)-1] != a {
			m[word] = append(at, a)
		}
	}
	for _, full := range words {
		stem, wild := strings.CutSuffix(full, "*")
		heard := ""
		if g.sound {
			heard = squeeze(soundsSpanish(bare(stem)))
		}
		plain := squeeze(bare(stem))
		stem = squeeze(stem)
		if wild {
			put(g.starts, plain)
			g.longest = max(g.longest, len(plain))
			if g.sound {
				put(g.heardRuns, heard)
			}
			if g.marks {
				put(g.keptRuns, stem)
				g.longest = max(g.longest, len(stem))
			}
			continue
		}
		g.accents = g.accents || plain != stem
		put(g.plain, plain)
		if g.sound {
			put(g.heard, heard)
		}
		if g.marks {
			put(g.full, stem)
		}
		if g.latin {
			if b := bonesOf(plain); len(b) >= least {
				put(g.bones, b)
			}
		}
	}
	return a
}

// know adds a real word, never taken for a misspelt one.
func (g *grammar) know(word string) {
	if word = bare(kept(word)); g.sound {
		word = soundsSpanish(word)
	}
	g.known[squeeze(word)] = true
}

// finish builds the indexes, once all forms are in.
func (g *grammar) finish() {
	g.atoms, g.places, g.class, g.part = nil, nil, nil, nil
	uses := make([]int, len(g.least))
	for _, f := range g.forms {
		for _, need := range f.needs {
			for _, a := range need {
				uses[a]++
			}
		}
	}
	rarity := func(need []int) (n int) {
		for _, a := range need {
			n += uses[a]
		}
		return n
	}
	g.byNeed = make([][]int, len(g.least))
	for i, f := range g.forms {
		slices.SortStableFunc(f.needs, func(a, b []int) int { return rarity(a) - rarity(b) })
		for _, a := range f.needs[0] {
			g.byNeed[a] = append(g.byNeed[a], i)
		}
	}
	if g.spell {
		words := g.plain
		if g.sound {
			words = g.heard
		}
		for word := range words {
			if n := len([]rune(word)); n >= spelled {
				key := endsOf(word, n)
				g.near[key] = append(g.near[key], word)
			}
			if key, ok := shuffled(word); ok {
				g.swapped[key] = append(g.swapped[key], word)
			}
		}
		for _, words := range g.near {
			slices.Sort(words)
		}
		for _, words := range g.swapped {
			slices.Sort(words)
		}
	}
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
