package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"quietline/flows"
	"quietline/store"
)

// S2: the goodbye at the end of a talk goes from the chat soon after, also when the conversation is kept for a day; and so
// with return words.
func TestS2_TheGoodbyeOfAKeptTalkGoesToo(t *testing.T) {
	for _, words := range []bool{false, true} {
		s := newScene(t)
		s.phone.limits.Clears = true
		adv := s.adviser("adviser-1")
		ana := s.onPhone("ana")
		ana.writes("hi", "1", "1", "1", "9")
		adv.Claims(ana.handle())
		adv.Writes(ana.handle(), "I am here.")
		adv.Closes(ana.handle())
		ana.Taps("day")
		if words {
			ana.Taps("yes")
			ana.Taps("done")
		} else {
			ana.Taps("no")
		}
		ana.Taps("nothing")
		ana.Hears("closing.bye")
		bye := fmt.Sprint(s.phone.sent)
		if slices.Contains(s.phone.gone, bye) {
			t.Fatal("the goodbye went before it could be read")
		}
		s.later(farewellStays)
		s.later(time.Minute)
		for id := range s.phone.sent {
			if !slices.Contains(s.phone.gone, fmt.Sprint(id+1)) {
				t.Fatalf("words %v: message %d of %d stays in the chat", words, id+1, s.phone.sent)
			}
		}
	}
}

// S10: the receipt of a line that the person chose to keep is not kept with a conversation that waits for longer.
func TestS10_TheReceiptOfAKeptLineGoes(t *testing.T) {
	s := newScene(t)
	s.phone.limits.Clears = true
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	for _, choice := range []string{"skip", "more", "skip", "none", "number"} {
		ana.Taps(choice)
	}
	adv.Claims(ana.handle())
	adv.Writes(ana.handle(), "I am here.")
	adv.Closes(ana.handle())
	ana.Taps("weeks")
	ana.Taps("no")
	s.later(time.Hour)
	if r := ana.record(); len(r.Receipts) != 1 || !r.Receipts[0].Kept {
		t.Fatalf("kept: %+v", r.Receipts)
	}
	s.later(residueCeiling)
	if r := ana.record(); r == nil || len(r.Receipts) != 0 {
		t.Fatal("the receipt is kept as long as the conversation")
	}
}

// S10: the residue of a conversation with nothing to withdraw goes when no provider repeats any more.
func TestS10_AnEmptyResidueGoesSoon(t *testing.T) {
	s := newScene(t)
	s.phone.copies = true
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	s.later(2 * copyStays)
	s.ok(s.bot.Erase(s.ctx, ana.handle()))
	s.later(residueRepeat)
	if ana.record() != nil {
		t.Fatal("an address stays in the store for nothing")
	}
}

// S11: however much an adviser writes while nobody can read it, the person gets in and reads all of it; past that the
// adviser is told.
func TestS11_MuchThatWaitsIsRead(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	adv.Claims(ana.handle())
	adv.Writes(ana.handle(), "I am here.")
	for i := range maxReceipts {
		ana.send(Inbound{Text: Hide("hello"), Receipt: &Receipt{ID: fmt.Sprintf("SM%032d", i), At: s.now}})
	}
	ana.Says("0")
	s.later(2 * time.Minute)
	said := 0
	for i := range maxLog {
		err := s.bot.Says(s.ctx, ana.handle(), adv.id, fmt.Sprint("n", i), Hide(fmt.Sprintf("line %d.", i)+strings.Repeat("я", (MaxText-16)/2)))
		if err != nil {
			break
		}
		said++
	}
	if said < 8 {
		t.Fatalf("only %d lines may wait", said)
	}
	ana.writes("hi", "1", "1", "1")
	screen := ana.screen()
	for range 30 {
		s.later(time.Second)
		screen += ana.screen()
	}
	for i := range said {
		if !strings.Contains(screen, fmt.Sprintf("line %d.", i)) {
			t.Fatalf("line %d of %d never came", i, said)
		}
	}
}

// The dialled number or a code tells the country with every message: who comes back is not asked for it.
func TestACountryThatIsToldIsNotAsked(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.country = "ES"
	ana.writes("hi", "1")
	ana.Hears("check.unseen")
	ana.writes("1", "9")
	s.later(sittingIdle)
	ana.country = "GB" // another number of the line
	ana.writes("hi", "1")
	ana.Hears("check.unseen")
	if c := ana.record().Country; c != "GB" {
		t.Fatalf("the country is %q", c)
	}
}

// S11: a process that dies between the pieces of a long message goes on with the next one: none twice, none missing.
func TestS11_ARestartBetweenPieces(t *testing.T) {
	s := newScene(t)
	s.phone.limits = smsLimits
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	adv.Claims(ana.handle())
	s.bot.Tend(s.ctx)
	var long strings.Builder
	for i := range 160 {
		fmt.Fprintf(&long, "word%d ", i)
	}
	n := len(s.phone.got["ana"])
	s.phone.poison = "word100 "
	adv.Writes(ana.handle(), long.String())
	s.phone.poison = ""
	if r := ana.record(); len(r.Out) != 1 || r.Out[0].Piece == 0 {
		t.Fatalf("it was not stopped between pieces: %d wait", len(r.Out))
	}
	s.restart()
	s.later(time.Minute)
	got := ""
	for _, o := range s.phone.got["ana"][n:] {
		got += " " + o.Text.Reveal()
	}
	if squeezed(got) != squeezed(long.String()) {
		t.Fatalf("what came: %q", got)
	}
}

// S11: the largest record that there can be still fits the store.
func TestS11_TheLargestRecordFits(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.Says("hi")
	tk := ana.record()
	now := s.now.Unix()
	sid := func(i int) string { return fmt.Sprintf("SM%032d", i) }
	for i := range 3 * maxReceipts / 2 {
		tk.Receipts = append(tk.Receipts, receiptSealed{ID: sid(i), At: now, Recalled: true, After: now, Seq: 1000 + i, Keys: true, Kept: true})
	}
	for i := range maxSeen {
		tk.Seen = append(tk.Seen, seen{ID: "tw" + sid(i), At: now}, seen{ID: deskID + sid(i) + sid(i)[:28], At: now})
	}
	for i := range maxOut {
		o := outmsg{ID: sid(i), Lang: "zh-Hant", Seq: 1000 + i, Until: now, Piece: 9, Passed: 2, Still: true}
		if i < maxUnread/MaxText {
			o.Text = strings.Repeat("x", MaxText)
		} else {
			o.Said = strings.Repeat("x", 300)
			for range flows.MaxChoices {
				o.Choices = append(o.Choices, offer{ID: "without", Text: "handoff.summary.without"})
			}
		}
		tk.Out = append(tk.Out, o)
	}
	for i := range maxLog {
		tk.Log = append(tk.Log, entry{Seq: i, From: string(FromPerson), At: now, Text: strings.Repeat("x", MaxText), Held: i < maxUnread/MaxText})
	}
	tk.shrink()
	r, err := seal(tk, ana.name(), store.Key{1})
	s.ok(err)
	if len(r.Sealed) > 64_000 {
		t.Fatalf("%d bytes", len(r.Sealed))
	}
}
