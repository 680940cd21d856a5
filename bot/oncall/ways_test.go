package oncall_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"quietline/bot"
	"quietline/bot/oncall"
	"quietline/bot/twilio"
	"quietline/bot/twilio/twiliotest"
	"quietline/line"
)

func (p *post) server() oncall.MailServer {
	return oncall.MailServer{Address: p.l.Addr().String(), Security: oncall.STARTTLS, User: mailUser, Password: mailPass, From: mailFrom,
		Now: time.Now, Rand: rand.Reader}
}

func mailed(t *testing.T, s oncall.MailServer) error {
	t.Helper()
	way, err := oncall.Mail(s, mailTo)
	if err != nil {
		t.Fatal(err)
	}
	return way(t.Context(), oncall.Message{Title: title, Text: "1 waiting, urgent", Urgent: true})
}

// A letter goes by TLS only, to a server whose certificate holds, or to one on this machine; failures have a class.
func TestMail(t *testing.T) {
	for name, tt := range map[string]struct {
		server func(*post)
		set    func(*oncall.MailServer)
		class  string
	}{
		"starttls":          {nil, nil, ""},
		"tls":               {func(p *post) { p.implicit = true }, func(s *oncall.MailServer) { s.Security = oncall.TLS }, ""},
		"on this machine":   {func(p *post) { p.bare = true }, func(s *oncall.MailServer) { s.Security, s.User = oncall.NoTLS, "" }, ""},
		"no TLS":            {func(p *post) { p.bare = true }, nil, "no TLS offered"},
		"foreign":           {func(p *post) { p.foreign = true }, nil, "certificate"},
		"foreign from TLS":  {func(p *post) { p.implicit, p.foreign = true, true }, func(s *oncall.MailServer) { s.Security = oncall.TLS }, "certificate"},
		"a wrong password":  {nil, func(s *oncall.MailServer) { s.Password = "x" }, "credentials"},
		"no account":        {nil, func(s *oncall.MailServer) { s.User = "" }, "credentials"},
		"not now":           {func(p *post) { p.refuses = "451 later" }, nil, "server"},
		"never":             {func(p *post) { p.refuses = "550 no such address" }, nil, "refused"},
		"nobody listens":    {nil, func(s *oncall.MailServer) { s.Address = "127.0.0.1:1" }, "no answer"},
		"TLS to plain text": {func(p *post) { p.plain = true }, func(s *oncall.MailServer) { s.Security = oncall.TLS }, "certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPost(t, tt.server)
			s := p.server()
			if tt.set != nil {
				tt.set(&s)
			}
			err := mailed(t, s)
			var f *oncall.Failure
			switch {
			case tt.class == "" && err != nil:
				t.Fatal(err)
			case tt.class == "":
				p.hears("1 waiting, urgent")
			case !errors.As(err, &f) || f.Class != tt.class:
				t.Fatalf("it failed with %v, want %s", err, tt.class)
			default:
				p.hears()
			}
		})
	}
}

// What a configuration cannot say is refused before anything is sent.
func TestWaysRefuseWhatCannotBe(t *testing.T) {
	for _, address := range []string{"", "ntfy", "https://", "https://a:b@ntfy.example/x"} {
		if _, err := oncall.Post(address, ""); err == nil {
			t.Errorf("a post to %q was taken", address)
		}
	}
	good := oncall.MailServer{Address: "mail.example:587", Security: oncall.STARTTLS, From: mailFrom, Now: time.Now, Rand: rand.Reader}
	for _, set := range []func(*oncall.MailServer){
		func(s *oncall.MailServer) { s.Address = "mail.example" },
		func(s *oncall.MailServer) { s.Security = "" },
		func(s *oncall.MailServer) { s.From = "a@b\r\nBcc: c@d" },
	} {
		s := good
		set(&s)
		if _, err := oncall.Mail(s, mailTo); err == nil {
			t.Errorf("%+v was taken", s)
		}
	}
	if _, err := oncall.Mail(good, "Night <night@host.example>"); err == nil {
		t.Error("an address with a name was taken")
	}
	if _, err := oncall.New(oncall.Config{Title: title, Bot: func() *bot.Bot { return nil }, Line: &line.Line{}, Now: time.Now, Log: slog.New(slog.DiscardHandler)}); err == nil {
		t.Error("nobody is told of danger, and it was taken")
	}
}

