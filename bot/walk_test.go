package bot

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"quietline/flows"
)

// The whole way on the web: one question at a time, a person in three taps, two voices, an end.
func TestWalkOnTheWeb(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1", "en")
	ana := s.onWeb("ana")

	first, err := s.bot.Preview("web", "en", "GB")
	s.ok(err)
	if len(first.Choices) != 5 || first.Turn != "0" {
		t.Fatalf("the first question: %+v", first)
	}
	if s.bot.Load().Sittings != 0 {
		t.Fatal("a record before the first answer")
	}
	ana.Taps("yes")
	ana.Hears("check.unseen", "check.danger")
	ana.Taps("no")
	ana.Hears("check.who")
	ana.Taps("me")
	ana.Taps("housing")
	ana.Hears("check.help")
	ana.Sees("0800 808 3733")
	ana.Taps("write")
	ana.Hears("handoff.summary", "summary.who.me", "need.housing")
	ana.Taps("yes")
	if m := ana.view().Mode; m != Waiting {
		t.Fatalf("she is %s, not waiting", m)
	}
	ana.Says("the door is locked at night")
	ana.Hears("handoff.kept")

	q := s.bot.Queue()
	if len(q) != 1 || q[0].Handle != ana.handle() || q[0].Lang != "en" || q[0].Country != "GB" || len(q[0].Needs) != 1 {
		t.Fatalf("the queue: %+v", q)
	}
	mai.Claims(q[0].Handle)
	ana.Hears("handoff.taken")
	if got := mai.reads(ana.handle()); !strings.Contains(got, "the door is locked at night") || strings.Contains(got, "housing or") {
		t.Fatalf("the adviser reads %q", got)
	}
	mai.Writes(ana.handle(), "Thank you for writing.")
	ana.Sees("adviser: Thank you for writing.")
	ana.Says("1")
	if got := mai.reads(ana.handle()); !strings.Contains(got, "person: 1\n") {
		t.Fatalf("a digit said to an adviser is a word to them: %q", got)
	}
	mai.Closes(ana.handle())
	ana.Hears("closing.thanks", "closing.keep")
	ana.Taps("day")
	ana.Taps("no")
	ana.Hears("closing.bye")
	ana.Never("the door is locked", "Thank you for writing")
	if strings.Contains(s.files(), "the door is locked") {
		t.Fatal("the text lies open in a file")
	}
}

// The same by text: language and country are asked, digits answer, in any script.
func TestWalkByText(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	mai := s.onPhone("mai")
	mai.Says("hello")
	mai.Hears("arrival.language")
	mai.Says("1")
	mai.Hears("arrival.country")
	mai.Says("١")
	mai.Hears("arrival.notice", "check.unseen")
	mai.Says("1")
	mai.Hears("check.danger")
	mai.Says("9")
	if m := mai.record().Mode; m != string(Waiting) {
		t.Fatalf("she is %s, not waiting", m)
	}
	mai.Says("banana") // while a question is asked, text that is no choice is not kept
	if strings.Contains(s.bot.Queue()[0].Handle, "banana") || len(mai.record().Log) != 0 {
		t.Fatal("kept")
	}
}

// A double tap, a provider's repeat, and the form of an old page change nothing.
func TestTakenOnce(t *testing.T) {
	s := newScene(t)
	ana := s.onWeb("ana")
	ana.Taps("yes")
	old := ana.view().Turn
	ana.Taps("no")
	before := ana.screen()
	if got := ana.send(Inbound{Choice: "yes", Turn: old}); !got.Stale {
		t.Fatalf("an old form was taken: %+v", got)
	}
	if got := ana.send(Inbound{ID: "ana-2", Choice: "no"}); !got.Repeat {
		t.Fatalf("a repeat was taken: %+v", got)
	}
	if ana.screen() != before {
		t.Fatal("the screen changed")
	}
	ana.Presses(flows.Leave)
	if got := ana.send(Inbound{Choice: "me", Turn: old}); !got.Left {
		t.Fatalf("a form came after leaving: %+v", got)
	}
	if ana.record() != nil {
		t.Fatal("a late form brought the conversation back")
	}
}

