package bot

import (
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"quietline/flows"
)

// telling are words that a watcher would understand.
var telling = []string{"help", "safe", "danger", "police", "traffick", "abuse", "hotline", "forced", "adviser", "rights"}

// S1: nothing telling before it is asked for; "someone is here" closes; silence closes and the next message meets the cover.
func TestS1_NothingTellingBeforeASitting(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	mai := s.onPhone("mai")
	for _, words := range []string{"hello", "1", "1"} {
		mai.Says(words)
		mai.Never(telling...)
	}
	mai.Hears("check.unseen")
	mai.Says("4")
	mai.Hears("check.cover")
	mai.Sees("999")
	mai.Never(telling[:2]...)

	ana := s.onWeb("ana")
	ana.Taps("later")
	ana.Never(telling...)
	ana.Taps("yes")
	ana.Hears("check.danger")
	s.later(sittingIdle)
	if v := ana.view(); v.Open {
		t.Fatal("silence did not close the sitting")
	}
	ana.Never(telling...)
	ana.Hears("arrival.language")
	ana.Taps("en")
	ana.Taps("GB")
	ana.Hears("check.unseen")
}

// S2: leave and erase from every state, on web and text, in one tap or one short reply.
func TestS2_LeaveAndEraseFromAnywhere(t *testing.T) {
	paths := map[string][]string{"first": nil, "danger": {"yes"}, "who": {"yes", "no"}, "needs": {"yes", "no", "me"},
		"help": {"yes", "no", "me", "housing"}, "waiting": {"yes", "no", "me", "housing", "write", "yes"}}
	for name, taps := range paths {
		for _, key := range []flows.Kind{flows.Leave, flows.Erase} {
			for _, held := range []bool{false, true} {
				t.Run(name+"/"+string(key), func(t *testing.T) {
					s := newScene(t)
					mai := s.adviser("adviser-1")
					ana := s.onWeb("ana")
					for _, tap := range taps {
						ana.Taps(tap)
					}
					if held {
						if name != "waiting" {
							return
						}
						mai.Claims(ana.handle())
						ana.Says("a word for the adviser")
					}
					if got := ana.Presses(key); !got.Left {
						t.Fatalf("the page stays: %+v", got)
					}
					if v := ana.view(); !v.Gone {
						t.Fatalf("the page shows %+v", v)
					}
					if key == flows.Erase && ana.record() != nil {
						t.Fatal("a record is left of an erased page")
					}
					if held && key == flows.Leave {
						if q := s.bot.Queue(); len(q) != 1 || !q[0].Left {
							t.Fatalf("the adviser does not see that she left: %+v", q)
						}
					}
				})
			}
		}
	}
	s := newScene(t)
	s.adviser("adviser-1")
	for _, words := range []string{"0", "00", "٠", "delete everything"} {
		mai := s.onPhone("mai " + words)
		for _, w := range []string{"hi", "1", "1", "1"} {
			mai.Says(w)
		}
		if got := mai.Says(words); !got.Left {
			t.Fatalf("%q does not leave", words)
		}
		s.later(time.Minute)
		if s.phone.withdrawn[mai.address] == 0 {
			t.Fatalf("after %q nothing is withdrawn", words)
		}
		mai.Never(telling...)
		mai.Says("hi again")
		mai.Hears("arrival.language")
	}
}

// S3: 99, the country's numbers, 112, a run of nines or a danger word bring the card in the same turn, in every state.
func TestS3_DangerAnswersFirst(t *testing.T) {
	for _, words := range []string{"99", "999", "112", "9999", "911", "٩٩"} {
		s := newScene(t)
		s.adviser("adviser-1")
		mai := s.onPhone("mai")
		mai.Says("hi")
		mai.Says("1")
		mai.Says("1")
		mai.Says(words)
		mai.Sees("999")
		mai.Never("card.places", "danger")
		mai.Says("1")
		mai.Says(words)
		mai.Hears("card.call", "card.places", "card.where")
		ana := s.onWeb("ana")
		ana.Says(words)
		ana.Sees("999")
	}
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	ana.waits()
	mai.Claims(ana.handle())
	ana.Says("he has a knife")
	if q := s.bot.Queue(); !q[0].Alert {
		t.Fatalf("the adviser is not alerted: %+v", q[0])
	}
	before := ana.screen()
	s.later(59 * time.Second)
	if ana.screen() != before {
		t.Fatal("the bot spoke before the adviser's minute was over")
	}
	s.later(2 * time.Second)
	ana.Hears("card.call")
}

