package bot

import (
	"errors"
	"strings"
	"testing"

	"quietline/flows"
)

// three are acts that a person agreed to, oldest first.
var three = []Act{shelter,
	{Whom: "Doctor Lane", What: "that you hurt your arm", Why: "so that they see you today", Till: "this evening"},
	{Whom: "The law centre", What: "that your papers are kept", Why: "so that a lawyer calls us", Till: "the end of the month"}}

// looks opens what she said yes to, from where she waits.
func (h *human) looks() {
	h.s.t.Helper()
	for _, tap := range []string{"more", "rest", "agreed"} {
		h.Taps(tap)
	}
}

// shown is the act that is on the screen now, and the only one that is asked about.
func (h *human) shown() string {
	h.s.t.Helper()
	screen, at, whom := h.screen(), -1, ""
	for _, a := range three {
		if i := strings.LastIndex(screen, a.Whom); i > at {
			at, whom = i, a.Whom
		}
	}
	if i := strings.LastIndex(screen, h.text("consent.look")); i < 0 || i > at {
		h.s.t.Fatalf("nothing is asked about:\n%s", screen)
	}
	return whom
}

// S6: each yes is taken back by itself. They come one after another, the oldest first, also after leaving and coming back
// with return words; the adviser sees which one was taken back, and the others stand.
func TestS6_OneYesIsTakenBack(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	ana.waits()
	h := ana.handle()
	mai.Claims(h)
	for _, a := range three {
		s.ok(mai.asks(h, a))
		ana.Taps("yes")
	}
	answers := func() string {
		t.Helper()
		var out []string
		for _, a := range mai.acts(h) {
			out = append(out, a.Whom+": "+a.Answer)
		}
		return strings.Join(out, ", ")
	}
	s.ok(s.bot.Release(s.ctx, h, mai.id))
	s.bot.Tend(s.ctx)
	ana.looks()
	if got := ana.shown(); got != three[0].Whom {
		t.Fatalf("first comes %s", got)
	}
	s.restart()
	ana.Taps("keep")
	if got := ana.shown(); got != three[1].Whom {
		t.Fatalf("second comes %s", got)
	}
	ana.Never(three[2].Whom + ". What: " + three[2].What + ". Why: " + three[2].Why + ". Until when: " + three[2].Till + ".\n" + ana.text("consent.look"))
	ana.Taps("take")
	ana.Hears("consent.took")
	if got := ana.shown(); got != three[2].Whom {
		t.Fatalf("third comes %s", got)
	}
	s.line.Beat(mai.token)
	ana.Taps("keep")
	if at := ana.record().Flow; at.Flow != "handoff" || at.Step != "waiting" {
		t.Fatalf("behind the last she is at %+v", at)
	}
	ana.Presses(flows.Back) // the look begins anew
	if got := ana.shown(); got != three[0].Whom {
		t.Fatalf("after going back comes %s", got)
	}
	ana.Taps("keep")
	if got := ana.shown(); got != three[2].Whom {
		t.Fatalf("what was taken back comes again: %s", got)
	}
	ana.Taps("keep")
	want := three[0].Whom + ": yes, " + three[1].Whom + ": withdrawn, " + three[2].Whom + ": yes"
	mai.Claims(h)
	if got := answers(); got != want {
		t.Fatalf("the adviser sees %s", got)
	}
	if got := s.audited(); got[len(got)-1] != "consent withdrawn "+h+" "+mai.id || strings.Contains(strings.Join(got[:len(got)-1], "\n"), "withdrawn") {
		t.Fatalf("the audit has %q", got)
	}
	s.ok(s.bot.Release(s.ctx, h, mai.id))
	s.bot.Tend(s.ctx)

	// She leaves, and comes back from another page with her return words.
	ana.Taps("words")
	words, _ := ana.madeWords()
	ana.Taps("done")
	ana.Presses(flows.Leave)
	bo := s.onWeb("bo")
	bo.Taps("yes")
	bo.Never(three[0].Whom, three[1].Whom, three[2].Whom)
	eve := s.onWeb("eve")
	eve.Says(words)
	eve.Taps("yes")
	if got := eve.handle(); got != h {
		t.Fatalf("she is %s, not %s", got, h)
	}
	eve.looks()
	if got := eve.shown(); got != three[0].Whom {
		t.Fatalf("after coming back first comes %s", got)
	}
	eve.Taps("keep")
	if got := eve.shown(); got != three[2].Whom {
		t.Fatalf("after coming back second comes %s", got)
	}
	eve.Never(three[1].Whom)
	eve.Taps("take")
	eve.Taps("more")
	eve.Taps("rest")
	eve.Taps("agreed")
	eve.Taps("take")
	eve.Hears("consent.took")
	eve.Presses(flows.Back) // nothing is left to look at
	eve.Taps("agreed")
	if at := eve.record().Flow; at.Flow != "handoff" || at.Step != "waiting" {
		t.Fatalf("with nothing left she is at %+v", at)
	}
	if f := s.bot.world("").begin(eve.record()).facts(); f.Agreed || f.More {
		t.Fatalf("nothing is left: %+v", f)
	}
	mai.Claims(h)
	if got := answers(); strings.Count(got, "withdrawn") != 3 {
		t.Fatalf("the adviser sees %s", got)
	}
}

// When a talk ends each yes is looked at before anything else; a version before this one asked about all at once, and an
// answer to its question takes back all.
func TestEachYesIsLookedAtWhenATalkEnds(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	ana.waits()
	h := ana.handle()
	mai.Claims(h)
	for _, a := range three[:2] {
		s.ok(mai.asks(h, a))
		ana.Taps("yes")
	}
	mai.Closes(h)
	ana.Hears("closing.thanks")
	if got := ana.shown(); got != three[0].Whom {
		t.Fatalf("first comes %s", got)
	}
	old := ana.record()
	old.Looked = 0
	tn := s.bot.world("").begin(old)
	tn.next(flows.Event{Kind: flows.Chose, Choice: "take"})
	if tn.t.agreedTo() {
		t.Error("an answer about all leaves one")
	}
	if tn = s.bot.world("").begin(ana.record()); tn.t.Looked == 0 {
		t.Error("none is looked at")
	}
	tn.closeSitting()
	if tn.t.Looked != 0 {
		t.Error("which one was looked at outlives the sitting")
	}
	ana.Taps("take")
	ana.Hears("consent.took")
	if got := ana.shown(); got != three[1].Whom {
		t.Fatalf("second comes %s", got)
	}
	ana.Taps("keep")
	ana.Hears("closing.keep")
	if acts := ana.record().Acts; acts[0].Answer != ActWithdrawn || acts[1].Answer != ActYes {
		t.Fatalf("what stands: %+v", acts)
	}
	if err := mai.asks(h, three[2]); !errors.Is(err, ErrClosedNow) {
		t.Fatalf("asked after the end: %v", err)
	}
}
