package desk

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"quietline/line"
)

// A peoplePage lists the staff.
type peoplePage struct {
	Rows      []staffRow
	Roles     []choice
	Languages []choice
	Name      string
	Child     bool
	Error     string
	Link      string // shown once, right after the invitation
	For       string
}

// A staffRow is one of the staff.
type staffRow struct {
	ID, Name, Role string
	Languages      string
	Disabled       bool
	Enrolled       bool
	Child          bool // trained for children
	Limit          int  // conversations at once
	Answers        bool // takes conversations, so that it matters
	Self           bool
}

func (d *desk) people(w http.ResponseWriter, r *http.Request, s seat) {
	d.peoplePage(w, r, http.StatusOK, s, peoplePage{})
}

func (d *desk) peoplePage(w http.ResponseWriter, r *http.Request, status int, s seat, p peoplePage) {
	in := d.words(r)
	for _, role := range anyone {
		p.Roles = append(p.Roles, choice{ID: string(role), Name: in.t(roleName(role)), Picked: p.Error != "" && string(role) == r.PostForm.Get("role")})
	}
	for _, l := range d.Content().Words.Languages() {
		p.Languages = append(p.Languages, choice{ID: l.Tag, Name: in.language(l.Tag),
			Picked: p.Error != "" && slices.Contains(r.PostForm["lang"], l.Tag)})
	}
	for _, x := range d.Line.AllStaff() {
		var langs []string
		for _, tag := range x.Languages {
			langs = append(langs, in.languageName(tag))
		}
		p.Rows = append(p.Rows, staffRow{ID: x.ID, Name: x.Name, Role: in.t(roleName(x.Role)), Languages: strings.Join(langs, ", "),
			Disabled: x.Disabled, Enrolled: x.Enrolled, Child: x.ChildTrained, Limit: x.AtOnce(),
			Answers: !x.Disabled && slices.Contains(advisers, x.Role), Self: x.ID == s.ID})
	}
	slices.SortStableFunc(p.Rows, func(a, b staffRow) int { return strings.Compare(a.Name, b.Name) })
	d.render(w, r, status, "people", page{Title: d.Title, Seat: &s, Body: p})
}

// invite makes the account and shows its link in this one answer: it stands in no address and is not kept.
func (d *desk) invite(w http.ResponseWriter, r *http.Request, s seat) {
	name, role := strings.TrimSpace(r.PostForm.Get("name")), line.Role(r.PostForm.Get("role"))
	p := peoplePage{Name: name, Child: r.PostForm.Get("child") == "1"}
	refuse := func(text string) {
		p.Error = text
		d.peoplePage(w, r, http.StatusUnprocessableEntity, s, p)
	}
	langs := r.PostForm["lang"]
	for _, tag := range langs {
		if _, ok := d.Content().Words.Table().Find(tag); !ok {
			refuse(said("Choose languages from the list."))
			return
		}
	}
	switch {
	case !goodName(name):
		refuse(said("A name has 1 to 40 letters, digits, spaces, hyphens or dots. A pseudonym is best."))
		return
	case !slices.Contains(anyone, role):
		refuse(said("Choose a role."))
		return
	}
	id, token, err := d.Line.Invite(r.Context(), s.ID, name, role, langs)
	if err == nil && p.Child {
		err = d.Line.ChangeStaff(r.Context(), s.ID, id, func(x *line.Staff) { x.ChildTrained = true })
	}
	switch {
	case errors.Is(err, line.ErrNameTaken):
		refuse(said("Somebody has this name already. Choose another."))
	case err != nil:
		d.fail(w, r, "inviting", err)
	default:
		d.peoplePage(w, r, http.StatusOK, s, peoplePage{Link: d.URL + "/new/" + token, For: name})
	}
}

// goodName is line's rule, so that what it refuses is told in time.
func goodName(name string) bool {
	n := utf8.RuneCountInString(name)
	return utf8.ValidString(name) && n >= 1 && n <= 40 && !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.M, unicode.Nd) && !strings.ContainsRune(" .-'’_", r)
	})
}

// changed answers a change of somebody's account.
func (d *desk) changed(w http.ResponseWriter, r *http.Request, doing string, err error) {
	switch {
	case errors.Is(err, line.ErrUnknown):
		d.message(w, r, http.StatusNotFound, "There is nobody with this account.")
	case err != nil:
		d.fail(w, r, doing, err)
	default:
		http.Redirect(w, r, "/people", http.StatusSeeOther)
	}
}

// trained says whether somebody counts as trained for conversations with children.
func (d *desk) trained(w http.ResponseWriter, r *http.Request, s seat) {
	is := r.PostForm.Get("on") == "1"
	err := d.Line.ChangeStaff(r.Context(), s.ID, r.PathValue("id"), func(x *line.Staff) { x.ChildTrained = is })
	d.changed(w, r, "changing an account", err)
}

// disable ends somebody's sessions at once and keeps them out until they are invited anew.
func (d *desk) disable(w http.ResponseWriter, r *http.Request, s seat) {
	id := r.PathValue("id")
	if id == s.ID {
		d.message(w, r, http.StatusConflict, "You cannot disable yourself. Ask another operator.")
		return
	}
	err := d.Line.ChangeStaff(r.Context(), s.ID, id, func(x *line.Staff) { x.Disabled = true })
	d.changed(w, r, "disabling an account", err)
}
