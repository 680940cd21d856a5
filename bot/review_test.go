package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// S10: a conversation given back into the queue lives as long as its place there.
func TestS10_GivenBackItLivesToItsTime(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	h := ana.handle()
	mai.Claims(h)
	mai.Writes(h, "I am here.")
	s.later(sittingIdle)
	s.later(waitCeiling - time.Hour)
	s.ok(s.bot.Release(s.ctx, h, mai.id))
	s.later(2 * time.Hour)
	if q := s.bot.Queue(); len(q) != 1 {
		t.Fatalf("gone from the queue before its time: %+v", q)
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

// A chat is a text channel whose provider is down for a while, or deletes only when asked again.
type chat struct {
	*phones
	down    bool
	later   int // so many times it deletes nothing yet
	deleted []string
}

var errDown = errors.New("the provider does not answer")

func (c *chat) Send(ctx context.Context, out Outbound) (Receipt, error) {
	if c.down {
		return Receipt{}, errDown
	}
	return c.phones.Send(ctx, out)
}

func (c *chat) Withdraw(_ context.Context, _ Address, rs []Receipt) (later, never []Receipt, err error) {
	if c.later > 0 {
		c.later--
		return rs, nil, nil
	}
	for _, r := range rs {
		c.deleted = append(c.deleted, r.ID)
	}
	return nil, nil, nil
}

// onChat puts a provider with moods in the place of the phones.
func (s *scene) onChat(name string) (*human, *chat) {
	c := &chat{phones: s.phone}
	s.bot.cfg.Channels = []Channel{c}
	return s.onPhone(name), c
}

// S4: a message that a provider keeps back until the person writes goes when they write.
func TestS4_WhenTheyWrite(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	s.phone.fail = []error{&SendError{Next: WhenTheyWrite, Class: "test"}}
	ana.Says("hi")
	ana.Says("1")
	if n := len(s.phone.got["ana"]); n != 2 {
		t.Fatalf("%d messages came, not 2", n)
	}
}

// S11: a provider that asks for slowness, however often, loses nothing.
func TestS11_SlowedDownIsNotLost(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	for range 2 * maxTries {
		s.phone.fail = append(s.phone.fail, &SendError{Next: Again, After: time.Second, Class: "rate limit"})
	}
	ana.Says("hi")
	for range 2*maxTries + 1 {
		s.later(time.Second)
	}
	ana.Hears("arrival.language")
}

// S2: what is withdrawn late after a leave is what was sent before it, never what the new sitting says; and the new
// sitting does not wait for the withdrawal.
func TestS2_WithdrawingLeavesTheNewSittingAlone(t *testing.T) {
	s := newScene(t)
	ana, c := s.onChat("ana")
	ana.writes("hi", "1", "1", "1")
	before := s.phone.sent
	c.later = 8
	ana.Says("0")
	ana.writes("hi", "1", "1", "1")
	ana.Hears("check.danger")
	for range 12 {
		s.later(10 * time.Minute)
		ana.Says("banana") // the sitting stays open
	}
	for _, id := range c.deleted {
		var n int
		if _, err := fmt.Sscan(id, &n); err == nil && n > before || strings.HasPrefix(id, "in-ana-6") {
			t.Fatalf("message %s of the new sitting was deleted", id)
		}
	}
	if !slices.Contains(c.deleted, "1") || !slices.Contains(c.deleted, "in-ana-1") {
		t.Fatalf("deleted: %v", c.deleted)
	}
}

// S1: what a provider could not deliver while the sitting was open is not delivered after it. S11: an adviser's words
// among it come when the person opens the next one.
func TestS1_NothingLateAfterTheSitting(t *testing.T) {
	for _, leaves := range []bool{false, true} {
		s := newScene(t)
		mai := s.adviser("adviser-1")
		ana, c := s.onChat("ana")
		ana.writes("hi", "1", "1", "1", "9")
		mai.Claims(ana.handle())
		s.bot.Tend(s.ctx)
		c.down = true
		mai.Writes(ana.handle(), "A bed is free.")
		if leaves {
			ana.Says("0")
		} else {
			s.later(sittingIdle)
		}
		n := len(s.phone.got["ana"])
		c.down = false
		s.later(2 * time.Hour)
		for _, o := range s.phone.got["ana"][n:] {
			if strings.Contains(o.Text.Reveal(), "A bed is free.") {
				t.Fatal("an adviser's words came after the sitting")
			}
		}
		ana.writes("hi", "1", "1", "1")
		ana.Sees("A bed is free.")
	}
}

// S11: the longest record that can come together is still taken: long texts, long ids, a provider that is down.
func TestS11_TheLongestRecordIsTaken(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana, c := s.onChat("ana")
	long := strings.Repeat("x", MaxText)
	id := func(i int) string { return fmt.Sprintf("SM%032d", i) }
	ana.writes("hi", "1", "1", "1", "9")
	mai.Claims(ana.handle())
	c.down = true
	var err error
	for i := range 2 * maxReceipts {
		ana.send(Inbound{ID: id(i), Text: Hide(long), Receipt: &Receipt{ID: id(i), At: s.now}})
		if err == nil && i%8 == 0 {
			err = s.bot.Says(s.ctx, ana.handle(), mai.id, id(i), Hide(long))
		}
	}
	if err == nil {
		t.Fatal("the adviser is not told that nothing arrives")
	}
	if got := ana.send(Inbound{ID: id(2*maxReceipts - 1), Text: Hide(long)}); !got.Repeat {
		t.Fatal("a repeat was taken")
	}
}

// S11: a provider's repeat is known however much an adviser wrote in between.
func TestS11_AdviserPushesNothingOut(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	mai.Claims(ana.handle())
	ana.send(Inbound{ID: "once", Text: Hide("are you there")})
	for i := range 2 * maxSeen {
		mai.Writes(ana.handle(), fmt.Sprint("line ", i))
	}
	if got := ana.send(Inbound{ID: "once", Text: Hide("are you there")}); !got.Repeat {
		t.Fatal("a repeat was taken")
	}
}
