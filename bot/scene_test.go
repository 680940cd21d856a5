package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"quietline/directory"
	"quietline/flows"
	"quietline/line"
	"quietline/locales"
	"quietline/store"
	"quietline/store/bolt"
)

// A scene is one line with real stores, flows, words and directory, a clock of its own, and people.
type scene struct {
	t     testing.TB
	ctx   context.Context
	dir   string
	now   time.Time
	talks store.Store
	lines store.Store
	line  *line.Line
	bot   *Bot
	phone *phones
	log   *strings.Builder
	cfg   Config
	shut  bool
}

var content = sync.OnceValues(func() (*Content, error) {
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
	return &Content{Book: book.WithMenus(flows.Menus{Languages: []string{"en", "es"}, Countries: []string{"GB", "ES"}}), Words: words, Directory: dir}, nil
})

func newScene(t testing.TB) *scene {
	t.Helper()
	s := &scene{t: t, ctx: t.Context(), dir: t.TempDir(), now: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), log: &strings.Builder{}}
	c, err := content()
	s.ok(err)
	s.phone = &phones{got: map[string][]Outbound{}, now: func() time.Time { return s.now }, limits: flows.Limits{Channel: "text"}}
	s.cfg = Config{Content: func() *Content { return c }, Channels: []Channel{s.phone}, Languages: []string{"en", "es"},
		Countries: []string{"GB", "ES"}, Cover: "Notices", Durable: true, Reveal: "never", Duties: nil,
		Now: func() time.Time { return s.now }, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(s.log, nil))}
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

func (s *scene) open() {
	s.t.Helper()
	var err error
	s.talks, err = bolt.Open(filepath.Join(s.dir, "talks"), "conversations", bolt.Options{Memory: true})
	s.ok(err)
	s.lines, err = bolt.Open(filepath.Join(s.dir, "line"), "line", bolt.Options{Memory: true})
	s.ok(err)
	s.line, err = line.Open(context.Background(), s.lines, line.Options{Now: func() time.Time { return s.now }, AlwaysOn: true})
	s.ok(err)
	s.cfg.Store, s.cfg.Line = s.talks, s.line
	s.bot, err = New(s.ctx, s.cfg)
	s.ok(err)
	s.bot.once.Do(func() { close(s.bot.whole) }) // nothing runs: the test reads what is there, with settle
}

// close ends the line and looks once more at what is left: everything opens, and no text lies outside a handoff.
func (s *scene) close() {
	if s.shut {
		return
	}
	s.shut = true
	ctx := context.Background()
	for ch, err := range s.talks.Watch(ctx) {
		if err != nil {
			s.t.Error(err)
			break
		}
		if ch.Listed {
			break
		}
		if ch.Name == (store.Name{}) {
			continue
		}
		r, err := s.talks.Get(ctx, ch.Name)
		if err != nil {
			continue
		}
		if _, _, err := unseal(r, ch.Name); err != nil {
			s.t.Errorf("a record does not open: %v", err)
		}
	}
	_ = s.line.Close()
	_ = s.talks.Close()
	_ = s.lines.Close()
}

// restart ends the process, as it were, and opens the same files again: only what was committed is there.
func (s *scene) restart() {
	s.t.Helper()
	s.ok(s.line.Close())
	s.ok(s.talks.Close())
	s.ok(s.lines.Close())
	s.open()
	s.settle()
}

// settle reads everything in the store into the index, as Watch does at every start, and does what is due.
func (s *scene) settle() {
	s.t.Helper()
	for ch, err := range s.talks.Watch(s.ctx) {
		s.ok(err)
		if ch.Listed {
			break
		}
		if ch.Name != (store.Name{}) {
			s.bot.look(s.ctx, ch)
		}
	}
	s.ok(s.bot.catchUpAll(s.ctx))
	s.bot.Tend(s.ctx)
}

// later lets time pass and does what is due then.
func (s *scene) later(d time.Duration) {
	s.t.Helper()
	s.now = s.now.Add(d)
	s.bot.Tend(s.ctx)
}

// phones is a text channel: it delivers into the pockets of the test's people, and can lose or refuse.
type phones struct {
	mu        sync.Mutex
	got       map[string][]Outbound
	withdrawn map[string]int
	fail      []error
	poison    string // a text that this provider never takes
	sent      int
	now       func() time.Time
	limits    flows.Limits
	copies    bool     // only the provider's copy can be deleted, as with text messages
	gone      []string // ids withdrawn
}

