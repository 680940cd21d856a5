package locales

import (
	"math/bits"
	"strings"
	"unicode/utf8"
)

// A cue is the hash of something that a message has: a word, a word beside another, a run of letters.
// What cues mean is learned from messages that somebody wrote down (see learned).
type cue uint32

// sides is how far apart, in words, two words are still taken together.
const sides = 4

// maxRun is the longest run of letters that is a cue.
const maxRun = 5

// cues visits what the message has, from word at to word end. The same cue may come twice.
func (g *grammar) cues(c *cut, at, end int, visit func(cue)) {
	words := make([]string, 0, end-at+2)
	words = append(words, "^")
	for i := at; i < end; i++ {
		w := c.bare[i]
		if g.sound && w[0] < utf8.RuneSelf {
			w = squeeze(soundsSpanish(c.raw[i]))
		}
		words = append(words, w)
	}
	words = append(words, "$")
	for i, w := range words {
		if i > 0 && i < len(words)-1 {
			visit(cueOf('w', w))
			visit(cueOf('s', stemOf(w)))
			g.spelt(c, at+i-1, w, visit)
		}
		if i+1 < len(words) {
			visit(cueOf('2', w, words[i+1]))
			visit(cueOf('t', stemOf(w), stemOf(words[i+1])))
		}
		if i+2 < len(words) {
			visit(cueOf('3', w, words[i+1], words[i+2]))
		}
		for d := 2; d <= sides && i+d < len(words); d++ {
			visit(cueOf('0'+byte(d)<<4, w, words[i+d]))
		}
	}
	runs(words[1:len(words)-1], visit)
	visit(cueOf('n', string(rune('0'+min(7, bits.Len(uint(end-at)))))))
	if c.asks {
		visit(cueOf('?'))
	}
}

// spelt visits what the writing of word i tells beside the word: its accents, the consonants of Arabic in either script,
// that it is a number.
func (g *grammar) spelt(c *cut, i int, word string, visit func(cue)) {
	if c.kept[i] != c.bare[i] {
		visit(cueOf('k', c.kept[i]))
		if i > 0 {
			visit(cueOf('K', c.kept[i-1], c.kept[i]))
		}
	}
	if g.latin {
		if b := bonesOf(word); len(b) > 1 {
			visit(cueOf('b', b))
		}
	}
	if word[0] >= '0' && word[0] <= '9' {
		visit(cueOf('d', strings.Repeat("0", min(len(word), 6))))
	}
}

// runs visits the runs of letters of the words, with a space before, between and after.
func runs(words []string, visit func(cue)) {
	text := " " + strings.Join(words, " ") + " "
	starts := make([]int, 0, len(text)+1)
	for i := range text {
		starts = append(starts, i)
	}
	starts = append(starts, len(text))
	for i := range starts {
		for n := 2; n <= maxRun && i+n < len(starts); n++ {
			visit(cueOf('c', text[starts[i]:starts[i+n]]))
		}
	}
}

// stemOf is the beginning of a word, where most languages keep what it means.
func stemOf(word string) string {
	n := 0
	for i := range word {
		if n == 4 {
			return word[:i]
		}
		n++
	}
	return word
}

// cueOf hashes a cue: FNV-1a, its bits mixed once more, for they are cut and sorted.
func cueOf(kind byte, words ...string) cue {
	h := uint32(2166136261)
	h = (h ^ uint32(kind)) * 16777619
	for _, w := range words {
		for i := range len(w) {
			h = (h ^ uint32(w[i])) * 16777619
		}
		h = (h ^ 0x1f) * 16777619
	}
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	return cue(h)
}
