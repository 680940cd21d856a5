package desk

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"quietline/bot"
	"quietline/line"
)

// reasonName is why a lead reads a conversation that somebody else holds.
func reasonName(n line.Note) string {
	switch n {
	case line.NoteInvited:
		return said("The adviser asked for it")
	case line.NoteDanger:
		return said("Somebody may be in danger")
	case line.NoteSupport:
		return said("To support the adviser")
	case line.NoteReview:
		return said("To look at how the line answers")
	}
	return string(n)
}

// A lookPage asks a lead why.
type lookPage struct {
	Handle  string
	Reasons []choice
	Error   string
}

func (d *desk) lookPage(w http.ResponseWriter, r *http.Request, status int, s seat, handle, problem string) {
	p := lookPage{Handle: handle, Error: problem}
	for _, n := range bot.Reasons {
		p.Reasons = append(p.Reasons, choice{ID: string(n), Name: reasonName(n), Picked: string(n) == r.PostForm.Get("why")})
	}
	d.render(w, r, status, "look", page{Title: d.Title, Seat: &s, Body: p})
}

// look notes why a lead opens a conversation, and opens it.
func (d *desk) look(w http.ResponseWriter, r *http.Request, s seat) {
	handle := r.PathValue("handle")
	err := d.Bot.Look(r.Context(), handle, s.ID, line.Note(r.PostForm.Get("why")))
	switch {
	case errors.Is(err, bot.ErrReason):
		d.lookPage(w, r, http.StatusUnprocessableEntity, s, handle, said("Choose a reason."))
	case err != nil:
		d.refuse(w, r, "opening a conversation", err)
	default:
		http.Redirect(w, r, "/c/"+handle, http.StatusSeeOther)
	}
}

// A lookedAt is a lead who reads along, for the adviser.
type lookedAt struct{ Name, Why string }

func (d *desk) looks(in words, v bot.DeskView) []lookedAt {
	var out []lookedAt
	for _, l := range v.Looks {
		out = append(out, lookedAt{d.staffName(in, l.By), reasonName(l.Why)})
	}
	return out
}

// colleagues are those on duty who can be given a conversation, besides the seat.
func (d *desk) colleagues(s seat) []choice {
	var out []choice
	for _, x := range d.Line.AllStaff() {
		if x.ID != s.ID && !x.Disabled && slices.Contains(advisers, x.Role) && d.Line.Online(x.ID) {
			out = append(out, choice{ID: x.ID, Name: x.Name})
		}
	}
	return out
}

func (d *desk) transfer(w http.ResponseWriter, r *http.Request, s seat) {
	handle, to := r.PathValue("handle"), r.PostForm.Get("to")
	if err := d.Bot.Transfer(r.Context(), handle, s.ID, to); err != nil {
		d.refuse(w, r, "giving a conversation to a colleague", err)
		return
	}
	back := "/"
	if r.PostForm.Get("back") == "shift" {
		back = "/shift"
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

// A shiftPage lists what must be settled before a shift ends.
type shiftPage struct {
	Rows       []row
	Colleagues []choice
}

// shift is the end of a shift: every open conversation is given to a colleague, put back, closed, or agreed to wait.
func (d *desk) shift(w http.ResponseWriter, r *http.Request, s seat) {
	p := shiftPage{Colleagues: d.colleagues(s)}
	in := d.words(r)
	for _, it := range d.items(s) {
		if it.Adviser == s.ID && it.Mode != bot.Waiting {
			p.Rows = append(p.Rows, d.row(in, it))
		}
	}
	d.render(w, r, http.StatusOK, "shift", page{Title: d.Title, Seat: &s, Body: p})
}

// limited sets how many people somebody talks with at once.
func (d *desk) limited(w http.ResponseWriter, r *http.Request, s seat) {
	n, err := strconv.Atoi(r.PostForm.Get("limit"))
	if err != nil || n < 1 || n > line.MaxLimit {
		d.message(w, r, http.StatusUnprocessableEntity, "Choose a number from 1 to 50.")
		return
	}
	err = d.Line.ChangeStaff(r.Context(), s.ID, r.PathValue("id"), func(x *line.Staff) { x.Limit = n })
	d.changed(w, r, "changing an account", err)
}
