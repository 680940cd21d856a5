package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quietline/bot"
	"quietline/flows"
	"quietline/line"
)

// telling are words that nothing may show before sign-in, nor any header, path, title or cookie after it.
var telling = []string{"quietline", "traffick", "helpline", "hotline", "victim", "abuse", "police", "labour", "emergency", "danger"}

func hasTelling(s string) string {
	s = strings.ToLower(s)
	for _, w := range telling {
		if strings.Contains(s, w) {
			return w
		}
	}
	return ""
}

func TestNothingTellingBeforeSignIn(t *testing.T) {
	h := newHouse(t)
	_, token, err := h.line.Invite(t.Context(), "adviser-1", line.Adviser, nil)
	ok(t, err)
	c := h.client()
	for _, path := range []string{"/", "/in", "/in/x", "/new/x", "/new/" + token, "/list", "/waiting", "/live", "/c/K7Q2M4ZX", "/c/K7Q2M4ZX/log",
		"/places", "/people", "/a/desk.css", "/a/desk.js", "/a/other", "/nothing", "/GB7K2MZ"} {
		r := c.get(path)
		all := r.body
		for name, values := range r.header {
			all += name + strings.Join(values, " ")
		}
		if w := hasTelling(all); w != "" {
			t.Errorf("%s says %q: %s", path, w, all)
		}
	}
	c.get("/in").is(http.StatusOK).says("<title>Sign in</title>").lacks("Garden Office</h1>", "<script")
}

func TestHeaders(t *testing.T) {
	h := newHouse(t)
	c, _ := h.signedIn("adviser-1", line.Adviser)
	for _, path := range []string{"/in", "/", "/list", "/waiting", "/c/K7Q2M4ZX", "/nothing", "/a/desk.js"} {
		r := c.get(path)
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
			"Cross-Origin-Opener-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow", "X-DNS-Prefetch-Control": "off",
		} {
			if got := r.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		policy := r.header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
			t.Errorf("%s: policy is %q", path, policy)
		}
		frame := "frame-ancestors 'none'"
		if path == "/list" || path == "/waiting" {
			frame = "frame-ancestors 'self'"
		}
		if !strings.HasSuffix(policy, frame) {
			t.Errorf("%s: policy is %q, want %s", path, policy, frame)
		}
		r.lacks(" style=", " onclick=")
	}
}

func TestLinkIsUsedOnceAndNotByLooking(t *testing.T) {
	h := newHouse(t)
	_, link := h.staff("adviser-1", line.Adviser)
	looker := h.client()
	looker.get(link).is(http.StatusOK).says("This link works once")
	looker.get(link).is(http.StatusOK)
	looker.get("/").is(http.StatusSeeOther)

	c := h.client()
	r := c.post(link, nil).is(http.StatusSeeOther)
	cookie := r.header.Get("Set-Cookie")
	for _, part := range []string{"s=", "Path=/", "HttpOnly", "SameSite=Strict"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("the cookie %q lacks %q", cookie, part)
		}
	}
	c.get("/").is(http.StatusOK).says("Queue")
	h.client().post(link, nil).is(http.StatusForbidden).says("used or has expired")
}

func TestSecureCookie(t *testing.T) {
	h := newHouse(t)
	h.desk.Secure = true
	_, link := h.staff("adviser-1", line.Adviser)
	r := h.client().post(link, nil).is(http.StatusSeeOther)
	cookie := r.header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, "__Host-s=") || !strings.Contains(cookie, "; Secure") || strings.Contains(cookie, "Domain") {
		t.Errorf("over https the cookie is %q", cookie)
	}
	if r.header.Get("Strict-Transport-Security") == "" {
		t.Error("over https there is no Strict-Transport-Security")
	}
}

