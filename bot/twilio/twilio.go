// Package twilio carries conversations by SMS and WhatsApp through a Twilio account: it hands over what people write to
// the line's numbers, sends what the bot answers, and deletes both at Twilio.
//
// Every message that Twilio has taken or given lies there with its text and number until somebody deletes it. So each
// one leaves a receipt that the bot withdraws, and besides that a sweep lists the line's own numbers and deletes what
// is older than ten minutes: it finds what an erase, a crash or a lost machine left behind.
package twilio

import (
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/twilio/twilio-go/client"

	"quietline/bot"
	"quietline/flows"
)

// The paths below the public address that Twilio posts to. They say nothing to whoever reads a log on the way.
const (
	InboundPath = "/in/s" // messages of people
	StatusPath  = "/in/r" // what became of the line's own messages
)

// The names of the two channels, as conversations and configuration know them.
const (
	SMS      = "sms"
	WhatsApp = "whatsapp"
)

// DefaultAPI is where Twilio's REST API answers.
const DefaultAPI = "https://api.twilio.com"

// A Number is one of the line's own numbers. Whoever writes to it is taken to be in its country.
type Number struct {
	Number   string // E.164: "+" and 7 to 15 digits
	Country  string // ISO 3166-1 alpha-2; empty: the person is asked
	WhatsApp bool   // it is a WhatsApp sender too
}

// Config is what an Account needs. Every field without "optional" must be set.
type Config struct {
	AccountSID string // "AC" and 32 hexadecimal digits
	AuthToken  string // the primary token: only this one signs webhooks
	APIURL     string // optional: DefaultAPI
	// PublicURL is the address of the line as Twilio calls it ("https://example.org"). Signatures are computed over it,
	// so it is never taken from a request.
	PublicURL string
	Numbers   []Number
	// MessagingServiceSID, optional: a Messaging Service that holds the numbers. Advanced Opt-Out, and with it neutral
	// answers to STOP and HELP, works only with one.
	MessagingServiceSID string
	// FallbackURL, optional: where the static answer of [Fallback] lies. Twilio turns to it while the line is down.
	FallbackURL string
	// Discard and Obfuscate ask Twilio not to keep the text, and to hide the last digits of the number, of what the line
	// sends. Twilio refuses every message that asks for it while the account does not have the feature.
	Discard, Obfuscate bool
	Bot                func() *bot.Bot // nil while the chat is off: Twilio is told to come again
	SweepEvery         time.Duration   // optional: DefaultSweep
	HTTP               *http.Client    // optional: ten seconds for each call
	Now                func() time.Time
	Log                *slog.Logger
}

// An Account is one Twilio account with the numbers of one line. Make it with New.
type Account struct {
	cfg      Config
	api      *url.URL
	public   string
	http     *http.Client
	checker  client.RequestValidator
	seed     maphash.Seed
	numbers  map[string]Number
	mu       sync.Mutex
	doubtful map[uint64]doubt // sends of which nobody knows whether Twilio took them, by [Account.key]
	known    map[uint64]known // what Twilio has taken lately, by [Account.key] of the person
	pruned   time.Time        // when the two were last freed of what is old
	began    time.Time        // what was made before may have been sent by a process that died
	stats    Stats
}

var (
	e164       = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	accountSID = regexp.MustCompile(`^AC[0-9a-f]{32}$`)
	messageSID = regexp.MustCompile(`^(SM|MM)[0-9a-f]{32}$`)
	lettersNum = regexp.MustCompile(`^[a-zA-Z0-9]+$`)
)

// New makes an Account. It calls nobody; its errors name the part of the configuration to correct.
func New(cfg Config) (*Account, error) {
	a := &Account{cfg: cfg, public: strings.TrimSuffix(cfg.PublicURL, "/"), http: cfg.HTTP, numbers: map[string]Number{},
		checker: client.NewRequestValidator(cfg.AuthToken), seed: maphash.MakeSeed(), doubtful: map[uint64]doubt{},
		known: map[uint64]known{}}
	switch {
	case cfg.Bot == nil, cfg.Now == nil, cfg.Log == nil:
		return nil, errors.New("twilio: a part is missing in the configuration")
	case !accountSID.MatchString(cfg.AccountSID):
		return nil, errors.New(`twilio: the account SID is "AC" and 32 characters: copy it from the Twilio console`)
	case !lettersNum.MatchString(cfg.AuthToken):
		return nil, errors.New("twilio: the auth token holds letters and digits only: copy it from the Twilio console")
	case len(cfg.Numbers) == 0:
		return nil, errors.New("twilio: name at least one number of the line")
	}
	if cfg.APIURL == "" {
		cfg.APIURL = DefaultAPI
	}
	var err error
	if a.api, err = url.Parse(cfg.APIURL); err != nil || a.api.Host == "" {
		return nil, errors.New("twilio: the API address must be a whole URL, as " + DefaultAPI)
	}
	if u, err := url.Parse(a.public); err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("twilio: the public address must be a whole URL without query, as https://example.org")
	}
	for i, n := range cfg.Numbers {
		if !e164.MatchString(n.Number) {
			return nil, fmt.Errorf(`twilio: number %d must be written with "+" and country code, without spaces`, i+1)
		}
		if _, twice := a.numbers[n.Number]; twice {
			return nil, fmt.Errorf("twilio: number %d stands there twice", i+1)
		}
		a.numbers[n.Number] = n
	}
	a.cfg.Numbers, a.began = slices.Clone(cfg.Numbers), cfg.Now()
	if a.http == nil {
		a.http = newHTTP()
	}
	return a, nil
}

// A channel is SMS or WhatsApp of one account. Addresses are the person's number, ">", and the line's number that they
// wrote to, so that the answer comes from where they expect it.
type channel struct {
	a      *Account
	name   string
	prefix string // before both numbers, at Twilio
}

// SMS is the account's channel "sms".
func (a *Account) SMS() bot.Channel { return &channel{a: a, name: SMS} }

// WhatsApp is the account's channel "whatsapp".
func (a *Account) WhatsApp() bot.Channel {
	return &channel{a: a, name: WhatsApp, prefix: whatsAppPrefix}
}

const whatsAppPrefix = "whatsapp:"

// Name says which of the two it is.
func (c *channel) Name() string { return c.name }

// Limits of SMS are three parts, each of which is paid for and may be lost alone; of WhatsApp, Twilio's 1,600
// characters, held in bytes.
func (c *channel) Limits() flows.Limits { return LimitsOf(c.name) }

// LimitsOf are the limits of a channel by its name, for the checker of flows.
func LimitsOf(name string) flows.Limits {
	if name == WhatsApp {
		return flows.Limits{Channel: WhatsApp, MaxChoices: flows.MaxChoices, MaxText: maxCharacters, Brief: true}
	}
	return flows.Limits{Channel: SMS, MaxChoices: flows.MaxChoices, MaxText: maxCharacters, MaxSegments: 3}
}

// maxCharacters is the longest message that Twilio takes (error 21617).
const maxCharacters = 1600

// address is where a channel reaches a person.
func address(theirs, ours string) bot.Address { return bot.Hide(theirs + ">" + ours) }

// split is the way back.
func split(a bot.Address) (theirs, ours string, ok bool) {
	theirs, ours, ok = strings.Cut(a.Reveal(), ">")
	return theirs, ours, ok && e164.MatchString(theirs) && e164.MatchString(ours)
}
