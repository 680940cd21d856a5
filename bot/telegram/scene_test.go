package telegram

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quietline/bot"
	"quietline/bot/telegram/telegramtest"
	"quietline/directory"
	"quietline/flows"
	"quietline/line"
	"quietline/locales"
	"quietline/store/bolt"
)

const token = "123456789:AAtest-token_for_a_loopback_server"

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
	return &bot.Content{Book: book.WithMenus(flows.Menus{Languages: []string{"en", "es"}, Countries: []string{"GB", "ES"}}), Words: words, Directory: dir}, nil
})

// A scene is a line whose people have telephones: real stores, the real bot, the channel, and Telegram on a loopback address.
type scene struct {
	t       testing.TB
	dir     string
	shift   atomic.Int64 // how far the clock is ahead of this machine's
	log     *lines
	server  *telegramtest.Server
	talks   *bolt.Store
	lines   *bolt.Store
	line    *line.Line
	bot     atomic.Pointer[bot.Bot]
	ch      *Channel
	site    *httptest.Server
	code    line.Code
	adviser string
	broken  atomic.Pointer[string] // looking up this code panics

	stop func()
}

// lines is a log that many may write at once.
type lines struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var quick = Pace{PerSecond: 1e6, PerChat: 1e6, Burst: 1000}

func newScene(t testing.TB, p Pace) *scene {
	t.Helper()
	s := &scene{t: t, dir: t.TempDir(), log: &lines{}}
	var err error
	s.server, err = telegramtest.New(token, telegramtest.Options{Now: s.now, Hold: 200 * time.Millisecond})
	s.ok(err)
	log := slog.New(slog.NewTextHandler(s.log, nil))
	s.lines, err = bolt.Open(filepath.Join(s.dir, "line"), "line", bolt.Options{Memory: true})
	s.ok(err)
	s.line, err = line.Open(t.Context(), s.lines, line.Options{Now: s.now, AlwaysOn: true})
	s.ok(err)
	pl, err := s.line.AddPlacement(t.Context(), "", "GB", "poster")
	s.ok(err)
	s.code = pl.Code
	s.ch, err = New(Config{Token: token, APIURL: s.server.URL(), Bot: s.bot.Load, Open: s.opens, Pace: p, Now: s.now, Log: log})
	s.ok(err)
	s.site = httptest.NewServer(s.ch)
	s.open()
	t.Cleanup(s.close)
	return s
}

func (s *scene) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) now() time.Time { return time.Now().Add(time.Duration(s.shift.Load())) }

// hurry lets the clock run a hundred times as fast, until the returned function is called.
func (s *scene) hurry() (end func()) {
	tick := time.NewTicker(10 * time.Millisecond)
	over, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-tick.C:
				s.shift.Add(int64(time.Second))
			case <-over:
				return
			}
		}
	}()
	return func() { tick.Stop(); close(over); <-ended }
}

func (s *scene) opens(text string) (string, bool) {
	if b := s.broken.Load(); b != nil && *b == text {
		panic("looking up " + text)
	}
	code, err := line.ParseCode(text)
	if err != nil {
		return "", false
	}
	return s.line.Opens(code)
}

// open opens the conversations and runs their bot.
func (s *scene) open() {
	s.t.Helper()
	c, err := content()
	s.ok(err)
	s.talks, err = bolt.Open(filepath.Join(s.dir, "talks"), "talks", bolt.Options{Memory: true})
	s.ok(err)
	b, err := bot.New(s.t.Context(), bot.Config{Store: s.talks, Line: s.line, Content: func() *bot.Content { return c }, Channels: []bot.Channel{s.ch},
		Languages: []string{"en", "es"}, Countries: []string{"GB", "ES"}, Cover: "Notices", Durable: true, Reveal: "never", Now: s.now, Rand: rand.Reader, Log: s.ch.cfg.Log})
	s.ok(err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := b.Run(ctx); err != nil {
			s.t.Error(err)
		}
	}()
	s.stop = func() { cancel(); <-ended; _ = s.talks.Close() }
	s.bot.Store(b)
}

func (s *scene) close() {
	s.site.Close()
	s.server.Close()
	s.stop()
	s.ch.Settle()
	_ = s.line.Close()
	_ = s.lines.Close()
}

// hooked has Telegram post to the channel.
func (s *scene) hooked() *scene {
	s.t.Helper()
	_, after, err := s.ch.Connect(s.t.Context(), s.site.URL+"/in/t")
	s.ok(err)
	if after.URL != s.site.URL+"/in/t" {
		s.t.Fatalf("the webhook is %+v", after)
	}
	return s
}

