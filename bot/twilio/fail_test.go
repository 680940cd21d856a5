package twilio_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"quietline/bot"
	"quietline/bot/twilio"
	"quietline/bot/twilio/twiliotest"
)

// impatient gives up on a call after a moment, so that a test with a provider that hangs is soon over.
func impatient(_ *twiliotest.Options, c *twilio.Config) {
	c.HTTP = &http.Client{Timeout: 300 * time.Millisecond, Transport: &http.Transport{}}
}

// An answer that got lost does not make a message come twice: what Twilio took is looked up before it is sent again.
func TestAMessageInDoubtComesOnce(t *testing.T) {
	for name, fault := range map[string]twiliotest.Fault{"error after": twiliotest.ErrorAfter, "cut after": twiliotest.CutAfter, "hang after": twiliotest.HangAfter, "garbled": twiliotest.Garbled} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, impatient)
			ana := s.sms(anas, british)
			s.srv.Fail(fault)
			ana.says("hello")
			for range 5 {
				s.later(5 * time.Second)
			}
			if n := strings.Count(ana.p.Screen(), "1 English"); n != 1 || s.srv.Sent() != 1 {
				t.Errorf("it came %d times, sent %d times:\n%s", n, s.srv.Sent(), ana.p.Screen())
			}
			// The next, with the same words, is another message.
			ana.says("what")
			if n := strings.Count(ana.p.Screen(), "1 English"); n != 2 {
				t.Errorf("it came %d times", n)
			}
			s.later(2 * time.Minute)
			if left := s.srv.Left(); len(left) > 0 {
				t.Errorf("%d messages are left", len(left))
			}
		})
	}
}

// A message that did not get through is not taken for an earlier one, neither for the same words nor, after a restart, for
// others.
func TestInDoubtIsNoOther(t *testing.T) {
	s := newScene(t)
	send := func(id, words string) error {
		_, err := s.acct.SMS().Send(s.ctx, bot.Outbound{ID: id, To: bot.Hide(anas + ">" + british), Text: bot.Hide(words)})
		return err
	}
	ana := s.srv.Phone(anas)
	s.ok(send("1", "same"))
	s.srv.Fail(twiliotest.ServerError)
	if send("2", "same") == nil {
		t.Error("no error")
	}
	s.ok(send("2", "same"))
	s.loseMachine()
	s.srv.Fail(twiliotest.ServerError)
	if send("3", "other") == nil {
		t.Error("no error")
	}
	s.ok(send("3", "other"))
	s.later(5 * time.Minute)
	s.loseMachine()
	s.srv.Fail(twiliotest.ServerError)
	if send("4", "other") == nil {
		t.Error("no error")
	}
	s.ok(send("4", "other"))
	s.srv.Wait()
	if got := ana.Screen(); got != "same\nsame\nother\nother\n" {
		t.Errorf("the screen is:\n%s", got)
	}
}

// What a process that died had handed over is not sent again by the next one: Twilio is asked, whether the words have the
// cover above them by now or not. What was handed over and noted is another message, of whatever words.
func TestAskedAfterACrash(t *testing.T) {
	s := newScene(t)
	var noted []string
	made := s.clock()
	send := func(id, words string) bot.Receipt {
		t.Helper()
		r, err := s.acct.SMS().Send(s.ctx, bot.Outbound{ID: id, To: bot.Hide(anas + ">" + british), Text: bot.Hide(words), Made: made,
			Known: func(sid string) bool { return slices.Contains(noted, sid) }})
		s.ok(err)
		return r
	}
	ana := s.srv.Phone(anas)
	noted = append(noted, send("1", "same").ID)
	lost := send("2", "same") // and the process dies before it is noted
	s.later(3 * time.Second)
	s.loseMachine()
	if got := send("2", "Notices\nsame"); got.ID != lost.ID {
		t.Errorf("the receipt is %q, not that of the message which is there", got.ID)
	}
	noted = append(noted, lost.ID)
	s.loseMachine()
	send("3", "same")
	made = s.clock() // of a message made since, nobody is asked
	calls := s.srv.Calls()
	send("4", "other")
	s.srv.Wait()
	if got := ana.Screen(); got != "same\nsame\nsame\nother\n" || s.srv.Calls() != calls+1 {
		t.Errorf("%d calls, and the screen is:\n%s", s.srv.Calls()-calls, got)
	}
}

// A rate limit says when to come again.
func TestRetryAfter(t *testing.T) {
	s := newScene(t)
	s.srv.Fail(twiliotest.RateLimit)
	_, err := s.acct.SMS().Send(s.ctx, bot.Outbound{ID: "1", To: bot.Hide(anas + ">" + british), Text: bot.Hide("words")})
	var se *bot.SendError
	if !errors.As(err, &se) || se.Next != bot.Again || se.After < time.Second || se.After > 2*time.Second {
		t.Errorf("%+v", se)
	}
}

