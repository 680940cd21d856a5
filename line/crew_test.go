package line

import (
	"testing"
	"time"
)

// Shifts that follow at once are one stretch: who watches over them must not begin anew at every change of shift.
func TestCrewKnowsTheStretch(t *testing.T) {
	every := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	h := openLine(t, openStore(t, t.TempDir()), Options{Shifts: []Shift{
		{Days: every, From: "10:00", To: "14:00", Zone: "Europe/London", Langs: []string{"en"}},
		{Days: every, From: "14:00", To: "18:00", Zone: "Europe/London", Langs: []string{"ar"}},
		{Days: every, From: "17:00", To: "19:00", Zone: "Europe/London", Langs: []string{"en"}},
		{Days: every, From: "22:00", To: "02:00", Zone: "Europe/London", Langs: []string{"es"}},
	}})
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, time.UTC) }
	for _, tt := range []struct {
		now, from, to time.Time
	}{
		{at(4, 9, 59), time.Time{}, time.Time{}},
		{at(4, 10, 0), at(4, 10, 0), at(4, 19, 0)},
		{at(4, 14, 0), at(4, 10, 0), at(4, 19, 0)},
		{at(4, 18, 30), at(4, 10, 0), at(4, 19, 0)},
		{at(4, 19, 0), time.Time{}, time.Time{}},
		{at(5, 1, 0), at(4, 22, 0), at(5, 2, 0)},
		{at(5, 3, 0), time.Time{}, time.Time{}},
	} {
		c := h.Crew(tt.now)
		if !c.From.Equal(tt.from) || !c.To.Equal(tt.to) || c.Open != !tt.from.IsZero() || c.Anyone {
			t.Errorf("at %s: %+v, want %s to %s", tt.now, c, tt.from, tt.to)
		}
	}
}
