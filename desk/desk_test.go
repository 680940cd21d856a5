package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

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
	_, token, err := h.line.Invite(t.Context(), "", "adviser-1", line.Adviser, nil)
	ok(t, err)
	c := h.client()
	for _, path := range []string{"/", "/in", "/in/x", "/new/x", "/new/" + token, "/list", "/waiting", "/live", "/c/K7Q2M4ZX", "/c/K7Q2M4ZX/log",
		"/places", "/people", "/hours", "/a/hours.css", "/a/desk.css", "/a/desk.js", "/a/other", "/nothing", "/GB7K2MZ"} {
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
	_, token, err := h.line.Invite(t.Context(), "", "mai", line.Adviser, []string{"vi"})
	ok(t, err)
	c, path := h.client(), "/new/"+token
	c.get(path).is(http.StatusOK).says("Welcome", "mai")
	c.post(path, url.Values{"password": {password}, "again": {"another"}}).is(http.StatusUnprocessableEntity).says("not the same")
	c.post(path, url.Values{"password": {"short"}, "again": {"short"}}).is(http.StatusUnprocessableEntity).says("12 to 200")
	r := c.post(path, url.Values{"password": {password}, "again": {password}}).is(http.StatusOK).says("<svg", "recovery codes")
	secret := r.find(`class="key">([A-Z2-7]+)<`)
	recovery := r.find(`<li><code>([^<]+)</code>`)
	c.post(path, url.Values{"code": {"000000"}}).is(http.StatusForbidden).says("not right").lacks(secret, recovery)
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
	onDuty := func() bool { return h.line.Duty(h.now(), "", "").Anyone }
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
		"/hours": anyone, "/places": placers, "/places/GB7K2MZ/symbol": placers, "/people": managers,
	}
	forms := map[string][]line.Role{
		"/duty": advisers, "/c/K7Q2M4ZX/claim": advisers, "/c/K7Q2M4ZX/say": advisers, "/places": placers,
		"/places/GB7K2MZ/revoke": placers, "/people": managers, "/people/ABCDEFGH/disable": managers,
		"/people/ABCDEFGH/trained": managers, "/hours": editors,
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
	c, id := h.signedIn("outreach-1", line.Outreach)
	c.get("/").is(http.StatusSeeOther)
	c.get("/places").is(http.StatusOK).says("United Kingdom", "There are none yet")
	c.post("/places", url.Values{"country": {"QQ"}, "kind": {"poster"}}).is(http.StatusUnprocessableEntity)
	c.post("/places", url.Values{"country": {"GB"}, "kind": {"tattoo"}}).is(http.StatusUnprocessableEntity)
	path := c.post("/places", url.Values{"country": {"GB"}, "kind": {"poster"}}).is(http.StatusSeeOther).header.Get("Location")
	code, err := line.ParseCode(strings.TrimPrefix(path, "/places/"))
	ok(t, err)
	c.get(path).is(http.StatusOK).says("<svg", "https://example.org/"+code.String(), code.Display(), "poster")
	file := c.get(path+"/symbol").is(http.StatusOK).says("<svg", `xmlns="http://www.w3.org/2000/svg"`)
	if got := file.header.Get("Content-Disposition"); got != `attachment; filename="`+code.Display()+`.svg"` {
		t.Errorf("the drawing is sent as %q", got)
	}
	c.get("/places").says(code.Display(), "in use")
	c.get("/places/GB00000").is(http.StatusNotFound)
	c.get(path)
	c.post(path+"/revoke", nil).is(http.StatusSeeOther)
	c.get(path).is(http.StatusOK).says("revoked").lacks("<svg", "/symbol")
	c.get(path + "/symbol").is(http.StatusGone).lacks("<svg")
	if _, opens := h.line.Opens(code); opens {
		t.Error("a revoked code still opens its country")
	}
	h.audited(id, line.ActPlace, line.ActRevoke)
}

// audited fails unless staff did each of these acts, by the audit.
func (h *house) audited(staff string, acts ...line.Act) {
	h.t.Helper()
	log, err := h.line.AuditLog(h.t.Context())
	ok(h.t, err)
	for _, act := range acts {
		if !slices.ContainsFunc(log, func(e line.Entry) bool { return e.Act == act && e.Actor == staff }) {
			h.t.Errorf("the audit does not say that %s did %q", staff, act)
		}
	}
}

// The conversations' store does not open: staff sign in all the same, and read why nobody waits.
func TestWithoutTheChat(t *testing.T) {
	h := newHouse(t)
	h.desk.Bot = nil
	c, _ := h.signedIn("adviser-1", line.Adviser)
	c.get("/").is(http.StatusOK).says("Queue")
	c.get("/list").is(http.StatusOK).says("The chat is off")
	c.get("/c/K7Q2M4ZX").is(http.StatusServiceUnavailable).says("The chat is off")
	o, _ := h.signedIn("operator-1", line.Operator)
	o.get("/places").is(http.StatusOK)
	o.get("/people").is(http.StatusOK).says("adviser-1")
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

	child := url.Values{"name": {"ada"}, "role": {"adviser"}, "child": {"1"}}
	c.post("/people", child).is(http.StatusOK).says("<td>children</td>")
	ada, ok := h.line.StaffByName("ada")
	if !ok || !ada.ChildTrained {
		t.Errorf("invited as trained for children: %+v", ada)
	}
	c.post("/people/"+ada.ID+"/trained", url.Values{"on": {"0"}}).is(http.StatusSeeOther)
	c.get("/people").lacks("<td>children</td>")
	c.post("/people/"+ada.ID+"/trained", url.Values{"on": {"1"}}).is(http.StatusSeeOther)
	c.get("/people").says("<td>children</td>")
	c.post("/people/00000000/trained", url.Values{"on": {"1"}}).is(http.StatusNotFound)
	h.audited(self, line.ActInvite, line.ActChange)
}
