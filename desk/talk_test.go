package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"quietline/bot"
	"quietline/flows"
	"quietline/line"
)

func TestClaimHasOneWinner(t *testing.T) {
	h := newHouse(t)
	const n = 8
	var cs []*client
	for i := range n {
		c, _ := h.signedIn("adviser-"+string(rune('a'+i)), line.Adviser)
		cs = append(cs, c)
	}
	handle := h.person("ana", "en").waits()
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		won  []*client
		told int
	)
	for _, c := range cs {
		wg.Go(func() {
			r := c.post("/c/"+handle+"/claim", nil)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case r.status == http.StatusSeeOther:
				won = append(won, c)
			case r.status == http.StatusConflict && strings.Contains(r.body, "Another adviser has it."):
				told++
			default:
				t.Errorf("status %d: %s", r.status, r.body)
			}
		})
	}
	wg.Wait()
	if len(won) != 1 || told != n-1 {
		t.Fatalf("%d won and %d heard that another has it, want 1 and %d", len(won), told, n-1)
	}
	for _, c := range cs {
		r := c.get("/c/" + handle + "/log")
		if c == won[0] {
			r.is(http.StatusOK)
		} else {
			r.is(http.StatusConflict).says("Another adviser has it.")
		}
	}
	log, err := h.line.AuditLog(t.Context())
	ok(t, err)
	claims := slices.DeleteFunc(log, func(e line.Entry) bool { return e.Act != line.ActClaim })
	if len(claims) != 1 || claims[0].Handle != handle || claims[0].Actor == "" {
		t.Errorf("the audit has %v", claims)
	}
}

func TestTextIsTakenOnceAndKeptWhenRefused(t *testing.T) {
	h := newHouse(t)
	c, id := h.signedIn("adviser-1", line.Adviser)
	ana := h.person("ana", "en")
	handle := ana.waits()
	c.post("/c/"+handle+"/claim", nil).is(http.StatusSeeOther)
	page := c.get("/c/" + handle).is(http.StatusOK)
	nonce := page.find(`name="nonce" value="([^"]+)"`)
	say := func(nonce, text string) reply {
		return c.post("/c/"+handle+"/say", url.Values{"nonce": {nonce}, "text": {text}})
	}
	for range 3 {
		say(nonce, "Hello.\r\nI am here.").is(http.StatusSeeOther)
	}
	c.get("/c/" + handle)
	ana.sees("Hello.\nI am here.")
	v, err := h.bot.Desk(t.Context(), handle, id, false, "en")
	ok(t, err)
	said := 0
	for _, l := range v.Lines {
		if l.From == bot.FromAdviser {
			said++
		}
	}
	if said != 1 {
		t.Errorf("a form sent three times said it %d times", said)
	}

	long := strings.Repeat("many words ", 200)
	say("N1", long).is(http.StatusUnprocessableEntity).says("too long", strings.TrimSpace(long), `value="N1"`)
	say("N2", "bell \a rings").is(http.StatusUnprocessableEntity).says("cannot be sent", "rings")
	say("N3", "   ").is(http.StatusUnprocessableEntity).says("Write something")
	say("", "without a nonce").is(http.StatusUnprocessableEntity).says("without a nonce")
	say("N4", strings.Repeat("x", maxForm)).is(http.StatusRequestEntityTooLarge)
	c.get("/c/" + handle)
	c.post("/c/"+handle+"/say", url.Values{"nonce": {"N5"}, "text": {"only the form"}, "part": {"1"}}).is(http.StatusOK).lacks("<html", "only the form")
	ana.sees("only the form")

	other, _ := h.signedIn("adviser-2", line.Adviser)
	other.post("/c/"+handle+"/say", url.Values{"nonce": {"N6"}, "text": {"not mine"}}).is(http.StatusConflict)
	lead, _ := h.signedIn("lead-1", line.Lead)
	lead.get("/c/" + handle).is(http.StatusOK).says("Why do you open it?")
	lead.post("/c/"+handle+"/look", url.Values{"why": {"support"}}).is(http.StatusSeeOther)
	lead.get("/c/" + handle).is(http.StatusOK).says("not write").lacks("<textarea")
	lead.post("/c/"+handle+"/say", url.Values{"nonce": {"N7"}, "text": {"not mine"}}).is(http.StatusConflict)
	c.get("/c/" + handle)
	c.post("/c/"+handle+"/elope", nil).is(http.StatusNotFound)
}