// With the provider keeping no text, a message in doubt is known by its place alone.
func TestInDoubtWithoutText(t *testing.T) {
	s := newScene(t, func(o *twiliotest.Options, c *twilio.Config) { o.Redaction, c.Discard, c.Obfuscate = true, true, true })
	ana := s.sms(anas, british)
	ana.says("hello", "1")
	s.srv.Fail(twiliotest.CutAfter)
	ana.says("1")
	s.later(10 * time.Second)
	if got, sent := len(ana.p.Got()), s.srv.Sent(); got != sent {
		t.Errorf("%d came, %d sent", got, sent)
	}
	for _, r := range s.srv.Left() {
		if r.Direction == "outbound-api" && r.Body != "" {
			t.Errorf("the provider keeps %q", r.Body)
		}
	}
	if n := strings.Count(ana.p.Screen(), ana.p.Got()[2].Body); n != 1 {
		t.Errorf("it came %d times", n)
	}
}

// What was not done is done soon; nothing is lost by a bad minute.
func TestABadMinute(t *testing.T) {
	for name, fault := range map[string]twiliotest.Fault{"rate limit": twiliotest.RateLimit, "error": twiliotest.ServerError, "cut": twiliotest.CutBefore, "hang": twiliotest.Hang, "credentials": twiliotest.BadCredentials} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, impatient)
			ana := s.sms(anas, british)
			s.srv.Fail(fault, fault)
			ana.says("hello")
			ana.seesNothing()
			for range 8 {
				s.later(30 * time.Second)
			}
			if n := strings.Count(ana.p.Screen(), "1 English"); n != 1 {
				t.Errorf("it came %d times", n)
			}
		})
	}
}

// A rate limit holds up whom it met, for as long as Twilio says, and nobody else.
func TestRateLimitHoldsUpNobodyElse(t *testing.T) {
	s := newScene(t)
	ana, mai := s.sms(anas, british), s.sms(mais, british)
	s.srv.Fail(twiliotest.RateLimit)
	ana.says("hello")
	mai.says("hello")
	ana.seesNothing()
	mai.sees("1 English")
	s.later(2 * time.Second)
	ana.sees("1 English")
}

