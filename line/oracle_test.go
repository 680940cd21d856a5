package line

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// The oracle knows the rota as a person does who looks at a clock on the wall and a calendar. It walks minute by minute,
// and shares nothing with what it judges but the rota as it is written.
//
// A clock that is put back shows times again that it has shown: what has ended then does not begin anew. So the oracle
// looks up not what the clock shows but the latest time that it has shown so far.

// An oracleShift is one shift in plain numbers.
type oracleShift struct {
	days     [7]bool
	from, to int // minutes after midnight; to > from
	holidays bool
}

// A wallCalendar is what the oracle found for each minute from first: bit i of open says that shift i is held, bit i of
// began that it began in that minute.
type wallCalendar struct {
	first       time.Time
	open, began []uint8
}

// oracleRota is the rota that is judged; every shift has the zone put in.
var oracleRota = []Shift{
	{Days: weekday, From: "09:00", To: "17:00", Langs: []string{"en", "es"}},
	{Days: []string{"fri", "sat", "sun"}, From: "18:00", To: "02:00", Langs: []string{"en"}, Channels: []string{"web", "telegram"}},
	{Days: []string{"sun"}, From: "01:30", To: "02:30", Langs: []string{"ar"}},
	{Days: []string{"tue", "thu", "sat"}, From: "00:00", To: "24:00", Langs: []string{"es"}, Channels: []string{"sms"}, OnHoliday: true},
	{Days: []string{"wed", "thu", "fri", "sat"}, From: "23:30", To: "00:30", Langs: []string{"vi", "ar"}},
	{Days: []string{"sun", "mon"}, From: "02:15", To: "02:10", Langs: []string{"en"}, Channels: []string{"whatsapp"}, OnHoliday: true},
}

// oracleShifts is the same by hand.
var oracleShifts = []oracleShift{
	{days: [7]bool{false, true, true, true, true, true, false}, from: 540, to: 1020},
	{days: [7]bool{true, false, false, false, false, true, true}, from: 1080, to: 1560},
	{days: [7]bool{true, false, false, false, false, false, false}, from: 90, to: 150},
	{days: [7]bool{false, false, true, false, true, false, true}, from: 0, to: 1440, holidays: true},
	{days: [7]bool{false, false, false, true, true, true, true}, from: 1410, to: 1470},
	{days: [7]bool{true, true, false, false, false, false, false}, from: 135, to: 1570, holidays: true},
}

// An oracleQuery is who asks, and which shifts are for them.
type oracleQuery struct {
	lang, channel string
	shifts        uint8
}

var oracleQueries = []oracleQuery{
	{"", "", 0b111111}, {"en", "web", 0b000011}, {"es", "sms", 0b001001}, {"ar", "whatsapp", 0b010100},
}

// easters from 2010 on, as the churches print them: month and day.
var easters = []int{404, 424, 408, 331, 420, 405, 327, 416, 401, 421, 412, 404, 417, 409, 331, 420, 405, 328, 416, 401, 421, 413, 328, 417, 409, 325, 413}

// british are the bank holidays of England and Wales in a year, on the day and on the day kept instead, as 1225.
func british(year int) map[int]bool {
	date := func(md int) time.Time { return time.Date(year, time.Month(md/100), md%100, 0, 0, 0, 0, time.UTC) }
	out := map[int]bool{101: true, 1225: true, 1226: true}
	put := func(t time.Time) { out[int(t.Month())*100+t.Day()] = true }
	easter := date(easters[year-2010])
	put(easter.AddDate(0, 0, -2))
	put(easter.AddDate(0, 0, 1))
	monday := func(md, step int) { // the first one from a day on, or back
		d := date(md)
		for d.Weekday() != time.Monday {
			d = d.AddDate(0, 0, step)
		}
		put(d)
	}
	switch date(101).Weekday() {
	case time.Saturday:
		out[103] = true
	case time.Sunday:
		out[102] = true
	}
	switch date(1225).Weekday() {
	case time.Friday: // the second day is a Saturday
		out[1228] = true
	case time.Saturday:
		out[1227], out[1228] = true, true
	case time.Sunday:
		out[1227] = true
	}
	if year == 2020 {
		out[508] = true
	} else {
		monday(501, 1)
	}
	if year == 2022 {
		out[602], out[603] = true, true
	} else {
		monday(531, -1)
	}
	if year == 2023 {
		out[508] = true
	}
	monday(831, -1)
	return out
}