func TestEnrolThenSignIn(t *testing.T) {
	h := newHouse(t)
	_, token, err := h.line.Invite(t.Context(), "mai", line.Adviser, []string{"vi"})
	ok(t, err)
	c, path := h.client(), "/new/"+token
	c.get(path).is(http.StatusOK).says("Welcome", "mai")
	c.post(path, url.Values{"password": {password}, "again": {"another"}}).is(http.StatusUnprocessableEntity).says("not the same")
	c.post(path, url.Values{"password": {"short"}, "again": {"short"}}).is(http.StatusUnprocessableEntity).says("12 to 200")
	r := c.post(path, url.Values{"password": {password}, "again": {password}}).is(http.StatusOK).says("<svg", "recovery codes")
	secret := r.find(`class="key">([A-Z2-7]+)<`)
	recovery := r.find(`<li><code>([^<]+)</code>`)
	r = c.post(path, url.Values{"code": {"000000"}}).is(http.StatusForbidden).says("not right").lacks(secret, recovery)
	h.later(time.Minute)
	c.post(path, url.Values{"code": {h.code(secret)}}).is(http.StatusSeeOther)
	c.get("/").is(http.StatusOK).says("mai")
	c.post("/out", nil).is(http.StatusSeeOther)
	c.get("/").is(http.StatusSeeOther)
	c.get(path).is(http.StatusForbidden)

	h.later(time.Minute)
	try := func(name, password, code string) reply {
		return c.post("/in", url.Values{"name": {name}, "password": {password}, "code": {code}})
	}
	code := h.code(secret)
	wrong := try("mai", "wrong "+password, code).is(http.StatusForbidden)
	try("mai", password, code).is(http.StatusTooManyRequests).says("Wait")
	h.later(time.Minute)
	nobody := try("nobody", password, code).is(http.StatusForbidden)
	if strings.ReplaceAll(wrong.body, `value="mai"`, "") != strings.ReplaceAll(nobody.body, `value="nobody"`, "") {
		t.Error("a wrong password and a wrong name get different answers")
	}
	code = h.code(secret)
	try("mai", password, code).is(http.StatusSeeOther)
	c.get("/").is(http.StatusOK)
	other := h.client()
	other.post("/in", url.Values{"name": {"mai"}, "password": {password}, "code": {code}}).is(http.StatusForbidden)
	h.later(time.Minute)
	other.post("/in", url.Values{"name": {"mai"}, "password": {password}, "code": {recovery}}).is(http.StatusSeeOther)
}

func TestSignOutKillsACopiedCookie(t *testing.T) {
	h := newHouse(t)
	c, _ := h.signedIn("adviser-1", line.Adviser)
	thief := h.client()
	u, err := url.Parse(h.url)
	ok(t, err)
	thief.http.Jar.SetCookies(u, c.http.Jar.Cookies(u))
	thief.get("/").is(http.StatusOK)
	out := c.post("/out", nil).is(http.StatusSeeOther)
	if cookie := out.header.Get("Set-Cookie"); !strings.Contains(cookie, "Max-Age=0") {
		t.Errorf("signing out leaves the cookie: %q", cookie)
	}
	thief.get("/").is(http.StatusSeeOther)
	thief.get("/list").is(http.StatusUnauthorized)
	thief.get("/live").is(http.StatusUnauthorized)
	thief.post("/duty", url.Values{"on": {"1"}}).is(http.StatusUnauthorized)
}

func TestForgedForms(t *testing.T) {
	h := newHouse(t)
	c, _ := h.signedIn("adviser-1", line.Adviser)
	other, _ := h.signedIn("adviser-2", line.Adviser)
	on := url.Values{"on": {"1"}}
	onDuty := func() bool { return h.line.Duty(h.now(), "").Anyone }
	c.post("/duty", url.Values{"on": {"1"}, "form": {""}}).is(http.StatusForbidden)
	c.post("/duty", url.Values{"on": {"1"}, "form": {"A" + c.form[1:] + "x"}}).is(http.StatusForbidden)
	c.post("/duty", url.Values{"on": {"1"}, "form": {other.form}}).is(http.StatusForbidden)
	c.get("/")
	c.postFrom("https://example.com", "/duty", on).is(http.StatusForbidden)
	c.postFrom("null", "/duty", on).is(http.StatusForbidden)
	c.postFrom("", "/duty", on).is(http.StatusForbidden)
	_, link := h.staff("adviser-3", line.Adviser)
	h.client().postFrom("https://example.com", link, nil).is(http.StatusForbidden)
	h.client().postFrom("https://example.com", "/in", url.Values{"name": {"mai"}}).is(http.StatusForbidden)
	if onDuty() {
		t.Fatal("a forged form was taken")
	}
	c.get("/")
	c.post("/duty", on).is(http.StatusSeeOther)
	if !onDuty() {
		t.Fatal("the right form was not taken")
	}
	h.client().post(link, nil).is(http.StatusSeeOther)
}

