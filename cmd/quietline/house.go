package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"quietline/bot"
	"quietline/bot/oncall"
	"quietline/bot/web"
	"quietline/desk"
	"quietline/directory"
	"quietline/line"
	"quietline/store/bolt"
)

// The two stores' names: NAME.db and NAME.keys lie together.
const (
	talksName = "talks"
	lineName  = "line"
)

// eraseTime bounds the overwriting of all keys, which takes milliseconds.
const eraseTime = 10 * time.Second

// A house is one line as it runs in one process: content, line, conversations, and the two handlers over them. Its
// public page works when a store does not open; then the chat is off, and the log says why.
type house struct {
	cfg     *config
	opts    houseOptions
	content *contentSource
	now     func() time.Time
	rand    io.Reader
	log     *slog.Logger

	lineStore *bolt.Store // nil: it did not open
	line      *line.Line  // nil: it did not open

	carriers *carriers     // the channels besides the web; nil: none
	pager    *oncall.Pager // tells those on call; nil: there are none

	mu       sync.Mutex // held while the talks are opened, erased or closed
	talks    atomic.Pointer[talks]
	attempts attempts // what operators try with phones of their own
	started  time.Time
}

// houseOptions are what differs between commands.
type houseOptions struct {
	alwaysOn bool          // the rota is always open
	still    bool          // the bot does nothing by itself: the caller calls its Tend
	channels []bot.Channel // besides the web
}

// talks are the conversations and what is built over them; exchanged whole when all are erased.
type talks struct {
	store  *bolt.Store // nil: it did not open, and the chat is off
	bot    *bot.Bot    // nil: the chat is off
	public http.Handler
	desk   http.Handler
	stop   context.CancelFunc
	ended  chan struct{} // closed when the bot's Run has returned
}

// openHouse opens what can be opened, in order. Only a mistake in the configuration is an error: a store that does not
// open turns the chat off.
func openHouse(ctx context.Context, cfg *config, opts houseOptions, content *contentSource, p *program) (*house, error) {
	h := newHouse(cfg, opts, content, p)
	if err := h.openLine(ctx); err != nil {
		h.log.Error("staff cannot sign in, and the chat is off; the public page works", "err", err)
	}
	var err error
	h.carriers, err = newCarriers(cfg, carried{bot: h.bot, line: h.line, now: h.now, log: h.log})
	if err != nil {
		h.closeLine()
		return nil, err
	}
	if h.pager, err = h.newPager(); err != nil {
		h.closeLine()
		return nil, err
	}
	t, err := h.openTalks(ctx)
	if err != nil {
		h.closeLine()
		return nil, err
	}
	h.talks.Store(t)
	return h, nil
}

// bot is the bot as it is now, or nil: the chat is off, or not open yet.
func (h *house) bot() *bot.Bot {
	if t := h.talks.Load(); t != nil {
		return t.bot
	}
	return nil
}

func newHouse(cfg *config, opts houseOptions, content *contentSource, p *program) *house {
	return &house{cfg: cfg, opts: opts, content: content, now: p.now, rand: p.rand, log: p.logger(), started: p.now()}
}

// openLine opens what outlives conversations.
func (h *house) openLine(ctx context.Context) error {
	s, err := bolt.Open(h.cfg.path(h.cfg.LineDir), lineName, bolt.Options{Rand: h.rand})
	if err != nil {
		return err
	}
	l, err := line.Open(ctx, s, line.Options{
		Now: h.now, Rand: h.rand, Shifts: h.cfg.Shifts, Closed: h.cfg.Closed, AlwaysOn: h.opts.alwaysOn, Issuer: h.cfg.Cover, Log: h.log,
	})
	if err != nil {
		return errors.Join(err, s.Close())
	}
	h.lineStore, h.line = s, l
	return nil
}

func (h *house) closeLine() {
	if h.line == nil {
		return
	}
	if err := errors.Join(h.line.Close(), h.lineStore.Close()); err != nil {
		h.log.Error("the line did not close well", "err", err)
	}
}

// openTalks opens the conversations, starts their bot, and builds the handlers.
func (h *house) openTalks(ctx context.Context) (*talks, error) {
	s, err := h.openStore()
	if err != nil {
		h.log.Error("the chat is off; the public page works", "err", err)
	}
	return h.build(ctx, s)
}

// openStore opens the store of the conversations.
func (h *house) openStore() (*bolt.Store, error) {
	return bolt.Open(h.cfg.stateDir(), talksName, bolt.Options{Memory: !h.cfg.durable(), Rand: h.rand})
}

// build makes bot and handlers over a store; over none, the public page alone.
func (h *house) build(ctx context.Context, s *bolt.Store) (*talks, error) {
	t := &talks{store: s, stop: func() {}, ended: make(chan struct{})}
	close(t.ended)
	if s != nil && h.line != nil {
		b, err := h.newBot(ctx, s)
		if err != nil {
			h.log.Error("the chat is off; the public page works", "err", err)
		} else {
			t.bot = b
			if !h.opts.still {
				h.run(t)
			}
		}
	}
	var err error
	t.public, err = web.New(web.Config{
		Bot: t.bot, Line: h.line, Content: h.content.current, Languages: h.cfg.Languages, Countries: h.countries(), Country: h.country(),
		Cover: h.cfg.Cover, ExitURL: h.cfg.ExitURL, PublicURL: h.cfg.PublicURL, MaxNewChats: h.cfg.MaxNewChats, Hide: h.hide(),
		Now: h.now, Rand: h.rand, Log: h.log,
	})
	if err == nil {
		t.desk, err = h.buildDesk(t.bot)
	}
	if err != nil {
		t.close(h.log)
		return nil, err
	}
	return t, nil
}