// oracleDay says how a day is closed: whole, or for shifts that are not held on holidays.
func oracleDay(d time.Time, holidays bool) (whole, partly bool) {
	n := d.Unix() / 86400
	switch {
	case n%37 == 0: // said at the desk
		return true, false
	case n%41 == 0: // open, said at the desk
		return false, false
	case d.Year()%2 == 0 && d.Month() == time.August && d.Day() <= 21, n%53 == 0:
		return true, false
	case d.Month() == time.December && d.Day() == 26: // open, by the file
		return false, false
	}
	return false, holidays && british(d.Year())[int(d.Month())*100+d.Day()]
}

// oracleLine is the same as files and desk would say it, with the rota of a zone.
func oracleTimetable(t testing.TB, zone string, first time.Time, days int, holidays bool) (timetable, []Shift, []Closed) {
	t.Helper()
	shifts := slices.Clone(oracleRota)
	tt := timetable{marks: map[int]bool{}}
	for i := range shifts {
		shifts[i].Zone = zone
		r, err := shifts[i].parse()
		if err != nil {
			t.Fatal(err)
		}
		tt.rotas = append(tt.rotas, r)
	}
	var closed []Closed
	gb := Closed{Holidays: "GB"}
	for i := -10; i < days+500; i++ {
		d := first.AddDate(0, 0, i)
		n := d.Unix() / 86400
		switch {
		case n%37 == 0:
			tt.marks[int(n)] = true
		case n%41 == 0:
			tt.marks[int(n)] = false
		}
		if n%53 == 0 {
			closed = append(closed, Closed{Day: d.Format(time.DateOnly)})
		}
		if d.Month() == time.August && d.Day() == 1 && d.Year()%2 == 0 {
			closed = append(closed, Closed{From: d.Format(time.DateOnly), To: d.AddDate(0, 0, 20).Format(time.DateOnly)})
		}
		if d.Month() == time.December && d.Day() == 26 {
			gb.Open = append(gb.Open, d.Format(time.DateOnly))
		}
	}
	if holidays {
		closed = append(closed, gb)
	}
	var err error
	if tt.closed, err = newClosures(closed); err != nil {
		t.Fatal(err)
	}
	return tt, shifts, closed
}

// walks looks at the clock of a zone for so many minutes.
func walks(loc *time.Location, first time.Time, minutes int, holidays bool) wallCalendar {
	const before = 3 * 24 * 60
	w := wallCalendar{first: first, open: make([]uint8, minutes), began: make([]uint8, minutes)}
	type state struct{ known, whole, partly bool }
	origin := first.AddDate(0, 0, -10)
	days := make([]state, minutes/(24*60)+30)
	closed := func(day int, s *oracleShift) bool { // counted from origin
		c := &days[day]
		if !c.known {
			c.known = true
			c.whole, c.partly = oracleDay(origin.AddDate(0, 0, day), holidays)
		}
		return c.whole || c.partly && !s.holidays
	}
	latest := 0 // minutes that the clock has shown at the latest, counted from origin
	for m := -before; m < minutes; m++ {
		t := first.Add(time.Duration(m) * time.Minute).In(loc)
		year, month, day := t.Date()
		date := int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Sub(origin) / (24 * time.Hour))
		last := latest
		latest = max(latest, date*24*60+t.Hour()*60+t.Minute())
		if m < 0 {
			continue
		}
		today := latest / (24 * 60)
		for i := range oracleShifts {
			s := &oracleShifts[i]
			for _, start := range [2]int{today - 1, today} {
				if !s.days[(start+int(origin.Weekday()))%7] {
					continue
				}
				from, to := start*24*60+s.from, start*24*60+s.to
				if latest < from || latest >= to || closed(start, s) || closed(today, s) {
					continue
				}
				w.open[m] |= 1 << i
				if last < from {
					w.began[m] |= 1 << i
				}
			}
		}
	}
	return w
}

