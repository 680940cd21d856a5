package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"quietline/locales"
)

// A text with nowhere to cut but at its own end is cut anyway: nobody's message stops the line.
func TestATextWithoutAPlaceToCut(t *testing.T) {
	for _, end := range []string{" ", "  ", ". ", "? ", "؟ ", " \n", ". \nabc", "\n\n \n"} {
		for _, long := range []string{strings.Repeat("x", 2*MaxText), strings.Repeat("我", MaxText), strings.Repeat(" ", 2*MaxText), strings.Repeat(". ", MaxText)} {
			words := long + end
			out := split(words, func(s string) bool { return len(s) <= MaxText })
			if squeezed(strings.Join(out, "")) != squeezed(words) {
				t.Fatalf("%d bytes and %q: something is missing", len(long), end)
			}
			for _, p := range out {
				if p == "" || len(p) > MaxText {
					t.Fatalf("a piece of %d bytes", len(p))
				}
			}
		}
	}
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	adv.Claims(ana.handle())
	s.bot.Tend(s.ctx)
	ana.Says(strings.Repeat("x", 2*MaxText) + " ")
	if !strings.Contains(squeezed(adv.reads(ana.handle())), strings.Repeat("x", MaxText)) {
		t.Fatal("the adviser does not read it")
	}
}

// S1, S12: after the duress word nothing that was on its way arrives, and the chat above it is cleared; after the return
// words the very same happens.
func TestS12_TheDuressWordClearsTheChat(t *testing.T) {
	for _, forced := range []bool{false, true} {
		s := newScene(t)
		adv := s.adviser("adviser-1")
		ana, c := s.onChat("ana")
		ana.writes("hi", "1", "1", "1", "9")
		for _, choice := range []string{"skip", "more", "skip", "none", "no", "words"} {
			ana.Taps(choice)
		}
		words, duress := ana.madeWords()
		adv.Claims(ana.handle())
		s.bot.Tend(s.ctx)
		c.down = true
		adv.Writes(ana.handle(), "A bed is free.")
		before := s.phone.sent
		if forced {
			words = duress
		}
		ana.Says(words)
		c.down = false
		s.later(2 * time.Minute)
		for _, o := range s.phone.got["ana"][before:] {
			if strings.Contains(o.Text.Reveal(), "A bed is free.") {
				t.Fatalf("forced %v: an adviser's words came after it", forced)
			}
		}
		ana.Hears("check.unseen")
		if n := len(c.deleted); n < before || slices.Contains(c.deleted, fmt.Sprint(s.phone.sent)) {
			t.Fatalf("forced %v: %d of %d messages were cleared", forced, n, before)
		}
		ana.Says("1")
		if got := strings.Contains(ana.screen(), "A bed is free."); got == forced {
			t.Fatalf("forced %v: the adviser's words are shown: %v", forced, got)
		}
	}
}

// S1: a process that was down while a sitting came to its end sends nothing of it when it is back.
func TestS1_NothingLateAfterARestart(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana, c := s.onChat("ana")
	ana.writes("hi", "1", "1", "1", "9")
	adv.Claims(ana.handle())
	adv.Writes(ana.handle(), "I am here.")
	s.later(sittingIdle - time.Minute)
	c.down = true
	adv.Writes(ana.handle(), "A bed is free.")
	n := s.phone.sent
	c.down = false
	s.cfg.Channels = []Channel{c}
	s.now = s.now.Add(3 * time.Minute)
	s.restart()
	if s.phone.sent != n {
		t.Fatal("an adviser's words came after the sitting")
	}
	ana.writes("hi", "1", "1", "1")
	ana.Sees("A bed is free.")
}

// S11: a provider that is down for however long, and comes back within the sitting, has delivered everything in the end:
// no good message is taken for one that cannot be sent.
func TestS11_AnOutageLosesNothing(t *testing.T) {
	for down := 10 * time.Second; down < 3*time.Minute; down += 10 * time.Second {
		s := newScene(t)
		adv := s.adviser("adviser-1")
		ana, c := s.onChat("ana")
		ana.writes("hi", "1", "1", "1", "9")
		adv.Claims(ana.handle())
		s.bot.Tend(s.ctx)
		c.down = true
		for _, words := range []string{"First.", "Second.", "Third."} {
			adv.Writes(ana.handle(), words)
		}
		ana.Says("99")
		for range down / time.Second {
			s.later(time.Second)
		}
		c.down = false
		for range 300 {
			s.later(time.Second)
		}
		for _, words := range []string{"First.", "Second.", "Third.", "999"} {
			if screen := ana.screen(); strings.Count(screen, words) == 0 {
				t.Fatalf("after %v %q never came: %q", down, words, screen)
			}
		}
	}
}

