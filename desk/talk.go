package desk

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"quietline/bot"
	"quietline/line"
)

// A talkPage is the page around a conversation: what about the person is shown stands in the log, so that it can go at
// once.
type talkPage struct {
	Handle     string
	Mine       bool
	Quiet      bool // an unanswered check-in: read, and closed
	Say        sayForm
	Ask        askForm
	Colleagues []choice // who can be given it
	Shows      bool     // the seat is a lead, and two may see an address
	Refers     bool     // there are partners, or records that the law asks for
}

// A sayForm is the box an adviser writes in. A refused text stays in it, with the nonce it was first sent with.
type sayForm struct {
	Form   template.HTML
	Handle string
	Nonce  string
	Text   string
	Error  string

	Foreign string // the person's language, which the adviser does not write, once they were told: they send it all the same
}

// A logPart is everything about the conversation that is on the screen.
type logPart struct {
	row
	Summary []bot.Block
	Lines   []entry
	Mine    bool
	Quiet   bool
	Closing bool
	Alert   bool
	Duress  bool
	Harm    bool
	Deaf    bool
	Left    bool
	Here    bool
	Keep    string

	Acts      []askedAct
	Report    []bot.Block
	Reported  time.Time // zero: not known
	Returns   bool      // a later self-report can know of this one
	Asking    bool      // a question stands: writing takes it back
	Complains bool

	Looks    []lookedAt // leads who read along
	Covered  bool       // the chat was stopped at once
	Lang     string     // of the person
	Notes    bot.Notes
	Sure     string // the id of a line after silence: what asks who writes can be sent, once for it
	SureText string // as the person reads it
	SureBack string // and as the adviser does
}

// An entry is one line of the log.
type entry struct {
	bot.Line
	Who  string // person, adviser, bot
	Name string
	Lang string // of its text; empty: not known
}

// gone says what a page shows in place of a conversation, and with which status; "" for another failure.
func gone(err error) (status int, text string) {
	switch {
	case errors.Is(err, bot.ErrGone):
		return http.StatusNotFound, said("This conversation is gone.")
	case errors.Is(err, bot.ErrTaken):
		return http.StatusConflict, said("Another adviser has it.")
	case errors.Is(err, bot.ErrNotYours):
		return http.StatusConflict, said("You do not hold this conversation.")
	case errors.Is(err, bot.ErrQuiet):
		return http.StatusConflict, said("Nothing may be written here: the person agreed that you are told, and to nothing more.")
	case errors.Is(err, bot.ErrClosedNow):
		return http.StatusConflict, said("This conversation is closed.")
	case errors.Is(err, bot.ErrBefore):
		return http.StatusConflict, said("Somebody who is here answered this person before: for a few minutes it is theirs to take.")
	case errors.Is(err, bot.ErrFull):
		return http.StatusConflict, said("Nothing reaches this person at present, and much waits for them already. Send it again later.")
	case errors.Is(err, bot.ErrNotes):
		return http.StatusConflict, said("Notes are kept only with the person's yes. Ask for it first.")
	case errors.Is(err, bot.ErrReason):
		return http.StatusForbidden, said("State the reason first.")
	case errors.Is(err, bot.ErrAbsent):
		return http.StatusConflict, said("This colleague cannot take it now: they are not there, or not for this person.")
	case errors.Is(err, bot.ErrLoad):
		return http.StatusConflict, said("That is one conversation too many: as many are held as can be answered. Finish or give away one first.")
	case errors.Is(err, bot.ErrNoYes):
		return http.StatusConflict, said("The person’s yes to this does not stand. Pass nothing on.")
	case errors.Is(err, bot.ErrPhrase):
		return http.StatusConflict, said("The phrasebook does not have this in the person’s language. Nothing was sent.")
	case errors.Is(err, bot.ErrService):
		return http.StatusNotFound, said("This help line is not in the directory any more.")
	case errors.Is(err, bot.ErrChild):
		return http.StatusConflict, said("The person said that they are under 18, and an adviser trained for children is on duty: only they may take this conversation.")
	case errors.Is(err, bot.ErrComplaint):
		return http.StatusConflict, said("This is a complaint: it is for a lead who did not hold the conversation.")
	}
	return askRefused(err)
}

// refuse answers a failed call about a conversation.
func (d *desk) refuse(w http.ResponseWriter, r *http.Request, doing string, err error) {
	status, text := gone(err)
	if status == 0 {
		d.fail(w, r, doing, err)
		return
	}
	if isPart(r) {
		d.note(w, r, status, text)
		return
	}
	d.message(w, r, status, text)
}