func TestS3_AnAdviserWhoReactsIsTheOnlyVoice(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	for _, react := range []func(handle string){
		func(h string) { mai.Writes(h, "I am here.") },
		func(h string) { s.ok(s.bot.Ack(s.ctx, h, mai.id)) },
	} {
		ana := s.onWeb("ana" + s.now.String())
		ana.waits()
		mai.Claims(ana.handle())
		ana.Says("he has a knife")
		react(ana.handle())
		s.line.Beat(mai.token)
		s.later(61 * time.Second)
		if strings.Contains(ana.screen(), ana.text("card.call")) {
			t.Fatal("two voices")
		}
	}
}

// S4: at most three taps from tapping a language to waiting; nobody on duty is said truthfully; no message unanswered.
func TestS4_APersonIsNear(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	ana := s.onWeb("ana") // she tapped a language, and "write to someone": one
	ana.Taps("yes")       // two
	ana.Taps("yes")       // three
	if m := ana.view().Mode; m != Waiting {
		t.Fatalf("after three taps she is %s", m)
	}
	ana.Hears("handoff.urgent")

	night := newScene(t)
	mai := night.onWeb("mai")
	mai.waits()
	if sc := mai.screen(); !strings.Contains(sc, mai.text("handoff.unknown")) {
		t.Fatalf("nobody is there, and she is not told:\n%s", sc)
	}
	mai.Hears("handoff.now")
}

// S5: no message of the bot asks for a name, a place, papers or a picture.
func TestS5_AsksNothingNotNeeded(t *testing.T) {
	c, err := content()
	if err != nil {
		t.Fatal(err)
	}
	ask := regexp.MustCompile(`(?i)(what is|tell us) your (full )?name|your address|where (do|are) you (live|from)|nationality|passport number|what happened|send (us )?a (photo|picture)|date of birth|how old`)
	for _, id := range c.Words.IDs() {
		words, err := c.Words.Text("en", id, nil)
		if err == nil && ask.MatchString(words) {
			t.Errorf("%s asks: %q", id, words)
		}
	}
}

// S6: what the adviser sees is what the person agreed to; refused, it is only that someone waits.
func TestS6_NothingWithoutConsent(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	for share, sees := range map[string]bool{"yes": true, "none": false} {
		ana := s.onWeb("ana-" + share)
		for _, tap := range []string{"yes", "no", "me", "housing", "write", share} {
			ana.Taps(tap)
		}
		ana.Hears("handoff.before", "limits.never")
		h := ana.handle()
		mai.Claims(h)
		got := mai.reads(h)
		if has := strings.Contains(got, ana.text("need.housing")) || strings.Contains(got, ana.text("summary.who.me")); has != sees {
			t.Fatalf("%s: the adviser reads %q", share, got)
		}
		for _, it := range s.bot.Queue() {
			if it.Handle == h && (len(it.Needs) > 0) != sees {
				t.Fatalf("%s: the queue shows %+v", share, it)
			}
		}
	}
}

// S7: what an adviser writes after the sitting closed waits sealed, and comes only when the person has opened a sitting.
func TestS7_NeverWriteFirst(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	for _, w := range []string{"hi", "1", "1", "1", "9"} {
		ana.Says(w)
	}
	h := ana.handle()
	s.later(sittingIdle)
	n := len(s.phone.got["ana"])
	mai.Claims(h)
	mai.Writes(h, "We found a place.")
	s.later(time.Hour)
	if len(s.phone.got["ana"]) != n {
		t.Fatal("something was sent unasked")
	}
	ana.Says("hello")
	ana.Never("We found a place.")
	ana.Says("1")
	ana.Says("1")
	ana.Hears("check.unseen")
	ana.Never("We found a place.")
	ana.Says("1")
	ana.Sees("We found a place.")
}

