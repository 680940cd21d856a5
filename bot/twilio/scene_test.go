package twilio_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"quietline/bot"
	"quietline/bot/twilio"
	"quietline/bot/twilio/twiliotest"
	"quietline/directory"
	"quietline/flows"
	"quietline/line"
	"quietline/locales"
	"quietline/store"
	"quietline/store/bolt"
)

// The line's numbers and its public address. All numbers are kept for fiction.
const (
	british  = "+447700900100"
	spanish  = "+15550100200" // stands for one in Spain: no Spanish numbers are kept for fiction
	publicly = "https://line.example"
	anas     = "+447700900001"
	mais     = "+15550100001"
)

// A scene is one line with real stores, flows, words and directory behind its real handlers, a loopback Twilio, and a
// clock of its own. Nothing happens by itself: settle does what is due.
type scene struct {
	t     testing.TB
	ctx   context.Context
	dir   string
	srv   *twiliotest.Server
	hooks *httptest.Server
	acct  *twilio.Account
	talks store.Store
	lines store.Store
	line  *line.Line
	log   *logged
	cfg   twilio.Config

	mu  sync.Mutex
	now time.Time
	bot *bot.Bot
}

// logged is what was logged, from several goroutines.
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
	dir, err := directory.Load(directory.Data(), nil)
	if err != nil {
		return nil, err
	}
	menus := flows.Menus{Languages: []string{"en", "es", "vi"}, Countries: []string{"GB", "ES"}}
	return &bot.Content{Book: book.WithMenus(menus), Words: words, Directory: dir}, nil
})

