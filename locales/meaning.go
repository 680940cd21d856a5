package locales

import (
	"slices"
	"unicode/utf8"
)

// The places of Intents.
const (
	atLeave = iota
	atErase
	atPerson
	atBack
	atDanger
	atSelfHarm
	atNone
)

// How sure what was learned must be where its bar (learned.Need) is too low, and how little where the lists agree.
const (
	alone     = 0.95 // leave and erase by one word that no list has: "nothing" is an answer, and may not destroy
	short     = 0.8  // erase by words that no list has: "keep it all, don't remove it" is near enough to them
	oneWord   = 0.7  // danger and self-harm by one word that no list has: "outside" is a place
	against   = 0.5  // danger or self-harm against a key of two words
	beside    = 0.6  // danger where the lists heard a wish for a person: "an adviser, urgently" is no cry
	both      = 0.3  // self-harm, beside danger from others: who may hurt themselves is not left with the card for the others
	agreeing  = 0.6  // of its bar, for danger that the lists found too
	surelyNot = 0.9  // that a message is none of it: what the lists found counts below that, danger only in fewer than fewMore words
)

const (
	fewMore  = 4
	fewWords = 2 // a message of so many words that is a key by the lists is that key: it is what a line tells people to send
)

// surer is how many times more of a message's cues another language must know to be taken for the message's own.
const surer = 1.2

// plainly is how many of a message's cues its conversation's language must know for no other to be asked.
const plainly = 0.65

// heard is how many of a message's cues must be known for what was learned to count: of "xxxx" nobody knows anything.
const heard = 0.15

// longestWord is the longest word of any language in bytes, doubled letters and all: a finger asleep on a key says nothing.
const longestWord = 80

// meant is what a message means by what was learned, of which the lists make f. langs are the languages it may be in, the
// conversation's first; the one that knows most of its cues decides. Of languages nothing was learned for, the lists alone
// decide.
func (c *Catalogues) meant(whole *cut, f formed, langs []string) KeyKind {
	cut := whole.without(func(raw string) bool { return len(raw) > longestWord })
	if len(cut.bare) == 0 {
		return f.kind
	}
	var best *lang
	most := 0.0
	words := min(len(cut.bare), mostWords)
	var p likely
	for i, tag := range langs {
		l, ok := c.langs[tag]
		if !ok {
			continue
		}
		by := l.learned.get()
		if by == nil {
			continue
		}
		got, known, all := by.weigh(l.words, cut, f.kind, 0, words)
		if share := float64(known) / float64(all); best == nil || share > most*surer {
			best, most, p = l, share, got
		}
		if i == 0 && most >= plainly {
			break
		}
	}
	if best == nil || most < heard || best.ret.only(cut) || cut.letters() {
		return f.kind
	}
	by := best.learned.get()
	if len(cut.bare) <= mostWords {
		return by.decide(p, f, len(cut.bare))
	}
	found := by.grave(p, f, words)
	for at := nextPart; at+nextPart < len(cut.bare) && found != SelfHarmKey; at += nextPart {
		end := min(len(cut.bare), at+mostWords)
		q, _, _ := by.weigh(best.words, cut, f.kind, max(0, end-mostWords), end)
		switch next := by.grave(q, f, mostWords); {
		case next == SelfHarmKey, next == DangerKey, found == NoKey:
			found = next
		}
	}
	if f.whole && found != SelfHarmKey && found != DangerKey {
		return f.kind
	}
	return found
}

// letters says whether every word is a single letter or digit: "b x b" means nothing that nobody listed.
func (c *cut) letters() bool {
	return !slices.ContainsFunc(c.bare, func(w string) bool { return utf8.RuneCountInString(w) > 1 })
}

// without is a cut without some words.
func (c *cut) without(out func(raw string) bool) *cut {
	if !slices.ContainsFunc(c.raw, out) {
		return c
	}
	d := &cut{marked: c.marked, asks: c.asks}
	for i, raw := range c.raw {
		if !out(raw) {
			d.kept, d.bare, d.raw, d.stop, d.ended = append(d.kept, c.kept[i]), append(d.bare, c.bare[i]), append(d.raw, raw), append(d.stop, c.stop[i]), append(d.ended, c.ended[i])
		}
	}
	return d
}

// decide takes the gravest intent that is likely enough in a message of so many words of which the lists make f.
func (l *learned) decide(p likely, f formed, words int) KeyKind {
	if f.whole && words <= fewWords {
		switch {
		case f.kind != LeaveKey && f.kind != EraseKey, words == 1: // "goodbye" alone is one
		case p[atSelfHarm] >= against:
			return SelfHarmKey
		case p[atDanger] >= against:
			return DangerKey
		}
		return f.kind
	}
	found := l.grave(p, f, words)
	if found == SelfHarmKey || found == DangerKey {
		return found
	}
	leave, erase := l.Need[atLeave], l.Need[atErase]
	if f.kind != LeaveKey && words == 1 {
		leave = alone
	}
	switch {
	case f.kind == EraseKey:
	case words == 1:
		erase = alone
	default:
		erase = max(erase, short)
	}
	switch {
	case p[atErase] >= erase:
		return EraseKey
	case p[atLeave] >= leave:
		return LeaveKey
	case found != NoKey:
		return found
	case p[atBack] >= l.Need[atBack]:
		return BackKey
	}
	return NoKey
}

// grave is what a message, or a part of a long one, can mean anywhere: danger, self-harm, a wish for a person.
func (l *learned) grave(p likely, f formed, words int) KeyKind {
	danger, harm, person := l.Need[atDanger], l.Need[atSelfHarm], l.Need[atPerson]
	if words == 1 {
		danger, harm = max(danger, oneWord), max(harm, oneWord)
	}
	switch f.kind {
	case DangerKey:
		danger = agreeing * l.Need[atDanger]
		if p[atDanger] >= danger && p[atSelfHarm] < both {
			return DangerKey
		}
	case SelfHarmKey:
		harm = l.Need[atSelfHarm]
	case PersonKey:
		danger = max(danger, beside)
	}
	doubt := p[atNone] < surelyNot
	switch {
	case p[atSelfHarm] >= harm && (p[atSelfHarm] >= p[atDanger] || p[atSelfHarm] >= both):
		return SelfHarmKey
	case p[atDanger] >= danger:
		return DangerKey
	case p[atSelfHarm] >= harm, f.kind == SelfHarmKey && doubt:
		return SelfHarmKey
	case f.kind == DangerKey && doubt && words < fewMore:
		return DangerKey
	case p[atPerson] >= person, f.kind == PersonKey && doubt:
		return PersonKey
	}
	return NoKey
}
