package line

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"quietline/store"
)

// maxMark is how many days SetDays takes at once, and markAhead how many days ahead.
const (
	maxMark   = 62
	markAhead = 400
)

// ErrDays is what SetDays returns for days that cannot be meant; its text says why.
var ErrDays = errors.New("these days cannot be set")

// SetDays says of the days from first to last (2026-12-24; each shift's own calendar) that the line is closed
// (NoteClosed), open though the file closes it (NoteOpen), or as the file says (NotePlanned). It counts at once, and comes
// before what the file says. At most 62 days at a time, none in the past, none more than 400 days ahead.
func (l *Line) SetDays(ctx context.Context, actor, first, last string, to Note) error {
	from, err := parseDay(first)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDays, err)
	}
	till, err := parseDay(last)
	today := dayOf(l.now(), time.UTC)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrDays, err)
	case till < from:
		return fmt.Errorf("%w: the last is before the first", ErrDays)
	case till-from >= maxMark:
		return fmt.Errorf("%w: they are more than %d", ErrDays, maxMark)
	case from < today-1: // west of here it is yesterday still
		return fmt.Errorf("%w: the first is in the past", ErrDays)
	case till > today+markAhead:
		return fmt.Errorf("%w: the last is more than %d days ahead", ErrDays, markAhead)
	case to != NoteClosed && to != NoteOpen && to != NotePlanned:
		return fmt.Errorf("%w: they can be closed, open, or as planned", ErrDays)
	}
	same := true
	err = change(ctx, l, l.daysName(), func(old *daysRecord) (*daysRecord, error) {
		var before, now []dayMark
		var full time.Time
		if old != nil {
			before, full = old.Days, old.Full
		}
		for _, m := range before {
			if m.Day < from || m.Day > till {
				now = append(now, m)
			}
		}
		for day := from; day <= till && to != NotePlanned; day++ {
			now = append(now, dayMark{Day: day, Open: to == NoteOpen})
		}
		slices.SortFunc(now, func(a, b dayMark) int { return cmp.Compare(a.Day, b.Day) })
		if same = slices.Equal(before, now); same {
			return nil, errKeep
		}
		return daysOrNone(now, full), nil
	})
	if err != nil {
		return fmt.Errorf("setting days: %w", err)
	}
	if same {
		return nil
	}
	digits := "20060102"
	return l.Audit(ctx, Entry{Actor: actor, Act: ActHours, Handle: noon(from).Format(digits) + noon(till).Format(digits), Note: to})
}

func daysOrNone(days []dayMark, full time.Time) *daysRecord {
	if len(days) == 0 && full.IsZero() {
		return nil
	}
	return &daysRecord{Days: days, Full: full}
}

// marks are the days that are closed (true) or open (false).
func (r *daysRecord) marks() map[int]bool {
	out := make(map[int]bool, len(r.Days))
	for _, m := range r.Days {
		out[m.Day] = !m.Open
	}
	return out
}

// tidyDays drops the days that are over.
func (l *Line) tidyDays(ctx context.Context) error {
	over := dayOf(l.now(), time.UTC) - dayFor
	old := func(m dayMark) bool { return m.Day < over }
	err := change(ctx, l, l.daysName(), func(r *daysRecord) (*daysRecord, error) {
		if r == nil {
			return nil, errKeep
		}
		full := r.Full
		if !l.now().Before(full) {
			full = time.Time{}
		}
		if !slices.ContainsFunc(r.Days, old) && full.Equal(r.Full) {
			return nil, errKeep
		}
		return daysOrNone(slices.DeleteFunc(slices.Clone(r.Days), old), full), nil
	})
	if err != nil {
		return fmt.Errorf("dropping past days: %w", err)
	}
	return nil
}

func (l *Line) daysName() store.Name { return store.NewName(l.secret, "days", "") }

// A Day is one day of the calendar as the line is there.
type Day struct {
	Date    time.Time // noon UTC of that date
	Why     Why       // why it is closed; Planned: it is not
	Holiday string    // the public holiday that it is, in the country's own words and with its code, whether it closes or not
	Marked  bool      // somebody said so at the desk: closed, or open though the file closes it
	Held    []Held    // the shifts that start on it and are held, in order
}

// A Held is one shift as it is held once, in its own zone.
type Held struct {
	Shift
	From, Till time.Time
}

// Today is the day that it is at now by the clock of the line, which is that of its first shift, or UTC: noon UTC of it.
func (l *Line) Today(now time.Time) time.Time { return noon(dayOf(now, l.Zone())) }

// Zone is the first shift's; without shifts UTC.
func (l *Line) Zone() *time.Location {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if len(l.rotas) == 0 {
		return time.UTC
	}
	return l.rotas[0].loc
}

// Moment is the first moment at which the line's clock shows a time, such as 2026-11-29 and 03:00, or has jumped past it.
func (l *Line) Moment(day, at string) (time.Time, error) {
	n, err := parseDay(day)
	if err != nil {
		return time.Time{}, err
	}
	minutes, err := clock(at)
	if err != nil {
		return time.Time{}, err
	}
	y, m, d := noon(n).Date()
	return wall(y, m, d, minutes, l.Zone()), nil
}

// Days returns n days from the one that first falls on, UTC.
func (l *Line) Days(first time.Time, n int) []Day {
	l.mu.RLock()
	defer l.mu.RUnlock()
	t := l.hours()
	out := make([]Day, 0, n)
	for day := dayOf(first, time.UTC); len(out) < n; day++ {
		d := Day{Date: noon(day)}
		d.Why, d.Holiday = t.day(day)
		_, d.Marked = t.marks[day]
		for i := range t.rotas {
			if s, ok := t.on(&t.rotas[i], day); ok {
				d.Held = append(d.Held, Held{Shift: l.shifts[i], From: s.from.In(t.rotas[i].loc), Till: s.to.In(t.rotas[i].loc)})
			}
		}
		slices.SortStableFunc(d.Held, func(a, b Held) int { return a.From.Compare(b.From) })
		out = append(out, d)
	}
	return out
}

// Shifts are the rota as it is written. alwaysOn: it does not count, the line is always open.
func (l *Line) Shifts() (shifts []Shift, alwaysOn bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return slices.Clone(l.shifts), l.alwaysOn
}

// Unserved are the languages that shifts name and nobody on the staff who takes conversations can answer in, sorted.
func (l *Line) Unserved() []string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var out []string
	for _, s := range l.shifts {
		for _, lang := range s.Langs {
			served := false
			for _, who := range l.staff {
				if !who.Disabled.IsZero() || !who.Role.onDuty() {
					continue
				}
				served = served || len(who.Langs) == 0 || slices.ContainsFunc(who.Langs, func(w string) bool { return sameLanguage(w, lang) })
			}
			if !served {
				out = append(out, lang)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
