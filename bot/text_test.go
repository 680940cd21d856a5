package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"quietline/flows"
	"quietline/locales"
)

var smsLimits = flows.Limits{Channel: "text", MaxChoices: 6, MaxSegments: 3}

// squeezed is a text without its spaces: what cutting may change.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// Every piece fits the channel, none is empty, nothing is lost, and the choices stand below the last.
func TestPiecesFitAndLoseNothing(t *testing.T) {
	choices := []Choice{{ID: "a", Digit: 1, Label: "Yes"}, {ID: "b", Digit: 2, Label: "No, not now"}}
	long := strings.Repeat("من فضلك اكتب لنا. ", 60)
	for _, limits := range []flows.Limits{{}, smsLimits, {MaxText: 100}, {MaxText: 100, CallbackBytes: 64}, {MaxText: 40, MaxSegments: 1}} {
		for _, words := range []string{"", "short", strings.Repeat("Line one.\nLine two is longer. ", 30), long, strings.Repeat("x", 900),
			strings.Repeat("😀", 200), strings.Repeat("€[]", 150), long + "\nAre you in danger right now?"} {
			out := pieces("", words, choices, limits)
			for i, p := range out {
				if i == len(out)-1 && limits.CallbackBytes == 0 {
					p = Outbound{Text: Hide(p), Choices: choices}.WithChoices()
				}
				if limits.MaxText > 0 && len(p) > limits.MaxText {
					t.Errorf("%+v: a piece of %d bytes", limits, len(p))
				}
				if limits.MaxSegments > 0 && locales.Segments(p) > limits.MaxSegments {
					t.Errorf("%+v: a piece of %d parts", limits, locales.Segments(p))
				}
			}
			want := words
			if limits.MaxSegments > 0 {
				want = locales.Texting(words)
			}
			if got := squeezed(strings.Join(out, "")); got != squeezed(want) {
				t.Errorf("%+v: cut %q into %q", limits, words, out)
			}
		}
	}
}

// The whole way over a channel of text messages: every message has at most three parts, and the first is the cover.
func TestTextMessagesAreShort(t *testing.T) {
	s := newScene(t)
	s.phone.limits, s.phone.copies = smsLimits, true
	ana := s.onPhone("ana")
	ana.lang, ana.country = "", "GB"
	ana.writes("hi")
	ana.Sees("Notices")
	ana.writes("1", "1", "1", "2", "1", "1", "3", "99", "9", "2", "4")
	if len(s.phone.got["ana"]) < 10 {
		t.Fatalf("only %d messages came", len(s.phone.got["ana"]))
	}
	for _, o := range s.phone.got["ana"] {
		if n := locales.Segments(o.WithChoices()); n > 3 || n == 0 {
			t.Errorf("%d parts: %q", n, o.WithChoices())
		}
	}
}

// S1, S11: what could not be sent in time is not sent later; an adviser's words wait for the person instead.
func TestS1_TooLateIsNotSent(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana, c := s.onChat("ana")
	ana.writes("hi", "1", "1", "1", "9")
	mai.Claims(ana.handle())
	s.bot.Tend(s.ctx)
	c.down = true
	ana.Says("are you there")
	mai.Writes(ana.handle(), "A bed is free.")
	for range 15 { // they go on writing, so that the sitting stays open
		s.later(time.Minute)
		ana.Says("hello")
	}
	n := len(s.phone.got["ana"])
	c.down = false
	s.later(10 * time.Minute)
	for _, o := range s.phone.got["ana"][n:] {
		if strings.Contains(o.Text.Reveal(), "A bed is free.") || strings.Contains(o.Text.Reveal(), ana.text("handoff.taken")) {
			t.Fatalf("came late: %q", o.Text.Reveal())
		}
	}
	if r := ana.record(); !r.heldLines() {
		t.Fatal("the adviser's words are lost")
	}
}

// A message that a provider fails on for ever holds up no other for long; it is kept for the person when it is too late.
func TestAPoisonMessageHoldsUpNoOther(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	mai.Claims(ana.handle())
	s.bot.Tend(s.ctx)
	s.phone.poison = "poison"
	mai.Writes(ana.handle(), "this is poison")
	mai.Writes(ana.handle(), "A bed is free.")
	for range 60 {
		s.later(2 * time.Second)
	}
	ana.Sees("A bed is free.")
	s.later(outLives - 3*time.Minute)
	s.later(time.Minute)
	if r := ana.record(); len(r.Out) != 0 || !r.heldLines() {
		t.Fatalf("%d messages wait; the failed one is kept for later: %v", len(r.Out), r.heldLines())
	}
}