// S7: a page that waits in the queue keeps its sitting open; one that is gone does not.
func TestS7_AWaitingPageKeepsItsSitting(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	ana := s.onWeb("ana")
	ana.waits()
	for range 5 {
		s.now = s.now.Add(sittingIdle - time.Second)
		ana.view() // the page asks every few seconds; the last one before the silence is what counts
		s.later(time.Second)
		if !ana.record().Flow.Open {
			t.Fatal("the sitting of a waiting page closed")
		}
	}
	s.later(sittingIdle + time.Minute)
	if ana.record().Flow.Open {
		t.Fatal("the page is gone and the sitting still open")
	}
}

// S8: while an adviser holds it, the bot says nothing to anything but the keys.
func TestS8_OneVoice(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	ana.waits()
	mai.Claims(ana.handle())
	count := func() (n int) {
		for _, l := range ana.view().Lines {
			if l.From == FromBot {
				n++
			}
		}
		return n
	}
	before := count()
	for _, w := range []string{"hello", "1", "9", "8", "yes", "no", "banana", "help me"} {
		ana.Says(w)
	}
	if got := count(); got != before {
		t.Fatalf("the bot spoke %d times:\n%s", got-before, ana.screen())
	}
	if v := ana.view(); len(v.Choices) != 0 || !v.Write {
		t.Fatalf("choices beside an adviser: %+v", v.Choices)
	}
}

// S9: it says that it is automatic; every number shown comes from the directory with its mark.
func TestS9_Truth(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	ana := s.onWeb("ana")
	ana.Taps("yes")
	ana.Hears("arrival.notice")
	for _, tap := range []string{"no", "me", "housing"} {
		ana.Taps(tap)
	}
	for _, l := range ana.view().Lines {
		for _, b := range l.Blocks {
			if b.Kind == "service" && (b.Source == "" || b.On == "" || b.Notes[len(b.Notes)-1] != ana.text("lines.untried")) {
				t.Errorf("a number without source, date or mark: %+v", b)
			}
			if b.Kind == "text" && l.From == FromBot && regexp.MustCompile(`\d{3}`).MatchString(b.Text) {
				t.Errorf("a number in prose: %q", b.Text)
			}
		}
	}
	c, _ := content()
	for _, id := range c.Words.IDs() {
		words, _ := c.Words.Text("en", id, nil)
		for _, lie := range []string{"you are safe", "untraceable", "no one will know", "100% "} {
			if strings.Contains(strings.ToLower(words), lie) {
				t.Errorf("%s promises %q", id, lie)
			}
		}
	}
}

// S10: every sealed field says why it is there and for how long.
func TestS10_EveryFieldHasItsReason(t *testing.T) {
	for _, v := range Stored() {
		typ := reflect.TypeOf(v)
		for i := range typ.NumField() {
			f := typ.Field(i)
			why, long, found := strings.Cut(f.Tag.Get("keep"), ";")
			if !found || strings.TrimSpace(why) == "" || strings.TrimSpace(long) == "" {
				t.Errorf("%s.%s is stored without a reason and a lifetime", typ.Name(), f.Name)
			}
			if f.Tag.Get("cbor") == "" {
				t.Errorf("%s.%s has no field number", typ.Name(), f.Name)
			}
		}
	}
}

