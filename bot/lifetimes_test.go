package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"quietline/flows"
)

// writes sends texts, one after the other.
func (h *human) writes(words ...string) {
	h.s.t.Helper()
	for _, w := range words {
		h.Says(w)
	}
}

// S11: whoever comes back within the minutes that a closed sitting's page stays is not erased in the middle of the new one.
func TestS11_ANewSittingOutlivesTheOldOnesEnd(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	ana.Taps("someone") // the cover; the page goes in five minutes
	s.later(keepNow - time.Minute)
	ana.waits()
	s.later(2 * time.Minute)
	if q := s.bot.Queue(); len(q) != 1 {
		t.Fatalf("she waited and is gone: %+v", q)
	}
	// The same by text, a day later: the time counts from the last contact.
	bea := s.onPhone("bea")
	bea.writes("hi", "1", "1", "1", "9")
	mai.Claims(bea.handle())
	mai.Writes(bea.handle(), "I am here.")
	s.later(sittingIdle)
	s.later(keepDay - sittingIdle - time.Minute)
	bea.writes("hi", "1", "1", "1", "thank you")
	s.later(2 * time.Minute)
	if bea.record().Handle == "" {
		t.Fatal("erased while she talks with the adviser")
	}
}

// S10: "forget now" counts also for somebody who has return words and is with no adviser.
func TestS10_ForgetNowWithReturnWords(t *testing.T) {
	for choice, kept := range map[string]time.Duration{"now": keepNow, "weeks": keepFortnight} {
		s := newScene(t)
		mai := s.adviser("adviser-1")
		ana := s.onWeb("ana")
		words, _ := ana.makesWords(mai)
		ana.Taps("done")
		back := s.onWeb("ana again")
		back.Says(words)
		back.Taps("yes")
		back.Presses(flows.Person)
		for range 3 { // all that is asked while waiting
			back.Taps(back.view().Choices[0].ID)
		}
		back.Taps("stop")
		back.Taps("finish")
		back.Taps(choice)
		s.later(kept - time.Minute)
		third := s.onWeb("ana once more")
		third.Says(words)
		if has := third.record().Words != nil; has != (choice != "now") {
			t.Fatalf("%s: the words open something: %v", choice, has)
		}
	}
}

// S3: an adviser who gives the conversation back, or ends it, without a word on the danger does not keep the card away.
func TestS3_TheCardComesThoughTheAdviserGoes(t *testing.T) {
	for name, goes := range map[string]func(*scene, *adviser, string) error{
		"release": func(s *scene, a *adviser, h string) error { return s.bot.Release(s.ctx, h, a.id) },
		"end":     func(s *scene, a *adviser, h string) error { return s.bot.End(s.ctx, h, a.id) },
	} {
		s := newScene(t)
		mai := s.adviser("adviser-1")
		ana := s.onWeb("ana")
		ana.waits()
		mai.Claims(ana.handle())
		ana.Says("he has a knife")
		s.ok(goes(s, mai, ana.handle()))
		s.later(alertWait + time.Second)
		if !strings.Contains(ana.screen(), ana.text("card.call")) {
			t.Fatalf("%s: no card:\n%s", name, ana.screen())
		}
	}
}

// S4: an adviser who claims and is gone before anybody wrote is missed all the same.
func TestS4_AnAdviserWhoClaimsAndIsGone(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	ana.waits()
	mai.Claims(ana.handle())
	s.later(lostPage + time.Second)
	ana.Hears("handoff.lost")
	if q := s.bot.Queue(); len(q) != 1 || !q[0].Lost || q[0].Mode != Waiting {
		t.Fatalf("the queue: %+v", q)
	}
}

