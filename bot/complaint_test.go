package bot

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"quietline/flows"
)

// complains leads a person from the help to the complaint, and answers whether it may be kept.
func (h *human) complains(about, keep string) {
	h.s.t.Helper()
	for _, tap := range []string{"more", "rest", "complaint", about, keep} {
		h.Taps(tap)
	}
	h.Hears("complaint.made", "complaint.write")
}

func (s *scene) seesComplaint(who *adviser, handle string) bool {
	s.t.Helper()
	return slices.ContainsFunc(s.bot.QueueFor(who.id), func(it Item) bool { return it.Handle == handle && it.Complaint })
}

// A complaint about the adviser who is a lead goes to another lead, with the talk only by the person's yes, for 30 days at
// the most.
func TestAComplaintGoesToALeadWhoIsNotItsSubject(t *testing.T) {
	s := newScene(t)
	s.cfg.Body = "Charity Regulator, regulator.example"
	s.restart()
	about, other, mai := s.lead("lead-1"), s.lead("lead-2"), s.adviser("adviser-1")
	ana := s.onPhone("ana")
	for _, w := range []string{"hi", "1", "1", "1", "9"} {
		ana.Says(w)
	}
	h := ana.handle()
	about.Claims(h)
	about.Writes(h, "What do you want now?")
	ana.Says("why are you angry")
	about.Closes(h)
	ana.Hears("closing.thanks")
	if len(ana.record().Log) == 0 {
		t.Fatal("what was written is gone before the person could say what becomes of it")
	}
	ana.Taps("complaint")
	ana.Sees(s.cfg.Body)
	ana.Hears("complaint.who")
	ana.Taps("adviser")
	ana.Hears("complaint.seal", "complaint.keep")
	ana.Taps("yes")
	ana.Says("she was rude to me")
	ana.Hears("complaint.kept")
	ana.Taps("done")
	s.later(sittingIdle)

	for _, who := range []*adviser{about, mai} {
		if q := s.bot.QueueFor(who.id); len(q) > 0 {
			t.Errorf("%s sees %+v", who.id, q)
		}
		if err := s.bot.Claim(s.ctx, h, who.id); !errors.Is(err, ErrComplaint) {
			t.Errorf("%s claims it: %v", who.id, err)
		}
	}
	if !s.seesComplaint(other, h) {
		t.Error("the other lead does not see it")
	}
	s.ok(s.bot.Claim(s.ctx, h, other.id))
	if _, err := s.bot.Desk(s.ctx, h, about.id, true, "en"); !errors.Is(err, ErrComplaint) {
		t.Errorf("its subject reads it: %v", err)
	}
	s.ok(s.bot.Release(s.ctx, h, other.id)) // taken just now: it waits for a lead again, and for nobody else
	if q := s.bot.Queue(); len(q) != 1 || q[0].Mode != Waiting || !q[0].Complaint {
		t.Fatalf("put back: %+v", q)
	}
	if err := s.bot.Claim(s.ctx, h, mai.id); !errors.Is(err, ErrComplaint) {
		t.Errorf("an adviser, after it was put back: %v", err)
	}
	s.restart()
	s.later(20 * 24 * time.Hour)
	if ana.record() == nil || len(s.bot.Queue()) != 1 {
		t.Fatal("it went before its time")
	}
	for _, w := range []string{"hi", "1", "1", "1", "9"} { // the phone is in use again, and somebody asks for a person
		ana.Says(w)
	}
	ana.Never("angry", "rude")
	mai.Claims(h)
	mai.Writes(h, "Hello.")
	if got := mai.reads(h); strings.Contains(got, "angry") || strings.Contains(got, "rude") {
		t.Fatalf("another adviser reads %q", got)
	}
	mai.Closes(h)
	s.later(sittingIdle)
	s.ok(s.bot.Claim(s.ctx, h, other.id))
	v, err := s.bot.Desk(s.ctx, h, other.id, true, "en")
	s.ok(err)
	var got []string
	for _, l := range v.Lines {
		got = append(got, plain(l.Blocks))
	}
	if all := strings.Join(got, "|"); all != "What do you want now?|why are you angry|she was rude to me" {
		t.Errorf("the lead reads %q", all)
	}
	if n := s.audited(); len(n) != 1 || n[0] != "complaint  "+h && n[0] != "complaint "+h && n[0] != "complaint  "+h+" " {
		t.Errorf("the audit has %q", n)
	}
	other.Closes(h)
	if rec := ana.record(); rec != nil && (rec.Complaint != nil || len(rec.Log) > 0) {
		t.Fatalf("a lead has closed it, and it stays: %+v", rec)
	}
}

