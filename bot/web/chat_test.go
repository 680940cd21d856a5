package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"quietline/bot"
	"quietline/bot/web"
	"quietline/line"
)

// An adviser is signed in and on duty.
type adviser struct {
	w      *town
	id     string
	token  line.SessionToken
	handle string
	n      int
}

func (w *town) adviser(name string) *adviser {
	w.t.Helper()
	ctx := w.t.Context()
	id, _, err := w.line.Invite(ctx, "", name, line.Adviser, languages())
	if err != nil {
		w.t.Fatal(err)
	}
	link := must(w.line.OneTimeLink(ctx, id))(w.t)
	token := must(w.line.Redeem(ctx, link))(w.t)
	if err := w.line.GoOnDuty(ctx, token); err != nil {
		w.t.Fatal(err)
	}
	return &adviser{w: w, id: id, token: token}
}

// claims takes whoever waits first.
func (a *adviser) claims() {
	a.w.t.Helper()
	a.w.line.Beat(a.token)
	queue := a.w.bot.Queue()
	if len(queue) == 0 {
		a.w.t.Fatal("nobody is in the queue")
	}
	a.handle = queue[0].Handle
	if err := a.w.bot.Claim(a.w.t.Context(), a.handle, a.id); err != nil {
		a.w.t.Fatal(err)
	}
}

func (a *adviser) says(text string) {
	a.w.t.Helper()
	a.n++
	if err := a.w.bot.Says(a.w.t.Context(), a.handle, a.id, fmt.Sprint(a.handle, a.n), bot.Hide(text)); err != nil {
		a.w.t.Fatal(err)
	}
}

// reads is what the desk shows of the conversation.
func (a *adviser) reads() string {
	a.w.t.Helper()
	v, err := a.w.bot.Desk(a.w.t.Context(), a.handle, a.id, false, "en")
	if err != nil {
		a.w.t.Fatal(err)
	}
	var b strings.Builder
	for _, l := range v.Lines {
		for _, k := range l.Blocks {
			b.WriteString(k.Text + "\n")
		}
	}
	return b.String()
}

// starts opens the chat by form.
func (b *browser) starts() {
	b.w.t.Helper()
	b.get()
	b.post("k", "start", "g", "GB", "l", b.lang)
	if !b.chatting() {
		b.w.t.Fatalf("the chat did not open: %.300s", b.body)
	}
}

// taps chooses an answer, and says so when it is not offered.
func (b *browser) taps(choice string) {
	b.w.t.Helper()
	if !slices.Contains(b.choices(), choice) {
		b.w.t.Fatalf("%q is not offered, only %q", choice, b.choices())
	}
	b.press("c", choice)
}

func (b *browser) sees(id string) {
	b.w.t.Helper()
	want := text(b.w.t, b.lang, id)
	if !strings.Contains(unescape(b.log()), want) {
		b.w.t.Fatalf("the log does not say %s (%q):\n%s", id, want, b.log())
	}
}

func unescape(s string) string {
	return strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&amp;", "&").Replace(s)
}

func TestWalkWithoutScript(t *testing.T) {
	w := newTown(t, false, nil)
	mai := w.adviser("adviser-1")
	ana := w.browser("/")
	ana.starts()
	c := ana.cookies()
	if len(c) != 1 || c[0].Name != "s" {
		t.Fatalf("the chat has %d cookies", len(c))
	}
	if n := w.bot.Load().Sittings; n != 0 {
		t.Fatalf("%d records before the first answer", n)
	}
	ana.sees("check.unseen")
	ana.taps("yes")
	ana.sees("check.danger")
	ana.taps("yes") // from tapping "write": two more taps until somebody waits
	if len(w.bot.Queue()) != 1 {
		t.Fatal("danger does not queue at once")
	}
	mai.claims()
	mai.says("I am here. <b>Take</b> your time.")
	if !strings.Contains(ana.log(), "I am here. &lt;b&gt;Take&lt;/b&gt; your time.") {
		t.Fatalf("the adviser's words are not in the log: %s", ana.log())
	}
	ana.get()
	ana.says("thank you")
	if !strings.Contains(mai.reads(), "thank you") {
		t.Fatal("the adviser does not see the answer")
	}
	if err := w.bot.End(t.Context(), mai.handle, mai.id); err != nil {
		t.Fatal(err)
	}
	ana.get()
	if len(ana.choices()) == 0 {
		t.Fatal("after closing nothing is asked")
	}
}

