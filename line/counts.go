package line

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"quietline/store"
)

// What is counted, each by week and country and by nothing else.
const (
	CountPage    = "page"    // a public page was opened
	CountChat    = "chat"    // a conversation began
	CountSitting = "sitting" // a sitting was opened
	CountUrgent  = "urgent"  // an emergency card was sent
	CountQueued  = "queued"  // a person began to wait for an adviser
	CountNobody  = "nobody"  // … while nobody was on duty
	CountClaimed = "claimed" // an adviser took a conversation
	CountClosed  = "closed"  // an adviser ended one
	CountLeft    = "left"    // a person left
	CountErased  = "erased"  // a person erased
)

var counted = []string{
	CountPage, CountChat, CountSitting, CountUrgent, CountQueued, CountNobody, CountClaimed, CountClosed, CountLeft, CountErased,
}

// smallest is the smallest count that is given out: below it a number is about somebody.
const smallest = 5

// settle is how long after its end a week takes late counts of other processes.
const settle = time.Hour

// A WeekCount is one number of a week that is over.
type WeekCount struct {
	Week    string // ISO 8601, UTC: 2026-W14
	What    string // one of the constants
	Country string // two letters; empty: not known
	N       int    // at least 5
}

type weekCell struct{ week, what, country string }

// Count adds one to this week's number of what, one of the constants, in a country (two letters, or empty). It is in
// memory until the next minute; a crash loses at most that, and so no context is needed today. It fails only for something that must not be counted.
func (l *Line) Count(_ context.Context, what, country string) error {
	country = strings.ToUpper(country)
	if !slices.Contains(counted, what) || country != "" && !isCountry(country) {
		return errors.New("counting: only what the line's list names is counted, by a country of two letters")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counted[weekCell{weekOf(l.now()), what, country}]++
	return nil
}

// Counts returns the numbers of all weeks that are over, by week, what and country. Those below 5 are gone for good;
// the running week is not given out, for from two looks at it one could tell what a single person did.
func (l *Line) Counts() []WeekCount {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var out []WeekCount
	for _, w := range l.weeks {
		if !w.Frozen {
			continue
		}
		for _, c := range w.Cells {
			if c.N >= smallest {
				out = append(out, WeekCount{w.Week, c.What, c.Country, c.N})
			}
		}
	}
	slices.SortFunc(out, func(a, b WeekCount) int {
		return cmp.Or(cmp.Compare(a.Week, b.Week), cmp.Compare(a.What, b.What), cmp.Compare(a.Country, b.Country))
	})
	return out
}

// flushCounts adds what was counted to the store. What could not be written is kept for the next time; what belongs to
// a week already frozen is dropped.
func (l *Line) flushCounts(ctx context.Context) error {
	l.mu.Lock()
	cells := l.counted
	l.counted = map[weekCell]int{}
	l.mu.Unlock()
	byWeek := map[string]map[weekCell]int{}
	for c, n := range cells {
		if byWeek[c.week] == nil {
			byWeek[c.week] = map[weekCell]int{}
		}
		byWeek[c.week][c] = n
	}
	var errs []error
	for week, cells := range byWeek {
		err := change(ctx, l, l.weekName(week), func(old *weekRecord) (*weekRecord, error) {
			if old == nil {
				old = &weekRecord{Week: week}
			}
			if old.Frozen {
				return nil, errKeep
			}
			old.Cells = merge(old, cells)
			return old, nil
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("keeping the week's counts: %w", err))
			l.mu.Lock()
			for c, n := range cells {
				l.counted[c] += n
			}
			l.mu.Unlock()
		}
	}
	return errors.Join(errs...)
}

func merge(w *weekRecord, more map[weekCell]int) []cell {
	sum := maps.Clone(more)
	for _, c := range w.Cells {
		sum[weekCell{w.Week, c.What, c.Country}] += c.N
	}
	out := make([]cell, 0, len(sum))
	for c, n := range sum {
		out = append(out, cell{What: c.what, Country: c.country, N: n})
	}
	slices.SortFunc(out, func(a, b cell) int { return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Country, b.Country)) })
	return out
}

// tidyWeeks freezes the weeks that are over and takes away those that have had their time.
func (l *Line) tidyWeeks(ctx context.Context) error {
	now := l.now()
	for _, week := range names(l, l.weeks, func(_ string, w *weekRecord) bool {
		return !w.Frozen && now.After(weekEnd(w.Week).Add(settle)) || now.After(weekEnd(w.Week).Add(countsFor))
	}) {
		err := change(ctx, l, l.weekName(week), func(old *weekRecord) (*weekRecord, error) {
			if old == nil || now.After(weekEnd(week).Add(countsFor)) {
				return nil, nil
			}
			cells := []cell{}
			for _, c := range old.Cells {
				if c.N >= smallest {
					cells = append(cells, c)
				}
			}
			return &weekRecord{Week: week, Frozen: true, Cells: cells}, nil
		})
		if err != nil {
			return fmt.Errorf("freezing the counts of a week: %w", err)
		}
	}
	return nil
}

func (l *Line) weekName(week string) store.Name { return store.NewName(l.secret, "week", week) }

func weekOf(t time.Time) string {
	y, w := t.UTC().ISOWeek()
	return fmt.Sprintf("%04d-W%02d", y, w)
}

// weekEnd is the first moment after a week; the zero time for what is no week.
func weekEnd(week string) time.Time {
	var y, w int
	if n, _ := fmt.Sscanf(week, "%04d-W%02d", &y, &w); n != 2 {
		return time.Time{}
	}
	fourth := time.Date(y, time.January, 4, 0, 0, 0, 0, time.UTC) // always in week 1
	monday := fourth.AddDate(0, 0, -(int(fourth.Weekday())+6)%7)
	return monday.AddDate(0, 0, 7*w)
}