func TestS12_QueueHasNoAddressAndNoName(t *testing.T) {
	h := newHouse(t)
	c, _ := h.signedIn("adviser-1", line.Adviser)
	ana := h.person("ana", "es")
	handle := ana.waits()
	r := c.get("/list").is(http.StatusOK).says(handle, "Spanish", "United Kingdom", "web chat", "Take").lacks("page of ana")
	// a Name would be 32 bytes of hex or base64
	for _, word := range strings.FieldsFunc(r.body, func(r rune) bool { return strings.ContainsRune(" <>\"=/.,", r) }) {
		if len(word) >= 40 && word != c.form {
			t.Errorf("the queue holds %q", word)
		}
	}
	c.post("/c/"+handle+"/claim", nil).is(http.StatusSeeOther)
	ana.writes("canary-text-of-ana")
	c.get("/c/" + handle + "/log").is(http.StatusOK).says("canary-text-of-ana").lacks("page of ana")
	for _, canary := range []string{"canary-text-of-ana", "page of ana"} {
		if strings.Contains(h.log.String(), canary) {
			t.Errorf("the log holds %q", canary)
		}
	}
}

func TestTextOfAPersonIsOnlyText(t *testing.T) {
	h := newHouse(t)
	c, _ := h.signedIn("adviser-1", line.Adviser)
	ana := h.person("ana", "ar")
	handle := ana.waits()
	c.post("/c/"+handle+"/claim", nil).is(http.StatusSeeOther)
	ana.writes(`<script>alert(1)</script><img src=x onerror=alert(1)>`)
	c.get("/c/"+handle+"/log").says(`&lt;script&gt;alert(1)&lt;/script&gt;`, `lang="ar"`, `dir="auto"`).lacks("<script>", "<img")
}

func TestReleaseCloseLeaveErase(t *testing.T) {
	h := newHouse(t)
	c, id := h.signedIn("adviser-1", line.Adviser)
	ana := h.person("ana", "en")
	handle := ana.waits()
	path := "/c/" + handle
	c.post(path+"/claim", nil).is(http.StatusSeeOther)
	c.get(path).is(http.StatusOK)
	c.post(path+"/release", nil).is(http.StatusSeeOther)
	c.get("/list").says(handle, "Take")
	c.post(path+"/claim", nil).is(http.StatusSeeOther)
	c.get(path).is(http.StatusOK)
	c.post(path+"/say", url.Values{"nonce": {"N1"}, "text": {"Good bye for now."}}).is(http.StatusSeeOther)
	ana.presses(flows.Leave)
	c.get(path + "/log").is(http.StatusOK).says("The person has left")
	c.get("/list").says("has left")
	c.post(path+"/close", nil)

	mai := h.person("mai", "vi")
	handle = mai.waits()
	path = "/c/" + handle
	c.post(path+"/claim", nil).is(http.StatusSeeOther)
	c.post(path+"/close", nil).is(http.StatusSeeOther)
	c.get(path).is(http.StatusConflict).says("closed")

	kim := h.person("kim", "en")
	handle = kim.waits()
	path = "/c/" + handle
	c.post(path+"/claim", nil).is(http.StatusSeeOther)
	kim.presses(flows.Erase)
	until(t, "the conversation is gone", func() bool { return c.get(path+"/log").status == http.StatusNotFound })
	c.get(path).is(http.StatusNotFound).says("This conversation is gone.")
	c.post(path+"/say", url.Values{"nonce": {"N2"}, "text": {"too late"}, "form": {formToken(h.token(c))}}).is(http.StatusNotFound)

	log, err := h.line.AuditLog(t.Context())
	ok(t, err)
	var acts []line.Act
	for _, e := range log {
		if e.Actor == id {
			acts = append(acts, e.Act)
		}
	}
	for _, want := range []line.Act{line.ActSignIn, line.ActClaim, line.ActRelease, line.ActClose} {
		if !slices.Contains(acts, want) {
			t.Errorf("the audit of the adviser has %v and not %s", acts, want)
		}
	}
}

// token is the cookie of a client.
func (h *house) token(c *client) line.SessionToken {
	h.t.Helper()
	u, err := url.Parse(h.url)
	ok(h.t, err)
	for _, k := range c.http.Jar.Cookies(u) {
		return line.SessionToken(k.Value)
	}
	h.t.Fatal("there is no cookie")
	return ""
}
