package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"quietline/flows"
)

// The ready line: once for each answer that waits, by day only, and also when the conversation lies behind return words.
func TestS7_ReadyLine(t *testing.T) {
	for _, behind := range []bool{false, true} {
		t.Run(map[bool]string{false: "open", true: "behind words"}[behind], func(t *testing.T) {
			s := newScene(t)
			adv := s.adviser("adviser-1")
			ana := s.onPhone("ana")
			ana.opens()
			for _, w := range []string{"9", "1"} {
				ana.Says(w)
			}
			ana.Hears("handoff.by_day", "handoff.line")
			ana.Says("4")
			ana.Hears("handoff.waiting")
			words := ""
			if behind {
				ana.Says("5")
				words, _ = ana.madeWords()
				ana.Says("1")
			}
			h := ana.handle()
			s.until(day(2, 23, 0))
			ana.gets()
			adv.Claims(h)
			adv.Writes(h, "Good evening.")
			adv.Writes(h, "I will be here in the morning.")
			s.restart()
			s.until(day(3, 7, 59))
			ana.Gets()
			s.until(day(3, 8, 0))
			ana.Gets("A parcel is waiting at the shop.")
			s.restart()
			s.until(day(3, 21, 0))
			ana.Gets()
			if behind {
				ana.Says(words)
				ana.Hears("return.hello")
			}
			ana.Says("hi")
			for !strings.Contains(ana.screen(), ana.text("check.unseen")) {
				ana.Says("1")
			}
			ana.Says("1")
			ana.Sees("I will be here in the morning.")
			if behind {
				return
			}
			s.later(20 * time.Minute)
			ana.gets()
			s.until(day(4, 10, 0))
			adv.Writes(h, "Are you there?")
			ana.Gets("A parcel is waiting at the shop.")
			adv.Writes(h, "Later, then.")
			s.until(day(5, 10, 0))
			ana.Gets()
			ana.Says("00")
			if s.later(time.Hour); len(s.bot.asks) != 0 {
				t.Fatal("the wish is left")
			}
		})
	}
}

// In a country with several times only the time of day of asking is known to suit.
func TestS7_AtAboutThisTimeOfDay(t *testing.T) {
	s := newScene(t)
	c := *s.cfg.Content()
	c.Book = c.Book.WithMenus(flows.Menus{Languages: []string{"en"}, Countries: []string{"US"}})
	s.cfg.Content, s.cfg.Languages, s.cfg.Countries = func() *Content { return &c }, []string{"en"}, []string{"US"}
	s.restart()
	ana := s.onPhone("ana")
	ana.opens()
	ana.Says("5")
	ana.Says("1")
	ana.Says("2")
	ana.Hears("checkin.about")
	for _, w := range []string{"1", "1", "1"} {
		ana.Says(w)
	}
	ana.Sees("Thu 2026-03-05 08:30–11:30 UTC")
	ana.Says("1")
	ana.gets()
	s.until(day(5, 8, 29))
	ana.Gets()
	s.until(day(5, 8, 30))
	ana.Gets("Your photo is ready.")
}

// Where nothing arrives a day after her last message nothing is promised for later.
func TestS11_NoCheckInWhereNothingArrives(t *testing.T) {
	s := newScene(t)
	s.phone.limits.Brief = true
	ana := s.onPhone("ana")
	ana.opens()
	ana.Says("5")
	ana.Hears("checkin.app", "checkin.web")
	ana.Says("2")
	ana.Hears("check.next")
}

// What the provider says later of a plain line reaches it: its copy goes as soon as it may, and a line that did not arrive
// is told as such.
func TestACheckInIsReported(t *testing.T) {
	s := newScene(t)
	s.phone.copies = true
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.opens()
	ana.asks("1", "1", "1", "1", "2")
	s.until(day(3, 9, 0))
	ana.gets()
	id := fmt.Sprint(s.phone.sent)
	s.ok(s.bot.Report(s.ctx, Report{Channel: "text", Address: Hide("ana"), ID: id, Final: true, Failed: &SendError{Next: Never, Class: "opted out"}}))
	s.bot.Tend(s.ctx)
	if !slices.Contains(s.phone.gone, id) {
		t.Fatal("the provider's copy stays")
	}
	s.until(day(4, 9, 0))
	q := s.bot.Queue()
	if len(q) != 1 || !q[0].Deaf {
		t.Fatalf("the queue: %+v", q)
	}
	adv.Claims(q[0].Handle)
	if got := adv.reads(q[0].Handle); !strings.Contains(got, "could not be delivered") {
		t.Fatalf("the adviser reads %q", got)
	}
}
