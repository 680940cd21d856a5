package desk

import (
	"net/http"
	"net/url"
	"testing"

	"quietline/bot"
	"quietline/line"
)

// showing is a line where two leads together may see an address.
func showing(c *bot.Config) { c.Reveal = "two_leads" }

// S6: two leads, each on their own page, see once where somebody writes from; an adviser is offered nothing, and neither is a
// lead of a line that never shows it.
func TestS6_TwoLeadsSeeAnAddress(t *testing.T) {
	h := newHouseWith(t, line.Options{AlwaysOn: true}, showing)
	kim, _ := h.signedIn("lead-1", line.Lead)
	ida, _ := h.signedIn("lead-2", line.Lead)
	mai, _ := h.signedIn("adviser-1", line.Adviser)
	const ana = "address of ana"
	path := "/c/" + h.texting(ana) + "/address"
	mai.get(path).is(http.StatusForbidden)
	yes := url.Values{"life": {"1"}}
	kim.get(path).is(http.StatusOK).says("to save a life").lacks(ana)
	kim.post(path, nil).is(http.StatusUnprocessableEntity).lacks(ana)
	kim.post(path, yes).is(http.StatusOK).says("A second lead must ask").lacks(ana)
	kim.post(path, yes).is(http.StatusOK).says("A second lead must ask").lacks(ana)
	mai.post(path, yes).is(http.StatusForbidden).lacks(ana)
	ida.get(path).is(http.StatusOK).lacks(ana)
	ida.post(path, yes).is(http.StatusOK).says("SMS", ana)
	ida.get(path).is(http.StatusOK).lacks(ana)
	kim.get(path).is(http.StatusOK).lacks(ana)

	h = newHouse(t)
	kim, _ = h.signedIn("lead-1", line.Lead)
	path = "/c/" + h.texting(ana) + "/address"
	kim.get(path).is(http.StatusNotFound)
	kim.post(path, yes).is(http.StatusNotFound).lacks(ana)
}

// The end of a shift: what is open is listed, given to a colleague, put back; nobody goes off duty by mistake.
func TestTheEndOfAShift(t *testing.T) {
	h := newHouse(t)
	c, id := h.signedIn("adviser-1", line.Adviser)
	other, otherID := h.signedIn("adviser-2", line.Adviser)
	c.post("/duty", url.Values{"on": {"1"}}).is(http.StatusSeeOther)
	other.post("/duty", url.Values{"on": {"1"}}).is(http.StatusSeeOther)
	ana, mai := h.person("ana", "en"), h.person("mai", "en")
	first, second := ana.handedTo(id), mai.handedTo(id)
	c.get("/").says("End my shift")
	if to := c.post("/duty", url.Values{"on": {"0"}}).is(http.StatusSeeOther).header.Get("Location"); to != "/shift" {
		t.Fatalf("going off duty with open conversations leads to %s", to)
	}
	if !h.line.Duty(h.now(), "", "").Anyone {
		t.Fatal("off duty all the same")
	}
	c.get("/shift").is(http.StatusOK).says(first, second, "adviser-2")
	if to := c.post("/c/"+first+"/transfer", url.Values{"to": {otherID}, "back": {"shift"}}).is(http.StatusSeeOther).header.Get("Location"); to != "/shift" {
		t.Fatalf("it leads to %s", to)
	}
	ana.sees("A colleague of mine goes on")
	other.get("/list").says(first, "given by a colleague")
	c.post("/c/"+second+"/release", url.Values{"back": {"shift"}}).is(http.StatusSeeOther)
	c.get("/shift").says("No conversation is yours")
	c.post("/duty", url.Values{"on": {"0"}, "sure": {"1"}}).is(http.StatusSeeOther)
	c.post("/c/"+first+"/transfer", url.Values{"to": {id}}).is(http.StatusConflict) // not theirs any more
}

// A lead is asked why, and the adviser sees it.
func TestALeadIsAskedWhy(t *testing.T) {
	h := newHouse(t)
	c, id := h.signedIn("adviser-1", line.Adviser)
	lead, _ := h.signedIn("lead-1", line.Lead)
	handle := h.person("ana", "en").handedTo(id)
	c.post("/c/"+handle+"/lead", nil).is(http.StatusSeeOther)
	lead.get("/list").says("asks a lead to look")
	lead.get("/c/" + handle).is(http.StatusOK).says("Why do you open it?").lacks("Write to the person")
	lead.get("/c/" + handle + "/log").is(http.StatusForbidden)
	lead.post("/c/"+handle+"/look", url.Values{"why": {"none of these"}}).is(http.StatusUnprocessableEntity)
	lead.post("/c/"+handle+"/look", url.Values{"why": {"invited"}}).is(http.StatusSeeOther)
	lead.get("/c/" + handle + "/log").is(http.StatusOK)
	c.get("/c/" + handle + "/log").says("lead-1 reads along: The adviser asked for it")
	c.post("/c/"+handle+"/look", url.Values{"why": {"invited"}}).is(http.StatusForbidden)
}

// Two leads see an address, if the line shows any: on their own pages, once.
func TestTwoLeadsAtTheDesk(t *testing.T) {
	h := newHouse(t)
	c, id := h.signedIn("adviser-1", line.Adviser)
	one, _ := h.signedIn("lead-1", line.Lead)
	handle := h.person("ana", "en").handedTo(id)
	one.get("/c/" + handle + "/address").is(http.StatusNotFound) // "never" is the default
	one.post("/c/"+handle+"/address", url.Values{"life": {"1"}}).is(http.StatusNotFound)
	c.get("/c/" + handle + "/address").is(http.StatusForbidden)
	c.post("/c/"+handle+"/address", url.Values{"life": {"1"}}).is(http.StatusForbidden)
	one.post("/c/"+handle+"/address", nil).is(http.StatusUnprocessableEntity)
}

// An operator says how many conversations somebody has at once.
func TestTheOperatorSetsALimit(t *testing.T) {
	h := newHouse(t)
	o, _ := h.signedIn("operator-1", line.Operator)
	id, _ := h.staff("adviser-1", line.Adviser)
	for _, bad := range []string{"0", "51", "many", ""} {
		o.post("/people/"+id+"/limit", url.Values{"limit": {bad}}).is(http.StatusUnprocessableEntity)
	}
	o.post("/people/"+id+"/limit", url.Values{"limit": {"2"}}).is(http.StatusSeeOther)
	if s, _ := h.line.StaffByID(id); s.Limit != 2 {
		t.Fatalf("the limit is %d", s.Limit)
	}
	o.post("/people/NOBODY00/limit", url.Values{"limit": {"2"}}).is(http.StatusNotFound)
}
