package bot

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// talking leads a person to an adviser who has written once.
func (s *scene) talking(web bool, a *adviser) *human {
	s.t.Helper()
	ana := s.onPhone("ana")
	if web {
		ana = s.onWeb("ana")
		ana.waits()
	} else {
		for _, w := range []string{"hi", "1", "1", "1", "9"} {
			ana.Says(w)
		}
	}
	a.Claims(ana.handle())
	a.Writes(ana.handle(), "Hello, I am here.")
	ana.Says("hello")
	return ana
}

func (a *adviser) desk(handle string) DeskView {
	a.s.t.Helper()
	v, err := a.s.bot.Desk(a.s.ctx, handle, a.id, false, "en")
	a.s.ok(err)
	return v
}

// passes lets time pass while an adviser's desk is heard from.
func (s *scene) passes(d time.Duration, a *adviser) {
	s.t.Helper()
	for ; d > 0; d -= 30 * time.Second {
		s.line.Beat(a.token)
		s.later(min(d, 30*time.Second))
	}
	s.line.Beat(a.token)
}

// The phone changed hands: what comes after silence is marked, and one neutral line asks, in the person's language.
func TestSilenceMaySaySomebodyElse(t *testing.T) {
	for _, web := range []bool{true, false} {
		s := newScene(t)
		mai := s.adviser("adviser-1")
		ana := s.talking(web, mai)
		h := ana.handle()
		s.passes(pauseFor-time.Second, mai)
		ana.Says("still me")
		s.passes(pauseFor, mai)
		ana.Says("what is this")
		lines := mai.desk(h).Lines
		if n := len(lines); lines[n-2].Pause || !lines[n-1].Pause {
			t.Fatalf("marked are %+v", lines)
		}
		s.ok(s.bot.AskSure(s.ctx, h, mai.id, "sure"))
		s.ok(s.bot.AskSure(s.ctx, h, mai.id, "sure"))
		s.bot.Tend(s.ctx)
		ana.Hears(SureID)
		if n := strings.Count(ana.screen(), ana.text(SureID)); n != 1 {
			t.Fatalf("it is asked %d times", n)
		}
		if got := mai.reads(h); !strings.Contains(got, "adviser: "+ana.text(SureID)) {
			t.Fatalf("the desk has %q", got)
		}
		s.restart()
		if got := mai.reads(h); !strings.Contains(got, ana.text(SureID)) {
			t.Fatalf("after a restart the desk has %q", got)
		}
		mai.Closes(h)
		s.later(sittingIdle)
		if r := ana.record(); r != nil && strings.Contains(fmt.Sprint(r.Log), SureID) {
			t.Fatalf("it outlives the conversation: %+v", r.Log)
		}
	}
}

// Cover now: the chat is gone from the phone, whoever writes next meets the cover, and only whoever comes through it again
// finds the adviser.
func TestCoverNow(t *testing.T) {
	for _, web := range []bool{true, false} {
		s := newScene(t)
		mai := s.adviser("adviser-1")
		ana := s.talking(web, mai)
		h := ana.handle()
		sent := s.phone.sent
		if err := s.bot.CoverNow(s.ctx, h, "NOBODY00"); !errors.Is(err, ErrTaken) {
			t.Fatalf("somebody else stops it: %v", err)
		}
		s.ok(s.bot.CoverNow(s.ctx, h, mai.id))
		s.bot.Tend(s.ctx)
		if s.phone.sent != sent {
			t.Fatal("something was sent to a phone that somebody else may hold")
		}
		v := mai.desk(h)
		if !v.Covered || v.Adviser != mai.id || v.Alert {
			t.Fatalf("the desk has %+v", v.Item)
		}
		if web {
			if !ana.view().Gone {
				t.Fatal("the page stays")
			}
		} else {
			if s.phone.withdrawn["ana"] == 0 {
				t.Fatal("nothing was withdrawn")
			}
			before := len(mai.desk(h).Lines)
			ana.Says("who is this")
			ana.Sees(s.cfg.Cover)
			ana.Never("adviser", "hello, i am here")
			if n := len(mai.desk(h).Lines); n != before {
				t.Fatal("the adviser reads what was written to the cover")
			}
			if mai.desk(h).Covered {
				t.Fatal("it stays stopped though the person came back")
			}
			for !strings.Contains(ana.screen(), ana.text("check.unseen")) {
				ana.Says("1")
			}
			ana.Says("1")
			ana.Says("it is me again")
			if got := mai.reads(h); !strings.Contains(got, "it is me again") {
				t.Fatalf("through the cover and a sitting: the desk has %q; the phone %q", got, ana.screen())
			}
		}
		log, err := s.line.AuditLog(s.ctx)
		s.ok(err)
		if e := log[len(log)-1]; string(e.Act) != "cover" || e.Handle != h || e.Actor != mai.id {
			t.Fatalf("the audit has %+v", e)
		}
	}
}

