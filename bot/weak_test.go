package bot

import (
	"context"
	"errors"
	"sync"

	"quietline/store"
)

// A weakStore is a real store whose writes stop after a while, as a crash would have it.
type weakStore struct {
	store.Store
	mu   sync.Mutex
	left int
}

var errCrash = errors.New("crashed")

func (w *weakStore) Swap(ctx context.Context, name store.Name, old store.Rev, next store.Record) (store.Rev, error) {
	w.mu.Lock()
	w.left--
	crashed := w.left < 0
	w.mu.Unlock()
	if crashed {
		return 0, errCrash
	}
	return w.Store.Swap(ctx, name, old, next)
}

// A fullStore is a real store whose disk is full: nothing is written but an erase, which store.Store promises.
type fullStore struct{ store.Store }

func (f fullStore) Swap(ctx context.Context, name store.Name, old store.Rev, next store.Record) (store.Rev, error) {
	if len(next.Sealed) > 0 {
		return 0, errCrash
	}
	return f.Store.Swap(ctx, name, old, next)
}
