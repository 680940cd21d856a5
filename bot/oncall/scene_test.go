package oncall_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"quietline/bot"
	"quietline/bot/oncall"
	"quietline/directory"
	"quietline/flows"
	"quietline/line"
	"quietline/locales"
	"quietline/store"
	"quietline/store/bolt"
)

// A scene is one line with real stores, a rota, people, staff, and a pager before strict servers. Its clock moves only
// when the test moves it.
type scene struct {
	t     testing.TB
	dir   string
	log   *logged
	steps []oncall.Step
	talks store.Store
	lines store.Store
	line  *line.Line
	pager *oncall.Pager

	mu  sync.Mutex
	now time.Time
	bot *bot.Bot
}

type logged struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logged) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *logged) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

var content = sync.OnceValues(func() (*bot.Content, error) {
	book, err := flows.Load(flows.Shipped(), nil)
	if err != nil {
		return nil, err
	}
	words, err := locales.Load(locales.Shipped(), nil)
	if err != nil {
		return nil, err
	}
	numbers, err := directory.Load(directory.Data(), nil)
	if err != nil {
		return nil, err
	}
	return &bot.Content{Book: book.WithMenus(flows.Menus{Languages: []string{"en"}, Countries: []string{"GB"}}), Words: words, Directory: numbers}, nil
})

// rota is ten to six, every day.
var rota = []line.Shift{{Days: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, From: "10:00", To: "18:00", Zone: "Europe/London", Langs: []string{"en"}}}

// at is a time of one winter's day in London.
func at(hour, minute int) time.Time { return time.Date(2026, 3, 4, hour, minute, 0, 0, time.UTC) }

func newScene(t testing.TB, now time.Time, steps ...oncall.Step) *scene {
	t.Helper()
	s := &scene{t: t, dir: t.TempDir(), now: now, steps: steps, log: &logged{}}
	s.open()
	t.Cleanup(func() {
		s.shut()
		for _, secret := range []string{bearer, mailPass, "page of", "night@", topic, "+4477"} {
			if strings.Contains(s.log.String(), secret) {
				t.Errorf("the log holds %q:\n%s", secret, s.log)
			}
		}
	})
	return s
}

func (s *scene) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) clock() time.Time { s.mu.Lock(); defer s.mu.Unlock(); return s.now }

func (s *scene) theBot() *bot.Bot { s.mu.Lock(); defer s.mu.Unlock(); return s.bot }

func (s *scene) open() {
	s.t.Helper()
	log := slog.New(slog.NewTextHandler(s.log, nil))
	var err error
	s.talks, err = bolt.Open(filepath.Join(s.dir, "talks"), "talks", bolt.Options{Memory: true})
	s.ok(err)
	s.lines, err = bolt.Open(filepath.Join(s.dir, "line"), "line", bolt.Options{Memory: true})
	s.ok(err)
	s.line, err = line.Open(context.Background(), s.lines, line.Options{Now: s.clock, Shifts: rota})
	s.ok(err)
	c, err := content()
	s.ok(err)
	b, err := bot.New(s.t.Context(), bot.Config{Store: s.talks, Line: s.line, Content: func() *bot.Content { return c }, Languages: []string{"en"},
		Countries: []string{"GB"}, Cover: title, Durable: true, Reveal: "never", OnCall: bot.OnCall{Danger: true}, Now: s.clock, Rand: rand.Reader, Log: log})
	s.ok(err)
	s.mu.Lock()
	s.bot = b
	s.mu.Unlock()
	s.pager, err = oncall.New(oncall.Config{Steps: s.steps, Title: title, Bot: s.theBot, Line: s.line, Now: s.clock, Log: log})
	s.ok(err)
}

func (s *scene) shut() {
	s.t.Helper()
	s.ok(errors.Join(s.line.Close(), s.talks.Close(), s.lines.Close()))
}

// restart ends the process, as it were, and opens the same files again: only what was committed is there. The bot reads it
// all as at every start.
func (s *scene) restart() {
	s.t.Helper()
	waiting := len(s.theBot().Queue())
	s.shut()
	s.open()
	ctx, stop := context.WithCancel(s.t.Context())
	ran := make(chan error, 1)
	go func() { ran <- s.theBot().Run(ctx) }()
	for range s.theBot().QueueChanges(ctx) {
		if len(s.theBot().Queue()) >= waiting {
			break
		}
	}
	stop()
	s.ok(<-ran)
	s.pager.Tend(s.t.Context())
}

// to moves the clock to a time in steps of five seconds, as the loop looks, and lets happen what is due.
func (s *scene) to(hour, minute int) { s.t.Helper(); s.until(at(hour, minute)) }

func (s *scene) later(d time.Duration) { s.t.Helper(); s.until(s.clock().Add(d)) }

