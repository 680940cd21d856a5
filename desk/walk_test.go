package desk

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"quietline/flows"
	"quietline/line"
)

// both runs a test in a tab with script and in one without.
func both(t *testing.T, f func(t *testing.T, h *house, script bool)) {
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, newHouse(t), script)
		})
	}
}

// enter signs an adviser in by a one-time link.
func (h *house) enter(b *tab, name string, role line.Role) (id string) {
	h.t.Helper()
	id, link := h.staff(name, role)
	b.open(link)
	b.sees("This link works once")
	b.click("button")
	b.sees("Sign out")
	return id
}

func TestWalk(t *testing.T) {
	both(t, func(t *testing.T, h *house, script bool) {
		b := h.tab(script)
		h.enter(b, "adviser-1", line.Adviser)
		b.sees("You are off duty", "Nobody is waiting")
		if h.line.Duty(h.now(), "", "").Anyone {
			t.Fatal("somebody who only signed in is on duty")
		}
		b.click("form[action='/duty'] button")
		b.sees("On duty")
		if !h.line.Duty(h.now(), "", "").Anyone {
			t.Fatal("nobody is on duty")
		}

		ana := h.person("ana", "es")
		handle := ana.waits()
		b.sees(handle, "Spanish", "United Kingdom")
		if script {
			until(t, "the title counts", func() bool { return b.eval("document.title") == "(1) Garden Office" })
		}
		b.clickInside("#b-" + handle)
		b.sees("Write to the person")
		b.fill("#text", "Good evening.")
		b.click("#say button")
		b.sees("Good evening.")
		ana.sees("Good evening.")
		b.fill("#text", "half a sen")
		ana.writes("Buenas <i>noches</i>")
		ana.writes("una cosa más")
		ana.presses(flows.Urgent)
		b.sees("Buenas <i>noches</i>", "una cosa más", "may be in danger now")
		if half := b.eval(`document.querySelector("#text").value`); half != "half a sen" {
			t.Errorf("a live change left %q of the half-typed text", half)
		}
		b.clickInside("#l-alert button")
		b.lacks("may be in danger now")
		b.sees("una cosa más")

		ana.presses(flows.Erase)
		b.sees("This conversation is gone.")
		b.lacks("noches", "una cosa", "Good evening")
		b.clean()
	})
}

func TestEraseBlanksTheOpenViewAtOnce(t *testing.T) {
	h := newHouse(t)
	b := h.tab(true)
	h.enter(b, "adviser-1", line.Adviser)
	ana := h.person("ana", "en")
	handle := ana.waits()
	b.sees(handle)
	b.clickInside("#b-" + handle)
	b.sees("Write to the person")
	ana.writes("canary of ana")
	b.sees("canary of ana")
	b.fill("#text", "about the canary")
	began := time.Now()
	ana.presses(flows.Erase)
	until(t, "the view is blank", func() bool { return b.eval(`document.querySelector("#gone") !== null`) == "true" })
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
	if html := b.eval(`document.documentElement.outerHTML`); strings.Contains(html, "canary") || strings.Contains(html, handle) {
		t.Errorf("the page still holds something of it: %s", html)
	}
	if title := b.eval("document.title"); title != "Garden Office" {
		t.Errorf("the title is %q", title)
	}
	b.clean()
}

func TestTwoAdvisersRaceInTheBrowser(t *testing.T) {
	both(t, func(t *testing.T, h *house, script bool) {
		a, b := h.tab(script), h.tab(script)
		h.enter(a, "adviser-1", line.Adviser)
		h.enter(b, "adviser-2", line.Adviser)
		handle := h.person("ana", "en").waits()
		a.open("/")
		b.open("/")
		a.sees(handle)
		b.sees(handle)
		// the second presses what their screen still shows
		b.run(network.Enable(), network.SetBlockedURLs().WithURLPatterns([]*network.BlockPattern{{URLPattern: "*://*:*/list", Block: true}}))
		a.clickInside("#b-" + handle)
		a.sees("Write to the person")
		b.clickInside("#b-" + handle)
		b.sees("Another adviser has it.")
		b.lacks("Write to the person")
	})
}

func TestSignInWithPasswordInTheBrowser(t *testing.T) {
	both(t, func(t *testing.T, h *house, script bool) {
		secret := h.enrolled("mai", line.Adviser)
		b := h.tab(script)
		b.open("/")
		b.sees("Sign in")
		if title := b.eval("document.title"); title != "Sign in" {
			t.Errorf("the sign-in page's title is %q", title)
		}
		b.fill("#name", "mai")
		b.fill("#password", "not the password at all")
		b.fill("#code", h.code(secret))
		b.click("form button")
		b.sees("is wrong")
		h.later(time.Minute)
		b.fill("#password", password)
		b.fill("#code", h.code(secret))
		b.click("form button")
		b.sees("Queue", "mai, adviser")
		b.click("form[action='/out'] button")
		b.sees("Password")
		b.back()
		b.sees("Password")
		b.lacks("Queue")
		b.clean()
	})
}

func TestEnrolInTheBrowser(t *testing.T) {
	both(t, func(t *testing.T, h *house, script bool) {
		_, token, err := h.line.Invite(t.Context(), "", "mai", line.Outreach, nil)
		ok(t, err)
		b := h.tab(script)
		b.open("/new/" + token)
		b.sees("Welcome, mai")
		b.fill("#password", password)
		b.fill("#again", password)
		b.click("form button")
		b.sees("Keep these recovery codes")
		if n := b.eval(`document.querySelectorAll(".codes li").length`); n != "10" {
			t.Errorf("%s recovery codes are shown", n)
		}
		if w := b.eval(`document.querySelector(".symbol svg").getBoundingClientRect().width > 150`); w != "true" {
			t.Error("the code to scan is too small")
		}
		b.fill("#code", h.code(b.eval(`document.querySelector(".key").textContent`)))
		b.click("form button")
		b.sees("Placements")
		b.lacks("Queue")
		b.clean()
	})
}

