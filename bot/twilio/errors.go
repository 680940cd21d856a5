package twilio

import (
	"net/http"
	"strconv"
	"time"

	"quietline/bot"
)

const (
	ratePause   = 5 * time.Second // after a rate limit that names no time
	repairPause = time.Minute     // what the operator has to put right
	maxPause    = 10 * time.Minute
)

// A fault is what a code of Twilio's means for a message.
type fault struct {
	next  bot.Next
	after time.Duration
	class string
}

// faults are Twilio's codes, from a refused call or from a status callback; each is described at
// https://www.twilio.com/docs/api/errors/CODE. Of WhatsApp's own codes see also
// https://www.twilio.com/docs/whatsapp/api/error-code-mapping. What is not here is lost when Twilio refused it (4xx), and
// tried again otherwise.
var faults = map[int]fault{
	// The account or its configuration: the operator can put it right, so messages wait for as long as they may.
	20003: {bot.Again, repairPause, "credentials"},
	20005: {bot.Again, repairPause, "account not active"},
	20008: {bot.Again, repairPause, "test credentials"},
	21606: {bot.Again, repairPause, "number cannot send"},
	21603: {bot.Again, repairPause, "number missing"},
	21212: {bot.Again, repairPause, "number not ours"},
	21659: {bot.Again, repairPause, "number not ours"},
	21660: {bot.Again, repairPause, "number not ours"},
	21609: {bot.Again, repairPause, "callback address"},
	21701: {bot.Again, repairPause, "messaging service"},
	21704: {bot.Again, repairPause, "messaging service"},
	30002: {bot.Again, repairPause, "account suspended"},
	30029: {bot.Again, repairPause, "retention not enabled"},
	63007: {bot.Again, repairPause, "sender not set up"},

	// Rates and queues: the message was not taken.
	20429: {bot.Again, ratePause, "rate limit"},
	21611: {bot.Again, 30 * time.Second, "queue full"},
	30001: {bot.Again, 30 * time.Second, "queue full"},
	63018: {bot.Again, 30 * time.Second, "rate limit"},

	// The person's number: nothing more is sent until they write.
	21610: {bot.Never, 0, "opted out"},
	21211: {bot.Never, 0, "not a number"},
	21217: {bot.Never, 0, "not a number"},
	21614: {bot.Never, 0, "landline"},
	21635: {bot.Never, 0, "landline"},
	30006: {bot.Never, 0, "landline"},
	21612: {bot.Never, 0, "no route"},
	21408: {bot.Never, 0, "region not allowed"},
	30004: {bot.Never, 0, "blocked"},
	30005: {bot.Never, 0, "no such number"},
	63003: {bot.Never, 0, "no such number"},
	63024: {bot.Never, 0, "no such number"},
	63032: {bot.Never, 0, "not reachable"},
	63033: {bot.Never, 0, "blocked"},

	// WhatsApp takes free text for 24 hours after the person's last message. A template would open the window again; it
	// would be a message that nobody asked for (S7).
	63016: {bot.WhenTheyWrite, 0, "window closed"},

	// This one message.
	21602: {bot.Lost, 0, "empty"},
	21617: {bot.Lost, 0, "too long"},
	21619: {bot.Lost, 0, "empty"},
	30003: {bot.Lost, 0, "unreachable"},
	30007: {bot.Lost, 0, "filtered"},
	30008: {bot.Lost, 0, "not delivered"},
	30034: {bot.Lost, 0, "number not registered"},
	30036: {bot.Lost, 0, "too late"},
	63005: {bot.Lost, 0, "filtered"},
	63013: {bot.Lost, 0, "filtered"},
	63021: {bot.Lost, 0, "filtered"},
}

// sendError says what to do after a call that failed. spread, from 0 to 1, keeps those who were refused together from
// coming again together.
func sendError(e *apiError, spread float64) error {
	f, ok := faults[e.Code]
	switch {
	case ok:
	case e.Status == http.StatusTooManyRequests:
		f = faults[20429]
	case e.Status == http.StatusUnauthorized:
		f = faults[20003]
	case e.Status >= 400 && e.Status < 500 && e.Status != http.StatusRequestTimeout && e.Status != http.StatusConflict:
		f = fault{bot.Lost, 0, class(e)}
	default: // no answer, or one that says nothing of the message: the bot's own growing pauses
		return &bot.SendError{Next: bot.Again, Class: class(e)}
	}
	if f.next == bot.Again {
		if e.After > 0 {
			f.after = e.After
		}
		f.after += time.Duration(spread * float64(f.after) / 2)
	}
	return &bot.SendError{Next: f.next, After: f.after, Class: f.class}
}

// reported is what the ErrorCode of a status callback says of a message that did not arrive.
func reported(code int) *bot.SendError {
	f, ok := faults[code]
	if !ok {
		f = fault{bot.Lost, 0, "code " + strconv.Itoa(code)}
	}
	return &bot.SendError{Next: f.next, After: f.after, Class: f.class}
}

// class is a word for the log.
func class(e *apiError) string {
	switch f, ok := faults[e.Code]; {
	case ok:
		return f.class
	case e.Code > 0:
		return "code " + strconv.Itoa(e.Code)
	case e.Status >= 500:
		return "provider down"
	case e.Status > 0:
		return "status " + strconv.Itoa(e.Status)
	}
	return e.Class
}
