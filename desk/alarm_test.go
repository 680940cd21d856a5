package desk

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"quietline/flows"
	"quietline/line"
)

// pages puts somebody on call behind a house, whose alarm the test sets.
func (h *house) pages() *pagedHouse {
	p := &pagedHouse{}
	h.desk.Alarm, h.desk.AlarmSeen = p.alarm, p.seen
	return p
}

type pagedHouse struct {
	mu  sync.Mutex
	now Alarm
}

func (p *pagedHouse) alarm() Alarm { p.mu.Lock(); defer p.mu.Unlock(); return p.now }
func (p *pagedHouse) seen()        { p.mu.Lock(); defer p.mu.Unlock(); p.now.Nobody = false }
func (p *pagedHouse) is(a Alarm)   { p.mu.Lock(); defer p.mu.Unlock(); p.now = a }

// lastAct is the newest entry of the audit.
func (h *house) lastAct() line.Entry {
	h.t.Helper()
	all, err := h.line.AuditLog(h.t.Context())
	ok(h.t, err)
	return all[len(all)-1]
}

// Ana waits; an adviser who is not free has seen it, and that holds until it gets worse or half an hour is over.
func TestIHaveSeenIt(t *testing.T) {
	alone := newHouse(t)
	none, _ := alone.signedIn("adviser-1", line.Adviser)
	alone.person("ana", "en").waits()
	none.get("/list").says("Take").lacks("I have seen it") // nobody is on call: there is no alarm to hold back

	h := newHouse(t)
	h.pages()
	c, id := h.signedIn("adviser-1", line.Adviser)
	ana := h.person("ana", "en")
	handle := ana.waits()
	c.get("/list").says("I have seen it")
	c.post("/c/"+handle+"/seen", nil).is(http.StatusSeeOther)
	c.get("/list").says(">seen<").lacks("I have seen it")
	if e := h.lastAct(); e.Act != line.ActSeen || e.Handle != handle || e.Actor != id {
		t.Errorf("the audit ends with %+v", e)
	}
	if it := h.bot.Queue()[0]; it.Seen.IsZero() || it.Grave() {
		t.Errorf("the queue has %+v", it)
	}
	ana.presses(flows.Urgent)
	until(t, "danger undoes it", func() bool { it := h.bot.Queue()[0]; return it.Seen.IsZero() && it.Grave() })
	c.get("/list").says("I have seen it")
	c.post("/c/"+handle+"/seen", nil).is(http.StatusSeeOther)
	h.later(29 * time.Minute)
	if c.get("/list").says(">seen<"); h.bot.Queue()[0].Seen.IsZero() {
		t.Error("it does not hold for half an hour")
	}
	h.later(2 * time.Minute)
	c.get("/list").says("I have seen it").lacks(">seen<")
	c.post("/c/"+handle+"/claim", nil).is(http.StatusSeeOther)
	c.post("/c/"+handle+"/seen", nil).is(http.StatusConflict)
	outreach, _ := h.signedIn("outreach-1", line.Outreach)
	outreach.post("/c/"+handle+"/seen", nil).is(http.StatusForbidden)
}

// What does not reach those on call stands on the desk, and whoever reads that nobody is on duty says so.
func TestAlarmsAtTheDesk(t *testing.T) {
	h := newHouse(t)
	p := h.pages()
	c, id := h.signedIn("lead-1", line.Lead)
	c.get("/list").lacks("alarm could not be delivered", "Nobody is on duty, though")
	p.is(Alarm{Undelivered: true, Nobody: true})
	c.get("/list").says("The alarm could not be delivered", "Nobody is on duty, though")
	c.get("/waiting").says("alarm not delivered", "nobody on duty")
	c.post("/seen", nil).is(http.StatusSeeOther)
	c.get("/list").says("The alarm could not be delivered").lacks("Nobody is on duty, though")
	if e := h.lastAct(); e.Act != line.ActSeen || e.Handle != "" || e.Actor != id {
		t.Errorf("the audit ends with %+v", e)
	}
	n := len(h.audit())
	c.post("/seen", nil).is(http.StatusSeeOther)
	if len(h.audit()) != n {
		t.Error("what nobody had to see is in the audit")
	}
}

