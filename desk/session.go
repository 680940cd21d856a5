package desk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"quietline/line"
)

// A seat is who makes a request, and what their forms must carry.
type seat struct {
	line.Staff
	token line.SessionToken
	form  string // the form token of this session
}

// Holds says whether the seat's role may hold conversations.
func (s seat) Holds() bool { return slices.Contains(advisers, s.Role) }

// Places says whether the seat's role may make codes.
func (s seat) Places() bool { return slices.Contains(placers, s.Role) }

// Manages says whether the seat's role may invite and disable staff.
func (s seat) Manages() bool { return slices.Contains(managers, s.Role) }

// Fills says whether the seat's role may say that the line is full.
func (s seat) Fills() bool { return slices.Contains(leads, s.Role) }

// Oversees says whether the seat's role reads the audit.
func (s seat) Oversees() bool { return slices.Contains(overseers, s.Role) }

// lead says whether the seat may read conversations that others hold.
func (s seat) lead() bool { return s.Role == line.Lead }

// cookieName is neutral. The __Host- prefix makes browsers refuse the cookie from any other host or path.
func (d *desk) cookieName() string {
	if d.Secure {
		return "__Host-s"
	}
	return "s"
}

// setCookie keeps the session for as long as the browser is open; line ends it earlier.
func (d *desk) setCookie(w http.ResponseWriter, t line.SessionToken) {
	http.SetCookie(w, &http.Cookie{
		Name: d.cookieName(), Value: string(t), Path: "/",
		Secure: d.Secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
}

func (d *desk) clearCookie(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{
		Name: d.cookieName(), Path: "/", MaxAge: -1,
		Secure: d.Secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
}

// seatOf finds who makes the request. Line counts it as having heard from their desk (S4).
func (d *desk) seatOf(r *http.Request) (seat, bool) {
	c, err := r.Cookie(d.cookieName())
	if err != nil || c.Value == "" {
		return seat{}, false
	}
	t := line.SessionToken(c.Value)
	staff, ok := d.Line.Session(t)
	if !ok {
		return seat{}, false
	}
	return seat{staff, t, formToken(t)}, true
}

// formToken proves that a form came from a page of this session: only who knows the cookie can make it, and it tells
// nothing about the cookie. It needs no state, so that it survives a restart.
func formToken(t line.SessionToken) string {
	m := hmac.New(sha256.New, []byte(t))
	m.Write([]byte("form"))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// nonce is the id of one form: what it carries is taken once, however often it is sent.
func (d *desk) nonce() (string, error) {
	var b [15]byte
	if _, err := io.ReadFull(d.Rand, b[:]); err != nil {
		return "", fmt.Errorf("making a form's id: %w", err)
	}
	return base32.StdEncoding.EncodeToString(b[:]), nil
}

// sameOrigin says whether the browser vouches that a page of this host sent the form. Our Referrer-Policy makes Origin
// "null" in browsers, which then send Sec-Fetch-Site; a request with neither is refused.
func sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin" || site == "none" // none: the person reloaded or pressed Back
	}
	u, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && u.Host != "" && u.Host == r.Host
}

// readForm reads the form; on failure it has answered.
func (d *desk) readForm(w http.ResponseWriter, r *http.Request) bool {
	if !sameOrigin(r) {
		d.message(w, r, http.StatusForbidden, "This form did not come from this desk. Open the page again and send it from there.")
		return false
	}
	if err := r.ParseForm(); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			d.message(w, r, http.StatusRequestEntityTooLarge, "That was too much at once. Go back and send less.")
		} else {
			d.message(w, r, http.StatusBadRequest, "The form could not be read. Open the page again.")
		}
		return false
	}
	for name, values := range r.PostForm {
		if name != "text" && (len(values) > 300 || slices.ContainsFunc(values, func(v string) bool { return len(v) > maxField })) {
			d.message(w, r, http.StatusRequestEntityTooLarge, "One of the fields was too long. Go back and write less.")
			return false
		}
	}
	return true
}

// outside guards a form that is sent before there is a session.
func (d *desk) outside(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if d.readForm(w, r) {
			h(w, r)
		}
	}
}

// inside lets only the named roles through. A form must carry the session's token.
func (d *desk) inside(roles []line.Role, h func(http.ResponseWriter, *http.Request, seat)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s, ok := d.seatOf(r)
		if !ok {
			d.turnAway(w, r)
			return
		}
		if r.Method == http.MethodPost {
			if !d.readForm(w, r) {
				return
			}
			if !hmac.Equal([]byte(r.PostForm.Get("form")), []byte(s.form)) {
				d.message(w, r, http.StatusForbidden, "This form is not from your present sign-in. Open the page again.")
				return
			}
		}
		if !slices.Contains(roles, s.Role) {
			d.message(w, r, http.StatusForbidden, "Your role does not open this page.")
			return
		}
		h(w, r, s)
	}
}

// turnAway answers a request without a session: pages lead to the sign-in page, parts of a page say so.
func (d *desk) turnAway(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method != http.MethodGet:
		d.message(w, r, http.StatusUnauthorized, "You are signed out. Sign in and try again.")
	case isPart(r):
		framed(w)
		d.note(w, r, http.StatusUnauthorized, "You are signed out.")
	default:
		http.Redirect(w, r, "/in", http.StatusSeeOther)
	}
}

// isPart says whether the request is for a part of a page that is open already.
func isPart(r *http.Request) bool {
	switch r.Pattern {
	case "GET /list", "GET /waiting", "GET /live", "GET /c/{handle}/log":
		return true
	}
	return false
}
