package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// flood writes until nothing is answered any more.
func (h *human) floods() {
	h.s.t.Helper()
	for range 2 * floodBurst {
		h.Says("banana")
	}
	if h.screen() != "" {
		h.s.t.Fatalf("a flood is answered: %q", h.screen())
	}
}

// S3, S4: whoever writes very much and is in danger still gets the card, and a person; leaving and the words that lead back go through too.
func TestS4_AFloodInDangerIsHeard(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	ana, mai := s.onPhone("ana"), s.onPhone("mai")
	ana.writes("hi", "1", "1", "1")
	ana.floods()
	ana.Says("1") // in danger: yes
	ana.Hears("card.call")
	if Mode(ana.record().Mode) != Waiting {
		t.Fatal("somebody in danger does not wait for a person")
	}
	mai.writes("hi", "1", "1", "1")
	mai.floods()
	mai.Says("9")
	if Mode(mai.record().Mode) != Waiting {
		t.Fatal("somebody who asked for a person does not wait for one")
	}
}

// S11: what somebody who waits writes is kept for the adviser, however fast it comes.
func TestS11_AFloodOfWordsIsKept(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	for _, choice := range []string{"skip", "more", "skip", "none"} {
		ana.Taps(choice)
	}
	for i := range floodBurst + 10 {
		ana.Says(fmt.Sprintf("part %d.", i))
	}
	adv.Claims(ana.handle())
	got := adv.reads(ana.handle())
	for i := range floodBurst + 10 {
		if !strings.Contains(got, fmt.Sprintf("part %d.", i)) {
			t.Fatalf("part %d is lost", i)
		}
	}
}

// Guesses at return words are no way around the limit.
func TestGuessesAreAFloodToo(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1")
	list := s.bot.cfg.Content().Words.ReturnList("en")
	n := s.phone.sent
	for i := range 3 * floodBurst {
		ana.Says(strings.Join(list[i:i+3], " "))
	}
	if sent := s.phone.sent - n; sent > floodBurst+1 {
		t.Fatalf("%d answers to guesses", sent)
	}
}

// What a provider repeats counts once: an outage of ours makes nobody a flooder.
func TestRepeatsAreNoFlood(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.Says("hi")
	for range 3 * floodBurst {
		if got := ana.send(Inbound{ID: "ana-1", Text: Hide("hi")}); !got.Repeat {
			t.Fatal("a repeat was taken")
		}
	}
	ana.Says("1")
	ana.Hears("arrival.country")
}

// A clock that is turned back makes nobody a flooder.
func TestAClockTurnedBackIsNoFlood(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.writes("hi", "1")
	s.now = s.now.Add(-3 * time.Hour)
	s.bot.Tend(s.ctx)
	ana.Says("1")
	ana.Hears("check.unseen")
}

// Nobody is let off by writing from very many other addresses, and memory stays bounded.
func TestManyAddressesLetNobodyOff(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	ana := s.onPhone("ana")
	for range freeItems {
		ana.writes("hi", "1", "1", "1", "9", "00")
		s.later(time.Minute)
	}
	for i := range maxFloods + 1000 {
		s.bot.floods.hear(&Inbound{Channel: "text", Address: Hide(fmt.Sprint("other-", i))}, s.now)
	}
	if n := len(s.bot.floods.known); n > maxFloods {
		t.Fatalf("%d addresses are known", n)
	}
	ana.writes("hi", "1", "1", "1", "9")
	ana.Hears("handoff.limited")
	for range 3 * floodBurst {
		ana.Says("99")
	}
	for _, c := range s.bot.floods.known {
		if len(c.cards) > freeCards {
			t.Fatalf("%d cards are counted", len(c.cards))
		}
	}
}

// One telephone with several addresses, by text message, WhatsApp or at another number of the line, is counted once.
func TestOneTelephoneIsCountedOnce(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	items := 0
	for i := range 2 * freeItems {
		ana := s.onPhone(fmt.Sprintf("+440000000001>+4400000000%02d", i))
		for _, w := range []string{"hi", "1", "1", "1", "9"} {
			ana.send(Inbound{Text: Hide(w), Phone: Hide("+440000000001")})
		}
		if Mode(ana.record().Mode) == Waiting {
			items++
		}
	}
	if items != freeItems {
		t.Fatalf("one telephone cost %d items", items)
	}
}