func (d *desk) talk(w http.ResponseWriter, r *http.Request, s seat) {
	handle := r.PathValue("handle")
	v, err := d.Bot.Desk(r.Context(), handle, s.ID, s.lead(), d.words(r).lang)
	if errors.Is(err, bot.ErrReason) {
		d.lookPage(w, r, http.StatusOK, s, handle, "")
		return
	}
	if err != nil {
		d.refuse(w, r, "opening a conversation", err)
		return
	}
	d.talkPage(w, r, http.StatusOK, s, talkPage{Handle: handle, Mine: v.Adviser == s.ID, Quiet: v.Quiet})
}

func (d *desk) talkPage(w http.ResponseWriter, r *http.Request, status int, s seat, p talkPage) {
	p.Say.Handle, p.Ask.Handle = p.Handle, p.Handle
	p.Colleagues, p.Shows = d.colleagues(s), s.lead() && d.Bot.Shows()
	p.Refers = len(d.partners) > 0 || len(d.record) > 0
	p.Ask.Form, p.Ask.Max = formField(&s), bot.MaxActField
	if !d.readySay(w, r, s, &p.Say) || !d.ready(w, r, &p.Ask.Nonce) {
		return
	}
	d.render(w, r, status, "talk", page{Title: d.Title, Seat: &s, Live: "/live?c=" + url.QueryEscape(p.Handle), Body: p})
}

// readySay gives the form what it must carry; on failure it has answered.
func (d *desk) readySay(w http.ResponseWriter, r *http.Request, s seat, f *sayForm) bool {
	f.Form = formField(&s)
	return d.ready(w, r, &f.Nonce)
}

// ready gives a form a nonce, if it has none; on failure it has answered.
func (d *desk) ready(w http.ResponseWriter, r *http.Request, nonce *string) bool {
	if *nonce != "" {
		return true
	}
	n, err := d.nonce()
	if err != nil {
		d.fail(w, r, "making a form", err)
		return false
	}
	*nonce = n
	return true
}

// log is the conversation as it is now: the script puts it into the page, and without script a frame shows it and asks
// again every 10 s.
func (d *desk) log(w http.ResponseWriter, r *http.Request, s seat) {
	framed(w)
	v, err := d.Bot.Desk(r.Context(), r.PathValue("handle"), s.ID, s.lead(), d.words(r).lang)
	if err != nil {
		d.refuse(w, r, "reading a conversation", err)
		return
	}
	p := logPart{row: d.row(d.words(r), v.Item), Summary: v.Summary,
		Mine: v.Adviser == s.ID, Quiet: v.Quiet, Closing: v.Mode == bot.Closing || v.Mode == bot.Closed,
		Alert: v.Alert, Harm: v.Harm, Duress: v.Duress, Left: v.Left, Deaf: v.Deaf, Here: v.Here, Keep: keepName(v.Keep),
		Acts: askedActs(v.Acts), Report: v.Report, Reported: v.Reported, Returns: v.Returns, Asking: v.Asking, Complains: v.Complaint}
	p.Form, p.Lang, p.Notes, p.Covered = formField(&s), v.Lang, v.Notes, v.Covered
	p.Looks = d.looks(d.words(r), v)
	for _, l := range v.Lines {
		e := entry{Line: l, Who: string(l.From), Lang: v.Lang}
		switch l.From {
		case bot.FromPerson:
			e.Name = said("Person")
		case bot.FromAdviser:
			e.Name, e.Lang = said("Adviser"), ""
			if p.Mine {
				e.Name = said("You")
			}
		default:
			e.Name = said("Automatic")
		}
		p.Lines = append(p.Lines, e)
	}
	d.offerSure(d.words(r), &p, v)
	d.part(w, r, http.StatusOK, "log", p)
}

