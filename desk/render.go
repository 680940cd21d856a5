package desk

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"quietline/bot"
	"quietline/line"
)

// A page is what every template gets.
type page struct {
	Title string // of the tab: neutral
	Seat  *seat  // nil before sign-in
	Desk  string // the desk's neutral name
	On    bool   // the seat's duty switch
	Rota  bool   // the rota is open for the seat
	Wait  waitingPart
	Full  time.Time // until when the line is full; zero: it is not
	Idle  int       // seconds that the page may be untouched before it asks aloud; 0: as long as it likes
	Grace int       // and how long it asks before it signs out
	Live  string    // where the script listens for changes; empty: nowhere
	Body  any
}

// Form is the hidden field that every form of a signed-in page carries.
func (p page) Form() template.HTML { return formField(p.Seat) }

func formField(s *seat) template.HTML {
	if s == nil {
		return ""
	}
	return template.HTML(`<input type="hidden" name="form" value="` + template.HTMLEscapeString(s.form) + `">`)
}

var funcs = template.FuncMap{
	"clock": func(t time.Time) string { return t.UTC().Format("15:04") + " UTC" },
	"stamp": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"join":  func(s []string) string { return strings.Join(s, ", ") },
	"has":   func(all []string, one string) bool { return slices.Contains(all, one) },

	"dayof": dayOf, "tellin": toldIn, "rolename": roleName, "statename": stateName, "markname": markName, "servicename": serviceName, "stateof": stateOf,
}

// statusPage is the status of a page behind the sign-in. Browsers read 203 as they read 200, but Chromium keeps only
// pages of status 200 whole for its Back button. Measured (156): without script it brought a page back after sign-out
// though it was no-store and its cookie had been cleared.
const statusPage = http.StatusNonAuthoritativeInfo

// render writes a page. It is made whole first, so that a fault in a template never sends half a page.
func (d *desk) render(w http.ResponseWriter, r *http.Request, status int, name string, p page) {
	p.Desk = d.Title
	if p.Seat != nil && p.Seat.Holds() {
		p.On, p.Rota = d.Line.DutyOf(p.Seat.token)
		if p.On {
			p.Idle, p.Grace = int(d.idle.Seconds()), int(d.grace.Seconds())
		}
		p.Full = d.Line.Full(d.Now())
		p.Wait = d.waitingNow(*p.Seat)
		if p.Wait.Count > 0 {
			p.Title = fmt.Sprintf("(%d) %s", p.Wait.Count, p.Title)
		}
	}
	if p.Seat != nil && status == http.StatusOK {
		status = statusPage
	}
	d.part(w, r, status, name, p)
}

// part writes what one template makes of data: a part of a page, or a page that is ready.
func (d *desk) part(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	var b bytes.Buffer
	in := d.words(r)
	pages, ok := d.pages[in.lang]
	if !ok {
		pages = d.pages["en"]
	}
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		d.Log.Error("desk: a page could not be made; this is a fault in the program", "page", name)
		http.Error(w, in.t("Something went wrong. Try again."), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the browser is gone: nobody to tell
}

// message is a page with one sentence and a way back.
func (d *desk) message(w http.ResponseWriter, r *http.Request, status int, text string) {
	p := page{Title: d.Title, Body: d.words(r).t(text)}
	if s, ok := d.seatOf(r); ok {
		p.Seat = &s
	}
	d.render(w, r, status, "message", p)
}

// note is one sentence in place of a part of a page.
func (d *desk) note(w http.ResponseWriter, r *http.Request, status int, text string) {
	d.part(w, r, status, "note", d.words(r).t(text))
}

// fail answers when something of our own did not work. What is logged is what was being done, never with what.
func (d *desk) fail(w http.ResponseWriter, r *http.Request, doing string, err error) {
	if r.Context().Err() != nil {
		return // the browser went away
	}
	d.Log.Error("desk: a request failed", "doing", doing, "error", err)
	d.message(w, r, http.StatusInternalServerError, "That did not work, and nothing was changed as far as we know. Try again; if it goes on, tell the operator.")
}

// channelName is a channel as advisers call it.
func channelName(c string) string {
	switch c {
	case "web":
		return said("web chat")
	case "sms":
		return "SMS"
	case "telegram":
		return "Telegram"
	case "whatsapp":
		return "WhatsApp"
	}
	return c
}

// percent is part of whole as a round share.
func percent(part, whole int) int { return max(5, part*20/whole*5) }

// roleName is a role in words.
func roleName(r line.Role) string {
	switch r {
	case line.Adviser:
		return said("adviser")
	case line.Lead:
		return said("lead")
	case line.Outreach:
		return said("outreach")
	case line.Operator:
		return said("operator")
	}
	return string(r)
}

// modeName says where a conversation stands.
func modeName(m bot.Mode) string {
	switch m {
	case bot.Waiting:
		return said("waiting")
	case bot.Claimed:
		return said("taken, not answered yet")
	case bot.Active:
		return said("being answered")
	case bot.Closing:
		return said("closing")
	case bot.Closed:
		return said("closed")
	}
	return said("with the automatic service")
}