// judge compares what a person is told at each minute from first, for so many days, and says how many differ.
func judge(t *testing.T, zone string, first time.Time, days int, holidays bool) (minutes, wrong int) {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	const ahead = 40
	tt, shifts, closed := oracleTimetable(t, zone, first, days, holidays)
	l := openLine(t, openStore(t, t.TempDir()), Options{Now: func() time.Time { return first }, Shifts: shifts, Closed: closed})
	l.marks = tt.marks
	all := (days + ahead) * 24 * 60
	w := walks(loc, first, all, holidays)
	next, end := make([]int32, all), make([]int32, all)
	for _, q := range oracleQueries {
		after, until := int32(-1), int32(-1) // of the minute after
		for m := all - 1; m >= 0; m-- {
			next[m] = after
			if w.began[m]&q.shifts != 0 {
				after = int32(m)
			}
			if w.open[m]&q.shifts != 0 && (m+1 == all || w.open[m+1]&q.shifts == 0) {
				until = int32(m + 1)
			}
			end[m] = until
		}
		var spans []span
		for m := range days * 24 * 60 {
			now := first.Add(time.Duration(m) * time.Minute)
			if m%(24*60) == 0 {
				spans = tt.around(now, q.lang, q.channel)
			}
			minutes++
			d := Duty{ShiftEnd: now.Add(MaxHold)}
			d.tell(spans, now)
			fault := oracleFault(&w, q, m, next[m], end[m], &d)
			if fault == "" && m > 0 && (w.open[m]^w.open[m-1])&q.shifts != 0 { // and by the way that the bot takes
				d = l.Duty(now, q.lang, q.channel)
				fault = oracleFault(&w, q, m, next[m], end[m], &d)
			}
			if fault != "" {
				if wrong++; wrong <= 3 {
					t.Errorf("%s, %q on %q at %s: %s", zone, q.lang, q.channel, now.In(loc), fault)
				}
			}
		}
	}
	return minutes, wrong
}

// oracleFault says in what an answer differs from what the wall says, or nothing.
func oracleFault(w *wallCalendar, q oracleQuery, m int, next, end int32, d *Duty) string {
	at := func(n int32) time.Time { return w.first.Add(time.Duration(n) * time.Minute) }
	if is := w.open[m]&q.shifts != 0; d.Open != is {
		return fmt.Sprintf("open is %v", d.Open)
	}
	if next < 0 || end < 0 {
		return "the oracle did not look far enough"
	}
	if !d.Next.Equal(at(next)) {
		return fmt.Sprintf("the next starts %s, want %s", d.Next, at(next))
	}
	want := oracleLangs[w.began[next]&q.shifts]
	if !slices.Equal(d.NextLanguages, want) {
		return fmt.Sprintf("the next is in %q, want %q", d.NextLanguages, want)
	}
	until := at(end)
	if most := at(int32(m)).Add(96 * time.Hour); until.After(most) {
		until = most
	}
	if !d.ShiftEnd.Equal(until) {
		return fmt.Sprintf("it ends %s, want %s", d.ShiftEnd, until)
	}
	return ""
}

// oracleLangs are the languages of each set of shifts, sorted.
var oracleLangs = func() (out [64][]string) {
	for set := range out {
		for i, s := range oracleRota {
			if set&(1<<i) != 0 {
				out[set] = append(out[set], s.Langs...)
			}
		}
		slices.Sort(out[set])
		out[set] = slices.Compact(out[set])
	}
	return out
}()

// The sample: around two changes of the clock in each of the oddest zones. The whole is in TestSoakRota.
func TestS4_WhatTheWallSaysIsToldMinuteByMinute(t *testing.T) {
	all := 0
	for _, c := range []struct{ zone, day string }{
		{"Europe/London", "2027-03-27"}, {"Europe/London", "2026-12-24"}, {"Australia/Lord_Howe", "2026-04-03"},
		{"Africa/Cairo", "2026-10-28"}, {"Africa/Casablanca", "2026-02-14"}, {"Pacific/Apia", "2011-12-28"},
		{"Antarctica/Troll", "2026-03-28"}, {"Pacific/Chatham", "2026-09-26"}, {"America/Santiago", "2026-09-05"},
		{"Asia/Gaza", "2026-10-23"}, {"America/New_York", "2026-07-30"},
	} {
		first, err := time.Parse(time.DateOnly, c.day)
		if err != nil {
			t.Fatal(err)
		}
		minutes, _ := judge(t, c.zone, first, 3, first.Year() > 2014)
		all += minutes
	}
	if all < 100_000 {
		t.Errorf("only %d minutes were looked at", all)
	}
}
