package desk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"quietline/bot"
	"quietline/flows"
	"quietline/line"
)

// An adviser asks the person's yes to one act; the person reads these words, and the answer comes to the desk.
func TestAskingForAYes(t *testing.T) {
	h := newHouse(t)
	c, _ := h.signedIn("adviser-1", line.Adviser)
	ana := h.person("ana", "en")
	handle := ana.waits()
	c.post("/c/"+handle+"/claim", nil).is(http.StatusSeeOther)
	page := c.get("/c/"+handle).says("Ask for a yes", "Nothing is sent by this program")
	nonce := page.find(`(?s)/consent".*?name="nonce" value="([^"]+)"`)
	form := url.Values{"nonce": {nonce}, "whom": {"The <Garden> House"}, "what": {"that you need a bed"}, "why": {"so that they keep one"}, "till": {""}}
	c.post("/c/"+handle+"/consent", form).is(http.StatusUnprocessableEntity).says("Say who, what, why", "The &lt;Garden&gt; House", "<details id=\"ask\" open>")
	form.Set("till", "Friday")
	c.post("/c/"+handle+"/consent", form).is(http.StatusSeeOther)
	ana.sees("Who gets it: The <Garden> House. What: that you need a bed. Why: so that they keep one. Until when: Friday.")
	c.get("/c/"+handle+"/log").says("asked now", "Your question stands")
	c.get("/c/" + handle)
	form.Set("nonce", "another")
	c.post("/c/"+handle+"/consent", form).is(http.StatusUnprocessableEntity).says("A question stands already")
	ana.taps("yes")
	c.get("/c/"+handle+"/log").says("yes, to this only", "Until when: Friday").lacks("asked now")

	c.get("/c/" + handle)
	form.Set("nonce", "third")
	form.Set("whom", strings.Repeat("x", bot.MaxActField+1))
	c.post("/c/"+handle+"/consent", form).is(http.StatusUnprocessableEntity).says("too long")
	other, _ := h.signedIn("adviser-2", line.Adviser)
	other.post("/c/"+handle+"/consent", form).is(http.StatusUnprocessableEntity)
	form.Set("whom", "x")
	other.get("/")
	other.post("/c/"+handle+"/consent", form).is(http.StatusConflict).says("Another adviser has it.")

	c.get("/c/" + handle)
	c.post("/c/"+handle+"/report", nil).is(http.StatusSeeOther)
	ana.sees("seven questions")
	c.get("/c/" + handle)
	c.post("/c/"+handle+"/report", nil).is(http.StatusConflict).says("A question stands already")
	ana.taps("yes")
	for range 7 {
		ana.taps("good")
	}
	ana.taps("yes")
	c.get("/c/"+handle+"/log").says("Self-report, shown with the person’s yes", "no return words")
	c.get("/c/" + handle)
	c.post("/c/"+handle+"/report", nil).is(http.StatusConflict).says("less than three months ago")
}

// A child's conversation is offered to advisers trained for children; the others read why it is not theirs.
func TestAChildInTheQueue(t *testing.T) {
	h := newHouse(t)
	c, _ := h.signedIn("adviser-1", line.Adviser)
	trained, id := h.signedIn("adviser-2", line.Adviser)
	ok(t, h.line.ChangeStaff(t.Context(), "", id, func(s *line.Staff) { s.ChildTrained = true }))
	kim := h.person("kim", "en")
	for _, tap := range []string{"yes", "no", "child", "yes", "write"} {
		kim.taps(tap)
	}
	var handle string
	until(t, "kim waits", func() bool {
		q := h.bot.Queue()
		if len(q) == 1 {
			handle = q[0].Handle
		}
		return handle != ""
	})
	c.get("/list").says("under 18", "nobody trained for children is on duty", "/c/"+handle+"/claim")
	trained.get("/")
	trained.post("/duty", url.Values{"on": {"1"}}).is(http.StatusSeeOther)
	c.get("/list").says("under 18", "for an adviser trained for children").lacks("/c/"+handle+"/claim", "nobody trained")
	c.get("/waiting").lacks("1 waiting")
	c.get("/")
	c.post("/c/"+handle+"/claim", nil).is(http.StatusConflict).says("only they may take this conversation")
	trained.get("/list").says("/c/" + handle + "/claim").lacks("for an adviser trained")

	ana := h.person("ana", "en")
	ana.taps("yes")
	ana.presses(flows.Person)
	var other string
	until(t, "ana waits", func() bool {
		for _, it := range h.bot.Queue() {
			if it.Handle != handle {
				other = it.Handle
			}
		}
		return other != ""
	})
	trained.get("/")
	trained.post("/c/"+other+"/claim", nil).is(http.StatusSeeOther)
	c.get("/list").says("trained for children talks with somebody else").lacks("/c/" + handle + "/claim")
	c.get("/")
	c.post("/c/"+handle+"/claim", nil).is(http.StatusConflict)

	trained.get("/")
	trained.post("/c/"+handle+"/claim", nil).is(http.StatusSeeOther)
	trained.get("/c/" + handle + "/log").says("under 18")
	trained.get("/c/" + handle)
	trained.post("/c/"+handle+"/report", nil).is(http.StatusConflict).says("for adults only")
}

// Hurt or at risk stands in the queue; words about hurting oneself while held are an alert of their own.
func TestHurtAtTheDesk(t *testing.T) {
	h := newHouse(t)
	c, _ := h.signedIn("adviser-1", line.Adviser)
	ana := h.person("ana", "en")
	ana.taps("yes")
	ana.presses(flows.SelfHarm)
	ana.sees("You do not have to be alone with this")
	ana.taps("yes")
	var handle string
	until(t, "ana waits", func() bool {
		q := h.bot.Queue()
		if len(q) == 1 {
			handle = q[0].Handle
		}
		return handle != ""
	})
	c.get("/list").says("may hurt themselves")
	c.get("/")
	c.post("/c/"+handle+"/claim", nil).is(http.StatusSeeOther)
	ana.presses(flows.SelfHarm)
	c.get("/c/"+handle+"/log").says("wrote of hurting themselves", "I have seen it").lacks("may be in danger now")
	c.get("/c/" + handle)
	c.post("/c/"+handle+"/ack", nil).is(http.StatusSeeOther)
	c.get("/c/" + handle + "/log").lacks("I have seen it")
}

// A complaint is seen by leads who did not hold the conversation, and by nobody else.
func TestAComplaintAtTheDesk(t *testing.T) {
	h := newHouse(t)
	about, _ := h.signedIn("lead-1", line.Lead)
	lead, _ := h.signedIn("lead-2", line.Lead)
	c, _ := h.signedIn("adviser-1", line.Adviser)
	ana := h.person("ana", "en")
	handle := ana.waits()
	about.post("/c/"+handle+"/claim", nil).is(http.StatusSeeOther)
	about.get("/c/" + handle)
	about.post("/c/"+handle+"/close", nil).is(http.StatusSeeOther)
	for _, tap := range []string{"complaint", "adviser", "yes"} {
		ana.taps(tap)
	}
	ana.writes("she shouted")
	lead.get("/list").says("complaint", "/c/"+handle+"/claim")
	for _, x := range []*client{about, c} {
		x.get("/list").lacks("complaint", handle)
		x.get("/")
		x.post("/c/"+handle+"/claim", nil).is(http.StatusConflict).says("This is a complaint")
	}
	about.get("/c/" + handle + "/log").is(http.StatusConflict)
	lead.get("/")
	lead.post("/c/"+handle+"/claim", nil).is(http.StatusSeeOther)
	lead.get("/c/"+handle+"/log").says("she shouted", "complains about this line")
}
