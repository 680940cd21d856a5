package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"go.etcd.io/bbolt"

	"quietline/store"
)

// A wipe is one EraseAll on its way to the writer.
type wipe struct{ answer chan error }

// EraseAll destroys every key and drops every record, the secret of the Names among them, and tells the watchers of
// each that it is gone. The store goes on empty, under a new keyring id, and uses no Rev again; its caller makes a new
// [store.Secret]. After an error nobody knows which keys are left: call it again.
func (s *Store) EraseAll(ctx context.Context) error {
	w := &wipe{answer: make(chan error, 1)}
	select {
	case s.wipes <- w:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return store.ErrClosed
	}
	return <-w.answer // the writer never leaves one unanswered
}

// wipe is EraseAll in the writer. Once the keys are overwritten it has succeeded: what cannot be dropped now is
// dropped before the next write.
func (s *Store) wipe() error {
	var gone []*op
	err := s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(recordsBucket).ForEach(func(k, _ []byte) error {
			gone = append(gone, &op{name: store.Name(k), changes: true})
			return nil
		})
	})
	s.burns.Add(1)
	if err := s.keys.wipe(); err != nil {
		return err
	}
	s.wiped = true
	s.tell(gone)
	_ = s.dropAll()
	if err != nil {
		return fmt.Errorf("telling what was erased: %w", err)
	}
	return nil
}

// dropAll drops the records of an overwritten keyring, and renews the keyring's id so that an old copy of it is
// foreign. Its steps may be cut short anywhere: until the last, the database names both ids.
func (s *Store) dropAll() error {
	var id keyringID
	if _, err := io.ReadFull(s.opts.rand(), id[:]); err != nil {
		return fmt.Errorf("drawing an id for the keyring: %w", err)
	}
	err := s.db.Update(func(tx *bbolt.Tx) error {
		last := tx.Bucket(recordsBucket).Sequence()
		if err := tx.DeleteBucket(recordsBucket); err != nil {
			return err
		}
		records, err := tx.CreateBucket(recordsBucket)
		if err != nil {
			return err
		}
		if err := records.SetSequence(last); err != nil {
			return err
		}
		meta := tx.Bucket(metaBucket)
		if err := meta.Put(keyringKey, s.keys.id[:]); err != nil {
			return err
		}
		return meta.Put(nextKeyringKey, id[:])
	})
	if err != nil {
		return fmt.Errorf("dropping the records of erased keys: %w", err)
	}
	clear(s.keys.taken)
	s.keys.hint = 0
	clear(s.dead)
	s.unburn = nil
	s.wiped = false
	return renewID(s.db, s.keys, id)
}

// DestroyKeys overwrites the whole keyring of the store name in dir, and then removes both files, so that Open starts
// anew. It needs neither file to be readable. ErrLocked means that a process has the store open: that one must do it,
// with [Store.EraseAll].
func DestroyKeys(dir, name string) error {
	db, keys := filepath.Join(dir, name+".db"), filepath.Join(dir, name+".keys")
	unlock, err := lock(db)
	if err != nil {
		return fmt.Errorf("destroying %s.keys: %w", name, err)
	}
	defer unlock()
	if err := overwriteFile(keys); err != nil {
		return fmt.Errorf("overwriting %s.keys: %w", name, err)
	}
	for _, path := range []string{db + ".compact", db, keys + ".new", keys} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the keys in %s.keys are destroyed, but the files are still there: %w", name, err)
		}
	}
	return syncDir(dir, Options{})
}

// lock takes the lock on the database that bbolt takes as well, if there is a database.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return func() {}, nil
	}
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrLocked
		}
		return nil, err
	}
	return func() { f.Close() }, nil
}

// overwriteFile puts zeros in the place of all that the file holds, and waits until they are on disk.
func overwriteFile(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		err = overwrite(f, 0, info.Size())
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
