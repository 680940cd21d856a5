package twiliotest

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Text is a message on a telephone. It stays there: nobody can delete it from elsewhere.
type Text struct {
	From string // with "whatsapp:" before it if it came so
	Body string
	At   time.Time
	// Unsaid: the answer that told of it never came, the line cannot know that it was taken.
	Unsaid bool
}

// A Phone is a person's telephone. Use numbers that are kept for fiction: +447700900000 to 900999, +1 and any area, 555 01xx.
type Phone struct {
	Number string

	s        *Server
	screen   []Text
	landline bool
	off      bool
	reads    bool
	fails    int
	wrote    map[string]time.Time // when it last wrote to which number, by pair
}

// Phone is the telephone with this number.
func (s *Server) Phone(number string) *Phone {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.phones[number]
	if p == nil {
		p = &Phone{Number: number, s: s, wrote: map[string]time.Time{}}
		s.phones[number] = p
	}
	return p
}

// IsLandline makes Twilio refuse SMS to it (21614).
func (p *Phone) IsLandline() { p.s.mu.Lock(); defer p.s.mu.Unlock(); p.landline = true }

// Fails makes messages to it not arrive, with this ErrorCode in the callback (30003, 30006, …); 0 ends it.
func (p *Phone) Fails(code int) { p.s.mu.Lock(); defer p.s.mu.Unlock(); p.fails = code }

// SwitchedOff makes messages to it stay "sent" without a last status.
func (p *Phone) SwitchedOff(off bool) { p.s.mu.Lock(); defer p.s.mu.Unlock(); p.off = off }

// Reads makes WhatsApp say that its messages were read.
func (p *Phone) Reads() { p.s.mu.Lock(); defer p.s.mu.Unlock(); p.reads = true }

// Got are the messages on the telephone, in the order in which they came.
func (p *Phone) Got() []Text {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return slices.Clone(p.screen)
}

// Screen is all that can be read on the telephone.
func (p *Phone) Screen() string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.text()
}

func (p *Phone) text() string {
	var b strings.Builder
	for _, t := range p.screen {
		b.WriteString(t.Body + "\n")
	}
	return b.String()
}

// Waits waits until the screen shows all of this, or ctx ends.
func (p *Phone) Waits(ctx context.Context, words ...string) error {
	err := p.s.until(ctx, func() bool {
		screen := p.text()
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(screen, w) })
	})
	if err != nil {
		return fmt.Errorf("waiting for %q; the screen is:\n%s: %w", words, p.Screen(), err)
	}
	return nil
}

// WaitsFor waits until n messages have come.
func (p *Phone) WaitsFor(ctx context.Context, n int) error {
	err := p.s.until(ctx, func() bool { return len(p.screen) >= n })
	if err != nil {
		return fmt.Errorf("waiting for %d messages; the screen is:\n%s: %w", n, p.Screen(), err)
	}
	return nil
}

// A Sent is a message that a telephone has sent, on its way to the line.
type Sent struct {
	SID      string
	Form     url.Values // as the webhook gets it
	Status   int        // the webhook's last answer; 0: none came
	Times    int        // how often the webhook was called
	Fallback bool       // it failed, and the fallback was asked

	p *Phone
}

// Texts sends an SMS and brings it to the line.
func (p *Phone) Texts(to, body string) *Sent { return p.Writes(to, body).Arrives() }

// WhatsApps sends a WhatsApp message and brings it to the line.
func (p *Phone) WhatsApps(to, body string) *Sent {
	return p.send("whatsapp:", to, body, nil).Arrives()
}

// Pictures sends an SMS with a picture, and words if there are any.
func (p *Phone) Pictures(to, body string) *Sent {
	return p.send("", to, body, []string{"image/jpeg"}).Arrives()
}

// Writes sends an SMS that lies at the provider until it Arrives: late, out of order, twice, as a test likes.
func (p *Phone) Writes(to, body string) *Sent { return p.send("", to, body, nil) }

// WritesWhatsApp is Writes by WhatsApp.
func (p *Phone) WritesWhatsApp(to, body string) *Sent { return p.send("whatsapp:", to, body, nil) }

// The words that Twilio itself takes as a whole message, and what it answers when nobody has set other answers.
var (
	stopWords  = []string{"STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"}
	startWords = []string{"START", "YES", "UNSTOP"}
	helpWords  = []string{"HELP", "INFO"}
	canned     = map[string]string{"STOP": "You have successfully been unsubscribed.", "START": "You have successfully been re-subscribed.",
		"HELP": "Reply STOP to unsubscribe."}
)