func (h *house) audit() []line.Entry {
	h.t.Helper()
	all, err := h.line.AuditLog(h.t.Context())
	ok(h.t, err)
	return all
}

// On duty the page says that it cannot sound until somebody has pressed the button.
func TestTheSoundIsTriedWhenGoingOnDuty(t *testing.T) {
	h := newHouse(t)
	b := h.tab(true)
	h.enter(b, "adviser-1", line.Adviser)
	b.lacks("cannot sound yet")
	b.click("form[action='/duty'] button")
	b.sees("On duty", "cannot sound yet")
	b.click("#sound")
	b.lacks("cannot sound yet")
	until(t, "it sounds", func() bool { return b.eval("document.body.dataset.beeps") == "1" })
	h.person("ana", "en").waits()
	until(t, "the title counts", func() bool { return b.eval("document.title") == "(1) Garden Office" })
	b.clean()
}

// The first press on a page that cannot sound yet is not lost: nothing moves away under the pointer.
func TestTheFirstPressIsNotLost(t *testing.T) {
	h := newHouse(t)
	b := h.tab(true)
	h.enter(b, "adviser-1", line.Adviser)
	b.click("form[action='/duty'] button")
	b.sees("On duty", "cannot sound yet")
	handle := h.person("ana", "en").waits()
	b.sees(handle)
	b.click("#b-" + handle)
	b.sees("Write to the person")
	b.clean()
}

// An untouched page on duty asks aloud; a key answers it.
func TestAnIdleDeskAsksAloud(t *testing.T) {
	h := newHouse(t)
	h.desk.beat, h.desk.idle, h.desk.grace = 50*time.Millisecond, time.Second, time.Hour
	b := h.tab(true)
	h.enter(b, "adviser-1", line.Adviser)
	if b.eval("document.body.dataset.idle") != "undefined" {
		t.Error("somebody off duty is asked")
	}
	b.click("form[action='/duty'] button")
	b.sees("On duty")
	b.click("#sound")
	b.sees("Are you still there?")
	until(t, "it asks aloud", func() bool { return strings.Trim(b.eval("document.body.dataset.beeps"), "01") != "" })
	until(t, "the title asks", func() bool { return b.eval("document.title") == "(?) Garden Office" })
	b.eval(`document.addEventListener("keydown", function () { setTimeout(function () {
		document.body.dataset.answered = document.querySelector("#idle").hidden + " " + document.title; }, 0); })`)
	b.run(chromedp.KeyEvent("x"))
	until(t, "a key answers it", func() bool { return b.eval("document.body.dataset.answered") == "true Garden Office" })
	if !h.line.Duty(h.now(), "", "").OnDuty {
		t.Error("whoever answered is not on duty")
	}
	b.clean()
}

// A page that was loaded off duty tells the others too that somebody is there.
func TestAPageOffDutyTellsTheOthers(t *testing.T) {
	h := newHouse(t)
	b := h.tab(true)
	h.enter(b, "adviser-1", line.Adviser)
	b.eval(`(window.others = new BroadcastChannel("here")).onmessage = function () { document.body.dataset.told = 1; }`)
	until(t, "the others hear", func() bool {
		b.run(chromedp.KeyEvent("x"))
		return b.eval("document.body.dataset.told") == "1"
	})
	b.clean()
}

// Whoever does not answer is signed out, and nobody is promised that they are there.
func TestAnIdleDeskSignsOut(t *testing.T) {
	h := newHouse(t)
	h.desk.beat, h.desk.idle, h.desk.grace = 50*time.Millisecond, time.Second, time.Second
	b := h.tab(true)
	h.enter(b, "adviser-1", line.Adviser)
	b.click("form[action='/duty'] button")
	b.sees("Password") // asked, not answered
	if h.line.Duty(h.now(), "", "").Anyone {
		t.Error("whoever did not answer is on duty")
	}
}
