package line

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestClosuresThatCannotBeMeant(t *testing.T) {
	for _, good := range []Closed{
		{Day: "2026-12-24"}, {From: "2026-12-24", To: "2026-12-24"}, {From: "2026-01-01", To: "2026-12-31"},
		{Holidays: "GB"}, {Holidays: "DE-BY", Open: []string{"2026-12-26"}},
	} {
		if err := good.Validate(); err != nil {
			t.Errorf("%+v: %v", good, err)
		}
	}
	for name, c := range map[string]struct {
		closed Closed
		says   string
	}{
		"nothing":           {Closed{}, "either day"},
		"two kinds":         {Closed{Day: "2026-12-24", Holidays: "GB"}, "either day"},
		"an end alone":      {Closed{To: "2026-12-24"}, "first day"},
		"a start alone":     {Closed{From: "2026-12-24"}, "last day"},
		"backwards":         {Closed{From: "2026-12-24", To: "2026-12-23"}, "before it begins"},
		"for years":         {Closed{From: "2026-12-24", To: "2028-12-24"}, "longer than a year"},
		"the 31st of April": {Closed{Day: "2026-04-31"}, `"2026-04-31"`},
		"a year too far":    {Closed{Day: "3026-04-30"}, `"3026-04-30"`},
		"no such country":   {Closed{Holidays: "UK"}, "known are AR, AT"},
		"a wrong open day":  {Closed{Holidays: "GB", Open: []string{"Christmas"}}, `"Christmas"`},
		"open in a range":   {Closed{From: "2026-12-24", To: "2026-12-31", Open: []string{"2026-12-29"}}, "goes with holidays"},
	} {
		if err := c.closed.Validate(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v; it should say %q", name, err, c.says)
		}
	}
	if _, err := Open(t.Context(), openStore(t, t.TempDir()), Options{Closed: []Closed{{Day: "2026-12-24"}, {}}}); err == nil || !strings.Contains(err.Error(), "closure 2") {
		t.Errorf("a line with a wrong closure: %v", err)
	}
}

func TestClosuresThatAreOver(t *testing.T) {
	now := time.Date(2026, 12, 26, 1, 0, 0, 0, time.UTC)
	for day, want := range map[string]bool{"2026-12-24": true, "2026-12-25": false, "2026-12-26": false, "2027-12-24": false} {
		if (Closed{Day: day}).Over(now) != want || (Closed{From: "2026-12-01", To: day}).Over(now) != want {
			t.Errorf("%s is over on the 26th: %v", day, !want)
		}
	}
	if (Closed{Holidays: "GB"}).Over(now) {
		t.Error("holidays come again")
	}
}

