package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// behindWords leads a person to a check-in every week for two weeks, of which an adviser is told, and to a place in the
// line, both behind return words, and lets her leave. It needs an adviser on duty. ready is the plain line she picks.
func (h *human) behindWords(ready string) (words, forced string) {
	h.s.t.Helper()
	h.opens()
	h.asks("2", "1", "1", "1", "2")
	for _, w := range []string{"1", "1", ready, "5"} {
		h.Says(w)
	}
	words, forced = h.madeWords()
	h.Says("1")
	h.Says("0")
	return words, forced
}

// comesBack gives the return words and opens a sitting.
func (h *human) comesBack(words string) {
	h.s.t.Helper()
	h.n += 100
	h.Says(words)
	h.Hears("return.hello")
	h.Says("hi")
	for !strings.Contains(h.screen(), h.text("check.unseen")) {
		h.Says("1")
	}
	h.Says("1")
}

// Whoever only leaves has written too: the next one is left out, and only that.
func TestS7_LeavingIsAMessageToo(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.opens()
	ana.asks("2", "1", "1", "1", "1")
	ana.Says("0")
	s.until(day(5, 10, 0))
	ana.Says("0")
	ana.gets()
	s.until(day(9, 20, 0))
	ana.Gets()
	s.until(day(16, 9, 0))
	ana.Gets("Your photo is ready.")
}

// After the duress word nothing that is written answers for the person: the adviser is told all the same.
func TestS7_WhatIsForcedAnswersNothing(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	ana := s.onPhone("ana")
	_, forced := ana.behindWords("5")
	ana.gets()
	s.until(day(9, 9, 0))
	ana.Gets("Your photo is ready.")
	s.until(day(9, 10, 0))
	ana.Says(forced)
	ana.Hears("return.hello")
	ana.Says("who is this")
	ana.Says("1")
	ana.gets()
	s.until(day(10, 9, 0))
	if q := s.bot.Queue(); len(q) != 1 || !q[0].Quiet {
		t.Fatalf("the queue: %+v", q)
	}
}

// She writes while a line still waits to be sent: that one is left out, and the next one comes.
func TestS7_WrittenWhileALineWaits(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.opens()
	ana.asks("2", "1", "1", "1", "1")
	s.until(day(9, 8, 50))
	for range 20 {
		s.phone.fail = append(s.phone.fail, errors.New("down"))
	}
	s.until(day(9, 9, 1))
	s.phone.fail = nil
	ana.Says("hello")
	ana.gets()
	s.until(day(9, 20, 0))
	ana.Gets()
	s.until(day(16, 9, 0))
	ana.Gets("Your photo is ready.")
}

// Right after a start, before all has been read, a line that was on its way waits too: she may have written just before.
func TestS7_ALineOnItsWayAtAStart(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.opens()
	ana.asks("1", "1", "1", "1", "1")
	s.until(day(3, 8, 50))
	for range 20 {
		s.phone.fail = append(s.phone.fail, errors.New("down"))
	}
	s.until(day(3, 9, 1))
	ana.gets()
	s.phone.fail = nil
	_, err := s.bot.Take(s.ctx, Inbound{Channel: "text", Address: Hide("ana"), ID: "late", Text: Hide("hello")})
	s.ok(err)
	s.ok(s.line.Close())
	s.ok(s.talks.Close())
	s.ok(s.lines.Close())
	s.now = day(3, 9, 10)
	s.open()
	s.bot.whole = make(chan struct{})
	for ch, err := range s.talks.Watch(s.ctx) {
		s.ok(err)
		if ch.Listed {
			break
		}
		s.bot.look(s.ctx, ch)
		s.bot.Tend(s.ctx)
	}
	s.ok(s.bot.catchUpAll(s.ctx))
	close(s.bot.whole)
	s.until(day(3, 13, 0))
	if got := ana.gets(); slices.Contains(got, "Your photo is ready.") {
		t.Fatalf("she gets %q", got)
	}
}

// A line says when it was made, so that a provider can be asked whether it has it after a process died.
func TestS11_ALineSaysWhenItWasMade(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.opens()
	ana.asks("1", "1", "1", "1", "1")
	s.until(day(3, 9, 0))
	got := s.phone.got["ana"]
	if last := got[len(got)-1]; !last.Made.Equal(day(3, 9, 0)) {
		t.Fatalf("made at %v", last.Made)
	}
}

