package bot

import (
	"errors"
	"testing"

	"quietline/line"
)

// S6: an address is shown to nobody unless the line says so, and then to two different leads together, once, logged.
func TestS6_TwoLeadsSeeAnAddress(t *testing.T) {
	s := newScene(t)
	s.cfg.Reveal = "two_leads"
	s.restart()
	mai, kim, ida := s.adviser("adviser-1"), s.lead("lead-1"), s.lead("lead-2")
	ana := s.talking(false, mai)
	h := ana.handle()
	ask := func(a *adviser, want error) string {
		t.Helper()
		_, address, err := s.bot.Address(s.ctx, h, a.id)
		if !errors.Is(err, want) {
			t.Fatalf("it says %v, want %v", err, want)
		}
		return address.Reveal()
	}
	ask(mai, ErrNotYours)
	ask(kim, ErrSecondLead)
	ask(kim, ErrSecondLead) // one lead twice is not two
	s.restart()
	if got := ask(ida, nil); got != "ana" {
		t.Fatalf("two leads see %q", got)
	}
	ask(ida, ErrSecondLead) // once
	s.now = s.now.Add(revealFor)
	ask(kim, ErrSecondLead) // the first one asked too long ago
	s.bot.Tend(s.ctx)
	log, err := s.line.AuditLog(s.ctx)
	s.ok(err)
	var got []line.Note
	for _, e := range log {
		if e.Act == line.ActReveal && e.Handle == h {
			got = append(got, e.Note)
		}
	}
	if len(got) != 4 || got[0] != line.NoteAsked || got[1] != line.NoteLife {
		t.Fatalf("the audit has %v", got)
	}

	web := s.onWeb("bea")
	web.waits()
	if _, _, err := s.bot.Address(s.ctx, web.handle(), kim.id); !errors.Is(err, ErrNoAddress) {
		t.Fatalf("a page has an address: %v", err)
	}
	s.cfg.Reveal = "never"
	s.restart()
	ask(kim, ErrNeverShown)
}
