package twiliotest

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A record is a message at the provider.
type record struct {
	seq                                            int
	sid, direction, from, to, body, status, tellTo string
	media                                          []string
	created                                        time.Time
	refused                                        int
	code                                           int // ErrorCode
	unsaid                                         bool
}

var (
	e164     = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	finished = []string{"received", "sent", "delivered", "undelivered", "failed", "read", "canceled"}
	// creating are the parameters that a message may be made with here; another is a mistake of the caller.
	creating = []string{"To", "From", "Body", "StatusCallback", "ValidityPeriod", "SmartEncoded", "ShortenUrls", "MessagingServiceSid",
		"ContentRetention", "AddressRetention"}
)

// api is one call that arrived in one piece.
func (s *Server) api(w http.ResponseWriter, r *http.Request) {
	if user, token, ok := r.BasicAuth(); !ok || user != s.opts.AccountSID || token != s.opts.AuthToken {
		fail(w, http.StatusUnauthorized, 20003, "Authenticate")
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/2010-04-01/Accounts/"+s.opts.AccountSID+"/")
	path, isJSON := strings.CutSuffix(path, ".json")
	if !ok || !isJSON {
		fail(w, http.StatusNotFound, 20404, "The requested resource was not found")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil || r.Method == http.MethodPost && r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		fail(w, http.StatusBadRequest, 20001, "Bad form")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	kind, sid, _ := strings.Cut(path, "/")
	switch {
	case r.Method == http.MethodPost && path == "Messages":
		s.create(w, r.PostForm)
	case r.Method == http.MethodGet && path == "Messages":
		s.list(w, r.Form)
	case r.Method == http.MethodDelete && kind == "Messages":
		s.remove(w, sid)
	case r.Method == http.MethodGet && path == "IncomingPhoneNumbers":
		s.listNumbers(w, r.Form.Get("PhoneNumber"))
	case r.Method == http.MethodPost && kind == "IncomingPhoneNumbers":
		s.setNumber(w, sid, r.PostForm)
	default:
		fail(w, http.StatusNotFound, 20404, "The requested resource was not found")
	}
}

func (s *Server) create(w http.ResponseWriter, form url.Values) {
	refuse := func(code int, why string) { fail(w, http.StatusBadRequest, code, why) }
	for k, vs := range form {
		if !slices.Contains(creating, k) || len(vs) != 1 {
			refuse(20001, "not expected: "+k)
			return
		}
	}
	to, from, body := form.Get("To"), form.Get("From"), form.Get("Body")
	theirs, wa := strings.CutPrefix(to, "whatsapp:")
	ours, fromWA := strings.CutPrefix(from, "whatsapp:")
	n := s.numbers[ours]
	validity, badValidity := strconv.Atoi(form.Get("ValidityPeriod"))
	service := form.Get("MessagingServiceSid")
	tell, badTell := url.Parse(form.Get("StatusCallback"))
	p := s.phones[theirs]
	switch {
	case to == "":
		refuse(21604, "A 'To' phone number is required.")
	case from == "":
		refuse(21603, "A 'From' phone number is required.")
	case !e164.MatchString(theirs):
		refuse(21211, "The 'To' number is not a valid phone number.")
	case wa != fromWA:
		refuse(21910, "'From' and 'To' must be of the same channel.")
	case wa && (n == nil || !n.whatsApp):
		refuse(63007, "Could not find a Channel with the specified From address")
	case n == nil:
		refuse(21606, "The 'From' phone number is not a valid, SMS-capable number of this account.")
	case service != "" && service != s.opts.MessagingService:
		refuse(21701, "The Messaging Service resource does not exist")
	case form.Get("ShortenUrls") != "" && service == "":
		refuse(20001, "ShortenUrls needs a Messaging Service")
	case strings.TrimSpace(body) == "":
		refuse(21602, "Message body is required.")
	case !utf8.ValidString(body) || utf8.RuneCountInString(body) > 1600:
		refuse(21617, "The concatenated message body exceeds the 1600 character limit")
	case badValidity != nil || validity < 1 || validity > 36000:
		refuse(20001, "ValidityPeriod is 1 to 36000")
	case badTell != nil || tell.Host == "":
		refuse(21609, "The 'StatusCallback' URL is not a valid URL.")
	case !s.opts.Redaction && (form.Get("ContentRetention") != "" || form.Get("AddressRetention") != ""):
		refuse(30029, "Message redaction is not enabled")
	case s.blocked[pair(to, from)]:
		refuse(21610, "Attempt to send to unsubscribed recipient")
	case p != nil && p.landline && !wa:
		refuse(21614, "'To' number is not a valid mobile number")
	default:
		r := s.add("outbound-api", from, to, body)
		r.status, r.tellTo = "queued", form.Get("StatusCallback")
		_, r.unsaid = w.(*nowhere)
		if service != "" {
			r.status = "accepted"
		}
		if form.Get("ContentRetention") == "discard" {
			r.body = ""
		}
		s.outgoing++
		s.work.Go(func() { s.deliver(r, body) }) // once this call is over
		answer(w, http.StatusCreated, s.json(r))
	}
}

// add keeps a message. The caller holds mu.
func (s *Server) add(direction, from, to, body string) *record {
	s.seq++
	r := &record{seq: s.seq, sid: fmt.Sprintf("SM%032x", s.seq), direction: direction, from: from, to: to, body: body, created: s.opts.Now()}
	s.records = append(s.records, r)
	s.change()
	return r
}

func (s *Server) json(r *record) map[string]any {
	uri := "/2010-04-01/Accounts/" + s.opts.AccountSID + "/Messages/" + r.sid
	m := map[string]any{"sid": r.sid, "account_sid": s.opts.AccountSID, "api_version": "2010-04-01", "body": r.body, "from": r.from,
		"to": r.to, "status": r.status, "direction": r.direction, "num_media": strconv.Itoa(len(r.media)), "num_segments": "1",
		"date_created": r.created.UTC().Format(time.RFC1123Z), "date_sent": nil, "error_code": nil, "price": nil, "uri": uri + ".json",
		"subresource_uris": map[string]any{"media": uri + "/Media.json"}}
	if r.code > 0 {
		m["error_code"] = r.code
	}
	return m
}

// list answers a page of messages, the newest first.
func (s *Server) list(w http.ResponseWriter, form url.Values) {
	size, err := strconv.Atoi(form.Get("PageSize"))
	if err != nil || size < 1 || size > 1000 {
		fail(w, http.StatusBadRequest, 20001, "PageSize is 1 to 1000")
		return
	}
	before := s.seq + 1
	if t := form.Get("PageToken"); t != "" {
		if before, err = strconv.Atoi(strings.TrimPrefix(t, "PASM")); err != nil {
			fail(w, http.StatusBadRequest, 20001, "PageToken is not ours")
			return
		}
	}
	var page []any
	last, more := 0, false
	for _, r := range slices.Backward(s.records) {
		if r.seq >= before || form.Has("To") && r.to != form.Get("To") || form.Has("From") && r.from != form.Get("From") {
			continue
		}
		if len(page) == size {
			more = true
			break
		}
		page, last = append(page, s.json(r)), r.seq
	}
	var next any
	if more {
		number, _ := strconv.Atoi(form.Get("Page"))
		q := url.Values{"PageSize": {strconv.Itoa(size)}, "Page": {strconv.Itoa(number + 1)}, "PageToken": {fmt.Sprintf("PASM%d", last)}}
		for _, k := range []string{"To", "From"} {
			if form.Has(k) {
				q.Set(k, form.Get(k))
			}
		}
		next = "/2010-04-01/Accounts/" + s.opts.AccountSID + "/Messages.json?" + q.Encode()
	}
	answer(w, http.StatusOK, map[string]any{"messages": page, "page_size": size, "next_page_uri": next, "uri": "", "first_page_uri": ""})
}

// remove deletes a message with its media.
func (s *Server) remove(w http.ResponseWriter, sid string) {
	i := slices.IndexFunc(s.records, func(r *record) bool { return r.sid == sid })
	if i < 0 {
		fail(w, http.StatusNotFound, 20404, "The requested resource was not found")
		return
	}
	r := s.records[i]
	if s.forbid {
		fail(w, http.StatusForbidden, 20403, "Forbidden")
		return
	}
	if !slices.Contains(finished, r.status) || r.refused < s.refuse {
		if slices.Contains(finished, r.status) {
			r.refused++
		}
		fail(w, http.StatusConflict, 20009, "Cannot delete this resource before it is complete")
		return
	}
	s.records = slices.Delete(s.records, i, i+1)
	s.change()
	w.WriteHeader(http.StatusNoContent)
}

func (n *number) json(e string) map[string]any {
	return map[string]any{"sid": n.sid, "phone_number": e, "sms_url": n.smsURL, "sms_method": n.smsMethod,
		"sms_fallback_url": n.fallbackURL, "sms_fallback_method": n.fallbackMethod, "sms_application_sid": n.application}
}

func (s *Server) listNumbers(w http.ResponseWriter, like string) {
	var found []any
	for _, e := range slices.Backward(slices.Sorted(maps.Keys(s.numbers))) {
		if strings.Contains(e, like) { // Twilio finds parts of numbers too
			found = append(found, s.numbers[e].json(e))
		}
	}
	answer(w, http.StatusOK, map[string]any{"incoming_phone_numbers": found, "next_page_uri": nil})
}

func (s *Server) setNumber(w http.ResponseWriter, sid string, form url.Values) {
	for e, n := range s.numbers {
		if n.sid != sid {
			continue
		}
		for k, to := range map[string]*string{"SmsUrl": &n.smsURL, "SmsMethod": &n.smsMethod, "SmsFallbackUrl": &n.fallbackURL,
			"SmsFallbackMethod": &n.fallbackMethod, "SmsApplicationSid": &n.application} {
			if form.Has(k) {
				*to = form.Get(k)
			}
			form.Del(k)
		}
		if len(form) > 0 {
			fail(w, http.StatusBadRequest, 20001, "not expected")
			return
		}
		answer(w, http.StatusOK, n.json(e))
		return
	}
	fail(w, http.StatusNotFound, 20404, "The requested resource was not found")
}

// pair is a person and a number between which nothing may be sent.
func pair(theirs, ours string) string { return theirs + ">" + ours }
