package line

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func TestCountsAreGivenOutWhenTheWeekIsOverAndAreNotSmall(t *testing.T) {
	ctx, clock, dir := t.Context(), monday(), t.TempDir()
	st := openStore(t, dir)
	l := openLine(t, st, Options{Now: clock.Now})
	count := func(l *Line, n int, what, country string) {
		t.Helper()
		for range n {
			if err := l.Count(ctx, what, country); err != nil {
				t.Fatal(err)
			}
		}
	}
	count(l, 3, CountChat, "GB")
	count(l, 4, CountChat, "VN")
	count(l, 9, CountLeft, "")
	if err := l.tidy(ctx); err != nil {
		t.Fatal(err)
	}
	count(l, 2, CountChat, "gb")
	if err := errors.Join(l.Close(), st.Close()); err != nil { // what was counted since the last minute is written
		t.Fatal(err)
	}
	st = openStore(t, dir)
	l = openLine(t, st, Options{Now: clock.Now})
	other := openLine(t, st, Options{Now: clock.Now})
	count(other, 1, CountChat, "GB")
	if err := other.tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if got := l.Counts(); got != nil {
		t.Errorf("the running week is given out: %+v", got)
	}
	clock.Move(7*24*time.Hour + settle)
	if err := errors.Join(l.tidy(ctx), l.tidy(ctx)); err != nil {
		t.Fatal(err)
	}
	want := []WeekCount{{"2026-W28", CountChat, "GB", 6}, {"2026-W28", CountLeft, "", 9}}
	if got := l.Counts(); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	l.mu.RLock()
	cells := l.weeks["2026-W28"].Cells
	l.mu.RUnlock()
	if len(cells) != 2 {
		t.Errorf("small numbers are kept: %+v", cells)
	}
	soon(t, "the other process knows", func() bool { return slices.Equal(other.Counts(), want) })

	// Late counts do not change a frozen week.
	other.mu.Lock()
	other.counted[weekCell{"2026-W28", CountChat, "GB"}] = 40
	other.mu.Unlock()
	if err := other.flushCounts(ctx); err != nil {
		t.Fatal(err)
	}
	other.mu.RLock()
	waiting := len(other.counted)
	other.mu.RUnlock()
	if got := other.Counts(); !slices.Equal(got, want) || waiting != 0 {
		t.Errorf("a frozen week changed: %+v", got)
	}
	clock.Move(countsFor)
	if err := l.tidy(ctx); err != nil {
		t.Fatal(err)
	}
	l.mu.RLock()
	weeks := len(l.weeks)
	l.mu.RUnlock()
	if got := l.Counts(); got != nil || weeks != 0 {
		t.Errorf("after three years: %+v", got)
	}
	for _, odd := range [][2]string{{"mai", "GB"}, {CountChat, "+44"}, {"", ""}, {CountChat, "GBR"}} {
		if err := l.Count(ctx, odd[0], odd[1]); err == nil {
			t.Errorf("%q was counted", odd)
		}
	}
}

func TestWeeksEndOnMondays(t *testing.T) {
	for now := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC); now.Year() < 2033; now = now.Add(12 * time.Hour) {
		end := weekEnd(weekOf(now))
		if d := end.Sub(now); d <= 0 || d > 7*24*time.Hour || end.Weekday() != time.Monday || !weekEnd(weekOf(end)).Equal(end.AddDate(0, 0, 7)) {
			t.Fatalf("%s is in %s, which ends %s", now, weekOf(now), end)
		}
	}
}
