package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A flood is told once a minute, with numbers, and leads to nothing; leaving, erasing, danger and return words go through,
// and an erase resets nothing.
func TestAFloodIsToldAndLeadsToNothing(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1")
	for range floodBurst {
		ana.Says("banana")
	}
	n := s.phone.sent
	for range 200 {
		ana.Says("banana")
	}
	if s.phone.sent != n {
		t.Fatalf("%d answers to a flood", s.phone.sent-n)
	}
	told := 0
	for _, o := range s.phone.got["ana"] {
		if strings.Contains(o.Text.Reveal(), ana.text("bot.limited")) {
			told++
			if !strings.Contains(o.Text.Reveal(), "999") {
				t.Fatal("told without a number to call")
			}
		}
	}
	if told != 1 {
		t.Fatalf("told %d times", told)
	}
	if r := ana.record(); len(r.Receipts) < floodBurst {
		t.Fatal("the messages of a flood cannot be taken back")
	}
	ana.Says("999")
	ana.Sees("999")
	ana.Says("00")
	if ana.record().Mode != string(Residue) {
		t.Fatal("a flood could not erase")
	}
	ana.Says("hi")
	if screen := ana.screen(); screen != "" && !strings.Contains(screen, ana.text("bot.limited")) {
		t.Fatalf("an erase reset the count: %q", screen)
	}
	s.later(2 * time.Minute)
	ana.Says("hi")
	ana.Hears("arrival.language")
}

// S4: two hundred people in ten minutes, each at an address of their own: nobody waits.
func TestS4_ManyPeopleAreNoFlood(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	for i := range 200 {
		ana := s.onPhone(fmt.Sprint("ana-", i))
		ana.writes("hi", "1", "1", "1", "9")
		if Mode(ana.record().Mode) != Waiting {
			t.Fatalf("person %d does not wait", i)
		}
		s.later(3 * time.Second)
	}
}

// A flooder costs the advisers three items; then asking for a person waits, longer each time, and numbers are shown.
// Danger still brings the card.
func TestAFlooderCostsThreeItems(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	ana := s.onPhone("ana")
	items := 0
	for range 12 {
		ana.writes("hi", "1", "1", "1", "9")
		if Mode(ana.record().Mode) == Waiting {
			items++
		} else {
			ana.Hears("handoff.limited")
		}
		ana.Says("00")
		s.later(time.Minute)
	}
	if items != freeItems {
		t.Fatalf("a flooder cost %d items", items)
	}
	ana.writes("hi", "1", "1", "1", "1") // in danger: yes
	ana.Hears("card.call")
	ana.Says("00")
	s.later(itemPause)
	ana.writes("hi", "1", "1", "1", "9")
	if Mode(ana.record().Mode) != Waiting {
		t.Fatal("nobody may ask again after an hour")
	}
}

// Ten full cards an hour; then the numbers alone, at once and always.
func TestS3_ManyCards(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1")
	for range freeCards {
		ana.Says("99")
		ana.Hears("card.call")
		s.later(10 * time.Second)
	}
	ana.Says("99")
	ana.Sees("999")
	ana.Never(ana.text("card.call"))
	s.later(time.Hour)
	ana.writes("hi", "1", "1", "1", "99")
	ana.Hears("card.call")
}

// The counts live in memory, under a salt of the day: the next day nothing of them is there.
func TestFloodCountsAreForgottenDaily(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.Says("hi")
	in := Inbound{Channel: "text", Address: Hide("ana")}
	old := s.bot.floods.key(&in)
	s.later(24 * time.Hour)
	s.onPhone("mai").Says("hi")
	if _, ok := s.bot.floods.known[old]; ok || s.bot.floods.key(&in) == old || len(s.bot.floods.known) != 1 {
		t.Fatal("yesterday's counts are still there")
	}
	if strings.Contains(s.files(), string(old[:])) {
		t.Fatal("a count is on the disk")
	}
}