func (s *scene) until(when time.Time) {
	s.t.Helper()
	for s.clock().Before(when) {
		s.mu.Lock()
		s.now = s.now.Add(min(5*time.Second, when.Sub(s.now)))
		s.mu.Unlock()
		s.theBot().Tend(s.t.Context())
		s.pager.Tend(s.t.Context())
	}
}

// An adviser is one of the staff, signed in and on duty.
type adviser struct {
	s     *scene
	id    string
	token line.SessionToken
}

func (s *scene) comes(name string, role line.Role, child bool) *adviser {
	s.t.Helper()
	id, _, err := s.line.Invite(s.t.Context(), "", name, role, []string{"en"})
	s.ok(err)
	s.ok(s.line.ChangeStaff(s.t.Context(), "", id, func(who *line.Staff) { who.ChildTrained = child }))
	a := &adviser{s: s, id: id}
	link, err := s.line.OneTimeLink(s.t.Context(), id)
	s.ok(err)
	a.token, err = s.line.Redeem(s.t.Context(), link)
	s.ok(err)
	s.ok(s.line.GoOnDuty(s.t.Context(), a.token))
	s.pager.Tend(s.t.Context())
	return a
}

// stays keeps the adviser's desk heard from until a time.
func (a *adviser) stays(hour, minute int) {
	a.s.t.Helper()
	for a.s.clock().Before(at(hour, minute)) {
		if !a.s.line.Beat(a.token) {
			a.s.t.Fatal("the adviser is not signed in")
		}
		a.s.until(a.s.clock().Add(15 * time.Second))
	}
}

func (a *adviser) claims(handle string) {
	a.s.t.Helper()
	a.s.ok(a.s.theBot().Claim(a.s.t.Context(), handle, a.id))
	a.s.pager.Tend(a.s.t.Context())
}

func (a *adviser) sees(handle string) {
	a.s.t.Helper()
	a.s.ok(a.s.theBot().Seen(a.s.t.Context(), handle, a.id))
	a.s.pager.Tend(a.s.t.Context())
}

func (a *adviser) writes(handle, text string) {
	a.s.t.Helper()
	a.s.ok(a.s.theBot().Says(a.s.t.Context(), handle, a.id, text, bot.Hide(text)))
	a.s.pager.Tend(a.s.t.Context())
}

// A person writes to the line, on its page.
type person struct {
	s    *scene
	name string
	n    int
}

func (s *scene) person(name string) *person { return &person{s: s, name: name} }

func (p *person) take(in bot.Inbound) {
	p.s.t.Helper()
	p.n++
	in.Channel, in.Address, in.ID, in.Lang, in.Country, in.Page = "web", bot.Hide("page of "+p.name), fmt.Sprint(p.name, p.n), "en", "GB", true
	_, err := p.s.theBot().Take(p.s.t.Context(), in)
	p.s.ok(err)
	p.s.theBot().Tend(p.s.t.Context())
	p.s.pager.Tend(p.s.t.Context())
}

func (p *person) taps(choices ...string) {
	p.s.t.Helper()
	for _, c := range choices {
		p.take(bot.Inbound{Choice: c})
	}
}

func (p *person) presses(k flows.Kind) { p.s.t.Helper(); p.take(bot.Inbound{Key: k}) }
func (p *person) writes(text string)   { p.s.t.Helper(); p.take(bot.Inbound{Text: bot.Hide(text)}) }

// waits goes to the queue as the shortest way leads, and says under which handle.
func (p *person) waits() string {
	p.s.t.Helper()
	p.taps("yes")
	p.presses(flows.Person)
	return p.handle()
}

// handle is the newest one of the queue.
func (p *person) handle() string {
	p.s.t.Helper()
	newest := bot.Item{}
	for _, it := range p.s.theBot().Queue() {
		if it.Since.After(newest.Since) || newest.Handle == "" {
			newest = it
		}
	}
	if newest.Handle == "" {
		p.s.t.Fatalf("%s is not in the queue", p.name)
	}
	return newest.Handle
}

// reads is the person's page.
func (p *person) reads() string {
	p.s.t.Helper()
	v, err := p.s.theBot().View(p.s.t.Context(), "web", bot.Hide("page of "+p.name))
	p.s.ok(err)
	var b strings.Builder
	for _, l := range v.Lines {
		for _, block := range l.Blocks {
			b.WriteString(block.Text + "\n")
		}
	}
	return b.String()
}

// by makes a step of a board.
func by(t testing.TB, b *board, after time.Duration, set func(*oncall.Step)) oncall.Step {
	t.Helper()
	way, err := oncall.Post(b.url(), bearer)
	if err != nil {
		t.Fatal(err)
	}
	s := oncall.Step{Kind: "post", Way: way, After: after, Repeat: 10 * time.Minute}
	if set != nil {
		set(&s)
	}
	return s
}

func lead(s *oncall.Step)   { s.Lead = true }
func always(s *oncall.Step) { s.Always = true }