func TestChatPageHasItsKeys(t *testing.T) {
	w := newTown(t, false, nil)
	ana := w.browser("/")
	ana.starts()
	for _, step := range []string{"", "yes", "no"} {
		if step != "" {
			ana.taps(step)
		}
		for _, key := range []string{"leave", "erase", "person", "urgent", "back"} {
			if !strings.Contains(ana.body, `name="k" value="`+key+`"`) {
				t.Errorf("the page has no key %q", key)
			}
		}
		if enc := ana.resp.Header.Get("Content-Encoding"); enc != "" {
			t.Errorf("a chat page is compressed: %s", enc)
		}
		if got := ana.resp.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("Cache-Control is %q", got)
		}
	}
	ana.do(http.MethodGet, "/", "", "Accept-Encoding", "gzip")
	if ana.resp.Header.Get("Content-Encoding") != "" {
		t.Error("a chat page is compressed when asked")
	}
}

func TestCookieIsNeutralAndStrict(t *testing.T) {
	for _, https := range []bool{false, true} {
		w := newTown(t, false, func(c *web.Config) {
			if https {
				c.PublicURL = "https://example.org"
			}
		})
		b := w.browser("/")
		b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		b.post("k", "start")
		c := b.resp.Cookies()
		if len(c) != 1 || !c[0].HttpOnly || c[0].SameSite != http.SameSiteStrictMode || c[0].Path != "/" || c[0].MaxAge != 0 || !c[0].Expires.IsZero() || c[0].Domain != "" {
			t.Fatalf("https %v: cookie %+v", https, c)
		}
		if want := map[bool]string{true: "__Host-s", false: "s"}[https]; c[0].Name != want || c[0].Secure != https {
			t.Errorf("https %v: cookie %s, secure %v", https, c[0].Name, c[0].Secure)
		}
		b.post("k", "leave")
		clear := b.resp.Header.Get("Clear-Site-Data")
		if https != (clear == `"cookies", "storage"`) {
			t.Errorf("https %v: Clear-Site-Data %q", https, clear)
		}
	}
}

func TestCoverAsksBeforeShowing(t *testing.T) {
	w := newTown(t, false, nil)
	ana := w.browser("/")
	ana.starts()
	ana.taps("yes")
	w.pass(6 * time.Minute)
	if ana.get(); strings.Contains(ana.body, `class="chat"`) || !strings.Contains(ana.body, text(t, "en", "chat.unseen")) {
		t.Fatal("after 5 minutes untouched the page must ask first")
	}
	if l := ana.log(); strings.Contains(l, `class="msg`) || !strings.Contains(l, text(t, "en", "chat.continue")) {
		t.Fatal("the frame shows the log although the page is covered")
	}
	ana.press("k", "seen")
	if !ana.chatting() {
		t.Fatal("after yes the chat must be there again")
	}
	ana.post("k", "cover")
	if ana.get(); ana.chatting() {
		t.Fatal("a page that covered itself shows the chat")
	}
	ana.post("c", "no", "t", "1", "n", "n", "m", "m")
	if ana.chatting() {
		t.Fatal("a covered page takes an answer")
	}
	if ana.post("k", "seen"); ana.chatting() {
		t.Fatal("uncovered without the page's token")
	}
}

func TestRestartLosesNothing(t *testing.T) {
	w := newTown(t, false, nil)
	ana := w.browser("/")
	ana.starts()
	ana.taps("yes")
	w.restart()
	ana.taps("no") // a form from before
	if !ana.chatting() {
		t.Fatal("the chat is lost after a restart")
	}
	ana.sees("check.who")
}

func TestFrameSaysWhenTheQuestionChanged(t *testing.T) {
	w := newTown(t, false, nil)
	mai := w.adviser("adviser-1")
	ana := w.browser("/")
	ana.starts()
	ana.taps("yes")
	ana.taps("yes")
	if l := ana.log(); !strings.Contains(l, `http-equiv="refresh" content="10"`) || strings.Contains(l, text(t, "en", "chat.new")) {
		t.Fatal("the frame must refresh itself and say nothing yet")
	}
	mai.claims()
	mai.says("hello")
	if !strings.Contains(ana.log(), "hello") {
		t.Fatal("the frame does not show the adviser's words")
	}
	if err := w.bot.End(t.Context(), mai.handle, mai.id); err != nil {
		t.Fatal(err)
	}
	if l := ana.log(); !strings.Contains(l, text(t, "en", "chat.new")) || !strings.Contains(l, `href="/" target="_top"`) {
		t.Fatalf("the frame does not say that there is a new question: %s", l)
	}
	if ana.get(); strings.Contains(ana.log(), text(t, "en", "chat.new")) {
		t.Fatal("the notice stays after the page was shown")
	}
}