// Two advisers reach for one conversation: one gets it.
func TestClaimHasOneWinner(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-0")
	ana := s.onWeb("ana")
	ana.waits()
	results := make(chan error, 64)
	for i := range 64 {
		go func() { results <- s.bot.Claim(s.ctx, ana.handle(), string(rune('A'+i))) }()
	}
	won := 0
	for range 64 {
		if err := <-results; err == nil {
			won++
		} else if err != ErrTaken {
			t.Errorf("a loser heard %v", err)
		}
	}
	if won != 1 {
		t.Fatalf("%d winners", won)
	}
}

// The adviser's desk is silent: the person is first in the queue again and hears it; the same adviser's desk on: not.
func TestLostAdviser(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	ana.waits()
	mai.Claims(ana.handle())
	ana.Says("are you there")
	s.now = s.now.Add(90 * time.Second)
	s.line.Beat(mai.token)
	s.later(40 * time.Second)
	if m := ana.view().Mode; m != Claimed {
		t.Fatalf("an adviser who is there is not lost: %s", m)
	}
	s.later(2 * time.Minute)
	ana.Hears("handoff.lost")
	if q := s.bot.Queue(); len(q) != 1 || !q[0].Lost || q[0].Mode != Waiting {
		t.Fatalf("the queue: %+v", q)
	}
}

// A restart between any two messages loses nothing.
func TestRestart(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	ana := s.onWeb("ana")
	ana.Taps("yes")
	s.restart()
	ana.Hears("check.danger")
	ana.Taps("yes")
	s.restart()
	if q := s.bot.Queue(); len(q) != 1 || !q[0].Urgent {
		t.Fatalf("the queue: %+v", q)
	}
	mai := s.onPhone("mai")
	s.phone.fail = []error{&SendError{Next: Again, Class: "test"}}
	mai.Says("hello")
	if len(s.phone.got["mai"]) != 0 {
		t.Fatal("the phone failed, yet something came")
	}
	s.restart()
	s.later(time.Minute)
	if n := len(s.phone.got["mai"]); n != 1 {
		t.Fatalf("the answer came %d times", n)
	}
}

// In Arabic a telephone number keeps its order, whatever stands around it.
func TestNumbersKeepTheirOrderInArabic(t *testing.T) {
	s := newScene(t)
	c, err := content()
	s.ok(err)
	text := c.Plain("ar", c.Lines("ar", "GB", "", "show"))
	if !strings.Contains(text, "\u20660800 808 3733\u2069") {
		t.Fatalf("a number without its isolate: %q", text)
	}
	if strings.Contains(c.Plain("en", c.Lines("en", "GB", "", "show")), "\u2066") {
		t.Fatal("an isolate where none is needed")
	}
}

// Right after a start, before every record has been read, a conversation that the desk asks for is not called gone.
func TestDeskRightAfterAStart(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	for i := range 300 {
		s.onWeb(fmt.Sprint("someone ", i)).Taps("yes")
	}
	ana := s.onWeb("ana")
	ana.waits()
	h := ana.handle()
	mai.Claims(h)
	ana.Says("are you there")
	for range 5 {
		b, err := New(s.ctx, s.cfg)
		s.ok(err)
		ctx, stop := context.WithCancel(s.ctx)
		ended := make(chan error, 1)
		go func() { ended <- b.Run(ctx) }()
		if _, err := b.Desk(ctx, h, mai.id, false, "en"); err != nil {
			t.Fatalf("right after the start: %v", err)
		}
		if _, err := b.Desk(ctx, "NOBODY00", mai.id, false, "en"); err != ErrGone {
			t.Fatalf("nobody's handle: %v", err)
		}
		stop()
		s.ok(<-ended)
	}
}
