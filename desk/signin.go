package desk

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"quietline/line"
	"quietline/qr"
)

// signInForm is the sign-in page's data.
type signInForm struct {
	Name     string
	Error    string
	Passkeys bool // the browser may be asked for one
}

func (d *desk) signInPage(w http.ResponseWriter, r *http.Request) {
	if _, ok := d.seatOf(r); ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	d.render(w, r, http.StatusOK, "in", page{Title: d.words(r).t("Sign in"), Body: signInForm{Passkeys: d.host != nil}})
}

// signIn takes name, password and a code. The answer never says which of the three was wrong.
func (d *desk) signIn(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimSpace(r.PostForm.Get("name"))
	t, _, err := d.Line.SignIn(r.Context(), name, r.PostForm.Get("password"), r.PostForm.Get("code"))
	var wait line.Wait
	switch {
	case err == nil:
		d.enter(w, r, t)
	case errors.As(err, &wait):
		w.Header().Set("Retry-After", fmt.Sprint(wait.Seconds()))
		d.render(w, r, http.StatusTooManyRequests, "in", page{Title: d.words(r).t("Sign in"), Body: signInForm{name, tooSoon(d.words(r), wait), d.host != nil}})
	case errors.Is(err, line.ErrSignIn):
		d.render(w, r, http.StatusForbidden, "in", page{Title: d.words(r).t("Sign in"), Body: signInForm{name,
			said("The name, the password or the code is wrong. Each code works once: wait for the next one."), d.host != nil}})
	default:
		d.fail(w, r, "signing in", err)
	}
}

// tooSoon says how long a name must wait after wrong tries.
func tooSoon(in words, wait line.Wait) string {
	return in.t("Too many wrong tries. Wait %d seconds, then try again.", wait.Seconds())
}

// enter begins a session in this browser; line has written it into its audit.
func (d *desk) enter(w http.ResponseWriter, r *http.Request, t line.SessionToken) {
	d.setCookie(w, t)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// linkPage shows a button, whatever the link: a program that opens links to look at them must not use this one up.
func (d *desk) linkPage(w http.ResponseWriter, r *http.Request) {
	d.render(w, r, http.StatusOK, "link", page{Title: d.words(r).t("Sign in"), Body: signInForm{}})
}

func (d *desk) redeem(w http.ResponseWriter, r *http.Request) {
	t, err := d.Line.Redeem(r.Context(), r.PathValue("token"))
	switch {
	case err == nil:
		d.enter(w, r, t)
	case errors.Is(err, line.ErrToken):
		d.render(w, r, http.StatusForbidden, "link", page{Title: d.words(r).t("Sign in"), Body: signInForm{
			Error: usedUp}})
	default:
		d.fail(w, r, "using a link", err)
	}
}

func (d *desk) signOut(w http.ResponseWriter, r *http.Request, s seat) {
	if err := d.Line.SignOut(r.Context(), s.token); err != nil {
		d.fail(w, r, "signing out", err)
		return
	}
	d.clearCookie(w)
	if d.Secure {
		w.Header().Set("Clear-Site-Data", `"cookies", "storage"`)
	}
	http.Redirect(w, r, "/in", http.StatusSeeOther)
}

// usedUp is said of a link that opens nothing.
var usedUp = said("This link has been used or has expired. Ask for a new one, or sign in with your password.")

// enrolForm is the data of the pages that let somebody choose a password and scan their secret.
type enrolForm struct {
	Name     string
	Error    string
	Scan     bool // the password is set: ask for a code
	Symbol   template.HTML
	Secret   string
	Recovery []string
}

func (d *desk) enrolPage(w http.ResponseWriter, r *http.Request) {
	staff, ok := d.Line.Invited(r.PathValue("token"))
	if !ok {
		d.message(w, r, http.StatusForbidden, usedUp)
		return
	}
	d.render(w, r, http.StatusOK, "enrol", page{Title: d.words(r).t("Sign in"), Body: enrolForm{Name: staff.Name}})
}

// enrol takes the password, then a code that proves the secret was scanned.
func (d *desk) enrol(w http.ResponseWriter, r *http.Request) {
	token := r.PathValue("token")
	staff, ok := d.Line.Invited(token)
	if !ok {
		d.message(w, r, http.StatusForbidden, usedUp)
		return
	}
	form := enrolForm{Name: staff.Name}
	again := func(status int, text string) {
		form.Error = text
		d.render(w, r, status, "enrol", page{Title: d.words(r).t("Sign in"), Body: form})
	}
	if code := r.PostForm.Get("code"); r.PostForm.Has("code") {
		form.Scan = true
		t, err := d.Line.Confirm(r.Context(), token, code)
		var wait line.Wait
		switch {
		case err == nil:
			d.enter(w, r, t)
		case errors.As(err, &wait):
			again(http.StatusTooManyRequests, tooSoon(d.words(r), wait))
		case errors.Is(err, line.ErrSignIn):
			again(http.StatusForbidden, said("That code is not right. Type the six digits that the app shows now."))
		case errors.Is(err, line.ErrToken):
			d.message(w, r, http.StatusForbidden, usedUp)
		default:
			d.fail(w, r, "confirming a code", err)
		}
		return
	}
	password := r.PostForm.Get("password")
	if password != r.PostForm.Get("again") {
		again(http.StatusUnprocessableEntity, said("The two passwords are not the same. Type both again."))
		return
	}
	e, err := d.Line.Enrol(r.Context(), token, password)
	switch {
	case errors.Is(err, line.ErrPassword):
		again(http.StatusUnprocessableEntity, said("A password needs 12 to 200 letters or signs, and must not be the name."))
		return
	case errors.Is(err, line.ErrToken):
		d.message(w, r, http.StatusForbidden, usedUp)
		return
	case err != nil:
		d.fail(w, r, "setting a password", err)
		return
	}
	symbol, err := drawn(e.URI)
	if err != nil {
		d.fail(w, r, "drawing a code", err)
		return
	}
	form.Scan, form.Symbol, form.Secret, form.Recovery = true, symbol, e.Secret, e.Recovery
	d.render(w, r, http.StatusOK, "enrol", page{Title: d.words(r).t("Sign in"), Body: form})
}

// drawn is a QR symbol to stand inside a page. It holds nothing but what qr drew.
func drawn(content string) (template.HTML, error) {
	c, err := qr.New(content)
	if err != nil {
		return "", err
	}
	return template.HTML(c.SVG()), nil
}
