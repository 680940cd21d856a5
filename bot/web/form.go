package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"quietline/bot"
)

// maxBody is the longest form taken, in bytes: all that the page's text box lets somebody type, percent-encoded, with room
// for the other fields. So a key pressed beside a long text always arrives.
const maxBody = 16 << 10

// maxField is the longest field besides the text, in bytes.
const maxField = 128

// A form is one POST, read. Text is kept apart from the rest until it is known to be clean.
type form struct {
	key     string // k: what was pressed besides a choice
	choice  string // c
	turn    string // t: the turn it answers
	nonce   string // n: its id, taken once
	mac     string // m
	text    string // x
	lang    string // l
	country string // g
	wait    string // w: the waiting page's token
	proof   string // p: the work done for it
}

// Faults of a form. All of them lead to a neutral screen.
var (
	errForm = errors.New("not a form of this page")
	errText = errors.New("text with characters that are not taken")
	errLong = errors.New("too long")
)

// readForm reads a request's body. After errText, and errLong where the text alone is too long, the other fields are good
// and text is what can be shown again, not what may be taken.
func readForm(w http.ResponseWriter, r *http.Request) (form, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			return form{}, errLong
		}
		return form{}, errForm
	}
	return parseForm(string(body))
}

func parseForm(body string) (form, error) {
	values, err := url.ParseQuery(body)
	if err != nil {
		return form{}, errForm
	}
	var f form
	fields := map[string]*string{"k": &f.key, "c": &f.choice, "t": &f.turn, "n": &f.nonce, "m": &f.mac, "l": &f.lang, "g": &f.country, "w": &f.wait, "p": &f.proof}
	for name, given := range values {
		if name == "x" && len(given) == 1 {
			continue
		}
		into := fields[name]
		if into == nil || len(given) != 1 || len(given[0]) > maxField || !printable(given[0]) {
			return form{}, errForm
		}
		*into = given[0]
	}
	f.text, err = cleanText(values.Get("x"))
	return f, err
}

// printable says whether s is only visible ASCII: all our own ids are.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// cleanText checks what a person wrote. Control characters and those that turn the direction of what follows are
// refused, for they make a text read otherwise than it is; lone direction marks, which some keyboards put in by
// themselves, are dropped without a word. With an error comes what is left without them, to be shown again.
func cleanText(s string) (string, error) {
	var bad error
	if !utf8.ValidString(s) {
		s, bad = strings.ToValidUTF8(s, ""), errText
	}
	var b strings.Builder
	for _, r := range strings.ReplaceAll(s, "\r\n", "\n") {
		switch {
		case r == '\n' || r == '\t':
		case r == '\u200e' || r == '\u200f' || r == '\u061c' || r == '\ufeff':
			continue
		case unicode.IsControl(r), '\u202a' <= r && r <= '\u202e', '\u2066' <= r && r <= '\u2069', r == '\u2028', r == '\u2029':
			bad = errText
			continue
		}
		b.WriteRune(r)
	}
	out := strings.TrimSpace(b.String())
	if bad == nil && len(out) > bot.MaxText {
		bad = errLong
	}
	return out, bad
}

// formMAC binds a form to the session it was made for. Its key is the cookie's secret, which no other site and no script
// can read; so a form stays good over a restart, and nobody else's form ever is.
func formMAC(sid, turn, nonce string) string {
	h := hmac.New(sha256.New, []byte(sid))
	h.Write([]byte("form\x00" + turn + "\x00" + nonce))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
}

func (f form) genuine(sid string) bool {
	return f.nonce != "" && hmac.Equal([]byte(f.mac), []byte(formMAC(sid, f.turn, f.nonce)))
}

// pressed says whether the form is a key or a choice: text beside it is not sent, so its faults stop nothing (S2).
func (f form) pressed() bool { return f.choice != "" || f.key != "" && f.key != "say" }