// A message that is refused as it is goes aside at once, and the next is sent.
func TestARefusedMessageIsNotTriedAgain(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	s.phone.fail = []error{&SendError{Next: Lost, Class: "filtered"}}
	ana.Says("hi")
	if r := ana.record(); len(r.Out) != 0 || s.phone.sent != 0 {
		t.Fatalf("%d wait, %d sent", len(r.Out), s.phone.sent)
	}
	ana.Says("hi")
	ana.Hears("arrival.language")
}

// Somebody whom the provider does not reach is never written to until they write; the desk sees it; nothing is lost.
func TestCannotReply(t *testing.T) {
	for _, how := range []string{"at once", "reported"} {
		s := newScene(t)
		mai := s.adviser("adviser-1")
		ana := s.onPhone("ana")
		ana.writes("hi", "1", "1", "1", "9")
		mai.Claims(ana.handle())
		s.bot.Tend(s.ctx)
		never := &SendError{Next: Never, Class: "opted out"}
		if how == "at once" {
			s.phone.fail = []error{never}
		}
		mai.Writes(ana.handle(), "A bed is free.")
		if how == "reported" {
			rs := ana.record().Receipts
			s.ok(s.bot.Report(s.ctx, Report{Channel: "text", Address: Hide("ana"), ID: rs[len(rs)-1].ID, Final: true, Failed: never}))
		}
		if q := s.bot.Queue(); len(q) != 1 || !q[0].Deaf {
			t.Fatalf("%s: the desk does not see that nothing arrives: %+v", how, q)
		}
		n := s.phone.sent
		mai.Writes(ana.handle(), "Come tonight.")
		s.later(time.Minute)
		if s.phone.sent != n {
			t.Fatalf("%s: somebody who opted out was written to", how)
		}
		ana.Says("hello")
		if q := s.bot.Queue(); q[0].Deaf {
			t.Fatalf("%s: they wrote, and the desk still says that nothing arrives", how)
		}
		ana.Sees("A bed is free.")
		ana.Sees("Come tonight.")
	}
}

// A report of a message that nobody knows, or of a conversation that there is none of, changes nothing.
func TestAReportMakesNoRecord(t *testing.T) {
	s := newScene(t)
	s.ok(s.bot.Report(s.ctx, Report{Channel: "text", Address: Hide("ana"), ID: "7", Final: true}))
	ana := s.onPhone("ana")
	if ana.record() != nil {
		t.Fatal("a report made a record")
	}
	ana.Says("hi")
	rev := s.bot.known(ana.name())
	s.ok(s.bot.Report(s.ctx, Report{Channel: "text", Address: Hide("ana"), ID: "nobody knows it", Final: true}))
	if s.bot.known(ana.name()) != rev {
		t.Fatal("a report of an unknown message changed the record")
	}
}

// What only the provider keeps goes as soon as it may: reported final, or after a minute; nothing waits for a leave.
func TestTheProvidersCopyGoesSoon(t *testing.T) {
	s := newScene(t)
	s.phone.copies = true
	ana := s.onPhone("ana")
	ana.Says("hi")
	first := ana.record().Receipts
	if len(first) != 2 || len(s.phone.gone) != 0 {
		t.Fatalf("%d receipts, %d gone", len(first), len(s.phone.gone))
	}
	s.ok(s.bot.Report(s.ctx, Report{Channel: "text", Address: Hide("ana"), ID: "1", Final: true}))
	s.bot.Tend(s.ctx)
	if !slices.Equal(s.phone.gone, []string{"1"}) {
		t.Fatalf("gone: %v", s.phone.gone)
	}
	s.later(copyStays)
	if r := ana.record().Receipts; len(r) != 0 {
		t.Fatalf("%d copies are left", len(r))
	}
}

