package main

import (
	"bufio"
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestHalfStart lets each part of serve fail to start in turn: the error says which, and what had been opened before is
// given back, so that the next start works.
func TestHalfStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, tt := range []struct{ name, from, to, says string }{
		{"public listener", `public_listen = "127.0.0.1:0"`, `public_listen = "` + taken.Addr().String() + `"`, "listening for the public page"},
		{"desk listener", `desk_listen = "127.0.0.1:0"`, `desk_listen = "` + taken.Addr().String() + `"`, "listening for the desk"},
		{"socket", `"./run"`, `"./quietline.toml"`, "runtime_dir"},
		{"content", `"arrival", "check", `, `"departure", "check", `, "departure"},
		{"cover", `cover = "Notices"`, `cover = "Trafficking help"`, "tells what the line is for"},
		{"host name", `"http://127.0.0.1:8080"`, `"https://victim-hotline.example"`, "public_url: "},
		{"configuration", `cover = "Notices"`, ``, "cover: is missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "quietline.toml", served)
			write(t, dir, "broken.toml", strings.Replace(served, tt.from, tt.to, 1))
			if out, err := command(t, dir, "serve", "--config", "broken.toml"); err == nil || !strings.Contains(out, tt.says) {
				t.Errorf("%v: %s, want %s", err, out, tt.says)
			}
			p, page, _ := serves(t, dir)
			p.prints("chat=true")
			visits(t, "ana").opens(page + "/").sees("Notices")
			p.stops()
		})
	}
}

// stream opens an event stream and returns a channel that is closed when it has ended.
func stream(t *testing.T, v *visitor, address string) <-chan struct{} {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	resp, err := (&http.Client{Jar: v.client.Jar}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if kind := resp.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/event-stream") {
		t.Fatalf("%s is no event stream but %s", address, kind)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer resp.Body.Close()
		for s := bufio.NewScanner(resp.Body); s.Scan(); {
		}
	}()
	return ended
}

// TestStop ends a line with pages open: event streams end at once, nothing waits for the grace of requests under way.
func TestStop(t *testing.T) {
	dir := lineFolder(t)
	p, page, desk := serves(t, dir)
	one := enrols(t, "adviser-1", desk, must(t, dir, "staff", "add", "adviser-1", "--role", "adviser", "--lang", "en")).adviser
	one.posts("/duty", url.Values{"on": {"1"}})
	ana := scans(t, "ana", page+"/"+madeCode(t, dir))
	ana.taps("yes").presses("person")
	handle := one.claims()
	open := []<-chan struct{}{stream(t, ana.visitor, page+"/b"), stream(t, one.visitor, desk+"/live?c="+handle)}
	p.stops()
	for _, ended := range open {
		select {
		case <-ended:
		case <-time.After(patience):
			t.Fatal("an event stream outlived the program")
		}
	}
	if text, _ := p.out.now(); strings.Contains(text, "level=ERROR") || strings.Contains(text, "cut off") {
		t.Errorf("stopping was not clean:\n%s", text)
	}
}

// TestStaffDisabled: somebody disabled is out at once, with the server running.
func TestStaffDisabled(t *testing.T) {
	dir := lineFolder(t)
	_, _, desk := serves(t, dir)
	one := enrols(t, "adviser-1", desk, must(t, dir, "staff", "add", "adviser-1", "--role", "adviser", "--lang", "en"))
	one.opens(desk + "/").sees("Queue")
	must(t, dir, "staff", "disable", "adviser-1")
	one.opens(desk + "/list")
	one.doesNotSee("Waiting")
	again := visits(t, "adviser-1")
	again.opens(desk + "/in")
	again.sends("", url.Values{"name": {one.name}, "password": {one.password}, "code": {one.recovery[0]}})
	again.doesNotSee("Sign out")
}

// TestRevoked: a revoked code opens the ordinary page, at once.
func TestRevoked(t *testing.T) {
	dir := lineFolder(t)
	_, page, _ := serves(t, dir)
	code := madeCode(t, dir)
	ana := visits(t, "ana")
	ana.opens(page + "/" + code).sees("999")
	must(t, dir, "code", "revoke", strings.ToLower(code[:2])+"-"+code[2:6]+"-"+code[6:])
	ana.opens(page + "/" + code)
	revoked := ana.body
	ana.doesNotSee("999")
	if ana.opens(page + "/ZZ0000Z"); ana.status != http.StatusOK || len(ana.body) != len(revoked) {
		t.Error("a revoked code can be told from an unknown one")
	}
}

// TestPanicTellsNothing: a request that panics is logged with its place, and not with what it held.
func TestPanicTellsNothing(t *testing.T) {
	var log bytes.Buffer
	s := newSites(slog.New(slog.NewTextHandler(&log, nil)))
	l, err := listen("page", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.serve("page", l, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		panic("canary " + r.FormValue("text") + r.RemoteAddr)
	}))
	if _, err := http.PostForm("http://"+l.Addr().String()+"/", url.Values{"text": {"canary-plover"}}); err == nil {
		t.Error("a request that panicked was answered")
	}
	s.shut()
	if text := log.String(); !strings.Contains(text, "a request panicked") || strings.Contains(text, "canary") || strings.Contains(text, "127.0.0.1:") {
		t.Errorf("the log says:\n%s", text)
	}
}
