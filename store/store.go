// Package store is where conversations and the line's own records live: one sealed record per name, one verb that
// writes, one way to watch.
//
// The contract is [Store]. store/bolt keeps it on one machine, store/storetest is the contract as a test that every
// implementation passes. [Seal] and [Open] are the only way in and out of a record's body; nothing above this package
// hands plaintext to a Store.
package store

import (
	"context"
	"errors"
	"iter"
	"math"
	"time"
)

// A Name is where a record lies: a keyed hash that tells a reader of the database nothing. The zero Name holds the
// record whose Key is the secret that all other names are made with; see [NewName].
type Name [32]byte

// A Rev says which version of a record was read. Zero means that there is no record. A Rev is never used twice, not
// even after an erase.
type Rev uint64

// A Key opens one record's Sealed bytes. Destroying it is what erases the record.
type Key [32]byte

// MaxSealed is the largest Sealed that a Store takes, in bytes. It leaves room for headers below etcd's and bbolt's
// comfortable value size.
const MaxSealed = 64_000

// A Record is one conversation, or one thing the line keeps. Whoever reads the database sees Rev and Due; Key is kept
// apart from Sealed.
type Record struct {
	Rev    Rev
	Due    time.Time // somebody must look again: send, close, remind, withdraw, expire. In the clear, rounded down to a minute; zero: never
	Key    Key       // opens Sealed
	Sealed []byte    // at most MaxSealed bytes; empty in Swap erases
}

// A Change tells a watcher that a record is new, changed or gone. It has no body: who wants it calls Get.
type Change struct {
	Name   Name
	Rev    Rev // zero: it is gone
	Due    time.Time
	Listed bool // alone: all that was there has been yielded; forget names that were not
}

// Errors that a Store returns, to be asked for with errors.Is.
var (
	ErrNotExist = errors.New("no such record")
	ErrConflict = errors.New("the record has changed")
	ErrTooLarge = errors.New("the record is too large")
	ErrNoKey    = errors.New("the record has no key")
	ErrClosed   = errors.New("the store is closed")
)

// Minutes is how a Store keeps Due: whole minutes since 1970, rounded down, 0 for the zero time (never). A time
// before 1970 counts as its first minute, one after the year 10136 as the last that fits. [Seal] binds this number.
func Minutes(due time.Time) uint32 {
	if due.IsZero() {
		return 0
	}
	return uint32(min(max(due.Unix()/60, 1), math.MaxUint32))
}

// FromMinutes is the time, in UTC, that [Minutes] rounded to.
func FromMinutes(m uint32) time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.Unix(int64(m)*60, 0).UTC()
}

// A Store keeps records. All methods may be called from many goroutines at once.
type Store interface {
	// Get returns the record at name, or ErrNotExist.
	Get(ctx context.Context, name Name) (Record, error)

	// Swap is the only write. It puts new in the place of the record whose Rev is old (zero: there is none), all or
	// nothing, and returns the new Rev (zero after an erase). When new has another Key or is empty, the old Key is
	// destroyed before Swap returns nil. Erasing at zero what is not there does nothing. At another Rev it changes
	// nothing: ErrConflict. An erase that cannot be
	// written (disk full) destroys the Key all the same, and the record is gone for every reader. After any other
	// error nobody knows: read again. A Rev is never used twice, not even after an erase.
	Swap(ctx context.Context, name Name, old Rev, new Record) (Rev, error)

	// Watch yields every record there is, then Listed, then each that changes; it may skip versions, never the last.
	// After an error call it again: it starts over.
	// The last thing it yields is an error: the context's, or ErrClosed.
	Watch(ctx context.Context) iter.Seq2[Change, error]

	// Close ends every Watch and waits for the writes that have begun. Later calls return ErrClosed.
	Close() error
}
