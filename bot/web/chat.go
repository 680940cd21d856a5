package web

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"quietline/bot"
	"quietline/flows"
)

// Paths of the chat's parts. They are words of no language; the page itself has whatever address it was opened at.
const (
	framePath  = "/a" // the log: whole for the frame of a page without script, as a part for the script
	streamPath = "/b" // the Rev of each change, nothing else
)

// partHeader marks a request of the page's own script, which wants a part of the page and no redirect. A form of another
// site cannot send it.
const partHeader = "X-Part"

// away and hidden are what the script is told in place of a part: the page must go, or must cover itself.
const (
	statusAway   = http.StatusNoContent
	statusHidden = http.StatusResetContent
)

// chatView is the chat's page, its log in the frame, and the part that the script swaps in.
type chatView struct {
	base
	Rev         bot.Rev
	Turn        string
	Lines       []bot.Line
	Choices     []bot.Choice
	Fresh       bool
	Live        bool // there is a record whose changes can be followed
	Nonce, MAC  string
	Note        string
	Text        string // typed and not taken
	Path        string
	Changed     bool // the frame: the question on the page is an old one
	Covered     bool
	Hidden      int64 // ms
	Idle        int64 // ms
	Languages   []langItem
	DraftedHere bool
}

// Keys are the keys that are always there, besides leave, which stands at the top of the screen.
func (v chatView) Keys() []keyItem {
	return []keyItem{
		{"back", "8", v.T("chat.key.back")}, {"person", "9", v.T("chat.key.person")},
		{"urgent", "99", v.T("chat.key.urgent")}, {"erase", "00", v.T("chat.key.erase")},
	}
}

type keyItem struct{ Key, Digits, Label string }

// Who names the writer of a line.
func (v chatView) Who(f bot.From) string {
	switch f {
	case bot.FromPerson:
		return v.T("chat.you")
	case bot.FromAdviser:
		return v.T("chat.adviser")
	}
	return v.T("chat.auto")
}

func (s *Site) serve(w http.ResponseWriter, r *http.Request) {
	part := r.Header.Get(partHeader) != ""
	switch {
	case r.Method == http.MethodPost:
		s.post(w, r, part)
	case r.Method == http.MethodGet && r.URL.Path == streamPath:
		s.stream(w, r)
	case r.Method == http.MethodGet && r.URL.Path == framePath && !part:
		s.frame(w, r)
	default:
		s.get(w, r, part)
	}
}

// An opened is the conversation behind a request's cookie.
type opened struct {
	session
	state doorState
	view  bot.View
	sid   string
}

// A doorState says what a cookie opens.
type doorState int

const (
	nothing doorState = iota // no conversation, or one that was left: the ordinary page
	asleep                   // its sitting closed by silence: the ordinary page, where "write" leads back to the first question
	awake
)

// open finds the conversation behind a request's cookie.
func (s *Site) open(r *http.Request) (opened, error) {
	sid, addr, _ := s.cookie(r)
	if addr == "" || s.cfg.Bot == nil {
		return opened{}, nil
	}
	ses, known := s.sessions.get(addr)
	o := opened{session: ses, sid: sid}
	o.addr = addr
	if ses.ended {
		return o, nil
	}
	var err error
	if known && ses.fresh {
		if o.view, err = s.cfg.Bot.Preview(Channel, ses.lang, ses.country); err == nil {
			o.state = awake
		}
		return o, err
	}
	if o.view, err = s.cfg.Bot.View(r.Context(), Channel, bot.Hide(addr)); err != nil {
		return o, err
	}
	switch now := s.cfg.Now(); {
	case o.view.Gone:
		if known { // only what was once open is worth remembering as ended
			s.sessions.end(addr)
		}
	case !o.view.Open && (!known || now.Sub(ses.touched) >= asleepAfter):
		o.state = asleep
	default:
		o.state = awake
		if !known {
			path := safePath(r.URL.Path)
			s.sessions.change(addr, func(v *session) { v.path, v.touched = path, now })
			o.session, _ = s.sessions.get(addr)
		}
	}
	return o, nil
}

// idle says whether a page has been left untouched so long that it is to ask again before showing anything.
func (s *Site) idle(ses session) bool {
	return ses.covered || s.cfg.Now().Sub(ses.touched) >= s.cfg.CoverIdle
}

