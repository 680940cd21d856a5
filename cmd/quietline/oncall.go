package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/BurntSushi/toml"

	"quietline/bot/oncall"
	"quietline/bot/twilio"
	"quietline/desk"
)

// newPager makes the loop that tells those on call; nil without [oncall], or while the line's own store does not open.
func (h *house) newPager() (*oncall.Pager, error) {
	if h.cfg.OnCall == nil || h.line == nil {
		return nil, nil
	}
	var steps []oncall.Step
	for _, s := range h.cfg.OnCall.Steps {
		after, repeat, err := s.times()
		if err != nil {
			return nil, err
		}
		step := oncall.Step{After: after, Repeat: repeat, Lead: s.Lead, Always: s.Always}
		switch {
		case s.Post != "":
			step.Kind = "post"
			step.Way, err = h.byPost(s)
		case s.SMS != "":
			step.Kind = "sms"
			step.Way = bySMS(h.carriers.twilio, s.SMS)
		default:
			step.Kind = "mail"
			step.Way, err = h.byMail(s.Mail)
		}
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	p, err := oncall.New(oncall.Config{Steps: steps, Title: h.cfg.Cover, Bot: h.bot, Line: h.line, Now: h.now, Log: h.log})
	if err != nil {
		return nil, fmt.Errorf("%s[oncall]: %w", h.cfg.where(toml.Key{"oncall"}), err)
	}
	return p, nil
}

func (h *house) byPost(s oncallStep) (oncall.Way, error) {
	key, token := toml.Key{"oncall", "step", "token_file"}, ""
	if s.TokenFile != "" {
		var err error
		if token, err = h.cfg.secret(key, s.TokenFile, h.log); err != nil {
			return nil, err
		}
	}
	return oncall.Post(s.Post, token)
}

func bySMS(account *twilio.Account, to string) oncall.Way {
	return func(ctx context.Context, m oncall.Message) error {
		if err := account.Notify(ctx, to, m.Title+": "+m.Text); err != nil {
			return &oncall.Failure{Class: className(err)}
		}
		return nil
	}
}

func (h *house) byMail(to string) (oncall.Way, error) {
	m := h.cfg.OnCall.Mail
	s := oncall.MailServer{Address: m.Server, Security: m.Security, User: m.User, From: m.From, Now: h.now, Rand: h.rand}
	if m.User != "" {
		var err error
		if s.Password, err = h.cfg.password(toml.Key{"oncall", "mail", "password_file"}, m.PasswordFile, h.log); err != nil {
			return nil, err
		}
	}
	return oncall.Mail(s, to)
}

// password reads a file that holds a password, whatever signs it is made of.
func (c *config) password(key toml.Key, name string, log *slog.Logger) (string, error) {
	return c.secretOf(key, name, "password", func(s string) bool { return s != "" && len(s) <= 256 && !hasControl(s) }, log)
}

// alarm is what the desk shows of the alarms.
func (h *house) alarm() desk.Alarm {
	return desk.Alarm{Undelivered: h.pager.Undelivered(), Nobody: h.pager.Nobody()}
}

// examinePager says whether alarms leave.
func (h *house) examinePager(out *health, human func(string, ...any)) {
	if h.pager == nil {
		if h.cfg.OnCall == nil {
			out.Notes = append(out.Notes, "no [oncall]: nobody is told of a person who waits but the desk; people hear that nobody reads while nobody is on duty")
		}
		return
	}
	out.OnCall = h.pager.States()
	for _, s := range out.OnCall {
		if s.Broken != "" {
			human("oncall: the alarm could not be delivered by step %d, %s (%s)", s.Step, s.Way, s.Broken)
		}
	}
	if h.pager.Nobody() {
		human("nobody is on duty, though a shift is open or somebody waits")
	}
}

// A paged is what came of a test message to one step.
type paged struct {
	Step    int     `json:"step"`
	Way     string  `json:"way"`
	Failed  string  `json:"failed,omitempty"` // its class
	Seconds float64 `json:"seconds"`
}

// page sends "test" by every step.
func (h *house) page(ctx context.Context) ([]paged, error) {
	if h.pager == nil {
		return nil, errors.New("there is nobody on call: the table [oncall] names them")
	}
	var out []paged
	for _, r := range h.pager.Test(ctx) {
		out = append(out, paged{r.Step, r.Way, r.Class, r.Took.Seconds()})
	}
	return out, nil
}

// oncallName is how doctor --live --channel calls those on call.
const oncallName = "oncall"

// page prints what came of a test message to each step. It says whether all were taken.
func (c doctorCmd) page(p *program, all []paged) bool {
	well := true
	for _, one := range all {
		well = well && one.Failed == ""
		switch {
		case c.JSON:
		case one.Failed != "":
			fmt.Fprintf(p.stdout, "%-9s  step %d, %s: \"test\" could not be delivered: %s\n", oncallName, one.Step, one.Way, one.Failed)
		default:
			fmt.Fprintf(p.stdout, "%-9s  step %d, %s: \"test\" was taken after %.1f s; ask whoever is on call whether it came\n", oncallName, one.Step, one.Way, one.Seconds)
		}
	}
	return well
}
