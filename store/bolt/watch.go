package bolt

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"sync"

	"go.etcd.io/bbolt"

	"quietline/store"
)

const (
	scanAtOnce = 1000 // records of one read transaction; a long one would hold back the reuse of pages
	keepMap    = 4096 // a map of pending changes that has grown past this is not kept
)

// A watcher holds, for one Watch, the last change of each name that it has not yielded yet.
type watcher struct {
	mu      sync.Mutex
	pending map[store.Name]store.Change
	wake    chan struct{} // has room for one
}

// Watch implements [store.Store]. It yields the record at the zero Name as well. The order of different names means
// nothing.
func (s *Store) Watch(ctx context.Context) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		// Registered before the first read, so that nothing falls between the list and the changes.
		w := &watcher{pending: map[store.Name]store.Change{}, wake: make(chan struct{}, 1)}
		s.mu.Lock()
		s.watchers[w] = struct{}{}
		s.mu.Unlock()
		defer func() {
			s.mu.Lock()
			delete(s.watchers, w)
			s.mu.Unlock()
		}()
		if !s.list(ctx, yield) || !yield(store.Change{Listed: true}, nil) {
			return
		}
		var spare map[store.Name]store.Change
		for {
			select {
			case <-w.wake:
			case <-ctx.Done():
				yield(store.Change{}, ctx.Err())
				return
			case <-s.closing:
				yield(store.Change{}, store.ErrClosed)
				return
			}
			if spare == nil || len(spare) > keepMap {
				spare = map[store.Name]store.Change{}
			}
			clear(spare)
			w.mu.Lock()
			w.pending, spare = spare, w.pending
			w.mu.Unlock()
			for _, c := range spare {
				if !yield(c, nil) {
					return
				}
			}
		}
	}
}

// list yields all records, and reports whether to go on.
func (s *Store) list(ctx context.Context, yield func(store.Change, error) bool) bool {
	chunk := make([]store.Change, 0, scanAtOnce)
	var after []byte
	for {
		if err := ctx.Err(); err != nil {
			yield(store.Change{}, err)
			return false
		}
		var err error
		if chunk, after, err = s.scan(chunk[:0], after); err != nil {
			yield(store.Change{}, err)
			return false
		}
		for _, c := range chunk {
			if !yield(c, nil) {
				return false
			}
		}
		if after == nil {
			return true
		}
	}
}

// scan appends the records behind the name after, at most scanAtOnce of them, and returns where to go on, or nil.
func (s *Store) scan(chunk []store.Change, after []byte) ([]store.Change, []byte, error) {
	var last []byte
	err := s.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(recordsBucket).Cursor()
		k, raw := c.Seek(after)
		if after != nil && bytes.Equal(k, after) {
			k, raw = c.Next()
		}
		for n := 0; k != nil; k, raw = c.Next() {
			v, err := decodeValue(raw)
			if err != nil {
				return fmt.Errorf("reading a record: %w", err)
			}
			// A record whose key is gone is gone.
			key, err := s.keys.read(v.slot)
			if err != nil {
				return err
			}
			if key != (store.Key{}) {
				chunk = append(chunk, store.Change{Name: store.Name(k), Rev: v.rev, Due: store.FromMinutes(v.due)})
			}
			if n++; n == scanAtOnce {
				last = bytes.Clone(k)
				break
			}
		}
		return nil
	})
	return chunk, last, s.closedErr(err)
}

// tell hands what a batch has changed to every watcher.
func (s *Store) tell(batch []*op) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for w := range s.watchers {
		w.mu.Lock()
		told := false
		for _, o := range batch {
			if !o.changes {
				continue
			}
			c := store.Change{Name: o.name, Rev: o.rev}
			if o.value != nil {
				c.Due = store.FromMinutes(valueDue(o.value))
			}
			w.pending[o.name] = c
			told = true
		}
		w.mu.Unlock()
		if told {
			w.signal()
		}
	}
}

func (w *watcher) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}
