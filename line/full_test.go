package line

import (
	"errors"
	"testing"
	"time"
)

// A line that is full says so until its shift ends, across restarts and in every process, and takes it back at once.
func TestTheLineIsFull(t *testing.T) {
	ctx, clock, dir := t.Context(), monday(), t.TempDir()
	o := Options{Now: clock.Now, Shifts: []Shift{{Days: []string{"mon"}, From: "08:00", To: "16:00", Zone: "UTC", Langs: []string{"en"}}}}
	st := openStore(t, dir)
	l := openLine(t, st, o)
	if !l.Full(clock.Now()).IsZero() {
		t.Fatal("full at first")
	}
	for range 2 {
		if err := l.SetFull(ctx, "", true); err != nil {
			t.Fatal(err)
		}
	}
	till := l.Full(clock.Now())
	if till.Hour() != 16 || till.Sub(clock.Now()) > fullFor {
		t.Fatalf("full until %v", till)
	}
	if err := errors.Join(l.Close(), st.Close()); err != nil {
		t.Fatal(err)
	}
	l = openLine(t, openStore(t, dir), o)
	if got := l.Full(clock.Now()); !got.Equal(till) {
		t.Fatalf("after a restart full until %v", got)
	}
	if err := l.SetDays(ctx, "", "2026-07-10", "2026-07-10", NoteClosed); err != nil {
		t.Fatal(err)
	}
	if l.Full(clock.Now()).IsZero() {
		t.Fatal("closing a day took it back")
	}
	if err := l.SetFull(ctx, "", false); err != nil {
		t.Fatal(err)
	}
	if !l.Full(clock.Now()).IsZero() {
		t.Fatal("taken back, and full")
	}
	if err := l.SetFull(ctx, "", true); err != nil {
		t.Fatal(err)
	}
	clock.Move(till.Sub(clock.Now()) + time.Second)
	if !l.Full(clock.Now()).IsZero() {
		t.Fatal("full after the shift")
	}
	if err := l.tidy(ctx); err != nil || l.days == nil || !l.days.Full.IsZero() || len(l.days.Days) != 1 {
		t.Fatalf("tidied to %+v: %v", l.days, err)
	}
	log, err := l.AuditLog(ctx)
	if err != nil || len(log) != 4 || log[0].Act != ActFull || log[0].Note != NoteFull || log[2].Note != NoteOpen {
		t.Fatalf("the audit has %+v %v", log, err)
	}
}
