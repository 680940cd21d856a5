package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"quietline/bot/oncall"
	"quietline/bot/telegram"
	"quietline/bot/twilio"
	"quietline/line"
	"quietline/locales"
)

// doctorCmd says how a running line is.
type doctorCmd struct {
	configFlag
	Live           bool          `help:"Show a word to send from a phone of your own, and follow it: received, answered, delivered, deleted."`
	Channel        []string      `placeholder:"NAME" help:"With --live: only these channels, such as sms or oncall. All that are on by default."`
	Wait           time.Duration `default:"5m" help:"With --live: how long to wait for the word, at most 15m."`
	TwilioFallback bool          `help:"Print the static answer that Twilio gives while this server is down, as TwiML."`
	JSON           bool          `name:"json" help:"Print one JSON object."`
}

// Help is the command's page of the manual.
func (doctorCmd) Help() string {
	return `Asks the running server how it is, and prints for each channel: when somebody was last heard, what
fails and why, and what the providers still hold. The exit code is 1 when something needs a human;
each such line begins with "!".

--live sends those on call one message that says "test", and tries every channel for real: it shows a word to write from a phone of your own, and prints
after how many seconds it was received, answered, delivered (where the provider says so) and
deleted. The word is answered as any first message is. When it has come through, whatever
conversation that phone had is erased; no adviser sees it.

    quietline doctor
    quietline doctor --live --channel sms
    quietline doctor --twilio-fallback`
}

// A health is how a line is.
type health struct {
	Chat     bool            `json:"chat"`
	Waiting  int             `json:"waiting"` // conversations that wait for an adviser
	Channels []channelHealth `json:"channels"`
	OnCall   []oncall.State  `json:"on_call,omitempty"`
	Content  []string        `json:"content_faults,omitempty"`
	Human    []string        `json:"needs_a_human"`
	Notes    []string        `json:"notes,omitempty"`
}

// A channelHealth is how one channel is, since the program started.
type channelHealth struct {
	Channel string `json:"channel"`
	On      bool   `json:"on"`
	Heard   string `json:"last_heard"`
	sendCounts
	Left    map[string]int `json:"left_at_provider,omitempty"` // older than ten minutes and still there, by reason
	Refused map[string]int `json:"refused,omitempty"`          // that the provider will not delete, by reason
}

// rowIsSick is how many failed sends in a row are no accident.
const rowIsSick = 5

// providerTime bounds asking a provider how it sees the line.
const providerTime = 8 * time.Second

// examine looks at every part of the line.
func (h *house) examine(ctx context.Context) *health {
	out := &health{Chat: h.bot() != nil, Human: []string{}}
	human := func(format string, args ...any) { out.Human = append(out.Human, fmt.Sprintf(format, args...)) }
	if !out.Chat {
		human("the chat is off on every channel: the server's log says why")
	} else {
		out.Waiting = h.bot().Load().Waiting
	}
	if faults := h.content.broken.Load(); faults != nil {
		out.Content = *faults
		human("the content folder has %d faults, and the last content that passed is in force: quietline check", len(*faults))
	}
	on := map[string]*watched{}
	for _, w := range h.carriers.watched {
		on[w.Name()] = w
	}
	for _, name := range []string{telegram.Name, twilio.SMS, twilio.WhatsApp} {
		c := channelHealth{Channel: name, Heard: "off"}
		if w := on[name]; w != nil {
			c.On, c.sendCounts, c.Heard = true, w.count(), "never since the start"
			if b := h.bot(); b != nil {
				c.Heard = coarse(h.now(), b.LastTaken(name))
			}
			if c.InARow >= rowIsSick {
				human("%s: the last %d messages could not be sent (%s)", name, c.InARow, counted(c.Failed))
			}
			if c.Stuck > 0 && name == telegram.Name {
				human("%s: %d messages could not be deleted", name, c.Stuck)
			}
		}
		if name == twilio.SMS && h.carriers.twilio != nil { // one account: what it holds is said once
			s := h.carriers.twilio.Stats()
			c.Left, c.Refused = s.Left, s.Refused
			if len(s.Left)+len(s.Refused) > 0 {
				human("messages stay at Twilio: delete them in its console (older than ten minutes: %s; refused for good: %s)", counted(s.Left), counted(s.Refused))
			}
			last := s.Swept
			if last.IsZero() {
				last = h.started
			}
			if h.now().Sub(last) > 3*twilio.DefaultSweep {
				human("what is left at Twilio could not be listed for half an hour: the server's log says why")
			}
		}
		out.Channels = append(out.Channels, c)
	}
	out.Notes = slices.Concat(h.machine(), h.lacks(), h.rota())
	h.examinePager(out, human)
	h.askTelegram(ctx, human, func(s string) { out.Notes = append(out.Notes, s) })
	h.askTwilio(ctx, human)
	return out
}

