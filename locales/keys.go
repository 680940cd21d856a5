package locales

import (
	"slices"
	"strings"
	"unicode"
)

// KeyKind says what a person's message asks for.
type KeyKind string

// The kinds of key. Digits of any script count, and so does a keycap picture.
const (
	NoKey     KeyKind = ""       // anything else: free text
	ChoiceKey KeyKind = "choice" // 1 to 6; Digit says which
	LeaveKey  KeyKind = "leave"  // 0, or its words
	EraseKey  KeyKind = "erase"  // 00, or its words ("delete everything")
	PersonKey KeyKind = "person" // 9, or its words
	BackKey   KeyKind = "back"   // 8, or its words
	UrgentKey KeyKind = "urgent" // 99, three or more nines, or an emergency number, as the whole message
	DangerKey KeyKind = "danger" // danger from others, or an emergency number, somewhere within text
	// SelfHarmKey is danger to oneself somewhere within text.
	SelfHarmKey KeyKind = "selfharm"
	YesKey      KeyKind = "yes" // a word for yes as the whole message
	NoWordKey   KeyKind = "no"  // a word for no as the whole message
)

// A Key is a message understood. Digit is set for ChoiceKey only, 1 to 6.
type Key struct {
	Kind  KeyKind
	Digit int
}

// CarrierWords are taken by telephone carriers and by Twilio before a message reaches anybody, or answered by them
// (research: practice D4). No person is ever told to send one; some are understood all the same.
var CarrierWords = []string{
	"STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT", "HELP", "INFO", "START", "YES", "UNSTOP",
}

// everywhere are emergency numbers that answer in so many countries that people know them far from home.
var everywhere = []string{"112", "911"}

// Keys understands a message. langs are the tags whose words count, the person's own first; none: every language's.
// numbers are the country's emergency numbers, as dialled. As the whole message a number counts whatever its length, but
// never against 0, 00, 1 to 6, 8, 9 and 99; within text only from three digits on ("I am 17" is no call), and not next to
// other digits, where it is part of a telephone number. Three zeros or more that are no emergency number leave: whoever
// drums on 0 wants to go, and only 00 destroys, whatever stands between but a comma or a stroke.
func (c *Catalogues) Keys(text string, langs []string, numbers ...string) Key {
	text = kept(text)
	f, key, cut := c.listed(text, langs, numbers)
	if cut == nil || key.Kind == YesKey || key.Kind == NoWordKey || key.Kind == UrgentKey || f.own || f.called {
		return key
	}
	if langs = c.orAll(langs); c.countrysName(text, langs) {
		return Key{}
	}
	return Key{Kind: c.meant(cut, f, langs)}
}

// WordKey is Keys by the words files alone, without what was learned: a text that means something so is a key by itself, and
// no answer may read so.
func (c *Catalogues) WordKey(text string, langs []string) Key {
	_, key, _ := c.listed(kept(text), langs, nil)
	return key
}

// listed reads a text that kept has been through by its digits and by the words files. No cut: nothing but that can be read.
func (c *Catalogues) listed(text string, langs, numbers []string) (f formed, key Key, cut *cut) {
	if digits, ok := onlyDigits(text); ok {
		if digits == "00" && strings.ContainsAny(text, ",/") { // an amount, a date: nothing that destroys
			digits = "0"
		}
		return f, digitKey(digits, numbers), nil
	}
	if cut = cutText(text); len(cut.bare) == 0 {
		return f, Key{}, nil
	}
	f = c.byForms(cut, c.orAll(langs), len(langs) > 0, numbers)
	if f.called && f.kind != SelfHarmKey {
		f.kind = DangerKey
	}
	return f, Key{Kind: f.kind}, cut
}

// A formed is what the forms of the words files make of a message.
type formed struct {
	kind   KeyKind
	whole  bool // the whole message is laid out with them
	own    bool // with the operator's among them
	called bool // an emergency number stands in it
}

// byForms reads a message by the forms of the words files. known: the conversation is in the first of langs.
func (c *Catalogues) byForms(cut *cut, langs []string, known bool, numbers []string) formed {
	readings := make([]*reading, 0, len(langs))
	for i, tag := range langs {
		if l, ok := c.langs[tag]; ok {
			r := l.words.read(cut, known && i == 0)
			if kind, own := r.whole(); kind != NoKey {
				return formed{kind: kind, whole: true, own: own}
			}
			readings = append(readings, r)
		}
	}
	// What one language's calm forms cover is calm in the others too: "no es una emergencia".
	covered := make([]bool, len(cut.bare))
	var hits []hit
	own := false
	for _, r := range readings {
		hits = append(hits, r.find(covered)...)
		own = own || r.calmed
	}
	all := len(hits)
	hits = bared(hits, covered)
	own = own && len(hits) < all // an operator's calm form hid something
	var found [telling + 1]bool
	for _, h := range hits {
		found[h.purpose] = true
		own = own || h.own
	}
	f := formed{own: own, called: numberWithin(cut.bare, covered, numbers)}
	switch {
	case found[selfharms]:
		f.kind = SelfHarmKey
	case found[dangers]:
		f.kind = DangerKey
	case found[wanted]:
		f.kind = PersonKey
	case known && len(readings) > 0: // in a language that is not the conversation's too many words look like several
		f.kind = readings[0].runTogether(numbers)
	}
	return f
}

func (c *Catalogues) orAll(langs []string) []string {
	if len(langs) > 0 {
		return langs
	}
	all := make([]string, 0, len(c.table.rows))
	for _, l := range c.table.rows {
		all = append(all, l.Tag)
	}
	return all
}

// onlyDigits returns the digits of a message that holds nothing else but spaces and the dots and dashes people put
// between them.
func onlyDigits(s string) (string, bool) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.IsLetter(r) || unicode.IsMark(r):
			return "", false
		}
	}
	return b.String(), b.Len() > 0
}

func digitKey(d string, numbers []string) Key {
	switch d {
	case "0":
		return Key{Kind: LeaveKey}
	case "00":
		return Key{Kind: EraseKey}
	case "1", "2", "3", "4", "5", "6":
		return Key{Kind: ChoiceKey, Digit: int(d[0] - '0')}
	case "8":
		return Key{Kind: BackKey}
	case "9":
		return Key{Kind: PersonKey}
	case "99":
		return Key{Kind: UrgentKey}
	}
	if nines(d) || slices.Contains(everywhere, d) || slices.Contains(numbers, d) {
		return Key{Kind: UrgentKey}
	}
	if strings.Trim(d, "0") == "" {
		return Key{Kind: LeaveKey}
	}
	return Key{}
}

// nines says whether d is three nines or more: 999 in many countries, and what a thumb does in fear.
func nines(d string) bool {
	return len(d) >= 3 && strings.Trim(d, "9") == ""
}

// numberWithin looks for an emergency number among other words, where no calm phrase covers it.
func numberWithin(ts []string, covered []bool, numbers []string) bool {
	digit := func(i int) bool {
		return i >= 0 && i < len(ts) && strings.ContainsAny(ts[i], "0123456789")
	}
	for i, t := range ts {
		if len(t) < 3 || strings.Trim(t, "0123456789") != "" || covered[i] || digit(i-1) || digit(i+1) {
			continue
		}
		if nines(t) || slices.Contains(everywhere, t) || slices.Contains(numbers, t) {
			return true
		}
	}
	return false
}