// What was not sent when the chat was stopped waits, and comes behind a new sitting alone.
func TestCoverNowHoldsWhatWasNotSent(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.talking(false, mai)
	h := ana.handle()
	s.phone.fail = []error{&SendError{Next: Again, After: time.Hour}}
	mai.Writes(h, "Go out by the garden.")
	s.ok(s.bot.CoverNow(s.ctx, h, mai.id))
	s.later(2 * time.Hour)
	for _, o := range s.phone.got["ana"] {
		if strings.Contains(o.Text.Reveal(), "garden") {
			t.Fatal("it was sent after the chat was stopped")
		}
	}
	if !ana.record().heldLines() {
		t.Fatal("it is lost")
	}
}

// Notes are kept with a yes to them alone, for whoever answers next, and go with it or with the conversation.
func TestNotesWithAYes(t *testing.T) {
	for _, web := range []bool{true, false} {
		s := newScene(t)
		mai, kim := s.adviser("adviser-1"), s.adviser("adviser-2")
		ana := s.talking(web, mai)
		h := ana.handle()
		n := Notes{Before: "left the farm", Now: "sleeps at a friend's", Next: "call the shelter"}
		if err := s.bot.SetNotes(s.ctx, h, mai.id, n); !errors.Is(err, ErrNotes) {
			t.Fatalf("notes without a yes: %v", err)
		}
		s.ok(s.bot.AskNotes(s.ctx, h, mai.id, "n1"))
		s.bot.Tend(s.ctx)
		ana.Hears("consent.ask", "notes.whom", "notes.what", "notes.why", "notes.till")
		s.later(readFirst)
		ana.Says("2")
		if err := s.bot.SetNotes(s.ctx, h, mai.id, n); !errors.Is(err, ErrNotes) {
			t.Fatalf("notes after a no: %v", err)
		}
		s.ok(s.bot.AskNotes(s.ctx, h, mai.id, "n2"))
		s.bot.Tend(s.ctx)
		s.later(readFirst)
		s.line.Beat(mai.token)
		s.line.Beat(kim.token)
		ana.Says("1")
		if err := s.bot.SetNotes(s.ctx, h, mai.id, Notes{Now: strings.Repeat("x", MaxNote+1)}); !errors.Is(err, ErrTooLong) {
			t.Fatalf("a long one: %v", err)
		}
		if err := s.bot.SetNotes(s.ctx, h, kim.id, n); !errors.Is(err, ErrTaken) {
			t.Fatalf("somebody else's notes: %v", err)
		}
		s.ok(s.bot.SetNotes(s.ctx, h, mai.id, n))
		if strings.Contains(s.files(), "shelter") {
			t.Fatal("the notes lie open in a file")
		}
		s.restart()
		s.ok(s.line.GoOnDuty(s.ctx, kim.token))
		s.ok(s.bot.Release(s.ctx, h, mai.id))
		kim.Claims(h)
		if v := kim.desk(h); v.Notes != n || !v.Noted {
			t.Fatalf("the next adviser has %+v", v.Notes)
		}
		s.ok(s.bot.change(s.ctx, ana.name(), func(w *world, rec *talk) (*turn, error) {
			tn := w.begin(rec)
			rec.Looked = rec.lastAct()
			tn.takeBack()
			return tn, nil
		}))
		if v := kim.desk(h); v.Notes != (Notes{}) || v.Noted || ana.record().Notes != nil {
			t.Fatalf("taken back: %+v", v.Notes)
		}
	}
}

