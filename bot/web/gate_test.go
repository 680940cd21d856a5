package web_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"quietline/bot/web"
)

var gateToken = regexp.MustCompile(`name="w" value="([^"]*)"`)

// fullTown has one place to wait, and somebody in it.
func fullTown(t *testing.T) *town {
	w := newTown(t, false, func(c *web.Config) { c.MaxNewChats = 1 })
	first := w.browser("/")
	first.starts()
	first.taps("yes")
	first.taps("yes")
	return w
}

func (b *browser) gate() string {
	b.w.t.Helper()
	m := gateToken.FindStringSubmatch(b.body)
	if m == nil || !strings.Contains(b.body, text(b.w.t, "en", "page.busy")) {
		b.w.t.Fatalf("the page does not say that many are waiting: %.2000s", b.body)
	}
	return m[1]
}

// proof does in Go what the page's script does.
func proof(token string) string {
	for n := 0; ; n++ {
		if sum := sha256.Sum256(fmt.Append(nil, token, n)); sum[0] == 0 && sum[1] == 0 && sum[2] < 128 {
			return fmt.Sprint(n)
		}
	}
}

func TestFullLineSlowsNewChats(t *testing.T) {
	w := fullTown(t)
	b := w.browser("/")
	b.post("k", "start")
	token := b.gate()
	if len(b.cookies()) != 0 {
		t.Fatal("a chat was opened although the line is full")
	}
	if !strings.Contains(b.body, `href="tel:`) || !strings.Contains(b.body, `id="more"`) {
		t.Fatal("the numbers are not shown to those who must wait")
	}
	b.post("k", "start", "w", token)
	if b.gate() != token || !strings.Contains(b.body, text(t, "en", "page.wait.early")) {
		t.Fatal("going on too early must keep the token and say so")
	}
	w.pass(30 * time.Second)
	if b.post("k", "start", "w", token); b.gate() != token {
		t.Fatal("half a minute is not a minute")
	}
	w.pass(31 * time.Second)
	if b.post("k", "start", "w", token); !b.chatting() {
		t.Fatal("after a minute the chat must open")
	}
	other := w.browser("/")
	if other.post("k", "start", "w", token); other.chatting() || other.gate() == token {
		t.Fatal("a token opened two chats")
	}
}

func TestFullLineTakesWork(t *testing.T) {
	w := fullTown(t)
	b := w.browser("/")
	b.post("k", "start")
	token := b.gate()
	if b.post("k", "start", "w", token, "p", "1x"); b.gate() != token {
		t.Fatal("a wrong proof was taken")
	}
	if b.post("k", "start", "w", token, "p", proof(token)); !b.chatting() {
		t.Fatal("the work was not taken")
	}
}

func TestForgedAndOldTokensWaitAgain(t *testing.T) {
	w := fullTown(t)
	b := w.browser("/")
	b.post("k", "start")
	token := b.gate()
	forged := "A" + token[1:]
	if b.post("k", "start", "w", forged, "p", proof(forged)); b.chatting() || b.gate() == forged {
		t.Error("a forged token was taken")
	}
	w.pass(11 * time.Minute)
	if b.post("k", "start", "w", token, "p", proof(token)); b.chatting() || b.gate() == token {
		t.Error("an old token was taken")
	}
	fresh := b.gate()
	w.restart()
	if b.post("k", "start", "w", fresh, "p", proof(fresh)); b.chatting() {
		t.Error("a token of another process was taken")
	}
	for _, junk := range []string{".", "a.b", strings.Repeat("A", 120), "%%%"} {
		if b.post("k", "start", "w", junk); b.chatting() || b.resp.StatusCode != http.StatusOK {
			t.Errorf("token %q: status %d", junk, b.resp.StatusCode)
		}
	}
}

func TestFullLineInBrowser(t *testing.T) {
	w := fullTown(t)
	p := w.phone(true)
	p.open("/")
	p.taps(`button[value=start]`)
	p.run(chromedp.WaitVisible("#gate", chromedp.ByQuery))
	p.shoot("gate", false)
	p.run(chromedp.WaitReady("#gate[data-done]", chromedp.ByQuery))
	p.taps("#gate button")
	p.run(chromedp.WaitVisible("#ask .choice", chromedp.ByQuery))
}
