package twilio_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"quietline/bot"
	"quietline/bot/twilio"
	"quietline/bot/twilio/twiliotest"
	"quietline/locales"
)

// short fails unless every message on the telephone fits what one SMS of the line may take.
func short(t *testing.T, p *twiliotest.Phone) {
	t.Helper()
	for _, m := range p.Got() {
		if n := locales.Segments(m.Body); n < 1 || n > 3 {
			t.Errorf("a message of %d parts: %q", n, m.Body)
		}
		if strings.ContainsAny(m.Body, "‘’“”…") {
			t.Errorf("curly signs: %q", m.Body)
		}
	}
}

// A whole conversation by SMS: the cover first, the language by a digit, four messages to the queue, an adviser, the end;
// and nothing of it is left at the provider.
func TestWholeConversationBySMS(t *testing.T) {
	s := newScene(t)
	mai := s.adviser()
	ana := s.sms(anas, british)
	ana.says("hello")
	first := ana.p.Got()[0].Body
	if !strings.HasPrefix(first, "Hello. This is Notices.") {
		t.Errorf("the first message is not the cover: %q", first)
	}
	for _, telling := range []string{"help", "traffick", "police", "abuse", "safe"} {
		if strings.Contains(strings.ToLower(ana.p.Screen()), telling) {
			t.Errorf("the first screen says %q:\n%s", telling, ana.p.Screen())
		}
	}
	ana.sees("1 English")
	ana.sees("2 Español")
	ana.says("1", "1", "9")
	if ana.sent > 4 {
		t.Errorf("%d messages before the queue", ana.sent)
	}
	q := s.theBot().Queue()
	if len(q) != 1 || q[0].Country != "GB" || q[0].Channel != twilio.SMS || q[0].Lang != "en" {
		t.Fatalf("the queue is %+v", q)
	}
	mai.claims(q[0].Handle)
	mai.writes(q[0].Handle, "Hello, I am here. One question first.")
	ana.sees("Hello, I am here. One question first.")
	ana.says("my boss keeps my papers")
	v := mai.view(q[0].Handle)
	if !slices.ContainsFunc(v.Lines, func(l bot.Line) bool { return len(l.Blocks) > 0 && strings.Contains(l.Blocks[0].Text, "my papers") }) {
		t.Errorf("the adviser does not see what was written: %+v", v.Lines)
	}
	if v.Deaf {
		t.Error("cannot reply, says the desk")
	}
	short(t, ana.p)
	for _, m := range ana.p.Got() {
		if m.From != british {
			t.Errorf("a message came from %s", m.From)
		}
	}
	ana.says("00")
	s.later(2 * time.Minute)
	if left := s.srv.Left(); len(left) > 0 {
		t.Errorf("%d messages are left, the first %+v", len(left), left[0])
	}
	if got := s.acct.Stats().Deleted; got < 10 {
		t.Errorf("deleted: %d", got)
	}
}

// The dialled number gives the country, and the answer comes from it.
func TestTheDialledNumber(t *testing.T) {
	s := newScene(t)
	mai := s.sms(mais, spanish)
	mai.says("hola", "2", "1")
	mai.says("99")
	mai.sees("112")
	mai.says("9")
	for _, m := range mai.p.Got() {
		if m.From != spanish {
			t.Errorf("a message came from %s", m.From)
		}
	}
	if q := s.theBot().Queue(); len(q) != 1 || q[0].Country != "ES" || q[0].Lang != "es" {
		t.Errorf("the queue is %+v", q)
	}
	// The same telephone at the other number is another conversation: it meets the cover.
	other := s.sms(mais, british)
	other.says("hello")
	other.sees("Notices")
	short(t, mai.p)
}

// In a language beyond the GSM alphabet the parts are shorter; the bot still keeps to three.
func TestThreePartsInVietnamese(t *testing.T) {
	s := newScene(t)
	mai := s.sms(mais, british)
	mai.says("xin chao", "3", "1", "2", "1", "1", "1", "3", "99", "9", "00")
	if len(mai.p.Got()) < 10 {
		t.Errorf("only %d messages came", len(mai.p.Got()))
	}
	short(t, mai.p)
}

// WhatsApp through the same account: its own channel, the same words, nothing read that it adds.
func TestWholeConversationByWhatsApp(t *testing.T) {
	s := newScene(t)
	mai := s.adviser()
	ana := s.whatsApp(anas)
	ana.p.Reads()
	h := ana.waits()
	if q := s.theBot().Queue(); q[0].Channel != twilio.WhatsApp || q[0].Country != "GB" {
		t.Errorf("the queue is %+v", q)
	}
	mai.claims(h)
	mai.writes(h, "I am here.")
	ana.sees("I am here.")
	for _, m := range ana.p.Got() {
		if m.From != "whatsapp:"+british {
			t.Errorf("a message came from %s", m.From)
		}
	}
	ana.says("00")
	s.later(2 * time.Minute)
	if left := s.srv.Left(); len(left) > 0 {
		t.Errorf("%d messages are left: %+v", len(left), left)
	}
}

// A picture is not fetched, and goes with the message; what is written beside it counts.
func TestPicturesAreNotFetched(t *testing.T) {
	s := newScene(t)
	ana := s.sms(anas, british)
	ana.says("hello", "1", "1")
	ana.seen = len(ana.p.Got())
	ana.p.Pictures(british, "")
	s.settle()
	c, err := content()
	s.ok(err)
	other, err := c.Words.Text("en", "bot.other", nil)
	s.ok(err)
	first, _, _ := strings.Cut(other, "\n")
	ana.sees(first)
	ana.seen = len(ana.p.Got())
	ana.p.Pictures(british, "99")
	s.settle()
	ana.sees("999")
	s.later(2 * time.Minute)
	for _, r := range s.srv.Left() {
		if r.Media > 0 {
			t.Errorf("media are left with %s", r.SID)
		}
	}
}

// The longest message that a telephone can send is taken whole, and no sign in it turns around what an adviser reads.
func TestWhatIsWrittenIsCleaned(t *testing.T) {
	s := newScene(t)
	mai := s.adviser()
	ana := s.sms(anas, british)
	h := ana.waits()
	mai.claims(h)
	ana.says("a\u202eb\u0007c\u2066d\xffe", strings.Repeat("ạ", 1600))
	var all strings.Builder
	for _, l := range mai.view(h).Lines {
		for _, b := range l.Blocks {
			all.WriteString(b.Text)
		}
	}
	if !strings.Contains(all.String(), "abcde") || strings.Count(all.String(), "ạ") != 1600 || !utf8.ValidString(all.String()) {
		t.Errorf("the adviser reads %q", all.String())
	}
}