// lacks are the people and names without which something that a person may ask for is refused them, truthfully.
func (h *house) lacks() []string {
	if h.line == nil {
		return nil
	}
	var out []string
	leads, trained := 0, 0
	for _, s := range h.line.AllStaff() {
		if s.Disabled {
			continue
		}
		if s.Role == line.Lead {
			leads++
		}
		if s.ChildTrained && (s.Role == line.Lead || s.Role == line.Adviser) {
			trained++
		}
	}
	if leads < 2 {
		out = append(out, fmt.Sprintf("leads on the staff: %d. A complaint about the only one is not taken, as nobody else could read it: have two", leads))
	}
	if trained == 0 {
		out = append(out, "nobody on the staff is trained for children: any adviser takes who is under 18, and they are told so")
	}
	if h.cfg.ComplaintBody == "" {
		out = append(out, "complaint_body names nobody: who complains is shown no body outside")
	}
	return out
}

// askTelegram compares what Telegram does with what the configuration says.
func (h *house) askTelegram(ctx context.Context, human func(string, ...any), note func(string)) {
	if h.carriers.telegram == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, providerTime)
	defer cancel()
	w, err := h.carriers.telegram.Webhook(ctx)
	if err != nil {
		human("telegram: %v", err)
		return
	}
	if want := h.cfg.telegramURL(); w.URL != want {
		human("telegram: it is not set up for mode = %q: quietline connect telegram", h.cfg.Telegram.Mode)
	}
	if !w.LastError.IsZero() && h.now().Sub(w.LastError) < time.Hour {
		if w.Pending > 0 {
			human("telegram: it cannot deliver messages here (%s); %d wait", w.Problem, w.Pending)
		} else { // a restart does that, and all of it has come since
			note(fmt.Sprintf("within the last hour Telegram could not deliver messages here for a while (%s); none waits now", w.Problem))
		}
	}
	self, err := h.carriers.telegram.Check(ctx)
	if err != nil {
		human("telegram: %v", err)
		return
	}
	if self.JoinsGroups {
		human("telegram: the bot can be added to groups: at BotFather, /setjoingroups, Disable")
	}
	if set := h.cfg.Telegram.Username; set != "" && !strings.EqualFold(set, self.Username) {
		human("telegram: username is %q, but this token is that of @%s", set, self.Username)
	}
}

// askTwilio asks where what is written to the line's numbers goes.
func (h *house) askTwilio(ctx context.Context, human func(string, ...any)) {
	if h.carriers.twilio == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, providerTime)
	defer cancel()
	astray, err := h.carriers.twilio.Astray(ctx)
	if err != nil {
		human("twilio: %v", err)
	}
	for _, number := range astray {
		human("sms: what is written to %s does not come here: quietline connect twilio", number)
	}
}

// telegramURL is where Telegram is to post updates; empty: it is asked for them.
func (c *config) telegramURL() string {
	if c.Telegram.Mode == modePoll {
		return ""
	}
	return c.PublicURL + telegramPath
}

