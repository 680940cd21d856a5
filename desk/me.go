package desk

import (
	"errors"
	"net/http"

	"quietline/line"
)

// A mePage is what staff set for themselves.
type mePage struct {
	Languages []choice
	Enrolled  bool     // has an authenticator
	Recovery  []string // new ones, shown once
	Error     string

	Passkeys []line.Passkey
	Offered  bool   // browsers offer passkeys at this address
	KeyName  string // what was typed
	KeyError string
}

func (d *desk) me(w http.ResponseWriter, r *http.Request, s seat) {
	d.mePage(w, r, http.StatusOK, s, mePage{})
}

func (d *desk) mePage(w http.ResponseWriter, r *http.Request, status int, s seat, p mePage) {
	p.Enrolled = s.Enrolled
	p.Passkeys, p.Offered = d.Line.Passkeys(s.ID), d.host != nil
	for _, l := range d.Content().Words.Languages() {
		p.Languages = append(p.Languages, choice{ID: l.Tag, Name: l.Own, Picked: l.Tag == d.words(r).lang})
	}
	d.render(w, r, status, "me", page{Title: d.Title, Seat: &s, Body: p})
}

// speak sets the language of the desk for whoever asks.
func (d *desk) speak(w http.ResponseWriter, r *http.Request, s seat) {
	tag := r.PostForm.Get("lang")
	if !d.offered(tag) {
		d.message(w, r, http.StatusUnprocessableEntity, "Choose languages from the list.")
		return
	}
	if err := d.Line.ChangeStaff(r.Context(), s.ID, s.ID, func(x *line.Staff) { x.DeskLang = tag }); err != nil {
		d.fail(w, r, "changing the desk's language", err)
		return
	}
	http.Redirect(w, r, "/me", http.StatusSeeOther)
}

// everywhere ends all of the seat's sessions, this one too.
func (d *desk) everywhere(w http.ResponseWriter, r *http.Request, s seat) {
	if err := d.Line.SignOutAll(r.Context(), s.ID, s.ID); err != nil {
		d.fail(w, r, "signing out everywhere", err)
		return
	}
	d.clearCookie(w)
	http.Redirect(w, r, "/in", http.StatusSeeOther)
}

// outEverywhere does so for somebody else.
func (d *desk) outEverywhere(w http.ResponseWriter, r *http.Request, s seat) {
	err := d.Line.SignOutAll(r.Context(), s.ID, r.PathValue("id"))
	d.changed(w, r, "signing somebody out everywhere", err)
}

// recovery makes new recovery codes and shows them in this one answer.
func (d *desk) recovery(w http.ResponseWriter, r *http.Request, s seat) {
	codes, err := d.Line.NewRecovery(r.Context(), s.token, r.PostForm.Get("code"))
	var wait line.Wait
	switch {
	case err == nil:
		d.mePage(w, r, http.StatusOK, s, mePage{Recovery: codes})
	case errors.As(err, &wait):
		d.mePage(w, r, http.StatusTooManyRequests, s, mePage{Error: tooSoon(d.words(r), wait)})
	case errors.Is(err, line.ErrSignIn):
		d.mePage(w, r, http.StatusForbidden, s, mePage{Error: said("That code is not right. Type the six digits that the app shows now.")})
	default:
		d.fail(w, r, "making recovery codes", err)
	}
}
