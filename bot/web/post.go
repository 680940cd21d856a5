package web

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"quietline/bot"
	"quietline/flows"
)

// noStore gives a form back as it came, so that what was typed can be sent again: the same id is taken once.
func (s *Site) noStore(w http.ResponseWriter, r *http.Request, o opened, f form, part bool, err error) {
	if part || f.nonce == "" || !f.genuine(o.sid) {
		s.trouble(w, r, part, "taking a form", err)
		return
	}
	s.cfg.Log.Error("taking a form", "err", err)
	if o.lang == "" {
		o.lang = s.place(r, s.cfg.Content(), form{}).lang
	}
	o.view = bot.View{Turn: f.turn}
	s.show(w, o, part, shown{note: "chat.trouble", text: f.text, nonce: f.nonce})
}

// post takes every form of this host.
func (s *Site) post(w http.ResponseWriter, r *http.Request, part bool) {
	f, bad := readForm(w, r)
	_, addr, _ := s.cookie(r)
	if f.key == "leave" {
		s.leave(w, r, part, addr)
		return
	}
	o, err := s.open(r)
	if err != nil {
		s.noStore(w, r, o, f, part, err)
		return
	}
	if o.state == awake {
		s.postChat(w, r, o, f, bad, part)
		return
	}
	switch {
	case f.key == "start" && s.cfg.Bot != nil && bad == nil && sameOrigin(r):
		s.start(w, r, o, f, part)
	case part && (f.nonce != "" || f.key != ""): // of a chat that is no more
		w.WriteHeader(statusAway)
	default:
		s.showPage(w, r, f)
	}
}

