package storetest

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"testing"
	"time"

	"quietline/store"
)

// pull starts a Watch and returns its next change; every error fails the test.
func pull(t *testing.T, s store.Store) (next func() store.Change) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	get, stop := iter.Pull2(s.Watch(ctx))
	t.Cleanup(stop)
	return func() store.Change {
		t.Helper()
		c, err, ok := get()
		if err != nil || !ok {
			t.Fatalf("watching: %v, %v", err, ok)
		}
		return c
	}
}

func testWatch(t *testing.T, p Place) {
	s := open(t, p)
	const n = 2500 // more than one read of the list
	revs := make([]store.Rev, n)
	recs := make([]store.Record, n)
	key := newKey(t)
	for i := range recs {
		recs[i] = record(t, name(i), key, "a")
	}
	var wg sync.WaitGroup
	for i := range recs {
		wg.Go(func() {
			var err error
			if revs[i], err = s.Swap(t.Context(), name(i), 0, recs[i]); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	next := pull(t, s)
	listed := map[store.Name]store.Rev{}
	for c := next(); !c.Listed; c = next() {
		listed[c.Name] = c.Rev
	}
	if len(listed) != n {
		t.Errorf("%d records are listed, want %d", len(listed), n)
	}
	for i := range revs {
		if listed[name(i)] != revs[i] {
			t.Fatalf("record %d is listed at Rev %d, want %d", i, listed[name(i)], revs[i])
		}
	}

	due := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	sealed, err := store.Seal(key, name(1), due, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	rev, err := s.Swap(t.Context(), name(1), revs[1], store.Record{Due: due, Key: key, Sealed: sealed})
	if err != nil {
		t.Fatal(err)
	}
	if c := next(); c.Name != name(1) || c.Rev != rev || !c.Due.Equal(due.Truncate(time.Minute)) || c.Listed {
		t.Errorf("a replaced record is told as %+v", c)
	}
	erase(t, s, name(2), revs[2])
	if c := next(); c != (store.Change{Name: name(2)}) {
		t.Errorf("an erased record is told as %+v", c)
	}
	if _, err := s.Swap(t.Context(), name(1), 1<<40, recs[1]); err == nil {
		t.Error("a swap at a Rev that never was succeeds")
	}
	rev = put(t, s, name(n), 0, key, "new")
	if c := next(); c.Name != name(n) || c.Rev != rev {
		t.Errorf("after a conflict, a new record is told as %+v", c)
	}
}

// testWatchLast starts watches while records are made, replaced and erased; each reads on until it knows how all ended.
func testWatchLast(t *testing.T, p Place) {
	s := open(t, p)
	const names, rounds, watches = 40, 30, 6
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	final := make([]store.Rev, names)
	mark := name(-1) // written when final stands
	var wg sync.WaitGroup
	for w := range watches {
		wg.Go(func() {
			known := map[store.Name]store.Rev{}
			wrong := -1
			for c, err := range s.Watch(ctx) {
				if err != nil {
					t.Errorf("watch %d: %v, with %d names wrong", w, err, wrong)
					return
				}
				if !c.Listed {
					known[c.Name] = c.Rev
				}
				if known[mark] == 0 {
					continue
				}
				wrong = 0
				for i, rev := range final {
					if known[name(i)] != rev {
						wrong++ // what is told together comes in any order
					}
				}
				if wrong == 0 {
					return
				}
			}
		})
	}
	key := newKey(t)
	recs := make([]store.Record, names)
	for i := range recs {
		recs[i] = record(t, name(i), key, fmt.Sprint(i))
	}
	var writers sync.WaitGroup
	for i := range names {
		writers.Go(func() {
			for r := range rounds {
				next := recs[i]
				if r%4 == 3 || r == rounds-1 && i%2 == 0 {
					next = store.Record{}
				}
				rev, err := s.Swap(t.Context(), name(i), final[i], next)
				if err != nil {
					t.Error(err)
				}
				final[i] = rev
			}
		})
	}
	writers.Wait()
	put(t, s, mark, 0, key, "mark")
	wg.Wait()
}

func testWatchContext(t *testing.T, p Place) {
	s := open(t, p)
	put(t, s, name(1), 0, newKey(t), "a")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for c, err := range s.Watch(ctx) {
		if c.Listed {
			cancel()
		}
		last = err
	}
	wantErr(t, "watching with a context cancelled after the list", last, context.Canceled)
	last = nil
	for _, err := range s.Watch(ctx) {
		last = err
	}
	wantErr(t, "watching with a cancelled context", last, context.Canceled)
	for range s.Watch(t.Context()) {
		break // leaving early is allowed
	}
}
