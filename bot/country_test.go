package bot

import (
	"strings"
	"testing"
)

// A country is chosen by its name, in any language of the line, or by its digit: nobody leafs through two hundred.
func TestCountryByName(t *testing.T) {
	for _, name := range []string{"Spain", "españa", "Espana."} {
		s := newScene(t)
		ana := s.onPhone("ana")
		ana.writes("hello", "1")
		ana.Hears("arrival.country")
		ana.Says("I am somewhere")
		ana.Hears("arrival.number", "arrival.country")
		ana.Says(name)
		ana.Hears("check.unseen")
		if got := ana.record().Country; got != "ES" {
			t.Fatalf("%q chose %q", name, got)
		}
		ana.Says("1")
		ana.Says("France") // no country is asked for now
		if got := ana.record().Country; got != "ES" {
			t.Fatalf("later %q was chosen", got)
		}
	}
}

// S3: who asks for emergency numbers before the country is known is asked for it, and then sees them; also after a sitting
// that ended because somebody was there.
func TestS3_CardWaitsForTheCountry(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.Says("99")
	ana.Hears("card.nocountry", "arrival.language")
	ana.Says("1")
	ana.Hears("arrival.country")
	ana.Says("United Kingdom")
	ana.Hears("check.unseen")
	ana.Sees("999")
	ana.Says("4")
	ana.Hears("check.cover")
	ana.Sees("999")
	ana.Says("99")
	ana.Hears("card.nocountry", "arrival.language")
	ana.Says("1")
	ana.Says("UK")
	ana.Sees("999")
	ana.Hears("check.unseen")
	ana.Says("4")
	ana.Says("hello")
	ana.Says("1")
	ana.Says("UK")
	ana.Hears("check.unseen")
	ana.Never("112")
}

// What is not text is not said to be kept while somebody waits: the adviser hears that it came.
func TestPictureWhileWaiting(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hello", "1", "1", "1", "9", "4", "1", "1", "1")
	ana.Says("the door is green")
	ana.Hears("handoff.kept")
	ana.send(Inbound{Other: true})
	ana.Hears("bot.other")
	ana.Never(ana.text("handoff.kept"))
	ana.send(Inbound{Other: true, Text: Hide("look at this")})
	ana.Hears("bot.other", "handoff.kept")
	adv.Claims(ana.handle())
	got := adv.reads(ana.handle())
	if mark := ana.text("bot.desk.other"); strings.Count(got, mark) != 2 || !strings.Contains(got, mark+" look at this") {
		t.Fatalf("the adviser reads %q", got)
	}
}

// An answer written out as it is shown is that answer, with or without its accents, marks and capitals.
func TestAnAnswerWrittenOut(t *testing.T) {
	s := newScene(t)
	for _, written := range []func(string) string{strings.ToUpper, func(s string) string { return "  " + strings.ToLower(s) + " !!" }} {
		ana := s.onPhone("ana-" + written("a"))
		ana.writes("hello", "1", "Spain")
		ana.Hears("check.unseen")
		ana.Says(written(ana.text("check.unseen.yes")))
		ana.Hears("check.danger")
		ana.Says(written(ana.text("check.danger.no")))
		ana.Hears("check.who")
		ana.Says(written("since march"))
		ana.Hears("arrival.number", "check.who")
		ana.Says(written(ana.text("check.who.other")))
		ana.Hears("other.known")
	}
}