// machine says what about this machine keeps more than it should.
func (h *house) machine() []string {
	var out []string
	if b, err := os.ReadFile("/proc/swaps"); err == nil && bytes.Count(b, []byte("\n")) > 1 {
		out = append(out, "this machine has swap: keys and words may come to lie on its disk")
	}
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &l); err == nil && l.Cur > 0 {
		out = append(out, "a crash may write a core dump, which holds keys and words: LimitCORE=0")
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(h.cfg.stateDir(), &fs); err == nil && !h.cfg.durable() && fs.Type != tmpfs {
		out = append(out, `state = "memory", but runtime_dir is not on tmpfs: conversations lie on a disk`)
	}
	return out
}

// tmpfs is the kind of file system that is in memory (Linux, TMPFS_MAGIC).
const tmpfs = 0x01021994

// coarse says how long ago something was, without telling when.
func coarse(now, at time.Time) string {
	d := now.Sub(at)
	switch {
	case at.IsZero():
		return "never since the start"
	case d < 10*time.Minute:
		return "within 10 minutes"
	case d < time.Hour:
		return "within an hour"
	case d < 24*time.Hour:
		return "within a day"
	}
	return "over a day ago"
}

// counted is a count by reason as one text.
func counted(m map[string]int) string {
	var out []string
	for _, k := range sorted(m) {
		out = append(out, fmt.Sprintf("%s %d", k, m[k]))
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}

// Run implements the command.
func (c doctorCmd) Run(p *program) error {
	cfg, err := readConfig(c.Config)
	if err != nil {
		return err
	}
	switch {
	case c.TwilioFallback:
		return c.fallback(p, cfg)
	case c.Live && (c.Wait <= 0 || c.Wait > tryTime):
		return fmt.Errorf("--wait %s: a word is good for %s at most", c.Wait, tryTime)
	case c.Live:
		return c.live(p, cfg)
	}
	out, running, err := askSocket(p.ctx, cfg.socket(), request{Do: doDoctor})
	switch {
	case err != nil:
		return err
	case !running:
		return errors.New("the server of this line does not run: quietline serve")
	case out.Error != "":
		return errors.New(out.Error)
	}
	if c.JSON {
		err = printJSON(p.stdout, out.Health)
	} else {
		_, err = io.WriteString(p.stdout, out.Health.text())
	}
	if err == nil && len(out.Health.Human) > 0 {
		err = errSaid
	}
	return err
}

// text is what doctor prints.
func (h *health) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "chat       %s, %d waiting\n", onOff(h.Chat), h.Waiting)
	for _, c := range h.Channels {
		if !c.On {
			fmt.Fprintf(&b, "%-9s  off\n", c.Channel)
			continue
		}
		fmt.Fprintf(&b, "%-9s  on, last heard %s; sent %d, failed: %s; deleted at the provider %d, undeletable %d\n",
			c.Channel, c.Heard, c.Sent, counted(c.Failed), c.Deleted, c.Stuck)
		if c.Channel == twilio.SMS {
			fmt.Fprintf(&b, "%-9s  older than ten minutes and still at Twilio: %s\n", "", counted(c.Left))
		}
	}
	for _, s := range h.OnCall {
		state := "well"
		if s.Broken != "" {
			state = "not delivered: " + s.Broken
		}
		fmt.Fprintf(&b, "%-9s  step %d, %s; told %d times; %s\n", oncallName, s.Step, s.Way, s.Sent, state)
	}
	for _, n := range h.Content {
		fmt.Fprintln(&b, "content    "+n)
	}
	for _, n := range h.Notes {
		fmt.Fprintln(&b, "note: "+n)
	}
	for _, n := range h.Human {
		fmt.Fprintln(&b, "! "+n)
	}
	return b.String()
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// fallback prints the static TwiML, in the line's own language.
func (doctorCmd) fallback(p *program, cfg *config) error {
	content, err := openContent(cfg.contentDir(), cfg.keptContent(), cfg.loader().load, p.logger())
	if err != nil {
		return err
	}
	text, err := content.current().Words.Text(cfg.Languages[0], "down.later", locales.Args{"Cover": cfg.Cover})
	if err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	_, err = io.WriteString(p.stdout, twilio.Fallback(text))
	return err
}

// printJSON prints one object.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
