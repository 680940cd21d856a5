package twilio_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"quietline/bot/twilio"
	"quietline/bot/twilio/twiliotest"
)

const someSID = "SM0000000000000000000000000000abcd"

func incoming(body string) url.Values {
	return form("AccountSid", twiliotest.AccountSID, "From", anas, "To", british, "Body", body, "MessageSid", someSID, "NumMedia", "0")
}

// Nothing is taken that is not signed as a whole, with the token, for this very address.
func TestSignatures(t *testing.T) {
	s := newScene(t)
	in := publicly + twilio.InboundPath
	good := incoming("hello")
	sig := s.srv.Sign(in, good)
	other := incoming("other words")
	foreign := incoming("hello")
	foreign.Set("AccountSid", "AC"+strings.Repeat("f", 32))
	more := incoming("hello")
	more.Set("NewField", "")
	for name, c := range map[string]struct {
		path, body, sig string
		want            int
	}{
		"no signature":     {twilio.InboundPath, good.Encode(), "", 403},
		"wrong":            {twilio.InboundPath, good.Encode(), "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", 403},
		"other body":       {twilio.InboundPath, other.Encode(), sig, 403},
		"a field more":     {twilio.InboundPath, good.Encode() + "&Extra=1", sig, 403},
		"a field twice":    {twilio.InboundPath, good.Encode() + "&Body=again", sig, 403},
		"a query":          {twilio.InboundPath + "?a=b", good.Encode(), sig, 403},
		"of the other":     {twilio.StatusPath, good.Encode(), sig, 403},
		"another address":  {twilio.InboundPath, good.Encode(), s.srv.Sign("https://other.example"+twilio.InboundPath, good), 403},
		"another account":  {twilio.InboundPath, foreign.Encode(), s.srv.Sign(in, foreign), 403},
		"status unsigned":  {twilio.StatusPath, good.Encode(), "", 403},
		"not a form":       {twilio.InboundPath, "%zz", sig, 400},
		"too long":         {twilio.InboundPath, "Body=" + strings.Repeat("a", 70_000), sig, 413},
		"unknown path":     {"/in/x", good.Encode(), sig, 404},
		"a field unheard":  {twilio.InboundPath, more.Encode(), s.srv.Sign(in, more), 200},
		"with port signed": {twilio.InboundPath, good.Encode(), s.srv.Sign("https://line.example:443"+twilio.InboundPath, good), 200},
	} {
		if got := s.post(c.path, c.body, c.sig); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
		if want := 0; c.want != 200 && s.records() > 1 {
			t.Errorf("%s: %d records, want %d", name, s.records(), want)
		}
	}
	res, err := http.Get(s.hooks.URL + twilio.InboundPath)
	s.ok(err)
	s.ok(res.Body.Close())
	if res.StatusCode != http.StatusNotFound {
		t.Errorf("GET is answered with %d", res.StatusCode)
	}
	if n := s.records(); n != 1 { // both signed ones are one message
		t.Errorf("%d records", n)
	}
}

