package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"quietline/store"
)

const (
	lockWait = time.Second
	// mapSize is address space, not memory: a database that outgrows its map must wait for its readers.
	mapSize = 1 << 30
	// compactTx is how many bytes one transaction of a compaction copies.
	compactTx = 4 << 20
	// compactFrom is the size in bytes below which a database is not worth compacting.
	compactFrom = 256 << 10
)

var (
	recordsBucket = []byte("records") // Name → value; its sequence is the last Rev
	metaBucket    = []byte("meta")

	formatKey      = []byte("format")  // one byte
	keyringKey     = []byte("keyring") // the id of the keyring that belongs to it
	nextKeyringKey = []byte("next")    // the id that the emptied keyring is about to get
)

const databaseFormat = 1

// Open opens the store name in the folder dir, that is NAME.db and NAME.keys, and makes what is missing when neither
// is there. It burns slots that no record names, deletes records whose key is gone, and compacts the database when
// more than a quarter of it is free. Its errors are one of this package's, or those of the file system.
func Open(dir, name string, opts Options) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder for %s.db: %w", name, err)
	}
	path := filepath.Join(dir, name+".db")
	db, err := openDatabase(path, opts)
	if err != nil {
		return nil, advise(err, name)
	}
	keys, err := pair(db, filepath.Join(dir, name+".keys"), opts)
	if err != nil {
		return nil, advise(errors.Join(err, db.Close()), name)
	}
	s := &Store{
		db: db, keys: keys, opts: opts,
		ops: make(chan *op, maxBatch), wipes: make(chan *wipe), closing: make(chan struct{}), done: make(chan struct{}),
		dead: map[store.Name]uint32{}, watchers: map[*watcher]struct{}{},
	}
	if err := s.recover(); err != nil {
		return nil, advise(errors.Join(err, db.Close(), keys.close()), name)
	}
	if s.db, err = compact(db, path, opts); err != nil {
		return nil, advise(errors.Join(err, keys.close()), name)
	}
	go s.write()
	return s, nil
}

// advise says which files an error of Open is about, and what mends it.
func advise(err error, name string) error {
	var do string
	switch {
	case errors.Is(err, ErrLocked):
		do = "stop the other one, or send it your command"
	case errors.Is(err, ErrNoKeyring):
		do = fmt.Sprintf("put %s.keys back beside it; if it is lost, so is all that was kept: erase everything and start anew", name)
	case errors.Is(err, ErrForeignKeyring):
		do = fmt.Sprintf("put back the %s.keys that was made with it; if it is lost, erase everything and start anew", name)
	case errors.Is(err, ErrNoDatabase):
		do = fmt.Sprintf("put %s.db back beside %s.keys, or erase everything and start anew", name, name)
	case errors.Is(err, ErrNewer):
		do = "install that version again"
	case errors.Is(err, ErrDamaged):
		do = "erase everything and start anew; nothing else mends it"
	default:
		do = "see that the folder can be written and the disk has room"
	}
	return fmt.Errorf("opening %s.db with %s.keys: %w (%s)", name, name, err, do)
}

func boltOptions(opts Options) *bbolt.Options {
	return &bbolt.Options{
		Timeout:         lockWait,
		InitialMmapSize: mapSize,
		// The store is bounded by what it may keep, so it stays small enough to find its free pages anew at open;
		// a freelist on disk would be rewritten with every commit.
		NoFreelistSync: true,
		FreelistType:   bbolt.FreelistMapType,
		NoSync:         opts.Memory,
		NoGrowSync:     opts.Memory,
	}
}

