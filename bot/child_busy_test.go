package bot

import (
	"errors"
	"strings"
	"testing"
	"time"

	"quietline/flows"
)

// While each adviser trained for children talks with somebody else, a child hears so and is shown lines for children, the
// case stands first with every lead and with whoever is trained, and nobody else may take it.
func TestAChildWaitsForATrainedAdviser(t *testing.T) {
	s := newScene(t)
	mai, ada, lea := s.adviser("adviser-1", "en"), s.adviser("adviser-2", "en"), s.lead("lead-1")
	s.train(ada, true)
	ana := s.onWeb("ana")
	ana.waits()
	ada.Claims(ana.handle())
	bo := s.onWeb("bo")
	bo.Taps("yes")
	bo.Taps("yes") // an adult in danger, who waits longer

	kim := s.onWeb("kim")
	h := kim.isChild()
	kim.Hears("handoff.busy", "handoff.now", "handoff.before")
	kim.Never(kim.text("handoff.untrained"), kim.text("handoff.soon"))
	if screen := kim.screen(); strings.Count(screen, "08000 121 700") != 2 { // with the first words to a child, and now
		t.Fatalf("no line for children:\n%s", screen)
	}
	refused := func() {
		t.Helper()
		for _, who := range []*adviser{mai, lea} {
			if err := s.bot.Claim(s.ctx, h, who.id); !errors.Is(err, ErrChild) {
				t.Fatalf("without the training: %v", err)
			}
		}
	}
	refused()
	for _, c := range []struct {
		who    *adviser
		first  string
		closed bool
	}{{ada, h, false}, {lea, h, true}, {mai, bo.handle(), true}} {
		q := s.bot.QueueFor(c.who.id)
		if q[0].Handle != c.first {
			t.Errorf("first with %s: %+v", c.who.id, q[0])
		}
		for _, it := range q {
			if it.Handle == h && (!it.Child || !it.Trained || !it.Busy || it.Closed != c.closed) {
				t.Errorf("%s sees %+v", c.who.id, it)
			}
		}
	}

	s.restart() // found again from the store
	s.line.Beat(ada.token)
	refused()
	tam := s.onWeb("tam") // who waits already, and then says so
	tam.Taps("yes")
	tam.Presses(flows.Person)
	tam.Taps("child")
	tam.Taps("yes")
	tam.Hears("child.lines", "handoff.busy")
	pat := s.onWeb("pat") // hurt, and at once in the queue
	for _, tap := range []string{"yes", "no", "child", "yes", "hurt", "overdose", "yes"} {
		pat.Taps(tap)
	}
	pat.Hears("handoff.urgent", "handoff.busy", "handoff.before")

	ada.Closes(ana.handle()) // free again
	if q := s.bot.QueueFor(lea.id); q[0].Handle != bo.handle() && q[0].Handle != pat.handle() {
		t.Errorf("danger comes first again: %+v", q[0])
	}
	refused()
	ada.Claims(h)
	if v, err := s.bot.Desk(s.ctx, h, ada.id, false, "en"); err != nil || !v.Child {
		t.Fatalf("the desk shows %+v, %v", v.Item, err)
	}

	// Somebody who has gone away keeps nobody busy.
	lou := s.onWeb("lou")
	lou.isChild()
	lou.Hears("handoff.busy")
	s.ok(s.bot.Release(s.ctx, h, ada.id))
	jo := s.onPhone("jo")
	for _, w := range []string{"hi", "1", "1", "1", "9"} {
		jo.Says(w)
	}
	ada.Claims(jo.handle())
	if !s.bot.engagedNow(ada.id) {
		t.Error("not busy with somebody who is there")
	}
	for range 1 + sittingIdle/time.Minute {
		s.line.Beat(ada.token)
		s.later(time.Minute)
	}
	s.line.Beat(ada.token)
	if jo := jo.record(); Mode(jo.Mode) != Claimed || jo.Flow.Open {
		t.Fatalf("jo is %s", jo.Mode)
	}
	if s.bot.engagedNow(ada.id) {
		t.Error("busy with somebody whose sitting is closed")
	}
	sam := s.onWeb("sam")
	sam.isChild()
	sam.Never(sam.text("handoff.busy"))
	sam.Hears("handoff.soon")
}