// postChat takes a form while a conversation is open on the page.
func (s *Site) postChat(w http.ResponseWriter, r *http.Request, o opened, f form, bad error, part bool) {
	switch {
	case f.key == "cover":
		s.sessions.change(o.addr, func(v *session) { v.covered = true })
		w.WriteHeader(http.StatusNoContent)
	case f.key == "start" || f.key == "" && f.choice == "" && f.nonce == "" && bad == nil:
		if o.fresh && slices.Contains(s.cfg.Languages, f.lang) {
			s.sessions.change(o.addr, func(v *session) { v.lang = f.lang })
		}
		if part {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		s.again(w, r)
	case f.key == "seen" && f.genuine(o.sid):
		now := s.cfg.Now()
		s.sessions.change(o.addr, func(v *session) { v.covered, v.touched = false, now })
		s.again(w, r)
	case o.covered && part:
		w.WriteHeader(statusHidden)
	case o.covered:
		s.showCovered(w, o)
	case errors.Is(bad, errLong) && !f.pressed():
		s.show(w, o, part, shown{note: "chat.toolong", text: f.text})
	case bad != nil && !f.pressed():
		s.show(w, o, part, shown{note: "chat.badtext", text: f.text})
	case !f.genuine(o.sid):
		s.show(w, o, part, shown{note: "chat.stale", text: f.text})
	default:
		s.take(w, r, o, f, part)
	}
}

// start opens a chat page: a cookie, and nothing stored anywhere until something is answered.
func (s *Site) start(w http.ResponseWriter, r *http.Request, o opened, f form, part bool) {
	if s.busy() {
		switch s.gate.check(f.wait, f.proof) {
		case early:
			s.showGate(w, r, f, true)
			return
		case refused:
			s.showGate(w, r, f, false)
			return
		}
	}
	if o.state == asleep {
		now, path := s.cfg.Now(), safePath(r.URL.Path)
		s.sessions.change(o.addr, func(v *session) { v.touched, v.path, v.covered = now, path, false })
		s.started(w, r, part)
		return
	}
	var raw [16]byte
	if _, err := io.ReadFull(s.cfg.Rand, raw[:]); err != nil {
		s.trouble(w, r, part, "making a session", err)
		return
	}
	sid := hex.EncodeToString(raw[:])
	p := s.place(r, s.cfg.Content(), f)
	s.sessions.start(addressOf(sid), p.lang, p.country, safePath(r.URL.Path))
	s.setCookie(w, sid)
	s.started(w, r, part)
}

// started shows the chat: by a redirect to the same address, or by the script's own reload.
func (s *Site) started(w http.ResponseWriter, r *http.Request, part bool) {
	if part {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	s.again(w, r)
}

// busy says whether new chats are slowed down: so many wait for an adviser, or so many pages were opened and say nothing.
func (s *Site) busy() bool {
	return s.cfg.Bot.Load().Waiting >= s.cfg.MaxNewChats || s.sessions.starting() >= 20*s.cfg.MaxNewChats
}

// take hands a form to the bot.
func (s *Site) take(w http.ResponseWriter, r *http.Request, o opened, f form, part bool) {
	in := bot.Inbound{Channel: Channel, Address: bot.Hide(o.addr), ID: f.nonce, Turn: f.turn, Lang: o.lang, Country: o.country, Page: true}
	rest := ""
	switch f.key {
	case "erase":
		in.Key = flows.Erase
	case "person":
		in.Key, rest = flows.Person, f.text
	case "back":
		in.Key, rest = flows.Back, f.text
	case "urgent":
		in.Key, rest = flows.Urgent, f.text
	default:
		if f.choice != "" {
			in.Choice, rest = f.choice, f.text
			break
		}
		in.Text = bot.Hide(f.text)
	}
	if in.Key == "" && in.Choice == "" && in.Text.Empty() {
		s.again(w, r)
		return
	}
	keep := shown{text: rest}
	taken, err := s.cfg.Bot.Take(r.Context(), in)
	switch {
	case errors.Is(err, bot.ErrTooLong):
		keep = shown{note: "chat.toolong"}
	case errors.Is(err, bot.ErrBadText):
		keep = shown{note: "chat.badtext"}
	case err != nil && part:
		s.trouble(w, r, part, "taking a message", err)
		return
	case err != nil:
		// The same id again: should it have been taken after all, it is taken once.
		s.cfg.Log.Error("taking a message", "err", err)
		keep = shown{note: "chat.trouble", text: f.text, nonce: f.nonce}
	case taken.Left || in.Key == flows.Erase:
		s.gone(w, part, o.addr)
		return
	case taken.Stale:
		keep.note = "chat.moved"
	}
	if err == nil {
		now := s.cfg.Now()
		s.sessions.change(o.addr, func(v *session) { v.fresh, v.touched = false, now })
	}
	if !part && keep == (shown{}) {
		s.again(w, r)
		return
	}
	now, err := s.open(r)
	switch {
	case err != nil:
		s.trouble(w, r, part, "showing a conversation", err)
	case now.state == awake:
		s.show(w, now, part, keep)
	default:
		s.gone(w, part, o.addr)
	}
}

// leave ends the session, whatever else is in the form: nothing may stand in the way of going (S2). Its cookie is sent
// by no other site, so it needs no token.
func (s *Site) leave(w http.ResponseWriter, r *http.Request, part bool, addr string) {
	if addr != "" && s.cfg.Bot != nil {
		ses, known := s.sessions.get(addr)
		if !ses.ended && (!known || !ses.fresh) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), 10*time.Second)
			defer cancel()
			if err := s.leaveBot(ctx, addr); err != nil {
				s.cfg.Log.Error("leaving", "err", err)
			}
		}
		if known {
			s.sessions.end(addr)
		}
	}
	s.gone(w, part, addr)
}

func (s *Site) leaveBot(ctx context.Context, addr string) error {
	view, err := s.cfg.Bot.View(ctx, Channel, bot.Hide(addr))
	if err != nil || view.Gone {
		return err // a leave of nothing must not make a record
	}
	var b [12]byte
	if _, err := io.ReadFull(s.cfg.Rand, b[:]); err != nil {
		return fmt.Errorf("making an id: %w", err)
	}
	_, err = s.cfg.Bot.Take(ctx, bot.Inbound{Channel: Channel, Address: bot.Hide(addr), ID: base64.RawURLEncoding.EncodeToString(b[:]),
		Key: flows.Leave, Page: true})
	return err
}

// gone clears the cookie and sends the browser to the exit. A cookie set and cleared in the same answer also makes the
// browser drop its copies of our pages from the Back list; with none set they were measured to come back.
func (s *Site) gone(w http.ResponseWriter, part bool, addr string) {
	if addr != "" {
		if _, known := s.sessions.get(addr); known {
			s.sessions.end(addr)
		}
	}
	s.headers(w, asset{}, false)
	s.setCookie(w, strings.Repeat("0", 32))
	s.clearCookie(w)
	if s.secure {
		w.Header().Set("Clear-Site-Data", `"cookies", "storage"`)
	}
	if part {
		w.WriteHeader(statusAway)
		return
	}
	w.Header().Set("Location", s.cfg.ExitURL)
	w.WriteHeader(http.StatusSeeOther)
}
