// Package desk is the staff's web desk: the queue, the conversations an adviser holds, placements and staff accounts.
//
// It keeps no state of its own. Who is signed in is line's, what is said is bot's; a page is a view of both, and what an
// adviser types goes through the same turn as what a person types. Every page works without script; the script brings
// changes as they happen. The desk has its own host name and listener, and nothing it sends before sign-in, and no title,
// path, header or cookie after it, says what the line is for (DESIGN "The line").
package desk

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"filippo.io/age"

	"quietline/bot"
	"quietline/line"
)

//go:embed templates/*.html assets
var files embed.FS

// Config is all that a desk needs. Every field must be set but Bot, Secure, Partners, Record, Alarm and AlarmSeen.
type Config struct {
	Bot     *bot.Bot // nil: the conversations' store does not open. Staff sign in all the same, and read that the chat is off
	Line    *line.Line
	Content func() *bot.Content // for names of languages, countries and needs
	Title   string              // what tabs and headings are called: the line's cover, nothing telling

	URL       string // the desk's own address, such as https://desk.example.org, for enrolment links
	PublicURL string // the public page's address, which printed codes lead to
	Secure    bool   // served over https: cookies get the __Host- prefix and Secure. False is for plain http on loopback

	Partners []Partner // to whom people can be referred
	Record   string    // public key of age, to which records that the law asks for are sealed; empty: none are kept

	Alarm     func() Alarm // how the alarms to those on call are; nil: nobody is on call
	AlarmSeen func()       // somebody at the desk knows that nobody is on duty; with Alarm

	Now  func() time.Time
	Rand io.Reader // must serve several goroutines, as crypto/rand does
	Log  *slog.Logger
}

// An Alarm is how the alarms to those on call are.
type Alarm struct {
	Undelivered bool // the last one by some step did not leave
	Nobody      bool // nobody is on duty though a shift is open or somebody waits, and nobody has seen that
}

// limits of what a browser may send. A long text is read whole up to maxForm so that it can be given back when it is
// refused: bot.MaxText is far below.
const (
	maxForm  = 256 << 10 // bytes of a form
	maxField = 1000      // bytes of any field but a message's text
)

// A desk answers every request; its fields never change.
type desk struct {
	Config
	pages  map[string]*template.Template // by language
	assets map[string]asset

	partners []partner
	record   []age.Recipient

	host   *line.Host // for passkeys; nil: browsers offer none at this address
	routes *http.ServeMux
	beat   time.Duration // between two ticks to an open page
	idle   time.Duration // so long an open page on duty may be untouched before it asks aloud
	grace  time.Duration // so long it asks before it signs out
	ticks  int           // after so many a stream ends; the browser opens it again and is asked anew who it is
}

// An asset is one embedded file under its path.
type asset struct {
	kind string
	body []byte
}

// streamTicks make a stream live for five minutes.
const streamTicks = 20

// beatEvery is how often an open page is asked to answer. On duty means heard from within 60 s (S4), so two answers may
// be lost.
const beatEvery = 15 * time.Second

// An untouched page on duty asks aloud whether somebody is there, and signs out when nobody answers: people are told that
// an adviser is on duty, and somebody asleep is not. Twenty minutes leave time to read, and the question can be answered
// with any key (WCAG 2.2.1).
const (
	idleAfter = 20 * time.Minute
	idleGrace = 3 * time.Minute
)

// New makes the desk's handler. It fails only when cfg lacks something, with a message that names it.
func New(cfg Config) (http.Handler, error) {
	switch {
	case cfg.Line == nil, cfg.Content == nil, cfg.Now == nil, cfg.Rand == nil, cfg.Log == nil:
		return nil, errors.New("desk: Line, Content, Now, Rand and Log must be set")
	case cfg.Title == "" || cfg.URL == "" || cfg.PublicURL == "":
		return nil, errors.New("desk: Title, URL and PublicURL must be set")
	}
	cfg.URL, cfg.PublicURL = strings.TrimRight(cfg.URL, "/"), strings.TrimRight(cfg.PublicURL, "/")
	d := &desk{Config: cfg, assets: map[string]asset{}, routes: http.NewServeMux(), beat: beatEvery, ticks: streamTicks, idle: idleAfter, grace: idleGrace}
	for _, p := range cfg.Partners {
		to, err := readKey(p.Key)
		if err != nil {
			return nil, fmt.Errorf("desk: the partner %s: %w", p.ID, err)
		}
		d.partners = append(d.partners, partner{p, to})
	}
	if cfg.Record != "" {
		var err error
		if d.record, err = readKey(cfg.Record); err != nil {
			return nil, fmt.Errorf("desk: the key of records: %w", err)
		}
	}
	var err error
	if d.host, err = line.NewHost(cfg.URL, cfg.Title); err != nil {
		return nil, fmt.Errorf("desk: %w", err)
	}
	if err := d.load(); err != nil {
		return nil, fmt.Errorf("desk: reading what is built in: %w", err)
	}
	d.route()
	return d, nil
}

func (d *desk) load() error {
	var err error
	d.pages = map[string]*template.Template{}
	for _, l := range d.Content().Words.Languages() {
		if d.pages[l.Tag], err = d.parsed(l.Tag); err != nil {
			return err
		}
	}
	for name, kind := range map[string]string{"desk.css": "text/css; charset=utf-8", "hours.css": "text/css; charset=utf-8", "desk.js": "text/javascript; charset=utf-8", "passkey.js": "text/javascript; charset=utf-8"} {
		body, err := fs.ReadFile(files, "assets/"+name)
		if err != nil {
			return err
		}
		d.assets["/a/"+name] = asset{kind, body}
	}
	return nil
}