func TestNotesGoWithTheConversation(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.talking(false, mai)
	h := ana.handle()
	s.ok(s.bot.AskNotes(s.ctx, h, mai.id, "n"))
	s.bot.Tend(s.ctx)
	s.later(readFirst)
	ana.Says("1")
	s.ok(s.bot.SetNotes(s.ctx, h, mai.id, Notes{Now: "sleeps at a friend's"}))
	mai.Closes(h)
	for _, w := range []string{"1", "1"} {
		ana.Says(w)
	}
	s.later(sittingIdle + time.Minute)
	if r := ana.record(); r != nil && r.Notes != nil {
		t.Fatalf("closed, and %+v is kept", r.Notes)
	}
}

// A help line is sent as the directory has it, in the person's language; what people may not see is not sent.
func TestAServiceCardIsSent(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.talking(false, mai)
	h := ana.handle()
	all := s.bot.ServicesFor("GB", "", "es", "en")
	if len(all) == 0 {
		t.Fatal("the directory has none")
	}
	first := all[0]
	if first.Theirs[0].Number != first.Own[0].Number || strings.Join(first.Theirs[0].Notes, "") == strings.Join(first.Own[0].Notes, "") {
		t.Fatalf("in two languages: %+v and %+v", first.Theirs, first.Own)
	}
	s.ok(s.bot.SendService(s.ctx, h, mai.id, "v", "GB", first.ID))
	s.bot.Tend(s.ctx)
	ana.Sees(first.Own[0].Name)
	ana.Sees(first.Own[0].Number)
	for _, note := range first.Own[0].Notes {
		ana.Sees(note)
	}
	for _, where := range []string{"ES", "XX"} {
		if err := s.bot.SendService(s.ctx, h, mai.id, "v"+where, where, first.ID); !errors.Is(err, ErrService) {
			t.Fatalf("a line of another country: %v", err)
		}
	}
}

// Whoever answered before comes first, while they are there; nothing that presses waits for them.
func TestTheSameAdviserComesFirst(t *testing.T) {
	for _, urgent := range []bool{false, true} {
		s := newScene(t)
		mai, kim := s.adviser("adviser-1"), s.adviser("adviser-2")
		ana := s.talking(true, mai)
		h := ana.handle()
		s.ok(s.bot.change(s.ctx, ana.name(), func(w *world, rec *talk) (*turn, error) { // as when they come back after a close
			rec.Mode, rec.Hand.Since = string(Waiting), w.now.Unix()
			return w.begin(rec), nil
		}))
		if urgent {
			ana.Presses("urgent")
		}
		err := s.bot.Claim(s.ctx, h, kim.id)
		if urgent {
			s.ok(err)
			continue
		}
		if !errors.Is(err, ErrBefore) {
			t.Fatalf("another one takes it at once: %v", err)
		}
		if q := s.bot.QueueFor(mai.id); len(q) != 1 || q[0].Before != mai.id {
			t.Fatalf("the queue has %+v", q)
		}
		s.later(firstFor)
		s.line.Beat(mai.token)
		s.line.Beat(kim.token)
		s.ok(s.bot.Claim(s.ctx, h, kim.id))
	}
}

// What an adviser said is on its way, sent, arrived, or waits.
func TestHowFarAWordHasCome(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.talking(false, mai)
	h := ana.handle()
	is := func(want Delivery) {
		t.Helper()
		lines := mai.desk(h).Lines
		for i := len(lines) - 1; i >= 0; i-- {
			if lines[i].From == FromAdviser {
				if lines[i].State != want {
					t.Fatalf("it is %q, want %q", lines[i].State, want)
				}
				return
			}
		}
	}
	is(Sent)
	s.phone.fail = []error{&SendError{Next: Again, After: time.Minute}}
	mai.Writes(h, "One moment.")
	is(Sending)
	s.later(2 * time.Minute)
	is(Sent)
	rs := ana.record().Receipts
	s.ok(s.bot.Report(s.ctx, Report{Channel: "text", Address: Hide("ana"), ID: rs[len(rs)-1].ID, Final: true}))
	is(Came)
	ana.Says("0")
	mai.Writes(h, "Come back when you can.")
	is(Waits)
}

// Danger is marked in whatever language of the line it is written.
func TestDangerIsMarkedInEveryLanguage(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.talking(true, mai)
	h := ana.handle()
	for words, want := range map[string]string{"tiene un cuchillo": MarkDanger, "he has a knife": MarkDanger, "quiero morir": MarkHarm, "I cook rice": ""} {
		ana.Says(words)
		lines := mai.desk(h).Lines
		if got := lines[len(lines)-1].Mark; got != want {
			t.Errorf("%q is marked %q", words, got)
		}
	}
}
