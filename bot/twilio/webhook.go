package twilio

import (
	"io"
	"mime"
	"net/http"
	"net/url"
)

// maxBody is the most of a webhook that is read: 1,600 characters, each twelve bytes when escaped, ten addresses of
// media, and the rest.
const maxBody = 64 << 10

// ServeHTTP takes what Twilio posts to InboundPath and StatusPath; any other path or method does not exist. No answer
// but the empty TwiML has a body.
func (a *Account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodPost {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	switch r.URL.Path {
	case InboundPath:
		a.inbound(w, r)
	case StatusPath:
		a.status(w, r)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// form reads and checks a webhook; otherwise it returns the status to answer with. The signature counts over all fields
// that came, known or not, and over the public URL from the configuration. A field that came twice is refused: only its
// first value would be signed. So is a query, which the signed URL does not have.
func (a *Account) form(w http.ResponseWriter, r *http.Request, path string) (url.Values, int) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, http.StatusUnsupportedMediaType
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, http.StatusRequestEntityTooLarge
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, http.StatusBadRequest
	}
	signatures := r.Header.Values("X-Twilio-Signature")
	if len(signatures) != 1 || r.URL.RawQuery != "" {
		return nil, http.StatusForbidden
	}
	params := make(map[string]string, len(form))
	for k, vs := range form {
		if len(vs) != 1 {
			return nil, http.StatusForbidden
		}
		params[k] = vs[0]
	}
	if !a.checker.Validate(a.public+path, params, signatures[0]) || form.Get("AccountSid") != a.cfg.AccountSID {
		return nil, http.StatusForbidden
	}
	return form, 0
}

// refuse answers a webhook that is not taken, and logs why without a word of what came.
func (a *Account) refuse(w http.ResponseWriter, path string, status int, class string) {
	a.cfg.Log.Warn("a webhook was refused", "path", path, "status", status, "class", class)
	w.WriteHeader(status)
}