// After 30 days it is gone, whatever else is kept; after an erase at once.
func TestAComplaintEnds(t *testing.T) {
	s := newScene(t)
	lea := s.lead("lead-1")
	for _, end := range []string{"time", "erase", "leave"} {
		ana := s.onPhone("ana-" + end)
		for _, w := range []string{"hi", "1", "1", "1", "2", "1", "1"} { // no danger, for me, a need
			ana.Says(w)
		}
		ana.complains("bot", "yes")
		ana.Says("it did not understand me")
		h := ana.handle()
		if !s.seesComplaint(lea, h) {
			t.Fatalf("%s: no lead sees it", end)
		}
		switch end {
		case "erase":
			ana.Presses(flows.Erase)
			if s.seesComplaint(lea, h) {
				t.Fatal("erased, and a lead sees it")
			}
			if err := s.bot.Claim(s.ctx, h, lea.id); !errors.Is(err, ErrGone) {
				t.Fatalf("erased: %v", err)
			}
			continue
		case "leave":
			ana.Presses(flows.Leave)
		default:
			s.later(sittingIdle)
		}
		if !s.seesComplaint(lea, h) {
			t.Fatalf("%s: gone with the sitting", end)
		}
		s.later(complaintCeiling - time.Hour)
		if !s.seesComplaint(lea, h) {
			t.Fatalf("%s: gone before its time", end)
		}
		s.later(time.Hour)
		if s.seesComplaint(lea, h) || ana.record() != nil && len(ana.record().Log) > 0 {
			t.Fatalf("%s: there after its time", end)
		}
	}
}

// S9: where no lead could read it, it says so and takes none.
func TestAComplaintThatNobodyCouldRead(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	for _, tap := range []string{"yes", "no", "me", "housing", "more", "rest", "complaint"} {
		ana.Taps(tap)
	}
	ana.Hears("complaint.unheard")
	ana.Never(ana.text("complaint.who"))
	lea := s.lead("lead-1")
	ana.Taps("more")
	ana.Taps("rest")
	ana.Taps("complaint")
	ana.Hears("complaint.who")
	ana.Taps("none")
	ana.Presses(flows.Person)
	lea.Claims(ana.handle())
	lea.Writes(ana.handle(), "Yes?")
	lea.Closes(ana.handle())
	ana.Taps("complaint") // the only lead is whom it may be about
	if got := ana.screen(); strings.Count(got, ana.text("complaint.unheard")) != 2 {
		t.Fatalf("ana reads:\n%s", got)
	}
	if len(s.bot.QueueFor(mai.id)) != 0 {
		t.Error("an item for nobody")
	}
}

// Without the yes only what is written to the lead is kept, no longer than an unanswered handoff; and who waits for a person
// is taken by any adviser all the same.
func TestAComplaintWithoutTheTalk(t *testing.T) {
	s := newScene(t)
	lea, mai := s.lead("lead-1"), s.adviser("adviser-1")
	ana := s.onWeb("ana")
	ana.waits()
	for _, tap := range []string{"me", "more", "skip"} {
		ana.Taps(tap)
	}
	s.ok(s.bot.change(s.ctx, ana.name(), func(w *world, rec *talk) (*turn, error) {
		rec.Flow.Flow, rec.Flow.Step = "check", "more"
		return w.begin(rec), nil
	}))
	for _, tap := range []string{"rest", "complaint", "other", "no"} {
		ana.Taps(tap)
	}
	ana.Says("nobody answered for a week")
	ana.Taps("done")
	h := ana.handle()
	if !s.seesComplaint(lea, h) || s.seesComplaint(mai, h) {
		t.Fatalf("the queue: %+v", s.bot.Queue())
	}
	mai.Claims(h) // the help comes first
	if got := mai.reads(h); strings.Contains(got, "a week") {
		t.Fatalf("what was written to the lead is read by an adviser: %q", got)
	}
	mai.Writes(h, "I am here.")
	mai.Closes(h)
	ana.Taps("now")
	if rec := ana.record(); rec == nil || rec.Complaint == nil || slices.ContainsFunc(rec.Log, func(e entry) bool { return e.Text != "" && !e.Lead }) {
		t.Fatalf("what is left for the lead: %+v", rec)
	}
	if !s.seesComplaint(lea, h) {
		t.Fatal("the lead sees it no more")
	}
	s.later(waitCeiling)
	if rec := ana.record(); rec != nil && (rec.Complaint != nil || len(rec.Log) > 0) {
		t.Fatal("without the yes it ends with the longest wait")
	}
}
