package telegram

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"quietline/bot/telegram/telegramtest"
)

const plainUpdate = `{"update_id":7,"message":{"message_id":3,"date":1,"chat":{"id":9,"type":"private"},"from":{"id":9,"is_bot":false,"first_name":"Firstname"},"text":"the red house"}}`

// The webhook takes only what Telegram posts with its secret; nothing of a body it refuses gets into the log.
func TestWebhookRefuses(t *testing.T) {
	s := newScene(t, quick)
	for _, c := range []struct {
		what, secret, body string
		want               int
	}{
		{"no secret", "", plainUpdate, 401},
		{"a wrong secret", Secret(token + "x"), plainUpdate, 401},
		{"the start of the secret", Secret(token)[:63], plainUpdate, 401},
		{"too large", Secret(token), strings.Replace(plainUpdate, "red", strings.Repeat("red", maxUpdate/3), 1), 413},
		{"no JSON", Secret(token), "the red house", 400},
		{"half of it", Secret(token), plainUpdate[:150], 400},
		{"two", Secret(token), plainUpdate + plainUpdate, 400},
		{"no number", Secret(token), `{"message":{"text":"the red house"}}`, 400},
		{"a negative number", Secret(token), strings.Replace(plainUpdate, "7", "-7", 1), 400},
		{"a kind that nobody asked for", Secret(token), `{"update_id":8,"channel_post":{"text":"the red house"}}`, 200},
		{"a member of tomorrow", Secret(token), `{"update_id":9,"my_chat_member":{"new_chat_member":{"status":"of tomorrow"}}}`, 200},
		{"a good one", Secret(token), plainUpdate, 200},
	} {
		if got := s.post(c.secret, c.body); got != c.want {
			t.Errorf("%s: %d, not %d", c.what, got, c.want)
		}
	}
	if strings.Contains(s.log.String(), "house") || strings.Contains(s.log.String(), "Firstname") {
		t.Errorf("the log holds a body:\n%s", s.log)
	}
	for _, method := range []string{http.MethodGet, http.MethodPut} {
		req, err := http.NewRequestWithContext(t.Context(), method, s.site.URL, nil)
		s.ok(err)
		resp, err := http.DefaultClient.Do(req)
		s.ok(err)
		s.ok(resp.Body.Close())
		if resp.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, resp.StatusCode)
		}
	}
}

// S11: what cannot be committed is not acknowledged; Telegram repeats it, and it is taken once.
func TestS11_NotCommittedIsNotAcknowledged(t *testing.T) {
	s := newScene(t, quick)
	b := s.bot.Swap(nil)
	if got := s.post(Secret(token), plainUpdate); got != http.StatusServiceUnavailable {
		t.Errorf("with the chat off: %d", got)
	}
	s.bot.Store(b)
	s.ok(s.talks.Close())
	if got := s.post(Secret(token), plainUpdate); got != http.StatusInternalServerError {
		t.Errorf("with the store closed: %d", got)
	}
	s.stop()
	s.open()
	s.hooked()
	code := s.code.String()
	s.broken.Store(&code)
	ana, mai := s.server.Phone(), s.server.Phone()
	ana.Starts(code)
	ana.Writes("1")
	mai.Starts("")
	s.ok(s.server.Refused(2))
	s.sees(mai, "arrival.language")
	if ana.Received() != 0 || s.server.Pending() < 2 {
		t.Fatalf("acknowledged although it panicked: %d wait", s.server.Pending())
	}
	if log := s.log.String(); !strings.Contains(log, "class=panic") || strings.Contains(log, "looking up") {
		t.Errorf("the log of a panic:\n%s", log)
	}
	s.broken.Store(nil)
	s.sees(ana, "check.unseen") // in order: the code first, then the language
	s.ok(s.server.Taken())
}

// Telegram fails a third of all calls in every way: everybody is answered, and nothing is left that Telegram told us of.
func TestUnderFaults(t *testing.T) {
	s := newScene(t, quick).hooked()
	defer s.hurry()()
	s.server.Fail(telegramtest.Faults{Share: 0.3, HangFor: 50 * time.Millisecond, Twice: 0.2, Late: 5 * time.Millisecond,
		Kinds: []telegramtest.Fault{telegramtest.Error500, telegramtest.HTML502, telegramtest.Hangs, telegramtest.CutBefore, telegramtest.TooMany}})
	var people []*telegramtest.Phone
	for range 10 {
		p := s.server.Phone()
		people = append(people, p)
		p.Starts(s.code.String())
		p.Writes("1")
		p.Writes("1")
	}
	for _, p := range people {
		s.sees(p, "check.danger")
		p.Writes("00")
	}
	for _, p := range people {
		s.ok(p.Until(func(screen string) bool { return screen == "" }))
	}
	s.clean(people...)
	for _, w := range []string{"Bad Gateway", "html", "Hello."} {
		if strings.Contains(s.log.String(), w) {
			t.Errorf("the log holds what Telegram said: %q", w)
		}
	}
}

// FuzzUpdate: no body makes the parser panic, and what it hands over is what the bot takes.
func FuzzUpdate(f *testing.F) {
	f.Add([]byte(plainUpdate))
	f.Add([]byte(`{"update_id":7,"message":{"message_id":3,"date":1,"chat":{"id":9,"type":"private"},"text":"/start@x GB7K2MZ","entities":[{"type":"bot_command","offset":999999,"length":-4}]}}`))
	f.Add([]byte(`{"update_id":8,"callback_query":{"id":"1","from":{"id":9},"message":{"message_id":1,"date":0,"chat":{"id":9,"type":"private"}},"data":"12.1:6"}}`))
	f.Add([]byte(`{"update_id":8,"edited_message":{"message_id":1,"date":0,"chat":{"id":-9,"type":"group"},"text":"\u202e\u0000\ud800"}}`))
	f.Add([]byte(`{"update_id":8,"my_chat_member":{"chat":{"id":9,"type":"private"},"new_chat_member":{"status":"kicked"}}}`))
	f.Add([]byte(`{"update_id":1,"message":{"chat":{"type":"private"},"photo":[{}],"pinned_message":null,"forward_origin":{"type":"x"}}}`))
	c := &Channel{cfg: Config{Now: time.Now}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, err := c.parse(raw)
		if err != nil {
			if strings.Contains(err.Error(), string(raw)) && len(raw) > 3 {
				t.Fatal("the error quotes the body")
			}
			return
		}
		if h.id <= 0 {
			t.Fatal("no number")
		}
		if h.in == nil {
			return
		}
		in := h.in
		if in.ID != fmt.Sprint("tg", h.id) || in.Channel != Name || in.Address.Empty() {
			t.Fatalf("handed over %+v", in)
		}
		text := in.Text.Reveal()
		if clean(text) != text || in.Digit < 0 || in.Digit > 6 || in.Digit > 0 && (in.Turn == "" || len(in.Turn) > maxData) {
			t.Fatalf("not what the bot takes: %q, %d, %q", text, in.Digit, in.Turn)
		}
		if in.Other && (text != "" || in.Digit > 0 || in.Edited) {
			t.Fatal("two things at once")
		}
	})
}
