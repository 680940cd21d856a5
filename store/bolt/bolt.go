// Package bolt is store.Store on one machine: a bbolt database, NAME.db, and beside it a keyring, NAME.keys, a file of
// 32-byte slots with the keys of the records. The two always lie together.
//
// bbolt never gives deleted bytes back, so what must be gone is gone because its key is overwritten in the keyring.
// Each value in the database names its slot in the clear. One goroutine writes both files and commits whatever waits:
// new keys, commit, burn replaced keys, tell watchers, answer. A crash at any instant leaves at worst a slot that no
// record names, which the next Open burns, or a record whose slot is empty, which it deletes.
package bolt

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"quietline/store"
)

// Errors of [Open], to be asked for with errors.Is. What Open returns around them says which file it is about and
// what to do.
var (
	// ErrLocked: another process has the store open.
	ErrLocked = errors.New("another process has it open")
	// ErrDamaged: the database or its keyring cannot be read as what it should be.
	ErrDamaged = errors.New("the file is damaged")
	// ErrNewer: a newer version of this program wrote the file.
	ErrNewer = errors.New("a newer version of this program wrote the file")
	// ErrNoKeyring: there is a database, but not its keyring.
	ErrNoKeyring = errors.New("the keyring is missing")
	// ErrForeignKeyring: the keyring beside the database is not its own.
	ErrForeignKeyring = errors.New("the keyring belongs to another database")
	// ErrNoDatabase: there is a keyring with keys in it, but not its database.
	ErrNoDatabase = errors.New("the database is missing")
)

// Options of [Open]. The zero value keeps the store durably on disk.
type Options struct {
	// Memory says that the folder is on tmpfs, so that waiting for a disk adds nothing: no write is synced. What was
	// acknowledged outlives the process, not the machine.
	Memory bool
	// Rand is where the keyring's id is drawn from; nil is crypto/rand.Reader.
	Rand io.Reader
}

// A Store is a store.Store in two files. At most one process has it open.
type Store struct {
	db   *bbolt.DB
	keys *keyring
	opts Options

	ops     chan *op
	wipes   chan *wipe
	closing chan struct{} // closed by Close
	done    chan struct{} // closed when the writer has ended
	once    sync.Once
	err     error // of closing

	// burns counts up before slots that committed records no longer name are burnt. A reader that sees the same count
	// before and after has read a record and its own key, not the slot's next one.
	burns atomic.Uint64

	// The writer's own.
	dead   map[store.Name]uint32 // records whose key is destroyed but which could not be deleted yet, and their slots
	unburn []uint32              // slots that could not be burnt yet
	wiped  bool                  // every key is destroyed, but the records could not be dropped yet

	mu       sync.Mutex
	watchers map[*watcher]struct{}
}

var _ store.Store = (*Store)(nil)

// Get implements [store.Store].
func (s *Store) Get(ctx context.Context, name store.Name) (store.Record, error) {
	for {
		if err := ctx.Err(); err != nil {
			return store.Record{}, err
		}
		before := s.burns.Load()
		rec, err := s.read(name)
		if s.burns.Load() == before {
			return rec, err
		}
	}
}

func (s *Store) read(name store.Name) (rec store.Record, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		raw := tx.Bucket(recordsBucket).Get(name[:])
		if raw == nil {
			return store.ErrNotExist
		}
		v, err := decodeValue(raw)
		if err != nil {
			return fmt.Errorf("reading a record: %w", err)
		}
		rec.Key, err = s.keys.read(v.slot)
		if err != nil {
			return err
		}
		if rec.Key == (store.Key{}) {
			return store.ErrNotExist
		}
		rec.Rev, rec.Due = v.rev, store.FromMinutes(v.due)
		rec.Sealed = append([]byte(nil), v.sealed...)
		return nil
	})
	if err != nil {
		return store.Record{}, s.closedErr(err)
	}
	return rec, nil
}

// closedErr turns what a closed database or keyring says into store.ErrClosed.
func (s *Store) closedErr(err error) error {
	select {
	case <-s.closing:
		if errors.Is(err, berrors.ErrDatabaseNotOpen) || errors.Is(err, berrors.ErrInvalidMapping) || isClosedFile(err) {
			return store.ErrClosed
		}
	default:
	}
	return err
}

// Swap implements [store.Store]. On a full disk everything but an erase fails.
func (s *Store) Swap(ctx context.Context, name store.Name, old store.Rev, new store.Record) (store.Rev, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	var raw []byte
	if len(new.Sealed) > 0 {
		if len(new.Sealed) > store.MaxSealed {
			return 0, fmt.Errorf("writing %d sealed bytes, at most %d fit: %w", len(new.Sealed), store.MaxSealed, store.ErrTooLarge)
		}
		if new.Key == (store.Key{}) {
			return 0, store.ErrNoKey
		}
		raw = newValue(store.Minutes(new.Due), new.Sealed)
	}
	o := opPool.Get().(*op)
	o.name, o.old, o.key, o.value = name, old, new.Key, raw
	select {
	case s.ops <- o:
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-s.closing:
		return 0, store.ErrClosed
	}
	select {
	case <-o.done:
	case <-ctx.Done():
		return 0, ctx.Err() // the writer still has o
	case <-s.done:
		select {
		case <-o.done:
		default:
			return 0, store.ErrClosed
		}
	}
	rev, err := o.rev, o.err
	*o = op{done: o.done}
	opPool.Put(o)
	if err != nil {
		return 0, err
	}
	return rev, nil
}

// Close implements [store.Store].
func (s *Store) Close() error {
	s.once.Do(func() {
		close(s.closing)
		<-s.done
		s.err = errors.Join(s.db.Close(), s.keys.close())
	})
	return s.err
}

func (o Options) rand() io.Reader {
	if o.Rand == nil {
		return rand.Reader
	}
	return o.Rand
}
