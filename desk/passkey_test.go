package desk

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"quietline/line"
)

// named serves the house's desk at a name: browsers make no passkeys for a bare address.
func (h *house) named() {
	h.t.Helper()
	srv := httptest.NewUnstartedServer(nil)
	cfg := h.desk.Config
	cfg.URL = strings.Replace("http://"+srv.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	handler, err := New(cfg)
	ok(h.t, err)
	srv.Config.Handler = handler
	srv.Start()
	h.t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	h.url = cfg.URL
}

// authenticator gives the tab a phone's screen lock; it says yes.
func (b *tab) authenticator() (id webauthn.AuthenticatorID) {
	b.t.Helper()
	b.run(webauthn.Enable(), chromedp.ActionFunc(func(ctx context.Context) error {
		var err error
		id, err = webauthn.AddVirtualAuthenticator(&webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}).Do(ctx)
		return err
	}))
	return id
}

// answer is what the browser would send for a form, and does not.
func (b *tab) answer(button string) string {
	b.t.Helper()
	b.eval(`(window.kept = "", HTMLFormElement.prototype.submit = function () { window.kept = this.elements.text.value; })`)
	b.click(button)
	until(b.t, "the browser answers", func() bool { return len(b.eval("window.kept")) > 100 })
	return b.eval("window.kept")
}

func (b *tab) signOut() {
	b.t.Helper()
	b.click("#out button")
	b.run(chromedp.WaitVisible("#password", chromedp.ByQuery)) // "Your account" says "Password", too
}

func TestPasskeys(t *testing.T) {
	h := newHouse(t)
	h.named()
	secret := h.enrolled("adviser-1", line.Adviser)
	b := h.tab(true)
	phone := b.authenticator()
	b.open("/in")
	b.fill("#name", "adviser-1")
	b.fill("#password", password)
	b.fill("#code", h.code(secret))
	b.click("form.card button.main")
	b.sees("adviser-1")

	// A wrong code adds nothing: an open desk is not enough. What was typed stays.
	h.later(time.Minute)
	b.open("/me")
	b.fill("#key-name", "phone of mine")
	b.fill("#key-code", "000000")
	b.click("#key-add")
	b.sees("That code is not right", "There are none yet")
	if got := b.eval(`document.getElementById("key-name").value`); got != "phone of mine" {
		t.Errorf("the name typed is now %q", got)
	}
	b.run(webauthn.ClearCredentials(phone)) // made, and not taken
	h.later(time.Minute)
	b.fill("#key-code", h.code(secret))
	b.click("#key-add")
	b.sees("phone of mine, added")
	source, err := os.ReadFile("testdata/axe/axe.min.js")
	ok(t, err)
	b.run(chromedp.EmulateViewport(360, 640))
	for _, path := range []string{"/me", "/in"} {
		if path == "/in" {
			b.signOut()
		}
		if broken := b.axe(string(source)); broken != "" {
			t.Errorf("%s: %s", path, broken)
		}
		if b.eval("document.documentElement.scrollWidth > innerWidth") == "true" {
			t.Errorf("%s is wider than 360", path)
		}
	}
	b.run(chromedp.EmulateViewport(1280, 800))
	b.click("#passkey")
	b.sees("adviser-1", "Off duty")
	b.signOut()

	c := h.client()
	send := func(answer string) reply {
		c.get("/in")
		return c.post("/in/passkey", url.Values{"text": {answer}})
	}
	// An answer works once, for five minutes, and not when a letter of it is another.
	b.open("/in")
	one := b.answer("#passkey")
	bent := strings.Replace(one, `"signature":"M`, `"signature":"N`, 1)
	if bent == one {
		t.Fatal("the answer has no signature to bend")
	}
	send(bent).is(http.StatusForbidden).says("That passkey was not taken")
	send(one).is(http.StatusSeeOther)
	send(one).is(http.StatusForbidden)
	h.later(time.Second)
	b.open("/in")
	late := b.answer("#passkey")
	h.later(6 * time.Minute)
	send(late).is(http.StatusForbidden)
	h.later(-6 * time.Minute) // the clock jumps back: what was good before is good again, and only once
	send(late).is(http.StatusSeeOther)
	send(late).is(http.StatusForbidden)
	for _, junk := range []string{"", "{}", "null", strings.Repeat("[", 9000), `{"id":"AA","rawId":"AA","type":"public-key","response":{}}`} {
		send(junk).is(http.StatusForbidden)
	}

	// Who does not unlock the device is not let in.
	b.open("/in")
	b.run(webauthn.SetUserVerified(phone, false))
	b.click("#passkey")
	b.sees("That passkey was not taken")
	b.run(webauthn.SetUserVerified(phone, true))

	// What is removed opens nothing any more; password and code do.
	b.click("#passkey")
	b.sees("Off duty")
	b.open("/in")
	b.open("/me")
	b.click("#passkeys button.quiet")
	b.sees("There are none yet")
	b.signOut()
	b.click("#passkey")
	b.sees("That passkey was not taken")
	h.later(time.Minute)
	c.post("/in", url.Values{"name": {"adviser-1"}, "password": {password}, "code": {h.code(secret)}}).is(http.StatusSeeOther)
}

// Disabled is disabled: no passkey of before opens anything.
func TestAPasskeyEndsWithTheAccount(t *testing.T) {
	h := newHouse(t)
	h.named()
	secret := h.enrolled("adviser-1", line.Adviser)
	b := h.tab(true)
	b.authenticator()
	b.open("/in")
	b.fill("#name", "adviser-1")
	b.fill("#password", password)
	b.fill("#code", h.code(secret))
	b.click("form.card button.main")
	b.sees("adviser-1")
	h.later(time.Minute)
	b.open("/me")
	b.fill("#key-name", "phone")
	b.fill("#key-code", h.code(secret))
	b.click("#key-add")
	b.sees("phone, added")
	who, found := h.line.StaffByName("adviser-1")
	if !found || len(h.line.Passkeys(who.ID)) != 1 {
		t.Fatalf("%d passkeys", len(h.line.Passkeys(who.ID)))
	}
	ok(t, h.line.ChangeStaff(t.Context(), "", who.ID, func(s *line.Staff) { s.Disabled = true }))
	if n := len(h.line.Passkeys(who.ID)); n != 0 {
		t.Errorf("%d passkeys of somebody disabled", n)
	}
	b.open("/in")
	b.click("#passkey")
	b.sees("That passkey was not taken")
}

// At a bare address browsers offer no passkeys, and the desk asks for none.
func TestNoPasskeysAtABareAddress(t *testing.T) {
	h := newHouse(t)
	c := h.client()
	c.get("/in").lacks("passkey")
	for address, want := range map[string]bool{
		"https://desk.example.org": true, "http://localhost:8081": true, "https://desk.example.org:8443/": true,
		"http://desk.example.org": false, "http://127.0.0.1:8081": false, "https://[::1]": false,
	} {
		host, err := line.NewHost(address, "Garden Office")
		if err != nil || (host != nil) != want {
			t.Errorf("%s: %v %v", address, host, err)
		}
	}
}