// Ana waits: the group hears by its board, then adviser-2 by SMS, then the lead by e-mail. The SMS comes from the line's
// number, names nothing, leaves nothing in the store, and the sweep takes it away at Twilio.
func TestThreeWays(t *testing.T) {
	const ours, theirs = "+447700900100", "+447700900009"
	first, letters := newBoard(t), newPost(t, nil)
	srv, err := twiliotest.New(twiliotest.Options{Numbers: []string{ours}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	srv.HoldStatuses()
	var s *scene
	account, err := twilio.New(twilio.Config{AccountSID: twiliotest.AccountSID, AuthToken: twiliotest.AuthToken, APIURL: srv.URL, PublicURL: "https://line.example",
		Numbers: []twilio.Number{{Number: ours, Country: "GB"}}, Bot: func() *bot.Bot { return s.theBot() },
		Now: func() time.Time { return time.Now().Add(time.Hour) }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	hooks := httptest.NewServer(account)
	t.Cleanup(hooks.Close)
	srv.Reach("https://line.example", hooks.URL)
	phone := srv.Phone(theirs)
	text := func(ctx context.Context, m oncall.Message) error {
		if err := account.Notify(ctx, theirs, m.Title+": "+m.Text); err != nil {
			var e *bot.SendError
			if !errors.As(err, &e) {
				t.Errorf("an SMS failed with %v", err)
				return err
			}
			return &oncall.Failure{Class: e.Class}
		}
		return nil
	}
	mail, err := oncall.Mail(letters.server(), mailTo)
	if err != nil {
		t.Fatal(err)
	}
	s = newScene(t, at(11, 0), by(t, first, min5, nil),
		oncall.Step{Kind: "sms", Way: text, After: min10, Repeat: min10},
		oncall.Step{Kind: "mail", Way: mail, After: min15, Repeat: min10, Lead: true})
	one := s.comes("adviser-1", line.Adviser, false)
	handle := s.person("ana").waits()
	one.stays(11, 15)
	first.hears("1 waiting / high", "1 waiting / high")
	letters.hears("1 waiting")
	srv.Wait()
	if got := phone.Got(); len(got) != 1 || got[0].Body != "Notices: 1 waiting" {
		t.Fatalf("the phone has %+v", got)
	}
	if srv.Tell() != 1 { // what Twilio says of it belongs to no conversation
		t.Error("Twilio has nothing to say of the SMS")
	}
	srv.Wait()
	if n := len(s.theBot().Queue()); n != 1 {
		t.Errorf("an SMS to the staff made a conversation: %d", n)
	}
	if deleted, left, err := account.Sweep(t.Context()); deleted != 1 || left != 0 || err != nil || len(srv.Left()) > 0 {
		t.Errorf("the sweep deleted %d, left %d: %v", deleted, left, err)
	}
	srv.Fail(twiliotest.BadCredentials)
	first.sets(func() { first.fails = http.StatusBadGateway })
	one.stays(11, 26)
	if states := s.pager.States(); states[0].Broken != "server" || states[1].Sent != 2 {
		t.Errorf("the steps are %+v", states)
	}
	letters.hears("1 waiting")
	one.claims(handle)
	if got := s.pager.Test(t.Context()); got[0].Class != "server" || got[1].Class != "" || got[2].Class != "" || got[1].Way != "sms" {
		t.Errorf("the test gave %+v", got)
	}
	letters.hears("test")
	srv.Wait()
	if screen := phone.Screen(); !strings.Contains(screen, "Notices: test") {
		t.Errorf("the phone shows:\n%s", screen)
	}
}
