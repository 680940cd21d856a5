package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"quietline/bot/telegram"
	"quietline/line"
	"quietline/qr"
)

// tryCmd runs the whole line on this machine.
type tryCmd struct {
	Config   string `type:"path" placeholder:"FILE" help:"Show the line of this quietline.toml: its cover, languages, countries, texts. Its stores, addresses and shifts are not used."`
	Content  string `type:"path" placeholder:"DIR" help:"Show this content folder; an edit is seen within a second, if it passes the checker."`
	Addr     string `default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where the page listens; any free port by default."`
	DeskAddr string `default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where the desk listens; any free port by default."`
	JSON     bool   `name:"json" help:"Print one JSON object: page, desk, codes."`

	TelegramTokenFile string `type:"path" placeholder:"FILE" help:"Try Telegram too, with a bot of your own: the file holds the token that @BotFather gave you."`
	TelegramAPI       string `hidden:"" default:"https://api.telegram.org"`
}

// Help is the command's page of the manual.
func (tryCmd) Help() string {
	return `Starts page, chat and desk on this machine, with no account and no configuration. It prints an
address with its QR code, codes for several countries, and a link with which you sign in at the
desk as an adviser, once. Open the address in one window and the link in another.

Everything is kept in a temporary folder. Ctrl-C erases all of it.

The numbers shown are real, and have not been tried. It is for trying: never give its addresses
to a person who needs help.

Telegram needs a bot of your own, made for trying: write /newbot to @BotFather, and put the token
into a file. This machine needs no address that others can reach. The bot is renamed to the cover,
and what stands in its chat at the end stays there until you delete the chat. A bot that serves a
real line is refused.

    quietline try
    quietline try --telegram-token-file my-bot.token
    quietline try --content my-content      see your own texts as you write them`
}

// tryCountries are those of which try makes codes, if the line offers them.
var tryCountries = []string{"GB", "US", "DE", "IN", "MX", "AE", "PH", "NG"}

// A tried is what try prints.
type tried struct {
	Page     string    `json:"page"`
	Desk     string    `json:"desk"`     // signs in once, as an adviser
	Lead     string    `json:"lead"`     // signs in once, as a lead
	Operator string    `json:"operator"` // signs in once, as an operator
	Telegram string    `json:"telegram,omitempty"`
	Codes    []tryCode `json:"codes"`
}

type tryCode struct {
	Country string `json:"country"`
	Code    string `json:"code"`
	URL     string `json:"url"`
}

// Run implements the command.
func (c tryCmd) Run(p *program) (err error) {
	dir, err := os.MkdirTemp("", "quietline-try-")
	if err != nil {
		return fmt.Errorf("making a temporary folder: %w", err)
	}
	cfg, err := c.config(dir)
	if err != nil {
		return c.undo(p, dir, err)
	}
	public, err := listenHere("public page", c.Addr)
	if err != nil {
		return c.undo(p, dir, err)
	}
	defer public.Close()
	staff, err := listenHere("desk", c.DeskAddr)
	if err != nil {
		return c.undo(p, dir, err)
	}
	defer staff.Close()
	cfg.PublicURL, cfg.DeskURL = "http://"+public.Addr().String(), "http://"+staff.Addr().String()

	l := loader{languages: cfg.Languages, countries: cfg.Countries}
	content, err := openContent(cfg.contentDir(), "", l.load, p.logger())
	if err != nil {
		return c.undo(p, dir, err)
	}
	if err := cfg.against(content.current()); err != nil {
		return c.undo(p, dir, err)
	}
	if len(cfg.Languages) == 0 {
		cfg.Languages = tags(content.current().Words)
	}
	h, err := openHouse(p.ctx, cfg, houseOptions{alwaysOn: true}, content, p)
	if err != nil {
		return c.undo(p, dir, err)
	}
	out, err := tryOut(p.ctx, h)
	if err != nil {
		h.close()
		return c.undo(p, dir, err)
	}
	if h.carriers.telegram != nil {
		if out.Telegram, err = tryBot(p.ctx, h.carriers.telegram, out.Codes[0].Code); err != nil {
			h.close()
			return c.undo(p, dir, err)
		}
	}
	s := newSites(h.log)
	s.serve("public page", public, http.HandlerFunc(h.public))
	s.serve("desk", staff, http.HandlerFunc(h.desk))
	if err := c.print(p, out); err != nil {
		return err
	}
	p.until(h, s)
	h.close()
	return c.undo(p, dir, nil)
}

// undo erases what was made and says so.
func (c tryCmd) undo(p *program, dir string, err error) error {
	if gone := destroy(dir); gone != nil {
		return errors.Join(err, fmt.Errorf("erasing what was made in %s: %w", dir, gone))
	}
	if err != nil {
		return err
	}
	w := p.stdout
	if c.JSON {
		w = p.stderr
	}
	fmt.Fprintf(w, "\nErased: every key was overwritten, and the folder %s is gone.\n", dir)
	return nil
}

