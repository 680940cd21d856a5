package locales

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A cut is a message cut into words once, for the grammars of any number of languages.
type cut struct {
	kept, bare []string // with accents and without; runs of a letter squeezed
	raw        []string // without accents, not squeezed
	stop       []bool   // a sentence ends after the word
	ended      []bool   // and no other word or colon leads on
	marked     bool     // most words that could have accents have some
	asks       bool     // a question mark stands in it
}

// cutText cuts a text that kept has been through.
func cutText(text string) *cut {
	c := &cut{asks: strings.ContainsAny(text, "?؟")}
	if strings.ContainsAny(text, apostrophes) {
		text = strings.Map(func(r rune) rune {
			if strings.ContainsRune(apostrophes, r) {
				return -1
			}
			return r
		}, text)
	}
	marks := 0
	at := -1
	end := func(i int) {
		if at < 0 {
			return
		}
		word := squeeze(text[at:i])
		raw := bare(text[at:i])
		plain := squeeze(raw)
		if raw != text[at:i] {
			marks++
		}
		c.kept, c.bare, c.raw, c.stop, c.ended = append(c.kept, word), append(c.bare, plain), append(c.raw, raw), append(c.stop, false), append(c.ended, false)
		at = -1
	}
	for i, r := range text {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) {
			if at < 0 {
				at = i
			}
			continue
		}
		end(i)
		if n := len(c.stop); n > 0 && strings.ContainsRune(".!?;:؟।。", r) {
			c.stop[n-1] = true
			c.ended[n-1] = c.ended[n-1] || r != ':' && r != ';' && r != '؛'
		}
	}
	end(len(text))
	c.marked = marks > 0 && marks*3 >= len(c.kept)
	return c
}

// A reading is a message as one grammar sees it.
type reading struct {
	*grammar
	*cut
	width int
	exact []uint64 // a row of atoms for each word
	loose []uint64 // the same and what remains without the letters Arabic writes onto a word
	all   []uint64 // one row: what any word has

	forWhole, forAnywhere []*form // candidates
	calmed                bool    // a calm form of the operator's covers something
}

// read looks up the words. own: the message is thought to be in this grammar's language; only then are spelling, sound and
// Latin letters taken freely, for in another language such a word is most often a word of its own.
func (g *grammar) read(c *cut, own bool) *reading {
	r := &reading{grammar: g, cut: c, width: (len(g.least) + 63) / 64}
	n := r.width * len(c.bare)
	rows := make([]uint64, 2*n+r.width)
	r.exact, r.loose, r.all = rows[:n], rows[n:2*n], rows[2*n:]
	arabizi := own && g.latin && slices.ContainsFunc(c.bare, g.arabizi)
	for i, plain := range c.bare {
		exact, loose := r.exact[i*r.width:(i+1)*r.width], r.loose[i*r.width:(i+1)*r.width]
		full := c.kept[i]
		if g.marks && (c.marked || full != plain) {
			set(exact, g.full[full])
			r.prefixes(exact, g.keptRuns, full)
		} else if g.accents || !c.marked || full == plain || plain[0] >= utf8.RuneSelf {
			set(exact, g.plain[plain])
			r.prefixes(exact, g.starts, plain)
			if own && g.sound && plain[0] < utf8.RuneSelf {
				heard := squeeze(soundsSpanish(c.raw[i]))
				set(exact, g.heard[heard])
				r.prefixes(exact, g.heardRuns, heard)
				if _, ok := g.heard[heard]; !ok {
					g.misspelt(heard, func(w string) { set(exact, g.heard[w]) })
				}
			} else if _, ok := g.plain[plain]; own && !ok {
				g.misspelt(plain, func(w string) { set(exact, g.plain[w]) })
			}
		}
		if own && g.latin && plain[0] < utf8.RuneSelf && !g.known[plain] {
			for _, b := range bonesIn(plain) {
				if len(b) < 3 && !arabizi {
					continue
				}
				for _, a := range g.bones[b] {
					if len(b) >= g.least[a] {
						exact[a>>6] |= 1 << (a & 63)
					}
				}
			}
		}
		copy(loose, exact)
		if arabic(plain) {
			for _, stem := range arabicStems(plain)[1:] {
				set(loose, g.plain[stem])
				r.prefixes(loose, g.starts, stem)
			}
		}
		for w, atoms := range loose {
			r.all[w] |= atoms
		}
	}
	r.candidates()
	return r
}

