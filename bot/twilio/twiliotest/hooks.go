package twiliotest

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sign is the X-Twilio-Signature of a form posted to an address, without its fragment
// (https://www.twilio.com/docs/usage/webhooks/webhooks-security).
func (s *Server) Sign(address string, form url.Values) string {
	address, _, _ = strings.Cut(address, "#")
	mac := hmac.New(sha1.New, []byte(s.opts.AuthToken))
	_, _ = io.WriteString(mac, address)
	for _, k := range slices.Sorted(maps.Keys(form)) {
		_, _ = io.WriteString(mac, k+form.Get(k))
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// overrides are what the fragment of a webhook's address asks for: how often to come again, after what, and how long to
// wait for an answer.
func overrides(fragment string) (again int, after []string, wait time.Duration) {
	again, after, wait = 1, []string{"ct"}, 15*time.Second
	q, err := url.ParseQuery(fragment)
	if err != nil {
		return again, after, wait
	}
	if n, err := strconv.Atoi(q.Get("rc")); err == nil {
		again = min(n, 5)
	}
	if rp := q.Get("rp"); rp != "" {
		after = strings.Split(rp, ",")
	}
	if ms, err := strconv.Atoi(q.Get("rt")); err == nil {
		wait = time.Duration(ms) * time.Millisecond
	}
	return again, after, wait
}

// Post calls a webhook as Twilio does: signed, again where its address asks for it. It returns the last answer, its
// status zero when there was none, and how often it was called.
func (s *Server) Post(address string, form url.Values) (status int, body string, times int) {
	plain, fragment, _ := strings.Cut(address, "#")
	again, after, wait := overrides(fragment)
	for times = 1; ; times++ {
		var kind string
		status, body, kind = s.postOnce(plain, form, wait)
		if kind == "" || times > again || !slices.Contains(after, kind) && !slices.Contains(after, "all") {
			return status, body, times
		}
	}
}

func (s *Server) postOnce(address string, form url.Values, wait time.Duration) (status int, body, kind string) {
	real := address
	s.mu.Lock()
	for _, r := range s.reach {
		if rest, ok := strings.CutPrefix(address, r[0]); ok {
			real = r[1] + rest
		}
	}
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(s.closing, wait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, real, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", "ct"
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	req.Header.Set("X-Twilio-Signature", s.Sign(address, form))
	req.Header.Set("User-Agent", "TwilioProxy/1.1")
	res, err := s.posts.Do(req)
	if err != nil {
		var ne net.Error
		if errors.As(err, &ne) && ne.Timeout() {
			return 0, "", "rt"
		}
		return 0, "", "ct"
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	switch {
	case err != nil:
		return 0, "", "rt"
	case res.StatusCode >= 500:
		kind = "5xx"
	case res.StatusCode >= 400:
		kind = "4xx"
	}
	return res.StatusCode, string(b), kind
}

// deliver brings a message to its telephone and tells what becomes of it. body is what was sent, also where none is kept.
func (s *Server) deliver(r *record, body string) {
	if s.opts.Delay > 0 {
		way := time.NewTimer(s.opts.Delay)
		defer way.Stop()
		select {
		case <-way.C:
		case <-s.closing.Done():
			return
		}
	}
	s.mu.Lock()
	number, wa := strings.CutPrefix(r.to, "whatsapp:")
	p := s.phones[number]
	var last string
	switch {
	case p == nil:
		last, r.code = "undelivered", 30005
	case wa && s.opts.Now().Sub(p.wrote[pair(r.to, r.from)]) >= 24*time.Hour:
		last, r.code = "failed", 63016
	case p.fails > 0:
		last, r.code = "undelivered", p.fails
	case p.off:
		last = "" // nobody ever says what became of it
	default:
		last = "delivered"
		p.screen = append(p.screen, Text{From: r.from, Body: body, At: s.opts.Now(), Unsaid: r.unsaid})
		if wa && p.reads {
			last = "read"
		}
	}
	first, code := "sent", r.code
	if last == "failed" {
		first = "" // refused before it left
	}
	jumbled, twice := s.chance(s.weather.Jumbled), s.chance(s.weather.Twice)
	r.status = first
	if last != "" {
		r.status = last
	}
	s.change()
	hold := s.hold
	tell := func() {
		steps := []string{first, last}
		if last == "read" {
			steps = []string{first, "delivered", last}
		}
		if jumbled {
			slices.Reverse(steps)
		}
		for _, st := range steps {
			if st == "" {
				continue
			}
			form := s.statusForm(r.sid, r.from, r.to, st, code)
			s.Post(r.tellTo, form)
			if twice {
				s.Post(r.tellTo, form)
			}
		}
	}
	if hold {
		s.held = append(s.held, tell)
	}
	s.mu.Unlock()
	if !hold {
		tell()
	}
}

// statusForm is a status callback; what it holds besides is not announced anywhere either.
func (s *Server) statusForm(sid, from, to, status string, code int) url.Values {
	form := url.Values{"AccountSid": {s.opts.AccountSID}, "ApiVersion": {"2010-04-01"}, "From": {from}, "To": {to}, "MessageSid": {sid},
		"SmsSid": {sid}, "MessageStatus": {status}, "SmsStatus": {status}, "RawDlrDoneDate": {"2603021000"}}
	if code > 0 && (status == "failed" || status == "undelivered") {
		form.Set("ErrorCode", strconv.Itoa(code))
	}
	return form
}

// twiml is the part of TwiML that a message is answered with.
type twiml struct {
	XMLName  xml.Name `xml:"Response"`
	Messages []string `xml:"Message"`
}