// A poison message holds up no other either while the person goes on writing; and its text waits for them.
func TestAPoisonMessageInALivelyTalk(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	adv.Claims(ana.handle())
	s.bot.Tend(s.ctx)
	s.phone.poison = "poison"
	adv.Writes(ana.handle(), "this is poison")
	adv.Writes(ana.handle(), "A bed is free.")
	came := func(words string) bool {
		return slices.ContainsFunc(s.phone.got["ana"], func(o Outbound) bool { return strings.Contains(o.Text.Reveal(), words) })
	}
	for range 10 {
		s.later(10 * time.Second)
		ana.Says("are you there")
	}
	if !came("A bed is free.") {
		t.Fatal("a poison message holds up the next")
	}
	adv.Writes(ana.handle(), "Come tonight.")
	if !came("Come tonight.") {
		t.Fatal("a poison message that was passed holds up what is written later")
	}
	for range 20 {
		s.later(time.Minute)
		ana.Says("are you there")
	}
	if r := ana.record(); len(r.Out) != 0 || !r.heldLines() {
		t.Fatalf("%d messages wait; the failed one is kept: %v", len(r.Out), r.heldLines())
	}
}

// buttons are what she can tap now: the choices of the last message whose buttons were not taken away, and their turn.
func (h *human) buttons() (choices []Choice, turn string) {
	for _, o := range h.s.phone.got[h.address] {
		if o.Stale != "" {
			choices = nil
		}
		if len(o.Choices) > 0 {
			choices, turn = o.Choices, o.Turn
		}
	}
	return choices, turn
}

// S4: whoever waits and writes, is told that it is kept, and can still tap what was offered; what an answer or the end of the
// sitting overtook counts no more.
func TestButtonsStandAsLongAsTheirQuestion(t *testing.T) {
	s := newScene(t)
	s.phone.limits.CallbackBytes = 64
	s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	for _, choice := range []string{"skip", "more", "skip", "none", "no"} {
		ana.Taps(choice)
	}
	ana.Says("please hurry")
	ana.Hears("handoff.kept")
	s.later(10 * time.Second)
	choices, turn := ana.buttons()
	if len(choices) == 0 {
		t.Fatal("the buttons are gone while their question stands")
	}
	ana.send(Inbound{Digit: 1, Turn: turn})
	ana.Hears("check.help")
	s.later(10 * time.Second)
	ana.send(Inbound{Digit: 4, Turn: turn}) // of the question before
	if r := ana.record(); r.Mode != string(Waiting) {
		t.Fatal("an old button stopped the wait")
	}
	_, turn = ana.buttons()
	s.later(sittingIdle)
	ana.send(Inbound{Digit: 1, Turn: turn})
	ana.Sees("Notices")
}

// S1: while the phone may lie on a table, every piece of a long answer begins with the cover; and nothing of it is missing
// when she writes in between.
func TestS1_EveryPieceBeginsWithTheCover(t *testing.T) {
	s := newScene(t)
	s.phone.limits = smsLimits
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	adv.Claims(ana.handle())
	s.bot.Tend(s.ctx)
	var long strings.Builder
	for i := range 120 {
		fmt.Fprintf(&long, "word%d ", i)
	}
	s.later(awayFor)
	n := len(s.phone.got["ana"])
	adv.Writes(ana.handle(), long.String())
	for _, o := range s.phone.got["ana"][n:] {
		if text := o.Text.Reveal(); !strings.HasPrefix(text, "Notices\n") || locales.Segments(text) > 3 {
			t.Fatalf("%d parts: %q", locales.Segments(text), text)
		}
	}
	for _, away := range []bool{true, false} { // the first piece comes while she is away, or before
		got := ""
		tk := ana.record()
		o := outmsg{ID: "1.0", Lang: "en", Text: long.String()}
		for last := false; !last; o.Piece++ {
			tk.Last = s.now.Unix()
			if away == (o.Piece == 0) {
				tk.Last -= int64(awayFor.Seconds())
			}
			var out Outbound
			out, last = s.bot.render(s.bot.cfg.Content(), tk, &o, smsLimits)
			got += strings.TrimPrefix(out.Text.Reveal(), "Notices\n")
		}
		if squeezed(got) != squeezed(long.String()) {
			t.Fatalf("away %v: cut into %q", away, got)
		}
	}
}

