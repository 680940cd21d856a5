package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/BurntSushi/toml"

	"quietline/bot"
	"quietline/bot/telegram"
	"quietline/bot/twilio"
	"quietline/line"
)

// telegramPath is where Telegram posts updates, below public_url. It says nothing to whoever reads a log on the way.
const telegramPath = "/in/t"

// Pauses of what is tried again at the start.
const (
	faceFirst   = 5 * time.Second
	faceLongest = 30 * time.Minute
)

// carriers are the channels of a line besides the web, as its configuration names them. Each hears people through the
// public host or by asking, and knows the bot only when it needs it: the bot may be off, or exchanged by an erase.
type carriers struct {
	telegram *telegram.Channel // nil: off
	twilio   *twilio.Account   // nil: off
	poll     bool              // Telegram is asked for updates
	faces    map[string]telegram.Face
	watched  []*watched
	log      *slog.Logger
	stop     context.CancelFunc
	work     sync.WaitGroup
}

// A carried is what carriers need of the house.
type carried struct {
	bot  func() *bot.Bot
	line *line.Line // nil: every code whose check character is right opens its country
	now  func() time.Time
	log  *slog.Logger
}

// newCarriers makes the channels that a configuration names. It calls no provider.
func newCarriers(cfg *config, with carried) (*carriers, error) {
	c := &carriers{log: with.log, stop: func() {}}
	if t := cfg.Telegram; t != nil {
		token, err := cfg.secret(toml.Key{"telegram", "token_file"}, t.TokenFile, with.log)
		if err != nil {
			return nil, err
		}
		c.telegram, err = telegram.New(telegram.Config{
			Token: token, APIURL: t.APIURL, Bot: with.bot, Now: with.now, Log: with.log,
			Open: func(written string) (string, bool) {
				code, err := line.ParseCode(written)
				if err != nil {
					return "", false
				}
				return with.line.Opens(code)
			},
		})
		if err != nil {
			return nil, fmt.Errorf("%s[telegram]: %w", cfg.where(toml.Key{"telegram"}), err)
		}
		c.poll, c.faces = t.Mode == modePoll, cfg.botFaces()
		c.watched = append(c.watched, watch(c.telegram, with.now))
	}
	if t := cfg.Twilio; t != nil {
		token, err := cfg.secret(toml.Key{"twilio", "auth_token_file"}, t.AuthTokenFile, with.log)
		if err != nil {
			return nil, err
		}
		var numbers []twilio.Number
		for _, n := range t.Numbers {
			numbers = append(numbers, twilio.Number{Number: n.Number, Country: n.Country, WhatsApp: n.WhatsApp})
		}
		c.twilio, err = twilio.New(twilio.Config{
			AccountSID: t.AccountSID, AuthToken: token, APIURL: t.APIURL, PublicURL: cfg.PublicURL, Numbers: numbers,
			MessagingServiceSID: t.MessagingService, FallbackURL: t.FallbackURL, Discard: t.DiscardContent, Obfuscate: t.ObfuscateNumbers,
			Bot: with.bot, Now: with.now, Log: with.log,
		})
		if err != nil {
			return nil, fmt.Errorf("%s[twilio]: %w", cfg.where(toml.Key{"twilio"}), err)
		}
		c.watched = append(c.watched, watch(c.twilio.SMS(), with.now))
		if t.whatsApp() {
			c.watched = append(c.watched, watch(c.twilio.WhatsApp(), with.now))
		}
	}
	return c, nil
}

// whatsApp says whether any number answers it.
func (t *twilioTable) whatsApp() bool {
	return slices.ContainsFunc(t.Numbers, func(n twilioNumber) bool { return n.WhatsApp })
}

// botFaces are the bot's faces as Telegram keeps them: by the two letters of a language, and under "" for everybody else.
func (c *config) botFaces() map[string]telegram.Face {
	out := map[string]telegram.Face{}
	for i, lang := range c.Languages {
		f := c.Telegram.face(c, lang)
		face := telegram.Face{Name: f.Name, ShortDescription: f.About, Description: f.Description}
		for _, name := range sorted(f.Commands) {
			face.Commands = append(face.Commands, telegram.Command{Name: name, Text: f.Commands[name]})
		}
		if i == 0 {
			out[""] = face
		}
		if code, ok := telegram.LanguageCode(lang); ok && out[code].Name == "" {
			out[code] = face
		}
	}
	return out
}

// botLink opens a bot with a code.
func botLink(username, code string) string { return "https://t.me/" + username + "?start=" + code }

