package telegram

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"quietline/bot"
	"quietline/bot/telegram/telegramtest"
)

// A desk of one: the channel and Telegram, with a clock of their own and no bot.
type bench struct {
	t      *testing.T
	server *telegramtest.Server
	ch     *Channel
	clock  atomic.Int64
	log    *lines
}

func newBench(t *testing.T, p Pace) *bench {
	b := &bench{t: t, log: &lines{}}
	b.clock.Store(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC).Unix())
	var err error
	if b.server, err = telegramtest.New(token, telegramtest.Options{Now: b.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.server.Close)
	b.ch = b.channel(token, b.server.URL(), p)
	return b
}

func (b *bench) channel(token, api string, p Pace) *Channel {
	b.t.Helper()
	ch, err := New(Config{Token: token, APIURL: api, Bot: func() *bot.Bot { return nil }, Open: func(string) (string, bool) { return "", false },
		Pace: p, Now: b.now, Log: slog.New(slog.NewTextHandler(b.log, nil))})
	if err != nil {
		b.t.Fatal(err)
	}
	return ch
}

func (b *bench) now() time.Time { return time.Unix(b.clock.Load(), 0) }

func (b *bench) later(d time.Duration) { b.clock.Add(int64(d / time.Second)) }

// begun is a phone that the bot may write to.
func (b *bench) begun() *telegramtest.Phone {
	p := b.server.Phone()
	p.Writes("hi")
	return p
}

func (b *bench) send(p *telegramtest.Phone, text string) (bot.Receipt, error) {
	return b.ch.Send(b.t.Context(), bot.Outbound{To: hide(p.Chat()), Text: hide(text)})
}