// A message whose time is over is not sent at all; Twilio is told how long it may wait.
func TestTooLate(t *testing.T) {
	s := newScene(t)
	ch := s.acct.SMS()
	out := bot.Outbound{ID: "1", To: bot.Hide(anas + ">" + british), Text: bot.Hide("words"), Until: s.clock().Add(500 * time.Millisecond)}
	ana := s.srv.Phone(anas)
	for name, c := range map[string]struct {
		change func(*bot.Outbound)
		class  string
		next   bot.Next
	}{
		"too late":     {func(*bot.Outbound) {}, "too late", bot.Lost},
		"no number":    {func(o *bot.Outbound) { o.To = bot.Hide("ana>" + british) }, "not a number", bot.Never},
		"not ours":     {func(o *bot.Outbound) { o.To = bot.Hide(anas + ">+447700900999") }, "number given up", bot.Never},
		"empty":        {func(o *bot.Outbound) { o.Until, o.Text = time.Time{}, bot.Hide(" ") }, "empty", bot.Lost},
		"over the top": {func(o *bot.Outbound) { o.Until, o.Text = time.Time{}, bot.Hide(strings.Repeat("a", 1601)) }, "too long", bot.Lost},
	} {
		o := out
		c.change(&o)
		_, err := ch.Send(s.ctx, o)
		se, ok := err.(*bot.SendError)
		if !ok || se.Class != c.class || se.Next != c.next {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(ana.Got()); n != 0 {
		t.Errorf("%d messages came", n)
	}
}

// With three calls in ten failing and every deletion refused twice, every message comes once and none is left.
func TestEverythingIsDeletedInBadWeather(t *testing.T) {
	s := newScene(t)
	draw := rand.New(rand.NewPCG(7, 7))
	s.srv.Unfinished(2)
	s.srv.SetWeather(twiliotest.Weather{Calls: 0.3, Twice: 0.3, Jumbled: 0.3, Draw: draw.Float64})
	numbers := []string{anas, mais, "+447700900002", "+447700900003", "+447700900004"}
	for _, n := range numbers {
		h := s.sms(n, british)
		for _, w := range []string{"hello", "1", "1", "9"} {
			h.p.Texts(british, w)
			s.settle()
			for range 6 {
				s.later(3 * time.Second)
			}
		}
		if q := s.theBot().Queue(); len(q) == 0 {
			t.Fatalf("nobody waits:\n%s", h.p.Screen())
		}
		seen := map[string]int{}
		for _, m := range h.p.Got() {
			if seen[m.Body]++; seen[m.Body] > 1 {
				t.Errorf("it came twice: %q", m.Body)
			}
		}
		h.p.Texts(british, "00")
		s.settle()
	}
	for range 200 {
		if len(s.srv.Left()) == 0 {
			break
		}
		s.later(30 * time.Second)
	}
	if left := s.srv.Left(); len(left) > 0 {
		t.Errorf("%d messages are left, the first %+v", len(left), left[0])
	}
	if st := s.acct.Stats(); len(st.Refused) > 0 {
		t.Errorf("what was deleted counts as refused: %+v", st)
	}
}

// What Twilio refuses to delete is said, with the reason, and not tried for ever.
func TestWhatCannotBeDeletedIsCounted(t *testing.T) {
	s := newScene(t)
	s.srv.Forbid(true)
	ana := s.sms(anas, british)
	ana.says("hello", "0")
	s.later(2 * time.Minute)
	st := s.acct.Stats()
	if st.Refused["code 20403"] == 0 || st.Refused["code 20403"] != len(s.srv.Left()) {
		t.Errorf("%+v with %d left", st, len(s.srv.Left()))
	}
	if !strings.Contains(s.log.String(), "code 20403") {
		t.Error("the log does not say so")
	}
	s.later(20 * time.Minute)
	calls := s.srv.Calls()
	s.later(time.Hour)
	if got := s.srv.Calls(); got != calls {
		t.Errorf("%d calls more", got-calls)
	}
	if _, left, err := s.acct.Sweep(s.ctx); err != nil || left != len(s.srv.Left()) || s.acct.Stats().Left["code 20403"] != left {
		t.Errorf("the sweep leaves %d: %v, %+v", left, err, s.acct.Stats())
	}
	s.srv.Forbid(false)
	if _, left, err := s.acct.Sweep(s.ctx); err != nil || left != 0 || len(s.acct.Stats().Left) != 0 {
		t.Errorf("the sweep leaves %d: %v, %+v", left, err, s.acct.Stats())
	}
}

// The sweep finds what an erase, a telephone that was off and a machine that is gone left behind, over many pages and in
// both directions, and what Twilio answered by itself.
func TestSweepAfterALostMachine(t *testing.T) {
	s := newScene(t)
	ana := s.sms(anas, british)
	ana.says("hello", "1", "1")
	off := s.whatsApp(mais)
	off.p.SwitchedOff(true)
	off.says("hello")
	for range 450 {
		s.srv.Phone("+447700900009").Writes(spanish, "x") // never arrived here
	}
	ana.says("HELP")
	before := len(s.srv.Left())
	s.loseMachine()
	if deleted, left, err := s.acct.Sweep(s.ctx); deleted != 0 || left != 0 || err != nil || len(s.srv.Left()) != before {
		t.Errorf("what is young was swept: %d, %d, %v", deleted, left, err)
	}
	s.mu.Lock()
	s.now = s.now.Add(11 * time.Minute)
	s.mu.Unlock()
	ana.says("hello again")
	s.srv.Fail(twiliotest.ServerError)
	if _, _, err := s.acct.Sweep(s.ctx); err == nil {
		t.Error("a failed listing is no error")
	}
	s.srv.Fail(0, twiliotest.RateLimit) // the first deletion
	if _, left, err := s.acct.Sweep(s.ctx); err == nil || left == 0 {
		t.Errorf("a rate limit is no error; left %d", left)
	}
	deleted, left, err := s.acct.Sweep(s.ctx)
	if deleted < 450 || left != 0 || err != nil {
		t.Errorf("swept: %d, %d, %v", deleted, left, err)
	}
	for _, r := range s.srv.Left() {
		if s.clock().Sub(r.Created) > 10*time.Minute {
			t.Errorf("left: %+v", r)
		}
	}
	if n := s.acct.Stats(); n.Swept.IsZero() || n.Deleted < before {
		t.Errorf("%+v", n)
	}
}

// Run sweeps at once, again after each pause, and ends with its context.
func TestRunSweeps(t *testing.T) {
	s := newScene(t, func(_ *twiliotest.Options, c *twilio.Config) { c.SweepEvery = time.Millisecond })
	s.srv.Phone(anas).Writes(british, "never arrived")
	s.mu.Lock()
	s.now = s.now.Add(time.Hour)
	s.mu.Unlock()
	s.srv.Fail(twiliotest.ServerError)
	ctx, stop := context.WithTimeout(s.ctx, 20*time.Second)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- s.acct.Run(ctx) }()
	s.ok(s.srv.WaitLeft(ctx, 0))
	stop()
	s.ok(<-ended)
	if !strings.Contains(s.log.String(), "provider down") {
		t.Errorf("the log does not say that a sweep failed:\n%s", s.log)
	}
}
