// Package twiliotest is a strict Twilio on the loopback: REST API, webhooks and the telephones behind it. It speaks HTTP
// to the real client and to the line's real handlers, refuses what Twilio refuses, and keeps every message until it is
// told to delete it, so that a test can ask what is left. It can also fail in the ways in which a provider fails.
package twiliotest

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The account that there is when Options name no other.
const (
	AccountSID = "AC0123456789abcdef0123456789abcdef"
	AuthToken  = "0123456789abcdef0123456789abcdef"
)

// A Fault is a way in which one call to the API fails.
type Fault int

// The faults. Those called after happen when the call has already been carried out.
const (
	RateLimit      Fault = iota + 1 // 429 with Retry-After: 1
	ServerError                     // 500 with a page of HTML, nothing done
	ErrorAfter                      // 500 after
	CutBefore                       // the connection ends, nothing done
	CutAfter                        // the connection ends after
	Hang                            // no answer until the caller gives up, nothing done
	HangAfter                       // no answer until the caller gives up, after
	BadCredentials                  // 401
	Garbled                         // 200 with a page of HTML, after
)

// Options are what the account has. The zero value is an account with no numbers.
type Options struct {
	AccountSID, AuthToken string
	Numbers               []string      // E.164; each can send and get SMS
	WhatsApp              []string      // of these, the WhatsApp senders
	MessagingService      string        // a Messaging Service SID that the account has
	AdvancedOptOut        bool          // that service has Advanced Opt-Out: neutral answers, and OptOutType
	Redaction             bool          // the account may ask for ContentRetention and AddressRetention
	Delay                 time.Duration // how long a message is on its way; 0: it arrives at once
	Now                   func() time.Time
}

// Weather is how much goes wrong by itself, as shares from 0 to 1.
type Weather struct {
	Calls   float64        // API calls that fail, with a fault drawn from Faults
	Faults  []Fault        // none: RateLimit, ServerError, ErrorAfter, CutBefore, CutAfter
	Twice   float64        // webhooks and callbacks delivered a second time
	Jumbled float64        // messages whose last status is told before the one before it
	Draw    func() float64 // from 0 to below 1, as rand.Float64; called with the server locked
}

// A Server is one such account. Make it with New, and Close it.
type Server struct {
	URL string // for APIURL

	opts     Options
	http     *http.Server
	ended    chan struct{}
	closing  context.Context
	close    context.CancelFunc
	posts    *http.Client
	work     sync.WaitGroup
	mu       sync.Mutex
	changed  chan struct{} // closed and replaced after every change
	reach    [][2]string
	numbers  map[string]*number
	phones   map[string]*Phone
	records  []*record // oldest first
	blocked  map[string]bool
	seq      int
	next     []Fault
	weather  Weather
	refuse   int // how often each deletion is refused as unfinished
	hold     bool
	forbid   bool
	held     []func()
	calls    int
	outgoing int // messages taken by CreateMessage
}

// A number is one of the account's own.
type number struct {
	sid, smsURL, smsMethod, fallbackURL, fallbackMethod, application string
	whatsApp                                                         bool
	whatsAppURL                                                      string
}

// New starts one on the loopback.
func New(o Options) (*Server, error) {
	if o.AccountSID == "" {
		o.AccountSID, o.AuthToken = AccountSID, AuthToken
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening on the loopback: %w", err)
	}
	s := &Server{URL: "http://" + l.Addr().String(), opts: o, changed: make(chan struct{}), numbers: map[string]*number{},
		phones: map[string]*Phone{}, blocked: map[string]bool{}, ended: make(chan struct{}),
		posts: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	for i, n := range o.Numbers {
		s.numbers[n] = &number{sid: fmt.Sprintf("PN%032x", i+1), whatsApp: slices.Contains(o.WhatsApp, n)}
	}
	s.closing, s.close = context.WithCancel(context.Background())
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: time.Minute}
	go func() {
		defer close(s.ended)
		_ = s.http.Serve(l) // ends with Close
	}()
	return s, nil
}

// Close ends it, after what is under way.
func (s *Server) Close() {
	s.close()
	_ = s.http.Close()
	<-s.ended
	s.work.Wait()
	s.posts.CloseIdleConnections()
}

// PointWhatsApp sets where what is written to a WhatsApp sender goes; only the console can.
func (s *Server) PointWhatsApp(ourNumber, url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.numbers[ourNumber].whatsAppURL = url
}

// Point sets where what is written to a number goes, as the console does.
func (s *Server) Point(ourNumber, url, fallback string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.numbers[ourNumber]
	n.smsURL, n.smsMethod, n.fallbackURL, n.fallbackMethod = url, http.MethodPost, fallback, http.MethodPost
}

