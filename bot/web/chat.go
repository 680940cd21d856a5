package web

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"quietline/bot"
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
	Asked       string // the question that the choices answer; it stands above them, and hidden from sight in the log
	askedAt     int    // its block in the last line
	Write       bool   // free text has a reader: the box is larger
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

// asked finds what the choices answer: in the last line of the bot the last sentence that asks, or, where none does, its
// last text. With large letters or a long message it would be out of sight in the log.
func asked(v bot.View) (string, int) {
	if len(v.Choices) == 0 || len(v.Lines) == 0 || v.Lines[len(v.Lines)-1].From != bot.FromBot {
		return "", 0
	}
	at, blocks := -1, v.Lines[len(v.Lines)-1].Blocks
	for i, k := range slices.Backward(blocks) {
		if k.Kind != "text" || k.Text == "" {
			continue
		}
		if strings.TrimRight(k.Text, "?؟？") != k.Text {
			at = i
			break
		}
		if at < 0 {
			at = i
		}
	}
	if at < 0 {
		return "", 0
	}
	return blocks[at].Text, at
}

// Rest is what of line i the log shows: all but the question above the choices. Where nothing is left, nor is the line.
func (v chatView) Rest(i int) []bot.Block {
	blocks := v.Lines[i].Blocks
	if !v.Asks(i) {
		return blocks
	}
	return slices.Concat(blocks[:v.askedAt], blocks[v.askedAt+1:])
}

// Asks says whether line i holds the question that stands above the choices.
func (v chatView) Asks(i int) bool { return v.Asked != "" && i == len(v.Lines)-1 }

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
	v := chatView{base: s.base(c, lang, chatAsset), Rev: view.Rev, Turn: view.Turn, Lines: view.Lines, Choices: view.Choices, Write: view.Write,
		Fresh: o.fresh, Live: !o.fresh, Path: o.path, Text: keep.text, Nonce: keep.nonce,
		Hidden: s.cfg.CoverHidden.Milliseconds(), Idle: s.cfg.CoverIdle.Milliseconds(), DraftedHere: isDrafted(c.Words, lang)}
	v.Asked, v.askedAt = asked(view)
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
