// Package line keeps what outlives conversations and is about no person: staff and their desk sessions, the rota,
// placements and their codes, the audit and frozen weekly counts.
//
// Each thing is one sealed record in a [store.Store] of the line's own. [Open] reads them all but the audit into memory
// and follows them through Watch, so that somebody disabled by one process is out in every other. Codes ([ParseCode],
// [NewCode], and Opens on a nil *Line) need no store.
package line

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"quietline/store"
)

// ErrUnknown is returned for a code, staff id or name that the line does not have.
var ErrUnknown = errors.New("the line has no such entry")

// Options are what a Line needs besides its store. The zero Options have no rota: nobody is ever on duty.
type Options struct {
	Now      func() time.Time // nil: time.Now
	Rand     io.Reader        // safe for many goroutines; nil: crypto/rand.Reader
	Shifts   []Shift          // the rota
	Closed   []Closed         // the days on which it is not held
	AlwaysOn bool             // the rota is always open, whatever Shifts say: for `try`
	Issuer   string           // what stands beside the name in an authenticator app; empty: Desk
	Log      *slog.Logger     // nil: nothing is logged
}

// A Line is one opened line.db. Its methods may be called from many goroutines at once.
type Line struct {
	st       store.Store
	now      func() time.Time
	rand     io.Reader
	alwaysOn bool
	issuer   string
	log      *slog.Logger
	secret   store.Key
	hashing  chan struct{} // a token for each password hash at work; each takes 19 MiB

	cancel context.CancelFunc
	done   sync.WaitGroup

	write sync.Mutex // held from reading the store to changing what is below, so that memory never goes back in time

	mu       sync.RWMutex
	items    map[store.Name]item
	staff    map[string]*staffRecord // by ID
	sessions map[tokenHash]*sessionRecord
	places   map[Code]*placementRecord
	weeks    map[string]*weekRecord
	heard    map[tokenHash]time.Time // when a session's desk was last heard from, in this process
	spray    spray                   // wrong tries at all names together
	guesses  map[store.Name]guess    // wrong tries at names that nobody has
	counted  map[weekCell]int        // not yet in the store
	shifts   []Shift
	rotas    []rota       // of shifts
	closed   *closures    // by the file; never changed
	days     *daysRecord  // what the desk said of single days; nil: nothing
	marks    map[int]bool // of days; exchanged whole
	head     uint64       // number of the next audit entry
	last     []byte       // hash of entry head-1; nil: not read yet
	floor    *floorRecord // nil: the first entry kept is 0
	leftover []store.Name // audit entries below the floor that a crash left behind
}

// An item is where a record in memory came from.
type item struct {
	rev store.Rev
	v   any // one of the sealed structs, as a pointer; never changed once here
}

