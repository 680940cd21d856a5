package oncall_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"quietline/bot"
	"quietline/bot/oncall"
	"quietline/flows"
	"quietline/line"
)

// The last one drops: within a shift, or while somebody waits, those on call are told; at the end of a shift they are not.
func TestTheLastOneDrops(t *testing.T) {
	t.Run("within a shift", func(t *testing.T) {
		s, first, second, boss := threeBoards(t, at(11, 0))
		one := s.comes("adviser-1", line.Adviser, false)
		one.stays(11, 30)
		first.hears()
		s.later(40 * time.Second) // the desk is not heard from any more
		first.hears()
		s.later(30 * time.Second)
		first.hears("nobody on duty any more / high")
		second.hears()
		ana := s.person("ana")
		ana.waits()
		s.to(11, 36)
		s.later(10 * time.Second)
		second.hears("1 waiting, nobody on duty any more / high")
		if !s.pager.Nobody() {
			t.Error("the desk is not told")
		}
		s.pager.SeenNobody()
		first.sets(func() { first.got = nil })
		s.to(11, 41)
		boss.hears() // somebody knows
		s.comes("adviser-2", line.Adviser, false)
		if s.pager.Nobody() {
			t.Error("somebody is there, and the alarm goes on")
		}
	})
	t.Run("at its end", func(t *testing.T) {
		s, first, _, boss := threeBoards(t, at(17, 0))
		one := s.comes("adviser-1", line.Adviser, false)
		one.stays(17, 52)
		s.ok(s.line.GoOffDuty(t.Context(), one.token))
		s.to(19, 0)
		first.hears()
		boss.hears()
	})
	t.Run("after its end, while somebody waits", func(t *testing.T) {
		s, first, _, boss := threeBoards(t, at(17, 50))
		one := s.comes("adviser-1", line.Adviser, false)
		s.person("ana").waits()
		one.stays(17, 59)
		first.hears("1 waiting / high")
		s.ok(s.line.GoOffDuty(t.Context(), one.token))
		s.later(5 * time.Second)
		first.hears("1 waiting, nobody on duty any more / high")
		boss.hears()
	})
	t.Run("after its end, told once", func(t *testing.T) {
		s, first, second, boss := threeBoards(t, at(17, 50))
		one := s.comes("adviser-1", line.Adviser, false)
		s.person("ana").waits()
		mai := s.person("mai")
		mai.taps("yes")
		one.stays(17, 59)
		s.ok(s.line.GoOffDuty(t.Context(), one.token))
		s.later(5 * time.Second)
		first.hears("1 waiting / high", "1 waiting, nobody on duty any more / high")
		s.mu.Lock()
		s.now = at(18, 0)
		s.mu.Unlock()
		mai.presses(flows.Person) // in the second in which ana's wait ends with the shift
		if q := s.theBot().Queue(); len(q) != 1 || q[0].Handle != mai.handle() {
			t.Fatalf("the queue is %+v", q)
		}
		s.later(4 * time.Hour)
		first.hears()
		second.hears()
		boss.hears()
		// mai waits for the next shift, and somebody may come to that yet
		s.until(at(10, 4).AddDate(0, 0, 1))
		first.hears()
		s.later(7 * time.Minute)
		first.hears("1 waiting / high", "1 waiting, nobody on duty / high")
	})
	t.Run("seen, and seen no more", func(t *testing.T) {
		s, first, _, _ := threeBoards(t, at(9, 0))
		s.to(10, 11)
		first.hears("nobody on duty / high")
		s.pager.SeenNobody()
		s.to(10, 40)
		first.hears()
		s.to(10, 42)
		first.hears("nobody on duty / high")
		if !s.pager.Nobody() {
			t.Error("the desk is not told again")
		}
	})
	t.Run("nobody comes", func(t *testing.T) {
		s, first, _, _ := threeBoards(t, at(9, 0))
		s.to(10, 9)
		first.hears()
		s.to(10, 11)
		first.hears("nobody on duty / high")
		s.to(18, 30)
		first.sets(func() { first.got = nil })
		s.later(12 * time.Hour)
		first.hears()
	})
}

