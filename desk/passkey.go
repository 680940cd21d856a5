package desk

import (
	"errors"
	"net/http"
	"strings"

	"quietline/line"
)

// askPasskey answers with what the browser needs to ask for a passkey, before there is a session.
func (d *desk) askPasskey(w http.ResponseWriter, r *http.Request) {
	ask, err := d.Line.AskPasskey(d.host)
	d.asks(w, r, ask, err)
}

// askNewPasskey does so for a new one of the seat's.
func (d *desk) askNewPasskey(w http.ResponseWriter, r *http.Request, s seat) {
	ask, err := d.Line.AskNewPasskey(d.host, s.token)
	d.asks(w, r, ask, err)
}

func (d *desk) asks(w http.ResponseWriter, r *http.Request, ask []byte, err error) {
	if err != nil {
		d.fail(w, r, "asking for a passkey", err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(ask) // the browser is gone: nobody to tell
}

// passkeyIn signs in with what the browser answered.
func (d *desk) passkeyIn(w http.ResponseWriter, r *http.Request) {
	t, _, err := d.Line.SignInPasskey(r.Context(), d.host, r.PostForm.Get("text"))
	switch {
	case err == nil:
		d.enter(w, r, t)
	case errors.Is(err, line.ErrPasskey):
		d.render(w, r, http.StatusForbidden, "in", page{Title: d.words(r).t("Sign in"), Body: signInForm{Passkeys: true,
			Error: said("That passkey was not taken. Try it again, or sign in with your password.")}})
	default:
		d.fail(w, r, "signing in with a passkey", err)
	}
}

// addPasskey keeps a new passkey of the seat's.
func (d *desk) addPasskey(w http.ResponseWriter, r *http.Request, s seat) {
	name := strings.TrimSpace(r.PostForm.Get("name"))
	again := func(status int, text string) {
		d.mePage(w, r, status, s, mePage{KeyError: text, KeyName: name})
	}
	if !goodName(name) {
		again(http.StatusUnprocessableEntity, said("A name has 1 to 40 letters, digits, spaces, hyphens or dots."))
		return
	}
	err := d.Line.AddPasskey(r.Context(), d.host, s.token, name, r.PostForm.Get("code"), r.PostForm.Get("text"))
	var wait line.Wait
	switch {
	case err == nil:
		http.Redirect(w, r, "/me", http.StatusSeeOther)
	case errors.As(err, &wait):
		again(http.StatusTooManyRequests, tooSoon(d.words(r), wait))
	case errors.Is(err, line.ErrSignIn):
		again(http.StatusForbidden, said("That code is not right. Type the six digits that the app shows now."))
	case errors.Is(err, line.ErrPasskey):
		again(http.StatusForbidden, said("That passkey was not taken. Try again."))
	default:
		d.fail(w, r, "adding a passkey", err)
	}
}

// removePasskey takes one away.
func (d *desk) removePasskey(w http.ResponseWriter, r *http.Request, s seat) {
	if err := d.Line.RemovePasskey(r.Context(), s.token, r.PostForm.Get("id")); err != nil {
		d.fail(w, r, "removing a passkey", err)
		return
	}
	http.Redirect(w, r, "/me", http.StatusSeeOther)
}
