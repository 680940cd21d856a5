package line

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// A Shift is one [[shift]] of quietline.toml: when the line has promised to be there. A time outside every shift is
// closed, and so is a day that is closed ([Closed]), from its first minute: a shift that starts on it is not held, and one
// that runs into it ends there.
//
// Both ends are the first moment of that day at which the clock on the wall shows the time, or has jumped past it: where
// an hour is shown twice the first one counts, so that a shift never promises more than was written.
type Shift struct {
	Days  []string `toml:"days"`  // mon, tue, wed, thu, fri, sat, sun: the days on which it starts
	From  string   `toml:"from"`  // 18:00
	To    string   `toml:"to"`    // 02:00; before From is the next day, 24:00 is the end of the day
	Zone  string   `toml:"zone"`  // IANA, Europe/London
	Langs []string `toml:"langs"` // BCP 47; empty: the languages of whoever is on duty

	Channels  []string `toml:"channels"`    // of Channels: those on which it answers; empty: all
	OnHoliday bool     `toml:"on_holidays"` // it is held on public holidays, too
}

// Channels are those that a shift may name.
func Channels() []string { return []string{"web", "telegram", "sms", "whatsapp"} }

// weekdays in the order of time.Weekday.
var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Validate says what is wrong with a shift and how to mend it, or returns nil.
func (s Shift) Validate() error {
	_, err := s.parse()
	return err
}

// A rota is a Shift as it is counted with.
type rota struct {
	days     [7]bool
	from, to int // minutes after midnight of the starting day; to > from, up to 48 hours
	loc      *time.Location
	langs    []string
	channels []string // empty: all
	holidays bool     // held on them, too
}

// A span is one time a shift is held: from is in it, to is not.
type span struct {
	from, to time.Time
	langs    []string // empty: not said
}

func (s Shift) parse() (rota, error) {
	var r rota
	if len(s.Days) == 0 {
		return r, errors.New(`a shift needs days, such as days = ["mon", "tue"]`)
	}
	for _, d := range s.Days {
		i := slices.Index(weekdays, d)
		if i < 0 {
			return r, fmt.Errorf("a shift has the day %q; the days are mon, tue, wed, thu, fri, sat, sun", d)
		}
		if r.days[i] {
			return r, fmt.Errorf("a shift has the day %q twice; take one away", d)
		}
		r.days[i] = true
	}
	var err error
	if r.from, err = clock(s.From); err != nil {
		return r, fmt.Errorf("a shift's from: %w", err)
	}
	if r.to, err = clock(s.To); err != nil {
		return r, fmt.Errorf("a shift's to: %w", err)
	}
	if r.from == 24*60 {
		return r, errors.New("a shift cannot start at 24:00; write 00:00 of the next day")
	}
	if r.from == r.to {
		return r, errors.New("a shift's from and to are the same; for a whole day write 00:00 and 24:00")
	}
	if r.to < r.from {
		r.to += 24 * 60
	}
	if s.Zone == "" || s.Zone == "Local" {
		return r, errors.New(`a shift needs a zone, such as zone = "Europe/London"`)
	}
	if r.loc, err = time.LoadLocation(s.Zone); err != nil {
		return r, fmt.Errorf("a shift has the zone %q, which is not known; write an IANA name such as Europe/London", s.Zone)
	}
	for _, l := range s.Langs {
		if err := checkLang(l); err != nil {
			return r, fmt.Errorf("a shift's langs: %w", err)
		}
	}
	for i, c := range s.Channels {
		if !slices.Contains(Channels(), c) {
			return r, fmt.Errorf("a shift has the channel %q; the channels are %s", c, strings.Join(Channels(), ", "))
		}
		if slices.Contains(s.Channels[:i], c) {
			return r, fmt.Errorf("a shift has the channel %q twice; take one away", c)
		}
	}
	r.langs, r.channels, r.holidays = slices.Clone(s.Langs), slices.Clone(s.Channels), s.OnHoliday
	return r, nil
}

// clock reads hh:mm, 00:00 to 24:00, as minutes.
func clock(s string) (int, error) {
	if len(s) == 5 && s[2] == ':' {
		for _, i := range []int{0, 1, 3, 4} {
			if s[i] < '0' || s[i] > '9' {
				return 0, fmt.Errorf("%q is not a time; write it as 18:00", s)
			}
		}
		m := (int(s[0]-'0')*10+int(s[1]-'0'))*60 + int(s[3]-'0')*10 + int(s[4]-'0')
		if s[3] < '6' && m <= 24*60 {
			return m, nil
		}
	}
	return 0, fmt.Errorf("%q is not a time; write it as 18:00", s)
}

