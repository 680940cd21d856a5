package bot

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// shrink keeps a record within what the store takes: the oldest lines give way.
func (t *talk) shrink() {
	if n := len(t.Receipts); n > maxReceipts {
		if n > 3*maxReceipts/2 { // nothing can be withdrawn, it seems
			t.Receipts = slices.Delete(t.Receipts, 0, n-maxReceipts)
		}
		for i := range maxReceipts / 4 {
			if r := &t.Receipts[i]; !r.Kept {
				r.Recalled, t.Withdraw = true, true
			}
		}
	}
	for len(t.Out) > maxOut {
		i := slices.IndexFunc(t.Out, func(o outmsg) bool { return o.Text == "" })
		if i < 0 {
			break
		}
		t.Out = slices.Delete(t.Out, i, i+1) // an older answer of the bot, which the newer ones overtook
	}
	size := 0
	for _, r := range t.Receipts {
		size += 24 + len(r.ID)
	}
	for _, s := range t.Seen {
		size += 16 + len(s.ID)
	}
	for i := range t.Out {
		size += t.Out[i].size()
	}
	for i := range t.Log {
		size += t.Log[i].size()
	}
	for _, a := range t.Acts {
		size += 96 + len(a.Whom) + len(a.What) + len(a.Why) + len(a.Till)
	}
	for size > maxBody && len(t.Log) > 1 {
		i := t.oldest()
		size -= t.Log[i].size()
		t.Log = slices.Delete(t.Log, i, i+1)
	}
}

func (e *entry) size() int { return 32 + len(e.Text) + len(e.Said) }

func (o *outmsg) size() int {
	n := 64 + len(o.Text) + len(o.Said)
	for _, c := range o.Choices {
		n += 16 + len(c.ID) + len(c.Text) + len(c.Menu)
	}
	return n
}

// goodText refuses what no person means to write: it could hide or reverse what an adviser reads.
func goodText(s string, most int) error {
	if len(s) > most {
		return ErrTooLong
	}
	if !utf8.ValidString(s) {
		return ErrBadText
	}
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' || bidiControl(r) {
			return ErrBadText
		}
	}
	return nil
}

// bidiControl are the characters that change the order in which others are shown (Unicode Standard Annex 9). The marks
// U+200E, U+200F and U+061C are written by ordinary keyboards and stay.
func bidiControl(r rune) bool { return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 }
