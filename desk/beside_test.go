package desk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"quietline/bot"
	"quietline/line"
)

// Two clicks from the conversation: "Services", then "Send" under what the person will read, in their language.
func TestAServiceIsSentInTwoClicks(t *testing.T) {
	h := newHouse(t)
	c, id := h.signedIn("adviser-1", line.Adviser)
	ana := h.person("ana", "es")
	handle := ana.handedTo(id)
	c.get("/c/" + handle).is(http.StatusOK).says("/c/" + handle + "/services")
	page := c.get("/c/"+handle+"/services").is(http.StatusOK).says(`<div lang="es" dir="auto">`, "In your language")
	form := url.Values{"nonce": {page.find(`name="nonce" value="([^"]+)"`)}, "country": {"GB"}, "id": {page.find(`name="id" value="([^"]+)"`)}}
	number := page.find(`<bdi class="number" dir="ltr">([^<]+)<`)
	c.post("/c/"+handle+"/services", form).is(http.StatusSeeOther)
	c.post("/c/"+handle+"/services", form).is(http.StatusSeeOther) // pressed twice
	log := c.get("/c/"+handle+"/log").is(http.StatusOK).says(number, "sent")
	if n := strings.Count(log.body, `class="line adviser"`); n != 1 {
		t.Fatalf("it was sent %d times", n)
	}
	known := form.Get("id")
	form.Set("id", "no-such-line")
	form.Set("nonce", "another")
	c.post("/c/"+handle+"/services", form).is(http.StatusNotFound).says("not in the directory")
	for _, q := range []string{"?country=XX&need=nothing", "?need=housing&country=ES", "?need="} {
		c.get("/c/" + handle + "/services" + q).is(http.StatusOK)
	}
	other, _ := h.signedIn("adviser-2", line.Adviser)
	other.get("/c/" + handle + "/services").is(http.StatusConflict)
	form.Set("id", known)
	other.post("/c/"+handle+"/services", form).is(http.StatusConflict)
}

// Notes: asked for first; a refused one keeps what was typed.
func TestNotesAtTheDesk(t *testing.T) {
	h := newHouse(t)
	c, id := h.signedIn("adviser-1", line.Adviser)
	ana := h.person("ana", "en")
	handle := ana.handedTo(id)
	page := c.get("/c/" + handle + "/notes").is(http.StatusOK).says("only with the person")
	c.post("/c/"+handle+"/notes", url.Values{"now": {"sleeps at a friend's"}}).is(http.StatusConflict)
	c.post("/c/"+handle+"/notes/ask", url.Values{"nonce": {page.find(`name="nonce" value="([^"]+)"`)}}).is(http.StatusSeeOther)
	ana.sees("Three short notes")
	ana.taps("yes")
	c.get("/c/" + handle + "/notes").is(http.StatusOK).says("Keep the notes")
	c.post("/c/"+handle+"/notes", url.Values{"now": {strings.Repeat("long ", 100)}, "next": {"call the shelter"}}).is(http.StatusUnprocessableEntity).says("A note is short", "call the shelter")
	c.post("/c/"+handle+"/notes", url.Values{"now": {"sleeps <b>there</b>"}, "next": {"call the shelter"}}).is(http.StatusSeeOther)
	c.get("/c/"+handle+"/log").is(http.StatusOK).says("sleeps &lt;b&gt;there", "call the shelter")
}

// After silence the log offers one line, once, with what the person will read.
func TestSilenceAtTheDesk(t *testing.T) {
	h := newHouse(t)
	c, id := h.signedIn("adviser-1", line.Adviser)
	ana := h.person("ana", "es")
	handle := ana.handedTo(id)
	ana.writes("hola")
	c.get("/c/" + handle + "/log").lacks("someone else")
	for range 11 { // the desk is heard from all the while
		h.later(30 * time.Second)
		c.get("/list")
	}
	ana.writes("que es esto")
	log := c.get("/c/"+handle+"/log").says("may be someone else", `lang="es">¿Sigue siendo`, "Is this still a good time")
	form := url.Values{"nonce": {log.find(`name="nonce" value="([^"]+)"`)}}
	c.post("/c/"+handle+"/sure", form).is(http.StatusSeeOther)
	ana.sees("¿Sigue siendo")
	c.get("/c/" + handle + "/log").lacks("Somebody else may hold the phone")
}

// One key stops the chat, from the writing box too, and what was typed there does not go out.
func TestCoverNowInABrowser(t *testing.T) {
	h := newHouse(t)
	b := h.tab(true)
	h.enter(b, "adviser-1", line.Adviser)
	ana := h.person("ana", "en")
	handle := ana.waits()
	b.sees(handle)
	b.clickInside("#b-" + handle)
	b.sees("Write to the person")
	b.fill("#text", "not this")
	b.picture("talk")
	b.run(chromedp.Focus("#text"), chromedp.KeyEvent(kb.F9))
	b.sees("The chat was stopped")
	if v, err := h.bot.View(t.Context(), "web", ana.address); err != nil || !v.Gone {
		t.Fatalf("the person's page still shows it: %+v %v", v, err)
	}
	b.lacks("not this")
	b.clean()
}

// One click says that the line is full: whoever writes now hears it before any question; advisers see it, leads set it.
func TestTheLineIsFull(t *testing.T) {
	h := newHouse(t)
	lead, _ := h.signedIn("lead-1", line.Lead)
	adviser, _ := h.signedIn("adviser-1", line.Adviser)
	adviser.get("/").is(http.StatusOK).lacks("The line is full")
	adviser.post("/full", url.Values{"on": {"1"}}).is(http.StatusForbidden)
	lead.get("/").says("The line is full")
	lead.post("/full", url.Values{"on": {"1"}}).is(http.StatusSeeOther)
	adviser.get("/").says("The line is full: new people are told").lacks("Not full any more")
	ana := h.person("ana", "en")
	ana.take(bot.Inbound{Text: bot.Hide("hello")})
	ana.sees("Many people write here just now")
	ana.sees("without anyone seeing")
	lead.post("/full", url.Values{"on": {"0"}}).is(http.StatusSeeOther)
	adviser.get("/").lacks("The line is full")
	mai := h.person("mai", "en")
	mai.take(bot.Inbound{Text: bot.Hide("hello")})
	mai.sees("without anyone seeing")
	if v, err := h.bot.View(t.Context(), "web", mai.address); err != nil || strings.Contains(h.desk.Content().Plain("en", v.Lines[0].Blocks), "Many people") {
		t.Fatalf("%+v %v", v, err)
	}
}
