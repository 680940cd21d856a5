package desk

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"quietline/bot"
	"quietline/directory"
	"quietline/flows"
	"quietline/line"
	"quietline/locales"
	"quietline/store/bolt"
)

// A house is a whole line on loopback: two stores, bot, line and desk.
type house struct {
	t    testing.TB
	line *line.Line
	bot  *bot.Bot
	desk *desk
	url  string
	log  *logBuffer
	dir  string // of both stores

	carrier *carrier

	mu    sync.Mutex
	ahead time.Duration // of the clock, see later
}

// A logBuffer holds what the house logged.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// later moves the house's clock: an authenticator's code works once, so whoever signs in twice must wait for the next.
func (h *house) later(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ahead += d
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Now().Add(h.ahead)
}

// content is read once: it never changes.
var content = sync.OnceValues(func() (*bot.Content, error) {
	words, err := locales.Load(locales.Shipped(), nil)
	if err != nil {
		return nil, err
	}
	book, err := flows.Load(flows.Shipped(), nil)
	if err != nil {
		return nil, err
	}
	numbers, err := directory.Load(directory.Data(), nil)
	if err != nil {
		return nil, err
	}
	book = book.WithMenus(flows.Menus{Languages: []string{"en", "es", "ar", "vi"}, Countries: []string{"GB", "ES", "DE"}})
	return &bot.Content{Book: book, Words: words, Directory: numbers}, nil
})

func newHouse(t testing.TB) *house { t.Helper(); return newHouseWith(t, line.Options{AlwaysOn: true}) }

// newHouseWith is newHouse with a rota, or with a bot configured otherwise.
func newHouseWith(t testing.TB, o line.Options, change ...func(*bot.Config)) *house {
	t.Helper()
	c, err := content()
	ok(t, err)
	h := &house{t: t, log: &logBuffer{}, carrier: &carrier{}}
	log := slog.New(slog.NewTextHandler(h.log, nil))
	dir := t.TempDir()
	h.dir = dir
	lines, err := bolt.Open(dir, "line", bolt.Options{})
	ok(t, err)
	talks, err := bolt.Open(dir, "talks", bolt.Options{})
	ok(t, err)
	ctx, stop := context.WithCancel(context.Background())
	o.Now, o.Log = h.now, log
	h.line, err = line.Open(ctx, lines, o)
	ok(t, err)
	cfg := bot.Config{
		Store: talks, Line: h.line, Channels: []bot.Channel{h.carrier}, Content: func() *bot.Content { return c }, Languages: []string{"en", "es", "ar", "vi"},
		Countries: []string{"GB", "ES", "DE"}, Cover: "Garden Office", Durable: true, Reveal: "never",
		Duties: map[string]string{"en": "None beyond the law."}, Now: h.now, Rand: rand.Reader, Log: log,
	}
	for _, f := range change {
		f(&cfg)
	}
	h.bot, err = bot.New(ctx, cfg)
	ok(t, err)
	ran := make(chan error, 1)
	go func() { ran <- h.bot.Run(ctx) }()

	srv := httptest.NewUnstartedServer(nil)
	h.url = "http://" + srv.Listener.Addr().String()
	handler, err := New(Config{
		Bot: h.bot, Line: h.line, Content: func() *bot.Content { return c }, Title: "Garden Office", URL: h.url,
		PublicURL: "https://example.org", Now: h.now, Rand: rand.Reader, Log: log,
	})
	ok(t, err)
	h.desk = handler.(*desk)
	srv.Config.Handler = handler
	srv.Start()
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		stop()
		<-ran
		for _, close := range []func() error{h.line.Close, lines.Close, talks.Close} {
			if err := close(); err != nil {
				t.Error(err)
			}
		}
	})
	return h
}

// staff adds somebody and returns a one-time link's path.
func (h *house) staff(name string, role line.Role) (id, link string) {
	h.t.Helper()
	id, _, err := h.line.Invite(h.t.Context(), "", name, role, nil)
	ok(h.t, err)
	token, err := h.line.OneTimeLink(h.t.Context(), id)
	ok(h.t, err)
	return id, "/in/" + token
}

// enrolled adds somebody with a password and returns the secret of their authenticator.
func (h *house) enrolled(name string, role line.Role) (secret string) {
	h.t.Helper()
	_, token, err := h.line.Invite(h.t.Context(), "", name, role, nil)
	ok(h.t, err)
	e, err := h.line.Enrol(h.t.Context(), token, password)
	ok(h.t, err)
	t, err := h.line.Confirm(h.t.Context(), token, h.code(e.Secret))
	ok(h.t, err)
	ok(h.t, h.line.SignOut(h.t.Context(), t))
	h.later(time.Minute)
	return e.Secret
}

const password = "seven green garden chairs"

// code is what the authenticator shows now.
func (h *house) code(secret string) string {
	h.t.Helper()
	code, err := totp.GenerateCode(secret, h.now())
	ok(h.t, err)
	return code
}

// A client is a staff member's browser without a screen.
type client struct {
	t    testing.TB
	http *http.Client
	url  string
	form string // the form token of the last page
}

