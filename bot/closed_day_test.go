package bot

import (
	"testing"
	"time"

	"quietline/line"
)

// S10: whoever waits for a shift whose day is closed meanwhile keeps the place until the end of the next one that is held,
// 96 hours at most from when they began to wait.
func TestS10_AClosedDayDropsNobody(t *testing.T) {
	daily := line.Shift{Days: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, From: "12:00", To: "14:00", Zone: "UTC"}
	for name, c := range map[string]struct {
		first, last string        // closed
		there       time.Duration // still waits then, counted from Monday 10:00
		gone        time.Duration // and no more then
	}{
		"nothing closed": {"", "", 3 * time.Hour, 5 * time.Hour},
		"today":          {"2026-03-02", "2026-03-02", 27 * time.Hour, 29 * time.Hour},
		"the week":       {"2026-03-02", "2026-03-09", 95 * time.Hour, 97 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.withRota(daily)
			ana := s.onPhone("ana")
			ana.writes("hello", "1", "1", "1", "9", "1")
			if Mode(ana.record().Mode) != Waiting {
				t.Fatalf("ana does not wait: %s", ana.screen())
			}
			if c.first != "" {
				s.ok(s.line.SetDays(s.ctx, "", c.first, c.last, line.NoteClosed))
			}
			began := s.now
			for s.now.Before(began.Add(c.there)) {
				s.later(time.Hour)
			}
			if got := ana.record(); Mode(got.Mode) != Waiting {
				t.Fatalf("after %s ana is dropped", s.now.Sub(began))
			}
			for s.now.Before(began.Add(c.gone)) {
				s.later(time.Hour)
			}
			if got := ana.record(); got != nil && Mode(got.Mode) == Waiting {
				t.Fatalf("after %s ana waits still", s.now.Sub(began))
			}
		})
	}
}
