package twilio

import (
	"encoding/xml"
	"io"
	"net/http"
	"strings"
)

const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// answerEmpty tells Twilio that a message was taken and that there is nothing to say: answers go through the outbox.
func answerEmpty(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = io.WriteString(w, xmlHead+"<Response/>\n")
}

// Fallback is the static answer for when the line is down, as TwiML: the operator puts it where Twilio finds it without
// us (a TwiML Bin) and names its address as FallbackURL. text is a person's first sight of the line and must tell
// nothing; characters that XML does not have are left out.
func Fallback(text string) string {
	var b strings.Builder
	b.WriteString(xmlHead + "<Response>\n  <Message>")
	_ = xml.EscapeText(&b, []byte(clean(text))) // a Builder does not fail
	b.WriteString("</Message>\n</Response>\n")
	return b.String()
}
