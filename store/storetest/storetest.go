// Package storetest is the contract of store.Store as a test. Every implementation passes Run.
package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"quietline/store"
)

// A Place is where a store under test keeps its records.
type Place struct {
	// Open opens the store that lies here. Run opens one at a time and closes it.
	Open func(t *testing.T) store.Store
	// Bytes returns everything that the store has written and that is still there, for a search.
	Bytes func(t *testing.T) []byte
}

// Run tests that the stores at empty places, of which at makes as many as are needed, keep the contract.
func Run(t *testing.T, at func(t *testing.T) Place) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Place)
	}{
		{"Swap makes, replaces and erases", testSwap},
		{"Swap refuses what does not fit", testRefusals},
		{"Due is kept to the minute", testDue},
		{"One of 64 wins", testOneWinner},
		{"Racing increments lose nothing", testIncrements},
		{"A late repeat of an old Rev conflicts", testLateRepeat},
		{"A Rev is never used twice", testRevs},
		{"A reader gets a record with its own key", testOwnKey},
		{"All is there after reopening", testReopen},
		{"S10: burnt keys are nowhere", testBurnt},
		{"S12: nothing stands in the clear", testCanaries},
		{"Openers agree on the secret", testSecret},
		{"Watch lists, then tells of changes", testWatch},
		{"Watch never misses the last", testWatchLast},
		{"Watch and its context", testWatchContext},
		{"Close", testClose},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, at(t)) })
	}
}