// newScene opens a line with both numbers connected. A test may change the account and the configuration first.
func newScene(t testing.TB, change ...func(*twiliotest.Options, *twilio.Config)) *scene {
	t.Helper()
	s := &scene{t: t, ctx: t.Context(), dir: t.TempDir(), now: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), log: &logged{}}
	opts := twiliotest.Options{Numbers: []string{british, spanish}, WhatsApp: []string{british}, Now: s.clock}
	s.cfg = twilio.Config{AccountSID: twiliotest.AccountSID, AuthToken: twiliotest.AuthToken, PublicURL: publicly,
		Numbers: []twilio.Number{{Number: british, Country: "GB", WhatsApp: true}, {Number: spanish, Country: "ES"}},
		Bot:     s.theBot, Now: s.clock, Log: slog.New(slog.NewTextHandler(s.log, nil))}
	for _, f := range change {
		f(&opts, &s.cfg)
	}
	var err error
	s.srv, err = twiliotest.New(opts)
	s.ok(err)
	s.srv.HoldStatuses()
	s.cfg.APIURL = s.srv.URL
	s.acct, err = twilio.New(s.cfg)
	s.ok(err)
	s.hooks = httptest.NewServer(s.acct)
	s.srv.Reach(publicly, s.hooks.URL)
	_, _, err = s.acct.Connect(s.ctx)
	s.ok(err)
	s.srv.PointWhatsApp(british, publicly+twilio.InboundPath)
	s.open()
	t.Cleanup(func() {
		s.shutStores()
		s.srv.Close()
		s.hooks.Close()
		s.silent()
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

func (s *scene) setBot(b *bot.Bot) { s.mu.Lock(); defer s.mu.Unlock(); s.bot = b }

// open opens the stores in the scene's folder, and a bot over them.
func (s *scene) open() {
	s.t.Helper()
	var err error
	s.talks, err = bolt.Open(filepath.Join(s.dir, "talks"), "talks", bolt.Options{Memory: true})
	s.ok(err)
	s.lines, err = bolt.Open(filepath.Join(s.dir, "line"), "line", bolt.Options{Memory: true})
	s.ok(err)
	s.line, err = line.Open(context.Background(), s.lines, line.Options{Now: s.clock, AlwaysOn: true})
	s.ok(err)
	c, err := content()
	s.ok(err)
	b, err := bot.New(s.ctx, bot.Config{Store: s.talks, Line: s.line, Content: func() *bot.Content { return c },
		Channels: []bot.Channel{s.acct.SMS(), s.acct.WhatsApp()}, Languages: []string{"en", "es", "vi"}, Countries: []string{"GB", "ES"},
		Cover: "Notices", Durable: true, Reveal: "never", Now: s.clock, Rand: rand.Reader, Log: s.cfg.Log})
	s.ok(err)
	s.setBot(b)
}

func (s *scene) shutStores() {
	s.setBot(nil)
	if err := errors.Join(s.line.Close(), s.talks.Close(), s.lines.Close()); err != nil {
		s.t.Error(err)
	}
}

// loseMachine takes all that the line knew away, as a broken machine does, and puts a new one there.
func (s *scene) loseMachine() {
	s.t.Helper()
	s.shutStores()
	s.dir = s.t.TempDir()
	var err error
	s.acct, err = twilio.New(s.cfg)
	s.ok(err)
	s.hooks.Config.Handler = s.acct
	s.open()
}

// settle does what is due and lets the provider tell what became of it, until nothing moves.
func (s *scene) settle() {
	s.t.Helper()
	for range 100 {
		before := s.srv.Calls()
		s.theBot().Tend(s.ctx)
		s.srv.Wait()
		if s.srv.Tell() == 0 && s.srv.Calls() == before {
			return
		}
	}
	s.t.Fatal("it never comes to rest")
}

// later lets time pass and does what is due then.
func (s *scene) later(d time.Duration) {
	s.t.Helper()
	s.mu.Lock()
	s.now = s.now.Add(d)
	s.mu.Unlock()
	s.settle()
}

// records is how many records the store holds, without the secret.
func (s *scene) records() int {
	s.t.Helper()
	n := 0
	for ch, err := range s.talks.Watch(s.ctx) {
		s.ok(err)
		if ch.Listed {
			break
		}
		if ch.Name != (store.Name{}) {
			n++
		}
	}
	return n
}

// silent fails when the log has something of a person or of the account (S12).
func (s *scene) silent() {
	s.t.Helper()
	for _, secret := range []string{anas, mais, "7700900001", "5550100001", british, "07700", twiliotest.AuthToken, "whatsapp:", "SM0000", "hola", "my boss", "127.0.0.1"} {
		if strings.Contains(s.log.String(), secret) {
			s.t.Errorf("the log says %q:\n%s", secret, s.log)
		}
	}
}

// A human is a person with a telephone.
type human struct {
	s    *scene
	p    *twiliotest.Phone
	to   string
	wa   bool
	seen int
	sent int
}

func (s *scene) sms(number, to string) *human {
	return &human{s: s, p: s.srv.Phone(number), to: to}
}

func (s *scene) whatsApp(number string) *human {
	return &human{s: s, p: s.srv.Phone(number), to: british, wa: true}
}

// says writes messages one after another, and lets everything settle after each.
func (h *human) says(words ...string) *twiliotest.Sent {
	h.s.t.Helper()
	var last *twiliotest.Sent
	for _, w := range words {
		h.seen, h.sent = len(h.p.Got()), h.sent+1
		if h.wa {
			last = h.p.WhatsApps(h.to, w)
		} else {
			last = h.p.Texts(h.to, w)
		}
		if last.Status != http.StatusOK || last.Times != 1 {
			h.s.t.Fatalf("%q was answered with %d after %d calls", w, last.Status, last.Times)
		}
		h.s.settle()
	}
	return last
}

// screen is what came since the person last wrote.
func (h *human) screen() string {
	var b strings.Builder
	for _, t := range h.p.Got()[h.seen:] {
		b.WriteString(t.Body + "\n")
	}
	return b.String()
}

func (h *human) sees(words string) {
	h.s.t.Helper()
	if !strings.Contains(h.screen(), words) {
		h.s.t.Fatalf("the screen does not show %q:\n%s", words, h.screen())
	}
}

func (h *human) seesNothing() {
	h.s.t.Helper()
	if s := h.screen(); s != "" {
		h.s.t.Fatalf("something came:\n%s", s)
	}
}

// waits goes the shortest way to the queue: any word, the language, "nobody sees", a person.
func (h *human) waits() string {
	h.s.t.Helper()
	h.says("hello", "1", "1", "9")
	q := h.s.theBot().Queue()
	if len(q) == 0 {
		h.s.t.Fatalf("nobody waits; the screen is:\n%s", h.p.Screen())
	}
	return q[len(q)-1].Handle
}

// An adviser is staff, signed in and on duty.
type adviser struct {
	s  *scene
	id string
	n  int
}

func (s *scene) adviser() *adviser {
	s.t.Helper()
	id, _, err := s.line.Invite(s.ctx, "", "adviser-1", line.Adviser, []string{"en"})
	s.ok(err)
	link, err := s.line.OneTimeLink(s.ctx, id)
	s.ok(err)
	token, err := s.line.Redeem(s.ctx, link)
	s.ok(err)
	s.ok(s.line.GoOnDuty(s.ctx, token))
	return &adviser{s: s, id: id}
}

func (a *adviser) claims(handle string) {
	a.s.t.Helper()
	a.s.ok(a.s.theBot().Claim(a.s.ctx, handle, a.id))
}

func (a *adviser) writes(handle, words string) {
	a.s.t.Helper()
	a.n++
	a.s.ok(a.s.theBot().Says(a.s.ctx, handle, a.id, string(rune('a'+a.n)), bot.Hide(words)))
	a.s.settle()
}

// view is what the adviser sees.
func (a *adviser) view(handle string) bot.DeskView {
	a.s.t.Helper()
	v, err := a.s.theBot().Desk(a.s.ctx, handle, a.id, false, "en")
	a.s.ok(err)
	return v
}

// form is a webhook's form with these fields.
func form(fields ...string) url.Values {
	f := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		f.Add(fields[i], fields[i+1])
	}
	return f
}

// post sends a form to the line's handler with a signature, and returns the status.
func (s *scene) post(path, body, signature string) int {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, s.hooks.URL+path, strings.NewReader(body))
	s.ok(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if signature != "" {
		req.Header.Set("X-Twilio-Signature", signature)
	}
	res, err := http.DefaultClient.Do(req)
	s.ok(err)
	s.ok(res.Body.Close())
	return res.StatusCode
}
