package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// A board is an ntfy on the loopback that takes only what it should get.
type board struct {
	http *httptest.Server
	mu   sync.Mutex
	got  []string
	bad  []string
	deny bool
}

func newBoard(t testing.TB) *board {
	b := &board{}
	b.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		b.mu.Lock()
		defer b.mu.Unlock()
		said := fmt.Sprintf("%s %s %s: %s", r.Method, r.URL, r.Header.Get("Title"), body)
		switch {
		case b.deny:
			w.WriteHeader(http.StatusForbidden)
		case r.Header.Get("Authorization") != "Bearer board-token-7", !strings.HasPrefix(said, "POST /topic-7 Notices: "):
			b.bad = append(b.bad, said)
			w.WriteHeader(http.StatusForbidden)
		default:
			b.got = append(b.got, string(body))
		}
	}))
	t.Cleanup(b.http.Close)
	return b
}

// heard is what came since it was last asked.
func (b *board) heard() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := strings.Join(append(b.got, b.bad...), "; ")
	b.got = nil
	return out
}

func (b *board) denies(on bool) { b.mu.Lock(); defer b.mu.Unlock(); b.deny = on }

// TestOnCall: at night ana is in danger, and the lead's board hears within seconds; after kill -9 it hears once more; when it
// cannot be told the desk and doctor say so; "I have seen it" ends it, also across a kill.
func TestOnCall(t *testing.T) {
	b := newBoard(t)
	v := provides(t, "", true)
	write(t, v.dir, "board.token", "board-token-7\n")
	write(t, v.dir, "quietline.toml", v.config+fmt.Sprintf("\n[oncall]\n[[oncall.step]]\npost = %q\ntoken_file = \"board.token\"\nlead = true\n"+
		"[[oncall.step]]\nsms = %q\nafter = \"20m\"\n", b.http.URL+"/topic-7", hisNumber))
	phone := v.twilio.Phone(hisNumber)
	v.serves()
	said := must(t, v.dir, "doctor", "--live", "--channel", "oncall")
	if !strings.Contains(said, `step 1, post: "test" was taken`) || !strings.Contains(said, `step 2, sms: "test" was taken`) || b.heard() != "test" {
		t.Errorf("doctor --live says:\n%s", said)
	}
	v.ok(phone.Waits(v.ctx, "Notices: test"))
	ana := scans(t, "ana", v.page+"/"+madeCode(t, v.dir))
	ana.taps("yes").taps("yes")
	ana.reads().sees("Nobody is on duty right now.").doesNotSee("nobody reads")
	soon(t, "the lead is told", func() bool { return b.heard() == "1 waiting, urgent" })

	v.serving.killed()
	b.denies(true)
	v.serves()
	lead := enrols(t, "lead-1", v.desk, must(t, v.dir, "staff", "add", "lead-1", "--role", "lead", "--lang", "en")).adviser
	soon(t, "the desk says that it was not delivered", func() bool {
		return strings.Contains(lead.opens(origin(v.desk)+"/list").body, "The alarm could not be delivered")
	})
	v.ok(phone.Waits(v.ctx, "Notices: 1 waiting, urgent")) // the next step, at once
	out, err := command(t, v.dir, "doctor")
	if err == nil || !strings.Contains(out, "! oncall: the alarm could not be delivered by step 1, post (credentials)") {
		t.Errorf("doctor: %v\n%s", err, out)
	}
	out, err = command(t, v.dir, "doctor", "--live", "--channel", "oncall", "--json")
	var tried triedWord
	if jerr := json.Unmarshal([]byte(jsonOf(out)), &tried); err == nil || jerr != nil || len(tried.OnCall) != 2 || tried.OnCall[0].Failed != "credentials" || tried.OnCall[1].Failed != "" {
		t.Errorf("doctor --live --json: %v, %v\n%s", err, jerr, out)
	}
	b.denies(false)
	must(t, v.dir, "doctor", "--live", "--channel", "oncall")
	lead.opens(origin(v.desk) + "/list").doesNotSee("The alarm could not be delivered").sees("I have seen it")
	b.heard()
	handle := regexp.MustCompile(`action="/c/([0-9A-Z]+)/seen"`).FindStringSubmatch(lead.body)[1]
	lead.opens(v.desk + "/")
	lead.posts("/c/"+handle+"/seen", nil)
	v.serving.killed()
	v.serves()
	if out := must(t, v.dir, "doctor"); !strings.Contains(out, "step 1, post; told 0 times; well") {
		t.Errorf("doctor says:\n%s", out)
	}
	lead.opens(origin(v.desk) + "/list").sees(">seen<")
	if said := b.heard(); said != "" {
		t.Errorf("somebody has seen it, and the board hears %q", said)
	}
	if log, _ := v.serving.out.now(); strings.Contains(log, "board-token") || strings.Contains(log, "topic-7") || strings.Contains(log, hisNumber) {
		t.Errorf("the log tells:\n%s", log)
	}
}

// Without [oncall] doctor says what that means.
func TestNobodyOnCall(t *testing.T) {
	v := provides(t, "", false).serves()
	if out := must(t, v.dir, "doctor"); !strings.Contains(out, "note: no [oncall]: nobody is told") {
		t.Errorf("doctor says:\n%s", out)
	}
	if out, err := command(t, v.dir, "doctor", "--live", "--channel", "oncall"); err == nil || !strings.Contains(out, "there is nobody on call") {
		t.Errorf("doctor --live: %v\n%s", err, out)
	}
	ana := scans(t, "ana", v.page+"/"+madeCode(t, v.dir))
	ana.taps("yes").taps("yes")
	ana.reads().sees("Until then, nobody reads what you write.")
}
