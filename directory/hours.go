package directory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the image has no zone files of its own
)

// Hours are when a service answers. The zero Hours are unknown, which reads "hours not known, you can try".
type Hours struct {
	Known  bool
	Always bool   // day and night, every day
	Zone   string // IANA, for Weekly
	Weekly []Span // by day, then by time
	Text   string // the source's own words, for staff

	location *time.Location // of Zone
}

// A Span is one stretch of a weekday, in minutes from local midnight; To may exceed 1440 when it runs past midnight.
type Span struct {
	Day      time.Weekday
	From, To int
}

const dayMinutes = 24 * 60

// OpenAt says whether the service answers at t by its published hours. known is false when the hours are unknown; then
// nobody can say. Public holidays are not in the sources and do not count.
func (h Hours) OpenAt(t time.Time) (open, known bool) {
	if !h.Known || h.Always {
		return h.Always, h.Known
	}
	t = t.In(h.location)
	minute := t.Hour()*60 + t.Minute()
	for _, s := range h.Weekly {
		today := s.Day == t.Weekday() && s.From <= minute && minute < s.To
		sinceYesterday := s.Day == (t.Weekday()+6)%7 && minute < s.To-dayMinutes
		if today || sinceYesterday {
			return true, true
		}
	}
	return false, true
}

// A Stretch is one line of opening hours as a person reads it: the days First to Last, in this order from Monday, all
// with the same times. To is at most 1440, and not after From when the stretch runs past midnight.
type Stretch struct {
	First, Last time.Weekday
	From, To    int // minutes from local midnight
}

// Stretches joins neighbouring days with the same times. Empty unless the hours are weekly.
func (h Hours) Stretches() []Stretch {
	monday := func(d time.Weekday) int { return (int(d) + 6) % 7 }
	spans := slices.Clone(h.Weekly)
	slices.SortFunc(spans, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(monday(a.Day), monday(b.Day)))
	})
	var out []Stretch
	for _, s := range spans {
		to := s.To
		if to > dayMinutes {
			to -= dayMinutes
		}
		if n := len(out) - 1; n >= 0 && out[n].From == s.From && out[n].To == to && monday(out[n].Last)+1 == monday(s.Day) {
			out[n].Last = s.Day
			continue
		}
		out = append(out, Stretch{s.Day, s.Day, s.From, to})
	}
	slices.SortStableFunc(out, func(a, b Stretch) int { return cmp.Compare(monday(a.First), monday(b.First)) })
	return out
}

var dayNames = []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"} // by time.Weekday

// parseHours reads "always", "24/7", "24 hours", "unknown", or day spans in the country's zone, such as
// "Mon-Fri 09:00-12:30, Sat 22:00-02:00" or "daily 08:00-20:00".
func parseHours(text, zone string) (Hours, error) {
	switch text {
	case "", "unknown":
		return Hours{}, nil
	case "always", "24/7", "24 hours":
		return Hours{Known: true, Always: true}, nil
	}
	h := Hours{Known: true, Zone: zone}
	for _, part := range strings.Split(text, ", ") {
		days, times, found := strings.Cut(part, " ")
		from, to, dash := strings.Cut(times, "-")
		if !found || !dash {
			return Hours{}, fmt.Errorf("%q is not like Mon-Fri 09:00-17:00", part)
		}
		first, n, err := parseDays(days)
		if err != nil {
			return Hours{}, err
		}
		start, err := parseMinute(from)
		if err != nil {
			return Hours{}, err
		}
		end, err := parseMinute(to)
		if err != nil {
			return Hours{}, err
		}
		if end <= start {
			end += dayMinutes
		}
		for i := range n {
			h.Weekly = append(h.Weekly, Span{(first + time.Weekday(i)) % 7, start, end})
		}
	}
	if zone == "" {
		return Hours{}, fmt.Errorf("the country has several official times, so %q does not say when", text)
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return Hours{}, fmt.Errorf("reading the time zone: %w", err)
	}
	h.location = loc
	slices.SortStableFunc(h.Weekly, func(a, b Span) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.From, b.From)) })
	return h, nil
}

// parseDays reads "daily", "Mon" or "Mon-Fri" as a first day and a count.
func parseDays(s string) (first time.Weekday, n int, err error) {
	if s == "daily" {
		return time.Sunday, 7, nil
	}
	a, b, ranged := strings.Cut(s, "-")
	if !ranged {
		b = a
	}
	i, j := slices.Index(dayNames, a), slices.Index(dayNames, b)
	if i < 0 || j < 0 {
		return 0, 0, fmt.Errorf("%q is not a day or days like Mon or Mon-Fri", s)
	}
	return time.Weekday(i), (j-i+7)%7 + 1, nil
}

// parseMinute reads 00:00 to 24:00.
func parseMinute(s string) (int, error) {
	if len(s) == 5 && s[2] == ':' {
		var d [4]int
		for i, k := range []int{0, 1, 3, 4} {
			if s[k] < '0' || s[k] > '9' {
				return 0, fmt.Errorf("%q is not a time like 09:00", s)
			}
			d[i] = int(s[k] - '0')
		}
		hour, minute := d[0]*10+d[1], d[2]*10+d[3]
		if minute < 60 && hour*60+minute <= dayMinutes {
			return hour*60 + minute, nil
		}
	}
	return 0, fmt.Errorf("%q is not a time like 09:00", s)
}
