package line

import (
	"context"
	"errors"
	"time"

	"quietline/store"
)

// follow keeps memory in step with the store until ctx is done. It closes listed when all has been read once; an error
// before that goes to failed and ends it, a later one is logged and tried again.
func (l *Line) follow(ctx context.Context, listed chan struct{}, failed chan error) {
	first := true
	for {
		seen := map[store.Name]store.Rev{}
		var err error
		for ch, e := range l.st.Watch(ctx) {
			if e != nil {
				err = e
				break
			}
			switch {
			case ch.Listed:
				err = l.catchUp(ctx, seen)
				seen = nil
				if err == nil && first {
					first = false
					close(listed)
				}
			case seen != nil && ch.Rev == 0:
				delete(seen, ch.Name)
			case seen != nil:
				seen[ch.Name] = ch.Rev
			default:
				err = l.see(ctx, ch.Name, ch.Rev)
			}
			if err != nil {
				break
			}
		}
		if first && err != nil {
			failed <- err
			return
		}
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, store.ErrClosed) {
			l.log.Warn("the line's store is closed; nothing is followed any more")
			return
		}
		l.log.Error("following the line's store failed; trying again", "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}

// catchUp brings memory to what a whole listing yielded. Audit entries are passed over by their names: there may be
// many, and only the last is ever needed.
func (l *Line) catchUp(ctx context.Context, seen map[store.Name]store.Rev) error {
	delete(seen, store.Name{})
	if err := l.see(ctx, l.floorName(), seen[l.floorName()]); err != nil {
		return err
	}
	delete(seen, l.floorName())
	l.write.Lock()
	l.mu.Lock()
	n := max(l.head, l.firstEntry())
	for ; ; n++ {
		name := l.entryName(n)
		if _, ok := seen[name]; !ok {
			break
		}
		delete(seen, name)
	}
	if n != l.head {
		l.head, l.last = n, nil
	}
	gone := []store.Name{}
	for name := range l.items {
		if _, ok := seen[name]; !ok {
			gone = append(gone, name)
		}
	}
	l.mu.Unlock()
	l.write.Unlock()
	for name, rev := range seen {
		if err := l.see(ctx, name, rev); err != nil {
			return err
		}
	}
	for _, name := range gone {
		if err := l.see(ctx, name, 0); err != nil {
			return err
		}
	}
	return nil
}

// see reads the record at name again unless memory has that version.
func (l *Line) see(ctx context.Context, name store.Name, rev store.Rev) error {
	if name == (store.Name{}) {
		return nil
	}
	l.write.Lock()
	defer l.write.Unlock()
	l.mu.RLock()
	it, ok := l.items[name]
	l.mu.RUnlock()
	if ok == (rev != 0) && it.rev == rev {
		return nil
	}
	return l.read(ctx, name)
}

// read brings memory to what the store has at name. The caller holds l.write. A record that does not open is logged
// and left out: one damaged record must not close the line.
func (l *Line) read(ctx context.Context, name store.Name) error {
	rec, err := l.st.Get(ctx, name)
	if errors.Is(err, store.ErrNotExist) {
		l.put(name, 0, nil)
		return nil
	}
	if err != nil {
		if errors.Is(err, store.ErrNoKey) {
			l.log.Error("a record of the line has lost its key and is left out")
			l.put(name, 0, nil)
			return nil
		}
		return err
	}
	v, err := l.open(name, rec)
	if err != nil {
		l.log.Error("a record of the line is left out", "err", err)
		l.put(name, rec.Rev, nil)
		return nil
	}
	l.put(name, rec.Rev, v)
	return nil
}

func (l *Line) open(name store.Name, rec store.Record) (any, error) {
	f, body, err := store.Open(rec.Key, name, rec.Due, rec.Sealed)
	if err != nil {
		return nil, err
	}
	return decode(f, body)
}

// put sets what memory has at name; v nil: nothing that can be read. The caller holds l.write.
func (l *Line) put(name store.Name, rev store.Rev, v any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch old := l.items[name].v.(type) {
	case *staffRecord:
		delete(l.staff, old.ID)
	case *sessionRecord:
		delete(l.sessions, tokenHash(old.Token))
		if v == nil {
			delete(l.heard, tokenHash(old.Token))
		}
	case *placementRecord:
		delete(l.places, old.Code)
	case *weekRecord:
		delete(l.weeks, old.Week)
	case *floorRecord:
		l.floor = nil
	case *daysRecord:
		l.days, l.marks = nil, nil
	}
	delete(l.items, name)
	switch v := v.(type) {
	case *staffRecord:
		l.staff[v.ID] = v
	case *sessionRecord:
		l.sessions[tokenHash(v.Token)] = v
	case *placementRecord:
		l.places[v.Code] = v
	case *weekRecord:
		l.weeks[v.Week] = v
	case *floorRecord:
		l.floor = v
	case *daysRecord:
		l.days, l.marks = v, v.marks()
	case *entryRecord: // the audit is not held in memory
		if v.N < l.firstEntry() {
			l.leftover = append(l.leftover, name)
		}
		if v.N >= l.head {
			l.head, l.last = v.N+1, nil
		}
		return
	}
	if rev != 0 {
		l.items[name] = item{rev: rev, v: v}
	}
}
