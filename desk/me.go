package desk

import (
	"net/http"

	"quietline/line"
)

// A mePage is what staff set for themselves.
type mePage struct {
	Languages []choice
}

func (d *desk) me(w http.ResponseWriter, r *http.Request, s seat) {
	var p mePage
	for _, l := range d.Content().Words.Languages() {
		p.Languages = append(p.Languages, choice{ID: l.Tag, Name: l.Own, Picked: l.Tag == d.words(r).lang})
	}
	d.render(w, r, http.StatusOK, "me", page{Title: d.Title, Seat: &s, Body: p})
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