func (p *phones) Name() string { return "text" }

func (p *phones) Limits() flows.Limits { return p.limits }

func (p *phones) Send(_ context.Context, out Outbound) (Receipt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.fail) > 0 {
		err := p.fail[0]
		p.fail = p.fail[1:]
		return Receipt{}, err
	}
	if p.poison != "" && strings.Contains(out.Text.Reveal(), p.poison) {
		return Receipt{}, errors.New("the provider fails")
	}
	p.sent++
	p.got[out.To.Reveal()] = append(p.got[out.To.Reveal()], out)
	return Receipt{ID: fmt.Sprint(p.sent), At: p.now(), Copy: p.copies}, nil
}

func (p *phones) Withdraw(_ context.Context, to Address, rs []Receipt) (later, never []Receipt, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.withdrawn == nil {
		p.withdrawn = map[string]int{}
	}
	p.withdrawn[to.Reveal()] += len(rs)
	for _, r := range rs {
		p.gone = append(p.gone, r.ID)
	}
	return nil, nil, nil
}

// plain is what a page shows, as text.
func plain(blocks []Block) string {
	c, err := content()
	if err != nil {
		return err.Error()
	}
	return c.Plain("en", blocks)
}

// A human is a person in a test. On the web she reads her page, on the phone her messages.
type human struct {
	s       *scene
	web     bool
	address string
	lang    string
	country string
	n       int
	read    int
}

func (s *scene) onWeb(name string) *human {
	return &human{s: s, web: true, address: name, lang: "en", country: "GB"}
}

func (s *scene) onPhone(name string) *human { return &human{s: s, address: name} }

func (h *human) channel() string {
	if h.web {
		return "web"
	}
	return "text"
}

func (h *human) view() View {
	h.s.t.Helper()
	v, err := h.s.bot.View(h.s.ctx, h.channel(), Hide(h.address))
	h.s.ok(err)
	return v
}

func (h *human) send(in Inbound) Taken {
	h.s.t.Helper()
	h.n++
	in.Channel, in.Address, in.Page = h.channel(), Hide(h.address), h.web
	in.Lang, in.Country = h.lang, h.country
	if in.ID == "" {
		in.ID = fmt.Sprintf("%s-%d", h.address, h.n)
	}
	if h.web && in.Turn == "" {
		if v := h.view(); !v.Gone {
			in.Turn = v.Turn
		} else {
			in.Turn = "0"
		}
	}
	if !h.web && in.Receipt == nil {
		in.Receipt = &Receipt{ID: "in-" + in.ID, At: h.s.now, Copy: h.s.phone.copies}
	}
	if !h.web {
		h.read = len(h.s.phone.got[h.address])
	}
	taken, err := h.s.bot.Take(h.s.ctx, in)
	h.s.ok(err)
	h.s.bot.Tend(h.s.ctx)
	return taken
}

// Says writes a text.
func (h *human) Says(words string) Taken { h.s.t.Helper(); return h.send(Inbound{Text: Hide(words)}) }

// Taps chooses an answer by its id.
func (h *human) Taps(choice string) Taken {
	h.s.t.Helper()
	taken := h.send(Inbound{Choice: choice})
	if taken.Stale {
		h.s.t.Fatalf("%s is not offered %q now", h.address, choice)
	}
	return taken
}

// Presses uses one of the keys that every page has.
func (h *human) Presses(k flows.Kind) Taken { h.s.t.Helper(); return h.send(Inbound{Key: k}) }

// screen is all that the person can read now: the page, or the messages since she last wrote.
func (h *human) screen() string {
	h.s.t.Helper()
	if !h.web {
		var b strings.Builder
		for _, o := range h.s.phone.got[h.address][h.read:] {
			b.WriteString(o.Text.Reveal() + "\n")
			for _, c := range o.Choices {
				fmt.Fprintf(&b, "%d %s\n", c.Digit, c.Label)
			}
		}
		return b.String()
	}
	v := h.view()
	if v.Gone {
		return ""
	}
	var b strings.Builder
	for _, l := range v.Lines {
		b.WriteString(string(l.From) + ": " + plain(l.Blocks) + "\n")
	}
	for _, c := range v.Choices {
		fmt.Fprintf(&b, "%d %s\n", c.Digit, c.Label)
	}
	return b.String()
}