// open opens the store at p and closes it when the test ends.
func open(t *testing.T, p Place) store.Store {
	t.Helper()
	s := p.Open(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return s
}

func newKey(t *testing.T) store.Key {
	t.Helper()
	k, err := store.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// name is a Name under a fixed secret.
func name(n int) store.Name {
	return store.NewName(store.Key{1}, "test", fmt.Sprint(n))
}

// record seals text under key for at, with no due time.
func record(t *testing.T, at store.Name, key store.Key, text string) store.Record {
	t.Helper()
	sealed, err := store.Seal(key, at, time.Time{}, 1, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return store.Record{Key: key, Sealed: sealed}
}

// put swaps text in at rev old, and returns the new Rev.
func put(t *testing.T, s store.Store, at store.Name, old store.Rev, key store.Key, text string) store.Rev {
	t.Helper()
	rev, err := s.Swap(t.Context(), at, old, record(t, at, key, text))
	if err != nil {
		t.Fatalf("swapping at Rev %d: %v", old, err)
	}
	if rev == 0 {
		t.Fatalf("swapping at Rev %d: the new Rev is zero", old)
	}
	return rev
}

func erase(t *testing.T, s store.Store, at store.Name, old store.Rev) {
	t.Helper()
	if rev, err := s.Swap(t.Context(), at, old, store.Record{}); rev != 0 || err != nil {
		t.Fatalf("erasing at Rev %d: Rev %d, %v", old, rev, err)
	}
}

// want fails unless text, in a record of Rev rev, stands at the name.
func want(t *testing.T, s store.Store, at store.Name, rev store.Rev, text string) {
	t.Helper()
	rec, err := s.Get(t.Context(), at)
	if err != nil {
		t.Fatalf("getting: %v", err)
	}
	if rec.Rev != rev {
		t.Errorf("Rev is %d, want %d", rec.Rev, rev)
	}
	_, plain, err := store.Open(rec.Key, at, rec.Due, rec.Sealed)
	if err != nil {
		t.Fatal(err)
	}
	if string(plain) != text {
		t.Errorf("the record holds %q, want %q", plain, text)
	}
}

// wantErr fails unless err is target.
func wantErr(t *testing.T, what string, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("%s: %v, want %v", what, err, target)
	}
}

func testSwap(t *testing.T, p Place) {
	s := open(t, p)
	at, key := name(1), newKey(t)
	_, err := s.Get(t.Context(), at)
	wantErr(t, "getting what is not there", err, store.ErrNotExist)
	_, err = s.Swap(t.Context(), at, 7, record(t, at, key, "a"))
	wantErr(t, "replacing what is not there", err, store.ErrConflict)
	first := put(t, s, at, 0, key, "a")
	want(t, s, at, first, "a")
	_, err = s.Swap(t.Context(), at, 0, record(t, at, key, "b"))
	wantErr(t, "making what is there", err, store.ErrConflict)
	_, err = s.Swap(t.Context(), at, 0, store.Record{})
	wantErr(t, "erasing what should not be there", err, store.ErrConflict)
	second := put(t, s, at, first, key, "b")
	want(t, s, at, second, "b")
	third := put(t, s, at, second, newKey(t), "c") // another key
	want(t, s, at, third, "c")
	_, err = s.Swap(t.Context(), at, second, store.Record{})
	wantErr(t, "erasing at an old Rev", err, store.ErrConflict)
	want(t, s, at, third, "c")
	erase(t, s, at, third)
	_, err = s.Get(t.Context(), at)
	wantErr(t, "getting what is erased", err, store.ErrNotExist)
	erase(t, s, at, 0) // nothing there, nothing to do
}

func testRefusals(t *testing.T, p Place) {
	s := open(t, p)
	at := name(1)
	large := store.Record{Key: newKey(t), Sealed: make([]byte, store.MaxSealed+1)}
	_, err := s.Swap(t.Context(), at, 0, large)
	wantErr(t, "one byte too many", err, store.ErrTooLarge)
	_, err = s.Swap(t.Context(), at, 0, store.Record{Sealed: []byte{1}})
	wantErr(t, "no key", err, store.ErrNoKey)
	_, err = s.Get(t.Context(), at)
	wantErr(t, "getting what was refused", err, store.ErrNotExist)
	rev := put(t, s, at, 0, large.Key, string(make([]byte, store.MaxPlain)))
	want(t, s, at, rev, string(make([]byte, store.MaxPlain)))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Get(ctx, at)
	wantErr(t, "getting with a cancelled context", err, context.Canceled)
	_, err = s.Swap(ctx, at, rev, store.Record{})
	wantErr(t, "swapping with a cancelled context", err, context.Canceled)
}

func testDue(t *testing.T, p Place) {
	s := open(t, p)
	for i, due := range []struct{ in, out time.Time }{
		{time.Time{}, time.Time{}},
		{time.Date(2026, 3, 4, 5, 6, 59, 999, time.UTC), time.Date(2026, 3, 4, 5, 6, 0, 0, time.UTC)},
		{time.Date(2026, 3, 4, 5, 6, 0, 0, time.FixedZone("", 5*3600+45*60)), time.Date(2026, 3, 3, 23, 21, 0, 0, time.UTC)},
		{time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1970, 1, 1, 0, 1, 0, 0, time.UTC)},
	} {
		at, key := name(i), newKey(t)
		sealed, err := store.Seal(key, at, due.in, 1, []byte("due"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Swap(t.Context(), at, 0, store.Record{Due: due.in, Key: key, Sealed: sealed}); err != nil {
			t.Fatal(err)
		}
		rec, err := s.Get(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		if !rec.Due.Equal(due.out) {
			t.Errorf("%v is kept as %v, want %v", due.in, rec.Due, due.out)
		}
		if _, _, err := store.Open(rec.Key, at, rec.Due, rec.Sealed); err != nil {
			t.Errorf("due %v: %v", due.in, err)
		}
	}
}

func testOneWinner(t *testing.T, p Place) {
	s := open(t, p)
	at := name(1)
	old := store.Rev(0)
	for range 20 {
		revs, errs := make([]store.Rev, 64), make([]error, 64)
		recs := make([]store.Record, 64)
		for i := range recs {
			recs[i] = record(t, at, newKey(t), fmt.Sprint(i))
		}
		var wg sync.WaitGroup
		for i := range recs {
			wg.Go(func() { revs[i], errs[i] = s.Swap(t.Context(), at, old, recs[i]) })
		}
		wg.Wait()
		winner := -1
		for i, err := range errs {
			switch {
			case err == nil && winner >= 0:
				t.Fatalf("%d and %d both won at Rev %d", winner, i, old)
			case err == nil:
				winner = i
			case !errors.Is(err, store.ErrConflict):
				t.Fatal(err)
			}
		}
		if winner < 0 {
			t.Fatalf("nobody won at Rev %d", old)
		}
		old = revs[winner]
		want(t, s, at, old, fmt.Sprint(winner))
	}
}

func testIncrements(t *testing.T, p Place) {
	s := open(t, p)
	at := name(1)
	put(t, s, at, 0, newKey(t), "")
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for done := 0; done < 25; {
				rec, err := s.Get(t.Context(), at)
				if err != nil {
					t.Error(err)
					return
				}
				_, plain, err := store.Open(rec.Key, at, rec.Due, rec.Sealed)
				if err != nil {
					t.Error(err)
					return
				}
				key := rec.Key
				if done%2 == 0 {
					if key, err = store.NewKey(rand.Reader); err != nil {
						t.Error(err)
						return
					}
				}
				sealed, err := store.Seal(key, at, time.Time{}, 1, append(plain, 'x'))
				if err != nil {
					t.Error(err)
					return
				}
				switch _, err = s.Swap(t.Context(), at, rec.Rev, store.Record{Key: key, Sealed: sealed}); {
				case err == nil:
					done++
				case !errors.Is(err, store.ErrConflict):
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	rec, err := s.Get(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	_, plain, err := store.Open(rec.Key, at, rec.Due, rec.Sealed)
	if err != nil || !bytes.Equal(plain, bytes.Repeat([]byte("x"), 16*25)) {
		t.Errorf("%d increments of %d are there, %v", len(plain), 16*25, err)
	}
}

func testLateRepeat(t *testing.T, p Place) {
	s := open(t, p)
	at, key := name(1), newKey(t)
	first := put(t, s, at, 0, key, "a")
	second := put(t, s, at, first, key, "b")
	erase(t, s, at, second)
	for _, old := range []store.Rev{first, second, second + 1} {
		_, err := s.Swap(t.Context(), at, old, record(t, at, key, "late"))
		wantErr(t, "a late repeat after the erase", err, store.ErrConflict)
		_, err = s.Swap(t.Context(), at, old, store.Record{})
		wantErr(t, "a second erase", err, store.ErrConflict)
	}
	again := put(t, s, at, 0, newKey(t), "new")
	for _, old := range []store.Rev{first, second} {
		_, err := s.Swap(t.Context(), at, old, record(t, at, key, "late"))
		wantErr(t, "a late repeat after a new start", err, store.ErrConflict)
	}
	want(t, s, at, again, "new")
}

func testRevs(t *testing.T, p Place) {
	seen := map[store.Rev]bool{}
	for range 3 {
		s := p.Open(t)
		for i := range 20 {
			at, key, old := name(i%3), newKey(t), store.Rev(0)
			for range 3 {
				old = put(t, s, at, old, key, "a")
				if seen[old] {
					t.Fatalf("Rev %d is used again", old)
				}
				seen[old] = true
			}
			erase(t, s, at, old)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// testOwnKey reads while keys are replaced and their places used again.
func testOwnKey(t *testing.T, p Place) {
	s := open(t, p)
	const names = 8
	revs := make([]store.Rev, names)
	for i := range revs {
		revs[i] = put(t, s, name(i), 0, newKey(t), fmt.Sprint(i))
	}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for n := 0; ; n = (n + 1) % names {
				select {
				case <-stop:
					return
				default:
					runtime.Gosched() // the writer needs its turn on a small machine
				}
				rec, err := s.Get(t.Context(), name(n))
				if err != nil {
					t.Error(err)
					return
				}
				if _, _, err := store.Open(rec.Key, name(n), rec.Due, rec.Sealed); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 25 {
		for i := range revs {
			revs[i] = put(t, s, name(i), revs[i], newKey(t), fmt.Sprint(i))
		}
	}
	close(stop)
	wg.Wait()
}
