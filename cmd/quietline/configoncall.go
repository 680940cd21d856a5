package main

import (
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"quietline/bot"
	"quietline/bot/oncall"
)

// An oncallTable is [oncall]: who is told when somebody waits and nobody takes them. Without it nobody is, and people are
// told so.
type oncallTable struct {
	Steps []oncallStep `toml:"step" need:"yes" say:"One [[oncall.step]] for each person or group to tell, in the order of escalation. Each has exactly one of post, sms and mail."`
	Mail  *mailTable   `toml:"mail" say:"The mail server for steps with mail."`
}

// An oncallStep is one of them.
type oncallStep struct {
	Post      string `toml:"post" say:"Tells by HTTP POST as ntfy takes it: the address of a topic, https://ntfy.example/topic. No telling word."`
	TokenFile string `toml:"token_file" say:"With post: the file that holds the access token and nothing else, readable by this program only."`
	SMS       string `toml:"sms" say:"Tells by SMS through your Twilio account, from the first of your numbers: +447700900000. Needs [twilio]."`
	Mail      string `toml:"mail" say:"Tells by e-mail: one address. Needs [oncall.mail]."`
	After     string `toml:"after" default:"5m" say:"How long somebody waits unseen before this step is told, 0s to 24h; no shorter than the step before. A lead step is told of danger at once all the same."`
	Repeat    string `toml:"repeat" default:"10m" say:"How long until it is told again, 1m to 24h."`
	Lead      bool   `toml:"lead" say:"true: told of danger at once, at any hour. At least one step must be; a second one follows as long after the first as their after differ."`
	Always    bool   `toml:"always" say:"true: told of everybody who waits, at any hour. Otherwise only while a shift is open."`
}

// A mailTable is the server that takes e-mail for those on call.
type mailTable struct {
	Server       string `toml:"server" need:"yes" say:"The mail server, host:port: mail.example:587."`
	Security     string `toml:"security" default:"starttls" say:"starttls, tls (from the first byte; usually port 465), or none: only for a server on this machine."`
	User         string `toml:"user" say:"The account at the mail server, if it wants one."`
	PasswordFile string `toml:"password_file" say:"The file that holds its password and nothing else, readable by this program only."`
	From         string `toml:"from" need:"yes" say:"The sender, one plain address: notices@host.example. No telling word."`
}

// Bounds of [oncall].
const (
	maxSteps = 20
	maxAfter = 24 * time.Hour
)

// times are after and repeat; what is written wrong is zero, and a fault.
func (s oncallStep) times() (after, repeat time.Duration, err error) {
	if after, err = time.ParseDuration(s.After); err != nil || after < 0 || after > maxAfter {
		return 0, 0, fmt.Errorf(`after is %q: write a time from 0s to 24h, such as "5m"`, s.After)
	}
	if repeat, err = time.ParseDuration(s.Repeat); err != nil || repeat < oncall.Pause || repeat > maxAfter {
		return 0, 0, fmt.Errorf(`repeat is %q: write a time from 1m to 24h, such as "10m"`, s.Repeat)
	}
	return after, repeat, nil
}