// A line that is agreed to shortly before midnight comes on the day that was shown.
func TestS7_ItComesOnTheDayThatWasShown(t *testing.T) {
	s := newScene(t)
	s.now = day(2, 23, 55)
	ana := s.onPhone("ana")
	ana.opens()
	for _, a := range []string{"5", "1", "1", "1", "1", "1"} {
		ana.Says(a)
	}
	ana.Sees("The first one: Tue 2026-03-03")
	s.later(7 * time.Minute)
	ana.Says("1")
	ana.Hears("checkin.set")
	s.later(time.Hour)
	ana.gets()
	s.until(day(3, 9, 0))
	ana.Gets("Your photo is ready.")
}

// A clock that was ahead for a while moves no agreed day.
func TestS7_AClockPutRightMovesNoDay(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.opens()
	ana.asks("2", "1", "1", "1", "1")
	s.later(time.Hour)
	s.now = day(5, 10, 0)
	ana.Says("hello") // the first one is left out for this
	s.now = day(2, 20, 0)
	s.later(time.Minute)
	ana.gets()
	s.until(day(16, 8, 59))
	ana.Gets()
	s.until(day(16, 9, 0))
	ana.Gets("Your photo is ready.")
}

// A person who cannot be reached any more is told of once, not every week.
func TestS7_UnreachableIsToldOnce(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.opens()
	ana.asks("2", "2", "1", "1", "2")
	s.until(day(9, 8, 50))
	s.phone.fail = []error{&SendError{Next: Never, Class: "blocked"}}
	s.until(day(10, 10, 0))
	q := s.bot.Queue()
	if len(q) != 1 || !q[0].Deaf {
		t.Fatalf("the queue: %+v", q)
	}
	adv.Claims(q[0].Handle)
	if got := adv.reads(q[0].Handle); !strings.Contains(got, "could not be delivered") {
		t.Fatalf("the adviser reads %q", got)
	}
	adv.Closes(q[0].Handle)
	for d := 11; d < 40; d++ {
		s.until(day(d, 10, 0))
		if q := s.bot.Queue(); len(q) != 0 {
			t.Fatalf("day %d, the queue: %+v", d, q)
		}
	}
}

// What arrived was the line that says an answer waits, not the check-in: the adviser is told that it could not be delivered.
func TestS9_AnotherLineIsNoCheckIn(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.opens()
	ana.asks("1", "1", "1", "1", "2")
	for _, w := range []string{"1", "1", "4"} {
		ana.Says(w)
	}
	ana.Hears("handoff.waiting")
	h := ana.handle()
	s.until(day(3, 8, 50))
	ana.gets()
	for range 2000 {
		s.phone.fail = append(s.phone.fail, errors.New("down"))
	}
	s.until(day(3, 12, 1))
	s.phone.fail = nil
	adv.Claims(h)
	adv.Writes(h, "Hello.")
	ana.Gets("A parcel is waiting at the shop.")
	s.until(day(4, 9, 30))
	for _, it := range s.bot.Queue() {
		if !it.Quiet {
			continue
		}
		adv.Claims(it.Handle)
		if got := adv.reads(it.Handle); !strings.Contains(got, "could not be delivered") {
			t.Fatalf("the adviser reads %q", got)
		}
		return
	}
	t.Fatalf("nobody is told: %+v", s.bot.Queue())
}

// A slow channel lets something happen while it sends.
type slow struct {
	*phones
	during func()
}

func (c *slow) Send(ctx context.Context, out Outbound) (Receipt, error) {
	if f := c.during; f != nil {
		c.during = nil
		f()
	}
	return c.phones.Send(ctx, out)
}

// Erased while a line is on its way: it is taken back as soon as it has arrived.
func TestS2_ErasedWhileALineIsSent(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.opens()
	ana.asks("1", "1", "1", "1", "1")
	c := &slow{phones: s.phone}
	s.cfg.Channels = []Channel{c}
	s.restart()
	s.until(day(3, 8, 59))
	c.during = func() {
		_, err := s.bot.Take(s.ctx, Inbound{Channel: "text", Address: Hide("ana"), ID: "00", Text: Hide("00")})
		s.ok(err)
		s.bot.Tend(s.ctx)
	}
	s.until(day(3, 9, 1))
	sent := 0
	for i, o := range s.phone.got["ana"] {
		if o.Text.Reveal() == "Your photo is ready." {
			sent = i + 1
		}
	}
	if sent == 0 || !slices.Contains(s.phone.gone, fmt.Sprint(s.phone.sent)) {
		t.Fatalf("sent %d, withdrawn %q", sent, s.phone.gone)
	}
	s.until(day(5, 12, 0))
	if len(s.bot.cells) != 0 {
		t.Fatalf("%d records are left", len(s.bot.cells))
	}
}

