package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/pprof"
	"sync/atomic"
	"time"

	"quietline/bot"
	"quietline/bot/telegram"
	"quietline/bot/twilio"
	"quietline/bot/twilio/twiliotest"
)

// benchName is a line with Telegram and SMS whose provider is at the first argument, without Telegram's pace; the second is
// where to write a profile, if anywhere.
const (
	benchName   = "quietline-bench"
	benchPublic = "https://notices.example"
)

func benchChild() {
	if err := benchLine(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitFail)
	}
}

func benchLine(provider, profile string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	cfg, err := readConfig("quietline.toml")
	if err != nil {
		return err
	}
	p := &program{ctx: ctx, stdout: os.Stdout, stderr: os.Stderr, now: time.Now, rand: rand.Reader}
	content, err := openContent("", "", cfg.loader().load, p.logger())
	if err != nil {
		return err
	}
	var h atomic.Pointer[house]
	talks := func() *bot.Bot {
		if h := h.Load(); h != nil {
			return h.bot()
		}
		return nil
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	tg, err := telegram.New(telegram.Config{Token: botToken, APIURL: provider, Bot: talks, Open: func(string) (string, bool) { return "", false },
		Pace: telegram.Pace{PerSecond: 1e6, PerChat: 1e6, Burst: 1000}, Now: time.Now, Log: log})
	if err != nil {
		return err
	}
	tw, err := twilio.New(twilio.Config{AccountSID: twiliotest.AccountSID, AuthToken: twiliotest.AuthToken, APIURL: provider, PublicURL: benchPublic,
		Numbers: []twilio.Number{{Number: ourNumber, Country: "GB"}}, Bot: talks, Now: time.Now, Log: log})
	if err != nil {
		return err
	}
	line, err := openHouse(ctx, cfg, houseOptions{channels: []bot.Channel{watch(tg, time.Now), watch(tw.SMS(), time.Now)}}, content, p)
	if err != nil {
		return err
	}
	defer line.close()
	h.Store(line)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	mux := http.NewServeMux()
	mux.Handle(telegramPath, tg)
	mux.Handle(twilio.InboundPath, tw)
	mux.HandleFunc("/bare", func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	s := newSites(log)
	s.serve("bench", l, mux)
	fmt.Println("listening", l.Addr())
	<-ctx.Done()
	s.shut()
	tg.Settle()
	line.stopBot()
	return nil
}