// Who may open what.
var (
	anyone    = []line.Role{line.Adviser, line.Lead, line.Outreach, line.Operator}
	advisers  = []line.Role{line.Adviser, line.Lead}
	leads     = []line.Role{line.Lead}
	overseers = []line.Role{line.Lead, line.Operator}
	placers   = []line.Role{line.Outreach, line.Operator}
	managers  = []line.Role{line.Operator}
)

func (d *desk) route() {
	open := d.routes.HandleFunc
	open("GET /a/{name}", d.asset)
	open("GET /in", d.signInPage)
	open("POST /in", d.outside(d.signIn))
	open("GET /in/{token}", d.linkPage)
	open("POST /in/{token}", d.outside(d.redeem))
	open("GET /new/{token}", d.enrolPage)
	open("POST /new/{token}", d.outside(d.enrol))

	if d.host != nil {
		open("GET /in/passkey", d.askPasskey)
		open("POST /in/passkey", d.outside(d.passkeyIn))
		open("GET /me/passkey", d.inside(anyone, d.askNewPasskey))
		open("POST /me/passkey", d.inside(anyone, d.addPasskey))
		open("POST /me/passkey/remove", d.inside(anyone, d.removePasskey))
	}

	open("GET /{$}", d.inside(anyone, d.home))
	open("GET /me", d.inside(anyone, d.me))
	open("POST /me/everywhere", d.inside(anyone, d.everywhere))
	open("POST /me/recovery", d.inside(anyone, d.recovery))
	open("GET /audit", d.inside(overseers, d.auditPage))
	open("POST /people/{id}/everywhere", d.inside(managers, d.outEverywhere))
	open("POST /me/language", d.inside(anyone, d.speak))
	open("POST /out", d.inside(anyone, d.signOut))
	open("POST /full", d.inside(leads, d.full))
	open("POST /duty", d.inside(advisers, d.duty))
	open("POST /seen", d.inside(advisers, d.alarmSeen))
	open("GET /list", d.inside(advisers, d.list))
	open("GET /waiting", d.inside(advisers, d.waiting))
	open("GET /live", d.inside(advisers, d.live))
	open("GET /c/{handle}", d.inside(advisers, d.chatting(d.talk)))
	open("GET /c/{handle}/log", d.inside(advisers, d.chatting(d.log)))
	open("POST /c/{handle}/say", d.inside(advisers, d.chatting(d.say)))
	open("GET /c/{handle}/address", d.inside(leads, d.chatting(d.addressPage)))
	open("POST /c/{handle}/address", d.inside(leads, d.chatting(d.address)))
	open("POST /c/{handle}/look", d.inside(leads, d.chatting(d.look)))
	open("POST /c/{handle}/transfer", d.inside(advisers, d.chatting(d.transfer)))
	open("GET /shift", d.inside(advisers, d.shift))
	open("POST /people/{id}/limit", d.inside(managers, d.limited))
	open("GET /c/{handle}/refer", d.inside(advisers, d.chatting(d.refer)))
	open("POST /c/{handle}/refer", d.inside(advisers, d.chatting(d.askRefer)))
	open("POST /c/{handle}/sheet", d.inside(advisers, d.chatting(d.sheet)))
	open("GET /c/{handle}/phrases", d.inside(advisers, d.chatting(d.phrases)))
	open("POST /c/{handle}/phrases", d.inside(advisers, d.chatting(d.sendPhrase)))
	open("GET /c/{handle}/services", d.inside(advisers, d.chatting(d.services)))
	open("POST /c/{handle}/services", d.inside(advisers, d.chatting(d.sendService)))
	open("GET /c/{handle}/notes", d.inside(advisers, d.chatting(d.notes)))
	open("POST /c/{handle}/notes", d.inside(advisers, d.chatting(d.keepNotes)))
	open("POST /c/{handle}/notes/ask", d.inside(advisers, d.chatting(d.askNotes)))
	open("POST /c/{handle}/consent", d.inside(advisers, d.chatting(d.consent)))
	open("POST /c/{handle}/{act}", d.inside(advisers, d.chatting(d.act)))

	open("GET /hours", d.inside(anyone, d.hours))
	open("POST /hours", d.inside(editors, d.closeDays))

	open("GET /places", d.inside(placers, d.places))
	open("POST /places", d.inside(placers, d.addPlace))
	open("GET /places/{code}", d.inside(placers, d.place))
	open("GET /places/{code}/symbol", d.inside(placers, d.symbol))
	open("POST /places/{code}/revoke", d.inside(placers, d.revoke))

	open("GET /people", d.inside(managers, d.people))
	open("POST /people", d.inside(managers, d.invite))
	open("POST /people/{id}/disable", d.inside(managers, d.disable))
	open("POST /people/{id}/trained", d.inside(managers, d.trained))

	open("/", func(w http.ResponseWriter, r *http.Request) {
		d.message(w, r, http.StatusNotFound, "There is no such page.")
	})
}

// ServeHTTP sets the headers that every answer has (see docs/threat-model.md): nothing is kept, framed by others, sent
// to others or indexed.
func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy("'none'"))
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-DNS-Prefetch-Control", "off")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	if d.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	d.routes.ServeHTTP(w, r)
}

// policy is the content security policy; framers may show the page in a frame.
func policy(framers string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; " +
		"img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors " + framers
}

// framed lets the desk's own pages show this answer in a frame: the views that refresh themselves without script.
func framed(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", policy("'self'"))
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
}

func (d *desk) asset(w http.ResponseWriter, r *http.Request) {
	a, ok := d.assets[r.URL.Path]
	if !ok {
		d.message(w, r, http.StatusNotFound, "There is no such page.")
		return
	}
	w.Header().Set("Content-Type", a.kind)
	_, _ = w.Write(a.body) // the browser is gone: nobody to tell
}
