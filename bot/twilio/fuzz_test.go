package twilio_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"quietline/bot"
	"quietline/bot/twilio"
	"quietline/bot/twilio/twiliotest"
)

func bare(t testing.TB) (*twilio.Account, *twiliotest.Server) {
	t.Helper()
	srv, err := twiliotest.New(twiliotest.Options{Numbers: []string{british}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	acct, err := twilio.New(twilio.Config{AccountSID: twiliotest.AccountSID, AuthToken: twiliotest.AuthToken, APIURL: srv.URL, PublicURL: publicly,
		Numbers: []twilio.Number{{Number: british, Country: "GB", WhatsApp: true}}, Bot: func() *bot.Bot { return nil },
		Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return acct, srv
}

func serve(acct *twilio.Account, path, body, signature string) int {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Twilio-Signature", signature)
	w := httptest.NewRecorder()
	acct.ServeHTTP(w, r)
	return w.Code
}

// Whatever is signed is answered, and what is handed over has an address that can be answered and a text that the bot takes.
func FuzzInbound(f *testing.F) {
	f.Add(incoming("hello").Encode())
	f.Add(incoming("a\u202eb\x00c\xff").Encode())
	f.Add("MessageSid=" + someSID + "&From=whatsapp%3A%2B447700900001&To=whatsapp%3A%2B447700900100&Latitude=1&NumMedia=x")
	f.Add("From=%00&To=%2B447700900100&OptOutType=STOP")
	f.Fuzz(func(t *testing.T, body string) {
		acct, srv := bare(t)
		form, err := url.ParseQuery(body)
		if err != nil {
			form = url.Values{}
		}
		serve(acct, twilio.InboundPath, body, srv.Sign(publicly+twilio.InboundPath, form))
		serve(acct, twilio.StatusPath, body, srv.Sign(publicly+twilio.StatusPath, form))
		in, why := acct.Read(form)
		if why != "" {
			return
		}
		theirs, ours, ok := strings.Cut(in.Address.Reveal(), ">")
		if !ok || ours != british || !strings.HasPrefix(theirs, "+") || in.Receipt == nil || in.ID == "" {
			t.Errorf("%q became %+v", body, in)
		}
		text := in.Text.Reveal()
		if len(text) > bot.MaxMessage || !utf8.ValidString(text) {
			t.Errorf("%q became %q", body, text)
		}
		for _, r := range text {
			if unicode.IsControl(r) && !strings.ContainsRune("\r\n\t", r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
				t.Errorf("%q became %q", body, text)
			}
		}
	})
}

// Nothing passes whose body or signature is not exactly the signed one.
func FuzzSignature(f *testing.F) {
	good := incoming("hello")
	f.Add(good.Encode(), "x")
	f.Add(good.Encode()+"&Body=x", "")
	f.Add(strings.ToLower(good.Encode()), "AAAA")
	f.Fuzz(func(t *testing.T, body, signature string) {
		acct, srv := bare(t)
		sign := srv.Sign(publicly+twilio.InboundPath, good)
		passed := func(status int) bool { return status != 403 && status != 400 && status != 413 }
		form, err := url.ParseQuery(body)
		same := err == nil && form.Encode() == good.Encode()
		if passed(serve(acct, twilio.InboundPath, body, sign)) != same {
			t.Errorf("the signature of another body: %q", body)
		}
		if signature != sign && passed(serve(acct, twilio.InboundPath, good.Encode(), signature)) {
			t.Errorf("another signature: %q", signature)
		}
	})
}

// What one message costs from the webhook to its commit, over a real store.
func BenchmarkInbound(b *testing.B) {
	s := newScene(b)
	address := publicly + twilio.InboundPath
	n := 0
	for b.Loop() {
		n++
		f := incoming("hello")
		f.Set("MessageSid", "SM"+hex32(n))
		f.Set("From", "+1555010"+hex32(10000 + n%9000)[28:])
		if got := serve(s.acct, twilio.InboundPath, f.Encode(), s.srv.Sign(address, f)); got != http.StatusOK {
			b.Fatalf("answered with %d", got)
		}
	}
}

func hex32(n int) string {
	const digits = "0123456789"
	out := []byte(strings.Repeat("0", 32))
	for i := 31; n > 0; i-- {
		out[i] = digits[n%10]
		n /= 10
	}
	return string(out)
}