func checkLang(l string) error {
	if _, err := language.Parse(l); err != nil || len(l) > 35 {
		return fmt.Errorf("%q is not a language; write a tag such as en or pt-BR", l)
	}
	return nil
}

// wall is the first moment at which the clock of loc shows minutes after midnight of that day, or has jumped past it.
func wall(y int, m time.Month, d, minutes int, loc *time.Location) time.Time {
	want := time.Date(y, m, d, 0, minutes, 0, 0, time.UTC) // the reading of the clock, kept as if it were UTC
	t := time.Date(y, m, d, 0, minutes, 0, 0, loc)
	start, end := t.ZoneBounds()
	switch c := want.Compare(reading(t)); {
	case c < 0: // never shown: Date counted with the offset from before the jump
		return start
	case c > 0: // never shown: Date counted with the offset from after it
		return end
	}
	if !start.IsZero() { // shown twice? Then it was shown in the stretch before, too
		_, now := t.Zone()
		_, before := start.Add(-time.Second).Zone()
		earlier := t.Add(time.Duration(now-before) * time.Second)
		if before > now && earlier.Before(start) {
			return earlier
		}
	}
	return t
}

// reading is what the clock on the wall shows at t, kept as if it were UTC.
func reading(t time.Time) time.Time {
	_, off := t.Zone()
	return t.UTC().Add(time.Duration(off) * time.Second)
}

// A timetable is all that says when the line has promised to be there.
type timetable struct {
	rotas  []rota
	closed *closures
	marks  map[int]bool // what the desk said of single days, see [Line.SetDays]: true, closed; false, open
}

// shut says whether r is not held on a day.
func (t timetable) shut(r *rota, day int) bool {
	switch why, _ := t.day(day); why {
	case ByDesk, ByFile:
		return true
	case ByHoliday:
		return !r.holidays
	}
	return false
}

// on returns the time that r is held from a day on which it starts. Not ok: it is not held then.
func (t timetable) on(r *rota, day int) (span, bool) {
	y, m, d := noon(day).Date()
	if !r.days[noon(day).Weekday()] || t.shut(r, day) {
		return span{}, false
	}
	to := r.to
	if to > 24*60 && t.shut(r, day+1) {
		to = 24 * 60
	}
	s := span{from: wall(y, m, d, r.from, r.loc), to: wall(y, m, d, to, r.loc), langs: r.langs}
	return s, s.from.Before(s.to) // a shift can fall whole into a skipped hour
}

// horizons are how many days ahead the next shift is looked for: a week and its clock changes nearly always, a summer
// closure, a year.
var horizons = []int{10, 70, 400}

// around returns the times at which the shifts that serve lang and channel ("": any) are held, in order of their start:
// all from two days before now until one that starts more than a day after now, or for 400 days.
func (t timetable) around(now time.Time, lang, channel string) []span {
	for i, ahead := range horizons {
		var out []span
		for i := range t.rotas {
			r := &t.rotas[i]
			if !r.serves(lang, channel) {
				continue
			}
			today := dayOf(now, r.loc)
			for day := today - 3; day <= today+ahead; day++ {
				if s, ok := t.on(r, day); ok {
					out = append(out, s)
				}
			}
		}
		if i == len(horizons)-1 || slices.ContainsFunc(out, func(s span) bool { return s.from.After(now.Add(24 * time.Hour)) }) {
			slices.SortStableFunc(out, func(a, b span) int { return cmp.Or(a.from.Compare(b.from), a.to.Compare(b.to)) })
			return out
		}
	}
	return nil
}

// serves says whether a shift is for lang and channel; "" asks for any.
func (r *rota) serves(lang, channel string) bool {
	return (lang == "" || len(r.langs) == 0 || slices.ContainsFunc(r.langs, func(l string) bool { return sameLanguage(l, lang) })) &&
		(channel == "" || len(r.channels) == 0 || slices.Contains(r.channels, channel))
}

// sameLanguage says whether somebody who writes a can answer b: the same tag, or one of them without script and region.
func sameLanguage(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	baseA, restA, _ := strings.Cut(a, "-")
	baseB, restB, _ := strings.Cut(b, "-")
	return strings.EqualFold(baseA, baseB) && (restA == "" || restB == "")
}