// list are the channels, for the bot.
func (c *carriers) list() []bot.Channel {
	if c == nil {
		return nil
	}
	var out []bot.Channel
	for _, w := range c.watched {
		out = append(out, w)
	}
	return out
}

// names are the channels that are on, the web first, as the log says them.
func (c *carriers) names() string {
	out := []string{"web"}
	for _, w := range c.watched {
		out = append(out, w.Name())
	}
	return strings.Join(out, ",")
}

// hook is the handler of what a provider posts, or nil: any other request is the page's.
func (c *carriers) hook(r *http.Request) http.Handler {
	if c == nil || r.Method != http.MethodPost {
		return nil
	}
	switch r.URL.Path {
	case telegramPath:
		if c.telegram != nil && !c.poll {
			return c.telegram
		}
	case twilio.InboundPath, twilio.StatusPath:
		if c.twilio != nil {
			return c.twilio
		}
	}
	return nil
}

// start begins what the channels do by themselves: asking for updates, sweeping, showing the bot's face.
func (c *carriers) start() {
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	if c.telegram != nil {
		c.work.Go(func() { c.showFaces(ctx) })
		if c.poll {
			c.work.Go(func() {
				if err := c.telegram.Poll(ctx); err != nil && ctx.Err() == nil {
					c.log.Error("Telegram is no longer asked for messages: restart this program", "class", className(err))
				}
			})
		}
	}
	if c.twilio != nil {
		c.work.Go(func() {
			if err := c.twilio.Run(ctx); err != nil && ctx.Err() == nil {
				c.log.Error("messages left at Twilio are no longer looked for: restart this program", "class", className(err))
			}
		})
	}
}

// end takes no new work, and returns when what is under way has ended.
func (c *carriers) end() {
	c.stop()
	c.work.Wait()
	if c.telegram != nil {
		c.telegram.Settle()
	}
}

// showFaces tells Telegram how the bot shows itself, again and again until it is told.
func (c *carriers) showFaces(ctx context.Context) {
	for pause := faceFirst; ; pause = min(2*pause, faceLongest) {
		changed, err := c.telegram.SetFaces(ctx, c.faces)
		switch {
		case err == nil && changed > 0:
			c.log.Info("the bot shows itself anew", "channel", telegram.Name, "changed", changed)
			return
		case err == nil || ctx.Err() != nil:
			return
		}
		c.log.Warn("the bot's name and texts could not be set; trying again", "channel", telegram.Name, "class", className(err))
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// className is the fixed word for what a provider's error was.
func className(err error) string {
	var e *bot.SendError
	if errors.As(err, &e) {
		return e.Class
	}
	return "unknown"
}

// A watched channel counts what becomes of its calls, for doctor: nothing about anybody.
type watched struct {
	bot.Channel
	now func() time.Time

	mu     sync.Mutex
	counts sendCounts
}

// sendCounts are what a channel did since the program started.
type sendCounts struct {
	Sent    int            `json:"sent"`
	Failed  map[string]int `json:"failed,omitempty"` // by class
	InARow  int            `json:"failed_in_a_row"`  // failures since the last message that went, those of one person's phone left out
	Deleted int            `json:"deleted"`          // messages deleted at the provider
	Stuck   int            `json:"undeletable"`      // messages that it will not delete
}

func watch(ch bot.Channel, now func() time.Time) *watched { return &watched{Channel: ch, now: now} }

// Send implements bot.Channel.
func (w *watched) Send(ctx context.Context, out bot.Outbound) (bot.Receipt, error) {
	receipt, err := w.Channel.Send(ctx, out)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		w.counts.Sent++
		w.counts.InARow = 0
		return receipt, nil
	}
	next, class := bot.Again, "unknown"
	var e *bot.SendError
	if errors.As(err, &e) {
		next, class = e.Next, e.Class
	}
	if w.counts.Failed == nil {
		w.counts.Failed = map[string]int{}
	}
	w.counts.Failed[class]++
	if next == bot.Again && class != "pace" || next == bot.Lost {
		w.counts.InARow++
	}
	return receipt, err
}

// Withdraw implements bot.Channel.
func (w *watched) Withdraw(ctx context.Context, to bot.Address, rs []bot.Receipt) (later, never []bot.Receipt, err error) {
	later, never, err = w.Channel.Withdraw(ctx, to, rs)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		w.counts.Deleted += len(rs) - len(later) - len(never)
		w.counts.Stuck += len(never)
	}
	return later, never, err
}

// count is a copy of the counts.
func (w *watched) count() sendCounts {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.counts
	out.Failed = map[string]int{}
	for k, v := range w.counts.Failed {
		out.Failed[k] = v
	}
	return out
}