// faults checks [oncall].
func (t *oncallTable) faults(c *config) []fault {
	if t == nil {
		return nil
	}
	var out []fault
	fail := func(mend string, key ...string) { out = append(out, fault{append(toml.Key{"oncall"}, key...), mend}) }
	if len(t.Steps) == 0 {
		fail("is missing: "+sayOf("oncall.step"), "step")
	}
	if len(t.Steps) > maxSteps {
		fail(fmt.Sprintf("has %d steps: at most %d", len(t.Steps), maxSteps), "step")
	}
	lead, before := false, time.Duration(0)
	for i, s := range t.Steps {
		at := "the " + ordinal(i+1) + " [[oncall.step]]: "
		lead = lead || s.Lead
		ways := 0
		for _, way := range []string{s.Post, s.SMS, s.Mail} {
			if way != "" {
				ways++
			}
		}
		if ways != 1 {
			fail(at+"write exactly one of post, sms and mail; for several people, a step for each", "step")
		}
		if s.TokenFile != "" && s.Post == "" {
			fail(at+"a token goes with post only", "step", "token_file")
		}
		if s.Post != "" {
			if mend := c.badPost(s.Post); mend != "" {
				fail(at+mend, "step", "post")
			}
		}
		switch {
		case s.SMS == "":
		case !numberE164.MatchString(s.SMS):
			fail(fmt.Sprintf("%s%q is not written with +, the country and no spaces, such as +447700900000", at, s.SMS), "step", "sms")
		case c.Twilio == nil:
			fail(at+"SMS needs the table [twilio]", "step", "sms")
		case slices.ContainsFunc(c.Twilio.Numbers, func(n twilioNumber) bool { return n.Number == s.SMS }):
			fail(at+"this is a number of the line itself", "step", "sms")
		}
		switch {
		case s.Mail == "":
		case !plainAddress(s.Mail):
			fail(fmt.Sprintf("%s%q is no plain address such as name@host.example", at, s.Mail), "step", "mail")
		case t.Mail == nil:
			fail(at+"e-mail needs the table [oncall.mail]", "step", "mail")
		}
		after, _, err := s.times()
		switch {
		case err != nil:
			fail(at+err.Error(), "step", strings.Fields(err.Error())[0])
		case after < before:
			fail(at+"after is shorter than in the step before: put the steps in order", "step", "after")
		}
		before = max(before, after)
	}
	if len(t.Steps) > 0 && !lead {
		fail("no step has lead = true: danger must reach somebody at any hour", "step")
	}
	return append(out, t.Mail.faults()...)
}

// badPost says what is wrong with the address of a topic, or nothing. Whoever knows a topic reads what is told there, so no
// more than its host is said.
func (c *config) badPost(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return "post is no address: write https://HOST/TOPIC"
	}
	shown := u.Scheme + "://" + u.Host
	if u.User != nil || u.Fragment != "" || u.RawQuery != "" || u.ForceQuery {
		return fmt.Sprintf("the address at %s has a name, a query or a fragment: write only https://HOST/TOPIC, and a token into token_file", shown)
	}
	return c.badURL(shown, false)
}

// faults checks [oncall.mail].
func (m *mailTable) faults() []fault {
	if m == nil {
		return nil
	}
	var out []fault
	fail := func(key, mend string) { out = append(out, fault{toml.Key{"oncall", "mail", key}, mend}) }
	host, port, err := net.SplitHostPort(m.Server)
	if err != nil || host == "" || port == "" {
		fail("server", fmt.Sprintf("is missing, or %q is no host:port such as mail.example:587", m.Server))
	}
	switch {
	case m.Security != oncall.STARTTLS && m.Security != oncall.TLS && m.Security != oncall.NoTLS:
		fail("security", fmt.Sprintf(`is %q: write "starttls", "tls" or "none"`, m.Security))
	case m.Security == oncall.NoTLS && err == nil && !loopback(host):
		fail("security", `"none" sends password and alarm in the clear: only to a server on this machine`)
	}
	if (m.User == "") != (m.PasswordFile == "") {
		fail("user", "goes with password_file: write both or neither")
	}
	if !plainAddress(m.From) {
		fail("from", fmt.Sprintf("is missing, or %q is no plain address such as notices@host.example", m.From))
	}
	return out
}

// plainAddress says whether s is one e-mail address and nothing else.
func plainAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && !strings.ContainsAny(s, "<> ")
}

// faces are what a lock screen shows of an alarm besides its words: where it comes from.
func (t *oncallTable) faces() []shown {
	if t == nil {
		return nil
	}
	words := strings.NewReplacer(".", " ", "-", " ", "_", " ", "/", " ", "@", " ")
	var out []shown
	for _, s := range t.Steps {
		if u, err := url.Parse(s.Post); s.Post != "" && err == nil {
			out = append(out, shown{toml.Key{"oncall", "step", "post"}, words.Replace(u.Hostname() + u.Path)})
		}
	}
	if t.Mail != nil {
		out = append(out, shown{toml.Key{"oncall", "mail", "from"}, words.Replace(t.Mail.From)})
	}
	return out
}

// onCall is who is called when nobody is on duty, as people are told it.
func (c *config) onCall() bot.OnCall {
	if c.OnCall == nil {
		return bot.OnCall{}
	}
	always := slices.ContainsFunc(c.OnCall.Steps, func(s oncallStep) bool { return s.Always })
	return bot.OnCall{Anybody: always, Danger: true}
}
