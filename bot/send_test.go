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

func (c *chat) Limits() flows.Limits { return flows.Limits{} }

func (c *chat) Withdraw(_ context.Context, _ Address, rs []Receipt) (later, never []Receipt, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
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
	for range 32 {
		s.phone.fail = append(s.phone.fail, &SendError{Next: Again, After: time.Second, Class: "rate limit"})
	}
	ana.Says("hi")
	for range 33 {
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
	c.later = 8
	ana.Says("0")
	before := s.phone.sent // the goodbye among it, which goes by itself
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

// A provider that answers one person slowly delays nobody else; and who stops waits for it, so that nothing is sent twice.
func TestRunIsNotHeldUp(t *testing.T) {
	s := newScene(t)
	slow := &slowChat{phones: s.phone, began: make(chan struct{}), goOn: make(chan struct{})}
	s.bot.cfg.Channels = []Channel{slow}
	ctx, stop := context.WithCancel(s.ctx)
	ended := make(chan error)
	go func() { ended <- s.bot.Run(ctx) }()
	says := func(who string) {
		_, err := s.bot.Take(s.ctx, Inbound{Channel: "text", Address: Hide(who), ID: who, Text: Hide("hi")})
		s.ok(err)
	}
	says("slow")
	<-slow.began
	slow.others = make(chan string, 1)
	says("ana")
	if got := <-slow.others; got != "ana" {
		t.Fatalf("%s was answered", got)
	}
	stop()
	close(slow.goOn)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	s.bot.Tend(s.ctx)
	if n := len(s.phone.got["slow"]); n != 1 {
		t.Fatalf("the slow one was answered %d times", n)
	}
}

type slowChat struct {
	*phones
	began, goOn chan struct{}
	others      chan string
}

func (c *slowChat) Send(ctx context.Context, out Outbound) (Receipt, error) {
	if out.To.Reveal() != "slow" {
		defer func() { c.others <- out.To.Reveal() }()
		return c.phones.Send(ctx, out)
	}
	close(c.began)
	select {
	case <-c.goOn:
		if ctx.Err() != nil {
			_, _ = c.phones.Send(context.Background(), out) // it reached the provider, whatever we heard
			return Receipt{}, ctx.Err()
		}
	case <-ctx.Done(): // the request is cut off, and yet it reached the provider
		_, _ = c.phones.Send(context.Background(), out)
		return Receipt{}, ctx.Err()
	}
	return c.phones.Send(ctx, out)
}
