package desk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"quietline/line"
)

// Signing out everywhere ends every session at once; a cookie that somebody copied opens nothing.
func TestSignOutEverywhere(t *testing.T) {
	h := newHouse(t)
	c, id := h.signedIn("adviser-1", line.Adviser)
	token, err := h.line.OneTimeLink(t.Context(), id)
	ok(t, err)
	stolen := h.client()
	stolen.post("/in/"+token, nil).is(http.StatusSeeOther)
	stolen.get("/").is(http.StatusOK)
	c.get("/me").is(http.StatusOK).says("Sign out everywhere").lacks("Recovery codes")
	c.post("/me/everywhere", nil).is(http.StatusSeeOther)
	for _, who := range []*client{c, stolen} {
		if to := who.get("/").header.Get("Location"); to != "/in" {
			t.Fatalf("still in: %s", to)
		}
		who.post("/duty", url.Values{"on": {"1"}}).is(http.StatusUnauthorized)
	}

	o, _ := h.signedIn("operator-1", line.Operator)
	again, err := h.line.OneTimeLink(t.Context(), id)
	ok(t, err)
	c.post("/in/"+again, nil).is(http.StatusSeeOther)
	c.post("/people/"+id+"/everywhere", nil).is(http.StatusForbidden)
	o.post("/people/"+id+"/everywhere", nil).is(http.StatusSeeOther)
	o.post("/people/NOBODY00/everywhere", nil).is(http.StatusNotFound)
	if to := c.get("/").header.Get("Location"); to != "/in" {
		t.Fatal("the operator put nobody out")
	}
}

// New recovery codes replace the old ones, for who shows a code of their app.
func TestNewRecoveryCodes(t *testing.T) {
	h := newHouse(t)
	secret := h.enrolled("adviser-1", line.Adviser)
	c := h.client()
	c.get("/in")
	signIn := func(code string) reply {
		return c.post("/in", url.Values{"name": {"adviser-1"}, "password": {password}, "code": {code}})
	}
	signIn(h.code(secret)).is(http.StatusSeeOther)
	c.get("/me").says("Recovery codes")
	c.post("/me/recovery", url.Values{"code": {"000000"}}).is(http.StatusForbidden).says("That code is not right")
	h.later(60e9)
	page := c.post("/me/recovery", url.Values{"code": {h.code(secret)}}).is(http.StatusOK)
	fresh := page.find(`<li><code>([^<]+)<`)
	if n := strings.Count(page.body, "<li><code>"); n != 10 {
		t.Fatalf("%d codes", n)
	}
	c.get("/me").lacks(fresh)
	h.later(60e9)
	c.post("/out", nil).is(http.StatusSeeOther)
	c.get("/in")
	signIn(fresh).is(http.StatusSeeOther)
}

// The audit is for leads and operators: who did what to which handle, when and why, and no word of what was said.
func TestTheAuditPage(t *testing.T) {
	h := newHouse(t)
	c, _ := h.signedIn("adviser-1", line.Adviser)
	lead, _ := h.signedIn("lead-1", line.Lead)
	ana := h.person("ana", "en")
	handle := ana.waits()
	c.post("/c/"+handle+"/claim", nil).is(http.StatusSeeOther)
	ana.writes("canary of ana")
	lead.post("/c/"+handle+"/look", url.Values{"why": {"danger"}}).is(http.StatusSeeOther)
	c.get("/audit").is(http.StatusForbidden)
	until(t, "the audit has the lead's reason", func() bool {
		return strings.Contains(lead.get("/audit").body, "Somebody may be in danger")
	})
	lead.get("/audit?q="+handle).is(http.StatusOK).says("took a conversation", "opened a conversation that somebody else holds", "lead-1").lacks("canary")
	lead.get("/audit?q=nobody-of-this-name").says("There are none yet")
	lead.get("/audit?act=claim").says("took a conversation").lacks("by a link")
	lead.get("/audit?act=none").is(http.StatusOK).says("took a conversation")
	lead.get("/audit?from=-1").is(http.StatusOK)
}

// Every act of the audit has its words.
func TestEveryActHasWords(t *testing.T) {
	for _, a := range line.Acts() {
		if actName(a) == string(a) {
			t.Errorf("the act %q has no words", a)
		}
	}
}