// With her return words she writes from another phone, or from the page: she has been heard, nobody is told of silence, and
// the next one is left out.
func TestS7_HeardElsewhereWithReturnWords(t *testing.T) {
	for _, web := range []bool{false, true} {
		s := newScene(t)
		s.adviser("adviser-1")
		ana := s.onPhone("ana")
		words, _ := ana.behindWords("5")
		ana.gets()
		s.until(day(9, 9, 0))
		ana.Gets("Your photo is ready.")
		s.until(day(9, 12, 0))
		if web {
			page := s.onWeb("ana's page")
			page.Says(words)
			page.Taps("yes")
		} else {
			other := s.onPhone("ana's other phone")
			other.comesBack(words)
		}
		s.until(day(10, 20, 0))
		if q := s.bot.Queue(); len(q) != 0 {
			t.Fatalf("the queue: %+v", q)
		}
		s.until(day(16, 20, 0))
		ana.Gets()
	}
}

// She came back with her return words and read the answer; the next answer brings a line again, as she had asked.
func TestS7_AReadyLineAfterComingBack(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	words, _ := ana.behindWords("4")
	h := s.bot.Queue()[0].Handle
	s.later(time.Hour)
	ana.gets()
	adv.Claims(h)
	adv.Writes(h, "Good day.")
	ana.Gets("A parcel is waiting at the shop.")
	s.later(time.Hour)
	ana.comesBack(words)
	ana.Sees("Good day.")
	ana.Says("0")
	s.later(time.Hour)
	ana.gets()
	adv.Writes(h, "One more thing.")
	ana.Gets("A parcel is waiting at the shop.")
	// This answer is read by nobody and goes; the one after it is another.
	s.until(day(2, 12, 0).Add(waitCeiling + 20*time.Hour))
	ana.Gets()
	if q := s.bot.Queue(); len(q) != 1 {
		t.Fatalf("the queue: %+v", q)
	}
	adv.Writes(h, "I wrote to you.")
	ana.Gets("A parcel is waiting at the shop.")
}

// The process died right after a check-in was written down, before that was crossed off, and was up again when its hours
// came: it is sent once.
func TestS7_SetOnceThoughTheProcessDied(t *testing.T) {
	for writes := 1; writes < 6; writes++ {
		s := newScene(t)
		ana := s.onPhone("ana")
		ana.opens()
		for _, a := range []string{"5", "1", "1", "1", "1", "1"} {
			ana.Says(a)
		}
		ana.Hears("checkin.confirm")
		ana.gets()
		s.bot.cfg.Store = &crashing{s.talks, writes}
		_, err := s.bot.Take(s.ctx, Inbound{Channel: "text", Address: Hide("ana"), ID: "yes", Text: Hide("1")})
		s.ok(err)
		to := askedName(s.bot.secretNow(), "text", "ana", ana.handle())
		s.bot.Tend(s.ctx)
		s.ok(s.line.Close())
		s.ok(s.talks.Close())
		s.ok(s.lines.Close())
		s.now = day(3, 9, 10)
		s.open()
		for ch, err := range s.talks.Watch(s.ctx) {
			s.ok(err)
			if ch.Listed {
				break
			}
			s.bot.look(s.ctx, ch)
		}
		ana.gets()
		s.bot.tendOne(s.ctx, to) // its hours are looked at before what is owed
		s.bot.Tend(s.ctx)
		s.until(day(3, 12, 0))
		if got := slices.DeleteFunc(ana.gets(), func(w string) bool { return w != "Your photo is ready." }); len(got) != 1 {
			t.Fatalf("after %d writes she gets %q", writes, got)
		}
	}
}

// The longest series, nobody answers, and advisers hand what they were told of on and on: 180 days after her last word
// nothing is left, whoever holds it.
func TestS10_NothingOfACheckInAfter180Days(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.opens()
	ana.asks("3", "2", "1", "1", "2")
	last := s.now
	told, came := 0, 0
	for s.now.Before(last.Add(askedCeiling)) {
		s.later(time.Hour)
		came += len(ana.gets())
		if s.now.Hour() != 12 {
			continue
		}
		for _, it := range s.bot.Queue() {
			if it.Mode == Waiting {
				adv.Claims(it.Handle)
				told++
			} else {
				s.ok(s.bot.Release(s.ctx, it.Handle, adv.id))
			}
		}
	}
	if came != 6+1 || told < 6 { // the six, and what stood on her phone when she set it
		t.Fatalf("%d came, %d times an adviser was told", came, told)
	}
	s.later(time.Minute)
	if len(s.bot.Queue()) != 0 || len(s.bot.asks) != 0 || len(s.bot.cells) != 0 {
		t.Fatalf("left: %+v, %d wishes, %d records", s.bot.Queue(), len(s.bot.asks), len(s.bot.cells))
	}
}
