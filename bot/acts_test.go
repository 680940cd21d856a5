package bot

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"quietline/flows"
	"quietline/line"
)

var shelter = Act{Whom: "The Garden House", What: "your first name and that you need a bed", Why: "so that they keep one", Till: "Friday evening"}

// asks puts an act to the person.
func (a *adviser) asks(handle string, x Act) error {
	a.s.t.Helper()
	a.n++
	err := a.s.bot.AskConsent(a.s.ctx, handle, a.id, "ask-"+string(rune('0'+a.n)), x)
	a.s.bot.Tend(a.s.ctx)
	return err
}

func (a *adviser) acts(handle string) []Act {
	a.s.t.Helper()
	v, err := a.s.bot.Desk(a.s.ctx, handle, a.id, false, "en")
	a.s.ok(err)
	return v.Acts
}

func (s *scene) audited() (out []string) {
	s.t.Helper()
	log, err := s.line.AuditLog(s.ctx)
	s.ok(err)
	for _, e := range log {
		if e.Act == line.ActConsent || e.Act == line.ActComplaint {
			out = append(out, strings.TrimSpace(string(e.Act)+" "+string(e.Note)+" "+e.Handle+" "+e.Actor))
		}
	}
	return out
}

// S6: before anything leaves the line the person reads who, what, why and until when, exactly, and answers for this act. A
// no changes nothing, a yes can be taken back, and the audit says that it was so, and nothing of what.
func TestS6_ConsentActByAct(t *testing.T) {
	for _, web := range []bool{true, false} {
		s := newScene(t)
		mai := s.adviser("adviser-1")
		ana := s.onWeb("ana")
		if web {
			ana.waits()
		} else {
			ana = s.onPhone("ana")
			for _, w := range []string{"hi", "1", "1", "1", "9"} {
				ana.Says(w)
			}
		}
		h := ana.handle()
		mai.Claims(h)
		mai.Writes(h, "There is a house with a free bed.")
		s.ok(mai.asks(h, shelter))
		ana.Hears("consent.ask")
		ana.Sees(shelter.Whom)
		for _, w := range []string{shelter.What, shelter.Why, shelter.Till} {
			ana.Sees(w)
		}
		if acts := mai.acts(h); len(acts) != 1 || !acts[0].Standing || acts[0].Answer != "" {
			t.Fatalf("the adviser sees %+v", acts)
		}
		if err := mai.asks(h, shelter); !errors.Is(err, ErrStanding) {
			t.Fatalf("two questions at once: %v", err)
		}
		if !web {
			ana.Says("1") // it crossed the question on the way: no yes, and the adviser reads it
			if a := mai.acts(h)[0]; a.Answer != "" || !strings.Contains(mai.reads(h), "person: 1\n") {
				t.Fatalf("an answer to what she cannot have read: %+v", a)
			}
		}
		s.later(readFirst)
		s.line.Beat(mai.token)
		ana.Says("3") // explain
		ana.Hears("consent.explain", "consent.ask")
		ana.Says("who are they?") // no answer: it is for the adviser
		if got := mai.reads(h); !strings.Contains(got, "who are they?") || mai.acts(h)[0].Answer != "" {
			t.Fatalf("the adviser reads %q", got)
		}
		s.restart()
		ana.Says("2")
		ana.Hears("consent.refused")
		if a := mai.acts(h)[0]; a.Answer != ActNo || a.Standing || a.Answered.IsZero() {
			t.Fatalf("after a no: %+v", a)
		}
		ana.Says("1") // to the adviser again, and no yes
		if got := mai.reads(h); !strings.Contains(got, "person: 1\n") || mai.acts(h)[0].Answer != ActNo {
			t.Fatalf("a digit after it: %q %+v", got, mai.acts(h))
		}

		s.ok(mai.asks(h, shelter))
		s.later(readFirst)
		mai.Writes(h, "I mean the house with the garden. Do you have 1 or 2 bags?") // takes the question back
		ana.Says("1")
		if acts := mai.acts(h); acts[1].Answer != "" || acts[1].Standing {
			t.Fatalf("a digit meant for the adviser became a yes: %+v", acts)
		}
		s.ok(mai.asks(h, shelter))
		s.later(readFirst)
		ana.Says("1")
		ana.Hears("consent.agreed")
		if a := mai.acts(h)[2]; a.Answer != ActYes {
			t.Fatalf("after a yes: %+v", a)
		}
		want := []string{"asked", "refused", "asked", "asked", "agreed"}
		got := s.audited()
		for i := range want {
			if len(got) != len(want) || got[i] != "consent "+want[i]+" "+h+" "+mai.id {
				t.Fatalf("the audit has %q", got)
			}
		}
		if strings.Contains(s.files(), "Garden House") {
			t.Fatal("the words lie open in a file")
		}
		s.ok(s.bot.Release(s.ctx, h, mai.id)) // back to the bot: it can be taken back from there
		tn := s.bot.world("").begin(ana.record())
		if f := tn.facts(); !f.Agreed {
			t.Fatalf("the menu does not know of it: %+v", f)
		}
		s.ok(s.bot.change(s.ctx, ana.name(), func(w *world, rec *talk) (*turn, error) {
			tn := w.begin(rec)
			tn.carryOut(&flows.Effect{Do: flows.ShowAgreed, ID: flows.MsgAct})
			if len(tn.parts) != 1 {
				t.Errorf("what she agreed to: %+v", tn.parts)
			}
			tn.carryOut(&flows.Effect{Do: flows.TakeBack})
			return tn, nil
		}))
		s.bot.Tend(s.ctx)
		mai.Claims(h)
		if a := mai.acts(h)[2]; a.Answer != ActWithdrawn {
			t.Fatalf("taken back: %+v", a)
		}
		if got := s.audited(); got[len(got)-1] != "consent withdrawn "+h+" "+mai.id {
			t.Fatalf("the audit has %q", got)
		}
		ana.Presses(flows.Erase)
		if t1 := ana.record(); t1 != nil && len(t1.Acts) > 0 {
			t.Fatal("an act outlives the conversation")
		}
	}
}

