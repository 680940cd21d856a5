package twilio

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quietline/bot"
)

// final are the statuses after which nothing more happens to a message. "sent" is not one, though for some carriers it
// is the last that comes: the bot and the sweep delete such a message in their own time.
var final = []string{"delivered", "undelivered", "failed", "read", "canceled"}

// status takes what became of a message that the line sent. It never makes a record: what is not known changes nothing,
// and is answered as if it were, for Twilio has nothing to do about it.
func (a *Account) status(w http.ResponseWriter, r *http.Request) {
	form, status := a.form(w, r, StatusPath)
	if status != 0 {
		a.refuse(w, StatusPath, status, "not from the provider")
		return
	}
	sid, what := form.Get("MessageSid"), form.Get("MessageStatus")
	if !messageSID.MatchString(sid) || !slices.Contains(final, what) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	name := SMS
	ours, wa := strings.CutPrefix(form.Get("From"), whatsAppPrefix)
	if wa {
		name = WhatsApp
	}
	report := bot.Report{Channel: name, Address: address(strings.TrimPrefix(form.Get("To"), whatsAppPrefix), ours), ID: sid, Final: true}
	if what != "delivered" && what != "read" {
		code, _ := strconv.Atoi(form.Get("ErrorCode")) // none: 0
		report.Failed = reported(code)
	}
	b := a.cfg.Bot()
	if b == nil {
		a.refuse(w, StatusPath, http.StatusServiceUnavailable, "chat off")
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), takeWithin)
	defer cancel()
	if err := b.Report(ctx, report); err != nil {
		a.refuse(w, StatusPath, http.StatusServiceUnavailable, "not committed")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