func TestRoles(t *testing.T) {
	h := newHouse(t)
	paths := map[string][]line.Role{
		"/list": advisers, "/waiting": advisers, "/c/K7Q2M4ZX": advisers, "/c/K7Q2M4ZX/log": advisers, "/live": advisers,
		"/places": placers, "/people": managers,
	}
	forms := map[string][]line.Role{
		"/duty": advisers, "/c/K7Q2M4ZX/claim": advisers, "/c/K7Q2M4ZX/say": advisers, "/places": placers,
		"/places/GB7K2MZ/revoke": placers, "/people": managers, "/people/ABCDEFGH/disable": managers,
	}
	for _, role := range anyone {
		c, _ := h.signedIn(string(role)+"-1", role)
		for path, may := range paths {
			if slices.Contains(may, role) {
				continue
			}
			c.get(path).is(http.StatusForbidden).says("Your role does not open this page")
		}
		c.get("/")
		c.get("/places")
		c.get("/people")
		for path, may := range forms {
			if !slices.Contains(may, role) {
				c.post(path, nil).is(http.StatusForbidden).says("Your role does not open this page")
				c.get("/")
				c.get("/places")
			}
		}
	}
}

func TestPlacements(t *testing.T) {
	h := newHouse(t)
	c, _ := h.signedIn("outreach-1", line.Outreach)
	c.get("/").is(http.StatusSeeOther)
	c.get("/places").is(http.StatusOK).says("United Kingdom", "There are none yet")
	c.post("/places", url.Values{"country": {"QQ"}, "kind": {"poster"}}).is(http.StatusUnprocessableEntity)
	c.post("/places", url.Values{"country": {"GB"}, "kind": {"tattoo"}}).is(http.StatusUnprocessableEntity)
	path := c.post("/places", url.Values{"country": {"GB"}, "kind": {"poster"}}).is(http.StatusSeeOther).header.Get("Location")
	code, err := line.ParseCode(strings.TrimPrefix(path, "/places/"))
	ok(t, err)
	c.get(path).is(http.StatusOK).says("<svg", "https://example.org/"+code.String(), code.Display(), "poster")
	c.get("/places").says(code.Display(), "in use")
	c.get("/places/GB00000").is(http.StatusNotFound)
	c.get(path)
	c.post(path+"/revoke", nil).is(http.StatusSeeOther)
	c.get(path).is(http.StatusOK).says("revoked").lacks("<svg")
	if _, opens := h.line.Opens(code); opens {
		t.Error("a revoked code still opens its country")
	}
}

func TestStaff(t *testing.T) {
	h := newHouse(t)
	c, self := h.signedIn("operator-1", line.Operator)
	gone, id := h.signedIn("adviser-1", line.Adviser)
	c.get("/people").is(http.StatusOK).says("adviser-1", "operator-1")
	invite := url.Values{"name": {"mai"}, "role": {"adviser"}, "lang": {"vi", "en"}}
	c.post("/people", url.Values{"name": {"<b>"}, "role": {"adviser"}}).is(http.StatusUnprocessableEntity).lacks("<b>")
	c.post("/people", url.Values{"name": {"mai"}, "role": {"king"}}).is(http.StatusUnprocessableEntity)
	c.post("/people", url.Values{"name": {"mai"}, "role": {"adviser"}, "lang": {"tlh"}}).is(http.StatusUnprocessableEntity)
	link := c.post("/people", invite).is(http.StatusOK).find(`id="link">` + h.url + `(/new/[^<]+)<`)
	c.get("/people").says("Vietnamese", "invited").lacks(link)
	h.client().get(link).is(http.StatusOK).says("mai")

	c.post("/people/"+self+"/disable", nil).is(http.StatusConflict)
	c.get("/people")
	gone.get("/").is(http.StatusOK)
	c.post("/people/"+id+"/disable", nil).is(http.StatusSeeOther)
	gone.get("/").is(http.StatusSeeOther)
	c.get("/people").says("disabled")
	c.post("/people/00000000/disable", nil).is(http.StatusNotFound)
}

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
	v, err := h.bot.Desk(t.Context(), handle, id, false)
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
	r := say("N1", long).is(http.StatusUnprocessableEntity).says("too long", strings.TrimSpace(long), `value="N1"`)
	_ = r
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