func set(row []uint64, atoms []int) {
	for _, a := range atoms {
		row[a>>6] |= 1 << (a & 63)
	}
}

func (r *reading) prefixes(row []uint64, starts map[string][]int, word string) {
	if len(starts) == 0 {
		return
	}
	for i := range word {
		if i > r.longest {
			return
		}
		if i > 0 {
			set(row, starts[word[:i]])
		}
	}
	set(row, starts[word])
}

// walk appends to buf where the items, begun at word at, may end; nothing when they do not match.
func (r *reading) walk(items []item, rows []uint64, at int, buf []int) []int {
	if len(items) == 0 {
		if !slices.Contains(buf, at) {
			buf = append(buf, at)
		}
		return buf
	}
	it, rest := &items[0], items[1:]
	n := len(r.bare)
	switch {
	case it.start:
		if at == 0 {
			buf = r.walk(rest, rows, at, buf)
		}
		return buf
	case it.end:
		if at == n {
			buf = r.walk(rest, rows, at, buf)
		}
		return buf
	case it.gap:
		for skip := 0; skip <= gap && at+skip < n; skip++ {
			if skip > 0 && r.stop[at+skip-1] {
				break
			}
			buf = r.walk(rest, rows, at+skip, buf)
		}
		return buf
	}
	for _, row := range it.alts {
		if at+len(row) > n {
			continue
		}
		ok := true
		for i, a := range row {
			if rows[(at+i)*r.width+a>>6]&(1<<(a&63)) == 0 {
				ok = false
				break
			}
		}
		if ok {
			buf = r.walk(rest, rows, at+len(row), buf)
		}
	}
	if it.optional {
		buf = r.walk(rest, rows, at, buf)
	}
	return buf
}

// candidates sorts out the forms for which the message has all the words they need, wherever these stand.
func (r *reading) candidates() {
	for w, word := range r.all {
		for word != 0 {
			a := w<<6 + bits.TrailingZeros64(word)
			word &= word - 1
			for _, i := range r.byNeed[a] {
				f := &r.forms[i]
				if !r.possible(f, a) {
					continue
				}
				if f.purpose < wanted {
					r.forWhole = append(r.forWhole, f)
				} else {
					r.forAnywhere = append(r.forAnywhere, f)
				}
			}
		}
	}
}

// possible says whether the message has a word for every item that f needs. f was found by atom a; by the first of the
// atoms that fit, so that it is found once.
func (r *reading) possible(f *form, a int) bool {
	for i, need := range f.needs {
		ok := false
		for _, n := range need {
			if r.all[n>>6]&(1<<(n&63)) != 0 {
				if i == 0 && n != a {
					return false
				}
				ok = true
				break
			}
		}
		if !ok {
			return false
		}
	}
	return true
}

// A hit is a form found.
type hit struct {
	*form
	at, end int
}

// find returns the forms for anywhere that the message holds, and marks in covered the words that calm forms cover.
func (r *reading) find(covered []bool) (hits []hit) {
	var buf []int
	for _, f := range r.forAnywhere {
		for at := range r.bare {
			buf = r.walk(f.items, r.loose, at, buf[:0])
			switch {
			case len(buf) == 0:
			case f.purpose != calms:
				hits = append(hits, hit{f, at, slices.Min(buf)})
			default:
				for j := at; j < slices.Max(buf); j++ {
					covered[j] = true
				}
				r.calmed = r.calmed || f.own
			}
		}
	}
	return hits
}

// bared returns the hits no word of which is covered.
func bared(hits []hit, covered []bool) []hit {
	return slices.DeleteFunc(hits, func(h hit) bool { return slices.Contains(covered[h.at:h.end], true) })
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