func TestS4_AnOpenPageIsHeardFrom(t *testing.T) {
	h := newHouse(t)
	h.desk.beat, h.desk.ticks = 50*time.Millisecond, 1_000_000 // one stream all the time
	b := h.tab(true)
	h.enter(b, "adviser-1", line.Adviser)
	b.click("form[action='/duty'] button")
	b.sees("On duty")
	for range 5 {
		h.later(50 * time.Second)
		until(t, "the page is heard from", func() bool { return h.line.Duty(h.now().Add(20*time.Second), "", "").OnDuty })
	}
	b.run(chromedp.Navigate("about:blank"))
	h.later(70 * time.Second)
	if h.line.Duty(h.now(), "", "").OnDuty {
		t.Error("an adviser whose page is closed is on duty")
	}
}

func TestSignedOutElsewhereEmptiesThePage(t *testing.T) {
	h := newHouse(t)
	h.desk.beat = 50 * time.Millisecond
	b := h.tab(true)
	id := h.enter(b, "adviser-1", line.Adviser)
	ana := h.person("ana", "en")
	handle := ana.waits()
	b.sees(handle)
	b.clickInside("#b-" + handle)
	b.sees("Write to the person")
	ana.writes("canary of ana")
	b.sees("canary of ana")
	ok(t, h.line.ChangeStaff(t.Context(), "", id, func(s *line.Staff) { s.Disabled = true }))
	b.sees("Password")
	b.lacks("canary")
}

func TestANewPersonSounds(t *testing.T) {
	h := newHouse(t)
	b := h.tab(true)
	h.enter(b, "adviser-1", line.Adviser)
	b.sees("No sound until")
	b.click("#sound")
	b.sees("Sounds when a person starts to wait.")
	until(t, "the test sounds", func() bool { return b.eval("document.body.dataset.beeps") == "1" })
	h.person("ana", "en").waits()
	until(t, "a new person sounds", func() bool { return b.eval("document.body.dataset.beeps") == "2" })
	b.sees("1 waiting")
	b.clean()
}

func TestTextSurvivesALostConnection(t *testing.T) {
	h := newHouse(t)
	b := h.tab(true)
	h.enter(b, "adviser-1", line.Adviser)
	ana := h.person("ana", "en")
	handle := ana.waits()
	b.sees(handle)
	b.clickInside("#b-" + handle)
	b.sees("Write to the person")
	b.fill("#text", "do not lose this")
	offline := func(is bool) {
		b.run(network.Enable(), network.SetBlockedURLs().WithURLPatterns([]*network.BlockPattern{{URLPattern: "*://*:*/c/*/say", Block: is}}))
	}
	offline(true)
	b.click("#say button")
	b.sees("Not sent")
	if text := b.eval(`document.querySelector("#text").value`); text != "do not lose this" {
		t.Fatalf("the box holds %q", text)
	}
	offline(false)
	b.click("#say button")
	ana.sees("do not lose this")
	until(t, "the box is empty", func() bool { return b.eval(`document.querySelector("#text").value`) == "" })
}

func TestPictures(t *testing.T) {
	h := newHouse(t)
	p := h.pages()
	h.enrolled("mai", line.Adviser)
	b := h.tab(true)
	b.open("/in")
	b.picture("sign-in")
	h.enter(b, "adviser-1", line.Lead)
	b.picture("empty")
	b.click("form[action='/duty'] button")
	b.sees("On duty")
	ana, kim := h.person("ana", "ar"), h.person("kim", "vi")
	handle := ana.waits()
	kim.taps("yes")
	kim.taps("yes")
	b.sees("2 waiting")
	b.picture("queue")
	p.is(Alarm{Undelivered: true, Nobody: true})
	b.open("/")
	b.sees("The alarm could not be delivered", "I have seen it")
	b.eval(`document.querySelector("#idle").hidden = false`)
	b.picture("alarm")
	p.is(Alarm{})
	b.open("/")
	b.lacks("The alarm could not be delivered")
	b.clickInside("#b-" + handle)
	b.sees("Write to the person")
	ana.writes("مرحبا، جوازي ليس معي. 112؟")
	b.fill("#text", "Thank you for writing. I am here until ten.")
	b.click("#say button")
	b.sees("I am here until ten")
	ana.writes("شكرا")
	b.sees("شكرا")
	b.picture("conversation")
	ana.presses(flows.Urgent)
	b.sees("may be in danger now")
	b.picture("alert")
	n := h.tab(false)
	h.enter(n, "lead-2", line.Lead)
	n.sees("waiting")
	n.picture("queue-plain")
	n.open("/c/" + handle)
	n.sees("Why do you open it?")
	n.click("input[value=support]")
	n.click("form.small button")
	n.sees("شكرا")
	n.picture("conversation-plain")
	o := h.tab(true)
	h.enter(o, "operator-1", line.Operator)
	o.open("/people")
	o.fill("#name", "adviser-9")
	o.click("form.card button")
	o.sees("shown only now")
	o.picture("staff")
	o.open("/places")
	o.run(chromedp.SetValue("#country", "GB", chromedp.ByQuery))
	o.click("form.card button")
	o.sees("https://example.org/GB")
	o.picture("code")
	o.open("/places")
	o.picture("placements")
	b.clean()
	n.clean()
	o.clean()
}