// config is that of the file, or one for trying, without languages; everything is kept under dir.
func (c tryCmd) config(dir string) (*config, error) {
	cfg := defaults()
	if c.Config != "" {
		var err error
		if cfg, err = readConfig(c.Config); err != nil {
			return nil, err
		}
	} else {
		cfg.Cover, cfg.ExitURL = "Notices", "https://www.wikipedia.org/"
	}
	cfg.State, cfg.LineDir, cfg.RuntimeDir = filepath.Join(dir, "state"), filepath.Join(dir, "line"), dir
	cfg.Shifts, cfg.Telegram, cfg.Twilio = nil, nil, nil
	if c.TelegramTokenFile != "" {
		cfg.Telegram = &telegramTable{TokenFile: c.TelegramTokenFile, Mode: modePoll, APIURL: c.TelegramAPI}
	}
	if c.Content != "" {
		cfg.ContentDir = c.Content
	}
	return cfg, nil
}

// tryBot is the link to a bot for trying. A bot that serves a line is left alone.
func tryBot(ctx context.Context, ch *telegram.Channel, code string) (string, error) {
	self, err := ch.Check(ctx)
	if err != nil {
		return "", err
	}
	hook, err := ch.Webhook(ctx)
	if err != nil {
		return "", err
	}
	if hook.URL != "" {
		return "", fmt.Errorf("@%s serves a line already: make another bot for trying, with /newbot at @BotFather", self.Username)
	}
	return botLink(self.Username, code), nil
}

// listenHere opens an address of this machine only.
func listenHere(name, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil || !loopback(host) {
		return nil, fmt.Errorf("%s: %q is not on this machine: write such as 127.0.0.1:8080; try is never for others to reach", name, addr)
	}
	return listen(name, addr)
}

// tryOut makes codes and sign-in links.
func tryOut(ctx context.Context, h *house) (*tried, error) {
	if h.line == nil || h.talks.Load().bot == nil {
		return nil, fmt.Errorf("the stores in the temporary folder did not open: the log above says why")
	}
	out := &tried{}
	for _, cc := range tryCountries {
		if !slices.Contains(h.countries(), cc) {
			continue
		}
		pl, err := h.line.AddPlacement(ctx, "", cc, "poster")
		if err != nil {
			return nil, fmt.Errorf("making a code: %w", err)
		}
		out.Codes = append(out.Codes, tryCode{cc, pl.Code.String(), h.cfg.PublicURL + "/" + pl.Code.String()})
	}
	if len(out.Codes) == 0 {
		cc := h.countries()[0]
		pl, err := h.line.AddPlacement(ctx, "", cc, "poster")
		if err != nil {
			return nil, fmt.Errorf("making a code: %w", err)
		}
		out.Codes = append(out.Codes, tryCode{cc, pl.Code.String(), h.cfg.PublicURL + "/" + pl.Code.String()})
	}
	out.Page = out.Codes[0].URL
	for _, s := range []struct {
		name string
		role line.Role
		link *string
	}{{"adviser", line.Adviser, &out.Desk}, {"lead", line.Lead, &out.Lead}, {"operator", line.Operator, &out.Operator}} {
		id, _, err := h.line.Invite(ctx, "", s.name, s.role, h.cfg.Languages)
		if err != nil {
			return nil, fmt.Errorf("making the desk's sign-in links: %w", err)
		}
		token, err := h.line.OneTimeLink(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("making the desk's sign-in links: %w", err)
		}
		*s.link = h.cfg.DeskURL + enterPath + token
	}
	return out, nil
}

func (c tryCmd) print(p *program, out *tried) error {
	if c.JSON {
		e := json.NewEncoder(p.stdout)
		e.SetEscapeHTML(false)
		return e.Encode(out)
	}
	drawn, err := qr.New(out.Page)
	if err != nil {
		return fmt.Errorf("drawing the code: %w", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nThe page, as a printed code opens it:\n\n    %s\n\nOther countries:\n\n", drawn.Terminal(), out.Page)
	for _, code := range out.Codes[1:] {
		fmt.Fprintf(&b, "    %s  %s\n", code.Country, code.URL)
	}
	if out.Telegram != "" {
		fmt.Fprintf(&b, "\nThe bot:\n\n    %s\n", out.Telegram)
	}
	fmt.Fprintf(&b, "\nThe desk; each link signs in once:\n\n    adviser   %s\n    lead      %s\n    operator  %s\n\n", out.Desk, out.Lead, out.Operator)
	fmt.Fprint(&b, "The numbers shown are real and have not been tried. Ctrl-C ends this and erases everything.\n")
	_, err = fmt.Fprint(p.stdout, b.String())
	return err
}