// S2: what is said when somebody leaves goes by itself soon after, and everything else at once.
func TestS2_TheGoodbyeGoesToo(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "0")
	bye := fmt.Sprint(s.phone.sent)
	if slices.Contains(s.phone.gone, bye) || !slices.Contains(s.phone.gone, "1") || !slices.Contains(s.phone.gone, "in-ana-1") {
		t.Fatalf("gone at once: %v", s.phone.gone)
	}
	s.later(farewellStays)
	if !slices.Contains(s.phone.gone, bye) {
		t.Fatal("the goodbye stays in the chat")
	}
	s.later(residueRepeat)
	if ana.record() != nil {
		t.Fatal("something stays in the store")
	}
}

// S2: the end of a sitting clears the chat; a chat that waits for an adviser is not wiped, and is in the end.
func TestS2_TheEndOfASittingClearsTheChat(t *testing.T) {
	s := newScene(t)
	ana, mai := s.onPhone("ana"), s.onPhone("mai")
	ana.writes("hi", "1", "1", "1")
	mai.writes("hi", "1", "1", "1", "9")
	s.later(sittingIdle)
	s.later(10 * time.Minute)
	if s.phone.withdrawn["ana"] < 8 {
		t.Fatalf("only %d messages went with the sitting", s.phone.withdrawn["ana"])
	}
	if n := s.phone.withdrawn["mai"]; n != 0 {
		t.Fatalf("%d messages of a waiting chat were wiped", n)
	}
	s.later(recallAge) // nobody came, nobody asked
	if s.phone.withdrawn["mai"] < 8 {
		t.Fatalf("only %d messages of the waiting chat went with age", s.phone.withdrawn["mai"])
	}
}

// A button knows only its place: it answers the question it was sent with; tapped twice it counts once; tapped late it
// brings the question that stands now.
func TestButtons(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	s.phone.limits.CallbackBytes = 64
	ana.Says("hi")
	first := s.phone.got["ana"][0].Turn
	ana.send(Inbound{Digit: 1, Turn: first})
	ana.Hears("arrival.country")
	if got := s.phone.got["ana"]; got[len(got)-1].Stale != "" {
		t.Fatal("buttons that went with the tap are taken away again")
	}
	if taken := ana.send(Inbound{Digit: 1, Turn: first}); !taken.Stale || ana.screen() != "" {
		t.Fatalf("a double tap was answered: %q", ana.screen())
	}
	s.later(time.Minute)
	ana.send(Inbound{Digit: 1, Turn: first})
	ana.Hears("arrival.country")
	if ana.record().Country != "" {
		t.Fatal("an old button answered a new question")
	}
	s.later(time.Minute)
	ana.send(Inbound{Digit: 6, Turn: s.phone.got["ana"][len(s.phone.got["ana"])-1].Turn})
	ana.Hears("arrival.country")
}

// Whatever is not text has its answer, and the adviser hears of it; nothing of it is kept.
func TestOtherThings(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.send(Inbound{Other: true})
	ana.Hears("bot.other", "arrival.language")
	ana.writes("1", "1", "1")
	ana.send(Inbound{Other: true, Text: Hide("99")}) // words beside a picture count
	ana.Hears("card.call")
	ana.Says("9")
	adv.Claims(ana.handle())
	s.bot.Tend(s.ctx)
	ana.send(Inbound{Other: true})
	if ana.screen() != "" {
		t.Fatalf("two voices: %q", ana.screen())
	}
	if got := adv.reads(ana.handle()); !strings.Contains(got, ana.text("bot.desk.other")) {
		t.Fatalf("the adviser reads %q", got)
	}
}

// A changed message answers no question; keys count, and the adviser reads it.
func TestEditedMessages(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1")
	ana.send(Inbound{Edited: true, Text: Hide("2")})
	ana.Hears("bot.edited", "arrival.country")
	ana.writes("1", "1")
	ana.send(Inbound{Edited: true, Text: Hide("99")})
	ana.Hears("card.call")
	ana.send(Inbound{Edited: true, Text: Hide("9")})
	adv.Claims(ana.handle())
	s.bot.Tend(s.ctx)
	ana.send(Inbound{Edited: true, Text: Hide("the blue house")})
	if got := adv.reads(ana.handle()); !strings.Contains(got, ana.text("bot.desk.edited")+" the blue house") {
		t.Fatalf("the adviser reads %q", got)
	}
	ana.send(Inbound{Edited: true, Text: Hide("00")})
	if ana.record().Mode != string(Residue) {
		t.Fatal("an edit to 00 did not erase")
	}
}