// The holidays that governments print for England and Wales, Spain as a whole and the United States: on the day itself, and on
// the day that is kept instead.
func TestHolidaysAsTheyArePrinted(t *testing.T) {
	for code, days := range map[string]string{
		"GB": `2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-26 2026-12-28
		       2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-25 2027-12-26 2027-12-27 2027-12-28`,
		"ES": `2026-01-01 2026-01-06 2026-04-03 2026-05-01 2026-08-15 2026-10-12 2026-11-01 2026-12-06 2026-12-08 2026-12-25
		       2027-01-01 2027-01-06 2027-03-26 2027-05-01 2027-08-15 2027-10-12 2027-11-01 2027-12-06 2027-12-08 2027-12-25`,
		"US": `2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03 2026-07-04 2026-09-07 2026-10-12 2026-11-11 2026-11-26 2026-12-25
		       2027-01-01 2027-01-18 2027-02-15 2027-05-31 2027-06-18 2027-06-19 2027-07-04 2027-07-05 2027-09-06 2027-10-11 2027-11-11 2027-11-25 2027-12-24 2027-12-25 2027-12-31`,
	} {
		cs, err := newClosures([]Closed{{Holidays: code}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for day := dayOf(time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC), time.UTC); noon(day).Year() < 2028; day++ {
			if cs.holiday(day) != "" {
				got = append(got, noon(day).Format(time.DateOnly))
			}
		}
		if want := strings.Fields(days); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}

// Every calendar has holidays in every year to come, each with a name, and none that is not there.
func TestEveryCalendarOfHolidays(t *testing.T) {
	if len(Calendars()) < 80 {
		t.Errorf("only %d calendars", len(Calendars()))
	}
	for _, code := range Calendars() {
		cs, err := newClosures([]Closed{{Holidays: code}})
		if err != nil {
			t.Fatal(err)
		}
		for y := 2024; y < 2080; y++ {
			days := cs.year(y)
			if len(days) < 5 || len(days) > 40 {
				t.Errorf("%s has %d holidays in %d", code, len(days), y)
			}
			for day, name := range days {
				if noon(day).Year() != y || strings.HasPrefix(name, " ") {
					t.Errorf("%s in %d: %s, %q", code, y, noon(day), name)
				}
			}
		}
	}
}

// hoursOf opens a line with two shifts in London, one past midnight, that is closed on British holidays.
func hoursOf(t *testing.T, clock *wallClock) *Line {
	t.Helper()
	return openLine(t, openStore(t, t.TempDir()), Options{Now: clock.Now, Closed: []Closed{{Holidays: "GB"}}, Shifts: []Shift{
		{Days: weekday, From: "09:00", To: "17:00", Zone: "Europe/London", Langs: []string{"en"}},
		{Days: weekdays, From: "20:00", To: "02:00", Zone: "Europe/London", Langs: []string{"es"}, Channels: []string{"web"}},
	}})
}

// A day that is closed while a shift is held ends it at once: nobody is said to be there, whoever is signed in, and the
// next time is a true one. Opened again, all is as before.
func TestS4_AClosureEndsARunningShift(t *testing.T) {
	ctx, clock := t.Context(), monday()
	l := hoursOf(t, clock)
	_, s := linked(t, l, "adviser-1", Adviser, "en")
	if err := l.GoOnDuty(ctx, s); err != nil {
		t.Fatal(err)
	}
	tuesday := time.Date(2026, 7, 7, 8, 0, 0, 0, time.UTC)
	if d := l.Duty(clock.Now(), "en", "web"); !d.OnDuty || !d.Open || !d.Next.Equal(tuesday) {
		t.Fatalf("on Monday morning: %+v", d)
	}
	lead, _ := linked(t, l, "lead-1", Lead)
	if err := l.SetDays(ctx, lead, "2026-07-06", "2026-07-07", NoteClosed); err != nil {
		t.Fatal(err)
	}
	wednesday := time.Date(2026, 7, 8, 8, 0, 0, 0, time.UTC)
	if d := l.Duty(clock.Now(), "en", "web"); d.OnDuty || d.Anyone || d.Open || d.Languages != nil || !d.Next.Equal(wednesday) || !d.ShiftEnd.Equal(wednesday.Add(8*time.Hour)) {
		t.Errorf("closed on Monday and Tuesday: %+v", d)
	}
	if on, in := l.DutyOf(s); !on || in {
		t.Errorf("the adviser is on duty %v, and the rota has a place: %v", on, in)
	}
	if err := l.SetDays(ctx, lead, "2026-07-06", "2026-07-07", NotePlanned); err != nil {
		t.Fatal(err)
	}
	if d := l.Duty(clock.Now(), "en", "web"); !d.OnDuty || !d.Next.Equal(tuesday) {
		t.Errorf("opened again: %+v", d)
	}
}

// A shift that runs into a closed day ends at its midnight; one that starts on a closed day is not held, after midnight either.
func TestS4_TheNightBeforeAClosedDay(t *testing.T) {
	clock := monday()
	l := hoursOf(t, clock)
	if err := l.SetDays(t.Context(), "", "2026-07-08", "2026-07-08", NoteClosed); err != nil { // a Wednesday
		t.Fatal(err)
	}
	for at, open := range map[string]bool{
		"07 23:59": true, "08 00:00": false, "08 01:30": false, "08 21:00": false, "09 00:30": false, "09 20:00": true, "10 01:59": true,
	} {
		when, err := time.ParseInLocation("2006-01-02 15:04", "2026-07-"+at, l.Zone())
		if err != nil {
			t.Fatal(err)
		}
		if d := l.Planned(when, "es", "web"); d.Open != open {
			t.Errorf("on the %s: open is %v", at, d.Open)
		}
	}
	if d := l.Planned(time.Date(2026, 7, 7, 20, 0, 0, 0, time.UTC), "es", "web"); !d.ShiftEnd.Equal(time.Date(2026, 7, 7, 23, 0, 0, 0, time.UTC)) {
		t.Errorf("on Tuesday night it is said to end at %s", d.ShiftEnd)
	}
}

// A channel that a shift does not name is told of the shifts that answer it alone.
func TestS4_DutyOfAChannel(t *testing.T) {
	ctx, clock := t.Context(), monday()
	l := hoursOf(t, clock)
	clock.Move(11 * time.Hour) // 21:00
	_, s := linked(t, l, "adviser-1", Adviser)
	if err := l.GoOnDuty(ctx, s); err != nil {
		t.Fatal(err)
	}
	if d := l.Duty(clock.Now(), "es", "web"); !d.OnDuty || !slices.Equal(d.Languages, []string{"es"}) {
		t.Errorf("on the web: %+v", d)
	}
	if d := l.Duty(clock.Now(), "es", "sms"); d.OnDuty || d.Anyone || !d.Next.IsZero() {
		t.Errorf("by SMS nobody ever answers in Spanish: %+v", d)
	}
	if d := l.Duty(clock.Now(), "en", "sms"); d.Anyone || !d.Next.Equal(time.Date(2026, 7, 7, 8, 0, 0, 0, time.UTC)) {
		t.Errorf("by SMS in English: %+v", d)
	}
}

// A closure of weeks, and one of months, is looked past.
func TestS4_TheNextShiftAfterALongClosure(t *testing.T) {
	l := openLine(t, openStore(t, t.TempDir()), Options{Now: monday().Now, Closed: []Closed{{From: "2026-07-06", To: "2026-07-31"}, {From: "2026-09-01", To: "2027-05-31"}},
		Shifts: []Shift{{Days: weekdays, From: "09:00", To: "17:00", Zone: "UTC", Langs: []string{"en"}}}})
	for now, next := range map[string]string{"2026-07-05": "2026-08-01", "2026-08-31": "2027-06-01"} {
		at, _ := time.Parse("2006-01-02", now)
		d := l.Planned(at.Add(18*time.Hour), "en", "")
		if got := d.Next.Format("2006-01-02 15:04"); got != next+" 09:00" || !d.ShiftEnd.Equal(at.Add(18*time.Hour+MaxHold)) {
			t.Errorf("on %s the next starts %s and is kept until %s", now, got, d.ShiftEnd)
		}
	}
}

// What the desk says of days outlives a restart, reaches another process, comes before the file, is in the audit, and
// goes a week after the day.
func TestDaysFromTheDesk(t *testing.T) {
	ctx, clock, dir := t.Context(), monday(), t.TempDir()
	st := openStore(t, dir)
	o := Options{Now: clock.Now, Closed: []Closed{{Day: "2026-07-10"}}, Shifts: []Shift{{Days: weekday, From: "09:00", To: "17:00", Zone: "Europe/London", Langs: []string{"en"}}}}
	one, two := openLine(t, st, o), openLine(t, st, o)
	lead, _ := linked(t, one, "lead-1", Lead)
	for _, c := range []struct {
		first, last string
		to          Note
	}{{"2026-07-09", "2026-07-09", NoteClosed}, {"2026-07-10", "2026-07-10", NoteOpen}, {"2026-07-10", "2026-07-10", NoteOpen}, {"2026-07-11", "2026-07-13", NotePlanned}} {
		if err := one.SetDays(ctx, lead, c.first, c.last, c.to); err != nil {
			t.Fatal(err)
		}
	}
	says := func(l *Line) string {
		var out []string
		for _, d := range l.Days(l.Today(clock.Now()), 5) {
			out = append(out, d.Date.Format("Mon")+" "+string(d.Why)+map[bool]string{true: " marked"}[d.Marked]+map[bool]string{true: " held"}[len(d.Held) > 0])
		}
		return strings.Join(out, ", ")
	}
	const want = "Mon  held, Tue  held, Wed  held, Thu desk marked, Fri  marked held"
	if got := says(one); got != want {
		t.Errorf("the days are %s", got)
	}
	soon(t, "another process has them", func() bool { return says(two) == want })
	if got := says(openLine(t, st, o)); got != want {
		t.Errorf("after a restart: %s", got)
	}
	log, err := one.AuditLog(ctx)
	if err != nil {
		t.Fatal(err)
	}
	log = slices.DeleteFunc(log, func(e Entry) bool { return e.Act != ActHours })
	if len(log) != 2 || log[0].Actor != lead || log[0].Handle != "2026070920260709" || log[0].Note != NoteClosed || log[1].Note != NoteOpen {
		t.Errorf("the audit says %+v", log)
	}
	for _, c := range [][2]string{{"2026-07-04", "2026-07-06"}, {"2026-07-08", "2026-07-07"}, {"2026-07-08", "2026-09-08"}, {"2028-07-08", "2028-07-08"}, {"", ""}} {
		if err := one.SetDays(ctx, lead, c[0], c[1], NoteClosed); !errors.Is(err, ErrDays) {
			t.Errorf("%s to %s: %v", c[0], c[1], err)
		}
	}
	if err := one.SetDays(ctx, lead, "2026-07-08", "2026-07-08", NoteLost); !errors.Is(err, ErrDays) {
		t.Errorf("days that are lost: %v", err)
	}

	clock.Move(10 * 24 * time.Hour) // the 16th
	if err := one.tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if d := one.Days(noon(dayOf(clock.Now(), time.UTC)-7), 2); !d[0].Marked || !d[1].Marked {
		t.Errorf("a week after the first day: %+v", d)
	}
	clock.Move(24 * time.Hour)
	if err := one.tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if one.days == nil || len(one.days.Days) != 1 {
		t.Errorf("eight days after the first: %+v", one.days)
	}
	clock.Move(24 * time.Hour)
	if err := one.tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if one.days != nil {
		t.Errorf("eight days after both: %+v", one.days)
	}
	if _, err := st.Get(ctx, one.daysName()); err == nil {
		t.Error("past days stay in the store")
	}
}

// Whatever leads and operators say of days, in whatever order: each day is what was said of it last.
func TestDaysWhateverIsSaid(t *testing.T) {
	ctx, clock := t.Context(), monday()
	l := hoursOf(t, clock)
	first := l.Today(clock.Now())
	rapid.Check(t, func(t *rapid.T) {
		said := map[int]Note{}
		if err := l.SetDays(ctx, "", "2026-07-06", "2026-08-20", NotePlanned); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 12).Draw(t, "times") {
			from := rapid.IntRange(0, 30).Draw(t, "from")
			to := from + rapid.IntRange(0, 14).Draw(t, "days")
			note := rapid.SampledFrom([]Note{NoteClosed, NoteOpen, NotePlanned}).Draw(t, "note")
			if err := l.SetDays(ctx, "", first.AddDate(0, 0, from).Format(time.DateOnly), first.AddDate(0, 0, to).Format(time.DateOnly), note); err != nil {
				t.Fatal(err)
			}
			for d := from; d <= to; d++ {
				said[d] = note
			}
		}
		for i, d := range l.Days(first, 46) {
			marked, why := said[i] == NoteClosed || said[i] == NoteOpen, Planned
			if said[i] == NoteClosed {
				why = ByDesk
			}
			if d.Marked != marked || d.Why != why {
				t.Fatalf("day %d is %+v, said %q", i, d, said[i])
			}
		}
	})
}

func TestMomentsAndZone(t *testing.T) {
	l := hoursOf(t, monday())
	for at, want := range map[[2]string]string{
		{"2027-03-28", "01:30"}: "2027-03-28T01:00:00Z", // skipped
		{"2026-10-25", "01:30"}: "2026-10-25T00:30:00Z", // shown twice
		{"2026-11-29", "24:00"}: "2026-11-30T00:00:00Z",
	} {
		if got, err := l.Moment(at[0], at[1]); err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%v is %s, %v; want %s", at, got, err, want)
		}
	}
	for _, bad := range [][2]string{{"2026-02-30", "10:00"}, {"2026-02-03", "10"}, {"", ""}} {
		if _, err := l.Moment(bad[0], bad[1]); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
	if z := openLine(t, openStore(t, t.TempDir()), Options{}).Zone(); z != time.UTC {
		t.Errorf("without shifts the zone is %s", z)
	}
}

func TestLanguagesThatNobodyAnswers(t *testing.T) {
	ctx := t.Context()
	l := hoursOf(t, monday())
	if got := l.Unserved(); !slices.Equal(got, []string{"en", "es"}) {
		t.Errorf("with nobody there: %q", got)
	}
	linked(t, l, "adviser-1", Adviser, "en-GB")
	linked(t, l, "outreach-1", Outreach, "es")
	if got := l.Unserved(); !slices.Equal(got, []string{"es"}) {
		t.Errorf("with somebody for English: %q", got)
	}
	id, _ := linked(t, l, "lead-1", Lead) // who names no language
	if got := l.Unserved(); got != nil {
		t.Errorf("with a lead: %q", got)
	}
	if err := l.ChangeStaff(ctx, "", id, func(s *Staff) { s.Disabled = true }); err != nil {
		t.Fatal(err)
	}
	if got := l.Unserved(); !slices.Equal(got, []string{"es"}) {
		t.Errorf("without the lead: %q", got)
	}
}
