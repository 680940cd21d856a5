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
	stop       []bool   // a sentence ends after the word
	marked     bool     // most words that could have accents have some
}

// cutText cuts a text that kept has been through.
func cutText(text string) *cut {
	c := &cut{}
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
		plain := squeeze(bare(word))
		if plain != word {
			marks++
		}
		c.kept, c.bare, c.stop = append(c.kept, word), append(c.bare, plain), append(c.stop, false)
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
}

// read looks up the words. latin: the message is in this grammar's language, if it may be in Latin letters at all.
func (g *grammar) read(c *cut, latin bool) *reading {
	r := &reading{grammar: g, cut: c, width: (len(g.least) + 63) / 64}
	rows := make([]uint64, 2*r.width*len(c.bare))
	r.exact, r.loose = rows[:len(rows)/2], rows[len(rows)/2:]
	for i, plain := range c.bare {
		exact, loose := r.exact[i*r.width:(i+1)*r.width], r.loose[i*r.width:(i+1)*r.width]
		full := c.kept[i]
		if g.marks && (c.marked || full != plain) {
			set(exact, g.full[full])
			r.prefixes(exact, g.keptRuns, full)
		} else {
			set(exact, g.plain[plain])
			r.prefixes(exact, g.starts, plain)
			if _, ok := g.plain[plain]; !ok {
				g.misspelt(plain, func(w string) { set(exact, g.plain[w]) })
			}
		}
		if latin && g.latin && plain[0] < utf8.RuneSelf {
			for _, b := range bonesIn(plain) {
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
	}
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

// ends appends where form f, begun at word at, may end; nothing when it does not match.
func (r *reading) ends(f *form, rows []uint64, at int, buf []int) []int {
	return r.walk(f.items, rows, at, buf)
}

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

// each calls visit with every form that may begin at a word, by its rows.
func (r *reading) each(rows []uint64, at int, visit func(f int)) {
	for w, word := range rows[at*r.width : (at+1)*r.width] {
		for word != 0 {
			a := w<<6 + bits.TrailingZeros64(word)
			word &= word - 1
			for _, f := range r.first[a] {
				visit(f)
			}
		}
	}
}

// A hit is a form found.
type hit struct{ form, at, end int }

// find returns the forms for anywhere that the message holds and no calm form covers, and which words calm forms cover.
func (r *reading) find() (hits []hit, covered []bool) {
	var buf []int
	for at := range r.bare {
		r.each(r.loose, at, func(i int) {
			f := &r.forms[i]
			if f.purpose < wanted {
				return
			}
			buf = r.ends(f, r.loose, at, buf[:0])
			if len(buf) == 0 {
				return
			}
			if f.purpose != calms {
				hits = append(hits, hit{i, at, slices.Min(buf)})
				return
			}
			if covered == nil {
				covered = make([]bool, len(r.bare))
			}
			for j := at; j < slices.Max(buf); j++ {
				covered[j] = true
			}
		})
	}
	if covered != nil {
		hits = slices.DeleteFunc(hits, func(h hit) bool { return slices.Contains(covered[h.at:h.end], true) })
	}
	return hits, covered
}

// holds says whether hits have one of a purpose.
func (r *reading) holds(hits []hit, p purpose) bool {
	return slices.ContainsFunc(hits, func(h hit) bool { return r.forms[h.form].purpose == p })
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