// NeutralReply is what Advanced Opt-Out answers here.
const NeutralReply = "Notices: 1 to go on."

func (p *Phone) send(prefix, to, body string, media []string) *Sent {
	s := p.s
	s.mu.Lock()
	defer s.mu.Unlock()
	from, to := prefix+p.Number, prefix+to
	r := s.add("inbound", from, to, body)
	r.status, r.media = "received", media
	p.wrote[pair(from, to)] = s.opts.Now()
	form := url.Values{"AccountSid": {s.opts.AccountSID}, "ApiVersion": {"2010-04-01"}, "From": {from}, "To": {to}, "Body": {body},
		"MessageSid": {r.sid}, "SmsSid": {r.sid}, "SmsMessageSid": {r.sid}, "SmsStatus": {"received"}, "NumSegments": {"1"},
		"NumMedia": {strconv.Itoa(len(media))}}
	for i, kind := range media {
		form.Set("MediaUrl"+strconv.Itoa(i), s.URL+"/2010-04-01/Accounts/"+s.opts.AccountSID+"/Messages/"+r.sid+"/Media/ME1")
		form.Set("MediaContentType"+strconv.Itoa(i), kind)
	}
	if prefix != "" {
		form.Set("ProfileName", "ana")
		form.Set("WaId", strings.TrimPrefix(p.Number, "+"))
		form.Set("MessageType", "text")
	} else {
		for k, v := range map[string]string{"FromCity": "LONDON", "FromState": "", "FromZip": "", "FromCountry": "GB", "ToCity": "", "ToState": "", "ToZip": "", "ToCountry": "GB"} {
			form.Set(k, v)
		}
	}
	s.carrierWord(p, form, from, to, strings.ToUpper(strings.TrimSpace(body)))
	return &Sent{SID: r.sid, Form: form, p: p}
}

// carrierWord does what Twilio does with STOP and its like, before the line hears of it.
func (s *Server) carrierWord(p *Phone, form url.Values, from, to, word string) {
	kind := ""
	switch {
	case slices.Contains(stopWords, word):
		kind = "STOP"
	case slices.Contains(startWords, word):
		kind = "START"
	case slices.Contains(helpWords, word):
		kind = "HELP"
	}
	if kind == "" || !s.opts.AdvancedOptOut && strings.HasPrefix(from, "whatsapp:") {
		return
	}
	wasBlocked := s.blocked[pair(from, to)]
	reply := canned[kind]
	if s.opts.AdvancedOptOut {
		form.Set("OptOutType", kind)
		reply = NeutralReply
	}
	switch kind {
	case "STOP":
		s.blocked[pair(from, to)] = true
	case "START":
		delete(s.blocked, pair(from, to))
		if !wasBlocked {
			return // there is nothing to say
		}
	}
	s.reply(p, to, from, reply)
}

// reply is a message that Twilio sends by itself; it keeps that too.
func (s *Server) reply(p *Phone, from, to, body string) {
	s.add("outbound-reply", from, to, body).status = "delivered"
	p.screen = append(p.screen, Text{From: from, Body: body, At: s.opts.Now()})
	s.change()
}

// Arrives brings the message to the line, for the first time or again.
func (m *Sent) Arrives() *Sent {
	s := m.p.s
	s.mu.Lock()
	to, wa := strings.CutPrefix(m.Form.Get("To"), "whatsapp:")
	var address, fallback string
	if n := s.numbers[to]; n != nil {
		address, fallback = n.smsURL, n.fallbackURL
		if wa {
			address, fallback = n.whatsAppURL, ""
		}
	}
	twice := s.chance(s.weather.Twice)
	s.mu.Unlock()
	if address == "" {
		return m
	}
	var body string
	m.Status, body, m.Times = s.Post(address, m.Form)
	said, ok := spoken(m.Status, body)
	if !ok && fallback != "" {
		m.Fallback = true
		var st int
		st, body, _ = s.Post(fallback, m.Form)
		said, _ = spoken(st, body)
	}
	s.mu.Lock()
	for _, words := range said {
		s.reply(m.p, m.Form.Get("To"), m.Form.Get("From"), words)
	}
	s.mu.Unlock()
	if twice {
		s.Post(address, m.Form)
	}
	return m
}

// spoken reads TwiML; an answer that is none counts as failed.
func spoken(status int, body string) ([]string, bool) {
	if status < http.StatusOK || status >= http.StatusMultipleChoices {
		return nil, false
	}
	var t twiml
	if err := xml.Unmarshal([]byte(body), &t); err != nil {
		return nil, false
	}
	return t.Messages, true
}