// Open reads the line that st holds and follows it until Close. An empty st is a new line. ctx bounds the reading only.
// Close does not close st.
func Open(ctx context.Context, st store.Store, o Options) (*Line, error) {
	l := &Line{
		st: st, now: o.Now, rand: o.Rand, alwaysOn: o.AlwaysOn, issuer: o.Issuer, log: o.Log,
		hashing:  make(chan struct{}, 2),
		items:    map[store.Name]item{},
		staff:    map[string]*staffRecord{},
		sessions: map[tokenHash]*sessionRecord{},
		places:   map[Code]*placementRecord{},
		weeks:    map[string]*weekRecord{},
		heard:    map[tokenHash]time.Time{},
		guesses:  map[store.Name]guess{},
		counted:  map[weekCell]int{},
	}
	if l.now == nil {
		l.now = time.Now
	}
	if l.rand == nil {
		l.rand = rand.Reader
	}
	if l.issuer == "" {
		l.issuer = "Desk"
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if l.closed, err = newClosures(o.Closed); err != nil {
		return nil, err
	}
	if err := l.SetShifts(o.Shifts); err != nil {
		return nil, err
	}
	if l.secret, err = store.Secret(ctx, st, l.rand); err != nil {
		return nil, fmt.Errorf("opening the line: %w", err)
	}
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	l.cancel = cancel
	listed, failed := make(chan struct{}), make(chan error, 1)
	l.done.Go(func() { l.follow(run, listed, failed) })
	select {
	case <-listed:
	case err = <-failed:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		cancel()
		l.done.Wait()
		return nil, fmt.Errorf("reading the line: %w", err)
	}
	l.done.Go(func() { l.keepTidy(run) })
	return l, nil
}

// Close stops following the store and writes what was counted since the last minute. The Line must not be used after.
func (l *Line) Close() error {
	l.cancel()
	l.done.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return l.flushCounts(ctx)
}

// SetShifts puts a new rota in force at once. When a shift is wrong nothing changes, and the error says which.
func (l *Line) SetShifts(shifts []Shift) error {
	rotas := make([]rota, 0, len(shifts))
	for i, s := range shifts {
		r, err := s.parse()
		if err != nil {
			return fmt.Errorf("shift %d: %w", i+1, err)
		}
		rotas = append(rotas, r)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shifts, l.rotas = slices.Clone(shifts), rotas
	return nil
}

// errKeep is for the functions given to change.
var errKeep = errors.New("nothing to change")

// change makes one swap of the record at name, by f from what is there (nil: nothing) to what shall be (nil: erase it).
// f gets a copy of its own; it may be called again after another process was first. Its errKeep leaves all as it is,
// any other error is returned.
// Every version has a key of its own, so that what an earlier one held is gone with it.
func change[T any](ctx context.Context, l *Line, name store.Name, f func(old *T) (*T, error)) error {
	l.write.Lock()
	defer l.write.Unlock()
	for range 20 {
		l.mu.RLock()
		it := l.items[name]
		l.mu.RUnlock()
		var old *T
		if it.rev != 0 {
			v, ok := it.v.(*T)
			if !ok {
				return fmt.Errorf("changing a record of the line: %w", errRecord)
			}
			c := *v
			old = &c
		}
		next, err := f(old)
		if errors.Is(err, errKeep) {
			return nil
		}
		if err != nil {
			return err
		}
		if next == nil && old == nil {
			return nil
		}
		rev, err := l.swap(ctx, name, it.rev, next, next == nil)
		if err == nil {
			if next == nil {
				l.put(name, 0, nil)
			} else {
				l.put(name, rev, next)
			}
			return nil
		}
		if e := l.read(ctx, name); e != nil || !errors.Is(err, store.ErrConflict) {
			return fmt.Errorf("writing to the line: %w", err)
		}
	}
	return fmt.Errorf("writing to the line, others were first 20 times: %w", store.ErrConflict)
}

// swap seals v under a new key and swaps it in; with erase it erases. It does not touch memory.
func (l *Line) swap(ctx context.Context, name store.Name, old store.Rev, v any, erase bool) (store.Rev, error) {
	if erase {
		return l.st.Swap(ctx, name, old, store.Record{})
	}
	body, err := encode(v)
	if err != nil {
		return 0, err
	}
	key, err := store.NewKey(l.rand)
	if err != nil {
		return 0, err
	}
	sealed, err := store.Seal(key, name, time.Time{}, format, body)
	if err != nil {
		return 0, err
	}
	return l.st.Swap(ctx, name, old, store.Record{Key: key, Sealed: sealed})
}

// random returns n bytes.
func (l *Line) random(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(l.rand, b); err != nil {
		return nil, fmt.Errorf("drawing random bytes: %w", err)
	}
	return b, nil
}

// keepTidy runs tidy once a minute until ctx is done.
func (l *Line) keepTidy(ctx context.Context) {
	t := time.NewTicker(time.Minute)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if err := l.tidy(ctx); err != nil && ctx.Err() == nil {
				l.log.Error("tidying the line failed; it is tried again in a minute", "err", err)
			}
		}
	}
}

// tidy writes what memory has ahead of the store and takes away what has had its time.
func (l *Line) tidy(ctx context.Context) error {
	return errors.Join(l.flushCounts(ctx), l.tidyWeeks(ctx), l.tidySessions(ctx), l.tidyStaff(ctx), l.tidyDays(ctx), l.tidyAudit(ctx))
}

// names returns the keys of a map held in memory that keep says yes to, in no order. keep is called with l.mu held.
func names[K comparable, V any](l *Line, m map[K]V, keep func(K, V) bool) []K {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var out []K
	for k, v := range m {
		if keep(k, v) {
			out = append(out, k)
		}
	}
	return out
}

// sortedFrom returns what f makes of each value of m, in the order of less.
func sortedFrom[K comparable, V, T any](l *Line, m map[K]V, f func(V) T, less func(a, b T) int) []T {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := make([]T, 0, len(m))
	for _, v := range m {
		out = append(out, f(v))
	}
	slices.SortFunc(out, less)
	return out
}