// The longest message of a text channel reaches the adviser whole.
func TestALongMessageIsTakenWhole(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	adv.Claims(ana.handle())
	s.bot.Tend(s.ctx)
	long := strings.Repeat("من فضلك ", 800)
	ana.Says(long)
	got := strings.ReplaceAll(adv.reads(ana.handle()), "person: ", "")
	if !strings.Contains(squeezed(got), squeezed(long)) {
		t.Fatal("something of a long message is missing")
	}
}

// What comes after a pause begins with the cover: the phone may lie on a table.
func TestS1_TheFirstLineIsTheCoverAfterAPause(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	adv.Claims(ana.handle())
	adv.Writes(ana.handle(), "I am here.")
	s.later(3 * time.Minute)
	adv.Writes(ana.handle(), "A bed is free.")
	got := s.phone.got["ana"]
	if before, after := got[len(got)-2].Text.Reveal(), got[len(got)-1].Text.Reveal(); strings.HasPrefix(before, "Notices") || !strings.HasPrefix(after, "Notices\n") {
		t.Fatalf("%q then %q", before, after)
	}
}

// S2: the one line that a person chose to keep stays when the chat is cleared, however it ends; "00" takes it too.
func TestS2_OneLineStaysIfChosen(t *testing.T) {
	for _, end := range []string{"0", "silence", "00"} {
		s := newScene(t)
		s.phone.limits.Clears = true
		s.adviser("adviser-1")
		ana := s.onPhone("ana")
		ana.writes("hi", "1", "1", "1", "9")
		for _, choice := range []string{"skip", "more", "skip", "none"} {
			ana.Taps(choice)
		}
		ana.Hears("handoff.trace")
		ana.Taps("number")
		ana.Sees("Notices: ")
		line := ""
		for i, o := range s.phone.got["ana"] {
			if strings.HasPrefix(o.Text.Reveal(), "Notices: ") {
				line = fmt.Sprint(i + 1)
			}
		}
		switch end {
		case "silence": // they stop waiting, finish, and put the phone away
			ana.Taps("no") // no plain line when an answer waits
			ana.Taps("stop")
			ana.Taps("finish")
			s.later(sittingIdle)
			s.later(time.Hour)
		default:
			ana.Says(end)
			s.later(time.Hour)
		}
		if got := slices.Contains(s.phone.gone, line); got != (end == "00") {
			t.Errorf("after %q the line is gone: %v", end, got)
		}
		if end == "0" {
			ana.Says("00")
			s.later(time.Minute)
			if !slices.Contains(s.phone.gone, line) {
				t.Error("00 after leaving leaves the line in the chat")
			}
		}
		s.later(residueCeiling)
		if ana.record() != nil {
			t.Errorf("after %q something stays in the store", end)
		}
	}
}

// S2: chosen at the goodbye, the line stays too, and is all that does but the goodbye.
func TestS2_OneLineStaysAfterTheGoodbye(t *testing.T) {
	for choice, wanted := range map[string]bool{"number": true, "nothing": false} {
		s := newScene(t)
		s.phone.limits.Clears = true
		ana := s.onPhone("ana")
		ana.writes("hi", "1", "1", "1", "2", "1", "1")
		ana.Taps("finish")
		ana.Hears("handoff.trace")
		ana.Taps(choice)
		ana.Hears("closing.bye")
		s.later(time.Minute)
		lines := 0
		for i, o := range s.phone.got["ana"] {
			if !strings.HasPrefix(o.Text.Reveal(), "Notices: ") {
				continue
			}
			if lines++; slices.Contains(s.phone.gone, fmt.Sprint(i+1)) {
				t.Error("the line is gone with the rest")
			}
		}
		if wanted != (lines == 1) || lines > 1 {
			t.Errorf("after %q there are %d lines", choice, lines)
		}
	}
}

// S2: when somebody falls silent while an adviser writes, the chat is cleared; the adviser's later words wait.
func TestS2_SilenceClearsAHeldChat(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	adv.Claims(ana.handle())
	adv.Writes(ana.handle(), "I am here.")
	s.later(sittingIdle)
	if s.phone.withdrawn["ana"] < 8 {
		t.Fatalf("only %d messages were cleared", s.phone.withdrawn["ana"])
	}
}
