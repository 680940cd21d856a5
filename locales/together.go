package locales

import (
	"strings"
	"unicode/utf8"
)

// together is from how many letters on a word that no form has may be several, written without spaces in haste.
const together = 5

// runTogether looks at each word of the message that no form has, as the words it may be made of: "hesgotaknife". A key
// of its own counts when there is no other word; danger and danger to oneself always do.
func (r *reading) runTogether(numbers []string) KeyKind {
	for i, word := range r.raw {
		n := len(word)
		if n < together || n > 80 || strings.ContainsAny(word, "0123456789") || r.known[word] || len(r.plain[r.bare[i]]) > 0 || arabic(word) && r.has(i) {
			continue
		}
		split := r.split(word)
		if split == "" {
			continue
		}
		cut := cutText(split)
		part := r.read(cut, false)
		if len(r.bare) == 1 {
			if kind, _ := part.whole(); kind != NoKey && kind != YesKey && kind != NoWordKey {
				return kind
			}
		}
		covered := make([]bool, len(cut.bare))
		best := NoKey
		for _, h := range bared(part.find(covered), covered) {
			switch {
			case h.purpose == selfharms:
				return SelfHarmKey
			case h.purpose == dangers:
				best = DangerKey
			case h.purpose == wanted && best == NoKey && len(r.bare) == 1:
				best = PersonKey
			}
		}
		if best == NoKey && numberWithin(cut.bare, covered, numbers) {
			best = DangerKey
		}
		if best != NoKey {
			return best
		}
	}
	return NoKey
}

// has says whether the forms have word i of the message.
func (r *reading) has(i int) bool {
	for _, atoms := range r.loose[i*r.width : (i+1)*r.width] {
		if atoms != 0 {
			return true
		}
	}
	return false
}

// split cuts a word into as few words of the forms as it can be made of, with spaces between; empty when it cannot, or only
// into one.
func (g *grammar) split(word string) string {
	const longest = 24 // bytes of a part
	n := len(word)
	least := make([]int, n+1) // parts up to here, plus one; zero: none
	from := make([]int, n+1)
	least[0] = 1
	for end := 1; end <= n; end++ {
		if end < n && !utf8.RuneStart(word[end]) {
			continue
		}
		for at := max(0, end-longest); at < end; at++ {
			if least[at] == 0 || least[end] != 0 && least[end] <= least[at]+1 || at == 0 && end == n {
				continue
			}
			if end-at == 1 && word[at] != 'a' && word[at] != 'i' {
				continue
			}
			if part := squeeze(word[at:end]); len(g.plain[part]) > 0 {
				least[end], from[end] = least[at]+1, at
			}
		}
	}
	if least[n] == 0 {
		return ""
	}
	split := word[from[n]:]
	for at := from[n]; at > 0; at = from[at] {
		split = word[from[at]:at] + " " + split
	}
	return split
}