// newBot makes the bot over a store. It answers at once; what it sends waits for its Run.
func (h *house) newBot(ctx context.Context, s *bolt.Store) (*bot.Bot, error) {
	return bot.New(ctx, bot.Config{
		Store: s, Line: h.line, Content: h.content.current, Channels: append(h.carriers.list(), h.opts.channels...),
		Languages: h.cfg.Languages, Countries: h.countries(), Cover: h.cfg.Cover,
		Durable: h.cfg.durable(), Hide: h.hide(), Reveal: h.cfg.RevealAddress, Record: h.cfg.RecordKey != "", Duties: h.duties(), Body: h.cfg.ComplaintBody, OnCall: h.cfg.onCall(),
		Now: h.now, Rand: h.rand, Log: h.log,
	})
}

// duties is the statement of reporting duties in every language offered; a trial has one of its own.
func (h *house) duties() map[string]string {
	if h.cfg.Duties.Statement != "" {
		return h.cfg.Duties.words(h.cfg.Languages)
	}
	out := map[string]string{}
	for _, lang := range h.cfg.Languages {
		if s, err := h.content.current().Words.Text(lang, "limits.trial", nil); err == nil {
			out[lang] = s
		}
	}
	return out
}

// run starts the bot of t.
func (h *house) run(t *talks) {
	ctx, stop := context.WithCancel(context.Background())
	t.stop, t.ended = stop, make(chan struct{})
	go func() {
		defer close(t.ended)
		if err := t.bot.Run(ctx); err != nil && ctx.Err() == nil {
			h.log.Error("the bot has stopped: restart this program", "err", err)
		}
	}()
}

func (h *house) buildDesk(b *bot.Bot) (http.Handler, error) {
	if h.line == nil {
		return http.HandlerFunc(deskOff), nil
	}
	cfg := desk.Config{
		Bot: b, Line: h.line, Content: h.content.current, Title: h.cfg.Cover, URL: h.cfg.DeskURL, PublicURL: h.cfg.PublicURL,
		Secure: isHTTPS(h.cfg.DeskURL), Partners: h.cfg.partners(), Record: h.cfg.RecordKey, Now: h.now, Rand: h.rand, Log: h.log,
	}
	if h.pager != nil {
		cfg.Alarm, cfg.AlarmSeen = h.alarm, h.pager.SeenNobody
	}
	return desk.New(cfg)
}

// deskOff answers at the desk while the line's own store does not open: nobody can be known.
func deskOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = io.WriteString(w, "Not available at the moment. The operator can see why.\n")
}

// hide says whether numbers that nobody here has tried stay out of sight.
func (h *house) hide() bool { return h.cfg.Unchecked == string(directory.HideUnchecked) }

// countries are those offered.
func (h *house) countries() []string {
	if len(h.cfg.Countries) > 0 {
		return h.cfg.Countries
	}
	return h.content.current().Directory.Countries()
}

// country is what a page without a code shows first.
func (h *house) country() string {
	if len(h.cfg.Countries) > 0 {
		return h.cfg.Countries[0]
	}
	return ""
}

// public and desk are the handlers of the two hosts.
func (h *house) public(w http.ResponseWriter, r *http.Request) {
	if hook := h.carriers.hook(r); hook != nil {
		hook.ServeHTTP(w, r)
		return
	}
	h.talks.Load().public.ServeHTTP(w, r)
}
func (h *house) desk(w http.ResponseWriter, r *http.Request) { h.talks.Load().desk.ServeHTTP(w, r) }

// eraseAll destroys every conversation: the keyring is overwritten first, everything else comes after. Then the line
// answers anew.
func (h *house) eraseAll(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), eraseTime)
	defer cancel()
	t := h.talks.Load()
	if t.store == nil {
		return h.startAnew(ctx)
	}
	if err := t.store.EraseAll(ctx); err != nil {
		return fmt.Errorf("destroying the keys of all conversations: %w", err)
	}
	if t.bot == nil {
		return nil
	}
	if err := t.bot.Reset(ctx); err != nil {
		return fmt.Errorf("everything is erased; restart the server: %w", err)
	}
	return nil
}

// startAnew destroys the keys of a store that did not open, and opens an empty one: the chat is on again.
func (h *house) startAnew(ctx context.Context) error {
	if err := bolt.DestroyKeys(h.cfg.stateDir(), talksName); err != nil {
		return fmt.Errorf("destroying the keys of all conversations: %w", err)
	}
	t, err := h.openTalks(ctx)
	if err != nil {
		return fmt.Errorf("everything is erased, but the chat stays off: %w", err)
	}
	h.talks.Store(t)
	return nil
}

// stopBot ends what the bot does, after the sends under way.
func (h *house) stopBot() {
	h.attempts.end()
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.talks.Load()
	t.stop()
	<-t.ended
}

// close ends everything in the reverse order of opening.
func (h *house) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.talks.Load().close(h.log)
	h.closeLine()
}

func (t *talks) close(log *slog.Logger) {
	t.stop()
	<-t.ended
	if t.store == nil {
		return
	}
	if err := t.store.Close(); err != nil {
		log.Error("the conversations did not close well", "err", err)
	}
}

// destroy erases the stores that try and chat made under dir, and dir.
func destroy(dir string) error {
	var errs []error
	for folder, name := range map[string]string{"state": talksName, "line": lineName} {
		if err := bolt.DestroyKeys(filepath.Join(dir, folder), name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, os.RemoveAll(dir))...)
}

// keptContent is where the last content that passed lies.
func (c *config) keptContent() string { return filepath.Join(c.path(c.LineDir), "content.zip") }