// S3: words beside a picture are heard as any others.
func TestS3_WordsBesideAPicture(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1")
	ana.send(Inbound{Other: true, Text: Hide("999")})
	ana.Hears("card.call")
	ana.send(Inbound{Other: true, Text: Hide("this is the house")})
	ana.Hears("bot.other")
	ana.Says("9")
	adv.Claims(ana.handle())
	s.bot.Tend(s.ctx)
	ana.send(Inbound{Other: true, Text: Hide("this is the house")})
	if got := adv.reads(ana.handle()); !strings.Contains(got, ana.text("bot.desk.other")+" this is the house") {
		t.Fatalf("the adviser reads %q", got)
	}
	ana.send(Inbound{Other: true, Text: Hide("00")})
	if ana.record().Mode != string(Residue) {
		t.Fatal("00 beside a picture did not erase")
	}
}

// A hasty provider reports on a message before it has answered the send.
type hasty struct {
	*phones
	bot   *Bot
	fails *SendError
}

func (c *hasty) Send(ctx context.Context, out Outbound) (Receipt, error) {
	r, err := c.phones.Send(ctx, out)
	if err == nil && c.bot != nil {
		err = c.bot.Report(ctx, Report{Channel: "text", Address: out.To, ID: r.ID, Final: true, Failed: c.fails})
	}
	return r, err
}

// S11: a report that comes before our own commit of the message is not lost.
func TestS11_AReportBeforeTheReceipt(t *testing.T) {
	s := newScene(t)
	s.phone.copies = true
	c := &hasty{phones: s.phone}
	s.bot.cfg.Channels = []Channel{c}
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	adv.Claims(ana.handle())
	s.bot.Tend(s.ctx)
	c.bot = s.bot
	adv.Writes(ana.handle(), "I am here.")
	if id := fmt.Sprint(s.phone.sent); !slices.Contains(s.phone.gone, id) {
		t.Fatal("the provider's copy waits though it was reported final")
	}
	c.fails = &SendError{Next: Never, Class: "landline"}
	adv.Writes(ana.handle(), "A bed is free.")
	if q := s.bot.Queue(); len(q) != 1 || !q[0].Deaf || !ana.record().heldLines() {
		t.Fatal("nobody knows that the adviser's words did not arrive")
	}
	if len(s.bot.early) != 0 {
		t.Fatal("reports are left in memory")
	}
}

// Who has opted out is not written to by the bot either, whatever happens meanwhile; and a report of an older message does
// not make somebody unreachable who has written since.
func TestCannotReplyMeansNothingIsSent(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	never := &SendError{Next: Never, Class: "opted out"}
	report := func() {
		for _, r := range ana.record().Receipts {
			s.ok(s.bot.Report(s.ctx, Report{Channel: "text", Address: Hide("ana"), ID: r.ID, Failed: never}))
		}
	}
	report()
	n := s.phone.sent
	adv.Claims(ana.handle())
	s.bot.Tend(s.ctx)
	s.ok(s.bot.Release(s.ctx, ana.handle(), adv.id))
	s.bot.Tend(s.ctx)
	if s.phone.sent != n {
		t.Fatal("somebody who opted out was written to")
	}
	s.later(time.Minute)
	ana.Says("hello")
	for _, r := range ana.record().Receipts {
		if r.At < s.now.Unix() {
			s.ok(s.bot.Report(s.ctx, Report{Channel: "text", Address: Hide("ana"), ID: r.ID, Failed: never}))
		}
	}
	if q := s.bot.Queue(); len(q) != 1 || q[0].Deaf {
		t.Fatal("a late report made somebody unreachable who has written since")
	}
}
