package bot

import (
	"errors"
	"strings"
	"testing"

	"quietline/flows"
)

func (a *adviser) phrase(handle, id string) {
	a.s.t.Helper()
	a.n++
	a.s.ok(a.s.bot.SendPhrase(a.s.ctx, handle, a.id, "p"+string(rune('0'+a.n)), id))
	a.s.bot.Tend(a.s.ctx)
}

func (a *adviser) last(handle string) Line {
	a.s.t.Helper()
	lines := a.desk(handle).Lines
	return lines[len(lines)-1]
}

// An adviser without the person's language asks from the phrasebook; the number that comes back says what it is in theirs.
func TestAPhraseAndItsNumberedAnswer(t *testing.T) {
	for _, web := range []bool{true, false} {
		s := newScene(t)
		mai := s.adviser("adviser-1")
		ana := s.talking(web, mai)
		h := ana.handle()
		mai.phrase(h, "phrase.safe.hurt")
		ana.Hears("phrase.safe.hurt", "phrase.answer.yes", "phrase.answer.no")
		s.restart()
		if web {
			ana.Taps("phrase.answer.no")
		} else {
			ana.Says("2")
		}
		l := mai.last(h)
		if l.From != FromPerson || plain(l.Means) != "No\n" && plain(l.Means) != "No" {
			t.Fatalf("the desk has %+v", l)
		}
		if web && !strings.Contains(ana.screen(), "person: No") {
			t.Fatalf("her page has %q", ana.screen())
		}
		ana.Never("1 Yes")
		ana.Says("2") // once is enough: this is for the adviser as it is
		if l := mai.last(h); l.Means != nil || plain(l.Blocks) != "2\n" && plain(l.Blocks) != "2" {
			t.Fatalf("the same number again: %+v", l)
		}
	}
}

// S2: whatever is asked, 0, 00, 9 and 99 keep their meaning, and what the adviser says next takes the answers away.
func TestS2_APhraseTakesNoKey(t *testing.T) {
	for key, ends := range map[string]bool{"0": true, "00": true, "99": false} {
		s := newScene(t)
		mai := s.adviser("adviser-1")
		ana := s.talking(false, mai)
		h := ana.handle()
		mai.phrase(h, "phrase.next.most") // six answers
		ana.Says(key)
		if r := ana.record(); ends != (r == nil || !r.Flow.Open) {
			t.Errorf("%q after a question: %+v", key, r.Flow)
		}
		if !ends && !mai.desk(h).Alert {
			t.Errorf("%q after a question alerts nobody", key)
		}
	}
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.talking(true, mai)
	h := ana.handle()
	mai.phrase(h, "phrase.safe.hurt")
	mai.Writes(h, "Do you have 1 or 2 bags?")
	ana.Says("1")
	if l := mai.last(h); l.Means != nil {
		t.Fatalf("a digit meant for another question: %+v", l)
	}
	mai.phrase(h, "phrase.safe.hurt")
	ana.Says("yes he hit me")
	if l := mai.last(h); l.Means != nil || l.Mark != MarkDanger {
		t.Fatalf("words are for the adviser as they are: %+v", l)
	}
}

// A button answers the question that it stands below, and no later one.
func TestAnOldButtonAnswersNoNewPhrase(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.talking(false, mai)
	h := ana.handle()
	turn := func() string {
		got := s.phone.got["ana"]
		return got[len(got)-1].Turn
	}
	mai.phrase(h, "phrase.safe.hurt")
	first := turn()
	mai.phrase(h, "phrase.safe.children")
	second := turn()
	if first == second || len(s.phone.got["ana"][len(s.phone.got["ana"])-1].Choices) != 2 {
		t.Fatalf("the buttons say %q and %q", first, second)
	}
	if taken := ana.send(Inbound{Digit: 1, Turn: first}); !taken.Stale {
		t.Fatal("a button of an older question counts")
	}
	ana.send(Inbound{Digit: 1, Turn: second})
	if l := mai.last(h); plain(l.Means) != "Yes\n" && plain(l.Means) != "Yes" {
		t.Fatalf("the desk has %+v", l)
	}
}

// What a phrase would promise and nobody knows is not offered, and neither is what the language does not have.
func TestPhrasesThatCannotBeSaid(t *testing.T) {
	s := newScene(t)
	mai, kim := s.adviser("adviser-1"), s.adviser("adviser-2")
	ana := s.talking(true, mai)
	h := ana.handle()
	all, err := s.bot.Phrases(s.ctx, h, mai.id, "es")
	s.ok(err)
	asks := 0
	for _, p := range all {
		if p.ID == "phrase.language.from" {
			t.Error("a time is promised that nobody knows") // the rota of a trial has no next shift
		}
		if p.Theirs == "" || p.Own == "" || p.Theirs == p.Own || len(p.Answers) != len(p.OwnAnswers) {
			t.Errorf("%+v", p)
		}
		if len(p.Answers) > 0 {
			asks++
		}
	}
	if len(all) < 70 || asks < 15 {
		t.Errorf("%d phrases, %d ask", len(all), asks)
	}
	for _, id := range []string{"phrase.language.from", "phrase.no.such", "check.unseen", ""} {
		if err := s.bot.SendPhrase(s.ctx, h, mai.id, "x"+id, id); !errors.Is(err, ErrPhrase) {
			t.Errorf("%q is sent: %v", id, err)
		}
	}
	if _, err := s.bot.Phrases(s.ctx, h, kim.id, "en"); !errors.Is(err, ErrTaken) {
		t.Errorf("somebody else sees what would be sent: %v", err)
	}
	ana.Presses(flows.Leave)
	mai.phrase(h, "phrase.safe.hurt") // waits, and is read later: no number answers it then
	if r := ana.record(); r.Posed != "" || !r.heldLines() {
		t.Fatalf("%+v", r)
	}
}
