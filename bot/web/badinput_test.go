package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"quietline/bot"
)

// copiedCookieIsWorthless tries what a copy of a session's cookie opens.
func (w *town) copiedCookieIsWorthless(c *http.Cookie) {
	w.t.Helper()
	thief := w.browser("/")
	fresh := w.browser("/").get()
	set := func() {
		u, _ := url.Parse(w.url)
		thief.http.Jar.SetCookies(u, []*http.Cookie{{Name: c.Name, Value: c.Value, Path: "/"}})
	}
	set()
	if thief.get() != fresh {
		w.t.Errorf("a copied cookie shows more than the ordinary page: %.500s", thief.body)
	}
	for _, path := range []string{"/a", "/GB7K2MZ", "/b"} {
		set()
		if got := thief.do(http.MethodGet, path, ""); path != "/b" && got != fresh || strings.Contains(got, `class="msg`) {
			w.t.Errorf("a copied cookie opens %s", path)
		}
	}
	set()
	if thief.post("c", "yes", "t", "0", "n", "forged", "m", "x"); !thief.ordinary() {
		w.t.Error("a copied cookie takes answers")
	}
}

func TestForgedAndReplayedForms(t *testing.T) {
	w := newTown(t, false, nil)
	ana, bea := w.browser("/"), w.browser("/")
	ana.starts()
	bea.starts()
	stale := text(t, "en", "chat.stale")
	forged := map[string][]string{
		"no token":       {"t", "0", "c", "yes"},
		"made up":        {"t", "0", "n", "AAAAAAAAAAAAAAAA", "m", "AAAAAAAAAAAAAAAAAAAAAA", "c", "yes"},
		"another's":      append(bea.token(), "c", "yes"),
		"another turn's": append(ana.token(), "t", "7", "c", "yes"),
	}
	for name, fields := range forged {
		if ana.post(fields...); !strings.Contains(ana.body, stale) || w.bot.Load().Sittings != 0 {
			t.Errorf("%s: a forged form was taken", name)
		}
	}
	if ana.post("k", "say", "x", "half a thought", "n", "n", "m", "m"); !strings.Contains(ana.body, ">half a thought</textarea>") {
		t.Error("what was typed is lost with a form that is not taken")
	}
	ana.get()
	good := ana.token()
	ana.press("c", "yes")
	ana.post(append(good, "c", "yes")...) // the same form again
	if ana.get(); !slices.Contains(ana.choices(), "unsure") || len(ana.choices()) != 3 {
		t.Errorf("a replayed form answered twice: %q", ana.choices())
	}
	ana.sees("check.danger")
}

func TestBadTextIsRefusedNeutrally(t *testing.T) {
	w := newTown(t, false, nil)
	mai := w.adviser("adviser-1")
	ana := w.browser("/")
	ana.starts()
	ana.taps("yes")
	ana.taps("yes")
	mai.claims()
	mai.says("hello")
	ana.get()
	for name, bad := range map[string]string{
		"control": "a\x07b", "nul": "a\x00b", "escape": "\x1b[31m", "invalid UTF-8": "a\xff\xfe", "override": "a\u202eb", "isolate": "a\u2066b", "line separator": "a\u2028b",
	} {
		if ana.says("x " + bad); !strings.Contains(ana.body, text(t, "en", "chat.badtext")) || strings.Contains(mai.reads(), "x a") {
			t.Errorf("%s: not refused", name)
		}
	}
	for name, long := range map[string]string{"text": strings.Repeat("a", bot.MaxText+1), "body": strings.Repeat("%41", 10_000)} {
		if ana.says(long); !strings.Contains(ana.body, text(t, "en", "chat.toolong")) || ana.resp.StatusCode != http.StatusOK {
			t.Errorf("a %s that is too long: status %d", name, ana.resp.StatusCode)
		}
	}
	for _, raw := range []string{"%zz", "k=say&k=leave2", "x=%ff", "unknown=1", "c=" + strings.Repeat("y", 200), ";;;", "\x00"} {
		if ana.do(http.MethodPost, "/", raw); ana.resp.StatusCode != http.StatusOK || !ana.chatting() {
			t.Errorf("body %.20q: status %d, chat %v", raw, ana.resp.StatusCode, ana.chatting())
		}
	}
	// What is wrong with a text stops no key beside it.
	ana.get()
	if ana.post(append(ana.token(), "k", "urgent", "x", "a\u202eb")...); !strings.Contains(ana.log(), `href="tel:999"`) {
		t.Error("urgent is stopped by a bad text beside it")
	}
	// A mark that an Arabic keyboard puts in by itself is no fault; joiners are part of words.
	ana.get()
	ana.says("\u200fمرحبا\u200f می\u200cخواهم")
	if !strings.Contains(mai.reads(), "مرحبا می\u200cخواهم") {
		t.Errorf("text with direction marks is refused: %q", mai.reads())
	}
}

