package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"quietline/bot"
	"quietline/bot/telegram"
	"quietline/bot/twilio"
)

// connectCmd tells the providers where the line is.
type connectCmd struct {
	Telegram connectTelegramCmd `cmd:"" help:"Tell Telegram where to post messages, or that it is asked for them."`
	Twilio   connectTwilioCmd   `cmd:"" help:"Point the numbers at Twilio to this line."`
}

// Help is the command's page of the manual.
func (connectCmd) Help() string {
	return `Tells a provider where this line is, and shows what was set there before and what is after. It
shows no secret. It works while serve runs, and without it; run it again after every change of
public_url, of a token or of mode.`
}

type connectTelegramCmd struct{ configFlag }

// Run implements the command.
func (c connectTelegramCmd) Run(p *program) error {
	cfg, ch, err := c.open(p)
	if err != nil {
		return err
	}
	if ch.telegram == nil {
		return errors.New("this line is not on Telegram: quietline.toml has no table [telegram]")
	}
	before, after, err := ch.telegram.Connect(p.ctx, cfg.telegramURL())
	if err != nil {
		return err
	}
	self, err := ch.telegram.Check(p.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "bot     https://t.me/%s\nbefore  %s\nafter   %s\n", self.Username, webhookText(before), webhookText(after))
	for _, do := range telegramByHand(self, cfg) {
		fmt.Fprintln(p.stdout, "by hand: "+do)
	}
	return nil
}

func webhookText(w telegram.WebhookState) string {
	if w.URL == "" {
		return fmt.Sprintf("no webhook; %d messages wait to be asked for", w.Pending)
	}
	s := fmt.Sprintf("posts to %s, %d at once, for %s; %d wait", w.URL, w.MaxConnections, strings.Join(w.Allowed, ", "), w.Pending)
	if !w.LastError.IsZero() {
		s += fmt.Sprintf("; last failure on %s: %s", w.LastError.UTC().Format(time.DateTime), w.Problem)
	}
	return s
}

// telegramByHand is what only BotFather can change.
func telegramByHand(self telegram.Self, cfg *config) []string {
	var out []string
	if self.JoinsGroups {
		out = append(out, "write /setjoingroups to @BotFather and choose Disable: the bot is for one person at a time")
	}
	if self.ReadsGroups {
		out = append(out, "write /setprivacy to @BotFather and choose Enable")
	}
	if set := cfg.Telegram.Username; !strings.EqualFold(set, self.Username) {
		out = append(out, fmt.Sprintf("write username = %q into [telegram]", self.Username))
	}
	return append(out, "the bot's picture shows in every chat list: choose a dull one with /setuserpic, or none")
}

type connectTwilioCmd struct{ configFlag }

// Run implements the command.
func (c connectTwilioCmd) Run(p *program) error {
	cfg, ch, err := c.open(p)
	if err != nil {
		return err
	}
	if ch.twilio == nil {
		return errors.New("this line is not at Twilio: quietline.toml has no table [twilio]")
	}
	before, after, err := ch.twilio.Connect(p.ctx)
	if err != nil {
		return err
	}
	printNumbers(p.stdout, "before", before)
	printNumbers(p.stdout, "after", after)
	missing := 0
	for _, n := range after {
		if n.Missing {
			missing++
		}
		if n.Note != "" {
			fmt.Fprintf(p.stdout, "by hand: %s, %s: %s\n", n.Number, n.Channel, n.Note)
		}
	}
	for _, do := range twilioByHand(cfg.Twilio) {
		fmt.Fprintln(p.stdout, "by hand: "+do)
	}
	if missing > 0 {
		return fmt.Errorf("%d of the numbers are not in this account: buy them, or mend number in [[twilio.number]]", missing)
	}
	return nil
}

func printNumbers(out io.Writer, when string, numbers []twilio.NumberState) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, n := range numbers {
		if n.Channel != twilio.SMS {
			continue // set in the console: the note says so
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s %s\tfallback %s\n", when, n.Number, n.Channel, orNone(n.Method), orNone(n.InboundURL), orNone(n.FallbackURL))
	}
	_ = w.Flush() // stdout: nobody reads what could be said of it
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// twilioByHand is what only Twilio's console can change.
func twilioByHand(t *twilioTable) []string {
	var out []string
	if t.MessagingService == "" {
		out = append(out, "without messaging_service Twilio answers STOP and HELP with its own words, which tell: make a Messaging Service with Advanced Opt-Out and neutral replies")
	}
	if t.FallbackURL == "" {
		out = append(out, "make a TwiML Bin of what quietline doctor --twilio-fallback prints, and write its address as fallback_url")
	}
	return append(out, "let calls to the numbers be answered neutrally, or refused")
}

// open makes the channels of a line without its stores: nothing comes in.
func (c configFlag) open(p *program) (*config, *carriers, error) {
	cfg, err := readConfig(c.Config)
	if err != nil {
		return nil, nil, err
	}
	ch, err := newCarriers(cfg, carried{bot: func() *bot.Bot { return nil }, now: p.now, log: p.logger()})
	return cfg, ch, err
}