// polls has the channel ask Telegram, until the returned function is called.
func (s *scene) polls() (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.ch.Poll(ctx) }()
	var once sync.Once
	end = func() {
		once.Do(func() {
			cancel()
			s.ok(<-ended)
		})
	}
	s.t.Cleanup(end)
	return end
}

// text is what a message says, up to its first placeholder.
func (s *scene) text(id string) string {
	s.t.Helper()
	c, err := content()
	s.ok(err)
	args := locales.Args{}
	for _, p := range c.Words.Placeholders(id) {
		args[p] = "\x00"
	}
	words, err := c.Words.Text("en", id, args)
	s.ok(err)
	words, _, _ = strings.Cut(words, "\x00")
	return words
}

// sees waits until a phone shows a message.
func (s *scene) sees(p *telegramtest.Phone, ids ...string) {
	s.t.Helper()
	for _, id := range ids {
		s.ok(p.Waits(s.text(id)))
	}
}

// taps taps a button when it is there.
func (s *scene) taps(p *telegramtest.Phone, label string) {
	s.t.Helper()
	s.ok(p.Until(func(screen string) bool {
		return strings.Contains(screen, label+"]") || strings.Contains(screen, "["+label+" ")
	}))
	s.ok(p.Taps(label))
}

// signedIn is an adviser on duty.
func (s *scene) signedIn() {
	s.t.Helper()
	ctx := s.t.Context()
	id, _, err := s.line.Invite(ctx, "", "adviser-1", line.Adviser, []string{"en"})
	s.ok(err)
	link, err := s.line.OneTimeLink(ctx, id)
	s.ok(err)
	session, err := s.line.Redeem(ctx, link)
	s.ok(err)
	s.ok(s.line.ChangeStaff(ctx, "", id, func(x *line.Staff) { x.Limit = line.MaxLimit }))
	s.ok(s.line.GoOnDuty(ctx, session))
	s.adviser = id
}

// held leads people to the adviser, by typed answers, and claims them all.
func (s *scene) held(people ...*telegramtest.Phone) (handles []string) {
	s.t.Helper()
	for _, p := range people {
		p.Starts(s.code.String())
		for _, words := range []string{"1", "1", "9"} {
			p.Writes(words)
		}
	}
	s.ok(s.server.Taken())
	for _, it := range s.bot.Load().Queue() {
		s.ok(s.bot.Load().Claim(s.t.Context(), it.Handle, s.adviser))
		handles = append(handles, it.Handle)
	}
	if len(handles) != len(people) {
		s.t.Fatalf("%d of %d people reached the queue; one reads:\n%s\n%s", len(handles), len(people), people[0].Screen(), s.log)
	}
	return handles
}

// said is what the person wrote to the adviser.
func (s *scene) said(handle string) (out []string) {
	s.t.Helper()
	v, err := s.bot.Load().Desk(s.t.Context(), handle, s.adviser, false, "en")
	s.ok(err)
	c, _ := content()
	for _, l := range v.Lines {
		if l.From == bot.FromPerson {
			out = append(out, strings.TrimSpace(c.Plain("en", l.Blocks)))
		}
	}
	return out
}

// post posts a body to the webhook as Telegram would, with a secret, and returns the status.
func (s *scene) post(secret, body string) int {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.site.URL, strings.NewReader(body))
	s.ok(err)
	if secret != "" {
		req.Header.Set(secretHeader, secret)
	}
	resp, err := http.DefaultClient.Do(req)
	s.ok(err)
	s.ok(resp.Body.Close())
	return resp.StatusCode
}

// clean fails when the log tells anything of people, or something was asked of Telegram that is never asked.
func (s *scene) clean(people ...*telegramtest.Phone) {
	s.t.Helper()
	log := s.log.String()
	for _, p := range people {
		for _, w := range []string{p.Chat(), "Firstname", "Lastname", "name" + p.Chat()} {
			if strings.Contains(log, w) {
				s.t.Errorf("the log holds %q:\n%s", w, log)
			}
		}
	}
	if strings.Contains(log, "AAtest") {
		s.t.Errorf("the log holds the token:\n%s", log)
	}
	for _, m := range s.server.Methods() {
		switch m {
		case "sendMessage", "deleteMessages", "editMessageReplyMarkup", "answerCallbackQuery", "leaveChat", "setWebhook", "deleteWebhook", "getWebhookInfo", "getUpdates", "getMe":
		default:
			s.t.Errorf("%s was called", m)
		}
	}
	for _, m := range s.server.Mistakes() {
		if !strings.Contains(m, "message is not modified") && !strings.Contains(m, "message to edit not found") {
			s.t.Errorf("Telegram refused %s", m)
		}
	}
}

func numbered(name string, n int) string { return fmt.Sprintf("%s %02d", name, n) }

func hide(s string) bot.Private { return bot.Hide(s) }
