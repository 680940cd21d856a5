package main

import (
	"context"
	"log/slog"
	"net/http"
	"sync"

	"quietline/locales"
)

// serveCmd runs a line.
type serveCmd struct {
	configFlag
}

// Help is the command's page of the manual.
func (serveCmd) Help() string {
	return `Runs the line that the configuration describes, until SIGTERM or Ctrl-C: first no new work is
taken, then what is under way ends, within seconds. A person's message that was acknowledged is
never lost, not even by kill -9. The tables [telegram] and [twilio] turn on further channels.

It does not start without your statement of reporting duties, nor with a flow that has not been
tried and that you did not name. When the conversations' keyring or database is missing, foreign,
locked or damaged, the chat is off, the public page stays on, and the log says which.

It needs an https proxy before it that keeps no access log: it listens with plain http on this
machine only. The commands staff, code and erase reach it through quietline.sock.

    quietline config                        what quietline.toml may hold
    quietline config --config FILE          whether it is right
    quietline serve --config FILE`
}

// Run implements the command.
func (c serveCmd) Run(p *program) error {
	cfg, err := readConfig(c.Config)
	if err != nil {
		return err
	}
	log := p.logger()
	content, err := openContent(cfg.contentDir(), cfg.keptContent(), cfg.loader().load, log)
	if err != nil {
		return err
	}
	words := content.current().Words
	if err := cfg.against(content.current()); err != nil {
		return err
	}
	for _, tag := range cfg.Languages {
		if words.State(tag) == locales.Drafted {
			log.Warn("a drafted language is offered, because languages names it; people are told", "language", tag)
		}
	}
	// The socket comes first: whoever holds it is the one server of this line.
	socket, err := listenSocket(p.ctx, cfg.socket())
	if err != nil {
		return err
	}
	defer socket.Close()
	h, err := openHouse(p.ctx, cfg, houseOptions{}, content, p)
	if err != nil {
		return err
	}
	defer h.close()
	public, err := listen("public page", cfg.PublicListen)
	if err != nil {
		return err
	}
	defer public.Close()
	staff, err := listen("desk", cfg.DeskListen)
	if err != nil {
		return err
	}
	defer staff.Close()

	s := newSites(log)
	s.serve("commands", socket, commandHandler(h.answer))
	s.serve("public page", public, http.HandlerFunc(h.public))
	s.serve("desk", staff, http.HandlerFunc(h.desk))
	log.Info("the statement of reporting duties", "signed_on", cfg.Duties.Date)
	log.Info("serving", "public_page", public.Addr().String(), "desk", staff.Addr().String(), "chat", h.bot() != nil, "channels", h.carriers.names())
	p.until(h, s)
	log.Info("stopped")
	return nil
}

// until follows edits of the content and lets the channels work until the program is to stop, then stops in two steps: no
// new requests and no asking for more, with a grace for those under way; then the bot, after its sends.
func (p *program) until(h *house, s *sites) {
	ctx, cancel := context.WithCancel(context.Background())
	var following sync.WaitGroup
	following.Go(func() { h.content.follow(ctx) })
	if h.pager != nil {
		following.Go(func() { h.pager.Run(ctx) })
	}
	h.carriers.start()
	<-p.ctx.Done()
	h.carriers.stop()
	s.shut()
	h.carriers.end()
	cancel()
	following.Wait()
	h.stopBot()
}

// logger writes to stderr. What it is given never holds a text, a number, an address, a token or an IP.
func (p *program) logger() *slog.Logger { return slog.New(slog.NewTextHandler(p.stderr, nil)) }
