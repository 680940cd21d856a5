// Package telegram carries conversations over the Telegram Bot API: it takes what people write by webhook or by long
// polling, confirms it only when it is committed, sends answers with buttons, and deletes the messages of both sides.
// It keeps nothing and fetches nothing: no names, no pictures, no files, no chat details.
package telegram

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	tg "github.com/go-telegram/bot"

	"quietline/bot"
	"quietline/flows"
)

// Name is what conversations over this channel carry as their channel.
const Name = "telegram"

// DefaultAPI is the public Bot API; a Bot API server of one's own stands elsewhere.
const DefaultAPI = "https://api.telegram.org"

// maxUnits is the longest message, in UTF-16 units; maxLabel is what a button over the width of a phone shows, in letters.
const (
	maxUnits = 4096
	maxLabel = 40
	maxData  = 64
)

// Config is what a Channel needs. Every field without "optional" must be set.
type Config struct {
	Token  string                                      // from BotFather; never in an error or a log
	APIURL string                                      // optional: DefaultAPI
	Bot    func() *bot.Bot                             // nil while the chat is off: Telegram then repeats
	Open   func(code string) (country string, ok bool) // looks up what a deep link carries; the text is untrusted
	Pace   Pace                                        // optional
	Now    func() time.Time
	Log    *slog.Logger
	Client *http.Client // optional; its Timeout must be zero or over a minute
}

// A Channel is one Telegram bot. It is a [bot.Channel]; updates come in by [Channel.ServeHTTP] or [Channel.Poll].
type Channel struct {
	cfg    Config
	api    *tg.Bot
	client *http.Client
	secret string
	pace   *pace

	mu    sync.Mutex // of the calls that nobody waits for
	aside int        // how many are under way
	quiet *sync.Cond // aside fell to zero
}

var tokenForm = regexp.MustCompile(`^[0-9]{1,20}:[A-Za-z0-9_-]{10,200}$`)

// New makes a channel. It does not call Telegram: use [Channel.Check] for that.
func New(cfg Config) (*Channel, error) {
	if cfg.Bot == nil || cfg.Open == nil || cfg.Now == nil || cfg.Log == nil {
		return nil, errors.New("making the Telegram channel: a part is missing in its configuration")
	}
	if !tokenForm.MatchString(cfg.Token) {
		return nil, errors.New("the Telegram bot's token does not look like 123456:ABC…: copy it again from BotFather")
	}
	if cfg.APIURL == "" {
		cfg.APIURL = DefaultAPI
	}
	u, err := url.Parse(cfg.APIURL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return nil, errors.New("the address of the Telegram Bot API must be such as https://api.telegram.org")
	}
	cfg.APIURL = strings.TrimRight(cfg.APIURL, "/")
	c := &Channel{cfg: cfg, client: cfg.Client, secret: Secret(cfg.Token), pace: newPace(cfg.Pace)}
	c.quiet = sync.NewCond(&c.mu)
	if c.client == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConns, t.MaxIdleConnsPerHost = 0, bot.Workers+asideRoom
		c.client = &http.Client{Transport: t}
	}
	c.api, err = tg.New(cfg.Token, tg.WithSkipGetMe(), tg.WithServerURL(cfg.APIURL), tg.WithHTTPClient(time.Minute, c.client),
		tg.WithErrorsHandler(func(error) { cfg.Log.Warn("a call to Telegram did not end well", "class", "pipe") }))
	if err != nil {
		return nil, errors.New("making the Telegram channel: the library refuses its configuration")
	}
	return c, nil
}

// Secret is what Telegram sends with every update of a webhook: derived from the token, so that there is no further key to
// keep. It is hex, as the Bot API's secret_token asks (1–256 of A-Z a-z 0-9 _ -).
func Secret(token string) string {
	h := hmac.New(sha256.New, []byte(token))
	h.Write([]byte("webhook"))
	return hex.EncodeToString(h.Sum(nil))
}

// Name implements [bot.Channel].
func (c *Channel) Name() string { return Name }

// Limits implements [bot.Channel].
func (c *Channel) Limits() flows.Limits { return Limits() }

// Limits are what one message carries: 4,096 UTF-16 units (Bot API, sendMessage), counted in bytes to be sure; callback_data
// of 64 bytes; a button as wide as a phone.
func Limits() flows.Limits {
	return flows.Limits{Channel: Name, MaxChoices: flows.MaxChoices, MaxText: maxUnits, MaxLabel: maxLabel, CallbackBytes: maxData, Clears: true}
}

// Calls that nobody waits for: answering a tap, taking a keyboard away, leaving a group. Past asideRoom at once they are
// left out: a tap stops turning by itself, a keyboard left standing gives stale answers, a group is left at its next message.
const (
	asideRoom = 64
	asideTime = 10 * time.Second
)

func (c *Channel) besides(f func(ctx context.Context)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.aside == asideRoom {
		return
	}
	c.aside++
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), asideTime)
		f(ctx)
		cancel()
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.aside--; c.aside == 0 {
			c.quiet.Broadcast()
		}
	}()
}

// Settle returns when the calls that nobody waits for have ended, 10 s after the last update or send at the latest.
func (c *Channel) Settle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.aside > 0 {
		c.quiet.Wait()
	}
}

// operatorError says what a call refused by Telegram means to an operator.
func operatorError(doing string, err error) error {
	f := classify(err)
	hint := map[string]string{
		"token":      "Telegram does not know this token: copy it again from BotFather",
		"rate limit": fmt.Sprintf("Telegram asks to wait: try again in %s", f.After),
		"conflict":   "another program uses this bot, or a webhook is set while polling",
		"server":     "Telegram answers that something is wrong on its side: try again in a minute",
		"network":    "Telegram does not answer: look at this machine's connection, and at the address of the Bot API",
		"timeout":    "Telegram does not answer in time: look at this machine's connection",
	}[f.Class]
	if hint == "" {
		hint = "Telegram refuses it"
	}
	return fmt.Errorf("%s: %s", doing, hint)
}