// A provider fails: the next step is told at once, the first is tried again every minute, the log and the desk say so by
// class, and it ends when one goes through.
func TestAProviderFails(t *testing.T) {
	s, first, second, boss := threeBoards(t, at(11, 0))
	one := s.comes("adviser-1", line.Adviser, false)
	handle := s.person("ana").waits()
	first.sets(func() { first.fails = http.StatusServiceUnavailable })
	one.stays(11, 5)
	second.hears("1 waiting / high")
	if !s.pager.Undelivered() || s.pager.States()[0].Broken != "server" || s.pager.States()[1].Broken != "" {
		t.Errorf("the steps are %+v", s.pager.States())
	}
	boss.hears()
	first.sets(func() { first.fails = 0 })
	one.stays(11, 6)
	first.hears("1 waiting / high")
	if s.pager.Undelivered() {
		t.Error("it went through, and still counts as undelivered")
	}
	for status, class := range map[int]string{401: "credentials", 404: "address", 302: "address", 429: "rate limit", 400: "refused", 500: "server"} {
		first.sets(func() { first.fails = status })
		if got := s.pager.Test(t.Context()); got[0].Class != class || got[1].Class != "" {
			t.Errorf("status %d: %+v", status, got)
		}
	}
	second.hears("test / default", "test / default", "test / default", "test / default", "test / default", "test / default")
	boss.sets(func() { boss.got = nil })
	first.sets(func() { first.http.Close() })
	second.sets(func() { second.fails = http.StatusForbidden })
	one.stays(11, 16)
	boss.hears("1 waiting / high") // both before it fail
	one.claims(handle)
	one.stays(12, 14)
	if !s.pager.Undelivered() {
		t.Error("the desk names the failure no more within an hour")
	}
	one.stays(12, 17)
	if s.pager.Undelivered() {
		t.Error("the desk names the failure for ever")
	}
	if log := s.log.String(); !strings.Contains(log, "the alarm could not be delivered") || !strings.Contains(log, `class="no answer"`) {
		t.Errorf("the log says:\n%s", log)
	}
}

// In danger the next one is told when the lead cannot be, though it is night.
func TestALeadCannotBeTold(t *testing.T) {
	s, first, _, boss := threeBoards(t, at(3, 0))
	boss.sets(func() { boss.fails = http.StatusForbidden })
	s.person("ana").taps("yes", "yes")
	first.hears("1 waiting, urgent / urgent")
	boss.sets(func() { boss.fails = 0 })
	s.to(3, 1)
	boss.hears("1 waiting, urgent / urgent")
	s.to(3, 10)
	first.hears()
}

// After kill -9 whoever waits unseen is told of again, once; what somebody has seen is not.
func TestKilled(t *testing.T) {
	s, first, second, boss := threeBoards(t, at(11, 0))
	one := s.comes("adviser-1", line.Adviser, false)
	handle := s.person("ana").waits()
	one.stays(11, 6)
	first.hears("1 waiting / high")
	s.restart()
	first.hears("1 waiting / high")
	one.stays(11, 9)
	first.hears()
	second.hears()
	one.sees(handle)
	s.restart()
	one.stays(11, 30)
	first.hears()
	second.hears()
	boss.hears()
}

// The loop by itself: danger reaches the lead without anybody looking, and nothing stays behind at the end.
func TestRun(t *testing.T) {
	s, _, _, boss := threeBoards(t, at(3, 0))
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	ended := make(chan struct{})
	go func() { s.pager.Run(ctx); close(ended) }()
	ana := s.person("ana")
	for _, choice := range []string{"yes", "yes"} {
		ana.n++
		_, err := s.theBot().Take(ctx, bot.Inbound{Channel: "web", Address: bot.Hide("page of ana"), ID: choice + strings.Repeat("x", ana.n), Lang: "en",
			Country: "GB", Page: true, Choice: choice})
		s.ok(err)
	}
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for s.pager.States()[2].Sent == 0 {
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatal("the lead is not told")
		}
	}
	stop()
	<-ended
	boss.hears("1 waiting, urgent / urgent")
}

// A board that never answers ends with the program: no try is under way afterwards.
func TestAMuteBoardDoesNotHoldTheProgram(t *testing.T) {
	b := newBoard(t)
	b.mute = true
	way, err := oncall.Post(b.url(), bearer)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if err := way(ctx, oncall.Message{Title: title, Text: "test", Test: true}); err == nil || err.Error() != "telling those on call: no answer" {
		t.Errorf("a mute board gave %v", err)
	}
}
