package web_test

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"quietline/bot"
)

// From tapping a language to waiting: write, yes, a person.
func TestS4_ThreeTapsToWaiting(t *testing.T) {
	w := newTown(t, false, nil)
	ana := w.browser("/")
	ana.post("l", "en", "g", "GB")
	ana.post("k", "start", "l", "en", "g", "GB")
	ana.taps("yes")
	ana.press("k", "person")
	if len(w.bot.Queue()) != 1 {
		t.Fatal("not waiting after three taps")
	}
}

func TestS1_FirstChatScreenTellsNothing(t *testing.T) {
	w := newTown(t, false, nil)
	for _, lang := range languages() {
		ana := w.browser("/")
		ana.lang = lang
		ana.starts()
		body := ana.body[strings.Index(ana.body, "<body"):strings.Index(ana.body, "<script>")]
		log := ana.log()
		screen := tag.ReplaceAllString(body+log[strings.Index(log, "<body"):], " ")
		if found := content().Words.Discreet(lang, screen); len(found) > 0 {
			t.Errorf("%s: telling words before a sitting is open: %q", lang, found)
		}
	}
}

func TestS2_LeaveAndEraseByForm(t *testing.T) {
	for _, key := range []string{"leave", "erase"} {
		for _, by := range []string{"button", "digits"} {
			t.Run(key+" by "+by, func(t *testing.T) {
				w := newTown(t, false, nil)
				mai := w.adviser("adviser-1")
				ana := w.browser("/")
				ana.starts()
				ana.taps("yes")
				ana.taps("yes")
				mai.claims()
				stolen := ana.cookies()[0]
				ana.get()
				if by == "button" {
					ana.press("k", key)
				} else {
					ana.says(map[string]string{"leave": "0", "erase": "00"}[key])
				}
				if ana.resp.StatusCode != http.StatusSeeOther || ana.resp.Header.Get("Location") != w.exit {
					t.Fatalf("status %d to %q", ana.resp.StatusCode, ana.resp.Header.Get("Location"))
				}
				if len(ana.cookies()) != 0 {
					t.Fatal("the cookie is still there")
				}
				if gone := !slices.ContainsFunc(w.bot.Queue(), func(i bot.Item) bool { return i.Handle == mai.handle }); gone != (key == "erase") {
					t.Fatalf("after %s: gone from the desk is %v", key, gone)
				}
				w.copiedCookieIsWorthless(stolen)
				w.restart()
				w.copiedCookieIsWorthless(stolen)
			})
		}
	}
}

func TestStreamCarriesOnlyRevs(t *testing.T) {
	w := newTown(t, false, nil)
	mai := w.adviser("adviser-1")
	ana := w.browser("/")
	ana.starts()
	ana.taps("yes")
	ana.taps("yes")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/b", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := ana.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	next := func() string {
		for lines.Scan() {
			if s, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return s
			} else if s != "" && !strings.HasPrefix(s, "retry: ") && !strings.HasPrefix(s, ":") {
				t.Fatalf("the stream carries %q", s)
			}
		}
		return ""
	}
	first := next()
	mai.claims()
	mai.says("something of mine")
	if second := next(); second == first || second == "" {
		t.Fatalf("no change after a message: %q, then %q", first, second)
	}
	ana.get()
	ana.press("k", "erase")
	for s := next(); s != "0"; s = next() {
		if s == "" {
			t.Fatal("the stream ended without saying that the conversation is gone")
		}
	}
}

func TestS12_AddressIsNotTheCookie(t *testing.T) {
	w := newTown(t, false, nil)
	mai := w.adviser("adviser-1")
	ana := w.browser("/")
	ana.starts()
	ana.taps("yes")
	ana.taps("yes")
	mai.claims()
	mai.says("hello")
	ana.get()
	ana.says("canary-text-of-ana")
	cookie := ana.cookies()[0].Value
	for name, body := range w.files() {
		for _, secret := range []string{cookie, "canary-text-of-ana", "hello"} {
			if secret != "hello" && strings.Contains(body, secret) {
				t.Errorf("%s holds the cookie or the text", name)
			}
		}
		if raw, _ := hex.DecodeString(cookie); strings.Contains(body, string(raw)) {
			t.Errorf("%s holds the cookie's bytes", name)
		}
	}
	for _, item := range w.bot.Queue() {
		if strings.Contains(fmt.Sprint(item), cookie) {
			t.Error("the desk's queue holds the cookie")
		}
	}
}

// "Someone is here" closes the page's sitting; its closing line still shows the numbers, and 99 answers.
func TestS1_SomeoneIsHere(t *testing.T) {
	w := newTown(t, false, nil)
	ana := w.browser("/")
	ana.starts()
	ana.taps("someone")
	ana.sees("check.cover")
	if !strings.Contains(ana.log(), `href="tel:999"`) {
		t.Fatal("the closing line does not show the emergency number")
	}
	log := ana.log()
	if found := content().Words.Discreet("en", tag.ReplaceAllString(log[strings.Index(log, "<body"):], " ")); len(found) > 0 {
		t.Errorf("telling words after “someone is here”: %q", found)
	}
	ana.get()
	ana.says("99")
	if !strings.Contains(ana.log(), `href="tel:999"`) {
		t.Fatal("99 is not answered")
	}
}

func TestS3_UrgentAnswersInEveryState(t *testing.T) {
	w := newTown(t, false, nil)
	for _, path := range [][]string{{}, {"later"}, {"someone"}, {"yes"}, {"yes", "no"}, {"yes", "no", "me"}, {"yes", "yes"}} {
		for _, how := range []string{"key", "99", "999", "٩٩"} {
			ana := w.browser("/")
			ana.starts()
			for _, choice := range path {
				ana.taps(choice)
			}
			ana.get()
			before := strings.Count(ana.log(), `href="tel:999"`)
			if how == "key" {
				ana.press("k", "urgent")
			} else {
				ana.says(how)
			}
			if strings.Count(ana.log(), `href="tel:999"`) <= before && before == 0 {
				t.Errorf("after %q, %s brings no emergency number", path, how)
			}
		}
	}
}

func TestS8_OneVoiceOnThePage(t *testing.T) {
	w := newTown(t, false, nil)
	mai := w.adviser("adviser-1")
	ana := w.browser("/")
	ana.starts()
	ana.taps("yes")
	ana.taps("yes")
	mai.claims()
	mai.says("hello")
	ana.get()
	if len(ana.choices()) != 0 {
		t.Errorf("the bot still asks while an adviser holds the conversation: %q", ana.choices())
	}
	bots := strings.Count(ana.log(), `class="msg bot"`)
	ana.says("how are you")
	if strings.Count(ana.log(), `class="msg bot"`) != bots {
		t.Error("the bot answered while an adviser holds the conversation")
	}
}

// Who waits with the page open keeps the sitting, however long; the page asks before it shows anything.
func TestS7_OpenPageKeepsItsPlace(t *testing.T) {
	w := newTown(t, false, nil)
	ana := w.browser("/")
	ana.starts()
	ana.taps("yes")
	ana.taps("yes")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/b", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := ana.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "data: ") {
	}
	ana.post("k", "cover")
	for range 3 {
		w.pass(16 * time.Minute)
		w.bot.Tend(t.Context())
	}
	if ana.get(); !strings.Contains(ana.body, text(t, "en", "chat.unseen")) || len(w.bot.Queue()) != 1 {
		t.Fatalf("an open page that waits lost its place: %.600s", ana.body)
	}
	if ana.press("k", "seen"); !ana.chatting() {
		t.Fatal("after yes the chat must be there again")
	}
}
