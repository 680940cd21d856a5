package line

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rickar/cal/v2"
)

// A Closed is one [[closed]] of quietline.toml: one day, the days from one to another, or the public holidays of a country
// or region. A day is the calendar's day where a shift's own zone is.
type Closed struct {
	Day      string   `toml:"day"`      // 2026-12-24; or
	From     string   `toml:"from"`     // the first day, with To
	To       string   `toml:"to"`       // the last day, at most a year after From; or
	Holidays string   `toml:"holidays"` // of Calendars: GB, DE-BY
	Open     []string `toml:"open"`     // with Holidays: days on which the shifts are held all the same
}

// maxClosed is the longest closure in days, a mistyped year apart.
const maxClosed = 366

// Validate says what is wrong with a closure and how to mend it, or returns nil.
func (c Closed) Validate() error { return new(closures).add(c) }

// Over says whether nothing of a closure is still to come at now, anywhere. Public holidays come again every year.
func (c Closed) Over(now time.Time) bool {
	if c.Holidays != "" {
		return false
	}
	last, err := parseDay(c.Day + c.To) // one of them is empty
	return err == nil && last < dayOf(now, time.UTC)-1
}

// closures are the days that quietline.toml closes.
type closures struct {
	ranges [][2]int // first and last day
	rules  []rule

	mu    sync.Mutex
	years map[int]map[int]string // the holidays of a year by day, once asked for
}

// A rule is one calendar of public holidays.
type rule struct {
	code string
	all  []*cal.Holiday
	open []int
}

func newClosures(all []Closed) (*closures, error) {
	out := new(closures)
	for i, c := range all {
		if err := out.add(c); err != nil {
			return nil, fmt.Errorf("closure %d: %w", i+1, err)
		}
	}
	return out, nil
}

func (cs *closures) add(c Closed) error {
	said := 0
	for _, is := range []bool{c.Day != "", c.From != "" || c.To != "", c.Holidays != ""} {
		if is {
			said++
		}
	}
	switch {
	case said != 1:
		return errors.New(`a closure has either day = "2026-12-24", or from and to, or holidays = "GB"`)
	case c.Holidays == "" && len(c.Open) > 0:
		return errors.New("a closure has open, which goes with holidays only: shorten from and to, or write two closures")
	case c.Day != "":
		c.From, c.To = c.Day, c.Day
	}
	if c.Holidays != "" {
		all, ok := calendars[c.Holidays]
		if !ok {
			return fmt.Errorf("a closure has the holidays %q; known are %s. Where yours are missing write each day", c.Holidays, strings.Join(Calendars(), ", "))
		}
		r := rule{code: c.Holidays, all: all}
		for _, o := range c.Open {
			day, err := parseDay(o)
			if err != nil {
				return fmt.Errorf("a closure's open: %w", err)
			}
			r.open = append(r.open, day)
		}
		cs.rules = append(cs.rules, r)
		return nil
	}
	first, err := parseDay(c.From)
	if err != nil {
		return fmt.Errorf("a closure's first day: %w", err)
	}
	last, err := parseDay(c.To)
	switch {
	case err != nil:
		return fmt.Errorf("a closure's last day: %w", err)
	case last < first:
		return fmt.Errorf("a closure ends on %s, before it begins on %s", c.To, c.From)
	case last-first >= maxClosed:
		return fmt.Errorf("a closure from %s to %s is longer than a year; take the shifts away instead", c.From, c.To)
	}
	cs.ranges = append(cs.ranges, [2]int{first, last})
	return nil
}

// holiday is the name of the public holiday that a day is, and whose; empty: it is none.
func (cs *closures) holiday(day int) string {
	if len(cs.rules) == 0 {
		return ""
	}
	y := noon(day).Year()
	cs.mu.Lock()
	defer cs.mu.Unlock()
	days, ok := cs.years[y]
	if !ok {
		if len(cs.years) > 100 || cs.years == nil { // asked for years far away: begin anew
			cs.years = map[int]map[int]string{}
		}
		days = cs.year(y)
		cs.years[y] = days
	}
	return days[day]
}

// year works out the holidays that fall into a year: on the day itself, and on the day on which it is kept instead. The
// first of January may be kept in the year before.
func (cs *closures) year(y int) map[int]string {
	out := map[int]string{}
	for _, r := range cs.rules {
		for _, h := range r.all {
			for of := y - 1; of <= y+1; of++ {
				actual, observed := h.Calc(of)
				if actual.IsZero() {
					continue
				}
				for _, at := range []time.Time{actual, observed} {
					at = at.Add(12 * time.Hour) // its midnight may be none where this machine is
					if day := dayOf(at, at.Location()); at.Year() == y && out[day] == "" && !slices.Contains(r.open, day) {
						out[day] = h.Name + " (" + r.code + ")"
					}
				}
			}
		}
	}
	return out
}

// A Why says why a day is closed.
type Why string

// The reasons, from the strongest.
const (
	Planned   Why = ""        // it is not closed
	ByDesk    Why = "desk"    // a lead or an operator said so at the desk
	ByFile    Why = "file"    // a [[closed]] with its date
	ByHoliday Why = "holiday" // a public holiday: shifts with on_holidays are held
)

// day says whether a day is closed and why, and which public holiday it is. What the desk says comes first.
func (t timetable) day(day int) (Why, string) {
	name := t.closed.holiday(day)
	if closed, said := t.marks[day]; said {
		if closed {
			return ByDesk, name
		}
		return Planned, name
	}
	for _, r := range t.closed.ranges {
		if r[0] <= day && day <= r[1] {
			return ByFile, name
		}
	}
	if name != "" {
		return ByHoliday, name
	}
	return Planned, ""
}

// Days are counted from 1970 on.

// dayOf is the day that the calendar of loc shows at t.
func dayOf(t time.Time, loc *time.Location) int {
	y, m, d := t.In(loc).Date()
	return int(time.Date(y, m, d, 12, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// noon of a day, UTC: its Date and Weekday are the day's.
func noon(day int) time.Time { return time.Unix(int64(day)*24*60*60+12*60*60, 0).UTC() }

func parseDay(s string) (int, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 2000 || t.Year() > 2999 {
		return 0, fmt.Errorf("%q is not a day; write it as 2026-12-24", s)
	}
	return dayOf(t, time.UTC), nil
}
