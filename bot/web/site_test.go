package web_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"quietline/bot"
	"quietline/bot/web"
	"quietline/directory"
	"quietline/flows"
	"quietline/line"
	"quietline/locales"
	"quietline/store/bolt"
)

// cover is the tests' line's name: dull, and in no language's list of telling words.
const cover = "Notice board"

var content = sync.OnceValue(func() *bot.Content {
	words, err := locales.Load(locales.Shipped(), nil)
	if err != nil {
		panic(err)
	}
	dir, err := directory.Load(directory.Data(), nil)
	if err != nil {
		panic(err)
	}
	book, err := flows.Load(flows.Shipped(), nil)
	if err != nil {
		panic(err)
	}
	var tags []string
	for _, l := range words.Languages() {
		if words.Has(l.Tag, "page.more") && words.Has(l.Tag, "chat.unseen") {
			tags = append(tags, l.Tag)
		}
	}
	book = book.WithMenus(flows.Menus{Languages: tags, Countries: countries})
	return &bot.Content{Book: book, Words: words, Directory: dir}
})

var countries = []string{"GB", "US", "AE", "VN", "FR"}

// languages are those whose catalogue has this page's words.
func languages() []string {
	var out []string
	for _, l := range content().Words.Languages() {
		if content().Words.Has(l.Tag, "page.more") && content().Words.Has(l.Tag, "chat.unseen") {
			out = append(out, l.Tag)
		}
	}
	return out
}

// A clock is the tests' time: it moves only when told, by more than the real one.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// A town is a whole line on loopback: store, line, bot and its public host, and the site that leaving leads to.
type town struct {
	t     *testing.T
	url   string
	exit  string
	bot   *bot.Bot
	line  *line.Line
	talks *bolt.Store
	clock
	dir  string
	cfg  web.Config
	logs *syncBuffer

	mu   sync.Mutex
	site http.Handler
}

// syncBuffer is a log that may be written and read at once.
type syncBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

const exitTitle = "Weather"

// newTown starts one; noBot leaves the store and the chat out.
func newTown(t *testing.T, noBot bool, edit func(*web.Config)) *town {
	t.Helper()
	w := &town{t: t, dir: t.TempDir(), logs: &syncBuffer{}}
	log := slog.New(slog.NewTextHandler(w.logs, nil))
	exit := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(rw, "<!doctype html><title>"+exitTitle+"</title><p>Sunny")
	}))
	t.Cleanup(exit.Close)
	w.exit = exit.URL + "/weather"
	w.cfg = web.Config{Content: content, Languages: languages(), Countries: countries, Country: "GB",
		Cover: cover, ExitURL: w.exit, PublicURL: "http://127.0.0.1", Now: w.Now, Rand: rand.Reader, Log: log}
	if !noBot {
		w.startBot(log)
		w.cfg.Bot, w.cfg.Line = w.bot, w.line
	}
	if edit != nil {
		edit(&w.cfg)
	}
	w.restart()
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		site := w.site
		w.mu.Unlock()
		site.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.CloseClientConnections) // a stream of changes never ends by itself
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	w.url = server.URL
	return w
}

// restart puts a new Site in the place of the old one, as a new process would: nothing in memory survives.
func (w *town) restart() {
	w.t.Helper()
	site, err := web.New(w.cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.site = site
}

func (w *town) startBot(log *slog.Logger) {
	t := w.t
	ctx, stop := context.WithCancel(context.Background())
	talks, err := bolt.Open(w.dir, "talks", bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.talks = talks
	kept, err := bolt.Open(w.dir, "line", bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.line, err = line.Open(ctx, kept, line.Options{Now: w.Now, AlwaysOn: true, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	w.bot, err = bot.New(ctx, bot.Config{Store: talks, Line: w.line, Content: content, Languages: languages(), Countries: w.cfg.Countries, Cover: cover,
		Reveal: "never", Duties: map[string]string{"en": "None."}, Now: w.Now, Rand: rand.Reader, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = w.bot.Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-done
		_ = w.line.Close()
		_ = kept.Close()
		_ = talks.Close()
	})
}

// A browser is one person's plain HTTP client, without script.
type browser struct {
	w    *town
	http *http.Client
	path string
	lang string
	body string
	resp *http.Response
}

func (w *town) browser(path string) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &browser{w: w, path: path, lang: "en", http: &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), w.url) {
			return http.ErrUseLastResponse
		}
		return nil
	}}}
}

func (b *browser) do(method, path, body string, header ...string) string {
	b.w.t.Helper()
	req, err := http.NewRequest(method, b.w.url+path, strings.NewReader(body))
	if err != nil {
		b.w.t.Fatal(err)
	}
	req.Header.Set("Accept-Language", b.lang)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := b.http.Do(req)
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	b.resp, b.body = resp, string(raw)
	return b.body
}

func (b *browser) get() string { return b.do(http.MethodGet, b.path, "") }

func (b *browser) post(fields ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	return b.do(http.MethodPost, b.path, v.Encode())
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([tnm])" value="([^"]*)">`)

// token returns the fields that tie a form to its page.
func (b *browser) token() []string {
	var out []string
	for _, m := range hiddenField.FindAllStringSubmatch(b.body, -1) {
		out = append(out, m[1], m[2])
	}
	return out
}

// press sends the page's form with one more field.
func (b *browser) press(name, value string) string { return b.post(append(b.token(), name, value)...) }

// says types a text and sends it.
func (b *browser) says(text string) string {
	return b.post(append(b.token(), "k", "say", "x", text)...)
}

var choiceButton = regexp.MustCompile(`name="c" value="([^"]*)"`)

// choices are the ids of the buttons on the page.
func (b *browser) choices() []string {
	var out []string
	for _, m := range choiceButton.FindAllStringSubmatch(b.body, -1) {
		out = append(out, m[1])
	}
	return out
}

func (b *browser) chatting() bool { return strings.Contains(b.body, `<body class="chat"`) }
func (b *browser) ordinary() bool { return strings.Contains(b.body, `<body class="page"`) }

// log is what the frame shows.
func (b *browser) log() string {
	keep, resp := b.body, b.resp
	out := b.do(http.MethodGet, "/a", "")
	b.body, b.resp = keep, resp
	return out
}

func (b *browser) cookies() []*http.Cookie {
	u, _ := url.Parse(b.w.url)
	return b.http.Jar.Cookies(u)
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func text(t *testing.T, lang, id string) string {
	t.Helper()
	return must(content().Words.Text(lang, id, nil))(t)
}

// files returns everything a town wrote: its files and its log.
func (w *town) files() map[string]string {
	out := map[string]string{"log": w.logs.String()}
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range entries {
		raw, err := os.ReadFile(w.dir + "/" + e.Name())
		if err != nil {
			w.t.Fatal(err)
		}
		out[e.Name()] = string(raw)
	}
	return out
}

func code(t *testing.T, country string) string {
	return fmt.Sprint("/", must(line.NewCode(rand.Reader, country))(t))
}
