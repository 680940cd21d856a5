package line

import (
	"context"
	"fmt"
	"time"
)

// fullFor is how long a line is full at the most, should nobody take it back.
const fullFor = 12 * time.Hour

// SetFull says that more people wait than can be answered, until the shift that is open now ends, 12 hours at most; or that
// it is over. New people are told before any question. It counts at once, in every process, and across restarts.
func (l *Line) SetFull(ctx context.Context, actor string, full bool) error {
	now := l.now()
	till, note := time.Time{}, NoteOpen
	if full {
		till, note = now.Add(fullFor).UTC().Truncate(time.Second), NoteFull
		if c := l.Crew(now); !c.To.IsZero() && c.To.Before(till) {
			till = c.To.UTC().Truncate(time.Second)
		}
	}
	same := true
	err := change(ctx, l, l.daysName(), func(old *daysRecord) (*daysRecord, error) {
		var days []dayMark
		var before time.Time
		if old != nil {
			days, before = old.Days, old.Full
		}
		if same = before.Equal(till) || !full && !now.Before(before); same {
			return nil, errKeep
		}
		return daysOrNone(days, till), nil
	})
	if err != nil {
		return fmt.Errorf("saying that the line is full: %w", err)
	}
	if same {
		return nil
	}
	return l.Audit(ctx, Entry{Actor: actor, Act: ActFull, Note: note})
}

// Full says until when the line is full; zero: it is not.
func (l *Line) Full(now time.Time) time.Time {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.days == nil || !now.Before(l.days.Full) {
		return time.Time{}
	}
	return l.days.Full
}
