// Package web is what a person meets in a browser: the one public page that a code opens, and the chat that leaves no
// trace. Both work without a script; with one they are quicker and can blank themselves.
//
// There is one address for everything, and nothing in it tells: language, country and the conversation are never in the
// address, only in a form's body or behind the one session cookie. Whatever this host does not know is the same page.
package web

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"quietline/bot"
	"quietline/directory"
	"quietline/flows"
	"quietline/line"
)

// Channel is the name under which the bot knows this channel.
const Channel = "web"

// Limits are what this channel can carry, for the checker: a choice comes back in one field of a form.
func Limits() flows.Limits {
	return flows.Limits{Channel: Channel, MaxChoices: flows.MaxChoices, CallbackBytes: maxField}
}

// Defaults of Config.
const (
	DefaultMaxNewChats = 50
	DefaultCoverHidden = 2 * time.Minute
	DefaultCoverIdle   = 5 * time.Minute
)

// Config is all that a Site needs. Every field without "optional" must be set.
type Config struct {
	Bot         *bot.Bot            // optional: without it (no store) the chat is off and says so; the page works
	Line        *line.Line          // optional: without it every code whose check character is right opens its country
	Content     func() *bot.Content // the last content that passed the checker; called once a request
	Languages   []string            // offered, in the order of the menu; the first is shown when the browser names none of them
	Countries   []string            // offered
	Country     string              // optional: shown when no code names one; empty and several countries: the person is asked
	Cover       string              // the line's innocuous name: the title of everything
	ExitURL     string              // where leaving leads: an ordinary site, https
	PublicURL   string              // this host as people open it; https makes the cookie Secure
	MaxNewChats int                 // optional: how many may wait for an adviser before new ones are slowed down, default 50
	Hide        bool                // numbers that the operator has not tried are not shown (unchecked = "hide")
	CoverHidden time.Duration       // optional: the chat covers itself after so long in the background, default 2 min
	CoverIdle   time.Duration       // optional: … after so long untouched, default 5 min
	Now         func() time.Time
	Rand        io.Reader // must serve several goroutines, as crypto/rand does
	Log         *slog.Logger
}

// A Site serves the public host. It holds no text of anybody: only which pages are open, and those no longer than they
// are.
type Site struct {
	cfg      Config
	secure   bool
	exit     string // the exit's origin, for the policy header
	policy   directory.Unchecked
	tmpl     *template.Template
	pages    pages
	sessions sessions
	gate     gate
}

// New makes the handler of the public host. Its error names the field to mend.
func New(cfg Config) (*Site, error) {
	if cfg.Content == nil || cfg.Now == nil || cfg.Rand == nil || cfg.Log == nil {
		return nil, errors.New("the public page needs Content, Now, Rand and Log")
	}
	if len(cfg.Languages) == 0 || len(cfg.Countries) == 0 {
		return nil, errors.New("the public page needs at least one language and one country")
	}
	if strings.TrimSpace(cfg.Cover) == "" {
		return nil, errors.New("the public page needs a cover: a dull name for its title")
	}
	exit, err := url.Parse(cfg.ExitURL)
	if err != nil || exit.Host == "" || (exit.Scheme != "https" && exit.Scheme != "http") {
		return nil, errors.New("the exit must be the whole address of an ordinary site, such as https://example.org/")
	}
	public, err := url.Parse(cfg.PublicURL)
	if err != nil || public.Host == "" {
		return nil, errors.New("the public address must be whole, such as https://example.org")
	}
	if cfg.MaxNewChats <= 0 {
		cfg.MaxNewChats = DefaultMaxNewChats
	}
	if cfg.CoverHidden <= 0 {
		cfg.CoverHidden = DefaultCoverHidden
	}
	if cfg.CoverIdle <= 0 {
		cfg.CoverIdle = DefaultCoverIdle
	}
	if cfg.Country == "" && len(cfg.Countries) == 1 {
		cfg.Country = cfg.Countries[0]
	}
	s := &Site{cfg: cfg, secure: public.Scheme == "https", exit: exit.Scheme + "://" + exit.Host, policy: directory.ShowUnchecked}
	if cfg.Hide {
		s.policy = directory.HideUnchecked
	}
	if s.tmpl, err = parseTemplates(); err != nil {
		return nil, fmt.Errorf("reading the page templates: %w", err)
	}
	s.sessions.now = cfg.Now
	if s.gate, err = newGate(cfg.Now, cfg.Rand); err != nil {
		return nil, fmt.Errorf("making the waiting page's secret: %w", err)
	}
	return s, nil
}

// ServeHTTP answers every request of the public host.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.serve(w, r) }
