package bot

import (
	"errors"
	"strings"
	"testing"

	"quietline/flows"
	"quietline/line"
)

// lead signs in as a lead and goes on duty.
func (s *scene) lead(name string) *adviser {
	s.t.Helper()
	a := s.adviser(name)
	s.ok(s.line.ChangeStaff(s.ctx, "", a.id, func(x *line.Staff) { x.Role = line.Lead }))
	return a
}

func (s *scene) train(a *adviser, is bool) {
	s.t.Helper()
	s.ok(s.line.ChangeStaff(s.ctx, "", a.id, func(x *line.Staff) { x.ChildTrained = is }))
}

// isChild says under 18 and asks for a person.
func (h *human) isChild() string {
	h.s.t.Helper()
	for _, tap := range []string{"yes", "no", "child", "yes", "write"} {
		h.Taps(tap)
	}
	return h.handle()
}

// While somebody trained for children is on duty nobody else takes a child's; when none is, an adult adviser may, the case
// stands first with every lead, and the child is told so.
func TestAChildIsTakenByTrainedAdvisers(t *testing.T) {
	s := newScene(t)
	mai, ada, lea := s.adviser("adviser-1", "en"), s.adviser("adviser-2", "en"), s.lead("lead-1")
	s.train(ada, true)
	bo := s.onWeb("bo")
	bo.Taps("yes")
	bo.Taps("yes") // an adult in danger, who waits longer
	kim := s.onWeb("kim")
	h := kim.isChild()
	kim.Never(kim.text("handoff.untrained"))

	if err := s.bot.Claim(s.ctx, h, mai.id); !errors.Is(err, ErrChild) || !Refused(err) {
		t.Fatalf("an adviser without the training: %v", err)
	}
	seen := func(who *adviser) Item {
		t.Helper()
		for _, it := range s.bot.QueueFor(who.id) {
			if it.Handle == h {
				return it
			}
		}
		t.Fatalf("%s does not see it", who.id)
		return Item{}
	}
	if it := seen(mai); !it.Child || !it.Trained || !it.Closed {
		t.Fatalf("adviser-1 sees %+v", it)
	}
	if it := seen(ada); it.Closed {
		t.Fatalf("the trained adviser sees %+v", it)
	}
	if q := s.bot.QueueFor(lea.id); q[0].Handle != bo.handle() {
		t.Fatalf("danger comes before a child for whom somebody is there: %+v", q)
	}
	ada.Claims(h)
	if v, err := s.bot.Desk(s.ctx, h, ada.id, false, "en"); err != nil || !v.Child || len(v.Needs) != 0 {
		t.Fatalf("the desk shows %+v, %v", v.Item, err)
	}
	s.ok(s.bot.Release(s.ctx, h, ada.id))
	if err := s.bot.Claim(s.ctx, h, mai.id); !errors.Is(err, ErrChild) {
		t.Fatalf("after it was put back: %v", err)
	}
	s.restart()
	s.ok(s.line.GoOffDuty(s.ctx, ada.token))
	if q := s.bot.QueueFor(lea.id); q[0].Handle != h || q[0].Trained {
		t.Fatalf("first with the lead: %+v", q)
	}
	mai.Claims(h)

	tam := s.onWeb("tam")
	tam.isChild()
	tam.Hears("handoff.untrained")
}

// Who tapped it by mistake takes it back while the sitting is open. The next one to hold the phone does not.
func TestUnderEighteenIsTakenBack(t *testing.T) {
	s := newScene(t)
	ana := s.onWeb("ana")
	ana.isChild()
	if !ana.record().Hand.Child {
		t.Fatal("not noted")
	}
	tn := s.bot.world("").begin(ana.record())
	before := tn.st
	tn.st.Answers.Age = ""
	tn.mark(before, flows.Chose)
	if tn.t.Hand.Child {
		t.Error("it was taken back in the same sitting, and stays")
	}
	tn = s.bot.world("").begin(ana.record())
	before = tn.st
	before.Open = false // a sitting opens anew, in other hands
	tn.st.Answers.Age = ""
	tn.mark(before, flows.Chose)
	if !tn.t.Hand.Child {
		t.Error("a sitting that opens takes it away")
	}
}

// Hurt or at risk: the first reply is at once, the queue has a flag, and whoever answers sees which. The person reads so.
func TestWhoIsHurtComesFirst(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	eve := s.onWeb("eve") // waits longest, for no such reason
	eve.waits()
	ana := s.onWeb("ana")
	ana.Taps("yes")
	ana.send(Inbound{Text: Hide("i want to die")})
	ana.Hears("hurt.selfharm", "hurt.already", "hurt.listen", "hurt.person")
	ana.Taps("yes")
	q := s.bot.Queue()
	if len(q) != 2 || q[0].Handle != ana.handle() || strings.Join(q[0].Flags, " ") != "selfharm" {
		t.Fatalf("the queue: %+v", q)
	}
	mai.Claims(ana.handle())
	mai.Writes(ana.handle(), "I am here.")
	n := strings.Count(ana.screen(), ana.text("hurt.selfharm"))
	ana.send(Inbound{Text: Hide("i will kill myself tonight")}) // S8: while an adviser is there they are told, and the bot is silent
	v, err := s.bot.Desk(s.ctx, ana.handle(), mai.id, false, "en")
	s.ok(err)
	if !v.Alert || !v.Harm || !strings.Contains(mai.reads(ana.handle()), "tonight") || strings.Count(ana.screen(), ana.text("hurt.selfharm")) != n {
		t.Fatalf("the adviser sees %+v", v.Item)
	}
	s.later(alertWait) // nobody reacts: the bot answers
	if strings.Count(ana.screen(), ana.text("hurt.selfharm")) != n+1 {
		t.Fatalf("nobody answered her:\n%s", ana.screen())
	}
	s.ok(s.bot.Ack(s.ctx, ana.handle(), mai.id))
	if v, _ = s.bot.Desk(s.ctx, ana.handle(), mai.id, false, "en"); v.Alert || v.Harm {
		t.Errorf("acknowledged, and still %+v", v.Item)
	}
}

// Every adviser sees that somebody needs care soon; which care, only whoever answers sees.
func TestCareIsForWhoeverAnswers(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	ana.waits()
	ana.Taps("skip")
	ana.Taps("more")
	ana.Taps("skip")
	ana.Hears("handoff.summary")
	ana.record()
	tn := s.bot.world("").begin(ana.record())
	tn.st.Answers.Flags = []string{"rape", "pregnant", "bleeding"}
	tn.mark(tn.st, flows.Chose)
	if got := strings.Join(tn.t.item().Flags, " "); got != FlagHealth+" bleeding" {
		t.Errorf("the queue says %q", got)
	}
	c, _ := content()
	if got := plain(c.always("en", tn.st.Answers)); !strings.Contains(got, ana.text("summary.always")) || !strings.Contains(got, ana.text("summary.flag.rape")) {
		t.Errorf("she reads %q", got)
	}
	s.ok(s.bot.change(s.ctx, ana.name(), func(w *world, rec *talk) (*turn, error) {
		tn := w.begin(rec)
		rec.Hand.flag("rape")
		return tn, nil
	}))
	mai.Claims(ana.handle())
	if v, err := s.bot.Desk(s.ctx, ana.handle(), mai.id, false, "en"); err != nil || strings.Join(v.Flags, " ") != "rape" {
		t.Errorf("whoever answers sees %v, %v", v.Flags, err)
	}
}