func (s *Site) get(w http.ResponseWriter, r *http.Request, part bool) {
	o, err := s.open(r)
	switch {
	case err != nil:
		s.trouble(w, r, part, "showing a conversation", err)
	case o.state != awake && part:
		w.WriteHeader(statusAway)
	case o.state != awake:
		if _, _, sent := s.cookie(r); sent && o.state == nothing {
			s.clearCookie(w)
		}
		s.showPage(w, r, form{})
	case part && o.covered:
		w.WriteHeader(statusHidden)
	case !part && s.idle(o.session):
		s.showCovered(w, o)
	default:
		s.show(w, o, part, shown{})
	}
}

// shown is what a form that was not taken leaves on the screen.
type shown struct{ note, text, nonce string }

// show renders the chat whole, or the part of it that the script swaps in. It is never compressed: it holds a person's
// words beside a token.
func (s *Site) show(w http.ResponseWriter, o opened, part bool, keep shown) {
	v, err := s.chatView(o, keep)
	if err != nil {
		s.cfg.Log.Error("rendering the chat", "err", err)
		return
	}
	name := "part"
	if !part {
		name = "chat"
		s.sessions.change(o.addr, func(v *session) { v.shown = o.view.Turn })
	}
	s.render(w, chatAsset, false, name, v)
}

func (s *Site) chatView(o opened, keep shown) (chatView, error) {
	c, view := s.cfg.Content(), o.view
	lang := view.Lang
	if !slices.Contains(s.cfg.Languages, lang) {
		lang = o.lang
	}
	if lang == "" {
		lang = s.cfg.Languages[0]
	}
	v := chatView{base: s.base(c, lang, chatAsset), Rev: view.Rev, Turn: view.Turn, Lines: view.Lines, Choices: view.Choices,
		Fresh: o.fresh, Live: !o.fresh, Path: o.path, Text: keep.text, Nonce: keep.nonce,
		Hidden: s.cfg.CoverHidden.Milliseconds(), Idle: s.cfg.CoverIdle.Milliseconds(), DraftedHere: isDrafted(c.Words, lang)}
	if keep.note != "" {
		v.Note = v.T(keep.note)
	}
	v.Languages, _ = s.languages(c)
	if v.Nonce == "" {
		var b [12]byte
		if _, err := io.ReadFull(s.cfg.Rand, b[:]); err != nil {
			return v, fmt.Errorf("making a form's id: %w", err)
		}
		v.Nonce = base64.RawURLEncoding.EncodeToString(b[:])
	}
	v.MAC = formMAC(o.sid, view.Turn, v.Nonce)
	return v, nil
}

func (s *Site) render(w http.ResponseWriter, script asset, framed bool, name string, data any) {
	s.headers(w, script, framed)
	if err := s.tmpl.ExecuteTemplate(w, name, data); err != nil {
		s.cfg.Log.Error("rendering the chat", "err", err)
	}
}

// showCovered asks whether the screen can be read unseen, before anything of the conversation is on it.
func (s *Site) showCovered(w http.ResponseWriter, o opened) {
	o.view.Turn = ""
	v, err := s.chatView(o, shown{})
	if err != nil {
		s.cfg.Log.Error("rendering the chat", "err", err)
		return
	}
	s.render(w, chatAsset, false, "covered", v)
}

// trouble says neutrally that it did not work. The person's page stays as it is where there is a script.
func (s *Site) trouble(w http.ResponseWriter, r *http.Request, part bool, doing string, err error) {
	if r.Context().Err() == nil {
		s.cfg.Log.Error(doing, "err", err)
	}
	if part {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	c := s.cfg.Content()
	v := s.pageView(c, s.place(r, c, form{}))
	v.Note = v.T("chat.trouble")
	packed, err := s.pack(v, 1)
	s.sendPage(w, r, packed, err)
}

var plainPath = regexp.MustCompile(`^/[A-Za-z0-9-]{0,32}$`)

// safePath is the path to return to: that of the page, unless it could lead elsewhere.
func safePath(path string) string {
	if !plainPath.MatchString(path) || path == framePath || path == streamPath {
		return "/"
	}
	return path
}

func (s *Site) again(w http.ResponseWriter, r *http.Request) {
	s.headers(w, asset{}, false)
	w.Header().Set("Location", safePath(r.URL.Path))
	w.WriteHeader(http.StatusSeeOther)
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
		s.trouble(w, r, part, "taking a form", err)
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
	case errors.Is(bad, errLong):
		s.show(w, o, part, shown{note: "chat.toolong"})
	case bad != nil:
		s.show(w, o, part, shown{note: "chat.badtext"})
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
	in := bot.Inbound{Channel: Channel, Address: bot.Hide(o.addr), ID: f.nonce, At: s.cfg.Now(), Turn: f.turn, Lang: o.lang, Country: o.country, Page: true}
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
		At: s.cfg.Now(), Key: flows.Leave, Page: true})
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