func (h *human) text(id string) string {
	h.s.t.Helper()
	c, _ := content()
	lang := "en"
	if h.web {
		if v := h.view(); v.Lang != "" {
			lang = v.Lang
		}
	}
	words, err := c.Words.Text(lang, id, nil)
	if err == nil {
		return words
	}
	// With placeholders: the words before the first one.
	for _, v := range []any{"\x00", 7} {
		args := locales.Args{}
		for _, p := range c.Words.Placeholders(id) {
			args[p] = v
		}
		if words, err = c.Words.Text(lang, id, args); err == nil {
			words, _, _ = strings.Cut(words, "\x00")
			words, _, _ = strings.Cut(words, "7")
			return words
		}
	}
	h.s.t.Fatalf("no message %s: %v", id, err)
	return ""
}

// Hears fails unless the screen shows each of these messages.
func (h *human) Hears(ids ...string) {
	h.s.t.Helper()
	screen := h.screen()
	for _, id := range ids {
		if !strings.Contains(screen, h.text(id)) {
			h.s.t.Fatalf("%s does not hear %s (%q); the screen is:\n%s", h.address, id, h.text(id), screen)
		}
	}
}

// Never fails if the screen shows any of these texts.
func (h *human) Never(words ...string) {
	h.s.t.Helper()
	screen := strings.ToLower(h.screen())
	for _, w := range words {
		if strings.Contains(screen, strings.ToLower(w)) {
			h.s.t.Fatalf("%s must not see %q; the screen is:\n%s", h.address, w, screen)
		}
	}
}

// Sees fails unless the screen shows this text.
func (h *human) Sees(words string) {
	h.s.t.Helper()
	if screen := h.screen(); !strings.Contains(screen, words) {
		h.s.t.Fatalf("%s does not see %q; the screen is:\n%s", h.address, words, screen)
	}
}

// record is the person's record as it lies in the store.
func (h *human) record() *talk {
	h.s.t.Helper()
	_, t, err := h.s.bot.read(h.s.ctx, h.name())
	h.s.ok(err)
	return t
}

func (h *human) name() store.Name {
	return store.NewName(h.s.bot.secretNow(), h.channel(), h.address)
}

// handle is what the desk calls her.
func (h *human) handle() string {
	h.s.t.Helper()
	t := h.record()
	if t == nil {
		h.s.t.Fatalf("%s has no conversation", h.address)
	}
	return t.Handle
}

// waits leads a person on the web to the queue, by the shortest way.
func (h *human) waits() {
	h.s.t.Helper()
	h.Taps("yes")
	h.Presses(flows.Person)
	if m := h.view().Mode; m != Waiting {
		h.s.t.Fatalf("%s is %s, not waiting", h.address, m)
	}
}

// An adviser is staff in a test.
type adviser struct {
	s     *scene
	id    string
	token line.SessionToken
	n     int
}

// adviser signs in and goes on duty.
func (s *scene) adviser(name string, langs ...string) *adviser {
	s.t.Helper()
	id, _, err := s.line.Invite(s.ctx, "", name, line.Adviser, langs)
	s.ok(err)
	link, err := s.line.OneTimeLink(s.ctx, id)
	s.ok(err)
	token, err := s.line.Redeem(s.ctx, link)
	s.ok(err)
	s.ok(s.line.GoOnDuty(s.ctx, token))
	return &adviser{s: s, id: id, token: token}
}

func (a *adviser) Claims(handle string) { a.s.t.Helper(); a.s.ok(a.s.bot.Claim(a.s.ctx, handle, a.id)) }

func (a *adviser) Writes(handle, words string) {
	a.s.t.Helper()
	a.n++
	a.s.ok(a.s.bot.Says(a.s.ctx, handle, a.id, fmt.Sprint(a.n), Hide(words)))
	a.s.bot.Tend(a.s.ctx)
}

func (a *adviser) Closes(handle string) {
	a.s.t.Helper()
	a.s.ok(a.s.bot.End(a.s.ctx, handle, a.id))
	a.s.bot.Tend(a.s.ctx)
}

func (a *adviser) reads(handle string) string {
	a.s.t.Helper()
	v, err := a.s.bot.Desk(a.s.ctx, handle, a.id, false, "en")
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, l := range v.Lines {
		b.WriteString(string(l.From) + ": " + plain(l.Blocks) + "\n")
	}
	b.WriteString(plain(v.Summary))
	return b.String()
}

// files is everything the line has on disk, and its log.
func (s *scene) files() string {
	s.t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		b.Write(data)
		return err
	})
	s.ok(err)
	b.WriteString(s.log.String())
	return b.String()
}