// What is signed and yet no message of a person makes no record.
func TestNotForUs(t *testing.T) {
	s := newScene(t)
	for name, c := range map[string]struct {
		key, value string
		want       int
	}{
		"another number":   {"To", "+447700900999", 404},
		"no id":            {"MessageSid", "", 400},
		"an id of a call":  {"MessageSid", "CA0000000000000000000000000000abcd", 400},
		"a short code":     {"From", "62277", 200},
		"a name":           {"From", "PARCEL", 200},
		"our own number":   {"From", spanish, 200},
		"a mixed channel":  {"From", "whatsapp:" + anas, 200},
		"no WhatsApp here": {"To", "whatsapp:" + spanish, 404},
	} {
		f := incoming("hello")
		f.Set(c.key, c.value)
		if got := s.post(twilio.InboundPath, f.Encode(), s.srv.Sign(publicly+twilio.InboundPath, f)); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if n := s.records(); n != 0 {
		t.Errorf("%d records", n)
	}
}

// A repeat is taken once, also while Twilio brings another message in between.
func TestARepeatIsTakenOnce(t *testing.T) {
	s := newScene(t)
	ana := s.sms(anas, british)
	ana.says("hello")
	late := ana.p.Writes(british, "1")
	again := ana.p.Texts(british, "hello again")
	s.settle()
	late.Arrives()
	s.settle()
	n := len(ana.p.Got())
	for range 3 {
		if got := again.Arrives().Status; got != http.StatusOK {
			t.Errorf("a repeat is answered with %d", got)
		}
		late.Arrives()
		s.settle()
	}
	if got := len(ana.p.Got()); got != n {
		t.Errorf("%d answers more", got-n)
	}
}

// A status of a message that nobody knows changes nothing, and is not asked for again; nor is one of a call.
func TestStatusMakesNoRecord(t *testing.T) {
	s := newScene(t)
	for _, status := range []string{"queued", "sent", "delivered", "undelivered", "failed", "read", "canceled", "strange"} {
		f := form("AccountSid", twiliotest.AccountSID, "From", british, "To", anas, "MessageSid", someSID, "MessageStatus", status, "ErrorCode", "30006")
		if got, _, _ := s.srv.Post(publicly+twilio.StatusPath, f); got != http.StatusNoContent {
			t.Errorf("%s: %d", status, got)
		}
	}
	call := form("AccountSid", twiliotest.AccountSID, "From", anas, "To", british, "CallSid", "CA1", "CallStatus", "completed")
	if got, _, _ := s.srv.Post(publicly+twilio.StatusPath, call); got != http.StatusNoContent {
		t.Errorf("a call: %d", got)
	}
	if n := s.records(); n != 0 {
		t.Errorf("%d records", n)
	}
}

// While the chat is off Twilio comes again three times, then says the fallback's words; when it is on again, all goes on.
func TestTheChatIsOff(t *testing.T) {
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, twilio.Fallback("Not in just now. <Please> write again & wait."))
	}))
	defer there.Close()
	s := newScene(t, func(_ *twiliotest.Options, c *twilio.Config) { c.FallbackURL = there.URL })
	ana := s.sms(anas, british)
	b := s.theBot()
	s.setBot(nil)
	m := ana.p.Texts(british, "hello")
	if m.Status != http.StatusServiceUnavailable || m.Times != 4 || !m.Fallback {
		t.Errorf("%+v", m)
	}
	ana.sees("Not in just now. <Please> write again & wait.")
	f := form("AccountSid", twiliotest.AccountSID, "From", british, "To", anas, "MessageSid", someSID, "MessageStatus", "delivered")
	if got, _, _ := s.srv.Post(publicly+twilio.StatusPath, f); got != http.StatusServiceUnavailable {
		t.Errorf("a status is answered with %d", got)
	}
	s.setBot(b)
	if got := m.Arrives().Status; got != http.StatusOK {
		t.Errorf("later it is answered with %d", got)
	}
	s.settle()
	ana.sees("1 English")
}

func TestNewNamesTheMistake(t *testing.T) {
	s := newScene(t)
	for name, c := range map[string]struct {
		change func(*twilio.Config)
		say    string
	}{
		"sid":     {func(c *twilio.Config) { c.AccountSID = "SK1" }, "account SID"},
		"token":   {func(c *twilio.Config) { c.AuthToken = "a b" }, "auth token"},
		"numbers": {func(c *twilio.Config) { c.Numbers = nil }, "at least one number"},
		"number":  {func(c *twilio.Config) { c.Numbers = []twilio.Number{{Number: "07700 900001"}} }, "number 1"},
		"twice":   {func(c *twilio.Config) { c.Numbers = []twilio.Number{{Number: british}, {Number: british}} }, "number 2"},
		"api":     {func(c *twilio.Config) { c.APIURL = "api.twilio.com" }, "API address"},
		"public":  {func(c *twilio.Config) { c.PublicURL = "https://line.example/?a" }, "public address"},
		"part":    {func(c *twilio.Config) { c.Bot = nil }, "part is missing"},
	} {
		cfg := s.cfg
		c.change(&cfg)
		if _, err := twilio.New(cfg); err == nil || !strings.Contains(err.Error(), c.say) || strings.Contains(fmt.Sprint(err), "7700") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Connect points the numbers here, shows before and after, and says what is done by hand.
func TestConnect(t *testing.T) {
	s := newScene(t, func(o *twiliotest.Options, c *twilio.Config) {
		c.FallbackURL = "https://handler.example/down"
		for i := range 8 { // Twilio finds these too when it is asked for ours
			o.Numbers = append(o.Numbers, british+string(rune('0'+i)))
		}
		c.Numbers = append(c.Numbers, twilio.Number{Number: "+447700900555", Country: "GB"})
	})
	s.srv.Point(british, "https://old.example/sms", "")
	before, after, err := s.acct.Connect(s.ctx)
	s.ok(err)
	if len(before) != 4 || len(after) != 4 {
		t.Fatalf("%d before, %d after", len(before), len(after))
	}
	if before[0].InboundURL != "https://old.example/sms" || after[0].InboundURL != publicly+twilio.InboundPath+"#rc=3&rt=4000&rp=all" ||
		after[0].Method != http.MethodPost || after[0].FallbackURL != "https://handler.example/down" {
		t.Errorf("before %+v\nafter %+v", before[0], after[0])
	}
	if after[1].Channel != twilio.WhatsApp || !strings.Contains(after[1].Note, "console") || !strings.Contains(after[3].Note, "no such number") {
		t.Errorf("%+v", after)
	}
	s.srv.Fail(twiliotest.BadCredentials)
	if _, _, err := s.acct.Connect(s.ctx); err == nil || !strings.Contains(err.Error(), "credentials") && !strings.Contains(err.Error(), "20003") {
		t.Errorf("wrong credentials: %v", err)
	}
}