// S10: a conversation given back into the queue lives as long as its place there, however often it is given back: to 96
// hours after the person's last word.
func TestS10_GivenBackItLivesToItsTime(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	h := ana.handle()
	mai.Claims(h)
	mai.Writes(h, "I am here.")
	s.later(sittingIdle)
	s.later(waitCeiling / 2)
	s.ok(s.bot.Release(s.ctx, h, mai.id))
	s.later(waitCeiling/2 - time.Hour)
	if q := s.bot.Queue(); len(q) != 1 {
		t.Fatalf("gone from the queue before its time: %+v", q)
	}
	mai.Claims(h)
	s.ok(s.bot.Release(s.ctx, h, mai.id))
	s.later(time.Hour)
	if q := s.bot.Queue(); len(q) != 0 {
		t.Fatalf("given back again and again it never ends: %+v", q)
	}
}

// S11: where the state dies with the machine, no handoff is promised beyond a day.
func TestS11_NoPromiseBeyondADayInMemory(t *testing.T) {
	s := newScene(t)
	s.bot.cfg.Durable = false
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	if until := s.bot.Queue()[0].Until; until.After(s.now.Add(keepDay)) {
		t.Fatalf("promised until %v", until)
	}
}

// S2: a full disk: an erase that cannot leave its residue still kills the key.
func TestS2_EraseOnAFullDisk(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	mai := s.onPhone("mai")
	mai.writes("hi", "1", "1", "1", "9")
	s.bot.cfg.Store = fullStore{s.talks}
	if got := mai.Says("00"); !got.Left {
		t.Fatalf("the erase was refused: %+v", got)
	}
	if mai.record() != nil {
		t.Fatal("the conversation can still be read")
	}
}

// S2: whoever ends with return words on a phone has what was said taken back there, the words among it.
func TestS2_WordsDoNotStayOnThePhone(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	h := ana.handle()
	mai.Claims(h)
	ana.Says("hello")
	mai.Closes(h)
	ana.writes("2", "1", "1") // a day, words, "I know them"
	s.later(time.Minute)
	if n := s.phone.withdrawn["ana"]; n < 8 {
		t.Fatalf("%d messages were withdrawn", n)
	}
}

// S10: text lives from handoff to closing; whoever stops waiting has ended the handoff.
func TestS10_NoTextAfterTheHandoff(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	for _, tap := range []string{"yes", "no", "me", "housing", "write", "yes"} {
		ana.Taps(tap)
	}
	mai.Claims(ana.handle())
	ana.Says("a secret")
	mai.Writes(ana.handle(), "an answer to it")
	s.ok(s.bot.Release(s.ctx, ana.handle(), mai.id))
	ana.Taps("stop")
	for _, e := range ana.record().Log {
		if e.Text != "" {
			t.Fatalf("kept after the handoff: a line of the %s", e.From)
		}
	}
}

// S2: a page without return words that is left has no way back, so nothing of it stays.
func TestS2_LeftWithNoWayBack(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	for _, answered := range []bool{false, true} {
		ana := s.onWeb(fmt.Sprint("ana-", answered))
		ana.waits()
		mai.Claims(ana.handle())
		mai.Closes(ana.handle())
		if answered {
			ana.Taps("day")
			ana.Taps("no")
		}
		ana.Presses(flows.Leave)
		if ana.record() != nil {
			t.Fatalf("left behind: %+v", ana.record())
		}
	}
}

// S10: a fortnight that was chosen counts from the last contact, also when that contact came to nothing.
func TestS10_AFortnightStaysAFortnight(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	mai.Claims(ana.handle())
	mai.Closes(ana.handle())
	ana.writes("3", "2")
	h := ana.handle()
	s.later(time.Hour)
	ana.Says("hello") // she, or somebody else who holds the phone
	s.later(sittingIdle)
	s.later(keepFortnight - sittingIdle - time.Minute)
	if tk := ana.record(); tk == nil || tk.Handle != h {
		t.Fatal("gone before the time that was chosen")
	}
	s.later(2 * time.Minute)
	if tk := ana.record(); tk != nil && tk.Handle != "" {
		t.Fatal("kept longer than was chosen")
	}
}