func TestStartFromAnotherSiteIsIgnored(t *testing.T) {
	w := newTown(t, false, nil)
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://example.com"}} {
		b := w.browser("/")
		if b.do(http.MethodPost, "/", "k=start", header...); !b.ordinary() || len(b.cookies()) != 0 {
			t.Errorf("%q: a start from another site opened a chat", header)
		}
	}
	b := w.browser("/")
	if b.do(http.MethodPost, "/", "k=start", "Origin", "null", "Sec-Fetch-Site", "same-origin"); !b.chatting() {
		t.Error("a start from the page itself, which has no referrer, is refused")
	}
}

func TestRedirectsStayHere(t *testing.T) {
	w := newTown(t, false, nil)
	b := w.browser("/")
	b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for path, want := range map[string]string{"//example.com": "/", "/%2fexample.com": "/", "/\\example.com": "/", "/GB7K2MZ": "/GB7K2MZ", "/a": "/", "/x/y": "/"} {
		req, err := http.NewRequest(http.MethodPost, w.url+"/", strings.NewReader("k=start"))
		if err != nil {
			t.Fatal(err)
		}
		req.URL.Opaque = path
		if strings.HasPrefix(path, "//") {
			req.URL.Opaque = "//" + req.URL.Host + path
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Location"); got != want {
			t.Errorf("%s leads to %q, not %q", path, got, want)
		}
	}
}

func TestFreshCookieDiesUnanswered(t *testing.T) {
	w := newTown(t, false, nil)
	ana := w.browser("/")
	ana.starts()
	w.pass(16 * time.Minute)
	if ana.get(); !ana.ordinary() || len(ana.cookies()) != 0 {
		t.Fatal("a page that never answered is still open after 16 minutes")
	}
}

func TestIdleCookieShowsOrdinaryPage(t *testing.T) {
	w := newTown(t, false, nil)
	ana := w.browser("/")
	ana.starts()
	ana.taps("yes")
	ana.says("something of mine")
	stolen := ana.cookies()[0]
	w.pass(16 * time.Minute)
	w.bot.Tend(t.Context())
	w.copiedCookieIsWorthless(stolen)
	// Whoever waits keeps the place; the way back is through the first question, and shows nothing earlier.
	bea := w.browser("/")
	bea.starts()
	bea.taps("yes")
	bea.taps("yes")
	w.pass(16 * time.Minute)
	w.bot.Tend(t.Context())
	if bea.get(); bea.chatting() || strings.Contains(bea.body, `class="msg`) {
		t.Fatal("an idle page shows the chat")
	}
	if bea.post("k", "start"); !bea.chatting() || strings.Contains(bea.log(), text(t, "en", "check.danger")) {
		t.Fatal("the way back must lead to the first question, and show nothing earlier")
	}
	if len(w.bot.Queue()) != 1 {
		t.Fatal("the place in the queue is lost")
	}
}

// A damaged or full store: a neutral page, what was typed still there, and the way out open.
func TestNoStoreLosesNothing(t *testing.T) {
	w := newTown(t, false, nil)
	ana, bea := w.browser("/"), w.browser("/")
	ana.starts()
	ana.taps("yes")
	ana.get()
	if err := w.talks.Close(); err != nil {
		t.Fatal(err)
	}
	trouble := text(t, "en", "chat.trouble")
	before := ana.token()
	if ana.says("half a thought"); !strings.Contains(ana.body, ">half a thought</textarea>") || !strings.Contains(ana.body, trouble) || ana.resp.StatusCode != http.StatusOK {
		t.Errorf("a store that fails: status %d, %.900s", ana.resp.StatusCode, ana.body)
	}
	if !slices.Equal(before, ana.token()) {
		t.Error("the form must keep its id, to be taken once")
	}
	if ana.get(); !ana.ordinary() || !strings.Contains(ana.body, trouble) || !strings.Contains(ana.body, `href="tel:999"`) {
		t.Error("without the store the public page must be there and say so neutrally")
	}
	if ana.post("k", "leave"); ana.resp.StatusCode != http.StatusSeeOther || len(ana.cookies()) != 0 {
		t.Error("leaving must work without the store")
	}
	if bea.get(); !bea.ordinary() {
		t.Error("the public page needs no store")
	}
	if strings.Contains(w.logs.String(), "half a thought") {
		t.Error("the log holds what was typed")
	}
}
