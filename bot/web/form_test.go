package web

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"quietline/bot"
)

// Whatever is sent: no panic, and what is taken is clean, bounded and of the page's own making.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"", "k=leave", "c=yes&t=1&n=AAAA&m=BBBB&x=", "x=%E2%80%AEabc", "x=%ff", "k=say&x=" + strings.Repeat("a", 2000), "k=a&k=b", "l=ar&g=GB", "%zz", "x=a%00b", "w=..&p=1", "x=%D9%85%E2%80%8F"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		got, err := parseForm(body)
		for _, field := range []string{got.key, got.choice, got.turn, got.nonce, got.mac, got.lang, got.country, got.wait, got.proof} {
			if len(field) > maxField || !printable(field) {
				t.Fatalf("field %q was taken", field)
			}
		}
		if !utf8.ValidString(got.text) || strings.ContainsAny(got.text, "\x00\x07\x1b\u202e\u2066\u2028\r") {
			t.Fatalf("text %q is not clean", got.text)
		}
		if err == nil && len(got.text) > bot.MaxText {
			t.Fatalf("a text of %d bytes was taken", len(got.text))
		}
		if again, err := cleanText(got.text); len(got.text) <= bot.MaxText && (err != nil || again != got.text) {
			t.Fatalf("cleaning twice differs: %q, %q", got.text, again)
		}
		if got.genuine("secret") && got.mac != formMAC("secret", got.turn, got.nonce) {
			t.Fatal("a form without its token passes")
		}
	})
}

func FuzzGate(f *testing.F) {
	now := time.Unix(1_800_000_000, 0)
	g, err := newGate(func() time.Time { return now }, strings.NewReader(strings.Repeat("r", 32)))
	if err != nil {
		f.Fatal(err)
	}
	g.rand = strings.NewReader(strings.Repeat("t", 16))
	token, err := g.issue()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token, "1")
	f.Add("", "")
	f.Add(".", "x")
	f.Fuzz(func(t *testing.T, token2, proof string) {
		if v := g.check(token2, proof); v == passed && (token2 != token || !worked(token, proof)) || v == early && token2 != token {
			t.Fatalf("token %q with proof %q: %v", token2, proof, v)
		}
	})
}

// Nobody can make the server remember without bound.
func TestSessionsAreBounded(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s := sessions{now: func() time.Time { return now }}
	for i := range maxFresh + 10 {
		s.start(fmt.Sprint("fresh", i), "en", "GB", "/")
	}
	if s.starting() != maxFresh {
		t.Errorf("%d pages without an answer are remembered", s.starting())
	}
	if _, ok := s.get("fresh0"); ok {
		t.Error("the oldest must fall first")
	}
	for i := range maxKnown + 10 {
		s.change(fmt.Sprint("known", i), func(v *session) {})
	}
	if s.known.Len() != maxKnown || len(s.by) != maxKnown+maxFresh {
		t.Errorf("%d open pages are remembered", s.known.Len())
	}
	now = now.Add(freshFor + time.Second)
	if s.starting() != 0 {
		t.Error("pages without an answer never expire")
	}
}

func TestEndStopsTheStreamAndKeepsTheMark(t *testing.T) {
	s := sessions{now: time.Now}
	s.start("a", "en", "GB", "/")
	stopped := false
	s.change("a", func(v *session) { v.fresh, v.stop = false, func() { stopped = true } })
	s.end("a")
	if v, ok := s.get("a"); !ok || !v.ended || v.lang != "" || !stopped {
		t.Errorf("after the end: %+v, known %v, stopped %v", v, ok, stopped)
	}
}
