package desk

import (
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quietline/bot"
	"quietline/directory"
)

// What stands beside a conversation: the line that asks who writes, help lines to send, and notes.

// stateName is how far a line of the adviser's has come, in words.
func stateName(s bot.Delivery) string {
	switch s {
	case bot.Sending:
		return said("on its way")
	case bot.Came:
		return said("arrived")
	case bot.Waits:
		return said("waits until the person comes back")
	}
	return said("sent")
}

// markName is what was heard in a line of the person's.
func markName(mark string) string {
	if mark == bot.MarkHarm {
		return said("words of hurting themselves")
	}
	return said("words of danger")
}

// offerSure offers the line that asks who writes, while the person's newest words came after silence and nothing was said
// since.
func (d *desk) offerSure(in words, p *logPart, v bot.DeskView) {
	if !p.Mine || p.Quiet || p.Closing || v.Left || v.Asking {
		return
	}
	for _, l := range slices.Backward(v.Lines) {
		if l.From != bot.FromPerson {
			return
		}
		if !l.Pause {
			continue
		}
		theirs, err := in.cat.Text(v.Lang, bot.SureID, nil)
		if err != nil {
			return
		}
		own, err := in.cat.Text(in.lang, bot.SureID, nil)
		if err != nil {
			return
		}
		p.Sure, p.SureText, p.SureBack = strconv.Itoa(l.Seq), theirs, own
		return
	}
}

// A servicesPage are the help lines that can be sent into a conversation.
type servicesPage struct {
	Handle    string
	Lang      string // of the person
	Countries []choice
	Needs     []choice
	Rows      []serviceRow
	Same      bool // the adviser reads the person's language
}

type serviceRow struct {
	bot.OfferedService
	Nonce   string
	Country string
}

// serviceName is whose card the blocks are.
func serviceName(bs []bot.Block) string {
	if len(bs) == 0 {
		return ""
	}
	return bs[0].Name
}

// mine is the conversation that a page beside it is for, if the seat holds it; on failure it has answered.
func (d *desk) mine(w http.ResponseWriter, r *http.Request, s seat) (bot.DeskView, bool) {
	v, err := d.Bot.Desk(r.Context(), r.PathValue("handle"), s.ID, false, d.words(r).lang)
	if err != nil {
		d.refuse(w, r, "opening a conversation", err)
		return v, false
	}
	return v, true
}

// services lists what fits: the person's country and the first need they agreed to share, until the adviser chooses others.
func (d *desk) services(w http.ResponseWriter, r *http.Request, s seat) {
	v, ok := d.mine(w, r, s)
	if !ok {
		return
	}
	in, q := d.words(r), r.URL.Query()
	country, need := q.Get("country"), q.Get("need")
	if !slices.Contains(d.Content().Directory.Countries(), country) {
		country = v.Country
	}
	if !q.Has("need") && len(v.Needs) > 0 {
		need = v.Needs[0]
	}
	if need != "" && !slices.Contains(directory.Needs, need) {
		need = ""
	}
	p := servicesPage{Handle: v.Handle, Lang: v.Lang, Countries: d.countries(in, country), Same: v.Lang == in.lang}
	p.Needs = append(p.Needs, choice{ID: "", Name: in.t("every need"), Picked: need == ""})
	for _, n := range directory.Needs {
		p.Needs = append(p.Needs, choice{ID: n, Name: in.codes("need.", []string{n})[0], Picked: n == need})
	}
	for _, o := range d.Bot.ServicesFor(country, need, v.Lang, in.lang) {
		row := serviceRow{OfferedService: o, Country: country}
		if !d.ready(w, r, &row.Nonce) {
			return
		}
		p.Rows = append(p.Rows, row)
	}
	d.render(w, r, http.StatusOK, "services", page{Title: d.Title, Seat: &s, Body: p})
}

func (d *desk) sendService(w http.ResponseWriter, r *http.Request, s seat) {
	handle, nonce := r.PathValue("handle"), r.PostForm.Get("nonce")
	if nonce == "" || len(nonce) > 64 {
		d.message(w, r, http.StatusUnprocessableEntity, "This form was not complete. Send it again.")
		return
	}
	if err := d.Bot.SendService(r.Context(), handle, s.ID, nonce, r.PostForm.Get("country"), r.PostForm.Get("id")); err != nil {
		d.refuse(w, r, "sending a help line", err)
		return
	}
	http.Redirect(w, r, "/c/"+handle, http.StatusSeeOther)
}

// A notesPage are the three notes of a conversation, or the way to ask for them.
type notesPage struct {
	Handle string
	Noted  bool
	Notes  bot.Notes
	Nonce  string
	Max    int
	Error  string
	Form   template.HTML
}

func (d *desk) notes(w http.ResponseWriter, r *http.Request, s seat) {
	v, ok := d.mine(w, r, s)
	if !ok {
		return
	}
	d.notesPage(w, r, http.StatusOK, s, notesPage{Handle: v.Handle, Noted: v.Noted, Notes: v.Notes})
}

func (d *desk) notesPage(w http.ResponseWriter, r *http.Request, status int, s seat, p notesPage) {
	p.Max = bot.MaxNote
	if d.ready(w, r, &p.Nonce) {
		d.render(w, r, status, "notes", page{Title: d.Title, Seat: &s, Body: p})
	}
}

func (d *desk) keepNotes(w http.ResponseWriter, r *http.Request, s seat) {
	field := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get(name), "\r\n", "\n"))
	}
	p := notesPage{Handle: r.PathValue("handle"), Noted: true, Notes: bot.Notes{Before: field("before"), Now: field("now"), Next: field("next")}}
	err := d.Bot.SetNotes(r.Context(), p.Handle, s.ID, p.Notes)
	switch {
	case err == nil:
		http.Redirect(w, r, "/c/"+p.Handle, http.StatusSeeOther)
		return
	case errors.Is(err, bot.ErrTooLong):
		p.Error = said("A note is short: cut the longest one.")
	case errors.Is(err, bot.ErrBadText):
		p.Error = said("There are signs in this text that cannot be kept. Take them out.")
	default:
		d.refuse(w, r, "keeping notes", err)
		return
	}
	d.notesPage(w, r, http.StatusUnprocessableEntity, s, p)
}

func (d *desk) askNotes(w http.ResponseWriter, r *http.Request, s seat) {
	handle, nonce := r.PathValue("handle"), r.PostForm.Get("nonce")
	if nonce == "" || len(nonce) > 64 {
		d.message(w, r, http.StatusUnprocessableEntity, "This form was not complete. Send it again.")
		return
	}
	if err := d.Bot.AskNotes(r.Context(), handle, s.ID, nonce); err != nil {
		d.refuse(w, r, "asking for notes", err)
		return
	}
	http.Redirect(w, r, "/c/"+handle, http.StatusSeeOther)
}