func (h *house) client() *client {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	ok(h.t, err)
	return &client{t: h.t, url: h.url, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// signedIn adds somebody and signs them in by a link.
func (h *house) signedIn(name string, role line.Role) (*client, string) {
	h.t.Helper()
	id, link := h.staff(name, role)
	c := h.client()
	c.post(link, nil).is(http.StatusSeeOther)
	c.get("/people")
	c.get("/places")
	c.get("/")
	return c, id
}

// A reply is what came back.
type reply struct {
	t      testing.TB
	status int
	body   string
	header http.Header
}

func (r reply) is(status int) reply {
	r.t.Helper()
	if status == http.StatusOK && r.status == statusPage {
		return r
	}
	if r.status != status {
		r.t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

func (r reply) says(texts ...string) reply {
	r.t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.body, text) {
			r.t.Fatalf("%q is not in the answer: %s", text, r.body)
		}
	}
	return r
}

func (r reply) lacks(texts ...string) reply {
	r.t.Helper()
	for _, text := range texts {
		if strings.Contains(strings.ToLower(r.body), strings.ToLower(text)) {
			r.t.Fatalf("%q is in the answer: %s", text, r.body)
		}
	}
	return r
}

// find is the first group of a pattern in the body.
func (r reply) find(pattern string) string {
	r.t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(r.body)
	if m == nil {
		r.t.Fatalf("no %s in the answer: %s", pattern, r.body)
	}
	return m[1]
}

var formPattern = regexp.MustCompile(`name="form" value="([^"]+)"`)

func (c *client) do(req *http.Request) reply {
	c.t.Helper()
	res, err := c.http.Do(req)
	ok(c.t, err)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	ok(c.t, err)
	if m := formPattern.FindSubmatch(b); m != nil {
		c.form = string(m[1])
	}
	return reply{c.t, res.StatusCode, string(b), res.Header}
}

func (c *client) get(path string) reply {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.url+path, nil)
	ok(c.t, err)
	return c.do(req)
}

// post sends a form of this desk: its token is added unless v names one.
func (c *client) post(path string, v url.Values) reply {
	c.t.Helper()
	return c.postFrom(c.url, path, v)
}

func (c *client) postFrom(origin, path string, v url.Values) reply {
	c.t.Helper()
	w := url.Values{"form": {c.form}}
	for name, values := range v {
		w[name] = values
	}
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.url+path, strings.NewReader(w.Encode()))
	ok(c.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", origin)
	return c.do(req)
}

// A person is who writes to the line, on its web page.
type person struct {
	h       *house
	address bot.Address
	lang    string
	n       int
}

func (h *house) person(name, lang string) *person {
	return &person{h: h, address: bot.Hide("page of " + name), lang: lang}
}

func (p *person) take(in bot.Inbound) {
	p.h.t.Helper()
	p.n++
	in.Channel, in.Address, in.ID, in.Lang, in.Country, in.Page = "web", p.address, fmt.Sprint(p.n), p.lang, "GB", true
	_, err := p.h.bot.Take(p.h.t.Context(), in)
	ok(p.h.t, err)
}

func (p *person) taps(choice string) { p.h.t.Helper(); p.take(bot.Inbound{Choice: choice}) }
func (p *person) presses(k flows.Kind) {
	p.h.t.Helper()
	p.take(bot.Inbound{Key: k})
}
func (p *person) writes(text string) { p.h.t.Helper(); p.take(bot.Inbound{Text: bot.Hide(text)}) }

// sees waits until the person's page has text.
func (p *person) sees(text string) {
	p.h.t.Helper()
	until(p.h.t, "the person sees "+text, func() bool {
		v, err := p.h.bot.View(p.h.t.Context(), "web", p.address)
		ok(p.h.t, err)
		for _, l := range v.Lines {
			for _, b := range l.Blocks {
				if strings.Contains(b.Text, text) {
					return true
				}
			}
		}
		return false
	})
}

// waits walks the person to the queue and returns their handle.
func (p *person) waits() (handle string) {
	p.h.t.Helper()
	before := map[string]bool{}
	for _, it := range p.h.bot.Queue() {
		before[it.Handle] = true
	}
	p.taps("yes")
	p.presses(flows.Person)
	until(p.h.t, "the person waits", func() bool {
		for _, it := range p.h.bot.Queue() {
			if !before[it.Handle] {
				handle = it.Handle
			}
		}
		return handle != ""
	})
	return handle
}

// handedTo walks the person to the queue and lets the adviser take them.
func (p *person) handedTo(staff string) (handle string) {
	p.h.t.Helper()
	handle = p.waits()
	ok(p.h.t, p.h.bot.Claim(p.h.t.Context(), handle, staff))
	return handle
}

func mustURL(t testing.TB, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	ok(t, err)
	return u
}

// until looks again and again, for 20 s at most.
func until(t testing.TB, what string, f func() bool) {
	t.Helper()
	end := time.After(20 * time.Second)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !f() {
		select {
		case <-again.C:
		case <-end:
			t.Fatalf("in 20 s it did not come to this: %s", what)
		}
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
