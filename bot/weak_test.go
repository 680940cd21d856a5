package bot

import (
	"context"
	"errors"

	"quietline/store"
)

// A weakStore is a real store whose writes stop after a while, as a crash would have it.
type weakStore struct {
	store.Store
	left int
}

var errCrash = errors.New("crashed")

func (w *weakStore) Swap(ctx context.Context, name store.Name, old store.Rev, next store.Record) (store.Rev, error) {
	if w.left--; w.left < 0 {
		return 0, errCrash
	}
	return w.Store.Swap(ctx, name, old, next)
}
