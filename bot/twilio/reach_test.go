package twilio_test

import (
	"strings"
	"testing"
	"time"

	"quietline/bot"
	"quietline/bot/twilio"
	"quietline/bot/twilio/twiliotest"
)

// STOP and its like end it: nobody but Twilio answers, nothing is sent until the person writes START, and then they meet
// the cover.
func TestStopAndStart(t *testing.T) {
	const service = "MG0123456789abcdef0123456789abcdef"
	for name, c := range map[string]struct {
		word     string
		advanced bool
		wa       bool
	}{"stop": {"stop", false, false}, "revoke": {" Revoke ", false, false}, "neutral answers": {"optout", true, false},
		"WhatsApp": {"OPTOUT", true, true}} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, func(o *twiliotest.Options, cfg *twilio.Config) {
				o.AdvancedOptOut, o.MessagingService, cfg.MessagingServiceSID = c.advanced, service, service
			})
			mai := s.adviser()
			ana := s.sms(anas, british)
			if c.wa {
				ana = s.whatsApp(anas)
			}
			h := ana.waits()
			mai.claims(h)
			mai.writes(h, "I am here.")
			sent := s.srv.Sent()
			ana.says(c.word)
			if s.srv.Sent() != sent {
				t.Errorf("%d messages were sent", s.srv.Sent()-sent)
			}
			if got := ana.p.Got(); len(got) != ana.seen+1 || c.advanced && got[ana.seen].Body != twiliotest.NeutralReply {
				t.Errorf("then the screen shows:\n%s", ana.screen())
			}
			mai.writes(h, "Are you still there?")
			s.later(time.Minute)
			if s.srv.Sent() != sent {
				t.Error("an adviser's words were sent")
			}
			if v := mai.view(h); !v.Deaf && !v.Left {
				t.Errorf("the desk does not say that nothing arrives: %+v", v.Item)
			}
			ana.says("START")
			if !strings.Contains(ana.screen(), "This is Notices.") {
				t.Errorf("after START the screen shows:\n%s", ana.screen())
			}
			if strings.Contains(ana.screen(), "still there") {
				t.Errorf("an adviser's words came before a sitting was opened:\n%s", ana.screen())
			}
		})
	}
}

// HELP is answered by the line too: whoever writes it shall hear more than Twilio's own words.
func TestHelpIsHeard(t *testing.T) {
	s := newScene(t)
	ana := s.sms(anas, british)
	ana.says("HELP")
	ana.sees("1 English")
}

// Where nothing arrives the desk says so, and nothing more is sent until the person writes.
func TestCannotReply(t *testing.T) {
	for name, break_ := range map[string]func(*twiliotest.Phone){
		"landline":           func(p *twiliotest.Phone) { p.IsLandline() },
		"landline, reported": func(p *twiliotest.Phone) { p.Fails(30006) },
		"blocked, reported":  func(p *twiliotest.Phone) { p.Fails(30004) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			mai := s.adviser()
			ana := s.sms(anas, british)
			h := ana.waits()
			mai.claims(h)
			break_(ana.p)
			ana.seen = len(ana.p.Got())
			mai.writes(h, "I am here.")
			if !mai.view(h).Deaf {
				t.Error("the desk does not say so")
			}
			ana.seesNothing()
			sent := s.srv.Sent()
			mai.writes(h, "One more.")
			s.later(10 * time.Second)
			if s.srv.Sent() != sent {
				t.Error("it was tried again")
			}
		})
	}
}

// WhatsApp takes nothing 24 hours after the person's last message. The line then waits for them, and sends no template.
func TestWhatsAppWindow(t *testing.T) {
	s := newScene(t)
	ch := s.acct.WhatsApp()
	ana := s.whatsApp(anas)
	h := ana.waits()
	mai := s.adviser()
	mai.claims(h)
	s.mu.Lock()
	s.now = s.now.Add(25 * time.Hour)
	s.mu.Unlock()
	_, err := ch.Send(s.ctx, bot.Outbound{ID: "x", To: bot.Hide(anas + ">" + british), Text: bot.Hide("late words"), Until: s.clock().Add(time.Minute)})
	s.ok(err) // Twilio takes it, and reports
	s.srv.Wait()
	if strings.Contains(ana.p.Screen(), "late words") {
		t.Error("it came")
	}
	for _, r := range s.srv.Left() {
		if r.Body == "late words" && r.Status != "failed" {
			t.Errorf("%+v", r)
		}
	}
}

// What the code in a report means for the message and for the person.
func TestCodes(t *testing.T) {
	for code, want := range map[int]struct {
		next  bot.Next
		class string
	}{21610: {bot.Never, "opted out"}, 30006: {bot.Never, "landline"}, 63016: {bot.WhenTheyWrite, "window closed"}, 30007: {bot.Lost, "filtered"},
		20429: {bot.Again, "rate limit"}, 21408: {bot.Never, "region not allowed"}, 99999: {bot.Lost, "code 99999"}, 0: {bot.Lost, "code 0"}} {
		got := twilio.Reported(code)
		if got.Next != want.next || got.Class != want.class {
			t.Errorf("%d: %+v", code, got)
		}
	}
}