// Reach makes addresses that begin with public be called at real: it does what DNS and a proxy do. Signatures are still
// made over the public one.
func (s *Server) Reach(public, real string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reach = append(s.reach, [2]string{public, real})
}

// Fail makes the next calls to the API fail, one for each fault; a zero one succeeds.
func (s *Server) Fail(fs ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = append(s.next, fs...)
}

// SetWeather makes things go wrong by themselves from now on.
func (s *Server) SetWeather(w Weather) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(w.Faults) == 0 {
		w.Faults = []Fault{RateLimit, ServerError, ErrorAfter, CutBefore, CutAfter}
	}
	s.weather = w
}

// chance draws from the weather. The caller holds mu.
func (s *Server) chance(share float64) bool {
	return share > 0 && s.weather.Draw() < share
}

// Unfinished makes every message refuse its first n deletions (20009), though its status is final.
func (s *Server) Unfinished(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = n
}

// Forbid makes every deletion be refused for good (20403), or not any more.
func (s *Server) Forbid(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forbid = on
}

// HoldStatuses keeps status callbacks back from now on, until Tell sends them.
func (s *Server) HoldStatuses() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold = true
}

// Tell sends the status callbacks held back so far, one message after another, and says of how many messages.
func (s *Server) Tell() int {
	s.mu.Lock()
	held := s.held
	s.held = nil
	s.mu.Unlock()
	for _, tell := range held {
		tell()
	}
	return len(held)
}

// Wait waits until all callbacks and deliveries under way have ended. No message may be sent meanwhile.
func (s *Server) Wait() { s.work.Wait() }

// Calls is how many calls the API has had.
func (s *Server) Calls() int { s.mu.Lock(); defer s.mu.Unlock(); return s.calls }

// Sent is how many messages the API has taken to send.
func (s *Server) Sent() int { s.mu.Lock(); defer s.mu.Unlock(); return s.outgoing }

// A Record is one message as it still lies at the provider.
type Record struct {
	SID, Direction, From, To, Body, Status string
	Media                                  int
	Created                                time.Time
}

// Left are the messages that still lie here, oldest first.
func (s *Server) Left() []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Record, 0, len(s.records))
	for _, r := range s.records {
		out = append(out, Record{r.sid, r.direction, r.from, r.to, r.body, r.status, len(r.media), r.created})
	}
	return out
}

// until waits until ok, which is called after every change; it must not call the server. It ends with ctx.
func (s *Server) until(ctx context.Context, ok func() bool) error {
	for {
		s.mu.Lock()
		done, changed := ok(), s.changed
		s.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// WaitLeft waits until no more than n messages lie here.
func (s *Server) WaitLeft(ctx context.Context, n int) error {
	return s.until(ctx, func() bool { return len(s.records) <= n })
}

// change tells who waits. The caller holds mu.
func (s *Server) change() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// serve is the API: authentication, faults, and then the call.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.calls++
	var f Fault
	if len(s.next) > 0 {
		f, s.next = s.next[0], s.next[1:]
	} else if s.chance(s.weather.Calls) {
		f = s.weather.Faults[int(s.weather.Draw()*float64(len(s.weather.Faults)))]
	}
	s.mu.Unlock()
	switch f {
	case RateLimit:
		w.Header().Set("Retry-After", "1")
		fail(w, http.StatusTooManyRequests, 20429, "Too Many Requests")
		return
	case BadCredentials:
		fail(w, http.StatusUnauthorized, 20003, "Authenticate")
		return
	case ServerError:
		broken(w)
		return
	case CutBefore:
		cut(w)
		return
	case Hang:
		<-r.Context().Done()
		return
	case ErrorAfter, CutAfter, HangAfter, Garbled:
		s.api(&nowhere{header: http.Header{}}, r)
		switch f {
		case ErrorAfter:
			broken(w)
		case CutAfter:
			cut(w)
		case Garbled:
			_, _ = w.Write([]byte("<html>moved</html>"))
		default:
			<-r.Context().Done()
		}
		return
	}
	s.api(w, r)
}

// nowhere takes an answer that the caller never gets.
type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n *nowhere) WriteHeader(int)             {}

func broken(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = w.Write([]byte("<html><body>" + strings.Repeat("upstream error ", 700) + "</body></html>"))
}

func cut(w http.ResponseWriter) {
	if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = c.Close()
	}
}

// fail answers as Twilio refuses.
func fail(w http.ResponseWriter, status, code int, message string) {
	answer(w, status, map[string]any{"code": code, "message": message, "status": status,
		"more_info": fmt.Sprintf("https://www.twilio.com/docs/errors/%d", code)})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a caller who has gone
}
