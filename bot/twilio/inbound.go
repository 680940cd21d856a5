package twilio

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"quietline/bot"
	"quietline/flows"
)

// takeWithin is how long a turn may take to be committed; Twilio comes again after 4 seconds without an answer, see [hook].
const takeWithin = 3 * time.Second

// optOutWords are those whole messages after which Twilio by itself sends nothing more to a person, unless the account
// has other arrangements (https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out).
var optOutWords = []string{"STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"}

// inbound takes one message. The answer, an empty TwiML, says that it is committed; anything else makes Twilio repeat it
// and then turn to the fallback. A repeat is taken once, by its MessageSid.
//
// STOP and its like are Twilio's: it answers, with the operator's neutral text if Advanced Opt-Out is set up, and blocks
// what the line would send. Who writes it wants it to end, perhaps to hide it; so it counts as leaving, and whatever
// goodbye the bot makes is refused by Twilio (21610). START, which lifts the block, and HELP, which Twilio answers as
// well, are messages as any other: nobody who writes one shall hear nothing from the line.
func (a *Account) inbound(w http.ResponseWriter, r *http.Request) {
	form, status := a.form(w, r, InboundPath)
	if status != 0 {
		a.refuse(w, InboundPath, status, "not from the provider")
		return
	}
	in, why := a.read(form)
	switch why {
	case notOurs: // the operator has to name this number; until then Twilio's fallback answers
		a.refuse(w, InboundPath, http.StatusNotFound, why)
		return
	case noMessage:
		a.refuse(w, InboundPath, http.StatusBadRequest, why)
		return
	case nobody: // there is no one to answer; the sweep deletes it
		a.cfg.Log.Info("a message without a sender was left alone", "class", why)
		answerEmpty(w)
		return
	}
	b := a.cfg.Bot()
	if b == nil {
		a.refuse(w, InboundPath, http.StatusServiceUnavailable, "chat off")
		return
	}
	// Who stops waiting does not stop the turn: half taken it would only be taken again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), takeWithin)
	defer cancel()
	if _, err := b.Take(ctx, in); err != nil {
		a.refuse(w, InboundPath, http.StatusServiceUnavailable, "not committed")
		return
	}
	answerEmpty(w)
}

// Why a signed webhook is no message for the bot.
const (
	notOurs   = "number not configured"
	noMessage = "no message"
	nobody    = "no number to answer"
)

// read makes an Inbound of a checked form. It reads what it needs: never the name that WhatsApp adds, nor the places
// that Twilio guesses from a number, nor any media.
func (a *Account) read(form url.Values) (bot.Inbound, string) {
	sid := form.Get("MessageSid")
	if !messageSID.MatchString(sid) {
		return bot.Inbound{}, noMessage
	}
	name := SMS
	to, wa := strings.CutPrefix(form.Get("To"), whatsAppPrefix)
	from, fromWA := strings.CutPrefix(form.Get("From"), whatsAppPrefix)
	if wa {
		name = WhatsApp
	}
	number, ok := a.numbers[to]
	if !ok || wa && !number.WhatsApp {
		return bot.Inbound{}, notOurs
	}
	if _, self := a.numbers[from]; self || fromWA != wa || !e164.MatchString(from) {
		return bot.Inbound{}, nobody // a short code, a name, another line: not a person's telephone
	}
	in := bot.Inbound{Channel: name, Address: address(from, to), Phone: bot.Hide(from), ID: "tw" + sid, Country: number.Country,
		Receipt: &bot.Receipt{ID: sid, At: a.cfg.Now(), Copy: true}}
	text := clean(form.Get("Body"))
	if optsOut(name, form.Get("OptOutType"), text) {
		in.Key = flows.Leave
		return in, ""
	}
	in.Other = media(form)
	if !in.Other || strings.TrimSpace(text) != "" { // a danger word or a key beside a picture must be heard (S2, S3)
		in.Text = bot.Hide(text)
	}
	return in, ""
}

// optsOut reports whether Twilio has blocked the line's answers with this message. kind is what a Messaging Service with
// Advanced Opt-Out says; without one Twilio says nothing, and takes its own words, in SMS only.
func optsOut(channel, kind, text string) bool {
	if kind != "" {
		return kind == "STOP"
	}
	return channel == SMS && slices.Contains(optOutWords, strings.ToUpper(strings.TrimSpace(text)))
}

// media reports whether something else than text came: pictures, voice and contacts count as media; a place has only
// its coordinates.
func media(form url.Values) bool {
	n := form.Get("NumMedia")
	return n != "" && n != "0" || form.Has("Latitude")
}

// clean takes out what nobody means to write and what could hide or turn around what is read: invalid UTF-8, control
// characters but line ends and tabs, and direction overrides and isolates (Unicode Standard Annex 9). It cuts what is
// longer than the bot takes.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if len(s) > bot.MaxMessage {
		s = s[:bot.MaxMessage]
		for !utf8.ValidString(s) {
			s = s[:len(s)-1]
		}
	}
	return s
}