// What a failed send asks for next, in words of ours: never in Telegram's.
func TestSendErrors(t *testing.T) {
	b := newBench(t, quick)
	blocked, gone, flooded := b.begun(), b.begun(), b.begun()
	blocked.Blocks()
	gone.Deactivates()
	flooded.Flood(90 * time.Second)
	ana := b.begun()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte("<html>the red house</html>"))
	}))
	defer page.Close()
	closed := httptest.NewServer(nil)
	closed.Close()
	timeout, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		what  string
		ch    *Channel
		ctx   context.Context
		to    string
		text  string
		next  bot.Next
		after time.Duration
		class string
	}{
		{"blocked", b.ch, t.Context(), blocked.Chat(), "x", bot.Never, 0, "blocked"},
		{"deactivated", b.ch, t.Context(), gone.Chat(), "x", bot.Never, 0, "blocked"},
		{"never begun", b.ch, t.Context(), b.server.Phone().Chat(), "x", bot.Never, 0, "blocked"},
		{"no such chat", b.ch, t.Context(), "12", "x", bot.Never, 0, "no chat"},
		{"no chat id", b.ch, t.Context(), "ana", "x", bot.Never, 0, "no chat"},
		{"flooded", b.ch, t.Context(), flooded.Chat(), "x", bot.Again, 90 * time.Second, "rate limit"},
		{"flooded still", b.ch, t.Context(), flooded.Chat(), "x", bot.Again, 90 * time.Second, "pace"},
		{"nothing to say", b.ch, t.Context(), ana.Chat(), " ", bot.Lost, 0, "refused"},
		{"unknown token", b.channel("1:wrong_token_wrong", b.server.URL(), quick), t.Context(), ana.Chat(), "x", bot.Again, time.Minute, "token"},
		{"another server", b.channel(token, b.server.URL()+"/nowhere", quick), t.Context(), ana.Chat(), "x", bot.Again, time.Minute, "token"},
		{"a page", b.channel(token, page.URL, quick), t.Context(), ana.Chat(), "the red house", bot.Again, 0, "server"},
		{"nobody there", b.channel(token, closed.URL, quick), t.Context(), ana.Chat(), "x", bot.Again, 0, "network"},
		{"out of time", b.ch, timeout, ana.Chat(), "x", bot.Again, 0, "timeout"},
	} {
		_, err := c.ch.Send(c.ctx, bot.Outbound{To: hide(c.to), Text: hide(c.text)})
		var se *bot.SendError
		if !errors.As(err, &se) || se.Next != c.next || se.After != c.after || se.Class != c.class {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		if strings.Contains(err.Error(), "house") || strings.Contains(err.Error(), "AAtest") {
			t.Errorf("%s: the error tells: %v", c.what, err)
		}
	}
	if _, err := b.ch.Send(t.Context(), bot.Outbound{To: hide(ana.Chat()), Text: hide("x"), Until: b.now().Add(-time.Second)}); err == nil {
		t.Error("came later than it may")
	}
	if ana.Received() != 0 {
		t.Errorf("the chat holds:\n%s", ana.Screen())
	}
	for _, kind := range []telegramtest.Fault{telegramtest.Error500, telegramtest.CutBefore, telegramtest.CutAfter} {
		b.server.Fail(telegramtest.Faults{Share: 1, Kinds: []telegramtest.Fault{kind}})
		var se *bot.SendError
		if _, err := b.send(ana, "x"); !errors.As(err, &se) || se.Next != bot.Again || se.After != 0 {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// No send fails for its length, in whatever script.
func TestCut(t *testing.T) {
	b := newBench(t, quick)
	ana := b.begun()
	for _, s := range []string{strings.Repeat("x", 5000), strings.Repeat("é", 4097), strings.Repeat("😀", 2049), strings.Repeat("ሰ", 4096), "x"} {
		if _, err := b.send(ana, s); err != nil {
			t.Errorf("%d bytes: %v", len(s), err)
		}
	}
	if m := b.server.Mistakes(); len(m) > 0 {
		t.Error(m)
	}
}

// A chat over its pace waits; others do not, until all are over the pace of the whole.
func TestPace(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	p := newPace(Pace{PerSecond: 10, PerChat: 1, Burst: 3})
	for i := range 3 {
		if d := p.wait("ana", now); d > time.Duration(i)*100*time.Millisecond {
			t.Fatalf("message %d of a burst waits %s", i, d)
		}
	}
	if d := p.wait("ana", now); d > shortWait {
		t.Fatalf("the message after a burst waits %s", d)
	}
	if d := p.wait("ana", now); d != 2*time.Second {
		t.Fatalf("the second after a burst waits %s", d)
	}
	if d := p.wait("mai", now); d > 400*time.Millisecond {
		t.Fatalf("another chat waits %s", d)
	}
	for i := range 5 { // the chat that is over its pace has taken nothing from the others
		if d := p.wait("chat"+strconv.Itoa(i), now); d != time.Duration(5+i)*100*time.Millisecond {
			t.Fatalf("chat %d waits %s", i, d)
		}
	}
	p = newPace(Pace{PerSecond: 10})
	come := map[int]time.Duration{}
	for i := range 40 {
		if d := p.wait("chat"+strconv.Itoa(i), now); d > shortWait {
			come[i] = d
		}
	}
	if len(come) != 29 {
		t.Fatalf("%d must come back", len(come))
	}
	for i, d := range come { // who comes back at the moment that was kept for it goes
		if d := p.wait("chat"+strconv.Itoa(i), now.Add(d)); d != 0 {
			t.Fatalf("chat %d came back and waits %s", i, d)
		}
	}
	p.hold("zoe", now, time.Hour)
	if d := p.wait("zoe", now); d != time.Hour {
		t.Fatalf("a held chat waits %s", d)
	}
	for range 600 {
		p.wait("ana", now.Add(2*time.Hour))
	}
	if len(p.chats) > 1 {
		t.Fatalf("%d chats are remembered", len(p.chats))
	}
}

// With Telegram counting, no message is refused for its rate, and a burst of many chats goes out in order of asking.
func TestPaceKeepsToTelegramsRate(t *testing.T) {
	s := newScene(t, Pace{PerSecond: 60, PerChat: 4, Burst: 4})
	s.server.Limit(telegramtest.Rate{PerSecond: 75, PerChat: 9})
	s.hooked()
	var people []*telegramtest.Phone
	for range 40 {
		p := s.server.Phone()
		people = append(people, p)
		p.Starts(s.code.String())
		p.Writes("1")
	}
	for _, p := range people {
		s.sees(p, "check.unseen")
	}
	if strings.Contains(s.log.String(), "rate limit") {
		t.Errorf("Telegram refused for the rate:\n%s", s.log)
	}
}

// Messages of both sides go, a hundred a call; those over 48 hours and those that Telegram refuses are named, and hold up none.
func TestWithdraw(t *testing.T) {
	b := newBench(t, quick)
	ana := b.begun()
	old, err := b.send(ana, "old")
	if err != nil {
		t.Fatal(err)
	}
	b.later(deleteAge)
	rs := []bot.Receipt{old, {ID: "none", At: b.now()}, {ID: "999999", At: b.now()}}
	for range 240 {
		r, err := b.send(ana, "x")
		if err != nil {
			t.Fatal(err)
		}
		rs = append(rs, r)
	}
	ana.Holds()
	ana.Writes("mine")
	mine := ana.Messages()
	rs = append(rs, bot.Receipt{ID: strconv.Itoa(mine[len(mine)-1].ID), At: b.now()})
	later, never, err := b.ch.Withdraw(t.Context(), hide(ana.Chat()), rs)
	if err != nil || len(later) != 0 || len(never) != 3 {
		t.Fatalf("later %d, never %v, %v", len(later), never, err)
	}
	if got := ana.Screen(); got != "> hi\nold\nx\n" {
		t.Fatalf("left:\n%s", got)
	}
	b.server.Fail(telegramtest.Faults{Share: 1, Kinds: []telegramtest.Fault{telegramtest.TooMany}})
	if later, never, err = b.ch.Withdraw(t.Context(), hide(ana.Chat()), rs[200:]); err != nil || len(never) != 0 || len(later) != len(rs)-200 {
		t.Fatalf("told to wait: later %d, never %d, %v", len(later), len(never), err)
	}
	b.server.Fail(telegramtest.Faults{})
	if later, never, err = b.ch.Withdraw(t.Context(), hide("12"), rs[3:]); err != nil || len(later) != 0 || len(never) != len(rs)-3 {
		t.Fatalf("no chat: later %d, never %d, %v", len(later), len(never), err)
	}
}