// say sends what the adviser wrote. The script asks for the form alone; without it the whole page comes back.
func (d *desk) say(w http.ResponseWriter, r *http.Request, s seat) {
	handle := r.PathValue("handle")
	// browsers write a new line as CR LF
	text := strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get("text"), "\r\n", "\n"))
	f := sayForm{Handle: handle, Nonce: r.PostForm.Get("nonce"), Text: text}
	status := http.StatusUnprocessableEntity
	switch {
	case text == "":
		f.Error = said("Write something first.")
	case f.Nonce == "" || len(f.Nonce) > 64:
		f.Nonce, f.Error = "", said("This form was not complete. Send it again.")
	case len(text) > bot.MaxText:
		f.Error = tooLong(d.words(r), text)
	case d.foreign(r, s, &f):
	default:
		err := d.Bot.Says(r.Context(), handle, s.ID, f.Nonce, bot.Hide(text))
		switch {
		case err == nil:
			f, status = sayForm{Handle: handle, Foreign: r.PostForm.Get("own")}, http.StatusOK
		case errors.Is(err, bot.ErrTooLong):
			f.Error = tooLong(d.words(r), text)
		case errors.Is(err, bot.ErrBadText):
			f.Error = said("There are signs in this text that cannot be sent. Take them out and send again.")
		case errors.Is(err, bot.ErrFull):
			f.Error = said("Nothing reaches this person at present, and much waits for them already. Send it again later.")
		default:
			d.refuse(w, r, "sending a text", err)
			return
		}
	}
	switch {
	case r.PostForm.Get("part") == "1":
		if d.readySay(w, r, s, &f) {
			d.part(w, r, status, "say", f)
		}
	case f.Error != "":
		d.talkPage(w, r, status, s, talkPage{Handle: handle, Mine: true, Say: f})
	default:
		http.Redirect(w, r, "/c/"+handle, http.StatusSeeOther)
	}
}

// tooLong says by how much. A letter takes one to four bytes, so it speaks of a share.
func tooLong(in words, text string) string {
	return in.t("That is too long: cut it to about %d %% of its length, or send it in parts.", percent(bot.MaxText, len(text)))
}

// act is one of the buttons: claim, release, close, lead, cover, sure, report, ack, seen.
func (d *desk) act(w http.ResponseWriter, r *http.Request, s seat) {
	handle := r.PathValue("handle")
	var (
		do    func() error
		audit line.Act
		to    = "/"
	)
	ctx := r.Context()
	switch r.PathValue("act") {
	case "claim":
		do, audit, to = func() error { return d.Bot.Claim(ctx, handle, s.ID) }, line.ActClaim, "/c/"+handle
	case "release":
		do, audit = func() error { return d.Bot.Release(ctx, handle, s.ID) }, line.ActRelease
	case "close":
		do, audit = func() error { return d.Bot.End(ctx, handle, s.ID) }, line.ActClose
	case "report":
		do, to = func() error { return d.Bot.OfferReport(ctx, handle, s.ID) }, "/c/"+handle
	case "lead":
		do, to = func() error { return d.Bot.AskLead(ctx, handle, s.ID) }, "/c/"+handle
	case "cover":
		do, to = func() error { return d.Bot.CoverNow(ctx, handle, s.ID) }, "/c/"+handle
	case "sure":
		do, to = func() error { return d.Bot.AskSure(ctx, handle, s.ID, "sure"+r.PostForm.Get("nonce")) }, "/c/"+handle
	case "ack":
		do, to = func() error { return d.Bot.Ack(ctx, handle, s.ID) }, "/c/"+handle
	case "seen":
		do, audit = func() error { return d.Bot.Seen(ctx, handle, s.ID) }, line.ActSeen
	default:
		d.message(w, r, http.StatusNotFound, "There is no such page.")
		return
	}
	if r.PostForm.Get("back") == "shift" {
		to = "/shift"
	}
	if err := do(); err != nil {
		d.refuse(w, r, "acting on a conversation", err)
		return
	}
	if audit != "" {
		d.audit(ctx, line.Entry{Actor: s.ID, Act: audit, Handle: handle})
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// audit notes what was done. When that fails what was done is done: the operator is told, not the adviser.
func (d *desk) audit(ctx context.Context, e line.Entry) {
	if err := d.Line.Audit(ctx, e); err != nil {
		d.Log.Error("desk: the audit could not be written; look at the disk", "act", e.Act, "handle", e.Handle)
	}
}

// keepName says how long the conversation is kept once it is closed.
func keepName(keep string) string {
	switch keep {
	case "now":
		return said("forgotten when it closes")
	case "24h":
		return said("kept 24 hours after it closes")
	case "14d":
		return said("kept 14 days after it closes")
	}
	return ""
}

// foreign says whether the adviser must be told first that the person reads a language which the adviser does not write:
// nothing untranslated goes out unnoticed. Once told, the form says so.
func (d *desk) foreign(r *http.Request, s seat, f *sayForm) bool {
	if len(s.Languages) == 0 {
		return false
	}
	v, err := d.Bot.Desk(r.Context(), f.Handle, s.ID, false, "en")
	if err != nil || s.writes(v.Lang) || r.PostForm.Get("own") == v.Lang {
		return false // what is wrong is told when it is sent
	}
	in := d.words(r)
	f.Foreign = v.Lang
	f.Error = in.t("The person reads %s, and you write another language. The phrasebook has ready sentences. Or send it as it is.", in.languageName(v.Lang))
	return true
}
