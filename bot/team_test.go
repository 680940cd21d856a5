package bot

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"quietline/line"
)

// A lead opens what another holds with a stated reason; the adviser and the audit see it, and it ends.
func TestALeadStatesWhy(t *testing.T) {
	s := newScene(t)
	mai, kim := s.adviser("adviser-1"), s.lead("lead-1")
	ana := s.talking(true, mai)
	h := ana.handle()
	read := func() error { _, err := s.bot.Desk(s.ctx, h, kim.id, true, "en"); return err }
	if err := read(); !errors.Is(err, ErrReason) {
		t.Fatalf("without a reason: %v", err)
	}
	if err := s.bot.Look(s.ctx, h, kim.id, "curiosity"); !errors.Is(err, ErrReason) {
		t.Fatalf("a reason of their own: %v", err)
	}
	if err := s.bot.Look(s.ctx, h, mai.id, line.NoteSupport); !errors.Is(err, ErrNotYours) {
		t.Fatalf("somebody who is no lead: %v", err)
	}
	s.ok(s.bot.AskLead(s.ctx, h, mai.id))
	if calls := s.bot.Calls(kim.id); len(calls) != 1 || !calls[0].Wants {
		t.Fatalf("the lead is not called: %+v", calls)
	}
	s.ok(s.bot.Look(s.ctx, h, kim.id, line.NoteInvited))
	s.ok(read())
	if v := mai.desk(h); len(v.Looks) != 1 || v.Looks[0] != (Look{kim.id, line.NoteInvited}) || v.Wants {
		t.Fatalf("the adviser sees %+v", v.Looks)
	}
	s.bot.Tend(s.ctx)
	log, err := s.line.AuditLog(s.ctx)
	s.ok(err)
	if e := log[len(log)-1]; e.Act != line.ActOpen || e.Note != line.NoteInvited || e.Handle != h || e.Actor != kim.id {
		t.Fatalf("the audit has %+v", e)
	}
	s.now = s.now.Add(lookFor)
	if err := read(); !errors.Is(err, ErrReason) || len(mai.desk(h).Looks) != 0 {
		t.Fatalf("an hour later: %v", err)
	}
}

// A transfer is one swap: the person is told, the colleague has it and the danger that nobody reacted to, and nobody else.
func TestTransfer(t *testing.T) {
	for _, web := range []bool{true, false} {
		s := newScene(t)
		mai, kim, ida := s.adviser("adviser-1"), s.adviser("adviser-2"), s.adviser("adviser-3")
		ana := s.talking(web, mai)
		h := ana.handle()
		ana.Says("he has a knife")
		s.ok(s.line.SignOut(s.ctx, ida.token))
		for to, want := range map[string]error{ida.id: ErrAbsent, mai.id: ErrAbsent, "NOBODY00": ErrAbsent} {
			if err := s.bot.Transfer(s.ctx, h, mai.id, to); !errors.Is(err, want) {
				t.Fatalf("to %s: %v", to, err)
			}
		}
		if err := s.bot.Transfer(s.ctx, h, kim.id, kim.id); !errors.Is(err, ErrTaken) {
			t.Fatalf("taken by a transfer of one's own: %v", err)
		}
		s.ok(s.bot.Transfer(s.ctx, h, mai.id, kim.id))
		s.bot.Tend(s.ctx)
		ana.Hears(MovedID)
		if v := kim.desk(h); !v.Given || !v.Alert || v.Mode != Claimed || !strings.Contains(kim.reads(h), "knife") {
			t.Fatalf("the colleague has %+v", v.Item)
		}
		if calls := s.bot.Calls(kim.id); len(calls) != 1 {
			t.Fatalf("the colleague is not called: %+v", calls)
		}
		if err := s.bot.Says(s.ctx, h, mai.id, "late", Hide("one more thing")); !errors.Is(err, ErrTaken) {
			t.Fatalf("two voices: %v", err)
		}
		kim.n = 10 // a form of her own
		kim.Writes(h, "I am here.")
		if v := kim.desk(h); v.Given || v.Alert {
			t.Fatalf("after the colleague's word: %+v", v.Item)
		}
	}
}

// A colleague whose desk falls silent loses it like anybody: it is first in the queue again.
func TestATransferThatNobodyTakesUp(t *testing.T) {
	s := newScene(t)
	mai, kim := s.adviser("adviser-1"), s.adviser("adviser-2")
	ana := s.talking(true, mai)
	h := ana.handle()
	s.ok(s.bot.Transfer(s.ctx, h, mai.id, kim.id))
	for range 8 { // kim is gone
		s.line.Beat(mai.token)
		s.later(30 * time.Second)
	}
	if it := s.bot.QueueFor(mai.id); len(it) != 1 || it[0].Mode != Waiting || !it[0].Lost {
		t.Fatalf("the queue has %+v", it)
	}
}

// Two that transfer at once: one winner, and the person hears of one.
func TestTransfersHaveOneWinner(t *testing.T) {
	s := newScene(t)
	mai, kim, ida := s.adviser("adviser-1"), s.adviser("adviser-2"), s.adviser("adviser-3")
	ana := s.talking(true, mai)
	h := ana.handle()
	var wg sync.WaitGroup
	errs := make([]error, 2)
	for i, to := range []*adviser{kim, ida} {
		wg.Go(func() { errs[i] = s.bot.Transfer(s.ctx, h, mai.id, to.id) })
	}
	wg.Wait()
	if (errs[0] == nil) == (errs[1] == nil) || strings.Count(ana.screen(), ana.text(MovedID)) != 1 {
		t.Fatalf("%v; the person reads %s", errs, ana.screen())
	}
}

// Whoever holds as many as they can answer takes no more, but for somebody in danger.
func TestTheLoadLimit(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	s.ok(s.line.ChangeStaff(s.ctx, "", mai.id, func(x *line.Staff) { x.Limit = 1 }))
	s.talking(true, mai)
	bea, eva := s.onWeb("bea"), s.onWeb("eva")
	bea.waits()
	if err := s.bot.Claim(s.ctx, bea.handle(), mai.id); !errors.Is(err, ErrLoad) {
		t.Fatalf("a second one: %v", err)
	}
	eva.waits()
	eva.Presses("urgent")
	s.ok(s.bot.Claim(s.ctx, eva.handle(), mai.id))
	if err := s.line.ChangeStaff(s.ctx, "", mai.id, func(x *line.Staff) { x.Limit = line.MaxLimit + 1 }); err == nil {
		t.Fatal("any limit is taken")
	}
}