// S10: forget now, a day, a fortnight: each ends when it says; an unanswered handoff ends at 96 hours.
func TestS10_NothingKept(t *testing.T) {
	for choice, kept := range map[string]time.Duration{"now": keepNow, "day": keepDay, "weeks": keepFortnight} {
		s := newScene(t)
		mai := s.adviser("adviser-1")
		ana := s.onWeb("ana")
		ana.waits()
		mai.Claims(ana.handle())
		ana.Says("a secret")
		mai.Closes(ana.handle())
		ana.Taps(choice)
		if choice != "now" {
			ana.Taps("no")
		}
		s.later(kept - time.Minute)
		if ana.record() == nil {
			t.Fatalf("%s: gone too early", choice)
		}
		if len(ana.record().Log) > 0 && choice != "now" {
			for _, e := range ana.record().Log {
				if e.Text != "" {
					t.Fatalf("%s: text after closing", choice)
				}
			}
		}
		s.later(2 * time.Minute)
		if ana.record() != nil {
			t.Fatalf("%s: still there after %v", choice, kept)
		}
	}
	s := newScene(t)
	ana := s.onPhone("ana")
	for _, w := range []string{"hi", "1", "1", "1", "9"} {
		ana.Says(w)
	}
	s.later(waitCeiling - time.Hour)
	if len(s.bot.Queue()) != 1 {
		t.Fatal("the handoff ended early")
	}
	s.later(2 * time.Hour)
	if len(s.bot.Queue()) != 0 {
		t.Fatal("the handoff did not end")
	}
	s.later(3 * 24 * time.Hour)
	if ana.record() != nil {
		t.Fatalf("left: %+v", ana.record())
	}
}

// S11: a message that was acknowledged has been committed; a failed swap acknowledges nothing.
func TestS11_NothingLost(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.Says("hi")
	if len(s.phone.got["ana"]) != 1 {
		t.Fatal("no answer")
	}
	s.ok(s.talks.Close())
	_, err := s.bot.Take(s.ctx, Inbound{Channel: "text", Address: Hide("ana"), ID: "x", Text: Hide("1")})
	if err == nil {
		t.Fatal("acknowledged without a store")
	}
	s.ok(s.line.Close())
	s.ok(s.lines.Close())
	s.open()
	s.settle()
	ana.send(Inbound{ID: "x", Text: Hide("1")})
	ana.Hears("arrival.country")
}

// S12: an address is nowhere but in the sealed record; logs and desk have the handle; the next one to hold the phone
// meets the cover, in no remembered language, and nothing earlier.
func TestS12_IdentityInOnePlace(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onPhone("+447700900123")
	for _, w := range []string{"hi", "2", "1", "1", "9"} {
		ana.Says(w)
	}
	h := ana.handle()
	mai.Claims(h)
	v, err := s.bot.Desk(s.ctx, h, mai.id, false, "en")
	s.ok(err)
	for _, it := range []any{v.Handle, v.Channel, v.Lang, s.bot.Queue()} {
		if strings.Contains(strings.ToLower(reflect.ValueOf(it).String()), "7700900123") {
			t.Fatal("an address at the desk")
		}
	}
	if strings.Contains(s.files(), "7700900123") {
		t.Fatal("an address in a file or a log line")
	}
	s.later(sittingIdle)
	ana.Says("hola")
	ana.Hears("arrival.language")
	ana.Never("adviser", "persona")
	if got := ana.record().Lang; got != "" {
		t.Fatalf("the language %q is remembered", got)
	}
	if !errors.Is(s.bot.Claim(s.ctx, "NOBODY00", mai.id), ErrGone) {
		t.Fatal("an unknown handle")
	}
}

// S2: what an erase leaves of a text conversation has another key, nothing she said, and is gone within two days.
func TestS2_EraseDestroysTheKey(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	mai := s.onPhone("mai")
	for _, w := range []string{"hi", "1", "1", "1", "9"} {
		mai.Says(w)
	}
	before, err := s.talks.Get(s.ctx, mai.name())
	s.ok(err)
	mai.Says("00")
	after, err := s.talks.Get(s.ctx, mai.name())
	s.ok(err)
	if before.Key == after.Key {
		t.Fatal("the old key still opens")
	}
	if got := mai.record(); got.Handle != "" || got.Hand != nil || got.Log != nil || got.Flow.Who != "" || got.Lang != "" {
		t.Fatalf("left: %+v", got)
	}
	mai.Never("adviser")
	if got := mai.send(Inbound{ID: "mai-1", Text: Hide("hi")}); !got.Repeat {
		t.Fatal("a late repeat was taken after the erase")
	}
	s.later(residueCeiling + time.Minute)
	if mai.record() != nil {
		t.Fatal("the residue stays")
	}
}