// Who is not there is not asked, and what is not whole is refused.
func TestConsentIsAskedOfWhoIsThere(t *testing.T) {
	s := newScene(t)
	mai, bea := s.adviser("adviser-1"), s.adviser("adviser-2")
	ana := s.onWeb("ana")
	ana.waits()
	h := ana.handle()
	if err := mai.asks(h, shelter); !errors.Is(err, ErrNotYours) {
		t.Errorf("not held: %v", err)
	}
	mai.Claims(h)
	if err := bea.asks(h, shelter); !errors.Is(err, ErrTaken) {
		t.Errorf("held by another: %v", err)
	}
	for _, bad := range []Act{{}, {Whom: "a", What: "b", Why: "c"}, {Whom: "a\nb", What: "b", Why: "c", Till: "d"},
		{Whom: strings.Repeat("x", MaxActField+1), What: "b", Why: "c", Till: "d"}, {Whom: "a\u202eb", What: "b", Why: "c", Till: "d"}} {
		if err := mai.asks(h, bad); err == nil || !Refused(err) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	mai.n = 40
	s.ok(s.bot.AskConsent(s.ctx, h, mai.id, "once", shelter))
	s.ok(s.bot.AskConsent(s.ctx, h, mai.id, "once", shelter))
	if n := len(mai.acts(h)); n != 1 {
		t.Fatalf("a form sent twice asks %d times", n)
	}
	ana.Taps("yes")
	for range maxActs - 1 {
		s.ok(mai.asks(h, shelter))
		ana.Taps("yes")
	}
	if err := mai.asks(h, shelter); !errors.Is(err, ErrActs) {
		t.Errorf("more than a record holds: %v", err)
	}
	mai.Writes(h, "Thank you.")
	s.later(sittingIdle)
	if err := mai.asks(h, shelter); !errors.Is(err, ErrAway) {
		t.Errorf("nobody is there: %v", err)
	}
}

// The self-report is for adults, with a yes for the adviser and never for longer than the talk; low answers bring help.
func TestSelfReport(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	ana.waits()
	h := ana.handle()
	offer := func() error { return s.bot.OfferReport(s.ctx, h, mai.id) }
	if err := offer(); !errors.Is(err, ErrNotYours) {
		t.Errorf("nobody holds it: %v", err)
	}
	mai.Claims(h)
	s.ok(offer())
	ana.Hears("outcomes.unknown", "outcomes.what", "outcomes.offer") // no return words: it says so
	ana.Taps("yes")
	ana.Taps("low")
	ana.Hears("outcomes.lines")
	ana.Sees("0800 808 3733")
	for range 5 {
		ana.Taps("skip")
	}
	ana.Taps("good")
	ana.Hears("outcomes.shown", "need.housing", "need.education")
	v, err := s.bot.Desk(s.ctx, h, mai.id, false, "en")
	s.ok(err)
	if len(v.Report) != 0 {
		t.Fatal("the adviser sees it before the person's yes")
	}
	ana.Taps("yes")
	v, err = s.bot.Desk(s.ctx, h, mai.id, false, "en")
	s.ok(err)
	if got := plain(v.Report); !strings.Contains(got, ana.text("need.housing")+": "+ana.text("outcomes.low")) || strings.Contains(got, ana.text("need.support")) {
		t.Fatalf("the adviser sees %q", got)
	}
	if err := offer(); !errors.Is(err, ErrSoon) {
		t.Errorf("again at once: %v", err)
	}
	if len(ana.record().Flow.Report) != 0 {
		t.Error("the answers stay in the flow")
	}
	mai.Closes(h)
	if ana.record().Report != "" {
		t.Error("the report outlives the talk")
	}

	bea := s.onWeb("bea") // no yes: nobody sees it, and it counts as answered
	bea.waits()
	h = bea.handle()
	mai.Claims(h)
	s.ok(offer())
	bea.Taps("no")
	s.ok(offer()) // nothing was answered
	bea.Taps("yes")
	for range 7 {
		bea.Taps("middle")
	}
	bea.Taps("no")
	if v, _ := s.bot.Desk(s.ctx, h, mai.id, false, "en"); len(v.Report) != 0 || v.Reported.IsZero() {
		t.Fatalf("refused: %+v", v.Report)
	}
	s.now = s.now.Add(reportEvery)
	s.ok(s.bot.change(s.ctx, bea.name(), func(w *world, rec *talk) (*turn, error) {
		rec.Silence = w.now.Add(sittingIdle).Unix()
		return w.begin(rec), nil
	}))
	s.line.Beat(mai.token)
	s.ok(offer())

	kim := s.onWeb("kim")
	h = kim.isChild()
	s.train(mai, true)
	mai.Claims(h)
	if err := offer(); !errors.Is(err, ErrAdults) {
		t.Errorf("a child: %v", err)
	}
	if log, err := s.line.AuditLog(s.ctx); err != nil || slices.ContainsFunc(log, func(e line.Entry) bool { return strings.Contains(string(e.Act), "report") }) {
		t.Errorf("the audit knows of it: %v", err)
	}
}