// openDatabase opens the file at path for writing, or makes it.
func openDatabase(path string, opts Options) (*bbolt.DB, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.Size() > 0:
		if err := verify(path, opts); err != nil {
			return nil, err
		}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	db, err := openBolt(path, boltOptions(opts))
	if err != nil {
		return nil, err
	}
	isNew, err := check(db)
	if err == nil && isNew {
		err = begin(db)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// openBolt is bbolt.Open with its errors and panics turned into this package's.
func openBolt(path string, o *bbolt.Options) (db *bbolt.DB, err error) {
	var opened *os.File
	o.OpenFile = func(path string, flag int, mode os.FileMode) (*os.File, error) {
		f, err := os.OpenFile(path, flag, mode)
		opened = f
		return f, err
	}
	defer func() {
		if r := recover(); r != nil {
			// The map that bbolt leaves behind holds the file, and with it the lock.
			_ = syscall.Flock(int(opened.Fd()), syscall.LOCK_UN)
			opened.Close()
			db, err = nil, fmt.Errorf("reading the database: %w", ErrDamaged)
		}
	}()
	db, err = bbolt.Open(path, 0o600, o)
	switch {
	case err == nil:
	case errors.Is(err, berrors.ErrTimeout):
		return nil, ErrLocked
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return nil, err
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	default:
		// bbolt says "file size too small" without a type of its own.
		if info, statErr := os.Stat(path); statErr == nil && info.Size() > 0 && info.Size() < 2*int64(os.Getpagesize()) {
			return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return nil, err
	}
	// While this one waited for the lock, another process may have put a compacted copy in the file's place.
	here, err1 := opened.Stat()
	there, err2 := os.Stat(path)
	if err := errors.Join(err1, err2); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if !os.SameFile(here, there) {
		return nil, errors.Join(ErrLocked, db.Close())
	}
	return db, nil
}

// check refuses a database that is none of ours or that a newer program wrote, and reports whether it is new.
func check(db *bbolt.DB) (isNew bool, err error) {
	err = db.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(metaBucket)
		if meta == nil {
			if k, _ := tx.Cursor().First(); k != nil {
				return fmt.Errorf("this is no store: %w", ErrDamaged)
			}
			isNew = true
			return nil
		}
		format := meta.Get(formatKey)
		switch {
		case len(format) != 1, format[0] == 0, tx.Bucket(recordsBucket) == nil:
			return fmt.Errorf("this is no store: %w", ErrDamaged)
		case format[0] > databaseFormat:
			return fmt.Errorf("database format %d, this program knows %d: %w", format[0], databaseFormat, ErrNewer)
		}
		return nil
	})
	return isNew, err
}

// begin makes the buckets of a new database.
func begin(db *bbolt.DB) error {
	return db.Update(func(tx *bbolt.Tx) error {
		if _, err := tx.CreateBucket(recordsBucket); err != nil {
			return err
		}
		meta, err := tx.CreateBucket(metaBucket)
		if err != nil {
			return err
		}
		return meta.Put(formatKey, []byte{databaseFormat})
	})
}

// pair opens the keyring of db at path, or makes it for a database that has had none.
func pair(db *bbolt.DB, path string, opts Options) (*keyring, error) {
	var own, next []byte
	err := db.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(metaBucket)
		own = append(own, meta.Get(keyringKey)...)
		next = append(next, meta.Get(nextKeyringKey)...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	keys, err := openKeyring(path, opts)
	if errors.Is(err, fs.ErrNotExist) {
		if own != nil {
			return nil, ErrNoKeyring
		}
		if err = createKeyring(path, opts); err == nil {
			keys, err = openKeyring(path, opts)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the keyring: %w", err)
	}
	switch id := string(keys.id[:]); {
	case own == nil:
		err = adopt(db, keys)
	case id != string(own) && (next == nil || id != string(next)):
		err = ErrForeignKeyring
	case next != nil: // erasing everything was cut short
		err = renewID(db, keys, keyringID(next))
	}
	if err != nil {
		return nil, errors.Join(err, keys.close())
	}
	return keys, nil
}

// adopt makes an empty keyring that of a new database.
func adopt(db *bbolt.DB, keys *keyring) error {
	filled, err := keys.filled()
	if err != nil {
		return err
	}
	for _, w := range filled {
		if w != 0 {
			// The database was made just now; it must not stand in the way of the one that is missing.
			return errors.Join(ErrNoDatabase, os.Remove(db.Path()))
		}
	}
	return db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(metaBucket).Put(keyringKey, keys.id[:]) })
}

// renewID gives the keyring the id that the database already names as its next.
func renewID(db *bbolt.DB, keys *keyring, id keyringID) error {
	if err := keys.setID(id); err != nil {
		return err
	}
	return db.Update(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(metaBucket)
		if err := meta.Put(keyringKey, id[:]); err != nil {
			return err
		}
		return meta.Delete(nextKeyringKey)
	})
}

// recover passes once over the values: it takes the slots that they name, burns the others, and deletes the records
// whose slot is empty.
func (s *Store) recover() error {
	filled, err := s.keys.filled()
	if err != nil {
		return err
	}
	err = s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(recordsBucket).ForEach(func(k, raw []byte) error {
			v, err := decodeValue(raw)
			if err == nil && len(k) != len(store.Name{}) {
				err = fmt.Errorf("a name of %d bytes: %w", len(k), ErrDamaged)
			}
			if err != nil {
				return err
			}
			taken := s.keys.take(v.slot)
			switch {
			case v.slot >= s.keys.slots || filled[v.slot/64]&(1<<(v.slot%64)) == 0:
				s.dead[store.Name(k)] = v.slot
			case !taken:
				return fmt.Errorf("two records name one key: %w", ErrDamaged)
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	var unnamed []uint32
	for i, w := range filled {
		for w &^= s.keys.taken[i]; w != 0; w &= w - 1 {
			unnamed = append(unnamed, uint32(i*64+bits.TrailingZeros64(w)))
		}
	}
	if err := s.keys.burn(unnamed); err != nil {
		return err
	}
	s.commit(nil) // deletes what is dead; on a full disk the next write tries again
	return nil
}

// compact returns db, or a compacted copy that has taken its place when more than a quarter of it is free. It leaves
// db as it is when there is no room for the copy.
func compact(db *bbolt.DB, path string, opts Options) (*bbolt.DB, error) {
	tmp := path + ".compact"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, db.Close())
	}
	var size int64
	if err := db.View(func(tx *bbolt.Tx) error { size = tx.Size(); return nil }); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	stats := db.Stats()
	free := int64(stats.FreePageN+stats.PendingPageN) * int64(db.Info().PageSize)
	if size < compactFrom || free*4 <= size {
		return db, nil
	}
	// The copy is locked from its first moment, so that there is never a file at path without a lock.
	dst, err := openBolt(tmp, boltOptions(opts))
	if err != nil {
		return db, nil
	}
	dst.NoSync = true
	err = bbolt.Compact(dst, db, compactTx)
	if err == nil && !opts.Memory {
		err = dst.Sync()
	}
	dst.NoSync = opts.Memory
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		dst.Close()
		os.Remove(tmp)
		return db, nil
	}
	if err := errors.Join(syncDir(filepath.Dir(path), opts), db.Close()); err != nil {
		return nil, errors.Join(err, dst.Close())
	}
	return dst, nil
}
